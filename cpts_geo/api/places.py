"""All of France in a table, and the producers' files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from cpts_geo.asked import typed_path
from cpts_geo.atlas.look.cells import plain_cells
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View
from cpts_geo.errors import AskedError, quoted
from cpts_geo.french import counted
from cpts_geo.geography.figures.aggregate import area_summary, with_every_figure
from cpts_geo.geography.figures.national import load_national
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.cached import located
from cpts_geo.sources.fetching.fetch import fetch as fetch_sources
from cpts_geo.sources.fetching.parsed import load_source
from cpts_geo.sources.status import status_table

#: Level -> columns of the table of communes: code and name of its areas.
_LEVELS: Final = {
    "commune": ("code_insee", "name"),
    "epci": ("epci", "epci_name"),
    "tvs": ("tvs", "tvs_name"),
    "departement": ("departement", "departement_name"),
    "region": ("region", "region_name"),
}


def france(level: str = "commune", *, fetched: bool = True) -> gpd.GeoDataFrame:
    """
    Give every area of France with its figures.

    Parameters
    ----------
    level : {"commune", "epci", "tvs", "departement", "region"}
        What a row is.
    fetched : bool
        Whether figures of fetched sources take the place of the embedded ones.

    Returns
    -------
    GeoDataFrame
        One row an area (EPSG:4326), under its code: name, figures (:mod:`cpts_geo.schema`) each
        with its ``_status``; NaN is unknown, 0 a known absence. Counts add, rates weigh.

    Raises
    ------
    AskedError
        There is no such level.

    Examples
    --------
    >>> france("departement").at["45", "name"]
    'Loiret'
    """
    if level not in _LEVELS:
        raise AskedError(
            f"{quoted(str(level))} n’est pas un niveau.", remedy=f"il y a : {', '.join(_LEVELS)}."
        )
    communes = embedded.load_communes()
    figures = load_national(communes, fetched=fetched).figures.set_index("code_insee")
    if level == "tvs":  # those of Paris, Lyon and Marseille are made of arrondissements
        parts = embedded.load_arrondissements()
        communes = places_of(communes, parts, parts["code_insee"])
    rows = communes.join(figures[figures.columns.difference(communes.columns)], on="code_insee")
    code, name = _LEVELS[level]
    if level == "commune":
        return rows.set_index(code)
    known = with_every_figure(rows[rows[code].notna()])
    long = area_summary(known, by=code)
    wide = long.set_index([code, "indicator"])[["value", "status"]].unstack()
    order = list(long["indicator"].unique())
    values, statuses = wide["value"][order], wide["status"][order].add_suffix("_status")
    areas = gpd.GeoDataFrame(known[[code, name, "geometry"]], crs=communes.crs)
    drawn = areas[areas.geometry.notna()].dissolve(by=code, aggfunc="first", method="coverage")
    names = known.drop_duplicates(code).set_index(code)[name].rename("name")
    found = pd.concat([names, values, statuses], axis=1).join(drawn.geometry)
    return gpd.GeoDataFrame(found.sort_index(), geometry="geometry", crs=communes.crs)


def fetch(
    *keys: str,
    mirror: Path | str | None = None,
    offline: bool = False,
    update: bool = False,
    progress: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> View:
    """
    Bring the producers' files into the cache, verified.

    Parameters
    ----------
    *keys : str
        Keys of the catalogue; the national sources if none is given.
    mirror : path or str, optional
        Folder of files already downloaded, tried first.
    offline : bool
        Whether no address is tried.
    update : bool
        Whether a new content is taken, and written in the lock.
    progress : bool
        Whether a bar is shown on the error output.
    say : callable
        Receives French lines that tell the progress.

    Returns
    -------
    View
        Its table has a row a source asked for: state, vintage, age, licence. Of files that name
        people only counts are kept.

    Raises
    ------
    CptsGeoError
        A key is unknown, or a file cannot be had; every defect is listed.
    """
    wanted = list(keys) or None
    where = None if mirror is None else typed_path(mirror)
    try:
        had = fetch_sources(
            wanted, mirror=where, offline=offline, update=update, say=say, progress=progress
        )
    finally:
        _read_personal(wanted, say)
    every = status_table()
    table = every[every["source"].isin([each.key for each in had])]
    return table_view(
        f"{counted(len(had), 'source prête', 'sources prêtes')}",
        table,
        headers=["Source", "Producteur", "Produit", "État", "Millésime", "Licence"],
        rows=[
            plain_cells(*map(str, row))
            for row in table[
                ["source", "producer", "product", "state", "vintage", "licence"]
            ].to_numpy()
        ],
        value=had,
    )


def _read_personal(keys: list[str] | None, say: Callable[[str], None]) -> None:
    """Read at once the files that name people: their counts stay, the files do not."""
    for source in sources().values():
        asked = source.key in keys if keys else source.national
        path = located(source.key) if source.personal and asked else None
        if path:
            load_source(source.key)
            path.unlink(missing_ok=True)  # the same bytes fetched again are not read again
            say(f"{source.key} : lu, puis effacé (données personnelles)")
