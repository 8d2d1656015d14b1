"""What names a territory, whatever its kind: taken, or refused in the words of Python."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import cpts_geo as cg
from cpts_geo.errors import CptsGeoError
from cpts_geo.sources.embedding import embedded

FEW = 500
HERE = {"what": ["Patay"], "departement": 45}
BOX = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.box(1.8, 48, 2.1, 48.2)], crs=4326)


@pytest.mark.parametrize("empty", [[], (), set(), np.array([]), pd.Series([], dtype=str)])
@pytest.mark.parametrize("name", ["epci", "tvs", "cpts", "departement", "only"])
def test_nothing_chosen_is_not_the_five_cpts(name: str, empty: Any) -> None:
    with pytest.raises(CptsGeoError, match=f"{name}=… : la sélection est vide"):
        cg.territories(**{name: empty})


@pytest.mark.parametrize(
    "asked",
    [
        {"epci": ""},
        {"epci": {}},
        {"epci": pd.DataFrame({"a": [1]})},
        {"epci": b"242900744"},
        {"what": b"242900744"},
        {"what": [b"Patay"]},
        {"what": [["Patay"]]},
        {"what": [{"commune": "Patay"}]},
        HERE | {"departement": 0},
        HERE | {"departement": False},
        HERE | {"name": 0},
        HERE | {"sheet": 0},
        HERE | {"partial": pd.DataFrame({"a": [1]})},
        HERE | {"fetched": "no"},
        HERE | {"say": 3},
        HERE | {"by": pd.DataFrame({"a": [1]})},
    ],
)
def test_what_is_of_another_kind_is_refused_and_never_ignored(asked: dict[str, Any]) -> None:
    with pytest.raises(CptsGeoError):
        cg.territory(**asked)


def test_siren_numbers_in_a_list_of_communes_say_how_they_are_written() -> None:
    with pytest.raises(CptsGeoError) as refused:
        cg.territory(["242900744", "200070183"])
    assert 'epci=["242900744", "200070183"]' in refused.value.remedy


@pytest.mark.parametrize(
    "asked",
    [
        {"what": {"Patay", "Artenay"}, "departement": np.int64(45)},
        {"what": (name for name in ("Patay", "Artenay")), "departement": 45.0},
        {"what": np.array(["Patay", "Artenay"]), "departement": pd.Index(["45"])},
        {"what": pd.Series([45248.0, 45008.0])},
        {"what": ["45248", "Artenay"], "departement": np.array([45])},
        {"what": pd.DataFrame({"code_insee": [45248.0, 45008.0]})},
    ],
)
def test_any_list_is_a_list_and_is_called_the_same(asked: dict[str, Any]) -> None:
    found = cg.territory(**asked, draws=FEW)
    assert sorted(found.study.figures["code_insee"]) == ["45008", "45248"]
    assert found.name == "Votre territoire"
    assert found.study.document == "liste de communes fournie : votre liste"
    assert "Votre territoire.csv" not in str(found.study.audit.to_dict())


@pytest.mark.parametrize("number", [242900744.0, np.int64(242900744), np.array([242900744])])
def test_a_siren_number_is_one_whatever_its_type(number: Any) -> None:
    assert cg.territory(epci=number, draws=FEW).name == "CC Poher Communauté"


def test_rows_that_are_communes_are_a_list_by_column_or_by_index() -> None:
    communes = embedded.load_communes().set_index("code_insee")
    four = communes[communes["departement"] == "45"].head(4)
    for table in (four, four.reset_index(), four[["geometry"]]):
        found = cg.territory(table, draws=FEW)
        assert sorted(found.study.figures["code_insee"]) == sorted(four.index)
        assert any("comme une liste de communes" in note for note in found.study.notes)


@pytest.mark.parametrize(
    "table",
    [
        BOX.assign(code_insee="secteur 1"),
        BOX.assign(commune="Patay"),
        BOX.assign(fid=3, geom="x"),
        BOX.rename_geometry("contour"),
        BOX.rename(columns={"x": 0}),
        BOX.assign(middle=gpd.GeoSeries([shapely.Point(2, 48.1)], crs=4326)),
        BOX.assign(several=[[1, 2]]),
        pd.concat([BOX, BOX[["x"]]], axis=1),
    ],
)
def test_polygons_are_polygons_whatever_their_columns(table: gpd.GeoDataFrame) -> None:
    found = cg.territory(table, draws=FEW)
    assert len(found.study.figures) == 24
    said = any("colonne « commune »" in note for note in found.study.notes)
    assert said == ("commune" in table)


@pytest.mark.parametrize(
    "asked",
    [
        {"what": gpd.GeoDataFrame(geometry=list(BOX.geometry))},
        {"what": gpd.GeoDataFrame(geometry=[shapely.Polygon()], crs=4326)},
        {"what": BOX.set_geometry([shapely.Point(2, 48.1)])},
        {"what": BOX.head(0)},
        {"what": pd.DataFrame({"commune": ["Patay", "#N/A"]}), "departement": 45},
        {"what": pd.DataFrame({"x": ["Zzzz"]})},
        {"what": ["Zzzz"]},
        HERE | {"sheet": "x"},
        HERE | {"draws": -1},
        HERE | {"share_without_mt": 0.1},
        HERE | {"by": "tvs"},
        {"what": "lvo", "only": "x"},
    ],
)
def test_an_error_speaks_of_arguments_and_of_no_file_that_nobody_wrote(
    asked: dict[str, Any],
) -> None:
    with pytest.raises(CptsGeoError) as refused:
        cg.territory(**asked)
    said = str(refused.value)
    for word in ("--", ".csv", ".gpkg", "ouvrez le fichier", "FICHIER"):
        assert word not in said


def test_a_name_says_what_a_cell_of_parameters_takes() -> None:
    with pytest.raises(CptsGeoError) as refused:
        cg.territory("Grand-Figeac")
    assert 'epci="200067361", ou dans un carnet territory = "200067361"' in str(refused.value)


@pytest.mark.parametrize("use", ["cg.errors.CptsGeoError", "cg.settings", "cg.geography"])
def test_rooms_are_there_before_anything_is_imported(use: str) -> None:
    code = f"import cpts_geo as cg; {use}; assert dir(cg) == sorted(cg.__all__)"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError):
        _ = cg.absent
