"""A territory beside its départements, régions and France, indicator by indicator.

Two counts of GPs that do not agree (BPE, Cnam) stand side by side: they do not count the
same doctors. A density of few doctors carries its interval.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpts_geo.geography.figures.aggregate import area_summary
from cpts_geo.geography.figures.basins import mean_of_basins
from cpts_geo.indicators.densities import poisson_interval
from cpts_geo.schema import (
    AREA,
    AROUND,
    COLUMNS,
    COMPARED,
    DEPARTEMENT,
    FRANCE,
    TERRITORY,
    Status,
)
from cpts_geo.sources.catalogue.catalogue import sources

#: Facts that fill an indicator no table of communes gives: fact -> (level, area, indicator).
_PUBLISHED = {
    "gps_per_100k": (TERRITORY, "", "gps_per_100k_published"),
    "gps_per_100k_loiret": (DEPARTEMENT, "45", "gps_per_100k_published"),
    "gps_per_100k_france": (FRANCE, FRANCE.code, "gps_per_100k_published"),
    "share_without_mt": (TERRITORY, "", "share_without_mt"),
    "share_without_mt_16plus": (TERRITORY, "", "share_without_mt"),
    "share_without_mt_france": (FRANCE, FRANCE.code, "share_without_mt"),
}
#: Densities that areas compute from a count of things one can point at: name -> count, people.
_COUNTED = {
    name: (column.numerator, column.weight or "")
    for name, column in COLUMNS.items()
    if column.table == "computed" and column.per > 1
    if column.numerator and COLUMNS[column.numerator].whole
}
#: Published for areas alone, in files that are fetched: nobody's row until then.
_ONLY_FETCHED = {n for n, column in COLUMNS.items() if column.fetched and column.table == "areas"}
_NO_INTERVAL = "sans intervalle : nombre incomplet"
_COLUMNS = [*AREA, "area_name", "indicator", "value", "status", "note"]


def compare_areas(
    communes: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    names: pd.Series,
    facts: pd.DataFrame,
    basins: pd.DataFrame,
) -> pd.DataFrame:
    """
    Every compared indicator for each territory, its départements, régions and France.

    Parameters
    ----------
    communes : DataFrame
        Communes of the territories, from
        :func:`cpts_geo.geography.perimeters.outlines.territory_communes`.
    comparisons : DataFrame
        Embedded figures of départements, régions and France.
    names : Series of str
        Display name by territory.
    facts : DataFrame
        Published facts; those of `_PUBLISHED` stand as indicators of their own, the last of two.
        One may bring its status and vintage (see :mod:`cpts_geo.indicators.given_share`).
    basins : DataFrame
        As :func:`cpts_geo.geography.figures.basins.mean_of_basins` takes it.

    Returns
    -------
    DataFrame
        Long table: territory, area_level (of :data:`cpts_geo.schema.LEVELS`), area_code, area_name,
        indicator, value (NaN unknown), low and high (95 % interval of a density whose count is
        known, else NaN), unit, base (ages a published share is of, else empty), vintage, status,
        note, grade, source (both empty where the value is unknown).

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> from cpts_geo.geography.perimeters.outlines import territory_communes
    >>> members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    >>> figures = embedded.load_figures()
    >>> table = compare_areas(
    ...     territory_communes(members, embedded.load_communes(), figures=figures),
    ...     embedded.load_comparisons(),
    ...     names=pd.Series({"ouest_loiret": "CPTS Ouest Loiret"}),
    ...     facts=embedded.load_facts(),
    ...     basins=embedded.load_basins(),
    ... )
    >>> table[table["indicator"] == "apl_2023"].set_index("area_code")["value"].round(2).to_dict()
    {'ouest_loiret': 2.54, '45': 2.62, '24': 2.92, 'FR': 3.74}
    """
    summary = pd.concat(
        [
            area_summary(communes, by="territory"),
            mean_of_basins(communes, basins, by="territory"),
        ]
    )
    mine = summary.rename(columns={"territory": "area_code"}).assign(area_level=TERRITORY.key)
    mine["area_name"] = mine["area_code"].map(names)
    published = _published(facts, names)
    held = {*COMPARED} - _ONLY_FETCHED | {*comparisons["indicator"].unique()}
    comparisons = comparisons[_is_around(comparisons, communes)]
    # Figures that were fetched may bring the year of their file.
    beside = comparisons.reindex(columns=[*_COLUMNS, "vintage"])
    known = pd.concat([mine[_COLUMNS], beside, published], ignore_index=True)
    keys = [*AREA, "indicator"]
    around = comparisons.drop_duplicates(AREA)
    blocks = []
    for territory in names.index:
        inside = communes["territory"] == territory
        areas = [(TERRITORY.key, territory, names[territory])]
        for level in AROUND:
            codes = communes.loc[inside, level.members] if level.members else [level.code]
            rows = (around["area_level"] == level.key) & around["area_code"].isin(codes)
            found = around.loc[rows, [*AREA, "area_name"]].itertuples(index=False, name=None)
            # Overseas, a région is its only département.
            named = {name for _, _, name in areas}
            areas += [area for area in found if area[2] not in named]
        grid = pd.DataFrame(
            [(*area, indicator) for area in areas for indicator in COMPARED if indicator in held],
            columns=[*AREA, "area_name", "indicator"],
        )
        block = grid.merge(known.drop(columns="area_name"), on=keys, how="left", validate="1:1")
        blocks.append(block.assign(territory=territory))
    table = pd.concat(blocks, ignore_index=True)
    table["status"] = table["status"].fillna(Status.UNKNOWN.value)
    table[["note", "base"]] = table[["note", "base"]].fillna("")
    return _described(_with_intervals(table, areas=pd.concat([mine, comparisons])))


def _is_around(comparisons: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Whether a row is of an area of these communes: a few of all those of France."""
    around = pd.Series(False, index=comparisons.index)
    for level in AROUND:
        codes = communes[level.members].unique() if level.members else [level.code]
        of_level = comparisons["area_level"] == level.key
        around |= of_level & comparisons["area_code"].isin(codes)
    return around


def _published(facts: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Rows of the published facts that stand as indicators of their own."""
    rows = []
    for fact in facts[facts["fact"].isin(_PUBLISHED)].to_dict("records"):
        level, area, indicator = _PUBLISHED[fact["fact"]]
        area = area or fact["territory"]
        if level is TERRITORY and area not in names.index:
            continue
        own = {name: text for name, text in fact.items() if not pd.isna(text)}
        # A figure of France that was read at its producer's; the others are what someone says.
        official = fact["territory"] == FRANCE.key and fact["grade"] == "A"
        status = own.get("status", (Status.MEASURED if official else Status.ANNOUNCED).value)
        known = (fact["value"], status, fact["definition"])
        origin = (fact["document"], fact["grade"], own.get("base", ""), own.get("vintage"))
        rows.append((level.key, area, "", indicator, *known, *origin))
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "source", "grade", "base", "vintage"])
    # What an analyst gives stands last, and before what was published.
    return table.drop_duplicates([*AREA, "indicator"], keep="last")


def _with_intervals(table: pd.DataFrame, *, areas: pd.DataFrame) -> pd.DataFrame:
    """Poisson interval of the densities of counted GPs: those whose count is in the table."""
    counts = table.set_index(["territory", *AREA, "indicator"])["value"]
    people = areas.drop_duplicates([*AREA, "indicator"]).set_index([*AREA, "indicator"])["value"]
    found = table.assign(low=np.nan, high=np.nan)
    for place, row in table[table["indicator"].isin(_COUNTED) & table["value"].notna()].iterrows():
        counted, weight = _COUNTED[row["indicator"]]
        area = (row["area_level"], row["area_code"])
        count = float(counts.loc[(row["territory"], *area, counted)])
        if np.isnan(count):
            found.loc[place, "note"] = " ; ".join(filter(None, [row["note"], _NO_INTERVAL]))
            continue
        # No doctor, no ratio of density to count: the people say what one would weigh.
        alone = COLUMNS[row["indicator"]].per / people[(*area, weight)]
        scale = row["value"] / count if count > 0 else alone
        found.loc[place, ["low", "high"]] = [bound * scale for bound in poisson_interval(count)]
    return found


def _described(table: pd.DataFrame) -> pd.DataFrame:
    """The table with unit, vintage, grade and source; the last two empty where unknown."""
    columns = table["indicator"].map(COLUMNS)
    origins = columns.map(lambda column: sources()[column.source])
    known = table["value"].notna()
    table = table.assign(
        unit=columns.map(lambda column: column.unit),
        vintage=table["vintage"].fillna(columns.map(lambda column: column.vintage)),
        # A fact brings its own document and grade; other figures have their producer's;
        # what is unknown comes from nowhere.
        grade=table["grade"].fillna(origins.map(lambda source: source.grade)).where(known, ""),
        source=table["source"]
        .fillna(origins.map(lambda source: source.attribution))
        .where(known, ""),
    )
    order = ["territory", *AREA, "area_name", "indicator", "value", "low"]
    return table[[*order, "high", "unit", "base", "vintage", "status", "note", "grade", "source"]]
