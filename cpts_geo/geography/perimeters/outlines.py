"""Territories as tables: their communes, their outline, their published size against today's."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from cpts_geo.geography.figures.aggregate import area_summary, with_every_figure
from cpts_geo.geography.perimeters.coverage import dissolve
from cpts_geo.schema import Status

#: Published quantity of the facts table -> column of the outlines it is compared with.
_COMPARABLE = {
    "population_published": "population",
    "area_published": "area_km2",
    "communes_published": "communes",
}


def territory_communes(
    members: pd.DataFrame, communes: gpd.GeoDataFrame, *, figures: pd.DataFrame
) -> gpd.GeoDataFrame:
    """
    Gather everything known of the communes of each territory.

    Parameters
    ----------
    members : DataFrame
        territory, code_insee (current), published, basis, note; one row a membership.
    communes, figures : GeoDataFrame, DataFrame
        The national table of communes, and their figures: what it lacks is NaN and ``unknown``.

    Returns
    -------
    GeoDataFrame
        One row a (territory, commune) in the order of `members`, with the columns of the
        three tables; ``population_status`` is ``measured``.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    >>> national = embedded.load_communes()
    >>> table = territory_communes(members, national, figures=embedded.load_figures())
    >>> len(table), int(table["population"].sum())
    (21, 45828)
    """
    wanted = ["territory", "code_insee", "published", "basis", "note"]
    table = members[wanted].merge(communes, on="code_insee", how="left", validate="m:1")
    table = with_every_figure(table.merge(figures, on="code_insee", how="left", validate="m:1"))
    table["population_status"] = np.where(
        table["population"].isna(), Status.UNKNOWN.value, Status.MEASURED.value
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=communes.crs)


def outlines(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Outline, number of communes, population and area of each territory.

    Parameters
    ----------
    table : GeoDataFrame
        Result of :func:`territory_communes`.

    Returns
    -------
    GeoDataFrame
        Indexed by territory in order of first appearance: communes (count), population
        (inhabitants) and area_km2 (NaN unknown) as in
        :func:`cpts_geo.geography.figures.aggregate.area_summary`, departements (codes joined by a
        space), geometry.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    >>> national = embedded.load_communes()
    >>> table = territory_communes(members, national, figures=embedded.load_figures())
    >>> outlines(table)[["communes", "population"]].to_numpy().tolist()
    [[21, 45828]]
    """
    groups = table.groupby("territory", sort=False)
    sums = area_summary(table, by="territory", indicators=["population", "area_km2"])
    values = sums.pivot(index="territory", columns="indicator", values="value")
    summary = pd.DataFrame(
        {
            "communes": groups.size(),
            "population": values["population"].astype("int64"),
            "area_km2": values["area_km2"],
            "departements": groups["departement"].agg(lambda codes: " ".join(sorted(set(codes)))),
        }
    )
    summary = summary.loc[list(groups.groups)]
    shapes = dissolve(table, "territory")["geometry"]
    return gpd.GeoDataFrame(summary, geometry=shapes.reindex(summary.index), crs=table.crs)


def published_gaps(facts: pd.DataFrame, outline: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Set each published size beside today's sum.

    Parameters
    ----------
    facts : DataFrame
        Published facts of the territories.
    outline : GeoDataFrame
        Result of :func:`outlines`.

    Returns
    -------
    DataFrame
        territory, quantity (population, area_km2 or communes), published, date, document,
        grade, today, gap_percent (today against published, in %), reason (French sentence,
        empty when unknown).

    Examples
    --------
    >>> facts = pd.DataFrame(
    ...     {"territory": ["lvo"], "fact": ["population_published"], "value": [135_000.0],
    ...      "date": "2022-01", "document": "concours", "grade": "C", "gap_reason": ""}
    ... )
    >>> outline = pd.DataFrame({"population": [140_148]}, index=["lvo"])
    >>> published_gaps(facts, gpd.GeoDataFrame(outline))["gap_percent"].round(1).tolist()
    [3.8]
    """
    rows = facts[facts["fact"].isin(_COMPARABLE) & facts["territory"].isin(outline.index)]
    quantity = rows["fact"].map(_COMPARABLE)
    pairs = zip(rows["territory"], quantity, strict=True)
    today = np.array([outline.at[territory, column] for territory, column in pairs], dtype=float)
    published = rows["value"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "territory": rows["territory"],
            "quantity": quantity,
            "published": published,
            "date": rows["date"],
            "document": rows["document"],
            "grade": rows["grade"],
            "today": today,
            "gap_percent": 100 * (today / published - 1),
            "reason": rows["gap_reason"],
        }
    ).reset_index(drop=True)
