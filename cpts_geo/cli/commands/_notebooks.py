"""The command that runs the notebooks for territories, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpts_geo.cli._options import OUTPUTS, path_option
from cpts_geo.cli._terminal import echo, progress, teller, time_left

if TYPE_CHECKING:
    from cpts_geo.writing.notebooks.run import Step

notebooks_app = typer.Typer(
    help="Carnets exécutés pour d’autres territoires.", rich_markup_mode=None
)
_FOLDER: Final = Path("notebooks")


@notebooks_app.callback(invoke_without_command=True)
def _notebooks(context: typer.Context) -> None:
    """Show the help where no command of notebooks is typed."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@notebooks_app.command("run")
def _run(
    territory: Annotated[
        list[str] | None,
        typer.Option(
            help="Clé d’une des cinq CPTS, SIREN d’une intercommunalité, ou chemin de votre "
            "liste ; répétable."
        ),
    ] = None,
    departement: Annotated[
        list[str] | None,
        typer.Option(
            help="Avec une liste, département où chercher les noms ; seul, chacune de ses "
            "intercommunalités. Répétable (42, 43…)."
        ),
    ] = None,
    notebook: Annotated[
        list[str] | None,
        typer.Option(
            help="Carnet, par son numéro ou son nom (03) ; répétable. Par défaut, tous ceux qui "
            "reçoivent un territoire."
        ),
    ] = None,
    notebooks: Annotated[
        Path,
        path_option(
            "Dossier des carnets, qui n’est pas modifié ; à défaut, ceux du paquet installé."
        ),
    ] = _FOLDER,
    log: Annotated[
        Path | None,
        path_option("Votre registre des demandes, pour le carnet 11, laissé sans lui."),
    ] = None,
    output: Annotated[
        Path, path_option("Dossier des carnets exécutés et de leurs pages.")
    ] = OUTPUTS / "carnets",
) -> None:
    """Exécuter les carnets pour vos territoires."""
    # Imported here so that --help answers at once.
    from cpts_geo.writing.notebooks.run import run_notebooks  # noqa: PLC0415

    with _watching() as (watch, say):
        index = run_notebooks(
            territory or (),
            output,
            departements=departement or (),
            notebooks=notebook or (),
            folder=notebooks,
            log=log,
            watch=watch,
            say=say,
        )
    echo(f"Carnets prêts : {index.resolve()}")


@contextmanager
def _watching() -> Iterator[tuple[Callable[[Step], None], Callable[[str], None]]]:
    """Yield what tells how far a run is, a bar on a terminal and a line a notebook elsewhere, and
    what says the rest."""
    say = teller()
    with progress() as bar:

        def watch(step: Step) -> None:
            left = time_left(step.remaining)
            if step.ended:
                say(f"{step.done}/{step.total} {step.ended}" + (f" ; {left}" if left else ""))
            bar(step.done, step.total, " · ".join(filter(None, [left, step.doing])))

        yield watch, say
