"""The sheet of a workbook that holds a list: chosen, or asked for; what it hides is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.french import counted, joined
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst._tables.only import chosen_names, retyped
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.analyst._tables.workbook import Sheet, column_letters, read_workbook
from cpts_geo.sources.analyst.lists._bare import is_commune, read_bare
from cpts_geo.sources.analyst.lists._columns import (
    PERIMETER,
    Found,
    chosen_header,
    find_header,
    missing_column,
    roles,
)

#: Cells looked at to tell whether a column holds communes.
_LOOKED_AT: Final = 200


class _List(NamedTuple):
    """A sheet that holds a list, what is read of it, and the communes that it writes."""

    sheet: Sheet
    found: Found
    written: list[str]


def read_book(path: Path, content: bytes, *, sheet: str | None) -> Found:
    """Rows of the sheet asked for, or of the one that holds communes; a question where several
    do."""
    book = read_workbook(path, content, door=PERIMETER, wanted=sheet or "")
    names = [each.name for each in book.sheets]
    if sheet is not None and sheet not in book.names:
        where = "de ses feuilles"
        [sheet] = chosen_names(book.names, [sheet], file=path.name, where=where, option="--sheet")
        if sheet not in names:
            return read_book(path, content, sheet=sheet)
    wanted = [each for each in book.sheets if sheet in (None, each.name)]
    lists = [each for each in (_listed(path, one) for one in wanted) if each is not None]
    if not lists:
        raise missing_column(path, max((each.rows for each in wanted), key=len, default=[]))
    chosen = _chosen(path, lists)
    notes = [f"Feuille lue : {quoted(chosen.sheet.name)}."]
    if unread := [name for name in book.names if name != chosen.sheet.name]:
        shown = [f"{quoted(each)}{'' if each in names else ' (masquée)'}" for each in unread]
        notes.append(f"{counted(len(unread), 'feuille non lue', 'feuilles non lues')} : "
                     f"{joined(shown)}.")  # fmt: skip
    found = chosen.found
    notes += [*_hidden_columns(chosen.sheet), *found.notes]
    return found._replace(notes=notes, sheet=chosen.sheet.name)


def _listed(path: Path, sheet: Sheet) -> _List | None:
    """What a sheet holds as a list, without what it hides; None where no column is recognised."""
    seen = _without_columns(sheet)
    header = find_header(seen)
    if header is not None:
        position, labels = header
        top = seen[position][0]
        body = seen[position + 1 :]
        visible = [*seen[: position + 1], *(row for row in body if row[0] not in sheet.hidden_rows)]
        found = Found(visible, chosen_header(path, visible, position, labels), [])
    else:
        top, body = 0, seen
        bare = read_bare([row for row in body if row[0] not in sheet.hidden_rows])
        if bare is None:
            return None
        found = bare
    hidden = [
        (line, next(filter(None, cells), ""), "masquée, par un filtre ou à la main")
        for line, cells in body
        if line in sheet.hidden_rows
    ]
    failed = {
        column: [
            (row, f"feuille {quoted(sheet.name)}, cellule {column_letters(column)}{row}", text)
            for row, text in cells
            if row > top and row not in sheet.hidden_rows
        ]
        for column, cells in sheet.failed.items()
        if column not in sheet.hidden_columns
    }
    below = found.rows[found.header.position + 1 :]
    if not (below or hidden or sheet.failed):
        return None
    places = [
        found.header.columns[role] for role in ("code", "name") if role in found.header.columns
    ]
    written = [plain(" ".join(cells[place] for place in places)) for _, cells in below]
    left_out = [*found.left_out, *hidden]
    return _List(sheet, found._replace(left_out=left_out, failed=failed), written)


def _without_columns(sheet: Sheet) -> list[Row]:
    """Rows of a sheet, its hidden columns as if they were empty."""
    if not sheet.hidden_columns:
        return sheet.rows
    return [
        (line, cells)
        for line, row in sheet.rows
        if any(cells := tuple("" if i in sheet.hidden_columns else c for i, c in enumerate(row)))
    ]


def _hidden_columns(sheet: Sheet) -> list[str]:
    """Say which columns are hidden, by the header that each seems to have."""
    labels = []
    for place in sorted(sheet.hidden_columns):
        cells = [row[place] for _, row in sheet.rows if place < len(row) and row[place]]
        if cells:
            heads = (cell for cell in cells if roles([cell]))
            labels.append(quoted(next(heads, cells[0])))
    if not labels:
        return []
    word = counted(len(labels), "colonne masquée laissée", "colonnes masquées laissées")
    return [f"{word} de côté : {joined(labels)}."]


def _chosen(path: Path, lists: Sequence[_List]) -> _List:
    """The list to read: the only one, the only one of communes, or one of several that say the
    same; else a question."""
    # A sheet of notes may name communes: those that name their columns come first.
    lists = [each for each in lists if each.found.header.position >= 0] or lists
    if len(lists) > 1:
        lists = [each for each in lists if _has_communes(each)] or lists
    distinct = {frozenset(each.written) for each in lists}
    if len(distinct) == 1:
        return lists[0]
    names = [each.sheet.name for each in lists]
    counts = [counted(len(each.written), "ligne", "lignes") for each in lists]
    error = PerimeterError(
        f"Plusieurs feuilles de {one_line(path.name)} contiennent une liste de communes : "
        "laquelle lire ?",
        defects=[
            Defect(f"{quoted(name)} : {count} → {retyped('--sheet', name)}", "feuille")
            for name, count in zip(names, counts, strict=True)
        ],
        remedy="recommencez la commande en y ajoutant l’une de ces options.",
    )
    error.retries = tuple(("--sheet", name) for name in names)
    raise error


def _has_communes(each: _List) -> bool:
    """Whether most of the cells looked at in a list are communes."""
    header = each.found.header
    cells = [
        row[header.columns[role]]
        for _, row in each.found.rows[header.position + 1 :][:_LOOKED_AT]
        for role in ("name", "code")
        if role in header.columns
    ]
    filled = [cell for cell in cells if cell]
    return 2 * sum(is_commune(cell) or bool(commune_of(cell)) for cell in filled) >= len(filled) > 0
