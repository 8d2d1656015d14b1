"""The names and codes a published list can mean: current communes, and the ones they replaced."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cpts_geo.errors import Defect, PerimeterError, one_line
from cpts_geo.geography.naming.spelling import departement_code, normalise_name
from cpts_geo.sources.codes import WHOLE_OF

COMMUNE: Final = "commune"
_AREA: Final = re.compile(r"(\d{1,3}|2[AB])(?:\.0+)?(?:\s*[-–:]\s*.*)?")
_EARTH_KM: Final = 6371.0


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
    #: Name and collectivité, by code, of the communes of overseas collectivités.
    outside: dict[str, tuple[str, str]]
    departements: frozenset[str]
    #: By code of today, where the table of communes has them: intercommunalité, kilometres from the
    #: centre of the Earth, people.
    epci: dict[str, str]
    points: dict[str, npt.NDArray[np.float64]]
    people: dict[str, int]
    #: Code of each département by its normalised name.
    named_departements: dict[str, str]
    #: Codes of the communes of each postal code.
    postal: Mapping[str, frozenset[str]]

    @cached_property
    def by_word(self) -> dict[str, set[int]]:
        """Ranks of the places that have a word in their names."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for rank, key in enumerate(self.keys):
            for word in key.split():
                found[word].add(rank)
        return found


def build_gazetteer(
    communes: pd.DataFrame,
    former: pd.DataFrame,
    *,
    postal: Mapping[str, frozenset[str]] | None = None,
    outside: pd.DataFrame | None = None,
) -> Gazetteer:
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
        outside={}
        if outside is None
        else dict(
            zip(
                outside["code_insee"].tolist(),
                zip(outside["name"].tolist(), outside["collectivite_name"].tolist(), strict=True),
                strict=True,
            )
        ),
        departements=frozenset(place.departement for place in current.values()),
        epci=_known(communes, "epci"),
        points=_points(communes),
        people=_known(communes, "population"),
        named_departements={
            normalise_name(name): code
            for code, name in zip(
                communes["departement"].tolist(), communes["departement_name"].tolist(), strict=True
            )
        }
        if "departement_name" in communes
        else {},
        postal=postal or {},
    )


def _known(communes: pd.DataFrame, column: str) -> dict[str, Any]:
    """Values of a column by code, those that are known; none without the column."""
    if column not in communes:
        return {}
    given = communes.loc[communes[column].notna(), ["code_insee", column]]
    return dict(zip(given["code_insee"].tolist(), given[column].tolist(), strict=True))


def _points(communes: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Place of each commune in space: a straight line between two is as long as the way on Earth,
    to a kilometre in a thousand."""
    if not {"lon", "lat"} <= set(communes.columns):
        return {}
    lon, lat = (np.radians(communes[axis].to_numpy("float64")) for axis in ("lon", "lat"))
    level = np.cos(lat)
    space = _EARTH_KM * np.column_stack([level * np.cos(lon), level * np.sin(lon), np.sin(lat)])
    return dict(zip(communes["code_insee"].tolist(), space, strict=True))


def departement_of(gazetteer: Gazetteer, text: str) -> str | None:
    """Code of the département that a text says: « 92 », « 092 », « 92.0 », « 92 - Hauts-de-Seine »,
    « Hauts-de-Seine »; None for anything else."""
    written = text.strip().upper()
    if number := _AREA.fullmatch(written):
        code = departement_code(number[1])
        known = [
            each for each in (code, code.lstrip("0").zfill(2)) if each in gazetteer.departements
        ]
        return known[0] if known else None
    named = gazetteer.named_departements
    return named.get(normalise_name(written)) or named.get(
        normalise_name(re.sub(r"(?i)^d[ée]p(?:artement|t)?\.?\s+(?:d(?:e|es|u)\s+)?", "", written))
    )


def checked_departements(
    gazetteer: Gazetteer, departements: Collection[str] | None
) -> frozenset[str] | None:
    """Départements asked for, as the COG writes them (None: all of France); refuses the unknown."""
    if not departements:
        return None
    written = [departements] if isinstance(departements, str) else list(departements)
    codes = {departement_of(gazetteer, text) or departement_code(text): text for text in written}
    if unknown := [code for code in codes if code not in gazetteer.departements]:
        raise PerimeterError(
            "Département inconnu.",
            defects=[Defect(f"« {one_line(codes[code])} »", "inconnu") for code in sorted(unknown)],
            remedy="donnez des numéros ou des noms de département : 45, 2A, Loiret.",
        )
    return frozenset(codes)


def in_scope(place: Place, scope: frozenset[str] | None) -> bool:
    """Tell whether a place lies in the départements looked at."""
    return scope is None or place.departement in scope
