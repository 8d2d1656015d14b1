"""A folder of results changes all at once: written aside, then put in place, or left as it was."""

from __future__ import annotations

import contextlib
import errno
import math
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cpts_geo.errors import OutputError
from cpts_geo.foreign import shown_path
from cpts_geo.french import number
from cpts_geo.processes.locking import locked
from cpts_geo.writing.placing.moving import (
    discard,
    kept_in,
    new_stage,
    old_files,
    put,
    recover,
    stages,
)
from cpts_geo.writing.placing.obstacles import ELSEWHERE, check_way, probe, unwritable
from cpts_geo.writing.placing.ours import check_foreign

#: Seconds that a run waits for another one to finish writing in the same folder.
_PATIENCE: Final = 900.0
_LOCK: Final = ".cpts_geo.lock"
_NO_LOCK: Final = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@dataclass(frozen=True)
class Stage:
    """
    Where the results of a run are written before they take their place.

    Parameters
    ----------
    folder : Path
        Hidden folder, on the disk of the results: files are written here.
    stale : list of str
        Patterns of files that an earlier run may have left, to delete unless written again.
    """

    folder: Path
    stale: list[str] = field(default_factory=list)


def check_output(folder: Path, *, names: Iterable[str] = (), megabytes: float = 1) -> None:
    """
    Check that results can be written, before any work; nothing is made yet.

    Parameters
    ----------
    folder : Path
        Output folder.
    names : iterable of str
        Files to write, from this folder.
    megabytes : float
        What they weigh, at most.

    Raises
    ------
    OutputError
        The folder cannot be made or written, the disk is too full, or something stands in the
        way of a file; every obstacle is listed.
    """
    try:
        nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if folder.exists() and not folder.is_dir():
            raise FileExistsError(errno.EEXIST, "exists")
        probe(nearest)
        free = shutil.disk_usage(nearest).free / 1e6
    except OSError as error:
        raise unwritable(folder, error) from error
    if free < megabytes:
        raise OutputError(
            f"Il reste {number(math.floor(free))} Mo sur le disque de « {shown_path(folder)} », "
            f"et il en faut {number(math.ceil(megabytes))}.",
            remedy=f"faites de la place, {ELSEWHERE}",
        )
    check_way(folder, names, end=".")


def check_own(folder: Path, names: Iterable[str], *, manifest: str) -> None:
    """
    Check that a run replaces nothing but what such a run wrote, before any work.

    Parameters
    ----------
    folder : Path
        Output folder; it may not be there.
    names : iterable of str
        Files to write, from this folder.
    manifest : str
        The one of them that lists those of earlier runs.

    Raises
    ------
    OutputError
        Files of the same names that somebody else wrote, or completed since; all are named.

    Examples
    --------
    >>> check_own(Path("absent"), ["index.html"], manifest="manifest.json")
    """
    # What a run that was killed left half-done is put back first, when it is the turn of this one.
    if not stages(folder):
        check_foreign(folder, names, manifest=manifest)


@contextmanager
def staged(
    folder: Path,
    *,
    last: str = "",
    own: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Stage]:
    """
    Write results aside, and put them in their folder at the end, all of them or none.

    Parameters
    ----------
    folder : Path
        Output folder, made when missing; files of other names in it are left alone.
    last : str
        File that speaks of all the others: the old one goes first, the new one comes last.
    own : bool
        Whether `last` is a manifest, and what it does not list is neither replaced nor deleted.
    say : callable
        Told in French that another run writes in this folder, before waiting for its end.

    Yields
    ------
    Stage
        Where to write. When the work fails or is interrupted, the folder is as it was.

    Raises
    ------
    OutputError
        The folder cannot be written, another run has written in it for too long, or files of
        somebody else would be replaced.
    """
    check_output(folder)
    missing = [place for place in (folder, *folder.absolute().parents) if not place.exists()]
    left = "est resté comme il était"
    try:
        with alone(folder, say=say) as is_alone:
            if is_alone:
                recover(folder)
            aside = new_stage(folder)
            try:
                yield (stage := Stage(aside))
                put(aside, folder, stale=stage.stale, last=last, own=own)
                left = "a ses nouveaux fichiers"
            except OutputError as error:
                # Where it is written aside concerns nobody.
                said = re.sub(rf"{re.escape(aside.name)}[/\\]", "", error.summary)
                raise OutputError(said, defects=error.defects, remedy=error.remedy) from error
            finally:
                if old_files(aside):
                    left = f"n’a pas retrouvé tous ses anciens fichiers : {kept_in(aside)}"
                else:
                    discard(aside)
    except BaseException as error:
        for place in missing:
            with contextlib.suppress(OSError):
                place.rmdir()
        if isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt(f"« {shown_path(folder)} » {left}") from error
        raise


@contextmanager
def alone(folder: Path, *, say: Callable[[str], None]) -> Iterator[bool]:
    """
    Keep other runs out of a folder.

    Parameters
    ----------
    folder : Path
        Made when missing.
    say : callable
        Told in French that another run is in it, before waiting for its end.

    Yields
    ------
    bool
        False where its file system knows no lock.

    Raises
    ------
    OutputError
        It cannot be written, or another run has been in it for too long.
    """

    def waits() -> None:
        say(
            f"Un autre calcul écrit dans « {shown_path(folder)} » : attente de sa fin "
            f"({number(_PATIENCE / 60)} minutes au plus)"
        )

    lock = folder / _LOCK
    with ExitStack() as held:
        is_alone = True
        try:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(lock, waits=waits, patience=_PATIENCE))
            except FileNotFoundError:
                # The run that made the folder failed while this one waited, and removed it.
                folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(lock, waits=waits, patience=_PATIENCE))
        except TimeoutError as error:
            raise OutputError(
                f"Un autre calcul écrit encore dans « {shown_path(folder)} ».",
                remedy=f"attendez sa fin, {ELSEWHERE}",
            ) from error
        except OSError as error:
            if error.errno not in _NO_LOCK:
                raise unwritable(folder, error) from error
            say(
                f"Le disque de « {shown_path(folder)} » ne permet pas de verrouiller un dossier : "
                "n’y lancez pas deux calculs à la fois"
            )
            is_alone = False
        try:
            yield is_alone
        finally:
            # While it is held: whoever waits sees that it is gone, and makes another.
            with contextlib.suppress(OSError):
                lock.unlink()


def put_right(folder: Path, *, say: Callable[[str], None] = lambda _: None) -> None:
    """
    Undo what a run that was killed left half-done, and its lock.

    Parameters
    ----------
    folder : Path
        Output folder; there may be none.
    say : callable
        As for :func:`alone`.

    Raises
    ------
    OutputError
        What it was cannot be put back.

    Examples
    --------
    >>> put_right(Path("absent"))
    """
    if stages(folder) or (folder / _LOCK).exists():
        with alone(folder, say=say) as is_alone:
            if is_alone:
                recover(folder)
