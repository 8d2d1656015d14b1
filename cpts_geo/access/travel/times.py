"""Minutes by car from where people live to where care is: one object, checked at the door.

A pair is directed: from the commune of residence (origin) to the commune of practice
(destination); the two ways may differ and are kept apart. A pair that is absent is slower than
the table's reach; a place that no road reaches is ``unsnapped``, and what concerns it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from cpts_geo.access.travel._sparse import Coded, coded, csr
from cpts_geo.errors import TravelError, one_line
from cpts_geo.french import counted, number
from cpts_geo.schema import APPROX, Status, TravelSeries

_COLUMNS = ("origin", "destination", "minutes")
#: Codes shown in a message before the rest is counted.
_SHOWN = 8


@dataclass(frozen=True)
class TravelTimes:
    """
    Travel times between places; make one with :func:`travel_times`.

    Parameters
    ----------
    origins, destinations : Index of str
        Codes of the places people leave from and go to, unique.
    minutes : csr_array
        Minutes, origins by destinations; what is not stored is slower than `reach`. A stored 0
        is a time.
    reach : float
        Every pair up to this many minutes is there; ``inf`` where all pairs are.
    label : str
        French words on what they are, for captions.
    source, grade : str
        Where they come from, and the trust it deserves (A to D).
    unsnapped : tuple of str
        Origins or destinations without a road: their times are unknown.
    series : TravelSeries
        What they are: approximations, an analyst's table, or computed on the roads given.
    status : Status
        How the times are known.
    """

    origins: pd.Index
    destinations: pd.Index
    minutes: csr_array
    reach: float
    label: str
    source: str
    grade: str
    unsnapped: tuple[str, ...] = ()
    series: TravelSeries = APPROX
    status: Status = Status.ESTIMATED

    @property
    def given(self) -> bool:
        """Whether an analyst gave them, or the roads they come from."""
        return bool(self.series.held_by)

    def pairs(self) -> pd.DataFrame:
        """
        Give the pairs as a table.

        Returns
        -------
        DataFrame
            origin, destination, minutes; one row a pair that is stored.
        """
        rows = np.repeat(np.arange(len(self.origins)), np.diff(self.minutes.indptr))
        return pd.DataFrame(
            {
                "origin": self.origins.to_numpy()[rows],
                "destination": self.destinations.to_numpy()[self.minutes.indices],
                "minutes": self.minutes.data,
            }
        )


def travel_times(
    pairs: pd.DataFrame,
    *,
    label: str,
    source: str,
    grade: str = "B",
    reach: float | None = None,
    diagonal: float | None = None,
    unsnapped: Sequence[str] = (),
    series: TravelSeries = APPROX,
) -> TravelTimes:
    """
    Make travel times of a table of pairs.

    Parameters
    ----------
    pairs : DataFrame
        origin, destination (codes) and minutes (>= 0, finite); an absent pair is slower than
        `reach`, the same one twice with the same time counts once.
    label, source, grade : see there
        As in :class:`TravelTimes`.
    reach : float, optional
        Minutes up to which the table holds every pair; by default, ``inf`` for a table that holds
        every pair of its codes, else its longest time.
    diagonal : float, optional
        Minutes within a place that has no pair with itself (0 is the convention of Insee's METRIC);
        None refuses such a table.
    unsnapped : sequence of str
        Codes that the router could not put on a road; no pair but each one's own.
    series : TravelSeries
        As in :class:`TravelTimes`.

    Returns
    -------
    TravelTimes
        Codes in order of first appearance (the same order for both where they are the same),
        unsnapped ones last.

    Raises
    ------
    TravelError
        Column missing; minutes missing, negative or infinite; two times for one pair; a place
        without its own pair; times to or from an unsnapped place; lists every defect.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"origin": ["A", "B"], "destination": ["B", "A"], "minutes": [12.0, 13.5]}
    ... )
    >>> times = travel_times(table, label="essai", source="exemple", diagonal=0.0)
    >>> times.pairs()["minutes"].tolist(), times.reach
    ([0.0, 12.0, 13.5, 0.0], inf)
    """
    missing = [name for name in _COLUMNS if name not in pairs]
    if missing:
        raise _refused([f"colonne absente : {', '.join(missing)}"])
    # Codes and minutes are read before rows are compared: 1 and "1", 5 and "5.0" are the same.
    ends = coded(pairs["origin"]), coded(pairs["destination"])
    minutes = pd.to_numeric(pairs["minutes"], errors="coerce").to_numpy("float64", na_value=np.nan)
    away = pd.Index([str(code) for code in unsnapped], dtype="str")
    defects: list[str] = []
    if not _plain(ends, minutes, away):
        table = pd.DataFrame(
            {"origin": ends[0].texts(), "destination": ends[1].texts(), "minutes": minutes}
        ).drop_duplicates()
        defects = _defects(table, away)
        ends = coded(table["origin"]), coded(table["destination"])
        minutes = table["minutes"].to_numpy()
    start, end = ends
    origins, destinations = start.codes, end.codes
    if origins.symmetric_difference(destinations).empty:
        destinations = origins
    places = origins.get_indexer(end.codes)
    # An absent code has a defect already, and is no place.
    own = (end.at >= 0) & (places[end.at] == start.at)
    alone = origins.intersection(destinations, sort=False)
    alone = alone.difference(origins[np.unique(start.at[own])], sort=False)
    alone = alone.difference(away, sort=False)
    if len(alone) and diagonal is None:
        defects.append(
            f"{counted(len(alone), 'lieu', 'lieux')} sans temps vers lui-même (diagonale) : "
            f"{listed(alone)}"
        )
    if reach is not None and not reach > 0:
        defects.append(f"reach = {reach} : minutes au-dessus de 0 attendues")
    if diagonal is not None and not (np.isfinite(diagonal) and diagonal >= 0):
        defects.append(f"diagonal = {diagonal} : minutes positives ou nulles attendues")
    if defects:
        raise _refused(defects)
    rows = origins.append(away.difference(origins, sort=False))
    columns = destinations.append(away.difference(destinations, sort=False))
    positions = start.at, destinations.get_indexer(end.codes)[end.at]
    if len(alone):
        minutes = np.append(minutes, np.full(len(alone), float(diagonal or 0.0)))
        inner = origins.get_indexer(alone), destinations.get_indexer(alone)
        positions = np.append(positions[0], inner[0]), np.append(positions[1], inner[1])
    complete = len(minutes) == len(origins) * len(destinations)
    longest = float(minutes.max()) if len(minutes) else 0.0
    matrix = csr(minutes, *positions, shape=(len(rows), len(columns)))
    matrix.sort_indices()
    return TravelTimes(
        origins=rows,
        destinations=columns,
        minutes=matrix,
        reach=float(reach) if reach is not None else np.inf if complete else longest,
        label=label,
        source=source,
        grade=grade,
        unsnapped=tuple(away),
        series=series,
    )


def minutes_matrix(
    travel: TravelTimes, *, origins: Sequence[str], destinations: Sequence[str]
) -> pd.DataFrame:
    """
    Lay travel times out as a matrix, for few places.

    Parameters
    ----------
    travel : TravelTimes
        Travel times.
    origins, destinations : sequence of str
        Codes wanted, in order.

    Returns
    -------
    DataFrame
        Minutes, origins by destinations; NaN where the pair is slower than the reach, or unknown.

    Raises
    ------
    TravelError
        Codes that the travel times do not know.

    Examples
    --------
    >>> table = pd.DataFrame({"origin": ["A"], "destination": ["B"], "minutes": [7.0]})
    >>> times = travel_times(table, label="essai", source="exemple")
    >>> minutes_matrix(times, origins=["A"], destinations=["B"]).loc["A", "B"]
    np.float64(7.0)
    """
    known = (
        ("origine", travel.origins, origins),
        ("destination", travel.destinations, destinations),
    )
    defects = [
        f"{word} inconnue des temps de trajet : {listed(lost)}"
        for word, index, wanted in known
        if len(lost := pd.Index(list(wanted), dtype="str").difference(index, sort=False))
    ]
    if defects:
        raise TravelError(
            "La matrice des temps de trajet ne peut pas être donnée.",
            defects=defects,
            remedy="demandez des lieux de la table des temps, par leur code.",
        )
    rows = travel.origins.get_indexer(pd.Index(list(origins)))
    columns = travel.destinations.get_indexer(pd.Index(list(destinations)))
    block = travel.minutes[rows][:, columns].tocoo()
    values = np.full((len(rows), len(columns)), np.nan)
    values[block.row, block.col] = block.data
    return pd.DataFrame(values, index=list(origins), columns=list(destinations))


def listed(codes: Iterable[object]) -> str:
    """
    Write codes for a message: the first ones, then how many more.

    Parameters
    ----------
    codes : iterable
        Codes.

    Returns
    -------
    str
        Codes joined by commas.

    Examples
    --------
    >>> listed(["45019", "45024"])
    '45019, 45024'
    """
    every = [one_line(str(code)) for code in codes]
    more = f" et {number(len(every) - _SHOWN)} de plus" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def _plain(ends: tuple[Coded, Coded], minutes: npt.NDArray[np.float64], away: pd.Index) -> bool:
    """Whether every row is one pair of two codes with a time, none of a place without a road."""
    start, end = ends
    if not all((each.at >= 0).all() for each in ends) or not (minutes >= 0).all():
        return False
    if np.isinf(minutes).any() or any(away.isin(each.codes).any() for each in ends if len(away)):
        return False
    laid = csr(minutes, start.at, end.at, shape=(len(start.codes), len(end.codes)))
    laid.sort_indices()
    same = np.diff(laid.indices) == 0
    same[laid.indptr[1:-1] - 1] = False
    return not same.any()


def _defects(table: pd.DataFrame, away: pd.Index) -> list[str]:
    """Every row that is no pair of two codes with a time."""

    def shown(rows: pd.Series) -> str:
        found = table[rows.to_numpy()]
        return listed(
            f"{a} → {b}" for a, b in zip(found["origin"], found["destination"], strict=True)
        )

    minutes, own = table["minutes"], table["origin"] == table["destination"]
    roadless = table["origin"].isin(away) | table["destination"].isin(away)
    nameless = table["origin"].isna() | table["destination"].isna()
    twice = table.duplicated(["origin", "destination"], keep=False)
    rules = (
        (nameless, "code d’origine ou de destination absent"),
        (minutes.isna(), "minutes absentes ou qui ne sont pas un nombre (une paire sans temps "
                         "n’a pas de ligne)"),
        (minutes < 0, "minutes négatives"),
        (np.isinf(minutes) & (minutes > 0), "minutes infinies"),
        (twice & ~nameless, "plusieurs temps pour une même paire"),
        (roadless & ~own, "temps vers ou depuis un lieu dit sans route"),
    )  # fmt: skip
    return [f"{text} : {shown(rows)}" for rows, text in rules if rows.any()]


def _refused(defects: Sequence[str]) -> TravelError:
    """Error that lists what is wrong with a table of pairs."""
    return TravelError(
        "Les temps de trajet ne peuvent pas être utilisés.",
        defects=defects,
        remedy="donnez une ligne par paire (origin, destination, minutes), en minutes positives, "
        "chaque paire une fois ; diagonal=0.0 complète le temps d’un lieu vers lui-même.",
    )
