"""Set the exact chain of the booking queue beside a simulation of the same rules.

A difference is judged by the standard error of the simulation, never by a fixed percentage: a
longer run is a harder test, and a formula wrong by one day or one slot does not pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.checks.simulation import simulate
from cpts_geo.capacity.queue.booking import WEEKDAY_FACTORS, service, weekly_service
from cpts_geo.french import number

#: Seed of the verification: chosen before any result was seen, and not to be shopped for.
SEED: Final = 20260101


@dataclass(frozen=True)
class Setting:
    """
    A queue to play, and for how long.

    Attributes
    ----------
    arrivals_per_day : float
        Mean requests per opening day.
    slots : int or tuple of int
        Slots per opening day, or one number for each day of `factors`.
    deadline_days : int
        Opening days after the request within which it must be seen.
    dispersion : float
        Variance of the daily requests over their mean.
    days : int
        Opening days played once the start is forgotten.
    factors : tuple of float
        Requests of each day of the week relative to the mean; one alone where days are alike.
    """

    arrivals_per_day: float
    slots: int | tuple[int, ...]
    deadline_days: int
    dispersion: float
    days: int
    factors: tuple[float, ...] = (1.0,)


#: Monday 60 % above the mean: a week that a chain without weekdays cannot pass for its own.
_SHARP_WEEK: Final = (1.6, 1.0, 0.8, 0.7, 0.9)
#: Three sessions a week: the backlog is bounded by the slots of days that are not alike.
_THREE_SESSIONS: Final = (12, 0, 9, 0, 9)
#: Small to large, short to overloaded, every deadline, clustered or not, flat or weekly.
VERIFIED_SETTINGS: Final = (
    Setting(1.0, 1, 1, 1.0, 20_000),
    Setting(2.0, 3, 0, 1.0, 20_000),
    Setting(4.0, 4, 2, 1.0, 12_000),
    Setting(5.6, 6, 1, 1.0, 10_000),
    Setting(5.6, 8, 1, 2.0, 10_000),
    Setting(8.0, 8, 1, 2.0, 8_000),
    Setting(8.0, 9, 0, 2.0, 6_000),
    Setting(12.0, 8, 1, 1.0, 4_000),
    Setting(15.0, 16, 2, 2.0, 5_000),
    Setting(30.0, 28, 1, 1.0, 3_000),
    Setting(5.6, 6, 1, 1.0, 10_000, WEEKDAY_FACTORS),
    Setting(20.0, 21, 1, 1.0, 4_000, _SHARP_WEEK),
    Setting(5.6, _THREE_SESSIONS, 2, 1.0, 10_000, WEEKDAY_FACTORS),
)


def verification(
    settings: Sequence[Setting] = VERIFIED_SETTINGS,
    *,
    seed: int = SEED,
    say: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """
    Set the exact chain beside the simulation of the same rules.

    Parameters
    ----------
    settings : sequence of Setting
        Queues to compare; by default :data:`VERIFIED_SETTINGS`, which take some seconds.
    seed : int
        Start of the random numbers of the first setting; the next ones follow it.
    say : callable
        Receives a French sentence before each setting.

    Returns
    -------
    DataFrame
        Two rows a setting: its fields but `days` and `factors`, `slots` being their mean a day
        (float), `weekly` (bool), `requests` (int, simulated), `measure` (``"served"`` or
        ``"same_day"``), `chain` and `simulated` (shares), `error` (standard error of the second),
        `z` (:func:`z_scores`).

    Raises
    ------
    ScenarioError
        If a setting is outside its domain.

    Examples
    --------
    >>> table = verification([Setting(2.0, 2, 1, 1.0, days=2_000)])
    >>> table["measure"].tolist()
    ['served', 'same_day']
    >>> bool((table["z"].abs() <= 3).all())
    True
    """
    rows = []
    for index, setting in enumerate(settings):
        say(
            f"Réglage {index + 1} sur {len(settings)} : {number(setting.days)} jours à "
            f"{number(setting.arrivals_per_day, 1)} demandes, {_written(setting.slots)} créneaux "
            "par jour"
        )
        queue: dict[str, Any] = {
            "arrivals_per_day": setting.arrivals_per_day,
            "slots": setting.slots,
            "deadline_days": setting.deadline_days,
            "dispersion": setting.dispersion,
        }
        weekly = len(setting.factors) > 1 or isinstance(setting.slots, tuple)
        chain = weekly_service(**queue, factors=setting.factors) if weekly else service(**queue)
        played = simulate(**queue, factors=setting.factors, days=setting.days, seed=seed + index)
        mean_slots = float(np.mean(setting.slots))
        common = {**queue, "slots": mean_slots, "weekly": weekly, "requests": played.requests}
        rows += [
            {
                **common,
                "measure": measure,
                "chain": getattr(chain, measure),
                "simulated": getattr(played, measure),
                "error": getattr(played, f"{measure}_error"),
            }
            for measure in ("served", "same_day")
        ]
    table = pd.DataFrame(rows)
    return table.assign(z=z_scores(table["chain"], table["simulated"], table["error"]))


def z_scores(
    claimed: npt.ArrayLike, simulated: npt.ArrayLike, error: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """
    Measure how far simulated figures are from claimed ones, in standard errors.

    Parameters
    ----------
    claimed : array_like of float
        Figures of a formula.
    simulated : array_like of float
        Figures of a simulation, same shape.
    error : array_like of float
        Standard errors of `simulated`; 0 where all its batches agree, for instance where
        nobody was refused.

    Returns
    -------
    numpy.ndarray of float
        (simulated - claimed) / error. Where the error is 0: 0 if the two are equal but for
        rounding (1e-12), else infinite. NaN where a figure is unknown. Beyond 3 in absolute
        value the claim is refuted: chance alone goes there 7 times in 1,000 with 20 batches.

    Examples
    --------
    >>> z_scores([0.90, 1.0, 0.99], [0.92, 1.0, 1.0], [0.01, 0.0, 0.0]).round(6).tolist()
    [2.0, 0.0, inf]
    """
    gap = np.subtract(simulated, claimed, dtype=np.float64)
    gap = np.where(np.abs(gap) <= 1e-12, 0.0, gap)
    spread = np.asarray(error, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = gap / spread
    return np.asarray(np.where((gap == 0) & (spread == 0), 0.0, z), dtype=np.float64)


def _written(slots: int | tuple[int, ...]) -> str:
    return " / ".join(str(day) for day in slots) if isinstance(slots, tuple) else str(slots)
