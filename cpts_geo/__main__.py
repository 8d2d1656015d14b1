"""Start the command line under watch: no crash of a library, and no signal, goes untold."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

_STOPS: Final = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]
#: New objects after which those that hold one another are looked for.
_SELDOM: Final = 200_000
#: Seconds left to a command that was told to stop, to undo what it has begun.
_GRACE: Final = 10


def main() -> None:
    """
    Run the command line; where the system can, in a child process whose end is told.

    Examples
    --------
    From a shell: ``cpts-geo report beauce_gatinais --output resultats``.
    """
    _fill_streams()
    said = None
    if hasattr(os, "fork"):
        # A stop that comes before either of the two listens waits until it does.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        heard, said = os.pipe()
        if watched := os.fork():
            os.close(said)
            _watch(watched, heard)
        os.close(heard)
    # Libraries load half a million objects that stay: looked at now and then, not 900 times.
    gc.set_threshold(_SELDOM, 10, 10)
    # Imported here: an interruption, or too little memory, while libraries load is said in words.
    from cpts_geo.cli.last_resort import guarded  # noqa: PLC0415
    from cpts_geo.processes.libraries import own_process  # noqa: PLC0415

    _quiet_libraries()
    own_process()

    def command() -> None:
        # From here on a stop is said in words; one that came before waits until now.
        _follow_signals()
        from cpts_geo.cli.main import main as typed  # noqa: PLC0415

        typed()

    # What is raised for who looks into it (CPTS_GEO_DEBUG) is no success.
    code = 1
    try:
        guarded(command)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise
    finally:
        _ignore(*_STOPS)
        if said is not None:
            with contextlib.suppress(OSError):
                os.write(said, bytes([code & 0xFF]))


def _fill_streams() -> None:
    """A closed stream would lend its number to the next file opened, and be written in it."""
    while (free := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(free)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _watch(child: int, heard: int) -> None:
    """Pass signals on to the command, wait for its end, tell one that it did not tell itself, and
    leave with its code."""

    told: list[int] = []

    def follow(number: int, _: FrameType | None) -> None:
        told[:] = [number]
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        send(number)

    def insist(*_: int | FrameType | None) -> None:
        # A stop that comes just before a wait does not end it; a library that waits for ever hears
        # no signal but the last.
        told.append(told[0])
        send(told[0] if len(told) <= _GRACE else signal.SIGKILL)

    def send(number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)

    signal.signal(signal.SIGALRM, insist)
    _hear(follow)
    os.waitpid(child, 0)
    _ignore(*_STOPS, signal.SIGALRM)
    os.set_blocking(heard, False)
    try:
        code = os.read(heard, 1)
    except BlockingIOError:
        code = b""
    # The command says how it ended: a library may end a process by itself, with any code, as that
    # of linear algebra does where it finds no memory; and Python may kill one whose end was told.
    if not code:
        from cpts_geo.cli.last_resort import CRASH, UNEXPECTED, refuse  # noqa: PLC0415

        refuse(CRASH, UNEXPECTED)
    sys.exit(code[0])


def _follow_signals() -> None:
    """Make every stop a KeyboardInterrupt, the death of the watching process included."""
    _hear(_stop)
    if sys.platform == "linux":
        # Whoever kills the one that watches means to stop the command.
        import ctypes  # noqa: PLC0415

        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


def _hear(handler: Callable[[int, FrameType | None], None]) -> None:
    """Give the signals that stop a command, but those ignored from the start, to a handler."""
    for number in _STOPS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


def _stop(*_: int | FrameType | None) -> None:
    """Interrupt the command once: what a second stop interrupted would stay half-undone."""
    _ignore(*_STOPS)
    raise KeyboardInterrupt


def _ignore(*numbers: signal.Signals) -> None:
    """Ignore signals for good: a handler is gone while Python closes, and they would kill it."""
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


def _quiet_libraries() -> None:
    """Keep what native libraries write about their own failures off the terminal."""
    if os.environ.get("CPTS_GEO_DEBUG"):
        return
    sys.unraisablehook = lambda _: None
    threading.excepthook = lambda _: None
    # Where no more files may be opened, their words are seen.
    with contextlib.suppress(OSError):
        _put_aside()


def _put_aside() -> None:
    """Give what is said by Python a way of its own to the terminal, and none to the rest."""
    if hasattr(os, "fork"):
        ours = os.dup(2)
        sys.stderr = open(  # noqa: PTH123, SIM115
            ours, "w", encoding=sys.stderr.encoding, errors="replace", buffering=1
        )
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


if __name__ == "__main__":
    main()
