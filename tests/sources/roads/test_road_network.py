"""Minutes on a small road network whose lengths and speeds are known."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pyproj
import pytest
from osmium.osm.mutable import Node, Way

from cpts_geo.errors import TravelError
from cpts_geo.sources.roads._tiles import build_tiles, quiet_config, valhalla_module
from cpts_geo.sources.roads.network import network_minutes

GEOD = pyproj.Geod(ellps="WGS84")
WEST, SOUTH, STEP, SIDE = 1.6, 47.8, 0.01, 8
KMH = 60.0
STREET = {"highway": "secondary", "maxspeed": f"{KMH:.0f}"}
ONE_WAY = STREET | {"oneway": "yes"}
#: Streets of a grid, all two-way.
GRID = {f"45{i}{j}0": (WEST + i * STEP, SOUTH + j * STEP) for i in range(SIDE) for j in range(SIDE)}
#: From the south-west corner of the grid straight to 45901, one way; back by the west, a loop of
#: which no road crosses the inside.
LOOP = [(1.6, 47.8), (1.58, 47.8), (1.56, 47.8), (1.56, 47.83), (1.6, 47.83)]
ISLAND = {"85113": (2.3, 46.7), "85114": (2.32, 46.7)}
#: A road of its own that goes 500 km north.
LONG = {"30001": (4.0, 43.8), "59001": (4.0, 48.3)}
#: Beyond a lane open to residents only, which nothing else joins to the grid.
HAMLET = {"45801": (1.71, 47.87), "45802": (1.72, 47.87)}
OFF_ROAD = {"45999": (1.75, 47.95)}


def points(places: dict[str, tuple[float, float]], *codes: str) -> pd.DataFrame:
    rows = [(code, *places[code]) for code in codes or places]
    return pd.DataFrame(rows, columns=["code", "lon", "lat"])


def metres(*path: tuple[float, float]) -> float:
    return float(GEOD.line_length(*zip(*path, strict=True)))


def write_network(
    path: Path, ways: Sequence[tuple[Sequence[tuple[float, float]], dict[str, str]]]
) -> Path:
    places = list(dict.fromkeys(place for line, _ in ways for place in line))
    identifier = {place: number for number, place in enumerate(places, start=1)}
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for place, number in identifier.items():
            writer.add_node(Node(id=number, version=1, location=place))
        for number, (line, tags) in enumerate(ways, start=1):
            nodes = [identifier[place] for place in line]
            writer.add_way(Way(id=number, version=1, nodes=nodes, tags=tags))
    return path


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    streets = [[GRID[f"45{i}{j}0"] for j in range(SIDE)] for i in range(SIDE)]
    avenues = [[GRID[f"45{i}{j}0"] for i in range(SIDE)] for j in range(SIDE)]
    long = [(4.0, latitude) for latitude in np.linspace(43.8, 48.3, 46).round(4).tolist()]
    ways = [
        *((line, STREET) for line in (*streets, *avenues, list(ISLAND.values()))),
        (
            [GRID["45770"], (1.69, 47.87), HAMLET["45801"]],
            STREET | {"motor_vehicle": "destination"},
        ),
        (list(HAMLET.values()), STREET),
        (LOOP[:2], ONE_WAY),
        (LOOP[1:], ONE_WAY),
        (long, {"highway": "trunk", "maxspeed": "100"}),
    ]
    return write_network(tmp_path_factory.mktemp("osm") / "quadrillage.osm.pbf", ways)


def minutes_of(pairs: pd.DataFrame) -> dict[tuple[str, str], float]:
    return pairs.set_index(["origin", "destination"])["minutes"].to_dict()


def test_minutes_are_length_over_speed_and_grow_along_a_street(network: Path) -> None:
    street = points(GRID, *(f"45{i}30" for i in range(SIDE)))
    pairs = network_minutes(network, street.head(1), street)
    expected = [metres(GRID["45030"], GRID[code]) / (KMH / 3.6) / 60 for code in street["code"]]
    assert pairs["destination"].tolist() == street["code"].tolist()
    # Whole seconds, and a little for each crossing.
    assert pairs["minutes"].tolist() == pytest.approx(expected, abs=1 / 60, rel=0.02)
    assert (np.diff(pairs["minutes"]) > 0).all()
    assert pairs.attrs == {"unsnapped": [], "missing": 0}


def test_two_way_streets_take_the_same_time_both_ways(network: Path) -> None:
    street = points(GRID, *(f"45{i}00" for i in range(SIDE)))
    times = minutes_of(network_minutes(network, street, street))
    assert len(times) == SIDE * SIDE
    for (origin, destination), minutes in times.items():
        assert times[destination, origin] == pytest.approx(minutes, abs=1.5 / 60)
        assert (minutes == 0) == (origin == destination)


def test_a_one_way_street_makes_the_way_back_longer(network: Path) -> None:
    places = {"45901": LOOP[1], "45000": LOOP[0]}
    times = minutes_of(network_minutes(network, points(places), points(places)))
    there = metres(*LOOP[:2]) / (KMH / 3.6) / 60
    back = metres(*LOOP[1:], GRID["45030"], GRID["45000"]) / (KMH / 3.6) / 60
    assert times["45000", "45901"] == pytest.approx(there, rel=0.05)
    assert times["45901", "45000"] == pytest.approx(back, rel=0.05)
    assert back > 5 * there


def test_an_island_has_no_pair_with_the_mainland_and_keeps_its_own(network: Path) -> None:
    both = points(GRID | ISLAND, "45000", "45770", *ISLAND)
    pairs = network_minutes(network, both, both)
    assert {tuple(sorted(pair)) for pair in minutes_of(pairs)} == {
        ("45000", "45000"), ("45000", "45770"), ("45770", "45770"),
        ("85113", "85113"), ("85113", "85114"), ("85114", "85114"),
    }  # fmt: skip
    assert pairs.attrs == {"unsnapped": [], "missing": 8}
    assert pairs["minutes"].notna().all()


def test_a_lane_for_residents_joins_what_nothing_else_joins(network: Path) -> None:
    pairs = network_minutes(network, points(GRID, "45000"), points(HAMLET))
    assert len(pairs) == 2


def test_a_point_far_from_any_road_is_listed_and_has_no_pair(network: Path) -> None:
    some = points(GRID | OFF_ROAD, "45000", "45999", "45770")
    pairs = network_minutes(network, some, some)
    assert pairs.attrs == {"unsnapped": ["45999"], "missing": 0}
    assert len(pairs) == 4


@pytest.mark.parametrize("away", [995, 1_005])
def test_a_point_is_put_on_a_road_up_to_a_kilometre(network: Path, away: float) -> None:
    # South of the southern street.
    lon, lat, _ = GEOD.fwd(1.605, SOUTH, 180, away)
    near = points({"45998": (lon, lat)})
    if away < 1_000:
        assert len(network_minutes(network, near, points(GRID))) == SIDE * SIDE
    else:
        with pytest.raises(TravelError, match="Aucun point n’est à moins de 1\u202f000 m"):
            network_minutes(network, near, points(GRID))


def test_blocks_of_the_matrix_equal_routes_asked_one_by_one(network: Path, tmp_path: Path) -> None:
    places = GRID | HAMLET
    everywhere = points(places)
    times = minutes_of(network_minutes(network, everywhere, everywhere))
    # More than one block each way: Valhalla takes 2,500 pairs at a time.
    assert len(times) == 66 * 66
    config = tmp_path / "valhalla.json"
    config.write_text(json.dumps(quiet_config(build_tiles(network))), encoding="utf-8")
    router = valhalla_module().Actor(str(config))
    drawn = np.random.default_rng(5).choice(list(places), size=(25, 2)).tolist()
    for origin, destination in [*drawn, ["45000", "45802"], ["45802", "45000"]]:
        ends = [{"lon": lon, "lat": lat} for lon, lat in (places[origin], places[destination])]
        trip = router.route({"locations": ends, "costing": "auto"})["trip"]
        seconds = trip["summary"]["time"]
        assert times[origin, destination] == pytest.approx(seconds / 60, abs=1.1 / 60)


def test_pairs_farther_apart_than_a_public_server_takes_are_computed(network: Path) -> None:
    pairs = network_minutes(network, points(LONG, "30001"), points(LONG, "59001"))
    assert pairs["minutes"].tolist() == pytest.approx([metres(*LONG.values()) / 1e5 * 60], rel=0.05)


def test_every_wrong_point_is_listed() -> None:
    origins = pd.DataFrame(
        {
            "code": ["45130", "45130", 45098, "45269", "45270"],
            "lon": [1.6, 1.6, 1.7, 200.0, None],
            "lat": [47.8, 47.8, 47.8, 47.8, 47.8],
        }
    )
    with pytest.raises(TravelError) as caught:
        network_minutes("absent.osm.pbf", origins, origins[["code", "lon"]])
    said = "\n".join(caught.value.defects)
    for text in ("'45130'", "45098", "200.0", "'45270'", "colonne absente : lat"):
        assert text in said
    assert len(caught.value.defects) == 5
    with pytest.raises(TravelError) as caught:
        network_minutes("absent.osm.pbf", points(GRID), points(GRID).head(0))
    assert caught.value.defects == ("destinations : aucun point",)


def test_swapped_longitudes_and_latitudes_are_said(network: Path) -> None:
    swapped = points(GRID).rename(columns={"lon": "lat", "lat": "lon"})
    with pytest.raises(TravelError, match="inversées"):
        network_minutes(network, points(GRID), swapped)


def test_broken_extracts_are_refused_and_leave_nothing(
    network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    files = {name: tmp_path / f"{name}.osm.pbf" for name in ("noise", "empty", "cut", "roadless")}
    files["noise"].write_bytes(np.random.default_rng(1).bytes(5_000))
    files["empty"].touch()
    files["cut"].write_bytes(network.read_bytes()[:-40])
    write_network(files["roadless"], [(LOOP, {"waterway": "river"})])
    for path in files.values():
        with pytest.raises(TravelError, match="endommagé ou sans route") as caught:
            build_tiles(path)
        assert caught.value.defects
    assert list((tmp_path / "cache" / "valhalla").iterdir()) == []


def test_files_that_are_no_extract_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dossier.osm.pbf").mkdir()
    (tmp_path / "roads.osm").write_text("<osm/>")
    for name, said in [
        ("absent.osm.pbf", "ne peut pas être lu"),
        ("dossier.osm.pbf", "ne peut pas être lu"),
        ("roads.osm", "n’est pas un .osm.pbf"),
    ]:
        with pytest.raises(TravelError, match=said):
            build_tiles(tmp_path / name)


def test_without_valhalla_the_extra_is_named(
    network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "valhalla", None)
    with pytest.raises(TravelError) as caught:
        network_minutes(network, points(GRID), points(GRID))
    assert 'pip install "cpts-geo[routing]"' in caught.value.remedy


def test_tiles_are_built_once_for_a_content_and_without_a_word(
    network: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    path = tmp_path / "copie.osm.pbf"
    path.write_bytes(network.read_bytes())
    corner = points(GRID, "45000")
    first = network_minutes(path, corner, corner, say=said.append)
    again = network_minutes(network, corner, corner, say=said.append)
    assert len(said) == 1 and "copie.osm.pbf" in said[0]
    pd.testing.assert_frame_equal(first, again)
    # Another content under the same name is another network.
    write_network(path, [(LOOP, STREET), (LOOP[::-1], STREET)])
    build_tiles(path, say=said.append)
    assert len(said) == 2
    assert len(list((tmp_path / "cache" / "valhalla").iterdir())) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cache", "copie.osm.pbf"]
    assert tuple(capfd.readouterr()) == ("", "")


def test_tiles_finished_first_by_another_run_are_used(
    network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path))
    rename = Path.rename

    def beaten(self: Path, target: Path) -> Path:
        (target / "2").mkdir(parents=True)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", beaten)
    folder = build_tiles(network)
    assert [each.name for each in folder.iterdir()] == ["2"]
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]
