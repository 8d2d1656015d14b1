"""Tables of a run for tools, as they are written to CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from cpts_geo.analysis import Analysis
from cpts_geo.capacity.answer.headline import to_frame
from cpts_geo.schema import COLUMNS, Status, vintages
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.study import Study


def tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Table by file name, without geometry; of those of :data:`SOME`, only the ones with a row."""
    territories = analysis.territories.drop(columns="geometry").reset_index()
    answers = [study.headline for study in analysis.studies.values() if study.headline]
    always = {
        "territoires.csv": territories.round({"area_km2": 3}),
        "communes.csv": analysis.communes.drop(columns="geometry"),
        "comparaison.csv": analysis.comparison,
        "ecarts.csv": analysis.table("gaps"),
        "faits.csv": analysis.table("facts"),
        "noms_reconnus.csv": analysis.table("audit"),
        "capacite.csv": to_frame(answers).reset_index(),
    }
    found = {}
    for name, made in _MADE.items():
        order = analysis.listed if name in _LISTED else analysis.studies
        every = [part for key in order for part in made(analysis.studies[key])]
        found[name] = [part for part in every if len(part)]
    some = {name: pd.concat(parts, ignore_index=True) for name, parts in found.items() if parts}
    return always | some


def _named(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """The table with the key of its territory first."""
    named = table.copy()
    named.insert(0, "territory", study.key)
    return named


def _groups(study: Study) -> list[pd.DataFrame]:
    """Requests a year of each public."""
    if study.capacity is None or study.capacity.eligible is None:
        return []
    found = study.capacity.eligible.requests_per_year
    rows = [
        {"public": group, "p10": x.p10, "p50": x.p50, "p90": x.p90} for group, x in found.items()
    ]
    return [_named(study, pd.DataFrame(rows))]


def _months(study: Study) -> list[pd.DataFrame]:
    """Requests and slots of each month."""
    if study.capacity is None or study.capacity.eligible is None:
        return []
    return [_named(study, study.capacity.eligible.by_month.reset_index())]


def _drivers(study: Study) -> list[pd.DataFrame]:
    """GP-hours a week as each input moves alone."""
    return [] if study.capacity is None else [_named(study, study.capacity.tornado)]


def _phone(study: Study) -> list[pd.DataFrame]:
    """Agents by hour of the day."""
    if study.capacity is None or study.capacity.phone is None:
        return []
    return [_named(study, study.capacity.phone.reset_index())]


def _future(study: Study) -> list[pd.DataFrame]:
    """GPs by spread of ages, arrivals and year."""
    if study.capacity is None or study.capacity.future is None:
        return []
    return [_named(study, study.capacity.future)]


def _tested(study: Study) -> list[pd.DataFrame]:
    """Observed against predicted; the key may not be that of the scenario."""
    if study.capacity is None:
        return []
    return [_named(study, study.capacity.back_test.reset_index(drop=True))]


def _coverage(study: Study) -> list[pd.DataFrame]:
    """People within each time, by facility and variant of the times."""
    table = _named(study, study.access.coverage.rename(columns={"column": "indicator"}))
    origins = table["indicator"].map(lambda name: sources()[COLUMNS[name].source].attribution)
    # A count that leaves people out is no count of the territory.
    partial = table["unknown"] > 0
    table[["people", "share"]] = table[["people", "share"]].mask(partial)
    status = pd.Series(study.access.times.status.value, index=table.index)
    return [table.assign(status=status.mask(partial, Status.UNKNOWN.value), times=origins)]


def _shifts(study: Study) -> list[pd.DataFrame]:
    """APL before, shift, after, by commune and change of supply."""
    parts = []
    names = {COLUMNS[name].vintage: name for name in vintages("apl")}
    for shift in study.access.shifts:
        table = _named(study, shift.communes.rename_axis("code_insee").reset_index())
        table.insert(1, "scenario", shift.title)
        table.insert(3, "name", table["code_insee"].map(study.access.names))
        parts.append(
            table.assign(
                apl=names[str(shift.vintage)],
                crossing=[shift.crossing["direction"].get(c, "") for c in table["code_insee"]],
                supposed=" ; ".join(change.words for change in shift.changes),
                times=study.access.times.label,
            )
        )
    return parts


def _sites(study: Study) -> list[pd.DataFrame]:
    """Each set of sites under each allocation of the demand."""
    found, names = study.access.opening, study.access.names
    if found is None:
        return []
    solutions = found.solutions
    table = pd.DataFrame(
        {
            "territory": study.key,
            "allocation": solutions["allocation"],
            "rank": solutions["rank"],
            "sites": solutions["sites"].map(" ".join),
            "names": solutions["sites"].map(
                lambda sites: " + ".join(str(names.get(code, code)) for code in sites)
            ),
            "mean_minutes": solutions["mean_minutes"],
            "worst_minutes": solutions["worst_minutes"],
            "worst_commune": solutions["worst_commune"],
            "requests_per_day": found.requests_per_day,
            "site_capacity": found.site_capacity,
            "existing": " ".join(found.existing),
            "times": study.access.times.label,
        }
    )
    if found.stability is None:
        return [table.assign(regret_share=float("nan"))]
    regrets = found.stability.regrets
    regrets = regrets.assign(sites=regrets["sites"].map(" ".join))
    lost = regrets.set_index(["sites", "allocation"])["regret_share"].abs()
    keys = pd.MultiIndex.from_frame(table[["sites", "allocation"]])
    return [table.assign(regret_share=lost.reindex(keys).to_numpy())]


#: Tables that only some runs have, and what makes the rows of one territory.
_MADE: Final[dict[str, Callable[[Study], list[pd.DataFrame]]]] = {
    "communes_de_bordure.csv": lambda study: [study.border],
    "publics.csv": _groups,
    "saisons.csv": _months,
    "incertitude.csv": _drivers,
    "telephone.csv": _phone,
    "avenir_medecins.csv": _future,
    "retro_test.csv": _tested,
    "acces.csv": _coverage,
    "scenarios_offre.csv": _shifts,
    "ou_ouvrir.csv": _sites,
}
SOME: Final = tuple(_MADE)
#: Those in the order of the lists of communes.
_LISTED: Final = frozenset({"acces.csv", "scenarios_offre.csv", "ou_ouvrir.csv"})
