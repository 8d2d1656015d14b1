"""Verify a folder of results: its files, what they were made from, and the same run again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpts_geo import __version__
from cpts_geo.asked import typed_path
from cpts_geo.errors import CptsGeoError, one_line, quoted
from cpts_geo.foreign import shown_path
from cpts_geo.french import counted, day, joined
from cpts_geo.writing.report import MANIFEST, versions
from cpts_geo.writing.verifying._again import again
from cpts_geo.writing.verifying._differences import differences, other_parts
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
    changed = changed_files({**manifest.before, **manifest.outputs}, folder)
    places = [*dict.fromkeys([*inputs, folder, folder.resolve().parent, Path.cwd()])]
    stand = inputs_today(manifest.inputs, manifest.parameters or {}, places)
    lines = [*_of_files(manifest, changed), *_of_inputs(manifest, stand, places)]
    lines += _of_versions(manifest)
    if not recompute:
        same = not changed
        lines.append("Recalcul : non demandé.")
    elif why := _why_not(manifest, stand):
        same = False
        lines.append(f"Recalcul impossible : {why}.")
    else:
        with tempfile.TemporaryDirectory(prefix="cpts_geo_") as aside:
            told = list(_recomputed(manifest, stand, folder, Path(aside), say))
        same = not changed and not told
        lines += told or [
            f"Recalcul : {_files(len(manifest.outputs))}, à l’octet près les mêmes "
            f"(datés du {day(manifest.day.isoformat())}, comme le rapport)."
        ]
    said = "tout est identique" if same else "tout n’est pas identique, ou n’a pas pu être vérifié"
    if same and not recompute:
        said = "les fichiers sont tels qu’ils ont été écrits ; rien n’a été recalculé"
    return Verified(same, (*lines, f"Conclusion : {said}."))


def _files(count: int) -> str:
    """A number of files, in words."""
    return counted(count, "fichier", "fichiers")


def _of_files(manifest: Manifest, changed: dict[str, str]) -> Iterator[str]:
    """What became of the files of the folder."""
    count = len({**manifest.before, **manifest.outputs})
    if not changed:
        yield f"Fichiers : les {_files(count)} du rapport sont tels qu’ils ont été écrits."
        return
    yield f"Fichiers : {len(changed)} sur {_files(count)} ne sont plus tels qu’ils ont été écrits."
    yield from (f"  - {one_line(name)} : {said}" for name, said in changed.items())


def _of_inputs(manifest: Manifest, stand: Inputs, places: Sequence[Path]) -> Iterator[str]:
    """What became of what they were made from."""
    count = counted(len(manifest.inputs), "fichier lu", "fichiers lus")
    if not stand.wrong:
        yield f"Données : {count}, les mêmes aujourd’hui."
        return
    yield f"Données : {count} ; ne sont plus les mêmes aujourd’hui :"
    yield from (f"  - {one_line(name)} : {said}" for name, said in stand.wrong.items())
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


def _why_not(manifest: Manifest, stand: Inputs) -> str:
    """Why the run cannot be made again; empty where it can."""
    version = manifest.versions["cpts_geo"]
    if manifest.parameters is None:
        return "ce manifeste n’est pas celui d’un rapport"
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
    manifest: Manifest,
    stand: Inputs,
    folder: Path,
    aside: Path,
    say: Callable[[str], None],
) -> Iterator[str]:
    """What the same run gives that differs from the folder, a line each."""
    try:
        analysis = again(manifest, stand.found, aside, say)
    except CptsGeoError as error:
        yield f"Recalcul impossible : {error.summary}"
        yield from (f"  - {line}" for line in error.defects)
        return
    for name in analysis.inputs.keys() - manifest.inputs.keys():
        yield f"Recalcul : {quoted(name)} a servi, et le rapport ne l’avait pas."
    told = json.loads((aside / MANIFEST).read_bytes())
    found = differences(folder, aside, {*manifest.outputs, *told["outputs"]})
    if parts := list(other_parts(manifest.told, told)):
        found[MANIFEST] = parts
    if found:
        yield f"Recalcul : {_files(len(found))} de {len(manifest.outputs) + 1} diffèrent."
    for name, lines in found.items():
        yield f"  - {one_line(name)} : {lines[0]}"
        yield from (f"      {line}" for line in lines[1:])
