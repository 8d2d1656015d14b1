"""Which opening days a log covers: silences that no chance explains, days cut at its ends.

Calls counted by week or by month are dealt evenly over the opening days of each row, which says
nothing of a weekday, nor of how days vary; totals, months and growth are those counted.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import pdtr

from cpts_geo.capacity.calls._variation import daily_dispersion
from cpts_geo.capacity.demand.ratios import IMPLAUSIBLE
from cpts_geo.capacity.scenario.calendar import Calendar, opening_days

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Opening days before and after that a silence is set against: season and growth are theirs.
_AROUND: Final = 20
#: Fewer opening days say nothing of what a day usually has.
_WEEK_DAYS: Final = 5
#: What a row may count, in French, after a figure.
BY_UNIT: Final = {
    "hour": "par heure",
    "day": "par jour",
    "week": "par semaine",
    "month": "par mois",
}


class Exposure(NamedTuple):
    """Days counted, silences taken for closures (first and last day), days cut at the ends."""

    days: pd.DatetimeIndex
    closures: tuple[tuple[date, date], ...]
    partial: tuple[date, ...]


def exposure_of(daily: pd.Series, times: pd.Series, *, seasonal: bool) -> Exposure:
    """Tell which opening days count, from the calls of each (`daily`) and their times.

    A silence of mean M has the chance exp(-M) to begin on a given day, and M is that of the days
    around it, weekday by weekday; days that vary more than Poisson make it likelier.
    """
    days = pd.DatetimeIndex(daily.index)
    calls = daily.to_numpy(dtype=np.float64)
    weekday = days.day_of_week.to_numpy()
    closed = _closed(calls, weekday, phi=1.0)
    if closed.any():
        found = daily_dispersion(daily[~closed], seasonal=seasonal)
        if found.overdispersed:
            closed = _closed(calls, weekday, phi=found.index)
    runs = [(days[first].date(), days[last].date()) for first, last in _runs(closed)]
    cut = _cut(daily[~closed], times)
    kept = days[~closed]
    return Exposure(kept[~kept.isin(cut)], tuple(runs), tuple(day.date() for day in cut))


def _closed(calls: Floats, weekday: npt.NDArray[np.int_], *, phi: float) -> Flags:
    """Days of silences that chance does not explain, those found so far left out of the means."""
    # Chance of a day without a call: exp(-m) for Poisson, exp(-m ln(phi) / (phi - 1)) beyond.
    decay = math.log(phi) / (phi - 1.0) if phi > 1.0 else 1.0
    closed = np.zeros(len(calls), dtype=bool)
    while True:
        week = _week(calls, weekday, ~closed)
        found = closed.copy()
        for first, last in _runs(calls == 0):
            near = slice(max(first - _AROUND, 0), last + _AROUND + 1)
            around = ~closed
            around[first : last + 1] = False
            mean = _level(calls[near], week[near], around[near]) * week[first : last + 1].sum()
            if len(calls) * math.exp(-mean * decay) < IMPLAUSIBLE:
                found[first : last + 1] = True
        if (found == closed).all():
            return closed
        closed = found


def _week(calls: Floats, weekday: npt.NDArray[np.int_], counted: Flags) -> Floats:
    """Mean of the weekday of each day over that of all, on the days counted; 1 where none is."""
    total = np.bincount(weekday, weights=calls * counted, minlength=7)
    size = np.bincount(weekday, weights=counted, minlength=7)
    if not total.any():
        return np.ones(len(calls))
    factors = np.where(size > 0, total / np.maximum(size, 1), np.nan) * size.sum() / total.sum()
    return np.asarray(np.nan_to_num(factors, nan=1.0)[weekday])


def _level(calls: Floats, week: Floats, counted: Flags) -> float:
    """Calls of a mean weekday on the days counted; 0 where there is none."""
    weight = float(week[counted].sum())
    return float(calls[counted].sum()) / weight if weight > 0 else 0.0


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """First and last place of each run of true values."""
    edges = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    ends = np.flatnonzero(edges == -1) - 1
    return list(zip(np.flatnonzero(edges == 1).tolist(), ends.tolist(), strict=True))


def _cut(daily: pd.Series, times: pd.Series) -> list[pd.Timestamp]:
    """The first and the last day, where the log begins late or ends early on it."""
    days = pd.DatetimeIndex(daily.index)
    if len(days) < _WEEK_DAYS:
        return []
    calls = daily.to_numpy(dtype=np.float64)
    # A day that is cut says nothing of what is missing on the other.
    whole = np.ones(len(days), dtype=bool)
    whole[[0, -1]] = False
    week = _week(calls, days.day_of_week.to_numpy(), whole)
    clock = times - times.dt.normalize()
    timed = bool(clock.astype(bool).any())
    found = []
    for place, near in ((0, slice(_AROUND + 1)), (-1, slice(-_AROUND - 1, None))):
        mean = _level(calls[near], week[near], whole[near]) * week[place]
        here = (times.dt.normalize() == days[place]).to_numpy()
        if timed and here.any():
            first, last = clock[here].min(), clock[here].max()
            missing = (clock[~here] < first) if place == 0 else (clock[~here] > last)
            chance = math.exp(-mean * float(missing.mean()))
        else:
            chance = float(pdtr(calls[place], mean))
        if 2 * chance < IMPLAUSIBLE:
            found.append(days[place])
    return found


class Period(NamedTuple):
    """A log whose calls have a day, its opening days, its first and last days."""

    log: pd.DataFrame
    days: pd.DatetimeIndex
    start: date
    end: date


def period_of(log: pd.DataFrame, calendar: Calendar) -> Period:
    """Give the opening days that a log covers: from its first day to its last, or those of the
    weeks or months that it counts."""
    spans = log.attrs.get("periods", ())
    firsts = [first for first, _ in spans] or [log["time"].min().date()]
    lasts = [last for _, last in spans] or [log["time"].max().date()]
    days = opening_days(firsts[0], lasts[-1], calendar=calendar)
    if not is_coarse(log.attrs.get("counted")):
        return Period(log, days, firsts[0], lasts[-1])
    starts = pd.DatetimeIndex(firsts)
    row = starts.searchsorted(days, side="right") - 1
    inside = days <= pd.DatetimeIndex(lasts)[row]
    days, row = days[inside], row[inside]
    opened = np.bincount(row, minlength=len(starts))
    first = np.concatenate([[0], np.cumsum(opened)[:-1]])
    calls = log.sort_values("time", kind="stable")
    of = np.asarray(starts.searchsorted(calls["time"].dt.normalize(), side="right") - 1)
    made = np.bincount(of, minlength=len(starts))
    rank = np.arange(len(calls)) - np.concatenate([[0], np.cumsum(made)[:-1]])[of]
    # Calls of a row that has no opening day keep its first day, and count for none.
    place = first[of] + rank * opened[of] // np.maximum(made[of], 1)
    has_days = opened[of] > 0
    dealt = calls["time"].to_numpy().copy()
    dealt[has_days] = days.to_numpy()[place[has_days]]
    return Period(calls.assign(time=dealt), days, firsts[0], lasts[-1])


def is_coarse(counted: str | None) -> bool:
    """Tell whether rows count more than a day."""
    return counted in ("week", "month")
