"""What the template of the capacity section is given: words, tables, drawings."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas import (
    calendar_words,
    capacity_charts,
    capacity_tables,
    capacity_words,
    charts,
    sentences,
    staff_words,
)
from cpts_geo.atlas.capacity_sliders import sliders
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.seasons import EligibleDemand
from cpts_geo.schema import STATUS_MARKS
from cpts_geo.study.capacity import TerritoryCapacity


def capacity_section(
    result: Headline, capacity: TerritoryCapacity, *, facts: pd.DataFrame
) -> dict[str, Any]:
    """
    Gather what a page shows of the capacity of a territory.

    Parameters
    ----------
    result : Headline
        Its answer.
    capacity : TerritoryCapacity
        Months, publics, causes, telephone, future.
    facts : DataFrame
        Published facts of the territory.

    Returns
    -------
    dict
        Names used by the template; a part that is not known is None.
    """
    found = capacity.eligible
    return {
        "answer": sentences.answer(result),
        "today": sentences.today(result),
        "planned": sentences.planned(result),
        "evidence": sentences.evidence(result),
        "dots_caption": sentences.dots_caption(result),
        "deadline": sentences.deadline(result.scenario.deadline_days),
        "chart": Markup(charts.capacity_svg(result)),
        "people_mark": STATUS_MARKS[result.people_status],
        "draw_error": capacity_words.draw_error(result),
        "sampling": capacity_words.sampling_sentence(result),
        "sampling_part": capacity_words.sampling_part(result),
        "model_note": capacity_words.model_note(result),
        "sliders": sliders(result, capacity),
        "groups": _groups(result, capacity, found),
        "months": None if found is None else _months(result, found),
        "week": None
        if capacity.week is None
        else {
            "sentence": calendar_words.week_sentence(result, capacity.week),
            "note": calendar_words.week_note(result),
        },
        "drivers": _drivers(result, capacity.tornado),
        "phone": _phone(result, capacity),
        "future": None if capacity.future is None else _future(capacity.future, facts),
        "back_test": _back_test(result, capacity.back_test),
    }


def _groups(
    result: Headline, capacity: TerritoryCapacity, found: EligibleDemand | None
) -> dict[str, Any] | None:
    if found is None or len(result.scenario.eligible) == 1:
        return None
    served = float("nan") if capacity.week is None else capacity.week.served
    return {
        "sentences": capacity_words.groups_sentences(result, found, served),
        "rows": capacity_tables.group_rows(result, found),
    }


def _months(result: Headline, found: EligibleDemand) -> dict[str, Any]:
    assumed = calendar_words.year_assumed(result)
    said = calendar_words.months_sentences(result, found)
    return {
        "sentences": said,
        "assumed": assumed,
        "chart": Markup(
            capacity_charts.months_svg(
                found.by_month,
                today=result.today.slots if result.today else None,
                floor=result.refuting.slots if result.refuting else None,
                assumed=assumed,
                title=f"Créneaux par jour nécessaires, mois par mois. {said[0]}",
            )
        ),
        "headers": capacity_tables.month_headers(found),
        "rows": capacity_tables.month_rows(found, assumed=assumed),
        "note": calendar_words.months_note(result),
    }


def _drivers(result: Headline, tornado: pd.DataFrame) -> dict[str, Any]:
    bars = capacity_tables.swings(result, tornado)
    decimals = capacity_words.hours_decimals(tornado)
    ends = [sorted((bar.low, bar.high)) for bar in bars]
    each = " ; ".join(
        f"{bar.label} : {capacity_words.span(low, high, decimals)}"
        for bar, (low, high) in zip(bars, ends, strict=True)
    )
    return {
        "sentence": capacity_words.drivers_sentence(tornado),
        "chart": Markup(
            capacity_charts.tornado_svg(
                bars,
                median=float(tornado["result_median"].iloc[0]),
                decimals=decimals,
                title=f"Heures de médecin par semaine selon chaque donnée. {each}",
            )
        ),
    }


def _phone(result: Headline, capacity: TerritoryCapacity) -> dict[str, Any] | None:
    phone, usual = capacity.phone, capacity.usual_agents
    if phone is None or usual is None:
        return None
    sentence = staff_words.phone_sentence(phone, usual)
    return {
        "sentence": sentence,
        "chart": Markup(capacity_charts.agents_svg(phone, title=sentence)),
        "rows": capacity_tables.phone_rows(phone),
        "note": staff_words.phone_note(
            phone, grade=result.scenario.sources["calls_observed"].grade
        ),
        "seconds": int(staff_words.phone_default("within_seconds")),
    }


def _future(future: pd.DataFrame, facts: pd.DataFrame) -> dict[str, Any]:
    said = staff_words.future_sentences(future)
    labels = {float(each): staff_words.arrivals(float(each)) for each in future["entries"].unique()}
    return {
        "sentences": said,
        "chart": Markup(
            capacity_charts.fan_svg(
                future, labels=labels, title=f"Médecins dans les dix ans. {' '.join(said)}"
            )
        ),
        "rows": capacity_tables.future_rows(future),
        "note": staff_words.future_note(
            {str(row["fact"]): row for row in facts.to_dict("records")}
        ),
    }


def _back_test(result: Headline, table: pd.DataFrame) -> str | None:
    if table.empty:
        return None
    return capacity_words.back_test_sentence(
        table.to_dict("records")[0],
        today=result.today.slots if result.today else None,
    )
