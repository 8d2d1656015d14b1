"""The command line under a fault that the environment tells: ``python -m tests.chaos.child …``."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cpts_geo import settings
from tests.http_server import Answer, Site

#: Folder whose changes are counted, the one at which this process is killed (none: 0), and a file
#: that grows by a byte a change.
FOLDER, DIE_AT, COUNT = "CHAOS_FOLDER", "CHAOS_DIE_AT", "CHAOS_COUNT"
#: Date and hour of this process, embedded data that it reads, server of its sources.
CLOCK, DATA, SITE = "CHAOS_CLOCK", "CHAOS_DATA", "CHAOS_SITE"
#: Bytes of memory that it may ask for: all (address space), or its own (data).
AS, OWN = "CHAOS_AS", "CHAOS_OWN"
#: Sources that are fetched: key, and file.
FETCHED: Final = {"essai_un": "un.csv", "essai_deux": "deux.csv"}
_CHANGES: Final = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def body(key: str) -> bytes:
    """Content of a source, never twice the same bytes."""
    return f"{key};valeur\n".encode() + b"".join(b"%06d;%d\n" % (n, n * n) for n in range(40_000))


def serve(site: Site) -> None:
    """Put the sources on a server, slow enough to be stopped before, between and after them."""
    for key in FETCHED:
        site.serve(f"/{key}", Answer(body(key), slow=0.15))


def _count_changes() -> None:
    """Count what changes a folder, and die at one of them as SIGKILL kills: with no word."""
    folder, at = os.path.realpath(os.environ[FOLDER]), int(os.environ.get(DIE_AT, "0"))
    count = os.open(os.environ[COUNT], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    seen = 0

    def hook(event: str, given: tuple[Any, ...]) -> None:
        nonlocal seen
        if event not in _CHANGES and not (event == "open" and (given[2] or 0) & _WRITES):
            return
        place = given[0]
        if not isinstance(place, (str, os.PathLike)):
            return
        if os.path.abspath(place).startswith(folder):  # noqa: PTH100
            seen += 1
            os.write(count, b".")
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _set_clock(told: str) -> None:
    """Give this process another date: it moves on from there as time goes by."""
    # In C, where libraries ask for it: a date of our own in its place makes them crash.
    import time_machine  # noqa: PLC0415

    time_machine.travel(told).start()


def _limit(name: str, kind: str) -> None:
    """Limit a kind of memory."""
    if told := os.environ.get(name):
        import resource  # noqa: PLC0415

        resource.setrlimit(getattr(resource, kind), (int(told), int(told)))


def main() -> None:
    """Set what was told, then run the command line as it is run."""
    if told := os.environ.get(CLOCK):
        _set_clock(told)
    if data := os.environ.get(DATA):
        # Before any module takes a name of it.
        settings.DATA_DIR = Path(data)  # type: ignore[misc]
        settings.COMMUNES_DIR = Path(data, "communes")  # type: ignore[misc]
        settings.CPTS_DIR = Path(data, "cpts")  # type: ignore[misc]
    if site := os.environ.get(SITE):
        from cpts_geo.sources.catalogue.catalogue import sources  # noqa: PLC0415

        plain = replace(sources()["cnam_densities"], reader=None, totals=())
        for key, file in FETCHED.items():
            sources()[key] = replace(plain, key=key, file=file, addresses=(f"{site}/{key}",))
    if os.environ.get(COUNT):
        _count_changes()
    _limit(OWN, "RLIMIT_DATA")
    _limit(AS, "RLIMIT_AS")
    from cpts_geo.__main__ import main as command  # noqa: PLC0415

    command()


if __name__ == "__main__":
    main()
