"""What a worker makes of a territory: the bytes of its files, or why it could not."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cpts_geo.analysis import studied
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.several.lines import line_of
from cpts_geo.basis import Basis
from cpts_geo.errors import CptsGeoError, one_line
from cpts_geo.files import write_json
from cpts_geo.writing.every._plan import Task
from cpts_geo.writing.released import released, released_figures
from cpts_geo.writing.report import MANIFEST, write_report, write_tables

#: From the page of a territory, that of all.
_HOME: Final = "../../index.html"
#: What the manifest of a territory says besides: its fingerprint, its line of the page of all, the
#: sources of its figures, and the digest of these three.
CONTENT, LINE, USED, SEAL = "content", "line", "sources", "seal"


@dataclass(frozen=True)
class Made:
    """
    A territory that was made.

    Parameters
    ----------
    files : mapping of str to bytes
        By name, from its folder; the manifest lists the others.
    """

    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Failed:
    """
    A territory that could not be made.

    Parameters
    ----------
    reason, remedy : str
        Why, on one line, and what to do, in French.
    """

    reason: str
    remedy: str


def make(basis: Basis, task: Task) -> Made | Failed:
    """
    Make the files of a territory; whatever goes wrong concerns it alone.

    Parameters
    ----------
    basis : Basis
        What all territories rest on.
    task : Task
        The territory.

    Returns
    -------
    Made or Failed
        Small enough to be sent.
    """
    try:
        return _made(basis, task)
    except CptsGeoError as error:
        return failed(error)
    except Exception as error:
        kind = f"{type(error).__name__} : {one_line(str(error))}"
        return Failed(f"incident inattendu ({kind})", "signalez-le, avec le nom du territoire.")


def failed(error: CptsGeoError) -> Failed:
    """Why a territory could not be made, on one line."""
    return Failed(error.brief, error.remedy)


def is_sealed(manifest: Mapping[str, Any]) -> bool:
    """
    Say whether what a manifest says for the page of all is what was written there.

    Parameters
    ----------
    manifest : mapping
        As read.

    Returns
    -------
    bool
        False for one that says nothing of it.

    Examples
    --------
    >>> is_sealed({"line": {"key": "a"}})
    False
    """
    return manifest.get(SEAL) == _seal(manifest)


def _seal(manifest: Mapping[str, Any]) -> str:
    """Digest of what a manifest says for the page of all."""
    text = json.dumps([manifest.get(name) for name in (CONTENT, LINE, USED)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _made(basis: Basis, task: Task) -> Made:
    """The files of a territory, written aside then read: a worker writes nowhere else."""
    analysis = studied(task.perimeters, basis, asked=task.asked)
    with tempfile.TemporaryDirectory(prefix="cpts_geo-") as name:
        folder = Path(name)
        # The line of the page of all says no more than what leaves with it.
        shown = (released if task.pages else released_figures)(analysis)
        (study,) = shown.studies.values()
        if task.pages:
            write_report(shown, folder, home=_HOME, day=task.day)
        else:
            write_tables(shown, folder, day=task.day)
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        used = [source.key for source in sources_used([study])] if task.pages else []
        told |= {CONTENT: task.content, LINE: line_of(study).told(), USED: used}
        write_json(told | {SEAL: _seal(told)}, folder / MANIFEST)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return Made(files)
