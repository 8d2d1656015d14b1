"""A report on times by road: computed on a made-up extract, told, or refused in words."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pytest
from osmium.osm.mutable import Node, Way
from scipy.spatial import cKDTree

from cpts_geo.access.nearest.minutes import neighbourhood
from cpts_geo.access.travel.surrogate import great_circle_km
from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.maps.still import layer_figure
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.errors import AskedError, TravelError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing._csv_tables import tables

KMH = 60.0
#: In the middle of Ouest Loiret, joined to nothing.
LONELY = "45019"


@pytest.fixture(scope="module")
def field() -> pd.DataFrame:
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    return neighbourhood(
        members,
        embedded.load_communes(),
        figures=embedded.load_figures(),
        factors=embedded.load_travel_factors(),
    )


@pytest.fixture(scope="module")
def extract(field: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Straight roads from each commune to its four nearest ones, but for a lonely one."""
    joined = field.drop(LONELY)
    points = joined[["lon", "lat"]].to_numpy()
    _, near = cKDTree(points * [0.67, 1.0]).query(points * [0.67, 1.0], k=5)
    ways = {(min(a, b), max(a, b)) for a, *others in near.tolist() for b in others}
    path = tmp_path_factory.mktemp("osm") / "loiret inventé.osm.pbf"
    tags = {"highway": "secondary", "maxspeed": f"{KMH:.0f}"}
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate(points.tolist(), 1):
            writer.add_node(Node(id=number, version=1, location=tuple(place)))
        for number, (a, b) in enumerate(sorted(ways), 1):
            writer.add_way(Way(id=number, version=1, nodes=[a + 1, b + 1], tags=tags))
    return path


@pytest.fixture(scope="module")
def found(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CPTS_GEO_CACHE", str(tmp_path_factory.mktemp("cache")))
        options = Options(roads=extract, draws=300, fetched=False)
        return analyse(Request(["ouest_loiret"]), options)


def test_times_by_road_take_the_place_of_the_approximations(
    found: Analysis, field: pd.DataFrame
) -> None:
    study = found.studies["ouest_loiret"]
    access = study.access
    assert not access.approximate
    assert "Valhalla" in access.times.label and "loiret inventé.osm.pbf" in access.times.label
    minutes = study.communes.set_index("code_insee")["gp_minutes_roads_2024"]
    gps = field["gps_2024"]
    with_gp = field[gps > 0]
    for code in minutes.index.drop(LONELY):
        here = field.loc[code]
        straight = great_circle_km(here["lon"], here["lat"], with_gp["lon"], with_gp["lat"])
        # No road is shorter than the straight line; some are a little longer.
        assert minutes[code] >= float(np.min(straight)) / KMH * 60 - 0.1, code
        assert minutes[code] == 0 or gps[code] == 0
    assert np.isnan(minutes[LONELY])
    assert access.opening.left_out == (LONELY,)
    # Its people would share the basin, and their way to it is not known.
    assert access.set_aside and all("partagent ce bassin" in text for text in access.set_aside)
    assert set(tables(found)["acces"]["variant"]) == {"central"}


def test_their_licence_goes_wherever_they_do(found: Analysis) -> None:
    """Figures derived from OpenStreetMap leave under the ODbL, and never under another licence."""
    written = tables(found)
    for name in ("acces", "ou_ouvrir"):
        assert written[name]["times"].str.contains("OpenStreetMap.*ODbL 1.0").all(), name
    (study,) = found.studies.values()
    used = {source.key: source for source in sources_used([study])}
    assert used["travel_roads"].credit.endswith("© les contributeurs d'OpenStreetMap, ODbL 1.0")
    assert used["admin_express"].credit.endswith("(Licence Ouverte 2.0)")
    layers = {layer.column: layer for layer in territory_layers(study.communes, scenarios=())}
    for column, licences in (
        ("gp_minutes_roads_2024", {"ODbL 1.0", "Licence Ouverte 2.0"}),
        ("apl_2023", {"Licence Ouverte 2.0"}),
    ):
        figure = layer_figure(study.communes, layers[column], name="x", national=found.national)
        words = " ".join(figure.get_supxlabel().replace("\xa0", " ").split())
        assert set(re.findall("ODbL 1.0|Licence Ouverte 2.0", words)) == licences


def test_how_they_were_computed_and_what_they_lack_is_told(found: Analysis) -> None:
    first, away = (note for note in found.notes if "par la route" in note)
    assert "calculés par Valhalla" in first
    assert "sans trafic" in first
    assert LONELY in away
    assert found.parameters["roads"] == "loiret inventé.osm.pbf"
    assert len(found.inputs["loiret inventé.osm.pbf"]) == 64


def test_two_sources_of_times_are_refused() -> None:
    with pytest.raises(AskedError, match="pas des deux"):
        Options(roads=Path("a.osm.pbf"), travel=Path("b.csv"))
    with pytest.raises(AskedError, match="sans table"):
        Options(roads=Path("a.osm.pbf"), travel_unit="minutes")


@pytest.mark.parametrize("name", ["absent.osm.pbf", "routes.osm", "bruit.osm.pbf"])
def test_what_is_no_extract_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    (tmp_path / "routes.osm").write_text("<osm/>", encoding="utf-8")
    (tmp_path / "bruit.osm.pbf").write_bytes(b"no extract" * 500)
    with pytest.raises(TravelError, match=name.partition(".")[0]):
        analyse(Request(["lvo"]), Options(roads=tmp_path / name, fetched=False))


def test_without_valhalla_the_extra_is_named(
    extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "valhalla", None)
    with pytest.raises(TravelError) as caught:
        analyse(Request(["lvo"]), Options(roads=extract, fetched=False))
    assert 'pip install "cpts-geo[routing]"' in caught.value.remedy
