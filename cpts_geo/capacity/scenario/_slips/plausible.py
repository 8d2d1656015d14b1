"""Values that a queue can be computed from, but that nobody meant: asked about, not guessed.

One rule for all: a value whose source is given is confirmed; one only typed is asked about, once:
who then tries another value beside it is not asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from cpts_geo.capacity.scenario._slips.meant import (
    APL,
    DEADLINE,
    MOST_DAYS,
    apl_meant,
    hours_for_days,
)
from cpts_geo.french import counted, number, percent

#: Fewer people without médecin traitant than this are a share, thousands, or one village.
LEAST_PEOPLE: Final = 11
LEAST_SHARE: Final = 0.001
#: Calls of a person in a year: less is a month of them, more is people in thousands.
CALLS: Final = (0.05, 2.0)
#: Years of a count: communities of practice are of a law of 2016.
MOST_YEARS: Final = 10.0
#: People standardised by age for one inhabitant: from 0.78 to 1.22 over the intercommunalités of
#: France, and over its départements.
STANDARDISED: Final = (0.7, 1.4)
#: In 2023 no commune nor intercommunalité of more people has an APL or people standardised by age
#: out of these limits: the largest that does is Apatou, in Guyane, of 10,306 (APL 0.46).
LARGE: Final = 11_000
#: Inhabitants of the communes for one that a scenario counts: from 0.96 to 1.08 for the five CPTS.
#: Beyond, one of both is of another territory, or in thousands.
SAME_PEOPLE: Final = (0.75, 1.25)
#: Counts are rounded, and of days that differ: that share of a part is held against its whole.
_MARGIN: Final = 0.95
#: The name of a table that owes a source only where it was typed.
AREA: Final = "area"
_PEOPLE: Final = "people_without_mt"


def questions(
    *,
    people: float,
    population: float | None,
    calls: float,
    people_years: float,
    deadline_days: int,
    calls_years: float | None = None,
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
    if calls_years is not None and calls_years > MOST_YEARS and "calls_observed" in unsourced:
        said = f"plus de {MOST_YEARS:g} années ; des mois ? écrivez « calls_years = "
        said += f"{calls_years / 12:.4g} »"
        asked.append(_question(["calls_observed"], f"{calls_years:g}", said, what=["calls_years"]))
    if DEADLINE in unsourced and deadline_days > MOST_DAYS:
        said = f"plus de {MOST_DAYS} jours d’ouverture{hours_for_days(deadline_days)}"
        asked.append(_question([DEADLINE], str(deadline_days), said))
    return asked


def area_questions(
    area: Any, *, population: float | None, unsourced: Collection[str], in_file: bool = False
) -> list[str]:
    """Ask about what no territory of France is, of a typed area, or a large one read in a file.

    A file bears what was computed of its communes, and the source that says so: it may be edited.
    """
    typed = AREA in unsourced
    if area is None or not (typed or (in_file and area.population > LARGE)):
        return []
    asked = []
    if not APL[0] <= area.apl <= APL[1]:
        said = f"aucun territoire n’a cela{apl_meant(area.apl)}"
        asked.append(_question(["area.apl"], f"{area.apl:g}", said, source=AREA))
    people, aged = area.population, area.standardised_population
    if not STANDARDISED[0] <= aged / people <= STANDARDISED[1]:
        said = (
            f"{number(aged / people, 3)} habitant standardisé par habitant, alors que c’est de "
            f"{number(STANDARDISED[0], 1)} à {number(STANDARDISED[1], 1)} en France"
            + _area_meant("standardised_population", aged, people, STANDARDISED)
            + _area_meant("population", people, aged, (1 / STANDARDISED[1], 1 / STANDARDISED[0]))
        )
        names = ["area.standardised_population", "area.population"]
        asked.append(_question(names, f"{aged:g} / {people:g}", said, source=AREA))
    same = population is None or SAME_PEOPLE[0] <= people / population <= SAME_PEOPLE[1]
    if population is not None and typed and not same:
        meant = _area_meant("population", people, population, SAME_PEOPLE)
        if not meant and SAME_PEOPLE[0] <= people / population / 1000 <= SAME_PEOPLE[1]:
            meant = in_thousands(population, people=0)
        said = (
            f"deux nombres d’habitants{meant or ' ; de deux territoires ?'} ; « report » écrit la "
            "table [area] de vos communes (dossier « scenarios »)"
        )
        names = ["area.population", "population"]
        asked.append(_question(names, f"{people:g} / {population:g}", said, source=AREA))
    return asked


def _area_meant(name: str, value: float, other: float, likely: tuple[float, float]) -> str:
    """Propose thousands for a number of people of an area, where that makes it likely."""
    if not likely[0] <= value * 1000 / other <= likely[1]:
        return ""
    return f" ; en milliers ? écrivez « {name} = {value * 1000:.12g} » sous [area]"


def served_questions(scenario: Any, *, unsourced: Collection[str]) -> list[str]:
    """Ask about typed consultations that are more than what they are a part of."""
    name, count = "observed_consultations", scenario.observed_consultations
    typed = [each for each in (name, "calls_observed") if each in unsourced]
    if not (typed and count and len(days := scenario.counted_days)):
        return []
    a_year = count / len(days) * scenario.calendar.days_per_year
    given = f"{counted(a_year, 'consultation', 'consultations')} par an"
    least = a_year * _MARGIN
    asked = []
    if scenario.calls_years is not None:
        calls = scenario.calls_observed / scenario.calls_years
        if least > calls:
            said = f"{given}, pour {counted(calls, 'appel', 'appels')} : de la même période ? La "
            said += "durée des appels est « calls_years », les dates des consultations « "
            said += "observed_start » et « observed_end »"
            value = f"{count} / {scenario.calls_observed}"
            asked.append(_question(typed, value, said, what=(name, "calls_observed")))
    if name not in unsourced:
        return asked
    # Those of the days counted are « readings », where there are any.
    slots = scenario.slots_by_weekday if not scenario.readings else None
    week = dict(zip(scenario.calendar.weekdays, slots or (), strict=False))
    if slots and count * _MARGIN > (most := sum((days.day_of_week + 1).map(week))):
        said = (
            f"pour {counted(most, 'créneau', 'créneaux')} en "
            f"{counted(len(days), 'jour d’ouverture', 'jours d’ouverture')} : des créneaux par "
            "demi-journée, ou d’une autre période ?"
        )
        asked.append(_question([name], str(count), said))
    people = scenario.population or (scenario.area and scenario.area.population)
    if people and least > people * CALLS[1]:
        said = f"{given}, pour {counted(people, 'habitant', 'habitants')}"
        said += in_thousands(scenario.population or people, people=0)
        asked.append(_question([name], str(count), said))
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


def _question(
    names: Sequence[str], value: str, said: str, *, source: str = "", what: Sequence[str] = ()
) -> str:
    """One question: the value, what was probably meant, and how to say that it is meant."""
    of = " / ".join(f"« {name} »" for name in what or names)
    lines = " et ".join(
        f'{name} = {{ text = "…", grade = "C" }}' for name in ([source] if source else names)
    )
    return f"{of} = {value} : {said} ; si c’est voulu, donnez sa source dans [sources] : {lines}"


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
