"""Which input carries the uncertainty of a result: of any model, and of a territory's hours.

A model is a function of named arrays, an input is a law, and inputs are independent. Two questions:
how far does each input alone move the result (tornado), and which share of the variance does each
one carry, alone and with the others (Sobol)?
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.demand.interval import LEVELS
from cpts_geo.capacity.demand.laws import OTHER_GROUPS, Floats, Law, laws
from cpts_geo.capacity.demand.periods import no_mt_per_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Takes an array per input, all of one length; gives a result per element.
_Model: TypeAlias = Callable[[dict[str, Floats]], npt.ArrayLike]

#: Largest sample of the Sobol indices: the bootstrap holds 100 times as many numbers at once.
_MAX_SAMPLE: Final = 65_536


def _tornado(model: _Model, inputs: dict[str, Law]) -> pd.DataFrame:
    """Move one input at a time from its p10 to its p90, as :func:`hours_tornado` shows it."""
    count = len(inputs)
    levels = np.full((2 * count + 1, count), 0.5)
    each = np.arange(count)
    levels[each, each] = LEVELS["p10"]
    levels[count + each, each] = LEVELS["p90"]
    values, results = _evaluate(model, inputs, levels)
    table = pd.DataFrame(
        {
            "input": list(inputs),
            "label": [law.label for law in inputs.values()],
            "low_value": [values[name][i] for i, name in enumerate(inputs)],
            "high_value": [values[name][count + i] for i, name in enumerate(inputs)],
            "result_low": results[:count],
            "result_high": results[count:-1],
            "result_median": results[-1],
        }
    )
    swing = (table["result_high"] - table["result_low"]).abs()
    order = swing.sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _sobol(model: _Model, inputs: dict[str, Law], *, n: int, seed: int) -> pd.DataFrame:
    """Share the variance of the result among independent inputs, as :func:`hours_sobol` shows it.

    First order V(E(Y | X_i)) / V(Y), total 1 - V(E(Y | all but X_i)) / V(Y), by SALib (scrambled
    Sobol sequence, estimators of Saltelli 2010). The sequence is drawn in the unit cube and goes
    through the quantile functions, so any law will do.
    """
    # SALib takes a second to import, and only the sensitivity needs it
    from SALib.analyze import sobol as analysis  # noqa: PLC0415
    from SALib.sample import sobol as sampling  # noqa: PLC0415

    names = list(inputs)
    cube = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    unit = sampling.sample(cube, n, calc_second_order=False, seed=seed)
    # the sequence has steps of 2^-30 and may hold 0, which many quantile functions send to -inf
    _, results = _evaluate(model, inputs, unit + 2.0**-31)
    found = {name: np.zeros(len(names)) for name in ("S1", "S1_conf", "ST", "ST_conf")}
    # what rounding alone makes vary is a constant
    if np.ptp(results) > 1e-12 * np.abs(results).max():
        # SALib takes a seed of 0 for none
        found = analysis.analyze(cube, results, calc_second_order=False, seed=seed + 1)
    columns = {"first_order": "S1", "first_order_conf": "S1_conf"}
    columns |= {"total": "ST", "total_conf": "ST_conf"}
    return pd.DataFrame(
        {"input": names, "label": [law.label for law in inputs.values()]}
        | {name: np.asarray(found[key], dtype=np.float64) for name, key in columns.items()}
    )


def hours_tornado(scenario: Scenario) -> pd.DataFrame:
    """
    Move each input of a territory from its p10 to its p90, the others at their median.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.

    Returns
    -------
    DataFrame
        A row per input, the widest swing first: ``input``, ``label``, ``low_value`` and
        ``high_value`` (of the input), ``result_low`` and ``result_high`` (GP-hours per week
        there), ``result_median`` (every input at its median, the same in all rows).

    Raises
    ------
    ScenarioError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> hours_tornado(load_scenario("beauce_gatinais"))["input"].iloc[0]
    'need'
    """
    return _tornado(lambda values: _weekly_hours(scenario, values), _inputs(scenario))


def hours_sobol(scenario: Scenario, *, n: int = 4096) -> pd.DataFrame:
    """
    Share the variance of the GP-hours of a territory among its inputs.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions; its seed draws the sample.
    n : int
        Size of the sample, a power of two from 64 to 65,536.

    Returns
    -------
    DataFrame
        A row per input: ``input``, ``label``, ``first_order`` (share of the variance that it
        carries alone), ``total`` (alone and together with others), and ``first_order_conf`` and
        ``total_conf``, half the width of their 95 % bootstrap interval. Estimates: one that is
        nil can come out slightly below 0. All are 0 for a result that does not vary.

    Raises
    ------
    ScenarioError
        If ``n`` is no power of two, or the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> shares = hours_sobol(load_scenario("beauce_gatinais"), n=256).set_index("input")
    >>> bool(shares["total"].idxmax() == "need")
    True
    """
    if not (64 <= n <= _MAX_SAMPLE and n == int(n) and int(n).bit_count() == 1):
        raise ScenarioError(
            "L’analyse de sensibilité ne peut pas être faite.",
            defects=[f"n = {n} : il faut une puissance de 2, de 64 à {number(_MAX_SAMPLE)}"],
            remedy="donnez une telle taille, par exemple 4096.",
        )
    inputs = _inputs(scenario)
    return _sobol(lambda x: _weekly_hours(scenario, x), inputs, n=int(n), seed=scenario.seed)


def _inputs(scenario: Scenario) -> dict[str, Law]:
    """Inputs of the demand without médecin traitant that are not known exactly."""
    return {
        name: law for name, law in laws(scenario).items() if law.spread and name not in OTHER_GROUPS
    }


def _weekly_hours(scenario: Scenario, values: dict[str, Floats]) -> Floats:
    """GP-hours a week for given inputs; those known exactly are added to them."""
    used = {name: law.quantile(0.5) for name, law in laws(scenario).items()} | values
    requests = used["people"] * used["calls"] * used["need"] * used["gap"]
    slots = scenario.rules.slots_for_each(no_mt_per_day(scenario, requests))
    days = len(scenario.calendar.weekdays)
    return weekly_gp_hours(slots.astype("float64"), minutes=used["minutes"], opening_days=days)


def _evaluate(
    model: _Model, inputs: dict[str, Law], levels: Floats
) -> tuple[dict[str, Floats], Floats]:
    """Values of each input at its level in each row, and the result there."""
    values = {
        name: law.quantile(chances)
        for (name, law), chances in zip(inputs.items(), levels.T, strict=True)
    }
    return values, np.asarray(model(values), dtype=np.float64)
