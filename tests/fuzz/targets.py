"""What is fuzzed: every reader of a file of others, by kind of file, and what it may answer.

A target is a door of the table of broken files (:mod:`tests.cli.test_broken`) and a suffix, or the
reader of a producer's file. ``python -m tests.fuzz.targets NAME FILE`` tries one on a file, with
its parsers in processes apart as in the package, and answers a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpts_geo.errors import CptsGeoError
from cpts_geo.files import listed_outputs
from cpts_geo.foreign import is_invisible
from cpts_geo.sources import _apart
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.catalogue.listing import listed_address
from cpts_geo.sources.fetching._download import _begun
from cpts_geo.sources.fetching._inspection import check_form
from cpts_geo.sources.readers._formats.base import Reader
from cpts_geo.sources.readers.registry import READERS
from cpts_geo.writing.every._kept import is_kept
from tests.cli.test_broken import DOORS

#: Forty texts of eighty characters, and what is said of them.
_LONGEST_LINE = 4_000


@dataclass(frozen=True)
class Target:
    """Reader of a kind of file: its name, that of the file, and whose seeds it takes."""

    name: str
    file: str
    read: Callable[[Path], object]
    seeds: str


#: Door -> suffixes of what it reads, and whose seeds it takes where it has not its own.
_SUFFIXES: Mapping[str, tuple[str, str]] = {
    "perimeter": (".csv .xlsx .ods .xls", ""),
    "polygons": (".gpkg .geojson .kml .kmz .zip .gml .fgb", ""),
    "travel": (".csv .parquet", ""),
    "call_log": (".csv .xlsx", ""),
    "indicators": (".csv", ""),
    "squares": (".csv", ""),
    "aci": (".csv .xlsx", ""),
    "filled": (".csv .xlsx", "indicators"),
    "known_lines": (".csv .xlsx", ""),
    "scenario": (".toml", ""),
    "parameters": (".toml", "scenario"),
    "wordings": (".csv", "call_log"),
    "manifest": (".json", ""),
    "forecast": (".json", "manifest"),
    "lock": (".toml", "lock"),
    "change": (".txt", "change"),
}


def _of_producer(reader: Reader, source: Source) -> Callable[[Path], object]:
    """Read a file as it is read on arrival, its totals apart: they are those of France."""

    def read(path: Path) -> object:
        check_form(path, path.name)
        reader.vintage(path, source)
        return reader.table(path, source)

    return read


def _kept(path: Path) -> object:
    """Read a manifest, or a state, that is taken up again where it can be, and refused never."""
    return listed_outputs(path), is_kept(path.parent, "0" * 64), _begun(path.with_name("body"))


def _listed(path: Path) -> object:
    """Read a list of the files of a data set."""
    return [
        listed_address(path, sources()[key], base="https://exemple.fr/")
        for key in ("insee_bpe_2025", "drees_apl_2023")
    ]


def _targets() -> Iterator[Target]:
    """Every target: doors, what is read again, then readers of producers' files."""
    for door, (suffixes, seeds) in _SUFFIXES.items():
        for suffix in suffixes.split():
            yield Target(f"{door}{suffix}", f"essai{suffix}", DOORS[door], seeds or door)
    yield Target("kept.json", "manifest.json", _kept, "manifest")
    yield Target("state.json", "state.json", _kept, "manifest")
    yield Target("listing.json", "essai.json", _listed, "listing")
    known: dict[str, Source] = {}
    for source in sources().values():
        if source.reader and source.file and source.reader not in known:
            known[source.reader] = source
    for name, source in known.items():
        yield Target(
            f"reader.{name}",
            str(source.file),
            _of_producer(READERS[name], source),
            f"reader.{name}",
        )


TARGETS: dict[str, Target] = {each.name: each for each in _targets()}


def answer_here(
    target: str, arguments: Mapping[str, Any], *, content: bytes = b"", **_bounds: Any
) -> Any:
    """Call in this process what a reader calls in a process apart."""
    module, _, name = target.partition(":")
    # What a library prints there reaches nobody.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = getattr(importlib.import_module(module), name)(content, **arguments)
    head, body = _apart._written(found)
    return body if head["kind"] == "bytes" else json.loads(body)


@contextmanager
def in_this_process() -> Iterator[None]:
    """Let parsers run in this process, where their errors and the code they reach are seen."""
    before = _apart._run_apart
    _apart._run_apart = answer_here
    try:
        yield
    finally:
        _apart._run_apart = before


def wrong(read: Callable[[Path], object], path: Path) -> str:
    """Say what is wrong with the answer of a reader, by what tells it from others; empty where it
    is a result, or a refusal in words with what to do."""
    try:
        read(path)
    except CptsGeoError as error:
        return wrong_words(error)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of a compiled parser is no Exception
        return f"{type(error).__name__} at {_place(error)}"
    return ""


def wrong_words(error: CptsGeoError) -> str:
    """What is wrong with the words of a refusal."""
    said = str(error)
    found = {
        "refusal without a remedy": not error.remedy.strip() or "À faire : " not in said,
        "traceback in a refusal": "Traceback" in said,
        "invisible character in a refusal": any(map(is_invisible, said.replace("\n", ""))),
        "endless line in a refusal": max(map(len, said.split("\n"))) > _LONGEST_LINE,
    }
    return next((what for what, is_so in found.items() if is_so), "")


def _place(error: BaseException) -> str:
    """Last line of the package that an error went through."""
    place, trace = "?", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if "cpts_geo" in file.parts and "tests" not in file.parts:
            place = f"{file.name}:{trace.tb_frame.f_code.co_name}"
        trace = trace.tb_next
    return place


def tried(name: str, content: bytes) -> dict[str, object]:
    """What becomes of a content at the door itself, in how long and how much memory."""
    import resource  # noqa: PLC0415 - absent on Windows

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / TARGETS[name].file
        path.write_bytes(content)
        before = time.process_time()
        what = wrong(TARGETS[name].read, path)
    spent = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    return {"what": what, "seconds": round(spent, 2), "megabytes": peak}


if __name__ == "__main__":
    print(json.dumps(tried(sys.argv[1], Path(sys.argv[2]).read_bytes())))
