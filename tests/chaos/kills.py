"""SIGKILL: at a moment of a run, at a change of its folder, of a worker."""

from __future__ import annotations

import os
import signal
import time
from random import Random

from tests.chaos import child
from tests.chaos.runs import (
    Bench,
    Job,
    aftermath,
    contents,
    different,
    ended,
    forget,
    furnished,
    left_over,
    marked,
    output_of,
)


def at_a_moment(bench: Bench, job: Job, draw: Random, share: float) -> tuple[str, list[str]]:
    """Kill a run, or the process that it watches, once a share of its time is gone."""
    _, seconds = bench.whole(job)
    folder = bench.new()
    furnished(bench, job, draw, folder)
    process = bench.start(job.arguments(bench, folder / "out"), folder)
    time.sleep(share * seconds)
    # As a person does (the process she sees), or as a system without memory (the largest).
    watched = [each.pid for each in marked(folder) if each.ppid() == process.pid]
    killed = draw.choice([process.pid, *watched[:1]])
    done = process.poll() is not None
    if not done:
        os.kill(killed, signal.SIGKILL)
    ended(process)
    which = "fini avant" if done else "tué" if killed == process.pid else "calcul tué"
    broken = aftermath(bench, job, folder)
    forget(folder)
    return f"{share * seconds:.1f} s, {which}", broken


def at_a_change(bench: Bench, job: Job, draw: Random, share: float) -> tuple[str, list[str]]:
    """Kill a run when it is about to open, rename or delete a file of its folder."""
    changes = bench.changes(job)
    at = 1 + int(share * changes)
    folder = bench.new()
    furnished(bench, job, draw, folder)
    told = {child.FOLDER: str(output_of(job, folder)), child.COUNT: str(folder / "n")}
    died = bench.run(
        job.arguments(bench, folder / "out"), folder, **told, **{child.DIE_AT: str(at)}
    )
    broken = aftermath(bench, job, folder)
    forget(folder)
    return f"changement {at} sur {changes}{' (fini avant)' * (died.code == 0)}", broken


def of_a_worker(bench: Bench, job: Job, draw: Random, share: float) -> tuple[str, list[str]]:
    """Kill a worker while it holds a territory: the run goes on, and its results are the same."""
    whole, seconds = bench.whole(job)
    folder = bench.new()
    process = bench.start(job.arguments(bench, folder / "out"), folder)
    time.sleep(share * seconds)
    said = "aucun n’était en route"
    while process.poll() is None:
        workers = [each for each in marked(folder) if "spawn_main" in " ".join(each.cmdline())]
        if workers:
            draw.choice(workers).kill()
            said = f"un sur {len(workers)}, après {share * seconds:.1f} s"
            break
        time.sleep(0.05)
    found = ended(process)
    output = output_of(job, folder)
    broken = found.defects() + bench.survivors(folder)
    broken += different(output, contents(whole)) + left_over(output)
    forget(folder)
    return said, broken
