"""What codes or names designate among zones or CPTS: one, or a question with its candidates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Indel, Levenshtein

from cpts_geo.errors import MAX_DEFECTS, Defect, PerimeterError, quoted
from cpts_geo.french import capital, counted
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.geography.zones.clues import Clues, clues_of
from cpts_geo.geography.zones.keys import _KINDS, _bare_key

#: Nearest zones shown for one that is not recognised.
_NEAREST: Final = 3
#: Candidates shown for a text that may mean several.
_CANDIDATES: Final = 8
_CODE: Final = re.compile(r"\d[\dAB]?\d*")
_Key = Callable[[str], str]
_KIND_WORDS: Final = {"epci": "intercommunalité", "tvs": "territoire de vie-santé", "cpts": "CPTS"}
_REMEDIES: Final = {
    kind: f"donnez le code {code}, ou un nom qui n’est porté que par un seul (--{kind}, "
    "répétable) ; « cpts-geo places NOM » cherche."
    for kind, code in (("epci", "SIREN"), ("tvs", "du TVS"))
}


class _Named(Protocol):
    """Perimeters that have names, by code, such as a
    :class:`~cpts_geo.geography.perimeters.zonings.Zoning`."""

    @property
    def kind(self) -> str:
        """Option of the command line."""

    @property
    def names(self) -> pd.Series:
        """Name of each."""

    def named(self, code: str) -> str:
        """Name one so that it is told from its namesakes."""


def find_zones(
    zoning: _Named,
    asked: Sequence[str],
    *,
    clues: Callable[[], Clues] | None = None,
    keys: Sequence[_Key] = (),
    unusable: Mapping[str, str] = MappingProxyType({}),
    remedy: str = "",
) -> tuple[list[str], list[str]]:
    """
    Codes of the zones that codes or names designate, each once, and French notes on the names.

    Case, accents and the kind of zone a name starts with do not matter: names are compared by the
    first of `keys` that makes one alike. What is no name is an acronym, a part of a name or a town,
    where only one zone can be meant.

    Parameters
    ----------
    zoning : _Named
        The zones.
    asked : sequence of str
        Codes or names, as typed.
    clues : callable, optional
        Gives what else zones are known by, asked when a text is no name; the words of their names
        by default.
    keys : sequence of callable, optional
        Key of a name, the strictest first.
    unusable : mapping of str to str, optional
        Why a zone cannot be taken, by code.
    remedy : str, optional
        What to do, in French.

    Returns
    -------
    tuple of list of str and list of str
        Codes, and notes on what was understood.

    Raises
    ------
    PerimeterError
        What is unknown (nearest shown), borne by several or only near some (each is shown with the
        option that asks for it), or in `unusable`; every one is listed.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> from cpts_geo.geography.perimeters.zonings import clues_to, epci_zoning
    >>> communes = embedded.load_communes()
    >>> zoning = epci_zoning(communes)
    >>> find_zones(zoning, ["TCO", "Carhaix"], clues=lambda: clues_to(zoning, communes))[0]
    ['249740101', '242900744']
    """
    codes: list[str] = []
    notes: list[str] = []
    defects: list[Defect] = []
    keys = keys or (normalise_name, _bare_key)
    names = {key: _by_key(zoning, key) for key in keys}
    others: Clues | None = None
    for written in dict.fromkeys(asked):
        text, found = _matching(zoning, written, names)
        sure = len(found) == 1
        if not found and not _CODE.fullmatch(text):
            others = others or (clues() if clues else clues_of(zoning.names, key=keys[-1]))
            found, sure = others.meant(text)
        if sure:
            [code] = found
            name = zoning.names[code]
            other = text != code and normalise_name(text) != normalise_name(name)
            understood = f"{quoted(text)}{f' compris comme {name} ({code})' if other else ''}"
            if why := unusable.get(code):
                defects.append(Defect(f"{understood} : {why}", "inutilisable"))
            else:
                codes.append(code)
                notes += [f"{understood}."] if other else []
        elif found:
            defects.append(Defect(f"{quoted(text)} : {_question(zoning, found)}", "nom ambigu"))
        else:
            # Those near are looked for where they are shown: it is what takes time.
            shown = _nearest(zoning, text, keys[-1]) if len(defects) < MAX_DEFECTS else []
            near = " ; ".join(zoning.named(code) for code in shown)
            defects.append(Defect(f"{quoted(text)} : inconnu ; au plus près : {near}", "inconnu"))
    if defects:
        raise PerimeterError(
            f"{capital(_KIND_WORDS[zoning.kind])} : "
            f"{counted(len(defects), 'point', 'points')} à corriger.",
            defects=defects,
            remedy=remedy or _REMEDIES[zoning.kind],
        )
    return list(dict.fromkeys(codes)), notes


def zones_named(text: str, zoning: _Named) -> list[str]:
    """
    Codes of the zones that a cell of a list of communes names.

    Parameters
    ----------
    text : str
        The cell: a name, with its kind ("CC") or written in full.
    zoning : _Named
        The zones.

    Returns
    -------
    list of str
        Those of that name; where its first word is a kind of zone, those of that name without its
        kind. None for the name of a commune, unless it is to the letter that of a zone.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> from cpts_geo.geography.perimeters.zonings import epci_zoning
    >>> zoning = epci_zoning(embedded.load_communes())
    >>> zones_named("Communauté de communes Tille et Venelle", zoning), zones_named("Dry", zoning)
    (['200070910'], [])
    """
    words = normalise_name(text).split()
    kinds = len(words) > 1 and words[0] in _KINDS
    key: _Key = _bare_key if kinds else normalise_name
    return _by_key(zoning, key).get(key(text), [])


def _question(zoning: _Named, codes: Sequence[str]) -> str:
    """Question on the zones that a text may mean, with what to type for each."""
    shown = " ou ".join(
        zoning.named(code)
        if zoning.kind == "cpts"
        else f"{zoning.names[code]} (--{zoning.kind} {code})"
        for code in codes[:_CANDIDATES]
    )
    more = len(codes) - _CANDIDATES
    rest = f" ; et {counted(more, 'autre', 'autres')}" if more > 0 else ""
    return f"vouliez-vous {shown} ?" if len(codes) == 1 else f"nom de plusieurs, {shown}{rest}"


def _by_key(zoning: _Named, key: _Key) -> dict[str, list[str]]:
    """Codes of the zones by key of their name."""
    found: dict[str, list[str]] = {}
    for code, name in zoning.names.items():
        found.setdefault(key(name), []).append(str(code))
    return found


def _matching(
    zoning: _Named, written: str, names: dict[_Key, dict[str, list[str]]]
) -> tuple[str, list[str]]:
    """Text that is compared, and codes of the zones it designates."""
    text = written.strip()
    if text in zoning.names.index:
        return text, [text]
    if _CODE.fullmatch(text.upper()):
        text = text.upper()
        return text, [text] if text in zoning.names.index else []
    same = (by_key[key(text)] for key, by_key in names.items() if key(text) in by_key)
    return text, next(same, [])


def _nearest(zoning: _Named, text: str, key: _Key) -> list[str]:
    """Codes of the zones whose code or name is most like a text."""
    names = zoning.names.map(key)
    alike: Callable[..., float] = Indel.normalized_similarity
    query, choices = key(text), dict(names)
    if _CODE.fullmatch(text):
        # One wrong figure is one mistake.
        alike = Levenshtein.normalized_similarity
        query, choices = text, dict(zip(names.index, names.index, strict=True))
    found = process.extract(query, choices, scorer=alike, limit=_NEAREST)
    return [str(code) for _, _, code in found]
