"""Levels of area that an export may have: how a title names each, what its codes look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cpts_geo.sources._conventions.text import plain


@dataclass(frozen=True)
class AreaLevel:
    """
    A level of area of an export.

    Parameters
    ----------
    key : str
        Column of the table of communes that holds the code of their area.
    one, many, of : str
        French words for an area, for several, and for one after a noun (« du bassin de vie »).
    named : str
        Regular expression of its name in a title, without accents or capitals.
    shape : str
        Regular expression of its codes.
    """

    key: str
    one: str
    many: str
    of: str
    named: str
    shape: str


#: From the smallest areas on; codes of the first three look alike.
AREA_LEVELS: Final = (
    AreaLevel(
        "code_insee", "commune", "communes", "de la commune", r"communes?|com",
        r"\d{5}|2[AB]\d{3}",
    ),
    AreaLevel(
        "tvs", "territoire de vie-santé", "territoires de vie-santé", "du territoire de vie-santé",
        r"territoires? de vie.sante|tvs", r"\d{5}|2[AB]\d{2,3}",
    ),
    AreaLevel(
        "bassin_de_vie", "bassin de vie", "bassins de vie", "du bassin de vie",
        r"bassins? de vie|bv", r"\d{5}|2[AB]\d{3}|97[78]ZZ",
    ),
    AreaLevel(
        "epci", "intercommunalité", "intercommunalités", "de l’intercommunalité",
        r"epci|intercommunalites?|etablissements? publics? de cooperation intercommunale",
        r"\d{9}",
    ),
    AreaLevel(
        "departement", "département", "départements", "du département", r"departements?|dep",
        r"\d{2}|2[AB]|97\d",
    ),
    AreaLevel("region", "région", "régions", "de la région", r"regions?|reg", r"\d{2}"),
)  # fmt: skip


def titled_level(titles: Sequence[str]) -> AreaLevel | None:
    """
    Find the level that title lines name.

    Parameters
    ----------
    titles : sequence of str
        Lines above the header: « Référentiel géographique : France par bassin de vie ».

    Returns
    -------
    AreaLevel or None
        The one after the last « par » of a line; else the only one that the lines name; None
        where they name none, or several.

    Examples
    --------
    >>> titled_level(["CartoSanté", "Référentiel géographique : région Bretagne par commune"]).one
    'commune'
    """
    texts = [plain(title) for title in titles]
    ends = [text.rpartition(" par ")[2] for text in texts if " par " in text]
    for group in (ends, texts):
        # « bassin de vie » is no other level's name, and « établissement intercommunal » is.
        named = [
            level
            for level in AREA_LEVELS
            if any(re.search(rf"\b(?:{level.named})\b", text) for text in group)
        ]
        if len(named) == 1:
            return named[0]
    return None


def shaped_like(code: str) -> tuple[AreaLevel, ...]:
    """
    Levels whose codes look like this one.

    Parameters
    ----------
    code : str
        A code, with its zeros.

    Returns
    -------
    tuple of AreaLevel
        From the smallest areas on; none for what is no code.

    Examples
    --------
    >>> [level.key for level in shaped_like("24")], shaped_like("Loiret")
    (['departement', 'region'], ())
    """
    return tuple(level for level in AREA_LEVELS if re.fullmatch(level.shape, code))
