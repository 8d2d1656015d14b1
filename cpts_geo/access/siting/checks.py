"""What may be wrong with a question of where to open: each function lists every defect."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from numbers import Integral, Real
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from cpts_geo.french import counted, number

Objective = Literal["p_median", "mclp", "p_center", "lscp"]
#: Objectives of a question of where to open: all, those with a radius, those with capacities.
OBJECTIVES: Final = get_args(Objective)
_WITH_RADIUS: Final = ("mclp", "lscp")
_WITH_CAPACITY: Final = ("p_median", "mclp", "lscp")


def codes_text(codes: Iterable[Any]) -> str:
    """
    Write codes one after another.

    Parameters
    ----------
    codes : iterable
        Codes of communes or sites.

    Returns
    -------
    str
        Codes separated by commas, in their order.

    Examples
    --------
    >>> codes_text(["45001", "45004"])
    '45001, 45004'
    """
    return ", ".join(str(code) for code in codes)


def repeated(what: str, codes: pd.Index) -> list[str]:
    """
    List the codes that stand more than once.

    Parameters
    ----------
    what : str
        French words that open the sentence.
    codes : Index
        Codes.

    Returns
    -------
    list of str
        One defect; empty when there is none.

    Examples
    --------
    >>> repeated("sites en double", pd.Index(["A", "B", "A"]))
    ['sites en double : A']
    """
    twice = codes[codes.duplicated()].unique()
    return [f"{what} : {codes_text(twice)}"] if len(twice) else []


def minutes_defects(minutes: pd.DataFrame) -> list[str]:
    """
    List what is wrong with a table of minutes.

    Parameters
    ----------
    minutes : DataFrame of float
        Minutes from each commune (rows) to each site (columns); NaN out of reach or unknown.

    Returns
    -------
    list of str
        Defects in French; empty when there is none.

    Examples
    --------
    >>> minutes_defects(pd.DataFrame({"A": [0.0, -3.0]}, index=["A", "B"]))
    ['temps négatifs : B → A']
    """
    if minutes.empty:
        return ["la table des temps est vide"]
    defects = repeated("communes en double dans la table des temps", minutes.index)
    defects += repeated("sites en double dans la table des temps", minutes.columns)
    numeric = np.array([pd.api.types.is_numeric_dtype(kind) for kind in minutes.dtypes])
    if not numeric.all():
        wrong = codes_text(minutes.columns[~numeric])
        return [*defects, f"temps qui ne sont pas des nombres vers : {wrong}"]
    values = minutes.to_numpy(dtype=np.float64, na_value=np.nan)
    for what, bad in (("négatifs", values < 0), ("infinis", np.isposinf(values))):
        if bad.any():
            pairs = [f"{minutes.index[i]} → {minutes.columns[j]}" for i, j in np.argwhere(bad)]
            defects.append(f"temps {what} : {codes_text(pairs)}")
    return defects


def demand_defects(demand: pd.Series, minutes: pd.DataFrame) -> list[str]:
    """
    List what is wrong with a demand by commune.

    Parameters
    ----------
    demand : Series of float
        Demand by commune, 0 or more, no NaN, not all 0.
    minutes : DataFrame of float
        Table of minutes whose rows are the communes of the demand.

    Returns
    -------
    list of str
        Defects in French; empty when there is none.

    Examples
    --------
    >>> minutes = pd.DataFrame({"A": [0.0, 5.0]}, index=["A", "B"])
    >>> demand_defects(pd.Series({"A": -1.0, "C": 2.0}), minutes)
    ['demande négative : A', 'communes de la demande sans temps : C', 'communes sans demande : B']
    """
    if demand.empty:
        return ["la demande est vide"]
    defects = repeated("communes en double dans la demande", demand.index)
    if pd.api.types.is_numeric_dtype(demand):
        values = demand.to_numpy(dtype=np.float64, na_value=np.nan)
        finite = np.isfinite(values)
        for what, bad in (("inconnue", ~finite), ("négative", finite & (values < 0))):
            if bad.any():
                defects.append(f"demande {what} : {codes_text(demand.index[bad])}")
        if finite.all() and not values.any():
            defects.append("la demande est nulle partout")
    else:
        defects.append("la demande n’est pas faite de nombres")
    for what, codes in (
        ("communes de la demande sans temps", demand.index[~demand.index.isin(minutes.index)]),
        ("communes sans demande", minutes.index[~minutes.index.isin(demand.index)]),
    ):
        if len(codes):
            defects.append(f"{what} : {codes_text(codes)}")
    return defects


def site_defects(sites: Collection[str], minutes: pd.DataFrame, *, what: str) -> list[str]:
    """
    List what is wrong with a list of sites.

    Parameters
    ----------
    sites : collection of str
        Codes of sites.
    minutes : DataFrame of float
        Table of minutes whose columns are the known sites.
    what : str
        French plural for these sites, which opens the sentence.

    Returns
    -------
    list of str
        Defects in French; empty when there is none.

    Examples
    --------
    >>> minutes = pd.DataFrame({"A": [0.0]}, index=["A"])
    >>> site_defects(["A", "A", "Z"], minutes, what="sites existants")
    ['sites existants en double : A', 'sites existants absents de la table des temps : Z']
    """
    codes = pd.Index(list(sites), dtype=object)
    unknown = codes[~codes.isin(minutes.columns)].unique()
    defects = repeated(f"{what} en double", codes)
    if len(unknown):
        defects.append(f"{what} absents de la table des temps : {codes_text(unknown)}")
    return defects


def request_defects(
    *,
    objective: str,
    p: int | None,
    radius: float | None,
    best: int,
    candidates: Collection[str],
    existing: Collection[str],
) -> list[str]:
    """
    List what is wrong with what is asked.

    Parameters
    ----------
    objective : str
        One of :data:`OBJECTIVES`.
    p : int or None
        New sites to open; None for "lscp" only.
    radius : float or None
        Minutes within which people count as covered; needed by "mclp" and "lscp".
    best : int
        Solutions wanted, 1 or more.
    candidates, existing : collection of str
        Sites that may open, and sites already open.

    Returns
    -------
    list of str
        Defects in French; empty when there is none.

    Examples
    --------
    >>> request_defects(
    ...     objective="mclp", p=3, radius=None, best=5, candidates=["A", "B"], existing=["B"]
    ... )
    ['p = 3 nouveaux sites pour 2 candidats', 'rayon à donner en minutes', \
'sites candidats déjà ouverts : B']
    """
    defects = []
    if objective not in OBJECTIVES:
        defects.append(f"objectif inconnu : « {objective} » ; possibles : {codes_text(OBJECTIVES)}")
    elif objective == "lscp":
        if p is not None:
            defects.append("p ne se donne pas : le plus petit nombre de sites est la réponse")
        if not candidates:
            defects.append("aucun site candidat")
    else:
        defects += _number_defects(p, candidates=candidates, existing=existing)
    if radius is None:
        if objective in _WITH_RADIUS:
            defects.append("rayon à donner en minutes")
    elif not (_is_number(radius) and math.isfinite(radius) and radius >= 0):
        defects.append("rayon : il faut un nombre de minutes, 0 ou plus")
    if not _is_whole(best) or best < 1:
        defects.append("nombre de solutions (best) : il faut un entier, 1 ou plus")
    twice = [code for code in candidates if code in set(existing)]
    if twice:
        defects.append(f"sites candidats déjà ouverts : {codes_text(twice)}")
    return defects


def capacity_defects(
    capacity: float | Mapping[str, float] | None, *, objective: str, sites: Collection[str]
) -> list[str]:
    """
    List what is wrong with the capacities of sites.

    Parameters
    ----------
    capacity : float, mapping of str to float, or None
        Largest demand a site serves, the same for all or by code; infinite is allowed.
    objective : str
        One of :data:`OBJECTIVES`.
    sites : collection of str
        Sites whose capacity is needed.

    Returns
    -------
    list of str
        Defects in French; empty when there is none.

    Examples
    --------
    >>> capacity_defects({"A": 16.0, "B": -1.0}, objective="mclp", sites=["A", "B", "C"])
    ['capacité absente : C', 'capacité négative ou inconnue : B']
    """
    if capacity is None:
        return []
    defects = []
    if objective in OBJECTIVES and objective not in _WITH_CAPACITY:
        defects.append(f"l’objectif « {objective} » n’a pas de forme avec capacités")
    if not isinstance(capacity, Mapping | pd.Series):
        return defects if _is_capacity(capacity) else [*defects, "capacité négative ou inconnue"]
    missing = [code for code in sites if code not in capacity]
    wrong = [code for code in sites if code in capacity and not _is_capacity(capacity[code])]
    if missing:
        defects.append(f"capacité absente : {codes_text(missing)}")
    if wrong:
        defects.append(f"capacité négative ou inconnue : {codes_text(wrong)}")
    return defects


def _number_defects(
    p: int | None, *, candidates: Collection[str], existing: Collection[str]
) -> list[str]:
    if p is None or not _is_whole(p):
        return ["p : il faut le nombre de nouveaux sites, un entier"]
    if p < 0:
        return [f"p = {number(p)} : il faut 0 ou plus"]
    if p == 0:
        return [] if existing else ["aucun site : p = 0 et aucun site existant"]
    if not candidates:
        return ["aucun site candidat"]
    if p > len(candidates):
        places = counted(len(candidates), "candidat", "candidats")
        return [f"p = {counted(p, 'nouveau site', 'nouveaux sites')} pour {places}"]
    return []


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool | np.bool_)


def _is_capacity(value: Any) -> bool:
    return _is_number(value) and value >= 0
