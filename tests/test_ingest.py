"""Readers of the producers' files, on the real files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.errors import DataFileError
from cpts_geo.sources import embedded, official

#: methods.md §1.3.
NATIONAL = {
    2022: {
        "rows": 34_964,
        "mean": 3.7890,
        "mean_65": 3.3423,
        "tails": (1.466, 5.665),
        "quantiles": (1.911, 2.500, 3.267, 4.076, 4.853),
        "low": (0.149, 0.250),
        "supply": 254.5e6,
    },
    2023: {
        "rows": 34_954,
        "mean": 3.7446,
        "mean_65": 3.2947,
        "tails": (1.382, 5.627),
        "quantiles": (1.829, 2.419, 3.200, 4.073, 4.846),
        "low": (0.166, 0.274),
        "supply": 252.4e6,
    },
}


# --- DREES, accessibility ---------------------------------------------------------------


@pytest.fixture(scope="module", params=[2022, 2023])
def apl(request, official_dir):
    """One vintage of the APL under plain column names, with its year."""
    year = request.param
    table = official.read_apl(official_dir, year)
    table.columns = [name.removesuffix(f"_{year}") for name in table.columns]
    return year, table


def weighted_quantile(values: pd.Series, weights: pd.Series, level: float) -> float:
    """Smallest value under which at least `level` of the weight lies."""
    order = values.sort_values(kind="stable").index
    reached = weights[order].cumsum() >= level * weights.sum()
    return float(values[order][reached].iloc[0])


def test_apl_rows_and_codes(apl):
    year, table = apl
    assert len(table) == NATIONAL[year]["rows"]
    assert table["code_insee"].is_unique
    assert table["code_insee"].str.fullmatch(r"(?:\d{2}|2[AB])\d{3}").all()
    assert not table.isna().any().any()
    # Paris, Lyon and Marseille stand by arrondissement, and only so.
    assert set(table["code_insee"]).isdisjoint({"75056", "69123", "13055"})
    assert int(table["code_insee"].str.match(r"751\d\d|6938\d|132\d\d").sum()) == 45


def test_apl_national_means_and_supply(apl):
    year, table = apl
    expected = NATIONAL[year]
    weights = table["standardised_population"]
    assert np.average(table["apl"], weights=weights) == pytest.approx(expected["mean"], abs=1e-3)
    mean_65 = np.average(table["apl_65"], weights=weights)
    assert mean_65 == pytest.approx(expected["mean_65"], abs=1e-3)
    supply = (table["apl"] * weights).sum()
    assert supply == pytest.approx(expected["supply"], abs=0.06e6)


def test_apl_quantiles_of_people(apl):
    year, table = apl
    found = [
        weighted_quantile(table["apl_65"], table["apl_population"], level)
        for level in (0.10, 0.25, 0.50, 0.75, 0.90)
    ]
    assert found == pytest.approx(NATIONAL[year]["quantiles"], abs=1e-3)


def test_apl_tails(apl):
    year, table = apl
    ranked = table.sort_values("apl_65", kind="stable")
    share = ranked["apl_population"].cumsum() / ranked["apl_population"].sum()
    tails = [
        np.average(part["apl_65"], weights=part["standardised_population"])
        for part in (ranked[share <= 0.1], ranked[share > 0.9])
    ]
    assert tails == pytest.approx(NATIONAL[year]["tails"], abs=1e-3)


def test_apl_shares_of_people_under_the_threshold(apl):
    year, table = apl
    people = table["apl_population"]
    shares = [people[table[name] < settings.APL_LOW].sum() / people.sum()
              for name in ("apl", "apl_65")]  # fmt: skip
    assert shares == pytest.approx(NATIONAL[year]["low"], abs=1e-3)


def test_apl_standardised_population_sums_to_the_total(official_dir):
    table = official.read_apl(official_dir, 2023)
    assert table["standardised_population_2023"].sum() == pytest.approx(67_408_052, abs=1)
    assert table["apl_population_2023"].sum() == pytest.approx(67_408_052, abs=1)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("01001", (1.890, 1.828, 1.942, 1.881)),
        ("01002", (2.649, 2.059, 2.376, 1.767)),
        ("45030", (1.823, 1.582, 1.795, 1.318)),
    ],
)
def test_apl_of_known_communes(official_dir, code, values):
    found = []
    for year in (2022, 2023):
        row = official.read_apl(official_dir, year).set_index("code_insee").loc[code]
        found += [row[f"apl_{year}"], row[f"apl_65_{year}"]]
    assert found == pytest.approx(values, abs=5e-4)


def test_apl_of_another_year_is_refused(official_dir):
    with pytest.raises(DataFileError, match="pas de feuille APL 2019") as refused:
        official.read_apl(official_dir, 2019)
    assert "APL 2023" in refused.value.defects[0] or "APL_2023" in refused.value.defects[0]


def test_embedded_means_are_those_of_the_file(official_dir):
    france = embedded.load_comparisons().query("area_code == 'FR'").set_index("indicator")["value"]
    for year, expected in NATIONAL.items():
        # The few communes whose code has no known successor are left out: 1e-4 at most.
        assert france[f"apl_{year}"] == pytest.approx(expected["mean"], abs=1e-3)
        assert france[f"apl_65_{year}"] == pytest.approx(expected["mean_65"], abs=1e-3)
        low, low_65 = expected["low"]
        assert france[f"share_low_apl_{year}"] == pytest.approx(low, abs=1e-3)
        assert france[f"share_low_apl_65_{year}"] == pytest.approx(low_65, abs=1e-3)


# --- other producers --------------------------------------------------------------------


def test_bpe_2017_counts_the_doubled_row_once(official_dir):
    table = official.read_bpe_gps_2017(official_dir)
    assert table["code_insee"].is_unique
    assert table["gps_2017"].sum() == 58_031
    assert table["gps_2017"].min() == 1
    assert table.set_index("code_insee").at["58062", "gps_2017"] == 3


def test_bpe_2017_moved_loses_nobody_unseen(official_dir):
    before = official.read_bpe_gps_2017(official_dir).set_index("code_insee")["gps_2017"]
    unmoved = pd.read_csv(embedded.verified("unmoved_codes.csv"), dtype=str)
    lost = before[unmoved.loc[unmoved["source"] == "insee_bpe_2017", "code_insee"]].sum()
    france = embedded.load_comparisons().query("area_code == 'FR'").set_index("indicator")["value"]
    assert france["gps_2017"] + lost == before.sum()
    assert lost == 15


def test_departements_of_split_communes_hold_the_doctors_of_the_raw_file(official_dir):
    raw = official.read_bpe_gps_2017(official_dir)
    emergency = official.read_emergency_departments(official_dir)
    long = embedded.load_comparisons()
    table = long.pivot(index="area_code", columns="indicator", values="value")
    for area in ("15", "60", "85"):
        inside = raw["code_insee"].str.startswith(area)
        assert table.at[area, "gps_2017"] == raw.loc[inside, "gps_2017"].sum()
    for area in ("15", "27", "60", "85"):
        inside = emergency["code_insee"].str.startswith(area)
        counted = emergency.loc[inside, "emergency_departments_2020"].sum()
        assert table.at[area, "emergency_departments_2020"] == counted


def test_emergency_departments(official_dir):
    table = official.read_emergency_departments(official_dir)
    assert len(table) == 34_965
    assert table["code_insee"].is_unique
    assert table["emergency_departments_2020"].sum() == 698
    assert (table["emergency_departments_2020"] >= 0).all()
    assert table.set_index("code_insee").at["45234", "emergency_departments_2020"] >= 1


def test_share_of_the_aged(official_dir):
    table = official.read_share_75plus(official_dir)
    assert len(table) == 34_848
    assert table["share_75plus_2022"].between(0, 1).all()
    assert 0.09 < table["share_75plus_2022"].median() < 0.10
    assert table.set_index("code_insee").at["75056", "share_75plus_2022"] == pytest.approx(0.084)
    assert not table["code_insee"].str.startswith("976").any()


@pytest.mark.parametrize(
    ("area", "count", "density"),
    [
        ("45", 376, 54.4),
        ("85", 429, 59.3),
        ("42", 595, 76.6),
        ("37", 531, 85.6),
        ("41", 192, 58.6),
        ("FR", 51_775, 75.5),
    ],
)
def test_cnam(official_dir, area, count, density):
    table = official.read_cnam_gps(official_dir)
    assert table["departement"].is_unique
    row = table.set_index("departement").loc[area]
    assert (row["gps_cnam_2024"], row["gps_per_100k_cnam_2024"]) == (count, density)


def test_bpe_2024(official_dir):
    table = official.read_bpe_gps_2024(official_dir)
    assert table["departement"].is_unique
    assert len(table) == 101
    assert table["gps_bpe_2024"].sum() == 60_573
    assert table.set_index("departement").at["45", "gps_bpe_2024"] == 427
