"""What in the cells of a call log looks like a person: phones, NIR, e-mails, addresses, names.

A false alarm costs the analyst a column that the tool does not use; a miss costs a patient's
privacy: in doubt, a column is refused. Values are counted, and never leave this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from cpts_geo.sources.analyst.calls.columns import UNKNOWN, key, outcome_of
from cpts_geo.sources.analyst.calls.words import (
    CATEGORY_WORDS,
    commune_of,
    has_particle,
    is_common_name,
    says_nothing,
    words,
)

_GAP: Final = r"[\s.\-/_()]{0,3}"
_PHONE: Final = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?:(?:\+|00)?33{_GAP}(?:0{_GAP})?|0)[1-9](?:{_GAP}\d){{8}}(?!\d)"
    rf"|(?<![\d+])(?:\+{_GAP}|00)[1-9](?:{_GAP}\d){{7,13}}(?!\d)"
)
# What a spreadsheet makes of long numbers: 6,12E+08 a phone, 2,85E+12 a NIR.
_POWER: Final = re.compile(r"\d(?:[.,]\d+)?E\+?(\d{1,2})", re.IGNORECASE)
# Sex, year, month (or the marks used when it is not known), département, commune, rank, key.
_NIR: Final = re.compile(
    rf"(?<!\d)[1-478]{_GAP}\d\d{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d\d|2[ABab]){_GAP}"
    rf"\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)"
)
_EMAIL: Final = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\.[\w.-]+")
_STREET: Final = re.compile(
    r"\d+\s*(?:bis|ter|quater|[a-d])?\s*,?\s+(?:rue|avenue|av\.?|boulevard|bd|impasse|chemin|"
    r"all[ée]e|place|route|rte|quai|square|cours|lotissement|r[ée]sidence)\b",
    re.IGNORECASE,
)
_LOST_ZERO: Final = re.compile(r"[1-79]\d{8}(?:[.,]0+)?")
# Digits of these are neither phones nor NIR: dates, and identifiers drawn at random.
_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.][12]\d{3})(?!\d)"
    r"(?:[T ,]\s*\d{1,2}[:hH]\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_TOKEN: Final = re.compile(r"\b(?=[\w-]*[a-f])[0-9a-f-]{16,}\b", re.IGNORECASE)

_CAPITAL: Final = "A-ZÀ-ÖØ-Þ"
_SMALL: Final = "a-zß-öø-ÿ"
_UPPER: Final = rf"[{_CAPITAL}][{_CAPITAL}'’-]+"
_TITLE: Final = rf"[{_CAPITAL}][{_SMALL}]+(?:[-'’][{_CAPITAL}]?[{_SMALL}]+)*"
_CIVIL: Final = re.compile(
    rf"\b(?:Mme|Mlle|Mr|Dr|Pr|Madame|Monsieur|Docteur|M\.)\s?[{_CAPITAL}][\w'’-]+"
)
_MIXED: Final = re.compile(
    rf"(?<![\w'’-])(?:({_UPPER}),?\s+{_TITLE}|{_TITLE}\s+({_UPPER}))(?![\w'’-])"
)
# « EXEMPLE P. », « P. Exemple »: an initial with its point.
_INITIAL: Final = re.compile(
    rf"(?:({_UPPER}|{_TITLE}),?\s+[{_CAPITAL}](?:\.-?[{_CAPITAL}])?\.|"
    rf"[{_CAPITAL}](?:\.-?\s?[{_CAPITAL}])?\.\s?({_UPPER}|{_TITLE}))(?![\w'’-])"
)
# Alike in case: as well a place or a category, unless there are many of them.
_ALIKE: Final = re.compile(rf"{_TITLE}(?:\s+{_TITLE}){{1,2}}|{_UPPER}(?:\s+{_UPPER}){{1,2}}")
_BIRTH: Final = re.compile(
    r"(?:(?P<a>\d{4})(?:[-/.]\d{1,2}[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](?P<b>\d{4}|\d\d))"
    r"(?:[T ]\d{1,2}[:hH]\d\d.*)?"
)
#: Calls are later than this year, and within as many years: dates that are not are births.
_FIRST_CALLS: Final = 2010
_YEARS_OF_CALLS: Final = 15
#: A category comes back; a value seen this often or less is rare.
_RARE: Final = 2
#: Rare pairs of capitalised words that make a column one of names, in a file of some length.
_RARE_VALUES: Final = 3
_SHORT_FILE: Final = 20
#: A list of sites or of channels is shorter; so many texts are of people, whatever comes back.
_CATEGORIES: Final = 15
#: Words of a sentence, and not of a name.
_SENTENCE: Final = 4
#: Share of nine-digit numbers that makes a column one of phones.
_PHONES: Final = 0.1


def personal_content(cells: pd.DataFrame, places: Mapping[str, Sequence[int]]) -> dict[int, str]:
    """
    Find columns whose cells look like something about a person.

    Parameters
    ----------
    cells : DataFrame
        The log as text, one column a position; not modified.
    places : mapping of str to sequence of int
        Columns by role. Where outcomes, ages or dates are, words are judged by their form alone;
        where communes are, those of the official code are nobody; elsewhere, any words that do
        not come back, or many of them, are taken for names.

    Returns
    -------
    dict of int to str
        Column -> French phrase, what its cells look like and how many rows do; no value.

    Examples
    --------
    >>> log = pd.DataFrame({0: ["04/03/2024 08:30"], 1: ["EXEMPLE Prenom"]})
    >>> personal_content(log, {"date": [0]})
    {1: '1 ligne ressemble à un nom de personne'}
    """
    found = {}
    role_of = {place: role for role, all_of in places.items() for place in all_of}
    for place in range(cells.shape[1]):
        texts = cells[place]
        counts = texts[texts != ""].value_counts()
        role = role_of.get(place, "")
        if role in {"commune", "code"}:
            somewhere = [bool(commune_of(str(t))) or says_nothing(str(t)) for t in counts.index]
            strange = counts[[not known for known in somewhere]]
            rows = _rows(strange, total=int(counts.sum()), loose=True, places=True)
            if not rows and 2 * strange.sum() > counts.sum():
                rows["autre chose qu’une commune"] = int(strange.sum())
        else:
            rows = _rows(counts, total=int(counts.sum()), loose=not role)
            if not role and (born := _births(counts)):
                rows["une date de naissance"] = born
        if rows:
            found[place] = ", ".join(
                f"{n} ligne{'s' if n > 1 else ''} ressemble{'nt' if n > 1 else ''} à {what}"
                for what, n in rows.items()
            )
    return found


def looks_personal(text: str) -> bool:
    """
    Tell whether one text looks like something about a person.

    Parameters
    ----------
    text : str
        Such as a header, before it is quoted in a message.

    Returns
    -------
    bool
        True for a phone, a NIR, an e-mail, an address or a name.

    Examples
    --------
    >>> looks_personal("Issue"), looks_personal("Mme EXEMPLE")
    (False, True)
    """
    return bool(_rows(pd.Series([1], index=[text]), total=1, loose=False))


def _rows(counts: pd.Series, *, total: int, loose: bool, places: bool = False) -> dict[str, int]:
    """Rows that look like each kind; ``counts`` are rows by distinct text, out of ``total``."""
    found: dict[str, int] = {}
    alike: dict[str, int] = {}
    told: dict[str, int] = {}
    bare = 0
    for text, rows in counts.items():
        written = str(text)
        if what := _kind(written):
            found[what] = found.get(what, 0) + int(rows)
        elif _LOST_ZERO.fullmatch(written):
            bare += int(rows)
        elif not any(map(str.isalpha, written)) or _is_answer(written):
            continue
        elif _is_name(written) or is_common_name(written):
            found["un nom de personne"] = found.get("un nom de personne", 0) + int(rows)
        elif not CATEGORY_WORDS.isdisjoint(words(written)) or (places and _is_place(written)):
            continue
        elif _ALIKE.fullmatch(written):
            alike[written] = int(rows)
        elif loose and _is_wordy(written):
            long = len(words(written)) >= _SENTENCE
            (told if long else alike)[written] = int(rows)
    if bare and bare >= _PHONES * total:  # a spreadsheet took the first zero of phones away
        what = "un numéro de téléphone"
        found[what] = found.get(what, 0) + bare
    for what, texts in (("un nom de personne", alike), ("un texte libre", told)):
        if _are_people(texts, total=total, loose=loose):
            found[what] = found.get(what, 0) + sum(texts.values())
    return found


def _are_people(texts: Mapping[str, int], *, total: int, loose: bool) -> bool:
    rare = sum(rows <= _RARE for rows in texts.values())
    if rare >= _RARE_VALUES or (rare and total < _SHORT_FILE):
        return True
    return loose and len(texts) >= _CATEGORIES


def _is_place(text: str) -> bool:
    """Whether an unknown commune may be one misspelt: a word alone, or a particle inside."""
    return len(words(text)) < 2 or has_particle(text)


def _births(counts: pd.Series) -> int:
    """Rows that are dates of birth, judged together: early, or over decades."""
    years: list[int] = []
    for text, rows in counts.items():
        if match := _BIRTH.fullmatch(str(text).strip()):
            year = int(match["a"] or match["b"])
            year += 0 if year > 99 else 2000 if year < 50 else 1900
            years += [year] * int(rows)
    dates = pd.Series([year for year in years if 1890 < year < 2200], dtype=float)
    if not len(dates) or 2 * len(dates) < counts.sum():
        return 0
    low, middle, high = dates.quantile([0.1, 0.5, 0.9])
    early = middle < _FIRST_CALLS or high - low > _YEARS_OF_CALLS
    return len(dates) if early else 0


def _kind(text: str) -> str | None:
    if _EMAIL.search(text):
        return "une adresse électronique"
    if _STREET.search(text):
        return "une adresse"
    digits = _TOKEN.sub(" ", _DATE.sub(" ", text))
    if power := _POWER.fullmatch(text.strip()):
        long = int(power[1]) >= 12
        return "un numéro de sécurité sociale" if long else "un numéro de téléphone"
    # A NIR first: it may hold the digits of a phone.
    if _NIR.search(digits):
        return "un numéro de sécurité sociale"
    return "un numéro de téléphone" if _PHONE.search(digits) else None


def _is_name(text: str) -> bool:
    if _CIVIL.search(text):
        return True
    found = [*_MIXED.finditer(text), *_INITIAL.finditer(text)]
    return any(key(match[1] or match[2]) not in CATEGORY_WORDS for match in found)


def _is_answer(text: str) -> bool:
    return bool(outcome_of(text) or key(text) in UNKNOWN or commune_of(text))


def _is_wordy(text: str) -> bool:
    """Whether a cell is made of words, in any script: codes have digits, or a letter or two."""
    return sum(map(str.isalpha, text)) > 2 and not any(map(str.isdigit, text))
