"""Options that several commands take, how a path is typed, and what names territories."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from cpts_geo.access.changes.forms import FORMS
from cpts_geo.asked import typed_path
from cpts_geo.cli._meant import of_all, told_apart
from cpts_geo.cli._terminal import teller

if TYPE_CHECKING:
    from cpts_geo.analysis import Options
    from cpts_geo.geography.perimeters.request import Request


def path_option(text: str) -> Any:
    """An option that is a path, with its French help."""
    return typer.Option(parser=typed_path, metavar="CHEMIN", help=text)


Output = Annotated[Path, path_option("Dossier des résultats.")]
OUTPUTS: Final = Path("outputs")
Defaults = Annotated[
    Path | None,
    path_option(
        "Vos valeurs par défaut (fichier TOML) à la place de celles du paquet : une table par "
        "paramètre changé."
    ),
]
EmbeddedOnly = Annotated[
    bool,
    typer.Option(
        "--embedded-only",
        help="N’utiliser que les chiffres embarqués, même si des sources ont été téléchargées.",
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(help="Situations tirées au sort ; un nombre convenable par défaut."),
]
KnownLinesFile = Annotated[
    Path | None,
    path_option(
        "Votre copie de data/cpts/known_lines.csv, avec vos lignes : ce que recevrait une "
        "ligne est appris d’elles."
    ),
]


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


def _asked(
    say: Callable[[str], None],
    *,
    territory: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CLÉ", help="Clés des CPTS embarquées ; toutes par défaut.", show_default=False
        ),
    ] = None,
    perimeter: Annotated[
        Path | None,
        path_option(
            "Votre liste (CSV ou XLSX, colonne de noms ou de codes), ou vos polygones (GPKG, "
            "GeoJSON, shapefile ou son ZIP, KML, KMZ, FlatGeobuf, GML)."
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
    finess: Annotated[str | None, typer.Option(help="Numéro FINESS de la CPTS.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Nom d’un territoire de votre fichier (colonne CPTS d’une liste, polygone), pour "
            "ne prendre que lui ; répétable."
        ),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Feuille de votre classeur à lire, s’il a plusieurs listes.")
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(help="Avec des polygones, couche à lire d’un fichier qui en a plusieurs."),
    ] = None,
    departement: Annotated[
        list[str] | None,
        typer.Option(
            help="Avec une liste, département où chercher les noms ; seul, toutes ses "
            "intercommunalités, une fiche chacune ; avec --all, les territoires qui y ont le plus "
            "d’habitants. Répétable (42, 43…)."
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Avec --departement seul : epci (par défaut), tvs, ou departement (entier)."
        ),
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
            "an, heures de consultation par semaine). Répétable."
        ),
    ] = None,
    indicators: Annotated[
        list[Path] | None,
        path_option(
            "Votre export d’indicateurs, tel que le donnent CartoSanté, Statistiques locales, "
            "l’Observatoire des fragilités ou Rézone (CSV) : par commune, intercommunalité, "
            "bassin de vie, territoire de vie-santé ou département ; ou un tableau de « cpts-geo "
            "template » que vous avez rempli (CSV ou XLSX). Répétable."
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
    embedded_only: EmbeddedOnly = False,
    draws: Draws = None,
) -> tuple[Request, Options]:
    """What was typed, as a request and options."""
    # Imported here so that --help and --version answer at once.
    from cpts_geo.analysis import Options  # noqa: PLC0415
    from cpts_geo.capacity.answer.headline import DRAWS  # noqa: PLC0415
    from cpts_geo.geography.perimeters.request import Request  # noqa: PLC0415

    own, changes = told_apart(scenario or (), capacity or (), say=say)
    request = Request(
        territories=territory or (), perimeter=perimeter, epci=epci or (), tvs=tvs or (),
        cpts=cpts or (), partial=partial, departements=departement or (), by=by, name=name,
        finess=finess, only=only or (), sheet=sheet, layer=layer,
    )  # fmt: skip
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
    return request, options


def on_territories(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what names territories: it receives a request, options, and where to speak."""
    return _given(command, _typed(_asked)[1:])


def on_perimeters(command: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that computes nothing: what a run rests on is not asked of it."""
    names = {each.name: each for each in _typed(_asked)[1:]}
    first = list(names).index("travel")
    return _given(command, [*list(names.values())[:first], names["embedded_only"]])


def _given(
    command: Callable[..., None], shared: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    """The command with some of the options that name territories and say what a run rests on."""
    # What a command takes by its place is typed before territories, however many these are.
    every = [*(own.replace(kind=own.KEYWORD_ONLY) for own in _typed(command)[3:]), *shared]

    @wraps(command)
    def run(**typed: Any) -> None:
        say = teller()
        given = {each.name: typed.pop(each.name) for each in shared}
        if typed.get("every") is not None:
            given = of_all(typed["every"], given)
        request, options = _asked(say, **given)
        command(request, options, say, **typed)

    shown: Any = run
    shown.__signature__ = inspect.Signature(every)
    shown.__annotations__ = {each.name: each.annotation for each in every}
    return run


def _typed(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Parameters with what Typer reads of them; a result is none of its business."""
    # Both are imported for their types alone.
    names = function.__globals__ | {"Request": Any, "Options": Any}
    return list(inspect.signature(function, globals=names, eval_str=True).parameters.values())
