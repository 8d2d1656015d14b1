"""The fields of a scenario, and what one denies of another: inputs that cannot stand together."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from cpts_geo.capacity.queue.rules import MAX_DISPERSION, MAX_SLOTS
from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.parameters import (
    SEED,
    SOURCED_FIELDS,
    Source,
    SourcedName,
    default_parameters,
)
from cpts_geo.capacity.scenario.records import (
    AS_TUPLE,
    GROUPS,
    MAX_COUNT,
    Count,
    Group,
    Minutes,
    MinutesTriangle,
    Name,
    People,
    RateTriangle,
    Record,
    ShareTriangle,
    Slots,
    Text,
    field,
)
from cpts_geo.capacity.scenario.supply import Rota, Visitors
from cpts_geo.french import joined

#: Inputs that a territory with a call log of its own gives itself.
_OWN_CALLS: Final = ("calls_observed", "calls_people_years")


class Fields(Record):
    """Inputs of a scenario: see :class:`cpts_geo.capacity.scenario.inputs.Scenario`."""

    territory: Name = field("Identifiant du territoire")
    label: Name = field("Nom montré aux lecteurs")
    evidence_label: Literal[1, 2, 3, 4] = field(
        "Ce qui est connu ici",
        hint="1 ses appels, 2 ses consultations, 3 rien, 4 part supposée",
    )
    share_assumed: bool = field("La part sans médecin traitant est supposée, non publiée")
    eligible: Annotated[tuple[Group, ...], AS_TUPLE] = field(
        "Publics admis",
        hint=", ".join(f"{words} ({group})" for group, words in GROUPS.items())
        + " ; sans visiteurs, habitants seulement",
    )
    eligibility: Text = field("Publics admis, en toutes lettres")
    population: People | None = field("Habitants de tous âges", "personnes", default=None)
    population_basis: Text = field("D’où viennent population et personnes sans médecin traitant")
    people_without_mt: People = field(
        "Personnes sans médecin traitant qui peuvent appeler", "personnes"
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
        "Part des appels qui méritent un créneau", "part des appels (bas, probable, haut)"
    )
    snp_rate: RateTriangle = field(
        "Besoins de soins non programmés d’une personne",
        "demandes par personne et par an (bas, probable, haut)",
    )
    unmet_share: ShareTriangle = field(
        "Part de ces besoins, chez qui a un médecin traitant ou vient d’ailleurs, qui se tourne "
        "vers cette offre",
        "part des demandes (bas, probable, haut)",
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
        hint="1 = loi de Poisson",
        ge=1,
        le=MAX_DISPERSION,
    )
    no_show_rate: float = field(
        "Rendez-vous pris et non honorés", "part des rendez-vous", ge=0, lt=1
    )
    gp_hour_cost: float = field("Coût d’une heure de médecin", "euros par heure", ge=0, le=10_000)
    secretary_hour_cost: float = field(
        "Coût d’une heure de secrétaire", "euros par heure", ge=0, le=1_000
    )
    consultation_tariff: float = field("Tarif d’une consultation", "euros", ge=0, le=1_000)
    sas_supplement: float = field("Majoration d’un patient du SAS", "euros", ge=0, le=1_000)
    session_hours: float = field("Durée d’une séance de consultations", "heures", gt=0, le=24)
    half_day_hours: float = field("Durée d’une demi-journée de médecin", "heures", gt=0, le=12)
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
    rota: Rota | None = field(
        "Tour de rôle d’aujourd’hui", hint="au lieu de « slots_today »", default=None
    )
    minutes_per_slot_today: Minutes | None = field(
        "Durée d’un créneau aujourd’hui", "minutes", default=None
    )
    slots_planned: Annotated[int, field("Créneaux", ge=1, le=MAX_SLOTS)] | None = field(
        "Créneaux annoncés", "créneaux par jour d’ouverture", default=None
    )
    planned_basis: Text | None = field("Qui les a annoncés, et quand", default=None)
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
        defects = _supply_defects(self)
        if self.population is not None and self.people_without_mt > self.population:
            defects.append("« people_without_mt » dépasse « population »")
        if len(set(self.eligible)) != len(self.eligible) or "no_mt" not in self.eligible:
            defects.append("« eligible » : il faut « no_mt », et chaque public une seule fois")
        if "mt_unavailable" in self.eligible and self.population is None:
            defects.append("« eligible » = mt_unavailable demande « population »")
        if ("visitors" in self.eligible) != (self.visitors is not None):
            defects.append("« eligible » = visitors et la table « visitors » vont ensemble")
        if list(self.months) != sorted(set(self.months)):
            defects.append("« months » : des mois dans l'ordre, sans doublon")
        elif self.months and not (self.calendar.opening_months & set(self.months)):
            defects.append("« months » : aucun jour d'ouverture dans ces mois")
        return defects + _closure_defects(self) + _evidence_defects(self) + _source_defects(self)

    @property
    def slots_by_weekday(self) -> tuple[int, ...] | None:
        """Slots offered today on each opening day of the week; None = unknown."""
        days = len(self.calendar.weekdays)
        if self.rota is not None:
            if self.minutes_per_slot_today is None:
                return None
            return self.rota.slots_by_weekday(minutes=self.minutes_per_slot_today, weekdays=days)
        if isinstance(self.slots_today, int):
            return (self.slots_today,) * days
        return self.slots_today


def _supply_defects(scenario: Fields) -> list[str]:
    """What slots, rota and announcement deny of one another."""
    defects = []
    if scenario.rota is not None and scenario.slots_today is not None:
        defects.append("« slots_today » et « rota » : donnez l'un ou l'autre")
    offered = scenario.rota is not None or scenario.slots_today is not None
    if offered != (scenario.minutes_per_slot_today is not None):
        defects.append(
            "« minutes_per_slot_today » va avec « slots_today » ou « rota » : un seul est donné"
        )
    if isinstance(scenario.slots_today, tuple):
        if len(scenario.slots_today) != len(scenario.calendar.weekdays):
            defects.append("« slots_today » : il faut un nombre par jour de « weekdays »")
        elif not any(scenario.slots_today):
            defects.append("« slots_today » : aucun créneau de la semaine")
    elif scenario.rota is not None and not any(scenario.slots_by_weekday or (1,)):
        defects.append("« rota » : moins d'un créneau par semaine")
    if scenario.rota is not None and scenario.volunteers not in (None, scenario.rota.gps):
        defects.append("« volunteers » et « rota » : deux nombres de médecins, donnez-en un")
    if (scenario.slots_planned is None) != (scenario.planned_basis is None):
        defects.append("« slots_planned » et « planned_basis » vont ensemble : un seul donné")
    return defects


def _evidence_defects(scenario: Fields) -> list[str]:
    """What label, own calls and observed consultations deny of one another."""
    defects = []
    if (scenario.observed_start is None) != (scenario.observed_end is None):
        defects.append("« observed_start » et « observed_end » vont ensemble : un seul donné")
    elif (
        scenario.observed_start
        and scenario.observed_end
        and scenario.observed_end < scenario.observed_start
    ):
        defects.append("« observed_end » vient avant « observed_start »")
    if scenario.observed_start and scenario.observed_consultations is None:
        defects.append("« observed_start » est donné sans « observed_consultations »")
    if scenario.evidence_label == 2 and scenario.observed_consultations is None:
        defects.append("« evidence_label » = 2 demande « observed_consultations »")
    if scenario.evidence_label == 4 and not scenario.share_assumed:
        defects.append("« evidence_label » = 4 demande « share_assumed » = true")
    if scenario.evidence_label == 3 and scenario.share_assumed:
        defects.append("« evidence_label » = 3 demande « share_assumed » = false")
    defaults, sources = default_parameters(), scenario.sources
    borrowed = [name for name in _OWN_CALLS if sources.get(name) == defaults[name].source]
    if scenario.evidence_label == 1 and borrowed:
        names = joined([f"« {name} »" for name in borrowed])
        defects.append(
            f"« evidence_label » = 1 demande ses propres appels : donnez {names} et leur source"
        )
    return defects


def _closure_defects(scenario: Fields) -> list[str]:
    """Find closures that close nothing that is counted: another year's."""
    periods = [(date(scenario.calendar.year, 1, 1), date(scenario.calendar.year, 12, 31))]
    if scenario.observed_start and scenario.observed_end:
        periods.append((scenario.observed_start, scenario.observed_end))
    return [
        f"calendar : « closed » : {first:%d/%m/%Y} – {last:%d/%m/%Y} est hors de l’année "
        f"{scenario.calendar.year} ; donnez « year »"
        for first, last in scenario.calendar.closed
        if not any(first <= end and last >= start for start, end in periods)
    ]


def _source_defects(scenario: Fields) -> list[str]:
    """Inputs without a source, and sources without an input."""
    given = {name for name in SOURCED_FIELDS if getattr(scenario, name) is not None}
    return [f"« {name} » n'a pas de source" for name in sorted(given - set(scenario.sources))] + [
        f"« sources.{name} » ne correspond à aucune donnée du scénario"
        for name in sorted(set(scenario.sources) - given)
    ]
