"""What the words of a header say of its column: rules on words, so that no list of headers is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.text import SEPARATORS


def _set(words: str) -> frozenset[str]:
    """Words of a text."""
    return frozenset(words.split())


_FILLERS: Final = _set("de du des d la le les l en a au aux et ou par pour dans sur un une vos")
_ARTICLES: Final = _set("la le les l")
_CODE: Final = _set("code codes cod numero numeros num n no nr id identifiant")
_NAME: Final = _set(
    "nom noms nm name names libelle libelles lib label intitule denomination designation"
)
_PLACE: Final = _set(
    "commune communes com ville villes municipalite municipalites geo geographique geographiques"
)
_INSEE: Final = _set("insee cog")
_POSTAL: Final = _set("postal postaux postale postales cp")
_DEPARTEMENT: Final = _set("departement departements dep dpt dept")
_PEOPLE: Final = _set("population populations pop pmun ptot habitant habitants hab")
_OF_PEOPLE: Final = _set("municipale totale legale legales nombre nb nbre p insee")
_TERRITORY: Final = _set("cpts territoire territoires structure structures struct")
_OF_TERRITORY: Final = _set("raison sociale communaute professionnelle territoriale sante projet")
_NUMBER_OF_TERRITORY: Final = _set("finess siren siret")
#: Words that say nothing of what a column is.
_MORE: Final = _set(
    "officiel officielle officiels actuel actuelle current courant complet complete long "
    "majuscule majuscules minuscule minuscules membre membres concernee concernees couverte "
    "couvertes adherente adherentes incluse incluses liste francais france insee"
)
#: Beside the word of a commune only.
_OF_PLACE: Final = _set("arrondissement arrondissements municipal municipaux arm")
_TOWN: Final = _set("ville villes")
_PIVOT: Final = _set("etiquettes lignes")
_WHOLE: Final = _set("complet complete")
_CASE: Final = _set("majuscule majuscules minuscule minuscules")
_KNOWN: Final = frozenset().union(
    _FILLERS, _CODE, _NAME, _PLACE, _INSEE, _POSTAL, _DEPARTEMENT, _PEOPLE, _OF_PEOPLE, _TERRITORY,
    _OF_TERRITORY, _NUMBER_OF_TERRITORY, _MORE, _OF_PLACE,
)  # fmt: skip
_NAMING: Final = _KNOWN - _FILLERS - _MORE - _TERRITORY - _OF_TERRITORY | _INSEE
#: Words that headers write in one, the longest first, and what may stand between two of them.
_PIECES: Final = "|".join(
    sorted(
        (word for word in (_KNOWN - _FILLERS - _MORE) | _INSEE if len(word) > 1),
        key=len,
        reverse=True,
    )
)
_GLUED: Final = re.compile(f"(?:{_PIECES})(?:(?:dela|des|de|du|d)?(?:{_PIECES}))+")
_PIECE: Final = re.compile(f"(?:dela|des|de|du|d)?({_PIECES})")
_CAMEL: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
#: Letters of the longest header.
_LONGEST: Final = 200
_YEAR: Final = re.compile(r"(?:19|20)?\d\d")


@lru_cache(maxsize=4096)
def role_of(cell: str) -> tuple[str, int] | None:
    """Role of the column that a header names (``code``, ``name``, ``postal``, ``departement``,
    ``population``, ``territory``), and how surely among others of this role; None for no role."""
    words = header_words(cell)
    if not words or words[0] in _ARTICLES:
        return None
    return next(_roles(frozenset(words) - _FILLERS), None)


def _roles(said: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Roles that the words of a header may name, the surest first."""
    place = not said.isdisjoint(_PLACE)
    code, name = not said.isdisjoint(_CODE), not said.isdisjoint(_NAME)
    beside = _MORE | _INSEE | (_OF_PLACE if place else frozenset())
    # « CP Ville » holds both; a pivot names nothing of what it groups.
    if (said & _POSTAL and said & _TOWN and not code) or said == _PIVOT:
        yield "name", 1
    if not said.isdisjoint(_POSTAL) and said <= _POSTAL | _CODE | _PLACE | beside:
        yield "postal", 1
    if not said.isdisjoint(_INSEE) and said <= _CODE | _PLACE | beside:
        yield "code", 2
    if (code and place and said <= _CODE | _PLACE | beside) or said in ({"com"}, {"dep", "com"}):
        yield "code", 1
    if not code and said <= _NAME | _PLACE | beside | (_TERRITORY if place else frozenset()):
        if place and said != {"geo"}:
            yield "name", 3 + (not said.isdisjoint(_WHOLE)) - (not said.isdisjoint(_CASE))
        if name:
            yield "name", 1
    if not said.isdisjoint(_DEPARTEMENT) and said <= _DEPARTEMENT | _CODE | _NAME | beside:
        yield "departement", 1 if name else 2
    if not said.isdisjoint(_PEOPLE) and said <= _PEOPLE | _OF_PEOPLE | beside:
        yield "population", 1 + ("municipale" in said or "pmun" in said)
    if sure := _territory(said, code=code, name=name):
        yield "territory", sure


def _territory(said: frozenset[str], *, code: bool, name: bool) -> int:
    """How surely a header says which territory a row is of; 0 for not at all."""
    words = _TERRITORY | _OF_TERRITORY | _NUMBER_OF_TERRITORY | _CODE | _NAME | _MORE
    named = not said.isdisjoint(_TERRITORY) or {"raison", "sociale"} <= said
    if not said <= words or not (named or {"communaute", "professionnelle"} <= said):
        return 0
    if code or not said.isdisjoint(_NUMBER_OF_TERRITORY):
        return 1
    return 3 if name else 2


def year_of(cell: str) -> int:
    """Year that a header says (« P21_POP »); 0 for none."""
    found = [int(each) % 100 for each in re.findall(r"\d+", cell) if _YEAR.fullmatch(each)]
    return max(found, default=0)


def is_heading(cell: str) -> bool:
    """Tell whether every word of a cell is one that headers are made of, and one names a column."""
    words = header_words(cell)
    return _KNOWN.issuperset(words) and words[:1] != ["la"] and not _NAMING.isdisjoint(words)


def header_words(cell: str) -> list[str]:
    """Words of a header without accents, those written in one apart, years left out; none where a
    separator or a colon stands in it, since it was not split."""
    if ":" in cell.rstrip(": "):
        return []
    # Villé is a commune of Alsace, whose accent is all that makes it no header.
    if (
        any(mark in cell for mark in SEPARATORS)
        or len(cell) > _LONGEST
        or "illé" in cell.casefold()
    ):
        return []
    found: list[str] = []
    for word in re.findall("[a-z]+|[0-9]+", plain(_CAMEL.sub(" ", cell))):
        if not _YEAR.fullmatch(word):
            found += _apart(word)
    return found


def _apart(word: str) -> list[str]:
    """Words that one word is made of; itself where it is not made of those of headers."""
    if word in _KNOWN or not _GLUED.fullmatch(word):
        return [word]
    return _PIECE.findall(word)
