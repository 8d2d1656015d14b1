"""What another structure of the model would answer, and what counts of a line cannot tell.

Intervals tell what the inputs are worth, never the structure: which day a request must be seen,
how irregular days are, which season. Here it is changed, one piece at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from cpts_geo.capacity.answer.headline import DISPERSION_VARIANT, DISPERSION_WORDS, Headline
from cpts_geo.capacity.checks.learnt import slots_without
from cpts_geo.capacity.demand.line import calls_per_year
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.french import capital, percent, whole_percent

_WINTER: Final = (1, 2, 12)
_SUMMER: Final = (7, 8)
_LOWER_TARGET: Final = 0.90
#: Calls whose outcome would be noted, and the share of them found to deserve a slot, as an example.
_NOTED: Final = (100, 400, 1_000)
_FOUND: Final = 0.5
#: Shares of the calls that deserve a slot, between the two ends of what is supposed.
_SHARES: Final = 5


def by_structure(
    result: Headline, *, lines: KnownLines, draws: int, seed: int | None = None
) -> pd.DataFrame:
    """
    Find the slots needed under other rules, seasons and shares of calls.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.
    lines : KnownLines
        What is learnt from.
    draws, seed : int, int, optional
        As for :func:`cpts_geo.capacity.demand.requests.draw_requests`.

    Returns
    -------
    DataFrame
        A row a structure, as it is first: words (French), slots_p10, slots_p50, slots_p90 (NaN
        where the demand is beyond one queue).

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.need.learning import shipped_lines
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> answer = headline(load_scenario("ouest_loiret"), draws=1000)
    >>> table = by_structure(answer, lines=shipped_lines(), draws=1000).set_index("words")
    >>> table.loc[["Tel quel", "Servir le jour même"], "slots_p50"].tolist()
    [8, 10]
    """
    rows = []
    for words, scenario in _structures(result.scenario):
        try:
            found = vars(slots_without(scenario, (), lines=lines, draws=draws, seed=seed))
        except DemandTooLargeError:
            found = dict.fromkeys(LEVELS, np.nan)
        rows.append({"words": words} | {f"slots_{name}": count for name, count in found.items()})
    return pd.DataFrame(rows)


def _structures(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """The scenario as it is, then with one piece changed."""
    days = scenario.deadline_days
    changes: dict[str, dict[str, Any]] = {"Tel quel": {}}
    if days:
        changes["Servir le jour même"] = {"deadline_days": 0}
    changes["Un jour d’ouverture de délai en plus"] = {"deadline_days": days + 1}
    changes[capital(DISPERSION_WORDS)] = {"dispersion": DISPERSION_VARIANT * scenario.dispersion}
    if scenario.target > _LOWER_TARGET:
        changes[f"Un objectif de {percent(_LOWER_TARGET, 0)}"] = {"target": _LOWER_TARGET}
    if not scenario.months:
        changes["L’hiver (décembre à février)"] = {"months": _WINTER}
        changes["L’été (juillet et août)"] = {"months": _SUMMER}
    if "need_share" not in scenario.unused:
        for share in dict.fromkeys(scenario.need_share[::2]):
            words = f"{whole_percent(share)} des appels relèvent d’une consultation"
            changes[words] = {"need_share": (share,) * 3}
    if scenario.observed_consultations and "found_share" not in scenario.unused:
        for share in dict.fromkeys(scenario.found_share):
            words = f"{whole_percent(share)} des demandes ont trouvé un créneau"
            changes[words] = {"found_share": (share, share)}
    for words, fields in changes.items():
        yield words, scenario.evolve(**fields) if fields else scenario


def by_need_share(result: Headline) -> pd.DataFrame:
    """
    Say what a line would have served for each share of its calls that deserve a slot.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    DataFrame
        A row a share: need_share, requests_per_day, consultations and refusals (a year, with the
        slots of today), same_day (share), slots (for the target). Empty where the line counts no
        call, or its slots are unknown.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> table = by_need_share(headline(load_scenario("beauce_gatinais"), draws=1000))
    >>> bool(table["refusals"].is_monotonic_increasing), int(table["slots"].iloc[-1])
    (True, 23)
    """
    scenario = result.scenario
    calls, week, rules = calls_per_year(scenario), scenario.slots_by_weekday, scenario.rules
    if calls is None or week is None or scenario.need_counted is not None:
        return pd.DataFrame()
    low, _, high = scenario.need_share
    days = scenario.opening_days_per_year
    rows = []
    for share in np.linspace(low, high, _SHARES).tolist():
        demand = share * calls / days
        found = rules.week(demand, week)
        rows.append(
            {"need_share": share, "requests_per_day": demand}
            | {"consultations": days * demand * found.served}
            | {"refusals": days * demand * (1.0 - found.served)}
            | {"same_day": found.same_day, "slots": rules.slots(demand)}
        )
    return pd.DataFrame(rows)


def by_noted_calls(
    result: Headline, *, lines: KnownLines, draws: int, seed: int | None = None
) -> pd.DataFrame:
    """
    Say how far noting the outcome of some calls would narrow the answer.

    Parameters
    ----------
    result, lines, draws, seed : Headline, KnownLines, int, int, optional
        As for :func:`by_structure`.

    Returns
    -------
    DataFrame
        A row a number of calls, none first: calls, days (of the line), need_p10 and need_p90 (share
        that deserves a slot, if half of those noted do), slots_p10, slots_p50, slots_p90. Empty
        where the line counts no call, or the share is known.
    """
    scenario = result.scenario
    calls = calls_per_year(scenario)
    if calls is None or scenario.need_counted is not None:
        return pd.DataFrame()
    per_day = calls / scenario.opening_days_per_year
    rows = []
    for noted in (0, *_NOTED):
        case = scenario
        ends = (scenario.need_share[0], scenario.need_share[2])
        if noted:
            found = int(_FOUND * noted)
            case = scenario.evolve(need_counted=(found, noted - found))
            law = (found + 0.5, noted - found + 0.5)
            ends = (float(betaincinv(*law, LEVELS["p10"])), float(betaincinv(*law, LEVELS["p90"])))
        slots = slots_without(case, (), lines=lines, draws=draws, seed=seed)
        rows.append(
            {"calls": noted, "days": noted / per_day, "need_p10": ends[0], "need_p90": ends[1]}
            | {f"slots_{name}": count for name, count in vars(slots).items()}
        )
    return pd.DataFrame(rows)
