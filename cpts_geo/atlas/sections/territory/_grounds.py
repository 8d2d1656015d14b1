"""« Ce que la capacité suppose », and « Sources, définitions, limites »."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.look.cells import plain_cells
from cpts_geo.atlas.look.values import value_words
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import National, described
from cpts_geo.capacity.scenario.parameters import Parameters
from cpts_geo.french import typeset
from cpts_geo.schema import COLUMNS
from cpts_geo.settings import APL_LOW_WORDS
from cpts_geo.sources.catalogue.catalogue import sources


def hypotheses(scenario: Scenario, parameters: Parameters) -> dict[str, Any]:
    """Meaning, value with unit, source, grade; what the territory does not use is left out."""
    rows = []
    # What a log counts stands where it was assumed.
    for name, default in parameters.items():
        name = scenario.need_input if name == "need_share" else name  # noqa: PLW2901
        if name in scenario.unused or (name in National.model_fields and scenario.area is None):
            continue
        meaning, unit = described(name)
        source = scenario.sources.get(name, default)
        value = getattr(scenario, name, default.value)
        shown = f"{value_words(name, value)} {unit}".strip()
        rows.append(plain_cells(typeset(meaning), shown, typeset(source.text), source.grade))
    return {"rows": rows}


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
