"""How two spellings of a commune name are compared: the rules, in one place.

Names are compared on a key of plain lower-case letters. What the key forgets (accents, case,
hyphens, the article, ``lès``/``lez``/``les``) never decides alone between two communes:
:mod:`cpts_geo.geography.naming._matching` looks at the exact spelling first, then at the article.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from cpts_geo.geography.naming.arrondissements import arrondissement_key

_ARTICLES: Final = frozenset({"le", "la", "les", "l"})
# "les" becomes "lez", not the reverse: a leading "les" is an article and goes, "lez" stays.
_SAME_WORD: Final = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "les": "lez",
}
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
_USUAL: Final = _LIGATURES | str.maketrans("àâäçéèêëîïôöùûüÿ’", "aaaceeeeiioouuuy'")
#: What a name whose article comes last ends with.
_ENDS: Final = frozenset("lesa'’) \t\n")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DEPARTEMENT_HINT: Final = re.compile(r"[(\[]\s*(\d{1,3}|2[aAbB])\s*[)\]]\s*$")
_TRAILING_ARTICLE: Final = re.compile(r"^(.*)[(,]\s*(les?|la|l)[\s'’)]*$", re.DOTALL)
_SLASH: Final = re.compile(r"(?:\bs\s*)?/")
_WORD: Final = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=65_536)
def normalise_name(name: str) -> str:
    """
    Key of a commune name: two spellings of one name have the same key.

    Lower case without accents, ligatures, apostrophes, hyphens or article (leading, or trailing as
    in ``"Chambon-Feugerolles (Le)"``); ``St``/``Ste`` written out; ``s/`` read as ``sur``;
    ``lès``, ``lez`` and ``les`` alike; a département in parentheses removed. The arrondissements
    of Paris, Lyon and Marseille are their city and number
    (:mod:`cpts_geo.geography.naming.arrondissements`).

    Parameters
    ----------
    name : str
        A name as published or as in the COG.

    Returns
    -------
    str
        Words of ``a-z0-9`` separated by one space; empty when the name holds none.

    Examples
    --------
    >>> normalise_name("L'Haÿ-les-Roses") == normalise_name("HAY LES ROSES (L’)")
    True
    >>> normalise_name("Mézières-lès-Cléry")
    'mezieres lez clery'
    >>> normalise_name("St Benoît s/ Loire (45)")
    'saint benoit sur loire'
    >>> normalise_name("75013 Paris") == normalise_name("Paris XIIIᵉ")
    True
    """
    words = key_with_article(name).split()
    if part := arrondissement_key(words):
        return part
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(_SAME_WORD.get(word, word) for word in words)


def key_with_article(name: str) -> str:
    """
    Key of a name with its article in front, to tell ``Vergné`` from ``La Vergne``.

    Parameters
    ----------
    name : str
        A name as published or as in the COG.

    Returns
    -------
    str
        Words of ``a-z0-9`` separated by one space; abbreviations are not written out.

    Examples
    --------
    >>> key_with_article("Chambon-Feugerolles (Le)")
    'le chambon feugerolles'
    """
    base, _ = split_departement_hint(name)
    # The names of France need no more than this: all of them are read for each list.
    folded = base.casefold().translate(_USUAL)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", _INVISIBLE.sub("", base)).casefold()
        folded = unicodedata.normalize("NFKD", folded.translate(_LIGATURES))
        folded = "".join(char for char in folded if not unicodedata.combining(char))
    if folded[-1:] in _ENDS and (moved := _TRAILING_ARTICLE.match(folded)):
        folded = f"{moved[2]} {moved[1]}"
    return " ".join(_WORD.findall(_SLASH.sub(" sur ", folded) if "/" in folded else folded))


def split_departement_hint(name: str) -> tuple[str, str | None]:
    """
    Separate a name from the département number written after it in parentheses.

    Parameters
    ----------
    name : str
        A name as published, for example ``"Chenereilles (42)"``.

    Returns
    -------
    tuple of str and (str or None)
        The name without the hint, and the département code (``"42"``, ``"2A"``, ``"971"``) or
        None when there is no hint.

    Examples
    --------
    >>> split_departement_hint("Chenereilles (42)")
    ('Chenereilles', '42')
    >>> split_departement_hint("Château-Chinon (Ville)")
    ('Château-Chinon (Ville)', None)
    """
    found = _DEPARTEMENT_HINT.search(name) if name.rstrip()[-1:] in (")", "]") else None
    if found is None:
        return name, None
    return name[: found.start()].rstrip(), departement_code(found[1])


def departement_code(text: str) -> str:
    """
    Code of a département as the COG writes it.

    Parameters
    ----------
    text : str
        A number as written by hand, for example ``"1"``, ``"2a"`` or ``"1.0"``.

    Returns
    -------
    str
        Upper case, two characters at least.

    Examples
    --------
    >>> departement_code("1"), departement_code("2a"), departement_code("971")
    ('01', '2A', '971')
    """
    return text.strip().upper().removesuffix(".0").zfill(2)
