"""A file of squares against the communes it names: where they are, and the people it leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from cpts_geo.access.catchments.squares import communes_of
from cpts_geo.access.travel.surrogate import great_circle_km
from cpts_geo.french import counted
from cpts_geo.sources.analyst.squares.file import read_squares, refuse_lines
from cpts_geo.sources.analyst.squares.layout import LAYOUT, placed
from cpts_geo.sources.lands import land_of

#: A square is no farther from its town hall than the box around its commune reaches, and so many
#: kilometres more: outlines are simplified, have lost islands, or are unknown for a few communes.
_BEYOND_KM: Final = 20.0
#: Insee's squares leave out a few per cent of people (homes, halls of residence) and are some years
#: old: a commune that has less than this share of its people there was cut.
_CUT: Final = 0.5


def given_squares(path: Path, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Squares of a file, each near a commune of today; TableError lists the lines of the others."""
    table = read_squares(path)
    codes = communes_of(table)
    known = codes.isin(communes["code_insee"])
    name, _, written = LAYOUT
    near = ~known | _near(table[name], codes, communes)
    rules = (
        (~known, table[written], "commune qui n’existe pas"),
        (~near, table[name] + ", commune " + codes, "carreau trop loin de la mairie de sa commune"),
    )
    refuse_lines(rules, name=path.name)
    return table


def left_out(squares: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """People of cut communes that are in no square, by code, where a road joins one to a square."""
    codes = communes_of(squares)
    known = communes[communes["lon"].notna()].set_index("code_insee")["population"]
    held = squares[LAYOUT[1]].groupby(codes).sum().reindex(known.index, fill_value=0.0)
    lands = np.isin(land_of(known.index), land_of(pd.Index(codes.unique())))
    return (known - held)[(held < _CUT * known) & lands]


def cut_notes(people: pd.Series, squares: pd.DataFrame) -> list[str]:
    """French sentences on the people that a file leaves out."""
    within = int(people.index.isin(squares["code_insee"].unique()).sum())
    notes = (
        (
            len(people) - within,
            "commune n’a aucun carreau dans ce fichier : ses habitants sont comptés à la mairie.",
            "communes n’ont aucun carreau dans ce fichier : leurs habitants sont comptés à la "
            "mairie.",
        ),
        (
            within,
            "commune a dans ce fichier moins de la moitié de ses habitants : les autres sont "
            "comptés à la mairie.",
            "communes ont dans ce fichier moins de la moitié de leurs habitants : les autres sont "
            "comptés à la mairie.",
        ),
    )
    return [counted(*note) for note in notes if note[0]]


def _near(names: pd.Series, codes: pd.Series, communes: gpd.GeoDataFrame) -> pd.Series:
    """Whether each square is near its town hall, or nobody knows where that is."""
    halls = communes[["lon", "lat"]]
    box = communes.geometry.bounds
    corners = [
        great_circle_km(box[x], box[y], halls["lon"], halls["lat"])
        for x in ("minx", "maxx")
        for y in ("miny", "maxy")
    ]
    reach = np.nan_to_num(np.max(corners, axis=0)) + _BEYOND_KM
    most = np.where(halls["lon"].isna(), np.inf, reach)
    field = halls.fillna(0.0).assign(most=most, code=communes["code_insee"]).set_index("code")
    there = field.reindex(codes.to_numpy())
    here = placed(names)
    km = great_circle_km(here["lon"], here["lat"], there["lon"], there["lat"])
    # A place that is no place on Earth is far too.
    return pd.Series(km <= there["most"].to_numpy(), names.index)
