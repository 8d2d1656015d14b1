"""Calls that ask again for what another asked: by the key of the caller, else by likeness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.integer[Any]]

#: Opening days after a request within which a call alike asks for the same.
REPEAT_DAYS: Final = 3
#: Of the calls of one request, the one that says how it ended comes first.
_ENDINGS: Final = ("appointment", "no_slot", "cancelled", "redirected", "advice", "other")


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


def _repeat(labels: Places, places: Places, ranks: Places) -> Flags:
    """Calls, in the order of time, that are not the one that tells how their request ended."""
    started: dict[int, int] = {}
    current: dict[int, int] = {}
    request = np.empty(len(labels), dtype=np.int_)
    for call, (label, place) in enumerate(zip(labels.tolist(), places.tolist(), strict=True)):
        if label not in started or place - started[label] > REPEAT_DAYS:
            started[label], current[label] = place, call
        request[call] = current[label]
    first = np.lexsort((np.arange(len(labels)), ranks, request))
    telling = np.zeros(len(labels), dtype=bool)
    telling[first[np.unique(request[first], return_index=True)[1]]] = True
    return np.asarray(~(telling | (ranks == 0)))
