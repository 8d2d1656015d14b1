"""Solutions of a question of where to open: their value, their order, the table people read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.access.siting._question import FloatArray, IntArray, SitingQuestion

#: Sets whose values, relative to the largest possible, agree to so many decimals are ties.
_DECIMALS: Final = 9


def scores(question: SitingQuestion, nearest: FloatArray) -> FloatArray:
    """Value of sets by their `nearest` minutes: demand x minutes, inf out of reach, or covered."""
    if question.objective == "p_median":
        return np.asarray(nearest @ question.demand)
    return np.asarray((nearest <= question.radius) @ question.demand)


def first_sets(question: SitingQuestion, sets: IntArray, objective: FloatArray) -> IntArray:
    """Rows of the first `question.best` sets that answer, by objective, out of reach, mean time.

    Rows of `sets` are in the order of the codes, which breaks the last ties.
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
    question: SitingQuestion,
    sets: Sequence[tuple[int, ...]],
    objective: Sequence[float],
    *,
    bound: float | None = None,
) -> pd.DataFrame:
    """Table of ``best_sites`` of sets, as positions opened, and their values; best first.

    No set that is not given is better than `bound`; without it, they are proven to be the best.
    """
    rows = []
    for chosen, value in zip(sets, objective, strict=True):
        nearest = question.nearest(np.array(chosen, dtype=np.intp).reshape(1, -1))
        unreached, mean = _tie_keys(question, nearest)
        order = (_lead_key(question, np.array([value]))[0], unreached[0], mean[0], chosen)
        row = _row(question, chosen, value, nearest=nearest[0])
        row["gap"] = 0.0 if bound is None else _gap(question, value, bound)
        rows.append((order, row))
    rows.sort(key=lambda row: row[0])
    table = pd.DataFrame([row for _, row in rows[: question.best]])
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def _gap(question: SitingQuestion, value: float, bound: float) -> float:
    """What a value may lack, as a share of the best that `bound` leaves possible."""
    lacking = (value - bound) if question.objective == "p_median" else bound - value
    if lacking <= 10.0**-_DECIMALS * max(abs(value), abs(bound)):
        return 0.0
    return lacking / bound if bound > 0 else math.inf


def _lead_key(question: SitingQuestion, objective: FloatArray) -> FloatArray:
    """Objective, the smaller the better; rounded, so that equal sets stay equal when added."""
    longest = _longest(question) if question.objective == "p_median" else -1.0
    return np.asarray((objective / (question.total * longest)).round(_DECIMALS))


def _tie_keys(question: SitingQuestion, nearest: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Share of the demand out of reach, and mean minutes relative to the longest, of each set."""
    reached = np.isfinite(nearest)
    in_reach = np.asarray(reached @ question.demand, dtype=np.float64)
    spent = np.asarray(np.where(reached, nearest, 0.0) @ question.demand, dtype=np.float64)
    mean = np.divide(spent, in_reach, out=np.zeros_like(spent), where=in_reach > 0)
    unreached = 1.0 - in_reach / question.total
    return unreached.round(_DECIMALS), (mean / _longest(question)).round(_DECIMALS)


def _longest(question: SitingQuestion) -> float:
    """Longest known minutes; 1 where they are all 0 or unknown."""
    return float(question.minutes[np.isfinite(question.minutes)].max(initial=0.0)) or 1.0


def _row(
    question: SitingQuestion, chosen: tuple[int, ...], value: float, *, nearest: FloatArray
) -> dict[str, object]:
    """Row of ``best_sites`` for one set; minutes are NaN where nothing is in reach."""
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
