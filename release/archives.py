"""What wheel and source archive must hold, and must not."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from email.parser import BytesParser
from pathlib import Path

#: Where a file of the checkout is in the wheel, by the beginning of its name.
PLACES = {
    "cpts_geo/": "cpts_geo/",
    "data/": "cpts_geo/_data/",
    "notebooks/": "cpts_geo/_notebooks/",
}
#: Beside these, in the source archive.
BESIDE = {"CHANGELOG.md", "CITATION.cff", "LICENSE", "README.md", "pyproject.toml", ".gitignore"}
#: Written by who builds.
MADE = re.compile(r"PKG-INFO|cpts_geo-[^/]+\.dist-info/.+")
MEGABYTES = 20
#: What says where something was built, or where packages came from.
TELLTALES = (
    rb"/home/[a-z]",
    rb"/Users/[A-Za-z]",
    rb"[A-Z]:\\\\?Users",
    rb"index-url",
    rb"://[^/\s]*@",
)


def contents(archive: Path) -> dict[str, bytes]:
    """Files of an archive by name, without the folder that a source archive holds them in."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    with tarfile.open(archive) as opened:
        files = {m.name: opened.extractfile(m) for m in opened.getmembers() if m.isfile()}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file}


def wanted(tracked: Collection[str], *, wheel: bool) -> set[str]:
    """Names that an archive of these files of the checkout has, those that building makes apart."""
    taken = {
        (place if wheel else start) + name.removeprefix(start)
        for name in tracked
        for start, place in PLACES.items()
        if name.startswith(start)
    }
    return taken if wheel else taken | BESIDE.intersection(tracked)


def defects(
    archive: Path, tracked: Collection[str], *, project: Mapping[str, str], here: Collection[str]
) -> Iterator[str]:
    """
    Say in French what is wrong with an archive, a line each.

    ``tracked`` are the files of the checkout under version control, ``project`` the metadata that
    must be there, ``here`` paths and names of this machine that must not.
    """
    wheel = archive.suffix == ".whl"
    files = contents(archive)
    own = {name for name in files if not MADE.fullmatch(name)}
    expected = wanted(tracked, wheel=wheel)
    yield from (f"{archive.name} : {name} manque" for name in sorted(expected - own))
    yield from (f"{archive.name} : {name} est en trop" for name in sorted(own - expected))
    if archive.stat().st_size > MEGABYTES * 1e6:
        yield f"{archive.name} : plus de {MEGABYTES} Mo"
    telling = re.compile(b"|".join([*TELLTALES, *(re.escape(each.encode()) for each in here)]))
    for name, content in files.items():
        if found := telling.search(content):
            yield f"{archive.name} : {name} dit « {found[0].decode(errors='replace')} »"
    heads = [name for name in files if re.fullmatch(r"PKG-INFO|[^/]+\.dist-info/METADATA", name)]
    if not heads:
        yield f"{archive.name} : aucune métadonnée"
        return
    told = BytesParser().parsebytes(files[heads[0]])
    for key, value in project.items():
        if told[key] != value:
            yield f"{archive.name} : {key} vaut {told[key]!r}, et non {value!r}"
    licences = [name for name in files if name.rpartition("/")[2] == "LICENSE"]
    if not licences:
        yield f"{archive.name} : la licence manque"
    points = [name for name in files if name.endswith("entry_points.txt")]
    if wheel and not any(b"cpts-geo = cpts_geo.__main__:main" in files[name] for name in points):
        yield f"{archive.name} : la commande cpts-geo manque"
