"""The finding that each part of the page begins with."""

from __future__ import annotations

import pandas as pd

from cpts_geo.atlas.look.vintages import newest_known, value_of
from cpts_geo.atlas.look.words import (
    lever_finding,
    low_apl_finding,
    near_finding,
    need_finding,
    shift_finding,
)
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.french import counted, number, whole_percent
from cpts_geo.schema import COLUMNS, FRANCE
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study


def section(study: Study) -> dict[str, str]:
    """A finding by the name of its part of the page; what the part is about where none is known."""
    return {
        "map": _map(study),
        "beside": _beside(study.comparison),
        "need": _need(study),
        "access": _access(study.access),
        "changes": _changes(study),
        "communes": _communes(study.figures),
    }


def _map(study: Study) -> str:
    """How many live where the APL is low, at the vintage that the map opens on."""
    apl = territory_layers(study.communes)[0].column
    return low_apl_finding(study.comparison, apl) or "Le territoire et ses alentours"


def _beside(comparison: pd.DataFrame) -> str:
    """The APL of the territory against that of France."""
    apl = COLUMNS[newest_known(["apl"], comparison)[0]]
    mine = value_of(apl.name, comparison)
    france = value_of(apl.name, comparison, level=FRANCE.key)
    if pd.isna(mine) or pd.isna(france):
        return "Le territoire en chiffres"
    here, there = (number(value, apl.decimals) for value in (mine, france))
    if here == there:
        return f"Autant de consultations accessibles par habitant qu’en France : {here} par an"
    less = "moins" if mine < france else "plus"
    return f"{less.capitalize()} de consultations accessibles qu’en France : {here} contre {there}"


def _need(study: Study) -> str:
    """The slots needed beside those of today, and what these serve."""
    result, said = study.headline, need_finding(study)
    if result is None or result.today is None:
        return said
    if result.at_least is not None or not result.scenario.has_own_line:
        return said
    return f"{said}, qui servent {whole_percent(result.today.served_at_median)} des demandes"


def _access(access: TerritoryAccess) -> str:
    """How many live near the care that is nearest."""
    return (
        near_finding(access.coverage, on_spot=bool(access.on_spot))
        or "Les temps d’accès aux soins ne sont pas connus"
    )


def _changes(study: Study) -> str:
    """What the lever put forward would serve, else what a change of supply makes of the APL."""
    access = study.access
    if study.capacity and study.headline:
        target = study.headline.scenario.target
        if all(found := lever_finding(study.capacity.levers, target=target)):
            return " : ".join(found)
    known = next(filter(None, map(shift_finding, access.shifts)), "")
    if known:
        return known
    if access.opening and access.opening.helpful:
        return "Où ouvrir un lieu de SNP ?"
    return "Leviers et changements de l’offre" if study.capacity else _NO_CHANGE


#: Heads the part where nothing that it could show is known.
_NO_CHANGE = "Changements de l’offre : non montrés"


def _communes(figures: pd.DataFrame) -> str:
    """How many communes, from the smallest to the largest."""
    count = counted(len(figures), "commune", "communes")
    people = figures.set_index("name")["population"].dropna().sort_values()
    if len(people) < 2:
        return count
    ends = (f"{name} ({number(value)} hab.)" for name, value in people.iloc[[0, -1]].items())
    return f"{count}, de {' à '.join(ends)}"
