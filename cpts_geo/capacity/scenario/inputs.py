"""What the capacity of a territory is computed from: one frozen, checked and sourced record.

Default values live in ``data/cpts/parameters.toml``, those of the five CPTS in
``data/cpts/scenarios``; this module only says what they may be. Each field carries its French
description and its unit, which pages, messages and the published schema read here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final, Literal, Self

from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario._fields import Fields
from cpts_geo.capacity.scenario._slips.contradictions import half_a_count
from cpts_geo.capacity.scenario._slips.plausible import (
    AREA,
    area_questions,
    questions,
    served_questions,
)
from cpts_geo.capacity.scenario._slips.typed import counts, typed
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.parameters import (
    _TYPED,
    ANALYST,
    FILE_MARK,
    OF_COMMUNES,
    SOURCED_FIELDS,
    default_parameters,
    with_shapes,
)
from cpts_geo.capacity.scenario.records import IMPOSSIBLE, PUBLICS, REMEDY, Public, Record
from cpts_geo.errors import ScenarioError
from cpts_geo.schema import Status

Evidence = Literal["1a", "1b", "2", "3", "4"]
#: What each kind of evidence means.
EVIDENCE: Final[dict[Evidence, str]] = {
    "1a": "Ses propres appels et leur issue, d’après son registre.",
    "1b": "Son propre total d’appels ; la part qui relève d’une consultation est supposée.",
    "2": "Ses propres consultations ; la part des demandes qui ont trouvé un créneau est supposée.",
    "3": "Aucune activité locale connue : ce que reçoivent les lignes connues ailleurs.",
    "4": "Aucune activité locale connue : le taux d’appel d’une seule ligne, ailleurs, et une part "
    "d’habitants sans médecin traitant supposée.",
}
#: The same as "3" of people whose number is known: known lines say nothing of them.
_ONE_RATE: Final = (
    "Aucune activité locale connue : le taux d’appel d’une seule ligne, ailleurs, et un écart "
    "supposé d’un territoire à l’autre."
)
#: What is a part of a count: another one makes it another count.
_COUNT_OF: Final = {
    "calls_years": "calls_observed",
    "observed_start": "observed_consultations",
    "observed_end": "observed_consultations",
}


class Scenario(Fields):
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
        fields = type(self).model_fields
        changes = {
            name: typed(change, whole=name in fields and counts(fields[name].annotation))
            for name, change in changes.items()
        }
        values: dict[str, Any] = {name: getattr(self, name) for name in fields}
        for name, change in changes.items():
            if isinstance(now := values.get(name), Record) and isinstance(change, dict):
                change = {**dict(now), **change}  # noqa: PLW2901
            values[name] = change
        lent = _saturday_lent(values, changes)
        lent |= {x: None for x in _other_hours(self, values) if x not in changes}
        values |= lent
        known = {name: default_parameters()[name].source for name in lent if lent[name] is not None}
        if isinstance(changes.get("sources"), dict):
            gone = {name for name, value in lent.items() if value is None}
            given = {k: v for k, v in changes["sources"].items() if k not in gone}
            values["sources"] = known | given
        elif "sources" not in changes:
            known |= self.sources
            values["sources"] = {
                name: ANALYST if name in changes else known[name]
                for name in SOURCED_FIELDS
                if values[name] is not None
            }
            if isinstance(changes.get(AREA), dict):
                values["sources"][AREA] = ANALYST
            elif AREA in self.sources and AREA not in changes:
                values["sources"][AREA] = self.sources[AREA]
        # What does not change was asked about when it was given.
        changed = {name for name in changes if values[name] != getattr(self, name, None)}
        # Calls that were lent do not become the territory's own for being given years.
        half = half_a_count(changes) if self.calls_years is None else ""
        try:
            copy = type(self).model_validate(values, context=changed)
        except ScenarioError as error:
            defects = [*filter(None, [half]), *error.defects]
            raise ScenarioError(error.summary, defects=defects, remedy=error.remedy) from None
        if half:
            raise ScenarioError(IMPOSSIBLE, defects=[half], remedy=REMEDY)
        return copy

    def with_profile(self, name: str) -> Self:
        """
        Copy the scenario with another shape of the week and of the year.

        Parameters
        ----------
        name : str
            A key of :func:`cpts_geo.capacity.scenario.parameters.named_profiles`.

        Returns
        -------
        Scenario
            The copy, whose calendar says where its shapes come from.

        Raises
        ------
        ScenarioError
            If the line does not open from Monday to Friday, the days that profiles are of.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> peaked = load_scenarios()["lvo"].with_profile("pointe_forte")
        >>> peaked.calendar.weekday_factors[0], peaked.sources["calendar"].grade
        (1.3, 'D')
        """
        source = with_shapes(self.sources["calendar"], name)
        return self.evolve(
            calendar=profile_shape(name), sources=self.sources | {"calendar": source}
        )

    def admitting(self, public: Public) -> Self:
        """
        Give the scenario of the same territory for one public.

        Parameters
        ----------
        public : {"all", "no_mt"}
            Whom the device would admit.

        Returns
        -------
        Scenario
            A copy with the same sources; visitors come where all residents do.

        Examples
        --------
        >>> from cpts_geo.capacity.scenario.loading import load_scenarios
        >>> load_scenarios()["lvo"].admitting("no_mt").visitors is None
        True
        """
        if public == self.public:
            return self
        visitors = None if public == "no_mt" else self.visitors
        sources = {n: s for n, s in self.sources.items() if n != "visitors" or visitors is not None}
        return self.evolve(public=public, visitors=visitors, sources=sources)

    def __repr__(self) -> str:
        """One line: whose it is, for whom, and what is known of its demand."""
        admitted = "aucun dispositif décrit" if self.public is None else PUBLICS[self.public]
        offered = f", {self.slots_today} créneaux par jour" if self.slots_today else ""
        known = f"{admitted}, preuve {self.evidence}{offered}"
        return f"<Scenario {self.territory} : {self.label}, {known}>"

    __str__ = __repr__

    @property
    def file_notes(self) -> tuple[str, ...]:
        """What its file is not read for any more, in French sentences."""
        marked = (note for note in self.notes if note.startswith(FILE_MARK))
        return tuple(note.removeprefix(FILE_MARK) for note in marked)

    @property
    def rules(self) -> Rules:
        """Rules of its queue: target, deadline, dispersion."""
        return Rules(self.target, self.deadline_days, self.dispersion)

    @property
    def week_rules(self) -> Rules:
        """The same for a whole week, Saturday morning included where it opens."""
        opens = self.calendar.saturday_morning
        return replace(self.rules, shape=self.week_shape) if opens else self.rules

    @property
    def evidence(self) -> Evidence:
        """What is known of its demand, the best first: a key of :data:`EVIDENCE`."""
        if self.calls_years is not None:
            return "1b" if self.need_counted is None else "1a"
        if self.observed_consultations:
            return "2"
        return "4" if self.public == "no_mt" and self.share_assumed else "3"

    @property
    def evidence_words(self) -> str:
        """What is known of its demand, in a French sentence."""
        lent = self.evidence == "3" and self.public == "no_mt"
        return _ONE_RATE if lent else EVIDENCE[self.evidence]

    @property
    def has_own_line(self) -> bool:
        """Whether its demand rests on what its own line counted."""
        return self.evidence in ("1a", "1b", "2")

    @property
    def people_admitted(self) -> float | None:
        """Residents whom the device admits; None where nobody says how many people live there."""
        if self.public == "no_mt":
            return self.people_without_mt
        return self.population or (None if self.area is None else self.area.population)

    @property
    def people_status(self) -> Status:
        """
        How the people without médecin traitant are known.

        Assumed where the share is, or where their source is of grade D; announced where the
        territory wrote them and has its own calls, measured where they are of grade A; estimated
        otherwise.
        """
        source, own = self.sources["people_without_mt"], self.calls_years is not None
        if self.share_assumed or source.grade == "D":
            return Status.ASSUMED
        if own and source.announced:
            return Status.ANNOUNCED
        return Status.MEASURED if own and source.grade == "A" else Status.ESTIMATED

    @property
    def unused(self) -> set[str]:
        """Parameters that its demand does not rest on, or that others stand in the place of."""
        rate = {"calls_observed", "calls_people_years"}
        people = {"people_without_mt", "people_cv", "between_territory_sd"}
        people |= {"share_assumed", "share_without_mt", "age_share"}
        transferred = self.public == "no_mt" and not self.has_own_line
        found = set() if self.evidence == "2" else {"found_share"}
        found |= set() if transferred else {*people, "calls_people_years"}
        found |= (
            {"need_share", "need_counted"} - {self.need_input}
            if transferred or self.calls_years is not None
            else {*rate, "need_share", "need_counted"}
        )
        found |= set() if self.visitors else {"visitors", "visitor_rate_ratio"}
        return found | (set() if self.share_assumed else {"share_without_mt", "age_share"})

    @property
    def need_input(self) -> str:
        """Name of the input that tells which share of the calls deserves a slot."""
        return "need_share" if self.need_counted is None else "need_counted"

    @property
    def slot_minutes(self) -> float:
        """Length of a slot (minutes): that of today's, or else the likely one of a consultation."""
        return self.minutes_per_slot_today or self.minutes[1]

    @property
    def opening_days_per_year(self) -> int:
        """Opening days a year of its calendar."""
        return self.calendar.days_per_year

    @property
    def ordinary_days_per_year(self) -> float:
        """The same, each Saturday morning that opens counted as its share of an ordinary day."""
        return self.opening_days_per_year + len(self.calendar.saturdays) * (
            self.saturday_factor or 0.0
        )

    def _questions(self, changed: Collection[str] | None) -> list[str]:
        own = self.calls_years
        unsourced = {name for name, source in self.sources.items() if source in _TYPED}
        if changed is not None:
            unsourced &= {*changed, *(_COUNT_OF.get(name, name) for name in changed)}
        return [
            *questions(
                people=self.people_without_mt,
                population=self.population,
                calls=self.calls_observed,
                people_years=own * self.people_without_mt if own else self.calls_people_years,
                deadline_days=self.deadline_days,
                calls_years=own,
                unsourced=unsourced,
            ),
            *area_questions(
                self.area,
                population=self.population,
                unsourced=unsourced,
                in_file=changed is None and self.sources.get(AREA, OF_COMMUNES) == OF_COMMUNES,
            ),
            *served_questions(self, unsourced=unsourced),
        ]


def _saturday_lent(values: Mapping[str, Any], changes: Collection[str]) -> dict[str, Any]:
    """What opening or closing Saturday morning makes of its inputs, where nobody gives them."""
    calendar = values["calendar"]
    if not dict(calendar).get("saturday_morning"):
        return {x: None for x in ("slots_saturday", "saturday_factor") if x not in changes}
    if values["saturday_factor"] is None:
        return {"saturday_factor": default_parameters()["saturday_factor"].value}
    return {}


def _other_hours(now: Scenario, values: Mapping[str, Any]) -> Collection[str]:
    """Sessions are those of the slots and of the opening hours that they were given with."""
    if now.sessions is None:
        return ()
    calendar = dict(values["calendar"])
    moved = any(
        given is not None and _plain(given) != _plain(getattr(now.calendar, name))
        for name, given in ((x, calendar.get(x)) for x in ("weekdays", "opens", "closes"))
    )
    redone = any(values[name] != getattr(now, name) for name in ("slots_today", "rota"))
    return ("sessions",) if moved or redone else ()


def _plain(value: Any) -> Any:
    """A value that compares, whether a file or a record gave it."""
    return tuple(value) if isinstance(value, list) else value
