"""The capacity section of a page: words, tables, drawings and files of each case.

The snapshots hold every sentence; a narrow no-break space is written ``⍽`` in them.
"""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from syrupy.assertion import SnapshotAssertion

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.charts.dots import dots_svg
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import estimate, short_answer, shown_floor, span
from cpts_geo.atlas.sections import capacity
from cpts_geo.atlas.sections.capacity import capacity_sections, needed
from cpts_geo.atlas.sections.capacity._causes import (
    _INPUTS,
    _drivers_sentence,
    _hours_decimals,
    _swings,
)
from cpts_geo.atlas.sections.capacity._future import _past_sentences
from cpts_geo.atlas.sections.capacity._future import section as future_section
from cpts_geo.atlas.sections.capacity._ladder import (
    _ladder_svg,
    _lines_sentence,
    _Rung,
    _rungs,
    _sentences,
)
from cpts_geo.atlas.sections.capacity._months import _months_sentences, _months_svg
from cpts_geo.atlas.sections.capacity._telephone import _phone_rows, _phone_sentence
from cpts_geo.atlas.sections.capacity._week import _week_sentence
from cpts_geo.atlas.sections.capacity.needed import _draw_error
from cpts_geo.atlas.sections.comparison._assumed import _bases
from cpts_geo.atlas.sections.resources import section as resources_section
from cpts_geo.atlas.sections.territory.answer import _planned, answer
from cpts_geo.capacity.answer.headline import (
    DISPERSION_VARIANT,
    SAME_DAY_WORDS,
    Headline,
    headline,
)
from cpts_geo.capacity.checks.backtest import Surprise
from cpts_geo.capacity.comparing.compare import compare_scenarios
from cpts_geo.capacity.need.interval import CHANCES, Interval
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    scenario_from_population,
)
from cpts_geo.capacity.workforce.phone import agents_by_hour
from cpts_geo.french import NNBSP, number, typeset, whole_percent
from cpts_geo.schema import Status
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.study._trial import trial
from cpts_geo.study.capacity import TerritoryCapacity, study_capacity
from cpts_geo.writing import report
from cpts_geo.writing._csv_tables import tables
from tests.atlas.said import TERRITORIES, plain, unfolded
from tests.kept import kept_file, made_by, reported

Case = tuple[Headline, TerritoryCapacity, pd.DataFrame]
Open = Callable[..., Any]


def studied(key: str, **changes: Any) -> Case:
    """A shipped case, or a variant of it, with its published facts."""
    scenario = load_scenario(key).evolve(**changes)
    facts = embedded.load_facts().query("territory == @key")
    values = dict(zip(facts["fact"], facts["value"].astype(float), strict=True))
    result = headline(scenario, draws=2000)
    return result, study_capacity(result, facts=values), facts


@pytest.fixture(scope="module")
def peaked() -> tuple[TerritoryCapacity, dict[str, Any]]:
    """Beauce-Gâtinais with the peaked profile: what is computed of it, what its sheet says."""
    scenario = load_scenario("beauce_gatinais").with_profile("pointe_forte")
    result = headline(scenario, draws=2000)
    capacity = study_capacity(result, facts={})
    return capacity, capacity_sections(result, capacity, facts=embedded.load_facts())


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    return kept_file(made_by(__file__), lambda: {key: studied(key) for key in TERRITORIES})


@pytest.fixture(scope="module")
def sections(cases: dict[str, Case]) -> dict[str, dict[str, Any]]:
    return {
        key: capacity_sections(result, capacity, facts=facts)
        for key, (result, capacity, facts) in cases.items()
    }


def sentences_of(section: dict[str, Any]) -> list[str]:
    """Every sentence of the sections of capacity."""
    needed = section["needed"]
    said = [needed["how"], needed["sampling"], *(" | ".join(row) for row in needed["rows"])]
    for name in ("months", "week", "causes", "telephone", "future"):
        part = section[name] or {}
        said += [*part.get("sentences", ()), part.get("sentence", ""), part.get("note", "")]
        said += part.get("past", [])
    return [text for text in said if text]


def test_every_input_of_an_answer_says_its_source_and_how_to_know_it_better() -> None:
    cases = [*load_scenarios().values()]
    cases += [case.admitting("no_mt").evolve(calls_years=None) for case in cases]
    drawn = [headline(case, draws=100).drawn for case in cases]
    assert {label for each in drawn for label in each.causes} == set(_INPUTS)


@pytest.mark.parametrize("dispersion", [1.0, DISPERSION_VARIANT])
@pytest.mark.parametrize("days", [0, 1])
def test_stricter_rules_are_shown_where_they_are_stricter(dispersion: float, days: int) -> None:
    case = load_scenario("ondaine_forez").evolve(dispersion=dispersion, deadline_days=days)
    labels = [row.label for row in needed.section(headline(case, draws=100))["rows"]]
    assert ("Si les jours sont plus irréguliers" in labels) is (dispersion < DISPERSION_VARIANT)
    assert (SAME_DAY_WORDS in labels) is (days > 0)


@pytest.mark.parametrize("key", TERRITORIES)
def test_sentences_of_a_territory(
    sections: dict[str, dict[str, Any]], key: str, snapshot: SnapshotAssertion
) -> None:
    assert "\n".join(sentences_of(sections[key])).replace(NNBSP, "⍽") == snapshot


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("ouest_loiret", set()),
        ("beauce_gatinais", {"telephone", "future"}),
        ("lvo", set()),
        ("asclepios", set()),
        ("ondaine_forez", set()),
    ],
)
def test_a_page_shows_what_its_territory_knows(
    sections: dict[str, dict[str, Any]], key: str, shown: set[str]
) -> None:
    always = {"needed", "months", "causes", "week", "levers"}
    assert {part for part in sections[key] if sections[key][part]} == always | shown
    assert sections[key]["months"]["rows"]


@pytest.mark.parametrize(("apl", "few"), [(9.0, False), (5.77, True)])
def test_a_place_where_hardly_anyone_asks_has_nothing_to_gather(apl: float, few: bool) -> None:
    scenario = load_scenario("asclepios")
    assert scenario.area is not None
    area = scenario.area.model_copy(update={"apl": apl})
    result, found, facts = studied("asclepios", area=area)
    assert result.slots_per_day.p50 == 0 and (result.slots_per_day.p90 > 0) is few
    part = capacity_sections(result, found, facts=facts)
    assert bool(part["months"]["rows"]) is few
    staffed = resources_section(result, found)
    assert staffed["finding"].endswith("aucun créneau par jour, et donc rien à réunir")
    assert staffed["sentences"] == [] and bool(staffed["rows"]) is few
    if not few:
        assert plain(part["needed"]["caption"]).endswith("ne demandent aucun créneau par jour.")
        assert short_answer(result) == "aucun créneau, d’après l’APL"
        assert plain(answer(result)) == (
            f"Pour tous les habitants, ordre de grandeur : {short_answer(result)} ({CHANCES})."
        )
    assert bool(part["causes"]) is few
    # A median of nothing has no companions, and no error of drawing where nothing is drawn.
    rows = {row.label: row.meaning for row in part["needed"]["rows"]}
    assert {SAME_DAY_WORDS, "Heures passées en consultation"} & set(rows) == set()
    assert "un calcul, et non un compte" in rows["Demandes par an"]
    assert ("erreur de tirage" in part["needed"]["analyst"]) is few


# Two uncertainties


@pytest.mark.parametrize("key", TERRITORIES)
def test_sampling_is_one_sentence_where_something_was_counted(
    cases: dict[str, Case], sections: dict[str, dict[str, Any]], key: str
) -> None:
    result = cases[key][0]
    few, whole = result.sampling_slots, result.slots_per_day
    text = plain(sections[key]["needed"]["sampling"])
    assert bool(text) == (few is not None) == (key in ("ouest_loiret", "beauce_gatinais"))
    if few is not None:
        assert whole.p10 <= few.p10 <= few.p90 <= whole.p90
        assert text.startswith(
            f"Si seul le comptage était incertain, ce serait {span(few.p10, few.p90)}"
        )
        assert text.count(".") == 1


@pytest.mark.parametrize("median", [14, None])
def test_the_dots_say_what_one_is_and_never_restate_the_interval(median: int | None) -> None:
    dots = [9, *[14] * 18, 19]
    svg = dots_svg(
        dots, interval=(10, 19), median=median, today=None, floor=None, assumed=False, title="t"
    )
    assert "10 à 19 ; un point : une situation sur 20" in svg
    assert "sur 10" not in svg
    assert svg.count("<rect") == 2 + 2  # the bar and its key, after the two hatches
    assert ("médiane 14" in svg) is (median is not None)


@pytest.mark.parametrize("highest", [12, 40, 115, 600])
def test_numbers_under_the_dots_stand_apart(highest: int) -> None:
    dots = np.linspace(2, highest, 20).round().astype(int).tolist()
    bounds = (dots[2], dots[17])
    svg = dots_svg(
        dots, interval=bounds, median=None, today=None, floor=None, assumed=True, title="t"
    )
    places = [
        float(x) for x in re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle"', svg)
    ]
    assert len(places) >= 5
    assert min(np.diff(places)) >= 20
    assert all(float(radius) >= 2.7 for radius in re.findall(r' r="([\d.]+)"', svg))


def test_the_draw_error_is_never_understated(cases: dict[str, Case]) -> None:
    result = replace(cases["lvo"][0], draw_error=0.00712)
    assert plain(_draw_error(result)) == ", erreur de tirage : 0,8 % au plus"


# The ladder of the need


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_ladder_goes_from_the_need_to_the_slots_of_the_page(five: Analysis, key: str) -> None:
    study = five.studies[key]
    result, table = study.headline, study.need_ladder
    assert result is not None
    assert table is not None
    section = capacity.need_sections(study)["ladder"]
    rungs = _rungs(table / 251, result)
    assert len(rungs) == 6
    assert (rungs[0].found.p50, rungs[2].found.p50) == pytest.approx(
        (table.loc["need", "p50"] / 251, table.loc["gap", "p50"] / 251)
    )
    assert (rungs[-2].found, rungs[-1].found) == (result.requests_per_day, result.slots_per_day)
    for rung in rungs:
        assert f">{span(rung.found.p10, rung.found.p90)}</text>" in section["chart"]
    text = plain(" ".join(section["sentences"]))
    assert "ordre de grandeur (à 40 % près, au mieux) et jamais un objectif" in text
    assert "n’est pas connu" in text
    assert "ne s’y ajoutent pas" in text
    # What a device takes of the gap is said of one that is open to all.
    taken = "en reçoit" in text or "en recevrait" in text
    assert taken == (key != "ouest_loiret")
    assert ("personnes sans médecin traitant" in text) == (key == "ouest_loiret")


@pytest.mark.parametrize(
    ("gap", "apart"), [((30.0, 79.0, 120.0), False), ((0.0, 0.0, 162.0), True),
                       ((0.0, 0.0, 0.0), True), ((0.0, 13.9, 40.0), True),
                       ((0.0, 14.0, 40.0), False)]
)  # fmt: skip
def test_no_part_of_the_ladder_is_larger_than_its_whole(
    gap: tuple[float, ...], apart: bool
) -> None:
    found = {
        "need": (200.0, 300.0, 400.0),
        "met": (150.0, 240.0, 390.0),
        "gap": gap,
        "emergency": (12.0, 14.0, 16.0),
        "organised": (2.0, 5.0, 9.0),
    }
    daily = pd.DataFrame.from_dict(found, orient="index", columns=["p10", "p50", "p90"])
    rungs = _rungs(daily, None)
    whole, visits = rungs[2:4]
    assert visits.found == Interval(12.0, 14.0, 16.0)
    assert visits.inside is visits.label.startswith("dont") is not apart
    if visits.inside:
        assert visits.found.p50 <= whole.found.p50
    said = plain(" ".join(_sentences(rungs, None, share=None)))
    assert ("ne s’y ajoutent pas" in said) is not apart
    unseen = "12 à 16 passages par jour aux urgences relèvent pourtant de la ville"
    assert (unseen in said) is apart
    assert ("l’APL ne voit pas cette part du besoin" in said) is apart
    for rung, other in itertools.pairwise(rungs[1:]):
        if other.label.startswith("dont"):
            assert rung.found.p50 >= other.found.p50


def test_the_bars_of_the_ladder_are_to_scale() -> None:
    rungs = [
        _Rung("a < b", Interval(50.0, 100.0, 200.0)),
        _Rung("c", Interval(0.0, 0.0, 0.0), inside=True),
        _Rung("d", Interval(20, 25, 50), bold=True),
    ]
    svg = _ladder_svg(rungs, title="t")
    assert "a &lt; b" in svg
    bars = [float(x) for x in re.findall(r'<rect x="4" [^>]*width="([\d.]+)" height="13"', svg)]
    assert bars[0] == pytest.approx(4 * bars[2], abs=0.2)
    assert bars[1] == 0.5
    ends = [float(x) for x in re.findall(r"H([\d.]+)M", svg)]
    assert ends[0] - 4 == pytest.approx(2 * bars[0], abs=0.2)


def test_the_known_lines_are_judged_in_one_sentence(five: Analysis) -> None:
    checked = five.studies["lvo"].common.lines_checked
    text = plain(_lines_sentence(checked, None))
    assert f"{len(checked)} lignes connues" in text
    assert f"demandes de {checked['inside'].sum()} d’entre elles" in text
    assert CHANCES in text
    assert "surprennent" not in text
    few = Interval(1.0, 2.0, 3.0)
    usual = plain(_lines_sentence(checked, Surprise(few, few, 0.314)))
    assert (
        "n’ont rien de surprenant : les autres lignes prédisent moins dans 31 % des situations"
        in usual
    )
    odd = plain(_lines_sentence(checked, Surprise(few, Interval(4.0, 5.0, 6.0), 0.02)))
    assert "surprennent : les autres lignes prédisent moins dans 2 % des situations" in odd
    none = checked.assign(inside=False)
    assert "demandes de 0 d’entre elles" in plain(_lines_sentence(none, None))


def test_what_a_device_takes_of_the_gap_is_that_of_its_draws(cases: dict[str, Case]) -> None:
    result, found, _ = cases["asclepios"]
    need = result.drawn.need
    assert need is not None
    assert found.gap_share is not None
    seen = need.gap > 0
    assert found.gap_share.p50 == pytest.approx(
        np.median(need.organised[seen] / need.gap[seen]), rel=1e-9
    )
    assert cases["ouest_loiret"][1].gap_share is None


# Months and days


def test_the_summer_of_challans(cases: dict[str, Case], sections: dict[str, Any]) -> None:
    result, found, _ = cases["lvo"]
    table = found.by_month
    assert table is not None
    first, second, third = (plain(text) for text in sections["lvo"]["months"]["sentences"])
    busiest = table.loc[table["requests_p50"].idxmax()]
    bounds = span(busiest["slots_p10"], busiest["slots_p90"])
    assert re.match(rf"(Juillet|Août) demande le plus : {bounds} créneaux", first)
    assert f"contre {estimate(result, result.slots_per_day)} pour un jour moyen" in first
    assert second.startswith("En juillet et août, il faudrait 2,")
    assert plain(whole_percent(busiest["served_today"])) in third


@pytest.mark.parametrize("key", ["ouest_loiret", "asclepios", "ondaine_forez"])
def test_slots_unknown_today_draw_no_line_and_serve_no_share(
    sections: dict[str, Any], key: str
) -> None:
    months = sections[key]["months"]
    assert "aujourd’hui" not in months["chart"]
    assert ("stroke-dasharray" in months["chart"]) is (key == "ouest_loiret")
    assert [row.label for row in months["rows"]][-1] == "Créneaux par jour"
    assert "ne sont pas publiés" in months["note"]
    assert not any("serviraient" in text for text in months["sentences"])


def test_a_year_without_seasons_has_one_median() -> None:
    even = {
        "month_factors": (1.0,) * 12,
        "weekday_factors": (1.0,) * 5,
        "after_holiday_factor": 1.0,
        "bridge_factor": None,
    }
    result, capacity, _ = studied("beauce_gatinais", calendar=even)
    assert capacity.by_month is not None
    said = _months_sentences(result, capacity.by_month)
    assert said[0].startswith("Le nombre est le même toute l’année : 16 (11 à 20) par jour")


@pytest.mark.parametrize(("times", "apl"), [(10.0, 5.77), (1.0, 5.77), (1.0, 3.9)])
def test_a_number_is_the_same_all_year_where_each_month_shows_it(times: float, apl: float) -> None:
    """Twelve intervals that differ are not one number, though all have one median."""
    area = load_scenario("asclepios").area
    assert area is not None
    many = area.model_copy(update={"apl": apl}).scaled(times)
    result, found, _ = studied("asclepios", area=many, population=None)
    table = found.by_month
    assert table is not None
    shown = {span(low, high) for low, high in table[["slots_p10", "slots_p90"]].to_numpy()}
    text = plain(" ".join(_months_sentences(result, table)))
    assert ("le même toute l’année" in text) is (len(shown) == 1)
    calmest = table.sort_values(["requests_p50", "requests_p90"]).iloc[0]
    fewest = span(calmest["slots_p10"], calmest["slots_p90"])
    least = fewest != estimate(result, result.slots_per_day)
    assert (f"le moins : {fewest}" in text) is (least and len(shown) > 1)


def test_the_measured_profile_is_told_with_its_variant(
    cases: dict[str, Case],
    sections: dict[str, Any],
    peaked: tuple[TerritoryCapacity, dict[str, Any]],
) -> None:
    capacity = cases["beauce_gatinais"][1]
    months, week = (sections["beauce_gatinais"][name] for name in ("months", "week"))
    assert not months["assumed"]
    assert (week["mark"], week["status"]) == ("◐", "estimé")
    note = plain(months["note"])
    assert "Santé publique France (SurSaUD, republié), actes SOS Médecins" in note
    assert "un lundi plus chargé (C)" in note
    assert "Un pont compte 1,23 fois un jour ordinaire (1,20 à 1,26" in note
    assert "4 jours mesurés" in note
    # the variant is that of the other profile, computed
    variant, _ = peaked
    assert capacity.peaked is not None
    assert variant.by_month is not None
    pd.testing.assert_frame_equal(capacity.peaked.by_month, variant.by_month)
    assert capacity.peaked.week == variant.week
    worst = variant.by_month["slots_p50"].max()
    assert f"décembre demanderait le plus, {number(worst)} (" in note
    assert "Variante « pointe forte » (lundi 1,30 ; D)" in plain(week["note"])


def test_an_assumed_profile_is_told_so_and_has_no_variant(
    peaked: tuple[TerritoryCapacity, dict[str, Any]],
) -> None:
    capacity, sections = peaked
    assert capacity.peaked is None
    assert capacity.around_holidays is None
    assert sections["months"]["assumed"]
    assert sections["week"]["status"] == "hypothèse"
    for name in ("months", "week"):
        assert "Variante" not in sections[name]["note"]
        assert "pont" not in sections[name]["note"]


def test_a_month_without_opening_day_has_no_column() -> None:
    august = ((date(2025, 8, 1), date(2025, 8, 31)),)
    result, capacity, facts = studied("lvo", calendar={"closed": august})
    months = capacity_sections(result, capacity, facts=facts)["months"]
    assert "août" not in months["headers"]
    assert len(months["rows"][0].cells) == len(months["headers"]) == 11
    assert months["sentences"][0].startswith("Juillet demande le plus")


def test_months_are_drawn_to_scale(cases: dict[str, Case]) -> None:
    result, capacity, _ = cases["lvo"]
    table = capacity.by_month
    assert table is not None
    svg = _months_svg(result, table, assumed=True, title="<mois>")
    assert "<mois>" not in svg
    ticks = {
        int(v.replace(NNBSP, "")): float(y) - 4
        for y, v in re.findall(r'y="([\d.]+)" text-anchor="end" class="muted">([\d\u202f]+)<', svg)
    }
    zero, top = ticks[0], max(ticks)
    scale = (zero - ticks[top]) / top
    medians = [float(y) for y in re.findall(r'<path d="M[\d.]+ ([\d.]+)h22"', svg)]
    expected = [zero - slots * scale for slots in table["slots_p50"]]
    assert medians == pytest.approx(expected, abs=0.1)
    bands = re.findall(r'y="([\d.]+)" width="18" height="([\d.]+)" fill="url\(#ml\)"', svg)
    tops = [zero - slots * scale for slots in table["slots_p90"]]
    assert [float(y) for y, _ in bands] == pytest.approx(tops, abs=0.1)
    line = re.search(rf'M34 ([\d.]+)H370[^>]*stroke="{style.ACCENT}"', svg)
    assert line
    assert float(line[1]) == pytest.approx(zero - 16 * scale, abs=0.1)


def test_the_day_that_loses_most_is_named(cases: dict[str, Case]) -> None:
    result, capacity, _ = cases["beauce_gatinais"]
    assert capacity.week is not None
    lost = (0.1, 0.0, 0.304, 0.2, 0.1)
    text = plain(_week_sentence(result, replace(capacity.week, lost_by_weekday=lost)))
    assert "le mercredi perd le plus : 30 % de ses demandes" in text
    assert "lundi 10 %, mardi 0 %, mercredi 30 %, jeudi 20 %, vendredi 10 %" in text
    little = replace(capacity.week, lost_by_weekday=(0.004, 0.0, 0.0, 0.0, 0.001))
    assert "moins de 1 % des demandes" in plain(_week_sentence(result, little))


# What makes the interval


def test_the_first_cause_is_the_widest_bar(cases: dict[str, Case]) -> None:
    tornado = cases["beauce_gatinais"][1].tornado
    text = plain(_drivers_sentence(tornado))
    assert re.match("Part des appels qui relèvent d’une consultation : de 1\\d à 2\\d heures", text)
    assert "Mesurer cette part" in text
    other = tornado[tornado["label"] == "Durée d’une consultation"]
    assert "Mesurer cette durée" in _drivers_sentence(other)
    still = tornado.assign(result_low=20.0, result_high=20.0)
    assert "ne change le nombre d’heures" in _drivers_sentence(still)


@pytest.mark.parametrize("key", TERRITORIES)
def test_every_cause_has_its_bar_and_its_mark(
    cases: dict[str, Case], sections: dict[str, Any], key: str
) -> None:
    result, capacity, _ = cases[key]
    bars = _swings(result, capacity.tornado)
    svg = sections[key]["causes"]["chart"]
    assert len(bars) == len(capacity.tornado)
    drawn = [bar for bar in bars if bar.low != bar.high]
    assert len(re.findall(r'height="13"', svg)) == len(drawn)
    hatched = sum(bar.status is Status.ASSUMED for bar in drawn)
    assert svg.count('fill="url(#td)"') == hatched > 0
    digits = _hours_decimals(capacity.tornado)
    still = sum(number(bar.low, digits) == number(bar.high, digits) for bar in bars)
    # What changes nothing has no bar; what changes little has one.
    assert svg.count("ne change rien") == len(bars) - len(drawn)
    assert svg.count("ne change rien") + svg.count("ne change guère") == still
    # Drawn apart, written apart.
    ends = re.findall(r'y="\d+" text-anchor="end">([\d,]+)</text><text[^>]*>([\d,]+)<', svg)
    assert len(ends) == len(bars) - still
    assert all(low != high for low, high in ends)


# Telephone and future


def test_two_answer_in_the_peak_of_beauce_gatinais(sections: dict[str, Any]) -> None:
    phone = sections["beauce_gatinais"]["telephone"]
    text = plain(phone["sentence"])
    assert "une personne suffit en moyenne (2,3 appels par heure)" in text
    assert text.endswith("de 8 h à 11 h, il en faut 2.")
    assert phone["chart"].count("<circle") == 3 * 2 + 7
    assert [row.label for row in phone["rows"]] == [
        f"8{NNBSP}h à 11{NNBSP}h",
        f"11{NNBSP}h à 18{NNBSP}h",
    ]


def test_peaks_apart_and_no_peak() -> None:
    apart = agents_by_hour(23.0, hour_shares=[0.15, 0.06, 0.15, 0.64 / 9, *[0.64 / 9] * 8])
    assert plain(_phone_sentence(apart, usual=1)).endswith("à 8 h et 10 h, il en faut 2.")
    flat = agents_by_hour(23.0, hour_shares=[1 / 12] * 12)
    assert _phone_sentence(flat, usual=1).endswith("par heure), et à toute heure.")
    assert len(_phone_rows(flat)) == 1


def test_the_future_is_a_range_for_each_number_of_arrivals(
    cases: dict[str, Case], sections: dict[str, Any]
) -> None:
    future = cases["beauce_gatinais"][1].future
    assert future is not None
    part = sections["beauce_gatinais"]["future"]
    assert len(part["rows"]) == 1 + 3 * 2
    last = future.query("year == 10 and entries == 0").iloc[0]
    found = part["rows"][2]
    assert found.label == "Dans 10 ans, sans installation"
    for name, cell in (("gps", found.cells[0]), ("slots", found.cells[3])):
        low, middle, high = (number(last[f"{name}_{end}"]) for end in ("p10", "p50", "p90"))
        assert cell.text == f"{middle} ({low} à {high})"
        assert f"{low} à {high}" in part["sentence"]
    assert {cell.status for row in part["rows"][1:] for cell in row.cells} == {"assumed"}
    # A ribbon and a median for each number of arrivals; dots of today and of ten years ago.
    assert part["chart"].count("fill-opacity") == part["chart"].count('stroke-width="2"') == 3
    assert part["chart"].count("<circle") == 2
    assert "imaginés autour de cette moyenne" in part["note"]
    assert "de 61 ans en moyenne" in plain(part["note"])


def test_the_model_of_gps_is_held_to_the_past(
    cases: dict[str, Case], sections: dict[str, Any]
) -> None:
    past = cases["beauce_gatinais"][1].past
    assert past is not None and set(past["check"]) == {"press"}
    text = plain(" ".join(sections["beauce_gatinais"]["future"]["past"]))
    assert "ils auraient été 33 pour 24 aujourd’hui (27 % de moins, 10 départs" in text
    assert "presse, C" in text
    assert text.index("(juste)") < text.index("(trop bas)")
    assert "trop étroites" in text
    counts = past.assign(check="bpe", observed=past["gps_p10"] - 1, inside=False)
    high = plain(" ".join(_past_sentences(counts, {})))
    assert "De 2017 à 2024, le compte de l’Insee, fait sur d’autres médecins, passe de 33 à" in high
    assert high.count("(trop haut)") == 2 and "Tout dépend de leur âge" not in high


def test_a_fan_without_a_past_or_beyond_one_queue_is_drawn(cases: dict[str, Case]) -> None:
    _, capacity, facts = cases["beauce_gatinais"]
    assert capacity.future is not None
    beyond = capacity.future.assign(slots_p90=np.nan)
    part = future_section(beyond, facts, past=None)
    assert part["past"] == [] and "pointillé" not in part["chart"]
    (least,) = beyond.query("year == 10 and entries == 0")["slots_p10"]
    assert f"il faudrait au moins {number(least)} créneaux par jour" in part["sentence"]
    assert part["rows"][2].cells[3].text.endswith(f" (au moins {number(least)})")


def test_a_demand_beyond_one_queue_leaves_the_answer_alone(cases: dict[str, Case]) -> None:
    result, capacity, facts = cases["lvo"]
    section = capacity_sections(result, replace(capacity, by_month=None, week=None), facts=facts)
    # What is needed by day and hour stands, and nothing is said of the slots of today.
    assert (section["months"]["rows"], section["week"]["sentence"]) == ([], "")
    assert section["causes"]


# Files

CAPACITY_FILES = {
    "saisons",
    "incertitude",
    "telephone",
    "moyens",
    "leviers",
    "avenir_eprouve",
    "avenir_medecins",
}


def test_tables_for_tools(five: Analysis, cases: dict[str, Case]) -> None:
    one = five.studies["lvo"]
    same = {"access": one.access, "communes": one.communes, "comparison": one.comparison}

    def files(keys: Iterable[str]) -> dict[str, pd.DataFrame]:
        studies = {}
        for key in keys:
            result, capacity, _ = cases.get(key, (None, None, None))
            studies[key] = one.with_parts(key=key, headline=result, capacity=capacity, **same)
        made = tables(replace(five, studies=studies, listed=tuple(studies)))
        return {name: table for name, table in made.items() if name in CAPACITY_FILES}

    every = files([*cases, "immense"])
    assert set(every) == CAPACITY_FILES
    assert all(table.columns[0] == "territory" for table in every.values())
    assert every["saisons"].groupby("territory").size().to_dict() == dict.fromkeys(cases, 12)
    assert set(every["telephone"]["territory"]) == {"beauce_gatinais"}
    assert set(every["avenir_medecins"]["territory"]) == {"beauce_gatinais"}
    assert set(every["moyens"]["territory"]) == set(cases)
    assert set(every["avenir_eprouve"]["territory"]) == {"beauce_gatinais"}
    assert set(files(["asclepios"])) == {"saisons", "incertitude", "moyens", "leviers"}
    assert files(["immense"]) == {}


@pytest.mark.report
def test_a_report_leaves_scenarios_to_edit(
    five: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "sheet_page", lambda *_, **__: "")
    monkeypatch.setattr(report, "index_page", lambda *_, **__: "")
    monkeypatch.setattr(report, "territory_layers", lambda *_, **__: ())
    (tmp_path / "tableaux").mkdir()
    (tmp_path / "scenarios").mkdir()
    mine = tmp_path / "scenarios" / "mon_essai.toml"
    mine.write_text('base = "lvo"\n', encoding="utf-8")
    stale = tmp_path / "tableaux" / "avenir_medecins.csv"
    stale.write_text("territory\nailleurs\n", encoding="utf-8")
    # A report wrote it: what none did is kept (tests/writing/test_output_folder.py).
    listed = {"tableaux/avenir_medecins.csv": sha256_of(stale)}
    (tmp_path / "manifest.json").write_text(json.dumps({"outputs": listed}), encoding="utf-8")
    lvo = replace(five, studies={"lvo": five.studies["lvo"]}, listed=("lvo",))
    report.write_report(lvo, tmp_path)
    assert not stale.exists()
    assert mine.read_text(encoding="utf-8") == 'base = "lvo"\n'
    written = tmp_path / "scenarios" / "lvo.toml"
    assert load_scenario(written) == load_scenarios()["lvo"]
    assert tomllib.loads(written.read_text(encoding="utf-8"))["slots_today"] == 16
    assert "#:schema scenario.schema.json" in written.read_text(encoding="utf-8")
    made = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert {"scenarios/lvo.toml", "scenarios/scenario.schema.json", "tableaux/saisons.csv"} <= {
        *made
    }


# In a browser


@pytest.fixture(scope="module")
def pages_dir() -> Path:
    return reported()


@pytest.mark.parametrize("name", ["beauce_gatinais", "lvo"])
@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_cut_or_wider_than_the_screen(
    name: str, width: int, pages_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(pages_dir / f"{name}.html", viewport={"width": width, "height": 900})
    page = unfolded(opened.page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # No word of a drawing leaves it, and none is too small to read.
    cut = page.evaluate(
        """() => [...document.querySelectorAll('main svg.chart, main svg.dots')].flatMap(svg => {
          const box = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter(text => {
            const own = text.getBoundingClientRect();
            return own.left < box.left - 1 || own.right > box.right + 1
              || own.top < box.top - 1 || own.bottom > box.bottom + 1;
          }).map(text => text.textContent);
        })"""
    )
    assert cut == []
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main svg.chart, main svg.dots')].map(
          svg => 13 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"""
    )
    assert min(sizes) >= 12.95
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_paper_is_not_wider_than_a4(pages_dir: Path, open_offline: Open) -> None:
    # 210 mm less the margins, at 96 points an inch.
    page = open_offline(pages_dir / "lvo.html", viewport={"width": 718, "height": 1047}).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.context.close()


@pytest.mark.report
def test_a_page_says_whom_its_answer_counts(pages_dir: Path) -> None:
    for key, words in (
        ("lvo", "tous les habitants et les visiteurs"),
        ("ouest_loiret", "personnes sans médecin traitant"),
        ("beauce_gatinais", "tous les habitants"),
    ):
        page = plain((pages_dir / f"{key}.html").read_text(encoding="utf-8"))
        eligible = plain(typeset(load_scenario(key).eligibility))
        assert f"Public compté : {words}. {eligible}" in page


@pytest.mark.parametrize("stop", ["", ".", " ", ". "])
def test_what_an_analyst_writes_is_parted_from_what_follows(stop: str) -> None:
    words = {"eligibility": "Les sept communes", "population_basis": "Insee 2023",
             "planned_basis": "Presse", "notes": ("Une note", "Une autre")}  # fmt: skip
    typed = {
        name: tuple(text + stop for text in value) if isinstance(value, tuple) else value + stop
        for name, value in words.items()
    }
    case = load_scenario("beauce_gatinais").evolve(**typed)
    result = headline(case, draws=500)
    shown = needed.section(result)
    assert plain(shown["how"]).endswith(" Les sept communes. Base : Insee 2023.")
    assert shown["notes"] == ["Une note.", "Une autre."]
    assert "(Presse) :" in plain(_planned(result))
    (both,) = _bases(compare_scenarios(case, case.evolve(target=0.9), draws=500))
    assert plain(both).endswith("Publics : Les sept communes. Base : Insee 2023.")


def test_what_is_borrowed_is_no_more_measured_than_it_is(cases: dict[str, Case]) -> None:
    result, found, _ = cases["beauce_gatinais"]
    (calls,) = [x for x in _swings(result, found.tornado) if x.label.startswith("Appels")]
    assert calls.status is Status.ANNOUNCED
    borrowed, study, _ = studied("ondaine_forez", public="no_mt")
    (calls,) = [x for x in _swings(borrowed, study.tornado) if x.label.startswith("Appels")]
    assert calls.status is Status.ESTIMATED
    rough = _swings(cases["asclepios"][0], cases["asclepios"][1].tornado)
    assert {bar.status for bar in rough} == {Status.ESTIMATED, Status.ASSUMED}


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_floor_is_drawn_where_it_is_not_todays(cases: dict[str, Case], key: str) -> None:
    assert shown_floor(cases[key][0]) == (6 if key == "ouest_loiret" else None)


def test_a_territory_without_data_of_its_own_has_its_section() -> None:
    result = headline(scenario_from_population(1_000).evolve(public="no_mt"), draws=500)
    capacity = study_capacity(result, facts={})
    section = capacity_sections(result, capacity, facts=embedded.load_facts().iloc[:0])
    assert (section["telephone"], section["future"]) == (None, None)
    assert section["week"]["sentence"] == ""
    tried = trial([result], lines=None, ages={})
    assert tried is not None
    assert np.isfinite([*tried.publics[0].unit.levels, *tried.publics[0].reach]).all()
