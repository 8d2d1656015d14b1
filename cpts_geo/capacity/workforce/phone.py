"""The telephone line: how many people must answer, hour by hour, so that callers do not wait.

Calls come at random (Poisson) and last an exponential time; ``agents`` people answer and whoever
finds them busy waits in order (M/M/c, Erlang C) or is turned away (Erlang B). The load is in
erlangs: ``a = calls per hour x minutes per call / 60``, the agents busy at every moment on average.

Impatience (Erlang A) is out of scope. People do hang up, so these are upper bounds on waits;
whoever hangs up and calls again is a further call, to be counted as one. Every hour is taken in
its steady state, so that a peak shorter than the hour is smoothed.

Arguments outside their domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Final

import pandas as pd

from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import number

#: Shares of a day's calls by hour, 8 h to 20 h: a morning peak (grade D: no log gives it yet).
FIRST_HOUR: Final = 8
HOUR_SHARES: Final = (0.15, 0.13, 0.11, 0.09, 0.06, 0.06, 0.08, 0.08, 0.07, 0.07, 0.05, 0.05)
#: Share of calls to answer, and the delay to do it in (seconds), where none is chosen.
TARGET_SHARE: Final = 0.8
WITHIN_SECONDS: Final = 20.0
#: Largest load computed (erlangs), beyond any line of a CPTS: bounds the recursion.
_MAX_LOAD: Final = 10_000

_TINY: Final = math.nextafter(0.0, 1.0)
_SOME: Final = (0.0, sys.float_info.max, "il faut 0 ou plus")
_ABOVE: Final = (_TINY, sys.float_info.max, "il faut plus de 0")
#: Argument: its name in French, least and largest value, and the same in words.
_DOMAINS: Final = {
    "load": ("charge (erlangs)", 0.0, _MAX_LOAD, f"il faut de 0 à {number(_MAX_LOAD)}"),
    "agents": ("personnes", 1, 2 * _MAX_LOAD, f"il faut un entier de 1 à {number(2 * _MAX_LOAD)}"),
    "opens": ("ouverture", 0, 23, "il faut une heure entière, de 0 à 23"),
    "hour_share": ("part horaire", 0.0, 1.0, "il faut une part entre 0 et 1"),
    "target_share": ("cible", _TINY, math.nextafter(1.0, 0.0), "il faut plus de 0, moins de 1"),
    "handling_minutes": ("minutes par appel", *_ABOVE),
    "minutes": ("minutes par consultation", *_ABOVE),
    "calls_per_hour": ("appels par heure", *_SOME),
    "calls_per_day": ("appels par jour", *_SOME),
    "arrivals_per_hour": ("arrivées par heure", *_SOME),
    "within_seconds": ("délai de réponse (secondes)", *_SOME),
}
_WHOLE: Final = ("agents", "opens")


def _erlang_b(load: float, agents: int) -> float:
    """Share of calls that find every agent busy when none may wait.

    ``(a^c / c!) / sum(a^k / k!, k = 0..c)``, by the recursion ``B_0 = 1``,
    ``B_k = a B_{k-1} / (k + a B_{k-1})``, which neither overflows nor cancels.
    """
    _check(load=load, agents=agents)
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """
    Compute the share of calls that must wait.

    Parameters
    ----------
    load : float
        Offered load a (erlangs), 0 to 10,000.
    agents : int
        People answering c, 1 or more.

    Returns
    -------
    float
        ``C = B / (1 - (a / c) (1 - B))``, B being the share turned away when none may wait (Erlang
        B); 1 where ``agents <= load``: the queue then grows without end.

    Examples
    --------
    >>> round(erlang_c(3.0, 5), 7)
    0.2361516
    """
    blocked = _erlang_b(load, agents)
    return blocked / (1.0 - load / agents * (1.0 - blocked)) if agents > load else 1.0


def average_speed_of_answer(load: float, agents: int, *, handling_minutes: float) -> float:
    """
    Compute the mean wait before an answer, callers answered at once included.

    Parameters
    ----------
    load, agents : float, int
        As for :func:`erlang_c`.
    handling_minutes : float
        Mean time an agent spends on a call, AHT (minutes), above 0.

    Returns
    -------
    float
        ``C AHT / (c - a)`` (seconds), C being :func:`erlang_c`; infinite where ``agents <= load``.

    Examples
    --------
    >>> round(average_speed_of_answer(0.34661, 1, handling_minutes=6))
    191
    """
    _check(load=load, agents=agents, handling_minutes=handling_minutes)
    if agents <= load:
        return math.inf
    return 60.0 * handling_minutes * erlang_c(load, agents) / (agents - load)


def service_level(
    load: float, agents: int, *, handling_minutes: float, within_seconds: float = WITHIN_SECONDS
) -> float:
    """
    Compute the share of calls answered within a delay.

    Parameters
    ----------
    load, agents, handling_minutes : float, int, float
        As for :func:`average_speed_of_answer`.
    within_seconds : float
        Delay T (seconds), 0 or more; 0 asks for an answer without any wait.

    Returns
    -------
    float
        ``1 - C exp(-(c - a) T / AHT)``, C being :func:`erlang_c`; 0 where ``agents <= load``.

    Examples
    --------
    >>> round(service_level(0.34661, 1, handling_minutes=6), 4)
    0.6657
    """
    _check(
        load=load, agents=agents, handling_minutes=handling_minutes, within_seconds=within_seconds
    )
    if agents <= load:
        return 0.0
    served_before = (agents - load) * within_seconds / (60.0 * handling_minutes)
    return 1.0 - erlang_c(load, agents) * math.exp(-served_before)


def agents_needed(
    calls_per_hour: float,
    handling_minutes: float,
    *,
    target_share: float = TARGET_SHARE,
    within_seconds: float = WITHIN_SECONDS,
) -> int:
    """
    Find the fewest agents who answer the target share of calls within a delay.

    Parameters
    ----------
    calls_per_hour : float
        Mean calls in the hour, 0 or more.
    handling_minutes : float
        Mean time an agent spends on a call (minutes), above 0.
    target_share : float
        Share of calls to answer in time, between 0 and 1 (both excluded).
    within_seconds : float
        Delay (seconds), 0 or more.

    Returns
    -------
    int
        People answering at the same time, 1 or more: an open line without calls has one.

    Examples
    --------
    >>> agents_needed(5800 / 251 / 12, 5), agents_needed(0.15 * 5800 / 251, 6)
    (1, 2)
    """
    _check(
        calls_per_hour=calls_per_hour,
        handling_minutes=handling_minutes,
        target_share=target_share,
        within_seconds=within_seconds,
    )
    load = calls_per_hour * handling_minutes / 60.0
    _check(load=load)
    delays = {"handling_minutes": handling_minutes, "within_seconds": within_seconds}
    agents = math.floor(load) + 1  # any fewer and the queue grows without end
    while service_level(load, agents, **delays) < target_share:
        agents += 1
    return agents


def agents_by_hour(
    calls_per_day: float,
    *,
    hour_shares: Sequence[float] = HOUR_SHARES,
    opens: int = FIRST_HOUR,
    handling_minutes: float = 5.0,
    target_share: float = TARGET_SHARE,
    within_seconds: float = WITHIN_SECONDS,
) -> pd.DataFrame:
    """
    Find the agents that each hour of the day calls for.

    Parameters
    ----------
    calls_per_day : float
        Mean calls of an opening day, 0 or more.
    hour_shares : sequence of float
        Share of the day's calls in each opening hour, 0 or more, of sum 1.
    opens : int
        Hour at which the line opens, 0 to 23; it closes by midnight.
    handling_minutes, target_share, within_seconds : float
        As for :func:`agents_needed`.

    Returns
    -------
    DataFrame
        One row per opening hour, index ``hour`` (its start): ``calls_per_hour``,
        ``load_erlangs``, ``agents`` (as :func:`agents_needed`), and with these agents
        ``service_level`` (share answered in time), ``asa_seconds`` (mean wait), ``waits``
        (share of calls that wait) and ``utilisation`` (share of the agents' time). No NaN.

    Examples
    --------
    >>> day = agents_by_hour(5800 / 251, handling_minutes=6)
    >>> day.loc[8, ["calls_per_hour", "agents", "service_level", "asa_seconds"]].round(3).tolist()
    [3.466, 2.0, 0.953, 11.148]
    """
    _check(
        calls_per_day=calls_per_day,
        hour_shares=hour_shares,
        opens=opens,
        handling_minutes=handling_minutes,
        target_share=target_share,
        within_seconds=within_seconds,
    )
    delays = {"handling_minutes": handling_minutes, "within_seconds": within_seconds}
    calls = [calls_per_day * float(share) for share in hour_shares]
    agents = [agents_needed(rate, target_share=target_share, **delays) for rate in calls]
    hours = pd.RangeIndex(opens, opens + len(calls), name="hour")
    table = pd.DataFrame({"calls_per_hour": calls}, index=hours)
    table["load_erlangs"] = table["calls_per_hour"] * handling_minutes / 60.0
    table["agents"] = agents
    staffed = list(zip(table["load_erlangs"], agents, strict=True))
    table["service_level"] = [service_level(a, c, **delays) for a, c in staffed]
    table["asa_seconds"] = [
        average_speed_of_answer(a, c, handling_minutes=handling_minutes) for a, c in staffed
    ]
    table["waits"] = [erlang_c(a, c) for a, c in staffed]
    table["utilisation"] = table["load_erlangs"] / table["agents"]
    return table


def _check(*, hour_shares: Sequence[Any] = (1.0,), **values: Any) -> None:
    """Raise one error that lists every argument outside its domain, by name."""
    defects = []
    for name, value in [*values.items(), *(("hour_share", share) for share in hour_shares)]:
        label, least, most, rule = _DOMAINS[name]
        if not _inside(value, least, most, kind=Integral if name in _WHOLE else Real):
            defects.append(f"{label} = {one_line(str(value))} : {rule}")
    if all(_inside(share, 0.0, 1.0) for share in hour_shares):
        total = math.fsum(hour_shares)
        if not math.isclose(total, 1.0, rel_tol=1e-9):
            defects.append(f"parts horaires : leur somme est {number(total, 4)}, il faut 1")
    opens = values.get("opens", 0)
    if _inside(opens, 0, 23, kind=Integral) and opens + len(hour_shares) > 24:
        defects.append(f"fermeture à {opens + len(hour_shares)} h : il faut 24 h au plus")
    if defects:
        raise ScenarioError(
            "Le calcul des attentes a reçu des valeurs impossibles.",
            defects=defects,
            remedy="corrigez ces valeurs.",
        )


def _inside(value: Any, least: float, most: float, *, kind: Any = Real) -> bool:
    """Whether a value is a number of a kind within bounds, both included."""
    return isinstance(value, kind) and not isinstance(value, bool) and least <= value <= most
