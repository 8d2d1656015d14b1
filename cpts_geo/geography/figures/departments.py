"""Areas around a territory: their indicators, summed from communes or published for them alone."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.geography.figures._areas import areas_of, by_area, named, sums_of_areas
from cpts_geo.geography.figures.aggregate import SUMMARISED, area_summary, with_every_figure
from cpts_geo.geography.figures.basins import mean_of_basins
from cpts_geo.schema import AREA, AROUND, COLUMNS, FRANCE, best_status, embedded_vintage
from cpts_geo.sources.catalogue.catalogue import sources

#: Profession of the Cnam file, and what it holds, by column of the schema.
_CNAM: Final = {
    "gps_cnam": ("low", "Médecins généralistes (hors médecins à expertise particulière - MEP)"),
    "gps_mep_cnam": ("low", "Médecins généralistes à expertise particulière (MEP)"),
    "gps_per_100k_cnam": (
        "density", "Médecins généralistes (hors médecins à expertise particulière - MEP)",
    ),
}  # fmt: skip


def department_totals(published: pd.DataFrame) -> pd.DataFrame:
    """
    GPs of the Cnam by département and in France.

    Parameters
    ----------
    published : DataFrame
        Table of the reader of the source of ``gps_cnam``.

    Returns
    -------
    DataFrame
        Indexed by :data:`cpts_geo.schema.AREA`: the counts and the published density of GPs of
        :data:`cpts_geo.schema.COLUMNS` that stand in ``areas`` alone.
    """
    # A masked count would be bounds, and no figure to set beside another.
    known = published[~published["masked"]]
    wide = known.pivot(index="departement", columns="profession", values=["low", "density"])
    return by_area(
        pd.DataFrame({embedded_vintage(name): wide[place] for name, place in _CNAM.items()})
    )


def department_comparisons(
    totals: pd.DataFrame, communes: pd.DataFrame, *, figures: pd.DataFrame, basins: pd.DataFrame
) -> pd.DataFrame:
    """
    Every indicator that the embedded data hold of each area around a territory.

    Parameters
    ----------
    totals : DataFrame
        Result of :func:`department_totals`.
    communes, figures : DataFrame
        All communes, and their figures
        (:func:`cpts_geo.geography.figures.by_commune.national_figures`).
    basins : DataFrame
        As :func:`cpts_geo.geography.figures.basins.mean_of_basins` takes it.

    Returns
    -------
    DataFrame
        Long table: area_level, area_code, area_name, indicator, value, status, note.
    """
    table = with_every_figure(communes.merge(figures, on="code_insee"))
    long = sums_of_areas(table, indicators=SUMMARISED)
    # A file without the overseas départements has its national row for what it covers.
    short = [n for n in SUMMARISED if not sources()[COLUMNS[n].source].overseas]
    counted = next(name for name in short if COLUMNS[name].table == "figures")
    covered = table.groupby("departement")[counted].transform("count") > 0
    covered_part = table[covered].assign(area_code=FRANCE.code)
    metropole = area_summary(covered_part, by="area_code", indicators=short).assign(
        area_level=FRANCE.key, note="France métropolitaine sans Paris, absent du fichier"
    )
    replaced = long["indicator"].isin(short) & (long["area_level"] == FRANCE.key)
    long = pd.concat([long[~replaced], metropole], ignore_index=True)
    means = [
        mean_of_basins(
            communes.assign(area_code=areas_of(communes, level)), basins, by="area_code"
        ).assign(area_level=level.key)
        for level in AROUND
    ]
    published = totals.reset_index().melt(AREA, var_name="indicator").dropna(subset=["value"])
    status = published["indicator"].map(lambda name: best_status(name).value)
    long = pd.concat([long, *means, published.assign(status=status, note="")], ignore_index=True)
    return named(long, table).sort_values([*AREA, "indicator"], ignore_index=True)
