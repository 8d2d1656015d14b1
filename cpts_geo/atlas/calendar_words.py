"""What a page says of the calendar: the months, the days of the week."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.capacity_words import span, todays
from cpts_geo.atlas.sentences import slots
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import EligibleDemand
from cpts_geo.capacity.queue.weekly import WeeklyService
from cpts_geo.french import MONTHS, WEEKDAYS, joined, number, percent, whole_percent

#: A month calls for much more than the mean day from this ratio on.
_PEAK: Final = 1.5


def months_sentences(result: Headline, found: EligibleDemand) -> list[str]:
    """
    Say which month asks most, against the mean day.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory.
    found : EligibleDemand
        Demand of all who may ask, month by month.

    Returns
    -------
    list of str
        French sentences, the finding first.
    """
    table, mean = found.by_month, found.slots_per_day.p50
    order = table["requests_p50"].sort_values(kind="stable").index
    calmest, busiest = (int(month) for month in order[[0, -1]])
    low, high = (table.to_dict("index")[month] for month in (calmest, busiest))
    studied = "des mois étudiés" if result.scenario.months else "de l’année"
    if table["slots_p50"].nunique() == 1:
        said = [f"La médiane est la même toute l’année : {slots(mean)} par jour."]
    else:
        many = f"{slots(high['slots_p50'])} par jour ({span(high['slots_p10'], high['slots_p90'])})"
        least = f" ; {MONTHS[calmest - 1]} le moins : {number(low['slots_p50'])}"
        said = [
            f"{MONTHS[busiest - 1].capitalize()} demande le plus : {many}, contre {number(mean)} "
            f"pour un jour moyen {studied}{least if low['slots_p50'] < mean else ''}."
        ]
    heavy = table["slots_p50"][table["slots_p50"] >= _PEAK * mean]
    if result.scenario.visitors is not None and len(heavy):
        names = joined([MONTHS[int(month) - 1] for month in heavy.index])
        times = span(heavy.min() / mean, heavy.max() / mean, 1)
        said.append(
            f"En {names}, il faudrait {times} fois les créneaux d’un jour moyen : ce sont les "
            "visiteurs."
        )
    if result.today is not None:
        worst, best = (whole_percent(row["served_today"]) for row in (high, low))
        said.append(
            f"{_upper(todays(result))} serviraient {worst} des demandes en "
            f"{MONTHS[busiest - 1]}, {best} en {MONTHS[calmest - 1]}."
        )
    return said


def months_note(result: Headline) -> str:
    """
    Say what the months rest on.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory.

    Returns
    -------
    str
        French sentences: sources with their grade.
    """
    sources = result.scenario.sources
    text = f"Forme de l’année : {_sourced(sources['calendar'])}. "
    if result.scenario.visitors is not None:
        text += f"Visiteurs : {_sourced(sources['visitors'])}. "
    text += "Chaque mois est calculé comme s’il durait : un pic plus court s’étale en partie."
    if result.today is None:
        text += " Les créneaux d’aujourd’hui ne sont pas publiés : aucune part servie n’est donnée."
    return text


def week_sentence(result: Headline, week: WeeklyService) -> str:
    """
    Say which day of the week loses most requests with today's slots.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory.
    week : WeeklyService
        Today's slots at the median demand.

    Returns
    -------
    str
        French sentences.
    """
    names = [WEEKDAYS[day - 1] for day in result.scenario.calendar.weekdays]
    lost = pd.Series(week.lost_by_weekday, index=names)
    if lost.max() < 0.005:
        return (
            f"Avec {todays(result)}, à la demande médiane, moins de {percent(0.01, 0)} des "
            "demandes seraient perdues, quel que soit le jour."
        )
    each = ", ".join(f"{name} {whole_percent(share)}" for name, share in lost.items())
    return (
        f"Avec {todays(result)}, à la demande médiane, le {lost.idxmax()} perd le plus : "
        f"{whole_percent(lost.max())} de ses demandes n’ont aucun créneau dans le délai. Part "
        f"perdue : {each}."
    )


def week_note(result: Headline) -> str:
    """
    Say what the days of the week rest on.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory.

    Returns
    -------
    str
        French sentence: factors and grade.
    """
    calendar = result.scenario.calendar
    factors = ", ".join(
        f"{WEEKDAYS[day - 1]} {number(factor, 2)}"
        for day, factor in zip(calendar.weekdays, calendar.weekday_factors, strict=True)
    )
    grade = result.scenario.sources["calendar"].grade
    return (
        f"Demandes de chaque jour rapportées à la moyenne : {factors} (confiance {grade}). Semaine "
        "sans jour férié."
    )


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _sourced(source: Any) -> str:
    return f"{source.text} ({source.grade})"


def year_assumed(result: Headline) -> bool:
    """
    Tell whether the shape of the year is assumed.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    bool
        True where the calendar, or the presence of visitors, is of grade D.
    """
    sources = result.scenario.sources
    return any(sources[name].grade == "D" for name in ("calendar", "visitors") if name in sources)
