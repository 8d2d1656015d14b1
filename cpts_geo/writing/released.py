"""The one gate of what is written: an analysis as it may leave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import pandas as pd

from cpts_geo.analysis import Analysis
from cpts_geo.indicators.aci.fiche import hidden_beside
from cpts_geo.indicators.aci.secret import told_beside
from cpts_geo.indicators.filled.tables import RESTING
from cpts_geo.secrecy.disclosure import releasable, releasable_facts
from cpts_geo.secrecy.filled import releasable_cells
from cpts_geo.sources.analyst.filled.templates import templates
from cpts_geo.study.study import Study

#: Parts of a study that a coordinator fills and that hold patients or doctors, and their template.
_FILLED: Final = {"mt_access": "acces-mt", "passages": "passages", "sas": "sas"}


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
    filled, contracts = _filled_parts(analysis)
    shown = analysis.with_tables(
        communes=communes, figures=figures, comparison=comparison, facts=facts, **filled
    )
    secret = known.loc[known.index.difference(facts.index), ["territory", "fact"]]
    studies = {key: _without(study, secret).with_parts(aci=contracts[key])
               for key, study in shown.studies.items()}  # fmt: skip
    return replace(shown, studies=studies, released=True)


def _filled_parts(
    analysis: Analysis,
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame | None]]:
    """Tables that a coordinator fills, and the indicators of the ACI of each territory: what one
    hides, the others hide, and none tells it with another."""
    raw = {name: analysis.table(name) for name in _FILLED}
    alone = {name: _filled(table, name) for name, table in raw.items()}
    secret: dict[str, set[tuple[str, str]]] = {name: set() for name in _FILLED}
    contracts: dict[str, pd.DataFrame | None] = {}
    for key, study in analysis.studies.items():
        contracts[key] = study.aci
        if study.aci is None:
            continue
        mine = {name: table[table["territory"] == key] for name, table in alone.items()}
        told, parts = told_beside(study.aci, mine)
        contracts[key] = hidden_beside(study.aci, told)
        for name, cells in parts.items():
            secret[name] |= cells
    return {name: _filled(table, name, secret[name]) for name, table in raw.items()}, contracts


def _filled(table: pd.DataFrame, name: str, told: Collection[tuple[str, str]] = ()) -> pd.DataFrame:
    """A table that a coordinator fills, as it may leave."""
    within = {code: line.within for code, line in templates()[_FILLED[name]].lines.items()}
    doctors = "effecteurs" if name == "sas" else ""
    return releasable_cells(table, within=within, doctors=doctors, resting=RESTING, told=told)


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
