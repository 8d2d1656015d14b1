"""Pages: a sheet a territory, and the index. One self-contained HTML file each."""

from __future__ import annotations

import base64
import gc
import io
import re
from collections.abc import Sequence
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from cpts_geo.atlas import (
    access_tables,
    access_words,
    capacity_section,
    charts,
    maps,
    opening_words,
    perimeter_tables,
    reconciliation,
    sentences,
    source_chart,
    static,
    style,
    tables,
)
from cpts_geo.atlas.cells import value_cell
from cpts_geo.atlas.offline import inline_assets
from cpts_geo.atlas.templating import template
from cpts_geo.capacity.demand.requests import normative_rates
from cpts_geo.french import number, value_text
from cpts_geo.indicators.densities import poisson_interval
from cpts_geo.schema import COLUMNS, STATUS_MARKS
from cpts_geo.settings import APL_LOW
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.study import Study


def _map_parts(new: folium.Map) -> dict[str, Markup]:
    """The pieces of a map, to place inside a page of our own."""
    root: Any = new.get_root()
    root.render()
    head = "\n".join(
        child.render()
        for name, child in root.header._children.items()
        if name not in ("meta_http", new.get_name())
    )
    parts = {"map_head": head, "map_html": root.html.render(), "map_script": root.script.render()}
    # folium names its elements at random: numbered, so that equal inputs give equal bytes.
    numbers = {each._id: str(n) for n, each in enumerate((new, *new._children.values()))}
    named = re.compile("|".join(numbers))
    return {
        name: Markup(named.sub(lambda found: numbers[found[0]], text))
        for name, text in parts.items()
    }


def _png(figure: Figure) -> Markup:
    small = io.BytesIO()
    figure.set_dpi(120)
    # Drawn once: saving a figure draws it twice, and packs every colour before they are few.
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = canvas.buffer_rgba()
    drawn = Image.frombuffer("RGBA", pixels.shape[1::-1], pixels).convert("RGB")
    # A figure holds itself, with its pixels: several would wait for one another's end.
    del figure, canvas, pixels
    gc.collect()
    # Flat colours: a palette, the same for maps and legends, takes a quarter of the page's room.
    drawn.quantize(256, Image.Quantize.FASTOCTREE).save(small, format="png", compress_level=6)
    return Markup(base64.b64encode(small.getvalue()).decode("ascii"))


def _access(access: TerritoryAccess) -> dict[str, Any]:
    """Words and tables of the access section."""
    found = access.opening
    parts: dict[str, Any] = {
        "note": access_words.times_note(access),
        "whose": access_words.whose_times(access),
        "sentences": access_words.coverage_sentences(access),
        "headers": access_tables.coverage_headers(),
        "rows": access_tables.coverage_rows(access),
        "shifts": [
            (
                shift,
                access_words.shift_sentence(shift, access.names),
                access_tables.shift_rows(shift, access.names),
            )
            for shift in access.shifts
        ],
        "opening": None,
    }
    if found is not None:
        parts["opening"] = {
            "answer": opening_words.opening_answer(found, access),
            "capacity": opening_words.capacity_sentence(found, access),
            "gain": opening_words.gain_sentence(found, access),
            "headers": access_tables.site_headers(found),
            "rows": access_tables.site_rows(found, access),
            "gains": access_tables.gain_rows(found, access),
        }
    return parts


def _sources_used(sheets: Sequence[Study]) -> list[Source]:
    """Sources of the figures shown, and of the outlines and people behind them."""
    used = {"admin_express", "insee_population_2017"}
    for sheet in sheets:
        known = sheet.comparison["indicator"][sheet.comparison["value"].notna()]
        layers = style.layers(sheet.communes, scenarios=sheet.scenarios)
        names = {*known, *tables.commune_columns(sheet.communes), *(x.column for x in layers)}
        names |= set(sheet.access.coverage["column"])
        used |= {COLUMNS[name].source for name in names}
    return [source for key, source in sources().items() if key in used]


def sheet_page(sheet: Study, *, national: gpd.GeoDataFrame, date: str) -> str:
    """
    Render the page of one territory.

    Parameters
    ----------
    sheet : Study
        Its tables and headline.
    national : GeoDataFrame
        All communes, for the surroundings.
    date : str
        Date of the run, as written on the page.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.

    Raises
    ------
    AssetError
        The page would need a file that cannot be embedded.
    """
    shown = {"name": sheet.name, "national": national, "scenarios": sheet.scenarios}
    interactive = maps.territory_map(sheet.communes, **shown)
    unmapped = sheet.communes["name"][sheet.communes.geometry.isna()]
    areas, rows = tables.comparison_rows(sheet.comparison)
    headers, commune_rows = tables.commune_table(sheet.communes)
    figures = [
        (label, detail, note, Markup(charts.bars_svg(bars, title=label)))
        for label, detail, note, bars in tables.key_figures(sheet.comparison)
    ]
    result = sheet.headline
    layers = style.layers(sheet.communes, scenarios=sheet.scenarios)
    page = template("fiche.html.j2").render(
        sheet=sheet,
        population=value_text(COLUMNS["population"], sheet.outline["population"], unit=True),
        area=value_text(COLUMNS["area_km2"], sheet.outline["area_km2"], unit=True),
        capacity=capacity_section.capacity_section(result, sheet.capacity, facts=sheet.facts)
        if result and sheet.capacity
        else {},
        access=_access(sheet.access),
        result=result,
        assumption_rows=tables.assumption_rows(result.scenario) if result else [],
        apl_low=APL_LOW,
        rates=" – ".join(number(rate, 2) for rate in normative_rates()),
        one_gp=[number(bound, 2) for bound in poisson_interval(1)],
        figures=figures,
        unmapped=list(unmapped),
        areas=areas,
        rows=rows,
        headers=headers,
        commune_rows=commune_rows,
        source_rows=reconciliation.source_rows(sheet.comparison)[1],
        source_chart=Markup(
            source_chart.sources_svg(
                sheet.comparison, title="Médecins pour 100 000 habitants selon chaque source"
            )
        ),
        source_words=reconciliation.explanations(sheet.comparison),
        gap_rows=perimeter_tables.gap_rows(sheet.gaps),
        border_rows=perimeter_tables.border_rows(sheet.border),
        audit_rows=perimeter_tables.audit_rows(sheet.audit),
        fact_rows=tables.fact_rows(sheet.facts),
        stills=[_png(figure) for figure in static.panel_figures(sheet.communes, **shown)],
        layer_sources=[(layer.title, style.layer_source(layer)) for layer in layers],
        layer_titles=", ".join(layer.title for layer in layers),
        sources=_sources_used([sheet]),
        date=date,
        **_map_parts(interactive),
    )  # fmt: skip
    return inline_assets(page)


def index_page(
    sheets: Sequence[Study],
    outlines: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    notes: Sequence[str],
    date: str,
) -> str:
    """
    Render the index: overview map and comparison of the territories.

    Parameters
    ----------
    sheets : sequence of Study
        Territories in order.
    outlines : GeoDataFrame
        Their outlines and names.
    national : GeoDataFrame
        All communes.
    notes : sequence of str
        What to know of the set of territories.
    date : str
        Date of the run.

    Returns
    -------
    str
        A complete HTML page that asks nothing of any network.
    """
    overview = maps.overview_map(outlines, national)
    columns = tables.newest_known(_INDEX_COLUMNS, pd.concat([s.comparison for s in sheets]))
    rows = []
    for sheet in sheets:
        values = sheet.comparison[sheet.comparison["area_level"] == "cpts"]
        cells = values.set_index("indicator").to_dict("index")
        result = sheet.headline
        rows.append(
            {
                "sheet": sheet,
                "answer": sentences.short_answer(result) if result else "non calculé",
                "hours": sentences.short_hours(result) if result else "non calculé",
                "today": sentences.slots_text(result.today.slots)
                if result and result.today
                else None,
                "label": result.scenario.evidence_label if result else "—",
                "mark": STATUS_MARKS[sentences.answer_status(result)] if result else "",
                "cells": [
                    value_cell(
                        name, cells[name]["value"], cells[name]["status"], cells[name]["note"]
                    )
                    for name in columns
                ],
            }
        )
    page = template("index.html.j2").render(
        rows=rows,
        columns=[(COLUMNS[name], sources()[COLUMNS[name].source]) for name in columns],
        goals=sorted({sentences.goal(s.headline) for s in sheets if s.headline}),
        notes=notes if len(sheets) > 1 else (),
        perimeters=_perimeters(sheets),
        still=_png(static.overview_figure(outlines, national=national)),
        sources=_sources_used(sheets),
        date=date,
        **_map_parts(overview),
    )  # fmt: skip
    return inline_assets(page)


def _perimeters(sheets: Sequence[Study]) -> list[str]:
    """What is to know of each list of communes, said once where it is the same for several."""
    said: dict[str, list[str]] = {}
    for sheet in sheets:
        said.setdefault(sheet.perimeter, []).append(sheet.name)
    return [f"{', '.join(names)} : {text}" for text, names in said.items()]


_INDEX_COLUMNS = (
    "population",
    "share_without_mt",
    "gps_per_100k",
    "apl",
    "share_low_apl",
)
