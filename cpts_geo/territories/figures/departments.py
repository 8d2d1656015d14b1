"""Départements and France: their indicators, summed from communes or published for them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.schema import AREA, COLUMNS, FRANCE, best_status, embedded_vintage
from cpts_geo.territories.figures._areas import by_area, named, sums_of_areas
from cpts_geo.territories.figures.aggregate import SUMMARISED, area_summary, with_every_figure

#: Covers part of France only.
_SHORT_OF_FRANCE: Final = COLUMNS[embedded_vintage("gps")].source
#: Published by département.
_BPE: Final = COLUMNS[embedded_vintage("gps_bpe")].source
_CNAM: Final = COLUMNS[embedded_vintage("gps_cnam")].source
#: Professions of the Cnam file that are GPs.
_GP_LABEL: Final = "Médecins généralistes (hors médecins à expertise particulière - MEP)"
_MEP_LABEL: Final = "Médecins généralistes à expertise particulière (MEP)"


def department_totals(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    GPs by département and in France, in the BPE and at the Cnam.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of the readers of the sources of ``gps_bpe`` and ``gps_cnam``, by source key.

    Returns
    -------
    DataFrame
        Indexed by :data:`cpts_geo.schema.AREA`: the counts and the published density of GPs of
        :data:`cpts_geo.schema.COLUMNS` that stand in ``areas`` alone.
    """
    counts = tables[_BPE]
    bpe = counts[counts["facility"] == "gps"].set_index("departement")["count"]
    # A département whose figure is masked has no row: France is then unknown.
    whole = len(bpe) == counts["departement"].nunique()
    bpe.loc[FRANCE.code] = bpe.sum() if whole else np.nan
    published = tables[_CNAM]
    # A masked count would be bounds, and no figure to set beside another.
    published = published[~published["masked"]]
    cnam = published.pivot(index="departement", columns="profession", values=["low", "density"])
    totals = pd.DataFrame(
        {
            embedded_vintage("gps_bpe"): bpe,
            embedded_vintage("gps_cnam"): cnam["low", _GP_LABEL],
            embedded_vintage("gps_mep_cnam"): cnam["low", _MEP_LABEL],
            embedded_vintage("gps_per_100k_cnam"): cnam["density", _GP_LABEL],
        }
    )
    return by_area(totals)


def department_comparisons(
    totals: pd.DataFrame, communes: pd.DataFrame, figures: pd.DataFrame
) -> pd.DataFrame:
    """
    Every indicator of each département and of France that the embedded data hold.

    Parameters
    ----------
    totals : DataFrame
        Result of :func:`department_totals`.
    communes, figures : DataFrame
        All communes, and their figures
        (:func:`cpts_geo.territories.figures.by_commune.national_figures`).

    Returns
    -------
    DataFrame
        Long table: area_level, area_code, area_name, indicator, value, status, note.
    """
    table = with_every_figure(communes.merge(figures, on="code_insee"))
    long = sums_of_areas(table, indicators=SUMMARISED)
    # Neither overseas départements nor Paris are in that file: its national row is that
    # of what it covers, and says so.
    bpe = [name for name in SUMMARISED if COLUMNS[name].source == _SHORT_OF_FRANCE]
    covered = table.groupby("departement")[embedded_vintage("gps")].transform("count") > 0
    covered_part = table[covered].assign(area_code=FRANCE.code)
    metropole = area_summary(covered_part, by="area_code", indicators=bpe).assign(
        area_level=FRANCE.key, note="France métropolitaine sans Paris, absent du fichier"
    )
    replaced = long["indicator"].isin(bpe) & (long["area_level"] == FRANCE.key)
    long = pd.concat([long[~replaced], metropole], ignore_index=True)
    wide = totals.copy()
    for name, column in COLUMNS.items():
        if column.table == "areas" and column.kind == "derived":
            people = long[long["indicator"] == column.weight].set_index(AREA)["value"]
            wide[name] = totals[column.numerator] / people * column.per
    published = wide.reset_index().melt(AREA, var_name="indicator").dropna(subset=["value"])
    status = published["indicator"].map(lambda name: best_status(name).value)
    long = pd.concat([long, published.assign(status=status, note="")], ignore_index=True)
    return named(long, table).sort_values([*AREA, "indicator"], ignore_index=True)
