"""What the capacity of a territory is computed from: one checked and sourced record.

Values live in ``data/cpts/scenarios.toml``; this module only says what they may be, and turns
every refusal into a French sentence.
Grades: A = official file, legal text or press release of the territory; B = official figure
read through an excerpt or a reproducible computation; C = weak; D = assumption of ours.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from cpts_geo.capacity.ratios import weekly_gp_hours
from cpts_geo.errors import ScenarioError

Grade = Literal["A", "B", "C", "D"]
Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0)]
PositiveShare = Annotated[float, Field(gt=0, le=1)]
Triangle = Annotated[
    tuple[Positive, Positive, Positive],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
]
Lines = Annotated[
    tuple[Text, ...],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
]

#: Inputs that must say where they come from.
SOURCED_FIELDS: Final = (
    "people_without_mt",
    "people_cv",
    "between_territory_sd",
    "calls_observed",
    "calls_people_years",
    "need_share",
    "minutes",
    "opening_days_per_year",
    "deadline_days",
    "target",
    "dispersion",
    "slots_today",
    "minutes_per_slot_today",
    "observed_consultations",
)
REMEDY: Final = "corrigez ces lignes ; data/cpts/scenarios.toml donne champs et unités."
STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Source(BaseModel):
    """
    Where an input comes from, and how far it can be trusted.

    Attributes
    ----------
    text : str
        Producer, document and date, in French.
    grade : {"A", "B", "C", "D"}
        Trust grade (see the head of the module).
    """

    model_config = STRICT

    text: Text
    grade: Grade


UNSOURCED: Final = Source(text="valeur saisie sans source", grade="D")
ANALYST: Final = Source(text="valeur choisie par l'analyste", grade="D")


class Default(Source):
    """
    A parameter used where a territory gives none of its own.

    Attributes
    ----------
    text : str
        Producer, document and date, in French.
    grade : {"A", "B", "C", "D"}
        Trust grade (see the head of the module).
    value : float, int or list of float
        The parameter; three numbers are the low, most likely and high ends of a triangle.
    unit : str
        Unit, in French.
    meaning : str
        What the parameter is, in French.
    """

    value: int | float | list[float]
    unit: Text
    meaning: Text

    def as_source(self) -> Source:
        """
        Keep only where the parameter comes from.

        Returns
        -------
        Source
            Text and grade.
        """
        return Source(text=self.text, grade=self.grade)


class Scenario(BaseModel):
    """
    Everything the capacity of a territory is computed from.

    Attributes
    ----------
    territory : str
        Identifier of the territory, the key of the scenario file.
    label : str
        Name shown to people, in French.
    people_without_mt : float
        People without a médecin traitant who may use the line (persons), above 0.
    people_cv : float
        Coefficient of variation of that count (ratio, 0 = known exactly).
    between_territory_sd : float
        Standard deviation of the log of the call rate between territories; 0 where the calls
        are the territory's own.
    calls_observed : int
        Calls of the line that gives the call rate (calls).
    calls_people_years : float
        People without médecin traitant times years behind those calls (person-years).
    need_share : tuple of float
        Share of calls that deserve a slot: low, most likely, high (ratios up to 1).
    minutes : tuple of float
        Length of a consultation: low, most likely, high (minutes).
    opening_days_per_year : int
        Opening days of the line in a year (days).
    deadline_days : int
        Opening days after the request within which it must be seen (days, 0 = the same day).
    target : float
        Share of requests to serve within the deadline (ratio, 0 and 1 excluded).
    dispersion : float
        Variance over mean of the requests of a day (ratio, 1 = Poisson).
    evidence_label : {1, 2, 3, 4}
        What is known locally: 1 own call log, 2 own consultations only, 3 no local activity,
        4 share without médecin traitant assumed.
    share_assumed : bool
        True if the share without médecin traitant is assumed and not published.
    eligibility : str
        Who may use the line, in French.
    population_basis : str
        Population behind the people without médecin traitant, with its date, in French.
    sources : dict of str to Source
        Source and grade of each input that has a value.
    slots_today : int or None
        Slots per opening day offered today (slots); None = unknown.
    minutes_per_slot_today : float or None
        Length of a slot offered today (minutes); None = unknown.
    observed_consultations : int or None
        Consultations given by the line (count); None = unknown.
    observed_start : datetime.date or None
        First day of that count; None = it covers a year.
    observed_end : datetime.date or None
        Last day of that count, included; None = it covers a year.
    uncounted_demand : str or None
        Eligible demand that is left out, in French, so that the result is a lower bound.
    notes : tuple of str
        What a reader must know about the inputs, in French.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario import load_scenarios
    >>> load_scenarios()["beauce_gatinais"].people_without_mt
    24000.0
    """

    model_config = STRICT

    territory: Text
    label: Text
    people_without_mt: Positive
    people_cv: Annotated[float, Field(ge=0, le=3)]
    between_territory_sd: Annotated[float, Field(ge=0, le=3)]
    calls_observed: Annotated[int, Field(ge=0)]
    calls_people_years: Positive
    need_share: Triangle
    minutes: Triangle
    opening_days_per_year: Annotated[int, Field(ge=1, le=366)]
    deadline_days: Annotated[int, Field(ge=0, le=30)]
    target: Annotated[float, Field(gt=0, lt=1)]
    dispersion: Annotated[float, Field(ge=1, le=100)]
    evidence_label: Literal[1, 2, 3, 4]
    share_assumed: bool
    eligibility: Text
    population_basis: Text
    sources: dict[str, Source]
    slots_today: Annotated[int, Field(ge=1)] | None = None
    minutes_per_slot_today: Positive | None = None
    observed_consultations: Annotated[int, Field(ge=0)] | None = None
    observed_start: date | None = None
    observed_end: date | None = None
    uncounted_demand: Text | None = None
    notes: Lines = ()

    @model_validator(mode="wrap")
    @classmethod
    def _speakfrench(cls, values: Any, handler: Callable[[Any], Scenario]) -> Scenario:
        """Turn every refusal into one error of the package."""
        try:
            scenario = handler(values)
        except ValidationError as error:
            names = list(cls.model_fields)
            defects = [french(detail, names) for detail in error.errors()]
        else:
            defects = scenario._contradictions()
        if defects:
            raise ScenarioError(
                "Le scénario contient des valeurs impossibles.",
                defects=defects,
                remedy=REMEDY,
            )
        return scenario

    def _contradictions(self) -> list[str]:
        """Check what one field says of another."""
        defects = []
        for name in ("need_share", "minutes"):
            low, mode, high = getattr(self, name)
            if not low <= mode <= high:
                defects.append(
                    f"« {name} » = {low}, {mode}, {high} : il faut bas ≤ probable ≤ haut"
                )
        if self.need_share[2] > 1:
            defects.append(f"« need_share » va jusqu'à {self.need_share[2]} : il faut 1 au plus")
        if (self.slots_today is None) != (self.minutes_per_slot_today is None):
            defects.append(
                "« slots_today » et « minutes_per_slot_today » vont ensemble : un seul est donné"
            )
        if (self.observed_start is None) != (self.observed_end is None):
            defects.append("« observed_start » et « observed_end » vont ensemble : un seul donné")
        elif self.observed_start and self.observed_end and self.observed_end < self.observed_start:
            defects.append("« observed_end » vient avant « observed_start »")
        if self.observed_start and self.observed_consultations is None:
            defects.append("« observed_start » est donné sans « observed_consultations »")
        if self.evidence_label == 2 and self.observed_consultations is None:
            defects.append("« evidence_label » = 2 demande « observed_consultations »")
        if self.evidence_label == 4 and not self.share_assumed:
            defects.append("« evidence_label » = 4 demande « share_assumed » = true")
        given = {name for name in SOURCED_FIELDS if getattr(self, name) is not None}
        defects += [f"« {name} » n'a pas de source" for name in sorted(given - set(self.sources))]
        defects += [
            f"« sources.{name} » ne correspond à aucune donnée du scénario"
            for name in sorted(set(self.sources) - given)
        ]
        return defects

    @property
    def gp_hours_today_per_week(self) -> float | None:
        """
        Turn today's slots into GP-hours a week.

        Returns
        -------
        float or None
            GP-hours per week of 5 opening days; None = unknown.
        """
        if self.slots_today is None or self.minutes_per_slot_today is None:
            return None
        return weekly_gp_hours(self.slots_today, minutes=self.minutes_per_slot_today)


class Population(BaseModel):
    """
    What ``people_without_mt`` is multiplied from.

    Attributes
    ----------
    population : float
        Inhabitants of all ages (persons).
    share_without_mt : float
        Share without médecin traitant among people of the age it is published for.
    age_share : float
        Share of the population that has that age.
    """

    model_config = STRICT

    population: Positive
    share_without_mt: PositiveShare
    age_share: PositiveShare


_PHRASES: Final = {
    "missing": "il manque",
    "greater_than": "il faut plus de {gt:g}",
    "greater_than_equal": "il faut {ge:g} ou plus",
    "less_than": "il faut moins de {lt:g}",
    "less_than_equal": "il faut {le:g} ou moins",
    "finite_number": "il faut un nombre fini",
    "float_type": "il faut un nombre",
    "int_type": "il faut un nombre entier",
    "int_from_float": "il faut un nombre entier",
    "string_type": "il faut un texte entre guillemets",
    "string_too_short": "le texte est vide",
    "bool_type": "il faut true ou false",
    "date_type": "il faut une date, par exemple 2023-03-06",
    "tuple_type": "il faut une liste",
    "list_type": "il faut une liste",
    "too_long": "la liste est trop longue : il en faut {max_length}",
    "literal_error": "il faut l'une de ces valeurs : {expected}",
    "dict_type": "il faut une table",
    "model_type": "il faut une table",
}


def french(detail: ErrorDetails, names: list[str]) -> str:
    """
    Say one refusal of pydantic in French.

    Parameters
    ----------
    detail : pydantic_core.ErrorDetails
        The refusal.
    names : list of str
        Known field names, to propose the nearest one.

    Returns
    -------
    str
        Field, value received and what is expected.
    """
    place = ".".join(str(x + 1) if isinstance(x, int) else x for x in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"« {place} » est inconnu{nearest(place, names)}"
    phrase = _PHRASES.get(detail["type"], "valeur refusée").format(**detail.get("ctx", {}))
    if detail["type"] == "missing":
        return f"« {place} » : {phrase}"
    return f"« {place} » = {detail['input']!r} : {phrase.replace(' or ', ' ou ')}"


def nearest(name: str, names: list[str]) -> str:
    """
    Propose the known name closest to an unknown one.

    Parameters
    ----------
    name : str
        Unknown name.
    names : list of str
        Known names.

    Returns
    -------
    str
        End of a French sentence, empty if no name is close.

    Examples
    --------
    >>> nearest("minuts", ["minutes", "target"])
    ' ; vouliez-vous dire « minutes » ?'
    """
    close = difflib.get_close_matches(name, names, n=1)
    return f" ; vouliez-vous dire « {close[0]} » ?" if close else ""
