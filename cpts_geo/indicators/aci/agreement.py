"""Two tables that say one thing: told where they say it differently."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from cpts_geo.schema import TERRITORY
from cpts_geo.sources.analyst.aci.codes import COUNTED, aci_indicators
from cpts_geo.sources.analyst.filled.templates import templates

#: Half of the last digit that is written: a share to the tenth of a point, a whole count.
_SHARE_ROUNDED: Final = 0.0005
_COUNT_ROUNDED: Final = 0.5
#: A product of binary shares is not exact.
_SLACK: Final = 1e-9


def disagreements(
    aci: Mapping[str, pd.DataFrame], filled: pd.DataFrame, *, names: pd.Series
) -> tuple[str, ...]:
    """
    Say which figures of a year the indicators of the ACI and the filled tables give differently.

    Parameters
    ----------
    aci : mapping of str to DataFrame
        Indicators by code (:func:`cpts_geo.indicators.aci.fiche.aci_table`), of each territory.
    filled : DataFrame
        Rows of the filled tables (:func:`cpts_geo.indicators.filled.checked.checked_rows`).
    names : Series of str
        Name of each territory, by key.

    Returns
    -------
    tuple of str
        A French sentence each, without the figures, which may be secret.

    Examples
    --------
    >>> filled = pd.DataFrame([{
    ...     "territory": "lvo", "table": "acces-mt", "line": "17+", "level": "cpts", "date": "2025",
    ...     "number": 980.0, "population": 7900.0, "share": float("nan"),
    ... }])
    >>> aci = {"lvo": pd.DataFrame({"value": [0.15], "value_year": [2025]}, index=["mt_17_part"])}
    >>> told = disagreements(aci, filled, names=pd.Series({"lvo": "CPTS LVO"}))
    >>> told[0].partition(" : ")[0]
    'CPTS LVO, part des patients de 17 ans ou plus sans médecin traitant, 2025'
    """
    own = filled[filled["level"] == TERRITORY.key]
    return tuple(
        said
        for key, table in aci.items()
        for said in _sentences(str(names[key]), table, own[own["territory"] == key])
    )


def _sentences(name: str, aci: pd.DataFrame, own: pd.DataFrame) -> Iterator[str]:
    """A sentence for each figure of one year that is two."""
    about_all = aci_indicators()
    for code, row in aci.iterrows():
        about = about_all[str(code)]
        for period in COUNTED:
            if not about.line or f"{period}_year" not in row or pd.isna(row[f"{period}_year"]):
                continue
            year = str(int(row[f"{period}_year"]))
            of_year = own[own["date"].str[:4] == year]
            for beside in of_year[of_year["line"] == about.line].to_dict("records"):
                other = _share(beside, of_year) if about.percent else beside["number"]
                rounded = _SHARE_ROUNDED if about.percent else _COUNT_ROUNDED
                if abs(row[period] - other) > rounded + _SLACK:
                    table = templates()[beside["table"]].title
                    yield (
                        f"{name}, {about.title[0].lower()}{about.title[1:]}, {year} : les "
                        f"indicateurs de l’ACI et le tableau « {table} » donnent deux chiffres ; "
                        "vérifiez qu’ils comptent la même chose, et lequel est le bon."
                    )


def _share(row: Mapping[Any, Any], rows: pd.DataFrame) -> float:
    """Share of a row, or its number among the people of whom it is a part; NaN if unknown."""
    if not pd.isna(row["share"]):
        return float(row["share"])
    whole = row["population"]
    if pd.isna(whole):
        within = templates()[row["table"]].lines[row["line"]].within
        whole = rows.loc[rows["line"] == within, "number"].sum()
    return float(row["number"] / whole) if whole else math.nan
