"""Secondary suppression: what else to mask so that no masked value comes back by subtraction.

An outsider is supposed to know the rules, every value shown and every total shown. Communes that
belong to the same groups form an atom, and he is supposed to know the sum of each atom too: every
total is a sum of atoms, so what he can learn of a masked value depends on its own atom alone,
however groups cross or nest. Where an atom cannot be protected by itself it is pooled with
another, and each total that would tell the two apart is withheld.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int_]
#: Rank of a grouping (the one to keep first is 0) and name of the group.
Group = tuple[int, str]

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Cells:
    """One column as an outsider sees it, in one order of the communes, which breaks ties."""

    #: What each commune adds to the totals, and on how many people it rests (0: not known).
    amount: Floats
    people: Floats
    #: Whether its amount is known and part of the totals: others protect nothing.
    adds: Flags
    #: Whether it is masked for itself.
    primary: Flags
    #: What an outsider knows of the amount once it is masked.
    low: Floats
    high: Floats
    #: People that the masked amounts of a total must rest on together.
    floor: int
    #: How much a masked amount must be able to vary, and how much as a share of itself.
    width: float = 0.0
    width_share: float = 0.0
    #: Whether the smallest amounts are masked first, so that the smallest one shown is a bound;
    #: else those that rest on the fewest people, whom everybody can count.
    smallest_first: bool = False


@dataclass(frozen=True)
class Atom:
    """Communes that belong to the same groups."""

    #: Their places in the arrays of the cells.
    members: Places
    #: Their groups; empty where no total holds them.
    groups: frozenset[Group]


def patient_cells(values: Floats, *, least: int, possible: int) -> Cells:
    """Counts of patients: those of 1 to `least` - 1 are masked; each may be `possible` numbers."""
    known = ~np.isnan(values)
    few = (values > 0) & (values < least)
    # Estimated counts need not be whole.
    slack = 0 if (values[known] % 1 == 0).all() else 1
    return Cells(
        amount=np.where(known, values, 0.0),
        people=np.where(known, values, 0.0),
        adds=known & (values > 0),
        primary=few,
        low=np.where(few, 1.0 - slack, least),
        high=np.where(few, least - 1.0 + slack, np.inf),
        floor=least,
        width=possible - 1.0,
        smallest_first=True,
    )


def derived_cells(
    values: Floats,
    *,
    people: Floats,
    weight: Floats,
    least: int,
    width_share: float,
    counts: bool,
    percent: bool,
) -> Cells:
    """What is derived from `people`: masked where fewer than `least`, or not known; counts add."""
    known = ~np.isnan(values)
    nobody = (people == 0) & (values == 0) & counts
    adds = known & (weight > 0) & ~nobody
    signed = bool((values[known] < 0).any())
    return Cells(
        amount=np.where(adds, values * weight, 0.0),
        people=np.where(adds & (people > 0), people, 0.0),
        adds=adds,
        primary=known & ~nobody & ~(people >= least),
        low=np.full_like(values, -np.inf if signed else 0.0),
        high=np.where(adds, weight, 0.0) if percent else np.full_like(values, np.inf),
        floor=least,
        width_share=width_share,
    )


def atoms_of(communes: pd.DataFrame, codes: pd.Index, *, within: Collection[str]) -> list[Atom]:
    """Communes that belong to the same groups: what all totals together are sums of."""
    columns = [name for name in within if name in communes]
    groups: dict[str, set[Group]] = {code: set() for code in codes}
    for rank, name in enumerate(columns):
        for code, label in zip(communes["code_insee"], communes[name], strict=True):
            if pd.notna(label):
                groups[code].add((rank, str(label)))
    if not columns:
        groups = {code: {(0, "")} for code in codes}
    members: dict[frozenset[Group], list[int]] = {}
    for place, code in enumerate(codes):
        members.setdefault(frozenset(groups[code]), []).append(place)
    return [Atom(np.array(places), key) for key, places in members.items()]


def protect(cells: Cells, atoms: Sequence[Atom]) -> tuple[Flags, set[Group]]:
    """Cells to mask, primary ones included, and the groups whose total is not to be shown.

    In each pool the smallest cells are masked one by one until what is masked rests on `floor`
    people and may vary enough. The sum S of the masked amounts being known, amount i lies between
    max(l_i, S - sum of the other h) and min(h_i, S - sum of the other l), which are apart by the
    smallest of h_i - l_i, the same of all others together, sum(h) - S and S - sum(l). So does
    what the masked amounts of an atom of a pool add up to: an atom that is not safe alone needs
    another one's masked amounts to be, and these may take what it gives.

    A pool where all is masked in vain is joined with the smallest pool of one of its groups, of
    the grouping to keep first if it has another there; alone, it loses its totals.
    """
    pools: list[tuple[int, ...]] = [(number,) for number in range(len(atoms))]
    # No total holds the communes of no group: nothing is known of their sum.
    found: dict[tuple[int, ...], Places | None] = {
        (number,): np.empty(0, dtype=int) for number, atom in enumerate(atoms) if not atom.groups
    }
    alone: set[tuple[int, ...]] = set()
    while True:
        for pool in pools:
            if pool not in found:
                members = np.concatenate([atoms[number].members for number in pool])
                found[pool] = _masked_in(cells, members)
        exposed = next((p for p in sorted(pools) if found[p] is None and p not in alone), None)
        if exposed is None:
            break
        partner = _partner(exposed, pools, cells=cells, atoms=atoms)
        if partner is None:
            alone.add(exposed)
            continue
        joined = tuple(sorted(exposed + partner))
        pools = [pool for pool in pools if pool not in (exposed, partner)] + [joined]
    hidden = cells.primary.copy()
    withheld: set[Group] = set()
    for pool in pools:
        groups = [atoms[number].groups for number in pool]
        places = found[pool]
        if places is None:
            withheld |= frozenset().union(*groups)
            continue
        hidden[places] = True
        # A total that holds a part of a pool would tell what this part hides.
        withheld |= frozenset().union(*groups) - frozenset.intersection(*groups)
    return hidden, withheld


def _masked_in(cells: Cells, members: Places) -> Places | None:
    """Places to mask in a pool; None where masking all of it would not be enough."""
    members = np.sort(members[cells.adds[members]])
    primary = members[cells.primary[members]]
    if not len(primary):
        return primary
    others = members[~cells.primary[members]]
    others = others[np.argsort(cells.people[others], kind="stable")]
    for count in range(len(others) + 1):
        places = np.concatenate([primary, others[:count]])
        shown = others[count:]
        bounded = cells.smallest_first and len(shown) > 0
        ceiling = float(cells.amount[shown[0]]) if bounded else np.inf
        if _safe(cells, places, ceiling=ceiling):
            return places
    return None


def _safe(cells: Cells, places: Places, *, ceiling: float) -> bool:
    """Whether an outsider who knows the sum of the masked amounts can narrow none of them."""
    if cells.people[places].sum() < cells.floor:
        return False
    amount, low = cells.amount[places], cells.low[places]
    high = np.minimum(cells.high[places], ceiling)
    span = high - low
    endless = np.isinf(span)
    span_of_others = np.where(
        endless.sum() > endless, np.inf, span[~endless].sum() - np.where(endless, 0.0, span)
    )
    slack = min(high.sum() - amount.sum(), amount.sum() - low.sum())
    free = np.minimum(np.minimum(span, span_of_others), slack)
    needed = cells.width + cells.width_share * np.abs(amount)
    return bool((free >= np.maximum(needed, _ROUNDING) - _ROUNDING / 2).all())


def _partner(
    exposed: tuple[int, ...],
    pools: Sequence[tuple[int, ...]],
    *,
    cells: Cells,
    atoms: Sequence[Atom],
) -> tuple[int, ...] | None:
    """The smallest pool that shares a group with an exposed one, and has something to hide."""
    mine = frozenset().union(*(atoms[number].groups for number in exposed))
    for rank in sorted({rank for rank, _ in mine}):
        groups = {group for group in mine if group[0] == rank}
        near = []
        for pool in pools:
            members = np.concatenate([atoms[number].members for number in pool])
            shares = any(groups & atoms[number].groups for number in pool)
            if pool != exposed and shares and cells.adds[members].any():
                near.append((float(cells.people[members].sum()), pool))
        if near:
            return min(near)[1]
    return None
