"""The notebooks of a folder: which can be run for another territory, and which were asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from symtable import SymbolTable, symtable
from typing import Any, Final

from cpts_geo.errors import NotebookError, nested, quoted
from cpts_geo.files import reason
from cpts_geo.foreign import shown_path
from cpts_geo.writing.notebooks._extra import read_notebook

#: What papermill gives, by the names that the notebooks have for it.
TERRITORY: Final = "territory"
DEPARTEMENT: Final = "departement"
LOG: Final = "log"
TAG: Final = "parameters"
#: What IPython makes of a whole cell: its words, then a cell that is Python or not.
_CELL_MAGIC: Final = re.compile(r"\s*%%\w+(.*)\n?")


@dataclass(frozen=True)
class Source:
    """A notebook: its file, its text, its title, its parameters, and why it cannot be run."""

    path: Path
    text: str = ""
    title: str = ""
    parameters: frozenset[str] = frozenset()
    defect: str = ""

    @property
    def name(self) -> str:
        """File name without its suffix."""
        return self.path.stem


def sources(
    folder: Path,
    asked: Sequence[str],
    *,
    needed: frozenset[str],
    say: Callable[[str], None],
    log: bool = False,
) -> list[Source]:
    """
    Find the notebooks asked for; by default, all that take the `needed` parameters.

    A notebook that could show figures of another territory than its own is refused, and so is one
    of a log of calls without a `log`: it would invent one under the name of the territory.
    """
    found = [_read(path) for path in _paths(folder, asked)]
    if not asked:
        found = [each for each in found if TERRITORY in each.parameters]
        if without := [each.name for each in found if needed - each.parameters]:
            say(f"Carnets laissés, sans « {DEPARTEMENT} » à recevoir : {', '.join(without)}")
        found = [each for each in found if needed <= each.parameters]
        if unlogged := [each.name for each in found if LOG in each.parameters and not log]:
            say(f"Carnet laissé, il lui faut votre registre (--log) : {', '.join(unlogged)}")
        found = [each for each in found if log or LOG not in each.parameters]
    defects = [f"{each.name} : {each.defect}" for each in found if each.defect]
    defects += [
        f"{each.name} : sa cellule de paramètres n’a pas « {name} »"
        for each in found
        if not each.defect
        for name in sorted(needed - each.parameters)
    ]
    defects += [
        f"{each.name} : il lui faut votre registre des demandes, --log CHEMIN"
        for each in found
        if not each.defect and LOG in each.parameters and not log
    ]
    if log and not any(LOG in each.parameters for each in found):
        defects.append(f"--log : aucun de ces carnets ne reçoit « {LOG} »")
    if defects:
        raise NotebookError(
            "Ces carnets ne peuvent pas être exécutés pour un autre territoire.",
            defects=defects,
            remedy="corrigez ce qui est dit, ou choisissez d’autres carnets avec --notebook.",
        )
    if not found:
        raise NotebookError(
            f"Aucun carnet de « {shown_path(folder)} » ne reçoit {' et '.join(sorted(needed))}.",
            remedy=f"étiquetez « {TAG} » la cellule où ces noms reçoivent une valeur, ou donnez "
            "un autre dossier avec --notebooks.",
        )
    return found


def _paths(folder: Path, asked: Sequence[str]) -> list[Path]:
    """Files of the notebooks asked for, by number or name, in the order of the folder."""
    if not folder.is_dir():
        raise NotebookError(
            f"Le dossier des carnets « {shown_path(folder)} » n’existe pas.",
            remedy="tapez la commande dans le dossier du projet, ou indiquez celui de vos carnets "
            "avec --notebooks.",
        )
    every = sorted(path for path in folder.glob("*.ipynb") if path.is_file())
    chosen = {text: [path for path in every if _named(path, text)] for text in asked}
    defects = [f"{quoted(text)} : inconnu" for text, paths in chosen.items() if not paths]
    defects += [
        f"{quoted(text)} : {', '.join(path.stem for path in paths)}"
        for text, paths in chosen.items()
        if len(paths) > 1
    ]
    if defects or not every:
        known = ", ".join(path.stem for path in every) or "aucun carnet"
        raise NotebookError(
            f"Carnets introuvables dans « {shown_path(folder)} »."
            if defects
            else f"Le dossier « {shown_path(folder)} » n’a pas de carnet (.ipynb).",
            defects=defects,
            remedy=f"écrivez un numéro ou un nom ; ce dossier a : {known}.",
        )
    return [path for path in every if not asked or any(path in p for p in chosen.values())]


def _named(path: Path, text: str) -> bool:
    """Whether a notebook is the one that a number or a name means."""
    wanted = text.strip().removesuffix(".ipynb").casefold()
    number = re.match(r"\d+", path.stem)
    same = number and wanted.isdecimal() and int(wanted) == int(number[0])
    return bool(same) or path.stem.casefold() == wanted


def _read(path: Path) -> Source:
    """Read a notebook, and judge it."""
    try:
        text = path.read_text(encoding="utf-8")
        cells = read_notebook(text).cells
    except OSError as error:
        return Source(path, defect=reason(error))
    except ValueError:
        return Source(path, defect="ce n’est pas un carnet Jupyter, ou il est abîmé")
    tagged = [n for n, cell in enumerate(cells) if TAG in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        how_many = "plusieurs cellules sont étiquetées" if tagged else "aucune n’est étiquetée"
        return Source(path, defect=f"de ses cellules, {how_many} « {TAG} »")
    parameters = frozenset(_assigned(cells[tagged[0]]))
    if not_plain := _plain_defect(cells[tagged[0]].source):
        return Source(path, parameters=parameters, defect=not_plain)
    again = [
        f"la cellule de code n° {rank(cells, n)} change « {name} »"
        for n, cell in enumerate(cells)
        if n != tagged[0]
        for name in sorted(parameters & _assigned(cell))
    ]
    title = next((found for cell in cells if (found := _heading(cell))), path.stem)
    defect = nested("un paramètre y reçoit une autre valeur ailleurs", again) if again else ""
    return Source(path, text, title, parameters, defect)


def rank(cells: Sequence[Any], index: int) -> int:
    """Rank of a cell among those of code, from 1."""
    return sum(cell.cell_type == "code" for cell in cells[: index + 1])


def _heading(cell: Any) -> str:
    """Title that a cell of prose gives to its notebook; empty where it gives none."""
    found = re.search(r"^# +(.+?)[ #]*$", cell.source, re.MULTILINE)
    return re.sub(r"[*_`]", "", found[1]) if found and cell.cell_type == "markdown" else ""


def _plain_defect(source: str) -> str:
    """What a cell of parameters does besides naming values; empty where it does nothing else.

    What it would make of its own values keeps them, whatever values are given after it.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return "sa cellule de paramètres n’est pas du Python"
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        try:
            ast.literal_eval(getattr(node, "value", None) or "")
        except (ValueError, SyntaxError):
            targets = [None]
        if isinstance(node, ast.AugAssign) or not all(isinstance(x, ast.Name) for x in targets):
            first = (ast.get_source_segment(source, node) or "").partition("\n")[0]
            return f"sa cellule de paramètres calcule {quoted(first)} : ne laissez-y que des valeurs "\
                "(nom = valeur), le reste va dans la cellule suivante"
    return ""


def _assigned(cell: Any) -> set[str]:
    """Names of its notebook that a cell of code gives a value to; none where it is no Python."""
    # Only what runs notebooks waits for it.
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415

    if cell.cell_type != "code":
        return set()
    magic = _CELL_MAGIC.match(cell.source)
    # The words of a magic on a whole cell may be names that it fills.
    words = set(magic[1].split()) if magic else set()
    text = cell.source[magic.end() :] if magic else cell.source
    manager: Any = TransformerManager
    try:
        table = symtable(manager().transform_cell(text), "", "exec")
    except (SyntaxError, ValueError):
        return words  # running it tells
    return words | set(_bound(table))


def _bound(table: SymbolTable) -> Iterator[str]:
    """Names of the top level that a scope, or one inside it, gives a value to."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        given = symbol.is_assigned() or symbol.is_imported()
        if given and (top or symbol.is_declared_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _bound(child)
