"""« Capacité : combien de créneaux par jour ? »: dots and landmarks."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from cpts_geo.atlas.charts.dots import dots_svg
from cpts_geo.atlas.look.words import (
    between,
    deadline,
    estimate,
    offered,
    sentence,
    short_answer,
    shown_floor,
    slots,
    span,
    whom,
)
from cpts_geo.capacity.answer.headline import (
    DISPERSION_VARIANT,
    DISPERSION_WORDS,
    SAME_DAY_WORDS,
    Headline,
)
from cpts_geo.capacity.need.interval import SAMPLING_WORDS
from cpts_geo.capacity.scenario.inputs import EVIDENCE, Evidence
from cpts_geo.french import number, percent
from cpts_geo.schema import STATUS_MARKS

#: What the requests of a year are, by what they rest on.
_MADE_OF: Final[dict[Evidence, str]] = {
    "1a": "appels comptés × part qui relevait d’une consultation, d’après le registre",
    "1b": "appels comptés × part des appels qui relèvent d’une consultation",
    "2": "consultations comptées ÷ part des demandes qui ont trouvé un créneau",
    "3": "besoin sans réponse sur place × part qu’en reçoivent les lignes connues",
    "4": "",
}
_BY_PERSON: Final = (
    "personnes sans médecin traitant × appels par personne d’une autre ligne × part des appels qui "
    "relèvent d’une consultation"
)


class _Landmark(NamedTuple):
    """A row of the table: what it is called, its value, what it is."""

    label: str
    value: str
    meaning: str


def _dots_caption(result: Headline) -> str:
    """Read the dot plot aloud."""
    low, high = result.slots_per_day.p10, result.slots_per_day.p90
    inside = sum(low <= dot <= high for dot in result.slots_dots)
    needed = slots(high) if low == high else f"{between(low, high)} créneaux"
    return (
        f"Chaque point est une situation plausible parmi {len(result.slots_dots)} : "
        f"{inside} {'demandent' if high else 'ne demandent'} {needed} par jour."
    )


def _draw_error(result: Headline) -> str:
    """Say what the draws themselves leave unknown; nothing where nobody asks."""
    if not result.draw_error:
        return ""
    return f", erreur de tirage : {percent(math.ceil(1000 * result.draw_error) / 1000)} au plus"


def _sampling_sentence(result: Headline) -> str:
    """Keep apart what counting leaves unknown and what is assumed; empty where nothing counts."""
    few = result.sampling_slots
    if few is None:
        return ""
    said = f"{SAMPLING_WORDS}, ce serait {span(few.p10, few.p90)}"
    slots = result.slots_per_day
    if slots.p90 - slots.p10 <= few.p90 - few.p10:
        return f"{said}."
    return f"{said} : l’intervalle vient surtout de ce qui est supposé."


def _landmarks(result: Headline) -> list[_Landmark]:
    """Every number behind the answer, from the people to the observed activity."""
    scenario = result.scenario
    rows = []
    if scenario.public == "no_mt" and not scenario.has_own_line:
        source = scenario.sources["people_without_mt"]
        mark = STATUS_MARKS[scenario.people_status]
        people = f"{number(scenario.people_without_mt)} {mark}"
        rows.append(
            _Landmark("Personnes sans médecin traitant", people, f"{source.text} ({source.grade})")
        )
        made = _BY_PERSON
    else:
        made = _MADE_OF[scenario.evidence]
    if scenario.visitors is not None:
        made += ", visiteurs compris"
    asked = result.requests_per_day.p50
    if not asked:
        made += " ; l’APL ne voit guère de besoin sans réponse ici : un calcul, et non un compte"
    days = len(scenario.calendar.weekdays)
    saturday = " et samedi matin" if scenario.calendar.saturday_morning else ""
    opened = f"{days} jour{'s' if days > 1 else ''}{saturday}"
    rows += [
        _Landmark("Demandes par an", estimate(result, result.requests_per_year), made),
        _Landmark("Demandes par jour", estimate(result, result.requests_per_day, 1),
                  "Par jour d’ouverture"),
        _Landmark("Créneaux par jour", estimate(result, result.slots_per_day),
                  "Plus petit nombre qui tient l’objectif, file d’attente comprise"),
        _Landmark("Heures de consultation par semaine", estimate(result, result.gp_hours_per_week),
                  f"Créneaux × durée d’une consultation × {opened}"),
    ]  # fmt: skip
    # Of a median that is nothing, each is nothing too.
    return rows + (_companions(result) if asked else []) + _existing(result)


def _companions(result: Headline) -> list[_Landmark]:
    """Slots at the median demand under stricter rules, and the hours of a queue at 100 %."""
    scenario, found = result.scenario, []
    if scenario.deadline_days > 0:
        found.append(
            _Landmark(
                SAME_DAY_WORDS,
                number(result.slots_same_day),
                "Créneaux à la demande médiane, l’objectif étant tenu aussi",
            )
        )
    if scenario.dispersion < DISPERSION_VARIANT:
        found.append(
            _Landmark(
                "Si les jours sont plus irréguliers",
                number(result.slots_dispersed),
                f"Créneaux à la demande médiane, {DISPERSION_WORDS}",
            )
        )
    minutes = number(scenario.minutes[1], 1)
    found.append(
        _Landmark(
            "Heures passées en consultation",
            number(result.central_gp_hours_per_week, 1),
            f"À la demande médiane, {minutes} min chacune, tous les créneaux occupés ; à 100 % "
            "d’occupation, l’attente s’allonge sans fin",
        )
    )
    return found


def _existing(result: Headline) -> list[_Landmark]:
    """What today's slots give, and what was given."""
    scenario, found = result.scenario, []
    if result.today is not None:
        source, rate = scenario.sources["no_show_rate"], scenario.no_show_rate
        decimals = 1 if round(1000 * rate) % 10 else 0
        count = result.today.slots
        found.append(
            _Landmark(
                "Consultations d’aujourd’hui par jour",
                number(result.today.consultations_per_day, 1),
                f"Au plus : {number(count, 1 if count % 1 else 0)} créneaux tous pris, moins "
                f"{percent(rate, decimals)} de rendez-vous non honorés ({source.text}, "
                f"{source.grade})",
            )
        )
    if (seen := result.observed) is not None:
        line = seen.line
        per_thousand = (
            f" et {number(line.per_thousand_a_year, 1)} pour 1 000 habitants par an"
            if line.per_thousand_a_year
            else ""
        )
        found.append(
            _Landmark(
                "Activité observée",
                f"{number(line.per_day, 2)} par jour",
                f"{number(line.consultations)} consultations données en "
                f"{number(line.opening_days)} jours d’ouverture, soit {number(line.per_year)} par "
                f"an{per_thousand} : un minimum de la demande",
            )
        )
    return found


def _capacity_svg(result: Headline) -> str:
    """Draw dots, interval, today; hatched where the share without MT is assumed."""
    needed, today = result.slots_per_day, result.today
    return dots_svg(
        result.slots_dots,
        interval=(needed.p10, needed.p90),
        median=needed.p50 if result.scenario.has_own_line else None,
        today=today.slots if today else None,
        floor=shown_floor(result),
        assumed=result.scenario.evidence == "4",
        title=f"Créneaux par jour nécessaires : {short_answer(result)}",
        offered=offered(result),
    )


def section(result: Headline) -> dict[str, Any]:
    """
    Say how many slots a day are needed, and how surely.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    dict
        What its template shows.
    """
    scenario = result.scenario
    low, _, high = scenario.minutes
    return {
        "caption": _dots_caption(result),
        "assumed": scenario.evidence == "4",
        "sampling": _sampling_sentence(result),
        "chart": Markup(_capacity_svg(result)),
        "rows": _landmarks(result),
        "how": (
            f"Créneaux par jour d’ouverture. Délai : {deadline(scenario.deadline_days)} ; "
            f"objectif : {percent(scenario.target, 0)} ; durée d’une consultation : {number(low)} "
            f"à {number(high)} min ; {scenario.opening_days_per_year} jours d’ouverture par an. "
            f"Public compté : {whom(scenario)}. {sentence(scenario.eligibility)} Base : "
            f"{sentence(scenario.population_basis)}"
        ),
        "analyst": (
            f"Dans les tableaux, niveau de preuve {scenario.evidence} (de {min(EVIDENCE)}, le "
            f"meilleur, à {max(EVIDENCE)}). "
            f"{number(result.draws)} tirages (graine {result.seed}){_draw_error(result)}."
        ),
        "notes": [sentence(note) for note in scenario.notes],
    }
