"""The fiche of the ACI as a table that says what each of its rows is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cpts_geo.schema import Status
from cpts_geo.sources.analyst.aci.codes import ACI_GRADE, PERIODS, aci_indicators
from cpts_geo.sources.analyst.filled.templates import is_invented


def aci_rows(table: pd.DataFrame) -> pd.DataFrame:
    """
    Write the fiche with all that says what each indicator is: a row an indicator.

    Parameters
    ----------
    table : DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table` gives it; not modified.

    Returns
    -------
    DataFrame
        code, mission, label, formula, field, unit, direction, grade (of the wording), then the
        columns of the fiche, rate and why last; whom to ask in ``ask``, where nobody gave N.

    Examples
    --------
    >>> from cpts_geo.indicators.aci.fiche import aci_table
    >>> aci_rows(aci_table(pd.DataFrame())).loc[0, ["code", "grade", "ask"]].tolist()
    ['mt_17_nombre', 'B', 'à la CPAM']
    """
    rows = []
    for code, row in table.iterrows():
        about = aci_indicators()[str(code)]
        unknown = row["value_status"] == Status.UNKNOWN.value
        rows.append(
            {
                "code": about.code, "mission": about.mission, "label": about.title,
                "formula": about.formula, "field": row["field"], "unit": about.unit,
                "direction": about.direction, "grade": ACI_GRADE,
                "producer": row["producer"], "ask": about.ask if unknown else "",
                "date": row["date"],
                **{f"{name}{end}": row[f"{name}{end}"]
                   for name in PERIODS for end in ("", "_year", "_status")},
                "rate": row["rate"], "why": row["why"],
                **{name: row[name] for name in ("justification", "comment", "remark")},
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def is_given(row: Mapping[Any, Any] | pd.Series) -> bool:
    """
    Tell whether somebody gave a figure of an indicator.

    Parameters
    ----------
    row : Mapping or Series
        A row of the fiche.

    Returns
    -------
    bool
        True for one that is masked too.

    Examples
    --------
    >>> is_given(dict.fromkeys((f"{name}_status" for name in PERIODS), "unknown"))
    False
    """
    return any(row[f"{name}_status"] != Status.UNKNOWN.value for name in PERIODS)


def is_of_example(row: Mapping[Any, Any] | pd.Series) -> bool:
    """
    Tell whether some figure of an indicator is of an invented example.

    Parameters
    ----------
    row : Mapping or Series
        A row of the fiche.

    Returns
    -------
    bool
        By its producer, or by the remark on N-1.

    Examples
    --------
    >>> is_of_example({"producer": "exemple inventé", "remark": ""})
    True
    """
    return any(is_invented(row[name]) for name in ("producer", "remark"))
