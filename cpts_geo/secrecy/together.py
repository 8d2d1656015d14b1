"""What several tables of one territory tell together, and none of them alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, product
from typing import Final

import pandas as pd

from cpts_geo.secrecy.disclosure import MIN_PATIENTS

#: Territories that are taken together away from one that holds them: beyond as many, by pairs.
_MANY: Final = 8
#: A count, and the people among whom.
_Count = tuple[float, float]


def told_together(
    facts: pd.DataFrame, *, within: Mapping[str, str], usual: Mapping[str, float]
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
    usual : mapping of str to float
        By line, the population of its shares where no table gives it.

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
    >>> told_together(facts, within={}, usual={})
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
            populations = by_year[year] or others or _usual(str(line), usual)
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


def told_across(
    counts: pd.DataFrame, *, inside: Mapping[str, Collection[str]]
) -> frozenset[tuple[str, str, float]]:
    """
    Say which quantities of territories tell a few people by what is left of a larger territory.

    Parameters
    ----------
    counts : DataFrame
        What is shown, a row a quantity: territory, line, year, count, whole (people among whom; NaN
        for none) and least (from how many on a count is shown).
    inside : mapping of str to collection of str
        Communes of each territory.

    Returns
    -------
    frozenset of (str, str, float)
        Territory, line and year: without these, no territory less one that it holds, or less
        several that have no commune in common, is fewer than ``least``.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "territory": ["a", "b"], "line": "ald", "year": 2025.0, "count": [44.0, 40.0],
    ...     "whole": [500.0, 400.0], "least": 11,
    ... })
    >>> told_across(counts, inside={"a": ["45095", "45348"], "b": ["45095"]})
    frozenset({('b', 'ald', 2025.0)})
    """
    if counts.empty:
        return frozenset()
    sets = {key: frozenset(codes) for key, codes in inside.items()}
    held = {key: [other for other in sets if sets[other] < sets[key]] for key in sets}
    if not any(held.values()):
        return frozenset()
    found = set()
    for (line, year), rows in counts.groupby(["line", "year"]):
        said: dict[str, list[_Count]] = {
            str(key): [*mine[["count", "whole"]].itertuples(index=False, name=None)]
            for key, mine in rows.groupby("territory")
        }
        least = int(rows["least"].max())
        while (key := _telling(said, held, sets, least=least)) is not None:
            del said[key]
            found.add((key, str(line), float(str(year))))
    return frozenset(found)


def _telling(
    said: Mapping[str, list[_Count]],
    held: Mapping[str, list[str]],
    sets: Mapping[str, frozenset[str]],
    *,
    least: int,
) -> str | None:
    """The smallest territory of those that, taken from a larger one, leave few; None for none."""
    for key, whole in said.items():
        within = [other for other in held[key] if other in said]
        sizes = range(1, len(within) + 1 if len(within) <= _MANY else 3)
        for parts in (each for size in sizes for each in combinations(within, size)):
            if len(frozenset().union(*(sets[each] for each in parts))) < sum(
                len(sets[each]) for each in parts
            ):
                continue
            for of, *less in product(whole, *(said[each] for each in parts)):
                left = of[0] - sum(count for count, _ in less)
                without = of[1] - of[0] - sum(whole - count for count, whole in less)
                if any(0.5 < each < least - 0.5 for each in (left, without)):
                    return min(parts, key=lambda each: (said[each][0][0], each))
    return None


def _usual(line: str, usual: Mapping[str, float]) -> list[float]:
    """Population that a line usually has."""
    return [usual[line]] if line in usual else []


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
