"""The scenario that the capacity of each territory rests on, and what to say of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenarios, scenario_from_population
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import number
from cpts_geo.schema import COLUMNS

#: A population given for a perimeter is another count of it up to this gap.
_SAME_PEOPLE: Final = 0.1


def scenarios_of(
    outlines: pd.DataFrame, *, published: Collection[str], own: Scenario | None = None
) -> dict[str, Scenario]:
    """
    Give each territory its scenario.

    Parameters
    ----------
    outlines : DataFrame
        By territory: name, population.
    published : collection of str
        Those that are among the five CPTS, which have theirs.
    own : Scenario, optional
        That of an analyst, for one territory.

    Returns
    -------
    dict of str to Scenario
        By territory; without a scenario, that of as many people anywhere.

    Raises
    ------
    ScenarioError
        One scenario is given for several territories, or its people are not among theirs.

    Examples
    --------
    >>> outlines = pd.DataFrame({"name": ["Ici"], "population": [10_000]}, index=["ici"])
    >>> round(scenarios_of(outlines, published=())["ici"].people_without_mt)
    869
    """
    if own is None:
        shipped = load_scenarios() if published else {}
        known = {key: scenario for key, scenario in shipped.items() if key in published}
        return {
            str(key): known.get(str(key)) or _default(str(key), row)
            for key, row in outlines.iterrows()
        }
    if len(outlines) != 1:
        raise ScenarioError(
            f"Un scénario de capacité est celui d’un territoire, et {len(outlines)} sont demandés.",
            defects=list(outlines["name"]),
            remedy="demandez ce seul territoire (sa clé, sa liste de communes, ou --epci).",
        )
    key = str(outlines.index[0])
    _check_people(own, population=float(outlines["population"].iloc[0]))
    return {key: own.evolve(territory=key, sources=own.sources)}


def scenario_notes(scenario: Scenario | None, outline: pd.Series) -> list[str]:
    """
    Say whose scenario an analyst's is, and where its people are not those of the perimeter.

    Parameters
    ----------
    scenario : Scenario or None
        As it was given; None without one.
    outline : Series
        population of the territory, its key as name of the row.

    Returns
    -------
    list of str
        French sentences.
    """
    if scenario is None:
        return []
    said = [f"Capacité calculée avec le scénario « {scenario.label} »."]
    for key, published in load_scenarios().items():
        # A variant bears a key of its own, but counts the people of what it starts from.
        theirs = (
            key == scenario.territory or published.population_basis == scenario.population_basis
        )
        if theirs and key != outline.name:
            said.append(
                f"Ce scénario est celui d’une autre CPTS ({published.label}), ou part de lui : "
                "vérifiez que ses valeurs sont celles de votre territoire."
            )
    people, population = scenario.population, float(outline["population"])
    if people is not None and abs(people / population - 1) > _SAME_PEOPLE:
        said.append(
            f"Ce scénario compte {number(people)} habitants, et les communes du périmètre "
            f"{number(population)} : vérifiez qu’il s’agit du même territoire."
        )
    return said


def _default(key: str, outline: pd.Series) -> Scenario:
    """The scenario of as many people anywhere."""
    return scenario_from_population(
        float(outline["population"]),
        territory=key,
        label=str(outline["name"]),
        population_basis=f"population municipale {COLUMNS['population'].vintage} (Insee) des "
        "communes du périmètre",
    )


def _check_people(scenario: Scenario, *, population: float) -> None:
    """Refuse a scenario whose people cannot be among those of the perimeter."""
    without = scenario.people_without_mt
    if without > population:
        raise ScenarioError(
            f"Le scénario « {one_line(scenario.label)} » n’est pas celui de ce périmètre.",
            defects=[
                f"{number(without)} personnes sans médecin traitant, pour {number(population)} "
                "habitants dans les communes du périmètre"
            ],
            remedy="donnez le scénario de ce territoire, ou le périmètre de ce scénario.",
        )
