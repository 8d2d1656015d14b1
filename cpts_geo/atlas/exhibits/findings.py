"""What a map of a territory says: the finding that heads it, and the averages beside it."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.atlas.look.cells import shown_text
from cpts_geo.atlas.look.vintages import newest_known
from cpts_geo.atlas.look.words import short_name
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.french import counted, duration, number, typeset, whole_percent
from cpts_geo.schema import (
    CHANGES,
    COLUMNS,
    DEPARTEMENT,
    FACILITIES,
    FRANCE,
    TERRITORY,
    Column,
)
from cpts_geo.settings import APL_LOW_WORDS, SPOKEN_MINUTES
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
        low = newest_known(["share_low_apl"], study.comparison)
        share = _own(study, low[0]) if low else None
        if pd.notna(share):
            whole = {0.0: "Aucun habitant ne vit", 1.0: "Tous les habitants vivent"}
            who = whole.get(share, f"{whole_percent(share)} des habitants vivent")
            return typeset(f"{who} dans une commune d’APL inférieure à {APL_LOW_WORDS}")
    if column.table == "access" and not layer.diverging:
        return _near(study, layer) or layer.heading
    if layer.diverging:
        return _shifted(study, layer)
    value = _own(study, layer.column)
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
        Name and value of the territory, of its départements where they are two at most, and of
        France, those that are known; none of a count, whose sums are not to be compared.
    """
    if layer.counts or layer.diverging:
        return []
    rows = study.comparison
    rows = rows[(rows["indicator"] == layer.column) & rows["value"].notna()]
    found: list[tuple[str, float]] = []
    for level in (TERRITORY, DEPARTEMENT, FRANCE):
        mine = rows[rows["area_level"] == level.key].to_dict("records")
        if len(mine) <= _BESIDE:
            found += [(short_name(row["area_name"], _LETTERS), row["value"]) for row in mine]
    return found


def _own(study: Study, indicator: str) -> float:
    """Value of an indicator for the territory; NaN where it is not known."""
    rows = study.comparison
    mine = (rows["area_level"] == TERRITORY.key) & (rows["indicator"] == indicator)
    return float(rows.loc[mine, "value"].max())


def _counted(column: Column, value: float) -> str:
    """A count with the word of what is counted."""
    if column.name == "population":
        return counted(value, "habitant", "habitants")
    label = column.dated_label
    return f"{shown_text(column, value, '')} {label[:1].lower()}{label[1:]}"


def _near(study: Study, layer: MapLayer) -> str:
    """Share of the people near a GP; empty where it is not known."""
    table, minutes = study.access.coverage, SPOKEN_MINUTES["gp"]
    rows = table[(table["column"] == layer.column) & (table["variant"] == "central")]
    near = rows[(rows["minutes"] == minutes) & (rows["unknown"] == 0)]
    if near.empty:
        return ""
    return typeset(
        f"{whole_percent(float(near['share'].iloc[0]))} des habitants vivent à "
        f"{duration(minutes, words=True)} au plus {FACILITIES['gp'].place}"
    )


def _shifted(study: Study, layer: MapLayer) -> str:
    """What a change of supply makes of the APL of the territory."""
    place = [shift for shift, _ in CHANGES].index(layer.column)
    shift = study.access.shifts[place]
    central = shift.means.to_dict("index")["central"]
    if pd.isna(central["after"]):
        return layer.heading
    return typeset(
        f"{shift.title}. L’APL du territoire passerait de {number(central['before'], 2)} à "
        f"{number(central['after'], 2)}"
    )
