"""APL of earlier publications, a row a commune of today."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.geography.cog.moves import move
from cpts_geo.geography.figures.by_commune import cog_of
from cpts_geo.schema import COLUMNS, vintages
from cpts_geo.settings import COG_YEAR

#: Weight of a file that says the people of no commune.
_EVENLY: Final = "evenly"


def past_apl(
    table: pd.DataFrame, *, events: pd.DataFrame, population: pd.Series[int]
) -> pd.DataFrame:
    """
    Bring the APL of earlier publications to the current COG.

    Parameters
    ----------
    table : DataFrame
        Table of its reader: code_insee, vintage, apl; vintages that the schema does not name as
        past are left out.
    events : DataFrame
        Events between COG (:func:`cpts_geo.sources.embedding.embedded.load_cog_events`).
    population : Series of int
        People by code of the current COG.

    Returns
    -------
    DataFrame
        code_insee, then a column a vintage of the family ``apl_past``, two decimals as published;
        communes of which no vintage is known are left out.

    Raises
    ------
    TableError
        A code is not of the COG that the catalogue says.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> table = pd.DataFrame({"code_insee": ["45203"], "vintage": [2015], "apl": [3.0]})
    >>> events, people = embedded.load_cog_events(), embedded.load_population()
    >>> past_apl(table, events=events, population=people)["apl_2015"].tolist()
    [3.0]
    """
    names = {int(COLUMNS[name].vintage): name for name in vintages("apl_past")}
    wide = table.pivot(index="code_insee", columns="vintage", values="apl")
    wide = wide.reindex(columns=list(names)).rename(columns=names).dropna(how="all")
    (source,) = {COLUMNS[name].source for name in names.values()}
    moved, _ = move(
        wide.reset_index().assign(**{_EVENLY: 1.0}),
        from_vintage=cog_of(source),
        to_vintage=COG_YEAR,
        counts=[_EVENLY],
        rates=dict.fromkeys(names.values(), _EVENLY),
        split="parent",
        events=events,
        population=population,
    )
    return moved[["code_insee", *names.values()]].round(2)
