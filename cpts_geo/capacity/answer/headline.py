"""The answer for a territory: slots a day and GP-hours a week, with their interval.

"Slots needed so that the target share of requests of the public that the device admits gets a slot
within the deadline", for every draw of the demand. What counting a line's calls or consultations
leaves unknown (sampling) is far less than all that is assumed of the inputs (structure).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.answer.caveats import Caveat, caveats, floor_alone
from cpts_geo.capacity.answer.convergence import quantile_errors
from cpts_geo.capacity.answer.existing import ObservedFloor, Offer, observed_floor, offer
from cpts_geo.capacity.answer.slots import slots_interval, slots_of_demands
from cpts_geo.capacity.demand.laws import counted_law
from cpts_geo.capacity.demand.periods import asked_a_year, per_opening_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.demand.requests import DemandDraws, draw_requests
from cpts_geo.capacity.need.interval import LEVELS, Interval, interval
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.need.quantities import Floats
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.french import number, percent
from cpts_geo.schema import Status

#: Draws of the Monte Carlo: enough for the five CPTS to know each quantile within 1 %.
DRAWS: Final = 20_000
_DOTS: Final = 20
#: Stricter companions of the figure, and what each is called: days whose variance is this many
#: times their mean, and a share to serve on the day of the request itself.
DISPERSION_VARIANT: Final = 2.0
DISPERSION_WORDS: Final = (
    f"des jours {DISPERSION_VARIANT:g} fois plus irréguliers que le seul hasard".replace(".", ",")
)
SAME_DAY_TARGET: Final = 0.80
SAME_DAY_WORDS: Final = f"Pour servir {percent(SAME_DAY_TARGET, 0)} le jour même"


@dataclass(frozen=True)
class Headline:
    """
    Capacity a territory needs, and what to know before using the figure.

    Attributes
    ----------
    scenario : Scenario
        What was assumed; its public is that of every figure here.
    drawn : DemandDraws
        Its plausible demands, handed on to what else is computed of the scenario.
    requests_per_year : Interval of float
        Requests that deserve a slot, a year, Saturday mornings that open among its days.
    requests_per_day : Interval of float
        The same per opening day, of the months studied or of the year.
    slots_per_day : Interval of int
        Slots per opening day for the target.
    gp_hours_per_week : Interval of float
        GP-hours per week for the target.
    sampling_requests : Interval of float or None
        Requests a year if counting were the only unknown, all else at the median; None where the
        demand rests on no count of its own or of one other line.
    sampling_slots : Interval of int or None
        Slots per opening day for these.
    interval_share : float
        Share of the draws whose slots lie from p10 to p90, both included: 0.8 or more, since
        slots are whole numbers.
    slots_dots : tuple of int
        Slots per opening day of 20 equally likely situations, in order (dot plot); those beyond
        the queue are shown as its largest, 600 or fewer with a long deadline.
    central_gp_hours_per_week : float
        GP-hours per week for the median demand if every slot were used: a queue at 100 %.
    slots_dispersed : int
        Slots per opening day for the median demand if its daily variance is twice its mean.
    slots_same_day : int
        Slots per opening day for the target at the median demand, if 80 % must also be served on
        the day of the request.
    today : Offer or None
        Today's capacity; None = unknown.
    planned : Offer or None
        Capacity announced for later; None = none announced.
    observed : ObservedFloor or None
        Floor given by consultations already served; None = unknown.
    caveats : tuple of Caveat
        What to know before using the figure.
    draw_error : float
        Monte Carlo standard error of the least known of p10, p50 and p90 of the requests, as a
        share of it, those that are 0 left out; 0 where nobody asks.
    """

    scenario: Scenario
    drawn: DemandDraws = field(repr=False, compare=False)
    requests_per_year: Interval[float]
    requests_per_day: Interval[float]
    slots_per_day: Interval[int]
    gp_hours_per_week: Interval[float]
    sampling_requests: Interval[float] | None
    sampling_slots: Interval[int] | None
    interval_share: float
    slots_dots: tuple[int, ...]
    central_gp_hours_per_week: float
    slots_dispersed: int
    slots_same_day: int
    today: Offer | None
    planned: Offer | None
    observed: ObservedFloor | None
    caveats: tuple[Caveat, ...]
    draw_error: float

    def __repr__(self) -> str:
        """One line: what is needed, and between what."""
        slots, hours = self.slots_per_day, self.gp_hours_per_week
        return (
            f"<Headline {self.scenario.label} : {number(slots.p50)} créneaux par jour (de "
            f"{number(slots.p10)} à {number(slots.p90)}), {number(hours.p50)} h de généraliste par "
            f"semaine (de {number(hours.p10)} à {number(hours.p90)})>"
        )

    @property
    def draws(self) -> int:
        """Number of draws of the Monte Carlo."""
        return int(self.drawn.minutes.size)

    @property
    def seed(self) -> int:
        """Seed of the Monte Carlo."""
        return self.drawn.seed

    @property
    def evidence(self) -> str:
        """What the figure rests on, in French."""
        return self.scenario.evidence_words

    @property
    def warnings(self) -> tuple[str, ...]:
        """French sentences of the caveats, the gravest first."""
        return tuple(caveat.text for caveat in self.caveats)

    @property
    def at_least(self) -> int | None:
        """Slots that alone stand where its own counts deny the answer; None elsewhere."""
        return floor_alone(self.caveats, self.observed)

    @property
    def has_median(self) -> bool:
        """Whether its own activity tells a median, and does not deny it."""
        return self.scenario.has_own_line and self.at_least is None

    @property
    def _people(self) -> Scenario | None:
        """Its scenario where its demand rests on the people without médecin traitant."""
        return None if "people_without_mt" in self.scenario.unused else self.scenario

    @property
    def _warnings(self) -> str:
        """The warnings, as a table holds them."""
        return " | ".join(self.warnings)

    @property
    def status(self) -> Status:
        """How the answer is known: assumed where its people are, else estimated by a model."""
        return Status.ASSUMED if self.scenario.evidence == "4" else Status.ESTIMATED


def headline(
    scenario: Scenario,
    *,
    draws: int = DRAWS,
    seed: int | None = None,
    lines: KnownLines | None = None,
) -> Headline:
    """
    Compute the slots and GP-hours a territory needs, with their interval.

    Parameters
    ----------
    scenario : Scenario
        Territory and assumptions; where it names months, the slots are those of these months.
        Where it describes no device, that of one open to all.
    draws : int
        Monte Carlo draws, 100 to 2,000,000.
    seed : int, optional
        Seed of the generator, 0 or more; that of the scenario if absent.
    lines : KnownLines, optional
        Known lines to learn from; those of the package if absent.

    Returns
    -------
    Headline
        Median, 80 % interval, companions, bounds and warnings.

    Raises
    ------
    ScenarioError
        If ``draws`` or ``seed`` is outside its domain, the demand is beyond a CPTS, or nothing says
        what it is.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> headline(load_scenarios()["ouest_loiret"]).slots_per_day
    Interval(p10=7, p50=8, p90=9)
    """
    drawn = draw_requests(scenario, draws=draws, seed=seed, lines=lines)
    rules, week = scenario.rules, sum(scenario.week_shape)
    per_day = per_opening_day(scenario, drawn.residents, drawn.visitors)
    ordered = np.sort(per_day)  # every quantile below is then at hand
    requests, asked = interval(asked_a_year(scenario, drawn.requests_per_year)), interval(ordered)
    # A p90 beyond the queue is an error; a rare draw beyond it is shown as its largest.
    largest = rules.most_slots
    needed = slots_interval(rules, ordered)
    # inverted_cdf: a demand that was drawn, so that no number of slots is 13.5. The last is past
    # the p90.
    shares = [*(np.arange(_DOTS) + 0.5) / _DOTS, LEVELS["p90"] + 1.0 / draws]
    situations = np.quantile(ordered, shares, method="inverted_cdf")
    *dots, above = (int(x) for x in slots_of_demands(rules, situations, at_most=largest))
    # More slots than this cannot enter the p90 of the hours, whatever the length of a slot.
    most = max(1, min(math.ceil(above * scenario.minutes[2] / scenario.minutes[0]), largest))
    slots = slots_of_demands(rules, per_day, at_most=most)
    today = offer(scenario, scenario.slots_by_weekday, median_per_day=asked.p50)
    observed = observed_floor(scenario)
    sampling = _sampling(scenario, asked.p50)
    dispersed = replace(rules, dispersion=DISPERSION_VARIANT)
    return Headline(
        scenario=scenario,
        drawn=drawn,
        requests_per_year=requests,
        requests_per_day=asked,
        slots_per_day=needed,
        gp_hours_per_week=interval(
            weekly_gp_hours(slots.astype(np.float64), minutes=drawn.minutes, opening_days=week)
        ),
        sampling_requests=None
        if sampling is None
        else Interval(*(sampling * (requests.p50 / asked.p50)).tolist()),
        sampling_slots=None
        if sampling is None
        else Interval(*slots_of_demands(rules, sampling).tolist()),
        interval_share=float(np.mean((slots >= needed.p10) & (slots <= needed.p90))),
        slots_dots=tuple(min(dot, largest) for dot in dots),
        central_gp_hours_per_week=weekly_gp_hours(
            asked.p50, minutes=scenario.minutes[1], opening_days=week
        ),
        slots_dispersed=int(slots_of_demands(dispersed, asked.p50)),
        slots_same_day=rules.slots(asked.p50, same_day=SAME_DAY_TARGET) if asked.p50 > 0 else 0,
        today=today,
        planned=offer(scenario, scenario.slots_planned, median_per_day=asked.p50),
        observed=observed,
        caveats=caveats(scenario, drawn, today=today, observed=observed),
        draw_error=_draw_error(ordered),
    )


def _sampling(scenario: Scenario, median: float) -> Floats | None:
    """Requests a day at the quantiles of the count alone; None where no count carries them."""
    counted = counted_law(scenario)
    if counted is None or median == 0:
        return None
    found = counted.quantile(list(LEVELS.values()))
    return np.asarray(median * found / found[1])


def _draw_error(ordered: Floats) -> float:
    """Largest error of the quantiles above 0, as a share of each; 0 where none is."""
    levels = [level for level in LEVELS.values() if np.quantile(ordered, level) > 0]
    return float(np.max(quantile_errors(ordered, levels))) if levels else 0.0


def to_frame(headlines: Iterable[Headline]) -> pd.DataFrame:
    """
    Lay headlines out as a table, one row per territory.

    Parameters
    ----------
    headlines : iterable of Headline
        Results, in the order of the rows.

    Returns
    -------
    pandas.DataFrame
        Index ``territory``; requests per year, slots per opening day, GP-hours per week,
        shares between 0 and 1; NaN or missing = unknown. All are of one public (``public``; empty
        where no device is described, and all residents are meant); people without médecin traitant
        stand where the demand rests on their number, and nowhere else.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenarios
    >>> table = to_frame([headline(load_scenarios()["ondaine_forez"])])
    >>> table.loc["ondaine_forez", "slots_p50"]
    np.int64(12)
    """
    rows = [
        {name: _value(result, path) for name, (_, path) in _COLUMNS.items()} for result in headlines
    ]
    types = {name: kind for name, (kind, _) in _COLUMNS.items()}
    return pd.DataFrame(rows, columns=list(types)).astype(types).set_index("territory")


def _value(result: object, path: str) -> Any:
    """What a path of attributes leads to; None where one of them is unknown."""
    for name in path.split("."):
        result = None if result is None else getattr(result, name)
    return result


def _bounds(name: str, kind: str, path: str) -> dict[str, tuple[str, str]]:
    """Columns of an interval, one a bound."""
    return {f"{name}_{bound}": (kind, f"{path}.{bound}") for bound in LEVELS}


#: Columns of the table: their type, and where a headline holds them.
_COLUMNS: Final[dict[str, tuple[Any, str]]] = {
    "territory": ("str", "scenario.territory"),
    "label": ("str", "scenario.label"),
    "public": ("str", "scenario.public"),
    "evidence_label": ("str", "scenario.evidence"),
    "evidence": ("str", "evidence"),
    "status": ("str", "status"),
    "share_assumed": ("boolean", "_people.share_assumed"),
    "population": ("float64", "scenario.population"),
    "people_without_mt": ("float64", "_people.people_without_mt"),
    "people_status": ("str", "_people.people_status"),
    **_bounds("requests_per_year", "float64", "requests_per_year"),
    **_bounds("requests_per_day", "float64", "requests_per_day"),
    **_bounds("slots", "int64", "slots_per_day"),
    **_bounds("sampling_requests_per_year", "float64", "sampling_requests"),
    **_bounds("sampling_slots", "Int64", "sampling_slots"),
    "interval_share": ("float64", "interval_share"),
    **_bounds("gp_hours_per_week", "float64", "gp_hours_per_week"),
    "central_gp_hours_per_week": ("float64", "central_gp_hours_per_week"),
    "slots_dispersed": ("int64", "slots_dispersed"),
    "slots_same_day": ("int64", "slots_same_day"),
    "slots_today": ("float64", "today.slots"),
    "gp_hours_today_per_week": ("float64", "today.gp_hours_per_week"),
    "carried_today_per_year": ("float64", "today.carries_per_year"),
    "served_today_at_median": ("float64", "today.served_at_median"),
    "served_today_if_all_calls": ("float64", "today.served_if_all_calls"),
    "slots_planned": ("float64", "planned.slots"),
    "planned_served_at_median": ("float64", "planned.served_at_median"),
    "planned_served_if_all_calls": ("float64", "planned.served_if_all_calls"),
    "observed_per_day": ("float64", "observed.line.per_day"),
    "observed_per_year": ("float64", "observed.line.per_year"),
    "per_thousand_a_year": ("float64", "observed.line.per_thousand_a_year"),
    "observed_slots": ("Int64", "observed.slots"),
    "observed_slots_same_day": ("Int64", "observed.slots_same_day"),
    "target": ("float64", "scenario.target"),
    "deadline_days": ("int64", "scenario.deadline_days"),
    "dispersion": ("float64", "scenario.dispersion"),
    "opening_days_per_year": ("int64", "scenario.opening_days_per_year"),
    "draws": ("int64", "draws"),
    "seed": ("int64", "seed"),
    "draw_error": ("float64", "draw_error"),
    "warnings": ("str", "_warnings"),
}
