"""What accessibility costs: national catchments against PySAL access, growth, one departure."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measures import (
    Measure,
    measured_json,
    median_processor_seconds,
    median_seconds,
    seconds,
)
from cpts_geo.access.catchments.catchment import enhanced_two_stage_fca
from cpts_geo.access.catchments.sharing import catchments
from cpts_geo.access.catchments.weights import APL_WEIGHT, Weight
from cpts_geo.access.changes.change import apl_shift, gp_leaves
from cpts_geo.access.travel.surrogate import surrogate_times
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.french import number
from cpts_geo.sources.codes import overseas
from cpts_geo.sources.embedding import embedded

#: Reach and weights of the published E2SFCA: what PySAL's own example uses.
STEPS = {10: 1.0, 20: 0.68, 30: 0.22}
WEIGHT = Weight(tuple(STEPS), tuple(STEPS.values()))
SUBSETS = (5_000, 10_000, 20_000)
SYNTHETIC = 200_000
#: The package of the comparison, in a process of its own: it reads the same pairs.
_PYSAL = """
import json, resource, sys, time
import numpy as np, pandas as pd
from access import Access
from access.weights import step_fn
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
folder = sys.argv[1]
people = pd.read_parquet(folder + "/people.parquet")
before = peak()
pairs = pd.read_parquet(folder + "/pairs.parquet")
start = time.process_time()
model = Access(
    demand_df=people, demand_index="code", demand_value="people",
    supply_df=people, supply_index="code", supply_value="supply",
    cost_df=pairs, cost_origin="origin", cost_dest="destination", cost_name="minutes",
)
found = model.enhanced_two_stage_fca(
    name="fca", weight_fn=step_fn({10: 1.0, 20: 0.68, 30: 0.22}), max_cost=30
)
duration = time.process_time() - start
found["fca_supply"].to_frame().to_parquet(folder + "/pysal.parquet")
print(json.dumps([duration, peak() - before]))
"""
_OURS = """
import json, resource, sys, time
import pandas as pd
from benchmarks.access_benchmarks import WEIGHT
from cpts_geo.access.catchments.catchment import enhanced_two_stage_fca
from cpts_geo.access.travel.surrogate import surrogate_times
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
folder = sys.argv[1]
people = pd.read_parquet(folder + "/people.parquet").set_index("code")
before = peak()
start = time.process_time()
times = surrogate_times(people, reach=30.0)
found = enhanced_two_stage_fca(
    times, supply=people["supply"], demand=people["people"], weight=WEIGHT
)
duration = time.process_time() - start
found.rename("fca").to_frame().to_parquet(folder + "/ours.parquet")
print(json.dumps([duration, peak() - before]))
"""


def places() -> pd.DataFrame:
    """Communes with a known point: code, lon, lat, people, and a made-up supply."""
    communes = embedded.load_communes()
    known = communes[communes["lon"].notna()]
    people = known["population"].to_numpy(dtype=np.float64)
    # PySAL divides by the people of a catchment: nobody anywhere would be its own trouble.
    people = np.maximum(people, 1.0)
    supply = np.random.default_rng(45).poisson(people / 1_200).astype(np.float64)
    return pd.DataFrame(
        {
            "code": known["code_insee"].to_numpy(),
            "lon": known["lon"].to_numpy(),
            "lat": known["lat"].to_numpy(),
            "people": people,
            "supply": supply,
        }
    )


def times_of(table: pd.DataFrame, *, reach: float) -> TravelTimes:
    return surrogate_times(table.set_index("code"), reach=reach)


def run(table: pd.DataFrame) -> tuple[int, Any]:
    """Points and counts in, accessibility out."""
    values = table.set_index("code")
    times = times_of(table, reach=30.0)
    found = enhanced_two_stage_fca(
        times, supply=values["supply"], demand=values["people"], weight=WEIGHT
    )
    return len(times.minutes.data), found


def bench_access() -> list[Measure]:
    """Every line on accessibility."""
    table = places()
    return [*bench_pysal(table), *bench_steps(table), *bench_growth(table)]


def bench_pysal(table: pd.DataFrame) -> list[Measure]:
    """National E2SFCA from points to result, against PySAL access on the same pairs."""
    names = (
        "Bassins nationaux (E2SFCA) : les nôtres / PySAL access",
        "Bassins nationaux : écart avec PySAL access",
        "Bassins nationaux : mémoire, la nôtre / PySAL access",
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table.to_parquet(folder / "people.parquet")
        pairs = times_of(table, reach=30.0).pairs()
        pairs.to_parquet(folder / "pairs.parquet")
        try:
            ours, theirs = (
                [measured_json(["-c", script, name]) for _ in range(repeats)]
                for script, repeats in ((_OURS, 3), (_PYSAL, 1))
            )
        except RuntimeError as error:
            return [Measure(each, None, "ratio", None, str(error)) for each in names]
        found = pd.read_parquet(folder / "ours.parquet")["fca"]
        reference = pd.read_parquet(folder / "pysal.parquet").iloc[:, 0].reindex(found.index)
        # A place with no supply in reach is left out there, and is 0 here.
        gap = float((found - reference.fillna(0.0)).abs().max())
    mine = statistics.median(duration for duration, _ in ours)
    other, other_memory = theirs[0]
    memory = statistics.median(used for _, used in ours)
    # macOS counts bytes, Linux kibibytes.
    megabytes = 1e-6 if sys.platform == "darwin" else 1024e-6
    detail = f"{seconds(mine)} de processeur (points et paires compris) contre {seconds(other)}"
    used = f"{number(memory * megabytes)} Mo contre {number(other_memory * megabytes)} Mo"
    count = f"{number(len(table))} communes, {number(len(pairs))} paires, 30 min"
    return [
        Measure(names[0], mine / other, "ratio", 1 / 15, f"{detail} ; {count}"),
        Measure(names[1], gap / 1e-9, "milliardièmes", 1.0, "plus grand écart, en valeur absolue"),
        Measure(names[2], memory / other_memory, "ratio", 1 / 2, f"{used} de plus qu’au départ"),
    ]


def bench_steps(table: pd.DataFrame) -> list[Measure]:
    """The weighting step against one pass over the pairs; then one commune's delta."""
    times = times_of(table, reach=30.0)
    minutes = times.minutes.data
    once = median_seconds(minutes.sum, repeats=9)
    weighed = median_seconds(lambda: WEIGHT(times.minutes.data), repeats=9)
    shared = catchments(times, table.set_index("code")["people"], weight=APL_WEIGHT)
    delta = median_seconds(lambda: apl_shift(shared, [gp_leaves("45252")]), repeats=9)
    detail = f"{seconds(weighed)} contre {seconds(once)} (somme des minutes)"
    return [
        Measure("Pondération / une lecture des paires", weighed / once, "fois", 15.0, detail),
        Measure(
            "Un médecin part : écart d’APL de toutes les communes",
            1000 * delta,
            "ms",
            5.0,
            f"{number(len(table))} communes ; bassins calculés avant, une fois",
        ),
    ]


def bench_growth(table: pd.DataFrame) -> list[Measure]:
    """Time from points to result as places grow in number, at the density of France."""
    east = (table["lon"] - 2.4) * np.cos(np.radians(47.0))
    order = np.hypot(east, table["lat"] - 47.0).sort_values().index
    sets = [table.loc[order[:size]] for size in SUBSETS]
    mainland = table[~overseas(table["code"])]
    sets += [mainland, _synthetic(SYNTHETIC, like=mainland)]
    measures, sizes, counts, durations = [], [], [], []
    for part in sets:
        kept: list[int] = []
        work = partial(_counted, part, kept)
        duration = median_processor_seconds(work, repeats=3)
        sizes.append(len(part))
        counts.append(kept[-1])
        durations.append(duration)
        kind = "points inventés" if len(part) == SYNTHETIC else "communes"
        detail = f"{number(kept[-1])} paires ; {number(1e6 * duration / len(part))} µs par lieu"
        measures.append(Measure(f"E2SFCA, {number(len(part))} {kind}", duration, "s", None, detail))
    power = float(np.polyfit(np.log(sizes), np.log(durations), 1)[0])
    # A small set has more of its places at its edge, with fewer others around.
    by_pairs = float(np.polyfit(np.log(counts), np.log(durations), 1)[0])
    detail = (
        f"processeur ; de {number(sizes[0])} à {number(sizes[-1])} lieux ; 1 = proportionnel ; "
        f"{number(by_pairs, 2)} selon le nombre de paires, plus nombreuses par lieu loin du bord ; "
        "mesuré à part une fois, de 34 741 à 200 000 lieux : le calcul est proportionnel, "
        "la mémoire neuve que donne le système ne l’est pas"
    )
    return [*measures, Measure("Croissance : exposant du temps", power, "exposant", 1.15, detail)]


def _counted(part: pd.DataFrame, kept: list[int]) -> None:
    """Run, and keep the count of pairs."""
    kept.append(run(part)[0])


def _synthetic(size: int, *, like: pd.DataFrame) -> pd.DataFrame:
    """Points spread evenly, as dense as the communes of métropole (0.063 a km²)."""
    rng = np.random.default_rng(47)
    side = np.sqrt(size / (len(like) / 551_500)) / 111.2
    lat = 47 + rng.uniform(-side / 2, side / 2, size)
    lon = 2.4 + rng.uniform(-side / 2, side / 2, size) / np.cos(np.radians(lat))
    drawn = rng.integers(0, len(like), size)
    return pd.DataFrame(
        {
            "code": [f"P{i:06d}" for i in range(size)],
            "lon": lon,
            "lat": lat,
            "people": like["people"].to_numpy()[drawn],
            "supply": like["supply"].to_numpy()[drawn],
        }
    )


if __name__ == "__main__":
    start = time.perf_counter()
    for each in bench_access():
        print(each.verdict, each.name, each.value, each.unit, each.detail)
    print(json.dumps(time.perf_counter() - start))
