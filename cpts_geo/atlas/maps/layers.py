"""Layers of a map: which variable, in which classes or as circles, under which words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo import settings
from cpts_geo.atlas.look.classes import pooled_breaks
from cpts_geo.atlas.look.style import DIVERGING, LAND, SEQUENTIAL
from cpts_geo.atlas.look.vintages import minutes_column
from cpts_geo.errors import AskedError, quoted
from cpts_geo.french import duration, number, percent, typeset
from cpts_geo.schema import (
    CHANGES,
    COLUMNS,
    FACILITIES,
    PAINTED,
    TIME_UNIT,
    Column,
    shown_vintage,
)

#: What to do about a column whose unit, source and vintage nobody said.
DEFINED: Final = (
    "donnez à la colonne le nom de celle de cpts_geo.schema.COLUMNS qui dit ce qu’elle mesure, ou "
    "ajoutez-y la vôtre (docs/extend.md)."
)


@dataclass(frozen=True)
class MapLayer:
    """
    A variable of communes: painted on them in classes, or drawn as circles where it is a count.

    Parameters
    ----------
    column : str
        Column of the table of communes.
    title : str
        French name of the layer, short.
    breaks : tuple of float
        Upper bounds of the classes, right-closed; the last class is open. A count has none.
    labels : tuple of str
        French label of each class, one more than `breaks`.
    words : str
        What the layer shows, where the label of its column does not say it.
    diverging : bool
        Whether its values are differences, around 0.
    """

    column: str
    title: str
    breaks: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    words: str = ""
    diverging: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is drawn as circles: an area would show the land, not what is counted."""
        return not self.labels

    @property
    def colours(self) -> tuple[str, ...]:
        """Colour of each class, need the darkest; that of the land where circles lie on it."""
        if self.counts:
            return (LAND,)
        if self.diverging:
            return DIVERGING[len(self.labels)]
        found = SEQUENTIAL[len(self.labels)]
        return found[::-1] if COLUMNS[self.column].more_is_better else found

    @property
    def heading(self) -> str:
        """What it shows, above its classes."""
        return typeset(self.words or COLUMNS[self.column].label)

    @property
    def measure(self) -> str:
        """Unit of its values, and their vintage."""
        column = COLUMNS[self.column]
        when = "en plus ou en moins" if self.diverging else column.vintage
        return typeset(f"Unité : {column.unit} ({when})")

    @property
    def name(self) -> str:
        """What a value is called in a tooltip or a title."""
        return self.words or COLUMNS[self.column].dated_label


def _interval_labels(column: Column, breaks: tuple[float, ...]) -> tuple[str, ...]:
    """A label a class: under the first break, between two, over the last."""
    if not breaks:
        return ("une seule valeur",)
    write = percent if column.percent else number
    texts = [write(value, 1 if column.breaks else column.decimals) for value in breaks]
    texts = [re.sub(r",0+(?=\D|$)", "", text) if not column.breaks else text for text in texts]
    inner = [f"{a} à {b}" for a, b in pairwise(texts)]
    return (f"moins de {texts[0]}", *inner, f"plus de {texts[-1]}")


def column_layer(name: str, *, breaks: tuple[float, ...] | None = None) -> MapLayer:
    """
    Show a column: in classes, or as circles where it is a count.

    Parameters
    ----------
    name : str
        Name of the column.
    breaks : tuple of float, optional
        Upper bounds of its classes, right-closed; those that the column says if absent.

    Returns
    -------
    MapLayer
        Under its short title, or its label where it has none.

    Raises
    ------
    AskedError
        The schema has no such column.

    Examples
    --------
    >>> column_layer("share_low_apl_2023", breaks=(0.25, 0.5)).labels[0].replace("\u202f", " ")
    'moins de 25 %'
    """
    if name not in COLUMNS:
        raise AskedError(f"Colonne sans définition : {quoted(name)}.", remedy=DEFINED)
    column = COLUMNS[name]
    asked = column.breaks if breaks is None else breaks
    labels = () if column.kind == "count" else _interval_labels(column, asked)
    return MapLayer(name, column.layer or typeset(column.label), asked, labels)


def _minutes_layer(column: str) -> MapLayer:
    """Minutes to a GP; 0 is in the commune."""
    first, *_, last = bands = settings.MINUTES_BANDS
    labels = (
        "dans la commune",
        f"{duration(first)} ou moins",
        *(f"{number(a)} à {duration(b)}" for a, b in pairwise(bands)),
        f"plus de {duration(last)}",
    )
    title = f"{TIME_UNIT.many.capitalize()} jusqu’au {FACILITIES['gp'].short}"
    return MapLayer(column, title, (0.0, *bands), labels)


def _shift_layer(column: str, title: str, *, apl: str) -> MapLayer:
    """What a scenario does to the APL, losses and gains in mirrored classes."""
    up = settings.SHIFT_BREAKS
    # One float lower: classes are right-closed, and both sides mirror each other.
    down = tuple(float(np.nextafter(-value, -np.inf)) for value in reversed(up))
    still, *others = (number(value, 3 if value < 0.01 else 2) for value in up)
    sizes = [f"moins de {others[0]}", f"{others[0]} à {others[1]}", f"plus de {others[1]}"]
    labels = (
        *(f"perte : {size}" for size in reversed(sizes)),
        f"sans effet (moins de {still})",
        *(f"gain : {size}" for size in sizes),
    )
    words = f"Écart d’APL {COLUMNS[apl].vintage}, hypothèse — {title}"
    return MapLayer(column, title, (*down, *up), labels, words, diverging=True)


def pooled_layer(name: str, values: pd.Series) -> MapLayer:
    """
    Show a column in the classes that it says, or in those of its values.

    Parameters
    ----------
    name : str
        Name of the column.
    values : Series of float
        What is shown of it.

    Returns
    -------
    MapLayer
        As :func:`column_layer`.

    Raises
    ------
    AskedError
        The schema has no such column.
    """
    column = COLUMNS.get(name)
    if column is None or column.breaks or column.kind == "count":
        return column_layer(name)
    return column_layer(name, breaks=pooled_breaks([values]))


def territory_layers(
    communes: pd.DataFrame, *, scenarios: Sequence[str] = ()
) -> tuple[MapLayer, ...]:
    """
    Layers of a territory's map, each at the newest vintage known of its communes.

    Parameters
    ----------
    communes : DataFrame
        Communes with their figures, NaN unknown.
    scenarios : sequence of str
        French titles of the scenarios whose shifts stand in ``apl_shift_1``, ``apl_shift_2``...

    Returns
    -------
    tuple of MapLayer
        In the order of the selector; the first one is shown first.

    Examples
    --------
    >>> [layer.title for layer in territory_layers(pd.DataFrame({"apl_2024": [2.1]}))]
    ['APL 2024', 'Généralistes libéraux (2024)', 'Population 2023']
    """
    known = [str(name) for name in communes.columns[communes.notna().any()]]
    minutes = minutes_column(known)
    shown = [name for family in PAINTED if (name := shown_vintage(family, known))]
    first, *others = map(column_layer, shown)
    return (
        first,
        *(() if minutes is None else (_minutes_layer(minutes),)),
        *others,
        *(
            _shift_layer(shift, title, apl=first.column)
            for (shift, _), title in zip(CHANGES, scenarios, strict=False)
            if shift in known
        ),
    )


def classify(values: pd.Series, layer: MapLayer) -> pd.Series:
    """
    Class of each value of a layer.

    Parameters
    ----------
    values : Series of float
        NaN is unknown.
    layer : MapLayer
        Fixed breaks with a meaning, right-closed.

    Returns
    -------
    Series of int
        Class number from 0, on the same index; -1 where the value is unknown.
    """
    classes = np.searchsorted(layer.breaks, values.to_numpy(dtype=float), side="left")
    return pd.Series(classes, index=values.index).where(values.notna(), -1)
