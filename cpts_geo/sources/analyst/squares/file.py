"""Insee's file of people by square of 200 m (Filosofi), as an analyst fetched it by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cpts_geo.asked import typed_path
from cpts_geo.errors import TableError, alike, one_line, quoted
from cpts_geo.french import joined, number
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources._conventions.text import cells
from cpts_geo.sources.analyst.squares.layout import LAYOUT, _unnamed
from cpts_geo.sources.codes import CODE_PATTERN
from cpts_geo.sources.door import Door, memory_told, read_bytes

_CODE: Final = 5
_HEADER: Final = 10_000
#: Ten times the people of the fullest squares of Paris; a commune without outline, which invented
#: squares put into one, is below.
_CROWD: Final = 20_000
#: Wrong lines that are shown before they are counted.
_SHOWN: Final = 10
_REMEDY: Final = (
    "donnez le fichier carreaux_200m_met.csv de l’archive « Filosofi, carreaux de 200 m » de "
    "l’Insee, décompressé et tel quel."
)
_SQUARES: Final = Door(
    key="squares",
    error=TableError,
    suffixes=frozenset({".csv"}),
    formats=".csv",
    save_as=_REMEDY,
    empty=lambda path: TableError(f"{one_line(path.name)} est vide.", remedy=_REMEDY),
)


@memory_told(_SQUARES)
def read_squares(path: Path | str) -> pd.DataFrame:
    """
    Read people by square of 200 m, in the layout of Insee's Filosofi.

    Parameters
    ----------
    path : Path or str
        A ``.csv`` separated by ``,`` or ``;`` whose header names idcar_200m, ind and lcog_geo, in
        any case, among others.

    Returns
    -------
    DataFrame
        idcar_200m, ind (persons, >= 0), lcog_geo (codes of its communes, the main one first), a row
        a square, in the order of the file.

    Raises
    ------
    TableError
        The file cannot be read, has not these columns, or holds names that are of no square of
        200 m or stand twice, persons that are no number or more than it can hold, codes that are
        none; lists every defect.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "carreaux.csv"
    ...     text = "idcar_200m,lcog_geo,ind\\nCRS3035RES200mN2764000E3676800,45130,12.5\\n"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     read_squares(path)["ind"].tolist()
    [12.5]
    """
    path = typed_path(path)
    table = _texts(path, read_bytes(path, _SQUARES))
    if table.empty:
        raise TableError(f"{one_line(path.name)} n’a aucun carreau.", remedy=_REMEDY)
    name, persons, communes = LAYOUT
    numbers = pd.to_numeric(table[persons], errors="coerce").astype("float64")
    counts = (numbers >= 0) & np.isfinite(numbers)
    refuse_lines(
        (
            (_unnamed(table[name]), table[name], "nom qui n’est pas celui d’un carreau de 200 m"),
            (table[name].duplicated(), table[name], "carreau en double"),
            (~counts, table[persons], "nombre de personnes illisible"),
            (
                counts & (numbers > _CROWD),
                table[persons],
                f"plus de {number(_CROWD)} personnes dans un carreau de 200 m",
            ),
            (
                ~table[communes].str[:_CODE].str.match(CODE_PATTERN),
                table[communes],
                "code de commune inconnu",
            ),
        ),
        name=path.name,
        others=() if numbers.any() else ("personne dans aucun carreau",),
    )
    return table.assign(**{persons: numbers})[list(LAYOUT)]


def refuse_lines(
    rules: Iterable[tuple[pd.Series, pd.Series, str]], *, name: str, others: Iterable[str] = ()
) -> None:
    """
    Refuse a file of squares whose lines break rules; all defects are listed.

    Parameters
    ----------
    rules : iterable of (Series of bool, Series of str, str)
        By rule: which lines break it, what is shown of each, French words of the defect.
    name : str
        Name of the file.
    others : iterable of str
        Defects of the whole file, told where no line has any.

    Raises
    ------
    TableError
        A line breaks a rule, or there is another defect.

    Examples
    --------
    >>> refuse_lines([(pd.Series([False]), pd.Series(["45130"]), "code inconnu")], name="x.csv")
    """
    defects: list[str] = [
        line
        for wrong, shown, kind in rules
        if wrong.any()
        for line in alike(
            (
                f"ligne {place + 2} : {kind} : {quoted(str(shown.iat[place]))}"
                for place in np.flatnonzero(wrong)[:_SHOWN]
            ),
            kind,
            total=int(wrong.sum()),
        )
    ] or list(others)
    if defects:
        raise TableError(
            f"{one_line(name)} ne donne pas la population de carreaux de 200 m.",
            defects=defects,
            remedy=_REMEDY,
        )


def _texts(path: Path, content: bytes) -> pd.DataFrame:
    """The columns of the layout as texts."""
    start = content[:_HEADER].decode("utf-8-sig", errors="replace")
    first = (start.splitlines() or [""])[0]
    separator = max(",;", key=first.count)
    header = [cell.lower() for cell in cells(first, separator)]
    if missing := [name for name in LAYOUT if header.count(name) != 1]:
        raise TableError(
            f"{one_line(path.name)} n’est pas un fichier de carreaux de 200 m.",
            defects=[f"colonne absente, ou en double : {joined(missing)}"],
            remedy=_REMEDY,
        )
    hold("text_columns", len(header), TableError, name=path.name)
    hold("squares_rows", content.count(b"\n"), TableError, name=path.name)
    wanted = {name: f"{header.index(name)}" for name in LAYOUT}
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(
                column_names=[f"{place}" for place in range(len(header))], skip_rows=1
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=separator),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(wanted.values()),
                column_types=dict.fromkeys(wanted.values(), pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise TableError(
            f"Des lignes de {one_line(path.name)} ne sont pas lisibles.",
            defects=["lignes d’une autre largeur que l’en-tête, ou caractères illisibles"],
            remedy=_REMEDY,
        ) from error
    columns = {name: table.column(place).to_pandas() for name, place in wanted.items()}
    return pd.DataFrame(columns, dtype=str)
