"""A scenario that rests on the territory's own log: evidence 1a, or 2 for appointments alone.

A log counts whoever the line admits: its requests are those of the headline, visitors included.

The log gives the requests (calls less duplicates), the years of opening days in which they were
counted, and by its outcomes the share of them that deserved a slot; the dispersion of the requests
that do is that of the days thinned by this share. What spoils its figures is told in the notes.

Only what may leave of a log goes into the scenario: figures that small counts would give away are
taken from :mod:`cpts_geo.capacity.calls.released`, and left as they were where these mask them.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.calls._variation import LEVEL
from cpts_geo.capacity.calls.profile import CallProfile
from cpts_geo.capacity.calls.released import released, shown_need, shown_requests
from cpts_geo.capacity.calls.spoilers import spoilers
from cpts_geo.capacity.demand.periods import month_means
from cpts_geo.capacity.queue.rules import MAX_DISPERSION
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import Source
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import counted, joined, number, percent
from cpts_geo.secrecy.disclosure import MIN_PATIENTS

_LOG: Final = "Registre des demandes du territoire"
#: Start of the notes of a log, which those of the next log replace; older files say « Journal ».
_MARK: Final = "Registre : "
_MARKS: Final = (_MARK, "Journal : ")
_YEAR_DAYS: Final = 330
#: Visitors of the days of a log are those of a year within this share.
_AS_MANY: Final = 0.1


def with_call_log(scenario: Scenario, found: CallProfile) -> Scenario:
    """
    Rest a scenario on the territory's own log.

    Parameters
    ----------
    scenario : Scenario
        Territory; its public and its calendar are those the profile was drawn with.
    found : CallProfile
        What its log says.

    Returns
    -------
    Scenario
        Evidence 1a: its requests (calls less duplicates), the years in which they were counted,
        those that deserved a slot (and those of them that found none) and those that did not,
        dispersion where Poisson is refused, weekday and month factors where all are known,
        consultations; 1b where too few outcomes may be told. A log of consultations alone gives
        these and evidence 2, or leaves the calls of a scenario that has its own. Notes of an
        earlier log are replaced.

    Raises
    ------
    ScenarioError
        If the log is one of consultations, too few to be shown.

    Examples
    --------
    >>> from cpts_geo.capacity.calls.profile import profile_of
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> days = pd.date_range("2024-03-04", "2024-03-15", freq="B")
    >>> times = days.repeat([30, 20, 20, 18, 19] * 2) + pd.Timedelta(hours=9)
    >>> log = pd.DataFrame({"time": times, "outcome": "advice", "commune": None, "age_class": None})
    >>> case = load_scenario("ouest_loiret")
    >>> own = with_call_log(case, profile_of(log, case))
    >>> own.evidence, own.calls_observed
    ('1a', 214)
    """
    of = f"Comptes {found.counted_by} du territoire" if found.counted else _LOG
    text = f"{of}, {found.start:%d/%m/%Y}–{found.end:%d/%m/%Y}"
    # Counts are what the territory says of itself: nothing of a call can be checked.
    source = Source(text=text, grade="B" if found.counted else "A")
    tables = released(found)
    changes: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    notes: list[str] = []
    if not found.lower_bound:
        need = shown_need(found, tables)
        changes |= {
            "calls_observed": shown_requests(found, tables),
            "calls_years": found.opening_days / scenario.opening_days_per_year,
            "need_counted": need,
            "lost_counted": None if need is None else _calls_of(tables, "no_slot"),
        }
        sources |= _rate_sources(source)
        notes += [*_calls_notes(found, tables), *spoilers(found, tables)]
        if found.dispersion.overdispersed:
            # A share of the requests, taken at random, keeps that share of their excess.
            share = scenario.need_share[1] if need is None else need[0] / sum(need)
            thinned = 1.0 + share * (found.dispersion.index - 1.0)
            changes["dispersion"] = min(round(thinned, 2), float(MAX_DISPERSION))
            sources["dispersion"] = Source(
                text=f"{text} : écarts d’un jour à l’autre, plus grands que ceux du seul hasard "
                f"(seuil de {100 * LEVEL:g} %), ramenés à celles qui relèvent d’une consultation",
                grade=source.grade,
            )
        notes += _calendar(scenario, found, tables, source, changes, sources)
    served = _calls_of(tables, "appointment")
    if served is not None:
        changes |= {
            "observed_consultations": served,
            "observed_start": found.start,
            "observed_end": found.end,
            # They tell the slots of the days of another count.
            "readings": None,
        }
        sources["observed_consultations"] = source
    elif found.lower_bound:
        raise ScenarioError(
            "Ce registre de consultations en a trop peu pour servir.",
            defects=[f"moins de {MIN_PATIENTS} consultations aux jours d’ouverture"],
            remedy="attendez d’en avoir davantage.",
        )
    notes += _periods(scenario, found, served)
    length = (found.end - found.start).days + 1
    if length < _YEAR_DAYS:
        notes.append(
            f"{counted(length, 'jour', 'jours')}, soit moins d’un an : ses appels sont ceux d’une "
            "partie des saisons."
        )
    notes += _visitors(scenario, found)
    sources = scenario.sources | sources
    emptied = {name for name in ("need_counted", "readings") if changes.get(name, ()) is None}
    sources = {name: each for name, each in sources.items() if name not in emptied}
    others = [note for note in scenario.notes if not note.startswith(_MARKS)]
    return scenario.evolve(
        **changes, notes=(*others, *(f"{_MARK}{note}" for note in notes)), sources=sources
    )


def _rate_sources(source: Source) -> dict[str, Source]:
    """Sources of the inputs that a log of calls replaces."""
    need = Source(text=f"{source.text} : issues des appels", grade=source.grade)
    return {"calls_observed": source, "need_counted": need}


def _calls_notes(found: CallProfile, tables: dict[str, pd.DataFrame]) -> list[str]:
    """French sentences on the requests of a log: how many, less which duplicates, of what need."""
    said = counted(found.calls, "appel", "appels")
    duplicates = found.calls - shown_requests(found, tables)
    if duplicates:
        doubles = counted(duplicates, "doublon", "doublons")
        requests = counted(found.calls - duplicates, "demande", "demandes")
        said = f"{requests} ({said}, moins {doubles}, {percent(duplicates / found.calls)})"
    days = counted(found.opening_days, "jour d’ouverture", "jours d’ouverture")
    notes = [f"{said} en {days}."]
    if not duplicates and found.outcomes["duplicate"]:
        notes.append(f"moins de {MIN_PATIENTS} doublons restent dans ce compte.")
    if shown_need(found, tables) is None:
        why = (
            f"moins de {MIN_PATIENTS} appels d’une issue ou d’une autre"
            if found.counted is None
            else "les comptes ne disent pas l’issue de tous les appels"
        )
        notes.append(
            f"{why} : la part qui relève d’une consultation ne peut pas en être tirée, et reste "
            "supposée."
        )
    return notes


def _periods(scenario: Scenario, found: CallProfile, served: int | None) -> list[str]:
    """French sentence where calls and consultations are not counts of one log."""
    kept = None
    if found.lower_bound and scenario.calls_years is not None:
        kept, name = "appels", "calls_observed"
    elif not found.lower_bound and served is None and scenario.observed_consultations is not None:
        kept, name = "consultations", "observed_consultations"
    if kept is None:
        return []
    source, period = scenario.sources[name].text, f"{found.start:%d/%m/%Y}–{found.end:%d/%m/%Y}"
    if period in source:
        return []
    return [
        f"ce registre est du {found.start:%d/%m/%Y} au {found.end:%d/%m/%Y}, alors que les {kept} "
        f"viennent d’une autre source ({one_line(source)}) : rien ne dit que ces "
        "comptes sont de la même période, et la réponse les compare comme s’ils l’étaient. Donnez "
        "un registre de tous les appels, ou les deux comptes d’une même période."
    ]


def _visitors(scenario: Scenario, found: CallProfile) -> list[str]:
    """French sentence where the days of a log have not the visitors of a year."""
    if scenario.visitors is None:
        return []
    present = pd.Series(scenario.visitors.by_month, index=range(1, 13))
    here, year = (
        float(np.average(present[days.index], weights=days))
        for days in (found.months["days"], month_means(scenario)["opening_days"])
    )
    if abs(here - year) <= _AS_MANY * year:
        return []
    return [
        f"ses jours d’ouverture ont {number(here)} visiteurs présents en moyenne, et ceux d’une "
        f"année entière {number(year)} : la demande d’une année serait plus "
        f"{'haute' if year > here else 'basse'} que la sienne."
    ]


def _calendar(
    scenario: Scenario,
    found: CallProfile,
    tables: dict[str, pd.DataFrame],
    source: Source,
    changes: dict[str, Any],
    sources: dict[str, Source],
) -> list[str]:
    """Take the factors of week and year that are known in full; say which are not."""
    calendar = scenario.calendar
    days = [weekday - 1 for weekday in calendar.weekdays]
    parts = {
        "weekday_factors": ("de la semaine", tables["weekday"]["factor"].reindex(days)),
        "month_factors": ("de l’année", tables["month"]["factor"].reindex(range(1, 13))),
    }
    own, notes = {}, []
    for field, (_, factors) in parts.items():
        if (factors > 0).all():
            own[field] = tuple(round(float(factor), 4) for factor in factors)
    if own:
        changes["calendar"] = own
        shapes = joined([parts[field][0] for field in own])
        was = scenario.sources["calendar"]
        whole = len(own) == len(parts)
        said = f"forme {shapes} ; le reste : "
        # What an earlier log gave of the same shapes is replaced: it is no part of the rest.
        rest = was.text.partition(said)[2] or was.text
        sources["calendar"] = Source(
            text=f"{source.text} : forme {shapes} ; jours et heures d’ouverture donnés, jours "
            "autour des fériés comme avant"
            if whole
            else f"{source.text} : {said}{rest}",
            grade=source.grade if whole else was.grade,
        )
    if hours := _hour_factors(tables):
        changes["calendar"] = {**changes.get("calendar", {}), "hour_factors": hours}
    if "weekday_factors" not in own:
        why = (
            "un jour a trop peu d’appels"
            if len(found.weekdays)
            else f"des comptes {found.counted_by} ne disent rien des jours de la semaine"
        )
        notes.append(f"{why}, et la forme de la semaine reste celle d’avant.")
    if "month_factors" not in own:
        why = (
            "ses mois disent aussi sa tendance"
            if found.trend is not None
            else "il ne couvre pas les douze mois"
        )
        notes.append(f"{why}, et la forme de l’année reste celle d’avant.")
    return notes


def _hour_factors(tables: dict[str, pd.DataFrame]) -> tuple[float, ...] | None:
    """Requests of each hour from 8 h to 20 h over the mean one; None where one is masked."""
    if "hour" not in tables:
        return None
    calls = tables["hour"]["calls"].reindex(range(8, 20))
    known = bool((calls > 0).all())
    return tuple(round(float(each), 4) for each in calls / calls.mean()) if known else None


def _calls_of(tables: dict[str, pd.DataFrame], outcome: str) -> int | None:
    """Calls of an outcome that may be shown of a log; None where they are masked."""
    calls = float(tables["outcome"]["calls"].get(outcome, math.nan))
    return None if math.isnan(calls) else int(calls)
