"""A folder of results changes all at once: written aside, then put in place, or left as it was."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cpts_geo.errors import OutputError, alike, one_line
from cpts_geo.files import listed_outputs, reason, sweep
from cpts_geo.foreign import shown_path
from cpts_geo.french import number
from cpts_geo.processes.locking import locked
from cpts_geo.sources.catalogue.catalogue import sha256_of

#: Seconds that a run waits for another one to finish writing in the same folder.
_PATIENCE: Final = 900.0
_LOCK: Final = ".cpts_geo.lock"
_STAGE: Final = ".cpts_geo-"
#: In a stage, what the folder held under the names that are being replaced: what the next run
#: puts back.
_BEFORE: Final = ".before"
#: The same, once all that is new has taken its place: what the next run only deletes.
_REPLACED: Final = ".replaced"
_NO_LOCK: Final = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
_ELSEWHERE: Final = "ou choisissez un autre dossier avec --output."
_CLOSE: Final = f"fermez les fichiers de ce dossier qui sont ouverts, {_ELSEWHERE}"


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
        _probe(nearest)
        free = shutil.disk_usage(nearest).free / 1e6
    except OSError as error:
        raise _unwritable(folder, error) from error
    if free < megabytes:
        raise OutputError(
            f"Il reste {number(math.floor(free))} Mo sur le disque de « {shown_path(folder)} », "
            f"et il en faut {number(math.ceil(megabytes))}.",
            remedy=f"faites de la place, {_ELSEWHERE}",
        )
    _check_way(folder, names, end=".")


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
    if not any(folder.glob(f"{_STAGE}*.part")):
        _check_foreign(folder, names, manifest=manifest)


def _check_foreign(folder: Path, names: Iterable[str], *, manifest: str) -> None:
    """Refuse to replace files that no manifest lists as they are; all of them are named."""
    known = listed_outputs(folder / manifest)
    there = [name for name in sorted({*names}) if (folder / name).is_file()]
    other = [name for name in there if sha256_of(folder / name) != known.get(name)]
    # A manifest does not list itself: it is one where it lists some.
    if foreign := [name for name in other if name != manifest or not known]:
        lines = [f"« {one_line(name)} »" for name in foreign]
        raise OutputError(
            f"« {shown_path(folder)} » a des fichiers que ce calcul remplacerait, et que cpts_geo "
            "n’a pas écrits, ou qui ont été modifiés depuis : rien n’y a été changé.",
            defects=alike(lines, "autre fichier", total=len(lines)),
            remedy="déplacez-les ou renommez-les, ou choisissez un autre dossier avec --output.",
        )


def _unwritable(folder: Path, error: OSError) -> OutputError:
    """The error of a folder that the system does not let us write."""
    return OutputError(
        f"Impossible d’écrire dans « {shown_path(folder)} » : {reason(error)}.",
        remedy="choisissez un dossier où vous pouvez écrire avec --output.",
    )


def _check_way(folder: Path, names: Iterable[str], *, end: str) -> None:
    """Refuse to write where something stands in the way of these files; all of it is listed."""
    if defects := _obstacles(folder, names):
        raise OutputError(
            f"Impossible d’écrire dans « {shown_path(folder)} »{end}",
            defects=defects,
            remedy=f"déplacez ou fermez ce qui est nommé ci-dessus, {_ELSEWHERE}",
        )


def _probe(folder: Path) -> None:
    """Raise OSError where a folder takes no file."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _obstacles(folder: Path, names: Iterable[str]) -> list[str]:
    """What stands in the way of these files: one line each."""
    files = sorted(set(map(Path, names)))
    places = sorted({place for file in files for place in file.parents[:-1]})
    found = []
    for name, obstacle in [(p, _no_folder) for p in places] + [(f, _no_file) for f in files]:
        try:
            said = obstacle(folder / name)
        except (FileNotFoundError, NotADirectoryError):
            continue  # nothing is there; what stands above is told by itself
        except PermissionError:
            said = "est protégé, ou ouvert dans un autre programme"
        except OSError as error:
            said = f"ne convient pas ({reason(error)})"
        if said:
            found.append(f"« {one_line(name.as_posix())} » {said}")
    return found


def _no_folder(path: Path) -> str:
    """French words on what a path that must be a folder is instead; empty where all is well."""
    if path.is_symlink() and not path.exists():
        return "est un lien qui ne mène nulle part"
    if not stat.S_ISDIR(path.stat().st_mode):
        return "n’est pas un dossier : il en faut un de ce nom"
    _probe(path)
    return "" if path.stat().st_dev == path.parent.stat().st_dev else "mène à un autre disque"


def _no_file(path: Path) -> str:
    """French words on what a path that must be a file is instead; empty where all is well."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return "est un dossier : il faut un fichier de ce nom"
    if not stat.S_ISREG(mode):
        return "n’est pas un fichier ordinaire"
    # Refused to what is read-only and, on Windows, open in another program.
    path.open("r+b").close()
    return ""


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
                _recover(folder)
            aside = Path(tempfile.mkdtemp(prefix=_STAGE, suffix=".part", dir=folder))
            try:
                yield (stage := Stage(aside))
                _put(stage, folder, last=last, own=own)
                left = "a ses nouveaux fichiers"
            except OutputError as error:
                # Where it is written aside concerns nobody.
                said = re.sub(rf"{re.escape(aside.name)}[/\\]", "", error.summary)
                raise OutputError(said, defects=error.defects, remedy=error.remedy) from error
            finally:
                if _files(aside / _BEFORE):
                    left = f"n’a pas retrouvé tous ses anciens fichiers : {_kept(aside)}"
                else:
                    shutil.rmtree(aside, ignore_errors=True)
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
                remedy=f"attendez sa fin, {_ELSEWHERE}",
            ) from error
        except OSError as error:
            if error.errno not in _NO_LOCK:
                raise _unwritable(folder, error) from error
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


def _recover(folder: Path) -> None:
    """Undo what a run that was killed left half-done; nobody else is in the folder."""
    for left in folder.glob(f"{_STAGE}*.part"):
        before = left / _BEFORE
        refusals = []
        for old in _files(before):
            target = folder / old.relative_to(before)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                old.replace(target)
            except OSError as error:
                refusals.append(f"« {shown_path(target)} » : {reason(error)}")
        if refusals:
            # What is new would be taken for half a report by the run after this one.
            raise OutputError(
                f"Un calcul arrêté en route a laissé « {shown_path(folder)} » à moitié changé, et "
                f"tous ses anciens fichiers n’y reviennent pas : {_kept(left)}.",
                defects=refusals,
                remedy=_CLOSE,
            )
        shutil.rmtree(left, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    """Files and links under a folder."""
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _kept(stage: Path) -> str:
    """Where old files are, beside the name of the folder of results."""
    return f"ils sont gardés dans son dossier « {stage.name} »"


def _put(stage: Stage, folder: Path, *, last: str, own: bool) -> None:
    """Move what was written to its place; on any failure, every move is undone."""
    new = [path.relative_to(stage.folder) for path in stage.folder.rglob("*") if path.is_file()]
    new.sort(key=lambda name: (name.as_posix() == last, name))
    _check_way(folder, [name.as_posix() for name in new], end=" : rien n’y a été changé.")
    stale = {path.relative_to(folder) for pattern in stage.stale for path in folder.glob(pattern)}
    if own:
        _check_foreign(folder, {name.as_posix() for name in {*new, *stale}}, manifest=last)
    gone = [name for name in {*new, *stale} if os.path.lexists(folder / name)]
    gone.sort(key=lambda name: (name.as_posix() != last, name))
    moves = [(folder / name, stage.folder / _BEFORE / name) for name in gone]
    moves += [(stage.folder / name, folder / name) for name in new]
    if gone:
        # The end, in one move: from here on, nothing old comes back.
        moves.append((stage.folder / _BEFORE, stage.folder / _REPLACED))
    made: list[Path] = []
    for name in new:
        sweep((folder / name).parent, name=name.name)
    try:
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
            if _files(stage.folder / _BEFORE):
                raise OutputError(
                    f"{refused}tous ses anciens fichiers n’ont pas pu y être remis : "
                    f"{_kept(stage.folder)}.",
                    remedy="relancez la commande quand ce disque répond : elle les remet d’abord "
                    "en place ; ou copiez-les vous-même.",
                ) from error
            raise OutputError(
                f"{refused}rien n’y a été changé.",
                remedy=_CLOSE,
            ) from error
        raise


def _undo(moves: Sequence[tuple[Path, Path]]) -> None:
    """Undo moves, the last first, where their place is free."""
    for source, target in reversed(moves):
        if os.path.lexists(target) and not os.path.lexists(source):
            with contextlib.suppress(OSError):
                target.replace(source)
