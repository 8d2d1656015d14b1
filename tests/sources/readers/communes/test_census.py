"""People by age: partitions told from overlapping bands, sums checked against totals."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.samples import write_melodi
from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.communes.census import _FIVE_YEARS, _OPEN, _parsed_age, _partition
from cpts_geo.sources.readers.registry import READERS

HEADER = "AGE;GEO;GEO_OBJECT;RP_MEASURE;SEX;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
FIVE = ["Y_LT5", *(f"Y{n}T{n + 4}" for n in range(5, 95, 5)), "Y_GE95"]
SEVEN = ["Y_LT15", "Y15T24", "Y25T39", "Y40T54", "Y55T64", "Y65T79", "Y_GE80"]
SINGLE = [*(f"Y{n}" for n in range(100)), "Y_GE100"]
#: People of each band; the aggregates below are made from them.
PEOPLE = [10 + n + 0.25 * (n % 4) for n in range(20)]


def line(code, age, value, *, level="COM", sex="_T", year=2023, status="A"):
    return f"{age};{code};{level};POP;{sex};{status};{year};{value}"


def of_commune(code, people=PEOPLE, *, year=2023, level="COM", ages=FIVE):
    rows = [line(code, a, p, year=year, level=level) for a, p in zip(ages, people, strict=True)]
    rows += [
        line(code, a, p / 2, year=year, level=level, sex=s)
        for a, p in zip(ages, people, strict=True)
        for s in "FM"
    ]
    return [*rows, line(code, "_T", sum(people), year=year, level=level)]


def aggregates(code):
    """Overlapping bands, which must never be added to the others."""
    return [line(code, age, 300) for age in ("Y_LT20", "Y20T64", "Y_GE65")]


PYRAMID = READERS["age_pyramid"]
PYRAMID_SOURCE = sources()["insee_rp_pyramid_2023"]
PYRAMID_MEMBER = "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_data.csv"


def pyramid(path, rows):
    return PYRAMID.table(write_melodi(path, PYRAMID_MEMBER, HEADER, rows), PYRAMID_SOURCE)


# --- ages ----------------------------------------------------------------------


@given(st.sets(st.integers(1, 99), min_size=1, max_size=30), st.data())
def test_the_finest_partition_is_found_among_overlapping_bands(cuts, data):
    edges = [0, *sorted(cuts)]
    fine = [(a, float(b - 1)) for a, b in pairwise(edges)]
    fine.append((edges[-1], _OPEN))
    pairs = st.tuples(st.sampled_from(edges), st.sampled_from([*edges[1:], _OPEN]))
    wider = [(a, b if b == _OPEN else b - 1.0) for a, b in data.draw(st.lists(pairs)) if a < b]
    mixed = data.draw(st.permutations([*fine, *wider]))
    assert _partition(mixed) == fine


@given(st.sets(st.integers(1, 99), min_size=2, max_size=10), st.integers(0, 9))
def test_bands_with_a_hole_make_no_partition(cuts, place):
    edges = [0, *sorted(cuts)]
    fine = [(a, float(b - 1)) for a, b in pairwise(edges)]
    fine.append((edges[-1], _OPEN))
    fine.pop(place % len(fine))
    assert _partition(fine) == []


def test_codes_of_ages_are_read_and_others_are_not():
    assert _parsed_age("Y_LT5") == (0, 4)
    assert _parsed_age("Y_GE100") == (100, _OPEN)
    assert _parsed_age("Y0") == (0, 0)
    for code in ("_T", "Y", "Y15T", "Y_LT", "15T24", "Y_GE65_X", "TOTAL"):
        assert _parsed_age(code) is None


# --- pyramid -------------------------------------------------------------------


def test_bands_cover_each_age_once_at_the_newest_census(tmp_path):
    rows = of_commune("45203") + aggregates("45203")
    rows += of_commune("45203", [1.0] * 20, year=2012) + aggregates("45203")[:0]
    rows += of_commune("45203", [9.0] * 20, level="BV2022")
    rows += of_commune("75056") + of_commune("75101", level="ARM")
    table = pyramid(tmp_path / "rp.zip", rows)
    assert set(table["code_insee"]) == {"45203", "75056"}
    ours = table[table["code_insee"] == "45203"]
    assert ours["population"].tolist() == PEOPLE
    assert ours["age_low"].tolist() == [low for low, _ in _FIVE_YEARS]
    assert ours["age_high"].tolist()[:-1] == list(range(4, 95, 5))
    assert np.isnan(ours["age_high"].iloc[-1])
    assert PYRAMID.vintage(tmp_path / "rp.zip", PYRAMID_SOURCE) == "2023"


def test_an_age_without_people_has_no_row_and_counts_zero(tmp_path):
    people = [*PEOPLE[:-1], 0.0]
    rows = [row for row in of_commune("45001", people) if not row.startswith("Y_GE95")]
    table = pyramid(tmp_path / "rp.zip", rows + of_commune("45203"))
    assert table.loc[table["code_insee"] == "45001", "population"].tolist() == people


def test_people_counted_in_another_commune_are_unknown_not_none(tmp_path):
    rows = [line("45001", age, "", status="K") for age in [*FIVE, "_T"]]
    rows.append(line("45002", "_T", "", status="K"))
    table = pyramid(tmp_path / "rp.zip", rows + of_commune("45203"))
    unknown = table[table["code_insee"] != "45203"]
    assert len(unknown) == 40
    assert unknown["population"].isna().all()


def test_bands_that_miss_people_are_refused(tmp_path):
    rows = [row for row in of_commune("45203") if not row.startswith("Y25T29")]
    with pytest.raises(DataFileError) as refused:
        pyramid(tmp_path / "rp.zip", rows + of_commune("45001"))
    (line,) = refused.value.defects
    assert line.startswith("45203 : 382.2 habitants par âge pour 397.5")


@pytest.mark.parametrize("dropped", ["_T", "Y40T44"])
def test_bands_without_total_or_with_a_hole_everywhere_are_refused(tmp_path, dropped):
    rows = [row for row in of_commune("45203") if not row.startswith(dropped)]
    with pytest.raises(DataFileError, match="ni partition complète, ni total"):
        pyramid(tmp_path / "rp.zip", rows)


def test_a_file_of_another_census_than_its_name_is_refused(tmp_path):
    with pytest.raises(DataFileError, match="se contredisent"):
        pyramid(tmp_path / "rp.zip", of_commune("45203", year=2017))
    with pytest.raises(DataFileError, match="se contredisent"):
        PYRAMID.vintage(
            write_melodi(
                tmp_path / "late.zip",
                PYRAMID_MEMBER.replace("2023", "2022"),
                HEADER,
                of_commune("45203"),
            ),
            PYRAMID_SOURCE,
        )


def test_an_undated_name_leaves_the_year_to_the_rows(tmp_path):
    rows = of_commune("45203", year=2017) + of_commune("45203", year=2022)
    path = write_melodi(
        tmp_path / "rp.zip", "DS_RP_TD_POPULATION_AGESEX_PRINC_data.csv", HEADER, rows
    )
    assert PYRAMID.vintage(path, PYRAMID_SOURCE) == "2022"


def test_a_dimension_that_is_not_named_must_be_at_its_total(tmp_path):
    header = HEADER.replace("SEX", "SEX;NAT")
    rows = [row.replace(";_T;", ";_T;_T;") for row in of_commune("45203") if ";F;" not in row]
    rows = [row for row in rows if ";M;" not in row]
    rows += [row.replace(";_T;_T;", ";_T;FR;") for row in rows]
    path = write_melodi(tmp_path / "rp.zip", PYRAMID_MEMBER, header, rows)
    assert PYRAMID.table(path, PYRAMID_SOURCE)["population"].sum() == sum(PEOPLE)


def test_the_pyramid_is_read_from_five_year_bands(tmp_path):
    people = [float(n + 1) for n in range(20)]
    rows = of_commune("45203", people, ages=FIVE)
    rows += [
        line("45203", age, 5) for age in ("Y0T2", "Y3T5", "Y6T10", "Y11T14", "Y15T17", "Y18T24")
    ]
    rows += [line("45203", age, 50) for age in ("Y_LT15", "Y15T64", "Y_GE65", "Y_GE80")]
    table = pyramid(tmp_path / "p.zip", rows)
    assert table["population"].tolist() == people
    assert table["age_low"].tolist() == [low for low, _ in _FIVE_YEARS]


@given(people=st.lists(st.integers(0, 400), min_size=101, max_size=101))
def test_the_pyramid_is_added_up_from_single_years(tmp_path_factory, people):
    path = tmp_path_factory.mktemp("p") / "p.zip"
    people = [n + 0.25 for n in people]
    table = pyramid(path, of_commune("45203", people, ages=SINGLE))
    expected = [sum(people[n : n + 5]) for n in range(0, 95, 5)] + [sum(people[95:])]
    assert table["population"].tolist() == pytest.approx(expected)
    assert len(table) == 20


def test_seven_bands_make_no_pyramid(tmp_path):
    with pytest.raises(DataFileError, match="ni partition complète"):
        pyramid(tmp_path / "p.zip", of_commune("45203", PEOPLE[:7], ages=SEVEN))


# --- wide file -----------------------------------------------------------------

STRUCTURE = READERS["age_structure"]
STRUCTURE_SOURCE = sources()["insee_rp_structure_2022"]
WIDE = ["0014", "1529", "3044", "4559", "6074", "7589", "90P"]


def wide_header(*years):
    names = ["CODGEO"]
    for year in years:
        names += [f"P{year}_POP", *(f"P{year}_POP{band}" for band in WIDE)]
        # Others that overlap, by sex and by origin.
        names += [f"P{year}_POP0019", f"P{year}_POP2064", f"P{year}_POP65P", f"P{year}_POP01P"]
        names += [f"P{year}_H0014", f"P{year}_F0014"]
    return names


def wide_row(code, *factors):
    cells = [code]
    for factor in factors:
        people = [factor * n for n in (20, 15.5, 30, 25, 10, 6, 1.25)]
        cells += [sum(people), *people, 1, 2, 3, 4, 5, 6]
    return [str(cell) for cell in cells]


def write_wide(path, header, rows):
    path.write_text("\r\n".join(";".join(row) for row in [header, *rows]), encoding="utf-8")
    return path


def test_the_newest_census_of_the_header_is_read(tmp_path):
    rows = [wide_row("01001", 1, 9), wide_row("2A004", 2, 9), wide_row("1004", 3, 9)]
    rows.append(["45001", *["NS"] * (len(rows[0]) - 1)])
    path = write_wide(tmp_path / "f.CSV", wide_header("22", "11"), rows)
    table = STRUCTURE.table(path, STRUCTURE_SOURCE)
    assert STRUCTURE.vintage(path, STRUCTURE_SOURCE) == "2022"
    assert table.loc[table["code_insee"] == "45001", "population"].isna().all()
    assert table.dropna(subset="population").groupby("code_insee")[
        "population"
    ].sum().to_dict() == {
        "01001": 107.75,
        "01004": 323.25,
        "2A004": 215.5,
    }
    assert table["age_low"].tolist()[:7] == [0, 15, 30, 45, 60, 75, 90]
    older = write_wide(tmp_path / "g.CSV", wide_header("99", "16"), [wide_row("01001", 7, 1)])
    assert STRUCTURE.vintage(older, STRUCTURE_SOURCE) == "2016"
    assert STRUCTURE.table(older, STRUCTURE_SOURCE)["population"].sum() == 107.75


def test_the_three_cities_are_wholes_whichever_way_they_stand(tmp_path):
    rows = [wide_row("75101", 1), wide_row("75102", 2), wide_row("69123", 4), wide_row("69381", 4)]
    path = write_wide(tmp_path / "f.CSV", wide_header("23"), rows)
    table = STRUCTURE.table(path, STRUCTURE_SOURCE)
    people = table.groupby("code_insee")["population"].sum().to_dict()
    assert people == {"69123": 431.0, "75056": 323.25}


def test_a_wide_file_without_all_ages_is_refused(tmp_path):
    renamed = {"P22_POP4559": "P22_POP4558", "P22_POP2064": "P22_POP2063"}
    header = [renamed.get(name, name) for name in wide_header("22")]
    path = write_wide(tmp_path / "f.CSV", header, [wide_row("01001", 1)])
    with pytest.raises(DataFileError, match="aucune suite complète"):
        STRUCTURE.table(path, STRUCTURE_SOURCE)
    wrong = wide_row("01001", 1)
    wrong[3] = "99"
    path = write_wide(tmp_path / "g.CSV", wide_header("22"), [wrong])
    with pytest.raises(DataFileError, match="01001 : "):
        STRUCTURE.table(path, STRUCTURE_SOURCE)


# --- real file -----------------------------------------------------------------


def test_share_of_75_or_more_is_read_entry_by_entry(official_dir):
    source = sources()["insee_rp_2022"]
    path = official_dir / source.file
    table = READERS["share_75plus"].table(path, source)
    entries = json.loads(path.read_text(encoding="utf-8"))
    assert list(table) == ["code_insee", "share_75plus"]
    assert table["code_insee"].tolist() == list(entries)
    percents = [entry["part_personnes_agees_75_plus"] for entry in entries.values()]
    assert (100 * table["share_75plus"]).tolist() == pytest.approx(percents)
    shares = dict(zip(table["code_insee"], table["share_75plus"], strict=True))
    assert shares["01001"] == pytest.approx(0.088)
    assert len(table) == 34_848
    assert READERS["share_75plus"].vintage(path, source) is None


@pytest.mark.parametrize("content", ["{", "[1]", '{"01001": {"autre": 1}}', '{"X": null}'])
def test_another_json_is_refused(tmp_path, content):
    path = tmp_path / "f.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataFileError):
        READERS["share_75plus"].table(path, sources()["insee_rp_2022"])


def test_a_share_above_one_is_refused(tmp_path):
    path = tmp_path / "f.json"
    path.write_text('{"01001": {"part_personnes_agees_75_plus": 880}}', encoding="utf-8")
    with pytest.raises(TableError, match="part entre 0 et 1"):
        READERS["share_75plus"].table(path, sources()["insee_rp_2022"])
