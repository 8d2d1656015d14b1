"""A copy of the known lines as spreadsheets leave it: what is read, what is told, what is not."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.errors import TableError
from cpts_geo.sources.analyst.lists.known_lines import read_known_lines_file
from cpts_geo.sources.embedding.contracts import numbers_of
from cpts_geo.sources.embedding.embedded import load_known_lines

SHIPPED = settings.CPTS_DIR / "known_lines.csv"
NUMBERS = [name for name, number in numbers_of("known_lines").items() if number]
Table = list[list[str]]


def shipped() -> Table:
    return list(csv.reader(SHIPPED.open(encoding="utf-8", newline="")))


def place(name: str) -> int:
    return shipped()[0].index(name)


def written(
    folder: Path, table: Sequence[Sequence[str]], *, separator: str = ";", encoding: str = "utf-8"
) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(table)
    path = folder / "mes_lignes.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def french(table: Table) -> Table:
    """Numbers as a French spreadsheet writes them: 1 407,9."""
    places = [place(name) for name in NUMBERS]
    for row in table[1:]:
        for at in places:
            whole, _, rest = row[at].partition(".")
            if len(whole) > 3:
                whole = f"{whole[:-3]}\u202f{whole[-3:]}"
            row[at] = f"{whole},{rest}" if rest else whole
    return table


def same_as_shipped(found: pd.DataFrame) -> None:
    usual = load_known_lines()
    pd.testing.assert_frame_equal(found[usual.columns], usual)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_spreadsheet_changes_nothing_in_the_lines(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    path = written(tmp_path, french(shipped()), separator=separator, encoding=encoding)
    same_as_shipped(read_known_lines_file(path))


def test_an_old_encoding_is_read_and_told(tmp_path: Path) -> None:
    table = [[cell.replace("\u202f", " ") for cell in row] for row in french(shipped())]
    found = read_known_lines_file(written(tmp_path, table, encoding="cp1252"))
    same_as_shipped(found)
    origin, encoding, numbers = found.attrs["notes"]
    assert origin == "Lignes connues lues dans « mes_lignes.csv », séparées par : point-virgule."
    assert encoding == "Encodage Windows-1252 (cp1252), et non UTF-8."
    spaced = sum(
        any(sign in row[place(name)] for sign in ", ") for row in table[1:] for name in NUMBERS
    )
    assert numbers.startswith(f"{spaced} nombres écrits avec une virgule ou des espaces")


def test_a_workbook_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Mode d’emploi"
    book.active.append(["Ajoutez vos lignes dans la feuille suivante"])
    sheet = book.create_sheet("Lignes")
    head, *rows = shipped()
    sheet.append(head)
    for row in rows:
        numbers = {place(name) for name in NUMBERS}
        sheet.append([float(cell) if at in numbers and cell else cell or None
                      for at, cell in enumerate(row)])  # fmt: skip
    book.save(tmp_path / "lignes.xlsx")
    found = read_known_lines_file(tmp_path / "lignes.xlsx")
    same_as_shipped(found)
    [told] = found.attrs["notes"]
    assert "feuille « Lignes »" in told


def test_titles_order_capitals_and_empty_lines_are_no_matter(tmp_path: Path) -> None:
    head, *rows = shipped()
    table = [[*row[::-1], "", ""] for row in [head, *rows]]
    table[0][: len(head)] = [cell.upper().replace("_", " ") for cell in table[0][: len(head)]]
    back = len(head) - 1
    for row in table[1:]:
        for name in ("calibrates", "saturated", "law"):
            row[back - place(name)] = row[back - place(name)].capitalize()
        row[back - place("grade")] = row[back - place("grade")].lower()
        row[back - place("places")] = row[back - place("places")].replace("+", " + ")
    found = read_known_lines_file(written(tmp_path, [["Nos lignes"], [], *table, [""] * 29]))
    same_as_shipped(found)
    assert (
        "En-tête trouvé à la ligne 3 ; les lignes au-dessus sont ignorées."
        in (found.attrs["notes"])
    )


def test_a_copy_may_lack_lines_and_hold_others(tmp_path: Path) -> None:
    head, first, *_ = shipped()
    mine = list(first)
    mine[0] = "la_mienne"
    found = read_known_lines_file(written(tmp_path, [head, mine]))
    assert found["line"].to_list() == ["la_mienne"]


def refused(path: Path) -> tuple[str, ...]:
    with pytest.raises(TableError) as error:
        read_known_lines_file(path)
    assert error.value.remedy
    return error.value.defects


def test_columns_that_are_unknown_missing_or_twice_are_named_with_the_nearest(
    tmp_path: Path,
) -> None:
    table = shipped()
    table[0][0], table[0][1], table[0][2] = "lines", "zzz", "grade"
    assert refused(written(tmp_path, table)) == (
        "colonne inconnue : « lines » ; la plus proche est line",
        "colonne inconnue : « zzz »",
        "colonne grade : 2 fois",
        "colonne absente : line",
        "colonne absente : name",
        "colonne absente : departements",
    )


@pytest.mark.parametrize("text", ["beaucoup", "60 %", "1.4.2", "12e3", "1 40", "8-10"])
def test_what_is_no_number_is_named_by_its_line(tmp_path: Path, text: str) -> None:
    table = shipped()
    table[2][place("served_low")] = text
    assert refused(written(tmp_path, table)) == (
        f"ligne 3 (ouest_loiret), served_low : « {text} », nombre attendu",
    )


@pytest.mark.parametrize("text", ["5.800", "5,800", "1,407", "141.700"])
def test_a_count_that_could_be_two_is_refused(tmp_path: Path, text: str) -> None:
    table = shipped()
    table[1][place("count_high")] = text
    (told,) = refused(written(tmp_path, table))
    digits = text.replace(".", "").replace(",", "")
    assert told.endswith(f"« {text} », milliers ou décimales ? Écrivez {digits}")


@pytest.mark.parametrize("text", ["5800", "5 800", "5800,0", "5800,125", "0,345", "5,8"])
def test_a_number_of_one_meaning_is_read(tmp_path: Path, text: str) -> None:
    table = shipped()
    table[1][place("count_low")] = table[1][place("count_high")] = text
    found = read_known_lines_file(written(tmp_path, table))
    assert found["count_low"].iloc[0] == float(text.replace(" ", "").replace(",", "."))


def test_every_defect_is_listed_at_once(tmp_path: Path) -> None:
    table = shipped()
    table[1][place("count_low")] = "beaucoup"
    table[2][place("law")] = "visites"
    table[3][place("places")] = "Fontenay"
    table[4][place("served_low")] = "2"
    told = refused(written(tmp_path, table))
    for line, word in (
        ("beauce_gatinais", "nombre"), ("ouest_loiret", "attendu : (vide), appels"),
        ("fontenay", "cpts:CLÉ"), ("alencon", "part de 0"),
    ):  # fmt: skip
        assert [each for each in told if line in each and word in each], (line, told)


def test_a_nonsense_row_is_told_in_one_pass(tmp_path: Path) -> None:
    table = shipped()
    wrong = {
        "line": "xx", "departements": "ZZ", "places": "epci:123456789", "people_factor": "beaucoup",
        "law": "visites", "count_low": "500", "count_high": "400", "date": "hier", "grade": "E",
    }  # fmt: skip
    row = list(table[1])
    for name, text in wrong.items():
        row[place(name)] = text
    told = refused(written(tmp_path, [*table, row]))
    for words in (
        "people_factor : « beaucoup », nombre attendu", "count_low = 500, count_high = 400",
        "« ZZ »", "123456789 inconnu", "attendu : (vide), appels, servies", "« hier »", "« E »",
    ):  # fmt: skip
        assert len([each for each in told if words in each]) == 1, (words, told)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("departements", "99", "99 inconnu"),
        ("departements", "Loiret", "codes de département"),
        ("date", "2023-13-01", "date AAAA-MM-JJ"),
        ("date", "en 2023", "date AAAA-MM-JJ"),
    ],
)
def test_places_and_days_that_are_none_are_refused(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    table = shipped()
    table[1][place(name)] = text
    (told,) = refused(written(tmp_path, table))
    assert words in told


def test_a_french_day_is_read(tmp_path: Path) -> None:
    table = shipped()
    table[1][place("date")] = "6/03/2023"
    assert read_known_lines_file(written(tmp_path, table))["date"].iloc[0] == "2023-03-06"


def test_a_cell_outside_the_columns_is_named(tmp_path: Path) -> None:
    table = shipped()
    table[5].append("à vérifier")
    assert refused(written(tmp_path, table)) == (
        "ligne 6 : « à vérifier » n’est sous aucun nom de colonne",
    )


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ([["a", "b"], ["1", "2"]], "aucune ligne d’en-tête ; première ligne lue : a | b"),
        (shipped()[:1], "aucune ligne sous l’en-tête"),
    ],
)
def test_a_file_that_is_another_is_refused(tmp_path: Path, table: Table, word: str) -> None:
    assert refused(written(tmp_path, table)) == (word,)
