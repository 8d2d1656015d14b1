"""The producers' files, from what they hold to what is embedded: nothing changed, nobody lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.geography.figures.by_commune import national_figures, parts_of
from cpts_geo.geography.figures.departments import department_totals
from cpts_geo.schema import Status, status_column
from cpts_geo.sources.codes import PLM, WHOLE_OF
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.embedded_data import _read_sources

GPS = "Médecins généralistes (hors médecins à expertise particulière - MEP)"
MEP = "Médecins généralistes à expertise particulière (MEP)"

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
def apl(request, official_table):
    """One vintage of the APL, with its year."""
    table = official_table("drees_apl_2023")
    return request.param, table[table["vintage"] == request.param].drop(columns="vintage")


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
    assert set(table["code_insee"]).isdisjoint(PLM)
    assert int(table["code_insee"].str.match(r"751\d\d|6938\d|132\d\d").sum()) == 45


def test_apl_national_means_and_supply(apl):
    year, table = apl
    expected = NATIONAL[year]
    weights = table["standardised_population"]
    assert np.average(table["apl"], weights=weights) == pytest.approx(expected["mean"], abs=5e-4)
    mean_65 = np.average(table["apl_65"], weights=weights)
    assert mean_65 == pytest.approx(expected["mean_65"], abs=5e-4)
    supply = (table["apl"] * weights).sum()
    assert supply == pytest.approx(expected["supply"], abs=0.06e6)


def test_apl_quantiles_of_people(apl):
    year, table = apl
    found = [
        weighted_quantile(table["apl_65"], table["total_population"], level)
        for level in (0.10, 0.25, 0.50, 0.75, 0.90)
    ]
    assert found == pytest.approx(NATIONAL[year]["quantiles"], abs=1e-3)


def test_apl_tails(apl):
    year, table = apl
    ranked = table.sort_values("apl_65", kind="stable")
    share = ranked["total_population"].cumsum() / ranked["total_population"].sum()
    tails = [
        np.average(part["apl_65"], weights=part["standardised_population"])
        for part in (ranked[share <= 0.1], ranked[share > 0.9])
    ]
    assert tails == pytest.approx(NATIONAL[year]["tails"], abs=1e-3)


def test_apl_shares_of_people_under_the_threshold(apl):
    year, table = apl
    people = table["total_population"]
    shares = [people[table[name] < settings.APL_LOW].sum() / people.sum()
              for name in ("apl", "apl_65")]  # fmt: skip
    assert shares == pytest.approx(NATIONAL[year]["low"], abs=1e-3)


def test_apl_standardised_population_sums_to_the_total(official_table):
    table = official_table("drees_apl_2023").query("vintage == 2023")
    assert table["standardised_population"].sum() == pytest.approx(67_408_052, abs=1)
    assert table["total_population"].sum() == pytest.approx(67_408_052, abs=1)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("01001", (1.890, 1.828, 1.942, 1.881)),
        ("01002", (2.649, 2.059, 2.376, 1.767)),
        ("45030", (1.823, 1.582, 1.795, 1.318)),
    ],
)
def test_apl_of_known_communes(official_table, code, values):
    rows = official_table("drees_apl_2023").set_index(["code_insee", "vintage"])
    found = rows.loc[[(code, 2022), (code, 2023)], ["apl", "apl_65"]].to_numpy().ravel()
    assert found == pytest.approx(values, abs=5e-4)


def test_embedded_means_are_those_of_the_file(official_dir):
    france = embedded.load_comparisons().query("area_code == 'FR'").set_index("indicator")["value"]
    for year, expected in NATIONAL.items():
        # No commune is left out: the published mean, to its last decimal.
        assert france[f"apl_{year}"] == pytest.approx(expected["mean"], abs=6e-5)
        assert france[f"apl_65_{year}"] == pytest.approx(expected["mean_65"], abs=6e-5)
        low, low_65 = expected["low"]
        assert france[f"share_low_apl_{year}"] == pytest.approx(low, abs=1e-3)
        assert france[f"share_low_apl_65_{year}"] == pytest.approx(low_65, abs=1e-3)


# --- other producers --------------------------------------------------------------------


def counted(table: pd.DataFrame, facility: str) -> pd.Series:
    """Counts of one facility, by place."""
    return table[table["facility"] == facility].set_index("code_insee")["count"]


# --- what is made of them -----------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(official_dir):
    """Every table that the embedded data are compiled from."""
    return _read_sources(official_dir)


@pytest.fixture(scope="module")
def national(tables):
    """Figures of every place, by code, and the codes that were lost."""
    figures, lost = national_figures(parts_of(tables), embedded.load_communes())
    return figures.set_index("code_insee"), lost


@pytest.fixture(scope="module")
def compared():
    """Embedded comparisons: one row a département or France, one column an indicator."""
    long = embedded.load_comparisons().query("area_level != 'region'")
    return long.pivot(index="area_code", columns="indicator", values="value")


def test_sources_read_are_those_of_the_catalogue(tables):
    assert set(tables) == {
        "drees_apl_2023",
        "insee_bpe_2017",
        "insee_bpe_2024",
        "insee_rp_2022",
        "cnam_2024",
        "drees_tvs_2019",
        "insee_bassins_de_vie_2022",
        "cartosante_distances_2024",
        "cartosante_basins_2024",
        "spf_sursaud_2024",
        "drees_minutes_2019",
        "drees_apl_history",
    }


def test_no_code_is_lost_and_every_count_arrives_whole(tables, national):
    figures, lost = national
    assert lost.empty
    counts = {name: part.table[name].sum() for part in parts_of(tables) for name in part.counts}
    assert counts["gps_2017"] == 58_031
    assert counts["gps_2024"] == 60_573
    assert counts["emergency_departments_2024"] == 700
    communes = figures.drop(list(WHOLE_OF))
    for name in counts.keys() & set(communes):
        total = counts[name]
        assert communes[name].sum() == pytest.approx(total, rel=1e-12), name
    for year in NATIONAL:
        weight = f"standardised_population_{year}"
        raw = tables["drees_apl_2023"].query(f"vintage == {year}")
        supply = (raw["apl"] * raw["standardised_population"]).sum()
        assert (communes[f"apl_{year}"] * communes[weight]).sum() == pytest.approx(
            supply, rel=1e-12
        )


def test_embedded_figures_are_those_of_the_files(national):
    figures, _ = national
    mine = embedded.load_figures().set_index("code_insee")
    pd.testing.assert_frame_equal(figures.loc[mine.index, list(mine)], mine, rtol=1e-12)


def test_statuses_say_what_is_known(national):
    figures, _ = national
    for name in (name for name in figures if not name.endswith("_status")):
        unknown = figures[status_column(name)] == Status.UNKNOWN.value
        assert unknown.equals(figures[name].isna()), name
    # Split since the BPE 2017: its doctors are known of the whole, and not of the part.
    assert figures.loc["14712", ["gps_2017", "gps_2017_status"]].tolist() == [5, "estimated"]
    assert figures.at["14666", "gps_2017_status"] == "unknown"
    # The APL and the BPE 2024 came after that split, and know both.
    rows = figures.loc[["14712", "14666"]]
    for name, status in (
        ("apl_2022", "computed"), ("apl_2023", "computed"),
        ("emergency_departments_2024", "measured"),
    ):  # fmt: skip
        assert set(rows[status_column(name)]) == {status}
    overseas = figures.index.str.startswith("97")
    assert figures.loc[overseas, "gps_2017"].isna().all()
    assert figures.loc[overseas & ~figures.index.str.startswith("976"), "apl_2023"].notna().all()


def test_embedded_doctors_are_those_of_the_file(official_table, compared):
    before = counted(official_table("insee_bpe_2017"), "gps")
    assert compared.at["FR", "gps_2017"] == before.sum() == 58_031
    departement = before.index.str[:2].where(before.index != "14513", "50")  # Pont-Farcy
    sums = before.groupby(departement).sum()
    found = compared["gps_2017"].drop("FR").dropna()
    assert found[sums.index].to_dict() == sums.to_dict()
    assert found.sum() == 58_031


def test_departements_of_split_communes_hold_the_emergencies_of_the_file(official_table, compared):
    emergency = counted(official_table("insee_bpe_2024"), "emergency_departments")
    for area in ("14", "15", "27", "60", "85"):
        inside = emergency[emergency.index.str.startswith(area)]
        assert compared.at[area, "emergency_departments_2024"] == inside.sum()
    assert compared.at["FR", "emergency_departments_2024"] == 700


def test_totals_by_departement(tables, compared):
    totals = department_totals(tables["cnam_2024"]).droplevel("area_level")
    assert len(totals) == 102
    assert totals.notna().all(axis=None)
    assert totals.loc["45"].tolist() == [376, 27, 54.4]
    assert totals.loc["FR"].tolist() == [51_775, 3_771, 75.5]
    pd.testing.assert_frame_equal(compared.loc[totals.index, list(totals)], totals,
                                  check_names=False, check_dtype=False)  # fmt: skip


def test_masked_count_is_no_total():
    rows = [("45", GPS, 376.0, False), ("45", MEP, 0.0, True), ("41", GPS, 192.0, False),
            ("41", MEP, 6.0, False)]  # fmt: skip
    cnam = pd.DataFrame(rows, columns=["departement", "profession", "low", "masked"])
    cnam = cnam.assign(high=4.0, density=50.0)
    before = cnam.copy()
    totals = department_totals(cnam).droplevel("area_level")
    assert np.isnan(totals.at["45", "gps_mep_cnam_2024"])
    assert totals.loc["41"].tolist() == [192, 6, 50]
    assert cnam.equals(before)
