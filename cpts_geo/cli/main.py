"""The command line: thin, in French for those who run it, never a traceback."""

from __future__ import annotations

import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from typer.exceptions import TyperException

from cpts_geo import __version__
from cpts_geo.cli.capacity import capacity_app
from cpts_geo.cli.data import data_app
from cpts_geo.cli.last_resort import check_memory, guarded, refuse
from cpts_geo.cli.mistyped import misunderstood
from cpts_geo.cli.terminal import echo, teller
from cpts_geo.french import counted, number
from cpts_geo.paths import typed_path

app = typer.Typer(
    help="De la liste des communes d’un territoire au nombre de créneaux de soins non programmés.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
app.add_typer(capacity_app)


class TravelUnit(StrEnum):
    """Units of travel times, as an analyst types them."""

    MINUTES = "minutes"
    SECONDS = "secondes"


_UNITS: Final[dict[TravelUnit, Literal["minutes", "seconds"]]] = {
    TravelUnit.MINUTES: "minutes",
    TravelUnit.SECONDS: "seconds",
}


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Afficher la version.", is_eager=True)
    ] = False,
) -> None:
    if show_version:
        typer.echo(f"cpts_geo {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
    else:
        check_memory()


@app.command("report")
def _report(
    territory: Annotated[
        list[str] | None,
        typer.Argument(help="Clés des CPTS embarquées ; toutes par défaut.", show_default=False),
    ] = None,
    perimeter: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path,
            metavar="CHEMIN",
            help="Votre liste (CSV ou XLSX, colonne de noms ou de codes), ou vos polygones (GPKG, "
            "GeoJSON).",
        ),
    ] = None,
    epci: Annotated[
        list[str] | None,
        typer.Option(help="Intercommunalité, par SIREN ou nom ; répétable."),
    ] = None,
    tvs: Annotated[
        list[str] | None,
        typer.Option(help="Territoire de vie-santé de 2019, par code ou nom ; répétable."),
    ] = None,
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
        typer.Option(
            parser=typed_path,
            metavar="CHEMIN",
            help="Dossier des résultats ; outputs, ou outputs/NOM pour le vôtre.",
        ),
    ] = None,
    travel: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path,
            metavar="CHEMIN",
            help="Votre table de temps de trajet entre communes (CSV ou parquet : matrice, ou "
            "origine, destination, minutes), à la place des temps approchés.",
        ),
    ] = None,
    travel_unit: Annotated[
        TravelUnit | None,
        typer.Option(help="Unité de cette table, si le nom de sa colonne ne la dit pas."),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help="Changement d’offre à montrer : départ:COMMUNE, arrivée:COMMUNE, "
            "réduction:COMMUNE:AVANT>APRÈS (consultations par an), centre:COMMUNE:HEURES (par "
            "semaine) ; répétable."
        ),
    ] = None,
    capacity: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path,
            metavar="CHEMIN",
            help="Votre scénario de capacité (fichier TOML) pour ce territoire, demandé seul.",
        ),
    ] = None,
    embedded_only: Annotated[
        bool,
        typer.Option(
            "--embedded-only",
            help="N’utiliser que les chiffres embarqués, même si des sources ont été téléchargées.",
        ),
    ] = False,
    draws: Annotated[
        int | None, typer.Option(help="Tirages de l’incertitude ; un nombre convenable par défaut.")
    ] = None,
) -> None:
    """Écrire les fiches, cartes et tableaux, et donner le chemin de la page d’accueil."""
    # Imported here so that --help and --version answer at once.
    import pyarrow as pa  # noqa: PLC0415

    from cpts_geo.analysis import analyse  # noqa: PLC0415
    from cpts_geo.atlas.sections.perimeter.audit import recognised  # noqa: PLC0415
    from cpts_geo.capacity.answer.headline import DRAWS  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415
    from cpts_geo.writing.report import MEGABYTES, REPORT_FILES, write_report  # noqa: PLC0415

    # Arrow's own allocator keeps what it has read; the system's gives it back for the report.
    pa.set_memory_pool(pa.system_memory_pool())
    say = teller()
    # A perimeter of one's own gives its name to the folder, once it is read.
    named = output or not (perimeter or epci or tvs or departement)
    check_output(
        output or Path("outputs"), names=REPORT_FILES if named else (), megabytes=MEGABYTES
    )
    result = analyse(
        territory or (),
        perimeter=perimeter,
        name=name,
        only=only or (),
        departements=departement,
        epci=epci or (),
        tvs=tvs or (),
        by=by,
        travel=travel,
        travel_unit=_UNITS[travel_unit] if travel_unit else None,
        scenarios=scenario or (),
        capacity=capacity,
        fetched=not embedded_only,
        draws=DRAWS if draws is None else draws,
        say=say,
    )
    for row in result.territories.itertuples() if result.folder else ():
        size = f"{counted(row.communes, 'commune', 'communes')}, {number(row.population)} habitants"
        # Zones are whole by construction; what a limit cuts is worth a sentence here.
        say(f"{row.name} : {size}. {'' if result.border.empty else row.perimeter}".strip())
    for note in (*result.notes, *(recognised(result.audit) if result.folder else ())):
        say(f"À savoir : {note}")
    output = output or Path("outputs", *filter(None, [result.folder]))
    index = write_report(result, output, say=say)
    echo(f"Rapport prêt : {index.resolve()}")


def _typed() -> None:
    # Step by step: run as a whole, it would keep to itself what an interruption has to say.
    command = typer.main.get_command(app)
    try:
        with command.make_context("cpts-geo", sys.argv[1:]) as context:
            command.invoke(context)
    except typer.Exit:
        pass  # help was asked for
    except TyperException as error:
        refuse(misunderstood(error, sys.argv[1:]), 2)


def main() -> None:
    """
    Run the command line; what stops it is printed in words, and exits with 1, 2, 70 or 130.

    Examples
    --------
    From a shell: ``cpts-geo report beauce_gatinais --output resultats``.
    """
    # A path the system cannot decode must not stop the message that names it.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    guarded(_typed)
