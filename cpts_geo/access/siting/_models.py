"""Where to open, answered by integer programmes: for questions with too many sets to try.

The models are those of spopt (``spopt.locate``), solved by HiGHS through pulp; spopt has no
maximal covering with capacities, which is written here with pulp. The second best, and the
others, come from the same model with one more constraint that forbids the sets already found.
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.access.siting._branching import narrowed
from cpts_geo.access.siting._question import TOLERANCE, SitingQuestion, no_answer
from cpts_geo.access.siting._solutions import scores, solutions_table
from cpts_geo.errors import SitingError

#: Pairs of a commune and a site in one programme: under 1 GB.
_PAIRS: Final = 120_000


def solve_sites(question: SitingQuestion) -> pd.DataFrame:
    """Table of ``best_sites`` by integer programming; which of the last ties is the solver's.

    spopt 0.7: PMedian, MCLP ``.from_cost_matrix``; existing sites are fixed open. A set S of new
    sites already found is forbidden by ``sum(y_j, j in S) <= |S| - 1``. Assignments may be split
    between sites: without capacities that changes no optimum, with capacities people of one
    commune go to several sites. A pair without minutes has its assignment fixed at 0, which no
    cost, however big, guarantees. HiGHS proves each optimum (no gap is accepted) as long as the
    seconds given last: the set it holds then is the last one, and its bound stands beside it.
    Without capacities the value is computed again from the sites. Of too many sites, those that
    the bound without capacities finds the most promising are offered, and that bound is the gap.
    """
    asked, bound = question, None
    if question.minutes.size > _PAIRS:
        asked, bound = narrowed(question, sites=_PAIRS // len(question.communes))
    found = solved_sets(asked)
    if not found:
        raise no_answer(["aucun choix de sites ne convient : capacités ou temps insuffisants"])
    sets, values, bounds = zip(*found, strict=True)
    # Each proof is of the sets that those before it leave: the last bound holds for all.
    bound = bounds[-1] if bound is None else bound
    places = {code: place for place, code in enumerate(question.candidates)}
    chosen = [tuple(places[asked.candidates[site]] for site in each) for each in sets]
    return solutions_table(question, chosen, values, bound=bound)


def solved_sets(question: SitingQuestion) -> list[tuple[tuple[int, ...], float, float]]:
    """Positions opened, value and bound of the best sets, in order; empty when none answers."""
    from pulp import LpSolutionOptimal  # noqa: PLC0415

    end = time.monotonic() + question.seconds
    problem, opened = _model(question)
    found: list[tuple[tuple[int, ...], float, float]] = []
    while len(found) < question.best and _solved(problem, end=end, needed=not found):
        new = opened[: len(question.candidates)]
        chosen = tuple(j for j, site in enumerate(new) if site.value() > 0.5)
        value = _value(question, problem, chosen)
        proven = problem.sol_status == LpSolutionOptimal
        # HiGHS minimises: pulp gives it the opposite of what is to be large.
        bound = problem.sense * float(problem.solverModel.getInfo().mip_dual_bound)
        found.append((chosen, value, value if proven else bound))
        if not (chosen and proven):
            break
        _forbid(problem, opened, chosen)
    return found


def _forbid(problem: Any, opened: list[Any], chosen: tuple[int, ...]) -> None:
    """Forbid a set of sites already found: one of them at least stays closed."""
    import pulp  # noqa: PLC0415

    problem += pulp.lpSum(opened[j] for j in chosen) <= len(chosen) - 1


def _solved(problem: Any, *, end: float, needed: bool) -> bool:
    """Solve; False when nothing is left that answers, or that is found in time if not needed."""
    import pulp  # noqa: PLC0415

    _silence_highs()
    left = max(end - time.monotonic(), 0.1)
    # Without these, HiGHS stops at a relative gap of 1e-4 and the order of solutions is luck.
    status = problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0, timeLimit=left))
    if status == pulp.LpStatusInfeasible:
        return False
    late = time.monotonic() >= end
    if status != pulp.LpStatusOptimal and not (late and not needed):
        state = "aucun choix trouvé dans le temps donné à la recherche (seconds)" if late else ""
        raise SitingError(
            "Le solveur n’a pas pu répondre à cette question d’implantation.",
            defects=[state or f"état rendu par HiGHS : {pulp.LpStatus[status]}"],
            remedy="réduisez le nombre de sites candidats ou de nouveaux sites, puis recommencez.",
        )
    return bool(status == pulp.LpStatusOptimal)


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
    """Objective of a solved set; without capacities computed again from its sites."""
    if question.capacity is not None:
        return float(problem.objective.value())
    nearest = question.nearest(np.array(chosen, dtype=np.intp).reshape(1, -1))
    return float(scores(question, nearest)[0])


def _model(question: SitingQuestion) -> tuple[Any, list[Any]]:
    """Problem of pulp, and its variables "this site is open", candidates first."""
    if question.objective == "mclp" and question.capacity is not None:
        return _capacitated_covering(question)
    # Imported here: spopt brings half of PySAL, several seconds that only siting waits for.
    from spopt.locate import MCLP, PMedian  # noqa: PLC0415

    # 1 for the existing sites, 0 for the candidates: the arrays that spopt expects.
    fixed = (np.arange(len(question.minutes)) >= len(question.candidates)).astype(int)
    cost, p = question.minutes.T, question.p + len(question.existing)
    if question.objective == "mclp":
        model = MCLP.from_cost_matrix(cost, question.demand, question.radius, p, fixed)
        free = model.cli_vars
    else:
        known = np.where(np.isfinite(cost), cost, 0.0)
        capacity = _finite_capacity(question)
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


def _finite_capacity(question: SitingQuestion) -> Any:
    """Capacities no larger than the whole demand, which bounds what a site can serve."""
    if question.capacity is None:
        return None
    # Where all must be served, a rounding of the sums must not make a full site refuse.
    slack = 0.0 if question.objective == "mclp" else 2 * TOLERANCE
    return np.minimum(question.capacity, question.total) * (1 + slack)
