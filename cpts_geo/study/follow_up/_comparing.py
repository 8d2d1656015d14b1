"""Two periods of a registre, indicator by indicator: what changed, what chance makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.study.follow_up._changes import (
    LEVEL,
    REST,
    Floats,
    Gaps,
    apart,
    chance,
    count_gaps,
    holm,
    paired,
    rank_gaps,
    share_gaps,
    spread_of,
)
from cpts_geo.study.follow_up._counting import Counts, month_names
from cpts_geo.study.follow_up._expected import shares_of_year
from cpts_geo.study.follow_up._showing import QUANTILES, TOTAL, Shown
from cpts_geo.study.follow_up.indicators import AT_LEAST, INDICATORS, UNTESTED

#: Whose months are looked at one by one.
_MONTHLY: Final = ("slot_requests", "response_rate", "fill_rate")
#: Shares that are counts laid on slots.
_LAID: Final = "fill_rate"


def compared(
    scenario: Scenario, counts: Sequence[Counts], tables: Sequence[Shown]
) -> dict[str, pd.Series]:
    """Change of each indicator from the second period to the first, and what chance makes of it."""
    laid = [_laid(scenario, each.days) for each in counts]
    gaps: dict[str, Gaps] = {}
    for name, indicator in INDICATORS.items():
        unknown = any(
            table.values[name].isna().all() or (table.blank and name in AT_LEAST)
            for table in tables
        )
        if name in UNTESTED or indicator.kind == "hours" or unknown:
            continue
        both = _both(name, tables, laid)
        if both is not None:
            gaps[name] = _gaps_of(name, both)
    gaps |= _delays(counts, tables)
    found = {name: spread_of(each) for name, each in gaps.items()}
    usual = found["requests"]
    chances = {}
    for name, each in gaps.items():
        least = scenario.dispersion if INDICATORS[name].kind == "count" else 1.0
        chances[name] = chance(each, found[name] or usual, least=least)
    corrected = pd.Series(holm(chances)).reindex(list(INDICATORS)).round(4)
    said = corrected.map(lambda p: None if math.isnan(p) else bool(p <= LEVEL))
    change = pd.Series({name: each.change for name, each in gaps.items()})
    values = [table.values.loc[TOTAL] for table in tables]
    for name in QUANTILES:
        change[name] = values[0][name] - values[1][name]
    return {
        "change": change.reindex(list(INDICATORS)),
        "significant": said.astype(object).where(said.notna(), None),
        "p": corrected,
    }


def departed(scenario: Scenario, counts: Sequence[Counts], tables: Sequence[Shown]) -> pd.DataFrame:
    """Months that are not, beside the same month before, as the others are, and by more than
    chance: all months of all :data:`_MONTHLY` are corrected together, by Holm. The least likely
    first; nothing that is masked is among them."""
    laid = [_laid(scenario, each.days) for each in counts]
    chances, places = {}, {}
    for name in _MONTHLY:
        both = _both(name, tables, laid)
        # Two lower bounds differ by what is not said as well as by what happened.
        if both is None or (name in AT_LEAST and any(table.blank for table in tables)):
            continue
        both = both.drop(index=REST, errors="ignore")
        least = scenario.dispersion if INDICATORS[name].kind == "count" else 1.0
        for month, p in zip(both.index, apart(_gaps_of(name, both), least=least), strict=True):
            values = [table.values[name][table.values.index.str[-2:] == month] for table in tables]
            # A month that a period holds twice is no month that can be named.
            if all(len(each) == 1 for each in values):
                place = f"{values[0].index[0]} {name}"
                chances[place] = float(p)
                places[place] = (values[0].index[0], name, *(each.iloc[0] for each in values))
    corrected = pd.Series(holm(chances), dtype="float64")
    rows = [(*places[str(place)], p) for place, p in corrected.sort_values().items() if p <= LEVEL]
    return pd.DataFrame(rows, columns=["month", "indicator", "value", "previous", "p"])


def _both(name: str, tables: Sequence[Shown], laid: Sequence[pd.Series]) -> pd.DataFrame | None:
    """Part and whole of an indicator in both periods, months side by side; None without them."""
    if INDICATORS[name].kind == "count":
        sides = [
            pd.DataFrame({"part": table.values[name], "whole": on}).dropna()
            for table, on in zip(tables, laid, strict=True)
        ]
        return paired(sides[0], sides[1])
    if INDICATORS[name].kind == "share" and all(name in table.parts for table in tables):
        return paired(tables[0].parts[name], tables[1].parts[name])
    return None


def _gaps_of(name: str, both: pd.DataFrame) -> Gaps:
    """Gaps of an indicator, month by month."""
    if INDICATORS[name].kind == "count":
        return count_gaps(both)
    shares = share_gaps(both)
    # Given more than slots, or fewer: a count, whose difference of shares is told.
    return count_gaps(both)._replace(change=shares.change) if name == _LAID else shares


def _laid(scenario: Scenario, days: pd.DatetimeIndex) -> pd.Series:
    """Share of the requests of a year that the days of each month would have, and of them all."""
    of_month = shares_of_year(scenario, days).groupby(np.asarray(month_names(days))).sum()
    laid: pd.Series = pd.concat([of_month, pd.Series({TOTAL: of_month.sum()})])
    return laid


def _delays(counts: Sequence[Counts], tables: Sequence[Shown]) -> dict[str, Gaps]:
    """Gaps of the delays: of their ranks, and of the share beyond nine in ten of both periods."""
    sides = []
    for each, table in zip(counts, tables, strict=True):
        told = table.values.index[table.values["delay_median"].notna()]
        kept = each.delays[each.delays.index.isin(told)]
        of_year = kept.groupby(kept.index.str[-2:])
        side: dict[str, Floats] = {str(m): d.to_numpy(dtype=np.float64) for m, d in of_year}
        sides.append(side)
    if not {*sides[0]} & {*sides[1]}:
        return {}
    every = np.concatenate([d for side in sides for d in side.values()])
    limit = np.quantile(every, QUANTILES["delay_p90"])
    beyond = [
        pd.DataFrame({m: {"part": (d > limit).sum(), "whole": len(d)} for m, d in side.items()}).T
        for side in sides
    ]
    return {
        "delay_median": rank_gaps(sides[0], sides[1]),
        "delay_p90": share_gaps(paired(beyond[0], beyond[1])),
    }
