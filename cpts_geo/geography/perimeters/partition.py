"""The places that a run is about: communes, or the arrondissements of a city where they are asked.

Everything that follows (neighbourhoods, maps, access) works with the rows of one partition of
France, so that nobody is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import pandas as pd

from cpts_geo.errors import Defect, PerimeterError
from cpts_geo.sources.codes import WHOLE_OF


def places_of(
    communes: gpd.GeoDataFrame, arrondissements: gpd.GeoDataFrame, listed: Collection[str]
) -> gpd.GeoDataFrame:
    """
    Replace Paris, Lyon or Marseille by its arrondissements where one of these is listed.

    Parameters
    ----------
    communes, arrondissements : GeoDataFrame
        The embedded tables, see :mod:`cpts_geo.sources.embedding.embedded`.
    listed : collection of str
        Codes of the places that territories are made of.

    Returns
    -------
    GeoDataFrame
        Places in order of code, with the columns of `communes`.

    Raises
    ------
    PerimeterError
        A city is listed both as a whole and by arrondissement.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> tables = embedded.load_communes(), embedded.load_arrondissements()
    >>> [len(places_of(*tables, listed)) for listed in (["75056"], ["75113", "69123"])]
    [34875, 34894]
    """
    asked = set(listed)
    divided = set(arrondissements.loc[arrondissements["code_insee"].isin(asked), "city"])
    if both := divided & asked:
        names = communes.set_index("code_insee")["name"]
        raise PerimeterError(
            "Une ville est demandée en entier et par arrondissements.",
            defects=[Defect(f"{names[code]} ({code})", "ville et ses parties") for code in both],
            remedy="demandez-la en entier, ou ses arrondissements, ou faites deux analyses.",
        )
    if not divided:
        return communes
    kept = communes[~communes["code_insee"].isin(divided)]
    parts = arrondissements.loc[arrondissements["city"].isin(divided), list(communes)]
    return pd.concat([kept, parts]).sort_values("code_insee", ignore_index=True)


def parts_notes(communes: pd.DataFrame) -> tuple[str, ...]:
    """
    Say which figures are not published by arrondissement.

    Parameters
    ----------
    communes : DataFrame
        Communes of the territories: code_insee.

    Returns
    -------
    tuple of str
        A French sentence, or nothing where no territory holds an arrondissement.

    Examples
    --------
    >>> parts_notes(pd.DataFrame({"code_insee": ["75056"]}))
    ()
    """
    if not communes["code_insee"].isin(WHOLE_OF).any():
        return ()
    return (
        "Arrondissements : l’Insee n’y donne pas la part des 75 ans ou plus, ni la Drees l’APL "
        "d’avant 2022 et les minutes jusqu’aux urgences, publiées pour la ville entière ou pas du "
        "tout. Ces chiffres manquent ici, et ne sont pas repris de la ville.",
    )
