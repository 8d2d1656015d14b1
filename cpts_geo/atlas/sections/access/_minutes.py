"""Words and cells of minutes, shared by the sections of access."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.french import counted, duration, rough, whole_percent
from cpts_geo.schema import (
    COLUMNS,
    DREES,
    EMERGENCY_OR_SMUR,
    FACILITIES,
    PUBLISHED,
    Facility,
    Status,
    best_status,
)
from cpts_geo.settings import MINUTES_BANDS
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.access import TerritoryAccess

TIMES = ("mean_minutes", "p90_minutes")


@dataclass(frozen=True)
class Told:
    """What a row of coverage speaks of, and whose times it comes from."""

    care: Facility
    whose: str
    grade: str
    status: str
    vintage: str


def told(facility: str, column: str, access: TerritoryAccess) -> Told:
    """Words of a row of coverage: those of DREES, or of the times of the access."""
    said = COLUMNS[column]
    vintage = ", ".join(filter(None, (said.vintage, said.age_words)))
    if column == PUBLISHED.name:
        grade, status = sources()[said.source].grade, best_status(column).value
        return Told(EMERGENCY_OR_SMUR, DREES.whose, grade, status, vintage)
    times = access.times
    care, status = FACILITIES[facility], times.status.value
    return Told(care, times.series.whose, times.grade, status, vintage)


def out_of_reach(people: float, column: str, access: TerritoryAccess) -> str:
    """Say how many people the times do not bring to any care."""
    if not people:
        return ""
    if column == PUBLISHED.name:
        return f"{counted(people, 'habitant', 'habitants')} sans route"
    where = "sans route dans la table"
    if np.isfinite(access.times.reach):
        where = f"à plus de {duration(access.times.reach)} ou sans route"
    return f"{counted(people, 'habitant', 'habitants')} {where}"


def figure_cells(figures: pd.Series, status: str) -> list[Cell]:
    """People within each time, then mean and ninth decile of the minutes, as access counts them."""
    shares = (
        share_cell(float(figures[f"share_within_{b:g}"]), float(figures[f"within_{b:g}"]), status)
        for b in MINUTES_BANDS
    )
    times = (Cell(duration(figures[name]), status=status) for name in TIMES)
    return [*shares, *times]


def share_cell(share: float, people: float, status: str, *, span: str = "") -> Cell:
    """Share of the people within a time, how many they are, and `span` over the variants."""
    if pd.isna(share):
        return Cell(whole_percent(share), status=Status.UNKNOWN.value)
    # A part of the people is as estimated as the times; all of them are a count.
    known = status == Status.MEASURED.value or share == 1
    many = counted(people if known else rough(people), "habitant", "habitants")
    return Cell(whole_percent(share), status=status, origin=f"{span} ; {many}" if span else many)


def coverage_headers() -> list[str]:
    """Columns of the coverage table, after the facility."""
    bands = [f"à {duration(band)} au plus" for band in MINUTES_BANDS]
    return [*bands, "En moyenne", "Pour 9 habitants sur 10, au plus", "Commune la plus éloignée"]
