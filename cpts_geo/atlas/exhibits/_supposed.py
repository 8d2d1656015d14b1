"""The slide of what would change: slots announced, levers, supply that moves, a centre opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpts_geo.atlas.exhibits.slide import Slide
from cpts_geo.atlas.look.words import (
    gain_effect,
    gain_numbers,
    gp_hours,
    lever_finding,
    lever_numbers,
    opened,
    sentence,
    shift_finding,
    shift_numbers,
    slots,
)
from cpts_geo.capacity.answer.existing import offer
from cpts_geo.french import capital, typeset, whole_percent
from cpts_geo.schema import APL_OF_NEED
from cpts_geo.study.study import Study

#: A supposition: what would be done, what it would change, the sentence that says both.
_Row = tuple[str, str, str]


def supposed_slide(study: Study, *, sources: str) -> Slide | None:
    """What would change if slots, supply or a place of care did; None where nothing would."""
    # Each way to change something has its first row; what has no room is in the notes.
    levers, others = list(_levers(study)), [*_places(study), *_shifts(study)]
    rows = [*_offers(study), *levers[:1], *others, *levers[1:]]
    if not rows:
        return None
    access = study.access
    supposed = [change.words for shift in access.shifts for change in shift.changes]
    return Slide(
        title=typeset(rows[0][2]),
        heads=("Si…", "Alors…"),
        rows=tuple((typeset(what), typeset(then)) for what, then, _ in rows),
        used=(APL_OF_NEED,),
        notes=(
            *(sentence(f"Supposé : {words}") for words in dict.fromkeys(supposed)),
            sentence(f"{capital(access.times.series.whose)} ({access.times.grade})"),
            "Ce sont des hypothèses (○) : chaque ligne suppose que rien d’autre ne bouge.",
            sources,
        ),
    )


def _offers(study: Study) -> Iterator[_Row]:
    """What the announced slots would serve, then those that would be needed."""
    result = study.headline
    if result is None:
        return
    planned, needed = result.planned, result.slots_per_day.p50
    if planned is not None:
        served = whole_percent(planned.served_at_median)
        yield (
            f"{capital(slots(planned.slots))} par jour (annoncé)",
            f"{served} des demandes servies dans le délai",
            f"Avec {slots(planned.slots)} par jour, {served} des demandes seraient servies dans le "
            "délai",
        )
    scenario, known = result.scenario, None
    if scenario.has_own_line and needed and (planned is None or planned.slots != needed):
        known = offer(scenario, needed, median_per_day=result.requests_per_day.p50)
    if known is not None:
        # That of the page: whole slots serve a little more than the target.
        served, hours = (
            whole_percent(known.served_at_median),
            gp_hours(result.gp_hours_per_week.p50),
        )
        yield (
            f"{capital(slots(needed))} par jour",
            f"{served} des demandes servies dans le délai (objectif : "
            f"{whole_percent(scenario.target)}), pour {hours} de consultation par semaine",
            f"Avec {slots(needed)} par jour, {served} des demandes seraient servies dans le délai",
        )


def _levers(study: Study) -> Iterator[_Row]:
    """What levers would bring, serve and cost, the one put forward first."""
    result, capacity = study.headline, study.capacity
    if result is None or capacity is None or capacity.levers.empty:
        return
    table = capacity.levers
    said = " : ".join(lever_finding(table, target=result.scenario.target))
    # Where the target is met without any, none is put forward.
    if not table["best"].any() and said.strip(" :"):
        yield "Avec les créneaux d’aujourd’hui", said, said
    ranked = table.sort_values("best", ascending=False, kind="stable")
    for row in ranked.to_dict("records"):
        known = [each for each in lever_numbers(row, result.scenario) if each[0]]
        yield str(row["lever"]), _listed(known), said if row["best"] else str(row["lever"])


def _shifts(study: Study) -> Iterator[_Row]:
    """What a change of supply does to the APL of the territory, where it is seen."""
    for shift in study.access.shifts:
        if shift.seen:
            of_all, *_, touched = shift_numbers(shift, study.access.names)
            what = f"{shift.title} (effet sur l’offre)"
            yield what, _listed((of_all, touched)), shift_finding(shift)


def _places(study: Study) -> Iterator[_Row]:
    """People whom a centre would bring near care, emergency departments counted; none for none."""
    found = study.access.opening
    if found and (best := found.worthwhile):
        sites, gain = best
        title = opened(sites, study.access.names)
        effect = gain_effect(gain, centres=len(sites))
        yield (
            f"{title} (effet sur les trajets)",
            _listed(gain_numbers(gain, approximate=study.access.approximate)),
            f"{title} {effect}",
        )


def _listed(numbers: Sequence[tuple[str, str]]) -> str:
    """Numbers, each before its words."""
    return " ; ".join(f"{value} {words}" for value, words in numbers)
