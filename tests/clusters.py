"""A real cluster of dask.distributed for tests: a scheduler and two workers, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distributed import LocalCluster


@contextmanager
def cluster_of(workers: int) -> Iterator[Any]:
    """So many workers, each a process of one thread."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, worker_dashboard_address=None,
    ) as made:  # fmt: skip
        yield made
