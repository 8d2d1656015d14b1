"""A table that is read once a process, as long as the bytes of its files stay the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

import pandas as pd

from cpts_geo.sources.catalogue.catalogue import sha256_of

TableT = TypeVar("TableT", bound=pd.DataFrame)


def once(
    *names: str, folder: Callable[[], Path]
) -> Callable[[Callable[[], TableT]], Callable[[], TableT]]:
    """Keep what a function reads from the files of these names; each call gets a table of its own,
    whose values are copied when they are changed."""

    def decorated(load: Callable[[], TableT]) -> Callable[[], TableT]:
        kept: dict[tuple[str, ...], TableT] = {}

        @wraps(load)
        def call() -> TableT:
            try:
                found = tuple(sha256_of(folder() / name) for name in names)
            except OSError:  # the function says it in its own words
                return load()
            table = kept.get(found)
            if table is None:
                table = load()
                kept.clear()
                kept[found] = table
            # Not looked up again: another thread may have read newer files, and let this one go.
            return table.copy(deep=False)

        return call

    return decorated
