"""The five CPTS of the package, computed when the documentation is built."""

from __future__ import annotations

from functools import cache

import pandas as pd

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.capacity.scenario.records import PUBLICS
from cpts_geo.french import joined, number, whole_percent
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study
from docs._ext.markdown import table


@cache
def five() -> Analysis:
    """All five, on the embedded data: the same figures wherever the page is built."""
    return analyse(Request(), Options(fetched=False))


def answers() -> str:
    """Slots a day that each territory calls for, for the public that its device admits."""
    header = ("CPTS", "Communes", "Habitants", "Public", "Créneaux par jour", "Étiquette")
    return table(header, [_answer(study) for study in five().studies.values()])


def _answer(study: Study) -> tuple[str, ...]:
    found = study.headline
    if found is None:
        return study.name, number(len(study.communes)), "", "", "donnée absente", ""
    slots, scenario = found.slots_per_day, found.scenario
    public = PUBLICS[scenario.public] if scenario.public else "aucun dispositif décrit"
    interval = f"{number(slots.p10)} à {number(slots.p90)}"
    # Without activity of its own, a territory has an order of magnitude, and no bold number.
    known = scenario.evidence[0] in "12"
    shown = f"**{number(slots.p50)}** ({interval})" if known else interval
    people = number(study.communes["population"].sum())
    return study.name, number(len(study.communes)), people, public, shown, scenario.evidence


def reach() -> str:
    """People near a GP and near emergencies, and where a centre would stand."""
    near, far = (f"{SPOKEN_MINUTES[facility]:g} min" for facility in ("gp", "emergency"))
    header = (
        "CPTS",
        f"À {near} d’un généraliste (de, à)",
        f"À {far} des urgences",
        "Meilleur lieu",
        "Si les urgences comptent aussi",
    )
    return table(header, [_reach(study.name, study.access) for study in five().studies.values()])


def _reach(name: str, access: TerritoryAccess) -> tuple[str, ...]:
    gp = _shares(access.coverage, "gp")
    emergency = _shares(access.coverage, "emergency")
    between = f"{gp['central']} ({gp['high']} à {gp['low']})"
    if access.opening is None:
        return name, between, emergency["central"], "", ""
    best, beside = (
        joined([str(access.names[code]) for code in sites])
        for sites in (access.opening.best, access.opening.farthest_first)
    )
    return name, between, emergency["central"], best, beside


def _shares(coverage: pd.DataFrame, facility: str) -> dict[str, str]:
    """Share of the people within the minutes spoken of, by variant."""
    rows = coverage[
        (coverage["facility"] == facility) & (coverage["minutes"] == SPOKEN_MINUTES[facility])
    ]
    return {row["variant"]: whole_percent(row["share"]) for _, row in rows.iterrows()}
