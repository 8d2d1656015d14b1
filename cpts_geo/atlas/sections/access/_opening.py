"""« Où ouvrir un lieu de SNP ? »."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any, Final

import pandas as pd

from cpts_geo.access.travel.surrogate import VARIANT_NAMES
from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.sections.access._minutes import (
    coverage_headers,
    figure_cells,
)
from cpts_geo.atlas.sections.access.words import named
from cpts_geo.capacity.scenario.supply import SITE_WORDS
from cpts_geo.french import capital, counted, duration, number, rough
from cpts_geo.schema import TIME_UNIT, Status
from cpts_geo.settings import SPOKEN_MINUTES
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.opening import TIE_MINUTES, Opening

#: Nothing is proposed where nothing would be gained.
NOWHERE = "Aucun lieu du territoire ne rapprocherait quelqu’un d’un lieu de soins sans rendez-vous."
#: Why the best place is not proposed.
_DOUBTS: Final = {
    "small": "tout le besoin tient en moins d’une demi-journée de consultation par semaine",
    "tied": "le meilleur change selon la répartition de la demande, et le suivant n’en est qu’à "
    f"moins de {duration(TIE_MINUTES, words=True)} en moyenne",
}


def opening_answer(found: Opening, access: TerritoryAccess) -> str:
    """Say where to open, emergency departments counted, then where if they do not count."""
    if not found.helpful:
        return NOWHERE
    first, *others = found.helpful
    more = " de plus" if found.existing else ""
    count = len(first)
    met = " trouvés" if found.gap else ""
    where = f"les meilleurs endroits{met} pour {number(count)} lieux de SNP{more} sont "
    if count == 1:
        where = f"le meilleur endroit{met[:-1]} pour un lieu de SNP{more} est "
    counts = found.emergencies_known and found.today and found.best != found.farthest_first
    head = where if counts else f"pour que chacun soit le plus près possible, {where}"
    if counts and first == found.farthest_first:
        head = f"les urgences comptant déjà comme un recours, {where}"
    reserve = ""
    if found.doubt:
        reserve = f"Aucun lieu n’est proposé : {_DOUBTS[found.doubt]}. "
        head = f"à titre indicatif, {head}"
    texts = [
        f"{reserve}{capital(head)}{named(first, access.names)}.",
        gain_sentence(found, access, first),
    ]
    texts += [
        f"Si les urgences ne comptaient pas, ce serait {named(sites, access.names)}. "
        f"{gain_sentence(found, access, sites)}"
        for sites in others
    ]
    return " ".join(texts)


def stability_sentence(found: Opening, access: TerritoryAccess) -> str:
    """Say what the best place without emergency departments gives, and whether it holds."""
    rows = found.solutions[found.solutions["allocation"] == found.solutions["allocation"].iloc[0]]
    first = rows.iloc[0]
    far = access.names.get(first["worst_commune"], first["worst_commune"])
    inside = [code for code in found.best if code in found.today]
    served = ", où il y a déjà un service d’urgences ou un lieu de SNP" if inside else ""
    if served and len(inside) < len(found.best):
        served += f" ({named(inside, access.names)})"
    same = "encore " if found.best == found.farthest_first else ""
    text = (
        f"Sans compter les urgences, ce serait {same}{named(found.best, access.names)}{served} : "
        f"{duration(first['mean_minutes'], words=True)} en moyenne, "
        f"{number(first['worst_minutes'])} pour la commune la plus éloignée ({far}), "
        f"{access.times.series.whose}."
    )
    text = f"{text} {_holds(found, access)}"
    if found.best not in found.helpful:
        text += (
            " Mais ouvrir là ne rapprocherait personne d’un lieu de soins sans rendez-vous : ce "
            "choix n’est pas proposé."
        )
    return text


def _holds(found: Opening, access: TerritoryAccess) -> str:
    """Say whether the answer depends on the allocation of the demand, or on the times."""
    others = {name: sites for name, sites in found.by_variant.items() if sites != found.best}
    parts = []
    if found.stability is None:
        parts.append(
            "Une seule répartition de la demande, proportionnelle : l’APL, qui donnerait les "
            "autres, est inconnue ici."
        )
    elif found.best not in found.stability.common:
        regrets = found.stability.regrets
        mine = regrets[regrets["sites"] == found.best]
        worst = float((mine["regret"] / found.requests_per_day).max())
        parts.append(
            "Le meilleur choix change selon la répartition de la demande ; celui-ci coûte au pire "
            f"{duration(worst, 1, words=True)} par demande de plus que le meilleur."
        )
    else:
        count = found.solutions["allocation"].nunique()
        parts.append(f"Ce choix est le même pour les {count} répartitions de la demande essayées.")
    if others:
        words = " et ".join(
            f"{named(sites, access.names)} avec la variante {VARIANT_NAMES[name]}"
            for name, sites in others.items()
        )
        parts.append(f"Ce serait {words} des temps.")
    elif len(found.by_variant) > 1:
        parts.append("Il ne dépend pas de la variante des temps.")
    return " ".join(parts)


def gain_sentence(found: Opening, access: TerritoryAccess, sites: tuple[str, ...]) -> str:
    """Say how many people some sites bring within the time of a centre, and the mean time."""
    if not found.emergencies_known:
        return (
            "Les services d’urgences autour du territoire ne sont pas tous connus : le temps "
            "d’aujourd’hui, et donc le gain, ne peut pas être compté."
        )
    if not found.today:
        return (
            "Aucun service d’urgences ni lieu de SNP dans les temps connus : le gain ne peut pas "
            "être compté."
        )
    gain = found.gain(sites)
    assert gain is not None
    people, (before, after) = gain.people, gain.minutes
    many = "Un nombre inconnu d’habitants"
    if pd.notna(people):
        about = counted(rough(people), "habitant", "habitants")
        many = (
            (about if rough(people) == people else f"Environ {about}")
            if people
            else ("Aucun habitant")
        )
    verb = "seraient" if people >= 2 else "serait" if people != 0 else "ne serait"
    text = f"{many} de plus {verb} à {duration(SPOKEN_MINUTES['centre'], words=True)} au plus"
    if pd.notna(before) and pd.notna(after):
        text += (
            " ; le service d’urgences ou le lieu de SNP le plus proche serait à "
            f"{duration(after, words=True)} en moyenne, contre {number(before)}"
        )
    return text + "."


def proof_sentence(found: Opening) -> str:
    """Say that no other choice is better, or by how much one might be."""
    if not found.gap:
        return (
            "Toutes les communes du territoire ont été envisagées, et aucun autre choix ne fait "
            "mieux"
        )
    within = "à une distance inconnue du meilleur possible"
    if math.isfinite(found.gap):
        # Rounded up: what is promised holds.
        share = number(math.ceil(1000 * found.gap) / 10, 1)
        within = f"à moins de {share} % du meilleur possible"
    return (
        "Toutes les communes du territoire étaient possibles, mais il y a trop de choix pour les "
        f"essayer tous : les lieux donnés sont {within}"
    )


def capacity_sentence(found: Opening, access: TerritoryAccess) -> str:
    """Say how many sites the requests call for."""
    text = (
        f"Demande à servir : {number(found.requests_per_day, 1)} par jour d’ouverture. Un lieu "
        f"de SNP de {found.site_slots} créneaux par jour ({SITE_WORDS}) peut en servir "
        f"{number(found.site_capacity, 1)} en tenant l’objectif : "
    )
    small = found.doubt == "small"
    text += "ce besoin n’en remplit pas un" if small else f"il en faut {number(found.sites_needed)}"
    if found.existing:
        open_now = named(found.existing, access.names)
        text += f", et {open_now} en {'a' if len(found.existing) == 1 else 'ont'} déjà un"
        if found.sites_needed <= len(found.existing):
            text += " ; un de plus se justifierait par la distance, pas par le nombre de créneaux"
    text += "."
    # Beyond what is shown of it: the same number twice would be no reason.
    heavy = found.loads[found.loads.round(1) > round(found.site_capacity, 1)]
    if len(heavy):
        verb = "recevrait" if len(heavy) == 1 else "recevraient jusqu’à"
        first = found.best == found.helpful[0] if found.helpful else True
        nearest = "Si chacun va au plus près" + ("" if first else ", urgences non comptées")
        text += (
            f" {nearest}, {named(list(heavy.index), access.names)} {verb} "
            f"{number(float(heavy.max()), 1)} demandes par jour, plus qu’un lieu de SNP ne peut en "
            "servir."
        )
    if found.sites_needed > len(found.existing) + len(found.best):
        looked = counted(len(found.best), "lieu est cherché", "lieux sont cherchés")
        text += f" Ici, {looked} seulement."
    if found.left_out:
        why = "aucune route vers" if access.approximate else "aucun temps connu vers"
        text += (
            f" {named(found.left_out, access.names)} : {why} les autres communes, hors de ce "
            "calcul."
        )
    return text


def site_headers(found: Opening) -> list[str]:
    """Columns of the best sites after the first two: minutes under each allocation."""
    return [
        f"{TIME_UNIT.many.capitalize()} en moyenne : demande {name}" for name in _allocations(found)
    ]


def site_rows(found: Opening, access: TerritoryAccess) -> list[list[Cell]]:
    """Best sites by the first allocation: people, mean minutes under each, the farthest."""
    status = Status.ASSUMED.value
    rows = []
    first = found.solutions[found.solutions["allocation"] == _allocations(found)[0]]
    for row in first.to_dict("records"):
        cells = [
            Cell(named(row["sites"], access.names), numeric=False),
            Cell(number(float(access.population[list(row["sites"])].sum()))),
        ]
        for allocation in _allocations(found):
            mean = _mean_under(found, row, allocation)
            cells.append(Cell(number(mean, 1), status=status))
        far = access.names.get(row["worst_commune"], row["worst_commune"])
        cells.append(Cell(f"{far} : {duration(row['worst_minutes'])}", status=status))
        rows.append(cells)
    return rows


def _allocations(found: Opening) -> Sequence[str]:
    """Allocations of the demand that were tried, in order."""
    return list(dict.fromkeys(found.solutions["allocation"]))


def _mean_under(found: Opening, row: dict[Hashable, Any], allocation: str) -> float:
    """Mean minutes of a request to the sites of a row, under an allocation."""
    if found.stability is None:
        return float(row["mean_minutes"])
    judged = found.stability.regrets
    mine = judged[(judged["sites"] == row["sites"]) & (judged["allocation"] == allocation)]
    return float(mine["objective"].iloc[0]) / found.requests_per_day


def gain_rows(found: Opening, access: TerritoryAccess) -> list[Row]:
    """Today, then with each proposed site: shares within each time, mean, p90, the farthest."""
    if not found.today or not found.gains or not found.helpful:
        return []
    status = Status.ESTIMATED.value
    before: pd.Series = found.gains[found.helpful[0]].T["before"]
    how = f"{access.times.series.whose} ({access.times.grade})"
    tables = [("Aujourd’hui", f"{named(found.today, access.names)} ; {how}", before)]
    for sites in found.helpful:
        title = f"Avec un lieu de SNP : {named(sites, access.names)}"
        tables.append((title, how, found.gains[sites].T["after"]))
    rows = []
    for title, detail, figures in tables:
        cells = figure_cells(figures, status)
        far = access.names.get(figures["worst_commune"], figures["worst_commune"])
        cells.append(Cell(f"{far} : {duration(figures['worst_minutes'])}", status=status))
        rows.append(Row(title, detail, tuple(cells)))
    return rows


def section(found: Opening, access: TerritoryAccess) -> dict[str, Any]:
    """What the template shows: where to open, what it changes, whether it carries the demand."""
    answer = {"answer": opening_answer(found, access), "helpful": bool(found.helpful)}
    if not found.helpful:
        return answer
    return {
        **answer,
        "stability": stability_sentence(found, access),
        "capacity": capacity_sentence(found, access),
        "proof": proof_sentence(found),
        "whose": access.times.series.whose,
        "approximate": access.approximate,
        "headers": site_headers(found),
        "rows": site_rows(found, access),
        "gain_headers": coverage_headers(),
        "gains": gain_rows(found, access),
    }
