"""The laws of demand: what each input that is not known exactly may be, with its words.

Draws, tornado, Sobol indices and the sampling interval all read the same law, by its quantiles or
by its draws. All inputs are independent, each drawn from numbers of its own whatever the values
of the others: scenarios compare draw by draw.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import special

from cpts_geo.capacity.demand.line import observed_line
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario


@dataclass(frozen=True)
class Law(ABC):
    """
    What is known of one input.

    Attributes
    ----------
    label : str
        French words for tables and figures.
    """

    label: str

    def quantile(self, chances: npt.ArrayLike) -> Floats:
        """
        Give the values that these chances do not exceed.

        Parameters
        ----------
        chances : array_like of float
            Probabilities, above 0 and below 1.

        Returns
        -------
        numpy.ndarray of float
            Values, same shape.

        Examples
        --------
        >>> _Triangular("Part", (0.0, 1.0, 2.0)).quantile([0.125, 0.5, 0.875]).tolist()
        [0.5, 1.0, 1.5]
        >>> CountedRate("Appels", 5800, 24_000.0).quantile([0.1, 0.9]).round(4).tolist()
        [0.2376, 0.2458]
        >>> CountedShare("Part", (608, 392)).quantile([0.1, 0.9]).round(3).tolist()
        [0.588, 0.628]
        """
        return self._quantile(np.asarray(chances, dtype=np.float64))

    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """
        Draw values.

        Parameters
        ----------
        rng : numpy.random.Generator
            Generator, which gives as many numbers whatever the values of the law; but for a
            :class:`CountedRate`, which needs one of its own.
        draws : int
            How many.

        Returns
        -------
        numpy.ndarray of float
            Values.

        Examples
        --------
        >>> _Triangular("Minutes", (15.0, 15.0, 15.0)).draw(np.random.default_rng(1), 2).tolist()
        [15.0, 15.0]
        """
        return self._draw(rng, draws)

    @property
    @abstractmethod
    def spread(self) -> bool:
        """Whether several values are possible."""

    @abstractmethod
    def _quantile(self, chances: Floats) -> Floats: ...

    def _draw(self, rng: np.random.Generator, draws: int) -> Floats:
        return self._quantile(rng.random(draws))


@dataclass(frozen=True)
class CountedRate(Law):
    """
    Rate that a count leaves possible, under the Jeffreys prior: Gamma(count + 1/2, exposure).

    Attributes
    ----------
    label : str
        French words, as for every :class:`Law`.
    count : float
        Events counted, 0 or more.
    exposure : float
        What they were counted over (person-years, days), above 0; the rate is per unit of it.
    """

    count: float
    exposure: float

    @property
    def shape(self) -> float:
        """Shape of the Gamma, count + 1/2."""
        return self.count + 0.5

    @property
    def spread(self) -> bool:
        """Always: a count leaves several rates possible."""
        return True

    def _quantile(self, chances: Floats) -> Floats:
        return np.asarray(special.gammaincinv(self.shape, chances) / self.exposure)

    def _draw(self, rng: np.random.Generator, draws: int) -> Floats:
        return np.asarray(rng.standard_gamma(self.shape, draws) / self.exposure)


@dataclass(frozen=True)
class _LogNormal(Law):
    """Amount whose logarithm is normal: its median, above 0, and the sd of the logarithm."""

    median: float
    sigma: float

    @classmethod
    def of_mean(cls, label: str, *, mean: float, cv: float) -> Self:
        """The law of a mean (above 0, not a median) and a coefficient of variation (0 or more)."""
        sigma = math.sqrt(math.log1p(cv**2))
        return cls(label, mean * math.exp(-(sigma**2) / 2.0), sigma)

    @property
    def spread(self) -> bool:
        """Whether sigma is not 0."""
        return self.sigma > 0

    def _quantile(self, chances: Floats) -> Floats:
        return self._at(special.ndtri(chances))

    def _draw(self, rng: np.random.Generator, draws: int) -> Floats:
        return self._at(rng.standard_normal(draws))

    def _at(self, deviations: Floats) -> Floats:
        return np.asarray(self.median * np.exp(self.sigma * deviations))


@dataclass(frozen=True)
class _Triangular(Law):
    """Amount between a low end and a high end around a likely value, of width 0 included."""

    ends: tuple[float, float, float]

    @property
    def spread(self) -> bool:
        """Whether the ends differ."""
        return self.ends[0] < self.ends[2]

    def _quantile(self, chances: Floats) -> Floats:
        low, mode, high = self.ends
        width = high - low
        rising = low + np.sqrt(chances * width * (mode - low))
        falling = high - np.sqrt((1.0 - chances) * width * (high - mode))
        return np.where(chances * width <= mode - low, rising, falling)


@dataclass(frozen=True)
class _Uniform(Law):
    """Amount between two ends, none more likely, of width 0 included."""

    ends: tuple[float, float]

    @property
    def spread(self) -> bool:
        """Whether the ends differ."""
        return self.ends[0] < self.ends[1]

    def _quantile(self, chances: Floats) -> Floats:
        low, high = self.ends
        return np.asarray(low + chances * (high - low))


@dataclass(frozen=True)
class CountedShare(Law):
    """
    Share that two counts leave possible, under the Jeffreys prior: Beta(count + 1/2, rest + 1/2).

    Attributes
    ----------
    label : str
        French words, as for every :class:`Law`.
    counts : tuple of int
        Events that are of the share, then those that are not; 0 or more.
    """

    counts: tuple[int, int]

    @property
    def spread(self) -> bool:
        """Always: counts leave several shares possible."""
        return True

    def _quantile(self, chances: Floats) -> Floats:
        count, rest = self.counts
        return np.asarray(special.betaincinv(count + 0.5, rest + 0.5, chances))


def laws(scenario: Scenario) -> dict[str, Law]:
    """
    Give the law of each input of a demand, and of the length of a consultation.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.

    Returns
    -------
    dict of str to Law
        By name, those that the demand of this scenario rests on: of its own calls, ``calls`` a year
        and ``need`` (share of them that deserves a slot); of its own consultations,
        ``consultations`` a year and ``found`` (share of the requests that found a slot); of people
        without médecin traitant and no line of their own, ``people``, ``calls`` per person-year,
        ``need`` and ``gap`` between territories (a factor of median 1). Then ``minutes``, and
        ``ratio`` of a visitor's needs where there are visitors. What is drawn for all territories
        of a run has none (:mod:`cpts_geo.capacity.need.learning`).

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> [name for name, law in laws(load_scenario("beauce_gatinais")).items() if law.spread]
    ['calls', 'need', 'minutes']
    """
    found: dict[str, Law] = {}
    line = observed_line(scenario)
    if scenario.calls_years is not None:
        found["calls"] = CountedRate(
            "Appels d’une année", scenario.calls_observed, scenario.calls_years
        )
        found["need"] = _need(scenario)
    elif scenario.evidence == "2" and line is not None:
        found["consultations"] = CountedRate(
            "Consultations d’une année",
            line.consultations,
            line.opening_days / scenario.opening_days_per_year,
        )
        found["found"] = _Uniform(
            "Part des demandes qui ont trouvé un créneau", scenario.found_share
        )
    elif scenario.public == "no_mt":
        found["people"] = _LogNormal.of_mean(
            "Personnes sans médecin traitant",
            mean=scenario.people_without_mt,
            cv=scenario.people_cv,
        )
        found["calls"] = CountedRate(
            "Appels par personne (comptés sur un an)",
            scenario.calls_observed,
            scenario.calls_people_years,
        )
        found["need"] = _need(scenario)
        found["gap"] = _LogNormal(
            "Écart du taux d’appel entre territoires", 1.0, scenario.between_territory_sd
        )
    found["minutes"] = _Triangular("Durée d’une consultation", scenario.minutes)
    if scenario.visitors is not None:
        found["ratio"] = _Triangular(
            "Besoins d’un visiteur rapportés à un habitant", scenario.visitor_rate_ratio
        )
    return found


def counted_law(scenario: Scenario) -> Law | None:
    """
    Give the law of what a demand counts: calls or consultations.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions.

    Returns
    -------
    Law or None
        None where it rests on no count.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> counted_law(load_scenario("lvo")) is None
    True
    """
    known = laws(scenario)
    return known.get("calls", known.get("consultations"))


def _need(scenario: Scenario) -> Law:
    """Share of the calls that deserve a slot: as the outcomes of a log count it, else assumed."""
    label = "Part des appels qui relèvent d’une consultation"
    if scenario.need_counted is not None:
        return CountedShare(label, scenario.need_counted)
    return _Triangular(label, scenario.need_share)
