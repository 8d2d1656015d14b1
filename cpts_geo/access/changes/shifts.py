"""Changes of supply on a territory: APL before and after, and the communes that cross 2.5.

The published APL moved by :mod:`cpts_geo.access.changes.change`, for each variant of the travel
times: a shift is given with its extremes over them, and is never a measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpts_geo.access.catchments.sharing import Catchments, catchments
from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.access.changes.change import Change, apl_shift, crossings
from cpts_geo.access.nearest.minutes import facility_counts
from cpts_geo.access.travel.surrogate import (
    FACTOR_COLUMNS,
    Variant,
    approached_minutes,
    great_circle_km,
)
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import ScenarioError
from cpts_geo.schema import COLUMNS, newest_vintage
from cpts_geo.settings import SHIFT_BREAKS
from cpts_geo.sources.lands import land_of


@dataclass(frozen=True)
class Basins:
    """
    What changes of supply in a neighbourhood share: published APL, people, catchments.

    Parameters
    ----------
    vintage : int
        Vintage of the APL.
    apl, people : Series of float
        Published APL and standardised people by commune, NaN unknown.
    shared : dict of str to Catchments
        Catchments by variant of the travel times.
    """

    vintage: int
    apl: pd.Series
    people: pd.Series
    shared: dict[Variant, Catchments]

    def reaches(self, code: str) -> bool:
        """
        Say whether the supply of a commune can be shifted.

        Parameters
        ----------
        code : str
            INSEE code.

        Returns
        -------
        bool
            Whether the travel times know the commune, and bring people to it.
        """
        return all(
            code in shared.travel.destinations
            and bool(shared.people[shared.travel.destinations.get_loc(code)] != 0)
            for shared in self.shared.values()
        )


@dataclass(frozen=True)
class Shift:
    """
    What changes of supply do to a territory.

    Parameters
    ----------
    title : str
        French name, short: what happens and where.
    changes : tuple of Change
        What is supposed.
    vintage : int
        Vintage of the APL it moves.
    communes : DataFrame
        By commune of the territory: before (published APL), shift, after (at least 0), low and
        high (extreme shifts over the variants of the travel times); NaN unknown.
    crossing : DataFrame
        Communes that cross 2.5 under some variant of the times, from
        :func:`cpts_geo.access.changes.change.crossings`: before, after (central), direction,
        central (whether they do with the central times), sure (whether with every variant), people
        (standardised).
    counts : DataFrame
        By variant: falls and rises, the number of communes that cross 2.5.
    means : DataFrame
        By variant: before, after (means of the territory weighed by its standardised people;
        NaN where one of them is unknown).
    """

    title: str
    changes: tuple[Change, ...]
    vintage: int
    communes: pd.DataFrame
    crossing: pd.DataFrame
    counts: pd.DataFrame
    means: pd.DataFrame

    @property
    def touched(self) -> list[str]:
        """Communes whose APL is seen to move, the most touched first, then those of changes."""
        size = self.communes["shift"].abs()
        seen = size[size > SHIFT_BREAKS[0]].round(9).rename("size").to_frame()
        own = {change.code for change in self.changes}
        seen["own"] = [code in own for code in seen.index]
        order = seen.sort_values(["size", "own"], ascending=False, kind="stable")
        return [str(code) for code in order.index]

    @property
    def seen(self) -> bool:
        """Whether the APL of the territory is known, and seen to move as written."""
        before, after = self.mean
        return abs(after - before) > SHIFT_BREAKS[0]

    @property
    def mean(self) -> tuple[float, float]:
        """APL of the territory before and after, with the central times; NaN unknown."""
        central = self.means.to_dict("index")["central"]
        return float(central["before"]), float(central["after"])


def basins(field: pd.DataFrame, variants: Mapping[Variant, TravelTimes]) -> Basins | None:
    """
    Prepare the shifts of a neighbourhood.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`.
    variants : mapping of str to TravelTimes
        Travel times of its communes.

    Returns
    -------
    Basins or None
        At the newest APL that some commune has; None where none has one, or where the times stop
        short of the 20 minutes of a basin.

    Examples
    --------
    >>> from cpts_geo.access.nearest.minutes import travel_variants
    >>> field = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0, "population": [900, 90],
    ...                       "split_family": None, "apl_2023": [2.0, 3.0],
    ...                       "standardised_population_2023": [900.0, 95.0]}, index=["A", "B"])
    >>> basins(field, travel_variants(field)).vintage
    2023
    """
    apl = newest_vintage("apl", field.columns[field.notna().any()])
    short = any(times.reach < APL_WEIGHT.reach for times in variants.values())
    if short or apl is None:
        return None
    people = _counted_once(field, field[COLUMNS[apl].weight])
    shared: dict[Variant, Catchments] = {
        name: catchments(times, people.reindex(times.origins), weight=APL_WEIGHT)
        for name, times in variants.items()
    }
    return Basins(int(COLUMNS[apl].vintage), field[apl], people, shared)


def shift_of(
    basis: Basins, changes: Sequence[Change], *, title: str, communes: Sequence[str]
) -> Shift:
    """
    Compute what changes of supply do to a territory.

    Parameters
    ----------
    basis : Basins
        Result of :func:`basins`.
    changes : sequence of Change
        What happens, anywhere in the neighbourhood.
    title : str
        French name of these changes, short.
    communes : sequence of str
        Communes of the territory.

    Returns
    -------
    Shift
        Before, after, and the communes that cross 2.5.

    Raises
    ------
    TableError
        A commune that the travel times do not know, or that nobody reaches.

    Examples
    --------
    >>> from cpts_geo.access.nearest.minutes import travel_variants
    >>> field = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0, "population": [900, 90],
    ...                       "split_family": None, "apl_2023": [2.0, 2.4],
    ...                       "standardised_population_2023": [9000.0, 950.0]}, index=["A", "B"])
    >>> new = Change("A", 5400.0, "arrival", "un médecin s’installe")
    >>> basis = basins(field, travel_variants(field))
    >>> found = shift_of(basis, [new], title="essai", communes=["A", "B"])
    >>> found.communes["shift"].round(2).tolist(), list(found.crossing.index)
    ([0.56, 0.37], ['A', 'B'])
    """
    codes = list(communes)
    shifts = pd.DataFrame(
        {name: apl_shift(shared, changes).reindex(codes) for name, shared in basis.shared.items()}
    )
    before, people = basis.apl.reindex(codes), basis.people.reindex(codes)
    # Travel times that are not the DREES' could take away more than there is.
    after = shifts.add(before, axis=0).clip(lower=0.0)
    table = pd.DataFrame(
        {
            "before": before,
            "shift": shifts["central"],
            "after": after["central"],
            "low": shifts.min(axis=1, skipna=False),
            "high": shifts.max(axis=1, skipna=False),
        }
    )
    crossed = {str(name): crossings(before, values)["direction"] for name, values in after.items()}
    means = pd.DataFrame(
        {
            name: {"before": _mean(before, people), "after": _mean(values, people)}
            for name, values in after.items()
        }
    ).T
    return Shift(
        title=title,
        changes=tuple(changes),
        vintage=basis.vintage,
        communes=table,
        crossing=_crossing(table, crossed, people=people),
        counts=pd.DataFrame({name: found.value_counts() for name, found in crossed.items()})
        .reindex(["falls", "rises"])
        .fillna(0)
        .astype(int)
        .T,
        means=means,
    )


def people_missing(code: str, field: pd.DataFrame, *, origins: pd.Index) -> pd.Series:
    """
    Find the inhabited communes near a place that travel times do not have.

    Parameters
    ----------
    code : str
        Commune of a change.
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`.
    origins : Index of str
        Communes that the travel times leave from.

    Returns
    -------
    Series of float
        People of the communes within 20 minutes by the fastest approximation and not in
        `origins`: they would share a catchment that does not see them, and a shift without them
        is too large.

    Examples
    --------
    >>> field = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0, "population": [900, 90]}, ["A", "B"])
    >>> people_missing("A", field, origins=pd.Index(["A"])).to_dict()
    {'B': 90}
    """
    here = field.loc[code]
    km = great_circle_km(here["lon"], here["lat"], field["lon"], field["lat"])
    column = FACTOR_COLUMNS["low"]
    factors = None
    if column in field:
        values = field[column].astype("float64")
        factors = ((values + values[code]) / 2).to_numpy(dtype=np.float64)
    near = approached_minutes(km, variant="low", factors=factors) < APL_WEIGHT.reach
    land = land_of(field.index)
    near &= land == land[field.index.get_loc(code)]
    return field.loc[near & ~field.index.isin(origins) & (field["population"] > 0), "population"]


def largest_practice(communes: pd.DataFrame) -> str | None:
    """
    Find the commune of a territory where most GPs practise.

    Parameters
    ----------
    communes : DataFrame
        Communes of the territory: code_insee and ``gps_YYYY``, NaN unknown.

    Returns
    -------
    str or None
        Code, the first in order where several have as many, by the newest count known; None
        where no GP is known.

    Examples
    --------
    >>> largest_practice(pd.DataFrame({"code_insee": ["A", "B"], "gps_2017": [1.0, 3.0]}))
    'B'
    """
    found = facility_counts(communes.set_index("code_insee"), "gp")
    counts = pd.Series(dtype=float) if found is None else found[1]
    return str(counts.idxmax()) if counts.max() > 0 else None


def check_departures(changes: Sequence[Change], gps: pd.Series, *, names: pd.Series) -> None:
    """
    Refuse the departure of a doctor from where there is none.

    Parameters
    ----------
    changes : sequence of Change
        What is supposed, each alone.
    gps : Series of float
        GPs by commune, NaN unknown.
    names : Series of str
        Names of the communes.

    Raises
    ------
    ScenarioError
        A GP leaves, or cuts hours in, a commune that has none; lists them all.

    Examples
    --------
    >>> from cpts_geo.access.changes.change import gp_leaves
    >>> gps, names = pd.Series({"45252": 11.0}), pd.Series({"45252": "Pithiviers"})
    >>> check_departures([gp_leaves("45252")], gps, names=names)
    """
    losing = dict.fromkeys(c.code for c in changes if c.kind in ("departure", "fewer_hours"))
    short = [f"{names[code]} ({code})" for code in losing if gps.get(code, np.nan) < 1]
    if short:
        raise ScenarioError(
            "Un médecin ne peut pas partir d’où il n’y en a pas, ni y réduire son activité.",
            defects=[f"aucun médecin généraliste : {listed(short)}"],
            remedy="choisissez une commune qui a un généraliste (colonne Généralistes de la table "
            "des communes).",
        )


def _crossing(
    table: pd.DataFrame, crossed: Mapping[str, pd.Series], *, people: pd.Series
) -> pd.DataFrame:
    """Communes that cross under some variant, and how sure it is."""
    every = pd.concat(crossed.values())
    direction = every[~every.index.duplicated()]
    codes = [code for code in table.index if code in direction.index]
    times = every.index.value_counts()
    return pd.DataFrame(
        {
            "before": table["before"].reindex(codes),
            "after": table["after"].reindex(codes),
            "direction": direction.reindex(codes),
            "central": [code in crossed["central"].index for code in codes],
            "sure": [times[code] == len(crossed) for code in codes],
            "people": people.reindex(codes),
        },
        index=codes,
    )


def _counted_once(field: pd.DataFrame, people: pd.Series) -> pd.Series:
    """People of catchments: nobody where nobody lives, or where another commune holds them."""
    empty = people.isna() & (field["population"] == 0)
    # A commune restored since the figure: its people are counted in the one it left.
    first = (
        field["split_family"]
        .astype("object")
        .map(lambda codes: str(codes).split()[0], na_action="ignore")
    )
    held = people.isna() & first.notna() & first.map(people).notna().fillna(False)
    return people.mask(empty | held, 0.0)


def _mean(values: pd.Series, people: pd.Series) -> float:
    """Mean weighed by people, of the communes that have some; NaN where anything is unknown."""
    lived = people != 0
    if values[lived].isna().any() or people.isna().any() or not people.sum() > 0:
        return float("nan")
    return float((values[lived] * people[lived]).sum() / people.sum())
