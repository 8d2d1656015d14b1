"""Counts of facilities: Melodi's long file in its real layout, and real older editions."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.samples import RPPS_COLUMNS, write_bpe_long, write_melodi, write_rpps
from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.registry import READERS

BPE = READERS["bpe"]
SOURCE = sources()["insee_bpe_2025"]
MEMBER = "DS_BPE_2025_data.csv"
HEADER = (
    "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;UNIT_MEASURE;"
    "OBS_STATUS;UNIT_MULT;TIME_PERIOD;OBS_VALUE"
)


def line(code, facility, value, *, level="COM", status="A", year="2025", mult="0"):
    domain = f"{facility[0]};{facility[:2]}" if facility != "_T" else "_T;_T"
    measure = "FACILITIES;FACILITIES"
    return f"{code};{level};{domain};{facility};{measure};{status};{mult};{year};{value}"


ROWS = [
    line("45203", "D265", "7"),
    line("45203", "D307", "2.0"),
    line("45203", "D106", "1"),
    line("45234", "D265", "3", status="W"),
    line("45001", "D265", "", status="K"),
    line("75056", "D265", "1900"),
    line("75101", "D265", "45", level="ARM"),
    # What would count people twice: other levels, with codes that look like communes'.
    line("45203", "D265", "31", level="BV2022"),
    line("45203", "D265", "33", level="AAV2020"),
    line("45", "D265", "427", level="DEP"),
    line("F", "D265", "60000", level="FRANCE"),
    line("45203", "_T", "152"),
    line("45203", "D277", "4"),
]


def write(path, rows=None, *, member=MEMBER, header=HEADER):
    return write_melodi(path, member, header, ROWS if rows is None else rows)


def read(path):
    table = BPE.table(path, SOURCE)
    return table, table.set_index(["code_insee", "facility"])["count"].to_dict()


def test_each_facility_of_a_commune_is_counted_once(tmp_path):
    table, counts = read(write(tmp_path / "bpe.zip"))
    assert counts == {
        ("45203", "gps"): 7,
        ("45203", "pharmacies"): 2,
        ("45203", "emergency_departments"): 1,
        ("45234", "gps"): 3,
        ("75056", "gps"): 1900,
    }
    assert table["count"].dtype == "int64"
    # 45001's doctors stand in 45234's figure: not a known zero.
    assert table.attrs == {"gp_code": "D265", "left_out": ["45001"]}
    assert BPE.vintage(tmp_path / "bpe.zip", SOURCE) == "2025"


def test_the_current_code_of_gps_is_preferred_and_the_old_one_accepted(tmp_path):
    old = [row.replace("D265", "D201") for row in ROWS]
    table, counts = read(write(tmp_path / "old.zip", old))
    assert (table.attrs["gp_code"], counts["45203", "gps"]) == ("D201", 7)
    both = [*ROWS, line("45203", "D201", "9")]
    table, counts = read(write(tmp_path / "both.zip", both))
    assert (table.attrs["gp_code"], counts["45203", "gps"]) == ("D265", 7)


def test_no_gp_code_is_no_silent_zero(tmp_path):
    rows = [row for row in ROWS if "D265" not in row]
    with pytest.raises(DataFileError, match="ni D265 ni D201"):
        read(write(tmp_path / "bpe.zip", rows))


def test_names_and_rows_must_be_of_one_year(tmp_path):
    path = write(tmp_path / "moved.zip", member="DS_BPE_2024_data.csv")
    for work in (BPE.vintage, BPE.table):
        with pytest.raises(DataFileError, match="se contredisent"):
            work(path, SOURCE)
    path = write(tmp_path / "two.zip", [*ROWS, line("45204", "D265", "1", year="2024")])
    with pytest.raises(DataFileError, match="se contredisent"):
        BPE.table(path, SOURCE)


def test_columns_are_found_by_name_with_or_without_attributes(tmp_path):
    keep = ["OBS_VALUE", "TIME_PERIOD", "BPE_MEASURE", "FACILITY_TYPE", "GEO_OBJECT", "GEO"]
    names = HEADER.split(";")
    rows = [";".join(row.split(";")[names.index(name)] for name in keep) for row in ROWS]
    rows = [row for row in rows if not row.startswith(";")]
    path = write(tmp_path / "bpe.zip", rows, header=";".join(keep))
    assert read(path)[1]["45203", "gps"] == 7
    # A plain file with a byte order mark, as a browser may unpack it.
    plain = tmp_path / "plain.csv"
    with zipfile.ZipFile(path) as archive:
        plain.write_bytes(b"\xef\xbb\xbf" + archive.read(MEMBER))
    assert read(plain)[1]["45203", "gps"] == 7


def test_units_are_those_the_file_says(tmp_path):
    rows = [*ROWS, line("45204", "D265", "2", mult="3")]
    assert read(write(tmp_path / "bpe.zip", rows))[1]["45204", "gps"] == 2000


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (line("45203", "D265", "8"), "plusieurs lignes pour « 45203 D265"),
        (line("45204", "D265", "12.5"), "nombre entier attendu"),
        (line("45204", "D265", "ns"), "ce n’est pas un nombre : « ns »"),
        (line("XX", "D265", "1"), "code « XX »"),
        (line("45204", "D265", "1", year="2025-01"), "n’est pas une année"),
        ("45204;COM;D;D2", "lignes illisibles"),
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path, row, said):
    with pytest.raises(DataFileError, match=said):
        read(write(tmp_path / "bpe.zip", [*ROWS, row]))


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><body>Erreur</body></html>", (HEADER + "\n").encode(), b"GEO;OBS_VALUE\n1;2\n"],
)
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "bpe.csv"
    path.write_bytes(content)
    for work in (BPE.table, BPE.vintage):
        with pytest.raises(DataFileError):
            work(path, SOURCE)


#: Facilities that are counted, by code of the BPE.
FACILITIES = {
    "D265": "gps", "D106": "emergency_departments", "D307": "pharmacies", "D281": "nurses",
    "D113": "health_houses", "D108": "health_centres",
}  # fmt: skip


def naive(path: Path) -> dict[tuple[str, str], int]:
    """Read the sample line by line, with the rules written once more."""
    counts: Counter[tuple[str, str]] = Counter()
    with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as stream:
        for row in csv.DictReader(io.TextIOWrapper(stream, "utf-8"), delimiter=";"):
            if (
                row["GEO_OBJECT"] == "COM"
                and row["FACILITY_TYPE"] in FACILITIES
                and row["OBS_VALUE"]
            ):
                counts[row["GEO"], FACILITIES[row["FACILITY_TYPE"]]] += int(float(row["OBS_VALUE"]))
    return dict(counts)


def test_a_generated_file_is_read_as_line_by_line(tmp_path):
    path = tmp_path / "bpe.zip"
    write_bpe_long(path, lines=60_000)
    table, counts = read(path)
    assert counts == naive(path)
    assert len(counts) > 300
    assert BPE.vintage(path, SOURCE) == "2025"
    assert table.attrs["gp_code"] == "D265"


#: A process inherits the peak of the one that starts it: a small one stands between.
BETWEEN = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
MEASURED = """
import json, resource, sys
from pathlib import Path
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.registry import READERS
from tests.broken_makers_fetch import _workbook
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
table = READERS["bpe"].table(Path(sys.argv[1]), sources()["insee_bpe_2025"])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([len(table), (after - before) / 1024]))
"""


def test_a_large_file_is_read_in_little_memory(tmp_path):
    path = tmp_path / "bpe.zip"
    write_bpe_long(path, lines=600_000)
    child = [sys.executable, "-c", MEASURED, str(path)]
    command = [sys.executable, "-c", BETWEEN, *child]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, megabytes = json.loads(done.stdout)
    with zipfile.ZipFile(path) as archive:
        unpacked = archive.getinfo(MEMBER).file_size / 1e6
    assert rows > 5000
    # Measured 115 MB over the libraries for these 45 MB of text, 185 to 230 for 173 MB.
    assert megabytes < 200, f"{megabytes:.0f} MB for {unpacked:.0f} MB of text"


def test_generated_rpps_has_the_real_layout(tmp_path):
    path = tmp_path / "rpps.txt"
    write_rpps(path, lines=300)
    rows = [text.split("|") for text in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 301
    assert {len(row) for row in rows} == {57}
    assert tuple(rows[0][:56]) == RPPS_COLUMNS
    assert all(row[56] == "" and row[7].startswith("NOM") for row in rows[1:])


# --- real files ----------------------------------------------------------------


def of(official_dir, key):
    source = sources()[key]
    path = official_dir / source.file
    reader = READERS[source.reader]
    return reader.table(path, source), reader.vintage(path, source)


def by_code(table, facility):
    rows = table[table["facility"] == facility]
    return dict(zip(rows["code_insee"], rows["count"], strict=True))


def test_bpe_2017_is_read_line_by_line(official_dir):
    table, vintage = of(official_dir, "insee_bpe_2017")
    assert vintage is None
    with (official_dir / sources()["insee_bpe_2017"].file).open(encoding="utf-8") as stream:
        rows = [(row["CODGEO"], int(row["NB_D201"])) for row in csv.DictReader(stream)]
    assert len(rows) == len(table) + 1
    assert by_code(table, "gps") == dict(rows)
    assert table["count"].sum() == 58_031
    assert (table["code_insee"] == "58062").sum() == 1


def test_bpe_2024_is_read_line_by_line(official_dir):
    table, _ = of(official_dir, "insee_bpe_2024")
    with (official_dir / sources()["insee_bpe_2024"].file).open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["TYPEQU"] in FACILITIES]
    expected = {
        (row["code_commune"], FACILITIES[row["TYPEQU"]]): int(row["nombre"]) for row in rows
    }
    assert len(expected) == len(rows) == len(table)
    assert table.set_index(["code_insee", "facility"])["count"].to_dict() == expected
    gps = by_code(table, "gps")
    assert sum(gps.values()) == 60_573
    assert "75101" in gps and "75056" not in gps


# --- older editions of another form ----------------------------------------------


@pytest.mark.parametrize(
    ("key", "content", "said"),
    [
        ("2017", b"code,NB_D201\n01001,1\n", "introuvable : codgeo"),
        ("2017", b"CODGEO,NB_D301\n01001,1\n", "introuvable : nb_d201"),
        ("2024", b"commune,TYPEQU,nombre\n01004,D265,1\n", "introuvable : code_commune"),
        ("2024", b"code_commune,TYPEQU,nombre\n01004,D307,1\n", "ni D265 ni D201"),
        ("2024", b"code_commune,TYPEQU,nombre\n01004,D265,1.5\n", "nombre entier attendu"),
        ("2024", b"code_commune,TYPEQU,nombre\n01004,D265,\n", "01004|nombre"),
        ("2024", b"code_commune,TYPEQU,nombre\nAin,D265,1\n", "code « AIN »"),
    ],
)
def test_an_older_edition_of_another_form_is_refused(tmp_path, key, content, said):
    path = tmp_path / "bpe"
    path.write_bytes(content)
    source = sources()[f"insee_bpe_{key}"]
    with pytest.raises(DataFileError, match=said) as refused:
        READERS[source.reader].table(path, source)
    assert refused.value.summary == "bpe n’a pas la forme attendue."
    assert refused.value.remedy


def test_the_same_code_with_another_count_is_refused(tmp_path):
    path = tmp_path / "bpe_2017.csv"
    path.write_text('"CODGEO","NB_D201"\n"58062",3\n"58062",4\n', encoding="utf-8")
    with pytest.raises(TableError, match="58062"):
        READERS["bpe_2017"].table(path, sources()["insee_bpe_2017"])


def test_a_commune_listed_twice_for_a_facility_is_refused(tmp_path):
    path = tmp_path / "bpe_2024.csv"
    rows = ["code_commune,TYPEQU,nombre", "1004,D265,3", "01004,D265,3", "01004,D307,1"]
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(TableError, match="01004"):
        READERS["bpe_long"].table(path, sources()["insee_bpe_2024"])
    path.write_text("\n".join(rows[:2] + rows[3:]), encoding="utf-8")
    table = READERS["bpe_long"].table(path, sources()["insee_bpe_2024"])
    # A lost zero is restored; other types are none of ours.
    assert table.to_numpy().tolist() == [["01004", "gps", 3], ["01004", "pharmacies", 1]]
