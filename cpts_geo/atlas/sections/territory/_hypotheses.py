"""« Ce que la capacité suppose »."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.look.cells import plain_cells
from cpts_geo.atlas.look.values import value_words
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.french import typeset


def section(scenario: Scenario) -> dict[str, Any]:
    """Meaning, value with unit, source, grade; what the territory does not use is left out."""
    rows = []
    for name, default in default_parameters().items():
        if name in scenario.unused:
            continue
        meaning, unit = described(name)
        source = scenario.sources.get(name, default)
        shown = f"{value_words(name, getattr(scenario, name, default.value))} {unit}".strip()
        rows.append(plain_cells(typeset(meaning), shown, typeset(source.text), source.grade))
    return {"rows": rows}
