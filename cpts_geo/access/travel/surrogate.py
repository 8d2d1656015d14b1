"""Travel times without a road network: a calibrated power law of distance, an approximation.

``t = a d^b`` minutes for a great-circle distance of d kilometres, 0 within a commune, times the
mean factor of both ends where they are given (:mod:`cpts_geo.access.travel.factors`). It is
monotone in distance and knows neither rivers nor bridges, and relief and traffic on the average of
a département only. Against the minutes of DREES to emergency departments, half of the communes are
within 10 %, out of sample too; from commune to commune of Isère, it is 5.7 minutes off on average,
3.3 too fast. Use it for maps and coverage, not to compute an APL again. Places that no road joins
have no pair between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from cpts_geo.access.travel._sparse import csr
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TravelError
from cpts_geo.french import number
from cpts_geo.schema import PUBLISHED
from cpts_geo.sources.lands import land_of

#: Mean radius of the Earth, kilometres (IUGG).
_EARTH_RADIUS_KM: Final = 6371.0088
#: What multiplies the law, in French.
_FACTORED: Final = f"× un facteur par département d’après la Drees, {PUBLISHED.vintage}"
#: Pairs computed at once: what a processor keeps at hand.
_BLOCK: Final = 1 << 17
#: Places whose points a processor keeps at hand, whatever their order.
_AT_HAND: Final = 50_000

Variant = Literal["low", "central", "high"]


@dataclass(frozen=True)
class PowerLaw:
    """
    Minutes as a power of distance.

    Parameters
    ----------
    factor : float
        Minutes for one kilometre, above 0.
    exponent : float
        Power of the distance, above 0.
    text : str
        French words on where it comes from.
    grade : str
        Trust it deserves, A to D.
    """

    factor: float
    exponent: float
    text: str
    grade: str

    def minutes(self, km: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """
        Minutes that distances take.

        Parameters
        ----------
        km : ndarray of float
            Great-circle distances, kilometres.

        Returns
        -------
        ndarray of float
            Minutes, same shape.
        """
        return np.asarray(self.factor * km**self.exponent, dtype=np.float64)

    def distance(self, minutes: float) -> float:
        """
        Distance reached in some minutes.

        Parameters
        ----------
        minutes : float
            Minutes, above 0.

        Returns
        -------
        float
            Great-circle kilometres.
        """
        return float((minutes / self.factor) ** (1 / self.exponent))


#: Bounds measured in two regions, and the geometric middle between them (our assumption).
LAWS: Final[dict[Variant, PowerLaw]] = {
    "low": PowerLaw(1.714, 0.873, "Gironde, distancier Metric de l’Insee, heures creuses", "B"),
    "central": PowerLaw(2.2, 0.84, "milieu des deux régions calibrées", "D"),
    "high": PowerLaw(2.831, 0.810, "plaine de l’Isère, OSRM sur OpenStreetMap", "B"),
}
VARIANT_NAMES: Final = {"low": "basse", "central": "centrale", "high": "haute"}
#: Column of the factors of places, by variant: what the central law is multiplied by.
FACTOR_COLUMNS: Final[dict[Variant, str]] = {
    "low": "travel_low",
    "central": "travel_central",
    "high": "travel_high",
}


def approached_minutes(
    km: npt.NDArray[np.float64],
    *,
    variant: Variant,
    factors: npt.NDArray[np.floating[Any]] | None = None,
) -> npt.NDArray[np.float64]:
    """
    Approximate the minutes of distances.

    Parameters
    ----------
    km : ndarray of float
        Great-circle distances, kilometres.
    variant : {"low", "central", "high"}
        One of :data:`LAWS`.
    factors : ndarray of float, optional
        Mean of the factors of both ends, of this variant: the central law times them replaces
        the law of the variant.

    Returns
    -------
    ndarray of float
        Minutes, same shape.

    Examples
    --------
    >>> ten = np.array([10.0])
    >>> low = approached_minutes(ten, variant="low", factors=np.array([0.9]))
    >>> approached_minutes(ten, variant="low").round(1), low.round(1)
    (array([12.8]), array([13.7]))
    """
    if factors is None:
        return LAWS[variant].minutes(km)
    return np.asarray(LAWS["central"].minutes(km) * factors, dtype=np.float64)


def surrogate_times(
    places: pd.DataFrame,
    *,
    reach: float = 30.0,
    variant: Variant = "central",
    factors: pd.Series | None = None,
) -> TravelTimes:
    """
    Approximate travel times between all places of a table, from their distances alone.

    Parameters
    ----------
    places : DataFrame
        lon, lat (degrees) by unique code; a place without them is ``unsnapped``.
    reach : float
        Minutes up to which pairs are given, both ways.
    variant : {"low", "central", "high"}
        One of :data:`LAWS`.
    factors : Series of float, optional
        By code of place, what the central law is multiplied by there, for this variant; a pair
        takes the mean of its two ends. Without them, the law of the variant alone.

    Returns
    -------
    TravelTimes
        Symmetric, 0 within a place; status ``estimated``, its label says it is an approximation.

    Raises
    ------
    TravelError
        Coordinates that are no degrees, codes that stand twice, a reach that is not above 0, a
        place without a factor above 0.

    Notes
    -----
    Distances are great-circle ones. Source of the laws: methods of the project, fitted on pairs
    under 25 to 30 km; of the factors: see :mod:`cpts_geo.access.travel.factors`.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [1.6961, 1.9090], "lat": [47.8283, 47.9025]})
    >>> surrogate_times(places.set_axis(["45203", "45234"])).minutes.toarray().round(1).tolist()
    [[0.0, 24.8], [24.8, 0.0]]
    """
    _check(places, reach, factors)
    law = LAWS[variant if factors is None else "central"]
    codes = pd.Index(places.index.astype("str"))
    empty = places[["lon", "lat"]].isna().any(axis=1).to_numpy()
    known = np.flatnonzero(~empty)
    sphere = unit_vectors(places["lon"][~empty], places["lat"][~empty])
    if len(known) > _AT_HAND:
        # Places near each other are kept near each other: nearly all that is looked up is at hand.
        near = cKDTree(sphere).indices
        known, sphere = known[near], sphere[near]
    held = None if factors is None else factors.reindex(places.index[known]).to_numpy(np.float64)
    fastest = 1.0 if held is None or not held.size else float(held.min())
    first, second = _near(sphere, law.distance(reach / fastest), lands=land_of(codes[known]))
    minutes = np.empty(len(first))
    for start in range(0, len(first), _BLOCK):
        block = slice(start, start + _BLOCK)
        ends = first[block], second[block]
        both = None if held is None else (held[ends[0]] + held[ends[1]]) / 2
        km = _km(sphere[ends[0]], sphere[ends[1]])
        minutes[block] = approached_minutes(km, variant=variant, factors=both)
    if held is not None:
        # Pairs were looked for as far as the fastest places reach.
        reached = minutes <= reach
        first, second, minutes = first[reached], second[reached], minutes[reached]
    own = known.astype(np.int32)
    first, second = own[first], own[second]
    rows, columns = np.concatenate([first, second, own]), np.concatenate([second, first, own])
    values = np.concatenate([minutes, minutes, np.zeros(len(own))])
    return TravelTimes(
        origins=codes,
        destinations=codes,
        minutes=csr(values, rows, columns, shape=(len(codes), len(codes))),
        reach=float(reach),
        label=_label(law, variant, factored=factors is not None),
        source=f"cpts_geo, {law.text}" + ("" if factors is None else f", {_FACTORED}"),
        grade=law.grade,
        unsnapped=tuple(codes[empty]),
    )


def great_circle_km(
    lon_a: npt.ArrayLike, lat_a: npt.ArrayLike, lon_b: npt.ArrayLike, lat_b: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """
    Great-circle distance between points on a sphere of radius 6,371.0088 km.

    Parameters
    ----------
    lon_a, lat_a, lon_b, lat_b : array_like of float
        Degrees (WGS84), shapes that broadcast.

    Returns
    -------
    ndarray of float
        Kilometres; NaN where a coordinate is.

    Examples
    --------
    >>> great_circle_km(1.6961, 47.8283, 1.9090, 47.9025).round(4)
    np.float64(17.8972)
    """
    return _km(unit_vectors(lon_a, lat_a), unit_vectors(lon_b, lat_b))


def unit_vectors(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """
    Place points on the unit sphere.

    Parameters
    ----------
    lon, lat : array_like of float
        Degrees (WGS84), shapes that broadcast.

    Returns
    -------
    ndarray of float
        x, y, z along the last axis.

    Examples
    --------
    >>> unit_vectors([0.0, 90.0], 0.0).round(12).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    east, north = np.broadcast_arrays(np.radians(lon), np.radians(lat))
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
    )


def chord(km: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """
    Straight line, on the unit sphere, between points some kilometres apart.

    Parameters
    ----------
    km : array_like of float
        Great-circle kilometres, >= 0.

    Returns
    -------
    ndarray of float
        Length of the chord, at most 2.

    Examples
    --------
    >>> chord(np.pi * _EARTH_RADIUS_KM).round(12)
    np.float64(2.0)
    """
    return np.asarray(2 * np.sin(np.minimum(np.asarray(km) / _EARTH_RADIUS_KM, np.pi) / 2))


def _label(law: PowerLaw, variant: Variant, *, factored: bool) -> str:
    """French words on what the times are, for captions."""
    return (
        f"temps approchés par la distance (variante {VARIANT_NAMES[variant]} : "
        f"{number(law.factor, 2)} minutes × km puissance {number(law.exponent, 2)}"
        f"{f' {_FACTORED}' if factored else ''}), sans réseau routier"
    )


def _km(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Great-circle kilometres between unit vectors."""
    # The chord keeps its precision at short distances, where the arc's cosine loses it.
    chord = np.sqrt(((a - b) ** 2).sum(axis=-1))
    return np.asarray(2 * _EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1.0)))


def _near(
    sphere: npt.NDArray[np.float64], km: float, *, lands: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Pairs of places within a distance and on one land, each once."""
    found = cKDTree(sphere).query_pairs(float(chord(km)), output_type="ndarray").astype(np.int32)
    first, second = found[:, 0], found[:, 1]
    joined = lands[first] == lands[second]
    return (first, second) if joined.all() else (first[joined], second[joined])


def _check(places: pd.DataFrame, reach: float, factors: pd.Series | None) -> None:
    """Refuse places, a reach or factors that give no time; all defects are listed."""
    defects = []
    twice = places.index[places.index.astype("str").duplicated()].unique()
    if len(twice):
        defects.append(f"codes en double : {listed(twice)}")
    if not (np.isfinite(reach) and reach > 0):
        defects.append(f"portée {reach} : minutes au-dessus de 0 attendues")
    astray = places.index[(places["lon"].abs() > 180) | (places["lat"].abs() > 90)]
    if len(astray):
        defects.append(f"coordonnées hors des degrés : {listed(astray)}")
    if factors is not None:
        held = factors[~factors.index.duplicated()].reindex(places.index)
        lacking = places.index[~((held > 0) & np.isfinite(held))]
        if len(lacking):
            defects.append(f"facteur absent ou nul : {listed(lacking)}")
    if defects:
        raise TravelError(
            "Les temps approchés ne peuvent pas être calculés.",
            defects=defects,
            remedy="donnez une longitude et une latitude en degrés par code, et un facteur positif "
            "par lieu si vous en donnez.",
        )
