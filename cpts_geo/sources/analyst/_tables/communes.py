"""Communes that a cell writes, by the names and codes of the embedded COG: is this one at all?

Which one it is, among homonyms and misspellings, is decided in :mod:`cpts_geo.geography.naming`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import pandas as pd

from cpts_geo.foreign import MAX_NAME
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.cells import read_cell
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.embedding.embedded import load_former_communes, verified

_ARTICLE: Final = re.compile("^(?:les?|la|l) ")
_WORD: Final = re.compile("[a-z]+")
_IN_FULL: Final = {"st": "saint", "ste": "sainte"}


def commune_of(text: str) -> str | None:
    """Name (or code) in the COG of the commune, today's or former, that a cell writes; None where
    it is none, so that a number of somebody is never a place."""
    # No place is written so long: what is looked for in it would take time for nothing.
    if len(text) > MAX_NAME:
        return None
    if is_code_like(text):
        code = text.strip().upper()
        return code if code in _codes() else None
    names, folded = _communes()
    if text in names:  # accents and articles tell homonyms apart
        return text
    cell = read_cell(text)
    # Who stands in parentheses, and figures of a name, are no place's.
    if cell.asides or any(map(str.isdigit, cell.name)):
        return None
    place = _place(cell.name)
    return folded.get(place) or folded.get(_ARTICLE.sub("", place))


def is_code_like(text: str) -> bool:
    """Tell whether a cell has the form of an INSEE code, or of a postal code."""
    return re.fullmatch(r"\d[\dABab]\d{3}", text.strip()) is not None


def _place(name: str) -> str:
    """Words of a name, abbreviations in full."""
    return _spelled_out(plain(name))


def _spelled_out(folded: str) -> str:
    """Words of a name that has neither accents nor capitals, abbreviations in full."""
    said = _WORD.findall(folded)
    return " ".join([_IN_FULL.get(word, word) for word in said])


def _places(names: list[str]) -> list[str]:
    """Each name as :func:`_place` makes it, all of them folded at once."""
    whole = unicodedata.normalize("NFKD", "\n".join(names)).lower()
    marks = {ord(letter): None for letter in set(whole) if unicodedata.combining(letter)}
    return [_spelled_out(line) for line in whole.translate(marks).split("\n")]


@cache
def _codes() -> frozenset[str]:
    """Codes of communes, of today and of before, and of arrondissements."""
    today = pd.read_parquet(verified("communes.parquet"), columns=["code_insee"])["code_insee"]
    return frozenset([*today, *load_former_communes()["former_code"], *WHOLE_OF])


@cache
def _communes() -> tuple[frozenset[str], dict[str, str]]:
    """Names of communes, and the same by their words, with their article and without."""
    # Names alone: reading the outlines would take seconds.
    today = pd.read_parquet(verified("communes.parquet"), columns=["name"])["name"]
    former = load_former_communes()["former_name"].dropna()
    names = [*former, *today]  # those of today have the last word
    folded = dict(zip(_places(names), names, strict=True))
    bare = {_ARTICLE.sub("", place): name for place, name in folded.items()}
    return frozenset(names), bare | folded
