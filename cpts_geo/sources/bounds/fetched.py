"""Bounds of what is fetched: how much, how long, how large once unpacked. One table."""

from __future__ import annotations

from typing import Final

from cpts_geo.errors import DataFileError
from cpts_geo.sources.bounds.bound import Bound, quantity
from cpts_geo.sources.catalogue.catalogue import Source

_ANOTHER: Final = "essayez une autre adresse, ou déposez le fichier dans un miroir."
_LATER: Final = "réessayez plus tard."
_GO_ON: Final = "relancez la commande : elle reprend où elle s’est arrêtée, si le serveur le veut."
_GROWN: Final = (
    "essayez une autre adresse ; si le producteur publie vraiment un fichier de cette taille, "
    "corrigez « megabytes » dans sources/catalogue_*.toml."
)
_BOMB: Final = "taille décompressée anormale (bombe de décompression) : {found}, {limit} au plus"

#: What stands above these bounds on their page, docs/bounds_fetch.md.
PAGE: Final = """# Bounds of what is fetched

What a server sends is read within these bounds, or refused in a French sentence with what to do.
The largest download of a source is three times what the catalogue announces, plus a floor; its time
is a start, plus that size at the mean rate. Workbooks are held to the `workbook_…` bounds of
`docs/bounds.md` too. This page is written from `cpts_geo/sources/bounds/fetched.py`;
`tests/test_fetch_bounds.py` checks that it is up to date.

| Bound | Limit | What it bounds | Refusal | Test |
|---|---|---|---|---|"""

#: What a server may send, and how long it may take.
_SERVERS: Final = (
    Bound(
        "announced_times", 3, "fois",
        "a download, in times the size that the catalogue announces; a floor is added",
    ),
    Bound(
        "floor", 20_000_000, "octets",
        "what is added to three times the announced size",
        "fichier trop gros : {limit} au plus pour cette source ({found})", _GROWN,
    ),
    Bound(
        "unannounced", 500_000_000, "octets",
        "a download of which the catalogue announces no size",
    ),
    Bound(
        "other_answer", 1_000_000, "octets",
        "body of an answer that is not the file: an error, a redirect",
        "le serveur envoie sans fin autre chose que le fichier (plus de {limit})", _LATER,
    ),
    Bound(
        "redirects", 10, "redirections",
        "redirects from an address to its file",
        "redirections sans fin (plus de {limit})", _LATER,
    ),
    Bound(
        "rate", 1_000, "octets par seconde",
        "slowest rate of an answer, measured on the sliding window",
        "serveur trop lent : {found}, {limit} au moins attendus", _GO_ON,
    ),
    Bound(
        "window", 60, "secondes",
        "sliding window on which the rate is measured, from the first byte of an answer",
    ),
    Bound(
        "start", 600, "secondes",
        "time of a source before its bytes are counted: waits, tries, redirects",
        "délai dépassé pour cette source : {limit}", _GO_ON,
    ),
    Bound(
        "mean_rate", 50_000, "octets par seconde",
        "mean rate that gives the time of a source: its largest download at this rate",
    ),
    Bound(
        "list_files", 10_000, "fichiers",
        "files of the list of a data set",
        "liste de {found} : {limit} au plus", _ANOTHER,
    ),
    Bound(
        "list_bytes", 20_000_000, "octets",
        "list of the files of a data set; what is longer is judged as the file itself",
    ),
    Bound(
        "description", 5_000_000, "octets",
        "description of a layer by a feature service",
        "description de la couche de plus de {limit}", _LATER,
    ),
    Bound(
        "pages", 2_000, "pages",
        "pages of a layer; the largest known has a dozen",
        "couche de plus de {limit}", _LATER,
    ),
)  # fmt: skip

#: What a file may hold.
_CONTENTS: Final = (
    Bound(
        "unpacked_times", 20, "fois",
        "a file once unpacked, in times its largest download; the most repetitive official file "
        "seen (census) unpacks to 12 times its size",
    ),
    Bound(
        "unpacked", 8 * 1024**3, "octets",
        "a file once unpacked, whatever its source; ADMIN EXPRESS is smaller",
        _BOMB, _ANOTHER,
    ),
    Bound(
        "ratio", 200, "fois",
        "a packed file or member of ten megabytes or more, in times its packed size",
    ),
    Bound(
        "members", 10_000, "membres",
        "members of an archive; the largest known has some tens",
        "archive de {found} : {limit} au plus", _ANOTHER,
    ),
    Bound(
        "whole", 600_000_000, "octets",
        "content that a reader keeps whole: delimited text, JSON, workbook in an archive",
        "contenu de plus de {limit}", _ANOTHER,
    ),
    Bound(
        "header_text", 1_000_000, "caractères",
        "line that may be the header of a delimited file",
        "ligne d’en-tête de plus de {limit}", _ANOTHER,
    ),
    Bound(
        "values", 12_000_000, "listes et objets",
        "lists and objects of a JSON; three million vertices make three million lists",
        "JSON de {found} : {limit} au plus", _ANOTHER,
    ),
    Bound(
        "parquet_rows", 50_000_000, "lignes",
        "rows of a Parquet; a region has some ten million",
        "Parquet de {found} : {limit} au plus", _ANOTHER,
    ),
    Bound(
        "parquet_bytes", 4_000_000_000, "octets",
        "a Parquet once unpacked, by its metadata",
        "Parquet de {found} une fois décompressé : {limit} au plus", _ANOTHER,
    ),
    Bound(
        "practices", 5_000_000, "lignes",
        "rows of doctors in the extraction of the RPPS; France has some hundreds of thousands",
        "plus de {limit} de médecins", _ANOTHER,
    ),
)  # fmt: skip

#: Every bound of what is fetched.
BOUNDS: Final[tuple[Bound, ...]] = (*_SERVERS, *_CONTENTS)
#: Limit in force by key: what is compared with, and what a test may lower.
LIMITS: Final[dict[str, int]] = {bound.key: bound.limit for bound in BOUNDS}
_BY_KEY: Final = {bound.key: bound for bound in BOUNDS}


def said(key: str, *, found: str = "", limit: str = "") -> str:
    """
    Sentence of what is beyond a bound.

    Parameters
    ----------
    key : str
        Key of the bound.
    found : str, optional
        What was found, in French words.
    limit : str, optional
        The limit that holds here, where it is not that of the table alone.

    Returns
    -------
    str
        French words, without a full stop.

    Examples
    --------
    >>> said("members", found=quantity(70_000, "membres")).replace("\u202f", " ")
    'archive de 70 000 membres : 10 000 membres au plus'
    """
    bound = _BY_KEY[key]
    return bound.sentence.format(found=found, limit=limit or quantity(LIMITS[key], bound.unit))


def beyond(
    key: str, *, found: str = "", limit: str = "", error: type[DataFileError] = DataFileError
) -> DataFileError:
    """
    Refusal of what is beyond a bound.

    Parameters
    ----------
    key : str
        Key of the bound.
    found : str, optional
        What was found, in French words.
    limit : str, optional
        The limit that holds here, where it is not that of the table alone.
    error : type of DataFileError, optional
        Class of the refusal.

    Returns
    -------
    DataFileError
        To raise.

    Examples
    --------
    >>> beyond("redirects").summary
    'redirections sans fin (plus de 10 redirections)'
    """
    return error(said(key, found=found, limit=limit), remedy=_BY_KEY[key].remedy)


def most_bytes(source: Source) -> int:
    """
    Largest download that a source may be.

    Parameters
    ----------
    source : Source
        Its entry in the catalogue.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> from cpts_geo.sources.catalogue.catalogue import sources
    >>> most_bytes(sources()["drees_apl_2024"])
    38000000
    """
    if source.megabytes is None:
        return int(LIMITS["unannounced"])
    return int(LIMITS["announced_times"] * source.megabytes * 1e6 + LIMITS["floor"])


def most_unpacked(most: int) -> int:
    """
    Largest content that a download may hold once unpacked.

    Parameters
    ----------
    most : int
        Largest download, see :func:`most_bytes`.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> most_unpacked(38_000_000)
    760000000
    """
    return int(min(LIMITS["unpacked"], LIMITS["unpacked_times"] * most))


def most_seconds(most: int) -> float:
    """
    Longest time that a source may take, from its first address to its last byte.

    Parameters
    ----------
    most : int
        Largest download, see :func:`most_bytes`.

    Returns
    -------
    float
        Seconds.

    Examples
    --------
    >>> most_seconds(38_000_000)
    1360.0
    """
    return LIMITS["start"] + most / LIMITS["mean_rate"]
