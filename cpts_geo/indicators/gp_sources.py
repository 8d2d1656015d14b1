"""Sources of one notion side by side: who counts how many GPs, and what separates them.

No source is wrong: each counts other doctors, at another date, against other people. The gap
between two of them is split into the part that a published figure explains and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.schema import (
    AREA,
    COLUMNS,
    DEPARTEMENT,
    FRANCE,
    GP_SOURCES,
    TERRITORY,
    embedded_vintage,
)

ESTIMATED: Final = embedded_vintage("gps_per_100k_estimated")
#: Densities of the counts by commune that the estimate scales, and of the totals it scales them to.
SCALED_FROM: Final = embedded_vintage("gps_per_100k")
SCALED_TO: Final = embedded_vintage("gps_per_100k_bpe")


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
        status, note, source, grade, by_construction (whether the estimate is that total of another
        source which it is scaled to, and is left out).

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
        same = (rows["area_level"] != TERRITORY.key) & (density == ESTIMATED)
        scaled = np.array([pd.notna(values.get((*area, SCALED_TO))) for area in areas], bool)
        # By construction an area around has its total of another source: it says nothing more.
        rows = rows.assign(by_construction=same & scaled, value=rows["value"].mask(same))
        known = rows["value"].notna()
        # A density of France alone, beside no figure of the place, reconciles nothing.
        if not known.any() or (
            count is None and not (rows["area_level"] != FRANCE.key)[known].any()
        ):
            continue
        counts = [values.get((*area, count), np.nan) for area in areas]
        blocks.append(rows.rename(columns={"value": "density"}).assign(count=counts))
    columns = ["indicator", *AREA, "area_name", "count", "density", "low", "high", "status", "note"]
    columns += ["source", "grade", "by_construction"]
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
    >>> counts = {"gps_bpe_2024": 427.0, "gps_cnam_2024": 376.0, "gps_mep_cnam_2024": 27.0}
    >>> table = pd.DataFrame({"indicator": list(counts), "value": list(counts.values())})
    >>> table = table.assign(area_level="departement", area_code="45", area_name="Loiret")
    >>> [gap] = bpe_gaps(table)
    >>> gap.gap, gap.expertise, gap.rest
    (51.0, 27.0, 24.0)
    """
    names = [embedded_vintage(family) for family in ("gps_bpe", "gps_cnam", "gps_mep_cnam")]
    rows = comparison[comparison["indicator"].isin(names)]
    found = []
    for _, area in rows.groupby(AREA, sort=False):
        values = area.set_index("indicator")["value"].reindex(names)
        if values.notna().all():
            found.append(BpeGap(str(area["area_name"].iloc[0]), *map(float, values)))
    return found


def trend(comparison: pd.DataFrame) -> dict[str, float]:
    """
    Change between the communes' BPE and the département totals it is scaled to.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :func:`cpts_geo.indicators.comparison.compare_areas` for one territory.

    Returns
    -------
    dict of str to float
        By name of département: total of the BPE over the sum of its communes, less one.

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": ["gps_2017", "gps_bpe_2024"], "value": [470.0, 427.0]})
    >>> table = table.assign(area_level="departement", area_code="45", area_name="Loiret")
    >>> {name: round(change, 3) for name, change in trend(table).items()}
    {'Loiret': -0.091}
    """
    rows = comparison[comparison["area_level"] == DEPARTEMENT.key]
    wide = rows.pivot_table(index="area_name", columns="indicator", values="value", sort=False)
    counts = [COLUMNS[density].numerator for density in (SCALED_FROM, SCALED_TO)]
    before, after = (wide.reindex(columns=[count])[count] for count in counts)
    changes = (after / before.where(before > 0) - 1).dropna()
    return {str(name): float(change) for name, change in changes.items()}


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
