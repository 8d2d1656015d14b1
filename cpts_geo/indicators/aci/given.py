"""Indicators of the ACI that files hold, shared out among the territories of a run."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cpts_geo.errors import IndicatorsError, one_line, quoted
from cpts_geo.indicators.aci.fiche import aci_table
from cpts_geo.sources.analyst.aci.file import GivenAci


def aci_by_territory(given: Sequence[GivenAci], keys: Sequence[str]) -> dict[str, pd.DataFrame]:
    """
    Give each territory the rows that files hold of it.

    Parameters
    ----------
    given : sequence of GivenAci
        Files of a run.
    keys : sequence of str
        Its territories.

    Returns
    -------
    dict of str to DataFrame
        By territory that has some: rows by code. Those of a file that names none are of the only
        territory of the run.

    Raises
    ------
    IndicatorsError
        Rows of no territory of the run, or of one that is not said; an indicator in two files.

    Examples
    --------
    >>> aci_by_territory([], ["lvo"])
    {}
    """
    defects, parts = [], []
    for each in given:
        rows = each.rows.reset_index()
        if len(keys) == 1:
            rows["territory"] = rows["territory"].replace("", keys[0])
        for key in rows.loc[~rows["territory"].isin(keys), "territory"].unique():
            said = quoted(key) if key else "territoire non dit"
            defects.append(f"{one_line(each.file)} : {said} ; demandés : {', '.join(keys)}")
        parts.append(rows)
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(whole):
        twice = whole[whole.duplicated(["territory", "code"])]
        pairs = zip(twice["territory"], twice["code"], strict=True)
        defects += [f"{code} ({key}) : donné dans deux fichiers" for key, code in pairs]
    if defects:
        raise IndicatorsError(
            "Des indicateurs de l’ACI ne sont pas ceux des territoires demandés.",
            defects=defects,
            remedy="écrivez dans la colonne « Territoire » la clé d’un territoire demandé, et ne "
            "donnez chaque indicateur qu’une fois.",
        )
    if not len(whole):
        return {}
    return {str(key): rows.set_index("code") for key, rows in whole.groupby("territory")}


def aci_tables(given: Sequence[GivenAci], keys: Sequence[str]) -> dict[str, pd.DataFrame]:
    """
    Make the fiches of a run.

    Parameters
    ----------
    given : sequence of GivenAci
        Files that were read.
    keys : sequence of str
        Territories of the run.

    Returns
    -------
    dict of str to DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table`, by territory that a file tells of.

    Raises
    ------
    IndicatorsError
        As :func:`aci_by_territory`.

    Examples
    --------
    >>> aci_tables([], ["lvo"])
    {}
    """
    return {key: aci_table(rows) for key, rows in aci_by_territory(given, keys).items()}
