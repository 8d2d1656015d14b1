"""Files written aside take their place in a few moves, which a run that was killed lets undo."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cpts_geo.errors import OutputError
from cpts_geo.files import reason, sweep
from cpts_geo.foreign import shown_path
from cpts_geo.writing.placing.obstacles import ELSEWHERE, check_way
from cpts_geo.writing.placing.ours import check_foreign

_STAGE: Final = ".cpts_geo-", ".part"
#: In a stage, what the folder held under the names that are being replaced: what the next run
#: puts back.
_BEFORE: Final = ".before"
#: Beside them, the names that were to take their place: without it, those that had already would
#: pass for files of somebody else.
_NEW: Final = ".new.json"
#: The same, once all that is new has taken its place: what the next run only deletes.
_REPLACED: Final = ".replaced"
_CLOSE: Final = f"fermez les fichiers de ce dossier qui sont ouverts, {ELSEWHERE}"


def new_stage(folder: Path) -> Path:
    """
    Make a hidden folder to write in, on the disk of the results.

    Parameters
    ----------
    folder : Path
        Folder of results.

    Returns
    -------
    Path
        Empty folder in it.
    """
    prefix, suffix = _STAGE
    return Path(tempfile.mkdtemp(prefix=prefix, suffix=suffix, dir=folder))


def stages(folder: Path) -> list[Path]:
    """
    Find where runs write, or wrote before they were killed.

    Parameters
    ----------
    folder : Path
        Folder of results; it may not be there.

    Returns
    -------
    list of Path
        Folders in it.

    Examples
    --------
    >>> stages(Path("absent"))
    []
    """
    return list(folder.glob("*".join(_STAGE)))


def recover(folder: Path) -> None:
    """
    Undo what a run that was killed left half-done; nobody else is in the folder.

    Parameters
    ----------
    folder : Path
        Folder of results.

    Raises
    ------
    OutputError
        What it was cannot be put back.

    Examples
    --------
    >>> recover(Path("absent"))
    """
    for left in stages(folder):
        before = left / _BEFORE
        refusals = []
        # What is new goes back aside, and stays there: begun again, this moves no old file there.
        moves = [(folder / name, left / name) for name in _promised(before)]
        moves = [(here, there) for here, there in moves if not os.path.lexists(there)]
        moves = [(here, there) for here, there in moves if os.path.lexists(here)]
        moves += [(old, folder / old.relative_to(before)) for old in old_files(left)]
        for source, target in moves:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)
            except OSError as error:
                refusals.append(f"« {shown_path(target)} » : {reason(error)}")
        if refusals:
            # What is new would be taken for half a report by the run after this one.
            raise OutputError(
                f"Un calcul arrêté en route a laissé « {shown_path(folder)} » à moitié changé, et "
                f"tous ses anciens fichiers n’y reviennent pas : {kept_in(left)}.",
                defects=refusals,
                remedy=_CLOSE,
            )
        discard(left)


def _promised(before: Path) -> list[str]:
    """Names that were to take the place of old files; none where no move was begun."""
    try:
        return [str(name) for name in json.loads((before / _NEW).read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def old_files(stage: Path) -> list[Path]:
    """
    Find the old files that wait in a stage to be put back.

    Parameters
    ----------
    stage : Path
        Where a run writes; it may not be there.

    Returns
    -------
    list of Path
        None once all that is new has its place.

    Examples
    --------
    >>> old_files(Path("absent"))
    []
    """
    return [path for path in _files(stage / _BEFORE) if path != stage / _BEFORE / _NEW]


def discard(stage: Path) -> None:
    """
    Delete a stage of which no file is in place.

    Parameters
    ----------
    stage : Path
        Where a run writes; it may not be there.

    Examples
    --------
    >>> discard(Path("absent"))
    """
    # First what says that some are: half a stage would be taken for it.
    with contextlib.suppress(OSError):
        (stage / _BEFORE / _NEW).unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    """Files and links under a folder."""
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def kept_in(stage: Path) -> str:
    """
    Say where old files are, beside the name of the folder of results.

    Parameters
    ----------
    stage : Path
        Where a run writes.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> kept_in(Path("r/.cpts_geo-x.part"))
    'ils sont gardés dans son dossier « .cpts_geo-x.part »'
    """
    return f"ils sont gardés dans son dossier « {stage.name} »"


def put(
    stage: Path, folder: Path, *, stale: Iterable[str] = (), last: str = "", own: bool = False
) -> None:
    """
    Move what was written to its place; on any failure, every move is undone.

    Parameters
    ----------
    stage : Path
        Folder, in `folder`, that holds what was written.
    folder : Path
        Folder of results.
    stale : iterable of str
        Patterns of files that an earlier run may have left, to delete unless written again.
    last : str
        File that speaks of all the others: the old one goes first, the new one comes last.
    own : bool
        Whether `last` is a manifest, and what it does not list is neither replaced nor deleted.

    Raises
    ------
    OutputError
        Something stands in the way, or the disk refuses.
    """
    new = [path.relative_to(stage) for path in stage.rglob("*") if path.is_file()]
    new.sort(key=lambda name: (name.as_posix() == last, name))
    check_way(folder, [name.as_posix() for name in new], end=" : rien n’y a été changé.")
    left = {path.relative_to(folder) for pattern in stale for path in folder.glob(pattern)}
    if own:
        check_foreign(folder, {name.as_posix() for name in {*new, *left}}, manifest=last)
    gone = [name for name in {*new, *left} if os.path.lexists(folder / name)]
    gone.sort(key=lambda name: (name.as_posix() != last, name))
    moves = [(folder / name, stage / _BEFORE / name) for name in gone]
    moves += [(stage / name, folder / name) for name in new]
    # The end, in one move: from here on, nothing old comes back.
    moves.append((stage / _BEFORE, stage / _REPLACED))
    made: list[Path] = []
    for name in new:
        sweep((folder / name).parent, name=name.name)
    try:
        (stage / _BEFORE).mkdir()
        told = json.dumps([name.as_posix() for name in new])
        (stage / _BEFORE / _NEW).write_text(told, encoding="utf-8")
        for source, target in moves:
            made += [place for place in target.parents if not place.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
    except BaseException as error:
        _undo(moves)
        for place in made:
            with contextlib.suppress(OSError):
                place.rmdir()
        if isinstance(error, OSError):
            refused = f"Impossible d’écrire dans « {shown_path(folder)} » : {reason(error)} ; "
            if old_files(stage):
                raise OutputError(
                    f"{refused}tous ses anciens fichiers n’ont pas pu y être remis : "
                    f"{kept_in(stage)}.",
                    remedy="relancez la commande quand ce disque répond : elle les remet d’abord "
                    "en place ; ou copiez-les vous-même.",
                ) from error
            raise OutputError(
                f"{refused}rien n’y a été changé.",
                remedy=_CLOSE,
            ) from error
        raise
    # A folder of which all is gone; what holds a file refuses.
    for place in sorted({name.parent for name in gone if name.parent.name}, reverse=True):
        with contextlib.suppress(OSError):
            (folder / place).rmdir()


def _undo(moves: Sequence[tuple[Path, Path]]) -> None:
    """Undo moves, the last first, where their place is free."""
    for source, target in reversed(moves):
        if os.path.lexists(target) and not os.path.lexists(source):
            with contextlib.suppress(OSError):
                target.replace(source)
