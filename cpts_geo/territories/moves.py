"""Move a table of communes to the current COG: counts add, rates weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cpts_geo.errors import TableError
from cpts_geo.schema import Status, status_column


def successors(communes: pd.DataFrame, former: pd.DataFrame) -> pd.Series:
    """
    Current code of every code known to the COG, past or present.

    Parameters
    ----------
    communes : DataFrame
        Current communes: code_insee.
    former : DataFrame
        Former communes: former_code, code_insee (missing when the successor is unknown).

    Returns
    -------
    Series of str
        Current code, indexed by the code it replaces; a current code maps to itself even
        where a delegated commune bears the same code.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["85194"]})
    >>> former = pd.DataFrame({"former_code": ["85060"], "code_insee": ["85194"]})
    >>> successors(communes, former)["85060"]
    '85194'
    """
    known = former.dropna(subset=["code_insee"]).drop_duplicates("former_code")
    past = known.set_index("former_code")["code_insee"]
    present = pd.Series(communes["code_insee"].to_numpy(), index=communes["code_insee"].to_numpy())
    return pd.concat([present, past[~past.index.isin(present.index)]])


def move(
    table: pd.DataFrame,
    successor: pd.Series,
    *,
    counts: Sequence[str],
    rates: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Bring a table of communes to the current COG.

    Parameters
    ----------
    table : DataFrame
        code_insee (unique) and the columns named in `counts` and `rates`.
    successor : Series
        Current code by former code, from :func:`successors`.
    counts : sequence of str
        Columns that add when communes merge.
    rates : mapping of str to str
        Columns whose merged value is the mean weighed by the named column of `counts`.

    Returns
    -------
    moved : DataFrame
        code_insee (current), the columns, and a status column for each: ``measured`` for a
        count or a commune that did not change, ``estimated`` for a re-weighed rate.
    lost : DataFrame
        Rows whose code has no known successor; never dropped silently.

    Raises
    ------
    TableError
        A code stands twice.

    Examples
    --------
    >>> before = pd.DataFrame(
    ...     {"code_insee": ["85060", "85194"], "people": [100, 300], "apl": [4.0, 2.0]}
    ... )
    >>> now = pd.Series({"85060": "85194", "85194": "85194"})
    >>> moved, lost = move(before, now, counts=["people"], rates={"apl": "people"})
    >>> moved[["code_insee", "people", "apl", "apl_status"]].to_numpy().tolist()
    [['85194', 400, 2.5, 'estimated']]
    """
    twice = table["code_insee"][table["code_insee"].duplicated()]
    if not twice.empty:
        raise TableError(
            "Des communes figurent deux fois dans la table à déplacer.",
            defects=[f"code {code}" for code in sorted(set(twice))],
            remedy="gardez une ligne par code avant de changer de millésime.",
        )
    current = table["code_insee"].map(successor)
    lost = table[current.isna()].reset_index(drop=True)
    kept = table.assign(code_insee=current)[current.notna()]
    weighted = kept.assign(**{rate: kept[rate] * kept[by] for rate, by in rates.items()})
    # A missing part makes the whole unknown: 0 and unknown never mix.
    groups = weighted.groupby("code_insee", sort=True)
    moved = groups[[*counts, *rates]].sum(skipna=False)
    sizes = groups.size()
    for rate, by in rates.items():
        single = kept.drop_duplicates("code_insee").set_index("code_insee")[rate]
        moved[rate] = (moved[rate] / moved[by]).where(sizes > 1, single)
    for name in [*counts, *rates]:
        merged = Status.ESTIMATED if name in rates else Status.MEASURED
        status = pd.Series(Status.MEASURED.value, index=moved.index).mask(sizes > 1, merged.value)
        moved[status_column(name)] = status.where(moved[name].notna(), Status.UNKNOWN.value)
    return moved.reset_index(), lost
