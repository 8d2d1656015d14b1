"""Move a table of communes from one COG to another: counts add, rates weigh."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from cpts_geo.french import counted, number, percent
from cpts_geo.geography.cog._checks import (
    CODE,
    check_rows,
    check_splits,
    check_vintages,
    kinds_of,
)
from cpts_geo.geography.cog._paths import FOLLOWED, KEPT, LOST, SHARED, Split, among, follow
from cpts_geo.geography.cog.events import codes_at
from cpts_geo.schema import FIRST_HAND, Status, status_column
from cpts_geo.sources.codes import PLM, WHOLE_OF
from cpts_geo.sources.embedding.embedded import load_cog_events, load_population

#: From the best known to the least: a sum is no better than the worst of its parts.
_GRADES: Final = (*FIRST_HAND, Status.ESTIMATED, Status.ASSUMED, Status.UNKNOWN)
_ARRONDISSEMENT: Final = "arrondissement"
_ABSENT: Final = "absent de la table"
_JOURNEY: Final = ["from_code", "to_code", "event", "year", "share", "how"]


class MoveWarning(UserWarning):
    """What a change of vintage could not keep as it was."""


def move(
    table: pd.DataFrame,
    *,
    from_vintage: int,
    to_vintage: int,
    counts: Sequence[str] | None = None,
    rates: Mapping[str, str] | None = None,
    split: Split = "refuse",
    arrondissements: Literal["sum", "keep"] = "sum",
    events: pd.DataFrame | None = None,
    population: pd.Series[int] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Bring a table of communes from one COG to a later one.

    Counts of communes that merge add up; rates take their mean weighed by their denominator; a part
    that is unknown makes the whole unknown.

    Parameters
    ----------
    table : DataFrame
        code_insee (unique, of `from_vintage`), columns of numbers, and their status columns if any;
        others are left out. A commune that is not listed adds nothing: list an unknown figure as
        NaN.
    from_vintage, to_vintage : int
        Years of the two COG (1 January), at most settings.COG_YEAR.
    counts : sequence of str, optional
        Columns that add, besides those that the schema knows as counts.
    rates : mapping of str to str, optional
        Columns that weigh, with the count that weighs each, besides the rates of the schema.
    split : {"refuse", "population", "parent"}
        For a commune that was split since: refuse the table; share counts by the people of the
        parts and copy rates, with a warning; or leave all to it, its other parts being unknown.
    arrondissements : {"sum", "keep"}
        Bring those of Paris, Lyon and Marseille to the commune, or keep each, for territories made
        of them (:func:`cpts_geo.geography.perimeters.partition.places_of`).
    events : DataFrame, optional
        Events between COG (:func:`cpts_geo.sources.embedding.cog_vintages.read_events`); by default
        the embedded ones, dated from 2022 on. Those of
        :func:`cpts_geo.geography.cog.events.from_movements` are dated since 1943.
    population : Series of int, optional
        People by code of the COG of settings.COG_YEAR; the embedded population by default.

    Returns
    -------
    moved : DataFrame
        code_insee (of `to_vintage`), the columns, and the status of each: the worst of its parts,
        at best ``estimated`` for a re-weighed rate and for what a split shared or left.
    journey : DataFrame
        Every code that changed: from_code, to_code (NaN when nothing says what it became), event,
        year (COG of the last event; missing when undated), share of the counts, how (``suivi``,
        ``rétabli``, ``partagé``, ``gardé par la commune divisée``, ``perdu``; ``absent de la
        table`` for a code that the table lacks while other parts of the same commune are there).

    Raises
    ------
    TableError
        A vintage, a column, a status or a code cannot be used, or `split` does not say what to do
        with a commune; every defect is listed.

    Warns
    -----
    MoveWarning
        Codes are lost for want of a successor, or figures were shared by population.

    Notes
    -----
    From a COG older than 2021, the embedded events know what became of a code and not when: a
    merger counts when the table still holds the code that is gone. Split communes are rare: 14712
    in 2020, 60054 and 85084 in 2024, 15141 in 2025.

    Examples
    --------
    >>> before = pd.DataFrame(
    ...     {"code_insee": ["85060", "85194"], "population": [100, 300], "beds": [4, 2]}
    ... )
    >>> moved, journey = move(before, from_vintage=2018, to_vintage=2026, counts=["beds"])
    >>> moved[["code_insee", "population", "beds", "beds_status"]].to_numpy().tolist()
    [['85194', 400, 6, 'measured']]
    >>> journey[["from_code", "to_code", "year", "how"]].to_numpy().tolist()
    [['85060', '85194', 2019, 'suivi'], ['85166', '85194', 2019, 'absent de la table']]
    """
    if events is None:
        known = load_cog_events()
    else:
        # Imported here, as pandera with it: those that come with the package are checked already.
        from cpts_geo.sources.embedding.contracts import check  # noqa: PLC0415

        known = check(events, "cog_events", origin="events")
    people = load_population() if population is None else population
    check_vintages(from_vintage, to_vintage, known, split=split)
    adding, weighing = kinds_of(table, counts or (), rates or {})
    universe = codes_at(from_vintage, people.index, known)
    check_rows(table, [*adding, *weighing], universe=universe, vintage=from_vintage, events=known)
    codes = table[CODE]
    whole_of = WHOLE_OF if arrondissements == "sum" else {}
    # Lists: texts are read one by one from an array of theirs many times slower.
    listed = codes.tolist()
    present = {whole_of.get(code, code) for code in listed}
    path = follow(
        present, known, from_vintage=from_vintage, to_vintage=to_vintage,
        split=split, population=people if split == "population" else None,
    )  # fmt: skip
    in_table = among(path["from_code"], present)
    window = known[known["year"].between(from_vintage + 1, to_vintage)]
    check_splits(path[in_table], window, split=split)
    links = _links(codes, path[in_table], whole_of=whole_of)
    moved = _moved(table.iloc[links["row"]], links, counts=adding, rates=weighing)
    # What is gone without a date may have been gone before this table.
    sure = universe - set(known.loc[~known["dated"], "from_code"])
    wholes = {whole_of[code] for code in listed if code in whole_of}
    reached = set(moved[CODE].tolist())
    absent = _absent(set(listed), path, reached, wholes=wholes, universe=sure)
    changed = links[links["event"].notna()]
    journey = pd.concat([changed[_JOURNEY], absent[_JOURNEY]], ignore_index=True)
    _warn(table, changed, counts=adding)
    return moved, journey.sort_values(["from_code", "to_code"], ignore_index=True)


def _links(
    codes: pd.Series[str], path: pd.DataFrame, *, whole_of: Mapping[str, str]
) -> pd.DataFrame:
    """One row a row of the table and code it goes to, in the order of the table."""
    links = pd.DataFrame({"row": np.arange(len(codes)), "code": codes.to_numpy()})
    links["from_code"] = links["code"].replace(whole_of)
    links = links.merge(path, on="from_code", how="left", sort=False)
    arrondissement = links["code"] != links["from_code"]
    untouched = links["how"].isna()
    links["to_code"] = links["to_code"].where(~untouched, links["from_code"])
    links["share"] = links["share"].where(~untouched, 1.0)
    links["event"] = links["event"].mask(untouched & arrondissement, _ARRONDISSEMENT)
    links["how"] = links["how"].mask(untouched & arrondissement, FOLLOWED)
    return links.drop(columns="from_code").rename(columns={"code": "from_code"})


def _moved(
    rows: pd.DataFrame, links: pd.DataFrame, *, counts: Sequence[str], rates: Mapping[str, str]
) -> pd.DataFrame:
    """Add and weigh the rows that go to the same code."""
    kept = links["to_code"].notna().to_numpy()
    rows, links = rows[kept].reset_index(drop=True), links[kept].reset_index(drop=True)
    code = links["to_code"].rename(CODE)
    values = rows[[*counts, *rates]].copy()
    if (links["share"] != 1).any():
        values[list(counts)] = values[list(counts)].mul(links["share"], axis=0)
    for rate, weight in rates.items():
        values[rate] *= values[weight]
    # A missing part makes the whole unknown: 0 and unknown never mix.
    groups = values.groupby(code, sort=True)
    moved = groups.sum(skipna=False)
    alone = groups.size() == 1
    first = ~code.duplicated()
    for rate, weight in rates.items():
        single = pd.Series(rows.loc[first, rate].to_numpy(), index=code[first])
        moved[rate] = (moved[rate] / moved[weight]).mask(alone, single)
    touched = links["how"].isin([SHARED, KEPT]).groupby(code).any()
    for name in (*counts, *rates):
        ours = touched if name in counts else touched | ~alone
        at_best = ours * _GRADES.index(Status.ESTIMATED)
        grade = _grades(rows, name).groupby(code).max().clip(lower=at_best)
        grade = grade.mask(moved[name].isna(), len(_GRADES) - 1)
        moved[status_column(name)] = grade.map({i: s.value for i, s in enumerate(_GRADES)})
    return moved.reset_index()


def _grades(rows: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Rank of the status of each row, 0 for measured; measured where the table has no status."""
    if status_column(name) not in rows:
        return pd.Series(0, index=rows.index)
    return rows[status_column(name)].map({status: i for i, status in enumerate(_GRADES)})


def _absent(
    codes: set[str],
    path: pd.DataFrame,
    reached: set[str],
    *,
    wholes: set[str],
    universe: set[str],
) -> pd.DataFrame:
    """Codes that the table lacks, of communes of which it has another part; `wholes` are the cities
    that it has by arrondissement."""
    of_cities = reached & wholes
    siblings = [(part, one, _ARRONDISSEMENT) for one in of_cities for part in PLM[one]]
    changed = path[among(path["to_code"], reached)]
    # A commune that others joined may be missing itself.
    rest = set(changed["to_code"]) - set(path["from_code"])
    columns = ["from_code", "to_code", "event"]
    heirs = pd.DataFrame([(code, code) for code in rest & universe], columns=columns[:2])
    changed = changed[among(changed["from_code"], universe)]
    every = pd.concat([pd.DataFrame(siblings, columns=columns), changed, heirs], ignore_index=True)
    lacking = every[~among(every["from_code"], codes)]
    return lacking.assign(how=_ABSENT, share=np.nan).reindex(columns=_JOURNEY)


def _warn(table: pd.DataFrame, changed: pd.DataFrame, *, counts: Sequence[str]) -> None:
    """Warn of codes without successor, and of counts shared by people."""
    lost = changed.loc[changed["how"] == LOST, "row"]
    if len(lost):
        gone = table.iloc[lost]
        sums = ", ".join(f"{name} {number(gone[name].sum())}" for name in counts)
        text = f"{counted(len(lost), 'code', 'codes')} sans successeur connu, hors de la table : "
        text += f"{', '.join(gone[CODE])} ; perdus : {sums or 'aucun compte'}."
        warnings.warn(text, MoveWarning, stacklevel=3)
    shared = changed[changed["how"] == SHARED]
    if len(shared):
        text = "Communes divisées depuis, comptes partagés selon la population (estimés) : "
        parts = zip(shared["from_code"], shared["to_code"], shared["share"], strict=True)
        text += " ; ".join(f"{old} → {new} : {percent(part)}" for old, new, part in parts)
        warnings.warn(f"{text}.", MoveWarning, stacklevel=3)
