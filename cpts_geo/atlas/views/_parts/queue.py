"""The booking queue of a territory: who waits, what rules, shocks and pooling would change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import deadline, goal, slots, slots_text, span
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View, unknown_view
from cpts_geo.capacity.answer.deadlines import waits
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.checks.structure import by_structure
from cpts_geo.capacity.comparing.shocks import EPIDEMIC, LEAVE, shocks
from cpts_geo.capacity.need.interval import CHANCES
from cpts_geo.capacity.workforce.pooling import pooled_slots
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.french import UNKNOWN_TEXT, capital, counted, number, percent, whole_percent
from cpts_geo.schema import Status
from cpts_geo.study.study import Study

#: Parts of a queue, by their key.
QUEUE_PARTS: Final = {
    "rules": "d’autres règles, une autre saison",
    "shocks": "un pont, une épidémie, un congé",
    "together": "des lignes mises en commun",
}
#: Lines put together.
_TOGETHER: Final = (1, 2, 5, 10)
#: Nothing waits where nobody is expected.
NOBODY: Final = (
    "Le modèle n’attend ici aucune demande à la médiane : l’APL ne voit pas de besoin sans "
    "réponse, et il n’y a pas de file à décrire."
)
_DAYS_ALIKE: Final = (
    "Jours de la semaine supposés égaux ; demandes au hasard autour de leur moyenne (D)."
)


def queue_view(study: Study, result: Headline) -> View:
    """
    Show how long requests wait for some numbers of slots and deadlines.

    Parameters
    ----------
    study : Study
        Everything known of the territory.
    result : Headline
        Its answer.

    Returns
    -------
    View
        Its table is that of :func:`cpts_geo.capacity.answer.deadlines.waits`.
    """
    makers = (_structure_view, _shocks_view, _together_view)
    parts = {
        key: (words, partial(make, study, result))
        for (key, words), make in zip(QUEUE_PARTS.items(), makers, strict=True)
    }
    title = f"{study.name} : qui attend, et combien"
    table = waits(result)
    if table.empty:
        return unknown_view(title, NOBODY, parts=parts)
    return View(
        title, ["views/waits.html.j2"], {"waits": _waits(result, table)}, table=table, parts=parts
    )


def _waits(result: Headline, table: pd.DataFrame) -> dict[str, Any]:
    """What the template shows of the requests that wait."""
    days, demand = result.scenario.deadline_days, result.requests_per_day.p50
    own = table[table["deadline_days"] == days]
    # The last of the colours is that of the farthest: those who find nothing.
    words = [
        "le jour même",
        "le lendemain ouvré",
        *(f"{k} jours après" for k in range(2, days + 1)),
    ]
    stacks = []
    for row in own.to_dict("records"):
        seen = [(words[k], 100 * row[f"after_{k}"], min(k + 1, 4)) for k in range(days + 1)]
        title = slots(row["slots"]) + (" (aujourd’hui)" if row["is_today"] else "")
        stacks.append((title, [*seen, ("aucun créneau dans le délai", 100 * row["lost"], 5)]))
    rows = []
    for count, group in table.groupby("slots"):
        cells = [
            Cell(
                whole_percent(row["served"]),
                status=Status.ESTIMATED.value,
                origin=f"dont {whole_percent(row['after_0'])}" if row["deadline_days"] else "",
            )
            for row in group.to_dict("records")
        ]
        detail = "aujourd’hui" if group["is_today"].any() else ""
        rows.append(Row(slots_text(float(str(count))), detail, tuple(cells)))
    return {
        "stacks": stacks,
        "headers": [capital(deadline(k)) for k in sorted(set(table["deadline_days"]))],
        "rows": rows,
        "note": f"À la demande médiane, {number(demand, 1)} par jour d’ouverture. {_DAYS_ALIKE} "
        "Une demande sans créneau dans le délai est comptée comme perdue : dans la vie, elle "
        "rappelle, "
        "va ailleurs ou renonce.",
    }


def _slots_cells(row: Mapping[Any, Any]) -> list[Cell]:
    """Median slots, then the interval; a dash beyond one queue."""
    if pd.isna(row["slots_p50"]):
        return [Cell("trop pour une file"), Cell("")]
    status = Status.ESTIMATED.value
    return [
        Cell(number(row["slots_p50"]), status=status),
        Cell(span(row["slots_p10"], row["slots_p90"])),
    ]


def _structure_view(study: Study, result: Headline) -> View:
    """Slots under other rules, seasons and shares of calls."""
    common = study.common
    table = by_structure(result, lines=common.lines, draws=common.draws, seed=common.seed)
    return table_view(
        f"{study.name} : si les règles ou la saison changeaient",
        table,
        headers=["Une seule chose change", "Créneaux par jour", capital(CHANCES)],
        rows=[
            [Cell(row["words"], numeric=False), *_slots_cells(row)]
            for row in table.to_dict("records")
        ],
        more=f"Créneaux pour que {goal(result)}, sauf ligne contraire. Chaque saison est prise "
        "comme si elle durait.",
    )


def _shocks_view(study: Study, result: Headline) -> View:
    """What shocks cost, with just enough slots, then with one more."""
    title = f"{study.name} : un pont, une épidémie, un congé"
    try:
        table = shocks(result)
    except DemandTooLargeError as error:
        return unknown_view(title, error.summary)
    if table.empty:
        return unknown_view(title, NOBODY)
    enough, more = sorted(set(table["slots"]))
    rise, long = EPIDEMIC
    return table_view(
        title,
        table,
        lead=[
            f"Une ligne qui a juste ses créneaux ({number(enough)} par jour pour la demande "
            f"médiane), puis la même avec un créneau de marge ({number(more)})."
        ],
        headers=[
            "Secousse", "Créneaux par jour", "Demandes perdues en plus", "Servies pendant",
            "Servies d’ordinaire", "Jours pour s’en remettre",
        ],
        rows=[
            [
                Cell(row["words"], numeric=False),
                Cell(number(row["slots"])),
                Cell(number(row["lost_more"], 1), status=Status.ASSUMED.value),
                Cell(whole_percent(row["served"])),
                Cell(whole_percent(row["usual"])),
                Cell(number(row["days_after"])),
            ]
            for row in table.to_dict("records")
        ],
        more=f"Suivi jour par jour, sans tirage. Épidémie : {percent(rise, 0)} de demandes en plus "
        f"pendant {counted(long, 'jour d’ouverture', 'jours d’ouverture')} ; congé prévu : "
        f"{percent(LEAVE[0], 0)} des créneaux en moins ; pont : toutes les demandes reviennent le "
        f"premier jour (D). {_DAYS_ALIKE}",
    )  # fmt: skip


def _together_view(study: Study, result: Headline) -> View:
    """Slots of lines like this one, apart and put together."""
    scenario, demand = result.scenario, result.requests_per_day.p50
    title = f"{study.name} : des lignes semblables, mises en commun"
    if not demand:
        return unknown_view(title, NOBODY)
    rows, found = [], []
    for days in dict.fromkeys((scenario.deadline_days, 0)):
        rules = scenario.evolve(deadline_days=days).rules
        for count in _TOGETHER:
            try:
                pooled = pooled_slots([demand] * count, rules=rules)
            except DemandTooLargeError:
                continue
            found.append(
                {"deadline_days": days, "lines": count}
                | {"slots_apart": pooled.total_apart, "slots_pooled": pooled.pooled}
            )
            rows.append(
                [
                    Cell(capital(deadline(days)), numeric=False),
                    Cell(number(count)),
                    Cell(number(pooled.total_apart)),
                    Cell(number(pooled.pooled), status=Status.ESTIMATED.value),
                    Cell(number(pooled.saved) if pooled.saved else "aucun"),
                ]
            )
    if not rows:
        return unknown_view(title, UNKNOWN_TEXT)
    return table_view(
        title,
        pd.DataFrame(found),
        headers=[
            "Délai", "Lignes", "Créneaux, chacune de son côté", "Ensemble", "Créneaux épargnés",
        ],
        rows=rows,
        more=f"Autant de lignes, chacune à {number(demand, 1)} demandes par jour, indépendantes : "
        "une épidémie qui les frappe ensemble réduit ce que l’on épargne, et il faut accepter la "
        "route de l’une à l’autre.",
    )  # fmt: skip
