"""What a count says of a rate, and of the counts to come: Gamma-Poisson posteriors.

A count ``x`` over an exposure ``E`` (days, thousands of person-years...) is Poisson of mean
``rate x E``. With the Jeffreys prior, the rate then follows Gamma(x + 1/2, E) and the count over a
coming exposure ``E'`` is negative binomial NB(r = x + 1/2, p = E / (E + E')).

These intervals are **sampling error only**: a few percent for a line of a year. What is not known
of the structure (which calls need a slot, who is eligible, what a full line hides, how
territories differ) weighs ten times more and shrinks with no count. Never show the first alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from cpts_geo.errors import ScenarioError


@dataclass(frozen=True)
class Prediction:
    """
    Count to come over an exposure: a negative binomial, in the letters of scipy.

    Attributes
    ----------
    size : float
        r, the shape of the posterior that it comes from, above 0.
    probability : float
        p = E / (E + E'), above 0 and below 1.
    """

    size: float
    probability: float

    @property
    def mean(self) -> float:
        """
        Mean of the count.

        Returns
        -------
        float
            r (1 - p) / p.

        Examples
        --------
        >>> round(rate_posterior(1511, 270).predict(251).mean, 1)
        1405.1
        """
        return self.size * (1.0 - self.probability) / self.probability

    @property
    def sd(self) -> float:
        """
        Standard deviation of the count: that of the rate and that of the Poisson together.

        Returns
        -------
        float
            sqrt(r (1 - p)) / p.

        Examples
        --------
        >>> round(rate_posterior(1511, 270).predict(251).sd, 2)
        52.07
        """
        return math.sqrt(self.size * (1.0 - self.probability)) / self.probability

    def interval(self, level: float = 0.95) -> tuple[int, int]:
        """
        Central interval of the count.

        Parameters
        ----------
        level : float
            Probability to hold at least, between 0 and 1 (both excluded).

        Returns
        -------
        tuple of int
            First and last count, both included; each side leaves out (1 - level) / 2 at most.

        Raises
        ------
        ScenarioError
            If ``level`` is outside its domain.

        Examples
        --------
        >>> rate_posterior(1511, 270).predict(251).interval()
        (1304, 1509)
        """
        _check(level=level)
        low, high = stats.nbinom.interval(level, self.size, self.probability)
        return int(low), int(high)


@dataclass(frozen=True)
class RatePosterior:
    """
    Rate that a count leaves possible: Gamma(shape, exposure). Sampling error only.

    Attributes
    ----------
    shape : float
        Count + 1/2.
    exposure : float
        What the count was made over, above 0; the rate is per unit of it.
    """

    shape: float
    exposure: float

    @property
    def mean(self) -> float:
        """
        Mean of the rate.

        Returns
        -------
        float
            Per unit of exposure.

        Examples
        --------
        >>> round(rate_posterior(1511, 270).mean, 6)
        5.598148
        """
        return self.shape / self.exposure

    @property
    def sd(self) -> float:
        """
        Standard deviation of the rate.

        Returns
        -------
        float
            Per unit of exposure.

        Examples
        --------
        >>> round(rate_posterior(1511, 270).sd, 4)
        0.144
        """
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

        Raises
        ------
        ScenarioError
            If ``level`` is outside its domain.

        Examples
        --------
        >>> low, high = rate_posterior(1511, 270).interval()
        >>> round(low, 5), round(high, 5)
        (5.31945, 5.88386)
        """
        _check(level=level)
        low, high = stats.gamma.interval(level, self.shape, scale=1.0 / self.exposure)
        return float(low), float(high)

    def predict(self, exposure: float) -> Prediction:
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

        Raises
        ------
        ScenarioError
            If ``exposure`` is not above 0.

        Examples
        --------
        >>> rate_posterior(2000, 251).predict(251).interval()
        (1878, 2126)
        """
        _check(exposure=exposure)
        return Prediction(self.shape, self.exposure / (self.exposure + exposure))


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
        Gamma(count + 1/2, exposure).

    Raises
    ------
    ScenarioError
        If an argument is outside its domain; lists them all.

    Notes
    -----
    Holds for events that come one by one at a constant rate. Counts that vary more than a Poisson
    (epidemics, seasons) make the true interval wider than this one.

    Examples
    --------
    >>> round(rate_posterior(2000, 251).mean, 4)
    7.9701
    """
    _check(count=count, exposure=exposure)
    return RatePosterior(float(count) + 0.5, float(exposure))


def standardised_gap(first: RatePosterior, second: RatePosterior) -> float:
    """
    Measure the gap between two rates in standard deviations of their sampling error.

    Parameters
    ----------
    first, second : RatePosterior
        Rates of two independent counts, per the same unit of exposure.

    Returns
    -------
    float
        (mean1 - mean2) / sqrt(sd1^2 + sd2^2): beyond 2 or 3 either way, chance alone does not
        explain the gap. It does not say that the rates are comparable: those of people who are
        eligible under other rules are not, however many deviations apart.

    Notes
    -----
    Defined for a count of 0 too, where the logarithm of the ratio is not. For two counts above a
    hundred both say the same, to a few percent.

    Examples
    --------
    >>> ouest_loiret = rate_posterior(1511, 44.165 * 392 / 365.25)  # per 1,000 people and year
    >>> beauce_gatinais = rate_posterior(2000, 80)
    >>> round(standardised_gap(ouest_loiret, beauce_gatinais), 1)
    6.9
    """
    return (first.mean - second.mean) / math.hypot(first.sd, second.sd)


def _check(*, count: float = 0, exposure: float = 1.0, level: float = 0.5) -> None:
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
