"""The PDF that a real browser prints: tagged, in A4, without a network, whole or not at all."""

from __future__ import annotations

import re
import stat
import sys

import pytest

from cpts_geo.errors import BrowserError
from cpts_geo.writing.export import _pdf
from cpts_geo.writing.export.browser import VARIABLE
from cpts_geo.writing.export.export import check_export, write_exports
from tests.kept import analysed
from tests.writing.export.conftest import DAY


def pages(content: bytes) -> int:
    """Count the pages of a PDF whose objects are not packed together."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


def test_a_pdf_is_tagged_with_its_outline_in_french(tmp_path, browser_path):
    analysis = analysed("ouest_loiret", draws=1000)
    (path,) = write_exports(analysis, tmp_path, formats=("pdf",), day=DAY)
    content = path.read_bytes()
    for sign in (b"/MarkInfo", b"/StructTreeRoot", b"/Outlines", b"/Lang (fr"):
        assert sign in content, sign
    assert pages(content) >= 2
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content).groups())
    assert (width, height) == (pytest.approx(595, abs=1), pytest.approx(842, abs=1))
    assert list(tmp_path.iterdir()) == [path]


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
