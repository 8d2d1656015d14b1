"""The command line: thin, in French for those who run it, never a traceback."""

from __future__ import annotations

import io
import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, NoReturn

import pyarrow as pa
import typer
from rich.console import Console
from typer.exceptions import TyperException

from cpts_geo import __version__
from cpts_geo.capacity_commands import capacity_app
from cpts_geo.data_commands import data_app, teller
from cpts_geo.errors import CptsGeoError
from cpts_geo.files import reason
from cpts_geo.french import counted, number

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


@app.command("report")
def _report(
    territory: Annotated[
        list[str] | None,
        typer.Argument(help="Clés des CPTS embarquées ; toutes par défaut.", show_default=False),
    ] = None,
    perimeter: Annotated[
        Path | None,
        typer.Option(
            help="Votre liste (CSV ou XLSX, colonne de noms ou de codes), ou vos polygones (GPKG, "
            "GeoJSON)."
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
        typer.Option(help="Dossier des résultats ; outputs, ou outputs/NOM pour le vôtre."),
    ] = None,
    travel: Annotated[
        Path | None,
        typer.Option(
            help="Votre table de temps de trajet entre communes (CSV ou parquet : matrice, ou "
            "origine, destination, minutes), à la place des temps approchés."
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
            help="Votre scénario de capacité (fichier TOML) pour ce territoire, demandé seul."
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
    from cpts_geo.analysis import analyse  # noqa: PLC0415
    from cpts_geo.atlas.perimeter_tables import recognised  # noqa: PLC0415
    from cpts_geo.capacity.headline import DRAWS  # noqa: PLC0415
    from cpts_geo.report import check_writable, write_report  # noqa: PLC0415

    say = teller()
    check_writable(output or Path("outputs"))
    result = analyse(
        territory or (),
        perimeter=perimeter,
        name=name,
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
    typer.echo(f"Rapport prêt : {index.resolve()}")


#: The command line library speaks English: what it says of a command that is not understood.
_MISTAKES = (
    (r"No such option: (\S+) \(Possible options?: (.*)\)", "option inconnue : {0} ; existe : {1}"),
    (r"No such option: (\S+)", "option inconnue : {0}"),
    (r"No such command '(.*?)'\. Did you mean '(.*?)'", "commande inconnue : {0} ; existe : {1}"),
    (r"No such command '(.*?)'", "commande inconnue : {0}"),
    (r"Invalid value for '(.*?)'.*integer", "{0} attend un nombre entier"),
    (r"Invalid value for '(.*?)'.* is not one of (.*)\.", "{0} attend une de ces valeurs : {1}"),
    (r"Option '?(.*?)'? requires an argument", "l’option {0} attend une valeur"),
    (r"Missing (?:argument|option) '(.*?)'", "il manque : {0}"),
    (r"Got unexpected extra argument\S* \((.*)\)", "en trop : {0}"),
)


def _misunderstood(error: TyperException) -> str:
    text = getattr(error, "message", "") or str(error)
    shown = error.format_message() if hasattr(error, "format_message") else text
    for pattern, french in _MISTAKES:
        if found := re.search(pattern, shown):
            return french.format(*found.groups())
    return shown


#: The command line library turns an interruption into this return value.
_INTERRUPTED = 130


def _refuse(text: str, code: int) -> NoReturn:
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text)
    sys.exit(code)


def main() -> None:
    """
    Run the command line; an error of ours is printed in words and exits with 1.

    Examples
    --------
    From a shell: ``cpts-geo report beauce_gatinais --output resultats``.
    """
    # A path the system cannot decode must not stop the message that names it.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Arrow's own allocator keeps what it has read; the system's gives it back for the report.
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        code = app(prog_name="cpts-geo", standalone_mode=False)
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
    except CptsGeoError as error:
        _refuse(f"Erreur : {error}", 1)
    except KeyboardInterrupt:
        _refuse("Interrompu : les fichiers déjà écrits sont entiers.", _INTERRUPTED)
    except TyperException as error:
        _refuse(
            f"Erreur : commande mal comprise.\n  - {_misunderstood(error)}\n"
            "À faire : « cpts-geo --help », puis « cpts-geo COMMANDE --help », montrent comment "
            "l’écrire.",
            2,
        )
    except BrokenPipeError:
        # The reader of our output left (a pager, head): nothing to say to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _refuse(f"Erreur : le système refuse une écriture ou une lecture : {reason(error)}.", 1)
    except Exception as error:
        if os.environ.get("CPTS_GEO_DEBUG"):
            raise
        _refuse(
            f"Erreur inattendue : {type(error).__name__}, {error}.\nÀ faire : signalez-la avec la "
            "commande que vous avez tapée ; CPTS_GEO_DEBUG=1 en montre le détail.",
            70,
        )


if __name__ == "__main__":
    main()
