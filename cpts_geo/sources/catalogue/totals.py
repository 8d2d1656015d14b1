"""What is known beforehand of a producer's table: totals, and the vintages that can be."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pandas as pd

from cpts_geo.errors import DataFileError, quoted
from cpts_geo.french import number
from cpts_geo.sources.catalogue.catalogue import Source, Total, sources

_REMEDY = (
    "essayez une autre adresse ; si le producteur publie vraiment ces chiffres, corrigez "
    "« totals » dans sources/catalogue/*.toml."
)


def check_totals(table: pd.DataFrame, source: Source) -> None:
    """
    Refuse a table whose totals are not those known of its source.

    Parameters
    ----------
    table : DataFrame
        As its reader gives it.
    source : Source
        Its entry in the catalogue.

    Raises
    ------
    DataFileError
        Some total is out of its range; every one is listed, with what was found and expected.
    """
    defects = []
    for total in source.totals:
        found = _value(table, total)
        if not total.low <= found <= total.high:  # an unknown one is out of any range
            defects.append(
                f"{total.label} : {_text(found)} (attendu : de {_text(total.low)} à "
                f"{_text(total.high)})"
            )
    if defects:
        raise DataFileError(
            "les chiffres s’écartent de ceux que l’on connaît de cette source",
            defects=defects,
            remedy=_REMEDY,
        )


def _value(table: pd.DataFrame, total: Total) -> float:
    """Figure of a table that a total is about: rows, sum or mean (NaN of none)."""
    kept = table
    if total.newest:
        kept = kept[kept[total.newest] == kept[total.newest].max()]
    for column, pattern in total.where.items():
        kept = kept[kept[column].astype("str").str.fullmatch(pattern, na=False)]
    if total.column is None:
        return len(kept)
    values = kept[total.column]
    return float(values.mean() if total.mean else values.sum())


def _text(value: float) -> str:
    """A figure in French, two decimals where it is small and not whole."""
    return number(value, 0 if value % 1 == 0 or abs(value) >= 100 else 2)


def check_vintage(found: str, source: Source, *, today: date | None = None) -> None:
    """
    Refuse a vintage that cannot be: a damaged year, one to come, one after the source's own.

    Parameters
    ----------
    found : str
        What the content says, as its reader finds it; empty when it says none.
    source : Source
        Its entry in the catalogue.
    today : date, optional
        Today (UTC) by default.

    Raises
    ------
    DataFileError
        It cannot be the vintage of this source.

    Examples
    --------
    >>> from cpts_geo.sources.catalogue.catalogue import sources
    >>> try:
    ...     check_vintage("2064", sources()["cnam_densities"], today=date(2026, 5, 1))
    ... except DataFileError as error:
    ...     print(error.summary)
    millésime impossible « 2064 » : il est à venir
    """
    if not found:
        return
    day = (today or datetime.now(UTC).date()).isoformat()
    own = re.search(r"_([0-9]{4})$", source.key)
    if not re.fullmatch(r"(19|20)[0-9]{2}(-[01][0-9]-[0-3][0-9])?", found):
        said = "ce n’est ni une année ni un jour"
    elif found > day[: len(found)]:
        said = "il est à venir"
    elif own and source.holds is None and found[:4] > own[1]:
        said = f"cette source s’arrête à {own[1]}"
    else:
        return
    raise DataFileError(
        f"millésime impossible {quoted(found)} : {said}",
        remedy="le fichier est abîmé, ou d’un autre millésime : essayez une autre adresse.",
    )


def other_source(source: Source, vintage: str) -> str:
    """
    Say what to do to have another vintage of a source than its own.

    Parameters
    ----------
    source : Source
        The source asked for.
    vintage : str
        Vintage that is served instead.

    Returns
    -------
    str
        The key to ask for, or where to describe the vintage, in French.

    Examples
    --------
    >>> from cpts_geo.sources.catalogue.catalogue import sources
    >>> other_source(sources()["drees_apl_2024"], "2023")
    'demandez « drees_apl_2023 »'
    """
    known = [
        other.key
        for other in sources().values()
        if other.reader == source.reader and other.holds == vintage
    ]
    if known:
        return f"demandez « {known[0]} »"
    return f"ajoutez le millésime {vintage} à « {source.family} » dans sources/catalogue/*.toml"
