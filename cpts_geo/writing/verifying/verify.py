"""Verify a folder of results: its files, what they were made from, and the same run again."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpts_geo import __version__
from cpts_geo.asked import typed_path
from cpts_geo.errors import MAX_DEFECTS, CptsGeoError, ManifestError, one_line, quoted
from cpts_geo.foreign import shown_path
from cpts_geo.french import counted, day, joined
from cpts_geo.writing.every.again import SAID
from cpts_geo.writing.report import MANIFEST, versions
from cpts_geo.writing.verifying._again import again, each_again
from cpts_geo.writing.verifying._differences import differences, other_options, other_parts
from cpts_geo.writing.verifying._files import Inputs, changed_files, inputs_today
from cpts_geo.writing.verifying._manifest import Manifest, read_manifest


@dataclass(frozen=True)
class Verified:
    """
    What a folder of results is worth today.

    Parameters
    ----------
    same : bool
        Whether every file is as it was written and, where it was asked for, computed again to the
        byte.
    lines : tuple of str
        French lines: what was looked at, what differs.
    """

    same: bool
    lines: tuple[str, ...]


def verify(
    folder: Path | str,
    *,
    inputs: Sequence[Path] = (),
    recompute: bool = True,
    jobs: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> Verified:
    """
    Hold a folder of results against its manifest, then against the same run made again.

    Parameters
    ----------
    folder : Path or str
        Folder of a report, with its manifest; nothing is written there.
    inputs : sequence of Path
        Folders where the analyst's files are looked for, by name and content, before the folder
        of results, the one that holds it and the current one.
    recompute : bool
        Whether the run is made again, in a temporary folder, with the date of the manifest.
    jobs : int
        Processes at once, for a run on all territories.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Verified
        Whether all is the same, and what differs.

    Raises
    ------
    ManifestError
        No manifest, or one that is broken or leads out of the folder; every defect is listed.

    Examples
    --------
    >>> from cpts_geo.errors import ManifestError
    >>> try:
    ...     verify("absent")
    ... except ManifestError as error:
    ...     print(error.summary)
    « absent » ne peut être vérifié : ce n’est pas un dossier.
    """
    folder = typed_path(folder)
    manifest = read_manifest(folder)
    say("Fichiers du dossier, et ce dont ils sont faits")
    listed = {**manifest.before, **manifest.outputs}
    changed = changed_files(listed, folder)
    runs = {"": manifest} if not manifest.each else {}
    for place in manifest.each:
        try:
            runs[place] = read_manifest(folder / place)
        except ManifestError as error:
            changed[f"{place}/{MANIFEST}"] = error.summary
            continue
        own = {**runs[place].before, **runs[place].outputs}
        listed |= {f"{place}/{name}": digest for name, digest in own.items()}
        found = changed_files(own, folder / place)
        changed |= {f"{place}/{name}": said for name, said in found.items()}
    places = [*dict.fromkeys([*inputs, folder, folder.resolve().parent, Path.cwd()])]
    first = next(iter(runs.values()), manifest)
    read = {name: digest for each in runs.values() for name, digest in each.inputs.items()}
    stand = inputs_today(read, first.parameters or {}, places)
    lines = [*_of_files(len(listed), changed), *_of_inputs(len(read), stand, places)]
    lines += _of_versions(first)
    if not recompute:
        same = not changed
        lines.append("Recalcul : non demandé.")
    elif why := _why_not(runs, stand):
        same = False
        lines.append(f"Recalcul impossible : {why}.")
    else:
        told = list(_recomputed(runs, stand, folder, jobs=jobs, say=say))
        same = not changed and not told
        many = _files(sum(len(each.outputs) for each in runs.values()))
        when = joined([*dict.fromkeys(day(each.day.isoformat()) for each in runs.values())])
        lines += told or [f"Recalcul, à la date du {when} : {many}, les mêmes à l’octet près."]
        if manifest.each:
            lines.append("La page et les tables de l’ensemble, réunies de ceux-là : non refaites.")
    said = "tout est identique" if same else "tout n’est pas identique, ou n’a pas pu être vérifié"
    if same and not recompute:
        said = "les fichiers sont tels qu’ils ont été écrits ; rien n’a été recalculé"
    return Verified(same, (*lines, f"Conclusion : {said}."))


def _files(count: int) -> str:
    """A number of files, in words."""
    return counted(count, "fichier", "fichiers")


def _of_files(count: int, changed: dict[str, str]) -> Iterator[str]:
    """What became of the files of the folder."""
    if not changed:
        yield f"Fichiers : les {_files(count)} du rapport sont tels qu’ils ont été écrits."
        return
    yield f"Fichiers : {len(changed)} sur {_files(count)} ne sont plus tels qu’ils ont été écrits."
    yield from _first([f"  - {one_line(name)} : {said}" for name, said in changed.items()])


def _first(lines: Sequence[str]) -> Iterator[str]:
    """The first lines of many, and how many others there are."""
    yield from lines[:MAX_DEFECTS]
    if len(lines) > MAX_DEFECTS:
        yield f"  … et {counted(len(lines) - MAX_DEFECTS, 'autre', 'autres')}"


def _of_inputs(count: int, stand: Inputs, places: Sequence[Path]) -> Iterator[str]:
    """What became of what they were made from."""
    read = counted(count, "fichier lu", "fichiers lus")
    if not stand.wrong:
        yield f"Données : {read}, les mêmes aujourd’hui."
        return
    yield f"Données : {read} ; ne sont plus les mêmes aujourd’hui :"
    yield from _first([f"  - {one_line(name)} : {said}" for name, said in stand.wrong.items()])
    if stand.lacking:
        shown = joined([f"« {shown_path(each)} »" for each in places])
        yield f"  Vos fichiers ont été cherchés dans {shown} ; --inputs DOSSIER en ajoute un."


def _of_versions(manifest: Manifest) -> Iterator[str]:
    """What else would compute today."""
    ours = versions()
    other = [
        f"{one_line(name)} {one_line(value)} (ici {ours[name]})"
        for name, value in manifest.versions.items()
        if name in ours and ours[name] != value
    ]
    yield f"Versions : {joined(other)}." if other else "Versions : les mêmes."


def _why_not(runs: Mapping[str, Manifest], stand: Inputs) -> str:
    """Why the run cannot be made again; empty where it can."""
    if not runs:
        return "aucun territoire n’a de manifeste lisible"
    for manifest in runs.values():
        # Not every manifest is of a report, and those that are say how many draws were made.
        if "draws" not in (manifest.parameters or {}):
            return "ce manifeste n’est pas celui d’un rapport"
        version = manifest.versions["cpts_geo"]
        if version != __version__:
            return (
                f"ce rapport est de cpts_geo {one_line(version)}, et la version installée est "
                f"{__version__} ; installez celle du rapport, ou refaites-le"
            )
    if stand.lacking:
        shown = joined([quoted(name) for name in stand.lacking])
        return f"il faut, tels qu’ils étaient, {shown} (--inputs DOSSIER)"
    return ""


def _recomputed(
    runs: Mapping[str, Manifest],
    stand: Inputs,
    folder: Path,
    *,
    jobs: int,
    say: Callable[[str], None],
) -> Iterator[str]:
    """What the same run gives that differs from the folder, a line each."""
    try:
        with tempfile.TemporaryDirectory(prefix="cpts_geo_") as aside:
            found = {
                name: lines
                for place, made in _made_again(runs, stand, Path(aside), jobs=jobs, say=say)
                for name, lines in _held(runs[place], folder / place, made, place=place)
            }
    except CptsGeoError as error:
        yield f"Recalcul impossible : {error.summary}"
        yield from (f"  - {line}" for line in error.defects)
        return
    if found:
        many = _files(sum(len(each.outputs) + 1 for each in runs.values()))
        yield f"Recalcul : {_files(len(found))} sur {many} diffèrent."
    for name, lines in found.items():
        yield f"  - {one_line(name)} : {lines[0]}"
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
    first = next(iter(runs.values()))
    if "" in runs and SAID[0] not in first.told:
        again(first, stand.found, aside, say)
        yield "", aside
        return
    # A territory verified by itself is in a folder that bears its key, or was moved from it.
    keys = {
        place.rpartition("/")[2] or str((each.parameters or {})["territories"][0]): place
        for place, each in runs.items()
    }
    manifests = {key: runs[place] for key, place in keys.items()}
    for key, made in each_again(manifests, stand.found, jobs=jobs, say=say):
        if isinstance(made, str):
            yield keys[key], made
            continue
        for name, content in made.items():
            path = aside / key / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield keys[key], aside / key
        shutil.rmtree(aside / key)


def _held(
    manifest: Manifest, folder: Path, made: Path | str, *, place: str
) -> Iterator[tuple[str, list[str]]]:
    """By name of file, what differs between a folder and what was made again."""
    if isinstance(made, str):
        yield place or MANIFEST, [f"non refait, {made}"]
        return
    start = f"{place}/" if place else ""
    told = json.loads((made / MANIFEST).read_bytes())
    found = differences(folder, made, {*manifest.outputs, *told["outputs"]})
    parts = other_parts(manifest.told, told, ["notes", "forecasts", *SAID])
    parts += other_options(manifest.told, told, every=SAID[0] in told)
    more = sorted(told["inputs"].keys() - manifest.inputs.keys())
    parts += [f"{quoted(name)} a servi, et le rapport ne l’avait pas" for name in more]
    if parts:
        found[MANIFEST] = parts
    yield from ((start + name, lines) for name, lines in found.items())
