"""Access of territories, gathered: minutes to care, coverage, scenarios, where to open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.access.changes.change import Change, centre_opens, gp_leaves
from cpts_geo.access.changes.shifts import (
    Basins,
    Shift,
    basins,
    check_departures,
    largest_practice,
    people_missing,
    shift_of,
)
from cpts_geo.access.changes.text import change_title, parse_changes
from cpts_geo.access.nearest.cells import cell_minutes
from cpts_geo.access.nearest.minutes import (
    coverage_by_variant,
    facility_counts,
    minutes_columns,
    minutes_to_care,
    neighbourhood,
    travel_variants,
    with_status,
)
from cpts_geo.access.nearest.proximity import BANDS
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import counted, number
from cpts_geo.schema import Status
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.fetching.parsed import available, load_source
from cpts_geo.study.opening import Opening, opening

#: Facility of Insee's cells -> column of the schema.
CELL_COLUMNS = {
    "gps": "gp_minutes_insee_2024",
    "emergency_departments": "emergency_minutes_insee_2024",
}


@dataclass(frozen=True)
class TerritoryAccess:
    """
    Access of one territory.

    Parameters
    ----------
    times : TravelTimes
        Central travel times: what they are, how they are known.
    approximate : bool
        Whether they are approximations, with two other variants.
    coverage : DataFrame
        People within each time, from :func:`cpts_geo.access.nearest.minutes.coverage_by_variant`.
    cells : DataFrame
        The same by Insee's 200 m cells, by facility, from
        :func:`cpts_geo.access.nearest.cells.cell_minutes`; empty where they were not fetched.
    opening : Opening or None
        Where to open; None where it cannot be said.
    shifts : tuple of Shift
        Scenarios of supply, in the order asked for.
    asked : bool
        Whether the analyst asked for these scenarios.
    set_aside : tuple of str
        French sentences on the scenarios that cannot be shown, and why.
    names : Series of str
        Names of the communes of the neighbourhood, by code.
    population : Series of float
        Their people, by code.
    """

    times: TravelTimes
    approximate: bool
    coverage: pd.DataFrame
    cells: pd.DataFrame
    opening: Opening | None
    shifts: tuple[Shift, ...]
    asked: bool
    set_aside: tuple[str, ...]
    names: pd.Series
    population: pd.Series


def study_access(
    communes: gpd.GeoDataFrame,
    national: gpd.GeoDataFrame,
    *,
    figures: pd.DataFrame,
    headlines: Mapping[str, Headline | None],
    sites: pd.DataFrame,
    former: pd.DataFrame,
    given: TravelTimes | None = None,
    asked: Sequence[str] = (),
    fetched: bool = True,
) -> tuple[gpd.GeoDataFrame, dict[str, TerritoryAccess]]:
    """
    Study the access of every territory.

    Parameters
    ----------
    communes : GeoDataFrame
        One row a (territory, commune) with its figures.
    national : GeoDataFrame
        All communes.
    figures : DataFrame
        Figures of communes, those around the territories included.
    headlines : mapping of str to Headline or None
        Capacity needed by each territory.
    sites : DataFrame
        Centres open today: territory, code_insee.
    former : DataFrame
        Former communes, for the names of scenarios.
    given : TravelTimes, optional
        Times of the analyst, instead of approximations.
    asked : sequence of str
        Scenarios of the analyst (:func:`cpts_geo.access.changes.text.parse_changes`); by default
        a GP leaves where most are, and a centre of the hours needed opens at the best site.
    fetched : bool
        Whether Insee's cells are looked for among the fetched sources.

    Returns
    -------
    communes : GeoDataFrame
        The same rows with minutes to care and, by scenario, shift and APL after, with status.
    access : dict of str to TerritoryAccess
        By territory.

    Raises
    ------
    CptsGeoError
        Times of other places, scenarios that are not understood or not possible.

    Examples
    --------
    >>> from cpts_geo.capacity.answer.headline import headline
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> from cpts_geo.sources import embedded
    >>> from cpts_geo.territories.perimeters.outlines import territory_communes
    >>> national, figures = embedded.load_communes(), embedded.load_figures()
    >>> members = embedded.load_memberships().query("territory == 'ouest_loiret'")
    >>> table, access = study_access(
    ...     territory_communes(members, national, figures=figures), national, figures=figures,
    ...     headlines={"ouest_loiret": headline(load_scenarios()["ouest_loiret"], draws=500)},
    ...     sites=embedded.load_sites(), former=embedded.load_former_communes(), fetched=False,
    ... )
    >>> found = access["ouest_loiret"]
    >>> found.names[list(found.opening.best)].tolist(), [shift.title for shift in found.shifts]
    (['Meung-sur-Loire'], ['Un médecin part : Chaingy', 'Un centre ouvre : Meung-sur-Loire'])
    """
    field = neighbourhood(communes, national, figures=figures)
    variants = travel_variants(field, given=given)
    care = minutes_to_care(field, variants)
    basis = basins(field, variants)
    around = national[national["code_insee"].isin(field.index)]
    changes = parse_changes(asked, around, former=former) if asked else []
    gps = facility_counts(field, "gp")
    if gps is not None:
        check_departures(changes, gps[1])
    emergencies = _emergencies(field)
    doubtful = _doubtful(care)
    cells = _cells(communes) if fetched else pd.DataFrame()
    central = variants["central"]
    parts, access = [], {}
    for key, part in communes.groupby("territory", sort=False):
        codes = list(part["code_insee"])
        people = part.set_index("code_insee")["population"]
        mine = cells if cells.empty else cells[cells["code_insee"].isin(codes)]
        lived = set(people.index[people > 0])
        result = headlines[str(key)]
        found = None
        if result is not None:
            found = opening(
                result, field, communes=codes, given=given,
                emergencies=None if emergencies is None or doubtful & lived else emergencies,
                existing=list(sites.loc[sites["territory"] == key, "code_insee"]),
                apl=None if basis is None else basis.apl,
            )  # fmt: skip
        wanted = changes or _usual(part, found, result)
        shifts, aside = _shifts(basis, wanted, codes, field=field, given=given)
        access[str(key)] = TerritoryAccess(
            times=central,
            approximate=given is None,
            coverage=coverage_by_variant(care, people),
            cells=_cell_coverage(mine),
            opening=found,
            shifts=shifts,
            asked=bool(asked),
            # Nobody asked for the usual ones: their absence needs no word.
            set_aside=aside if asked or given is not None else (),
            names=field["name"],
            population=field["population"],
        )
        columns = [
            minutes_columns(care, part["code_insee"], status=central.status),
            _cell_columns(mine, part["code_insee"]),
            _shift_columns(shifts, part["code_insee"]),
        ]
        parts.append(pd.concat([part, *columns], axis=1))
    # A column that one territory lacks is unknown there, not without status.
    whole = pd.concat(parts).loc[communes.index]
    statuses = [name for name in whole if str(name).endswith("_status")]
    whole[statuses] = whole[statuses].astype(object).fillna(Status.UNKNOWN.value)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=communes.crs), access


def _emergencies(field: pd.DataFrame) -> list[str] | None:
    found = facility_counts(field, "emergency")
    return None if found is None else list(found[1].index[found[1] > 0])


def _doubtful(care: pd.DataFrame) -> set[str]:
    """Communes where an emergency department of unknown presence may be the nearest."""
    rows = care[(care["facility"] == "emergency") & (care["variant"] == "central")]
    return set(rows["code_insee"][~rows["known"].astype(bool)])


def _usual(part: pd.DataFrame, found: Opening | None, result: Headline | None) -> list[Change]:
    """What every meeting asks: a departure where most doctors are, a centre at the best site."""
    place = largest_practice(part)
    changes = [] if place is None else [gp_leaves(place)]
    if found is None or result is None or found.sites_needed <= len(found.existing):
        return changes
    # Where the observed activity refutes the model, its hours are those needed.
    seen = result.refuting
    hours = result.gp_hours_per_week.p50 if seen is None else seen.gp_hours_per_week
    # Several sites share the hours and the requests: only the first one is shown.
    centre = centre_opens(
        found.best[0],
        hours_per_week=max(1.0, float(round(hours / len(found.best)))),
        minutes=result.scenario.minutes[1],
        demand=found.requests_per_day * result.scenario.opening_days_per_year / len(found.best),
    )
    return [*changes, centre]


def _shifts(
    basis: Basins | None,
    changes: Sequence[Change],
    codes: list[str],
    *,
    field: pd.DataFrame,
    given: TravelTimes | None,
) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
    """Scenarios whose effect on the territory is known, and a sentence on each of the others."""
    titles = _told_apart([change_title(change, field["name"][change.code]) for change in changes])
    shifts, aside = [], []
    for title, change in zip(titles, changes, strict=True):
        why = _impossible(basis, change, field=field, given=given)
        if basis is not None and not why:
            shift = shift_of(basis, [change], title=title, communes=codes)
            moved = shift.communes["shift"]
            if moved.isna().all():
                why = "la population standardisée autour n’est pas connue"
            elif not (moved.fillna(0.0) != 0).any():
                why = "il ne change l’APL d’aucune commune de ce territoire"
                if change.consultations == 0:
                    why += " (la règle de l’APL compte autant de consultations qu’avant)"
        if why:
            aside.append(f"{title} : écart non montré, {why}.")
        else:
            shifts.append(shift)
    return tuple(shifts), tuple(aside)


def _impossible(
    basis: Basins | None, change: Change, *, field: pd.DataFrame, given: TravelTimes | None
) -> str:
    if basis is None:
        if given is not None and given.reach < APL_WEIGHT.reach:
            most = number(given.reach, 1)
            return f"la table des temps s’arrête à {most} min, et un bassin va jusqu’à 20"
        return "l’APL n’est pas connue ici"
    if not basis.reaches(change.code):
        return "les temps de trajet ne connaissent pas cette commune"
    if given is None:
        return ""
    lost = people_missing(change.code, field, origins=given.origins)
    if lost.empty:
        return ""
    return (
        f"la table des temps n’a pas {counted(len(lost), 'commune', 'communes')} "
        f"({counted(float(lost.sum()), 'habitant', 'habitants')}) à une vingtaine de minutes, qui "
        "partagent ce bassin : l’écart serait exagéré"
    )


def _told_apart(titles: list[str]) -> list[str]:
    """Titles that repeat are numbered: two layers of one name hide each other on a map."""
    return [
        f"{title} ({titles[: k + 1].count(title)})" if titles.count(title) > 1 else title
        for k, title in enumerate(titles)
    ]


def _shift_columns(shifts: Sequence[Shift], codes: pd.Series) -> pd.DataFrame:
    columns = {
        f"apl_{name}_{rank}": codes.map(shift.communes[name])
        for rank, shift in enumerate(shifts, 1)
        for name in ("shift", "after")
    }
    return with_status(columns, codes.index, status=Status.ASSUMED)


def _cells(communes: pd.DataFrame) -> pd.DataFrame:
    """Insee's cells of the communes, from the regions that were fetched."""
    wanted = set(communes["code_insee"])
    keys = [f"insee_access_times_{region}" for region in sorted(set(communes["region"]))]
    tables = [load_source(key) for key in keys if key in sources() and available(key)]
    found = [table[table["code_insee"].isin(wanted)] for table in tables]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _facilities(cells: pd.DataFrame) -> list[str]:
    return [] if cells.empty else [f for f in CELL_COLUMNS if (cells["facility"] == f).any()]


def _cell_coverage(cells: pd.DataFrame) -> pd.DataFrame:
    whole = dict.fromkeys([] if cells.empty else cells["code_insee"], "territory")
    rows = {
        facility: cell_minutes(cells, facility=facility, bands=BANDS, areas=whole).iloc[0]
        for facility in _facilities(cells)
    }
    return pd.DataFrame(rows).T


def _cell_columns(cells: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    means = {
        CELL_COLUMNS[facility]: codes.map(
            cell_minutes(cells, facility=facility, bands=BANDS)["mean_minutes"]
        )
        for facility in _facilities(cells)
    }
    return with_status(means, codes.index, status=Status.MEASURED)
