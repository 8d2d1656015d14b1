"""The one gate of what is written: an analysis as it may leave."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cpts_geo.analysis import Analysis
from cpts_geo.indicators.aci.gate import FILLED, released_tables
from cpts_geo.secrecy.disclosure import releasable, releasable_facts
from cpts_geo.study.study import Study


def released(analysis: Analysis) -> Analysis:
    """
    Mask what may not leave of an analysis, once, over all its territories.

    Parameters
    ----------
    analysis : Analysis
        Raw figures; not modified. One that is released already, such as a territory of a run
        released whole, is given back: masked again alone, it would show what its run hides.

    Returns
    -------
    Analysis
        The same, communes and comparison masked, facts that rest on too few doctors left out, and
        with such a fact of a territory the future of its GPs, which is drawn from it. The rest is
        public: head-counts, densities, APL, minutes, requests of whole territories, suppositions.
    """
    if analysis.released:
        return analysis
    raw = analysis.communes
    outside = ~analysis.national["code_insee"].isin(raw["code_insee"])
    communes, comparison = releasable(raw, analysis.comparison, outside=analysis.national[outside])
    known = analysis.table("facts")
    facts = releasable_facts(known, raw)
    figures = communes[analysis.table("figures").columns]
    filled, contracts = released_tables(
        {name: analysis.table(name) for name in FILLED},
        {key: study.aci for key, study in analysis.studies.items()},
        areas={key: study.areas for key, study in analysis.studies.items()},
        inside={key: set(study.figures["code_insee"]) for key, study in analysis.studies.items()},
    )
    shown = analysis.with_tables(
        communes=communes, figures=figures, comparison=comparison, facts=facts, **filled
    )
    secret = known.loc[known.index.difference(facts.index), ["territory", "fact"]]
    studies = {key: _without(study, secret).with_parts(aci=contracts[key])
               for key, study in shown.studies.items()}  # fmt: skip
    return replace(shown, studies=studies, released=True)


def released_figures(analysis: Analysis) -> Analysis:
    """
    Mask what may not leave of indicators alone: of a run without files of an analyst.

    Parameters
    ----------
    analysis : Analysis
        Raw figures; not modified. What access derives from them is not computed.

    Returns
    -------
    Analysis
        The same, its comparison masked; its tables of communes and of an analyst are not to leave.
    """
    raw = analysis.table("figures")
    outside = ~analysis.national["code_insee"].isin(raw["code_insee"])
    _, comparison = releasable(raw, analysis.comparison, outside=analysis.national[outside])
    return analysis.with_tables(comparison=comparison)


def _without(study: Study, secret: pd.DataFrame) -> Study:
    """A study without some facts, its own or those of its run, nor what is drawn from its own."""
    if secret.empty:
        return study
    every = study.common.facts
    hidden = pd.MultiIndex.from_frame(every[[*secret]]).isin(pd.MultiIndex.from_frame(secret))
    study = study.with_parts(common=replace(study.common, facts=every[~hidden]))
    if study.capacity is None or study.key not in set(secret["territory"]):
        return study
    # The future of its GPs, and the past that is held against it.
    return study.with_parts(capacity=replace(study.capacity, future=None, past=None))
