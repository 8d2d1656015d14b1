"""Figures of every commune, from checked tables of any vintage, in the current COG.

One path for the embedded figures and for the fetched ones: a source is a :class:`Part`, all
parts are moved to the current COG and laid side by side, and what nobody brought is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.geography.cog.events import codes_at, current_codes
from cpts_geo.geography.figures._parts import OLDEST_COG, Part, moved_to_today
from cpts_geo.schema import (
    COLUMNS,
    FIGURE_COLUMNS,
    Status,
    status_column,
    vintages,
)
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import WHOLE_OF, overseas
from cpts_geo.sources.embedding.embedded import load_cog_events

#: Weight of what a file gives no weight of.
_EVENLY: Final = "evenly"
#: Quantities of the APL workbook, and the columns of its reader.
_OF_APL: Final = {
    "apl": "apl",
    "apl_65": "apl_65",
    "standardised_population": "standardised_population",
    "apl_population": "total_population",
}


def _apl_parts(table: pd.DataFrame, *, source: str) -> list[Part]:
    """Parts of the DREES workbook, one a vintage."""
    parts = []
    held = set(table["vintage"].unique())
    for names in zip(*map(vintages, _OF_APL), strict=True):
        apl, apl_65, weight, people = names
        year = int(COLUMNS[apl].vintage)
        if year not in held:
            continue
        rows = table[table["vintage"] == year].drop(columns="vintage")
        renamed = rows.rename(columns=dict(zip(_OF_APL.values(), names, strict=True)))
        # The codes of a vintage are those of the next COG, as far as they were checked (2023).
        cog = min(year + 1, COG_YEAR)
        rates = {apl: weight, apl_65: weight}
        parts.append(Part(f"{source} {year}", renamed, cog, (weight, people), rates))
    return parts


def parts_of(tables: Mapping[str, pd.DataFrame]) -> list[Part]:
    """
    Parts that sources bring: the APL of each vintage, and what Columns name them for.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Table of its reader, by source key; sources that bring no figure of communes are passed
        over. Figures stand in a column of the name of their family (or their own), counts also in
        one of a facility a row: facility, count. ``attrs["left_out"]`` are communes whose figures
        stand in another one.

    Returns
    -------
    list of Part
        In order of the sources.
    """
    parts = []
    for key, table in tables.items():
        if sources()[key].reader == "apl":
            parts += _apl_parts(table, source=key)
            continue
        mine = [name for name in FIGURE_COLUMNS if COLUMNS[name].source == key]
        for name in mine:
            counted = COLUMNS[name].quantity
            if COLUMNS[name].kind == "rate":
                rated = table[["code_insee", counted]].rename(columns={counted: name})
                # No file of these rates says the people of a commune that has merged since.
                rated = rated.dropna().assign(**{_EVENLY: 1.0})
                parts.append(Part(key, rated, cog_of(key), (_EVENLY,), {name: _EVENLY}))
                continue
            if "facility" in table:
                kept = table.loc[table["facility"] == counted, ["code_insee", "count"]]
                kept = kept.rename(columns={"count": name})
            else:
                kept = table[["code_insee", counted]].rename(columns={counted: name})
            # A facility that a file never lists is not counted by it: no commune has a zero.
            if kept.empty:
                continue
            parts.append(
                Part(
                    key,
                    kept,
                    cog_of(key),
                    (name,),
                    equipped_only=sources()[key].equipped_only,
                    overseas=sources()[key].overseas,
                    unknown=frozenset(table.attrs.get("left_out", ())),
                )
            )
    return parts


def cog_of(key: str) -> int:
    """
    COG of the codes of a source, as its entry in the catalogue says.

    Parameters
    ----------
    key : str
        Key of the source.

    Returns
    -------
    int
        Year.

    Examples
    --------
    >>> cog_of("insee_bpe_2017"), cog_of("insee_bpe_2025")
    (2018, 2026)
    """
    return int(re.findall(r"\d{4}", sources()[key].geography)[0])


def national_figures(
    parts: Sequence[Part],
    communes: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Lay every part side by side in the current COG, for all of France.

    Parameters
    ----------
    parts : sequence of Part
        What the sources say.
    communes : DataFrame
        Current communes: code_insee, departement, population, split_family.
    events : DataFrame, optional
        Events between COG; the embedded ones by default.

    Returns
    -------
    figures : DataFrame
        code_insee, then the columns of :data:`cpts_geo.schema.FIGURE_COLUMNS` that were brought,
        each with its status, for every current commune, then for each arrondissement of Paris,
        Lyon and Marseille; NaN and ``unknown`` where the producer says nothing, ``estimated``
        where it describes a wider commune that has been split since.
    lost : DataFrame
        source, code_insee: rows whose code is not of the COG of the source, or has no known
        successor.
    """
    figures = pd.DataFrame(communes[["code_insee"]])
    people = communes.set_index("code_insee")["population"]
    losses = []
    known = load_cog_events() if events is None else events
    for part in parts:
        moved, strangers, lost = moved_to_today(
            part.table,
            part.cog,
            counts=part.counts,
            rates=part.rates,
            people=people,
            events=known,
        )
        losses.append(lost.assign(source=part.source))
        if part.rates:
            moved = _with_wider(moved, part, communes)
        weightless = moved.drop(columns=[_EVENLY, status_column(_EVENLY)], errors="ignore")
        figures = figures.merge(weightless, on="code_insee", how="left")
        if part.equipped_only:
            for name in part.counts:
                absent = _known_zeros(figures, communes, name, part, events=known)
                figures.loc[absent, name] = 0
                figures.loc[absent, status_column(name)] = Status.MEASURED.value
        if strangers:
            # A commune one of whose former codes was set aside is known in part only.
            short = current_codes(
                pd.Series(sorted(strangers), dtype=str),
                from_vintage=OLDEST_COG,
                events=known,
                current=communes["code_insee"],
            )
            incomplete = figures["code_insee"].isin(short)
            for name in {*part.counts, *part.rates} - {_EVENLY}:
                figures.loc[incomplete, name] = np.nan
                figures.loc[incomplete, status_column(name)] = Status.UNKNOWN.value
    figures = pd.concat([figures, _arrondissements(parts)], ignore_index=True)
    brought = [name for name in FIGURE_COLUMNS if name in figures]
    for name in brought:
        column = status_column(name)
        figures[column] = (
            figures[column]
            .fillna(Status.UNKNOWN.value)
            .astype(str)
            .replace(Status.MEASURED.value, COLUMNS[name].best.value)
        )
    columns = ["code_insee", *(c for name in brought for c in (name, status_column(name)))]
    none = pd.DataFrame(columns=["code_insee", "source"], dtype=str)
    return figures[columns], pd.concat([none, *losses], ignore_index=True)


def _arrondissements(parts: Sequence[Part]) -> pd.DataFrame:
    """Figures of the arrondissements as producers give them: codes that never changed."""
    codes = pd.Index(sorted(WHOLE_OF), name="code_insee")
    figures = pd.DataFrame(index=codes)
    for part in parts:
        given = part.table.set_index("code_insee").reindex(codes)
        if part.equipped_only:
            known = given[list(part.counts)].notna().any(axis=1)
            listed = known.groupby(codes.map(WHOLE_OF)).transform("any")
            given = given.mask(given.isna() & listed.to_numpy()[:, None], 0)
        for name in {*part.counts, *part.rates} - {_EVENLY}:
            figures[name] = given[name].astype(float)
            known = given[name].notna()
            figures[status_column(name)] = np.where(known, Status.MEASURED, Status.UNKNOWN)
    return figures.reset_index()


def _part_of(communes: pd.DataFrame) -> pd.Series:
    """Commune that each part of a split one has left, by code of the part."""
    family = communes.dropna(subset=["split_family"]).set_index("code_insee")["split_family"]
    parent = family.str.split().str[0]
    return parent[parent.index != parent]


def _with_wider(moved: pd.DataFrame, part: Part, communes: pd.DataFrame) -> pd.DataFrame:
    """Mark what describes a wider commune: a part listed with nobody in it is counted there."""
    part_of = _part_of(communes)
    # Objects: an array of texts is held against many others one by one, many times slower.
    counted = part.table["code_insee"][part.table[part.counts[0]] > 0].astype(object)
    wider = part_of[~part_of.index.astype(object).isin(counted)]
    of_wider = moved["code_insee"].astype(object).isin([*wider, *wider.index])
    statuses = {}
    for name in (*part.counts, *part.rates):
        status = moved[status_column(name)]
        changed = of_wider & (status != Status.UNKNOWN.value)
        statuses[status_column(name)] = status.mask(changed, Status.ESTIMATED.value)
    return moved.assign(**statuses)


def _known_zeros(
    figures: pd.DataFrame, communes: pd.DataFrame, name: str, part: Part, *, events: pd.DataFrame
) -> pd.Series:
    """Communes that a list of equipped communes leaves out, and that existed when it was made."""
    absent = figures[name].isna() & ~figures["code_insee"].isin(part.unknown)
    if not part.overseas:
        absent &= ~overseas(communes["departement"])
    if part.cog == COG_YEAR:
        return absent
    # What no code of that COG has become did not exist: a part of a commune split since.
    then = pd.Series(sorted(codes_at(part.cog, pd.Index(communes["code_insee"]), events)))
    codes = communes["code_insee"]
    now = current_codes(then, from_vintage=part.cog, events=events, current=codes)
    absent &= codes.astype(object).isin(now.tolist())
    # A commune made again since may hold some of what the one it left has: not a known zero.
    part_of = _part_of(communes)
    equipped = figures["code_insee"][figures[name].notna()].tolist()
    apart = part_of.index[part_of.astype(object).isin(equipped)]
    return absent & ~codes.isin(apart)
