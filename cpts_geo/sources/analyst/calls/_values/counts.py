"""Rows that count calls, and are not one each: a day, a week, a month, with numbers of calls.

Counts become as many rows as they count, so that all that is drawn from calls is drawn from them;
calls that no column of outcomes holds have an outcome that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from cpts_geo.errors import TableError, quoted
from cpts_geo.french import MONTHS, counted, joined, number
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.calls._columns import UNKNOWN, key
from cpts_geo.sources.analyst.calls._values._lines import said_lines
from cpts_geo.sources.analyst.calls._values.periods import UNIT_WORDS, Unit, last_day, unit_of
from cpts_geo.sources.analyst.calls._values.times import Times
from cpts_geo.sources.analyst.calls._whole import is_counter
from cpts_geo.sources.analyst.calls._wordings import CALLS, TOTAL, count_of

_NUMBER: Final = re.compile(r"(\d{1,3}(?:[\s\u202f\u00a0]\d{3})+|\d+)(?:[.,]0+)?")
_LIKE_NUMBER: Final = r"-?\d[\d\s.,\u202f\u00a0]*"
#: Ticks of a call in the column of its outcome.
_MARKS: Final = {"x": 1.0, "oui": 1.0, "non": 0.0}
_HALF: Final = 0.5
#: Cells of a day that was not worked.
_CLOSED: Final = frozenset({"ferme", "fermee", "fermeture", "ferie", "conge", "conges"}) | UNKNOWN
#: So many numbers that only grow are those of calls, or a running total.
_GROWING: Final = 20
#: Rows from which days that never come twice are no calls, of which some would share a day.
_ROWS: Final = 5
_TOTALS: Final = frozenset({"total", "totaux", "somme", "sommes", "moyenne", "cumul", "ensemble"})
_OF_TOTALS: Final = frozenset(
    {
        "s", "sous", "general", "generaux", "generale", "annuel", "annuelle", "mensuel",
        "mensuelle", "annee", "trimestre", "mois", "semaine", "jour", "appels", "du", "de", "des",
        "la", "le", "les", "l", "par", *map(plain, MONTHS),
    }
)  # fmt: skip
_WORDS: Final = {
    CALLS: ("appel", "appels"),
    "appointment": ("consultation", "consultations"),
    "advice": ("conseil", "conseils"),
    "redirected": ("réorientation", "réorientations"),
    "no_slot": ("demande sans créneau", "demandes sans créneau"),
    "duplicate": ("doublon", "doublons"),
    "cancelled": ("annulation", "annulations"),
    "no_answer": ("appel sans réponse", "appels sans réponse"),
    "other": ("autre issue", "autres issues"),
}


class Counting(NamedTuple):
    """Calls of the rows that count them (None for rows that are calls), French defects and notes,
    what a row is of, first and last days of the rows."""

    log: pd.DataFrame | None
    defects: list[str]
    notes: list[str]
    unit: Unit | None
    periods: tuple[tuple[date, date], ...]


class _Counts(NamedTuple):
    """Number of each row by what it counts (:data:`CALLS`, outcomes), French defects and notes."""

    table: pd.DataFrame
    defects: list[str]
    notes: list[str]


def count_columns(
    header: Sequence[str], cells: pd.DataFrame, places: Mapping[str, Sequence[int]]
) -> dict[int, str]:
    """Find the columns of counts, by place: what each counts. One of a role is one too where it
    holds numbers beside another that counts (« orientation »)."""
    found = {}
    for place, label in enumerate(header):
        what = count_of(label) if label else None
        if what and are_numbers(cells[place]):
            found[place] = what
    # « Honorés » counts beside other counts; alone, it says of each call whether who asked came.
    alone = found.keys() <= {*places.get("honoured", ())}
    own = {"outcome"} if alone else {"outcome", "honoured"}
    taken = {place for role, at in places.items() for place in at if role not in own}
    calls = CALLS in found.values()
    found = {
        place: CALLS if what == TOTAL else what
        for place, what in found.items()
        if place not in taken and not (what == TOTAL and calls)
    }
    return found if found.keys() - {*places.get("outcome", ())} else {}


def are_counts(cells: pd.DataFrame, dates: int) -> bool:
    """Tell whether rows may be counts by their dates alone: days, none of which comes twice."""
    days = cells[dates]
    timed = days.str.contains(r"\d\s?[:hH]\s?\d", regex=True) & ~days.str.contains("00:00")
    return len(days) >= _ROWS and days.is_unique and not timed.any()


def without_totals(
    cells: pd.DataFrame, dates: int, counts: Mapping[int, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set apart the rows that sum up others, without the words that say so: those that have them
    where a date should be, and one without a date whose every count is the sum of the others'."""
    said = _among(cells[dates], _is_total)
    blank = (cells[dates] == "") & ~said
    if blank.any():
        elsewhere = pd.concat([_among(cells[place], _is_total) for place in cells], axis=1)
        said |= blank & elsewhere.any(axis=1)
    if counts and blank.any():
        rest = cells[~said & ~blank]
        sums = {place: _numbers(rest[place]).sum() for place in counts}
        alike = pd.concat([_numbers(cells[at]) == total for at, total in sums.items()], axis=1)
        said |= blank & alike.all(axis=1)
    totals = cells[said]
    return cells[~said], totals.mask(totals.apply(_among, test=_is_total), "")


def said_gaps(totals: pd.DataFrame, cells: pd.DataFrame, counts: Mapping[int, str]) -> list[str]:
    """French sentence where the only total that a file writes is not the sum of what is read."""
    if len(totals) != 1:
        return []
    gaps = [
        f"{number(float(written))} écrit, {number(float(read))} lu"
        for place in counts
        if (written := _numbers(totals[place]).iloc[0]) != (read := _numbers(cells[place]).sum())
        and not np.isnan(written)
    ]
    if not gaps:
        return []
    return [f"Le total du fichier n’est pas celui des lignes lues : {joined(gaps)}. Vérifiez-le."]


def counted_log(
    log: pd.DataFrame,
    cells: pd.DataFrame,
    counts: dict[int, str],
    header: Sequence[str],
    *,
    places: Mapping[str, Sequence[int]],
    unit: Unit | None,
    said: Times,
    today: date,
    name: str,
) -> Counting:
    """Turn the rows of a log that count calls into these calls; nothing of rows that are calls."""
    if not counts:
        return Counting(None, [], [], None, ())
    read = _read(cells, counts, header)
    label = header[places["date"][0]]
    rows = log.loc[read.table.index]
    if CALLS not in read.table and (read.table.sum(axis=1) == 1).all():
        # Each row is a call, ticked in the column of its outcome.
        return Counting(_expanded(rows, read.table), read.defects, read.notes, None, ())
    asked = ""
    if unit is None:
        unit, asked = ("hour", "") if said.with_hour else unit_of(label, log["time"])
    defects = [*read.defects, *filter(None, [asked])]
    if unit == "hour" and (rows["time"].dt.minute > 0).any():
        defects.append(
            "chaque ligne a son heure et un nombre : est-ce un appel, ou un compte ? Ôtez la "
            f"colonne {quoted(header[next(iter(counts))])}, ou donnez une ligne par heure"
        )
    notes = list(read.notes)
    others = [place for place in cells if place not in counts]
    if rows.duplicated().any() and not rows["time"].isna().any():
        again = rows.index[cells.loc[rows.index, others].duplicated()]
        if len(again):
            defects.append(f"{said_lines(again)} : {UNIT_WORDS[unit]} déjà compté plus haut")
        else:
            notes.append(f"Plusieurs lignes par {UNIT_WORDS[unit]} : leurs comptes sont ajoutés.")
    if defects or said.defects:
        return Counting(None, defects, notes, unit, ())
    firsts = sorted({each.date() for each in rows["time"]})
    periods = tuple((first, last_day(first, unit)) for first in firsts)
    going_on = [first for first, last in periods if last > today]
    if going_on:
        # Only the last one can be.
        notes.append(
            f"Non terminé, et laissé de côté : {UNIT_WORDS[unit]} du {going_on[0]:%d/%m/%Y}."
        )
        rows = rows[rows["time"] < pd.Timestamp(going_on[0])]
        periods = periods[:-1]
    labels = [header[place] for place in counts]
    kept = read.table.loc[rows.index]
    hold("call_log_rows", int(kept.max(axis=1).sum()), TableError, name=name)
    told = _said(kept, unit=unit, periods=len(periods), header=labels)
    return Counting(_expanded(rows, kept), [], [told, *notes], unit, periods)


def _read(cells: pd.DataFrame, columns: Mapping[int, str], header: Sequence[str]) -> _Counts:
    """Read the counts of each row, those of one outcome in several columns added."""
    defects: list[str] = []
    read: dict[str, pd.Series] = {}
    for place, what in columns.items():
        texts, shown = cells[place], quoted(header[place])
        numbers = _numbers(texts)
        if len(wrong := texts.index[numbers.isna() & ~_among(texts, _is_closed)]):
            defects.append(f"{said_lines(wrong)} : dans {shown}, ce n’est pas un nombre entier")
        if len(numbers) >= _GROWING and numbers.nunique() == len(numbers) and is_counter(texts):
            defects.append(
                f"colonne {place + 1}, {shown} : ses nombres ne font que croître ; est-ce un "
                "numéro, ou un cumul ? Donnez le compte de chaque ligne, ou ôtez la colonne"
            )
        # All calls are counted once: a second column of them says the same.
        if what == CALLS and CALLS in read:
            defects.append(
                f"colonne {place + 1}, {shown} : une autre colonne compte déjà les appels ; "
                "gardez celle des appels reçus"
            )
        read[what] = read[what].add(numbers, fill_value=0) if what in read else numbers
    table = pd.DataFrame(read, index=cells.index)
    empty = table.index[table.isna().all(axis=1)]
    known = table.drop(index=empty)
    notes = []
    if len(empty):
        notes.append(f"Sans aucun compte, et laissé de côté : {said_lines(empty)}.")
    if CALLS in known and len(without := known.index[known[CALLS].isna()]):
        defects.append(f"{said_lines(without)} : des issues, sans nombre d’appels")
    outcomes = known.drop(columns=CALLS, errors="ignore")
    if outcomes.isna().to_numpy().any():
        notes.append("Cases vides des colonnes d’issues : lues 0.")
    if CALLS in known:
        over = known.index[outcomes.sum(axis=1) > known[CALLS]]
        if len(over):
            defects.append(
                f"{said_lines(over)} : plus d’issues que d’appels ; des consultations ne viennent "
                "pas d’appels, ou une colonne compte autre chose : ôtez-la"
            )
    return _Counts(known.fillna(0).astype(np.int64), defects, notes)


def _expanded(rows: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Write each row as many times as it counts, with the outcome of each column; the calls that
    none holds keep the outcome of their row."""
    parts = []
    outcomes = counts.drop(columns=CALLS, errors="ignore")
    for outcome in outcomes:
        part = rows.loc[rows.index.repeat(counts[outcome])]
        parts.append(
            part.assign(
                outcome=pd.Categorical([outcome] * len(part), rows["outcome"].cat.categories)
            )
        )
    if CALLS in counts:
        parts.append(rows.loc[rows.index.repeat(counts[CALLS] - outcomes.sum(axis=1))])
    return pd.concat(parts).sort_values("time", kind="stable")


def _said(counts: pd.DataFrame, *, unit: Unit, periods: int, header: Sequence[str]) -> str:
    """French sentence on what was counted in all, and by which columns."""
    totals = joined([counted(int(counts[what].sum()), *_WORDS[str(what)]) for what in counts])
    word = UNIT_WORDS[unit]
    over = counted(periods, word, word if word.endswith("s") else f"{word}s")
    columns = joined([quoted(label) for label in header])
    return (
        f"Fichier de comptes, et non une ligne par appel : {totals} en {over} (comptes lus : "
        f"{columns})."
    )


def _is_total(text: str) -> bool:
    """Whether a cell says that its row sums up others, and says nothing else."""
    said = set(re.findall("[a-z]+", plain(text)))
    return not _TOTALS.isdisjoint(said) and said <= _TOTALS | _OF_TOTALS


def are_numbers(texts: pd.Series) -> bool:
    """Tell whether a column holds numbers, whole or not, in half its cells or more."""
    known = texts[~_among(texts, _is_closed)]
    like = known.str.fullmatch(_LIKE_NUMBER) | known.map(plain).isin(_MARKS)
    return bool(len(known)) and bool(like.mean() >= _HALF)


def _among(texts: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    """Whether each text passes a test, which each distinct one takes once."""
    return texts.isin([text for text in texts.unique() if test(text)])


def _is_closed(text: str) -> bool:
    """Whether a cell says that nothing was counted."""
    return key(text) in _CLOSED


def _numbers(texts: pd.Series) -> pd.Series:
    """Whole numbers of a column; NaN where none is written."""
    found: dict[str, Any] = {}
    for text in texts.unique():
        match = _NUMBER.fullmatch(text)
        whole = float(re.sub(r"\D", "", match[1])) if match else np.nan
        found[text] = _MARKS.get(plain(text), whole)
    return texts.map(found).astype(float)
