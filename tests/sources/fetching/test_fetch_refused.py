"""What a server may send in place of the file: refused in words, and never kept."""

from __future__ import annotations

import gzip
import io
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cpts_geo.errors import DataFileError, OutputError
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.catalogue.lock import read_lock
from cpts_geo.sources.fetching._inspection import check_form
from cpts_geo.sources.readers import registry
from cpts_geo.sources.readers._formats.base import Reader
from tests.broken_makers_fetch import _zipped
from tests.http_server import Answer, Site
from tests.sources.conftest import Get, plain_source

CSV = b"code;valeur\n45001;3\n"
PAGE = "<!DOCTYPE html>\n<html><head><title>Maintenance &amp; travaux</title></head></html>"


pytestmark = pytest.mark.usefixtures("at_once")


Refused = Callable[..., str]


@pytest.fixture
def refused(site: Site, get: Get, tmp_path: Path) -> Refused:
    """Serve this for a source, expect a refusal that leaves nothing, return what was said."""

    def call(source: Source, answer: Answer | bytes) -> str:
        with pytest.raises(DataFileError) as error:
            get(replace(source, addresses=(site.serve("/f", answer),)))
        left = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
        assert [path for path in left if path.suffix != ".lock"] == []
        assert read_lock(tmp_path / "lock.toml") == {}
        said = str(error.value)
        assert f"{site.address}/f : " in said
        return said

    return call


def edited(content: bytes, member: str, old: str, new: str) -> bytes:
    """A real workbook where a text of one of its parts was changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(result, "w") as out:
        for info in book.infolist():
            data = book.read(info)
            if info.filename == member:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            out.writestr(info, data)
    return result.getvalue()


@pytest.mark.parametrize("type_", ["text/html; charset=utf-8", "text/csv"])
@pytest.mark.parametrize("suffix", ["csv", "zip", "xlsx", "parquet", "geojson", "txt", "7z", "gz"])
def test_web_page_in_place_of_the_file(refused: Refused, type_: str, suffix: str) -> None:
    said = refused(plain_source(file=f"f.{suffix}"), Answer(PAGE.encode(), type=type_))
    assert f"page web au lieu d’un fichier .{suffix} : « Maintenance & travaux »" in said


#: Others, of every form, are in the table of broken files.
@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("f.csv", b"", "fichier vide (0 octet)"),
        ("f.json", b"code;valeur\n", "contenu d’un autre genre au lieu d’un fichier .json"),
        ("f.csv", b"\xd0\xcf\x11\xe0\0\0", "contenu d’un autre genre au lieu d’un fichier .csv"),
        ("f.csv", _zipped({"a": CSV * 50})[:-30], "archive ZIP tronquée ou abîmée"),
        ("f.zip", _zipped({"a.csv": bytes(20_000_000)}), "bombe de décompression"),
    ],
)
def test_damaged_or_other_content(refused: Refused, file: str, content: bytes, words: str) -> None:
    assert words in refused(plain_source(file=file), content)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("f.csv", b"\xef\xbb\xbfcode;valeur\n"),
        ("f.csv", "libellé;\n".encode("cp1252")),
        ("f.txt", _zipped({"personne_activite.txt": CSV})),
        ("f.csv", gzip.compress(CSV, mtime=0)),
        ("f.zip", _zipped({"a.csv": CSV, "b.csv": b""})),
        ("f.geojson", b'\n{"type": "FeatureCollection", "features": []}\n'),
        ("f.parquet", b"PAR1....PAR1"),
        ("f.csv.gz", gzip.compress(CSV, mtime=0)),
    ],
)
def test_content_of_the_right_form_is_let_through(
    tmp_path: Path, file: str, content: bytes
) -> None:
    (tmp_path / "arrived").write_bytes(content)
    check_form(tmp_path / "arrived", file)


def test_other_bytes_than_the_catalogue_s(refused: Refused, official_dir: Path) -> None:
    source = sources()["cnam_2024"]
    content = (official_dir / str(source.file)).read_bytes()
    said = refused(source, content.replace(b",Corse,", b",CORSE,"))
    assert "pas le fichier du catalogue (sha256 " in said
    assert f"{source.sha256} attendu" in said


def test_other_vintage_is_refused_and_named(refused: Refused, official_dir: Path) -> None:
    """The address of the 2022-2024 workbook still serves the one of 2022-2023."""
    served = (official_dir / str(sources()["drees_apl_2023"].file)).read_bytes()
    said = refused(sources()["drees_apl_2024"], served)
    assert "millésime 2023 servi, 2024 attendu : demandez « drees_apl_2023 »" in said


def test_vintage_that_the_catalogue_does_not_know(refused: Refused, official_dir: Path) -> None:
    source = replace(sources()["cnam_2024"], sha256=None)
    content = (official_dir / str(source.file)).read_bytes()
    said = refused(source, content.replace(b"\n2024,", b"\n2025,"))
    assert "millésime 2025 servi, 2024 attendu : ajoutez le millésime 2025 à « cnam »" in said


@pytest.mark.parametrize(
    ("key", "member", "old", "new", "words"),
    [
        ("drees_apl_2023", "xl/workbook.xml", 'name="APL 2023"', 'name="Notes"', "2022 servi"),
        (
            "drees_apl_2023",
            "xl/sharedStrings.xml",
            "Population standardisée",
            "Habitants pondérés",
            "colonne introuvable",
        ),
    ],
)
def test_workbook_whose_headers_or_sheets_have_changed(
    refused: Refused, official_dir: Path, key: str, member: str, old: str, new: str, words: str
) -> None:
    source = replace(sources()[key], sha256=None)
    content = (official_dir / str(source.file)).read_bytes()
    assert words in refused(source, edited(content, member, old, new))


def _reader(monkeypatch: pytest.MonkeyPatch, vintage: Callable[..., str | None]) -> Source:
    known = registry.READERS["cnam_densities"]
    reader = Reader(read=known.read, vintage=vintage, contract=known.contract)
    monkeypatch.setitem(registry.READERS, "essai", reader)
    return replace(plain_source(file="f.csv"), reader="essai", holds="2024")


def test_content_that_says_no_vintage_where_one_is_expected(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused(_reader(monkeypatch, lambda *_: None), CSV)
    assert "le contenu ne dit pas son millésime (2024 attendu)" in said


def test_library_broken_by_hostile_content_is_a_refusal(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid")

    said = refused(_reader(monkeypatch, broken), CSV)
    assert "lecture impossible" in said
    assert "UnicodeDecodeError" not in said


def test_announced_length_that_never_comes(refused: Refused) -> None:
    short = Answer(CSV, etag=None, headers={"Content-Length": "999"}, cut=len(CSV))
    assert "connexion coupée 5 fois" in refused(plain_source(file="f.csv"), short)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "petit"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no mount command: {error}")
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_is_said_and_what_arrived_is_gone_on_with(
    site: Site, get: Get, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b"".join(b"%06d;%d\n" % (n, n) for n in range(160_000))
    assert len(body) > 2_000_000
    source = plain_source(site.serve("/f", body), site.serve("/other", body))
    cache = small_disk / "cache"
    monkeypatch.setenv("CPTS_GEO_CACHE", str(cache))
    with pytest.raises(DataFileError) as error:
        get(source)
    assert "plus de place sur le disque" in str(error.value)
    assert "CPTS_GEO_CACHE" in str(error.value)
    assert site.paths() == ["/f"]
    assert not (cache / "essai.csv").exists()
    assert read_lock(tmp_path / "lock.toml") == {}
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    assert get(source).path.read_bytes() == body
    assert int(site.asked[1].headers["Range"].removeprefix("bytes=").removesuffix("-")) > 500_000


def test_cache_that_cannot_be_made(get: Get, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(OutputError, match="un fichier porte déjà ce nom"):
        get(plain_source())


def test_lock_that_cannot_be_written_stops_the_source(
    site: Site, get: Get, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = plain_source(*[site.serve("/f", CSV)] * 2)
    (tmp_path / "lock.toml").mkdir()
    with pytest.raises(DataFileError, match="est illisible"):
        get(source)
    # Its own name fits, the temporary one it is first written under does not.
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / ("l" * 250)))
    with pytest.raises(DataFileError, match=r"(?s)nom trop long.*CPTS_GEO_LOCK"):
        get(source)
    # One download: another candidate would not do better.
    assert site.paths() == ["/f"]
