"""Tables of a call log that may leave: counts of 1 to 10 calls masked, and not to be recovered.

Every table is a split of one total, the calls on opening days, which is shown; so are the requests,
which are the total less the duplicates, wherever these are. Shares, factors and the outcomes that
tell the need are computed from what the tables show and from public numbers (days, total) alone, so
they tell nothing more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.calls.profile import CallProfile
from cpts_geo.schema import status_column
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, Mask, shown_counts

_STATUS: Final = status_column("calls")
#: Outcomes of requests that deserved a slot, whether or not there was one, and of the others. Who
#: cancelled had asked for a slot and got it; redirected, the request was for another service.
_DESERVED: Final = ("appointment", "no_slot", "cancelled")
_OTHERS: Final = ("advice", "redirected", "other")
#: Share of the calls, counted beside their outcomes, that may have none: beyond, what the columns
#: leave out is no chance, and those that they hold tell no share.
_LEFT_OUT: Final = 0.05


def released(profile: CallProfile) -> dict[str, pd.DataFrame]:
    """
    Mask what may not be shown of a call log.

    Parameters
    ----------
    profile : CallProfile
        Exact figures; not modified.

    Returns
    -------
    dict of str to DataFrame
        ``outcome``, ``weekday``, ``hour``, ``month``, ``commune`` and ``age_class``, those that
        the log gives. Each has a row a label: calls, calls_status (measured, ``masked_under_11``
        for 1 to 10, ``masked`` for what would give these away) and share of all calls; by weekday
        and by month days and factor too. A masked value is NaN. A table that no masking protects
        has no row. ``apart`` has ``outside`` (calls on days that are not open), ``repeated``,
        ``shared`` (calls whose key several callers share) and ``keyless`` (without a key), which
        are part of no total; status ``unknown`` where the log does not tell.

    Notes
    -----
    The rules are those of :func:`cpts_geo.secrecy.disclosure.releasable` for patients: masked
    calls rest together on 11 at least, and each may still be five whole numbers for who knows the
    total and what is shown. The exact properties of a profile (conversion, factors) are not for
    showing: take them from here.

    Examples
    --------
    >>> from cpts_geo.capacity.calls.profile import profile_of
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> times = pd.DatetimeIndex(["2024-03-04", "2024-03-05", "2024-03-06"]).repeat([40, 4, 25])
    >>> log = pd.DataFrame({"time": times, "outcome": "advice", "commune": None, "age_class": None})
    >>> week = released(profile_of(log, load_scenario("ouest_loiret")))["weekday"]
    >>> week[["calls", "calls_status"]].values.tolist()
    [[40.0, 'measured'], [nan, 'masked_under_11'], [nan, 'masked']]
    """
    counts = {
        "weekday": profile.weekdays["calls"],
        "hour": profile.hours,
        "month": profile.months["calls"],
        "commune": profile.communes,
        "age_class": profile.age_classes,
    }
    tables = {
        name: _table(each.rename_axis(name), profile.calls)
        for name, each in counts.items()
        if each is not None
    }
    for name, exact in (("weekday", profile.weekdays), ("month", profile.months)):
        shown = tables[name]
        days = exact["days"].reindex(shown.index)
        factor = exact["factor"].reindex(shown.index).where(shown["calls"].notna())
        tables[name] = shown.assign(days=days, factor=factor)
    tables["outcome"] = _outcomes(profile)
    tables["apart"] = _apart(profile)
    return tables


def shown_requests(profile: CallProfile, tables: Mapping[str, pd.DataFrame]) -> int:
    """
    Count the requests of a log: calls less duplicates, where these may be told.

    Parameters
    ----------
    profile : CallProfile
        Exact figures.
    tables : Mapping of str to DataFrame
        What may leave of them.

    Returns
    -------
    int
        Requests; all calls where the duplicates are masked, because they are few.
    """
    duplicates = float(tables["outcome"]["calls"].get("duplicate", math.nan))
    return profile.calls if math.isnan(duplicates) else profile.calls - int(duplicates)


def shown_need(profile: CallProfile, tables: Mapping[str, pd.DataFrame]) -> tuple[int, int] | None:
    """
    Count the requests of a log that deserved a slot, and those that did not.

    Parameters
    ----------
    profile : CallProfile
        Exact figures, of which only the calls are read.
    tables : Mapping of str to DataFrame
        What may leave of them (:func:`released`).

    Returns
    -------
    tuple of int, or None
        Appointments, given and cancelled, with the requests that found no slot left; then advice,
        redirected and other. Duplicates, calls that nobody took and unknown outcomes are neither. A
        count masked because it is small is taken for 5, the middle of what everybody knows of it;
        what protects it is the rest of the calls. None where either number is small, this rest is
        of several kinds, or columns of counts leave more than 5 % of the calls without an outcome.
    """
    outcomes = tables["outcome"]
    if outcomes.empty or _is_left_out(profile):
        return None
    few, secret = (outcomes[_STATUS] == mask for mask in (Mask.UNDER_11, Mask.SECRET))
    calls = outcomes["calls"].mask(few, MIN_PATIENTS // 2)
    kinds = {(name in _DESERVED) - (name in _OTHERS) for name in secret.index[secret]}
    if len(kinds) > 1:
        return None
    rest = profile.calls - float(calls.sum())
    deserved, others = (
        int(calls.reindex(names).sum() + rest * (kind in kinds))
        for kind, names in ((1, _DESERVED), (-1, _OTHERS))
    )
    small = any(0 < each < MIN_PATIENTS for each in (deserved, others))
    return None if small or deserved + others == 0 else (deserved, others)


def _is_left_out(profile: CallProfile) -> bool:
    """Whether columns of counts leave calls without an outcome."""
    return profile.counted is not None and profile.outcomes["unknown"] > _LEFT_OUT * profile.calls


def _outcomes(profile: CallProfile) -> pd.DataFrame:
    """Calls by outcome; duplicates apart, unless they are few: requests are told, so they are."""
    counts = profile.outcomes.rename_axis("outcome")
    if profile.counted is not None:
        # What no column counts is not known to be none.
        counts = counts[counts > 0]
    duplicates = int(counts.get("duplicate", 0))
    if "duplicate" not in counts or 0 < duplicates < MIN_PATIENTS:
        return _table(counts, profile.calls)
    rest = _table(counts.drop("duplicate"), profile.calls)
    if rest.empty:
        return rest
    return pd.concat([rest, _table(counts[["duplicate"]], profile.calls)]).loc[counts.index]


def _table(counts: pd.Series, total: int) -> pd.DataFrame:
    """Counts, status and share of a table, masked."""
    # The total is shown elsewhere: where it would give a cell away, nothing else stands.
    table = shown_counts(counts).rename(columns={"value": "calls", "status": _STATUS})
    return table.assign(share=table["calls"] / total)


def _apart(profile: CallProfile) -> pd.DataFrame:
    """Calls that are part of no total, 1 to 10 of them masked."""
    counts = {
        "outside": profile.calls_outside,
        "repeated": profile.repeated_calls,
        "shared": profile.shared_calls,
        "keyless": profile.keyless_calls,
    }
    calls = pd.Series(counts, dtype=float)
    few = _is_few(calls)
    # All duplicates less those that were found are those that were marked; all calls less those of
    # unknown callers are those of known ones.
    rest = pd.Series(
        {
            "outside": 0,
            "repeated": (profile.outcomes["duplicate"] - calls["repeated"]) * profile.repeats_out,
            "shared": profile.calls - calls["shared"] - calls["keyless"],
            "keyless": profile.calls - calls["shared"] - calls["keyless"],
        }
    )
    tells = _is_few(rest) & ~few
    status = np.select(
        [few, tells, calls.isna()], [Mask.UNDER_11.value, Mask.SECRET.value, "unknown"], "measured"
    )
    return pd.DataFrame({"calls": calls.mask(few | tells), _STATUS: status})


def _is_few(calls: pd.Series) -> pd.Series:
    """Whether a number is from 1 to 10."""
    return (calls > 0) & (calls < MIN_PATIENTS)
