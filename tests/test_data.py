"""The committed data: whole, described, within their contract, and refused when altered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import frictionless
import numpy as np
import pandas as pd
import pytest
import shapely

from cpts_geo import settings
from cpts_geo.errors import DataFileError, TableError
from cpts_geo.schema import COLUMNS, FIGURE_COLUMNS, Status, status_column
from cpts_geo.sources import embedded
from cpts_geo.sources.contracts import CODE_PATTERN, check
from cpts_geo.sources.datapackage import descriptor
from cpts_geo.territories.coverage import area_km2, dissolve

ROWS = 34_875
WITHOUT_CONTOUR = ["12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"]
UNDESCRIBED = {"README.md", "datapackage.json"}


@pytest.fixture(scope="module")
def communes():
    return embedded.load_communes()


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


def test_types_and_what_may_be_unknown(communes):
    check(communes, "communes")
    unknown = communes.isna().sum()
    assert unknown[unknown > 0].to_dict() == {
        "epci": 4,
        "epci_name": 4,
        "population_2017": 18,
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
    assert sum(path.stat().st_size for path in files) < 15_000_000


def test_every_file_is_described():
    package = json.loads((settings.COMMUNES_DIR / "datapackage.json").read_text("utf-8"))
    described = {resource["path"] for resource in package["resources"]}
    present = {path.name for path in settings.COMMUNES_DIR.iterdir()}
    assert present == described | UNDESCRIBED


def test_description_is_the_one_the_code_writes():
    # Labels, units and definitions come from schema.py and catalogue.toml: change them there,
    # then run `python3 run.py data`.
    written = json.loads((settings.COMMUNES_DIR / "datapackage.json").read_text("utf-8"))
    assert written == descriptor(settings.COMMUNES_DIR)


def test_every_resource_says_where_it_comes_from():
    package = json.loads((settings.COMMUNES_DIR / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        assert resource["sources"], resource["path"]
        assert all(source["title"] and source["licence"] for source in resource["sources"])
        for field in resource["schema"]["fields"]:
            assert field.get("description") or field["name"].endswith("_status"), field


def test_columns_are_the_described_ones(communes):
    package = json.loads((settings.COMMUNES_DIR / "datapackage.json").read_text("utf-8"))
    fields = {r["name"]: [f["name"] for f in r["schema"]["fields"]] for r in package["resources"]}
    assert list(communes) == fields["communes"]
    assert list(embedded.load_figures()) == fields["figures"]
    assert list(embedded.load_comparisons()) == fields["comparisons"]
    assert list(embedded.load_former_communes()) == fields["former_communes"]


def test_frictionless_validates():
    report = frictionless.Package(str(settings.COMMUNES_DIR / "datapackage.json")).validate()
    assert [error.message for task in report.tasks for error in task.errors] == []
    assert {task.name: task.type for task in report.tasks}["communes"] == "file"


def test_frictionless_sees_damage(copied):
    flip_a_byte(copied / "communes.parquet")
    figures = copied / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    figures.write_text(text.replace("07009,2.0,", "07009,deux,"), encoding="utf-8")
    report = frictionless.Package(str(copied / "datapackage.json")).validate()
    found = {task.name: {error.type for error in task.errors} for task in report.tasks}
    assert found["communes"] == {"hash-count"}
    assert found["figures"] == {"type-error", "hash-count", "byte-count"}
    assert found["comparisons"] == set()


# --- integrity --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("communes.parquet", embedded.load_communes),
        ("figures.csv", embedded.load_figures),
        ("comparisons.csv", embedded.load_comparisons),
        ("former_communes.csv", embedded.load_former_communes),
    ],
)
def test_altered_or_missing_file_is_refused(copied, name, load):
    assert len(load(copied)) > 0
    flip_a_byte(copied / name)
    with pytest.raises(DataFileError) as altered:
        load(copied)
    assert "altéré" in altered.value.summary
    assert [defect.split()[1] for defect in altered.value.defects] == ["attendu", "trouvé"]
    assert "run.py data" in altered.value.remedy
    (copied / name).unlink()
    with pytest.raises(DataFileError, match="absent") as missing:
        load(copied)
    assert "run.py data" in missing.value.remedy


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"resources": [{}]}', '{"resources": 3}']
)
def test_unreadable_description_is_refused(copied, content):
    path = copied / "datapackage.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DataFileError, match=r"datapackage\.json"):
        embedded.load_figures(copied)


def test_file_that_is_not_described_is_refused(copied):
    (copied / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="altéré"):
        embedded.verified("extra.csv", copied)


# --- contracts ----------------------------------------------------------------------------


def test_embedded_tables_keep_their_contracts():
    check(embedded.load_figures(), "figures")
    check(embedded.load_comparisons(), "comparisons")
    check(embedded.load_memberships(), "memberships")
    check(embedded.load_facts(), "facts")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("population", -3, "population : nombre positif ou nul attendu (01001 : « -3 »)"),
        ("population", "douze", "population : nombre entier attendu (01001 : « douze »)"),
        ("population", None, "population : valeur absente (01001)"),
        ("code_insee", "1001", "code_insee : code Insee de 5 caractères attendu (1001)"),
        ("code_insee", "01002", "code_insee : valeur en double (01002)"),
        ("name", "", "name : texte vide (01001)"),
        ("area_km2", 0.0, "area_km2 : superficie positive attendue (01001 : « 0.0 »)"),
        ("population_2017", 1.5, "population_2017 : nombre entier attendu (01001 : « 1.5 »)"),
        ("point_status", "sûr", "point_status : attendu : measured, estimated (01001 : « sûr »)"),
    ],
)
def test_broken_commune_is_refused(communes, column, value, said):
    table = communes.head(5).copy()
    table[column] = table[column].astype(object)
    table.loc[0, column] = value
    table[column] = table[column].infer_objects()
    with pytest.raises(TableError) as refused:
        check(table, "communes")
    assert any(defect.startswith(said.split(" (")[0]) for defect in refused.value.defects)
    assert said in refused.value.defects
    assert "source" in refused.value.remedy


def test_every_defect_is_listed_at_once(communes):
    table = communes.head(30).copy()
    table["population"] = -1
    table.loc[2, "name"] = None
    with pytest.raises(TableError) as refused:
        check(table, "communes", origin="essai.csv")
    assert "essai.csv" in refused.value.summary
    population, name = sorted(refused.value.defects, reverse=True)
    assert population.count("« -1 »") == 20
    assert population.endswith("et 10 autres)")
    assert name == "name : valeur absente (01004)"


def test_missing_and_unknown_columns_are_named(communes):
    table = communes.head(3).drop(columns=["population", "epci"]).assign(revenu=1)
    with pytest.raises(TableError) as refused:
        check(table, "communes")
    assert refused.value.defects == (
        "colonne absente : epci",
        "colonne absente : population",
        "colonne inconnue : revenu",
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("gps_2017", -1.0, "gps_2017 : nombre positif"),
        ("gps_2017", 0.5, "gps_2017 : nombre entier attendu"),
        ("share_75plus_2022", 8.3, "share_75plus_2022 : part entre 0 et 1"),
        ("apl_2023_status", "sûr", "apl_2023_status : attendu : measured"),
        ("apl_2023_status", "unknown", "ligne : apl_2023_status doit valoir « unknown »"),
        ("apl_2023", np.nan, "ligne : apl_2023_status doit valoir « unknown »"),
    ],
)
def test_broken_figure_is_refused(column, value, said):
    table = embedded.load_figures().head(4)
    table.loc[1, column] = value
    with pytest.raises(TableError) as refused:
        check(table, "figures")
    (defect,) = refused.value.defects
    assert defect.startswith(said)
    assert "07010" in defect


def test_broken_comparison_is_refused():
    table = embedded.load_comparisons()
    share = table["indicator"] == "share_low_apl_2023"
    wrong = table.assign(value=table["value"].mask(share & (table["area_code"] == "FR"), 16.6))
    with pytest.raises(TableError, match=r"dépasse 1 \(FR share_low_apl_2023\)"):
        check(wrong, "comparisons")
    with pytest.raises(TableError, match="en double"):
        check(pd.concat([table, table.tail(1)], ignore_index=True), "comparisons")


def test_contract_leaves_the_table_as_it_is():
    facts = embedded.load_facts()
    written = facts.assign(value=facts["value"].astype(str))
    before = written.copy()
    assert check(written, "facts")["value"].dtype == np.float64
    pd.testing.assert_frame_equal(written, before)


# --- the files of data/cpts, written by hand ------------------------------------------------


@pytest.fixture
def cpts_copy(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "cpts"
    shutil.copytree(settings.CPTS_DIR, folder)
    monkeypatch.setattr(settings, "CPTS_DIR", folder)
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("facts.csv", ",44165,", ',"44 165",', "value : nombre attendu (ouest_loiret population"),
        ("facts.csv", ",44165,", ",-44165,", "value : nombre positif ou nul"),
        ("facts.csv", ",44165,", ",,", "value : nombre attendu"),
        ("facts.csv", ",2024-04-15,", ",15/04/2024,", "date : date AAAA-MM-JJ attendue"),
        ("memberships.csv", ",45019,", ",5019,", "code_insee : code Insee de 5 caractères"),
        ("memberships.csv", ",45019,", ",45024,", "ligne : ligne en double"),
        ("memberships.csv", ",liste publiée,", ",on dit,", "basis : attendu : liste publiée"),
    ],
)
def test_broken_cpts_file_is_refused(cpts_copy, file, old, new, said):
    load = embedded.load_facts if file == "facts.csv" else embedded.load_memberships
    path = cpts_copy / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TableError) as refused:
        load()
    assert file in refused.value.summary
    assert [defect for defect in refused.value.defects if defect.startswith(said)]


@pytest.mark.parametrize(
    "load", [embedded.load_facts, embedded.load_memberships, embedded.load_territories]
)
def test_missing_cpts_file_is_refused(cpts_copy, load):
    for path in cpts_copy.glob("*.csv"):
        path.unlink()
    with pytest.raises(DataFileError, match="absent"):
        load()


def test_memberships_are_current_communes_of_their_departements(communes):
    members = embedded.load_memberships()
    assert len(members) == 198
    counts = members.groupby("territory").size().to_dict()
    assert counts == {
        "asclepios": 30,
        "beauce_gatinais": 87,
        "lvo": 35,
        "ondaine_forez": 25,
        "ouest_loiret": 21,
    }
    rows = communes.set_index("code_insee").loc[members["code_insee"]]
    assert rows["name"].tolist() == members["name"].tolist()
    allowed = embedded.load_territories().set_index("territory")["departements"].str.split()
    pairs = zip(rows["departement"], members["territory"].map(allowed), strict=True)
    assert all(departement in among for departement, among in pairs)
    # Published lists are whole; elsewhere a document names a town or two.
    listed = members["basis"] == "liste publiée"
    assert (members["published"][listed] != "").all()
    assert set(members["territory"][listed]) == {"ouest_loiret", "ondaine_forez"}
    assert (members["note"][~listed] != "").all()


def test_facts_belong_to_a_territory_and_name_their_document():
    facts = embedded.load_facts()
    assert set(facts["territory"]) == set(embedded.load_territories()["territory"])
    values = facts.set_index(["territory", "fact"])["value"]
    assert values["ouest_loiret", "consultations"] == 1511
    assert values["beauce_gatinais", "people_without_mt"] == 24_000
    assert values["ondaine_forez", "share_without_mt_16plus"] == 0.02
    assert values["asclepios", "area_published"] == 555


# --- the figures ------------------------------------------------------------------------


def test_figures_cover_the_communes_around_the_five(communes):
    figures = embedded.load_figures()
    assert set(embedded.load_memberships()["code_insee"]) <= set(figures["code_insee"])
    assert set(figures["code_insee"]) <= set(communes["code_insee"])
    assert len(figures) == 1687
    for name in FIGURE_COLUMNS:
        assert COLUMNS[name].source
        assert set(figures[status_column(name)]) <= {"measured", "estimated"}


def test_figures_stop_at_thirty_kilometres(communes):
    metric = communes[~communes["code_insee"].str.startswith("97")].to_crs(settings.METRIC_CRS)
    metric = metric[metric.geometry.notna()]
    members = metric[metric["code_insee"].isin(embedded.load_memberships()["code_insee"])]
    zone = dissolve(members.assign(all="x"), "all").geometry.iloc[0]
    distance = metric.set_index("code_insee").distance(zone) / 1000
    inside = set(embedded.load_figures()["code_insee"])
    assert set(distance.index[distance < 29.9]) <= inside
    assert inside <= set(distance.index[distance < 30.1])


def test_commune_split_since_a_figure_is_only_estimated():
    # Essarts-en-Bocage lost two communes in 2024: its older figures describe the three.
    row = embedded.load_figures().set_index("code_insee").loc["85084"]
    assert row["gps_2017_status"] == row["apl_2023_status"] == "estimated"
    vendee = embedded.load_comparisons().query("area_code == '85'").set_index("indicator")
    assert vendee.at["gps_2017", "value"] == 521
    # Not 677,707, which would count the people of the two communes twice.
    density = vendee.at["gps_per_100k_2017", "value"]
    assert density == pytest.approx(521 / 675_247 * 1e5, rel=1e-6)
    assert vendee.at["gps_per_100k_2017", "status"] == "estimated"
    assert "2 commune(s) sans donnée" in vendee.at["gps_per_100k_2017", "note"]


def test_holes_of_the_contours_are_listed():
    holes = pd.read_csv(embedded.verified("contour_holes.csv"))
    assert len(holes) == 71
    assert holes["area_km2"].sum() == pytest.approx(931, rel=0.01)
    assert int((holes["area_km2"] > 1).sum()) == 55
    assert holes["area_km2"].max() == pytest.approx(158, rel=0.01)


def test_no_hole_inside_a_cpts(communes):
    holes = pd.read_csv(embedded.verified("contour_holes.csv"))
    members = embedded.load_memberships().merge(communes, on="code_insee")
    outlines = dissolve(communes.merge(members[["code_insee", "territory"]]), "territory")
    filled = [shapely.union_all([shapely.Polygon(p.exterior) for p in getattr(g, "geoms", [g])])
              for g in outlines.geometry]  # fmt: skip
    points = shapely.points(holes["lon"], holes["lat"])
    assert not shapely.contains(np.array(filled)[:, None], points[None, :]).any()


def test_former_communes_lead_to_current_ones(communes):
    former = embedded.load_former_communes()
    known = former.dropna(subset=["code_insee"])
    assert set(known["code_insee"]) <= set(communes["code_insee"])
    unknown = former[former["code_insee"].isna()]
    assert set(unknown["kind"]) == {"code retiré"}
    assert unknown["since_cog"].between(2022, settings.COG_YEAR).all()


def test_unmoved_codes_are_listed_and_not_current(communes):
    unmoved = pd.read_csv(embedded.verified("unmoved_codes.csv"), dtype=str)
    assert len(unmoved) == 41
    assert not set(unmoved["code_insee"]) & set(communes["code_insee"])


@pytest.mark.parametrize("folder", ["communes", "cpts"])
def test_readme_names_every_file_and_column(folder):
    place = settings.DATA_DIR / folder
    readme = (place / "README.md").read_text(encoding="utf-8")
    files = [path for path in place.iterdir() if path.name != "README.md"]
    assert [path.name for path in files if f"`{path.name}`" not in readme] == []
    columns = set(embedded.load_communes()) if folder == "communes" else set()
    for path in files:
        columns |= set(pd.read_csv(path, nrows=0)) if path.suffix == ".csv" else set()
    columns = {name for name in columns if not name.endswith("_status")}
    assert sorted(name for name in columns if f"`{name}`" not in readme) == []


def test_numbers_of_the_readme():
    readme = (settings.COMMUNES_DIR / "README.md").read_text(encoding="utf-8")
    rows = {
        "figures.csv": len(embedded.load_figures()),
        "comparisons.csv": len(embedded.load_comparisons()),
        "former_communes.csv": len(embedded.load_former_communes()),
        "unmoved_codes.csv": len(pd.read_csv(embedded.verified("unmoved_codes.csv"))),
    }
    for name, count in rows.items():
        (line,) = [text for text in readme.splitlines() if text.startswith(f"| `{name}`")]
        assert line.endswith(f"| {count:,} |".replace(",", " ")), line
