"""Minutes by road on a user's OpenStreetMap extract, computed by Valhalla on this machine.

Times are those of a free road: speeds of the map, no traffic, no parking, no public transport.
A point that no road is near is listed as unsnapped; a pair that no road joins is absent.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.errors import TravelError, alike, one_line
from cpts_geo.french import number
from cpts_geo.sources.roads._tiles import build_tiles, quiet_config, valhalla_module

_COSTING: Final = "auto"
#: A point is put on the nearest road up to this far, in metres: a town hall is nearer.
_SNAP_M: Final = 1_000.0
_POINTS: Final = ("code", "lon", "lat")


def network_minutes(
    pbf: Path | str,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """
    Minutes by car from every origin to every destination.

    Parameters
    ----------
    pbf : Path or str
        An ``.osm.pbf`` file that covers the points and the roads between them.
    origins, destinations : DataFrame
        code (text, unique), lon, lat (degrees, WGS84).
    say : callable
        Receives one French line when the tiles have to be built.

    Returns
    -------
    DataFrame
        origin, destination (codes) and minutes, a row a pair that roads join, origins in their
        order. In attrs: ``unsnapped``, codes of the points no road is near, which have no pair;
        ``missing``, pairs of other points that no road joins.

    Raises
    ------
    TravelError
        Valhalla or the file cannot be used; points are wrong (every defect is listed); or all the
        origins, or all the destinations, are far from any road.

    Notes
    -----
    Whole seconds of Valhalla, divided by 60; from a point to its road, no time is counted.
    """
    ends = _checked({"origines": origins, "destinations": destinations})
    actor, limits = _actor(build_tiles(pbf, say=say))
    kept = [points[_on_road(actor, points, pbf)] for points in ends]
    sources, targets = kept
    side = math.isqrt(limits["max_matrix_location_pairs"])
    minutes = np.full((len(sources), len(targets)), np.nan)
    for row in range(0, len(sources), side):
        for column in range(0, len(targets), side):
            rows, columns = slice(row, row + side), slice(column, column + side)
            request = {
                "sources": _locations(sources[rows]),
                "targets": _locations(targets[columns]),
                "costing": _COSTING,
                "verbose": False,
            }
            seconds = _ask(actor.matrix, request)["sources_to_targets"]["durations"]
            minutes[rows, columns] = np.array(seconds, dtype="float64") / 60
    reached = np.isfinite(minutes)
    from_, to = np.nonzero(reached)
    pairs = pd.DataFrame(
        {
            "origin": pd.Series(sources["code"].to_numpy()[from_], dtype=str),
            "destination": pd.Series(targets["code"].to_numpy()[to], dtype=str),
            "minutes": minutes[reached],
        }
    )
    unsnapped = [
        code
        for points, found in zip(ends, kept, strict=True)
        for code in points["code"].drop(found.index)
    ]
    pairs.attrs = {"unsnapped": sorted(set(unsnapped)), "missing": int((~reached).sum())}
    return pairs


def _actor(tiles: Path) -> tuple[Any, dict[str, Any]]:
    """Router on some tiles, and its limits for a car."""
    config = quiet_config(tiles)
    # Else one point of an island fails all the points asked with it.
    config["loki"]["use_connectivity"] = False
    # The first search avoids lanes for residents; a second one takes those nothing replaces.
    config["thor"]["costmatrix"]["allow_second_pass"] = True
    limits: dict[str, Any] = config["service_limits"][_COSTING]
    # A public server must guard itself against far pairs; this one need not.
    limits["max_matrix_distance"] = 2.1e7
    with tempfile.TemporaryDirectory(prefix="cpts_geo-") as folder:
        path = Path(folder) / "valhalla.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        return valhalla_module().Actor(str(path)), limits


def _ask(question: Callable[[dict[str, Any]], Any], request: dict[str, Any]) -> Any:
    """Answer of Valhalla; an error says what it refused."""
    try:
        return question(request)
    except RuntimeError as error:
        raise TravelError(
            f"Valhalla a refusé un calcul : {one_line(str(error))}.",
            remedy="vérifiez que le réseau routier couvre les points et les routes entre eux.",
        ) from error


def _locations(points: pd.DataFrame) -> list[dict[str, float]]:
    """Points as Valhalla takes them, with the distance (m) to a road."""
    return [
        {"lon": float(lon), "lat": float(lat), "search_cutoff": _SNAP_M}
        for lon, lat in zip(points["lon"], points["lat"], strict=True)
    ]


def _on_road(actor: Any, points: pd.DataFrame, pbf: Path | str) -> npt.NDArray[np.bool_]:
    """Whether a road is near each point; an error where none is."""
    found = _ask(actor.locate, {"locations": _locations(points), "costing": _COSTING})
    near = np.array([bool(each["edges"]) for each in found], dtype=bool)
    if near.any():
        return near
    edges = [f"{edge:.3f}" for c in ("lon", "lat") for edge in (points[c].min(), points[c].max())]
    raise TravelError(
        f"Aucun point n’est à moins de {number(_SNAP_M)} m d’une route de "
        f"{one_line(Path(pbf).name)}.",
        defects=["longitudes de {} à {}, latitudes de {} à {}".format(*edges)],
        remedy="vérifiez que l’extrait couvre ce territoire, et que longitude et latitude ne sont "
        "pas inversées.",
    )


def _checked(tables: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Points as code, lon, lat; an error that lists every defect of all the tables."""
    defects: list[str] = []
    checked = []
    for name, points in tables.items():
        missing = [column for column in _POINTS if column not in points]
        if missing or points.empty:
            said = f"colonne absente : {', '.join(missing)}" if missing else "aucun point"
            defects.append(f"{name} : {said}")
            continue
        table = points[list(_POINTS)].reset_index(drop=True)
        written = table["code"].map(lambda code: isinstance(code, str) and bool(code.strip()))
        lon, lat = (pd.to_numeric(table[c], errors="coerce").astype("float64") for c in _POINTS[1:])
        kinds = {
            "code absent, ou qui n’est pas un texte": ~written,
            "code en double": written & table["code"].duplicated(),
            "pas (longitude, latitude) en degrés": ~(lon.abs().le(180) & lat.abs().le(90)),
        }
        for kind, wrong in kinds.items():
            rows = table[wrong].itertuples(index=False)
            lines = (f"{name} : {kind} : {one_line(str(tuple(row)))}" for row in rows)
            defects += alike(lines, kind, total=int(wrong.sum()))
        checked.append(table.assign(lon=lon, lat=lat))
    if defects:
        raise TravelError(
            "Les points de départ ou d’arrivée ne conviennent pas.",
            defects=defects,
            remedy="donnez des colonnes code, lon, lat (degrés, WGS84), une ligne par lieu.",
        )
    return checked
