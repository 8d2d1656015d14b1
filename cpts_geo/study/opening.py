"""Where to open: the best communes for a centre, what it can carry, what it changes.

A site carries the largest demand that its slots serve at the target, which is not its slots. The
requests of the territory are spread over its communes in several ways, since none is known; the
answer says whether the best site depends on the way. Times are those by car to one point of each
commune: people without a car are not described.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final, Literal, NamedTuple

import pandas as pd

from cpts_geo.access.nearest.minutes import approximations
from cpts_geo.access.siting.allocation import allocate, allocations
from cpts_geo.access.siting.best import AllocationStability, best_sites, sites_by_allocation
from cpts_geo.access.siting.outcomes import coverage_gain
from cpts_geo.access.travel.surrogate import Variant
from cpts_geo.access.travel.times import TravelTimes, minutes_matrix
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.scenario.supply import SITE_SLOTS
from cpts_geo.errors import AskedError, SitingError, quoted
from cpts_geo.french import joined, number
from cpts_geo.settings import SPOKEN_MINUTES

#: New sites of one answer; more than that is a question for the notebook.
MAX_SITES: Final = 3
#: Solutions listed.
_BEST: Final = 5
#: Seconds of search for one question, about: a page comes in seconds, whatever its size.
_SECONDS: Final = 5.0
#: A set of sites that costs less than this more on average, in minutes, is as good as the best.
TIE_MINUTES: Final = 1.0
#: Minutes over which a time is no longer looked for between two communes of one territory.
_REACH: Final = 240.0


class Gain(NamedTuple):
    """
    What some sites change of the time to care without appointment; NaN is unknown.

    Attributes
    ----------
    people : float
        People more within the time spoken of.
    shares, minutes : tuple of float
        Share of the people within it and mean time of all, before then after.
    """

    people: float
    shares: tuple[float, float]
    minutes: tuple[float, float]


@dataclass(frozen=True)
class Opening:
    """
    Where to open in a territory.

    Parameters
    ----------
    requests_per_day : float
        Requests per opening day that the sites must carry.
    site_slots, site_capacity : int, float
        Slots per opening day of one site, and the largest demand it serves at the target.
    sites_needed : int
        Sites of that size that the requests call for, those already open included.
    existing : tuple of str
        Communes with a centre open today.
    today : tuple of str
        Communes whose emergency department or centre is today the nearest one of some commune.
    best : tuple of str
        New sites with the fewest minutes for all, centres open today staying open; fewer than the
        requests call for where more than :data:`MAX_SITES`.
    farthest_first : tuple of str
        New sites with the fewest minutes for all when emergency departments count as open too;
        `best` where every candidate has one.
    solutions : DataFrame
        The best sets of sites by allocation, see :func:`cpts_geo.access.siting.best`.
    stability : AllocationStability or None
        Whether the best set depends on the allocation; None where the APL, which tilts it, is
        unknown.
    by_variant : dict of str to tuple of str
        Best set under each variant of the travel times; one entry for times given.
    gains : dict of tuple of str to DataFrame
        For `best` and `farthest_first`: people within each time of the nearest centre or
        emergency department, before and after, see
        :func:`cpts_geo.access.siting.outcomes.coverage_gain`.
    loads : Series of float
        Requests per opening day of each site of `best` and `existing` if everyone goes to the
        nearest one, proportional allocation.
    emergencies_known : bool
        Whether emergency departments around are all known: without them there is no gain.
    left_out : tuple of str
        Inhabited communes that no road joins to the others, or without a known point or time: not
        counted.
    doubt : {"", "small", "tied"}
        Why no site is proposed: the median need is under one half-day of doctor a week
        (``small``), or `best` changes with the allocation while the next set costs less than
        :data:`TIE_MINUTES` more (``tied``); empty where neither holds.
    gap : float
        By what share of the best possible a set named here may miss it, at most; 0 where each is
        proven to be the best, ``inf`` where how far is not known.
    """

    requests_per_day: float
    site_slots: int
    site_capacity: float
    sites_needed: int
    existing: tuple[str, ...]
    today: tuple[str, ...]
    best: tuple[str, ...]
    farthest_first: tuple[str, ...]
    solutions: pd.DataFrame
    stability: AllocationStability | None
    by_variant: dict[Variant, tuple[str, ...]]
    gains: dict[tuple[str, ...], pd.DataFrame]
    loads: pd.Series
    emergencies_known: bool
    left_out: tuple[str, ...]
    doubt: Literal["", "small", "tied"] = ""
    gap: float = 0.0

    def __repr__(self) -> str:
        """One line: where, and for how many requests."""
        sites = " ou ".join(map(joined, self.proposed)) or "aucun lieu proposé"
        return f"<Opening : {sites}, pour {number(self.requests_per_day, 1)} demandes par jour>"

    @property
    def proposed(self) -> tuple[tuple[str, ...], ...]:
        """Sets of sites that are proposed, the first one first; none where there is a doubt."""
        return () if self.doubt else self.helpful

    @property
    def helpful(self) -> tuple[tuple[str, ...], ...]:
        """
        Sets of sites that would bring somebody nearer, or whose gain is not known.

        Those that count emergency departments lead.
        """
        sets = dict.fromkeys([self.farthest_first, self.best])
        return tuple(sites for sites in sets if not self._useless(sites))

    def gain(self, sites: tuple[str, ...]) -> Gain | None:
        """
        Count what some sites change, emergency departments being open too.

        Parameters
        ----------
        sites : tuple of str
            `best` or `farthest_first`.

        Returns
        -------
        Gain or None
            None where care today is not known.
        """
        if not self.today or sites not in self.gains:
            return None
        table, band = self.gains[sites].to_dict("index"), f"within_{SPOKEN_MINUTES['centre']:g}"
        shares, minutes = (
            (float(table["before"][name]), float(table["after"][name]))
            for name in ("share_" + band, "mean_minutes")
        )
        return Gain(float(table["difference"][band]), shares, minutes)

    @property
    def worthwhile(self) -> tuple[tuple[str, ...], Gain] | None:
        """The first sites proposed, what they change; None if nobody is known to be nearer."""
        for sites in self.proposed[:1]:
            gain = self.gain(sites)
            if gain is not None and gain.people > 0:
                return sites, gain
        return None

    def _useless(self, sites: tuple[str, ...]) -> bool:
        """Whether some sites are known to bring nobody nearer."""
        found = self.gain(sites)
        return found is not None and found.people == 0 and math.isclose(*found.minutes)


def checked_sites(sites: Any) -> int:
    """
    Check a number of centres to open.

    Parameters
    ----------
    sites : object
        A whole number, of numpy or written 2.0 as well.

    Returns
    -------
    int
        From 1 to :data:`MAX_SITES`.

    Raises
    ------
    AskedError
        It is none.

    Examples
    --------
    >>> checked_sites(2.0)
    2
    """
    # True is 1 to Python; to whoever writes it, it is no number of places.
    whole = isinstance(sites, Real) and not isinstance(sites, bool)
    if not whole or sites not in range(1, MAX_SITES + 1):
        raise AskedError(
            f"Il faut de 1 à {MAX_SITES} lieux, et non {quoted(str(sites))}.",
            remedy="écrivez 1, 2 ou 3 ; au-delà, découpez le territoire.",
        )
    return int(sites)


def siting_times(
    field: pd.DataFrame, codes: Sequence[str], *, given: TravelTimes | None = None
) -> dict[Variant, TravelTimes]:
    """
    Travel times between the places of one question, however far apart.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`.
    codes : sequence of str
        Communes of the territory and places of care, in the neighbourhood.
    given : TravelTimes, optional
        Times of the analyst.

    Returns
    -------
    dict of str to TravelTimes
        The three approximations; ``central`` alone for given times.

    Examples
    --------
    >>> field = pd.DataFrame({"lon": [2.0, 3.0], "lat": 48.0}, index=["A", "B"])
    >>> round(float(siting_times(field, ["A", "B"])["central"].minutes.max()))
    82
    """
    if given is not None:
        return {"central": given}
    places = field.loc[list(dict.fromkeys(codes))]
    return approximations(places[places["lon"].notna()], reach=_REACH)


def opening(
    result: Headline,
    field: pd.DataFrame,
    *,
    communes: Sequence[str],
    existing: Sequence[str] = (),
    emergencies: Sequence[str] | None = (),
    apl: pd.Series | None = None,
    given: TravelTimes | None = None,
    sites: int | None = None,
) -> Opening | None:
    """
    Find where to open a centre in a territory.

    Parameters
    ----------
    result : Headline
        Capacity needed by the territory: requests, target, deadline.
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`: lon, lat, population.
    communes : sequence of str
        Communes of the territory: they ask, and are the candidates.
    existing : sequence of str
        Communes with a centre open today.
    emergencies : sequence of str, or None
        Communes of the neighbourhood with an emergency department; None where they are not all
        known: nothing is then said of today's times.
    apl : Series of float, optional
        Published APL by commune, which tilts the demand; NaN unknown.
    given : TravelTimes, optional
        Times of the analyst, instead of approximations.
    sites : int, optional
        New sites, from 1 to :data:`MAX_SITES`; as many as the requests call for if absent.

    Returns
    -------
    Opening or None
        The answer; None where the territory has fewer than two communes that can be compared, or
        where the given times leave pairs of them unknown. Places of care that the times do not
        know do not count.

    Raises
    ------
    AskedError
        `sites` is out of bounds.

    Notes
    -----
    Objective: the fewest minutes for all (p-median), the best set of sites proven or its gap said
    (:mod:`cpts_geo.access.siting.best`). Each site is judged on the same two or more
    allocations.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> field = pd.DataFrame({"lon": [2.0, 2.1, 2.2], "lat": 48.0,
    ...                       "population": [900, 9_000, 90]}, index=["A", "B", "C"])
    >>> found = opening(headline(load_scenarios()["asclepios"]), field, communes=["A", "B", "C"])
    >>> found.best, found.sites_needed
    (('B',), 1)
    """
    sites = None if sites is None else checked_sites(sites)
    scenario = result.scenario
    requests = result.requests_per_day.p50
    capacity = scenario.rules.carries(SITE_SLOTS)
    needed = max(1, math.ceil(requests / capacity - 1e-9))
    known = emergencies is not None
    places = dict.fromkeys([*existing, *(emergencies or ())])
    care = [code for code in places if code in field.index]
    times = siting_times(field, [*communes, *care], given=given)
    care = [code for code in care if code in times["central"].destinations]
    asking = _joined(times["central"], communes, people=field["population"])
    open_now = [code for code in existing if code in care]
    candidates = [code for code in asking if code not in open_now]
    if len(candidates) < 2:
        return None
    reach = times["central"].reach
    matrices = {name: _matrix(each, asking, [*asking, *care]) for name, each in times.items()}
    wanted = min(max(1, needed - len(open_now)), MAX_SITES) if sites is None else sites
    new = min(wanted, len(candidates) - 1)
    people = field.loc[asking, "population"].astype("float64")
    proportional = allocate(requests, people)
    central = matrices["central"]
    try:
        demands = _demands(requests, people, apl=apl)
        stability = None
        if len(demands) > 1:
            stability = sites_by_allocation(
                central, demands, objective="p_median", p=new, existing=open_now,
                candidates=candidates, best=_BEST, seconds=_SECONDS,
            )  # fmt: skip
            solutions = stability.solutions
        else:
            solutions = _nearest_for_all(central, proportional, new, candidates, open_now)
            solutions = solutions.assign(allocation=next(iter(demands)))
        # The first allocation is the proportional one.
        best = _first(solutions)
        others = {
            name: _nearest_for_all(matrix, proportional, new, candidates, open_now)
            for name, matrix in matrices.items()
            if name != "central"
        }
        by_variant = {name: _first(others[name]) if name in others else best for name in matrices}
        asked = [solutions, *others.values()]
        elsewhere = [code for code in candidates if code not in care]
        far = best
        if elsewhere and known:
            count = min(new, len(elsewhere))
            asked.append(_nearest_for_all(central, proportional, count, elsewhere, care))
            far = _first(asked[-1])
    except SitingError:
        # Times given by an analyst may leave pairs unknown: no answer is better than a guess.
        return None
    # Nobody asks where nobody lives: such a commune is left out of nothing.
    lived = [code for code in communes if field.at[code, "population"] != 0]
    return Opening(
        requests_per_day=requests,
        site_slots=SITE_SLOTS,
        site_capacity=capacity,
        sites_needed=needed,
        existing=tuple(open_now),
        today=_nearest_care(central, care) if known else (),
        best=best,
        farthest_first=far,
        solutions=solutions,
        stability=stability,
        by_variant=by_variant,
        gains={s: _gain(central, people, s, care, reach=reach) for s in {best, far} if known},
        emergencies_known=known,
        loads=_loads(central, proportional, [*open_now, *best]),
        left_out=tuple(pd.Index(lived).difference(asking, sort=False)),
        doubt=_doubt(result, solutions, stability),
        gap=max(float(each.loc[each["rank"] == 1, "gap"].max()) for each in asked),
    )


def _doubt(
    result: Headline, solutions: pd.DataFrame, stability: AllocationStability | None
) -> Literal["", "small", "tied"]:
    """Why no site is to be proposed."""
    if result.gp_hours_per_week.p50 < result.scenario.half_day_hours:
        return "small"
    first = solutions[solutions["allocation"] == solutions["allocation"].iloc[0]]
    behind = first["mean_minutes"].iloc[1:2] - first["mean_minutes"].iloc[0]
    moved = stability is not None and _first(solutions) not in stability.common
    return "tied" if moved and (behind < TIE_MINUTES).any() else ""


def _joined(times: TravelTimes, communes: Sequence[str], *, people: pd.Series) -> list[str]:
    """Inhabited communes that roads join to the largest of them."""
    lived = [c for c in communes if c in times.origins and people.get(c, 0) > 0]
    lived = [c for c in lived if c in times.destinations and c not in times.unsnapped]
    if not lived:
        return []
    matrix = minutes_matrix(times, origins=lived, destinations=lived)
    main = str(people[lived].astype("float64").idxmax())
    return list(matrix.index[matrix[main].notna() & matrix.T[main].notna()])


def _matrix(times: TravelTimes, origins: list[str], wanted: list[str]) -> pd.DataFrame:
    """Minutes from communes asking to the places that the times know."""
    known = [code for code in dict.fromkeys(wanted) if code in times.destinations]
    return minutes_matrix(times, origins=origins, destinations=known)


def _first(solutions: pd.DataFrame) -> tuple[str, ...]:
    """The best set of sites of a list of solutions."""
    return tuple(solutions["sites"].iloc[0])


def _nearest_for_all(
    minutes: pd.DataFrame, demand: pd.Series, p: int, candidates: list[str], existing: list[str]
) -> pd.DataFrame:
    """The best sets of sites for the fewest minutes of all (p-median)."""
    return best_sites(
        minutes, demand, objective="p_median", p=p, existing=existing, candidates=candidates,
        best=_BEST, seconds=_SECONDS,
    )  # fmt: skip


def _demands(requests: float, people: pd.Series, *, apl: pd.Series | None) -> dict[str, pd.Series]:
    """Requests by commune, in each way that what is known allows."""
    values = None if apl is None else apl.reindex(people.index)
    if values is None or values[people > 0].isna().all():
        return {"proportionnelle": allocate(requests, people)}
    return allocations(requests, people, apl=values)


def _nearest_care(minutes: pd.DataFrame, care: list[str]) -> tuple[str, ...]:
    """Places of care that are the nearest one of some commune, in their order."""
    known = minutes[[code for code in care if code in minutes]].dropna(how="all")
    nearest = [] if known.empty else list(known.idxmin(axis=1).astype(str))
    return tuple(code for code in care if code in nearest)


def _gain(
    minutes: pd.DataFrame,
    people: pd.Series,
    sites: tuple[str, ...],
    care: list[str],
    *,
    reach: float,
) -> pd.DataFrame:
    """Before and after; a site where care is already changes no time."""
    known = [code for code in care if code in minutes]
    return coverage_gain(
        minutes,
        people,
        sites=[code for code in sites if code not in known],
        existing=known,
        reach=reach,
    )


def _loads(minutes: pd.DataFrame, demand: pd.Series, sites: list[str]) -> pd.Series:
    """Requests per opening day of each site if everyone goes to the nearest one."""
    nearest = minutes[sites].idxmin(axis=1)
    return demand.groupby(nearest).sum().reindex(sites, fill_value=0.0)
