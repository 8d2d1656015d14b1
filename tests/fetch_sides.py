"""Both sides of the bounds of what is fetched: a reading, then the limits that pass and refuse."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import requests

from cpts_geo.sources._bounds.limits import most_bytes, most_unpacked
from cpts_geo.sources._conventions.archives import (
    archive_defects,
    gzip_defects,
    whole,
    whole_json,
)
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.listing import listed_address
from cpts_geo.sources.fetching import _web as web
from cpts_geo.sources.fetching._services import _Asker
from cpts_geo.sources.fetching._web import Pace
from cpts_geo.sources.readers._formats.base import unexpected
from cpts_geo.sources.readers._formats.text import read_csv_text
from cpts_geo.sources.readers.care import access_times
from cpts_geo.sources.readers.registry import READERS
from tests.broken_makers_fetch import _zipped
from tests.http_server import Answer, Site, running_site

Act = Callable[[Path], object]


def _sized(size: int, *, megabytes: float | None) -> Act:
    source = replace(sources()["cnam_densities"], megabytes=megabytes)
    return lambda _: Pace(most_bytes(source.megabytes)).check_size(size)


def _paced(*, seconds: int, each: int) -> Act:
    """So many bytes each second, for so long."""

    def act(_: Path) -> None:
        now = 0.0
        pace = Pace(1_000_000, clock=lambda: now)
        for _ in range(seconds):
            pace.seen(each)
            now += 1.0
        pace.left()

    return act


def _served(act: Callable[[Site, requests.Session, Pace], object]) -> Act:
    def served(_: Path) -> None:
        pace = Pace(10_000)
        with running_site() as site, web.open_session(pace) as session:
            act(site, session, pace)

    return served


def _ask(site: Site, session: requests.Session, pace: Pace) -> None:
    first = site.serve("/a", Answer(status=302, headers={"Location": "/b"}))
    site.serve("/b", Answer(b"x"))
    web.ask(first, session=session, pace=pace, silence=5).close()


def _busy(site: Site, session: requests.Session, pace: Pace) -> None:
    head = b"HTTP/1.1 503 Busy\r\nContent-Length: 900\r\n\r\n"
    address = site.serve("/a", Answer(raw=head + b"a" * 900), Answer(b"x"))
    web.ask(address, session=session, pace=pace, silence=5).close()


def _describe(site: Site, session: requests.Session, pace: Pace) -> None:
    asker = _Asker(session, pace)
    asker.description(site.serve("/a", Answer(b"x" * 500)), {})


def _pages(site: Site, session: requests.Session, pace: Pace) -> None:
    asker = _Asker(session, pace)
    address = site.serve("/a", Answer(b"{}"))
    for _ in range(3):
        asker.page(address, {})


def _list(folder: Path) -> None:
    path = folder / "list"
    files = [{"title": "reg24", "url": "/24"}, {"title": "reg52", "url": "/52"}]
    path.write_text(json.dumps({"resources": files}).ljust(200), encoding="utf-8")
    source = replace(sources()["insee_access_times_24"], resource="reg24")
    if listed_address(path, source, base="https://exemple.fr") is None:
        raise unexpected(path, ["une liste trop longue n’est pas lue comme une liste"])


def _gzip(folder: Path, *, most: int, size: int) -> None:
    path = folder / "a.gz"
    path.write_bytes(gzip.compress(bytes(size)))
    if defects := gzip_defects(path, most=most):
        raise unexpected(path, defects)


def _zip(folder: Path) -> None:
    path = folder / "a.zip"
    path.write_bytes(_zipped({f"{n}.csv": b"1" for n in range(5)}))
    if defects := archive_defects(path):
        raise unexpected(path, defects)


def _header(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("code;nom\n45130;Dry\n", encoding="utf-8")
    read_csv_text(path, patterns={"code": "code"})


def _cells(folder: Path) -> None:
    """Three kinds of care, and a kind that nobody reads."""
    kinds = ["D265", "D106", "D307", "B203"]
    numbers = dict.fromkeys(("X", "Y"), [20_000.0] * 4)
    numbers |= dict.fromkeys(("pop", "duree", "distance"), [9.0] * 4)
    path = folder / "a.parquet"
    pq.write_table(pa.table({**numbers, "depcom": ["45130"] * 4, "typeeq_id": kinds}), path)
    READERS["access_times"].table(path, sources()["insee_access_times_24"])


def _parquet(folder: Path) -> int:
    path = folder / "a.parquet"
    pq.write_table(pa.table({"x": [1, 2, 3]}), path)
    access_times._check_bytes(path)
    return int(pq.read_metadata(path).row_group(0).total_byte_size)


def _doctors(folder: Path) -> None:
    header = "Identifiant PP|Code profession|Code mode exercice|Code secteur d'activité|"
    header += "Code commune|Code savoir-faire\n"
    path = folder / "PS_LibreAcces_Personne_activite.txt"
    path.write_text(header + "1|10|L|SA07|45130|SM54\n2|10|L|SA07|45130|SM54\n", encoding="utf-8")
    READERS["rpps"].table(path, sources()["ans_rpps"])


def _packed_size() -> int:
    stream = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2, 3]}), stream)
    return int(pq.read_metadata(stream).row_group(0).total_byte_size)


_TWELVE: int = 12_000_000
_RATIO: int = -(-_TWELVE // len(gzip.compress(bytes(_TWELVE))))
SIDES: dict[str, tuple[Act, int, int]] = {
    "announced_times": (_sized(23_000_000, megabytes=1), 3, 2),
    "floor": (_sized(4_000_000, megabytes=1), 1_000_000, 999_999),
    "unannounced": (_sized(5_000, megabytes=None), 5_000, 4_999),
    "other_answer": (_served(_busy), 1_000, 500),
    "redirects": (_served(_ask), 1, 0),
    "rate": (_paced(seconds=70, each=100), 99, 102),
    "window": (_paced(seconds=10, each=5), 60, 5),
    "start": (_paced(seconds=100, each=2_000), 81, 79),
    "mean_rate": (_paced(seconds=700, each=2_000), 9_900, 10_100),
    "list_files": (_list, 2, 1),
    "list_bytes": (_list, 200, 199),
    "description": (_served(_describe), 500, 499),
    "pages": (_served(_pages), 3, 2),
    "unpacked_times": (lambda f: _gzip(f, most=most_unpacked(1_000), size=20_000), 20, 19),
    "unpacked": (lambda f: _gzip(f, most=most_unpacked(10_000), size=20_000), 20_000, 19_999),
    "ratio": (lambda f: _gzip(f, most=10**9, size=_TWELVE), _RATIO, _RATIO - 1),
    "members": (_zip, 5, 4),
    "whole": (lambda _: whole(io.BytesIO(b"a" * 50), Path("a.csv")), 50, 49),
    "header_text": (_header, 8, 7),
    "values": (lambda _: whole_json(io.BytesIO(b'{"a": [[1], [2]]}'), Path("a.json")), 4, 3),
    "parquet_rows": (_cells, 3, 2),
    "parquet_bytes": (_parquet, _packed_size(), _packed_size() - 1),
    "practices": (_doctors, 2, 1),
}
#: What a refusal says of what was found, or of the limit.
WORDS = {
    "list_files": "liste de 2 fichiers : 1 fichier au plus",
    "ratio": "12 Mo",
    "members": "archive de 5 membres : 4 membres au plus",
    "whole": "contenu de plus de 49 octets",
    "header_text": "ligne d’en-tête de plus de 7 caractères",
    "values": "JSON de 4 listes et objets : 3 listes et objets au plus",
    "parquet_rows": "3 lignes à lire : 2",
    "parquet_bytes": "décompressé :",
    "practices": "plus de 1 ligne de médecins",
}
