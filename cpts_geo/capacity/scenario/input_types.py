"""Kinds of values that a scenario holds: their bounds, and what is said where one is refused.

Bounds lie far beyond any territory; they stop what no queue or law could be computed from.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator

from cpts_geo.capacity.scenario.parameters import AS_TUPLE, field
from cpts_geo.capacity.scenario.refusals import ContradictionError, nearest, shown

#: Who may ask: residents without médecin traitant, residents whose médecin traitant is not
#: available, people who do not live there. Without "visitors", residents only.
Group = Literal["no_mt", "mt_unavailable", "visitors"]
MAX_SLOTS: Final = 600
#: More than the people of any country of Europe.
MAX_PEOPLE: Final = 1e8
#: Calls, consultations or person-years of one line, whatever its years.
MAX_COUNT: Final = 10**9

People = Annotated[float, field("Personnes", gt=0, le=MAX_PEOPLE)]
Count = Annotated[int, field("Nombre", ge=0, le=MAX_COUNT)]
Share = Annotated[float, field("Part", gt=0, le=1)]
Rate = Annotated[float, field("Nombre au-dessus de 0", gt=0, le=1000)]
Minutes = Annotated[float, field("Minutes", ge=1, le=600)]


def _ordered(values: tuple[float, float, float]) -> tuple[float, float, float]:
    if list(values) != sorted(values):
        said = ", ".join(f"{x:g}" for x in values)
        raise ContradictionError([f"{said} : il faut bas ≤ probable ≤ haut"])
    return values


ShareTriangle = Annotated[tuple[Share, Share, Share], AS_TUPLE, AfterValidator(_ordered)]
RateTriangle = Annotated[tuple[Rate, Rate, Rate], AS_TUPLE, AfterValidator(_ordered)]
MinutesTriangle = Annotated[tuple[Minutes, Minutes, Minutes], AS_TUPLE, AfterValidator(_ordered)]


def _whole_slots(value: object) -> object:
    """Accept one number of slots, or a list of one a day: one defect, not one a kind."""
    days = value if isinstance(value, list | tuple) else [value]
    least = 0 if isinstance(value, list | tuple) else 1
    if value is None or all(
        isinstance(slots, int) and not isinstance(slots, bool) and least <= slots <= MAX_SLOTS
        for slots in days
    ):
        return tuple(value) if isinstance(value, list) else value
    raise ContradictionError(
        [
            f"{shown(value)} : il faut un nombre entier de créneaux, de 1 à {MAX_SLOTS}, ou un "
            "par jour d'ouverture de la semaine"
        ]
    )


Slots = Annotated[int | tuple[int, ...] | None, BeforeValidator(_whole_slots)]

#: Inputs that must say where they come from, where they have a value.
SOURCED: Final = (
    "people_without_mt",
    "people_cv",
    "between_territory_sd",
    "calls_observed",
    "calls_people_years",
    "need_share",
    "snp_rate",
    "unmet_share",
    "visitors",
    "visitor_rate_ratio",
    "minutes",
    "calendar",
    "deadline_days",
    "target",
    "dispersion",
    "no_show_rate",
    "gp_hour_cost",
    "slots_today",
    "rota",
    "minutes_per_slot_today",
    "observed_consultations",
)


def _sourced(name: str) -> str:
    if name not in SOURCED:
        raise ContradictionError([f"est inconnu{nearest(name, list(SOURCED))}"])
    return name


SourcedName = Annotated[str, AfterValidator(_sourced)]
