"""One piece of work for many things, on several processes of this machine or on a cluster.

What ends is given as it ends, whatever its order; a worker that dies takes nothing with it but the
thing it held, which is tried again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from cpts_geo.errors import AskedError, WorkerLostError
from cpts_geo.french import counted, number
from cpts_geo.processes._cluster import connected, gone, on_cluster
from cpts_geo.processes._local import on_processes

Common = TypeVar("Common")
Thing = TypeVar("Thing")
Result = TypeVar("Result")


#: Processes at once, at most, for each core: more are only memory.
_A_CORE: Final = 4


def cores() -> int:
    """
    Count the cores that this process may use.

    Returns
    -------
    int
        1 at least.

    Examples
    --------
    >>> cores() >= 1
    True
    """
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def check_jobs(jobs: int) -> int:
    """
    Refuse a number of processes that is none, or that this machine could not hold.

    Parameters
    ----------
    jobs : int
        Processes at once.

    Returns
    -------
    int
        The same.

    Raises
    ------
    AskedError
        It is below 1, or above four a core.

    Examples
    --------
    >>> check_jobs(2)
    2
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise AskedError(
            f"--jobs {jobs} : il faut un nombre de processus, 1 au moins.",
            remedy="donnez le nombre de cœurs à occuper, ou retirez l’option.",
        )
    if jobs > (most := _A_CORE * cores()):
        raise AskedError(
            f"--jobs {number(jobs)} : cet ordinateur a {counted(cores(), 'cœur', 'cœurs')}.",
            remedy=f"donnez-en {most} au plus, ou retirez l’option : chacun prend sa mémoire (0,6 "
            "Go pour un territoire), et au-delà des cœurs rien ne va plus vite.",
        )
    return jobs


def each(
    work: Callable[[Common, Thing], Result],
    things: Iterable[Thing],
    *,
    common: Common,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Generator[tuple[Thing, Result | WorkerLostError], None, None]:
    """
    Do the same work for each thing.

    Parameters
    ----------
    work : callable
        Of a module, so that other processes find it; called with `common` and a thing. What it
        raises stops everything: a failure that must not is part of its result.
    things : iterable
        Small, and asked for as they are begun.
    common : object
        What the work needs for all of them: sent once to each worker.
    jobs : int
        Processes of this machine.
    scheduler : str, optional
        Address of a scheduler of dask.distributed, whose workers are used instead.

    Yields
    ------
    tuple
        A thing and its result, as they end; a :class:`~cpts_geo.errors.WorkerLostError` for one
        that kills whatever holds it.

    Raises
    ------
    AskedError
        `jobs` is not one that :func:`check_jobs` takes.
    ClusterError
        The scheduler does not answer, or no more; or its workers run other code.
    """
    check_jobs(jobs)
    if scheduler is None:
        yield from on_processes(work, things, common=common, jobs=jobs)
    else:
        yield from on_cluster(work, things, common=common, address=scheduler)


@contextmanager
def executor(*, jobs: int = 1, scheduler: str | None = None) -> Iterator[Executor | None]:
    """
    Give what runs tasks that numpy and scipy do without Python: threads, or a cluster.

    Parameters
    ----------
    jobs : int
        Threads of this process; 1 for none.
    scheduler : str, optional
        Address of a scheduler of dask.distributed, whose workers are used instead.

    Yields
    ------
    concurrent.futures.Executor or None
        None for the calling thread alone.

    Raises
    ------
    AskedError
        `jobs` is not one that :func:`check_jobs` takes.
    ClusterError
        The scheduler does not answer, or no more; or its workers run other code.

    Examples
    --------
    >>> with executor(jobs=2) as threads:
    ...     list(threads.map(abs, [-1, -2]))
    [1, 2]
    """
    check_jobs(jobs)
    if scheduler is not None:
        with connected(scheduler) as client:
            running: Any = client.get_executor(pure=False)
            try:
                yield running
            except CancelledError as error:
                raise gone(scheduler) from error
    elif jobs == 1:
        yield None
    else:
        with ThreadPoolExecutor(jobs) as threads:
            yield threads
