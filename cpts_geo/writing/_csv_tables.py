"""Tables of a run for tools, and the forms they are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import pandas as pd

from cpts_geo.analysis import Analysis
from cpts_geo.capacity.answer.headline import to_frame
from cpts_geo.files import write_csv
from cpts_geo.indicators.aci.rows import aci_rows
from cpts_geo.indicators.densities import per_10k
from cpts_geo.schema import COLUMNS, Status, best_status, vintages
from cpts_geo.sources.analyst.aci.codes import PERIODS
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.study.access import TerritoryAccess
from cpts_geo.study.capacity import TerritoryCapacity
from cpts_geo.writing._need_tables import lines_table, need_table, week_table


def brief_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Table by name, of those that need neither access nor changes of supply."""
    studies = analysis.studies
    territories = analysis.territories.drop(columns="geometry").reset_index()
    answers = [study.headline for study in studies.values() if study.headline]
    return {
        "territoires": territories.round({"area_km2": 3}),
        "comparaison": _with_tenths(analysis.comparison),
        "capacite": to_frame(answers).reset_index(),
        "besoin": pd.concat(
            [_named(key, need_table(study)) for key, study in studies.items()], ignore_index=True
        ),
    }


def tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Table by name, without geometry; of those that only some runs have, the ones with a row."""
    studies, brief = analysis.studies, brief_tables(analysis)
    always = {
        "territoires": brief["territoires"],
        "identite": _in_text(analysis.table("identity")),
        "communes": analysis.communes.drop(columns="geometry"),
        "comparaison": brief["comparaison"],
        "ecarts": analysis.table("gaps"),
        "faits": analysis.table("facts"),
        "noms_reconnus": analysis.table("audit"),
        "acces_mt": analysis.table("mt_access"),
        "passages": analysis.table("passages"),
        "zonage": analysis.table("zoning"),
        "sas": analysis.table("sas"),
        "capacite": brief["capacite"],
        "besoin": brief["besoin"],
        "lignes_connues": lines_table(next(iter(studies.values())).common.lines_checked),
    }
    parts = {_BORDER: [analysis.table("border")], _GIVEN: [analysis.table("given")]}
    parts[_ACI] = [
        _named(k, aci_rows(s.aci).astype(_YEARS)) for k, s in studies.items() if s.aci is not None
    ]
    for name, of_capacity in _CAPACITY.items():
        parts[name] = [_named(k, of_capacity(s.capacity)) for k, s in studies.items() if s.capacity]
    for name, of_access in _ACCESS.items():
        parts[name] = [_named(key, of_access(studies[key].access)) for key in analysis.listed]
    known = {name: [part for part in found if len(part)] for name, found in parts.items()}
    some = {name: pd.concat(found, ignore_index=True) for name, found in known.items() if found}
    return always | some


def _in_text(identity: pd.DataFrame) -> pd.DataFrame:
    """The identities, numbers and names in one column of texts: a form may want one type."""
    return identity.assign(
        value=["" if pd.isna(value) else str(value) for value in identity["value"]]
    )


def _with_tenths(comparison: pd.DataFrame) -> pd.DataFrame:
    """The comparison, its densities of GPs for 10,000 people too."""
    pairs = zip(comparison["indicator"], comparison["value"], strict=True)
    table = comparison.copy()
    table.insert(list(table).index("value") + 1, "per_10k", [per_10k(*pair) for pair in pairs])
    table["per_10k"] = table["per_10k"].astype(float)
    return table


def _named(key: str, table: pd.DataFrame | None) -> pd.DataFrame:
    """The table with the key of its territory first; empty for none."""
    named = pd.DataFrame() if table is None else table.copy()
    named.insert(0, "territory", key)
    return named


def _coverage(access: TerritoryAccess) -> pd.DataFrame:
    """People within each time, by facility and variant of the times."""
    table = access.coverage.rename(columns={"column": "indicator"})
    origins = table["indicator"].map(lambda name: sources()[COLUMNS[name].source].attribution)
    # A count that leaves people out is no count of the territory.
    partial = table["unknown"] > 0
    table[["people", "share"]] = table[["people", "share"]].mask(partial)
    status = pd.Series(access.times.status.value, index=table.index)
    # What a producer publishes of communes is no time of ours.
    published = table["indicator"].map(lambda name: COLUMNS[name].table == "figures")
    # Weighed by our people, it is known as well as the mean of the comparison, and no better.
    status = status.mask(published, table["indicator"].map(lambda name: best_status(name).value))
    status = status.mask(table["people"].isna(), Status.UNKNOWN.value)
    return table.assign(status=status, times=origins)


def _shifts(access: TerritoryAccess) -> pd.DataFrame | None:
    """APL before, shift, after, by commune and change of supply."""
    parts = []
    names = {COLUMNS[name].vintage: name for name in vintages("apl")}
    for shift in access.shifts:
        table = shift.communes.rename_axis("code_insee").reset_index()
        table.insert(0, "scenario", shift.title)
        table.insert(2, "name", table["code_insee"].map(access.names))
        parts.append(
            table.assign(
                apl=names[str(shift.vintage)],
                crossing=[shift.crossing["direction"].get(c, "") for c in table["code_insee"]],
                supposed=" ; ".join(change.words for change in shift.changes),
                times=access.times.label,
            )
        )
    return pd.concat(parts) if parts else None


def _sites(access: TerritoryAccess) -> pd.DataFrame | None:
    """Each set of sites under each allocation of the demand."""
    found, names = access.opening, access.names
    if found is None:
        return None
    table = found.solutions[["allocation", "rank", "sites"]].assign(
        names=[
            " + ".join(str(names.get(code, code)) for code in sites)
            for sites in found.solutions["sites"]
        ],
        mean_minutes=found.solutions["mean_minutes"],
        worst_minutes=found.solutions["worst_minutes"],
        worst_commune=found.solutions["worst_commune"],
        gap_share=found.solutions["gap"],
        sites=found.solutions["sites"].map(" ".join),
        requests_per_day=found.requests_per_day,
        site_capacity=found.site_capacity,
        existing=" ".join(found.existing),
        times=access.times.label,
    )
    if found.stability is None:
        return table.assign(regret_share=float("nan"))
    regrets = found.stability.regrets
    regrets = regrets.assign(sites=regrets["sites"].map(" ".join))
    lost = regrets.set_index(["sites", "allocation"])["regret_share"].abs()
    keys = pd.MultiIndex.from_frame(table[["sites", "allocation"]])
    return table.assign(regret_share=lost.reindex(keys).to_numpy())


#: Tables that only some runs have, and what makes the rows of one territory.
_BORDER: Final = "communes_de_bordure"
_GIVEN: Final = "indicateurs_fournis"
#: A year is whole, or unknown.
_YEARS: Final = {f"{name}_year": "Int64" for name in PERIODS}
_ACI: Final = "indicateurs_aci"
_CAPACITY: Final[dict[str, Callable[[TerritoryCapacity], pd.DataFrame | None]]] = {
    "saisons": lambda each: None if each.by_month is None else each.by_month.reset_index(),
    "semaine": week_table,
    "incertitude": lambda each: each.tornado,
    "telephone": lambda each: None if each.phone is None else each.phone.reset_index(),
    "moyens": lambda each: each.resources.reset_index(),
    "leviers": lambda each: each.levers,
    "avenir_medecins": lambda each: each.future,
    "avenir_eprouve": lambda each: each.past,
}
#: Those in the order of the lists of communes.
_ACCESS: Final[dict[str, Callable[[TerritoryAccess], pd.DataFrame | None]]] = {
    "acces": _coverage,
    "scenarios_offre": _shifts,
    "ou_ouvrir": _sites,
}
#: Tables that only some runs have.
SOME: Final = (_BORDER, _GIVEN, _ACI, *_CAPACITY, *_ACCESS)
#: End of a file's name -> what writes a table in it.
FORMS: Final[dict[str, Callable[[pd.DataFrame, Path], None]]] = {".csv": write_csv}


def table_files(names: Iterable[str]) -> list[str]:
    """Files that tables are written in, in every form."""
    return [f"tableaux/{name}{end}" for name in names for end in FORMS]
