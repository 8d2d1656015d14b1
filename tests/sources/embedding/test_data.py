"""The committed data: whole, described, within their contract, and refused when altered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import frictionless
import numpy as np
import pandas as pd
import pytest
import shapely

from cpts_geo import settings
from cpts_geo.errors import DataFileError, TableError
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.geography.perimeters.coverage import area_km2, dissolve
from cpts_geo.schema import COLUMNS, EMBEDDED_FIGURES, Status, status_column
from cpts_geo.sources.codes import CODE_PATTERN, COLLECTIVITES, PLM, WHOLE_OF
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.embedding.contracts import check
from cpts_geo.sources.embedding.datapackage import descriptor

ROWS = 34_875
WITHOUT_CONTOUR = ["12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"]
UNDESCRIBED = {"README.md", "datapackage.json"}


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    """The description of data/communes."""
    return json.loads((settings.COMMUNES_DIR / "datapackage.json").read_text("utf-8"))


@pytest.fixture
def copied(tmp_path) -> Path:
    """A copy of data/communes that a test may damage."""
    folder = tmp_path / "communes"
    shutil.copytree(settings.COMMUNES_DIR, folder)
    return folder


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


# --- the national table -----------------------------------------------------------------


def test_all_communes_once_in_order(communes):
    codes = communes["code_insee"]
    assert len(codes) == ROWS
    assert codes.is_unique
    assert codes.is_monotonic_increasing
    assert codes.str.fullmatch(CODE_PATTERN).all()
    # 101 départements, whose code begins the commune's.
    assert communes["departement"].nunique() == 101
    starts = [code.startswith(d) for code, d in zip(codes, communes["departement"], strict=True)]
    assert all(starts)


def test_known_communes(communes):
    rows = communes.set_index("code_insee")
    assert rows.at["45203", "name"] == "Meung-sur-Loire"
    assert rows.at["01001", "name"] == "L'Abergement-Clémenciat"
    assert rows.at["2A004", "departement_name"] == "Corse-du-Sud"
    assert rows.at["75056", "population"] > 2_000_000
    assert rows.at["85113", "epci"] is None or pd.isna(rows.at["85113", "epci"])  # Île-d'Yeu


def test_arrondissements_stand_in_the_place_of_their_cities(communes):
    parts = check(embedded.load_arrondissements(), "arrondissements")
    assert parts["code_insee"].tolist() == sorted(WHOLE_OF)
    cities = communes.set_index("code_insee")
    sums = parts.groupby("city")[["population", "population_2017", "area_km2"]].sum()
    for city, row in sums.iterrows():
        assert row["population"] == cities.at[city, "population"]
        assert row["population_2017"] == cities.at[city, "population_2017"]
        assert row["area_km2"] == pytest.approx(cities.at[city, "area_km2"], abs=0.001)
        own = np.asarray(parts.geometry[parts["city"] == city])
        assert shapely.equals(shapely.coverage_union_all(own), cities.geometry[city])
    # Borders are those of the neighbours, to the letter.
    near = communes[communes["departement"].isin(["13", "69", "75", "92", "93", "94"])]
    near = near[near.geometry.notna() & ~near["code_insee"].isin(PLM)]
    together = np.asarray([*near.geometry, *parts.geometry])
    assert shapely.coverage_is_valid(together)
    refused = parts.assign(city="75056")
    with pytest.raises(TableError, match="arrondissement d’une autre commune"):
        check(refused, "arrondissements")


def test_types_and_what_may_be_unknown(communes):
    check(communes, "communes")
    unknown = communes.isna().sum()
    assert unknown[unknown > 0].to_dict() == {
        "epci": 4,
        "epci_name": 4,
        "tvs": 3,
        "tvs_name": 3,
        "split_family": ROWS - 12,
        "population_2017": 17,
        "area_km2": 8,
        "lon": 5,
        "lat": 5,
        "geometry": 8,
    }
    assert communes["population"].dtype == np.int64
    assert communes["population"].sum() == pytest.approx(68.35e6, rel=1e-3)


def test_communes_without_contour_stay(communes):
    without = communes[communes.geometry.isna()]
    assert without["code_insee"].tolist() == WITHOUT_CONTOUR
    assert (without["population"] > 0).all()
    assert without["area_km2"].isna().all()
    # A town-hall point that no contour confirms is not a measure.
    assert set(without["point_status"]) == {Status.ESTIMATED.value}


def test_contours_are_a_valid_coverage(communes):
    shapes = np.asarray(communes.geometry.dropna())
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_empty(shapes).any()
    invalid = shapely.coverage_invalid_edges(shapes)
    assert int((~shapely.is_empty(invalid)).sum()) == 0
    assert communes.crs == settings.GEOGRAPHIC_CRS


def test_simplified_contours_keep_their_area(communes):
    # area_km2 was measured before simplification: the shapes shown must stay close to it.
    drawn = area_km2(communes)
    assert drawn.sum() == pytest.approx(communes["area_km2"].sum(), rel=2e-4)
    ratio = (drawn / communes["area_km2"])[communes["area_km2"] > 1].dropna()
    assert ratio.between(0.9, 1.1).mean() > 0.999
    assert ratio.between(0.5, 2).all()


def test_points_lie_in_or_near_their_commune(communes):
    placed = communes[communes.geometry.notna()]
    points = shapely.points(placed["lon"], placed["lat"])
    distance = shapely.distance(np.asarray(placed.geometry), points)
    assert float(distance.max()) < 0.01  # about 1 km, once contours are simplified


def test_population_and_area_of_the_overseas_and_of_metropole(communes):
    areas = communes.groupby(communes["code_insee"].str[:3])["area_km2"].sum()
    assert areas["974"] == pytest.approx(2_512, rel=0.01)
    assert areas["973"] == pytest.approx(83_534, rel=0.01)
    assert areas["972"] == pytest.approx(1_128, rel=0.05)
    overseas = [f"97{last}" for last in "12346"]
    assert areas.drop(overseas).sum() == pytest.approx(550_000, rel=0.01)


# --- sizes and description ----------------------------------------------------------------


def test_sizes():
    assert (settings.COMMUNES_DIR / "communes.parquet").stat().st_size <= 8_000_000
    files = [path for path in settings.DATA_DIR.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 12_000_000


def test_every_bassin_de_vie_of_a_commune_has_its_density_and_name(communes):
    # That of Orée d'Anjou has changed its code since Insee drew it: one code, today's.
    known = communes.dropna(subset=["bassin_de_vie"])
    assert set(known["bassin_de_vie"]) == set(embedded.load_basins()["bassin_de_vie"])
    names = communes.set_index("code_insee")["name"]
    assert (known["bassin_de_vie_name"] == known["bassin_de_vie"].map(names)).all()
    assert communes.set_index("code_insee").at["49126", "bassin_de_vie"] == "49126"


def test_every_file_is_described(package):
    described = {resource["path"] for resource in package["resources"]}
    present = {path.name for path in settings.COMMUNES_DIR.iterdir()}
    assert present == described | UNDESCRIBED


def test_description_is_the_one_the_code_writes(package):
    # Labels, units and definitions come from schema.py and catalogue.toml: change them there,
    # then run `python3 run.py data`.
    assert package == descriptor(settings.COMMUNES_DIR)


def test_every_resource_says_where_it_comes_from(package):
    for resource in package["resources"]:
        assert resource["sources"], resource["path"]
        assert all(source["title"] and source["licence"] for source in resource["sources"])
        for field in resource["schema"]["fields"]:
            assert field.get("description") or field["name"].endswith("_status"), field


def test_columns_are_the_described_ones(communes, package):
    fields = {r["name"]: [f["name"] for f in r["schema"]["fields"]] for r in package["resources"]}
    assert list(communes) == fields["communes"]
    assert list(embedded.load_figures()) == fields["figures"]
    assert list(embedded.load_comparisons()) == fields["comparisons"]
    assert list(embedded.load_former_communes()) == fields["former_communes"]
    assert list(embedded.load_outside_communes()) == fields["outside_communes"]
    assert list(embedded.load_ept()) == fields["ept"]


def test_frictionless_validates():
    report = frictionless.Package(str(settings.COMMUNES_DIR / "datapackage.json")).validate()
    assert [error.message for task in report.tasks for error in task.errors] == []
    assert {task.name: task.type for task in report.tasks}["communes"] == "file"


def test_frictionless_sees_damage(copied):
    flip_a_byte(copied / "communes.parquet")
    basins = copied / "bassins_de_vie.csv"
    text = basins.read_text(encoding="utf-8")
    assert text.count("45252,") == 1
    basins.write_text(text.replace("45252,", "45252,x"), encoding="utf-8")
    report = frictionless.Package(str(copied / "datapackage.json")).validate()
    found = {task.name: {error.type for error in task.errors} for task in report.tasks}
    assert found["communes"] == {"hash-count"}
    assert found["bassins_de_vie"] == {"type-error", "hash-count", "byte-count"}
    assert found["comparisons"] == set()


# --- integrity --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("communes.parquet", embedded.load_communes),
        ("figures.parquet", embedded.load_figures),
        ("bassins_de_vie.csv", embedded.load_basins),
        ("comparisons.csv", embedded.load_comparisons),
        ("former_communes.csv", embedded.load_former_communes),
        ("outside_communes.csv", embedded.load_outside_communes),
        ("ept.csv", embedded.load_ept),
    ],
)
def test_altered_or_missing_file_is_refused(copied, name, load, monkeypatch):
    monkeypatch.setattr(settings, "COMMUNES_DIR", copied)
    assert len(load()) > 0
    flip_a_byte(copied / name)
    with pytest.raises(DataFileError) as altered:
        load()
    assert "altéré" in altered.value.summary
    assert [defect.split()[1] for defect in altered.value.defects] == ["attendu", "trouvé"]
    assert "git checkout -- data" in altered.value.remedy
    (copied / name).unlink()
    with pytest.raises(DataFileError, match="absent") as missing:
        load()
    assert "réinstallez cpts_geo" in missing.value.remedy


def test_data_compiled_again_are_read_in_the_same_run(copied, package, monkeypatch):
    monkeypatch.setattr(settings, "COMMUNES_DIR", copied)
    before = embedded.load_basins()
    before.iloc[1:].to_csv(copied / "bassins_de_vie.csv", index=False)
    (copied / "datapackage.json").write_text(json.dumps(descriptor(copied)), encoding="utf-8")
    assert len(embedded.load_basins()) == len(before) - 1


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"resources": [{}]}', '{"resources": 3}']
)
def test_unreadable_description_is_refused(copied, content, monkeypatch):
    path = copied / "datapackage.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DataFileError, match=r"datapackage\.json"):
        monkeypatch.setattr(settings, "COMMUNES_DIR", copied)
        embedded.load_figures()


@pytest.mark.parametrize("stored", [3.0, None])
def test_a_share_compiled_under_another_limit_is_refused(copied, package, stored, monkeypatch):
    monkeypatch.setattr(settings, "COMMUNES_DIR", copied)
    [resource] = [r for r in package["resources"] if r["path"] == "comparisons.csv"]
    limits = resource["limits"] | {"share_low_apl_2023": stored}
    limits = {name: limit for name, limit in limits.items() if limit is not None}
    others = [r for r in package["resources"] if r != resource]
    (copied / "datapackage.json").unlink()
    (copied / "datapackage.json").write_text(
        json.dumps({"resources": [*others, resource | {"limits": limits}]}), encoding="utf-8"
    )
    with pytest.raises(DataFileError, match="autre seuil") as refused:
        embedded.load_comparisons()
    held = "3,00" if stored else "donnée absente"
    assert list(refused.value.defects) == [
        "Habitants d’une commune d’APL inférieure à 2,5, 2023 : "
        f"{held} dans les données, 2,50 demandé"
    ]
    assert "python3 run.py data" in refused.value.remedy


def test_file_that_is_not_described_is_refused(copied, monkeypatch):
    (copied / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="altéré"):
        monkeypatch.setattr(settings, "COMMUNES_DIR", copied)
        embedded.verified("extra.csv")


# --- the figures ------------------------------------------------------------------------


def test_figures_cover_every_place(communes):
    figures = check(embedded.load_figures(), "figures")
    places = [*communes["code_insee"], *embedded.load_arrondissements()["code_insee"]]
    assert figures["code_insee"].tolist() == places
    for name in EMBEDDED_FIGURES:
        assert COLUMNS[name].source
        statuses = set(figures[status_column(name)])
        # The best that a commune's own figure can be, and never two such statuses in a column.
        best = COLUMNS[name].best.value
        assert best in statuses
        assert statuses <= {best, "estimated", "unknown"}


def test_commune_split_since_a_figure_is_only_estimated(communes):
    # Essarts-en-Bocage lost two communes in 2024: its older figures describe the three.
    row = embedded.load_figures().set_index("code_insee").loc["85084"]
    assert row["gps_2017_status"] == row["apl_2023_status"] == "estimated"
    rows = communes.set_index("code_insee")
    assert rows.at["85084", "split_family"] == "85084 85165 85212"
    # Its people are its own: 8,931 less the 2,460 of the two.
    assert rows.at["85084", "population_2017"] == 6_471


#: Legal populations of 2017 (Insee), and GPs of the BPE 2017 counted in the raw file.
@pytest.mark.parametrize(
    ("area", "people", "gps"),
    [("15", 145_143, 143), ("60", 824_503, 589), ("85", 675_247, 521), ("FR", 66_524_339, None)],
)
def test_departements_of_split_communes_are_exact(area, people, gps):
    of_level = embedded.load_comparisons().groupby("area_level").get_group
    table = of_level("france" if area == "FR" else "departement")
    table = table[table["area_code"] == area].set_index("indicator")
    assert table.at["population_2017", "value"] == people
    if gps is not None:
        assert table.at["gps_2017", "value"] == gps
        assert table.at["gps_per_100k_2017", "value"] == pytest.approx(gps / people * 1e5)
        assert table.at["gps_per_100k_2017", "status"] == "measured"
        assert table.at["gps_per_100k_2017", "note"] == ""


def test_holes_of_the_contours_are_listed():
    holes = pd.read_csv(embedded.verified("contour_holes.csv"))
    assert len(holes) == 71
    assert holes["area_km2"].sum() == pytest.approx(931, rel=0.01)
    assert int((holes["area_km2"] > 1).sum()) == 55
    assert holes["area_km2"].max() == pytest.approx(158, rel=0.01)


def test_no_hole_inside_a_cpts(communes):
    holes = pd.read_csv(embedded.verified("contour_holes.csv"))
    members = (
        embedded.load_perimeters().query("source == 'communiques'").merge(communes, on="code_insee")
    )
    outlines = dissolve(communes.merge(members[["code_insee", "territory"]]), "territory")
    filled = [shapely.union_all([shapely.Polygon(p.exterior) for p in getattr(g, "geoms", [g])])
              for g in outlines.geometry]  # fmt: skip
    points = shapely.points(holes["lon"], holes["lat"])
    assert not shapely.contains(np.array(filled)[:, None], points[None, :]).any()


def test_former_communes_lead_to_current_ones(communes):
    former = embedded.load_former_communes()
    assert set(former["code_insee"]) <= set(communes["code_insee"])
    gone = former[former["kind"] == "code retiré"]
    assert not set(gone["former_code"]) & set(communes["code_insee"])
    assert gone["since_cog"].between(2019, settings.COG_YEAR).all()
    unnamed = former["former_name"].isna()
    assert set(former.loc[unnamed, "kind"]) == {"code ancien"}
    assert unnamed.equals(former["kind"] == "code ancien")
    renamed = former[former["kind"] == "ancien nom"].merge(communes, on="code_insee")
    assert (renamed["former_code"] == renamed["code_insee"]).all()
    assert (renamed["former_name"] != renamed["name"]).all()


def test_every_code_of_the_events_is_a_former_code_or_one_of_today(communes):
    events = embedded.load_cog_events()
    former = embedded.load_former_communes().drop_duplicates("former_code")
    former = former.set_index("former_code")["code_insee"]
    gone = events.loc[~events["from_code"].isin(communes["code_insee"]), "from_code"]
    gone = pd.Series(gone.unique())
    assert set(gone) <= set(former.index)
    since = current_codes(gone, from_vintage=int(events["year"].min()) - 1)
    assert gone.map(former).tolist() == since.tolist()


def test_communes_outside_are_in_no_other_table(communes):
    outside = embedded.load_outside_communes()
    assert outside["code_insee"].str.startswith(COLLECTIVITES).all()
    assert not set(outside["code_insee"]) & set(communes["code_insee"])
    assert not set(outside["code_insee"]) & set(embedded.load_former_communes()["former_code"])
    named = outside.set_index("code_insee")["collectivite_name"]
    assert named[["97801", "98735", "98818"]].tolist() == [
        "Saint-Martin", "Polynésie française", "Nouvelle-Calédonie",
    ]  # fmt: skip


def test_territories_of_grand_paris_share_its_communes_but_paris(communes):
    bodies = embedded.load_ept()
    whole = communes.loc[communes["epci"] == "200054781", "code_insee"]
    assert set(bodies["code_insee"]) == set(whole) - {"75056"}
    assert bodies["ept"].nunique() == bodies["ept_name"].nunique() == 11


def test_split_families_are_those_of_the_events(communes):
    events = embedded.load_cog_events()
    split = events[events["event"] == "scission"]
    parts = split["to_code"].groupby(split["from_code"]).agg(lambda codes: sorted(set(codes)))
    expected = {
        code: " ".join([parent, *(part for part in codes if part != parent)])
        for parent, codes in parts.items()
        for code in codes
    }
    assert len(parts) == 4
    assert communes.set_index("code_insee")["split_family"].dropna().to_dict() == expected


@pytest.mark.parametrize("folder", ["communes", "cpts"])
def test_readme_names_every_file_and_column(folder):
    place = settings.DATA_DIR / folder
    readme = (place / "README.md").read_text(encoding="utf-8")
    files = [path for path in place.rglob("*") if path.is_file() and path.name != "README.md"]
    # A folder of files of one kind stands once, as a pattern.
    names = {
        path.name if path.parent == place else f"{path.parent.name}/*{path.suffix}"
        for path in files
    }
    assert {name for name in names if f"`{name}`" not in readme} == set()
    columns = set()
    if folder == "communes":
        columns = {*embedded.load_communes(), *embedded.load_figures()}
    for path in files:
        columns |= set(pd.read_csv(path, nrows=0)) if path.suffix == ".csv" else set()
    columns = {name for name in columns if not name.endswith("_status")}
    assert sorted(name for name in columns if f"`{name}`" not in readme) == []


def test_numbers_of_the_readme():
    readme = (settings.COMMUNES_DIR / "README.md").read_text(encoding="utf-8")
    rows = {
        "figures.parquet": len(embedded.load_figures()),
        "arrondissements.parquet": len(embedded.load_arrondissements()),
        "bassins_de_vie.csv": len(embedded.load_basins()),
        "comparisons.csv": len(embedded.load_comparisons()),
        "former_communes.csv": len(embedded.load_former_communes()),
        "cog_events.csv": len(embedded.load_cog_events()),
        "ept.csv": len(embedded.load_ept()),
        "outside_communes.csv": len(embedded.load_outside_communes()),
        "contour_holes.csv": len(pd.read_csv(embedded.verified("contour_holes.csv"))),
        "day_profiles.csv": len(embedded.load_day_profiles()),
        "communes.parquet": ROWS,
    }
    for name, count in rows.items():
        (line,) = [text for text in readme.splitlines() if text.startswith(f"| `{name}`")]
        assert line.endswith(f"| {count:,} |".replace(",", " ")), line


def test_readme_tells_of_the_split_communes_and_of_every_doctor(communes):
    readme = (settings.COMMUNES_DIR / "README.md").read_text(encoding="utf-8")
    families = communes["split_family"].dropna()
    (line,) = [text for text in readme.splitlines() if text.startswith("- **Communes rétablies**")]
    assert f"({len(families)} communes, quatre anciennes" in line
    for parent in {family.split()[0] for family in families}:
        assert parent in readme
    areas = embedded.load_comparisons().query("area_level == 'departement'")
    doctors = areas.loc[areas["indicator"] == "gps_2017", "value"].sum()
    assert f"{doctors:,.0f} généralistes".replace(",", " ") in readme
