"""Solutions of a question of where to open: their value, their order, the table people read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.siting.question import FloatArray, IntArray, SitingQuestion

#: Sets whose values, relative to the largest possible, agree to so many decimals are ties.
_DECIMALS: Final = 9


def scores(question: SitingQuestion, nearest: FloatArray, *, opened: int) -> FloatArray:
    """
    Value sets of sites of one size, capacities left aside.

    Parameters
    ----------
    question : SitingQuestion
        The question.
    nearest : numpy.ndarray of float, shape (m, communes)
        Minutes to the nearest open site, one row a set.
    opened : int
        New sites of each set.

    Returns
    -------
    numpy.ndarray of float, shape (m,)
        "p_median": demand x minutes; "mclp": demand within the radius; "p_center": longest
        minutes; "lscp": new sites. Infinite where the set answers nothing (a commune out of
        reach; for "lscp", a coverable one left out).

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="p_median", p=1
    ... )
    >>> scores(question, question.nearest(np.array([[0], [1]])), opened=1).tolist()
    [60.0, 120.0]
    """
    if question.objective == "p_median":
        return np.asarray(nearest @ question.demand)
    if question.objective == "p_center":
        return np.asarray(nearest.max(axis=1))
    covered = nearest <= question.radius
    if question.objective == "mclp":
        return np.asarray(covered @ question.demand)
    complete = covered[:, question.coverable].all(axis=1)
    return np.where(complete, float(opened), np.inf)


def first_sets(question: SitingQuestion, sets: IntArray, objective: FloatArray) -> IntArray:
    """
    Order sets of one size, best first.

    Parameters
    ----------
    question : SitingQuestion
        The question.
    sets : numpy.ndarray of int, shape (m, new sites)
        Positions of the candidates opened, rows in the order of the codes, which breaks the last
        ties.
    objective : numpy.ndarray of float, shape (m,)
        Value of each set; infinite for those that answer nothing, which are left out.

    Returns
    -------
    numpy.ndarray of int
        Rows of the first `question.best` sets, by objective, then demand out of reach, then mean
        minutes of the demand in reach.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, np.nan]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 10}), objective="mclp", p=1, radius=12
    ... )
    >>> first_sets(question, np.array([[0], [1]]), np.array([10.0, 20.0])).tolist()
    [1, 0]
    """
    lead = _lead_key(question, objective)
    contenders = np.flatnonzero(np.isfinite(lead))
    if len(contenders) > question.best:
        # Most sets are out of the race: only the others are worth their ties.
        last = np.partition(lead, question.best - 1)[question.best - 1]
        contenders = np.flatnonzero(lead <= last)
    unreached, mean = _tie_keys(question, question.nearest(sets[contenders]))
    order = np.lexsort((mean, unreached, lead[contenders]))
    return np.asarray(contenders[order][: question.best])


def solutions_table(
    question: SitingQuestion, sets: Sequence[tuple[int, ...]], objective: Sequence[float]
) -> pd.DataFrame:
    """
    Set out solutions in order, best first.

    Parameters
    ----------
    question : SitingQuestion
        The question.
    sets : sequence of tuple of int
        Positions of the candidates opened, one tuple a solution.
    objective : sequence of float
        Value of each.

    Returns
    -------
    DataFrame
        Columns of :func:`cpts_geo.access.siting.best_sites`, `question.best` rows at most.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="p_median", p=1
    ... )
    >>> solutions_table(question, [(1,), (0,)], [120.0, 60.0])["sites"].tolist()
    [('A',), ('B',)]
    """
    rows = []
    for chosen, value in zip(sets, objective, strict=True):
        nearest = question.nearest(np.array(chosen, dtype=np.intp).reshape(1, -1))
        unreached, mean = _tie_keys(question, nearest)
        order = (_lead_key(question, np.array([value]))[0], unreached[0], mean[0], chosen)
        rows.append((order, _row(question, chosen, value, nearest=nearest[0])))
    rows.sort(key=lambda row: row[0])
    table = pd.DataFrame([row for _, row in rows[: question.best]])
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def _lead_key(question: SitingQuestion, objective: FloatArray) -> FloatArray:
    """Objective, the smaller the better; rounded, so that equal sets stay equal when added."""
    largest = {
        "p_median": question.total * _longest(question),
        "mclp": -question.total,
        "p_center": _longest(question),
        "lscp": 1.0,
    }
    return np.asarray((objective / largest[question.objective]).round(_DECIMALS))


def _tie_keys(question: SitingQuestion, nearest: FloatArray) -> tuple[FloatArray, FloatArray]:
    reached = np.isfinite(nearest)
    in_reach = np.asarray(reached @ question.demand, dtype=np.float64)
    spent = np.asarray(np.where(reached, nearest, 0.0) @ question.demand, dtype=np.float64)
    mean = np.divide(spent, in_reach, out=np.zeros_like(spent), where=in_reach > 0)
    unreached = 1.0 - in_reach / question.total
    return unreached.round(_DECIMALS), (mean / _longest(question)).round(_DECIMALS)


def _longest(question: SitingQuestion) -> float:
    return float(question.minutes[np.isfinite(question.minutes)].max(initial=0.0)) or 1.0


def _row(
    question: SitingQuestion, chosen: tuple[int, ...], value: float, *, nearest: FloatArray
) -> dict[str, object]:
    reached = np.isfinite(nearest)
    in_reach = float(question.demand[reached].sum())
    # Without a radius, what is not covered is what nothing reaches.
    near = reached if np.isnan(question.radius) else nearest <= question.radius
    worst = int(np.argmax(np.where(reached, nearest, -1.0)))
    known = bool(reached.any())
    return {
        "sites": tuple(question.candidates[position] for position in chosen),
        "objective": float(value),
        "covered": np.nan if np.isnan(question.radius) else float(question.demand[near].sum()),
        "mean_minutes": (
            float(nearest[reached] @ question.demand[reached]) / in_reach if known else np.nan
        ),
        "worst_minutes": float(nearest[worst]) if known else np.nan,
        "worst_commune": question.communes[worst] if known else "",
        "unreached": float(question.demand[~reached].sum()),
        "uncovered": tuple(
            code for code, inside in zip(question.communes, near, strict=True) if not inside
        ),
    }
