"""« Et si… » : what the reader tries, from the answer on; the page solves the exact queue."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from babel.dates import get_month_names
from markupsafe import Markup

from cpts_geo.atlas.look.cells import STATUS_WORDS
from cpts_geo.atlas.look.grades import input_status
from cpts_geo.atlas.look.words import deadline, slots_text, span, whom
from cpts_geo.capacity.need.interval import CHANCES, Interval
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.records import PUBLICS
from cpts_geo.french import NNBSP, capital, typeset
from cpts_geo.schema import STATUS_MARKS, Status
from cpts_geo.study._trial import Demand, Factor, Trial, Tried
from cpts_geo.study.study import Study

#: What the reader is asked for each share, and its decimals in percent.
_SHARES: Final[dict[Factor, tuple[str, int]]] = {
    "need": ("Part des appels qui relèvent d’une consultation", 0),
    "found": ("Part des demandes qui ont trouvé un créneau", 0),
    "gap": ("Part du besoin sans réponse qui viendrait", 1),
}
_SURE: Final = "Un chiffre que vous changez est tenu pour sûr : l’intervalle se resserre."
_LEARNT: Final = "Ce que les lignes connues ailleurs en reçoivent"
#: Minutes to try, beyond those of the answer.
_MINUTES: Final = (5, 45)
#: Figures kept of a demand: those that slots are counted from, those that hours are drawn from.
_EXACT: Final = 9
_DRAWN: Final = 5


class _Origin(NamedTuple):
    """Whose an input is: sign and words of its status, what says it."""

    mark: str
    status: str
    text: str


def section(study: Study) -> dict[str, Any]:
    """What the template shows: each input with its origin and reach, and the data of the page."""
    tried = study.trial
    assert tried is not None
    first = tried.publics[0].result
    scenario = first.scenario
    return {
        "sure": _SURE,
        "rough": "" if scenario.has_own_line else scenario.evidence_words,
        "publics": [capital(PUBLICS[each.result.scenario.public or "all"])
                    for each in tried.publics],
        "people": _people(tried),
        "counted": scenario.has_own_line and scenario.public == "no_mt",
        "slots": {"at": tried.slots[0], "most": tried.slots[1], "said": _offered(scenario)},
        "shares": [_share(each, place) for place, each in enumerate(tried.publics)],
        "minutes": _minutes(scenario),
        "deadlines": [
            capital(deadline(days)) + (f" ({24 * days} h)" if days > 1 else "")
            for days in tried.deadlines
        ],
        "deadline": tried.deadlines.index(scenario.deadline_days),
        "promise": _origin(scenario, "deadline_days"),
        "target": scenario.target,
        "data": Markup(json.dumps(_data(tried), separators=(",", ":"), allow_nan=False)),
    }  # fmt: skip


def _origin(scenario: Scenario, name: str) -> _Origin:
    """Origin of an input that has a source."""
    source = scenario.sources[name]
    return _said(input_status(scenario, name), f"{source.text} ({source.grade})")


def _said(status: Status, text: str) -> _Origin:
    """Origin of a status, told in words."""
    return _Origin(STATUS_MARKS[status], STATUS_WORDS[status], text)


def _offered(scenario: Scenario) -> str:
    """Say what the slots start from."""
    week = scenario.slots_by_weekday
    if week is None:
        return "Ceux d’aujourd’hui ne sont pas publiés : au départ, ceux de la réponse."
    mean = sum(week) / len(week)
    known = f"Aujourd’hui : {slots_text(mean)}{'' if mean == round(mean) else ' en moyenne'}"
    planned = scenario.slots_planned
    return f"{known} ; annoncés : {planned}." if planned else f"{known}."


def _people(tried: Trial) -> dict[str, Any] | None:
    """People without médecin traitant, where the demand of a public is made of them."""
    for place, each in enumerate(tried.publics):
        scenario = each.result.scenario
        if scenario.public == "no_mt" and not scenario.has_own_line:
            area = scenario.area
            population = scenario.population or (area.population if area else None)
            return {
                "public": place,
                "number": round(scenario.people_without_mt),
                "population": None if population is None else round(population),
                "ages": tried.ages,
                "origin": _origin(scenario, "people_without_mt"),
            }
    return None


def _share(tried: Tried, place: int) -> dict[str, Any]:
    """The share that a public's demand is made with."""
    scenario = tried.result.scenario
    label, decimals = _SHARES[tried.factor]
    least, most = tried.reach
    source = {"need": scenario.need_input, "found": "found_share"}.get(tried.factor)
    found = tried.share
    return {
        "public": place,
        "label": label,
        "least": round(100 * least, decimals),
        "most": round(100 * most, decimals),
        "step": 10**-decimals if decimals else 1,
        "at": round(100 * found.p50, decimals),
        "law": f"{span(100 * found.p10, 100 * found.p90, decimals)}{NNBSP}%",
        "origin": _origin(scenario, source) if source else _said(Status.ESTIMATED, _LEARNT),
    }


def _minutes(scenario: Scenario) -> dict[str, Any]:
    """The length of a consultation."""
    low, likely, high = scenario.minutes
    return {
        "least": min(_MINUTES[0], int(low)),
        "most": max(_MINUTES[1], int(high) + 1),
        "at": round(likely),
        "law": f"{span(low, high)}{NNBSP}min",
        "origin": _origin(scenario, "minutes"),
    }


def _data(tried: Trial) -> dict[str, Any]:
    """What the script computes from."""
    scenario = tried.publics[0].result.scenario
    names = get_month_names("abbreviated", locale="fr")
    return {
        **{name: getattr(scenario.rules, name) for name in ("target", "dispersion")},
        "days": _figures(sum(scenario.week_shape), _EXACT),
        "deadlines": tried.deadlines,
        "said": [deadline(days) for days in tried.deadlines],
        "chances": typeset(CHANCES),
        "minutes": scenario.minutes,
        "months": [names[month] for month in tried.months],
        "publics": [_public(each) for each in tried.publics],
    }


def _public(tried: Tried) -> dict[str, Any]:
    """What the script computes the slots of one public from."""
    result, scenario = tried.result, tried.result.scenario
    needed, hours = result.slots_per_day, result.gp_hours_per_week
    who = whom(scenario)
    return {
        "who": f"Pour {'les ' if scenario.public == 'no_mt' else ''}{who}",
        "rough": not scenario.has_own_line,
        "over": tried.factor == "found",
        "people": scenario.people_without_mt,
        "floor": [_figures(each, _EXACT) for each in tried.floor],
        "answer": {"slots": _bounds(needed), "hours": _bounds(hours)},
        "law": [_demand(each) for each in tried.by_deadline],
        "unit": _demand(tried.unit),
    }


def _demand(found: Demand) -> dict[str, Any]:
    """Quantiles of a demand, with the figures that matter."""
    return {
        "bounds": [_figures(each, _EXACT) for each in found.bounds],
        "middle": _figures(found.middle, _EXACT),
        "months": [[_figures(each, _EXACT) for each in month] for month in found.months],
        "levels": [_figures(each, _DRAWN) for each in found.levels],
    }


def _bounds(found: Interval[Any]) -> list[float]:
    """The three numbers of an interval."""
    return [_figures(each, _DRAWN) for each in (found.p10, found.p50, found.p90)]


def _figures(value: float, figures: int) -> float:
    """A number with so many significant figures, whole where it is."""
    kept = float(f"{value:.{figures}g}")
    return int(kept) if kept.is_integer() else kept
