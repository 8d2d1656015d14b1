"""Start the command line: what goes wrong before it is read is said in French too."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Final

_STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


def main() -> None:
    """
    Run the command line in a process of its own.

    Examples
    --------
    From a shell: ``cpts-geo report beauce_gatinais --output resultats``.
    """
    _settle()
    # Imported here: an interruption, or too little memory, while libraries load is said in words.
    from cpts_geo.last_resort import guarded  # noqa: PLC0415

    def command() -> None:
        from cpts_geo.cli import main as typed  # noqa: PLC0415

        typed()

    guarded(command)


def _settle() -> None:
    """Streams that exist and never fail on a letter; signals that let the work be undone."""
    # A closed stream would lend its number to the next file opened, and be written in it.
    while (free := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(free)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for name in _STOPS:
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), _stop)
    if not os.environ.get("CPTS_GEO_DEBUG"):
        # What goes wrong aside is not for an analyst; what matters comes back as an error.
        sys.unraisablehook = lambda _: None
        threading.excepthook = lambda _: None


def _stop(*_: int | FrameType | None) -> None:
    # Once: what a second one interrupted would stay half-undone.
    for name in _STOPS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
