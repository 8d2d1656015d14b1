"""What a follow-up is asked of, checked: the communes of its territory, two periods that follow."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import AskedError, one_line, quoted
from cpts_geo.geography.cog.former import former_communes
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.sources.embedding.embedded import (
    load_arrondissements,
    load_communes,
    load_former_communes,
    load_perimeters,
)
from cpts_geo.study.follow_up._counting import Counts

_FOLLOWED: Final = "Ce registre ne peut pas être suivi ainsi."


def communes_of(
    scenario: Scenario, territory: str | None, perimeter: Path | None = None
) -> tuple[str, frozenset[str] | None]:
    """Key of the territory, names and codes of its communes, former ones too; None where its
    perimeter is neither of the package nor given."""
    if perimeter is not None:
        return scenario.territory, _named(_listed(perimeter, territory))
    members = load_perimeters()
    known = members["territory"].unique()
    key = scenario.territory if territory is None else territory
    if territory is not None and territory not in known:
        raise AskedError(
            f"Le territoire {quoted(territory)} n’a pas de périmètre connu.",
            remedy="donnez la clé d’une CPTS que « cpts-geo places » liste, ou retirez "
            "« --territory » : l’origine des demandes restera inconnue.",
        )
    if territory is not None and scenario.territory in known and scenario.territory != territory:
        raise AskedError(
            _FOLLOWED,
            defects=[
                f"scénario du territoire {quoted(scenario.territory)}, registre du territoire "
                f"{quoted(territory)}"
            ],
            remedy="donnez le scénario du territoire dont vous suivez le registre.",
        )
    own = members[(members["territory"] == key) & (members["remarque"] == "")]
    if own.empty:
        return key, None
    return key, _named(own)


def _named(own: pd.DataFrame) -> frozenset[str]:
    """Names and codes of communes, and of the former ones that they are made of."""
    former = load_former_communes()
    former = former[former["code_insee"].isin(own["code_insee"])]
    names = {*own["name"], *own["code_insee"], *former["former_name"].dropna()}
    return frozenset(names | {*former["former_code"]})


def _listed(perimeter: Path, territory: str | None) -> pd.DataFrame:
    """Communes of an analyst's own file, read as a report reads it."""
    if territory is not None:
        raise AskedError(
            _FOLLOWED,
            defects=["« --territory » et « --perimeter » disent tous deux le territoire"],
            remedy="donnez l’un ou l’autre.",
        )
    communes = load_communes()
    found = find_perimeters(
        Request(perimeter=perimeter),
        communes,
        former=former_communes(communes, fetched=True),
        arrondissements=load_arrondissements(),
    )
    if len(found.identity) > 1:
        raise AskedError(
            f"« {one_line(str(perimeter))} » dessine plusieurs territoires, et un registre est "
            "celui d’un seul.",
            defects=[f"« {one_line(str(name))} »" for name in found.identity["name"]],
            remedy="donnez le fichier d’un seul territoire.",
        )
    codes = found.members["code_insee"]
    # Arrondissements of a city are no communes of the table, and a registre writes the city.
    known = communes[communes["code_insee"].isin(codes)]
    return pd.DataFrame({"code_insee": known["code_insee"], "name": known["name"]})


def check_periods(now: Counts, before: Counts) -> None:
    """Refuse two registres of one period, or that overlap, in the wrong order, or of no common
    month."""
    spans = [(each.start, each.end) for each in (now, before)]
    said = [
        f"{name} : {_span(*each)}"
        for name, each in zip(("registre", "--previous"), spans, strict=True)
    ]
    months = [{*each.days.month} for each in (now, before)]
    why, remedy = "", "donnez à « --previous » le registre de l’année d’avant."
    if spans[0] == spans[1]:
        why = "Les deux registres sont de la même période."
    elif before.start <= now.end and now.start <= before.end:
        why = "Les deux registres se recouvrent : des demandes seraient comptées deux fois."
        remedy = "coupez-les à la même date, chacun sa période."
    elif before.start > now.end:
        why = "Le registre de « --previous » vient après l’autre."
        remedy = "échangez les deux fichiers."
    elif not months[0] & months[1]:
        why = "Les deux registres n’ont aucun mois en commun : rien n’y est comparable."
    if why:
        raise AskedError(why, defects=said, remedy=remedy)


def _span(first: date, last: date) -> str:
    """Two dates in words."""
    return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
