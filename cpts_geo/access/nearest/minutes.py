"""Minutes to the nearest GP and emergency department, for the communes of territories.

From the analyst's own table of times where there is one; else approximate, by the distance
between town halls, in three variants. Where Insee's 200 m cells were fetched, their times stand
beside. Care outside the territory counts: people cross its limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.access.nearest._proximity import nearest
from cpts_geo.access.nearest.published import care_on_the_spot
from cpts_geo.access.nearest.reached import NEAR_SHARE, time_reached
from cpts_geo.access.travel.surrogate import FACTOR_COLUMNS, LAWS, Variant, surrogate_times
from cpts_geo.access.travel.times import TravelTimes, listed
from cpts_geo.errors import TravelError
from cpts_geo.schema import COLUMNS, FACILITIES, Status, newest_vintage, status_column
from cpts_geo.settings import COG_YEAR, MIN_COVERAGE_RATE, MINUTES_BANDS

#: Minutes looked at around a territory: an hour is beyond any rota.
_REACH: Final = 45.0
_FIELD: Final = ["code_insee", "name", "lon", "lat", "population", "split_family"]


def neighbourhood(
    communes: pd.DataFrame,
    national: pd.DataFrame,
    *,
    figures: pd.DataFrame,
    factors: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Gather the communes of territories and those around, as far as access looks.

    Parameters
    ----------
    communes : DataFrame
        Communes of the territories: code_insee.
    national : DataFrame
        All communes: code_insee, name, departement, lon, lat, population, split_family.
    figures : DataFrame
        Figures of communes; those of a commune that is not there are unknown.
    factors : DataFrame, optional
        Factors of approximate times by département, from
        :func:`cpts_geo.sources.embedding.embedded.load_travel_factors`.

    Returns
    -------
    DataFrame
        By code_insee, in the order of `national`: the columns above but the département, every
        figure, NaN unknown, and where factors are given those of
        :data:`cpts_geo.access.travel.surrogate.FACTOR_COLUMNS`.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    >>> found = neighbourhood(members, embedded.load_communes(), figures=embedded.load_figures())
    >>> bool(members["code_insee"].isin(found.index).all()), len(found) > 300
    (True, True)
    """
    inside = national["code_insee"].isin(communes["code_insee"])
    near = _around(national, inside, km=_widest(factors))
    held = None
    if factors is not None:
        # The fastest of France set how far to look; those found set how far is enough.
        found = factors.loc[national.loc[near, "departement"].unique()]
        near = _around(national, inside, km=_widest(found))
        held = factors.loc[national.loc[near, "departement"], list(FACTOR_COLUMNS.values())]
    field = pd.DataFrame(national.loc[near, _FIELD])
    if held is not None:
        field = field.join(held.set_axis(field.index))
    return field.merge(figures, on="code_insee", how="left", validate="1:1").set_index("code_insee")


def _widest(factors: pd.DataFrame | None) -> float:
    """Kilometres that the fastest variant of the times reaches."""
    if factors is None:
        return max(law.distance(_REACH) for law in LAWS.values())
    return LAWS["central"].distance(_REACH / float(factors[FACTOR_COLUMNS["low"]].min()))


def _around(national: pd.DataFrame, inside: pd.Series, *, km: float) -> np.ndarray:
    """Communes inside, and those that may be within some kilometres of them."""
    near = inside.to_numpy(copy=True)
    # Degrees are enough to choose candidates: a little too many do no harm.
    for _, part in national[inside & national["lon"].notna()].groupby("departement"):
        margin = km / 111.0
        wide = margin / np.cos(np.radians(part["lat"].abs().max()))
        near |= (
            national["lat"].between(part["lat"].min() - margin, part["lat"].max() + margin)
            & national["lon"].between(part["lon"].min() - wide, part["lon"].max() + wide)
        ).to_numpy()
    return near


def travel_variants(
    field: pd.DataFrame, *, given: TravelTimes | None = None
) -> dict[Variant, TravelTimes]:
    """
    Give the travel times of a neighbourhood: the analyst's, or the three approximations.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`neighbourhood`.
    given : TravelTimes, optional
        Times of the analyst, with communes of the neighbourhood as origins and destinations.

    Returns
    -------
    dict of str to TravelTimes
        ``low``, ``central`` and ``high`` approximations; ``central`` alone for given times.

    Raises
    ------
    TravelError
        Given times that know no commune of the neighbourhood.

    Examples
    --------
    >>> field = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0}, index=["45001", "45002"])
    >>> [round(float(t.minutes.max()), 1) for t in travel_variants(field).values()]
    [9.9, 11.9, 14.4]
    """
    if given is not None:
        if not given.origins.isin(field.index).any():
            raise TravelError(
                "La table des temps de trajet ne parle pas de ce territoire.",
                defects=[f"origines de la table : {listed(given.origins)}"],
                remedy="donnez une table dont les codes sont ceux des communes (Insee, COG "
                f"{COG_YEAR}).",
            )
        return {"central": given}
    return approximations(field, reach=_REACH)


def approximations(places: pd.DataFrame, *, reach: float) -> dict[Variant, TravelTimes]:
    """
    Approximate the times between places, in each variant.

    Parameters
    ----------
    places : DataFrame
        lon, lat (degrees) by code; a place without them is ``unsnapped``; factors where
        :func:`neighbourhood` was given some.
    reach : float
        Minutes up to which pairs are given.

    Returns
    -------
    dict of str to TravelTimes
        ``low``, ``central`` and ``high``.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0}, index=["45001", "45002"])
    >>> list(approximations(places, reach=20.0))
    ['low', 'central', 'high']
    """
    return {
        name: surrogate_times(
            places, reach=reach, variant=name, factors=places.get(FACTOR_COLUMNS[name])
        )
        for name in LAWS
    }


def facility_counts(field: pd.DataFrame, facility: str) -> tuple[int, pd.Series] | None:
    """
    Find the newest count of a facility known somewhere in a neighbourhood.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`neighbourhood`.
    facility : {"gp", "emergency"}
        Facility of :data:`cpts_geo.schema.FACILITIES`.

    Returns
    -------
    tuple of int and Series, or None
        Vintage and counts by commune (NaN unknown); None where none is known.

    Examples
    --------
    >>> field = pd.DataFrame({"gps_2017": [2.0, 0.0], "gps_2025": np.nan}, index=["A", "B"])
    >>> facility_counts(field, "gp")[0]
    2017
    """
    name = newest_vintage(FACILITIES[facility].counts, field.columns[field.notna().any()])
    return None if name is None else (int(COLUMNS[name].vintage), field[name])


def minutes_to_care(field: pd.DataFrame, variants: Mapping[Variant, TravelTimes]) -> pd.DataFrame:
    """
    Compute the minutes from each commune to the nearest commune with each facility.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`neighbourhood`.
    variants : mapping of str to TravelTimes
        Result of :func:`travel_variants` for the same neighbourhood.

    Returns
    -------
    DataFrame
        One row a (code_insee, facility, variant): site (code), minutes (NaN unknown, or farther
        than the reach), known, reach, column (of the schema), on_spot. Where the times reach no
        place of care, and do not know them all, how far it is is not known; on_spot are 0 minutes
        where no GP that is counted is reached, and some care is all the same
        (:func:`cpts_geo.access.nearest.published.care_on_the_spot`).

    Examples
    --------
    >>> field = pd.DataFrame({"lon": [2.0, 2.1], "lat": 48.0, "gps_2017": [2.0, 0.0]}, ["A", "B"])
    >>> table = minutes_to_care(field, travel_variants(field))
    >>> table[table["variant"] == "central"]["minutes"].round(1).tolist(), set(table["column"])
    ([0.0, 11.9], {'gp_minutes_approx_2017'})
    """
    blocks = []
    spot = care_on_the_spot(field)
    for facility in FACILITIES:
        found = facility_counts(field, facility)
        if found is None:
            continue
        vintage, counts = found
        for variant, times in variants.items():
            near = nearest(times, counts.reindex(times.destinations))
            # A table of a territory alone says nothing of the hospital beside it.
            if (counts.drop(times.destinations, errors="ignore") != 0).any():
                near["known"] &= near["minutes"].notna()
            mine = near["minutes"].isna() & near.index.isin(spot) & (facility == "gp")
            near["site"] = near["site"].mask(mine, near.index.to_series())
            near["minutes"] = near["minutes"].mask(mine, 0.0)
            near["known"] |= mine
            blocks.append(
                near.rename_axis("code_insee").reset_index().assign(
                    facility=facility,
                    variant=variant,
                    reach=times.reach,
                    column=times.series.column(facility, vintage),
                    on_spot=mine.to_numpy(),
                )
            )  # fmt: skip
    columns = ["code_insee", "facility", "variant", "site", "minutes", "known", "reach", "column"]
    columns += ["on_spot"]
    if not blocks:
        return pd.DataFrame(columns=columns)
    return pd.concat(blocks, ignore_index=True)[columns]


def minutes_columns(care: pd.DataFrame, codes: pd.Series, *, status: Status) -> pd.DataFrame:
    """
    Lay the central minutes out as columns of communes, with their status.

    Parameters
    ----------
    care : DataFrame
        Result of :func:`minutes_to_care`.
    codes : Series of str
        Communes wanted.
    status : Status
        How the times are known.

    Returns
    -------
    DataFrame
        On the index of `codes`: each column of the schema and its status, ``unknown`` where NaN
        (farther than the reach included: the number of minutes is not known).

    Examples
    --------
    >>> care = pd.DataFrame({"code_insee": ["A"], "variant": "central", "minutes": [4.0],
    ...                      "column": "gp_minutes_approx_2017"})
    >>> minutes_columns(care, pd.Series(["A", "B"]), status=Status.ESTIMATED).iat[1, 1]
    'unknown'
    """
    central = care[care["variant"] == "central"]
    wide = {
        str(name): codes.map(part.set_index("code_insee")["minutes"]).astype("float64")
        for name, part in central.groupby("column", sort=False)
    }
    return with_status(wide, codes.index, status=status)


def with_status(
    columns: Mapping[str, pd.Series], index: pd.Index, *, status: Status
) -> pd.DataFrame:
    """
    Put its status beside each column.

    Parameters
    ----------
    columns : mapping of str to Series
        Values by name of column, on `index`.
    index : Index
        Rows wanted, where there may be no column.
    status : Status
        How the values that are there are known.

    Returns
    -------
    DataFrame
        Each column and its status, ``unknown`` where the value is NaN.

    Examples
    --------
    >>> values = pd.Series([4.0, np.nan])
    >>> table = with_status({"minutes": values}, values.index, status=Status.ESTIMATED)
    >>> table["minutes_status"].tolist()
    ['estimated', 'unknown']
    """
    wide: dict[str, pd.Series] = {}
    for name, values in columns.items():
        known = pd.Series(status.value, index=index)
        wide[name] = values
        wide[status_column(name)] = known.where(values.notna(), Status.UNKNOWN.value)
    return pd.DataFrame(wide, index=index)


def coverage_by_variant(care: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """
    Count the people of a territory within each of ``settings.MINUTES_BANDS`` of each facility.

    "Within 10 minutes" holds 10 itself; whole communes are counted, from one point each. What
    is within a time that the travel times do not reach is unknown while someone is beyond them.

    Parameters
    ----------
    care : DataFrame
        Result of :func:`minutes_to_care`.
    people : Series of float
        People of the territory by commune.

    Returns
    -------
    DataFrame
        One row a (facility, variant, minutes): people, share (of those whose time is known; NaN
        where that is under nine in ten: the others could change it), unknown (people whose time is
        not), beyond (people farther than the reach, or that no road joins to care), mean_minutes
        and p90_minutes (weighed by people; NaN where more than a tenth, or anyone for the mean, is
        beyond or unknown), worst_minutes, worst (code; the farthest known, where there is a
        share), column.

    Examples
    --------
    >>> care = pd.DataFrame({"code_insee": ["A", "B"], "facility": "gp", "variant": "central",
    ...                      "site": "A", "minutes": [0.0, 12.0], "known": True, "reach": 45.0,
    ...                      "column": "gp_minutes_approx_2017"})
    >>> coverage_by_variant(care, pd.Series({"A": 300.0, "B": 100.0}))["share"].tolist()
    [0.75, 1.0, 1.0, 1.0]
    """
    blocks = []
    keys = ["facility", "variant"]
    total = float(people.sum())
    for (facility, variant), part in care.groupby(keys, sort=False):
        near = part.set_index("code_insee").reindex(people.index)
        known = near["known"].fillna(False).astype(bool)
        counted = people.where(known, 0.0).fillna(0.0)
        within = pd.Series(
            {band: float(counted[near["minutes"] <= band].sum()) for band in MINUTES_BANDS}
        )
        beyond = float(people[known & near["minutes"].isna()].sum())
        if beyond:
            within = within.where(within.index <= part["reach"].iloc[0])
        unknown = float(people[~known].sum())
        spread = _spread_of(near["minutes"], people)
        share = within / counted.sum() if counted.sum() > 0 else np.nan
        if total - unknown < MIN_COVERAGE_RATE * total:
            share = np.nan
            spread |= {"worst_minutes": np.nan, "worst": ""}
        blocks.append(
            pd.DataFrame({"minutes": within.index, "people": within, "share": share}).assign(
                facility=str(facility),
                variant=str(variant),
                unknown=unknown,
                beyond=beyond,
                column=part["column"].iloc[0],
                **spread,
            )
        )
    names = [*keys, "minutes", "people", "share", "unknown", "beyond", "mean_minutes"]
    names += ["p90_minutes", "worst_minutes", "worst", "column"]
    return pd.concat(blocks, ignore_index=True)[names] if blocks else pd.DataFrame(columns=names)


def _spread_of(minutes: pd.Series, people: pd.Series) -> dict[str, Any]:
    """Mean, ninth decile and worst, over the people; what is beyond the table stands last."""
    asking = people[people > 0]
    times = minutes[asking.index]
    mean = p90 = worst_minutes = np.nan
    worst = ""
    if len(asking):
        p90 = time_reached(times, asking, share=NEAR_SHARE)
    if times.notna().any():
        worst, worst_minutes = str(times.idxmax()), float(times.max())
        if times.notna().all():
            mean = float((times * asking).sum() / asking.sum())
    return {
        "mean_minutes": mean,
        "p90_minutes": p90,
        "worst_minutes": worst_minutes,
        "worst": worst,
    }
