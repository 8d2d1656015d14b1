"""Squares of 200 m: how Insee names them, its file as it comes, invented ones."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from cpts_geo.sources.analyst.squares.file import read_squares
from cpts_geo.sources.analyst.squares.layout import _square_names, _system_of, _unnamed, placed
from cpts_geo.sources.analyst.squares.synthetic import synthetic_squares
from cpts_geo.sources.embedding import embedded

INSEE = """\ufeffIdcar_200m,Idcar_1km,I_est_200,lcog_geo,Ind,Men
CRS3035RES200mN2764000E3676800,CRS3035RES1000mN2764000E3676000,0,4513045203,12.5,5
CRS2975RES200mN7650000E340000,CRS2975RES1000mN7650000E340000,1,97411,0,0
"""


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    """A département with a small island, one overseas, and communes without outline or place."""
    national = embedded.load_communes()
    kept = national["departement"].isin(["56", "974"])
    return national[kept | national["code_insee"].isin(["12218", "14581"])]


@pytest.fixture(scope="module")
def invented(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    return synthetic_squares(communes)


@pytest.mark.parametrize("separator", [",", ";"])
def test_the_file_of_insee_is_read_in_any_case(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "carreaux_200m_met.csv"
    path.write_text(INSEE.replace(",", separator), encoding="utf-8")
    found = read_squares(path)
    assert found.columns.tolist() == ["idcar_200m", "ind", "lcog_geo"]
    assert found["ind"].tolist() == [12.5, 0.0]
    assert found["lcog_geo"].tolist() == ["4513045203", "97411"]


def test_a_square_is_where_its_name_says() -> None:
    """The corner of the name plus 100 m each way: the centre of EPSG:3035 is 10° E, 52° N."""
    names = _square_names(np.array([3_209_900]), np.array([4_320_900]), system=3035)
    assert names.tolist() == ["CRS3035RES200mN3209900E4320900"]
    assert placed(names).to_numpy()[0] == pytest.approx([10.0, 52.0], abs=1e-9)
    strange = pd.Series(["CRS4471RES200mN8580000E520000", "", None, "CRS3035RES200mN1E100"])
    assert _unnamed(strange).tolist() == [False, True, True, True]
    # Mayotte is where it is.
    assert placed(strange.iloc[:1]).to_numpy()[0] == pytest.approx([45.18, -12.84], abs=0.02)


def test_people_of_a_commune_are_its_own_to_the_last(communes, invented) -> None:
    people = invented.groupby("lcog_geo")["ind"].sum()
    expected = communes.set_index("code_insee")["population"].drop("14581")
    assert people.to_dict() == expected[expected > 0].to_dict()
    assert (invented["ind"] >= 1).all()
    assert (invented["ind"] % 1 == 0).all()
    assert invented["idcar_200m"].is_unique
    assert not _unnamed(invented["idcar_200m"]).any()
    # One square for a commune of 1,700 people without outline: that of its town hall.
    assert (invented["lcog_geo"] == "12218").sum() == 1


def test_squares_are_inside_their_commune_denser_near_its_hall(communes, invented) -> None:
    there = placed(invented["idcar_200m"]).join(invented)
    for code in ("56260", "56069", "97411"):
        own = there[there["lcog_geo"] == code]
        [commune] = communes[communes["code_insee"] == code].itertuples()
        points = gpd.GeoSeries.from_xy(own["lon"], own["lat"], crs=4326)
        near = gpd.GeoSeries([commune.geometry], crs=4326).to_crs(_system_of(code[:3]))
        # Borders are straight in degrees or in metres, not in both.
        assert points.to_crs(near.crs).within(near.buffer(1.0).iloc[0]).all()
        km = np.hypot((own["lon"] - commune.lon) * np.cos(np.radians(commune.lat)),
                      own["lat"] - commune.lat)  # fmt: skip
        half = km <= np.median(km)
        assert own["ind"][half].sum() > own["ind"][~half].sum()


def test_the_same_seed_gives_the_same_squares_whatever_else_is_asked(communes, invented) -> None:
    morbihan = communes[communes["departement"] == "56"]
    alone = synthetic_squares(morbihan.sample(frac=1, random_state=1).sort_index())
    of_all = invented[invented["lcog_geo"].str.startswith("56")].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, of_all)
    other = synthetic_squares(morbihan, seed=7)
    assert set(other["idcar_200m"]) != set(alone["idcar_200m"])
    assert other["ind"].sum() == alone["ind"].sum()
    assert synthetic_squares(communes.iloc[:0]).empty
