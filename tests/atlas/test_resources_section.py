"""What a page says of the people, rooms and euros behind slots: words, table, sources."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from cpts_geo.atlas.sections.resources import _pace, section
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.workforce.resources import Line, resources
from cpts_geo.french import UNKNOWN_TEXT
from cpts_geo.schema import STATUS_MARKS, Status
from cpts_geo.study.capacity import TerritoryCapacity, study_capacity
from tests.atlas.said import TERRITORIES, plain

DAYS = (50,) * 5
Case = tuple[Headline, TerritoryCapacity]


def line(slots: int, hours: float, **more: float) -> Line:
    return Line(slots=(slots,) * 5, gp_hours_per_week=hours, **more)


def studied(key: str, **changes: Any) -> Case:
    result = headline(load_scenario(key).evolve(**changes), draws=300)
    return result, study_capacity(result, facts={})


def said(case: Case, lines: dict[str, Line] | None = None) -> dict[str, Any]:
    """The section of a territory, its table made of these lines where some are given."""
    result, capacity = case
    if lines is not None:
        table = resources(result.scenario, lines, days=DAYS, phone=capacity.phone)
        capacity = replace(capacity, resources=table)
    return section(result, capacity)


def texts(found: dict[str, Any], label: str) -> list[str]:
    """The cells of a row, with ordinary spaces."""
    (row,) = (row for row in found["rows"] if row.label.startswith(label))
    return [plain(cell.text) for cell in row.cells]


@pytest.fixture(scope="module")
def beauce() -> Case:
    return studied("beauce_gatinais")


@pytest.fixture(scope="module")
def asclepios() -> Case:
    return studied("asclepios")


NEEDED = {
    "today": line(8, 10.0, requests_per_day=15.0),
    "needed_p10": line(12, 15.0, requests_per_day=11.0),
    "needed_p50": line(15, 19.6, requests_per_day=14.0),
    "needed_p90": line(20, 27.0, requests_per_day=19.0),
}


def test_the_title_is_the_finding(beauce: Case) -> None:
    found = said(beauce, NEEDED)
    assert plain(found["finding"]) == (
        "15 créneaux par jour : 20 heures de consultation par semaine, soit 4,9 demi-journées ; "
        "20 volontaires à une séance de 2 h toutes les 2 semaines"
    )
    # 14 GPs: 9.8 sessions a week are one in 10 days each, 5 are one in 20
    assert plain(found["sentences"][0]) == (
        "Avec les 14 volontaires connus : une séance chacun tous les 10 jours, au lieu de tous "
        "les 20 jours."
    )
    least = {name: line(1, 1.25, consultations=200.0) for name in NEEDED if name != "today"}
    floor = said(beauce, {"today": Line(), **least})
    assert plain(floor["finding"]).startswith("1 créneau par jour : 1 heure de consultation")
    assert "0,3 demi-journée ; 2 volontaires" in plain(floor["finding"])
    assert floor["heads"] == ["Nécessaire"]
    # what takes minutes is no hour
    minutes = {name: line(1, 0.8, consultations=200.0) for name in least}
    assert "1 créneau par jour : moins d’une heure de consultation" in plain(
        said(beauce, minutes)["finding"]
    )


def test_a_balance_stands_within_its_bounds(beauce: Case) -> None:
    result, capacity = beauce
    table = capacity.resources.copy()
    table.loc[["needed_p10", "needed_p50", "needed_p90"], "balance"] = [-70e3, -74e3, -71e3]
    found = section(result, replace(capacity, resources=table))
    assert texts(found, "Solde")[-1] == "−74 000 € (−74 000 à −70 000)"
    # These ends are those of three lines, and only they are said not to be of 8 situations of 10.
    said_of = {row.label: plain(row.detail) for row in found["rows"]}
    apart = [label for label, detail in said_of.items() if "pas un intervalle" in detail]
    assert apart == [label for label in said_of if label.startswith("Solde")]


def test_only_a_balance_is_out_of_order(beauce: Case, asclepios: Case) -> None:
    """What is said to be an interval has its median inside, and its ends in the order of slots."""
    for _, capacity in (beauce, asclepios):
        table = capacity.resources.drop(columns=["balance", "session_weeks"])
        steps = table.loc[["needed_p10", "needed_p50", "needed_p90"]].diff().iloc[1:]
        assert (steps.isna() | (steps >= 0)).all(axis=None)
        backwards = capacity.resources["session_weeks"].filter(like="needed").diff()
        assert (backwards.isna() | (backwards <= 0)).all()


def test_the_table_sets_today_beside_what_is_needed(beauce: Case) -> None:
    found = said(beauce, NEEDED)
    assert found["heads"] == ["Aujourd’hui", "Nécessaire"]
    assert texts(found, "Créneaux") == ["8", "15 (12 à 20)"]
    assert texts(found, "Demi-journées") == ["2,5", "4,9 (3,8 à 6,8)"]
    assert texts(found, "Médecins volontaires") == ["10", "20 (15 à 27)"]
    assert texts(found, "Jours entre") == ["20", "10 (7 à 13)"]
    # the same people answer the telephone, whatever the slots: no interval
    assert texts(found, "Heures de secrétaire") == ["65", "65"]
    assert texts(found, "Médecins par an")[0] == "50 000 €"
    assert texts(found, "Solde")[1].startswith("−")
    with_planned = said(beauce, {"today": Line(), "planned": line(16, 20.0), **NEEDED})
    assert with_planned["heads"] == ["Aujourd’hui", "Annoncé", "Nécessaire"]


def test_money_is_said_for_hours_paid_and_for_acts(beauce: Case) -> None:
    result, _ = beauce
    prices = {"no_show_rate": 0.0, "gp_hour_cost": 100.0, "secretary_hour_cost": 20.0}
    case = studied("beauce_gatinais", **prices)
    (text,) = (plain(x) for x in said(case, NEEDED)["sentences"] if x.startswith("Par an"))
    assert "65 000 € de secrétariat et 98 000 € de médecins s’ils sont payés à l’heure" in text
    assert "il manquerait" in text
    assert text.endswith("il reste à financer le secrétariat, 65 000 €.")
    cheap = studied("beauce_gatinais", gp_hour_cost=0.0, secretary_hour_cost=1.0)
    (text,) = (plain(x) for x in said(cheap, NEEDED)["sentences"] if x.startswith("Par an"))
    assert "il resterait" in text
    assert result.scenario.gp_hour_cost == 100.0


def test_a_telephone_dearer_than_the_consultations_is_said(asclepios: Case) -> None:
    few = dict.fromkeys(NEEDED, line(2, 2.5, requests_per_day=1.0))
    many = dict.fromkeys(NEEDED, line(40, 50.0, requests_per_day=38.0))
    assert "plus que les consultations ne rapportent" in said(asclepios, few)["sentences"][-1]
    assert "ne rapportent" not in said(asclepios, many)["sentences"][-1]


def test_what_is_unknown_is_said_or_left_out(asclepios: Case) -> None:
    found = said(asclepios)
    # no line is described, no volunteer is known
    assert found["heads"] == ["Nécessaire"]
    assert not any(row.label.startswith("Jours entre") for row in found["rows"])
    assert len(found["sentences"]) == 1
    counted = said(asclepios, {"today": Line(consultations=1400.0), **dict([*NEEDED.items()][1:])})
    assert texts(counted, "Consultations")[0] == "1 400"
    assert texts(counted, "Solde")[0] == UNKNOWN_TEXT
    row = next(row for row in counted["rows"] if row.label.startswith("Solde"))
    assert row.cells[0].status == Status.UNKNOWN


def test_sessions_of_two_hours_are_effectors_of_the_sas(beauce: Case) -> None:
    labels = [row.label for row in said(beauce)["rows"]]
    assert "Effecteurs du SAS" not in labels
    (sessions,) = (row for row in said(beauce)["rows"] if row.label == "Séances par semaine")
    assert "autant d’effecteurs du SAS à 2 h chacun" in plain(sessions.detail)
    longer = said(studied("beauce_gatinais", session_hours=4.0), NEEDED)
    assert texts(longer, "Séances par semaine") == ["2,5", "4,9 (3,8 à 6,8)"]
    assert texts(longer, "Effecteurs du SAS") == ["5", "9,8 (7,5 à 13,5)"]


def test_each_parameter_says_its_source_and_grade(beauce: Case) -> None:
    sources = {x.partition(" : ")[0]: plain(x) for x in said(beauce)["sources"]}
    assert "22 décembre 2024" in sources["Tarif d’une consultation"]
    assert sources["Tarif d’une consultation"].endswith("(B)")
    assert sources["Coût d’une heure de secrétaire"].endswith("(D)")
    assert "14" in sources["Médecins volontaires"]
    # its calls are counted: nobody is supposed at the telephone
    assert "Personnes au téléphone à la fois" not in sources
    mine = said(studied("beauce_gatinais", consultation_tariff=35.0))["sources"]
    assert any("35 euros — valeur choisie par l'analyste (D)" in plain(x) for x in mine)


def test_a_price_that_is_supposed_makes_a_supposed_amount(beauce: Case) -> None:
    found = said(beauce)
    for row in found["rows"]:
        if row.label.startswith(("Secrétariat", "Solde", "Médecins par an")):
            assert {cell.mark for cell in row.cells} == {STATUS_MARKS[Status.ASSUMED]}


@pytest.mark.parametrize("key", TERRITORIES)
def test_every_cell_of_the_five_is_written(key: str) -> None:
    found = said(studied(key))
    assert not re.search(r"\bnan\b", str(found), re.IGNORECASE)
    assert all(len(row.cells) == len(found["heads"]) for row in found["rows"])
    assert all(cell.status for row in found["rows"] for cell in row.cells)


def test_months_studied_are_named() -> None:
    labels = [row.label for row in said(studied("lvo_ete"))["rows"]]
    assert "Consultations en juillet et août" in labels


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        (0.25, "4 fois par semaine"),
        (0.5, "2 fois par semaine"),
        (1.0, "chaque semaine"),
        (1.43, "tous les 10 jours"),
        (2.0, "toutes les 2 semaines"),
        (0.1, "10 fois par semaine"),
    ],
)
def test_how_often_a_session_comes_back(weeks: float, words: str) -> None:
    assert plain(_pace(weeks)) == words


@pytest.mark.parametrize("hours", [2.75, 4.4, 7.9, 19.6, 85.2])
def test_the_title_and_the_table_tell_the_same_half_days(beauce: Case, hours: float) -> None:
    found = said(beauce, {name: line(8, hours, requests_per_day=7.0) for name in NEEDED})
    row = next(row for row in found["rows"] if row.label.startswith("Demi-journées"))
    (*_, cell) = row.cells
    assert f"soit {cell.text} demi-journée" in plain(found["finding"])


def test_the_table_leaves_as_it_is(beauce: Case) -> None:
    _, capacity = beauce
    before = capacity.resources.copy()
    said(beauce)
    pd.testing.assert_frame_equal(capacity.resources, before)
