"""Codes and names that communes had: those embedded, and those of the Insee events once fetched."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.settings import COG_YEAR, lock_path
from cpts_geo.sources.embedding import embedded

#: Source of the events since 1943, which say the name of each commune before and after.
_EVENTS: Final = f"insee_cog_events_{COG_YEAR}"
_FIRST: Final = 1943


def former_communes(communes: pd.DataFrame, *, fetched: bool) -> pd.DataFrame:
    """
    Load the former codes and names of communes.

    Parameters
    ----------
    communes : DataFrame
        Current communes: code_insee, name.
    fetched : bool
        Whether the Insee events are read, where they were fetched: they name the communes that
        left the COG before the oldest vintage of the embedded data.

    Returns
    -------
    DataFrame
        As :func:`cpts_geo.sources.embedding.embedded.load_former_communes`.

    Raises
    ------
    DataFileError, TableError
        The embedded table, or the fetched one, cannot be read.

    Examples
    --------
    >>> former = former_communes(embedded.load_communes(), fetched=False)
    >>> former.set_index("former_code").at["85060", "former_name"]
    "Château-d'Olonne"
    """
    former = embedded.load_former_communes()
    if not fetched or not lock_path().is_file():
        return former
    # Only where something was fetched is there need of what reads it.
    from cpts_geo.sources.fetching.parsed import available, load_source  # noqa: PLC0415

    return _with_names(former, load_source(_EVENTS), communes) if available(_EVENTS) else former


def _with_names(
    former: pd.DataFrame, movements: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Former communes, and the names that the Insee events say communes had before them."""
    from cpts_geo.geography.cog.events import current_codes  # noqa: PLC0415

    before = movements[(movements["before_type"] == "COM") & (movements["before_name"] != "")]
    table = pd.DataFrame(
        {"former_code": before["before_code"], "former_name": before["before_name"]}
    ).drop_duplicates(ignore_index=True)
    code = table["former_code"]
    today = code.isin(communes["code_insee"])
    table["code_insee"] = code.where(today, current_codes(code, from_vintage=_FIRST))
    table["kind"] = today.map({True: "ancien nom", False: "code retiré"})
    # A code of another département is one of the Seine or of Corse: read as a code of today, it is
    # a postal code far more often than a commune.
    here = table["code_insee"].str[:2] == code.str[:2]
    named = zip(communes["code_insee"], communes["name"], strict=True)
    known = {*named, *zip(former["former_code"], former["former_name"], strict=True)}
    pairs = zip(code, table["former_name"], strict=True)
    new = pd.Series([pair not in known for pair in pairs], index=table.index, dtype=bool)
    table = table[here & new]
    unnamed = former["former_name"].isna() & former["former_code"].isin(table["former_code"])
    every = pd.concat([former[~unnamed], table], ignore_index=True)
    return every.sort_values(["former_code", "kind", "former_name"], ignore_index=True)
