"""A list without any header: read where its cells are communes, by the names of the COG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cpts_geo.french import counted
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of, is_code_like
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.analyst.lists._columns import Found, Header, LeftOut
from cpts_geo.sources.analyst.lists._rows import why_no_commune

#: What may stand before a commune in a text, and after it.
_BEFORE: Final = re.compile(
    r"(?:[-–—•*·▪○]\s*|\(?\d{1,3}[.)°]\s+|\d[\dAB]\d{3}\s*[-–:]?\s*(?=\D)|et\s+)+", re.I
)
_AFTER: Final = re.compile(r"[\s.;,:*]+$")
_LAST_ARTICLE: Final = re.compile(r"(.+?)(?:,\s*(?:les?|la|l['’])|\s*\((?:les?|la|l['’])\))$", re.I)
_INTRODUCED: Final = re.compile(r"[^:;]{1,120}:\s*(?=\S)")
#: A title that stands above the communes.
_TITLE: Final = re.compile(r"(?:liste|communes?|cpts|territoire|perimetre|annexe|article)\b.*")
_DEPARTEMENT: Final = re.compile(r"\d{1,3}|2[ABab]")
_SHARE: Final = 0.5


class _Shape(NamedTuple):
    """How the cells of a table are communes: share of those with letters that are, and whether
    every cell is one rather than those of a column."""

    share: float
    column: int
    flat: bool


def is_commune(cell: str) -> bool:
    """Tell whether a cell names a commune, whatever marks and codes stand beside."""
    if why_no_commune(cell):
        return False
    text = _AFTER.sub("", _BEFORE.sub("", cell.strip(), count=1))
    moved = _LAST_ARTICLE.fullmatch(text)
    name = moved[1] if moved else text
    return any(map(str.isalpha, name)) and not is_code_like(name) and commune_of(name) is not None


def shape_of(rows: Sequence[Row]) -> _Shape:
    """How the cells of a table are communes."""
    width = max((len(cells) for _, cells in rows), default=0)
    counts = [_counted(rows, place) for place in range(width)]
    shares = [found / named if named else 0.0 for found, named in counts]
    best = max(range(width), key=lambda place: counts[place][0], default=0)
    with_names = [place for place in range(width) if shares[place] >= _SHARE]
    flat = len(with_names) > 1 or (width > 1 and len(rows) == 1)
    if flat:
        found, named = (sum(each) for each in zip(*counts, strict=True))
        return _Shape(found / named if named else 0.0, best, flat=True)
    return _Shape(shares[best] if shares else 0.0, best, flat=False)


def _counted(rows: Sequence[Row], place: int) -> tuple[int, int]:
    """How many cells of a column are communes, and how many have letters."""
    cells = [cells[place] for _, cells in rows if place < len(cells)]
    named = [cell for cell in cells if any(map(str.isalpha, cell)) and not is_code_like(cell)]
    return sum(map(is_commune, map(_without_introduction, named))), len(named)


def read_bare(rows: Sequence[Row]) -> Found | None:
    """Communes of a list that has no header; None where its first cells are none."""
    titles = _titles(rows)
    body = list(rows[len(titles) :])
    if not body:
        return None
    shape = shape_of(body)
    left_out: list[LeftOut] = [(line, text, "titre") for line, text in titles]
    labels = tuple(f"colonne {place + 1}" for place in range(len(body[0][1])))
    lines = counted(len(body), "ligne", "lignes")
    if shape.share < _SHARE:
        columns = {role: place for role, place in _beside(body, -1).items() if role == "code"}
        said = f"Aucun en-tête : un code Insee par ligne ({lines})."
        return Found(body, Header(-1, columns, labels), [said], left_out) if columns else None
    if shape.flat:
        cells: list[Row] = [(line, (_without_introduction(cell),)) for line, cell in _each(body)]
        said = f"Aucun en-tête : chaque cellule est lue comme une commune ({len(cells)} cellules)."
        return Found(cells, Header(-1, {"name": 0}, ("colonne 1",)), [said], left_out)
    first = body[0][1]
    # What is not a commune in the first row may be the name of the column.
    if not (shape.column < len(first) and is_commune(_without_introduction(first[shape.column]))):
        return None
    columns = {"name": shape.column} | _beside(body, shape.column)
    said = f"Aucun en-tête : une commune par ligne ({lines})."
    return Found(body, Header(-1, columns, labels), [said], left_out)


def _titles(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Rows above the first commune that are titles, by their first word."""
    found: list[tuple[int, str]] = []
    for line, cells in rows:
        filled = [cell for cell in cells if cell]
        first = plain(filled[0])
        alone = len(filled) == 1 and (_TITLE.fullmatch(first) or why_no_commune(filled[0]))
        if not alone or is_commune(_without_introduction(filled[0])):
            break
        found.append((line, filled[0]))
    return found


def _each(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """Cells that hold something, with their line."""
    for line, cells in rows:
        yield from ((line, cell) for cell in cells if _AFTER.sub("", cell))


def _without_introduction(cell: str) -> str:
    """A cell without what introduces it (« Communes : Dry »), where a commune follows."""
    rest = cell if why_no_commune(cell) else _INTRODUCED.sub("", cell, count=1)
    return rest if rest != cell and is_commune(rest) else cell


def _beside(rows: Sequence[Row], names: int) -> dict[str, int]:
    """Columns of codes and of départements beside that of names, by what they hold."""
    found: dict[str, int] = {}
    for place in range(max(len(cells) for _, cells in rows)):
        cells = [cells[place] for _, cells in rows if place < len(cells) and cells[place]]
        if place == names or not cells:
            continue
        if all(map(is_code_like, cells)):
            # Rural postal codes end with a zero, codes of communes one time in ten.
            rounds = sum(cell.endswith("0") for cell in cells)
            known = all(commune_of(cell) for cell in cells)
            found.setdefault("code" if known and 2 * rounds <= len(cells) else "postal", place)
        elif all(map(_DEPARTEMENT.fullmatch, cells)):
            found.setdefault("departement", place)
    return found
