"""Fuzz every reader of foreign files for some seconds each: ``python -m tests.fuzz --seconds N``.

Each target runs in a process of its own, guided by the code that it reaches (atheris: Linux, Python
before 3.14), its parsers in that process too. What went wrong there is tried again at the door
itself, where parsers run apart: a crash is what no refusal tells; what the door refuses even so is
contained. The code is 1 where there is a crash, whose smallest content is kept.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import PYTHONPATH
from tests.fuzz.child import fuzz
from tests.fuzz.targets import TARGETS, Target

#: A target that ends before its time starts again, so many times at most.
_STARTS = 200
#: Of the processor: what a machine under load slows down is no hang.
_HANG_S = 10
_MEMORY_MB = 1_024
#: Parsers apart have a minute at most (bounds of the package).
_TRY_S = 120
_WORDS = 400


@dataclass
class Found:
    """What was found in a target."""

    target: str
    tries: int = 0
    corpus: int = 0
    crashes: dict[str, Path] = field(default_factory=dict)
    contained: dict[str, Path] = field(default_factory=dict)

    def told(self) -> str:
        """Give a line, then one for each crash."""
        line = (
            f"{self.target:36} {self.tries:>9} tries {self.corpus:>6} kept "
            f"{len(self.crashes):>3} crashes {len(self.contained):>3} contained"
        )
        said = [f"  CRASH {what}: {path}" for what, path in self.crashes.items()]
        said += [f"  contained {what}: {path}" for what, path in self.contained.items()]
        return "\n".join([line, *said])


def _seeds(target: Target, folder: Path, place: Path) -> None:
    """Copy the seeds of a target, and write the words that they are made of."""
    place.mkdir(parents=True, exist_ok=True)
    suffix = "" if target.name.startswith("reader.") else Path(target.file).suffix
    # Those of its own door too, where it takes those of another.
    for whose in {target.seeds, target.name.removesuffix(suffix)}:
        for path in (folder / f"{whose}{suffix}").glob("*"):
            shutil.copy(path, place / path.name)
    texts = b"\n".join(path.read_bytes() for path in sorted(place.iterdir()))
    found = dict.fromkeys(re.findall(rb"[\w.:/=-]{3,24}|[^\w\s]", texts))
    # Words of what is no text would be noise.
    if suffix not in (".xlsx", ".ods", ".xls", ".kmz", ".zip", ".gpkg", ".parquet", ".fgb"):
        lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in found]
        words = "\n".join(lines[:_WORDS])
        place.parent.joinpath(f"{target.name}.dict").write_text(f"{words}\n")


def campaign(target: Target, seeds: Path, *, folder: Path, seconds: int) -> Found:
    """Fuzz a target for some seconds, and try again at its door what went wrong."""
    out, own = folder / target.name, folder / f"{target.name}.seeds"
    out.mkdir(parents=True, exist_ok=True)
    _seeds(target, seeds, own)
    end = time.monotonic() + seconds
    for start in range(_STARTS):
        left = int(end - time.monotonic())
        if start and left < 2:
            break
        options = {"out": out, "seconds": max(left, 1), "seed": 19 + start}
        forked = multiprocessing.get_context("fork").Process(
            target=fuzz, args=(target.name, own), kwargs=options
        )
        forked.start()
        forked.join(seconds + _TRY_S)
        forked.kill()
        forked.join()
        # What ends the process would end it at once the next time.
        ended = {path.read_bytes() for path in out.glob("ended-*")}
        for path in [*own.iterdir(), *out.glob("corpus/*")]:
            if path.read_bytes() in ended:
                path.unlink()
    tries = sum(int(path.read_text() or 0) for path in out.glob("tries-*"))
    found = Found(target.name, tries, len([*(out / "corpus").glob("*")]))
    for what, path in _ends(out):
        told = _at_the_door(target, path)
        (found.crashes if told else found.contained)[told or what] = path
    return found


def _ends(out: Path) -> Iterator[tuple[str, Path]]:
    """What went wrong in the process of a target: errors, then how it ended."""
    for path in sorted(out.glob("found-*.json")):
        yield json.loads(path.read_bytes())["what"], path.with_suffix(".bin")
    ended = sorted(out.glob("ended-*"), key=lambda path: path.stat().st_size)
    for kind in ("crash", "timeout", "oom", "slow-unit"):
        for path in [each for each in ended if each.name.startswith(f"ended-{kind}")][:3]:
            yield f"{kind} {path.name[-8:]}", path


def _at_the_door(target: Target, path: Path) -> str:
    """Say what is wrong with what the door makes of a file; empty where nothing is."""
    command = [sys.executable, "-m", "tests.fuzz.targets", target.name, str(path.resolve())]
    try:
        # Elsewhere: what stands in the current folder is no library of a process apart.
        done = subprocess.run(
            command, cwd=path.parent, env={**os.environ, "PYTHONPATH": PYTHONPATH},
            capture_output=True, timeout=_TRY_S, check=False, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"hangs (over {_TRY_S} s)"
    if done.returncode:
        return f"ends with {done.returncode}"
    told = json.loads(done.stdout.splitlines()[-1])
    if told["seconds"] > _HANG_S:
        return f"hangs ({told['seconds']} s)"
    if told["megabytes"] > _MEMORY_MB:
        return f"takes {told['megabytes']} MB"
    return str(told["what"])


def main() -> int:
    """Run the campaign that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="of each target")
    parser.add_argument("--only", action="append", help="start of a name of target; repeatable")
    parser.add_argument("--seeds", type=Path, help="folder of seeds, gathered there if absent")
    parser.add_argument("--out", type=Path, help="folder of what is found; a temporary one")
    asked = parser.parse_args()
    folder = asked.out or Path(tempfile.mkdtemp(prefix="cpts_geo-fuzz-"))
    seeds = asked.seeds or folder / "seeds"
    # A process that is forked keeps no thread of a library of numbers.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if not seeds.is_dir():
        subprocess.run([sys.executable, "-m", "tests.fuzz.seeds", str(seeds)], check=True)
    chosen = [t for n, t in TARGETS.items() if not asked.only or n.startswith(tuple(asked.only))]
    every = []
    for target in chosen:
        every.append(campaign(target, seeds, folder=folder, seconds=asked.seconds))
        print(every[-1].told(), flush=True)
    crashes = sum(len(found.crashes) for found in every)
    tries = sum(found.tries for found in every)
    contained = sum(len(found.contained) for found in every)
    print(
        f"{len(every)} targets, {tries} tries, {crashes} crashes, {contained} contained: {folder}"
    )
    return int(crashes > 0)


if __name__ == "__main__":
    sys.exit(main())
