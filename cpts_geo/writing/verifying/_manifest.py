"""A manifest as it is found in a folder: checked, for somebody else may have written it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from cpts_geo.errors import ManifestError, one_line, quoted
from cpts_geo.files import BEFORE, parsed_json, stays_inside
from cpts_geo.foreign import shown_path
from cpts_geo.sources.door import Door, memory_told, read_bytes
from cpts_geo.writing.comparison import FOLLOW_UP_MANIFEST
from cpts_geo.writing.every.whole import EACH
from cpts_geo.writing.report import MANIFEST

_REMEDY: Final = (
    "donnez un dossier que « cpts-geo report », « grid » ou « follow-up » a écrit, avec son "
    "manifeste tel qu’il était ; sinon, refaites le calcul"
)
_DOOR: Final = Door(
    key="manifest",
    error=ManifestError,
    suffixes=frozenset({".json"}),
    formats=".json",
    save_as=f"{_REMEDY}.",
    empty=lambda path: ManifestError(f"{one_line(path.name)} est vide.", remedy=f"{_REMEDY}."),
)
#: By kind of run that can be made again, an option that it alone has.
_KINDS: Final = {"report": "draws", "grid": "squares", "follow_up": "registre"}
#: What the manifest of a run on all territories alone says.
_EVERY: Final = "territories"
_FAILURES: Final = "failures"
#: Years that the clock of a computer may say.
_YEARS: Final = (1970, 2200)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
#: Parts that are texts by name.
_TEXTS: Final = ("versions", "inputs", "outputs", BEFORE)


@dataclass(frozen=True)
class Manifest:
    """What a run wrote of itself, every part of its kind, every path inside the folder."""

    day: date
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    before: Mapping[str, str]
    #: What was asked; None where it is not told.
    parameters: Mapping[str, Any] | None
    #: Fingerprint of each territory of a run on all of them, by its folder from this one.
    content: Mapping[str, Any]
    #: Those that could not be made, and why.
    failures: Mapping[str, str]
    #: The whole, as it is written.
    told: Mapping[str, Any]

    @property
    def each(self) -> list[str]:
        """Folders of the territories of a run on all of them, from this one."""
        return list(self.content)

    @property
    def is_every(self) -> bool:
        """Whether it is of a run on all territories."""
        return _EVERY in self.told

    @property
    def kind(self) -> str:
        """What can be made again of it: a report, one on all territories included, squares, a
        follow-up; empty for nothing."""
        asked = (self.parameters or {}) if "cpts_geo" in self.versions else {}
        return next((kind for kind, option in _KINDS.items() if option in asked), "")


def manifests_in(folder: Path) -> list[str]:
    """Names of the manifests of a folder: a report and a follow-up may share it; that of a report
    where there is none."""
    names = (MANIFEST, FOLLOW_UP_MANIFEST)
    return [name for name in names if (folder / name).is_file()] or [MANIFEST]


def read_manifest(folder: Path, *, name: str = MANIFEST) -> Manifest:
    """The manifest of a folder; ManifestError lists what is wrong with it."""
    path = folder / name
    if not folder.is_dir() or not path.is_file():
        what = "ce n’est pas un dossier" if not folder.is_dir() else f"il n’a pas de {name}"
        raise ManifestError(
            f"« {shown_path(folder)} » ne peut être vérifié : {what}.", remedy=f"{_REMEDY}."
        )
    told = _loaded(path)
    if defects := list(_defects(told, folder)):
        raise ManifestError(
            f"{one_line(name)} n’est pas un manifeste de cpts_geo, ou il est abîmé.",
            defects=defects,
            remedy=f"{_REMEDY}.",
        )
    return Manifest(
        day=date.fromisoformat(told["date"]),
        versions=told.get("versions", {}),
        inputs=told.get("inputs", {}),
        outputs=told["outputs"],
        before=told.get(BEFORE, {}),
        parameters=told.get("parameters"),
        content={f"{EACH}/{key}": each for key, each in told.get(_EVERY, {}).items()},
        failures=told.get(_FAILURES, {}) if _EVERY in told else {},
        told=told,
    )


@memory_told(_DOOR)
def _loaded(path: Path) -> Any:
    """What a file writes in JSON."""
    try:
        return parsed_json(read_bytes(path, _DOOR))
    except ValueError as error:
        raise ManifestError(
            f"{one_line(path.name)} n’est pas un fichier JSON lisible.", remedy=f"{_REMEDY}."
        ) from error


def _defects(told: Any, folder: Path) -> Iterator[str]:
    """What is wrong with a manifest, a line each."""
    if not isinstance(told, dict):
        yield "ce n’est pas un objet JSON"
        return
    try:
        year = date.fromisoformat(told["date"]).year
    except (KeyError, TypeError, ValueError):
        year = 0
    # Months to come are reckoned from it.
    if not _YEARS[0] <= year <= _YEARS[1]:
        yield "« date » n’est pas une date (AAAA-MM-JJ)"
    every = _EVERY in told
    if every:
        folders = told[_EVERY] if isinstance(told[_EVERY], dict) else {"": ""}
        yield from _outside(_EVERY, {f"{EACH}/{key}": "" for key in folders}, folder)
    if every and not _is_of_texts(told.get(_FAILURES, {})):
        yield f"« {_FAILURES} » ne donne pas un texte par nom"
    for part in _TEXTS:
        found: Any = told.get(part, {} if part == BEFORE or every else None)
        if not _is_of_texts(found):
            yield f"« {part} » ne donne pas un texte par nom"
        elif part != "versions":
            yield from _digest_defects(part, found)
            yield from _outside(part, found, folder) if part in ("outputs", BEFORE) else ()
    if not every and _is_of_texts(told.get("versions")) and "cpts_geo" not in told["versions"]:
        yield "« versions » ne dit pas celle de cpts_geo"
    asked = told.get("parameters", {})
    if not isinstance(asked, dict):
        yield "« parameters » n’est pas un objet JSON"
    # A report says which territories it is of; that of all lists them, others are of none.
    elif not every and _KINDS["report"] in asked and not _is_of_names(asked.get("territories")):
        yield "« parameters » : « territories » n’est pas une liste de clés"


def _is_of_names(found: Any) -> bool:
    """Whether a part of a manifest is a list of texts, of which there are some."""
    return isinstance(found, list) and found != [] and all(isinstance(x, str) for x in found)


def _is_of_texts(found: Any) -> bool:
    """Whether a part of a manifest is texts by name."""
    return isinstance(found, dict) and all(isinstance(each, str) for each in found.values())


def _digest_defects(part: str, found: Mapping[str, str]) -> Iterator[str]:
    """Digests that are none, a line each."""
    for name, digest in found.items():
        if not _SHA256.fullmatch(digest):
            yield f"« {part} », {quoted(name)} : {quoted(digest)} n’est pas une empreinte SHA-256"


def _outside(part: str, found: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Names of files that lead out of the folder, a line each."""
    for name in found:
        if not _is_inside(name, folder):
            yield f"« {part} », {quoted(name)} : ce nom mène hors du dossier"


def _is_inside(name: str, folder: Path) -> bool:
    """Whether a name is of a file of the folder, on any system, its links followed."""
    if not stays_inside(name):
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
