"""A forecast held against the months that came: how often, how far, better than last year or not.

Months are released counts; one that is masked or unknown is left out, and said. The interval score
(Gneiting and Raftery, 2007) of the central 80 % is the width of the band, and ten requests for each
one that the month is beyond it: the smaller the better, whatever the size of the band.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from scipy.special import bdtr

from cpts_geo.capacity.checks.forecast.announced import Forecast
from cpts_geo.capacity.need.interval import CHANCE, CHANCES
from cpts_geo.errors import ForecastError, quoted
from cpts_geo.french import counted, number, percent, signed_number, typeset

#: A forecast is doubted where as little would be met by chance once in twenty.
_LEVEL: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Score:
    """
    How a forecast of one period held.

    Parameters
    ----------
    territory : str
        Key of the territory.
    made : str
        Day it was announced ("2025-11-30").
    scenario : str
        What it rested on (:func:`cpts_geo.capacity.checks.forecast.announced.scenario_hash`).
    first, last : str
        First and last month scored.
    months : int
        Months scored.
    inside : int
        Of these, those from p10 to p90.
    left_out : int
        Months announced and elapsed that are masked or unknown.
    bias : float
        Mean of counted less announced (p50), in requests a month; above 0, too few were announced.
    relative_bias : float
        The same over the mean announced.
    mae : float
        Mean distance to p50 (requests a month).
    naive_months : int
        Months scored whose own month is known a year before.
    naive_mae : float
        Mean distance to that month; NaN where none is.
    mae_beside : float
        Mean distance to p50 over these months alone; NaN likewise.
    interval_score : float
        Mean interval score of the band.
    least_inside : float
        As :attr:`cpts_geo.capacity.checks.forecast.announced.Forecast.least_inside`.
    """

    territory: str
    made: str
    scenario: str
    first: str
    last: str
    months: int
    inside: int
    left_out: int
    bias: float
    relative_bias: float
    mae: float
    naive_months: int
    naive_mae: float
    mae_beside: float
    interval_score: float
    least_inside: float

    @property
    def coverage(self) -> float:
        """Share of the months scored that lie inside."""
        return self.inside / self.months

    @property
    def is_doubted(self) -> bool:
        """Whether so few lie inside that the model would seldom do as badly if it were right."""
        return self.coverage < self.least_inside


def scored(forecast: Forecast, counts: pd.Series, *, before: pd.Series | None = None) -> Score:
    """
    Hold a forecast against the requests that were counted.

    Parameters
    ----------
    forecast : Forecast
        What was announced.
    counts : Series of float
        Released requests by month ("2026-01") of whole months; NaN masked or unknown.
    before : Series of float, optional
        The same for the period before: what a naive forecast repeats.

    Returns
    -------
    Score
        Over the months that were announced and are known.

    Raises
    ------
    ForecastError
        No month that was announced is known.

    Examples
    --------
    >>> from datetime import date
    >>> band = {"p10": 90.0, "p50": 100.0, "p90": 110.0}
    >>> months = pd.DataFrame([band, band], index=["2026-01", "2026-02"])
    >>> told = Forecast("bg", date(2025, 11, 30), "1", "", "all", months, 0.5)
    >>> found = scored(told, pd.Series({"2026-01": 104.0, "2026-02": 112.0}))
    >>> found.inside, found.bias, found.mae, found.interval_score
    (1, 8.0, 8.0, 30.0)
    """
    elapsed = forecast.months.index.intersection(counts.index)
    known = counts.reindex(elapsed).astype("float64").dropna().sort_index()
    if known.empty:
        raise _not_met(forecast, counts, masked=len(elapsed) > 0)
    told = forecast.months.loc[known.index].astype("float64")
    low, middle, high = (told[name] for name in ("p10", "p50", "p90"))
    short, over = (low - known).clip(lower=0.0), (known - high).clip(lower=0.0)
    gap = known - middle
    naive = pd.Series(math.nan, known.index) if before is None else _a_year_before(known, before)
    beside = naive.notna()
    return Score(
        territory=forecast.territory,
        made=forecast.made.isoformat(),
        scenario=forecast.scenario,
        first=str(known.index[0]),
        last=str(known.index[-1]),
        months=len(known),
        inside=int(((short == 0) & (over == 0)).sum()),
        left_out=len(elapsed) - len(known),
        bias=float(gap.mean()),
        relative_bias=float(gap.mean() / middle.mean()) if middle.mean() else math.nan,
        mae=float(gap.abs().mean()),
        naive_months=int(beside.sum()),
        naive_mae=float((known - naive)[beside].abs().mean()),
        mae_beside=float(gap[beside].abs().mean()),
        interval_score=float((high - low + 2.0 / (1.0 - CHANCE) * (short + over)).mean()),
        least_inside=forecast.least_inside,
    )


def score_sentences(score: Score, past: Sequence[Score] = ()) -> list[str]:
    """
    Say in French how a forecast held.

    Parameters
    ----------
    score : Score
        That of the period.
    past : sequence of Score
        Those of earlier ones, of the same territory.

    Returns
    -------
    list of str
        Coverage, bias, error beside last year's months, then what several years say.

    Examples
    --------
    >>> from datetime import date
    >>> band = {"p10": 90.0, "p50": 100.0, "p90": 110.0}
    >>> months = pd.DataFrame([band, band], index=["2026-01", "2026-02"])
    >>> told = Forecast("bg", date(2025, 11, 30), "1", "", "all", months, 0.5)
    >>> counts = pd.Series({"2026-01": 104.0, "2026-02": 112.0})
    >>> len(score_sentences(scored(told, counts)))
    3
    """
    day = "/".join(reversed(score.made.split("-")))
    said = [
        f"{number(score.inside)} mois sur {number(score.months)} dans la fourchette annoncée le "
        f"{day} (attendu : {CHANCES})."
    ]
    if score.left_out:
        words = ("mois annoncé n’est pas jugé", "mois annoncés ne sont pas jugés")
        said.append(f"{counted(score.left_out, *words)} : leur nombre est secret ou inconnu.")
    said.append(_bias_words(score))
    if score.naive_months:
        better = "moins" if score.mae_beside < score.naive_mae else "plus"
        same = round(score.mae_beside) == round(score.naive_mae)
        verdict = "autant" if same else better
        said.append(
            f"Écart moyen : {number(score.mae_beside)} demandes par mois, {verdict} qu’en "
            f"répétant le même mois de l’an dernier ({number(score.naive_mae)}), sur "
            f"{number(score.naive_months)} mois."
        )
    else:
        said.append(f"Écart moyen : {number(score.mae)} demandes par mois.")
    if score.is_doubted:
        said.append(
            "Si le modèle disait vrai, il y aurait rarement aussi peu de mois dans la fourchette : "
            "elle est trop étroite ou mal placée, à revoir avant la prochaine."
        )
    return [typeset(each) for each in [*said, *_years_words([*past, score])]]


def _bias_words(score: Score) -> str:
    """In which sense the months were missed, and by how much."""
    if math.isnan(score.relative_bias) or round(abs(score.relative_bias), 2) == 0:
        return "En moyenne, autant de demandes qu’annoncé."
    more = "plus" if score.bias > 0 else "moins"
    share = percent(abs(score.relative_bias), 0)
    return (
        f"En moyenne, {share} de demandes de {more} qu’annoncé "
        f"({signed_number(score.bias, 0)} par mois)."
    )


def _years_words(scores: Sequence[Score]) -> Iterable[str]:
    """What several periods say together; nothing of one."""
    # A period judged again is one period; its last score counts.
    scores = list({(each.first, each.last): each for each in scores}.values())
    # Months of a year are right or wrong together: years are what is counted.
    if len(scores) < 2:
        return
    months, inside = sum(each.months for each in scores), sum(each.inside for each in scores)
    held = sum(each.coverage >= 0.5 for each in scores)
    yield (
        f"Depuis la première prévision gardée : {number(inside)} mois sur {number(months)} dans la "
        f"fourchette, en {number(len(scores))} périodes."
    )
    if bdtr(held, len(scores), CHANCE) < _LEVEL:
        missed = len(scores) - held
        yield (
            f"La plupart des mois étaient hors de la fourchette {number(missed)} fois sur "
            f"{number(len(scores))} : plus que le hasard n’explique, le scénario est à revoir."
        )


def _a_year_before(known: pd.Series, before: pd.Series) -> pd.Series:
    """Count of the same month a year before each."""
    same = [f"{int(str(month)[:4]) - 1}{str(month)[4:]}" for month in known.index]
    return before.reindex(same).astype("float64").set_axis(known.index)


def _not_met(forecast: Forecast, counts: pd.Series, *, masked: bool) -> ForecastError:
    """Refusal of a forecast of which no month can be judged."""
    if masked:
        return ForecastError(
            "La prévision ne peut pas être jugée : tous les mois annoncés sont secrets ou "
            "inconnus dans le registre.",
            remedy="donnez le registre de mois entiers, de 11 demandes ou plus.",
        )
    spans = (
        f"{quoted(str(index.min()))} à {quoted(str(index.max()))}" if len(index) else "aucun mois"
        for index in (forecast.months.index, counts.index)
    )
    told, known = spans
    return ForecastError(
        "La prévision gardée ne parle d’aucun mois du registre : elle est trop ancienne, ou trop "
        "récente.",
        defects=[f"mois annoncés : {told}", f"mois du registre : {known}"],
        remedy="donnez le manifeste du rapport fait l’année d’avant ce registre.",
    )
