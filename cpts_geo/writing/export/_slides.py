"""Six slides that a colleague edits: native charts and tables, notes, words for who does not see.

Nothing is smaller than 18 points but the picture of the map, and nothing leaves its slide: letters
are counted before they are laid out, what does not fit is said in the notes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from cpts_geo.atlas.exhibits.deck import deck
from cpts_geo.atlas.exhibits.findings import averages
from cpts_geo.atlas.exhibits.framed import framed_figure, save_figure
from cpts_geo.atlas.exhibits.slide import Chart, Slide
from cpts_geo.atlas.look import style
from cpts_geo.files import write_atomically
from cpts_geo.foreign import for_spreadsheet, shown_name, visible
from cpts_geo.french import typeset
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.analyst.filled.templates import INVENTED, INVENTED_SAID
from cpts_geo.sources.catalogue.catalogue import sources as catalogue
from cpts_geo.study.study import Study

#: Inches: a slide, its margin, where its body begins and ends, its foot.
_WIDE, _HIGH, _EDGE = 13.333, 7.5, 0.6
_TOP, _BOTTOM, _FOOT = 1.75, 6.45, 0.45
_FOOT_NAME: Final = 60
#: Points of the letters of a text, at the least.
_LEAST: Final = 18
#: Points of a title, by the letters that it may hold; the last one is cut.
_TITLES: Final = ((40, 36), (30, 90), (26, 120), (22, 200))
#: Share of its points that a letter is wide, and a line high.
_LETTER, _LINE = 0.6, 1.2
_LANGUAGE: Final = "fr-FR"
#: Colours of series, in order.
_COLOURS: Final = (style.ACCENT, style.FILL, style.MUTED, style.INK, style.LINE)
_KINDS: Final = {"bars": XL_CHART_TYPE.COLUMN_CLUSTERED, "lines": XL_CHART_TYPE.LINE_MARKERS}


def write_slides(
    study: Study, path: Path, *, national: gpd.GeoDataFrame, sources: str, day: date
) -> None:
    """Write the slides of a territory."""
    shown = Presentation()
    _stretch(shown)
    for rank, said in enumerate(deck(study, sources=sources), 1):
        page = shown.slides.add_slide(shown.slide_layouts[5])
        left_out = _fill(page, said, study=study, national=national, day=day)
        if said.used:
            _write(_box(page, _BOTTOM, _FOOT), [_credit(said.used)], _LEAST, ink=style.MUTED)
        marked = f"{INVENTED.capitalize()} — " if study.invented else ""
        name = shown_name(study.name, most=_FOOT_NAME)
        if said.layer is None:
            _foot(page, f"{marked}{name} — {day:%d/%m/%Y} — {rank}")
        elif marked:
            _foot(page, INVENTED.capitalize())
        notes = page.notes_slide.notes_text_frame
        told = [INVENTED_SAID] if study.invented else []
        notes.text = visible("\n".join([*told, *left_out, *said.notes]))
        for element in (page._element, page.notes_slide._element):
            _speak_french(element)
    about = shown.core_properties
    about.title, about.language, about.author = visible(study.name), _LANGUAGE, "cpts_geo"
    about.created = about.modified = datetime(day.year, day.month, day.day)
    about.last_modified_by = "cpts_geo"
    write_atomically(path, partial(_save, shown))


def _save(shown: Any, path: Path) -> None:
    """Write a presentation."""
    shown.save(str(path))


def _stretch(shown: Any) -> None:
    """Make 16:9 of the 4:3 of the library, its layouts included."""
    ratio = Inches(_WIDE) / shown.slide_width
    shown.slide_width, shown.slide_height = Inches(_WIDE), Inches(_HIGH)
    for place in (shown.slide_master, *shown.slide_layouts):
        for shape in place.placeholders:
            shape.left, shape.width = Emu(int(shape.left * ratio)), Emu(int(shape.width * ratio))


def _fill(
    page: Any, said: Slide, *, study: Study, national: gpd.GeoDataFrame, day: date
) -> list[str]:
    """Lay a slide out; the texts that it has no room for."""
    if said.layer is not None:
        # Under the title: the picture is as large as the slide.
        figure = framed_figure(
            study.communes, said.layer, name=study.name, finding="",
            averages=averages(study, said.layer), date=f"{day:%d/%m/%Y}", national=national,
            form="diapo",
        )  # fmt: skip
        drawn = io.BytesIO()
        save_figure(figure, drawn, kind="png")
        picture = page.shapes.add_picture(drawn, 0, 0, Inches(_WIDE), Inches(_HIGH))
        _describe(picture._element.nvPicPr, f"Carte. {said.title}. {said.layer.heading}.")
        # What is read first stands first.
        page.shapes._spTree.insert(2, picture._element)
    _title(page.shapes.title, said.title)
    top, left_out = _TOP, list[str]()
    if said.lines:
        height, left_out = _lines(page, said.lines)
        top += height
    if said.rows:
        left_out += _table(page, said, top=top)
    if said.chart is not None:
        _chart(page, said.chart)
    return left_out


def _lines_of(text: str, inches: float, points: float) -> int:
    """Lines that a text takes in so many inches, at so many points."""
    return max(1, math.ceil(len(text) * points * _LETTER / (72 * inches)))


def _title(shape: Any, text: str) -> None:
    """The finding, in letters as large as it leaves room for."""
    shape.left, shape.top = Inches(_EDGE), Inches(0.35)
    shape.width, shape.height = Inches(_WIDE - 2 * _EDGE), Inches(_TOP - 0.45)
    size, most = next(each for each in _TITLES if len(text) <= each[1] or each == _TITLES[-1])
    shown = text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    _write(frame, [shown], size, bold=True)


def _write(
    frame: Any, texts: Sequence[str], points: float, *, bold: bool = False, ink: str = style.INK
) -> None:
    """Paragraphs of a frame, alike."""
    for rank, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if rank == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(points / 2)
        run = paragraph.add_run()
        run.text = visible(text)
        run.font.size, run.font.bold = Pt(points), bold
        run.font.color.rgb = RGBColor.from_string(ink.removeprefix("#"))


def _box(page: Any, top: float, height: float) -> Any:
    """A text box across the slide."""
    box = page.shapes.add_textbox(
        Inches(_EDGE), Inches(top), Inches(_WIDE - 2 * _EDGE), Inches(height)
    )
    box.text_frame.word_wrap = True
    return box.text_frame


def _lines(page: Any, texts: Sequence[str]) -> tuple[float, list[str]]:
    """Sentences that hold; their height, and those that do not."""
    room, kept = _BOTTOM - _TOP, list[str]()
    height = 0.1
    for text in texts:
        many = _lines_of(text, _WIDE - 2 * _EDGE - 0.2, _LEAST)
        more = (many * _LINE + 0.5) * _LEAST / 72
        if height + more > room:
            break
        height += more
        kept.append(text)
    _write(_box(page, _TOP, height), kept, _LEAST)
    return height, list(texts[len(kept) :])


def _table(page: Any, said: Slide, *, top: float) -> list[str]:
    """The table that holds; the rows that do not, in words."""
    across, room = _WIDE - 2 * _EDGE, _BOTTOM - top
    columns = [0.46 * across, 0.54 * across]
    rows: list[tuple[str, ...]] = []
    heights: list[float] = []
    for row in (said.heads, *said.rows):
        many = max(_lines_of(c, w - 0.25, _LEAST) for c, w in zip(row, columns, strict=True))
        height = (many * _LINE * _LEAST + 10) / 72
        if sum(heights) + height > room:
            break
        heights.append(height)
        rows.append(row)
    place = (Inches(_EDGE), Inches(top), Inches(across), Inches(sum(heights)))
    frame = page.shapes.add_table(len(rows), len(columns), *place)
    _describe(frame._element.nvGraphicFramePr, f"Tableau : {said.title}.")
    for column, width in zip(frame.table.columns, columns, strict=True):
        column.width = Inches(width)
    for rank, (texts, height) in enumerate(zip(rows, heights, strict=True)):
        frame.table.rows[rank].height = Inches(height)
        for place_of, text in enumerate(texts):
            cell = frame.table.cell(rank, place_of)
            cell.margin_top = cell.margin_bottom = Pt(4)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            fill = style.GROOVE if rank % 2 == 0 else style.PAPER
            cell.fill.fore_color.rgb = RGBColor.from_string(fill.removeprefix("#"))
            _write(cell.text_frame, [text], _LEAST, bold=rank == 0 or place_of == 0)
            cell.text_frame.paragraphs[0].space_after = Pt(0)
    return [" : ".join(filter(None, row)) for row in said.rows[max(len(rows) - 1, 0) :]]


def _chart(page: Any, said: Chart) -> None:
    """A chart of the program that shows the slides: its numbers open in a workbook."""
    data = CategoryChartData(number_format="#,##0" if not said.decimals else "#,##0.0")
    # What a name begins with must not be computed by the workbook of the chart.
    data.categories = [for_spreadsheet(visible(name)) for name in said.categories]
    for name, values in said.series:
        data.add_series(for_spreadsheet(visible(name)), values)
    frame = page.shapes.add_chart(
        _KINDS[said.kind], Inches(_EDGE), Inches(_TOP), Inches(_WIDE - 2 * _EDGE),
        Inches(_BOTTOM - _TOP), data,
    )  # fmt: skip
    _describe(frame._element.nvGraphicFramePr, said.alt)
    chart = frame.chart
    chart.font.size, chart.has_title = Pt(_LEAST), False
    chart.has_legend = len(said.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        chart.legend.font.size = Pt(_LEAST)
    axis = chart.value_axis
    axis.minimum_scale = 0
    axis.has_title = True
    axis.axis_title.text_frame.text = said.unit
    axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(_LEAST)
    axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(style.LINE.removeprefix("#"))
    plot = chart.plots[0]
    if said.kind == "bars":
        plot.gap_width, plot.overlap = 60, -5
        plot.has_data_labels = True
        plot.data_labels.font.size, plot.data_labels.show_value = Pt(_LEAST), True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0;;", False
    for series, colour in zip(plot.series, _COLOURS, strict=False):
        ink = RGBColor.from_string(colour.removeprefix("#"))
        if said.kind == "lines":
            series.smooth = False
            series.format.line.color.rgb, series.format.line.width = ink, Pt(3)
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = ink
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = ink
    _speak_french(chart._chartSpace)


def _foot(page: Any, text: str) -> None:
    """Territory, date and number of the slide."""
    _write(_box(page, _HIGH - _FOOT - 0.15, _FOOT), [text], _LEAST, ink=style.MUTED)


def _credit(used: Sequence[str]) -> str:
    """Producers of what a slide shows, in one line; their licences are in the notes."""
    told = list(dict.fromkeys(catalogue()[COLUMNS[name].source].producer for name in used))
    return typeset(f"{'Sources' if len(told) > 1 else 'Source'} : {' ; '.join(told)}.")


def _describe(properties: Any, text: str) -> None:
    """Tell what is drawn to who does not see it."""
    properties.cNvPr.set("descr", visible(text))


def _speak_french(element: Any) -> None:
    """Say the language of every text, for who listens and for who corrects."""
    for each in element.iter():
        if str(each.tag).rpartition("}")[2] in ("rPr", "endParaRPr", "defRPr"):
            each.set("lang", _LANGUAGE)
