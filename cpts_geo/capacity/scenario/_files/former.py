"""Scenario files written for earlier versions: what each former field became, and what is said."""

from __future__ import annotations

from typing import Any, Final

from cpts_geo.capacity.scenario._slips.refusals import ContradictionError, shown
from cpts_geo.capacity.scenario.parameters import FILE_MARK, default_parameters
from cpts_geo.capacity.scenario.records import MAX_YEARS
from cpts_geo.french import joined

#: Fields that no result rests on any more.
_IGNORED: Final = ("evidence_label", "snp_rate", "unmet_share")
_GROUPS: Final = ("no_mt", "mt_unavailable", "visitors")


def modern(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a file as they are written today; what was ignored is told in its notes.

    >>> modern({"eligible": ["no_mt", "mt_unavailable"]})
    {'public': 'all'}
    """
    now = dict(values)
    if ignored := [name for name in _IGNORED if name in now]:
        verb = "n’est plus lu" if len(ignored) == 1 else "ne sont plus lus"
        names = joined([f"« {name} »" for name in ignored])
        said = f"{FILE_MARK}{names} {verb} : la solidité se déduit de ce qui est donné."
        notes = now.get("notes", [])
        now["notes"] = [*notes, said] if isinstance(notes, list) else notes
        now = {name: value for name, value in now.items() if name not in ignored}
    if "eligible" in now:
        now["public"] = _public(now.pop("eligible"), now.get("public"))
    sources = now.get("sources")
    if isinstance(sources, dict):
        now["sources"] = {name: each for name, each in sources.items() if name not in _IGNORED}
    if "calls_years" not in now and _are_own_calls(now):
        now["calls_years"] = _years(now["calls_people_years"], now["people_without_mt"])
    return now


def _years(people_years: float, people: float) -> float:
    """Years of the calls of an earlier file, which gave people and person-years."""
    years = people_years / people
    if years > MAX_YEARS:
        raise ContradictionError(
            [
                f"« calls_people_years » / « people_without_mt » = {people_years:g} / {people:g}, "
                f"soit {years:.3g} années d’appels (au plus {MAX_YEARS}) : corrigez l’un des deux, "
                "ou écrivez « calls_years », les années de ces appels"
            ]
        )
    return years


def _public(eligible: Any, public: Any) -> str:
    """Whom the groups of an earlier file make the device admit."""
    known = isinstance(eligible, list | tuple) and all(each in _GROUPS for each in eligible)
    known = known and len(eligible) > 0
    if not known or public is not None:
        what = (
            "« eligible » et « public » : gardez « public »"
            if known
            else f'« eligible » = {shown(eligible)} : écrivez « public » = "no_mt" ou "all"'
        )
        raise ContradictionError([what])
    return "no_mt" if list(eligible) == ["no_mt"] else "all"


def _are_own_calls(values: dict[str, Any]) -> bool:
    """Whether a file gives people, calls and person-years of its own."""
    numbers = [values.get(n) for n in ("calls_observed", "calls_people_years", "people_without_mt")]
    sources = values.get("sources")
    # One saved today sources all it was computed with, and bears the years of calls of its own.
    if isinstance(sources, dict) and "found_share" in sources:
        return False
    source = sources.get("calls_observed") if isinstance(sources, dict) else None
    text = source.get("text") if isinstance(source, dict) else None
    return (
        all(isinstance(x, int | float) and not isinstance(x, bool) and x > 0 for x in numbers)
        # A saved scenario bears the defaults it was computed with.
        and text != default_parameters()["calls_observed"].text
    )
