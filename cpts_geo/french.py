"""Numbers and words as French readers expect them: 44 165, 30,5, 12,3 %."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time

from babel.dates import format_date, get_day_names, get_month_names
from babel.numbers import format_decimal

from cpts_geo.errors import thousands
from cpts_geo.schema import TIME_UNIT, Column

#: Narrow no-break space, before %, ; and between thousands.
NNBSP = "\u202f"
#: No-break space, before a unit written as a word.
NBSP = "\u00a0"
UNKNOWN_TEXT = "donnée absente"
#: After a number, the space before a short unit; and that of an hour before its minutes.
_SHORT_UNIT = re.compile(
    r"(?<=[\d,]) (?=(?:min|h|km²?|m|€|[kM]€|hab\.|s|j|M)(?![\w’]))|(?<=\d\sh) (?=\d)"
)
#: The space before a unit in words: what the pages count.
_WORD_UNIT = re.compile(
    r"(?<=\d) (?=(?:habitant|créneau|minute|heure|seconde|jour|semaine|mois|an|euro|commune|médecin"
    r"|consultation|demande|appel|point|demi-journée)[sx]?(?!\w))"
)
#: No file of Windows bears these names, whatever its extension.
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")
#: A date of a file, to the month or the day.
#: To what a count that rests on an estimate is rounded, from how many on.
_STEPS = {10_000: 1_000, 1_000: 100, 10: 10}
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
#: From Monday; from January.
WEEKDAYS = tuple(get_day_names(locale="fr")[index] for index in range(7))
MONTHS = tuple(get_month_names(locale="fr")[index] for index in range(1, 13))


def number(value: float, decimals: int = 0) -> str:
    """
    Write a number in French.

    Parameters
    ----------
    value : float
        NaN is written as « donnée absente », never as 0.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        Narrow no-break spaces between thousands, decimal comma.

    Examples
    --------
    >>> number(44165).replace("\\u202f", " ")
    '44 165'
    >>> number(30.46, 1)
    '30,5'
    """
    if value is None or math.isnan(value):
        return UNKNOWN_TEXT
    if not decimals and math.isfinite(value):
        return thousands(value)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    text = str(format_decimal(value, format=pattern, locale="fr_FR"))
    # What is written 0 has no sign.
    return text.replace("-", "−" if text.strip("-0,") else "")


def duration(value: float, decimals: int = 0, *, words: bool = False) -> str:
    """
    Write a travel time with its unit, that of the columns of travel times.

    Parameters
    ----------
    value : float
        Time; NaN is unknown.
    decimals : int
        Decimals kept.
    words : bool
        Whether the unit is a word, as in a sentence.

    Returns
    -------
    str
        Such as « 12 min » or « 12 minutes ».

    Examples
    --------
    >>> duration(12).replace("\u202f", " "), duration(1.04, 1, words=True)
    ('12 min', '1,0 minute')
    """
    if value is None or math.isnan(value):
        return UNKNOWN_TEXT
    text = number(value, decimals)
    if not words:
        return f"{text}{NNBSP}{TIME_UNIT.short}"
    # The plural follows the number as it is written.
    return f"{text} {TIME_UNIT.one if round(value, decimals) < 2 else TIME_UNIT.many}"


def percent(share: float, decimals: int = 1) -> str:
    """
    Write a share as a percentage.

    Parameters
    ----------
    share : float
        In [0, 1]; NaN is unknown.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        Such as 12,3 %, with a narrow no-break space.

    Examples
    --------
    >>> percent(0.123).replace("\\u202f", " ")
    '12,3 %'
    """
    if math.isnan(share):
        return UNKNOWN_TEXT
    return number(100 * share, decimals) + NNBSP + "%"


def whole_percent(share: float) -> str:
    """
    Write a share to the percent, without rounding to all or to nobody what is neither.

    Parameters
    ----------
    share : float
        In [0, 1]; NaN is unknown.

    Returns
    -------
    str
        Such as 97 %, « plus de 99 % » or « moins de 1 % ».

    Examples
    --------
    >>> [whole_percent(share).replace("\u202f", " ") for share in (0.9965, 1.0, 0.0, 0.002)]
    ['plus de 99 %', '100 %', '0 %', 'moins de 1 %']
    """
    if 0.995 <= share < 1:
        return f"plus de {percent(0.99, 0)}"
    if 0 < share < 0.005:
        return f"moins de {percent(0.01, 0)}"
    return percent(share, 0)


def signed_number(value: float, decimals: int) -> str:
    """
    Write a difference, + included.

    Parameters
    ----------
    value : float
        NaN is unknown.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        Such as +0,08 or −0,20.

    Examples
    --------
    >>> signed_number(0.081, 2), signed_number(-0.2, 2), signed_number(-0.001, 2)
    ('+0,08', '−0,20', '0,00')
    """
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0,") else text


def joined(texts: Sequence[str]) -> str:
    """
    Join words as a French sentence does.

    Parameters
    ----------
    texts : sequence of str
        Words.

    Returns
    -------
    str
        Commas, then « et » before the last one; empty where there is none.

    Examples
    --------
    >>> joined(["Loiret"]), joined(["Baule", "Dry", "Messas"])
    ('Loiret', 'Baule, Dry et Messas')
    """
    *first, last = texts or [""]
    return f"{', '.join(first)} et {last}" if first else last


def signed_percent(points: float) -> str:
    """
    Write a gap already in percent, with its sign.

    Parameters
    ----------
    points : float
        Gap in %.

    Returns
    -------
    str
        Such as +3,8 % or −3,6 %.
    """
    return f"{signed_number(points, 1)}{NNBSP}%"


def value_text(column: Column, value: float, *, unit: bool = False) -> str:
    """
    Write a value of a column.

    Parameters
    ----------
    column : Column
        Says decimals and whether the value is a share.
    value : float
        NaN is unknown.
    unit : bool
        Whether the unit follows.

    Returns
    -------
    str
        Formatted value.
    """
    if value is None or math.isnan(value):
        return UNKNOWN_TEXT
    if column.percent:
        return percent(value, column.decimals)
    write = signed_number if column.signed else number
    text = write(value, column.decimals)
    if not unit:
        return text
    one_word = abs(value) < 2 and " " not in column.unit
    return f"{text} {column.unit.removesuffix('s') if one_word else column.unit}"


def counted(count: float, singular: str, plural: str) -> str:
    """
    Write a number with the word it counts.

    Parameters
    ----------
    count : float
        Whole number.
    singular, plural : str
        The word below 2, and from 2 on.

    Returns
    -------
    str
        Such as « 1 heure » or « 14 heures ».

    Examples
    --------
    >>> counted(1, "créneau", "créneaux"), counted(2, "créneau", "créneaux")
    ('1 créneau', '2 créneaux')
    """
    return f"{number(count)} {singular if count < 2 else plural}"


def rough(count: float) -> float:
    """
    Round a count that rests on an estimate, to no more digits than it has.

    Parameters
    ----------
    count : float
        Such as people within a time that is estimated.

    Returns
    -------
    float
        To the ten below 1,000, to the hundred below 10,000, to the thousand from there; below 10,
        as it is: somebody is not nobody.

    Examples
    --------
    >>> [rough(n) for n in (41_667, 140_148, 3_884, 533, 42, 0)]
    [42000.0, 140000.0, 3900.0, 530.0, 40.0, 0.0]
    """
    steps = (step for least, step in _STEPS.items() if abs(count) >= least)
    step = next(steps, 0)
    return float(round(count / step) * step) if step else float(count)


def day(iso: str) -> str:
    """
    Write a date, a month, a year or a period in French.

    Parameters
    ----------
    iso : str
        ``2024-04-15``, ``2017-12``, ``2021``, or two of them joined by ``/``.

    Returns
    -------
    str
        French words.

    Examples
    --------
    >>> day("2023-03-06/2024-03-31"), day("2017-12"), day("2021")
    ('6 mars 2023 au 31 mars 2024', 'décembre 2017', '2021')
    """
    if "/" in iso:
        return " au ".join(day(part) for part in iso.split("/"))
    pattern = {4: "y", 7: "MMMM y", 10: "d MMMM y"}[len(iso)]
    return str(format_date(date.fromisoformat(f"{iso}-01-01"[:10]), pattern, locale="fr"))


def dated(source: str, when: str) -> str:
    """
    Write who says something and when, the date once.

    Parameters
    ----------
    source : str
        Producer or document, which may say its own date.
    when : str
        Date or vintage, empty for none.

    Returns
    -------
    str
        The source, and the date in words where the source does not say it.

    Examples
    --------
    >>> dated("Communiqué, 15 décembre 2021", "2021-12-15"), dated("Insee, RP 2022", "2022")
    ('Communiqué, 15 décembre 2021', 'Insee, RP 2022')
    >>> dated("CPAM", "2025-06-30")
    'CPAM, 30 juin 2025'
    """
    words = _ISO.sub(lambda found: day(found[0]), when)
    # « COG 2026, population 2023 » is said by a source that names both years.
    years = re.findall(r"\d{4}", words) if words == when else []
    if words in source or (years and all(year in source for year in years)):
        return source
    return ", ".join(filter(None, (source, words)))


def short_day(text: str) -> str:
    """
    Write every date of a text in figures, as a table has room for.

    Parameters
    ----------
    text : str
        Dates as ``2024-04-15``, ``2017-12`` or ``2021``, or periods, among other words.

    Returns
    -------
    str
        The same with ``15/04/2024``, ``12/2017`` and ``2021``.

    Examples
    --------
    >>> short_day("2024-04-15"), short_day("2017-12 ; 2021"), short_day("2023-03-06/2024-03-31")
    ('15/04/2024', '12/2017 ; 2021', '06/03/2023 au 31/03/2024')
    """
    parts = re.split(r"(?<=\d)/(?=\d{4}-)", text)
    turned = (_ISO.sub(lambda found: "/".join(reversed(found[0].split("-"))), x) for x in parts)
    return " au ".join(turned)


def clock(hour: time) -> str:
    """
    Write an hour as French writes it.

    Parameters
    ----------
    hour : datetime.time
        Hour and minutes.

    Returns
    -------
    str
        Such as « 8 h » or « 13 h 30 », with non-breaking spaces.

    Examples
    --------
    >>> clock(time(13, 30)), clock(time(8))
    ('13\u202fh\u202f30', '8\u202fh')
    """
    text = f"{hour.hour}{NNBSP}h"
    return f"{text}{NNBSP}{hour.minute:02d}" if hour.minute else text


def capital(text: str) -> str:
    """
    Begin a text with a capital, the rest as it is.

    Parameters
    ----------
    text : str
        Not empty.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> capital("l’APL")
    'L’APL'
    """
    return text[:1].upper() + text[1:]


def typeset(text: str) -> str:
    """
    Keep the digits of a number together, its unit with it, and punctuation with its word.

    Parameters
    ----------
    text : str
        French text typed with ordinary spaces and straight apostrophes.

    Returns
    -------
    str
        The same text with narrow no-break spaces inside numbers, before their short units, before
        ; : ! ? % € » and after «, with no-break spaces before units in words, and typographic
        apostrophes.

    Examples
    --------
    >>> typeset("24 000 habitants, 11 %").count("\u202f")
    2
    >>> typeset("L'Île, 15 min, 14 créneaux")
    'L’Île, 15\u202fmin, 14\xa0créneaux'
    """
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", NNBSP, text)
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = _SHORT_UNIT.sub(NNBSP, text)
    text = _WORD_UNIT.sub(NBSP, text)
    return re.sub(r" (?=[;:!?%€»])|(?<=«) ", NNBSP, text)


def slug(text: str) -> str:
    """
    Make a file name of a French title.

    Parameters
    ----------
    text : str
        Any text; accents, quotes and tags are dropped.

    Returns
    -------
    str
        Lower-case ASCII letters, digits and underscores, 60 at most; ``territoire`` when nothing is
        left, and before the names that Windows keeps for its devices.

    Examples
    --------
    >>> slug("CPTS Beauce-Gâtinais"), slug("Con")
    ('cpts_beauce_gatinais', 'territoire_con')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60].strip("_") or "territoire"
    return f"territoire_{name}" if _DEVICE.fullmatch(name) else name
