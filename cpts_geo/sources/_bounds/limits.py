"""Every limit in force, and the refusal of what is beyond it."""

from __future__ import annotations

from typing import Final, TypeVar

from cpts_geo.errors import CptsGeoError, one_line, thousands
from cpts_geo.sources._bounds import _fetched, _files

_Error = TypeVar("_Error", bound=CptsGeoError)
_BY_KEY: Final = {bound.key: bound for bound in (*_files.BOUNDS, *_fetched.BOUNDS)}
#: Limit in force by key: what readers compare with, and what a test may lower. A process apart
#: (:mod:`cpts_geo.sources._apart`) is told the limits of the one that starts it.
LIMITS: Final[dict[str, int]] = {key: bound.limit for key, bound in _BY_KEY.items()}


def quantity(value: int, unit: str) -> str:
    """
    Write a count with its unit.

    Parameters
    ----------
    value : int
        The count.
    unit : str
        French plural; bytes are written in kilo-, mega- or gigabytes.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> quantity(20_400_000, "octets"), quantity(1, "lignes"), quantity(999, "octets")
    ('20,4 Mo', '1 ligne', '999 octets')
    """
    if unit == "octets":
        for size, word in ((10**9, "Go"), (10**6, "Mo"), (10**3, "ko")):
            if value >= size:
                return f"{value / size:.4g}".replace(".", ",") + f" {word}"
    return f"{thousands(value)} {unit.removesuffix('s') if value == 1 else unit}"


def excess(found: int, limit: int, *, unit: str) -> str:
    """
    Write a count that is beyond a limit, so that it never reads as the limit itself.

    Parameters
    ----------
    found, limit : int
        The count, and what it should not pass.
    unit : str
        As for :func:`quantity`.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> excess(1_300_000, 1_000_000, unit="octets"), excess(1_000_001, 1_000_000, unit="octets")
    ('1,3 Mo', 'plus de 1 Mo')
    """
    shown, most = quantity(found, unit), quantity(limit, unit)
    return f"plus de {most}" if shown == most else shown


def said(
    key: str,
    *,
    found: int | str | None = None,
    limit: int | str | None = None,
    name: str = "",
    where: str = "",
) -> str:
    """
    Sentence of what is beyond a bound.

    Parameters
    ----------
    key : str
        Key of the bound.
    found : int or str, optional
        What was counted, in the unit of the bound, or the French words for it.
    limit : int or str, optional
        The limit that holds here, where it is not the one in force.
    name : str
        Name or path of the file, as given, where the sentence of the bound says it.
    where : str
        Line, sheet or cell concerned, likewise.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> said("members", found=70_000).replace("\u202f", " ")
    'archive de 70 000 membres : 10 000 membres au plus'
    """
    bound = _BY_KEY[key]
    most = LIMITS[key] if limit is None else limit
    shown = most if isinstance(most, str) else quantity(most, bound.unit)
    if isinstance(found, int) and isinstance(most, int):
        found = excess(found, most, unit=bound.unit)
    return bound.sentence.format(name=one_line(name), found=found or "", limit=shown, where=where)


def beyond(
    key: str,
    error: type[_Error],
    *,
    found: int | str | None = None,
    limit: int | str | None = None,
    name: str = "",
    where: str = "",
) -> _Error:
    """
    Refusal of what is beyond a bound.

    Parameters
    ----------
    key : str
        Key of the bound.
    error : type of CptsGeoError
        Class of the refusal.
    found, limit, name, where : optional
        As for :func:`said`.

    Returns
    -------
    CptsGeoError
        To be raised by the caller, with what to do.

    Examples
    --------
    >>> from cpts_geo.errors import PerimeterError
    >>> print(beyond("perimeter_bytes", PerimeterError, name="l.csv", found=31_000_000).summary)
    Le fichier l.csv est trop gros (31 Mo, 20 Mo au plus).
    """
    bound = _BY_KEY[key]
    summary = said(key, found=found, limit=limit, name=name, where=where)
    return error(summary, remedy=bound.remedy.format(limit=quantity(LIMITS[key], bound.unit)))


def most_bytes(megabytes: float | None) -> int:
    """
    Largest download that a source may be, in bytes.

    Parameters
    ----------
    megabytes : float, optional
        Size that the catalogue announces; None where it announces none.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> most_bytes(6), most_bytes(None)
    (38000000, 500000000)
    """
    if megabytes is None:
        return LIMITS["unannounced"]
    return int(LIMITS["announced_times"] * megabytes * 1e6 + LIMITS["floor"])


def most_unpacked(most: int) -> int:
    """
    Largest content that a download of `most` bytes may hold once unpacked, in bytes.

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
    return min(LIMITS["unpacked"], LIMITS["unpacked_times"] * most)


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
