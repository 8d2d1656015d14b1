"""One regular file of an analyst to bytes, within its bound; every way it can fail is told."""

from __future__ import annotations

import difflib
import functools
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from cpts_geo.errors import CptsGeoError, one_line, quoted
from cpts_geo.files import open_regular, reason, special
from cpts_geo.sources._bounds.limits import LIMITS, beyond, hold

_Given = ParamSpec("_Given")
_Read = TypeVar("_Read")
#: Names of a folder looked at for one like the missing file.
_NAMES: Final = 5_000


def _near_missing(path: Path) -> str:
    """Say what is there in place of a missing file: a broken link, no folder, a name like it."""
    if path.is_symlink():
        return f" : c’est un lien vers {one_line(str(path.readlink()))}, qui n’existe pas"
    folder = path.parent
    if not folder.is_dir():
        shown = one_line(str(folder))
        there = f"{shown} est un fichier, pas un dossier"
        return f" : {there if folder.exists() else f'le dossier {shown} non plus'}"
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, _NAMES)]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.8)
    return f" ; vouliez-vous dire {quoted(close[0])} ?" if close else ""


@dataclass(frozen=True)
class Door:
    """
    What one kind of file says when it is refused.

    Parameters
    ----------
    key : str
        Name of the kind: ``perimeter``, ``polygons``, ``travel``, ``call_log``, ``scenario``; its
        bounds are named after it.
    error : type of CptsGeoError
        Class of its refusals.
    suffixes : frozenset of str
        Suffixes it accepts, in lower case; none for any.
    formats : str
        French words for these, after « un fichier ».
    save_as : str
        French remedy of a file of another type.
    empty : callable
        From the path, the refusal of a file that holds nothing.
    instead : callable
        From the path of a missing file, the end of a French sentence on what is there instead.
    """

    key: str
    error: type[CptsGeoError]
    suffixes: frozenset[str]
    formats: str
    save_as: str
    empty: Callable[[Path], CptsGeoError]
    instead: Callable[[Path], str] = field(default_factory=lambda: _near_missing)

    @property
    def bytes_key(self) -> str:
        """Key of the bound on the size of the file."""
        return f"{self.key}_bytes"


def read_bytes(path: Path, door: Door) -> bytes:
    """
    Read an analyst's file whole, within its bound.

    Parameters
    ----------
    path : Path
        The file; links are followed.
    door : Door
        What kind of file it should be.

    Returns
    -------
    bytes
        Its content, never blank.

    Raises
    ------
    CptsGeoError
        Of the class of the door: it cannot be read, is of another type, too large or empty.
    """
    _check_file(path, door)
    limit = LIMITS[door.bytes_key]
    try:
        with open_regular(path) as file:
            # A file can grow, or say nothing of its size.
            content = file.read(limit + 1)
    except OSError as error:
        raise _unreadable(path, error, door) from error
    if len(content) > limit:
        raise beyond(door.bytes_key, door.error, name=str(path), found=len(content))
    if not content.strip():
        raise door.empty(path)
    return content


def _check_file(path: Path, door: Door) -> None:
    """Refuse, without opening it, what cannot be an analyst's file."""
    known = not door.suffixes or path.suffix.lower() in door.suffixes
    try:
        found = path.stat()
    except ValueError as error:  # a NUL, or half a character
        raise door.error(
            f"Le chemin {quoted(str(path))} est impossible.",
            remedy="vérifiez le chemin et le nom du fichier.",
        ) from error
    except OSError as error:
        if not known:
            raise _other_type(path, door) from error
        raise _unreadable(path, error, door) from error
    if stat.S_ISDIR(found.st_mode):
        raise door.error(
            f"{one_line(str(path))} est un dossier.",
            remedy=f"donnez le chemin d’un fichier {door.formats}.",
        )
    if not known:
        raise _other_type(path, door)
    if kind := special(found.st_mode):
        raise door.error(
            f"{one_line(str(path))} n’est pas un fichier ordinaire : c’est {kind}.",
            remedy=f"copiez les données dans un fichier {door.formats}, et donnez son chemin.",
        )
    hold(door.bytes_key, found.st_size, door.error, name=str(path))


def memory_told(door: Door) -> Callable[[Callable[_Given, _Read]], Callable[_Given, _Read]]:
    """
    Make a reader turn a lack of memory into a refusal of the file.

    Parameters
    ----------
    door : Door
        What kind of file it reads.

    Returns
    -------
    callable
        Decorator of a reader whose first argument is the path.
    """

    def decorate(read: Callable[_Given, _Read]) -> Callable[_Given, _Read]:
        @functools.wraps(read)
        def told(*args: _Given.args, **options: _Given.kwargs) -> _Read:
            try:
                return read(*args, **options)
            except MemoryError as error:
                raise door.error(
                    "La mémoire de cet ordinateur ne suffit pas pour lire "
                    f"{one_line(Path(str(args[0])).name)}.",
                    remedy="fermez d’autres logiciels, ou donnez un fichier plus petit.",
                ) from error

        return told

    return decorate


def _other_type(path: Path, door: Door) -> CptsGeoError:
    """Refusal of another type of file."""
    return door.error(
        f"Type de fichier non pris en charge : {one_line(path.name)}.", remedy=door.save_as
    )


def _unreadable(path: Path, error: OSError, door: Door) -> CptsGeoError:
    """Refusal of a file that is not there, or that the system does not give."""
    shown = one_line(str(path))
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        said = door.instead(path)
        return door.error(
            f"Le fichier {shown} n’existe pas{said}{'' if said.endswith('?') else '.'}",
            remedy="vérifiez le chemin et le nom du fichier.",
        )
    return door.error(
        f"Le fichier {shown} ne peut pas être lu ({reason(error)}).",
        remedy="fermez-le dans les autres logiciels et vérifiez vos droits de lecture.",
    )
