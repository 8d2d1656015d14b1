"""National draws that weigh as known lines want: importance sampling, moved to where they point.

The prior of each national quantity is a standard normal number, its score, put through the quantile
function of its law. A first sample is drawn from the prior; the next ones are normal, of the mean
and twice the variance of the one before as it weighs, a fifth of them from the prior still: no draw
weighs more than five times what the prior gives it. The last, larger, is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from scipy import linalg
from scipy.special import ndtr, ndtri, softmax

from cpts_geo.capacity.need.lines import KnownLine
from cpts_geo.capacity.need.quantities import Floats, NationalDraws, need_of
from cpts_geo.capacity.scenario.parameters import SEED

#: Draws that look for where the lines point, how often at most, then draws that are kept.
_LOOK: Final = 4_000
_MOST_LOOKS: Final = 20
_KEPT: Final = 60_000
#: Part of a sample that comes from the prior, and what the variance of the rest is widened by.
_FROM_PRIOR: Final = 0.2
_WIDER: Final = 2.0
#: Part of a sample that must weigh for its mean and variance to be believed.
_ENOUGH: Final = 0.05
#: Parts of equal chance that the law of a count is cut in, and draws that tell where to cut.
_PARTS: Final = 6
_CUTS: Final = 48_000
#: Prior of mu and tau: a device receives one request in twenty of the gap, give or take e.
_MU: Final = (np.log(0.05), 1.0)
_TAU: Final = 0.5
#: Scores of a draw: rate, met share, elasticity, office hours, mu, tau.
_SCORES: Final = 6


def _national(national: tuple[Any, ...], scores: Floats) -> NationalDraws:
    """Put scores, a row a draw, through the laws of the prior; no territory has its z yet."""
    rate, met, elasticity, office, visits, treatable = national
    of = ndtr(scores)
    mean, sd = _MU
    return NationalDraws(
        rate=_triangular(rate, of[:, 0]),
        met_share=_triangular(met, of[:, 1]),
        elasticity=elasticity[0] + of[:, 2] * (elasticity[1] - elasticity[0]),
        treatable=visits * treatable * (office[0] + of[:, 3] * (office[1] - office[0])),
        mu=mean + sd * scores[:, 4],
        # |N(0, sd)|; its upper tail from the other side, where numbers are fine enough.
        tau=_TAU * np.maximum(-ndtri(ndtr(-scores[:, 5]) / 2.0), 1e-12),
        z=np.zeros(len(scores)),
    )


def prior_draws(
    national: tuple[Any, ...], draws: int, *, rng: np.random.Generator
) -> NationalDraws:
    """Draws of what is supposed before any line."""
    scores = rng.standard_normal((draws, _SCORES))
    return replace(_national(national, scores), z=rng.standard_normal(draws))


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws where the lines point, with what each line makes of them."""

    lines: tuple[KnownLine, ...]
    draws: NationalDraws
    #: Log of the prior of a draw over what it was drawn from; then of each line's, a row a line.
    base: Floats
    by_line: Floats

    def weights(self) -> Floats:
        """Weights of sum 1; all 0 if the lines deny every draw."""
        logs = self.base + self.by_line.sum(axis=0)
        return np.asarray(softmax(logs)) if np.isfinite(logs).any() else np.zeros_like(logs)

    def less(self, keys: Collection[str]) -> Sample:
        """The same draws, which some lines no longer weigh."""
        kept = [place for place, line in enumerate(self.lines) if line.key not in keys]
        return replace(
            self, lines=tuple(self.lines[place] for place in kept), by_line=self.by_line[kept]
        )

    def size(self) -> float:
        """How many draws of equal weight it is worth."""
        squares = float(np.square(self.weights()).sum())
        return 1.0 / squares if squares > 0 else 0.0

    def taken(self, size: int, *, rng: np.random.Generator) -> NationalDraws:
        """Draws of equal weight: evenly spaced along the weights, then in an order of chance."""
        ends = np.cumsum(self.weights())
        places = np.searchsorted(ends, (np.arange(size) + rng.random()) / size * ends[-1])
        found = self.draws.at(rng.permutation(np.minimum(places, ends.size - 1)))
        return replace(found, z=rng.standard_normal(size))

    def chance(self, line: KnownLine) -> float:
        """Chance of a count as far as that of another line from what these make expect there."""
        logs, variance = _cut(line)
        centre = need_of(line.area, self.draws).centre
        spread = np.sqrt(np.square(self.draws.tau) + logs.var() + variance.mean())
        return float(self.weights() @ (2.0 * ndtr(-np.abs(logs.mean() - centre) / spread)))


def sample_of(lines: tuple[KnownLine, ...], national: tuple[Any, ...]) -> Sample:
    """Draw where the lines point."""
    rng = np.random.default_rng([SEED, 2])
    centre, spread = np.zeros(_SCORES), np.eye(_SCORES)
    for _ in range(_MOST_LOOKS):
        scores, base = _proposed(rng, _LOOK, centre, spread)
        logs = base + _by_line(lines, _national(national, scores)).sum(axis=0)
        if not np.isfinite(logs).any():
            break
        weights, whole = _believable(logs)
        centre = weights @ scores
        spread = _WIDER * np.cov(scores.T, aweights=weights)
        if whole:
            break
    scores, base = _proposed(rng, _KEPT, centre, spread)
    draws = _national(national, scores)
    return Sample(lines=lines, draws=draws, base=base, by_line=_by_line(lines, draws))


def _proposed(
    rng: np.random.Generator, size: int, centre: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Scores drawn from the proposal, and the log of the prior over it."""
    scores = rng.standard_normal((size, _SCORES))
    moved = round(size * (1.0 - _FROM_PRIOR))
    scores[:moved] = centre + scores[:moved] @ np.linalg.cholesky(spread).T
    prior = _log_normal(scores)
    near = _log_normal(scores - centre, spread)
    proposal = np.logaddexp(np.log(_FROM_PRIOR) + prior, np.log1p(-_FROM_PRIOR) + near)
    return scores, prior - proposal


def _log_normal(gaps: Floats, spread: Floats | None = None) -> Floats:
    """Log of the density of a normal law this far from its centre; each score apart, of variance 1,
    if no spread is given.

    >>> _log_normal(np.zeros((1, 2)), np.eye(2)).round(4).tolist()
    [-1.8379]
    """
    volume = 0.0
    if spread is not None:
        # As scipy.stats computes it, to the last bit.
        variances, axes = linalg.eigh(spread)
        gaps, volume = gaps @ (axes * np.sqrt(1.0 / variances)), np.log(variances).sum()
    squares = np.square(gaps).sum(axis=-1)
    return np.asarray(-0.5 * (gaps.shape[1] * np.log(2.0 * np.pi) + volume + squares))


def _believable(logs: Floats) -> tuple[Floats, bool]:
    """Weights of sum 1, flattened until enough draws weigh; whether nothing was flattened."""
    power = 1.0
    while True:
        weights = softmax(power * logs)
        if 1.0 / np.square(weights).sum() >= min(_ENOUGH * logs.size, np.isfinite(logs).sum() / 2):
            return weights, power == 1.0
        power /= 2.0


def _by_line(lines: Sequence[KnownLine], draws: NationalDraws) -> Floats:
    """Log of the chance density of each line's count under each draw, a row a line."""
    return np.array([_log_likelihood(line, draws) for line in lines]).reshape(-1, draws.mu.size)


def _log_likelihood(line: KnownLine, draws: NationalDraws) -> Floats:
    """Log of the chance density of the count of a line, its requests averaged over.

    A part of their law is a normal of its mean and variance.
    """
    logs, variance = _cut(line)
    centre = need_of(line.area, draws).centre
    spread = np.square(draws.tau) + variance[:, None]
    with np.errstate(invalid="ignore"):
        each = -(np.square(logs[:, None] - centre) / spread + np.log(spread)) / 2.0
        most = each.max(axis=0)
        found = most + np.log(np.exp(each - most).mean(axis=0))
    return np.where(np.isfinite(centre), found, -np.inf)


@lru_cache(maxsize=256)
def _cut(line: KnownLine) -> tuple[Floats, Floats]:
    """Mean and variance of the log of its requests in each part of their law."""
    logs = np.sort(np.log(line.draw(_CUTS, seed=SEED))).reshape(_PARTS, -1)
    return logs.mean(axis=1), logs.var(axis=1)


def _triangular(ends: tuple[float, float, float], chances: Floats) -> Floats:
    """Quantiles of a triangular law, of width 0 included."""
    low, likely, high = ends
    if low == high:
        return np.full(chances.shape, likely)
    mode = (likely - low) / (high - low)
    rising, falling = np.sqrt(mode * chances), 1.0 - np.sqrt((1.0 - mode) * (1.0 - chances))
    return low + (high - low) * np.where(chances < mode, rising, falling)
