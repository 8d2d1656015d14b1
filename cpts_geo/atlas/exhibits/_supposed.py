"""The slide of what would change: slots announced, supply that moves, a centre that opens."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cpts_geo.atlas.exhibits.slide import Slide
from cpts_geo.atlas.look.words import capital, gp_hours, sentence, slots
from cpts_geo.atlas.sections.access.words import UNSEEN, named, signed
from cpts_geo.french import counted, duration, number, typeset, whole_percent
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.study.opening import Opening
from cpts_geo.study.study import Study

#: A supposition: what would be done, what it would change, the sentence that says both.
_Row = tuple[str, str, str]


def supposed_slide(study: Study, *, sources: str) -> Slide | None:
    """What would change if slots, supply or a place of care did; None where nothing would."""
    rows = [*_offers(study), *_shifts(study), *_places(study)]
    if not rows:
        return None
    access = study.access
    supposed = [change.words for shift in access.shifts for change in shift.changes]
    return Slide(
        title=typeset(rows[0][2]),
        heads=("Si…", "Alors…"),
        rows=tuple((typeset(what), typeset(then)) for what, then, _ in rows),
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
    if result.scenario.has_own_line and needed and (planned is None or planned.slots != needed):
        served = whole_percent(result.scenario.target)
        hours = gp_hours(result.gp_hours_per_week.p50)
        yield (
            f"{capital(slots(needed))} par jour",
            f"{served} des demandes servies dans le délai, pour {hours} de médecin par semaine",
            f"Avec {slots(needed)} par jour, {served} des demandes seraient servies dans le délai",
        )


def _shifts(study: Study) -> Iterator[_Row]:
    """What a change of supply does to the APL of the territory, where it is seen."""
    for shift in study.access.shifts:
        central = shift.means.to_dict("index")["central"]
        before, after = float(central["before"]), float(central["after"])
        if pd.isna(after) or abs(after - before) <= UNSEEN:
            continue
        touched = int((shift.communes["shift"].abs() > UNSEEN).sum())
        many = counted(touched, "commune touchée", "communes touchées")
        then = (
            f"APL {shift.vintage} du territoire : {number(before, 2)} → {number(after, 2)} "
            f"({signed(after - before)}) ; {many}"
        )
        yield (
            shift.title, then,
            f"{shift.title}. L’APL du territoire passerait de {number(before, 2)} à "
            f"{number(after, 2)}",
        )  # fmt: skip


def _places(study: Study) -> Iterator[_Row]:
    """People whom a centre would bring near care, emergency departments counted; none for none."""
    found: Opening | None = study.access.opening
    if found is None or not found.proposed or found.proposed[0] not in found.gains:
        return
    sites = found.proposed[0]
    table = found.gains[sites].to_dict("index")
    band = SPOKEN_MINUTES["centre"]
    people = float(table["difference"][f"within_{band:g}"])
    if pd.isna(people) or people <= 0:
        return
    where = named(sites, study.access.names)
    before, after = (float(table[row]["mean_minutes"]) for row in ("before", "after"))
    near = f"{counted(people, 'habitant', 'habitants')} de plus à {duration(band)} au plus"
    mean = f" ; {number(before)} → {duration(after)} en moyenne" if pd.notna(before) else ""
    yield (
        f"Un centre à {where}",
        f"{near} d’un centre ou d’un service d’urgences{mean}",
        f"Un centre à {where} mettrait {near} d’un lieu de soins sans rendez-vous",
    )
