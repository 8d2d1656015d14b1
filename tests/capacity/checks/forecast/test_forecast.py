"""A forecast that is kept: what is announced, what it is worth once the months are known."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.answer.seasons import demand_by_month
from cpts_geo.capacity.checks.forecast.announced import Forecast, _month_counts, announced
from cpts_geo.capacity.checks.forecast.kept import (
    FORECASTS,
    PAST,
    as_kept,
    as_kept_scores,
    carried,
    read_kept,
)
from cpts_geo.capacity.checks.forecast.scored import Score, score_sentences, scored
from cpts_geo.capacity.demand.periods import month_means
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import ForecastError

CASE = load_scenario("ouest_loiret")
ANSWER = headline(CASE, draws=2000)
DAY = date(2026, 11, 30)


def told(case: Any = ANSWER, *, day: date = DAY) -> Forecast:
    return announced(case, None, territory="ouest_loiret", day=day, version="1")


def band(middle: float = 100.0, *, half: float = 10.0, months: int = 12) -> Forecast:
    row = {"p10": middle - half, "p50": middle, "p90": middle + half}
    index = [f"2026-{month:02d}" for month in range(1, months + 1)]
    table = pd.DataFrame([row] * months, index=index)
    return Forecast("bg", date(2025, 11, 30), "1", "", "all", table, 0.5)


def test_every_month_announced_begins_after_the_run() -> None:
    months = told().months
    assert list(months.index) == ["2026-12", *(f"2027-{m:02d}" for m in range(1, 13))]
    assert (months["p10"] < months["p50"]).all() and (months["p50"] < months["p90"]).all()
    # 2027 whole: the requests of a year, whatever the month
    year = months.iloc[1:]["p50"].sum()
    assert year == pytest.approx(np.median(ANSWER.drawn.requests_per_year), rel=0.02)
    pd.testing.assert_frame_equal(told().months, months)
    other = told(day=date(2027, 12, 31)).months
    assert other.index[0] == "2028-01"


@pytest.mark.parametrize(
    ("day", "count"), [("1970-01-01", 0), ("1989-06-01", 12), ("2100-02-28", 10), ("2150-01-01", 0)]
)
def test_a_clock_that_is_wrong_announces_no_year_that_no_calendar_knows(
    day: str, count: int
) -> None:
    assert len(told(day=date.fromisoformat(day)).months) == count


def test_saturdays_that_open_are_announced_too() -> None:
    case = load_scenario("beauce_gatinais")
    opens = case.evolve(calendar={"saturday_morning": True}, slots_saturday=4)
    first, second = (headline(each, draws=2000) for each in (case, opens))
    months = (told(each).months.iloc[1:] for each in (first, second))
    plain, more = (float(each["p50"].sum()) for each in months)
    # 2027: 251 days or so, and 52 Saturdays but for the holidays, each .48 of a day.
    part = second.requests_per_year.p50 / first.requests_per_year.p50
    assert 1.08 < part < 1.11
    assert more / plain == pytest.approx(part, rel=0.02)


def test_slots_and_share_served_are_those_of_the_month() -> None:
    case = headline(load_scenario("beauce_gatinais"), draws=500)
    by_month = demand_by_month(case.scenario, case.drawn)
    found = announced(case, by_month, territory="bg", day=DAY, version="1").months
    for month, row in found.iterrows():
        mine = by_month.loc[int(str(month)[5:])]
        assert (row["share_served"], row["slots_needed"], row["slots_today"]) == (
            mine["served_today"], mine["slots_p50"], 8.0
        )  # fmt: skip


def test_only_the_months_studied_are_announced() -> None:
    case = headline(load_scenario("lvo_ete"), draws=500)
    assert {m[5:] for m in told(case).months.index} == {f"{m:02d}" for m in case.scenario.months}


def test_school_holidays_that_nobody_knows_yet_are_left_aside() -> None:
    school = CASE.evolve(calendar={"school_zone": "B", "school_holiday_factor": 0.9, "year": 2025})
    assert len(told(headline(school, draws=500), day=date(2060, 6, 1)).months) == 18


def test_counts_vary_as_days_do() -> None:
    irregular = CASE.evolve(dispersion=3.0)
    known = dataclasses.replace(
        ANSWER.drawn, residents=np.full(40_000, 1500.0), visitors=np.zeros(40_000)
    )
    means = month_means(irregular).loc[3]
    counts = _month_counts(irregular, known, means, rng=np.random.default_rng(1))
    assert counts.var() / counts.mean() == pytest.approx(3.0, rel=0.05)
    plain = _month_counts(CASE, known, means, rng=np.random.default_rng(1))
    assert plain.var() / plain.mean() == pytest.approx(1.0, rel=0.05)


def test_a_perfect_generator_lies_inside_four_times_out_of_five() -> None:
    """The oracle: years drawn from the model itself, each scored against what it announced."""
    forecast = told().months.iloc[1:]
    rng = np.random.default_rng(7)
    of_year = CASE.evolve(calendar={"year": 2027}, sources=CASE.sources)
    means = month_means(of_year)
    seen, biased = [], []
    for place in rng.integers(ANSWER.draws, size=400):
        one = dataclasses.replace(
            ANSWER.drawn,
            residents=ANSWER.drawn.residents[[place]],
            visitors=ANSWER.drawn.visitors[[place]],
        )
        counts = pd.Series({
            f"2027-{month:02d}": _month_counts(of_year, one, row, rng=rng)[0]
            for month, row in means.iterrows()
        })  # fmt: skip
        whole = dataclasses.replace(told(), months=forecast)
        seen.append(scored(whole, counts))
        biased.append(scored(whole, (1.5 * counts).round()))
    coverage = np.mean([each.coverage for each in seen])
    assert coverage == pytest.approx(0.8, abs=0.03)
    assert abs(np.mean([each.relative_bias for each in seen])) < 0.03
    assert np.mean([each.is_doubted for each in seen]) <= 0.08
    # One that is half as many again is found, by each measure.
    assert np.mean([each.coverage for each in biased]) < 0.3
    assert np.mean([each.relative_bias for each in biased]) == pytest.approx(0.5, abs=0.05)
    assert np.mean([each.is_doubted for each in biased]) > 0.5
    best, worse = (np.mean([each.interval_score for each in some]) for some in (seen, biased))
    assert worse > 1.5 * best


def test_masked_months_are_left_out_and_said() -> None:
    counts = pd.Series(100.0, band().months.index)
    counts.iloc[0], counts.iloc[1] = np.nan, 130.0
    found = scored(band(), counts)
    assert (found.months, found.inside, found.left_out) == (11, 10, 1)
    assert found.first == "2026-02"
    said = " ".join(score_sentences(found)).replace("\u00a0", " ")
    assert "10 mois sur 11 dans la fourchette annoncée le 30/11/2025" in said
    assert "1 mois annoncé n’est pas jugé" in said


def test_it_is_set_beside_last_years_months() -> None:
    before = pd.Series({"2025-01": 80.0, "2025-02": 120.0, "2024-03": 5.0})
    counts = pd.Series({"2026-01": 105.0, "2026-02": 105.0, "2026-03": 140.0})
    found = scored(band(), counts, before=before)
    assert (found.naive_months, found.naive_mae, found.mae_beside) == (2, 20.0, 5.0)
    assert "moins qu’en répétant le même mois de l’an dernier (20), sur 2" in " ".join(
        score_sentences(found)
    ).replace("\u00a0", " ")
    assert np.isnan(scored(band(), counts).naive_mae)


def test_interval_score_against_its_definition() -> None:
    counts = pd.Series({"2026-01": 85.0, "2026-02": 100.0, "2026-03": 113.0})
    # width 20, and 2 / 0.2 for each request beyond: 5 below, 3 above
    assert scored(band(), counts).interval_score == pytest.approx(20 + 10 * (5 + 0 + 3) / 3)


def test_years_that_miss_again_and_again_are_told() -> None:
    held, missed = (scored(band(), pd.Series(v, band().months.index)) for v in (100.0, 200.0))
    before, lost = (
        dataclasses.replace(each, first="2025-01", last="2025-12") for each in (held, missed)
    )
    assert not any("à revoir" in each for each in score_sentences(held, [before]))
    assert any("2 fois sur 2" in each for each in score_sentences(missed, [lost]))
    assert not any("Depuis" in each for each in score_sentences(held))


def test_a_period_judged_again_counts_once() -> None:
    held, missed = (scored(band(), pd.Series(v, band().months.index)) for v in (100.0, 200.0))
    # The same months again, with a registre that was completed since: alone, nothing else is said.
    assert score_sentences(held, [missed]) == score_sentences(held)
    before = dataclasses.replace(missed, first="2025-01", last="2025-12")
    said = " ".join(score_sentences(held, [before, missed, held])).replace("\u00a0", " ")
    assert "12 mois sur 24" in said and "en 2 périodes" in said


def test_an_old_forecast_is_refused_with_both_periods() -> None:
    with pytest.raises(ForecastError, match="trop ancienne") as caught:
        scored(band(), pd.Series({"2028-01": 50.0}))
    assert "2026-12" in str(caught.value) and "2028-01" in str(caught.value)
    with pytest.raises(ForecastError, match="secrets ou inconnus"):
        scored(band(), pd.Series({"2026-01": np.nan}))


def _manifest(folder: Path, **changes: Any) -> Path:
    path = folder / "manifest.json"
    kept = {"forecasts": {"ouest_loiret": as_kept(told()) | changes}}
    path.write_text(json.dumps(kept), "utf-8")
    return path


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    path = _manifest(tmp_path)
    score = scored(band(), pd.Series({"2026-01": 104.0}))
    whole = json.loads(path.read_text("utf-8"))
    whole["forecast_scores"] = {"ouest_loiret": as_kept_scores([score, score])}
    path.write_text(json.dumps(whole, allow_nan=False), "utf-8")
    kept = read_kept(path, territory="ouest_loiret", public="no_mt")
    pd.testing.assert_frame_equal(kept.forecast.months, told().months.round(4))
    assert (kept.forecast.made, kept.forecast.scenario) == (DAY, told().scenario)
    assert [each.inside for each in kept.scores] == [1]
    assert np.isnan(kept.scores[0].naive_mae)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "est vide"),
        ("{", "n’est pas un fichier JSON"),
        ("[" * 100_000, "n’est pas un fichier JSON"),
        ("[1]", "n’est pas un manifeste"),
        ('{"date": "2025-11-30"}', "ne contient aucune prévision"),
        ('{"forecasts": {"lvo": {}}}', "n’annonce rien du territoire « ouest_loiret »"),
        ('{"forecasts": {"ouest_loiret": 3}}', "abîmée"),
        ('{"forecasts": {"ouest_loiret": {}}}', "« made » : texte attendu"),
    ],
)
def test_a_manifest_that_says_nothing_is_refused(content: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ForecastError) as caught:
        read_kept(path, territory="ouest_loiret", public="no_mt")
    assert words in str(caught.value)


def test_every_defect_of_a_forecast_is_listed(tmp_path: Path) -> None:
    months = [
        {"month": "2027-01", "p10": 9.0, "p50": 8.0, "p90": 10.0},
        {"month": "2027-01", "p10": 1.0, "p50": 2.0, "p90": float("nan")},
        {"month": "janvier"},
        {"month": "2027-02", "p10": 10**400, "p50": 2.0, "p90": 3.0, "slots_today": "huit"},
    ]
    path = _manifest(tmp_path, made="hier", least_inside=7, months=months)
    with pytest.raises(ForecastError) as caught:
        read_kept(path, territory="ouest_loiret", public="no_mt")
    assert len(caught.value.defects) == 8


def test_a_forecast_of_another_public_is_no_forecast(tmp_path: Path) -> None:
    with pytest.raises(ForecastError, match="autre scénario"):
        read_kept(_manifest(tmp_path), territory="ouest_loiret", public="all")


def test_a_score_is_written_whole() -> None:
    names = {each.name for each in dataclasses.fields(Score)}
    (kept,) = as_kept_scores([scored(band(), pd.Series({"2026-01": 104.0}))])
    assert set(kept) == names and kept["naive_mae"] is None


# ---- what a manifest keeps when it is replaced


def made_on(day: str, first: str, *, months: int = 12, public: str = "all") -> Forecast:
    names = pd.period_range(first, periods=months, freq="M").astype(str)
    band = pd.DataFrame({"p10": 90.0, "p50": 100.0, "p90": 110.0}, index=names)
    return Forecast("bg", date.fromisoformat(day), "1", "", public, band, 0.5)


def test_a_forecast_that_is_replaced_is_still_judged(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    for day, first in (("2024-11-30", "2025-01"), ("2025-11-30", "2026-01")):
        path.write_text(json.dumps(carried(path, forecasts={"bg": as_kept(made_on(day, first))})))
    kept = read_kept(path, territory="bg", public="all")
    assert str(kept.forecast.made) == "2025-11-30" and len(kept.past) == 1
    assert str(kept.speaking_of(["2025-03", "2025-04"]).made) == "2024-11-30"
    assert str(kept.speaking_of(["2025-12", "2026-01", "2026-02"]).made) == "2025-11-30"
    # Of no month of either, the last one is refused with its own months.
    assert str(kept.speaking_of(["2030-01"]).made) == "2025-11-30"


def test_one_forecast_a_month_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    for day in ("2025-10-01", "2025-11-01", "2025-11-20", "2025-11-30"):
        path.write_text(
            json.dumps(carried(path, forecasts={"bg": as_kept(made_on(day, "2026-01"))}))
        )
    found = json.loads(path.read_text())
    assert [each["made"] for each in found[PAST]["bg"]] == ["2025-10-01"]
    assert found[FORECASTS]["bg"]["made"] == "2025-11-30"
    # Another territory in the same folder loses nothing either.
    again = carried(path, forecasts={"lvo": as_kept(made_on("2025-12-01", "2026-01"))})
    assert [each["made"] for each in again[PAST]["bg"]] == ["2025-10-01", "2025-11-30"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"past_forecasts": [1], "forecasts": {"bg": 3}}'])
def test_a_file_that_is_no_manifest_carries_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    found = carried(path, forecasts={})
    assert not any(found[FORECASTS].values()) and not any(found[PAST].values())


def test_a_past_forecast_that_is_broken_or_of_others_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    other = as_kept(made_on("2024-11-30", "2025-01", public="no_mt"))
    manifest = {
        FORECASTS: {"bg": as_kept(made_on("2025-11-30", "2026-01"))},
        PAST: {"bg": [other, {"made": 3}, "x"]},
    }
    path.write_text(json.dumps(manifest))
    assert read_kept(path, territory="bg", public="all").past == ()
