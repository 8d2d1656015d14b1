"""« De créneaux à personnes »: half-days of GP, volunteers, secretaries, rooms, euros."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.grades import input_status, least_known
from cpts_geo.atlas.look.values import month_names, value_words
from cpts_geo.atlas.look.words import answer_status, slots, slots_text
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.capacity.workforce.resources import EFFECTOR_HOURS, session_hours, volunteers_known
from cpts_geo.french import NNBSP, UNKNOWN_TEXT, counted, number, percent
from cpts_geo.schema import STATUS_LABELS, STATUS_MARKS, Status
from cpts_geo.study.capacity import TerritoryCapacity

#: Euros are shown to the thousand: the prices behind them are orders of magnitude.
_ROUND: Final = 1_000
#: Situations that stand alone, and what heads their column; the three needed share one.
_HEADS: Final = {
    "today": "Aujourd’hui",
    "planned": "Annoncé",
    "needed_p50": "Nécessaire",
    "needed_floor": "Au moins nécessaire",
}
#: Inputs whose source stands under the table.
_SOURCED: Final = (
    "consultation_tariff",
    "gp_hour_cost",
    "secretary_hour_cost",
    "sas_supplement",
    "session_hours",
    "half_day_hours",
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
    status = answer_status(result)
    counted_calls = capacity.phone is not None
    agents = int(wanted["agents"])
    return {
        "finding": _finding(scenario, wanted, floor=shown[-1] == "needed_floor"),
        "sentences": [
            *_rhythm(scenario, table.get("today", {}), wanted),
            *_money(scenario, wanted),
        ],
        "heads": [_HEADS[name] for name in shown],
        "rows": [
            Row(one.label, one.detail, tuple(_cell(one, result, table, name) for name in shown))
            for one in _measures(scenario, agents=agents, counted_calls=counted_calls)
        ],
        "sources": _sources(scenario, counted_calls=counted_calls),
        "interval": "needed_p50" in shown,
        "mark": STATUS_MARKS[status],
        "status": STATUS_LABELS[status],
    }


def _finding(scenario: Scenario, wanted: _Situation, *, floor: bool) -> str:
    """The answer in GP time and in GPs."""
    count = slots(wanted["slots_per_day"])
    half_days = wanted["half_days"]
    return (
        f"{f'Au moins {count}' if floor else count} par jour : "
        f"{_hours(wanted['gp_hours'])} de médecin par semaine, soit {_tenths(half_days)} "
        f"{'demi-journée' if half_days < 2 else 'demi-journées'} ; "
        f"{counted(wanted['volunteers_needed'], 'volontaire', 'volontaires')} à une séance de "
        f"{_hours(session_hours(scenario))} {_every(scenario.session_weeks)}"
    )


def _rhythm(scenario: Scenario, today: _Situation, wanted: _Situation) -> list[str]:
    """What the volunteers known would do, beside what they do today."""
    known, now = volunteers_known(scenario), today.get("session_weeks", math.nan)
    if known is None:
        return []
    before = "" if math.isnan(now) else f", au lieu de {_pace(now)} aujourd’hui"
    return [
        f"Avec {counted(known, 'volontaire', 'volontaires')}, comme aujourd’hui : "
        f"{_pace(wanted['session_weeks'])} chacun{before}."
    ]


def _money(scenario: Scenario, wanted: _Situation) -> list[str]:
    """What the consultations bring in beside the hours paid, and who keeps it."""
    received, phone, balance = wanted["receipts"], wanted["secretary_cost"], wanted["balance"]
    left = f"il manquerait {_euros(-balance)}" if balance < 0 else f"reste {_euros(balance)}"
    alone = (
        ", plus que les consultations ne rapportent : à cette taille, mieux vaut un téléphone "
        "partagé."
        if phone > received
        else "."
    )
    return [
        f"{_period(scenario).capitalize()}, {_euros(received)} de consultations, contre "
        f"{_euros(phone)} de secrétariat et, s’ils sont payés à l’heure, "
        f"{_euros(wanted['gp_cost'])} de médecins : {left}.",
        "Payés à l’acte, les médecins gardent les consultations : il n’y a à financer que le "
        f"secrétariat, {_euros(phone)}{alone}",
    ]


def _measures(scenario: Scenario, *, agents: int, counted_calls: bool) -> list[_Measure]:
    """The rows of the table."""
    when, known = _period(scenario), volunteers_known(scenario)
    session = "rota" if scenario.rota else "session_hours"
    volunteers = "rota" if scenario.rota else "volunteers"
    opening = _hours(scenario.calendar.hours_per_day)
    phone = "à l’heure de pointe" if counted_calls else "pendant toute l’ouverture"
    measures = [
        _Measure("slots_per_day", "Créneaux par jour d’ouverture", "", slots_text),
        _Measure("gp_hours", "Heures de médecin par semaine", "", number),
        _Measure(
            "half_days", "Demi-journées de médecin par semaine",
            f"de {_hours(scenario.half_day_hours)}", _tenths, ("half_day_hours",),
        ),
        _Measure(
            "sessions", "Séances par semaine", f"de {_hours(session_hours(scenario))}", _tenths,
            (session,),
        ),
        _Measure(
            "sas_effectors", "Effecteurs du SAS",
            f"{_hours(EFFECTOR_HOURS)} par semaine chacun, le minimum du SAS (B)", _tenths,
        ),
        _Measure(
            "volunteers_needed", "Médecins volontaires",
            f"une séance chacun {_every(scenario.session_weeks)}", number,
            (session, "session_weeks"),
        ),
        _Measure(
            "session_weeks", "Semaines entre deux séances de chacun",
            f"avec {counted(known or 0, 'volontaire', 'volontaires')}, comme aujourd’hui", _tenths,
            (session, volunteers),
        ),
        _Measure(
            "secretary_hours", "Heures de secrétaire par semaine",
            f"{counted(agents, 'personne', 'personnes')} au téléphone {phone}", number,
            () if counted_calls else ("phone_agents",),
        ),
        _Measure(
            "rooms", "Salles de consultation à la fois",
            f"séances à la suite, sur {opening} d’ouverture", number,
        ),
        _Measure(
            "consultations", f"Consultations {when}",
            f"rendez-vous non honorés déduits : {percent(scenario.no_show_rate)}", _hundreds,
            ("no_show_rate",),
        ),
        _Measure(
            "receipts", f"Recettes {when}", f"{_price(scenario, 'consultation_tariff')} la "
            "consultation", _euros, ("no_show_rate", "consultation_tariff"),
        ),
        _Measure(
            "gp_cost", f"Médecins {when}, s’ils sont payés à l’heure",
            f"{_price(scenario, 'gp_hour_cost')} l’heure", _euros, ("gp_hour_cost",),
        ),
        _Measure(
            "secretary_cost", f"Secrétariat {when}",
            f"{_price(scenario, 'secretary_hour_cost')} l’heure", _euros, ("secretary_hour_cost",),
        ),
        _Measure(
            "balance", f"Solde {when}", "recettes moins les deux coûts", _euros,
            ("consultation_tariff", "gp_hour_cost", "secretary_hour_cost"),
        ),
        _Measure(
            "sas_receipts", "Recettes en plus, si le SAS adresse chaque patient",
            f"{_price(scenario, 'sas_supplement')} la consultation", _euros, ("sas_supplement",),
        ),
    ]  # fmt: skip
    return [one for one in measures if one.column != "session_weeks" or known is not None]


def _cell(one: _Measure, result: Headline, table: Mapping[str, _Situation], name: str) -> Cell:
    """A measure of a situation; of what is needed, with its interval."""
    value = table[name][one.column]
    if math.isnan(value):
        return Cell(UNKNOWN_TEXT, status=Status.UNKNOWN.value)
    known = [input_status(result.scenario, x) for x in one.inputs if x in result.scenario.sources]
    status = least_known(_status(result, name), *known)
    text = one.write(value)
    if name == "needed_p50":
        ends = sorted(table[end][one.column] for end in ("needed_p10", "needed_p90"))
        bounds = list(dict.fromkeys(map(one.write, ends)))
        text += f" ({' à '.join(bounds)})" if bounds != [text] else ""
    return Cell(text, status=status.value)


def _status(result: Headline, name: str) -> Status:
    """How a situation is known: what is offered by its source, what is needed as the answer."""
    scenario = result.scenario
    if name.startswith("needed"):
        return answer_status(result)
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
        meaning, _ = described(name)
        source = scenario.sources[name]
        said.append(
            f"{meaning} : {value_words(name, getattr(scenario, name))} — {source.text} "
            f"({source.grade})"
        )
    return said


def _period(scenario: Scenario) -> str:
    """The period of the totals."""
    return f"en {month_names(scenario.months)}" if scenario.months else "par an"


def _price(scenario: Scenario, name: str) -> str:
    """A price of the scenario."""
    return f"{value_words(name, getattr(scenario, name))}{NNBSP}€"


def _euros(amount: float) -> str:
    """Euros to the thousand."""
    return f"{number(round(amount / _ROUND) * _ROUND)}{NNBSP}€".replace("-", "−")


def _hundreds(count: float) -> str:
    """A count to the hundred, below which it is not known; itself where it is smaller."""
    return number(round(count, -2) if count >= 1_000 else round(count, -1))


def _tenths(count: float) -> str:
    """A number with the decimal it has."""
    return number(count, 0 if round(count, 1).is_integer() else 1)


def _hours(hours: float) -> str:
    """Hours with their word."""
    return f"{_tenths(hours)} {'heure' if hours < 2 else 'heures'}"


def _every(weeks: float) -> str:
    """How often a session comes back."""
    return "chaque semaine" if _tenths(weeks) == "1" else f"toutes les {_tenths(weeks)} semaines"


def _pace(weeks: float) -> str:
    """Sessions of one GP: one every so many weeks, or so many a week."""
    if weeks > 0.95:
        return f"une séance {_every(weeks)}"
    return f"{_tenths(1 / weeks)} séances par semaine"
