"""Communes summed up to the areas of each level around a territory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cpts_geo.geography.figures.aggregate import area_summary
from cpts_geo.schema import AREA, AROUND, DEPARTEMENT, FRANCE, Level
from cpts_geo.sources.embedding.datapackage import columns_of


def areas_of(table: pd.DataFrame, level: Level) -> pd.Series:
    """Code of the area of each commune at a level."""
    return table[level.members] if level.members else pd.Series(level.code, index=table.index)


def sums_of_areas(table: pd.DataFrame, *, indicators: Sequence[str]) -> pd.DataFrame:
    """Long table of ``area_summary`` of each area around: area_level, area_code, indicator..."""
    sums = [
        area_summary(
            table.assign(area_code=areas_of(table, level)), by="area_code", indicators=indicators
        ).assign(area_level=level.key)
        for level in AROUND
    ]
    return pd.concat(sums, ignore_index=True)


def by_area(totals: pd.DataFrame) -> pd.DataFrame:
    """Totals indexed by département ("FR" for France), indexed by level and code instead."""
    levels = np.where(totals.index == FRANCE.code, FRANCE.key, DEPARTEMENT.key)
    return totals.set_axis(pd.MultiIndex.from_arrays([levels, totals.index], names=AREA))


def named(long: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The areas of a long table named by their communes, without the indicators known of none."""
    long = long[long.groupby("indicator")["value"].transform("count") > 0]
    known: dict[tuple[str, str], str] = {(level.key, level.code): level.word for level in AROUND}
    for level in AROUND:
        if level.members:
            rows = table[[level.members, level.names]].drop_duplicates()
            known |= {(level.key, code): name for code, name in rows.itertuples(index=False)}
    keys = zip(long["area_level"], long["area_code"], strict=True)
    long = long.assign(area_name=[known[key] for key in keys], value=long["value"].round(6))
    return long[columns_of("comparisons.csv")]
