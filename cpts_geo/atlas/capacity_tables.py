"""Tables of capacity as people read them: publics, months, causes, telephone, future."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.capacity_charts import SHORT_MONTHS, Swing
from cpts_geo.atlas.capacity_words import span
from cpts_geo.atlas.cells import Cell, Row
from cpts_geo.atlas.input_status import input_status
from cpts_geo.atlas.staff_words import arrivals
from cpts_geo.capacity.answer.headline import Headline, Interval
from cpts_geo.capacity.answer.seasons import EligibleDemand
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import NNBSP, counted, number, percent, whole_percent
from cpts_geo.schema import Status
from cpts_geo.study.capacity import HORIZONS

_GROUPS: Final = {
    "no_mt": "Personnes sans médecin traitant",
    "mt_unavailable": "Patients dont le médecin traitant n’est pas disponible",
    "visitors": "Visiteurs",
    "all": "Tous ceux qui peuvent demander",
}
#: Input of the tornado -> the field that says where it comes from, how its values are written.
_INPUTS: Final[dict[str, tuple[str, Callable[[float], str]]]] = {
    "people": ("people_cv", number),
    "calls": ("calls_observed", lambda value: number(value, 3)),
    "need": ("need_share", lambda value: percent(value, 0)),
    "gap": ("between_territory_sd", lambda value: f"×{NNBSP}{number(value, 2)}"),
    "minutes": ("minutes", lambda value: f"{number(value)}{NNBSP}min"),
}


def group_rows(result: Headline, found: EligibleDemand) -> list[Row]:
    """
    Lay out the requests a year of each public, and the slots of the two questions.

    Parameters
    ----------
    result : Headline
        Capacity needed for people without médecin traitant.
    found : EligibleDemand
        Demand of all who may ask.

    Returns
    -------
    list of Row
        A public a row, all of them last: requests a year, slots a day; each with its interval.
    """
    slots = {"no_mt": result.slots_per_day, "all": found.slots_per_day}
    rows = []
    for group, requests in found.requests_per_year.items():
        status = result.status if group == "no_mt" else Status.ASSUMED
        needed = slots.get(group)
        cells = (
            _cell(requests, status),
            Cell("—") if needed is None else _cell(needed, status),
        )
        rows.append(Row(_GROUPS[group], _origins(result.scenario, group), cells))
    return rows


def _origins(scenario: Scenario, group: str) -> str:
    """Say what a public is multiplied from, with grades; all sources stand further down."""

    def grades(*names: str) -> str:
        return "confiance " + ", ".join(sorted({scenario.sources[name].grade for name in names}))

    low, _, high = scenario.unmet_share
    share = f"{span(100 * low, 100 * high)}{NNBSP}%"
    return {
        "no_mt": "personnes × appels × part qui mérite un créneau ; "
        + grades("people_cv", "calls_observed", "need_share"),
        "mt_unavailable": f"{share} de leurs besoins se tournent vers cette offre ; "
        + grades("snp_rate", "unmet_share"),
        "visitors": f"{share} de leurs besoins, selon la présence de chaque mois ; "
        + (grades("visitors", "visitor_rate_ratio", "unmet_share") if scenario.visitors else ""),
    }.get(group, "le total a sa propre médiane : ce n’est pas la somme des médianes")


def _cell(found: Interval[Any], status: Status) -> Cell:
    bounds = span(found.p10, found.p90)
    middle = number(found.p50)
    return Cell(middle, status=status.value, origin="" if bounds == middle else bounds)


def month_headers(found: EligibleDemand) -> list[str]:
    """
    Columns of the table of months, after the quantity.

    Parameters
    ----------
    found : EligibleDemand
        Demand of all who may ask, month by month.

    Returns
    -------
    list of str
        French names, shortened, of the months with an opening day.
    """
    return [SHORT_MONTHS[int(month)] for month in found.by_month.index]


def month_rows(found: EligibleDemand, *, assumed: bool) -> list[Row]:
    """
    Lay out the months: a quantity a row, a month a column.

    Parameters
    ----------
    found : EligibleDemand
        Demand of all who may ask, month by month.
    assumed : bool
        Whether the shape of the year is.

    Returns
    -------
    list of Row
        Opening days, requests a day, slots a day, share served today; the last is left out where
        today's slots are unknown.
    """
    months = found.by_month.to_dict("records")
    status = Status.ASSUMED if assumed else Status.ESTIMATED
    rows = [
        Row("Jours d’ouverture", "", tuple(Cell(number(m["opening_days"])) for m in months)),
        Row(
            "Demandes par jour",
            "médiane, 8 chances sur 10",
            tuple(_month_cell(m, "requests", status, decimals=1) for m in months),
        ),
        Row(
            "Créneaux par jour",
            "médiane, 8 chances sur 10",
            tuple(_month_cell(m, "slots", status) for m in months),
        ),
    ]
    if found.by_month["served_today"].notna().all():
        cells = [Cell(whole_percent(m["served_today"]), status=status.value) for m in months]
        rows.append(Row("Servies aujourd’hui", "dans le délai", tuple(cells)))
    return rows


def _month_cell(month: Any, name: str, status: Status, *, decimals: int = 0) -> Cell:
    low, middle, high = (month[f"{name}_{p}"] for p in ("p10", "p50", "p90"))
    return Cell(number(middle, decimals), status=status.value, origin=span(low, high, decimals))


def swings(result: Headline, tornado: pd.DataFrame) -> list[Swing]:
    """
    Prepare the bars of the tornado.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory; its scenario gives the sources.
    tornado : DataFrame
        As :func:`cpts_geo.capacity.answer.drivers.hours_tornado`.

    Returns
    -------
    list of Swing
        In the order of the table.
    """
    bars = []
    for row in tornado.to_dict("records"):
        source, write = _INPUTS[str(row["input"])]
        bounds = dict.fromkeys([write(row["low_value"]), write(row["high_value"])])
        status = input_status(result.scenario, source)
        bars.append(
            Swing(
                label=str(row["label"]).partition(" (")[0],
                values=" à ".join(bounds),
                low=row["result_low"],
                high=row["result_high"],
                status=result.people_status if row["input"] == "people" else status,
            )
        )
    return bars


def phone_rows(phone: pd.DataFrame) -> list[Row]:
    """
    Lay out the telephone: a run of hours with as many agents a row.

    Parameters
    ----------
    phone : DataFrame
        As :func:`cpts_geo.capacity.workforce.phone.agents_by_hour`.

    Returns
    -------
    list of Row
        Agents, calls an hour, share answered in time, mean wait.
    """
    rows = []
    status = Status.ASSUMED.value
    records = phone.reset_index().to_dict("records")
    for agents, run in groupby(records, key=lambda row: int(row["agents"])):
        hours = list(run)
        bounds = {
            name: (min(h[name] for h in hours), max(h[name] for h in hours))
            for name in ("calls_per_hour", "service_level", "asa_seconds")
        }
        answered = [whole_percent(share) for share in bounds["service_level"]]
        rows.append(
            Row(
                f"{hours[0]['hour']}{NNBSP}h à {hours[-1]['hour'] + 1}{NNBSP}h",
                "",
                (
                    Cell(counted(agents, "personne", "personnes"), status=status),
                    Cell(span(*bounds["calls_per_hour"], 1), status=status),
                    Cell(" à ".join(dict.fromkeys(answered)), status=status),
                    Cell(f"{span(*bounds['asa_seconds'])}{NNBSP}s", status=status),
                ),
            )
        )
    return rows


def future_rows(future: pd.DataFrame) -> list[Row]:
    """
    Lay out the future: arrivals and horizon a row, over the spreads of ages.

    Parameters
    ----------
    future : DataFrame
        As :attr:`cpts_geo.study.capacity.TerritoryCapacity.future`.

    Returns
    -------
    list of Row
        GPs, per 100,000 inhabitants, share without médecin traitant, slots a day; today first.
    """
    rows = [Row("Aujourd’hui", "", _future_cells(future[future["year"] == 0], Status.ESTIMATED))]
    for entries in sorted(future["entries"].unique()):
        for year in HORIZONS:
            block = future[(future["entries"] == entries) & (future["year"] == year)]
            title = f"Dans {year} ans, {arrivals(float(entries))}"
            rows.append(Row(title, "", _future_cells(block, Status.ASSUMED)))
    return rows


def _future_cells(block: pd.DataFrame, status: Status) -> tuple[Cell, ...]:
    def text(name: str, factor: float = 1.0) -> str:
        return span(factor * block[name].min(), factor * block[name].max())

    values = (
        text("gps"),
        text("density"),
        f"{text('share_without_mt', 100.0)}{NNBSP}%",
        text("slots"),
    )
    return tuple(Cell(value, status=status.value) for value in values)
