"""Which territory each row of a list is of: by a column, or by the titles between its rows."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.sources._bounds.limits import hold
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst._tables.only import chosen_names
from cpts_geo.sources.analyst._tables.text import Row
from cpts_geo.sources.analyst.lists._bare import is_section
from cpts_geo.sources.analyst.lists._rows import Why


class Groups(NamedTuple):
    """Territory of each row (empty: of none in particular), titles by their place, French notes."""

    of: list[str]
    titles: dict[int, Why]
    notes: list[str]


def by_titles(
    path: Path, rows: Sequence[Row], names: Sequence[str], *, none: Container[int], some: bool
) -> Groups:
    """Territories that titles among the rows name (« CPTS du Val », alone on its row), those of no
    commune apart; a row above the first is refused, unless some alone are wanted."""
    found: list[str] = []
    before: list[int] = []
    titles: dict[int, Why] = {}
    current = ""
    for place, ((line, cells), name) in enumerate(zip(rows, names, strict=True)):
        if name and is_section(cells):
            current = " ".join(name.split())
            titles[place] = (name, "titre d’un territoire")
        elif not current and place not in none:
            before.append(line)
        found.append(current)
    if titles and before and not some:
        first = quoted(next(iter(titles.values()))[0])
        raise PerimeterError(
            f"Des lignes de {one_line(path.name)} ne disent pas de quel territoire elles sont.",
            defects=[
                Defect(f"ligne {line} : au-dessus de {first}", "territoire absent")
                for line in before
            ],
            remedy="mettez le nom de leur CPTS au-dessus d’elles, ou retirez ces titres.",
        )
    return Groups(found, titles, [])


def by_column(
    path: Path,
    rows: Sequence[Row],
    written: Sequence[str],
    label: str,
    *,
    none: Container[int],
    some: bool,
) -> Groups:
    """Territories that a column names, of the rows that are communes; a cell merged over several
    rows is read on each of them; a row of none is refused, unless some alone are wanted."""
    names = [" ".join(text.split()) for text in written]
    communes = [place for place in range(len(names)) if place not in none]
    given = [plain(names[place]) for place in communes if names[place]]
    lacking = [rows[place][0] for place in communes if not names[place]]
    if not lacking or not given:
        return Groups(names, {}, [])
    # Merged cells leave more blanks than names, and repeat none.
    if names[communes[0]] and len(set(given)) == len(given) <= len(lacking):
        filled: list[str] = []
        for name in names:
            filled.append(name or (filled[-1] if filled else ""))
        said = f"Colonne {label} : une cellule vide répète celle du dessus (cellules fusionnées)."
        return Groups(filled, {}, [said])
    if some:
        return Groups(names, {}, [])
    raise PerimeterError(
        f"Des lignes de {one_line(path.name)} ne disent pas de quel territoire elles sont.",
        defects=[
            Defect(f"ligne {line} : colonne {label} vide", "territoire absent") for line in lacking
        ],
        remedy="complétez cette colonne, ou retirez-la pour ne faire qu’un territoire ; --only "
        "NOM n’en prend qu’un.",
    )


def wanted_territories(
    path: Path, of: Sequence[str], only: Collection[str], labels: Mapping[str, str]
) -> set[str]:
    """Territories asked for among those of a list, of every spelling."""
    if not any(of):
        raise PerimeterError(
            f"{one_line(path.name)} ne dit pas de quel territoire est chaque commune : rien n’y "
            "peut être choisi par un nom.",
            remedy="retirez --only, ou donnez à la liste une colonne « CPTS ».",
        )
    first = {plain(name): name for name in reversed(of)}
    found = chosen_names(first.values(), only, file=path.name, where=f"de {_origin(labels)}")
    keys = {plain(name) for name in found}
    return {name for name in of if plain(name) in keys}


def spelled_once(
    path: Path, of: Sequence[str], labels: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Territories, spellings that differ by case and accents alone made one, and French notes; a
    refusal of more than a report can show."""
    first: dict[str, str] = {}
    notes: dict[str, None] = {}
    found = []
    for name in of:
        kept = first.setdefault(plain(name), name)
        if kept != name:
            notes[f"Territoire {quoted(name)} lu comme {quoted(kept)}."] = None
        found.append(kept)
    where = _origin(labels)
    hold("polygons_territories", len(first), PerimeterError, name=path.name, where=where)
    if len(first) > 1:
        notes[
            f"Territoires d’après {where} : {len(first)}. --only NOM n’en prend qu’un ; pour n’en "
            "faire qu’un de tous, retirez ces noms du fichier."
        ] = None
    return found, list(notes)


def _origin(labels: Mapping[str, str]) -> str:
    """Where the names of the territories stand, in French."""
    return f"la colonne {labels['territory']}" if "territory" in labels else "les titres"
