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
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.errors import ScenarioError, one_line

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
        Slots per opening day that pooling saves: `total_apart` minus `pooled`.
    """

    slots_apart: tuple[int, ...]
    total_apart: int
    pooled: int
    saved: int


def pooled_slots(requests_per_day: Sequence[float] | pd.Series, *, rules: Rules) -> Pooling:
    """
    Compare the slots of several territories apart with those of one rota for all.

    Parameters
    ----------
    requests_per_day : sequence of float or Series
        Mean requests per opening day of each territory, 0 or more, one or more territories;
        0 requests need no slot.
    rules : Rules
        Rules of the queue; the sum of independent territories keeps the dispersion.

    Returns
    -------
    Pooling
        Slots per opening day apart, pooled and saved.

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.
    DemandTooLargeError
        If the territories, alone or together, are beyond the queue of one CPTS.

    Examples
    --------
    >>> pooled_slots([1511 / 270, 2000 / 251], rules=Rules(0.95, 0, 1.0))
    Pooling(slots_apart=(8, 11), total_apart=19, pooled=16, saved=3)
    """
    demand = _by_territory(requests_per_day)
    _refuse([*_demand_defects(demand), *_rules_defects(rules)])
    return _compared(demand.tolist(), rules)


def pool_within(
    requests_per_day: pd.Series,
    minutes: pd.DataFrame,
    *,
    max_minutes: float = 30.0,
    rules: Rules,
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
    rules : Rules
        As for :func:`pooled_slots`, of a territory and of a group; so are the errors.

    Returns
    -------
    DataFrame
        One row per group, index ``group`` (1, 2, ... by first member), no NaN: ``members``
        (sorted labels, tuple), ``territories`` (their number), ``requests_per_day`` (sum),
        ``slots_apart`` (sum), ``slots_pooled`` and ``saved`` (per opening day),
        ``longest_minutes`` (between two members, the slower way; 0 for a territory alone) and
        ``unknown_with`` (labels outside the group whose time with a member is unknown and may
        be within the limit, tuple).

    Notes
    -----
    Complete linkage on the slower of the two ways, cut at `max_minutes`: every pair of a group
    is within the limit, and no two groups could be merged whole. A pair whose time is unknown is
    never pooled. The nearest territories join first, which is not always the grouping that saves
    most.

    Examples
    --------
    >>> demand = pd.Series({"Nord": 1.0, "Centre": 1.0, "Sud": 1.0})
    >>> times = pd.DataFrame(
    ...     [[0, 20, 45], [20, 0, 25], [45, 25, 0]], index=demand.index, columns=demand.index
    ... )
    >>> groups = pool_within(demand, times, rules=Rules(0.95, 1, 1.0))
    >>> groups["members"].tolist(), groups["saved"].tolist(), groups["longest_minutes"].tolist()
    ([('Centre', 'Nord'), ('Sud',)], [1, 0], [20.0, 0.0])
    """
    demand = _by_territory(requests_per_day)
    _refuse(
        [
            *_demand_defects(demand),
            *_matrix_defects(minutes, demand.index),
            *([] if _known(max_minutes) else [f"minutes au plus = {max_minutes} : {_SOME}"]),
            *_rules_defects(rules),
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
        pooling = _compared(requests, rules)
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


def _compared(demands: Sequence[float], rules: Rules) -> Pooling:
    """Slots of territories whose demands are checked, apart and together."""
    apart = tuple(_slots(demand, rules) for demand in demands)
    pooled = _slots(math.fsum(demands), rules)
    return Pooling(apart, sum(apart), pooled, sum(apart) - pooled)


def _slots(demand: float, rules: Rules) -> int:
    """Slots that a demand needs; none where nobody asks."""
    return rules.slots(demand) if demand > 0 else 0


def _rules_defects(rules: Rules) -> tuple[str, ...]:
    """What is wrong with the rules: the booking queue judges its own values."""
    try:
        rules.check()
    except ScenarioError as error:
        return error.defects
    return ()


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
    """Requests by territory, numbered from 1 where they are a mere list."""
    if isinstance(requests_per_day, pd.Series):
        return requests_per_day
    values = list(requests_per_day)
    return pd.Series(values, index=range(1, len(values) + 1), dtype=object)


def _demand_defects(demand: pd.Series) -> list[str]:
    """Territories whose requests are no number of 0 or more."""
    if demand.empty:
        return ["aucun territoire"]
    return [
        f"demandes par jour de {one_line(str(label))} = {one_line(str(value))} : {_SOME}"
        for label, value in demand.items()
        if not _known(value)
    ]


def _matrix_defects(minutes: pd.DataFrame, territories: pd.Index) -> list[str]:
    """What is wrong with labels and times of a matrix of minutes."""
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
    """Times that are no number, below 0, or not 0 from a territory to itself."""
    times = _numbers(minutes)
    found = []
    words = np.isnan(times) & minutes.notna().to_numpy(dtype=bool)
    for what, wrong in (
        ("temps qui ne sont pas des nombres", words),
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
    """Minutes as numbers, NaN where they are none."""
    numbers = minutes.apply(pd.to_numeric, errors="coerce")
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _known(value: Any) -> bool:
    """Whether a value is a finite number, 0 or more."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and 0.0 <= float(value) < math.inf


def _refuse(defects: Sequence[str]) -> None:
    """Raise one error that lists the defects, where there are some."""
    if defects:
        raise ScenarioError(
            "La mise en commun de territoires a reçu des valeurs impossibles.",
            defects=defects,
            remedy="corrigez ces valeurs ; un temps inconnu reste vide, jamais 0 ni négatif.",
        )
