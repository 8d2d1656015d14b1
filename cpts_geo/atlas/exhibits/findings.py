"""What a map of a territory says: the finding that heads it, and the averages beside it."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.atlas.look.cells import shown_text
from cpts_geo.atlas.look.vintages import value_of
from cpts_geo.atlas.look.words import low_apl_finding, near_finding, shift_finding, short_name
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.french import counted, typeset
from cpts_geo.schema import CHANGES, COLUMNS, LEVELS, Column
from cpts_geo.sources.codes import counted_places
from cpts_geo.study.study import Study

#: Letters of the name of an area.
_LETTERS: Final = 24
#: Départements whose averages stand beside a map; more would hide it.
_BESIDE: Final = 2


def map_finding(study: Study, layer: MapLayer) -> str:
    """
    Say in one sentence what a map shows.

    Parameters
    ----------
    study : Study
        Territory that is mapped.
    layer : MapLayer
        One of its layers.

    Returns
    -------
    str
        French sentence without its stop; what the layer shows where nothing more is known.
    """
    column = COLUMNS[layer.column]
    if column.quantity == "apl":
        return typeset(low_apl_finding(study.comparison, column.name)) or layer.heading
    if layer.diverging:
        shift = study.access.shifts[[name for name, _ in CHANGES].index(layer.column)]
        return typeset(shift_finding(shift)) or layer.heading
    if column.table == "access":
        rows = study.access.coverage
        return (
            typeset(
                near_finding(
                    rows[rows["column"] == layer.column], on_spot=bool(study.access.on_spot)
                )
            )
            or layer.heading
        )
    value = value_of(layer.column, study.comparison)
    if layer.counts and pd.notna(value):
        where = counted_places(study.figures["code_insee"])
        return typeset(f"{_counted(column, value)} dans {where}")
    return layer.heading


def averages(study: Study, layer: MapLayer) -> list[tuple[str, float]]:
    """
    Give what a layer is for the territory and those it stands beside.

    Parameters
    ----------
    study : Study
        Territory that is mapped.
    layer : MapLayer
        One of its layers.

    Returns
    -------
    list of tuple
        Name and value of the territory, of its départements where they are two at most, of its
        région and of France, those that are known; none of a count, whose sums are not to be
        compared.
    """
    if layer.counts or layer.diverging:
        return []
    rows = study.comparison
    rows = rows[(rows["indicator"] == layer.column) & rows["value"].notna()]
    found: list[tuple[str, float]] = []
    for level in LEVELS:
        mine = rows[rows["area_level"] == level.key].to_dict("records")
        if len(mine) <= _BESIDE:
            found += [(short_name(row["area_name"], _LETTERS), row["value"]) for row in mine]
    return found


def _counted(column: Column, value: float) -> str:
    """A count with the word of what is counted."""
    if column.name == "population":
        return counted(value, "habitant", "habitants")
    label = column.dated_label
    return f"{shown_text(column, value, '')} {label[:1].lower()}{label[1:]}"
