"""What workers of tests do: functions of a module, which other processes find."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def double(common: int, thing: int) -> int:
    return common + 2 * thing


def refuse(common: int, thing: int) -> int:
    raise ValueError(f"no {thing}")


def kill_once(folder: str, thing: int) -> int:
    """Die while holding the third thing, the first time that it is held."""
    seen = Path(folder, f"{thing}.held")
    if thing == 3 and not seen.exists():
        seen.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return thing


def kill_always(common: int, thing: int) -> int:
    if thing == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return thing


def wait_for_go(folder: str, thing: int) -> int:
    """Say which process holds a thing, and hold it until somebody says to go on."""
    Path(folder, f"{thing}.{os.getpid()}.pid").touch()
    while not Path(folder, "go").exists():
        time.sleep(0.02)
    return thing


class KillsFirstReader:
    """What kills the first process that reads it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __setstate__(self, state: dict[str, str]) -> None:
        self.__dict__.update(state)
        seen = Path(self.folder, "read")
        if not seen.exists():
            seen.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def sized(common: tuple[KillsFirstReader, bytes], thing: int) -> int:
    return thing + len(common[1])


def large(common: int, thing: int) -> bytes:
    return bytes(3_000_000)
