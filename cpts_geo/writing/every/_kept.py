"""The folder of each territory: put in place whole, kept while it is what would be made."""

from __future__ import annotations

import glob
import json
from pathlib import Path
from typing import Any

from cpts_geo.files import listed_outputs
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.writing.every._made import CONTENT, Made
from cpts_geo.writing.output_folder import staged
from cpts_geo.writing.report import MANIFEST


def manifest_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a folder says; nothing where there is none that can be read."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def is_kept(folder: Path, content: str) -> bool:
    """Whether a folder holds what would be made, to the byte: that files exist proves nothing."""
    if manifest_of(folder).get(CONTENT) != content:
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
        stage.stale.extend(glob.escape(name) for name in before if _inside(name))
        for name, content in made.files.items():
            path = stage.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _inside(name: str) -> bool:
    """Whether a name listed by a manifest stays in its folder."""
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
