"""What cannot be drawn, or drawn on, is refused in words, with what to give."""

from __future__ import annotations

from typing import Any

import folium
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import cpts_geo as cg
from cpts_geo.errors import AskedError

HERE = (48.05, 2.1)


@pytest.fixture(scope="module")
def place() -> cg.Territory:
    return cg.territory(["Patay"], departement=45, draws=500)


@pytest.mark.parametrize("column", [["apl"], pd.Series(["apl"]), 3, 1.5, b"apl", ("apl", "x")])
def test_a_column_is_a_name(place: cg.Territory, column: Any) -> None:
    for draw in (place.explore, place.plot):
        with pytest.raises(AskedError, match="le nom d’une colonne") as caught:
            draw(column)
        assert "entre guillemets" in caught.value.remedy


def test_a_map_is_one(place: cg.Territory) -> None:
    for m in (3, "carte", Figure(), place, folium.Figure(), folium.Map):
        with pytest.raises(AskedError, match="une carte où dessiner") as caught:
            place.explore("population", m=m)  # type: ignore[arg-type]
        assert "folium.Map()" in caught.value.remedy


def test_axes_are_one_and_plane(place: cg.Territory) -> None:
    figure = plt.figure()
    bent = [figure.add_subplot(projection=name) for name in ("3d", "polar")]
    try:
        for ax in (3, figure, np.array([figure.add_subplot()]), *bent):
            with pytest.raises(AskedError, match="un repère plan") as caught:
                place.plot("population", ax=ax)  # type: ignore[arg-type]
            assert "plt.subplots()" in caught.value.remedy
    finally:
        plt.close(figure)


def test_a_column_of_ones_own_is_told_why_and_what_is_near(place: cg.Territory) -> None:
    with pytest.raises(AskedError, match="une source et une unité") as caught:
        place.explore("populaton")
    assert "population" in caught.value.remedy and "docs/extend.md" in caught.value.remedy
    assert len(caught.value.remedy.partition(";")[0].split(",")) <= 4
