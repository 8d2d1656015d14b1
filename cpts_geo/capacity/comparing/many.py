"""The answer of many territories at once: those that have no data of their own.

Equal to :func:`cpts_geo.capacity.answer.headline.headline` one by one, and far faster: what is
drawn is the same for all, and all their demands are looked up together in one table of the largest
demand that each number of slots serves.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.answer.slots import slots_of_demands
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.demand.requests import check_draws, draw_requests
from cpts_geo.capacity.need.interval import LEVELS, quantiles
from cpts_geo.capacity.need.learning import KnownLines, shipped_lines
from cpts_geo.capacity.need.quantities import Floats, NationalDraws, need_of
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import scenario_from_population
from cpts_geo.capacity.scenario.records import Public

#: Any number of people: what is drawn for them is multiplied.
_PEOPLE: Final = 100_000.0
_REQUESTS: Final = [f"requests_per_year_{level}" for level in LEVELS]
_PER_DAY: Final = [f"per_day_{level}" for level in LEVELS]
_SLOTS: Final = [f"slots_{level}" for level in LEVELS]


def headlines_of(
    areas: pd.DataFrame,
    *,
    public: Public = "all",
    draws: int = DRAWS,
    lines: KnownLines | None = None,
) -> pd.DataFrame:
    """
    Answer for many territories of which only people and APL are known.

    Parameters
    ----------
    areas : DataFrame
        A row a territory: the fields of :class:`cpts_geo.capacity.scenario.area.Area`, NaN where
        they are unknown; not modified.
    public : {"all", "no_mt"}
        Whom their devices would admit. People without médecin traitant are the national share.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.
    lines : KnownLines, optional
        Known lines to learn from; those of the package if absent.

    Returns
    -------
    DataFrame
        Same index: requests_per_year_p10, _p50 and _p90, slots_p10, _p50 and _p90 (per opening
        day). Missing where the need is unknown; slots also where the p90 is beyond a queue.

    Raises
    ------
    ScenarioError
        If ``draws`` is outside its domain.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.area import known_area
    >>> areas = pd.DataFrame([dict(known_area("asclepios"))], index=["asclepios"])
    >>> headlines_of(areas).filter(like="slots").loc["asclepios"].tolist()
    [4, 6, 11]
    """
    scenario = scenario_from_population(_PEOPLE).admitting(public)
    check_draws(draws, scenario.seed)
    if public == "no_mt":
        found = _scaled(scenario, areas["population"], draws=draws)
    else:
        national = (lines or shipped_lines()).draws(draws, seed=scenario.seed)
        found = _transferred(scenario, areas, national)
    table = pd.DataFrame(found, index=areas.index, columns=_REQUESTS + _PER_DAY)
    per_day = table[_PER_DAY].to_numpy()
    largest = scenario.rules.most_slots
    slots = slots_of_demands(scenario.rules, np.nan_to_num(per_day), at_most=largest)
    # Of an answer whose p90 is beyond the queue, one by one gives nothing.
    known = ~np.isnan(per_day[:, -1]) & (slots[:, -1] <= largest)
    table[_SLOTS] = pd.DataFrame(slots, index=areas.index, dtype="Int64")
    table.loc[~known, _SLOTS] = pd.NA
    return table[_REQUESTS + _SLOTS]


def _transferred(scenario: Scenario, areas: pd.DataFrame, national: NationalDraws) -> Floats:
    """Quantiles of the requests that known lines make expect, a year then a day; NaN unknown."""
    found = np.full((len(areas), len(_REQUESTS + _PER_DAY)), np.nan)
    for place, row in enumerate(areas.to_dict("records")):
        if not np.isnan(row["apl"]):
            need = need_of(Area.model_validate(row), national)
            found[place] = _quantiles(scenario, need.organised)
    return found


def _scaled(scenario: Scenario, population: pd.Series, *, draws: int) -> Floats:
    """The same of as many people: a quantile is that of some people, multiplied."""
    one = _quantiles(scenario, draw_requests(scenario, draws=draws).residents)
    return np.outer(population.to_numpy() / _PEOPLE, one)


def _quantiles(scenario: Scenario, asked: Floats) -> list[float]:
    """Quantiles of the requests of a year, then those drawn of an opening day."""
    ordered = np.sort(asked)  # both quantiles are then at hand
    drawn = np.array(quantiles(ordered, drawn=True))
    return [*quantiles(ordered), *per_opening_day(scenario, drawn)]
