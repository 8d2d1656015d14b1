"""Rows of a list that are no commune (totals, sources, notes), and its column of populations.

What is left out is told with its line; a row that could be a commune never is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from cpts_geo.errors import quoted
from cpts_geo.french import counted, joined, number
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.communes import commune_of, is_code_like
from cpts_geo.sources.analyst.lists._columns import LeftOut

#: French reason of each kind of row that is no commune, and its words: those of no name of France.
_KINDS: Final = {
    "total": re.compile(
        r"(?:sous[- ]?|grand )?tota(?:l|ux)\b.*|ensemble\b.*|(?:soit )?\d+ communes?\b.*"
        r"|(?:nombre|nb) (?:total )?de communes.*|somme (?:des|totale).*|(?:moyenne|mediane)\b.*"
        r"|population\b.*"
    ),
    "territoire de comparaison": re.compile(
        r"france(?: entiere| metropolitaine| hexagonale| hors mayotte)?"
        r"|(?:region|departement)s? (?:de |du |des |d'|de l').*"
    ),
    "source ou note": re.compile(
        r"(?:sources?|notes?|nota(?: bene)?|nb|n\.b\.?|champs?|lecture|legende|remarques?"
        r"|attention|avertissement|precisions?|observations?|commentaires?|mise a jour|date"
        r"|dernieres? mises? a jour)\s*:.*"
        r"|sources?\s+(?:insee|ars|cnam|ameli|drees|atlasante|data\.gouv|geo\.api).*"
        r"|(?:mis a jour|donnees|extrait|edite|exporte|liste (?:arretee|mise a jour|au)|etabli)\b.*"
        r"|(?:https?://|www\.|©|\(c\) ).*"
    ),
}
_STARRED: Final = re.compile(r"(?:\*+|\(\d{1,2}\)|\(\*+\)|[¹²³⁴])\s*(\S.*)", re.DOTALL)
_BULLET: Final = re.compile(r"[-–—•*·▪]\s*\S")
_UNKNOWN: Final = frozenset(
    {"nd", "n.d", "n.d.", "nc", "n.c", "n.c.", "na", "n/a", "#n/a", "ns", "n.s.", "s", "-", "–",
     "—", ".", "..", "...", "…", "?", "x", "secret", "non disponible", "non communique", "inconnu",
     "inconnue"}
)  # fmt: skip
_ERROR: Final = re.compile(
    r"#(?:N/?[AD]|REF!?|NOM\s?\??|NAME\?|VALEUR\s?!|VALUE!|DIV/0\s?!|NULL?\s?!|NOMBRE\s?!|NUM!"
    r"|SPILL!|PROPAGATION!|CALC!)|Err\s?:\s?\d{3}",
    re.I,
)
#: Text of a row that was left out, and the French reason.
Why = tuple[str, str]
_DECIMAL: Final = re.compile(r"-?\d{1,9}(?:[.,]\d{1,15})?", re.ASCII)
_GROUPED: Final = re.compile(r"-?\d{1,3}[.,]\d{3}")
#: Lines that a sentence names before it counts the others.
_SHOWN: Final = 8


class People(NamedTuple):
    """Inhabitants of each row (NaN: not known), and what to tell of how they were read."""

    values: list[float]
    notes: list[str]


def is_error(text: str) -> bool:
    """Tell whether a cell holds an error of a spreadsheet, or a formula in place of its value."""
    return bool(_ERROR.fullmatch(text)) or (text.startswith("=") and len(text) > 1)


def why_no_commune(text: str) -> str:
    """French reason why a cell names no commune, by its words; empty where it could name one."""
    words = plain(text)
    return next((why for why, pattern in _KINDS.items() if pattern.fullmatch(words)), "")


def without_communes(
    *,
    names: Sequence[str],
    codes: Sequence[str],
    people: Sequence[str],
    others: Sequence[Sequence[str]],
) -> dict[int, Why]:
    """Rows that are no commune, by their place: totals, sources, notes, and rows of numbers alone
    that are the total of the others; `others` are all the cells of each."""
    bulleted = sum(bool(_BULLET.match(name)) for name in names)
    found: dict[int, Why] = {}
    for place, (name, code, row) in enumerate(zip(names, codes, others, strict=True)):
        text = name or code
        if code and (is_code_like(code) or code.isdigit()):
            continue
        if not any(map(str.isalpha, text)):
            # The label of a total may stand in another column.
            text = next((cell for cell in row if why_no_commune(cell)), text)
        if why := why_no_commune(text):
            found[place] = (text, why)
        elif bulleted < 2 and (note := _STARRED.fullmatch(text)) and not commune_of(note[1]):
            found[place] = (text, "source ou note")
    blank = [place for place in range(len(names)) if not names[place] and not codes[place]]
    if blank:
        named = set(range(len(names))) - found.keys() - {*blank}
        total = sum(value for i in named if not math.isnan(value := _value(people[i])))
        found |= _totals_without_label(sorted({*blank} - found.keys()), people, others, total)
    return found


def _totals_without_label(
    blank: Sequence[int], people: Sequence[str], others: Sequence[Sequence[str]], total: float
) -> dict[int, Why]:
    """Rows of numbers alone that end the list, or whose population is the sum of the others."""
    found: dict[int, Why] = {}
    for place in blank:
        cells = [cell for cell in others[place] if cell]
        numbers = all(not math.isnan(_value(cell)) for cell in cells)
        same = bool(people[place]) and _value(people[place]) == total > 0
        ends = not people[place] and len(blank) == 1 and place == len(others) - 1
        if numbers and (same or ends):
            found[place] = (" ".join(cells), "total")
    return found


def _value(text: str) -> float:
    """Number that a cell writes, its thousands apart or not; NaN for none."""
    digits = re.sub(r"\s", "", text)
    return float(digits.replace(",", ".")) if _DECIMAL.fullmatch(digits) else math.nan


def read_people(lines: Sequence[int], written: Sequence[str]) -> People:
    """Read a column of populations, which only checks the list: what it does not say is told."""
    digits = [re.sub(r"\s", "", text) for text in written]
    # « 12.000 » is twelve to one reader and twelve thousand to another: another cell may tell.
    decimal = any(_DECIMAL.fullmatch(t) and not _GROUPED.fullmatch(t) and _mark(t) for t in digits)
    values: list[float] = []
    unknown: list[int] = []
    wrong: list[str] = []
    rounded: list[int] = []
    for line, text, number_ in zip(lines, written, digits, strict=True):
        value = math.nan if _GROUPED.fullmatch(number_) and not decimal else _value(number_)
        if plain(text) in _UNKNOWN or is_error(text):
            unknown.append(line)
        elif text and (math.isnan(value) or value < 0):
            wrong.append(f"ligne {line} {quoted(text)}")
        elif value != round(value, 0) and not math.isnan(value):
            rounded.append(line)
        values.append(float(round(value)) if value >= 0 else math.nan)
    notes = []
    if unknown:
        notes.append(f"Population non donnée : {lines_told(unknown)}.")
    if wrong:
        notes.append(f"Population illisible, laissée de côté : {_enough(wrong)}.")
    if rounded:
        notes.append(f"Population à décimales, arrondie : {lines_told(rounded)}.")
    return People(values, notes)


def _mark(digits: str) -> bool:
    """Whether a number is written with decimals."""
    return "." in digits or "," in digits


def lines_told(lines: Sequence[int]) -> str:
    """French words on lines: the first, and the count of the others."""
    word = "ligne" if len(lines) == 1 else "lignes"
    return f"{word} {_enough([str(line) for line in lines])}"


def _enough(texts: Sequence[str]) -> str:
    """The first of several texts, and the count of the others."""
    more = len(texts) - _SHOWN
    if more <= 0:
        return joined(list(texts))
    return f"{', '.join(texts[:_SHOWN])} et {counted(more, 'autre', 'autres')}"


def told(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """French sentences on what was left out, a sentence a reason, with counts and lines."""
    by_reason: dict[str, list[tuple[int, str]]] = {}
    for line, text, why in left_out:
        by_reason.setdefault(why, []).append((line, text))
    for why, rows in by_reason.items():
        each = [f"ligne {line} {quoted(text)}" if text else f"ligne {line}" for line, text in rows]
        several = len(rows) > 1
        count = f"{number(len(rows))} ligne{'s' if several else ''} laissée{'s' if several else ''}"
        yield f"{count} de côté ({why}) : {_enough(each)}."
