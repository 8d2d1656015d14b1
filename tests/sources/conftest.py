"""What the tests of several rooms of the sources share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching import _web as web
from cpts_geo.sources.fetching.fetch import _Outcome, fetch


@pytest.fixture(scope="session")
def communes() -> gpd.GeoDataFrame:
    """The embedded communes, read once; no test changes them."""
    return embedded.load_communes()


#: Fetches one source into a cache and a lock of this test.
Get = Callable[..., _Outcome]


@pytest.fixture
def at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch from the loopback alone, into ``cache`` and ``lock.toml`` of the folder of this test,
    and retry without the waits that spare a real server."""
    monkeypatch.setattr(web, "BACKOFF_S", 0.001)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("CPTS_GEO_MIRROR", raising=False)
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / "lock.toml"))


def plain_source(*addresses: str, key: str = "essai", file: str = "essai.csv") -> Source:
    """A source that no reader reads, at these addresses."""
    entry = replace(sources()["cnam_densities"], key=key, file=file, reader=None, totals=())
    return replace(entry, addresses=addresses)


@pytest.fixture
def get(at_once: None, monkeypatch: pytest.MonkeyPatch) -> Get:
    """Fetch one source, put into the catalogue if need be."""

    def call(source: Source, **options: object) -> _Outcome:
        monkeypatch.setitem(sources(), source.key, source)
        return fetch([source.key], **options)[0]  # type: ignore[arg-type]

    return call
