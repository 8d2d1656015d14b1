"""The file to take where an address serves the list of a data set, in each form of portal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.samples import write_melodi
from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.catalogue.lock import read_lock
from cpts_geo.sources.fetching.parsed import load_source
from tests.http_server import Answer, Site
from tests.sources.conftest import Get, plain_source

pytestmark = pytest.mark.usefixtures("at_once")

BODY = b"code;valeur\n45001;3\n"
PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head></html>"
HEADER = (
    "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;UNIT_MEASURE;"
    "OBS_STATUS;UNIT_MULT;TIME_PERIOD;OBS_VALUE"
)


def product(name: str, address: str, issued: str, **changed: Any) -> dict[str, Any]:
    """A product of Melodi's catalogue, as the API describes it."""
    return {
        "id": name,
        "format": "CSV",
        "issued": issued,
        "modified": issued,
        "title": "Base permanente des équipements",
        "accessURL": address,
        "byteSize": 14_500_000,
        "packageFormat": "application/zip",
        "mediaType": "text/csv",
        "language": "FR",
    } | changed


def melodi(*products: dict[str, Any], **changed: Any) -> Answer:
    """A set of Melodi's catalogue, as the API describes it."""
    title = [{"lang": "fr", "content": "BPE 2025"}, {"lang": "en", "content": "BPE 2025"}]
    said = {"identifier": "DS_BPE", "title": title, "issued": "2025-07-08T12:00:00"}
    said |= {"publisher": {"id": "INSEE"}, "product": list(products)} | changed
    return Answer(json.dumps(said).encode(), type="application/json")


def of_insee(*addresses: str, **changed: Any) -> Source:
    """A source of Melodi that no reader reads."""
    return replace(plain_source(*addresses), **changed)


def refusal(get: Get, source: Source) -> DataFileError:
    with pytest.raises(DataFileError) as refused:
        get(source)
    return refused.value


def bpe(path: Path, year: str) -> bytes:
    """A file of the BPE that holds the totals known of it."""
    counts = {"D265": 60_573, "D106": 700, "D307": 20_725, "D281": 103_023}
    rows = [
        f"45203;COM;D;D1;{kind};FACILITIES;FACILITIES;A;0;{year};{count}"
        for kind, count in counts.items()
    ]
    write_melodi(path, f"DS_BPE_{year}_data.csv", HEADER, rows)
    return path.read_bytes()


def test_newest_french_csv_of_the_vintage_is_taken(site: Site, get: Get) -> None:
    new = site.serve("/file/new", BODY)
    listing = melodi(
        product("DS_BPE_2025_CSV_EN", site.address + "/en", "2026-09-09T12:00:00", language="EN"),
        product("DS_BPE_2025_XLSX_FR", site.address + "/x", "2026-09-09T12:00:00", format="XLSX"),
        product("DS_BPE_2025_CSV_FR", site.address + "/old", "2026-07-08T12:00:00"),
        product("DS_BPE_2025_CSV_FR", new, "2026-07-20T12:00:00"),
        product("DS_BPE_2024_CSV_FR", site.address + "/2024", "2026-08-01T12:00:00"),
    )
    had = get(of_insee(site.serve("/catalog/DS_BPE", listing), holds="2025"))
    assert (had.address, had.path.read_bytes()) == (new, BODY)
    assert site.paths() == ["/catalog/DS_BPE", "/file/new"]


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        # The name changes, and the fields say what it is.
        (("BPE-communes-2025", "BPE-communes-2024"), 0),
        # One that says the vintage goes before one that says none, though it is older.
        (("DS_BPE_CSV_FR", "DS_BPE_2025_CSV_FR"), 1),
        (("DS_BPE_CSV_FR",), 0),
        # The year of the communes is not the one of the figures.
        (("DS_BPE_2025_CSV_geo2026", "DS_BPE_2024_CSV_geo2024"), 0),
    ],
)
def test_names_that_change(site: Site, get: Get, names: tuple[str, ...], taken: int) -> None:
    addresses = [site.serve(f"/f/{place}", BODY) for place in range(len(names))]
    products = [
        product(name, address, f"2026-07-{20 - place}T12:00:00")
        for place, (name, address) in enumerate(zip(names, addresses, strict=True))
    ]
    source = of_insee(site.serve("/catalog", melodi(*products)), holds="2025")
    assert get(source).address == addresses[taken]


def test_source_of_no_vintage_takes_the_newest(site: Site, get: Get) -> None:
    new = site.serve("/2026", BODY)
    listing = melodi(
        product("A_2026_CSV_FR", new, "2026-07-01T00:00:00"),
        product("A_2025_CSV_FR", site.address + "/2025", "2025-07-01T00:00:00"),
    )
    assert get(of_insee(site.serve("/catalog", listing), holds=None)).address == new


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ([], ("pas de CSV en français de 2024", "la liste est vide")),
        (
            [("DS_BPE_2025_CSV_FR", {}), ("DS_BPE_2024_CSV_EN", {"language": "EN"})],
            (
                "2026-07-08T12:00:00 DS_BPE_2025_CSV_FR",
                "DS_BPE_2024_CSV_EN",
                "demandez « insee_bpe_2025 »",
            ),
        ),
        ([("DS_BPE_2024_CSV_FR", {"accessURL": None})], ("pas de CSV en français de 2024",)),
        ([("DS_BPE_2024_CSV_FR", {"format": ["CSV"]})], ("pas de CSV en français de 2024",)),
        (
            [(f"DS_BPE_2025_{n}_CSV_FR", {}) for n in range(23)],
            ("DS_BPE_2025_19_CSV_FR", "et 3 autres"),
        ),
    ],
)
def test_catalogue_without_the_product_says_what_it_has(
    site: Site, get: Get, products: list[tuple[str, dict[str, Any]]], said: tuple[str, ...]
) -> None:
    listing = melodi(
        *(product(name, "/" + name, "2026-07-08T12:00:00", **changed) for name, changed in products)
    )
    source = of_insee(site.serve("/catalog", listing), holds="2024")
    # Its reader says which source has the vintage that is there; the list is refused before it.
    error = refusal(get, replace(source, reader="bpe"))
    for words in said:
        assert words in str(error)


def test_two_products_of_one_date_are_not_chosen_at_random(site: Site, get: Get) -> None:
    first, second = site.serve("/communes", BODY), site.serve("/cantons", BODY)
    issued = "2026-07-08T12:00:00"
    listing = melodi(
        product("DS_BPE_2025_COM_CSV_FR", first, issued),
        product("DS_BPE_2025_CAN_CSV_FR", second, issued),
    )
    source = of_insee(site.serve("/catalog", listing), holds="2025")
    said = str(refusal(get, source))
    assert "2 CSV en français de 2025, de la même date" in said
    assert "DS_BPE_2025_COM_CSV_FR" in said
    assert "DS_BPE_2025_CAN_CSV_FR" in said
    assert "« resource »" in said
    assert get(replace(source, resource="_COM_")).address == first
    # The same file named twice is one.
    twice = melodi(product("A_2025", first, issued), product("B_2025", first, issued))
    again = replace(source, key="deux", file="deux.csv")
    assert get(replace(again, addresses=(site.serve("/twice", twice),))).address == first


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PAGE, "page web au lieu d’un fichier .csv : « Maintenance »"),
        (b'{"message": "Jeu inconnu"}', "message JSON au lieu d’un fichier .csv"),
        (melodi(product=None), "message JSON au lieu d’un fichier .csv"),
        (melodi(product=["DS_BPE"]), "message JSON au lieu d’un fichier .csv"),
        (melodi(product("DS_BPE_2025", "http://[", "2026")), "adresse invalide « http://[ »"),
        (melodi(product("DS_BPE_2025", "/page", "2026")), "page web au lieu d’un fichier .csv"),
        (melodi(product("DS_BPE_2025", "/gone", "2026")), "réponse 404 (introuvable)"),
    ],
)
def test_catalogue_that_fails_gives_way_to_the_name_seen(
    site: Site, get: Get, answer: Answer | bytes, words: str
) -> None:
    site.serve("/page", PAGE)
    catalogue, seen = site.serve("/catalog", answer), site.serve("/seen", BODY)
    assert words in str(refusal(get, of_insee(catalogue, holds="2025")))
    assert get(of_insee(catalogue, seen, holds="2025")).address == seen


def test_bpe_comes_by_the_catalogue_and_another_year_is_named(
    site: Site, get: Get, tmp_path: Path
) -> None:
    """The real entry, its catalogue and its file on the loopback."""
    real = sources()["insee_bpe_2025"]
    assert real.addresses[0] == "https://api.insee.fr/melodi/catalog/DS_BPE"
    file = site.serve("/file", bpe(tmp_path / "a.zip", "2025"))
    listing = melodi(product("DS_BPE_2025_CSV_FR", file, "2026-07-08T12:00:00"))
    had = get(replace(real, addresses=(site.serve("/catalog", listing),)))
    assert (had.vintage, had.address) == ("2025", file)
    assert read_lock(tmp_path / "lock.toml")[real.key].address == file
    counts = load_source(real.key).set_index("facility")["count"]
    assert counts["gps"] == 60_573
    # A name without a year, whose content is of the next one.
    newer = site.serve("/newer", bpe(tmp_path / "b.zip", "2024"))
    listing = melodi(product("DS_BPE_CSV_FR", newer, "2027-07-08T12:00:00"))
    error = refusal(get, replace(real, key="x", addresses=(site.serve("/c", listing),)))
    assert "millésime 2024 servi, 2025 attendu : demandez « insee_bpe_" in str(error)


def test_sources_of_melodi_ask_its_catalogue_first() -> None:
    for source in sources().values():
        files = [text for text in source.addresses if "api.insee.fr/melodi/file/" in text]
        if files:
            name = files[0].split("/")[-2]
            assert source.addresses[0] == f"https://api.insee.fr/melodi/catalog/{name}"
            assert source.holds


def test_edition_of_2025_of_the_access_times_is_found_by_its_underscores(
    site: Site, get: Get
) -> None:
    names = ["donnees-2024-reg24", "donnees_2025_reg2", "donnees_2025_reg24", "donnees_2025_reg248"]
    resources = [
        {
            "title": f"{name}.parquet",
            "url": site.serve(f"/{name}.parquet", b"PAR1" + name.encode() + b"PAR1"),
            "last_modified": f"2026-0{9 - place}-01T00:00:00",
        }
        for place, name in enumerate(names)
    ]
    listing = json.dumps({"id": "67fe0fe2423db9c4a05d8ced", "resources": resources}).encode()
    source = replace(sources()["insee_access_times_24"], reader=None, totals=())
    had = get(replace(source, addresses=(site.serve("/list", listing),)))
    assert had.address == site.address + "/donnees_2025_reg24.parquet"
    other = replace(sources()["insee_access_times_32"], reader=None, totals=())
    error = refusal(get, replace(other, addresses=(site.address + "/list",)))
    assert "aucun fichier « 2025.reg32\\b »" in str(error)
    assert "donnees_2025_reg24.parquet" in str(error)
