"""Workers of dask.distributed, an optional extra: the scheduler says who does what."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from cpts_geo.errors import ClusterError, WorkerLostError, one_line, quoted
from cpts_geo.files import code_digest
from cpts_geo.processes.libraries import quick_texts

_ADDRESS: Final = re.compile(r"(?:tcp|tls|ucx|ws|wss)://[^\s/]+:[0-9]+")
#: Seconds that a scheduler has to answer.
_PATIENCE: Final = 10
#: Things sent ahead to each worker.
_AHEAD: Final = 3
#: Times that what is common is sent again, where the workers that had it are gone.
_TRIES: Final = 3
_AGAIN: Final = "relancez la même commande : ce qui est fini est gardé, le reste sera fait."


def _library() -> Any:
    """The library, imported where a cluster is asked for: it is an extra."""
    import distributed  # noqa: PLC0415

    return distributed


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, whose workers run the same code as this process."""
    try:
        library = _library()
    except ImportError as error:
        raise ClusterError(
            "--scheduler demande dask.distributed, qui n’est pas installé.",
            remedy="installez l’extra « cluster » (pip install 'cpts-geo[cluster]'), ou prenez "
            "--jobs.",
        ) from error
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(
            f"--scheduler {quoted(one_line(address))} : ce n’est pas l’adresse d’un ordonnanceur.",
            remedy="écrivez-la comme il la dit à son démarrage : tcp://MACHINE:8786.",
        )
    # What it says of a connection that is lost, we say in French.
    for name in [*logging.root.manager.loggerDict]:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = library.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"Aucun ordonnanceur ne répond à {address}.",
            remedy="vérifiez qu’il tourne (dask scheduler) et que l’adresse est la sienne, ou "
            "prenez --jobs.",
        ) from error
    try:
        _check(client, address)
        yield client
    finally:
        client.close(timeout=1)


def _check(client: Any, address: str) -> None:
    """Refuse a cluster without workers, or whose workers would compute something else."""
    found: dict[str, Any] = client.run(code_digest, on_error="return")
    if not found:
        raise ClusterError(
            f"L’ordonnanceur {address} n’a aucun travailleur.",
            remedy=f"démarrez-en (dask worker {address}), puis relancez.",
        )
    mine = code_digest()
    if other := sorted(where for where, digest in found.items() if digest != mine):
        raise ClusterError(
            "Des travailleurs n’ont pas cette version de cpts_geo : leurs chiffres seraient "
            "d’un autre code.",
            defects=[one_line(where) for where in other],
            remedy="installez-y la même version, puis relancez-les.",
        )


def on_cluster(
    work: Callable[[Any, Any], Any], things: Iterable[Any], *, common: Any, address: str
) -> Iterator[tuple[Any, Any]]:
    """As :func:`cpts_geo.processes.workers.each`."""
    with connected(address) as client:
        waiting = iter(things)
        tries = 0
        shared = client.scatter(common, broadcast=True, hash=False)
        flying: dict[Any, Any] = {}

        def send(thing: Any) -> None:
            flying[client.submit(_called, work, shared, thing, pure=False)] = thing

        try:
            while True:
                ahead = _AHEAD * max(1, sum(client.nthreads().values()))
                for thing in islice(waiting, max(0, ahead - len(flying))):
                    send(thing)
                if not flying:
                    return
                lost = False
                for future in _some_done(client, list(flying), address):
                    thing = flying.pop(future)
                    kind = _ended(future)
                    if kind == "lost":
                        lost = True
                        flying[future] = thing
                        continue
                    yield thing, WorkerLostError() if kind == "killed" else future.result()
                if lost:
                    tries += 1
                    _check_alive(client, address, tries)
                    things_again = list(flying.values())
                    flying.clear()
                    shared = client.scatter(common, broadcast=True, hash=False)
                    for thing in things_again:
                        send(thing)
        except (CancelledError, OSError, TimeoutError) as error:
            raise gone(address) from error


def _called(work: Callable[[Any, Any], Any], common: Any, thing: Any) -> Any:
    """The work, in a worker."""
    with quick_texts():
        return work(common, thing)


def _some_done(client: Any, futures: list[Any], address: str) -> list[Any]:
    """Futures that ended, at least one; an error where the scheduler is gone."""
    while True:
        if client.status != "running":
            raise gone(address)
        try:
            with client.as_current():
                _library().wait(futures, timeout=_PATIENCE / 5, return_when="FIRST_COMPLETED")
        except TimeoutError:
            continue
        except CancelledError:
            pass
        done = [future for future in futures if future.status != "pending"]
        if client.status != "running":
            raise gone(address)
        if done:
            return done


def _ended(future: Any) -> str:
    """How a future ended: ``killed`` with every worker that held it, ``lost`` with what is common,
    or ``finished``; what the work raised is raised."""
    if future.status in ("lost", "cancelled"):
        return "lost"
    if future.status == "error" and isinstance(
        future.exception(), _library().scheduler.KilledWorker
    ):
        return "killed"
    return "finished"


def _check_alive(client: Any, address: str, tries: int) -> None:
    """Go on only where there is still somebody to work."""
    if client.status != "running" or tries > _TRIES:
        raise gone(address)
    client.wait_for_workers(1, timeout=_PATIENCE * 3)


def gone(address: str) -> ClusterError:
    """The error of a scheduler that stopped answering."""
    return ClusterError(f"L’ordonnanceur {address} ne répond plus.", remedy=_AGAIN)
