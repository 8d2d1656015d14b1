"""What a regional question costs: where to open, the nearest place, a table of pairs, 3SFCA."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd

from benchmarks.access_benchmarks import WEIGHT, places, times_of
from benchmarks.measures import (
    Measure,
    calibration_seconds,
    measured_json,
    median_processor_seconds,
    seconds,
)
from cpts_geo.access.catchments.catchment import three_stage_fca
from cpts_geo.access.nearest._proximity import nearest
from cpts_geo.access.siting.best import best_sites
from cpts_geo.access.travel.surrogate import surrogate_times
from cpts_geo.access.travel.times import minutes_matrix, travel_times
from cpts_geo.french import number
from cpts_geo.sources.embedding import embedded

#: Bretagne: the region nearest to 1,200 communes, without its islands.
REGION = "53"
FIVE = ("asclepios", "beauce_gatinais", "lvo", "ondaine_forez", "ouest_loiret")
SITES = 3


def bench_regional() -> list[Measure]:
    """Every line on regional questions; times of the processor, the calibration loop beside."""
    return [*bench_siting(), *bench_tables()]


def bench_siting() -> list[Measure]:
    """Three sites among the communes of a region, in a process of its own; then of the CPTS."""
    names = ("Trois lieux pour une région (p-médiane)", "Mémoire de ce calcul")
    try:
        found = measured_json(["-m", "benchmarks.regional_benchmarks", "region"])
    except RuntimeError as error:
        return [Measure(name, None, "s", None, str(error)) for name in names]
    proof = f"à moins de {number(100 * found['gap'], 1)} % du meilleur possible"
    detail = (
        f"processeur ; {number(found['communes'])} communes de Bretagne ; "
        f"{proof if found['gap'] else 'réponse démontrée'} ; boucle d’étalonnage : "
        f"{seconds(calibration_seconds())}"
    )
    members = embedded.load_perimeters()
    members = members[members["territory"].isin(FIVE)]
    every = _points(embedded.load_communes())
    asked = []
    for _, part in members.groupby("territory"):
        own = every[every.index.isin(part["code_insee"])]
        matrix = _joined(own)
        asked.append((matrix, own.loc[matrix.index, "population"]))
    five = median_processor_seconds(
        lambda: [best_sites(*each, objective="p_median", p=SITES) for each in asked]
    )
    return [
        Measure(names[0], found["processor"], "s", 20.0, detail),
        Measure(names[1], found["megabytes"], "Mo", 1000.0, "pic du processus"),
        Measure("Trois lieux dans chacune des cinq CPTS", five, "s", 0.2, "processeur"),
    ]


def bench_tables() -> list[Measure]:
    """The nearest place, 3SFCA and an analyst's table, on the pairs of France."""
    table = places()
    times, values = times_of(table, reach=30.0), table.set_index("code")
    pairs = times.pairs()
    near = median_processor_seconds(lambda: nearest(times, values["supply"]))
    three = median_processor_seconds(
        lambda: three_stage_fca(
            times, supply=values["supply"], demand=values["people"], weight=WEIGHT
        )
    )
    taken = median_processor_seconds(
        lambda: travel_times(pairs, label="", source="", reach=30.0), repeats=3
    )
    loop = seconds(calibration_seconds())
    detail = f"processeur ; {number(len(pairs))} paires ; boucle d’étalonnage : {loop}"
    return [
        Measure("Lieu de soins le plus proche de chaque commune", near, "s", 0.15, detail),
        Measure("Bassins nationaux (3SFCA)", three, "s", 0.3, detail),
        Measure("Table des temps d’un analyste acceptée", taken, "s", 1.0, detail),
    ]


def _points(communes: pd.DataFrame) -> pd.DataFrame:
    """Communes with a known point and people, by code."""
    known = communes["lon"].notna() & (communes["population"] > 0)
    return pd.DataFrame(communes[known].drop(columns="geometry")).set_index("code_insee")


def _joined(own: pd.DataFrame) -> pd.DataFrame:
    """Minutes between the communes that roads join, the largest group of them."""
    times = surrogate_times(own[["lon", "lat"]], reach=240.0)
    matrix = minutes_matrix(times, origins=list(own.index), destinations=list(own.index))
    joined = matrix.index[matrix[matrix.notna().sum().idxmax()].notna()]
    return matrix.loc[joined, joined]


def region() -> None:
    """Answer for the region, and print what it took, beyond the minutes."""
    import resource  # noqa: PLC0415
    import time  # noqa: PLC0415

    communes = embedded.load_communes()
    own = _points(communes[communes["region"] == REGION])
    matrix = _joined(own)
    demand = own.loc[matrix.index, "population"]
    taken = []
    for _ in range(3):
        start = time.process_time()
        found = best_sites(matrix, demand, objective="p_median", p=SITES)
        taken.append(time.process_time() - start)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "communes": len(matrix),
                "gap": float(found["gap"].iloc[0]),
                "processor": float(np.median(taken)),
                "megabytes": used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6,
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["region"]:
        region()
    else:
        for each in bench_regional():
            print(each.verdict, each.name, each.value, each.unit, each.detail)
