"""Every column and indicator, once: what it is, its vintages, how it aggregates, its source.

Counts add; rates are weighed by the denominator named here. A column name carries its vintage, so
two vintages can never share a column by accident; which one is embedded, or the newest known, is
asked of its family here, and never written elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from cpts_geo.schema._access import (
    ACCESS,
    APPROX,
    CELLS,
    CHANGES,
    DREES,
    EMERGENCY_OR_SMUR,
    FACILITIES,
    FILE,
    PUBLISHED,
    ROADS,
    SLOTS,
    TIME_UNIT,
    TRAVEL_SERIES,
    Facility,
    TravelSeries,
)
from cpts_geo.schema._apl import APL, APL_OF_NEED
from cpts_geo.schema._care import CARE
from cpts_geo.schema._column import (
    FIRST_HAND,
    GRADE_LABELS,
    PER_PEOPLE,
    STATUS_LABELS,
    STATUS_MARKS,
    Column,
    Kind,
    Secrecy,
    Status,
    Where,
    status_column,
)
from cpts_geo.schema._gps import GP_SOURCES, GPS, RPPS
from cpts_geo.schema._level import (
    AREA,
    AROUND,
    DEPARTEMENT,
    FRANCE,
    LEVELS,
    REGION,
    TERRITORY,
    Level,
)
from cpts_geo.schema._people import AGED, EARLIER_POPULATION, PEOPLE, WITHOUT_MT

__all__ = [
    "APL_OF_NEED", "APPROX", "AREA", "AROUND", "CELLS", "CHANGES", "COLUMNS", "COMPARED",
    "DEPARTEMENT", "DREES", "EARLIER_POPULATION", "EMBEDDED_FIGURES", "EMERGENCY_OR_SMUR",
    "FACILITIES", "FIGURE_COLUMNS", "FILE", "FIRST_HAND", "FRANCE", "GP_SOURCES", "GRADE_LABELS",
    "LEVELS", "LISTED", "PAINTED", "PER_PEOPLE", "PUBLISHED", "REGION", "ROADS", "SLOTS",
    "STATUS_LABELS", "STATUS_MARKS", "TERRITORY", "TIME_UNIT", "TRAVEL_SERIES", "WITHOUT_MT",
    "Column", "Facility", "Kind", "Level", "Secrecy", "Status", "TravelSeries", "Where",
    "best_status", "embedded_vintage", "newest_vintage", "shown_vintage", "status_column",
    "vintages",
]  # fmt: skip

#: Every column by name; those of the figures of communes in the order of their file.
COLUMNS: Final = {
    column.name: column
    for column in (*PEOPLE, *GPS, *APL, AGED, WITHOUT_MT, *CARE, PUBLISHED, *RPPS, *ACCESS)
}
#: Every figure a commune may have, once the national layers are fetched.
FIGURE_COLUMNS: Final = tuple(n for n, column in COLUMNS.items() if column.table == "figures")
#: Columns of the embedded figures per commune, in file order.
EMBEDDED_FIGURES: Final = tuple(name for name in FIGURE_COLUMNS if not COLUMNS[name].fetched)


def vintages(family: str) -> tuple[str, ...]:
    """
    Columns of one quantity, from the oldest vintage to the newest.

    Parameters
    ----------
    family : str
        Name that its vintages share, or the name of a column that has one vintage only.

    Returns
    -------
    tuple of str
        Names, fetched vintages included.

    Examples
    --------
    >>> vintages("gps"), vintages("population")
    (('gps_2017', 'gps_2024', 'gps_2025'), ('population',))
    """
    return tuple(n for n, column in COLUMNS.items() if column.quantity == family)


def embedded_vintage(family: str) -> str:
    """
    Newest vintage of a quantity that the embedded data hold.

    Parameters
    ----------
    family : str
        See :func:`vintages`; one that the embedded data hold.

    Returns
    -------
    str
        Name of its column.

    Examples
    --------
    >>> embedded_vintage("apl")
    'apl_2023'
    """
    return [name for name in vintages(family) if not COLUMNS[name].fetched][-1]


def newest_vintage(family: str, known: Collection[str]) -> str | None:
    """
    Newest vintage of a quantity among columns that are known.

    Parameters
    ----------
    family : str
        See :func:`vintages`.
    known : collection of str
        Columns with at least one value.

    Returns
    -------
    str or None
        Name of its column; None where no vintage is known.

    Examples
    --------
    >>> newest_vintage("apl", {"apl_2022", "apl_2024", "apl_65_2025"}), newest_vintage("gps", ())
    ('apl_2024', None)
    """
    return next((name for name in reversed(vintages(family)) if name in known), None)


def shown_vintage(family: str, known: Collection[str]) -> str | None:
    """
    Vintage of a quantity to show: the newest known, and never an older one than embedded.

    Parameters
    ----------
    family : str
        See :func:`vintages`.
    known : collection of str
        Columns with at least one value.

    Returns
    -------
    str or None
        Name of its column; None where only fetched files bring it, and none is known.

    Examples
    --------
    >>> shown_vintage("apl", {"apl_2024"}), shown_vintage("apl", {"apl_2022"})
    ('apl_2024', 'apl_2023')
    >>> shown_vintage("gps_rpps", {"gps_rpps"}), shown_vintage("gps_rpps", ())
    ('gps_rpps', None)
    """
    shown = (n for n in reversed(vintages(family)) if n in known or not COLUMNS[n].fetched)
    return next(shown, None)


def best_status(name: str) -> Status:
    """
    Say how well an area's value of a column can be known, whatever the file it comes from.

    Parameters
    ----------
    name : str
        Name of the column.

    Returns
    -------
    Status
        ``estimated`` where it is, or is made of, what is estimated; where it is weighed by people
        of another year than its own, or counted against those of more than a year away;
        ``computed`` where it is, or is made of, a modelled index: all follow from its
        :class:`Column`.

    Examples
    --------
    >>> best_status("gps_per_100k_2024").value, best_status("gps_per_100k_2025").value
    ('measured', 'estimated')
    >>> best_status("share_low_apl_2023").value
    'computed'
    """
    column = COLUMNS[name]
    if column.best not in FIRST_HAND or (column.table, column.kind) == ("areas", "rate"):
        return column.best
    looked = column.where.column if column.where else None
    parts = [COLUMNS[each] for each in (column.numerator, column.weight, looked) if each]
    # Insee itself sets a count against the people of the year before: no newer ones are known.
    lag = 1 if column.numerator else 0
    other_year = any(
        part.table == "communes" and not part.land and not _close(part, column, years=lag)
        for part in parts
    )
    if other_year or any(part.best not in FIRST_HAND for part in parts):
        return Status.ESTIMATED
    computed = Status.COMPUTED in {column.best, *(part.best for part in parts)}
    return Status.COMPUTED if computed else Status.MEASURED


def _close(part: Column, column: Column, *, years: int) -> bool:
    """Whether two vintages are the same, or as many years apart at most."""
    if part.vintage.isdigit() and column.vintage.isdigit():
        return abs(int(part.vintage) - int(column.vintage)) <= years
    return part.vintage == column.vintage


#: Indicators shown side by side for a CPTS, its départements, régions and France, in reading
#: order; those unknown everywhere are left out.
COMPARED: Final = tuple(
    name
    for together in (
        ("population",), ("area_km2",), ("density_km2",), ("share_75plus",), ("share_without_mt",),
        ("share_ald_without_mt",),
        ("gps_per_100k_published",), ("gps_per_100k_cartosante",), ("gps_per_100k_cnam",),
        ("gps_per_100k",), ("gps_per_100k_rpps",),
        ("gps_cnam",), ("gps_mep_cnam",), ("gps",), ("gps_rpps",),
        ("apl",), ("apl_65",), ("share_low_apl",), ("share_low_apl_65",),
        # Of one vintage, people and their share stand together.
        ("population_without_gp", "share_without_gp"),
        ("pharmacies_per_100k",), ("pharmacies",), ("nurses_per_100k",), ("nurses",),
        ("health_houses",), ("health_centres",), ("emergency_departments",),
        ("emergency_minutes_drees",), ("km_to_emergency",), ("km_to_pharmacy",),
    )
    for names in zip(*map(vintages, together), strict=True)
    for name in names
)  # fmt: skip
#: Families of the table of communes of a page, in order.
LISTED: Final = tuple(dict.fromkeys(c.quantity for c in COLUMNS.values() if c.listed))
#: Families that maps paint, in the order of their selector: the APL, the others, people last.
PAINTED: Final = tuple(
    sorted(
        dict.fromkeys(c.quantity for c in reversed(COLUMNS.values()) if c.layer),
        key=lambda family: family != "apl",
    )
)
