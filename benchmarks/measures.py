"""What a measure is, and how durations and memory are taken."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cpts_geo.french import number

ROOT = Path(__file__).resolve().parent.parent
#: A loop that lasts longer than this, of its own processor time, shares the machine.
CROWDED = 1.15
#: A small process stands between: a child inherits the peak of the process that starts it.
MEASURE_CHILD = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stderr[-500:], used.ru_maxrss,
                  time.perf_counter() - start, used.ru_utime + used.ru_stime]))
"""
#: The same, for a child that measures itself.
RELAY = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"


@dataclass(frozen=True)
class Measure:
    """
    One line of the table.

    ``target`` is an upper bound in ``unit``; None when nothing was promised. ``value`` is None
    when it could not be measured, and ``detail`` says why. ``crowded``: others used the machine.
    """

    name: str
    value: float | None
    unit: str
    target: float | None
    detail: str
    crowded: bool = False

    @property
    def verdict(self) -> str:
        """Tell whether the promise is kept."""
        if self.value is None:
            return "non mesuré"
        if self.target is None:
            return "sans cible"
        if self.value <= self.target:
            return "tenu"
        # A target kept in spite of others is kept; one missed among others says nothing.
        return "machine occupée" if self.crowded else "MANQUÉ"


def median_seconds(work: Callable[[], Any], *, repeats: int, warm_up: bool = True) -> float:
    """Median duration of `work`; what the first run alone pays (imports, caches) is left out."""
    if warm_up:
        work()
    durations = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def median_processor_seconds(work: Callable[[], Any], *, repeats: int = 5) -> float:
    """Median time of the processor that `work` takes, which a loaded machine changes little."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def crowd() -> float:
    """How many times longer a fixed loop takes than its own processor time: 1 on a quiet machine,
    or more where more work waits than there are cores."""
    watch, used = time.perf_counter(), time.process_time()
    sum(n * n for n in range(3_000_000))
    used = time.process_time() - used
    found = (time.perf_counter() - watch) / max(used, 1e-6)
    if hasattr(os, "getloadavg"):
        found = max(found, os.getloadavg()[0] / (os.cpu_count() or 1))
    return found


def watched(group: Callable[[], Sequence[Measure]]) -> list[Measure]:
    """Measures of a group, each told whether others used the machine before or after."""
    before = crowd()
    found = group()
    crowded = max(before, crowd()) > CROWDED
    return [replace(each, crowded=crowded) for each in found]


def calibration_seconds() -> float:
    """Time of the processor of a fixed loop: how fast this machine is, beside a target."""
    return median_processor_seconds(lambda: sum(n * n for n in range(2_000_000)))


def seconds(value: float) -> str:
    return f"{number(value, 2 if value >= 0.1 else 3)} s"


@dataclass(frozen=True)
class Run:
    """
    A command run on its own: seconds, peak memory in MB, seconds of the processor.

    The last two are None when it failed or cannot be measured here, and ``failure`` says why.
    """

    seconds: float
    megabytes: float | None
    failure: str = ""
    processor: float | None = None


def measured(arguments: Sequence[str]) -> Run:
    """Run this Python with arguments, once."""
    if sys.platform == "win32":
        return Run(0.0, None, "non mesurable sous Windows")
    command = [sys.executable, "-c", MEASURE_CHILD, sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return Run(0.0, None, done.stderr.strip()[-200:])
    code, said, peak, duration, processor = json.loads(done.stdout)
    if code:
        return Run(duration, None, f"échec : {said.strip()[-200:]}")
    # macOS counts bytes, Linux kibibytes.
    megabytes = peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
    return Run(duration, megabytes, processor=processor)


def measured_json(arguments: Sequence[str]) -> Any:
    """Run this Python with arguments and give what its last line says, in JSON."""
    if sys.platform == "win32":
        raise RuntimeError("non mesurable sous Windows")
    command = [sys.executable, "-c", RELAY, sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"échec : {done.stderr.strip()[-200:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])
