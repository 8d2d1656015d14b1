"""The lock: which bytes were fetched for each source, from where, when, and what they say."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import tomli_w

from cpts_geo.errors import DataFileError, OutputError, one_line, quoted
from cpts_geo.files import open_regular, parsed_toml, reason, write_atomically
from cpts_geo.foreign import is_invisible, shown_path
from cpts_geo.processes.locking import locked
from cpts_geo.sources._bounds.limits import quantity
from cpts_geo.sources.catalogue.catalogue import Source

_HEADER = (
    "# Written by `cpts-geo data fetch`: what was fetched for each source. Commit it with an\n"
    "# analysis, and the same files, or an error, come back years later. Few producers publish a\n"
    "# SHA-256: where the catalogue has none, the one below is that of the first bytes received,\n"
    "# judged by their form, their vintage and the totals that the catalogue knows.\n\n"
)
#: Hundreds of times a lock that holds the whole catalogue.
_MAX_BYTES: Final = 10_000_000


@dataclass(frozen=True)
class Locked:
    """
    What is known of the file fetched for a source.

    Parameters
    ----------
    file : str
        Its name in the cache.
    sha256 : str
        SHA-256 of its bytes, in hexadecimal.
    bytes : int
        Its size.
    fetched : str
        Day it was fetched, ISO, UTC.
    address : str
        Where it came from, after redirects; ``miroir : FILE`` for a copy from a mirror,
        ``cache : FILE`` for a file that was in the cache before this lock.
    vintage : str
        Vintage its content says; empty when it says none.
    """

    file: str
    sha256: str
    bytes: int
    fetched: str
    address: str
    vintage: str

    def is_of(self, source: Source) -> bool:
        """
        Whether this is about the file that the catalogue expects.

        Parameters
        ----------
        source : Source
            Entry of the catalogue.

        Returns
        -------
        bool
            By name and SHA-256, as far as the catalogue gives them.
        """
        return self.file == source.file and source.sha256 in (None, self.sha256)

    def held(self, source: Source, cache: Path) -> Path | None:
        """
        Find the file in the cache, without reading it.

        Parameters
        ----------
        source : Source
            Entry of the catalogue.
        cache : Path
            The cache.

        Returns
        -------
        Path or None
            The file, when it is the one of the catalogue and has the size written here.
        """
        path = cache / self.file
        there = self.is_of(source) and path.is_file() and path.stat().st_size == self.bytes
        return path if there else None


def read_lock(path: Path) -> dict[str, Locked]:
    """
    Read a lock.

    Parameters
    ----------
    path : Path
        The lock; a file that does not exist is an empty one.

    Returns
    -------
    dict of str to Locked
        By key of source, in order of key.

    Raises
    ------
    DataFileError
        It cannot be read, or an entry lacks a field or has a wrong one; every defect is listed.

    Examples
    --------
    >>> read_lock(Path("absent.toml"))
    {}
    """
    try:
        with open_regular(path) as file:
            written = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unreadable(path, [reason(error)]) from error
    if len(written) > _MAX_BYTES:
        raise _unreadable(path, [f"il dépasse {quantity(_MAX_BYTES, 'octets')}"])
    try:
        content = parsed_toml(written.decode("utf-8"))
    except ValueError as error:  # not TOML, not UTF-8
        raise _unreadable(path, [one_line(str(error))]) from error
    defects = [line for key, entry in content.items() for line in _defects(key, entry)]
    if defects:
        raise _unreadable(path, defects)
    return {key: Locked(**content[key]) for key in sorted(content)}


def _defects(key: str, entry: Any) -> list[str]:
    """French lines on what an entry lacks or has wrong."""
    types = {field.name: int if field.name == "bytes" else str for field in _FIELDS}
    if not isinstance(entry, dict):
        return [f"{quoted(key)} n’est pas une entrée"]
    missing = [f"{one_line(key)} : {name} absent" for name in types if name not in entry]
    wrong = [
        f"{one_line(key)} : {one_line(name)} inattendu"
        for name, value in entry.items()
        if not isinstance(value, types.get(name, ()))
        or (isinstance(value, str) and any(map(is_invisible, value)))
    ]
    fetched = entry.get("fetched")
    if isinstance(fetched, str) and not _is_day(fetched):
        said = f"{quoted(fetched)} n’est pas un jour (AAAA-MM-JJ)"
        wrong.append(f"{one_line(key)} : fetched {said}")
    return missing + wrong


def _is_day(text: str) -> bool:
    """Whether a text is a day in ISO form."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FIELDS = dataclasses.fields(Locked)


def _unreadable(path: Path, defects: list[str]) -> DataFileError:
    """Error of a lock that cannot be used."""
    return DataFileError(
        f"Le verrou « {shown_path(path)} » est illisible.",
        defects=defects,
        remedy="reprenez sa dernière version enregistrée (git checkout), ou supprimez-le : "
        "cpts-geo data fetch en écrit un autre.",
    )


def write_entry(key: str, entry: Locked, path: Path, *, cache: Path) -> None:
    """
    Write down what was fetched for one source, leaving the other entries as they are.

    Parameters
    ----------
    key : str
        Key of the source.
    entry : Locked
        What was fetched.
    path : Path
        The lock.
    cache : Path
        The cache; processes that share it write the lock one after the other.

    Raises
    ------
    DataFileError
        The lock that is there cannot be read.
    OutputError
        The lock cannot be written.
    """
    with alone(str(path.resolve()), cache):
        entries = read_lock(path) | {key: entry}
        content = {name: dataclasses.asdict(entries[name]) for name in sorted(entries)}

        def write(part: Path) -> None:
            part.write_text(_HEADER + tomli_w.dumps(content), encoding="utf-8", newline="\n")

        try:
            write_atomically(path, write)
        except OutputError as error:
            raise OutputError(
                error.summary,
                remedy="libérez ce fichier, ou choisissez-en un autre avec CPTS_GEO_LOCK.",
            ) from error


@contextmanager
def alone(name: str, cache: Path, *, waits: Callable[[], None] | None = None) -> Iterator[None]:
    """
    Do something that one process at a time may do.

    Parameters
    ----------
    name : str
        What is worked on.
    cache : Path
        The cache that the processes share; made when missing.
    waits : callable, optional
        Called without argument when another process is at it, before waiting for its end.

    Yields
    ------
    None
        While nobody else is at it; a process that dies leaves nothing locked.

    Raises
    ------
    OutputError
        The cache cannot be made or written.
    """
    folder = cache / ".locks"
    file = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:12]}.lock"
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(file, waits=waits))
        except OSError as error:
            raise cache_refused(cache, error) from error
        yield


def cache_refused(cache: Path, error: OSError) -> OutputError:
    """
    Error of a cache that cannot be written.

    Parameters
    ----------
    cache : Path
        The cache.
    error : OSError
        What the system said.

    Returns
    -------
    OutputError
        To raise.
    """
    return OutputError(
        f"Impossible d’écrire dans le cache « {shown_path(cache)} » : {reason(error)}.",
        remedy="faites de la place, ou choisissez un autre dossier avec CPTS_GEO_CACHE ; "
        "un téléchargement entamé reprendra où il s’est arrêté.",
    )
