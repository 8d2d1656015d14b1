"""How many people each cell of a filled table tells, where it says a share or a rate alone too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import pandas as pd

from cpts_geo.sources.analyst.filled.templates import Line, templates

#: Columns that are added: people that a cell counts, and those among whom it does.
COUNTS: Final = ("count", "whole")
_AREA: Final = ["territory", "area_level", "area_code"]
#: Inhabitants that a rate is for.
_PER: Final = 1_000
#: Kinds of lines that count somebody.
_PEOPLE: Final = frozenset({"people", "doctors", "visits", "share", "rate"})


def with_counts(table: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """
    Say how many people each cell tells, of how many.

    Parameters
    ----------
    table : DataFrame
        territory, line, kind, area_level, area_code, number, population, share; not modified.
    areas : DataFrame
        territory, area_level, area_code and people (inhabitants) of each area.

    Returns
    -------
    DataFrame
        The same, with columns :data:`COUNTS`: the number, or what the share or the rate makes of
        the people of whom it is; where nobody says how many these are, as many as are usual for
        the inhabitants. NaN for what counts nobody.

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {"territory": "ici", "area_level": ["cpts"], "area_code": "ici", "people": 652.0}
    ... )
    >>> nothing = float("nan")
    >>> table = areas.assign(line="tous_ages", kind="people", number=nothing, population=nothing,
    ...     share=0.012)
    >>> with_counts(table, areas)[["count", "whole"]].round(1).to_numpy().tolist()
    [[7.8, 652.0]]
    """
    places = pd.MultiIndex.from_frame(table[_AREA])
    known = areas.drop_duplicates(_AREA).set_index(_AREA)["people"].astype("float64")
    people = pd.Series(known.reindex(places).to_numpy(), table.index)
    number, share = table["number"].astype("float64"), table["share"].astype("float64")
    rate = table["kind"] == "rate"
    visits = (number * people / _PER).where(rate)
    of_area = dict(zip(places[rate], visits[rate], strict=True))
    # A share of visits is of as many as the area has.
    whole = pd.Series(places.map(of_area), table.index, dtype="float64")
    whole = whole.where(table["kind"] == "share")
    usual = people * table["line"].map(_of_people()).astype("float64")
    whole = table["population"].fillna(number / share.where(share > 0)).fillna(whole).fillna(usual)
    count = visits.fillna(number.where(~rate)).fillna(share * whole)
    told = table["kind"].isin(_PEOPLE)
    return table.assign(count=count.where(told), whole=whole.where(told & ~rate))


def usual_populations(people: float) -> Mapping[str, float]:
    """
    Say of how many people each line is usually a share.

    Parameters
    ----------
    people : float
        Inhabitants of an area.

    Returns
    -------
    mapping of str to float
        By line.

    Examples
    --------
    >>> usual_populations(1_000)["17+"]
    790.0
    """
    return {code: people * share for code, share in _of_people().items()}


def _of_people() -> Mapping[str, float]:
    """What the population of each line is for one inhabitant."""
    lines: list[Line] = [line for each in templates().values() for line in each.lines.values()]
    return {line.code: line.of_people for line in lines if not math.isnan(line.of_people)}
