"""« De créneaux à personnes »: half-days of GP, volunteers, secretaries, rooms, euros."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.grades import input_status, least_known
from cpts_geo.atlas.look.values import EURO, euros, period_words, slot_length, stated, value_words
from cpts_geo.atlas.look.words import gp_hours, slots, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.workforce.resources import session_hours, volunteers_known
from cpts_geo.french import NNBSP, UNKNOWN_TEXT, capital, counted, number, rough
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS, Status
from cpts_geo.study.capacity import NEEDED, TerritoryCapacity

#: Situations that stand alone, and what heads their column; the three needed share one.
_HEADS: Final = {
    "today": "Aujourd’hui",
    "planned": "Annoncé",
    "needed_p50": "Nécessaire",
}
#: A balance does not grow with the slots: its bounds are no bounds of its own.
_OF_THREE: Final = (
    " ; entre parenthèses, ses extrêmes pour les créneaux bas, médian et haut, qui ne sont pas un "
    "intervalle"
)
#: Inputs whose source stands under the table.
_SOURCED: Final = (
    "consultation_tariff",
    "gp_hour_cost",
    "secretary_hour_cost",
    "sas_supplement",
    "session_hours",
    "half_day_hours",
    "effector_hours",
    "session_weeks",
    "volunteers",
    "phone_agents",
)

#: Measures of a situation, by column.
_Situation = Mapping[str, float]


class _Measure(NamedTuple):
    """A row of the table: its column, how it is called and written, the inputs it rests on."""

    column: str
    label: str
    detail: str
    write: Callable[[float], str]
    inputs: tuple[str, ...] = ()


def section(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any]:
    """
    Say what slots take of people and rooms, and what they cost and bring in.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.
    capacity : TerritoryCapacity
        What is computed beside it.

    Returns
    -------
    dict
        What its template shows.
    """
    scenario, by_situation = result.scenario, capacity.resources.dropna(how="all")
    table = {str(name): dict(row) for name, row in by_situation.iterrows()}
    shown = [name for name in _HEADS if name in table]
    wanted = table[shown[-1]]
    status = result.status
    counted_calls = capacity.phone is not None
    agents = int(table["needed_p90"]["agents"])
    rows = [
        Row(one.label, one.detail, tuple(_cell(one, result, table, name) for name in shown))
        for one in _measures(scenario, agents=agents, counted_calls=counted_calls)
    ]
    return {
        "finding": _finding(scenario, wanted),
        "sentences": [
            *_rhythm(scenario, table.get("today", {}), wanted),
            *_money(scenario, wanted),
        ],
        "heads": [_HEADS[name] for name in shown],
        # Where nobody would ask, even in few situations, a table holds nothing but zeros.
        "rows": rows if "today" in shown or table["needed_p90"]["slots_per_day"] else [],
        "sources": _sources(scenario, counted_calls=counted_calls),
        "interval": "needed_p50" in shown,
        "mark": STATUS_MARKS[status],
        "status": STATUS_LABELS[status],
    }


def _finding(scenario: Scenario, wanted: _Situation) -> str:
    """The answer in GP time and in GPs."""
    start = "" if scenario.has_own_line else "À la demande médiane, "
    count = slots(wanted["slots_per_day"])
    if not wanted["slots_per_day"]:
        return capital(f"{start}{count} par jour, et donc rien à réunir")
    half_days = _tenths(wanted["half_days"])
    word = "demi-journée" if wanted["half_days"] < 1.95 else "demi-journées"
    return (
        f"{start}{count} par jour : {gp_hours(wanted['gp_hours'])} de consultation par semaine, "
        f"soit {half_days} {word} ; "
        f"{counted(wanted['volunteers_needed'], 'volontaire', 'volontaires')} à une séance de "
        f"{_hours(session_hours(scenario))} {_every(scenario.session_weeks)}"
    )


def _rhythm(scenario: Scenario, today: _Situation, wanted: _Situation) -> list[str]:
    """What the volunteers known would do, beside what they do today."""
    if not wanted["slots_per_day"]:
        return []
    known, now = volunteers_known(scenario), today.get("session_weeks", math.nan)
    if known is None:
        return []
    them = f"les {number(known)} volontaires connus" if known > 1 else "un seul volontaire"
    before = "" if math.isnan(now) else f", au lieu de {_pace(now)}"
    return [f"Avec {them} : une séance chacun {_pace(wanted['session_weeks'])}{before}."]


def _money(scenario: Scenario, wanted: _Situation) -> list[str]:
    """What the consultations bring in beside the hours paid, and who keeps it."""
    if not wanted["slots_per_day"]:
        return []
    received, phone, balance = (euros(wanted[x]) for x in ("receipts", "secretary_cost", "balance"))
    missing = balance.startswith("−")
    left = f"il manquerait {balance.removeprefix('−')}" if missing else f"il resterait {balance}"
    middle = "" if scenario.has_own_line else ", à la demande médiane"
    alone = wanted["secretary_cost"] > wanted["receipts"]
    shared = (
        ", plus que les consultations ne rapportent ; un téléphone partagé avec d’autres lignes "
        "coûterait moins à chacune"
    )
    return [
        f"{period_words(scenario).capitalize()}{middle}, {received} de consultations, contre "
        f"{phone} de secrétariat et {euros(wanted['gp_cost'])} de médecins s’ils sont payés à "
        f"l’heure : {left}. Payés à l’acte, ils gardent ces recettes : il reste à financer le "
        f"secrétariat, {phone}{shared if alone else ''}."
    ]


def _measures(scenario: Scenario, *, agents: int, counted_calls: bool) -> list[_Measure]:
    """The rows of the table."""
    when, known = period_words(scenario), volunteers_known(scenario)
    session = "rota" if scenario.rota else "session_hours"
    volunteers = "rota" if scenario.rota else "volunteers"
    opening = _hours(scenario.calendar.hours_per_day)
    same = session_hours(scenario) == scenario.effector_hours
    least, grade = _hours(scenario.effector_hours), scenario.sources["effector_hours"].grade
    sas = f", soit autant d’effecteurs du SAS à {least} chacun ({grade})" if same else ""
    lasting = (
        f"à la durée supposée d’une consultation ; {slot_length(scenario)}"
        if scenario.minutes_per_slot_today
        else ""
    )
    phone = "à l’heure de pointe" if counted_calls else "à toute heure, quels que soient les appels"
    measures = [
        _Measure("slots_per_day", "Créneaux par jour d’ouverture", "", slots_text),
        _Measure("gp_hours", "Heures de consultation par semaine", lasting, number),
        _Measure(
            "half_days", "Demi-journées de consultation par semaine",
            f"de {_hours(scenario.half_day_hours)}", _tenths, ("half_day_hours",),
        ),
        _Measure(
            "sessions", "Séances par semaine", f"de {_hours(session_hours(scenario))}{sas}",
            _tenths, (session,),
        ),
        _Measure(
            "sas_effectors", "Effecteurs du SAS",
            f"{least} par semaine chacun, le minimum ({grade})", _tenths, ("effector_hours",),
        ),
        _Measure(
            "volunteers_needed", "Médecins volontaires",
            f"une séance chacun {_every(scenario.session_weeks)}", number,
            (session, "session_weeks"),
        ),
        _Measure(
            "session_weeks", "Jours entre deux séances d’un volontaire",
            f"s’ils sont {number(known or 0)}, comme aujourd’hui", _days, (session, volunteers),
        ),
        _Measure(
            "secretary_hours", "Heures de secrétaire par semaine",
            f"{counted(agents, 'personne', 'personnes')} au téléphone {phone}", number,
            ("phone_agents",),
        ),
        _Measure(
            "rooms", "Salles de consultation à la fois",
            f"si les séances se suivent, sur {opening}", number,
        ),
        _Measure(
            "consultations", f"Consultations {when}",
            "rendez-vous non honorés déduits", _rounded,
            ("no_show_rate",),
        ),
        _Measure(
            "receipts", f"Recettes {when}", f"{_price(scenario, 'consultation_tariff')} la "
            "consultation", euros, ("no_show_rate", "consultation_tariff"),
        ),
        _Measure(
            "gp_cost", f"Médecins {when}, s’ils sont payés à l’heure",
            f"{_price(scenario, 'gp_hour_cost')} l’heure", euros, ("gp_hour_cost",),
        ),
        _Measure(
            "secretary_cost", f"Secrétariat {when}",
            f"{_price(scenario, 'secretary_hour_cost')} l’heure", euros, ("secretary_hour_cost",),
        ),
        _Measure(
            "balance", f"Solde {when}", f"recettes moins médecins et secrétariat{_OF_THREE}",
            euros, ("consultation_tariff", "gp_hour_cost", "secretary_hour_cost"),
        ),
        _Measure(
            "sas_receipts", "Recettes en plus, si le SAS adresse chaque patient",
            f"{_price(scenario, 'sas_supplement')} la consultation", euros, ("sas_supplement",),
        ),
    ]  # fmt: skip
    left_out = {"sas_effectors"} if same else set()
    if known is None:
        left_out.add("session_weeks")
    return [one for one in measures if one.column not in left_out]


def _cell(one: _Measure, result: Headline, table: Mapping[str, _Situation], name: str) -> Cell:
    """A measure of a situation; of what is needed, with its interval."""
    value = table[name][one.column]
    if math.isnan(value):
        return Cell(UNKNOWN_TEXT, status=Status.UNKNOWN.value)
    known = [input_status(result.scenario, x) for x in one.inputs if x in result.scenario.sources]
    status = least_known(_status(result, name), *known)
    text = one.write(value)
    if name == "needed_p50":
        # A balance may be best in between: the ends are those of all three, and said to be.
        found = [table[each][one.column] for each in NEEDED]
        ends = (min(found), max(found))
        bounds = list(dict.fromkeys(one.write(end).removesuffix(EURO) for end in ends))
        text += f" ({' à '.join(bounds)})" if bounds != [text.removesuffix(EURO)] else ""
    return Cell(text, status=status.value)


def _status(result: Headline, name: str) -> Status:
    """How a situation is known: what is offered by its source, what is needed as the answer."""
    scenario = result.scenario
    if name.startswith("needed"):
        return result.status
    offered = ("slots_today", "rota", "observed_consultations") if name == "today" else ()
    inputs = [x for x in (*offered, "minutes_per_slot_today") if x in scenario.sources]
    found = [input_status(scenario, x) for x in inputs]
    return least_known(Status.ANNOUNCED, *found)


def _sources(scenario: Scenario, *, counted_calls: bool) -> list[str]:
    """Value, source and grade of each parameter."""
    said = []
    for name in _SOURCED:
        if name not in scenario.sources or (name == "phone_agents" and counted_calls):
            continue
        meaning, unit = described(name)
        shown, source = stated(name, getattr(scenario, name), unit), scenario.sources[name]
        said.append(f"{meaning} : {shown} — {source.text} ({source.grade})".replace(" €", EURO))
    return said


def _price(scenario: Scenario, name: str) -> str:
    """A price of the scenario."""
    return f"{value_words(name, getattr(scenario, name))}{EURO}"


def _rounded(count: float) -> str:
    """A count to the digits that it has."""
    return number(rough(count))


def _tenths(count: float) -> str:
    """A number with the decimal it has."""
    return number(count, 0 if round(count, 1).is_integer() else 1)


def _hours(hours: float) -> str:
    """Hours with their sign."""
    return f"{_tenths(hours)}{NNBSP}h"


def _days(weeks: float) -> str:
    """Days of some weeks, to the day."""
    return number(7 * weeks)


def _every(weeks: float) -> str:
    """How often a session comes back, in weeks."""
    return "chaque semaine" if _tenths(weeks) == "1" else f"toutes les {_tenths(weeks)} semaines"


def _pace(weeks: float) -> str:
    """How often a session comes back: in days where they are no whole weeks."""
    days = round(7 * weeks)
    if days < 7:
        return f"{_tenths(1 / weeks)} fois par semaine"
    return _every(days / 7) if days % 7 == 0 else f"tous les {number(days)} jours"
