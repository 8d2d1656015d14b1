"""Headline of every EPCI, one after the other; prints time and memory for the benchmarks."""

from __future__ import annotations

import json
import resource
import sys
import time

import pandas as pd

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.scenario.loading import scenario_from_population
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.sources.embedding import embedded

DRAWS = 10_000


def peak() -> float:
    """Largest memory of this process so far, in MB: macOS counts bytes, Linux kibibytes."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6


def main() -> None:
    """Read the populations, and no contour: the peak must be that of the headlines."""
    communes = pd.read_parquet(
        embedded.verified("communes.parquet"), columns=["epci", "population"]
    )
    people = communes.groupby("epci")["population"].sum()
    start, used = time.perf_counter(), time.process_time()
    beyond = 0
    for population in people:
        try:
            headline(scenario_from_population(float(population)), draws=DRAWS)
        except DemandTooLargeError:
            beyond += 1
    found = {
        "territories": len(people),
        "draws": DRAWS,
        "beyond": beyond,
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - used,
        "megabytes": peak(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
