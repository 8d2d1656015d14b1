"""Words and cells that the sections of access share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from cpts_geo.access.nearest.proximity import BANDS
from cpts_geo.atlas.look.cells import Cell
from cpts_geo.french import NNBSP, counted, joined, number, signed_number, whole_percent
from cpts_geo.study.access import TerritoryAccess

#: Communes named in a sentence before the others are counted.
_NAMED = 4
TIMES = ("mean_minutes", "p90_minutes")


def named(codes: Sequence[str], names: pd.Series) -> str:
    """
    Write communes by their names.

    Parameters
    ----------
    codes : sequence of str
        INSEE codes.
    names : Series of str
        Name by code.

    Returns
    -------
    str
        The first names joined in French, then how many more.

    Examples
    --------
    >>> named(["A", "B"], pd.Series({"A": "Pithiviers", "B": "Malesherbes"}))
    'Pithiviers et Malesherbes'
    """
    texts = [str(names.get(code, code)) for code in codes]
    if len(texts) > _NAMED + 1:
        rest = f"{number(len(texts) - _NAMED)} autres"
        texts = [*texts[:_NAMED], rest]
    return joined(texts)


def whose_times(access: TerritoryAccess) -> str:
    """
    Say in three words whose times are shown, beside any figure that comes from them.

    Parameters
    ----------
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French words.
    """
    return "temps approchés" if access.approximate else "temps fournis par l’analyste"


def out_of_reach(people: float, access: TerritoryAccess) -> str:
    """
    Say how many people the times do not bring to any care.

    Parameters
    ----------
    people : float
        People beyond the reach of the times, or that no road joins to care.
    access : TerritoryAccess
        Access of the territory.

    Returns
    -------
    str
        French words; empty where there is nobody.
    """
    if not people:
        return ""
    where = "sans route dans la table"
    if np.isfinite(access.times.reach):
        where = f"à plus de {number(access.times.reach)} min ou sans route"
    return f"{counted(people, 'habitant', 'habitants')} {where}"


def over_variants(values: Iterable[float], write: Callable[[float], str]) -> str:
    """
    Write the extremes of a value over the variants of the travel times.

    Parameters
    ----------
    values : iterable of float
        The value under each variant; NaN is unknown.
    write : callable
        Writes a value in French.

    Returns
    -------
    str
        Such as « de 88 % à 100 % »; empty where all are written alike, or one is unknown.

    Examples
    --------
    >>> over_variants([3.0, 2.0, 2.6], number), over_variants([2.9, 3.1], number)
    ('de 2 à 3', '')
    """
    ordered = sorted(values)
    if not ordered or any(np.isnan(value) for value in ordered):
        return ""
    low, high = write(ordered[0]), write(ordered[-1])
    return f"de {low} à {high}" if low != high else ""


def aside(text: str) -> str:
    """
    Put words in parentheses after a value.

    Parameters
    ----------
    text : str
        Words, maybe none.

    Returns
    -------
    str
        The words in parentheses after a space; empty where there is none.

    Examples
    --------
    >>> aside("de 2 à 3"), aside("")
    (' (de 2 à 3)', '')
    """
    return f" ({text})" if text else ""


def signed(value: float) -> str:
    """
    Write a shift with its sign.

    Parameters
    ----------
    value : float
        Shift of the APL.

    Returns
    -------
    str
        Two decimals, + included.

    Examples
    --------
    >>> signed(0.081), signed(-0.2)
    ('+0,08', '−0,20')
    """
    return signed_number(value, 2)


def figure_cells(figures: pd.Series, status: str) -> list[Cell]:
    """
    Write people within each time, then mean and ninth decile of the minutes.

    Parameters
    ----------
    figures : Series
        As access counts them: share_within_10, within_10, ..., mean_minutes, p90_minutes.
    status : str
        How they are known.

    Returns
    -------
    list of Cell
        Under the headers of :func:`coverage_headers`, but the last.
    """
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
    """
    Write minutes.

    Parameters
    ----------
    value : float
        NaN is unknown.

    Returns
    -------
    str
        Such as « 12 min »; « donnée absente » where unknown.
    """
    return f"{number(value)}{NNBSP}min" if pd.notna(value) else number(float("nan"))


def coverage_headers() -> list[str]:
    """
    Columns of the coverage table, after the facility.

    Returns
    -------
    list of str
        French titles.
    """
    bands = [f"à {number(band)} min au plus" for band in BANDS]
    return [*bands, "En moyenne", "Pour 9 habitants sur 10, au plus", "Commune la plus éloignée"]
