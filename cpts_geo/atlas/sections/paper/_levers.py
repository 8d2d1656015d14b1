"""What slots serve, three levers, and what would change the supply: only where something moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.values import EURO, euros, period_words
from cpts_geo.atlas.look.words import (
    gain_effect,
    gain_numbers,
    lever_finding,
    lever_numbers,
    opened,
    shift_numbers,
    slots,
    slots_text,
)
from cpts_geo.atlas.sections.paper._fitting import gp_time, others, shortened
from cpts_geo.capacity.answer.existing import Offer
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import number, whole_percent
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS, Status
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study

#: Levers of ARS and Assurance maladie on the page, and rows up to which others may stand there.
_LEVERS: Final = 3
_MOST: Final = 3
_TITLE, _PLACE, _LEVER = 44, 34, 58


class Lever(NamedTuple):
    """A row: what changes, three numbers each with its words, its sign; how it is said apart.

    What the head says more is why this lever is put forward; some are kept whatever else fits.
    """

    title: str
    numbers: tuple[tuple[str, str], ...]
    mark: str
    lead: str = ""
    effect: str = ""
    why: str = ""
    kept: bool = False


def levers(study: Study) -> list[Lever]:
    """What is offered and announced, three levers, where to open, changes of supply."""
    result, capacity = study.headline, study.capacity
    if result is None or capacity is None:
        return [*_openings(study.access), *_shifts(study.access)]
    tried = list(_tried(result, capacity.levers))
    put_forward = any(each.lead for each in tried)
    # The table of the need says what is served today. One alone is put forward in the head.
    offers = (each._replace(lead="") if put_forward else each for each in _offers(result))
    return [*tried, *offers, *_openings(study.access), *_shifts(study.access)]


def section(
    found: Sequence[Lever], result: Headline | None, *, crowded: bool = False
) -> dict[str, Any] | None:
    """Finding, headings, rows that fit, what a cost rests on; None without a row."""
    if not found:
        return None
    kept = [each for each in found if each.kept]
    room = max(_MOST - len(kept), 0)
    rows = kept + [each for each in found if not each.kept][:room]
    rows = rows[:_MOST] if crowded else rows
    # The title is of a row that is seen.
    said = next((f"{each.lead} {each.effect}" for each in rows if each.lead), "")
    of_levers = result is not None and any("€" in value for row in rows for value, _ in row.numbers)
    return {
        "title": said.rstrip(".") or ("Ce que changerait chaque levier" if of_levers else
                                      "Ce qui changerait l’offre de soins"),
        "heads": _heads(result.scenario) if of_levers and result else (),
        "rows": rows,
        "cost": _cost(result.scenario) if of_levers and result else "",
        "more": others(len(found) - len(rows), "autre changement", "autres changements"),
    }  # fmt: skip


def _heads(scenario: Scenario) -> tuple[str, ...]:
    """Headings of the numbers of a lever."""
    return "Par semaine", "Demandes servies à temps", f"Coût {period_words(scenario)}"


def _cost(scenario: Scenario) -> str:
    """What an hour of a doctor is held to cost, and how it is known."""
    status = input_status(scenario, "gp_hour_cost")
    known = f"{STATUS_MARKS[status]} {STATUS_LABELS[status]}"
    return f"Coût : {number(scenario.gp_hour_cost)}{EURO} l’heure de médecin ({known})."


def _short(numbers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Numbers without the words that the headings say."""
    said = ("par semaine", "servies à temps", "à temps")
    return tuple(
        (value, "" if words in said or value.endswith("€") else words.removeprefix("servies "))
        for value, words in numbers
    )


def _tried(result: Headline, table: pd.DataFrame) -> Iterator[Lever]:
    """The lever put forward, then the next ones: hours or people, share served, euros."""
    ranked = table.sort_values("best", ascending=False, kind="stable") if len(table) else table
    lead, effect = lever_finding(table, target=result.scenario.target)
    ranked_rows = ranked.head(_LEVERS).to_dict("records")
    none_needed = bool(lead) and not table["best"].any()
    for row in ranked_rows:
        numbers = _short(lever_numbers(row, result.scenario))
        mark, title = STATUS_MARKS[Status.ASSUMED], shortened(str(row["lever"]), _LEVER)
        if not row["best"]:
            # Where none is needed, the first row says so in the head.
            first = none_needed and row is ranked_rows[0]
            said = (f"{lead} :", f"{effect}.") if first else ("", "")
            yield Lever(title, numbers, mark, *said, kept=True)
            continue
        least = "le moins coûteux qui suffise" if row["reaches_target"] else "le plus utile"
        why = f", {least} ({euros(row['cost'])} {period_words(result.scenario)})."
        yield Lever(title, numbers, mark, f"{lead} :", effect, why, kept=True)


def _offers(result: Headline) -> Iterator[Lever]:
    """Today's slots, and those announced where they serve more."""
    today, planned = result.today, result.planned
    if today is not None:
        yield Lever("Aujourd’hui", _served(today), STATUS_MARKS[result.status])
    if planned is None:
        return
    before = whole_percent(today.served_at_median) if today else ""
    after = whole_percent(planned.served_at_median)
    if today is not None and (
        planned.served_at_median <= today.served_at_median or before == after
    ):
        return
    yield Lever(
        "Capacité annoncée",
        _served(planned),
        STATUS_MARKS[result.status],
        f"Les {slots_text(planned.slots)} créneaux annoncés",
        f"serviraient {after} des demandes à temps.",
        kept=True,
    )


def _served(offer: Offer) -> tuple[tuple[str, str], ...]:
    """Hours, share served and slots of an offer."""
    many, word = slots(offer.slots).split(" ", 1)
    found = (
        (gp_time(offer.gp_hours_per_week), "par semaine"),
        (whole_percent(offer.served_at_median), "à temps"),
        (many, f"{word} par jour"),
    )
    return _short(found)


def _openings(access: TerritoryAccess) -> Iterator[Lever]:
    """A centre at the site that counts emergency departments, where it brings somebody nearer."""
    if access.opening and (best := access.opening.worthwhile):
        sites, gain = best
        title = opened(sites, access.names.map(lambda name: shortened(str(name), _PLACE)))
        effect = f"{gain_effect(gain, centres=len(sites))}."
        mark = STATUS_MARKS[Status.ASSUMED]
        numbers = tuple(gain_numbers(gain, approximate=access.approximate))
        yield Lever(title, numbers, mark, title, effect)


def _shifts(access: TerritoryAccess) -> Iterator[Lever]:
    """Changes of supply that move the APL of the territory by what is seen in it as written."""
    names = access.names.map(lambda name: shortened(str(name), _PLACE))
    for shift in access.shifts:
        if shift.seen:
            numbers = tuple(shift_numbers(shift, names))
            yield Lever(shortened(shift.title, _TITLE), numbers, STATUS_MARKS[Status.ASSUMED])
