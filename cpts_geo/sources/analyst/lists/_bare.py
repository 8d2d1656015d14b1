"""A list without any header: read where its cells are communes, by the names of the COG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from cpts_geo.french import joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of, is_code_like
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.analyst.lists._columns import ROLES, Found, Header, LeftOut
from cpts_geo.sources.analyst.lists._rows import why_no_commune

#: What may stand before a commune in a text, and after it.
_BEFORE: Final = re.compile(
    r"^(?:[-–—•*·▪○]\s*|\(?\d{1,3}[.)°]\s+|\d[\dAB]\d{3}\s*[-–:]?\s*(?=\D)|et\s+)+", re.I
)
_AFTER: Final = re.compile(
    r"(?:[\s.;,:*]+|\s*\([^()]*\)|\s+\d{5}|\s+\d{1,2}\s?(?:er|e|[eè]me)(?:\s+arrondissement)?)+$",
    re.I,
)
_LAST_ARTICLE: Final = re.compile(r"(.+?)(?:,\s*(?:les?|la|l['’])|\s*\((?:les?|la|l['’])\))$", re.I)
_INTRODUCED: Final = re.compile(r"^[^:;]{1,120}:\s*(?=\S)")
#: A title that stands above the communes.
_TITLE: Final = re.compile(r"(?:liste|communes?|territoire|perimetre|annexe|article)\b.*")
_DEPARTEMENT: Final = re.compile(r"\d{1,3}|2[ABab]")
_SECTION: Final = re.compile(r"(?:cpts|communaute professionnelle territoriale de sante)\b.*")
_SHARE: Final = 0.5


class _Shape(NamedTuple):
    """How the cells of a table are communes: share of those with letters that are, and whether
    every cell is one rather than those of a column."""

    share: float
    column: int
    flat: bool


@lru_cache(maxsize=65_536)
def is_commune(cell: str) -> bool:
    """Tell whether a cell names a commune, whatever marks and codes stand beside."""
    if why_no_commune(cell):
        return False
    text = _BEFORE.sub("", cell.strip(), count=1)
    # What still holds a separator was not split.
    if text[:1] == "," or any(mark in text for mark in ";|\t"):
        return False
    if not any(map(str.isalpha, text)):
        return False
    moved = _LAST_ARTICLE.fullmatch(text.rstrip(" .;,"))
    name = _AFTER.sub("", moved[1] if moved else text)
    return any(commune_of(each) and not is_code_like(each) for each in (name, text))


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
    left_out: list[LeftOut] = [(line, text, "titre") for line, text in titles]
    shape = shape_of(body)
    one = Header(-1, {"name": 0}, ("colonne 1",))
    if shape.flat and body and all(is_section([cell]) for cell in body[0][1] if cell):
        return _by_columns(body, left_out)
    if shape.flat and shape.share >= _SHARE:
        cells: list[Row] = [(line, (_without_introduction(cell),)) for line, cell in _each(body)]
        said = f"Aucun en-tête : chaque cellule est lue comme une commune ({len(cells)} cellules)."
        return Found(cells, one, [said], left_out)
    # What is not a commune in the first row may be the name of the column.
    first = next((row for _, row in body if not is_section(row)), ())
    if shape.share >= _SHARE and shape.column < len(first):
        if not is_commune(_without_introduction(first[shape.column])):
            return None
        columns = {"name": shape.column} | _beside(body, shape.column)
        labels = tuple(f"colonne {place + 1}" for place in range(len(first)))
        read = joined([f"{ROLES[role]} en {labels[place]}" for role, place in columns.items()])
        said = f"Aucun en-tête : une commune par ligne ({read})."
        return Found(body, Header(-1, columns, labels), [said], left_out)
    codes: list[Row] = [(line, (cell,)) for line, cell in _each(body)]
    if codes and _are_codes([cells[0] for _, cells in codes]):
        said = (
            f"Aucun en-tête : chaque cellule est lue comme un code Insee ({len(codes)} cellules)."
        )
        return Found(codes, replace(one, columns={"code": 0}), [said], left_out)
    return None


def _by_columns(rows: Sequence[Row], left_out: Sequence[LeftOut]) -> Found:
    """Communes of a list that has a column for each territory, whose name stands on its first
    row."""
    (top, titles), *body = rows
    cells: list[Row] = [
        (line, (cell, titles[place] if place < len(titles) else ""))
        for line, row in body
        for place, cell in enumerate(row)
        if cell
    ]
    named = [(top, title, "titre d’un territoire") for title in titles if title]
    header = Header(-1, {"name": 0, "territory": 1}, ("colonne 1", "titres"))
    said = f"Une colonne pour chaque territoire nommé à la ligne {top} ({len(cells)} cellules)."
    return Found(cells, header, [said], [*left_out, *named])


def is_section(cells: Sequence[str]) -> bool:
    """Tell whether a row is the title of a territory: its name, and no other word."""
    filled = [cell for cell in cells if any(map(str.isalpha, cell))]
    return len(filled) == 1 and _SECTION.fullmatch(plain(filled[0])) is not None


def several_communes(cell: str) -> list[str]:
    """Communes that one cell lists, parted by line ends, semicolons or, from three on, commas;
    none for one commune."""
    for separator, fewest in (("\n", 2), (";", 2), (",", 3)):
        pieces = [piece.strip() for piece in cell.split(separator) if piece.strip()]
        # A name may be cut after a hyphen at the end of a line.
        whole = not any(piece.endswith("-") for piece in pieces)
        if (
            whole
            and len(pieces) >= fewest
            and all(map(is_commune, map(_without_introduction, pieces)))
        ):
            return [_without_introduction(piece) for piece in pieces]
    return []


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
            found.setdefault("code" if _are_codes(cells) else "postal", place)
        elif all(map(_DEPARTEMENT.fullmatch, cells)):
            found.setdefault("departement", place)
    return found


def _are_codes(cells: Sequence[str]) -> bool:
    """Whether cells are INSEE codes: each is one, and most do not end as postal codes do."""
    # Rural postal codes end with a zero, codes of communes one time in ten.
    rounds = sum(cell.endswith("0") for cell in cells)
    known = all(is_code_like(cell) and commune_of(cell) for cell in cells)
    return known and 2 * rounds <= len(cells)
