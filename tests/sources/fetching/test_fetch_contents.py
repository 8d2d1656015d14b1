"""What a fetched file may hold, and what is known of it: each limit on both sides."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.errors import DataFileError
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources._conventions.archives import (
    archive_defects,
    gzip_defects,
)
from cpts_geo.sources.catalogue.catalogue import Total, sources
from cpts_geo.sources.catalogue.totals import check_totals, check_vintage
from cpts_geo.sources.readers._formats.base import find_columns, newest_year
from cpts_geo.sources.readers._formats.workbook import open_book
from cpts_geo.sources.readers.registry import READERS
from tests.broken_makers_fetch import _workbook, _zipped


def test_mark_of_a_member_across_two_blocks_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "members", 0)
    path = tmp_path / "a.zip"
    for before in range((1 << 20) - 60, (1 << 20) - 40):
        path.write_bytes(_zipped({"a": b"a" * before}, zipfile.ZIP_STORED))
        assert archive_defects(path) == ["archive de 1 membre : 0 membres au plus"]


@pytest.mark.parametrize("form", ["zip", "gzip"])
def test_size_once_unpacked(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a"
    content = bytes(range(250)) * 40
    path.write_bytes(_zipped({"a": content}) if form == "zip" else gzip.compress(content))

    def defects(most: int) -> list[str]:
        if form == "zip":
            return archive_defects(path, most=most)
        return gzip_defects(path, most=most)

    assert defects(10_000) == []
    assert "bombe de décompression" in defects(9_999)[0]


def test_members_that_share_their_bytes_are_a_bomb_and_neighbours_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(_zipped(dict.fromkeys("abc", b""), zipfile.ZIP_STORED))
    assert archive_defects(path) == []


def test_size_that_an_archive_lies_about_is_not_unpacked(tmp_path: Path) -> None:
    content = bytearray(_zipped({"a.csv": bytes(5_000_000)}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(content))
    assert archive_defects(path) == ["membre « a.csv » abîmé"]


def test_used_range_of_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_workbook("Feuille", [["a", "b"], [1, 2], [3, 4]]))
    monkeypatch.setitem(LIMITS, "workbook_range", 6)
    assert len(open_book(path).rows("Feuille")) == 3
    monkeypatch.setitem(LIMITS, "workbook_range", 5)
    with pytest.raises(DataFileError) as refused:
        open_book(path).rows("Feuille")
    said = "La feuille « Feuille » de a.xlsx s’étend trop loin (6 cellules, 5 cellules au plus)."
    assert refused.value.defects == (said,)


def test_cells_come_back_from_the_process_apart_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_workbook("Feuille", [["é\u202e{{7*7}}", 1.5], [True, 45130]]))
    assert open_book(path).rows("Feuille") == [["é\u202e{{7*7}}", 1.5], [True, 45130.0]]
    assert open_book(path).rows("Feuille", first=1) == [["é\u202e{{7*7}}", 1.5]]


def test_headers_of_a_message_are_counted_beyond_forty() -> None:
    with pytest.raises(DataFileError) as refused:
        find_columns([f"c{n}" for n in range(41)], {"a": "absent"}, Path("a.csv"))
    assert refused.value.defects[-1].endswith("« c39 », et 1 autres")


# --- what is known beforehand ------------------------------------------------------------------


TABLE = pd.DataFrame(
    {"year": [2023, 2024, 2024], "who": ["gps", "gps", "nurses"], "count": [10.0, 20.0, 70.0]}
)


@pytest.mark.parametrize(
    ("total", "found"),
    [
        (Total("x", 0, 0), 3),
        (Total("x", 0, 0, newest="year"), 2),
        (Total("x", 0, 0, column="count"), 100),
        (Total("x", 0, 0, column="count", where={"who": "gps|gp"}), 30),
        (Total("x", 0, 0, column="count", where={"who": "gps"}, newest="year"), 20),
        (Total("x", 0, 0, column="count", mean=True, newest="year"), 45),
    ],
)
def test_totals_are_bounded_on_both_sides(total: Total, found: int) -> None:
    def check(low: float, high: float) -> None:
        source = replace(sources()["cnam_2024"], totals=(replace(total, low=low, high=high),))
        check_totals(TABLE, source)

    check(found, found)
    for low, high in ((found + 1, found + 2), (found - 2, found - 1)):
        with pytest.raises(DataFileError) as refused:
            check(low, high)
        assert refused.value.defects == (f"x : {found} (attendu : de {low} à {high})",)


def test_every_total_out_of_its_range_is_told() -> None:
    few = Total("médecins", 5, 9), Total("habitants", 1_000, 2_000, column="count")
    mean = Total("moyenne", 1, 2, column="count", mean=True, where={"who": "absent"})
    source = replace(sources()["cnam_2024"], totals=(*few, mean))
    with pytest.raises(DataFileError) as refused:
        check_totals(TABLE, source)
    lines = [line.replace("\u202f", " ") for line in refused.value.defects]
    assert lines == [
        "médecins : 3 (attendu : de 5 à 9)",
        "habitants : 100 (attendu : de 1 000 à 2 000)",
        "moyenne : donnée absente (attendu : de 1 à 2)",
    ]


def test_totals_of_the_catalogue_name_columns_of_their_tables() -> None:
    for source in sources().values():
        if not source.totals:
            continue
        assert source.reader is not None
        columns = set(READERS[source.reader].contract.columns)
        for total in source.totals:
            named = {*total.where, *filter(None, (total.column, total.newest))}
            assert named <= columns, source.key
            assert 0 < total.low < total.high


def test_real_files_have_the_totals_that_the_catalogue_knows(official_dir: Path) -> None:
    checked = []
    for key in ("drees_apl_2023", "insee_bpe_2024", "cnam_2024", "drees_tvs_2019"):
        source = sources()[key]
        table = READERS[str(source.reader)].table(official_dir / str(source.file), source)
        check_totals(table, source)
        checked += source.totals
        # One commune in ten less is seen, whichever they are.
        with pytest.raises(DataFileError):
            check_totals(table[table.index % 10 > 1], source)
    assert len(checked) == 9


@pytest.mark.parametrize(
    ("key", "found", "words"),
    [
        ("cnam_densities", "2026", ""),
        ("cnam_densities", "2027", "il est à venir"),
        ("cnam_densities", "", ""),
        ("cnam_densities", "20\u0662\u0664", "ni une année ni un jour"),
        ("ans_rpps", "2026-05-01", ""),
        ("ans_rpps", "2026-05-02", "il est à venir"),
        ("insee_cog_events_2025", "2025", ""),
        ("insee_cog_events_2025", "2026", "cette source s’arrête à 2025"),
        ("insee_cog_events_2025", "3025", "ni une année ni un jour"),
    ],
)
def test_vintage_that_cannot_be(key: str, found: str, words: str) -> None:
    if words:
        with pytest.raises(DataFileError, match=words):
            check_vintage(found, sources()[key], today=date(2026, 5, 1))
    else:
        check_vintage(found, sources()[key], today=date(2026, 5, 1))


@pytest.mark.parametrize(("rows", "passes"), [(10, True), (9, False)])
def test_newest_year_is_of_a_tenth_of_the_usual_rows(rows: int, passes: bool) -> None:
    years = pd.Series([2022] * 90 + [2023] * 110 + [2024] * rows)
    if passes:
        assert newest_year(years, Path("a.csv")) == "2024"
    else:
        with pytest.raises(DataFileError) as refused:
            newest_year(years, Path("a.csv"))
        assert "9 lignes seulement pour 2024, contre 100 pour une autre année" in str(refused.value)


def test_json_of_a_source_is_read_within_its_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "part.json"
    shares = {"45130": {"part_personnes_agees_75_plus": 12}, "45131": {}}
    path.write_text(json.dumps(shares), encoding="utf-8")
    monkeypatch.setitem(LIMITS, "values", 2)
    with pytest.raises(DataFileError, match="3 listes et objets"):
        READERS["share_75plus"].table(path, sources()["insee_rp_2022"])
