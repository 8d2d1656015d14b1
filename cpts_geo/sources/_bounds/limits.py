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
    """Write a count with its unit (a French plural), bytes as ko, Mo or Go: « 20,4 Mo », « 1 ligne
    »."""
    if unit == "octets":
        for size, word in ((10**9, "Go"), (10**6, "Mo"), (10**3, "ko")):
            if value >= size:
                return f"{value / size:.4g}".replace(".", ",") + f" {word}"
    return f"{thousands(value)} {unit.removesuffix('s') if value == 1 else unit}"


def excess(found: int, limit: int, *, unit: str) -> str:
    """Write a count that is beyond a limit, never so that it reads as the limit itself: « plus de 1
    Mo » for 1,000,001 bytes."""
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
    """Sentence of what is beyond a bound: `found` in its unit or in words, `limit` where it is not
    the one in force, name of the file and line, sheet or cell where its sentence says them."""
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
    """Refusal of what is beyond a bound, to raise, with what to do; arguments as for
    :func:`said`."""
    bound = _BY_KEY[key]
    summary = said(key, found=found, limit=limit, name=name, where=where)
    return error(summary, remedy=bound.remedy.format(limit=quantity(LIMITS[key], bound.unit)))


def hold(
    key: str, found: int, error: type[CptsGeoError], *, name: str = "", where: str = ""
) -> None:
    """Refuse what was counted beyond the limit in force; arguments as for :func:`beyond`."""
    if found > LIMITS[key]:
        raise beyond(key, error, found=found, name=name, where=where)


def most_bytes(megabytes: float | None) -> int:
    """Largest download (bytes) of a source whose catalogue announces so many megabytes, or none."""
    if megabytes is None:
        return LIMITS["unannounced"]
    return int(LIMITS["announced_times"] * megabytes * 1e6 + LIMITS["floor"])


def most_unpacked(most: int) -> int:
    """Largest content (bytes) that a download of `most` bytes may hold once unpacked."""
    return min(LIMITS["unpacked"], LIMITS["unpacked_times"] * most)


def most_seconds(most: int) -> float:
    """Longest time (seconds) from first address to last byte of a source of `most` bytes."""
    return LIMITS["start"] + most / LIMITS["mean_rate"]
