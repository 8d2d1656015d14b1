"""Which clock a log is read on: that of the place where its calls were taken."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from cpts_geo.errors import AskedError, quoted
from cpts_geo.sources.analyst._tables.communes import commune_of, is_code_like
from cpts_geo.sources.codes import code_departements
from cpts_geo.sources.embedding.embedded import load_epci, load_former_communes, verified

#: Clock of métropole.
PARIS: Final = "Europe/Paris"
#: Clock of each département, or collectivité, that has not that of métropole; none moves in summer.
_ZONES: Final = {
    "971": "America/Guadeloupe",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}
#: Place whose clock each is, in French.
PLACES: Final = {
    PARIS: "de Paris",
    "America/Guadeloupe": "de la Guadeloupe",
    "America/Martinique": "de la Martinique",
    "America/Cayenne": "de la Guyane",
    "Indian/Reunion": "de La Réunion",
    "Indian/Mayotte": "de Mayotte",
}
#: « Saint-Joseph (974) », « 97480 Saint-Joseph ».
_DEPARTMENT: Final = re.compile(r"\(\s*(\d[\dab]\d?)\s*\)|\b(97\d)\d\d\b", re.IGNORECASE)


def zone_of(departments: Collection[str]) -> str | None:
    """Clock of départements, by their numbers; None for none, or for several clocks. Unknown ones
    are refused."""
    codes = {each.strip().upper().removesuffix(".0").zfill(2): each for each in departments}
    if not codes:
        return None
    known = {area for code in load_epci().index for area in code_departements(code)} | {*_ZONES}
    if unknown := sorted(codes.keys() - known):
        raise AskedError(
            "Département inconnu.",
            defects=[quoted(codes[code]) for code in unknown],
            remedy="donnez des numéros de département : 45, 2A, 974.",
        )
    zones = {_ZONES.get(code, PARIS) for code in codes}
    return zones.pop() if len(zones) == 1 else None


def zone_of_places(texts: pd.Series) -> str | None:
    """The only clock that all the communes of a column can have; None for none, or for several."""
    found = [zones for text in texts.unique() if (zones := _zones_of(text))]
    common = frozenset.intersection(*found) if found else frozenset()
    return next(iter(common)) if len(common) == 1 else None


def in_paris(time: datetime, offset: timedelta | None) -> datetime:
    """Local time of métropole; as written where there is no offset."""
    return time if offset is None else in_zone(time - offset, PARIS)


def in_zone(utc: datetime, zone: str) -> datetime:
    """Local time of a moment of UTC."""
    return utc.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _zones_of(text: str) -> frozenset[str]:
    """Clocks that a cell of communes may have; none for what is no commune."""
    place = commune_of(text)
    if place is None:
        return frozenset()
    if is_code_like(place):
        return frozenset({_zone_of_code(place)})
    if written := _DEPARTMENT.search(text):
        return frozenset({_ZONES.get(written[1] or written[2], PARIS)})
    return _zones_by_name()[place]


def _zone_of_code(code: str) -> str:
    """Clock of a commune by its code."""
    return _ZONES.get(code[:3], PARIS)


@cache
def _zones_by_name() -> dict[str, frozenset[str]]:
    """Clocks of the communes of each name, of today and of before."""
    today = pd.read_parquet(verified("communes.parquet"), columns=["code_insee", "name"])
    former = load_former_communes()[["former_code", "former_name"]].set_axis(today.columns, axis=1)
    every = pd.concat([today, former])
    zones = every["code_insee"].map(_zone_of_code).groupby(every["name"].to_numpy())
    return {str(name): frozenset(each) for name, each in zones}
