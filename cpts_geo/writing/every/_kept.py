"""The folder of each territory: put in place whole, kept while it is what would be made."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

from cpts_geo.files import listed_outputs, open_regular, parsed_json
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.writing.every._made import CONTENT, Made, is_sealed
from cpts_geo.writing.output_folder import staged
from cpts_geo.writing.report import MANIFEST


def manifest_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a folder says; nothing where there is none that can be read."""
    try:
        with open_regular(folder / MANIFEST) as file:
            told = parsed_json(file.read())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def is_kept(folder: Path, content: str) -> bool:
    """Whether a folder holds what would be made, to the byte: that files exist proves nothing."""
    told = manifest_of(folder)
    if told.get(CONTENT) != content or not is_sealed(told):
        return False
    listed = listed_outputs(folder / MANIFEST)
    try:
        return bool(listed) and all(
            sha256_of(folder / name) == digest for name, digest in listed.items()
        )
    except OSError:
        return False


def put(made: Made, folder: Path) -> None:
    """Write the files of a territory in the place of those of an earlier run, all or none."""
    before = listed_outputs(folder / MANIFEST)
    with staged(folder, last=MANIFEST, own=True) as stage:
        stage.stale.extend(map(glob.escape, before))
        for name, content in made.files.items():
            path = stage.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
