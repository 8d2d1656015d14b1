"""What may leave of a registre counted by month: counts first, then what is computed from them.

The months of the requests, their outcomes by month and each split of them are crossings whose
totals are shown (:mod:`cpts_geo.secrecy.crossed`). Shares are quotients of what is shown alone; a
delay is shown of 11 appointments or more, whose number is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from cpts_geo.french import percent
from cpts_geo.schema import Status
from cpts_geo.secrecy.crossed import Crossed, shown_crossing, shown_nested
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, Mask
from cpts_geo.study.follow_up._counting import ENDINGS, Counts, month_names
from cpts_geo.study.follow_up.indicators import AT_LEAST, INDICATORS

#: Row of the whole period.
TOTAL: Final = "total"
#: What a request may ask for that the model counts.
_OF_A_SLOT: Final = ("appointments", "no_slot")
_ANSWERED: Final = ("appointments", "advice")
#: Level of each delay.
QUANTILES: Final = {"delay_median": 0.5, "delay_p90": 0.9}
#: What is unknown where one of these endings is.
_MADE_OF: Final = {
    "slot_requests": _OF_A_SLOT,
    "response_rate": _ANSWERED,
    "fill_rate": ("appointments",),
}


class Shown(NamedTuple):
    """Values by month, then of the period (row :data:`TOTAL`), and how each is known; NaN where it
    is masked or unknown. ``parts``: numerator and denominator of each share, from what is shown.
    ``blank``: French words on the requests that say no outcome, where they are many; empty."""

    values: pd.DataFrame
    status: pd.DataFrame
    parts: dict[str, pd.DataFrame]
    blank: str = ""


def shown(counts: Counts, slots: pd.Series | None) -> Shown:
    """Mask what may not be shown of a registre; `slots`: those offered each month."""
    crossed, asked = _crossed(counts.outcomes)
    table = _with_total(crossed.cells, crossed.columns)
    # All requests of the period are shown, where they are 11 at least: fewer are no registre.
    requests = _with_total(
        crossed.rows.to_frame("requests"), {"requests": float(counts.outcomes.to_numpy().sum())}
    )
    table = requests.join(table)
    months = table.index[:-1]
    days = month_names(counts.days).value_counts().reindex(months)
    table.insert(0, "opening_days", [*days, days.sum()])
    table["slot_requests"] = _sum_of(table, _OF_A_SLOT).fillna(asked)
    parts = {"response_rate": _parts(_sum_of(table, _ANSWERED), table["requests"])}
    # What no column tells is unknown, and so is all that is made of it.
    untold = {*counts.untold}
    for name, made_of in _MADE_OF.items():
        untold |= {name} if untold & {*made_of} else set()
    table[[name for name in untold if name in table]] = np.nan
    for name, split in counts.splits.items():
        given = name == "honoured"
        of = crossed.cells["appointments"] if given else crossed.rows
        if given and np.isnan(crossed.columns["appointments"]):
            continue
        own = shown_crossing(split, apart=of.index[of.isna()])
        answers = _with_total(own.cells, own.columns)
        parts[name] = _parts(answers["yes"], answers["yes"] + answers["no"])
    if slots is not None:
        offered = slots.reindex(months)
        table["slots_offered"] = [*offered, offered.sum()]
        parts["fill_rate"] = _parts(table["appointments"], table["slots_offered"])
    parts = {name: each for name, each in parts.items() if name not in untold}
    for name, each in parts.items():
        table[name] = each["part"].div(each["whole"]).where(each["whole"] > 0)
    for name, level in QUANTILES.items():
        table[name] = _delays(counts.delays, table["appointments"], level)
    known = set(parts) | {"opening_days", "requests", "slot_requests", *ENDINGS}
    known |= {"slots_offered"} if slots is not None else set()
    known |= set(QUANTILES) if len(counts.delays) else set()
    values = table.reindex(columns=list(INDICATORS)).rename_axis("month")
    status = _status(values, (known | set(counts.splits)) - untold)
    if not counts.is_partial:
        return Shown(values, status, parts)
    part = status[sorted(AT_LEAST)].replace(Status.MEASURED.value, Status.ESTIMATED.value)
    return Shown(values, status.assign(**part), parts, _blank(counts, crossed.columns))


def _crossed(outcomes: pd.DataFrame) -> tuple[Crossed, pd.Series]:
    """Outcomes that may be shown, and the requests of a slot: these before what they became, where
    both endings are of 11 requests a month on average; under it, the months would lose the
    appointments for them. The yearly totals that decide are shown."""
    flat = shown_crossing(outcomes)
    nothing = pd.Series(np.nan, index=outcomes.index)
    enough = flat.columns[list(_OF_A_SLOT)] >= MIN_PATIENTS * len(outcomes)
    if not enough.all() or flat.columns.isna().any():
        return flat, nothing
    others = [name for name in ENDINGS if name not in _OF_A_SLOT]
    nested, whole = shown_nested(outcomes, {"asked": _OF_A_SLOT, "others": others})
    return (flat, nothing) if nested.columns.isna().any() else (nested, whole["asked"])


def _blank(counts: Counts, totals: Mapping[str, float] | pd.Series) -> str:
    """French words on the requests that say no outcome: their share, where it tells no count of 1
    to 10 beside the total that they are a part of."""
    every = int(counts.outcomes.to_numpy().sum())
    others = totals["other_outcomes"]
    left = (counts.unknown, others - counts.unknown, every - counts.unknown)
    if not np.isnan(others) and all(each == 0 or each >= MIN_PATIENTS for each in left):
        return f"{percent(counts.unknown / every, 0)} des demandes sans issue connue"
    return "plus d’une demande sur vingt sans issue connue"


def _with_total(cells: pd.DataFrame, totals: Mapping[str, float] | pd.Series) -> pd.DataFrame:
    """Months, then the period."""
    return pd.concat([cells, pd.DataFrame([dict(totals)], index=[TOTAL])])


def _sum_of(table: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Requests of some outcomes: their sum, or all less the others where these are shown."""
    others = [name for name in ENDINGS if name not in names]
    own = table[list(names)].sum(axis=1, skipna=False)
    other: pd.Series = own.fillna(table["requests"] - table[others].sum(axis=1, skipna=False))
    return other


def _parts(part: pd.Series, whole: pd.Series) -> pd.DataFrame:
    """A part and what it is of."""
    return pd.DataFrame({"part": part, "whole": whole}).where(part.notna() & whole.notna())


def _delays(delays: pd.Series, appointments: pd.Series, level: float) -> pd.Series:
    """Quantile of the delays of 11 appointments or more, by month and over the period."""
    both = pd.concat([delays, delays.set_axis([TOTAL] * len(delays))])
    grouped = both.groupby(level=0) if len(both) else None
    if grouped is None:
        return pd.Series(np.nan, index=appointments.index)
    found: pd.Series = grouped.quantile(level).where(grouped.size() >= MIN_PATIENTS)
    return found.reindex(appointments.index).where(appointments.notna())


def _status(values: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """How each value is known: masked where the registre tells it and it may not be shown."""
    status = pd.DataFrame(Status.MEASURED.value, index=values.index, columns=values.columns)
    status[["opening_days", "slots_offered"]] = Status.COMPUTED.value
    for name in values:
        hidden = Mask.SECRET.value if name in known else Status.UNKNOWN.value
        status[name] = status[name].mask(values[name].isna(), hidden)
    return status
