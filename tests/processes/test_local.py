"""Work shared between processes of this machine: a process that dies takes nothing with it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.errors import AskedError, WorkerLostError
from cpts_geo.processes import _local
from cpts_geo.processes.libraries import quick_texts
from cpts_geo.processes.workers import check_jobs, cores, each, executor
from tests.conftest import PYTHONPATH, ROOT
from tests.processes import works


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_thing_is_done_once(jobs: int) -> None:
    found = list(each(works.double, range(12), common=100, jobs=jobs))
    assert sorted(found) == [(n, 100 + 2 * n) for n in range(12)]


def test_nothing_to_do_is_done() -> None:
    assert list(each(works.double, [], common=0)) == []


def test_things_are_asked_for_as_they_are_begun() -> None:
    """None of a thousand tasks is held before its turn."""
    asked = []

    def things():
        for n in range(40):
            asked.append(n)
            yield n

    results = each(works.double, things(), common=0, jobs=2)
    next(results)
    assert len(asked) < 10
    results.close()


def test_what_the_work_raises_stops_everything() -> None:
    with pytest.raises(ValueError, match="no 0"):
        list(each(works.refuse, [0], common=0))


def test_what_a_killed_process_held_is_done_by_another(tmp_path: Path) -> None:
    found = list(each(works.kill_once, range(9), common=str(tmp_path), jobs=2))
    assert (tmp_path / "3.held").exists()
    assert sorted(found) == [(n, n) for n in range(9)]


def test_a_process_killed_as_it_begins_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Whatever the size of what it had still to read."""
    common = works.KillsFirstReader(str(tmp_path)), bytes(5_000_000)
    assert sorted(each(works.sized, range(3), common=common, jobs=2)) == [
        (n, n + 5_000_000) for n in range(3)
    ]
    assert (tmp_path / "read").exists()


def test_what_is_large_comes_back_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert [len(given) for _, given in each(works.large, range(3), common=0)] == [3_000_000] * 3
    assert list(tmp_path.iterdir()) == []


def test_what_kills_whatever_holds_it_is_told_and_the_others_are_done() -> None:
    found = dict(each(works.kill_always, range(9), common=0, jobs=2))
    assert isinstance(found.pop(3), WorkerLostError)
    assert found == {n: n for n in range(9) if n != 3}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_processes_end_with_the_one_that_asked(tmp_path: Path) -> None:
    code = (
        "from tests.processes import works; from cpts_geo.processes.workers import each\n"
        "if __name__ == '__main__':\n"
        f"    list(each(works.wait_for_go, range(2), common={str(tmp_path)!r}, jobs=2))"
    )
    script = tmp_path / "ask.py"
    script.write_text(code)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    told = {"PYTHONPATH": PYTHONPATH, "TMPDIR": str(temporary)}
    asking = subprocess.Popen([sys.executable, str(script)], env={**os.environ, **told}, cwd=ROOT)
    workers = _held(tmp_path, 2)
    asking.send_signal(signal.SIGKILL)
    asking.wait()
    limit = time.monotonic() + 20
    while any(map(_runs, workers)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not any(map(_runs, workers))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("jobs", [0, -1, True, 1.5])
def test_a_number_of_processes_is_one_at_least(jobs: object) -> None:
    with pytest.raises(AskedError, match="1 au moins"):
        list(each(works.double, [1], common=0, jobs=jobs))  # type: ignore[arg-type]


def test_more_processes_than_a_machine_holds_are_refused_before_any_begins() -> None:
    most = 4 * cores()
    assert check_jobs(most) == most
    with pytest.raises(AskedError, match="cœur") as refused:
        list(each(works.double, [1], common=0, jobs=most + 1))
    assert f"{most} au plus" in refused.value.remedy


def test_a_pool_that_breaks_while_it_is_handed_a_thing_is_known_as_broken() -> None:
    """Its pipes may say so before it does; what a full disk says is not that."""

    class Breaking:
        def __init__(self, number: int) -> None:
            self.number = number

        def submit(self, *_: object) -> None:
            raise OSError(self.number, "pipe")

    with pytest.raises(BrokenProcessPool):
        _local._sent(Breaking(errno.EPIPE), works.double, 1)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="pipe"):
        _local._sent(Breaking(errno.ENOSPC), works.double, 1)  # type: ignore[arg-type]


def test_tasks_that_cross_leave_the_option_as_it_was() -> None:
    """Two tasks of one process of somebody else: the first to come is the first to leave."""
    before = pd.get_option("mode.string_storage")
    first, second = quick_texts(), quick_texts()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert pd.get_option("mode.string_storage") == "python"
    second.__exit__(None, None, None)
    assert pd.get_option("mode.string_storage") == before


def test_threads_are_given_where_several_are_asked_for() -> None:
    with executor(jobs=1) as none:
        assert none is None
    with executor(jobs=2) as threads:
        assert threads is not None
        assert list(threads.map(abs, [-2, -1])) == [2, 1]


def _held(folder: Path, count: int) -> list[int]:
    """Processes that hold things, once so many do."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        found = [int(path.suffixes[0][1:]) for path in folder.glob("*.pid")]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing was begun")


def _runs(process: int) -> bool:
    """Whether a process is there, and not only waiting to be told ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
