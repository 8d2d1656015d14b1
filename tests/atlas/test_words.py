"""What the pages say: numbers and dates in French, and the sentences of the five territories.

The snapshots hold every sentence; the assertions beside them say which signs matter and why.
A narrow no-break space is written ``⍽`` in the snapshots, so that a lost one shows.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.words import answer_status, deadline, goal, short_answer, slots
from cpts_geo.atlas.sections.capacity.needed import _dots_caption
from cpts_geo.atlas.sections.territory.answer import _planned, answer, evidence, today
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.scenario.loading import scenario_from_population
from cpts_geo.french import NNBSP, day, number, percent, signed_percent, typeset, value_text
from cpts_geo.schema import COLUMNS, Status
from tests.atlas.said import TERRITORIES, plain, result_of, visible

SENTENCES = {
    "answer": answer,
    "today": today,
    "planned": _planned,
    "evidence": evidence,
    "dots_caption": _dots_caption,
    "short_answer": short_answer,
}


@pytest.mark.parametrize("key", TERRITORIES)
def test_sentences_of_a_territory(five: Analysis, key: str, snapshot: SnapshotAssertion) -> None:
    result = result_of(five, key)
    said = [f"{name}: {say(result) or '(nothing)'}" for name, say in SENTENCES.items()]
    said += [f"warning: {typeset(warning)}" for warning in result.warnings]
    assert visible("\n".join(said)) == snapshot


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (44165, 0, f"44{NNBSP}165"),
        (68_350_798, 0, f"68{NNBSP}350{NNBSP}798"),
        (999, 0, "999"),
        (2.544571, 2, "2,54"),
        (0, 0, "0"),
        (-3.6, 1, "−3,6"),
        (math.nan, 1, "donnée absente"),
    ],
)
def test_numbers_in_french(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_a_sign_or_a_unit_stays_with_its_number() -> None:
    assert (percent(0.345), percent(0.95, 0)) == (f"34,5{NNBSP}%", f"95{NNBSP}%")
    assert percent(math.nan) == "donnée absente"
    people = COLUMNS["population"]
    assert value_text(people, 45828.0, unit=True) == f"45{NNBSP}828 habitants"
    assert value_text(people, 45828.0) == f"45{NNBSP}828"
    assert value_text(COLUMNS["share_low_apl_2023"], 0.5094, unit=True) == f"50,9{NNBSP}%"
    assert value_text(COLUMNS["apl_2023"], math.nan, unit=True) == "donnée absente"


@pytest.mark.parametrize(
    ("points", "text"), [(3.77, "+3,8"), (-3.56, "−3,6"), (0.0, "0,0"), (1234.5, "+1⍽234,5")]
)
def test_a_gap_carries_its_sign(points: float, text: str) -> None:
    assert visible(signed_percent(points)) == f"{text}⍽%"


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("2024-04-15", "15 avril 2024"),
        ("2021-12-15", "15 décembre 2021"),
        ("2020-02-29", "29 février 2020"),
        ("2022-01", "janvier 2022"),
        ("2017", "2017"),
        ("2023-03-06/2024-03-31", "6 mars 2023 au 31 mars 2024"),
    ],
)
def test_dates_in_french(iso: str, text: str) -> None:
    assert day(iso) == text


def test_punctuation_stays_with_its_word() -> None:
    typed = "L'essai : « 24 000 » à 11 % ; vrai ? oui !"
    assert visible(typeset(typed)) == "L’essai⍽: «⍽24⍽000⍽» à 11⍽%⍽; vrai⍽? oui⍽!"
    # A year beside a number, a code or a time is no thousands.
    assert typeset("en 2023 12 communes de 8 h à 20 h") == "en 2023 12 communes de 8 h à 20 h"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "le jour même"),
        (1, "le jour même ou le lendemain ouvré"),
        (2, "dans les 2 jours ouvrés"),
    ],
)
def test_the_goal_names_target_people_and_deadline(five: Analysis, days: int, words: str) -> None:
    assert deadline(days) == words
    result = result_of(five, "beauce_gatinais")
    other = replace(result, scenario=result.scenario.evolve(deadline_days=days, target=0.9))
    said = f"90 % des demandes des personnes sans médecin traitant trouvent un créneau {words}"
    assert plain(goal(other)) == said
    assert plain(answer(other)).startswith(f"Pour que {said}, il faudrait 14 créneaux")


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 créneau"),
        (1, "1 créneau"),
        (1.6, "1,6 créneau"),
        (2, "2 créneaux"),
        (8.0, "8 créneaux"),
    ],
)
def test_slots_below_two_are_singular(count: float, text: str) -> None:
    assert slots(count) == text


def test_slots_that_differ_by_day_keep_their_mean(five: Analysis) -> None:
    case = result_of(five, "beauce_gatinais").scenario.evolve(slots_today=(8, 8, 8, 8, 6))
    assert "Aujourd’hui : 7,6 créneaux par jour" in today(headline(case, draws=500))


def test_the_interval_is_in_the_answer_and_beside_it(five: Analysis) -> None:
    result = result_of(five, "beauce_gatinais")
    low, middle, high = 10, 14, 19
    assert (result.slots_per_day.p10, result.slots_per_day.p50) == (low, middle)
    said = plain(answer(result))
    assert f"{middle} créneaux par jour — entre {low} et {high}, au moins 8 chances" in said
    assert "20 heures de médecin par semaine (entre 15 et 27 h)" in said
    assert short_answer(result) == f"{middle} ({low} à {high})"


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_caption_counts_the_dots_of_the_interval(five: Analysis, key: str) -> None:
    result = result_of(five, key)
    low, high = result.slots_per_day.p10, result.slots_per_day.p90
    inside = len([dot for dot in result.slots_dots if low <= dot <= high])
    caption = _dots_caption(result)
    model = "selon le modèle, que l’activité dément, " if key == "ouest_loiret" else ""
    assert f"parmi {len(result.slots_dots)} : {model}{inside} demandent " in caption
    assert 16 <= inside <= 20
    # It counts what is drawn: fewer dots inside, a smaller number.
    moved = replace(result, slots_dots=(high + 1,) * 13 + (high,) * 7)
    assert f"parmi 20 : {model}7 demandent " in _dots_caption(moved)


def test_the_observed_minimum_replaces_the_model_it_refutes(five: Analysis) -> None:
    result = result_of(five, "ouest_loiret")
    said = plain(answer(result))
    assert "il faudrait au moins 6 créneaux par jour, d’après l’activité déjà assurée" in said
    assert "(5,6 consultations par jour d’ouverture)" in said
    assert "chances" not in said
    assert short_answer(result) == "au moins 6"
    assert answer_status(result) is Status.ESTIMATED
    assert result.status is Status.ASSUMED


def test_a_partial_demand_is_said_wherever_its_figure_stands(five: Analysis) -> None:
    lvo = result_of(five, "lvo")
    assert "7 créneaux par jour, demande partielle — entre 4 et 14" in answer(lvo)
    assert short_answer(lvo) == "7 (4 à 14), demande partielle"
    # 100 % of a part of the demand would read as a line that is large enough.
    assert "%" not in today(lvo)
    assert "16 créneaux par jour (20 h de médecin par semaine)" in today(lvo)
    alone = lvo.scenario.evolve(eligible=("no_mt",), visitors=None)
    whole = replace(lvo, scenario=alone)
    assert "partielle" not in answer(whole) + short_answer(whole)
    # 0.99999… is not quite all of them.
    assert f"plus de 99{NNBSP}% seraient servies" in today(whole)


def test_today_unknown_is_no_zero(five: Analysis) -> None:
    assert today(result_of(five, "asclepios")) == "Capacité d’aujourd’hui : non publiée."


def test_one_of_a_thing_is_singular(five: Analysis) -> None:
    tiny = headline(scenario_from_population(300))
    said = answer(tiny) + _dots_caption(tiny)
    assert "1 heure de médecin" in said
    assert "1 créneau par jour" in said
    assert "1 heures" not in said
    assert "1 créneaux" not in said
