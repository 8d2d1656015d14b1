"""Territories as tables: their communes, outlines, and published size against today's."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from cpts_geo.geography.figures.aggregate import area_summary
from cpts_geo.geography.perimeters.outlines import outlines, published_gaps, territory_communes
from cpts_geo.schema import (
    COLUMNS,
    EMBEDDED_FIGURES,
    FIGURE_COLUMNS,
    PUBLISHED,
    status_column,
)
from cpts_geo.sources.embedding import embedded

#: Sums of today and published values, from the documents and the legal populations of 2023.
GAPS = {
    ("ouest_loiret", "population"): (44_165, 45_828, 3.8),
    ("ouest_loiret", "communes"): (21, 21, 0.0),
    ("beauce_gatinais", "population"): (80_000, 78_745, -1.6),
    ("lvo", "population"): (135_000, 140_148, 3.8),
    ("asclepios", "population"): (50_000, 54_037, 8.1),
    ("ondaine_forez", "population"): (84_466, 81_461, -3.6),
    ("ondaine_forez", "communes"): (25, 25, 0.0),
}
WITHOUT_CONTOUR = "69114"


@pytest.fixture(scope="module")
def national():
    return embedded.load_communes()


@pytest.fixture(scope="module")
def five(national):
    return communes_of(embedded.load_perimeters().query("source == 'communiques'"), national)


def list_of(codes, territory="essai") -> pd.DataFrame:
    return pd.DataFrame(
        {"code_insee": codes, "territory": territory, "published": "", "basis": "", "note": ""}
    )


def communes_of(members, national) -> gpd.GeoDataFrame:
    return territory_communes(members, national, figures=embedded.load_figures())


def test_published_sizes_beside_todays_and_no_other(five):
    gaps = published_gaps(embedded.load_facts(), outlines(five))
    gaps = gaps.set_index(["territory", "quantity"])
    assert set(gaps.index) == {*GAPS, ("asclepios", "area_km2")}
    for key, (published, today, percent) in GAPS.items():
        row = gaps.loc[key]
        assert (row["published"], row["today"]) == (published, today), key
        assert row["gap_percent"] == pytest.approx(percent, abs=0.05), key
        assert row["document"]
        # A gap over 1 % never stands without a word, even if the word is "not explained".
        assert row["reason"] or abs(percent) < 1
    row = gaps.loc[("asclepios", "area_km2")]
    assert row["published"] == 555
    assert 601 <= row["today"] <= 602
    assert row["gap_percent"] == pytest.approx(8.4, abs=0.1)


def test_gaps_of_some_territories_only(five):
    one = outlines(five[five["territory"] == "lvo"])
    assert published_gaps(embedded.load_facts(), one)["territory"].tolist() == ["lvo"]
    none = outlines(five[five["territory"] == "lvo"].assign(territory="perimetre"))
    assert published_gaps(embedded.load_facts(), none).empty


def test_outlines_of_the_five(five):
    shapes = outlines(five)
    order = list(
        dict.fromkeys(embedded.load_perimeters().query("source == 'communiques'")["territory"])
    )
    assert shapes.index.tolist() == order
    assert shapes["communes"].to_dict() == five.groupby("territory").size().to_dict()
    assert shapes["departements"].to_dict() == {
        "ouest_loiret": "45",
        "ondaine_forez": "42 43",
        "beauce_gatinais": "45",
        "asclepios": "37 41",
        "lvo": "85",
    }
    assert shapes.is_valid.all()
    drawn = shapes.to_crs("EPSG:2154").area / 1e6
    # Contours are simplified to 250 m; areas are those of the contours before that.
    assert np.allclose(drawn, shapes["area_km2"], rtol=0.02)


def test_every_embedded_figure_of_the_five_is_known(five):
    assert len(five) == 198
    for name in EMBEDDED_FIGURES:
        # Kilometres by road: none leads to the island of Yeu.
        unknown = ["85113"] if COLUMNS[name].unit == "km" else []
        if name != PUBLISHED.name:
            assert five.loc[five[name].isna(), "code_insee"].tolist() == unknown, name
        assert set(five[status_column(name)]) <= {"measured", "computed", "estimated", "unknown"}
    assert set(five["population_status"]) == {"measured"}


def test_figure_that_no_producer_gives_is_unknown_not_zero(national):
    table = communes_of(list_of(["97608", "29019"]), national)
    assert table["name"].tolist() == ["Dzaoudzi", "Brest"]
    dzaoudzi, brest = table.index
    for name in FIGURE_COLUMNS:
        known = table[name].notna()
        assert (table[status_column(name)] != "unknown").equals(known)
        assert known[brest] == (name in EMBEDDED_FIGURES)
        # The BPE 2017 by commune is that of métropole; the DREES and Insee leave Mayotte out.
        assert not known[dzaoudzi] or COLUMNS[name].vintage == "2024"
    assert (table["population"] > 0).all()


def test_commune_without_contour_is_counted_but_not_drawn(national):
    table = communes_of(list_of([WITHOUT_CONTOUR, "69010"]), national)
    shape = outlines(table).loc["essai"]
    assert shape["communes"] == 2
    assert shape["population"] == table["population"].sum()
    assert np.isnan(shape["area_km2"])
    assert shape.geometry.equals(national.set_index("code_insee").geometry["69010"])


def test_area_is_the_one_that_is_compared(national):
    # One commune without contour among 250: the area is known, and the same everywhere.
    near = national[national["code_insee"].str.startswith("69")]["code_insee"]
    table = communes_of(list_of(near.tolist()), national)
    assert table["area_km2"].isna().sum() == 1
    sums = area_summary(table, by="territory").set_index("indicator")["value"]
    shape = outlines(table).loc["essai"]
    assert shape["area_km2"] == sums["area_km2"] > 0
    assert shape["population"] == sums["population"]


def test_territory_of_one_commune_without_contour(national):
    table = communes_of(list_of([WITHOUT_CONTOUR]), national)
    shapes = outlines(table)
    assert shapes.geometry.isna().all() or shapes.geometry.is_empty.all()
    assert shapes.at["essai", "population"] > 0


def test_order_of_the_list_is_kept(national):
    codes = ["45203", "45019", "45028"]
    table = communes_of(list_of(codes), national)
    assert table["code_insee"].tolist() == codes
    assert isinstance(table, gpd.GeoDataFrame)
    assert table.crs == national.crs


def test_territories_may_overlap(national):
    members = pd.concat([list_of(["45203"], "a"), list_of(["45203", "45019"], "b")])
    shapes = outlines(communes_of(members, national))
    assert shapes["communes"].to_dict() == {"a": 1, "b": 2}
