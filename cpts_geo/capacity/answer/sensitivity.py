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

from cpts_geo.capacity.answer.slots import slots_interval, slots_of_demands
from cpts_geo.capacity.demand.laws import Law, laws
from cpts_geo.capacity.demand.periods import per_opening_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.demand.requests import DemandDraws
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Takes an array per input, all of one length; gives a result per element.
_Model: TypeAlias = Callable[[dict[str, Floats]], npt.ArrayLike]

#: Largest sample of the Sobol indices: the bootstrap holds 100 times as many numbers at once.
_MAX_SAMPLE: Final = 65_536
#: Share of the draws at each end whose results are compared: their middle is p10, or p90.
_BAND: Final = 0.2


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


def hours_tornado(scenario: Scenario, drawn: DemandDraws) -> pd.DataFrame:
    """
    Compare the draws where an input is low with those where it is high, the others as they go.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.
    drawn : DemandDraws
        Its demands (:func:`cpts_geo.capacity.demand.requests.draw_requests`).

    Returns
    -------
    DataFrame
        A row per input that varies, the widest swing first: ``label``, ``low_value`` and
        ``high_value`` (p10 and p90 of the input), ``result_low`` and ``result_high`` (median of the
        GP-hours per week of the fifth of the draws whose input is lowest, highest),
        ``result_median`` (of all draws, the same in all rows).

    Raises
    ------
    DemandTooLargeError
        If the demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.demand.requests import draw_requests
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> case = load_scenario("beauce_gatinais")
    >>> hours_tornado(case, draw_requests(case, draws=2000))["label"].iloc[0]
    'Part des appels qui relèvent d’une consultation'
    """
    per_day = per_opening_day(scenario, drawn.residents, drawn.visitors)
    hours = weekly_gp_hours(
        _slots(scenario, per_day),
        minutes=drawn.minutes,
        opening_days=sum(scenario.week_shape),
    )
    rows = []
    for label, values in drawn.causes.items():
        low, high = np.quantile(values, [LEVELS["p10"], LEVELS["p90"]])
        if low < high:
            # The fifth around p10, and around p90: inputs that are drawn together stay so.
            least, most = np.quantile(values, [_BAND, 1.0 - _BAND])
            rows.append(
                {
                    "label": label,
                    "low_value": low,
                    "high_value": high,
                    "result_low": np.median(hours[values <= least]),
                    "result_high": np.median(hours[values >= most]),
                    "result_median": np.median(hours),
                }
            )
    table = pd.DataFrame(rows)
    swing = (table["result_high"] - table["result_low"]).abs()
    order = swing.sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _slots(scenario: Scenario, per_day: Floats) -> Floats:
    """Slots for the target at each demand; one more than the largest queue beyond it."""
    rules = scenario.rules
    slots_interval(rules, per_day)  # a p90 beyond the queue is an error
    return slots_of_demands(rules, per_day, at_most=rules.most_slots).astype(np.float64)


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
    >>> shares = hours_sobol(load_scenario("lvo_sans_medecin_traitant"), n=256).set_index("input")
    >>> bool(shares["total"].idxmax() == "gap")
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
    """Inputs of the demand that are not known exactly, each with a law of its own."""
    if scenario.public != "no_mt" or scenario.has_own_line:
        raise ScenarioError(
            "Les parts de la variance ne peuvent pas être calculées pour ce scénario.",
            defects=["ses données sont tirées ensemble : elles ne sont pas indépendantes"],
            remedy='lisez « ce qui pèse » (hours_tornado), ou donnez « public = "no_mt" » et '
            "aucune ligne propre.",
        )
    return {name: law for name, law in laws(scenario).items() if law.spread}


def _weekly_hours(scenario: Scenario, values: dict[str, Floats]) -> Floats:
    """GP-hours a week for given inputs; those known exactly are added to them."""
    used = {name: law.quantile(0.5) for name, law in laws(scenario).items()} | values
    requests = used["people"] * used["calls"] * used["need"] * used["gap"]
    slots = slots_of_demands(scenario.rules, per_opening_day(scenario, requests))
    days = sum(scenario.week_shape)
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
