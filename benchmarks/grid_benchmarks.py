"""What accessibility by square of 200 m costs: squares against who computes them.

``python -m benchmarks.grid_benchmarks``: 20,000, 200,000 and all the squares of France (invented,
in Insee's layout), in one process, two threads, two processes and a dask cluster of two. Each
measure is a process of its own: seconds of the work and of the start of who does it, time of the
processors, and memory of all its processes together. On Linux only.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.measures import Measure, measured_json, seconds
from cpts_geo.access.catchments.squares import square_accessibility
from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.french import number
from cpts_geo.sources.analyst.squares.synthetic import synthetic_squares
from cpts_geo.sources.embedding import embedded

SIZES = (20_000, 200_000, None)
WORDS = {
    "alone": "un processus",
    "threads": "deux fils",
    "processes": "deux processus",
    "cluster": "dask, deux travailleurs",
}
_SQUARES = "squares.parquet"


class Cost(NamedTuple):
    """What one run takes."""

    squares: int
    start: float
    seconds: float
    processor: float
    megabytes: float


@contextmanager
def _workers(kind: str) -> Iterator[Executor | None]:
    """Two workers of a kind, at work already."""
    if kind == "alone":
        yield None
    elif kind == "cluster":
        from distributed import Client, LocalCluster  # noqa: PLC0415

        with (
            LocalCluster(
                n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
                worker_dashboard_address=None,
            ) as cluster,
            Client(cluster) as client,
        ):  # fmt: skip
            yield client.get_executor(pure=False)
    else:
        with {"threads": ThreadPoolExecutor, "processes": ProcessPoolExecutor}[kind](2) as pool:
            yield pool


def _family() -> list[Path]:
    """Folders, in Linux's own account, of this process and of those it has started."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # A name may hold spaces, and ends with a parenthesis.
            parents[int(folder.name)] = int(_after_name(folder)[1])
    found = [os.getpid()]
    for known in found:
        found += [process for process, parent in parents.items() if parent == known]
    return [Path("/proc", str(process)) for process in found]


def _after_name(folder: Path) -> list[str]:
    """What Linux says of a process after its name: state, parent..."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _summed(measure: Callable[[Path], float]) -> float:
    """Sum over the processes that are still there."""
    total = 0.0
    for folder in _family():
        with contextlib.suppress(OSError):
            total += measure(folder)
    return total


def _processor(folder: Path) -> float:
    """Seconds of the processors that one process took."""
    taken = _after_name(folder)[11:13]
    return sum(map(int, taken)) / os.sysconf("SC_CLK_TCK")


def _resident(folder: Path) -> float:
    """Its memory in bytes, pages that it shares counted in part only."""
    lines = (folder / "smaps_rollup").read_text().splitlines()
    return sum(1024.0 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def run_one(kind: str, size: int | None, folder: str) -> Cost:
    """Run squares once in this process, the peak looked at ten times a second."""
    squares = pd.read_parquet(Path(folder, _SQUARES))
    if size is not None:
        # A compact part of France, not a sample: a square has as many neighbours.
        squares = squares.iloc[len(squares) // 2 :][:size].reset_index(drop=True)
    communes = pd.DataFrame(embedded.load_communes().drop(columns="geometry"))
    gps = embedded.load_figures().set_index("code_insee")["gps_2024"]
    given: dict[str, Any] = {"supply": gps, "factors": embedded.load_travel_factors()}
    begun = time.perf_counter()
    with _workers(kind) as executor:
        # Whoever works has its libraries first.
        few = squares.iloc[:2_000].reset_index(drop=True)
        square_accessibility(few, communes, weight=APL_WEIGHT, executor=executor, **given)
        start = time.perf_counter() - begun
        peak, over = [0.0], threading.Event()

        def watch() -> None:
            while not over.wait(0.1):
                peak[0] = max(peak[0], _summed(_resident))

        watcher = threading.Thread(target=watch)
        watcher.start()
        before, begun = _summed(_processor), time.perf_counter()
        square_accessibility(squares, communes, weight=APL_WEIGHT, executor=executor, **given)
        duration = time.perf_counter() - begun
        processor = _summed(_processor) - before
        over.set()
        watcher.join()
    return Cost(len(squares), start, duration, processor, max(peak[0], _summed(_resident)) / 1e6)


def costs() -> dict[tuple[int, str], Cost]:
    """Every size with every kind of workers."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        synthetic_squares(embedded.load_communes()).to_parquet(Path(folder, _SQUARES))
        for size in SIZES:
            for kind in WORDS:
                arguments = ["-m", "benchmarks.grid_benchmarks", kind, str(size or 0), folder]
                cost = Cost(*measured_json(arguments))
                found[cost.squares, kind] = cost
    return found


def bench_grid() -> list[Measure]:
    """A line a run: the work itself, then what starting its workers costs, processor, memory."""
    return [
        Measure(
            f"Accessibilité, {number(many)} carreaux, {WORDS[kind]}", cost.seconds, "s", None,
            f"départ {seconds(cost.start)} ; processeur {seconds(cost.processor)} ; "
            f"{number(cost.megabytes)} Mo",
        )
        for (many, kind), cost in costs().items()
    ]  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        named, asked, where = sys.argv[1:]
        print(json.dumps(run_one(named, int(asked) or None, where)))
    else:
        for each in bench_grid():
            print(each.name, "|", seconds(each.value or 0.0), "|", each.detail)
