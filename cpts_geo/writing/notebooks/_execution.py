"""One notebook, one territory, one kernel: nothing of a run is left for the next."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cpts_geo import errors
from cpts_geo.errors import CptsGeoError, NotebookError, one_line, quoted
from cpts_geo.writing.notebooks._extra import read_notebook, written_notebook
from cpts_geo.writing.notebooks._sources import TAG, Source, rank

_KERNEL: Final = "python3"
#: What a library of a notebook writes past its cells is not for our terminal.
_KERNEL_CODE: Final = """
import os, runpy
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
os.dup2(nowhere, 2)
runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
"""
_INJECTED: Final = "injected-parameters"
#: Run last, and kept nowhere: what a notebook was given is what its figures are of.
_CHECK: Final = """
for name, value in {!r}.items():
    if repr(globals().get(name)) != repr(value):
        raise ValueError(name)
"""
#: A path from the root of a machine: its folders, then its file.
_PATH: Final = re.compile(
    r"(?<![\w/.:])(?:[A-Za-z]:)?(?:[\\/]+(?!\s)[^\\/'\"«»\n]+)*[\\/]+(?P<file>[^\\/'\"«»\s:,;]+)"
)
_DIED: Final = (
    "son noyau Python s’est arrêté net, le plus souvent faute de mémoire",
    "fermez d’autres programmes, puis relancez ce carnet seul (--notebook).",
)


def executed(source: Source, parameters: Mapping[str, Any], *, folder: Path) -> Any:
    """
    Run a notebook with these parameters, and give it with its results; its file is not touched.

    What it writes beside itself is written in `folder`. NotebookError where a cell fails.
    """
    import papermill  # noqa: PLC0415
    from nbclient.exceptions import DeadKernelError  # noqa: PLC0415

    # It grumbles, in English, at parameters whose kind it cannot guess.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    # Its own text, parsed anew: papermill changes the notebook that it is given.
    with _this_python() as place:
        given = place / "given.ipynb"
        given.write_text(_checked(source, parameters), encoding="utf-8")
        try:
            notebook = papermill.execute_notebook(
                _unformatted(given),
                None,
                parameters=dict(parameters),
                kernel_name=_KERNEL,
                language="python",
                cwd=folder,
                progress_bar=False,
            )
        except papermill.PapermillExecutionError as error:
            raise _failure(source, error) from error
        except DeadKernelError as error:
            raise NotebookError(f"{_DIED[0]}.", remedy=_DIED[1]) from error
    checked = notebook.cells.pop()
    if stopped := _unfinished([*notebook.cells, checked]):
        raise NotebookError(
            f"il s’arrête de lui-même {stopped}.",
            remedy="retirez ce qui l’arrête (exit, sys.exit).",
        )
    # Where it was run concerns nobody.
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if _INJECTED in cell.metadata.get("tags", []):
            cell.source = _shown(parameters)
            # Its name is drawn at random: the same notebook would never be the same file.
            cell.id = _INJECTED
    return notebook


def _checked(source: Source, parameters: Mapping[str, Any]) -> str:
    """Text of a notebook whose last cell fails where a parameter has not kept its value."""
    # Only what runs notebooks waits for it.
    from nbformat.v4 import new_code_cell  # noqa: PLC0415

    notebook = read_notebook(source.text)
    notebook.cells.append(new_code_cell(_CHECK.format(dict(parameters))))
    return written_notebook(notebook)


def _shown(parameters: Mapping[str, Any]) -> str:
    """What a notebook was given, as its pages show it: of a path, which may name someone, the
    file."""
    given = {
        name: Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
        for name, value in parameters.items()
    }
    return "\n".join(["# Donné par cpts-geo notebooks run", *(f"{n} = {v!r}" for n, v in given.items())])


def _unformatted(path: Path) -> str:
    """A path whose braces are no parameter of papermill."""
    return str(path).replace("{", "{{").replace("}", "}}")


@contextmanager
def _this_python() -> Iterator[Path]:
    """Make a kernel of the Python that runs the command, whatever kernel, start-up file or history
    the user has; yield its temporary folder."""
    with tempfile.TemporaryDirectory(prefix="cpts_geo-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        spec = place / "kernels" / _KERNEL
        spec.mkdir(parents=True)
        command = [sys.executable, "-Xfrozen_modules=off", "-c", _KERNEL_CODE]
        content = {"argv": [*command, "-f", "{connection_file}"], "display_name": "Python 3",
                   "language": "python"}  # fmt: skip
        (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")
        kept = os.environ.get("JUPYTER_PATH")
        own = {
            "JUPYTER_PATH": os.pathsep.join(filter(None, [name, kept])),
            "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
            "IPYTHONDIR": str(place / "ipython"),
        }
        before = {variable: os.environ.get(variable) for variable in own}
        os.environ.update(own)
        try:
            yield place
        finally:
            for variable, value in before.items():
                if value is None:
                    os.environ.pop(variable, None)
                else:
                    os.environ[variable] = value


def _failure(source: Source, error: Any) -> NotebookError:
    """What a cell that failed says: an error of ours in its own words, another in one line."""
    cells = read_notebook(source.text).cells
    tagged = next(n for n, cell in enumerate(cells) if TAG in cell.metadata.get("tags", []))
    # Papermill adds its own cell after that of the parameters.
    index = error.cell_index - (error.cell_index > tagged)
    if index == len(cells):
        return NotebookError(
            f"{quoted(error.evalue)} n’y a plus, à la fin, la valeur que vous avez donnée.",
            remedy="donnez un autre nom à ce que ses cellules, ou leurs fonctions, y rangent.",
        )
    where = f"{_cell(cells, index)} s’arrête"
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, CptsGeoError):
        summary, *lines = error.evalue.splitlines()
        defects = [line.removeprefix("  - ") for line in lines if line.startswith("  - ")]
        remedy = next((x for line in lines if (x := line.partition("À faire : ")[2])), "")
        return NotebookError(f"{where} : {summary}", defects=defects, remedy=remedy)
    said = " : ".join(filter(None, [error.ename, shown_failure(error.evalue)]))
    return NotebookError(
        f"{where} : {said}.",
        remedy="ouvrez ce carnet dans JupyterLab avec ce territoire, et exécutez-le jusque-là.",
    )


def shown_failure(text: str) -> str:
    """What a library says, on one line without its full stop; of a path of this machine, which may
    name someone, the file."""
    return one_line(_PATH.sub(r"\g<file>", text)).rstrip(" .")


def _cell(cells: Any, index: int) -> str:
    """A cell of code as one finds it again: its rank, and how it begins."""
    first = next((line for line in cells[index].source.splitlines() if line.strip()), "")
    return f"la cellule de code n° {rank(cells, index)} ({quoted(first.strip())})"


def _unfinished(cells: Any) -> str:
    """Where cells of code, the last of which is ours, were no longer run; empty when all were."""
    own = [cell for cell in cells if _INJECTED not in cell.metadata.get("tags", [])]
    for n, cell in enumerate(own):
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            return f"avant {_cell(own, n)}" if n < len(own) - 1 else "à sa dernière cellule"
    return ""
