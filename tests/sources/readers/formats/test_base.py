"""What readers share: archives, text, headers, codes, masked figures, one level of communes."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources._conventions.archives import archive_defects, member_name, open_content
from cpts_geo.sources._conventions.text import cells, decoded, plain
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import PLM
from cpts_geo.sources.readers._formats.base import (
    bounds,
    find_columns,
    one_level,
    repaired_codes,
    whole_numbers,
    without_parts,
)
from cpts_geo.sources.readers._formats.text import header_cells, read_csv_text
from cpts_geo.sources.readers.registry import READERS
from tests.broken_makers_fetch import _zipped, altered_zip, cut_zip, member_above, zip_bomb

FILE = Path("fichier.csv")
DEPARTEMENTS = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B", "97"]
codes_ = st.builds(
    lambda dep, n: f"{dep}{n:03d}", st.sampled_from(DEPARTEMENTS), st.integers(1, 999)
)


# --- registry ----------------------------------------------------------------


def test_every_source_has_its_reader_and_every_reader_a_source():
    named = {source.reader for source in sources().values() if source.reader}
    assert named == set(READERS)


def test_keys_of_a_reader_are_columns_of_its_table():
    for name, reader in READERS.items():
        assert reader.keys, name
        assert set(reader.keys) <= set(reader.contract.columns), name


# --- codes -------------------------------------------------------------------


@given(st.lists(codes_, min_size=1))
def test_codes_damaged_by_a_spreadsheet_are_restored(codes):
    def damaged(code: str) -> list[str]:
        forms = [code, code.lower(), f" {code} "]
        if code.isdigit():
            forms += [str(int(code)), f"{int(code)}.0", f"{int(code)},0"]
        return forms

    for position in range(6):
        written = [damaged(code)[position % len(damaged(code))] for code in codes]
        assert repaired_codes(pd.Series(written), FILE).tolist() == codes


@given(st.lists(codes_, min_size=1))
def test_repair_changes_nothing_twice(codes):
    once = repaired_codes(pd.Series(codes), FILE)
    assert repaired_codes(once, FILE).equals(once)


@given(st.text(max_size=8))
def test_a_repaired_code_has_five_characters_or_is_refused(text):
    try:
        found = repaired_codes(pd.Series([text]), FILE)
    except DataFileError as error:
        assert "code «" in error.defects[0]
    else:
        assert len(found[0]) == 5


def test_codes_that_cannot_be_repaired_are_all_counted():
    bad = [f"X{n:02d}" for n in range(75)]
    with pytest.raises(DataFileError) as refused:
        repaired_codes(pd.Series(["45203", *bad]), FILE)
    assert len(refused.value.defects) == 75
    assert "« X49 »\n  - et 25 autres (code impossible : 25)\nÀ faire" in str(refused.value)


def test_lost_zeros_of_a_real_file_are_restored(official_dir):
    path = official_dir / "insee_appartenance_communes_2022_cp1252.csv"
    table = read_csv_text(path, patterns={"code": "codgeo", "name": "libgeo", "dep": "dep"})
    codes = repaired_codes(table["code"], path)
    assert len(codes) == 34_955
    assert codes.is_unique
    assert (table["code"].str.len() == 4).sum() == codes.str.startswith("0").sum() > 3000
    # The département is lost in the same way, and the restored code must start with it.
    departements = table["dep"].str.zfill(2)
    assert all(code.startswith(dep) for code, dep in zip(codes, departements, strict=True))
    names = dict(zip(codes, table["name"], strict=True))
    assert names["01004"] == "Ambérieu-en-Bugey"
    assert names["45203"] == "Meung-sur-Loire"
    assert not table["name"].str.contains("�|Ã").any()


# --- masked figures ------------------------------------------------------------

MARKS = ["NS", "ns", "NC", "nd", "S", "n/a", "N/A - secret statistique", "Non communiqué"]


@given(st.lists(st.integers(0, 10**9)), st.sampled_from([" ", "\u00a0", "\u202f", ""]))
def test_published_counts_are_their_own_bounds(counts, separator):
    written = [f"{count:,}".replace(",", separator) for count in counts]
    found = bounds(pd.Series(written, dtype=str), masked=(1, 4), path=FILE)
    assert found["low"].tolist() == found["high"].tolist() == counts
    assert not found["masked"].any()


@given(st.lists(st.decimals(0, 10**6, places=3), min_size=1), st.sampled_from([",", "."]))
def test_decimals_are_read_with_comma_or_point(values, mark):
    written = pd.Series([str(value).replace(".", mark) for value in values])
    found = bounds(written, masked=(0, 1), path=FILE)["low"]
    assert found.tolist() == pytest.approx([float(value) for value in values])


@given(
    st.lists(st.sampled_from([*MARKS, "", "12", "< 5", "moins de 3"]), min_size=1),
    st.integers(0, 5),
)
def test_a_masked_figure_is_an_interval_and_an_empty_cell_unknown(texts, low):
    found = bounds(pd.Series(texts), masked=(low, low + 3), path=FILE)
    for text, row in zip(texts, found.itertuples(), strict=True):
        if text in MARKS:
            assert (row.low, row.high, row.masked) == (low, low + 3, True)
        elif text == "":
            assert np.isnan(row.low) and np.isnan(row.high) and not row.masked
        elif text == "12":
            assert (row.low, row.high, row.masked) == (12, 12, False)
        else:
            assert (row.low, row.high, row.masked) == (0, int(text[-1]) - 1, True)
    assert (found["low"].isna() | (found["low"] <= found["high"])).all()


def test_bounds_keep_the_index_and_refuse_words():
    found = bounds(pd.Series(["3", "< 5"], index=[7, 9]), masked=(1, 2), path=FILE)
    assert found.index.tolist() == [7, 9]
    assert found["high"].tolist() == [3, 4]
    with pytest.raises(DataFileError) as refused:
        bounds(pd.Series(["12", "douze", "1,2,3"]), masked=(1, 4), path=FILE)
    assert len(refused.value.defects) == 2


@pytest.mark.parametrize("text", ["NS", "", "12.5", "douze"])
def test_a_count_is_never_masked_empty_or_split(text):
    with pytest.raises(DataFileError):
        whole_numbers(pd.Series(["12", text]), FILE)


# --- Paris, Lyon, Marseille ----------------------------------------------------

PARTS = [part for parts in PLM.values() for part in parts]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([*PARTS, "45203", "85191"]), st.sampled_from("ab")),
        st.integers(0, 10**6),
        min_size=1,
    )
)
def test_one_level_keeps_every_person(counts):
    rows = [(code, kind, people) for (code, kind), people in counts.items()]
    table = pd.DataFrame(rows, columns=["code_insee", "kind", "people"])
    before = table.copy()
    found = one_level(table, by=["kind"])
    assert table.equals(before)
    assert not set(found["code_insee"]) & set(PARTS)
    assert not found.duplicated(["code_insee", "kind"]).any()
    totals = table.groupby("kind")["people"].sum()
    assert found.groupby("kind")["people"].sum().equals(totals)


def test_one_level_refuses_a_commune_beside_its_arrondissements():
    table = pd.DataFrame({"code_insee": ["75056", "75101", "69381"], "people": [1, 2, 3]})
    with pytest.raises(TableError, match="75056"):
        one_level(table)
    assert one_level(without_parts(table))["code_insee"].tolist() == ["69123", "75056"]


def test_an_unknown_arrondissement_makes_the_city_unknown():
    table = pd.DataFrame({"code_insee": ["13201", "13202"], "people": [1.0, np.nan]})
    assert one_level(table)["people"].isna().all()


# --- headers and text ----------------------------------------------------------


@given(st.permutations(["\ufeffCODGEO", "  Médecins  généralistes ", "Département", "l’âge"]))
def test_columns_are_found_by_text_wherever_they_stand(header):
    wanted = {"code": "codgeo", "gps": "medecins generalistes", "age": "l'age"}
    places = find_columns(header, wanted, FILE)
    assert [plain(header[places[name]]) for name in wanted] == list(wanted.values())


def test_missing_columns_are_all_named_beside_those_found():
    with pytest.raises(DataFileError) as refused:
        find_columns(["Code", "Population"], {"a": "insee", "b": "code", "c": "pmun"}, FILE)
    assert [line for line in refused.value.defects if "introuvable" in line] == [
        "colonne introuvable : insee",
        "colonne introuvable : pmun",
    ]
    assert "« Population »" in refused.value.defects[-1]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Bâgé", "Œuilly", "L'Haÿ", "Orléans"]), st.booleans()),
        min_size=1,
    ),
    st.booleans(),
)
def test_encodings_mixed_from_line_to_line_are_read(lines, mark):
    data = b"\n".join(name.encode("cp1252" if old else "utf-8") for name, old in lines)
    data = b"\xef\xbb\xbf" + data if mark else data
    assert decoded(data).text == "\n".join(name for name, _ in lines)


@given(st.binary(max_size=200))
def test_any_bytes_are_text(data):
    assert isinstance(decoded(data).text, str)


@pytest.mark.parametrize("separator", [";", ",", "|", "\t"])
def test_the_separator_is_the_one_of_the_header(tmp_path, separator):
    path = tmp_path / "f.csv"
    rows = [["Titre", ""], ["Libellé", "Code"], ['"Saint-Ay, Loiret"', "45269"], ["Bû", "28064"]]
    lines = "\r\n".join(separator.join(row) for row in rows)
    path.write_bytes(b"\xef\xbb\xbf" + lines.encode())
    found = read_csv_text(path, patterns={"code": "code", "name": "libelle"})
    assert found.to_dict("list") == {
        "code": ["45269", "28064"],
        "name": ["Saint-Ay, Loiret", "Bû"],
    }
    assert header_cells(path, patterns={"code": "code"}) == ["Libellé", "Code"]
    optional = {"name": "libelle", "other": "autre"}
    assert list(read_csv_text(path, patterns={"code": "code"}, optional=optional)) == [
        "code",
        "name",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"<!DOCTYPE html><html><body>Service indisponible</body></html>",
        b"code;name\n",
        b"code;name\n45203;Meung\n45204;a;b\n",
        b"code;name\n45203;Meung\n45204",
        b'code;name\n45203;"Meung\n45204;a\n',
        b"\x00\x01\x02" * 1000,
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path, content):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(DataFileError):
        read_csv_text(path, patterns={"code": "code", "name": "name"})


def test_lines_cut_short_are_shown(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"code;name\n45203;Meung\n45204;a;b\n45\n")
    with pytest.raises(DataFileError) as refused:
        read_csv_text(path, patterns={"code": "code", "name": "name"})
    assert refused.value.defects == (
        "en-tête de 2 colonnes",
        "ligne d’une autre largeur : « 45204;a;b »",
        "ligne d’une autre largeur : « 45 »",
    )


def test_lines_of_separators_below_a_table_are_nothing(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"code;name\n45203;Meung\n;\n;\n\n")
    assert len(read_csv_text(path, patterns={"code": "code", "name": "name"})) == 1


def test_cells_of_a_line_without_end():
    # Other libraries change this limit for the whole process.
    before = csv.field_size_limit(131_072)
    try:
        assert cells('"' + "a" * 200_000, ";") == []
    finally:
        csv.field_size_limit(before)
    assert cells("", ";") == []


# --- archives ------------------------------------------------------------------


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    path.write_bytes(_zipped(members))
    return path


def test_content_is_the_same_plain_packed_and_zipped(tmp_path):
    content = b"code;nom\n45203;Meung-sur-Loire\n"
    # Names lie about what files are: only the first bytes count.
    plain_file, packed = tmp_path / "a.zip", tmp_path / "b.csv"
    plain_file.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    zipped = _zip(tmp_path / "c.txt", {"dossier/x_data.csv": content, "x_metadata.csv": b"-"})
    for path in (plain_file, packed, zipped):
        with open_content(path, r".*_data\.csv") as stream:
            assert stream.read() == content
    assert member_name(zipped, r".*_data\.csv") == "dossier/x_data.csv"
    assert member_name(plain_file, None) == "a.zip"


def test_the_member_must_be_one(tmp_path):
    path = _zip(tmp_path / "a.zip", {"a_data.csv": b"1", "b_data.csv": b"2"})
    with pytest.raises(DataFileError, match="2 membres pour"):
        member_name(path, r".*_data\.csv")
    with pytest.raises(DataFileError, match="aucun") as refused:
        member_name(path, r"donnees\.csv")
    assert "membre « a_data.csv »" in refused.value.defects


@pytest.mark.parametrize("make", [cut_zip, altered_zip, member_above, zip_bomb])
def test_a_damaged_or_hostile_archive_is_not_read(tmp_path, make):
    # What is altered inside shows when it is read, not before.
    with pytest.raises(DataFileError), open_content(make(tmp_path), ".*") as stream:
        stream.read()


def test_an_archive_larger_than_any_official_file_is_refused(tmp_path, monkeypatch):
    two = _zip(tmp_path / "two.zip", {"a.csv": b"a" * 600, "b.csv": b"b" * 600})
    monkeypatch.setitem(LIMITS, "unpacked", 1_000)
    assert "une fois décompressé" in archive_defects(two)[0]
    monkeypatch.setitem(LIMITS, "unpacked", 1_200)
    assert archive_defects(two) == []
