"""How far an answer hangs on the lines it is learnt from: without a group, without added ones.

On few lines, what a device is, how one enters it and whether it was full go together: nothing tells
which of them makes a line receive more. Leaving out all the lines that share one says how much it
could matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.slots import slots_interval
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.interval import Interval
from cpts_geo.capacity.need.learning import KnownLines, shipped_lines
from cpts_geo.capacity.need.lines import KnownLine
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import CptsGeoError
from cpts_geo.french import counted, joined

#: What lines are grouped by, and the words of a group where its value does not say it.
_GROUPS: Final[dict[str, dict[str, str]]] = {
    "kind": {},
    "saturated": {
        "oui": "lignes pleines",
        "non": "lignes qui ont de la place",
        "inconnu": "lignes dont on ne sait si elles sont pleines",
    },
}
#: Why a group is left out.
CONFOUNDED: Final = (
    "La nature des lignes connues, leur accès et leur saturation vont ensemble : rien ne dit "
    "lequel des trois compte, et une ligne pleine ne donne qu’un minimum."
)
#: Most territories whose answer is told with and without the lines that were added.
_MOST_TOLD: Final = 10


def slots_without(
    scenario: Scenario,
    keys: Collection[str],
    *,
    lines: KnownLines,
    draws: int,
    seed: int | None = None,
) -> Interval[int]:
    """
    Find the slots of a territory as if some lines were not known.

    Parameters
    ----------
    scenario : Scenario
        Territory.
    keys : collection of str
        Keys of the lines to leave out; none for the answer as it stands.
    lines : KnownLines
        What is learnt from.
    draws, seed : int, int, optional
        As for :func:`cpts_geo.capacity.demand.requests.draw_requests`.

    Returns
    -------
    Interval of int
        Slots per opening day.

    Raises
    ------
    CptsGeoError
        The demand is unknown or beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> slots_without(load_scenario("asclepios"), [], lines=shipped_lines(), draws=20_000)
    Interval(p10=4, p50=6, p90=11)
    """
    drawn = draw_requests(scenario, draws=draws, seed=seed, lines=lines.less(keys))
    asked = per_opening_day(scenario, drawn.residents, drawn.visitors)
    return slots_interval(scenario.rules, asked)


def without_groups(
    scenario: Scenario, *, lines: KnownLines, draws: int, seed: int | None = None
) -> pd.DataFrame:
    """
    Leave out one group of known lines after the other.

    Parameters
    ----------
    scenario, lines, draws, seed : Scenario, KnownLines, int, int, optional
        As for :func:`slots_without`.

    Returns
    -------
    DataFrame
        A row a group of some lines and not all: by (kind or saturated), group, lines (French names,
        joined), left_out (how many), and without them slots_p10, slots_p50, slots_p90.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> table = without_groups(load_scenario("asclepios"), lines=shipped_lines(), draws=20_000)
    >>> table[["group", "slots_p50"]].values.tolist()[:2]
    [['ligne et tour de rôle', 7], ['centre à l’hôpital', 5]]
    """
    rows = []
    for by, words in _GROUPS.items():
        for value in dict.fromkeys(getattr(line, by) for line in lines.lines):
            members = [line for line in lines.lines if getattr(line, by) == value]
            if len(members) == len(lines.lines):
                continue
            found = slots_without(
                scenario, {line.key for line in members}, lines=lines, draws=draws, seed=seed
            )
            rows.append(
                {"by": by, "group": words.get(value, value), "left_out": len(members)}
                | {"lines": _named(members)}
                | {f"slots_{bound}": slots for bound, slots in vars(found).items()}
            )
    return pd.DataFrame(rows)


def groups_sentence(table: pd.DataFrame, *, slots: int) -> str:
    """
    Say how much leaving out a group of lines moves the answer.

    Parameters
    ----------
    table : DataFrame
        As :func:`without_groups` gives it; not modified.
    slots : int
        Median slots with every line.

    Returns
    -------
    str
        A French sentence, to stand after :data:`CONFOUNDED`; empty where no group can be left out.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["a", "b"], "slots_p50": [5, 7]})
    >>> groups_sentence(table, slots=6)
    'Sans l’un de leurs groupes, la médiane serait de 5 (sans « a ») à 7 créneaux par jour \
(sans « b »), au lieu de 6.'
    """
    if table.empty:
        return ""
    low, high = int(table["slots_p50"].min()), int(table["slots_p50"].max())
    if low == high == slots:
        return "Sans l’un ou l’autre de leurs groupes, la médiane reste la même."
    least, most = (table.loc[table["slots_p50"] == end, "group"].iloc[0] for end in (low, high))
    return (
        f"Sans l’un de leurs groupes, la médiane serait de {low} (sans « {least} ») à "
        f"{counted(high, 'créneau', 'créneaux')} par jour (sans « {most} »), au lieu de {slots}."
    )


def lines_notes(
    lines: KnownLines, scenarios: Iterable[Scenario], *, draws: int, seed: int | None = None
) -> tuple[str, ...]:
    """
    Tell how an analyst's table of known lines differs from that of the package, and what it moves.

    Parameters
    ----------
    lines : KnownLines
        Read from a copy.
    scenarios : iterable of Scenario
        Territories of the run.
    draws, seed : int, int, optional
        As for :func:`slots_without`.

    Returns
    -------
    tuple of str
        French sentences: how the file was read, the lines that count, those added, changed or left
        out; where lines were added and ten territories or fewer learn from them, the slots of each
        with and without.

    Examples
    --------
    >>> lines_notes(shipped_lines(), [], draws=1000)
    ('Lignes connues : 5 comptent, celles de la table du projet.',)
    """
    usual = {line.key: line for line in shipped_lines().lines}
    given = {line.key: line for line in lines.lines}
    added = [line for key, line in given.items() if key not in usual]
    parts = {
        "ajoutées": added,
        "changées": [
            line for key, line in given.items() if _told(usual.get(key, line)) != _told(line)
        ],
        "retirées": [line for key, line in usual.items() if key not in given],
    }
    said = [f"{word} : {_named(members)}" for word, members in parts.items() if members]
    differs = "".join(f" ; {part}" for part in said) or ", celles de la table du projet"
    count = f"Lignes connues : {counted(len(given), 'compte', 'comptent')}{differs}."
    learning = [scenario for scenario in scenarios if scenario.evidence == "3"]
    if not added or not len(added) < len(given) or len(learning) > _MOST_TOLD:
        return (*lines.notes, count)
    keys = {line.key for line in added}
    moved = _moved(learning, keys, lines=lines, draws=draws, seed=seed)
    return (*lines.notes, count, *moved)


def _moved(
    scenarios: Iterable[Scenario],
    keys: Collection[str],
    *,
    lines: KnownLines,
    draws: int,
    seed: int | None,
) -> Iterator[str]:
    """Sentences on the slots of each territory with the lines that were added and without."""
    for scenario in scenarios:
        try:
            found = [
                slots_without(scenario, out, lines=lines, draws=draws, seed=seed).p50
                for out in ((), keys)
            ]
        except CptsGeoError:
            continue  # its page says why it has no answer
        slots, before = (counted(each, "créneau", "créneaux") for each in found)
        yield (
            f"{scenario.label} : {slots} par jour avec les lignes ajoutées, {before} sans elles "
            "(médianes)."
        )


def _told(line: KnownLine) -> tuple[object, ...]:
    """What a line teaches, whatever its words."""
    return line.area, line.count, line.share, line.served


def _named(lines: Iterable[KnownLine]) -> str:
    """Names of lines, joined."""
    return joined([f"« {line.name} »" for line in lines])
