"""Values of a scenario, and of a contract, in French as pages, tables and messages write them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import MASK_TEXTS, Cell
from cpts_geo.capacity.scenario.calendar import Calendar
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.records import PUBLICS, Record
from cpts_geo.capacity.scenario.supply import Reading, Session
from cpts_geo.french import (
    MONTHS,
    NNBSP,
    UNKNOWN_TEXT,
    WEEKDAYS,
    clock,
    counted,
    day,
    joined,
    number,
    percent,
)
from cpts_geo.schema import Status
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.sources.analyst.aci.codes import PERIODS, AciIndicator

_WORDS: Final = {
    "closed": "fermé",
    "open": "ouvert",
    "metropole": "métropole",
    "alsace": "Alsace",
    "moselle": "Moselle",
    "guadeloupe": "Guadeloupe",
    "martinique": "Martinique",
    "guyane": "Guyane",
    "la_reunion": "La Réunion",
    "mayotte": "Mayotte",
}
#: Euros are shown to the thousand: the prices behind them are orders of magnitude.
_ROUND: Final = 1_000
EURO: Final = f"{NNBSP}€"
#: Fields of a value a month.
_BY_MONTH: Final = ("present", "occupancy", "month_factors")
#: Fields whose absence is a choice and not an unknown value.
_NONE: Final = {
    "visitors": "aucun",
    "rota": "aucun",
    "readings": "une seule",
    "school_zone": "aucune",
    "closed": "aucune",
}


def month_names(months: tuple[int, ...]) -> str:
    """
    Name the months studied.

    Parameters
    ----------
    months : tuple of int
        1 (January) to 12; empty for the whole year.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> month_names((7, 8)), month_names(())
    ('juillet et août', 'l’année entière')
    """
    return joined([MONTHS[month - 1] for month in months]) or "l’année entière"


def slot_length(scenario: Scenario) -> str:
    """
    Say how long a slot is counted to last: as those of today, or as a consultation.

    Parameters
    ----------
    scenario : Scenario
        Territory.

    Returns
    -------
    str
        Such as "créneaux de 15 min, comme aujourd’hui".

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> slot_length(load_scenario("lvo")).replace(NNBSP, " ")
    'créneaux de 15 min, comme aujourd’hui'
    """
    minutes = scenario.slot_minutes
    whole = float(minutes).is_integer()
    known = scenario.minutes_per_slot_today is not None
    why = "comme aujourd’hui" if known else "la durée probable d’une consultation"
    return f"créneaux de {number(minutes, 0 if whole else 1)}{NNBSP}min, {why}"


def period_words(scenario: Scenario) -> str:
    """
    Say over what a total is: the months studied, or a year.

    Parameters
    ----------
    scenario : Scenario
        What is studied.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> period_words(load_scenario("lvo")), period_words(load_scenario("lvo_ete"))
    ('par an', 'en juillet et août')
    """
    return f"en {month_names(scenario.months)}" if scenario.months else "par an"


def euros(amount: float) -> str:
    """
    Write euros to the thousand.

    Parameters
    ----------
    amount : float
        Euros.

    Returns
    -------
    str
        French text.

    Examples
    --------
    >>> euros(50_200.0), euros(-1_600.0)
    ('50\u202f000\u202f€', '−2\u202f000\u202f€')
    """
    return f"{number(_ROUND * round(amount / _ROUND))}{EURO}".replace("-", "−")


def value_words(name: str, value: Any) -> str:
    """
    Write the value of a field of a scenario.

    Parameters
    ----------
    name : str
        Field.
    value : object
        Its value.

    Returns
    -------
    str
        French words; « donnée absente » where it is unknown.

    Examples
    --------
    >>> value_words("months", (7, 8)), value_words("target", 0.95), value_words("slots_today", None)
    ('juillet et août', '0,95', 'donnée absente')
    """
    if value is None or (value == () and name == "closed"):
        return _NONE.get(name, UNKNOWN_TEXT)
    if isinstance(value, Record):
        return _record_words(value)
    if isinstance(value, tuple | list):
        return _list_words(name, tuple(value))
    return _one(value, year=name == "year")


def stated(name: str, value: Any, unit: str) -> str:
    """
    Write the value of a field of a scenario with its unit, a share in percent.

    Parameters
    ----------
    name : str
        Field.
    value : object
        Its value.
    unit : str
        Its unit, as :func:`cpts_geo.capacity.scenario.loading.described` says it.

    Returns
    -------
    str
        French words; an unknown value has no unit.

    Examples
    --------
    >>> stated("target", 0.95, "part des demandes").replace("\u202f", " ")
    '95 % des demandes'
    >>> stated("slots_today", None, "créneaux par jour d’ouverture")
    'donnée absente'
    """
    words = value_words(name, value)
    if words == UNKNOWN_TEXT:
        return words
    shares = value if isinstance(value, tuple | list) else (value,)
    if unit.startswith("part d") and all(isinstance(each, float | int) for each in shares):
        unit = unit.removeprefix("part ")
        words = " ; ".join(f"{_one(round(100 * each, 4), year=False)}{NNBSP}%" for each in shares)
    return f"{words} {unit}".strip()


def _list_words(name: str, values: tuple[Any, ...]) -> str:
    """A list in words; of a value a month, each value once, with its months."""
    if name == "months":
        return month_names(values)
    if name == "weekdays":
        return joined([WEEKDAYS[weekday - 1] for weekday in values])
    parts = [value_words("", part) for part in values]
    if name in _BY_MONTH:
        months = {part: tuple(m for m, own in enumerate(parts, 1) if own == part) for part in parts}
        parts = [f"{part} en {month_names(own)}" for part, own in months.items()]
    return " ; ".join(parts)


def _record_words(value: Record) -> str:
    """A table of fields in words: those given and not 0, each after its meaning."""
    if isinstance(value, Calendar):
        saturday = ""
        if value.saturday_morning:
            saturday = f", et {len(value.saturdays)} samedis matin"
        return (
            f"{value_words('weekdays', value.weekdays)}, de {clock(value.opens)} à "
            f"{clock(value.closes)}, {value.days_per_year} jours en {value.year}{saturday}"
        )
    if isinstance(value, Session):
        slots = value.slots and counted(value.slots, "créneau", "créneaux")
        given = slots or counted(value.doctors or 0, "médecin", "médecins")
        return (
            f"{value_words('weekdays', value.days)}, de {clock(value.starts)} à "
            f"{clock(value.ends)} : {given}"
        )
    if isinstance(value, Reading):
        return f"{value.label} ({percent(value.weight, 0)})"
    return " ; ".join(
        f"{info.title} : {value_words(name, each)}"
        for name, info in type(value).model_fields.items()
        if info.repr and (each := getattr(value, name)) is not None and each != 0
    )


def _one(value: Any, *, year: bool) -> str:
    """A simple value in words; a number with the decimals it has, four at most."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return day(value.isoformat())
    if isinstance(value, time):
        return clock(value)
    if isinstance(value, str):
        return PUBLICS.get(value) or _WORDS.get(value, value)
    if year:
        return str(value)
    most = 0 if abs(value) >= 1000 else 4
    decimals = next(d for d in range(5) if d == most or round(value, d) == value)
    return number(float(value), decimals)


def aci_cells(about: AciIndicator, row: Mapping[Any, Any] | pd.Series) -> tuple[Cell, ...]:
    """
    Write the figures of an indicator, each with its year.

    Parameters
    ----------
    about : AciIndicator
        The indicator.
    row : Mapping or Series
        Its row of the fiche.

    Returns
    -------
    tuple of Cell
        Reference, N-1, N, target; a masked figure is never like an unknown one, or like 0.

    Examples
    --------
    >>> row = {"reference": 0.0, "reference_year": 2024.0, "reference_status": "announced"}
    >>> row |= {f"{name}{end}": "unknown" if end == "_status" else float("nan")
    ...     for name in ("previous", "value", "target") for end in ("", "_year", "_status")}
    >>> from cpts_geo.sources.analyst.aci.codes import aci_indicators
    >>> [cell.text for cell in aci_cells(aci_indicators()["sas_medecins"], row)]
    ['0', 'inconnu', 'inconnu', 'inconnu']
    """
    return tuple(_aci_cell(about, row, name) for name in PERIODS)


def _aci_cell(about: AciIndicator, row: Mapping[Any, Any] | pd.Series, name: str) -> Cell:
    """A figure as it is read."""
    status, year = str(row[f"{name}_status"]), row[f"{name}_year"]
    when = ", ".join(
        filter(None, ("" if pd.isna(year) else f"{year:.0f}", row.get(f"{name}_span")))
    )
    if status == Status.UNKNOWN.value:
        return Cell("inconnu", status=status)
    if status in set(Mask):
        return Cell(MASK_TEXTS[Mask(status)], status=status, origin=when)
    return Cell(_aci_text(about, float(row[name])), status=status, origin=when)


def _aci_text(about: AciIndicator, value: float) -> str:
    """A value with its unit where it is no number of things."""
    if about.percent:
        return percent(value, 1)
    text = number(value, 0 if value == round(value) else 1)
    return f"{text}{NNBSP}h" if about.unit == "heures" else text


def rate_text(row: Mapping[Any, Any] | pd.Series) -> str:
    """
    Write the rate reached.

    Parameters
    ----------
    row : Mapping or Series
        A row of the fiche.

    Returns
    -------
    str
        In percent, below 0 and above 100 included; a dash where it has no meaning.

    Examples
    --------
    >>> rate_text({"rate": 1.25}).replace("\u202f", " "), rate_text({"rate": float("nan")})
    ('125 %', '—')
    """
    rate = float(row["rate"])
    return "—" if math.isnan(rate) else f"{number(100 * rate)}{NNBSP}%"
