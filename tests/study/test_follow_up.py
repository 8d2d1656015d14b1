"""A registre followed month by month: what is counted, expected, shown, and refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cpts_geo.atlas.sections.follow_up._sentences import sentences
from cpts_geo.capacity.demand.periods import in_year
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.errors import AskedError, CptsGeoError
from cpts_geo.study.follow_up._expected import expected_months, shares_of_year
from cpts_geo.study.follow_up.follow_up import FollowUp, _followed, follow_up
from cpts_geo.study.follow_up.indicators import AT_LEAST, INDICATORS
from cpts_geo.study.follow_up.yearly import _whole_months
from tests.registres import INSIDE, registre, written

SCENARIO = load_scenario("beauce_gatinais")
COMMUNES = frozenset({INSIDE})


def followed(*logs: pd.DataFrame, scenario: Scenario = SCENARIO) -> FollowUp:
    return _followed(logs, scenario, key="beauce_gatinais", communes=COMMUNES)


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    return registre(2025, seed=1)


@pytest.fixture(scope="module")
def found(year: pd.DataFrame) -> FollowUp:
    return followed(year, registre(2024, seed=1))


# ---- what is counted, by another way


def test_indicators_are_those_of_the_rows(year: pd.DataFrame, found: FollowUp) -> None:
    months = year["time"].dt.strftime("%Y-%m")
    assert found.months["requests"].tolist() == months.value_counts().sort_index().tolist()
    march = year[months == "2025-03"]
    given = march[march["outcome"] == "appointment"]
    shown = found.months.loc["2025-03"]
    assert shown["appointments"] == len(given)
    answered = march["outcome"].isin(["appointment", "advice"]).mean()
    assert shown["response_rate"] == pytest.approx(answered)
    assert shown["delay_median"] == pytest.approx(np.median(given["delay"]))
    assert shown["delay_p90"] == pytest.approx(np.quantile(given["delay"], 0.9))
    assert shown["without_mt"] == pytest.approx((~march["own_doctor"]).mean())
    assert shown["outside"] == pytest.approx((march["commune"] != INSIDE).mean())
    assert shown["slots_offered"] == 8 * shown["opening_days"]
    assert shown["fill_rate"] == pytest.approx(len(given) / shown["slots_offered"])
    assert found.totals.at["honoured", "value"] == pytest.approx(
        year.loc[year["outcome"] == "appointment", "honoured"].mean()
    )


def test_who_cancelled_had_an_appointment_and_did_not_come(year: pd.DataFrame) -> None:
    log = year.copy()
    log.attrs = year.attrs
    lost = log["outcome"] == "no_slot"
    log.loc[lost, "outcome"] = "cancelled"
    found, before = followed(log).totals, followed(year).totals
    moved = int(lost.sum())
    assert found.at["appointments", "value"] == before.at["appointments", "value"] + moved
    assert found.at["honoured", "value"] < before.at["honoured", "value"]


def test_what_a_registre_does_not_say_is_unknown(year: pd.DataFrame) -> None:
    log = year.drop(columns=["delay", "honoured", "own_doctor"])
    log.attrs = year.attrs
    found = followed(log, scenario=SCENARIO.evolve(slots_today=None, minutes_per_slot_today=None))
    for name in ("delay_median", "delay_p90", "honoured", "without_mt", "fill_rate"):
        assert found.totals.at[name, "status"] == "unknown"
        assert found.months[name].isna().all() and (found.status[name] == "unknown").all()


@pytest.mark.parametrize(("size", "words"), [(18, "18 demandes"), (4, "moins de 11 demandes")])
def test_requests_of_closed_days_do_not_vanish_without_a_word(
    size: int, words: str, year: pd.DataFrame
) -> None:
    holiday = year.iloc[:size].assign(time=pd.Timestamp("2025-05-01 10:00"))
    log = pd.concat([year, holiday]).sort_values("time", ignore_index=True)
    log.attrs = year.attrs
    found, without = followed(log), followed(year)
    assert found.totals.at["requests", "value"] == without.totals.at["requests", "value"]
    told = f"(jours fériés, fins de semaine), non comptées : {words}. Si la ligne"
    assert told in found.limits[0].replace("\u202f", " ")
    assert not any("jours fériés" in each for each in without.limits)


# ---- what was expected


def test_the_band_is_the_demand_laid_on_the_days(found: FollowUp) -> None:
    year = expected_months(SCENARIO, SCENARIO.evolve(calendar={"year": 2025}).calendar.opening_days)
    assert year["p50"].tolist() == found.expected["p50"].tolist()
    # Half the days of a month make half its requests.
    days = SCENARIO.evolve(calendar={"year": 2025}).calendar.opening_days
    march = days[days.month == 3]
    half = expected_months(SCENARIO, march[::2])["p50"].iloc[0]
    assert half / year.loc["2025-03", "p50"] == pytest.approx(
        len(march[::2]) / len(march), abs=0.06
    )


def test_a_saturday_that_opens_is_counted_offered_and_expected(year: pd.DataFrame) -> None:
    case = SCENARIO.evolve(calendar={"saturday_morning": True}, slots_saturday=3)
    saturdays = in_year(case, 2025).calendar.saturdays
    march = saturdays[saturdays.month == 3]
    more = year.iloc[: 12 * len(saturdays)].assign(
        time=saturdays.repeat(12) + pd.Timedelta(hours=9), outcome="advice"
    )
    log = pd.concat([year, more]).astype({"outcome": year["outcome"].dtype})
    log = log.sort_values("time", ignore_index=True)
    log.attrs = year.attrs
    found, without = followed(log, scenario=case).months, followed(log).months
    assert len(march) == 5 and len(saturdays) > 45
    gained = (found - without).loc["2025-03"]
    assert gained["opening_days"] == 5 and gained["slots_offered"] == 3 * 5
    assert gained["requests"] == gained["advice"] == 12 * 5
    # A Saturday has its share of a mean day of its month, in the band as in the forecast.
    days = in_year(SCENARIO, 2025).calendar.opening_days
    alone = shares_of_year(SCENARIO, days[days.month == 3])
    told = shares_of_year(case, march)
    assert told.tolist() == pytest.approx([case.saturday_factor * alone.mean()] * 5)


def test_the_band_holds_the_chance_of_a_count() -> None:
    # Where the demand is known, what is left is the chance of a count: 1.28 roots of phi a mean.
    days = SCENARIO.calendar.opening_days
    widths = []
    for dispersion in (1.0, 4.0):
        case = SCENARIO.evolve(dispersion=dispersion, calls_observed=58_000, calls_years=10.0,
                               need_share=(0.45, 0.45, 0.45))  # fmt: skip
        band = expected_months(case, days)
        widths.append(((band["p90"] - band["p10"]) / (2 * 1.2816 * band["p50"] ** 0.5)).mean())
    assert widths[0] == pytest.approx(1.0, abs=0.12) and widths[1] == pytest.approx(2.0, abs=0.2)


def test_a_month_is_inside_its_band_or_not(found: FollowUp) -> None:
    for month, band in found.expected.iterrows():
        value = found.months.at[month, "slot_requests"]
        assert band["inside"] == (band["p10"] <= value <= band["p90"])


def test_appointments_alone_are_not_held_against_requests(year: pd.DataFrame) -> None:
    log = year[year["outcome"] == "appointment"]
    log.attrs = year.attrs | {"lower_bound": True}
    found = followed(log)
    assert found.expected["inside"].isna().all()
    assert any("que des rendez-vous" in note for note in found.limits)


# ---- secrecy


def small(seed: int) -> FollowUp:
    """A follow-up of a line so small that most of its counts are."""
    rng = np.random.default_rng(seed)
    means = rng.choice([0.4, 1.0, 2.0, 4.0])
    came = rng.choice([0.5, 0.9, 1.0])
    return followed(registre(2025, seed=seed, mean=means, phi=1.2, came=came))


def exact_of(log: pd.DataFrame) -> pd.DataFrame:
    """Exact counts of a registre by month, whose every number of 1 to 10 is a secret."""
    months = log["time"].dt.strftime("%Y-%m")
    given = log["outcome"] == "appointment"
    counts = {
        "requests": months.value_counts(),
        "appointments": months[given].value_counts(),
        "advice": months[log["outcome"] == "advice"].value_counts(),
        "no_slot": months[log["outcome"] == "no_slot"].value_counts(),
        "redirected": months[log["outcome"] == "redirected"].value_counts(),
        "other_outcomes": months[log["outcome"] == "other"].value_counts(),
    }
    table = pd.DataFrame(counts).fillna(0).sort_index()
    return pd.concat([table, table.sum().to_frame("total").T])


@pytest.mark.parametrize("seed", range(12))
def test_no_count_of_few_leaves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, came = rng.choice([0.4, 1.0, 2.0, 4.0]), rng.choice([0.5, 0.9, 1.0])
    log = registre(2025, seed=seed, mean=mean, phi=1.2, came=came)
    found, exact = followed(log), exact_of(log)
    shown = pd.concat([found.months, found.totals["value"].to_frame("total").T])
    few = (exact > 0) & (exact < 11)
    assert shown[exact.columns].where(few).isna().all(axis=None)
    # What two figures of a month, or of the year, tell by subtraction or by multiplication.
    told = {
        "answered": shown["response_rate"] * shown["requests"],
        "unanswered": shown["requests"] * (1 - shown["response_rate"]),
        "of a slot": shown["slot_requests"],
        "not of a slot": shown["requests"] - shown["slot_requests"],
        "filled": shown["fill_rate"] * shown["slots_offered"],
        "came": shown["honoured"] * shown["appointments"],
        "did not come": shown["appointments"] * (1 - shown["honoured"]),
        "no doctor": shown["without_mt"] * shown["requests"],
        "a doctor": shown["requests"] * (1 - shown["without_mt"]),
        "from outside": shown["outside"] * shown["requests"],
        "from inside": shown["requests"] * (1 - shown["outside"]),
    }
    for what, values in told.items():
        known = values.dropna().round(6)
        assert ((known == 0) | (known > 10.5)).all(), (what, known)
    # A year less the months that are shown.
    for name in exact:
        if np.isnan(shown.at["total", name]):
            continue
        hidden = shown[name].iloc[:-1].isna()
        left = shown.at["total", name] - shown[name].iloc[:-1].sum()
        assert left == 0 or (hidden.sum() > 1 and left > 10.5), (name, left)


@pytest.mark.parametrize("seed", range(3))
def test_a_small_line_keeps_its_requests_of_a_slot(seed: int) -> None:
    log = registre(2025, seed=seed, mean=4.0)
    found, exact = followed(log), exact_of(log)
    asked = (exact["appointments"] + exact["no_slot"]).iloc[:-1]
    shown = found.months["slot_requests"]
    assert shown.notna().sum() >= 8 and (shown.dropna() == asked[shown.notna()]).all()
    # A month that gives its requests of a slot, and few without one, gives no appointments.
    few = shown.notna() & (exact["no_slot"].iloc[:-1] < 11)
    assert found.months["appointments"][few].isna().all()


def test_a_delay_needs_eleven_appointments_that_are_shown() -> None:
    found = small(3)
    asked = found.months["delay_median"].notna()
    assert (found.months.loc[asked, "appointments"] >= 11).all()
    few = registre(2025, seed=5, mean=14.0)
    few.loc[few["time"].dt.month == 4, "delay"] = np.nan
    tens = few[(few["time"].dt.month == 4) & (few["outcome"] == "appointment")].index[:10]
    few.loc[tens, "delay"] = 5.0
    told = followed(few).months.loc["2025-04"]
    assert told["appointments"] > 100 and np.isnan(told["delay_median"])


def test_masks_are_told_from_what_is_unknown() -> None:
    found = small(0)
    assert "masked" in set(found.status.to_numpy().ravel())
    masked = found.status == "masked"
    assert found.months.where(masked).isna().all(axis=None)


def test_nothing_of_a_change_is_told_of_what_is_masked() -> None:
    logs = [registre(y, seed=4, mean=0.6, phi=1.2) for y in (2025, 2024)]
    totals = followed(*logs).totals
    hidden = totals["value"].isna() | totals["previous"].isna()
    counts = [name for name, each in INDICATORS.items() if each.kind == "count"]
    assert totals.loc[counts][hidden[counts]]["p"].isna().all()


# ---- what is refused


@pytest.fixture
def kept(tmp_path: Path, year: pd.DataFrame) -> Path:
    path = tmp_path / "registre.csv"
    written(year[year["time"].dt.month < 7], path)
    return path


def test_a_file_is_followed_as_its_rows_are(kept: Path, year: pd.DataFrame) -> None:
    found = follow_up(kept, SCENARIO)
    log = year[year["time"].dt.month < 7]
    log.attrs = year.attrs
    counts = [name for name, each in INDICATORS.items() if each.kind in ("count", "hours")]
    assert found.months[counts].equals(followed(log).months[counts])
    assert found.territory == "beauce_gatinais" and found.before.empty


def span(year: pd.DataFrame, months: range, path: Path) -> Path:
    written(year[year["time"].dt.month.isin(months)], path)
    return path


@pytest.mark.parametrize(
    ("months", "source", "words"),
    [
        (range(1, 7), 2025, "de la même période"),
        (range(3, 9), 2025, "se recouvrent"),
        (range(7, 12), 2025, "vient après"),
        (range(8, 12), 2024, "aucun mois en commun"),
    ],
)
def test_two_registres_that_do_not_follow_are_refused(
    months: range, source: int, words: str, kept: Path, year: pd.DataFrame, tmp_path: Path
) -> None:
    log = year if source == 2025 else registre(2024, seed=1)
    with pytest.raises(AskedError, match=words) as refused:
        follow_up(kept, SCENARIO, previous=span(log, months, tmp_path / "avant.csv"))
    assert refused.value.remedy and len(refused.value.defects) == 2


def test_a_scenario_of_another_territory_is_refused(kept: Path) -> None:
    with pytest.raises(AskedError, match="suivi ainsi") as refused:
        follow_up(kept, SCENARIO, territory="lvo")
    assert "beauce_gatinais" in refused.value.defects[0]
    with pytest.raises(AskedError, match="périmètre connu"):
        follow_up(kept, SCENARIO, territory="nulle_part")


def test_a_registre_of_elsewhere_is_doubted(tmp_path: Path, year: pd.DataFrame) -> None:
    path = tmp_path / "registre.csv"
    written(year.assign(commune="Marseille"), path)
    assert any("bien le sien" in note for note in follow_up(path, SCENARIO).limits)


@pytest.mark.parametrize("text", ["", "date;issue\n", "date;issue\n04/03/2024;RDV\n"])
def test_an_empty_registre_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "registre.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CptsGeoError):
        follow_up(path, SCENARIO)


# ---- what counts leave unknown


def counts_file(path: Path, columns: dict[str, int]) -> Path:
    """A registre of a row a day, with these numbers."""
    days = SCENARIO.evolve(calendar={"year": 2025}).calendar.opening_days
    table = pd.DataFrame(columns, index=days.strftime("%d/%m/%Y").rename("date"))
    table.to_csv(path, sep=";")
    return path


@pytest.mark.parametrize(
    ("columns", "unknown"),
    [
        (
            {"appels": 20, "consultations": 8},
            {"advice", "no_slot", "redirected", "slot_requests", "response_rate"},
        ),
        ({"appels": 20, "consultations": 8, "conseils": 3}, {"no_slot", "redirected"}),
        ({"appels": 20}, {"appointments", "fill_rate", "response_rate", "slot_requests"}),
        (
            {"appels": 20, "consultations": 8, "sans créneau": 4, "réorientations": 2},
            {"advice", "response_rate"},
        ),
    ],
)
def test_what_no_column_counts_is_unknown_and_not_0(
    columns: dict[str, int], unknown: set[str], tmp_path: Path
) -> None:
    now = counts_file(tmp_path / "comptes.csv", columns)
    found = follow_up(now, SCENARIO)
    for name in unknown:
        assert found.totals.at[name, "status"] == "unknown", name
        assert found.months[name].isna().all() and np.isnan(found.totals.at[name, "value"])
    if "conseils" in columns:
        # Its calls without an outcome are neither: they are counted apart.
        assert found.blank == ("", "")
        assert found.totals.at["response_rate", "value"] == pytest.approx(11 / 20)
    if "sans créneau" in columns:
        assert found.totals.at["slot_requests", "status"] == "measured"
    assert found.totals.at["other_outcomes", "status"] == "measured"


def test_a_list_of_appointments_tells_no_response_rate(tmp_path: Path, year: pd.DataFrame) -> None:
    path = tmp_path / "rendez_vous.csv"
    written(year[year["outcome"] == "appointment"], path)
    pd.read_csv(path, sep=";").drop(columns="issue").to_csv(path, sep=";", index=False)
    found = follow_up(path, SCENARIO)
    for name in ("response_rate", "advice", "no_slot", "redirected", "other_outcomes"):
        assert found.totals.at[name, "status"] == "unknown", name
    assert found.totals.at["appointments", "status"] == "measured"


def test_nothing_has_changed_from_what_nobody_made(year: pd.DataFrame) -> None:
    before = registre(2024, seed=1).iloc[::2]
    before.attrs = year.attrs | {"invented": True}
    found = followed(year, before)
    assert found.totals["previous"].notna().any()
    assert found.totals["change"].isna().all() and found.totals["significant"].isna().all()
    assert found.apart.empty
    told = " ".join(sentences(found))
    assert "rien n’est dit de ce qui aurait changé" in told and "Trop peu de mois" not in told
    both = year.copy()
    both.attrs = year.attrs | {"invented": True}
    assert followed(both, before).totals["change"].notna().any()


def blanked(log: pd.DataFrame, share: float) -> pd.DataFrame:
    """The same registre, of whose requests every so many says no outcome."""
    lost = np.random.default_rng(0).random(len(log)) < share
    found = log.assign(outcome=log["outcome"].astype(str).mask(lost, "unknown"))
    found.attrs = log.attrs
    return found


def test_what_is_left_of_blank_outcomes_is_a_lower_bound(year: pd.DataFrame) -> None:
    log, before = blanked(year, 0.3), registre(2024, seed=1)
    found, whole = followed(log, before), followed(year, before)
    part = (log["outcome"] == "unknown").mean()
    assert found.blank == (f"{100 * part:.0f}\u202f% des demandes sans issue connue", "")
    assert {str(name) for name in found.totals.index[found.totals["status"] == "estimated"]} == {
        *AT_LEAST
    }
    assert {*found.status["response_rate"]} == {"estimated", "masked"}
    assert found.totals.at["requests", "status"] == "measured"
    for name in AT_LEAST:
        # The true value is above, and what is left of it is no change.
        assert found.totals.at[name, "value"] < whole.totals.at[name, "value"]
        assert found.totals.at[name, "significant"] is None
    assert found.totals.at["requests", "significant"] is False
    assert not {*found.apart["indicator"]} & AT_LEAST
    assert "minimum" in found.limits[0] and found.blank[0] in found.limits[0]
    # The period before is told too; a few blanks make nothing of it.
    other = followed(year, blanked(before, 0.3))
    assert other.blank[0] == "" and other.totals.at["response_rate", "status"] == "measured"
    assert other.totals.at["response_rate", "previous_status"] == "estimated"
    assert other.totals.at["response_rate", "significant"] is None
    few = followed(blanked(year, 0.03), before)
    assert few.blank == ("", "") and few.totals.at["response_rate", "status"] == "measured"
    # Of an invented registre nothing is measured, nor estimated.
    log.attrs = log.attrs | {"invented": True}
    assert followed(log).totals.at["response_rate", "status"] == "assumed"


def test_blank_outcomes_of_few_are_not_counted(year: pd.DataFrame) -> None:
    log = year.iloc[:100].astype({"outcome": str})
    log["outcome"] = log["outcome"].mask(log["outcome"] == "other", "advice")
    log.loc[log.index[:8], "outcome"] = "unknown"
    log.attrs = year.attrs
    assert followed(log).blank[0] == "plus d’une demande sur vingt sans issue connue"
    # Nor what is left of the other outcomes once they are taken away.
    log.loc[log.index[:40], "outcome"] = "unknown"
    assert "40" in followed(log).blank[0]
    log.loc[log.index[-4:], "outcome"] = "other"
    assert followed(log).blank[0].startswith("plus d’une demande")


def test_nothing_has_changed_of_what_is_unknown(tmp_path: Path, year: pd.DataFrame) -> None:
    now, before = tmp_path / "comptes.csv", tmp_path / "avant.csv"
    counts_file(now, {"appels": 20, "consultations": 8})
    written(registre(2024, seed=1), before)
    totals = follow_up(now, SCENARIO, previous=before).totals
    for name in ("advice", "response_rate", "slot_requests"):
        assert np.isnan(totals.at[name, "change"]) and totals.at[name, "significant"] is None


@pytest.mark.parametrize(
    ("first", "last", "holes", "months"),
    [
        (date(2025, 1, 2), date(2025, 12, 31), (), 12),
        (date(2025, 1, 6), date(2025, 3, 31), (), 3),
        (date(2025, 3, 3), date(2025, 3, 4), (), 0),
        (date(2025, 7, 1), date(2026, 6, 30), (), 12),
        (date(2025, 1, 2), date(2025, 12, 31), ("2025-04", "2025-05"), 10),
    ],
)
def test_whole_months_of_a_period_are_counted(
    first: date, last: date, holes: tuple[str, ...], months: int
) -> None:
    names = pd.period_range(first, last, freq="M").astype(str)
    table = pd.DataFrame(index=[name for name in names if name not in holes])
    assert _whole_months((first, last), table) == months
