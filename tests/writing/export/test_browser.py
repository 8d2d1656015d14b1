"""Which browser prints: the one asked for, then that of the path, then the usual places."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpts_geo.errors import BrowserError
from cpts_geo.writing.export.browser import find_browser


def test_browser_lookup_order(tmp_path):
    asked, on_path, usual = (tmp_path / name for name in ("asked", "chrome", "usual"))
    for file in (asked, usual):
        file.touch()
    places = [str(tmp_path / "absent"), str(usual)]
    which = {"google-chrome": str(on_path)}.get
    env = {"CPTS_GEO_BROWSER": str(asked)}
    assert find_browser(env, which, places) == asked
    assert find_browser({}, which, places) == on_path
    assert find_browser({}, {}.get, places) == usual
    assert find_browser({}, {}.get, []) is None
    assert find_browser({"CPTS_GEO_BROWSER": ""}, which, places) == on_path


def test_chromium_comes_first_on_path():
    assert find_browser({}, lambda command: f"bin/{command}", []) == Path("bin/chromium")


def test_browser_asked_for_but_absent_is_an_error(tmp_path):
    with pytest.raises(BrowserError, match="CPTS_GEO_BROWSER"):
        find_browser({"CPTS_GEO_BROWSER": str(tmp_path / "x")}, lambda _: "chromium", [])
