"""Page that lists executed notebooks, by territory, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered


@dataclass(frozen=True)
class Row:
    """
    An executed notebook.

    Parameters
    ----------
    territory, title : str
        Name of its territory, and its own title.
    page : str
        Address of its page, from that of the list; empty where there is none.
    failure : str
        Why it could not be run again; empty when it was.
    """

    territory: str
    title: str
    page: str
    failure: str = ""


def notebook_index_page(rows: Sequence[Row], *, date: str) -> str:
    """
    Render the list.

    Parameters
    ----------
    rows : sequence of Row
        Those of a territory together.
    date : str
        Date of the run, as written on the page.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Examples
    --------
    >>> row = Row("CPTS Ouest Loiret", "03. Population et offre", "ouest_loiret/03.html")
    >>> "ouest_loiret/03.html" in notebook_index_page([row], date="01/01/2026")
    True
    """
    groups = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row.territory)]
    return inline_assets(rendered("pages/notebook_index.html.j2", groups=groups, date=date))
