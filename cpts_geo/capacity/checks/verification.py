"""Set the exact chain of the booking queue beside a simulation of the same rules.

A difference is judged by the standard error of the simulation, never by a fixed percentage: a
longer run is a harder test, and a formula wrong by one day or one slot does not pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.checks.simulation import simulate
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.queue.services import BookingService, WeeklyService
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.parameters import PEAKED, SEED
from cpts_geo.french import number


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
    rules : Rules
        Deadline and dispersion.
    days : int
        Opening days played once the start is forgotten.
    factors : tuple of float
        Requests of each day of the week relative to the mean; one alone where days are alike.
    """

    arrivals_per_day: float
    slots: int | tuple[int, ...]
    rules: Rules
    days: int
    factors: tuple[float, ...] = (1.0,)


def _queue(deadline: int, dispersion: float) -> Rules:
    """Rules of a queue: no share that is verified depends on the target."""
    return Rules(0.95, deadline, dispersion)


_WEEK: Final = tuple(profile_shape(PEAKED)["weekday_factors"])
#: Monday 60 % above the mean: a week that a chain without weekdays cannot pass for its own.
_SHARP_WEEK: Final = (1.6, 1.0, 0.8, 0.7, 0.9)
#: Three sessions a week: the backlog is bounded by the slots of days that are not alike.
_THREE_SESSIONS: Final = (12, 0, 9, 0, 9)
#: Small to large, short to overloaded, every deadline, clustered or not, flat or weekly.
VERIFIED_SETTINGS: Final = (
    Setting(1.0, 1, _queue(1, 1.0), 20_000),
    Setting(2.0, 3, _queue(0, 1.0), 20_000),
    Setting(4.0, 4, _queue(2, 1.0), 12_000),
    Setting(5.6, 6, _queue(1, 1.0), 10_000),
    Setting(5.6, 8, _queue(1, 2.0), 10_000),
    Setting(8.0, 8, _queue(1, 2.0), 8_000),
    Setting(8.0, 9, _queue(0, 2.0), 6_000),
    Setting(12.0, 8, _queue(1, 1.0), 4_000),
    Setting(15.0, 16, _queue(2, 2.0), 5_000),
    Setting(30.0, 28, _queue(1, 1.0), 3_000),
    Setting(5.6, 6, _queue(1, 1.0), 10_000, _WEEK),
    Setting(20.0, 21, _queue(1, 1.0), 4_000, _SHARP_WEEK),
    Setting(5.6, _THREE_SESSIONS, _queue(2, 1.0), 10_000, _WEEK),
)


#: Standard errors from which a claim is refuted: chance alone goes there 7 times in 1,000.
REFUTED: Final = 3.0


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
        Two rows a setting: its fields but `days`, `factors` and the target, `slots` being their
        mean a day (float), `weekly` (bool), `requests` (int, simulated), `measure` (``"served"`` or
        ``"same_day"``), `chain` and `simulated` (shares), `error` (standard error of the second),
        `z` (:func:`z_scores`); `wrong_z`, that of a chain wrong on purpose, with one slot more a
        day: a check that it passed would be worth nothing.

    Raises
    ------
    ScenarioError
        If a setting is outside its domain.

    Examples
    --------
    >>> table = verification([Setting(2.0, 2, _queue(1, 1.0), days=2_000)])
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
        rules, demand, slots = setting.rules, setting.arrivals_per_day, setting.slots
        weekly = len(setting.factors) > 1 or isinstance(slots, tuple)
        chain, wrong = (_chain(setting, more) for more in (0, 1))
        played = simulate(
            demand,
            slots,
            rules=rules,
            factors=setting.factors,
            days=setting.days,
            seed=seed + index,
        )
        common = {
            "arrivals_per_day": demand,
            "slots": float(np.mean(slots)),
            "deadline_days": rules.deadline_days,
            "dispersion": rules.dispersion,
            "weekly": weekly,
            "requests": played.requests,
        }
        rows += [
            {
                **common,
                "measure": measure,
                "chain": getattr(chain, measure),
                "wrong": getattr(wrong, measure),
                "simulated": getattr(played, measure),
                "error": getattr(played, f"{measure}_error"),
            }
            for measure in ("served", "same_day")
        ]
    table = pd.DataFrame(rows)
    simulated, error = table["simulated"], table["error"]
    wrong_z = z_scores(table.pop("wrong"), simulated, error)
    return table.assign(z=z_scores(table["chain"], simulated, error), wrong_z=wrong_z)


def _chain(setting: Setting, more: int) -> BookingService | WeeklyService:
    """The exact steady state of a setting, with so many slots more a day."""
    rules, slots, demand = setting.rules, setting.slots, setting.arrivals_per_day
    if isinstance(slots, tuple):
        plan = [count + more for count in slots]
        return rules.week(demand, plan, factors=setting.factors)
    if len(setting.factors) > 1:
        return rules.week(demand, slots + more, factors=setting.factors)
    return rules.service(demand, slots + more)


def z_scores(
    claimed: npt.ArrayLike, simulated: npt.ArrayLike, error: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """
    Measure how far simulated figures are from claimed ones, in standard errors.

    Parameters
    ----------
    claimed, simulated : array_like of float
        Figures of a formula, figures of a simulation, same shape.
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
    """Slots of a day, or of each day, as the progress line writes them."""
    return " / ".join(str(day) for day in slots) if isinstance(slots, tuple) else str(slots)
