"""What capacity costs: one exact chain, its growth, many demands, a year, every EPCI."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.measures import (
    Measure,
    calibration_seconds,
    measured_json,
    median_seconds,
    seconds,
)
from cpts_geo.api.start import territory
from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.queue import _chain, _largest
from cpts_geo.capacity.queue.rules import Rules
from cpts_geo.capacity.queue.transient import seasonal_service, transient
from cpts_geo.french import number

SLOTS = (6, 24, 100, 300, 600)
DEADLINES = (0, 1, 2, 3)
TRIED = "beauce_gatinais"
USUAL = Rules(target=0.95, deadline_days=1, dispersion=1.0)


def bench_capacity() -> list[Measure]:
    """Every line on capacity."""
    return [
        bench_chain(),
        *bench_growth(),
        *bench_many(),
        *bench_year(),
        bench_panel(),
        *bench_national(),
    ]


def bench_chain() -> Measure:
    """One exact chain as an analyst asks for it: every share, mean and distribution."""
    duration = median_seconds(lambda: replace(USUAL, deadline_days=2).service(24.0, 24), repeats=51)
    name = "Chaîne exacte, 24 créneaux par jour, délai de 2 jours"
    return Measure(name, 1000 * duration, "ms", 10.0, "49 états ; rien n’est gardé d’un appel")


def bench_growth() -> list[Measure]:
    """One exact chain against slots and deadline, at as many requests as slots."""
    measures = []
    for slots in SLOTS:
        taken = [
            median_seconds(
                lambda s=slots, k=deadline: replace(USUAL, deadline_days=k).service(float(s), s),
                repeats=3,
            )
            for deadline in DEADLINES
        ]
        by_deadline = " ; ".join(
            f"délai {deadline} : {number(1000 * duration, 1)} ms"
            for deadline, duration in zip(DEADLINES, taken, strict=True)
        )
        name = f"Chaîne exacte, {number(slots)} créneaux par jour, délai de 1 jour"
        measures.append(Measure(name, 1000 * taken[1], "ms", None, by_deadline))
    return measures


def bench_many() -> list[Measure]:
    """Slots of many demands, nothing kept and then kept."""
    rng = np.random.default_rng(20260101)
    demands = rng.lognormal(np.log(10.0), 0.6, 10_000)
    bound = int(np.quantile(demands, 0.95))

    def fresh(at_most: int | None) -> float:
        _largest.largest_demand.cache_clear()
        _chain.served_share.cache_clear()
        start = time.perf_counter()
        USUAL.slots_for_each(demands, at_most=at_most)
        return time.perf_counter() - start

    whole, cut = fresh(None), fresh(bound)
    again = median_seconds(lambda: USUAL.slots_for_each(demands, at_most=bound), repeats=9)
    detail = f"jusqu’à {number(float(demands.max()))} demandes par jour ; rien de gardé"
    return [
        Measure("Créneaux de 10 000 demandes", whole, "s", None, detail),
        Measure(
            "Les mêmes, plafonnées",
            1000 * cut,
            "ms",
            None,
            f"au plus {bound} créneaux ; gardé, il reste {number(1000 * again, 2)} ms",
        ),
    ]


def bench_year() -> list[Measure]:
    """A year followed day by day, and one that comes back."""
    days = pd.bdate_range("2025-01-01", periods=251)
    means = pd.Series(20 + 6 * np.sin(np.arange(251) / 40) + np.arange(251) % 5, index=days)
    slots = 22 + np.arange(251) % 3
    once = median_seconds(
        lambda: transient(means, slots.tolist(), rules=replace(USUAL, deadline_days=2)), repeats=5
    )
    again = median_seconds(
        lambda: seasonal_service(means, slots.tolist(), rules=replace(USUAL, deadline_days=2)),
        repeats=5,
    )
    detail = f"251 jours tous différents ; année qui revient : {seconds(again)}"
    return [Measure("Une année, jour par jour", once, "s", 1.0, detail)]


def bench_panel() -> Measure:
    """A value changed in the panel of a notebook, until the answer is written again."""
    made = territory(TRIED).panel()
    values = iter(range(5, 40))

    def change() -> None:
        made.inputs["minutes"].value = next(values)

    taken = median_seconds(change, repeats=15)
    detail = f"{TRIED}, {number(DRAWS)} tirages, durée d’une consultation ; réponse écrite comprise"
    return Measure("Un changement dans le panneau d’un carnet", taken, "s", 0.3, detail)


def bench_national() -> list[Measure]:
    """Both headlines of every intercommunalité of France, in a process of its own."""
    try:
        found = measured_json(["-m", "benchmarks.national_headlines"])
    except RuntimeError as error:
        return [Measure("Réponse de tous les EPCI", None, "s", 2.0, str(error))]
    detail = (
        f"processeur ; {number(found['territories'])} territoires, {number(found['draws'])} "
        f"tirages chacun, deux publics, lignes connues apprises ; {found['unknown']} sans APL, "
        f"{found['beyond']} au-delà d’une file ; à la montre {seconds(found['seconds'])} ; boucle "
        f"d’étalonnage de 2 millions de carrés : {seconds(calibration_seconds())}"
    )
    return [
        Measure("Réponse de tous les EPCI", found["processor"], "s", 2.0, detail),
        Measure("Mémoire de ce calcul", found["megabytes"], "Mo", 400.0, "pic du processus"),
    ]


if __name__ == "__main__":
    for each in bench_capacity():
        print(each.verdict, each.name, each.value, each.unit, each.detail)
