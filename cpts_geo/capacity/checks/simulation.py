"""Booking queue and phone line played one patient, one call at a time.

:func:`simulate` has the rules of :mod:`cpts_geo.capacity.queue.rules` seen by each patient:
requests arrive during opening days, each looks in the appointment book for the first free slot of
its own day or of the next ``deadline_days``, and leaves if there is none. :func:`simulate_phone`
plays a phone line. Neither shares with the formulas that it checks more than the domain of
arguments.

Standard errors come from batch means: the run is cut in equal spells, whose spread gives the error
of the whole. That holds where a spell is long against the memory of the queue, the days for a
full book to be forgotten: some ``(1 + deadline_days x slots / spread)² / 5`` where requests equal
slots, less elsewhere, ``spread`` being the standard deviation of a day's requests. A spell 20
times longer is safe.

Arguments outside their domain raise one ScenarioError that lists them all.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

if TYPE_CHECKING:
    import simpy

#: Spells whose spread gives the standard errors.
_BATCHES: Final = 20


@dataclass(frozen=True)
class SimulatedService:
    """
    What happened in a simulated booking queue.

    Shares of requests are NaN where nobody asked for a slot, that of slots where none was offered.

    Attributes
    ----------
    requests : int
        Requests made during the days kept.
    served : float
        Share of them that got a slot within the deadline, 0 to 1.
    same_day : float
        Share of them that got a slot on the day they were made, 0 to 1.
    utilisation : float
        Share of the slots of these days that were used, 0 to 1.
    expected_backlog : float
        Mean number of slots already taken, that day and later, when a day starts.
    served_error, same_day_error, utilisation_error, backlog_error : float
        Standard errors of the four figures above, by batch means.
    waiting : tuple of float
        Share of the requests seen 0, 1, ..., ``deadline_days`` opening days later; their sum
        is `served`.
    waiting_errors : tuple of float
        Standard error of each of them.
    """

    requests: int
    served: float
    same_day: float
    utilisation: float
    expected_backlog: float
    served_error: float
    same_day_error: float
    utilisation_error: float
    backlog_error: float
    waiting: tuple[float, ...]
    waiting_errors: tuple[float, ...]


@dataclass(frozen=True)
class SimulatedPhone:
    """
    What happened on a simulated phone line.

    Figures are NaN where nobody called.

    Attributes
    ----------
    calls : int
        Calls made during the hours kept.
    waits : float
        Share of them that found every agent busy, 0 to 1.
    mean_wait_seconds : float
        Mean time before an agent answers, over all calls, in seconds.
    waits_error, mean_wait_error : float
        Standard errors of the two figures above, by batch means.
    """

    calls: int
    waits: float
    mean_wait_seconds: float
    waits_error: float
    mean_wait_error: float


def simulate(
    arrivals_per_day: float,
    slots: int | Sequence[int],
    *,
    rules: Rules,
    factors: Sequence[float] = (1.0,),
    days: int,
    warm_up: int = 500,
    seed: int,
) -> SimulatedService:
    """
    Play a booking queue, request by request.

    Parameters
    ----------
    arrivals_per_day : float
        Mean requests per opening day over the week, above 0.
    slots : int or sequence of int
        As for :meth:`cpts_geo.capacity.queue.rules.Rules.week`, as are the factors.
    rules : Rules
        Deadline and dispersion.
    factors : sequence of float
        Requests of each opening day of the week relative to the mean.
    days : int
        Opening days kept, a multiple of 20; whole weeks a twentieth are best.
    warm_up : int
        Opening days played before, from an empty book, and left out.
    seed : int
        Start of the random numbers, 0 or more; equal seeds give equal results.

    Returns
    -------
    SimulatedService
        Shares, their standard errors, waiting.

    Notes
    -----
    Poisson requests follow each other after exponential times, cut at the end of a day since
    they have no memory. Negative binomial ones are as many as drawn for the day, at moments
    uniform in it. A share is the ratio of two totals; its error is that of the residuals
    ``served - share x requests`` of the batches.

    Examples
    --------
    >>> line = simulate(1.0, 1, rules=Rules(0.95, 1, 1.0), days=4_000, seed=1)
    >>> abs(line.served - 0.785903) < 3 * line.served_error  # the exact value
    True
    >>> math.isclose(sum(line.waiting), line.served)
    True
    """
    means, plan = rules.week_plan(
        arrivals_per_day,
        slots,
        factors=factors,
        others=[
            *_run_defects("jours", days, seed),
            *_whole_defects("jours de préchauffage", warm_up, least=0),
        ],
    )
    import simpy  # noqa: PLC0415 - only those who check need it

    week, deadline_days = len(plan), rules.deadline_days
    rng = np.random.default_rng(seed)
    total = warm_up + days
    offered = [plan[day % week] for day in range(total + deadline_days)]
    book = [0] * (total + deadline_days)  # slots taken, by day
    seen = [[0] * (deadline_days + 1) for _ in range(total)]  # by day of request, then wait
    asked, backlog = [0] * total, [0] * total

    def patient(today: int) -> None:
        asked[today] += 1
        for wait in range(deadline_days + 1):
            if book[today + wait] < offered[today + wait]:
                book[today + wait] += 1
                seen[today][wait] += 1
                return

    def requests(env: simpy.Environment, today: int) -> Generator[simpy.Event, Any, None]:
        for gap in _gaps(rng, means[today % week], rules.dispersion):
            yield env.timeout(gap)
            patient(today)

    def opening_days(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        for today in range(total):
            backlog[today] = sum(book[today : today + deadline_days])
            yield env.process(requests(env, today))
            yield env.timeout(max(0.0, today + 1 - env.now))  # its last moments may round up

    env = simpy.Environment()
    env.process(opening_days(env))
    env.run()

    def batched(by_day: Sequence[Any]) -> npt.NDArray[np.float64]:
        kept = np.asarray(by_day, dtype=np.float64)[warm_up:total]
        return np.asarray(kept.reshape(_BATCHES, -1, *kept.shape[1:]).sum(axis=1))

    calls, by_wait = batched(asked), batched(seen)
    length = np.full(_BATCHES, days / _BATCHES)
    served, served_error = _ratio(by_wait.sum(axis=1), calls)
    same_day, same_day_error = _ratio(by_wait[:, 0], calls)
    utilisation, utilisation_error = _ratio(batched(book), batched(offered))
    mean_backlog, backlog_error = _ratio(batched(backlog), length)
    waits = [_ratio(column, calls) for column in by_wait.T]
    return SimulatedService(
        requests=int(calls.sum()),
        served=served,
        same_day=same_day,
        utilisation=utilisation,
        expected_backlog=mean_backlog,
        served_error=served_error,
        same_day_error=same_day_error,
        utilisation_error=utilisation_error,
        backlog_error=backlog_error,
        waiting=tuple(share for share, _ in waits),
        waiting_errors=tuple(error for _, error in waits),
    )


def simulate_phone(
    calls_per_hour: float,
    handling_minutes: float,
    agents: int,
    *,
    hours: int,
    seed: int,
) -> SimulatedPhone:
    """
    Play a phone line where callers wait until an agent is free (M/M/c, the line of Erlang C).

    Parameters
    ----------
    calls_per_hour : float
        Mean calls per hour, above 0; exponential times between them.
    handling_minutes : float
        Mean minutes an agent spends on a call, above 0; exponential.
    agents : int
        Agents who answer, 1 or more, and more than calls x handling time.
    hours : int
        Hours kept, a multiple of 20; as many as a twentieth are played before, from an idle
        line, and left out.
    seed : int
        As for :func:`simulate`.

    Returns
    -------
    SimulatedPhone
        Share of calls that wait, mean wait, standard errors. Every call made is followed to
        its end, and belongs to the batch of its start.

    Examples
    --------
    >>> line = simulate_phone(36, 5, 5, hours=400, seed=1)
    >>> abs(line.waits - 0.2361516) < 3 * line.waits_error  # Erlang C of 3 erlangs, 5 agents
    True
    """
    defects = [
        *_positive_defects("appels par heure", calls_per_hour),
        *_positive_defects("minutes par appel", handling_minutes),
        *_whole_defects("personnes au téléphone", agents, least=1),
        *_run_defects("heures", hours, seed),
    ]
    if not defects and calls_per_hour * handling_minutes / 60 >= agents:
        busy = number(calls_per_hour * handling_minutes / 60, 2)
        defects.append(
            f"personnes au téléphone = {agents} : les appels en occupent {busy}, "
            "la file s’allonge sans fin"
        )
    if defects:
        raise ScenarioError(
            "La simulation de la ligne téléphonique a reçu des valeurs impossibles.",
            defects=defects,
            remedy="corrigez ces valeurs, puis relancez la simulation.",
        )
    import simpy  # noqa: PLC0415 - only those who check need it

    rng = np.random.default_rng(seed)
    length = hours / _BATCHES
    calls, waiting, waited = (np.zeros(_BATCHES + 1) for _ in range(3))

    def call(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        start = env.now
        with line.request() as answered:
            yield answered
            batch = min(int(start / length), _BATCHES)  # the last moments may round up
            calls[batch] += 1
            waiting[batch] += env.now > start
            waited[batch] += env.now - start
            yield env.timeout(rng.exponential(handling_minutes / 60))

    def callers(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        while True:
            yield env.timeout(rng.exponential(1 / calls_per_hour))
            if env.now >= hours + length:
                return
            env.process(call(env))

    env = simpy.Environment()
    line = simpy.Resource(env, capacity=agents)
    env.process(callers(env))
    env.run()
    waits, waits_error = _ratio(waiting[1:], calls[1:])
    mean_wait, mean_wait_error = _ratio(3600 * waited[1:], calls[1:])
    return SimulatedPhone(int(calls[1:].sum()), waits, mean_wait, waits_error, mean_wait_error)


def _gaps(rng: np.random.Generator, mean: float, dispersion: float) -> Iterator[float]:
    """Give the times, in days, before the first request of a day, then between its requests."""
    if dispersion > 1:
        requests = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)
        yield from np.diff(np.sort(rng.random(requests)), prepend=0.0).tolist()
        return
    moment = 0.0
    while (moment := moment + (gap := rng.exponential(1 / mean))) < 1:
        yield gap


def _ratio(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Divide two totals given by batch; return the ratio and its batch-means standard error."""
    if whole.sum() == 0:
        return math.nan, math.nan
    ratio = part.sum() / whole.sum()
    residuals = part - ratio * whole
    spread = math.sqrt((residuals**2).sum() / (whole.size - 1) / whole.size)
    return float(ratio), float(spread / whole.mean())


def _positive_defects(name: str, value: object) -> list[str]:
    """What is wrong with a number that must be above 0."""
    if isinstance(value, Real) and not isinstance(value, bool) and 0 < float(value) < math.inf:
        return []
    return [f"{name} = {value} : il faut un nombre au-dessus de 0"]


def _whole_defects(name: str, value: object, *, least: int) -> list[str]:
    """What is wrong with a number that must be whole."""
    integer = isinstance(value, Integral) and not isinstance(value, bool)
    if integer and least <= int(value) <= sys.maxsize:  # type: ignore[call-overload]
        return []
    return [f"{name} = {value} : il faut un nombre entier, {least} ou plus"]


def _run_defects(unit: str, length: int, seed: int) -> list[str]:
    """What is wrong with length and seed of a run."""
    defects = [
        *_whole_defects(f"{unit} de simulation", length, least=1),
        *_whole_defects("graine", seed, least=0),
    ]
    if not defects and length % _BATCHES:
        defects.append(f"{unit} de simulation = {length} : il faut un multiple de {_BATCHES}")
    return defects
