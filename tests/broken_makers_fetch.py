"""What a server may serve in place of a producer's file: inputs of the table of broken files."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body></body></html>"
COG = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n"
DRY = "COM,45130,24,45,45D,452,0,DRY,Dry,Dry,4508,\n"
CNAM = "annee,profession_sante,region,departement,classe_age,libelle_sexe,effectif,densite\n"
GPS = "Ensemble des médecins généralistes"
VISITS = "date;dep;nb_passages\n"
RPPS = (
    "Identifiant PP|Code profession|Code mode exercice|Code secteur d'activité|"
    "Code commune (coord. structure)|Code savoir-faire|Code type savoir-faire\n"
)


def _put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def _cnam(*rows: tuple[int | str, str, str]) -> str:
    """Export of France alone: year, profession, count."""
    lines = [f"{year},{job},99,999,tout_age,tout sexe,{count},80\n" for year, job, count in rows]
    return CNAM + "".join(lines)


def _layer(*features: tuple[dict[str, Any], Any]) -> bytes:
    shapes = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": shapes}).encode()


def _square(x: float, y: float) -> dict[str, Any]:
    ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def _contours(*features: tuple[dict[str, Any], Any]) -> bytes:
    return gzip.compress(_layer(*features))


CONTOURS = "communes-1000m-2026.geojson.gz"
DRY_FIELDS = {"code": "45130", "nom": "Dry", "departement": "45"}


def _workbook(sheet: str, rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _with_sheet(xml: str, strings: str = "") -> bytes:
    """A workbook of one sheet « APL 2023 » whose rows are these."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook("APL 2023", [["Code", "APL"]]))) as book,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for info in book.infolist():
            data = book.read(info).decode()
            if info.filename == "xl/worksheets/sheet1.xml":
                start, end = data.index("<sheetData"), data.index("</sheetData>")
                data = data[:start] + "<sheetData>" + xml + data[end:]
            out.writestr(info, data)
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        shared = f'<sst xmlns="{main}"><si><t>{strings}</t></si></sst>'
        out.writestr("xl/sharedStrings.xml", shared)
    return content.getvalue()


# --- another kind of file ----------------------------------------------------------------------


def page_for_csv(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", PAGE)


def page_for_zip(folder: Path) -> Path:
    return _put(folder, "DS_BPE_2025_CSV_FR.zip", PAGE)


def page_for_workbook(folder: Path) -> Path:
    return _put(folder, "drees_apl_generalistes_2022_2024.xlsx", b"\xef\xbb\xbf\n " + PAGE)


def error_for_csv(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", b'{"error_code": "DatasetNotFound"}')


def error_for_layer(folder: Path) -> Path:
    return _put(folder, "cvl_cpts.geojson", b'{"error": {"code": 499, "message": "Token"}}')


def exception_for_layer(folder: Path) -> Path:
    said = b"<r><ows:ExceptionText>Unknown&#x202e; layer</ows:ExceptionText></r>"
    return _put(folder, "atlasante_cpts.geojson", said)


def csv_for_zip(folder: Path) -> Path:
    return _put(folder, "insee_populations_2023.zip", COG)


def csv_for_parquet(folder: Path) -> Path:
    return _put(folder, "donnees-2024-reg24.parquet", COG)


def old_workbook(folder: Path) -> Path:
    return _put(folder, "drees_apl_generalistes_2022_2024.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600))


def bytes_for_csv(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", bytes(range(256)) * 4)


def csv_for_layer(folder: Path) -> Path:
    return _put(folder, "atlasante_cpts.geojson", COG)


def deep_json(folder: Path) -> Path:
    return _put(folder, "atlasante_cpts.geojson", b"[" * 100_000 + b"]" * 100_000)


def deep_shares(folder: Path) -> Path:
    content = b'{"45130":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    return _put(folder, "insee_part_75plus_communes_2022.json", content)


# --- nothing, or not all -----------------------------------------------------------------------


def nothing(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", b"")


def header_alone(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", COG)


def cut_zip(folder: Path) -> Path:
    return _put(folder, "DS_BPE_2025_CSV_FR.zip", _zipped({"a_data.csv": COG.encode() * 9})[:-20])


def cut_gzip(folder: Path) -> Path:
    return _put(folder, CONTOURS, _contours((DRY_FIELDS, _square(1.7, 47.8)))[:-9])


def cut_parquet(folder: Path) -> Path:
    return _put(folder, "donnees-2024-reg24.parquet", b"PAR1" + bytes(100))


def cut_seven_zip(folder: Path) -> Path:
    name = "ADMIN-EXPRESS-COG_4-0__GPKG_WGS84G_FRA_2026-01-01.7z"
    return _put(folder, name, b"7z\xbc\xaf\x27\x1c\0\4aaaa" + bytes([9] * 20))


def cut_layer(folder: Path) -> Path:
    content = _layer(({"nom_cpts": "CPTS"}, _square(1.7, 47.8)))
    return _put(folder, "atlasante_cpts.geojson", content[:-30])


def altered_zip(folder: Path) -> Path:
    content = _zipped({"a_data.csv": bytes(range(256)) * 400}, zipfile.ZIP_STORED)
    altered = content[:50_000] + b"\0\0\0\0\0" + content[50_005:]
    return _put(folder, "DS_BPE_2025_CSV_FR.zip", altered)


def altered_gzip(folder: Path) -> Path:
    content = bytearray(_contours((DRY_FIELDS, _square(1.7, 47.8))))
    content[-6] ^= 1
    return _put(folder, CONTOURS, bytes(content))


def altered_workbook(folder: Path) -> Path:
    content = _zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook"})
    return _put(folder, "drees_apl_generalistes_2022_2024.xlsx", content)


# --- bombs -------------------------------------------------------------------------------------


def gzip_bomb(folder: Path) -> Path:
    return _put(folder, CONTOURS, gzip.compress(bytes(40_000_000)))


def gzip_of_many_parts(folder: Path) -> Path:
    return _put(folder, CONTOURS, gzip.compress(bytes(1_000_000)) * 30)


def zip_bomb(folder: Path) -> Path:
    content = _zipped({"DS_BPE_2025_data.csv": bytes(40_000_000)})
    return _put(folder, "DS_BPE_2025_CSV_FR.zip", content)


def zip_bomb_named_csv(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", _zipped({"a.csv": bytes(40_000_000)}))


def lzma_bomb(folder: Path) -> Path:
    content = _zipped({"donnees_communes.csv": bytes(40_000_000)}, zipfile.ZIP_LZMA)
    return _put(folder, "insee_populations_2023.zip", content)


def bomb_in_a_workbook_in_a_zip(folder: Path) -> Path:
    book = _zipped({"[Content_Types].xml": bytes(40_000_000)})
    return _put(folder, "epci_au_01-01-2026.zip", _zipped({"EPCI_2026.xlsx": book}))


def overlapping_members(folder: Path) -> Path:
    """Two entries of the list for the bytes of one member."""
    content = bytearray(_zipped({"a.csv": b"a" * 999, "b.csv": b"b" * 999}))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = bytes(4)
    return _put(folder, "insee_populations_2023.zip", bytes(content))


def many_members(folder: Path) -> Path:
    members = {f"{n}.csv": b"" for n in range(10_001)}
    return _put(folder, "insee_populations_2023.zip", _zipped(members, zipfile.ZIP_STORED))


def million_rows_of_parquet(folder: Path) -> Path:
    table = pa.table({"x": pa.nulls(50_000_001, pa.int8())})
    pq.write_table(table, folder / "donnees-2024-reg24.parquet", row_group_size=60_000_000)
    return folder / "donnees-2024-reg24.parquet"


def strings_by_the_thousand(folder: Path) -> Path:
    """A long text that stands once, and in every cell: more than two gigabytes once read."""
    if sys.platform != "linux":
        pytest.skip("no limit of memory that a process can be given")
    cells = '<c t="s"><v>0</v></c>' * 2_000
    rows = f"<row>{cells}</row>" * 2
    content = _with_sheet(rows, strings="A" * 900_000)
    return _put(folder, "drees_apl_generalistes_2022_2023.xlsx", content)


def far_cell(folder: Path) -> Path:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    cells += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return _put(folder, "drees_apl_generalistes_2022_2023.xlsx", _with_sheet(cells))


def far_row(folder: Path) -> Path:
    cells = '<row r="1"><c r="AZ1"><v>1</v></c></row><row r="200000"><c><v>1</v></c></row>'
    return _put(folder, "drees_apl_generalistes_2022_2023.xlsx", _with_sheet(cells))


# --- paths -------------------------------------------------------------------------------------


def member_above(folder: Path) -> Path:
    return _put(folder, "insee_populations_2023.zip", _zipped({"../../donnees_communes.csv": b"1"}))


def member_from_the_root(folder: Path) -> Path:
    return _put(folder, "insee_populations_2023.zip", _zipped({"/donnees_communes.csv": b"1"}))


def member_of_a_drive(folder: Path) -> Path:
    return _put(folder, "insee_populations_2023.zip", _zipped({"C:\\donnees_communes.csv": b"1"}))


def no_such_member(folder: Path) -> Path:
    return _put(folder, "insee_populations_2023.zip", _zipped({"lisez\x1b[31mmoi.txt": b"1"}))


def two_such_members(folder: Path) -> Path:
    members = {f"{n}/donnees_communes.csv": b"1" for n in "ab"}
    return _put(folder, "insee_populations_2023.zip", _zipped(members))


def pipe_in_place_of_a_file(folder: Path) -> Path:
    if os.name == "nt":
        pytest.skip("Windows has no such file")
    os.mkfifo(folder / "v_commune_2026.csv")
    return folder / "v_commune_2026.csv"


# --- headers, lines, cells ---------------------------------------------------------------------


def other_columns(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", "CODE_INSEE,NOM\n45130,Dry\n")


def hostile_columns(folder: Path) -> Path:
    header = ",".join(f"\x1b[{n}m\u202e{{{{7*7}}}}" for n in range(500))
    return _put(folder, "v_commune_2026.csv", f"{header}\n")


def other_columns_of_parquet(folder: Path) -> Path:
    pq.write_table(pa.table({"x\u202e": [1]}), folder / "donnees-2024-reg52.parquet")
    return folder / "donnees-2024-reg52.parquet"


def other_fields_of_contours(folder: Path) -> Path:
    return _put(folder, CONTOURS, _contours(({"id": "1"}, _square(1.7, 47.8))))


def endless_header(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", "a," * 600_000 + "\n" + DRY)


def line_of_another_width(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", COG + DRY + "COM,45131,24\n")


def open_quote(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", COG + DRY.replace("Dry,4508", '"Dry,4508') + DRY * 3)


def code_of_letters(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", COG + DRY.replace("45130", "4513O"))


def tvs_of_letters(folder: Path) -> Path:
    content = "code commune;tvs\n45130;<script>\n"
    return _put(folder, "correspondance-tvs-communes-2018.csv", content)


def count_in_words(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", _cnam((2024, GPS, "beaucoup")))


def count_below_zero(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", _cnam((2024, GPS, "-55546")))


def same_row_twice(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", _cnam(*[(2024, GPS, "55546")] * 2))


def day_of_no_calendar(folder: Path) -> Path:
    content = VISITS + "2023-02-31;45;120\n"
    return _put(folder, "drees_passages_urgences_2017_2023.csv", content)


def misdecoded_extraction(folder: Path) -> Path:
    content = RPPS.replace("activité", "activitÃ©")
    return _put(folder, "PS_LibreAcces_Personne_activite.txt", content)


def extraction_without_skills(folder: Path) -> Path:
    header = "|".join(RPPS.split("|")[:5])
    content = f"{header}\n8100|10|L|SA07|45130\n"
    return _put(folder, "PS_LibreAcces_Personne_activite.txt", content)


# --- vintages ----------------------------------------------------------------------------------


def year_to_come(folder: Path) -> Path:
    content = _cnam(*[(2064, f"{GPS}{n}", "5") for n in range(9)])
    return _put(folder, "cnam_effectifs_densites.csv", content)


def one_flipped_year(folder: Path) -> Path:
    """The last bit of the last digit of one year among many."""
    rows = [(2024, f"Profession {n}", "5") for n in range(60)]
    content = _cnam(*rows, (2024, GPS, "55546")).replace(f"2024,{GPS}", f"2025,{GPS}")
    return _put(folder, "cnam_effectifs_densites.csv", content)


def year_of_letters(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", _cnam(("2O24", GPS, "55546")))


def older_series(folder: Path) -> Path:
    content = VISITS + "2021-12-31;45;120\n"
    return _put(folder, "drees_passages_urgences_2017_2023.csv", content)


def older_workbook(folder: Path) -> Path:
    content = _workbook("APL 2019", [["Code", "APL"]])
    return _put(folder, "drees_apl_generalistes_2022_2024.xlsx", content)


def no_known_year(folder: Path) -> Path:
    content = "COM;PMUN;PTOT\n01001;1;1\n"
    packed = _zipped({"donnees_communes.csv": content.encode()})
    return _put(folder, "insee_populations_2023.zip", packed)


def workbook_of_no_year(folder: Path) -> Path:
    content = _workbook("Lisez-moi", [["Code", "APL"]])
    return _put(folder, "drees_apl_generalistes_2022_2024.xlsx", content)


# --- totals ------------------------------------------------------------------------------------


def one_commune(folder: Path) -> Path:
    return _put(folder, "v_commune_2026.csv", COG + DRY)


def few_doctors(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", _cnam((2024, GPS, "12")))


def doctors_by_another_name(folder: Path) -> Path:
    return _put(folder, "cnam_effectifs_densites.csv", _cnam((2024, "Infirmiers", "55546")))


def few_visits(folder: Path) -> Path:
    content = VISITS + "2023-12-31;45;120\n"
    return _put(folder, "drees_passages_urgences_2017_2023.csv", content)


def one_contour(folder: Path) -> Path:
    return _put(folder, CONTOURS, _contours((DRY_FIELDS, _square(1.7, 47.8))))


# --- shapes ------------------------------------------------------------------------------------


def contours_in_metres(folder: Path) -> Path:
    return _put(folder, CONTOURS, _contours((DRY_FIELDS, _square(620_000.0, 6_740_000.0))))


def contour_without_shape(folder: Path) -> Path:
    shapes = _contours((DRY_FIELDS, _square(1.7, 47.8)), (DRY_FIELDS | {"code": "45131"}, None))
    return _put(folder, CONTOURS, shapes)


def latitude_first(folder: Path) -> Path:
    content = _layer(({"nom_cpts": "CPTS du Val"}, _square(47.8, 1.7)))
    return _put(folder, "atlasante_cpts.geojson", content)


def nobody_named(folder: Path) -> Path:
    content = _layer(({"\x1b[31mid": 1, "surface": 2}, _square(1.7, 47.8)))
    return _put(folder, "atlasante_cpts.geojson", content)


def two_names(folder: Path) -> Path:
    fields = {"nom_cpts": "CPTS du Val", "lib_cpts": "CPTS de Beauce"}
    return _put(folder, "atlasante_cpts.geojson", _layer((fields, _square(1.7, 47.8))))
