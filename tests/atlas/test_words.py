"""What the pages say: numbers and dates in French, and the sentences of the five territories.

The snapshots hold every sentence; the assertions beside them say which signs matter and why.
A narrow no-break space is written ``⍽`` in the snapshots, so that a lost one shows.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from syrupy.assertion import SnapshotAssertion

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.words import (
    deadline,
    estimate,
    goal,
    low_apl_finding,
    sentence,
    short_answer,
    short_name,
    slots,
    whom,
)
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.sections.capacity.needed import _dots_caption
from cpts_geo.atlas.sections.territory.answer import _planned, answer, evidence, floor, today
from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.need.interval import CHANCES, Interval
from cpts_geo.capacity.scenario.loading import scenario_from_population
from cpts_geo.french import NNBSP, day, number, percent, signed_percent, typeset, value_text
from cpts_geo.schema import COLUMNS, TERRITORY
from tests.atlas.said import TERRITORIES, plain, result_of, visible

SENTENCES = {
    "answer": answer,
    "floor": floor,
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
    # A year beside a number is no thousands.
    assert visible(typeset("en 2023 12 fois")) == "en 2023 12 fois"


@pytest.mark.parametrize(
    ("typed", "set_so"),
    [
        ("de 8 h à 13 h 30", "de 8⍽h à 13⍽h⍽30"),
        ("30 € pour 15 min à 3 km", "30⍽€ pour 15⍽min à 3⍽km"),
        ("85 hab. et 12 km²", "85⍽hab. et 12⍽km²"),
        ("14 créneaux, 1 créneau", "14[nbsp]créneaux, 1[nbsp]créneau"),
        ("2 000 habitants, dans 5 ans", "2⍽000[nbsp]habitants, dans 5[nbsp]ans"),
        ("8 heureux, 3 hommes", "8 heureux, 3 hommes"),
    ],
)
def test_a_number_stays_with_its_unit(typed: str, set_so: str) -> None:
    assert visible(typeset(typed)) == set_so


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "le jour même"),
        (1, "le jour même ou le lendemain ouvré"),
        (2, "dans les 2 jours ouvrés"),
    ],
)
def test_the_goal_names_target_and_deadline(five: Analysis, days: int, words: str) -> None:
    assert deadline(days) == words
    result = result_of(five, "beauce_gatinais")
    other = replace(result, scenario=result.scenario.evolve(deadline_days=days, target=0.9))
    assert plain(goal(other)) == f"90 % des demandes trouvent un créneau {words}"


@pytest.mark.parametrize(
    ("public", "visitors", "alone", "after"),
    [
        ("all", False, "tous les habitants", "de tous les habitants"),
        ("all", True, "tous les habitants et les visiteurs",
         "de tous les habitants et des visiteurs"),
        ("no_mt", False, "personnes sans médecin traitant",
         "des personnes sans médecin traitant"),
        (None, False, "tous les habitants", "de tous les habitants"),
    ],
)  # fmt: skip
def test_a_public_is_named_in_words(
    public: str | None, visitors: bool, alone: str, after: str
) -> None:
    present = {"present": (10.0,) * 12} if visitors else None
    case = scenario_from_population(50_000).evolve(public=public, visitors=present)
    assert (whom(case), whom(case, of=True)) == (alone, after)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "aucun créneau"),
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
    # An analyst wrote them: they are not those of today.
    assert "Offerts : 7,6 créneaux par jour" in today(headline(case, draws=500))


def test_an_answer_on_its_own_line_has_its_number_then_the_interval(five: Analysis) -> None:
    result = result_of(five, "beauce_gatinais")
    assert short_answer(result) == "15 (12 à 20)"
    said = plain(answer(result))
    assert said.startswith(
        "Pour tous les habitants, il faudrait 15 créneaux par jour (12 à 20, 8 situations sur 10, "
        "si les hypothèses tiennent), soit "
    )
    assert re.search(r"heures de consultation par semaine \(\d+ à \d+ h\)\.$", said)


@pytest.mark.parametrize("key", TERRITORIES)
def test_without_local_evidence_no_single_number_is_said(five: Analysis, key: str) -> None:
    result = result_of(five, key)
    low, middle, high = vars(result.slots_per_day).values()
    said, own = plain(answer(result)), result.scenario.has_own_line
    assert own == (key in ("ouest_loiret", "beauce_gatinais"))
    assert ("ordre de grandeur" in said + short_answer(result)) is not own
    if not own:
        assert f"ordre de grandeur : {low} à {high} créneaux par jour (8 situations sur 10" in said
        assert not re.search(rf"\b{middle} créneaux", said)
        assert short_answer(result) == f"{low} à {high}, ordre de grandeur"
        assert estimate(result, result.slots_per_day) == f"{low} à {high}"


def test_bounds_that_are_one_number_are_said_once(five: Analysis) -> None:
    result = result_of(five, "beauce_gatinais")
    one = replace(result, slots_per_day=Interval(8, 8, 8), gp_hours_per_week=Interval(9.6, 10, 10))
    said = plain(answer(one))
    assert "8 créneaux par jour (8 situations sur 10, si" in said
    assert said.endswith("soit 10 heures de consultation par semaine.")
    rough = replace(one, scenario=result_of(five, "asclepios").scenario)
    assert "ordre de grandeur : 8 créneaux par jour (8 situ" in plain(answer(rough))
    assert short_answer(one) == "8"


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_interval_has_one_phrase(five: Analysis, key: str) -> None:
    said = plain(" ".join(say(result_of(five, key)) for say in SENTENCES.values()))
    assert said.count(CHANCES) == 1
    assert "chances" not in said.replace(CHANCES, "")
    assert "situations sur" not in said.replace(CHANCES, "")


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_caption_counts_the_dots_of_the_interval(five: Analysis, key: str) -> None:
    result = result_of(five, key)
    low, high = result.slots_per_day.p10, result.slots_per_day.p90
    inside = len([dot for dot in result.slots_dots if low <= dot <= high])
    caption = _dots_caption(result)
    assert f"parmi {len(result.slots_dots)} : {inside} demandent " in caption
    assert 16 <= inside <= 20
    # It counts what is drawn: fewer dots inside, a smaller number.
    moved = replace(result, slots_dots=(high + 1,) * 13 + (high,) * 7)
    assert "parmi 20 : 7 demandent " in _dots_caption(moved)


def test_the_floor_of_what_was_served_is_said_for_both_deadlines(five: Analysis) -> None:
    result = result_of(five, "ouest_loiret")
    said = plain(floor(result))
    assert "5,6 par jour d’ouverture" in said
    assert "au moins 6 créneaux par jour pour les donner le jour même ou le lendemain" in said
    assert "au moins 8 pour les donner le jour même." in said
    assert short_answer(result) == "8 (7 à 9)"
    same = headline(result.scenario.evolve(deadline_days=0), draws=500)
    assert plain(floor(same)).count("au moins") == 1
    assert "au moins 8 créneaux par jour pour les donner le jour même." in plain(floor(same))
    assert floor(result_of(five, "lvo")) == ""


def test_today_unknown_is_no_zero(five: Analysis) -> None:
    assert today(result_of(five, "asclepios")) == "Capacité d’aujourd’hui : non publiée."


def test_one_of_a_thing_is_singular(five: Analysis) -> None:
    own = {"calls_observed": 20, "calls_years": 1.0}
    tiny = headline(scenario_from_population(300).evolve(public="no_mt", **own))
    said = answer(tiny) + _dots_caption(tiny)
    assert "1 heure de consultation" in said
    assert "1 créneau par jour" in said
    assert "1 heures" not in said
    assert "1 créneaux" not in said


@pytest.mark.parametrize("kind", ["CPTS", "CC", "CA", "TVS"])
@pytest.mark.parametrize(
    ("tie", "rest"),
    [("", "Beauce"), ("du ", "Val de Cisse"), ("de la ", "Dombes"), ("de l’", "Ouest Loiret"),
     ("de l'", "Aa"), ("des ", "Deux Rives"), ("d’", "Auge"), ("d'", "Auge"), ("de ", "Duclair")],
)  # fmt: skip
def test_a_short_name_has_neither_kind_nor_tie(kind: str, tie: str, rest: str) -> None:
    assert short_name(f"{kind} {tie}{rest}") == rest
    assert short_name(f"{kind} {tie}{rest}", len(rest)) == rest
    assert short_name(f"{kind} {tie}{rest}", 4) == (rest if len(rest) <= 4 else f"{rest[:3]}…")


@pytest.mark.parametrize("name", ["CPTS", "Cantal", "CAP Nord", "Derval", "Dunois", "Désert", ""])
def test_a_name_without_kind_stays(name: str) -> None:
    assert short_name(name) == name


@pytest.mark.parametrize("text", ["Tous", "Tous ", "Tous,", "Tous.", "Tous. ", "Tous ?", "Tous…"])
def test_what_others_write_ends_once(text: str) -> None:
    assert re.fullmatch(r"Tous(?:[.…]| [?])", sentence(text))
    assert sentence(sentence(text)) == sentence(text)


def test_the_share_is_that_of_the_vintage_that_is_drawn() -> None:
    rows = pd.DataFrame(
        {
            "area_level": TERRITORY.key,
            "indicator": ["share_low_apl_2022", "share_low_apl_2023", "apl_2022", "apl_2023"],
            "value": [0.29, 1.0, 2.95, 2.54],
        }
    )
    assert plain(low_apl_finding(rows, "apl_2022")).startswith("29 % des habitants vivent")
    assert low_apl_finding(rows, "apl_2023").startswith("Tous les habitants vivent")
    # What is not known of a vintage is not borrowed from another.
    assert low_apl_finding(rows[rows["indicator"] != "share_low_apl_2022"], "apl_2022") == ""


def test_a_shift_says_its_unit_and_not_its_rank() -> None:
    layers = territory_layers(
        pd.DataFrame({"apl_2023": [2.0], "apl_shift_1": [0.1]}), scenarios=["Un médecin part"]
    )
    (shift,) = (layer for layer in layers if layer.diverging)
    assert shift.measure.endswith("(en plus ou en moins)")
    assert "changement" not in shift.measure
