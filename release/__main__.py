"""Check what would be given to others: ``python3 run.py release [--quick]``.

Wheel and source archive are built and looked into; the wheel is installed where there is no
checkout, and the report, its verification and the notebooks are run from there. ``--quick`` stops
once the archives are looked into.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from release.archives import defects
from run import LAB, PYTHON_IN_VENV, ROOT, say, seconds

QUICK = "--quick"
#: What is run from the installed wheel, in an empty folder: what is said of it, arguments.
JOBS = (
    ("Version", ("--version",)),
    ("Rapport des cinq CPTS", ("report", "--output", "rapport", "--embedded-only")),
    ("Vérification du rapport", ("verify", "rapport")),
    ("Carnets", ("notebooks", "run", "--territory", "asclepios", "--output", "carnets")),
)
#: Variables that would lead to the checkout, or to what this user has fetched.
SET_ASIDE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CPTS_GEO_TYPED", "CPTS_GEO_LOCK")


class ReleaseError(Exception):
    """A step that failed, in French."""


def environment(folder: Path) -> dict[str, str]:
    """Variables that lead neither to the checkout nor to sources fetched here."""
    env = {name: value for name, value in os.environ.items() if name not in SET_ASIDE}
    return env | {"CPTS_GEO_CACHE": str(folder / "cache")}


def step(label: str, command: Sequence[str | Path], *, cwd: Path, env: dict[str, str]) -> str:
    """Run a command far from the checkout; say how long it took, give what it printed."""
    start = time.perf_counter()
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    taken = seconds(time.perf_counter() - start)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise ReleaseError(f"Échec de l’étape « {label} » après {taken} :\n{tail}")
    say(f"  {label} : {taken}")
    return done.stdout


def size(*paths: Path) -> str:
    """Megabytes of files and folders, in French."""
    files = [f for p in paths for f in ([p] if p.is_file() else p.rglob("*")) if f.is_file()]
    weight = sum(file.stat().st_size for file in files) / 1e6
    return f"{len(files)} fichier{'s' if len(files) > 1 else ''}, {weight:.1f} Mo".replace(".", ",")


def build(folder: Path, env: dict[str, str]) -> tuple[Path, Path]:
    """Build the source archive, the wheel from the checkout, and again from that archive."""
    hatch = [sys.executable, "-m", "hatchling", "build"]
    step("Archive des sources", [*hatch, "-t", "sdist", "-d", folder], cwd=ROOT, env=env)
    step("Paquet (wheel)", [*hatch, "-t", "wheel", "-d", folder], cwd=ROOT, env=env)
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "sources", filter="data")
    [top] = (folder / "sources").iterdir()
    again = [*hatch, "-t", "wheel", "-d", folder / "again"]
    step("Paquet, depuis l’archive des sources", again, cwd=top, env=env)
    if (folder / "again" / wheel.name).read_bytes() != wheel.read_bytes():
        raise ReleaseError("L’archive des sources ne redonne pas le même paquet, à l’octet près.")
    return sdist, wheel


def tracked() -> list[str]:
    """Files of the checkout under version control."""
    git = ["git", "ls-files", "-z"]
    try:
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReleaseError("git ne dit pas quels fichiers sont suivis ici.") from error
    return [name for name in listed.decode().split("\0") if name]


def project() -> dict[str, str]:
    """Metadata that pyproject.toml promises."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "Name": told["name"],
        "Version": told["version"],
        "Summary": told["description"],
        "License-Expression": told["license"],
        "Requires-Python": told["requires-python"],
    }


def check(*archives: Path) -> None:
    """Look into archives; ReleaseError lists what is wrong."""
    here = {str(ROOT), str(Path.home())} - {"/", "/root"}
    files, told = tracked(), project()
    if found := [
        line for each in archives for line in defects(each, files, project=told, here=here)
    ]:
        raise ReleaseError("Ces archives ne peuvent être données :\n" + "\n".join(found))
    for each in archives:
        say(f"  {each.name} : {size(each)} ; rien ne manque, rien n’est en trop")


def try_elsewhere(wheel: Path, folder: Path, env: dict[str, str]) -> None:
    """Install the wheel in an environment of its own, and work from an empty folder."""
    python = folder / "env" / PYTHON_IN_VENV
    base = getattr(sys, "_base_executable", None) or sys.executable
    uv = [sys.executable, "-m", "uv"]
    step("Environnement vide", [*uv, "venv", "--python", base, folder / "env"], cwd=folder, env=env)
    pip = [*uv, "pip", "install", "--python", python]
    locked = [*pip, "--require-hashes", "-r", ROOT / LAB]
    step("Bibliothèques du verrou", locked, cwd=folder, env=env)
    step("Installation du paquet", [*pip, "--no-deps", "--no-index", wheel], cwd=folder, env=env)
    work = folder / "travail"
    work.mkdir()
    home = step(
        "Import",
        [python, "-P", "-c", "import cpts_geo; print(cpts_geo.__file__)"],
        cwd=work,
        env=env,
    )
    if not Path(home.strip()).is_relative_to(folder):
        raise ReleaseError(f"Ce n’est pas le paquet installé qui a servi, mais {home.strip()}.")
    command = python.with_name("cpts-geo.exe" if os.name == "nt" else "cpts-geo")
    for label, arguments in JOBS:
        step(label, [command, *arguments], cwd=work, env=env)
    say(f"  Rapport : {size(work / 'rapport')} ; carnets : {size(work / 'carnets')}")


def main(arguments: Sequence[str]) -> int:
    """Check a release; 1 where it is not one."""
    if not {*arguments} <= {QUICK}:
        say(f"Usage : python run.py release [{QUICK}]")
        return 2
    start = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="cpts_geo_release_") as name:
            folder = Path(name).resolve()
            env = environment(folder)
            say("Archives")
            archives = build(folder, env)
            check(*archives)
            if QUICK not in arguments:
                say("Ailleurs, sans ce dossier")
                try_elsewhere(archives[1], folder, env)
            (ROOT / "dist").mkdir(exist_ok=True)
            for each in archives:
                shutil.copy(each, ROOT / "dist" / f".{each.name}.part")
                (ROOT / "dist" / f".{each.name}.part").replace(ROOT / "dist" / each.name)
    except ReleaseError as error:
        say(
            f"\n{error}\nÀ faire : corrigez, puis relancez ; dist/ est resté tel quel.",
            file=sys.stderr,
        )
        return 1
    taken = seconds(time.perf_counter() - start)
    left = " (rien n’a été installé ni exécuté)" if QUICK in arguments else ""
    say(f"Version {project()['Version']} vérifiée en {taken}{left} : {ROOT / 'dist'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
