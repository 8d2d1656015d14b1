"""Tables of a call log that may leave: counts of 1 to 10 calls masked, and not to be recovered.

Every table is a split of one total, the calls on opening days, which is shown. Shares and factors
are computed from what the tables show and from public numbers (days, total) alone, so they tell
nothing more.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.calls.profile import CallProfile
from cpts_geo.schema import status_column
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, Mask, shown_counts

_STATUS: Final = status_column("calls")


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
        has no row. ``apart`` has ``outside`` (calls on days that are not open) and ``repeated``,
        which are part of no total; status ``unknown`` where the log does not tell.

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
        "outcome": profile.outcomes,
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
    tables["apart"] = _apart(profile)
    return tables


def _table(counts: pd.Series, total: int) -> pd.DataFrame:
    """Counts, status and share of a table, masked."""
    # The total is shown elsewhere: where it would give a cell away, nothing else stands.
    table = shown_counts(counts).rename(columns={"value": "calls", "status": _STATUS})
    return table.assign(share=table["calls"] / total)


def _apart(profile: CallProfile) -> pd.DataFrame:
    """Calls that are part of no total, 1 to 10 of them masked."""
    exact = pd.Series({"outside": profile.calls_outside, "repeated": profile.repeated_calls})
    calls = exact.astype(float)
    few = (calls > 0) & (calls < MIN_PATIENTS)
    status = np.where(few, Mask.UNDER_11.value, np.where(calls.isna(), "unknown", "measured"))
    return pd.DataFrame({"calls": calls.mask(few), _STATUS: status})
