"""Which vintage of an indicator is shown: the newest that is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import pandas as pd

from cpts_geo.schema import COLUMNS


def newest(column: str, known: Collection[str]) -> str:
    """
    Name of the newest vintage of a column that is known.

    Parameters
    ----------
    column : str
        A column with its embedded vintage, such as ``apl_2023``.
    known : collection of str
        Columns with at least one value.

    Returns
    -------
    str
        The newest of its vintages among `known`; `column` itself where none is.

    Examples
    --------
    >>> newest("apl_2023", {"apl_2022", "apl_2024", "apl_65_2025"}), newest("population", ())
    ('apl_2024', 'population')
    """
    stem, _, year = column.rpartition("_")
    others = [name for name in known if re.fullmatch(rf"{re.escape(stem)}_\d{{4}}", name)]
    return max([column, *others]) if year.isdigit() else column


def minutes_column(known: Collection[str]) -> str | None:
    """
    Choose the minutes to a GP to show.

    Parameters
    ----------
    known : collection of str
        Columns with at least one value.

    Returns
    -------
    str or None
        From the analyst's times, else Insee's cells, else the approximation; at the newest GPs.
        None where none is known.

    Examples
    --------
    >>> minutes_column({"gp_minutes_approx_2017", "gp_minutes_insee_2024"})
    'gp_minutes_insee_2024'
    """
    for series in ("file", "insee", "approx"):
        stem = f"gp_minutes_{series}_"
        if found := [name for name in known if name in COLUMNS and name.startswith(stem)]:
            return max(found)
    return None


def newest_known(names: Sequence[str], comparison: pd.DataFrame) -> list[str]:
    """
    Replace each indicator by its newest vintage known of some territory.

    Parameters
    ----------
    names : sequence of str
        Indicators, with their embedded vintage.
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare`.

    Returns
    -------
    list of str
        Indicators in the same order.
    """
    mine = comparison[(comparison["area_level"] == "cpts") & comparison["value"].notna()]
    known = set(mine["indicator"])
    return [newest(name, known) for name in names]
