"""What a count says of a rate, and of the counts to come: Gamma-Poisson posteriors.

A count ``x`` over an exposure ``E`` (days, thousands of person-years...) is Poisson of mean
``rate x E``. With the Jeffreys prior, the rate then follows Gamma(x + 1/2, E) and the count over a
coming exposure ``E'`` is negative binomial NB(r = x + 1/2, p = E / (E + E')).

These intervals are **sampling error only**: a few percent for a line of a year. What is not known
of the structure (which calls need a slot, who is eligible, what a full line hides, how
territories differ) weighs ten times more and shrinks with no count. Never show the first alone.
Arguments outside their domain raise one ScenarioError that lists them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cpts_geo.capacity.demand.laws import CountedRate
from cpts_geo.errors import ScenarioError


@dataclass(frozen=True)
class _Prediction:
    """Count to come over an exposure: negative binomial of size r and probability p of scipy."""

    size: float
    probability: float

    @property
    def mean(self) -> float:
        """Mean of the count, r (1 - p) / p."""
        return self.size * (1.0 - self.probability) / self.probability

    @property
    def sd(self) -> float:
        """Standard deviation of the count, of rate and Poisson together: sqrt(r (1 - p)) / p."""
        return math.sqrt(self.size * (1.0 - self.probability)) / self.probability

    def interval(self, level: float = 0.95) -> tuple[int, int]:
        """Central interval of the count that holds at least that much of it, both ends included.

        >>> rate_posterior(1511, 270).predict(251).interval()
        (1304, 1509)
        """
        _check(level=level)
        # Imported here: what only a log asks for, and a report would load for nothing.
        from scipy import stats  # noqa: PLC0415

        low, high = stats.nbinom.interval(level, self.size, self.probability)
        return int(low), int(high)


@dataclass(frozen=True)
class RatePosterior(CountedRate):
    """
    Rate that a count leaves possible, and what it predicts. Sampling error only.

    Parameters
    ----------
    label : str
        As for :class:`cpts_geo.capacity.demand.laws.CountedRate`, as are the others.
    count : float
        Events counted, 0 or more.
    exposure : float
        What they were counted over, above 0; the rate is per unit of it.
    """

    @property
    def mean(self) -> float:
        """Mean of the rate, per unit of exposure."""
        return self.shape / self.exposure

    @property
    def sd(self) -> float:
        """Standard deviation of the rate, per unit of exposure."""
        return math.sqrt(self.shape) / self.exposure

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """
        Central credible interval of the rate.

        Parameters
        ----------
        level : float
            Probability to hold, between 0 and 1 (both excluded).

        Returns
        -------
        tuple of float
            Quantiles (1 - level) / 2 and (1 + level) / 2; the first is above 0 even for no event.

        Examples
        --------
        >>> [round(bound, 5) for bound in rate_posterior(1511, 270).interval()]
        [5.31945, 5.88386]
        """
        _check(level=level)
        low, high = self.quantile([(1.0 - level) / 2.0, (1.0 + level) / 2.0]).tolist()
        return low, high

    def predict(self, exposure: float) -> _Prediction:
        """
        Predict the count over a coming exposure, the rate staying what it was.

        Parameters
        ----------
        exposure : float
            In the unit of the observed one, above 0.

        Returns
        -------
        Prediction
            NB(r = shape, p = observed exposure / (observed exposure + coming one)).

        Examples
        --------
        >>> round(rate_posterior(1511, 270).predict(251).mean, 1)
        1405.1
        """
        _check(exposure=exposure)
        return _Prediction(self.shape, self.exposure / (self.exposure + exposure))


def rate_posterior(count: float, exposure: float) -> RatePosterior:
    """
    Give the rates that a count leaves possible, under the Jeffreys prior.

    Parameters
    ----------
    count : int
        Events counted, 0 or more; a whole number, not a mean.
    exposure : float
        What they were counted over (opening days, thousands of person-years...), above 0.

    Returns
    -------
    RatePosterior
        Gamma(count + 1/2, exposure), for events that come one by one at a constant rate: counts
        that vary more than a Poisson (epidemics, seasons) make the true interval wider.

    Examples
    --------
    >>> round(rate_posterior(2000, 251).mean, 4)
    7.9701
    """
    _check(count=count, exposure=exposure)
    return RatePosterior("Taux", float(count), float(exposure))


def _check(*, count: float = 0, exposure: float = 1.0, level: float = 0.5) -> None:
    """Raise one error that lists every value outside its domain."""
    defects = []
    if not (0 <= count < math.inf and count == math.floor(count)):
        defects.append(f"effectif = {count} : il faut un nombre entier, 0 ou plus")
    if not 0 < exposure < math.inf:
        defects.append(f"exposition = {exposure} : il faut plus de 0")
    if not 0 < level < 1:
        defects.append(f"niveau = {level} : il faut une part entre 0 et 1, bornes exclues")
    if defects:
        raise ScenarioError(
            "Le taux ne peut pas être estimé.",
            defects=defects,
            remedy="donnez un effectif compté, et la durée ou les personnes sur lesquelles "
            "il a été compté.",
        )
