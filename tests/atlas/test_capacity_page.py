"""The capacity section of a page: words, tables, drawings, sliders and files of each case.

The snapshots hold every sentence; a narrow no-break space is written ``⍽`` in them.
"""

from __future__ import annotations

import json
import math
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
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.charts.dots import dots_svg
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.words import sampling_part, span
from cpts_geo.atlas.sections.capacity import capacity_sections, needed
from cpts_geo.atlas.sections.capacity._back_test import _back_test_sentence
from cpts_geo.atlas.sections.capacity._causes import _INPUTS, _drivers_sentence, _swings
from cpts_geo.atlas.sections.capacity._future import _past_sentences
from cpts_geo.atlas.sections.capacity._future import section as future_section
from cpts_geo.atlas.sections.capacity._months import _months_sentences, _months_svg
from cpts_geo.atlas.sections.capacity._publics import _group_rows
from cpts_geo.atlas.sections.capacity._telephone import _phone_rows, _phone_sentence
from cpts_geo.atlas.sections.capacity._week import _week_sentence
from cpts_geo.atlas.sections.capacity.needed import _draw_error
from cpts_geo.capacity.answer.headline import DISPERSION_VARIANT, Headline, headline
from cpts_geo.capacity.checks.backtest import back_test, back_test_table
from cpts_geo.capacity.demand.laws import OTHER_GROUPS, laws
from cpts_geo.capacity.queue.service_grid import service_grid
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    scenario_from_population,
)
from cpts_geo.capacity.workforce.phone import agents_by_hour
from cpts_geo.french import NNBSP, number, whole_percent
from cpts_geo.schema import Status
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.capacity import TerritoryCapacity, study_capacity
from cpts_geo.writing import report
from cpts_geo.writing._csv_tables import tables
from tests.atlas.said import TERRITORIES, plain
from tests.kept import kept_file, made_by, reported
from tests.queues import queue

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
    said = [needed["draw_error"], needed["sampling"], section["months"]["model"]]
    said += [section["sliders"]["start"]]
    for name in ("publics", "months", "week", "causes", "telephone", "future", "back_test"):
        part = section[name] or {}
        said += [*part.get("sentences", ()), part.get("sentence", ""), part.get("note", "")]
        said += part.get("past", [])
    return [text for text in said if text]


def test_every_input_of_the_answer_says_its_source_and_how_to_know_it_better() -> None:
    assert _INPUTS.keys() == laws(load_scenario("lvo")).keys() - set(OTHER_GROUPS)


@pytest.mark.parametrize("dispersion", [1.0, DISPERSION_VARIANT])
def test_more_irregular_days_are_shown_where_they_are_more(dispersion: float) -> None:
    found = needed.section(
        headline(load_scenario("ondaine_forez").evolve(dispersion=dispersion), draws=100),
        several=True,
    )
    assert bool(found["dispersion"]) == (dispersion < DISPERSION_VARIANT)


@pytest.mark.parametrize("key", TERRITORIES)
def test_sentences_of_a_territory(
    sections: dict[str, dict[str, Any]], key: str, snapshot: SnapshotAssertion
) -> None:
    assert "\n".join(sentences_of(sections[key])).replace(NNBSP, "⍽") == snapshot


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("ouest_loiret", {"back_test"}),
        ("beauce_gatinais", {"week", "telephone", "future", "back_test"}),
        ("lvo", {"publics", "week"}),
        ("asclepios", set()),
        ("ondaine_forez", set()),
    ],
)
def test_a_page_shows_what_its_territory_knows(
    sections: dict[str, dict[str, Any]], key: str, shown: set[str]
) -> None:
    always = {"needed", "sliders", "months", "causes"}
    assert {part for part in sections[key] if sections[key][part]} == always | shown
    assert bool(sections[key]["months"]["model"]) == (key == "ouest_loiret")
    assert sections[key]["months"]["rows"]


# Two uncertainties


@pytest.mark.parametrize("key", TERRITORIES)
def test_sampling_stands_beside_the_whole_interval(
    cases: dict[str, Case], sections: dict[str, dict[str, Any]], key: str
) -> None:
    result = cases[key][0]
    few, whole = result.sampling_slots, result.slots_per_day
    assert whole.p10 <= few.p10 <= few.p90 <= whole.p90
    text = plain(sections[key]["needed"]["sampling"])
    assert f"seul, donnerait {span(few.p10, few.p90)} créneaux par jour" in text
    assert f"c’est {whole.p10} à {whole.p90}" in text
    assert "tromperait" in text


def test_the_sampling_part_of_months_is_that_of_the_answer(cases: dict[str, Case]) -> None:
    result = cases["lvo"][0]
    # 5,800 calls: 1.2816 standard deviations of 1 / sqrt(5800)
    said = plain(sampling_part(result))
    assert "1,7 % au plus" in said
    assert "trop peu pour se voir" in said
    few = headline(result.scenario.evolve(calls_observed=58, calls_people_years=240.0), draws=2000)
    said = plain(sampling_part(few))
    assert "trop peu" not in said
    assert re.search(r"1[789],\d % au plus", said)


def test_the_inner_bar_is_as_wide_as_its_slots() -> None:
    dots = [10, *[14] * 18, 19]
    parts = {"interval": (10, 14, 19), "today": None, "floor": None, "assumed": False, "title": "t"}
    svg = dots_svg(dots, sampling=(13, 16), **parts)
    places = {int(v): float(x) for x, v in re.findall(r'<text x="([\d.]+)"[^>]*>(\d+)<', svg)}
    inner = re.search(
        rf'x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="6" fill="{style.FILL}"', svg
    )
    assert inner
    start, width = map(float, inner.groups())
    assert (start + 5, start + width - 5) == pytest.approx((places[13], places[16]), abs=0.2)
    assert "13 à 16 : si seul le comptage des appels était incertain" in svg
    assert "si seul" not in dots_svg(dots, **parts)


def test_the_draw_error_is_never_understated(cases: dict[str, Case]) -> None:
    result = replace(cases["lvo"][0], draw_error=0.00712)
    assert plain(_draw_error(result)) == "erreur de tirage : 0,8 % au plus"


# Who asks


def test_who_asks_is_two_questions(cases: dict[str, Case], sections: dict[str, Any]) -> None:
    result, capacity, _ = cases["lvo"]
    found, week = capacity.eligible, capacity.week
    assert found is not None
    assert week is not None
    text = plain(" ".join(sections["lvo"]["publics"]["sentences"]))
    assert "deux questions différentes" in text
    assert f"il faudrait {result.slots_per_day.p50} créneaux (" in text
    assert f"il en faudrait {found.slots_per_day.p50} (" in text
    assert f"serviraient {plain(whole_percent(week.served))} dans le délai" in text


def test_each_public_has_its_requests_and_the_total_its_own(cases: dict[str, Case]) -> None:
    result, capacity, _ = cases["lvo"]
    assert capacity.eligible is not None
    rows = _group_rows(result, capacity.eligible)
    assert [row.label.split()[0] for row in rows] == ["Personnes", "Patients", "Visiteurs", "Tous"]
    asked = capacity.eligible.requests_per_year
    assert [row.cells[0].text for row in rows] == [number(x.p50) for x in asked.values()]
    assert [row.cells[1].text for row in rows][1:3] == ["—", "—"]
    assert {cell.status for row in rows for cell in row.cells} == {"assumed", ""}
    assert "2 à 10 %" in plain(rows[1].detail)
    assert "confiance C, D" in rows[2].detail


# Months and days


def test_the_summer_of_challans(cases: dict[str, Case], sections: dict[str, Any]) -> None:
    found = cases["lvo"][1].eligible
    assert found is not None
    first, second, third = (plain(text) for text in sections["lvo"]["months"]["sentences"])
    august = found.by_month.loc[8]
    assert first.startswith(f"Août demande le plus : {number(august['slots_p50'])} créneaux")
    assert f"contre {found.slots_per_day.p50} pour un jour moyen de l’année" in first
    assert second.startswith("En juillet et août, il faudrait 2,2")
    assert plain(whole_percent(august["served_today"])) in third


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
    assert capacity.eligible is not None
    said = _months_sentences(result, capacity.eligible)
    assert said[0].startswith("La médiane est la même toute l’année : 14 créneaux")


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
    assert "un lundi plus chargé (B)" in note
    assert "Un pont compte 1,23 fois un jour ordinaire (1,20 à 1,26" in note
    assert "4 jours mesurés" in note
    # the variant is that of the other profile, computed
    variant, _ = peaked
    assert capacity.peaked is not None
    assert variant.eligible is not None
    pd.testing.assert_frame_equal(capacity.peaked.by_month, variant.eligible.by_month)
    assert capacity.peaked.week == variant.week
    worst = variant.eligible.by_month["slots_p50"].max()
    assert f"décembre demanderait le plus, {number(worst)} créneaux" in note
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
    found = capacity.eligible
    assert found is not None
    svg = _months_svg(result, found.by_month, assumed=True, title="<mois>")
    assert "<mois>" not in svg
    ticks = {
        int(v.replace(NNBSP, "")): float(y) - 4
        for y, v in re.findall(r'y="([\d.]+)" text-anchor="end" class="muted">([\d\u202f]+)<', svg)
    }
    zero, top = ticks[0], max(ticks)
    scale = (zero - ticks[top]) / top
    medians = [float(y) for y in re.findall(r'<path d="M[\d.]+ ([\d.]+)h22"', svg)]
    expected = [zero - slots * scale for slots in found.by_month["slots_p50"]]
    assert medians == pytest.approx(expected, abs=0.1)
    bands = re.findall(r'y="([\d.]+)" width="18" height="([\d.]+)" fill="url\(#ml\)"', svg)
    tops = [zero - slots * scale for slots in found.by_month["slots_p90"]]
    assert [float(y) for y, _ in bands] == pytest.approx(tops, abs=0.1)
    line = re.search(rf'M38 ([\d.]+)H436[^>]*stroke="{style.ACCENT}"', svg)
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
    assert text.startswith("Part des appels qui méritent un créneau : de 16 à 27 heures")
    assert "Mesurer cette part" in text
    other = tornado[tornado["input"] == "minutes"]
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
    assert len(re.findall(r'height="13"', svg)) == len(bars) == len(capacity.tornado)
    hatched = sum(bar.status is Status.ASSUMED for bar in bars)
    assert svg.count('fill="url(#td)"') == hatched > 0
    still = sum(bar.low == bar.high for bar in bars)
    assert svg.count("ne change rien") == still
    # Drawn apart, written apart.
    ends = re.findall(r'y="\d+" text-anchor="end">([\d,]+)</text><text[^>]*>([\d,]+)<', svg)
    assert len(ends) == len(bars) - still
    assert all(low != high for low, high in ends)


# Telephone and future


def test_two_answer_in_the_peak_of_beauce_gatinais(sections: dict[str, Any]) -> None:
    phone = sections["beauce_gatinais"]["telephone"]
    text = plain(phone["sentence"])
    assert "une personne suffit en moyenne (1,9 appel par heure)" in text
    assert text.endswith("de 8 h à 11 h, il en faut 2.")
    assert phone["chart"].count("<circle") == 3 * 2 + 9
    assert [row.label for row in phone["rows"]] == [
        f"8{NNBSP}h à 11{NNBSP}h",
        f"11{NNBSP}h à 20{NNBSP}h",
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
    assert "De 2017 à 2024, l’Insee, qui ne compte pas les mêmes médecins, passe de 33 à" in high
    assert high.count("(trop haut)") == 2 and "Tout tient à leur âge" not in high


def test_a_fan_without_a_past_or_beyond_one_queue_is_drawn(cases: dict[str, Case]) -> None:
    _, capacity, facts = cases["beauce_gatinais"]
    assert capacity.future is not None
    beyond = capacity.future.assign(slots_p90=np.nan)
    part = future_section(beyond, facts, past=None)
    assert part["past"] == [] and "pointillé" not in part["chart"]
    assert "il faudrait au moins 25 créneaux par jour" in part["sentence"]
    assert part["rows"][2].cells[3].text.endswith(" (au moins 25)")


# Observed and predicted


def test_observed_and_predicted(cases: dict[str, Case]) -> None:
    tests = [back_test(case.scenario, case.drawn) for case, _, _ in cases.values()]
    table = back_test_table([test for test in tests if test is not None])
    rows = table.to_dict("index")
    refuted = plain(_back_test_sentence(rows["ouest_loiret"], today=None))
    assert "1 408 ont été observées : hors de l’intervalle" in refuted
    assert "ne convient pas" in refuted
    held = plain(_back_test_sentence(rows["beauce_gatinais"], today=8.0))
    assert "que bornent 8 créneaux par jour" in held
    assert "l’accord tient" in held
    assert "une ligne pleine ne dit rien" in held
    few = {**rows["ouest_loiret"], "observed": 100.0, "rank": 0.0, "refuted": False}
    assert "rien n’est réfuté" in _back_test_sentence(few, today=None)
    free = {**rows["beauce_gatinais"], "bounded": False, "own_calls": False}
    assert "bornent" not in _back_test_sentence(free, today=None)


# Sliders


@settings(max_examples=30, deadline=None)
@given(slots=st.sampled_from([1, 2, 5, 8, 16, 33]), ratio=st.floats(0.4, 2.5))
def test_the_table_of_the_sliders_is_the_exact_queue(slots: int, ratio: float) -> None:
    grid = service_grid((slots,), rules=queue(), least_demand=0.5, most_demand=60.0)
    demand = min(max(slots * ratio, 0.5), 60.0)
    exact, points = queue().service(demand, slots), np.array(grid.demands[0])
    for shares, value in ((grid.served, exact.served), (grid.same_day, exact.same_day)):
        between = np.interp(demand, points, points * shares[0]) / demand
        assert between == pytest.approx(value, abs=0.005)


def test_every_point_of_the_table_is_exact_to_four_decimals() -> None:
    grid = service_grid(
        (1, 7, 24), rules=queue(deadline_days=2), least_demand=0.5, most_demand=60.0
    )
    for slots, demands, served, same_day in zip(
        grid.slots, grid.demands, grid.served, grid.same_day, strict=True
    ):
        assert (demands[0], demands[-1]) == (0.5, 60.0)
        lines = [queue(deadline_days=2).service(demand, slots) for demand in demands]
        # 0.0001 and 0.9999 stand for what is neither nothing nor everything.
        assert list(served) == pytest.approx([x.served for x in lines], abs=0.00011)
        assert list(same_day) == pytest.approx([x.same_day for x in lines], abs=0.00011)
        assert list(served) == sorted(served, reverse=True)


@pytest.mark.parametrize(
    ("key", "slots", "demand", "words"),
    [
        ("ouest_loiret", 6, 5.6, "consultations déjà assurées"),
        ("beauce_gatinais", 8, None, "les 8 créneaux par jour d’aujourd’hui"),
        ("lvo", 16, None, "médiane de tous ceux qui peuvent demander"),
        ("asclepios", 3, None, "ne sont pas publiés"),
        ("ondaine_forez", 2, None, "demande par jour (médiane)"),
    ],
)
def test_sliders_start_where_the_territory_is(
    cases: dict[str, Case], key: str, slots: int, demand: float | None, words: str
) -> None:
    result, capacity, facts = cases[key]
    found = capacity_sections(result, capacity, facts=facts)["sliders"]
    assert found is not None
    assert capacity.eligible is not None
    least, most, step, start = found["slots"]
    assert start == slots
    assert (start - least) % step == 0
    expected = round(capacity.eligible.requests_per_day.p50, 1) if demand is None else demand
    assert found["demand"][2] == expected
    assert found["demand"][0] <= expected <= found["demand"][1]
    table = json.loads(found["table"])
    assert table["slots"] == list(range(least, most + 1, step))
    assert words in plain(found["start"])


def test_no_slider_beyond_a_table(cases: dict[str, Case]) -> None:
    result, capacity, facts = cases["lvo"]
    late = replace(result, scenario=result.scenario.evolve(deadline_days=10))
    later = replace(capacity, result=late)
    assert later.trial is None
    assert capacity_sections(late, later, facts=facts)["sliders"] is None
    assert replace(cases["lvo"][1], eligible=None).trial is None


def test_a_demand_beyond_one_queue_leaves_the_answer_alone(cases: dict[str, Case]) -> None:
    result, capacity, facts = cases["lvo"]
    section = capacity_sections(result, replace(capacity, eligible=None, week=None), facts=facts)
    assert (section["publics"], section["months"]["rows"], section["week"]) == (None, [], None)
    assert section["causes"]


# Files

CAPACITY_FILES = {
    "publics",
    "saisons",
    "incertitude",
    "telephone",
    "avenir_eprouve",
    "avenir_medecins",
    "retro_test",
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
    assert set(every["avenir_eprouve"]["territory"]) == {"beauce_gatinais"}
    assert list(every["retro_test"]["territory"]) == ["ouest_loiret", "beauce_gatinais"]
    assert set(files(["asclepios"])) == {"publics", "saisons", "incertitude"}
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


def moved(page: Any, *, slots: int, demand: float) -> tuple[float, str]:
    """Move both sliders; give the share drawn and the words said."""
    for name, value in (("essai-creneaux", slots), ("essai-demandes", demand)):
        page.locator(f"#{name}").evaluate(
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }",
            str(value),
        )
    width = page.locator(".gauge .part").evaluate("e => e.style.width")
    return float(width.removesuffix("%")) / 100, plain(page.locator(".found").inner_text())


def test_the_sliders_say_what_the_queue_says(pages_dir: Path, open_offline: Open) -> None:
    opened = open_offline(pages_dir / "beauce_gatinais.html")
    for slots, demand in ((1, 0.5), (8, 13.8), (8, 8.1), (16, 13.8), (24, 23.1), (40, 60.0)):
        served, words = moved(opened.page, slots=slots, demand=demand)
        exact = queue().service(demand, slots)
        assert served == pytest.approx(exact.served, abs=0.001)
        told = re.findall(r"(?i)(plus de |moins de )?(\d+) %", words)
        for (bound, value), share in zip(told, (exact.served, exact.same_day), strict=True):
            assert float(value) / 100 == pytest.approx(share, abs=0.011)
            beyond = share >= 0.995 or share < 0.005
            assert bool(bound) is beyond or min(abs(share - 0.995), abs(share - 0.005)) < 0.001
        assert words.endswith("objectif tenu." if exact.served >= 0.95 else "objectif manqué.")
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_the_sliders_start_at_today_and_the_keyboard_moves_them(
    five: Analysis, pages_dir: Path, open_offline: Open
) -> None:
    result, capacity = five.studies["lvo"].headline, five.studies["lvo"].capacity
    assert result is not None
    assert capacity is not None
    assert capacity.eligible is not None
    page = open_offline(pages_dir / "lvo.html").page
    slots = page.get_by_label("Créneaux par jour", exact=True)
    assert slots.input_value() == "16"
    demand = page.get_by_label("Demandes par jour", exact=True)
    median = round(capacity.eligible.requests_per_day.p50, 1)
    assert float(demand.input_value()) == median
    output = page.locator("output").nth(1)
    assert output.inner_text() == number(median, 1)
    before = page.locator(".found").inner_text()
    assert plain(before).startswith(
        f"{100 * queue().service(median, 16).served:.0f} % des demandes"
    )
    slots.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert page.locator("output").first.inner_text() == "48"
    assert page.locator(".found").inner_text() != before
    assert page.locator(".found").get_attribute("aria-live") == "polite"
    page.context.close()


def test_paper_and_pages_without_scripts_have_no_slider(
    pages_dir: Path, open_offline: Open
) -> None:
    page = open_offline(pages_dir / "lvo.html").page
    assert page.locator("#essai").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("#essai").is_visible()
    page.context.close()
    still = open_offline(pages_dir / "lvo.html", java_script_enabled=False).page
    assert not still.locator("#essai").is_visible()
    assert "Août demande le plus" in still.locator("main").inner_text()
    still.context.close()


@pytest.mark.parametrize("name", ["beauce_gatinais", "lvo"])
@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_cut_or_wider_than_the_screen(
    name: str, width: int, pages_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(pages_dir / f"{name}.html", viewport={"width": width, "height": 900})
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # No word of a drawing leaves it, and none is too small to read.
    cut = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart, svg.dots')].flatMap(svg => {
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
        """() => [...document.querySelectorAll('svg.chart, svg.dots')].map(
          svg => 12 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"""
    )
    assert min(sizes) >= 9.5
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_paper_is_not_wider_than_a4(pages_dir: Path, open_offline: Open) -> None:
    # 210 mm less the margins, at 96 points an inch.
    page = open_offline(pages_dir / "lvo.html", viewport={"width": 688, "height": 990}).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    page.context.close()


@pytest.mark.report
def test_a_page_says_whom_its_answer_counts(pages_dir: Path) -> None:
    lvo, beauce = (
        plain((pages_dir / f"{key}.html").read_text(encoding="utf-8"))
        for key in ("lvo", "beauce_gatinais")
    )
    assert "Population comptée ici : les personnes sans médecin traitant seulement ; les" in lvo
    assert f"Population comptée ici : {load_scenario('lvo').eligibility}" not in lvo
    assert f"Population comptée ici : {load_scenario('beauce_gatinais').eligibility}" in beauce
    # Under the publics, and under the months.
    assert lvo.count("Du hasard des appels comptés") == 2
    assert beauce.count("Du hasard des appels comptés") == 1
    assert "moins 0,4 % de rendez-vous" in beauce
    assert "moins 3 % de rendez-vous" in lvo


def test_calls_of_elsewhere_are_hatched_no_more_than_they_are_measured(
    cases: dict[str, Case],
) -> None:
    for key, status in (("beauce_gatinais", Status.ANNOUNCED), ("ondaine_forez", Status.ESTIMATED)):
        result, capacity, _ = cases[key]
        bars = _swings(result, capacity.tornado)
        (calls,) = [bar for bar in bars if bar.label.startswith("Appels")]
        assert calls.status is status


def test_a_territory_without_data_of_its_own_has_its_section() -> None:
    result = headline(scenario_from_population(1_000), draws=500)
    capacity = study_capacity(result, facts={})
    section = capacity_sections(result, capacity, facts=embedded.load_facts().iloc[:0])
    unknown = ("telephone", "future", "week", "back_test")
    assert [section[part] for part in unknown] == [None] * 4
    assert not any(math.isnan(x) for x in section["sliders"]["demand"])
