"""The finding that each part of the page begins with."""

from __future__ import annotations

import pandas as pd

from cpts_geo.atlas.look.vintages import newest_known
from cpts_geo.atlas.look.words import (
    capital,
    short_answer,
    slots,
    slots_text,
)
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import counted, duration, number, whole_percent
from cpts_geo.schema import COLUMNS, FACILITIES, TERRITORY
from cpts_geo.settings import APL_LOW_WORDS, SPOKEN_MINUTES
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study


def section(study: Study) -> dict[str, str]:
    """A finding by the name of its part of the page; what the part is about where none is known."""
    return {
        "map": _map(study.comparison),
        "beside": _beside(study.comparison),
        "need": _need(study.headline),
        "access": _access(study.access),
        "changes": _changes(study.access),
        "communes": _communes(study.figures),
    }


def _value(comparison: pd.DataFrame, family: str, level: str = TERRITORY.key) -> float | None:
    """The newest value of an indicator in the first area of a level; None where unknown."""
    for name in newest_known([family], comparison):
        rows = comparison[(comparison["indicator"] == name) & (comparison["area_level"] == level)]
        for value in rows["value"].dropna():
            return float(value)
    return None


def _map(comparison: pd.DataFrame) -> str:
    """How many live where the APL is low."""
    share = _value(comparison, "share_low_apl")
    if share is None:
        return "Le territoire et ses alentours"
    where = f"dans une commune où l’APL est inférieure à {APL_LOW_WORDS}"
    if not share:
        return f"Aucun habitant ne vit {where}"
    return f"{capital(whole_percent(share))} des habitants vivent {where}"


def _beside(comparison: pd.DataFrame) -> str:
    """The APL of the territory against that of France."""
    mine, france = _value(comparison, "apl"), _value(comparison, "apl", "france")
    if mine is None or france is None:
        return "Le territoire en chiffres"
    apl = COLUMNS[newest_known(["apl"], comparison)[0]]
    here, there = (number(value, apl.decimals) for value in (mine, france))
    if here == there:
        return f"Autant de consultations accessibles par habitant qu’en France : {here} par an"
    less = "moins" if mine < france else "plus"
    return f"{less.capitalize()} de consultations accessibles qu’en France : {here} contre {there}"


def _need(result: Headline | None) -> str:
    """The slots needed beside those of today, and what these serve."""
    if result is None:
        return "Le besoin du territoire"
    if not result.slots_per_day.p90:
        return "L’APL ne voit pas de besoin sans réponse"
    today = result.today
    if not result.scenario.has_own_line:
        return f"Besoin en créneaux par jour : {short_answer(result)}"
    text = f"Il faudrait {slots(result.slots_per_day.p50)} par jour"
    if today is None:
        return text
    share = whole_percent(today.served_at_median)
    return f"{text} ; les {slots_text(today.slots)} d’aujourd’hui servent {share} des demandes"


def _access(access: TerritoryAccess) -> str:
    """How many live near the care that is nearest."""
    rows = access.coverage
    for facility, minutes in SPOKEN_MINUTES.items():
        mine = rows[
            (rows["facility"] == facility)
            & (rows["minutes"] == minutes)
            & (rows["variant"] == "central")
            & rows["share"].notna()
        ]
        for share in mine["share"]:
            place = FACILITIES[facility].place
            within = f"à {duration(minutes, words=True)} au plus {place}"
            return f"{capital(whole_percent(float(share)))} des habitants vivent {within}"
    return "Les temps d’accès aux soins ne sont pas connus"


def _changes(access: TerritoryAccess) -> str:
    """What the first change of supply would make of the APL."""
    for shift in access.shifts:
        row = shift.means.to_dict("index")["central"]
        if pd.notna(row["after"]):
            before, after = number(row["before"], 2), number(row["after"], 2)
            moved = (
                f"passerait de {before} à {after}" if before != after else f"resterait à {after}"
            )
            return f"{shift.title} : l’APL {moved}"
    if access.opening and access.opening.proposed:
        return "Où ouvrir un centre ?"
    return "Changements de l’offre : non montrés"


def _communes(figures: pd.DataFrame) -> str:
    """How many communes, from the smallest to the largest."""
    count = counted(len(figures), "commune", "communes")
    people = figures.set_index("name")["population"].dropna().sort_values()
    if len(people) < 2:
        return count
    ends = (f"{name} ({number(value)} hab.)" for name, value in people.iloc[[0, -1]].items())
    return f"{count}, de {' à '.join(ends)}"
