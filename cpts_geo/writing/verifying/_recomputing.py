"""The same run made again aside, and what differs from the folder, a line each."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from cpts_geo.errors import CptsGeoError, one_line, quoted
from cpts_geo.french import counted
from cpts_geo.writing.every.again import SAID
from cpts_geo.writing.verifying._again import again, each_again
from cpts_geo.writing.verifying._differences import differences, other_options, other_parts
from cpts_geo.writing.verifying._files import Inputs
from cpts_geo.writing.verifying._manifest import Manifest

#: Parts of manifests that tell what a run gave: of each, those that it has.
_PARTS: Final = (
    *("notes", "forecasts", *SAID),
    *("source", "catchment", "sums"),
    *("territory", "label", "invented", "period", "scenario"),
)


def recomputed(
    runs: Mapping[str, Manifest],
    stand: Inputs,
    folder: Path,
    *,
    name: str,
    jobs: int,
    say: Callable[[str], None],
) -> Iterator[str]:
    """What the same run gives that differs from the folder, a line each; `name` is that of its
    manifest."""
    try:
        with tempfile.TemporaryDirectory(prefix="cpts_geo_") as aside:
            found = {
                file: lines
                for place, made in _made_again(runs, stand, Path(aside), jobs=jobs, say=say)
                for file, lines in _held(runs[place], folder / place, made, place=place, name=name)
            }
    except CptsGeoError as error:
        yield f"Recalcul impossible : {error.summary}"
        yield from (f"  - {line}" for line in error.defects)
        yield f"  À faire : {error.remedy}"
        return
    if found:
        many = counted(sum(len(each.outputs) + 1 for each in runs.values()), "fichier", "fichiers")
        differ = counted(len(found), "fichier", "fichiers")
        yield f"Recalcul : {differ} sur {many} diffèrent."
    for file, lines in found.items():
        yield f"  - {one_line(file)} : {lines[0]}"
        yield from (f"      {line}" for line in lines[1:])


def _made_again(
    runs: Mapping[str, Manifest],
    stand: Inputs,
    aside: Path,
    *,
    jobs: int,
    say: Callable[[str], None],
) -> Iterator[tuple[str, Path | str]]:
    """Make each run again in a folder that lasts until the next one; or say why it was not."""
    own = runs[""]
    if own.kind != "report" or not (own.is_every or SAID[0] in own.told):
        again(own, stand.found, aside, jobs=jobs, say=say)
        yield "", aside
        return
    # A territory verified by itself is in a folder that bears its key, or was moved from it.
    keys = {
        place.rpartition("/")[2] or str((each.parameters or {})["territories"][0]): place
        for place, each in runs.items()
        if place or not own.is_every
    }
    each = {key: runs[place] for key, place in keys.items()}
    whole = own if own.is_every else None
    for key, made in each_again(whole, each, stand.found, aside, jobs=jobs, say=say):
        yield keys.get(key, key), made


def _held(
    manifest: Manifest, folder: Path, made: Path | str, *, place: str, name: str
) -> Iterator[tuple[str, list[str]]]:
    """By name of file, what differs between a folder and what was made again."""
    if isinstance(made, str):
        yield place or name, [f"non refait, {made}"]
        return
    start = f"{place}/" if place else ""
    told = json.loads((made / name).read_bytes())
    found = differences(folder, made, {*manifest.outputs, *told["outputs"]})
    parts = other_parts(manifest.told, told, _PARTS)
    parts += other_options(manifest.told, told, every=SAID[0] in told)
    more = sorted(told.get("inputs", {}).keys() - manifest.inputs.keys())
    parts += [f"{quoted(each)} a servi, et le calcul d’alors ne l’avait pas" for each in more]
    if parts:
        found[name] = parts
    yield from ((start + file, lines) for file, lines in found.items())
