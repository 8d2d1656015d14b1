"""Scenarios and parameters that the commands on capacity read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cpts_geo.errors import ScenarioError, nested

if TYPE_CHECKING:
    from cpts_geo.capacity.scenario.inputs import Scenario
    from cpts_geo.capacity.scenario.parameters import Parameters


def chosen_defaults(path: Path | None) -> tuple[Parameters, list[str]]:
    """Default parameters of a run, and what to say of those that are changed."""
    from cpts_geo.capacity.scenario.overlay import (  # noqa: PLC0415
        chosen_parameters,
        parameter_notes,
    )

    found = chosen_parameters(path)
    return found, parameter_notes(found)


def loaded(*names: str, parameters: Parameters) -> list[Scenario]:
    """Load scenarios; what is wrong with any is said at once."""
    from cpts_geo.capacity.scenario.loading import load_scenario  # noqa: PLC0415

    found, refused = [], []
    for name in dict.fromkeys(names):
        try:
            found.append(load_scenario(name, parameters=parameters))
        except ScenarioError as error:
            refused.append(error)
    if len(refused) > 1:
        raise ScenarioError(
            "Les deux scénarios sont à corriger.",
            defects=[nested(error.summary, error.defects) for error in refused],
            remedy=" ; ".join(dict.fromkeys(error.remedy for error in refused)),
        )
    if refused:
        raise refused[0]
    return [found[0]] * len(names) if len(found) < len(names) else found
