"""Headline of every EPCI for both publics; prints time and memory for the benchmarks."""

from __future__ import annotations

import json
import resource
import sys
import time

from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.answer.many import headlines_of
from cpts_geo.capacity.scenario.area import areas_of_epci


def peak() -> float:
    """Largest memory of this process so far, in MB: macOS counts bytes, Linux kibibytes."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6


def main() -> None:
    """Sum the areas, learn from the known lines, answer; no contour is read."""
    start, used = time.perf_counter(), time.process_time()
    areas = areas_of_epci()
    found = [headlines_of(areas, public=public) for public in ("all", "no_mt")]
    everyone = found[0]
    said = {
        "territories": len(areas),
        "draws": DRAWS,
        "unknown": int(everyone["requests_per_year_p50"].isna().sum()),
        "beyond": int((everyone.isna().sum(axis=1) == 3).sum()),
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - used,
        "megabytes": peak(),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
