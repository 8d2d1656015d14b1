"""Seeds: small files of each kind, of the table of broken files and of other tests.

``python -m tests.fuzz.seeds FOLDER`` writes them. As a plugin of pytest, it copies what tests give
to the readers into the folder that CPTS_GEO_SEEDS names.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cpts_geo.sources import door as doors
from cpts_geo.sources.readers._formats.base import Reader
from cpts_geo.sources.readers.registry import READERS
from tests.cli.test_broken import CASES, made

#: A larger file slows every try down; an empty GeoPackage has about 100 kB.
LARGEST = 131_072
FOLDER = "CPTS_GEO_SEEDS"
#: Tests that read files of every kind.
TESTS = (
    "tests/sources/analyst",
    "tests/sources/readers",
    "tests/capacity/scenario/test_scenario_file.py",
    "tests/capacity/checks/forecast",
)
_LOCK = """[insee_cog_communes_2026]
file = "v_commune_2026.csv"
bytes = 3
sha256 = "{0}"
fetched = "2026-11-30"
address = "https://exemple.fr/a.csv"
vintage = "2026"
"""
_MANIFEST = """{"date": "2026-11-30", "versions": {"cpts_geo": "0.2.0"}, "inputs": {},
"outputs": {"index.html": "DIGEST"}, "outputs_before": {},
"parameters": {"draws": 10, "territories": ["bg"]},
"content": "DIGEST", "validator": "x", "total": 9,
"forecasts": {"bg": {"territory": "bg", "made": "2026-11-30", "version": "1", "scenario": "",
"public": "all", "least_inside": 0.5, "months": [{"month": "2027-01", "p10": 9.0, "p50": 12.0,
"p90": 15.0}]}}}"""
WRITTEN = {
    ("lock", ".toml"): [_LOCK.format("0" * 64)],
    ("manifest", ".json"): [_MANIFEST.replace("DIGEST", "0" * 64)],
    ("change", ".txt"): ["départ:Pithiviers", "arrivée:Dry:5400", "départ:Dry\narrivée:Baule:2"],
    ("call_log", ".csv"): ["valeur;sens\nSans suite;autre\nRDV;rendez-vous\n"],
    ("listing", ".json"): [
        '{"resources": [{"title": "apl_2023.xlsx", "url": "a", "last_modified": "2026-01-01"}]}',
        '{"product": [{"title": {"fr": "BPE 2025"}, "accessURL": "b.zip", "language": "fr",'
        ' "packageFormat": "CSV", "issued": "2025"}]}',
    ],
    ("scenario", ".toml"): ["[target]\nvalue = 0.9\ntext = \"x\"\ngrade = \"C\"\n"],
}  # fmt: skip


def keep(folder: Path, whose: str, *, suffix: str, content: bytes) -> None:
    """Copy a seed into the folder of those who read such files."""
    if 0 < len(content) <= LARGEST:
        place = folder / f"{whose}{suffix}"
        place.mkdir(parents=True, exist_ok=True)
        (place / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


def write_seeds(folder: Path) -> None:
    """Write the seeds of this module, and those of the table of broken files."""
    for (whose, suffix), texts in WRITTEN.items():
        for text in texts:
            keep(folder, whose, suffix=suffix, content=text.encode())
    for case in CASES:
        if case.door in ("command", "fetched"):
            continue
        with tempfile.TemporaryDirectory() as place:
            try:
                path = made(case, Path(place))
                if path.is_file() and path.stat().st_size <= LARGEST:
                    keep(folder, case.door, suffix=path.suffix.lower(), content=path.read_bytes())
            except (OSError, ValueError, pytest.skip.Exception):
                continue


def _copies(call: Callable[..., Any], whose: Callable[[Any], str], at: int) -> Callable[..., Any]:
    """Make a reader copy the file that it is given."""

    def copied(*arguments: Any, **options: Any) -> Any:
        path = Path(arguments[at])
        if path.is_file() and path.stat().st_size <= LARGEST:
            suffix = "" if at else path.suffix.lower()
            keep(
                Path(os.environ[FOLDER]),
                whose(arguments[1 - at]),
                suffix=suffix,
                content=path.read_bytes(),
            )
        return call(*arguments, **options)

    return copied


def pytest_configure(config: pytest.Config) -> None:
    """Copy what is read from now on."""
    if FOLDER not in os.environ:
        return
    names = {id(reader): name for name, reader in READERS.items()}
    doors._check_file = _copies(doors._check_file, lambda door: str(door.key), 0)

    def reader_name(reader: Reader) -> str:
        return f"reader.{names.get(id(reader), 'other')}"

    table: Callable[..., pd.DataFrame] = Reader.table
    Reader.table = _copies(table, reader_name, 1)  # type: ignore[method-assign]


def gather(folder: Path) -> None:
    """Write every seed: those of this module, then what other tests read."""
    write_seeds(folder)
    options = ["-q", "-n", "0", "-p", "tests.fuzz.seeds", "-p", "no:cacheprovider"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, *TESTS],
        env={**os.environ, FOLDER: str(folder)},
        stdout=subprocess.DEVNULL,
        check=False,
    )


if __name__ == "__main__":
    gather(Path(sys.argv[1]))
