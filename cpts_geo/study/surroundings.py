"""What the accesses of one run share: communes around, travel times, changes of supply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from cpts_geo.access.changes.change import Change
from cpts_geo.access.changes.shifts import Basins, basins, check_departures
from cpts_geo.access.changes.text import parse_changes
from cpts_geo.access.nearest.minutes import facility_counts, minutes_to_care, travel_variants
from cpts_geo.access.travel.surrogate import Variant
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.schema import FACILITIES
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.fetching.parsed import available, load_source


@dataclass(frozen=True, eq=False)
class Surroundings:
    """
    Communes of the territories of a run and those around, and how one travels between them.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`.
    given : TravelTimes or None
        Times of the analyst, or by road; None for approximations.
    changes : tuple of Change
        Changes of supply asked for; empty for the two usual ones.
    regions : frozenset of str
        Regions whose cells of Insee are looked for among the fetched sources.
    """

    field: pd.DataFrame
    given: TravelTimes | None = None
    changes: tuple[Change, ...] = ()
    regions: frozenset[str] = frozenset()

    @cached_property
    def variants(self) -> dict[Variant, TravelTimes]:
        """Travel times (:func:`cpts_geo.access.nearest.minutes.travel_variants`)."""
        return travel_variants(self.field, given=self.given)

    @property
    def times(self) -> TravelTimes:
        """Central travel times."""
        return self.variants["central"]

    @cached_property
    def care(self) -> pd.DataFrame:
        """Minutes to care (:func:`cpts_geo.access.nearest.minutes.minutes_to_care`)."""
        return minutes_to_care(self.field, self.variants)

    @cached_property
    def basis(self) -> Basins | None:
        """What a shift of the APL rests on; None where it cannot be computed."""
        return basins(self.field, self.variants)

    @cached_property
    def emergencies(self) -> list[str] | None:
        """Communes with an emergency department; None where none is known."""
        found = facility_counts(self.field, "emergency")
        return None if found is None else list(found[1].index[found[1] > 0])

    @cached_property
    def doubtful(self) -> set[str]:
        """Communes where an emergency department of unknown presence may be the nearest."""
        rows = self.care[
            (self.care["facility"] == "emergency") & (self.care["variant"] == "central")
        ]
        return set(rows["code_insee"][~rows["known"].astype(bool)])

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Insee's cells around, of the regions that were fetched; empty where none was."""
        keys = [f"insee_access_times_{region}" for region in sorted(self.regions)]
        tables = [load_source(key) for key in keys if key in sources() and available(key)]
        found = [table[table["code_insee"].isin(self.field.index)] for table in tables]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def parsed_changes(
    texts: Sequence[str], field: pd.DataFrame, national: gpd.GeoDataFrame, *, former: pd.DataFrame
) -> tuple[Change, ...]:
    """
    Read the changes of supply asked for, and check them against the doctors who are there.

    Parameters
    ----------
    texts : sequence of str
        As :func:`cpts_geo.access.changes.text.parse_changes` reads them.
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`: where they may happen.
    national, former : DataFrame
        Current and former communes, for names.

    Returns
    -------
    tuple of Change
        In the order of `texts`.

    Raises
    ------
    ScenarioError
        Changes that are not understood or not possible; every defect is listed.
    """
    if not texts:
        return ()
    around = national[national["code_insee"].isin(field.index)]
    changes = parse_changes(texts, around, former=former)
    gps = facility_counts(field, "gp")
    if gps is not None:
        check_departures(changes, gps[1], names=field["name"])
    return tuple(changes)


def places(field: pd.DataFrame, communes: pd.DataFrame, changes: Sequence[Change]) -> set[str]:
    """
    Gather the places one may go to: care, known or not to be there, sites, changes of supply.

    Parameters
    ----------
    field : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.neighbourhood`.
    communes : DataFrame
        Communes of the territories: each may have a centre.
    changes : sequence of Change
        Changes of supply asked for.

    Returns
    -------
    set of str
        Codes of the neighbourhood.
    """
    wanted = {*communes["code_insee"], *(change.code for change in changes)}
    for facility in FACILITIES:
        found = facility_counts(field, facility)
        if found is not None:
            # A count that is not known may be of some.
            wanted.update(found[1].index[found[1] != 0])
    return wanted
