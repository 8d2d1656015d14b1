"""A risky parser run in a process apart: its crash, its greed or its slowness end there.

The child is a fresh interpreter that imports one function, calls it with JSON arguments and the
bytes given, and writes back JSON or bytes. Nothing that comes back is executed, and nothing that a
library prints reaches the terminal.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal

from cpts_geo import errors
from cpts_geo.errors import CptsGeoError, Defect, one_line
from cpts_geo.sources._bounds.limits import LIMITS, beyond

_Ending = Literal["time", "memory", "crash"]
# The paths of this interpreter, so that the child finds the same packages; never the folder of
# work, where a file of an analyst could bear the name of a module.
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from cpts_geo.sources._apart import _answer; _answer()"
)
#: Words of the libraries for a lack of memory, in an error or as they end the process.
_MEMORY: Final = re.compile(
    r"bad_alloc|memory alloc|allocate|failed to map|out of memory|MemoryError", re.IGNORECASE
)
_ROOT: Final = str(Path(errors.__file__).resolve().parent.parent)


class _ApartError(Exception):
    """The process apart has not answered: out of time or of memory, or crashed."""

    def __init__(self, ending: _Ending, detail: str = "") -> None:
        self.ending: _Ending = ending
        self.detail = detail
        super().__init__(f"{ending}: {detail}")


def _run_apart(
    target: str,
    arguments: Mapping[str, Any],
    *,
    content: bytes = b"",
    memory: int,
    seconds: float,
) -> Any:
    """Call ``module:function`` on a content, in a process apart within bytes of memory and seconds;
    what it refuses is raised here, any other end is an :class:`_ApartError`."""
    # Never the folder of work: a file of the analyst's there is no library.
    here = os.path.realpath(os.curdir)
    paths = [*(p for p in sys.path if p and os.path.realpath(p) != here), _ROOT]
    command = [sys.executable, "-I", "-X", "utf8", "-c", _START, json.dumps(paths), target]
    command += [json.dumps(dict(arguments)), str(memory), json.dumps(LIMITS)]
    # A library of numbers that starts a thread a core would reserve its memory for each.
    calm = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    # A system of coordinates asks for no grid over a network.
    calm["PROJ_NETWORK"] = "OFF"
    with _last_words() as (writing, reading):
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=writing,
                env={**os.environ, **calm},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ENOMEM):
                raise MemoryError from error
            raise
        with child:
            try:
                answer, _ = child.communicate(content, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise _ApartError("time", f"{seconds} s") from error
            finally:  # an interruption from the keyboard ends both
                child.kill()
                child.wait()
        return _understood(answer, child.returncode, reading)


@contextmanager
def _last_words() -> Iterator[tuple[int, int]]:
    """Ends of a pipe for the last words of the process: what it cannot hold is lost."""
    reading, writing = os.pipe()
    try:
        for end in (reading, writing) if os.name == "posix" else ():
            os.set_blocking(end, False)
        yield (writing if os.name == "posix" else subprocess.DEVNULL), reading
    finally:
        os.close(reading)
        os.close(writing)


def _understood(answer: bytes, code: int, reading: int) -> Any:
    """Value that the process answered, or its refusal raised; without an answer, its code and its
    last words tell how it ended."""
    head, found, body = answer.partition(b"\n")
    if not found:
        try:
            words = os.read(reading, 1 << 16).decode(errors="replace") if os.name == "posix" else ""
        except BlockingIOError:  # it has said nothing
            words = ""
        # A system that lacks memory kills without a word.
        killed = code == -getattr(signal, "SIGKILL", 0)
        ending: _Ending = "memory" if killed or _MEMORY.search(words) else "crash"
        raise _ApartError(ending, f"ended with {code}")
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
            raise _ApartError("memory", said["detail"])
        case _:
            lacks = _MEMORY.search(said["detail"])
            raise _ApartError("memory" if lacks else "crash", said["detail"])


def run_within(
    bounds: str,
    target: str,
    arguments: Mapping[str, Any],
    *,
    content: bytes,
    error: type[CptsGeoError],
    name: str,
) -> Any:
    """Call ``module:function`` on a file in a process apart, within the bounds of time and memory
    of ``workbook``, ``polygons`` or ``travel``; every bad end is a refusal of class `error`, and a
    machine without room for the process a MemoryError."""
    memory, seconds = f"{bounds}_memory", f"{bounds}_seconds"
    try:
        return _run_apart(
            target, arguments, content=content, memory=LIMITS[memory], seconds=LIMITS[seconds]
        )
    except _ApartError as ended:
        if ended.ending != "crash":
            key = memory if ended.ending == "memory" else seconds
            raise beyond(key, error, name=name) from ended
        raise error(
            f"{one_line(name)} a arrêté le programme qui l’ouvrait : il est sans doute endommagé.",
            remedy="ouvrez-le dans le logiciel qui l’a produit, vérifiez son contenu, puis "
            "enregistrez-le de nouveau.",
        ) from ended


def _answer() -> None:
    """Call, in the process apart, the function that the command line names; answer a line of JSON,
    then JSON or bytes."""
    target, arguments, memory, limits = sys.argv[2:6]
    out = os.fdopen(os.dup(1), "wb")
    # What a library prints must not mix with the answer.
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - not a path
        os.dup2(nowhere.fileno(), 1)
    _limit(int(memory))
    LIMITS.update(json.loads(limits))
    body = b""
    try:
        module, _, name = target.partition(":")
        found = getattr(importlib.import_module(module), name)
        head, body = _written(found(sys.stdin.buffer.read(), **json.loads(arguments)))
    except MemoryError as error:
        head = {"kind": "memory", "detail": type(error).__name__}
    except CptsGeoError as error:
        defects = [(line, line.kind if isinstance(line, Defect) else "") for line in error.defects]
        said = {"summary": error.summary, "defects": defects, "remedy": error.remedy}
        head = {"kind": "refused", "class": type(error).__name__, **said}
    except BaseException as error:  # a panic of a compiled parser is no Exception
        head = {"kind": "crash", "detail": f"{type(error).__name__}: {error}"}
    out.write(json.dumps(head).encode() + b"\n" + body)
    out.flush()
    # Nothing is left to tidy, and a library's own end could crash.
    os._exit(0)


def _written(value: Any) -> tuple[dict[str, Any], bytes]:
    """Head and body of an answer: bytes as they are, else JSON."""
    if isinstance(value, bytes):
        return {"kind": "bytes"}, value
    return {"kind": "json"}, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _limit(memory: int) -> None:
    """Limit the address space; Windows has no such limit, macOS may refuse it."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - absent on Windows

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        # A crash leaves no image of the memory, which may hold what a log says of people.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
