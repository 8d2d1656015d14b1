"""What the process apart runs: limits first, then one function, and its answer."""

from __future__ import annotations

import importlib
import json
import os
import sys
from contextlib import suppress
from typing import Any

from cpts_geo.errors import CptsGeoError, Defect


def answer() -> None:
    """
    Call the function that the command line names, and write what it returns or raises.

    Notes
    -----
    Command line: the paths, ``module:function``, arguments as JSON, bytes of memory; the content
    comes by the standard input. The answer is a line of JSON, then JSON or bytes.
    """
    target, arguments, memory = sys.argv[2:5]
    out = os.fdopen(os.dup(1), "wb")
    # What a library prints must not mix with the answer.
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - not a path
        os.dup2(nowhere.fileno(), 1)
    _limit(int(memory))
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
