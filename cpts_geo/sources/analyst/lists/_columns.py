"""Which columns of an analyst's list hold names, codes, départements: by their header's words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpts_geo.errors import PerimeterError, one_line, quoted
from cpts_geo.sources.analyst._tables.text import HEADER_ROWS, SEPARATORS, Row
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES
from cpts_geo.sources.door import Door

ADD_HEADER: Final = (
    "mettez en première ligne le nom des colonnes, par exemple `commune` pour des noms ou "
    "`code_insee` pour des codes Insee"
)
_HEADERS: Final = {
    role: frozenset(words.split())
    for role, words in {
        "code": (
            "codeinsee insee codgeo codegeo com depcom codecommune codecom codeinseecommune "
            "codecommuneinsee codeinseedelacommune inseecom cog numeroinsee codecog "
            "codedelacommune"
        ),
        "name": (
            "commune communes nom nomcommune nomdelacommune nomdecommune nomcom nomdescommunes "
            "libgeo libelle libellecommune libelledelacommune libcom libellegeographique ville "
            "villes municipalite"
        ),
        "departement": (
            "departement dep dpt dept codedepartement codedep numdep numerodepartement "
            "codedudepartement numerodedepartement"
        ),
        "population": (
            "population pop populationmunicipale pmun habitants nombredhabitants nbhabitants"
        ),
    }.items()
}
_POSTAL: Final = frozenset({"codepostal", "codespostaux", "cp", "codepostaux"})


@dataclass(frozen=True)
class Header:
    """The line of a list that names its columns: its position, that of each role found, all names
    as written."""

    position: int
    columns: dict[str, int]
    labels: tuple[str, ...]


def roles(cells: Sequence[str]) -> dict[str, list[int]]:
    """Columns that a row of headers names, by role; accents, case and punctuation do not count."""
    keys = [_key(cell) for cell in cells]
    return {
        role: places
        for role, known in _HEADERS.items()
        if (places := [i for i, key in enumerate(keys) if key in known])
    }


def find_header(path: Path, rows: Sequence[Row]) -> Header | None:
    """First row, among the first twenty, that names a column of names or of codes; an error when
    two columns claim one role."""
    for position, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        found = roles(cells)
        if not {"name", "code"} & found.keys():
            continue
        if twice := [places for places in found.values() if len(places) > 1]:
            raise PerimeterError(
                f"Plusieurs colonnes de {one_line(path.name)} peuvent avoir le même rôle.",
                defects=[" et ".join(quoted(cells[i]) for i in p) for p in twice],
                remedy="n’en gardez qu’une, ou renommez celle qui ne sert pas.",
            )
        width = max(i for i, cell in enumerate(cells) if cell) + 1
        columns = {role: places[0] for role, places in found.items()}
        return Header(position, columns, tuple(cells[:width]))
    return None


def missing_column(path: Path, rows: Sequence[Row]) -> PerimeterError:
    """Error for a list in which no column of names or codes is recognised."""
    filled = [
        cells for _, cells in rows[:HEADER_ROWS] if any(char.isalnum() for char in "".join(cells))
    ]
    if not filled:
        return empty_list(path)
    if postal := [cell for cells in filled for cell in cells if _key(cell) in _POSTAL]:
        return PerimeterError(
            f"{one_line(path.name)} donne des codes postaux (colonne {quoted(postal[0])}), "
            "pas des communes.",
            remedy="ajoutez une colonne `commune` ou `code_insee` : un code postal couvre souvent "
            "plusieurs communes, et le même nombre peut être le code Insee d’une autre.",
        )
    first = " | ".join(one_line(cell) for cell in filled[0] if cell)
    return PerimeterError(
        f"Aucune colonne de noms ou de codes reconnue dans {one_line(path.name)}.",
        defects=[f"première ligne lue : {first}"],
        remedy=f"{ADD_HEADER}.",
    )


def empty_list(path: Path) -> PerimeterError:
    """Error for a file without any commune."""
    return PerimeterError(
        f"{one_line(path.name)} ne contient aucune commune.",
        remedy=f"{ADD_HEADER}, puis une commune par ligne.",
    )


def _key(cell: str) -> str:
    """Letters and digits of a header, without accents or case; empty where it was not split."""
    # A cell that still holds a separator was not split: it names no column.
    if any(separator in cell for separator in SEPARATORS):
        return ""
    folded = unicodedata.normalize("NFKD", cell).casefold()
    return "".join(char for char in folded if char.isalnum())


#: What a list of communes says at the door.
PERIMETER: Final = Door(
    key="perimeter",
    error=PerimeterError,
    suffixes=SUFFIXES | {".csv", ".txt", ".tsv"},
    formats=".csv, .txt, .xlsx ou .ods",
    save_as="donnez une liste de communes (.csv, .txt, .xlsx, .ods) ou des polygones (.gpkg, "
    ".geojson).",
    empty=empty_list,
)


def passed_over(rows: Sequence[Row], header: int) -> str:
    """Say that lines above the header were not read."""
    return f"En-tête trouvé à la ligne {rows[header][0]} ; les lignes au-dessus sont ignorées."
