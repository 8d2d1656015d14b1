"""An analyst's list of communes: CSV, text or spreadsheet, read without guessing.

What is adapted (encoding, separator, title lines, sheet) and what is left out (totals, sources,
hidden rows) is said in ``notes``; what cannot be read for certain raises one error that lists every
defect and says what to do. The names and codes are read as text here; what they mean is decided in
:mod:`cpts_geo.geography`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES
from cpts_geo.sources.analyst.lists._bare import several_communes
from cpts_geo.sources.analyst.lists._book import read_book
from cpts_geo.sources.analyst.lists._columns import (
    PERIMETER,
    ROLES,
    Found,
    LeftOut,
    empty_list,
    passed_over,
)
from cpts_geo.sources.analyst.lists._groups import (
    by_column,
    by_titles,
    spelled_once,
    wanted_territories,
)
from cpts_geo.sources.analyst.lists._rows import (
    beside_table,
    is_error,
    lines_told,
    read_people,
    told,
    without_communes,
)
from cpts_geo.sources.analyst.lists._text import read_text_rows
from cpts_geo.sources.door import memory_told, read_bytes

_INSEE_CODE: Final = re.compile(r"\d{4,5}|2[ABab]\d{3}")
_SAVE_AGAIN: Final = "repartez du fichier d’origine et enregistrez-le en « CSV UTF-8 » ou en .xlsx."


@memory_told(PERIMETER)
def read_perimeter_file(
    path: Path | str, *, sheet: str | None = None, only: Collection[str] = ()
) -> pd.DataFrame:
    """
    Read an analyst's list of communes.

    Parameters
    ----------
    path : pathlib.Path or str
        A text or a spreadsheet (see :mod:`cpts_geo.sources.analyst`), with the names of its columns
        on one line, or two, among its first 20; or without any, where its cells are communes.
    sheet : str, optional
        Sheet of the workbook to read; the one that holds communes by default.
    only : collection of str
        Territories wanted, among those that the list names; all of them without any.

    Returns
    -------
    DataFrame
        One row a commune, as written: ``line`` (line of the file, from 1), ``name`` and/or ``code``
        (text, empty when not given), and where the file has them ``departement`` and ``postal``
        (text), ``population`` (inhabitants, NaN when not given) and ``territory`` (name of the
        territory it is of; empty for none in particular). In attrs: ``notes``, French sentences on
        all that was adapted to read the file; ``left_out``, line, text and French reason of each
        row or cell that is not among the rows given; ``notes_left_out``, the
        notes on these; ``sheet``, its name (empty for a text).

    Raises
    ------
    PerimeterError
        When the file cannot be read, holds no recognised column, no commune, cells that failed or
        wrong values; when several sheets hold communes; when a sheet or a territory asked for is
        not there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "liste.csv"
    ...     _ = path.write_text("commune;code_insee\\nDry;45130\\nTotal;\\n", encoding="utf-8")
    ...     table = read_perimeter_file(path)
    >>> table.to_dict("records"), table.attrs["left_out"]
    ([{'line': 2, 'name': 'Dry', 'code': '45130'}], ((3, 'Total', 'total'),))
    """
    path = typed_path(path)
    content = read_bytes(path, PERIMETER)
    is_book = path.suffix.lower() in SUFFIXES
    if sheet is not None and not is_book:
        raise PerimeterError(
            f"{one_line(path.name)} est un texte, sans feuilles.", remedy="retirez --sheet."
        )
    found = read_book(path, content, sheet=sheet) if is_book else read_text_rows(path, content)
    header = found.header
    labels = {role: quoted(header.labels[i]) for role, i in header.columns.items()}
    _check_failed(path, found)
    body, left_out, parted = _rows_below(found)
    values = _values(found, body)
    both = _names_and_codes(values, len(body))
    out = without_communes(
        names=[name for name, _ in both],
        codes=[code for _, code in both],
        people=values.get("population", [""] * len(body)),
        others=[cells for _, cells in body],
        beside=beside_table(
            [header.labels, *(cells for _, cells in body)],
            [place for role, place in header.columns.items() if role in ("name", "code")],
        )[1:],
    )
    if "territory" in values:
        written, label = values["territory"], labels["territory"]
        groups = by_column(path, body, written, label, none=out, some=bool(only))
    else:
        groups = by_titles(path, body, [name for name, _ in both], none=out, some=bool(only))
    out |= groups.titles
    of = groups.of
    if only:
        kept = wanted_territories(path, of, only, labels)
        out |= {
            place: (next(filter(None, both[place]), ""), "territoire non demandé")
            for place, name in enumerate(of)
            if place not in out and name not in kept
        }
    left_out += [(body[place][0], *said) for place, said in out.items()]
    places = [place for place in range(len(body)) if place not in out]
    if not places:
        raise empty_list(path)
    lines = [body[place][0] for place in places]
    values = {role: [cells[place] for place in places] for role, cells in values.items()}
    _check_names(path, lines, values, labels)
    _check_rows(path, lines, values)
    columns: dict[str, list[int] | list[str] | list[float]] = {"line": lines}
    columns |= {role: values[role] for role in ("name", "code", "departement", "postal")
                if role in values}  # fmt: skip
    notes = [*found.notes, *_column_notes(found, values, labels), *groups.notes, *parted]
    if "population" in values:
        columns["population"], said = read_people(lines, values["population"])
        notes += said
    if any(of):
        columns["territory"], said = spelled_once(path, [of[place] for place in places], labels)
        notes += said
    table = pd.DataFrame(columns)
    left_out.sort(key=lambda each: each[0])
    said_left = tuple(told(left_out))
    table.attrs["notes"] = (*notes, *said_left)
    table.attrs["notes_left_out"] = said_left
    table.attrs["left_out"] = tuple(left_out)
    table.attrs["sheet"] = found.sheet
    return table


def _rows_below(found: Found) -> tuple[list[Row], list[LeftOut], list[str]]:
    """Rows below the header, one for each commune of a cell that lists several; those left out:
    hidden ones, the header repeated; notes."""
    body: list[Row] = []
    left_out, parted = list(found.left_out), []
    header = found.header
    names = tuple(label.strip() for label in header.labels)
    place = header.columns["name"] if "code" not in header.columns else None
    for line, cells in found.rows[header.position + 1 :]:
        if header.position >= 0 and tuple(cells[: len(names)]) == names:
            left_out.append((line, names[0], "en-tête répété"))
        elif place is not None and (several := several_communes("".join(cells[place : place + 1]))):
            people = header.columns.get("population")
            whole = ["" if i == people else cell for i, cell in enumerate(cells)]
            body += [(line, (*whole[:place], one, *whole[place + 1 :])) for one in several]
            parted.append(line)
        else:
            body.append((line, cells))
    notes = [f"Cellule de plusieurs communes, découpée : {lines_told(parted)}."] * bool(parted)
    return body, left_out, notes


def _values(found: Found, body: Sequence[Row]) -> dict[str, list[str]]:
    """Cells of the column of each role."""
    return {
        role: [cells[place] if place < len(cells) else "" for _, cells in body]
        for role, place in found.header.columns.items()
    }


def _names_and_codes(values: Mapping[str, list[str]], count: int) -> list[tuple[str, str]]:
    """Name and code of each row, empty where the file has no such column."""
    nothing = [""] * count
    return list(zip(values.get("name", nothing), values.get("code", nothing), strict=True))


def _check_failed(path: Path, found: Found) -> None:
    """Refuse cells that say which commune a row is, and hold an error or a formula."""
    defects: list[Defect] = []
    for role, place in found.header.columns.items():
        if role == "population":
            continue
        cells = [(where, text) for _, where, text in found.failed.get(place, ())]
        cells += [
            (f"ligne {line}", row[place])
            for line, row in found.rows[found.header.position + 1 :]
            if place < len(row) and is_error(row[place])
        ]
        defects += [Defect(f"{where} : {one_line(text)}", ROLES[role]) for where, text in cells]
    if defects:
        raise PerimeterError(
            f"Des cellules de {one_line(path.name)} n’ont pas de valeur.",
            defects=defects,
            remedy="ouvrez le fichier dans votre tableur, corrigez ces cellules ou laissez-le "
            "calculer ses formules, puis enregistrez-le de nouveau.",
        )


def _check_names(
    path: Path, lines: Sequence[int], values: Mapping[str, list[str]], labels: Mapping[str, str]
) -> None:
    """Refuse names that are codes, or whose accents are damaged."""
    names = values.get("name", [])
    if names and not any(values.get("code", ())) and all(map(_INSEE_CODE.fullmatch, names)):
        raise PerimeterError(
            f"La colonne {labels['name']} de {one_line(path.name)} contient des codes et non des "
            "noms.",
            remedy="si ce sont des codes Insee, renommez-la `code_insee` ; si ce sont des codes "
            "postaux, remplacez-les par les noms ou les codes Insee des communes.",
        )
    garbled = [
        f"ligne {line} : {quoted(name)}, sans doute {quoted(clean)}"
        for line, name in zip(lines, names, strict=False)
        if (clean := _undo_double_encoding(name)) != name
    ]
    lost = [
        f"ligne {line} : {quoted(name)}, lettre remplacée par « \ufffd »"
        for line, name in zip(lines, names, strict=False)
        if "\ufffd" in name
    ]
    if garbled or lost:
        raise PerimeterError(
            f"Les accents de {one_line(path.name)} ont été abîmés par un enregistrement dans un "
            "mauvais encodage.",
            defects=[*garbled, *lost],
            remedy=_SAVE_AGAIN,
        )


def _undo_double_encoding(text: str) -> str:
    """A text whose UTF-8 was read as another encoding, mended."""

    def undo(run: re.Match[str]) -> str:
        for encoding in ("cp1252", "latin-1"):
            try:
                return run[0].encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
        return run[0]

    return re.sub(r"[^\x00-\x7f]{2,}", undo, text)


def _check_rows(path: Path, lines: Sequence[int], values: Mapping[str, list[str]]) -> None:
    """Refuse rows that name no commune."""
    defects = [
        Defect(f"ligne {line} : ni nom ni code", "ni nom ni code")
        for line, (name, code) in zip(lines, _names_and_codes(values, len(lines)), strict=True)
        if not name and not code
    ]
    if defects:
        raise PerimeterError(
            f"Des lignes de {one_line(path.name)} ne peuvent pas être utilisées.",
            defects=defects,
            remedy="corrigez-les ou supprimez-les (une ligne de total n’est pas une commune).",
        )


def _column_notes(
    found: Found, values: Mapping[str, list[str]], labels: Mapping[str, str]
) -> Iterator[str]:
    """French sentences on the header, the columns read, the zeros lost."""
    header = found.header
    if header.position > 0:
        yield passed_over(found.rows, header.position)
    for role, said in ROLES.items():
        if role in labels and role != "population" and header.position >= 0:
            yield f"Colonne des {said} : {labels[role]}."
    yield from header.notes
    if short := sum(bool(re.fullmatch(r"\d{4}", code)) for code in values.get("code", ())):
        yield (
            f"Codes à 4 chiffres : {short}. Le zéro initial a sans doute été perdu ; il n’est "
            "rétabli que si le code complété est celui d’une commune."
        )
