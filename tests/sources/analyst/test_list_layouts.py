"""Lists as they are really written, drawn over all of France: what is read is what was written."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.sources.analyst.lists._bare import is_commune, several_communes
from cpts_geo.sources.analyst.lists._rows import without_communes
from cpts_geo.sources.analyst.lists._words import is_heading, role_of
from cpts_geo.sources.analyst.lists.perimeter import read_perimeter_file
from cpts_geo.sources.embedding.embedded import load_communes, load_former_communes

SEED = 20_240_304
NAMES = sorted(
    {*load_communes()["name"], *load_former_communes()["former_name"].dropna(), "La Réunion"}
)
#: Headers of names, codes, départements and populations, as producers and analysts write them.
HEADERS = [
    ("Commune", "Code INSEE", "Département", "Population"),
    ("LIBGEO", "CODGEO", "DEP", "P21_POP"),
    ("Nom Officiel Commune", "Code Officiel Commune", "Code Officiel Département", "Habitants"),
    ("com_name", "com_code", "dep_code", "pop"),
    ("Nom_de_la_commune", "#Code_commune_INSEE", "code_departement", "Population municipale 2021"),
    ("Communes membres", "N° INSEE", "N° département", "PMUN21"),
    ("NOM_COM", "INSEE_COM", "Dép.", "Pop. totale"),
    ("Libellé de la commune", "Code géographique", "Dpt", "Nombre d’habitants"),
    ("nomCommune", "codeInsee", "numDep", "nbHabitants"),
    ("Commune de la CPTS", "Insee", "Départements", "pop. légale"),
]
TOTALS = ["Total", "TOTAL GÉNÉRAL", "Total CPTS", "Ensemble", "Sous-total", "Population totale"]
NOTES = [
    "Source : Insee, RP 2021",
    "Sources : ARS, Insee",
    "* données provisoires",
    "Note : à vérifier",
]
Cells = list[list[str]]


@pytest.mark.parametrize("written", [str, str.upper, lambda name: name.replace("-", " ")])
def test_no_commune_is_a_header_or_a_row_to_leave_out(written: Callable[[str], str]) -> None:
    names = [written(name) for name in NAMES]
    starred = [f"* {name}" for name in names]
    assert len(names) > 34_000
    for row in (names, starred):
        nothing = [""] * len(row)
        others = [[name] for name in row]
        assert without_communes(names=row, codes=nothing, people=nothing, others=others) == {}
    # Two communes bear the name of a column, and no list begins by them alone.
    assert {name.casefold() for name in names if role_of(name)} == {"ville", "villes"}
    assert {name.casefold() for name in names if is_heading(name)} == {"ville", "villes"}
    assert [name for name in names if several_communes(name)] == []


@pytest.mark.parametrize("form", ["{}", "- {},", "• {}", "1. {}", "45252 - {}", "45300 {}"])
def test_every_name_is_known_whatever_stands_before(form: str) -> None:
    names = [name for name in NAMES if "(" not in name]
    assert [name for name in names if not is_commune(form.format(name))] == []


def _rows(draw: random.Random, size: int) -> Cells:
    """Draw communes: name, code, département, population."""
    communes = load_communes()
    found = communes.iloc[draw.sample(range(len(communes)), size)]
    return [
        [row.name_, row.code_insee, row.departement, str(draw.randint(1, 90_000))]
        for row in found.rename(columns={"name": "name_"}).itertuples()
    ]


def _write(path: Path, rows: Sequence[Sequence[str]], hidden: Sequence[int] = ()) -> Path:
    """Write rows as a text, or as a workbook where some are hidden."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([cell or None for cell in row])
        for line in hidden:
            book.active.row_dimensions[line].hidden = True
        book.save(path)
    else:
        path.write_text("".join(";".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[0])
def test_each_layout_is_read_back(tmp_path: Path, header: Sequence[str], suffix: str) -> None:
    draw = random.Random(f"{SEED}{header}{suffix}")
    for which in range(2):
        communes = _rows(draw, draw.randint(2, 30))
        kept = draw.choice([[0, 1, 2, 3], [0, 2, 3], [0, 1, 3], [1, 0, 3]])
        total = [draw.choice(TOTALS) if i == 0 else "9800" if i == 3 else "" for i in kept]
        note = [draw.choice(NOTES), *[""] * (len(kept) - 1)]
        listed = [[row[i] for i in kept] for row in communes]
        hidden = listed.pop() if suffix == ".xlsx" else None
        above = [["Liste de la CPTS", *[""] * (len(kept) - 1)]] * which
        first = [total] * draw.randint(0, 1)
        blank = [[""] * len(kept)] * draw.randint(0, 2)
        rows = [*above, [header[i] for i in kept], *first, *listed, *blank, total, note]
        if hidden:
            rows.insert(-1, hidden)
        path = _write(tmp_path / f"liste{which}{suffix}", rows, [len(rows) - 1] if hidden else [])
        read = read_perimeter_file(path)
        for place, role in zip(kept, kept, strict=True):
            column = ["name", "code", "departement", "population"][role]
            expected = [row[kept.index(place)] for row in listed]
            assert [str(value).removesuffix(".0") for value in read[column]] == expected
        below = sum(map(any, rows)) - which - 1
        assert len(read) + len(read.attrs["left_out"]) == below
        said = " ".join(read.attrs["notes"])
        assert all(row[0] in said for row in (total, note))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_lists_without_header_are_read_back(tmp_path: Path, suffix: str) -> None:
    draw = random.Random(SEED)
    for which in range(6):
        communes = _rows(draw, draw.randint(3, 40))
        shapes: list[Cells] = [
            [[name] for name, *_ in communes],
            [[name, departement] for name, _, departement, _ in communes],
            [[f"{code} {name}"] for name, code, *_ in communes],
            [[name for name, *_ in communes]],
        ]
        rows = shapes[which % len(shapes)]
        read = read_perimeter_file(_write(tmp_path / f"liste{which}{suffix}", rows))
        expected = rows[0] if len(rows) == 1 else [row[0] for row in rows]
        assert read["name"].to_list() == expected
        assert "Aucun en-tête" in " ".join(read.attrs["notes"])


def test_a_decree_is_split_into_its_communes(tmp_path: Path) -> None:
    draw = random.Random(SEED)
    cells = [f"{code} {name}" for name, code, *_ in _rows(draw, 30)]
    path = tmp_path / "arrete.txt"
    path.write_text(" ; ".join(cells) + ".\n", encoding="utf-8")
    assert [name.rstrip(".") for name in read_perimeter_file(path)["name"]] == cells
    path.write_text(f"Communes : {' ; '.join(cells)}\n", encoding="utf-8")
    assert read_perimeter_file(path)["name"].to_list() == cells


def test_names_on_two_lines_and_a_merged_cell(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "Commune;;Population;\nCode Insee;Nom;2015;2021\n45130;Dry;1300;1400\n", encoding="utf-8"
    )
    read = read_perimeter_file(path)
    assert read.to_dict("records") == [
        {"line": 3, "name": "Dry", "code": "45130", "population": 1400.0}
    ]
    # A commune that bears the word of a header is no second line of it.
    path.write_text("Commune;Département\nVille;60\nLong;80\n", encoding="utf-8")
    assert read_perimeter_file(path)["name"].to_list() == ["Ville", "Long"]


def test_the_column_of_communes_is_taken_over_that_of_names(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("Nom;Commune\nMartin;Dry\nDurand;Baule\n", encoding="utf-8")
    read = read_perimeter_file(path)
    assert read["name"].to_list() == ["Dry", "Baule"]
    said = "Colonne « Nom » laissée de côté (noms) : « Commune » est lue."
    assert said in read.attrs["notes"]


@pytest.mark.parametrize(
    "text",
    [
        "CPTS;Commune\nCPTS A;Dry\nCPTS a;Baule\nCPTS B;Messas\nTotal;\n",
        "Nom de la structure;Commune\nCPTS A;Dry\nCPTS A;Baule\nCPTS B;Messas\n",
        "Nom;Commune\nCPTS A;Dry\nCPTS A;Baule\nCPTS B;Messas\n",
        "Territoire;Commune\nCPTS A;Dry\n;Baule\nCPTS B;Messas\n;Tavers\n",
        "Commune\nCPTS A\nDry\nBaule\nCPTS B\nMessas\n",
        "CPTS A\nDry\nBaule\nCPTS B\nMessas\n",
        "CPTS A;CPTS B\nDry;Messas\nBaule;\n",
        "CPTS A;Dry;Baule\nCPTS B;Messas;\n",
        "CPTS;Communes\nCPTS A;Dry ; Baule\nCPTS B;Messas\n".replace(
            "Dry ; Baule", '"Dry ; Baule"'
        ),
        "Étiquettes de lignes;Somme de population\nCPTS A;2\nDry;1\nBaule;1\nCPTS B;3\nMessas;3\n",
    ],
)
def test_each_row_keeps_its_territory(tmp_path: Path, text: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(text, encoding="utf-8")
    read = read_perimeter_file(path)
    found = dict(zip(read["name"], read["territory"], strict=True))
    found.pop("Tavers", None)
    assert found == {"Dry": "CPTS A", "Baule": "CPTS A", "Messas": "CPTS B"}
    one = read_perimeter_file(path, only=["cpts b"])
    assert set(one["territory"]) == {"CPTS B"}
    assert "Dry" not in one["name"].to_list()
    assert len(read) + len(read.attrs["left_out"]) == len(one) + len(one.attrs["left_out"])
    with pytest.raises(PerimeterError, match='« CPTS C » : inconnu ; au plus près : --only "CPTS'):
        read_perimeter_file(path, only=["CPTS C"])


def test_sheets_are_chosen_and_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Nord"
    for row in (["commune", "code"], ["Dry", "x"]):
        book.active.append(row)
    south = book.create_sheet("Sud")
    for cell in ("commune", "Baule", "Messas"):
        south.append([cell])
    path = tmp_path / "liste.xlsx"
    book.save(path)
    with pytest.raises(PerimeterError, match="« Sud » : 2 lignes → --sheet Sud"):
        read_perimeter_file(path)
    read = read_perimeter_file(path, sheet="sud")
    assert read["name"].to_list() == ["Baule", "Messas"]
    assert "1 feuille non lue : « Nord »." in read.attrs["notes"]
    with pytest.raises(PerimeterError, match="« Sut » : inconnu ; au plus près : --sheet Sud"):
        read_perimeter_file(path, sheet="Sut")
    # A hidden sheet is not read, unless it is asked for; nor is a hidden column.
    south.sheet_state = "hidden"
    book["Nord"].column_dimensions["B"].hidden = True
    book.save(path)
    notes = read_perimeter_file(path).attrs["notes"]
    assert "1 feuille non lue : « Sud » (masquée)." in notes
    assert "1 colonne masquée laissée de côté : « code »." in notes
    assert read_perimeter_file(path, sheet="Sud")["name"].to_list() == ["Baule", "Messas"]
    # Two sheets that say the same are one list.
    for cells in (["Baule", None], ["Messas", None]):
        book["Nord"].append(cells)
    book["Nord"].delete_rows(2)
    south.sheet_state = "visible"
    book.save(path)
    assert read_perimeter_file(path)["name"].to_list() == ["Baule", "Messas"]
