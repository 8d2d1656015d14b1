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
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.errors import OutcomesError, PlaceUnknownError, TableError, one_line
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst.calls._columns import ROLES, roles
from cpts_geo.sources.analyst.calls._people import (
    label_shown,
    refuse_name,
    refuse_people,
    unread_columns,
)
from cpts_geo.sources.analyst.calls._table import CALL_LOG, is_log, no_call, read_table
from cpts_geo.sources.analyst.calls._values._lines import said_lines
from cpts_geo.sources.analyst.calls._values._zones import zone_of, zone_of_places
from cpts_geo.sources.analyst.calls._values.attributes import (
    OF_A_CALL,
    attributes,
    hashed,
    nothing,
)
from cpts_geo.sources.analyst.calls._values.counts import (
    are_counts,
    are_numbers,
    count_columns,
    counted_log,
    said_gaps,
    without_totals,
)
from cpts_geo.sources.analyst.calls._values.outcomes import (
    Outcomes,
    are_outcomes,
    known_wordings,
    outcomes,
    read_wordings,
)
from cpts_geo.sources.analyst.calls._values.periods import UNIT_WORDS, Unit, plain_periods
from cpts_geo.sources.analyst.calls._values.times import Times, are_in_utc, times
from cpts_geo.sources.analyst.calls._wordings import CALLS, WORDINGS
from cpts_geo.sources.analyst.calls._words import says_nothing
from cpts_geo.sources.codes import with_zero
from cpts_geo.sources.door import memory_told, read_bytes

#: How a call ended.
OUTCOMES: Final = tuple(WORDINGS)
#: The same, in the first of their French wordings.
OUTCOMES_FRENCH: Final = tuple(wordings[0] for wordings in WORDINGS.values())
#: Columns that serve to tell calls alike, whose values nobody is to read again.
_OPAQUE: Final = ("reason", "caller")


def is_call_log(path: Path) -> bool:
    """
    Tell whether a file is a log of calls rather than a list of communes, by its header.

    Parameters
    ----------
    path : Path
        A text or a spreadsheet.

    Returns
    -------
    bool
        Whether it has a column of dates, and no column of communes alone beside it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text("date;issue;commune\\n04/03/2024;RDV;Dry\\n", encoding="utf-8")
    ...     is_call_log(path)
    True
    """
    try:
        return is_log(path, read_bytes(path, CALL_LOG))
    except TableError:
        return False


@memory_told(CALL_LOG)
def read_call_log(
    path: Path | str,
    *,
    today: dt.date | None = None,
    own_outcomes: Mapping[str, str] | None = None,
    outcomes_file: Path | None = None,
    departments: Collection[str] = (),
) -> pd.DataFrame:
    """
    Read an analyst's log of calls, or list of appointments, or counts of them.

    Parameters
    ----------
    path : Path or str
        A text or a spreadsheet (see :mod:`cpts_geo.sources.analyst`), a row a call, columns known
        by their names in French or English; or a row a day, a week or a month, with columns of
        whole numbers that count calls and their outcomes. Visible sheets of one header are one
        log.
    today : datetime.date, optional
        Later dates are refused; the day of the computer by default.
    own_outcomes : Mapping of str to str, optional
        Outcome (a key of :data:`OUTCOMES`, or a French wording of it) of wordings of one's own.
    outcomes_file : Path, optional
        The same in a CSV of columns ``valeur`` and ``sens``; rows without a meaning are passed
        over.
    departments : Collection of str
        Départements of the line, which tell the clock of hours in UTC where no commune does.

    Returns
    -------
    DataFrame
        A row a call, in the order of the file (of time for counts): time (datetime64, local time
        of the place, without zone), outcome (category: appointment, advice, redirected, no_slot,
        duplicate, cancelled, which holds no-shows too, other, no_answer, calls that nobody took,
        whose need is not known; NaN = unknown), commune (name in the official code, or INSEE code;
        NaN = unknown, or no commune), age_class (such as 17-64 or 75+; NaN = unknown); where the
        file has them, delay (hours from the request to the appointment), honoured (whether who had
        one came) and own_doctor (whether who asked has a médecin traitant), NaN = unknown; reason
        (its coded reason) and caller (its opaque key), hashed with a key that is not kept: they
        compare within this table, and no further.
        In attrs: ``notes``, French sentences on what was adapted; ``lower_bound``, True where no
        column says the outcome, so that the log is one of consultations; ``with_hour``, False
        where it gives days only; ``counted``, what a row of the file counts (hour, day, week,
        month; None where it is a call); ``outcomes``, those that its columns can tell (``unknown``
        for all others), None where each row says its own; ``periods``, first and last days of
        each; ``invented``, True where a column « exemple » says that nobody made these requests.

    Raises
    ------
    OutcomesError
        Outcomes that are not known; has those that name nobody.
    PlaceUnknownError
        Hours in UTC, and neither communes nor départements.
    AskedError
        Outcomes of one's own that do not exist.
    TableError
        The file cannot be read, says something of a person (by its name, a title, a header or by
        what cells look like), has no column of dates, two for one role, or holds dates, outcomes,
        ages or counts that cannot be read, or that can be in two ways; lists every defect by line,
        and repeats no value about a person.

    Notes
    -----
    Dates without a year first are in French order (day, month, year). A written offset gives the
    time where it was written; UTC (Z) takes the clock of the communes, else of the départements,
    else is a question. Exact ages become classes, and are not kept. Other columns are looked at for
    personal data, then dropped; the notes name them, and say which may lead to a person.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "registre.csv"
    ...     text = "date;heure;suite;age\\n04/03/2024;8h30;RDV;34\\n04/03/2024;8h41;doublon;\\n"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     log = read_call_log(path)
    >>> log["outcome"].tolist(), log["age_class"].tolist()
    (['appointment', 'duplicate'], ['17-64', nan])
    """
    path = typed_path(path)
    refuse_name(path)
    own = known_wordings(
        (read_wordings(outcomes_file) if outcomes_file else {}) | {**(own_outcomes or {})}
    )
    header, cells, around, adapted = read_table(path, read_bytes(path, CALL_LOG))
    places = roles(header)
    counts = count_columns(header, cells, places)
    if counts:
        # Numbers of calls tell no caller, and one of outcomes is no wording.
        places = {
            r: at for r, at in places.items() if r not in OF_A_CALL and not counts.keys() & {*at}
        }
        places["count"] = list(counts)
    cells, totals = without_totals(cells, places["date"][0], counts)
    refuse_people(path.name, header, pd.concat([cells, totals]), places, around=around)
    if cells.empty:
        raise no_call(path, headed=True)
    _refuse_ambiguous(path, header, places)
    _refuse_unnamed(path, header, cells, places)
    columns = {role: cells[found[0]] for role, found in places.items() if role != "count"}
    day = today or dt.date.today()
    dates, unit = plain_periods(columns["date"]) if counts else (columns["date"], None)
    line = zone_of(departments)
    zone = (_zone(columns) or line) if are_in_utc(dates) else None
    said = times(dates, columns.get("hour"), today=day, zone=zone)
    if said.unplaced:
        raise _unplaced(path)
    ends = _outcomes(columns.get("outcome"), cells.index, own, counted=bool(counts))
    labels = {role: header[found[0]] for role, found in places.items()}
    given = attributes(columns, labels, cells.index)
    communes, elsewhere = _communes(columns.get("commune"), columns.get("code"), cells.index)
    log = pd.DataFrame(
        {"time": said.local, "outcome": ends.read, "commune": communes, **given.columns}
    )
    counting = counted_log(
        log, cells, counts, header, places=places, unit=unit, said=said, today=day, name=path.name
    )
    if defects := [*said.defects, *counting.defects, *ends.defects, *given.defects]:
        raise _unusable(path, defects, ends, own)
    log = log if counting.log is None else counting.log
    for role in (role for role in _OPAQUE if role in columns):
        log[role] = hashed(columns[role])
    log = log.reset_index(drop=True)
    log.attrs = {
        "notes": (
            *adapted,
            *_left_out(totals.index),
            *said_gaps(totals, cells, counts),
            *counting.notes,
            *_notes(header, places, said=said, elsewhere=elsewhere, unit=counting.unit),
            *unread_columns(header, cells, places, around=around),
        ),
        "outcomes": None if "outcome" in columns else _told(counts),
        "lower_bound": set(counts.values()) <= {"appointment"} and "outcome" not in columns,
        "with_hour": said.with_hour,
        "counted": counting.unit,
        "periods": counting.periods,
        "invented": "example" in columns and not columns["example"].map(says_nothing).all(),
    }
    return log


def _told(counts: Mapping[int, str]) -> tuple[str, ...]:
    """Outcomes that columns of counts tell: without any, each row is an appointment."""
    told = ("unknown" if what == CALLS else what for what in counts.values())
    return tuple(dict.fromkeys(told)) or ("appointment",)


def _zone(columns: Mapping[str, pd.Series]) -> str | None:
    """Clock that the communes of a log say; None where they say none."""
    texts = with_zero(columns["code"]) if "code" in columns else columns.get("commune")
    return None if texts is None else zone_of_places(texts)


def _unplaced(path: Path) -> PlaceUnknownError:
    """The question of where hours in UTC were."""
    return PlaceUnknownError(
        f"De quel territoire sont les appels de {one_line(path.name)} ?",
        defects=["ses heures sont en UTC (Z), et aucune commune ne dit de quel lieu elles sont"],
        remedy="ajoutez une colonne commune ou code_insee, ou dites le département de la ligne.",
    )


def _unusable(
    path: Path, defects: Sequence[str], ends: Outcomes, own: Mapping[str, str]
) -> TableError:
    """Refusal of rows that cannot be read; one that has the unknown outcomes, where there are."""
    summary = f"Des lignes de {one_line(path.name)} ne peuvent pas être utilisées."
    remedy = (
        "corrigez ces cellules : dates en jour/mois/année heure:minute, ou année-mois-jour, "
        "toutes en heure locale ou toutes avec leur décalage ; issues parmi celles qui sont "
        "connues ; âges en années ou en classes ; comptes en nombres entiers."
    )
    if not ends.defects:
        return TableError(summary, defects=defects, remedy=remedy)
    return OutcomesError(
        summary, defects=defects, remedy=remedy, values=ends.unknown, hidden=ends.hidden, own=own
    )


def _refuse_ambiguous(path: Path, header: Sequence[str], places: Mapping[str, list[int]]) -> None:
    """Refuse two columns for one role."""
    defects = [
        f"{ROLES[role]} : {', '.join(label_shown(header[i]) for i in found)}"
        for role, found in places.items()
        if len(found) > 1 and role != "count"
    ]
    if defects:
        raise TableError(
            f"Des colonnes de {one_line(path.name)} disent la même chose.",
            defects=defects,
            remedy="n’en gardez qu’une pour chacune, celle de l’appel.",
        )


def _refuse_unnamed(
    path: Path, header: Sequence[str], cells: pd.DataFrame, places: Mapping[str, list[int]]
) -> None:
    """Ask what a column is that has not the title of outcomes, nor of counts, and looks like them:
    unread, it would make each row a consultation."""
    if "outcome" in places or "count" in places:
        return
    taken = {place for all_of in places.values() for place in all_of}
    free = [place for place in range(len(header)) if place not in taken]
    defects = [
        f"colonne {place + 1}, {label_shown(header[place])} : elle ressemble à des issues ; "
        "nommez-la « issue », ou ôtez-la"
        for place in free
        if are_outcomes(cells[place])
    ]
    if "hour" not in places and are_counts(cells, places["date"][0]):
        defects += [
            f"colonne {place + 1}, {label_shown(header[place])} : si elle compte des appels, "
            "nommez-la « appels » ; si chaque ligne est un appel, ôtez-la"
            for place in free
            if are_numbers(cells[place])
        ]
    if defects:
        raise TableError(
            f"Rien ne dit ce qu’est chaque ligne de {one_line(path.name)}.",
            defects=defects,
            remedy="nommez ces colonnes, ou ôtez-les, puis relancez.",
        )


def _outcomes(
    texts: pd.Series | None, index: pd.Index, own: Mapping[str, str], *, counted: bool
) -> Outcomes:
    """Outcome of each row; without a column, an appointment for all, or unknown beside counts."""
    if texts is not None:
        return outcomes(texts, own=own)
    one = [None if counted else "appointment"] * len(index)
    return Outcomes(
        pd.Series(pd.Categorical(one, categories=list(OUTCOMES)), index=index), [], {}, 0
    )


def _communes(
    names: pd.Series | None, codes: pd.Series | None, index: pd.Index
) -> tuple[pd.Series, list[object]]:
    """Code where the log has them, else the name of the COG; lines of what is no commune."""
    if codes is not None:
        texts = with_zero(codes)
    elif names is not None:
        texts = names
    else:
        return nothing(index), []
    known = {text: commune_of(text) for text in texts.unique()}
    strange = [text for text, name in known.items() if name is None and not says_nothing(text)]
    found = texts.map(known)
    return found.astype(str).where(found.notna()), list(index[texts.isin(strange)])


def _left_out(summed: pd.Index) -> list[str]:
    """French sentence on rows that are totals of others."""
    return [f"Totaux, laissés de côté : {said_lines(summed)}."] if len(summed) else []


def _notes(
    header: Sequence[str],
    places: Mapping[str, list[int]],
    *,
    said: Times,
    elsewhere: list[object],
    unit: Unit | None,
) -> tuple[str, ...]:
    """French sentences on columns read, times adapted and what the log lacks."""
    notes = [
        f"Colonne lue, {ROLES[role]} : {label_shown(header[found[0]])}."
        for role, found in places.items()
        if role != "count"
    ]
    notes += said.notes
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
    if unit in ("week", "month"):
        notes.append(
            f"Des comptes par {UNIT_WORDS[unit]} ne disent ni l’heure, ni le jour de la semaine, "
            "ni les écarts d’un jour à l’autre."
        )
    elif not said.with_hour:
        notes.append("Le registre donne des jours, sans heure : pas de profil horaire.")
    if "outcome" not in places and "count" not in places:
        notes.append(
            "Aucune colonne d’issue : chaque ligne est prise pour une consultation donnée, ce qui "
            "borne la demande par le bas."
        )
    return tuple(notes)
