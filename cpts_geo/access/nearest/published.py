"""What producers say of care that no travel time of ours tells: DREES minutes, care of islands."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.schema import PUBLISHED, newest_vintage
from cpts_geo.settings import MIN_COVERAGE_RATE
from cpts_geo.sources.lands import roadless

#: Families of the figures that tell of GPs who are not liberal ones with a practice of their own.
_TELLING: Final = ("health_centres", "apl")


def care_on_the_spot(field: pd.DataFrame) -> pd.Index:
    """
    Find the communes cut off from the mainland where some care is, liberal GP or not.

    Parameters
    ----------
    field : DataFrame
        Communes by code, with their figures, NaN unknown.

    Returns
    -------
    Index of str
        Those that no road joins to their département, and that have a health centre, or an APL
        above 0: no other supply than their own is in its reach.

    Examples
    --------
    >>> field = pd.DataFrame({"health_centres_2024": [1.0, 1.0, 0.0]}, ["85113", "85047", "29082"])
    >>> list(care_on_the_spot(field))
    ['85113']
    """
    known = field.columns[field.notna().any()]
    names = [name for family in _TELLING if (name := newest_vintage(family, known))]
    some = (field[names] > 0).any(axis=1).to_numpy()
    return field.index[roadless(field.index) & some]


def with_published(care: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """
    Put the minutes of DREES in the place of those approached, for emergencies.

    Parameters
    ----------
    care : DataFrame
        Result of :func:`cpts_geo.access.nearest.minutes.minutes_to_care`.
    communes : DataFrame
        Communes of a territory with their figures: code_insee, population.

    Returns
    -------
    DataFrame
        The same, where DREES tells them for nine people in ten of the territory; `care` itself
        elsewhere. A commune that no road joins to its département, and of which DREES says
        nothing, is out of reach.

    Examples
    --------
    >>> care = pd.DataFrame({"code_insee": ["A"], "facility": "emergency", "variant": "central",
    ...                      "site": "B", "minutes": 19.0, "known": True, "reach": 45.0,
    ...                      "column": "emergency_minutes_approx_2024", "on_spot": False})
    >>> communes = pd.DataFrame({"code_insee": ["A"], "population": 90,
    ...                          "minutes_su_smur_2019": 24.0})
    >>> with_published(care, communes)["minutes"].tolist()
    [24.0]
    """
    if PUBLISHED.name not in communes:
        return care
    codes, minutes = communes["code_insee"], communes[PUBLISHED.name]
    people = communes["population"]
    known = minutes.notna()
    if not known.any() or people[known].sum() < MIN_COVERAGE_RATE * people.sum():
        return care
    rows = pd.DataFrame(
        {
            "code_insee": codes,
            "facility": "emergency",
            "variant": "central",
            # DREES does not say which site it is.
            "site": None,
            "minutes": minutes,
            "known": known | roadless(pd.Index(codes)),
            "reach": np.inf,
            "column": PUBLISHED.name,
            "on_spot": False,
        }
    )
    others = care[care["facility"] != "emergency"]
    return pd.concat([others, rows], ignore_index=True)
