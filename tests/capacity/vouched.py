"""Scenarios however far from any territory: what is unlikely is confirmed by a source."""

from __future__ import annotations

from typing import Any

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import SOURCED_FIELDS, Source


def vouched(case: Scenario, **changes: Any) -> Scenario:
    """Change a scenario, every value having a source of its own."""
    told = Source(text="relevé", grade="A")
    given = {name: changes.get(name, getattr(case, name)) for name in SOURCED_FIELDS}
    sources = {
        name: case.sources.get(name, told) for name, value in given.items() if value is not None
    }
    return case.evolve(**changes, sources=sources)
