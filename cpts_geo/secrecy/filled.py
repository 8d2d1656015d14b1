"""What may leave of a table that a coordinator fills: no few patients, no activity of few doctors.

What producers release is masked again: two of their tables side by side may tell what each hides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from cpts_geo.schema import TERRITORY
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, MIN_PROFESSIONALS, Mask

_VALUES = ["number", "share"]
#: What other sources say of the same cell, in words.
_ASIDE = "set_aside"
_AREA = ["territory", "area_level", "area_code"]


def releasable_cells(
    table: pd.DataFrame,
    *,
    within: Mapping[str, str],
    doctors: str = "",
    resting: Mapping[str, Collection[str]],
    told: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """
    Mask what may not leave of a filled table.

    Parameters
    ----------
    table : DataFrame
        territory, line, kind, area_level, area_code, number, share, date, status, and the people
        that each cell counts (count) and among whom (whole), NaN for nobody.
    within : mapping of str to str
        By line, the one that counts the same people and more; empty for none.
    doctors : str
        Line that counts the doctors whose activity the table holds; empty for none.
    resting : mapping of str to collection of str
        By line, those that it is computed from.
    told : collection of (str, str)
        Area and line of what another table hides, or would tell with this one.

    Returns
    -------
    DataFrame
        The same rows; number and share are NaN, and the status a
        :class:`~cpts_geo.secrecy.disclosure.Mask`, where 1 to 10 patients are counted, or would be
        told by subtraction from their population, the line above, or the area around; where fewer
        than 5 doctors are counted, or are, or may be, behind an activity; where a part is masked.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "territory": "ici", "line": ["70+"], "kind": "people", "area_level": "cpts",
    ...         "area_code": "ici", "number": 4.0, "share": 4 / 90, "count": 4.0,
    ...         "whole": 90.0, "date": "2025", "status": "announced",
    ...     }
    ... )
    >>> releasable_cells(table, within={}, resting={})[["share", "status"]].to_numpy().tolist()
    [[nan, 'masked_under_11']]
    """
    # Where no cell has a value, none has anything to hide.
    if not table[_VALUES].notna().any(axis=None):
        return table
    # A year and a day of it may be one count: what is of a year is subtracted from it.
    table, dates = table.assign(date=table["date"].str[:4]), table["date"]
    people = table["kind"].isin(["people", "visits", "share", "rate"])
    counted = table["count"]
    # A share that is not 0 is of one at least.
    small = people & (counted > 0) & (counted.round() < MIN_PATIENTS)
    hidden = small | _among(table, told)
    hidden |= people & _few(table["whole"] - counted)
    hidden |= people & _few(_above(table, within) - counted)
    hidden |= people & _few(_around(table) - counted)
    hidden |= _by_few(table, doctors, told)
    hidden |= (table["kind"] == "doctors") & table["number"].between(1, MIN_PROFESSIONALS - 1)
    # What rests on what rests on a masked line is masked too.
    for _ in resting:
        hidden |= _resting(table, hidden, resting)
    hidden &= table[_VALUES].notna().any(axis=1)
    status = table["status"].mask(hidden, Mask.SECRET.value)
    status = status.mask(hidden & small, Mask.UNDER_11.value)
    values = {name: table[name].mask(hidden) for name in _VALUES}
    shown = table.assign(**values, status=status, date=dates)
    if _ASIDE in table:
        # Another source may say what is masked.
        shown[_ASIDE] = table[_ASIDE].mask(status.isin(list(Mask)), "")
    return shown


def _among(table: pd.DataFrame, told: Collection[tuple[str, str]]) -> pd.Series:
    """Whether a cell is one of some areas and lines."""
    pairs = zip(table["area_code"], table["line"], strict=True)
    return pd.Series([pair in told for pair in pairs], index=table.index, dtype=bool)


def _few(counts: pd.Series) -> pd.Series:
    """Whether a count is of 1 to 10 patients; a share of a population need not be whole."""
    return counts.round().between(1, MIN_PATIENTS - 1)


def _above(table: pd.DataFrame, within: Mapping[str, str]) -> pd.Series:
    """Count of the line that holds each line, of the same area and date; NaN for none."""
    keys = [*_AREA, "date", "line"]
    numbers = table.drop_duplicates(keys).set_index(keys)["count"]
    upper = table.assign(line=table["line"].map(within).fillna(""))
    return pd.Series(numbers.reindex(pd.MultiIndex.from_frame(upper[keys])).to_numpy(), table.index)


def _around(table: pd.DataFrame) -> pd.Series:
    """Least count of an area around a territory, of the same line and date; NaN for none."""
    keys = ["territory", "line", "date"]
    mine = table["area_level"] == TERRITORY.key
    least = table[~mine].groupby(keys)["count"].min()
    found = pd.Series(least.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy(), table.index)
    return found.where(mine)


def _by_few(table: pd.DataFrame, doctors: str, told: Collection[tuple[str, str]]) -> pd.Series:
    """Whether a value is the activity of too few doctors, or of nobody knows how many."""
    known = (table["line"] == doctors) & ~_among(table, told)
    counts = table[known].groupby("territory")["number"].sum(min_count=1)
    behind = table["territory"].map(counts)
    # Nobody's activity is a known absence.
    enough = (behind == 0) | (behind >= MIN_PROFESSIONALS)
    return table["kind"].isin(["activity", "visits"]) & ~enough


def _resting(
    table: pd.DataFrame, hidden: pd.Series, resting: Mapping[str, Collection[str]]
) -> pd.Series:
    """Whether a line is computed from a masked one, of the same area."""
    masked = set(table.loc[hidden, ["area_code", "line"]].itertuples(index=False, name=None))
    pairs = zip(table["area_code"], table["line"], strict=True)
    told = [any((area, part) in masked for part in resting.get(line, ())) for area, line in pairs]
    return pd.Series(told, index=table.index, dtype=bool)
