"""Sizes that the contract (ACI) tells apart by population, and how far the nearest edge is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cpts_geo.french import counted, number, percent


@dataclass(frozen=True)
class AciSize:
    """
    Size of a CPTS for its contract, and the nearest edge.

    Parameters
    ----------
    size : int
        From 1, the smallest.
    people : float
        Population that it follows from.
    edge : float
        Nearest population at which the size changes.
    above : int
        Size that begins at this edge.
    """

    size: int
    people: float
    edge: float
    above: int

    @property
    def gap(self) -> float:
        """People from the edge, negative below."""
        return self.people - self.edge

    @property
    def words(self) -> str:
        """Size, and distance in people and in percent of the edge."""
        if not self.gap:
            return f"T{self.size}, sur le seuil de la taille {self.above}"
        share = percent(abs(self.gap) / self.edge)
        side = "au-dessus du" if self.gap > 0 else "sous le"
        away = f"à {counted(abs(self.gap), 'habitant', 'habitants')} ({share})"
        return f"T{self.size}, {away} {side} seuil de la taille {self.above}"

    @property
    def short(self) -> str:
        """The same in a line of a heading."""
        away = f"sur le seuil de la taille {self.above}"
        if self.gap:
            side = "au-dessus du seuil" if self.gap > 0 else f"sous la taille {self.above}"
            away = f"{number(abs(self.gap))} hab. {side}"
        return f"Taille {self.size} de l’ACI, {away}"


def aci_size(people: float, sizes: pd.DataFrame) -> AciSize:
    """
    Give the size that a population makes.

    Parameters
    ----------
    people : float
        Inhabitants.
    sizes : DataFrame
        As :func:`cpts_geo.sources.embedding.embedded.load_aci_sizes` gives them: a population
        equal to an edge is of the size that begins there, where the table says so.

    Returns
    -------
    AciSize
        With the nearest edge.

    Examples
    --------
    >>> from cpts_geo.sources.embedding.embedded import load_aci_sizes
    >>> [aci_size(n, load_aci_sizes()).size for n in (39_999, 40_000, 80_000, 175_000, 175_001)]
    [1, 2, 3, 3, 4]
    """
    known = sizes.to_dict("records")
    held = [x for x in known if people > x["low"] or (people == x["low"] and _included(x))]
    nearest = min(known[1:], key=lambda x: abs(x["low"] - people))
    return AciSize(held[-1]["size"], people, nearest["low"], nearest["size"])


def _included(size: Mapping[Any, Any]) -> bool:
    """Whether a population equal to the edge is of the size that begins there."""
    return bool(size["low_included"] == "oui")
