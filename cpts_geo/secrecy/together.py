"""What several tables of one territory tell together, and none of them alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from cpts_geo.secrecy.disclosure import MIN_PATIENTS


def told_together(
    facts: pd.DataFrame, *, within: Mapping[str, str]
) -> frozenset[tuple[str, float]]:
    """
    Say which quantities may leave in no table.

    Parameters
    ----------
    facts : DataFrame
        What all tables of one territory say, a row a cell: line, year, number, population, share
        (NaN for nothing), hidden (whether a table masks it); not modified.
    within : mapping of str to str
        By line, the one that counts the same people and more; empty for none.

    Returns
    -------
    frozenset of (str, float)
        Line and year of each: one table masks it, or a number, a share of a population that
        another table gives, or what is left of one, is of 1 to 10 patients.

    Examples
    --------
    >>> facts = pd.DataFrame(
    ...     {"line": "ald", "year": 2025.0, "number": [float("nan")] * 2, "hidden": False,
    ...      "population": [300.0, float("nan")], "share": [float("nan"), 0.017]}
    ... )
    >>> told_together(facts, within={})
    frozenset({('ald', 2025.0)})
    """
    if facts.empty:
        return frozenset()
    counts: dict[tuple[str, float], list[float]] = {}
    found = set()
    for line, rows in facts.groupby("line"):
        by_year = {float(str(year)): list(_populations(mine)) for year, mine in _by_year(rows)}
        for year, mine in _by_year(rows):
            others = [each for populations in by_year.values() for each in populations]
            # A population hardly moves: that of another year tells nearly as much.
            populations = by_year[year] or others
            of = [
                *mine["number"].dropna(),
                *(share * all_ for share in mine["share"].dropna() for all_ in populations),
            ]
            counts[str(line), year] = of
            left = (all_ - count for all_ in populations for count in of)
            if mine["hidden"].any() or any(map(_few, [*of, *left])):
                found.add((str(line), year))
    for (line, year), of in counts.items():
        more = counts.get((within.get(line, ""), year), [])
        if any(_few(upper - count) for upper in more for count in of):
            found.add((line, year))
    return frozenset(found)


def _by_year(rows: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    """Rows of each year."""
    for year, mine in rows.groupby("year"):
        yield float(str(year)), mine


def _populations(rows: pd.DataFrame) -> Iterator[float]:
    """Populations that the rows of a year give, or that their numbers and shares do."""
    yield from rows["population"].dropna()
    for share in rows["share"].dropna():
        yield from (rows["number"].dropna() / share if share else ())


def _few(count: float) -> bool:
    """Whether a count is of 1 to 10 patients; a share of a population need not be whole."""
    return 1 <= round(count) < MIN_PATIENTS
