"""Fit a power law of distance on real travel times, and say how wrong it is, band by band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.travel.surrogate import PowerLaw, great_circle_km
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TravelError
from cpts_geo.french import counted, number
from cpts_geo.settings import MINUTES_BANDS

#: Distances the project's laws were fitted on, kilometres.
_FITTED_KM: Final = 25.0
#: Kilometres of the bands of the error table.
_DISTANCE_BANDS: Final = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0)


@dataclass(frozen=True)
class Fit:
    """
    A law fitted on pairs, and its errors on them.

    Parameters
    ----------
    law : PowerLaw
        Minutes as a power of distance.
    pairs : int
        Directed pairs it was fitted on.
    log_sd : float
        Standard deviation of the log of the ratio of real to fitted time.
    mean_absolute_error : float
        Minutes.
    median_relative_error : float
        Median of |fitted / real - 1|.
    """

    law: PowerLaw
    pairs: int
    log_sd: float
    mean_absolute_error: float
    median_relative_error: float


def distances(travel: TravelTimes, points: pd.DataFrame) -> pd.DataFrame:
    """
    Set the distance beside the time of every pair of different places.

    Parameters
    ----------
    travel : TravelTimes
        Travel times.
    points : DataFrame
        lon, lat in degrees, by code.

    Returns
    -------
    DataFrame
        origin, destination, minutes, km (great circle); pairs without distance or without time,
        two places at one point, and 0 minutes are left out.

    Raises
    ------
    TravelError
        Places of the travel times without a row in `points`.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> points = pd.DataFrame({"lon": [2.0, 2.1, 2.2], "lat": 48.0}, index=["A", "B", "C"])
    >>> distances(three_communes()[0], points)["km"].round(1).tolist()
    [7.4, 14.9, 7.4, 7.4, 14.9, 7.4]
    """
    lost = travel.origins.union(travel.destinations).difference(points.index)
    if len(lost):
        raise TravelError(
            "Les distances ne peuvent pas être calculées.",
            defects=[f"lieux sans coordonnées : {listed(lost)}"],
            remedy="donnez une ligne lon, lat par code des temps de trajet.",
        )
    pairs = travel.pairs()
    start, end = (points.loc[pairs[name]] for name in ("origin", "destination"))
    km = great_circle_km(start["lon"], start["lat"], end["lon"], end["lat"])
    pairs = pairs.assign(km=km)
    return pairs[(pairs["km"] > 0) & (pairs["minutes"] > 0)].reset_index(drop=True)


def fit_power_law(pairs: pd.DataFrame, *, text: str, max_km: float = _FITTED_KM) -> Fit:
    """
    Fit ``t = a d^b`` by least squares on logarithms.

    Parameters
    ----------
    pairs : DataFrame
        minutes and km, both above 0, from :func:`distances`.
    text : str
        French words on where the times come from, kept with the law.
    max_km : float
        Farthest pairs used.

    Returns
    -------
    Fit
        Law and its errors on the same pairs; no pair was set aside to check it.

    Raises
    ------
    TravelError
        Under three pairs, all of one distance, or times that fall with distance.

    Examples
    --------
    >>> pairs = pd.DataFrame({"km": [1.0, 4.0, 16.0], "minutes": [2.0, 4.0, 8.0]})
    >>> fit = fit_power_law(pairs, text="exemple")
    >>> round(fit.law.factor, 6), round(fit.law.exponent, 6)
    (2.0, 0.5)
    """
    used = pairs[pairs["km"] <= max_km]
    if len(used) < 3 or used["km"].nunique() < 2:
        raise _no_law(
            [f"{counted(len(used), 'paire', 'paires')} jusqu’à {number(max_km)} km : trop peu"]
        )
    km, minutes = (used[name].to_numpy(dtype=np.float64) for name in ("km", "minutes"))
    exponent, intercept = np.polyfit(np.log(km), np.log(minutes), 1)
    if not exponent > 0:
        raise _no_law([f"exposant {number(float(exponent), 2)} : les temps ne croissent pas"])
    law = PowerLaw(float(np.exp(intercept)), float(exponent), text, "B")
    found = law.minutes(km)
    return Fit(
        law=law,
        pairs=len(used),
        log_sd=float(np.std(np.log(minutes / found))),
        mean_absolute_error=float(np.abs(minutes - found).mean()),
        median_relative_error=float(np.median(np.abs(found / minutes - 1))),
    )


def error_by_distance(
    pairs: pd.DataFrame, law: PowerLaw, *, bands: Sequence[float] = _DISTANCE_BANDS
) -> pd.DataFrame:
    """
    Compare a law with real times, by band of distance.

    Parameters
    ----------
    pairs : DataFrame
        minutes and km, from :func:`distances`.
    law : PowerLaw
        The law judged.
    bands : sequence of float
        Bounds of the bands, kilometres; a band holds its upper bound.

    Returns
    -------
    DataFrame
        By band (from_km, to_km): pairs, real_minutes and law_minutes (medians), bias and
        mean_absolute_error (minutes, law less real), median_relative_error. NaN in an empty band.

    Examples
    --------
    >>> pairs = pd.DataFrame({"km": [1.0, 3.0], "minutes": [3.0, 5.0]})
    >>> law = PowerLaw(2.0, 1.0, "exemple", "D")
    >>> error_by_distance(pairs, law, bands=(0, 2, 4))["bias"].tolist()
    [-1.0, 1.0]
    """
    rows = []
    for low, high in pairwise(bands):
        part = pairs[(pairs["km"] > low) & (pairs["km"] <= high)]
        real, found = part["minutes"], law.minutes(part["km"].to_numpy(dtype=np.float64))
        rows.append(
            {
                "from_km": low,
                "to_km": high,
                "pairs": len(part),
                "real_minutes": real.median(),
                "law_minutes": float(np.median(found)) if len(part) else np.nan,
                "bias": (found - real).mean(),
                "mean_absolute_error": (found - real).abs().mean(),
                "median_relative_error": (found / real - 1).abs().median(),
            }
        )
    return pd.DataFrame(rows)


def band_agreement(
    pairs: pd.DataFrame, law: PowerLaw, *, bands: Sequence[float] = MINUTES_BANDS
) -> pd.DataFrame:
    """
    Count how often a law puts a pair on the right side of each time.

    Parameters
    ----------
    pairs : DataFrame
        minutes and km, from :func:`distances`.
    law : PowerLaw
        The law judged.
    bands : sequence of float
        Minutes of coverage.

    Returns
    -------
    DataFrame
        By band (minutes): agreement (share of the pairs on the same side for both), missed (share
        of the pairs really within that the law puts beyond), false (share of the pairs really
        beyond that the law puts within). NaN where there is no such pair.

    Examples
    --------
    >>> pairs = pd.DataFrame({"km": [1.0, 3.0, 9.0], "minutes": [3.0, 12.0, 20.0]})
    >>> law = PowerLaw(2.0, 1.0, "exemple", "D")
    >>> band_agreement(pairs, law, bands=(10,)).round(2).to_dict("records")
    [{'agreement': 0.67, 'missed': 0.0, 'false': 0.5}]
    """
    real = pairs["minutes"].to_numpy(dtype=np.float64)
    found = law.minutes(pairs["km"].to_numpy(dtype=np.float64))
    rows = []
    for band in bands:
        near, said = real <= band, found <= band
        rows.append(
            {
                "agreement": _share(near == said),
                "missed": _share(~said[near]),
                "false": _share(said[~near]),
            }
        )
    return pd.DataFrame(rows, index=pd.Index(bands, name="minutes"))


def _share(flags: np.ndarray) -> float:
    """Share of true flags; NaN where there is none."""
    return float(flags.mean()) if flags.size else np.nan


def _no_law(defects: list[str]) -> TravelError:
    """Error that says why no law can be fitted."""
    return TravelError(
        "Aucune loi ne peut être ajustée sur ces temps de trajet.",
        defects=defects,
        remedy="donnez au moins trois paires de distances différentes, aux temps croissants.",
    )
