"""Settings of the libraries: for good in a process that is a command's own, for the time of a task
in a worker of somebody else, never in a notebook's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Whether this process is a command's, or a worker's of one: nobody else's tables are in it.
_OWN: Final = {"ours": False}

#: Texts as Python objects: on a few dozen rows, each call of Arrow costs more than its work.
_TEXTS: Final = ("mode.string_storage", "python")
#: What the option was before each of the tasks that have it so, the first one first.
_before: Final[list[str]] = []
_LOCK: Final = threading.Lock()


def own_process() -> None:
    """
    Say that this process is a command's own, before it has any table.

    Examples
    --------
    >>> from cpts_geo.processes.libraries import own_process  # a command's first act
    """
    _OWN["ours"] = True


def settle_libraries() -> None:
    """
    Make pandas and pyarrow quick on many small tables, and give memory back, in our own processes.

    Examples
    --------
    >>> settle_libraries()  # nothing changes in a session of Python
    """
    if not _OWN["ours"]:
        return
    # Imported here: a process says whose it is before its libraries load.
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    pd.set_option(*_TEXTS)
    # Arrow's own allocator keeps what it has read; the system's gives it back for the report.
    pa.set_memory_pool(pa.system_memory_pool())


@contextmanager
def quick_texts() -> Iterator[None]:
    """
    Make pandas quick on many small tables, for the time of a task in a process of somebody else.

    Yields
    ------
    None
        Options of pandas are as before once it ends.

    Examples
    --------
    >>> with quick_texts():
    ...     pass
    """
    import pandas as pd  # noqa: PLC0415

    # The option is of the whole process: the last task that leaves puts it back.
    with _LOCK:
        _before.append(pd.get_option(_TEXTS[0]))
        pd.set_option(*_TEXTS)
    try:
        yield
    finally:
        with _LOCK:
            first = _before[0]
            _before.pop()
            if not _before:
                pd.set_option(_TEXTS[0], first)
