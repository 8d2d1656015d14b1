"""Minutes of DREES in the place of the surrogate, and care on the spot on islands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cpts_geo.access.nearest.minutes import (
    coverage_by_variant,
    minutes_to_care,
    travel_variants,
)
from cpts_geo.access.nearest.published import care_on_the_spot, with_published
from cpts_geo.schema import PUBLISHED

#: Roadless: Yeu, Sein, Ouanary; joined: Challans, Noirmoutier.
YEU, SEIN, OUANARY, CHALLANS = "85113", "29083", "97314", "85047"


def care() -> pd.DataFrame:
    rows = [
        (code, facility, variant, "Z", minutes, True, 45.0, f"{facility}_minutes_approx", False)
        for facility, minutes in (("gp", 4.0), ("emergency", 19.0))
        for variant in ("low", "central", "high")
        for code in (CHALLANS, YEU)
    ]
    names = ["code_insee", "facility", "variant", "site", "minutes", "known", "reach", "column"]
    return pd.DataFrame(rows, columns=[*names, "on_spot"])


def communes(minutes: dict[str, float], people: dict[str, int]) -> pd.DataFrame:
    table = pd.DataFrame({"population": people, PUBLISHED.name: minutes}, index=list(people))
    return table.rename_axis("code_insee").reset_index()


# --- DREES ------------------------------------------------------------------------------


def test_drees_takes_the_place_of_the_surrogate_for_emergencies_alone() -> None:
    before = care()
    table = communes({CHALLANS: 24.0, YEU: np.nan}, {CHALLANS: 950, YEU: 50})
    found = with_published(before, table)
    pd.testing.assert_frame_equal(before, care())
    gps = [table[table["facility"] == "gp"].reset_index(drop=True) for table in (found, before)]
    pd.testing.assert_frame_equal(*gps, check_dtype=False)
    emergency = found[found["facility"] == "emergency"].set_index("code_insee")
    assert set(emergency["column"]) == {PUBLISHED.name}
    assert set(emergency["variant"]) == {"central"}
    assert emergency.at[CHALLANS, "minutes"] == 24
    # DREES says nothing of an island without a road: nobody there is near, which is known.
    assert emergency.at[YEU, "known"]
    covered = coverage_by_variant(found, table.set_index("code_insee")["population"])
    row = covered[(covered["facility"] == "emergency") & (covered["minutes"] == 30)].iloc[0]
    assert (row["share"], row["beyond"], row["unknown"]) == (0.95, 50, 0)


@pytest.mark.parametrize(("known", "taken"), [(900, True), (899, False), (0, False)])
def test_drees_is_taken_where_it_tells_nine_people_in_ten(known: int, taken: bool) -> None:
    people = {CHALLANS: known, "85163": 1_000 - known}
    table = communes({CHALLANS: 24.0, "85163": np.nan}, people)
    found = with_published(care(), table)
    assert (PUBLISHED.name in set(found["column"])) == taken
    # A commune that roads reach, and of which DREES says nothing, is unknown.
    if taken:
        row = found[(found["column"] == PUBLISHED.name) & (found["code_insee"] == "85163")]
        assert row["known"].tolist() == [False]


def test_without_the_column_nothing_changes() -> None:
    table = communes({}, {CHALLANS: 10}).drop(columns=PUBLISHED.name)
    pd.testing.assert_frame_equal(with_published(care(), table), care())


# --- islands ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "centres", "apl", "there"),
    [
        (YEU, 1.0, 3.453, True),
        (YEU, 0.0, 3.453, True),
        (YEU, 1.0, np.nan, True),
        (YEU, 0.0, 0.0, False),
        (YEU, np.nan, np.nan, False),
        (OUANARY, 0.0, 0.0, False),
        # A road leads elsewhere: an APL may be that of the neighbours.
        (CHALLANS, 1.0, 3.0, False),
    ],
)
def test_care_is_on_the_spot_where_no_road_leads_and_some_is_there(
    code: str, centres: float, apl: float, there: bool
) -> None:
    # Sein keeps the columns known.
    field = pd.DataFrame(
        {"health_centres_2024": [centres, 0.0], "apl_2023": [apl, 0.0]}, index=[code, SEIN]
    )
    assert list(care_on_the_spot(field)) == ([code] if there else [])
    assert list(care_on_the_spot(field[[]])) == []


def test_an_island_with_a_health_centre_is_not_out_of_reach() -> None:
    field = pd.DataFrame(
        {
            "lon": [-2.35, -1.88, -4.85],
            "lat": [46.72, 46.85, 48.04],
            "gps_2024": [0.0, 3.0, 0.0],
            "emergency_departments_2024": [0.0, 1.0, 0.0],
            "health_centres_2024": [1.0, 0.0, 0.0],
        },
        index=[YEU, CHALLANS, SEIN],
    )
    found = minutes_to_care(field, travel_variants(field)).set_index(
        ["facility", "variant", "code_insee"]
    )
    for variant in ("low", "central", "high"):
        mine = found.loc[("gp", variant, YEU)]
        assert (mine["minutes"], mine["site"], mine["known"], mine["on_spot"]) == (
            0.0, YEU, True, True,
        )  # fmt: skip
        # A centre is no emergency department, and no care is known on Sein.
        assert np.isnan(found.loc[("emergency", variant, YEU), "minutes"])
        assert np.isnan(found.loc[("gp", variant, SEIN), "minutes"])
        assert not found.loc[("gp", variant, CHALLANS), "on_spot"]


def test_a_gp_counted_on_the_island_is_no_estimate() -> None:
    field = pd.DataFrame(
        {"lon": [-2.35], "lat": 46.72, "gps_2024": 1.0, "health_centres_2024": 1.0}, index=[YEU]
    )
    found = minutes_to_care(field, travel_variants(field))
    assert not found["on_spot"].any()
    assert (found["minutes"] == 0).all()
