"""The APL workbook: the real file, and the layouts of other vintages written as documented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cpts_geo.errors import DataFileError, TableError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers._formats.workbook import cell_text, open_book
from cpts_geo.sources.readers.care.apl import READERS

READER = READERS["apl"]
SOURCE = sources()["drees_apl_2023"]
RATE = "En nombre de consultations/visites accessibles par habitant standardisé"
UNITS = ["", "", RATE, RATE, "En nombre d'habitants standardisés", "En nombre d'habitants"]
ROWS = [
    ["01001", "L'Abergement-Clémenciat", 1.942, 1.881, 838.154, 832],
    ["75101", "Paris 1er Arrondissement", 5, 4, 15_000, 15_917],
]


def header(vintage: int, *, capped: str = "de moins de 65 ans") -> list[str]:
    return [
        "Code commune INSEE",
        "Commune",
        "APL aux médecins généralistes",
        f"APL aux médecins généralistes {capped}",
        f"Population standardisée {vintage - 2} pour la médecine générale",
        f"Population totale {vintage - 2}",
    ]


def write_book(
    path: Path,
    sheets_of: dict[str, Sequence[Sequence[object]]],
    *,
    above: int = 8,
) -> Path:
    """A workbook with notes above the header, as the producer writes it."""
    book = openpyxl.Workbook()
    book.active.title = "Paramètres"  # type: ignore[union-attr]
    for name, rows in sheets_of.items():
        sheet = book.create_sheet(name)
        for number in range(above):
            sheet.append([f"Indicateur d'APL, note {number}"])
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def test_the_real_workbook_says_its_vintages(
    official_dir: Path, official_table: Callable[[str], pd.DataFrame]
) -> None:
    assert READER.vintage(official_dir / str(SOURCE.file), SOURCE) == SOURCE.holds == "2023"
    table = official_table(SOURCE.key)
    assert table.attrs["population_years"] == {"2022": 2020, "2023": 2021}
    assert table.attrs["notes"] == []


def test_the_real_workbook_is_read_cell_by_cell(
    official_dir: Path, official_table: Callable[[str], pd.DataFrame]
) -> None:
    book = openpyxl.load_workbook(official_dir / str(SOURCE.file), read_only=True)
    rows = [
        (row[0], int(name[-4:]), *row[2:6])
        for name in ("APL 2022", "APL 2023")
        for row in book[name].iter_rows(min_row=11, max_col=6, values_only=True)
        if row[0]
    ]
    book.close()
    table = official_table(SOURCE.key)
    assert list(table) == [
        "code_insee",
        "vintage",
        "apl",
        "apl_65",
        "standardised_population",
        "total_population",
    ]
    assert list(table.itertuples(index=False, name=None)) == sorted(
        rows, key=lambda r: (r[1], r[0])
    )
    assert len(rows) == 34_964 + 34_954
    assert not table.isna().any(axis=None)


def test_the_layout_of_2024_is_three_sheets_and_another_label(tmp_path: Path) -> None:
    capped = "de 65 ans ou moins"
    path = write_book(
        tmp_path / "apl.xlsx",
        {f"APL {y}": [header(y, capped=capped), UNITS, *ROWS] for y in (2022, 2023, 2024)},
    )
    table = READER.table(path, SOURCE)
    assert READER.vintage(path, SOURCE) == "2024"
    assert table["vintage"].tolist() == [2022, 2022, 2023, 2023, 2024, 2024]
    assert table["apl"].tolist() == [1.942, 5.0] * 3
    assert table["apl_65"].tolist() == [1.881, 4.0] * 3
    assert table["standardised_population"].tolist() == [838.154, 15_000] * 3
    assert table["total_population"].tolist() == [832, 15_917] * 3


def test_columns_are_found_by_their_text_not_their_place(tmp_path: Path) -> None:
    code, name, apl, apl_65, standardised, total = header(2023)
    names = [code, name, "APL aux médecins généralistes de 60 ans et moins"]
    rows = [["01001", "L'Abergement-Clémenciat", 9.9, 832, 838.154, 1.881, 1.942]]
    path = write_book(
        tmp_path / "apl.xlsx", {"APL 2023": [[*names, total, standardised, apl_65, apl], *rows]}
    )
    table = READER.table(path, SOURCE)
    assert table.to_numpy().tolist() == [["01001", 2023, 1.942, 1.881, 838.154, 832.0]]


@pytest.mark.parametrize(("place", "missing"), [(3, "apl_65"), (5, "total_population")])
def test_a_renamed_column_that_a_vintage_may_lack_is_unknown_and_said(
    tmp_path: Path, place: int, missing: str
) -> None:
    names = header(2023)
    names[place] = "Accessibilité"
    path = write_book(tmp_path / "apl.xlsx", {"APL 2023": [names, UNITS, *ROWS]})
    table = READER.table(path, SOURCE)
    assert table[missing].isna().all()
    assert table.drop(columns=missing).notna().all(axis=None)
    assert table.attrs["notes"] == [f"APL 2023 : pas de colonne « {missing} »"]


def test_an_older_sheet_has_an_underscore_other_columns_and_lost_zeros(tmp_path: Path) -> None:
    old = [
        "Code commune INSEE",
        "Commune",
        "APL aux médecins généralistes de 60 ans et moins",
        "APL aux médecins généralistes de 62 ans et moins",
        "APL aux médecins généralistes de 65 ans et moins",
        "APL aux médecins généralistes",
        "Population standardisée 2017 pour la médecine générale",
    ]
    rows = [[1001, "L'Abergement-Clémenciat", 1.1, 1.2, 1.3, 1.5, 800.5]]
    path = write_book(tmp_path / "apl.xlsx", {"APL_2019": [old, *rows]}, above=3)
    table = READER.table(path, SOURCE)
    assert table.loc[0, ["code_insee", "apl", "apl_65"]].tolist() == ["01001", 1.5, 1.3]
    assert table["total_population"].isna().all()
    assert table.attrs["notes"] == [
        "APL 2019 : unités non écrites sous l’en-tête",
        "APL 2019 : pas de colonne « total_population »",
    ]


def test_an_apl_of_another_age_is_not_taken_for_that_of_65(tmp_path: Path) -> None:
    names = header(2019, capped="de 62 ans et moins")
    path = write_book(tmp_path / "apl.xlsx", {"APL_2019": [names, UNITS, *ROWS]})
    table = READER.table(path, SOURCE)
    assert table["apl_65"].isna().all()
    assert table["apl"].tolist() == [1.942, 5.0]


def test_populations_of_another_year_are_said(tmp_path: Path) -> None:
    path = write_book(tmp_path / "apl.xlsx", {"APL 2024": [header(2023), UNITS, *ROWS]})
    table = READER.table(path, SOURCE)
    assert table.attrs["notes"] == ["APL 2024 : populations de 2021 et non de 2022"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Code commune INSEE", "Commune", *header(2023)[4:]], *ROWS], "colonne introuvable"),
        ([["Code", *header(2023)[1:]], UNITS, *ROWS], "colonne introuvable : code commune"),
        ([[*header(2023)[:2], "Accessibilité", *header(2023)[3:]], UNITS, *ROWS], "introuvable"),
        ([[*header(2023)[:4], "Habitants", header(2023)[5]], UNITS, *ROWS], "standardisee"),
        ([header(2023), ["", "", "En minutes", *UNITS[3:]], *ROWS], "unité de apl : « en minutes"),
        ([header(2023), UNITS, ["01001", "A", "n.d.?", 1, 1, 1]], "apl : « n.d.? »"),
        ([header(2023), UNITS, ["Ain", "A", 1, 1, 1, 1]], "code « AIN »"),
        ([[*header(2023)[:5], "Population totale 2019"], UNITS, *ROWS], "populations de 2019 et"),
        ([header(2023), UNITS], "aucune ligne"),
    ],
)
def test_a_changed_sheet_is_refused(tmp_path: Path, rows: list[list[object]], said: str) -> None:
    path = write_book(tmp_path / "apl.xlsx", {"APL 2023": rows})
    with pytest.raises(DataFileError, match=r"apl\.xlsx n’a pas la forme attendue") as caught:
        READER.table(path, SOURCE)
    assert any(said in defect for defect in caught.value.defects)
    assert "vérifiez que le fichier est celui du producteur" in str(caught.value.remedy)


def test_a_part_above_the_whole_breaks_the_contract(tmp_path: Path) -> None:
    rows = [header(2023), UNITS, ["01001", "A", 2.0, 2.5, 100, 100]]
    path = write_book(tmp_path / "apl.xlsx", {"APL 2023": rows})
    with pytest.raises(TableError, match="dépasse celui de tous"):
        READER.table(path, SOURCE)


def test_a_missing_sheet_names_those_there_are(tmp_path: Path) -> None:
    path = write_book(tmp_path / "apl.xlsx", {"Infirmiers 2023": []})
    for read in (READER.read, READER.vintage):
        with pytest.raises(DataFileError, match="« Infirmiers 2023 »"):
            read(path, SOURCE)


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html>404</html>", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "apl.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataFileError):
        READER.table(path, SOURCE)


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path / "apl.xlsx", {"APL 2023": [header(2023), UNITS, *ROWS]})
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(DataFileError, match="tronquée"):
        READER.table(path, SOURCE)


def test_workbook_cells_keep_codes_and_sheets_are_found_by_pattern(tmp_path: Path) -> None:
    rows = [["CODGEO", "n"], ["CODGEO", "NB_D106"], [1001, 3], ["2A004", ""]]
    path = write_book(tmp_path / "book.xlsx", {"COM": rows, "ARM": []}, above=2)
    book = open_book(path)
    assert book.sheets("COM|ARM") == {"COM": "COM", "ARM": "ARM"}
    found = book.block("COM", columns={"code": "codgeo", "n": "nb_d106"}, optional={"x": "x"})
    assert found.to_dict("list") == {"code": ["1001", "2A004"], "n": ["3", ""]}
    assert found.attrs["header"] == {"code": "CODGEO", "n": "NB_D106"}
    with pytest.raises(DataFileError, match="vide"):
        open_book(path).block("Paramètres", columns={"code": "c"})
    assert cell_text(1.0) == "1"
