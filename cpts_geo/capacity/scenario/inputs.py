"""What the capacity of a territory is computed from: one frozen, checked and sourced record.

Default values live in ``data/cpts/parameters.toml``, those of the five CPTS in
``data/cpts/scenarios``; this module only says what they may be. Each field carries its French
description and its unit, which pages, messages and the published schema read here.
"""

from __future__ import annotations

from typing import Any, Self

from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.scenario._fields import Fields
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.parameters import ANALYST, SOURCED_FIELDS, with_shapes
from cpts_geo.capacity.scenario.records import GROUPS, Record
from cpts_geo.french import joined
from cpts_geo.schema import Status


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

    @property
    def rules(self) -> Rules:
        """Rules of its queue: target, deadline, dispersion."""
        return Rules(self.target, self.deadline_days, self.dispersion)

    @property
    def people_status(self) -> Status:
        """
        How the people without médecin traitant are known.

        Assumed where the share is, or where their source is of grade D; announced where the
        territory wrote them and has its own calls, measured where they are of grade A; estimated
        otherwise.
        """
        source = self.sources["people_without_mt"]
        if self.share_assumed or source.grade == "D":
            return Status.ASSUMED
        if self.evidence_label == 1 and source.announced:
            return Status.ANNOUNCED
        own = self.evidence_label == 1 and source.grade == "A"
        return Status.MEASURED if own else Status.ESTIMATED

    @property
    def uncounted_demand(self) -> str | None:
        """French words for those who may ask besides people without MT; None where nobody."""
        others = [
            f"les {text}"
            for group, text in GROUPS.items()
            if group in self.eligible and group != "no_mt"
        ]
        return f"{joined(others)}, admis eux aussi" if others else None

    @property
    def unused(self) -> set[str]:
        """Parameters that nobody it admits brings in, or that others stand in the place of."""
        return (
            (set() if self.share_assumed else {"share_without_mt", "age_share"})
            | (set() if self.uncounted_demand else {"snp_rate", "unmet_share"})
            | (set() if self.visitors else {"visitors", "visitor_rate_ratio"})
            | ({"need_share", "need_counted"} - {self.need_input})
        )

    @property
    def need_input(self) -> str:
        """Name of the input that tells which share of the calls deserves a slot."""
        return "need_share" if self.need_counted is None else "need_counted"

    @property
    def opening_days_per_year(self) -> int:
        """Opening days a year of its calendar."""
        return self.calendar.days_per_year
