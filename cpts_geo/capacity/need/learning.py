"""How much of the gap a device receives, learnt from every known line by importance sampling.

Everything is drawn from its prior, and a draw weighs::

    product over lines of  E exp(-((ln(y / gap) - mu) / tau)^2 / 2) / tau

the mean being over the requests y that the count of the line leaves possible: taken exactly where
drawing y too would leave a few draws the whole weight. mu ~ N(ln .05, 1), tau ~ |N(0, .5)|, and the
national laws of data/cpts/parameters.toml. Draws of equal weight are then taken from these, the
same for every territory of a run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtr

from cpts_geo.capacity.need.interval import quantiles
from cpts_geo.capacity.need.lines import KnownLine, lines_of, lines_table
from cpts_geo.capacity.need.quantities import Floats, NationalDraws, need_of
from cpts_geo.capacity.scenario.loading import National
from cpts_geo.capacity.scenario.parameters import SEED, default_parameters
from cpts_geo.errors import ScenarioError
from cpts_geo.french import number

#: Draws from the prior.
_SAMPLE: Final = 150_000
#: Parts of equal chance that the law of a count is cut in, each flat in the logarithm, and draws
#: that tell where to cut.
_PARTS: Final = 24
_CUTS: Final = 50_000
#: Fewest draws of equal weight that those kept must be worth.
_LEAST_SIZE: Final = 2_000
#: Prior of mu and tau: a device receives one request in twenty of the gap, give or take e.
_MU: Final = (np.log(0.05), 1.0)
_TAU: Final = 0.5
#: National parameters, by name in the shipped file.
_NATIONAL: Final = tuple(National.model_fields)


@dataclass(frozen=True)
class KnownLines:
    """
    The lines that calibrate, and what a run supposes of the nation.

    Attributes
    ----------
    lines : tuple of KnownLine
        Each with its count and its area.
    national : tuple of float or tuple of float
        Values of the national parameters: bounds of their laws, or numbers.
    notes : tuple of str
        French sentences on how an analyst's copy was read; nothing rests on them.
    sample : int
        Draws from the prior that the lines weigh.
    """

    lines: tuple[KnownLine, ...]
    national: tuple[Any, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)
    sample: int = _SAMPLE

    def draws(self, draws: int, *, seed: int, without: Collection[str] = ()) -> NationalDraws:
        """
        Take draws of equal weight, which know of every line but those left out.

        Parameters
        ----------
        draws : int
            How many, 1 or more.
        seed : int
            Of the choice, and of what makes each territory its own.
        without : collection of str
            Keys of lines to leave out.

        Returns
        -------
        NationalDraws
            The same whatever the territory.

        Raises
        ------
        ScenarioError
            The lines contradict one another or the model: too few draws weigh.
        """
        return _taken(self, draws, seed, frozenset(without))

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
            Quick to draw from: what each line weighs is kept.
        """
        return replace(self, lines=tuple(line for line in self.lines if line.key not in keys))

    def effective_size(self, *, without: Collection[str] = ()) -> float:
        """
        Count how many draws of equal weight the weighted sample is worth.

        Parameters
        ----------
        without : collection of str
            Keys of lines to leave out.

        Returns
        -------
        float
            (sum of weights)^2 / sum of their squares.
        """
        squares = float(np.square(_weights(self, frozenset(without))).sum())
        return 1.0 / squares if squares > 0 else 0.0


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
        # Two counts of one place are one line: the other tells nothing of it from elsewhere.
        same = [other.key for other in known.lines if other.area == line.area]
        others = known.draws(draws, seed=seed, without=same)
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


def prior_draws(
    national: tuple[Any, ...], draws: int, *, rng: np.random.Generator
) -> NationalDraws:
    """
    Draw what is the same for every territory from the prior: what is supposed before any line.

    Parameters
    ----------
    national : tuple of float or tuple of float
        As :class:`KnownLines` holds them.
    draws : int
        How many.
    rng : numpy.random.Generator
        Where the numbers come from.

    Returns
    -------
    NationalDraws
        One value a draw.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> prior_draws(shipped_lines().national, 3, rng=rng).mu.shape
    (3,)
    """
    rate, met, elasticity, office, visits, treatable = national
    mean, sd = _MU
    return NationalDraws(
        rate=_triangular(rng, rate, draws),
        met_share=_triangular(rng, met, draws),
        elasticity=rng.uniform(elasticity[0], elasticity[1], draws),
        treatable=visits * treatable * rng.uniform(office[0], office[1], draws),
        mu=rng.normal(mean, sd, draws),
        tau=np.abs(rng.normal(0.0, _TAU, draws)),
        z=rng.standard_normal(draws),
    )


@lru_cache(maxsize=2)
def _prior(national: tuple[Any, ...], sample: int) -> NationalDraws:
    """The draws that lines weigh: the same whatever the lines."""
    return prior_draws(national, sample, rng=np.random.default_rng([SEED, 2]))


@lru_cache(maxsize=256)
def _log_weights(line: KnownLine, national: tuple[Any, ...], sample: int) -> Floats:
    """Logarithm of the weight that a line gives each draw: other lines change nothing in it."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(_likelihood(line, _prior(national, sample))))


def _likelihood(line: KnownLine, prior: NationalDraws) -> Floats:
    """Chance density of the count of a line under each draw, its requests averaged over."""
    logs = np.log(line.draw(_CUTS, seed=SEED))
    edges = np.quantile(logs, np.linspace(0.0, 1.0, _PARTS + 1))
    # A count that leaves one number possible is a density too.
    edges += np.linspace(-1e-6, 1e-6, _PARTS + 1)
    centre = need_of(line.area, prior).centre
    below = ndtr((edges[0] - centre) / prior.tau)
    found = np.zeros_like(below)
    for low, high in pairwise(edges):
        above = ndtr((high - centre) / prior.tau)
        found += (above - below) / (high - low)
        below = above
    return np.asarray(np.nan_to_num(found / _PARTS))


def _triangular(rng: np.random.Generator, ends: tuple[float, float, float], draws: int) -> Floats:
    """Numbers of a triangular law, of width 0 included."""
    return rng.triangular(*ends, draws) if ends[0] < ends[2] else np.full(draws, ends[1])


@lru_cache(maxsize=2)
def _weights(known: KnownLines, without: frozenset[str]) -> Floats:
    """Weight of each draw by every line but those left out: of sum 1, or all 0."""
    total = np.zeros(known.sample)
    for line in known.lines:
        if line.key not in without:
            total = total + _log_weights(line, known.national, known.sample)
    if not np.isfinite(total.max()):  # a line denies every draw
        return np.zeros(known.sample)
    weights = np.exp(total - total.max())
    return np.asarray(weights / weights.sum())


@lru_cache(maxsize=4)
def _taken(known: KnownLines, draws: int, seed: int, without: frozenset[str]) -> NationalDraws:
    """Draws of equal weight: evenly spaced along the weights, then in an order of chance."""
    size = known.effective_size(without=without)
    if not size >= _LEAST_SIZE:
        raise ScenarioError(
            "Les lignes connues se contredisent, ou contredisent le modèle.",
            defects=[
                f"tirages qui comptent : {number(size)}, il en faut au moins {number(_LEAST_SIZE)}",
                *(f"{line.name} : lignes connues sans elle, "
                  f"{number(known.effective_size(without=without | {line.key}))}"
                  for line in known.lines if line.key not in without),
            ],
            remedy="vérifiez la ligne sans laquelle ce nombre remonte : son compte d’une année et "
            "ses communes.",
        )  # fmt: skip
    prior = _prior(known.national, known.sample)
    rng = np.random.default_rng([seed, 3])
    ends = np.cumsum(_weights(known, without))
    places = np.searchsorted(ends, (np.arange(draws) + rng.random()) / draws)
    places = rng.permutation(np.minimum(places, known.sample - 1))
    found = prior.at(places)
    return NationalDraws(**(vars(found) | {"z": rng.standard_normal(draws)}))
