"""Many territories answered at once: each answer is that of one by one."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.comparing.many import headlines_of
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.need.learning import KnownLines, shipped_lines
from cpts_geo.capacity.scenario.area import Area, areas_of_epci
from cpts_geo.capacity.scenario.loading import scenario_from_population
from cpts_geo.capacity.scenario.records import Public
from cpts_geo.errors import DemandTooLargeError, ScenarioError

DRAWS = 2_000
GRAND_PARIS = "200054781"
STRASBOURG = "246700488"


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    every = areas_of_epci()
    known = every.dropna()
    # Small and large, with and without a gap, one whose APL nobody knows.
    chosen = [*known.index[::60], STRASBOURG, *every.index[every["apl"].isna()][:1]]
    return every.loc[list(dict.fromkeys(chosen))]


@pytest.mark.parametrize("public", ["all", "no_mt"])
@pytest.mark.parametrize("without", [(), ("beauce_gatinais",)])
def test_each_is_the_headline_of_its_territory(
    areas: pd.DataFrame, public: Public, without: tuple[str, ...]
) -> None:
    known = shipped_lines()
    lines = KnownLines(
        tuple(line for line in known.lines if line.key not in without), known.national
    )
    before = areas.copy()
    found = headlines_of(areas, public=public, draws=DRAWS, lines=lines)
    pd.testing.assert_frame_equal(areas, before)
    assert found.index.equals(areas.index)
    for key, row in areas.dropna().to_dict("index").items():
        scenario = scenario_from_population(row["population"]).admitting(public)
        own = scenario.evolve(area=Area(**row), sources=scenario.sources)
        one = headline(own, draws=DRAWS, lines=lines)
        for level in LEVELS:
            assert found.at[key, f"slots_{level}"] == getattr(one.slots_per_day, level), key
            expected = pytest.approx(getattr(one.requests_per_year, level))
            assert found.at[key, f"requests_per_year_{level}"] == expected
    assert found[areas["apl"].isna()].isna().all(axis=None)


def test_what_one_by_one_refuses_is_missing() -> None:
    paris = areas_of_epci().loc[[GRAND_PARIS]]
    found = headlines_of(paris, draws=DRAWS).loc[GRAND_PARIS]
    assert found.filter(like="slots").isna().all()
    assert found.filter(like="requests").gt(0).all()
    scenario = scenario_from_population(paris["population"].iloc[0])
    own = scenario.evolve(area=Area(**paris.to_dict("records")[0]), sources=scenario.sources)
    with pytest.raises(DemandTooLargeError):
        headline(own, draws=DRAWS)
    for draws in (99, 2_000_001):
        with pytest.raises(ScenarioError, match="tirages"):
            headlines_of(paris, draws=draws)
