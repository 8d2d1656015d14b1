"""The commands on data as an analyst meets them: what is at hand, what is wrong, what to do."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from cpts_geo import settings
from cpts_geo.cli.commands import _data as data_commands
from cpts_geo.french import typeset
from cpts_geo.sources import status
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.catalogue.lock import Locked, read_lock, write_entry
from cpts_geo.sources.fetching import cached
from cpts_geo.sources.fetching import fetch as fetching
from cpts_geo.sources.fetching.parsed import load_source
from cpts_geo.sources.status import status_table, verify
from tests.cli.test_cli import run
from tests.conftest import Command
from tests.http_server import Answer, Site
from tests.sources.readers.care.test_rpps import Activity
from tests.sources.readers.care.test_rpps import write as write_rpps

CSV = b"code;valeur\n45001;3\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache and a lock of this test, given as an analyst gives them."""
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / "lock.toml"))
    monkeypatch.delenv("CPTS_GEO_MIRROR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> dict[str, Source]:
    """An empty catalogue in place of the real one, for a test to fill."""
    own: dict[str, Source] = {}
    for module in (cached, fetching, status):
        monkeypatch.setattr(module, "sources", lambda: own)
    return own


def source(key: str, *addresses: str, **fields: object) -> Source:
    entry = replace(sources()["cnam_densities"], key=key, file=f"{key}.csv", reader=None)
    return replace(entry, addresses=addresses, **fields)  # type: ignore[arg-type]


def test_fetch_then_status_then_verify(
    site: Site, catalogue: dict[str, Source], command: Command, place: Path
) -> None:
    catalogue["a"] = source("a", site.serve("/a", CSV))
    catalogue["b"] = source("b", site.serve("/b", Answer(status=404)), national=False)
    code, out, err = command("data", "fetch")
    assert code == 0, err
    assert f"1 source prête dans {place / 'cache'}" in out
    assert f"Verrou : {place / 'lock.toml'}" in out
    assert "a : téléchargé" in err
    code, out, _ = command("data", "status")
    lines = {line.split()[0]: line for line in out.splitlines() if line.split()}
    assert "en cache" in lines["a"]
    assert "absent" in lines["b"]
    assert command("data", "verify")[:2] == (0, "1 fichier conforme au verrou.\n")


def test_fetch_that_fails_lists_every_candidate(
    site: Site, catalogue: dict[str, Source], command: Command
) -> None:
    lost = site.serve("/lost", Answer(status=404))
    page = site.serve("/page", Answer(b"<html><title>Accueil</title>", type="text/csv"))
    catalogue["a"] = source("a", lost, page)
    code, out, err = command("data", "fetch", "a")
    assert (code, out) == (1, "")
    assert "Erreur : Sources qui n’ont pas pu être obtenues : 1 sur 1." in err
    assert f"· {lost} : réponse 404 (introuvable)" in err
    assert f"· {page} : page web au lieu d’un fichier .csv : « Accueil »" in err
    assert "--mirror" in err


def test_fetch_from_a_mirror_without_a_network(
    command: Command, official_dir: Path, place: Path
) -> None:
    keys = ["drees_apl_2023", "cnam_2024", "insee_bpe_2017"]
    code, out, err = command("data", "fetch", *keys, "--mirror", official_dir, "--offline")
    assert code == 0, err
    assert "3 sources prêtes" in out
    assert "drees_apl_2023 : copié du miroir (millésime 2023)" in err
    lock = read_lock(place / "lock.toml")
    assert set(lock) == set(keys)
    assert str(official_dir) not in (place / "lock.toml").read_text(encoding="utf-8")
    assert command("data", "verify")[1] == "3 fichiers conformes au verrou.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fetch", "insee_bpe_2052"], "proches : insee_bpe_2025"),
        (["fetch", "--mirror", "nulle part"], "n’est pas un dossier"),
        (["fetch", "--offline", "--update"], "--update demande un contenu nouveau"),
        (["fetch", "drees_apl_2023", "--offline"], "hors ligne : 2 adresses non essayées"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, arguments: list[str], words: str) -> None:
    code, _, err = command("data", *arguments)
    assert code == 1
    assert "Erreur : " in err
    assert words in err
    assert "À faire : " in err


def test_update_takes_what_the_lock_refuses(
    site: Site, catalogue: dict[str, Source], command: Command, place: Path
) -> None:
    catalogue["a"] = source("a", site.serve("/a", CSV, CSV * 2))
    assert command("data", "fetch", "a")[0] == 0
    (place / "cache" / "a.csv").unlink()
    code, _, err = command("data", "fetch", "a")
    assert code == 1
    assert "--update" in err
    assert command("data", "fetch", "a", "--update")[0] == 0
    assert (place / "cache" / "a.csv").read_bytes() == CSV * 2


def test_verify_lists_what_is_missing_altered_or_unknown(
    site: Site, catalogue: dict[str, Source], command: Command, place: Path
) -> None:
    for key in ("a", "b", "c"):
        catalogue[key] = source(key, site.serve(f"/{key}", CSV + key.encode()))
    catalogue["d"] = source("d")
    assert command("data", "fetch", "a", "b", "c")[0] == 0
    (place / "cache" / "a.csv").unlink()
    (place / "cache" / "b.csv").write_bytes(CSV + b"x")
    (place / "cache" / "d.csv").write_bytes(CSV)
    (place / "cache" / "notes.txt").write_bytes(b"not ours")
    states = verify().set_index("source")["state"].to_dict()
    assert states == {"a": "absent", "b": "altéré", "c": "conforme", "d": "hors verrou"}
    code, out, err = command("data", "verify")
    assert (code, out) == (1, "")
    assert "3 fichiers sur 4 à reprendre" in err
    assert "a (a.csv) : absent" in err
    assert "b (b.csv) : altéré, sha256 " in err
    assert "d (d.csv) : hors verrou" in err
    assert "À faire : cpts-geo data fetch a b d" in err


def test_lock_of_another_catalogue_is_told_as_it_is_judged(
    site: Site, catalogue: dict[str, Source], command: Command, place: Path
) -> None:
    for key in ("a", "b", "c"):
        catalogue[key] = source(key, site.serve(f"/{key}", CSV))
    assert command("data", "fetch", "a", "b", "c")[0] == 0
    catalogue["a"] = replace(catalogue["a"], sha256="0" * 64)
    catalogue["b"] = replace(catalogue["b"], file="b2.csv")
    (place / "cache" / "b2.csv").write_bytes(CSV)
    table = verify()
    assert table[["file", "state"]].to_numpy().tolist() == [
        ["a.csv", "altéré"],
        ["b.csv", "hors verrou"],
        ["c.csv", "conforme"],
        ["b2.csv", "hors verrou"],
    ]
    assert "000000000000… dans le catalogue" in table["detail"][0]
    assert "b2.csv" in table["detail"][1]
    states = status_table().set_index("source")["state"].to_dict()
    assert states == {"a": "altéré", "b": "hors verrou", "c": "en cache"}
    assert [key for key in catalogue if cached.located(key)] == ["c"]
    _, out, _ = command("data", "status")
    assert "en cache" not in next(line for line in out.splitlines() if line.startswith("a "))


def test_file_of_personal_data_is_read_then_erased_and_not_missed(
    command: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two doctors are not those of France.
    real = replace(sources()["ans_rpps"], totals=())
    monkeypatch.setitem(sources(), "ans_rpps", real)
    mirror = place / "miroir"
    mirror.mkdir()
    write_rpps(mirror / str(real.file), [Activity(1), Activity(2)])
    fetch_it = ("data", "fetch", "ans_rpps", "--mirror", mirror, "--offline")
    # A source that fails beside it does not leave the file there.
    code, _, err = command(*fetch_it, "cnam_2024")
    assert (code, "ans_rpps : lu, puis effacé" in err) == (1, True)
    raw = place / "cache" / str(real.file)
    assert not raw.exists()
    assert cached.located("ans_rpps") is None
    assert not load_source("ans_rpps").empty
    code, out, _ = command("data", "verify")
    assert code == 0
    assert "effacé après lecture (données personnelles)" in out
    row = status_table().set_index("source").loc["ans_rpps"]
    assert (row["state"], row["age_days"]) == ("effacé après lecture", 0)
    code, _, err = command("data", "fetch", "ans_rpps", "--offline")
    assert (code, "ans_rpps : déjà lu, et effacé depuis" in err) == (0, True), err
    # What a killed command left unread is replaced, and not kept for other locks.
    raw.write_bytes(b"left")
    assert command(*fetch_it, "--update")[0] == 0
    assert not raw.exists()
    assert not (place / "cache" / "previous").exists()
    # Without its table, the file is missing.
    for table in (place / "cache" / "tables").iterdir():
        table.unlink()
    assert command("data", "verify")[0] == 1


def test_day_of_a_lock_that_is_no_day(command: Command, place: Path) -> None:
    entry = Locked("a.csv", "0" * 64, 1, "hier", "https://exemple.fr", "")
    write_entry("a", entry, place / "lock.toml", cache=place / "cache")
    for name in ("status", "verify"):
        code, _, err = command("data", name)
        assert code == 1
        assert "a : fetched « hier » n’est pas un jour (AAAA-MM-JJ)" in err


def test_vintage_that_no_file_said_is_in_parentheses(
    site: Site, catalogue: dict[str, Source], command: Command
) -> None:
    catalogue["a"] = source("a", site.serve("/a", CSV), vintage="2031 (provisoire)")
    assert "(2031)" in command("data", "status")[1]
    catalogue["insee_bpe_2017"] = sources()["insee_bpe_2017"]
    table = status_table().assign(vintage=["2030", ""])
    console = Console(width=80, record=True, file=sys.stderr)
    console.print(data_commands._status_view(table, wide=False))
    shown = console.export_text()
    assert " 2030 " in shown
    assert "2031" not in shown
    assert "entre parenthèses" in shown


def test_source_without_address_says_where_to_put_its_file(command: Command, place: Path) -> None:
    code, _, err = command("data", "fetch", "drees_tvs_2019", "cnam_2024")
    assert code == 1
    assert f"drees_tvs_2019 ({sources()['drees_tvs_2019'].file})" in err
    assert "vérifiez la connexion" not in err
    said = " ".join(err.split())
    assert "déposez le fichier, sous le nom dit ici, dans un dossier indiqué par --mirror" in said


def test_verify_of_an_empty_cache(command: Command) -> None:
    code, out, _ = command("data", "verify")
    assert code == 0
    assert "Aucun fichier n’a encore été téléchargé" in out


def test_status_tells_states_vintages_ages_and_what_is_due(
    catalogue: dict[str, Source], place: Path
) -> None:
    mirror = place / "miroir"
    cache = settings.cache_dir()
    cache.mkdir()
    mirror.mkdir()
    for key in ("cached", "altered", "unlocked", "mirrored", "absent"):
        catalogue[key] = source(key, next_release="2026-07", megabytes=9.5, trust="à relire")
    catalogue["insee_bpe_2017"] = sources()["insee_bpe_2017"]
    catalogue["communiques"] = sources()["communiques"]
    for key in ("cached", "altered", "unlocked"):
        (cache / f"{key}.csv").write_bytes(CSV)
    (mirror / "mirrored.csv").write_bytes(CSV)
    for key, size in (("cached", len(CSV)), ("altered", 1)):
        entry = Locked(f"{key}.csv", "0" * 64, size, "2026-06-21", "https://exemple.fr", "2025")
        write_entry(key, entry, settings.lock_path(), cache=cache)
    table = status_table(mirror=mirror, today=date(2026, 7, 31)).set_index("source")
    assert table["state"].to_dict() == {
        "cached": "en cache",
        "altered": "altéré",
        "unlocked": "hors verrou",
        "mirrored": "dans le miroir",
        "absent": "absent",
        "insee_bpe_2017": "embarqué",
        "communiques": "embarqué",
    }
    assert table.loc["cached", "vintage"] == "2025"
    assert table.loc["cached", "age_days"] == 40
    assert table.loc["cached", "megabytes"] == pytest.approx(len(CSV) / 1e6)
    assert table.loc["absent", ["vintage", "megabytes", "to_check"]].tolist() == [
        "",
        9.5,
        "à relire",
    ]
    assert table["age_days"].isna().sum() == 6
    assert not table["overdue"].any()
    assert status_table(today=date(2026, 8, 1)).set_index("source")["overdue"]["absent"]


def test_status_holds_in_eighty_columns_and_a_pipe_has_a_line_a_source(command: Command) -> None:
    table = status_table(today=datetime(2027, 1, 1, tzinfo=UTC).date())
    console = Console(width=80, record=True, file=sys.stderr)
    console.print(data_commands._status_view(table, wide=False))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    shown = "\n".join(lines)
    assert "…" not in shown
    assert all(f"\n{key} " in shown for key in sources())
    assert "Licence" in shown
    assert "2026-12!" in shown
    code, out, _ = command("data", "status")
    assert code == 0
    for key, entry in sources().items():
        (line,) = [line for line in out.splitlines() if line.startswith(f"{key} ")]
        assert typeset(entry.product) in line
    assert "- atlasante_cpts, ign_cpts, cvl_cpts : non vérifiée" in out
    assert sources()["insee_rp_pyramid_2023"].trust in out


def test_command_of_another_process_has_no_traceback(place: Path) -> None:
    done = run("data", "fetch", "inconnue")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert "« inconnue » est inconnue" in done.stderr
    assert "fetch" in run("data").stdout


def test_paths_of_a_checkout_and_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CPTS_GEO_CACHE", "CPTS_GEO_LOCK"):
        monkeypatch.delenv(name)
    assert settings.lock_path() == settings.DATA_DIR / "sources.lock.toml"
    assert settings.cache_dir().name == "cpts_geo"
    assert settings.DATA_DIR.parent not in settings.cache_dir().parents
    assert settings.mirror_dir() is None
    monkeypatch.setattr(settings, "DATA_DIR", settings._EMBEDDED)
    assert settings.lock_path() == settings.cache_dir() / "sources.lock.toml"
    monkeypatch.setenv("CPTS_GEO_CACHE", "~/ailleurs")
    assert settings.cache_dir() == Path.home() / "ailleurs"
