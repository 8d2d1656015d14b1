"""Tables of all territories, read from the folder of each, a line at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from cpts_geo.files import write_atomically
from cpts_geo.schema import TERRITORY

#: Tables gathered, and a column of which only one value is: what is around a territory stands in
#: its own folder.
GATHERED: Final[dict[str, tuple[str, str] | None]] = {
    "territoires": None,
    "comparaison": ("area_level", TERRITORY.key),
    "capacite": None,
    "besoin": None,
}


def gather(name: str, folders: Sequence[Path], path: Path) -> None:
    """Write a table of all territories: the columns of each, in the order they are met."""
    files = [folder / "tableaux" / f"{name}.csv" for folder in folders]
    columns = [*dict.fromkeys(column for file in files for column in _columns(file))]

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_rows(files, GATHERED[name]))

    write_atomically(path, write)


def _columns(file: Path) -> list[str]:
    """Columns of a table."""
    with file.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream), [])


def _rows(files: Iterable[Path], only: tuple[str, str] | None) -> Iterator[dict[str, str]]:
    """Rows of the tables, one after the other."""
    for file in files:
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if only is None or row[only[0]] == only[1]:
                    yield row
