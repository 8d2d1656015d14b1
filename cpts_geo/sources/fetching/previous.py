"""Bytes that a newer file replaced in the cache: kept, for the other locks that share it."""

from __future__ import annotations

from pathlib import Path

from cpts_geo.sources.catalogue.catalogue import sha256_of


def set_aside(path: Path, sha256: str) -> None:
    """
    Keep the bytes that are about to be replaced: another lock may expect them.

    Parameters
    ----------
    path : Path
        A file of the cache; moved to ``previous/SHA-256/`` beside it.
    sha256 : str
        SHA-256 of its bytes.
    """
    kept = _kept(path, sha256)
    kept.parent.mkdir(parents=True, exist_ok=True)
    path.replace(kept)


def taken_back(path: Path, expected: str, *, found: str | None) -> bool:
    """
    Put the expected bytes back in their place, when they were replaced under another lock.

    Parameters
    ----------
    path : Path
        Place of the file in the cache.
    expected : str
        SHA-256 of the bytes to have there.
    found : str or None
        SHA-256 of those that are there, to be kept in turn; None when there are none.

    Returns
    -------
    bool
        Whether they were kept, unaltered, and are there again.

    Examples
    --------
    >>> taken_back(Path("absent.csv"), "0" * 64, found=None)
    False
    """
    kept = _kept(path, expected)
    if not kept.is_file() or sha256_of(kept) != expected:
        return False
    if found:
        set_aside(path, found)
    kept.replace(path)
    kept.parent.rmdir()
    return True


def _kept(path: Path, sha256: str) -> Path:
    return path.parent / "previous" / sha256 / path.name
