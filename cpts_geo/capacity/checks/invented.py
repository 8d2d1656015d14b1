"""A year of requests that nobody made: an example, drawn from the demand of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.capacity.demand.periods import requests_by_day
from cpts_geo.capacity.demand.requests import draw_requests
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.workforce.phone import FIRST_HOUR, HOUR_SHARES

#: Columns of a registre, as it is kept: no name, no birth date, no telephone, no free text.
REGISTRE: Final = (
    "date_heure", "issue", "code_insee", "classe_age", "sans_mt", "honore", "delai_heures",
)  # fmt: skip
#: What each is called in a table to fill: a registre with the names above is read as well.
HEADINGS: Final = (
    "Date et heure", "Issue", "Commune", "Classe d’âge", "Sans médecin traitant", "Honoré",
    "Délai (heures)",
)  # fmt: skip
#: Draws whose median is the demand of the example.
_DRAWS: Final = 500
#: How requests end that no slot is for, and their chances; of requests, the share that they are.
_OTHERS: Final = {"conseil": 0.7, "réorienté": 0.3}
_OTHER_SHARE: Final = 0.25
#: Classes of age, and their shares.
AGES: Final = {"0-16": 0.24, "17-64": 0.56, "65+": 0.20}
_WITHOUT_MT: Final = 0.35
_OUTSIDE: Final = 0.06
_CAME: Final = 0.94
#: Hours waited for an appointment, on average.
_HOURS: Final = 9.0


def invented_requests(
    scenario: Scenario, *, year: int, inside: pd.Series, outside: Sequence[str]
) -> pd.DataFrame:
    """
    Draw a year of requests as a registre keeps them.

    Parameters
    ----------
    scenario : Scenario
        Its demand, calendar and slots; where these are unknown, every request for one has one.
    year : int
        Year of the requests; the draw of a year is always the same.
    inside : Series of float
        People of each commune of the territory, by code.
    outside : sequence of str
        Codes of communes from where others come; may be empty.

    Returns
    -------
    DataFrame
        A row a request, in the order of time: date_heure, issue, code_insee, classe_age, sans_mt,
        honore, delai_heures (empty where they have no appointment).

    Raises
    ------
    NeedUnknownError
        The scenario tells no demand.

    Examples
    --------
    >>> from cpts_geo.capacity.scenario.loading import load_scenario
    >>> people = pd.Series({"45252": 9000.0})
    >>> base = load_scenario("beauce_gatinais")
    >>> table = invented_requests(base, year=2025, inside=people, outside=[])
    >>> table["issue"].drop_duplicates().sort_values().tolist()
    ['conseil', 'rendez-vous', 'réorienté', 'sans créneau']
    """
    drawn = draw_requests(scenario, draws=_DRAWS)
    of_year = scenario.evolve(
        calendar={"year": year, "school_zone": None, "school_holiday_factor": 1.0}
    )
    means = requests_by_day(
        of_year,
        residents=float(np.median(drawn.residents)),
        visitors=float(np.median(drawn.visitors)),
    )
    rng = np.random.default_rng([scenario.seed, year])
    calls = rng.poisson(means.to_numpy() / (1.0 - _OTHER_SHARE))
    size, days = int(calls.sum()), pd.DatetimeIndex(means.index).repeat(calls)
    shares = np.asarray(HOUR_SHARES) / sum(HOUR_SHARES)
    minutes = 60 * rng.choice(FIRST_HOUR + np.arange(len(shares)), size, p=shares)
    times = days + pd.to_timedelta(minutes + rng.integers(0, 60, size), unit="min")
    table = pd.DataFrame({"time": times, "other": rng.random(size) < _OTHER_SHARE})
    table = table.sort_values("time", ignore_index=True)
    given = ~table["other"] & _has_slot(table, scenario)
    ended = pd.Series(rng.choice(list(_OTHERS), size, p=list(_OTHERS.values())))
    ended = ended.mask(~table["other"], "sans créneau").mask(given, "rendez-vous")
    # A line that is kept for them has no others.
    without_mt = 1.0 if scenario.public == "no_mt" else _WITHOUT_MT
    homes = rng.choice(inside.index, size, p=(inside / inside.sum()).to_numpy())
    if len(outside):
        homes = np.where(rng.random(size) < _OUTSIDE, rng.choice(list(outside), size), homes)
    waited = np.minimum(rng.exponential(_HOURS, size), 47.0).round(0).astype(int).astype(str)
    return pd.DataFrame(
        {
            "date_heure": table["time"].dt.strftime("%d/%m/%Y %H:%M"),
            "issue": ended,
            "code_insee": homes,
            "classe_age": rng.choice(list(AGES), size, p=list(AGES.values())),
            "sans_mt": np.where(rng.random(size) < without_mt, "oui", "non"),
            "honore": np.where(given, np.where(rng.random(size) < _CAME, "oui", "non"), ""),
            "delai_heures": np.where(given, waited, ""),
        },
        columns=list(REGISTRE),
    )


def _has_slot(table: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Whether a slot of the day is left for each request, in the order of time."""
    week = scenario.slots_by_weekday
    if week is None:
        return pd.Series(data=True, index=table.index)
    of_day = dict(zip(scenario.calendar.weekdays, week, strict=True))
    day = table["time"].dt.normalize()
    rank = (~table["other"]).groupby(day).cumsum()
    found: pd.Series = rank <= day.dt.day_of_week.add(1).map(of_day)
    return found
