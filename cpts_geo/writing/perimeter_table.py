"""Compile the perimeters that others list into data/cpts/perimeters.csv, beside the hand-written.

Deterministic: same inputs, same bytes. Rows of the five CPTS are written by hand and stay as they
are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.files import write_csv
from cpts_geo.french import counted
from cpts_geo.geography.perimeters.known import perimeter_rows
from cpts_geo.sources.catalogue.catalogue import sources, verified_path
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check
from cpts_geo.sources.readers.registry import READERS
from cpts_geo.writing.output_folder import check_output

FILE: Final = "perimeters.csv"


def build_perimeters(*, official_dir: Path, output: Path, say: Callable[[str], None]) -> None:
    """
    Compile and write the table of known perimeters.

    Parameters
    ----------
    official_dir : Path
        Folder of the producers' files.
    output : Path
        Folder to write, normally data/cpts.
    say : callable
        Receives one French line.

    Raises
    ------
    DataFileError
        A list is missing, altered or of an unexpected form; nothing is written.
    TableError
        Its rows break the contract of the table; nothing is written.
    OutputError
        The folder cannot be written.
    """
    check_output(output, names=(FILE,), megabytes=1.0)
    table = embedded.load_perimeters()
    communes = embedded.load_communes()
    parts = [table[table["source"] == embedded.WRITTEN]]
    for key in embedded.LISTED:
        source = sources()[key]
        listed = READERS[str(source.reader)].table(verified_path(key, official_dir), source)
        parts.append(perimeter_rows(listed, source, communes, date=source.vintage))
    whole = pd.concat(parts, ignore_index=True)
    write_csv(check(whole, "perimeters", origin=FILE), output / FILE)
    rows = whole[whole["source"] != embedded.WRITTEN]
    moved = rows[rows["published"] != rows["code_insee"]]
    doubted = rows.loc[rows["remarque"] != "", "code_insee"]
    say(
        f"{counted(rows['territory'].nunique(), 'CPTS listée', 'CPTS listées')} dans "
        f"{output / FILE} ; codes plus anciens que le COG : "
        f"{', '.join(moved['published']) or 'aucun'} ; communes douteuses, gardées pour mémoire et "
        f"laissées de côté : {', '.join(doubted) or 'aucune'}"
    )
