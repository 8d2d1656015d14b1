"""The large figures of the first screen: how much is needed, how much there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cpts_geo.atlas.look.words import (
    goal,
    gp_hours,
    need_parts,
    slots_text,
    solidity,
    span,
    whom,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.publics import part_exceeds_whole
from cpts_geo.capacity.need.interval import CHANCES, Interval
from cpts_geo.capacity.scenario.inputs import EVIDENCE
from cpts_geo.french import capital, number, whole_percent
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS, Status
from cpts_geo.study.study import Study

#: Why a part of the residents seems to need more than all of them.
_APART: Final = " Les deux méthodes divergent : l’APL voit peu de besoin sans réponse."


@dataclass(frozen=True)
class _Figure:
    """A number in large with the words before and after it; `rough` for an order of magnitude."""

    before: str
    value: str
    after: str = ""
    status: Status = Status.ESTIMATED
    rough: bool = False

    @property
    def mark(self) -> str:
        """Sign of its status."""
        return STATUS_MARKS[self.status]

    @property
    def words(self) -> str:
        """Its status in words."""
        return STATUS_LABELS[self.status]


def section(study: Study) -> dict[str, Any]:
    """What the template shows: needed, today, for whom, what is served; why where unknown."""
    result = study.headline
    if result is None:
        return {"figures": []}
    return {
        "figures": [_needed(result), *_today(result)],
        "others": _other_publics(study),
        "condition": _condition(result),
        "spread": _spread(result),
        "served": _served(result),
        "bars": [index < solidity(result.scenario) for index in range(len(EVIDENCE))],
        "worth": result.scenario.evidence_words,
    }


def _needed(result: Headline) -> _Figure:
    """Slots needed: the median of an answer, the bounds of an order of magnitude."""
    before, value, after = need_parts(result)
    rough = not result.scenario.has_own_line
    return _Figure(before, value.replace(" ", "\u00a0"), after, result.status, rough=rough)


def _today(result: Headline) -> list[_Figure]:
    """Slots of today; nothing where they are unknown, which a sentence says."""
    if result.today is None:
        return []
    return [_Figure("Il y en a", slots_text(result.today.slots), status=Status.ASSUMED)]


def _bounds(found: Interval[int]) -> str:
    """Bounds of an interval that no line parts."""
    return span(found.p10, found.p90).replace(" ", "\u00a0")


def _other_publics(study: Study) -> str:
    """What the other public that a device could admit would need; empty without one."""
    said = [
        f"{_bounds(each.answer.slots_per_day)} pour "
        f"{'les seules ' if scenario.public == 'no_mt' else ''}{whom(scenario)}"
        for each in study.publics[1:]
        if isinstance(each.answer, Headline) and (scenario := each.answer.scenario)
    ]
    if not said:
        return ""
    why = _APART if part_exceeds_whole(study.publics) else ""
    return f"{capital(' ; '.join(said))}.{why}"


def _condition(result: Headline) -> str:
    """For whom, by when, and the doctors' hours."""
    hours, scenario = result.gp_hours_per_week, result.scenario
    low, high = round(hours.p10), round(hours.p90)
    text = f"Pour que {goal(result)}. Public : {whom(scenario)}."
    if not hours.p90 or result.at_least is not None:
        return text
    if not scenario.has_own_line:
        start = f"{number(low)}\u00a0à\u00a0" if low < high else ""
        return f"{text} Soit {start}{gp_hours(hours.p90)} de consultation par semaine."
    spread = f" ({number(low)}\u00a0à\u00a0{number(high)})" if low < high else ""
    return f"{text} Soit {gp_hours(hours.p50)}{spread} de consultation par semaine."


def _spread(result: Headline) -> str:
    """How far the answer may be from its median, under the dots."""
    needed = result.slots_per_day
    if not needed.p90 or result.at_least is not None:
        return ""
    return f"{_bounds(needed)} : {CHANCES}."


def _served(result: Headline) -> list[tuple[str, str]]:
    """Share that the slots of today, then those announced, serve in time."""
    known = [
        (offer, end) for offer, end in ((result.today, "aujourd’hui"), (result.planned, "annoncés"))
        if offer is not None and result.at_least is None
    ]  # fmt: skip
    return [
        (
            whole_percent(offer.served_at_median),
            f"servies à temps avec {slots_text(offer.slots)} créneaux, {end}",
        )
        for offer, end in known
    ]
