"""What the capacity of a territory is computed from: one frozen, checked and sourced record.

Default values live in ``data/cpts/parameters.toml``, those of the five CPTS in
``data/cpts/scenarios``; this module only says what they may be. Each field carries its French
description and its unit, which pages, messages and the published schema read here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from cpts_geo.capacity.queue.rules import MAX_DISPERSION, MAX_SLOTS, Rules
from cpts_geo.capacity.scenario._contradictions import contradictions
from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.parameters import ANALYST, SOURCED_FIELDS, Source, SourcedName
from cpts_geo.capacity.scenario.records import (
    AS_TUPLE,
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
from cpts_geo.schema import Status

SEED: Final = 20_260_101
#: Inputs that only people with a médecin traitant, or only visitors, bring in.
WIDER_FIELDS: Final = ("snp_rate", "unmet_share")
VISITOR_FIELDS: Final = ("visitors", "visitor_rate_ratio")


class Scenario(Record):
    """
    Everything the capacity of a territory is computed from.

    Each field carries its French description and unit
    (:func:`cpts_geo.capacity.scenario.loading.described`, ``data/cpts/scenario.schema.json``).
    Shares are ratios of 1; None is unknown, never 0.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> load_scenarios()["beauce_gatinais"].people_without_mt
    24000.0
    """

    territory: Name = field("Identifiant du territoire")
    label: Name = field("Nom montré aux lecteurs")
    evidence_label: Literal[1, 2, 3, 4] = field(
        "Ce qui est connu ici : 1 ses appels, 2 ses consultations, 3 rien, 4 part supposée"
    )
    share_assumed: bool = field("La part sans médecin traitant est supposée, non publiée")
    eligible: Annotated[tuple[Group, ...], AS_TUPLE] = field(
        "Publics admis : sans médecin traitant (no_mt), médecin traitant indisponible "
        "(mt_unavailable), visiteurs (visitors ; sans eux, habitants seulement)"
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
        "Mois étudiés ; aucun = l’année entière", "1 = janvier … 12 = décembre", default=()
    )
    deadline_days: int = field(
        "Délai : 0 = le jour même, 1 = le jour même ou le jour d’ouverture suivant",
        "jour(s) d’ouverture après la demande",
        ge=0,
        le=30,
    )
    target: float = field(
        "Part des demandes à servir dans le délai", "part des demandes", ge=0.1, lt=1
    )
    dispersion: float = field(
        "Dispersion des demandes d’un jour (1 = loi de Poisson)",
        "variance / moyenne",
        ge=1,
        le=MAX_DISPERSION,
    )
    no_show_rate: float = field(
        "Rendez-vous pris et non honorés", "part des rendez-vous", ge=0, lt=1
    )
    gp_hour_cost: float = field("Coût d’une heure de médecin", "euros par heure", ge=0, le=10_000)
    seed: int = field(
        "Graine des tirages : mêmes données, mêmes résultats", ge=0, lt=2**63, default=SEED
    )
    slots_today: Slots = field(
        "Créneaux offerts aujourd’hui : un nombre, ou un par jour d’ouverture de la semaine",
        "créneaux par jour d’ouverture",
        default=None,
    )
    rota: Rota | None = field(
        "Tour de rôle d’aujourd’hui, au lieu de « slots_today »", default=None
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
        return contradictions(self)

    def evolve(self, **changes: Any) -> Self:
        """
        Copy the scenario with other values, checked again.

        Parameters
        ----------
        **changes : Any
            Fields and their new values; None empties an optional field; a dict given for a table
            (``calendar``, ``visitors``, ``rota``) changes only what it names.

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
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> strict = load_scenarios()["lvo"].evolve(target=0.99, calendar={"weekdays": (1, 2, 4)},
        ...     slots_today=None, minutes_per_slot_today=None)
        Traceback (most recent call last):
        cpts_geo.errors.ScenarioError: Le scénario contient des valeurs impossibles.
          - calendar : « weekday_factors » : il faut un facteur par jour de « weekdays »
        ...
        >>> strict = load_scenarios()["lvo"].evolve(target=0.99)
        >>> strict.target, strict.sources["target"].grade
        (0.99, 'D')
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        for name, change in changes.items():
            if isinstance(now := values.get(name), Record) and isinstance(change, dict):
                change = {**dict(now), **change}  # noqa: PLW2901
            values[name] = change
        if "sources" not in changes:
            values["sources"] = {
                name: ANALYST if name in changes else self.sources[name]
                for name in SOURCED_FIELDS
                if values[name] is not None
            }
        return type(self).model_validate(values)

    @property
    def rules(self) -> Rules:
        """Rules of its queue: target, deadline, dispersion."""
        return Rules(self.target, self.deadline_days, self.dispersion)

    @property
    def people_status(self) -> Status:
        """
        How the people without médecin traitant are known.

        Assumed where the share is, or where their source is of grade D; measured where it is of
        grade A and the territory has its own call log; estimated otherwise.
        """
        source = self.sources["people_without_mt"]
        if self.share_assumed or source.grade == "D":
            return Status.ASSUMED
        own = self.evidence_label == 1 and source.grade == "A"
        return Status.MEASURED if own else Status.ESTIMATED

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

    @property
    def uncounted_demand(self) -> str | None:
        """French words for those who may ask besides people without MT; None where nobody."""
        others = [text for group, text in _OTHERS.items() if group in self.eligible]
        return f"{joined(others)}, admis eux aussi" if others else None

    @property
    def opening_days_per_year(self) -> int:
        """Opening days a year of its calendar."""
        return self.calendar.days_per_year


#: People without médecin traitant excepted, how each group is called.
_OTHERS: Final = {
    "mt_unavailable": "les patients dont le médecin traitant n’est pas disponible",
    "visitors": "les visiteurs",
}
