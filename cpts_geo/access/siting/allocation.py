"""Demand of each commune, allocated from one figure of its territory: an assumption, never a fact.

A territory publishes one number (people without médecin traitant, requests a day); to choose a
site it must be spread over communes. Nothing says how, so a choice is shown under at least two
allocations. Allocated figures serve calculations: they are never mapped as a rate.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.access.siting._question import told, twice
from cpts_geo.errors import TableError
from cpts_geo.french import number

#: Tilts towards communes of low APL shown side by side; 0 is the proportional allocation (grade D).
_TILTS: Final = (0.0, 0.2, 0.5)


def allocate(
    total: float, population: pd.Series, *, apl: pd.Series | None = None, tilt: float = 0.0
) -> pd.Series:
    """
    Spread one figure of a territory over its communes.

    Parameters
    ----------
    total : float
        Figure of the territory (people, or requests a day), 0 or more.
    population : Series of float
        Inhabitants or adults, by commune code; 0 or more, no NaN, not all 0.
    apl : Series of float or None
        APL by commune code, for every code of `population` where `tilt` is above 0; a commune whose
        APL is NaN stands at the mean.
    tilt : float
        Strength b of the tilt towards low APL, 0 (proportional) or more, per point of APL.

    Returns
    -------
    Series of float
        Demand by commune, unit of `total`, which it adds up to: ``N_i = N w_i / sum(w)`` with
        ``w_i = P_i exp(-b (APL_i - m))`` and ``m`` the mean of the known APL weighted by ``P``. A
        hypothesis (« répartition proportionnelle » for b = 0).

    Raises
    ------
    TableError
        If a value is outside its domain or a code is missing; lists every defect.

    Examples
    --------
    >>> people = pd.Series({"A": 3000, "B": 1000})
    >>> allocate(400, people).to_dict()
    {'A': 300.0, 'B': 100.0}
    >>> tilted = allocate(400, people, apl=pd.Series({"A": 3.0, "B": 1.0}), tilt=0.5)
    >>> tilted.round(1).to_dict()
    {'A': 209.9, 'B': 190.1}
    """
    defects = [] if math.isfinite(total) and total >= 0 else ["total : il faut 0 ou plus"]
    if not (math.isfinite(tilt) and tilt >= 0):
        defects.append("inclinaison (tilt) : il faut 0 ou plus")
    defects += _population_defects(population)
    if tilt > 0:
        defects += ["APL absente"] if apl is None else _apl_defects(apl, population)
    if defects:
        raise TableError(
            "La demande du territoire ne peut pas être répartie entre ses communes.",
            defects=defects,
            remedy="corrigez ces valeurs ; une population inconnue n’est pas 0, une APL inconnue "
            "reste vide.",
        )
    people = population.to_numpy(dtype=np.float64)
    weights = people
    if tilt > 0 and apl is not None:
        weights = people * _tilt_factors(people, apl.reindex(population.index), tilt)
    share = weights / weights.sum()
    return pd.Series(total * share, index=population.index, name="demand")


def allocations(total: float, population: pd.Series, *, apl: pd.Series) -> dict[str, pd.Series]:
    """
    Spread one figure of a territory in several ways, to be shown side by side.

    Parameters
    ----------
    total, population, apl : float, Series of float (2)
        As for :func:`allocate`.

    Returns
    -------
    dict of str to Series
        French name of the allocation -> demand by commune, the proportional one first.

    Raises
    ------
    TableError
        As :func:`allocate`.

    Examples
    --------
    >>> people, apl = pd.Series({"A": 3000, "B": 1000}), pd.Series({"A": 3.0, "B": 1.0})
    >>> for name, demand in allocations(400, people, apl=apl).items():
    ...     print(name, demand.round().to_list())
    proportionnelle [300.0, 100.0]
    plus forte là où l’APL est faible (+22 % par point d’APL en moins) [267.0, 133.0]
    plus forte là où l’APL est faible (+65 % par point d’APL en moins) [210.0, 190.0]
    """
    return {_name(tilt): allocate(total, population, apl=apl, tilt=tilt) for tilt in _TILTS}


def _name(tilt: float) -> str:
    """French name of an allocation."""
    more = f"+{number(100 * math.expm1(tilt))} % par point d’APL en moins"
    return f"plus forte là où l’APL est faible ({more})" if tilt else "proportionnelle"


def _tilt_factors(
    people: npt.NDArray[np.float64], apl: pd.Series, tilt: float
) -> npt.NDArray[np.float64]:
    """Factor of each commune, ``exp(-b (APL - mean))`` to a constant; unknown APL at the mean."""
    values = apl.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    mean = np.average(values[known], weights=people[known])
    exponents = np.where(known, -tilt * (values - mean), 0.0)
    # Shares do not change when factors are divided by the largest of an inhabited commune; those
    # of the others, which weigh nothing, must not overflow.
    return np.asarray(np.exp(np.minimum(exponents - exponents[people > 0].max(), 0.0)))


def _population_defects(population: pd.Series) -> list[str]:
    """List what is wrong with people by commune."""
    if not pd.api.types.is_numeric_dtype(population):
        return ["population : il faut des nombres"]
    codes = population.index
    values = population.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(values)
    defects = told(
        ("population : codes en double", twice(codes)),
        ("population inconnue", codes[~finite]),
        ("population négative", codes[finite & (values < 0)]),
    )
    if not (values[finite] > 0).any():
        defects.append("population : aucun habitant dans aucune commune")
    return defects


def _apl_defects(apl: pd.Series, population: pd.Series) -> list[str]:
    """List what is wrong with an APL that tilts an allocation."""
    if not pd.api.types.is_numeric_dtype(apl):
        return ["APL : il faut des nombres"]
    values = apl.to_numpy(dtype=np.float64, na_value=np.nan)
    defects = told(
        ("APL : codes en double", twice(apl.index)),
        ("APL négative ou infinie", apl.index[np.isinf(values) | (values < 0)]),
        (
            "communes absentes de la table d’APL",
            population.index[~population.index.isin(apl.index)],
        ),
    )
    inhabited = population.index[(population > 0).to_numpy(dtype=bool, na_value=False)]
    if len(inhabited) and not apl[apl.index.isin(inhabited)].notna().any():
        defects.append("APL inconnue dans toutes les communes habitées : rien à incliner")
    return defects
