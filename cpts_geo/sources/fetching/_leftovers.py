"""What a kill or a refusal left in the cache: swept at the next run, said when it is large."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from cpts_geo.files import unfinished
from cpts_geo.sources._bounds.limits import quantity
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.fetching._download import partial_dir

#: A start that waits for its end longer than this is of a file that has changed since.
_OLD_S: Final = 7 * 86_400
#: Nothing is written under a temporary name for as long as this.
_UNFINISHED_S: Final = 3_600
#: What is worth a line.
_LARGE: Final = 10_000_000


def sweep(
    cache: Path, *, say: Callable[[str], None], clock: Callable[[], float] = time.time
) -> None:
    """Remove what no run will go on with: starts of a week ago, temporary files of a dead run."""
    now = clock()
    old = [
        folder
        for folder in (cache / ".partial").glob("*")
        if now - max(_times(folder), default=now) > _OLD_S
    ]
    # By age: a cache is shared with other computers, whose processes are not seen from here.
    dead = [
        path
        for folder in (cache, cache / "tables")
        for path in unfinished(folder)
        if now - max(_times(path), default=now) > _UNFINISHED_S
    ]
    _remove([*old, *dead], say=say)


def sweep_starts(names: Iterable[str], cache: Path, *, say: Callable[[str], None]) -> None:
    """Remove the starts of a source whose file is there."""
    _remove([partial_dir(name, cache) for name in names], say=say)


def _remove(paths: Iterable[Path], *, say: Callable[[str], None]) -> None:
    """Remove files and folders, and say how much was freed when it is large."""
    freed = 0
    for path in paths:
        with contextlib.suppress(OSError):
            freed += sum(file.stat().st_size for file in _files(path))
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    if freed >= _LARGE:
        size = quantity(freed, "octets")
        say(f"{size} laissés par des téléchargements interrompus ont été effacés")


def _files(path: Path) -> list[Path]:
    """Files of a folder; the file itself for a file."""
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]


def _times(path: Path) -> list[float]:
    """Times of change of a file, or of what a folder holds; none of what is gone meanwhile."""
    times = []
    for file in [path, *(_files(path) if path.is_dir() else [])]:
        with contextlib.suppress(OSError):
            times.append(file.stat().st_mtime)
    return times


def set_aside(path: Path, sha256: str) -> None:
    """Keep the bytes that are about to be replaced in ``previous/SHA-256/``: another lock may
    expect them."""
    kept = _kept(path, sha256)
    kept.parent.mkdir(parents=True, exist_ok=True)
    path.replace(kept)


def taken_back(path: Path, expected: str, *, found: str | None) -> bool:
    """Put the expected bytes back in their place, when they were replaced under another lock; tell
    whether they are there."""
    kept = _kept(path, expected)
    if not kept.is_file() or sha256_of(kept) != expected:
        return False
    if found:
        set_aside(path, found)
    kept.replace(path)
    kept.parent.rmdir()
    return True


def _kept(path: Path, sha256: str) -> Path:
    """Where the bytes of a hash are kept."""
    return path.parent / "previous" / sha256 / path.name
