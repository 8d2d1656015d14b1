"""What it costs to read producers' files: workbook, long CSV, streamed register, layer."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measures import ROOT, Measure, Run, measured, median_seconds, seconds
from benchmarks.samples import write_bpe_long, write_rpps
from cpts_geo import settings
from cpts_geo.french import number
from cpts_geo.geography.figures.national import load_national
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.fetch import fetch
from cpts_geo.sources.fetching.parsed import load_source

#: Real files that a mirror may hold; without them the lines on real files are not measured.
_REAL = ("drees_apl_2023", "insee_bpe_2017", "insee_bpe_2024", "insee_rp_2022")
_READ = """
import sys
from pathlib import Path
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.readers.registry import READERS
source = sources()[sys.argv[1]]
table = READERS[source.reader].table(Path(sys.argv[2]), source)
print(len(table))
"""


@contextmanager
def own_cache(folder: Path) -> Iterator[None]:
    """Keep the user's cache out of it."""
    names = {"CPTS_GEO_CACHE": str(folder / "cache"), "CPTS_GEO_LOCK": str(folder / "lock.toml")}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def bench_sources(folder: Path) -> list[Measure]:
    """Every line on sources."""
    with own_cache(folder):
        return [*bench_real(), *bench_generated(folder)]


def bench_real() -> list[Measure]:
    """Parse the real APL workbook, read it again, and load the national layer."""
    names = ("Classeur APL lu", "Classeur APL relu du parquet", "Couche nationale depuis le cache")
    mirror = (ROOT / settings.OFFICIAL_DIR).resolve()
    if not mirror.is_dir():
        detail = "fichiers des producteurs absents : CPTS_GEO_OFFICIAL"
        return [Measure(name, None, "s", None, detail) for name in names]
    fetch(_REAL, mirror=mirror, offline=True)
    start = time.perf_counter()
    rows = len(load_source("drees_apl_2023"))
    parsed = time.perf_counter() - start
    again = median_seconds(lambda: load_source("drees_apl_2023"), repeats=5)
    communes = embedded.load_communes()
    start = time.perf_counter()
    layer = load_national(communes)
    compiled = time.perf_counter() - start
    load = median_seconds(lambda: load_national(communes), repeats=5)
    return [
        Measure(names[0], parsed, "s", 6.0, f"{number(rows)} lignes, deux millésimes, contrat"),
        Measure(names[1], again, "s", None, "verrou relu, parquet zstd"),
        Measure(
            names[2],
            load,
            "s",
            0.3,
            f"{number(len(layer.figures))} communes ; compilée en {seconds(compiled)}, une fois",
        ),
    ]


def bench_generated(folder: Path) -> list[Measure]:
    """Read files generated in the real layouts, each in a process of its own."""
    bpe, rpps = folder / "DS_BPE_2025_CSV_FR.zip", folder / "rpps.txt"
    write_bpe_long(bpe)
    write_rpps(rpps)
    return [
        *_lines(
            "BPE, 2,3 millions de lignes",
            measured(["-c", _READ, "insee_bpe_2025", str(bpe)]),
            bpe,
            limits=(4.0, 600.0),
        ),
        *_lines(
            "RPPS, 2,2 millions de lignes",
            measured(["-c", _READ, "ans_rpps", str(rpps)]),
            rpps,
            limits=(60.0, 500.0),
        ),
    ]


def _lines(name: str, run: Run, path: Path, *, limits: tuple[float, float]) -> list[Measure]:
    size = f"fichier généré de {number(path.stat().st_size / 1e6)} Mo"
    if run.failure:
        return [Measure(name, None, "s", limits[0], run.failure)]
    detail = f"{size} ; processus entier, bibliothèques comprises"
    return [
        Measure(f"{name} : durée", run.seconds, "s", limits[0], detail),
        Measure(f"{name} : mémoire", run.megabytes, "Mo", limits[1], detail),
    ]
