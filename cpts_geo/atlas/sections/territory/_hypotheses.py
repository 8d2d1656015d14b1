"""« Ce que la capacité suppose »."""

from __future__ import annotations

from typing import Any

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.look.values import value_words
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.french import typeset


def _assumption_rows(scenario: Scenario) -> list[list[Cell]]:
    """Meaning, value with unit, source, grade; what the territory does not use is left out."""
    rows = []
    for name, default in default_parameters().items():
        if name in scenario.unused:
            continue
        meaning, unit = described(name)
        source = scenario.sources.get(name, default)
        rows.append(
            [
                Cell(typeset(meaning), numeric=False),
                Cell(
                    f"{value_words(name, getattr(scenario, name, default.value))} {unit}".strip(),
                    numeric=False,
                ),
                Cell(typeset(source.text), numeric=False),
                Cell(source.grade, numeric=False),
            ]
        )
    return rows


def section(scenario: Scenario) -> dict[str, Any]:
    """What the template shows of what the capacity of a territory assumes."""
    return {"rows": _assumption_rows(scenario)}
