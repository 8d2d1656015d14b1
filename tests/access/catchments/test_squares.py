"""Accessibility by square, and the communes they make up: sums, codes of today, lands."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.access.catchments.squares import commune_accessibility, square_accessibility
from cpts_geo.access.catchments.weights import APL_WEIGHT
from cpts_geo.sources.analyst.squares.synthetic import synthetic_squares
from cpts_geo.sources.embedding import embedded

FACTORS = embedded.load_travel_factors()


def test_communes_share_what_their_squares_share() -> None:
    """Morbihan: Groix has no doctor in reach but its own."""
    national = embedded.load_communes()
    here = pd.DataFrame(national[national["departement"] == "56"])
    squares = synthetic_squares(national[national["departement"] == "56"])
    gps = embedded.load_figures().set_index("code_insee")["gps_2024"].reindex(here["code_insee"])
    found = square_accessibility(squares, here, supply=gps, factors=FACTORS, weight=APL_WEIGHT)
    assert (found["people"] * found["accessibility"]).sum() == pytest.approx(gps.sum())
    summed = commune_accessibility(found)
    people = here.set_index("code_insee")["population"]
    assert summed["people"].to_dict() == people[people > 0].to_dict()
    assert (summed["people"] * summed["accessibility"]).sum() == pytest.approx(gps.sum())
    assert (summed["lowest"] <= summed["accessibility"] * (1 + 1e-12)).all()
    assert (summed["accessibility"] <= summed["highest"] * (1 + 1e-12)).all()
    assert summed["squares"].sum() == len(squares)
    own = gps["56069"] / people["56069"]
    assert summed.loc["56069", ["lowest", "highest"]].tolist() == pytest.approx([own, own])


def test_squares_of_several_or_former_communes_are_of_the_main_one_of_today() -> None:
    names = ["CRS3035RES200mN2764000E3676800", "CRS3035RES200mN2764200E3676800"]
    squares = pd.DataFrame(
        # A commune that has merged, then one of Paris.
        {"idcar_200m": names, "ind": [3.0, 4.0], "lcog_geo": ["8506045203", "75113"]}
    )
    here = pd.DataFrame({"code_insee": ["45130"], "lon": [1.7], "lat": [47.8]})
    found = square_accessibility(
        squares, here, supply=pd.Series({"45130": 1.0}), factors=FACTORS, weight=APL_WEIGHT
    )
    assert found["code_insee"].tolist() == ["85194", "75056"]


def test_a_commune_with_a_square_unknown_is_unknown() -> None:
    squares = pd.DataFrame(
        {"code_insee": ["A", "A", "B"], "people": [1.0, 2.0, 3.0], "accessibility": [0.1, None, 0]}
    )
    found = commune_accessibility(squares)
    assert found["accessibility"].isna().tolist() == [True, False]
    assert found.loc["B", "accessibility"] == 0


def test_people_elsewhere_share_the_care_from_their_town_hall() -> None:
    national = embedded.load_communes()
    here = national[national["code_insee"] == "45130"]
    given = {"supply": pd.Series({"45130": 3.0}), "factors": FACTORS, "weight": APL_WEIGHT}
    squares = synthetic_squares(here)
    people = squares["ind"].sum()
    alone = square_accessibility(squares, here, **given)
    # As many again, and some of a commune that has no place.
    away = pd.Series({"45130": people, "14581": 9.0})
    shared = square_accessibility(squares, here, elsewhere=away, **given)
    assert shared["square"].tolist() == squares["idcar_200m"].tolist()
    assert shared["accessibility"].tolist() == pytest.approx((alone["accessibility"] / 2).tolist())
