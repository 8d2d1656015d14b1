"""Which input carries the uncertainty of a result.

Generic: a model is a function of named arrays, an input is a distribution given by its quantile
function, and inputs are independent. Two questions: how far does each input alone move the result
(:func:`tornado`), and which share of the variance does each one carry, alone and with the others
(:func:`sobol`)?
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

Floats: TypeAlias = npt.NDArray[np.float64]
#: Takes an array per input, all of one length; gives a result per element.
Model: TypeAlias = Callable[[dict[str, Floats]], npt.ArrayLike]

#: Largest sample of the Sobol indices: the bootstrap holds 100 times as many numbers at once.
MAX_SAMPLE: Final = 65_536


@dataclass(frozen=True)
class Input:
    """
    Input of a model, with what is known of it.

    Attributes
    ----------
    name : str
        Key under which the model receives it.
    label : str
        French words for tables and figures.
    quantile : callable
        Quantile function (ppf): array of probabilities in, array of values out. That of a frozen
        scipy distribution is its ``ppf``.
    """

    name: str
    label: str
    quantile: Callable[[Floats], npt.ArrayLike]


def tornado(
    model: Model, inputs: Sequence[Input], *, low: float = 0.1, high: float = 0.9
) -> pd.DataFrame:
    """
    Move one input at a time between two of its quantiles, the others at their median.

    Parameters
    ----------
    model : callable
        Takes a dict of arrays of one length, gives an array of results of that length.
    inputs : sequence of Input
        Independent inputs, of distinct names.
    low, high : float
        Probabilities of the two quantiles, below and above 0.5.

    Returns
    -------
    pandas.DataFrame
        A row per input, the widest swing first: ``input``, ``label``, ``low_value`` and
        ``high_value`` (of the input), ``result_low`` and ``result_high`` (of the model there),
        ``result_median`` (every input at its median, the same in all rows).

    Raises
    ------
    ScenarioError
        If an argument is outside its domain or the model gives no number; lists them all.

    Examples
    --------
    >>> from scipy import stats
    >>> inputs = [
    ...     Input("people", "personnes", stats.uniform(900, 200).ppf),
    ...     Input("rate", "demandes par personne", stats.uniform(1, 2).ppf),
    ... ]
    >>> table = tornado(lambda x: x["people"] * x["rate"], inputs)
    >>> table[["input", "result_low", "result_high"]].round().to_dict("list")
    {'input': ['rate', 'people'], 'result_low': [1200.0, 1840.0], 'result_high': [2800.0, 2160.0]}
    """
    defects = [
        f"quantile {name} = {level} : il faut une part entre {bounds}, bornes exclues"
        for name, level, bounds, right in (
            ("bas", low, "0 et 0,5", 0 < low < 0.5),
            ("haut", high, "0,5 et 1", 0.5 < high < 1),
        )
        if not right
    ]
    _check(inputs, defects)
    count = len(inputs)
    levels = np.full((2 * count + 1, count), 0.5)
    each = np.arange(count)
    levels[each, each] = low
    levels[count + each, each] = high
    values, results = _evaluate(model, inputs, levels)
    table = pd.DataFrame(
        {
            "input": [x.name for x in inputs],
            "label": [x.label for x in inputs],
            "low_value": [values[x.name][i] for i, x in enumerate(inputs)],
            "high_value": [values[x.name][count + i] for i, x in enumerate(inputs)],
            "result_low": results[:count],
            "result_high": results[count:-1],
            "result_median": results[-1],
        }
    )
    swing = (table["result_high"] - table["result_low"]).abs()
    order = swing.sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def sobol(model: Model, inputs: Sequence[Input], *, n: int = 4096, seed: int) -> pd.DataFrame:
    """
    Share the variance of the result among the inputs.

    Parameters
    ----------
    model : callable
        Takes a dict of arrays of one length, gives an array of results of that length. Called
        once, with n x (inputs + 2) elements.
    inputs : sequence of Input
        Independent inputs, of distinct names.
    n : int
        Size of the sample: a power of two, 64 to 65,536.
    seed : int
        Seed of the generator, 0 or more; equal seeds give equal results.

    Returns
    -------
    pandas.DataFrame
        A row per input, in the order given: ``input``, ``label``, ``first_order`` (share of the
        variance that it carries alone), ``total`` (alone and together with others), and
        ``first_order_conf`` and ``total_conf``, half the width of their 95 % bootstrap interval.
        Estimates: one that is nil can come out slightly below 0. All are 0 for a result that does
        not vary.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain or the model gives no number; lists them all.

    Notes
    -----
    First order V(E(Y | X_i)) / V(Y), total 1 - V(E(Y | all but X_i)) / V(Y), by SALib (scrambled
    Sobol sequence, estimators of Saltelli 2010). The sequence is drawn in the unit cube and goes
    through the quantile functions, so any distribution will do.

    Examples
    --------
    >>> from scipy import stats
    >>> inputs = [Input(name, name, stats.norm(0, sd).ppf) for name, sd in (("a", 1), ("b", 2))]
    >>> sobol(lambda x: x["a"] + x["b"], inputs, seed=1)["first_order"].round(2).tolist()
    [0.2, 0.8]
    """
    # SALib takes a second to import, and only the sensitivity needs it
    from SALib.analyze import sobol as analysis  # noqa: PLC0415
    from SALib.sample import sobol as sampling  # noqa: PLC0415

    defects = []
    if not (64 <= n <= MAX_SAMPLE and n == int(n) and int(n).bit_count() == 1):
        defects.append(f"n = {n} : il faut une puissance de 2, de 64 à {number(MAX_SAMPLE)}")
    if not (0 <= seed < math.inf and seed == int(seed)):
        defects.append(f"graine = {seed} : il faut un nombre entier, 0 ou plus")
    _check(inputs, defects)
    names = [x.name for x in inputs]
    cube = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    unit = sampling.sample(cube, int(n), calc_second_order=False, seed=int(seed))
    # the sequence has steps of 2^-30 and may hold 0, which many quantile functions send to -inf
    _, results = _evaluate(model, inputs, unit + 2.0**-31)
    found = {name: np.zeros(len(names)) for name in ("S1", "S1_conf", "ST", "ST_conf")}
    # what rounding alone makes vary is a constant
    if np.ptp(results) > 1e-12 * np.abs(results).max():
        # SALib takes a seed of 0 for none
        found = analysis.analyze(cube, results, calc_second_order=False, seed=int(seed) + 1)
    return pd.DataFrame(
        {
            "input": names,
            "label": [x.label for x in inputs],
            "first_order": np.asarray(found["S1"], dtype=np.float64),
            "first_order_conf": np.asarray(found["S1_conf"], dtype=np.float64),
            "total": np.asarray(found["ST"], dtype=np.float64),
            "total_conf": np.asarray(found["ST_conf"], dtype=np.float64),
        }
    )


def _check(inputs: Sequence[Input], defects: list[str]) -> None:
    if not inputs:
        defects.append("aucune entrée : il en faut une ou plus")
    counts = Counter(x.name for x in inputs)
    defects += [f"« {name} » est donné {times} fois" for name, times in counts.items() if times > 1]
    defects += [
        f"« {x.name} » : il faut une fonction quantile, par exemple « loi.ppf »"
        for x in inputs
        if not callable(x.quantile)
    ]
    _refuse(defects)


def _evaluate(
    model: Model, inputs: Sequence[Input], levels: Floats
) -> tuple[dict[str, Floats], Floats]:
    values = {
        x.name: np.asarray(x.quantile(levels[:, i]), dtype=np.float64) for i, x in enumerate(inputs)
    }
    shape = levels.shape[:1]
    _refuse([f"« {name} » : {_fault(x, shape)}" for name, x in values.items() if _fault(x, shape)])
    # a model may write in what it receives
    results = np.asarray(model({name: x.copy() for name, x in values.items()}), dtype=np.float64)
    _refuse([f"résultat du modèle : {fault}" for fault in [_fault(results, shape)] if fault])
    return values, results


def _fault(values: Floats, shape: tuple[int, ...]) -> str:
    if values.shape != shape:
        return f"forme {values.shape} au lieu de {shape}"
    unknown = int((~np.isfinite(values)).sum())
    return f"{unknown} valeurs sur {values.size} ne sont pas des nombres finis" if unknown else ""


def _refuse(defects: list[str]) -> None:
    if defects:
        raise ScenarioError(
            "L’analyse de sensibilité ne peut pas être faite.",
            defects=defects,
            remedy="corrigez les entrées, ou le modèle : un tableau par entrée, "
            "un résultat par élément.",
        )
