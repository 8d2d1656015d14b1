"""Plausibility of the need over France: every EPCI, at the medians of the national laws (O28)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.demand.laws import _Triangular
from cpts_geo.capacity.need.quantities import NationalDraws, Need, need_of
from cpts_geo.capacity.scenario.area import Area, area_of_codes, areas_of_epci
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.sources.embedding.embedded import load_epci

#: Share of the gap that a device receives, learnt from three lines: that of the oracle.
SHARE = 0.066


def median(name: str) -> float:
    """Median of the law of a national parameter: triangular of three numbers, uniform of two."""
    ends: Any = default_parameters()[name].value
    law = ends if len(ends) == 2 else _Triangular("", tuple(ends)).quantile([0.5])
    return float(np.mean(law))


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return areas_of_epci()


@pytest.fixture(scope="module")
def needs(areas: pd.DataFrame) -> dict[str, Need]:
    one = np.ones(1)
    medians = NationalDraws(
        rate=one * median("need_rate"),
        met_share=one * median("met_share"),
        elasticity=one * median("apl_elasticity"),
        treatable=one,
        mu=one * np.log(SHARE),
        tau=0 * one,
        z=one,
    )
    known = areas.dropna().to_dict("index")
    return {str(key): need_of(Area(**area), medians) for key, area in known.items()}


def test_the_sums_of_france_are_those_of_the_oracle(needs: dict[str, Need]) -> None:
    assert len(needs) == 1250
    # Written with one decimal, and communes without APL lend a thousandth.
    for name, millions in (("need", 94.8), ("met", 69.2), ("gap", 25.7), ("organised", 1.7)):
        total = sum(getattr(need, name)[0] for need in needs.values()) / 1e6
        assert total == pytest.approx(millions, abs=0.06), name
    assert sum(need.organised[0] for need in needs.values()) / 251 == pytest.approx(6_700, abs=100)


def test_the_spread_between_territories_is_that_of_the_oracle(
    areas: pd.DataFrame, needs: dict[str, Need]
) -> None:
    organised = pd.Series({key: need.organised[0] for key, need in needs.items()})
    rate = 1000 * organised / areas["standardised_population"].reindex(organised.index)
    assert np.round(rate.quantile([0.1, 0.5, 0.9])).tolist() == [13, 33, 51]
    assert rate.max() <= 75.5
    assert sum(need.gap[0] == 0 for need in needs.values()) == 30
    # Where the APL sees no gap, surgeries meet all, and nobody is said to come.
    assert all(
        need.met[0] == need.need[0] and need.organised[0] == 0
        for need in needs.values()
        if need.gap[0] == 0
    )


def test_areas_at_once_are_those_one_by_one(areas: pd.DataFrame) -> None:
    members = load_epci()
    unknown = areas.index[areas["apl"].isna()]
    assert len(unknown) == 5
    for siren in [*areas.index[::125], *unknown]:
        one = area_of_codes(members.index[members == siren])
        if siren in unknown:
            assert one is None
            assert areas.loc[siren].isna().all()
        else:
            assert Area(**areas.loc[siren].to_dict()).model_dump() == pytest.approx(dict(one or ()))
