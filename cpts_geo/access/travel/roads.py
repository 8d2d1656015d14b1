"""Travel times by road, on an OpenStreetMap extract that an analyst gives."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pandas as pd

from cpts_geo.access.travel.times import TravelTimes, listed, travel_times
from cpts_geo.foreign import shown_name
from cpts_geo.french import counted, number
from cpts_geo.schema import ROADS
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.roads._tiles import valhalla_module
from cpts_geo.sources.roads.network import network_minutes


def road_times(
    pbf: Path,
    field: pd.DataFrame,
    *,
    destinations: Collection[str],
    say: Callable[[str], None] = lambda _: None,
) -> tuple[TravelTimes, tuple[str, ...]]:
    """
    Compute the times by road from every commune of a neighbourhood to the places it needs.

    Parameters
    ----------
    pbf : Path
        An ``.osm.pbf`` file that covers the neighbourhood.
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`.
    destinations : collection of str
        Codes of places of care, of sites and of changes of supply; others are left out.
    say : callable
        Receives one French line a step.

    Returns
    -------
    times : TravelTimes
        Of the series :data:`cpts_geo.schema.ROADS`; a place that no road is near is ``unsnapped``.
    notes : tuple of str
        French sentences on how they were computed, and on what they do not cover.

    Raises
    ------
    TravelError
        Valhalla is not installed, or the file cannot be used or covers none of these places.
    """
    version = valhalla_module().__version__
    points = field.loc[field["lon"].notna(), ["lon", "lat"]].rename_axis("code").reset_index()
    ends = points[points["code"].isin(list(destinations))]
    say(f"Temps par la route : {number(len(points))} communes vers {number(len(ends))} lieux")
    pairs = network_minutes(pbf, points, ends, say=say)
    name, origin = shown_name(pbf.name), sources()[ROADS.source]
    away = pairs.attrs["unsnapped"]
    times = travel_times(
        pairs,
        label=f"temps par la route, calculés par Valhalla sur « {name} » (OpenStreetMap, "
        f"{origin.licence})",
        source=origin.attribution,
        grade=origin.grade,
        diagonal=0.0,
        unsnapped=away,
        series=ROADS,
    )
    notes = [
        f"Temps par la route : calculés par Valhalla {version} sur « {name} » (OpenStreetMap), de "
        f"{number(len(points))} communes vers {number(len(ends))} lieux ; vitesses de la carte, "
        "sans trafic ni stationnement."
    ]
    if away:
        away_named = (f"{name} ({code})" for code, name in field.loc[away, "name"].items())
        words = ("lieu est loin", "lieux sont loin")
        notes.append(
            f"Temps par la route : {counted(len(away), *words)} de toute route de « {name} », et "
            f"leurs temps sont inconnus : {listed(away_named)}."
        )
    if missing := pairs.attrs["missing"]:
        words = ("paire que la route ne joint pas", "paires que la route ne joint pas")
        notes.append(f"Temps par la route : {counted(missing, *words)}, comptées hors de portée.")
    return times, tuple(notes)
