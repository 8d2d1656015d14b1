"""Minutes to the nearest facility, from cells of 200 m to communes and territories.

Each inhabited cell has its own time: what a mean hides (the hamlet at 25 minutes) is kept. A cell
that no road joins to a facility is neither near nor far: its people are counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cpts_geo.access.nearest.reached import NEAR_SHARE
from cpts_geo.access.travel.times import BANDS
from cpts_geo.errors import Defect, TravelError, alike, one_line

_COLUMNS = ("x", "y", "code_insee", "population", "facility", "minutes")
_CELL = ["x", "y", "code_insee"]


def cell_minutes(
    cells: pd.DataFrame,
    *,
    facility: str,
    bands: Sequence[float] = BANDS,
    areas: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """
    Minutes from where people live to the nearest facility of a kind, by commune or territory.

    Parameters
    ----------
    cells : DataFrame
        Table of :mod:`cpts_geo.sources.readers.care.access_times` (minutes NaN
        where no road joins): a cell stands once for each facility.
    facility : str
        Kind of facility: ``gps``, ``emergency_departments`` or ``pharmacies``.
    bands : sequence of float
        Minutes, rising.
    areas : mapping of str to str, optional
        Territory of each commune, others left out; by default each commune is its own area.

    Returns
    -------
    DataFrame
        By code_insee (``area`` where `areas` is given), in order: population (of all its cells),
        population_unknown (those no road joins to a facility), mean_minutes, p90_minutes (the
        smallest time within which 90 % of the people whose time is known are), worst_minutes, and
        for each band b within_b (people) and share_within_b (of those whose time is known, in [0,
        1]). Cells weigh by their people; one without any is no worst case. NaN where nobody's time
        tells.

    Raises
    ------
    TravelError
        A column is missing, the facility is not there, a cell stands twice, a population or a
        time is negative or infinite, bands do not rise, no commune is in `areas`; all are listed.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"x": [0, 200, 400], "y": 0, "code_insee": "45130", "population": [60.0, 30.0, 10.0],
    ...      "facility": "gps", "minutes": [4.0, 12.0, np.nan]}
    ... )
    >>> found = cell_minutes(cells, facility="gps", bands=[10])
    >>> found.round(3).to_dict("index")["45130"]  # doctest: +NORMALIZE_WHITESPACE
    {'population': 100.0, 'population_unknown': 10.0, 'mean_minutes': 6.667, 'p90_minutes': 12.0,
     'worst_minutes': 12.0, 'within_10': 60.0, 'share_within_10': 0.667}
    """
    _check(cells, facility, bands, areas)
    chosen = cells.loc[cells["facility"] == facility, [*_CELL, "population", "minutes"]]
    key = "code_insee" if areas is None else "area"
    if areas is not None:
        chosen = chosen.assign(area=chosen["code_insee"].map(areas))
    people = chosen["population"].where(chosen["minutes"].notna(), 0.0)
    table = pd.DataFrame(
        {
            key: chosen[key],
            "population": chosen["population"],
            "known": people,
            "weighed": people * chosen["minutes"].fillna(0.0),
            # Nobody at the end of the road: no worst case.
            "inhabited": chosen["minutes"].where(people > 0),
        }
    )
    for band in bands:
        table[f"within_{band:g}"] = people.where(chosen["minutes"] <= band, 0.0)
    groups = table.groupby(key, sort=True)
    sums = groups.sum()
    known = sums["known"].where(sums["known"] > 0)
    columns = {
        "population": sums["population"],
        "population_unknown": sums["population"] - sums["known"],
        "mean_minutes": sums["weighed"] / known,
        "p90_minutes": _quantile(table, NEAR_SHARE, by=key).reindex(sums.index),
        "worst_minutes": groups["inhabited"].max(),
    }
    for band in bands:
        within = sums[f"within_{band:g}"]
        columns |= {f"within_{band:g}": within, f"share_within_{band:g}": within / known}
    return pd.DataFrame(columns)


def _quantile(table: pd.DataFrame, share: float, *, by: str) -> pd.Series:
    """Smallest time within which at least a share of the people of each area are."""
    rows = table[table["inhabited"].notna()].sort_values([by, "inhabited"], kind="stable")
    groups = rows.groupby(by)["known"]
    # Sums of many cells are rounded: a share reached exactly counts as reached.
    reached = groups.cumsum() >= groups.transform("sum") * share * (1 - 1e-12)
    return rows[reached].groupby(by)["inhabited"].first()


def _check(
    cells: pd.DataFrame,
    facility: str,
    bands: Sequence[float],
    areas: Mapping[str, str] | None,
) -> None:
    """Refuse squares, bands or areas that give no minutes; all defects are listed."""
    defects = []
    edges = np.asarray(bands, dtype="float64")
    if not (np.isfinite(edges).all() and (edges > 0).all() and (np.diff(edges) > 0).all()):
        defects.append(f"bandes {list(bands)} : minutes positives et croissantes attendues")
    if missing := [column for column in _COLUMNS if column not in cells]:
        defects.append(f"colonne absente : {', '.join(missing)}")
    else:
        chosen = cells[cells["facility"] == facility]
        if chosen.empty:
            there = ", ".join(sorted(map(str, cells["facility"].dropna().unique()))) or "aucun"
            defects.append(f"équipement « {one_line(facility)} » absent ; présents : {there}")
        elif areas is not None and not chosen["code_insee"].isin(list(areas)).any():
            defects.append("aucune commune de la table n’est dans un des territoires")
        people, minutes = chosen["population"], chosen["minutes"]
        wrong = {
            "carreau en double": chosen.duplicated(_CELL, keep=False),
            "population absente, négative ou infinie": ~people.between(0, np.inf, "left"),
            "durée négative ou infinie": minutes.notna() & ~minutes.between(0, np.inf, "left"),
        }
        for kind, rows in wrong.items():
            defects += _lines(kind, chosen[rows])
    if defects:
        raise TravelError(
            "Les temps d’accès des carreaux ne peuvent pas être résumés.",
            defects=defects,
            remedy="donnez la table de la source des temps d’accès, une ligne par carreau et par "
            "équipement, et un des équipements qu’elle contient.",
        )


def _lines(kind: str, rows: pd.DataFrame) -> list[Defect]:
    """One defect a square, those of one kind counted together."""
    lines = (
        f"{kind} : {code} ({x:g}, {y:g}), {people:g} hab., {minutes:g} min"
        for x, y, code, people, minutes in zip(
            *(rows[name] for name in (*_CELL, "population", "minutes")), strict=True
        )
    )
    return alike(lines, kind, total=len(rows))
