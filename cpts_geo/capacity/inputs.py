"""What the capacity of a territory is computed from: one checked and sourced record.

Values live in ``data/cpts/scenarios.toml``; this module only says what they may be.
Grades: A = official file, legal text or press release of the territory; B = official figure
read through an excerpt or a reproducible computation; C = weak; D = assumption of ours.
"""

from __future__ import annotations

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

from cpts_geo.capacity.refusals import in_french
from cpts_geo.errors import ScenarioError
from cpts_geo.schema import Status

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

        Examples
        --------
        >>> from cpts_geo.capacity.scenario import default_parameters
        >>> default_parameters()["age_share"].as_source().grade
        'C'
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
        Where the population and the people without médecin traitant come from, with the date,
        in French.
    sources : dict of str to Source
        Source and grade of each input that has a value.
    population : float or None
        Inhabitants of all ages of the territory (persons), above 0; gives rates only, the people
        without médecin traitant are counted apart; None = unknown.
    slots_today : int or None
        Slots per opening day offered today (slots); None = unknown.
    minutes_per_slot_today : float or None
        Length of a slot offered today (minutes); None = unknown.
    slots_planned : int or None
        Slots per opening day announced for later (slots); None = none announced.
    planned_basis : str or None
        Who announced them and when, in French; goes with ``slots_planned``.
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
    population: Positive | None = None
    slots_today: Annotated[int, Field(ge=1)] | None = None
    minutes_per_slot_today: Positive | None = None
    slots_planned: Annotated[int, Field(ge=1)] | None = None
    planned_basis: Text | None = None
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
            defects = [in_french(detail, names) for detail in error.errors()]
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
        if (self.slots_planned is None) != (self.planned_basis is None):
            defects.append("« slots_planned » et « planned_basis » vont ensemble : un seul donné")
        if self.population is not None and self.people_without_mt > self.population:
            defects.append("« people_without_mt » dépasse « population »")
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
    def people_status(self) -> Status:
        """
        Say how the people without médecin traitant are known.

        Returns
        -------
        Status
            Assumed where the share is; measured where the territory has its own call log;
            estimated otherwise.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario import load_scenarios
        >>> [str(case.people_status) for case in load_scenarios().values()]
        ['assumed', 'measured', 'assumed', 'assumed', 'estimated']
        """
        if self.share_assumed:
            return Status.ASSUMED
        return Status.MEASURED if self.evidence_label == 1 else Status.ESTIMATED


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
