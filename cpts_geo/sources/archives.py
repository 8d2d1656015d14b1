"""Open what a file holds, plain or packed, without ever unpacking it to the disk."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from cpts_geo.errors import DataFileError, one_line

#: A member that unpacks to more than this many times its packed size is a trap, not statistics:
#: the most repetitive official file seen (census, 98 MB to 1.2 GB) unpacks to 12 times.
MAX_RATIO: Final = 200
#: Larger than any official file, ADMIN EXPRESS included.
MAX_UNPACKED: Final = 8 * 1024**3
_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"


def is_zip(path: Path) -> bool:
    """
    Tell whether a file is a ZIP archive by its first bytes, whatever its name says.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    bool
        True for a ZIP archive; a workbook (xlsx) is one too.
    """
    with path.open("rb") as stream:
        return stream.read(4) == _ZIP


def archive_defects(file: Path | IO[bytes], *, whole: bool = True) -> list[str]:
    """
    List what makes a ZIP archive unfit to be read.

    Parameters
    ----------
    file : Path or binary stream
        A file that starts like a ZIP archive.
    whole : bool
        Whether every member is unpacked to check it; else its list alone is looked at.

    Returns
    -------
    list of str
        French lines: truncated or damaged, members with a path that leaves the archive, members
        that unpack to far more than official files do; empty when there is none.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            defects = [line for member in members for line in _member_defects(member)]
            total = sum(member.file_size for member in members)
            if total > MAX_UNPACKED:
                defects.append(f"{total / 1e9:.0f} Go une fois décompressé".replace(".", ","))
            # Nothing suspect is unpacked, not even to compute its checksum.
            damaged = archive.testzip() if whole and not defects else None
            if damaged is not None:
                defects.append(f"membre « {one_line(damaged)} » abîmé")
            return defects
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError):
        return ["archive ZIP tronquée ou abîmée"]


def _member_defects(member: zipfile.ZipInfo) -> list[str]:
    name = member.filename.replace("\\", "/")
    shown = one_line(member.filename)
    path = PurePosixPath(name)
    defects = []
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        defects.append(f"membre « {shown} » : son chemin sort de l’archive")
    if member.file_size > 10**7 and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        defects.append(
            f"membre « {shown} » : taille décompressée anormale (bombe de décompression)"
        )
    return defects


def member_name(path: Path, inner: str | None) -> str:
    """
    Name of the member that is read in a file: the file's own name when it is no archive.

    Parameters
    ----------
    path : Path
        A plain, gzip or ZIP file.
    inner : str or None
        Regular expression the member's base name must match in full; None where the archive
        holds one file.

    Returns
    -------
    str
        Member name, with its folders.

    Raises
    ------
    DataFileError
        The archive is damaged, or holds no such member, or several.
    """
    if not is_zip(path):
        return path.name
    # What is read checks itself as it goes: unpacking everything first would double the work.
    defects = archive_defects(path, whole=False)
    if defects:
        raise _unusable(path, defects)
    with zipfile.ZipFile(path) as archive:
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
    wanted = [n for n in names if re.fullmatch(inner or ".*", PurePosixPath(n).name)]
    if len(wanted) != 1:
        found = "aucun" if not wanted else f"{len(wanted)}"
        raise DataFileError(
            f"{one_line(path.name)} : {found} membre(s) pour « {inner or 'un seul fichier'} ».",
            defects=[f"membre « {one_line(name)} »" for name in names[:20]],
            remedy="le producteur a changé le contenu de l’archive : adaptez « inner » dans "
            "sources/catalogue_*.toml après avoir regardé ces membres.",
        )
    return wanted[0]


@contextmanager
def open_content(path: Path, inner: str | None = None) -> Iterator[IO[bytes]]:
    """
    Open the content of a plain, gzip or ZIP file as bytes.

    Parameters
    ----------
    path : Path
        The file; its kind is told by its first bytes, never by its name.
    inner : str or None
        Regular expression of the member of a ZIP archive, see :func:`member_name`.

    Yields
    ------
    binary stream
        Read it once, from the start; nothing is unpacked to the disk.

    Raises
    ------
    DataFileError
        The archive is damaged, or holds no such member.
    """
    try:
        if is_zip(path):
            name = member_name(path, inner)
            with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
                yield stream
            return
        with path.open("rb") as plain:
            packed = plain.read(2) == _GZIP
        if packed:
            with gzip.open(path) as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            with path.open("rb") as stream:
                yield stream
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _unusable(path, ["contenu tronqué ou abîmé"]) from error


def _unusable(path: Path, defects: list[str]) -> DataFileError:
    return DataFileError(
        f"Archive inutilisable : {one_line(path.name)}.",
        defects=defects,
        remedy="téléchargez-la de nouveau : cpts-geo data fetch.",
    )
