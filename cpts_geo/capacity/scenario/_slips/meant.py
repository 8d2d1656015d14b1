"""What was probably meant by a value in another unit, or written as French writes it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date, time
from typing import Any, Final

from cpts_geo.french import MONTHS

_SPACE: Final = " \u00a0\u202f"
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:er)?[/. -]([^\W_]+)\.?[/. -](\d{4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/. -](\d{1,2})[/. -](\d{1,2})")
_CLOCK: Final = re.compile(r"(\d{1,2}) ?[hH:] ?(\d{2})?(?::(\d{2}))?")
_NUMBER: Final = re.compile(r"([+-]?)(\d{1,3}(?: \d{3})+|\d+)(?:[.,](\d+))? ?(%?)")
_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
#: A number with what it counts, whose unit the field says.
_WITH_UNIT: Final = re.compile(
    r"([\d ]*\d(?:[.,]\d+)?) ?(?:min|mn|minutes?|jours?|j|€|euros?|hab|habitants?|personnes?|"
    r"appels?|consultations?|créneaux?|médecins?|heures?)"
)
#: No date, hour or number is longer: the rest is not looked at.
_LONGEST: Final = 40
_TRUTH: Final = {"vrai": "true", "oui": "true", "true": "true"} | {
    "faux": "false", "non": "false", "false": "false"
}  # fmt: skip
#: What a field of each kind holds, as the library names the kinds.
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "date_type": (date,),
    "time_type": (time,),
    "float_type": (int, float),
    "int_type": (int,),
    "bool_type": (bool,),
}
#: Fields counted in minutes and in hours, of which one was typed for the other.
_IN_MINUTES: Final = ("minutes", "minutes_per_slot_today")
_IN_HOURS: Final = ("session_hours", "half_day_hours", "effector_hours")
_HALF_AN_HOUR: Final = 30
#: Ratios that may be above 1.
_RATIOS: Final = ("people_cv", "lent")
#: Nobody aims at less: below, no percentage was meant.
_LEAST_PERCENT: Final = {"target": 10}
DEADLINE: Final = "deadline_days"
#: Opening days: beyond, care is no more unscheduled.
MOST_DAYS: Final = 5
#: APL of all ages, consultations a year and person: from 0.84 to 7.38 over the intercommunalités
#: of France in 2023. Single communes reach 0 and 40, and are no territory.
APL: Final = (0.5, 10.0)
APL_FIELD: Final = "apl"


def plain_spaces(text: str) -> str:
    """The text without quotes around it, its spaces plain and single."""
    return " ".join(text.strip(f"«»“”„\"'’ {_SPACE}").split())


def in_toml(text: str) -> str | None:
    """
    Write as TOML does what French writes otherwise; None where nothing is recognised.

    >>> french = ("06/03/2023", "1er août 2025", "8h30", "0,95", "14 %", "oui", "?")
    >>> [in_toml(each) for each in french]
    ['2023-03-06', '2025-08-01', '08:30:00', '0.95', '0.14', 'true', None]
    """
    text = plain_spaces(text)
    if len(text) > _LONGEST:
        return None
    if named := _named_day(text):
        try:
            return date(*named).isoformat()
        except ValueError:
            return None
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        known = hours < 24 and minutes < 60 and seconds < 60
        return time(hours, minutes, seconds).isoformat() if known else None
    if found := _WITH_UNIT.fullmatch(text):
        text = found[1]
    if found := _NUMBER.fullmatch(text):
        sign, whole, part, percent = found.groups()
        digits = f"{sign}{int(whole.replace(' ', ''))}" + (f".{part}" if part else "")
        return f"{float(digits) / 100:.12g}" if percent else digits
    return _TRUTH.get(text.lower())


def no_such_day(text: str) -> bool:
    """Whether a text names a day that no calendar has, as 31/02/2023 does."""
    if len(text) > _LONGEST:
        return False
    return _named_day(plain_spaces(text)) is not None and in_toml(text) is None


def _named_day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day that a text names, whether they exist or not; None where it is none."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if not (found := _DAY_FIRST.fullmatch(text)):
        return None
    month = int(found[2]) if found[2].isdecimal() else _month(found[2])
    return (int(found[3]), month, int(found[1])) if month is not None else None


def _month(word: str) -> int | None:
    """Number of the month that a word, or its first three letters at least, names; else None."""
    like = [n for n, name in enumerate(MONTHS, 1) if _bare(name).startswith(_bare(word))]
    return like[0] if len(like) == 1 and len(word) > 2 else None


def _day_of_week(word: str) -> int | None:
    """Number of the day of the week that a word, or its first three letters at least, names."""
    like = [n for n, name in enumerate(_DAYS, 1) if name.startswith(_bare(word))]
    return like[0] if len(like) == 1 and len(word) > 2 else None


def _bare(word: str) -> str:
    """A word without accents nor capitals."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def meant(name: str, kind: str, value: Any, bounds: dict[str, Any]) -> str:
    """
    Propose, as the end of a sentence, what a refused value was probably; else empty.

    `kind` and `bounds` are those of the library: ``less_than``, ``{"lt": 1}``.

    >>> meant("target", "less_than", 95, {"lt": 1})
    ' ; vouliez-vous dire 0.95 (95 %) ?'
    """
    if kind == "tuple_type":
        return _listed(name, value)
    if isinstance(value, str):
        return _numbered(name, value) or _retyped(kind, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if kind.startswith("less_than"):
        return _less(name, value, bounds)
    if kind == "time_type" and value in range(24):
        return f" ; vouliez-vous dire {time(int(value))} ?"
    hours = kind == "greater_than_equal" and name in _IN_MINUTES and 0 < value < 1
    return f" ; des heures ? écrivez {value * 60:g}" if hours else ""


def _numbered(name: str, text: str) -> str:
    """Propose the number of a month or a day of the week that is named; else empty."""
    at = {"months": _month(text), "weekdays": _day_of_week(text)}.get(name)
    return "" if at is None else f" ; vouliez-vous dire {at} (sans guillemets) ?"


def _listed(name: str, value: Any) -> str:
    """Say how a table among others, or a period, is written; else empty."""
    if isinstance(value, dict):
        return f" ; une table par entrée, entre deux crochets : [[{name}]]"
    known = name == "closed" and isinstance(value, date | str)
    return " ; une période, par exemple [2025-08-01, 2025-08-15]" if known else ""


def _less(name: str, value: float, bounds: dict[str, Any]) -> str:
    """Propose the share of a percentage, days of hours, hours of minutes; else empty."""
    if name == APL_FIELD:
        return apl_meant(value)
    if name == DEADLINE:
        return hours_for_days(value)
    if name in _IN_HOURS and _HALF_AN_HOUR <= value <= 24 * 60:
        return f" ; des minutes ? écrivez {value / 60:.6g}"
    if name in _IN_MINUTES and value % 60 == 0 and value <= 3600:
        return f" ; des secondes ? écrivez {value / 60:g}"
    bound = next(iter(bounds.values()), None)
    if bound != 1 and name not in _RATIOS:
        return ""
    percent = _LEAST_PERCENT.get(name, 2) <= value <= 100 * min(1, bound or 1)
    return f" ; vouliez-vous dire {value / 100:.6g} ({value:g} %) ?" if percent else ""


def _retyped(kind: str, text: str) -> str:
    """Propose a text written as a value of the kind expected; else empty."""
    if kind == "date_type" and no_such_day(text):
        return " ; ce jour n’existe pas"
    if (written := in_toml(text)) is None or kind not in _KINDS:
        return ""
    value = tomllib.loads(f"x = {written}")["x"]
    # A truth is a number too, for this language.
    if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "bool_type"):
        return ""
    return f" ; vouliez-vous dire {written} (sans guillemets) ?"


def apl_meant(value: float) -> str:
    """Say, as the end of a sentence, what an APL is counted in, and what it is not."""
    low, high = (f"{each:g}".replace(".", ",") for each in APL)
    said = f"en France, l’APL d’un territoire est entre {low} et {high} consultations par an "
    said += "et habitant"
    if value >= 1000:
        return f" ; un nombre d’habitants ? {said}"
    return f" ; {said}, ni pour 100 habitants, ni une densité de médecins"


def hours_for_days(value: float) -> str:
    """Propose a deadline in days for one in hours, where it is a whole number of days; else ask."""
    if value % 24 or value > 24 * MOST_DAYS:
        return " ; des heures ? comptez en jours d’ouverture"
    return f" ; des heures ? écrivez « {DEADLINE} = {value / 24:g} »"
