"""The slide of the GPs for 100,000 people: what is announced, beside what is counted."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.atlas.exhibits.slide import Chart, Slide
from cpts_geo.atlas.look.words import sentence, short_name
from cpts_geo.french import capital, joined, number, typeset
from cpts_geo.indicators.densities import per_10k
from cpts_geo.indicators.gp_sources import reconcile
from cpts_geo.schema import AREA, COLUMNS, TERRITORY
from cpts_geo.study.study import Study

_ANNOUNCED: Final = "gps_per_100k_published"
#: Sources that one chart compares, and letters of their names there.
_SOURCES, _NAMED = 4, 34
#: The title tells the range of sources where the largest is more than so many times the least.
_APART: Final = 1.15


def doctors_slide(study: Study, *, sources: str) -> Slide | None:
    """GPs for 100,000 people, source by source, beside the areas around; None where unknown."""
    table = reconcile(study.comparison)
    mine = table[(table["area_level"] == TERRITORY.key) & table["density"].notna()]
    names = [str(name) for name in dict.fromkeys(mine["indicator"])]
    # What was announced stands first, beside what is counted.
    names = sorted(names, key=lambda name: name != _ANNOUNCED)[:_SOURCES]
    if not names:
        return None
    by_area = table.set_index([*AREA, "indicator"])["density"]
    areas = study.comparison.drop_duplicates(AREA)
    series = []
    for area in areas.itertuples():
        values = [by_area.get((area.area_level, area.area_code, name)) for name in names]
        if any(pd.notna(value) for value in values):
            numbers = tuple(None if pd.isna(x) else float(x) for x in values)
            series.append((short_name(str(area.area_name), _NAMED), numbers))
    column = COLUMNS[names[0]]
    label = "annoncés" if names[0] == _ANNOUNCED else column.short or column.vintage
    own, *others = [(name, values[0]) for name, values in series if values[0] is not None]
    beside = joined([f"{number(value)} ({name})" for name, value in others])
    title = f"{number(own[1])} généralistes pour 100 000 habitants ({label})"
    title = f"{title}, contre {beside}" if beside else title
    told = [value for value in series[0][1] if value is not None]
    if max(told) > _APART * min(told):
        title += f" ; de {number(min(told))} à {number(max(told))} selon la source"
    chart = Chart(
        kind="bars",
        categories=tuple(capital(_source_name(name)) for name in names),
        series=tuple(series),
        unit="généralistes pour 100 000 habitants",
        decimals=0,
        alt=typeset(
            "Généralistes pour 100 000 habitants. "
            + " ; ".join(
                f"{_source_name(name)} : "
                + ", ".join(
                    f"{area} {number(value)}"
                    for area, values in series
                    if (value := values[rank]) is not None
                )
                for rank, name in enumerate(names)
            )
        ),
    )
    known = [(name, per_10k(names[0], float(values[0] or "nan"))) for name, values in series]
    tenths = "Pour 10 000 habitants : " + joined(
        [f"{number(tenth, 1)} ({name})" for name, tenth in known if tenth is not None]
    )
    definitions = [f"{COLUMNS[name].counted_label} : {COLUMNS[name].definition}" for name in names]
    return Slide(
        title=typeset(title),
        chart=chart,
        used=tuple(names),
        notes=(*(sentence(text) for text in definitions), sentence(tenths), sources),
    )


def _source_name(name: str) -> str:
    """A source of densities in a chart."""
    if name == _ANNOUNCED:
        return "annoncé"
    column = COLUMNS[name]
    words = column.short or column.counted_label
    return words if column.vintage in words else f"{words} {column.vintage}"[:_NAMED]
