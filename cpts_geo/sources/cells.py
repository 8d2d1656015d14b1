"""What a cell that names a commune holds besides its name: the same for lists and for call logs.

A cell is taken apart by its form alone. Whether « 45130 » is a postal code, an INSEE code or
nothing, and « (2) » a département or a footnote, is for whoever knows places to tell.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_CODE: Final = r"\d{4,5}|2[ABab]\d{3}"
_DASH: Final = r"[-–—:,]"
_BULLET: Final = re.compile(r"(?:[-–—•·*▪◦●►✓✔>]+\s*)+|\d{1,3}\s?[.)°]\s*(?=\D)|[A-Za-z]\)\s+")
_MARKS: Final = re.compile(r"\s*(?:[*†‡§¹²³⁰⁴-⁹]+|\[\d{1,3}\]|(?<=[^\W\d_])\d{1,2})$")
_ASIDE: Final = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_CEDEX: Final = re.compile(r"\s+c[ée]dex(?:\s+\d{1,2})?$", re.IGNORECASE)
_CODE_FIRST: Final = re.compile(rf"^(?:F-)?({_CODE})(?:\s*{_DASH}\s*|\s+)(?=\D)")
_CODE_LAST: Final = re.compile(rf"(?:\s*{_DASH}\s*|\s+)({_CODE})$")
_AREA: Final = r"\d{1,3}|2[ABab]"
_AREA_FIRST: Final = re.compile(rf"^({_AREA})(?:\s*[-–—:]\s*|\s+)(?=[^\W\d_])")
_AREA_LAST: Final = re.compile(r"(?:\s*[-–—:,]\s*|\s+)(\d{2,3}|2[ABab])$")
_ARTICLE: Final = re.compile(r"\s*(?:l[ea]s?|l[’']?)\s*", re.IGNORECASE)
_KIND: Final = re.compile(
    r"^(?:la\s+|les\s+)?(?:communes?|villes?|mairies?)\s+(?:de\s+l[’']|de\s+la\s+|de\s+|du\s+|des\s+|d[’'])",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"\s*[;/+&\n]\s*|\s*,\s+(?!l[ea]s?\b|l[’'])|\s+et\s+", re.IGNORECASE)


class Cell(NamedTuple):
    """
    A cell that names a commune, taken apart.

    Parameters
    ----------
    name : str
        What is left when all the rest is taken away.
    code : str
        Four or five characters beside the name: an INSEE code, or a postal one; empty without.
    area : str
        Number of a département beside the name, or of a footnote; empty without.
    asides : tuple of str
        Other texts in parentheses, and what stands after a comma.
    cedex : bool
        Whether « CEDEX » was there: its number is no postal code of a commune.
    """

    name: str
    code: str = ""
    area: str = ""
    asides: tuple[str, ...] = ()
    cedex: bool = False


def read_cell(text: str) -> Cell:
    """
    Take apart a cell that names one commune.

    Parameters
    ----------
    text : str
        The cell, as written.

    Returns
    -------
    Cell
        Its parts; a name alone gives itself.

    Examples
    --------
    >>> read_cell("45043 ORLEANS CEDEX 1")
    Cell(name='ORLEANS', code='45043', area='', asides=(), cedex=True)
    >>> read_cell("1. Chacé (commune déléguée de Bellevigne)")
    Cell(name='Chacé', code='', area='', asides=('commune déléguée de Bellevigne',), cedex=False)
    >>> read_cell("75 - Paris").area, read_cell("Meung-sur-Loire (45130)*").code
    ('75', '45130')
    """
    rest, codes, areas, asides = _without_asides(" ".join(text.split()))
    if bullet := _BULLET.match(rest):
        rest = rest[bullet.end() :].strip()
    while mark := _MARKS.search(rest):
        rest = rest[: mark.start()]
    cedex = False
    for kind, found in ((_CODE_FIRST, codes), (_CEDEX, None), (_CODE_LAST, codes), (_CEDEX, None)):
        if match := kind.search(rest):
            rest = (rest[: match.start()] + rest[match.end() :]).strip()
            cedex = cedex or found is None
            if found is not None:
                found.append(match[1])
    for kind in (_AREA_FIRST, _AREA_LAST):
        if not areas and (match := kind.search(rest)):
            rest = (rest[: match.start()] + rest[match.end() :]).strip()
            areas.append(match[1])
    rest = _KIND.sub("", rest)
    name, comma, after = rest.partition(",")
    if comma and name.strip() and not _ARTICLE.fullmatch(after):
        asides.append(after.strip())
        rest = name
    first = "".join(codes[:1]).upper(), "".join(areas[:1]).upper()
    return Cell(rest.strip(" ,;:.–—"), *first, tuple(asides), cedex)


def _without_asides(text: str) -> tuple[str, list[str], list[str], list[str]]:
    """A cell without its parentheses, and what they hold: codes, numbers of départements, texts."""
    codes: list[str] = []
    areas: list[str] = []
    asides: list[str] = []
    while (inner := _ASIDE.search(text)) and inner.start():
        said = inner[1].strip()
        kind = (
            codes if re.fullmatch(_CODE, said) else areas if re.fullmatch(_AREA, said) else asides
        )
        kind += [said] if said else []
        text = (text[: inner.start()] + text[inner.end() :]).strip()
    return text, codes, areas, asides


def parts_of(text: str) -> list[str]:
    """
    Split a cell that may name several communes, as « Baule et Dry » does.

    Parameters
    ----------
    text : str
        The cell, as written.

    Returns
    -------
    list of str
        Its parts, in order; the cell itself where nothing separates them.

    Examples
    --------
    >>> parts_of("77009 Arville ; 77016 Bagneaux-sur-Loing"), parts_of("Dry, Baule et Tavers")
    (['77009 Arville', '77016 Bagneaux-sur-Loing'], ['Dry', 'Baule', 'Tavers'])
    """
    return [part for part in map(str.strip, _PARTS.split(text)) if part]
