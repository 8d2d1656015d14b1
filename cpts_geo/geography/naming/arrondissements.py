"""How the arrondissements of Paris, Lyon and Marseille are written: number, code, postal code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cpts_geo.sources.codes import PLM

#: Cities that have arrondissements, and the key of each.
CITIES: Final = {"75056": "paris", "69123": "lyon", "13055": "marseille"}
_NAMES: Final = frozenset(CITIES.values())
_TENS: Final = ("", "x", "xx")
_UNITS: Final = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN: Final = {
    ten + unit: 10 * tens + units
    for tens, ten in enumerate(_TENS)
    for units, unit in enumerate(_UNITS)
    if tens or units
}
_NUMBER: Final = re.compile(r"(\d{1,2}|[ivx]+)(?:er|ere|nd|e|eme|ieme|o)?")
#: Words beside the number that say nothing more.
_BESIDE: Final = frozenset(
    {
        *("e", "er", "ere", "eme", "ieme", "nd", "o", "n", "no", "de", "d"),
        *("arrondissement", "arrondissements", "arr", "arrt", "arrdt", "ardt"),
        *("municipal", "municipaux"),
    }
)
#: City and number of each code.
_OF_CODE: Final = {
    code: (CITIES[city], number)
    for city, parts in PLM.items()
    for number, code in enumerate(parts, start=1)
}
#: Code of each postal code of an arrondissement; the second one of the 16th of Paris is its code.
POSTAL: Final = {f"{code[:2]}{number:03d}": code for code, (_, number) in _OF_CODE.items()}


def arrondissement_key(words: Sequence[str]) -> str | None:
    """
    Key of an arrondissement, whatever the way it is written.

    Parameters
    ----------
    words : sequence of str
        Words of ``a-z0-9``, as in :func:`cpts_geo.geography.naming.spelling.key_with_article`.

    Returns
    -------
    str or None
        City and number, which may be that of no arrondissement; None where the words say anything
        else, or two numbers. A postal code needs the name of its city: alone, it may be the code of
        a commune.

    Examples
    --------
    >>> texts = ["paris 13eme arrondissement", "75013 paris", "lyon v", "13203", "lyon 10", "69005"]
    >>> [arrondissement_key(text.split()) for text in texts]
    ['paris 13', 'paris 13', 'lyon 5', 'marseille 3', 'lyon 10', None]
    """
    if len(words) == 1 and words[0] in _OF_CODE:
        city, number = _OF_CODE[words[0]]
        return f"{city} {number}"
    if _NAMES.isdisjoint(words):
        return None
    cities = [word for word in words if word in _NAMES]
    if len(cities) != 1:
        return None
    [city] = cities
    found = {_number(word, city) for word in words if word != city and word not in _BESIDE}
    return f"{city} {found.pop()}" if len(found) == 1 and None not in found else None


def _number(word: str, city: str) -> int | None:
    """Number of an arrondissement of a city that one word says."""
    if known := _OF_CODE.get(POSTAL.get(word, word)):
        return known[1] if known[0] == city else None
    if said := _NUMBER.fullmatch(word):
        return int(said[1]) if said[1].isdecimal() else _ROMAN.get(said[1])
    return None
