"""Where to open, answered by integer programmes: for questions with too many sets to try.

The models are those of spopt (``spopt.locate``), solved by HiGHS through pulp; spopt has no
maximal covering with capacities, which is written here with pulp. The second best, and the
others, come from the same model with one more constraint that forbids the sets already found.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from cpts_geo.access.siting.question import TOLERANCE, SitingQuestion, no_answer
from cpts_geo.access.siting.solutions import scores, solutions_table
from cpts_geo.errors import SitingError


def solve_sites(question: SitingQuestion) -> pd.DataFrame:
    """
    Find the best sets of sites by integer programming.

    Parameters
    ----------
    question : SitingQuestion
        Any question.

    Returns
    -------
    DataFrame
        Columns of :func:`cpts_geo.access.siting.best_sites`. Where the last solution ties with
        sets left out, which one is listed is the solver's choice.

    Raises
    ------
    SitingError
        If no set of sites answers the question, or the solver fails.

    Notes
    -----
    spopt 0.7: PMedian, MCLP, LSCP ``.from_cost_matrix``; existing sites are fixed open. A set S of
    new sites already found is forbidden by ``sum(y_j, j in S) <= |S| - 1``, which for "lscp"
    forbids the sets that contain it too. Assignments may be split between sites: without
    capacities that changes no optimum, with capacities people of one commune go to several sites.
    A pair without minutes has its assignment fixed at 0, which no cost, however big, guarantees.
    HiGHS proves each optimum (no gap is accepted); without capacities the value is computed again
    from the sites.

    "p_center" is the least radius at which p sites cover everyone: LSCP models and a bisection on
    the minutes of the table. PCenter of spopt gives the same and is not used: its relaxation is
    so loose that two sites among 87 take minutes.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 12.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="p_median", p=1
    ... )
    >>> solve_sites(question)[["sites", "objective"]].to_numpy().tolist()
    [[('A',), 60.0], [('B',), 120.0]]
    """
    found = solved_sets(question)
    if not found:
        raise no_answer(["aucun choix de sites ne convient : capacités ou temps insuffisants"])
    sets, values = zip(*found, strict=True)
    return solutions_table(question, sets, values)


def solved_sets(question: SitingQuestion) -> list[tuple[tuple[int, ...], float]]:
    """
    Find the best sets of sites by integer programming, as positions.

    Parameters
    ----------
    question : SitingQuestion
        Any question.

    Returns
    -------
    list of tuple
        Positions of the candidates opened and value of the objective, in the order found; empty
        when no set answers.

    Raises
    ------
    SitingError
        If the solver fails.

    Examples
    --------
    >>> from cpts_geo.access.siting.question import siting_question
    >>> minutes = pd.DataFrame({"A": [0.0, 5.0], "B": [12.0, 0.0]}, index=["A", "B"])
    >>> question = siting_question(
    ...     minutes, pd.Series({"A": 10, "B": 5}), objective="mclp", p=1, radius=10, capacity=12.0
    ... )
    >>> solved_sets(question)
    [((0,), 12.0), ((1,), 5.0)]
    """
    if question.objective == "p_center":
        return _centers(question)
    problem, opened = _model(question)
    found: list[tuple[tuple[int, ...], float]] = []
    while len(found) < question.best and _solved(problem):
        chosen = _chosen(question, opened)
        found.append((chosen, _value(question, problem, chosen)))
        if not chosen:
            break
        _forbid(problem, opened, chosen)
    return found


def _centers(question: SitingQuestion) -> list[tuple[tuple[int, ...], float]]:
    levels = np.unique(question.minutes[np.isfinite(question.minutes)])
    # No set does better than all sites open; then each solution is as long as the one before.
    low = int(np.searchsorted(levels, question.minutes.min(axis=0).max()))
    found: list[tuple[tuple[int, ...], float]] = []
    while len(found) < question.best:
        high, least, probe = len(levels), None, low
        while low < high:
            chosen = _cover(question, float(levels[probe]), forbidden=[each for each, _ in found])
            if chosen is None:
                low = probe + 1
            else:
                least = (chosen, _value(question, None, chosen))
                high = int(np.searchsorted(levels, least[1]))
            probe = (low + high) // 2
        if least is None:
            break
        found.append(least)
        if not least[0]:
            break
    return found


def _cover(
    question: SitingQuestion, radius: float, *, forbidden: list[tuple[int, ...]]
) -> tuple[int, ...] | None:
    """Some set of `question.p` new sites that leaves no commune beyond a radius."""
    import pulp  # noqa: PLC0415
    from spopt.locate import LSCP  # noqa: PLC0415

    model = LSCP.from_cost_matrix(question.minutes.T, radius, _fixed(question))
    for chosen in forbidden:
        _forbid(model.problem, model.fac_vars, chosen)
    model.problem += pulp.lpSum(model.fac_vars[: len(question.candidates)]) == question.p
    return _chosen(question, model.fac_vars) if _solved(model.problem) else None


def _chosen(question: SitingQuestion, opened: list[Any]) -> tuple[int, ...]:
    new = opened[: len(question.candidates)]
    return tuple(j for j, site in enumerate(new) if site.value() > 0.5)


def _forbid(problem: Any, opened: list[Any], chosen: tuple[int, ...]) -> None:
    import pulp  # noqa: PLC0415

    problem += pulp.lpSum(opened[j] for j in chosen) <= len(chosen) - 1


def _solved(problem: Any) -> bool:
    """Solve; False when nothing is left that answers."""
    import pulp  # noqa: PLC0415

    _silence_highs()
    # Without these, HiGHS stops at a relative gap of 1e-4 and the order of solutions is luck.
    status = problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0))
    if status == pulp.LpStatusInfeasible:
        return False
    if status != pulp.LpStatusOptimal:
        raise SitingError(
            "Le solveur n’a pas pu répondre à cette question d’implantation.",
            defects=[f"état rendu par HiGHS : {pulp.LpStatus[status]}"],
            remedy="réduisez le nombre de sites candidats ou de nouveaux sites, puis recommencez.",
        )
    return True


@cache
def _silence_highs() -> None:
    """Let HiGHS write its licence aside: it does so once a process, whatever its options."""
    import highspy  # noqa: PLC0415

    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # no standard output: nothing to keep clean
        return
    try:
        with open(os.devnull, "wb") as aside:  # noqa: PTH123 (a device, not a path)
            os.dup2(aside.fileno(), 1)
            highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _value(question: SitingQuestion, problem: Any, chosen: tuple[int, ...]) -> float:
    if question.objective == "lscp":
        return float(len(chosen))
    if question.capacity is not None:
        return float(problem.objective.value())
    nearest = question.nearest(np.array(chosen, dtype=np.intp).reshape(1, -1))
    return float(scores(question, nearest, opened=len(chosen))[0])


def _model(question: SitingQuestion) -> tuple[Any, list[Any]]:
    """Problem of pulp, and its variables "this site is open", candidates first."""
    if question.objective == "mclp" and question.capacity is not None:
        return _capacitated_covering(question)
    # Imported here: spopt brings half of PySAL, several seconds that only siting waits for.
    from spopt.locate import LSCP, MCLP, PMedian  # noqa: PLC0415

    cost, fixed = question.minutes.T, _fixed(question)
    p = question.p + len(question.existing)
    capacity = _finite_capacity(question)
    if question.objective == "mclp":
        model = MCLP.from_cost_matrix(cost, question.demand, question.radius, p, fixed)
        free = model.cli_vars
    elif question.objective == "lscp":
        asked = question.coverable
        asking = None if capacity is None else question.demand[asked]
        model = LSCP.from_cost_matrix(cost[asked], question.radius, fixed, asking, capacity)
        free = []
    else:
        known = np.where(np.isfinite(cost), cost, 0.0)
        model = PMedian.from_cost_matrix(known, question.demand, p, fixed, capacity)
        free = model.cli_assgn_vars.ravel()
        for variable in model.cli_assgn_vars[np.isinf(cost)]:
            variable.upBound = 0
    for variable in free:
        variable.cat = "Continuous"
    return model.problem, model.fac_vars


def _capacitated_covering(question: SitingQuestion) -> tuple[Any, list[Any]]:
    """Largest demand served within the radius, each commune's demand split as need be."""
    import pulp  # noqa: PLC0415

    capacity, offered = _finite_capacity(question), len(question.candidates)
    problem = pulp.LpProblem("capacitated_mclp", pulp.LpMaximize)
    opened = [
        pulp.LpVariable(f"y_{j}", int(j >= offered), 1, pulp.LpInteger)
        for j in range(len(question.minutes))
    ]
    from_commune, to_site = defaultdict(list), defaultdict(list)
    links = []
    for j, i in np.argwhere(question.reach).tolist():
        flow = pulp.LpVariable(f"z_{j}_{i}", 0)
        from_commune[i].append(flow)
        to_site[j].append(flow)
        # Redundant for whole sites; without it the relaxation opens a hundredth of each.
        links.append(flow <= float(min(question.demand[i], capacity[j])) * opened[j])
    problem += pulp.lpSum(flow for flows in to_site.values() for flow in flows)
    problem += pulp.lpSum(opened) == question.p + len(opened) - offered
    for i, flows in from_commune.items():
        problem += pulp.lpSum(flows) <= float(question.demand[i])
    for j, flows in to_site.items():
        problem += pulp.lpSum(flows) <= float(capacity[j]) * opened[j]
    for link in links:
        problem += link
    return problem, opened


def _fixed(question: SitingQuestion) -> Any:
    """1 for the existing sites, 0 for the candidates: the arrays that spopt expects."""
    return (np.arange(len(question.minutes)) >= len(question.candidates)).astype(int)


def _finite_capacity(question: SitingQuestion) -> Any:
    """Capacities no larger than the whole demand, which bounds what a site can serve."""
    if question.capacity is None:
        return None
    # Where all must be served, a rounding of the sums must not make a full site refuse.
    slack = 0.0 if question.objective == "mclp" else 2 * TOLERANCE
    return np.minimum(question.capacity, question.total) * (1 + slack)
