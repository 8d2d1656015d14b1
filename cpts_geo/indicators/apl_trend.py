"""How the APL of a territory changed, beside its départements, région and France.

Two publications of the DREES make two series, which nothing joins: the earlier one ends where
the current one begins, and one vintage that both hold tells how far they are apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from cpts_geo import settings
from cpts_geo.french import counted, percent
from cpts_geo.schema import (
    AREA,
    AROUND,
    COLUMNS,
    TERRITORY,
    Status,
    vintages,
)

_COLUMNS = ["territory", *AREA, "area_name", "indicator", "value", "status", "note"]


@dataclass(frozen=True)
class Point:
    """
    APL of one vintage.

    Parameters
    ----------
    year : int
        Vintage.
    value : float
        Consultations a year and standardised inhabitant.
    status : str
        How it is known.
    """

    year: int
    value: float
    status: str


@dataclass(frozen=True)
class Step:
    """
    Change of the APL between two vintages of one publication that follow each other.

    Parameters
    ----------
    before, after : Point
        Its ends.
    """

    before: Point
    after: Point

    @property
    def change(self) -> float:
        """Difference as it is shown: two decimals."""
        # No −0,00: what is no change has no sign.
        return round(self.after.value - self.before.value, 2) + 0.0

    @property
    def volatile(self) -> bool:
        """Whether it is more than ``settings.APL_JUMP`` a year."""
        years = self.after.year - self.before.year
        return abs(self.change) > settings.APL_JUMP * years


def past_means(communes: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """
    Mean APL of each area in each vintage of the earlier publications.

    Parameters
    ----------
    communes : DataFrame
        One row a commune and area: `by`, population, the columns of the family ``apl_past`` and
        the standardised population that weighs them, NaN unknown.
    by : str
        Column of the area.

    Returns
    -------
    DataFrame
        Long table: `by`, indicator, value, status, note. Unknown below
        ``settings.MIN_COVERAGE_RATE`` of the people; ``measured`` for a commune alone, otherwise
        ``estimated``: the people who weigh it are those of a later vintage.

    Examples
    --------
    >>> names = vintages("apl_past")
    >>> table = pd.DataFrame(
    ...     {"area": "x", "population": [100, 300], "standardised_population_2022": [100.0, 300.0],
    ...      **{name: [2.0, 4.0] for name in names}}
    ... )
    >>> past_means(table, by="area")["value"].unique().tolist()
    [3.5]
    """
    names = vintages("apl_past")
    (weight,) = {str(COLUMNS[name].weight) for name in names}
    # Who lives nowhere lacks nowhere: a commune without people is no gap.
    lived = communes.loc[communes["population"] > 0, [by, "population", weight, *names]]
    long = lived.melt([by, "population", weight], var_name="indicator")
    known = long["value"].notna() & (long[weight] > 0)
    long = long.assign(
        total=(long["value"] * long[weight]).where(known, 0.0),
        weight=long[weight].where(known, 0.0),
        people=long["population"].where(known, 0),
        communes=1,
        missing=~known,
    )
    long["indicator"] = pd.Categorical(long["indicator"], categories=list(names))
    keys = [by, "indicator"]
    wanted = ["total", "weight", "people", "population", "communes", "missing"]
    sums = long.groupby(keys, observed=True)[wanted].sum().reset_index()
    coverage = sums["people"] / sums["population"]
    mean = (sums["total"] / sums["weight"]).where(coverage >= settings.MIN_COVERAGE_RATE)
    status = np.where(sums["communes"] == 1, Status.COMPUTED.value, Status.ESTIMATED.value)
    notes = [
        _note(int(missing), share)
        for missing, share in zip(sums["missing"], 1 - coverage, strict=True)
    ]
    return sums[[by]].assign(
        indicator=sums["indicator"].astype(str),
        value=mean.round(6),
        status=np.where(mean.isna(), Status.UNKNOWN.value, status),
        note=notes,
    )


def _note(missing: int, share: float) -> str:
    """French words on the communes whose figure lacks; empty where none does."""
    if not missing:
        return ""
    many = counted(missing, "commune sans donnée", "communes sans donnée")
    return f"{many} ({percent(share)} des habitants)"


def past_areas(communes: pd.DataFrame) -> pd.DataFrame:
    """
    Mean APL of the earlier publications in every area around a territory.

    Parameters
    ----------
    communes : DataFrame
        All communes, as in :func:`past_means`, with the codes and names of their areas.

    Returns
    -------
    DataFrame
        Long table in the form of
        :func:`cpts_geo.sources.embedding.embedded.load_comparisons`.
    """
    parts = []
    for level in AROUND:
        codes = communes[level.members] if level.members else level.code
        names = communes[level.names] if level.names else level.word
        table = communes.assign(area_code=codes, area_name=names)
        named = table.drop_duplicates("area_code").set_index("area_code")["area_name"]
        means = past_means(table, by="area_code").assign(area_level=level.key)
        parts.append(means.assign(area_name=means["area_code"].map(named)))
    return pd.concat(parts, ignore_index=True)[[c for c in _COLUMNS if c != "territory"]]


def apl_trend(
    communes: pd.DataFrame, comparison: pd.DataFrame, *, past: pd.DataFrame, areas: pd.DataFrame
) -> pd.DataFrame:
    """
    Gather the APL of a territory, its départements, région and France, in every vintage known.

    Parameters
    ----------
    communes : DataFrame
        Communes of the territory with their figures.
    comparison : DataFrame
        Its rows of :func:`cpts_geo.indicators.comparison.compare_areas`, with the current
        publication.
    past : DataFrame
        APL of communes in the earlier publications
        (:func:`cpts_geo.sources.embedding.embedded.load_apl_history`).
    areas : DataFrame
        Compiled comparisons, with those of :func:`past_areas`.

    Returns
    -------
    DataFrame
        territory, area_level, area_code, area_name, indicator (of the families ``apl_past`` then
        ``apl``, each from the oldest vintage), value (NaN unknown), status, note.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> past, areas = embedded.load_apl_history(), embedded.load_comparisons()
    >>> figures = embedded.load_figures().query("code_insee == '45203'")
    >>> commune = figures.assign(territory="meung", population=6_500)
    >>> row = {"territory": "meung", "area_level": "cpts", "area_code": "meung",
    ...        "area_name": "Meung", "indicator": "apl_2023", "value": 2.9, "status": "computed",
    ...        "note": ""}
    >>> found = apl_trend(commune, pd.DataFrame([row]), past=past, areas=areas)
    >>> found[["indicator", "status"]].iloc[[0, -1]].to_numpy().tolist()
    [['apl_2015', 'computed'], ['apl_2023', 'computed']]
    """
    (weight,) = {str(COLUMNS[name].weight) for name in vintages("apl_past")}
    people = pd.DataFrame(communes[["territory", "code_insee", "population", weight]])
    mine = past_means(people.merge(past, on="code_insee", how="left"), by="territory")
    mine = mine.rename(columns={"territory": "area_code"}).assign(area_level=TERRITORY.key)
    known = pd.concat([mine, areas[areas["indicator"].isin(vintages("apl_past"))]])
    named = comparison.drop_duplicates(["territory", *AREA])[["territory", *AREA, "area_name"]]
    earlier = named.merge(known.drop(columns="area_name"), on=AREA, how="left")
    current = comparison[comparison["indicator"].isin(vintages("apl"))]
    table = pd.concat([earlier, current])[_COLUMNS].dropna(subset=["indicator"])
    order = {name: place for place, name in enumerate((*vintages("apl_past"), *vintages("apl")))}
    first = {tuple(row): place for place, row in enumerate(named[AREA].to_numpy())}
    places = [first[pair] for pair in table[AREA].itertuples(index=False, name=None)]
    table = table.assign(place=places, rank=table["indicator"].map(order))
    table = table.sort_values(["place", "rank"], ignore_index=True)
    return table[_COLUMNS].fillna({"note": ""})


def points(trend: pd.DataFrame, family: str) -> list[Point]:
    """
    Known APL of one area in one publication, from the oldest vintage.

    Parameters
    ----------
    trend : DataFrame
        Rows of one area of :func:`apl_trend`.
    family : str
        Publication: ``apl_past`` or ``apl``.

    Returns
    -------
    list of Point
        Unknown vintages left out.

    Examples
    --------
    >>> row = {"indicator": "apl_2023", "value": 1.827, "status": "measured"}
    >>> points(pd.DataFrame([row]), "apl")
    [Point(year=2023, value=1.827, status='measured')]
    """
    rows = trend[trend["indicator"].isin(vintages(family)) & trend["value"].notna()]
    return [
        Point(int(COLUMNS[row["indicator"]].vintage), float(row["value"]), row["status"])
        for row in rows.to_dict("records")
    ]


def steps(known: Sequence[Point]) -> list[Step]:
    """
    Change from each vintage of a publication to the next one known.

    Parameters
    ----------
    known : sequence of Point
        As :func:`points`.

    Returns
    -------
    list of Step
        None where one vintage alone is known.

    Examples
    --------
    >>> one, two = Point(2022, 2.0, "measured"), Point(2023, 2.51, "measured")
    >>> [(step.change, step.volatile) for step in steps([one, two])]
    [(0.51, True)]
    """
    return [Step(*pair) for pair in pairwise(known)]


def unbroken(known: Sequence[Point]) -> list[list[Point]]:
    """
    Vintages of one publication that a line may join: year after year.

    Parameters
    ----------
    known : sequence of Point
        As :func:`points`.

    Returns
    -------
    list of list of Point
        Each without a year that lacks inside.

    Examples
    --------
    >>> found = unbroken([Point(year, 3.0, "measured") for year in (2018, 2019, 2021)])
    >>> [[point.year for point in run] for run in found]
    [[2018, 2019], [2021]]
    """
    runs: list[list[Point]] = []
    for point in known:
        if runs and point.year == runs[-1][-1].year + 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs
