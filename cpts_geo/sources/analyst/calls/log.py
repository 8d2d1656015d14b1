"""An analyst's log of calls or of appointments: read without a name, a number or a guess.

What says who called is refused, not dropped, wherever it stands (a column, its header, a title, the
name of a sheet or of the file): the file should not hold it. The other columns that are not read
are named to the analyst, with what in them may lead to a person
(:mod:`cpts_geo.sources.analyst.calls.personal` has both rules). What the reader keeps is the time,
how the call ended, the commune and the class of age.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cpts_geo.errors import TableError, one_line
from cpts_geo.sources.analyst.calls.around import Hint, around_table
from cpts_geo.sources.analyst.calls.columns import OUTCOMES, roles
from cpts_geo.sources.analyst.calls.people import (
    label_shown,
    refuse_name,
    refuse_people,
    unread_columns,
)
from cpts_geo.sources.analyst.calls.values import Times, age_classes, outcomes, said_lines, times
from cpts_geo.sources.analyst.calls.words import commune_of, says_nothing
from cpts_geo.sources.readers.text import decoded

#: Larger files are refused: ten years of a busy line are a tenth of this.
MAX_BYTES: Final = 100_000_000
_TEXT: Final = frozenset({".csv", ".txt", ".tsv"})
_WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_SEPARATORS: Final = (";", ",", "\t", "|")
# Titles may stand above the header; one that starts lower is not looked for.
_HEADER_ROWS: Final = 20
_LAYOUT: Final = (
    "donnez une ligne par appel, avec en première ligne le nom des colonnes : date_heure (ou date "
    "et heure), issue et, si vous les avez, commune ou code_insee et classe_age"
)
_FRENCH: Final = {
    "date": "date",
    "hour": "heure",
    "outcome": "issue",
    "code": "code Insee",
    "commune": "commune",
    "age": "classe d’âge",
}
#: Line of the file (from 1) and its cells.
Row = tuple[int, tuple[str, ...]]


def read_call_log(path: Path | str, *, today: dt.date | None = None) -> pd.DataFrame:
    """
    Read an analyst's log of calls, or list of appointments.

    Parameters
    ----------
    path : Path or str
        Text (``.csv``, ``.txt``, ``.tsv``: UTF-8, UTF-16 with its mark or Windows-1252; separated
        by ``;``, ``,``, a tabulation or ``|``) or a spreadsheet (``.xlsx``, ``.xls``, ``.ods``),
        a row a call, columns known by their names in French or English.
    today : datetime.date, optional
        Later dates are refused; the day of the computer by default.

    Returns
    -------
    DataFrame
        A row a call, in the order of the file: time (datetime64, local time of Europe/Paris,
        without zone), outcome (category: appointment, advice, redirected, no_slot, duplicate,
        cancelled, which holds no-shows too, other; NaN = unknown), commune (name in the official
        code, or INSEE code; NaN = unknown, or no commune), age_class (such as 17-64 or 75+; NaN =
        unknown).
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
    path = Path(path)
    refuse_name(path)
    content = _read_bytes(path)
    read = _workbook_rows if path.suffix.lower() in _WORKBOOKS else _text_rows
    header, rows, around = read(path, content)
    places = roles(header)
    _check_width(path, header, rows)
    filled = [(line, cells) for line, cells in rows if any(cells)]
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
    ).reset_index(drop=True)
    log.attrs = {
        "notes": (
            *_notes(header, places, said=said, elsewhere=elsewhere),
            *unread_columns(header, cells, places, around=around),
        ),
        "lower_bound": "outcome" not in columns,
        "with_hour": said.with_hour,
    }
    return log


def _read_bytes(path: Path) -> bytes:
    shown = one_line(str(path))
    if path.suffix.lower() not in _TEXT | _WORKBOOKS:
        raise TableError(
            f"Type de fichier non pris en charge : {one_line(path.name)}.",
            remedy="enregistrez le journal en « CSV UTF-8 » (.csv) ou en .xlsx.",
        )
    try:
        if path.is_dir():
            raise TableError(f"{shown} est un dossier.", remedy="donnez le chemin d’un fichier.")
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except FileNotFoundError as error:
        raise TableError(
            f"Le fichier {shown} n’existe pas.", remedy="vérifiez le chemin et le nom du fichier."
        ) from error
    except OSError as error:
        raise TableError(
            f"Le fichier {shown} ne peut pas être lu ({error.strerror}).",
            remedy="fermez-le dans les autres logiciels et vérifiez vos droits de lecture.",
        ) from error
    if size > MAX_BYTES:
        raise TableError(
            f"Le fichier {shown} est trop gros ({size / 1e6:.0f} Mo).",
            remedy="ne gardez que la date, l’heure, l’issue, la commune et la classe d’âge.",
        )
    if not content.strip():
        raise _no_call(path)
    return content


def _text_rows(path: Path, content: bytes) -> tuple[list[str], list[Row], dict[str, Hint]]:
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16", errors="replace") if utf16 else decoded(content)
    if any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in set(text)):
        raise TableError(
            f"{one_line(path.name)} n’est pas un fichier texte : contenu binaire.",
            remedy="ouvrez-le dans le logiciel qui l’a produit et enregistrez-le en « CSV UTF-8 ».",
        )
    splits = [rows for each in _SEPARATORS if (rows := _split(text, each)) is not None]
    headed = any("date" in roles(cells) for rows in splits for _, cells in rows[:_HEADER_ROWS])
    if len(splits) < len(_SEPARATORS) and not headed:
        raise TableError(
            f"Les guillemets de {one_line(path.name)} ne vont pas par paires.",
            remedy='supprimez les guillemets " isolés, ou enregistrez le journal en .xlsx.',
        )
    return _headed(path, splits)


def _split(text: str, separator: str) -> list[Row] | None:
    """Rows, or None where the quotes make no sense with this separator."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            rows.append((start, tuple(cell.strip() for cell in cells)))
            start = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _workbook_rows(path: Path, content: bytes) -> tuple[list[str], list[Row], dict[str, Hint]]:
    """First visible sheet with a header."""
    sheets: list[list[Row]] = []
    names: list[str] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            names = list(book.sheet_names)
            for sheet in book.sheets_metadata:
                visible = sheet.visible is SheetVisibleEnum.Visible
                if visible and sheet.typ is SheetTypeEnum.WorkSheet:
                    cells = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                    sheets.append(
                        [(line, tuple(map(_cell_text, row))) for line, row in enumerate(cells, 1)]
                    )
    except CalamineError as error:
        raise TableError(
            f"Le classeur {one_line(path.name)} ne peut pas être ouvert : il est endommagé, "
            "protégé par un mot de passe, ou d’un autre format que son extension.",
            remedy="ouvrez-le dans votre tableur et enregistrez-le en .xlsx sans mot de passe, "
            "ou en « CSV UTF-8 ».",
        ) from error
    return _headed(path, sheets, names)


def _cell_text(cell: object) -> str:
    if isinstance(cell, dt.datetime):
        # Spreadsheets count days: seconds come back a little short.
        rounded = cell + dt.timedelta(milliseconds=500)
        return rounded.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, dt.date):  # a whole number of days is midnight, or has its hour elsewhere
        return f"{cell.isoformat()} 00:00:00"
    if isinstance(cell, dt.time):
        return cell.strftime("%H:%M:%S")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _headed(
    path: Path, tables: Sequence[list[Row]], sheets: Sequence[str] = ()
) -> tuple[list[str], list[Row], dict[str, Hint]]:
    """Header, rows below it, what stands around: the table whose header names the most columns."""
    found = []
    for rows in tables:
        for place, (_, cells) in enumerate(rows[:_HEADER_ROWS]):
            if "date" in roles(cells):
                found.append((len(roles(cells)), len(cells), place, rows))
                break
    if found:
        _, _, place, rows = max(found, key=lambda each: each[:2])
        header = list(rows[place][1])
        while header and not header[-1]:
            header.pop()
        titles = [" ".join(filter(None, cells)) for _, cells in rows[:place]]
        return header, rows[place + 1 :], around_table(titles, sheets)
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


def _no_call(path: Path) -> TableError:
    return TableError(f"{one_line(path.name)} ne contient aucun appel.", remedy=f"{_LAYOUT}.")


def _check_width(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    width = len(header)
    wrong = [
        line for line, cells in rows if any(cells) and (len(cells) < width or any(cells[width:]))
    ]
    if wrong:
        raise TableError(
            f"Des lignes de {one_line(path.name)} n’ont pas le nombre de colonnes de l’en-tête.",
            defects=[f"{said_lines(wrong)} : il faut {width} colonnes"],
            remedy="utilisez partout le même séparateur et mettez entre guillemets les valeurs "
            "qui le contiennent.",
        )


def _refuse_ambiguous(path: Path, header: Sequence[str], places: dict[str, list[int]]) -> None:
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
    if texts is not None:
        return outcomes(texts)
    served = pd.Categorical(["appointment"] * len(index), categories=list(OUTCOMES))
    return pd.Series(served, index=index), []


def _communes(
    names: pd.Series | None, codes: pd.Series | None, index: pd.Index
) -> tuple[pd.Series, list[int]]:
    """Code where the log has them, else the name of the COG; lines of what is no commune."""
    if codes is not None:
        # A spreadsheet takes the first zero away.
        texts = codes.where(~codes.str.fullmatch(r"\d{4}"), "0" + codes)
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
    return pd.Series([pd.NA] * len(index), index=index, dtype=str)


def _notes(
    header: Sequence[str], places: dict[str, list[int]], *, said: Times, elsewhere: list[int]
) -> tuple[str, ...]:
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
    if not said.with_hour:
        notes.append("Le journal donne des jours, sans heure : pas de profil horaire.")
    if "outcome" not in places:
        notes.append(
            "Aucune colonne d’issue : chaque ligne est prise pour une consultation donnée, ce qui "
            "borne la demande par le bas."
        )
    return tuple(notes)
