"""« Le téléphone »: who must answer in each hour."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.svg import EDGE, WIDTH, hatches, svg_tag
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import Cell, Row
from cpts_geo.atlas.look.words import span
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.workforce.phone import TARGET_SHARE, WITHIN_SECONDS
from cpts_geo.french import NNBSP, counted, joined, number, percent, whole_percent
from cpts_geo.schema import Status


def _phone_sentence(phone: pd.DataFrame, *, usual: int) -> str:
    """Say how many people must answer, on average and in the peak."""
    mean = float(phone["calls_per_hour"].mean())
    most = int(phone["agents"].max())
    goal = f"décrocher {percent(TARGET_SHARE, 0)} des appels en {number(WITHIN_SECONDS)} secondes"
    start = f"Pour {goal}, {_people(usual)} {'suffit' if usual == 1 else 'suffisent'} en moyenne"
    start += f" ({number(mean, 1)} {'appel' if mean < 2 else 'appels'} par heure)"
    if most <= usual:
        return f"{start}, et à toute heure."
    peak = phone.index[phone["agents"] == most]
    when = (
        f"de {peak[0]}{NNBSP}h à {peak[-1] + 1}{NNBSP}h"
        if len(peak) == peak[-1] - peak[0] + 1
        else f"à {joined([f'{hour}{NNBSP}h' for hour in peak])}"
    )
    return f"{start} ; {when}, il en faut {number(most)}."


def _phone_note(phone: pd.DataFrame, *, grade: str) -> str:
    """Say what the telephone rests on."""
    return (
        f"Appels par an : comptés ({grade}). Leur répartition dans la journée et "
        f"{number(_handling_minutes(phone))} minutes par appel : hypothèses (D). Attente "
        "calculée comme si personne ne raccrochait : un maximum."
    )


def _handling_minutes(phone: pd.DataFrame) -> float:
    """Minutes a call takes, from the load of the hours (erlangs) and their calls."""
    return float(60.0 * phone["load_erlangs"].sum() / phone["calls_per_hour"].sum())


def _people(count: int) -> str:
    """A number of people with its word."""
    return counted(count, "personne", "personnes") if count > 1 else "une personne"


def _phone_rows(phone: pd.DataFrame) -> list[Row]:
    """Lay out the telephone: a run of hours with as many agents a row."""
    rows = []
    status = Status.ASSUMED.value
    records = phone.reset_index().to_dict("records")
    for agents, run in groupby(records, key=lambda row: int(row["agents"])):
        hours = list(run)
        bounds = {
            name: (min(h[name] for h in hours), max(h[name] for h in hours))
            for name in ("calls_per_hour", "service_level", "asa_seconds")
        }
        answered = [whole_percent(share) for share in bounds["service_level"]]
        rows.append(
            Row(
                f"{hours[0]['hour']}{NNBSP}h à {hours[-1]['hour'] + 1}{NNBSP}h",
                "",
                (
                    Cell(counted(agents, "personne", "personnes"), status=status),
                    Cell(span(*bounds["calls_per_hour"], 1), status=status),
                    Cell(" à ".join(dict.fromkeys(answered)), status=status),
                    Cell(f"{span(*bounds['asa_seconds'])}{NNBSP}s", status=status),
                ),
            )
        )
    return rows


def _agents_svg(phone: pd.DataFrame, *, title: str) -> str:
    """People who must answer in each hour: a disc a person, the calls of the hour under it."""
    most = int(phone["agents"].max())
    step = (WIDTH - 8) / len(phone)
    radius = min(8.0, step * 0.4, 60 / most)
    base = 8 + 2 * (radius + 1) * most
    parts = [
        svg_tag(WIDTH, base + 74, title=title, kind="chart"),
        hatches("p"),
        f'<path d="M4 {base}H{WIDTH - 4}" stroke="{style.BORDER}"/>',
    ]
    for index, (hour, row) in enumerate(phone.to_dict("index").items()):
        x = 4 + (index + 0.5) * step
        parts.extend(
            f'<circle cx="{x:.1f}" cy="{base - 2 - radius - 2 * (radius + 1) * level:.1f}" '
            f'r="{radius:.1f}" fill="url(#pd)" {EDGE}/>'
            for level in range(int(row["agents"]))
        )
        parts.append(
            f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{hour}</text>'
            f'<text x="{x:.1f}" y="{base + 32}" text-anchor="middle" class="muted">'
            f"{number(row['calls_per_hour'], 1)}</text>"
        )
    parts.append(
        f'<text x="4" y="{base + 51}" class="muted">Un disque : une personne qui décroche, selon '
        f'l’heure.</text><text x="4" y="{base + 68}" class="muted">Dessous : appels dans '
        "l’heure.</text>"
    )
    return "".join(parts) + "</svg>"


def section(result: Headline, phone: pd.DataFrame, *, usual: int) -> dict[str, Any]:
    """What the template shows; `usual` are the people who must answer at the mean calls an hour."""
    sentence = _phone_sentence(phone, usual=usual)
    return {
        "sentence": sentence,
        "chart": Markup(_agents_svg(phone, title=sentence)),
        "rows": _phone_rows(phone),
        "note": _phone_note(phone, grade=result.scenario.sources["calls_observed"].grade),
        "seconds": int(WITHIN_SECONDS),
    }
