"""The need of each territory and the known lines that it is learnt from, as tables.

``besoin.csv``, a row a territory, public, quantity and unit of time. Of all residents (public
``all``): need, met (in surgeries), gap, emergency (visits that a surgery could have seen, inside
the gap, and may exceed it where the APL hardly sees a gap: ``emergency`` is then no part of
``gap``). Of each public that the device admits, or could where there is none: organised (requests
that reach it, visitors included), slots, gp_hours. Each has a p50 of its own: they do not add up.

``lignes_connues.csv``, a row a line that calibrates: requests a year that the others predict of it
and those of its own count, with the rank of the latter's median among the former.

``semaine.csv``, a row a quantity of a week: of a day and band of hours (``kind`` = grille), of a
whole day (jour), of a deadline and unit (délai).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.grades import input_status
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.publics import PublicAnswer
from cpts_geo.capacity.need.interval import LEVELS
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.schema import Status
from cpts_geo.study.capacity import TerritoryCapacity
from cpts_geo.study.study import Study

#: Grade of a model whose national rates are suppositions.
_SUPPOSED: Final = "D"
#: What the demand of a line of one's own rests on; the grade is that of the weakest, and never that
#: of an official file.
_OWN: Final = {
    "1a": ("calls_observed", "need_counted"),
    "1b": ("calls_observed", "need_share"),
    "2": ("observed_consultations", "found_share"),
}
#: Quantities of all residents, and those of a public with where its answer holds them.
_OF_ALL: Final = ("need", "met", "gap", "emergency")
_OF_PUBLIC: Final = {
    ("organised", "year"): "requests_per_year",
    ("organised", "day"): "requests_per_day",
    ("slots", "day"): "slots_per_day",
    ("gp_hours", "week"): "gp_hours_per_week",
}


def need_table(study: Study) -> pd.DataFrame:
    """Rows of a territory: public, quantity, per, p10, p50, p90 (empty where unknown), status,
    grade."""
    rows = [*_of_all(study)]
    for found in study.publics:
        rows += _of_public(found, study.scenario.admitting(found.public))
    return pd.DataFrame(rows)


def _of_all(study: Study) -> Iterator[dict[str, Any]]:
    """Rows of the need of all residents, a year and an opening day."""
    found, days = study.need_ladder, study.scenario.opening_days_per_year
    for quantity in _OF_ALL:
        for per, part in (("year", 1), ("day", days)):
            bounds = None if found is None else found.loc[quantity] / part
            yield _row("all", quantity, per, bounds, _SUPPOSED)


def _of_public(found: PublicAnswer, scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Rows of what a device for one public would receive and need."""
    answer, status = found.answer, Status.ESTIMATED
    if isinstance(answer, Headline):
        scenario, status = answer.scenario, answer.status
    names = _OWN.get(scenario.evidence, ())
    grades = [scenario.sources[name].grade for name in names if name in scenario.sources]
    grade = max("B", *grades) if grades else _SUPPOSED
    for (quantity, per), where in _OF_PUBLIC.items():
        bounds = vars(getattr(answer, where)) if isinstance(answer, Headline) else None
        yield _row(found.public, quantity, per, bounds, grade, status=status)


def _row(
    public: str,
    quantity: str,
    per: str,
    bounds: Any,
    grade: str,
    *,
    status: Status = Status.ESTIMATED,
) -> dict[str, Any]:
    """A row; what is unknown has neither figures nor grade."""
    known = bounds is not None
    return {
        "public": public,
        "quantity": quantity,
        "per": per,
        **{level: float(bounds[level]) if known else float("nan") for level in LEVELS},
        "status": str(status if known else Status.UNKNOWN),
        "grade": grade if known else "",
    }


def lines_table(checked: pd.DataFrame) -> pd.DataFrame:
    """Known lines beside what the others predict of them, figures first."""
    said = ["kind", "access", "saturated", "grade"]
    return checked[[*checked.columns.drop(said), *said]]


def week_table(capacity: TerritoryCapacity) -> pd.DataFrame | None:
    """Rows of a territory: kind, day, first_hour, last_hour, state, deadline_days, quantity, unit,
    p10, p50, p90 (a week; empty where unknown or out of scope), status."""
    result = capacity.result
    if not result.slots_per_day.p90:
        return None
    rows = [
        {"kind": kind, **place, "quantity": quantity, "unit": "slots", **bounds}
        for kind, table in (
            ("grille", capacity.week_grid),
            ("jour", capacity.week_days.reset_index()),
        )
        for found in table.to_dict("records")
        for place in [{str(x): found[x] for x in _PLACE if x in found}]
        for quantity, bounds in (
            ("offered", dict.fromkeys(LEVELS, found["offered"])),
            ("needed", {level: found[f"needed_{level}"] for level in LEVELS}),
        )
    ]
    rows += [{"kind": "délai", **row} for row in capacity.week_by_deadline.to_dict("records")]
    table = pd.DataFrame(rows).reindex(columns=[*_WEEK_COLUMNS])
    table[["day", "first_hour", "last_hour", "deadline_days"]] = table[
        ["day", "first_hour", "last_hour", "deadline_days"]
    ].astype("Int64")
    table[[*LEVELS]] = table[[*LEVELS]].round(2)
    given = [n for n in ("rota", "slots_today") if n in result.scenario.sources]
    offered = input_status(result.scenario, given[0]) if given else Status.UNKNOWN
    status = table["quantity"].map(lambda x: (offered if x == "offered" else result.status).value)
    return table.assign(status=status.mask(table["p50"].isna(), Status.UNKNOWN.value))


#: Where a quantity of a week stands, and the columns of its table.
_PLACE: Final = ("day", "first_hour", "last_hour", "state")
_WEEK_COLUMNS: Final = ("kind", *_PLACE, "deadline_days", "quantity", "unit", *LEVELS)
