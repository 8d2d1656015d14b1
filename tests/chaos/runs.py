"""Commands that a campaign runs, what each leaves when nothing disturbs it, and the three rules."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import psutil

from cpts_geo.sources.catalogue.lock import read_lock
from tests.chaos import child
from tests.conftest import PYTHONPATH, ROOT
from tests.writing.notebooks.small import write

#: Three territories, small and far from each other.
PERIMETERS: Final = """CPTS,commune,code_insee
Alpha,Dry,45130
Alpha,Baule,45024
Beta,Pithiviers,45252
Beta,Pithiviers-le-Vieil,45253
Gamma,Challans,85047
"""
#: What says which files were fetched, in the folder that holds them.
_LOCK: Final = "sources.lock.toml"
#: Variable that marks every process of a run, those that it starts included.
_MARK: Final = "CHAOS_RUN"
#: Seconds that what a killed run started has to end.
_GRACE: Final = 30.0
#: More than any run takes, on a busy machine.
_PATIENCE: Final = 900.0


class SkippedError(Exception):
    """What this machine lacks, in French."""


@dataclass(frozen=True)
class Job:
    """A command: its arguments for an output folder; what fetches has none, and fills its cache."""

    name: str
    arguments: Callable[[Bench, Path], list[str]]
    #: What another run of it left there before, in the same folder: other arguments.
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str
    seconds: float

    def defects(self, *, refused: tuple[str, ...] = ()) -> list[str]:
        """What is wrong with it: it had to succeed, or to be refused with one of these words."""
        shown = self.out + self.err
        if "Traceback" in shown:
            return [f"une trace de Python est montrée : {shown[-300:]}"]
        if self.code == 0:
            return []
        said = f"code {self.code} : {self.err[-300:]}"
        if not refused:
            return [said]
        well = self.code == 1 and "À faire :" in self.err
        return [] if well and any(word in self.err for word in refused) else [said]


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of each file that a person sees: neither locks nor what is being written."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.endswith((".part", ".lock", ".partial")) for part in name.parts):
            continue
        if path.is_file():
            found[name.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def half_done(folder: Path, *whole: Mapping[str, str]) -> list[str]:
    """First rule: under its final name, a file is whole, and a manifest lists what is there."""
    found = contents(folder)
    broken = [
        f"« {name} » n’est d’aucun calcul entier"
        for name, digest in found.items()
        if name != _LOCK and digest not in {each.get(name) for each in whole}
    ]
    # A line a file, each written once the file is there.
    locked = read_lock(folder / _LOCK) if _LOCK in found else {}
    broken += [
        f"« {_LOCK} » nomme « {entry.file} », qui n’est pas le même"
        for entry in locked.values()
        if found.get(entry.file) != entry.sha256
    ]
    for name in [name for name in found if name.endswith("manifest.json")]:
        listed = json.loads((folder / name).read_text("utf-8"))["outputs"]
        beside = Path(name).parent
        broken += [
            f"« {name} » liste « {other} », qui n’est pas le même"
            for other, digest in listed.items()
            if found.get((beside / other).as_posix()) != digest
        ]
    return broken


def left_over(folder: Path) -> list[str]:
    """What is neither a result nor wanted, once a run has ended well."""
    stray = [path for path in folder.rglob("*") if path.name.startswith(".cpts_geo")]
    stray += [path for path in folder.rglob("*.part") if path not in stray]
    return [f"reste « {path.relative_to(folder)} »" for path in stray]


def different(folder: Path, whole: Mapping[str, str]) -> list[str]:
    """Third rule: a run that succeeds leaves what an undisturbed one does, to the byte."""
    found = contents(folder)
    return [
        f"« {name} » diffère"
        if name in found and name in whole
        else f"« {name} » de trop ou absent"
        for name in sorted({*found, *whole})
        if found.get(name) != whole.get(name)
    ]


@dataclass
class Bench:
    """Where a campaign works: its folder, and what undisturbed runs left, made when first asked."""

    folder: Path
    #: Address of the server of sources.
    site: str = ""
    _kept: dict[str, tuple[Path, float]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "perimetres.csv").write_text(PERIMETERS, encoding="utf-8")
        cells = ("# Essai", 'territory = "asclepios"', "print(territory)")
        for number in (1, 2):
            write(self.folder / "notebooks" / f"0{number}_essai.ipynb", *cells)

    def new(self) -> Path:
        """An empty folder for a round."""
        folder = self.folder / "rounds" / uuid.uuid4().hex[:12]
        (folder / "tmp").mkdir(parents=True)
        return folder

    def environment(self, folder: Path, more: Mapping[str, str]) -> dict[str, str]:
        """Variables of a run, none of which leads to what this user has fetched."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CPTS_GEO", "CHAOS_"))}
        own = {
            "PYTHONPATH": PYTHONPATH,
            "CPTS_GEO_CACHE": str(folder / "cache"),
            "CPTS_GEO_LOCK": str(folder / "cache" / _LOCK),
            "NO_PROXY": "127.0.0.1",
            "TMPDIR": str(folder / "tmp"),
            child.SITE: self.site,
            _MARK: str(folder),
        }
        return kept | own | dict(more)

    def start(
        self, arguments: list[str], folder: Path, *, cwd: Path = ROOT, **more: str
    ) -> subprocess.Popen[str]:
        """Start a command as from a terminal; `more` are variables of the environment."""
        wrapped = bool(more) or arguments[0] == "data"
        module = "tests.chaos.child" if wrapped else "cpts_geo"
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=cwd,
            env=self.environment(folder, more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, arguments: list[str], folder: Path, **more: str) -> Ended:
        """Run a command to its end."""
        return ended(self.start(arguments, folder, **more))

    def whole(self, job: Job, *, before: bool = False) -> tuple[Path, float]:
        """The output of an undisturbed run, and its seconds; of the one before, which differs."""
        key = f"{job.name} avant" if before else job.name
        with self._lock:
            if key not in self._kept:
                folder = self.new()
                given = [*job.arguments(self, folder / "out"), *(job.before if before else ())]
                found = self.run(given, folder)
                if found.code:
                    raise RuntimeError(f"{key} : {found.err}")
                self._kept[key] = output_of(job, folder), found.seconds
            return self._kept[key]

    def changes(self, job: Job) -> int:
        """How many times an undisturbed run changes its output folder."""
        key = f"{job.name} compté"
        with self._lock:
            if key not in self._kept:
                folder = self.new()
                given = job.arguments(self, folder / "out")
                told = {child.FOLDER: str(output_of(job, folder)), child.COUNT: str(folder / "n")}
                self.run(given, folder, **told)
                self._kept[key] = folder, float((folder / "n").stat().st_size)
            return int(self._kept[key][1])

    def survivors(self, folder: Path) -> list[str]:
        """What a run started and outlives it, after a while: told, then ended."""
        limit = time.monotonic() + _GRACE
        while (alive := _marked(folder)) and time.monotonic() < limit:
            time.sleep(0.1)
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        return [f"un processus lui survit : {each.pid}" for each in alive]


def output_of(job: Job, folder: Path) -> Path:
    """Where the results of a job are, in the folder of a round."""
    return folder / ("cache" if job.name == "data fetch" else "out")


def _marked(folder: Path) -> list[psutil.Process]:
    """Processes of a run."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            mine = process.environ().get(_MARK) == str(folder)
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def marked(folder: Path) -> list[psutil.Process]:
    """Processes of a run, that a fault may choose from."""
    return _marked(folder)


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for the end of a run."""
    start = time.monotonic()
    try:
        out, err = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
        err += "\nne finit pas"
    return Ended(process.returncode, out, err, time.monotonic() - start)


def aftermath(
    bench: Bench, job: Job, folder: Path, *, partly: Mapping[str, str] | None = None
) -> list[str]:
    """After a fault: what is there is whole, nothing survives, and a second run succeeds.

    What speaks of all speaks of fewer where some could not be written: `partly`.
    """
    output = output_of(job, folder)
    whole, _ = bench.whole(job)
    olds = [contents(bench.whole(job, before=True)[0])] if job.before else []
    broken = bench.survivors(folder)
    broken += half_done(output, contents(whole), *olds, partly or {})
    again = bench.run(job.arguments(bench, folder / "out"), folder)
    broken += [f"relancé : {said}" for said in again.defects()]
    if again.code == 0:
        broken += different(output, contents(whole)) + left_over(output)
    return broken


def furnished(bench: Bench, job: Job, draw: Random, folder: Path, *, always: bool = False) -> None:
    """One time in two, leave in the folder of a round the results of an earlier run."""
    if job.before and (always or draw.choice((True, False))):
        shutil.copytree(bench.whole(job, before=True)[0], output_of(job, folder))


def forget(folder: Path) -> None:
    """Make room."""
    shutil.rmtree(folder, ignore_errors=True)


_DRAWS: Final = ["--embedded-only", "--draws", "1000"]


def _every(bench: Bench, output: Path) -> list[str]:
    listed = str(bench.folder / "perimetres.csv")
    return ["report", "--all", listed, "--jobs", "2", "--output", str(output), *_DRAWS]


def _notebooks(bench: Bench, output: Path) -> list[str]:
    own = str(bench.folder / "notebooks")
    return [
        "notebooks",
        "run",
        "--territory",
        "asclepios",
        "--notebooks",
        own,
        "--output",
        str(output),
    ]


REPORT: Final = Job(
    "report",
    lambda _, output: ["report", "asclepios", "--output", str(output), *_DRAWS],
    before=("--draws", "1100"),
)
EVERY: Final = Job(
    "report --all --no-pages",
    lambda bench, output: [*_every(bench, output), "--no-pages"],
    before=("--draws", "1100"),
)
PAGES: Final = Job("report --all", _every)
FETCH: Final = Job("data fetch", lambda _, __: ["data", "fetch", *child.FETCHED])
NOTEBOOKS: Final = Job("notebooks run", _notebooks)
