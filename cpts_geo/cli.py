"""The command line: thin, in French for those who run it, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cpts_geo import __version__, settings
from cpts_geo.errors import CptsGeoError

app = typer.Typer(
    help="De la liste des communes d’un territoire au nombre de créneaux de soins non programmés.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data_app = typer.Typer(help="Données embarquées.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data_app, name="data")


def _teller() -> Callable[[str], None]:
    console = Console(stderr=True, highlight=False, markup=False)
    return lambda line: console.print(f"· {line}")


@app.callback(invoke_without_command=True)
def _root(
    show_version: Annotated[
        bool, typer.Option("--version", help="Afficher la version.", is_eager=True)
    ] = False,
) -> None:
    if show_version:
        typer.echo(f"cpts_geo {__version__}")
        raise typer.Exit


@app.command("report")
def _report(
    territory: Annotated[
        list[str] | None,
        typer.Argument(help="Clés des CPTS embarquées ; toutes par défaut.", show_default=False),
    ] = None,
    perimeter: Annotated[
        Path | None,
        typer.Option(help="Votre liste : CSV ou XLSX, colonne de noms ou de codes."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Nom de votre territoire.")] = None,
    departement: Annotated[
        list[str] | None,
        typer.Option(help="Département où chercher les noms ; répétable (42, 43…)."),
    ] = None,
    output: Annotated[Path, typer.Option(help="Dossier des résultats.")] = Path("outputs"),
    draws: Annotated[int, typer.Option(help="Tirages de l’incertitude.")] = 20_000,
) -> None:
    """Écrire les fiches, cartes et tableaux, et donner le chemin de la page d’accueil."""
    # Imported here so that --help and --version answer at once.
    from cpts_geo.analysis import analyse  # noqa: PLC0415
    from cpts_geo.report import check_writable, write_report  # noqa: PLC0415

    say = _teller()
    check_writable(output)
    result = analyse(
        territory or (),
        perimeter=perimeter,
        name=name,
        departements=departement,
        draws=draws,
        say=say,
    )
    for note in result.notes:
        say(f"À savoir : {note}")
    index = write_report(result, output, say=say)
    typer.echo(f"Rapport prêt : {index.resolve()}")


@data_app.command("build")
def _data_build(
    official: Annotated[
        Path, typer.Option(help="Dossier des fichiers des producteurs.")
    ] = settings.OFFICIAL_DIR,
    packages: Annotated[
        Path, typer.Option(help="Dossier des paquets du registre, téléchargés au besoin.")
    ] = Path(".cache/packages"),
    output: Annotated[Path, typer.Option(help="Dossier à écrire.")] = settings.COMMUNES_DIR,
) -> None:
    """Recompiler data/communes à partir des fichiers des producteurs."""
    from cpts_geo.build import build  # noqa: PLC0415

    build(official_dir=official, packages_dir=packages, output=output, say=_teller())


def main() -> None:
    """
    Run the command line; an error of ours is printed in words and exits with 1.

    Examples
    --------
    From a shell: ``cpts-geo report beauce_gatinais --output resultats``.
    """
    try:
        app(prog_name="cpts-geo")
    except CptsGeoError as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(
            f"Erreur : {error}"
        )
        sys.exit(1)
    except KeyboardInterrupt:
        print("Interrompu : les fichiers déjà écrits sont entiers.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output left (a pager, head): nothing to say to anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
