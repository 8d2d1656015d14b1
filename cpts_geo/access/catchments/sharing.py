"""Who shares what: weights between homes and places of care, and the people each place serves.

The sparse machinery under :mod:`cpts_geo.access.catchments.catchment`: pandas outside, CSR inside.
What is unknown (NaN) spreads to all that depends on it, and to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from cpts_geo.access.catchments.weights import Weight
from cpts_geo.access.travel.places import Floats, check_places, spread, values_at
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.errors import TravelError
from cpts_geo.french import number


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
    travel, demand, weight : TravelTimes, Series of float, Weight
        As for :func:`cpts_geo.access.catchments.catchment.enhanced_two_stage_fca`.
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
    _check_reach(travel, weight)
    check_places(travel, supply=supply, demand=demand)
    minutes = travel.minutes
    # A copy: scipy sorts columns in place when it needs to, and would leave the minutes behind.
    places = minutes.indices.copy(), minutes.indptr
    weights = csr_array((weight(minutes.data), *places), shape=minutes.shape)
    return Catchments(travel, weights, spread(weights.T, values_at(demand, travel.origins)))


def _check_reach(travel: TravelTimes, weight: Weight) -> None:
    """Refuse a weight that counts pairs slower than the table's reach: they are not there."""
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
