"""Follow codes of communes through the events between two COG.

Events hold from one COG to the next; what happens in between is composed year after year, so
that a commune that merged twice, or merged and was restored, ends where it is today.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from cpts_geo.geography.cog._paths import advance, among, follow, start
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.codes import FUSION, RECODED, SPLIT, WHOLE_OF
from cpts_geo.sources.embedding.cog_vintages import EVENT_COLUMNS
from cpts_geo.sources.embedding.embedded import load_cog_events, load_population

#: Modifications of the COG (column MOD) that say where the territory of a commune goes.
_OF_FUSION: Final = (31, 32, 33, 34)
_OF_CODE: Final = (41, 50)
_OF_SPLIT: Final = (20, 21, 30)
#: Events of one commune on one date are never more than this.
_SAME_DAY: Final = 3


def codes_at(vintage: int, current: pd.Index[str], events: pd.DataFrame) -> set[str]:
    """
    Codes of the communes of one COG, found by undoing what happened since.

    Parameters
    ----------
    vintage : int
        Year of the COG.
    current : Index of str
        Codes of the COG of today.
    events : DataFrame
        Events, see :func:`cpts_geo.sources.embedding.cog_vintages.read_events`.

    Returns
    -------
    set of str
        Codes of communes; before the oldest dated COG, also every code that is gone without a
        date, because it may have been one still.

    Examples
    --------
    >>> from cpts_geo.sources.embedding.embedded import load_cog_events, load_population
    >>> len(codes_at(2021, load_population().index, load_cog_events()))
    34965
    """
    codes = set(current.tolist())
    since = events[events["year"] > vintage]
    for _, step in sorted(since.groupby("year"), reverse=True):
        same = step["to_code"] == step["from_code"]
        # The territory of a commune that does not go on may have been given to old neighbours.
        left = (step["event"] == SPLIT) & step["from_code"].isin(step.loc[same, "from_code"])
        born = step["dated"] & ~same & (left | (step["event"] == RECODED))
        codes = (codes - set(step.loc[born, "to_code"])) | set(step["from_code"])
    return codes


def current_codes(
    codes: pd.Series,
    *,
    from_vintage: int,
    events: pd.DataFrame | None = None,
    current: pd.Series | None = None,
) -> pd.Series:
    """
    Code that each commune of a past COG has today.

    Parameters
    ----------
    codes : Series of str
        Codes of communes, of `from_vintage` or of any COG since.
    from_vintage : int
        Year of the oldest COG of these codes.
    events, current : DataFrame, Series of str, optional
        Events between COG, and codes of today; the embedded ones by default.

    Returns
    -------
    Series of str
        Current code, on the same index: the merged commune, and for a commune that was split the
        one that kept its code. NaN for a code that nothing tells the successor of. The code of an
        arrondissement stays: it is never lost.

    Examples
    --------
    >>> current_codes(pd.Series(["85060", "75113", "99999"]), from_vintage=2018).tolist()
    ['85194', '75113', nan]
    """
    today = load_population().index if current is None else current
    known = load_cog_events() if events is None else events
    present = set(codes.tolist())
    path = follow(present, known, from_vintage=from_vintage, to_vintage=COG_YEAR, split="parent")
    path = path[path["share"] > 0].drop_duplicates("from_code")
    after = codes.map(path.set_index("from_code")["to_code"])
    changed = set(path["from_code"].tolist())
    untouched = among(codes, {*today.tolist(), *WHOLE_OF} - changed)
    return after.where(~untouched, codes)


def from_movements(movements: pd.DataFrame) -> pd.DataFrame:
    """
    Turn Insee's list of events on communes (v_mvt_commune) into yearly, dated events.

    Parameters
    ----------
    movements : DataFrame
        One row a modification: date (of effect), mod (number of the COG), before_type,
        before_code, after_type, after_code. Types other than ``COM`` are left out.

    Returns
    -------
    DataFrame
        Events, see :func:`cpts_geo.sources.embedding.cog_vintages.read_events`: dated, one step a
        COG. What takes effect on 1 January holds in the COG of that year, anything later in the
        next one; several events of one year are composed.

    Raises
    ------
    TableError
        The result breaks the contract of events; every defect is listed.

    Notes
    -----
    Numbers kept: 31 to 34 (fusion), 41 (change of département), 50 (change of chef-lieu), 20, 21
    and 30 (creation, restoration, suppression), which split a commune when it has several
    outcomes.

    Examples
    --------
    >>> row = {"date": "2019-01-01", "mod": 32, "before_type": "COM", "before_code": "85060",
    ...        "after_type": "COM", "after_code": "85194"}
    >>> from_movements(pd.DataFrame([row]))[["year", "event", "to_code"]].to_numpy().tolist()
    [[2019, 'fusion', '85194']]
    """
    number = movements["mod"].astype(int)
    kept = (movements["before_type"] == "COM") & (movements["after_type"] == "COM")
    kept &= number.isin([*_OF_FUSION, *_OF_CODE, *_OF_SPLIT])
    date = pd.to_datetime(movements["date"])
    table = pd.DataFrame(
        {
            "date": date,
            "year": date.dt.year + (~date.dt.is_year_start).astype(int),
            "from_code": movements["before_code"],
            "to_code": movements["after_code"],
            "recoded": number.isin(_OF_CODE),
            "dated": True,
        }
    )[kept].drop_duplicates(["date", "from_code", "to_code"])
    several = table.groupby(["date", "from_code"])["to_code"].transform("nunique") > 1
    table["event"] = np.where(several, SPLIT, np.where(table["recoded"], RECODED, FUSION))
    table["former_codes"] = table["to_code"].where(several)
    table = table[several | (table["from_code"] != table["to_code"])]
    years = [_one_year(steps) for _, steps in table.groupby("year")]
    events = pd.concat([pd.DataFrame(columns=list(EVENT_COLUMNS)), *years], ignore_index=True)
    events = events.astype({"year": "int64", "dated": "bool"})
    events["evidence"] = "Insee, événements sur les communes"
    # Imported here: only who reads the movements of the COG checks any, and a report reads none.
    from cpts_geo.sources.embedding.contracts import check  # noqa: PLC0415

    return check(events, "cog_events", origin="v_mvt_commune")


def _one_year(steps: pd.DataFrame) -> pd.DataFrame:
    """Compose the events of one year into one step."""
    dates = steps.groupby("from_code")["date"].transform("nunique")
    onward = steps.loc[steps["from_code"] != steps["to_code"], "to_code"]
    again = steps["from_code"][(dates > 1) | steps["from_code"].isin(onward)]
    chained = steps["from_code"].isin(again) | steps["to_code"].isin(again)
    events = [steps[~chained], *([_composed(steps[chained])] if chained.any() else [])]
    found = pd.concat(events, ignore_index=True).reindex(columns=list(EVENT_COLUMNS))
    return found.sort_values(["from_code", "to_code"])


def _composed(steps: pd.DataFrame) -> pd.DataFrame:
    """Net outcome of events of one year that follow one another."""
    links, born = start(steps["from_code"]), set[str]()
    for date, step in steps.groupby("date"):
        divided = step["event"] == SPLIT
        links = advance(links, step[divided], split="refuse", population=None)
        # On one date a commune may change its code and merge, in either order.
        for _ in range(_SAME_DAY):
            links = advance(links, step[~divided], split="refuse", population=None)
        made = (step["event"] != FUSION) & (step["from_code"] != step["to_code"])
        earlier = steps.loc[steps["date"] < date, "from_code"]
        born |= set(step.loc[made, "to_code"]) - set(earlier)
    # A code made during the year was nobody's at its beginning.
    links = links[~links["from_code"].isin(born)].drop_duplicates(["from_code", "to_code"])
    several = links.groupby("from_code")["to_code"].transform("nunique") > 1
    merged = links["event"].str.contains(f"{FUSION}|{SPLIT}")
    events = links.assign(
        dated=True,
        event=np.where(several, SPLIT, np.where(merged, FUSION, RECODED)),
        former_codes=links["to_code"].where(several),
    )
    return events[several | (links["from_code"] != links["to_code"])]
