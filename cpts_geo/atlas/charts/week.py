"""The week as a grid: what each day and band of hours shows, on the screen and on paper."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cpts_geo.atlas.look.words import estimate, span
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import named_interval
from cpts_geo.capacity.scenario._slips.hours import SATURDAY
from cpts_geo.capacity.workforce.week import BANDS, CLOSED, DAYS, PDSA, hours_known
from cpts_geo.french import NBSP, NNBSP, WEEKDAYS, counted, number
from cpts_geo.study.capacity import TerritoryCapacity

_PDSA_WORDS: Final = "PDSA"
_CLOSED_WORDS: Final = "fermé"
#: Of a Saturday morning, which is unscheduled care by law: nobody says that nobody asks.
_UNCOUNTED: Final = "non compté"


class _WeekCell(NamedTuple):
    """A cell of the grid: what it shows, and which kind it is."""

    text: str
    kind: str = ""


class _WeekRow(NamedTuple):
    """A band of hours, or the whole day: its name and its cells, Monday first."""

    head: str
    cells: list[_WeekCell]
    total: bool = False


class _WeekGrid(NamedTuple):
    """The grid: names of the days, rows, what a reader must know of it."""

    days: list[str]
    rows: list[_WeekRow]
    notes: list[str]


def week_view(result: Headline, capacity: TerritoryCapacity) -> _WeekGrid:
    """
    Lay the week out as words: slots offered, then needed, in whole numbers.

    Parameters
    ----------
    result : Headline
        Says what the answer rests on.
    capacity : TerritoryCapacity
        Its grid and its days.

    Returns
    -------
    _WeekGrid
        Days, rows and notes in French; nothing is spread over hours that nobody said.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> from cpts_geo.study.capacity import study_capacity
    >>> answer = headline(load_scenario("beauce_gatinais"), draws=1000)
    >>> [row.head for row in week_view(answer, study_capacity(answer, facts={})).rows][-1]
    'Jour'
    """
    known, scenario = hours_known(result.scenario), result.scenario
    cells = {(row["day"], row["first_hour"]): row for row in capacity.week_grid.to_dict("records")}
    rows = [
        _WeekRow(
            f"{first}–{last}{NNBSP}h",
            [_cell(result, cells[day, first], offered=known) for day in DAYS],
        )
        for first, last in BANDS
    ]
    days = capacity.week_days.to_dict("index")
    rows.append(_WeekRow("Jour", [_day(result, days[day], day) for day in DAYS], total=True))
    shown = "Créneaux nécessaires"
    if known:
        shown = "Créneaux offerts · nécessaires"
    elif scenario.week_slots is not None:
        shown = (
            "Créneaux nécessaires, par jour offerts · nécessaires (leurs heures ne sont pas dites)"
        )
    profile = "le registre des demandes" if scenario.calendar.hour_factors else "profil supposé (D)"
    notes = [f"{shown}, arrondis ; heures : {profile}."]
    notes.append(
        "Samedi matin : ses demandes s’ajoutent à celles de la semaine."
        if scenario.calendar.saturday_morning
        else "Samedi matin non ouvert : ses demandes ne sont pas comptées."
    )
    notes.append("PDSA : hors périmètre.")
    return _WeekGrid([WEEKDAYS[day - 1] for day in DAYS], rows, notes)


def _cell(result: Headline, row: Mapping[Any, Any], *, offered: bool) -> _WeekCell:
    """A day and a band: offered where its hours are said, needed; apart where it is no SNP."""
    if row["state"] == PDSA:
        return _WeekCell(_PDSA_WORDS, PDSA)
    if row["state"] == CLOSED:
        return _WeekCell(_UNCOUNTED if row["day"] == SATURDAY else _CLOSED_WORDS, CLOSED)
    needed = named_interval(row, "needed")
    own = result.scenario.has_own_line
    text = number(needed.p50) if own else span(needed.p10, needed.p90)
    # Six columns on paper or on a phone: the word stands in the row of the day.
    return _WeekCell(f"{number(row['offered'])} · {text}".replace(" ", NBSP) if offered else text)


def _offered(row: Mapping[Any, Any]) -> str:
    """Slots offered, with their word."""
    return counted(row["offered"], "offert", "offerts")


def _day(result: Headline, row: Mapping[Any, Any], day: int) -> _WeekCell:
    """A whole day, with the interval of what it needs."""
    if math.isnan(row["needed_p50"]):
        return _WeekCell(_UNCOUNTED if day == SATURDAY else _CLOSED_WORDS, CLOSED)
    # An interval is never cut between its bounds.
    text = estimate(result, named_interval(row, "needed")).replace(" ", NBSP)
    known = not math.isnan(row["offered"])
    return _WeekCell(f"{_offered(row)} · {text}" if known else text)
