"""Rota and visitors: hand-computed slots, beds and person-years."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpts_geo.capacity.scenario.supply import Rota, Visitors
from cpts_geo.errors import ScenarioError

NOBODY = (0.0,) * 12


def defects_of(record: type[Rota] | type[Visitors], **values: Any) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        record(**values)
    assert caught.value.remedy
    return caught.value.defects


# ---- rota


@pytest.mark.parametrize(
    ("gps", "each", "hours", "week"),
    [(14, 0.5, 2.0, 14.0), (29, 0.5, 2.0, 29.0), (1, 5.0, 4.0, 20.0), (3, 0.25, 2.0, 1.5)],
)
def test_hours_of_the_week(gps: int, each: float, hours: float, week: float) -> None:
    rota = Rota(gps=gps, sessions_per_gp_per_week=each, session_hours=hours)
    assert rota.hours_per_week == pytest.approx(week)


@pytest.mark.parametrize(
    ("minutes", "weekdays", "slots"),
    [
        (15.0, 5, (12, 11, 11, 11, 11)),  # 840 min / 15 = 56
        (20.0, 5, (9, 9, 8, 8, 8)),  # 42
        (15.0, 3, (19, 19, 18)),
        (16.4, 1, (51,)),  # 51.2: a part of a slot is no slot
        (15.0, 7, (8,) * 7),
        (841.0, 2, (0, 0)),
    ],
)
def test_slots_of_each_day(minutes: float, weekdays: int, slots: tuple[int, ...]) -> None:
    rota = Rota(gps=14, sessions_per_gp_per_week=0.5, session_hours=2.0)
    assert rota.slots_by_weekday(minutes=minutes, weekdays=weekdays) == slots
    # rounding of an exact number of slots loses none: 0.7 x 0.1 h = 0.06999999999999999 h
    exact = Rota(gps=1, sessions_per_gp_per_week=0.7, session_hours=0.1)
    assert exact.slots_by_weekday(minutes=0.6, weekdays=1) == (7,)


@given(
    gps=st.integers(1, 100),
    each=st.floats(0.05, 14),
    hours=st.floats(0.5, 12),
    minutes=st.floats(5, 60),
    weekdays=st.integers(1, 7),
)
def test_slots_are_whole_even_and_never_beyond_the_hours(
    gps: int, each: float, hours: float, minutes: float, weekdays: int
) -> None:
    rota = Rota(gps=gps, sessions_per_gp_per_week=each, session_hours=hours)
    slots = rota.slots_by_weekday(minutes=minutes, weekdays=weekdays)
    assert len(slots) == weekdays
    assert max(slots) - min(slots) <= 1
    spare = gps * each * hours * 60 - sum(slots) * minutes
    assert -1e-6 <= spare <= minutes + 1e-6


def test_every_defect_of_a_rota() -> None:
    assert defects_of(
        Rota, gps=0, sessions_per_gp_per_week=float("nan"), session_hours=25.0, minutes=15
    ) == (
        "« gps » = 0 : il faut 1 ou plus",
        "« sessions_per_gp_per_week » = nan : il faut un nombre fini",
        "« session_hours » = 25.0 : il faut 24 ou moins",
        "« minutes » est inconnu",
    )
    assert len(defects_of(Rota)) == 3
    assert "entier" in defects_of(Rota, gps=1.5, sessions_per_gp_per_week=1, session_hours=2)[0]
    assert "entier" in defects_of(Rota, gps=True, sessions_per_gp_per_week=1, session_hours=2)[0]


# ---- visitors


def test_beds_by_hand() -> None:
    beds = Visitors(
        hotel_rooms=100, camping_pitches=1000, second_homes=2000, occupancy=(0.0,) * 6 + (0.5,) * 6
    )
    # 2 x 100 + 3 x 1,000 + 5 x 2,000 = 13,200 people when all is full
    assert beds.by_month == (0.0,) * 6 + (6600.0,) * 6


def test_each_kind_of_bed_counts_for_itself() -> None:
    full = (1.0,) * 12
    for name, people in (("hotel_rooms", 2.0), ("camping_pitches", 3.0), ("second_homes", 5.0)):
        assert Visitors(**{name: 1}, occupancy=full).by_month == (people,) * 12
    present = tuple(float(month) for month in range(12))
    assert Visitors(present=present).by_month == present
    assert Visitors(present=list(NOBODY)).by_month == NOBODY  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "defects"),
    [
        ({}, ("donnez « present », ou des lits",)),
        ({"present": NOBODY, "occupancy": NOBODY}, ("donnez « present », ou des lits",)),
        ({"present": NOBODY, "hotel_rooms": 3}, ("les lits et « occupancy » vont ensemble",)),
        ({"occupancy": NOBODY}, ("les lits et « occupancy » vont ensemble",)),
        ({"hotel_rooms": 3}, ("donnez « present », ou des lits",)),
        ({"present": (1.0,) * 11}, ("« present » : il faut 12 valeurs",)),
        ({"hotel_rooms": 1, "occupancy": (0.5,) * 13}, ("« occupancy » : il faut 12 valeurs",)),
        (
            {"present": (1.0,), "occupancy": (0.5,)},
            ("« present » : il faut 12", "« occupancy » : il faut 12", "donnez « present »"),
        ),
        (
            {"hotel_rooms": -1, "second_homes": 1.5, "occupancy": (1.2,) * 12},
            (
                "« hotel_rooms » = -1 : il faut 0 ou plus",
                "« second_homes » = 1.5 : il faut un nombre entier",
                *(f"« occupancy.{month} » = 1.2 : il faut 1 ou moins" for month in range(1, 13)),
            ),
        ),
        (
            {"present": (-1.0, float("nan"), float("inf"), "x", None, *NOBODY[5:])},
            (
                "« present.1 » = -1.0 : il faut 0 ou plus",
                "« present.2 » = nan : il faut un nombre fini",
                "« present.3 » = inf : il faut un nombre fini",
                "« present.4 » = 'x' : il faut un nombre",
                "« present.5 » = None : il faut un nombre",
            ),
        ),
        ({"presnt": NOBODY}, ("« presnt » est inconnu ; vouliez-vous dire « present » ?",)),
    ],
)  # fmt: skip
def test_every_defect_of_visitors(values: dict[str, Any], defects: tuple[str, ...]) -> None:
    found = defects_of(Visitors, **values)
    assert len(found) == len(defects)
    assert all(a.startswith(b) for a, b in zip(found, defects, strict=True)), found
