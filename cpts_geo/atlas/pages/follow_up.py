"""Page of a follow-up: a registre month by month."""

from __future__ import annotations

from collections.abc import Sequence

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.sections.follow_up import follow_up_sections
from cpts_geo.study.follow_up.follow_up import FollowUp


def follow_up_page(found: FollowUp, *, date: str, forecast: Sequence[str] = ()) -> str:
    """
    Render the page of a follow-up.

    Parameters
    ----------
    found : FollowUp
        Values that may leave.
    date : str
        Date of the run, as written on the page.
    forecast : sequence of str
        French sentences on how last year's forecast held; none where none was kept.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        The page would need a file that cannot be embedded.
    """
    shown = follow_up_sections(found) | {"forecast": forecast}
    return inline_assets(rendered("pages/follow_up.html.j2", found=found, shown=shown, date=date))
