"""What slots serve, and what would change the supply: a row each, only where something moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.access.changes.shifts import Shift
from cpts_geo.atlas.look.words import slots, slots_text
from cpts_geo.atlas.sections.paper._fitting import gp_time, others, shortened
from cpts_geo.capacity.answer.existing import Offer
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import (
    counted,
    duration,
    number,
    percent,
    signed_number,
    whole_percent,
)
from cpts_geo.schema import STATUS_MARKS, Status
from cpts_geo.settings import SHIFT_BREAKS, SPOKEN_MINUTES
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study

#: Rows that the page holds.
_MOST: Final = 5
_TITLE, _PLACE = 44, 34
#: The larger of two things: without today's slots, there is nothing to set others against.
_NOTHING = ("", "")


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
        (gp_time(offer.gp_hours_per_week), "de médecin par semaine"),
        (whole_percent(offer.served_at_median), "des demandes servies à temps"),
    )


def _openings(access: TerritoryAccess) -> Iterator[Lever]:
    """A centre at the site that counts emergency departments, where it brings somebody nearer."""
    found = access.opening
    if found is None or not found.emergencies_known or not found.today or not found.proposed:
        return
    sites = found.proposed[0]
    band = SPOKEN_MINUTES["centre"]
    table = found.gains[sites].to_dict("index")
    people = float(table["difference"][f"within_{band:g}"])
    if not people > 0:
        return
    before, after = (float(table[when][f"share_within_{band:g}"]) for when in ("before", "after"))
    means = [float(table[when]["mean_minutes"]) for when in ("before", "after")]
    within = f"à {duration(band)} de soins sans rendez-vous"
    first = shortened(str(access.names.get(sites[0], sites[0])), _PLACE)
    alone = len(sites) == 1
    many = "Un centre" if alone else f"{number(len(sites))} centres, dont un"
    yield Lever(
        f"{many} à {first}",
        (
            (f"+{number(people)}", f"habitants {within}"),
            (f"{percent(before, 0)} → {percent(after, 0)}", "de la population"),
            _nearer(*means),
        ),
        STATUS_MARKS[Status.ESTIMATED],
        f"{many} à {first}",
        f"{'mettrait' if alone else 'mettraient'} "
        f"{counted(people, 'habitant', 'habitants')} de plus {within}.",
    )


def _nearer(before: float, after: float) -> tuple[str, str]:
    """Mean minutes before and after; nothing where they are not of the same people."""
    if math.isnan(before) or math.isnan(after):
        return _NOTHING
    return f"{number(before)} → {duration(after)}", "en moyenne"


def _shifts(access: TerritoryAccess) -> Iterator[Lever]:
    """Changes of supply that move the APL of the territory by what is seen in it as written."""
    for shift in access.shifts:
        central = shift.means.to_dict("index")["central"]
        if abs(float(central["after"]) - float(central["before"])) > SHIFT_BREAKS[0]:
            yield _shift(shift, central, names=access.names)


def _shift(shift: Shift, central: dict[Any, Any], *, names: pd.Series) -> Lever:
    """APL before and after, communes touched, the commune most touched."""
    moved = shift.communes["shift"]
    code = str(moved.abs().idxmax())
    seen = int((moved.abs() > SHIFT_BREAKS[0]).sum())
    most = signed_number(float(moved[code]), 2)
    return Lever(
        shortened(shift.title, _TITLE),
        (
            (
                f"{number(central['before'], 2)} → {number(central['after'], 2)}",
                f"APL {shift.vintage} du territoire",
            ),
            (number(seen), f"{'commune touchée' if seen < 2 else 'communes touchées'}"),
            (most, f"au plus, {shortened(str(names.get(code, code)), _PLACE)}"),
        ),
        STATUS_MARKS[Status.ASSUMED],
    )
