"""Headlines as a table: one row a territory, every figure of :class:`Headline` in a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline


def to_frame(headlines: Iterable[Headline]) -> pd.DataFrame:
    """
    Lay headlines out as a table, one row per territory.

    Parameters
    ----------
    headlines : iterable of Headline
        Results, in the order of the rows.

    Returns
    -------
    pandas.DataFrame
        Index ``territory``; requests per year, slots per opening day, GP-hours per week,
        shares between 0 and 1; NaN or missing = unknown. Columns ``no_mt`` are of the demand of
        people without médecin traitant alone, as the whole answer is.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> table = to_frame([headline(load_scenarios()["ondaine_forez"])])
    >>> table.loc["ondaine_forez", "slots_p50"]
    np.int64(2)
    """
    frame = pd.DataFrame([_row(result) for result in headlines], columns=list(_COLUMNS))
    return frame.astype(_COLUMNS).set_index("territory")


_COLUMNS: Final[dict[str, Any]] = {
    "territory": "str",
    "label": "str",
    "evidence_label": "int64",
    "evidence": "str",
    "status": "str",
    "share_assumed": "bool",
    "lower_bound": "bool",
    "population": "float64",
    "people_without_mt": "float64",
    "people_status": "str",
    "requests_per_year_p10": "float64",
    "requests_per_year_p50": "float64",
    "requests_per_year_p90": "float64",
    "slots_p10": "int64",
    "slots_p50": "int64",
    "slots_p90": "int64",
    "sampling_requests_per_year_p10": "float64",
    "sampling_requests_per_year_p50": "float64",
    "sampling_requests_per_year_p90": "float64",
    "sampling_slots_p10": "int64",
    "sampling_slots_p50": "int64",
    "sampling_slots_p90": "int64",
    "interval_share": "float64",
    "gp_hours_per_week_p10": "float64",
    "gp_hours_per_week_p50": "float64",
    "gp_hours_per_week_p90": "float64",
    "central_requests_per_year": "float64",
    "central_gp_hours_per_week": "float64",
    "slots_dispersed": "int64",
    "slots_same_day": "int64",
    "ceiling_low_per_year": "float64",
    "ceiling_central_per_year": "float64",
    "ceiling_high_per_year": "float64",
    "slots_today": "float64",
    "gp_hours_today_per_week": "float64",
    "carried_today_per_year": "float64",
    "served_today_no_mt_at_median": "float64",
    "served_today_if_all_calls": "float64",
    "slots_planned": "float64",
    "planned_served_no_mt_at_median": "float64",
    "planned_served_if_all_calls": "float64",
    "observed_per_day": "float64",
    "observed_per_year": "float64",
    "per_thousand_a_year": "float64",
    "observed_slots": "Int64",
    "observed_above_p90": "boolean",
    "target": "float64",
    "deadline_days": "int64",
    "dispersion": "float64",
    "opening_days_per_year": "int64",
    "draws": "int64",
    "seed": "int64",
    "draw_error": "float64",
    "warnings": "str",
}


def _row(result: Headline) -> dict[str, Any]:
    scenario, observed = result.scenario, result.observed
    same = ("territory", "label", "evidence_label", "share_assumed", "population")
    people = ("people_without_mt", "people_status")
    rules = ("target", "deadline_days", "dispersion", "opening_days_per_year")
    row: dict[str, Any] = {name: getattr(scenario, name) for name in (*same, *people, *rules)}
    own = ("evidence", "status", "lower_bound", "draws", "seed", "draw_error", "interval_share")
    other = ("slots_dispersed", "slots_same_day")
    central = ("central_requests_per_year", "central_gp_hours_per_week")
    row |= {name: getattr(result, name) for name in (*own, *other, *central)}
    for name, values in (
        ("requests_per_year", result.requests_per_year),
        ("slots", result.slots_per_day),
        ("gp_hours_per_week", result.gp_hours_per_week),
        ("sampling_requests_per_year", result.sampling_requests),
        ("sampling_slots", result.sampling_slots),
    ):
        row |= {f"{name}_{p}": getattr(values, p) for p in ("p10", "p50", "p90")}
    for level in ("low", "central", "high"):
        row[f"ceiling_{level}_per_year"] = getattr(result.ceiling, level)
    if (today := result.today) is not None:
        row["slots_today"] = today.slots
        row["gp_hours_today_per_week"] = today.gp_hours_per_week
        row["carried_today_per_year"] = today.carries_per_year
        row["served_today_no_mt_at_median"] = today.served_at_median
        row["served_today_if_all_calls"] = today.served_if_all_calls
    if (planned := result.planned) is not None:
        row["slots_planned"] = planned.slots
        row["planned_served_no_mt_at_median"] = planned.served_at_median
        row["planned_served_if_all_calls"] = planned.served_if_all_calls
    if observed is not None:
        row["observed_per_day"] = observed.line.per_day
        row["observed_per_year"] = observed.line.per_year
        row["per_thousand_a_year"] = observed.line.per_thousand_a_year
        row["observed_slots"] = observed.slots
        row["observed_above_p90"] = observed.above_p90
    row["warnings"] = " | ".join(result.warnings)
    return row
