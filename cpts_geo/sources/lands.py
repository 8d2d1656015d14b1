"""Lands that no road joins: islands, places reached by river or by air, overseas."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Communes that roads join among themselves and to nothing else.
_ROADLESS: Final[tuple[tuple[str, ...], ...]] = (
    ("17004",),  # Île-d'Aix
    ("22016",),  # Bréhat
    ("29082",),  # Batz
    ("29083",),  # Sein
    ("29084",),  # Molène
    ("29155",),  # Ouessant
    ("56009", "56114", "56152", "56241"),  # Belle-Île
    ("56069",),  # Groix
    ("56085",),  # Hœdic
    ("56086",),  # Houat
    ("56087",),  # Île-aux-Moines
    ("56088",),  # Île-d'Arz
    ("85113",),  # Yeu
    ("97108", "97112", "97126"),  # Marie-Galante
    ("97110",),  # La Désirade
    ("97130",),  # Terre-de-Bas
    ("97131",),  # Terre-de-Haut
    ("97314",),  # Ouanary
    ("97352",),  # Saül
    ("97353",),  # Maripasoula
    ("97356",),  # Camopi
    ("97357",),  # Grand-Santi
    ("97362",),  # Papaichton
    ("97608", "97615"),  # Petite-Terre, Mayotte
)
#: Départements that no road joins to any other: Corse, then overseas.
_APART: Final = (("2A", "2B"), ("971",), ("972",), ("973",), ("974",), ("976",))


def land_of(codes: pd.Index) -> npt.NDArray[np.int64]:
    """
    Number the lands that no road joins.

    Parameters
    ----------
    codes : Index of str
        INSEE codes of communes.

    Returns
    -------
    ndarray of int
        0 for all that roads join to Paris, one number above 0 for each place of :data:`_ROADLESS`
        and for what is left of each of :data:`_APART`.

    Examples
    --------
    >>> land_of(pd.Index(["85047", "85113", "2A004", "2B033"])).tolist()
    [0, 13, 25, 25]
    """
    numbers = {code: land for land, group in enumerate((*_ROADLESS, *_APART), 1) for code in group}
    get = numbers.get
    # Of a list and not of the index: three times faster.
    lands = [get(code) or get(code[:3]) or get(code[:2], 0) for code in codes.tolist()]
    return np.array(lands, dtype=np.int64)


def roadless(codes: pd.Index) -> npt.NDArray[np.bool_]:
    """
    Tell the communes that no road joins to the rest of their département.

    Parameters
    ----------
    codes : Index of str
        INSEE codes of communes.

    Returns
    -------
    ndarray of bool
        Whether each is of :data:`_ROADLESS`: kilometres by road from it to another land mean
        nothing.

    Examples
    --------
    >>> roadless(pd.Index(["85047", "85113", "2A004"])).tolist()
    [False, True, False]
    """
    lands = land_of(codes)
    return (lands > 0) & (lands <= len(_ROADLESS))
