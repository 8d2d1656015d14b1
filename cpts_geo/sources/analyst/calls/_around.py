"""What stands around a call log: the file's name, lines of title, names of sheets, headers.

Nothing there is read, all of it travels with the file. What is certain to be a person is refused;
what only may be one is told, and is not repeated either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of
from cpts_geo.sources.analyst.calls._columns import BIRTH, GLUED_CASE, NAME, UNKNOWN, key, roles
from cpts_geo.sources.analyst.calls._forms import (
    WHO_BORN,
    has_civility,
    has_name_form,
    kind_of,
    pieces,
)
from cpts_geo.sources.analyst.calls._words import (
    CATEGORY_WORDS,
    LOG_PARTICLES,
    LOG_WORDS,
    PLACE_WORDS,
    has_person,
    is_common_name,
    words,
)

# Days and hours in the name of an export, and the number of a copy.
_DAY: Final = r"[0-3]?\d[-_. ][01]?\d[-_. ]"
_STAMP: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-_. ]?[01]\d[-_. ]?[0-3]\d(?:[-_. T]*[0-2]\d[-_.h ]?[0-5]\d"
    rf"(?:[-_. ]?[0-5]\d)?)?|[0-3]\d[01]\d20\d\d|{_DAY}(?:19|20)\d\d"
    # Years on two digits: from one day to another, or one day with no more digits around.
    rf"|{_DAY}\d\d(?:[-_. ]|\D{{1,4}}){_DAY}\d\d|(?<!\d[-_. ]){_DAY}\d\d(?![-_. ]\d))(?!\d)"
)
_NOBODY: Final = (LOG_WORDS | CATEGORY_WORDS) - LOG_PARTICLES
_SAINTS: Final = frozenset({"saint", "sainte", "st", "ste"})
_LABELLED: Final = re.compile(
    r"\b(?:patient|patiente|nom|pr[ée]nom|usager|usag[èe]re|appelant|appelante|b[ée]n[ée]ficiaire|"
    r"assur[ée]e?)s?\s*:\s*([^\W\d_]\S*)",
    re.IGNORECASE,
)


class Hint(NamedTuple):
    """What a text around the table looks like, in French, and whether the file is refused for it or
    only told."""

    what: str
    certain: bool


def hint_of(text: str) -> Hint | None:
    """Say what about a person a line of title, the name of a sheet or a header holds; None for
    nothing."""
    if len(parts := pieces(text)) > 1:
        hints = [hint for part in parts if (hint := hint_of(part))]
        return max(hints, key=lambda hint: hint.certain, default=None)
    dateless = _STAMP.sub(" ", text)
    what = kind_of(text)
    if what and (what in {BIRTH, WHO_BORN} or kind_of(dateless)):
        return Hint(what, certain=True)
    labelled = (plain(match[1]) for match in _LABELLED.finditer(text))
    if has_civility(text) or any(word not in UNKNOWN | CATEGORY_WORDS for word in labelled):
        return Hint(NAME, certain=True)
    if _is_place(dateless):
        return None
    if has_person(dateless):
        return Hint(NAME, certain=True)
    return Hint(NAME, certain=False) if _may_be_name(dateless) else None


def in_file_name(path: Path) -> str | None:
    """Say what about a person the name of a file holds: in doubt something, for its name stands in
    every message."""
    stem = path.stem
    whole = hint_of(stem)
    if whole and whole.certain and whole.what != NAME:
        return whole.what
    # Words are parted by the marks and by the capitals of the name.
    text = " ".join(re.split(r"[\s_+.\-]+", GLUED_CASE.sub(" ", stem)))
    found = hint_of(text)
    return found.what if found and (found.certain or _is_person(text)) else None


def around_table(titles: Sequence[str], sheets: Sequence[str]) -> dict[str, Hint]:
    """Say what lines of title and names of sheets hold about a person, by where it stands, without
    its text."""
    found: dict[str, Hint] = {}
    for place, texts in (
        ("titre au-dessus des colonnes", titles),
        ("nom de feuille", sheets),
    ):
        hints = [hint for text in texts if text and (hint := hint_of(text))]
        if hints:
            found[place] = max(hints, key=lambda hint: hint.certain)
    return found


def in_headers(header: Sequence[str]) -> dict[int, str]:
    """Say which headers are somebody for certain, and do not only announce somebody, by column."""
    hints = {place: hint_of(label) for place, label in enumerate(header) if label}
    return {place: hint.what for place, hint in hints.items() if hint and hint.certain}


def _is_place(text: str) -> bool:
    """Whether a text is a commune, or a column's name, besides words of logs."""
    said = [word for word in words(text) if word not in LOG_WORDS - LOG_PARTICLES]
    return (
        LOG_PARTICLES.issuperset(said)
        or commune_of(" ".join(said)) is not None
        or bool(roles([text]))
    )


def _is_person(text: str) -> bool:
    """Whether nothing but a name is left of a text, besides words of logs."""
    said = [word for word in words(text) if word not in LOG_WORDS]
    return _SAINTS.isdisjoint(words(text)) and len(said) <= 3 and CATEGORY_WORDS.isdisjoint(said)


def _may_be_name(text: str) -> bool:
    """Whether what is left besides words of logs has the form of a name, and is no place's."""
    left = " ".join(w for w in re.findall(r"[\w.'’-]+", text) if key(w) not in _NOBODY)
    nowhere = PLACE_WORDS.isdisjoint(words(text))
    return nowhere and (has_name_form(left) or is_common_name(left))
