"""Words and cells that the sections of access share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from cpts_geo.french import joined, number, signed_number

#: Communes named in a sentence before the others are counted.
_NAMED = 4


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
        Empty where all are written alike, or one is unknown.

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
        Empty where there is none.

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
