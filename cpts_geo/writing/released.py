"""The one gate of what is written: an analysis as it may leave."""

from __future__ import annotations

from dataclasses import replace

from cpts_geo.analysis import Analysis
from cpts_geo.secrecy.disclosure import releasable, releasable_facts
from cpts_geo.study.study import Study


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
        with such a fact of a territory the future of its GPs, which is drawn from it. The rest is
        public: head-counts, densities, APL, minutes, requests of whole territories, suppositions.
    """
    raw = analysis.communes
    outside = ~analysis.national["code_insee"].isin(raw["code_insee"])
    communes, comparison = releasable(raw, analysis.comparison, outside=analysis.national[outside])
    known = analysis.table("facts")
    facts = releasable_facts(known, raw)
    figures = communes[analysis.table("figures").columns]
    shown = analysis.with_tables(
        communes=communes, figures=figures, comparison=comparison, facts=facts
    )
    secret = set(known.loc[known.index.difference(facts.index), "territory"])
    return replace(
        shown,
        studies={k: _without_future(s) if k in secret else s for k, s in shown.studies.items()},
    )


def _without_future(study: Study) -> Study:
    """A study without the future of its GPs, and without the past that is held against it."""
    if study.capacity is None:
        return study
    return study.with_parts(capacity=replace(study.capacity, future=None, past=None))
