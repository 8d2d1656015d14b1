"""Producers' files that are missing, altered or of another form are refused, and why is said."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import openpyxl
import pytest

from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue import catalogue
from cpts_geo.sources.embedding import packages
from cpts_geo.sources.embedding.datapackage import compiled_sources
from cpts_geo.writing import embedded_data
from cpts_geo.writing.embedded_data import _read_sources, build

#: Sources of the embedded data that are files; the others are read inside those files.
WITH_FILE = [key for key in compiled_sources() if catalogue.sources()[key].file]
PRODUCERS = [key for key in WITH_FILE if catalogue.sources()[key].package is None]


def test_every_source_is_compiled_from_a_file_or_a_package():
    assert [key for key in PRODUCERS if catalogue.sources()[key].reader is None] == []
    assert len(PRODUCERS) == 12
    # Populations of 2017 stand in the package of the contours.
    assert set(compiled_sources()) - set(WITH_FILE) == {"insee_population_2017"}


@pytest.mark.parametrize("key", WITH_FILE)
def test_other_or_missing_file_is_refused(tmp_path, key):
    source = catalogue.sources()[key]
    with pytest.raises(DataFileError, match="introuvable") as missing:
        catalogue.verified_path(key, tmp_path)
    assert source.file in missing.value.summary
    assert source.attribution in missing.value.summary
    assert "--official" in missing.value.remedy
    path = tmp_path / source.file
    path.write_bytes(b"autre chose")
    with pytest.raises(DataFileError, match="n’est pas le fichier attendu") as other:
        catalogue.verified_path(key, tmp_path)
    assert other.value.defects == (
        f"sha256 attendu {source.sha256}",
        f"sha256 trouvé {catalogue.sha256_of(path)}",
    )
    assert "catalogue/*.toml" in other.value.remedy


@pytest.mark.parametrize("read", [packages.read_admin, packages.read_contours])
def test_packages_are_verified_when_they_are_read(tmp_path, read):
    with pytest.raises(DataFileError, match="introuvable"):
        read(tmp_path)


@pytest.fixture
def all_but_one(tmp_path, official_dir):
    """Return ``replace(key, content)``: a folder of the real files, one of them replaced."""

    def replace(key: str, content: bytes | None) -> Path:
        folder = tmp_path / "official"
        folder.mkdir()
        for other in PRODUCERS:
            name = catalogue.sources()[other].file
            if other != key:
                (folder / name).symlink_to(official_dir / name)
            elif content is not None:
                (folder / name).write_bytes(content)
        return folder

    return replace


@pytest.mark.parametrize("key", PRODUCERS)
def test_one_missing_input_is_said_before_any_work(tmp_path, all_but_one, key):
    said: list[str] = []
    with pytest.raises(DataFileError, match="introuvable") as refused:
        build(
            official_dir=all_but_one(key, None),
            packages_dir=tmp_path / "packages",
            output=tmp_path / "out",
            say=said.append,
        )
    assert catalogue.sources()[key].file in refused.value.summary
    assert said == []
    assert [path.name for path in tmp_path.iterdir()] == ["official"]


@pytest.mark.parametrize("key", [PRODUCERS[0], PRODUCERS[-1]])
def test_an_altered_file_is_never_read(all_but_one, key):
    with pytest.raises(DataFileError, match="n’est pas le fichier attendu"):
        _read_sources(all_but_one(key, b"x"))


def test_a_workbook_of_another_form_is_refused_even_when_it_is_the_expected_file(
    tmp_path, monkeypatch
):
    source = catalogue.sources()["drees_apl_2023"]
    book = openpyxl.Workbook()
    book.save(tmp_path / source.file)
    accepted = dataclasses.replace(source, sha256=catalogue.sha256_of(tmp_path / source.file))
    monkeypatch.setitem(catalogue.sources(), source.key, accepted)
    monkeypatch.setattr(embedded_data, "compiled_sources", lambda: [source.key])
    with pytest.raises(DataFileError, match="n’a pas la forme attendue") as refused:
        _read_sources(tmp_path)
    assert source.file in refused.value.summary
    assert "« Sheet »" in refused.value.defects[-1]
    assert "lecteur" in refused.value.remedy


def test_no_input_at_all_is_said_before_any_work(tmp_path):
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


def test_client_that_fails_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataFileError, match="n’a pas pu être téléchargé") as refused:
        packages.fetch_packages(tmp_path / "packages")
    assert "déposez etalab-decoupage-administratif" in refused.value.remedy
    assert "npm" in refused.value.remedy
