"""Settings of the libraries in a process that is a command's own, never in a notebook's."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa


def settle_libraries() -> None:
    """
    Make pandas and pyarrow quick on many small tables, and give memory back.

    Examples
    --------
    >>> from cpts_geo.processes.libraries import settle_libraries  # a command's first act
    """
    # Texts as Python objects: on a few dozen rows, each call of Arrow costs more than its work.
    pd.set_option("mode.string_storage", "python")
    # Arrow's own allocator keeps what it has read; the system's gives it back for the report.
    pa.set_memory_pool(pa.system_memory_pool())
