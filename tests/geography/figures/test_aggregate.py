"""From communes to areas: counts add, rates weigh, and unknown never becomes zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.geography.figures.aggregate import SUMMARISED, area_summary
from cpts_geo.geography.perimeters.outlines import territory_communes
from cpts_geo.schema import COLUMNS, FIGURE_COLUMNS, Status, status_column
from cpts_geo.settings import MIN_COVERAGE_COUNT, MIN_COVERAGE_RATE
from cpts_geo.sources.embedding import embedded

#: methods.md §1.3: total population, standardised over total, APL 2022, APL 2023, APL 2023 of
#: doctors up to 65, shares of people under 2.5 in 2023 (all ages, up to 65).
PUBLISHED = {
    "beauce_gatinais": (79_102, 0.9965, 1.9035, 1.8270, 1.2202, 0.968, 1.000),
    "ouest_loiret": (44_927, 1.0022, 2.9458, 2.5446, 2.3065, 0.509, 0.584),
    "lvo": (135_981, 1.0964, 3.2884, 3.1133, 2.9812, 0.092, 0.233),
    "asclepios": (53_340, 1.0355, 3.6607, 3.8902, 3.6604, 0.008, 0.033),
    "ondaine_forez": (81_056, 1.0115, 3.3992, 3.2849, 3.2042, 0.153, 0.153),
}


def communes(**columns) -> pd.DataFrame:
    """A table of communes: every figure known and equal to 1 unless given."""
    size = len(next(iter(columns.values())))
    given = {"area_km2": 10.0, "split_family": None, **columns}
    table = pd.DataFrame({"area": ["x"] * size, **given})
    table["code_insee"] = columns.get("code_insee", [f"01{i:03d}" for i in range(size)])
    for name in ("population", "population_2017"):
        table[name] = columns.get(name, [100] * size)
    for name in FIGURE_COLUMNS:
        table[name] = columns.get(name, [1.0] * size)
        default = np.where(table[name].isna(), Status.UNKNOWN.value, Status.MEASURED.value)
        table[status_column(name)] = columns.get(status_column(name), default)
    return table


def summary(table: pd.DataFrame, *wanted: str) -> pd.DataFrame:
    found = area_summary(table, by="area", indicators=wanted or SUMMARISED)
    return found.set_index(["area", "indicator"])


def known(table: pd.DataFrame, *wanted: str) -> dict[str, float]:
    return summary(table, *wanted).loc["x", "value"].to_dict()


# --- worked by hand ---------------------------------------------------------------------


def test_toy_worked_by_hand():
    table = communes(
        population=[1000, 3000, 500],
        population_2017=[900.0, 2900.0, 600.0],
        area_km2=[10.0, 20.0, 5.0],
        gps_2017=[1.0, 3.0, 0.0],
        gps_2024=[2.0, 3.0, 0.0],
        apl_2023=[2.0, 4.0, 1.0],
        standardised_population_2023=[800.0, 3200.0, 400.0],
        apl_population_2023=[1000.0, 3000.0, 500.0],
        share_75plus_2022=[0.10, 0.20, 0.30],
        emergency_departments_2024=[0.0, 1.0, 0.0],
    )
    found = known(table)
    assert found["population"] == 4500
    assert found["area_km2"] == 35
    assert found["density_km2"] == pytest.approx(4500 / 35)
    assert found["gps_2017"] == 4
    assert found["gps_per_100k_2017"] == pytest.approx(4 / 4400 * 1e5)
    assert found["gps_per_100k_2024"] == pytest.approx(5 / 4500 * 1e5)
    assert found["population_without_gp_2024"] == 500
    assert found["share_without_gp_2024"] == pytest.approx(500 / 4500)
    # The APL weighs by its standardised population, not by inhabitants.
    assert found["apl_2023"] == pytest.approx((1600 + 12800 + 400) / 4400)
    # People under the threshold are counted in plain inhabitants of the same file.
    assert found["share_low_apl_2023"] == pytest.approx(1500 / 4500)
    assert found["share_75plus_2022"] == pytest.approx((100 + 600 + 150) / 4500)
    assert found["emergency_departments_2024"] == 1


def test_threshold_is_strict():
    table = communes(population=[100, 100], apl_2023=[2.5, 2.499])
    assert known(table)["share_low_apl_2023"] == 0.5


def test_areas_are_apart_and_one_commune_may_stand_in_two():
    table = communes(population=[10, 20, 30]).assign(area=["x", "y", "y"])
    both = pd.concat([table, table.assign(area="all")], ignore_index=True)
    found = summary(both)["value"]
    assert found["x", "population"] == 10
    assert found["y", "population"] == 50
    assert found["all", "population"] == 60


def test_every_indicator_for_every_area():
    found = area_summary(communes(population=[1, 2]).assign(area=["x", "y"]), by="area")
    assert list(found) == ["area", "indicator", "value", "status", "note"]
    assert not found.duplicated(["area", "indicator"]).any()
    assert len(found) == 2 * len(SUMMARISED)


# --- 0 and unknown ------------------------------------------------------------------------


def test_commune_with_no_gp_is_known():
    found = summary(communes(population=[100, 100], gps_2024=[0.0, 0.0])).loc["x"]
    assert found.at["gps_2024", "value"] == 0
    assert found.at["gps_2024", "status"] == "measured"
    assert found.at["gps_per_100k_2024", "value"] == 0
    assert found.at["share_without_gp_2024", "value"] == 1


@pytest.mark.parametrize("indicator", ["gps_2024", "gps_per_100k_2024", "share_without_gp_2024"])
def test_unknown_gps_never_become_zero(indicator):
    found = summary(communes(population=[100, 100], gps_2024=[np.nan, np.nan])).loc["x"]
    assert np.isnan(found.at[indicator, "value"])
    assert found.at[indicator, "status"] == "unknown"
    assert found.at[indicator, "note"] == "2 communes sans donnée (100,0 % des habitants)"


def test_small_unknown_commune_leaves_a_value_with_a_note():
    table = communes(population=[9_970, 30], gps_2017=[4.0, np.nan], population_2017=[10_000.0, 30])
    found = summary(table).loc["x"]
    assert found.at["gps_2017", "value"] == 4
    assert found.at["gps_2017", "status"] == "estimated"
    assert found.at["gps_2017", "note"] == "1 commune sans donnée (0,3 % des habitants)"
    # The commune that is unknown above is unknown below too.
    assert found.at["gps_per_100k_2017", "value"] == pytest.approx(4 / 10_000 * 1e5)
    assert found.at["population", "status"] == "measured"
    assert found.at["population", "note"] == ""


def test_large_unknown_commune_makes_a_count_unknown_before_a_mean():
    table = communes(population=[9_500, 500], gps_2017=[4.0, np.nan], apl_2023=[3.0, np.nan])
    found = summary(table).loc["x"]
    assert np.isnan(found.at["gps_2017", "value"])
    assert found.at["gps_2017", "status"] == "unknown"
    assert "5,0 % des habitants" in found.at["gps_2017", "note"]
    assert found.at["apl_2023", "value"] == 3
    assert found.at["apl_2023", "status"] == "estimated"


@pytest.mark.parametrize(
    ("indicator", "figure", "threshold"),
    [("gps_2017", "gps_2017", MIN_COVERAGE_COUNT), ("apl_2023", "apl_2023", MIN_COVERAGE_RATE)],
)
def test_thresholds_of_coverage(indicator, figure, threshold):
    people = round(10_000 * (1 - threshold))
    for unknown, is_known in ((people, True), (people + 1, False)):
        table = communes(population=[10_000 - unknown, unknown], **{figure: [1.0, np.nan]})
        assert (summary(table).at[("x", indicator), "status"] != "unknown") is is_known


def test_unknown_area_of_a_commune():
    found = summary(communes(population=[50, 50], area_km2=[10.0, np.nan])).loc["x"]
    assert np.isnan(found.at["area_km2", "value"])
    assert np.isnan(found.at["density_km2", "value"])
    assert found.at["population", "value"] == 100


def test_land_is_known_for_communes_not_for_people():
    # The missing commune holds 90 % of the people: it still is one commune among many.
    table = communes(population=[9_000, *[1] * 99], area_km2=[np.nan, *[10.0] * 99])
    found = summary(table).loc["x"]
    assert found.at["area_km2", "value"] == 990
    assert found.at["area_km2", "status"] == "estimated"
    assert found.at["area_km2", "note"] == "1 commune sans donnée (1,0 % des communes)"
    assert found.at["density_km2", "status"] == "unknown"
    assert np.isnan(known(table.drop(index=99))["area_km2"])


def test_area_without_people_is_unknown_and_raises_nothing():
    # Two communes of the Meuse have no inhabitant.
    found = summary(communes(population=[0], population_2017=[0.0], gps_2017=[0.0])).loc["x"]
    assert found.at["gps_per_100k_2017", "status"] == "unknown"


# --- how well it is known -------------------------------------------------------------------


def test_estimated_part_makes_an_estimated_whole():
    table = communes(population=[10, 10], apl_2023_status=["measured", "estimated"])
    found = summary(table).loc["x", "status"]
    assert found["apl_2023"] == found["share_low_apl_2023"] == "estimated"
    assert found["apl_2022"] == "computed"


def test_share_of_the_aged_is_never_better_than_estimated():
    # Weighed by the population of another year than its own.
    found = summary(communes(population=[10, 10])).loc["x", "status"]
    assert found["share_75plus_2022"] == "estimated"


# --- communes split since a figure --------------------------------------------------------------

FAMILY = "85084 85165 85212"


def split(**columns) -> pd.DataFrame:
    """A commune of before, its two parts that producers do not know, and a neighbour."""
    given = {
        "population": [700, 100, 100, 1000],
        "population_2017": [600.0, 80.0, 120.0, 1200.0],
        "gps_2017": [2.0, np.nan, np.nan, 1.0],
        "gps_2017_status": ["estimated", "unknown", "unknown", "measured"],
        "gps_2024": [1.0, np.nan, np.nan, 1.0],
        "gps_2024_status": ["estimated", "unknown", "unknown", "measured"],
        "apl_2023": [2.0, np.nan, 3.0, 4.0],
        "apl_2023_status": ["estimated", "unknown", "estimated", "measured"],
        "standardised_population_2023": [900.0, np.nan, 0.0, 1100.0],
        "area_km2": [30.0, np.nan, np.nan, 20.0],
    }
    codes = ["85084", "85165", "85212", "85047"]
    return communes(
        code_insee=codes, split_family=[FAMILY, FAMILY, FAMILY, None], **(given | columns)
    )


def test_split_commune_and_its_parts_count_as_one():
    found = summary(split()).loc["x"]
    expected = {
        "population": 1900,
        "population_2017": 2000,
        "gps_2017": 3,
        "gps_per_100k_2017": 3 / 2000 * 1e5,
        "population_without_gp_2024": 0,
        "apl_2023": (2 * 900 + 4 * 1100) / 2000,
        "area_km2": 50,
        "density_km2": 1900 / 50,
    }
    assert found.loc[list(expected), "value"].to_dict() == pytest.approx(expected)
    computed = found.loc[list(expected), "status"] == "computed"
    assert list(computed.index[computed]) == ["apl_2023"]
    assert set(found.loc[list(expected), "status"]) == {"measured", "computed"}
    assert set(found["note"]) == {""}


def test_split_commune_without_gp_lends_its_people():
    found = known(split(gps_2024=[0.0, np.nan, np.nan, 1.0]))
    assert found["population_without_gp_2024"] == 900
    assert found["share_without_gp_2024"] == pytest.approx(900 / 1900)


def test_parts_with_their_own_rates_are_weighed():
    found = summary(split(standardised_population_2023=[600.0, np.nan, 300.0, 1100.0])).loc["x"]
    assert found.at["apl_2023", "value"] == pytest.approx((1200 + 900 + 4400) / 2000)
    assert found.at["apl_2023", "status"] == "estimated"


def test_split_commune_of_unknown_figure_is_unknown_with_its_parts():
    table = split(gps_2017=[np.nan, 1.0, np.nan, 1.0])
    table["gps_2017_status"] = ["unknown", "measured", "unknown", "measured"]
    found = summary(table).loc["x"]
    assert found.at["gps_2017", "status"] == "unknown"
    assert found.at["gps_2017", "note"] == "3 communes sans donnée (47,4 % des habitants)"


def test_area_that_holds_only_what_is_left_of_a_split_commune_says_so():
    found = summary(split().query("code_insee in ['85084', '85047']")).loc["x"]
    assert found.at["gps_2017", "value"] == 3
    assert found.at["gps_2017", "status"] == "estimated"
    assert found.at["gps_2017", "note"] == "1 commune divisée depuis : chiffre de l’ancienne"
    assert found.at["population_2017", "note"] == ""
    # A figure that is measured there is its own.
    assert found.at["emergency_departments_2024", "note"] == ""


def test_split_commune_may_be_whole_in_one_area_only():
    table = split()
    apart = table.assign(area=["y", "z", "z", "y"])
    found = summary(pd.concat([table, apart], ignore_index=True))
    assert found.at[("x", "gps_2017"), "status"] == "measured"
    assert found.at[("y", "gps_2017"), "status"] == "estimated"
    assert found.at[("z", "gps_2017"), "status"] == "unknown"


# --- properties -----------------------------------------------------------------------------

figures = st.lists(
    st.tuples(st.integers(1, 50_000), st.floats(0, 50, allow_nan=False), st.sampled_from("xyz")),
    min_size=1,
    max_size=10,
)


@settings(max_examples=15, deadline=None)
@given(rows=figures)
def test_counts_add_and_rates_stay_between_their_parts(rows):
    people, rates, areas = map(list, zip(*rows, strict=True))
    table = communes(
        population=people, apl_2023=rates, standardised_population_2023=[p * 1.1 for p in people]
    ).assign(area=areas)
    found = summary(table, "population", "apl_2023", "share_low_apl_2023")["value"]
    for area, group in table.groupby("area"):
        assert found[area, "population"] == group["population"].sum()
        low, high = group["apl_2023"].min(), group["apl_2023"].max()
        assert low - 1e-9 <= found[area, "apl_2023"] <= high + 1e-9
        assert 0 <= found[area, "share_low_apl_2023"] <= 1
    total = sum(found[area, "population"] for area in set(areas))
    assert total == known(table.assign(area="x"), "population")["population"]


@settings(max_examples=15, deadline=None)
@given(rows=figures)
def test_whole_is_the_weighted_mean_of_its_areas(rows):
    people, rates, areas = map(list, zip(*rows, strict=True))
    weights = [float(p) for p in people]
    table = communes(population=people, apl_2023=rates, standardised_population_2023=weights)
    wanted = ("apl_2023", "standardised_population_2023")
    parts = summary(table.assign(area=areas), *wanted)["value"].unstack()
    whole = known(table, *wanted)["apl_2023"]
    again = np.average(parts["apl_2023"], weights=parts["standardised_population_2023"])
    assert whole == pytest.approx(again, rel=1e-9, abs=1e-12)


# --- on the embedded data ----------------------------------------------------------------------


def test_departements_add_up_from_their_communes():
    rows = embedded.load_communes()
    long = embedded.load_comparisons()
    # A code of a région is often that of a département: a level at a time.
    long = long[long["area_level"] == "departement"]
    table = long.pivot(index="area_code", columns="indicator", values="value")
    sums = rows.groupby("departement")[["population", "population_2017"]].sum()
    for name in sums:
        kept = table[name].dropna()
        assert kept.to_dict() == sums.loc[kept.index, name].to_dict()
    density = table["gps_2017"] / table["population_2017"] * 1e5
    kept = density.dropna()
    # Métropole without Paris, which the file does not list.
    assert len(kept) == 95
    assert "75" not in kept
    assert kept.to_dict() == pytest.approx(table.loc[kept.index, "gps_per_100k_2017"].to_dict())


def test_comparisons_know_every_part_of_a_split_commune():
    rows = embedded.load_comparisons().query("area_level == 'departement'")
    rows = rows[rows["area_code"].isin(["15", "27", "60", "85"])]
    figures = rows[rows["indicator"].isin(SUMMARISED)]
    exact = figures["indicator"].str.contains("gps|2017|emergency_dep|population")
    assert set(figures.loc[exact, "note"]) == {""}
    assert set(figures.loc[exact, "status"]) == {"measured"}


@pytest.fixture(scope="module")
def five():
    table = territory_communes(
        embedded.load_perimeters().query("source == 'communiques'"),
        embedded.load_communes(),
        figures=embedded.load_figures(),
    )
    return area_summary(table, by="territory").pivot(
        index="territory", columns="indicator", values="value"
    )


@pytest.mark.parametrize("territory", PUBLISHED)
def test_apl_of_the_five(five, territory):
    people, ratio, apl_2022, apl_2023, apl_65, low, low_65 = PUBLISHED[territory]
    row = five.loc[territory]
    assert row["apl_population_2023"] == people
    standardised = row["standardised_population_2023"] / row["apl_population_2023"]
    assert standardised == pytest.approx(ratio, abs=5e-5)
    assert row["apl_2022"] == pytest.approx(apl_2022, abs=5.1e-5)
    assert row["apl_2023"] == pytest.approx(apl_2023, abs=5.1e-5)
    assert row["apl_65_2023"] == pytest.approx(apl_65, abs=5.1e-5)
    assert row["share_low_apl_2023"] == pytest.approx(low, abs=5.1e-4)
    assert row["share_low_apl_65_2023"] == pytest.approx(low_65, abs=5.1e-4)


@pytest.mark.parametrize(
    ("territory", "gap"),
    [
        ("beauce_gatinais", 151_156),
        ("ouest_loiret", 54_033),
        ("lvo", 94_119),
        ("ondaine_forez", 37_688),
        ("asclepios", -8_042),
    ],
)
def test_consultations_missing_to_reach_the_national_mean(five, territory, gap):
    row = five.loc[territory]
    missing = (3.7446 - row["apl_2023"]) * row["standardised_population_2023"]
    assert missing == pytest.approx(gap, abs=5)


def test_weights_of_the_schema_are_columns_that_are_summarised():
    for name in SUMMARISED:
        weight = COLUMNS[name].weight
        assert weight is None or weight in SUMMARISED
