"""Values as Python code writes them, numbers of numpy and whole floats, as a file would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final

import numpy as np
from pydantic import BaseModel

#: What a record checks by itself.
_PLAIN: Final = (bool, int, float, str, date, time, BaseModel, type(None))


class _Foreign:
    """A value that no field may hold: compared with nothing, shown as it was written."""

    def __init__(self, value: object) -> None:
        self._text = repr(value)

    def __repr__(self) -> str:
        return self._text


def typed(value: Any, *, whole: bool = False) -> Any:
    """Give a value without numpy in it; a whole float is an integer where it is to be `whole`."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {name: typed(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(typed(each, whole=whole) for each in value)
    if whole and isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, _PLAIN) else _Foreign(value)


def counts(annotation: Any) -> bool:
    """Tell whether a field holds whole numbers, by its annotation."""
    return "int" in (text := str(annotation)) and "float" not in text
