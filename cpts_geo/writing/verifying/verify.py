"""Verify a folder of results: its files, what they were made from, and the same run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpts_geo import __version__
from cpts_geo.asked import typed_path
from cpts_geo.errors import MAX_DEFECTS, ManifestError, one_line, quoted
from cpts_geo.foreign import shown_path
from cpts_geo.french import counted, day, joined
from cpts_geo.processes.workers import check_jobs
from cpts_geo.writing.every.again import SAID, other_run
from cpts_geo.writing.every.whole import EACH, territories_in
from cpts_geo.writing.report import MANIFEST, versions
from cpts_geo.writing.verifying._files import Inputs, changed_files, inputs_today
from cpts_geo.writing.verifying._manifest import Manifest, manifests_in, read_manifest
from cpts_geo.writing.verifying._recomputing import recomputed


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
        Folder of a report, of squares or of a follow-up, with its manifest; nothing is written
        there.
    inputs : sequence of Path
        Folders where the analyst's files are looked for, by name and content, before the folder
        of results, the one that holds it and the current one.
    recompute : bool
        Whether the run is made again, in a temporary folder, with the date of the manifest.
    jobs : int
        Processes at once, for a run on all territories; threads, for squares.
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
    AskedError
        `jobs` is not one that :func:`cpts_geo.processes.workers.check_jobs` takes.

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
    check_jobs(jobs)
    every = [
        _verified(folder, name, inputs=inputs, recompute=recompute, jobs=jobs, say=say)
        for name in manifests_in(folder)
    ]
    same = all(each.same for each in every)
    said = "tout est identique" if same else "tout n’est pas identique, ou n’a pas pu être vérifié"
    if same and not recompute:
        said = "les fichiers sont tels qu’ils ont été écrits ; rien n’a été recalculé"
    lines = [line for each in every for line in each.lines]
    return Verified(same, (*lines, f"Conclusion : {said}."))


def _verified(
    folder: Path,
    name: str,
    *,
    inputs: Sequence[Path],
    recompute: bool,
    jobs: int,
    say: Callable[[str], None],
) -> Verified:
    """Hold the files of one manifest against it."""
    manifest = read_manifest(folder, name=name)
    say("Fichiers du dossier, et ce dont ils sont faits")
    listed = {**manifest.before, **manifest.outputs}
    changed = changed_files(listed, folder)
    runs = {"": manifest}
    for place in manifest.each:
        try:
            runs[place] = read_manifest(folder / place)
        except ManifestError as error:
            changed[f"{place}/{MANIFEST}"] = error.summary
            continue
        if why := other_run(runs[place].told, manifest.content[place]):
            changed[f"{place}/{MANIFEST}"] = why
        own = {**runs[place].before, **runs[place].outputs}
        listed |= {f"{place}/{name}": digest for name, digest in own.items()}
        found = changed_files(own, folder / place)
        changed |= {f"{place}/{name}": said for name, said in found.items()}
    places = [*dict.fromkeys([*inputs, folder, folder.resolve().parent, Path.cwd()])]
    read = {name: digest for each in runs.values() for name, digest in each.inputs.items()}
    if SAID[0] in manifest.told and (folder.resolve().parents[1] / MANIFEST).is_file():
        # The list that a territory is of is that of all: their manifest has its digest.
        read = {**read_manifest(folder.resolve().parents[1]).inputs, **read}
    stand = inputs_today(read, manifest.parameters or {}, places)
    lines = [f"{name} :"] if name != MANIFEST else []
    lines += [*_of_files(len(listed), changed), *_of_every(manifest, folder)]
    lines += [*_of_inputs(len(read), stand, places), *_of_versions(manifest)]
    if not recompute:
        return Verified(not changed, (*lines, "Recalcul : non demandé."))
    if why := _why_not(runs, stand):
        return Verified(False, (*lines, f"Recalcul impossible : {why}."))
    differ = list(recomputed(runs, stand, folder, name=name, jobs=jobs, say=say))
    many = _files(sum(len(each.outputs) for each in runs.values()))
    when = joined([*dict.fromkeys(day(each.day.isoformat()) for each in runs.values())])
    lines += differ or [f"Recalcul, à la date du {when} : {many}, les mêmes à l’octet près."]
    return Verified(not changed and not differ, tuple(lines))


def _files(count: int) -> str:
    """A number of files, in words."""
    return counted(count, "fichier", "fichiers")


def _of_files(count: int, changed: dict[str, str]) -> Iterator[str]:
    """What became of the files of the folder."""
    if not changed:
        yield f"Fichiers : les {_files(count)} listés sont tels qu’ils ont été écrits."
        return
    yield f"Fichiers : {len(changed)} sur {_files(count)} ne sont plus tels qu’ils ont été écrits."
    yield from _first([f"  - {one_line(name)} : {said}" for name, said in changed.items()])


def _of_every(manifest: Manifest, folder: Path) -> Iterator[str]:
    """What a run on all territories could not make, and what is there of another run."""
    if manifest.failures:
        many = "territoire n’avait pas pu être fait", "territoires n’avaient pas pu être faits"
        yield f"Échecs : {counted(len(manifest.failures), *many)}."
        yield from _first([f"  - {one_line(x)} : {y}" for x, y in manifest.failures.items()])
    here = {f"{EACH}/{key}" for key in territories_in(folder / EACH)}
    left = sorted(here - {*manifest.each})
    if left:
        many = "dossier de territoire n’est", "dossiers de territoire ne sont"
        yield f"À savoir : {counted(len(left), *many)} pas de ce calcul."
        yield from _first([f"  - {one_line(name)}" for name in left])


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
    if runs[""].is_every and len(runs) == 1:
        return "aucun territoire n’a de manifeste lisible"
    for place, manifest in runs.items():
        if not manifest.kind or (place and manifest.kind != runs[""].kind):
            return (
                f"{f'le manifeste de {one_line(place)}' if place else 'ce manifeste'} ne dit pas "
                "ce qui avait été demandé ; se refont les rapports (« report »), les carreaux "
                "(« grid ») et les suivis (« follow-up »)"
            )
        version = manifest.versions["cpts_geo"]
        if version != __version__:
            return (
                f"c’est un calcul de cpts_geo {one_line(version)}, et la version installée est "
                f"{__version__} ; installez celle d’alors, ou refaites-le"
            )
    if stand.lacking:
        shown = joined([quoted(name) for name in stand.lacking])
        return f"il faut, tels qu’ils étaient, {shown} (--inputs DOSSIER)"
    return ""
