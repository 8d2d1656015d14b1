"""Processes of this machine: each holds what is common, none outlives the one that made it.

What is large goes through files: a process killed while a pipe is half read or half written leaves
the one at its other end waiting for ever.
"""

from __future__ import annotations

import errno
import gc
import multiprocessing
import os
import pickle
import shutil
import signal
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Final

from threadpoolctl import threadpool_limits

from cpts_geo.errors import WorkerLostError
from cpts_geo.processes.libraries import own_process, settle_libraries

#: Things sent ahead to each process, so that none waits for the next one.
_AHEAD: Final = 2
#: Objects made between two looks for what nobody holds any more.
_GARBAGE: Final = 50_000
#: In a worker, what is common to all it does, and where it leaves what it has done.
_common: Any = None
_spool = Path()


def on_processes(
    work: Callable[[Any, Any], Any], things: Iterable[Any], *, common: Any, jobs: int
) -> Iterator[tuple[Any, Any]]:
    """As :func:`cpts_geo.processes.workers.each`: what was held when a process died is tried again,
    a thing at a time, so that the one that kills is known."""
    with tempfile.TemporaryDirectory(prefix="cpts_geo-", ignore_cleanup_errors=True) as spool:
        with (Path(spool) / _COMMON).open("wb") as file:
            pickle.dump(common, file, pickle.HIGHEST_PROTOCOL)
        yield from _done(work, things, spool=Path(spool), jobs=jobs)


def _done(
    work: Callable[[Any, Any], Any], things: Iterable[Any], *, spool: Path, jobs: int
) -> Iterator[tuple[Any, Any]]:
    """The same, for what is common written in a folder."""
    waiting, suspects = iter(things), deque[Any]()
    ended = False
    while not ended:
        pool = _pool(spool, jobs)
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
                        flying[_sent(pool, work, thing)] = thing
                    except BrokenProcessPool:
                        suspects.appendleft(thing)
                        alone = False
                        raise
                    most = 1 if alone else most
                if not flying:
                    ended = True
                    break
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    left = future.result()
                    yield flying.pop(future), _taken(left)
                    alone = False
        except BrokenProcessPool:
            held = [*flying.values()]
            # What ended before the process died is not begun again.
            for future in [each for each in flying if each.done() and not each.exception()]:
                thing = flying.pop(future)
                held.remove(thing)
                yield thing, _taken(future.result())
            if alone and held:
                yield held[0], WorkerLostError()
            else:
                suspects.extend(held)
        finally:
            _stop(pool)


def _sent(pool: ProcessPoolExecutor, work: Callable[[Any, Any], Any], thing: Any) -> Future[Any]:
    """Hand a thing to the pool; one that breaks just then may say it of its own pipes."""
    try:
        return pool.submit(_called, work, thing)
    except OSError as error:
        if error.errno not in (None, errno.EPIPE):
            raise
        raise BrokenProcessPool from error


#: No thing left.
_END: Final = object()
#: File of what is common.
_COMMON: Final = "common"


def _pool(spool: Path, jobs: int) -> ProcessPoolExecutor:
    """Processes that begin anew: a copy of one that has threads may hang."""
    return ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(spool,),
    )


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the processes now: what they still do, nobody waits for."""
    running = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in running:
        process.terminate()
    for process in running:
        process.join()


def _begin(spool: Path) -> None:
    """Read what is common; end with the process that asked, however it ends."""
    global _common, _spool  # noqa: PLW0603
    # A finger on Ctrl-C is for the one that asked, which says what is kept.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(spool,), daemon=True).start()
    # What a killed process was writing goes with the rest.
    _spool, tempfile.tempdir = spool, str(spool)
    own_process()
    settle_libraries()
    with (spool / _COMMON).open("rb") as file:
        _common = pickle.load(file)
    # What is common is not looked at again after each thing; libraries alone make half a million.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    # Processes share the cores: threads of linear algebra would wait for each other.
    threadpool_limits(1)


def _end_with_parent(spool: Path) -> None:
    """Wait for the end of the process that made this one: its queue would be waited for forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(spool, ignore_errors=True)
        os._exit(1)


def _called(work: Callable[[Any, Any], Any], thing: Any) -> Path:
    """The work, in a worker: a file that holds what it gave."""
    result = work(_common, thing)
    left = _spool / uuid.uuid4().hex
    with left.open("wb") as file:
        pickle.dump(result, file, pickle.HIGHEST_PROTOCOL)
    return left


def _taken(left: Path) -> Any:
    """What a worker gave: our own process wrote it, in a folder of ours."""
    with left.open("rb") as file:
        result = pickle.load(file)
    left.unlink()
    return result
