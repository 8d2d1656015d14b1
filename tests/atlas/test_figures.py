"""Figures of every commune: sources of any COG side by side, a known zero never mistaken."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpts_geo.geography.figures._parts import Part, _best_cog
from cpts_geo.geography.figures.by_commune import (
    _apl_parts,
    cog_of,
    national_figures,
    parts_of,
)
from cpts_geo.schema import FIGURE_COLUMNS, PUBLISHED, Status, status_column
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import PLM, WHOLE_OF
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check

#: 01010 joined 01001 in 2022; nobody knows what became of 01099; 01006 left 01005 in 2024;
#: 02 and 03 have no doctor, 97 is overseas.
EVENTS = check(
    pd.DataFrame(
        [
            (2022, True, "fusion", "01010", "01001", None, "essai"),
            (2023, True, "retrait", "01099", None, None, "essai"),
            (2024, True, "scission", "01005", "01005", "01005", "essai"),
            (2024, True, "scission", "01005", "01006", "01006", "essai"),
        ],
        columns=["year", "dated", "event", "from_code", "to_code", "former_codes", "evidence"],
    ).astype(dict.fromkeys(["event", "from_code", "to_code", "former_codes", "evidence"], "str")),
    "cog_events",
)
COMMUNES = pd.DataFrame(
    [
        ("01001", "01", 500, 480.0, None),
        ("01002", "01", 100, 110.0, None),
        ("01005", "01", 60, 55.0, "01005 01006"),
        ("01006", "01", 30, 35.0, "01005 01006"),
        ("02001", "02", 70, 75.0, None),
        ("03001", "03", 80, np.nan, None),
        ("75056", "75", 900, 950.0, None),
        ("97101", "971", 40, 45.0, None),
    ],
    columns=["code_insee", "departement", "population", "population_2017", "split_family"],
)
CODES = COMMUNES["code_insee"].tolist()
#: Codes of the COG 2021, arrondissements aside.
CODES_2021 = ["01001", "01002", "01005", "01010", "01099", "02001", "03001", "97101"]


def figures_of(*parts: Part):
    """Figures of communes by code, and the lost codes as pairs."""
    found, lost = national_figures(parts, COMMUNES, events=EVENTS)
    assert found["code_insee"].tolist() == [*CODES, *sorted(WHOLE_OF)]
    return found.set_index("code_insee").loc[CODES], list(
        zip(lost["source"], lost["code_insee"], strict=True)
    )


def doctors(counts: dict[str, float], *, cog: int = 2021, **options) -> Part:
    """A list of equipped communes."""
    codes = pd.Series(list(counts), dtype=str)
    table = pd.DataFrame({"code_insee": codes, "gps_2017": list(counts.values())})
    options = {"equipped_only": True, "overseas": False} | options
    return Part("bpe", table, cog, ("gps_2017",), **options)


def known(figures: pd.DataFrame, name: str) -> dict[str, tuple[float, str]]:
    """Value and status by code, of what is known; the rest is said to be unknown."""
    status = figures[status_column(name)]
    assert (status == Status.UNKNOWN.value).equals(figures[name].isna())
    pairs = zip(figures[name], status, strict=True)
    return {
        code: pair for code, pair in zip(figures.index, pairs, strict=True) if pair[0] == pair[0]
    }


# --- what sources bring -------------------------------------------------------------------


def facilities(*rows: tuple[str, str, int], left_out: tuple[str, ...] = ()) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["code_insee", "facility", "count"])
    table.attrs["left_out"] = list(left_out)
    return table


FACILITIES_COUNTED = (
    "gps", "emergency_departments", "pharmacies", "nurses", "health_houses", "health_centres",
)  # fmt: skip


def apl_table(rows: list[tuple]) -> pd.DataFrame:
    names = ["code_insee", "vintage", "apl", "apl_65", "standardised_population"]
    return pd.DataFrame(rows, columns=[*names, "total_population"])


def test_parts_of_the_sources():
    parts = parts_of(
        {
            "drees_apl_2023": apl_table([("01001", 2023, 3.5, 3.0, 90.0, 100.0)]),
            "cnam_2024": pd.DataFrame({"departement": ["45"]}),
            "insee_bpe_2017": facilities(("01001", "gps", 3)),
            "insee_bpe_2024": facilities(
                ("01001", "emergency_departments", 3), ("01001", "dentists", 2)
            ),
            "insee_rp_2022": pd.DataFrame({"code_insee": ["01001"], "share_75plus": [0.1]}),
            "insee_bpe_2025": facilities(
                ("01001", "gps", 4),
                ("01001", "emergency_departments", 1),
                ("01001", "pharmacies", 2),
                left_out=("01002",),
            ),
        }
    )
    said = [(p.source, p.counts, p.cog, p.equipped_only, p.overseas, p.unknown) for p in parts]
    nobody, left_out = frozenset[str](), frozenset({"01002"})
    people = ("standardised_population_2023", "apl_population_2023")
    assert said == [
        ("drees_apl_2023 2023", people, 2024, False, True, nobody),
        ("insee_bpe_2017", ("gps_2017",), 2018, True, False, nobody),
        # What a file never lists it does not count: no GP, no pharmacy of 2024 is zero here.
        ("insee_bpe_2024", ("emergency_departments_2024",), 2024, True, True, nobody),
        ("insee_rp_2022", ("evenly",), 2026, False, True, nobody),
        ("insee_bpe_2025", ("gps_2025",), 2026, True, True, left_out),
        ("insee_bpe_2025", ("emergency_departments_2025",), 2026, True, True, left_out),
        ("insee_bpe_2025", ("pharmacies_2025",), 2026, True, True, left_out),
    ]
    for part in parts:
        assert list(part.table["code_insee"]) == ["01001"]
        assert set(part.table) == {"code_insee", *part.counts, *part.rates}
        assert set(part.rates.values()) <= set(part.counts)
    assert [int(part.table[part.counts[0]].iloc[0]) for part in parts] == [90, 3, 3, 1, 4, 1, 2]


def test_apl_of_each_vintage_is_its_own_part_in_the_next_cog():
    rows = [("01001", year, 3.0, 2.5, 90.0, 100.0) for year in (2024, 2019, 2022)]
    table = apl_table(rows)
    before = table.copy()
    first, last = _apl_parts(table, source="drees_apl_2024")
    assert table.equals(before)
    assert (first.source, first.cog) == ("drees_apl_2024 2022", 2023)
    # Columns of 2019 are in no table of ours.
    assert (last.source, last.cog) == ("drees_apl_2024 2024", 2025)
    assert first.table.to_dict("records") == [
        {
            "code_insee": "01001",
            "apl_2022": 3.0,
            "apl_65_2022": 2.5,
            "standardised_population_2022": 90.0,
            "apl_population_2022": 100.0,
        }
    ]
    weight = "standardised_population_2022"
    assert first.rates == {"apl_2022": weight, "apl_65_2022": weight}
    assert not first.equipped_only


def test_every_column_of_a_part_is_a_figure_of_the_schema():
    tables = {
        "drees_apl_2024": apl_table([("01001", y, 3.0, 2.5, 9.0, 9.0) for y in (2022, 2023, 2024)]),
        **{
            key: facilities(*(("01001", facility, 1) for facility in FACILITIES_COUNTED))
            for key in ("insee_bpe_2017", "insee_bpe_2024", "insee_bpe_2025")
        },
        "insee_rp_2022": pd.DataFrame({"code_insee": ["01001"], "share_75plus": [0.1]}),
        "drees_minutes_2019": pd.DataFrame({"code_insee": ["01001"], PUBLISHED.quantity: [20.0]}),
        "cartosante_distances_2024": pd.DataFrame(
            {"code_insee": ["01001"], "km_to_emergency": [3.0], "km_to_pharmacy": [0.0]}
        ),
    }
    brought = [name for part in parts_of(tables) for name in (*part.counts, *part.rates)]
    brought = [name for name in brought if name != "evenly"]
    assert len(brought) == len(set(brought))
    assert set(brought) == set(FIGURE_COLUMNS) - {"gps_rpps"}


def test_cog_of_a_source_is_the_one_of_the_catalogue():
    assert cog_of("insee_bpe_2024") == 2024
    assert cog_of("insee_bpe_2025") == COG_YEAR


# --- known zeros, unknown figures -----------------------------------------------------------


def test_communes_out_of_a_list_of_equipped_ones_have_none():
    figures, lost = figures_of(doctors({"01001": 2, "01010": 1, "75056": 9}))
    # 01010 joined 01001. Overseas is not covered; 01006 was no commune yet.
    assert known(figures, "gps_2017") == {
        "01001": (3, "measured"),
        "01002": (0, "measured"),
        "01005": (0, "measured"),
        "02001": (0, "measured"),
        "03001": (0, "measured"),
        "75056": (9, "measured"),
    }
    assert lost == []


def test_list_that_covers_overseas_knows_its_zeros_there():
    figures, _ = figures_of(doctors({"01001": 2}, overseas=True))
    assert figures.loc["97101", ["gps_2017", "gps_2017_status"]].tolist() == [0, "measured"]


def test_list_of_every_commune_leaves_nothing_but_unknowns_out():
    figures, _ = figures_of(doctors({"01001": 2, "01002": 0}, equipped_only=False))
    assert known(figures, "gps_2017") == {"01001": (2, "measured"), "01002": (0, "measured")}


def test_part_of_an_equipped_commune_that_was_split_is_unknown():
    figures, _ = figures_of(doctors({"01005": 4}))
    rows = known(figures, "gps_2017")
    assert rows["01005"] == (4, "estimated")
    assert "01006" not in rows


@pytest.mark.parametrize("cog", [2021, COG_YEAR])
def test_codes_said_to_be_unknown_are_never_zero(cog):
    part = doctors({"01001": 2}, cog=cog, unknown=frozenset({"01002", "02001"}))
    rows = known(figures_of(part)[0], "gps_2017")
    assert not {"01002", "02001"} & set(rows)
    assert rows["01005"] == (0, "measured")


def test_list_in_the_current_cog_knows_every_commune_of_today():
    rows = known(figures_of(doctors({"01005": 4}, cog=COG_YEAR, overseas=True))[0], "gps_2017")
    assert set(rows) == set(CODES)
    assert rows["01005"] == (4, "measured")
    assert rows["01006"] == rows["03001"] == (0, "measured")


def test_unknown_count_of_a_listed_commune_stays_unknown():
    figures, _ = figures_of(doctors({"01001": 2, "01002": np.nan}, equipped_only=False))
    assert set(known(figures, "gps_2017")) == {"01001"}


@settings(deadline=None, max_examples=20)
@given(
    st.dictionaries(st.sampled_from(CODES_2021), st.integers(1, 500)),
    st.booleans(),
    st.sets(st.sampled_from(CODES)),
)
def test_every_count_arrives_or_is_listed(counts, overseas, unknown):
    part = doctors(counts, overseas=overseas, unknown=frozenset(unknown))
    figures, lost = figures_of(part)
    gone = sum(counts[code] for _, code in lost)
    assert figures["gps_2017"].sum() + gone == sum(counts.values())
    assert {code for _, code in lost} == {"01099"} & set(counts)
    zeros = figures.index[figures["gps_2017"] == 0]
    assert not set(zeros) & (set(counts) | unknown | {"01006"})
    assert overseas or "97101" not in zeros
    known(figures, "gps_2017")


# --- codes of another COG -----------------------------------------------------------------


def test_codes_of_another_cog_or_gone_are_listed_and_not_raised():
    counts = {"01001": 2, "01010": 1, "01006": 5, "01099": 7, "99999": 8}
    figures, lost = figures_of(doctors(counts, cog=2022))
    # The COG before 01010 went knows most of them; 01006 is no commune then, 01099 leads nowhere.
    assert sorted(lost) == [("bpe", code) for code in ("01006", "01099", "99999")]
    rows = known(figures, "gps_2017")
    assert rows["01001"] == (3, "measured")
    # What was set aside is no zero.
    assert "01006" not in rows


def test_the_cog_is_the_one_that_knows_the_codes():
    today, events = embedded.load_population().index, embedded.load_cog_events()
    # Pierrefitte-sur-Seine joined Saint-Denis in 2025: a file said to be of 2026 is older.
    assert _best_cog(pd.Series(["93059", "93066"]), 2026, today, events) == (2024, set())
    assert _best_cog(pd.Series(["93066", "75101"]), 2026, today, events) == (2026, set())
    assert _best_cog(pd.Series(["93066", "99999"]), 2026, today, events) == (2026, {"99999"})


def test_an_old_code_is_followed_and_never_leaves_a_zero():
    communes = embedded.load_communes()
    part = Part("bpe", pd.DataFrame({"code_insee": ["93059"], "gps_2025": [7]}), 2026,
                ("gps_2025",), equipped_only=True)  # fmt: skip
    found, lost = national_figures([part], communes)
    assert found.set_index("code_insee").at["93066", "gps_2025"] == 7
    assert lost.empty


def test_each_part_tells_its_own_lost_codes():
    first = doctors({"99999": 1})
    table = pd.DataFrame({"code_insee": ["01001", "99998"], "emergency_departments_2024": [1, 2]})
    second = Part("bpe 2024", table, 2021, ("emergency_departments_2024",))
    figures, lost = figures_of(first, second)
    assert lost == [("bpe", "99999"), ("bpe 2024", "99998")]
    assert figures["emergency_departments_2024"].sum() == 1
    assert figures["gps_2017"].sum() == 0


# --- rates ------------------------------------------------------------------------------------


def apl(cog: int, *rows: tuple[str, float, float]) -> Part:
    names = ["code_insee", "standardised_population_2023", "apl_2023"]
    table = pd.DataFrame(rows, columns=names)
    return Part("apl", table, cog, names[1:2], {"apl_2023": names[1]})


def test_rates_of_communes_that_merged_weigh():
    figures, _ = figures_of(apl(2021, ("01001", 300, 2.0), ("01010", 100, 6.0), ("01002", 9, 1.5)))
    assert known(figures, "apl_2023") == {"01001": (3.0, "estimated"), "01002": (1.5, "computed")}
    assert known(figures, "standardised_population_2023")["01001"] == (400, "measured")


def test_arrondissements_make_their_commune_in_any_cog():
    for cog in (2021, COG_YEAR):
        figures, lost = figures_of(apl(cog, ("75101", 100, 3.0), ("75120", 300, 5.0)))
        assert known(figures, "apl_2023") == {"75056": (4.5, "estimated")}
        assert lost == []


@pytest.mark.parametrize("people", [None, 0.0, np.nan])
def test_part_listed_with_nobody_or_not_at_all_is_counted_in_the_commune_it_left(people):
    rows = [("01001", 300.0, 2.0), ("01005", 90.0, 1.5)]
    if people is not None:
        rows.append(("01006", people, 2.5))
    figures, _ = figures_of(apl(2024, *rows))
    weights = known(figures, "standardised_population_2023")
    rates = known(figures, "apl_2023")
    # What it says of 01005 is of both; a rate of its own for 01006 is no measure either.
    assert weights["01005"] == (90, "estimated")
    assert rates["01005"] == (1.5, "estimated")
    assert rates["01001"] == (2, "computed")
    assert rates.get("01006") == (None if people is None else (2.5, "estimated"))
    assert weights.get("01006") == ((0, "estimated") if people == 0 else None)


def test_part_listed_with_its_people_is_measured():
    figures, _ = figures_of(apl(2024, ("01005", 60, 1.5), ("01006", 30, 2.5)))
    assert known(figures, "apl_2023") == {"01005": (1.5, "computed"), "01006": (2.5, "computed")}


# --- places, and the whole table ----------------------------------------------------------------


def test_rates_without_people_are_taken_as_they_are():
    tables = {
        "insee_rp_2022": pd.DataFrame(
            {"code_insee": ["01002", "01001", "99999"], "share_75plus": [0.1, np.nan, 0.5]}
        )
    }
    figures, lost = figures_of(*parts_of(tables))
    assert known(figures, "share_75plus_2022") == {"01002": (0.1, "measured")}
    assert lost == [("insee_rp_2022", "99999")]


def test_arrondissements_have_their_own_figures_and_no_others():
    counts = doctors({"75101": 7, "01001": 2}, overseas=True)
    found, _ = national_figures([counts, apl(2024, ("75101", 100, 3.0))], COMMUNES, events=EVENTS)
    figures = found.set_index("code_insee")
    # Of a city some of whose parts are listed, the others have none; of another, nothing is known.
    assert figures.at["75101", "gps_2017"] == 7 == figures.at["75056", "gps_2017"]
    others = list(PLM["75056"][1:])
    assert (figures.loc[others, "gps_2017"] == 0).all()
    assert set(figures.loc[others, "gps_2017_status"]) == {"measured"}
    assert figures.loc[list(PLM["69123"]), "gps_2017"].isna().all()
    assert set(figures.loc[list(PLM["69123"]), "gps_2017_status"]) == {"unknown"}
    # A rate is never that of the whole.
    assert figures.at["75101", "apl_2023"] == 3
    assert figures.loc[others, "apl_2023"].isna().all()


def test_columns_are_those_brought_in_the_order_of_the_schema_and_nothing_is_modified():
    parts = [apl(2024, ("01001", 300, 2.0)), doctors({"01001": 2})]
    inputs = [COMMUNES, EVENTS, *(part.table for part in parts)]
    before = [table.copy() for table in inputs]
    figures, _ = figures_of(*parts)
    assert all(table.equals(old) for table, old in zip(inputs, before, strict=True))
    names = [name for name in FIGURE_COLUMNS if name in figures]
    assert names == ["gps_2017", "apl_2023", "standardised_population_2023"]
    assert list(figures) == [column for name in names for column in (name, status_column(name))]
