"""« Ce qui change entre les deux »."""

from __future__ import annotations

from typing import Any, Final

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.values import value_words
from cpts_geo.capacity.comparing.compare import ScenarioComparison
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.scenario.parameters import SOURCED_FIELDS
from cpts_geo.capacity.scenario.records import Record, label_and_unit
from cpts_geo.french import UNKNOWN_TEXT, typeset

_IDLE: Final = "ne sert pas à la réponse"


def section(found: ScenarioComparison) -> dict[str, Any]:
    """
    Meaning with unit, both values with their source; of a table, each field that differs.

    What neither answer uses is named apart: its figures are no inputs.
    """
    rows, idle = [], []
    unused = found.first.unused & found.second.unused
    for name in found.changes:
        meaning, unit = described(name)
        if name in unused:
            idle += [meaning] if name in SOURCED_FIELDS else []
            continue
        one, two = getattr(found.first, name), getattr(found.second, name)
        parts = [(name, meaning, unit, one, two)]
        if isinstance(one, Record) and isinstance(two, Record):
            parts = [
                (part, f"{meaning} : {own}", own_unit, before, after)
                for part, info in type(one).model_fields.items()
                if info.repr and (before := getattr(one, part)) != (after := getattr(two, part))
                for own, own_unit in [label_and_unit(info)]
            ]
        rows += [
            [
                Cell(typeset(text), numeric=False, origin=unit),
                _value_cell(found.first, name, part, before),
                _value_cell(found.second, name, part, after),
            ]
            for part, text, unit, before, after in parts
        ]
    said = f"Diffèrent aussi, sans servir à aucune des deux réponses : {' ; '.join(idle)}."
    return {"rows": rows, "idle": said if idle else ""}


def _value_cell(scenario: Scenario, name: str, part: str, value: Any) -> Cell:
    """A value with how it is known and where it comes from; none where the answer rests on none."""
    if name in scenario.unused and value is not None:
        return Cell(_IDLE, numeric=False)
    words = value_words(part, value)
    if words == UNKNOWN_TEXT:
        return Cell(words, status="unknown", numeric=False)
    source = scenario.sources.get(name)
    if source is None:
        origin = scenario.planned_basis if name == "slots_planned" else None
        return Cell(words, origin=origin or "", numeric=False)
    return Cell(
        words,
        status=input_status(scenario, name),
        origin=f"{source.text} ({source.grade})",
        numeric=False,
    )
