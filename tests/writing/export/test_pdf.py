"""The PDF that a real browser prints: tagged, in A4, without a network, whole or not at all."""

from __future__ import annotations

import itertools
import re
import stat
import sys

import pytest

from cpts_geo.errors import BrowserError
from cpts_geo.writing.export import _pdf
from cpts_geo.writing.export.browser import VARIABLE
from cpts_geo.writing.export.export import check_export, write_exports
from tests.kept import analysed
from tests.pdf_tags import structure, title
from tests.writing.export.conftest import DAY

#: Some with an answer, some with none; many communes, few.
TERRITORIES = {
    "ouest_loiret": {"territories": ("ouest_loiret",), "draws": 1000},
    "beauce_gatinais": {"territories": ("beauce_gatinais",), "draws": 1000},
    "128 communes": {"epci": ("245701206",), "draws": 200},
    "nothing known": {"epci": ("200060457",), "draws": 200},
}


def printed(name, folder, **options):
    """Export a territory as PDF, and read it."""
    asked = dict(TERRITORIES[name])
    analysis = analysed(*asked.pop("territories", ()), **asked)
    (path,) = write_exports(analysis, folder, formats=("pdf",), day=DAY, **options)
    assert list(folder.iterdir()) == [path]
    (study,) = analysis.studies.values()
    return path.read_bytes(), study


@pytest.mark.parametrize("name", TERRITORIES)
def test_a_pdf_is_two_tagged_pages_of_a4_in_french(tmp_path, browser_path, name):
    content, study = printed(name, tmp_path)
    for sign in (b"/Marked true", b"/Outlines", b"/Lang (fr", b"/DisplayDocTitle true"):
        assert sign in content, sign
    assert title(content).startswith(study.name)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert len(sizes) == 2
    for width, height in sizes:
        assert (float(width), float(height)) == (
            pytest.approx(595, abs=1),
            pytest.approx(842, abs=1),
        )
    document = structure(content)
    assert document.kind == "Document" and document.pages == {1, 2}


@pytest.mark.parametrize("name", TERRITORIES)
def test_who_hears_a_pdf_has_headings_heads_of_tables_and_words_for_drawings(
    tmp_path, browser_path, name
):
    content, _ = printed(name, tmp_path, annex=True)
    document = structure(content)
    assert len(document.pages) > 2
    ranks = [int(tag.kind[1]) for tag in document.all("H1", "H2", "H3", "H4")]
    assert ranks[0] == 1 and {2, 3} <= set(ranks)
    assert all(after <= before + 1 for before, after in itertools.pairwise(ranks))
    tables = list(document.all("Table"))
    assert tables
    for table in tables:
        heads = [tag.raw for tag in table.all("TH")]
        assert heads and all("/Scope /Column" in raw or "/Scope /Row" in raw for raw in heads)
        assert {tag.kind for tag in table.all("TR")} == {"TR"}
    drawings = list(document.all("Figure"))
    assert drawings
    # A drawing with its words below is a figure around a figure.
    assert all(any(inside.instead for inside in each.all("Figure")) for each in drawings)


def test_no_browser_is_said_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(_pdf, "find_browser", lambda: None)
    with pytest.raises(BrowserError, match="aucun n’est trouvé") as error:
        check_export(["csv", "pdf"], tmp_path)
    assert VARIABLE in error.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(BrowserError, match=VARIABLE):
        check_export(["pdf"], tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="programme POSIX")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 0", "n’a pas écrit de PDF balisé"),
        (
            'for a; do case "$a" in --print-to-pdf=*) echo "%PDF- %%EOF" > "${a#*=}";; esac; done',
            "n’a pas écrit de PDF balisé",
        ),
        ("sleep 60", "n’a pas fini"),
    ],
)
def test_a_browser_that_does_not_print_leaves_nothing(tmp_path, monkeypatch, script, words):
    program = tmp_path / "navigateur"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(VARIABLE, str(program))
    monkeypatch.setattr(_pdf, "_PATIENCE", 1 if "sleep" in script else 30)
    folder = tmp_path / "exports"
    with pytest.raises(BrowserError, match=words) as error:
        write_exports(analysed("ouest_loiret", draws=1000), folder, formats=("csv", "pdf"), day=DAY)
    assert "CSV" in " ".join(error.value.defects)
    assert {path.suffix for path in folder.iterdir()} == {".csv"}
