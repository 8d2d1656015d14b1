"""What a scenario may not be: every defect in one error, in a file, a variant or a record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.capacity.demand.line import observed_line
from cpts_geo.capacity.scenario.calendar import Calendar, default_calendar
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import _Population, load_scenario
from cpts_geo.capacity.scenario.parameters import Source, _Default
from cpts_geo.capacity.scenario.records import Record
from cpts_geo.capacity.scenario.supply import Rota, Visitors
from cpts_geo.errors import ScenarioError

MINE = """
label = "Mon territoire"
people_without_mt = 5000.0
share_assumed = false
public = "no_mt"
eligibility = "Tous"
population_basis = "inconnue"
"""

Refuse = Callable[[str], str]


@pytest.fixture
def refused(tmp_path: Path) -> Refuse:
    """Defects of a text written as a file."""

    def read(text: str) -> str:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return defects_of_file(path)

    return read


@pytest.fixture(scope="module")
def lvo() -> Scenario:
    return load_scenario("lvo")


def defects_of_file(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.remedy
    return "\n".join(caught.value.defects)


def defects_of(build: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        build()
    assert caught.value.remedy
    return caught.value.defects


# ---- all at once


def test_every_defect_of_a_file_at_once(refused: Refuse) -> None:
    text = (
        MINE.replace("5000.0", '"beaucoup"')
        + """
target = 1.0
deadline_days = -1
no_show_rate = 1.0
need_share = [0.5, 0.8, 1.2]
found_share = [0.9, 0.8]
visitor_rate_ratio = [1.5, 0.9, 0.5]
dispersion = nan
people_cv = inf
slots_today = 0
minuts = [1.0, 2.0, 3.0]

[calendar]
weekdays = []
weekday_factors = []
"""
    )
    assert set(refused(text).splitlines()) == {
        "« people_without_mt » = 'beaucoup' : il faut un nombre",
        "« target » = 1.0 : il faut moins de 1",
        "« deadline_days » = -1 : il faut 0 ou plus",
        "« no_show_rate » = 1.0 : il faut moins de 1",
        "« need_share.3 » = 1.2 : il faut 1 ou moins",
        "found_share : 0.9, 0.8 : il faut bas ≤ haut",
        "visitor_rate_ratio : 1.5, 0.9, 0.5 : il faut bas ≤ probable ≤ haut",
        "« dispersion » = nan : il faut un nombre fini",
        "« people_cv » = inf : il faut un nombre fini",
        "slots_today : 0 : il faut un nombre entier de créneaux, de 1 à 600, ou un par jour "
        "d'ouverture de la semaine",
        "« minuts » est inconnu ; vouliez-vous dire « minutes » ?",
        "calendar : « weekdays » : il faut au moins un jour, dans l'ordre, sans doublon",
    }


def test_every_defect_of_a_variant_at_once(lvo: Scenario) -> None:
    changes: dict[str, Any] = {
        "target": 0.0,
        "deadline_days": -1,
        "seed": -1,
        "slots_today": 601,
        "need_share": (0.0, 0.5, 1.0),
        "minutes": (15.0, 16.0),
        "public": "tous",
        "area": {"apl": 2.0, "lent": 0.2},
        "readings": [{"label": "une", "slots_today": 0, "weight": 2.0}],
        "calendar": {"weekdayz": (1,), "year": 1800},
        "visitors": {"present": (1.0,)},
        "rota": {"gps": 0},
    }
    assert set(defects_of(lambda: lvo.evolve(**changes))) == {
        "« target » = 0.0 : il faut 0.1 ou plus",
        "« deadline_days » = -1 : il faut 0 ou plus",
        "« seed » = -1 : il faut 0 ou plus",
        "slots_today : 601 : il faut un nombre entier de créneaux, de 1 à 600, ou un par jour "
        "d'ouverture de la semaine",
        "« need_share.1 » = 0.0 : il faut plus de 0",
        "« minutes.3 » manque",
        "« public » = 'tous' : il faut l'une de ces valeurs : 'no_mt' ou 'all'",
        "« area.lent » = 0.2 : il faut 0.1 ou moins",
        "readings.1.slots_today : 0 : il faut un nombre entier de créneaux, de 1 à 600, ou un par "
        "jour d'ouverture de la semaine",
        "« readings.1.weight » = 2.0 : il faut 1 ou moins ; vouliez-vous dire 0.02 (2 %) ?",
        "« calendar.weekdayz » est inconnu ; vouliez-vous dire « weekdays » ?",
        "« calendar.year » = 1800 : il faut 1990 ou plus",
        "visitors : « present » : il faut 12 valeurs, de janvier à décembre",
        "« rota.gps » = 0 : il faut 1 ou plus",
        "« rota.sessions_per_gp_per_week » manque : écrivez « sessions_per_gp_per_week = … » "
        "(séances de chacun par semaine, séances, 0,5 = une toutes les deux semaines)",
        "« rota.session_hours » manque : écrivez « session_hours = … » "
        "(durée d’une séance, heures)",
    }


def test_every_contradiction_at_once(lvo: Scenario) -> None:
    changes: dict[str, Any] = {
        "rota": Rota(gps=1, sessions_per_gp_per_week=1.0, session_hours=0.1),
        "slots_planned": 20,
        "people_without_mt": 200_000.0,
        "public": "no_mt",
        "need_counted": (608, 392),
        "months": (8, 7),
        "observed_start": date(2025, 2, 1),
        "observed_end": date(2025, 1, 1),
    }
    assert defects_of(lambda: lvo.evolve(**changes)) == (
        "« slots_today » et « rota » : donnez l'un ou l'autre",
        "« rota » : moins d'un créneau par semaine",
        "« slots_planned » est donné sans « planned_basis » : ajoutez « planned_basis »",
        "« people_without_mt » dépasse « population » : 200\u202f000 pour 135\u202f000",
        "« need_counted » va avec « calls_observed » et « calls_years »",
        "« visitors » : des visiteurs viennent là où public = all",
        "« months » : des mois dans l'ordre, sans doublon",
        "« observed_end » vient avant « observed_start »",
        "« observed_start » est donné sans « observed_consultations » : ajoutez les "
        "consultations de cette période",
    )


# ---- one by one


CALLS = "calls_observed = 900\ncalls_years = 1.0\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("need_share = [0.5, 0.4, 1.0]", "bas ≤ probable ≤ haut"),
        ("need_share = [0.5, 1.0]", "need_share"),
        ("need_share = [0.5, 0.6, 0.7, 0.8]", "need_share"),
        ("need_share = 0.5", "il faut une liste"),
        ("minutes = [0.0, 1.0, 2.0]", "« minutes.1 » = 0.0 : il faut 1 ou plus"),
        ("visitor_rate_ratio = [2, 1, 0.5]", "bas ≤ probable ≤ haut"),
        ("dispersion = 0.9", "il faut 1 ou plus"),
        ("people_cv = -0.1", "il faut 0 ou plus"),
        ("between_territory_sd = -inf", "il faut un nombre fini"),
        ("no_show_rate = -0.1", "il faut 0 ou plus"),
        ("gp_hour_cost = -1", "il faut 0 ou plus"),
        ("target = 1", "il faut moins de 1"),
        ("target = true", "il faut un nombre"),
        ('target = "0.9"', "il faut un nombre"),
        ("deadline_days = 1.5", "il faut un nombre entier"),
        ("deadline_days = true", "il faut un nombre entier"),
        ("slots_today = -8", "de 1 à 600"),
        ("slots_today = 8.0", "il faut un nombre entier de créneaux"),
        ("slots_today = true", "il faut un nombre entier de créneaux"),
        ('slots_today = "8"', "il faut un nombre entier de créneaux"),
        ("slots_today = [8, 8, 8, 8, 601]", "de 1 à 600"),
        ("slots_today = [8, 8, 8, 8, -1]", "de 1 à 600"),
        ("slots_today = 8", "est donné sans"),
        ("minutes_per_slot_today = 15", "est donné sans"),
        ("minutes_per_slot_today = 15\nslots_today = [8, 8]", "un nombre par jour"),
        ("minutes_per_slot_today = 15\nslots_today = []", "un nombre par jour"),
        ("minutes_per_slot_today = 15\nslots_today = [0, 0, 0, 0, 0]", "aucun créneau"),
        ("observed_consultations = 3\nobserved_start = 2023-03-06", "est donné sans"),
        ("observed_end = 2023-03-06", "est donné sans"),
        ('observed_start = "2023-03-06"', "il faut une date"),
        ("observed_start = 2023-03-06T08:00:00", "il faut une date"),
        ("observed_consultations = -1", "il faut 0 ou plus"),
        ("observed_consultations = 1.5", "il faut un nombre entier"),
        ("slots_planned = 0", "il faut 1 ou plus"),
        ("slots_planned = 601", "il faut 600 ou moins"),
        ("planned_basis = 'annonce'", "est donné sans"),
        ("population = 0", "« population » = 0 : il faut plus de 0"),
        ("share_without_mt = 0.5", "« share_without_mt » : donnez l'un ou l'autre"),
        ("age_share = 2.0", "« age_share » : donnez l'un ou l'autre"),
        ('notes = "une phrase"', "il faut une liste"),
        ('notes = [""]', "le texte est vide"),
        ("months = [13]", "il faut 12 ou moins"),
        ("months = [0]", "il faut 1 ou plus"),
        ("months = [1, 1]", "sans doublon"),
        ("[rota]\ngps = 2\nsession_hours = 2", "« rota.sessions_per_gp_per_week » manque"),
        ("[visitors]\nhotel_rooms = 2", "« present »"),
        (f"[visitors]\npresent = {[0.0] * 12}", "des visiteurs viennent là où public = all"),
        (
            "[sources]\nminuts = {text = 'x', grade = 'A'}",
            "« sources.minuts » est inconnu ; vouliez-vous dire « minutes » ?",
        ),
        ("[sources]\nminutes = {text = ' ', grade = 'A'}", "sources.minutes.text : le texte est"),
        ('notes = ["a\\tb"]', "caractère invisible"),
        (
            "calls_observed = 1_000_000_001\ncalls_years = 1.0",
            "il faut 1\u202f000\u202f000\u202f000 ou moins",
        ),
        ("calls_people_years = 1e10", "il faut 1\u202f000\u202f000\u202f000 ou moins"),
        ("observed_consultations = 1_000_000_001", "ou moins"),
        ("population = 1.1e8", "il faut 100\u202f000\u202f000 ou moins"),
        ("minutes = [15, 20, 601]", "« minutes.3 » = 601 : il faut 600 ou moins"),
        ("minutes_per_slot_today = 0.5\nslots_today = 3", "il faut 1 ou plus"),
        ("gp_hour_cost = 10001", "il faut 10\u202f000 ou moins"),
        ("secretary_hour_cost = -1", "il faut 0 ou plus"),
        ("consultation_tariff = nan", "il faut un nombre fini"),
        ("session_hours = 0", "il faut plus de 0"),
        ("half_day_hours = 13", "il faut 12 ou moins"),
        ("session_weeks = 0", "il faut plus de 0"),
        ("phone_agents = 1.5", "il faut un nombre entier"),
        ("volunteers = 0", "il faut 1 ou plus"),
        (
            "volunteers = 3\nminutes_per_slot_today = 15\n"
            "[rota]\ngps = 2\nsessions_per_gp_per_week = 1\nsession_hours = 2",
            "« volunteers » et « rota » : deux nombres de médecins",
        ),
        ("target = 1e-9", "il faut 0.1 ou plus"),
        ("visitor_rate_ratio = [1, 2, 1e300]", "il faut 1000 ou moins"),
        ("found_share = [0.5, 1.2]", "« found_share.2 » = 1.2 : il faut 1 ou moins"),
        ("found_share = [0.0, 1.0]", "« found_share.1 » = 0.0 : il faut plus de 0"),
        ("found_share = [0.5]", "found_share"),
        ("calls_observed = 900\ncalls_years = 0.0", "il faut plus de 0"),
        ("calls_observed = 900\ncalls_years = 101.0", "il faut 100 ou moins"),
        ("need_counted = [608, 392]", "« need_counted » va avec « calls_observed »"),
        (f"{CALLS}need_counted = [608, -1]", "« need_counted.2 » = -1 : il faut 0 ou"),
        (f"{CALLS}need_counted = [608]", "need_counted"),
        (
            f"{CALLS}need_counted = [608, 29]\nlost_counted = 609",
            "« lost_counted » est une partie",
        ),
        (f"{CALLS}lost_counted = 60", "« lost_counted » est une partie"),
        ("calls_observed = 900", "Écrivez « calls_years = 1.0 »"),
        ("calls_years = 1.0", "« calls_years » va avec « calls_observed »"),
        ('eligible = ["no_mt"]', "« eligible » et « public » : gardez « public »"),
        ("[area]\napl = 2.0\npopulation = 9.0", "standardised_population » manque"),
        ("[[readings]]\nlabel = 'x'\nslots_today = 8\nweight = 0.0", "weight » = 0.0 : il faut"),
        ("[[readings]]\nlabel = 'x'\nweight = 0.5", "slots_today"),
        (f"seed = {2**63}", "« seed » ="),
        (f"visitor_rate_ratio = [1, 2, 1{'0' * 400}]", "visitor_rate_ratio.3"),
        (f"people_cv = 1{'0' * 400}", "« people_cv » = 1000"),
        (f"deadline_days = 1{'0' * 400}", "« deadline_days » = 1000"),
        (f"seed = 0x{'f' * 5000}", "« seed » = (valeur trop longue à écrire)"),
        (f"slots_today = 0x{'f' * 5000}", "slots_today : (valeur trop longue à écrire)"),
        ("[sources]\nminutes = {text = 'x', grade = 'Z'}", "'A', 'B', 'C' ou 'D'"),
        ("[sources]\nminutes = 3", "il faut une table"),
        ("sources = 3", "doit être une table"),
        ("calendar = 3", "« calendar » = 3 : il faut une table"),
    ],
)
def test_bad_line(refused: Refuse, line: str, words: str) -> None:
    found = refused(f"{MINE}{line}\n")
    assert words in found
    assert len(found.splitlines()) == 1


PEOPLE = "people_without_mt = 5000.0"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("5000.0", "0.0", "il faut plus de 0"),
        ("5000.0", "nan", "il faut un nombre fini"),
        (PEOPLE, "share_without_mt = 0.5", "« population » manque"),
        (PEOPLE, "population = -1\nshare_without_mt = 0.1", "« population » = -1 : il faut plus"),
        (PEOPLE, "", "« people_without_mt » manque"),
        (PEOPLE, "population = 9\nshare_without_mt = 11", "« share_without_mt » = 11 : il faut 1"),
        (PEOPLE, "population = 9\nage_share = 1.01\nshare_without_mt = 0.1", "1.01 : il faut 1 ou"),
        (PEOPLE, "population = 9000", "la part du paquet est supposée"),
        ('"Mon territoire"', '"  "', "label : le texte est vide"),
        ('"inconnue"', '"\\u00a0"', "population_basis : le texte est vide"),
        ('"Mon territoire"', '"a\\u0007\\nb"', "label : caractère invisible ('\\x07', '\\n') : le"),
        ("share_assumed = false", 'share_assumed = "non"', "true ou false"),
        ('label = "Mon territoire"', 'label = ""', "le texte est vide"),
        ('label = "Mon territoire"', "label = 3", "il faut un texte entre guillemets"),
        ('label = "Mon territoire"', "", "« label » manque"),
        ('public = "no_mt"', 'public = "tous"', "'no_mt' ou 'all'"),
        ('public = "no_mt"', 'public = ["no_mt"]', "'no_mt' ou 'all'"),
        ('public = "no_mt"', "public = true", "'no_mt' ou 'all'"),
    ],
)
def test_bad_value(refused: Refuse, old: str, new: str, words: str) -> None:
    found = refused(MINE.replace(old, new))
    assert words in found
    assert len(found.splitlines()) == 1


# ---- files


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("label = \n", "ce n'est pas du TOML correct (ligne 1, colonne 9)"),
        ('label = "a"\nnote = "', "ce n'est pas du TOML correct (fin du fichier)"),
        ("[calendar\n", "ce n'est pas du TOML correct (ligne 1, colonne 10)"),
        ("target = 0,95\n", "ligne 1 : « target = 0,95 » : écrivez « target = 0.95 »"),
        ("target = 0.9\ntarget = 0.8\n", "la clé « target » est écrite deux fois (lignes 1 et 2)"),
        ("", "Le fichier est vide"),
        (f"target = 1{'0' * 5000}", "des milliers de chiffres"),
        (f"target = {'[' * 50_000}", "imbriquées trop profondément"),
        ("# vide\n", "« label » manque"),
        ("[territories.mine]\nlabel = 'x'", "« territories » est inconnu ; vouliez-vous dire"),
        (MINE + "[default.x]\nvalue = 1", "« default » est inconnu"),
        (MINE + "tarjet = 0.9\n", "« tarjet » est inconnu ; vouliez-vous dire « target » ?"),
        (MINE + "target = = 0.9\n", "ligne 8, colonne 10"),
        (MINE + "[calendar]\nregoin = 'alsace'\n", "vouliez-vous dire « region » ?"),
        (MINE + "[sources.target]\ntxt = 'x'\ngrade = 'A'\n", "vouliez-vous dire « text » ?"),
    ],
)
def test_bad_file(refused: Refuse, text: str, words: str) -> None:
    assert words in refused(text)


def test_unreadable_file(tmp_path: Path) -> None:
    assert "n’existe pas" in defects_of_file(tmp_path / "absent.toml")
    assert "est un dossier" in defects_of_file(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_bytes((MINE + "# été").encode("cp1252"))
    assert "UTF-8" in defects_of_file(path)
    path.write_bytes(MINE.encode("utf-16"))
    assert "UTF-8" in defects_of_file(path)
    with pytest.raises(ScenarioError) as caught:
        load_scenario("ondaine-forez")
    assert "« ondaine_forez »" in caught.value.defects[0]
    assert "beauce_gatinais" in caught.value.remedy


# ---- calendars


def closed(first: date, last: date) -> dict[str, Any]:
    return {"closed": ((first, last),)}


@pytest.mark.parametrize(
    ("change", "defects"),
    [
        (
            {"weekdays": (), "weekday_factors": ()},
            ["« weekdays » : il faut au moins un jour, dans"],
        ),
        ({"weekdays": (5, 1), "weekday_factors": (1.0, 1.0)}, ["« weekdays » : il faut au moins"]),
        ({"weekdays": (1, 1), "weekday_factors": (1.0, 1.0)}, ["« weekdays » : il faut au moins"]),
        ({"weekdays": (0, 8)}, ["« weekdays.1 » = 0 : il faut 1", "« weekdays.2 » = 8 : il faut"]),
        (closed(date(2025, 1, 1), date(2025, 12, 31)), ["aucun jour d'ouverture dans l'année"]),
        (closed(date(2025, 2, 1), date(2025, 1, 1)), ["« closed » : 01/02/2025 vient après 01/01"]),
        ({"closed": ((date(2025, 1, 1),),)}, ["« closed.1.2 » manque"]),
        ({"closed": (("1er mai", "8"),)}, ["« closed.1.1 » = '1er", "« closed.1.2 » = '8'"]),
        ({"weekday_factors": (1.0,) * 4}, ["« weekday_factors » : il faut un facteur par jour"]),
        ({"month_factors": (1.0,) * 13}, ["« month_factors » : il faut 12 facteurs"]),
        ({"month_factors": (0.0,) * 1}, ["« month_factors.1 » = 0.0 : il faut plus de 0"]),
        ({"after_holiday_factor": -1.0}, ["« after_holiday_factor » = -1.0 : il faut plus de 0"]),
        ({"after_holiday_factor": float("nan")}, ["« after_holiday_factor » = nan : il faut un"]),
        ({"opens": time(20), "closes": time(8)}, ["« closes » doit venir après « opens »"]),
        ({"opens": time(8), "closes": time(8)}, ["« closes » doit venir après « opens »"]),
        ({"opens": "8 h"}, ["« opens » = '8 h' : il faut une heure"]),
        ({"opens": time(8, tzinfo=UTC)}, ["« opens » et « closes » : des heures locales"]),
        ({"year": 1989}, ["« year » = 1989 : il faut 1990 ou plus"]),
        ({"year": 2025.0}, ["« year » = 2025.0 : il faut un nombre entier"]),
        ({"region": "corse"}, ["« region » = 'corse' : il faut l'une de ces valeurs : 'metr"]),
        ({"public_holidays": "ouvert"}, ["« public_holidays » = 'ouvert' : il faut l'une de ces"]),
        ({"school_zone": "D"}, ["« school_zone » = 'D' : il faut l'une de ces valeurs : 'A', 'B'"]),
        ({"school_holiday_factor": 0.5}, ["« school_holiday_factor » demande « school_zone »"]),
        ({"school_zone": "B", "year": 2028}, ["« year » = 2028 : vacances scolaires inconnues"]),
        ({"school_zone": "B", "year": 1990}, ["« year » = 1990 : vacances scolaires inconnues"]),
        ({"school_zone": "B", "year": 2100}, ["« year » = 2100 : vacances scolaires inconnues"]),
        (
            {
                "weekdays": (),
                "month_factors": (1.0,),
                "closes": time(1),
                "year": 2050,
                "school_zone": "A",
                **closed(date(2025, 2, 1), date(2025, 1, 1)),
            },
            ["« weekdays", "« weekday_f", "« month_f", "« closes", "« closed", "« year"],
        ),
    ],
)
def test_every_defect_of_a_calendar(
    lvo: Scenario, change: dict[str, Any], defects: list[str]
) -> None:
    found = defects_of(lambda: Calendar(**dict(default_calendar()) | change))
    assert len(found) == len(defects)
    assert all(a.startswith(b) for a, b in zip(found, defects, strict=True)), found
    # the same inside a scenario, with its place
    nested = defects_of(lambda: lvo.evolve(calendar=dict(default_calendar()) | change))
    assert len(nested) == len(defects)
    assert all("calendar" in defect for defect in nested)


def test_months_studied_without_an_opening_day(lvo: Scenario) -> None:
    august = closed(date(2025, 8, 1), date(2025, 8, 31))
    alone = lvo.evolve(months=(7, 8), calendar=august)  # July is open
    assert alone.calendar.opening_months == set(range(1, 13)) - {8}
    assert defects_of(lambda: lvo.evolve(months=(8,), calendar=august)) == (
        "« months » : aucun jour d'ouverture dans ces mois",
    )


def test_a_closure_of_another_year_is_told(lvo: Scenario) -> None:
    other = closed(date(2024, 8, 5), date(2024, 8, 9))
    assert defects_of(lambda: lvo.evolve(calendar=other)) == (
        "calendar : « closed » : 05/08/2024 – 09/08/2024 est hors de l’année 2025 ; "
        "donnez « year »",
    )
    over_new_year = closed(date(2024, 12, 24), date(2025, 1, 3))
    assert lvo.evolve(calendar=over_new_year).opening_days_per_year == 251 - 2
    assert lvo.evolve(calendar=other | {"year": 2024}).opening_days_per_year == 252 - 5
    # It does close days of a count that lies in that other year.
    seen = load_scenario("ouest_loiret").evolve(calendar=closed(date(2023, 8, 7), date(2023, 8, 9)))
    line = observed_line(seen)
    assert line is not None
    assert line.opening_days == 270 - 3


def test_a_misspelt_source_is_told_with_the_rest(lvo: Scenario) -> None:
    sources = {**lvo.sources, "minuts": {"text": "x", "grade": "A"}, "zzz": {"text": ""}}
    assert set(defects_of(lambda: lvo.evolve(sources=sources, target=2.0))) == {
        "« target » = 2.0 : il faut moins de 1",
        "« sources.minuts » est inconnu ; vouliez-vous dire « minutes » ?",
        "« sources.zzz » est inconnu",
        "« sources.zzz.text » = '' : le texte est vide",
        "« sources.zzz.grade » manque : écrivez « grade = … » (confiance, de A (officiel) à D "
        "(hypothèse))",
    }


def test_beds_and_people_present_have_bounds() -> None:
    for change in (
        {"present": (1.1e8, *(0.0,) * 11)},
        {"hotel_rooms": 10**7 + 1, "occupancy": (0.5,) * 12},
        {"second_homes": 10**400, "occupancy": (0.5,) * 12},
    ):
        found = defects_of(lambda change=change: Visitors(**change))  # type: ignore[misc]
        assert len(found) == 1
        assert "ou moins" in found[0]
        assert len(found[0]) < 200


# ---- records built directly


@pytest.mark.parametrize(
    ("record", "values", "defects"),
    [
        (Rota, {"gps": -1}, 3),
        (Visitors, {"present": (1.0,)}, 1),
        (Calendar, {"year": "2025"}, 9),
        (Source, {"text": "", "grade": "E"}, 2),
        (_Default, {"text": "x", "grade": "A"}, 1),
        (_Population, {"population": 0.0, "share_without_mt": 1.5, "age_share": -1.0}, 3),
        (Scenario, {}, 29),
    ],
)
def test_a_record_speaks_with_one_voice(
    record: type[Record], values: dict[str, Any], defects: int
) -> None:
    for build in (lambda: record(**values), lambda: record.model_validate(values)):
        found = defects_of(build)
        assert len(found) == defects
        assert not any("pydantic" in defect or "Input" in defect for defect in found)
    # an error leaves the next record whole; what is no table is refused as a whole
    assert Rota(gps=1, sessions_per_gp_per_week=1.0, session_hours=1.0).gps == 1
    for whole in (3, None, "x", [1]):
        assert len(defects_of(lambda whole=whole: record.model_validate(whole))) == 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "change",
    [
        {"label": "\ud800"},
        {"observed_start": datetime(2025, 1, 1), "observed_end": datetime(2025, 1, 2)},
        {"calls_observed": 10**400, "calls_people_years": 10**400},
        {"people_without_mt": 10**400},
        {"slots_today": 10**400},
        {"seed": "1"},
        {"need_share": {"low": 1}},
        {"sources": None},
        {"public": 3},
        {"months": 7},
        {"notes": ({},)},
    ],
)
def test_odd_values_are_refused_in_french(lvo: Scenario, change: dict[str, Any]) -> None:
    assert defects_of(lambda: lvo.evolve(**change))


def test_the_least_file_of_a_device_loads_and_one_without_its_fields_lists_them(
    tmp_path: Path,
) -> None:
    least = (
        'label = "CPTS du Val"\npublic = "all"\neligibility = "Tous les habitants"\n'
        'population = 30000\npopulation_basis = "Insee, populations municipales"\n'
        "slots_today = 8\nminutes_per_slot_today = 15.0\n"
    )
    path = tmp_path / "val.toml"
    path.write_text(least, encoding="utf-8")
    assert load_scenario(path).slots_today == 8
    path.write_text('label = "CPTS du Val"\nminutes_per_slot_today = 15.0\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    told = [defect.partition(" ")[2].split()[0] for defect in error.value.defects]
    assert told == [
        "eligibility", "population_basis", "people_without_mt", "minutes_per_slot_today",
    ]  # fmt: skip


def test_an_open_quote_shows_its_line_and_a_missing_file_only_near_names(tmp_path: Path) -> None:
    path = tmp_path / "e5.toml"
    path.write_text('label = "CPTS du Val\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match='« label = "CPTS du Val » : il manque un guillemet'):
        load_scenario(path)
    for missing, near in (("absent.toml", False), ("e55.toml", True)):
        with pytest.raises(ScenarioError) as error:
            load_scenario(tmp_path / missing)
        assert ("vouliez-vous dire « e5.toml »" in str(error.value)) is near
