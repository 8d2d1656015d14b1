"""Zones that producers make of communes of an older COG, given to the communes of today."""

from __future__ import annotations

import pandas as pd

from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.territories.cog.events import current_codes


def zones_of_today(table: pd.DataFrame, communes: pd.DataFrame, *, cog: int) -> pd.DataFrame:
    """
    Zone of each commune of today: the one its own code, its chef-lieu's, had.

    A merger of communes of two zones is whole in that one; a commune split since is in the zone of
    the one it left, and an arrondissement that the table lacks in that of its city.

    Parameters
    ----------
    table : DataFrame
        code_insee (unique, of the COG `cog`) and the columns of the zone.
    communes : DataFrame
        Current communes or arrondissements: code_insee, split_family.
    cog : int
        Year of the COG of the table.

    Returns
    -------
    DataFrame
        The columns of the zone, on the rows of `communes`; missing where the table has none.

    Examples
    --------
    >>> table = pd.DataFrame({"code_insee": ["85060", "85194"], "tvs": ["85060", "85194"]})
    >>> communes = pd.DataFrame({"code_insee": ["85194"], "split_family": [None]})
    >>> zones_of_today(table, communes, cog=2018)["tvs"].tolist()
    ['85194']
    """
    codes = table["code_insee"]
    old = codes[~codes.isin(communes["code_insee"])]
    now = current_codes(old, from_vintage=cog).reindex(codes.index).fillna(codes)
    # The code of the chef-lieu first: a merged commune keeps its place in its zone.
    ranked = table.assign(now=now, moved=now != codes).sort_values(["moved", "code_insee"])
    zones = ranked.drop_duplicates("now").set_index("now").drop(columns=["code_insee", "moved"])
    own = communes["code_insee"]
    left = communes["split_family"].astype("str").str[:5]
    held = own.where(own.isin(zones.index), left.fillna(own.map(WHOLE_OF)))
    return zones.reindex(held).set_index(communes.index)
