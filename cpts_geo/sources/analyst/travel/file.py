"""An analyst's table of travel times: matrix or list of pairs, CSV or parquet, nothing guessed.

What is adapted (lost zeros, pairs repeated alike, empty cells) is counted in ``attrs``; what cannot
be read for certain raises one error that lists every defect and says what to do. An empty cell is
a pair whose time is unknown: it gives no row, and never a time of 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cpts_geo.asked import typed_path
from cpts_geo.errors import Defect, TravelError, one_line, quoted
from cpts_geo.french import number
from cpts_geo.sources._apart import run_within
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources._conventions.rows import split_rows
from cpts_geo.sources._conventions.text import cells
from cpts_geo.sources.analyst._tables.text import HEADER_ROWS, SEPARATORS, text_of
from cpts_geo.sources.analyst.travel import _columns
from cpts_geo.sources.analyst.travel._columns import LAYOUTS, named, roles, said_unit, unrecognised
from cpts_geo.sources.analyst.travel._durations import has_durations
from cpts_geo.sources.analyst.travel._pairs import (
    all_differ,
    listed_pairs,
    not_durations,
    pairs_of,
    wrong_times,
)
from cpts_geo.sources.door import Door, memory_told, read_bytes

Unit: TypeAlias = _columns.Unit
_PARQUET_TABLE: Final = "cpts_geo.sources.analyst.travel._parquet:parquet_table"
#: No drive in France is longer: such a time is the mark (9999, 2147483647) of a pair without road.
_MAX_MINUTES: Final = 24 * 60.0
#: Beyond, a number is written in powers of ten.
_WRITTEN: Final = 1e9
#: Median minutes to the nearest other place: outside, the times are in another unit.
_NEAREST: Final = (1.0, 120.0)
_TEXT: Final = frozenset({".csv", ".txt", ".tsv"})
_PARQUET: Final = frozenset({".parquet", ".pq"})
_TRAVEL: Final = Door(
    key="travel",
    error=TravelError,
    suffixes=_TEXT | _PARQUET,
    formats=".csv ou .parquet",
    save_as="enregistrez la table en « CSV UTF-8 » (.csv), ou en .parquet.",
    empty=lambda path: TravelError(f"{one_line(path.name)} est vide.", remedy=f"{LAYOUTS}."),
)
_LINE: Final = re.compile(r"[^\r\n]+")
#: Lines of another width after which a file is not read further.
_MAX_WRONG: Final = 10_000


@memory_told(_TRAVEL)
def read_travel_file(path: Path | str, *, unit: Unit | None = None) -> pd.DataFrame:
    """
    Read an analyst's travel times between communes.

    Parameters
    ----------
    path : Path or str
        A text (see :mod:`cpts_geo.sources.analyst`; decimal comma or point) or ``.parquet``. A
        matrix (first column: codes of origin; header: codes of destination) or a list of pairs,
        whose columns are known by their names (origine, from, depart...; destination, to,
        arrivee...; minutes, temps, duree, cout, secondes...). The header says which.
    unit : {"minutes", "seconds"}, optional
        Unit of the times; needed unless the name of their column says it, or they are durations
        (``00:06``, ``0:06:30``, ``1h05``: hours, minutes and maybe seconds).

    Returns
    -------
    DataFrame
        origin, destination (INSEE codes, lost zeros restored) and minutes (>= 0, finite), a row a
        pair, in the order of the file; the codes are categories, the same for both ends. In
        attrs: ``missing``, pairs without a time (empty, NA); ``duplicates``, rows that repeat
        another; ``repaired``, codes that were mended.

    Raises
    ------
    TravelError
        The file cannot be read, is neither a matrix nor a list of pairs, or holds wrong codes or
        times (no number, negative, infinite, over a day, two times for one pair, a number among
        durations); the unit is not said, said in two ways, or implausible. Every defect is listed.

    Notes
    -----
    Both ways of a pair are kept as they are, and so is the diagonal. A unit is implausible when
    the median, over origins, of the time to the nearest other place is under 1 minute or over
    2 hours.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "matrice.csv"
    ...     _ = path.write_text("id;1001;1002\\n1001;0;12,5\\n1002;;0\\n", encoding="utf-8")
    ...     pairs = read_travel_file(path, unit="minutes")
    >>> pairs.to_numpy().tolist()
    [['01001', '01001', 0.0], ['01001', '01002', 12.5], ['01002', '01002', 0.0]]
    >>> pairs.attrs
    {'missing': 1, 'duplicates': 0, 'repaired': 2}
    """
    path = typed_path(path)
    content = read_bytes(path, _TRAVEL)
    read = _read_parquet if path.suffix.lower() in _PARQUET else _read_text
    header, table = read(path, content)
    places = roles(header)
    if places is None:
        raise unrecognised(path, header)
    times = [table[places["time"]]] if places else [table[i] for i in range(1, len(header))]
    durations = has_durations(times)
    said: Unit = "minutes"
    if not durations:
        said = said_unit(path, header[places["time"]] if places else "", unit)
    if table.empty:
        raise _no_pair(path)
    pairs, texts, repaired, wrong = pairs_of(header, table, places)
    mixed = not_durations(pairs, texts) if durations else []
    once = all_differ(pairs)
    if defects := [*wrong, *mixed, *wrong_times(pairs, texts, once=once)]:
        raise TravelError(
            f"{one_line(path.name)} ne donne pas des temps entre communes qu’on puisse utiliser.",
            defects=defects,
            remedy="corrigez ces cellules : codes Insee de 5 caractères, un seul temps par paire, "
            "positif ou nul ; une paire dont le temps est inconnu, ou sans route, se laisse vide.",
        )
    known = pairs[pairs["minutes"].notna()].reset_index(drop=True)
    known = known if once else known.drop_duplicates(ignore_index=True)
    if known.empty:
        raise _no_pair(path)
    known["minutes"] /= 60.0 if said == "seconds" else 1.0
    _check_plausible(path, known, said)
    distinct = len(pairs if once else pairs.drop_duplicates(["origin", "destination"]))
    known.attrs = {
        "missing": distinct - len(known),
        "duplicates": len(pairs) - distinct,
        "repaired": repaired,
    }
    return known


def _read_parquet(path: Path, content: bytes) -> tuple[list[str], pd.DataFrame]:
    """Header and columns of a Parquet file, read in a process apart."""
    arguments = {"name": one_line(path.name)}
    answer = run_within(
        "travel", _PARQUET_TABLE, arguments, content=content, error=TravelError, name=path.name
    )
    table = pa.ipc.open_stream(answer).read_all()
    header = json.loads(table.schema.metadata[b"header"])
    for place, kind in enumerate(table.schema.types if roles(header) else ()):
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            # The texts of a list are categories: each is looked at once.
            column = table.column(place).cast(pa.string()).dictionary_encode()
            table = table.set_column(place, f"{place}", column.unify_dictionaries())
    return header, table.to_pandas().set_axis(range(len(header)), axis=1)


def _read_text(path: Path, content: bytes) -> tuple[list[str], pd.DataFrame]:
    """Header and rows of a text, by the first line and separator that announce times."""
    text, _ = text_of(path, content, door=_TRAVEL)
    seen: list[list[str]] = []
    for line in islice(_LINE.finditer(text), HEADER_ROWS):
        for separator in SEPARATORS:
            header = cells(line[0], separator)
            if header and roles(header) is not None:
                body = text[line.end() :]
                _check_width(path, body, len(header), is_matrix=not roles(header))
                return header, _body(path, body, separator, header)
            seen.append(header)
    raise unrecognised(path, max(seen, key=lambda each: (named(each), len(each)), default=[]))


def _check_width(path: Path, body: str, width: int, *, is_matrix: bool) -> None:
    """Refuse more columns, rows or cells of a matrix than can be held, before they are split."""
    hold("travel_columns", width, TravelError, name=path.name)
    # The first line end is that of the header; the last line may have none.
    ends = max(body.count("\n"), body.count("\r"))
    lines = ends - (body[:1] in "\r\n") + (body[-1:] not in "\r\n")
    pairs = lines * (width - 1 if is_matrix else 1)
    hold("travel_pairs", pairs, TravelError, name=path.name)


def _body(path: Path, body: str, separator: str, header: Sequence[str]) -> pd.DataFrame:
    """Rows below the header as text, all of its width; those of a list as categories."""
    width = len(header)
    found = pd.DataFrame(columns=range(width))
    if not body.strip():
        return found
    wrong: list[str] = []

    def refuse(row: arrow_csv.InvalidRow) -> bool:
        counts = f"{row.actual_columns} au lieu de {row.expected_columns} colonnes"
        wrong.append(Defect(f"{counts} : {quoted(row.text)}", "ligne d’une autre largeur"))
        # Each costs a call: a file of millions is no table, and is not read to its end.
        return len(wrong) < _MAX_WRONG

    try:
        columns = {place: place for place in range(width)}
        found, lost = split_rows(
            body,
            separator,
            width=width,
            columns=columns,
            refuse=refuse,
            coded=bool(roles(header)),
        )
        if lost:
            wrong.append(f"guillemet non fermé : {lost} lignes dans une cellule")
    except pa.ArrowInvalid:
        if len(wrong) < _MAX_WRONG:
            wrong.append("lignes illisibles")
    if wrong:
        unread = ["trop de lignes sont ainsi : la suite n’est pas lue"] * (len(wrong) >= _MAX_WRONG)
        raise TravelError(
            f"Des lignes de {one_line(path.name)} n’ont pas le nombre de colonnes de l’en-tête.",
            defects=[*unread, *wrong],
            remedy=f"utilisez partout le même séparateur (ici : {SEPARATORS[separator]}) ; si la "
            "virgule est décimale, séparez les colonnes par des points-virgules.",
        )
    return found


def _check_plausible(path: Path, pairs: pd.DataFrame, said: Unit) -> None:
    """Refuse times whose median to the nearest other place is of another unit."""
    away = pairs[pairs["origin"] != pairs["destination"]]
    nearest = away.groupby("origin", observed=True)["minutes"].min().median()
    low, high = _NEAREST
    if nearest < low or nearest > high:
        unit, other = ("minutes", "seconds") if said == "minutes" else ("secondes", "minutes")
        converted = nearest / 60 if said == "minutes" else nearest * 60
        hint = f' (unit="{other}" ?)' if low <= converted <= high else ""
        raise TravelError(
            f"Les temps de {one_line(path.name)} ne sont pas en {unit} : le lieu le plus proche "
            f"serait à {number(nearest, 2) if nearest < _WRITTEN else f'{nearest:.3g}'} min "
            "(médiane).",
            remedy=f"dites leur unité{hint}, ou convertissez-les en minutes.",
        )
    long = pairs[pairs["minutes"] > _MAX_MINUTES]
    if len(long):
        raise TravelError(
            f"Des trajets de {one_line(path.name)} durent plus d’un jour.",
            defects=listed_pairs("minutes", long, long["minutes"].map("{:.6g}".format)),
            remedy="si c’est la marque d’une paire sans route, laissez ces cellules vides.",
        )


def _no_pair(path: Path) -> TravelError:
    """Refusal of a table without any time."""
    return TravelError(f"{one_line(path.name)} ne contient aucun temps.", remedy=f"{LAYOUTS}.")
