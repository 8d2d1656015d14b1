"""What two spellings of the name of a zone have in common, and the _acronyms it may go by."""

from __future__ import annotations

import re
from typing import Final

from cpts_geo.geography.naming.spelling import key_with_article, normalise_name

#: How the Métropole numbers its territories, Paris being the first (decrees 2015-1655 to 1665).
EPT_NUMBERS: Final = {
    "200057966": "T2", "200057974": "T3", "200057982": "T4", "200057990": "T5",
    "200057867": "T6", "200058097": "T7", "200057875": "T8", "200058790": "T9",
    "200057941": "T10", "200058006": "T11", "200058014": "T12",
}  # fmt: skip
#: Words that say what kind of zone it is: "CC des Loges" is called "les Loges".
_KINDS: Final = frozenset(
    ["cc", "ca", "cu", "ept", "tvs", "cpts", "communaute", "communes", "agglomeration", "agglo",
     "urbaine", "epci", "intercommunalite", "etablissement", "public", "territorial"]
)  # fmt: skip
#: Link words, which many leave out.
_LINKS: Final = frozenset({"de", "du", "des", "d", "la", "le", "les", "lez", "l"})
#: Words that only say that it is a CPTS.
_CPTS: Final = frozenset({"cpts", "communaute", "professionnelle", "territoriale", "sante"})
#: Words that _acronyms keep or drop, besides link words.
_SMALL: Final = frozenset({"et", "en", "sur", "a", "au", "aux"})
#: What an official name has after it in parentheses.
_BESIDE: Final = re.compile(r"\(([^)]*)\)")
_CAPITALS: Final = re.compile(r"\b[A-Z][A-Z0-9]{2,}\b")
#: Two letters are the initials of too many zones.
_SHORTEST: Final = 3
_LONGEST: Final = 9


def _bare_key(name: str) -> str:
    """Key of a zone's name without the words that only say its kind, nor what is in parentheses."""
    words = normalise_name(_BESIDE.sub(" ", name)).split() or normalise_name(name).split()
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


def _telling_words(text: str) -> str:
    """Words of a name, without link words."""
    words = normalise_name(text).split()
    return " ".join(word for word in words if word not in _LINKS | _SMALL)


def _acronym_key(text: str) -> str:
    """Letters of a text, as an acronym has them."""
    return re.sub(r"[\W_]", "", text).upper()


def _acronyms(name: str) -> frozenset[str]:
    """Acronyms of a zone: those its name has in capitals or in parentheses, and its initials, with
    its kind or without, link words kept or not."""
    written = {_acronym_key(beside) for beside in _BESIDE.findall(name) if beside.isupper()}
    written |= set(_CAPITALS.findall(name))
    words = key_with_article(_BESIDE.sub(" ", name)).split()
    kind = words[0].upper() if words[0] in _KINDS else words[0][0].upper()
    rest = words[1:]
    made: set[str] = set()
    for dropped in (frozenset(), _LINKS, _LINKS | _SMALL):
        letters = "".join(word[0] for word in rest if word not in dropped).upper()
        made |= {letters, kind + letters}
    return frozenset(written | {each for each in made if _SHORTEST <= len(each) <= _LONGEST})
