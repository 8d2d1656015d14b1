"""Where scenarios come from: the five shipped files, an analyst's file, or a mere population.

A file gives only what is its own. ``base`` names the scenario it starts from, a shipped one or
another file; without it, what is absent is that of ``data/cpts/parameters.toml``, with its
source and grade. A value given without a source is graded D and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import tomli_w

from cpts_geo.capacity.scenario._files.toml_file import SHIPPED, only_profile, read_values
from cpts_geo.capacity.scenario._slips.contradictions import half_a_count
from cpts_geo.capacity.scenario._slips.plausible import AREA, share_question
from cpts_geo.capacity.scenario._slips.refusals import lacking, nearest, shown
from cpts_geo.capacity.scenario.calendar import default_calendar, legal_days, profile_shape
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import (
    _UNSOURCED_SHARE,
    MEASURED,
    SOURCED_FIELDS,
    UNSOURCED,
    Parameters,
    Source,
    default_parameters,
    named_profiles,
    with_shapes,
)
from cpts_geo.capacity.scenario.records import (
    MAX_PEOPLE,
    REMEDY,
    RateTriangle,
    Record,
    ShareRange,
    ShareTriangle,
    field,
    label_and_unit,
)
from cpts_geo.capacity.scenario.supply import LeverTerms
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.files import write_text
from cpts_geo.french import counted

#: First line of a saved file: editors that know it check and complete as one types.
_SCHEMA_LINE: Final = "#:schema scenario.schema.json\n"
#: Without years of its own calls, a territory is given those of another line.
_LENT: Final = "# calls_observed : appels d’une autre ligne, prêtés (voir sources.calls_observed)\n"


_IMPOSSIBLE: Final = ("valeur impossible", "valeurs impossibles")
#: Fields that only the file can give, and what stands in for them while the others are checked.
_STAND_INS: Final = {
    "label": "…",
    "eligibility": "…",
    "population_basis": "…",
    "people_without_mt": 1000.0,
}


class _Population(Record):
    """What ``people_without_mt`` is multiplied from; fields carry their description and unit."""

    population: float = field("Habitants de tous âges", "personnes", gt=0, le=MAX_PEOPLE)
    share_without_mt: float = field(
        "Part sans médecin traitant, parmi l’âge pour lequel elle est publiée",
        "part de cet âge",
        gt=0,
        le=1,
    )
    age_share: float = field(
        "Part de cet âge dans la population", "part de la population", gt=0, le=1
    )


class National(Record):
    """What is supposed of the need of all territories, in the order it is drawn."""

    need_rate: RateTriangle = field(
        "Demandes non programmées d’un habitant, en semaine aux heures de bureau",
        "par an et par habitant standardisé (bas, probable, haut)",
    )
    met_share: ShareTriangle = field(
        "Part de ces demandes que les cabinets servent en France",
        "part des demandes (bas, probable, haut)",
    )
    apl_elasticity: tuple[float, float] = field(
        "De combien les demandes servies suivent l’APL", "exposant (de, à)"
    )
    office_hours_share: ShareRange = field(
        "Part des passages aux urgences en semaine, aux heures de bureau",
        "part des passages (de, à)",
    )
    emergency_visits: float = field("Passages aux urgences", "par an et par habitant")
    treatable_in_town: float = field(
        "Part de ces passages qui relèvent d’un cabinet", "part des passages"
    )


def people_without_mt(population: float, *, share_without_mt: float, age_share: float) -> float:
    """
    Multiply a population by its share of the right age and the share without MT.

    Parameters
    ----------
    population : float
        Inhabitants of all ages (persons).
    share_without_mt, age_share : float
        Share without médecin traitant at the ages it is published for, share of the population that
        has these ages.

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


def load_scenario(path: Path | str, *, parameters: Parameters | None = None) -> Scenario:
    """
    Read and check one scenario.

    It gives either ``people_without_mt`` or the ``population`` it is multiplied from; a
    population beside ``people_without_mt`` gives rates only.

    Parameters
    ----------
    path : Path or str
        TOML file in UTF-8, or the key of a shipped scenario.
    parameters : Parameters, optional
        Defaults (:func:`cpts_geo.capacity.scenario.overlay.chosen_parameters`); those of the
        package if absent.

    Returns
    -------
    Scenario
        Complete: what the file does not give comes from its base or from the defaults.

    Raises
    ------
    ScenarioError
        If the file cannot be read or holds defects; lists them all.

    Examples
    --------
    >>> load_scenario("beauce_gatinais").slots_today
    8
    """
    values = read_values(path)
    name = Path(path).stem
    origin = f"Le scénario « {name} »"
    return _build(values, territory=name, origin=origin, parameters=parameters)


def load_scenarios(*, parameters: Parameters | None = None) -> dict[str, Scenario]:
    """
    Read the scenarios of the five published CPTS.

    Parameters
    ----------
    parameters : Parameters, optional
        Defaults; those of the package if absent.

    Returns
    -------
    dict of str to Scenario
        By territory; a ScenarioError if a shipped file was altered and holds defects.

    Examples
    --------
    >>> list(load_scenarios())
    ['ouest_loiret', 'beauce_gatinais', 'lvo', 'asclepios', 'ondaine_forez']
    """
    return {name: load_scenario(name, parameters=parameters) for name in SHIPPED}


def save_scenario(scenario: Scenario, path: Path) -> None:
    """
    Write a scenario as a TOML file that loads back to an equal one.

    Parameters
    ----------
    scenario : Scenario
        Scenario to keep.
    path : pathlib.Path
        File to write, whole or not at all (OSError).

    Examples
    --------
    >>> import tempfile
    >>> case = load_scenario("lvo").evolve(slots_today=24)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_scenario(case, Path(folder, "lvo_24.toml"))
    ...     load_scenario(Path(folder, "lvo_24.toml")) == case
    True
    """
    values = scenario.model_dump(mode="python", exclude_none=True)
    head = _SCHEMA_LINE + (_LENT if scenario.calls_years is None else "")
    write_text(head + tomli_w.dumps(values), path)


def scenario_from_population(
    population: float,
    *,
    territory: str = "territoire",
    label: str = "Votre territoire",
    population_basis: str = "population donnée par l'analyste",
    parameters: Parameters | None = None,
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
    parameters : Parameters, optional
        Defaults; those of the package if absent.

    Returns
    -------
    Scenario
        Default parameters, national share without médecin traitant, no device.

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
        "eligibility": "Aucun dispositif n’est décrit.",
    }
    origin = f"La capacité de « {label} »"
    try:
        return _build(values, territory=territory, origin=origin, parameters=parameters)
    except ScenarioError as error:
        raise ScenarioError(
            f"La capacité de « {label} » ne peut pas être calculée.",
            defects=["ce périmètre n'a aucun habitant"] if population == 0 else error.defects,
            remedy="vérifiez la liste des communes : il en faut au moins une habitée.",
        ) from None


def described(name: str) -> tuple[str, str]:
    """
    Give the French label and unit of a field of a scenario.

    Parameters
    ----------
    name : str
        Field of a Scenario, of the population it is multiplied from, or of what is supposed of
        all territories; else a KeyError.

    Returns
    -------
    tuple of str
        As :func:`cpts_geo.capacity.scenario.records.label_and_unit` does.

    Examples
    --------
    >>> described("target")
    ('Part des demandes à servir dans le délai', 'part des demandes')
    """
    others = _Population.model_fields | National.model_fields | LeverTerms.model_fields
    fields = others | Scenario.model_fields
    return label_and_unit(fields[name])


def _build(
    values: Mapping[str, Any], *, territory: str, origin: str, parameters: Parameters | None
) -> Scenario:
    """Complete the values of a territory with the default parameters and check them."""
    parameters = default_parameters() if parameters is None else parameters
    given = dict(values)
    sources = given.pop("sources", {})
    defects = []
    if not isinstance(sources, dict):
        defects.append("« sources » doit être une table « [sources] »")
        sources = {}
    own = _own_calls(given, sources, parameters["calls_observed"])
    if half := half_a_count({name: given[name] for name in own}):
        defects.append(half)
        # Nothing else is asked of a number that means nothing yet.
        given.pop("calls_observed", None)
    sources = _unsaid(given, sources) | sources
    for name in SOURCED_FIELDS:
        default = parameters.get(name)
        if default is None or (name == "saturday_factor" and not _opens_saturday(given)):
            continue
        if name == "calendar" and isinstance(given.get(name), dict):
            given[name], sources[name], found = _calendar(
                given[name], sources.get(name, default.source), legal_days(parameters)
            )
            defects += found
        elif name == "calendar" and name not in given:
            # The usual one is checked once for all territories.
            usual = default is default_parameters()[name]
            given[name] = (
                default_calendar() if usual else legal_days(parameters) | profile_shape(MEASURED)
            )
            sources.setdefault(name, with_shapes(default.source, MEASURED))
        elif name not in given:
            given[name] = default.value
            sources.setdefault(name, default.source)
    shares = sorted(given.keys() & (_Population.model_fields.keys() - {"population"}))
    if "people_without_mt" in given:
        defects += [f"« people_without_mt » et « {x} » : donnez l'un ou l'autre" for x in shares]
        given = {name: value for name, value in given.items() if name not in shares}
        given.setdefault("share_assumed", False)
    elif shares or "population" in given:
        if given.get("share_assumed") is False and "share_without_mt" not in given:
            defects.append(
                "« share_assumed » = false demande « share_without_mt » ou « people_without_mt » : "
                "la part du paquet est supposée ici"
            )
        given.setdefault("share_assumed", "share_without_mt" not in given)
        sourced = "people_without_mt" in sources
        count, source, found = _multiply(given, parameters, sourced=sourced)
        defects += found
        given["people_without_mt"] = count
        sources.setdefault("people_without_mt", source)
    given, sources, found = _checkable(given, sources)
    defects += found
    try:
        scenario = Scenario.model_validate({"territory": territory, "sources": sources} | given)
    except ScenarioError as error:
        defects += error.defects
    if defects:
        raise ScenarioError(
            f"{origin} contient {counted(len(defects), *_IMPOSSIBLE)}.",
            defects=defects,
            remedy=REMEDY,
        )
    return scenario


def _opens_saturday(given: Mapping[str, Any]) -> bool:
    """Whether a file opens the line on Saturday mornings."""
    calendar = given.get("calendar")
    return isinstance(calendar, dict) and calendar.get("saturday_morning") is True


def _checkable(
    given: dict[str, Any], sources: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Leave out what is unknown and stand in for what only the file can give, so that the rest is
    checked as well; return values, sources and defects."""
    known = [*Scenario.model_fields, *_Population.model_fields]
    absent = {name: value for name, value in _STAND_INS.items() if name not in given}
    defects = [
        f"« {one_line(name)} » est inconnu{nearest(name, [*known, 'base'])}"
        for name in given
        if name not in known
    ]
    defects += [lacking(name, Scenario.model_fields[name]) for name in absent]
    given = {name: value for name, value in given.items() if name in known}
    unsourced = {name: UNSOURCED for name in absent if name in SOURCED_FIELDS}
    return {"share_assumed": False} | given | absent, unsourced | sources, defects


def _unsaid(given: dict[str, Any], sources: Mapping[str, Any]) -> dict[str, Source]:
    """Say of each value that a file gives that it was typed without a source."""
    # A profile says itself where its shapes come from; the days of the line are those of before.
    names = given.keys() - ({"calendar"} if only_profile(given) else set())
    # A saved scenario sources all that it rests on: an area without a source was computed.
    owed = SOURCED_FIELDS if "found_share" in sources else (*SOURCED_FIELDS, AREA)
    return {name: UNSOURCED for name in owed if name in names}


def _own_calls(given: Mapping[str, Any], sources: Mapping[str, Any], default: Any) -> set[str]:
    """Names that a file gives; calls that a saved scenario was lent are not its own."""
    source = sources.get("calls_observed")
    text = source.get("text") if isinstance(source, dict) else None
    lent = (given.get("calls_observed"), text) == (default.value, default.text)
    return given.keys() - ({"calls_observed", "calls_people_years"} if lent else set())


def _calendar(
    given: dict[str, Any], source: Any, days: dict[str, Any]
) -> tuple[dict[str, Any], Any, list[str]]:
    """Lay what a file gives over the profile it names; return days, their source, the defects."""
    named = given.get("profile", MEASURED)
    own = {name: value for name, value in given.items() if name != "profile"}
    defects = []
    if not isinstance(named, str) or named not in named_profiles():
        names = " ou ".join(named_profiles())
        defects = [f"calendar : « profile » = {shown(named)} : il faut {names}"]
        named = MEASURED
    theirs = own.keys() & {"weekday_factors", "month_factors"}
    if not theirs:
        # What is no source is refused with the other fields.
        with suppress(ScenarioError):
            source = with_shapes(Source.model_validate(source), named)
    # Who gives both shapes gives the whole profile: no day is unlike but as they say.
    whole = len(theirs) == 2 and "profile" not in given
    return {**days, **({} if whole else profile_shape(named)), **own}, source, defects


def _multiply(
    given: dict[str, Any], parameters: Parameters, *, sourced: bool
) -> tuple[float, Source, list[str]]:
    """Take the shares out of the values; return people, their source and the defects."""
    names = list(_Population.model_fields)
    values = {name: given.pop(name) for name in names if name in given}
    assumed = {name: parameters[name] for name in names if name in parameters}
    # A share given here is sourced with the people it makes, or it is not sourced.
    source = (
        _UNSOURCED_SHARE
        if assumed.keys() & values.keys()
        else Source(
            text=" ; ".join(parameter.text for parameter in assumed.values()),
            grade=max(parameter.grade for parameter in assumed.values()),
        )
    )
    typed = "share_without_mt" in values and not sourced
    values = {name: parameter.value for name, parameter in assumed.items()} | values
    try:
        checked = _Population.model_validate(values)
    except ScenarioError as error:
        # 1.0 stands in so that the other fields are checked as well; the defects stop it there
        return 1.0, source, list(error.defects)
    given["population"] = checked.population
    people = people_without_mt(
        checked.population,
        share_without_mt=checked.share_without_mt,
        age_share=checked.age_share,
    )
    share, age_share = checked.share_without_mt, checked.age_share
    return people, source, share_question(share, age_share=age_share) if typed else []
