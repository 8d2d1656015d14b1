"""The same answer at other deadlines: what is needed, served, waited for and missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.slots import slots_interval, slots_of_demands
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.need.interval import LEVELS, interval
from cpts_geo.errors import DemandTooLargeError

#: Deadlines that texts on unscheduled care name, in opening days after the request: the same day,
#: the next one, 48 hours.
NAMED_DEADLINES: Final = (0, 1, 2)


def by_deadline(result: Headline) -> pd.DataFrame:
    """
    Slots needed, share served today and slots missing, a deadline a row.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    DataFrame
        Indexed by deadline_days, :data:`NAMED_DEADLINES` and that of the scenario, in order:
        slots_p10, slots_p50, slots_p90 (per opening day, for the target); served_today and
        served_planned (share of the median demand served within the deadline; NaN = slots unknown);
        missing_p10, missing_p50, missing_p90 (slots needed beyond today's, 0 where there are
        enough; NaN = slots unknown). A deadline at which the demand is beyond a CPTS has no row.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> table = by_deadline(headline(load_scenario("lvo"), draws=1000))
    >>> bool(table["slots_p50"].is_monotonic_decreasing), list(table.index)
    (True, [0, 1, 2])
    """
    scenario, drawn = result.scenario, result.drawn
    per_day = np.sort(per_opening_day(scenario, drawn.residents, drawn.visitors))
    week, planned = scenario.week_slots, scenario.slots_planned
    weekdays = len(scenario.calendar.weekdays)
    announced = None if planned is None else scenario.whole_week((planned,) * weekdays)
    median = result.requests_per_day.p50
    rows = {}
    for days in sorted({*NAMED_DEADLINES, scenario.deadline_days}):
        rules = replace(scenario.rules, deadline_days=days)
        try:
            needed = vars(slots_interval(rules, per_day))
        except DemandTooLargeError:
            continue
        whole = replace(scenario.week_rules, deadline_days=days)
        today = np.nan if result.today is None else result.today.slots
        rows[days] = (
            {f"slots_{bound}": count for bound, count in needed.items()}
            | {
                "served_today": np.nan if week is None else whole.served(median, week),
                "served_planned": np.nan if announced is None else whole.served(median, announced),
            }
            | {f"missing_{bound}": np.maximum(n - today, 0.0) for bound, n in needed.items()}
        )
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("deadline_days")


def week_by_deadline(result: Headline) -> pd.DataFrame:
    """
    Say what a week needs, serves and lacks at the deadlines that texts name.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    DataFrame
        A row a deadline (``deadline_days``, :data:`NAMED_DEADLINES`), ``quantity`` (needed,
        offered, served, missing) and ``unit`` (slots, gp_hours, sas_effectors, half_days): ``p10``,
        ``p50`` and ``p90``, a week; NaN = slots unknown. Needed is :func:`by_deadline` times the
        days of the week, its hours those of the draws, as in the headline, a consultation lasting
        what is supposed of it; served are requests that get a slot of today at each of the three
        demands; missing is the slots needed beyond those offered. What is offered, served or
        missing, as what a lever adds, lasts as long as a slot of today: hours missing are not
        hours needed less hours offered. A deadline at which the demand is beyond a CPTS has no row.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> table = week_by_deadline(headline(load_scenario("lvo"), draws=1000))
    >>> table.query("quantity == 'offered' and unit == 'gp_hours'")["p50"].tolist()
    [20.0, 20.0, 20.0]
    """
    scenario, drawn, week = result.scenario, result.drawn, result.scenario.week_slots
    per_day = per_opening_day(scenario, drawn.residents, drawn.visitors)
    days = sum(scenario.week_shape)
    per_unit = {
        "gp_hours": 1.0,
        "sas_effectors": scenario.effector_hours,
        "half_days": scenario.half_day_hours,
    }
    rows = []
    for deadline, row in by_deadline(result).to_dict("index").items():
        if deadline not in NAMED_DEADLINES:
            continue
        rules = replace(scenario.rules, deadline_days=int(str(deadline)))
        whole = replace(scenario.week_rules, deadline_days=rules.deadline_days)
        slots = slots_of_demands(rules, per_day, at_most=rules.most_slots).astype(np.float64)
        hours = interval(weekly_gp_hours(slots, minutes=drawn.minutes, opening_days=days))
        asked = vars(result.requests_per_day)
        offered = np.nan if week is None else float(sum(week))
        found = {
            "needed": ({x: days * row[f"slots_{x}"] for x in LEVELS}, vars(hours)),
            "offered": (
                dict.fromkeys(LEVELS, offered),
                dict.fromkeys(LEVELS, result.today.gp_hours_per_week if result.today else np.nan),
            ),
        }
        served = {
            x: np.nan if week is None else days * demand * whole.served(demand, week)
            for x, demand in asked.items()
        }
        missing = {x: float(np.maximum(days * row[f"slots_{x}"] - offered, 0.0)) for x in LEVELS}
        for name, count in (("served", served), ("missing", missing)):
            found[name] = count, {x: n * scenario.slot_minutes / 60.0 for x, n in count.items()}
        for quantity, (in_slots, in_hours) in found.items():
            key = {"deadline_days": deadline, "quantity": quantity}
            rows.append(key | {"unit": "slots"} | in_slots)
            rows += [
                key | {"unit": unit} | {x: value / each for x, value in in_hours.items()}
                for unit, each in per_unit.items()
            ]
    return pd.DataFrame(rows)


def waits(result: Headline) -> pd.DataFrame:
    """
    Say how long requests wait, at the median demand, for some numbers of slots.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    DataFrame
        A row a number of slots a day (today's, one more, p10, p50 and p90 of those needed) and
        deadline (:data:`NAMED_DEADLINES` and that of the scenario): slots (a mean where days
        differ), is_today, deadline_days, after_0, after_1… (share of the requests seen that many
        opening days later, NaN beyond the deadline), served and lost (shares). Empty where nobody
        asks.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> table = waits(headline(load_scenario("beauce_gatinais"), draws=1000))
    >>> sorted(set(table["slots"])), bool((table["served"] + table["lost"]).round(9).eq(1).all())
    ([8.0, 9.0, 12.0, 16.0, 20.0], True)
    """
    scenario, demand = result.scenario, result.requests_per_day.p50
    if not demand:
        return pd.DataFrame()
    tried: dict[float, Sequence[int]] = {}
    week = scenario.week_slots
    if (ordinary := scenario.slots_by_weekday) is not None:
        more = tuple(count + 1 for count in ordinary)
        for each in (ordinary, more):
            tried[float(np.mean(each))] = scenario.whole_week(each)
    for count in vars(result.slots_per_day).values():
        tried.setdefault(float(count), scenario.needed_week(int(count)))
    rows = []
    for slots, plan in sorted(tried.items()):
        for deadline in sorted({*NAMED_DEADLINES, scenario.deadline_days}):
            if not slots:
                continue
            found = replace(scenario.week_rules, deadline_days=deadline).week(demand, plan)
            rows.append(
                {"slots": slots, "is_today": plan == week, "deadline_days": deadline}
                | {f"after_{after}": share for after, share in enumerate(found.waiting)}
                | {"served": found.served, "lost": 1.0 - found.served}
            )
    return pd.DataFrame(rows)
