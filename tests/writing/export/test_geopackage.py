"""The layers for QGIS: opened by GDAL and by SQLite, their styles read as XML."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as Xml

import geopandas as gpd
import pandas as pd
import pytest

from cpts_geo.atlas.maps.layers import classify, territory_layers
from cpts_geo.settings import METRIC_CRS, OVERSEAS_METRIC_CRS
from cpts_geo.writing.export.export import write_exports
from tests.kept import analysed
from tests.writing.export.conftest import CASES, DAY

LAYERS = {"communes", "territoire", "sites", "voisins"}
CRS = {"mayotte": OVERSEAS_METRIC_CRS["976"]}


def opened(folder: Path) -> Path:
    """Return the one GeoPackage of a folder."""
    (found,) = folder.glob("*.gpkg")
    return found


def rows(path: Path, query: str) -> list[tuple]:
    """Ask SQLite."""
    with closing(sqlite3.connect(path)) as base:
        return base.execute(query).fetchall()


@pytest.mark.parametrize("case", CASES)
def test_layers_open_in_the_metres_of_the_place(exported, case):
    path = opened(exported(case, "gpkg"))
    assert set(gpd.list_layers(path)["name"]) == {*LAYERS, "layer_styles", "sources"}
    for name in LAYERS:
        table = gpd.read_file(path, layer=name)
        assert table.crs == CRS.get(case, METRIC_CRS)
        assert table.geometry.is_valid.all()
    assert len(gpd.read_file(path, layer="territoire")) == 1
    inside = gpd.read_file(path, layer="communes")
    assert inside["code_insee"].str.fullmatch(r"\d{5}").all()
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_figures_are_those_of_the_study(exported):
    table = gpd.read_file(opened(exported("beauce_gatinais", "gpkg")), layer="communes")
    study = analysed("beauce_gatinais", draws=1000).studies["beauce_gatinais"]
    known = study.communes.set_index("code_insee")["apl_2023"]
    mine = table.set_index("code_insee")["apl_2023"]
    pd.testing.assert_series_equal(mine, known.loc[mine.index], check_names=False)


def test_unknown_is_null_and_said(exported):
    table = gpd.read_file(opened(exported("mayotte", "gpkg")), layer="communes")
    assert table["apl_2023"].isna().all()
    assert table["apl_2023_status"].str.contains("donnée absente").all()


@pytest.mark.parametrize("case", CASES)
def test_each_column_has_a_french_name_of_its_own(exported, case):
    path = opened(exported(case, "gpkg"))
    for layer in LAYERS:
        columns = {row[1] for row in rows(path, f"PRAGMA table_info({layer})")}
        query = f"SELECT column_name, name FROM gpkg_data_columns WHERE table_name = '{layer}'"
        named = dict(rows(path, query))
        assert set(named) == columns - {"fid", "geom"}
        assert len(set(named.values())) == len(named)
    listed = {row[0] for row in rows(path, "SELECT table_name FROM gpkg_extensions")}
    assert "gpkg_data_columns" in listed


def styles(path: Path, layer: str) -> dict[str, Xml.Element]:
    """Styles of a layer by name, the first one first."""
    found = rows(
        path,
        "SELECT styleName, styleQML, useAsDefault FROM layer_styles "
        f"WHERE f_table_name = '{layer}' ORDER BY useAsDefault DESC, id",
    )
    assert [row[2] for row in found] == [1] + [0] * (len(found) - 1)
    return {name: Xml.fromstring(text) for name, text, _ in found}


@pytest.mark.parametrize("case", CASES)
def test_styles_are_xml_whose_symbols_are_there(exported, case):
    path = opened(exported(case, "gpkg"))
    for layer in LAYERS:
        for root in styles(path, layer).values():
            symbols = {each.get("name") for each in root.findall("renderer-v2/symbols/symbol")}
            assert {each.get("symbol") for each in root.iter("rule")} == symbols
            columns = {row[1] for row in rows(path, f"PRAGMA table_info({layer})")}
            for rule in root.iter("rule"):
                asked = set(re.findall(r'"(\w+)"', rule.get("filter") or ""))
                assert asked <= columns
    study = next(iter(analysed(*CASES[case].get("territories", ()), draws=1000,
                               **{k: v for k, v in CASES[case].items() if k != "territories"}
                               ).studies.values()))  # fmt: skip
    layers = territory_layers(study.communes, scenarios=study.scenarios)
    assert list(styles(path, "communes")) == [each.title[:30] for each in layers]


def test_a_rule_takes_the_communes_of_its_class_and_paints_its_colour(exported):
    path = opened(exported("beauce_gatinais", "gpkg"))
    study = analysed("beauce_gatinais", draws=1000).studies["beauce_gatinais"]
    layer = territory_layers(study.communes)[0]
    classes = classify(study.communes[layer.column], layer)
    root = styles(path, "communes")[layer.title]
    found = list(root.iter("rule"))[: len(layer.labels)]
    for rank, rule in enumerate(found):
        # What QGIS asks of its columns, SQLite understands.
        query = f"SELECT code_insee FROM communes WHERE {rule.get('filter')}"
        codes = {row[0] for row in rows(path, query)}
        assert codes == set(study.communes.loc[classes == rank, "code_insee"])
        assert rule.get("label") == layer.labels[rank]
        (symbol,) = root.findall(f"renderer-v2/symbols/symbol[@name='{rule.get('symbol')}']")
        colour = symbol.find("layer/Option/Option[@name='color']").get("value")
        shown = "#" + "".join(f"{int(part):02x}" for part in colour.split(",")[:3])
        assert shown == layer.colours[rank]


def test_hostile_names_stay_names(tmp_path):
    analysis = analysed("ouest_loiret", draws=1000)
    study = analysis.studies["ouest_loiret"]
    hostile = ["</rule><script>", "'); DROP TABLE communes; --", '"&lt;]]>', "=1+1"]
    names = study.figures["name"].copy()
    names.iloc[: len(hostile)] = hostile
    bad = study.with_parts(communes=study.communes.assign(name=names))
    run = analysis.with_tables()
    run.studies[study.key] = bad
    write_exports(run, tmp_path, formats=("gpkg",), day=DAY)
    table = gpd.read_file(tmp_path / "ouest_loiret.gpkg", layer="communes")
    assert set(hostile) <= set(table["name"])
    for root in styles(tmp_path / "ouest_loiret.gpkg", "communes").values():
        assert len(list(root.iter("rule"))) > 2


def test_same_day_same_bytes(tmp_path):
    analysis = analysed("ouest_loiret", draws=1000)
    for name in ("one", "two"):
        write_exports(analysis, tmp_path / name, formats=("gpkg",), day=DAY)
    one, two = (tmp_path / name / "ouest_loiret.gpkg" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_place_that_brings_nobody_nearer_is_not_proposed(tmp_path):
    analysis = analysed("ondaine_forez", draws=1000)
    study = analysis.studies["ondaine_forez"]
    found = study.access.opening
    useful = {
        code
        for sites, gains in found.gains.items()
        if gains.loc["difference", "within_15"] != 0
        for code in sites
    }
    write_exports(analysis, tmp_path, formats=("gpkg",), day=DAY)
    table = gpd.read_file(tmp_path / "ondaine_forez.gpkg", layer="sites")
    assert found.gains
    assert set(table.loc[table["kind"] == "proposed", "code_insee"]) == useful
    assert (table["kind"] == "emergency").any()
