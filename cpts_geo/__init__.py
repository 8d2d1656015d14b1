"""From a list of communes to unscheduled-care slots per day.

The data flow is one-way, and each arrow is a room::

    sources -> territories -> indicators -> access -> capacity -> study -> atlas, writing

:mod:`cpts_geo.analysis` is the whole run on one page: a request becomes perimeters, each of them
a study. The names below are those to start from; each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cpts_geo.analysis import Options, analyse
    from cpts_geo.capacity.answer.headline import headline
    from cpts_geo.capacity.comparing.compare import compare_scenarios
    from cpts_geo.capacity.scenario.loading import load_scenario
    from cpts_geo.errors import CptsGeoError
    from cpts_geo.sources.analyst.calls.log import read_call_log
    from cpts_geo.study.study import Study
    from cpts_geo.territories.perimeters.request import Request
    from cpts_geo.writing.report import write_report

__version__ = "0.1.0"

__all__ = [
    "CptsGeoError",
    "Options",
    "Request",
    "Study",
    "analyse",
    "compare_scenarios",
    "headline",
    "load_scenario",
    "read_call_log",
    "write_report",
]

_HOMES = {
    "CptsGeoError": "errors",
    "Options": "analysis",
    "Request": "territories.perimeters.request",
    "Study": "study.study",
    "analyse": "analysis",
    "compare_scenarios": "capacity.comparing.compare",
    "headline": "capacity.answer.headline",
    "load_scenario": "capacity.scenario.loading",
    "read_call_log": "sources.analyst.calls.log",
    "write_report": "writing.report",
}


def __getattr__(name: str) -> Any:
    """Import a name of :data:`_HOMES` from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Names shown to a user: those of the module and of :data:`_HOMES`."""
    return sorted({*globals(), *_HOMES})
