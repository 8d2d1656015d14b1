"""The analyst's file: every accepted form gives the same table, every defect says what to do."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.foreign import is_invisible
from cpts_geo.sources.analyst.lists._text import read_text_rows
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file

BROKEN = Path(__file__).parents[2] / "data" / "broken"
COMMUNES = [("Cléry-Saint-André", "45098"), ("Saint-Ay", "45269"), ("L'Haÿ-les-Roses", "94038")]
PAIRS = [{"name": name, "code": code} for name, code in COMMUNES]


def pairs(path: Path) -> list[dict[str, str]]:
    return read_perimeter_file(path)[["name", "code"]].to_dict("records")


def refused(name: str) -> PerimeterError:
    with pytest.raises(PerimeterError) as caught:
        read_perimeter_file(BROKEN / name)
    assert caught.value.remedy
    assert "\n  - " not in caught.value.summary
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_forms_give_the_same_table(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    lines = [separator.join(cells) for cells in [("Libellé", "Code INSEE"), *COMMUNES]]
    path = tmp_path / "liste.csv"
    path.write_bytes(end.join(lines).encode(encoding))
    assert pairs(path) == PAIRS


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("CODGEO;LIBGEO", ["line", "name", "code"]),
        ("Code commune;Nom de la commune", ["line", "name", "code"]),
        ("DEPCOM;Ville", ["line", "name", "code"]),
        ("com;libelle", ["line", "name", "code"]),
        ("Code postal;COMMUNE", ["line", "name", "postal"]),
        ("insee;notes", ["line", "code"]),
    ],
)
def test_columns_are_known_by_their_header(tmp_path: Path, header: str, columns: list[str]) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"{header}\n45130;Dry\n", encoding="utf-8")
    assert list(read_perimeter_file(path).columns) == columns


def test_workbook_reads_the_first_visible_sheet_with_a_list(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    book.active["B2"] = "Source : réunion"
    hidden = book.create_sheet("Ancienne liste")
    hidden.append(["commune"])
    hidden.append(["Ailleurs"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Liste 2026")
    sheet["B3"], sheet["C3"] = "Code Insee", "Commune"
    sheet["B5"], sheet["C5"] = 1001, "L'Abergement-Clémenciat"
    sheet["B7"], sheet["C7"] = "45098", "Cléry-Saint-André"
    path = tmp_path / "liste.xlsx"
    book.save(path)
    read = read_perimeter_file(path)
    assert read.to_dict("records") == [
        {"line": 5, "name": "L'Abergement-Clémenciat", "code": "1001"},
        {"line": 7, "name": "Cléry-Saint-André", "code": "45098"},
    ]
    notes = " ".join(read.attrs["notes"])
    assert "Feuille lue : « Liste 2026 »" in notes
    assert "Codes à 4 chiffres : 1" in notes


def test_opendocument_sheet(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        inside = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in cells
        )
        return f"<table:table-row>{inside}</table:table-row>"

    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    body = row("Commune", "Code Insee") + "".join(row(*cells) for cells in COMMUNES)
    content = (
        f"<office:document-content {namespaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Liste">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "liste.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert pairs(path) == PAIRS


def test_titles_above_the_header_are_skipped_and_said(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("CPTS des Mauves;\n;\nCommune;Insee\nDry;45130\n;\n", encoding="utf-8")
    read = read_perimeter_file(path)
    assert read.to_dict("records") == [{"line": 4, "name": "Dry", "code": "45130"}]
    assert "En-tête trouvé à la ligne 3" in " ".join(read.attrs["notes"])


def test_a_list_without_header_is_read_where_its_cells_are_communes() -> None:
    read = read_perimeter_file(BROKEN / "no_header.txt")
    assert read["name"].to_list() == ["Dry", "Meung-sur-Loire", "Baule"]
    assert read.attrs["notes"] == ("Aucun en-tête : une commune par ligne (noms en colonne 1).",)


def test_one_column_of_names_pasted_from_a_text(tmp_path: Path) -> None:
    path = tmp_path / "liste.txt"
    path.write_text("Communes\n- Baccon,\n- Chambon-Feugerolles, Le\nDry\n", encoding="utf-8")
    names = read_perimeter_file(path)["name"].to_list()
    assert names == ["- Baccon,", "- Chambon-Feugerolles, Le", "Dry"]


def test_a_name_may_hold_markup_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        'commune;departement\n"<script>alert(""1"")</script>";45\n"Saint-\nAy";45\nDry;45\n',
        encoding="utf-8",
    )
    table = read_perimeter_file(path)
    assert table["name"].to_list() == ['<script>alert("1")</script>', "Saint-\nAy", "Dry"]
    assert table["line"].to_list() == [2, 3, 5]


@pytest.mark.parametrize("written", ["Loiret", "045", "45.0", "45 - Loiret"])
def test_departement_is_given_as_written(tmp_path: Path, written: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"commune;Département\nDry;{written}\n", encoding="utf-8")
    read = read_perimeter_file(path)
    assert read["departement"].to_list() == [written]
    assert "Colonne des départements : « Département »." in read.attrs["notes"]


def test_population_is_kept_and_empty_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("commune;population\nDry;1 350\nBaule;\nMessas;0\n", encoding="utf-8")
    population = read_perimeter_file(path)["population"]
    assert population.to_list()[::2] == [1350, 0]
    assert population.isna().to_list() == [False, True, False]


def test_a_population_only_checks_the_list() -> None:
    read = read_perimeter_file(BROKEN / "bad_population.csv")
    assert read["name"].to_list() == ["Dry", "Baule", "Baccon", "Tavers", "Saint-Ay"]
    assert read["population"].fillna(-1).to_list() == [1350, -1, -1, 2, -1]
    assert (
        "Population illisible, laissée de côté : ligne 3 « -5 » et ligne 4 « environ 600 »."
        in read.attrs["notes"]
    )
    assert "Population à décimales, arrondie : ligne 5." in read.attrs["notes"]


@pytest.mark.parametrize("written", ["-1", "∞", "12.000", "9" * 400, "VRAI"])
def test_a_population_that_counts_nobody_is_told(tmp_path: Path, written: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"commune;population\nDry;{written}\nBaule;2100\n", encoding="utf-8")
    read = read_perimeter_file(path)
    assert read["population"].isna().to_list() == [True, False]
    told = f"Population illisible, laissée de côté : ligne 2 {quoted(written)}."
    assert told in read.attrs["notes"]


@pytest.mark.parametrize(
    ("name", "second", "said"),
    [("cp1252.csv", "Épieds-en-Beauce", "cp1252"), ("utf16.txt", "Dry", "UTF-16")],
)
def test_other_encodings_are_read_and_reported(name: str, second: str, said: str) -> None:
    read = read_perimeter_file(BROKEN / name)
    assert read["name"].to_list() == ["Cléry-Saint-André", second]
    assert said in " ".join(read.attrs["notes"])


def test_double_encoding_is_refused_with_what_was_meant() -> None:
    error = refused("double_encoded.csv")
    assert len(error.defects) == 2
    assert "ligne 3 : « ClÃ©ry-Saint-AndrÃ© », sans doute « Cléry-Saint-André »" in error.defects
    assert "CSV UTF-8" in error.remedy


@pytest.mark.parametrize(
    ("name", "summary", "defects", "remedy"),
    [
        ("zero_bytes.csv", "aucune commune", [], "une commune par ligne"),
        ("header_only.csv", "aucune commune", [], "une commune par ligne"),
        ("replaced_letters.csv", "abîmés", ["ligne 2"], "fichier d’origine"),
        ("unknown_separator.csv", "séparateur", ["commune:code_insee"], "point-virgule"),
        (
            "mixed_separators.csv",
            "nombre de colonnes",
            ["ligne 3 : 1 au lieu de 2", "ligne 4 : 3 au lieu de 2"],
            "point-virgule",
        ),
        (
            "one_header_two_columns.csv",
            "n’a qu’une colonne",
            ["ligne 3 : « Meung-sur-Loire;45203 »", "ligne 4 : « Baule\\t45024 »"],
            "en-tête",
        ),
        ("missing_column.csv", "Aucune colonne", ["lieu | habitants"], "`commune`"),
        ("no_column.xlsx", "Aucune colonne", ["Lieu"], "`commune`"),
        ("postal_codes.csv", "codes postaux", [], "`code_insee`"),
        ("codes_named_commune.csv", "des codes et non des noms", [], "`code_insee`"),
        ("two_name_columns.csv", "même rôle", ["« commune » et « ville »"], "renommez"),
        (
            "nameless_rows.csv",
            "ne peuvent pas être utilisées",
            ["ligne 3 : ni nom ni code", "ligne 4 : ni nom ni code"],
            "ligne de total",
        ),
        ("unbalanced_quotes.csv", "guillemets", [], ".xlsx"),
        ("picture.csv", "binaire", [], "CSV UTF-8"),
        ("document.pdf", "Type de fichier", [], ".csv"),
        ("text_named.xlsx", "ne peut pas être ouvert : il est endommagé", [], "tableur"),
        ("truncated.xlsx", "ne peut pas être ouvert : il est endommagé", [], "tableur"),
        ("password.xlsx", "mot de passe", [], "sans mot de passe"),
    ],
)
def test_broken_files_say_what_is_wrong_and_what_to_do(
    name: str, summary: str, defects: list[str], remedy: str
) -> None:
    error = refused(name)
    assert summary in error.summary
    assert len(error.defects) == len(defects)
    for found, expected in zip(error.defects, defects, strict=True):
        assert expected in found
    assert remedy in error.remedy


@pytest.mark.skipif(os.name == "nt", reason="links need administrator rights on Windows")
def test_file_the_system_refuses_to_read(tmp_path: Path) -> None:
    # A link to itself is unreadable for every account, also the administrator's.
    path = tmp_path / "liste.csv"
    path.symlink_to(path)
    with pytest.raises(PerimeterError, match="ne peut pas être lu") as caught:
        read_perimeter_file(path)
    assert "droits" in caught.value.remedy


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read_text_rows(Path("liste.csv"), content)
    except PerimeterError as error:
        assert error.remedy
    else:
        assert {"name", "code"} & found.header.columns.keys()
        assert found.header.position < len(found.rows)


@given(st.text())
def test_quoted_text_holds_on_one_printable_line(text: str) -> None:
    shown = one_line(text)
    assert not any(map(is_invisible, shown))
    assert len(shown) <= 80
