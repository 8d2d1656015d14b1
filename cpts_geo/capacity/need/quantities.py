"""Need of a territory, met in surgeries, gap, emergency visits, demand of a device: a year, drawn.

Per draw, with Pst people standardised by age, P people, and the APL of the whole territory::

    need      = Pst r / kappa                               requests, weekdays, office hours
    met       = min(need, Pst r (APL / APL of France)^e)    by the surgeries of the area
    gap       = need - met
    emergency = P v t h                                     visits treatable in town, in the gap
    organised = gap exp(mu + tau z)                         what a device open to all would receive

r, kappa, e, h, mu and tau are national: the same draw for every territory of a run. z is the
territory's own. The gap is an order of magnitude, never a target; where the APL sees none, nobody
says that no one needs a line.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from cpts_geo.capacity.scenario.area import Area, apl_of_france

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NationalDraws:
    """
    What is the same for every territory of a run, one value a draw.

    Attributes
    ----------
    rate : numpy.ndarray of float
        Requests a year of a standardised person (r), weekdays, office hours.
    met_share : numpy.ndarray of float
        Share of them that surgeries meet in France (kappa).
    elasticity : numpy.ndarray of float
        How far what is met follows the APL (e).
    treatable : numpy.ndarray of float
        Emergency visits a year of a person, on weekdays in office hours, that a surgery could have
        seen (v t h).
    mu, tau : numpy.ndarray of float
        Mean and sd of ln(requests of a device / gap) from one territory to another.
    z : numpy.ndarray of float
        Standard normal numbers that a territory takes its own from.
    """

    rate: Floats
    met_share: Floats
    elasticity: Floats
    treatable: Floats
    mu: Floats
    tau: Floats
    z: Floats

    def at(self, draws: npt.NDArray[np.intp]) -> NationalDraws:
        """
        Take some of the draws.

        Parameters
        ----------
        draws : numpy.ndarray of int
            Their positions.

        Returns
        -------
        NationalDraws
            These, in that order.
        """
        return NationalDraws(
            **{each.name: getattr(self, each.name)[draws] for each in fields(self)}
        )

    def receiving(self, share: float) -> NationalDraws:
        """
        Take for sure the share of the gap that a device receives.

        Parameters
        ----------
        share : float
            More than 0.

        Returns
        -------
        NationalDraws
            The same draws, of which every territory has that share.
        """
        return replace(self, mu=np.full_like(self.mu, np.log(share)), z=np.zeros_like(self.z))


@dataclass(frozen=True, eq=False)
class Need:
    """
    Need of a territory in a year, one value a draw (requests; visits for emergencies).

    Attributes
    ----------
    area : Area
        People and APL it is of.
    national : NationalDraws
        Draws it is computed with.
    need : numpy.ndarray of float
        Unscheduled requests of residents, weekdays, office hours.
    met : numpy.ndarray of float
        Those that the surgeries of the area meet.
    gap : numpy.ndarray of float
        The others; 0 where the APL sees none.
    emergency : numpy.ndarray of float
        Emergency visits of residents that a surgery could have seen: inside the gap.
    share : numpy.ndarray of float
        Part of the gap that a device open to all residents would receive.
    organised : numpy.ndarray of float
        Requests that it would receive.
    """

    area: Area
    national: NationalDraws
    need: Floats
    met: Floats
    gap: Floats
    emergency: Floats
    share: Floats
    organised: Floats

    @property
    def centre(self) -> Floats:
        """Centre of ln(requests of a device), which tau spreads: ln(gap) + mu; -inf without gap."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.gap) + self.national.mu)

    def with_apl(self, factor: float) -> Need:
        """
        Give the need of the same people if their APL were multiplied.

        Parameters
        ----------
        factor : float
            What the APL is multiplied by, 0 or more.

        Returns
        -------
        Need
            Draw by draw with this one.

        Examples
        --------
        >>> from cpts_geo.capacity.need.learning import shipped_lines
        >>> from cpts_geo.capacity.scenario.area import known_area
        >>> need = need_of(known_area("ouest_loiret"), shipped_lines().draws(1000, seed=1))
        >>> bool((need.with_apl(0.5).gap > need.gap).all())
        True
        """
        area = self.area.model_copy(update={"apl": self.area.apl * factor})
        return need_of(area, self.national)


def need_of(area: Area, national: NationalDraws) -> Need:
    """
    Compute the need of a territory for each national draw.

    Parameters
    ----------
    area : Area
        Its people and APL.
    national : NationalDraws
        Draws that all territories share.

    Returns
    -------
    Need
        One value a draw.

    Examples
    --------
    >>> from cpts_geo.capacity.need.learning import shipped_lines
    >>> from cpts_geo.capacity.scenario.area import known_area
    >>> need = need_of(known_area("ouest_loiret"), shipped_lines().draws(1000, seed=1))
    >>> bool((need.gap == need.need - need.met).all()), need.gap.shape
    (True, (1000,))
    """
    asked = area.standardised_population * national.rate
    wanted = asked / national.met_share
    relative = np.log(area.apl / apl_of_france()) if area.apl > 0 else -np.inf
    met = np.minimum(wanted, asked * np.exp(national.elasticity * relative))
    gap = wanted - met
    # Turned by a number of its own, the same z makes territories that do not follow one another.
    own = np.roll(national.z, area.place)
    share = np.exp(national.mu + national.tau * own)
    return Need(
        area=area,
        national=national,
        need=wanted,
        met=met,
        gap=gap,
        emergency=area.population * national.treatable,
        share=share,
        organised=gap * share,
    )
