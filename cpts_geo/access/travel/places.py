"""Values by place beside travel times: checked, put in order, added up over what is in reach."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TableError

Floats = npt.NDArray[np.float64]


def check_places(
    travel: TravelTimes, *, supply: pd.Series | None = None, demand: pd.Series | None = None
) -> None:
    """
    Refuse tables that do not speak of the same places as the travel times.

    Parameters
    ----------
    travel : TravelTimes
        Travel times.
    supply : Series of float, optional
        Supply by destination.
    demand : Series of float, optional
        People by origin.

    Raises
    ------
    TableError
        Codes that do not agree, negative or infinite numbers, nobody anywhere; lists all.
    """
    defects: list[str] = []
    for name, values, places in (
        ("offre", supply, travel.destinations),
        ("demande", demand, travel.origins),
    ):
        if values is None:
            continue
        if not pd.api.types.is_numeric_dtype(values):
            defects.append(f"{name} : des nombres sont attendus")
            continue
        defects += _disagreements(name, values, places)
        if name == "demande" and not (values.fillna(1) > 0).any():
            defects.append("demande : personne nulle part, toutes les populations sont nulles")
    if defects:
        raise TableError(
            "L’offre ou la demande ne s’accorde pas avec les temps de trajet.",
            defects=defects,
            remedy="donnez une valeur par lieu de la table des temps : 0 où il n’y a rien, NaN où "
            "on ne sait pas (values.reindex(codes, fill_value=0) rend explicite une liste de "
            "seuls présents).",
        )


def values_at(values: pd.Series, index: pd.Index) -> Floats:
    """
    Put values in the order of places.

    Parameters
    ----------
    values : Series of float
        Values by code.
    index : Index of str
        Codes of places.

    Returns
    -------
    ndarray of float
        One value a place.
    """
    return values.reindex(index).to_numpy(dtype=np.float64)


def spread(weights: csr_array, values: Floats) -> Floats:
    """
    Add up what is in reach.

    Parameters
    ----------
    weights : csr_array
        Weights, those who reach by those reached.
    values : ndarray of float
        Value of those reached, NaN unknown.

    Returns
    -------
    ndarray of float
        ``sum_j w_ij V_j``; NaN where a value in reach is unknown.
    """
    unknown = np.isnan(values)
    found = np.asarray(weights @ np.where(unknown, 0.0, values))
    if unknown.any():
        found[np.asarray(weights @ unknown.astype(np.float64)) > 0] = np.nan
    return found


def by_origin(values: Floats, travel: TravelTimes) -> pd.Series:
    """
    Name the values of origins.

    Parameters
    ----------
    values : ndarray of float
        One value an origin.
    travel : TravelTimes
        Travel times.

    Returns
    -------
    Series of float
        By code; NaN where no road reaches the place.
    """
    found = pd.Series(values, index=travel.origins)
    return found.mask(found.index.isin(travel.unsnapped))


def _disagreements(name: str, values: pd.Series, places: pd.Index) -> list[str]:
    """French words on codes and values that do not agree with the places of the travel times."""
    rules = (
        (values.index[values.index.duplicated()], "codes en double"),
        (values.index.difference(places, sort=False), "codes inconnus des temps de trajet"),
        (places.difference(values.index, sort=False), "lieux des temps de trajet sans valeur"),
        (values.index[values < 0], "valeurs négatives"),
        (values.index[np.isinf(values.to_numpy(dtype=np.float64))], "valeurs infinies"),
    )
    return [f"{name} : {text} : {listed(codes)}" for codes, text in rules if len(codes)]
