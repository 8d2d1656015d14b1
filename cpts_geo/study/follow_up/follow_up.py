"""The follow-up of a territory: a registre, month by month, beside what was expected of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.study.follow_up._counting import counts_of
from cpts_geo.study.follow_up._showing import TOTAL, shown


@dataclass(frozen=True, eq=False)
class FollowUp:
    """
    What may be said of a registre des demandes over a period; counts of 1 to 10 are masked.

    Parameters
    ----------
    months : DataFrame
        By month (``2026-01``), a column an indicator
        (:data:`cpts_geo.study.follow_up.indicators.INDICATORS`); NaN where masked or unknown.
    totals : DataFrame
        By indicator, over the period: value, status (``measured``, ``computed``, ``masked``,
        ``unknown``), previous (value of the period before), change (like for like: a share of it
        for counts, points for shares, hours for delays), significant (True, False, or None where
        nothing tells), p (of chance alone, corrected for the number of indicators).
    expected : DataFrame
        By month: p10, p50, p90 of ``slot_requests`` as the scenario expects them.
    territory : str
        Key.
    period : tuple of datetime.date
        First and last day.
    notes : tuple of str
        French sentences on what was adapted, and what limits the reading.
    """

    months: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)
    expected: pd.DataFrame = field(repr=False)
    territory: str
    period: tuple[date, date]
    notes: tuple[str, ...] = ()


def follow_up(
    path: Path | str,
    scenario: Scenario,
    *,
    departments: Sequence[str] = (),
    communes: Collection[str] | None = None,
) -> FollowUp:
    """
    Follow a registre month by month.

    Parameters
    ----------
    path : Path or str
        The registre (:func:`cpts_geo.sources.analyst.calls.log.read_call_log`).
    scenario : Scenario
        Scenario of the territory: its calendar, its slots, its demand.
    departments : sequence of str
        Where the line is, for hours in UTC.
    communes : collection of str, optional
        Names and codes of the communes of the territory; where absent, nobody is told to come from
        outside.

    Returns
    -------
    FollowUp
        Values that may leave.

    Raises
    ------
    TableError
        The registre cannot be used; every defect is listed.
    """
    log = read_call_log(path, departments=departments)
    counts = counts_of(log, scenario, communes=communes)
    now = shown(counts, None)
    totals = pd.DataFrame({"value": now.values.loc[TOTAL], "status": now.status.loc[TOTAL]})
    totals = totals.assign(
        previous=float("nan"), change=float("nan"), significant=None, p=float("nan")
    )
    return FollowUp(
        months=now.values.drop(index=TOTAL),
        totals=totals.rename_axis("indicator"),
        expected=pd.DataFrame(columns=["p10", "p50", "p90"]),
        territory=scenario.territory,
        period=(counts.start, counts.end),
        notes=tuple(log.attrs["notes"]),
    )
