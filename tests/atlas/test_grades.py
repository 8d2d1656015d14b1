"""One scale of grades: no press release is an official file, no press nor thesis better than C."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.schema import GRADE_LABELS
from cpts_geo.sources.catalogue.catalogue import sources
from tests.atlas.said import plain
from tests.kept import reported

_ANNOUNCED = re.compile("communiqué|fiche-action|lettre d’information|témoignage|affiche")
_PRESS = re.compile(
    "presse|thèse|gazette|medscape|concours pluripro|quotidien du|franceinfo"
    "|france (?:bleu|inter|2|3)|tf1|egora|tendance ouest"
)
_GRADE = re.compile(r"(?:\(|, )([A-D])\)")


def _best(source: str) -> str:
    """Best grade that a source allows by what it says; of several, the first counts."""
    said = plain(source).lower().replace("communiqué de presse", "communiqué")
    first = re.split(" ; |; formes", said)[0]
    if _ANNOUNCED.search(first):
        return "B"
    return "C" if _PRESS.search(first) else "A"


def _too_good(graded: Iterator[tuple[str, str]]) -> tuple[int, list[tuple[str, str]]]:
    """How many sources were looked at, and those whose grade is too good for them."""
    found = list(graded)
    return len(found), [(grade, text) for text, grade in found if grade and grade < _best(text)]


def _records(values: Any) -> Iterator[tuple[str, str]]:
    """Text and grade of each source nested in what a TOML holds."""
    for each in values.values() if isinstance(values, dict) else ():
        if isinstance(each, dict) and {"text", "grade"} <= each.keys():
            yield each["text"], each["grade"]
        yield from _records(each)


def _shipped() -> Iterator[tuple[str, str]]:
    """Text and grade of every source written in data/cpts or in the catalogue."""
    for path in settings.CPTS_DIR.rglob("*.toml"):
        yield from _records(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in settings.CPTS_DIR.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "grade" in table and "document" in table:
            yield from zip(table["document"], table["grade"], strict=True)
    perimeters = pd.read_csv(settings.CPTS_DIR / "perimeters.csv", dtype=str)
    for key, grade in zip(perimeters["source"], perimeters["grade"], strict=True):
        yield sources()[key].product, grade
    for source in sources().values():
        yield f"{source.product}, {source.attribution}", source.grade
    for name in ("beauce_gatinais", "ouest_loiret", "lvo", "asclepios", "ondaine_forez"):
        for source in load_scenario(name).sources.values():
            yield source.text, source.grade


def _said(text: str) -> Iterator[tuple[str, str]]:
    """What stands before each grade of a text, since the source before it."""
    parts = _GRADE.split(plain(text))
    for before, grade in zip(parts[::2], parts[1::2], strict=False):
        yield re.split(r" ; |\. |\*", before)[-1], grade


def _page(page: str) -> Iterator[tuple[str, str]]:
    """Sources of a page with their grade: in its sentences, and in the rows of its tables."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    for row in re.findall(r"<tr\b.*?</tr>", body, flags=re.DOTALL):
        cells = [
            unescape(re.sub("<[^>]+>", " ", cell)).strip()
            for cell in re.findall(r"<t[dh]\b.*?</t[dh]>", row, flags=re.DOTALL)
        ]
        for before, cell in pairwise(cells):
            if cell in GRADE_LABELS:
                yield before, cell
    for text in re.split(r"</(?:p|li|td|th|figcaption|div|text|title|summary)>", body):
        yield from _said(unescape(re.sub("<[^>]+>", " ", text)))


@pytest.fixture(scope="module")
def report() -> Path:
    return reported()


@pytest.mark.parametrize(
    ("source", "best"),
    [
        ("Communiqué du département du Loiret, 15 décembre 2021", "B"),
        ("ARS Auvergne-Rhône-Alpes, communiqué de presse, 13 décembre 2023", "B"),
        ("Cnam, juin 2021 (d’après la presse)", "C"),
        ("Thèse dumas-04332973 (d’après un extrait)", "C"),
        ("Communiqué ; La Gazette des communes", "B"),
        ("Insee, BPE 2024", "A"),
    ],
)
def test_the_best_grade_of_a_source(source: str, best: str) -> None:
    assert _best(source) == best
    assert _too_good(iter([(source, best)])) == (1, [])
    if best != "A":
        assert _too_good(iter([(source, "A")])) == (1, [("A", source)])


def test_the_legend_says_where_releases_and_press_stand() -> None:
    assert "communiqué" in GRADE_LABELS["B"]
    assert "presse, thèse" in GRADE_LABELS["C"]
    assert _ANNOUNCED.search(GRADE_LABELS["A"]) is None


def test_no_shipped_source_is_graded_above_its_kind() -> None:
    seen, wrong = _too_good(_shipped())
    assert seen > 700
    assert wrong == []


def test_no_source_of_a_report_is_graded_above_its_kind(report: Path) -> None:
    pages = sorted(report.glob("*.html"))
    assert len(pages) >= 6
    for path in pages:
        seen, wrong = _too_good(_page(path.read_text(encoding="utf-8")))
        assert wrong == [], path.name
        assert seen > 10 or path.stem == "index"
    for path in sorted((report / "tableaux").glob("*.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        origin = next((name for name in ("source", "document") if name in table), None)
        if origin and "grade" in table:
            assert _too_good(zip(table[origin], table["grade"], strict=True))[1] == [], path.name


def test_no_source_of_a_notebook_is_graded_above_its_kind() -> None:
    for path in sorted((settings.CPTS_DIR.parents[1] / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = [part for cell in cells for part in _said("".join(cell["source"]))]
        assert _too_good(iter(texts))[1] == [], path.name
