"""Events between COG: derived from the real vintages, and moves of real files through them."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.geography.cog.events import codes_at, from_movements
from cpts_geo.geography.cog.moves import MoveWarning, move
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import PLM, WHOLE_OF
from cpts_geo.sources.embedding import _entries, embedded
from cpts_geo.sources.embedding.cog_vintages import (
    _events_between,
    _events_until,
    _Vintage,
    _vintage_of,
    _with_written,
    read_events,
)
from cpts_geo.sources.embedding.contracts import check

YEARS = (*sorted(_entries.PAST_COG), COG_YEAR)
#: Communes split between COG 2021 and COG 2026: COG, name before, name of each part.
SPLITS = {
    "60054": (2024, "Les Hauts-Talican", ("Beaumont-les-Nonains", "Les Hauts-Talican")),
    "85084": (2024, "Essarts en Bocage", ("Essarts-en-Bocage", "L'Oie", "Sainte-Florence")),
    "15141": (
        2025,
        "Neussargues en Pinatelle",
        ("Celles", "Chalinargues", "Chavagnac", "Neussargues-Moissac", "Sainte-Anastasie"),
    ),
}


@pytest.fixture(scope="module")
def vintages(packages_dir) -> dict[int, _Vintage]:
    return {year: _vintage_of(_entries.read_entries(packages_dir, year), year) for year in YEARS}


@pytest.fixture(scope="module")
def people_2021(packages_dir) -> pd.DataFrame:
    entries = _entries.read_entries(packages_dir, 2021)
    rows = [(e["code"], e.get("population")) for e in entries if e["type"] == _entries.CURRENT]
    found = pd.DataFrame(rows, columns=["code_insee", "population"]).dropna()
    return found[~found["code_insee"].str.match("97[578]|98")].reset_index(drop=True)


def ones_and_more(codes) -> pd.DataFrame:
    """A count of ones, and random integers, of every commune."""
    codes = sorted(codes)
    beds = np.random.default_rng(len(codes)).integers(0, 10_000, len(codes))
    return pd.DataFrame({"code_insee": codes, "communes": 1, "beds": beds})


# --- the events -----------------------------------------------------------------------------


def test_embedded_events_are_those_of_the_vintages(packages_dir):
    found = check(read_events(packages_dir), "cog_events")
    pd.testing.assert_frame_equal(found, embedded.load_cog_events())


def test_events_rebuild_every_vintage(vintages):
    events, current = embedded.load_cog_events(), embedded.load_population().index
    for year, vintage in vintages.items():
        assert codes_at(year, current, events) == set(vintage.names), year


def test_number_of_events_by_year():
    events = embedded.load_cog_events()
    dated = events[events["dated"] & (events["year"] > 2021)]
    split = dated[dated["event"] == "scission"].drop_duplicates("from_code")
    table = pd.concat([dated[dated["event"] != "scission"], split])
    assert table.groupby(["year", "event"]).size().to_dict() == {
        (2022, "fusion"): 10,
        (2023, "code"): 1,
        (2023, "fusion"): 10,
        (2024, "fusion"): 13,
        (2024, "scission"): 2,
        (2025, "code"): 4,
        (2025, "fusion"): 64,
        (2025, "scission"): 1,
    }
    # No commune changed its département since 2021.
    assert (dated["from_code"].str[:2] == dated["to_code"].str[:2]).all()


def test_each_split_one_by_one(vintages):
    events = embedded.load_cog_events()
    splits = events[(events["event"] == "scission") & (events["year"] > 2021)]
    assert set(splits["from_code"]) == set(SPLITS)
    for code, (year, name, parts) in SPLITS.items():
        rows = splits[splits["from_code"] == code]
        assert set(rows["year"]) == {year}
        before, after = vintages[year - 1], vintages[year]
        assert before.names[code] == name
        assert sorted(after.names[part] for part in rows["to_code"]) == sorted(parts)
        # Every part but the one that keeps the code was a delegated commune of it.
        assert {before.chiefs[part] for part in rows["to_code"]} == {code}
        # Each former commune went with one part.
        held = rows["former_codes"].str.split().explode()
        assert sorted(held) == sorted(c for c in before.chiefs if before.chiefs[c] == code)


def test_changes_of_code_keep_their_name(vintages):
    events = embedded.load_cog_events()
    recoded = events[(events["event"] == "code") & events["dated"]]
    assert len(recoded) == 5
    for row in recoded.itertuples():
        before, after = vintages[row.year - 1], vintages[row.year]
        assert before.names[row.from_code] == after.names[row.to_code]
        assert row.to_code not in before.names


def test_heirs_of_the_vintages_agree_with_what_is_known_of_former_communes(vintages):
    former = embedded.load_former_communes()
    former = former[former["kind"].isin(["commune-deleguee", "commune-associee"])]
    lost = former["former_code"].isin(vintages[COG_YEAR].names)
    known = former[~lost].set_index("former_code")["code_insee"]
    codes = codes_at(2020, embedded.load_population().index, embedded.load_cog_events())
    before = pd.DataFrame({"code_insee": sorted(set(known.index) & codes), "n": 1})
    # With both L'Oie and Essarts in the table, for instance, nothing is left to refuse.
    parents = pd.DataFrame({"code_insee": sorted(SPLITS), "n": 1})
    before = pd.concat([before, parents]).drop_duplicates("code_insee")
    _, journey = move(before, from_vintage=2020, to_vintage=COG_YEAR, counts=["n"], split="parent")
    found = journey[journey["how"].isin(["suivi", "rétabli"])].set_index("from_code")["to_code"]
    both = known.index.intersection(found.index)
    assert len(both) > 1_950
    assert known[both].to_dict() == found[both].to_dict()


# --- real vintages moved ----------------------------------------------------------------------


@pytest.mark.parametrize("start", YEARS)
def test_every_code_ends_in_the_later_vintage_and_sums_hold(vintages, start):
    before = ones_and_more(vintages[start].names)
    for end in (year for year in YEARS if year >= start):
        moved, journey = move(
            before, from_vintage=start, to_vintage=end, counts=["communes", "beds"], split="parent"
        )
        assert set(moved["code_insee"]) <= set(vintages[end].names)
        assert moved["communes"].sum() == len(before)
        assert moved["beds"].sum() == before["beds"].sum()
        # Only parts of a split commune may be without a figure.
        parts = set(journey.loc[journey["how"].str.startswith("gardé"), "from_code"])
        events = embedded.load_cog_events()
        made = set(events.loc[events["from_code"].isin(parts), "to_code"]) - parts
        assert set(vintages[end].names) - set(moved["code_insee"]) == made
        assert set(journey["from_code"]) >= set(vintages[start].names) - set(vintages[end].names)


def test_people_of_2021_moved_to_2026_to_the_unit(people_2021):
    moved, _ = move(people_2021, from_vintage=2021, to_vintage=COG_YEAR, split="parent")
    assert moved["population"].sum() == people_2021["population"].sum() > 66e6
    found = moved.set_index("code_insee")["population"]
    before = people_2021.set_index("code_insee")["population"]
    # Saint-Denis and Pierrefitte; Oullins-Pierre-Bénite; Val-d'Usiers; Orée d'Anjou.
    assert found["93066"] == before["93066"] + before["93059"]
    assert found["69149"] == before["69149"] + before["69152"]
    assert found["25060"] == before[["25060", "25282", "25549"]].sum()
    assert found["49126"] == before["49069"]


def test_two_moves_are_one(vintages):
    wide = set(SPLITS)
    before = ones_and_more(set(vintages[2021].names) - wide).assign(rate=lambda t: t["beds"] % 7)
    kinds = {"counts": ["communes", "beds"], "rates": {"rate": "communes"}}
    later = [year for year in YEARS if year > 2021]
    direct = {end: move(before, from_vintage=2021, to_vintage=end, **kinds)[0] for end in later}
    for middle, end in itertools.combinations(later, 2):
        twice, _ = move(direct[middle], from_vintage=middle, to_vintage=end, **kinds)
        pd.testing.assert_frame_equal(twice, direct[end])


def test_split_shared_by_the_population_of_the_parts():
    people = embedded.load_population()
    before = pd.DataFrame({"code_insee": list(SPLITS), "population": [873, 9300, 1577]})
    with pytest.warns(MoveWarning, match="15141 → 15031"):
        moved, _ = move(before, from_vintage=2023, to_vintage=COG_YEAR, split="population")
    assert moved["population"].sum() == pytest.approx(before["population"].sum())
    assert set(moved["population_status"]) == {"estimated"}
    rows = moved.set_index("code_insee")["population"]
    family = ["85084", "85165", "85212"]
    expected = 9300 * people[family] / people[family].sum()
    pd.testing.assert_series_equal(rows[family], expected, check_names=False)
    with pytest.raises(TableError) as refused:
        move(before, from_vintage=2023, to_vintage=COG_YEAR)
    assert refused.value.defects == (
        "code 15141, divisé au COG 2025 en 15031, 15035, 15047, 15141, 15171",
        "code 60054, divisé au COG 2024 en 60054, 60694",
        "code 85084, divisé au COG 2024 en 85084, 85165, 85212",
    )


# --- producers' files -------------------------------------------------------------------------


def test_gps_of_the_bpe_2017_all_arrive(official_table):
    raw = official_table("insee_bpe_2017")
    before = raw.drop(columns="facility").rename(columns={"count": "gps_2017"})
    moved, journey = move(before, from_vintage=2018, to_vintage=COG_YEAR, split="parent")
    assert not (journey["how"] == "perdu").any()
    assert moved["gps_2017"].sum() == before["gps_2017"].sum() == 58_031
    assert set(moved["code_insee"]) <= set(embedded.load_population().index)
    assert (journey["how"] == "suivi").sum() == 48
    assert set(journey.loc[journey["how"].str.startswith("gardé"), "from_code"]) == {
        "14712",
        "15141",
        "85084",
    }
    own, found = (t.set_index("code_insee")["gps_2017"] for t in (before, moved))
    assert found["85194"] == own.reindex(["85060", "85166", "85194"]).sum()
    assert found["86123"] == own.reindex(["86021", "86056", "86123", "86166"]).sum()
    assert found["50592"] == own.reindex(["14513", "50592"]).sum()
    with pytest.warns(MoveWarning):
        shared, _ = move(before, from_vintage=2018, to_vintage=COG_YEAR, split="population")
    assert shared["gps_2017"].sum() == pytest.approx(58_031)


def test_communes_of_the_tvs_2019_all_arrive(official_dir):
    path = official_dir / "Correspondance_communes_tvs_2019.xlsx"
    codes = pd.read_excel(path, dtype=str, engine="calamine")["Code commune"].dropna()
    before = pd.DataFrame({"code_insee": codes, "communes": 1})
    assert len(before) == 35_012
    moved, journey = move(
        before, from_vintage=2019, to_vintage=COG_YEAR, counts=["communes"], split="parent"
    )
    assert moved["communes"].sum() == 35_012
    assert not (journey["how"] == "perdu").any()
    found = moved.set_index("code_insee")["communes"]
    for whole, parts in PLM.items():
        assert found[whole] == len(parts)
    # The parts of communes split since 2019, and nothing else, have no figure.
    missing = set(embedded.load_population().index) - set(found.index)
    assert missing == {"14666", "15031", "15035", "15047", "15171", "60694", "85165", "85212"}
    kept = journey.loc[journey["how"].str.startswith("gardé"), "from_code"]
    assert set(kept) == {"14712", *SPLITS}


@pytest.mark.parametrize(("year", "cog"), [(2022, 2023), (2023, 2024)])
def test_the_apl_is_of_the_cog_after_its_year(official_table, year, cog):
    raw = official_table("drees_apl_2023")
    names = {name: f"{name}_{year}" for name in ("apl", "apl_65", "standardised_population")}
    names["total_population"] = f"apl_population_{year}"
    before = raw[raw["vintage"] == year].drop(columns="vintage").rename(columns=names)
    moved, _ = move(before, from_vintage=cog, to_vintage=COG_YEAR, split="parent")
    weight = f"standardised_population_{year}"
    assert moved[weight].sum() == pytest.approx(before[weight].sum(), abs=1e-3)
    supply = [(t[f"apl_{year}"] * t[weight]).sum() for t in (before, moved)]
    assert supply[0] == pytest.approx(supply[1], rel=1e-12)
    # The wrong COG is seen, and each code says why.
    with pytest.raises(TableError) as refused:
        move(before, from_vintage=2021, to_vintage=COG_YEAR)
    line = "code 27676 : disparu au plus tard au COG 2021, devenu 27058, de nouveau commune"
    assert refused.value.defects[0] == f"{line} à partir du COG 2023"
    assert len(refused.value.defects) == {2022: 1, 2023: 4}[year]
    with pytest.raises(TableError, match="code 01330 : disparu au COG 2025, devenu 01187") as later:
        move(before, from_vintage=2025, to_vintage=COG_YEAR)
    assert len(later.value.defects) == {2022: 81, 2023: 68}[year]


def test_the_bpe_2024_is_of_the_cog_2024(official_table, vintages):
    raw = official_table("insee_bpe_2024").query("facility == 'gps'")
    before = raw.drop(columns="facility").rename(columns={"count": "gps_2024"})
    # It lists arrondissements, which no COG of communes holds.
    before = before[~before["code_insee"].isin(WHOLE_OF)]
    assert set(before["code_insee"]) <= set(vintages[2024].names)
    moved, _ = move(before, from_vintage=2024, to_vintage=COG_YEAR, split="parent")
    assert moved["gps_2024"].sum() == before["gps_2024"].sum()


# --- vintages that do not follow each other -----------------------------------------------------


def vintage(year: int, names: str, chiefs: dict[str, str], heirs: dict[str, str]) -> _Vintage:
    kinds = dict.fromkeys(chiefs, "commune déléguée")
    return _Vintage(year, {code: f"Nom {code}" for code in names.split()}, chiefs, heirs, kinds)


def test_contradictions_and_strangers_are_all_listed():
    before = vintage(2021, "01001 01002 01003", {}, {})
    after = vintage(2022, "01001 01003 01008 01009", {"01002": "01001"}, {"01002": "01003"})
    with pytest.raises(DataFileError) as refused:
        _events_between(before, after)
    assert refused.value.defects == (
        "01002 a deux successeurs : 01001 et 01003",
        "01008 : commune nouvelle sans origine",
        "01009 : commune nouvelle sans origine",
    )


def test_code_that_vanishes_is_retired():
    events = _events_between(vintage(2021, "01001 01002", {}, {}), vintage(2022, "01001", {}, {}))
    check(events, "cog_events")
    assert events[["event", "from_code"]].to_numpy().tolist() == [["retrait", "01002"]]


def test_merger_into_a_new_code_and_split_of_a_commune_that_changes_its_code():
    before = vintage(2021, "01001 01002", {"01009": "01001", "01001": "01001"}, {})
    after = vintage(2022, "01009", {"01001": "01009"}, {"01001": "01009", "01002": "01009"})
    events = check(_events_between(before, after), "cog_events")
    assert events.set_index("from_code")["event"].to_dict() == {
        "01001": "code",
        "01002": "fusion",
    }
    before = vintage(2021, "01001", {"01009": "01001", "01008": "01001"}, {})
    after = vintage(2022, "01009 01008", {}, {"01001": "01009"})
    events = check(_events_between(before, after), "cog_events")
    assert events[["event", "from_code", "to_code"]].to_numpy().tolist() == [
        ["scission", "01001", "01008"],
        ["scission", "01001", "01009"],
    ]


def test_old_codes_that_look_like_postal_codes_are_left_out():
    heirs = {
        "75002": "92002",
        "20004": "2A004",
        "78500": "95500",
        "14513": "50592",
        "78251": "78551",
    }
    found = _events_until(vintage(2021, "92002 2A004 95500 50592 78551", {}, heirs))
    assert found.set_index("from_code")["event"].to_dict() == {"14513": "code", "78251": "fusion"}


def test_written_events_that_contradict_the_vintages_are_listed():
    events = _events_between(
        vintage(2021, "01001 01002", {}, {}), vintage(2022, "01001", {"01002": "01001"}, {})
    )
    old = _events_until(vintage(2021, "01001 01002", {}, {"01010": "01001"}))
    both = pd.concat([old, events], ignore_index=True)
    written = pd.DataFrame(
        {"former_code": ["01010", "01002"], "code_insee": ["01001"] * 2, "since_cog": [2018, 2022]}
    )
    found = _with_written(both, written)
    # What was not dated is; what agrees stays as the vintages tell it.
    assert found[["year", "dated", "from_code"]].to_numpy().tolist() == [
        [2018, True, "01010"],
        [2022, True, "01002"],
    ]
    with pytest.raises(DataFileError, match="01002 devient 01001 au COG 2024 ; d’après le paquet"):
        _with_written(both, written.assign(since_cog=2024))


# --- Insee's list of events, in the layout it documents -------------------------------------------


def movements(*rows: tuple) -> pd.DataFrame:
    """Rows of (date, MOD, type and code before, type and code after)."""
    names = ["date", "mod", "before_type", "before_code", "after_type", "after_code"]
    return pd.DataFrame(rows, columns=names)


def com(date: str, mod: int, before: str, after: str) -> tuple:
    return (date, mod, "COM", before, "COM", after)


#: A documented sample: real events, written as Insee writes them.
SAMPLE = movements(
    # Commune nouvelle: the chef-lieu goes on, each part becomes a delegated commune too.
    com("2016-01-01", 32, "85084", "85084"),
    com("2016-01-01", 32, "85165", "85084"),
    com("2016-01-01", 32, "85212", "85084"),
    ("2016-01-01", 32, "COM", "85165", "COMD", "85165"),
    ("2016-01-01", 32, "COM", "85084", "COMD", "85084"),
    # Restored in the course of 2023: in the COG 2024.
    com("2023-12-31", 21, "85084", "85084"),
    com("2023-12-31", 21, "85084", "85165"),
    com("2023-12-31", 21, "85084", "85212"),
    ("2023-12-31", 21, "COMD", "85165", "COM", "85165"),
    # Change of département, then merger.
    com("2018-01-01", 41, "14513", "50649"),
    com("2018-01-01", 32, "50649", "50592"),
    # Name only, association made a merger, end of a delegated commune: nothing for communes.
    com("2019-05-02", 10, "01001", "01001"),
    ("2019-01-01", 34, "COMA", "01010", "COM", "01001"),
    ("2019-01-01", 35, "COMD", "01011", "COM", "01001"),
    # Two events of one year, on two dates.
    com("2020-02-28", 31, "01002", "01003"),
    com("2020-06-30", 50, "01003", "01004"),
)


def test_movements_become_yearly_events():
    events = from_movements(SAMPLE)
    assert events["dated"].all()
    rows = events[["year", "event", "from_code", "to_code"]].to_numpy().tolist()
    assert sorted(rows) == sorted(
        [
            [2016, "fusion", "85165", "85084"],
            [2016, "fusion", "85212", "85084"],
            [2018, "fusion", "14513", "50592"],
            [2021, "fusion", "01002", "01004"],
            [2021, "code", "01003", "01004"],
            [2024, "scission", "85084", "85084"],
            [2024, "scission", "85084", "85165"],
            [2024, "scission", "85084", "85212"],
        ]
    )


@pytest.mark.parametrize(
    ("vintage", "codes", "found"),
    [
        (2015, ["85084", "85165", "85212"], ["85084", "85165", "85212"]),
        (2016, ["85084"], None),
        (2023, ["85084"], None),
        (2024, ["85084", "85165", "85212"], ["85084", "85165", "85212"]),
        (2017, ["14513", "50592"], ["50592", "50592"]),
        (2020, ["01002", "01003"], ["01004", "01004"]),
        (2021, ["01004"], ["01004"]),
    ],
)
def test_move_with_dated_events(vintage, codes, found):
    current = ["85084", "85165", "85212", "50592", "01001", "01004"]
    options = {
        "events": from_movements(SAMPLE),
        "population": pd.Series(100, index=current),
        "counts": ["n"],
        "from_vintage": vintage,
        "to_vintage": COG_YEAR,
    }
    before = pd.DataFrame({"code_insee": codes, "n": range(1, len(codes) + 1)})
    if found is None:
        with pytest.raises(TableError, match="85084, divisé au COG 2024"):
            move(before, **options)
    else:
        moved, _ = move(before, **options)
        sums = before["n"].groupby(found).sum()
        assert moved.set_index("code_insee")["n"].to_dict() == sums.to_dict()


def test_a_real_sized_list_of_movements_is_read_whole():
    random = np.random.default_rng(1)
    codes = [f"{number:05d}" for number in random.permutation(np.arange(1_000, 90_000))[:30_000]]
    dates = pd.date_range("1943-01-01", "2025-12-31").strftime("%Y-%m-%d")
    days = dates[random.integers(0, len(dates), 15_000)]
    rows = [com(days[i // 2], 31, *codes[i : i + 2]) for i in range(0, 30_000, 2)]
    events = from_movements(movements(*rows))
    assert len(events) == 15_000
    assert events["year"].between(1943, 2026).all()


def test_a_code_that_is_gone_is_refused_when_dates_are_known():
    before = pd.DataFrame({"code_insee": ["85165"], "n": [1]})
    options = {"events": from_movements(SAMPLE), "population": pd.Series({"85165": 1, "85084": 2})}
    with pytest.raises(TableError, match="85165 : disparu au COG 2016, devenu 85084"):
        move(before, from_vintage=2018, to_vintage=COG_YEAR, counts=["n"], **options)
    # An old COG can be reached, since every event has its year.
    moved, _ = move(before, from_vintage=2015, to_vintage=2018, counts=["n"], **options)
    assert moved["code_insee"].tolist() == ["85084"]
