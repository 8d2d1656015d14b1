"""The need of a territory, and the capacity that it calls for."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from cpts_geo.atlas.sections.capacity import capacity_sections, need_sections
from cpts_geo.atlas.sections.essential import essential_sections
from cpts_geo.atlas.sections.resources import section as resources_section
from cpts_geo.atlas.sections.territory import answer, hypotheses
from cpts_geo.atlas.views.view import View, section_parts
from cpts_geo.capacity.answer.headline import to_frame
from cpts_geo.study.study import Study


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


def capacity_view(study: Study) -> View:
    """
    Show the slots and GP-hours needed, what there is today, what it rests on.

    Parameters
    ----------
    study : Study
        Everything known of the territory.

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
        }
        if study.headline and (capacity := study.capacity):
            found |= capacity_sections(study.headline, capacity, facts=study.facts)
            found["resources"] = resources_section(study.headline, capacity)
        return found

    def parts() -> dict[str, tuple[str, str, pd.DataFrame | None]]:
        capacity = study.capacity
        if result is None or capacity is None:
            return {}
        known: dict[str, tuple[str, bool, pd.DataFrame | None]] = {
            "months": ("mois par mois", capacity.by_month is not None, capacity.by_month),
            "week": ("jour par jour", capacity.week is not None, None),
            "causes": (
                "ce qui fait l’intervalle", bool(result.slots_per_day.p90), capacity.tornado
            ),
            "resources": ("heures, volontaires, coûts", True, capacity.resources),
            "telephone": ("le téléphone", capacity.phone is not None, capacity.phone),
            "future": ("dans les années à venir", capacity.future is not None, capacity.future),
        }  # fmt: skip
        rooms = {"resources": "sections/resources.html.j2"}
        return {
            "needed": ("d’où vient ce nombre", "sections/capacity/needed.html.j2", None),
            **{
                key: (words, rooms.get(key, f"sections/capacity/{key}.html.j2"), table)
                for key, (words, there, table) in known.items()
                if there
            },
            "assumed": ("ce qui est supposé", "sections/territory/hypotheses.html.j2", None),
        }

    return View(
        f"{study.name} : la capacité",
        ["views/capacity.html.j2"],
        shown,
        value=study.answer,
        table=None if result is None else to_frame([result]),
        parts=section_parts(study.name, parts(), shown),
    )
