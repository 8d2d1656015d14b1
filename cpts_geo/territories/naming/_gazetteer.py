"""The names and codes a published list can mean: current communes, and the ones they replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from cpts_geo.errors import Defect, PerimeterError, one_line
from cpts_geo.settings import NAME_AGREEMENT_MIN_SCORE
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.territories.naming.spelling import departement_code, normalise_name

#: Nearest names shown to the analyst for a name that is not resolved.
CANDIDATES_SHOWN: Final = 5
# Names compared at a time: bounds the matrix of similarities to about 40 MB on the whole of France.
_CHUNK: Final = 250


COMMUNE: Final = "commune"


class Place(NamedTuple):
    """One name of the COG, in force or not; `kind` is :data:`COMMUNE` for a commune of today."""

    #: Of the place itself: of the former commune when it is one.
    code: str
    name: str
    #: Of the commune of today, whose code is `current`.
    departement: str
    current: str
    kind: str

    @property
    def is_current(self) -> bool:
        """True for a commune of today."""
        return self.kind == COMMUNE

    @property
    def is_arrondissement(self) -> bool:
        """True for a part of Paris, Lyon or Marseille, where the city is taken as a whole."""
        return self.kind == "arrondissement-municipal"


@dataclass(frozen=True)
class Gazetteer:
    """Places indexed by code and by normalised name."""

    #: Current communes first, and the normalised name of each.
    places: tuple[Place, ...]
    keys: tuple[str, ...]
    by_key: dict[str, tuple[Place, ...]]
    current: dict[str, Place]
    former: dict[str, tuple[Place, ...]]
    #: Name, by code, of the former communes whose commune of today is not known.
    lost: dict[str, str]
    departements: frozenset[str]


def build_gazetteer(communes: pd.DataFrame, former: pd.DataFrame) -> Gazetteer:
    """Index communes, and former ones; arrondissements are places only where `communes` has them,
    and are never taken for their commune."""
    # Lists: texts are read one by one from an array of theirs three times slower.
    listed = (communes[column].tolist() for column in ("code_insee", "name", "departement"))
    current = {
        code: Place(code, name, departement, code, COMMUNE)
        for code, name, departement in zip(*listed, strict=True)
    }
    old: list[Place] = []
    lost: dict[str, str] = {}
    columns = ("former_code", "former_name", "kind", "code_insee")
    # The name of a code that went long ago may be unknown: it is found by its code alone.
    former = former.fillna({"former_name": ""})
    for code, name, kind, now in zip(*(former[column].tolist() for column in columns), strict=True):
        if now in current and code not in WHOLE_OF.keys() & current.keys():
            old.append(Place(code, name, current[now].departement, now, kind))
        elif code not in current:
            lost[code] = name
    places = (*current.values(), *(place for place in old if place.name))
    keys = tuple(normalise_name(place.name) for place in places)
    by_key: defaultdict[str, list[Place]] = defaultdict(list)
    for key, place in zip(keys, places, strict=True):
        by_key[key].append(place)
    by_code: defaultdict[str, list[Place]] = defaultdict(list)
    for place in old:
        by_code[place.code].append(place)
    return Gazetteer(
        places=places,
        keys=keys,
        by_key={key: tuple(found) for key, found in by_key.items()},
        current=current,
        former={code: tuple(found) for code, found in by_code.items()},
        lost=lost,
        departements=frozenset(place.departement for place in current.values()),
    )


def checked_departements(
    gazetteer: Gazetteer, departements: Collection[str] | None
) -> frozenset[str] | None:
    """Départements asked for, as the COG writes them (None: all of France); refuses the unknown."""
    if not departements:
        return None
    written = [departements] if isinstance(departements, str) else list(departements)
    codes = {departement_code(code): code for code in written}
    if unknown := [code for code in codes if code not in gazetteer.departements]:
        raise PerimeterError(
            "Département inconnu.",
            defects=[Defect(f"« {one_line(codes[code])} »", "inconnu") for code in sorted(unknown)],
            remedy="donnez des numéros de département : 45, 2A, 971.",
        )
    return frozenset(codes)


def nearest_places(
    gazetteer: Gazetteer, keys: Sequence[str], *, scope: frozenset[str] | None
) -> list[list[tuple[float, Place]]]:
    """Similarity (0-100) and place of the names most like each key, one per commune of today."""
    inside = [i for i, place in enumerate(gazetteer.places) if in_scope(place, scope)]
    pool = [gazetteer.keys[i] for i in inside]
    result: list[list[tuple[float, Place]]] = []
    for start in range(0, len(keys), _CHUNK):
        chunk = list(keys[start : start + _CHUNK])
        scores = process.cdist(chunk, pool, scorer=fuzz.ratio, dtype=np.float32)
        kept = min(30, len(pool))
        for key, row in zip(chunk, scores, strict=True):
            best = np.argpartition(-row, kept - 1)[:kept].tolist() if kept else []
            found = [gazetteer.places[inside[i]] for i in best]
            result.append(_one_per_commune(key, found))
    return result


def containing_places(
    gazetteer: Gazetteer, keys: Sequence[str], *, scope: frozenset[str] | None
) -> list[list[tuple[float, Place]]]:
    """Places whose names hold every word of a key: what a shortened name may stand for."""
    holders: dict[str, set[int]] = {word: set() for key in keys for word in key.split()}
    for i, (place, key) in enumerate(zip(gazetteer.places, gazetteer.keys, strict=True)):
        if in_scope(place, scope):
            for word in holders.keys() & set(key.split()):
                holders[word].add(i)
    result = []
    for key in keys:
        each = [holders[word] for word in key.split()]
        found = set.intersection(*each) if each else set()
        result.append(_one_per_commune(key, [gazetteer.places[i] for i in sorted(found)]))
    return result


def in_scope(place: Place, scope: frozenset[str] | None) -> bool:
    """Tell whether a place lies in the départements looked at."""
    return scope is None or place.departement in scope


def _one_per_commune(key: str, places: Sequence[Place]) -> list[tuple[float, Place]]:
    """Places most like a key, the nearest first, one a commune of today."""
    scored = sorted(
        ((similarity(key, normalise_name(place.name)), place) for place in places),
        key=lambda pair: (-pair[0], not pair[1].is_current, pair[1].code),
    )
    seen: dict[str, tuple[float, Place]] = {}
    for score, place in scored:
        seen.setdefault(place.current, (score, place))
    return list(seen.values())


def similarity(one: str, other: str) -> float:
    """Similarity of two normalised names: ``100 (1 - d / (letters of both))``.

    `d` counts the letters to insert and delete (indel distance): one wrong letter costs a short
    name dearly, so that short names are never taken for one another.
    """
    return float(fuzz.ratio(one, other))


def agree(one: str, other: str) -> bool:
    """Whether two normalised names given for one commune can both be right: weaker than a match.

    True when the words of `one` are all in `other`, or the names are similar.
    """
    shortened = bool(one) and set(one.split()).issubset(other.split())
    return shortened or similarity(one, other) >= NAME_AGREEMENT_MIN_SCORE
