"""Scenario files: written and read back, laid over a base, described by a published schema."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_geo.capacity.scenario._files.toml_file import _SCENARIOS_DIR, SHIPPED, read_values
from cpts_geo.capacity.scenario._slips.plausible import LARGE
from cpts_geo.capacity.scenario.area import Area
from cpts_geo.capacity.scenario.calendar import _REGIONS, Calendar, profile_shape
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    save_scenario,
    scenario_from_population,
)
from cpts_geo.capacity.scenario.parameters import (
    _UNSOURCED_SHARE,
    MEASURED,
    UNSOURCED,
    default_parameters,
    named_profiles,
    with_shapes,
)
from cpts_geo.capacity.scenario.supply import Reading, Rota, Visitors
from cpts_geo.errors import ScenarioError
from cpts_geo.settings import CPTS_DIR
from tests.capacity.vouched import vouched
from tests.scenario_schema import SCHEMA_FILE, scenario_schema, written

SHIPPED_FILES = sorted([*_SCENARIOS_DIR.glob("*.toml"), *CPTS_DIR.glob("variants/*.toml")])
REGENERATE = "the published schema is old: run python -m tests.scenario_schema"
MINE = """
label = "Mon territoire"
people_without_mt = 5000.0
share_assumed = false
public = "no_mt"
eligibility = "Tous"
population_basis = "inconnue"
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return to


def refused(path: Path | str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return caught.value


def saved(case: Scenario, folder: Path) -> Scenario:
    # The name of the file is not that of the territory, which is kept inside.
    path = folder / "autre_nom.toml"
    save_scenario(case, path)
    return load_scenario(path)


# ---- read back what was written


@pytest.mark.parametrize("key", SHIPPED)
def test_a_case_is_read_back_as_it_was_written(key: str, tmp_path: Path) -> None:
    case = load_scenario(key)
    assert saved(case, tmp_path) == case
    text = (tmp_path / "autre_nom.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ")
    assert complaints(tomllib.loads(text)) == []


def test_variants_are_read_back(tmp_path: Path) -> None:
    lvo, beauce = load_scenario("lvo"), load_scenario("beauce_gatinais")
    for case in (
        scenario_from_population(12_345.6),
        lvo.evolve(months=(7, 8), slots_today=(20, 16, 16, 0, 16)),
        lvo.evolve(public="no_mt", visitors=None),
        lvo.evolve(slots_today=None, minutes_per_slot_today=None),
        lvo.evolve(visitors={"present": None, "camping_pitches": 10, "occupancy": (0.1,) * 12}),
        beauce.evolve(
            slots_today=None,
            rota={"gps": 14, "sessions_per_gp_per_week": 0.5, "session_hours": 2.0},
            calendar={
                "closed": ((date(2025, 8, 1), date(2025, 8, 15)),),
                "opens": time(13, 30, 15, 250),
                "school_zone": "B",
                "school_holiday_factor": 0.7,
            },
        ),
        beauce.evolve(population=None, notes=(), label='« é » "x" \\ #=\u00a0\u202f🩺'),
    ):  # fmt: skip
        assert saved(case, tmp_path) == case


def test_saving_fails_with_the_reason_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept", encoding="utf-8")
    with pytest.raises(Exception, match="Impossible d’écrire"):
        save_scenario(load_scenario("lvo"), file / "x.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


texts = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=12
).filter(str.strip)
factors = st.floats(0.01, 100.0)


def triangles(low: float, high: float) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(st.floats(low, high), min_size=3, max_size=3).map(lambda x: tuple(sorted(x)))


def twelve(of: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*[of] * 12)


def unfolded(moment: time) -> time:
    """Without the mark of a repeated hour, which no file keeps."""
    return moment.replace(fold=0)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = draw(st.sampled_from([None, "A", "B", "C"]))
    year = draw(st.integers(1991, 2027))
    week = sorted(draw(st.sets(st.integers(1, 7), min_size=1)))
    first = date(year, 1, 1) + timedelta(days=draw(st.integers(0, 360)))
    return Calendar(
        year=year,
        weekdays=tuple(week),
        opens=draw(st.times(max_value=time(22)).map(unfolded)),
        closes=draw(st.times(min_value=time(22, 1)).map(unfolded)),
        public_holidays=draw(st.sampled_from(["open", "closed"])),
        region=draw(st.sampled_from(sorted(_REGIONS))),
        closed=draw(st.sampled_from([(), ((first, first + timedelta(days=4)),)])),
        weekday_factors=tuple(draw(factors) for _ in week),
        month_factors=draw(twelve(factors)),
        after_holiday_factor=draw(factors),
        bridge_factor=draw(st.none() | factors),
        holiday_factor=draw(factors),
        school_zone=zone,
        school_holiday_factor=draw(factors) if zone else 1.0,
    )


visits = st.one_of(
    twelve(st.floats(0, 1e7)).map(lambda x: Visitors(present=x)),
    st.builds(
        Visitors,
        hotel_rooms=st.integers(1, 10**6),
        second_homes=st.integers(0, 10**6),
        occupancy=twelve(st.floats(0, 1)),
    ),
)
rotas = st.builds(
    Rota,
    gps=st.integers(1, 30),
    sessions_per_gp_per_week=st.floats(0.1, 14),
    session_hours=st.floats(1, 12),
)
readings = st.builds(
    Reading, label=texts, slots_today=st.integers(1, 600), weight=st.floats(1e-6, 1)
)
#: Small ones are of any kind; a large one is asked about where no territory is like it.
areas = st.builds(
    Area,
    standardised_population=st.floats(1, 1e8),
    apl=st.floats(0, 100),
    population=st.floats(1, LARGE),
    lent=st.floats(0, 0.1),
) | st.floats(LARGE, 1e8).flatmap(
    lambda people: st.builds(
        Area,
        standardised_population=st.floats(0.71 * people, people),
        apl=st.floats(0.5, 10),
        population=st.just(people),
        lent=st.floats(0, 0.1),
    )
)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    calendar = draw(calendars())
    come = draw(st.none() | visits)
    rota = draw(st.none() | rotas)
    day = st.integers(1, 600)
    week = st.tuples(*[st.integers(0, 600)] * len(calendar.weekdays)).filter(any)
    slots = None if rota else draw(st.none() | day | week)
    people = draw(st.floats(11, 1e6))
    calls = draw(st.integers(1, 10**7))
    years = calls / people / draw(st.floats(0.06, 1.9))
    return {
        "label": draw(texts),
        "notes": tuple(draw(st.lists(texts, max_size=3))),
        "population": people * draw(st.floats(1, 100)),
        "people_without_mt": people,
        "people_cv": draw(st.floats(0, 3)),
        "between_territory_sd": draw(st.floats(0, 3)),
        "calls_observed": calls,
        "calls_people_years": calls / draw(st.floats(0.06, 1.9)),
        "need_share": draw(triangles(1e-9, 1)),
        "found_share": tuple(sorted(draw(st.tuples(*[st.floats(1e-9, 1)] * 2)))),
        "calls_years": (years := years if draw(st.booleans()) and years <= 100 else None),
        "need_counted": (needed := draw(st.integers(0, calls)), calls - needed) if years else None,
        "lost_counted": draw(st.none() | st.integers(0, needed)) if years else None,
        "readings": draw(st.none() | st.lists(readings, min_size=1, max_size=3).map(tuple)),
        "area": draw(st.none() | areas),
        "minutes": draw(triangles(1, 60)),
        "public": "all" if come else draw(st.sampled_from([None, "no_mt", "all"])),
        "visitors": come,
        "calendar": calendar,
        "months": tuple(sorted(draw(st.sets(st.sampled_from(sorted(calendar.opening_months)))))),
        "deadline_days": draw(st.integers(0, 5)),
        "target": draw(st.floats(0.1, 1, exclude_max=True)),
        "dispersion": draw(st.floats(1, 100)),
        "no_show_rate": draw(st.floats(0, 1, exclude_max=True)),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "rota": rota,
        "slots_today": slots,
        "minutes_per_slot_today": draw(st.floats(1, 30)) if rota or slots else None,
        "observed_consultations": draw(st.none() | st.integers(0, 10**6)),
    }


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=changes())
def test_any_scenario_is_read_back(values: dict[str, Any], tmp_path: Path) -> None:
    case = vouched(load_scenario("asclepios"), **values)
    again = saved(case, tmp_path)
    assert again == case
    assert repr(again) == repr(case)  # -0.0, tuples and ints too
    assert all(getattr(again, name) == value for name, value in values.items())


# ---- what a file does not give


def test_own_file_takes_the_defaults(write: Write) -> None:
    case = load_scenario(write(MINE))
    assert case.territory == "mine"
    assert case.need_share == (0.345, 0.5, 1.0)
    assert case.sources["need_share"] == default_parameters()["need_share"].source
    assert case.sources["people_without_mt"] == UNSOURCED
    assert (UNSOURCED.text, UNSOURCED.grade) == ("valeur saisie sans source", "D")
    # a file may start with a byte-order mark; its values are read before they are checked
    path = write("\ufeff" + MINE + "target = 3.0\n", "marque.toml")
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert read_values(path)["target"] == 3.0
    # a value given without a source has none of the defaults'; one with its source keeps it
    own = '[sources]\ntarget = { text = "comité du 3 mars", grade = "C" }\n'
    sourced = load_scenario(write(MINE + "target = 0.9\n" + own))
    assert (sourced.target, sourced.deadline_days) == (0.9, 1)
    assert sourced.sources["target"].text == "comité du 3 mars"
    assert load_scenario(write(MINE + "target = 0.9\n")).sources["target"] == UNSOURCED
    # a part of the calendar keeps the rest of it
    later = load_scenario(write(MINE + "[calendar]\nyear = 2026\n"))
    assert (later.calendar.year, later.opening_days_per_year) == (2026, 252)
    assert later.calendar.weekdays == (1, 2, 3, 4, 5)
    assert later.sources["calendar"].text.startswith(f"{UNSOURCED.text} ; formes de la semaine")
    assert later.sources["calendar"].grade == "D"
    # a population beside the people changes nothing but itself
    both = load_scenario(write(MINE + "population = 20000\n"))
    assert case.population is None
    assert both == case.evolve(population=20_000.0)


def test_people_multiplied_from_a_population(write: Write) -> None:
    text = MINE.replace("people_without_mt = 5000.0", "population = 10000")
    text = text.replace("share_assumed = false", "share_assumed = true")
    national = load_scenario(write(text))
    assert national.people_without_mt == pytest.approx(0.11 * 0.79 * 10_000)
    assert national.sources["people_without_mt"].grade == "C"  # the weaker of B and C
    for line in ("share_without_mt = 0.2\n", "share_without_mt = 0.2\nage_share = 0.5\n"):
        case = load_scenario(write(text + line))
        share = 0.5 if "age" in line else 0.79
        assert case.people_without_mt == pytest.approx(0.2 * share * 10_000)
        assert case.sources["people_without_mt"] == _UNSOURCED_SHARE


# ---- a base


def test_a_base_gives_what_the_file_does_not(write: Write) -> None:
    case = load_scenario(write('base = "beauce_gatinais"\nslots_today = 16\n', "doublement.toml"))
    beauce = load_scenario("beauce_gatinais")
    assert case.territory == "doublement"
    assert case.sources["slots_today"] == UNSOURCED
    expected = beauce.evolve(
        territory="doublement",
        slots_today=16,
        sources={**beauce.sources, "slots_today": UNSOURCED},
    )
    assert case == expected


def test_a_base_alone_is_the_base(write: Write) -> None:
    for key in SHIPPED:
        case = load_scenario(write(f'base = "{key}"\n'))
        assert case == load_scenario(key).evolve(territory="mine", sources=case.sources)
        assert case.sources == load_scenario(key).sources


def test_a_base_is_found_from_the_folder_of_the_file(write: Write) -> None:
    write(MINE + "target = 0.9\n", "bases/un.toml")
    write('base = "../bases/un.toml"\ndeadline_days = 2\n', "essais/deux.toml")
    third = write(
        'base = "deux.toml"\ntarget = 0.8\n[calendar]\nyear = 2024\n', "essais/trois.toml"
    )
    case = load_scenario(third)
    assert (case.label, case.people_without_mt) == ("Mon territoire", 5000.0)
    assert (case.target, case.deadline_days, case.opening_days_per_year) == (0.8, 2, 252)
    assert case.territory == "trois"
    assert case.sources["deadline_days"] == UNSOURCED
    absolute = write(f"base = {json.dumps(str(third))}\n", "ailleurs/quatre.toml")
    assert load_scenario(absolute) == case.evolve(territory="quatre", sources=case.sources)


def test_sources_of_the_base_hold_for_what_is_not_changed(write: Write) -> None:
    own = 'base = "lvo"\n[calendar]\nyear = 2026\n'
    own += '[sources]\nminutes = { text = "relevé", grade = "C" }\n'
    case, lvo = load_scenario(write(own)), load_scenario("lvo")
    assert case.sources["calendar"] == with_shapes(UNSOURCED, MEASURED)
    assert case.sources["minutes"].text == "relevé"
    same = set(lvo.sources) - {"calendar", "minutes"}
    assert {name: case.sources[name] for name in same} == {x: lvo.sources[x] for x in same}
    assert case.calendar.opens == time(13, 30)  # a part of the table, over that of the base


def test_a_rota_replaces_the_slots_of_the_base(write: Write) -> None:
    rota = "[rota]\ngps = 14\nsessions_per_gp_per_week = 0.5\nsession_hours = 2\n"
    first = write('base = "beauce_gatinais"\n' + rota, "tour.toml")
    case = load_scenario(first)
    assert (case.slots_today, case.slots_by_weekday) == (None, (12, 11, 11, 11, 11))
    assert "slots_today" not in case.sources
    assert case.sources["rota"] == UNSOURCED
    assert case.volunteers is None  # those of the rota replace them
    # and back
    back = load_scenario(write('base = "tour.toml"\nslots_today = [9, 9, 9, 9, 8]\n'))
    assert (back.rota, back.slots_today) == (None, (9, 9, 9, 9, 8))
    assert "rota" not in back.sources
    assert "« rota »" in refused(write('base = "lvo"\nslots_today = 3\n' + rota)).defects[0]


def test_people_and_shares_replace_each_other(write: Write) -> None:
    counted = load_scenario(write('base = "ondaine_forez"\npeople_without_mt = 2000\n'))
    assert (counted.people_without_mt, counted.population) == (2000.0, 84_466.0)
    assert counted.sources["people_without_mt"] == UNSOURCED
    share = load_scenario(write('base = "beauce_gatinais"\nshare_without_mt = 0.2\n'))
    assert share.people_without_mt == pytest.approx(80_000 * 0.79 * 0.2)
    assert share.sources["people_without_mt"] == _UNSOURCED_SHARE
    # the source of the base told of 81 %: it cannot stand beside another share
    aged = load_scenario(write('base = "ondaine_forez"\nage_share = 0.82\n'))
    assert aged.people_without_mt == pytest.approx(84_466 * 0.82 * 0.02)
    assert aged.sources["people_without_mt"] == _UNSOURCED_SHARE
    # people counted by the base are not multiplied by a share of age behind one's back
    assert refused(write('base = "beauce_gatinais"\nage_share = 0.7\n')).defects == (
        "« people_without_mt » et « age_share » : donnez l'un ou l'autre",
    )
    larger = load_scenario(write('base = "beauce_gatinais"\npopulation = 90000\n'))
    assert (larger.people_without_mt, larger.population) == (24_000.0, 90_000.0)
    assert larger.sources["people_without_mt"].grade == "B"


def test_visitors_go_with_all_residents(write: Write) -> None:
    few = load_scenario(write('base = "lvo"\npublic = "no_mt"\n'))
    assert few.visitors is None
    assert "visitors" not in few.sources
    assert load_scenario(write('base = "lvo"\npublic = "all"\n')).visitors is not None
    beds = f"[visitors]\nsecond_homes = 20000\noccupancy = {[0.5] * 12}\n"
    counted = load_scenario(write('base = "lvo"\n' + beds, "lits.toml"))
    assert counted.visitors == Visitors(second_homes=20_000, occupancy=(0.5,) * 12)
    present = f'base = "lits.toml"\n[visitors]\npresent = {[9.0] * 12}\n'
    assert load_scenario(write(present)).visitors == Visitors(present=(9.0,) * 12)
    more = load_scenario(write('base = "lits.toml"\n[visitors]\nhotel_rooms = 5\n'))
    assert more.visitors == Visitors(hotel_rooms=5, second_homes=20_000, occupancy=(0.5,) * 12)


@pytest.mark.parametrize("spelling", ["a.toml", "./a.toml", "../{folder}/a.toml"])
def test_a_cycle_is_refused(write: Write, tmp_path: Path, spelling: str) -> None:
    base = spelling.format(folder=tmp_path.name)
    write(f'base = "{base}"\n', "b.toml")
    error = refused(write('base = "b.toml"\n', "a.toml"))
    assert "part de lui-même" in error.summary
    assert error.defects == ("a.toml → b.toml → a.toml",)
    assert refused(write('base = "a.toml"\n', "a.toml")).defects == ("a.toml → a.toml",)


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ('"beauce_gatinai"', "n’existe pas ; vouliez-vous dire « beauce_gatinais » ?"),
        ('"absent.toml"', "n’existe pas"),
        ('"."', "est un dossier"),
        ('"a\\u0000"', "est impossible"),
        ('"lvo.toml"', "n’existe pas ; vouliez-vous dire « lvo » ?"),
        ("3", "« base » = 3 : il faut un texte entre guillemets"),
        ('""', "« base » = '' : il faut un texte entre guillemets"),
        ('["lvo"]', "« base » = ['lvo'] : il faut un texte"),
    ],
)
def test_a_missing_base_is_refused(write: Write, base: str, words: str) -> None:
    error = refused(write(f"base = {base}\n"))
    assert words in error.defects[0]
    assert "ondaine_forez" in error.remedy


def test_defects_of_base_and_file_are_told_together(write: Write) -> None:
    write(MINE + "target = 2.0\nminuts = 3\n", "un.toml")
    error = refused(write('base = "un.toml"\ndeadline_days = -1\n[calendar]\nyeer = 2024\n'))
    assert "« mine »" in error.summary
    assert set(error.defects) == {
        "« minuts » est inconnu ; vouliez-vous dire « minutes » ?",
        "« calendar.yeer » est inconnu ; vouliez-vous dire « year » ?",
        "« target » = 2.0 : il faut moins de 1",
        "« deadline_days » = -1 : il faut 0 ou plus",
    }
    assert refused(write('bases = "lvo"\n' + MINE)).defects == (
        "« bases » est inconnu ; vouliez-vous dire « base » ?",
    )


# ---- schema


def plain(value: Any) -> Any:
    """As JSON: dates and times are texts."""
    if isinstance(value, dict):
        return {name: plain(x) for name, x in value.items()}
    if isinstance(value, list):
        return [plain(x) for x in value]
    return value.isoformat() if isinstance(value, date | time) else value


def complaints(values: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft202012Validator(scenario_schema())
    return [f"{x.json_path} {x.message}" for x in validator.iter_errors(plain(values))]


def test_the_published_schema_is_that_of_the_code() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    assert SCHEMA_FILE.read_text(encoding="utf-8") == written(), REGENERATE
    assert {path.stem for path in _SCENARIOS_DIR.glob("*.toml")} == set(SHIPPED)
    assert list(load_scenarios()) == list(SHIPPED)


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=lambda path: path.stem)
def test_shipped_files_follow_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = text.splitlines()[0].removeprefix("#:schema ")
    assert (path.parent / named).resolve() == SCHEMA_FILE.resolve()
    assert complaints(tomllib.loads(text)) == []
    load_scenario(path)


@pytest.mark.parametrize(
    "change",
    [
        "targett = 0.9",
        "target = 1.0",
        "deadline_days = -1",
        "deadline_days = 1.5",
        "need_share = [0.5, 0.8, 1.2]",
        "need_share = [0.5, 0.8]",
        "no_show_rate = 1.0",
        'public = "tous"',
        "[calendar]\nyeer = 2024",
        "[calendar]\nweekdays = [0]",
        "[visitors]\nhotel_rooms = -1",
        '[sources]\ntarget = { text = "x" }',
    ],
)
def test_the_schema_refuses_what_the_code_refuses(write: Write, change: str) -> None:
    text = 'base = "lvo"\n' + change
    assert complaints(tomllib.loads(text))
    assert refused(write(text)).defects


@pytest.mark.parametrize(
    "missing", ["label", "eligibility", "population_basis", "people_without_mt"]
)
def test_without_a_base_the_schema_asks_for_the_rest(write: Write, missing: str) -> None:
    text = "\n".join(line for line in MINE.splitlines() if not line.startswith(missing))
    assert complaints(tomllib.loads(MINE)) == []
    assert complaints(tomllib.loads(text))
    assert missing in str(refused(write(text)).defects)
    assert complaints(tomllib.loads('base = "lvo"\n')) == []


@pytest.mark.parametrize("opening", ["{} = 1", "[{}]", "[[{}]]"])
def test_a_key_has_a_depth(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "profond.toml"
    path.write_text(opening.format(".".join(["a"] * 100_000)), encoding="utf-8")
    with pytest.raises(ScenarioError, match="imbriquées trop profondément"):
        load_scenario(path)
    path.write_text(opening.format(".".join(["a"] * 40)), encoding="utf-8")
    with pytest.raises(ScenarioError, match="« a »"):
        load_scenario(path)


# ---- a profile of week and year


PEAKED = '[calendar]\nprofile = "pointe_forte"\n'


def test_a_file_names_its_profile(write: Write) -> None:
    plain, peaked = load_scenario(write(MINE)), load_scenario(write(MINE + PEAKED))
    shape = profile_shape("pointe_forte")
    assert peaked.calendar.weekday_factors == tuple(shape["weekday_factors"])
    assert peaked.calendar.month_factors == tuple(shape["month_factors"])
    assert (peaked.calendar.bridge_factor, peaked.calendar.after_holiday_factor) == (None, 1.0)
    assert plain.calendar.bridge_factor is not None
    # the days are the legal ones in both; only the shapes have another source
    days = default_parameters()["calendar"].source
    assert plain.sources["calendar"] == with_shapes(days, MEASURED)
    assert peaked.sources["calendar"] == with_shapes(days, "pointe_forte")
    assert (plain.sources["calendar"].grade, peaked.sources["calendar"].grade) == ("B", "D")
    assert load_scenario(write(MINE + PEAKED.replace("pointe_forte", MEASURED))) == plain
    # the interface does the same, there and back
    assert plain.with_profile("pointe_forte") == peaked
    assert peaked.with_profile(MEASURED) == plain


def test_a_profile_over_a_base_keeps_its_days(write: Write) -> None:
    lvo = load_scenario("lvo")
    case = load_scenario(write('base = "lvo"\n' + PEAKED))
    assert case.calendar == lvo.with_profile("pointe_forte").calendar
    assert case.sources == lvo.with_profile("pointe_forte").sources
    assert case.sources["calendar"].text.startswith("Communiqué : 13 h 30 à 17 h 30")
    # a saved base gives its factors one by one: the profile takes their place
    saved = write('base = "lvo"\n', "saved.toml")
    save_scenario(load_scenario("lvo"), saved)
    over = load_scenario(write('base = "saved.toml"\n' + PEAKED, "over.toml"))
    assert over.calendar == case.calendar
    # and factors take back that of a profile
    own = "[calendar]\nmonth_factors = [" + "1.0, " * 12 + "]\n"
    again = load_scenario(write('base = "over.toml"\n' + own, "again.toml"))
    assert again.calendar.month_factors == (1.0,) * 12
    assert again.calendar.weekday_factors == case.calendar.weekday_factors
    assert again.sources["calendar"] == UNSOURCED


def test_who_gives_both_shapes_has_no_other_day(write: Write) -> None:
    week = "weekday_factors = [1.2, 1.0, 1.0, 0.9, 0.9]\n"
    year = "month_factors = [" + "1.0, " * 12 + "]\n"
    both = load_scenario(write(MINE + "[calendar]\n" + week + year)).calendar
    assert (both.bridge_factor, both.after_holiday_factor, both.holiday_factor) == (None, 1.0, 1.0)
    # one of them alone leaves the rest measured
    one = load_scenario(write(MINE + "[calendar]\n" + week)).calendar
    measured = profile_shape(MEASURED)
    assert one.month_factors == measured["month_factors"]
    assert one.bridge_factor == measured["bridge_factor"]


def test_an_unknown_profile_is_refused_with_the_rest(write: Write) -> None:
    for written_as in ('"pointe"', "3", '["mesure"]'):
        text = MINE + f"target = 2.0\n[calendar]\nprofile = {written_as}\n"
        with pytest.raises(ScenarioError) as caught:
            load_scenario(write(text))
        assert len(caught.value.defects) == 2
        assert "« profile » = " in caught.value.defects[0]
        assert caught.value.defects[0].endswith("il faut mesure ou pointe_forte")


def test_a_profile_is_of_the_days_from_monday_to_friday() -> None:
    part = load_scenario("ondaine_forez").evolve(
        calendar={"weekdays": (1, 3), "weekday_factors": (1.0, 1.0)}
    )
    with pytest.raises(ScenarioError, match="un facteur par jour"):
        part.with_profile("pointe_forte")


def test_the_source_of_days_that_nobody_gave_stays_weak() -> None:
    for name in named_profiles():
        assert with_shapes(with_shapes(UNSOURCED, "pointe_forte"), name).grade == "D"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_says_that_the_calls_it_holds_are_those_of_another_line(
    name: str, tmp_path: Path
) -> None:
    case = load_scenario(name)
    save_scenario(case, tmp_path / "case.toml")
    text = (tmp_path / "case.toml").read_text(encoding="utf-8")
    borrowed = case.calls_observed == default_parameters()["calls_observed"].value
    assert ("calls_observed : appels d’une autre ligne" in text) is (
        borrowed and case.calls_years is None
    )
    assert (case.calls_years is None) is (name != "beauce_gatinais")
