"""The bars of the first screen: the territory beside its départements, région and France."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.cells import MARKS, STATUS_WORDS, own_label, producer, shown_text
from cpts_geo.atlas.look.vintages import newest_known
from cpts_geo.atlas.look.words import short_name
from cpts_geo.french import joined, typeset
from cpts_geo.indicators.given_share import comparable
from cpts_geo.schema import COLUMNS, DEPARTEMENT, FRANCE, REGION, TERRITORY, Status

#: What each group of bars shows: the first family of it that is known.
_GROUPS: Final = (("gps_per_100k_published", "gps_per_100k"), ("share_without_mt",), ("apl",))
#: Areas drawn: those that a meeting compares itself with.
_DRAWN: Final = [TERRITORY.key, DEPARTEMENT.key, REGION.key, FRANCE.key]
#: Bars of a group that a screen holds: beyond, régions leave their place to the départements.
_MOST: Final = 5
#: What a label says that the sign beside it says too.
_PUBLISHED: Final = re.compile(r" \((?:publié|annoncé)e?\)$")


@dataclass(frozen=True)
class _Bar:
    """An area: name, value as written, how it is known, length of its bar in percent; None where
    its people are others than the territory's."""

    area: str
    text: str
    base: str
    mark: str
    words: str
    announced: bool
    length: float | None
    main: bool


@dataclass(frozen=True)
class _Group:
    """Bars of an indicator, its vintage and source, and what else is counted."""

    title: str
    vintage: str
    source: str
    bars: tuple[_Bar, ...]
    more: str = ""


def section(comparison: pd.DataFrame) -> list[_Group]:
    """Groups of bars, those known of the territory only."""
    drawn = comparison[comparison["area_level"].isin(_DRAWN) & comparison["value"].notna()]
    if drawn["area_code"].nunique() > _MOST:
        drawn = drawn[drawn["area_level"] != REGION.key]
    mine = set(drawn["indicator"][drawn["area_level"] == TERRITORY.key])
    found = []
    for families in _GROUPS:
        names = [name for name in newest_known(families, comparison) if name in mine]
        if names:
            found.append(_group(names[0], drawn, counted=names[1] if names[1:] else ""))
    return found


def _group(name: str, drawn: pd.DataFrame, *, counted: str) -> _Group:
    """Bars of one indicator, and the values of another that is counted."""
    rows = drawn[drawn["indicator"] == name].to_dict("records")
    first, column = rows[0], COLUMNS[name]
    alike = [float(row["value"]) for row in rows if comparable(row["base"], first["base"])]
    # Alone, a share is of everybody.
    top = 1.0 if column.percent and len(alike) == 1 else max(alike) or 1.0
    label, vintage = own_label(column, pd.Series(first))
    sign = STATUS_WORDS[first["status"]] if first["status"] == Status.ANNOUNCED.value else ""
    sources = dict.fromkeys(f"{producer(row)} ({row['grade']})" for row in rows)
    return _Group(
        title=typeset(_PUBLISHED.sub("", label)),
        vintage=typeset(
            ", ".join(
                filter(None, (f"« {sign} »" if sign else "", "" if vintage in label else vintage))
            )
        ),
        source=typeset(" ; ".join(sources)),
        bars=tuple(_bar(row, name, top=top, base=str(first["base"])) for row in rows),
        more=typeset(_counted(counted, drawn, areas=[row["area_code"] for row in rows]))
        if counted
        else "",
    )


def _bar(row: Mapping[Any, Any], name: str, *, top: float, base: str) -> _Bar:
    """One bar."""
    value, status = float(row["value"]), str(row["status"])
    return _Bar(
        area=short_name(str(row["area_name"])),
        text=shown_text(COLUMNS[name], value, status),
        base=str(row["base"]),
        mark=MARKS[status],
        words=STATUS_WORDS[status],
        announced=status == Status.ANNOUNCED.value,
        length=round(100 * value / top, 1) if comparable(str(row["base"]), base) else None,
        main=row["area_level"] == TERRITORY.key,
    )


def _counted(name: str, drawn: pd.DataFrame, *, areas: Collection[str]) -> str:
    """What a producer counts of the same, in the areas that have a bar."""
    rows = drawn[(drawn["indicator"] == name) & drawn["area_code"].isin(areas)]
    values = joined([shown_text(COLUMNS[name], row["value"], row["status"])
                     for row in rows.to_dict("records")])  # fmt: skip
    return f"{producer(rows.iloc[0])} {COLUMNS[name].vintage} : {values}."
