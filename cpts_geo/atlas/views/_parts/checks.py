"""The model held against what is known: other lines, a simulation, what counts cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.spans import Spans, spans_svg
from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.atlas.look.words import span
from cpts_geo.atlas.views.figures import audit_view
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View, unknown_view
from cpts_geo.capacity.checks.learnt import CONFOUNDED, groups_sentence
from cpts_geo.capacity.checks.structure import by_need_share, by_noted_calls
from cpts_geo.capacity.checks.verification import REFUTED, VERIFIED_SETTINGS, verification
from cpts_geo.capacity.need.interval import CHANCES, named_interval
from cpts_geo.french import capital, counted, number, percent, whole_percent
from cpts_geo.study.study import Study

#: One setting of so many is played again in a notebook, which waits; tests play them all.
_EVERY: Final = 2
_NO_CALLS: Final = (
    "Il faut le nombre d’appels d’une ligne et les créneaux qu’elle offre : ils ne sont pas "
    "publiés ici."
)


def checks_view(study: Study) -> View:
    """
    Show the known lines beside what the others predict of each.

    Parameters
    ----------
    study : Study
        Everything known of the territory.

    Returns
    -------
    View
        Its table is that of :func:`cpts_geo.capacity.need.learning.leave_one_out`.
    """
    audit = audit_view(study)
    parts: dict[str, tuple[str, Callable[[], View]]] = {
        "groups": ("sans un groupe de lignes", lambda: _groups_view(study)),
        "simulation": ("le calcul et une simulation", _simulation_view),
        "calls": ("ce que des comptes ne disent pas", lambda: _calls_view(study)),
        "noted": ("ce que noter des appels apprendrait", lambda: _noted_view(study)),
        "gaps": (audit.parts["gaps"], lambda: audit["gaps"]),
    }
    checked = study.common.lines_checked
    return View(
        f"{study.name} : le modèle et les lignes connues",
        ["views/lines.html.j2"],
        lambda: {"lines": _lines(study, checked)},
        value=checked,
        table=checked,
        parts=parts,
    )


def _lines(study: Study, checked: pd.DataFrame) -> dict[str, Any]:
    """What the template shows of the known lines."""
    rows = checked.to_dict("records")
    inside = int(checked["inside"].sum())
    outside = [row for row in rows if not row["inside"]]
    said = [
        f"{counted(inside, 'ligne', 'lignes')} sur {number(len(rows))} : la médiane de leur propre "
        f"compte tombe dans ce que les autres prédisent ({CHANCES}). Si peu de lignes ne suffisent "
        "ni à confirmer le modèle, ni à l’infirmer."
    ]
    if outside:
        names = " ; ".join(f"{row['name']} (rang {percent(row['rank'], 0)})" for row in outside)
        said.append(
            f"En dehors : {names}. Une ligne qui surprend ne réfute rien à elle seule : un "
            "territoire qui a ses propres comptes répond d’eux."
        )
    own = study.capacity.surprise if study.capacity else None
    if own is not None:
        verdict = "n’ont rien de surprenant" if own.inside else "surprennent"
        said.append(
            f"Ici : les demandes que la réponse retient, d’après les chiffres de la ligne, "
            f"{verdict} ; les autres lignes prédisent moins dans {percent(own.rank, 0)} des "
            "situations."
        )
    found = [
        Spans(row["name"], named_interval(row, "predicted"), named_interval(row, "own"))
        for row in rows
    ]
    each = " ; ".join(
        f"{one.label} : {span(one.first.p10, one.first.p90)} prédites, "
        f"{span(one.second.p10, one.second.p90)} d’après son compte"
        for one in found
    )
    chart = spans_svg(
        found,
        names=("prédites par les autres lignes", "d’après son propre compte"),
        unit="demandes par an",
        title=f"Demandes par an. {each}",
    )
    return {
        "chart": Markup(chart),
        "sentences": said,
        "rows": [
            [
                *plain_cells(row["name"], row["kind"], row["saturated"]),
                Cell(number(one.first.p50), origin=span(one.first.p10, one.first.p90)),
                Cell(number(one.second.p50), origin=span(one.second.p10, one.second.p90)),
                Cell(percent(row["rank"], 0)),
                *plain_cells(row["grade"]),
            ]
            for row, one in zip(rows, found, strict=True)
        ],
        "note": "Chaque ligne est mise de côté à son tour. Rang : la part de ce que les autres "
        "prédisent qui est au-dessous de la médiane de son compte ; au milieu, elle leur "
        "ressemble, aux deux bouts, elle surprend. Le compte d’une ligne pleine n’est qu’un "
        "minimum.",
    }


def _groups_view(study: Study) -> View:
    """Slots without each group of known lines."""
    title = f"{study.name} : la réponse sans un groupe de lignes"
    table, result = study.line_groups, study.headline
    if table is None or result is None or table.empty:
        return unknown_view(
            title,
            "La réponse d’ici ne s’apprend pas d’autres lignes, ou n’existe pas : en retirer ne "
            "changerait rien.",
        )
    needed = result.slots_per_day
    every = ["aucune", "", needed.p50, span(needed.p10, needed.p90)]
    rows = [
        [row["group"], row["lines"], row["slots_p50"], span(row["slots_p10"], row["slots_p90"])]
        for row in table.to_dict("records")
    ]
    return table_view(
        title,
        table,
        lead=[CONFOUNDED, groups_sentence(table, slots=needed.p50)],
        headers=["Lignes laissées de côté", "Lesquelles", "Créneaux par jour", capital(CHANCES)],
        rows=[
            [*plain_cells(group, lines), Cell(number(middle)), Cell(ends)]
            for group, lines, middle, ends in (every, *rows)
        ],
    )


def _simulation_view() -> View:
    """The exact chain beside a simulation, and a chain wrong on purpose beside the same."""
    played = VERIFIED_SETTINGS[::_EVERY]
    table = verification(played)
    largest = table["z"].abs().max()
    of_setting = np.repeat(range(len(played)), 2)
    caught = int((table["wrong_z"].abs().groupby(of_setting).max() > REFUTED).sum())
    passed = "aucun n’est" if largest <= REFUTED else "un au moins est"
    rows = []
    for row in table[table["measure"] == "served"].to_dict("records"):
        irregular = "" if row["dispersion"] == 1 else f" × {number(row['dispersion'])}"
        days = "inégaux" if row["weekly"] else "égaux"
        rows.append(
            [
                Cell(number(row["arrivals_per_day"], 1)),
                Cell(number(row["slots"], 0 if float(row["slots"]).is_integer() else 1)),
                Cell(number(row["deadline_days"])),
                *plain_cells(f"{days}{irregular}"),
                Cell(number(row["requests"])),
                Cell(percent(row["chain"])),
                Cell(percent(row["simulated"])),
                Cell(number(row["z"], 1)),
                Cell(number(row["wrong_z"], 1)),
            ]
        )
    return table_view(
        "Le calcul de la file et une simulation patient par patient",
        table,
        lead=[
            f"Sur {number(len(table))} comparaisons (part servie, part vue le jour même), {passed} "
            f"à plus de {number(REFUTED)} erreurs-types de la simulation ; le plus grand écart est "
            f"de {number(largest, 1)}.",
            "Une épreuve que tout réussit ne vaut rien : la même file, volontairement fausse d’un "
            f"créneau de trop, y échoue {number(caught)} fois sur {number(len(played))}.",
        ],
        headers=[
            "Demandes par jour", "Créneaux par jour", "Délai (jours)", "Jours", "Demandes jouées",
            "Servies : calcul", "Simulation", "Écart (erreurs-types)", "Écart, calcul faux",
        ],
        rows=rows,
        more="La simulation ignore le calcul : elle joue chaque demande, cherche le premier "
        "créneau libre et compte. « × » : variance des demandes d’un jour, en multiples du hasard. "
        "Cette épreuve dit que le calcul est juste, pas que le monde est celui du modèle.",
    )  # fmt: skip


def _calls_view(study: Study) -> View:
    """What the line would have served for each share of its calls that deserve a slot."""
    title = f"{study.name} : ce que des consultations comptées ne disent pas"
    table = pd.DataFrame() if study.headline is None else by_need_share(study.headline)
    if table.empty:
        return unknown_view(title, _NO_CALLS)
    return table_view(
        title,
        table,
        lead=[
            "Quelle part des appels relevait d’une consultation ? Voici ce que la ligne aurait "
            "donné pour chaque valeur supposée, avec ses créneaux d’aujourd’hui. Là où la colonne "
            "des consultations ne bouge plus, les compter ne dit rien du besoin ; les refus, eux, "
            "le suivent toujours."
        ],
        headers=[
            "Part des appels", "Demandes par jour", "Consultations par an", "Refus par an",
            "Vues le jour même", "Créneaux qu’il faudrait",
        ],
        rows=[
            [
                Cell(percent(row["need_share"], 0)),
                Cell(number(row["requests_per_day"], 1)),
                Cell(number(row["consultations"])),
                Cell(number(row["refusals"])),
                Cell(whole_percent(row["same_day"])),
                Cell(number(row["slots"])),
            ]
            for row in table.to_dict("records")
        ],
    )  # fmt: skip


def _noted_view(study: Study) -> View:
    """How far noting the outcome of some calls would narrow the answer."""
    title = f"{study.name} : noter si chaque appel relevait d’une consultation"
    common, result = study.common, study.headline
    table = pd.DataFrame()
    if result is not None:
        table = by_noted_calls(result, lines=common.lines, draws=common.draws, seed=common.seed)
    if table.empty:
        return unknown_view(title, _NO_CALLS)
    rows = []
    for row in table.to_dict("records"):
        noted = bool(row["calls"])
        rows.append(
            [
                Cell(number(row["calls"]) if noted else "aucun (aujourd’hui)"),
                Cell(number(row["days"], 1) if noted else "—"),
                Cell(f"{percent(row['need_p10'], 0)} à {percent(row['need_p90'], 0)}"),
                Cell(number(row["slots_p50"])),
                Cell(span(row["slots_p10"], row["slots_p90"])),
            ]
        )
    return table_view(
        title,
        table,
        headers=[
            "Appels notés", "Jours de ligne", "Part qui relève d’une consultation",
            "Créneaux par jour", capital(CHANCES),
        ],
        rows=rows,
        more="Exemple : la moitié des appels notés relèveraient d’une consultation (D). Étalez ce "
        "relevé sur plusieurs semaines et plusieurs saisons : une seule semaine ne vaut que pour "
        "elle.",
    )  # fmt: skip
