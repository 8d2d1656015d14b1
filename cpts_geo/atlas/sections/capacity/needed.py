"""« Capacité : combien de créneaux par jour ? »: dots and landmarks."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from cpts_geo.atlas.charts.dots import dots_svg
from cpts_geo.atlas.look.words import between, deadline, short_answer, slots, span
from cpts_geo.capacity.answer.headline import (
    DISPERSION_VARIANT,
    DISPERSION_WORDS,
    SAME_DAY_WORDS,
    Headline,
)
from cpts_geo.capacity.demand.requests import normative_rates
from cpts_geo.french import number, percent
from cpts_geo.schema import STATUS_MARKS


def _dots_caption(result: Headline) -> str:
    """Read the dot plot aloud."""
    low, high = result.slots_per_day.p10, result.slots_per_day.p90
    inside = sum(low <= dot <= high for dot in result.slots_dots)
    model = "selon le modèle, que l’activité dément, " if result.refuting else ""
    needed = slots(high) if low == high else f"{between(low, high)} créneaux"
    return (
        f"Chaque point est une situation plausible parmi {len(result.slots_dots)} : {model}"
        f"{inside} demandent {needed} par jour."
    )


def _draw_error(result: Headline) -> str:
    """Say what the draws themselves leave unknown."""
    return f"erreur de tirage : {percent(math.ceil(1000 * result.draw_error) / 1000)} au plus"


def _sampling_sentence(result: Headline) -> str:
    """Keep apart what counting leaves unknown and what is assumed."""
    few, all_ = result.sampling_slots, result.slots_per_day
    return (
        f"Deux incertitudes, à ne pas confondre : le hasard d’un an d’appels comptés, seul, "
        f"donnerait {span(few.p10, few.p90)} créneaux par jour ; avec tout ce qui est supposé, "
        f"c’est {span(all_.p10, all_.p90)}. Ne montrer que la première tromperait : elle tient "
        "pour connu ce qui ne l’est pas."
    )


def _capacity_svg(result: Headline) -> str:
    """Draw dots, median, interval, today; hatched where the share without MT is assumed."""
    needed = result.slots_per_day
    return dots_svg(
        result.slots_dots,
        interval=(needed.p10, needed.p50, needed.p90),
        today=result.today.slots if result.today else None,
        floor=result.refuting.slots if result.refuting else None,
        assumed=result.scenario.share_assumed,
        title=f"Créneaux par jour nécessaires : {short_answer(result)}",
        sampling=(result.sampling_slots.p10, result.sampling_slots.p90),
    )


def section(result: Headline, *, several: bool) -> dict[str, Any]:
    """
    Say how many slots a day are needed, and how surely.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.
    several : bool
        Whether the page shows several publics.

    Returns
    -------
    dict
        What its template shows.
    """
    scenario = result.scenario
    return {
        "result": result,
        "several": several,
        "caption": _dots_caption(result),
        "sampling": _sampling_sentence(result),
        "deadline": deadline(scenario.deadline_days),
        "draw_error": _draw_error(result),
        "chart": Markup(_capacity_svg(result)),
        "people_mark": STATUS_MARKS[scenario.people_status],
        "same_day": SAME_DAY_WORDS,
        "dispersion": DISPERSION_WORDS if scenario.dispersion < DISPERSION_VARIANT else "",
        "rates": " – ".join(number(rate, 2) for rate in normative_rates()),
    }
