"""How an input of a scenario is known: by its grade, and by whose it is."""

from __future__ import annotations

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import default_parameters, is_default
from cpts_geo.schema import Status


def input_status(scenario: Scenario, name: str) -> Status:
    """
    Say how an input of a scenario is known there.

    Parameters
    ----------
    scenario : Scenario
        Scenario.
    name : str
        Input that has a source: key of ``scenario.sources``, or default of the package.

    Returns
    -------
    Status
        Announced, or that of the grade of its source; estimated at best where it is the default
        of the package, which describes elsewhere, unless the territory has its own calls. People
        without médecin traitant are known as the sheet says.

    Raises
    ------
    KeyError
        If the input has no source.

    Examples
    --------
    The calls of Beauce-Gâtinais are its own, and borrowed by Ondaine-Forez:

    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> own, borrowed = load_scenario("beauce_gatinais"), load_scenario("ondaine_forez")
    >>> [str(input_status(case, "calls_observed")) for case in (own, borrowed)]
    ['announced', 'estimated']
    """
    if name == "people_without_mt":
        return scenario.people_status
    source = scenario.sources.get(name) or default_parameters()[name].source
    if source.announced:
        return Status.ANNOUNCED
    if is_default(source, name) and scenario.calls_years is None:
        return least_known(_grade_status(source.grade), Status.ESTIMATED)
    return _grade_status(source.grade)


def _grade_status(grade: str) -> Status:
    """Measured for A, assumed for D, estimated between."""
    return {"A": Status.MEASURED, "D": Status.ASSUMED}.get(grade, Status.ESTIMATED)


def least_known(*statuses: Status) -> Status:
    """
    Take the status of what several values make together.

    Parameters
    ----------
    *statuses : Status
        One at least.

    Returns
    -------
    Status
        That of the least known.

    Examples
    --------
    >>> str(least_known(Status.MEASURED, Status.ASSUMED))
    'assumed'
    """
    return max(statuses, key=list(Status).index)
