"""One process at a time: a lock of the system, which a process that dies leaves free."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def locked(
    file: Path, *, waits: Callable[[], None] | None = None, patience: float = -1
) -> Iterator[None]:
    """
    Hold a file locked.

    Parameters
    ----------
    file : Path
        The file, in a folder that exists; made when missing.
    waits : callable, optional
        Called without argument when another process holds it, before waiting for its end.
    patience : float
        Seconds to wait at most; negative: as long as it takes.

    Yields
    ------
    None
        While nobody else holds it.

    Raises
    ------
    TimeoutError
        Another process still holds it.
    OSError
        The file cannot be made, or its file system knows no lock.
    """
    # A lock that is not the system's would outlive a process that was killed.
    guard = FileLock(file, fallback_to_soft=False)
    try:
        guard.acquire(timeout=0)
    except Timeout:
        if waits:
            waits()
        guard.acquire(timeout=patience)
    try:
        yield
    finally:
        guard.release()
