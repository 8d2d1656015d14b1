"""Cities as a whole or by arrondissement: one partition of France a run."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cpts_geo.errors import PerimeterError
from cpts_geo.geography.perimeters.outlines import outlines, territory_communes
from cpts_geo.geography.perimeters.partition import parts_notes, places_of
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.sources.codes import PLM, counted_places
from cpts_geo.sources.embedding import embedded


@pytest.fixture(scope="module")
def tables():
    return embedded.load_communes(), embedded.load_arrondissements()


@pytest.fixture(scope="module")
def found(tables):
    """Perimeters of a request."""
    communes, arrondissements = tables
    former = embedded.load_former_communes()
    return lambda request: find_perimeters(
        request, communes, former=former, arrondissements=arrondissements
    )


def listed(folder: Path, *names: str) -> Request:
    """Request on a list of names."""
    path = folder / "liste.csv"
    path.write_text("\n".join(["commune", *names]), encoding="utf-8")
    return Request(perimeter=path)


def drawn(folder: Path, shape: shapely.Geometry) -> Request:
    """Request on a polygon."""
    path = folder / "zone.geojson"
    gpd.GeoDataFrame({"nom": ["Zone"]}, geometry=[shape], crs=4326).to_file(path)
    return Request(perimeter=path)


def test_a_city_is_replaced_only_where_a_part_is_listed(tables):
    communes, arrondissements = tables
    before = [table.copy() for table in tables]
    assert places_of(*tables, ["75056", "45130"]) is communes
    places = places_of(*tables, ["75113", "45130"])
    codes = set(places["code_insee"])
    assert codes == set(communes["code_insee"]) - {"75056"} | set(PLM["75056"])
    assert list(places) == list(communes)
    assert places["code_insee"].is_monotonic_increasing
    assert places["population"].sum() == communes["population"].sum()
    assert len(places_of(*tables, arrondissements["code_insee"])) == 34_875 - 3 + 45
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(copy))


def test_a_city_at_two_levels_is_refused(tables):
    with pytest.raises(PerimeterError, match="en entier et par arrondissements") as refused:
        places_of(*tables, ["75056", "75113", "69381"])
    assert list(refused.value.defects) == ["Paris (75056)"]


@pytest.mark.parametrize("city", PLM)
def test_all_the_arrondissements_are_the_city(tables, found, tmp_path, city):
    communes, _ = tables
    name = communes.set_index("code_insee").at[city, "name"]
    parts = found(listed(tmp_path, *(f"{name} {n + 1}" for n in range(len(PLM[city])))))
    whole = found(listed(tmp_path, name))
    sizes = []
    for perimeters in (parts, whole):
        members = perimeters.members
        places = places_of(*tables, members["code_insee"])
        table = territory_communes(members, places, figures=embedded.load_figures())
        sizes.append(outlines(table).iloc[0])
    by_part, at_once = sizes
    assert (by_part["communes"], at_once["communes"]) == (len(PLM[city]), 1)
    assert by_part["population"] == at_once["population"]
    assert by_part["area_km2"] == pytest.approx(at_once["area_km2"], abs=0.001)
    assert shapely.equals(by_part["geometry"], at_once["geometry"])
    assert by_part["departements"] == at_once["departements"]


def test_a_list_of_a_city_and_its_parts_is_the_city(found, tmp_path):
    both = found(listed(tmp_path, "Paris", "Paris 13e", "Montrouge"))
    assert both.members["code_insee"].tolist() == ["75056", "92049"]
    assert both.audit["method"].tolist() == ["whole", "exact"]


def test_a_polygon_within_a_city_is_its_arrondissements(tables, found, tmp_path):
    communes, arrondissements = tables
    parts = arrondissements.set_index("code_insee")
    two = shapely.union_all(np.asarray(parts.geometry[["75113", "75114"]]))
    assert found(drawn(tmp_path, two)).members["code_insee"].tolist() == ["75113", "75114"]
    smallest = found(drawn(tmp_path, parts.geometry["75102"]))
    assert smallest.members["code_insee"].tolist() == ["75102"]
    # One that holds all of the city holds it as a commune, even if neighbours are cut.
    city = communes.set_index("code_insee").geometry["69123"]
    around = found(drawn(tmp_path, city.buffer(0.0001)))
    assert "69123" in set(around.members["code_insee"])
    assert not set(around.members["code_insee"]) & set(PLM["69123"])


def test_an_epci_holds_its_whole_city(found):
    codes = set(found(Request(epci=("200054807",))).members["code_insee"])
    assert "13055" in codes
    assert not codes & set(PLM["13055"])


def test_what_is_not_published_by_arrondissement_is_said():
    assert parts_notes(pd.DataFrame({"code_insee": ["75056", "45130"]})) == ()
    [note] = parts_notes(pd.DataFrame({"code_insee": ["45130", "75113"]}))
    assert all(word in note for word in ("75 ans", "APL", "minutes"))


def test_places_are_counted_by_what_they_are():
    assert counted_places(pd.Series(["75113", "75114"])) == "2 arrondissements"
    assert counted_places(pd.Series(["75056"])) == "1 commune"
