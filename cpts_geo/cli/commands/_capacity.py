"""Commands on capacity: compare two scenarios, read a call log."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpts_geo.asked import typed_path
from cpts_geo.cli._options import OUTPUTS, Defaults, Draws, KnownLinesFile, Output
from cpts_geo.cli._terminal import echo, results, table_view, teller
from cpts_geo.errors import AskedError, ScenarioError, nested, one_line, quoted
from cpts_geo.foreign import shown_name
from cpts_geo.french import counted, typeset

if TYPE_CHECKING:
    from cpts_geo.capacity.scenario.inputs import Scenario
    from cpts_geo.capacity.scenario.parameters import Parameters

#: Two scenarios of ours that are worth comparing.
_LIKE: Final = ("lvo", "lvo_ete")
#: Draws that tell how busy the line of a log may be, to a few percent.
_LOG_DRAWS: Final = 2_000

capacity_app = typer.Typer(rich_markup_mode=None)


@capacity_app.command("compare")
def _compare(
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
    from cpts_geo.atlas.sections.comparison import comparison_sections  # noqa: PLC0415
    from cpts_geo.capacity.answer.headline import DRAWS  # noqa: PLC0415
    from cpts_geo.capacity.comparing.compare import compare_scenarios  # noqa: PLC0415
    from cpts_geo.capacity.need.interval import CHANCES  # noqa: PLC0415
    from cpts_geo.capacity.need.learning import known_lines as read_lines  # noqa: PLC0415
    from cpts_geo.writing.comparison import comparison_files, write_comparison  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415

    first, second = _two(scenarios or [])
    names = _told_apart(first, second)
    check_output(output, names=comparison_files(names))
    defaults, notes = _defaults(parameters)
    one, two = _labelled(_loaded(first, second, parameters=defaults), names)
    say = teller()
    found = compare_scenarios(
        one,
        two,
        draws=DRAWS if draws is None else draws,
        lines=read_lines(known_lines, parameters=defaults),
        say=say,
    )
    found = replace(found, caveats=(*found.caveats, *notes))
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


@capacity_app.command("call-log")
def _call_log(
    log: Annotated[
        Path,
        typer.Argument(
            parser=typed_path, metavar="FICHIER", help="Journal d’appels ou de rendez-vous."
        ),
    ],
    scenario: Annotated[
        str, typer.Option(metavar="BASE", help="Scénario du territoire : clé, ou fichier TOML.")
    ],
    output: Output = OUTPUTS,
    parameters: Defaults = None,
    repeats_out: Annotated[
        bool | None,
        typer.Option(
            "--repeats-out/--repeats-in",
            help="Compter comme doublons, ou non, les appels qui en répètent un autre sans être "
            "signalés ; par défaut, ceux qu’une clé de l’appelant désigne.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Lire un journal d’appels, et en tirer le scénario du territoire."""
    from cpts_geo.atlas.look.words import strength  # noqa: PLC0415
    from cpts_geo.atlas.sections.call_log import log_sentences, log_views  # noqa: PLC0415
    from cpts_geo.capacity.calls.local_evidence import with_call_log  # noqa: PLC0415
    from cpts_geo.capacity.calls.profile import profile_of  # noqa: PLC0415
    from cpts_geo.capacity.calls.released import released  # noqa: PLC0415
    from cpts_geo.capacity.demand.denied import denied_slots  # noqa: PLC0415
    from cpts_geo.capacity.demand.requests import draw_requests  # noqa: PLC0415
    from cpts_geo.sources.analyst.calls.log import read_call_log  # noqa: PLC0415
    from cpts_geo.writing.comparison import write_call_log  # noqa: PLC0415
    from cpts_geo.writing.output_folder import check_output  # noqa: PLC0415

    check_output(output)
    defaults, said = _defaults(parameters)
    (base,) = _loaded(scenario, parameters=defaults)
    calls = read_call_log(log)
    found = profile_of(calls, base, repeats_out=repeats_out)
    own = with_call_log(base, found)
    tables = released(found)
    say = teller()
    for note in calls.attrs["notes"]:
        say(note)
    if denied := denied_slots(own, draw_requests(own, draws=_LOG_DRAWS)):
        say(denied)
    console = results()
    sentences = log_sentences(found, tables)
    for sentence in sentences:
        console.print(typeset(sentence), soft_wrap=True)
    for title, headers, rows in log_views(tables):
        console.print(table_view([title, *headers[1:]], rows, right=True))
    told = tuple(sentence.lower() for sentence in sentences)
    for note in [*said, *own.notes]:
        if note not in base.notes and not note.lower().endswith(told):
            say(f"À savoir : {note}")
    made, *others = write_call_log(own, tables, output, say=say)
    for path in others:
        echo(f"Tableau : {path.resolve()}")
    echo(f"Scénario (solidité {strength(own)}) : {made.resolve()}")


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


def _defaults(path: Path | None) -> tuple[Parameters, list[str]]:
    """Default parameters of a run, and what to say of those that are changed."""
    from cpts_geo.capacity.scenario.overlay import (  # noqa: PLC0415
        chosen_parameters,
        parameter_notes,
    )

    found = chosen_parameters(path)
    return found, parameter_notes(found)


def _loaded(*names: str, parameters: Parameters) -> list[Scenario]:
    """Load scenarios; what is wrong with any is said at once."""
    from cpts_geo.capacity.scenario.loading import load_scenario  # noqa: PLC0415

    loaded, refused = [], []
    for name in dict.fromkeys(names):
        try:
            loaded.append(load_scenario(name, parameters=parameters))
        except ScenarioError as error:
            refused.append(error)
    if len(refused) > 1:
        raise ScenarioError(
            "Les deux scénarios sont à corriger.",
            defects=[nested(error.summary, error.defects) for error in refused],
            remedy=" ; ".join(dict.fromkeys(error.remedy for error in refused)),
        )
    if refused:
        raise refused[0]
    return [loaded[0]] * len(names) if len(loaded) < len(names) else loaded


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
