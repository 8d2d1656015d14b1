"""How wrong approximate times are: DREES minutes held out, and the real matrix of Isère.

``python -m benchmarks.travel_benchmarks``: what is kept (a factor by département) beside what was
tried and is not: density of people at both ends, emptiness along the line. A try is fitted in the
other regions, on what a factor leaves, and judged in the one held out.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from benchmarks.measures import Measure
from cpts_geo import settings
from cpts_geo.access.travel.calibration import distances
from cpts_geo.access.travel.factors import mean_of_ends, observed, travel_factors
from cpts_geo.access.travel.surrogate import FACTOR_COLUMNS, LAWS, unit_vectors
from cpts_geo.access.travel.times import travel_times
from cpts_geo.french import number
from cpts_geo.schema import PUBLISHED
from cpts_geo.sources.analyst.travel.file import read_travel_file
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.embedding import embedded

Floats = npt.NDArray[np.float64]
MATRIX = "osrm_isere_38_commune_matrix_seconds.csv"
MATRIX_KM = 25.0
#: Points of a line where its emptiness is looked at.
ALONG = 7


def bench_travel() -> list[Measure]:
    """Every line on approximate times."""
    communes = pd.DataFrame(embedded.load_communes().drop(columns="geometry"))
    communes = communes.set_index("code_insee")
    figures = embedded.load_figures().set_index("code_insee")
    equipped = figures.index[figures["emergency_departments_2024"] > 0].to_series()
    sites = set(equipped.replace(WHOLE_OF))
    table = observed(communes, figures[PUBLISHED.name], sites)
    return [
        *held_out(communes, figures[PUBLISHED.name], sites),
        *tried(communes, table),
        *isere(communes, embedded.load_travel_factors()),
    ]


def halves(codes: pd.Index) -> npt.NDArray[np.bool_]:
    """Half of the communes, the same each time and in no order of the map."""
    return np.array([hashlib.sha256(code.encode()).digest()[0] % 2 == 0 for code in codes])


def held_out(communes: pd.DataFrame, minutes: pd.Series, sites: set[str]) -> list[Measure]:
    """Factors of one half of the communes, judged on the other."""
    first = halves(minutes.index)
    parts = []
    for fitted in (first, ~first):
        factors = travel_factors(communes, minutes[fitted], sites)
        table = observed(communes, minutes[~fitted], sites)
        for name in FACTOR_COLUMNS.values():
            table[name] = table["law"] * mean_of_ends(table, communes, factors[name])
        parts.append(table)
    every = pd.concat(parts)
    low, central, high = (every[name] for name in FACTOR_COLUMNS.values())
    within = every["minutes"].between(low, high)
    old = every["minutes"].between(
        LAWS["low"].minutes(every["km"].to_numpy()), LAWS["high"].minutes(every["km"].to_numpy())
    )
    by_area = within.groupby(every["departement"]).mean().sort_values()
    worst = ", ".join(f"{code} {number(100 * share)} %" for code, share in by_area.head(4).items())
    alone = float((every["law"] - every["minutes"]).abs().mean())
    error = float((central - every["minutes"]).abs().mean())
    relative = float((central / every["minutes"] - 1).abs().median())
    return [
        Measure(
            "Temps approchés : erreur moyenne, communes mises de côté", error, "min", 3.3,
            f"{number(alone, 2)} min sans facteur ; la moitié à {number(100 * relative, 1)} % près",
        ),
        Measure(
            "Temps approchés : communes hors des bornes", 100 * (1 - float(within.mean())), "%",
            22.0, f"{number(100 * (1 - float(old.mean())))} % hors des lois basse et haute ; dans "
            f"les bornes, les plus mal tenus : {worst}",
        ),
    ]  # fmt: skip


def traits(communes: pd.DataFrame, start: pd.Index, end: pd.Index) -> dict[str, Floats]:
    """What was tried of pairs: density at both ends; emptiness, the mean distance (logarithm) to
    the nearest town hall along the line."""
    points = communes[communes["lon"].notna()]
    vectors = pd.DataFrame(unit_vectors(points["lon"], points["lat"]), index=points.index)
    tree = cKDTree(vectors.to_numpy())
    people = np.log(((points["population"] + 1) / points["area_km2"]).clip(lower=1)).fillna(3.0)
    both = (people[start].to_numpy() + people[end].to_numpy()).astype(np.float64)
    here, there = vectors.loc[start].to_numpy(), vectors.loc[end].to_numpy()
    empty = np.zeros(len(start))
    for part in np.linspace(0, 1, ALONG + 2)[1:-1]:
        at = here * (1 - part) + there * part
        at /= np.linalg.norm(at, axis=1)[:, None]
        empty += np.log(0.5 + tree.query(at)[0] * 6371) / ALONG
    return {
        "densité": np.column_stack([both, both**2]),
        "vide": empty[:, None],
        "densité et vide": np.column_stack([both, both**2, empty]),
    }


def tried(communes: pd.DataFrame, table: pd.DataFrame) -> list[Measure]:
    """Each try, on what the départements leave: fitted elsewhere, judged in its own region."""
    real, law = table["minutes"].to_numpy(), table["law"].to_numpy()
    used = (real >= 3) & (real <= 40)
    left = np.log(np.maximum(real, 1.0) / law)
    area, region = table["departement"].to_numpy(), table["region"].to_numpy()
    first = halves(table.index)
    kept = _by_halves(real, law, area=area, used=used, first=first)
    measures = []
    for name, given in traits(communes, table.index, pd.Index(table["site"])).items():
        found = np.empty(len(table))
        for code in np.unique(region):
            here = region == code
            fit = used & ~here
            inner = _within(given[fit], area[fit])
            slopes = np.linalg.lstsq(inner, _within(left[fit, None], area[fit]), rcond=None)[0]
            found[here] = law[here] * np.exp((given[here] - given[fit].mean(axis=0)) @ slopes)[:, 0]
        more = _by_halves(real, found, area=area, used=used, first=first)
        better = sum(
            np.abs(more - real)[region == code].mean() < np.abs(kept - real)[region == code].mean()
            for code in np.unique(region)
        )
        gain = float(np.abs(kept - real).mean() - np.abs(more - real).mean())
        detail = f"mieux dans {better} régions sur {len(np.unique(region))} ; non retenu"
        title = f"Essai, {name} : minutes gagnées hors de la région ajustée"
        measures.append(Measure(title, gain, "min", None, detail))
    return measures


def _within(values: Floats, area: npt.NDArray[np.object_]) -> Floats:
    """Values less the mean of their département."""
    table = pd.DataFrame(values)
    return (table - table.groupby(area).transform("mean")).to_numpy()


def _by_halves(
    real: Floats, law: Floats, *, area: npt.NDArray[np.object_], used: Floats, first: Floats
) -> Floats:
    """Minutes by the median ratio of the other half of each département."""
    found = np.empty(len(real))
    for fitted in (first, ~first):
        ratio = pd.Series(real / law)[used & fitted].groupby(area[used & fitted]).median()
        found[~fitted] = law[~fitted] * pd.Series(area[~fitted]).map(ratio).fillna(ratio.median())
    return found


def isere(communes: pd.DataFrame, factors: pd.DataFrame) -> list[Measure]:
    """The law and its factor against real times from commune to commune."""
    path = Path(settings.OFFICIAL_DIR) / MATRIX
    name = "Isère, de commune à commune : erreur moyenne"
    if not path.is_file():
        return [Measure(name, None, "min", 6.0, f"fichier absent : {MATRIX}")]
    pairs = read_travel_file(path, unit="seconds")
    travel = travel_times(pairs, label=MATRIX, source="OSRM", diagonal=0.0)
    near = distances(travel, communes[["lon", "lat"]])
    near = near[near["km"] <= MATRIX_KM].reset_index(drop=True)
    real = near["minutes"].to_numpy()
    law = LAWS["central"].minutes(near["km"].to_numpy())
    low, central, high = (law * factors.at["38", each] for each in FACTOR_COLUMNS.values())
    given = traits(communes, pd.Index(near["origin"]), pd.Index(near["destination"]))
    ones = np.column_stack([np.ones(len(law)), np.log(law)])
    more = np.column_stack([ones, given["densité et vide"]])
    own, all_own = (
        np.exp(each @ np.linalg.lstsq(each, np.log(real), rcond=None)[0]) for each in (ones, more)
    )
    lon = communes["lon"]
    low_land = (near["origin"].map(lon) < 5.5) & (near["destination"].map(lon) < 5.5)

    def said(found: Floats, rows: npt.NDArray[np.bool_] | slice = slice(None)) -> str:
        gap = found[rows] - real[rows]
        return f"{number(float(np.abs(gap).mean()), 1)} ({number(float(gap.mean()), 1)})"

    plain = low_land.to_numpy()
    within = float(((real >= low) & (real <= high)).mean())
    detail = (
        f"loi seule {said(law)}, avec facteur {said(central)} (plaine {said(central, plain)}, "
        f"reste {said(central, ~plain)}), ajustée ici {said(own)}, avec densité et vide "
        f"{said(all_own)} ; {number(100 * within)} % des paires dans les bornes ; entre "
        "parenthèses, écart moyen"
    )
    return [Measure(name, float(np.abs(central - real).mean()), "min", 6.0, detail)]


if __name__ == "__main__":
    for each in bench_travel():
        print(each.verdict, each.name, each.value, each.unit, each.detail)
