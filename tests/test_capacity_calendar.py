"""Opening days against the published calendar."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cpts_geo.capacity.calendar import opening_days, public_holidays
from cpts_geo.errors import ScenarioError

PERIOD = (date(2023, 3, 6), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("year", "days"),
    [(2021, 254), (2022, 253), (2023, 251), (2024, 252), (2025, 251), (2026, 252), (2027, 254)],
)
def test_french_working_days(year: int, days: int) -> None:
    assert len(opening_days(date(year, 1, 1), date(year, 12, 31))) == days
    assert len(public_holidays(date(year, 1, 1), date(year, 12, 31))) == 11


def test_observed_period_of_ouest_loiret() -> None:
    start, end = PERIOD
    weekdays = pd.bdate_range(start, end)
    assert (end - start).days + 1 == 392
    assert len(weekdays) == 280
    assert len(weekdays.intersection(public_holidays(start, end))) == 10
    assert len(opening_days(start, end)) == 270


def test_agrees_with_numpy_busday_count() -> None:
    start, end = PERIOD
    holidays = public_holidays(start, end).to_numpy().astype("datetime64[D]")
    after = np.datetime64(end) + 1
    assert np.busday_count(start, after, holidays=holidays) == 270


def test_both_ends_are_included() -> None:
    assert list(opening_days(date(2026, 1, 2), date(2026, 1, 5))) == [
        pd.Timestamp("2026-01-02"),
        pd.Timestamp("2026-01-05"),
    ]
    assert len(opening_days(date(2026, 5, 1), date(2026, 5, 1))) == 0


def test_whit_monday_closed_and_not_alsace_moselle() -> None:
    days = opening_days(date(2024, 1, 1), date(2024, 12, 31))
    assert pd.Timestamp("2024-05-20") not in days
    assert pd.Timestamp("2024-03-29") in days  # Good Friday
    assert pd.Timestamp("2024-12-26") in days


def test_reversed_period_is_refused() -> None:
    with pytest.raises(ScenarioError, match="à l'envers") as caught:
        opening_days(date(2024, 1, 2), date(2024, 1, 1))
    assert caught.value.remedy
