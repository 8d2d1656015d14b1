"""What slots serve, and what would change the supply: a row each, only where something moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from cpts_geo.atlas.look.words import (
    gain_effect,
    gain_numbers,
    opened,
    shift_numbers,
    slots,
    slots_text,
)
from cpts_geo.atlas.sections.paper._fitting import gp_time, others, shortened
from cpts_geo.capacity.answer.existing import Offer
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import whole_percent
from cpts_geo.schema import STATUS_MARKS, Status
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study

#: Rows that the page holds.
_MOST: Final = 5
_TITLE, _PLACE = 44, 34


class Lever(NamedTuple):
    """A row: what changes, three numbers each with its words, its sign; how the head says it."""

    title: str
    numbers: tuple[tuple[str, str], ...]
    mark: str
    lead: str = ""
    effect: str = ""


def levers(study: Study) -> list[Lever]:
    """What is offered and announced, where to open, changes of supply: what has an effect."""
    result = study.headline
    offers = () if result is None else _offers(result)
    return [*offers, *_openings(study.access), *_shifts(study.access)]


def section(found: Sequence[Lever]) -> dict[str, Any] | None:
    """Finding, rows that fit, how many are left out; None without a row."""
    if not found:
        return None
    said = next((f"{each.lead} {each.effect}" for each in found if each.lead), "")
    return {
        "title": said.rstrip(".") or "Ce qui changerait l’offre de soins",
        "rows": found[:_MOST],
        "more": others(len(found) - _MOST) if len(found) > _MOST else "",
    }


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
    )


def _served(offer: Offer) -> tuple[tuple[str, str], ...]:
    """Slots, hours and share served of an offer."""
    many, word = slots(offer.slots).split(" ", 1)
    return (
        (many, f"{word} par jour"),
        (gp_time(offer.gp_hours_per_week), "de consultation par semaine"),
        (whole_percent(offer.served_at_median), "des demandes servies à temps"),
    )


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
