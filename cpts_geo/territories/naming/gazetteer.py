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
from cpts_geo.territories.naming.spelling import departement_code, normalise_name, similarity

#: Nearest names shown to the analyst for a name that is not resolved.
CANDIDATES_SHOWN: Final = 5
# Names compared at a time: bounds the matrix of similarities to about 40 MB on the whole of France.
_CHUNK: Final = 250


COMMUNE: Final = "commune"


class Place(NamedTuple):
    """
    One name of the COG, in force or not.

    Parameters
    ----------
    code : str
        INSEE code of the place itself (of the former commune when it is one).
    name : str
        Its official name.
    departement : str
        Département of the current commune.
    current : str
        INSEE code of the commune of today; equal to `code` when the place is one.
    kind : str
        ``commune`` for a commune of today, else the kind of former or partial commune.

    Examples
    --------
    >>> place = Place("85060", "Château-d'Olonne", "85", "85194", "code retiré")
    >>> place.is_current, place.is_arrondissement
    (False, False)
    """

    code: str
    name: str
    departement: str
    current: str
    kind: str

    @property
    def is_current(self) -> bool:
        """True for a commune of today."""
        return self.kind == COMMUNE

    @property
    def is_arrondissement(self) -> bool:
        """True for a part of Paris, Lyon or Marseille, which never was a commune."""
        return self.kind == "arrondissement-municipal"


@dataclass(frozen=True)
class Gazetteer:
    """
    Places indexed by code and by normalised name.

    Parameters
    ----------
    places : tuple of Place
        Current communes first, then former ones.
    keys : tuple of str
        Normalised name of each place, in the same order.
    by_key : dict of str to tuple of Place
        Places that bear a normalised name.
    current : dict of str to Place
        Commune of today by INSEE code.
    former : dict of str to tuple of Place
        Former communes by their own code.
    lost : dict of str to str
        Name of the former communes whose commune of today is not known, by code.
    departements : frozenset of str
        Départements that hold a commune.

    Examples
    --------
    >>> dry = Place("45130", "Dry", "45", "45130", COMMUNE)
    >>> inside = frozenset({"45"})
    >>> index = Gazetteer((dry,), ("dry",), {"dry": (dry,)}, {"45130": dry}, {}, {}, inside)
    >>> index.current["45130"].name
    'Dry'
    """

    places: tuple[Place, ...]
    keys: tuple[str, ...]
    by_key: dict[str, tuple[Place, ...]]
    current: dict[str, Place]
    former: dict[str, tuple[Place, ...]]
    lost: dict[str, str]
    departements: frozenset[str]


def build_gazetteer(communes: pd.DataFrame, former: pd.DataFrame) -> Gazetteer:
    """
    Index the current and the former communes.

    Parameters
    ----------
    communes : pandas.DataFrame
        One row a commune: ``code_insee``, ``name``, ``departement``.
    former : pandas.DataFrame
        One row a former or partial commune: ``former_code``, ``former_name``, ``kind``
        (``arrondissement-municipal`` for a part that is never taken for the whole commune),
        ``code_insee`` (commune of today, NaN when unknown).

    Returns
    -------
    Gazetteer
        The index.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["45130"], "name": ["Dry"], "departement": ["45"]}
    ... )
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> build_gazetteer(communes, former).by_key["dry"][0].code
    '45130'
    """
    current = {
        code: Place(code, name, departement, code, COMMUNE)
        for code, name, departement in zip(
            communes["code_insee"], communes["name"], communes["departement"], strict=True
        )
    }
    old: list[Place] = []
    lost: dict[str, str] = {}
    columns = ("former_code", "former_name", "kind", "code_insee")
    for code, name, kind, now in zip(*(former[column] for column in columns), strict=True):
        if now in current:
            old.append(Place(code, name, current[now].departement, now, kind))
        elif code not in current:
            lost[code] = name
    places = (*current.values(), *old)
    # Not kept twice: the cache of keys is for the names that a list asks about again and again.
    keys = tuple(normalise_name.__wrapped__(place.name) for place in places)
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
    """
    Départements asked for, in the COG's writing.

    Parameters
    ----------
    gazetteer : Gazetteer
        The index.
    departements : collection of str or None
        Codes as written (``"1"``, ``"2a"``); one code alone may be given as a plain string. None
        or an empty collection means the whole of France.

    Returns
    -------
    frozenset of str or None
        Codes as in the COG; None for the whole of France.

    Raises
    ------
    PerimeterError
        When a code is no département; lists all of them.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["01001"], "name": ["X"], "departement": ["01"]})
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> sorted(checked_departements(build_gazetteer(communes, former), "1"))
    ['01']
    """
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
    """
    Places whose names are the most like each key, one per commune of today.

    Parameters
    ----------
    gazetteer : Gazetteer
        The index.
    keys : sequence of str
        Normalised names.
    scope : frozenset of str or None
        Départements to look in; None for the whole of France.

    Returns
    -------
    list of list of tuple of float and Place
        For each key, similarities (0-100) and places, the most similar first and, at equal
        similarity, communes of today before former ones. At most 30 names are weighed a key.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["45130", "45203"], "name": ["Dry", "Meung-sur-Loire"],
    ...      "departement": ["45", "45"]}
    ... )
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> (found,) = nearest_places(build_gazetteer(communes, former), ["dri"], scope=None)
    >>> [(round(score), place.name) for score, place in found]
    [(67, 'Dry'), (22, 'Meung-sur-Loire')]
    """
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
    """
    Places whose names hold every word of a key: what a shortened name may stand for.

    Parameters
    ----------
    gazetteer : Gazetteer
        The index.
    keys : sequence of str
        Normalised names.
    scope : frozenset of str or None
        Départements to look in; None for the whole of France.

    Returns
    -------
    list of list of tuple of float and Place
        For each key, similarities (0-100) and places, the most similar first.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["45203"], "name": ["Meung-sur-Loire"], "departement": ["45"]}
    ... )
    >>> former = pd.DataFrame(columns=["former_code", "former_name", "kind", "code_insee"])
    >>> (found,) = containing_places(build_gazetteer(communes, former), ["meung"], scope=None)
    >>> [place.name for _, place in found]
    ['Meung-sur-Loire']
    """
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
    """
    Tell whether a place lies in the départements looked at.

    Parameters
    ----------
    place : Place
        A place.
    scope : frozenset of str or None
        Départements; None for the whole of France.

    Returns
    -------
    bool
        True inside.

    Examples
    --------
    >>> in_scope(Place("45130", "Dry", "45", "45130", COMMUNE), frozenset({"41"}))
    False
    """
    return scope is None or place.departement in scope


def _one_per_commune(key: str, places: Sequence[Place]) -> list[tuple[float, Place]]:
    scored = sorted(
        ((similarity(key, normalise_name(place.name)), place) for place in places),
        key=lambda pair: (-pair[0], not pair[1].is_current, pair[1].code),
    )
    seen: dict[str, tuple[float, Place]] = {}
    for score, place in scored:
        seen.setdefault(place.current, (score, place))
    return list(seen.values())
