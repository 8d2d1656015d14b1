"""All territories of a file: a folder each, begun again where it stopped, none with another."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.analysis import analyse
from cpts_geo.basis import Basis, read_basis
from cpts_geo.errors import AskedError, OutputError, PartlyFailedError, WorkerLostError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.options import Options
from cpts_geo.writing.every import _plan, run, whole
from cpts_geo.writing.every._made import Failed, Made, make
from cpts_geo.writing.every._plan import Task
from cpts_geo.writing.every.run import Step, write_every
from cpts_geo.writing.report import write_report
from tests.conftest import ROOT

DRAWS = 1000
KEYS = ["alpha", "beta", "gamma"]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("listed") / "perimetres.csv"
    path.write_text(
        "CPTS,commune,code_insee\nAlpha,Dry,45130\nAlpha,Baule,45024\nBeta,Pithiviers,45252\n"
        "Beta,Pithiviers-le-Vieil,45253\nGamma,Challans,85047\n",
        encoding="utf-8",
    )
    return path


def here(
    work: Callable[[Basis, Task], Any], things: Iterable[Task], *, common: Basis, **_: Any
) -> Iterator[tuple[Task, Any]]:
    """The same work in this process, which a test can look into."""
    for thing in things:
        yield thing, work(common, thing)


@pytest.fixture(scope="module")
def once(listed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without pages, that tests copy."""
    output = tmp_path_factory.mktemp("every") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "each", here)
        write_every(Request(perimeter=listed), Options(draws=DRAWS), output, pages=False)
    return output


@pytest.fixture
def again(
    once: Path, listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """Run once more in a copy of what was written: which territories are made."""
    made: list[str] = []
    output = tmp_path / "out"
    shutil.copytree(once, output)

    def seen(basis: Basis, task: Task) -> Made | Failed:
        made.append(task.key)
        return make(basis, task)

    monkeypatch.setattr(run, "make", seen)
    monkeypatch.setattr(run, "each", here)

    page = whole._page

    def do(options: Options | None = None, *, drawn: bool = False, **more: Any) -> list[str]:
        made.clear()
        # The page of all, its map included, takes longer than all the territories of a test.
        monkeypatch.setattr(whole, "_page", page if drawn else lambda *_, **__: "<p>")
        asked = options or Options(draws=DRAWS)
        write_every(Request(perimeter=listed), asked, output, **{"pages": False, **more})
        return list(made)

    do.output = output  # type: ignore[attr-defined]
    return do


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_territory_has_its_folder_and_all_have_one_table(once: Path) -> None:
    assert sorted(path.name for path in (once / "territoires").iterdir()) == KEYS
    assert [row["territory"] for row in rows(once / "tableaux" / "territoires.csv")] == KEYS
    one = rows(once / "territoires" / "beta" / "tableaux" / "besoin.csv")
    every = rows(once / "tableaux" / "besoin.csv")
    assert [row for row in every if row["territory"] == "beta"] == one
    around = rows(once / "tableaux" / "comparaison.csv")
    assert {row["area_level"] for row in around} == {"cpts"}
    page = (once / "index.html").read_text("utf-8")
    assert all(name in page for name in ("Alpha", "Beta", "Gamma"))


def test_what_was_made_is_kept(again: Any) -> None:
    before = {path: path.read_bytes() for path in again.output.rglob("*") if path.is_file()}
    assert again(drawn=True) == []
    assert {path: path.read_bytes() for path in before} == before


def test_a_changed_parameter_makes_all_again(again: Any) -> None:
    assert again(Options(draws=DRAWS + 1)) == KEYS
    assert again(Options(draws=DRAWS + 1)) == []


def test_a_changed_line_of_code_makes_all_again(
    again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_plan, "code_digest", lambda: "other")
    assert again() == KEYS


def test_a_changed_byte_of_data_makes_all_again(
    again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = embedded.digests()
    monkeypatch.setattr(embedded, "digests", lambda: {**known, "cpts/facts.csv": "other"})
    assert again() == KEYS


def test_a_changed_line_makes_its_territory_again_and_no_other(again: Any, listed: Path) -> None:
    text = listed.read_text("utf-8")
    try:
        other = text.replace("Beta,Pithiviers,45252\n", "Beta,Ascoux,45010\n")
        listed.write_text(other, encoding="utf-8")
        assert again() == ["beta"]
        listed.write_text(text.replace("Gamma,Challans,85047\n", ""), encoding="utf-8")
        assert again() == ["beta"]
    finally:
        listed.write_text(text, encoding="utf-8")
    assert [row["territory"] for row in rows(again.output / "tableaux" / "territoires.csv")] == [
        "alpha",
        "beta",
    ]


def test_a_file_that_is_gone_is_made_again(again: Any) -> None:
    (again.output / "territoires" / "beta" / "tableaux" / "besoin.csv").unlink()
    assert again() == ["beta"]


def test_a_folder_without_its_manifest_is_no_proof(again: Any) -> None:
    folder = again.output / "territoires" / "beta"
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "manifest.json").write_text('{"content": 3', encoding="utf-8")
    with pytest.raises(PartlyFailedError, match="1 territoire n’a pas pu") as failed:
        again()
    assert "cpts_geo" in failed.value.defects[0]
    assert (folder / "manifest.json").read_text("utf-8") == '{"content": 3'


def test_what_somebody_changed_is_left_and_told(again: Any) -> None:
    """Neither taken for ours nor lost."""
    table = again.output / "territoires" / "beta" / "tableaux" / "besoin.csv"
    table.write_text("mine\n", encoding="utf-8")
    with pytest.raises(PartlyFailedError) as failed:
        again(drawn=True)
    assert "Beta" in failed.value.defects[0]
    assert "besoin.csv" in failed.value.defects[0]
    assert table.read_text("utf-8") == "mine\n"
    assert "Beta" in (again.output / "index.html").read_text("utf-8")


def test_a_territory_that_fails_stops_none_of_the_others(
    again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(basis: Basis, task: Task) -> Made | Failed:
        if task.key == "alpha":
            return Failed("trop de <b>vent</b>", "attendez.")
        return make(basis, task)

    monkeypatch.setattr(run, "make", some)
    steps: list[Step] = []
    with pytest.raises(PartlyFailedError, match="1 territoire n’a pas pu être fait sur 3") as told:
        again(Options(draws=DRAWS + 2), drawn=True, watch=steps.append)
    before = "Alpha : trop de <b>vent</b> ; son dossier garde un calcul précédent"
    assert told.value.defects == (before,)
    assert "attendez." in told.value.remedy
    (row,) = rows(again.output / "tableaux" / "echecs.csv")
    assert (row["territory"], row["name"]) == ("alpha", "Alpha")
    page = (again.output / "index.html").read_text("utf-8")
    assert "trop de &lt;b&gt;vent&lt;/b&gt;" in page
    assert [row["territory"] for row in rows(again.output / "tableaux" / "capacite.csv")] == [
        "beta",
        "gamma",
    ]
    last = steps[-1]
    assert (last.done, last.total, last.kept, last.failed) == (3, 3, 0, 1)
    # Those that failed, and only they, are tried again.
    monkeypatch.setattr(run, "make", make)
    steps.clear()
    again(Options(draws=DRAWS + 2), drawn=True, watch=steps.append)
    assert (steps[-1].kept, steps[-1].failed) == (2, 0)
    assert "trop de" not in (again.output / "index.html").read_text("utf-8")


def test_a_territory_that_kills_its_worker_is_told(
    again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(work: Any, things: Iterable[Task], **_: Any) -> Iterator[tuple[Task, Any]]:
        for thing in things:
            yield thing, WorkerLostError()

    monkeypatch.setattr(run, "each", lost)
    with pytest.raises(PartlyFailedError, match="3 territoires n’ont") as told:
        again(Options(draws=DRAWS + 3))
    assert "ni page de tous" in told.value.summary
    # Nothing is left of a page, or of tables, that this run disowns; the next one is not refused.
    assert not (again.output / "index.html").exists()
    assert [path.name for path in (again.output / "tableaux").iterdir()] == ["echecs.csv"]
    monkeypatch.setattr(run, "each", here)
    assert again(Options(draws=DRAWS + 3)) == KEYS


def test_a_file_in_the_place_of_a_territory_stops_none_of_the_others(again: Any) -> None:
    place = again.output / "territoires" / "beta"
    shutil.rmtree(place)
    place.write_text("mine")
    with pytest.raises(PartlyFailedError) as failed:
        again()
    assert "Beta" in failed.value.defects[0]
    assert place.read_text() == "mine"
    assert [row["territory"] for row in rows(again.output / "tableaux" / "capacite.csv")] == [
        "alpha",
        "gamma",
    ]


def test_a_disk_that_refuses_stops_at_once(again: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Path] = []

    def full(made: Made, folder: Path) -> None:
        tried.append(folder)
        raise OutputError("Disque plein.", remedy="faites de la place.")

    monkeypatch.setattr(run, "put", full)
    with pytest.raises(OutputError, match="Disque plein"):
        again(Options(draws=DRAWS + 4))
    assert len(tried) == 1


#: What was there speaks of all as they were: nobody takes it for what has just been made.
_STOPPED = "1 territoire écrit en entier sur 3.* la page de tous .* encore ceux d’avant"


def test_a_stop_by_hand_says_what_is_kept(again: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(basis: Basis, task: Task) -> Made | Failed:
        if task.key == "beta":
            raise KeyboardInterrupt
        return make(basis, task)

    monkeypatch.setattr(run, "make", stopped)
    with pytest.raises(KeyboardInterrupt, match=_STOPPED):
        again(Options(draws=DRAWS + 5))
    made: list[str] = []
    monkeypatch.setattr(run, "make", lambda basis, task: made.append(task.key) or make(basis, task))
    again(Options(draws=DRAWS + 5))
    assert made == ["beta", "gamma"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"changes": ["départ:Dry"]}, "--change"),
        ({"indicators": ["aci.csv"]}, "--indicators"),
        ({"scenario": "mine.toml"}, "--scenario"),
        (
            {"share_without_mt": 0.1, "share_of": "17+", "share_source": "CPAM"},
            "--share-without-mt",
        ),
    ],
)
def test_what_speaks_of_one_territory_is_refused(
    tmp_path: Path, options: dict[str, Any], named: str
) -> None:
    with pytest.raises(AskedError, match="--all ne va pas") as refused:
        write_every(Request(every="epci"), Options(**options), tmp_path / "out")
    assert refused.value.defects[0].startswith(named)
    assert not (tmp_path / "out").exists()


@pytest.mark.report
def test_a_territory_is_what_it_is_alone(listed: Path, tmp_path: Path) -> None:
    """But for the way back to the page of all, and what is said once of the whole file."""
    options = Options(draws=DRAWS)
    basis = read_basis(options)
    request = Request(perimeter=listed)
    task = next(_plan.tasks(request, basis.find(request), basis, pages=True))
    made = make(basis, task)
    assert isinstance(made, Made)
    write_report(analyse(Request(perimeter=listed, only=["Alpha"]), options), tmp_path)
    page = made.files["alpha.html"].decode()
    assert '<a href="../../index.html">' in page
    shown = [_words(page), _words((tmp_path / "alpha.html").read_text("utf-8"))]
    assert "Baule" in shown[0]
    assert [word for word in shown[0] if word not in shown[1]] == ["Retour"]
    for name in made.files:
        # Alone, the lines of the other territories of the file are said to be left out.
        if name.startswith(("tableaux/", "cartes/", "scenarios/")) and "noms" not in name:
            assert made.files[name] == (tmp_path / name).read_bytes(), name
    assert "index.html" not in made.files


@pytest.mark.report
def test_a_killed_run_goes_on_where_it_stopped(listed: Path, tmp_path: Path) -> None:
    """SIGKILL of the run itself, in the middle; then the same pages as a run without a stop."""
    command = [sys.executable, "-m", "cpts_geo", "report", "--all", str(listed), "--draws", "1000"]
    command.append("--no-pages")
    told: Any = {"cwd": ROOT, "capture_output": True, "text": True}
    stopped = tmp_path / "stopped"
    running = subprocess.Popen(
        [*command, "--jobs", "1", "--output", str(stopped)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    limit = time.monotonic() + 120
    while time.monotonic() < limit and not list(stopped.glob("territoires/*/manifest.json")):
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    running.wait()
    kept = {path: path.stat().st_mtime_ns for path in stopped.glob("territoires/*/manifest.json")}
    assert 1 <= len(kept) < 3
    assert not (stopped / "index.html").exists()
    done = subprocess.run([*command, "--jobs", "2", "--output", str(stopped)], check=False, **told)
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    whole = tmp_path / "whole"
    done = subprocess.run([*command, "--jobs", "2", "--output", str(whole)], check=False, **told)
    assert done.returncode == 0, done.stderr
    files = _written(whole)
    assert files == _written(stopped)
    assert [f for f in files if (whole / f).read_bytes() != (stopped / f).read_bytes()] == []
    manifest = json.loads((whole / "manifest.json").read_text("utf-8"))
    assert list(manifest["territories"]) == KEYS


def _words(page: str) -> list[str]:
    """Words of a page, its scripts and pictures apart."""
    shown = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.findall(r"\w+", shown)


def _written(folder: Path) -> list[Path]:
    """What a run wrote; a lock that a killed one left locks nothing."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path.name != ".cpts_geo.lock")


@pytest.mark.report
def test_the_map_of_france_leads_to_each_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Basis.find
    codes = ["200067254", "244500419"]
    monkeypatch.setattr(Basis, "find", lambda basis, _: found(basis, Request(epci=codes)))
    monkeypatch.setattr(run, "each", here)
    monkeypatch.setattr(whole, "_page", lambda *_, **__: "<p>")
    linked: dict[str, str] = {}
    monkeypatch.setattr(
        whole, "write_france", lambda path, **told: linked.update(told["links"]) or path.touch()
    )
    output = tmp_path / "out"
    write_every(Request(every="epci"), Options(draws=DRAWS), output)
    pages = sorted(
        path.relative_to(output).as_posix() for path in output.glob("territoires/*/*.html")
    )
    assert sorted(linked) == codes
    assert sorted(linked.values()) == pages
    listed = json.loads((output / "manifest.json").read_text("utf-8"))["outputs"]
    assert {"france.html", "index.html", "tableaux/besoin.csv"} <= set(listed)
    assert sorted(path.name for path in output.iterdir() if path.name.startswith(".")) == []


@pytest.mark.slow
def test_threads_of_one_process_draw_what_one_alone_does(listed: Path) -> None:
    """Workers of a cluster have several unless told otherwise."""
    basis = read_basis(Options(draws=DRAWS))
    request = Request(perimeter=listed)
    all_tasks = list(_plan.tasks(request, basis.find(request), basis, pages=True))
    alone = [make(basis, task) for task in all_tasks]
    with ThreadPoolExecutor(len(all_tasks)) as threads:
        together = list(threads.map(partial(make, basis), all_tasks))
    assert together == alone
    assert all(isinstance(each, Made) for each in alone)


def test_what_a_manifest_says_to_the_page_of_all_is_sealed(again: Any) -> None:
    path = again.output / "territoires" / "beta" / "manifest.json"
    for change in (
        lambda told: told["line"]["values"].update(population=[999_999.0]),
        lambda told: told.pop("line"),
        lambda told: told["line"].update(more=1),
        lambda told: told.update(sources=["insee"]),
    ):
        told = json.loads(path.read_text("utf-8"))
        change(told)
        path.write_text(json.dumps(told), encoding="utf-8")
        assert again() == ["beta"]
        assert again() == []


def test_a_link_in_the_place_of_the_territories_is_refused(again: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (again.output / "territoires").rename(other)
    (again.output / "territoires").symlink_to(other)
    before = sorted(other.rglob("*"))
    with pytest.raises(OutputError, match="est un lien"):
        again(Options(draws=DRAWS + 1))
    assert sorted(other.rglob("*")) == before


def test_what_is_in_the_place_of_a_territory_is_left_and_told(again: Any, tmp_path: Path) -> None:
    each, other = again.output / "territoires", tmp_path / "other"
    (each / "beta").rename(other)
    (each / "beta").symlink_to(other)
    shutil.rmtree(each / "gamma")
    (each / "gamma").write_text("mine", encoding="utf-8")
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    with pytest.raises(PartlyFailedError) as failed:
        again(Options(draws=DRAWS + 1))
    link, file = failed.value.defects
    assert "est un lien, qui mène ailleurs" in link
    assert "est un fichier" in file
    assert "--output" not in failed.value.remedy
    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before
    assert (each / "gamma").read_text("utf-8") == "mine"
