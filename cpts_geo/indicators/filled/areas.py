"""The areas that a table speaks of: a territory, its départements, its régions, France."""

from __future__ import annotations

import pandas as pd

from cpts_geo.schema import AROUND, TERRITORY


def areas_of(members: pd.DataFrame, *, name: str, communes: pd.DataFrame) -> pd.DataFrame:
    """
    List the areas that a territory is read beside, itself first.

    Parameters
    ----------
    members : DataFrame
        Its communes: territory, code and name of their area of each level, population.
    name : str
        Its name.
    communes : DataFrame
        All communes, with the same columns.

    Returns
    -------
    DataFrame
        A row an area: territory, area_level, area_code, area_name, people (inhabitants).

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {
    ...         "departement": ["45", "45"], "departement_name": "Loiret", "region": "24",
    ...         "region_name": "Centre-Val de Loire", "population": [300, 100],
    ...     }
    ... )
    >>> table = areas_of(communes.head(1).assign(territory="ici"), name="Ici", communes=communes)
    >>> table[["area_code", "people"]].to_numpy().tolist()
    [['ici', 300], ['45', 400], ['24', 400], ['FR', 400]]
    """
    key = str(members["territory"].iloc[0])
    rows = [(TERRITORY.key, key, name, members["population"].sum())]
    for level in AROUND:
        if not level.members:
            rows.append((level.key, level.code, level.word, communes["population"].sum()))
            continue
        found = members.drop_duplicates(level.members)[[level.members, level.names]]
        for code, word in found.itertuples(index=False, name=None):
            # Overseas, a région is its only département.
            if word in {row[2] for row in rows}:
                continue
            inside = communes[level.members] == code
            rows.append((level.key, code, word, communes.loc[inside, "population"].sum()))
    table = pd.DataFrame(rows, columns=["area_level", "area_code", "area_name", "people"])
    return table.assign(territory=key)
