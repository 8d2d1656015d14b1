"""Where to open, written again as plain loops over dictionaries, and random places to try it on.

Nothing here calls the package: a definition is read twice, not once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy.optimize import linprog

COMMUNES = "abcdef"
SITES = "PQRSTU"


@dataclass(frozen=True)
class Place:
    """Minutes by pair (NaN: out of reach), demand by commune, sites open and offered."""

    minutes: pd.DataFrame
    demand: pd.Series
    existing: tuple[str, ...]

    @property
    def candidates(self) -> list[str]:
        return [code for code in self.minutes.columns if code not in self.existing]

    @property
    def asking(self) -> dict[str, float]:
        return {code: amount for code, amount in self.demand.items() if amount > 0}

    def nearest(self, commune: str, sites: tuple[str, ...]) -> float:
        known = [t for site in sites if not math.isnan(t := self.minutes.at[commune, site])]
        return min(known, default=math.inf)


@st.composite
def places(draw: st.DrawFn, *, holes: bool = True, most_existing: int = 2) -> Place:
    """Whole minutes and demands, so that ties are common and sums are exact."""
    communes = list(COMMUNES[: draw(st.integers(1, 6))])
    sites = list(SITES[: draw(st.integers(2, 6))])
    times = st.integers(0, 40).map(float)
    cell = st.one_of(times, times, times, st.just(math.nan)) if holes else times
    minutes = pd.DataFrame(
        {site: [draw(cell) for _ in communes] for site in sites}, index=communes, dtype=float
    )
    demand = pd.Series({code: float(draw(st.integers(0, 9))) for code in communes})
    if not demand.any():
        demand.iloc[0] = 1.0
    open_now = draw(st.integers(0, min(most_existing, len(sites) - 1)))
    return Place(minutes, demand, tuple(draw(st.permutations(sites))[:open_now]))


def value(
    place: Place, new: tuple[str, ...], *, objective: str, radius: float, capacity: float | None
) -> float:
    """Objective of opening some sites; infinite where they do not answer."""
    opened = (*place.existing, *new)
    near = {code: place.nearest(code, opened) for code in place.asking}
    if capacity is not None:
        return transport(place, opened, objective=objective, radius=radius, capacity=capacity)
    if objective == "p_median":
        return sum(amount * near[code] for code, amount in place.asking.items())
    covered = [code for code in place.asking if near[code] <= radius]
    return sum(place.asking[code] for code in covered)


def transport(
    place: Place, opened: tuple[str, ...], *, objective: str, radius: float, capacity: float
) -> float:
    """Linear programme of who goes where: most served ("mclp") or least minutes ("p_median")."""
    longest = radius if objective == "mclp" else math.inf
    pairs = [
        (code, site)
        for code in place.asking
        for site in opened
        if place.minutes.at[code, site] <= longest
    ]
    if not pairs:
        return 0.0 if objective == "mclp" else math.inf
    at_site = [[float(site == each) for _, site in pairs] for each in opened]
    of_commune = [[float(code == each) for code, _ in pairs] for each in place.asking]
    if objective == "mclp":
        found = linprog(
            [-1.0] * len(pairs),
            A_ub=at_site + of_commune,
            b_ub=[capacity] * len(opened) + list(place.asking.values()),
        )
        return -found.fun
    found = linprog(
        [place.minutes.at[pair] for pair in pairs],
        A_ub=at_site,
        b_ub=[capacity] * len(opened),
        A_eq=of_commune,
        b_eq=list(place.asking.values()),
    )
    return found.fun if found.status == 0 else math.inf


def ranked(
    place: Place, *, objective: str, p: int, radius: float, capacity: float | None = None
) -> list[tuple[float, tuple[str, ...]]]:
    """Every set of p new sites that answers, best first, ties in the documented order."""
    rows = []
    for new in combinations(sorted(place.candidates), p):
        found = value(place, new, objective=objective, radius=radius, capacity=capacity)
        if math.isinf(found):
            continue
        near = {code: place.nearest(code, (*place.existing, *new)) for code in place.asking}
        reached = {code: t for code, t in near.items() if not math.isinf(t)}
        weight = sum(place.asking[code] for code in reached)
        spent = sum(place.asking[code] * t for code, t in reached.items())
        lost = sum(place.asking.values()) - weight
        lead = -found if objective == "mclp" else found
        mean = spent / weight if weight else 0.0
        rows.append((round(lead, 6), lost, round(mean, 6), new, found))
    return [(found, new) for *_, new, found in sorted(rows, key=lambda row: row[:4])]


def realistic(communes: int, *, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    """Communes drawn on a plane, each a possible site: minutes by distance, lognormal demand."""
    random = np.random.default_rng(seed)
    at = random.uniform(0, 60, (communes, 2))
    distance = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    codes = [f"{45_000 + rank}" for rank in range(communes)]
    minutes = pd.DataFrame(2.2 * distance**0.84, index=codes, columns=codes)
    return minutes, pd.Series(random.lognormal(5, 1, communes), index=codes)
