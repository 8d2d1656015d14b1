"""One target fuzzed with atheris, in a process that is forked from the one that imports this.

Code is instrumented as it is imported, which takes longer than many a target: it is done once.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import tempfile
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cpts_geo", "tomllib", "zipfile", "csv"]):
    from tests.fuzz.targets import TARGETS, in_this_process, wrong

#: Bytes of memory of a try, beyond what the libraries take.
MEMORY_MB = 1_024
HANG_S = 10
LONGEST = 131_072
_ZIPS = (".xlsx", ".ods", ".kmz", ".zip")


def _mutated(content: bytes, most: int, seed: int) -> bytes:
    """Mutate a member of an archive, whose checksums stay right; any other content as it is."""
    try:
        if seed % 8 == 0:
            raise ValueError
        if content[:2] == b"\x1f\x8b":
            plain = zlib.decompressobj(31).decompress(content, LONGEST)
            return zlib.compress(atheris.Mutate(plain, LONGEST), 1, 31)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {
                info.filename: archive.open(info).read(LONGEST) for info in archive.infolist()
            }
        chosen = sorted(members)[seed // 8 % len(members)]
        members[chosen] = bytes(atheris.Mutate(members[chosen], LONGEST))
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in members.items():
                archive.writestr(zipfile.ZipInfo(name), part)
        return made.getvalue()[:most]
    except Exception:
        return bytes(atheris.Mutate(content, most))


class _Fuzzed:
    """A target as atheris calls it: what is wrong is kept, the smallest content of each kind."""

    def __init__(self, name: str, out: Path) -> None:
        self.target = TARGETS[name]
        self.out = out
        self.tries, self.told = 0, 0.0
        self.found: dict[str, int] = {}
        for path in out.glob("*.json"):
            told = json.loads(path.read_bytes())
            if "what" in told:
                self.found[told["what"]] = told["bytes"]
        self.path = Path(tempfile.mkdtemp(dir=out)) / self.target.file

    def __call__(self, content: bytes) -> None:
        self.tries += 1
        if time.monotonic() > self.told + 1:
            self.told = time.monotonic()
            (self.out / f"tries-{os.getpid()}").write_text(str(self.tries))
        self.path.write_bytes(content)
        what = wrong(self.target.read, self.path)
        if what and len(content) < self.found.get(what, sys.maxsize):
            self.found[what] = len(content)
            stem = self.out / f"found-{zlib.crc32(what.encode()):08x}"
            stem.with_suffix(".bin").write_bytes(content)
            told = {"what": what, "bytes": len(content)}
            stem.with_suffix(".json").write_text(json.dumps(told))


def fuzz(name: str, seeds: Path, *, out: Path, seconds: int, seed: int) -> None:
    """Fuzz a target for some seconds; the process ends there."""
    os.nice(5)
    with (out / "log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    call = _Fuzzed(name, out)
    corpus = out / "corpus"
    corpus.mkdir(exist_ok=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    options = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-timeout={HANG_S}",
        f"-rss_limit_mb={peak + MEMORY_MB}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={out}/ended-",
        f"-seed={seed}",
        "-verbosity=0",
        str(corpus),
        str(seeds),
    ]
    words = out.parent / f"{name}.dict"
    if words.is_file():
        options.insert(1, f"-dict={words}")
    mutator: dict[str, Callable[..., bytes]] = {}
    if self_packed(name):
        mutator = {"custom_mutator": _mutated}
    warnings.simplefilter("ignore")
    with in_this_process():
        atheris.Setup(options, call, **mutator)
        atheris.Fuzz()


def self_packed(name: str) -> bool:
    """Whether a target reads archives, whose members are what is mutated."""
    return Path(TARGETS[name].file).suffix.lower() in (*_ZIPS, ".gz")
