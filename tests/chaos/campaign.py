"""Faults of every kind, then the three rules: ``python3 run.py chaos [--rounds N] [--seed S]``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from run import say, seconds
from tests.chaos import kills, places, runs, surroundings
from tests.chaos.child import serve
from tests.chaos.runs import Bench, SkippedError
from tests.http_server import running_site

#: A round: what was done, in French, and the rules that were broken.
Round = Callable[[Bench, Random], tuple[str, list[str]]]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its name, and its rounds for a number asked for."""

    name: str
    rounds: Callable[[int], list[Round]]


def _spread(how: Callable[..., tuple[str, list[str]]], job: runs.Job, share: float = 1) -> Kind:
    """So many rounds, each at random in its own part of the time of a run."""

    def rounds(asked: int) -> list[Round]:
        count = max(1, round(asked * share))

        def one(rank: int) -> Round:
            return lambda bench, draw: how(bench, job, draw, (rank + draw.random()) / count)

        return [one(rank) for rank in range(count)]

    return Kind(f"{_TOLD[how]} : {job.name}", rounds)


def _listed(name: str, rounds: Sequence[Round]) -> Kind:
    """Rounds that are a list, whatever the number asked for."""
    return Kind(name, lambda _: list(rounds))


def _at(
    case: Callable[..., tuple[str, list[str]]], job: runs.Job, bench: Bench, draw: Random
) -> tuple[str, list[str]]:
    return case(bench, job, draw)


def _named(
    case: Callable[..., tuple[str, list[str]]], job: runs.Job, name: str, bench: Bench, _: Random
) -> tuple[str, list[str]]:
    return case(bench, job, name)


def _changed(name: str, bench: Bench, draw: Random) -> tuple[str, list[str]]:
    return surroundings.changed_byte(bench, name, draw)


_TOLD: Final = {
    kills.at_a_moment: "tué à un moment",
    kills.at_a_change: "tué en écrivant",
    kills.of_a_worker: "un travailleur tué",
    places.full_disk: "disque plein",
    places.protected: "résultat protégé",
}
_JOBS: Final = (runs.REPORT, runs.EVERY, runs.FETCH, runs.NOTEBOOKS)
KINDS: Final = (
    _spread(kills.at_a_moment, runs.REPORT),
    _spread(kills.at_a_change, runs.REPORT),
    _spread(kills.at_a_moment, runs.EVERY),
    _spread(kills.at_a_change, runs.EVERY, 0.5),
    _spread(kills.of_a_worker, runs.EVERY, 0.5),
    _spread(kills.at_a_moment, runs.PAGES, 0.25),
    _spread(kills.at_a_moment, runs.FETCH),
    _spread(kills.at_a_change, runs.FETCH),
    _spread(kills.at_a_moment, runs.NOTEBOOKS),
    _spread(kills.at_a_change, runs.NOTEBOOKS, 0.5),
    *(_spread(places.full_disk, job, 0.25) for job in _JOBS),
    *(_spread(places.protected, job, 0.2) for job in (runs.REPORT, runs.EVERY)),
    _listed(
        "disque en lecture seule",
        [partial(_at, places.read_only_disk, job) for job in _JOBS],
    ),
    _listed("deux à la fois", [partial(_at, places.two_at_once, job) for job in _JOBS]),
    _listed(
        "chemin",
        [
            *(partial(_named, places.strange_path, runs.REPORT, name) for name in places.NAMES),
            *(partial(_named, places.strange_path, runs.NOTEBOOKS, name) for name in places.NAMES),
        ],
    ),
    _listed(
        "horloge",
        [
            partial(_named, surroundings.other_date, job, clock)
            for job in _JOBS
            for clock in surroundings.CLOCKS
        ],
    ),
    _listed(
        "langue",
        [
            partial(_named, surroundings.language, job, name)
            for job in (runs.REPORT, runs.NOTEBOOKS)
            for name in surroundings.LOCALES
        ],
    ),
    _listed(
        "peu de mémoire",
        [
            partial(_named, surroundings.little_memory, runs.REPORT, name)
            for name in surroundings.MEMORY
        ],
    ),
    _listed("octet changé", [partial(_changed, name) for name in surroundings.data_files()]),
)


@dataclass
class Tally:
    """What a kind of fault gave."""

    name: str
    done: int = 0
    broken: int = 0
    skipped: int = 0
    seconds: float = 0.0
    #: Rules that were broken, and by what.
    told: list[str] = field(default_factory=list)

    def line(self) -> str:
        """A line of the table."""
        cells = (self.name, self.done, self.broken, self.skipped, f"{self.seconds:.0f} s")
        return "{:<44} {:>7} {:>9} {:>9} {:>8}".format(*cells)


HEAD: Final = "{:<44} {:>7} {:>9} {:>9} {:>8}".format(
    "faute", "essais", "enfreints", "omis", "durée"
)


def campaign(
    bench: Bench, kinds: Sequence[Kind], *, rounds: int, seed: int, jobs: int = 1
) -> list[Tally]:
    """Do every round of these kinds; each rule that is broken is told at once."""
    tallies = []
    for kind in kinds:
        tally = Tally(kind.name)
        tallies.append(tally)

        def one(given: tuple[int, Round], kind: Kind = kind, tally: Tally = tally) -> None:
            rank, act = given
            start = time.monotonic()
            try:
                told, broken = act(bench, Random(f"{seed} {kind.name} {rank}"))
            except SkippedError as reason:
                tally.skipped += 1
                say(f"  {kind.name} : omis, {reason}")
                return
            tally.done += 1
            tally.broken += bool(broken)
            tally.seconds += time.monotonic() - start
            say(f"    {tally.done} : {told}, {seconds(time.monotonic() - start)}")
            tally.told += [f"{kind.name}, {told} : {rule}" for rule in broken]
            for rule in broken[:5]:
                say(f"  ENFREINT — {kind.name}, {told} : {rule}")

        with ThreadPoolExecutor(jobs) as threads:
            list(threads.map(one, enumerate(kind.rounds(rounds))))
        say(tally.line())
    return tallies


@contextmanager
def opened() -> Iterator[Bench]:
    """Give a place to work and a server of sources, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cpts_geo-chaos-"))
    try:
        with running_site() as site:
            serve(site)
            yield Bench(folder, site.address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str]) -> int:
    """Run the campaign; 1 where a rule is broken."""
    parser = argparse.ArgumentParser(prog="run.py chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="essais de chaque faute au hasard")
    parser.add_argument("--seed", type=int, default=19, help="graine du hasard")
    parser.add_argument("--only", action="append", help="fautes dont le nom contient ce texte")
    parser.add_argument("--jobs", type=int, default=1, help="essais à la fois")
    asked = parser.parse_args(arguments)
    kinds = [kind for kind in KINDS if any(name in kind.name for name in asked.only or [""])]
    if not kinds:
        say(f"Aucune faute de ce nom ; il y a : {', '.join(kind.name for kind in KINDS)}.")
        return 2
    start = time.perf_counter()
    with opened() as bench:
        tallies = campaign(bench, kinds, rounds=asked.rounds, seed=asked.seed, jobs=asked.jobs)
    say(f"\n{HEAD}")
    for tally in tallies:
        say(tally.line())
    broken = sum(tally.broken for tally in tallies)
    done = sum(tally.done for tally in tallies)
    skipped = sum(tally.skipped for tally in tallies)
    say(
        f"{done} fautes, {broken} où une règle est enfreinte, {skipped} omises ; "
        f"graine {asked.seed}, {seconds(time.perf_counter() - start)}."
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
