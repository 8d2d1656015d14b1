"""Tables of capacity for tools: months, publics, causes, telephone, future, back-test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.checks.backtest import back_test
from cpts_geo.study.capacity import TerritoryCapacity

#: Files that only some runs have.
CAPACITY_FILES: Final = (
    "publics.csv",
    "saisons.csv",
    "incertitude.csv",
    "telephone.csv",
    "avenir_medecins.csv",
    "retro_test.csv",
)


def capacity_files(
    headlines: Mapping[str, Headline | None], capacity: Mapping[str, TerritoryCapacity | None]
) -> dict[str, pd.DataFrame]:
    """
    Gather the capacity of territories as it is written to CSV.

    Parameters
    ----------
    headlines : mapping of str to Headline or None
        Answer by territory; None where it is too large for one queue.
    capacity : mapping of str to TerritoryCapacity or None
        Months, publics, causes, telephone and future, by territory; None likewise.

    Returns
    -------
    dict of str to DataFrame
        ``publics.csv`` (requests a year of each public), ``saisons.csv`` (requests and slots of
        each month), ``incertitude.csv`` (GP-hours a week as each input moves alone),
        ``telephone.csv`` (agents by hour), ``avenir_medecins.csv`` (GPs by spread of ages, arrivals
        and year) and ``retro_test.csv`` (observed against predicted); a table without any row is
        left out.
    """
    known = {key: each for key, each in capacity.items() if each is not None}
    eligible = {key: each.eligible for key, each in known.items() if each.eligible is not None}
    phone = {key: each.phone for key, each in known.items() if each.phone is not None}
    future = {key: each.future for key, each in known.items() if each.future is not None}
    tables = (
        [
            pd.DataFrame(
                [
                    {"territory": key, "public": group, "p10": x.p10, "p50": x.p50, "p90": x.p90}
                    for group, x in found.requests_per_year.items()
                ]
            )
            for key, found in eligible.items()
        ],
        [_of(key, found.by_month.reset_index()) for key, found in eligible.items()],
        [_of(key, each.tornado) for key, each in known.items()],
        [_of(key, table.reset_index()) for key, table in phone.items()],
        [_of(key, table) for key, table in future.items()],
        _tested(headlines),
    )
    named = zip(CAPACITY_FILES, tables, strict=True)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in named if parts}


def _of(key: str, table: pd.DataFrame) -> pd.DataFrame:
    named = table.copy()
    named.insert(0, "territory", key)
    return named


def _tested(headlines: Mapping[str, Headline | None]) -> list[pd.DataFrame]:
    """Each line is tested with the draws of its own answer; a key may not be the scenario's."""
    parts = []
    for key, result in headlines.items():
        if result is None:
            continue
        table = back_test([result.scenario], draws=result.draws)
        if len(table):
            parts.append(_of(key, table.reset_index(drop=True)))
    return parts
