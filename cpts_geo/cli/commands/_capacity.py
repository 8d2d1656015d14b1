"""Command on capacity: compare two scenarios."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpts_geo.cli._options import OUTPUTS, Defaults, Draws, KnownLinesFile, Output
from cpts_geo.cli._scenarios import chosen_defaults, loaded
from cpts_geo.cli._terminal import echo, results, table_view, teller
from cpts_geo.errors import AskedError, one_line, quoted
from cpts_geo.foreign import shown_name
from cpts_geo.french import counted, typeset

if TYPE_CHECKING:
    from cpts_geo.capacity.scenario.inputs import Scenario

#: Two scenarios of ours that are worth comparing.
_LIKE: Final = ("lvo", "lvo_ete")


def compare(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="A B",
            help="Scénario de référence, puis scénario comparé : clés, ou fichiers TOML.",
            show_default=False,
        ),
    ] = None,
    output: Output = OUTPUTS,
    parameters: Defaults = None,
    known_lines: KnownLinesFile = None,
    draws: Draws = None,
) -> None:
    """Comparer deux scénarios : besoin, demandes servies, coût."""
    # Imported here so that --help answers at once.
    from cpts_geo.api.capacity import compared  # noqa: PLC0415
    from cpts_geo.atlas.sections.comparison import comparison_sections  # noqa: PLC0415
    from cpts_geo.capacity.answer.headline import DRAWS  # noqa: PLC0415
    from cpts_geo.capacity.need.interval import CHANCES  # noqa: PLC0415
    from cpts_geo.capacity.need.learning import known_lines as known  # noqa: PLC0415
    from cpts_geo.capacity.scenario.overlay import parameter_notes  # noqa: PLC0415
    from cpts_geo.errors import ScenarioError  # noqa: PLC0415
    from cpts_geo.writing.comparison import comparison_files, write_comparison  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415

    first, second = _two(scenarios or [])
    names = _told_apart(first, second)
    check_output(output, names=comparison_files(names))
    defaults, _ = chosen_defaults(parameters)
    one, two = _labelled(loaded(first, second, parameters=defaults), names)
    say = teller()
    found = compared(
        one,
        two,
        draws=DRAWS if draws is None else draws,
        lines=known(known_lines, parameters=defaults),
        notes=parameter_notes(defaults),
        say=say,
    ).value
    if isinstance(found, ScenarioError):
        raise found
    for scenario in (one, two):
        for note in scenario.file_notes:
            say(f"{scenario.label} : {note}")
    shown, console = comparison_sections(found), results()
    headers = ["Mesure", one.label, two.label, f"Différence ({CHANCES})"]
    measures = [[f"{name}, {unit}", *cells] for name, unit, cells in shown["measures"]["rows"]]
    console.print(table_view(headers, measures, right=True))
    headers, changes = ["Donnée", one.label, two.label], shown["changes"]["rows"]
    console.print(table_view(headers, changes, title="Ce qui change", right=False))
    said = (shown["changes"]["idle"], shown["finding"]["sentence"])
    for line in filter(None, (*said, shown["drawings"]["common_draws"])):
        console.print(typeset(line), soft_wrap=True)
    for text in (*found.warnings, *found.caveats):
        say(f"À savoir : {text}")
    page, table = write_comparison(found, output, names=names, say=say)
    echo(f"Tableau : {table.resolve()}")
    echo(f"Page : {page.resolve()}")


def _two(typed: list[str]) -> tuple[str, str]:
    """The two scenarios to compare, or the command that compares two."""
    if len(typed) == 2:
        return typed[0], typed[1]
    given = counted(len(typed), "scénario donné", "scénarios donnés") if typed else "aucun donné"
    # What is typed keeps its place; what lacks is to be chosen.
    like = shlex.join([*typed[:2], *_LIKE[len(typed) :]])
    raise AskedError(
        "« compare » compare deux scénarios, ni plus ni moins.",
        defects=[" : ".join(filter(None, [given, ", ".join(map(quoted, typed))]))],
        remedy=f"tapez par exemple « cpts-geo compare {one_line(like)} » ; chacun est une clé ou "
        "un fichier TOML.",
    )


def _told_apart(first: str, second: str) -> tuple[str, str]:
    """Name both after their files, with the folder where two files bear one name."""
    one, two = Path(first).stem, Path(second).stem
    if one != two or first == second:
        return one, two
    folders = (Path(name).parent.name for name in (first, second))
    one, two = (f"{folder}_{one}".lstrip("_") for folder in folders)
    return (one, two) if one != two else (one, f"{two}_2")


def _labelled(scenarios: list[Scenario], names: tuple[str, str]) -> list[Scenario]:
    """Add the names to labels that are the same, so that a reader tells them apart."""
    if len({s.label for s in scenarios}) > 1 or names[0] == names[1]:
        return scenarios
    # Both parts are kept where together they would be too long for a name.
    return [
        s.evolve(label=f"{shown_name(s.label, most=100)} ({shown_name(name, most=90)})")
        for s, name in zip(scenarios, names, strict=True)
    ]
