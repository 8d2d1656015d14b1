"""Floating catchments: care within reach, shared between the people who reach it.

Notation: i where people live, j where care is, t minutes, w(t) a weight that falls with time,
S supply, P people (demand). A place with no supply in reach gets 0; where a supply or a people in
reach is unknown (NaN), what depends on it is NaN. Every place of the travel times must be in
`supply` or `demand`: 0 where there is none, NaN where it is unknown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpts_geo.access.catchments.sharing import catchments, ratio_of
from cpts_geo.access.catchments.weights import APL_WEIGHT, Weight
from cpts_geo.access.travel.places import by_origin, spread, values_at
from cpts_geo.access.travel.times import TravelTimes


def two_stage_fca(
    travel: TravelTimes, *, supply: pd.Series, demand: pd.Series, max_minutes: float
) -> pd.Series:
    """
    Two-step floating catchment area (Luo and Wang 2003): all or nothing within a time.

    Parameters
    ----------
    travel, supply, demand : TravelTimes, Series of float (2)
        As for :func:`enhanced_two_stage_fca`.
    max_minutes : float
        Time from which a place is out of reach.

    Returns
    -------
    Series of float
        Supply per head of demand, by origin.

    Raises
    ------
    TableError, TravelError
        As :func:`enhanced_two_stage_fca`.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, people = three_communes()
    >>> two_stage_fca(times, supply=supply, demand=people, max_minutes=15).round(7).tolist()
    [4.2380952, 4.2380952, 2.5714286]
    """
    whole = Weight((max_minutes,), (1.0,))
    return enhanced_two_stage_fca(travel, supply=supply, demand=demand, weight=whole)


def enhanced_two_stage_fca(
    travel: TravelTimes, *, supply: pd.Series, demand: pd.Series, weight: Weight
) -> pd.Series:
    """
    Enhanced two-step floating catchment area (Luo and Qi 2009).

    Parameters
    ----------
    travel : TravelTimes
        Minutes from homes to places of care.
    supply : Series of float
        Supply by destination, >= 0, NaN unknown.
    demand : Series of float
        People by origin, >= 0, NaN unknown.
    weight : Weight
        Weight of travel time.

    Returns
    -------
    Series of float
        ``A_i = sum_j w_ij S_j / sum_k w_kj P_k`` by origin: supply per head of demand. 0 where no
        supply is in reach; NaN where a supply in reach or its people are unknown, where the
        place has no road, and where supply is in reach of nobody.

    Raises
    ------
    TableError
        Codes that do not agree with the travel times, negative numbers, nobody anywhere.
    TravelError
        The weight reaches farther than the travel times.

    Notes
    -----
    ``sum_i P_i A_i`` is the supply of the places that somebody reaches: nothing is lost.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, people = three_communes()
    >>> found = enhanced_two_stage_fca(times, supply=supply, demand=people, weight=APL_WEIGHT)
    >>> found.round(7).tolist()
    [3.8947368, 4.1754386, 3.5087719]
    """
    shared = catchments(travel, demand, weight=weight, supply=supply)
    ratio = ratio_of(values_at(supply, travel.destinations), shared.people)
    return by_origin(spread(shared.weights, ratio), travel)


def m2sfca(
    travel: TravelTimes, *, supply: pd.Series, demand: pd.Series, weight: Weight
) -> pd.Series:
    """
    Modified two-step floating catchment area (Delamater 2013): distance costs supply itself.

    Parameters
    ----------
    travel, supply, demand, weight : TravelTimes, Series of float (2), Weight
        As for :func:`enhanced_two_stage_fca`.

    Returns
    -------
    Series of float
        ``A_i = sum_j w_ij² S_j / sum_k w_kj P_k``; not mass-conserving, never above E2SFCA.

    Raises
    ------
    TableError, TravelError
        As :func:`enhanced_two_stage_fca`.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, people = three_communes()
    >>> found = m2sfca(times, supply=supply, demand=people, weight=APL_WEIGHT)
    >>> found.round(7).tolist()
    [3.2631579, 3.7309942, 3.0643275]
    """
    shared = catchments(travel, demand, weight=weight, supply=supply)
    ratio = ratio_of(values_at(supply, travel.destinations), shared.people)
    return by_origin(spread(shared.weights.power(2), ratio), travel)


def three_stage_fca(
    travel: TravelTimes, *, supply: pd.Series, demand: pd.Series, weight: Weight
) -> pd.Series:
    """
    Three-step floating catchment area (Wan, Zou and Sternberg 2012): places compete.

    Parameters
    ----------
    travel, supply, demand, weight : TravelTimes, Series of float (2), Weight
        As for :func:`enhanced_two_stage_fca`.

    Returns
    -------
    Series of float
        With ``G_ij = w_ij / sum_j' w_ij'`` over the places that have a supply,
        ``A_i = sum_j G_ij w_ij S_j / sum_k G_kj w_kj P_k``; mass-conserving.

    Raises
    ------
    TableError, TravelError
        As :func:`enhanced_two_stage_fca`.

    Notes
    -----
    A destination whose supply is 0 is no place people choose between: adding one changes nothing.
    This departs from ``access`` of PySAL, which counts those places among the choices: the two
    agree where every destination has a supply. Where it is unknown (NaN), so is the choice of all
    who reach it, and what they share elsewhere.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, people = three_communes()
    >>> found = three_stage_fca(times, supply=supply, demand=people, weight=APL_WEIGHT)
    >>> float((found * people).sum().round(6))
    14000.0
    """
    shared = catchments(travel, demand, weight=weight, supply=supply)
    amounts = values_at(supply, travel.destinations)
    offers = (amounts != 0.0).astype(np.float64)
    total = np.asarray(shared.weights @ offers)
    with np.errstate(divide="ignore"):
        inverse = np.where(total > 0, 1 / total, 0.0)
    homes = values_at(demand, travel.origins)
    unsure = np.asarray(shared.weights @ np.isnan(amounts).astype(np.float64)) > 0
    homes = np.where(unsure & (homes > 0), np.nan, homes)
    # G w is w² over the total of the origin: no matrix of its own.
    squares = shared.weights.power(2)
    ratio = ratio_of(amounts, spread(squares.T, homes * inverse))
    return by_origin(inverse * spread(squares, ratio), travel)


def apl(travel: TravelTimes, *, consultations: pd.Series, standardised: pd.Series) -> pd.Series:
    """
    Accessibilité potentielle localisée, as the DREES defines it since 2015.

    Parameters
    ----------
    travel : TravelTimes
        Minutes from commune to commune, 0 within a commune in the DREES' own times.
    consultations : Series of float
        Consultations a year by commune of practice, as the APL counts them, NaN unknown.
    standardised : Series of float
        Standardised population by commune of residence, NaN unknown.

    Returns
    -------
    Series of float
        Consultations a year per standardised inhabitant, by commune of residence.

    Raises
    ------
    TableError, TravelError
        As :func:`enhanced_two_stage_fca`.

    Notes
    -----
    E2SFCA with weights 1 below 10 minutes, 2/3 from 10, 1/3 from 15, 0 from 20 (DREES, sheet
    "Paramètres" of the workbook APL 2022-2023; left-closed by our reading of it). With head-counts
    x 5,400 instead of the doctors' own activity, or approximate times, it is "APL-like": say so.

    Examples
    --------
    >>> from cpts_geo.access.travel.example import three_communes
    >>> times, supply, people = three_communes()
    >>> apl(times, consultations=supply, standardised=people).round(7).tolist()
    [3.8947368, 4.1754386, 3.5087719]
    """
    return enhanced_two_stage_fca(
        travel, supply=consultations, demand=standardised, weight=APL_WEIGHT
    )
