"""Inputs of the table of broken files that are large, special to the system, or made of bytes."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pytest

Maker = Callable[[Path], Path]
EMPTY_SHEET = (
    '<?xml version="1.0"?><worksheet '
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)


def _posix() -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such file")


# ---- paths


def nul_in_path(folder: Path) -> Path:
    return folder / "lis\0te.csv"


def absent(folder: Path) -> Path:
    return folder / "absent.csv"


def misspelt(folder: Path) -> Path:
    return _written("communes.csv", "commune\nDry\n")(folder).with_name("comunes.csv")


def absent_folder(folder: Path) -> Path:
    return folder / "nulle_part" / "liste.csv"


def below_a_file(folder: Path) -> Path:
    return _written("liste.csv", "commune\nDry\n")(folder) / "autre.csv"


def _link(target: str) -> Maker:
    def make(folder: Path) -> Path:
        _posix()
        (folder / "liste.csv").symlink_to(folder / target)
        return folder / "liste.csv"

    return make


broken_link = _link("partie.csv")
link_loop = _link("liste.csv")
endless_device = _link("/dev/zero")


def name_too_long(folder: Path) -> Path:
    _posix()
    return folder / f"{'a' * 300}.csv"


def no_permission(folder: Path) -> Path:
    _posix()
    path = _written("liste.csv", "commune\nDry\n")(folder)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this account reads everything")
    return path


def folder_named_csv(folder: Path) -> Path:
    (folder / "liste.csv").mkdir()
    return folder / "liste.csv"


def folder_without_suffix(folder: Path) -> Path:
    return folder


def _pipe(name: str) -> Maker:
    def make(folder: Path) -> Path:
        _posix()
        os.mkfifo(folder / name)
        return folder / name

    return make


pipe = _pipe("liste.csv")
pipe_named_xlsx = _pipe("liste.xlsx")


def a_socket(folder: Path) -> Path:
    _posix()
    path = folder / "s.csv"
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    # The name of a socket is at most a hundred letters.
    os.chdir(folder)
    try:
        listening.bind(path.name)
    finally:
        os.chdir(here)
        listening.close()
    return path


# ---- bytes


def _sparse(name: str, size: int) -> Maker:
    def make(folder: Path) -> Path:
        with (folder / name).open("wb") as file:
            file.truncate(size)
        return folder / name

    return make


def _written(name: str, content: bytes | str) -> Maker:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder / name

    return make


list_of_21_mb = _sparse("liste.csv", 20_000_001)
log_of_101_mb = _sparse("journal.csv", 100_000_001)
scenario_of_2_mb = _sparse("essai.toml", 1_000_001)
noise = _written("liste.csv", bytes(range(256)) * 40)
nul_inside = _written("liste.csv", b"commune\nDry\0\n")
escape_inside = _written("liste.csv", b"commune\nDry\x1b[2J\n")
zip_named_csv = _written("liste.csv", b"PK\x03\x04" + bytes(60))
gzip_named_csv = _written("liste.csv", b"\x1f\x8b\x08\x00" + bytes(60))
pdf_named_csv = _written("liste.csv", b"%PDF-1.7\n1 0 obj\n")
parquet_named_csv = _written("liste.csv", b"PAR1" + bytes(60) + b"PAR1")
sqlite_named_csv = _written("liste.csv", b"SQLite format 3\x00" + bytes(60))
old_excel_named_csv = _written("liste.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60))
utf16_without_mark = _written("liste.csv", "commune\nDry\n".encode("utf-16-le"))
utf16_odd = _written("liste.csv", "commune\nDry\n".encode("utf-16") + b"\x41")
utf16_half_pair = _written("liste.csv", b"\xff\xfec\x00\x00\xd8\n\x00")
utf32 = _written("liste.csv", "commune\nDry\n".encode("utf-32"))
ebcdic = _written("liste.csv", "commune\nDry\n".encode("cp037"))
no_letter = _written("liste.csv", b"commune\nSaint-\x81y\n")
blank = _written("liste.csv", b" \r\n\t\n" * 50)
mark_only = _written("liste.csv", b"\xef\xbb\xbf")
separators_only = _written("liste.csv", b";;;\n" * 50)
word_file = _written("liste.docx", b"PK\x03\x04")
gzipped_list = _written("liste.csv.gz", b"\x1f\x8b")
binary_workbook = _written("liste.xlsb", b"PK\x03\x04")
no_suffix = _written("liste", b"commune\nDry\n")

# ---- texts

long_line = _written("liste.csv", b"commune\n" + b"a;" * 500_001)
long_first_line = _written("liste.csv", b"a" * 1_000_001)
long_cell = _written("liste.csv", b"date;commune\n04/03/2024;" + b"a" * 32_768 + b"\n")
swallowing_quote = _written("liste.csv", b'date;commune\n04/03/2024;"Dry\n' + b"a;b\n" * 60_000)
many_rows = _written("liste.csv", b"commune\n" + b"Dry\n" * 100_001)
many_calls = _written("journal.csv", b"date\n" + b"04/03/2024\n" * 1_000_001)
many_columns = _written("liste.csv", b"commune" + b";x" * 1_000 + b"\nDry\n")
many_columns_log = _written("journal.csv", b"date" + b";x" * 1_000 + b"\n04/03/2024\n")
many_cells_log = _written("journal.csv", b"date\n" + (b"04/03/2024" + b";" * 999 + b"\n") * 10_010)
colons = _written("liste.csv", b"commune:insee\nDry:45130\n")
colons_log = _written("journal.csv", b"date#issue\n04/03/2024#RDV\n")
open_quote_end = _written("liste.csv", b'commune;insee\n"Dry;45130\n')
quote_in_the_middle = _written("liste.csv", b'commune;insee\n"Dry"x;45130\n')
short_row = _written("liste.csv", b"commune;insee;departement\nDry;45130\n")
long_row = _written("liste.csv", b"commune;insee\nDry;45130;45\n")
late_header = _written("liste.csv", b"texte\n" * 20 + b"commune\nDry\n")
late_header_log = _written("journal.csv", b"titre\n" * 20 + b"date\n04/03/2024\n")
typos = _written("liste.csv", b"commune\nDrye\nBaulle\nMessasse\n")
formulas = _written("liste.csv", b"commune\n=CMD()\n@SUM(A1)\n")
templates = _written("liste.csv", b"commune\n{{7*7}}\n{%raw%}\n")
lone_control = _written("journal.csv", b"date;issue\n04/03/2024;RDV\x00\n")
two_marks = _written("liste.csv", b"insee\n45130\n4513O\n")
headless = _written("liste.txt", b"Drye\nBaulle\nMessasse\n")
error_cells = _written("liste.csv", b"commune;code\nDry;1\n#N/A;2\n#REF!;3\n")
territory_lacking = _written("liste.csv", b"CPTS;commune\nA;Dry\nA;Baule\n;Messas\nB;Tavers\n")
title_too_late = _written("liste.csv", b"commune\nDry\nCPTS B\nMessas\n")

# ---- workbooks


def _book(name: str, cells: dict[str, object]) -> Maker:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.active.title = "Liste"
        for reference, value in cells.items():
            book.active[reference] = value
        book.save(folder / name)
        return folder / name

    return make


stray_cell = _book("liste.xlsx", {"A1": "commune", "A2": "Dry", "XFD1048576": "x"})
stray_cell_log = _book("journal.xlsx", {"A1": "date", "A2": "04/03/2024", "XFD1048576": "x"})
two_stray_cells = _book("liste.xlsx", {"A1": "commune", "A1048576": "x", "XFD1": "x"})
stray_cell_600 = _book("liste.xlsx", {"A1": "commune", "A2": "Dry", "XFD600": "x"})
empty_book = _book("liste.xlsx", {})
headless_book = _book("liste.xlsx", {"A1": "Drye", "A2": "Baulle"})
uncomputed = _book("liste.xlsx", {"A1": "commune", "A2": "Dry", "A3": "=A2"})
error_in_book = _book("liste.xlsx", {"A1": "insee", "A2": "45130", "A3": "#N/A"})
headless_log_book = _book("journal.xlsx", {"A1": "issue", "A2": "RDV"})


def two_lists(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for name, communes in {"Nord": ["Dry"], "Sud": ["Baule", "Messas"]}.items():
        sheet = book.create_sheet(name)
        for cell in ["commune", *communes]:
            sheet.append([cell])
    book.save(folder / "liste.xlsx")
    return folder / "liste.xlsx"


def hidden_only(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["commune"])
    book.active.append(["Dry"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Vide")
    book.save(folder / "liste.xlsx")
    return folder / "liste.xlsx"


def _excel(name: str, parts: dict[str, Iterable[bytes]]) -> Maker:
    """Make a workbook whose parts are those of an empty one, or those given."""

    def make(folder: Path) -> Path:
        model = folder / "modele.xlsx"
        openpyxl.Workbook().save(model)
        with (
            zipfile.ZipFile(model) as empty,
            zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            for part in {*empty.namelist(), *parts}:
                blocks = parts.get(part)
                if blocks is None:
                    archive.writestr(part, empty.read(part))
                    continue
                with archive.open(part, "w", force_zip64=True) as stream:
                    for block in blocks:
                        stream.write(block)
        return folder / name

    return make


SHEET = "xl/worksheets/sheet1.xml"
book_unknown_encoding = _excel(
    "liste.xlsx",
    {"xl/workbook.xml": [b'<?xml version="1.0" encoding="UTF-1"?><workbook/>']},
)
sheet_bomb = _excel("liste.xlsx", {SHEET: [EMPTY_SHEET.encode(), *[bytes(1 << 24)] * 36]})
log_bomb = _excel("journal.xlsx", {SHEET: [EMPTY_SHEET.encode(), *[b" " * (1 << 24)] * 36]})
strings_bomb = _excel("liste.xlsx", {"xl/sharedStrings.xml": [b" " * (1 << 24)] * 36})
hidden_bomb = _excel("liste.xlsx", {"docProps/x.bin": [bytes(1 << 24)] * 36})
broken_sheet = _excel("liste.xlsx", {SHEET: [EMPTY_SHEET.encode(), b"<row><c></row>"]})
no_workbook = _excel("liste.xlsx", {"xl/workbook.xml": [b""]})
billion_laughs = _excel(
    "liste.xlsx",
    {
        "xl/workbook.xml": [
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">',
            *[b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)],
            b"]><workbook><sheets>&a11;</sheets></workbook>",
        ]
    },
)
many_book_rows = _excel(
    "liste.xlsx",
    {
        SHEET: [
            EMPTY_SHEET.encode(),
            *(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 100_002)),
            b"</sheetData></worksheet>",
        ]
    },
)


def _with_sheet(
    name: str, *, method: int | None = None, flag: int = 0, noise: bool = False
) -> Maker:
    """Make a workbook whose first sheet is packed badly: what stands in its archive is changed."""

    def make(folder: Path) -> Path:
        path = _excel(name, {SHEET: [EMPTY_SHEET.encode(), *ROWS, b"</sheetData></worksheet>"]})(
            folder
        )
        content = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo(SHEET)
            start = member.header_offset + 30 + len(SHEET)
            listed = content.rindex(SHEET.encode()) - 46
        for place in (member.header_offset + 6, listed + 8):
            content[place] |= flag
            if method is not None:
                content[place + 2] = method
        if noise:
            middle = start + member.compress_size // 2
            content[middle : middle + 60] = b"\xff" * 60
        path.write_bytes(content)
        return path

    return make


ROWS = [b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 2_000)]
damaged_stream = _with_sheet("liste.xlsx", noise=True)
unknown_packing = _with_sheet("journal.xlsx", method=99)
encrypted_part = _with_sheet("liste.xlsx", flag=1)
not_an_archive = _written("liste.ods", b"commune\nDry\n")
page_named_xls = _written("liste.xls", b"<html><table><tr><td>commune</td></tr></table></html>")
cut_old_excel = _written("liste.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
text_named_ods = _written("journal.ods", b"date;issue\n04/03/2024;RDV\n")


def _open_document(name: str, table: bytes, *, repeat: int = 1) -> Maker:
    def make(folder: Path) -> Path:
        space = " ".join(
            f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
            for short in ("office", "table", "text")
        )
        before = (
            f"<office:document-content {space}><office:body><office:spreadsheet>"
            '<table:table table:name="Liste">'
        )
        after = "</table:table></office:spreadsheet></office:body></office:document-content>"
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", "<manifest/>")
            with archive.open("content.xml", "w", force_zip64=True) as stream:
                stream.write(before.encode())
                for _ in range(repeat):
                    stream.write(table)
                stream.write(after.encode())
        return folder / name

    return make


ods_bomb = _open_document("liste.ods", b" " * (1 << 24), repeat=36)
ods_repeated = _open_document(
    "liste.ods",
    b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
    b'table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    b"</table:table-cell></table:table-row>",
)
ods_cut = _open_document("liste.ods", b"<table:table-row><table:table-cell>")

# ---- scenarios

OWN = (
    'label = "Mon territoire"\npeople_without_mt = 5000.0\n'
    'share_assumed = false\npublic = "no_mt"\neligibility = "Tous"\n'
    'population_basis = "inconnue"\n'
)


def _scenario(more: str) -> Maker:
    return _written("essai.toml", OWN + more)


many_digits = _scenario(f"target = 1{'0' * 5000}\n")
nested_lists = _scenario(f"notes = {'[' * 50_000}\n")
nested_tables = _scenario(f"[{'.'.join('a' * 20_000)}]\nx = 1\n")
scenario_in_cp1252 = _written("essai.toml", (OWN + "# été").encode("cp1252"))
scenario_in_utf16 = _written("essai.toml", OWN.encode("utf-16"))
scenario_noise = _written("essai.toml", bytes(range(256)))
scenario_mark_only = _written("essai.toml", b"\xef\xbb\xbf")
scenario_blank = _written("essai.toml", b"\n \n")
scenario_nul = _scenario('notes = ["a\x00b"]\n')
scenario_own_base = _written("essai.toml", b'base = "essai.toml"\n')
scenario_base_absent = _written("essai.toml", b'base = "absent.toml"\n')
scenario_base_near = _written("essai.toml", b'base = "beauce_gatinai"\n')
scenario_base_number = _written("essai.toml", b"base = 3\n")
scenario_base_folder = _written("essai.toml", b'base = "."\n')
scenario_base_nul = _written("essai.toml", b'base = "a\\u0000"\n')
scenario_comma = _scenario("target = 0,95\n")
scenario_twice = _scenario("target = 0.9\ntarget = 0.8\n")
scenario_open_table = _scenario("[calendar\n")
scenario_no_value = _scenario("target = \n")
scenario_unknown = _scenario("tarjet = 0.9\n")
scenario_unknown_inside = _scenario("[calendar]\nregoin = 'alsace'\n")
scenario_no_label = _written("essai.toml", b"target = 0.9\n")
scenario_infinite = _scenario("population = inf\n")
scenario_no_number = _scenario("population = nan\n")
scenario_negative = _scenario("deadline_days = -1\n")
scenario_above = _scenario("target = 2.0\n")
scenario_text_number = _scenario("target = '0.9'\n")
scenario_percent = _scenario("target = 95\n")
scenario_french_date = _scenario("observed_start = 06/03/2023\n")
scenario_no_such_day = _scenario("observed_start = 2023-02-30\n")
scenario_hours_for_days = _scenario("deadline_days = 48\n")
scenario_half_a_day = _scenario("deadline_days = 12\n")
scenario_month_of_calls = _scenario("calls_observed = 240\ncalls_years = 1.0\n")
scenario_calls_of_no_time = _scenario("calls_observed = 480\n")
scenario_thousands = _written("essai.toml", b'base = "beauce_gatinais"\npeople_without_mt = 24\n')
scenario_template = _scenario("'{{7*7}}' = 1\n")


def scenario_base_pipe(folder: Path) -> Path:
    _pipe("base.toml")(folder)
    return _written("essai.toml", 'base = "base.toml"\n')(folder)


def scenario_cycle(folder: Path) -> Path:
    _written("b.toml", 'base = "a.toml"\n')(folder)
    return _written("a.toml", 'base = "b.toml"\n')(folder)


# ---- command lines: a file of arguments, one a line


def _command(*before: str, made: Maker) -> Maker:
    def make(folder: Path) -> Path:
        (folder / "arguments.txt").write_text("\n".join([*before, str(made(folder))]))
        return folder / "arguments.txt"

    return make


_REPORT = ("report", "--output", "sortie", "--perimeter")
report_pipe = _command(*_REPORT, made=pipe)
report_device = _command(*_REPORT, made=endless_device)
report_stray = _command(*_REPORT, made=stray_cell)
report_bomb = _command(*_REPORT, made=sheet_bomb)
report_gzip = _command(*_REPORT, made=gzip_named_csv)
report_long_line = _command(*_REPORT, made=long_line)
report_scenario_pipe = _command("report", "ouest_loiret", "--scenario", made=pipe)
call_log_pipe = _command("call-log", "--scenario", "ouest_loiret", made=pipe)
call_log_device = _command("call-log", "--scenario", "ouest_loiret", made=endless_device)
call_log_stray = _command("call-log", "--scenario", "ouest_loiret", made=stray_cell_log)
call_log_bomb = _command("call-log", "--scenario", "ouest_loiret", made=log_bomb)
