"""Run notebooks for territories, and write each with its page, then the list of all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from statistics import fmean
from time import monotonic
from typing import Any, Final

from cpts_geo import settings
from cpts_geo.asked import typed_path
from cpts_geo.atlas.pages.notebook import notebook_page
from cpts_geo.atlas.pages.notebook_index import Row, notebook_index_page
from cpts_geo.errors import CptsGeoError, NotebookError, nested
from cpts_geo.files import write_text
from cpts_geo.foreign import shown_path
from cpts_geo.french import counted
from cpts_geo.writing.notebooks._execution import executed, shown_failure
from cpts_geo.writing.notebooks._extra import check_extra, written_notebook
from cpts_geo.writing.notebooks._sources import LOG, Source, sources
from cpts_geo.writing.notebooks._territories import Asked, territories
from cpts_geo.writing.output_folder import check_output, staged

_INDEX: Final = "index.html"
#: What a notebook with its page weighs, at most; a run of several asks for as many times this.
_MEGABYTES: Final = 6.0
#: How much of a page is read to know what it is: its title stands at its top.
_HEAD: Final = 4_000
_TOLD: Final = re.compile(r'<title>(.*?)</title>\s*<meta name="territory" content="(.*?)">', re.S)


@dataclass(frozen=True)
class Step:
    """
    How far a run is: before each notebook, and after the last.

    Parameters
    ----------
    done, total : int
        Notebooks run, failed ones included, and to run.
    doing : str
        What begins now, in French; empty at the end.
    ended : str
        What has just ended, and how, in French; empty at the start.
    remaining : float or None
        Seconds that the rest should take; None where nothing tells.
    """

    done: int
    total: int
    doing: str
    ended: str
    remaining: float | None


def run_notebooks(
    typed: Sequence[str],
    output: Path,
    *,
    departements: Sequence[str] = (),
    notebooks: Sequence[str] = (),
    folder: Path = Path("notebooks"),
    log: Path | None = None,
    watch: Callable[[Step], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """
    Execute notebooks for territories, each in a kernel of its own, and write them with their pages.

    Parameters
    ----------
    typed : sequence of str
        Territories: key of one of the five CPTS, SIREN of an intercommunalité, path of a list.
    output : Path
        Folder of the results: a folder a territory, and a page that lists all of them.
    departements : sequence of str
        With a list, where its names are looked for; alone, each of their intercommunalités.
    notebooks : sequence of str
        Numbers or names; by default, every notebook that has a parameter ``territory``.
    folder : Path
        Where the notebooks are; nothing is written there. Where there is none of the usual name,
        those of an installed wheel.
    log : Path, optional
        Log of calls of the only territory, for the notebooks that have a parameter ``log``; they
        are left out without it.
    watch : callable
        Receives how far the run is.
    say : callable
        Receives one French line a thing to know.

    Returns
    -------
    Path
        The page that lists the others.

    Raises
    ------
    NotebookError
        The request cannot be met, and nothing was run; or notebooks failed, and the others are
        written.
    OutputError
        The results cannot be written.
    """
    check_extra()
    output, folder = typed_path(output), typed_path(folder)
    if folder == Path("notebooks") and not folder.exists() and settings.NOTEBOOKS_DIR.is_dir():
        folder = settings.NOTEBOOKS_DIR
    asked = territories(typed, departements)
    needed = frozenset(name for each in asked for name in each.parameters)
    given = _log(log, asked)
    found = sources(folder, notebooks, needed=needed, say=say, log=bool(given))
    tasks = [(each, source) for each in asked for source in found]
    check_output(output, names=[_INDEX], megabytes=_MEGABYTES * len(tasks))
    failures: dict[tuple[str, str], CptsGeoError] = {}
    spent: list[tuple[str, float]] = []
    ended = ""
    try:
        for n, (each, source) in enumerate(tasks):
            doing = f"{each.name} — {source.title}"
            left = [other.name for _, other in tasks[n:]]
            watch(Step(n, len(tasks), doing, ended, _remaining(spent, left)))
            start = monotonic()
            try:
                beside = [other.name for other in found]
                _write(_with(each, source, given), source, output, links=beside, say=say)
                ended = f"{doing} : écrit"
            # What a library cannot do with one notebook is no reason to give up the others.
            except Exception as error:
                failure = failures[each.key, source.name] = _of_ours(error)
                ended = f"{doing} : échec, {failure.brief}"
            spent.append((source.name, monotonic() - start))
    except KeyboardInterrupt as error:
        whole = counted(len(spent) - len(failures), "carnet écrit", "carnets écrits")
        if spent:
            _index(output, asked, found, failures)
        raise KeyboardInterrupt(f"{whole} en entier sur {len(tasks)}, aucun à moitié") from error
    watch(Step(len(tasks), len(tasks), "", ended, 0.0))
    index = _index(output, asked, found, failures)
    if failures:
        names = {each.key: each.name for each in asked}
        raise NotebookError(
            f"{counted(len(failures), 'carnet a échoué', 'carnets ont échoué')} sur {len(tasks)} ; "
            f"les autres sont écrits : « {shown_path(index)} » les liste.",
            defects=[
                nested(f"{names[key]}, {name} : {error.summary}", error.defects)
                for (key, name), error in failures.items()
            ],
            remedy=" ".join(dict.fromkeys(error.remedy for error in failures.values())),
        )
    return index


def _log(log: Path | None, asked: Sequence[Asked]) -> dict[str, Any]:
    """The log of calls as notebooks get it; nothing without one."""
    if log is None:
        return {}
    path = typed_path(log)
    defects = [] if path.is_file() else [f"« {shown_path(path)} » n’est pas un fichier"]
    if len(asked) > 1:
        defects.append(f"c’est le registre d’un seul territoire, et il y en a {len(asked)}")
    if defects:
        raise NotebookError(
            "Le registre des demandes de --log ne peut pas être donné aux carnets.",
            defects=defects,
            remedy="donnez le chemin du fichier, et un seul territoire avec lui.",
        )
    return {LOG: str(path.resolve())}


def _with(asked: Asked, source: Source, log: dict[str, Any]) -> Asked:
    """A territory, with the log where its notebook takes one."""
    more = log if LOG in source.parameters else {}
    return replace(asked, parameters=asked.parameters | more)


def _write(
    asked: Asked,
    source: Source,
    output: Path,
    *,
    links: Sequence[str],
    say: Callable[[str], None],
) -> None:
    """Run a notebook for a territory and write it with its page: both, or neither."""
    with staged(output / asked.key, say=say) as stage:
        notebook = executed(source, asked.parameters, folder=stage.folder)
        page = notebook_page(
            notebook,
            title=source.title,
            territory=asked.name,
            folder=source.path.parent.resolve(),
            links=links,
            date=_today(),
        )
        write_text(written_notebook(notebook), stage.folder / f"{source.name}.ipynb")
        write_text(page, stage.folder / f"{source.name}.html")


def _of_ours(error: Exception) -> CptsGeoError:
    """The error as a person reads it."""
    if isinstance(error, CptsGeoError):
        return error
    return NotebookError(
        f"incident inattendu ({type(error).__name__} : {shown_failure(str(error))}).",
        remedy="ouvrez ce carnet dans JupyterLab, et exécutez-le avec ce territoire.",
    )


def _remaining(spent: Sequence[tuple[str, float]], left: Sequence[str]) -> float | None:
    """Seconds that notebooks should take: what each took before, else what all did."""
    if not spent:
        return None
    usual = fmean(seconds for _, seconds in spent)
    own = {name: [s for other, s in spent if other == name] for name in left}
    return sum(fmean(own[name]) if own[name] else usual for name in left)


def _today() -> str:
    """The date, as pages write it."""
    return f"{date.today():%d/%m/%Y}"


def _index(
    output: Path,
    asked: Sequence[Asked],
    found: Sequence[Source],
    failures: dict[tuple[str, str], CptsGeoError],
) -> Path:
    """Write the page that lists the notebooks of the folder, whichever run wrote them."""
    rows: dict[tuple[str, str], Row] = {}
    for path in sorted(output.glob("*/*.html")):
        with path.open(encoding="utf-8", errors="replace") as stream:
            told = _TOLD.search(stream.read(_HEAD))
        if told:
            title, name = map(unescape, told.groups())
            title = title.removesuffix(f" — {name}")
            rows[path.parent.name, path.stem] = Row(name, title, path.relative_to(output).as_posix())
    titles: dict[str, Any] = {source.name: source.title for source in found}
    names = {each.key: each.name for each in asked}
    for (key, name), error in failures.items():
        before = rows.get((key, name))
        rows[key, name] = Row(
            names[key], titles[name], before.page if before else "", failure=error.brief
        )
    page = notebook_index_page([rows[key] for key in sorted(rows)], date=_today())
    write_text(page, output / _INDEX)
    return output / _INDEX
