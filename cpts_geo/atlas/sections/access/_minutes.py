"""Words and cells of minutes, shared by the sections of access."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cpts_geo.access.travel.times import BANDS
from cpts_geo.atlas.look.cells import Cell
from cpts_geo.french import NNBSP, counted, number, whole_percent
from cpts_geo.study.access import TerritoryAccess

TIMES = ("mean_minutes", "p90_minutes")


def whose_times(access: TerritoryAccess) -> str:
    """Say in three words whose times are shown, beside any figure that comes from them."""
    return {
        "approx": "temps approchés",
        "file": "temps fournis par l’analyste",
        "roads": "temps calculés par la route",
    }[access.times.series]


def out_of_reach(people: float, access: TerritoryAccess) -> str:
    """Say how many people the times do not bring to any care."""
    if not people:
        return ""
    where = "sans route dans la table"
    if np.isfinite(access.times.reach):
        where = f"à plus de {number(access.times.reach)} min ou sans route"
    return f"{counted(people, 'habitant', 'habitants')} {where}"


def figure_cells(figures: pd.Series, status: str) -> list[Cell]:
    """People within each time, then mean and ninth decile of the minutes, as access counts them."""
    shares = [
        Cell(
            whole_percent(float(figures[f"share_within_{band:g}"])),
            status=status,
            origin=f"{number(float(figures[f'within_{band:g}']))} habitants",
        )
        for band in BANDS
    ]
    times = (Cell(minutes(figures[name]), status=status) for name in TIMES)
    return [*shares, *times]


def minutes(value: float) -> str:
    """Such as « 12 min »; « donnée absente » for NaN."""
    return f"{number(value)}{NNBSP}min" if pd.notna(value) else number(float("nan"))


def coverage_headers() -> list[str]:
    """Columns of the coverage table, after the facility."""
    bands = [f"à {number(band)} min au plus" for band in BANDS]
    return [*bands, "En moyenne", "Pour 9 habitants sur 10, au plus", "Commune la plus éloignée"]
