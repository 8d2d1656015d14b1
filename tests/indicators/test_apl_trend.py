"""The APL year after year: means, what is volatile, what a line may join."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.indicators.apl_trend import (
    Point,
    apl_trend,
    past_areas,
    past_means,
    points,
    steps,
    unbroken,
)
from cpts_geo.schema import COLUMNS, vintages
from cpts_geo.sources.embedding import embedded
from tests.kept import analysed

PAST = vintages("apl_past")
WEIGHT = "standardised_population_2022"


def communes(population, weights, apl) -> pd.DataFrame:
    """Communes of one area, of the same APL every year."""
    table = pd.DataFrame({"area": "x", "population": population, WEIGHT: weights})
    return table.assign(**dict.fromkeys(PAST, pd.Series(apl, dtype=float)))


def mean(table: pd.DataFrame) -> pd.Series:
    return past_means(table, by="area").set_index("indicator").loc["apl_2015"]


def at(*values: tuple[int, float]) -> list[Point]:
    return [Point(year, value, "estimated") for year, value in values]


def test_means_weigh_by_standardised_people_and_are_estimated():
    found = mean(communes([1000, 1000], [900.0, 300.0], [2.0, 4.0]))
    assert found["value"] == pytest.approx((900 * 2 + 300 * 4) / 1200)
    assert (found["status"], found["note"]) == ("estimated", "")


def test_a_commune_alone_keeps_what_was_published():
    found = mean(communes([1000], [900.0], [2.37]))
    assert (found["value"], found["status"]) == (2.37, "computed")


@pytest.mark.parametrize(("without", "known"), [(1000, True), (1001, False)])
def test_means_are_known_from_the_share_of_people_that_the_settings_say(without, known):
    people = [10_000 - without, without]
    assert settings.MIN_COVERAGE_RATE == 0.9
    found = mean(communes(people, [1.0, 1.0], [3.0, np.nan]))
    assert (found["status"] == "estimated") is known
    assert np.isnan(found["value"]) is not known
    assert found["note"].startswith("1 commune sans donnée (10,0")


def test_a_commune_without_weight_is_not_known_and_one_without_people_is_no_gap():
    found = mean(communes([9_500, 500, 0], [9_000.0, np.nan, np.nan], [3.0, 5.0, np.nan]))
    assert found["value"] == 3.0
    assert found["note"].startswith("1 commune sans donnée (5,0")


@pytest.mark.parametrize(
    ("known", "volatile"),
    [
        (at((2022, 2.0), (2023, 2.5)), False),
        (at((2022, 2.0), (2023, 2.51)), True),
        (at((2022, 2.51), (2023, 2.0)), True),
        # 3.1 − 2.6 is a little over 0.5 in binary: what is shown decides.
        (at((2022, 2.6), (2023, 3.1)), False),
        # Over two years, twice as much.
        (at((2019, 2.0), (2021, 3.0)), False),
        (at((2019, 2.0), (2021, 3.01)), True),
    ],
)
def test_a_change_is_volatile_above_the_limit_a_year(known, volatile):
    (step,) = steps(known)
    assert step.volatile is volatile


@pytest.mark.parametrize("after", [3.45, 3.4499, 3.4501])
def test_no_change_has_no_sign(after):
    (step,) = steps(at((2022, 3.45), (2023, after)))
    assert str(step.change) == "0.0"


def test_a_change_is_that_of_the_values_not_of_what_is_shown_of_them():
    # methods.md §1.3: Ouest Loiret lost 0.40, though 2.95 and 2.54 are shown.
    known = points(
        analysed().studies["ouest_loiret"].apl_trend.query("area_level == 'cpts'"), "apl"
    )
    (step,) = steps(known)
    assert [round(point.value, 2) for point in known] == [2.95, 2.54]
    assert step.change == -0.4


def test_a_line_joins_years_that_follow_each_other_only():
    known = at((2015, 3.0), (2016, 3.1), (2018, 3.2), (2019, 3.0), (2021, 2.9))
    years = [[point.year for point in run] for run in unbroken(known)]
    assert years == [[2015, 2016], [2018, 2019], [2021]]
    assert unbroken([]) == steps([]) == []


def test_a_territory_stands_beside_its_departements_and_france():
    study = analysed().studies["asclepios"]
    trend = study.apl_trend
    assert list(trend["area_code"].unique()) == ["asclepios", "37", "41", "24", "FR"]
    assert set(trend["indicator"]) <= {*PAST, *vintages("apl")}
    mine = trend[trend["area_level"] == "cpts"].set_index("indicator")
    table = study.figures.merge(embedded.load_apl_history(), on="code_insee")
    for name in PAST:
        expected = np.average(table[name], weights=table[COLUMNS[name].weight])
        assert mine.at[name, "value"] == pytest.approx(expected, abs=1e-6)
    # The current publication is that of the comparison.
    compared = study.comparison.query("area_level == 'cpts'").set_index("indicator")
    assert mine.at["apl_2023", "value"] == compared.at["apl_2023", "value"]


def test_areas_are_near_what_the_producer_published():
    # methods.md §1.3: France 4.06 in 2015 and 3.93 in 2018, with Paris, Lyon and Marseille.
    areas = embedded.load_comparisons()
    france = areas[areas["area_code"] == "FR"].set_index("indicator")
    assert france.at["apl_2015", "value"] == pytest.approx(4.06, abs=0.05)
    assert france.at["apl_2018", "value"] == pytest.approx(3.93, abs=0.05)
    assert "6,0" in france.at["apl_2015", "note"]
    # One commune in five of these lacks, or all.
    unknown = areas[(areas["indicator"] == "apl_2019") & areas["value"].isna()]
    departements = unknown.loc[unknown["area_level"] == "departement", "area_code"]
    assert set(departements) == {"13", "2A", "2B", "69", "75", "976"}


def test_areas_are_the_means_of_their_communes():
    embedded_communes = embedded.load_communes().drop(columns="geometry")
    table = embedded_communes.merge(embedded.load_figures(), on="code_insee")
    found = past_areas(table.merge(embedded.load_apl_history(), on="code_insee", how="left"))
    known = embedded.load_comparisons()
    known = known[known["indicator"].isin(PAST)]
    keys = ["area_level", "area_code", "indicator"]
    found, known = (each.set_index(keys).sort_index() for each in (found, known))
    pd.testing.assert_frame_equal(found, known[found.columns])


def test_a_territory_of_no_earlier_publication_has_its_current_vintages():
    row = {
        "territory": "x",
        "area_level": "cpts",
        "area_code": "x",
        "area_name": "Ajaccio",
        "indicator": "apl_2023",
        "value": 3.5,
        "status": "measured",
        "note": "",
    }
    figures = pd.DataFrame(
        {"territory": "x", "code_insee": ["2A004"], "population": [1], WEIGHT: [1.0]}
    )
    trend = apl_trend(
        figures,
        pd.DataFrame([row]),
        past=embedded.load_apl_history(),
        areas=embedded.load_comparisons(),
    )
    assert points(trend, "apl_past") == []
    assert points(trend, "apl") == [Point(2023, 3.5, "measured")]
