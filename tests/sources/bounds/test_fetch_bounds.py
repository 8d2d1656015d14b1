"""What a server may do without end: refused in words, within bounds, and nothing is kept."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cpts_geo.errors import DataFileError
from cpts_geo.sources._bounds._fetched import BOUNDS
from cpts_geo.sources._bounds.limits import LIMITS, most_bytes, most_seconds, most_unpacked
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.lock import read_lock
from cpts_geo.sources.fetching import _web as web
from cpts_geo.sources.fetching._download import partial_dir
from cpts_geo.sources.fetching._leftovers import sweep
from cpts_geo.sources.fetching._web import Pace
from tests.bounds_page import fetched_page
from tests.conftest import ROOT
from tests.fetch_sides import SIDES, WORDS
from tests.http_server import Answer, Site
from tests.sources.conftest import Get, plain_source

CSV = b"code;valeur\n45001;3\n"


@pytest.fixture(autouse=True)
def small(at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test passes in a second."""
    for key, limit in (("unannounced", 2_000_000), ("floor", 1_000_000), ("other_answer", 100_000)):
        monkeypatch.setitem(LIMITS, key, limit)


@pytest.fixture
def refused(site: Site, get: Get, tmp_path: Path) -> Callable[..., str]:
    """Serve this, expect a refusal, return what was said."""

    def call(answer: Answer, *, keeps: bool = False, **changed: object) -> str:
        source = replace(plain_source(site.serve("/f", answer)), **changed)  # type: ignore[arg-type]
        with pytest.raises(DataFileError) as error:
            get(source)
        left = [path.name for path in (tmp_path / "cache" / ".partial").rglob("*")]
        assert ("body" in left) == keeps
        assert read_lock(tmp_path / "lock.toml") == {}
        return str(error.value)

    return call


Refused = Callable[..., str]


def test_endless_body_is_refused_at_the_size_of_its_source(refused: Refused, site: Site) -> None:
    said = refused(Answer(CSV, endless=bytes(range(256)) * 256))
    assert "fichier trop gros : 2 Mo au plus pour cette source (il continue au-delà)" in said
    assert "À faire : essayez une autre adresse ; si le producteur" not in said  # of the whole
    assert site.sent < 20_000_000
    assert len(site.asked) == 1


def test_body_announced_too_large_is_refused_before_it_comes(refused: Refused, site: Site) -> None:
    announced = Answer(CSV, headers={"Content-Length": "3200000000"}, endless=bytes(65_536))
    assert "2 Mo au plus pour cette source (3,2 Go annoncés)" in refused(announced)


def test_body_packed_for_the_journey_is_measured_unpacked(refused: Refused) -> None:
    packed = gzip.compress(bytes(30_000_000))
    assert len(packed) < 40_000
    said = refused(Answer(packed, headers={"Content-Encoding": "gzip"}))
    assert "fichier trop gros : 2 Mo" in said


def test_packing_that_was_not_asked_for_is_refused(refused: Refused) -> None:
    said = refused(Answer(CSV, headers={"Content-Encoding": "gzip, gzip, br"}))
    assert "compression inattendue « gzip, gzip, br »" in said


def test_end_of_a_file_that_grew_beyond_its_bound_is_refused(
    site: Site, get: Get, tmp_path: Path
) -> None:
    body = b"%07d\n" * 30_000
    address = site.serve("/f", Answer(body, cut=100_000), Answer(status=404))
    with pytest.raises(DataFileError, match="404"):
        get(plain_source(address))
    rest = Answer(
        status=206,
        headers={"Content-Range": "bytes 98304-9999999/*"},
        endless=bytes(65_536),
        ranges=False,
    )
    site.serve("/f", rest)
    with pytest.raises(DataFileError, match="2 Mo au plus"):
        get(plain_source(address))
    assert not partial_dir(address, tmp_path / "cache").exists()


def test_server_slower_than_the_rate_is_left(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "window", 1)
    said = refused(Answer(CSV * 200, drip=0.1))
    assert "serveur trop lent : " in said
    assert "1\u202f000 octets par seconde au moins attendus" in said


def test_slow_start_of_a_file_is_gone_on_with(
    site: Site, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "window", 1)
    body = b"%07d\n" * 40_000
    answers = Answer(body, cut=20_000), Answer(body, drip=0.1), Answer(body)
    address = site.serve("/f", *answers)
    with pytest.raises(DataFileError, match="trop lent"):
        get(plain_source(address))
    assert get(plain_source(address)).path.read_bytes() == body
    assert site.asked[-1].headers["Range"] == "bytes=16384-"


def test_headers_that_come_byte_by_byte_are_left(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "window", 1)
    head = b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 90
    assert "serveur trop lent" in refused(Answer(raw=head, drip=0.1))


def test_source_has_a_deadline_over_all_its_tries(
    refused: Refused, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "start", 1)
    monkeypatch.setitem(LIMITS, "mean_rate", 10**9)
    monkeypatch.setattr(web, "LONGEST_WAIT_S", 60.0)
    busy = Answer(status=503, headers={"Retry-After": "3600"})
    assert "délai dépassé pour cette source : 1 seconde" in refused(busy)
    assert len(site.asked) == 2


@pytest.mark.parametrize("later", ["abc", "9" * 5_000, "Fri, 31 Dec 99999 23:59:59 GMT", "-5"])
def test_wait_that_is_no_wait_is_not_obeyed(site: Site, get: Get, later: str) -> None:
    busy = Answer(status=503, headers={"Retry-After": later})
    assert get(plain_source(site.serve("/f", busy, Answer(CSV)))).state == "téléchargé"


@pytest.mark.parametrize("status", [301, 404, 503])
def test_endless_body_of_an_answer_that_is_not_the_file(
    refused: Refused, site: Site, status: int
) -> None:
    headers = {"Location": "/elsewhere"} if status == 301 else {}
    said = refused(Answer(status=status, headers=headers, endless=bytes(65_536)))
    assert "réponse 404" in said or "autre chose que le fichier" in said
    assert site.sent < 30_000_000


def test_endless_informational_answers_are_left(refused: Refused) -> None:
    said = refused(Answer(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 500_000))
    assert "autre chose que le fichier (plus de 0,1 Mo)" in said or "plus de 100 ko" in said


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 200_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + b"a" * 20,
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_answer_that_is_not_http_is_a_refusal(refused: Refused, raw: bytes) -> None:
    said = refused(Answer(raw=raw))
    assert "connexion" in said or "réponse" in said


@pytest.mark.parametrize("length", ["\xb2", "9" * 5_000, "-1", "1e9"])
def test_length_that_is_no_length_is_not_believed(site: Site, get: Get, length: str) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: " + length.encode("latin-1") + b"\r\n\r\n" + CSV
    assert get(plain_source(site.serve("/f", Answer(raw=raw)))).path.read_bytes() == CSV


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("file:///etc/passwd", "d’un autre genre que http ou https : « file:///etc/passwd »"),
        ("ftp://127.0.0.1/f", "d’un autre genre que http"),
        ("data:text/csv,a;b", "d’un autre genre que http"),
        ("http://[::1", "adresse invalide"),
        ("http://\x1b[31m/f", "adresse invalide"),
        ("/f", "redirections sans fin (plus de 10 redirections)"),
    ],
)
def test_redirect_that_leads_nowhere_good(refused: Refused, target: str, words: str) -> None:
    said = refused(Answer(status=302, headers={"Location": target}))
    assert words in said, said
    assert "\x1b" not in said


def test_redirect_in_bytes_that_are_no_text(refused: Refused) -> None:
    raw = b"HTTP/1.1 302 Found\r\nLocation: /\xff\xfe\r\nContent-Length: 0\r\n\r\n"
    said = refused(Answer(raw=raw))
    assert "adresse invalide" in said, said


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://x/reg24", "http://[::1/reg24"])
def test_list_that_leads_out_of_the_web(refused: Refused, url: str) -> None:
    listing = json.dumps({"resources": [{"title": "reg24", "url": url}]}).encode()
    said = refused(Answer(listing), resource="reg24")
    assert "autre genre que http" in said or "adresse invalide" in said


def test_list_that_is_longer_than_any_is_judged_as_the_file(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = json.dumps({"resources": [{"title": "reg52", "url": "/x"}]}).encode()
    monkeypatch.setitem(LIMITS, "list_bytes", len(listing))
    assert "aucun fichier « reg24 »" in refused(Answer(listing), resource="reg24")
    monkeypatch.setitem(LIMITS, "list_bytes", len(listing) - 1)
    assert "message JSON au lieu d’un fichier" in refused(Answer(listing), resource="reg24")


@pytest.mark.parametrize(("extra", "words"), [(0, "réponse 404"), (1, "plus de 1 ko")])
def test_other_answer_is_bounded_on_both_sides(
    site: Site, get: Get, monkeypatch: pytest.MonkeyPatch, extra: int, words: str
) -> None:
    """A busy answer is read to its end before the next try; headers count too."""
    head = b"HTTP/1.1 503 Busy\r\nContent-Length: %d\r\n\r\n"
    room = 1_000 - len(head % 1_000)
    body = b"a" * (room + 1 + extra)
    raw = head % len(body) + body
    assert len(raw) == 1_000 + extra
    monkeypatch.setitem(LIMITS, "other_answer", 1_000)
    address = site.serve("/f", Answer(raw=raw), Answer(status=404))
    with pytest.raises(DataFileError, match=words):
        get(plain_source(address))


def test_titles_of_a_list_are_quoted_without_their_controls(refused: Refused) -> None:
    title = "\x1b[2J\u202e{{7*7}}\n<script>"
    listing = json.dumps({"resources": [{"title": title, "url": "/x"}]}).encode()
    said = refused(Answer(listing), resource="reg24")
    assert "\\x1b[2J\\u202e{{7*7}}\\n<script>" in said
    assert "\x1b" not in said


def test_title_made_to_search_for_ever_is_cut(refused: Refused) -> None:
    listing = {"resources": [{"title": "generalistes" * 100_000, "url": "/x"}]}
    pattern = r"(?i)g.n.ralistes.*\.?xlsx"
    assert "aucun fichier" in refused(Answer(json.dumps(listing).encode()), resource=pattern)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_copy_of_a_mirror_that_is_no_regular_file(get: Get, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "miroir" / "essai.csv"
    place.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place.symlink_to("/dev/zero")
    else:
        place.mkdir()
    with pytest.raises(DataFileError, match=r"miroir : essai\.csv : n’est pas un fichier ordinai"):
        get(plain_source(), mirror=place.parent)


def test_copy_of_a_mirror_that_is_too_large(get: Get, tmp_path: Path) -> None:
    with (tmp_path / "essai.csv").open("wb") as stream:
        stream.truncate(2_000_001)
    with pytest.raises(DataFileError, match="2 Mo au plus pour cette source"):
        get(plain_source(), mirror=tmp_path)
    (tmp_path / "essai.csv").write_bytes(b"x" * 2_000_000)
    assert get(plain_source(), mirror=tmp_path).state == "miroir"


def test_first_bytes_of_a_file_without_a_published_hash_are_told(site: Site, get: Get) -> None:
    lines: list[str] = []
    source = plain_source(site.serve("/f", CSV))
    sha256 = get(source, say=lines.append).sha256
    assert "à savoir, somme de contrôle non publiée par le producteur" in lines[-1]
    lines.clear()
    get(replace(source, sha256=sha256), say=lines.append)
    assert not any("à savoir" in line for line in lines)


# --- leftovers ---------------------------------------------------------------------------------


def _old(path: Path, seconds: float) -> None:
    for file in [*path.rglob("*"), path]:
        os.utime(file, (time.time() - seconds,) * 2)


def test_old_starts_and_temporary_files_are_swept_and_said_when_large(tmp_path: Path) -> None:
    old, recent = tmp_path / ".partial" / "old", tmp_path / ".partial" / "recent"
    for folder in (old, recent):
        folder.mkdir(parents=True)
        (folder / "body").write_bytes(bytes(11_000_000 if folder is old else 10))
    dead = tmp_path / "tables" / ".apl.parquet.123.part"
    dead.parent.mkdir()
    living = tmp_path / ".lock.toml.124.part"
    kept = tmp_path / "rapport.part"
    for path in (dead, living, kept):
        path.write_bytes(b"x")
    _old(old, 8 * 86_400)
    _old(recent, 6 * 86_400)
    _old(dead, 3_700)
    _old(kept, 3_700)
    said: list[str] = []
    sweep(tmp_path, say=said.append)
    assert [old.exists(), recent.exists(), dead.exists()] == [False, True, False]
    assert [living.exists(), kept.exists()] == [True, True]
    assert said == ["11 Mo laissés par des téléchargements interrompus ont été effacés"]
    sweep(tmp_path / "absent", say=said.append)
    assert len(said) == 1


def test_start_of_a_source_that_is_in_the_cache_is_swept(
    site: Site, get: Get, tmp_path: Path
) -> None:
    source = plain_source(site.serve("/f", CSV))
    get(source)
    left = partial_dir(source.addresses[0], tmp_path / "cache")
    left.mkdir(parents=True)
    (left / "body").write_bytes(b"code")
    assert get(source).state == "cache"
    assert not left.exists()


@pytest.mark.parametrize(("megabytes", "most"), [(None, 2_000), (0.001, 4_000)])
def test_the_largest_download_passes_and_a_byte_more_does_not(
    site: Site, get: Get, monkeypatch: pytest.MonkeyPatch, megabytes: float | None, most: int
) -> None:
    for key, limit in (("unannounced", 2_000), ("floor", 1_000), ("announced_times", 3)):
        monkeypatch.setitem(LIMITS, key, limit)
    for size, path in ((most, "/whole"), (most + 1, "/more")):
        body = CSV + b"x" * (size - len(CSV))
        source = replace(plain_source(site.serve(path, Answer(body))), megabytes=megabytes)
        assert most_bytes(source.megabytes) == most
        if size == most:
            assert get(source).path.stat().st_size == most
        else:
            with pytest.raises(DataFileError, match="fichier trop gros"):
                get(replace(source, key="autre", file="autre.csv"))


# --- the table ---------------------------------------------------------------------------------


BY_KEY = {bound.key: bound for bound in BOUNDS}
#: The bound whose sentence tells what is beyond one that has none.
SAID_AS = {
    "announced_times": "floor",
    "unannounced": "floor",
    "window": "rate",
    "mean_rate": "start",
    "unpacked_times": "unpacked",
    "ratio": "unpacked",
}


def test_every_bound_is_tested() -> None:
    assert SIDES.keys() == {bound.key for bound in BOUNDS}


@pytest.mark.parametrize("key", SIDES)
def test_a_bound_holds_on_both_sides(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "floor", 20_000_000)
    act, passes, refuses = SIDES[key]
    monkeypatch.setitem(LIMITS, key, passes)
    act(tmp_path)
    monkeypatch.setitem(LIMITS, key, refuses)
    with pytest.raises(DataFileError) as error:
        act(tmp_path)
    sentence = BY_KEY[SAID_AS.get(key, key)].sentence or "liste trop longue"
    assert re.search(re.sub(r"\\\{\w+\\\}", ".*", re.escape(sentence)), str(error.value))
    assert WORDS.get(key, "") in str(error.value).replace("\u202f", " ")


def test_every_bound_is_named_once_and_says_its_limit() -> None:
    assert len({bound.key for bound in BOUNDS}) == len(BOUNDS)
    for bound in BOUNDS:
        assert bound.limit > 0
        assert bool(bound.sentence) == bool(bound.remedy)
        if not bound.sentence:
            continue
        filled = bound.sentence.format(found="ceci", limit="cela")
        assert not filled.endswith(".")
        assert bound.remedy.endswith(".")


def test_the_page_of_bounds_is_up_to_date() -> None:
    page = (ROOT / "docs" / "bounds_fetch.md").read_text(encoding="utf-8")
    assert page == fetched_page(), "regenerate it: python -m tests.bounds_page"


def test_real_sources_are_within_the_bounds() -> None:
    for source in sources().values():
        most = most_bytes(source.megabytes)
        assert most > 2 * (source.megabytes or 0) * 1e6
        # A line of 1 Mbit/s brings the largest file in its time.
        assert most_seconds(most) > (source.megabytes or 0) * 1e6 / 125_000
        assert most_unpacked(most) >= min(12 * (source.megabytes or 0) * 1e6, LIMITS["unpacked"])


def test_pace_passes_at_the_rate_and_refuses_below_it() -> None:
    now = 0.0

    def pace_at(rate: int) -> Pace:
        nonlocal now
        now = 0.0
        pace = Pace(10**9, clock=lambda: now)
        while now < 120:
            pace.seen(rate)
            now += 1.0
        return pace

    assert pace_at(LIMITS["rate"]).left() > 0
    with pytest.raises(DataFileError, match="trop lent"):
        pace_at(LIMITS["rate"] - 100)
    assert 59 < now < 62
    with pytest.raises(DataFileError, match="trop lent : 10 octets par seconde"):
        pace_at(10)
    assert 59 < now < 62


@pytest.mark.parametrize(
    ("start", "words"), [(100, "120 secondes"), (101, "2 minutes"), (600, "10 minutes")]
)
def test_pace_ends_with_the_time_of_its_source(
    start: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "start", start)
    now = 0.0
    pace = Pace(1_000_000, clock=lambda: now)
    now = most_seconds(1_000_000) - 1
    assert pace.left() == 1
    now += 1
    with pytest.raises(DataFileError, match=f"délai dépassé pour cette source : {words}"):
        pace.left()
