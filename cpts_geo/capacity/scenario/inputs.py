"""What the capacity of a territory is computed from: one frozen, checked and sourced record.

Default values live in ``data/cpts/parameters.toml``, those of the five CPTS in
``data/cpts/scenarios``; this module only says what they may be. Each field carries its French
description and its unit, which pages, messages and the published schema read here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.input_types import (
    MAX_COUNT,
    MAX_SLOTS,
    SOURCED,
    Count,
    Group,
    Minutes,
    MinutesTriangle,
    People,
    RateTriangle,
    ShareTriangle,
    Slots,
    SourcedName,
)
from cpts_geo.capacity.scenario.parameters import (
    ANALYST,
    AS_TUPLE,
    Name,
    Source,
    Text,
    default_parameters,
    field,
)
from cpts_geo.capacity.scenario.records import Record
from cpts_geo.capacity.scenario.supply import Rota, Visitors
from cpts_geo.french import joined
from cpts_geo.schema import Status

SEED: Final = 20_260_101
#: Inputs that must say where they come from, where they have a value.
SOURCED_FIELDS: Final = SOURCED
#: Inputs that only people with a médecin traitant, or only visitors, bring in.
WIDER_FIELDS: Final = ("snp_rate", "unmet_share")
VISITOR_FIELDS: Final = ("visitors", "visitor_rate_ratio")


class Scenario(Record):
    """
    Everything the capacity of a territory is computed from.

    Each field carries its French description and unit
    (:func:`cpts_geo.capacity.scenario.loading.described` and ``data/cpts/scenario.schema.json``).
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
        "Dispersion des demandes d’un jour (1 = loi de Poisson)", "variance / moyenne", ge=1, le=100
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
        """Check what one field says of another."""
        defects = self._supply_defects()
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
        elif self.months and not self._opens_in(self.months):
            defects.append("« months » : aucun jour d'ouverture dans ces mois")
        return defects + self._closure_defects() + self._evidence_defects() + self._source_defects()

    def _opens_in(self, months: tuple[int, ...]) -> bool:
        return bool(self.calendar.opening_months & set(months))

    def _supply_defects(self) -> list[str]:
        defects = []
        if self.rota is not None and self.slots_today is not None:
            defects.append("« slots_today » et « rota » : donnez l'un ou l'autre")
        offered = self.rota is not None or self.slots_today is not None
        if offered != (self.minutes_per_slot_today is not None):
            defects.append(
                "« minutes_per_slot_today » va avec « slots_today » ou « rota » : un seul est donné"
            )
        if isinstance(self.slots_today, tuple):
            if len(self.slots_today) != len(self.calendar.weekdays):
                defects.append("« slots_today » : il faut un nombre par jour de « weekdays »")
            elif not any(self.slots_today):
                defects.append("« slots_today » : aucun créneau de la semaine")
        elif self.rota is not None and not any(self.slots_by_weekday or (1,)):
            defects.append("« rota » : moins d'un créneau par semaine")
        if (self.slots_planned is None) != (self.planned_basis is None):
            defects.append("« slots_planned » et « planned_basis » vont ensemble : un seul donné")
        return defects

    def _evidence_defects(self) -> list[str]:
        defects = []
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
        if self.evidence_label == 3 and self.share_assumed:
            defects.append("« evidence_label » = 3 demande « share_assumed » = false")
        borrowed = [name for name in _OWN_CALLS if self._is_default(name)]
        if self.evidence_label == 1 and borrowed:
            names = joined([f"« {name} »" for name in borrowed])
            defects.append(
                f"« evidence_label » = 1 demande ses propres appels : donnez {names} et leur source"
            )
        return defects

    def _is_default(self, name: str) -> bool:
        return self.sources.get(name) == default_parameters()[name].as_source()

    def _closure_defects(self) -> list[str]:
        """Find closures that close nothing that is counted: another year's."""
        periods = [(date(self.calendar.year, 1, 1), date(self.calendar.year, 12, 31))]
        if self.observed_start and self.observed_end:
            periods.append((self.observed_start, self.observed_end))
        return [
            f"calendar : « closed » : {first:%d/%m/%Y} – {last:%d/%m/%Y} est hors de l’année "
            f"{self.calendar.year} ; donnez « year »"
            for first, last in self.calendar.closed
            if not any(first <= end and last >= start for start, end in periods)
        ]

    def _source_defects(self) -> list[str]:
        given = {name for name in SOURCED_FIELDS if getattr(self, name) is not None}
        return [f"« {name} » n'a pas de source" for name in sorted(given - set(self.sources))] + [
            f"« sources.{name} » ne correspond à aucune donnée du scénario"
            for name in sorted(set(self.sources) - given)
        ]

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
    def people_status(self) -> Status:
        """
        Say how the people without médecin traitant are known.

        Returns
        -------
        Status
            Assumed where the share is, or where their source is of grade D; measured where it is
            of grade A and the territory has its own call log; estimated otherwise.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> [str(case.people_status) for case in load_scenarios().values()]
        ['assumed', 'measured', 'assumed', 'assumed', 'estimated']
        """
        source = self.sources["people_without_mt"]
        if self.share_assumed or source.grade == "D":
            return Status.ASSUMED
        own = self.evidence_label == 1 and source.grade == "A"
        return Status.MEASURED if own else Status.ESTIMATED

    @property
    def slots_by_weekday(self) -> tuple[int, ...] | None:
        """
        Give the slots offered today on each opening day of the week.

        Returns
        -------
        tuple of int or None
            One number per opening weekday; None = unknown.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> load_scenarios()["beauce_gatinais"].slots_by_weekday
        (8, 8, 8, 8, 8)
        """
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
        """
        Name who may ask besides the people without médecin traitant.

        Returns
        -------
        str or None
            In French; None where the people without médecin traitant are the only ones.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> load_scenarios()["lvo"].uncounted_demand  # doctest: +ELLIPSIS
        'les patients dont le médecin traitant n’est pas disponible et les visiteurs, admis...'
        """
        others = [text for group, text in _OTHERS.items() if group in self.eligible]
        return f"{joined(others)}, admis eux aussi" if others else None

    @property
    def opening_days_per_year(self) -> int:
        """
        Count the opening days of its calendar.

        Returns
        -------
        int
            Opening days a year.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> load_scenarios()["ouest_loiret"].opening_days_per_year
        251
        """
        return self.calendar.days_per_year


#: Inputs that a territory with a call log of its own gives itself.
_OWN_CALLS: Final = ("calls_observed", "calls_people_years")
#: People without médecin traitant excepted, how each group is called.
_OTHERS: Final = {
    "mt_unavailable": "les patients dont le médecin traitant n’est pas disponible",
    "visitors": "les visiteurs",
}
