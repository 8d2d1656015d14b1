"""GPs to come of a territory, the slots they leave to find, and the same model held to the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.slots import slots_of_demands
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.need.interval import Interval
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.workforce.projection import (
    SPREADS,
    ages_with_mean,
    bounds,
    entries_to_hold,
    fan,
    head_counts,
)
from cpts_geo.indicators.gp_sources import Trend, trend
from cpts_geo.schema import COLUMNS, embedded_vintage, vintages
from cpts_geo.secrecy.disclosure import MIN_PROFESSIONALS
from cpts_geo.sources.embedding.embedded import load_comparisons

HORIZONS: Final = (5, 10)
#: GPs who settle each year, fewest to most (grade D).
_ENTRIES: Final = (0.0, 1.0, 2.0)
#: Mean age of the GPs of France on 1 January (Drees, read in Le Quotidien du médecin: B): what a
#: group whose own is not published is taken to have, in earlier years too (D).
NATIONAL_MEAN_AGE: Final = 51.1
MEAN_AGE_YEAR: Final = 2021
#: Years that a loss told by the press covers.
_TOLD_YEARS: Final = 10
#: Spread of the ages from which the arrivals of France are worked out: the middle one.
_MIDDLE: Final = sorted(SPREADS)[len(SPREADS) // 2]


def gps_to_come(
    result: Headline,
    *,
    facts: Mapping[str, float],
    entries: Sequence[float] = _ENTRIES,
    spreads: Sequence[float] = SPREADS,
) -> pd.DataFrame | None:
    """
    Project the GPs of a territory, its people without médecin traitant and the slots needed.

    Parameters
    ----------
    result : Headline
        Its headline, whose every draw of the demand grows: as the people without médecin traitant
        of a device for them, as the gap of one open to all. The slots to come are at least as
        uncertain as those of today.
    facts : Mapping of str to float
        Published facts of the territory; ``gp_mean_age`` (years) and ``gps_per_100k`` are used.
    entries, spreads : sequence of float
        GPs who settle each year; spreads of the ages (years).

    Returns
    -------
    DataFrame or None
        A row a number of ``entries`` and ``year`` (0 = today): p10, p50 and p90 of ``gps``,
        ``density`` (per 100,000 inhabitants), ``people_without_mt``, ``share_without_mt`` and
        ``slots`` (per opening day; NaN beyond one queue), as ``gps_p10``..., and ``list_capped``.
        None where the mean age of its GPs is not published, or they are under 5.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> answer = headline(load_scenario("beauce_gatinais"), draws=1000)
    >>> table = gps_to_come(answer, facts={"gp_mean_age": 61.0, "gps_per_100k": 30.0})
    >>> table.query("entries == 0 and year == 10")[["gps_p10", "gps_p90"]].values.tolist()
    [[3.0, 11.0]]
    """
    scenario = result.scenario
    count = _gps_now(result, facts)
    if count is None or scenario.population is None:
        return None
    table = fan(
        count,
        facts["gp_mean_age"],
        population=scenario.population,
        people_without_mt=scenario.people_without_mt,
        spreads=spreads,
        entries=entries,
        years=max(HORIZONS),
    )
    people = table.drop_duplicates("gps").set_index("gps")["people_without_mt"].sort_index()
    # The demand and the GPs are independent: each demand drawn, with each number of GPs.
    # Relative to what the fan makes of today's GPs, which differs where their list is capped.
    slots = _slot_chances(
        [_demand(result, gps=float(str(gps)) / count, people=each / people[count])
         for gps, each in people.items()],
        rules=scenario.rules,
    )  # fmt: skip
    solved = np.arange(slots.shape[1], dtype=np.float64)
    solved[scenario.rules.most_slots + 1 :] = np.nan  # and last where sorted
    rows = []
    for (arrivals, year), block in table.groupby(["entries", "year"]):
        found = {
            name: bounds(block[name], block["chance"])
            for name in ("gps", "density", "people_without_mt", "share_without_mt")
        }
        of_each = slots[people.index.get_indexer(pd.Index(block["gps"]))]
        found["slots"] = bounds(solved, block["chance"].to_numpy() @ of_each)
        columns = {f"{name}_{end}": x for name, each in found.items() for end, x in _ends(each)}
        rows.append({"entries": arrivals, "year": year, **columns})
    return pd.DataFrame(rows).assign(list_capped=bool(table["list_capped"].any()))


def _demand(result: Headline, *, gps: float, people: float) -> npt.NDArray[np.float64]:
    """Requests per opening day, one a draw, once GPs and people without MT have grown.

    Of people without médecin traitant, they grow as these; of all residents, as the gap between
    their need and what surgeries meet, the APL following the GPs. Visitors stay as many.
    """
    drawn, scenario = result.drawn, result.scenario
    residents, need = drawn.residents, drawn.need
    if scenario.public == "no_mt" or need is None:
        residents = residents * people
    else:
        after = need.with_apl(gps)
        grown = np.divide(after.gap, need.gap, out=np.ones_like(after.gap), where=need.gap > 0)
        # Where the APL sees no gap today, what appears is that of a device for it.
        residents = residents * grown + np.where(need.gap > 0, 0.0, after.gap * need.share)
    return per_opening_day(scenario, residents, drawn.visitors)


def _slot_chances(
    requests_per_day: Sequence[npt.NDArray[np.float64]], *, rules: Rules
) -> npt.NDArray[np.float64]:
    """
    Compute the chances of each number of slots needed, for several demands.

    Parameters
    ----------
    requests_per_day : sequence of numpy.ndarray of float
        Requests per opening day, 0 or more, a value a draw: an array a demand.
    rules : Rules
        Rules of the queue.

    Returns
    -------
    numpy.ndarray of float
        A row a demand: chance that 0, 1, 2... slots are needed. The last column may be that of one
        more than the queue can be solved for.

    Examples
    --------
    >>> _slot_chances([np.array([0.0, 1.0, 1.0, 8.0])], rules=Rules(0.95, 1, 1.0)).tolist()
    [[0.25, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25]]
    """
    largest = rules.most_slots
    found = [slots_of_demands(rules, demand, at_most=largest) for demand in requests_per_day]
    most = max(int(slots.max()) for slots in found) + 1
    return np.array([np.bincount(slots, minlength=most) / slots.size for slots in found])


def past_checks(
    result: Headline, *, facts: Mapping[str, float], counted: Trend | None
) -> pd.DataFrame | None:
    """
    Hold the model of the GPs to come to what is known of the past.

    Parameters
    ----------
    result : Headline
        Headline of the territory.
    facts : Mapping of str to float
        As for :func:`gps_to_come`; ``gp_departures_10y`` (GPs who left in ten years) and
        ``gp_decline_10y`` (share of its GPs lost in ten years) are what the press tells.
    counted : Trend or None
        Its GPs in the oldest BPE and in the newest; None where one does not count them.

    Returns
    -------
    DataFrame or None
        A row a check and mean age supposed at its start: ``check`` (``bpe``, of counts, or
        ``press``), ``years``, ``before`` (GPs at the start), ``entries`` (GPs a year who settled:
        at the pace of France for the counts, what departures and loss leave for the press),
        ``mean_age`` (years, at the start: that of France, then today's where it is published),
        ``gps_p10``, ``gps_p50``, ``gps_p90`` (what the model would have said), ``observed`` and
        ``inside`` (from p10 to p90). None where nothing of 5 GPs or more is known.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> answer = headline(load_scenario("ouest_loiret"), draws=1000)
    >>> past_checks(answer, facts={}, counted=None) is None
    True
    """
    now, today = _gps_now(result, facts), facts.get("gp_mean_age")
    ages = [NATIONAL_MEAN_AGE, *([] if today is None else [today])]
    found = []
    if counted is not None and counted.before >= MIN_PROFESSIONALS:
        before, after, years = round(counted.before), round(counted.after), _counted_years()
        found.append(("bpe", before, after, years, before * national_pace()))
    left, loss = facts.get("gp_departures_10y"), facts.get("gp_decline_10y")
    if now is not None and left is not None and loss is not None:
        before = round(now / (1.0 - loss))
        arrived = max(0.0, left - (before - now))
        found.append(("press", before, now, _TOLD_YEARS, arrived / _TOLD_YEARS))
    rows = []
    for check, before, after, years, entries in found:
        for age in ages:
            said = head_counts(before, age, entries_per_year=entries, years=years).loc[years]
            predicted = bounds(said.index, said)
            rows.append(
                {
                    "check": check,
                    "years": years,
                    "before": before,
                    "entries": entries,
                    "mean_age": age,
                    "gps_p10": predicted.p10,
                    "gps_p50": predicted.p50,
                    "gps_p90": predicted.p90,
                    "observed": after,
                    "inside": predicted.p10 <= after <= predicted.p90,
                }
            )
    return pd.DataFrame(rows) if rows else None


def _gps_now(result: Headline, facts: Mapping[str, float]) -> int | None:
    """GPs of today where their mean age is published; None where it is not, or they are under 5."""
    density, population = facts.get("gps_per_100k"), result.scenario.population
    if facts.get("gp_mean_age") is None or density is None or population is None:
        return None
    count = round(density * population / 1e5)
    return count if count >= MIN_PROFESSIONALS else None


def _ends(found: Interval[float]) -> list[tuple[str, float]]:
    """Bounds of an interval by name."""
    return list(vars(found).items())


def _counted_years() -> int:
    """Years between the oldest BPE and the newest that is embedded."""
    first, last = (COLUMNS[name].vintage for name in (vintages("gps")[0], embedded_vintage("gps")))
    return int(last) - int(first)


@lru_cache(maxsize=1)
def national_pace() -> float:
    """
    Compute the GPs who settled each year in France for each one there at the start.

    Returns
    -------
    float
        GPs a year: those that its counts, of the oldest BPE and of the newest, imply with the mean
        age of its GPs; regions that one does not count whole are left out.

    Examples
    --------
    >>> round(national_pace(), 3)
    0.023
    """
    whole = [area for area in trend(load_comparisons()) if area.area_level == "region"]
    kept = sum(area.after for area in whole) / sum(area.before for area in whole)
    many = 1_000  # enough for the ages to be those of a country
    ages = ages_with_mean(many, NATIONAL_MEAN_AGE, sd=_MIDDLE)
    return entries_to_hold(ages, gps=many * kept, years=_counted_years()) / many
