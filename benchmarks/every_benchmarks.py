"""What all territories at once cost: territories against who makes them.

``python -m benchmarks.every_benchmarks [COUNT ...]``: so many intercommunalités spread over France
(1, 10 and 100 by default; 1255 for all), with their pages and without, by one process, two, and a
dask cluster of two workers. Each measure is a command of its own, into a folder of its own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.measures import calibration_seconds, crowd, measured, seconds
from cpts_geo.french import number
from cpts_geo.sources.embedding import embedded

COUNTS: Final = (1, 10, 100)
WORDS: Final = {"1": "un processus", "2": "deux processus", "cluster": "dask, deux travailleurs"}


def perimeters(count: int, folder: Path) -> Path:
    """Write a file of so many intercommunalités, spread over the list of all."""
    communes = embedded.load_communes()
    codes = sorted(communes["epci"].dropna().unique())
    chosen = codes[:: max(1, len(codes) // count)][:count]
    rows = communes.loc[communes["epci"].isin(chosen), ["epci", "code_insee"]]
    path = folder / f"{count}.csv"
    rows.rename(columns={"epci": "CPTS"}).to_csv(path, index=False)
    return path


@contextmanager
def _who(kind: str) -> Iterator[list[str]]:
    """Options that say who works."""
    if kind != "cluster":
        yield ["--jobs", kind]
        return
    from distributed import LocalCluster  # noqa: PLC0415

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        worker_dashboard_address=None,
    ) as cluster:  # fmt: skip
        yield ["--scheduler", cluster.scheduler_address]


def main(arguments: Sequence[str]) -> int:
    """Measure, and print a line a run."""
    counts = [int(each) for each in arguments] or COUNTS
    table = Table(box=box.SIMPLE, pad_edge=False)
    headers = ("territoires", "pages", "qui", "secondes", "processeur", "mémoire du plus gros")
    for header in headers:
        table.add_column(header, justify="left" if header in ("pages", "qui") else "right")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in counts:
            path = perimeters(count, folder)
            for pages in ("--no-pages", "--pages"):
                for kind, words in WORDS.items():
                    output = folder / f"{count}{pages}{kind}"
                    with _who(kind) as options:
                        run = measured(
                            ["-m", "cpts_geo", "report", "--all", str(path), pages, *options,
                             "--embedded-only", "--output", str(output)]
                        )  # fmt: skip
                    # Workers of a cluster are not processes of the command.
                    own = kind != "cluster" and not run.failure
                    # A measure of minutes is said as it is made.
                    shown = run.failure or seconds(run.seconds)
                    print(f"{count} {pages} : {words}, {shown}", file=sys.stderr, flush=True)
                    table.add_row(
                        str(count), "oui" if pages == "--pages" else "non", words,
                        run.failure or seconds(run.seconds),
                        seconds(run.processor) if own and run.processor else "—",
                        f"{number(run.megabytes)} Mo" if own and run.megabytes else "—",
                    )  # fmt: skip
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    console.print(table)
    console.print(
        f"Boucle d’étalonnage : {seconds(calibration_seconds())} ; "
        f"machine partagée : {number(crowd(), 1)} (1 : seule)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
