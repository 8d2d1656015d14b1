"""The page of a comparison: the finding, drawings, measures, what changes, what is assumed."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from cpts_geo.atlas import compare_measures, compare_tables, compare_words
from cpts_geo.atlas.compare_chart import paired_svg
from cpts_geo.atlas.offline import inline_assets
from cpts_geo.atlas.templating import template
from cpts_geo.capacity.answer.caveats import EVIDENCE
from cpts_geo.capacity.comparing.compare import ScenarioComparison

#: Measures that are drawn.
_DRAWN: Final = ("served", "same_day", "slots_needed")
#: Three drawings, side by side where there is room, and on paper.
_STYLE: Final = Markup(
    "<style>main .paired {"
    " grid-template-columns: repeat(auto-fit, minmax(min(100%, 310px), 1fr)); }"
    " main .paired h3 { min-height: 0; } @media print {"
    " main .paired { grid-template-columns: repeat(3, minmax(0, 1fr)); } }</style>"
)


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
    page = template("compare.html.j2").render(
        found=found,
        scenarios=list(zip("AB", (found.first, found.second), strict=True)),
        finding=compare_words.finding(found),
        goals=compare_words.goal_sentences(found),
        figures=[(compare_measures.TEXTS[name].label, Markup(paired_svg(found, name)))
                 for name in _DRAWN],
        rows=compare_measures.measure_rows(found),
        change_rows=compare_tables.change_rows(found),
        common_rows=compare_tables.common_rows(found),
        common_draws=compare_words.COMMON_DRAWS,
        hour_cost=compare_words.hour_cost(found),
        bases=_bases(found),
        date=date,
        map_head=_STYLE,
        map_script="",
    )  # fmt: skip
    return inline_assets(page)


def _bases(found: ScenarioComparison) -> list[str]:
    """What each scenario rests on; once where it is the same for both."""
    said: dict[str, list[str]] = {}
    for letter, scenario in zip("AB", (found.first, found.second), strict=True):
        text = (
            f"appui {scenario.evidence_label} (de 1, le plus solide, à 4) — "
            f"{EVIDENCE[scenario.evidence_label]} Publics : {scenario.eligibility} "
            f"Base : {scenario.population_basis}."
        )
        said.setdefault(text, []).append(letter)
    return [f"{' et '.join(letters)} : {text}" for text, letters in said.items()]
