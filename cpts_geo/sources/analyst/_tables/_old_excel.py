"""Runs in the process apart: what an old workbook (.xls) hides, and which of its cells fail.

Its records stand in one stream of a compound file, whose sectors are chained by a table.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from cpts_geo.sources.analyst._tables._marks import Marks

#: First bytes of a compound file.
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END: Final = 0xFFFF_FFFA
_STREAM: Final = "Workbook"
_ROOT: Final = "Root Entry"
#: A smaller stream is chained by pieces of this size.
_SMALL: Final = 4096
_PIECE: Final = 64
_BIFF8: Final = 0x0600
_BOF, _EOF, _SHEET, _ROW, _COLUMNS, _ERROR, _FORMULA = (
    0x0809, 0x000A, 0x0085, 0x0208, 0x007D, 0x0205, 0x0006,
)  # fmt: skip
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def old_excel_marks(content: bytes) -> dict[str, Marks]:
    """Marks of each sheet of an old workbook; none of one that is older still."""
    stream = _workbook(content)
    start = next(_records(stream, 0), (0, b""))[1]
    if len(start) < 2 or struct.unpack_from("<H", start)[0] != _BIFF8:
        return {}
    found = {}
    for kind, body in _records(stream, 0):
        if kind == _SHEET:
            offset, length, wide = struct.unpack_from("<I2xBB", body)
            name = body[8 : 8 + length * (1 + (wide & 1))]
            found[name.decode("utf-16-le" if wide & 1 else "latin-1")] = _marks(stream, offset)
    return found


def _marks(stream: bytes, offset: int) -> Marks:
    """Marks of the sheet whose records begin at an offset."""
    found = Marks()
    for kind, body in _records(stream, offset):
        if kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            found.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLUMNS and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            found.hidden_columns += range(first, last + 1)
        elif kind in (_ERROR, _FORMULA):
            row, column = struct.unpack_from("<HH", body)
            code = _error_of(kind, body[6:14])
            if code is not None:
                found.fail(row + 1, column, _ERRORS.get(code, "erreur"))
    return found


def _error_of(kind: int, value: bytes) -> int | None:
    """Code of the error that a cell holds; None for another value."""
    if kind == _ERROR:
        return value[0] if value[1] else None
    return value[2] if value[0] == 2 and value[6:] == b"\xff\xff" else None


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the records from an offset to the end of what begins there, those of the
    drawings inside it apart."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[offset + 4 : offset + 4 + size]
        if depth == 0:
            return
        offset += 4 + size


def _workbook(content: bytes) -> bytes:
    """Stream of records of a compound file; empty where there is none."""
    size = 1 << struct.unpack_from("<H", content, 0x1E)[0]
    count, directory = struct.unpack_from("<II", content, 0x2C)
    small, _, more = struct.unpack_from("<III", content, 0x3C)
    tables = list(struct.unpack_from("<109I", content, 0x4C))
    count = min(count, len(content) // size)
    while more < _END and len(tables) < count:
        *rest, more = _links(_sector(content, more, size))
        tables += rest
    chain = _links(b"".join(_sector(content, each, size) for each in tables[:count]))
    entries = _chained(content, chain, directory, size)
    found = {}
    for place in range(0, len(entries) - 127, 128):
        name = entries[place : place + 64].decode("utf-16-le", "replace").partition("\0")[0]
        found[name] = struct.unpack_from("<II", entries, place + 0x74)
    first, length = found.get(_STREAM, (_END, 0))
    if length >= _SMALL:
        return _chained(content, chain, first, size)[:length]
    # Small streams are chained in one of theirs, that of the root; it has no header to skip.
    inside = bytes(_PIECE) + _chained(content, chain, found[_ROOT][0], size)
    links = _links(_chained(content, chain, small, size))
    return _chained(inside, links, first, _PIECE)[:length]


def _sector(content: bytes, number: int, size: int) -> bytes:
    """A sector by its number: the header comes before the first."""
    return content[(number + 1) * size : (number + 2) * size]


def _links(table: bytes) -> list[int]:
    """Next sector of each, as a table writes them."""
    return list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))


def _chained(content: bytes, chain: list[int], sector: int, size: int) -> bytes:
    """Content of a stream, sector after sector."""
    parts: list[bytes] = []
    while sector < len(chain) and len(parts) <= len(chain):
        parts.append(_sector(content, sector, size))
        sector = chain[sector]
    return b"".join(parts)
