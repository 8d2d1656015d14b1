"""Sources of one notion side by side: who counts how many GPs, and what separates them.

No source is wrong: each counts other doctors, at another date, against other people. The gap
between two of them is split into the part that a published figure explains and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpts_geo.schema import AREA, COLUMNS, FRANCE, GP_SOURCES, embedded_vintage, vintages


def reconcile(comparison: pd.DataFrame) -> pd.DataFrame:
    """
    Set the counts and densities of GPs of every source side by side, area by area.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas` for one territory.

    Returns
    -------
    DataFrame
        One row a (source, area), sources in the order of :data:`cpts_geo.schema.GP_SOURCES`,
        those known nowhere left out: indicator (of the density), area_level, area_code,
        area_name, count (GPs, NaN unknown or not published), density (per 100,000 inhabitants,
        NaN unknown), low and high (95 % interval of the density, NaN where there is none),
        status, note, source, grade.

    Examples
    --------
    >>> row = {"area_level": "france", "area_code": "FR", "area_name": "France", "low": 70.0}
    >>> row |= {"high": 80.0, "status": "measured", "note": "", "source": "Cnam", "grade": "A"}
    >>> table = pd.DataFrame(
    ...     [row | {"indicator": "gps_cnam_2024", "value": 51_775.0},
    ...      row | {"indicator": "gps_per_100k_cnam_2024", "value": 75.5}]
    ... )
    >>> reconcile(table)[["area_code", "count", "density"]].to_numpy().tolist()
    [['FR', 51775.0, 75.5]]
    """
    blocks = []
    values = comparison.set_index([*AREA, "indicator"])["value"]
    for density in GP_SOURCES:
        count = COLUMNS[density].numerator
        rows = comparison[comparison["indicator"] == density]
        areas = list(rows[AREA].itertuples(index=False, name=None))
        known = rows["value"].notna()
        # A density of France alone, beside no figure of the place, reconciles nothing.
        if not known.any() or (
            count is None and not (rows["area_level"] != FRANCE.key)[known].any()
        ):
            continue
        counts = [values.get((*area, count), np.nan) for area in areas]
        blocks.append(rows.rename(columns={"value": "density"}).assign(count=counts))
    columns = ["indicator", *AREA, "area_name", "count", "density", "low", "high", "status", "note"]
    columns += ["source", "grade"]
    if not blocks:
        return pd.DataFrame(columns=columns)
    return pd.concat(blocks, ignore_index=True)[columns]


@dataclass(frozen=True)
class BpeGap:
    """
    What separates the BPE and Cnam counts of one year in one area.

    Parameters
    ----------
    area_name : str
        Name of the area.
    bpe, cnam : float
        Counts of GPs: places of practice, and doctors without those of particular expertise.
    expertise : float
        Doctors of particular expertise (MEP), whom the Cnam counts apart.
    """

    area_name: str
    bpe: float
    cnam: float
    expertise: float

    @property
    def gap(self) -> float:
        """BPE less Cnam, in doctors."""
        return self.bpe - self.cnam

    @property
    def rest(self) -> float:
        """What the doctors of particular expertise do not explain, in doctors."""
        return self.gap - self.expertise


def bpe_gaps(comparison: pd.DataFrame) -> list[BpeGap]:
    """
    Split the gap between the totals of the BPE and of the Cnam in each area that has both.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas` for one territory.

    Returns
    -------
    list of BpeGap
        Areas in their order; empty where the two counts are not known.

    Examples
    --------
    >>> counts = {"gps_2024": 427.0, "gps_cnam_2024": 376.0, "gps_mep_cnam_2024": 27.0}
    >>> table = pd.DataFrame({"indicator": list(counts), "value": list(counts.values())})
    >>> table = table.assign(area_level="departement", area_code="45", area_name="Loiret")
    >>> [gap] = bpe_gaps(table)
    >>> gap.gap, gap.expertise, gap.rest
    (51.0, 27.0, 24.0)
    """
    names = [embedded_vintage(family) for family in ("gps", "gps_cnam", "gps_mep_cnam")]
    rows = comparison[comparison["indicator"].isin(names)]
    found = []
    for _, area in rows.groupby(AREA, sort=False):
        values = area.set_index("indicator")["value"].reindex(names)
        if values.notna().all():
            found.append(BpeGap(str(area["area_name"].iloc[0]), *map(float, values)))
    return found


@dataclass(frozen=True)
class Trend:
    """
    GPs of one area in the oldest BPE and in the newest that counts them.

    Parameters
    ----------
    area_level, area_name : str
        The area.
    before, after : float
        Counts of GPs.
    """

    area_level: str
    area_name: str
    before: float
    after: float


def trend(comparison: pd.DataFrame) -> list[Trend]:
    """
    Set the oldest BPE of each area beside the one that its newest figures come from.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas` for one territory.

    Returns
    -------
    list of Trend
        Areas in their order, without those of which a count is unknown or was of part of them.

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": ["gps_2017", "gps_2024"], "value": [48.0, 37.0]})
    >>> table = table.assign(area_level="cpts", area_code="x", area_name="CPTS X", note="")
    >>> trend(table)
    [Trend(area_level='cpts', area_name='CPTS X', before=48.0, after=37.0)]
    """
    first, last = vintages("gps")[0], embedded_vintage("gps")
    # A noted count is of part of the area: its change would be that of the part left out.
    whole = comparison[(comparison["indicator"] != first) | (comparison["note"] == "")]
    found = []
    for (level, _), area in whole.groupby(AREA, sort=False):
        values = area.set_index("indicator")["value"].reindex([first, last])
        if values.notna().all():
            found.append(Trend(str(level), str(area["area_name"].iloc[0]), *map(float, values)))
    return found


def counted(indicator: str) -> str:
    """
    Say what a source counts.

    Parameters
    ----------
    indicator : str
        Density of a source, among :data:`cpts_geo.schema.GP_SOURCES`.

    Returns
    -------
    str
        French definition of its count, or of the density where no count is published.

    Examples
    --------
    >>> counted("gps_per_100k_published")
    'Densité écrite dans le communiqué de 2021, champ et millésime non précisés.'
    """
    return COLUMNS[COLUMNS[indicator].numerator or indicator].definition
