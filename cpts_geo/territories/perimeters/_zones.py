"""What codes or names designate among zones or CPTS; each zone asked for made a territory."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Indel, Levenshtein

from cpts_geo.errors import MAX_DEFECTS, Defect, PerimeterError, quoted
from cpts_geo.french import counted, slug
from cpts_geo.territories.naming.spelling import normalise_name
from cpts_geo.territories.perimeters._membership import Perimeters, territory_keys
from cpts_geo.territories.perimeters.zonings import Zoning

#: Nearest zones shown for one that is not recognised.
_SHOWN: Final = 3


#: Words that say what kind of zone it is, and link words: "CC des Loges" is called "les Loges".
_KINDS: Final = frozenset(
    ["cc", "ca", "cu", "tvs", "communaute", "communes", "agglomeration", "urbaine"]
)


_LINKS: Final = frozenset({"de", "du", "des", "d", "la", "le", "les", "lez", "l"})


#: Words that only say that it is a CPTS.
_CPTS: Final = frozenset({"cpts", "communaute", "professionnelle", "territoriale", "sante"})


_CODE: Final = re.compile(r"\d[\dAB]?\d*")


_Key = Callable[[str], str]


_KIND_WORDS: Final = {"epci": "intercommunalité", "tvs": "territoire de vie-santé", "cpts": "CPTS"}


_REMEDIES: Final = {
    kind: f"donnez le code {code}, ou un nom qui n’est porté que par un seul (--{kind}, répétable)."
    for kind, code in (("epci", "SIREN"), ("tvs", "du TVS"))
}


class Named(Protocol):
    """Perimeters that have names, by code, such as a :class:`Zoning`."""

    @property
    def kind(self) -> str:
        """Option of the command line."""

    @property
    def names(self) -> pd.Series:
        """Name of each."""

    def named(self, code: str) -> str:
        """Name one so that it is told from its namesakes."""


def find_zones(
    zoning: Named,
    asked: Sequence[str],
    *,
    keys: Sequence[_Key] = (),
    unusable: Mapping[str, str] = MappingProxyType({}),
    remedy: str = "",
) -> tuple[list[str], list[str]]:
    """Codes of the zones that codes or names designate, each once, and French notes on the names.

    Case, accents and the kind of zone a name starts with do not matter: names are compared by the
    first of `keys` that makes one alike. Refuses with a PerimeterError, nearest shown, what is
    unknown, borne by several, or in `unusable`, with why.
    """
    codes: list[str] = []
    notes: list[str] = []
    defects: list[Defect] = []
    keys = keys or (normalise_name, _name_key)
    names = {key: _by_key(zoning, key) for key in keys}
    for written in dict.fromkeys(asked):
        text, found = _matching(zoning, written, names)
        codes += found
        if len(found) > 1:
            several = " ou ".join(zoning.named(code) for code in found)
            defects.append(Defect(f"{quoted(text)} : nom de plusieurs, {several}", "nom ambigu"))
        elif not found:
            # Those near are looked for where they are shown: it is what takes time.
            shown = _nearest(zoning, text, keys[-1]) if len(defects) < MAX_DEFECTS else []
            near = " ; ".join(zoning.named(code) for code in shown)
            defects.append(Defect(f"{quoted(text)} : inconnu ; au plus près : {near}", "inconnu"))
        elif why := unusable.get(found[0]):
            defects.append(Defect(f"{quoted(text)} : {why}", "inutilisable"))
        elif text != found[0] and normalise_name(text) != normalise_name(zoning.names[found[0]]):
            notes.append(f"{quoted(text)} compris comme {zoning.named(found[0])}.")
    if defects:
        raise PerimeterError(
            f"{_KIND_WORDS[zoning.kind][:1].upper()}{_KIND_WORDS[zoning.kind][1:]} : "
            f"{counted(len(defects), 'point', 'points')} à corriger.",
            defects=defects,
            remedy=remedy or _REMEDIES[zoning.kind],
        )
    return list(dict.fromkeys(codes)), notes


def _by_key(zoning: Named, key: _Key) -> dict[str, list[str]]:
    """Codes of the zones by key of their name."""
    found: dict[str, list[str]] = {}
    for code, name in zoning.names.items():
        found.setdefault(key(name), []).append(str(code))
    return found


def _matching(
    zoning: Named, written: str, names: dict[_Key, dict[str, list[str]]]
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


def _name_key(name: str) -> str:
    """Key of a zone's name without the words that only say its kind."""
    words = normalise_name(name).split()
    while len(words) > 1 and words[0] in _KINDS | _LINKS:
        words = words[1:]
    return " ".join(words)


def cpts_key(name: str) -> str:
    """
    Key of the name of a CPTS: two spellings of one name have the same key.

    Parameters
    ----------
    name : str
        A name as listed or as typed.

    Returns
    -------
    str
        Words of ``a-z0-9``, without those that only say what it is, or join the others.

    Examples
    --------
    >>> cpts_key("CPTS Hauts Pays du Verdon & Monts d'Azur")
    'hauts pays verdon monts azur'
    >>> cpts_key("hauts-pays-du-verdon et monts d’azur")
    'hauts pays verdon monts azur'
    """
    words, links = normalise_name(name).split(), _LINKS | {"et"}
    while len(words) > 1 and words[0] in _CPTS | links:
        words = words[1:]
    return " ".join([word for word in words if word not in links] or words)


def _nearest(zoning: Named, text: str, key: _Key) -> list[str]:
    """Codes of the zones whose code or name is most like a text."""
    names = zoning.names.map(key)
    alike: Callable[..., float] = Indel.normalized_similarity
    query, choices = key(text), dict(names)
    if _CODE.fullmatch(text):
        # One wrong figure is one mistake.
        alike = Levenshtein.normalized_similarity
        query, choices = text, dict(zip(names.index, names.index, strict=True))
    return [str(code) for _, _, code in process.extract(query, choices, scorer=alike, limit=_SHOWN)]


def zoning_perimeters(
    zoning: Zoning,
    codes: Sequence[str],
    communes: pd.DataFrame,
    *,
    name: str | None = None,
    notes: Sequence[str] = (),
    folder: str | None = None,
) -> Perimeters:
    """One territory a zone, in the order of `codes`, each with all the communes of its zone.

    `name` replaces the name of a zone asked alone; `folder` names the set, by default after the
    only territory, or the codes.
    """
    labels = [name] if name else [str(zoning.names[code]) for code in codes]
    keys = territory_keys(labels, codes)
    identity = pd.DataFrame(
        {
            "name": labels,
            "document": [f"{zoning.document} {code}" for code in codes],
            "perimeter": zoning.perimeter,
        },
        index=pd.Index(keys, name="territory"),
    )
    rows = zoning.members[zoning.members["zone"].isin(codes)]
    rows = rows.merge(communes[["code_insee", "name", "departement"]], on="code_insee")
    territory = rows["zone"].map(dict(zip(codes, keys, strict=True)))
    rank = territory.map({key: rank for rank, key in enumerate(keys)})
    rows = rows.assign(territory=territory).iloc[rank.argsort(kind="stable")]
    audit = rows[["territory", "published", "code_insee", "name", "departement", "method"]]
    # No document spells these names: the codes of the division are what was published.
    members = rows[["territory", "code_insee", "note"]].assign(
        published="", basis=_KIND_WORDS[zoning.kind]
    )
    return Perimeters(
        identity=identity,
        members=members.reset_index(drop=True),
        audit=audit.assign(score=100.0, alternatives="").reset_index(drop=True),
        notes=tuple(notes),
        folder=folder or (keys[0] if len(keys) == 1 else slug(f"{zoning.kind} {' '.join(codes)}")),
    )
