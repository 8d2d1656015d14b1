"""Values that a queue can be computed from, but that nobody meant: asked about, not guessed.

One rule for all: a value whose source is given is confirmed; one only typed is asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from cpts_geo.capacity.scenario._slips.meant import DEADLINE, MOST_DAYS, hours_for_days
from cpts_geo.french import counted, number, percent

#: Fewer people without médecin traitant than this are a share, thousands, or one village.
LEAST_PEOPLE: Final = 11
LEAST_SHARE: Final = 0.001
#: Calls of a person in a year: less is a month of them, more is people in thousands.
CALLS: Final = (0.05, 2.0)
_PEOPLE: Final = "people_without_mt"


def questions(
    *,
    people: float,
    population: float | None,
    calls: float,
    people_years: float,
    deadline_days: int,
    unsourced: Collection[str],
) -> list[str]:
    """Ask about each unlikely value of a scenario whose source nobody gave."""
    asked = []
    few = people < LEAST_PEOPLE or (population is not None and people < population * LEAST_SHARE)
    if _PEOPLE in unsourced and few:
        said = counted(people, "personne", "personnes")
        if population is not None:
            said += f" pour {counted(population, 'habitant', 'habitants')}"
        asked.append(_question([_PEOPLE], f"{people:g}", said + _people_meant(people, population)))
    typed = [name for name in ("calls_observed", "calls_people_years") if name in unsourced]
    if typed and not CALLS[0] <= calls / people_years <= CALLS[1]:
        said = f"{number(calls / people_years, 3)} appel par personne et par an"
        said += _calls_meant(calls, people_years)
        asked.append(_question(typed, f"{calls:g} / {people_years:g}", said))
    if DEADLINE in unsourced and deadline_days > MOST_DAYS:
        said = f"plus de {MOST_DAYS} jours d’ouverture{hours_for_days(deadline_days)}"
        asked.append(_question([DEADLINE], str(deadline_days), said))
    return asked


def in_thousands(population: float, *, people: float) -> str:
    """Propose, as the end of a sentence, the people of a population in thousands; else empty."""
    if population >= 1000 or people > population * 1000:
        return ""
    return f" ; en milliers ? écrivez « population = {population * 1000:.12g} »"


def share_question(share: float, *, age_share: float) -> list[str]:
    """Ask about a typed share that would leave almost nobody without médecin traitant."""
    if share * age_share >= LEAST_SHARE:
        return []
    said = f"{percent(share, 2)} ; en pour cent ? écrivez « share_without_mt = {share * 100:.6g} »"
    return [_question(["share_without_mt"], f"{share:g}", said, source=_PEOPLE)]


def _question(names: Sequence[str], value: str, said: str, *, source: str = "") -> str:
    """One question: the value, what was probably meant, and how to say that it is meant."""
    what = " / ".join(f"« {name} »" for name in names)
    lines = " et ".join(
        f'{name} = {{ text = "…", grade = "C" }}' for name in ([source] if source else names)
    )
    return f"{what} = {value} : {said} ; si c’est voulu, donnez sa source dans [sources] : {lines}"


def _people_meant(people: float, population: float | None) -> str:
    """Propose thousands, a share or a percentage, whichever the people may be."""
    most = float("inf") if population is None else population
    if people < 1:
        return f" ; une part ? écrivez « share_without_mt = {people:g} » à la place"
    if people * 1000 <= most:
        return f" ; en milliers ? écrivez « {_PEOPLE} = {people * 1000:.12g} »"
    if people <= 100:
        return f" ; en pour cent ? écrivez « share_without_mt = {people / 100:.6g} » à la place"
    return ""


def _calls_meant(calls: float, people_years: float) -> str:
    """Propose the year of a month of calls, or the people of thousands; else nothing."""
    low, high = CALLS
    if calls < people_years * low <= calls * 12:
        return f" ; ceux d’un mois ? écrivez « calls_observed = {calls * 12:.12g} »"
    if low <= calls / people_years / 1000 <= high:
        return f" ; en milliers ? écrivez « calls_people_years = {people_years * 1000:.12g} »"
    return ""
