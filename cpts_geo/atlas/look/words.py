"""Words that several sections share: slots, spans, the goal, the answer, findings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from cpts_geo.access.changes.shifts import Shift
from cpts_geo.atlas.look.values import euros, period_words
from cpts_geo.atlas.look.vintages import value_of
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.need.interval import Interval, named_interval
from cpts_geo.capacity.scenario.inputs import EVIDENCE, Scenario
from cpts_geo.capacity.scenario.parameters import ANALYST
from cpts_geo.capacity.scenario.records import PUBLICS
from cpts_geo.french import (
    MONTHS,
    NNBSP,
    capital,
    counted,
    duration,
    number,
    percent,
    rough,
    signed_number,
    whole_percent,
)
from cpts_geo.schema import COLUMNS, FACILITIES
from cpts_geo.settings import APL_LOW_WORDS, SPOKEN_MINUTES
from cpts_geo.study.opening import Gain
from cpts_geo.study.study import Study

#: The kind of a territory at the head of its name, and what ties the name to it.
_KIND: Final = re.compile(
    r"^(?:CPTS|CC|CA|CU|TVS) +(?:(?:de l|d)['’] *|(?:du|des|de la|de) +)?(?=\S)"
)
#: Inputs whose unit only an analyst reads: told to analysts alone.
TECHNICAL: Final = ("people_cv", "between_territory_sd", "dispersion")
#: Of a territory whose demand no queue represents.
TOO_LARGE: Final = (
    "Ce territoire dépasse ce que la file d’attente d’une ligne peut représenter. Découpez-le pour "
    "obtenir des créneaux par jour ; cartes et indicateurs restent valables."
)
#: What a centre brings people near to.
_NEAR_CARE: Final = f"à {duration(SPOKEN_MINUTES['centre'])} au plus de soins sans rendez-vous"
#: Ends of a sentence, whatever closes behind it.
_ENDED: Final = re.compile(r"[.!?…][\s»”\")]*$")


def short_name(name: str, most: int | None = None) -> str:
    """
    Shorten the name of a territory: the kind that it begins with is left out.

    Parameters
    ----------
    name : str
        Its name.
    most : int, optional
        Letters kept; all if absent.

    Returns
    -------
    str
        With a capital; an ellipsis where letters are left out.

    Examples
    --------
    >>> short_name("CPTS du Val de Cisse"), short_name("CPTS d’Eau"), short_name("Loiret")
    ('Val de Cisse', 'Eau', 'Loiret')
    >>> short_name("Communauté de communes du Val", 18)
    'Communauté de com…'
    """
    short = capital(_KIND.sub("", name))
    return short if most is None or len(short) <= most else short[: most - 1] + "…"


def sentence(text: str) -> str:
    """
    Give what others wrote the full stop that parts it from what follows.

    Parameters
    ----------
    text : str
        Not empty; a sentence or a few words.

    Returns
    -------
    str
        One stop at its end.

    Examples
    --------
    >>> sentence("Tous les habitants "), sentence("Sur rendez-vous."), sentence("« Oui ! »")
    ('Tous les habitants.', 'Sur rendez-vous.', '« Oui ! »')
    """
    return text.rstrip() if _ENDED.search(text) else f"{text.rstrip(' ;,:')}."


def span(low: float, high: float, decimals: int = 0) -> str:
    """
    Write two bounds of a number.

    Parameters
    ----------
    low, high : float
        Bounds.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        One number where both are written alike; 0 has no decimals.

    Examples
    --------
    >>> span(10, 19), span(13.9, 14.1), span(0, 9.9, 1)
    ('10 à 19', '14', '0 à 9,9')
    """
    ends = (number(end, decimals if end else 0) for end in (low, high))
    return " à ".join(dict.fromkeys(ends))


def offered(result: Headline) -> str:
    """
    Say when the slots of an answer are offered: one who types a number does not say today.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        « aujourd’hui », or « offerts ».
    """
    return "offerts" if result.scenario.sources.get("slots_today") == ANALYST else "aujourd’hui"


def todays(result: Headline) -> str:
    """
    Name the slots of today, where they are known.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory whose slots of today are known.

    Returns
    -------
    str
        Such as « les 8 créneaux d’aujourd’hui ».
    """
    assert result.today is not None
    return f"les {slots_text(result.today.slots)} créneaux d’aujourd’hui"


def slots_text(count: float) -> str:
    """
    Write a number of slots without its word.

    Parameters
    ----------
    count : float
        Slots a day; a mean over the week may have decimals.

    Returns
    -------
    str
        French number.

    Examples
    --------
    >>> slots_text(14.0), slots_text(7.6)
    ('14', '7,6')
    """
    return number(count, 0 if float(count).is_integer() else 1)


def slots(count: float) -> str:
    """
    Write a number of slots.

    Parameters
    ----------
    count : float
        Slots.

    Returns
    -------
    str
        Such as « aucun créneau », « 1 créneau », « 7,6 créneaux » or « 14 créneaux ».

    Examples
    --------
    >>> slots(0), slots(1), slots(7.6)
    ('aucun créneau', '1 créneau', '7,6 créneaux')
    """
    if count == 0:
        return "aucun créneau"
    return f"{slots_text(count)} {'créneau' if count < 2 else 'créneaux'}"


def gp_hours(hours: float) -> str:
    """
    Write GP-hours to the hour.

    Parameters
    ----------
    hours : float
        GP-hours per week.

    Returns
    -------
    str
        Such as « 22 heures »; what is under an hour is not made one.

    Examples
    --------
    >>> gp_hours(0), gp_hours(0.8), gp_hours(1.25), gp_hours(21.9)
    ('aucune heure', 'moins d’une heure', '1 heure', '22 heures')
    """
    if hours < 1:
        return "moins d’une heure" if hours else "aucune heure"
    return counted(round(hours), "heure", "heures")


def deadline(days: int) -> str:
    """
    Say the deadline of a booking in words.

    Parameters
    ----------
    days : int
        Opening days after the request.

    Returns
    -------
    str
        French words.
    """
    words = {0: "le jour même", 1: "le jour même ou le lendemain ouvré"}
    return words.get(days, f"dans les {days} jours ouvrés")


def goal(result: Headline) -> str:
    """
    Say what the slots are counted for.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        French clause: target, deadline.
    """
    scenario = result.scenario
    return (
        f"{percent(scenario.target, 0)} des demandes trouvent un créneau "
        f"{deadline(scenario.deadline_days)}"
    )


def whom(scenario: Scenario, *, of: bool = False) -> str:
    """
    Name those whom a device admits.

    Parameters
    ----------
    scenario : Scenario
        Says its public; all residents where it describes no device.
    of : bool
        Whether they are the complement of a noun.

    Returns
    -------
    str
        French words, visitors said where there are some.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> whom(load_scenario("lvo")), whom(load_scenario("ouest_loiret"), of=True)
    ('tous les habitants et les visiteurs', 'des personnes sans médecin traitant')
    """
    public = scenario.public or "all"
    name = PUBLICS[public]
    if of:
        name = f"{'des' if public == 'no_mt' else 'de'} {name}"
    if scenario.visitors is None:
        return name
    return f"{name} et {'des' if of else 'les'} visiteurs"


def centred(found: Interval[Any], decimals: int = 0) -> str:
    """
    Write a median with its interval.

    Parameters
    ----------
    found : Interval
        Median and bounds.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        One number where all three are written alike.

    Examples
    --------
    >>> centred(Interval(12, 15, 20)), centred(Interval(2, 2, 2))
    ('15 (12 à 20)', '2')
    """
    bounds, middle = (span(*ends, decimals) for ends in ((found.p10, found.p90), (found.p50,) * 2))
    return middle if bounds == middle else f"{middle} ({bounds})"


def estimate(result: Headline, found: Interval[Any], decimals: int = 0) -> str:
    """
    Write a quantity of the answer with its interval.

    Parameters
    ----------
    result : Headline
        Says what the answer rests on.
    found : Interval
        Median and bounds.
    decimals : int
        Decimals kept.

    Returns
    -------
    str
        Such as « 15 (12 à 20) »; the bounds alone where no local activity is known, since it is an
        order of magnitude.
    """
    if not result.scenario.has_own_line:
        return span(found.p10, found.p90, decimals)
    return centred(found, decimals)


def support(scenario: Scenario) -> str:
    """
    Say what the figures of a scenario rest on.

    Parameters
    ----------
    scenario : Scenario
        Says its evidence.

    Returns
    -------
    str
        Such as « solidité 4 sur 5 — … ».
    """
    return f"solidité {strength(scenario)} — {scenario.evidence_words}"


def solidity(scenario: Scenario) -> int:
    """
    Rank what the figures of a scenario rest on.

    Parameters
    ----------
    scenario : Scenario
        Says its evidence.

    Returns
    -------
    int
        From 1 to as many as there are kinds of evidence, for the best one.
    """
    return len(EVIDENCE) - list(EVIDENCE).index(scenario.evidence)


def strength(scenario: Scenario) -> str:
    """
    Gauge what the figures of a scenario rest on.

    Parameters
    ----------
    scenario : Scenario
        Says its evidence.

    Returns
    -------
    str
        Such as « 4 sur 5 ».

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> strength(load_scenario("beauce_gatinais")), strength(load_scenario("asclepios"))
    ('4 sur 5', '2 sur 5')
    """
    return f"{solidity(scenario)} sur {len(EVIDENCE)}"


def short_answer(result: Headline) -> str:
    """
    Give the answer as it stands in a table.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    str
        Such as « 15 (12 à 20) », « 4 à 11, ordre de grandeur », « aucun créneau, d’après l’APL »;
        « au moins 6 » where its own counts deny the answer.
    """
    if result.at_least is not None:
        return f"au moins {number(result.at_least)}"
    if not result.slots_per_day.p90:
        # A territory asks nothing of known lines where its APL leaves no gap, and nowhere else.
        return "aucun créneau, d’après l’APL"
    rough = "" if result.scenario.has_own_line else ", ordre de grandeur"
    return estimate(result, result.slots_per_day) + rough


def shown_floor(result: Headline) -> int | None:
    """
    Give the slots that the consultations already given require, to draw beside those of today.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    int or None
        Slots a day; None where no consultation is known, or today's slots are as many.
    """
    seen, today = result.observed, result.today
    return None if seen is None or (today and today.slots == seen.slots) else seen.slots


def between(low: float, high: float) -> str:
    """
    Write two bounds of a whole number in a sentence.

    Parameters
    ----------
    low, high : float
        Bounds.

    Returns
    -------
    str
        Such as « entre 10 et 19 »; one number where they are equal.
    """
    if low == high:
        return number(low)
    return f"entre {number(low)} et {number(high)}"


def per_day(count: float) -> str:
    """
    Write the unit of a number of slots.

    Parameters
    ----------
    count : float
        Slots.

    Returns
    -------
    str
        As the number asks for it.

    Examples
    --------
    >>> per_day(1), per_day(14)
    ('créneau par jour', 'créneaux par jour')
    """
    return f"{'créneau' if count < 2 else 'créneaux'} par jour"


def need_parts(result: Headline) -> tuple[str, str, str]:
    """
    Say how many slots are needed, in one breath.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.

    Returns
    -------
    tuple of str
        What stands before the number, the number, what follows it: a floor where the territory's
        own counts deny the answer, bounds for an order of magnitude.
    """
    needed, floor = result.slots_per_day, result.at_least
    if floor is not None:
        return "Il faudrait au moins", number(floor), per_day(floor)
    if not needed.p90:
        return "D’après l’APL, il ne faudrait", "aucun", "créneau"
    if not result.scenario.has_own_line:
        return "Ordre de grandeur :", span(needed.p10, needed.p90), per_day(needed.p90)
    return "Il faudrait", number(needed.p50), per_day(needed.p50)


def need_finding(study: Study) -> str:
    """
    Say how many slots a territory needs, then how many there are.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    str
        French sentence without its stop; why where the need is not known.
    """
    result = study.headline
    if result is None:
        if study.too_large:
            return "Le territoire est trop grand pour une seule ligne : besoin non calculé"
        return "Le nombre de créneaux nécessaires n’est pas connu"
    now = "" if result.today is None else f" ; il y en a {slots_text(result.today.slots)}"
    return " ".join(need_parts(result)) + now


def low_apl_finding(comparison: pd.DataFrame, apl: str) -> str:
    """
    Say how many people live where the APL is low.

    Parameters
    ----------
    comparison : DataFrame
        Indicators of the territory.
    apl : str
        Column of the APL that is shown beside it: the share is that of its vintage.

    Returns
    -------
    str
        French sentence without its stop; empty where it is not known.

    Examples
    --------
    >>> row = {"area_level": ["cpts"], "indicator": ["share_low_apl_2023"], "value": [0.0]}
    >>> low_apl_finding(pd.DataFrame(row), "apl_2023")
    'Aucun habitant ne vit dans une commune où l’APL est inférieure à 2,5'
    """
    shares = (name for name, each in COLUMNS.items() if each.where and each.where.column == apl)
    share = value_of(next(shares, ""), comparison)
    if pd.isna(share):
        return ""
    whole = {0.0: "Aucun habitant ne vit", 1.0: "Tous les habitants vivent"}
    who = whole.get(share, f"{capital(whole_percent(share))} des habitants vivent")
    return f"{who} dans une commune où l’APL est inférieure à {APL_LOW_WORDS}"


def near_finding(coverage: pd.DataFrame, *, on_spot: bool) -> str:
    """
    Say how many people live near care.

    Parameters
    ----------
    coverage : DataFrame
        Rows of ``coverage`` of a :class:`cpts_geo.study.access.TerritoryAccess`.
    on_spot : bool
        Whether communes without a road to a GP are counted by the care that they have themselves.

    Returns
    -------
    str
        French sentence without its stop, on the first facility whose times are known of all; empty
        without one.
    """
    known = coverage[(coverage["variant"] == "central") & coverage["share"].notna()]
    for facility, minutes in SPOKEN_MINUTES.items():
        rows = known[(known["facility"] == facility) & (known["minutes"] == minutes)]
        for share in rows["share"]:
            within = f"à {duration(minutes, words=True)} au plus {FACILITIES[facility].place}"
            counted_too = ", soins sur place compris" if on_spot and facility == "gp" else ""
            return f"{capital(whole_percent(share))} des habitants vivent {within}{counted_too}"
    return ""


def shift_finding(shift: Shift) -> str:
    """
    Say what changes of supply make of the APL of a territory.

    Parameters
    ----------
    shift : Shift
        What they do to it.

    Returns
    -------
    str
        French sentence without its stop; empty where the APL is not known.
    """
    before, after = (number(value, 2) for value in shift.mean)
    if pd.isna(shift.mean[1]):
        return ""
    moved = f"passerait de {before} à {after}" if before != after else f"resterait à {after}"
    return f"{shift.title}. L’APL du territoire {moved}"


def shift_numbers(shift: Shift, names: pd.Series) -> list[tuple[str, str]]:
    """
    Say what changes of supply do, in three numbers.

    Parameters
    ----------
    shift : Shift
        What they do to a territory.
    names : Series of str
        Names of its communes by code.

    Returns
    -------
    list of tuple of str
        Each number and its words: the APL of the territory where it is known, the commune most
        touched, how many are; nothing where no commune is seen to move.
    """
    if not shift.touched:
        return []
    most, many = shift.touched[0], len(shift.touched)
    ends = [number(value, 2) for value in shift.mean if pd.notna(value)]
    of_all = (" → ".join(dict.fromkeys(ends)), f"pour l’APL {shift.vintage} du territoire")
    return [
        *([of_all] if len(ends) == 2 else []),
        (
            signed_number(float(shift.communes["shift"][most]), 2),
            f"à {names.get(most, most)}, la plus touchée",
        ),
        (
            number(many),
            f"{'commune touchée' if many < 2 else 'communes touchées'} sur {len(shift.communes)}",
        ),
    ]


def opened(sites: Sequence[str], names: pd.Series) -> str:
    """
    Name centres that would open.

    Parameters
    ----------
    sites : sequence of str
        Codes of their communes.
    names : Series of str
        Names of communes by code.

    Returns
    -------
    str
        The first alone by its name.

    Examples
    --------
    >>> names = pd.Series({"45252": "Pithiviers"})
    >>> opened(["45252"], names), opened(["45252", "45191"], names)
    ('Un lieu de SNP à Pithiviers', '2 lieux de SNP, dont un à Pithiviers')
    """
    many = "Un lieu de SNP" if len(sites) == 1 else f"{number(len(sites))} lieux de SNP, dont un"
    return f"{many} à {names.get(sites[0], sites[0])}"


def gain_numbers(gain: Gain, *, approximate: bool) -> list[tuple[str, str]]:
    """
    Say what centres change, in three numbers.

    Parameters
    ----------
    gain : Gain
        What they change, of the people whom roads join.
    approximate : bool
        Whether times are those of the law of distance, which published ones may differ from.

    Returns
    -------
    list of tuple of str
        Each number and its words; the mean time only where it is known of all.

    Examples
    --------
    >>> [number for number, _ in gain_numbers(
    ...     Gain(1200.0, (0.2, 0.3), (26.0, float("nan"))), approximate=False)]
    ['+1\u202f200', '20\u202f% → 30\u202f%']
    """
    start, end = map(whole_percent, gain.shares)
    how = ", en temps approchés" if approximate else ""
    found = [
        (f"+{number(rough(gain.people))}", f"habitants {_NEAR_CARE}"),
        (f"{start} → {end}", f"des habitants joints par la route{how}"),
    ]
    if not any(map(math.isnan, gain.minutes)):
        before, after = gain.minutes
        found.append((f"{number(before)} → {duration(after)}", "en moyenne"))
    return found


def gain_effect(gain: Gain, *, centres: int) -> str:
    """
    Say whom centres would bring near care.

    Parameters
    ----------
    gain : Gain
        What they change: some people are nearer.
    centres : int
        How many they are.

    Returns
    -------
    str
        What follows their name in a sentence.
    """
    people = counted(rough(gain.people), "habitant", "habitants")
    return f"{'mettrait' if centres == 1 else 'mettraient'} {people} de plus {_NEAR_CARE}"


def lever_numbers(row: Mapping[Any, Any], scenario: Scenario) -> list[tuple[str, str]]:
    """
    Say what a lever brings, what would then be served and what it costs.

    Parameters
    ----------
    row : Mapping
        A row of :func:`cpts_geo.capacity.comparing.levers.lever_effects`.
    scenario : Scenario
        What it is tried on.

    Returns
    -------
    list of tuple of str
        Three numbers, each before its words: hours of consultation a week, or people who gain a
        médecin traitant; the share served in time with its bounds, or that its slots alone would
        serve where those of today are unknown; euros. A share that is unknown has no number.
    """
    gained = row["people_with_mt"]
    brought = (f"{number(row['gp_hours'], int(row['gp_hours'] % 1 > 0))}{NNBSP}h", "par semaine")
    if not math.isnan(gained):
        brought = (number(rough(gained)), "avec un médecin traitant")
    name, whose = ("served", "servies à temps")
    if math.isnan(row["served_p50"]):
        name, whose = ("alone", "servies à lui seul")
    found = named_interval(row, name)
    share = (share_span(found), whose) if not math.isnan(found.p50) else ("", "part inconnue")
    return [brought, share, (euros(row["cost"]), period_words(scenario))]


def share_span(found: Interval[float]) -> str:
    """
    Write a share and its bounds.

    Parameters
    ----------
    found : Interval of float
        The share.

    Returns
    -------
    str
        Percents; one alone where the bounds are written alike.

    Examples
    --------
    >>> share_span(Interval(0.8, 0.986, 1.0)).replace("\\u202f", " ")
    '99 % (80 à 100)'
    """
    low, middle, high = (whole_percent(each) for each in (found.p10, found.p50, found.p90))
    if low == high:
        return middle
    return f"{middle} ({low.removesuffix('%').strip()} à {high.removesuffix('%').strip()})"


def lever_finding(levers: pd.DataFrame, *, target: float) -> tuple[str, str]:
    """
    Say what the lever that is put forward would do.

    Parameters
    ----------
    levers : DataFrame
        As :func:`cpts_geo.capacity.comparing.levers.lever_effects` gives them.
    target : float
        Share of requests to be served in time.

    Returns
    -------
    tuple of str
        The lever, what it would do without its stop; that none is needed, and why; both empty where
        none is put forward.
    """
    best = levers[levers["best"]] if len(levers) else levers
    if not len(best):
        met = len(levers) > 0 and bool((levers["served_before_p50"] >= target).any())
        return ("Aucun levier nécessaire", "l’objectif est tenu") if met else ("", "")
    row = best.iloc[0]
    before, after = (whole_percent(row[f"{name}_p50"]) for name in ("served_before", "served"))
    return (
        str(row["lever"]),
        f"{after} des demandes servies à temps au lieu de {before}",
    )


def extreme_months(table: pd.DataFrame) -> tuple[int, int]:
    """
    Find the months that ask least and most.

    Parameters
    ----------
    table : DataFrame
        By month, ``requests_p50`` and ``requests_p90``.

    Returns
    -------
    tuple of int
        From 1; of medians alike, by the highest demands.

    Examples
    --------
    >>> table = pd.DataFrame({"requests_p50": [7.0, 6.0, 7.0], "requests_p90": 9.0}, [1, 2, 3])
    >>> extreme_months(table)
    (2, 3)
    """
    order = table.sort_values(["requests_p50", "requests_p90"], kind="stable").index
    return int(order[0]), int(order[-1])


def month_slots(result: Headline, month: Mapping[Any, Any]) -> str:
    """
    Write the slots that a month calls for.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.
    month : Mapping
        Row of a table by month: ``slots_p10``...

    Returns
    -------
    str
        As :func:`estimate` writes them.
    """
    return estimate(result, named_interval(month, "slots"))


def months_finding(result: Headline, table: pd.DataFrame) -> str:
    """
    Say which month asks most, and which least.

    Parameters
    ----------
    result : Headline
        Capacity needed by a territory.
    table : DataFrame
        Its months.

    Returns
    -------
    str
        French sentence without its stop.
    """
    calm, busy = extreme_months(table)
    months = table.to_dict("index")
    least, most = (month_slots(result, months[month]) for month in (calm, busy))
    if least == most:
        return f"Le besoin est le même toute l’année : {most} créneaux par jour"
    first, last = capital(MONTHS[busy - 1]), MONTHS[calm - 1]
    return f"{first} demande le plus, {most} créneaux par jour ; {last} le moins, {least}"
