"""The slides, opened by python-pptx and as XML: native charts, notes, language, room."""

from __future__ import annotations

import io
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Emu, Pt

from cpts_geo.foreign import MAX_NAME
from cpts_geo.french import typeset
from cpts_geo.writing.export.export import write_exports
from tests.atlas.said import plain
from tests.kept import analysed
from tests.writing.export.conftest import CASES, DAY


def opened(folder: Path):
    """Return the one presentation of a folder."""
    (found,) = folder.glob("*.pptx")
    return Presentation(str(found))


def frames(slide):
    """Text frames of a slide, with the width that each has."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame, shape.width, shape.height
        if getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                for cell, column in zip(row.cells, shape.table.columns, strict=True):
                    yield cell.text_frame, column.width, row.height


def test_six_slides_and_their_native_charts(exported):
    deck = opened(exported("beauce_gatinais", "pptx"))
    assert len(deck.slides) == 6
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=1e-3)
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert len(set(titles)) == 6
    study = analysed("beauce_gatinais", draws=1000).studies["beauce_gatinais"]
    needed, today = study.headline.slots_per_day.p50, study.headline.today.slots
    assert titles[0] == typeset(f"Il faudrait {needed} créneaux par jour ; il y en a {today:g}")
    assert [part in titles[2] for part in ("30", "57", "87")] == [True] * 3
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 2
    density, months = (
        {series.name: list(series.values) for series in chart.plots[0].series} for chart in charts
    )
    assert [density[name][0] for name in ("Beauce-Gâtinais", "Loiret", "France")] == [30, 57, 87]
    assert months["médiane"] == list(study.capacity.by_month["slots_p50"])
    assert months["aujourd’hui"] == [today] * 12
    # Its numbers open in a workbook of its own.
    book = openpyxl.load_workbook(io.BytesIO(charts[0].part.chart_workbook.xlsx_part.blob))
    assert book.active["B2"].value == 30


@pytest.mark.parametrize("case", CASES)
def test_each_slide_is_told_in_french_and_described(exported, case):
    folder = exported(case, "pptx")
    deck = opened(folder)
    for slide in deck.slides:
        assert slide.shapes.title.text
        assert "Licence Ouverte" in slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            drawn = shape.shape_type is not None and (
                getattr(shape, "has_chart", False)
                or getattr(shape, "has_table", False)
                or hasattr(shape, "image")
            )
            if drawn:
                assert shape._element.xpath(".//p:cNvPr")[0].get("descr")
        runs = slide._element.xpath(".//a:rPr")
        assert runs and {run.get("lang") for run in runs} == {"fr-FR"}
    (path,) = folder.glob("*.pptx")
    with zipfile.ZipFile(path) as held:
        assert held.testzip() is None
        text = "".join(held.read(n).decode("utf-8", "replace") for n in held.namelist())
    assert 'TargetMode="External"' not in text


def test_slides_say_their_sources_and_explain_only_what_they_show(exported):
    told = {}
    for case in ("beauce_gatinais", "ouest_loiret"):
        slides = opened(exported(case, "pptx")).slides
        told[case] = [" ".join(frame.text for frame, *_ in frames(slide)) for slide in slides]
        for text in told[case]:
            assert "Entre parenthèses" not in text or re.search(r"\d \(\d", text)
        for rank in (0, 2, 4):
            assert re.search(r"Sources? : .*(Drees|Insee)", plain(told[case][rank]))
        assert "effet sur l’offre" in told[case][4]
        assert "effet sur les trajets" in told[case][4]
    # The sources of one chart do not agree: its title does not choose among them.
    assert "de 30 à 61 selon la source" in plain(told["beauce_gatinais"][2])
    assert "de 58 à 78 selon la source" in plain(told["ouest_loiret"][2])


def check_room(deck):
    """Nothing leaves its slide, no letter is small, every text holds in its frame."""
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width + 1
            assert shape.top + shape.height <= deck.slide_height + 1
        for frame, width, height in frames(slide):
            lines = 0.0
            for paragraph in frame.paragraphs:
                sizes = {run.font.size for run in paragraph.runs}
                assert not sizes or min(sizes) >= Pt(18)
                letter = max(sizes, default=Pt(18)) * 0.5
                inside = width - Emu(182_880)
                count = math.ceil(len(paragraph.text) * letter / inside) or 1
                lines += count * 1.2 * max(sizes, default=Pt(18))
            assert lines <= height + Pt(12), frame.text
        for shape in slide.shapes:
            if getattr(shape, "has_chart", False) and shape.has_chart:
                assert shape.chart.font.size >= Pt(18)


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_small_and_nothing_leaves_its_slide(exported, case):
    check_room(opened(exported(case, "pptx")))


@pytest.mark.parametrize("case", CASES)
def test_a_very_long_name_holds_in_its_frames(tmp_path, case):
    asked = dict(CASES[case])
    analysis = analysed(*asked.pop("territories", ()), draws=1000, **asked)
    (study,) = analysis.studies.values()
    words = "Communauté professionnelle territoriale de santé des Hautes Vallées du Plateau "
    outline = study.outline.copy()
    # As long as a name may be.
    outline["name"], outline["document"] = (words * 3)[:MAX_NAME], words * 5
    run = replace(analysis, studies={study.key: study.with_parts(outline=outline)})
    write_exports(run, tmp_path, formats=("pptx",), day=DAY)
    deck = opened(tmp_path)
    check_room(deck)
    for rank, slide in enumerate(deck.slides, 1):
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        pictured = any(hasattr(shape, "image") for shape in slide.shapes)
        assert pictured or texts[-1].endswith(f"… — 02/03/2026 — {rank}")
        for shape in slide.shapes:
            if getattr(shape, "has_chart", False) and shape.has_chart:
                assert max(len(series.name) for series in shape.chart.plots[0].series) <= 34


def test_the_map_is_a_slide_wide_picture(exported):
    deck = opened(exported("ouest_loiret", "pptx"))
    pictures = [s for slide in deck.slides for s in slide.shapes if hasattr(s, "image")]
    (picture,) = pictures
    assert Image.open(io.BytesIO(picture.image.blob)).size == (1920, 1080)


def test_a_slide_with_nothing_to_say_is_absent(exported):
    deck = opened(exported("mayotte", "pptx"))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == "Le nombre de créneaux nécessaires n’est pas connu"
    assert len(titles) < 6
    charts = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) <= 1


def test_a_name_is_no_formula_in_the_workbook_of_a_chart(tmp_path):
    analysis = analysed("beauce_gatinais", draws=1000)
    study = analysis.studies["beauce_gatinais"]
    table = study.comparison.copy()
    table.loc[table["area_level"] == "cpts", "area_name"] = "=1+1\x1b"
    run = analysis.with_tables(comparison=table)
    write_exports(run, tmp_path, formats=("pptx",), day=DAY)
    deck = opened(tmp_path)
    chart = next(s.chart for slide in deck.slides for s in slide.shapes if s.has_chart)
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(str(cell.value).startswith("'=1+1") for cell in cells)
