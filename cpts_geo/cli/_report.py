"""The command that writes a report: what is typed becomes a request and options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cpts_geo.access.changes.forms import FORMS
from cpts_geo.asked import typed_path
from cpts_geo.cli._options import OUTPUTS, Defaults, Draws, KnownLinesFile, path_option
from cpts_geo.cli._terminal import echo, teller
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import number


class _ShareOf(StrEnum):
    """Ages that a share is of, as an analyst types them."""

    ALL = "all"
    FROM_17 = "17+"
    FROM_16 = "16+"


class _TravelUnit(StrEnum):
    """Units of travel times, as an analyst types them."""

    MINUTES = "minutes"
    SECONDS = "secondes"


_UNITS: Final[dict[_TravelUnit, Literal["minutes", "seconds"]]] = {
    _TravelUnit.MINUTES: "minutes",
    _TravelUnit.SECONDS: "seconds",
}


def report(
    territory: Annotated[
        list[str] | None,
        typer.Argument(help="Clés des CPTS embarquées ; toutes par défaut.", show_default=False),
    ] = None,
    perimeter: Annotated[
        Path | None,
        path_option(
            "Votre liste (CSV ou XLSX, colonne de noms ou de codes), ou vos polygones (GPKG, "
            "GeoJSON)."
        ),
    ] = None,
    epci: Annotated[
        list[str] | None,
        typer.Option(help="Intercommunalité, par SIREN ou nom ; répétable."),
    ] = None,
    tvs: Annotated[
        list[str] | None,
        typer.Option(help="Territoire de vie-santé, par code ou nom ; répétable."),
    ] = None,
    cpts: Annotated[
        list[str] | None,
        typer.Option(
            help="CPTS dont le périmètre est connu, par son nom ; répétable. Les cinq, celles de "
            "l’ARS Paca (04, 05), et celles que « data fetch » a apportées."
        ),
    ] = None,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial",
            help="Avec --cpts, prendre aussi une liste de communes que l’on sait incomplète.",
        ),
    ] = False,
    name: Annotated[str | None, typer.Option(help="Nom de votre territoire.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Avec des polygones, nom d’un territoire du fichier, pour ne prendre que lui ; "
            "répétable."
        ),
    ] = None,
    departement: Annotated[
        list[str] | None,
        typer.Option(
            help="Avec une liste, département où chercher les noms ; seul, toutes ses "
            "intercommunalités, une fiche chacune. Répétable (42, 43…)."
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Avec --departement seul : « epci » (par défaut) ou « tvs ».")
    ] = None,
    output: Annotated[
        Path | None,
        path_option("Dossier des résultats ; outputs, ou outputs/NOM pour le vôtre."),
    ] = None,
    travel: Annotated[
        Path | None,
        path_option(
            "Votre table de temps de trajet entre communes (CSV ou parquet : matrice, ou "
            "origine, destination, minutes), à la place des temps approchés."
        ),
    ] = None,
    travel_unit: Annotated[
        _TravelUnit | None,
        typer.Option(help="Unité de cette table, si le nom de sa colonne ne la dit pas."),
    ] = None,
    roads: Annotated[
        Path | None,
        path_option(
            "Un extrait d’OpenStreetMap (.osm.pbf) sur lequel calculer les temps par la "
            "route, à la place des temps approchés ; demande l’extra « routing »."
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Changement d’offre à montrer : {' ; '.join(FORMS.values())} (consultations par "
            "an, heures de médecin par semaine). Répétable."
        ),
    ] = None,
    indicators: Annotated[
        list[Path] | None,
        path_option(
            "Votre export d’indicateurs, tel que le donnent CartoSanté, Statistiques locales, "
            "l’Observatoire des fragilités ou Rézone (CSV) : par commune, intercommunalité, "
            "bassin de vie, territoire de vie-santé ou département. Répétable."
        ),
    ] = None,
    share_without_mt: Annotated[
        str | None,
        typer.Option(
            metavar="PART",
            help="Part sans médecin traitant du territoire, demandé seul : « 14 % » ou 0,14 ; "
            "avec --share-of et --share-source.",
        ),
    ] = None,
    share_of: Annotated[
        _ShareOf | None, typer.Option(help="Âges de cette part : all (tous), 17+ ou 16+.")
    ] = None,
    share_source: Annotated[
        str | None, typer.Option(help="Qui la donne, et de quand : « CPAM, ANNÉE ».")
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHEMIN",
            help="Votre scénario de capacité (fichier TOML) pour ce territoire, demandé seul.",
        ),
    ] = None,
    known_lines: KnownLinesFile = None,
    capacity: Annotated[
        list[str] | None,
        typer.Option(hidden=True, help="Ancien nom de --scenario."),
    ] = None,
    parameters: Defaults = None,
    embedded_only: Annotated[
        bool,
        typer.Option(
            "--embedded-only",
            help="N’utiliser que les chiffres embarqués, même si des sources ont été téléchargées.",
        ),
    ] = False,
    draws: Draws = None,
) -> None:
    """Écrire les fiches, cartes et tableaux, et donner le chemin de la page d’accueil."""
    # Imported here so that --help and --version answer at once.
    import pyarrow as pa  # noqa: PLC0415

    from cpts_geo.analysis import Options, analyse  # noqa: PLC0415
    from cpts_geo.atlas.sections.perimeter.audit import recognised  # noqa: PLC0415
    from cpts_geo.capacity.answer.headline import DRAWS  # noqa: PLC0415
    from cpts_geo.sources.codes import counted_places  # noqa: PLC0415
    from cpts_geo.territories.perimeters.request import Request  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415
    from cpts_geo.writing.report import MEGABYTES, REPORT_FILES, write_report  # noqa: PLC0415

    # Arrow's own allocator keeps what it has read; the system's gives it back for the report.
    pa.set_memory_pool(pa.system_memory_pool())
    say = teller()
    own, changes = _told_apart(scenario or (), capacity or (), say=say)
    request = Request(
        territories=territory or (),
        perimeter=perimeter,
        epci=epci or (),
        tvs=tvs or (),
        cpts=cpts or (),
        partial=partial,
        departements=departement or (),
        by=by,
        name=name,
        only=only or (),
    )
    options = Options(
        travel=travel,
        travel_unit=_UNITS[travel_unit] if travel_unit else None,
        roads=roads,
        changes=(*(change or ()), *changes),
        indicators=indicators or (),
        scenario=own,
        known_lines=known_lines,
        parameters=parameters,
        share_without_mt=share_without_mt,
        share_of=share_of and share_of.value,
        share_source=share_source,
        fetched=not embedded_only,
        draws=DRAWS if draws is None else draws,
    )
    # A perimeter of one's own gives its name to the folder, once it is read.
    named = output or request.published
    check_output(output or OUTPUTS, names=REPORT_FILES if named else (), megabytes=MEGABYTES)
    result = analyse(request, options, say=say)
    cut = not result.table("border").empty
    for study in result.studies.values() if result.folder else ():
        size = (
            f"{counted_places(study.figures['code_insee'])}, "
            f"{number(study.outline['population'])} habitants"
        )
        # Zones are whole by construction; what a limit cuts, or a list says, is worth a sentence.
        sentence = study.perimeter if cut or cpts else ""
        source = f"Source : {study.document}." if cpts else ""
        say(" ".join(filter(None, [f"{study.name} : {size}.", sentence, source])))
    for note in (*result.notes, *(recognised(result.table("audit")) if result.folder else ())):
        say(f"À savoir : {note}")
    output = output or OUTPUTS / result.folder
    index = write_report(result, output, say=say)
    echo(f"Rapport prêt : {index.resolve()}")


def _told_apart(
    typed: Sequence[str], former: Sequence[str], *, say: Callable[[str], None]
) -> tuple[Path | None, list[str]]:
    """Scenario and changes among what was typed after --scenario, and its former name."""
    from cpts_geo.access.changes.text import is_change  # noqa: PLC0415

    if former:
        say("--capacity s’appelle maintenant --scenario.")
    changes = [text for text in typed if is_change(text)]
    for text in changes:
        say(f"« --scenario {one_line(text)} » s’écrit maintenant « --change {one_line(text)} ».")
    files = [typed_path(text) for text in (*typed, *former) if text not in changes]
    if len(files) > 1:
        raise ScenarioError(
            "Plusieurs scénarios de capacité sont donnés.",
            defects=[f"« {one_line(str(file))} »" for file in files],
            remedy="donnez-en un seul ; « cpts-geo compare A B » en compare deux.",
        )
    return files[0] if files else None, changes
