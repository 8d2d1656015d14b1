"""Access of one territory: minutes to care, coverage, changes of supply, where to open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.access.changes.change import Change, centre_opens, gp_leaves
from cpts_geo.access.changes.shifts import Shift, largest_practice, people_missing, shift_of
from cpts_geo.access.changes.text import change_title
from cpts_geo.access.nearest.minutes import coverage_by_variant, minutes_columns, with_status
from cpts_geo.access.nearest.published import with_published
from cpts_geo.access.nearest.squares import cell_minutes
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import counted, duration, number
from cpts_geo.schema import CELLS, CHANGES, FACILITIES, TIME_UNIT, Status, embedded_vintage
from cpts_geo.study.opening import Opening, opening
from cpts_geo.study.surroundings import Surroundings

#: Facility -> column of its minutes by Insee's cells.
CELL_COLUMNS = {facility: embedded_vintage(CELLS.family(facility)) for facility in FACILITIES}


@dataclass(frozen=True)
class TerritoryAccess:
    """
    Access of one territory.

    Parameters
    ----------
    times : TravelTimes
        Central travel times: what they are, how they are known.
    coverage : DataFrame
        People within each time (:func:`cpts_geo.access.nearest.minutes.coverage_by_variant`); of
        emergencies, by the minutes of DREES where it publishes them and no time was given.
    on_spot : tuple of str
        Communes whose care is counted as on the spot, though no GP counted is in reach.
    cells : DataFrame
        The same by Insee's 200 m cells, by facility; empty where they were not fetched.
    opening : Opening or None
        Where to open; None where it cannot be said.
    shifts : tuple of Shift
        What each change of supply does, in the order asked for.
    asked : bool
        Whether the analyst asked for these changes.
    set_aside : tuple of str
        French sentences on the changes that cannot be shown, and why.
    names, population : Series of str, Series of float
        Of the communes of the neighbourhood, by code.
    columns : DataFrame
        Row by row of its communes: minutes to care and, by change, shift and APL after, each with
        its status.
    """

    times: TravelTimes
    coverage: pd.DataFrame
    on_spot: tuple[str, ...]
    cells: pd.DataFrame
    opening: Opening | None
    shifts: tuple[Shift, ...]
    asked: bool
    set_aside: tuple[str, ...]
    names: pd.Series
    population: pd.Series
    columns: pd.DataFrame

    def __repr__(self) -> str:
        """One line: how many communes, and what changes around."""
        changed = "".join(f" ; {shift.title}" for shift in self.shifts)
        communes = counted(len(self.columns), "commune", "communes")
        return f"<TerritoryAccess : {communes}{changed}>"

    @property
    def approximate(self) -> bool:
        """Whether the times are approximations, with two other variants."""
        return not self.times.given


def study_access(
    communes: pd.DataFrame,
    around: Surroundings,
    *,
    result: Headline | None,
    centres: Sequence[str] = (),
    sites: int | None = None,
) -> TerritoryAccess:
    """
    Study the access of a territory.

    Parameters
    ----------
    communes : DataFrame
        Its communes with their figures.
    around : Surroundings
        Communes around, travel times and changes asked for; without any, a GP leaves where most
        are, and a centre of the hours needed opens at the site that is proposed, if any.
    result : Headline or None
        Capacity needed; None where the territory is too large for one queue.
    centres : sequence of str
        Communes with a centre open today.
    sites : int, optional
        New centres, as :func:`cpts_geo.study.opening.opening`.

    Returns
    -------
    TerritoryAccess
        Its access.

    Raises
    ------
    AskedError
        There are too few new centres, or too many.

    Examples
    --------
    >>> from cpts_geo.access.nearest.minutes import neighbourhood
    >>> from cpts_geo.sources.embedding import embedded
    >>> from cpts_geo.geography.perimeters.outlines import territory_communes
    >>> national, figures = embedded.load_communes(), embedded.load_figures()
    >>> members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    >>> communes = territory_communes(members, national, figures=figures)
    >>> field = neighbourhood(communes, national, figures=figures)
    >>> around = Surroundings(field)
    >>> [shift.title for shift in study_access(communes, around, result=None).shifts]
    ['Un médecin part : Chaingy']
    """
    codes = list(communes["code_insee"])
    people = communes.set_index("code_insee")["population"]
    cells = around.cells
    mine = cells if cells.empty else cells[cells["code_insee"].isin(codes)]
    found = None
    if result is not None:
        doubt = around.doubtful & set(people.index[people > 0])
        found = opening(
            result,
            around.field,
            communes=codes,
            given=around.given,
            emergencies=None if doubt else around.emergencies,
            existing=centres,
            sites=sites,
            apl=None if around.basis is None else around.basis.apl,
        )
    shifts, aside = _shifts(around, around.changes or _usual(communes, found, result), codes)
    care = around.care
    shown = care if around.times.given else with_published(care, communes)
    # What DREES publishes is a figure of the communes already.
    computed = care[care["column"].isin(shown["column"])]
    spot = care.loc[care["on_spot"].astype(bool) & care["code_insee"].isin(codes), "code_insee"]
    columns = [
        minutes_columns(computed, communes["code_insee"], status=around.times.status),
        _cell_columns(mine, communes["code_insee"]),
        _shift_columns(shifts, communes["code_insee"]),
    ]
    asked = bool(around.changes)
    return TerritoryAccess(
        times=around.times,
        coverage=coverage_by_variant(shown, people),
        on_spot=tuple(dict.fromkeys(spot)),
        cells=_cell_coverage(mine),
        opening=found,
        shifts=shifts,
        asked=asked,
        # Nobody asked for the usual ones: their absence needs no word.
        set_aside=aside if asked or around.times.given else (),
        names=around.field["name"],
        population=around.field["population"],
        columns=pd.concat(columns, axis=1),
    )


def _usual(communes: pd.DataFrame, found: Opening | None, result: Headline | None) -> list[Change]:
    """What every meeting asks: a departure where most doctors are, a centre at the best site."""
    place = largest_practice(communes)
    changes = [] if place is None else [gp_leaves(place)]
    if found is None or result is None or found.sites_needed <= len(found.existing):
        return changes
    if not found.proposed:
        return changes
    sites = found.proposed[0]
    hours = result.gp_hours_per_week.p50
    # Several sites share the hours and the requests: only the first one is shown.
    centre = centre_opens(
        sites[0],
        # Not rounded: its slots must be those that the hours needed hold.
        hours_per_week=hours / len(sites),
        minutes=result.scenario.minutes[1],
        demand=found.requests_per_day * result.scenario.ordinary_days_per_year / len(sites),
    )
    return [*changes, centre]


def _shifts(
    around: Surroundings, changes: Sequence[Change], codes: list[str]
) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
    """Changes whose effect on the territory is known, and a sentence on each of the others."""
    basis, names = around.basis, around.field["name"]
    titles = _told_apart([change_title(change, names[change.code]) for change in changes])
    shifts, aside = [], []
    for title, change in zip(titles, changes, strict=True):
        why = _impossible(around, change)
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


def _impossible(around: Surroundings, change: Change) -> str:
    """Why the effect of a change cannot be known; empty where it can."""
    times, basis = around.times, around.basis
    if basis is None:
        if times.given and times.reach < APL_WEIGHT.reach:
            most, wide = duration(times.reach, 1), number(APL_WEIGHT.reach)
            return f"{times.series.held_by} s’arrête à {most}, et un bassin va jusqu’à {wide}"
        return "l’APL n’est pas connue ici"
    if not basis.reaches(change.code):
        return "les temps de trajet ne connaissent pas cette commune"
    if not times.given:
        return ""
    known = times.origins.difference(pd.Index(times.unsnapped))
    lost = people_missing(change.code, around.field, origins=known)
    if lost.empty:
        return ""
    return (
        f"{times.series.held_by} n’a pas {counted(len(lost), 'commune', 'communes')} "
        f"({counted(float(lost.sum()), 'habitant', 'habitants')}) à une vingtaine de "
        f"{TIME_UNIT.many}, qui partagent ce bassin : l’écart serait exagéré"
    )


def _told_apart(titles: list[str]) -> list[str]:
    """Titles that repeat are numbered: two layers of one name hide each other on a map."""
    return [
        f"{title} ({titles[: k + 1].count(title)})" if titles.count(title) > 1 else title
        for k, title in enumerate(titles)
    ]


def _shift_columns(shifts: Sequence[Shift], codes: pd.Series) -> pd.DataFrame:
    """Shift and APL after of the first changes, by commune, with their status."""
    columns = {
        name: codes.map(shift.communes[what])
        for names, shift in zip(CHANGES, shifts, strict=False)
        for name, what in zip(names, ("shift", "after"), strict=True)
    }
    return with_status(columns, codes.index, status=Status.ASSUMED)


def _facilities(cells: pd.DataFrame) -> dict[str, str]:
    """Facilities that the cells measure, and what the cells call them."""
    held = set() if cells.empty else set(cells["facility"])
    return {name: each.counts for name, each in FACILITIES.items() if each.counts in held}


def _cell_coverage(cells: pd.DataFrame) -> pd.DataFrame:
    """People within each time of each facility, over all the cells of the territory."""
    whole = cells.assign(area="territory")
    rows = {
        name: cell_minutes(whole, facility=counts, by="area").iloc[0]
        for name, counts in _facilities(cells).items()
    }
    return pd.DataFrame(rows).T


def _cell_columns(cells: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Mean minutes to each facility by commune, from its cells, with their status."""
    means = {
        CELL_COLUMNS[name]: codes.map(cell_minutes(cells, facility=counts)["mean_minutes"])
        for name, counts in _facilities(cells).items()
    }
    return with_status(means, codes.index, status=Status.MEASURED)
