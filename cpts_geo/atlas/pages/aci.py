"""Page of the indicators of the ACI, for the yearly « dialogue de gestion »: half a sheet each."""

from __future__ import annotations

import pandas as pd

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.sections.aci import section


def aci_page(table: pd.DataFrame, *, name: str, period: str, date: str) -> str:
    """
    Render the page of the indicators of the ACI.

    Parameters
    ----------
    table : DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table` gives it.
    name : str
        Name of the territory.
    period : str
        French words for the period of N.
    date : str
        Date of the run, as written on the page.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        The page would need a file that cannot be embedded.
    """
    page = rendered(
        "pages/aci.html.j2", territory=name, period=period, date=date, aci=section(table)
    )
    return inline_assets(page)
