"""Producers' files that are missing, altered or of another form are refused, and why is said."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from cpts_geo.build import build
from cpts_geo.errors import DataFileError
from cpts_geo.sources import catalogue, official, packages


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
    table = official.read_apl(stand_in("drees_apl_2023", apl_workbook()), 2023)
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
    folder = stand_in("drees_apl_2023", apl_workbook(header, rows=rows))
    table = official.read_apl(folder, 2023)
    assert table[["apl_2023", "apl_65_2023"]].iloc[0].tolist() == [1.942, 1.881]
    assert table["apl_population_2023"].tolist() == [832]


@pytest.mark.parametrize("place", [2, 3, 4, 5])
def test_renamed_apl_header_is_refused(stand_in, place):
    header = [*APL_HEADER[:place], "Accessibilité", *APL_HEADER[place + 1 :]]
    folder = stand_in("drees_apl_2023", apl_workbook(header))
    with pytest.raises(DataFileError, match="colonne absente") as refused:
        official.read_apl(folder, 2023)
    names = ("apl", "apl_65", "standardised_population", "apl_population")
    assert f"« {names[place - 2]} »" in refused.value.defects[0]


def test_apl_without_its_header_row_is_refused(stand_in):
    folder = stand_in("drees_apl_2023", apl_workbook(("Code", *APL_HEADER[1:])))
    with pytest.raises(DataFileError, match="en-tête introuvable"):
        official.read_apl(folder, 2023)


def test_missing_apl_sheet_is_refused(stand_in):
    folder = stand_in("drees_apl_2023", apl_workbook(sheet="APL 2021"))
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
    "drees_apl_2023": lambda folder: official.read_apl(folder, 2023),
    "insee_bpe_2017": official.read_bpe_gps_2017,
    "insee_bpe_2020": official.read_emergency_departments,
    "insee_rp_2022": official.read_share_75plus,
    "cnam_2024": official.read_cnam_gps,
    "insee_bpe_2024": official.read_bpe_gps_2024,
    "admin_express": packages.read_contours,
    "decoupage_administratif_2026": packages.read_admin,
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
    assert "catalogue_*.toml" in other.value.remedy


def test_catalogue_is_whole():
    known = catalogue.sources()
    for source in known.values():
        assert source.grade in "ABCD"
        assert source.licence
        # A file of which no copy was at hand has addresses, and no hash yet.
        assert source.sha256 is not None or source.file is None or source.addresses
        assert all(address.startswith("https://") for address in source.addresses)
        assert not source.national or source.addresses
        assert source.next_release is None or re.fullmatch(r"20\d\d-[01]\d", source.next_release)
    files = [source.file for source in known.values() if source.file]
    assert len(files) == len(set(files)), "two sources would share one file of the cache"
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
