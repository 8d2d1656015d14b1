"""A risky parser run in a process apart: its crash, its greed or its slowness end there.

The child is a fresh interpreter that imports one function, calls it with JSON arguments and the
bytes given, and writes back JSON or bytes. Nothing that comes back is executed, and nothing that a
library prints reaches the terminal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from cpts_geo import errors
from cpts_geo.errors import CptsGeoError, Defect

Ending = Literal["time", "memory", "crash"]
# The paths of this interpreter, so that the child finds the same packages; never the folder of
# work, where a file of an analyst could bear the name of a module.
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from cpts_geo.sources.analyst.door.child import answer; answer()"
)
_ROOT: Final = str(Path(errors.__file__).resolve().parent.parent)


class ApartError(Exception):
    """
    The process apart has not answered.

    Parameters
    ----------
    ending : {"time", "memory", "crash"}
        Whether it ran out of time or of memory, or ended by itself (a signal, an unknown error).
    detail : str
        What is known of it, for whoever looks into the matter; never for an analyst.
    """

    def __init__(self, ending: Ending, detail: str = "") -> None:
        self.ending: Ending = ending
        self.detail = detail
        super().__init__(f"{ending}: {detail}")


def run_apart(
    target: str,
    arguments: Mapping[str, Any],
    *,
    content: bytes = b"",
    memory: int,
    seconds: float,
) -> Any:
    """
    Call a function in a process apart, within limits.

    Parameters
    ----------
    target : str
        ``module:function``; the function takes the content, then the arguments by name, and
        returns what JSON can hold, or bytes.
    arguments : mapping of str to Any
        What JSON can hold.
    content : bytes
        Handed over through a pipe.
    memory : int
        Address space of the process, in bytes, where the system can limit it (not on Windows).
    seconds : float
        Time it may take, its start included.

    Returns
    -------
    Any
        What the function returned.

    Raises
    ------
    CptsGeoError
        What the function raised of this family, of the same class.
    ApartError
        It took too long or too much, crashed, or raised anything else.

    Examples
    --------
    >>> run_apart("math:sqrt", {}, content=b"", memory=10**9, seconds=60)
    Traceback (most recent call last):
    cpts_geo.sources.analyst.door.apart.ApartError: crash: TypeError: must be real number, not bytes
    """
    paths = [*filter(None, sys.path), _ROOT]
    command = [sys.executable, "-I", "-X", "utf8", "-c", _START, json.dumps(paths), target]
    command += [json.dumps(dict(arguments)), str(memory)]
    # A library of numbers that starts a thread a core would reserve its memory for each.
    calm = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **calm},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ApartError("crash", str(error)) from error
    with child:
        try:
            answer, _ = child.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise ApartError("time", f"{seconds} s") from error
        finally:  # an interruption from the keyboard ends both
            child.kill()
            child.wait()
    return _understood(answer, child.returncode)


def _understood(answer: bytes, code: int) -> Any:
    head, found, body = answer.partition(b"\n")
    if not found:
        raise ApartError("crash", f"ended with {code}")
    said = json.loads(head)
    match said["kind"]:
        case "bytes":
            return body
        case "json":
            return json.loads(body)
        case "refused":
            known = getattr(errors, said["class"], CptsGeoError)
            defects = [Defect(text, kind) for text, kind in said["defects"]]
            raise known(said["summary"], defects=defects, remedy=said["remedy"])
        case "memory":
            raise ApartError("memory", said["detail"])
        case _:
            raise ApartError("crash", said["detail"])
