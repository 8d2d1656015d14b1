"""Page of France: every commune and intercommunalité on one map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pandas as pd

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.maps.embedding import map_parts, png
from cpts_geo.atlas.maps.interactive import france_map
from cpts_geo.atlas.maps.still import france_figure
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.catalogue.catalogue import sources

#: Families of the layers, access first.
_SHOWN: Final = (
    "apl", "gps_per_100k", "share_75plus", "emergency_minutes_drees", "gps", "population",
)  # fmt: skip


def france_page(
    national: gpd.GeoDataFrame,
    figures: pd.DataFrame,
    *,
    areas: pd.DataFrame,
    date: str,
    links: Mapping[str, str] | None = None,
) -> str:
    """
    Render the page of all communes of France.

    Parameters
    ----------
    national : GeoDataFrame
        All communes (EPSG:4326).
    figures : DataFrame
        Their figures, by the column ``code_insee``.
    areas : DataFrame
        Figures of the intercommunalités, as
        :func:`cpts_geo.geography.figures.aggregate.area_summary` gives them by ``epci``.
    date : str
        Date of the run, as written on the page.
    links : mapping of str to str, optional
        Address of the page of each intercommunalité that has one, by its code.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        The page would need a file that cannot be embedded.
    """
    drawn = france_map(national, figures, areas=areas, links=links, columns=_SHOWN)
    shown = [COLUMNS[name] for name in (*figures, *areas["indicator"].unique()) if name in COLUMNS]
    used = {column.source for column in shown if column.quantity in _SHOWN}
    page = rendered(
        "pages/france.html.j2",
        map=map_parts(drawn),
        still=png(france_figure(national, figures), dpi=100, colours=32),
        communes=len(national),
        areas=national["epci"].nunique(),
        sources=[source for key, source in sources().items() if key in used],
        date=date,
    )
    return inline_assets(page)
