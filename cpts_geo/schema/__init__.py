"""Every column and indicator, once: what it is, its vintages, how it aggregates, its source.

Counts add; rates are weighed by the denominator named here. A column name carries its vintage, so
two vintages can never share a column by accident; which one is embedded, or the newest known, is
asked of its family here, and never written elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import Final

from cpts_geo.schema._access import (
    ACCESS,
    APPROX,
    CELLS,
    CHANGES,
    EMERGENCY,
    FACILITIES,
    FILE,
    ROADS,
    TIME_UNIT,
    TRAVEL_SERIES,
    TravelSeries,
)
from cpts_geo.schema._apl import APL
from cpts_geo.schema._column import (
    GRADE_LABELS,
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
from cpts_geo.schema._people import AGED, EARLIER_POPULATION, PEOPLE, WITHOUT_MT

__all__ = [
    "APPROX", "CELLS", "CHANGES", "COLUMNS", "COMPARED", "EARLIER_POPULATION", "EMBEDDED_FIGURES",
    "FACILITIES", "FIGURE_COLUMNS", "FILE", "GP_SOURCES", "GRADE_LABELS", "ROADS", "STATUS_LABELS",
    "STATUS_MARKS", "TIME_UNIT", "TRAVEL_SERIES", "Column", "Kind", "Secrecy", "Status",
    "TravelSeries", "Where", "best_status", "embedded_vintage", "newest_vintage", "shown_vintage",
    "status_column", "vintages",
]  # fmt: skip

#: Every column by name; those of the figures of communes in the order of their file.
COLUMNS: Final = {
    column.name: column
    for column in (*PEOPLE, *GPS, *APL, AGED, WITHOUT_MT, *EMERGENCY, *RPPS, *ACCESS)
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
    (('gps_2017', 'gps_2025'), ('population',))
    """
    return tuple(n for n, column in COLUMNS.items() if (column.family or n) == family)


def embedded_vintage(family: str) -> str:
    """
    Newest vintage of a quantity that the embedded data hold.

    Parameters
    ----------
    family : str
        See :func:`vintages`.

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


def shown_vintage(family: str, known: Collection[str]) -> str:
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
    str
        Name of its column.

    Examples
    --------
    >>> shown_vintage("apl", {"apl_2024"}), shown_vintage("apl", {"apl_2022"})
    ('apl_2024', 'apl_2023')
    """
    held = embedded_vintage(family)
    return next(name for name in reversed(vintages(family)) if name in known or name == held)


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
        ``estimated`` where it is, or is made of, what is estimated; and where it is set against
        people of another year than its own: both follow from its :class:`Column`.

    Examples
    --------
    >>> best_status("gps_per_100k_2017").value, best_status("gps_per_100k_2025").value
    ('measured', 'estimated')
    """
    column = COLUMNS[name]
    if column.best is not Status.MEASURED or (column.table, column.kind) == ("areas", "rate"):
        return column.best
    looked = column.where.column if column.where else None
    parts = [COLUMNS[each] for each in (column.numerator, column.weight, looked) if each]
    other_year = any(
        part.table == "communes" and not part.land and part.vintage != column.vintage
        for part in parts
    )
    doubtful = other_year or any(part.best is not Status.MEASURED for part in parts)
    return Status.ESTIMATED if doubtful else Status.MEASURED


#: Indicators shown side by side for a CPTS, its départements and France, in reading order; those
#: unknown everywhere are left out.
COMPARED: Final = (
    *vintages("population"),
    *vintages("area_km2"),
    *vintages("density_km2"),
    *vintages("share_75plus"),
    *vintages("share_without_mt"),
    *vintages("gps_per_100k_published"),
    *vintages("gps_per_100k_cnam"),
    *vintages("gps_per_100k_bpe"),
    *vintages("gps_per_100k"),
    *vintages("gps_per_100k_estimated"),
    *vintages("gps_per_100k_rpps"),
    *vintages("gps_cnam"),
    *vintages("gps_mep_cnam"),
    *vintages("gps_bpe"),
    *vintages("gps"),
    *vintages("gps_estimated"),
    *vintages("gps_rpps"),
    *vintages("apl"),
    *vintages("apl_65"),
    *vintages("share_low_apl"),
    *vintages("share_low_apl_65"),
    # Of one vintage, people and their share stand together.
    *chain(*zip(vintages("population_without_gp"), vintages("share_without_gp"), strict=True)),
    *vintages("emergency_departments"),
)
