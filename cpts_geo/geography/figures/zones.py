"""Zones that producers make of communes of an older COG, given to the communes of today."""

from __future__ import annotations

import pandas as pd

from cpts_geo.geography.cog.events import current_codes
from cpts_geo.sources.codes import WHOLE_OF


def zones_of_today(
    table: pd.DataFrame,
    places: pd.DataFrame,
    *,
    cog: int,
    communes: pd.DataFrame,
    events: pd.DataFrame,
) -> pd.DataFrame:
    """
    Zone of each commune of today: the one its own code, its chef-lieu's, had.

    A merger of communes of two zones is whole in that one; a commune split since is in the zone of
    the one it left, and an arrondissement that the table lacks in that of its city.

    Parameters
    ----------
    table : DataFrame
        code_insee (unique, of the COG `cog`) and the columns of the zone.
    places : DataFrame
        Current communes, or arrondissements: code_insee, split_family.
    cog : int
        Year of the COG of the table.
    communes, events : DataFrame
        All current communes (code_insee), and the events between COG.

    Returns
    -------
    DataFrame
        The columns of the zone, on the rows of `places`; missing where the table has none.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> table = pd.DataFrame({"code_insee": ["85060", "85194"], "tvs": ["85060", "85194"]})
    >>> towns = pd.DataFrame({"code_insee": ["85194"], "split_family": [None]})
    >>> events = embedded.load_cog_events()
    >>> zones_of_today(table, towns, cog=2018, communes=towns, events=events)["tvs"].tolist()
    ['85194']
    """
    codes = table["code_insee"]
    today = communes["code_insee"]
    old = codes[~codes.isin(today)]
    now = current_codes(old, from_vintage=cog, events=events, current=today)
    now = now.reindex(codes.index).fillna(codes)
    # The code of the chef-lieu first: a merged commune keeps its place in its zone.
    ranked = table.assign(now=now, moved=now != codes).sort_values(["moved", "code_insee"])
    zones = ranked.drop_duplicates("now").set_index("now").drop(columns=["code_insee", "moved"])
    own = places["code_insee"]
    left = places["split_family"].astype("str").str[:5]
    held = own.where(own.isin(zones.index), left.fillna(own.map(WHOLE_OF)))
    return zones.reindex(held).set_index(places.index)
