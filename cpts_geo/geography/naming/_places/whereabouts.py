"""Where a list is, by the communes that are sure, and which communes are far from the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place

#: A commune is far when it is so many kilometres beyond the 90th percentile of the distances of the
#: others to the most central of them.
FAR_KM: Final = 40.0
_MOST: Final = 0.9
#: In the intercommunalité of a sure commune; in its département, and near; near; elsewhere.
SAME, INSIDE, NEAR, ELSEWHERE = range(4)
#: Communes between which all distances are taken at once; more are measured from their middle.
_SQUARE: Final = 1_500


@dataclass(frozen=True)
class Whereabouts:
    """Départements and intercommunalités of the sure communes of a list, the most central of them,
    and how far from it the list goes (None where no place is known)."""

    departements: frozenset[str]
    epcis: frozenset[str]
    centre: npt.NDArray[np.float64] | None
    reach: float

    def level(self, gazetteer: Gazetteer, place: Place) -> int:
        """How surely a place is where the list is: the lower the surer."""
        if gazetteer.epci.get(place.current) in self.epcis:
            return SAME
        point = gazetteer.points.get(place.current)
        if self.centre is None or point is None:
            return INSIDE if place.departement in self.departements else ELSEWHERE
        if float(np.linalg.norm(point - self.centre)) > self.reach:
            return ELSEWHERE
        return INSIDE if place.departement in self.departements else NEAR


def whereabouts(gazetteer: Gazetteer, sure: Collection[Place]) -> Whereabouts:
    """Where sure communes are."""
    codes = list(dict.fromkeys(place.current for place in sure))
    points = [gazetteer.points[code] for code in codes if code in gazetteer.points]
    centre, reach = None, 0.0
    if points:
        space = np.array(points)
        centre, spread = _middle(space)
        reach = float(np.quantile(spread, _MOST)) + FAR_KM
    return Whereabouts(
        departements=frozenset(place.departement for place in sure),
        epcis=frozenset(gazetteer.epci[code] for code in codes if code in gazetteer.epci),
        centre=centre,
        reach=reach,
    )


def far_apart(gazetteer: Gazetteer, codes: Sequence[str]) -> dict[str, float]:
    """Communes of a list that are far from the others, and of the intercommunalité of none, with
    their kilometres to the most central of the others."""
    known = [code for code in dict.fromkeys(codes) if code in gazetteer.points]
    if len(known) < 2:
        return {}
    together = Counter(gazetteer.epci.get(code) for code in known)
    space = np.array([gazetteer.points[code] for code in known])
    _, spread = _middle(space)
    # A commune within reach of the whole is within reach of the others.
    doubtful = [
        rank
        for rank, code in enumerate(known)
        if (spread[rank] > FAR_KM or len(known) == 2)
        and (gazetteer.epci.get(code) is None or together[gazetteer.epci[code]] == 1)
    ]
    found = {}
    for rank in doubtful:
        centre, others = _middle(np.delete(space, rank, axis=0))
        away = float(np.linalg.norm(space[rank] - centre))
        if away > float(np.quantile(others, _MOST)) + FAR_KM:
            found[known[rank]] = away
    return found


def _middle(
    space: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The most central of some points, and the distance of each to it."""
    if len(space) <= _SQUARE:
        # In place: the squares of a thousand communes are few, of their coordinates many.
        apart = np.sqrt(
            np.maximum(
                (space**2).sum(axis=1)[:, None]
                + (space**2).sum(axis=1)[None, :]
                - 2 * space @ space.T,
                0,
            )
        )
        rank = int(apart.sum(axis=1).argmin())
        return space[rank], apart[rank]
    middle = np.median(space, axis=0)
    rank = int(np.linalg.norm(space - middle, axis=1).argmin())
    return space[rank], np.linalg.norm(space - space[rank], axis=1)
