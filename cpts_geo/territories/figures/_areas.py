"""Communes summed up to their départements and to France."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.sources.embedding.datapackage import columns_of
from cpts_geo.territories.figures.aggregate import area_summary

FRANCE: Final = "FR"


def sums_of_departments(table: pd.DataFrame, *, indicators: Sequence[str]) -> pd.DataFrame:
    """Long table of ``area_summary`` of each département and of France ("FR"), by ``area``."""
    areas = [table.assign(area=table["departement"]), table.assign(area=FRANCE)]
    return area_summary(pd.concat(areas, ignore_index=True), by="area", indicators=indicators)


def named(long: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """The areas of a long table named as comparisons are, without the indicators known of none."""
    long = long[long.groupby("indicator")["value"].transform("count") > 0]
    long = long.assign(
        area_level=np.where(long["area"] == FRANCE, "france", "departement"),
        area_name=long["area"].map(names).fillna("France"),
        value=long["value"].round(6),
    )
    return long.rename(columns={"area": "area_code"})[columns_of("comparisons.csv")]
