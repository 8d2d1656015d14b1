"""The command line: thin, in French for those who run it, never a traceback."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand
from typer.exceptions import TyperException

from cpts_geo import __version__
from cpts_geo.cli._mistyped import misunderstood
from cpts_geo.cli.commands._call_log import LOG_HELP, call_log, follow_up
from cpts_geo.cli.commands._capacity import compare
from cpts_geo.cli.commands._check import check, verify
from cpts_geo.cli.commands._data import data_app
from cpts_geo.cli.commands._export import export
from cpts_geo.cli.commands._notebooks import notebooks_app
from cpts_geo.cli.commands._places import places
from cpts_geo.cli.commands._report import france, grid, report
from cpts_geo.cli.commands._template import template
from cpts_geo.cli.last_resort import check_memory, guarded, refuse

#: The command line library speaks English.
_FRENCH: Final = {
    "Show this message and exit.": "Afficher cette aide.",
    "[required]": "(obligatoire)",
    "[default: ": "[par défaut : ",
    "COMMAND [ARGS]...": "COMMANDE …",
    "Commands": "Commandes",
}
#: Types, as it names them, and in words; choices are their own.
_TYPE: Final = re.compile(r"<(?:list\[)?(.*?)\]?>")
_TYPES: Final = {"str": "TEXTE", "int": "NOMBRE"}
#: What it says of the type of an argument, whose name says it.
_ARGUMENT_TYPE: Final = re.compile(r"^(?!-)(.*) <.*>")


def _french(text: str) -> str:
    """What the library says of a command, in French."""
    for english, french in _FRENCH.items():
        text = text.replace(english, french)
    return _TYPE.sub(lambda found: _TYPES.get(found[1], found[1]), text)


class _FrenchHelp(TyperCommand.context_class.formatter_class):  # type: ignore[name-defined,misc]
    """Help whose frame is in French too."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How a command is typed."""
        super().write_usage(prog, _french(args), prefix)

    def write_heading(self, heading: str) -> None:
        """Title of a list."""
        super().write_heading(_french(heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """What is typed, and what it is."""
        french = [(_french(_ARGUMENT_TYPE.sub(r"\1", one)), _french(two)) for one, two in rows]
        super().write_dl(french, *args, **kwargs)


TyperCommand.context_class.formatter_class = _FrenchHelp
app = typer.Typer(
    help="De la liste des communes d’un territoire au nombre de créneaux de soins non programmés.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
app.add_typer(notebooks_app, name="notebooks")
app.command("compare")(compare)
app.command("call-log", epilog=LOG_HELP)(call_log)
app.command("follow-up", epilog=LOG_HELP)(follow_up)
app.command("report")(report)
app.command("check")(check)
app.command("export")(export)
app.command("france")(france)
app.command("grid")(grid)
app.command("places")(places)
app.command("template")(template)
app.command("verify")(verify)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Afficher la version.", is_eager=True)
    ] = False,
) -> None:
    """Show the version or the help; else check the memory before a command begins."""
    if show_version:
        typer.echo(f"cpts_geo {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
    else:
        check_memory()


def _typed() -> None:
    """Run what was typed; what is not understood is refused in French."""
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
