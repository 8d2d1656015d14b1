"""What a table to fill holds: which one it is, how much of it is filled, for which territories."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from cpts_geo.errors import CptsGeoError, IndicatorsError, one_line, quoted
from cpts_geo.foreign import shown_name
from cpts_geo.french import counted, joined, number
from cpts_geo.sources.analyst.aci.codes import PERIODS, aci_indicators
from cpts_geo.sources.analyst.aci.file import is_aci, read_aci
from cpts_geo.sources.analyst.filled.file import REMEDY, is_filled, read_filled

#: Columns of the ACI that the registre of the CPTS fills, for the indicators that it follows.
_FOLLOWED = ("previous", "value")
#: What a check of cells leaves to the report, which knows the territory.
_LEFT: Final = (
    "Chaque cellule est vérifiée ici ; l’accord des cellules entre elles et avec le territoire "
    "l’est quand le rapport se fait."
)


def told_table(
    path: Path,
) -> tuple[dict[str, str], tuple[str, ...], CptsGeoError | None] | None:
    """
    Read a table of « cpts-geo template », and say what is filled of it.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    tuple of dict, tuple of str and CptsGeoError or None, or None
        Names of its territories by key, French sentences, and the refusal of what is wrong in it;
        None for a file that is no such table.

    Raises
    ------
    IndicatorsError
        It is such a table, and cannot be read.
    """
    if is_aci(path):
        return _told_aci(path)
    return _told_filled(path) if is_filled(path) else None


def _told_aci(path: Path) -> tuple[dict[str, str], tuple[str, ...], None]:
    """Cells of the indicators of the ACI; those that the registre fills are not asked for."""
    given = read_aci(path)
    rows, known = given.rows, aci_indicators()
    ours = np.array([not known[code].follow_up for _, code in rows.index], dtype=bool)
    filled = asked = 0
    for name in PERIODS:
        there = rows[name].notna() | rows[f"{name}_hidden"]
        filled += int(there.sum())
        asked += int((there.to_numpy(dtype=bool) | ours | (name not in _FOLLOWED)).sum())
    names = {key: key for key in rows.index.get_level_values("territory").unique() if key}
    said = _said("aci", "Indicateurs du dialogue de gestion", names.values())
    count = counted(filled, "chiffre rempli", "chiffres remplis")
    return names, (f"{said} : {count} sur {number(asked)}.", *given.notes), None


def _told_filled(
    path: Path,
) -> tuple[dict[str, str], tuple[str, ...], CptsGeoError | None]:
    """Lines of each table of a file, and everything that is wrong in them, at once."""
    names: dict[str, str] = {}
    notes: list[str] = []
    defects: list[str] = []
    for table in read_filled(path):
        names |= table.territories
        said = _said(table.template.key, table.template.title, table.territories.values())
        count = counted(table.rows["place"].nunique(), "ligne remplie", "lignes remplies")
        notes.append(f"{said} : {count} sur {number(table.asked)}.")
        defects += table.defects
    notes.append(_LEFT)
    if not defects:
        return names, tuple(notes), None
    summary = f"{one_line(path.name)} ne peut pas être repris tel quel."
    return names, tuple(notes), IndicatorsError(summary, defects=defects, remedy=REMEDY)


def _said(key: str, title: str, territories: Iterable[str]) -> str:
    """Which table it is, and for whom."""
    shown = [quoted(shown_name(name)) for name in territories]
    of = f"pour {joined(shown)}" if shown else "sans territoire nommé"
    return f"Tableau {key}, {quoted(title)}, {of}"
