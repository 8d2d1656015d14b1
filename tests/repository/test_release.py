"""The check of a release: what it refuses of an archive, and the whole where time is given."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from release import __main__ as verb
from release.archives import contents, defects, wanted
from tests.conftest import ROOT

TRACKED = ("cpts_geo/a.py", "data/b.csv", "notebooks/c.ipynb", "tests/t.py", "LICENSE", "README.md")
HEAD = b"Name: cpts-geo\nVersion: 9\n\nText"
INFO = "cpts_geo-9.dist-info"
WHEEL = {
    "cpts_geo/a.py": b"1",
    "cpts_geo/_data/b.csv": b"2",
    "cpts_geo/_notebooks/c.ipynb": b"3",
    f"{INFO}/METADATA": HEAD,
    f"{INFO}/licenses/LICENSE": b"MIT",
    f"{INFO}/entry_points.txt": b"[console_scripts]\ncpts-geo = cpts_geo.__main__:main\n",
}
SOURCES = {
    "cpts_geo/a.py": b"1", "data/b.csv": b"2", "notebooks/c.ipynb": b"3", "LICENSE": b"MIT",
    "README.md": b"x", "PKG-INFO": HEAD,
}  # fmt: skip


def written(folder: Path, files: Mapping[str, bytes], *, wheel: bool) -> Path:
    """An archive of these files."""
    if wheel:
        path = folder / "cpts_geo-9-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    path = folder / "cpts_geo-9.tar.gz"
    with tarfile.open(path, "w:gz") as opened:
        for name, content in files.items():
            member = tarfile.TarInfo(f"cpts_geo-9/{name}")
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return path


def found(path: Path) -> list[str]:
    """What is wrong with an archive."""
    told = {"Name": "cpts-geo", "Version": "9"}
    return list(defects(path, TRACKED, project=told, here=["/srv/me"]))


@pytest.mark.parametrize(("files", "wheel"), [(WHEEL, True), (SOURCES, False)])
def test_a_whole_archive_has_no_defect(
    tmp_path: Path, files: dict[str, bytes], wheel: bool
) -> None:
    path = written(tmp_path, files, wheel=wheel)
    assert contents(path) == files
    assert found(path) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tests/t.py", b"", "tests/t.py est en trop"),
        ("cpts_geo/__pycache__/a.pyc", b"", "a.pyc est en trop"),
        ("cpts_geo/_data/b.csv", None, "cpts_geo/_data/b.csv manque"),
        (f"{INFO}/licenses/LICENSE", None, "la licence manque"),
        (f"{INFO}/METADATA", None, "aucune métadonnée"),
        (f"{INFO}/METADATA", b"Name: x\nVersion: 9\n", "Name vaut 'x', et non 'cpts-geo'"),
        (f"{INFO}/entry_points.txt", b"", "la commande cpts-geo manque"),
        ("cpts_geo/a.py", b"see /srv/me/x", "a.py dit « /srv/me »"),
        ("cpts_geo/a.py", b"https://me:secret@host/x", "a.py dit « ://me:secret@ »"),
    ],
)
def test_each_defect_is_named(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    files = {**WHEEL, name: content}
    path = written(tmp_path, {n: c for n, c in files.items() if c is not None}, wheel=True)
    [line] = found(path)
    assert words in line


def test_what_is_not_tracked_is_not_given() -> None:
    assert wanted(["notebooks/mine.csv"], wheel=True) == {"cpts_geo/_notebooks/mine.csv"}
    assert wanted(["tests/t.py", "run.py"], wheel=False) == set()


def test_a_failed_step_says_its_last_words_and_leaves_dist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(folder: Path, env: dict[str, str]) -> tuple[Path, Path]:
        verb.step("Essai", [sys.executable, "-c", "exit('plus de place')"], cwd=folder, env=env)
        raise AssertionError

    monkeypatch.setattr(verb, "build", fail)
    monkeypatch.setattr(verb, "ROOT", tmp_path)
    assert verb.main([]) == 1
    said = capsys.readouterr().err
    assert "Échec de l’étape « Essai »" in said
    assert "plus de place" in said
    assert not (tmp_path / "dist").exists()
    assert verb.main(["--vite"]) == 2


@pytest.mark.slow
def test_archives_of_this_checkout_can_be_given(tmp_path: Path) -> None:
    archives = verb.build(tmp_path, verb.environment(tmp_path))
    listed = verb.tracked()
    command = ["git", "ls-files", "-z", "--others", "--exclude-standard"]
    more = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    listed += [name for name in more.split("\0") if name]
    here = [str(ROOT)]
    told = verb.project()
    assert [d for a in archives for d in defects(a, listed, project=told, here=here)] == []


@pytest.mark.full
def test_the_whole_check_of_a_release() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "release"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Carnets : " in done.stdout
