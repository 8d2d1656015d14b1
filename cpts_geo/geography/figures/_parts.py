"""What one source says of communes, brought to the current COG."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cpts_geo.geography.cog.events import codes_at
from cpts_geo.geography.cog.moves import MoveWarning, move
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import WHOLE_OF

#: The oldest COG a producer's file is looked for in.
OLDEST_COG = 2018


@dataclass(frozen=True)
class Part:
    """What one source says of communes: code_insee (unique, of the COG `cog`) and columns.

    `counts` add, `rates` weigh with the count named beside each. Where `equipped_only`, communes
    that are not listed are known zeros, but overseas where `overseas` is False, and `unknown` ones.
    """

    source: str
    table: pd.DataFrame
    cog: int
    counts: tuple[str, ...]
    rates: Mapping[str, str] = field(default_factory=dict)
    equipped_only: bool = False
    overseas: bool = True
    unknown: frozenset[str] = frozenset()


def moved_to_today(
    table: pd.DataFrame,
    said: int,
    *,
    counts: Sequence[str],
    rates: Mapping[str, str],
    people: pd.Series,
    events: pd.DataFrame,
) -> tuple[pd.DataFrame, set[str], pd.DataFrame]:
    """A table by current commune, from the COG that knows its codes, losing none unseen.

    Also the codes that no COG of the table knows, set aside, and a table of these and of the codes
    without successor. `said` is the COG that the catalogue says; a split commune keeps its figures.
    """
    cog, strangers = _best_cog(table["code_insee"], said, people.index, events)
    of_cog = ~table["code_insee"].isin(strangers)
    with warnings.catch_warnings():
        # What is lost is returned.
        warnings.simplefilter("ignore", MoveWarning)
        moved, journey = move(
            table[of_cog], from_vintage=cog, to_vintage=COG_YEAR, counts=counts, rates=rates,
            split="parent", events=events, population=people,
        )  # fmt: skip
    gone = journey.loc[journey["to_code"].isna(), ["from_code"]]
    aside = table.loc[~of_cog, ["code_insee"]]
    return moved, strangers, pd.concat([aside, gone.rename(columns={"from_code": "code_insee"})])


def _best_cog(
    codes: pd.Series, said: int, current: pd.Index[str], events: pd.DataFrame
) -> tuple[int, set[str]]:
    """Find the COG that knows most of the codes of a table."""
    listed = set(codes.tolist())
    best, strangers = said, listed
    # The nearest first: a tie goes to what the catalogue says.
    for cog in sorted(range(OLDEST_COG, COG_YEAR + 1), key=lambda year: abs(year - said)):
        left = listed - codes_at(cog, current, events) - WHOLE_OF.keys()
        if len(left) < len(strangers):
            best, strangers = cog, left
        if not strangers:
            break
    return best, strangers
