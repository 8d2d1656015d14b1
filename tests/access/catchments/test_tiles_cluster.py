"""Tiles on a real cluster of two processes: the same figures, also when one is killed at work."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from distributed import Client

from cpts_geo.access.catchments._tiles import tiled_fca
from cpts_geo.access.catchments.weights import APL_WEIGHT
from tests.access.grids import lattice, scattered
from tests.clusters import cluster_of

#: Seconds after which a cluster that does not answer fails the test.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        cluster_of(2) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def world() -> tuple[pd.DataFrame, pd.DataFrame]:
    return lattice(60).assign(people=lambda homes: homes["people"] / 3), scattered(60)


def wait_for(path: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} does not come"
        time.sleep(0.02)


def watched(folder: Path, work: partial[Any], tile: Any) -> Any:
    """Do the work of a tile, and say who began it; the first one of all waits for ``go``."""
    name = f"{work.func.__name__} {tile.lon[0]:.4f} {tile.lat[0]:.4f}"
    (folder / "begun" / f"{name} {os.getpid()}").touch()
    try:
        with (folder / "held").open("x", encoding="utf-8"):
            pass
    except FileExistsError:
        return work(tile)
    said = folder / "pid.part"
    said.write_text(f"{os.getpid()} {name}", encoding="utf-8")
    said.rename(folder / "pid")
    wait_for(folder / "go")
    return work(tile)


class Watched(Executor):
    """An executor whose tasks are watched."""

    def __init__(self, executor: Executor, folder: Path) -> None:
        self.executor, self.folder = executor, folder
        (folder / "begun").mkdir()

    def submit(self, work: Any, /, *tiles: Any, **more: Any) -> Future[Any]:
        return self.executor.submit(partial(watched, self.folder, work), *tiles, **more)


def shared(world: tuple[pd.DataFrame, pd.DataFrame], executor: Executor | None) -> pd.Series:
    homes, sites = world
    return tiled_fca(homes, sites, weight=APL_WEIGHT, tile=400, executor=executor)


def test_a_cluster_gives_what_one_process_gives(client: Client, world) -> None:
    found = shared(world, client.get_executor())
    pd.testing.assert_series_equal(found, shared(world, None), rtol=0, atol=1e-12)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_worker_killed_at_work_loses_nothing(client: Client, world, tmp_path: Path) -> None:
    workers = set(client.run(os.getpid).values())
    assert len(workers) == 2
    assert os.getpid() not in workers
    executor = Watched(client.get_executor(), tmp_path)
    with ThreadPoolExecutor(1) as aside:
        running = aside.submit(shared, world, executor)
        wait_for(tmp_path / "pid")
        pid, held = (tmp_path / "pid").read_text(encoding="utf-8").split(" ", 1)
        # It holds its task: it has begun it, and cannot end it before « go ».
        assert int(pid) in workers
        assert not running.done()
        os.kill(int(pid), signal.SIGKILL)
        (tmp_path / "go").touch()
        found = running.result(timeout=PATIENCE)
    pd.testing.assert_series_equal(found, shared(world, None), rtol=0, atol=1e-12)
    begun = [path.name.rsplit(" ", 1) for path in (tmp_path / "begun").iterdir()]
    # The tile that was held was begun again, by somebody else.
    assert {int(who) for name, who in begun if name == held} - {int(pid)}
    assert int(pid) not in set(client.run(os.getpid).values())
