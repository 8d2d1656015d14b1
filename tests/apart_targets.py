"""What a test has a process apart do: well, badly, and worse."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import Any

from cpts_geo.errors import Defect, PerimeterError


def told(content: bytes, **arguments: Any) -> dict[str, Any]:
    return {"content": content.decode(), "arguments": arguments, "modules": len(sys.modules)}


def backwards(content: bytes) -> bytes:
    return content[::-1]


def noisy(content: bytes) -> str:
    print("bruit")
    os.write(1, b"\x00bruit\n")
    os.write(2, b"\x1b[31mbruit\n")
    return content.decode()


def refuses(content: bytes) -> None:
    raise PerimeterError("Non.", defects=[content.decode()], remedy="faites autrement.")


def refuses_much(content: bytes) -> None:
    lines = [Defect(f"entité {n}", "point") for n in range(120)]
    raise PerimeterError("Non.", defects=lines, remedy="faites autrement.")


def sinks(content: bytes) -> None:
    os.kill(os.getpid(), 11)


def is_killed(content: bytes) -> None:
    os.kill(os.getpid(), 9)


def swells_elsewhere(content: bytes) -> None:
    os.write(2, b"memory allocation of 4611686018427387904 bytes failed\n")
    os.abort()


def lacks(content: bytes) -> None:
    raise ImportError("libgeos.so: failed to map segment from shared object")


def shouts(content: bytes) -> None:
    for _ in range(100):
        with suppress(BlockingIOError):
            os.write(2, bytes(100_000))
    os._exit(3)


def fails(content: bytes) -> None:
    raise ZeroDivisionError(content.decode())


def aborts(content: bytes) -> None:
    os.abort()


def leaves(content: bytes) -> None:
    os._exit(3)


def sleeps(content: bytes) -> None:
    time.sleep(600)


def swells(content: bytes) -> int:
    return len(bytearray(4 * 10**9))


def whereabouts(content: bytes) -> list[str]:
    return [str(os.getpid()), *sys.path]
