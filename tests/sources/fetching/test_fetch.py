"""Fetching from a real server: what arrives, where it came from, and what a cut leaves."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cpts_geo.errors import CptsGeoError, DataFileError
from cpts_geo.sources.catalogue.catalogue import Source, sha256_of, sources
from cpts_geo.sources.catalogue.lock import Locked, read_lock, write_entry
from cpts_geo.sources.fetching import _download as download
from cpts_geo.sources.fetching import _web as web
from cpts_geo.sources.fetching import fetch as fetching
from cpts_geo.sources.fetching.cached import located
from cpts_geo.sources.fetching.fetch import _Outcome, fetch
from tests.conftest import PYTHONPATH
from tests.http_server import Answer, Site
from tests.sources.conftest import Get, plain_source

#: Long enough to be cut in the middle of several packets, and never twice the same bytes.
BODY = b"code;valeur\n" + b"".join(b"%05d;%d\n" % (n, n * n) for n in range(60_000))
HALF = len(BODY) // 2
#: What a cut in the middle leaves: bodies are read by pieces, and the last one is lost.
KEPT = HALF // 2**14 * 2**14


pytestmark = pytest.mark.usefixtures("at_once")


def partials(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "cache" / ".partial").rglob("*") if path.is_file()]


def test_real_file_is_fetched_verified_and_written_down(
    site: Site, get: Get, official_dir: Path, tmp_path: Path
) -> None:
    real = sources()["drees_apl_2023"]
    content = (official_dir / str(real.file)).read_bytes()
    source = replace(real, addresses=(site.serve("/apl", content),))
    had = get(source)
    assert (had.state, had.vintage) == ("téléchargé", "2023")
    assert had.path == tmp_path / "cache" / str(real.file)
    assert had.path.read_bytes() == content
    assert had.sha256 == sha256_of(had.path)
    entry = read_lock(tmp_path / "lock.toml")[source.key]
    assert (entry.file, entry.sha256, entry.vintage) == (real.file, real.sha256, "2023")
    assert (entry.bytes, entry.address) == (len(content), site.address + "/apl")
    assert time.strftime("%Y-%m-%d", time.gmtime()) == entry.fetched
    assert partials(tmp_path) == []
    assert site.asked[0].headers["User-Agent"].startswith("Mozilla/5.0 (compatible; cpts_geo/")
    again = get(source)
    assert (again.state, again.path, again.address) == ("cache", had.path, had.address)
    assert len(site.asked) == 1


def test_address_after_redirects_is_the_one_recorded(site: Site, get: Get, tmp_path: Path) -> None:
    last = site.serve("/dated/file.csv", BODY)
    moved = Answer(status=302, headers={"Location": "/dated/file.csv"})
    had = get(plain_source(site.serve("/latest", moved)))
    assert had.address == last
    assert read_lock(tmp_path / "lock.toml")["essai"].address == last


@pytest.mark.parametrize("status", [403, 404, 410])
def test_refused_address_gives_way_at_once_to_the_next(site: Site, get: Get, status: int) -> None:
    refused = site.serve("/old", Answer(b"non", status=status))
    had = get(plain_source(refused, site.serve("/new", BODY)))
    assert had.path.read_bytes() == BODY
    assert site.paths() == ["/old", "/new"]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits that were asked of the system, none of them lived through."""
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def test_busy_server_is_asked_again_after_the_time_it_asks_for(
    site: Site, get: Get, waited: list[float]
) -> None:
    busy = Answer(b"", status=503, headers={"Retry-After": "1"})
    address = site.serve("/busy", busy, Answer(b"", status=429), Answer(BODY))
    assert get(plain_source(address)).path.read_bytes() == BODY
    assert waited[0] == 1
    assert site.paths() == ["/busy"] * 3


def test_server_that_stays_down_is_left_for_the_next_candidate(site: Site, get: Get) -> None:
    down = site.serve("/down", Answer(b"", status=500))
    assert get(plain_source(down, site.serve("/up", BODY))).address.endswith("/up")
    assert site.paths() == ["/down"] * 5 + ["/up"]


def test_no_server_is_said_in_words(get: Get) -> None:
    with pytest.raises(DataFileError) as refused:
        get(plain_source("http://127.0.0.1:9/none", "pas une adresse"))
    assert "http://127.0.0.1:9/none : connexion impossible" in str(refused.value)
    assert "adresse invalide « pas une adresse »" in str(refused.value)


DATED = {"Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}


@pytest.mark.parametrize(
    ("answer", "validator"),
    [(Answer(BODY), '"one"'), (Answer(BODY, etag=None, headers=DATED), DATED["Last-Modified"])],
)
def test_cut_connection_is_resumed_from_where_it_stopped(
    site: Site, get: Get, answer: Answer, validator: str
) -> None:
    address = site.serve("/cut", replace(answer, cut=HALF), answer)
    assert get(plain_source(address), progress=True).path.read_bytes() == BODY
    first, second = site.asked
    assert "Range" not in first.headers
    assert second.headers["Range"] == f"bytes={KEPT}-"
    assert second.headers["If-Range"] == validator


def test_file_changed_on_the_server_after_a_cut_is_taken_from_its_start(
    site: Site, get: Get
) -> None:
    other = BODY[::-1].replace(b"\n", b"\r")
    answers = Answer(BODY, cut=HALF), Answer(other, etag='"two"')
    assert get(plain_source(site.serve("/moved", *answers))).path.read_bytes() == other
    assert site.asked[1].headers["Range"] == f"bytes={KEPT}-"


OTHER = BODY[::-1]


def part(of: bytes, said: str, etag: str | None = '"one"') -> Answer:
    """The rest of a file that was cut, as a server says it."""
    return Answer(of[KEPT:], status=206, etag=etag, headers={"Content-Range": said})


@pytest.mark.parametrize(
    ("rest", "whole"),
    [
        # A server that ignores If-Range sends the end of a file whose tag is another one.
        (
            part(OTHER, f"bytes {KEPT}-{len(OTHER) - 1}/{len(OTHER)}", '"two"'),
            Answer(OTHER, etag='"two"'),
        ),
        # As long as it should be, and said to be that of a longer file.
        (part(OTHER, f"bytes {KEPT}-{len(BODY) - 1}/{len(BODY) + 5}", None), Answer(BODY)),
        # Nothing would be missing, of another length than what is here.
        (Answer(status=416, headers={"Content-Range": "bytes */99"}), Answer(BODY)),
    ],
)
def test_rest_of_another_file_is_not_mixed_with_the_start(
    site: Site, get: Get, rest: Answer, whole: Answer
) -> None:
    address = site.serve("/liar", Answer(BODY, cut=HALF), rest, whole)
    assert get(plain_source(address)).path.read_bytes() == whole.body
    assert "Range" not in site.asked[2].headers


def test_body_packed_for_the_journey_is_not_gone_on_with(site: Site, get: Get) -> None:
    """Its rest is counted in packed bytes, and what is here was unpacked."""
    packed = Answer(gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    address = site.serve("/packed", replace(packed, cut=len(packed.body) // 2), packed)
    assert get(plain_source(address)).path.read_bytes() == BODY
    assert len(site.asked) == 2
    assert "Range" not in site.asked[1].headers


def test_server_that_asks_for_too_long_a_wait_is_not_obeyed(
    site: Site, get: Get, monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    monkeypatch.setattr(web, "LONGEST_WAIT_S", 0.1)
    busy = Answer(status=503, headers={"Retry-After": "15"})
    assert get(plain_source(site.serve("/busy", busy, Answer(BODY)))).state == "téléchargé"
    assert waited == [0.1]


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (Answer(BODY, ranges=False), True),
        (Answer(BODY, etag=None), False),
        # A weak tag does not promise the same bytes: the rest of them is not asked for.
        (Answer(BODY, etag='W/"one"'), False),
    ],
)
def test_server_that_cannot_resume_is_asked_for_the_whole(
    site: Site, get: Get, answer: Answer, tries: bool
) -> None:
    address = site.serve("/whole", replace(answer, cut=HALF), answer)
    assert get(plain_source(address)).path.read_bytes() == BODY
    assert len(site.asked) == 2
    assert ("Range" in site.asked[1].headers) == tries


def test_rest_that_is_too_short_is_asked_for_again(site: Site, get: Get) -> None:
    """Each part is as long as it says, and together they are not the announced whole."""
    said = {"Content-Range": f"bytes {KEPT}-{KEPT + 99}/*"}
    part = Answer(BODY[KEPT : KEPT + 100], status=206, headers=said)
    address = site.serve("/short", Answer(BODY, cut=HALF), part, Answer(BODY))
    assert get(plain_source(address)).path.read_bytes() == BODY
    assert site.asked[2].headers["Range"] == f"bytes={KEPT + 100}-"


def test_what_an_earlier_command_received_is_not_asked_for_again(
    site: Site, get: Get, tmp_path: Path
) -> None:
    # Each try brings two pieces more, and none the whole.
    cuts = [Answer(BODY, cut=40_000) for _ in range(5)]
    source = plain_source(site.serve("/far", *cuts, Answer(BODY)))
    with pytest.raises(DataFileError, match=r"connexion coupée 5 fois.*gardés"):
        get(source)
    assert not (tmp_path / "cache" / "essai.csv").exists()
    assert get(source).path.read_bytes() == BODY
    assert site.asked[-1].headers["Range"] == f"bytes={10 * 2**14}-"
    assert partials(tmp_path) == []


#: No second counts in this process: a loaded machine is not a slow server.
SCRIPT = """
import json, sys
from dataclasses import replace
from functools import partial
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.fetching import _download as download
from cpts_geo.sources.fetching import fetch as fetching
from cpts_geo.sources.fetching.fetch import fetch
download._SILENCE_S = 1e6
fetching.Pace = partial(fetching.Pace, clock=lambda: 0.0)
asked = json.loads(sys.argv[1])
entry = replace(sources()["cnam_densities"], reader=None)
for key, address in asked.items():
    sources()[key] = replace(entry, key=key, file=f"{key}.csv", addresses=(address,))
print("ready", flush=True)
sys.stdin.readline()
for key in asked:
    (had,) = fetch([key])
    print(had.state, flush=True)
"""


def started(addresses: dict[str, str]) -> subprocess.Popen[str]:
    """Another process, ready to fetch these on a line of input."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, json.dumps(addresses)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": PYTHONPATH, "PYTHONUTF8": "1"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_processes_at_once_download_once_and_lose_no_entry(site: Site, tmp_path: Path) -> None:
    shared = {"commun": site.serve("/commun", Answer(BODY, slow=0.3))}
    own = [
        {f"{who}{n}": site.serve(f"/{who}{n}", BODY[: 100 * n]) for n in range(1, 9)}
        for who in ("un", "deux")
    ]
    processes = [started(shared | addresses) for addresses in own]
    for process in processes:
        begin(process)
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    firsts = sorted(out.split()[0] for out, _ in said)
    assert firsts == ["cache", "téléchargé"]
    assert site.paths().count("/commun") == 1
    assert set(read_lock(tmp_path / "lock.toml")) == {*shared, *own[0], *own[1]}


def test_killed_process_leaves_a_start_that_the_next_one_goes_on(
    site: Site, get: Get, tmp_path: Path
) -> None:
    address = site.serve("/long", Answer(BODY, cut=HALF, stall=600), Answer(BODY))
    process = started({"essai": address})
    begin(process)
    body = download.partial_dir(address, tmp_path / "cache") / "body"
    # The server has said all that it will say, and the process waits for more for ever.
    while not (body.exists() and body.stat().st_size >= KEPT):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = body.stat().st_size
    assert get(plain_source(address)).path.read_bytes() == BODY
    assert site.asked[1].headers["Range"] == f"bytes={kept}-"


def test_mirror_comes_before_any_address(site: Site, get: Get, tmp_path: Path) -> None:
    mirror = tmp_path / "miroir"
    mirror.mkdir()
    (mirror / "essai.csv").write_bytes(BODY)
    had = get(plain_source(site.serve("/f", b"x;y\n")), mirror=mirror)
    assert (had.state, had.address) == ("miroir", "miroir : essai.csv")
    assert had.path.read_bytes() == BODY
    assert site.asked == []
    assert str(tmp_path) not in (tmp_path / "lock.toml").read_text(encoding="utf-8")


def test_mirror_of_the_environment_and_offline(
    get: Get, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = plain_source("http://127.0.0.1:9/none")
    with pytest.raises(DataFileError, match="hors ligne : 1 adresse"):
        get(source, offline=True)
    monkeypatch.setenv("CPTS_GEO_MIRROR", str(tmp_path / "nulle part"))
    with pytest.raises(DataFileError, match="n’est pas un dossier"):
        get(source, offline=True)
    monkeypatch.setenv("CPTS_GEO_MIRROR", str(tmp_path))
    with pytest.raises(DataFileError, match="le miroir n’a pas ce fichier"):
        get(source, offline=True)
    (tmp_path / "essai.csv").write_bytes(BODY)
    assert get(source, offline=True).state == "miroir"
    (tmp_path / "essai.csv").unlink()
    assert get(source, offline=True).state == "cache"


def test_damaged_copy_of_a_mirror_gives_way_to_the_address(
    site: Site, get: Get, tmp_path: Path
) -> None:
    (tmp_path / "essai.csv").write_bytes(b"<!DOCTYPE html><title>Connexion</title>")
    assert get(plain_source(site.serve("/f", BODY)), mirror=tmp_path).state == "téléchargé"


def test_lock_pins_a_source_that_has_no_hash_until_it_is_updated(
    site: Site, get: Get, tmp_path: Path
) -> None:
    source = plain_source(site.serve("/f", BODY, b"code;valeur\n1;2\n"))
    first = get(source)
    first.path.unlink()
    with pytest.raises(DataFileError, match=r"différent de celui du verrou.*--update"):
        get(source)
    assert read_lock(tmp_path / "lock.toml")["essai"].sha256 == first.sha256
    second = get(source, update=True)
    assert second.path.read_bytes() == b"code;valeur\n1;2\n"
    assert read_lock(tmp_path / "lock.toml")["essai"].sha256 == second.sha256 != first.sha256
    assert get(source).state == "cache"


def test_update_that_fails_leaves_the_file_and_its_entry(site: Site, get: Get) -> None:
    source = plain_source(site.serve("/f", Answer(BODY), Answer(b"", status=404)))
    first = get(source)
    with pytest.raises(DataFileError, match="404"):
        get(source, update=True)
    assert first.path.read_bytes() == BODY
    assert get(source).state == "cache"


def test_locks_that_share_a_cache_each_have_their_bytes_back(
    site: Site, get: Get, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = b"code;valeur\n1;2\n"
    source = plain_source(site.serve("/f", BODY, newer))

    def under(lock: str) -> _Outcome:
        monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / lock))
        return get(source)

    first = under("a.toml")
    second = under("b.toml")
    assert second.path == first.path
    assert second.path.read_bytes() == newer
    kept = tmp_path / "cache" / "previous" / first.sha256 / "essai.csv"
    assert kept.read_bytes() == BODY
    for lock, content in (("a.toml", BODY), ("b.toml", newer), ("a.toml", BODY)):
        had = under(lock)
        assert (had.state, had.path.read_bytes()) == ("cache", content)
        assert located("essai") == had.path
    assert len(site.asked) == 2
    # Kept bytes are believed on their hash only.
    (tmp_path / "cache" / "previous" / second.sha256 / "essai.csv").write_bytes(b"damaged")
    assert under("b.toml").state == "téléchargé"
    assert kept.read_bytes() == BODY


def test_address_of_the_lock_is_tried_after_those_of_the_catalogue(
    site: Site, get: Get, tmp_path: Path
) -> None:
    """A dated address outlives the redirect that led to it."""
    dated = site.serve("/dated.csv", BODY)
    moved = Answer(status=302, headers={"Location": "/dated.csv"})
    latest = site.serve("/latest", moved, Answer(status=404))
    source = plain_source(latest)
    get(source).path.unlink()
    with pytest.raises(DataFileError, match="2 adresses non essayées"):
        get(source, offline=True)
    had = get(source)
    assert (had.address, had.path.read_bytes()) == (dated, BODY)
    assert site.paths() == ["/latest", "/dated.csv", "/latest", "/dated.csv"]
    # It is the old content: not what an update asks for.
    with pytest.raises(DataFileError, match="404"):
        get(source, update=True)
    assert site.paths()[4:] == ["/latest"]


def test_address_of_a_lock_that_is_no_address_is_not_asked(get: Get, tmp_path: Path) -> None:
    (tmp_path / "essai.csv").write_bytes(BODY)
    source = plain_source()
    get(source, mirror=tmp_path).path.unlink()
    with pytest.raises(DataFileError) as refused:
        get(source)
    assert "miroir : essai.csv" not in str(refused.value)
    assert "seul un miroir peut l’apporter" in str(refused.value)


def test_start_left_by_another_candidate_goes_when_the_file_is_there(
    site: Site, get: Get, tmp_path: Path
) -> None:
    cut = site.serve("/cut", Answer(BODY, cut=40_000))
    source = plain_source(cut, site.serve("/missing", Answer(status=404)))
    with pytest.raises(DataFileError):
        get(source)
    assert partials(tmp_path) != []
    assert get(replace(source, addresses=(cut, site.serve("/f", BODY)))).address.endswith("/f")
    assert partials(tmp_path) == []


def test_what_a_killed_process_left_unjudged_is_not_taken_for_the_file(
    site: Site, get: Get, tmp_path: Path
) -> None:
    address = site.serve("/f", BODY)
    left = download.partial_dir(address, tmp_path / "cache") / "essai.csv"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"code;valeur\n")
    assert get(plain_source(address)).path.read_bytes() == BODY


def test_altered_file_of_the_cache_is_fetched_again(site: Site, get: Get) -> None:
    source = plain_source(site.serve("/f", BODY))
    path = get(source).path
    path.write_bytes(BODY.replace(b"9", b"8"))
    said: list[str] = []
    assert get(source, say=said.append).state == "téléchargé"
    assert path.read_bytes() == BODY
    assert "n’est pas celui attendu" in said[0]


def test_file_brought_under_another_lock_is_proved_by_the_catalogue(
    get: Get, official_dir: Path, tmp_path: Path
) -> None:
    source = sources()["insee_bpe_2017"]
    get(source, mirror=official_dir)
    (tmp_path / "lock.toml").unlink()
    had = get(source, offline=True)
    assert (had.state, had.address) == ("cache", f"cache : {source.file}")
    assert read_lock(tmp_path / "lock.toml")[source.key].sha256 == source.sha256


def test_located_needs_the_lock_and_the_size(
    site: Site, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = plain_source(site.serve("/f", BODY))

    def found(**changed: object) -> Path | None:
        monkeypatch.setitem(sources(), "essai", replace(source, **changed))  # type: ignore[arg-type]
        return located("essai")

    assert found() is None
    path = get(source).path
    assert found() == path
    assert found(sha256=sha256_of(path)) == path
    assert found(sha256="0" * 64) is None
    assert found(file="autre.csv") is None
    assert located("inconnue") is None
    path.write_bytes(b"court")
    assert found() is None


def test_list_of_data_gouv_gives_the_newest_file_of_that_name(site: Site, get: Get) -> None:
    old, new = site.serve("/2023-reg24.csv", b"old;\n"), site.serve("/2024-reg24.csv", BODY)
    resources = [
        {"title": "reg52", "url": site.address + "/no", "last_modified": "2026-01-01"},
        {"title": "reg24", "url": old, "latest": "x", "last_modified": "2024-05-01T10:00:00"},
        {"title": "reg24", "url": new, "latest": "x", "last_modified": "2025-05-01T10:00:00"},
    ]
    listing = json.dumps({"id": "abc", "resources": resources}).encode()
    source = plain_source(site.serve("/api/", Answer(listing, type="application/json")))
    had = get(replace(source, resource=r"reg24\b"))
    assert (had.address, had.path.read_bytes()) == (new, BODY)
    with pytest.raises(DataFileError, match=r"(?s)aucun fichier « reg99 ».*2024-reg24"):
        get(replace(source, key="autre", file="autre.csv", resource="reg99"))


def test_address_relative_to_a_list_that_was_redirected(site: Site, get: Get) -> None:
    listing = json.dumps({"resources": [{"title": "reg24", "url": "reg24.csv"}]}).encode()
    site.serve("/data/list", listing)
    file = site.serve("/data/reg24.csv", BODY)
    address = site.serve("/api", Answer(status=302, headers={"Location": "/data/list"}))
    assert get(replace(plain_source(address), resource="reg24")).address == file


def test_list_of_opendatasoft_attachments_after_a_direct_address(site: Site, get: Get) -> None:
    direct = site.serve("/slug", Answer(b"{}", status=404))
    site.serve("/attachments/apl_xlsx", BODY)
    listing = {
        "links": [],
        "attachments": [
            {
                "href": "/attachments/dentistes",
                "metas": {"title": "APL dentistes", "url": "odsfile"},
            },
            {"href": "/attachments/apl_xlsx", "metas": {"title": "APL généralistes.xlsx"}},
        ],
    }
    listed = site.serve("/attachments", json.dumps(listing).encode())
    had = get(replace(plain_source(direct, listed), resource="(?i)g.n.ralistes"))
    assert had.address == site.address + "/attachments/apl_xlsx"
    # An address of such a source may also be the file itself.
    whole = replace(plain_source(site.serve("/file", BODY), key="b", file="b.csv"), resource="x")
    assert get(whole).path.read_bytes() == BODY


def test_gzip_file_is_kept_as_published_and_packing_for_the_journey_is_undone(
    site: Site, get: Get
) -> None:
    packed = Answer(gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    address = site.serve("/f", packed)
    kept = get(plain_source(address, file="essai.csv.gz"))
    assert kept.path.read_bytes() == packed.body
    assert get(plain_source(address, key="b", file="b.csv")).path.read_bytes() == BODY


def test_layer_of_a_feature_service_is_collected(site: Site, get: Get) -> None:
    feature = {"type": "Feature", "geometry": None, "properties": {"nom": "CPTS"}}
    layer = {"type": "FeatureCollection", "features": [feature]}
    described = {"fields": [{"name": "nom", "type": "esriFieldTypeString"}], "maxRecordCount": 100}
    source = plain_source(site.address + "/0/query?f=geojson", file="couche.geojson")

    def any_page(path: str, headers: dict[str, str]) -> Answer:
        return Answer(
            json.dumps(described if path == "/0?f=json" else layer).encode(),
            type="application/json",
        )

    site.next_answer = any_page  # type: ignore[method-assign]
    had = get(replace(source, service="arcgis"))
    content = json.loads(had.path.read_bytes())
    assert [f["properties"] for f in content["features"]] == [{"nom": "CPTS"}]


def test_all_sources_are_tried_before_the_error_that_lists_every_candidate(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, gone = site.serve("/lost", Answer(status=404)), site.serve("/gone", Answer(status=410))
    for key, addresses in {"a": (lost, gone), "b": (), "c": (site.serve("/c", BODY),)}.items():
        source = plain_source(*addresses, key=key, file=f"{key}.csv")
        monkeypatch.setitem(sources(), key, source)
    with pytest.raises(DataFileError) as refused:
        fetch(["a", "b", "c"])
    said = str(refused.value)
    assert "2 sur 3" in said
    assert f"{lost} : réponse 404 (introuvable)" in said
    assert f"{gone} : réponse 410 (retiré)" in said
    assert "b (b.csv)" in said
    assert "seul un miroir peut l’apporter" in said
    assert set(read_lock(tmp_path / "lock.toml")) == {"c"}


def test_defects_of_a_source_are_counted_whole(site: Site, get: Get) -> None:
    known = sources()["insee_cog_communes_2026"]
    body = b"TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n" + b"COM\n" * 120
    source = replace(known, addresses=(site.serve("/cog", body),), sha256=None)
    with pytest.raises(DataFileError) as refused:
        get(source)
    # The width of the header, then 120 lines.
    assert "; et 71 autres (ligne d’une autre largeur : 71)" in str(refused.value)


def test_national_sources_are_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(source: Source, _: object) -> _Outcome:
        asked.append(source.key)
        return _Outcome(source.key, tmp_path, "", "", "", "cache")

    monkeypatch.setattr(fetching, "_have", note)
    fetch()
    assert asked == [key for key, source in sources().items() if source.national]
    assert "drees_apl_2024" in asked


def test_wrong_keys_are_all_told_with_what_is_near_them() -> None:
    with pytest.raises(DataFileError) as refused:
        fetch(["drees_apl_2032", "communiques", "x\ny"])
    assert "« drees_apl_2032 » est inconnue ; proches : drees_apl_2024, drees" in str(refused.value)
    assert "« communiques » n’a pas de fichier" in str(refused.value)
    assert "« x\\ny »" in str(refused.value)


def test_lock_is_sorted_readable_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "data" / "lock.toml"
    entry = Locked("é.csv", "0" * 64, 3, "2026-01-31", 'https://exemple.fr/"a"', "")
    for key in ("b", "a"):
        write_entry(key, entry, path, cache=tmp_path / "cache")
    assert list(read_lock(path)) == ["a", "b"]
    assert read_lock(path)["a"] == entry
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Written by `cpts-geo data fetch`")
    assert text.index("[a]") < text.index("[b]")
    assert [p.name for p in path.parent.iterdir()] == ["lock.toml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "Invalid value"),
        ("a = 3", "« a » n’est pas une entrée"),
        ('[a]\nfile = "x"\nbytes = "3"\nplus = 1', "a : sha256 absent"),
        ('[a]\nfile = "x"\nbytes = "3"\nplus = 1', "a : bytes inattendu"),
        ('[a]\nfile = "x"\nbytes = "3"\nplus = 1', "a : plus inattendu"),
        ('[a]\nfetched = "hier"', "a : fetched « hier » n’est pas un jour"),
        ('[a]\nfetched = "20260131"', "a : fetched « 20260131 » n’est pas un jour"),
    ],
)
def test_damaged_lock_is_told_and_left_as_it_is(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "lock.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CptsGeoError, match=said):
        fetch(["drees_apl_2023"], offline=True)
    assert path.read_text(encoding="utf-8") == text
