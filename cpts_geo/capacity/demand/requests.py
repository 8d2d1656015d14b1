"""Requests that deserve a slot in a year, drawn for the public that the device admits.

A territory whose line counted something takes its own requests
(:mod:`cpts_geo.capacity.demand._own`). Otherwise::

    public = no_mt    N c p exp(eps)      people x calls a person-year x share that deserves a slot
    public = all      gap exp(mu + tau z) what known lines receive of the need that is not met

Visitors, where they are admitted, ask as residents do: present x r x ratio x organised / need of
the same draw, so that no other rate is invented. A total counted by a line holds theirs.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from cpts_geo.asked import expect
from cpts_geo.capacity.demand._own import own_requests
from cpts_geo.capacity.demand.laws import laws
from cpts_geo.capacity.demand.periods import visitor_presence
from cpts_geo.capacity.need.learning import KnownLines, shipped_lines
from cpts_geo.capacity.need.quantities import Floats, NationalDraws, Need, need_of
from cpts_geo.capacity.scenario._files.toml_file import SHIPPED
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import NeedUnknownError, ScenarioError, one_line
from cpts_geo.french import number

#: Fewest draws whose quantiles mean something, and most that are made.
MIN_DRAWS: Final = 100
_MAX_DRAWS: Final = 2_000_000
#: What a demand transferred from known lines makes of the gap, as :class:`DemandDraws` names it.
GAP_SHARE: Final = "Part du besoin sans réponse qui viendrait"


@dataclass(frozen=True)
class DemandDraws:
    """
    Plausible demands of a territory, one per draw.

    Attributes
    ----------
    residents : numpy.ndarray of float
        Requests a year of the residents that the device admits; shape (draws,), 0 or more.
    visitors : numpy.ndarray of float
        Requests a year of visitors; 0 where none is admitted.
    minutes : numpy.ndarray of float
        Length of a consultation (minutes); shape (draws,).
    seed : int
        Seed they were drawn with.
    need : Need or None
        Need of the territory, draw by draw; None where its APL is unknown.
    causes : dict of str to numpy.ndarray of float
        What the requests and the minutes were made of, by French words: one value a draw.
    """

    residents: Floats
    visitors: Floats
    minutes: Floats
    seed: int
    need: Need | None = field(default=None, compare=False, repr=False)
    causes: dict[str, Floats] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def requests_per_year(self) -> Floats:
        """Requests a year of all who may ask; shape (draws,)."""
        return self.residents + self.visitors


def draw_requests(
    scenario: Scenario,
    *,
    draws: int,
    seed: int | None = None,
    lines: KnownLines | None = None,
) -> DemandDraws:
    """
    Draw plausible demands of a territory, and the length of a consultation.

    Each input follows its law (:func:`cpts_geo.capacity.demand.laws.laws`) and is drawn from
    numbers of its own whatever the other values: scenarios compare draw by draw.

    Parameters
    ----------
    scenario : Scenario
        Territory; where no device is described (``public`` absent), one open to all.
    draws : int
        Number of draws, 100 to 2,000,000.
    seed : int, optional
        Seed of the generator, 0 or more; that of the scenario if absent.
    lines : KnownLines, optional
        What is learnt from; the lines of the package if absent.

    Returns
    -------
    DemandDraws
        Requests a year and minutes, one per draw.

    Raises
    ------
    ScenarioError
        If the number of draws or the seed is outside its domain; lists both.
    NeedUnknownError
        The device is open to all, and neither its own line nor the APL says how many would come.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> drawn = draw_requests(load_scenarios()["beauce_gatinais"], draws=1000, seed=1)
    >>> drawn.residents.shape, bool((drawn.minutes >= 15).all()), float(drawn.visitors.max())
    ((1000,), True, 0.0)
    """
    expect(scenario, Scenario, remedy="chargez-le : load_scenario(CLÉ), ou load_scenario(FICHIER).")
    seed = scenario.seed if seed is None else seed
    check_draws(draws, seed)
    generators = {name: np.random.default_rng([seed, zlib.crc32(name.encode())]) for name in _DRAWN}
    known = laws(scenario)
    drawn = {name: law.draw(generators[name], draws) for name, law in known.items()}
    national = need = None
    if scenario.area is not None:
        national = (lines or shipped_lines()).draws(draws, seed=seed)
        need = need_of(scenario.area, national)
    visitors = np.zeros(draws)
    if scenario.visitors is not None and national is not None and need is not None:
        share = need.organised / need.need
        visitors = visitor_presence(scenario) * national.rate * drawn["ratio"] * share
    causes = {known[name].label: values for name, values in drawn.items()}
    if scenario.has_own_line:
        counted, factor = (name for name in drawn if name in _OF_A_LINE)
        tau = None if national is None else national.tau
        total = own_requests(scenario, drawn[counted], rng=generators["own"], need=need, tau=tau)
        found = total / drawn[counted]
        causes[known[factor].label] = found if factor == "need" else 1.0 / found
        # A line counts whoever asks: its visitors are in its total.
        everyone = visitors if need is None else visitors + need.organised
        part = np.divide(visitors, everyone, out=np.zeros(draws), where=everyone > 0)
        residents, visitors = total * (1.0 - part), total * part
    elif scenario.public == "no_mt":
        residents = drawn["people"] * (drawn["calls"] * drawn["need"] * drawn["gap"])
    elif need is None or national is None:
        raise _need_unknown(scenario)
    else:
        residents = need.organised
        causes |= _national_causes(national, need)
    return DemandDraws(residents, visitors, drawn["minutes"], seed, need, causes)


def _national_causes(national: NationalDraws, need: Need) -> dict[str, Floats]:
    """What a demand transferred from known lines is made of."""
    return {
        "Demandes non programmées d’un habitant": national.rate,
        "Part que les cabinets servent en France": national.met_share,
        "De combien cette part suit l’APL": national.elasticity,
        GAP_SHARE: need.share,
    }


#: What a line counts, and the share of it that makes requests.
_OF_A_LINE: Final = ("calls", "consultations", "need", "found")
#: Names of what is drawn, each from numbers of its own.
_DRAWN: Final = (
    "people", "calls", "need", "gap", "consultations", "found", "minutes", "ratio", "own",
)  # fmt: skip


def _need_unknown(scenario: Scenario) -> NeedUnknownError:
    """Make the error of a territory whose need nothing says."""
    # A copy is most often named after what it was copied from.
    key = next((each for each in SHIPPED if scenario.territory.startswith(each)), SHIPPED[0])
    return NeedUnknownError(
        f"Le besoin de « {one_line(scenario.label)} » n’est pas connu.",
        defects=["l’APL de ses communes n’est pas publiée, ou ses communes ne sont pas données"],
        remedy="donnez ses appels ou ses consultations, ou le nombre de personnes sans médecin "
        'traitant et « public = "no_mt" ». Dans un fichier copié de celui d’une CPTS connue, '
        f'ajoutez en tête « territory = "{key}" » ; pour une autre, partez du fichier du dossier '
        "« scenarios » de son rapport.",
    )


def check_draws(draws: int, seed: int) -> None:
    """
    Refuse a number of draws or a seed outside its domain.

    Parameters
    ----------
    draws, seed : int
        Monte Carlo draws, seed of the generator.

    Raises
    ------
    ScenarioError
        Lists what is wrong with both.
    """
    if defects := draw_defects(draws, seed):
        raise ScenarioError(
            "Le tirage au sort est mal réglé.",
            defects=defects,
            remedy="gardez les valeurs par défaut en cas de doute.",
        )


def draw_defects(draws: int, seed: int) -> list[str]:
    """
    Say what is wrong with a number of draws and a seed.

    Parameters
    ----------
    draws, seed : int
        Monte Carlo draws, seed of the generator.

    Returns
    -------
    list of str
        A French line each; empty where both are in their domain.

    Examples
    --------
    >>> draw_defects(1_000, 0), draw_defects(99, 0)[0][:21]
    ([], 'tirages (--draws) = 9')
    """
    defects = []
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer):
        defects.append(f"tirages (--draws) = {one_line(repr(draws))} : il faut un nombre entier")
    elif not MIN_DRAWS <= draws <= _MAX_DRAWS:
        bounds = f"de {number(MIN_DRAWS)} à {number(_MAX_DRAWS)}"
        defects.append(f"tirages (--draws) = {number(draws)} : il en faut {bounds}")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        defects.append(f"graine = {one_line(repr(seed))} : il faut un nombre entier, 0 ou plus")
    return defects
