"""Who gives the slots, and who comes from elsewhere: rota of a line, visitors, levers tried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Final, Literal

from cpts_geo.capacity.queue.rules import MAX_SLOTS
from cpts_geo.capacity.scenario.records import (
    AS_TUPLE,
    MAX_PEOPLE,
    Record,
    Slots,
    Text,
    Weekday,
    field,
)
from cpts_geo.settings import SLOT_MINUTES

#: People housed by a hotel room, a camping pitch, a second home (Insee's convention; grade C).
_PEOPLE_PER_ROOM: Final = 2.0
_PEOPLE_PER_PITCH: Final = 3.0
_PEOPLE_PER_SECOND_HOME: Final = 5.0
#: Usual day of one site, as in Challans (grade D elsewhere): hours of a doctor.
_SITE_HOURS: Final = 4
SITE_SLOTS: Final = _SITE_HOURS * 60 // SLOT_MINUTES
SITE_WORDS: Final = f"un médecin pendant {_SITE_HOURS} h, créneaux de {SLOT_MINUTES} min"

_Occupancy = Annotated[float, field("Part", ge=0, le=1)]
#: Where no visitor is a number too.
_Present = Annotated[float, field("Personnes", ge=0, le=MAX_PEOPLE)]
_MAX_BEDS: Final = 10**7


class Reading(Record):
    """
    One way to read what a document says of the slots of today; fields carry their description.

    Examples
    --------
    >>> Reading(label="Une séance de 2 h par jour", slots_today=8, weight=0.8).slots_today
    8
    """

    label: Text = field("Lecture, en toutes lettres")
    slots_today: Slots = field("Créneaux qu’elle donne", "créneaux par jour d’ouverture")
    weight: float = field("Poids de cette lecture", gt=0, le=1)


def whole_slots(hours: float, *, minutes: float) -> int:
    """
    Count the whole slots that hours hold.

    Parameters
    ----------
    hours, minutes : float
        GP-hours; length of a slot, above 0.

    Returns
    -------
    int
        Slots.

    Examples
    --------
    >>> whole_slots(2.0, minutes=15.0), whole_slots(2.0, minutes=16.4)
    (8, 7)
    """
    # 1e-9 forgives the rounding of an exact number of slots
    return int(hours * 60.0 / minutes + 1e-9)


def spread(count: int, weekdays: int) -> tuple[int, ...]:
    """
    Spread what a week holds over its opening days, the first ones having one more.

    Parameters
    ----------
    count, weekdays : int
        Slots, or sessions; opening days of the week.

    Returns
    -------
    tuple of int
        As many a day, to one; their sum is the count.

    Examples
    --------
    >>> spread(8, 5)
    (2, 2, 2, 1, 1)
    """
    each, more = divmod(count, weekdays)
    return tuple(each + (day < more) for day in range(weekdays))


class Session(Record):
    """
    When slots are offered: days, hours, and how many, or how many doctors give them.

    Examples
    --------
    >>> noon = Session(days=(1, 3), starts=time(12), ends=time(14), doctors=1)
    >>> noon.hours, noon.slots_each(15.0)
    (2.0, 8)
    """

    days: Annotated[tuple[Weekday, ...], AS_TUPLE] = field(
        "Jours de la séance", hint="1 = lundi … 6 = samedi"
    )
    starts: time = field("Début", "heure locale")
    ends: time = field("Fin", "heure locale")
    slots: Annotated[int, field("Créneaux", ge=1, le=MAX_SLOTS)] | None = field(
        "Créneaux de chaque séance", "créneaux", default=None
    )
    doctors: Annotated[int, field("Médecins", ge=1, le=10_000)] | None = field(
        "Médecins qui consultent ensemble", "médecins", hint="au lieu de « slots »", default=None
    )

    def _contradictions(self) -> list[str]:
        defects = []
        if list(self.days) != sorted(set(self.days)) or not self.days:
            defects.append("« days » : il faut au moins un jour, dans l’ordre, sans doublon")
        if self.starts.tzinfo or self.ends.tzinfo:
            defects.append("« starts » et « ends » : des heures locales, sans fuseau")
        elif self.ends <= self.starts:
            defects.append("« ends » doit venir après « starts »")
        if (self.slots is None) == (self.doctors is None):
            defects.append("donnez « slots » ou « doctors », et un seul des deux")
        return defects

    @property
    def hours(self) -> float:
        """How long it lasts (hours)."""
        return _hour(self.ends) - _hour(self.starts)

    def slots_each(self, minutes: float) -> int:
        """
        Count the slots of one of its days.

        Parameters
        ----------
        minutes : float
            Length of a slot (minutes), above 0.

        Returns
        -------
        int
            Those given, or the whole slots of its doctors.
        """
        if self.slots is not None:
            return self.slots
        return whole_slots((self.doctors or 0) * self.hours, minutes=minutes)

    def hours_within(self, first: float, last: float) -> float:
        """
        Measure the part of it that two hours of the day hold.

        Parameters
        ----------
        first, last : float
            Hours of the day, in order.

        Returns
        -------
        float
            Hours.

        Examples
        --------
        >>> noon = Session(days=(1,), starts=time(13, 30), ends=time(17, 30), slots=16)
        >>> noon.hours_within(12, 14)
        0.5
        """
        return max(min(_hour(self.ends), last) - max(_hour(self.starts), first), 0.0)


def _hour(clock: time) -> float:
    """Hour of the day, minutes being a part of one."""
    return clock.hour + clock.minute / 60.0


class Rota(Record):
    """
    Sessions that GPs give in turn; each field carries its French description and unit.

    Examples
    --------
    >>> Rota(gps=14, sessions_per_gp_per_week=0.5, session_hours=2.0).hours_per_week
    14.0
    """

    gps: int = field("Médecins qui se relaient", "médecins", ge=1, le=10_000)
    sessions_per_gp_per_week: float = field(
        "Séances de chacun par semaine",
        "séances",
        hint="0,5 = une toutes les deux semaines",
        gt=0,
        le=14,
    )
    session_hours: float = field("Durée d’une séance", "heures", gt=0, le=24)

    @property
    def hours_per_week(self) -> float:
        """GP-hours per week: GPs by sessions by hours."""
        return self.gps * self.sessions_per_gp_per_week * self.session_hours

    def slots_by_weekday(self, *, minutes: float, weekdays: int) -> tuple[int, ...]:
        """
        Spread the slots of the week over its opening days, as evenly as whole slots allow.

        Parameters
        ----------
        minutes : float
            Length of a slot (minutes), above 0.
        weekdays : int
            Opening days of the week.

        Returns
        -------
        tuple of int
            Slots of each opening day; their sum is the whole slots of the week.

        Examples
        --------
        >>> two_weekly = Rota(gps=14, sessions_per_gp_per_week=0.5, session_hours=2.0)
        >>> two_weekly.slots_by_weekday(minutes=15.0, weekdays=5)
        (12, 11, 11, 11, 11)
        """
        return spread(whole_slots(self.hours_per_week, minutes=minutes), weekdays)


class Visitors(Record):
    """
    People present on top of the residents, month by month: given, or counted from beds.

    Each field carries its French description and unit.

    Examples
    --------
    >>> coast = Visitors(second_homes=1000, occupancy=(0.1,) * 6 + (0.6, 0.6) + (0.1,) * 4)
    >>> coast.by_month[7]
    3000.0
    """

    present: Annotated[tuple[_Present, ...], AS_TUPLE] | None = field(
        "Personnes présentes en plus des habitants",
        "personnes",
        hint="de janvier à décembre",
        default=None,
    )
    hotel_rooms: int = field("Chambres d’hôtel", "chambres", ge=0, le=_MAX_BEDS, default=0)
    camping_pitches: int = field(
        "Emplacements de camping", "emplacements", ge=0, le=_MAX_BEDS, default=0
    )
    second_homes: int = field("Résidences secondaires", "logements", ge=0, le=_MAX_BEDS, default=0)
    occupancy: Annotated[tuple[_Occupancy, ...], AS_TUPLE] | None = field(
        "Occupation de ces lits", "part", hint="de janvier à décembre", default=None
    )

    def _contradictions(self) -> list[str]:
        defects = []
        for name in ("present", "occupancy"):
            values = getattr(self, name)
            if values is not None and len(values) != 12:
                defects.append(f"« {name} » : il faut 12 valeurs, de janvier à décembre")
        beds = self.hotel_rooms + self.camping_pitches + self.second_homes
        if (self.present is None) == (self.occupancy is None):
            defects.append(
                "donnez « present », ou des lits et leur « occupancy », et un seul des deux"
            )
        elif (self.occupancy is None) != (beds == 0):
            defects.append("les lits et « occupancy » vont ensemble")
        return defects

    @property
    def by_month(self) -> tuple[float, ...]:
        """Visitors present in a mean day of each month (persons), from January."""
        if self.present is not None:
            return self.present
        beds = (
            _PEOPLE_PER_ROOM * self.hotel_rooms
            + _PEOPLE_PER_PITCH * self.camping_pitches
            + _PEOPLE_PER_SECOND_HOME * self.second_homes
        )
        return tuple(beds * share for share in self.occupancy or ())


#: Kinds of levers, in words; then the fields that each needs, and those that it may have.
_LEVERS: Final = {
    "effectors": "effecteurs de plus",
    "site": "un lieu de SNP",
    "saturday": "le samedi matin",
    "assistant": "un assistant médical",
    "advanced": "des consultations avancées",
}
_NEEDS: Final = {"site": "hours"}
_MAY_HAVE: Final = {"site": ("days", "gps"), "assistant": ("list_gain",)}
_OWN: Final = ("count", "hours", "days", "gps", "list_gain")
#: Most of each kind that a CPTS may try: more is a slip of the pen.
MOST_OF_LEVER: Final = {"effectors": 200, "saturday": 20, "assistant": 200, "advanced": 50}
#: Most hours of a lieu de SNP: a week, or each of its days (ten doctors, 12 hours).
_MOST_HOURS: Final = 400.0
_MOST_HOURS_A_DAY: Final = 120.0


class Lever(Record):
    """
    What could be added to the supply of a territory; fields carry their description and unit.

    Examples
    --------
    >>> Lever(kind="site", hours=4.0, days=(1, 3, 5)).hours_per_week
    12.0
    >>> Lever(kind="effectors", count=1.5)
    Traceback (most recent call last):
    cpts_geo.errors.ScenarioError: Le scénario contient des valeurs impossibles.
      - « count » = 1.5 : il faut un nombre entier
    À faire : corrigez ces lignes ; data/cpts/scenario.schema.json donne champs et unités.
    """

    kind: Literal["effectors", "site", "saturday", "assistant", "advanced"] = field(
        "Ce que l’on ajouterait",
        hint=", ".join(f"{key} = {words}" for key, words in _LEVERS.items()),
    )
    count: int | None = field(
        "Combien on en ajouterait",
        hint="effecteurs, médecins le samedi matin, assistants à temps plein, ou demi-journées de "
        "consultations avancées par semaine ; un lieu de SNP a des heures",
        ge=1,
        le=max(MOST_OF_LEVER.values()),
        default=None,
    )
    hours: float | None = field(
        "Heures de consultation d’un lieu de SNP",
        "heures",
        hint="par semaine, ou de chacun des jours de « days »",
        gt=0,
        le=_MOST_HOURS,
        default=None,
    )
    days: Annotated[tuple[Weekday, ...], AS_TUPLE] | None = field(
        "Jours d’ouverture d’un lieu de SNP",
        hint="1 = lundi … 6 = samedi ; absent : tous les jours d’ouverture",
        default=None,
    )
    gps: int | None = field(
        "Médecins qui se relaient dans un lieu de SNP",
        "médecins",
        hint="absent : autant que d’effecteurs qui donneraient ces heures",
        ge=1,
        le=10_000,
        default=None,
    )
    list_gain: float | None = field(
        "Patients médecin traitant de plus, grâce à un assistant médical",
        "part des patients d’avant",
        hint="absent : ce que la Cnam a mesuré",
        ge=0,
        le=1,
        default=None,
    )

    def _contradictions(self) -> list[str]:
        needed = _NEEDS.get(self.kind, "count")
        known = {"kind", needed, *_MAY_HAVE.get(self.kind, ())}
        defects = [
            f'« {name} » ne va pas avec « kind = "{self.kind}" »'
            for name in _OWN
            if name not in known and getattr(self, name) is not None
        ]
        if getattr(self, needed) is None:
            defects.append(f'« kind = "{self.kind}" » demande « {needed} »')
        most = MOST_OF_LEVER.get(self.kind)
        if most is not None and (self.count or 0) > most:
            defects.append(
                f'« count » = {self.count} : {most} au plus avec « kind = "{self.kind}" »'
            )
        if self.days is not None and (self.hours or 0.0) > _MOST_HOURS_A_DAY:
            defects.append(
                f"« hours » = {self.hours} : {_MOST_HOURS_A_DAY:g} au plus par jour de « days »"
            )
        if self.days is not None and list(self.days) != sorted(set(self.days) or {0}):
            defects.append("« days » : il faut au moins un jour, dans l’ordre, sans doublon")
        return defects

    @property
    def hours_per_week(self) -> float:
        """Hours a week of a lieu de SNP."""
        return (self.hours or 0.0) * (1 if self.days is None else len(self.days))


class LeverTerms(Record):
    """What levers bring and cost beside the prices of a scenario, the same for every territory."""

    sas_weekly_cap: float = field(
        "Majorations SNP d’un médecin, au plus", "par semaine", ge=0, le=10_000
    )
    regulation_hour_pay: float = field(
        "Rémunération de la régulation au SAS", "euros par heure", ge=0, le=10_000
    )
    regulation_minutes: float = field(
        "Régulation d’une demande adressée par le SAS", "minutes", ge=0, le=120
    )
    assistant_list: float = field(
        "Patients d’un médecin traitant avant son assistant médical", "personnes", ge=0, le=10_000
    )
    assistant_list_gain: float = field(
        "Patients médecin traitant de plus, grâce à un assistant médical",
        "part des patients d’avant",
        ge=0,
        le=1,
    )
    assistant_list_new: float = field(
        "Parmi eux, ceux qui n’avaient pas de médecin traitant", "part des patients en plus",
        ge=0, le=1,
    )  # fmt: skip
    assistant_hours: float = field(
        "Heures payées d’un assistant médical à temps plein", "heures par an", ge=0, le=8_784
    )
    assistant_aid: float = field(
        "Aide de l’Assurance maladie à un assistant médical", "euros par an", ge=0, le=1_000_000
    )
    advanced_half_day: float = field(
        "Indemnité d’une demi-journée de consultations avancées", "euros", ge=0, le=100_000
    )


def lever_terms(parameters: Mapping[str, Any]) -> LeverTerms:
    """
    Take what levers bring and cost from the parameters of a run.

    Parameters
    ----------
    parameters : Mapping of str to Default
        As :func:`cpts_geo.capacity.scenario.parameters.default_parameters` gives them.

    Returns
    -------
    LeverTerms
        Checked; a ScenarioError lists what is outside its bounds.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.parameters import default_parameters
    >>> lever_terms(default_parameters()).sas_weekly_cap
    20.0
    """
    return LeverTerms.model_validate(
        {name: parameters[name].value for name in LeverTerms.model_fields}
    )
