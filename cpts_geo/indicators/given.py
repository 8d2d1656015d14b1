"""What exports of indicators say of a territory, and how each value was made.

Numbers of things add; rates are means weighed by the inhabitants; a figure of an area is never
that of its communes. What the producer keeps secret bounds the value where it cannot be known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.french import counted, joined, number
from cpts_geo.indicators.located import Located
from cpts_geo.schema import Status, best_status
from cpts_geo.settings import COG_YEAR, MIN_COVERAGE_COUNT, MIN_COVERAGE_RATE
from cpts_geo.sources._conventions.text import plain
from cpts_geo.sources.analyst.indicators.file import Figures
from cpts_geo.sources.analyst.indicators.levels import AREA_LEVELS

_COLUMNS: Final = (
    "territory", "indicator", "label", "vintage", "unit", "base", "level", "how", "value", "low",
    "high", "france", "status", "note", "grade", "producer", "file",
)  # fmt: skip
#: Words of the title line of those that publish official figures.
_OFFICIAL: Final = (
    "insee", "cartosante", "observatoire", "rezone", "ars ", "cnam", "ameli", "drees",
)  # fmt: skip
#: A figure that is older (years) says so.
_OLD: Final = 5
#: Decimals kept: 11.2 % is 0.112, not a hair less.
_KEPT: Final = 9


def given_values(
    exports: Iterable[Located], members: pd.DataFrame, *, communes: pd.DataFrame
) -> pd.DataFrame:
    """
    Give each indicator of some exports for a territory.

    Parameters
    ----------
    exports : iterable of Located
        In the order they were given.
    members, communes : DataFrame
        Communes of the territory, and all of today: code_insee, population, and the code of their
        area of each level that an export has; those of the territory say its key (territory).

    Returns
    -------
    DataFrame
        A row an indicator: territory, indicator (our column, empty where none is the same),
        label (as written), vintage, unit, base (ages a share is of), level (of the areas), how the
        value was made, value (NaN unknown), low and high (what bounds it where it is not known for
        all; NaN where nothing does), france (the row of France of the file, NaN where none),
        status, note, grade, producer, file. Columns that are ours are in our unit.

    Examples
    --------
    >>> from cpts_geo.sources.analyst.indicators._labels import Indicator, meaning_of
    >>> values = pd.DataFrame({"low": [10.0, 20], "high": [10.0, 20], "reason": ""}, ["A", "B"])
    >>> indicator = Indicator("Part de X", "2024")
    >>> figures = Figures(indicator, meaning_of(indicator), values, float("nan"))
    >>> export = Located("x.csv", "Insee", AREA_LEVELS[3], (figures,), ())
    >>> communes = pd.DataFrame(
    ...     {"code_insee": ["1", "2"], "population": [300, 100], "epci": ["A", "B"]}
    ... )
    >>> table = given_values([export], communes.assign(territory="ici"), communes=communes)
    >>> table[["value", "how"]].to_numpy().tolist()
    [[12.5, 'moyenne pondérée des intercommunalités']]
    """
    rows = [
        {"territory": members["territory"].iloc[0], **_row(export, column, members, communes)}
        for export in exports
        for column in export.columns
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _row(
    export: Located, column: Figures, members: pd.DataFrame, communes: pd.DataFrame
) -> dict[str, Any]:
    """One indicator of one export for a territory."""
    meaning, level = column.meaning, export.level
    areas = members[level.key]
    table = pd.DataFrame(
        {
            "area": areas,
            "people": members["population"].astype("float64"),
            "low": areas.map(column.values["low"]),
            "high": areas.map(column.values["high"]),
            "reason": areas.map(column.values["reason"]).fillna("absente du fichier"),
        }
    )
    elsewhere = ~communes["code_insee"].isin(members["code_insee"])
    cut = set(areas.dropna()) & set(communes.loc[elsewhere, level.key].dropna())
    table["cut"] = table["area"].isin(cut)
    table["exact"] = table["low"] == table["high"]
    several = areas.nunique() > 1
    if meaning.adds:
        how = f"somme des {level.many}" if several else f"valeur {level.of}"
        value, low, high = _sum(table, by_area=level is not AREA_LEVELS[0])
    elif meaning.adds is None and several:
        how = "de la plus basse à la plus haute valeur"
        value, low, high = math.nan, table["low"].min(), table["high"].max()
    else:
        how = f"moyenne pondérée des {level.many}" if several else f"valeur {level.of}"
        value, low, high = _mean(table)
    ours = meaning.column
    whole = bool(table["exact"].all()) and not cut and (bool(meaning.adds) or not several)
    computed = ours is not None and best_status(ours.name) is Status.COMPUTED
    direct = Status.COMPUTED if computed else Status.MEASURED
    status = direct if whole else Status.ESTIMATED
    if math.isnan(value):
        status = Status.UNKNOWN
    warns = meaning.warns if several and not math.isnan(value) else ""
    apart = meaning.adds or not several
    notes = (
        _cut(export, table) if apart else "",
        _missing(table),
        warns,
        _unread(column),
        _old(column),
    )
    return {
        "indicator": ours.name if ours else "",
        "label": column.indicator.label,
        "vintage": column.indicator.vintage,
        "unit": ours.unit if ours else meaning.unit,
        "base": meaning.base
        or ("âges non dits" if meaning.column and meaning.column.table == "areas" else ""),
        "level": level.one,
        "how": how,
        "value": round(value * meaning.scale, _KEPT),
        "low": round(low * meaning.scale, _KEPT),
        "high": round(high * meaning.scale, _KEPT),
        "france": round(column.france * meaning.scale, _KEPT),
        "status": status.value,
        "note": " ; ".join(filter(None, notes)),
        "grade": "B" if any(word in f"{plain(export.producer)} " for word in _OFFICIAL) else "C",
        "producer": export.producer,
        "file": export.file,
    }


def _mean(table: pd.DataFrame) -> tuple[float, float, float]:
    """Mean of a rate weighed by the people, and its bounds where some of it is only bounded."""
    total = table["people"].sum()
    known = table[table["exact"]]
    if total == 0:
        return math.nan, math.nan, math.nan
    people = known["people"].sum()
    enough = people > 0 and people / total >= MIN_COVERAGE_RATE
    value = float((known["low"] * known["people"]).sum() / people) if enough else math.nan
    if len(known) == len(table) or not np.isfinite(table[["low", "high"]].to_numpy()).all():
        return value, math.nan, math.nan
    low, high = ((table[side] * table["people"]).sum() / total for side in ("low", "high"))
    return value, float(low), float(high)


def _sum(table: pd.DataFrame, *, by_area: bool) -> tuple[float, float, float]:
    """Sum of a number of things, and its bounds where it is not known of all; an area that the
    territory cuts holds from none of its number to all of it."""
    lacking = table.loc[~table["exact"], "people"].sum()
    total = table["people"].sum()
    rows = table.drop_duplicates("area") if by_area else table
    low = rows["low"].where(~rows["cut"], 0.0).sum()
    high = rows["high"].sum() if rows["high"].notna().all() else math.inf
    known = rows["exact"] & ~rows["cut"]
    share = lacking / total if total else float(not known.all())
    # A number of things is not that of an area: no share of the missing ones is small enough there.
    enough = known.all() if by_area else known.any() and 1 - share >= MIN_COVERAGE_COUNT
    value = float(rows.loc[known, "low"].sum()) if enough else math.nan
    if known.all():
        return value, math.nan, math.nan
    return value, float(low) if low > 0 else math.nan, high if math.isfinite(high) else math.nan


def _cut(export: Located, table: pd.DataFrame) -> str:
    """Say which areas go beyond the territory."""
    if export.level is AREA_LEVELS[0]:
        return ""
    cut, areas = table.loc[table["cut"], "area"].nunique(), table["area"].nunique()
    if not cut:
        return ""
    if areas == 1:
        return "cette zone dépasse le territoire"
    beyond = "dépasse" if cut < 2 else "dépassent"
    return f"{number(cut)} de ces {number(areas)} zones {beyond} le territoire"


def _missing(table: pd.DataFrame) -> str:
    """Say how many communes have no figure, and why."""
    lacking = table[~table["exact"]]
    if lacking.empty:
        return ""
    share = 100 * lacking["people"].sum() / max(table["people"].sum(), 1.0)
    reasons = joined(sorted(set(lacking["reason"]) - {""}))
    many = counted(len(lacking), "commune sans chiffre", "communes sans chiffre")
    return f"{many} ({number(share, 1)} % des habitants) : {reasons}"


def _unread(column: Figures) -> str:
    """Say that no line of the table of labels reads this one."""
    return (
        "libellé inconnu : ni somme ni moyenne (à dire dans labels.toml)"
        if column.meaning.adds is None
        else ""
    )


def _old(column: Figures) -> str:
    """Say that a figure is old."""
    years = column.indicator.vintage
    return "chiffre de plus de cinq ans" if years and COG_YEAR - int(years[:4]) > _OLD else ""
