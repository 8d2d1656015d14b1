"""Names like one that was written: the nearest, those that hold its words, those that go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from rapidfuzz import fuzz, process

from cpts_geo.geography.naming._places.gazetteer import Gazetteer, Place, in_scope
from cpts_geo.geography.naming.spelling import normalise_name
from cpts_geo.settings import NAME_AGREEMENT_MIN_SCORE

#: Nearest names shown to the analyst for a name that is not resolved.
CANDIDATES_SHOWN: Final = 5
# Names compared at a time: bounds the matrix of similarities to about 40 MB on the whole of France.
_CHUNK: Final = 250
#: Words after which the rest of a name only says where the commune is.
_WHERE: Final = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "devant",
        "du",
        "en",
        "es",
        "l",
        "la",
        "le",
        "lez",
        "pres",
        "sous",
        "sur",
    ]
)


def is_usual_short_name(gazetteer: Gazetteer, key: str) -> bool:
    """Whether communes of today are often called by this key: the rest of their names says only
    where they are."""
    start = f"{key} "
    names = (key_of(place) for place in holding_places(gazetteer, key) if place.is_current)
    return any(name.startswith(start) and name[len(start) :].split()[0] in _WHERE for name in names)


def holding_places(gazetteer: Gazetteer, key: str) -> list[Place]:
    """Places whose names hold every word of a key, and more: what it may be short for."""
    each = [gazetteer.by_word.get(word, set()) for word in key.split()]
    ranks = sorted(set.intersection(*each)) if each else []
    return [gazetteer.places[rank] for rank in ranks if gazetteer.keys[rank] != key]


def key_of(place: Place) -> str:
    """Normalised name of a place."""
    return normalise_name(place.name)


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
            result.append(one_per_commune(key, found))
    return result


def scored(key: str, places: Iterable[Place]) -> list[tuple[float, Place]]:
    """Similarity and place, the most like a key first."""
    every = [(similarity(key, key_of(place)), place) for place in places]
    return sorted(every, key=lambda pair: (-pair[0], not pair[1].is_current, pair[1].code))


def one_per_commune(key: str, places: Iterable[Place]) -> list[tuple[float, Place]]:
    """The same, one a commune of today."""
    seen: dict[str, tuple[float, Place]] = {}
    for score, place in scored(key, places):
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
