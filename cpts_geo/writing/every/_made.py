"""What a worker makes of a territory: the bytes of its files, or why it could not."""

from __future__ import annotations

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
from cpts_geo.writing.released import released
from cpts_geo.writing.report import MANIFEST, write_report, write_tables

#: From the page of a territory, that of all.
_HOME: Final = "../../index.html"
#: What the manifest of a territory says besides: its fingerprint, its line of the page of all, and
#: the sources of its figures.
CONTENT, LINE, USED = "content", "line", "sources"


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


def _made(basis: Basis, task: Task) -> Made:
    """The files of a territory, written aside then read: a worker writes nowhere else."""
    analysis = studied(task.perimeters, basis, asked=task.asked)
    (study,) = analysis.studies.values()
    with tempfile.TemporaryDirectory(prefix="cpts_geo-") as name:
        folder = Path(name)
        if task.pages:
            shown = released(analysis)
            write_report(shown, folder, home=_HOME, day=task.day)
            used = [source.key for source in sources_used(list(shown.studies.values()))]
        else:
            write_tables(analysis, folder, day=task.day)
            used = []
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        own = {CONTENT: task.content, LINE: line_of(study).told(), USED: used}
        write_json(manifest | own, folder / MANIFEST)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return Made(files)
