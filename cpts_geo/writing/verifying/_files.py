"""What stands today of what a manifest lists: files of the folder, and what they were made from."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cpts_geo import settings
from cpts_geo.files import open_regular, reason
from cpts_geo.foreign import shown_name, shown_path
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.lock import Locked, read_lock
from cpts_geo.sources.embedding import embedded

#: Options of a run that name a file, or several, in the order in which digests are taken.
_FILES: Final = (
    *("perimeter", "travel", "roads", "scenario", "known_lines", "parameters"),
    *("squares", "registre", "previous", "forecast", "outcomes", "indicators"),
)
_EMBEDDED: Final = re.compile(r"(communes|cpts)/.+")
_RANKED: Final = re.compile(r"(.+) \(\d+\)")


@dataclass(frozen=True)
class Inputs:
    """What a run was made from, as it stands: what is wrong, and where an analyst's files are."""

    #: French line by input that changed, or is not found.
    wrong: Mapping[str, str] = field(default_factory=dict)
    #: Those of `wrong` that are an analyst's: without them nothing is computed again.
    lacking: Sequence[str] = ()
    #: By option of a run, paths of the analyst's files.
    found: Mapping[str, Any] = field(default_factory=dict)


def changed_files(listed: Mapping[str, str], folder: Path) -> dict[str, str]:
    """French words on each file of a list that is not as it was written."""
    found = {name: _state(folder / name, digest) for name, digest in sorted(listed.items())}
    return {name: said for name, said in found.items() if said}


def _state(path: Path, digest: str) -> str:
    """What became of a file; empty where it is as it was."""
    try:
        return "" if _digest(path) == digest else "modifié depuis"
    except FileNotFoundError:
        return "absent"
    except OSError as error:
        return f"illisible ({reason(error)})"


def _digest(path: Path) -> str:
    """The SHA-256 of a regular file."""
    with open_regular(path) as stream:
        found = hashlib.sha256()
        while part := stream.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def inputs_today(
    listed: Mapping[str, str], parameters: Mapping[str, Any], places: Sequence[Path]
) -> Inputs:
    """Compare what a run was made from with what is here; an analyst's files are looked for, by
    name and content, in these places."""
    ours, lock = embedded.digests(), read_lock(settings.lock_path())
    names = [name for _, name in _named(parameters)]
    known = {*sources(), *(source.file for source in sources().values())}
    own: dict[str, Path] = {}
    wrong: dict[str, str] = {}
    lacking = []
    for name, digest in listed.items():
        if _EMBEDDED.fullmatch(name):
            if ours.get(name) != digest:
                wrong[name] = "donnée fournie, changée" if name in ours else "donnée fournie, ôtée"
        elif name in known and _RANKED.sub(r"\1", name) not in names:
            if said := _fetched_state(name, digest, lock):
                wrong[name] = f"source téléchargée, {said}"
        elif path := _found(name, digest, places):
            own[name] = path
        else:
            wrong[name] = _not_found(name, places)
            lacking.append(name)
    wrong |= {name: "donnée fournie, ajoutée depuis" for name in ours if name not in listed}
    for name in names:
        if not _keys(name, listed):
            wrong[name] = "fichier à vous, dont le manifeste ne dit pas l’empreinte"
            lacking.append(name)
    found = {} if lacking else _placed(parameters, listed, own)
    return Inputs(wrong, lacking, found)


def _named(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each option of a run that names a file, with the name."""
    given = [(option, parameters.get(option)) for option in _FILES]
    several = [(option, value if isinstance(value, list) else [value]) for option, value in given]
    return [(option, str(name)) for option, names in several for name in names if name is not None]


def _fetched_state(name: str, digest: str, lock: Mapping[str, Locked]) -> str:
    """What became of a source that was fetched; empty where it is as it was."""
    entry = next((key for key, each in lock.items() if name in (key, each.file)), None)
    if entry is None:
        return "qui ne l’est plus ici"
    if lock[entry].sha256 != digest:
        return "changée depuis"
    # Only a run on fetched sources needs what reads them.
    from cpts_geo.sources.fetching.parsed import available  # noqa: PLC0415

    return "" if available(entry) else "absente du cache ou altérée"


def _found(name: str, digest: str, places: Sequence[Path]) -> Path | None:
    """Where a file of this name and content is; None for nowhere."""
    for path in _candidates(name, places):
        if not _state(path, digest):
            return path
    return None


def _candidates(name: str, places: Sequence[Path]) -> list[Path]:
    """Files of this name, or of the one that it ranks; a name that is a path is of none."""
    names = [*dict.fromkeys([name, _RANKED.sub(r"\1", name)])]
    plain = [each for each in names if each not in ("", ".", "..") and Path(each).name == each]
    paths = [place / each for place in places for each in plain]
    return [path for path in paths if path.is_file()]


def _not_found(name: str, places: Sequence[Path]) -> str:
    """French words on an analyst's file that is not here as it was."""
    if other := _candidates(name, places):
        return f"fichier à vous, modifié depuis (« {shown_path(other[0])} »)"
    if not Path(name).suffix:
        return "donné en Python, et gardé dans aucun fichier"
    return "fichier à vous, introuvable"


def _keys(name: str, listed: Mapping[str, str]) -> list[str]:
    """Names in a list of inputs that may be of a file of this name, as it is shown or ranked."""
    alike = {name, shown_name(name)}
    return [each for each in listed if each in alike or _RANKED.sub(r"\1", each) in alike]


def _placed(
    parameters: Mapping[str, Any], listed: Mapping[str, str], own: Mapping[str, Path]
) -> dict[str, Any]:
    """By option, paths of its files: of several of one name, in the order they were given."""
    seen: Counter[str] = Counter()
    placed: dict[str, list[Path]] = {}
    for option, name in _named(parameters):
        keys = [key for key in _keys(name, listed) if key in own]
        placed.setdefault(option, []).append(own[keys[min(seen[name], len(keys) - 1)]])
        seen[name] += 1
    return {
        option: paths if isinstance(parameters[option], list) else paths[0]
        for option, paths in placed.items()
    }
