"""« Et si… »: what each lever of ARS and Assurance maladie would bring, serve and cost.

Before and after are the same draws (common random numbers). Where the slots of today are unknown,
so is the share served with a lever; what its own slots alone would serve is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.comparing._lever import (
    default_levers,
    half_days,
    hours_added,
    lever_title,
    majorations,
    offering,
    opened,
    slots_added,
    with_mt,
    without,
)
from cpts_geo.capacity.comparing._measures import OFFERED, offer_measures
from cpts_geo.capacity.comparing.shares import studied_weekdays
from cpts_geo.capacity.demand.periods import asked_a_year
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import LEVELS, quantiles
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.supply import Lever, LeverTerms
from cpts_geo.capacity.workforce.resources import Line, resources

#: A share solved between two demands is exact to this.
_NEAR: Final = 1e-4
#: What more slots give more of.
_COUNTS: Final = ("consultations", "people_reached")


def lever_effects(result: Headline, terms: LeverTerms) -> pd.DataFrame:
    """
    Compute what each lever of a scenario, or those chosen for it, would bring, serve and cost.

    Parameters
    ----------
    result : Headline
        Answer of a territory, whose draws are used.
    terms : LeverTerms
        What levers bring and cost.

    Returns
    -------
    DataFrame
        A row a lever, in order, none where nothing is needed; NaN = unknown. kind, lever (its
        French words), gp_hours, sas_effectors and slots (more a week); served_before, served
        (shares within the deadline), gain (draw by draw), alone (served by its slots alone),
        consultations and people_reached (more, over the months studied or the year), requests_less
        (a year), each with _p10, _p50, _p90; people_with_mt (people who gain a médecin traitant);
        in euros, gp_cost, other_cost (assistants, half-days), cost, receipts and balance (receipts
        and aid less cost; _p10, _p50, _p90), aid, sas_receipts (more at most, if the SAS sends
        every patient), regulation_cost (of these requests), cost_per_person (a person reached, or
        who gains a médecin traitant; median); reaches_target (at the median), best (the cheapest
        that does; else the one that serves most; none where no share is known, or where the target
        is met without any).

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> from cpts_geo.capacity.scenario.parameters import default_parameters
    >>> from cpts_geo.capacity.scenario.supply import lever_terms
    >>> answer = headline(load_scenario("beauce_gatinais"), draws=1000)
    >>> found = lever_effects(answer, lever_terms(default_parameters()))
    >>> found.loc[found["best"], "kind"].tolist(), bool(found["gain_p10"].min() >= 0)
    (['effectors'], True)
    """
    scenario = result.scenario
    levers = default_levers(result) if scenario.levers is None else scenario.levers
    if not levers:
        return pd.DataFrame()
    before = _measured(result, scenario, result.drawn)
    table = pd.DataFrame([_row(each, result, terms, before=before) for each in levers])
    return table.assign(best=_best(table, target=scenario.target))


def _measured(
    result: Headline, scenario: Scenario, drawn: DemandDraws, more: Sequence[int] = ()
) -> dict[str, Floats]:
    """Measures of today's slots and more; NaN where counts deny the answer, or no queue holds them.

    NaN too where today's slots are unknown.
    """
    week = scenario.week_slots
    if week is not None and any(more):
        week = tuple(a + b for a, b in zip(week, more, strict=True))
    if result.at_least is not None or week is None or max(week) > scenario.rules.most_slots:
        return dict.fromkeys(OFFERED, np.full(drawn.minutes.shape, np.nan))
    return offer_measures(offering(scenario, week) if any(more) else scenario, drawn)


def _alone(result: Headline, scenario: Scenario, more: Sequence[int]) -> Floats:
    """Share that slots serve by themselves; NaN as for those of today."""
    if result.at_least is not None or not any(more) or max(more) > scenario.rules.most_slots:
        return np.full(result.drawn.minutes.shape, np.nan)
    return offer_measures(offering(scenario, more), result.drawn)["served"]


def _row(
    lever: Lever, result: Headline, terms: LeverTerms, *, before: dict[str, Floats]
) -> dict[str, Any]:
    """What one lever brings, serves and costs."""
    scenario, drawn = result.scenario, result.drawn
    base, people = opened(scenario, lever), with_mt(lever, scenario, terms)
    more, fewer = slots_added(lever, base), without(drawn, scenario, people)
    of_slots, of_saturday = lever.kind != "assistant", lever.kind == "saturday"
    unknown = np.full(drawn.minutes.shape, np.nan)
    after = _measured(result, base, fewer, more) if any(more) or people else before
    gains = {name: after[name] - before[name] for name in ("served", *_COUNTS)}
    if not of_saturday:
        # More slots for the same requests, or as many for fewer, serve no smaller share: what is
        # solved between two demands may differ by less than its error.
        gains = {name: np.maximum(gain, 0.0) for name, gain in gains.items()}
    values = {
        "served_before": before["served"],
        "served": before["served"] + gains["served"],
        "gain": gains["served"],
        # A line that opens on Saturday alone is another line.
        "alone": unknown if of_saturday else _alone(result, base, more),
        **{name: gains[name] if of_slots else unknown for name in _COUNTS},
        "requests_less": unknown
        if of_slots
        else asked_a_year(scenario, drawn.requests_per_year - fewer.requests_per_year),
    }
    hours = hours_added(lever, scenario)
    found = {
        f"{name}_{level}": value
        for name, drawn_values in values.items()
        for level, value in zip(LEVELS, quantiles(drawn_values), strict=True)
    }
    gained = math.nan if of_slots else people
    return {
        "kind": lever.kind,
        "lever": lever_title(lever, scenario),
        "gp_hours": hours,
        "sas_effectors": hours / scenario.effector_hours,
        "slots": sum(more),
        **found,
        "people_with_mt": gained,
        **_money(lever, scenario, terms, found=found, people=gained),
        "reaches_target": bool(found["served_p50"] >= scenario.target - _NEAR),
    }


def _money(
    lever: Lever,
    scenario: Scenario,
    terms: LeverTerms,
    *,
    found: dict[str, float],
    people: float,
) -> dict[str, float]:
    """Euros over the months studied, or the year."""
    days, base = studied_weekdays(scenario), opened(scenario, lever)
    weeks, more = sum(days) / len(days), slots_added(lever, base)
    ordinary = sum(days[: len(scenario.calendar.weekdays)])
    year = ordinary / scenario.opening_days_per_year
    count = lever.count or 0
    assistants = count * year if lever.kind == "assistant" else 0.0
    halves = 0.0
    if lever.kind == "advanced":
        halves += sum(n * held for n, held in zip(days, half_days(lever, scenario), strict=False))
    given, gp_cost = {level: found[f"consultations_{level}"] for level in LEVELS}, 0.0
    if any(more):
        line = Line(slots=more, gp_hours_per_week=hours_added(lever, scenario))
        cost_of = resources(base, {"added": line}, days=studied_weekdays(base))["gp_cost"]
        gp_cost = float(cost_of.iloc[0])
    other = assistants * terms.assistant_hours * scenario.secretary_hour_cost
    other += halves * terms.advanced_half_day
    aid, cost = assistants * terms.assistant_aid, gp_cost + other
    receipts = {level: each * scenario.consultation_tariff for level, each in given.items()}
    sent = majorations(lever, scenario, given["p50"], weeks=weeks, terms=terms)
    reached = people if lever.kind == "assistant" else found["people_reached_p50"]
    regulated = given["p50"] / (1.0 - scenario.no_show_rate)
    return {
        "gp_cost": gp_cost,
        "other_cost": other,
        "cost": cost,
        **{f"receipts_{level}": each for level, each in receipts.items()},
        "aid": aid,
        **{f"balance_{level}": each + aid - cost for level, each in receipts.items()},
        "sas_receipts": sent * scenario.sas_supplement,
        "regulation_cost": regulated * terms.regulation_minutes / 60.0 * terms.regulation_hour_pay,
        "cost_per_person": cost / reached if reached > 0 else math.nan,
    }


def _best(table: pd.DataFrame, *, target: float) -> npt.NDArray[np.bool_]:
    """The cheapest lever that reaches the target; else the one that serves most; none unknown, or
    where the target is met without any."""
    helps = (table["gain_p50"] > _NEAR) & (table["served_before_p50"] < target - _NEAR)
    able = table[helps & table["reaches_target"]]
    if len(able):
        return np.asarray(table.index == able["cost"].idxmin())
    if not helps.any():
        return np.zeros(len(table), dtype=np.bool_)
    return np.asarray(table.index == table["gain_p50"].idxmax())
