"""Floating catchments beside PySAL access on larger random worlds, and on the real matrix."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from access import Access
from access.weights import step_fn

from cpts_geo.access.catchments.catchment import (
    apl,
    enhanced_two_stage_fca,
    three_stage_fca,
    two_stage_fca,
)
from cpts_geo.access.travel.times import travel_times
from tests.access.oracles import WEIGHTS, World, dense_world, dress, naive_e2sfca

SEEDS = [1, 2, 3]
#: PySAL's steps are right-closed: worlds with no time on an edge tell both alike.
STEPS = step_fn({10: 1, 15: 2 / 3, 20: 1 / 3})
APL, _ = WEIGHTS["apl"]


def pysal(world: World) -> Access:
    pairs = [(i, j, t) for (i, j), t in world.minutes.items()]
    return Access(
        demand_df=pd.DataFrame({"people": pd.Series(world.people)}).rename_axis("geoid"),
        demand_value="people",
        supply_df=pd.DataFrame({"gps": pd.Series(world.supply)}).rename_axis("geoid"),
        supply_value="gps",
        cost_df=pd.DataFrame(pairs, columns=["home", "site", "minutes"]),
        cost_origin="home",
        cost_dest="site",
        cost_name="minutes",
    )


def assert_equal(ours: pd.Series, theirs: pd.DataFrame) -> None:
    expected = theirs.iloc[:, 0].reindex(ours.index)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


@pytest.fixture(scope="module", params=SEEDS)
def world(request):
    """Sixty communes, a third without supply; every one within 20 minutes of some."""
    return dense_world(request.param, 60)


def test_two_steps_are_those_of_pysal(world):
    ours = two_stage_fca(world.times(), **world.tables(), max_minutes=15)
    assert_equal(ours, pysal(world).two_stage_fca(name="two", max_cost=15))


def test_enhanced_steps_are_those_of_pysal(world):
    ours = enhanced_two_stage_fca(world.times(), **world.tables(), weight=APL)
    theirs = pysal(world).enhanced_two_stage_fca(name="e", weight_fn=STEPS, max_cost=20)
    assert_equal(ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_three_steps_are_those_of_pysal_where_every_place_has_a_supply(seed):
    """With an empty place PySAL lets people choose it, and loses what they would have used."""
    world = dense_world(seed, 40, empty=0)
    ours = three_stage_fca(world.times(), **world.tables(), weight=APL)
    theirs = pysal(world).three_stage_fca(name="t", weight_fn=STEPS, max_cost=20)
    assert_equal(ours, theirs)


def test_a_commune_with_no_supply_in_reach_is_zero_here_and_missing_there():
    minutes = {("A", "A"): 0.5, ("B", "A"): 30.5}
    world = World(minutes, {"A": 5.0}, {"A": 10.0, "B": 20.0})
    ours = enhanced_two_stage_fca(world.times(), **world.tables(), weight=APL)
    theirs = pysal(world).enhanced_two_stage_fca(name="e", weight_fn=STEPS, max_cost=20)
    assert ours.to_dict() == {"A": 0.5, "B": 0.0}
    assert theirs["e_gps"]["A"] == 0.5
    assert math.isnan(theirs["e_gps"]["B"])


def test_on_an_edge_pysal_keeps_the_nearer_band():
    world = World({("A", "s"): 10.0, ("B", "s"): 1.0}, {"s": 6.0}, {"A": 3.0, "B": 1.0})
    ours = enhanced_two_stage_fca(world.times(), **world.tables(), weight=APL)
    theirs = pysal(world).enhanced_two_stage_fca(name="e", weight_fn=STEPS, max_cost=20)
    assert ours.to_dict() == pytest.approx({"A": 2 / 3 * 6 / 3, "B": 6 / 3})
    assert theirs["e_gps"].to_dict() == pytest.approx({"A": 6 / 4, "B": 6 / 4})


# --- the real matrix of Isère -----------------------------------------------------------


@pytest.fixture(scope="module")
def matrix(official_dir):
    """Minutes between the 512 communes of Isère: rows leave, columns arrive."""
    path = official_dir / "osrm_isere_38_commune_matrix_seconds.csv"
    table = pd.read_csv(path, dtype={"id": "str"}).set_index("id")
    return table.rename_axis(index="origin", columns="destination") / 60


@pytest.fixture(scope="module")
def isere(matrix):
    pairs = matrix.stack().rename("minutes").reset_index()
    return travel_times(pairs, label="OSRM, Isère", source="rspatial")


@pytest.fixture(scope="module")
def tables(matrix):
    """Supplies and people invented for the 512 communes: two in three have no doctor."""
    rng = np.random.default_rng(38)
    doctors = rng.poisson(0.6, len(matrix)) * 5_400.0
    people = rng.lognormal(6.5, 1, len(matrix)).round()
    return pd.Series(doctors, index=matrix.index), pd.Series(people, index=matrix.index)


def world_of(matrix: pd.DataFrame, supply: pd.Series, people: pd.Series) -> World:
    minutes = {
        (home, site): t
        for home, row in zip(matrix.index, matrix.to_numpy().tolist(), strict=True)
        for site, t in zip(matrix.columns, row, strict=True)
        if t < 20
    }
    return World(minutes, supply.to_dict(), people.to_dict())


def test_the_real_matrix_is_complete_and_kept_as_it_is(matrix, isere):
    assert len(isere.origins) == len(isere.destinations) == 512
    assert isere.minutes.nnz == 512 * 512
    assert isere.reach == math.inf
    assert isere.unsnapped == ()
    pd.testing.assert_frame_equal(
        pd.DataFrame(isere.minutes.toarray(), isere.origins, isere.destinations),
        matrix.rename_axis(index=None, columns=None),
        check_names=False,
    )


def test_an_apl_on_the_real_matrix_equals_plain_loops(matrix, isere, tables):
    supply, people = tables
    found = apl(isere, consultations=supply, standardised=people)
    expected = naive_e2sfca(world_of(matrix, supply, people), dress)
    assert found.to_dict() == pytest.approx(expected, rel=1e-9)
    assert (found == 0).any()
    assert (found * people).sum() == pytest.approx(supply.sum())


def test_on_the_real_matrix_the_two_ways_are_not_the_same(matrix, isere, tables):
    supply, people = tables
    found = apl(isere, consultations=supply, standardised=people)
    back = matrix.T.rename_axis(index="origin", columns="destination")
    turned = travel_times(
        back.stack().rename("minutes").reset_index(), label="à l’envers", source="rspatial"
    )
    gap = (apl(turned, consultations=supply, standardised=people) - found).abs()
    assert (gap > 0.01).sum() > 50
