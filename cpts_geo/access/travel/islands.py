"""Places that no road joins to the rest: a distance says nothing of the time to reach them.

Written by hand from general knowledge (grade C): islands without a bridge, and the communes of
Guyane reached by river or air. Ré, Oléron and Noirmoutier have a bridge (Noirmoutier a causeway
too) and are not here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Communes that roads join among themselves and to nothing else.
ROADLESS: Final[tuple[tuple[str, ...], ...]] = (
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
APART: Final = (("2A", "2B"), ("971",), ("972",), ("973",), ("974",), ("976",))


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
        0 for all that roads join to Paris, one number above 0 for each place of :data:`ROADLESS`
        and for what is left of each of :data:`APART`.

    Examples
    --------
    >>> land_of(pd.Index(["85047", "85113", "2A004", "2B033"])).tolist()
    [0, 13, 25, 25]
    """
    numbers = {code: land for land, group in enumerate((*ROADLESS, *APART), 1) for code in group}
    get = numbers.get
    # Of a list and not of the index: three times faster.
    lands = [get(code) or get(code[:3]) or get(code[:2], 0) for code in codes.tolist()]
    return np.array(lands, dtype=np.int64)
