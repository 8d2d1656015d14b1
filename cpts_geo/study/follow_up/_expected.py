"""What a scenario expects of each month: its demand on the days that count, and chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.checks.forecast.announced import chance_counts
from cpts_geo.capacity.demand.periods import in_year, requests_by_day
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.need.interval import LEVELS, quantiles
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import NeedUnknownError
from cpts_geo.study.follow_up._counting import month_names

#: Draws that tell the bounds of a month within one or two percent.
_DRAWS: Final = 4_000


def expected_months(scenario: Scenario, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Give the band of the requests of each month: the demand of the scenario, laid on the days
    that count, and counted with the chance of a count; NaN where the scenario tells no demand."""
    months = month_names(days)
    names = months.unique()
    try:
        drawn = draw_requests(scenario, draws=_DRAWS)
    except NeedUnknownError:
        return pd.DataFrame(np.nan, index=names, columns=list(LEVELS)).rename_axis("month")
    shares = pd.DataFrame(
        {
            "residents": shares_of_year(scenario, days),
            "visitors": shares_of_year(scenario, days, visitors=True),
        }
    )
    of_month = shares.groupby(np.asarray(months)).sum().reindex(names)
    means = np.outer(of_month["residents"], drawn.residents)
    means += np.outer(of_month["visitors"], drawn.visitors)
    rng = np.random.default_rng(drawn.seed)
    counts = chance_counts(means, dispersion=scenario.dispersion, rng=rng)
    rows = [quantiles(each, drawn=True) for each in counts]
    return pd.DataFrame(rows, index=names, columns=list(LEVELS)).rename_axis("month")


def shares_of_year(
    scenario: Scenario, days: pd.DatetimeIndex, *, visitors: bool = False
) -> pd.Series:
    """Share of the requests of its year that each day has, by the calendar of a scenario."""
    asked = {"residents": 0.0, "visitors": 1.0} if visitors else {"residents": 1.0}
    years = [_of_year(in_year(scenario, year), asked) for year in days.year.unique()]
    found: pd.Series = pd.concat(years).reindex(days)
    return found


def _of_year(scenario: Scenario, asked: Mapping[str, float]) -> pd.Series:
    """Requests of each day of a year; a Saturday morning has its share of a mean day of its month,
    on top of the others."""
    ordinary = requests_by_day(scenario, **asked)
    saturdays, share = scenario.calendar.saturdays, scenario.saturday_factor or 0.0
    of_month = ordinary.groupby(pd.DatetimeIndex(ordinary.index).month).mean()
    added = share * of_month.reindex(saturdays.month).fillna(0.0)
    found: pd.Series = pd.concat([ordinary, added.set_axis(saturdays)])
    return found
