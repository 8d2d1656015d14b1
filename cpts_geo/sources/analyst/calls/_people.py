"""Refuse a call log that says who called, and tell which of its columns were not read.

Each is told by its place, without repeating a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.errors import TableError, one_line, quoted
from cpts_geo.sources.analyst._tables.communes import commune_of, is_code_like
from cpts_geo.sources.analyst.calls._around import Hint, hint_of, in_file_name, in_headers
from cpts_geo.sources.analyst.calls._columns import (
    BIRTH,
    NAME,
    PHONE,
    UNKNOWN,
    announces,
    key,
    may_be_key,
    recognises,
)
from cpts_geo.sources.analyst.calls._forms import NIR, TITLE, UPPER, WHO_BORN, is_name, kind_of
from cpts_geo.sources.analyst.calls._whole import (
    births,
    coded_births,
    doubt,
    known,
    records,
    split_phones,
    stubs,
)
from cpts_geo.sources.analyst.calls._wordings import outcome_of
from cpts_geo.sources.analyst.calls._words import (
    CATEGORY_WORDS,
    has_particle,
    is_common_name,
    says_nothing,
    words,
)

#: What no form of one cell tells: the same person over rows.
RECORD: Final = "un identifiant qui suit une personne d’un appel à l’autre"
#: What to write over a column that may tell calls of one person.
_KEY_HINT: Final = (
    "si c’est une clé opaque (ni nom ni numéro), la même à chaque appel d’une personne, nommez-la "
    "« cle_appelant » : les appels répétés seront reconnus"
)
_LOST_ZERO: Final = re.compile(r"[1-79]\d{8}(?:[.,]0+)?")
# An identifier drawn at random: now and then it has digits only, and is no phone.
_RANDOM: Final = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE)
# Alike in case: as well a place or a category, unless there are many of them.
_ALIKE: Final = re.compile(rf"{TITLE}(?:\s+{TITLE}){{1,2}}|{UPPER}(?:\s+{UPPER}){{1,2}}")
#: A category comes back; a value seen this often or less is rare.
_RARE: Final = 2
#: Rare pairs of capitalised words that make a column one of names, in a file of some length.
_RARE_VALUES: Final = 3
_SHORT_FILE: Final = 20
#: A list of sites or of channels is shorter; so many texts are of people, whatever comes back.
_CATEGORIES: Final = 15
#: Words of a sentence, and not of a name.
_SENTENCE: Final = 4
_HALF: Final = 0.5
#: Share of nine-digit numbers that makes a column one of phones.
_PHONES: Final = 0.1


def personal_content(cells: pd.DataFrame, places: Mapping[str, Sequence[int]]) -> dict[int, str]:
    """Find columns whose cells look like a person, judged by what each column is for: French
    phrases with rows, no value, by column."""
    found = {}
    role_of = {place: role for role, all_of in places.items() for place in all_of}
    free = [place for place in range(cells.shape[1]) if place not in role_of]
    split = split_phones(cells, free)
    for place in range(cells.shape[1]):
        texts = known(cells[place])
        counts = texts.value_counts()
        role = role_of.get(place, "")
        if role in {"commune", "code"}:
            strange = counts[[not _is_somewhere(str(text)) for text in counts.index]]
            rows = _rows(strange, total=int(counts.sum()), loose=True, places=True)
            if not rows and 2 * strange.sum() > counts.sum():
                rows["autre chose qu’une commune"] = int(strange.sum())
        else:
            # Coded reasons may well be texts that somebody typed.
            free_text = role in {"", "reason"}
            rows = _rows(counts, total=int(counts.sum()), loose=free_text)
            if role not in {"date", "hour"}:
                rows |= {what: n for what, n in _whole(texts, free=free_text).items() if n}
        if place in split and PHONE not in rows:
            rows[f"{PHONE}, mis bout à bout avec les colonnes voisines"] = split[place]
        if rows:
            found[place] = ", ".join(
                f"{n} ligne{'s' if n > 1 else ''} ressemble{'nt' if n > 1 else ''} à {what}"
                for what, n in rows.items()
            )
    return found


def looks_personal(text: str) -> bool:
    """Tell whether one text looks like something about a person."""
    return hint_of(text) is not None


def may_identify(label: str, texts: pd.Series) -> str | None:
    """Say in French, without any value, why a column that is not read may lead to somebody though
    nothing proves it; else None."""
    if reason := doubt(known(texts)):
        return reason
    if looks_personal(label):
        return "son titre ressemble à un nom"
    if recognises(label):
        return "avec d’autres données, aide à reconnaître quelqu’un"
    return None


def _whole(texts: pd.Series, *, free: bool) -> dict[str, int]:
    """Rows of a column that is numbers of people, judged as a whole."""
    if not len(texts):
        return {}
    found = {BIRTH: births(texts), WHO_BORN: coded_births(texts), NIR: stubs(texts)}
    return found if any(found.values()) or not free else {RECORD: records(texts)}


def _rows(counts: pd.Series, *, total: int, loose: bool, places: bool = False) -> dict[str, int]:
    """Rows that look like each kind; ``counts`` are rows by distinct text, out of ``total``."""
    found: dict[str, int] = {}
    alike: dict[str, int] = {}
    told: dict[str, int] = {}
    bare = 0
    random = _are_random(counts)
    for text, rows in counts.items():
        written = str(text)
        if random and _RANDOM.fullmatch(written):
            continue
        if what := kind_of(written):
            found[what] = found.get(what, 0) + int(rows)
        elif _LOST_ZERO.fullmatch(written):
            bare += int(rows)
        elif not any(map(str.isalpha, written)) or _is_answer(written):
            continue
        elif is_name(written) or is_common_name(written):
            found[NAME] = found.get(NAME, 0) + int(rows)
        elif not CATEGORY_WORDS.isdisjoint(words(written)) or (places and _is_place(written)):
            continue
        elif _ALIKE.fullmatch(written):
            alike[written] = int(rows)
        elif loose and _is_wordy(written):
            long = len(words(written)) >= _SENTENCE
            (told if long else alike)[written] = int(rows)
    if bare and bare >= _PHONES * total:  # a spreadsheet took the first zero of phones away
        found[PHONE] = found.get(PHONE, 0) + bare
    for what, texts in ((NAME, alike), ("un texte libre", told)):
        if _are_people(texts, total=total, loose=loose):
            found[what] = found.get(what, 0) + sum(texts.values())
    return found


def _are_random(counts: pd.Series) -> bool:
    """Whether a column is of identifiers drawn at random, all of one length."""
    if len(counts) < _SHORT_FILE:
        return False
    texts = counts.index.to_series().head(1000)
    alike = texts.str.fullmatch(_RANDOM.pattern, case=False)
    return bool(alike.mean() > _HALF and texts.str.contains("[a-f]", case=False).mean() > _HALF)


def _are_people(texts: Mapping[str, int], *, total: int, loose: bool) -> bool:
    """Whether texts are too rare, or too many, to be categories."""
    rare = sum(rows <= _RARE for rows in texts.values())
    if rare >= _RARE_VALUES or (rare and total < _SHORT_FILE):
        return True
    return loose and len(texts) >= _CATEGORIES


def _is_somewhere(text: str) -> bool:
    """Whether a cell of communes is a place, a code, or says nothing."""
    return commune_of(text) is not None or is_code_like(text) or says_nothing(text)


def _is_place(text: str) -> bool:
    """Whether an unknown commune may be one misspelt: a word alone, or a particle inside."""
    return len(words(text)) < 2 or has_particle(text)


def _is_answer(text: str) -> bool:
    """Whether a cell is an outcome, an unknown or a commune."""
    return bool(outcome_of(text) or key(text) in UNKNOWN or commune_of(text))


def _is_wordy(text: str) -> bool:
    """Whether a cell is made of words, in any script: codes have digits, or a letter or two."""
    return sum(map(str.isalpha, text)) > 2 and not any(map(str.isdigit, text))


def label_shown(label: str) -> str:
    """Quote a header, unless it looks like somebody."""
    return "« (masqué) »" if looks_personal(label) else quoted(label)


def refuse_name(path: Path) -> None:
    """Stop, unopened and unrepeated, at a file whose name is somebody's."""
    if what := in_file_name(path):
        raise TableError(
            f"Le nom du fichier ressemble à {what} : il n’est pas répété ici, et rien n’a été lu.",
            remedy="renommez le fichier, par exemple « registre » et l’année, puis relancez.",
        )


def refuse_people(
    name: str,
    header: Sequence[str],
    cells: pd.DataFrame,
    places: Mapping[str, Sequence[int]],
    *,
    around: Mapping[str, Hint],
) -> None:
    """Stop at what says something of a person, in a column or around the table: every place is
    listed, no value is repeated."""
    content = personal_content(cells, places)
    bare = in_headers(header)
    beside = [
        f"{place} : ressemble à {hint.what}" for place, hint in around.items() if hint.certain
    ]
    columns = []
    for place, label in enumerate(header):
        # « Nombre de patients vus » counts, and is nobody.
        what = None if place in places.get("count", ()) else announces(label)
        reasons = [f"son titre annonce {what}"] if what else []
        reasons += [f"son titre ressemble à {bare[place]}"] if place in bare and not what else []
        reasons += [content[place]] if place in content else []
        if reasons:
            reasons += [_KEY_HINT] if may_be_key(label) and "caller" not in places else []
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
    """Say in French what was there and was not read, and why it may lead to a person; no value is
    repeated."""
    used = {place for found in places.values() for place in found}
    told, keys, doubtful = [], [], bool(around)
    for place, label in enumerate(header):
        if place in used or not (label or (cells[place] != "").any()):
            continue
        reason = may_identify(label, cells[place])
        doubtful |= reason is not None
        shown = label_shown(label) if label else "sans titre"
        told.append(f"n° {place + 1} {shown}{f' ({reason})' if reason else ''}")
        keys += [f"Colonne n° {place + 1} {shown} : {_KEY_HINT}."] if may_be_key(label) else []
    notes = [f"Colonnes présentes et non lues : {', '.join(told)}."] if told else []
    notes += keys if "caller" not in places else []
    notes += [f"Non lu : {place}, peut-être {hint.what}." for place, hint in around.items()]
    if doubtful:
        notes.append("Avant de transmettre le fichier, ôtez-en ce qui peut mener à une personne.")
    return notes
