"""What a follow-up gives the yearly review: figures of the ACI, last year's forecast, the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from cpts_geo import __version__
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.answer.seasons import demand_by_month
from cpts_geo.capacity.checks.forecast.announced import Forecast, announced, scenario_hash
from cpts_geo.capacity.checks.forecast.kept import apart_from, read_kept
from cpts_geo.capacity.checks.forecast.scored import Score, score_sentences, scored
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.errors import ScenarioError
from cpts_geo.indicators.aci.fiche import KnownOfLog, aci_table
from cpts_geo.indicators.aci.given import aci_by_territory
from cpts_geo.indicators.aci.rows import is_given
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.filled.templates import INVENTED
from cpts_geo.study.follow_up.follow_up import FollowUp
from cpts_geo.study.follow_up.indicators import AT_LEAST

#: What the model expects of a registre.
_EXPECTED = "slot_requests"
#: Share of the opening days that were announced, under which a month is no whole month.
_WHOLE = 0.9
#: Share of the days of a month, under which a year that ends or begins in it has not the month.
_MOSTLY = 0.75


@dataclass(frozen=True, eq=False)
class Yearly:
    """
    What a follow-up gives the yearly review.

    Parameters
    ----------
    aci : DataFrame
        Indicators of the ACI (:func:`cpts_geo.indicators.aci.fiche.aci_table`); those that the
        registre knows where no other was given.
    scores : tuple of Score
        How forecasts held, that of this period last; empty where none was kept.
    sentences : tuple of str
        The same in French.
    forecast : Forecast or None
        What is announced of the months to come; None where the scenario tells no demand.
    past : tuple of Forecast
        What was announced before, judged or not yet.
    notes : tuple of str
        What was left out of the files of indicators, in French.
    """

    aci: pd.DataFrame
    scores: tuple[Score, ...]
    sentences: tuple[str, ...]
    forecast: Forecast | None
    past: tuple[Forecast, ...] = ()
    notes: tuple[str, ...] = ()


def yearly(
    found: FollowUp,
    scenario: Scenario,
    *,
    indicators: Sequence[Path] = (),
    forecast: Path | None = None,
    day: date,
) -> Yearly:
    """
    Prepare the yearly review of a territory.

    Parameters
    ----------
    found : FollowUp
        Its follow-up.
    scenario : Scenario
        What it was held against.
    indicators : sequence of Path
        Indicators of the ACI that a coordinator gave
        (:func:`cpts_geo.sources.analyst.aci.file.read_aci`).
    forecast : Path, optional
        Manifest that holds the forecast that was made of this period
        (:func:`cpts_geo.capacity.checks.forecast.kept.read_kept`).
    day : datetime.date
        Day of the run.

    Returns
    -------
    Yearly
        Nothing in it that may not leave.

    Raises
    ------
    IndicatorsError
        Indicators that cannot be read, of another territory, or of other years.
    ForecastError
        A manifest that cannot be used, or no month that was announced is known.
    """
    given = [read_aci(path) for path in indicators]
    by_key, notes = aci_by_territory(given, {found.territory: found.label}, of_scenario=True)
    rows = by_key.get(found.territory, pd.DataFrame())
    scores: tuple[Score, ...] = ()
    sentences: tuple[str, ...] = ()
    past: tuple[Forecast, ...] = ()
    if forecast is not None:
        kept = read_kept(forecast, territory=found.territory, public=scenario.public)
        judged = kept.speaking_of([str(month) for month in found.months.index])
        score = _score(found, judged)
        before = apart_from(score, kept.scores)
        sentences = tuple(score_sentences(score, before))
        past = (*kept.past, kept.forecast)
        if judged.scenario != scenario_hash(scenario):
            sentences += (
                "Le scénario a changé depuis cette prévision : c’est celui d’alors qui est jugé.",
            )
        if found.invented[0]:
            # A calibration that grows with use grows with what happened alone.
            sentences += (f"Jugée sur un {INVENTED} : ce jugement n’est pas gardé.",)
        scores = kept.scores if found.invented[0] else (*before, score)
    ahead = _next(found, scenario, day)
    area = 0.0 if scenario.area is None else scenario.area.population
    people = float(scenario.population or area or "nan")
    table = aci_table(rows, _known(found), people=people)
    if not indicators:
        # Nobody was asked for the others: they are not missing.
        table = table[[is_given(row) for _, row in table.iterrows()]]
    return Yearly(table, scores, sentences, ahead, past, notes)


def period_words(period: tuple[date, date]) -> str:
    """
    Write a period.

    Parameters
    ----------
    period : tuple of datetime.date
        First and last day.

    Returns
    -------
    str
        In French.

    Examples
    --------
    >>> period_words((date(2026, 1, 1), date(2026, 12, 31)))
    'du 01/01/2026 au 31/12/2026'
    """
    return f"du {period[0]:%d/%m/%Y} au {period[1]:%d/%m/%Y}"


def _known(found: FollowUp) -> KnownOfLog:
    """What the registre knows of the indicators of the ACI."""
    year = found.period[1].year
    before = None if found.before_period is None else found.before_period[1].year
    # Two halves of one year are no N and N-1.
    return KnownOfLog(
        found.totals,
        year,
        before if before != year else None,
        period_words(found.period),
        previous_period="" if found.before_period is None else period_words(found.before_period),
        invented=found.invented,
        blank=dict.fromkeys(AT_LEAST, found.blank),
        months=(
            _whole_months(found.period, found.months),
            _whole_months(found.before_period or found.period, found.before),
        ),
    )


def _whole_months(period: tuple[date, date], months: pd.DataFrame) -> int:
    """Months of a period that its registre tells from end to end, or nearly: the first request of
    a year may come late in January."""
    days = pd.date_range(*period).to_period("M").value_counts()
    index = pd.PeriodIndex(months.index, freq="M")
    told = days.reindex(index, fill_value=0)
    return int((told.to_numpy() >= _MOSTLY * index.days_in_month.to_numpy()).sum())


def _score(found: FollowUp, forecast: Forecast) -> Score:
    """The forecast against the whole months of which the registre tells the requests."""
    days = forecast.months.get("opening_days", pd.Series(dtype="float64"))

    def whole(table: pd.DataFrame, *, like: Sequence[str]) -> pd.Series:
        least = _WHOLE * days.reindex(list(like)).set_axis(table.index)
        counts: pd.Series = table[_EXPECTED].astype("float64")
        return counts.where(~(table["opening_days"].astype("float64") < least))

    tells = found.expected["inside"].notna()
    now = whole(found.months, like=list(found.months.index)).where(tells)
    after = [f"{int(str(month)[:4]) + 1}{str(month)[4:]}" for month in found.before.index]
    known = len(found.before) and not found.invented[1]
    before = whole(found.before, like=after) if known else None
    return scored(forecast, now, before=before)


def _next(found: FollowUp, scenario: Scenario, day: date) -> Forecast | None:
    """What the scenario announces of the months to come; None where it tells no demand."""
    try:
        result = headline(scenario)
        by_month = demand_by_month(scenario, result.drawn)
    except ScenarioError:
        return None
    return announced(result, by_month, territory=found.territory, day=day, version=__version__)
