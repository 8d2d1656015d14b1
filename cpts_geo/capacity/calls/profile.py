"""What a call log says of a line: rate, week, hours, seasons, and whether days vary too much.

All figures are of the calls made on the opening days that count: not those of a silence that no
chance explains, nor a day cut at the end of the log, nor those before the last twelve months where
requests grow or fall. Calls of other days are counted apart. Requests are calls less duplicates.
Figures are exact, for computing with: what leaves goes through
:mod:`cpts_geo.capacity.calls.released`, which masks small counts.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from cpts_geo.capacity.calls._exposure import BY_UNIT, Exposure, exposure_of, is_coarse, period_of
from cpts_geo.capacity.calls._repeats import Repeats, keys_of, repeats_of
from cpts_geo.capacity.calls._variation import Dispersion, Trend, daily_dispersion, trend_of
from cpts_geo.capacity.calls.posterior import RatePosterior, rate_posterior
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError
from cpts_geo.french import counted
from cpts_geo.secrecy.disclosure import MIN_PATIENTS
from cpts_geo.sources.analyst.calls.log import OUTCOMES

_NO_PROFILE: Final = "Le registre des demandes ne peut pas être résumé."
_REMEDY: Final = (
    "donnez le registre tel que « read_call_log » l’a lu, et des jours d’ouverture dans sa période."
)
_COLUMNS: Final = ("time", "outcome", "commune", "age_class")
#: Outcomes of those who were given a slot: a log of these alone says nothing of the others.
_SERVED: Final = frozenset({"appointment", "duplicate", "cancelled"})
#: Of days that were not told apart.
_NO_DISPERSION: Final = Dispersion(math.nan, math.nan, 0, overdispersed=False)
#: A season needs about a year: months with some days, of this many opening days at least.
_MIN_MONTHS: Final = 11
_MIN_DAYS_A_MONTH: Final = 10
#: Level of a line that grows or falls: that of its last months.
_LEVEL: Final = pd.DateOffset(months=12)


@dataclass(frozen=True, eq=False)
class CallProfile:
    """
    What a call log says, exactly; not to be shown as it is.

    Attributes
    ----------
    start : datetime.date
        First day of the period.
    end : datetime.date
        Last day, included.
    calls : int
        Calls on the opening days that count, duplicates included.
    calls_outside : int
        Calls on other days, which no other figure holds.
    opening_days : int
        Opening days of the period that count.
    people_years : float
        People without médecin traitant times years of opening days (person-years): the exposure
        behind ``calls``. NaN where others call too, and the log does not tell who does.
    outcomes : Series of int
        Calls by outcome (:data:`~cpts_geo.sources.analyst.calls.log.OUTCOMES`), then
        ``unknown``.
    weekdays : DataFrame
        By weekday (0 = Monday) that has opening days: days, calls, factor (calls a day over
        those of all days; mean 1 when weighed by days).
    hours : Series of int or None
        Calls by hour, 0 to 23; None where the log gives days only.
    months : DataFrame
        By month of the year (1 to 12) that has opening days: days, calls, factor (as above). A
        month of fewer than 10 opening days has none (NaN); nor has any, where fewer than 11 do.
    communes : Series of int or None
        Calls by commune, then ``unknown``; None where the log gives none.
    age_classes : Series of int or None
        Calls by class of age, then ``unknown``; None where the log gives none.
    dispersion : Dispersion
        Daily requests against Poisson.
    repeated_calls : int or None
        Calls that are not marked duplicates and ask again for what another one asked at most 3
        opening days before: the same caller's, else alike by commune, class of age and, where there
        is one, reason; None where the log has neither.
    repeated_by_chance : int or None
        Calls that would be taken for such ones if none were; 0 where keys tell the callers.
    repeats_out : bool
        Whether the repeated calls were counted among the duplicates.
    shared_keys : int
        Keys of the caller that hold too many calls, or too scattered ones, to be of one person.
    shared_calls : int or None
        Calls under such keys, whose callers are taken for unknown; None where the log has no key.
    keyless_calls : int or None
        Calls without a key; None likewise.
    keys_aside : bool
        Whether no key was used: most calls that have one are under such keys, or none comes twice.
    closures : tuple of tuple of datetime.date
        First and last day of the silences that no chance explains, which do not count.
    partial_days : tuple of datetime.date
        First and last day of the log where it covers a part of them, which do not count.
    trend : Trend or None
        Growth of the requests, where it is beyond chance and season.
    longest_silence : int
        Largest number of counted days in a row without a call.
    lower_bound : bool
        True where every call was given a slot (appointments, cancelled ones and duplicates): a
        log of consultations, which bounds the demand from below (evidence label 2, not 1).
    counted : str or None
        What each row of the file counted: ``hour``, ``day``, ``week``, ``month``; None where a row
        was a call. Weeks and months say nothing of weekdays, nor of how days vary: ``weekdays`` is
        empty, ``dispersion`` NaN, ``longest_silence`` 0.
    """

    start: date
    end: date
    calls: int
    calls_outside: int
    opening_days: int
    people_years: float
    outcomes: pd.Series
    weekdays: pd.DataFrame
    hours: pd.Series | None
    months: pd.DataFrame
    communes: pd.Series | None
    age_classes: pd.Series | None
    dispersion: Dispersion
    repeated_calls: int | None
    repeated_by_chance: int | None
    repeats_out: bool
    shared_keys: int
    shared_calls: int | None
    keyless_calls: int | None
    keys_aside: bool
    closures: tuple[tuple[date, date], ...]
    partial_days: tuple[date, ...]
    trend: Trend | None
    longest_silence: int
    lower_bound: bool
    counted: str | None

    @property
    def counted_by(self) -> str:
        """French words on what each row counted, such as « par jour »; empty for calls."""
        return "" if self.counted is None else BY_UNIT[self.counted]

    @property
    def requests(self) -> int:
        """Calls less duplicates, those found among them where they were taken out."""
        return self.calls - int(self.outcomes["duplicate"])

    @property
    def calls_per_opening_day(self) -> float:
        """Mean calls of an opening day."""
        return self.calls / self.opening_days

    @property
    def daily_rate(self) -> RatePosterior:
        """Calls per opening day that this count leaves possible: sampling error alone."""
        return rate_posterior(self.calls, self.opening_days)

    @property
    def person_rate(self) -> RatePosterior | None:
        """Calls per person-year that this count leaves possible; None where others may call."""
        exposed = self.people_years
        return None if math.isnan(exposed) else rate_posterior(self.calls, exposed)


def profile_of(
    log: pd.DataFrame, scenario: Scenario, *, repeats_out: bool | None = None
) -> CallProfile:
    """
    Draw the profile of a log over the opening days of a scenario.

    Parameters
    ----------
    log : DataFrame
        Calls, as :func:`cpts_geo.sources.analyst.calls.log.read_call_log` gives them; not modified.
    scenario : Scenario
        Its people without médecin traitant and its calendar.
    repeats_out : bool, optional
        Whether calls that repeat another one and are not marked are taken for duplicates; where
        not given, those of a key of the caller are, and those only alike are not: chance makes
        many of these.

    Returns
    -------
    CallProfile
        Exact figures, from the first day of the log to the last; no exposure (NaN) where others
        than people without médecin traitant may call.

    Raises
    ------
    ScenarioError
        If it is no log, or has no opening day, or fewer than 11 calls on opening days.

    Notes
    -----
    Exposure = people x opening days / opening days per year: a Jeffreys posterior of the calls per
    person-year is Gamma(calls + 1/2, exposure), and this rate over a year of opening days gives
    back the calls per opening day of the log, which calendar days would not. A part of a year is
    not corrected for its season. Factor = (calls / days) of the weekday or month over (calls /
    days) of all. Dispersion = sum (x - m)^2 / m over (days - means fitted), m being the Poisson fit
    of weekday means, times month means where there are months; compared with chi-square. Two years
    pooled raise it. A silence of mean M counts where days x exp(-M) is 1e-4 or more. Months of a
    line that grows or falls have no factor: they would hold its growth.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> times = pd.DatetimeIndex(["2024-03-04", "2024-03-05"]).repeat([16, 8])
    >>> log = pd.DataFrame({"time": times, "outcome": "advice", "commune": None, "age_class": None})
    >>> found = profile_of(log, load_scenario("ouest_loiret"))
    >>> found.calls_per_opening_day, found.weekdays["factor"].round(2).tolist()
    (12.0, [1.33, 0.67])
    """
    _check(log)
    period = period_of(log, scenario.calendar)
    alone = scenario.public == "no_mt"
    return _profile(
        period.log,
        people_without_mt=scenario.people_without_mt if alone else None,
        days=period.days,
        days_per_year=scenario.opening_days_per_year,
        period=(period.start, period.end),
        repeats_out=repeats_out,
        counted=log.attrs.get("counted"),
    )


class Requests(NamedTuple):
    """
    Requests of a log, exactly, on the opening days that count; not to be shown as they are.

    Parameters
    ----------
    table : DataFrame
        A row a request: the columns of the log, ``day``, ``outcome`` (``unknown`` where it is not
        said).
    days : pandas.DatetimeIndex
        Opening days that count.
    start, end : datetime.date
        First and last day of the log.
    elsewhere : int
        Requests of other days, which do not count.
    """

    table: pd.DataFrame
    days: pd.DatetimeIndex
    start: date
    end: date
    elsewhere: int


def requests_of(
    log: pd.DataFrame, scenario: Scenario, *, repeats_out: bool | None = None
) -> Requests:
    """
    Give the requests of a log one by one, by the rules of :func:`profile_of`, its trend kept.

    Parameters
    ----------
    log : DataFrame
        Calls, as :func:`cpts_geo.sources.analyst.calls.log.read_call_log` gives them.
    scenario : Scenario
        Its calendar.
    repeats_out : bool, optional
        Whether calls that repeat another one are taken for duplicates.

    Returns
    -------
    Requests
        Calls less duplicates, on the days that are neither closed nor cut; those of a Saturday
        whose morning opens are among them.

    Raises
    ------
    ScenarioError
        If it is no log, or has no opening day, or fewer than 11 calls on opening days.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> times = pd.DatetimeIndex(["2024-03-04", "2024-03-05"]).repeat([16, 8])
    >>> log = pd.DataFrame({"time": times, "outcome": "advice", "commune": None, "age_class": None})
    >>> len(requests_of(log, load_scenario("ouest_loiret")).table)
    24
    """
    _check(log)
    calendar = scenario.calendar.model_copy(update={"weekdays": scenario.calendar.week_days})
    period = period_of(log, calendar)
    counted = log.attrs.get("counted")
    found = _counted(period.log, period.days, repeats_out=repeats_out, counted=counted)
    asked = _requests(found.calls)
    kept = asked[asked["day"].isin(found.exposure.days)]
    # Calls of days that are not open: those marked as duplicates are known to be, and no others.
    closed = period.log[~period.log["time"].dt.normalize().isin(period.days)]
    elsewhere = len(asked) - len(kept) + len(_requests(closed))
    return Requests(kept, found.exposure.days, period.start, period.end, elsewhere)


def _profile(
    log: pd.DataFrame,
    *,
    people_without_mt: float | None,
    days: pd.DatetimeIndex,
    days_per_year: float,
    period: tuple[date, date],
    repeats_out: bool | None = None,
    counted: str | None = None,
) -> CallProfile:
    """Figures of the calls made on given days; no people where others may call too."""
    found = _counted(log, days, repeats_out=repeats_out, counted=counted)
    calls, repeats, keyed, out = found.calls, found.repeats, found.keyed, found.repeats_out
    days, start = found.exposure.days, period[0]
    trend = trend_of(_daily(_requests(calls), days))
    if trend is None or not trend.is_told:
        trend = None
    elif (since := days[-1] - _LEVEL) >= days[0]:
        days = days[days > since]
        start = days[0].date()
    calls = calls[calls["day"].isin(days)]
    _check_number(len(calls), of=len(log))
    daily, covered = _daily(calls, days), _is_seasonal(days)
    months, coarse = _by(daily, days.month), is_coarse(counted)
    requests = _daily(_requests(calls), days)
    return CallProfile(
        start=start,
        end=period[1],
        calls=len(calls),
        calls_outside=len(log) - len(calls),
        opening_days=len(days),
        people_years=math.nan
        if people_without_mt is None
        else people_without_mt * len(days) / days_per_year,
        outcomes=calls["outcome"].value_counts().reindex([*OUTCOMES, "unknown"], fill_value=0),
        weekdays=_by(daily, days.day_of_week).iloc[: 0 if coarse else None],
        hours=_hours(calls["time"]),
        months=months.assign(factor=months["factor"].where(covered) if trend is None else math.nan),
        communes=_labels(calls["commune"]),
        age_classes=_labels(calls["age_class"]),
        dispersion=_NO_DISPERSION
        if coarse
        else daily_dispersion(requests, seasonal=bool(covered.any())),
        repeated_calls=None if repeats is None else int(calls["repeat"].sum()),
        repeated_by_chance=None if repeats is None else int(calls["chance"].sum()),
        repeats_out=out,
        shared_keys=int(calls["shared"].nunique()),
        shared_calls=int(calls["shared"].notna().sum()) if keyed else None,
        keyless_calls=int(calls["keyless"].sum()) if keyed else None,
        keys_aside=keyed and not calls["caller"].notna().any(),
        closures=found.exposure.closures,
        partial_days=found.exposure.partial,
        trend=trend,
        longest_silence=0 if coarse else _silence(daily),
        lower_bound=bool(log["outcome"].isin(_SERVED).all()),
        counted=counted,
    )


class _Counted(NamedTuple):
    """Calls of a log on the opening days of its period, those that repeat another told apart."""

    calls: pd.DataFrame
    exposure: Exposure
    repeats: Repeats | None
    keyed: bool
    repeats_out: bool


def _counted(
    log: pd.DataFrame, days: pd.DatetimeIndex, *, repeats_out: bool | None, counted: str | None
) -> _Counted:
    """Find the calls of given days, how each ended, and which of these days count."""
    if not len(days):
        raise ScenarioError(_NO_PROFILE, defects=["aucun jour d’ouverture"], remedy=_REMEDY)
    calls = log.assign(day=log["time"].dt.normalize(), repeat=False, chance=False)
    calls = calls[calls["day"].isin(days)]
    _check_number(len(calls), of=len(log))
    keyed = "caller" in calls and bool(calls["caller"].notna().any())
    calls["shared"], calls["keyless"] = pd.NA, keyed
    if keyed:
        keys, calls["keyless"] = keys_of(calls, days), calls["caller"].isna()
        calls["shared"] = calls["caller"].where(keys.shared)
        calls["caller"] = keys.own
    # Rows of a count are alike because they were counted together.
    repeats = None if counted else repeats_of(calls, days)
    if repeats is not None:
        calls["repeat"], calls["chance"] = repeats.flags, repeats.by_chance
        repeats_out = repeats.by_caller if repeats_out is None else repeats_out
    out = bool(repeats_out) and repeats is not None
    ended = calls["outcome"].astype(object).fillna("unknown")
    calls["outcome"] = ended.mask(calls["repeat"] & out, "duplicate")
    exposure = exposure_of(
        _daily(calls, days), calls["time"], seasonal=bool(_is_seasonal(days).any())
    )
    return _Counted(calls, exposure, repeats, keyed, out)


def _check_number(calls: int, *, of: int) -> None:
    """Refuse a log of which fewer than 11 calls count."""
    if calls < MIN_PATIENTS:
        raise ScenarioError(
            "Le registre a trop peu d’appels aux jours d’ouverture pour en tirer un profil : il en "
            f"faut au moins {MIN_PATIENTS}.",
            defects=[
                f"{counted(calls, 'appel', 'appels')} aux jours d’ouverture, "
                f"{counted(of - calls, 'appel', 'appels')} en dehors"
            ],
            remedy=f"continuez à remplir le registre jusqu’à {MIN_PATIENTS} lignes au moins, et "
            "vérifiez les jours d’ouverture.",
        )


def _daily(calls: pd.DataFrame, days: pd.DatetimeIndex) -> pd.Series:
    """Calls of each day, 0 included."""
    return calls["day"].value_counts().reindex(days, fill_value=0)


def _requests(calls: pd.DataFrame) -> pd.DataFrame:
    """Calls that are no duplicates."""
    return calls[calls["outcome"] != "duplicate"]


def _is_seasonal(days: pd.DatetimeIndex) -> pd.Series:
    """Whether the factor of each month is known: none is where fewer than 11 have 10 days."""
    covered = pd.Series(days.month).value_counts().sort_index() >= _MIN_DAYS_A_MONTH
    return covered & (covered.sum() >= _MIN_MONTHS)


def _check(log: pd.DataFrame) -> None:
    """Raise one error that lists all that keeps a table from being a log."""
    defects = [f"le registre n’a pas de colonne « {name} »" for name in _COLUMNS if name not in log]
    if "time" in log:
        kind = log["time"].dtype
        if not pd.api.types.is_datetime64_dtype(kind):
            defects.append(f"« time » est de type {kind} : il faut des dates sans fuseau")
        elif log["time"].isna().any():
            defects.append(f"{int(log['time'].isna().sum())} appels sans date")
    if defects:
        raise ScenarioError(_NO_PROFILE, defects=defects, remedy=_REMEDY)


def _by(daily: pd.Series, group: pd.Index) -> pd.DataFrame:
    """Days, calls and calls a day over the mean, by group of days."""
    table = (
        daily.groupby(np.asarray(group)).agg(["size", "sum"]).set_axis(["days", "calls"], axis=1)
    )
    return table.assign(factor=table["calls"] / table["days"] / daily.mean())


def _hours(times: pd.Series) -> pd.Series | None:
    """Calls by hour, 0 to 23; None where no call has an hour."""
    if (times == times.dt.normalize()).all():
        return None
    counts: pd.Series = times.dt.hour.value_counts().reindex(range(24), fill_value=0)
    return counts


def _labels(texts: pd.Series) -> pd.Series | None:
    """Calls by label in the order of their first number, then unknown; None where none is given."""
    if texts.isna().all():
        return None
    # Classes of age by their first number, and not 17-64 before 5-16.
    counts = texts.value_counts()
    order = sorted(counts.index, key=lambda t: (int((re.match(r"\d+", t) or "0")[0]), t))
    unknown = pd.Series({"unknown": int(texts.isna().sum())})
    return pd.concat([counts[order], unknown]).astype(int)


def _silence(daily: pd.Series) -> int:
    """Largest number of opening days in a row without a call."""
    heard = np.flatnonzero(daily.to_numpy() > 0)
    return int(np.diff(np.concatenate([[-1], heard, [len(daily)]])).max()) - 1
