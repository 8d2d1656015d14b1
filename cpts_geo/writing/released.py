"""The one gate of what is written: an analysis as it may leave."""

from __future__ import annotations

from dataclasses import replace

from cpts_geo.analysis import Analysis
from cpts_geo.secrecy.disclosure import releasable, releasable_facts


def released(analysis: Analysis) -> Analysis:
    """
    Mask what may not leave of an analysis, once, over all its territories.

    Parameters
    ----------
    analysis : Analysis
        Raw figures; not modified.

    Returns
    -------
    Analysis
        The same, communes and comparison masked, facts that rest on too few doctors left out, and
        with the mean age of a territory's GPs the future that is drawn from it. The rest is
        public: head-counts, densities, APL, minutes, requests of whole territories, suppositions.
    """
    inside = analysis.communes["code_insee"]
    elsewhere = analysis.national.loc[~analysis.national["code_insee"].isin(inside), "departement"]
    communes, comparison = releasable(
        analysis.communes, analysis.comparison, elsewhere=elsewhere.unique()
    )
    facts = releasable_facts(analysis.facts, analysis.communes)
    aged = set(facts.loc[facts["fact"] == "gp_mean_age", "territory"])
    return replace(
        analysis,
        communes=communes,
        comparison=comparison,
        facts=facts,
        capacity={
            key: each if each is None or key in aged else replace(each, future=None)
            for key, each in analysis.capacity.items()
        },
    )
