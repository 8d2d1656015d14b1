"""Registry packages, and the whole build of data/communes from its sources."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.geography.perimeters import coverage
from cpts_geo.sources.codes import COLLECTIVITES, PLM, WHOLE_OF
from cpts_geo.sources.embedding import embedded, packages
from cpts_geo.sources.embedding.former import read_former
from cpts_geo.writing.embedded_data import _split_families, build


@pytest.fixture(scope="module")
def admin(packages_dir):
    return packages.read_admin(packages_dir)


@pytest.fixture(scope="module")
def contours(packages_dir):
    communes, _ = packages.read_contours(packages_dir)
    return communes


def test_arrondissements_of_the_packages_make_their_cities(admin, packages_dir, contours):
    communes, _ = admin
    parts = packages.read_arrondissements(packages_dir, communes).set_index("code_insee")
    _, shapes = packages.read_contours(packages_dir)
    assert dict(zip(parts.index, parts["city"], strict=True)) == WHOLE_OF
    assert sorted(shapes["code_insee"]) == sorted(WHOLE_OF)
    cities = communes.set_index("code_insee").loc[list(PLM)]
    assert parts.groupby("city")["population"].sum().to_dict() == cities["population"].to_dict()
    shared = ["departement", "region", "epci", "epci_name"]
    assert (parts[shared] == cities[shared].loc[parts["city"]].to_numpy()).all(axis=None)
    before = shapes.groupby(shapes["code_insee"].map(WHOLE_OF))["population_2017"].sum()
    whole = contours.set_index("code_insee")["population_2017"]
    assert before.to_dict() == whole[before.index].to_dict()


def test_communes_of_the_package(admin):
    communes, departements = admin
    assert len(communes) == 34_875
    assert communes["code_insee"].is_unique
    assert not communes["code_insee"].str.startswith("98").any()
    assert set(communes["departement"]) <= set(departements["departement"])
    # Not the EPCI file's populations, which are of another year.
    members = embedded.load_perimeters().query("territory == 'ouest_loiret'")["code_insee"]
    assert communes.set_index("code_insee").loc[members, "population"].sum() == 45_828


def test_former_codes_of_the_packages(admin, packages_dir):
    current = set(admin[0]["code_insee"])
    former = read_former(packages_dir, current=current, gone={"01003", "45203"})
    assert set(former["kind"]) == {
        "commune-deleguee",
        "commune-associee",
        "arrondissement-municipal",
        "code retiré",
        "ancien nom",
        "code ancien",
    }
    # A code of today is never an old one; the one of an event has no name in any vintage.
    old = former[former["kind"] == "code ancien"]
    assert old[["former_code", "code_insee"]].to_numpy().tolist() == [["01003", "01003"]]
    named = former.dropna(subset=["former_name"])
    assert not named.duplicated(["former_code", "former_name"]).any()
    # Neither a code, nor a name, is one of an overseas collectivité.
    assert not former["former_code"].str.startswith(COLLECTIVITES).any()


def test_contours_of_the_package_have_the_known_defects(contours):
    assert len(contours) == 34_875
    assert int(contours.geometry.isna().sum()) == 8
    assert int(contours["lon"].isna().sum()) == 50
    assert int(contours["population_2017"].isna().sum()) == 18


def test_people_of_split_communes_add_up_to_the_legal_population(contours):
    contours = contours.set_index("code_insee")
    # The package still gives Essarts-en-Bocage the people of before: its delegated communes and
    # the two parts that left it make the same number.
    parts = contours.loc[["85165", "85212"], "population_2017"].sum()
    before = contours.at["85084", "population_2017"]
    assert before == contours.at["85084", "delegated_2017"] + parts == 8_931
    people = embedded.load_communes().groupby("departement")["population_2017"].sum()
    assert people["85"] == 675_247
    assert people.sum() == 66_524_339


def test_splits_between_vintages(admin, packages_dir):
    communes, _ = admin
    splits = packages.read_splits(packages_dir, communes)
    pairs = set(splits.itertuples(index=False, name=None))
    # Saline was divided before the oldest package: that is written by hand.
    assert {("85084", "85165"), ("85084", "85212"), ("15141", "15031"), ("14712", "14666")} <= pairs
    assert set(_split_families(splits)) == {
        "14712 14666",
        "15141 15031 15035 15047 15171",
        "60054 60694",
        "85084 85165 85212",
    }
    # Communes that only changed their code did not leave another one.
    assert set(splits["part"]).isdisjoint({"12218", "49126", "69114"})
    assert set(splits["parent"]) | set(splits["part"]) <= set(communes["code_insee"])


@pytest.fixture
def without_metropole(monkeypatch):
    """Clean overseas contours, find the holes of part of Normandie: others are as committed."""
    clean, find = coverage.clean_and_simplify, coverage.holes
    every = [embedded.load_communes(), embedded.load_arrondissements()]
    committed = pd.concat(every).set_index("code_insee").geometry
    known = pd.read_csv(settings.COMMUNES_DIR / "contour_holes.csv")

    def clean_overseas(contours, *, tolerance_m):
        overseas = contours["code_insee"].str.startswith("97")
        shapes = contours["code_insee"].map(committed).astype(object)
        cleaned = clean(contours[overseas], tolerance_m=tolerance_m).geometry
        shapes[overseas] = cleaned.astype(object)
        # Under no name: it would take the place of the column of that name.
        return contours.set_geometry(gpd.GeoSeries(shapes.rename(None), crs=contours.crs))

    def find_in_normandie(contours):
        found = find(contours[contours["code_insee"].str[:2].isin(["14", "50", "61"])])
        # Of those on the border of the part, slivers of nothing are left open by the rest.
        found = found[found["area_km2"] > 0]
        assert len(found) == len(found.merge(known)) == 6
        return known

    monkeypatch.setattr(coverage, "clean_and_simplify", clean_overseas)
    monkeypatch.setattr(coverage, "holes", find_in_normandie)


@pytest.mark.parametrize("fewer", ["without_metropole", pytest.param("", marks=pytest.mark.full)])
def test_compiling_again_gives_the_committed_bytes(
    fewer, tmp_path, official_dir, packages_dir, request, monkeypatch
):
    if fewer:
        request.getfixturevalue(fewer)
    built, said = tmp_path / "communes", []
    build(official_dir=official_dir, packages_dir=packages_dir, output=built, say=said.append)
    committed = {path.name for path in settings.COMMUNES_DIR.iterdir()} - {"README.md"}
    assert {path.name for path in built.iterdir()} == committed
    for name in sorted(committed):
        same = (built / name).read_bytes() == (settings.COMMUNES_DIR / name).read_bytes()
        assert same, f"{name}: changed code or libraries, run `python3 run.py data`"
    assert said[-1].startswith(f"Écrit dans {built}")
    assert said[-1].endswith("codes sans successeur connu, laissés de côté : aucun")

    # They load from their own folder.
    monkeypatch.setattr(settings, "COMMUNES_DIR", built)
    assert len(embedded.load_communes()) == 34_875
    described = json.loads((built / "datapackage.json").read_text("utf-8"))["resources"]
    assert {resource["path"] for resource in described} == {
        "communes.parquet",
        "arrondissements.parquet",
        "former_communes.csv",
        "outside_communes.csv",
        "ept.csv",
        "postal_codes.parquet",
        "cog_events.csv",
        "figures.parquet",
        "bassins_de_vie.csv",
        "comparisons.csv",
        "apl_history.parquet",
        "contour_holes.csv",
        "day_profiles.csv",
        "travel_factors.csv",
    }
