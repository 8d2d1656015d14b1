"""Registry packages, and the whole build of data/communes from its sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpts_geo import settings
from cpts_geo.sources.embedding import embedded, packages
from cpts_geo.writing.embedded_data import _split_families, build


def test_communes_of_the_package(packages_dir):
    communes, former, departements = packages.read_admin(packages_dir)
    assert len(communes) == 34_875
    assert communes["code_insee"].is_unique
    assert not communes["code_insee"].str.startswith("98").any()
    assert set(communes["departement"]) <= set(departements["departement"])
    assert set(former["kind"]) == {
        "commune-deleguee",
        "commune-associee",
        "arrondissement-municipal",
        "code retiré",
    }
    # Not the EPCI file's populations, which are of another year.
    members = embedded.load_memberships().query("territory == 'ouest_loiret'")["code_insee"]
    assert communes.set_index("code_insee").loc[members, "population"].sum() == 45_828


def test_contours_of_the_package_have_the_known_defects(packages_dir):
    contours = packages.read_contours(packages_dir)
    assert len(contours) == 34_875
    assert int(contours.geometry.isna().sum()) == 8
    assert int(contours["lon"].isna().sum()) == 50
    assert int(contours["population_2017"].isna().sum()) == 18


def test_people_of_split_communes_add_up_to_the_legal_population(packages_dir):
    contours = packages.read_contours(packages_dir).set_index("code_insee")
    # The package still gives Essarts-en-Bocage the people of before: its delegated communes and
    # the two parts that left it make the same number.
    parts = contours.loc[["85165", "85212"], "population_2017"].sum()
    before = contours.at["85084", "population_2017"]
    assert before == contours.at["85084", "delegated_2017"] + parts == 8_931
    people = embedded.load_communes().groupby("departement")["population_2017"].sum()
    assert people["85"] == 675_247
    assert people.sum() == 66_524_339


def test_splits_between_vintages(packages_dir):
    communes, _, _ = packages.read_admin(packages_dir)
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


@pytest.fixture(scope="session")
def said() -> list[str]:
    """What the build tells."""
    return []


@pytest.fixture(scope="session")
def built(tmp_path_factory, official_dir, packages_dir, said) -> Path:
    """data/communes, compiled again."""
    output = tmp_path_factory.mktemp("data") / "communes"
    build(official_dir=official_dir, packages_dir=packages_dir, output=output, say=said.append)
    return output


def test_compiling_again_gives_the_committed_bytes(built):
    committed = {path.name for path in settings.COMMUNES_DIR.iterdir()} - {"README.md"}
    assert {path.name for path in built.iterdir()} == committed
    for name in sorted(committed):
        same = (built / name).read_bytes() == (settings.COMMUNES_DIR / name).read_bytes()
        assert same, f"{name}: changed code or libraries, run `python3 run.py data`"


def test_compiled_tables_load_from_their_own_folder(built, monkeypatch):
    monkeypatch.setattr(settings, "COMMUNES_DIR", built)
    assert len(embedded.load_communes()) == 34_875
    described = json.loads((built / "datapackage.json").read_text("utf-8"))["resources"]
    assert {resource["path"] for resource in described} == {
        "communes.parquet",
        "former_communes.csv",
        "cog_events.csv",
        "figures.csv",
        "comparisons.csv",
        "contour_holes.csv",
    }


def test_the_build_tells_that_no_code_is_left(built, said):
    assert said[-1].startswith(f"Écrit dans {built}")
    assert said[-1].endswith("codes sans successeur connu, laissés de côté : aucun")
