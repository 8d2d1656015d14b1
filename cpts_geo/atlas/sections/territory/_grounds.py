"""« Ce que la capacité suppose », and « Sources, définitions, limites »."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.look.cells import Cell, plain_cells
from cpts_geo.atlas.look.values import stated
from cpts_geo.atlas.look.words import TECHNICAL, whom
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import National, described
from cpts_geo.capacity.scenario.parameters import Parameters
from cpts_geo.capacity.scenario.supply import LeverTerms
from cpts_geo.french import typeset
from cpts_geo.schema import COLUMNS
from cpts_geo.settings import APL_LOW_WORDS
from cpts_geo.sources.catalogue.catalogue import sources


def hypotheses(answered: Sequence[Scenario], parameters: Parameters) -> dict[str, Any] | None:
    """
    Meaning, value with unit, source, grade; what no answer uses is left out.

    None without any; of the scenarios of two publics, what one alone uses says so.
    """
    if not answered:
        return None
    rows: list[list[Cell]] = []
    technical: list[list[Cell]] = []
    # What a log counts stands where it was assumed.
    for name, default in parameters.items():
        name = answered[0].need_input if name == "need_share" else name  # noqa: PLW2901
        using = [each for each in answered if name not in each.unused]
        if name in LeverTerms.model_fields:
            # The answer does not rest on them: they stand under the levers.
            continue
        if not using or (name in National.model_fields and using[0].area is None):
            continue
        scenario = using[0]
        meaning, unit = described(name)
        alone = f"{whom(scenario)} seulement" if len(using) < len(answered) else ""
        source = scenario.sources.get(name, default)
        value = getattr(scenario, name, default.value)
        shown = stated(name, value, unit)
        what = Cell(typeset(meaning), numeric=False, origin=alone)
        row = [what, *plain_cells(shown, typeset(source.text), source.grade)]
        (technical if name in TECHNICAL else rows).append(row)
    return {"rows": rows, "technical": technical}


def limits(layers: Sequence[MapLayer]) -> dict[str, Any]:
    """What the template shows: the definition and source of each layer of the map."""
    columns = [(layer.title, COLUMNS[layer.column]) for layer in layers]
    return {
        "layers": [
            (title, f"{column.definition} Source : {sources()[column.source].attribution}.")
            for title, column in columns
        ],
        "apl_low": APL_LOW_WORDS,
    }
