"""What one text of a call log looks like: a phone, a NIR, an e-mail, an address, a birth, a name.

These forms are certain enough that one cell is refused, wherever it stands. Forms that only a
whole column makes certain (numbers that may be tickets) are in
:mod:`cpts_geo.sources.analyst.calls._whole`.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import unicodedata
from typing import Final

from cpts_geo.sources.analyst._tables.communes import commune_of, is_code_like
from cpts_geo.sources.analyst.calls._columns import (
    ADDRESS,
    BIRTH,
    EMAIL,
    NETWORK,
    PHONE,
    PLATE,
    key,
)
from cpts_geo.sources.analyst.calls._words import (
    CATEGORY_WORDS,
    has_person,
    words,
)

NIR: Final = "un numéro de sécurité sociale"
WHO_BORN: Final = "un nom ou des initiales avec une date de naissance"
BORN_WHERE: Final = "une année de naissance et une commune"

_GAP: Final = r"[\s.\-/_()]{0,3}"
_PHONE: Final = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?:(?:\+|00)?33{_GAP}(?:0{_GAP})?|0|\(0\)\s?|0\s)[1-9](?:{_GAP}\d){{8}}"
    rf"(?!\d)|(?<![\d+])(?:\+{_GAP}|00)[1-9](?:{_GAP}\d){{7,13}}(?!\d)"
    # Overseas, without the plus.
    rf"|(?<!\d)(?:262|590|594|596){_GAP}(?:0{_GAP})?(?:262|269|590|594|596|6[39]\d|70\d|9[78]\d)"
    rf"(?:{_GAP}\d){{6}}(?!\d)"
    # The zero lost, the pairs kept.
    r"|(?<![\d.,+/-])(?<!\d\s)[1-9](?:[ .\-/]\d\d){4}(?![.,/-]?\d|\s\d)"
)
# What a spreadsheet makes of long numbers: 6,12E+08 a phone, 2,85E+12 a NIR.
_POWER: Final = re.compile(r"\d(?:[.,]\d+)?E\+?(\d{1,2})", re.IGNORECASE)
# Sex, year, month (or the marks used when it is not known), département, commune, rank, key.
_NIR: Final = re.compile(
    rf"(?<!\d)[1-478]{_GAP}\d\d{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d\d|2[ABab]){_GAP}"
    rf"\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)"
)
# Its beginning, in parts: 1 51 03 45, perhaps with the commune, the rest hidden or not.
_STUB: Final = re.compile(
    r"[1278][ .\-/_]\d\d[ .\-/_](?:0[1-9]|1[0-2])[ .\-/_](?:\d\d|2[ABab])(?:[ .\-/_]\d{3})?"
    r"(?:[\s.\-/_xX*]*)"
)
_EMAIL: Final = re.compile(
    r"[\w.+-]\s{0,3}(?:@|[(\[{]\s?(?:at|a|@|arobase)\s?[)\]}]|\s(?:arobase|at)\s)\s{0,3}"
    r"[\w-]{1,63}\s{0,2}(?:\.|[(\[{]\s?(?:dot|point)\s?[)\]}]|\s(?:point|dot)\s)\s{0,2}[a-z]{2}",
    re.IGNORECASE,
)
_WAYS: Final = (
    r"rue|avenue|av\.?|boulevard|bd|impasse|imp\.|chemin|all[ée]e|place|route|rte|quai|square|"
    r"cours|lotissement|r[ée]sidence|lieu[ -]dit|hameau|faubourg|venelle|ruelle|esplanade"
)
_STREET: Final = re.compile(
    rf"\d\s{{0,3}}(?:bis|ter|quater|[a-d])?\s{{0,3}},?\s{{1,3}}(?:{_WAYS})(?!\w)"
    r"|\b(?:rue|avenue|boulevard|impasse|chemin|all[ée]e|lieu[ -]dit)\s[^\d,]{2,40},\s?n?°?\s?\d",
    re.IGNORECASE,
)
_PLATE: Final = re.compile(r"\b[A-HJ-NP-TV-Z]{2}([- ])\d{3}\1[A-HJ-NP-TV-Z]{2}\b", re.IGNORECASE)
_NETWORK: Final = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7})(?![\w.:])", re.I
)
# Digits of these are neither phones nor NIR: dates, and identifiers drawn at random.
_DATE: Final = re.compile(
    r"(?<!\d)(?:[12]\d{3}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.][12]\d{3})(?!\d)"
    r"(?:[T ,]\s*\d{1,2}[:hH]\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
# (Groups of four at least: those of a NIR are shorter.)
_TOKEN: Final = re.compile(
    r"\b(?=[\w-]*[a-f])(?:[0-9a-f]{16,}|[0-9a-f]{4,}(?:-[0-9a-f]{4,}){2,})\b", re.IGNORECASE
)
# The shortest number that is somebody's: a phone without its zero.
_DIGITS: Final = 9
_DIGIT: Final = re.compile(r"\d")
_LONG: Final = 300
_OVERLAP: Final = 80
_ZEROS: Final = str.maketrans("OoIl|", "00111")
_LOOKS_DIGIT: Final = re.compile(r"(?<![^\W\dOolI_])[\dOoIl|]+(?![^\W\dOolI_])")

_BORN: Final = re.compile(
    r"(?<!\d)(?:(?P<d>\d{1,2})([-/. ])(?P<m>\d{1,2})\2(?P<y>\d{4}|\d\d)"
    r"|(?P<iy>\d{4})([-/.])(?P<im>\d{1,2})\6(?P<id>\d{1,2})|(?P<c>\d{8}|\d{6}))(?!\d)"
)
_BORN_IN: Final = re.compile(
    r"(?P<a>19\d\d|200\d)[\s,;/()-]+(?P<b>\D{2,60}|\d{5})|(?P<c>\D{2,60}|\d{5})[\s,;/()-]+"
    r"(?P<d>19\d\d|200\d)\W?"
)
#: No CPTS is older than 2016: a date before this year is no call, but a birth.
FIRST_CALLS: Final = 2010
#: Years of two digits from this on are of the last century, whenever the log is read.
LAST_CENTURY: Final = 40
_BIRTH_WORDS: Final = frozenset({"ne", "nee", "naissance", "ddn", "born", "dob"})
# Words that stand before a date without being anybody.
_OF_DATES: Final = frozenset(
    {
        "le", "du", "au", "a", "de", "des", "depuis", "date", "dates", "avant", "apres", "jusqu",
        "version", "v", "decret", "loi", "arrete", "creation", "ouverture", "maj", "total",
        "n", "no", "num", "numero", "ticket", "ref", "reference", "id", "lot", "code",
    }
)  # fmt: skip

_CAPITAL: Final = "A-ZÀ-ÖØ-Þ"
_SMALL: Final = "a-zß-öø-ÿ"
#: A surname in capitals; a word with its capital.
UPPER: Final = rf"[{_CAPITAL}][{_CAPITAL}'’-]+"
TITLE: Final = rf"[{_CAPITAL}][{_SMALL}]+(?:[-'’][{_CAPITAL}]?[{_SMALL}]+)*"
_CIVIL: Final = re.compile(
    rf"\b(?:(?i:mme|mlle|melle|mr|dr|madame|mademoiselle|monsieur|docteur)\b|Pr\b|M\b(?=\.|\s{UPPER}))"
    r"\.?[\s_]{0,3}(?:(?i:et|ou|le|la)\s)?([^\W\d_][\w'’-]+)"
)
# Who is no more than a function, after a civility.
_FUNCTIONS: Final = frozenset(
    {
        "de", "du", "des", "en", "sur", "pour", "non", "garde", "remplacant", "remplacante",
        "traitant", "referent", "referente", "disponible", "coordonnateur", "madame", "monsieur",
        "mme", "xx", "xxx", "absent", "indisponible",
    }
)  # fmt: skip
_MIXED: Final = re.compile(rf"(?<![\w'’-])(?:({UPPER}),?\s+{TITLE}|{TITLE}\s+({UPPER}))(?![\w'’-])")
# « EXEMPLE P. », « P. Exemple »: an initial with its point.
_INITIAL: Final = re.compile(
    rf"(?:({UPPER}|{TITLE}),?\s+[{_CAPITAL}](?:\.-?[{_CAPITAL}])?\.|"
    rf"[{_CAPITAL}](?:\.-?\s?[{_CAPITAL}])?\.\s?({UPPER}|{TITLE}))(?![\w'’-])"
)


def kind_of(text: str) -> str | None:
    """Say in French what number, address or birth one text is, or holds; None where it holds none,
    or where its column must tell."""
    return next((what for piece in pieces(text) if (what := _kind(piece))), None)


def _kind(text: str) -> str | None:
    """What one piece of text is, in French; None for nothing."""
    text = _flat(text)
    if text.isdecimal() and len(text) < _DIGITS:
        return None
    if _EMAIL.search(text):
        return EMAIL
    if not _DIGIT.search(text):
        return None
    if _STREET.search(text):
        return ADDRESS
    if found := _born(text) or _number(text):
        return found
    return PLATE if _PLATE.search(text) else _network(text)


def is_name(text: str) -> bool:
    """Tell whether a text has the form of a name: a civility, a surname in capitals beside a first
    name, an initial, two common names."""
    return any(
        has_civility(piece) or has_name_form(piece) or has_person(piece) for piece in pieces(text)
    )


def pieces(text: str) -> list[str]:
    """Cut a long text into parts that overlap by more than a name, so that the time to look at it
    grows no faster than its length."""
    if len(text) <= _LONG:
        return [text]
    return [text[start : start + _LONG] for start in range(0, len(text), _LONG - _OVERLAP)]


def has_civility(text: str) -> bool:
    """Tell whether a text has a civility and a name, not a function (« Dr de garde »)."""
    nobody = CATEGORY_WORDS | _FUNCTIONS
    return any(key(match[1]) not in nobody for match in _CIVIL.finditer(text))


def has_name_form(text: str, *, nobody: frozenset[str] = CATEGORY_WORDS) -> bool:
    """Tell whether a text has a surname in capitals beside a first name, or an initial; words of
    `nobody` are no surnames."""
    found = [*_MIXED.finditer(text), *_INITIAL.finditer(text)]
    return any(key(match[1] or match[2]) not in nobody for match in found)


def _flat(text: str) -> str:
    """Digits and spaces of one writing; letters that stand for digits, where there are many."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf"
        )
    if not text.isdecimal() and sum(map(str.isdecimal, text)) >= 6:
        text = _LOOKS_DIGIT.sub(lambda match: match[0].translate(_ZEROS), text)
    return text


def _keyed(text: str) -> bool:
    """Whether a text of digits in parts is a NIR by its key, whatever its parts."""
    if not re.fullmatch(r"[\d\s.\-/_()]*", text) or text.isdecimal():
        return False
    digits = re.sub(r"\D", "", text)
    return len(digits) == 15 and int(digits[:13]) % 97 == 97 - int(digits[13:])


def _number(text: str) -> str | None:
    """Whether digits are a NIR or a phone; None for neither."""
    if power := _POWER.fullmatch(text.strip()):
        return NIR if int(power[1]) >= 12 else PHONE
    digits = _TOKEN.sub(" ", _DATE.sub(" ", text))
    # A NIR first: it may hold the digits of a phone.
    if _NIR.search(digits) or _STUB.fullmatch(digits.strip()) or _keyed(text):
        return NIR
    return PHONE if _PHONE.search(digits) else None


def _network(text: str) -> str | None:
    """A public address of a network: those of an office are nobody's."""
    for match in _NETWORK.finditer(text):
        try:
            if ipaddress.ip_address(match[0]).is_global:
                return NETWORK
        except ValueError:
            continue
    return None


def _born(text: str) -> str | None:
    """What a text says of a birth: with a place, with somebody, alone; None for nothing."""
    if (match := _BORN_IN.fullmatch(text.strip())) and _is_place(match["b"] or match["c"]):
        return BORN_WHERE
    for match in _BORN.finditer(text):
        if not _is_birth(match):
            continue
        before = words(text[max(0, match.start() - 40) : match.start()])
        after = words(text[match.end() : match.end() + 40])
        if not _BIRTH_WORDS.isdisjoint(before[-3:]):
            return WHO_BORN if len(before) > 2 else BIRTH
        said = before[-3:] or after[:3]
        # Six digits after one word may be a ticket: its column tells.
        if len(match["c"] or "") == 6 and len(said) < 2:
            continue
        if said and (CATEGORY_WORDS | _OF_DATES).isdisjoint(said):
            return WHO_BORN
    return None


def _is_place(text: str) -> bool:
    """Whether a text has the form of a code, or is a commune."""
    return is_code_like(text) or commune_of(text.strip()) is not None


def _is_birth(match: re.Match[str]) -> bool:
    """Whether a date, read in the orders that it allows, is before the first calls."""
    if compact := match["c"]:
        parts = [(compact[4:], compact[2:4], compact[:2])]
        if len(compact) == 8:
            parts.append((compact[:4], compact[4:6], compact[6:]))
    else:
        parts = [(match["y"] or match["iy"], match["m"] or match["im"], match["d"] or match["id"])]
    return any(_early(*part) for part in parts)


def _early(year: str, month: str, day: str) -> bool:
    """Whether year, month and day are a day from 1901 to the first calls."""
    if len(year) == 2:
        year = f"19{year}" if int(year) >= LAST_CENTURY else f"20{year}"
    try:
        return 1900 < dt.date(int(year), int(month), int(day)).year < FIRST_CALLS
    except ValueError:
        return False
