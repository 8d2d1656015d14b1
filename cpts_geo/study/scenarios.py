"""The scenario that the capacity of each territory rests on, and what to say of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Final, cast

import pandas as pd

from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import (
    load_scenarios,
    people_without_mt,
    scenario_from_population,
)
from cpts_geo.capacity.scenario.parameters import (
    OF_COMMUNES,
    Parameters,
    Source,
    default_parameters,
)
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import number, percent
from cpts_geo.indicators.given_share import AGES, ONE_ALONE, GivenShare
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.analyst.filled.templates import is_invented
from cpts_geo.sources.codes import overseas

#: A population given for a perimeter is another count of it up to this gap.
_SAME_PEOPLE: Final = 0.1
#: Share of the population that is 16 or older, where nothing says that of a territory.
_FROM_16: Final = 0.81
#: What is said, and how it starts, where a scenario bears people and APL of its own.
_AREA_LEFT: Final = "Habitants et APL du besoin : "
#: What an area is compared by, in words, with the decimals that it is written with.
_COMPARED: Final = {
    "population": ("{} habitants", 0),
    "standardised_population": ("{} habitants standardisés par l’âge", 0),
    "apl": ("APL {}", 1),
}
#: Two areas computed from the same places differ by less, relative to them.
_SAME_AREA: Final = 1e-6


def scenarios_of(
    outlines: pd.DataFrame,
    *,
    published: Collection[str],
    areas: Mapping[str, Area | None],
    own: Scenario | None = None,
    shares: Mapping[str, GivenShare] | None = None,
    typed: bool = False,
    parameters: Parameters | None = None,
) -> dict[str, Scenario]:
    """
    Give each territory its scenario.

    Parameters
    ----------
    outlines : DataFrame
        By territory: name, population.
    published : collection of str
        Those that are among the five CPTS, which have theirs.
    areas : mapping of str to Area or None
        What the need of each is computed from; None where its APL is unknown.
    own : Scenario, optional
        That of an analyst, for one territory.
    shares : mapping of str to GivenShare, optional
        Shares without médecin traitant that were given, by territory (:func:`with_share`); that of
        an export says less of its people than an analyst's scenario.
    typed : bool
        Whether the share was typed, and is no export's.
    parameters : Parameters, optional
        Defaults of scenarios; those of the package if absent.

    Returns
    -------
    dict of str to Scenario
        By territory; without a scenario, that of as many people anywhere.

    Raises
    ------
    ScenarioError
        One scenario is given for several territories, its people are not among theirs, or both
        it and a share that was typed say how many they are.

    Examples
    --------
    >>> outlines = pd.DataFrame({"name": ["Ici"], "population": [10_000]}, index=["ici"])
    >>> round(scenarios_of(outlines, published=(), areas={})["ici"].people_without_mt)
    869
    """
    parameters = default_parameters() if parameters is None else parameters
    if own is None:
        shipped = load_scenarios(parameters=parameters) if published else {}
        known = {key: scenario for key, scenario in shipped.items() if key in published}
        found = {
            str(key): known.get(str(key)) or _default(str(key), row, parameters)
            for key, row in outlines.iterrows()
        }
        return _shared(_placed(found, areas), shares or {}, outlines, parameters)
    if len(outlines) != 1:
        raise ScenarioError(
            f"Un scénario de capacité est celui d’un territoire, et {len(outlines)} sont demandés.",
            defects=list(outlines["name"]),
            remedy=ONE_ALONE,
        )
    key = str(outlines.index[0])
    _check_people(own, population=float(outlines["population"].iloc[0]))
    mine = _placed({key: own.evolve(territory=key, sources=own.sources)}, areas)
    if not typed:
        return mine
    if not own.share_assumed:
        raise ScenarioError(
            "--share-without-mt et --scenario donnent tous deux les personnes sans médecin "
            "traitant.",
            remedy="gardez celle du scénario, ou donnez-lui « share_assumed = true ».",
        )
    return _shared(mine, shares or {}, outlines, parameters)


def _placed(
    scenarios: dict[str, Scenario], areas: Mapping[str, Area | None]
) -> dict[str, Scenario]:
    """Scenarios with the area of their communes."""
    placed = {}
    for key, scenario in scenarios.items():
        area = areas.get(key)
        sources = {name: source for name, source in scenario.sources.items() if name != "area"}
        if area is not None:
            sources["area"] = OF_COMMUNES
        # A scenario of an earlier run may say it of that one.
        notes = [note for note in scenario.notes if not note.startswith(_AREA_LEFT)]
        notes += _left(scenario.area, area)
        placed[key] = scenario.evolve(area=area, sources=sources, notes=tuple(notes))
    return placed


def _left(given: Area | None, area: Area | None) -> list[str]:
    """Say where the area of the communes of a territory replaces another that a scenario has."""
    if given is None:
        return []
    theirs, mine = {}, {}
    for name, (words, decimals) in _COMPARED.items():
        was = getattr(given, name)
        if area is None:
            theirs[name] = words.format(number(was, decimals))
            continue
        now = getattr(area, name)
        if math.isclose(was, now, rel_tol=_SAME_AREA):
            continue
        # Two values that differ are not written alike.
        while number(was, decimals) == number(now, decimals):
            decimals += 1  # noqa: PLW2901
        theirs[name] = words.format(number(was, decimals))
        mine[name] = words.format(number(now, decimals))
    if not theirs:
        return []
    here = f"ceux des communes de ce territoire ({', '.join(mine.values())})"
    if area is None:
        here = "inconnus pour les communes de ce territoire"
    return [f"{_AREA_LEFT}{here}, et non ceux du scénario ({', '.join(theirs.values())})."]


def _shared(
    scenarios: dict[str, Scenario],
    shares: Mapping[str, GivenShare],
    outlines: pd.DataFrame,
    parameters: Parameters,
) -> dict[str, Scenario]:
    """Scenarios with the shares that were given."""
    people = outlines["population"].astype("float64")
    adults = cast("float", parameters["age_share"].value)
    return scenarios | {
        key: with_share(scenarios[key], share, population=float(people[key]), adults=adults)
        for key, share in shares.items()
    }


def with_share(
    scenario: Scenario, share: GivenShare, *, population: float, adults: float
) -> Scenario:
    """
    Count the people of a scenario from a share without médecin traitant that was given.

    Parameters
    ----------
    scenario : Scenario
        That of a territory.
    share : GivenShare
        Of people whose ages are known.
    population : float
        Inhabitants of the territory, where the scenario does not say them.
    adults : float
        Share of a population that is 17 or older.

    Returns
    -------
    Scenario
        The same, with other people; itself where the ages of the share are not known, or where it
        is 0.

    Examples
    --------
    >>> from cpts_geo.indicators.given_share import typed_share
    >>> share = typed_share(0.14, ages="all", source="CPAM, 2025")
    >>> outlines = pd.DataFrame({"name": ["Ici"], "population": [10_000]}, index=["ici"])
    >>> scenario = scenarios_of(outlines, published=(), areas={})["ici"]
    >>> round(with_share(scenario, share, population=10_000, adults=0.79).people_without_mt)
    1400
    """
    ages = age_parts(adults)
    # Nobody to serve makes no queue; a share of unknown ages, no number of people.
    if share.base not in ages or share.value == 0:
        return scenario
    people = scenario.population or population
    part = ages[share.base]
    aged = "" if part == 1 else f" ; {percent(part, 0)} de la population a cet âge (estimation)"
    text = f"{share.source} : {percent(share.value)} ({share.base}){aged} — {share.grade}"
    spread = f"{scenario.sources['people_cv'].text} ; gardée pour une part fournie"
    return scenario.evolve(
        people_without_mt=people_without_mt(people, share_without_mt=share.value, age_share=part),
        share_assumed=False,
        # What was said of the share that this one replaces.
        notes=tuple(note for note in scenario.notes if "% des 17 ans" not in note),
        sources=scenario.sources
        | {
            "people_without_mt": Source(text=text, grade="C"),
            "people_cv": Source(text=spread, grade="D"),
        },
    )


def age_parts(adults: float) -> dict[str, float]:
    """
    Give the part of a population that has the ages of a share without médecin traitant.

    Parameters
    ----------
    adults : float
        Share of a population that is 17 or older.

    Returns
    -------
    dict of str to float
        By the words of :data:`cpts_geo.indicators.given_share.AGES`.

    Examples
    --------
    >>> age_parts(0.79)["16 ans et plus"]
    0.81
    """
    return {AGES["17+"]: adults, AGES["16+"]: _FROM_16, AGES["all"]: 1.0}


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
    said += scenario.file_notes
    if scenario.public is None and (scenario.has_own_line or scenario.slots_by_weekday):
        said.append(
            "Ce scénario ne dit pas qui sa ligne ou son lieu de SNP reçoit : tous les habitants "
            'sont supposés l’être. Écrivez « public = "all" », ou « public = "no_mt" » si ce '
            "ne sont que les personnes sans médecin traitant."
        )
    return said + borrowed_notes(scenario, outline)


def borrowed_notes(scenario: Scenario, outline: pd.Series) -> list[str]:
    """
    Say where a scenario is that of another territory, or counts other people.

    Parameters
    ----------
    scenario : Scenario
        What a capacity rests on.
    outline : Series
        population of the territory, its key as name of the row.

    Returns
    -------
    list of str
        French sentences.

    Examples
    --------
    >>> here = pd.Series({"population": 45_000}, name="lvo")
    >>> len(borrowed_notes(load_scenarios()["beauce_gatinais"], here))
    2
    """
    said = []
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


def calendar_notes(departements: pd.Series) -> list[str]:
    """
    Say where the calendar of opening days is not the one of the law.

    Parameters
    ----------
    departements : Series of str
        Codes.

    Returns
    -------
    list of str
        French sentences; none in most of métropole.

    Examples
    --------
    >>> calendar_notes(pd.Series(["45"]))
    []
    """
    own = departements[departements.isin(["57", "67", "68"]) | overseas(departements)].unique()
    if not len(own):
        return []
    said = [
        "Jours d’ouverture comptés avec les jours fériés de métropole ; le territoire "
        f"(département {', '.join(sorted(own))}) en a d’autres, non comptés."
    ]
    if overseas(departements).any():
        said.append(
            "Forme de l’année : celle de la France entière, où la métropole domine. Elle ne vaut "
            "pas pour ce territoire, dont la saison des épidémies est autre : si la page donne des "
            "mois, ne pas les lire."
        )
    return said


def _default(key: str, outline: pd.Series, parameters: Parameters) -> Scenario:
    """The scenario of as many people anywhere."""
    return scenario_from_population(
        float(outline["population"]),
        territory=key,
        label=str(outline["name"]),
        population_basis=f"population municipale {COLUMNS['population'].vintage} (Insee) des "
        "communes du périmètre",
        parameters=parameters,
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


def of_example(scenario: Scenario, *tables: pd.DataFrame | None) -> bool:
    """
    Tell whether a scenario, or a table, is of an invented example.

    Parameters
    ----------
    scenario : Scenario
        What a capacity rests on.
    *tables : DataFrame or None
        What a coordinator filled: ``producer``.

    Returns
    -------
    bool
        Whether its name, the source of an input or a producer bears the mark of an example.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> base = load_scenario("lvo")
    >>> of_example(base), of_example(base.evolve(label="LVO, exemple inventé"))
    (False, True)
    """
    texts = (each.text for each in scenario.sources.values())
    producers = (each for table in tables if table is not None for each in table["producer"])
    return any(map(is_invented, (scenario.label, *texts, *producers)))
