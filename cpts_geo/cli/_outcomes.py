"""Outcomes of a registre that are written in somebody's own way: typed, or asked for in a file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cpts_geo.cli._options import path_option
from cpts_geo.errors import AskedError, OutcomesError, TableError, quoted
from cpts_geo.foreign import shown_path
from cpts_geo.french import counted

#: Options of the commands that read a registre.
OwnOutcomes = Annotated[
    list[str] | None,
    typer.Option(
        metavar="VALEUR=ISSUE",
        help="Sens d’une issue écrite à votre façon, par exemple « Sans suite=autre » ; répétable.",
    ),
]
OutcomesFile = Annotated[
    Path | None, path_option("Sens de vos issues (CSV de colonnes valeur et sens).")
]
LineDepartements = Annotated[
    list[str] | None,
    typer.Option(
        help="Département de la ligne, pour un registre en heures UTC (Z) sans commune ; répétable."
    ),
]


def own_outcomes(typed: Sequence[str]) -> dict[str, str]:
    """Outcome of each wording that was typed, « Sans suite=autre »."""
    parts = [text.rpartition("=") for text in typed]
    if wrong := [
        text for text, (value, mark, _) in zip(typed, parts, strict=True) if not value or not mark
    ]:
        raise AskedError(
            "« --outcome » dit le sens d’une issue écrite à votre façon.",
            defects=[
                f"{quoted(text)} : il faut une valeur, le signe =, une issue" for text in wrong
            ],
            remedy='tapez par exemple --outcome "Sans suite=autre".',
        )
    return {value.strip(): meant.strip() for value, _, meant in parts}


def to_complete(error: OutcomesError, output: Path, typed: Sequence[str]) -> TableError:
    """Write the outcomes that are not known for the analyst to explain, and say how to go on."""
    from cpts_geo.sources.analyst.calls.log import OUTCOMES_FRENCH  # noqa: PLC0415
    from cpts_geo.writing.comparison import write_outcomes  # noqa: PLC0415

    path = write_outcomes(error.values, output, own=error.own)
    hidden = (
        f" ; ajoutez-y celles qui ne sont pas répétées ({counted(error.hidden, 'ligne', 'lignes')})"
    )
    again = shlex.join([*typed, "--outcomes", str(path)])
    return TableError(
        error.summary,
        defects=error.defects,
        remedy=f"complétez la colonne « sens » de « {shown_path(path)} » "
        f"({', '.join(OUTCOMES_FRENCH)}){hidden if error.hidden else ''}, puis tapez : {again}",
    )
