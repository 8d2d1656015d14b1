"""What the tests of several rooms of the sources share."""

from __future__ import annotations

import pytest

from cpts_geo.sources.fetching import _web as web


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch from the loopback alone, and retry without the waits that spare a real server."""
    monkeypatch.setattr(web, "BACKOFF_S", 0.001)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("CPTS_GEO_MIRROR", "CPTS_GEO_CACHE", "CPTS_GEO_LOCK"):
        monkeypatch.delenv(name, raising=False)
