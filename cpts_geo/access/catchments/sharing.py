"""Who shares what: weights between homes and places of care, and the people each place serves.

The sparse machinery under :mod:`cpts_geo.access.catchments.catchment`: pandas outside, CSR inside.
What is unknown (NaN) spreads to all that depends on it, and to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from cpts_geo.access.catchments.weights import Weight
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TableError, TravelError
from cpts_geo.french import number

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Catchments:
    """
    Who shares what: weights of travel, and people in reach of each place of care.

    Parameters
    ----------
    travel : TravelTimes
        Travel times they come from.
    weights : csr_array
        ``w(t_ij)``, origins by destinations.
    people : ndarray of float
        ``sum_k w_kj P_k`` by destination; NaN where the people of an origin in reach are unknown.
    """

    travel: TravelTimes
    weights: csr_array
    people: Floats

    @cached_property
    def by_destination(self) -> csr_array:
        """The same weights, destinations by origins: one place's catchment is one row."""
        return self.weights.T.tocsr()


def catchments(
    travel: TravelTimes, demand: pd.Series, *, weight: Weight, supply: pd.Series | None = None
) -> Catchments:
    """
    Compute once what every catchment measure shares.

    Parameters
    ----------
    travel : TravelTimes
        Minutes from homes to places of care.
    demand : Series of float
        People by origin, >= 0, NaN unknown.
    weight : Weight
        Weight of travel time.
    supply : Series of float, optional
        Supply by destination, checked along with the rest.

    Returns
    -------
    Catchments
        Weights, and people in reach of each destination.

    Raises
    ------
    TableError, TravelError
        As :func:`cpts_geo.access.catchments.catchment.enhanced_two_stage_fca`.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> from cpts_geo.access.catchments.weights import APL_WEIGHT
    >>> times, _, people = three_communes()
    >>> catchments(times, people, weight=APL_WEIGHT).people.round(1).tolist()
    [2500.0, 3166.7, 2833.3]
    """
    check_reach(travel, weight)
    check_places(travel, supply=supply, demand=demand)
    weights = weigh(travel, weight)
    return Catchments(travel, weights, spread(weights.T, values_at(demand, travel.origins)))


def weigh(travel: TravelTimes, weight: Weight) -> csr_array:
    """
    Weigh every pair.

    Parameters
    ----------
    travel : TravelTimes
        Travel times, which go as far as the weight.
    weight : Weight
        Weight of travel time.

    Returns
    -------
    csr_array
        ``w(t_ij)``, origins by destinations; a weight of 0 may be stored.
    """
    minutes = travel.minutes
    # A copy: scipy sorts columns in place when it needs to, and would leave the minutes behind.
    places = minutes.indices.copy(), minutes.indptr
    return csr_array((weight(minutes.data), *places), shape=minutes.shape)


def check_reach(travel: TravelTimes, weight: Weight) -> None:
    """
    Refuse a weight that counts pairs slower than the table's reach: they are not there.

    Parameters
    ----------
    travel : TravelTimes
        Travel times.
    weight : Weight
        Weight of travel time.

    Raises
    ------
    TravelError
        The weight reaches farther than the travel times.
    """
    if weight.reach > travel.reach:
        raise TravelError(
            "Le bassin est plus large que la table des temps de trajet.",
            defects=[
                f"le poids va jusqu’à {number(weight.reach, 1)} min, la table s’arrête à "
                f"{number(travel.reach, 1)} min"
            ],
            remedy="donnez une table qui va plus loin ; si la vôtre est complète jusque-là, "
            "dites-le : travel_times(..., reach=…).",
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


def ratio_of(supply: Floats, people: Floats) -> Floats:
    """
    Divide supply by the people who share it.

    Parameters
    ----------
    supply : ndarray of float
        Supply by destination, NaN unknown.
    people : ndarray of float
        People in reach by destination, NaN unknown.

    Returns
    -------
    ndarray of float
        0 where there is no supply, whoever reaches it; NaN where nobody does, or where it is
        unknown.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(people > 0, supply / people, np.nan)
    return np.where(supply == 0.0, 0.0, ratio)


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
        By code of origin; NaN where no road reaches the place.
    """
    found = pd.Series(values, index=travel.origins)
    if travel.unsnapped:
        found[found.index.isin(travel.unsnapped)] = np.nan
    return found


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


def _disagreements(name: str, values: pd.Series, places: pd.Index) -> list[str]:
    rules = (
        (values.index[values.index.duplicated()], "codes en double"),
        (values.index.difference(places, sort=False), "codes inconnus des temps de trajet"),
        (places.difference(values.index, sort=False), "lieux des temps de trajet sans valeur"),
        (values.index[values < 0], "valeurs négatives"),
        (values.index[np.isinf(values.to_numpy(dtype=np.float64))], "valeurs infinies"),
    )
    return [f"{name} : {text} : {listed(codes)}" for codes, text in rules if len(codes)]
