"""Where scenarios come from: the shipped file, an analyst's file, or a mere population.

A parameter that a territory does not give is that of ``[defaults]`` in
``data/cpts/scenarios.toml``, with its source and grade; a value given without a source is
graded D and says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from cpts_geo.capacity.inputs import (
    ANALYST,
    REMEDY,
    SOURCED_FIELDS,
    UNSOURCED,
    Default,
    Population,
    Scenario,
    Source,
)
from cpts_geo.capacity.refusals import in_french, nearest
from cpts_geo.errors import ScenarioError
from cpts_geo.settings import CPTS_DIR

__all__ = [
    "Scenario",
    "default_parameters",
    "load_scenarios",
    "people_without_mt",
    "revise",
    "scenario_from_population",
]

SCENARIOS_FILE: Final = CPTS_DIR / "scenarios.toml"


def revise(scenario: Scenario, **changes: object) -> Scenario:
    """
    Copy a scenario with other values, checked again.

    Parameters
    ----------
    scenario : Scenario
        The starting point; left as it is.
    **changes : object
        Fields of :class:`Scenario` and their new values; None empties an optional field.

    Returns
    -------
    Scenario
        The copy; a changed input is sourced as a value chosen by the analyst, grade D,
        unless ``sources`` is among the changes.

    Raises
    ------
    ScenarioError
        If a field is unknown or a value outside its domain; lists them all.

    Examples
    --------
    >>> strict = revise(load_scenarios()["lvo"], target=0.99)
    >>> strict.target, strict.sources["target"].grade
    (0.99, 'D')
    """
    values = {name: getattr(scenario, name) for name in type(scenario).model_fields} | changes
    if "sources" not in changes:
        values["sources"] = {
            name: ANALYST if name in changes else scenario.sources[name]
            for name in SOURCED_FIELDS
            if values[name] is not None
        }
    return Scenario.model_validate(values)


def people_without_mt(population: float, *, share_without_mt: float, age_share: float) -> float:
    """
    Multiply a population by its share of the right age and the share without MT.

    Parameters
    ----------
    population : float
        Inhabitants of all ages (persons).
    share_without_mt : float
        Share without médecin traitant among people of the age the share is published for.
    age_share : float
        Share of the population that has that age.

    Returns
    -------
    float
        People without médecin traitant (persons).

    Examples
    --------
    >>> round(people_without_mt(84_466, share_without_mt=0.02, age_share=0.81))
    1368
    """
    return population * age_share * share_without_mt


def load_scenarios(path: Path = SCENARIOS_FILE) -> dict[str, Scenario]:
    """
    Read and check a file of scenarios.

    A territory takes each parameter it does not give from the ``[defaults]`` of the file, then
    from those of the package. It gives either ``people_without_mt`` or the ``population`` it is
    multiplied from; a population beside ``people_without_mt`` gives rates only.

    Parameters
    ----------
    path : pathlib.Path
        TOML file in UTF-8 with the tables ``[defaults.*]`` and ``[territories.*]``.

    Returns
    -------
    dict of str to Scenario
        Scenarios by territory, in the order of the file.

    Raises
    ------
    ScenarioError
        If the file cannot be read or holds defects; lists those of every territory.

    Examples
    --------
    >>> list(load_scenarios())
    ['ouest_loiret', 'beauce_gatinais', 'lvo', 'asclepios', 'ondaine_forez']
    """
    content = _read_toml(path)
    own, defects = _parse_defaults(content.get("defaults", {}))
    defects += [
        f"« {key} » : seules les tables « defaults » et « territories » sont connues"
        for key in content
        if key not in ("defaults", "territories")
    ]
    parameters = own if path == SCENARIOS_FILE else {**default_parameters(), **own}
    territories = content.get("territories", {})
    if not isinstance(territories, dict) or not territories:
        defects.append("aucune table « [territories.…] »")
        territories = {}
    scenarios = {}
    for territory, values in territories.items():
        try:
            if not isinstance(values, dict):
                defects.append(f"{territory} : il faut une table « [territories.{territory}] »")
                continue
            scenarios[territory] = _build(territory, values, parameters)
        except ScenarioError as error:
            defects += [f"{territory} : {defect}" for defect in error.defects]
    if defects:
        raise ScenarioError(
            f"Le fichier de scénarios {path.name} contient {len(defects)} défaut(s).",
            defects=defects,
            remedy=REMEDY,
        )
    return scenarios


@lru_cache(maxsize=1)
def default_parameters() -> Mapping[str, Default]:
    """
    Read the parameters used where a territory gives none, with unit, source and grade.

    Returns
    -------
    Mapping of str to Default
        Parameters by name, as the package ships them.

    Raises
    ------
    ScenarioError
        If the shipped file was altered and holds defects.

    Examples
    --------
    >>> default_parameters()["share_without_mt"].grade
    'B'
    """
    parameters, defects = _parse_defaults(_read_toml(SCENARIOS_FILE).get("defaults", {}))
    if defects:
        raise ScenarioError(
            f"Le fichier {SCENARIOS_FILE.name} du paquet est altéré.",
            defects=defects,
            remedy="réinstallez le paquet.",
        )
    return parameters


def scenario_from_population(
    population: float,
    *,
    territory: str = "territoire",
    label: str = "Votre territoire",
    population_basis: str = "population donnée par l'analyste",
) -> Scenario:
    """
    Make the scenario of a territory that has no data of its own.

    Parameters
    ----------
    population : float
        Inhabitants of all ages (persons), above 0.
    territory : str
        Identifier of the territory.
    label : str
        Name shown to people, in French.
    population_basis : str
        Where the population comes from and its date, in French.

    Returns
    -------
    Scenario
        Default parameters, national share without médecin traitant, evidence label 4.

    Raises
    ------
    ScenarioError
        If the population is not a number above 0, as where no commune is inhabited.

    Examples
    --------
    >>> round(scenario_from_population(50_000).people_without_mt)
    4345
    """
    values = {
        "population": population,
        "label": label,
        "population_basis": population_basis,
        "evidence_label": 4,
        "share_assumed": True,
        "eligibility": "Personnes sans médecin traitant.",
    }
    try:
        return _build(territory, values, default_parameters())
    except ScenarioError as error:
        raise ScenarioError(
            f"La capacité de « {label} » ne peut pas être calculée.",
            defects=["ce périmètre n'a aucun habitant"] if population == 0 else error.defects,
            remedy="vérifiez la liste des communes : il en faut au moins une habitée.",
        ) from None


def _build(
    territory: str, values: Mapping[str, Any], parameters: Mapping[str, Default]
) -> Scenario:
    """Complete the values of a territory with the default parameters and check them."""
    given = dict(values)
    sources = given.pop("sources", {})
    defects = []
    if not isinstance(sources, dict):
        defects.append("« sources » doit être une table « [territories.….sources] »")
        sources = {}
    sources = {name: UNSOURCED for name in SOURCED_FIELDS if name in given} | sources
    for name in SOURCED_FIELDS:
        if name in parameters and name not in given:
            given[name] = parameters[name].value
            sources.setdefault(name, parameters[name].as_source())
    shares = sorted(given.keys() & (Population.model_fields.keys() - {"population"}))
    if "people_without_mt" in given:
        defects += [f"« people_without_mt » et « {x} » : donnez l'un ou l'autre" for x in shares]
        given = {name: value for name, value in given.items() if name not in shares}
    elif shares or "population" in given:
        count, source, found = _multiply(given, parameters)
        defects += found
        given["people_without_mt"] = count
        sources.setdefault("people_without_mt", source)
    try:
        scenario = Scenario.model_validate({"territory": territory, "sources": sources} | given)
    except ScenarioError as error:
        defects += error.defects
    if defects:
        raise ScenarioError(
            f"Le scénario « {territory} » contient des valeurs impossibles.",
            defects=defects,
            remedy=REMEDY,
        )
    return scenario


def _multiply(
    given: dict[str, Any], parameters: Mapping[str, Default]
) -> tuple[float, Source, list[str]]:
    """Take the shares out of the values; return people, their source and the defects."""
    names = list(Population.model_fields)
    values = {name: given.pop(name) for name in names if name in given}
    assumed = [parameters[name] for name in names if name in parameters and name not in values]
    source = Source(
        text=" ; ".join(parameter.text for parameter in assumed) or "part publiée du territoire",
        grade=max((parameter.grade for parameter in assumed), default="D"),
    )
    for name in names:
        if name in parameters:
            values.setdefault(name, parameters[name].value)
    try:
        checked = Population.model_validate(values)
    except ValidationError as error:
        # 1.0 stands in so that the other fields are checked as well; the defects stop it there
        return 1.0, source, [in_french(detail, names) for detail in error.errors()]
    given["population"] = checked.population
    people = people_without_mt(
        checked.population,
        share_without_mt=checked.share_without_mt,
        age_share=checked.age_share,
    )
    return people, source, []


def _parse_defaults(tables: object) -> tuple[dict[str, Default], list[str]]:
    """Check the tables of default parameters; return them with the defects found."""
    if not isinstance(tables, dict):
        return {}, ["« defaults » doit être une table « [defaults.…] »"]
    known = [*SOURCED_FIELDS, *list(Population.model_fields)[1:]]
    parameters, defects = {}, []
    for name, values in tables.items():
        if name not in known:
            defects.append(f"defaults : « {name} » est inconnu{nearest(name, known)}")
            continue
        try:
            parameters[name] = Default.model_validate(values)
        except ValidationError as error:
            fields = list(Default.model_fields)
            defects += [f"defaults.{name} : {in_french(x, fields)}" for x in error.errors()]
    return parameters, defects


def _read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; every way it can fail becomes one error of the package."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        reason = "il n'existe pas"
    except OSError as error:
        reason = f"le système refuse de le lire ({error.strerror})"
    except UnicodeDecodeError as error:
        reason = f"il n'est pas en UTF-8 (octet {error.start})"
    except tomllib.TOMLDecodeError as error:
        reason = f"ce n'est pas du TOML correct ({error})"
    raise ScenarioError(
        f"Le fichier de scénarios {path.name} est illisible.",
        defects=[reason],
        remedy="vérifiez le chemin et enregistrez le fichier en TOML, encodage UTF-8.",
    )
