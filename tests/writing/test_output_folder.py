"""A folder of results changes all at once or not at all, one run at a time, and keeps no litter."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpts_geo import settings
from cpts_geo.asked import typed_path
from cpts_geo.errors import OutputError, PathError
from cpts_geo.files import (
    BEFORE,
    listed_outputs,
    sweep,
    write_atomically,
    write_json,
    write_text,
)
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.writing import output_folder
from cpts_geo.writing.output_folder import (
    check_output,
    check_own,
    put_right,
    staged,
)
from tests.conftest import PYTHONPATH
from tests.sources.fetching.test_fetch_refused import small_disk  # noqa: F401 (a fixture)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="système POSIX")


def write(folder: Path, text: str = "neuf", *, extra: bool = False) -> None:
    """A small report: two files in two folders, a third one on demand, then a manifest."""
    with staged(folder, last="manifest.json") as stage:
        stage.stale.append("tableaux/parfois.csv")
        write_text(text, stage.folder / "index.html")
        write_text(text, stage.folder / "tableaux" / "a.csv")
        if extra:
            write_text(text, stage.folder / "tableaux" / "parfois.csv")
        write_text(text, stage.folder / "manifest.json")


def content(folder: Path) -> dict[str, str]:
    """Every file of a folder, hidden ones included."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def on_moves(patch: pytest.MonkeyPatch, act: Callable[[int], None]) -> list[str]:
    """Do something before each move of a result, told its rank; the names of what was moved."""
    moved, real = [], Path.replace

    def replace(self: Path, target: Path) -> Path:
        if not self.name.endswith(".part"):
            moved.append(self.name)
            act(len(moved))
        return real(self, target)

    patch.setattr(Path, "replace", replace)
    return moved


WHOLE = {"index.html": "neuf", "manifest.json": "neuf", "tableaux/a.csv": "neuf"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with a report, and files of the analyst."""
    folder = tmp_path / "résultats"
    write(folder, "vieux", extra=True)
    write_text("à moi", folder / "notes.txt")
    write_text("à moi", folder / "tableaux" / ".brouillon.12.part")
    return folder


MINE = {"notes.txt": "à moi", "tableaux/.brouillon.12.part": "à moi"}
OLD = dict.fromkeys((*WHOLE, "tableaux/parfois.csv"), "vieux") | MINE


def test_new_files_replace_old_ones_and_those_of_another_run_go(old: Path) -> None:
    assert content(old) == OLD
    write(old)
    assert content(old) == WHOLE | MINE


def own(folder: Path, *files: str, stale: str = "cartes/*.png") -> None:
    """A run that lists what it writes, and leaves what it does not know alone."""
    with staged(folder, last="manifest.json", own=True) as stage:
        stage.stale.append(stale)
        for name in files:
            write_text(name, stage.folder / name)
        outputs = {name: sha256_of(stage.folder / name) for name in files}
        manifest = folder / "manifest.json"
        before = {k: v for k, v in listed_outputs(manifest).items() if k not in outputs}
        write_json({"outputs": outputs, BEFORE: before}, stage.folder / "manifest.json")


def test_what_was_written_by_earlier_runs_is_replaced(tmp_path: Path) -> None:
    own(tmp_path, "a.html", "commun.csv")
    own(tmp_path, "a.html", "commun.csv")
    # Another territory in the same folder, then the first again.
    own(tmp_path, "b.html", "commun.csv")
    own(tmp_path, "a.html", "commun.csv", "cartes/a.png")
    own(tmp_path, "b.html")
    assert set(content(tmp_path)) == {"a.html", "b.html", "commun.csv", "manifest.json"}


@pytest.mark.parametrize("name", ["index.html", "cartes/mienne.png", "manifest.json"])
def test_what_somebody_else_wrote_is_neither_replaced_nor_deleted(
    name: str, tmp_path: Path
) -> None:
    own(tmp_path, "commun.csv") if name != "manifest.json" else None
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}", encoding="utf-8")
    before = content(tmp_path)
    with pytest.raises(OutputError, match="n’a pas écrits") as refused:
        own(tmp_path, "index.html", "commun.csv")
    assert list(refused.value.defects) == [f"« {name} »"] and "--output" in refused.value.remedy
    assert content(tmp_path) == before
    if name != "cartes/mienne.png":
        with pytest.raises(OutputError, match="n’a pas écrits"):
            check_own(tmp_path, ["index.html", "manifest.json"], manifest="manifest.json")
    path.unlink()
    own(tmp_path, "index.html", "commun.csv")


def test_what_was_completed_since_is_not_replaced(tmp_path: Path) -> None:
    own(tmp_path, "table.csv")
    (tmp_path / "table.csv").write_text("complété", encoding="utf-8")
    with pytest.raises(OutputError, match="modifiés depuis"):
        own(tmp_path, "table.csv")
    assert content(tmp_path)["table.csv"] == "complété"


def test_nothing_changes_before_the_end(old: Path) -> None:
    with staged(old) as stage:
        stage.stale.append("tableaux/*.csv")
        write_text("neuf", stage.folder / "index.html")
        seen = content(old)
    assert {name: seen[name] for name in OLD} == OLD
    assert content(old)["index.html"] == "neuf"


@pytest.mark.parametrize("error", [ValueError("x"), OSError(28, "full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_folder_as_it_was(old: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), staged(old) as stage:
        write_text("neuf", stage.folder / "index.html")
        raise error
    assert content(old) == OLD


def test_a_folder_made_for_nothing_is_removed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), staged(tmp_path / "a" / "b") as stage:
        write_text("neuf", stage.folder / "c" / "index.html")
        raise ValueError("x")
    assert not list(tmp_path.iterdir())


def test_an_interruption_says_what_is_there(old: Path) -> None:
    with pytest.raises(KeyboardInterrupt, match="resté comme il était"), staged(old):
        raise KeyboardInterrupt


@pytest.mark.parametrize("at", range(8))
def test_a_move_that_fails_undoes_the_others(
    old: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    def refuse(rank: int) -> None:
        if rank == at + 1:
            raise PermissionError(13, "open elsewhere")

    on_moves(monkeypatch, refuse)
    with pytest.raises(OutputError, match="rien n’y a été changé"):
        write(old)
    assert content(old) == OLD


@pytest.fixture
def bad_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """No move from the one given here on, until the disk is mended (no more than 0 given)."""
    bad_from = [0]

    def refuse(rank: int) -> None:
        if 0 < bad_from[0] <= rank:
            raise OSError(errno.EIO, "Input/output error")

    on_moves(monkeypatch, refuse)
    yield bad_from
    bad_from[0] = 0


@pytest.mark.parametrize("at", range(2, 9))
def test_old_files_that_cannot_be_put_back_are_kept_for_the_next_run(
    old: Path, bad_disk: list[int], at: int
) -> None:
    bad_disk[0] = at
    with pytest.raises(OutputError, match="le disque répond mal") as refused:
        write(old)
    (kept,) = old.glob(".cpts_geo-*.part")
    assert "rien n’y a été changé" not in str(refused.value)
    assert f"« {kept.name} »" in refused.value.summary
    assert "À faire : relancez" in str(refused.value)
    # As long as the disk is bad, the next run changes nothing, and loses nothing.
    with pytest.raises(OutputError, match="arrêté en route") as refused:
        write(old)
    assert refused.value.defects
    assert f"« {kept.name} »" in refused.value.summary
    bad_disk[0] = 0
    with pytest.raises(ValueError, match="x"), staged(old):
        assert {name: content(old)[name] for name in OLD} == OLD
        raise ValueError("x")
    assert not list(old.glob(".cpts_geo-*"))


def test_an_interruption_says_that_old_files_are_kept(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(rank: int) -> None:
        if rank == 6:
            raise KeyboardInterrupt
        if rank > 6:
            raise OSError(errno.EIO, "Input/output error")

    with (
        monkeypatch.context() as patched,
        pytest.raises(KeyboardInterrupt, match="gardés dans"),
        staged(old, last="manifest.json") as stage,
    ):
        for name in WHOLE:
            write_text("neuf", stage.folder / name)
        on_moves(patched, stop)
    with staged(old):
        assert {name: content(old)[name] for name in OLD} == OLD


def test_the_old_manifest_goes_first_and_the_new_one_comes_last(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = on_moves(monkeypatch, lambda _: None)
    write(old)
    # Then, in one move, what was replaced is said to be so.
    assert (moved[0], *moved[-2:]) == ("manifest.json", "manifest.json", ".before")


# ---- obstacles


def _file(folder: Path) -> None:
    (folder / "tableaux").write_text("x", encoding="utf-8")


def _folder(folder: Path) -> None:
    (folder / "index.html").mkdir()


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "index.html")


def _nowhere(folder: Path) -> None:
    (folder / "tableaux").symlink_to(folder / "absent")


def _both(folder: Path) -> None:
    _file(folder)
    _folder(folder)


@POSIX
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_file, "« tableaux » n’est pas un dossier"),
        (_folder, "« index.html » est un dossier"),
        (_pipe, "« index.html » n’est pas un fichier ordinaire"),
        (_nowhere, "« tableaux » est un lien qui ne mène nulle part"),
        (_both, "« tableaux » n’est pas un dossier : il en faut un de ce nom\n  - « index.html »"),
    ],
)
def test_what_stands_in_the_way_is_told_before_the_work(tmp_path: Path, make, words) -> None:
    make(tmp_path)
    with pytest.raises(OutputError) as refused:
        check_output(tmp_path, names=["index.html", "tableaux/a.csv"])
    assert len(refused.value.defects) == words.count("«")
    assert words in str(refused.value)
    assert "À faire :" in str(refused.value)
    # Found at the end too, by whoever did not know the names before.
    there = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match="rien n’y a été changé"):
        write(tmp_path)
    assert sorted(tmp_path.rglob("*")) == there


def test_a_protected_file_is_an_obstacle(old: Path) -> None:
    (old / "index.html").chmod(0o400)
    if os.access(old / "index.html", os.W_OK):
        pytest.skip("nothing is protected from this user")
    with pytest.raises(OutputError, match="protégé"):
        write(old)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second disk")
def test_a_folder_that_leads_to_another_disk_is_an_obstacle(tmp_path: Path) -> None:
    if Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second disk")
    (tmp_path / "tableaux").symlink_to("/dev/shm")
    with pytest.raises(OutputError, match="mène à un autre disque"):
        write(tmp_path)


def test_nothing_stands_in_the_way_of_a_folder_to_make(tmp_path: Path) -> None:
    check_output(tmp_path / "a" / "b", names=["index.html"])
    assert not list(tmp_path.iterdir())


def test_a_disk_too_small_is_told_before_the_work(small_disk: Path) -> None:  # noqa: F811
    check_output(small_disk, megabytes=0.9)
    # Never as much as is wanted, however near they are.
    with pytest.raises(OutputError, match=r"reste 1 Mo sur le disque .* il en faut 2"):
        check_output(small_disk, megabytes=1.2)
    assert not list(small_disk.iterdir())


def test_a_disk_that_fills_leaves_the_old_report(small_disk: Path) -> None:  # noqa: F811
    folder = small_disk / "out"
    write(folder, "vieux")
    with pytest.raises(OutputError, match="plus de place sur le disque") as refused:
        write(folder, "x" * 600_000)
    assert ".part" not in str(refused.value)
    assert content(folder) == dict.fromkeys(WHOLE, "vieux")


@pytest.fixture
def short_files() -> Iterator[None]:
    """No file beyond 10,000 bytes, as a disk that fills."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("short_files")
def test_a_file_that_cannot_be_finished_leaves_the_old_report(old: Path) -> None:
    with pytest.raises(OutputError, match="plus gros que ce que le système permet"):
        write(old, "x" * 10_001)
    assert content(old) == OLD
    write(old, "x" * 10_000)
    assert len(content(old)["index.html"]) == 10_000


# ---- two runs, and runs that were killed


def test_a_second_run_waits_and_says_so(tmp_path: Path) -> None:
    inside, leave, said = threading.Event(), threading.Event(), []

    def first() -> None:
        with staged(tmp_path) as stage:
            write_text("premier", stage.folder / "index.html")
            inside.set()
            leave.wait()

    def waiting(line: str) -> None:
        said.append(line)
        leave.set()

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait()
    with staged(tmp_path, say=waiting) as stage:
        write_text((tmp_path / "index.html").read_text("utf-8"), stage.folder / "seen.txt")
    thread.join()
    assert len(said) == 1
    assert "Un autre calcul écrit dans" in said[0]
    assert content(tmp_path) == {"index.html": "premier", "seen.txt": "premier"}


def test_a_second_run_does_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_folder, "_PATIENCE", 0.1)
    with staged(tmp_path) as stage:
        write_text("premier", stage.folder / "index.html")
        with pytest.raises(OutputError, match="écrit encore") as refused, staged(tmp_path):
            pass
    assert "À faire : attendez sa fin" in str(refused.value)
    assert content(tmp_path) == {"index.html": "premier"}


def test_a_run_that_waited_makes_again_the_folder_that_the_first_removed(tmp_path: Path) -> None:
    inside, leave = threading.Event(), threading.Event()
    folder = tmp_path / "out"

    def first() -> None:
        with pytest.raises(ValueError, match="x"), staged(folder):
            inside.set()
            leave.wait()
            raise ValueError("x")

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait()
    with staged(folder, say=lambda _: leave.set()) as stage:
        write_text("second", stage.folder / "index.html")
    thread.join()
    assert content(folder) == {"index.html": "second"}


def test_a_folder_that_knows_no_lock_is_told_and_written(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(output_folder, "locked", refuse)
    said: list[str] = []
    with staged(old, say=said.append) as stage:
        write_text("neuf", stage.folder / "index.html")
    assert "ne permet pas de verrouiller un dossier" in said[0]
    assert content(old) == OLD | {"index.html": "neuf"}


def killed(script: str, folder: Path, at: int) -> None:
    """Run a script that kills itself, which leaves a stage behind."""
    command = [sys.executable, "-c", script, str(folder), str(at)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": PYTHONPATH}, check=False)
    assert done.returncode == -9
    assert list(folder.glob(".cpts_geo-*.part"))


KILLED = """
import os, sys
from pathlib import Path
from cpts_geo.writing import output_folder
from cpts_geo.files import write_text
from cpts_geo.writing.output_folder import staged

real, moves = Path.replace, []

def replace(self, target):
    if not self.name.endswith(".part"):
        moves.append(self)
        if len(moves) == int(sys.argv[2]):
            os.kill(os.getpid(), 9)
    return real(self, target)

Path.replace = replace
with staged(Path(sys.argv[1]), last="manifest.json") as stage:
    write_text("tué", stage.folder / "index.html")
    write_text("tué", stage.folder / "manifest.json")
"""


#: A run that replaces nothing but its own, and whose manifest lists it.
OWN = """
from cpts_geo.files import write_json
from cpts_geo.sources.catalogue.catalogue import sha256_of
with staged(Path(sys.argv[1]), last="manifest.json", own=True) as stage:
    for name in ("a.csv", "b.csv"):
        write_text("tué", stage.folder / name)
    outputs = {name: sha256_of(stage.folder / name) for name in ("a.csv", "b.csv")}
    write_json({"outputs": outputs}, stage.folder / "manifest.json")
"""


@POSIX
@pytest.mark.parametrize("before", [(), ("a.csv",)])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_a_killed_run_leaves_nothing_that_the_next_takes_for_another_s(
    tmp_path: Path, before: tuple[str, ...], at: int
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    if before:
        own(folder, *before)
    there = content(folder)
    killed(KILLED.partition("with staged")[0] + OWN, folder, min(at, 3 + 2 * len(before)))
    put_right(folder)
    whole = ["a.csv", "b.csv", "manifest.json"]
    assert content(folder) == there or sorted(content(folder)) == whole
    own(folder, "a.csv", "b.csv")
    assert sorted(content(folder)) == whole


@POSIX
@pytest.mark.parametrize("at", [1, 2, 4, 5])
def test_what_a_killed_run_left_is_put_right_by_the_next(old: Path, at: int) -> None:
    killed(KILLED, old, at)
    with pytest.raises(ValueError, match="x"), staged(old):
        assert {name: content(old)[name] for name in OLD} == OLD
        raise ValueError("x")
    assert content(old) == OLD


CLEANED = """
import os, sys
from pathlib import Path
from cpts_geo.writing import output_folder
from cpts_geo.files import write_text
from cpts_geo.writing.output_folder import staged

def rmtree(folder, **_):
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    for path in files[: int(sys.argv[2])]:
        path.unlink()
    os.kill(os.getpid(), 9)

output_folder.shutil.rmtree = rmtree
with staged(Path(sys.argv[1]), last="manifest.json") as stage:
    for name in ("index.html", "tableaux/a.csv", "manifest.json"):
        write_text("neuf", stage.folder / name)
"""


@POSIX
@pytest.mark.parametrize("cleaned", [0, 1, 3])
def test_a_run_killed_while_it_cleans_up_keeps_its_new_report(old: Path, cleaned: int) -> None:
    killed(CLEANED, old, cleaned)
    with staged(old):
        assert {name: content(old)[name] for name in WHOLE} == WHOLE
    assert content(old) == OLD | WHOLE


def test_parts_of_dead_processes_are_swept_and_no_others(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    living = os.getppid()
    for name in (f"a.csv.{dead.pid}", f"a.csv.{living}", f"b.csv.{dead.pid}", "a.csv", "x.12a"):
        write_text("x", tmp_path / f".{name}.part")
    write_atomically(tmp_path / "a.csv", lambda part: part.write_text("x"))
    left = {re.sub(r"^\.|\.part$", "", path.name) for path in tmp_path.iterdir()}
    assert left == {"a.csv", f"a.csv.{living}", f"b.csv.{dead.pid}", "x.12a"}
    sweep(tmp_path)
    assert f"b.csv.{dead.pid}" not in {path.name[1:-5] for path in tmp_path.iterdir()}
    assert (tmp_path / ".x.12a.part").exists()


# ---- typed paths


def test_a_tilde_means_one_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert typed_path("~/x") == tmp_path / "x"
    assert typed_path("a/~/x") == Path("a/~/x")
    for name, place in (
        ("CPTS_GEO_CACHE", settings.cache_dir),
        ("CPTS_GEO_LOCK", settings.lock_path),
        ("CPTS_GEO_MIRROR", settings.mirror_dir),
    ):
        monkeypatch.setenv(name, "~/x")
        assert place() == tmp_path / "x"


@pytest.mark.parametrize("text", ["", "  ", "~personne-de-ce-nom/x"])
def test_a_path_that_means_no_place_is_refused(text: str) -> None:
    with pytest.raises(PathError, match="À faire :"):
        typed_path(text)
