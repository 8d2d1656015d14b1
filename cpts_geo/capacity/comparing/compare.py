"""Two scenarios side by side, draw by draw: what the second changes, with its interval.

Both are drawn from the same streams (common random numbers): what is uncertain of both, such as
the share of calls that deserve a slot, cancels out of their difference, whose interval is then
far narrower than the gap between their two intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.caveats import Caveat, caveats, floor_alone
from cpts_geo.capacity.answer.existing import observed_floor
from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.comparing._measures import (
    MEASURES,
    TOTALS,
    sampling_measures,
    scenario_measures,
)
from cpts_geo.capacity.demand.requests import DemandDraws, draw_requests
from cpts_geo.capacity.need.interval import LEVELS, quantiles
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import counted, joined, number

#: Slots are whole numbers: a quantile is one that was drawn.
_WHOLE: Final = ("slots_needed", "sampling_slots_needed")
#: Words, which change no figure.
_WORDS: Final = ("territory", "label", "eligibility", "population_basis", "planned_basis", "notes")

#: Said of two territories whose demands rest on the same suppositions.
_TIED: Final = (
    " Ce qui est supposé de l’un et de l’autre est tiré ensemble, alors que deux territoires "
    "peuvent s’en écarter chacun à sa façon : leur différence est plus incertaine que son "
    "intervalle ne le dit."
)


@dataclass(frozen=True)
class ScenarioComparison:
    """
    Two scenarios and what the second changes.

    Attributes
    ----------
    first, second : Scenario
        What is compared.
    table : DataFrame
        Indexed by measure: requests_per_day, slots_needed for the target and slots_offered (per
        opening day); gp_hours_needed and gp_hours_offered (per week); shares served within the
        deadline and same_day; over the period, requests_served, consultations (no-shows taken
        out), people_reached (once at least) and cost (euros); cost_per_consultation. The rows
        ``sampling_...`` are what counting calls leaves unknown, alone: never the interval to
        decide on. Columns first_p10, first_p50, first_p90, second_p10, second_p50, second_p90,
        difference_p10, difference_p50, difference_p90 (second minus first, draw by draw). NaN
        where the slots offered are unknown; a draw that needs more slots than a queue represents
        counts as one slot more than that.
    same_period : bool
        Whether both study the same months. If not, totals are means per month, and the people
        reached, who do not add up from one month to the next, are left out of the table.
    changes : tuple of str
        Fields whose values differ.
    at_least : tuple of int or None
        Slots that alone stand where the own counts of a scenario deny its answer
        (:func:`cpts_geo.capacity.answer.caveats.floor_alone`); None where nothing does.
    warnings : tuple of str
        In French, why the two may not be compared as they stand.
    caveats : tuple of str
        In French, what neither, or only one, can tell of its territory.
    draws : int
        Number of draws.
    """

    first: Scenario
    second: Scenario
    table: pd.DataFrame
    same_period: bool
    changes: tuple[str, ...]
    at_least: tuple[int | None, int | None]
    warnings: tuple[str, ...]
    caveats: tuple[str, ...]
    draws: int


def compare_scenarios(
    first: Scenario,
    second: Scenario,
    *,
    draws: int = DRAWS,
    lines: KnownLines | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> ScenarioComparison:
    """
    Compare two scenarios with common random numbers.

    Parameters
    ----------
    first : Scenario
        Point of reference; its seed draws both.
    second : Scenario
        What it is compared with.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.
    lines : KnownLines, optional
        Known lines to learn from; those of the package if absent.
    say : callable
        Told in French what is being computed: many slots and a long deadline take seconds.

    Returns
    -------
    ScenarioComparison
        Each measure for both, and the difference with its 80 % interval.

    Raises
    ------
    ScenarioError
        If ``draws`` is outside its domain, or a demand is beyond a CPTS.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> today, doubled = (
    ...     load_scenario(f"beauce_gatinais{variant}") for variant in ("", "_16_creneaux")
    ... )
    >>> found = compare_scenarios(today, doubled, draws=1000)
    >>> found.changes, bool(found.table.at["served", "difference_p50"] > 0.3)
    (('slots_today',), True)
    """
    of_first = draw_requests(first, draws=draws, lines=lines)
    of_second = draw_requests(second, draws=draws, seed=of_first.seed, lines=lines)
    drawn = [of_first, of_second]
    same_period = first.months == second.months
    measured, floors = [], []
    found: dict[Caveat, list[str]] = {}
    for scenario, own in zip((first, second), drawn, strict=True):
        observed = observed_floor(scenario)
        known = caveats(scenario, own, today=None, observed=observed)
        for caveat in known:
            found.setdefault(caveat, []).append(scenario.label)
        floors.append(floor_alone(known, observed))
        say(_computing(scenario, draws))
        measured.append(_comparable(scenario, own, same_period=same_period))
    rows = {}
    for measure in measured[0]:
        one, two = (values[measure] for values in measured)
        rows[measure] = {
            f"{side}_{name}": value
            for side, values in (("first", one), ("second", two), ("difference", two - one))
            for name, value in zip(LEVELS, quantiles(values, drawn=measure in _WHOLE), strict=True)
        }
    return ScenarioComparison(
        first=first,
        second=second,
        table=pd.DataFrame.from_dict(rows, orient="index").rename_axis("measure"),
        same_period=same_period,
        changes=changed_fields(first, second),
        at_least=(floors[0], floors[1]),
        warnings=tuple(_warnings(first, second)),
        caveats=tuple(_said(found)),
        draws=draws,
    )


def changed_fields(first: Scenario, second: Scenario) -> tuple[str, ...]:
    """
    List the fields that two scenarios do not share.

    Parameters
    ----------
    first, second : Scenario
        Scenarios.

    Returns
    -------
    tuple of str
        Names of fields, words and sources excepted.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> changed_fields(load_scenario("lvo"), load_scenario("lvo_ete"))
    ('months',)
    """
    return tuple(
        name
        for name in type(first).model_fields
        if name not in (*_WORDS, "sources") and getattr(first, name) != getattr(second, name)
    )


def _comparable(scenario: Scenario, drawn: DemandDraws, *, same_period: bool) -> dict[str, Floats]:
    """Measures, those of a period brought to a month where the periods differ."""
    every = scenario_measures(scenario, drawn) | sampling_measures(scenario, drawn)
    found = {name: every[name] for name in MEASURES}
    if same_period:
        return found
    months = len(scenario.months) or 12
    return {
        name: found[name] / months if name in TOTALS else found[name]
        for name in found
        if name != "people_reached"
    }


def _computing(scenario: Scenario, draws: int) -> str:
    """French line on the scenario being computed."""
    week = scenario.week_slots
    offered = "créneaux inconnus" if week is None else f"{number(sum(week))} créneaux par semaine"
    return (
        f"Calcul de « {scenario.label} » : {number(draws)} tirages, {offered}, délai de "
        f"{counted(scenario.deadline_days, 'jour', 'jours')}."
    )


def _warnings(first: Scenario, second: Scenario) -> list[str]:
    """French sentences on why two scenarios may not be compared as they stand."""
    said = []
    if (first.public or "all") != (second.public or "all"):
        said.append(
            "Les publics admis ne sont pas les mêmes : demandes et parts servies ne se comparent "
            "pas telles quelles."
        )
    if rules := [
        words
        for name, words in (("deadline_days", "le délai"), ("target", "l’objectif"))
        if getattr(first, name) != getattr(second, name)
    ]:
        said.append(
            f"{joined(rules).capitalize()} change{'nt' if len(rules) > 1 else ''} de l’un à "
            "l’autre : créneaux nécessaires et parts servies n’y ont pas le même sens."
        )
    if first.months != second.months:
        said.append(
            "Les mois étudiés ne sont pas les mêmes : les totaux sont ramenés à un mois moyen de "
            "chaque période, et les personnes servies, qui ne s’additionnent pas d’un mois à "
            "l’autre, ne sont pas comparées."
        )
    if len(first.calendar.week_days) != len(second.calendar.week_days):
        said.append(
            "Les lignes n’ouvrent pas le même nombre de jours par semaine : comparez les heures "
            "par semaine et les totaux, pas les nombres par jour d’ouverture."
        )
    if unsaid := [s.label for s in (first, second) if s.public is None]:
        said.append(
            f"Aucun dispositif n’est décrit pour {joined(list(dict.fromkeys(unsaid)))} : la "
            "comparaison le suppose ouvert à tous les habitants."
        )
    if first.territory != second.territory and first.population != second.population:
        alike = _TIED if _drawn_alike(first, second) else ""
        said.append(
            "Les habitants ne sont pas les mêmes : plus de créneaux n’y veut pas dire plus de "
            f"demandes par habitant.{alike}"
        )
    if first.seed != second.seed:
        said.append("Les graines diffèrent : celle du premier scénario a tiré les deux.")
    return said


def _drawn_alike(first: Scenario, second: Scenario) -> bool:
    """Whether what is supposed of one demand is drawn with what is supposed of the other."""
    one, two = ("own" if s.has_own_line else s.public or "all" for s in (first, second))
    return one == two != "all"


def _said(found: dict[Caveat, list[str]]) -> list[str]:
    """Caveats: once where they are of both, else under the name of the one."""
    return [
        caveat.text if len(labels) > 1 else f"{labels[0]} — {caveat.text}"
        for caveat, labels in found.items()
    ]
