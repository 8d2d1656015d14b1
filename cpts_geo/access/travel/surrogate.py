"""Travel times without a road network: a calibrated power law of distance, an approximation.

``t = a d^b`` minutes for a great-circle distance of d kilometres, 0 within a commune. It is
monotone in distance and knows neither rivers, nor relief, nor bridges; within a region it is
right to 17-25 % a pair, and two regions differ by 40 % at 10 km. Use it for maps and coverage, not
to compute an APL again. Places that no road joins have no pair between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from cpts_geo.access.travel._sparse import csr
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TravelError
from cpts_geo.french import number

#: Mean radius of the Earth, kilometres (IUGG).
_EARTH_RADIUS_KM: Final = 6371.0088
#: Pairs computed at once: what a processor keeps at hand.
_BLOCK: Final = 1 << 17

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
#: Communes that roads join among themselves and to nothing else.
_ROADLESS: Final[tuple[tuple[str, ...], ...]] = (
    ("17004",),  # Île-d'Aix
    ("22016",),  # Bréhat
    ("29082",),  # Batz
    ("29083",),  # Sein
    ("29084",),  # Molène
    ("29155",),  # Ouessant
    ("56009", "56114", "56152", "56241"),  # Belle-Île
    ("56069",),  # Groix
    ("56085",),  # Hœdic
    ("56086",),  # Houat
    ("56087",),  # Île-aux-Moines
    ("56088",),  # Île-d'Arz
    ("85113",),  # Yeu
    ("97108", "97112", "97126"),  # Marie-Galante
    ("97110",),  # La Désirade
    ("97130",),  # Terre-de-Bas
    ("97131",),  # Terre-de-Haut
    ("97314",),  # Ouanary
    ("97352",),  # Saül
    ("97353",),  # Maripasoula
    ("97356",),  # Camopi
    ("97357",),  # Grand-Santi
    ("97362",),  # Papaichton
    ("97608", "97615"),  # Petite-Terre, Mayotte
)
#: Départements that no road joins to any other: Corse, then overseas.
_APART: Final = (("2A", "2B"), ("971",), ("972",), ("973",), ("974",), ("976",))


def surrogate_times(
    places: pd.DataFrame, *, reach: float = 30.0, variant: Variant = "central"
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

    Returns
    -------
    TravelTimes
        Symmetric, 0 within a place; status ``estimated``, its label says it is an approximation.

    Raises
    ------
    TravelError
        Coordinates that are no degrees, codes that stand twice, a reach that is not above 0.

    Notes
    -----
    Distances are great-circle ones. Source of the laws: methods of the project, fitted on pairs
    under 25 to 30 km.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [1.6961, 1.9090], "lat": [47.8283, 47.9025]})
    >>> surrogate_times(places.set_axis(["45203", "45234"])).minutes.toarray().round(1).tolist()
    [[0.0, 24.8], [24.8, 0.0]]
    """
    _check(places, reach)
    law = LAWS[variant]
    codes = pd.Index(places.index.astype("str"))
    empty = places[["lon", "lat"]].isna().any(axis=1).to_numpy()
    known = np.flatnonzero(~empty)
    sphere = _sphere(places["lon"][~empty], places["lat"][~empty])
    first, second = _near(sphere, law.distance(reach), lands=land_of(codes[known]))
    minutes = np.empty(len(first))
    for start in range(0, len(first), _BLOCK):
        block = slice(start, start + _BLOCK)
        minutes[block] = law.minutes(_km(sphere[first[block]], sphere[second[block]]))
    own = known.astype(np.int32)
    first, second = own[first], own[second]
    rows, columns = np.concatenate([first, second, own]), np.concatenate([second, first, own])
    values = np.concatenate([minutes, minutes, np.zeros(len(own))])
    return TravelTimes(
        origins=codes,
        destinations=codes,
        minutes=csr(values, rows, columns, shape=(len(codes), len(codes))),
        reach=float(reach),
        label=(
            f"temps approchés par la distance (variante {VARIANT_NAMES[variant]} : "
            f"{number(law.factor, 2)} minutes × km puissance {number(law.exponent, 2)}), "
            "sans réseau routier"
        ),
        source=f"cpts_geo, {law.text}",
        grade=law.grade,
        unsnapped=tuple(codes[empty]),
    )


def land_of(codes: pd.Index) -> npt.NDArray[np.int64]:
    """
    Number the lands that no road joins.

    Parameters
    ----------
    codes : Index of str
        INSEE codes of communes.

    Returns
    -------
    ndarray of int
        0 for all that roads join to Paris, one number above 0 for each place of :data:`_ROADLESS`
        and for what is left of each of :data:`_APART`.

    Examples
    --------
    >>> land_of(pd.Index(["85047", "85113", "2A004", "2B033"])).tolist()
    [0, 13, 25, 25]
    """
    numbers = {code: land for land, group in enumerate((*_ROADLESS, *_APART), 1) for code in group}
    get = numbers.get
    # Of a list and not of the index: three times faster.
    lands = [get(code) or get(code[:3]) or get(code[:2], 0) for code in codes.tolist()]
    return np.array(lands, dtype=np.int64)


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
    return _km(_sphere(lon_a, lat_a), _sphere(lon_b, lat_b))


def _sphere(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Unit vectors of points given in degrees."""
    east, north = np.broadcast_arrays(np.radians(lon), np.radians(lat))
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
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
    chord = 2 * np.sin(min(km / _EARTH_RADIUS_KM, np.pi) / 2)
    found = cKDTree(sphere).query_pairs(chord, output_type="ndarray").astype(np.int32)
    first, second = found[:, 0], found[:, 1]
    joined = lands[first] == lands[second]
    return (first, second) if joined.all() else (first[joined], second[joined])


def _check(places: pd.DataFrame, reach: float) -> None:
    """Refuse places or a reach that give no time; all defects are listed."""
    defects = []
    twice = places.index[places.index.astype("str").duplicated()].unique()
    if len(twice):
        defects.append(f"codes en double : {listed(twice)}")
    if not (np.isfinite(reach) and reach > 0):
        defects.append(f"portée {reach} : minutes au-dessus de 0 attendues")
    astray = places.index[(places["lon"].abs() > 180) | (places["lat"].abs() > 90)]
    if len(astray):
        defects.append(f"coordonnées hors des degrés : {listed(astray)}")
    if defects:
        raise TravelError(
            "Les temps approchés ne peuvent pas être calculés.",
            defects=defects,
            remedy="donnez une longitude et une latitude en degrés par code.",
        )
