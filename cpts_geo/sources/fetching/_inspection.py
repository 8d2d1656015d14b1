"""What has arrived is fit to be kept: of the expected form, whole, and of the expected vintage."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Final

from cpts_geo.errors import CptsGeoError, DataFileError, quoted
from cpts_geo.files import parsed_json, why_unread
from cpts_geo.sources._bounds.limits import LIMITS, most_unpacked
from cpts_geo.sources._conventions.archives import (
    GZIP,
    PARQUET,
    SEVEN_ZIP,
    SQLITE,
    ZIP,
    archive_defects,
    begins,
    gzip_defects,
)
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.catalogue.totals import check_totals, check_vintage, other_source

#: First bytes by kind of file; what is not here is text, or a ZIP or gzip of text.
_MAGIC: Final = {
    ".xlsx": ZIP,
    ".zip": ZIP,
    ".whl": ZIP,
    ".gz": GZIP,
    ".tgz": GZIP,
    ".7z": SEVEN_ZIP,
    ".parquet": PARQUET,
    ".gpkg": SQLITE,
}
_JSON: Final = (".json", ".geojson")
_HEAD: Final = 4096
#: Read whole on arrival up to this size (seconds at most); larger files when they are used.
_READ_WHOLE: Final = 20_000_000
_TRY_ANOTHER: Final = "essayez une autre adresse, ou déposez le fichier dans un miroir."


def check_form(path: Path, file: str, *, most: int | None = None) -> None:
    """Refuse what is not the kind of file that its name says, is not whole, or would unpack beyond
    the bound of `most` bytes downloaded."""
    if not path.is_file():  # a pipe would never end
        raise DataFileError("ce n’est pas un fichier ordinaire", remedy=_TRY_ANOTHER)
    suffix = Path(file).suffix.lower()
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    instead = _stand_in(head, suffix)
    defects = [instead] if instead else _incomplete(path, head, suffix, most=most)
    if defects:
        raise DataFileError(defects[0], defects=defects[1:], remedy=_TRY_ANOTHER)


def _stand_in(head: bytes, suffix: str) -> str:
    """Say what is there in place of the file, told by its first bytes; empty for the file."""
    magic = _MAGIC.get(suffix)
    if not head:
        return "fichier vide (0 octet)"
    if head.startswith(magic or (ZIP, GZIP)):
        return ""
    instead = f"au lieu d’un fichier {suffix}"
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace").lstrip()
    start = quoted(text[:200])
    bracketed = text.startswith(("{", "["))
    if text.startswith("<"):
        kind = "page web" if re.search(r"(?i)<(!doctype\s+)?html|<head|<body", text) else "XML"
        title = re.search(r"(?is)<(title|h1|message|(?:\w+:)?exceptiontext)[^>]*>(.*?)</\1", text)
        told = f" : {quoted(unescape(title[2].strip()))}" if title else ""
        said = f"{kind} {instead}{told}"
    elif bracketed and (suffix not in _JSON or _is_error(text)):
        said = f"message JSON {instead} : {start}"
    elif magic is not None or b"\0" in head:
        said = f"contenu d’un autre genre {instead} (premiers octets : {head[:8].hex(' ')})"
    elif suffix in _JSON and not bracketed:
        said = f"contenu d’un autre genre {instead} : {start}"
    else:
        said = ""
    return said


def _is_error(text: str) -> bool:
    """Whether a text is a JSON object that tells an error."""
    try:
        content = parsed_json(text)
    except ValueError:
        return False  # longer than its first bytes, as data are
    names = {"error", "errors", "message", "error_code"}
    return isinstance(content, dict) and not names.isdisjoint(content)


def _incomplete(path: Path, head: bytes, suffix: str, *, most: int | None) -> list[str]:
    """What lacks or is harmful in a file of the right kind."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _HEAD))
        tail = stream.read()
    unpacked = LIMITS["unpacked"] if most is None else most_unpacked(most)
    if begins(path, ZIP):
        return archive_defects(path, most=unpacked)
    if head.startswith(GZIP):
        return gzip_defects(path, most=unpacked)
    if head.startswith(SEVEN_ZIP):
        # Its header says where its end stands: 32 bytes, then an offset and a length.
        ends = 32 + int.from_bytes(head[12:20], "little") + int.from_bytes(head[20:28], "little")
        return ["archive 7z tronquée"] if len(head) < 32 or size < ends else []
    if suffix == ".parquet" and not tail.endswith(PARQUET):
        return ["fichier parquet tronqué"]
    if suffix in _JSON and not tail.rstrip().endswith((b"}", b"]")):
        return ["JSON tronqué"]
    return []


def check_content(path: Path, source: Source) -> str:
    """Give the vintage that a content says (empty for none); refuse what its reader does not know,
    or of another vintage or totals."""
    if source.reader is None:
        return ""
    # Readers bring heavy libraries: imported when a file has to be read, not for --help.
    from cpts_geo.sources.readers.registry import READERS  # noqa: PLC0415

    reader = READERS[source.reader]
    try:
        found = reader.vintage(path, source) or ""
        check_vintage(found, source)
        if source.holds not in (None, found):
            raise _other_vintage(source, found)
        if read_on_arrival(path):
            check_totals(reader.table(path, source), source)
    except CptsGeoError:
        raise
    except Exception as error:
        # What came from a network may break a library in any way: it is refused, not let through.
        raise DataFileError(
            f"lecture impossible ({why_unread(error)})", remedy=_TRY_ANOTHER
        ) from error
    return found


def read_on_arrival(path: Path) -> bool:
    """Tell whether a file is read whole on arrival (some seconds at most), or when it is used."""
    return path.stat().st_size <= _READ_WHOLE


def _other_vintage(source: Source, found: str) -> DataFileError:
    """Error of another vintage than expected, with the source that has it."""
    if not found:
        said = f"le contenu ne dit pas son millésime ({source.holds} attendu)"
        return DataFileError(said, remedy="vérifiez que le fichier est celui du producteur.")
    advice = other_source(source, found)
    return DataFileError(
        f"millésime {found} servi, {source.holds} attendu : {advice}", remedy=f"{advice}."
    )
