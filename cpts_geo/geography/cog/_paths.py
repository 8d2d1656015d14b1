"""Follow codes through events: composed year after year, from one COG to the next.

A commune that merged twice, or merged and was restored, ends where it is today.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final, Literal

import numpy as np
import pandas as pd

from cpts_geo.sources.codes import FUSION, SPLIT

Split = Literal["refuse", "population", "parent"]


#: What happened to a figure: see :func:`follow`.
FOLLOWED: Final = "suivi"


_RESTORED: Final = "rétabli"


SHARED: Final = "partagé"


KEPT: Final = "gardé par la commune divisée"


_DIVIDED: Final = "divisé"


LOST: Final = "perdu"


_THEN: Final = " puis "


def among(values: pd.Series[str], codes: Set[str]) -> pd.Series[bool]:
    """Whether each value is one of many codes: quicker than ``isin`` where these are the many."""
    return pd.Series([value in codes for value in values.tolist()], index=values.index, dtype=bool)


def follow(
    codes: Set[str],
    events: pd.DataFrame,
    *,
    from_vintage: int,
    to_vintage: int,
    split: Split = "refuse",
    population: pd.Series[int] | None = None,
) -> pd.DataFrame:
    """Where the codes that change between two COG end: rows of every code that an event touches.

    from_code, to_code (NaN where nothing says what the code became), event (what happened, joined
    by « puis »), year (COG of the last event, missing when undated), share (of the counts, NaN
    unknown), split_code (the commune that was split, NaN when none) and how: ``suivi``;
    ``rétabli`` for a commune that merged and left again, found whole; ``partagé``, ``gardé par la
    commune divisée`` or ``divisé`` for a part of a split; ``perdu``. `codes` are those of the
    table: an undated merger is taken to be later when the table holds the code that is gone.
    `split` and `population` are those of :func:`cpts_geo.geography.cog.moves.move`; a part that
    `population` does not hold has no share.
    """
    window = events[(events["year"] > from_vintage) & (events["year"] <= to_vintage)]
    window = window[window["dated"] | among(window["from_code"], codes)]
    links = start(window["from_code"])
    for _, step in window.groupby("year"):
        links = advance(links, step, split=split, population=population)
    links = links[links["event"] != ""]
    links["how"] = links["how"].mask(links["to_code"].isna(), LOST)
    return links.drop(columns="merged").sort_values(["from_code", "to_code"], ignore_index=True)


def start(codes: pd.Series[str]) -> pd.DataFrame:
    """Links of codes to themselves, before any event."""
    origins = codes.drop_duplicates()
    links = pd.DataFrame({"from_code": origins, "to_code": origins, "event": "", "share": 1.0})
    links["year"] = pd.Series(pd.NA, index=links.index, dtype="Int64")
    links["split_code"] = pd.Series(np.nan, index=links.index, dtype="str")
    # Whether the code has merged into the one it is at: only then can it be restored.
    return links.assign(how=FOLLOWED, merged=False)


def advance(
    links: pd.DataFrame, step: pd.DataFrame, *, split: Split, population: pd.Series[int] | None
) -> pd.DataFrame:
    """Apply the events of one step to the codes they find."""
    moving = links["to_code"].isin(step["from_code"])
    if not moving.any():
        return links
    events = step.rename(columns={"from_code": "at", "to_code": "next", "event": "what"})
    events = events[["at", "next", "what", "dated", "former_codes"]].assign(
        when=step["year"].where(step["dated"]).astype("Int64")
    )
    found = links[moving].rename(columns={"to_code": "at"}).merge(events, on="at")
    divided = found["what"] == SPLIT
    found["how"] = found["how"].mask(divided & (found["how"] == FOLLOWED), _DIVIDED)
    if divided.any():
        parts = _divide(found[divided], split=split, population=population)
        found = pd.concat([found[~divided], parts], ignore_index=True)
    found["event"] = found["event"] + np.where(found["event"] == "", "", _THEN) + found["what"]
    found["year"] = found["when"].fillna(found["year"])
    found["merged"] |= (found["what"] == FUSION) | ~found["dated"]
    found = found.rename(columns={"next": "to_code"})[list(links.columns)]
    return pd.concat([links[~moving], found], ignore_index=True)


def _divide(
    found: pd.DataFrame, *, split: Split, population: pd.Series[int] | None
) -> pd.DataFrame:
    """Send each code to the part it came from, or to all parts when it is the whole."""
    formers = found["former_codes"].str.split()
    found["home"] = [
        code in former for code, former in zip(found["from_code"], formers, strict=True)
    ]
    # A commune that one of the parts joined on the way was not yet the wide one at the start.
    narrow = found["at"].isin(found.loc[found["merged"] & found["home"], "at"])
    group = [found["from_code"], found["at"]]
    restored = (found["merged"] | narrow) & found["home"].groupby(group).transform("any")
    back = found[restored & found["home"]].assign(how=_RESTORED)
    parts = found[~restored]
    parts = parts.assign(split_code=parts["at"])
    whole = [parts["from_code"], parts["at"]]
    if split == "parent":
        remainder = parts["next"] == parts["at"]
        # A commune that does not go on can keep nothing: its parts stay without share.
        goes_on = remainder.groupby(whole).transform("any")
        parts["share"] = parts["share"].where(goes_on)
        parts["how"] = parts["how"].mask(goes_on, KEPT)
        parts = parts[remainder | ~goes_on]
    else:
        people = parts["next"].map({} if population is None else population).astype("float64")
        total = people.groupby(whole).transform(lambda each: each.sum(skipna=False))
        parts["share"] *= people / total.where(total > 0)
        parts["how"] = parts["how"].mask(parts["share"].notna(), SHARED)
    return pd.concat([back, parts], ignore_index=True)
