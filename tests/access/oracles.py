"""Access measures written again as plain loops over dictionaries, and random places to try them on.

Nothing here calls the package but to build its inputs: a definition is read twice, not once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

from cpts_geo.access.catchments.weights import Weight
from cpts_geo.access.travel._sparse import csr
from cpts_geo.access.travel.times import TravelTimes

#: Every pair of a random world up to these minutes is there.
REACH = 60.0
Scalar = Callable[[float], float]


@dataclass(frozen=True)
class World:
    """Minutes by pair, supply by destination, people by origin; what is unknown is NaN."""

    minutes: dict[tuple[str, str], float]
    supply: dict[str, float]
    people: dict[str, float]
    unsnapped: tuple[str, ...] = field(default=())

    def times(self) -> TravelTimes:
        """Made without ``travel_times``, whose checks cost more; rows are stored backwards."""
        homes, sites = pd.Index(list(self.people)), pd.Index(list(self.supply))
        pairs = dict(reversed(self.minutes.items()))
        origins, destinations = zip(*pairs, strict=True) if pairs else ((), ())
        return TravelTimes(
            origins=homes,
            destinations=sites,
            minutes=csr(
                np.array(list(pairs.values()), dtype=np.float64),
                homes.get_indexer(list(origins)),
                sites.get_indexer(list(destinations)),
                shape=(len(homes), len(sites)),
            ),
            reach=REACH,
            label="essai",
            source="essai",
            grade="D",
            unsnapped=self.unsnapped,
        )

    def tables(self) -> dict[str, pd.Series]:
        return {"supply": pd.Series(self.supply), "demand": pd.Series(self.people)}

    def time(self, home: str, site: str) -> float:
        return self.minutes.get((home, site), math.inf)

    def with_supply(self, **supply: float) -> World:
        return replace(self, supply={**self.supply, **supply})

    def with_people(self, **people: float) -> World:
        return replace(self, people={**self.people, **people})


# --- weights, one time at a time --------------------------------------------------------


def dress(t: float) -> float:
    """Weights of the APL: under 10, 10 to 15, 15 to 20, 20 and over."""
    if t < 10:
        return 1.0
    if t < 15:
        return 2 / 3
    return 1 / 3 if t < 20 else 0.0


def irdes(t: float) -> float:
    """Weights of the APL before 2015: under 5, 5 to 10, 10 to 15, 15 and over."""
    if t < 5:
        return 1.0
    if t < 10:
        return 0.3
    return 0.1 if t < 15 else 0.0


def whole(t: float) -> float:
    """All or nothing under half an hour."""
    return float(t < 30)


#: Weight of the package -> the same, one time at a time.
WEIGHTS: dict[str, tuple[Weight, Scalar]] = {
    "apl": (Weight((10, 15, 20), (1, 2 / 3, 1 / 3)), dress),
    "irdes": (Weight((5, 10, 15), (1, 0.3, 0.1)), irdes),
    "whole": (Weight((30,), (1,)), whole),
}
weights = st.sampled_from(sorted(WEIGHTS)).map(WEIGHTS.__getitem__)


# --- measures ---------------------------------------------------------------------------


def naive_hansen(world: World, weight: Scalar, values: dict[str, float]) -> dict[str, float]:
    found = {}
    for home in world.people:
        total = 0.0
        for site in world.supply:
            w = weight(world.time(home, site))
            if w > 0:
                total += w * values[site]
        found[home] = total
    return found


def naive_people(world: World, weight: Scalar, site: str) -> float:
    total = 0.0
    for home, people in world.people.items():
        w = weight(world.time(home, site))
        if w > 0:
            total += w * people
    return total


def naive_e2sfca(world: World, weight: Scalar, *, power: int = 1) -> dict[str, float]:
    """E2SFCA; with power 2, M2SFCA. Unknown numbers are NaN and spread by themselves."""
    ratio = {}
    for site, supply in world.supply.items():
        people = naive_people(world, weight, site)
        if supply == 0:
            ratio[site] = 0.0
        else:
            ratio[site] = math.nan if people == 0 else supply / people
    return naive_hansen(world, lambda t: weight(t) ** power, ratio)


def naive_3sfca(world: World, weight: Scalar) -> dict[str, float]:
    """3SFCA: what one chooses is unknown where a place in reach may, or may not, have a supply."""
    choice: dict[tuple[str, str], float] = {}
    for home in world.people:
        near = {site: weight(world.time(home, site)) for site in world.supply}
        near = {site: w for site, w in near.items() if w > 0 and world.supply[site] != 0}
        unsure = any(math.isnan(world.supply[site]) for site in near)
        total = math.nan if unsure else sum(near.values())
        for site, w in near.items():
            choice[home, site] = w / total * w
    ratio = {}
    for site, supply in world.supply.items():
        people = 0.0
        for home, number in world.people.items():
            if (home, site) in choice and number != 0:
                people += choice[home, site] * number
        ratio[site] = math.nan if people == 0 else supply / people
    return {
        home: sum((choice[h, site] * ratio[site] for h, site in choice if h == home), 0.0)
        for home in world.people
    }


# --- comparison -------------------------------------------------------------------------


def assert_same(found: pd.Series, expected: dict[str, float], *, rel: float = 1e-9) -> None:
    """Same places, same unknowns, zeros exactly 0, and the rest within `rel`."""
    assert sorted(found.index) == sorted(expected)
    for place, value in expected.items():
        if math.isnan(value):
            assert math.isnan(found[place]), (place, found[place])
        elif value == 0:
            assert found[place] == 0, (place, found[place])
        else:
            assert found[place] == pytest.approx(value, rel=rel), place


def in_reach(world: World, weight: Scalar, site: str) -> set[str]:
    return {home for home in world.people if weight(world.time(home, site)) > 0}


# --- random worlds ----------------------------------------------------------------------

#: Edges of every band, and times on both sides.
times = st.one_of(
    st.sampled_from([0.0, 4.99, 5.0, 9.99, 10.0, 14.99, 15.0, 19.99, 20.0, 25.0, 30.0, 45.0]),
    st.floats(0, 45).map(lambda t: round(t, 6)),
)
amounts = st.one_of(st.just(0.0), st.floats(1, 10_000))
present = st.floats(1, 10_000)
maybe = st.just(math.nan) | amounts


@st.composite
def worlds(
    draw: st.DrawFn,
    *,
    minutes: st.SearchStrategy[float] = times,
    supply: st.SearchStrategy[float] = amounts,
    people: st.SearchStrategy[float] = amounts,
    complete: bool = False,
) -> World:
    """Communes to communes (with their diagonal), or homes to places of another kind."""
    size = draw(st.integers(1, 6))
    square = complete or draw(st.booleans())
    homes = [f"h{n}" for n in range(size)]
    sites = homes if square else [f"s{n}" for n in range(draw(st.integers(1, 4)))]
    found = {}
    for a, home in enumerate(homes):
        for b, site in enumerate(sites):
            if (square and a == b) or complete or draw(st.booleans()):
                found[home, site] = 0.0 if home == site and not complete else draw(minutes)
    inhabitants = {home: draw(people) for home in homes}
    if not any(number > 0 for number in inhabitants.values()):
        inhabitants[homes[0]] = draw(present)
    return World(found, {site: draw(supply) for site in sites}, inhabitants)


def dense_world(seed: int, size: int, *, empty: float = 0.3) -> World:
    """A larger world of whole codes and times that stand on no band's edge."""
    rng = np.random.default_rng(seed)
    homes = [f"{code:05d}" for code in rng.permutation(90_000)[:size]]
    minutes = {
        (a, b): float(rng.integers(0, 50)) + float(rng.uniform(0.1, 0.9))
        for a in homes
        for b in homes
        if a == b or rng.random() < 0.7
    }
    supply = np.where(rng.random(size) < empty, 0.0, rng.uniform(1, 50, size))
    people = rng.integers(10, 5_000, size)
    return World(
        minutes,
        dict(zip(homes, supply.tolist(), strict=True)),
        dict(zip(homes, people.astype(float).tolist(), strict=True)),
    )
