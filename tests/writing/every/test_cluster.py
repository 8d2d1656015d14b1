"""All territories on a real cluster of dask.distributed: the same bytes, whoever dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.errors import ClusterError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.study.options import Options
from cpts_geo.writing.every import whole as speaking
from cpts_geo.writing.every.run import Step, write_every
from tests.clusters import cluster_of

pytestmark = pytest.mark.slow
OPTIONS = Options(draws=1000)
FILES = 5 * 8


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    communes = ["45130", "45024", "45252", "45253", "85047", "85146", "42095", "43012"]
    rows = [f"T{n},{code}" for n, code in enumerate(communes)]
    path = tmp_path_factory.mktemp("listed") / "perimetres.csv"
    path.write_text("\n".join(["CPTS,code_insee", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(autouse=True, scope="module")
def _no_page() -> Iterator[None]:
    """The page of all is made here, whoever made the territories."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speaking, "_page", lambda *_, **__: "<p>")
        yield


@pytest.fixture(scope="module")
def whole(
    listed: Path, _no_page: None, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """What processes of this machine write."""
    output = tmp_path_factory.mktemp("whole") / "out"
    write_every(Request(perimeter=listed), OPTIONS, output, jobs=2, pages=False)
    found = written(output)
    assert len(found) >= FILES
    return found


@pytest.fixture
def cluster() -> Iterator[Any]:
    with cluster_of(2) as made:
        yield made


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_worker_killed_in_mid_run_changes_nothing(
    cluster: Any, listed: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    killed: list[int] = []

    def watch(step: Step) -> None:
        if step.done == 1 and not killed:
            # Both workers hold a territory: others wait, sent ahead.
            holder = next(iter(cluster.workers.values()))
            killed.append(holder.pid)
            os.kill(holder.pid, signal.SIGKILL)

    request, output = Request(perimeter=listed), tmp_path / "out"
    write_every(
        request, OPTIONS, output, scheduler=cluster.scheduler_address, pages=False, watch=watch
    )
    assert killed
    assert written(output) == whole


def test_a_scheduler_gone_keeps_what_is_finished_and_a_restart_resumes(
    cluster: Any, listed: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    request, output = Request(perimeter=listed), tmp_path / "out"

    def watch(step: Step) -> None:
        if step.done == 2:
            cluster.close()

    with pytest.raises(ClusterError, match="ne répond plus") as gone:
        write_every(
            request, OPTIONS, output, scheduler=cluster.scheduler_address, pages=False, watch=watch
        )
    assert "ce qui est fini est gardé" in gone.value.remedy
    kept = {path: path.stat().st_mtime_ns for path in output.glob("territoires/*/manifest.json")}
    assert 2 <= len(kept) < 8
    assert not (output / "index.html").exists()
    steps: list[Step] = []
    write_every(request, OPTIONS, output, jobs=2, pages=False, watch=steps.append)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert steps[-1].kept == len(kept)
    assert written(output) == whole
