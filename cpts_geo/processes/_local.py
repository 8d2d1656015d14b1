"""Processes of this machine: each holds what is common, none outlives the one that made it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final

from threadpoolctl import threadpool_limits

from cpts_geo.errors import WorkerLostError

#: Things sent ahead to each process, so that none waits for the next one.
_AHEAD: Final = 2
#: Objects made between two looks for what nobody holds any more.
_GARBAGE: Final = 50_000
#: In a worker, what is common to all it does.
_common: Any = None


def on_processes(
    work: Callable[[Any, Any], Any], things: Iterable[Any], *, common: Any, jobs: int
) -> Iterator[tuple[Any, Any]]:
    """As :func:`cpts_geo.processes.workers.each`: what was held when a process died is tried again,
    a thing at a time, so that the one that kills is known."""
    waiting, suspects = iter(things), deque[Any]()
    ended = False
    while not ended:
        pool = _pool(common, jobs)
        flying: dict[Future[Any], Any] = {}
        alone = False
        try:
            while True:
                most = 1 if suspects or alone else _AHEAD * jobs
                while len(flying) < most:
                    alone = bool(suspects)
                    thing = suspects.popleft() if alone else next(waiting, _END)
                    if thing is _END:
                        break
                    try:
                        flying[pool.submit(_called, work, thing)] = thing
                    except BrokenProcessPool:
                        suspects.appendleft(thing)
                        alone = False
                        raise
                    most = 1 if alone else most
                if not flying:
                    ended = True
                    break
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    yield flying.pop(future), result
                    alone = False
        except BrokenProcessPool:
            held = [*flying.values()]
            # What ended before the process died is not begun again.
            for future in [each for each in flying if each.done() and not each.exception()]:
                thing = flying.pop(future)
                held.remove(thing)
                yield thing, future.result()
            if alone and held:
                yield held[0], WorkerLostError()
            else:
                suspects.extend(held)
        finally:
            _stop(pool)


#: No thing left.
_END: Final = object()


def _pool(common: Any, jobs: int) -> ProcessPoolExecutor:
    """Processes that begin anew: a copy of one that has threads may hang."""
    return ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(common,),
    )


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the processes now: what they still do, nobody waits for."""
    running = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in running:
        process.terminate()
    for process in running:
        process.join()


def _begin(common: Any) -> None:
    """Keep what is common; end with the process that asked, however it ends."""
    global _common  # noqa: PLW0603
    _common = common
    # What is common is not looked at again after each thing; libraries alone make half a million.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    # Processes share the cores: threads of linear algebra would wait for each other.
    threadpool_limits(1)
    # A finger on Ctrl-C is for the one that asked, which says what is kept.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the process that made this one: its queue would be waited for forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _called(work: Callable[[Any, Any], Any], thing: Any) -> Any:
    """The work, in a worker."""
    return work(_common, thing)
