"""Runs in the process apart: what an archive holds, within the bounds of one file of polygons."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources._conventions.archives import archive_defects
from cpts_geo.sources.analyst.polygons._layer import EXPORT, unreadable

#: Files of a shapefile, with French words for what each holds; without them it is half a layer.
PARTS: Final = {
    ".shp": "les contours",
    ".shx": "leur index",
    ".dbf": "les noms",
    ".prj": "le système de coordonnées",
}
#: Files of polygons that are one file.
_WHOLE: Final = frozenset({".gpkg", ".geojson", ".kml", ".kmz", ".fgb", ".gml"})
#: What else is read of a shapefile: its encoding.
ENCODING: Final = ".cpg"


def only_member(content: bytes, name: str) -> tuple[str, bytes] | None:
    """Path and bytes of the only file of polygons of an archive; None where it holds
    shapefiles."""
    members = _members(content, name)
    suffixes = {path: PurePosixPath(path).suffix.lower() for path in members}
    if ".shp" in suffixes.values():
        return None
    found = [path for path, suffix in suffixes.items() if suffix in _WHOLE]
    if len(found) != 1:
        some = f"contient {len(found)} fichiers" if found else "ne contient pas de fichier"
        raise PerimeterError(
            f"{one_line(name)} {some} de polygones.",
            defects=[Defect(f"contient {quoted(path)}", "fichier") for path in members],
            remedy="extrayez-en celui que vous voulez et donnez son chemin, ou " + EXPORT,
        )
    return found[0], members[found[0]]


def shapefiles(content: bytes, name: str) -> dict[str, dict[str, bytes]]:
    """Shapefiles of an archive by name of layer: the bytes of each file by suffix, none
    missing."""
    members = _members(content, name)
    bases = [path[:-4] for path in members if path.lower().endswith(".shp")]
    found = {}
    for base in bases:
        # Two folders may hold layers of one name.
        label = PurePosixPath(base).name
        label = base if label in found else label
        found[label] = {
            suffix: content
            for suffix in (*PARTS, ENCODING)
            for path, content in members.items()
            if path[:-4].casefold() == base.casefold() and path[-4:].lower() == suffix
        }
    return found


def check_shapefile(parts: Mapping[str, bytes], label: str, name: str) -> None:
    """Refuse a shapefile of which a file is missing, cut, or another's."""
    missing = [suffix for suffix in PARTS if suffix not in parts]
    if missing:
        raise PerimeterError(
            f"Le shapefile {one_line(name)} n’est pas entier : il tient en plusieurs fichiers, de "
            "même nom et d’un même dossier.",
            defects=[f"{one_line(label)}{each} manque ({PARTS[each]})" for each in missing],
            remedy="copiez ces fichiers à côté du .shp, ou donnez le .zip qui les contient tous ; "
            "sinon " + EXPORT,
        )
    shapes, index, table = parts[".shp"], parts[".shx"], parts[".dbf"]
    if min(len(shapes), len(index)) < 100 or len(table) < 32:
        raise unreadable(name, "un de ses fichiers est plus court que son en-tête")
    [length] = struct.unpack(">i", shapes[24:28])
    rows, head, width = struct.unpack("<IHH", table[4:12])
    if len(shapes) < 2 * length:
        raise unreadable(name, f"{one_line(label)}.shp est coupé")
    if len(table) < head + rows * width:
        raise unreadable(name, f"{one_line(label)}.dbf est coupé")
    [listed] = struct.unpack(">i", index[24:28])
    outlines = (2 * listed - 100) // 8
    if len(index) < 2 * listed:
        raise unreadable(name, f"{one_line(label)}.shx est coupé")
    if outlines != rows:
        why = f"{one_line(label)}.shx annonce {outlines} contours, et le .dbf {rows} lignes"
        raise unreadable(name, why)


def kml_texts(content: bytes, name: str) -> list[bytes]:
    """Texts of the KML of a KMZ that hold places, that of its format's own name first."""
    members = _members(content, name)
    paths = sorted(
        (path for path in members if path.lower().endswith(".kml")),
        key=lambda path: path.lower() != "doc.kml",
    )
    found = [members[path] for path in paths if b"Placemark" in members[path]]
    if not found:
        raise PerimeterError(
            f"{one_line(name)} ne contient pas de KML qui dessine quelque chose.",
            defects=[Defect(f"contient {quoted(path)}", "fichier") for path in members],
            remedy="un KMZ est une archive ZIP d’un fichier .kml : " + EXPORT,
        )
    return found


def flat_archive(parts: Mapping[str, bytes], label: str) -> bytes:
    """Archive of the files of one shapefile, not compressed."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for suffix, content in parts.items():
            archive.writestr(f"{label}{suffix}", content)
    return whole.getvalue()


def _members(content: bytes, name: str) -> dict[str, bytes]:
    """Files of an archive by path; a refusal of one that is damaged or unpacks too far."""
    defects = archive_defects(io.BytesIO(content), most=LIMITS["polygons_bytes"])
    if defects:
        raise PerimeterError(
            f"{one_line(name)} ne peut pas être décompressé.",
            defects=defects,
            remedy="décompressez-le vous-même et donnez le fichier de polygones, ou " + EXPORT,
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # A Mac adds to each file one of its own.
        return {
            member.filename: archive.read(member)
            for member in archive.infolist()
            if not (member.is_dir() or member.filename.startswith("__MACOSX/"))
        }
