"""The embedded national layer against the producers' own totals, and the areas made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo.geography.figures._areas import areas_of
from cpts_geo.schema import (
    AREA,
    AROUND,
    COLUMNS,
    EMBEDDED_FIGURES,
    FRANCE,
    Status,
    status_column,
)
from cpts_geo.settings import APL_LOW
from cpts_geo.sources.codes import PLM, WHOLE_OF
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.lands import roadless

#: Column of the export of Insee, and ours.
STATLOCALES = {
    "Médecin généraliste (en nombre) 2024": "gps_2024",
    "Urgences (en nombre) 2024": "emergency_departments_2024",
    "Infirmier (en nombre) 2024": "nurses_2024",
    "Pharmacie (en nombre) 2024": "pharmacies_2024",
}
#: methods.md §1.3: national means of the APL, and shares of people under 2.5.
MEANS = {"apl_2022": 3.7890, "apl_2023": 3.7446, "apl_65_2022": 3.3423, "apl_65_2023": 3.2947}
LOW = {"": {"2022": 0.149, "2023": 0.166}, "_65": {"2022": 0.250, "2023": 0.274}}
COUNTS = [name for name in EMBEDDED_FIGURES if COLUMNS[name].kind == "count"]
BPE = [name for name in COUNTS if COLUMNS[name].source == "insee_bpe_2024"]


@pytest.fixture(scope="module")
def communes():
    return pd.DataFrame(embedded.load_communes().drop(columns="geometry"))


@pytest.fixture(scope="module")
def layer():
    """Figures of all places, by code."""
    return embedded.load_figures().set_index("code_insee")


@pytest.fixture(scope="module")
def table(communes, layer):
    """Communes with their figures."""
    return communes.merge(layer.reset_index(), on="code_insee")


@pytest.fixture(scope="module")
def areas():
    return embedded.load_comparisons().set_index([*AREA, "indicator"]).sort_index()


def test_every_commune_then_every_arrondissement_once(communes, layer):
    assert layer.index.tolist() == [*communes["code_insee"], *sorted(WHOLE_OF)]
    for name in EMBEDDED_FIGURES:
        unknown = layer[status_column(name)] == Status.UNKNOWN.value
        assert unknown.equals(layer[name].isna())


def test_totals_of_the_bpe_2024(table, areas):
    assert table["gps_2024"].sum() == areas.at[("france", "FR", "gps_2024"), "value"] == 60_573
    departments = areas.at[("france", "FR", "emergency_departments_2024"), "value"]
    assert table["emergency_departments_2024"].sum() == departments == 700


def test_each_departement_has_the_totals_of_insee(official_dir, table, areas):
    published = pd.read_csv(
        official_dir / "insee_statlocales_departements_bpe2024.csv",
        sep=";", encoding="utf-8-sig", skiprows=2, dtype=str,
    ).set_index("Code")  # fmt: skip
    published = published[published.index.isin(table["departement"])]
    assert len(published) == 101
    sums = table.groupby("departement")[list(STATLOCALES.values())].sum()
    for label, name in STATLOCALES.items():
        expected = published[label].astype(float)
        pd.testing.assert_series_equal(sums[name], expected.sort_index(), check_names=False)
        compared = areas.xs(("departement", name), level=["area_level", "indicator"])["value"]
        pd.testing.assert_series_equal(compared, expected.sort_index(), check_names=False)


@pytest.mark.parametrize("name", MEANS)
def test_national_means_are_those_of_the_drees(areas, name):
    assert areas.at[("france", "FR", name), "value"] == pytest.approx(MEANS[name], abs=5.1e-5)


@pytest.mark.parametrize("cap", LOW)
@pytest.mark.parametrize("year", ["2022", "2023"])
def test_national_shares_of_people_under_the_threshold(areas, table, cap, year):
    share = areas.at[("france", "FR", f"share_low_apl{cap}_{year}"), "value"]
    assert share == pytest.approx(LOW[cap][year], abs=5e-4)
    # Straight from the communes: those whose APL is known, strictly under.
    known = table.dropna(subset=[f"apl{cap}_{year}"])
    people = known[f"apl_population_{year}"]
    low = people[known[f"apl{cap}_{year}"] < APL_LOW].sum() / people.sum()
    assert share == pytest.approx(low, abs=1e-6)


@pytest.mark.parametrize("level", AROUND, ids=lambda level: level.key)
def test_comparisons_are_sums_and_means_of_their_communes(table, areas, level):
    codes = areas_of(table, level)
    chosen = np.random.default_rng(13).choice(codes.unique(), size=min(8, codes.nunique()))
    for code in chosen:
        inside = table[codes == code]
        mine = areas.loc[(level.key, code)]
        for name in [*BPE, "population"]:
            assert mine.at[name, "value"] == inside[name].sum(), (code, name)
        for name in ("apl_2023", "apl_65_2022", "share_75plus_2022", "km_to_pharmacy_2024"):
            if name not in mine.index or pd.isna(mine.at[name, "value"]):
                assert inside[name].isna().mean() > 0.1, (code, name)
                continue
            known = inside[inside[name].notna() & (inside[COLUMNS[name].weight] > 0)]
            mean = np.average(known[name], weights=known[COLUMNS[name].weight])
            # A split commune weighs with the people of the parts it left: a few of a département.
            assert mine.at[name, "value"] == pytest.approx(mean, rel=5e-3), (code, name)
        density = mine.at["gps_2024", "value"] / mine.at["population", "value"] * 1e5
        assert mine.at["gps_per_100k_2024", "value"] == pytest.approx(density, abs=1e-5)


def test_every_area_has_a_name_of_its_own(communes, areas):
    names = areas["area_name"].droplevel("indicator")
    names = names[~names.index.duplicated()]
    assert names["france"].to_dict() == {FRANCE.code: "France"}
    for level in AROUND:
        if level.members:
            expected = communes.groupby(level.members)[level.names].first()
            assert names[level.key].to_dict() == expected.to_dict()
    # Overseas, départements and régions share a name, in métropole a code now and then.
    assert names[("region", "24")] != names[("departement", "24")]


def test_cities_are_the_sum_of_their_arrondissements(layer):
    for city, parts in PLM.items():
        sums = layer.loc[list(parts), BPE].sum()
        assert sums.to_dict() == layer.loc[city, BPE].to_dict()
        weights = layer.loc[list(parts), "standardised_population_2023"]
        mean = np.average(layer.loc[list(parts), "apl_2023"], weights=weights)
        assert layer.at[city, "apl_2023"] == pytest.approx(mean, abs=1e-3)


def test_no_figure_of_an_area_stands_in_a_cell_of_a_commune(communes, layer):
    # The densities of bassins de vie are of areas: no column of communes holds one.
    assert not {name for name in layer if COLUMNS.get(name) and COLUMNS[name].table == "areas"}
    basins = embedded.load_basins().set_index("bassin_de_vie")["gps_per_10k"]
    per_10k = communes.set_index("code_insee")["bassin_de_vie"].map(basins)
    for name in EMBEDDED_FIGURES:
        known = layer[name].reindex(per_10k.index)
        for scale in (1, 10):
            assert (known == per_10k * scale).mean() < 0.1, name


def test_what_each_producer_leaves_out_is_unknown_and_nothing_else(communes, layer):
    overseas = communes.set_index("code_insee")["departement"]
    islands = roadless(pd.Index(communes["code_insee"]))
    mayotte = overseas.index[overseas == "976"]
    dom = overseas.index[overseas.str.startswith("97")]
    for name in EMBEDDED_FIGURES:
        unknown = layer.index[layer[name].isna()]
        source = COLUMNS[name].source
        expected = {
            "drees_apl_2023": mayotte,
            "insee_rp_2022": [*mayotte, *WHOLE_OF],
            "insee_bpe_2017": [*dom, "75056", *WHOLE_OF],
            "insee_bpe_2024": [],
            # Nothing is at so many kilometres by a road that does not exist.
            "cartosante_distances_2024": communes["code_insee"][islands],
            "drees_minutes_2019": WHOLE_OF,
        }[source]
        assert set(expected) <= set(unknown), name
        assert len(unknown) - len(set(expected)) <= (50 if "bpe" not in source else 25), name
