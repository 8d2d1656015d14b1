"""Where results are written: a disk that fills or refuses, a strange path, another run."""

from __future__ import annotations

import subprocess
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from tests.chaos.runs import (
    FETCH,
    Bench,
    Job,
    SkippedError,
    aftermath,
    contents,
    different,
    ended,
    forget,
    furnished,
    left_over,
    output_of,
)

#: Names of folders that are unusual, and legal; the one with an accent, written in two ways.
NAMES = {
    "espaces": "deux  espaces ",
    "accents composés": unicodedata.normalize("NFC", "Équipe été"),
    "accents décomposés": unicodedata.normalize("NFD", "Équipe été"),
    "200 caractères": "x" * 200,
    "tiret en tête": "-sortie",
    "guillemets": "l'« a\"b »",
    "retour à la ligne": "deux\nlignes",
    "signes": "50%;&#$~[a]*?",
    "hors du plan de base": "🩺𝒜",
}
#: What a run needs, temporary files included, and a little more.
_ROOM = "96m"
_FULL = ("plus de place", "Mo sur le disque")
_CLOSED = ("lecture seule", "accès refusé", "protégé")


def _command(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SkippedError(f"pas de commande « {command[0]} »") from error
    if done.returncode:
        raise SkippedError(f"« {command[0]} » refuse : {done.stderr.strip()}")


@contextmanager
def _disk(bench: Bench, size: str) -> Iterator[Path]:
    """A file system of its own, in memory, of this size."""
    folder = bench.new()
    _command("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        (folder / "tmp").mkdir()
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        forget(folder)


def _fill(folder: Path) -> None:
    """Take all the room of a disk."""
    with suppress(OSError), (folder / "plein").open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


def full_disk(bench: Bench, job: Job, draw: Random, share: float) -> tuple[str, list[str]]:
    """Fill the disk of the results, and of temporary files, at a moment of the run."""
    _, seconds = bench.whole(job)
    room = f"{int(200 + 1000 * share)}k" if job is FETCH else _ROOM
    with _disk(bench, room) as folder:
        furnished(bench, job, draw, folder)
        process = bench.start(job.arguments(bench, folder / "out"), folder)
        if job is not FETCH:
            time.sleep(share * seconds)
            _fill(folder)
        found = ended(process)
        broken = found.defects(refused=_FULL)
        if job is FETCH:
            _command("mount", "-o", f"remount,size={_ROOM}", str(folder))
        (folder / "plein").unlink(missing_ok=True)
        said = "fini avant" if found.code == 0 else "refusé"
        return f"{room}, {share * seconds:.1f} s, {said}", broken + aftermath(bench, job, folder)


def read_only_disk(bench: Bench, job: Job, draw: Random) -> tuple[str, list[str]]:
    """Write on a disk that only lets read."""
    with _disk(bench, _ROOM) as folder:
        furnished(bench, job, draw, folder)
        before = contents(folder)
        _command("mount", "-o", "remount,ro", str(folder))
        found = bench.run(job.arguments(bench, folder / "out"), folder)
        broken = found.defects(refused=_CLOSED) + ["accepté"] * (found.code == 0)
        broken += different(folder, before)
        _command("mount", "-o", "remount,rw", str(folder))
        return "disque en lecture seule", broken + aftermath(bench, job, folder)


def protected(bench: Bench, job: Job, draw: Random, share: float) -> tuple[str, list[str]]:
    """Replace a result that may be neither renamed nor deleted; or its folder, one time in four."""
    folder = bench.new()
    furnished(bench, job, draw, folder, always=True)
    output = output_of(job, folder)
    before = contents(output)
    names = sorted(before)
    held = output if share < 0.25 else output / names[int(share * len(names))]
    _command("chattr", "+i", str(held))
    try:
        found = bench.run(job.arguments(bench, folder / "out"), folder)
        broken = found.defects(refused=_CLOSED) + ["accepté"] * (found.code == 0)
        if job.name == "report":
            broken += different(output, before)
    finally:
        _command("chattr", "-i", str(held))
    partly = {
        name: digest
        for name, digest in contents(output).items()
        if not name.startswith("territoires/")
    }
    broken += aftermath(bench, job, folder, partly=partly)
    said = "." if held == output else held.relative_to(output).as_posix()
    forget(folder)
    return f"« {said} » protégé", broken


def two_at_once(bench: Bench, job: Job, draw: Random) -> tuple[str, list[str]]:
    """Two runs in one folder: one waits for the other, and both succeed."""
    whole, seconds = bench.whole(job)
    folder = bench.new()
    furnished(bench, job, draw, folder)
    first = bench.start(job.arguments(bench, folder / "out"), folder)
    apart = draw.random() * seconds / 2
    time.sleep(apart)
    second = bench.start(job.arguments(bench, folder / "out"), folder)
    ends = []
    threads = [threading.Thread(target=lambda p=p: ends.append(ended(p))) for p in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    broken = [said for end in ends for said in end.defects()] + bench.survivors(folder)
    output = output_of(job, folder)
    broken += different(output, contents(whole)) + left_over(output)
    forget(folder)
    return f"à {apart:.1f} s l’un de l’autre", broken


def strange_path(bench: Bench, job: Job, name: str) -> tuple[str, list[str]]:
    """Results, temporary files and cache under an unusual name, typed from where it is."""
    top = bench.new()
    folder = top / NAMES[name]
    (folder / "tmp").mkdir(parents=True)
    given = job.arguments(bench, Path(NAMES[name], "out"))
    at = given.index("--output")
    given[at : at + 2] = [f"--output={given[at + 1]}"]
    found = ended(bench.start(given, folder, cwd=top))
    output = output_of(job, folder)
    broken = found.defects()
    broken += different(output, contents(bench.whole(job)[0])) + left_over(output)
    broken += aftermath(bench, job, folder)
    forget(top)
    return name, broken
