"""How much of the gap a device receives, learnt from every known line by importance sampling.

Everything is drawn from its prior, and a draw weighs::

    product over lines of  E exp(-((ln(y / gap) - mu) / tau)^2 / 2) / tau

the mean being over the requests y that the count of the line leaves possible: taken exactly where
drawing y too would leave a few draws the whole weight. mu ~ N(ln .05, 1), tau ~ |N(0, .5)|, and the
national laws of data/cpts/parameters.toml. Draws are moved to where the lines point, however many
they are, and weigh as if they came from the prior; draws of equal weight are then taken from these,
the same for every territory of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.need._sampling import Sample, prior_draws, sample_of
from cpts_geo.capacity.need.interval import quantiles
from cpts_geo.capacity.need.lines import KnownLine, lines_of, lines_table
from cpts_geo.capacity.need.quantities import NationalDraws, need_of
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.loading import National
from cpts_geo.capacity.scenario.parameters import SEED, default_parameters
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Fewest draws of equal weight that the sample must be worth.
_LEAST_SIZE: Final = 2_000
#: Draws of equal weight from which a sample is good for fewer lines than it was drawn for.
_MOST_SIZE: Final = 10_000
#: Chance below which some line of the table is too far from the others, and draws that say how far.
_TOO_FAR: Final = 1e-3
_TOLD: Final = 4_000
#: National parameters, by name in the shipped file.
_NATIONAL: Final = tuple(National.model_fields)


@dataclass(frozen=True)
class KnownLines:
    """
    The lines that calibrate, and what a run supposes of the nation.

    Attributes
    ----------
    every : tuple of KnownLine
        Each with its count and its area.
    national : tuple of float or tuple of float
        Values of the national parameters: bounds of their laws, or numbers.
    notes : tuple of str
        French sentences on how an analyst's copy was read; nothing rests on them.
    left_out : frozenset of str
        Keys of the lines that nothing is learnt from.
    share : float or None
        Share of the gap that a device receives, where it is taken for sure; None where the lines
        say it.
    """

    every: tuple[KnownLine, ...]
    national: tuple[Any, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)
    left_out: frozenset[str] = frozenset()
    share: float | None = None

    @property
    def lines(self) -> tuple[KnownLine, ...]:
        """Lines that are learnt from."""
        return tuple(line for line in self.every if line.key not in self.left_out)

    @property
    def whole(self) -> KnownLines:
        """The same with every line."""
        return replace(self, left_out=frozenset())

    def draws(self, draws: int, *, seed: int) -> NationalDraws:
        """
        Take draws of equal weight, which know of every line.

        Parameters
        ----------
        draws : int
            How many, 1 or more.
        seed : int
            Of the choice, and of what makes each territory its own.

        Returns
        -------
        NationalDraws
            The same whatever the territory.

        Raises
        ------
        ScenarioError
            The lines contradict one another or the model, or too few draws weigh.
        """
        if self.share is None:
            return _taken(self, draws, seed)
        # Learnt once, whatever the share that is tried.
        return replace(self, share=None).draws(draws, seed=seed).receiving(self.share)

    def less(self, keys: Collection[str]) -> KnownLines:
        """
        Give the same without some lines.

        Parameters
        ----------
        keys : collection of str
            Keys of the lines to leave out.

        Returns
        -------
        KnownLines
            Quick to draw from where what the lines left out taught was little.
        """
        mine = {line.key for line in self.every} & set(keys)
        return replace(self, left_out=self.left_out | mine)

    def elsewhere(self, area: Area) -> KnownLines:
        """
        Give the same without the lines of a territory: two counts of one place are one line.

        Parameters
        ----------
        area : Area
            Of the territory.

        Returns
        -------
        KnownLines
            As :meth:`less`.
        """
        return self.less([line.key for line in self.lines if line.area.place == area.place])

    def prior(self, draws: int, *, rng: np.random.Generator) -> NationalDraws:
        """
        Draw what is supposed of the nation before any line.

        Parameters
        ----------
        draws : int
            How many.
        rng : numpy.random.Generator
            Where the numbers come from.

        Returns
        -------
        NationalDraws
            One value a draw.
        """
        return prior_draws(self.national, draws, rng=rng)


@lru_cache(maxsize=1)
def shipped_lines() -> KnownLines:
    """
    Read the lines of the package, under its own parameters.

    Returns
    -------
    KnownLines
        Learnt from when first asked for draws, then kept.

    Examples
    --------
    >>> national = shipped_lines().draws(2000, seed=1)
    >>> bool(0.06 < np.median(np.exp(national.mu)) < 0.085)
    True
    """
    return known_lines()


def known_lines(
    path: Path | None = None, *, parameters: Mapping[str, Any] | None = None
) -> KnownLines:
    """
    Read known lines and national parameters to learn from.

    Parameters
    ----------
    path : Path, optional
        An analyst's copy of data/cpts/known_lines.csv, with rows of its own.
    parameters : Mapping, optional
        As :func:`cpts_geo.capacity.scenario.parameters.default_parameters` gives them.

    Returns
    -------
    KnownLines
        What is needed to draw.

    Raises
    ------
    TableError
        As :func:`cpts_geo.capacity.need.lines.lines_of`, or the copy cannot be read.
    """
    given = default_parameters() if parameters is None else parameters
    values = (given[name].value for name in _NATIONAL)
    national = tuple(tuple(each) if isinstance(each, list) else each for each in values)
    table = lines_table(path)
    return KnownLines(lines_of(table), national, table.attrs.get("notes", ()))


def leave_one_out(known: KnownLines, *, draws: int, seed: int = SEED) -> pd.DataFrame:
    """
    Predict each known line from the others, and hold it against its own count.

    Parameters
    ----------
    known : KnownLines
        Two lines or more.
    draws, seed : int
        Of the prediction.

    Returns
    -------
    DataFrame
        A row a line: line, name, kind, access, saturated, grade; predicted_p10, predicted_p50,
        predicted_p90 and own_p10, own_p50, own_p90 (requests a year); rank, the share of what was
        predicted that lies below the median of its own; inside, whether that median is between
        the two bounds.
    """
    rows = []
    for line in known.lines:
        others = known.elsewhere(line.area).draws(draws, seed=seed)
        predicted = need_of(line.area, others).organised
        own = line.draw(draws, seed=seed)
        low, middle, high = quantiles(predicted)
        counted = quantiles(own)
        rows.append(
            {name: getattr(line, name) for name in ("name", "kind", "access", "saturated", "grade")}
            | {"line": line.key}
            | {"predicted_p10": low, "predicted_p50": middle, "predicted_p90": high}
            | dict(zip(("own_p10", "own_p50", "own_p90"), counted, strict=True))
            | {"rank": float(np.mean(predicted < counted[1])), "inside": low <= counted[1] <= high}
        )
    table = pd.DataFrame(rows)
    return table[["line", *table.columns.drop("line")]]


@lru_cache(maxsize=16)
def _sample(known: KnownLines) -> Sample:
    """The sample that lines weigh, in whatever order they stand."""
    if known.left_out:
        less = _sample(known.whole).less(known.left_out)
        if less.size() >= _MOST_SIZE:
            return less
    return sample_of(tuple(sorted(known.lines, key=lambda line: line.key)), known.national)


@lru_cache(maxsize=16)
def _denied(known: KnownLines) -> list[str]:
    """Tell which lines the others deny; those that agree together agree without some."""
    if known.left_out and not _denied(known.whole):
        return []
    sample = _sample(known)
    found = []
    for line in sample.lines:
        others = sample.less({line.key})
        if others.weights().any() and len(sample.lines) * others.chance(line) < _TOO_FAR:
            found.append(_too_far(line, others))
    return found


def _check(known: KnownLines) -> None:
    """Refuse lines that deny one another or the model, or that pin down more than a sample can."""
    size, denied = _sample(known).size(), _denied(known)
    if denied or not size:
        raise ScenarioError(
            "Les lignes connues se contredisent, ou contredisent le modèle.",
            defects=denied or ["aucun tirage ne les explique toutes"],
            remedy="vérifiez leur compte d’une année et leurs communes, ou écrivez "
            "calibrates = non.",
        )
    if size < _LEAST_SIZE:
        places = Counter(line.area.place for line in known.lines)
        raise ScenarioError(
            "Les lignes connues en disent plus que les tirages ne peuvent en apprendre.",
            defects=[
                f"tirages qui comptent : {number(size)}, il en faut au moins {number(_LEAST_SIZE)}",
                *(f"{line.name} : d’autres lignes ont les mêmes communes"
                  for line in known.lines if places[line.area.place] > 1),
            ],
            remedy="gardez une ligne par territoire (calibrates = non pour les autres), et donnez "
            "des bornes aux comptes qui ne sont pas exacts.",
        )  # fmt: skip


def _too_far(line: KnownLine, others: Sample) -> str:
    """What a line has counted, and what the others make expect there."""
    drawn = others.taken(_TOLD, rng=np.random.default_rng(SEED))
    ends = [
        quantiles(each)[::2]
        for each in (line.draw(_TOLD, seed=SEED), need_of(line.area, drawn).organised)
    ]
    least, most, low, high = (number(round(each)) for pair in ends for each in pair)
    expected = f"les autres lignes en font attendre {low} à {high}"
    if not ends[1][-1]:
        expected = "l’APL de ses communes ne laisse en attendre aucune"
    return f"{line.name} : {least} à {most} demandes par an, d’après son compte ; {expected}"


@lru_cache(maxsize=4)
def _taken(known: KnownLines, draws: int, seed: int) -> NationalDraws:
    """Draws of equal weight, of lines that agree."""
    sample = _sample(known)
    _check(known)
    return sample.taken(draws, rng=np.random.default_rng([seed, 3]))
