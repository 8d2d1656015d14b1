"""Open what a file holds, plain or packed, without ever unpacking it to the disk."""

from __future__ import annotations

import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from cpts_geo.errors import DataFileError, one_line, quoted
from cpts_geo.files import UNREADABLE
from cpts_geo.french import counted
from cpts_geo.sources._bounds.limits import LIMITS, excess, said

#: First bytes of kinds of files.
ZIP: Final = b"PK\x03\x04"
GZIP: Final = b"\x1f\x8b"
XZ: Final = b"\xfd7zXZ\x00"
SEVEN_ZIP: Final = b"7z\xbc\xaf\x27\x1c"
PARQUET: Final = b"PAR1"
SQLITE: Final = b"SQLite format 3\x00"
#: Mark of an entry of the list of members.
_ENTRY: Final = b"PK\x01\x02"
#: Bytes of the header of a member, without its name.
_LOCAL: Final = 30
#: Under this size, a packing that shrinks a text a thousand times harms nobody.
_SMALL: Final = 10**7


def begins(path: Path, mark: bytes) -> bool:
    """Tell the kind of a file by its first bytes; a workbook is a ZIP archive."""
    with path.open("rb") as stream:
        return stream.read(len(mark)) == mark


def archive_defects(
    file: Path | IO[bytes], *, whole: bool = True, most: int | None = None
) -> list[str]:
    """List in French what makes a ZIP unfit to be read: damaged, paths that leave it, too many
    members, members that share bytes or unpack too far (`most` bytes in all); `whole` unpacks each
    to check it."""
    try:
        # The library would first make an object of each entry of the list, however many.
        entries = _entries(file)
        if entries > LIMITS["members"]:
            return [said("members", found=entries)]
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            defects = [line for member in members for line in _member_defects(member)]
            defects += _overlaps(members)
            total = sum(member.file_size for member in members)
            limit = LIMITS["unpacked"] if most is None else most
            if total > limit:
                defects.append(_too_large(total, limit))
            # Nothing suspect is unpacked, not even to compute its checksum.
            damaged = archive.testzip() if whole and not defects else None
            if damaged is not None:
                defects.append(f"membre {quoted(damaged)} abîmé")
            return defects
    except UNREADABLE:
        return ["archive ZIP tronquée ou abîmée"]


def _entries(file: Path | IO[bytes]) -> int:
    """Entries of the list at the end of an archive, counted by their mark: at most these."""
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return _entries(stream)
    count, rest = 0, b""
    file.seek(0)
    while block := file.read(1 << 20):
        text = rest + block
        count += text.count(_ENTRY)
        rest = text[-(len(_ENTRY) - 1) :]
    file.seek(0)
    return count


def _overlaps(members: list[zipfile.ZipInfo]) -> list[str]:
    """Members made of the same bytes: a small archive unpacks to any size that way."""
    placed = sorted(members, key=lambda member: member.header_offset)
    return [
        f"membres {quoted(one.filename)} et {quoted(other.filename)} : "
        "ils se recouvrent (bombe de décompression)"
        for one, other in pairwise(placed)
        if one.header_offset + _LOCAL + one.compress_size > other.header_offset
    ][:1]


def leaves(name: str) -> bool:
    """Whether the path of a member leaves its archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or bool(re.match(r"[A-Za-z]:", name))


def _too_large(found: int, limit: int) -> str:
    """French line on what unpacks beyond a bound (bytes)."""
    return said(
        "unpacked",
        found=f"{excess(found, limit, unit='octets')} une fois décompressé",
        limit=limit,
    )


def gzip_defects(path: Path, *, most: int) -> list[str]:
    """List in French what makes a gzip unfit to be read, unpacked no further than `most` bytes."""
    limit = min(most, max(_SMALL, LIMITS["ratio"] * path.stat().st_size))
    unpacked = 0
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(1 << 20):
                unpacked += len(chunk)
                if unpacked > limit:
                    return [_too_large(unpacked, limit)]
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return ["archive gzip tronquée ou abîmée"]
    return []


def _member_defects(member: zipfile.ZipInfo) -> list[str]:
    """French lines on a member whose path leaves the archive, or that unpacks too far."""
    shown = f"membre {quoted(member.filename)}"
    defects = [f"{shown} : son chemin sort de l’archive"] if leaves(member.filename) else []
    limit = LIMITS["ratio"] * max(member.compress_size, 1)
    if member.file_size > max(_SMALL, limit):
        defects.append(f"{shown} : {_too_large(member.file_size, limit)}")
    return defects


def member_name(path: Path, inner: str | None) -> str:
    """Name of the only member whose base name `inner` matches in full (any for None); the file's
    own name when it is no archive; a DataFileError for none, several, or a damaged archive."""
    if not begins(path, ZIP):
        return path.name
    # What is read checks itself as it goes: unpacking everything first would double the work.
    defects = archive_defects(path, whole=False)
    if defects:
        raise _unusable(path, defects)
    with zipfile.ZipFile(path) as archive:
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
    wanted = [n for n in names if re.fullmatch(inner or ".*", PurePosixPath(n).name)]
    if len(wanted) != 1:
        found = counted(len(wanted), "membre", "membres") if wanted else "aucun membre"
        raise DataFileError(
            f"{one_line(path.name)} : {found} pour « {inner or 'un seul fichier'} ».",
            defects=[f"membre {quoted(name)}" for name in names[:20]],
            remedy="le producteur a changé le contenu de l’archive : adaptez « inner » dans "
            "sources/catalogue/*.toml après avoir regardé ces membres.",
        )
    return wanted[0]


@contextmanager
def open_content(path: Path, inner: str | None = None) -> Iterator[IO[bytes]]:
    """Yield the bytes of a plain, gzip, xz or ZIP file, told by its first bytes and never unpacked
    to the disk; see :func:`member_name` for `inner`."""
    try:
        if begins(path, ZIP):
            name = member_name(path, inner)
            with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
                yield stream
        elif begins(path, GZIP):
            with gzip.open(path) as unpacked:
                yield cast("IO[bytes]", unpacked)
        elif begins(path, XZ):
            with lzma.open(path) as unpacked_xz:
                yield unpacked_xz
        else:
            with path.open("rb") as stream:
                yield stream
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise _unusable(path, ["contenu tronqué ou abîmé"]) from error


def whole(stream: IO[bytes], path: Path) -> bytes:
    """Read a content that its reader keeps whole; a DataFileError beyond the bound."""
    content = stream.read(LIMITS["whole"] + 1)
    if len(content) > LIMITS["whole"]:
        raise _unusable(path, [said("whole")])
    return content


def whole_json(stream: IO[bytes], path: Path) -> bytes:
    """Read a JSON whole; a DataFileError where its size, lists or objects would fill the memory."""
    content = whole(stream, path)
    values = content.count(b"[") + content.count(b"{")
    if values > LIMITS["values"]:
        raise _unusable(path, [said("values", found=values)])
    return content


def _unusable(path: Path, defects: list[str]) -> DataFileError:
    """Error of a file that came damaged or too large."""
    return DataFileError(
        f"Fichier inutilisable : {one_line(path.name)}.",
        defects=defects,
        remedy="téléchargez-le de nouveau : cpts-geo data fetch.",
    )
