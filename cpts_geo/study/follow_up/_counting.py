"""Requests of a registre by month: how they ended, of whom they are, how long was waited. Exact."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from cpts_geo.capacity.calls.profile import requests_of
from cpts_geo.capacity.scenario.inputs import Scenario

#: How requests end, in a follow-up -> outcomes of a log. Who cancelled, or did not come, had been
#: given an appointment.
ENDINGS: Final = {
    "appointments": ("appointment", "cancelled"),
    "advice": ("advice",),
    "no_slot": ("no_slot",),
    "redirected": ("redirected",),
    "other_outcomes": ("other", "no_answer", "unknown"),
}
#: Share of the requests whose outcome is not known, beyond which those that are known tell a part.
_LEFT_OUT: Final = 0.05
#: What a request may be said to be, in the columns of a split.
ANSWERS: Final = ("yes", "no", "unknown")


class Counts(NamedTuple):
    """What a registre counts, by month (``2026-01``); not to be shown as it is.

    ``splits``: of the requests (``without_mt``, ``outside``) or of the appointments (``honoured``)
    by answer, where the registre says some. ``delays``: hours of each appointment that has one.
    ``unknown``: requests whose outcome is not said. ``by_row``: whether each request says its own,
    so that one that does not may have ended in any way. ``untold``: endings that its columns cannot
    tell, whose 0 is no count. ``elsewhere``: requests of days that do not count.
    """

    outcomes: pd.DataFrame
    splits: dict[str, pd.DataFrame]
    delays: pd.Series
    days: pd.DatetimeIndex
    start: date
    end: date
    unknown: int
    by_row: bool
    untold: frozenset[str]
    elsewhere: int

    @property
    def is_left_out(self) -> bool:
        """Whether too many requests end in a way that nothing says."""
        return bool(self.unknown > _LEFT_OUT * self.outcomes.to_numpy().sum())

    @property
    def is_partial(self) -> bool:
        """Whether each way of ending, some requests saying none, is counted at least."""
        return self.by_row and self.is_left_out


def month_names(days: pd.DatetimeIndex) -> pd.Index:
    """Month of each day, as 2026-01."""
    return days.strftime("%Y-%m")


def counts_of(log: pd.DataFrame, scenario: Scenario, *, communes: Collection[str] | None) -> Counts:
    """Count the requests of a registre by month; `communes`: names and codes of the territory."""
    found = requests_of(log, scenario)
    table = found.table.assign(month=found.table["day"].dt.strftime("%Y-%m"))
    months = month_names(found.days).unique()
    ending = {outcome: name for name, outcomes in ENDINGS.items() for outcome in outcomes}
    ended = table["outcome"].map(ending)
    given = ended == "appointments"
    answers = {}
    if "own_doctor" in table:
        answers["without_mt"] = ~table["own_doctor"]
    if communes is not None:
        inside = table["commune"].isin(list(communes)).astype("boolean")
        answers["outside"] = ~inside.mask(table["commune"].isna())
    splits = {name: _split(each, table["month"], months) for name, each in answers.items()}
    delays = pd.Series(dtype=float, index=pd.Index([], dtype=object))
    if "honoured" in table:
        # Who cancelled did not come, whether or not it is said.
        came = table["honoured"].mask(table["outcome"] == "cancelled", other=False)
        splits["honoured"] = _split(came[given], table["month"][given], months)
    if "delay" in table:
        delays = table.loc[given & table["delay"].notna()].set_index("month")["delay"]
    return Counts(
        outcomes=pd.crosstab(table["month"], ended).reindex(
            index=months, columns=list(ENDINGS), fill_value=0
        ),
        splits={name: each for name, each in splits.items() if each[["yes", "no"]].any(axis=None)},
        delays=delays,
        days=found.days,
        start=found.start,
        end=found.end,
        unknown=int((table["outcome"] == "unknown").sum()),
        by_row=log.attrs.get("outcomes") is None,
        untold=_untold(log.attrs.get("outcomes")),
        elsewhere=found.elsewhere,
    )


def _untold(told: Collection[str] | None) -> frozenset[str]:
    """Endings that the columns of a registre leave unknown; none where each request says its own.
    A request that was given an appointment, and cancelled, is not all of those that were."""
    if told is None:
        return frozenset()
    known = {name for name, outcomes in ENDINGS.items() if outcomes[0] in told}
    if "unknown" in told:
        known.add("other_outcomes")
    return frozenset(ENDINGS) - known


def _split(answers: pd.Series, month: pd.Series, months: pd.Index) -> pd.DataFrame:
    """Count the answers of each month."""
    words = answers.map({True: "yes", False: "no"}).astype(object).fillna("unknown")
    return pd.crosstab(month, words).reindex(index=months, columns=list(ANSWERS), fill_value=0)
