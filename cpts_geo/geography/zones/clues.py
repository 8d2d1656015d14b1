"""What a text that is no name of a zone may mean: part of one, an acronym, a town of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.geography.zones.keys import (
    _KINDS,
    _acronym_key,
    _acronyms,
    _bare_key,
    _telling_words,
)


@dataclass(frozen=True)
class _Towns:
    """Codes of zones by the name of a commune of theirs, whole or only its first words; the same of
    those whose most populated commune it is."""

    whole: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    begun: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    main_whole: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    main_begun: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def _towns_of(members: pd.DataFrame, communes: pd.DataFrame) -> _Towns:
    """Towns of the zones that `members` (zone, code_insee) puts `communes` (code_insee, name,
    population) in."""
    table = members[["zone", "code_insee"]].merge(
        communes[["code_insee", "name", "population"]], on="code_insee"
    )
    main = set(table.groupby("zone")["population"].idxmax())
    found = _Towns()
    for row, zone, name in zip(table.index, table["zone"], table["name"], strict=True):
        words = normalise_name(name).split()
        key = " ".join(words)
        begun = [" ".join(words[:length]) for length in range(1, len(words))]
        found.whole[key].append(zone)
        if row in main:
            found.main_whole[key].append(zone)
        for start in begun:
            found.begun[start].append(zone)
            if row in main:
                found.main_begun[start].append(zone)
    return found


@dataclass(frozen=True)
class Clues:
    """
    Words, acronyms and towns that zones are known by.

    Parameters
    ----------
    by_word, by_acronym : dict of str to list of str
        Codes of the zones.
    towns : _Towns
        Their communes.
    key : callable
        Telling words of a text, separated by one space.
    """

    by_word: dict[str, list[str]]
    by_acronym: dict[str, list[str]]
    towns: _Towns
    key: Callable[[str], str]

    def meant(self, text: str) -> tuple[list[str], bool]:
        """
        Zones that a text may mean.

        Parameters
        ----------
        text : str
            What was typed, which is no code and no name.

        Returns
        -------
        tuple of list of str and bool
            Their codes, those whose main town it is first; whether it is right to take the only
            one.
        """
        key, towns = _bare_key(text), self.towns
        mains = [*towns.main_whole.get(key, ()), *towns.main_begun.get(key, ())]
        letters = dict.fromkeys([_acronym_key(text), _acronym_key(key)])
        short = [code for each in letters for code in self.by_acronym.get(each, ())]
        exact = towns.whole.get(key, [])
        called = _once([*mains, *short, *self._holding(key)])
        # The name of a commune of another zone leaves it open which is meant.
        if len(called) == 1 and (not exact or called[0] in exact):
            return called, True
        return _once([*mains, *exact, *called]) or _once(towns.begun.get(key, [])), False

    def _holding(self, text: str) -> list[str]:
        """Zones whose name holds every telling word of a text, in the order of zones."""
        words = set(self.key(text).split())
        # A kind of zone alone tells none of them.
        if words <= _KINDS:
            return []
        each = [self.by_word.get(word, []) for word in words]
        shared = set.intersection(*map(set, each))
        return [code for code in each[0] if code in shared]


def clues_of(
    names: pd.Series,
    members: pd.DataFrame | None = None,
    *,
    communes: pd.DataFrame | None = None,
    aliases: Mapping[str, str] = MappingProxyType({}),
    key: Callable[[str], str] = _telling_words,
    initials: bool = False,
) -> Clues:
    """
    Gather what zones are known by, besides their names.

    Parameters
    ----------
    names : Series of str
        Name of each zone, by its code.
    members, communes : DataFrame, optional
        Communes of the zones (zone, code_insee), and their names (code_insee, name, population):
        without them no town is known.
    aliases : mapping of str to str, optional
        Acronyms that no name says, by code.
    key : callable, optional
        Telling words of a name, separated by one space.
    initials : bool
        Whether acronyms are made of the names.

    Returns
    -------
    Clues
        Codes by word, acronym and town.

    Examples
    --------
    >>> names = pd.Series({"1": "CC Poher Communauté", "2": "CA Territoire de la Côte Ouest"})
    >>> clues = clues_of(names, initials=True)
    >>> clues.meant("Poher"), clues.meant("TCO"), clues.meant("Carhaix")
    ((['1'], True), (['2'], True), ([], False))
    """
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    by_acronym: defaultdict[str, list[str]] = defaultdict(list)
    for code, name in names.items():
        for word in set(key(name).split()):
            by_word[word].append(str(code))
        known = _acronyms(name) if initials else frozenset()
        for short in known | {aliases.get(str(code), "")} - {""}:
            by_acronym[short].append(str(code))
    towns = _Towns()
    if members is not None and communes is not None:
        towns = _towns_of(members, communes)
    return Clues(dict(by_word), dict(by_acronym), towns, key)


def _once(codes: Iterable[str]) -> list[str]:
    """Each code once, in order."""
    return list(dict.fromkeys(codes))
