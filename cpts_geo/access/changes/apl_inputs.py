"""What the APL is made of: the counted activity of doctors, the people standardised by age."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.access.travel.times import listed
from cpts_geo.errors import TableError
from cpts_geo.french import number

Practice = Literal["liberal", "new", "centre"]
#: Bounds of a liberal doctor's consultations a year (DREES, workbook APL 2022-2023).
ACTIVITY_FLOOR: Final = 3_600.0
ACTIVITY_CAP: Final = 6_000.0
#: At or below, a doctor counts for nothing: "moins de 250", then "entre 251", 250 itself is ours.
ACTIVITY_NEGLIGIBLE: Final = 250.0
#: Consultations given to a doctor who had no liberal activity the year before.
ACTIVITY_NEW_DOCTOR: Final = 5_400.0
#: Ages the weights below are of: five-year bands from 0-4, the last one open (90 and over).
AGE_BANDS: Final = tuple(range(0, 95, 5))
#: GP consumption of each band over the national mean, by vintage of the APL (same workbook).
AGE_WEIGHTS: Final[dict[int, tuple[float, ...]]] = {
    2022: (
        0.93, 0.59, 0.55, 0.59, 0.73, 0.78, 0.84, 0.88, 0.90, 0.97,
        1.06, 1.14, 1.16, 1.19, 1.52, 1.53, 1.72, 1.99, 2.39,
    ),
    2023: (
        1.12, 0.58, 0.51, 0.60, 0.75, 0.79, 0.82, 0.85, 0.89, 0.93,
        1.03, 1.15, 1.18, 1.23, 1.46, 1.57, 1.63, 1.89, 2.26,
    ),
}  # fmt: skip


def counted_activity(acts: pd.Series, *, practice: Practice = "liberal") -> pd.Series:
    """
    Bound the consultations of each doctor as the APL counts them.

    Parameters
    ----------
    acts : Series of float
        Consultations, visits and teleconsultations of the year, one row a doctor and place (or a
        health centre), >= 0, NaN unknown.
    practice : {"liberal", "new", "centre"}
        Liberal doctor; liberal doctor without activity the year before; salaried doctors of a
        health centre, counted as they are.

    Returns
    -------
    Series of float
        Counted consultations on the same index. Liberal: 0 up to 250, 3,600 up to 3,600, then as
        they are, 6,000 at most. New: 5,400 whatever `acts`.

    Raises
    ------
    TableError
        Negative numbers.

    Notes
    -----
    DREES, sheet "Paramètres" of the workbook APL 2022-2023 (grade A). The file leaves 250 itself
    undefined: it counts for 0 here.

    Examples
    --------
    >>> counted_activity(pd.Series([250.0, 251.0, 5000.0, 9000.0])).tolist()
    [0.0, 3600.0, 5000.0, 6000.0]
    """
    if defects := _negative(acts, "acts"):
        raise _refused(defects)
    if practice == "new":
        return pd.Series(ACTIVITY_NEW_DOCTOR, index=acts.index)
    if practice == "centre":
        return acts.astype("float64")
    return pd.Series(bounded_activity(acts.to_numpy(dtype=np.float64)), index=acts.index)


def bounded_activity(acts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """
    Bound the consultations of a liberal doctor: 0, or from 3,600 to 6,000.

    Parameters
    ----------
    acts : array_like of float
        Consultations a year, NaN unknown.

    Returns
    -------
    ndarray of float
        Counted consultations, same shape; see :func:`counted_activity`.

    Examples
    --------
    >>> bounded_activity(2_700.0).item()
    3600.0
    """
    given = np.asarray(acts, dtype=np.float64)
    bounded = np.clip(given, ACTIVITY_FLOOR, ACTIVITY_CAP)
    return np.where(given <= ACTIVITY_NEGLIGIBLE, 0.0, bounded)


def standardised_population(pyramid: pd.DataFrame, *, vintage: int = 2023) -> pd.Series:
    """
    Weigh people by the GP consumption of their age.

    Parameters
    ----------
    pyramid : DataFrame
        One row a commune, one column a five-year band named by its first age
        (:data:`AGE_BANDS`), people >= 0; NaN unknown.
    vintage : int
        Vintage of the weights, among :data:`AGE_WEIGHTS`.

    Returns
    -------
    Series of float
        ``sum_a omega_a P_a`` on the same index, before the national factor k that makes both
        populations equal (:func:`scaled_to`); NaN where a band is unknown.

    Raises
    ------
    TableError
        A band missing or unknown, a vintage without weights, or negative people.

    Examples
    --------
    >>> people = [70, 70, 70, 65, 60, 65, 70, 75, 75, 70, 65, 60, 55, 45, 35, 25, 15, 7, 3]
    >>> standardised_population(pd.DataFrame([people], columns=AGE_BANDS)).round(2).tolist()
    [934.06]
    """
    defects = []
    if vintage not in AGE_WEIGHTS:
        known = ", ".join(map(str, AGE_WEIGHTS))
        defects.append(f"vintage = {vintage} : poids d’âge connus pour {known}")
    if lost := [age for age in AGE_BANDS if age not in pyramid]:
        defects.append(f"tranches absentes : {listed(lost)}")
    if extra := [age for age in pyramid if age not in AGE_BANDS]:
        defects.append(f"colonnes qui ne sont pas des tranches : {listed(extra)}")
    ages = pyramid[[age for age in AGE_BANDS if age in pyramid]].astype("float64")
    defects += _negative(ages.min(axis=1), "pyramid")
    if defects:
        raise _refused(defects)
    return (ages * np.array(AGE_WEIGHTS[vintage])).sum(axis=1, skipna=False)


def scaled_to(standardised: pd.Series, *, population: float) -> pd.Series:
    """
    Scale standardised people so that they add up to a population.

    Parameters
    ----------
    standardised : Series of float
        Result of :func:`standardised_population`; NaN stays NaN and is left out of the sum.
    population : float
        People they must add up to: the population of the same places, all of France for the APL.

    Returns
    -------
    Series of float
        On the same index.

    Raises
    ------
    TableError
        Nobody to scale, or a population that is not above 0.

    Examples
    --------
    >>> scaled_to(pd.Series([100.0, 300.0]), population=800.0).tolist()
    [200.0, 600.0]
    """
    total = float(standardised.sum())
    if not (total > 0 and population > 0):
        raise _refused([f"{number(total)} standardisés, {number(population)} habitants"])
    return standardised * (population / total)


def _negative(values: pd.Series, name: str) -> list[str]:
    wrong = values.index[values < 0]
    return [f"{name} : nombres négatifs : {listed(wrong)}"] if len(wrong) else []


def _refused(defects: list[str]) -> TableError:
    return TableError(
        "L’APL ne peut pas être préparée.",
        defects=defects,
        remedy="donnez des nombres positifs, et les tranches de cinq ans nommées 0, 5, …, 90.",
    )
