"""A territory beside its départements and France, and what is said to be unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cpts_geo.geography.perimeters.outlines import territory_communes
from cpts_geo.indicators.comparison import compare_areas
from cpts_geo.indicators.densities import poisson_interval
from cpts_geo.schema import AREA, COLUMNS, COMPARED, LEVELS
from cpts_geo.sources.embedding import embedded

NAMES = pd.Series(
    {
        "ouest_loiret": "CPTS Ouest Loiret",
        "beauce_gatinais": "CPTS Beauce-Gâtinais",
        "lvo": "CPTS Loire-Vendée-Océan",
        "asclepios": "CPTS Asclépios",
        "ondaine_forez": "CPTS Ondaine-Forez",
    }
)
KEYS = ["territory", "area_code", "indicator"]
#: Published for départements alone, in a file that is fetched: no row until then.
ONLY_FETCHED = {"share_ald_without_mt"}
#: Of every commune, whatever the producers of figures say of it.
NATIONAL = {"population", "area_km2", "density_km2"}
#: What no file of communes says: producers publish it of areas, or the analyst brings it.
OF_AREAS = {
    "share_without_mt",
    "gps_per_100k_published",
    "gps_cnam_2024",
    "gps_mep_cnam_2024",
    "gps_per_100k_cnam_2024",
}


@pytest.fixture(scope="module")
def communes():
    return embedded.load_communes()


@pytest.fixture(scope="module")
def table(communes):
    inside = territory_communes(
        embedded.load_perimeters().query("source == 'communiques'"),
        communes,
        figures=embedded.load_figures(),
    )
    return compare_areas(
        inside,
        embedded.load_comparisons(),
        names=NAMES,
        facts=embedded.load_facts(),
        basins=embedded.load_basins(),
    )


@pytest.fixture(scope="module")
def rows(table):
    return table.set_index(KEYS).sort_index()


def compared(communes, codes, *, facts=None, **figures) -> pd.DataFrame:
    """Comparison of a perimeter of a few communes, some of whose figures are changed."""
    members = pd.DataFrame(
        {"code_insee": codes, "territory": "essai", "published": "", "basis": "", "note": ""}
    )
    inside = territory_communes(members, communes, figures=embedded.load_figures())
    found = compare_areas(
        inside.assign(**figures),
        embedded.load_comparisons(),
        names=pd.Series({"essai": "Essai"}),
        facts=embedded.load_facts() if facts is None else facts,
        basins=embedded.load_basins(),
    )
    return found.set_index(["area_code", "indicator"])


# --- Poisson interval -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "people", "low", "high"),
    [(1, 1, 0.025, 5.57), (24, 0.8, 19.2, 44.6), (0, 1, 0, 3.689), (10, 1, 4.795, 18.39)],
)
def test_interval_of_a_published_count(count, people, low, high):
    found = [bound / people for bound in poisson_interval(count)]
    assert found[0] == pytest.approx(low, abs=0.05 if people < 1 else 0.0006)
    assert found[1] == pytest.approx(high, abs=0.05 if people < 1 else 0.005)


def test_interval_of_an_unknown_count_is_unknown():
    assert np.isnan(poisson_interval(np.nan)).all()


@given(count=st.integers(0, 3000), level=st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_interval_is_the_exact_one(count, level):
    low, high = poisson_interval(count, level=level)
    assert low <= count <= high
    # By definition: the observed count is in each tail with half the remaining probability.
    tail = (1 - level) / 2
    assert stats.poisson.cdf(count, high) == pytest.approx(tail, rel=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(tail, rel=1e-6)


@given(count=st.integers(0, 500))
def test_interval_widens_with_its_level(count):
    bounds = [poisson_interval(count, level=level) for level in (0.5, 0.8, 0.95)]
    lows, highs = zip(*bounds, strict=True)
    assert sorted(lows, reverse=True) == list(lows)
    assert sorted(highs) == list(highs)


# --- what is compared ---------------------------------------------------------------------


def test_every_indicator_of_every_area_once(table):
    assert not table.duplicated(KEYS).any()
    sizes = table.groupby(["territory", *AREA]).size()
    assert set(sizes) == {len(COMPARED) - len(ONLY_FETCHED)}
    areas = table.groupby("territory")["area_code"].unique().map(set).to_dict()
    assert areas["ondaine_forez"] == {"ondaine_forez", "42", "43", "84", "FR"}
    assert areas["asclepios"] == {"asclepios", "37", "41", "24", "FR"}
    assert areas["beauce_gatinais"] == {"beauce_gatinais", "45", "24", "FR"}
    assert set(table["area_level"]) == {level.key for level in LEVELS}


def test_a_departement_that_is_its_whole_region_stands_once(communes):
    guadeloupe = compared(communes, ["97101", "97105"])
    found = guadeloupe[["area_level", "area_name"]].drop_duplicates()
    assert found.to_records(index=False).tolist() == [
        ("cpts", "Essai"), ("departement", "Guadeloupe"), ("france", "France"),
    ]  # fmt: skip


def test_unknown_and_missing_go_together(table):
    unknown = table["status"] == "unknown"
    assert unknown.equals(table["value"].isna())
    assert (table.loc[~unknown, "source"] != "").all()
    assert table.loc[~unknown, "grade"].isin(list("ABCD")).all()


def test_published_densities_stand_where_they_belong(rows):
    # What a territory says of itself is announced; what it says of France is a producer's.
    places = {
        "beauce_gatinais": (30, "announced"), "45": (57, "announced"), "FR": (87, "announced"),
    }  # fmt: skip
    for area, (value, status) in places.items():
        row = rows.loc[("beauce_gatinais", area, "gps_per_100k_published")]
        assert (row["value"], row["status"], row["grade"]) == (value, status, "B")
        said = f"{row['source']} {row['note']}"
        assert "15 décembre 2021" in said
        assert "champ et millésime non précisés" in said
    # The département and France are the same beside another territory, which has none itself.
    assert rows.at[("ouest_loiret", "45", "gps_per_100k_published"), "value"] == 57
    assert np.isnan(rows.at[("ouest_loiret", "ouest_loiret", "gps_per_100k_published"), "value"])
    assert np.isnan(rows.at[("lvo", "85", "gps_per_100k_published"), "value"])


def test_two_counts_of_gps_are_never_mixed(rows):
    france = rows.loc[("lvo", "FR")]
    assert france.at["gps_2024", "value"] == 60_573
    assert france.at["gps_cnam_2024", "value"] == 51_775
    assert rows.at[("beauce_gatinais", "45", "gps_2024"), "value"] == 427
    assert france.at["gps_2024", "source"] != france.at["gps_cnam_2024", "source"]
    assert rows.at[("beauce_gatinais", "beauce_gatinais", "gps_2024"), "value"] == 37
    # The Cnam publishes none of a territory: unknown there, not zero.
    for territory in NAMES.index:
        assert rows.at[(territory, territory, "gps_cnam_2024"), "status"] == "unknown"


def test_the_density_of_basins_is_a_mean_and_says_so(rows, communes):
    basins = embedded.load_basins().set_index("bassin_de_vie")["gps_per_10k"]
    members = embedded.load_perimeters().query("territory == 'beauce_gatinais'")["code_insee"]
    inside = communes[communes["code_insee"].isin(members)]
    per_100k = inside["bassin_de_vie"].map(basins) * 10
    row = rows.loc[("beauce_gatinais", "beauce_gatinais", "gps_per_100k_cartosante_2024")]
    expected = np.average(per_100k, weights=inside["population"])
    assert row["value"] == pytest.approx(expected)
    assert row["status"] == "estimated"
    assert "bassin" in f"{row['source']} {row['note']}"
    # Nobody publishes the people behind it: no interval.
    assert np.isnan(row["low"])


def test_share_without_mt_only_where_it_is_published(table):
    shares = table[table["indicator"] == "share_without_mt"]
    known = shares[shares["value"].notna()].set_index(["territory", "area_code"])["value"]
    assert known.to_dict() == {
        ("beauce_gatinais", "beauce_gatinais"): 0.30,
        ("ondaine_forez", "ondaine_forez"): 0.02,
    } | {(key, "FR"): 0.11 for key in shares["territory"]}
    assert set(shares.loc[shares["value"].isna(), "status"]) == {"unknown"}


def test_published_shares_say_which_ages_they_are_of(table):
    bases = table[table["base"] != ""].set_index(["area_code", "indicator"])["base"]
    assert bases.to_dict() == {
        ("beauce_gatinais", "share_without_mt"): "tous âges",
        ("ondaine_forez", "share_without_mt"): "plus de 16 ans",
        ("FR", "share_without_mt"): "17 ans et plus",
    }


@pytest.mark.parametrize("base", ["17 ans et plus", np.nan])
def test_base_of_a_fact_is_shown_and_may_be_missing(communes, base):
    fact = {"territory": "france", "fact": "share_without_mt_france", "value": 0.11}
    fact |= {"definition": "", "document": "Assurance maladie", "grade": "B", "base": base}
    table = compared(communes, ["85047"], facts=pd.DataFrame([fact]))
    row = table.loc[("FR", "share_without_mt")]
    assert row["value"] == 0.11
    assert row["base"] == ("" if pd.isna(base) else base)


#: By area: GPs and density of the Cnam, APL 2023, of all doctors and of those up to 65.
OFFICIAL = {
    "45": (376, 54.4, 2.6217, 2.1237), "41": (192, 58.6, 2.7704, 2.3177),
    "37": (531, 85.6, 4.1076, 3.7452), "42": (595, 76.6, 3.5226, 3.3195),
    "43": (None, None, 3.5276, 3.2866), "85": (429, 59.3, 2.9864, 2.7841),
    "FR": (51_775, 75.5, 3.7446, 3.2947),
}  # fmt: skip


@pytest.mark.parametrize("area", OFFICIAL)
def test_official_figures_stand_beside_the_published_ones(table, area):
    of_area = table[table["area_code"] == area].drop_duplicates("indicator")
    value = of_area.set_index("indicator")["value"]
    count, density, apl, apl_65 = OFFICIAL[area]
    if count:
        assert value["gps_cnam_2024"] == count
        assert value["gps_per_100k_cnam_2024"] == density
    tolerance = 5.1e-5 if area != "FR" else 1e-3
    assert value["apl_2023"] == pytest.approx(apl, abs=tolerance)
    assert value["apl_65_2023"] == pytest.approx(apl_65, abs=tolerance)


def test_intervals_stand_on_the_density_of_a_counted_supply(table):
    # Of the schema: a density that is added is held to the same.
    counted = [
        n for n, c in COLUMNS.items() if c.per > 1 and c.table == "computed" and not c.fetched
    ]
    whole = [name for name in counted if COLUMNS[COLUMNS[name].numerator].whole]
    assert "gps_per_100k_2017" in whole
    density = table["indicator"].isin(whole)
    assert table.loc[~density, ["low", "high"]].isna().all().all()
    known = table[density & table["value"].notna()]
    assert (known["low"] < known["value"]).all()
    assert (known["value"] < known["high"]).all()
    assert table.loc[table["indicator"] == "gps_per_100k_2017", "value"].notna().all()
    widths = (known["high"] - known["low"]) / known["value"]
    # Few of them, wide interval: every CPTS is less sure than any département, then France.
    by_level = widths.groupby([known["indicator"], known["area_level"]])
    narrow, wide = by_level.min().unstack(), by_level.max().unstack()
    assert set(narrow.index) == set(whole)
    assert (narrow["cpts"] > wide["departement"]).all()
    assert (narrow["departement"] > wide["region"]).all()
    assert (narrow["region"] > wide["france"]).all()


def test_interval_is_the_count_s(rows):
    row = rows.loc[("beauce_gatinais", "beauce_gatinais", "gps_per_100k_2017")]
    count = rows.at[("beauce_gatinais", "beauce_gatinais", "gps_2017"), "value"]
    low, high = poisson_interval(count)
    assert row["low"] == pytest.approx(low * row["value"] / count)
    assert row["high"] == pytest.approx(high * row["value"] / count)


def test_density_of_no_doctor_has_an_upper_bound(communes):
    # Three neighbours of the Loiret in which the BPE 2017 counts nobody.
    codes = ["45019", "45020", "45021"]
    density = compared(communes, codes, gps_2017=0.0).loc[("essai", "gps_per_100k_2017")]
    people = communes.set_index("code_insee").loc[codes, "population_2017"].sum()
    assert density["value"] == density["low"] == 0
    assert density["high"] == pytest.approx(3.6889 / people * 1e5, rel=1e-4)
    assert "intervalle" not in density["note"]


def test_density_whose_count_is_unknown_says_that_it_has_no_interval(communes):
    codes = ["45234", "45075"]  # Orléans, and a commune of 9 % of the people of both
    known = {"gps_2017": [90.0, np.nan], "gps_2017_status": ["measured", "unknown"]}
    rows = compared(communes, codes, **known).loc["essai"]
    density = rows.loc["gps_per_100k_2017"]
    assert rows.at["gps_2017", "status"] == "unknown"
    assert density["value"] > 0
    assert np.isnan(density["low"])
    assert np.isnan(density["high"])
    assert density["note"].startswith("1 commune sans donnée (")
    assert density["note"].endswith(" ; sans intervalle : nombre incomplet")


# --- far from the five, and overseas -----------------------------------------------------


@pytest.fixture(scope="module")
def finistere(communes):
    return compared(communes, ["29019", "29232", "29151"])


def test_every_figure_of_communes_is_known_far_from_the_five(finistere):
    mine = finistere.loc["essai"]
    fetched = {name for name in COMPARED if COLUMNS[name].fetched}
    assert set(mine.index[mine["value"].isna()]) == (fetched | OF_AREAS) - ONLY_FETCHED
    around = finistere.loc[["29", "53"]].drop(
        list((fetched | OF_AREAS) - ONLY_FETCHED), level="indicator"
    )
    assert around["value"].notna().all()


def test_figures_that_nobody_publishes_are_unknown_not_zero(communes):
    mayotte = compared(communes, ["97608", "97611"]).loc["essai"]
    of_mayotte = {"apl_2023", "apl_65_2023", "share_low_apl_2023", "share_75plus_2022"}
    # The BPE 2017 by commune is that of métropole.
    unknown = sorted(of_mayotte | {"gps_2017", "gps_per_100k_2017"})
    assert mayotte.loc[unknown, ["value", "low", "high"]].isna().all().all()
    assert set(mayotte.loc[unknown, "status"]) == {"unknown"}
    assert mayotte.at["gps_2024", "value"] > 0


def test_population_and_area_are_known_everywhere(finistere, communes):
    mine = finistere.loc["essai"]
    rows = communes[communes["code_insee"].isin(["29019", "29232", "29151"])]
    assert mine.at["population", "value"] == rows["population"].sum()
    assert mine.at["area_km2", "value"] == pytest.approx(rows["area_km2"].sum())
    density = rows["population"].sum() / rows["area_km2"].sum()
    assert mine.at["density_km2", "value"] == pytest.approx(density)
    assert set(mine.loc[sorted(NATIONAL), "status"]) == {"measured"}


def test_its_departement_and_france_are_known(finistere):
    departement = finistere.loc["29"]
    assert departement.at["apl_2023", "area_name"] == "Finistère"
    assert departement.at["apl_2023", "value"] > 1
    assert departement.at["gps_cnam_2024", "value"] > 100
    assert finistere.at[("FR", "gps_cnam_2024"), "value"] == 51_775
    assert finistere.at[("53", "population"), "area_name"] == "Bretagne"


def test_facts_of_other_territories_do_not_leak(finistere):
    # The press release's France stays; a CPTS that is not compared brings nothing.
    assert finistere.at[("FR", "gps_per_100k_published"), "value"] == 87
    assert finistere.loc["essai"].at["share_without_mt", "status"] == "unknown"
