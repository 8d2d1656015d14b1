"""Needed, served, missing: at each deadline that texts name, with the interval and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cpts_geo.atlas.charts.week import week_view
from cpts_geo.atlas.look.values import slot_length
from cpts_geo.atlas.look.words import (
    TOO_LARGE,
    deadline,
    estimate,
    per_day,
    shown_floor,
    slots,
    slots_text,
    span,
    whom,
)
from cpts_geo.atlas.sections.paper._fitting import gp_time, shortened
from cpts_geo.atlas.sections.paper._head import TO_FILL, contradicted
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import CHANCES, LEVELS, Interval, named_interval
from cpts_geo.french import NNBSP, number, percent, whole_percent
from cpts_geo.schema import STATUS_MARKS
from cpts_geo.study.capacity import NEEDED, TerritoryCapacity
from cpts_geo.study.study import Study

#: Letters of a warning.
_WARNING: Final = 330
#: What would let the need be computed, and who holds it.
_ASKED: Final = (
    "Les appels d’une année et leur issue : au SAS ou à la ligne qui les reçoit.",
    "Les consultations non programmées données en un an : aux médecins de la CPTS.",
    "Les personnes sans médecin traitant, par âge : à la CPAM.",
)


class _Row(NamedTuple):
    """A deadline: its words, what is written in each column, whether it is that of the answer."""

    deadline: str
    cells: list[str]
    own: bool


def section(study: Study, *, crowded: bool = False) -> dict[str, Any]:
    """The table and the dots, or why there is none and what to ask for; what the first page says
    too is left to it where the page is `crowded`."""
    result, capacity = study.headline, study.capacity
    if result is None or capacity is None:
        large = study.too_large
        why = (
            TOO_LARGE
            if large
            else "Le besoin se calcule d’après l’APL, qui n’est pas publiée pour toutes les "
            "communes de ce territoire."
        )
        return {"why": why, "asked": () if large else _ASKED, "other": _other_public(study)}
    heads, rows = _table(result, capacity)
    return {
        "warning": shortened(contradicted(result), _WARNING),
        "heads": heads,
        "rows": rows,
        "mark": STATUS_MARKS[result.status],
        "grid": week_view(result, capacity) if result.slots_per_day.p90 else None,
        "said": [text for text in _said(result, capacity, crowded=crowded) if text],
    }


def _table(result: Headline, capacity: TerritoryCapacity) -> tuple[tuple[str, ...], list[_Row]]:
    """Columns that something fills, and a row a deadline."""
    table, today = capacity.by_deadline.to_dict("index"), result.today
    days, rows = [int(str(each)) for each in table], list(table.values())
    columns = {"Il faudrait": [_bounds(result, row, "slots") for row in rows]}
    if today is not None:
        columns |= {
            "Il y en a": [slots_text(today.slots)] * len(rows),
            "Servies": [whole_percent(row["served_today"]) for row in rows],
            "Il manque": [_bounds(result, row, "missing") for row in rows],
        }
    head = "Heures par semaine" if today is None else "Manque par semaine"
    columns[head] = _weekly_hours(result, capacity, days)
    own = result.scenario.deadline_days
    return tuple(columns), [
        _Row(deadline(each), cells, each == own)
        for each, *cells in zip(days, *columns.values(), strict=True)
    ]


def _weekly_hours(result: Headline, capacity: TerritoryCapacity, deadlines: list[int]) -> list[str]:
    """Hours of GP a week missing at each deadline, or needed where the slots are unknown."""
    table = capacity.week_by_deadline.set_index(["deadline_days", "quantity", "unit"])
    quantity, known = "needed" if result.today is None else "missing", []
    for days in deadlines:
        key = (days, quantity, "gp_hours")
        found = Interval(*table.loc[key, [*LEVELS]]) if key in table.index else None
        known.append("" if found is None else f"{estimate(result, found)}{NNBSP}h")
    return known


def _bounds(result: Headline, row: Mapping[Any, float], name: str) -> str:
    """A number of slots with its interval; bounds alone where it is rough."""
    return estimate(result, named_interval(row, name))


def _said(result: Headline, capacity: TerritoryCapacity, *, crowded: bool) -> list[str]:
    """Hours and SAS effectors, what there is today, the floor, for whom."""
    scenario, hours = result.scenario, result.gp_hours_per_week
    measures = capacity.resources["sas_effectors"]
    effectors = Interval(*(float(measures[name]) for name in NEEDED))
    today = result.today
    now = "" if today is None else f" ; aujourd’hui, {gp_time(today.gp_hours_per_week)}"
    floor = shown_floor(result)
    the = "les " if scenario.public == "no_mt" else ""
    said = [
        f"{_many(result, hours, f'{NNBSP}h de consultation par semaine')}, soit "
        f"{_many(result, effectors, ' effecteurs du SAS')} à {number(scenario.effector_hours)}"
        f"{NNBSP}h chacun{now}.",
        ""
        if floor is None
        else f"Au moins {slots(floor)} par jour, d’après les consultations déjà données.",
        f"Créneaux d’aujourd’hui : {TO_FILL}" if today is None else "",
    ]
    if today is not None:
        said.append(f"Manque : {slot_length(scenario)}.")
    if crowded:
        return said
    asked = (
        f"Pour {the}{whom(scenario)} ; objectif : {percent(scenario.target, 0)} servies à temps."
    )
    rests = f"{STATUS_MARKS[result.status]} {result.evidence}"
    width = f"Intervalle : {CHANCES}."
    return [said[0], asked, *said[1:], width, rests]


def _many(result: Headline, found: Interval[Any], unit: str) -> str:
    """A quantity with its unit: the median before its bounds, or the bounds of what is rough."""
    bounds = span(found.p10, found.p90)
    if not result.scenario.has_own_line:
        return f"{bounds}{unit}"
    middle = number(found.p50)
    return f"{middle}{unit}" + ("" if bounds == middle else f" ({bounds})")


def _other_public(study: Study) -> str:
    """What another public would need, where the need of the first is not known; empty for none."""
    if len(study.publics) < 2:
        return ""
    other = study.publics[1]
    if not isinstance(other.answer, Headline):
        return ""
    the = "aux " if other.public == "no_mt" else "à "
    mark = STATUS_MARKS[other.answer.status]
    found = other.answer.slots_per_day
    if not found.p90:
        return ""
    many = f"{span(found.p10, found.p90)} {per_day(found.p90)}"
    held = " (part nationale supposée)" if other.hypothesis else ""
    return (
        f"Réservée {the}{whom(other.answer.scenario)}{held}, une ligne demanderait {many} {mark}."
    )
