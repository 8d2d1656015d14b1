"""Pooling: what territories save when one rota serves several of them.

Chance evens out in a larger territory, so that a share of its requests is served with at most the
slots of its parts added up. The gain is real without booking (``deadline_days=0``) and for the
smallest territories; booking to the next day already does most of that work. Requests of the
territories are taken as independent: an epidemic that strikes them together saves less. People
must then drive further: only pool within a travel time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage

from cpts_geo.access.travel.times import listed
from cpts_geo.capacity.queue.booking import day_quantile_slots, minimum_slots
from cpts_geo.errors import DemandTooLargeError, ScenarioError, one_line

_SOME: Final = "il faut un nombre, 0 ou plus"


@dataclass(frozen=True)
class Pooling:
    """
    Slots of territories apart and together.

    Attributes
    ----------
    slots_apart : tuple of int
        Slots per opening day that each territory needs on its own, in the order given.
    total_apart : int
        Their sum.
    pooled : int
        Slots per opening day that one rota for all of them needs.
    saved : int
        Slots per opening day that pooling saves: `total_apart` minus `pooled`. It may be
        negative when whole days are counted with a low target, since quantiles do not add.
    """

    slots_apart: tuple[int, ...]
    total_apart: int
    pooled: int
    saved: int


def pooled_slots(
    requests_per_day: Sequence[float] | pd.Series,
    *,
    target: float = 0.95,
    deadline_days: int = 1,
    dispersion: float = 1.0,
    whole_days: bool = False,
) -> Pooling:
    """
    Compare the slots of several territories apart with those of one rota for all.

    Parameters
    ----------
    requests_per_day : sequence of float or Series
        Mean requests per opening day of each territory, 0 or more, one or more territories;
        0 requests need no slot.
    target : float
        Share of requests to serve within the deadline, between 0 and 1 (both excluded).
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more; the sum of
        independent territories keeps it.
    whole_days : bool
        Whether `target` is the share of days on which every request is seen the same day, a
        stricter rule than the share of requests; asks for ``deadline_days=0``.

    Returns
    -------
    Pooling
        Slots per opening day apart, pooled and saved.

    Raises
    ------
    ScenarioError
        If there is no territory, a number of requests is negative or unknown (NaN), or another
        argument is outside its domain; lists them all.
    DemandTooLargeError
        If the territories, alone or together, are beyond the queue of one CPTS.

    See Also
    --------
    cpts_geo.capacity.queue.booking.minimum_slots : The slots of one territory.
    cpts_geo.capacity.queue.booking.day_quantile_slots : The same by whole days.

    Examples
    --------
    >>> pooled_slots([1511 / 270, 2000 / 251])
    Pooling(slots_apart=(6, 8), total_apart=14, pooled=14, saved=0)
    >>> pooled_slots([1511 / 270, 2000 / 251], deadline_days=0)
    Pooling(slots_apart=(8, 11), total_apart=19, pooled=16, saved=3)
    """
    rule = _Rule(target, deadline_days, dispersion, whole_days)
    demand = _by_territory(requests_per_day)
    _refuse([*_demand_defects(demand), *rule.defects()])
    return rule.compare(demand.tolist())


def pool_within(
    requests_per_day: pd.Series,
    minutes: pd.DataFrame,
    *,
    max_minutes: float = 30.0,
    target: float = 0.95,
    deadline_days: int = 1,
    dispersion: float = 1.0,
    whole_days: bool = False,
) -> pd.DataFrame:
    """
    Group territories that are near one another, and say what each group saves.

    Parameters
    ----------
    requests_per_day : Series of float
        Mean requests per opening day, 0 or more, indexed by territory (unique).
    minutes : DataFrame of float
        Minutes by car from territory (rows) to territory (columns), the same labels in any
        order; 0 on the diagonal, ``inf`` where no road leads, NaN where unknown.
    max_minutes : float
        Longest time between two territories of a group (minutes), 0 or more.
    target : float
        Share of requests to serve within the deadline, between 0 and 1 (both excluded).
    deadline_days : int
        Opening days after the request within which it must be seen (0 = the same day).
    dispersion : float
        Variance of the daily requests over their mean, 1 (Poisson) or more.
    whole_days : bool
        Whether `target` counts whole days, as in :func:`pooled_slots`.

    Returns
    -------
    DataFrame
        One row per group, index ``group`` (1, 2, ... by first member), no NaN: ``members``
        (sorted labels, tuple), ``territories`` (their number), ``requests_per_day`` (sum),
        ``slots_apart`` (sum), ``slots_pooled`` and ``saved`` (per opening day),
        ``longest_minutes`` (between two members, the slower way; 0 for a territory alone) and
        ``unknown_with`` (labels outside the group whose time with a member is unknown and may
        be within the limit, tuple).

    Raises
    ------
    ScenarioError
        If a label is repeated or missing, a time is negative, the diagonal is not 0, a number
        of requests is negative or unknown, or an argument is outside its domain; lists them all.
    DemandTooLargeError
        If a territory or a group is beyond the queue of one CPTS.

    Notes
    -----
    Complete linkage on the slower of the two ways, cut at `max_minutes`: every pair of a group
    is within the limit, and no two groups could be merged whole. A pair whose time is unknown is
    never pooled. The nearest territories join first, which is not always the grouping that saves
    most. The order of the rows plays no part.

    Examples
    --------
    >>> demand = pd.Series({"Nord": 1.0, "Centre": 1.0, "Sud": 1.0})
    >>> times = pd.DataFrame(
    ...     [[0, 20, 45], [20, 0, 25], [45, 25, 0]], index=demand.index, columns=demand.index
    ... )
    >>> groups = pool_within(demand, times)
    >>> groups["members"].tolist(), groups["saved"].tolist(), groups["longest_minutes"].tolist()
    ([('Centre', 'Nord'), ('Sud',)], [1, 0], [20.0, 0.0])
    """
    rule = _Rule(target, deadline_days, dispersion, whole_days)
    demand = _by_territory(requests_per_day)
    _refuse(
        [
            *_demand_defects(demand),
            *_matrix_defects(minutes, demand.index),
            *([] if _known(max_minutes) else [f"minutes au plus = {max_minutes} : {_SOME}"]),
            *rule.defects(),
        ]
    )
    labels = sorted(demand.index, key=str)
    times = _numbers(minutes.loc[labels, labels])
    slower = np.maximum(times, times.T)  # unknown as soon as one way is ...
    too_far = np.fmax(times, times.T) > max_minutes  # ... unless the other way settles it
    unknown = np.isnan(slower) & ~too_far
    rows = []
    for group in _groups(slower, max_minutes):
        members = [labels[i] for i in group]
        requests = demand.loc[members].tolist()
        pooling = rule.compare(requests)
        rows.append(
            {
                "members": tuple(members),
                "territories": len(members),
                "requests_per_day": math.fsum(requests),
                "slots_apart": pooling.total_apart,
                "slots_pooled": pooling.pooled,
                "saved": pooling.saved,
                "longest_minutes": float(slower[np.ix_(group, group)].max()),
                "unknown_with": tuple(
                    labels[i] for i in np.flatnonzero(unknown[group].any(axis=0))
                ),
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="group"))


@dataclass(frozen=True)
class _Rule:
    """What "enough slots" means, the same for a territory alone and for all together."""

    target: float
    deadline_days: int
    dispersion: float
    whole_days: bool

    def defects(self) -> list[str]:
        found = []
        if self.whole_days and self.deadline_days != 0:
            found.append(f"délai = {self.deadline_days} : il faut 0 pour compter des jours entiers")
        try:
            self.slots(1.0)  # the booking queue judges its own arguments
        except DemandTooLargeError:
            pass
        except ScenarioError as error:
            found += error.defects
        return found

    def slots(self, requests_per_day: float) -> int:
        if requests_per_day == 0:
            return 0
        if self.whole_days:
            return day_quantile_slots(
                requests_per_day, probability=self.target, dispersion=self.dispersion
            )
        return minimum_slots(
            requests_per_day,
            target=self.target,
            deadline_days=self.deadline_days,
            dispersion=self.dispersion,
        )

    def compare(self, demands: Sequence[float]) -> Pooling:
        apart = tuple(self.slots(demand) for demand in demands)
        pooled = self.slots(math.fsum(demands))
        return Pooling(apart, sum(apart), pooled, sum(apart) - pooled)


def _groups(slower: npt.NDArray[np.float64], limit: float) -> list[npt.NDArray[np.intp]]:
    """Positions of the members of each group, groups in the order of their first member."""
    if len(slower) == 1:
        return [np.zeros(1, dtype=np.intp)]
    pairs = slower[np.triu_indices(len(slower), k=1)]
    # linkage wants finite numbers: too far, no road and unknown are all just beyond the limit
    tree = linkage(np.where(pairs <= limit, pairs, np.nextafter(limit, np.inf)), "complete")
    names = fcluster(tree, limit, criterion="distance")
    first = np.sort(np.unique(names, return_index=True)[1])
    return [np.flatnonzero(names == names[i]) for i in first]


def _by_territory(requests_per_day: Sequence[float] | pd.Series) -> pd.Series:
    if isinstance(requests_per_day, pd.Series):
        return requests_per_day
    values = list(requests_per_day)
    return pd.Series(values, index=range(1, len(values) + 1), dtype=object)


def _demand_defects(demand: pd.Series) -> list[str]:
    if demand.empty:
        return ["aucun territoire"]
    return [
        f"demandes par jour de {one_line(str(label))} = {one_line(str(value))} : {_SOME}"
        for label, value in demand.items()
        if not _known(value)
    ]


def _matrix_defects(minutes: pd.DataFrame, territories: pd.Index) -> list[str]:
    found = []
    for name, labels in (
        ("demandes", territories),
        ("lignes des temps", minutes.index),
        ("colonnes des temps", minutes.columns),
    ):
        if labels.has_duplicates:
            found.append(f"{name} : territoires répétés : {listed(labels[labels.duplicated()])}")
        if missing := [label for label in territories.unique() if label not in labels]:
            found.append(f"{name} : territoires absents : {listed(missing)}")
        if more := [label for label in labels.unique() if label not in territories]:
            found.append(f"{name} : territoires sans demande : {listed(more)}")
    if len(minutes.index) != len(minutes.columns):
        found.append(
            f"temps : {len(minutes.index)} lignes et {len(minutes.columns)} colonnes, "
            "il en faut autant"
        )
    return [*found, *_time_defects(minutes)]


def _time_defects(minutes: pd.DataFrame) -> list[str]:
    times = _numbers(minutes)
    found = []
    for what, wrong in (
        (
            "temps qui ne sont pas des nombres",
            np.isnan(times) & minutes.notna().to_numpy(dtype=bool),
        ),
        ("temps négatifs", times < 0),
    ):
        pairs = [f"{minutes.index[i]} → {minutes.columns[j]}" for i, j in np.argwhere(wrong)]
        if pairs:
            found.append(f"{what} : {listed(pairs)}")
    same = minutes.index.to_numpy()[:, None] == minutes.columns.to_numpy()[None, :]
    if len(own := minutes.index[(same & (times != 0)).any(axis=1)]):
        found.append(f"d’un territoire à lui-même, il faut 0 minute : {listed(own)}")
    return found


def _numbers(minutes: pd.DataFrame) -> npt.NDArray[np.float64]:
    numbers = minutes.apply(pd.to_numeric, errors="coerce")
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _known(value: Any) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and 0.0 <= float(value) < math.inf


def _refuse(defects: Sequence[str]) -> None:
    if defects:
        raise ScenarioError(
            "La mise en commun de territoires a reçu des valeurs impossibles.",
            defects=defects,
            remedy="corrigez ces valeurs ; un temps inconnu reste vide, jamais 0 ni négatif.",
        )
