"""Several territories: where the APL sees no gap, what their lines would save together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, cast

import pandas as pd

from cpts_geo.access.travel.times import minutes_matrix
from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.atlas.look.words import deadline, span
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View, unknown_view
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.capacity.workforce.pooling import pool_within
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.french import counted, duration, joined, number
from cpts_geo.schema import TIME_UNIT, Status
from cpts_geo.settings import MINUTES_BANDS
from cpts_geo.study.opening import siting_times
from cpts_geo.study.study import Study

#: Minutes between the largest communes of territories put together, at most.
_FAR: Final = MINUTES_BANDS[-1]


def several_parts(studies: Sequence[Study]) -> dict[str, tuple[str, Callable[[], View]]]:
    """
    Make the parts of what several territories show.

    Parameters
    ----------
    studies : sequence of Study
        In order.

    Returns
    -------
    dict of str to (str, callable)
        Parts of a :class:`cpts_geo.atlas.views.view.View`.

    Examples
    --------
    >>> {key: words for key, (words, _) in several_parts([]).items()}
    {'gap': 'le besoin sans réponse', 'together': 'des lignes mises en commun'}
    """
    return {
        "gap": ("le besoin sans réponse", partial(_gap_view, studies)),
        "together": ("des lignes mises en commun", partial(_together_view, studies)),
    }


def _gap_view(studies: Sequence[Study]) -> View:
    """The gap of each territory, those where the APL sees none first."""
    table = pd.DataFrame(
        [
            {"territory": study.key, "name": study.name, "population": study.outline["population"]}
            | {
                f"{name}_{end}": cast("float", ladder.at[name, end])
                / study.scenario.opening_days_per_year
                for name in ("need", "gap")
                for end in ("p10", "p50", "p90")
                if (ladder := study.need_ladder) is not None
            }
            for study in studies
        ]
    )
    title = "Le besoin sans réponse sur place"
    if "gap_p50" not in table:
        return unknown_view(title, "L’APL n’est publiée pour aucun de ces territoires.")
    table = table.sort_values("gap_p50", kind="stable", ignore_index=True)
    none = int((table["gap_p50"] == 0).sum())
    where = counted(none, "territoire", "territoires")
    rows = []
    for row in table.to_dict("records"):
        cells = [Cell("inconnu", status=Status.UNKNOWN.value)] * 2
        seen = "APL inconnue"
        if pd.notna(row["gap_p50"]):
            cells = [
                Cell(span(row[f"{name}_p10"], row[f"{name}_p90"]), status=Status.ESTIMATED.value)
                for name in ("need", "gap")
            ]
            seen = "oui" if row["gap_p50"] else "guère" if row["gap_p90"] else "non"
        rows.append(
            [*plain_cells(row["name"]), Cell(number(row["population"])), *cells, *plain_cells(seen)]
        )
    said = f"L’APL ne voit aucun manque, à la médiane, dans {where} sur {number(len(table))}."
    if not none:
        said = "À la médiane, l’APL voit un manque partout où elle est connue."
    return table_view(
        title,
        table,
        lead=[said],
        headers=[
            "Territoire", "Habitants", "Besoin par jour d’ouverture", "Sans réponse sur place",
            "L’APL voit-elle un manque ?",
        ],
        rows=rows,
        more=f"Demandes non programmées par jour d’ouverture ({CHANCES}) : un ordre de grandeur, "
        "jamais un objectif.",
    )  # fmt: skip


def _together_view(studies: Sequence[Study]) -> View:
    """Slots of the lines of territories that are near one another, apart and put together."""
    title = "Des lignes mises en commun"
    asked = {
        study.name: (study, study.headline)
        for study in studies
        if study.headline is not None and study.headline.requests_per_day.p50
    }
    if len(asked) < 2:
        return unknown_view(title, "Il faut au moins deux territoires où une demande est attendue.")
    # One line for several has one rule: that of the first.
    first, _ = next(iter(asked.values()))
    towns = {
        name: str(
            study.figures.sort_values("population", na_position="first")["code_insee"].iloc[-1]
        )
        for name, (study, _) in asked.items()
    }
    field = first.common.surroundings.field
    times = siting_times(field, list(towns.values()), given=first.common.surroundings.given)
    known = {name: code for name, code in towns.items() if code in times["central"].destinations}
    minutes = minutes_matrix(
        times["central"], origins=list(known.values()), destinations=list(known.values())
    )
    minutes = minutes.set_axis(list(known), axis=0).set_axis(list(known), axis=1)
    demand = pd.Series({name: asked[name][1].requests_per_day.p50 for name in known})
    rules = first.scenario.rules
    try:
        table = pool_within(demand, minutes, max_minutes=_FAR, rules=rules)
    except DemandTooLargeError as error:
        return unknown_view(title, error.summary)
    apart, saved = int(table["slots_apart"].sum()), int(table["saved"].sum())
    return table_view(
        title,
        table,
        lead=[
            f"Chacun de son côté, il faudrait en tout {number(apart)} créneaux par jour ; réunis à "
            f"moins de {duration(_FAR, words=True)}, ils en épargneraient {number(saved)}."
        ],
        headers=[
            "Lignes réunies", "Demandes par jour", f"Trajet le plus long ({TIME_UNIT.many})",
            "Créneaux, séparées", "Ensemble",
        ],
        rows=[
            [
                *plain_cells(joined(list(row["members"]))),
                Cell(number(row["requests_per_day"], 1)),
                Cell(number(row["longest_minutes"])),
                Cell(number(row["slots_apart"])),
                Cell(number(row["slots_pooled"]), status=Status.ASSUMED.value),
            ]
            for row in table.to_dict("records")
        ],
        more=f"Demande médiane de chacun, servie {deadline(rules.deadline_days)} ; temps entre les "
        "communes les plus peuplées de chaque territoire. Les demandes sont supposées "
        "indépendantes : une épidémie qui frappe partout réduit ce que l’on épargne (D).",
    )  # fmt: skip
