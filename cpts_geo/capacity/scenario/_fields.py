"""The fields of a scenario, and what one denies of another: inputs that cannot stand together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import pandas as pd

from cpts_geo.capacity.queue.rules import MAX_DISPERSION, MAX_SLOTS
from cpts_geo.capacity.scenario._slips.contradictions import scenario_defects
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.calendar import Calendar, opening_days
from cpts_geo.capacity.scenario.parameters import (
    SEED,
    SOURCED_FIELDS,
    Source,
    SourcedName,
)
from cpts_geo.capacity.scenario.records import (
    AS_TUPLE,
    MAX_COUNT,
    MAX_YEARS,
    PUBLICS,
    Count,
    Minutes,
    MinutesTriangle,
    Name,
    People,
    Public,
    RateTriangle,
    Record,
    ShareRange,
    ShareTriangle,
    Slots,
    Text,
    field,
)
from cpts_geo.capacity.scenario.supply import Lever, Reading, Rota, Session, Visitors


class Fields(Record):
    """Inputs of a scenario: see :class:`cpts_geo.capacity.scenario.inputs.Scenario`."""

    territory: Name = field("Identifiant du territoire")
    label: Name = field("Nom montré aux lecteurs", hint="par exemple « CPTS du Val »")
    share_assumed: bool = field("La part sans médecin traitant est supposée, non publiée")
    public: Public | None = field(
        "Qui la ligne ou le centre reçoit",
        hint=", ".join(f"{key} = {words}" for key, words in PUBLICS.items())
        + " ; absent : aucun dispositif n’est décrit",
        default=None,
    )
    eligibility: Text = field(
        "Publics admis, en toutes lettres", hint="par exemple « Tous les habitants »"
    )
    area: Area | None = field(
        "Ce dont le besoin du territoire est calculé",
        hint="rempli d’après ses communes",
        default=None,
    )
    population: People | None = field("Habitants de tous âges", "personnes", default=None)
    population_basis: Text = field(
        "D’où viennent population et personnes sans médecin traitant",
        hint="par exemple « Insee, population municipale »",
    )
    people_without_mt: People = field(
        "Personnes sans médecin traitant",
        "personnes",
        hint="ou « population », dont la part nationale est prise",
    )
    people_cv: float = field(
        "Incertitude sur le nombre de personnes sans médecin traitant",
        "écart-type / moyenne",
        ge=0,
        le=3,
    )
    between_territory_sd: float = field(
        "Écart du taux d’appel d’un territoire à l’autre",
        "écart-type du logarithme",
        ge=0,
        le=3,
    )
    calls_observed: int = field(
        "Appels traités par la ligne qui donne le taux d’appel", "appels", ge=0, le=MAX_COUNT
    )
    calls_people_years: float = field(
        "Population derrière ces appels",
        "personnes-années sans médecin traitant",
        gt=0,
        le=MAX_COUNT,
    )
    need_share: ShareTriangle = field(
        "Part des appels qui relèvent d’une consultation", "part des appels (bas, probable, haut)"
    )
    calls_years: float | None = field(
        "Durée de ces appels, s’ils sont ceux du territoire",
        "années",
        hint="absent : le taux d’appel vient d’un autre territoire",
        gt=0,
        le=MAX_YEARS,
        default=None,
    )
    need_counted: Annotated[tuple[Count, Count], AS_TUPLE] | None = field(
        "Demandes du registre des demandes qui relevaient d’une consultation, puis les autres",
        "demandes",
        default=None,
    )
    lost_counted: Count | None = field(
        "Celles d’entre elles restées sans créneau", "demandes", default=None
    )
    found_share: ShareRange = field(
        "Part des demandes qui ont trouvé un créneau", "part des demandes (de, à)"
    )
    visitors: Visitors | None = field(
        "Personnes présentes en plus des habitants", "personnes par mois", default=None
    )
    visitor_rate_ratio: RateTriangle = field(
        "Besoins d’un visiteur rapportés à ceux d’un habitant", "rapport (bas, probable, haut)"
    )
    minutes: MinutesTriangle = field(
        "Durée d’une consultation non programmée", "minutes (bas, probable, haut)"
    )
    calendar: Calendar = field("Jours et heures d’ouverture, forme de l’année")
    months: Annotated[tuple[Annotated[int, field("Mois", ge=1, le=12)], ...], AS_TUPLE] = field(
        "Mois étudiés",
        hint="1 = janvier … 12 = décembre ; aucun = l’année entière",
        default=(),
    )
    deadline_days: int = field(
        "Délai",
        "j d’ouverture après la demande",
        hint="0 = le jour même, 1 = le jour même ou le jour d’ouverture suivant",
        ge=0,
        le=30,
    )
    target: float = field(
        "Part des demandes à servir dans le délai", "part des demandes", ge=0.1, lt=1
    )
    dispersion: float = field(
        "Dispersion des demandes d’un jour",
        "variance / moyenne",
        hint="1 = le seul hasard",
        ge=1,
        le=MAX_DISPERSION,
    )
    no_show_rate: float = field(
        "Rendez-vous pris et non honorés", "part des rendez-vous", ge=0, lt=1
    )
    gp_hour_cost: float = field(
        "Coût d’une heure de consultation", "euros par heure", ge=0, le=10_000
    )
    secretary_hour_cost: float = field(
        "Coût d’une heure de secrétaire", "euros par heure", ge=0, le=1_000
    )
    consultation_tariff: float = field("Tarif d’une consultation", "euros", ge=0, le=1_000)
    sas_supplement: float = field("Majoration d’un patient du SAS", "euros", ge=0, le=1_000)
    session_hours: float = field("Durée d’une séance de consultations", "heures", gt=0, le=24)
    half_day_hours: float = field("Durée d’une demi-journée de consultation", "heures", gt=0, le=12)
    effector_hours: float = field(
        "Disponibilités d’un effecteur du SAS", "heures par semaine", gt=0, le=60
    )
    volunteers: Annotated[int, field("Médecins", ge=1, le=10_000)] | None = field(
        "Médecins volontaires", "médecins", hint="un « rota » donne les siens", default=None
    )
    session_weeks: float = field("Rythme d’un volontaire", "semaines par séance", gt=0, le=52)
    phone_agents: int = field("Personnes au téléphone à la fois", ge=0, le=100)
    seed: int = field(
        "Graine des tirages", hint="mêmes données, mêmes résultats", ge=0, lt=2**63, default=SEED
    )
    slots_today: Slots = field(
        "Créneaux offerts aujourd’hui",
        "créneaux par jour d’ouverture",
        hint="un nombre, ou un par jour d’ouverture de la semaine",
        default=None,
    )
    slots_saturday: Annotated[int, field("Créneaux", ge=0, le=MAX_SLOTS)] | None = field(
        "Créneaux offerts le samedi matin",
        "créneaux par samedi matin",
        hint="va avec « saturday_morning = true » de [calendar]",
        default=None,
    )
    saturday_factor: float | None = field(
        "Demandes d’un samedi matin",
        "rapport à un jour de semaine",
        hint="compté là où le samedi matin ouvre",
        gt=0,
        le=10,
        default=None,
    )
    rota: Rota | None = field(
        "Tour de rôle d’aujourd’hui", hint="au lieu de « slots_today »", default=None
    )
    sessions: Annotated[tuple[Session, ...], AS_TUPLE] | None = field(
        "Jours et heures des séances d’aujourd’hui",
        hint="absent : les heures ne sont pas dites",
        default=None,
    )
    minutes_per_slot_today: Minutes | None = field(
        "Durée d’un créneau aujourd’hui", "minutes", default=None
    )
    readings: Annotated[tuple[Reading, ...], AS_TUPLE] | None = field(
        "Lectures possibles des créneaux d’aujourd’hui, et leur poids", default=None
    )
    slots_planned: Annotated[int, field("Créneaux", ge=1, le=MAX_SLOTS)] | None = field(
        "Créneaux annoncés", "créneaux par jour d’ouverture", default=None
    )
    planned_basis: Text | None = field("Qui les a annoncés, et quand", default=None)
    levers: Annotated[tuple[Lever, ...], AS_TUPLE] | None = field(
        "Ce que l’on pourrait ajouter à l’offre",
        hint="absent : des leviers choisis d’après ce qui manque ; une liste vide : aucun",
        default=None,
    )
    observed_consultations: Count | None = field(
        "Consultations assurées par la ligne", "consultations", default=None
    )
    observed_start: date | None = field("Premier jour de ce compte", "date", default=None)
    observed_end: date | None = field("Dernier jour de ce compte, inclus", "date", default=None)
    notes: Annotated[tuple[Text, ...], AS_TUPLE] = field(
        "Ce qu’un lecteur doit savoir des données", default=()
    )
    sources: dict[SourcedName, Source] = field("Source et confiance de chaque donnée")

    def _contradictions(self) -> list[str]:
        return scenario_defects(self, SOURCED_FIELDS)

    @property
    def counted_days(self) -> pd.DatetimeIndex:
        """Opening days of its count of consultations; those of the year where it has no dates."""
        if self.observed_start is None or self.observed_end is None:
            return self.calendar.opening_days
        if self.observed_end < self.observed_start:
            return pd.DatetimeIndex([])
        return opening_days(self.observed_start, self.observed_end, calendar=self.calendar)

    @property
    def week_shape(self) -> tuple[float, ...]:
        """Requests of each opening day of the week over an ordinary one: a Saturday has its own."""
        ordinary = (1.0,) * len(self.calendar.weekdays)
        return ordinary if self.saturday_factor is None else (*ordinary, self.saturday_factor)

    def whole_week(self, ordinary: Sequence[int]) -> tuple[int, ...]:
        """
        Add today's slots of Saturday morning, where it opens, to those of the other days.

        Parameters
        ----------
        ordinary : sequence of int
            Slots of each opening weekday.

        Returns
        -------
        tuple of int
            Slots of each opening day of the week.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenario
        >>> load_scenario("lvo").whole_week((16,) * 5)
        (16, 16, 16, 16, 16)
        """
        if not self.calendar.saturday_morning:
            return tuple(ordinary)
        return (*ordinary, self.slots_saturday or 0)

    def needed_week(self, slots: int) -> tuple[int, ...]:
        """
        Lay slots needed on an ordinary day over the week.

        Parameters
        ----------
        slots : int
            Slots per opening weekday.

        Returns
        -------
        tuple of int
            Slots of each opening day of the week; a Saturday morning that opens has its share of
            them, rounded up.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenario
        >>> load_scenario("lvo").needed_week(9)
        (9, 9, 9, 9, 9)
        """
        return tuple(math.ceil(slots * min(each, 1.0)) for each in self.week_shape)

    @property
    def week_slots(self) -> tuple[int, ...] | None:
        """Slots offered today on each opening day of the week, Saturday last; None = unknown."""
        week = self.slots_by_weekday
        return None if week is None else self.whole_week(week)

    @property
    def slots_by_weekday(self) -> tuple[int, ...] | None:
        """Slots offered today on each opening weekday, without Saturday morning; None = unknown."""
        days = len(self.calendar.weekdays)
        if self.rota is not None:
            if self.minutes_per_slot_today is None:
                return None
            return self.rota.slots_by_weekday(minutes=self.minutes_per_slot_today, weekdays=days)
        if isinstance(self.slots_today, int):
            return (self.slots_today,) * days
        return self.slots_today
