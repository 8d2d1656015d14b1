"""What the need of a territory is computed from: its people, and what its surgeries can serve.

Computed once for the whole territory, from the APL of all ages of the vintage that the known lines
are compared with (:data:`cpts_geo.schema.APL_OF_NEED`), whatever newer one a page shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.scenario.records import MAX_PEOPLE, Record, field
from cpts_geo.schema import APL_OF_NEED, COLUMNS
from cpts_geo.sources.embedding.embedded import (
    load_comparisons,
    load_epci,
    load_figures,
    load_perimeters,
    load_population,
)

_COLUMN: Final = COLUMNS[APL_OF_NEED]
APL: Final = _COLUMN.name
STANDARDISED: Final = str(_COLUMN.weight)
#: Communes whose APL is unknown are lent that of the others, up to this share of the people.
_MOST_LENT: Final = 0.1


class Area(Record):
    """
    People of a territory and the APL that they have; each field carries its French description.

    Examples
    --------
    >>> round(known_area("beauce_gatinais").apl, 3)
    1.827
    """

    standardised_population: float = field(
        f"Habitants standardisés par l’âge (DREES, {_COLUMN.vintage})",
        "personnes",
        gt=0,
        le=MAX_PEOPLE,
    )
    apl: float = field(
        f"{_COLUMN.label}, tous âges, {_COLUMN.vintage}, moyenne pondérée",
        "consultations par an et par habitant standardisé",
        ge=0,
        le=100,
    )
    population: float = field(
        f"Habitants (Insee, {COLUMNS['population'].vintage})", "personnes", gt=0, le=MAX_PEOPLE
    )
    lent: float = field(
        "Part des habitants dont la commune n’a pas d’APL, comptés comme les autres",
        "part des habitants",
        ge=0,
        le=_MOST_LENT,
        default=0.0,
    )
    place: int = field(
        "Numéro tiré des habitants",
        hint="deux calculs sur le même territoire ont le même hasard",
        ge=0,
        default_factory=lambda given: round(1000 * given.get("standardised_population", 0)),
        repr=False,
    )

    def scaled(self, factor: float) -> Area:
        """
        Give an area of the same APL with more people, or fewer.

        Parameters
        ----------
        factor : float
            What its people are multiplied by, above 0.

        Returns
        -------
        Area
            The other.
        """
        return self.model_copy(
            update={
                name: factor * getattr(self, name)
                for name in ("standardised_population", "population")
            }
        )


def area_of(places: pd.DataFrame) -> Area | None:
    """
    Sum what the need of a territory is computed from over its places.

    Parameters
    ----------
    places : DataFrame
        A row a commune or arrondissement: population, :data:`APL` and :data:`STANDARDISED` (NaN
        unknown); not modified.

    Returns
    -------
    Area or None
        People standardised by age (DREES), their mean APL, people. Where the APL of places that
        hold up to a tenth of the people is unknown, they count as the others; None beyond that, or
        where nobody lives.

    Examples
    --------
    >>> places = pd.DataFrame(
    ...     {"population": [90, 10], APL: [2.0, np.nan], STANDARDISED: [99.0, np.nan]}
    ... )
    >>> area_of(places)
    Area(standardised_population=110.0, apl=2.0, population=100.0, lent=0.1)
    """
    people = places["population"].fillna(0.0).astype("float64")
    weights = places[STANDARDISED].where(places[APL].notna())
    known = people[weights.notna()].sum()
    if not (weights.sum() > 0 and people.sum() > 0):
        return None
    lent = round(1.0 - float(known / people.sum()), 12)
    if lent > _MOST_LENT:
        return None
    return Area(
        standardised_population=float(weights.sum() * (people.sum() / known)),
        apl=float(np.average(places[APL].dropna(), weights=weights.dropna())),
        population=float(people.sum()),
        lent=lent,
    )


@lru_cache(maxsize=1)
def _places() -> pd.DataFrame:
    """People and APL of every commune of the embedded data, by code."""
    figures = load_figures().set_index("code_insee")[[APL, STANDARDISED]]
    return figures.join(load_population(), how="right")


def area_of_codes(codes: Iterable[str]) -> Area | None:
    """
    Sum what the need of some communes is computed from, of the embedded data.

    Parameters
    ----------
    codes : iterable of str
        Codes of today's communes (COG 2026).

    Returns
    -------
    Area or None
        As :func:`area_of`.

    Examples
    --------
    >>> area_of_codes(["97601"]) is None
    True
    """
    return area_of(_places().loc[list(codes)])


def areas_of_epci() -> pd.DataFrame:
    """
    Sum what the need of every intercommunalité of France is computed from, at once.

    Returns
    -------
    DataFrame
        Indexed by SIREN: the fields of :class:`Area`, as :func:`area_of` gives them; NaN where it
        gives None.

    Examples
    --------
    >>> areas_of_epci().loc["200000172"].round(2).tolist()
    [26646.25, 3.26, 28561.0, 0.0]
    """
    places = _places().fillna({"population": 0.0})
    places["weight"] = places[STANDARDISED].where(places[APL].notna())
    places["known"] = places["population"].where(places["weight"].notna())
    places["served"] = places["weight"] * places[APL]
    sums = places.groupby(load_epci())[["population", "weight", "known", "served"]].sum()
    areas = pd.DataFrame(
        {
            "standardised_population": sums["weight"] * (sums["population"] / sums["known"]),
            "apl": sums["served"] / sums["weight"],
            "population": sums["population"].astype("float64"),
            "lent": (1.0 - sums["known"] / sums["population"]).round(12),
        }
    )
    known = (sums["weight"] > 0) & (areas["lent"] <= _MOST_LENT)
    return areas.where(known)


@lru_cache(maxsize=64)
def known_area(territory: str) -> Area | None:
    """
    Sum what the need of a known CPTS is computed from, of the embedded data.

    Parameters
    ----------
    territory : str
        Key of data/cpts/perimeters.csv; else a KeyError.

    Returns
    -------
    Area or None
        As :func:`area_of`.

    Examples
    --------
    >>> round(known_area("asclepios").standardised_population)
    55233
    """
    table = load_perimeters()
    codes = table.loc[(table["territory"] == territory) & (table["remarque"] == ""), "code_insee"]
    if codes.empty:
        raise KeyError(territory)
    return area_of_codes(codes)


@lru_cache(maxsize=1)
def apl_of_france() -> float:
    """
    Read the mean APL of France that areas are compared with.

    Returns
    -------
    float
        Consultations a year and standardised person, all ages, 2023.

    Examples
    --------
    >>> round(apl_of_france(), 4)
    3.7446
    """
    table = load_comparisons()
    rows = table[(table["area_level"] == "france") & (table["indicator"] == APL)]
    return float(rows["value"].iloc[0])
