"""From a list of communes to unscheduled-care slots per day.

``import cpts_geo as cg``, then ``cg.territory("beauce_gatinais")``: the ten names below are those
to start from, each imported when it is first used. Under them the data flow is one-way, and each
arrow is a room::

    sources -> geography -> indicators -> access -> capacity -> study -> atlas, writing -> api

:mod:`cpts_geo.analysis` is the whole run on one page: a request becomes perimeters, each of them
a study.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cpts_geo.api.capacity import call_log, compare, parameters, scenario
    from cpts_geo.api.maps import offline
    from cpts_geo.api.places import fetch, france
    from cpts_geo.api.start import territories, territory
    from cpts_geo.api.territory import Territory

__version__ = "0.2.0"

__all__ = [
    "Territory",
    "call_log",
    "compare",
    "fetch",
    "france",
    "offline",
    "parameters",
    "scenario",
    "territories",
    "territory",
]

_HOMES = {
    "Territory": "territory",
    "call_log": "capacity",
    "compare": "capacity",
    "fetch": "places",
    "france": "places",
    "offline": "maps",
    "parameters": "capacity",
    "scenario": "capacity",
    "territories": "start",
    "territory": "start",
}


def __getattr__(name: str) -> Any:
    """Import a name of :data:`_HOMES`, or a room, when it is first asked for."""
    if name not in _HOMES:
        if not name.startswith("_") and find_spec(f"{__name__}.{name}"):
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.api.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Names shown to a user: those to start from."""
    return __all__
