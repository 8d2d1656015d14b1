"""Page of a comparison of two scenarios."""

from __future__ import annotations

from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.look.words import whom
from cpts_geo.atlas.sections.comparison import comparison_sections
from cpts_geo.capacity.comparing.compare import ScenarioComparison


def compare_page(found: ScenarioComparison, *, date: str) -> str:
    """
    Render the page of a comparison.

    Parameters
    ----------
    found : ScenarioComparison
        Comparison of two scenarios.
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
    names = [f"{scenario.label} — {whom(scenario)}" for scenario in (found.first, found.second)]
    page = rendered(
        "pages/comparison.html.j2",
        found=found,
        names=list(zip("AB", names, strict=True)),
        date=date,
        **comparison_sections(found),
    )
    return inline_assets(page)
