"""The watcher of the page tests sees what a page asks of the network, and its errors."""

from __future__ import annotations

import re

import pytest

HEAD = "<!doctype html><html lang='fr'><head><meta charset='utf-8'><title>Carte</title>"


def test_self_contained_page_asks_nothing(open_offline):
    opened = open_offline(HEAD + "</head><body><p id='x'>44 165</p></body></html>")
    assert opened.page.inner_text("#x") == "44 165"
    assert opened.page.evaluate("navigator.language") == "fr-FR"
    assert (opened.requests, opened.errors) == ([], [])
    # What a browser says of itself (navigator.onLine) lags behind what it does.
    tried = "fetch('https://example.test/').then(() => 'reached', () => 'cut')"
    assert opened.page.evaluate(tried) == "cut"
    opened.close()


@pytest.mark.parametrize(
    "asks",
    [
        "<script src='https://example.test/a'></script>",
        "<link rel='stylesheet' href='https://example.test/a'>",
        "<style>body { background: url(https://example.test/a) }</style>",
        "<script>fetch('https://example.test/a')</script>",
        "<iframe src='https://example.test/a'></iframe>",
        "<script>new WebSocket('wss://example.test/a')</script>",
    ],
)
def test_request_is_refused_and_recorded(open_offline, asks):
    opened = open_offline(f"{HEAD}</head><body>{asks}</body></html>")
    opened.page.wait_for_timeout(50)
    assert opened.requests == [re.search(r"\w+://example.test/a", asks)[0]]
    opened.close()


def test_uncaught_and_console_errors_are_recorded(open_offline, tmp_path):
    file = tmp_path / "é page.html"
    script = "<script>console.error('un'); console.log('x'); throw new Error('deux')</script>"
    file.write_text(HEAD + script, encoding="utf-8")
    opened = open_offline(file, viewport={"width": 400, "height": 300})
    assert opened.page.evaluate("innerWidth") == 400
    assert sorted(opened.errors) == ["deux", "un"]
    assert opened.requests == []
    opened.close()
