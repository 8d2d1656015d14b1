"""Refuse a call log that says who called, and tell which of its columns were not read.

What is refused and what is told is decided in :mod:`cpts_geo.sources.analyst.calls.personal`; here
it is said, by place, without repeating a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from cpts_geo.errors import TableError, one_line
from cpts_geo.sources.analyst.calls.around import Hint, in_file_name, in_headers
from cpts_geo.sources.analyst.calls.columns import announces
from cpts_geo.sources.analyst.calls.personal import looks_personal, may_identify, personal_content


def label_shown(label: str) -> str:
    """
    Quote a header, unless it looks like somebody.

    Parameters
    ----------
    label : str
        A header, as written.

    Returns
    -------
    str
        In quotation marks, on one line.

    Examples
    --------
    >>> label_shown("Issue"), label_shown("Mme EXEMPLE")
    ('« Issue »', '« (masqué) »')
    """
    return "« (masqué) »" if looks_personal(label) else f"« {one_line(label)} »"


def refuse_name(path: Path) -> None:
    """
    Stop before any message repeats a file's name that is somebody's.

    Parameters
    ----------
    path : Path
        The file; not opened.

    Raises
    ------
    TableError
        Its name holds somebody's name, phone, NIR...; it is not repeated.

    Examples
    --------
    >>> refuse_name(Path("journal_2024.csv"))
    """
    if what := in_file_name(path):
        raise TableError(
            f"Le nom du fichier ressemble à {what} : il n’est pas répété ici, et rien n’a été lu.",
            remedy="renommez le fichier, par exemple « journal » et l’année, puis relancez.",
        )


def refuse_people(
    name: str,
    header: Sequence[str],
    cells: pd.DataFrame,
    places: Mapping[str, Sequence[int]],
    *,
    around: Mapping[str, Hint],
) -> None:
    """
    Stop at what says something of a person, in a column or around the table.

    Parameters
    ----------
    name : str
        Name of the file, looked at by :func:`refuse_name` before.
    header : sequence of str
        Headers.
    cells : DataFrame
        The log as text, one column a position; not modified.
    places : mapping of str to sequence of int
        Columns by role.
    around : mapping of str to Hint
        What stands around (:func:`cpts_geo.sources.analyst.calls.around.around_table`).

    Raises
    ------
    TableError
        Lists every place where a person is; no value is repeated.

    Examples
    --------
    >>> log = pd.DataFrame({0: ["04/03/2024 08:30"], 1: ["RDV"]})
    >>> refuse_people("a.csv", ["date", "issue"], log, {"date": [0], "outcome": [1]}, around={})
    """
    content = personal_content(cells, places)
    bare = in_headers(header)
    beside = [
        f"{place} : ressemble à {hint.what}" for place, hint in around.items() if hint.certain
    ]
    columns = []
    for place, label in enumerate(header):
        what = announces(label)
        reasons = [f"son titre annonce {what}"] if what else []
        reasons += [f"son titre ressemble à {bare[place]}"] if place in bare and not what else []
        reasons += [content[place]] if place in content else []
        if reasons:
            columns.append(f"colonne {place + 1}, {label_shown(label)} : {' ; '.join(reasons)}")
    if columns or beside:
        removed = "ces colonnes" if columns and not beside else "ces colonnes et ces textes"
        raise TableError(
            f"{one_line(name)} contient des données nominatives, ou qui en ont l’air : rien n’en a "
            "été gardé.",
            defects=[*beside, *columns],
            remedy=f"supprimez {removed if columns else 'ces textes'} du fichier, puis relancez : "
            "l’outil n’a besoin d’aucune de ces données (date, heure, issue, commune et classe "
            "d’âge lui suffisent).",
        )


def unread_columns(
    header: Sequence[str],
    cells: pd.DataFrame,
    places: Mapping[str, Sequence[int]],
    *,
    around: Mapping[str, Hint],
) -> list[str]:
    """
    Say what was there and was not read, and why it may lead to a person.

    Parameters
    ----------
    header : sequence of str
        Headers.
    cells : DataFrame
        The log as text, one column a position; not modified.
    places : mapping of str to sequence of int
        Columns by role: the first of each was read.
    around : mapping of str to Hint
        What stands around the table.

    Returns
    -------
    list of str
        French sentences, columns by place and header; no value.

    Examples
    --------
    >>> log = pd.DataFrame({0: ["04/03/2024"], 1: ["web"], 2: ["F"]})
    >>> unread_columns(["date", "canal", "sexe"], log, {"date": [0]}, around={})[0]
    'Colonnes présentes et non lues : n° 2 « canal », n° 3 « sexe » (avec d’autres données, aide à \
reconnaître quelqu’un).'
    """
    used = {found[0] for found in places.values()}
    told, doubtful = [], bool(around)
    for place, label in enumerate(header):
        if place in used or not (label or (cells[place] != "").any()):
            continue
        reason = may_identify(label, cells[place])
        doubtful |= reason is not None
        shown = label_shown(label) if label else "sans titre"
        told.append(f"n° {place + 1} {shown}{f' ({reason})' if reason else ''}")
    notes = [f"Colonnes présentes et non lues : {', '.join(told)}."] if told else []
    notes += [f"Non lu : {place}, peut-être {hint.what}." for place, hint in around.items()]
    if doubtful:
        notes.append("Avant de transmettre le fichier, ôtez-en ce qui peut mener à une personne.")
    return notes
