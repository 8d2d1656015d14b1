"""What a coordinator fills and what comes back: whom to ask, words of outcomes, sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import pandas as pd

from cpts_geo.indicators.aci.fiche import aci_table
from cpts_geo.sources.analyst.aci.codes import aci_indicators
from cpts_geo.sources.analyst.calls._wordings import WORDINGS
from cpts_geo.sources.analyst.filled.templates import level_words, templates
from cpts_geo.writing.export._sheets import read_me
from cpts_geo.writing.export._workbook import sheets_of
from docs._ext.examples import five
from docs._ext.markdown import table

_ACI: Final = "aci"


def asked(name: str) -> str:
    """Whom to ask for each thing of a table to fill, by level of area."""
    if name == _ACI:
        heads = ("Indicateur", "Unité", "À demander")
        return table(heads, [(i.title, i.unit, i.ask) for i in aci_indicators().values()])
    lines = templates()[name].lines.values()
    levels = [key for key in level_words() if any(key in line.levels for line in lines)]
    found: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        found.setdefault(_by_level(line.ask, levels, line.levels), []).append(line.label)
    heads = ("Ce qui est demandé", *(level_words()[key] for key in levels))
    return table(heads, [(" ; ".join(labels), *asks) for asks, labels in found.items()])


def _by_level(
    ask: Mapping[str, str], levels: list[str], wanted: tuple[str, ...]
) -> tuple[str, ...]:
    """Whom to ask at each level; a dash where the table does not ask."""
    return tuple(ask[key] if key in wanted else "—" for key in levels)


def outcomes() -> str:
    """Words that a registre may have in « issue », and what each is read as."""
    rows = [(f"**{words[0]}**", ", ".join(words[1:])) for words in WORDINGS.values()]
    return table(("Écrivez", "Est compris aussi"), rows)


def sheets() -> str:
    """Sheets of the workbook of a territory, in order, with the indicators of the ACI given."""
    study = replace(five().studies["beauce_gatinais"], aci=aci_table(pd.DataFrame()))
    found = sheets_of(study, [], day=date.today())
    first = read_me(study, found, day=date.today(), sources="")
    about = {first.name: "ce que contient le classeur, et de quel jour il est"}
    return table(
        ("Feuille", "Ce qu’elle contient"),
        [(f"**{each.name}**", about.get(each.name, each.about)) for each in (first, *found)],
    )
