"""Calls that ask again for what another asked: by the key of the caller, else by likeness.

A key that several callers share (a masked number, a switchboard, a constant) says of nobody that
they rang again: its calls are those of unknown callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.capacity.demand.ratios import IMPLAUSIBLE

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.integer[Any]]

#: Opening days after a request within which a call alike asks for the same.
REPEAT_DAYS: Final = 3
#: Of the calls of one request, the one that says how it ended comes first.
_ENDINGS: Final = ("appointment", "no_slot", "cancelled", "redirected", "advice", "other")
#: The most that one person rings: so many times for one trouble, and once a week besides.
_ONE_TROUBLE: Final = 10
_WEEK: Final = pd.Timedelta(weeks=1)
#: Repeats are told from this share of the calls on: no line has fewer for long.
REPEATED_SHARE: Final = 0.01
#: Repeats that chance makes under so small a share of the calls move no slot.
_HARMLESS: Final = 0.05
#: Calls dealt at random, in all, to know what chance makes.
_DEALT: Final = 5_000


class Keys(NamedTuple):
    """Key of each caller, missing where nothing tells who it is; calls whose key several share."""

    own: pd.Series
    shared: Flags


def keys_of(calls: pd.DataFrame, days: pd.DatetimeIndex) -> Keys:
    """Tell the keys of one person from those that several callers share.

    A key is shared where one request of it holds more than ten calls, or all hold more than one
    person makes in the time of these days. Of the others, those of more than ten calls, then those
    of fewer, are judged together: somebody rings again soon, strangers when chance has it. No key
    is kept where most calls with one have a shared one, nor where none comes twice in so many calls
    that a share of one in a hundred would show. Marked duplicates are set aside already, and count
    for no excess; they are calls of their key all the same.
    """
    some = calls[calls["caller"].notna()].sort_values("time", kind="stable")
    labels, names = pd.factorize(some["caller"])
    places = np.asarray(days.searchsorted(some["time"].dt.normalize()))
    unmarked = (some["outcome"] != "duplicate").to_numpy()
    made = np.bincount(labels[unmarked], minlength=len(names))
    longest = np.zeros(len(names), dtype=np.int_)
    request = _requests(labels, places)
    within = np.bincount(request[unmarked], minlength=len(some))
    np.maximum.at(longest, labels, within[request])
    weeks = (days[-1] - days[0]) / _WEEK
    shared = (longest > _ONE_TROUBLE) | (made > _ONE_TROUBLE + weeks)
    often = made > _ONE_TROUBLE
    for alike in (often & ~shared, ~often & ~shared):
        here = alike[labels]
        if _by_chance(labels[here], places[here], calls=len(calls)):
            shared |= alike
    flags = calls["caller"].isin(names[shared]).to_numpy()
    numbered = len(names) == len(some) and (1 - REPEATED_SHARE) ** len(some) < IMPLAUSIBLE
    aside = 2 * made[shared].sum() > made.sum() or numbered
    return Keys(calls["caller"].mask(flags | aside), flags)


def _by_chance(labels: Places, places: Places, *, calls: int) -> bool:
    """Whether calls of one key follow one another no more than if keys were dealt at random."""
    rng = np.random.default_rng(0)
    # Few calls are dealt several times: one deal of them is luck.
    deals = [rng.permutation(labels) for _ in range(1 + _DEALT // max(len(labels), 1))]
    found, *dealt = (
        len(each) - len(np.unique(_requests(each, places))) for each in (labels, *deals)
    )
    chance = float(np.mean(dealt))
    most = len(labels) - len(np.unique(labels))
    # In a log of a few days whoever rings twice does so soon: chance alone explains it, and denies
    # nothing.
    near = found - chance < (most - chance) / 2
    return bool(chance > found / 2 and near and chance > _HARMLESS * calls)


@dataclass(frozen=True, eq=False)
class Repeats:
    """Calls that repeat a request (one flag a call), whether keys tell them, and calls that would
    look so by chance, none where keys tell."""

    flags: Flags
    by_caller: bool
    by_chance: Flags


def repeats_of(calls: pd.DataFrame, days: pd.DatetimeIndex) -> Repeats | None:
    """Find the calls that repeat a request of at most three opening days before; None where nothing
    tells calls alike.

    A request that an appointment ends is as many requests as appointments: a household rings for
    two. Likeness (commune, class of age, coded reason where there is one) also joins strangers: as
    many as where the same labels are dealt to the calls at random.
    """
    by_caller = "caller" in calls and bool(calls["caller"].notna().any())
    names = ["caller"] if by_caller else ["commune", "age_class"]
    names += ["reason"] if not by_caller and "reason" in calls else []
    # Two calls are no repetition when nothing says that they are alike.
    told = (calls[names].notna().all(axis=1) & (calls["outcome"] != "duplicate")).to_numpy()
    if not told.any():
        return None
    some = calls[told]
    labels = some.groupby(names, sort=False).ngroup().to_numpy()
    places = days.searchsorted(some["time"].dt.normalize())
    ranks = np.array([len(_ENDINGS)] * len(some))
    for rank, outcome in enumerate(_ENDINGS):
        ranks[(some["outcome"] == outcome).to_numpy()] = rank
    order = np.argsort(some["time"].to_numpy(), kind="stable")
    flags, chance = np.zeros((2, len(calls)), dtype=np.bool_)
    inside = np.flatnonzero(told)[order]
    flags[inside] = _repeat(labels[order], places[order], ranks[order])
    if not by_caller:
        dealt = np.random.default_rng(0).permutation(labels)
        chance[inside] = _repeat(dealt, places[order], ranks[order])
    return Repeats(flags, by_caller, chance)


def _requests(labels: Places, places: Places) -> Places:
    """Request of each call, in the order of time: the place of the first call of the request."""
    started: dict[int, int] = {}
    current: dict[int, int] = {}
    request = np.empty(len(labels), dtype=np.int_)
    for call, (label, place) in enumerate(zip(labels.tolist(), places.tolist(), strict=True)):
        if label not in started or place - started[label] > REPEAT_DAYS:
            started[label], current[label] = place, call
        request[call] = current[label]
    return request


def _repeat(labels: Places, places: Places, ranks: Places) -> Flags:
    """Calls, in the order of time, that are not the one that tells how their request ended."""
    request = _requests(labels, places)
    first = np.lexsort((np.arange(len(labels)), ranks, request))
    telling = np.zeros(len(labels), dtype=bool)
    telling[first[np.unique(request[first], return_index=True)[1]]] = True
    return np.asarray(~(telling | (ranks == 0)))
