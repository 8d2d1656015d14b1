"""The areas that a table speaks of: a territory, its départements, its régions, France."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from cpts_geo.errors import one_line
from cpts_geo.french import joined
from cpts_geo.schema import AROUND, TERRITORY
from cpts_geo.sources._conventions.text import plain


def asked_territory(said: str, names: Mapping[str, str]) -> str:
    """
    Give the key of a territory that a cell names by its key or its name.

    Parameters
    ----------
    said : str
        What the cell says; nothing for the only territory of a run.
    names : mapping of str to str
        Name of each territory of the run, by key.

    Returns
    -------
    str
        Its key; what was said where it is none of them.

    Examples
    --------
    >>> asked_territory("cpts lvo", {"lvo": "CPTS LVO"})
    'lvo'
    """
    if not said and len(names) == 1:
        return next(iter(names))
    here = {plain(text): key for key, name in names.items() for text in (name, key)}
    return here.get(plain(said), said)


def left_out(file: str, territories: Collection[str]) -> str:
    """
    Say which territories of a file are none of the run.

    Parameters
    ----------
    file : str
        Name of the file.
    territories : collection of str
        What it calls them.

    Returns
    -------
    str
        A French sentence.

    Examples
    --------
    >>> left_out("aci.csv", ["lvo"])
    'aci.csv : lignes d’autres territoires laissées (lvo).'
    """
    named = joined([one_line(each) for each in sorted(set(territories))])
    return f"{one_line(file)} : lignes d’autres territoires laissées ({named})."


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
            inside = communes[level.members] == code
            rows.append((level.key, code, word, communes.loc[inside, "population"].sum()))
    table = pd.DataFrame(rows, columns=["area_level", "area_code", "area_name", "people"])
    return table.assign(territory=key)
