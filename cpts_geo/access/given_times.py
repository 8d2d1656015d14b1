"""Travel times of an analyst's file, with what was adapted while reading them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cpts_geo.access.travel import TravelTimes, listed, travel_times
from cpts_geo.errors import TravelError
from cpts_geo.foreign import shown_name
from cpts_geo.french import counted
from cpts_geo.sources.analyst.travel import read_travel_file
from cpts_geo.sources.analyst.travel_columns import Unit
from cpts_geo.sources.catalogue import sources


def given_times(
    path: Path | None, unit: Unit | None, *, codes: pd.Series
) -> tuple[TravelTimes | None, tuple[str, ...]]:
    """
    Read the travel times that an analyst gives.

    Parameters
    ----------
    path : Path or None
        The file (:func:`~cpts_geo.sources.analyst.travel.read_travel_file`); None without one.
    unit : {"minutes", "seconds"} or None
        Unit of its times, where the file does not say it.
    codes : Series of str
        Communes of today: other codes are named, and have no use.

    Returns
    -------
    times : TravelTimes or None
        Times, 0 minutes within a commune that has none (Insee's convention).
    notes : tuple of str
        French sentence on what was adapted; empty where nothing was.

    Raises
    ------
    TravelError
        The file cannot be used, or a unit is given without a file.

    Examples
    --------
    >>> given_times(None, None, codes=pd.Series(["45203"]))
    (None, ())
    """
    if path is None:
        if unit is not None:
            raise TravelError(
                "Une unité de temps est donnée sans table des temps.",
                remedy="ajoutez la table (--travel FICHIER), ou retirez --travel-unit.",
            )
        return None, ()
    pairs = read_travel_file(path, unit=unit)
    origin = sources()["travel_file"]
    times = travel_times(
        pairs,
        label=f"temps de la table « {shown_name(path.name)} »",
        source=origin.attribution,
        grade=origin.grade,
        # Insee's convention: no time within a commune.
        diagonal=0.0,
    )
    words = {
        "missing": (
            "paire sans temps, comptée hors de portée",
            "paires sans temps, comptées hors de portée",
        ),
        "duplicates": ("ligne en double, comptée une fois", "lignes en double, comptées une fois"),
        "repaired": ("code au zéro initial rétabli", "codes au zéro initial rétabli"),
    }
    strangers = times.origins.union(times.destinations).difference(pd.Index(codes))
    adapted = [counted(pairs.attrs[key], *text) for key, text in words.items() if pairs.attrs[key]]
    own = pairs.loc[pairs["origin"] == pairs["destination"], "origin"]
    alone = set(pairs["origin"]) & set(pairs["destination"]) - set(own)
    if alone:
        words_of_own = ("lieu sans temps vers lui-même", "lieux sans temps vers eux-mêmes")
        adapted.append(f"{counted(len(alone), *words_of_own)}, à 0 minute par convention")
    if len(strangers):
        adapted.append(f"codes absents du COG 2026, laissés de côté : {listed(strangers)}")
    return times, (f"Table des temps : {', '.join(adapted)}.",) if adapted else ()
