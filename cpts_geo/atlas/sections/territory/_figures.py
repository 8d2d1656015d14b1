"""« Repères »: the key figures as bars."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.charts.bars import Bar, bars_svg
from cpts_geo.atlas.look.cells import (
    MARKS,
    STATUS_WORDS,
    detail_text,
    origin_text,
    own_label,
    shown_text,
)
from cpts_geo.atlas.look.vintages import KEY_FIGURES, newest_known
from cpts_geo.schema import COLUMNS, TERRITORY, Status


def _key_figures(comparison: pd.DataFrame) -> list[tuple[str, str, str, list[Bar]]]:
    """Label, detail (unit, vintage, source), note of the territory's value and bars of each."""
    figures = []
    for name in newest_known(KEY_FIGURES, comparison):
        block = comparison[comparison["indicator"] == name]
        column = COLUMNS[name]
        bars = [
            Bar(
                label=row["area_name"],
                value=row["value"],
                text=shown_text(column, row["value"], row["status"]),
                base=row["base"],
                low=row["low"],
                high=row["high"],
                main=row["area_level"] == TERRITORY.key,
                announced=row["status"] == Status.ANNOUNCED.value,
            )
            for row in block.to_dict("records")
        ]
        first = block.iloc[0]
        apart = [_apart(row, first) for _, row in block.iloc[1:].iterrows()]
        said = (_known(first["status"]), str(first["note"]), *apart)
        note = " — ".join(filter(None, said))
        label, vintage = own_label(column, first)
        detail = ", ".join(part for part in (vintage, detail_text(column, first)) if part)
        figures.append((label, detail, note, bars))
    return figures


def _known(status: str) -> str:
    """Sign and words of a status."""
    return f"{MARKS[status]} {STATUS_WORDS[status]}"


def _apart(row: pd.Series, first: pd.Series) -> str:
    """How another area is known, and by whom, where it is not as the territory; else empty."""
    if row["status"] == Status.UNKNOWN.value:
        return ""  # its bar is hatched, and says so
    status = _known(row["status"]) if row["status"] != first["status"] else ""
    origin = origin_text(row) if row["source"] not in ("", first["source"]) else ""
    said = ", ".join(filter(None, (status, origin)))
    return f"{row['area_name']} : {said}" if said else ""


def section(comparison: pd.DataFrame) -> dict[str, Any]:
    """What the template shows: key figures of the territory beside its surroundings."""
    return {
        "figures": [
            (label, detail, note, Markup(bars_svg(bars, title=label)))
            for label, detail, note, bars in _key_figures(comparison)
        ]
    }
