"""The national layer: what was fetched gives every commune its figures, on every page."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from benchmarks.samples import write_rpps
from cpts_geo import settings
from cpts_geo.analysis import Options, analyse
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.atlas.sections.essential import _beside
from cpts_geo.atlas.sections.territory import gp_counts
from cpts_geo.atlas.sections.territory.communes import commune_columns
from cpts_geo.errors import DataFileError
from cpts_geo.french import typeset
from cpts_geo.geography.figures.national import load_national
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.schema import EMBEDDED_FIGURES, FIGURE_COLUMNS, status_column
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.fetch import fetch
from cpts_geo.sources.fetching.parsed import load_source
from tests.kept import kept_folder

REAL = (
    "drees_apl_2023", "insee_bpe_2017", "insee_bpe_2024", "insee_rp_2022",
    "cartosante_distances_2024",
)  # fmt: skip
#: Brest, far from the five.
BREST = "29019"


def write_bpe_2025(path: Path, counts: dict[str, int]) -> None:
    """Write a BPE in the layout of 2025: one commune a row, and totals that must not count."""
    header = (
        "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;UNIT_MEASURE;"
        "OBS_STATUS;UNIT_MULT;TIME_PERIOD;OBS_VALUE"
    )
    rows = [
        f"{code};COM;D;D2;{kind};FACILITIES;NB;A;0;2025;{n}"
        for code, n in counts.items()
        for kind in ("D265", "D106")
    ]
    rows += [f"{code};COM;D;_T;_T;FACILITIES;NB;A;0;2025;99" for code in counts]
    rows += ["29;DEP;D;D2;D265;FACILITIES;NB;A;0;2025;999"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("DS_BPE_2025_data.csv", "\n".join([header, *rows]) + "\n")
        archive.writestr("DS_BPE_2025_metadata.csv", "COD_VAR;LIB\n")


@pytest.fixture(scope="module")
def communes():
    return embedded.load_communes()


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / "lock.toml"))
    return tmp_path


def _fetched(folder: Path, mirror: Path, keys: tuple[str, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CPTS_GEO_CACHE", str(folder / "cache"))
        patch.setenv("CPTS_GEO_LOCK", str(folder / "lock.toml"))
        fetch(REAL, mirror=mirror, offline=True)
        for key in keys:
            load_source(key)


@pytest.fixture
def unread(empty, official_dir):
    """Give the four files fetched, of which nothing was read yet: a copy for each test."""
    made = kept_folder("national_unread", lambda folder: _fetched(folder, official_dir, ()))
    shutil.copytree(made, empty, dirs_exist_ok=True)
    return empty


@pytest.fixture
def real(empty, official_dir):
    """Give the same, their tables read: large workbooks, once for all tests."""
    made = kept_folder("national_real", lambda folder: _fetched(folder, official_dir, REAL))
    shutil.copytree(made, empty, dirs_exist_ok=True)
    return empty


def test_nothing_fetched_is_the_embedded_figures(empty, communes):
    layer = load_national(communes)
    assert layer.inputs == {}
    pd.testing.assert_frame_equal(layer.figures, embedded.load_figures())
    assert not (settings.cache_dir() / "layers").exists()


def test_real_files_give_the_embedded_figures(real, communes):
    layer = load_national(communes)
    assert sorted(layer.inputs) == sorted(REAL)
    assert len(layer.figures) == len(communes) + len(WHOLE_OF)
    mine = embedded.load_figures().set_index("code_insee")
    same = layer.figures.set_index("code_insee").loc[mine.index, list(mine)]
    pd.testing.assert_frame_equal(same, mine, check_dtype=False, rtol=1e-9)
    assert list(layer.comparisons) == list(embedded.load_comparisons())
    # Figures that no file brings stay unknown, those of everywhere are known nearly everywhere.
    known = layer.figures.notna().mean()
    assert (known[list(EMBEDDED_FIGURES)] > 0.95).all()
    assert (known[[n for n in FIGURE_COLUMNS if n not in EMBEDDED_FIGURES]] == 0).all()


@pytest.mark.usefixtures("small_files")
def test_the_layer_is_compiled_once_and_again_when_a_file_changes(real, communes, official_dir):
    said: list[str] = []
    load_national(communes, say=said.append)
    load_national(communes, say=said.append)
    assert len(said) == 1
    mirror = real / "mirror"
    mirror.mkdir()
    write_bpe_2025(mirror / "DS_BPE_2025_CSV_FR.zip", {BREST: 130})
    fetch(["insee_bpe_2025"], mirror=mirror, offline=True)
    layer = load_national(communes, say=said.append)
    assert len(said) == 2
    figures = layer.figures.set_index("code_insee")
    assert figures.at[BREST, "gps_2025"] == figures.at[BREST, "emergency_departments_2025"] == 130
    # The BPE lists equipped communes only: the others have none, and that is known.
    assert figures.at["45005", "gps_2025"] == 0
    places = figures.drop(list(WHOLE_OF))
    assert set(places[status_column("gps_2025")]) == {"measured"}
    of_finistere = layer.comparisons.query("area_code == '29' and indicator == 'gps_2025'")
    assert of_finistere["value"].tolist() == [130]


def test_a_territory_far_from_the_five_shows_every_indicator(real):
    result = analyse(Request(epci=["242900314"]), Options(draws=1_000))  # Brest Métropole
    mine = result.comparison.query("area_level == 'cpts'").set_index("indicator")
    wanted = ["apl_2023", "gps_per_100k_2017", "gps_2024", "share_75plus_2022"]
    assert mine.loc[wanted, "value"].notna().all()
    assert set(REAL) <= set(result.inputs)
    blind = analyse(Request(epci=["242900314"]), Options(draws=1_000, fetched=False))
    assert blind.inputs == {}
    same = blind.comparison.query("area_level == 'cpts'").set_index("indicator")
    pd.testing.assert_frame_equal(same.loc[wanted], mine.loc[wanted])


@pytest.mark.usefixtures("small_files")
def test_pages_take_the_newest_vintage_fetched(real):
    mirror = real / "mirror"
    mirror.mkdir()
    write_bpe_2025(mirror / "DS_BPE_2025_CSV_FR.zip", {"45252": 9, "45208": 12})
    fetch(["insee_bpe_2025"], mirror=mirror, offline=True)
    result = analyse(Request(["beauce_gatinais"]), Options(draws=1_000))
    shown = [layer.column for layer in territory_layers(result.communes)]
    assert shown[1:3] == ["gp_minutes_approx_2025", "gps_2025"]
    columns = commune_columns(result.communes)
    assert "gps_2025" in columns and "emergency_departments_2025" in columns
    # A count of 2024 is of no use beside one of 2025.
    assert "gps_2024" not in columns
    first = _beside.section(result.comparison)[0]
    assert first.more.startswith(typeset("Insee 2025 : "))
    density = result.comparison.query(
        "indicator == 'gps_per_100k_2025' and area_level == 'cpts'"
    ).iloc[0]
    assert density["low"] < density["value"] < density["high"]


def test_a_parsed_table_is_read_from_its_parquet(real):
    first = load_source("drees_apl_2023")
    [parsed] = (settings.cache_dir() / "tables").glob("drees_apl_2023-*.parquet")
    stamp = parsed.stat().st_mtime_ns
    pd.testing.assert_frame_equal(load_source("drees_apl_2023"), first)
    assert parsed.stat().st_mtime_ns == stamp


def test_a_source_that_was_not_fetched_says_how_to(empty):
    with pytest.raises(DataFileError, match="cpts-geo data fetch drees_tvs_2019"):
        load_source("drees_tvs_2019")
    with pytest.raises(DataFileError, match="Source sans lecteur : rien"):
        load_source("rien")


def write_apl_2024(path: Path, codes: list[str]) -> None:
    """Write a workbook in the layout announced for 2024: three sheets, the other label for 65."""
    book = openpyxl.Workbook()
    book.active.title = "Paramètres"
    for year in (2022, 2023, 2024):
        sheet = book.create_sheet(f"APL {year}")
        for _ in range(8):
            sheet.append(["Accessibilité potentielle localisée"])
        sheet.append([
            "Code commune INSEE", "Commune", "APL aux médecins généralistes",
            "APL aux médecins généralistes de 65 ans ou moins",
            f"Population standardisée {year - 2} pour la médecine générale",
            f"Population totale {year - 2}",
        ])  # fmt: skip
        per = "consultations par an par habitant standardisé"
        sheet.append(["", "", per, per, "habitants standardisés", "nombre d'habitants"])
        for code in codes:
            sheet.append([code, "x", year - 2020, 1.5, 900.5, 1000])
    book.save(path)


@pytest.mark.usefixtures("small_files")
def test_a_newer_apl_takes_the_map_and_the_tables(empty, communes):
    mirror = empty / "mirror"
    mirror.mkdir()
    codes = communes.loc[communes["departement"] == "29", "code_insee"].tolist()
    write_apl_2024(mirror / "drees_apl_generalistes_2022_2024.xlsx", codes)
    [had] = fetch(["drees_apl_2024"], mirror=mirror, offline=True)
    assert had.vintage == "2024"
    result = analyse(Request(epci=["242900314"]), Options(draws=1_000))
    first = territory_layers(result.communes)[0]
    assert (first.column, first.title) == ("apl_2024", "APL 2024")
    columns = commune_columns(result.communes)
    assert columns.index("apl_2024") == columns.index("apl_2023") + 1
    mine = result.comparison.query("area_level == 'cpts'").set_index("indicator")
    assert mine.loc["apl_2024", ["value", "source"]].tolist() == [
        4.0, "Drees, APL aux médecins généralistes",
    ]  # fmt: skip
    assert mine.loc["share_low_apl_65_2024", "value"] == 1
    (page,) = result.studies.values()
    html = sheet_page(page, national=result.national, date="1er janvier 2026")
    assert "APL 2024" in html


@pytest.mark.usefixtures("small_files")
def test_the_rpps_is_one_more_source_of_the_panel(empty):
    mirror = empty / "mirror"
    mirror.mkdir()
    write_rpps(mirror / "PS_LibreAcces_Personne_activite.txt", lines=40_000)
    fetch(["ans_rpps"], mirror=mirror, offline=True)
    result = analyse(Request(["beauce_gatinais"]), Options(draws=1_000))
    section = gp_counts.section(result.comparison)
    areas, rows = section["areas"], section["rows"]
    [row] = [row for row in rows if "RPPS" in row.label]
    counted = result.communes["gps_rpps"].sum()
    assert counted > 0
    assert row.cells[0].origin.startswith(f"{round(counted)} médecins ; ")
    assert "1/n" in row.detail
    assert areas[0] == "CPTS Beauce-Gâtinais"
    france = result.comparison.query("indicator == 'gps_rpps' and area_code == 'FR'")["value"]
    table = load_source("ans_rpps")
    assert france.iloc[0] == pytest.approx(table["gps"].sum())


def test_bytes_that_changed_after_the_fetch_are_refused(unread):
    file = settings.cache_dir() / "insee_bpe_2017_gp_by_commune.csv"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"35238",269,', b'"35238",999,'))
    assert len(file.read_bytes()) == len(whole)
    with pytest.raises(DataFileError, match="n’est plus celui du verrou"):
        analyse(Request(epci=["243500139"]), Options(draws=1_000))
    file.write_bytes(whole)
    result = analyse(Request(epci=["243500139"]), Options(draws=1_000))
    rennes = result.communes.set_index("code_insee").at["35238", "gps_2017"]
    assert rennes == 269


def test_a_file_that_the_lock_names_and_is_gone_is_said(unread, communes):
    (settings.cache_dir() / "insee_bpe_2017_gp_by_commune.csv").unlink()
    [note] = [n for n in load_national(communes).notes if "verrou" in n]
    assert "insee_bpe_2017, absent du cache ou altéré : ses chiffres manquent" in note
    for key in REAL:
        file = settings.cache_dir() / (sources()[key].file or "")
        file.unlink(missing_ok=True)
    # Their tables, once parsed, are as good as the files.
    assert set(load_national(communes).inputs) == set(REAL) - {"insee_bpe_2017"}
    shutil.rmtree(settings.cache_dir() / "tables")
    layer = load_national(communes)
    assert layer.inputs == {} and all(key in layer.notes[0] for key in REAL)
    assert load_national(communes, fetched=False).notes == ()


def test_a_damaged_derived_file_is_made_again(real, communes):
    before = load_national(communes)
    for file in [*settings.cache_dir().rglob("*.parquet")]:
        file.write_bytes(b"junk")
    pd.testing.assert_frame_equal(load_national(communes).figures, before.figures)


@pytest.mark.usefixtures("small_files")
def test_a_file_that_nothing_dates_says_when_it_came(real, communes):
    assert not any("fichier reçu" in note for note in load_national(communes).notes)
    mirror = real / "mirror"
    mirror.mkdir()
    write_rpps(mirror / "PS_LibreAcces_Personne_activite.txt", lines=5_000)
    fetch(["ans_rpps"], mirror=mirror, offline=True)
    said = " ".join(load_national(communes).notes)
    assert "annuaire santé : fichier reçu le " in said and "sans date dans son contenu" in said


@pytest.mark.usefixtures("small_files")
def test_the_share_of_the_aged_comes_from_the_census_by_age(empty, communes):
    mirror = empty / "mirror"
    mirror.mkdir()
    bands = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
    lines = [";".join(["CODGEO", "P22_POP", *(f"P22_POP{band}" for band in bands)])]
    # 93059 joined 93066 in 2025; no COG knows 99999.
    for code, old in (("29019", 30), ("93059", 20), ("93066", 0), ("99999", 5)):
        lines.append(f"{code};{100 + old};20;20;20;20;20;{old - old // 3};{old // 3}")
    with zipfile.ZipFile(mirror / "base-cc-evol-struct-pop-2022_csv.zip", "w") as archive:
        archive.writestr("base-cc-evol-struct-pop-2022.CSV", "\n".join(lines) + "\n")
    [had] = fetch(["insee_rp_structure_2022"], mirror=mirror, offline=True)
    assert had.vintage == "2022"
    share = load_national(communes).figures.set_index("code_insee")["share_75plus_2022"]
    assert share["29019"] == pytest.approx(30 / 130)
    assert share["93066"] == pytest.approx(20 / 220)
    # The embedded share of the others is of another count: no column mixes the two.
    assert share.notna().sum() == 2
