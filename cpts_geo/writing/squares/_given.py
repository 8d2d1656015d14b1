"""A file of squares against the communes it names: where they are, and the people it leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.catchments.squares import communes_of
from cpts_geo.access.travel.surrogate import great_circle_km
from cpts_geo.french import counted
from cpts_geo.sources.analyst.squares.file import read_squares, refuse_lines
from cpts_geo.sources.analyst.squares.layout import LAYOUT, placed
from cpts_geo.sources.lands import land_of

#: A square is nearer its town hall than so many radii of a disc of the area of its commune, which
#: may be long, and so many kilometres more: it may have islands, or an area that is unknown.
_RADII: Final = 3.0
_BEYOND_KM: Final = 20.0
#: Insee's squares leave out a few per cent of people (homes, halls of residence) and are some years
#: old: a commune that has less than this share of its people there was cut.
_CUT: Final = 0.5


def given_squares(path: Path, communes: pd.DataFrame) -> pd.DataFrame:
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


def _near(names: pd.Series, codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Whether each square is near its town hall, or nobody knows where that is."""
    field = communes.set_index("code_insee")[["lon", "lat", "area_km2"]]
    halls = field.reindex(codes.to_numpy())
    here = placed(names)
    km = great_circle_km(here["lon"], here["lat"], halls["lon"], halls["lat"])
    most = _RADII * np.sqrt(halls["area_km2"].fillna(0.0) / np.pi) + _BEYOND_KM
    # A place that is no place on Earth is far too.
    return pd.Series((km <= most.to_numpy()) | halls["lon"].isna().to_numpy(), names.index)
