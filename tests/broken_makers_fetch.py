"""What a server may serve in place of a producer's file: inputs of the table of broken files."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.broken_makers_door import Maker, _pipe, _written

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


#: Files of the catalogue that are replaced here.
COMMUNES = "v_commune_2026.csv"
CONTOURS = "communes-1000m-2026.geojson.gz"
DENSITIES = "cnam_effectifs_densites.csv"
BPE = "DS_BPE_2025_CSV_FR.zip"
POPULATIONS = "insee_populations_2023.zip"
APL_2023 = "drees_apl_generalistes_2022_2023.xlsx"
APL_2024 = "drees_apl_generalistes_2022_2024.xlsx"
PERIMETERS = "atlasante_cpts.geojson"
TIMES = "donnees_2025_reg24.parquet"
URGENCES = "drees_passages_urgences_2017_2023.csv"
EXTRACTION = "PS_LibreAcces_Personne_activite.txt"
DRY_FIELDS = {"code": "45130", "nom": "Dry", "departement": "45"}


def _large(name: str, content: Callable[[], bytes]) -> Maker:
    """Make a file whose content is made when it is needed."""

    def make(folder: Path) -> Path:
        return _written(name, content())(folder)

    return make


def _zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def _cnam(*rows: tuple[int | str, str, str]) -> Maker:
    """Make an export of France alone: year, profession, count."""
    lines = [f"{year},{job},99,999,tout_age,tout sexe,{count},80\n" for year, job, count in rows]
    return _written(DENSITIES, CNAM + "".join(lines))


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

page_for_csv = _written(COMMUNES, PAGE)
page_for_zip = _written(BPE, PAGE)
page_for_workbook = _written(APL_2024, b"\xef\xbb\xbf\n " + PAGE)
error_for_csv = _written(DENSITIES, b'{"error_code": "DatasetNotFound"}')
error_for_layer = _written("cvl_cpts.geojson", b'{"error": {"code": 499, "message": "Token"}}')
exception_for_layer = _written(
    PERIMETERS, b"<r><ows:ExceptionText>Unknown&#x202e; layer</ows:ExceptionText></r>"
)
csv_for_zip = _written(POPULATIONS, COG)
csv_for_parquet = _written(TIMES, COG)
old_workbook = _written(APL_2024, b"\xd0\xcf\x11\xe0" + bytes(600))
bytes_for_csv = _written(COMMUNES, bytes(range(256)) * 4)
csv_for_layer = _written(PERIMETERS, COG)
_DEEP = b"[" * 100_000 + b"]" * 100_000
deep_json = _written(PERIMETERS, _DEEP)
deep_shares = _written("insee_part_75plus_communes_2022.json", b'{"45130":' + _DEEP + b"}")

# --- nothing, or not all -----------------------------------------------------------------------

_DRY_CONTOUR = _contours((DRY_FIELDS, _square(1.7, 47.8)))
nothing = _written(COMMUNES, b"")
header_alone = _written(COMMUNES, COG)
cut_zip = _written(BPE, _zipped({"a_data.csv": COG.encode() * 9})[:-20])
cut_gzip = _written(CONTOURS, _DRY_CONTOUR[:-9])
cut_parquet = _written(TIMES, b"PAR1" + bytes(100))
cut_seven_zip = _written(
    "ADMIN-EXPRESS-COG_4-0__GPKG_WGS84G_FRA_2026-01-01.7z",
    b"7z\xbc\xaf\x27\x1c\0\4aaaa" + bytes([9] * 20),
)
cut_layer = _written(PERIMETERS, _layer(({"nom_cpts": "CPTS"}, _square(1.7, 47.8)))[:-30])
_STORED = _zipped({"a_data.csv": bytes(range(256)) * 400}, zipfile.ZIP_STORED)
altered_zip = _written(BPE, _STORED[:50_000] + b"\0\0\0\0\0" + _STORED[50_005:])
altered_gzip = _written(
    CONTOURS, _DRY_CONTOUR[:-6] + bytes([_DRY_CONTOUR[-6] ^ 1]) + _DRY_CONTOUR[-5:]
)
altered_workbook = _written(
    APL_2024, _zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook"})
)

# --- bombs -------------------------------------------------------------------------------------

_MANY = 40_000_000
gzip_bomb = _large(CONTOURS, lambda: gzip.compress(bytes(_MANY)))
gzip_of_many_parts = _large(CONTOURS, lambda: gzip.compress(bytes(1_000_000)) * 30)
zip_bomb = _large(BPE, lambda: _zipped({"DS_BPE_2025_data.csv": bytes(_MANY)}))
zip_bomb_named_csv = _large(COMMUNES, lambda: _zipped({"a.csv": bytes(_MANY)}))
lzma_bomb = _large(
    POPULATIONS, lambda: _zipped({"donnees_communes.csv": bytes(_MANY)}, zipfile.ZIP_LZMA)
)
bomb_in_a_workbook_in_a_zip = _large(
    "epci_au_01-01-2026.zip",
    lambda: _zipped({"EPCI_2026.xlsx": _zipped({"[Content_Types].xml": bytes(_MANY)})}),
)
many_members = _large(
    POPULATIONS, lambda: _zipped({f"{n}.csv": b"" for n in range(10_001)}, zipfile.ZIP_STORED)
)
far_cell = _large(
    APL_2023,
    lambda: _with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
)
far_row = _large(
    APL_2023,
    lambda: _with_sheet(
        '<row r="1"><c r="AZ1"><v>1</v></c></row><row r="200000"><c><v>1</v></c></row>'
    ),
)


def overlapping_members(folder: Path) -> Path:
    """Two entries of the list for the bytes of one member."""
    content = bytearray(_zipped({"a.csv": b"a" * 999, "b.csv": b"b" * 999}))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = bytes(4)
    return _written(POPULATIONS, bytes(content))(folder)


def million_rows_of_parquet(folder: Path) -> Path:
    """Rows of one doctor, ten million times and once more."""
    count = 10_000_001
    kinds = pa.DictionaryArray.from_arrays(np.zeros(count, np.int8), ["D265"])
    columns = ("X", "Y", "depcom", "pop", "duree", "distance")
    empty = dict.fromkeys(columns, pa.nulls(count, pa.int8()))
    pq.write_table(pa.table({**empty, "typeeq_id": kinds}), folder / TIMES)
    return folder / TIMES


def strings_by_the_thousand(folder: Path) -> Path:
    """A long text that stands once, and in every cell: more than two gigabytes once read."""
    if sys.platform != "linux":
        pytest.skip("no limit of memory that a process can be given")
    cells = '<c t="s"><v>0</v></c>' * 2_000
    content = _with_sheet(f"<row>{cells}</row>" * 2, strings="A" * 900_000)
    return _written(APL_2023, content)(folder)


# --- paths -------------------------------------------------------------------------------------

member_above = _written(POPULATIONS, _zipped({"../../donnees_communes.csv": b"1"}))
member_from_the_root = _written(POPULATIONS, _zipped({"/donnees_communes.csv": b"1"}))
member_of_a_drive = _written(POPULATIONS, _zipped({"C:\\donnees_communes.csv": b"1"}))
no_such_member = _written(POPULATIONS, _zipped({"lisez\x1b[31mmoi.txt": b"1"}))
two_such_members = _written(POPULATIONS, _zipped({f"{n}/donnees_communes.csv": b"1" for n in "ab"}))
pipe_in_place_of_a_file = _pipe(COMMUNES)

# --- headers, lines, cells ---------------------------------------------------------------------

_HOSTILE = ",".join(f"\x1b[{n}m\u202e{{{{7*7}}}}" for n in range(500))
other_columns = _written(COMMUNES, "CODE_INSEE,NOM\n45130,Dry\n")
hostile_columns = _written(COMMUNES, f"{_HOSTILE}\n")
other_fields_of_contours = _written(CONTOURS, _contours(({"id": "1"}, _square(1.7, 47.8))))
endless_header = _written(COMMUNES, "a," * 600_000 + "\n" + DRY)
line_of_another_width = _written(COMMUNES, COG + DRY + "COM,45131,24\n")
open_quote = _written(COMMUNES, COG + DRY.replace("Dry,4508", '"Dry,4508') + DRY * 3)
code_of_letters = _written(COMMUNES, COG + DRY.replace("45130", "4513O"))
tvs_of_letters = _written(
    "Correspondance_communes_tvs_2019.xlsx",
    _workbook("TVS", [["code commune", "tvs"], ["45130", "<script>"]]),
)
count_in_words = _cnam((2024, GPS, "beaucoup"))
count_below_zero = _cnam((2024, GPS, "-55546"))
same_row_twice = _cnam(*[(2024, GPS, "55546")] * 2)
day_of_no_calendar = _written(URGENCES, VISITS + "2023-02-31;45;120\n")
misdecoded_extraction = _written(EXTRACTION, RPPS.replace("activité", "activitÃ©"))
extraction_without_skills = _written(
    EXTRACTION, "|".join(RPPS.split("|")[:5]) + "\n8100|10|L|SA07|45130\n"
)


def other_columns_of_parquet(folder: Path) -> Path:
    pq.write_table(pa.table({"x\u202e": [1]}), folder / "donnees_2025_reg52.parquet")
    return folder / "donnees_2025_reg52.parquet"


# --- vintages ----------------------------------------------------------------------------------

year_to_come = _cnam(*[(2064, f"{GPS}{n}", "5") for n in range(9)])
# The last bit of the last digit of one year among many.
one_flipped_year = _cnam(*[(2024, f"Profession {n}", "5") for n in range(60)], (2025, GPS, "55546"))
year_of_letters = _cnam(("2O24", GPS, "55546"))
older_series = _written(URGENCES, VISITS + "2021-12-31;45;120\n")
older_workbook = _written(APL_2024, _workbook("APL 2019", [["Code", "APL"]]))
no_known_year = _written(
    POPULATIONS, _zipped({"donnees_communes.csv": b"COM;PMUN;PTOT\n01001;1;1\n"})
)
workbook_of_no_year = _written(APL_2024, _workbook("Lisez-moi", [["Code", "APL"]]))

# --- totals ------------------------------------------------------------------------------------

one_commune = _written(COMMUNES, COG + DRY)
few_doctors = _cnam((2024, GPS, "12"))
doctors_by_another_name = _cnam((2024, "Infirmiers", "55546"))
few_visits = _written(URGENCES, VISITS + "2023-12-31;45;120\n")
one_contour = _written(CONTOURS, _DRY_CONTOUR)

# --- shapes ------------------------------------------------------------------------------------

contours_in_metres = _written(CONTOURS, _contours((DRY_FIELDS, _square(620_000.0, 6_740_000.0))))
contour_without_shape = _written(
    CONTOURS,
    _contours((DRY_FIELDS, _square(1.7, 47.8)), (DRY_FIELDS | {"code": "45131"}, None)),
)
latitude_first = _written(PERIMETERS, _layer(({"nom_cpts": "CPTS du Val"}, _square(47.8, 1.7))))
nobody_named = _written(PERIMETERS, _layer(({"\x1b[31mid": 1, "surface": 2}, _square(1.7, 47.8))))
_TWO_NAMES = {"nom_cpts": "CPTS du Val", "lib_cpts": "CPTS de Beauce"}
two_names = _written(PERIMETERS, _layer((_TWO_NAMES, _square(1.7, 47.8))))
bpe_control_character = _written(
    "insee_bpe_2024_health_by_commune.csv", b"code_commune,TYPEQU,nombre\n01004,D26\x15,1\n"
)
