"""Report on every territory: several at once, begun again where it stopped, none held with all."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cpts_geo.asked import expect, typed_path
from cpts_geo.basis import Basis, read_basis
from cpts_geo.errors import CptsGeoError, OutputError, PartlyFailedError, nested
from cpts_geo.foreign import shown_path
from cpts_geo.french import counted, number
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.processes.workers import check_jobs, each
from cpts_geo.study.options import Options
from cpts_geo.writing.every._kept import is_kept, put
from cpts_geo.writing.every._made import Failed, Made, failed, make
from cpts_geo.writing.every._pace import Pace
from cpts_geo.writing.every._plan import Task, check_options, tasks
from cpts_geo.writing.every._told import no_longer_asked, outcome, pages_removed
from cpts_geo.writing.every.again import asked_of
from cpts_geo.writing.every.whole import EACH, FAILURES, INDEX, NOT_ALWAYS, write_whole
from cpts_geo.writing.output_folder import alone, check_output, put_right, staged
from cpts_geo.writing.placing.obstacles import ELSEWHERE
from cpts_geo.writing.report import MANIFEST

#: What a disk refuses to all.
_OF_THE_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
#: What a territory weighs, at most, with its page and without.
_MEGABYTES: Final = {True: 3.0, False: 0.1}


@dataclass(frozen=True)
class Step:
    """
    How far a run is.

    Parameters
    ----------
    done, total : int
        Territories that ended, kept and failed ones included, and asked for.
    kept, failed : int
        Those that an earlier run had made, and those that could not be.
    ended : str
        The one that has just ended, and how, in French; empty at the start.
    remaining : float or None
        Seconds that the rest should take; None while nothing tells.
    noted : bool
        Whether it is worth a line where no bar moves: a failure, one territory in so many.
    """

    done: int
    total: int
    kept: int
    failed: int
    ended: str
    remaining: float | None
    noted: bool = False


def write_every(
    request: Request,
    options: Options,
    output: Path | str,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    pages: bool = True,
    watch: Callable[[Step], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """
    Write a folder a territory, the page of all and their tables.

    Parameters
    ----------
    request : Request
        Territories asked for: a division of France, or a file.
    options : Options
        What all rest on.
    output : Path or str
        Folder to write. What an earlier run made of the same inputs, parameters and code is kept.
    jobs : int
        Processes at once.
    scheduler : str, optional
        Address of a scheduler of dask.distributed, whose workers are used instead.
    pages : bool
        Whether pages and maps are drawn; else indicators, need and capacity alone.
    watch : callable
        Receives how far the run is.
    say : callable
        Receives one French line a thing to know.

    Returns
    -------
    Path
        The page of all.

    Raises
    ------
    CptsGeoError
        What was asked, or an input, cannot be used: nothing was begun.
    OutputError
        A folder cannot be written; what was finished is kept.
    ClusterError
        The scheduler does not answer, or no more; what was finished is kept.
    PartlyFailedError
        Territories failed; the others, and the page of all, are written.
    """
    remedy = 'écrivez write_every(Request(every="epci"), Options(), DOSSIER).'
    expect(request, Request, remedy=remedy)
    expect(options, Options, remedy=remedy)
    check_options(options)
    check_jobs(jobs)
    output = typed_path(output)
    basis = read_basis(options, say=say)
    say("Communes : reconnaissance des noms et des codes")
    found = asked_of(request, basis)
    total, keys = len(found.identity), [str(key) for key in found.identity.index]
    for note in (*found.notes, *basis.notes):
        say(f"À savoir : {note}")
    check_output(output, names=[INDEX, MANIFEST], megabytes=_MEGABYTES[pages] * total)
    if (output / EACH).is_symlink():
        raise OutputError(
            f"« {shown_path(output / EACH)} » est un lien, qui mène ailleurs.",
            remedy=f"retirez ce lien, {ELSEWHERE}",
        )
    for line in () if pages else pages_removed(output / EACH, keys):
        say(line)
    with _left_as_it_was(output / EACH), alone(output / EACH, say=say):
        failures, kept = _make_all(
            tasks(request, found, basis, pages=pages), basis, output / EACH, total=total,
            jobs=jobs, scheduler=scheduler, watch=watch,
        )  # fmt: skip
        say("Page de tous les territoires, tableaux, manifeste")
        with staged(output, last=MANIFEST, own=True, say=say) as stage:
            stage.stale.extend(NOT_ALWAYS)
            write_whole(
                request, found, basis, each=output / EACH, into=stage.folder, pages=pages,
                failures={key: failure.reason for key, failure in failures.items()}, say=say,
            )  # fmt: skip
        for line in no_longer_asked(output / EACH, keys):
            say(line)
    say(outcome(total, kept=kept, failed=len(failures)))
    if failures:
        names = found.identity["name"]
        many = "territoire n’a pas pu être fait", "territoires n’ont pas pu être faits"
        others = f"les autres sont écrits : « {shown_path(output / INDEX)} » les liste"
        if len(failures) == total:
            others = "il n’y a donc ni page de tous, ni tableaux réunis"
        raise PartlyFailedError(
            f"{counted(len(failures), *many)} sur {number(total)} ; {others}.",
            defects=[
                nested(f"{names[key]} : {failure.reason}", ()) for key, failure in failures.items()
            ],
            remedy=" ".join(dict.fromkeys(map(_own_remedy, failures.values())))
            + " La même commande ne refera que ceux-là ; leur liste est dans "
            f"« {shown_path(output / FAILURES)} ».",
        )
    return output / INDEX


@contextmanager
def _left_as_it_was(folder: Path) -> Iterator[None]:
    """Take away the folders that were made for a run that wrote nothing in them."""
    missing = [place for place in (folder, *folder.absolute().parents) if not place.exists()]
    try:
        yield
    except BaseException:
        for place in missing:
            with suppress(OSError):
                place.rmdir()
        raise


def _own_remedy(failure: Failed) -> str:
    """What to do of a territory: another folder for it alone would make all the others again."""
    return failure.remedy.removesuffix(f", {ELSEWHERE}").rstrip(".") + "."


def _make_all(
    planned: Iterator[Task],
    basis: Basis,
    folder: Path,
    *,
    total: int,
    jobs: int,
    scheduler: str | None,
    watch: Callable[[Step], None],
) -> tuple[dict[str, Failed], int]:
    """Make each territory that is not there yet; why those that failed did, by key, and how many
    were there."""
    failures: dict[str, Failed] = {}
    done = kept = 0
    pace = Pace(total, workers=None if scheduler else jobs)

    def told(ended: str = "", *, noted: bool = False) -> None:
        left = pace.remaining(total - done)
        watch(Step(done, total, kept, len(failures), ended, left, noted))

    def to_do() -> Iterator[Task]:
        nonlocal done, kept
        for task in planned:
            if _in_the_way(folder / task.key):
                yield task
                continue
            put_right(folder / task.key)
            if not is_kept(folder / task.key, task.content):
                yield task
                continue
            done, kept = done + 1, kept + 1
            told()

    told()
    try:
        working = each(make, to_do(), common=basis, jobs=jobs, scheduler=scheduler)
        with closing(working):
            for task, result in working:
                failure = _ended(task, result, folder / task.key)
                if failure and (folder / task.key / MANIFEST).is_file():
                    why = f"{failure.reason} ; son dossier garde un calcul précédent"
                    failure = replace(failure, reason=why)
                if failure:
                    failures[task.key] = failure
                done += 1
                pace.ended()
                if failure:
                    told(f"{task.name} : échec, {failure.reason}", noted=True)
                else:
                    told(task.name, noted=pace.noted(done))
    except KeyboardInterrupt as error:
        whole = counted(done - len(failures), "territoire écrit", "territoires écrits")
        mixed = done > kept and (folder.parent / MANIFEST).is_file()
        before = " ; la page de tous et les tableaux réunis sont encore ceux d’avant" * mixed
        raise KeyboardInterrupt(
            f"{whole} en entier sur {number(total)}, aucun à moitié ; la même commande reprendra "
            f"là{before}"
        ) from error
    return failures, kept


def _in_the_way(folder: Path) -> Failed | None:
    """What stands in the place of the folder of a territory; None for a folder, or nothing."""
    if folder.is_symlink():
        return Failed(f"« {shown_path(folder)} » est un lien, qui mène ailleurs", "retirez ce lien")
    if folder.exists() and not folder.is_dir():
        said = f"« {shown_path(folder)} » est un fichier, là où irait son dossier"
        return Failed(said, "déplacez ou renommez ce fichier")
    return None


def _ended(task: Task, result: Made | Failed | CptsGeoError, folder: Path) -> Failed | None:
    """Put a territory in its place; why it could not be, else."""
    if isinstance(result, CptsGeoError):
        return failed(result)
    if isinstance(result, Failed):
        return result
    if way := _in_the_way(folder):
        return way
    try:
        put(result, folder)
    except OutputError as error:
        # A disk that refuses one territory refuses the others; what is in its place does not.
        cause = error.__cause__
        if getattr(cause, "errno", None) in _OF_THE_DISK or not (cause or error.defects):
            raise
        return failed(error)
    return None
