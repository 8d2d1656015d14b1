"""« Observé et prédit »: what the model says of a known year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cpts_geo.atlas.look.words import slots, span
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.french import number, whole_percent


def _back_test_sentence(row: Mapping[Any, Any], *, today: float | None) -> str:
    """Set the consultations observed beside what the model predicts of them."""
    limit = f", que bornent {slots(today)} par jour," if row["bounded"] and today else ""
    text = (
        f"Le modèle{limit} prédit {number(row['predicted_p50'])} consultations par an "
        f"({span(row['predicted_p10'], row['predicted_p90'])}), rendez-vous non honorés déduits ; "
        f"{number(row['observed'])} ont été observées : "
    )
    below = whole_percent(row["rank"])
    if row["refuted"]:
        return (
            f"{text}hors de l’intervalle ({below} des tirages sont au-dessous). Le modèle ne "
            "convient pas à ce territoire."
        )
    if not row["inside"]:
        return (
            f"{text}moins que l’intervalle. Des créneaux trop rares l’expliqueraient aussi : leur "
            "nombre n’est pas publié, rien n’est réfuté."
        )
    text += "l’accord tient, à l’arrondi des chiffres publiés près."
    if row["own_calls"]:
        text += " Il use de ses propres appels : c’est la file qui est éprouvée, pas la demande"
        text += ", et une ligne pleine ne dit rien de qui n’a pas eu de créneau." if limit else "."
    return text


def section(result: Headline, tested: pd.DataFrame) -> dict[str, Any]:
    """What the template shows: a sentence a line tested, observed beside predicted."""
    today = result.today.slots if result.today else None
    rows = tested.to_dict("records")
    return {"sentences": [_back_test_sentence(row, today=today) for row in rows]}
