"""The need of a territory, and the capacity that it calls for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from cpts_geo.atlas.look.values import stated
from cpts_geo.atlas.sections.capacity import capacity_sections, need_sections
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.resources import section as resources_section
from cpts_geo.atlas.sections.territory import answer, hypotheses
from cpts_geo.atlas.views._parts.checks import checks_view
from cpts_geo.atlas.views._parts.queue import NOBODY, QUEUE_PARTS, queue_view
from cpts_geo.atlas.views.view import View, section_parts, unknown_view
from cpts_geo.capacity.answer.headline import to_frame
from cpts_geo.capacity.scenario.loading import described
from cpts_geo.study.scenarios import borrowed_notes
from cpts_geo.study.study import Study

#: Parts of a capacity, by their key.
_WORDS: Final = {
    "needed": "d’où vient ce nombre",
    "months": "mois par mois",
    "week": "jour par jour",
    "causes": "ce qui fait l’intervalle",
    "resources": "heures, volontaires, coûts",
    "telephone": "le téléphone",
    "future": "dans les années à venir",
    "assumed": "ce qui est supposé",
}
#: Why some of them cannot be shown.
_TOO_MUCH: Final = "Certains mois dépassent ce que la file d’attente d’une ligne peut représenter."
_NO_PHONE: Final = (
    "Aucune ligne d’ici ne compte ses appels sur des heures connues : le nombre de personnes au "
    "téléphone ne peut pas être calculé. Un registre des demandes le permet (cg.call_log)."
)
_NO_AGE: Final = (
    "L’âge moyen des médecins d’ici n’est pas publié, ou ils sont trop peu : leur nombre dans les "
    "années à venir ne peut pas être calculé."
)


def need_view(study: Study) -> View:
    """
    Show the need, what surgeries meet of it, the gap, and what a device would receive.

    Parameters
    ----------
    study : Study
        Everything known of the territory.

    Returns
    -------
    View
        Its table is that of :func:`cpts_geo.capacity.need.ladder.ladder`, empty where the APL is
        unknown.
    """

    @cache
    def shown() -> dict[str, Any]:
        sections = need_sections(study)
        ladder = sections["ladder"]
        lines = [*ladder.get("sentences", ()), ladder.get("lines", "")]
        return {**sections, "sheet": study, "sentences": filter(None, lines)}

    return View(
        f"{study.name} : le besoin",
        ["sections/capacity/ladder.html.j2", "views/sentences.html.j2"],
        shown,
        value=study.need_ladder,
        table=study.need_ladder,
    )


class _CapacityView(View):
    """A capacity that knows the study it is of, whose draws, seed and lines a comparison takes."""

    def __init__(self, study: Study, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.study = study


def capacity_view(
    study: Study,
    *,
    changes: Mapping[str, Any] = MappingProxyType({}),
    label: str = "",
    first: Sequence[str] = (),
) -> View:
    """
    Show the slots and GP-hours needed, what there is today, what it rests on.

    Parameters
    ----------
    study : Study
        Everything known of the territory.
    changes : mapping of str to object
        Fields of its scenario that were given another value, and that value.
    label : str
        What the answer is called, where it was given a name.
    first : sequence of str
        French sentences to read before the answer.

    Returns
    -------
    View
        Its value is the :class:`cpts_geo.capacity.answer.headline.Headline`, or the error that
        says why there is none; its table has a row, empty without an answer.
    """
    result = study.headline

    @cache
    def shown() -> dict[str, Any]:
        found = {
            **essential_sections(study),
            "answer": answer.section(study),
            "needed": None,
            "sheet": study,
            "hypotheses": hypotheses(study),
            "told": [*borrowed_notes(study.scenario, study.outline), *first],
            "changed": [_changed(name, value) for name, value in changes.items()],
            "idle": [described(name)[0] for name in changes if _idle(study, name)],
        }
        if study.headline and (capacity := study.capacity):
            found |= capacity_sections(study.headline, capacity, facts=study.facts)
            found["resources"] = resources_section(study.headline, capacity)
        return found

    other = f", « {label} »" if label else ", avec d’autres valeurs" if changes else ""
    return _CapacityView(
        study,
        f"{study.name} : la capacité{other}",
        ["views/capacity.html.j2"],
        shown,
        value=study.answer,
        table=None if result is None else to_frame([result]),
        parts={
            **_parts(study, shown),
            "queue": ("qui attend, et combien", lambda: _queue(study)),
            "checks": ("ce que vaut le modèle", lambda: checks_view(study)),
        },
    )


def _changed(name: str, value: Any) -> str:
    """A field of the scenario and its new value, in words."""
    meaning, unit = described(name)
    return f"{meaning} : {stated(name, value, unit)}"


def _idle(study: Study, name: str) -> bool:
    """Whether the answer of a study does not rest on a field of its scenario."""
    if name == "population":
        # The communes say it, wherever the need is computed from them.
        return study.scenario.area is not None
    return name in study.scenario.admitting(study.publics[0].public).unused


def _queue(study: Study) -> View:
    """The queue, or why there is none; so of each of its parts."""
    if study.headline is not None:
        return queue_view(study, study.headline)
    title = f"{study.name} : qui attend, et combien"
    why = answer.section(study)["why"]
    parts = {
        key: (words, partial(unknown_view, f"{study.name} : {words}", why))
        for key, words in QUEUE_PARTS.items()
    }
    return unknown_view(title, why, parts=parts)


def _parts(
    study: Study, shown: Callable[[], dict[str, Any]]
) -> dict[str, tuple[str, Callable[[], View]]]:
    """Parts that say more: each of them shows something, or why there is nothing to show."""
    result, capacity = study.headline, study.capacity
    if result is None or capacity is None:
        why = answer.section(study)["why"]
        return {
            key: (words, partial(unknown_view, f"{study.name} : {words}", why))
            for key, words in _WORDS.items()
        }
    asked = bool(result.slots_per_day.p90)
    month = capacity.by_month
    tables: dict[str, pd.DataFrame | None] = {
        "months": month, "causes": capacity.tornado, "resources": capacity.resources,
        "telephone": capacity.phone, "future": capacity.future,
    }  # fmt: skip
    unknown = {
        "months": _TOO_MUCH if month is None else None if asked else NOBODY,
        "week": None if asked else NOBODY,
        "causes": None if asked else NOBODY,
        "telephone": None if capacity.phone is not None else _NO_PHONE,
        "future": None if capacity.future is not None else _NO_AGE,
    }
    rooms = {
        "resources": "sections/resources.html.j2",
        "assumed": "sections/territory/hypotheses.html.j2",
    }
    known = {
        key: (words, rooms.get(key, f"sections/capacity/{key}.html.j2"), tables.get(key))
        for key, words in _WORDS.items()
        if not unknown.get(key)
    }
    parts = section_parts(study.name, known, shown)
    for key, why in unknown.items():
        if why:
            words = _WORDS[key]
            parts[key] = (words, partial(unknown_view, f"{study.name} : {words}", why))
    return {key: parts[key] for key in _WORDS}
