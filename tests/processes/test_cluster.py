"""Work shared with a real cluster of dask.distributed, on loopback."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from pydoc import locate
from typing import Any

import pytest

from cpts_geo.errors import ClusterError
from cpts_geo.processes import _cluster
from cpts_geo.processes.workers import each, executor
from tests.clusters import cluster_of
from tests.processes import works

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Iterator[Any]:
    with cluster_of(2) as made:
        yield made


def test_a_cluster_does_what_one_process_does(cluster: Any) -> None:
    there = list(each(works.double, range(30), common=100, scheduler=cluster.scheduler_address))
    assert sorted(there) == [(n, 100 + 2 * n) for n in range(30)]
    with executor(scheduler=cluster.scheduler_address) as running:
        assert running is not None
        assert list(running.map(abs, [-2, -1])) == [2, 1]


def test_a_worker_killed_while_it_holds_a_thing_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    found: list[Any] = []
    asked = threading.Thread(
        target=lambda: found.extend(
            each(
                works.wait_for_go, range(4), common=str(tmp_path),
                scheduler=cluster.scheduler_address,
            )
        )
    )  # fmt: skip
    asked.start()
    holder = _pids(tmp_path, 2)[0]
    held = {path.name.split(".")[0] for path in tmp_path.glob(f"*.{holder}.pid")}
    os.kill(holder, signal.SIGKILL)
    (tmp_path / "go").touch()
    asked.join(240)
    assert sorted(found) == [(n, n) for n in range(4)]
    # What the killed process held, another one took: the same that waited, or its successor.
    (thing,) = held
    assert len(list(tmp_path.glob(f"{thing}.*.pid"))) == 2


def _each(address: str, folder: str) -> None:
    list(each(works.wait_for_go, range(4), common=folder, scheduler=address))


def _executor(address: str, folder: str) -> None:
    with executor(scheduler=address) as running:
        assert running is not None
        tasks = [running.submit(works.wait_for_go, folder, n) for n in range(4)]
        for task in tasks:
            task.result()


@pytest.mark.parametrize("asked_for", [_each, _executor])
def test_a_scheduler_that_goes_away_is_told(
    cluster: Any, tmp_path: Path, asked_for: Callable[[str, str], None]
) -> None:
    address, told = cluster.scheduler_address, []

    def ask() -> None:
        try:
            asked_for(address, str(tmp_path))
        except ClusterError as error:
            told.append(error)

    asked = threading.Thread(target=ask)
    asked.start()
    _pids(tmp_path, 2)
    cluster.close()
    asked.join(240)
    assert not asked.is_alive()
    (error,) = told
    assert "ne répond plus" in error.summary
    assert "ce qui est fini est gardé" in error.remedy


class _OtherCode:
    """Here, the digest of other code; for a worker, that of its own."""

    def __call__(self) -> str:
        return "other"

    def __reduce__(self) -> Any:
        return locate, ("cpts_geo.files.code_digest",)


def test_workers_of_other_code_are_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cluster, "code_digest", _OtherCode())
    with pytest.raises(ClusterError, match="n’ont pas cette version") as refused:
        list(each(works.double, [1], common=0, scheduler=cluster.scheduler_address))
    assert len(refused.value.defects) == 2


def test_a_scheduler_without_worker_is_told() -> None:
    with (
        cluster_of(0) as alone,
        pytest.raises(ClusterError, match="aucun travailleur"),
    ):
        list(each(works.double, [1], common=0, scheduler=alone.scheduler_address))


def test_a_scheduler_that_is_not_there_is_told() -> None:
    with pytest.raises(ClusterError, match="Aucun ordonnanceur ne répond") as told:
        list(each(works.double, [1], common=0, scheduler="tcp://127.0.0.1:9"))
    assert "dask scheduler" in told.value.remedy


@pytest.mark.parametrize("address", ["", "127.0.0.1:8786", "http://a:1", "tcp://a", "tcp://a:b"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ClusterError, match="n’est pas l’adresse"):
        list(each(works.double, [1], common=0, scheduler=address))


def _pids(folder: Path, count: int) -> list[int]:
    """Processes that hold things, once so many do."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        found = sorted({int(path.name.split(".")[1]) for path in folder.glob("*.pid")})
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing was begun")
