"""An analyst's log of calls or of appointments: read without a name, a number or a guess.

What says who called is refused, not dropped, wherever it stands (a column, its header, a title, the
name of a sheet or of the file): the file should not hold it. The other columns that are not read
are named to the analyst, with what in them may lead to a person
(:mod:`cpts_geo.sources.analyst.calls._people` has both rules). What the reader keeps is the time,
how the call ended, the commune and the class of age. An opaque key of the caller and a coded
reason tell repeated calls; both are hashed as they are read, with a secret drawn for this reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import TableError, one_line
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst._tables.text import (
    HEADER_ROWS,
    SEPARATORS,
    Row,
    first_rows,
    rows_of,
    text_of,
    unbalanced,
)
from cpts_geo.sources.analyst._tables.workbook import SUFFIXES, read_workbook
from cpts_geo.sources.analyst.calls._around import Hint, around_table
from cpts_geo.sources.analyst.calls._columns import WORDINGS, roles
from cpts_geo.sources.analyst.calls._people import (
    label_shown,
    refuse_name,
    refuse_people,
    unread_columns,
)
from cpts_geo.sources.analyst.calls._values import (
    Times,
    age_classes,
    hashed,
    outcomes,
    said_lines,
    times,
)
from cpts_geo.sources.analyst.calls._words import says_nothing
from cpts_geo.sources.codes import with_zero
from cpts_geo.sources.door import Door, memory_told, read_bytes

#: How a call ended.
OUTCOMES: Final = tuple(WORDINGS)
_LAYOUT: Final = (
    "donnez une ligne par appel, avec en première ligne le nom des colonnes : date_heure (ou date "
    "et heure), issue et, si vous les avez, commune ou code_insee, classe_age, "
    "code_motif et cle_appelant (une clé opaque, la même pour tous les appels d’une personne)"
)
_FRENCH: Final = {
    "date": "date",
    "hour": "heure",
    "outcome": "issue",
    "code": "code Insee",
    "commune": "commune",
    "age": "classe d’âge",
    "reason": "classe de motif",
    "caller": "clé de l’appelant",
}
#: Columns that serve to tell calls alike, whose values nobody is to read again.
_OPAQUE: Final = ("reason", "caller")


def _no_call(path: Path) -> TableError:
    """Refusal of a log without any call."""
    return TableError(f"{one_line(path.name)} ne contient aucun appel.", remedy=f"{_LAYOUT}.")


#: What a call log says at the door.
_CALL_LOG: Final = Door(
    key="call_log",
    error=TableError,
    suffixes=SUFFIXES | {".csv", ".txt", ".tsv"},
    formats=".csv, .txt, .xlsx ou .ods",
    save_as="enregistrez le journal en « CSV UTF-8 » (.csv) ou en .xlsx.",
    empty=_no_call,
)


class _Table(NamedTuple):
    """Header, the rows below it, what is around it about people, what was adapted to read it."""

    header: list[str]
    rows: list[Row]
    around: dict[str, Hint]
    notes: Sequence[str]


@memory_told(_CALL_LOG)
def read_call_log(path: Path | str, *, today: dt.date | None = None) -> pd.DataFrame:
    """
    Read an analyst's log of calls, or list of appointments.

    Parameters
    ----------
    path : Path or str
        A text or a spreadsheet (see :mod:`cpts_geo.sources.analyst`), a row a call, columns known
        by their names in French or English.
    today : datetime.date, optional
        Later dates are refused; the day of the computer by default.

    Returns
    -------
    DataFrame
        A row a call, in the order of the file: time (datetime64, local time of Europe/Paris,
        without zone), outcome (category: appointment, advice, redirected, no_slot, duplicate,
        cancelled, which holds no-shows too, other; NaN = unknown), commune (name in the official
        code, or INSEE code; NaN = unknown, or no commune), age_class (such as 17-64 or 75+; NaN =
        unknown); where the file has them, reason (its coded reason) and caller (its opaque key),
        hashed with a key that is not kept: they compare within this table, and no further.
        In attrs: ``notes``, French sentences on what was adapted; ``lower_bound``, True where no
        column says the outcome, so that the log is one of consultations; ``with_hour``, False
        where it gives days only.

    Raises
    ------
    TableError
        The file cannot be read, says something of a person (by its name, a title, a header or by
        what cells look like), has no column of dates, two for one role, or holds dates, outcomes
        or ages that cannot be read; lists every defect by line, and repeats no value about a
        person.

    Notes
    -----
    Dates without a year first are in French order (day, month, year). Exact ages become classes,
    and are not kept. Other columns are looked at for personal data, then dropped; the notes name
    them, and say which may lead to a person.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "journal.csv"
    ...     text = "date;heure;suite;age\\n04/03/2024;8h30;RDV;34\\n04/03/2024;8h41;doublon;\\n"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     log = read_call_log(path)
    >>> log["outcome"].tolist(), log["age_class"].tolist()
    (['appointment', 'duplicate'], ['17-64', nan])
    """
    path = typed_path(path)
    refuse_name(path)
    content = read_bytes(path, _CALL_LOG)
    read = _workbook_table if path.suffix.lower() in SUFFIXES else _text_table
    header, filled, around, adapted = read(path, content)
    places = roles(header)
    _check_width(path, header, filled)
    width = len(header)
    cells = pd.DataFrame(
        [(*each, *[""] * (width - len(each)))[:width] for _, each in filled],
        index=[line for line, _ in filled],
        columns=range(width),
        dtype=str,
    )
    refuse_people(path.name, header, cells, places, around=around)
    if cells.empty:
        raise _no_call(path)
    _refuse_ambiguous(path, header, places)
    columns = {role: cells[found[0]] for role, found in places.items()}
    said = times(columns["date"], columns.get("hour"), today=today or dt.date.today())
    ends, unknown = _outcomes(columns.get("outcome"), cells.index)
    ages, ageless = age_classes(columns["age"]) if "age" in columns else (_nothing(cells.index), [])
    if defects := [*said.defects, *unknown, *ageless]:
        raise TableError(
            f"Des lignes de {one_line(path.name)} ne peuvent pas être utilisées.",
            defects=defects,
            remedy="corrigez ces cellules : dates en jour/mois/année (4 chiffres) heure:minute, "
            "ou année-mois-jour, toutes en heure locale ou toutes avec leur décalage ; issues "
            "parmi celles qui sont connues ; âges en années ou en classes.",
        )
    communes, elsewhere = _communes(columns.get("commune"), columns.get("code"), cells.index)
    log = pd.DataFrame(
        {
            "time": said.local,
            "outcome": ends,
            "commune": communes,
            "age_class": ages,
        }
    )
    for role in (role for role in _OPAQUE if role in columns):
        log[role] = hashed(columns[role])
    log = log.reset_index(drop=True)
    log.attrs = {
        "notes": (
            *adapted,
            *_notes(header, places, said=said, elsewhere=elsewhere),
            *unread_columns(header, cells, places, around=around),
        ),
        "lower_bound": "outcome" not in columns,
        "with_hour": said.with_hour,
    }
    return log


def _text_table(path: Path, content: bytes) -> _Table:
    """Table of a text, by the separator whose header names the most columns."""
    text, notes = text_of(path, content, door=_CALL_LOG)
    heads = {each: first_rows(path, text, each, door=_CALL_LOG) for each in SEPARATORS}
    named = {each: head[:2] for each, rows in heads.items() if (head := _head(rows))}
    for separator in sorted(named, key=lambda each: named[each], reverse=True):
        rows = rows_of(path, text, separator, door=_CALL_LOG)
        if rows is not None:
            return _headed(path, [rows], notes=notes)
    splits = [rows_of(path, text, each, door=_CALL_LOG) for each in SEPARATORS]
    whole = [rows for rows in splits if rows is not None]
    if len(whole) < len(splits):
        raise unbalanced(path, door=_CALL_LOG)
    return _headed(path, whole, notes=notes)


def _head(rows: Sequence[Row]) -> tuple[int, int, int] | None:
    """Columns that the header names, columns that it has, and its place; None without a header."""
    for place, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        if "date" in (found := roles(cells)):
            return len(found), len(cells), place
    return None


def _workbook_table(path: Path, content: bytes) -> _Table:
    """Table of the visible sheet whose header names the most columns."""
    book = read_workbook(path, content, door=_CALL_LOG)
    return _headed(path, [sheet.rows for sheet in book.sheets], sheets=book.names)


def _headed(
    path: Path,
    tables: Sequence[list[Row]],
    *,
    sheets: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> _Table:
    """The table whose header names the most columns."""
    found = [(head, rows) for rows in tables if (head := _head(rows))]
    if found:
        (_, _, place), rows = max(found, key=lambda each: each[0][:2])
        header = list(rows[place][1])
        while header and not header[-1]:
            header.pop()
        titles = [" ".join(filter(None, cells)) for _, cells in rows[:place]]
        return _Table(header, rows[place + 1 :], around_table(titles, sheets), notes)
    likely = max((cells for rows in tables for _, cells in rows[:1]), key=len, default=())
    none = pd.DataFrame(columns=range(len(likely)), dtype=str)
    refuse_people(path.name, likely, none, {}, around=around_table([], sheets))
    # A first row with digits is a call, and no header: it is not quoted.
    is_call = any(char.isdigit() for cell in likely for char in cell)
    shown = ", ".join(label_shown(cell) for cell in likely if cell)
    if not shown:
        raise _no_call(path)
    raise TableError(
        f"Aucune colonne de dates reconnue dans {one_line(path.name)}.",
        defects=["la première ligne est un appel : l’en-tête manque"]
        if is_call
        else [f"en-têtes lus : {shown}"],
        remedy=f"{_LAYOUT}.",
    )


def _check_width(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Refuse rows that have not the columns of the header."""
    width = len(header)
    wrong = [line for line, cells in rows if len(cells) < width or any(cells[width:])]
    if wrong:
        raise TableError(
            f"Des lignes de {one_line(path.name)} n’ont pas le nombre de colonnes de l’en-tête.",
            defects=[f"{said_lines(wrong)} : il faut {width} colonnes"],
            remedy="utilisez partout le même séparateur et mettez entre guillemets les valeurs "
            "qui le contiennent.",
        )


def _refuse_ambiguous(path: Path, header: Sequence[str], places: dict[str, list[int]]) -> None:
    """Refuse two columns for one role."""
    defects = [
        f"{_FRENCH[role]} : {', '.join(label_shown(header[i]) for i in found)}"
        for role, found in places.items()
        if len(found) > 1
    ]
    if defects:
        raise TableError(
            f"Des colonnes de {one_line(path.name)} disent la même chose.",
            defects=defects,
            remedy="n’en gardez qu’une pour chacune, celle de l’appel.",
        )


def _outcomes(texts: pd.Series | None, index: pd.Index) -> tuple[pd.Series, list[str]]:
    """Outcome of each row, an appointment for all without a column; and defects."""
    if texts is not None:
        return outcomes(texts)
    served = pd.Categorical(["appointment"] * len(index), categories=list(OUTCOMES))
    return pd.Series(served, index=index), []


def _communes(
    names: pd.Series | None, codes: pd.Series | None, index: pd.Index
) -> tuple[pd.Series, list[int]]:
    """Code where the log has them, else the name of the COG; lines of what is no commune."""
    if codes is not None:
        texts = with_zero(codes)
    elif names is not None:
        texts = names
    else:
        return _nothing(index), []
    known = {text: commune_of(text) for text in texts.unique()}
    strange = [text for text, name in known.items() if name is None and not says_nothing(text)]
    return texts.map(known).astype(str).where(texts.map(known).notna()), [
        int(line) for line in index[texts.isin(strange)]
    ]


def _nothing(index: pd.Index) -> pd.Series:
    """A column where nothing is known."""
    return pd.Series([pd.NA] * len(index), index=index, dtype=str)


def _notes(
    header: Sequence[str], places: dict[str, list[int]], *, said: Times, elsewhere: list[int]
) -> tuple[str, ...]:
    """French sentences on columns read, times adapted and what the log lacks."""
    notes = [
        f"Colonne {'de l’' if _FRENCH[role][0] in 'aeiouhé' else 'de la '}{_FRENCH[role]} : "
        f"{label_shown(header[found[0]])}."
        for role, found in places.items()
    ]
    if said.converted:
        notes.append("Heures données avec leur décalage, ramenées à l’heure de Paris.")
    if said.order_assumed:
        notes.append(
            "Dates lues dans l’ordre français, jour/mois/année : aucun jour ne dépasse 12. "
            "Vérifiez que le fichier n’est pas dans l’ordre américain."
        )
    if elsewhere:
        notes.append(
            f"{said_lines(elsewhere)} : commune absente du code officiel géographique, laissée "
            "inconnue."
        )
    if "caller" in places:
        notes.append(
            "La clé de l’appelant ne sert qu’à reconnaître ses rappels : elle est hachée à la "
            "lecture, avec un secret tiré au sort, et n’est écrite nulle part."
        )
    if not said.with_hour:
        notes.append("Le journal donne des jours, sans heure : pas de profil horaire.")
    if "outcome" not in places:
        notes.append(
            "Aucune colonne d’issue : chaque ligne est prise pour une consultation donnée, ce qui "
            "borne la demande par le bas."
        )
    return tuple(notes)
