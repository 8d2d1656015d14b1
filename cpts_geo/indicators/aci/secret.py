"""The indicators of the ACI and the tables that say the same things: what one hides, all hide."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.schema import TERRITORY, Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, MIN_PROFESSIONALS, Mask
from cpts_geo.secrecy.together import told_together
from cpts_geo.sources.analyst.aci.codes import COUNTED, aci_indicators
from cpts_geo.sources.analyst.filled.templates import templates

_SECRET: Final = frozenset(mask.value for mask in Mask)
_NAN: Final = float("nan")
_FACT: Final = ["line", "year", "number", "population", "share", "hidden", "part"]
#: Years are compared as numbers: a date that nobody says is of a year of its own.
_NO_YEAR: Final = -1.0


def _mask_few(rows: Mapping[Any, dict[Any, Any]], *, usual: Mapping[str, float]) -> None:
    """
    Mask counts of 1 to 10 patients, all that tells them, and counts of 1 to 4 doctors, in place.

    Parameters
    ----------
    rows : mapping of str to dict
        By code: reference, previous and value, each with ``_year`` and ``_status``.
    usual : mapping of str to float
        By line, the population of its shares where nothing gives it.

    Examples
    --------
    >>> row = {"reference": 24.0, "previous": 20.0, "value": 7.0}
    >>> row |= {f"{name}_{end}": 0.0 for name in row for end in ("year", "status")}
    >>> _mask_few({"mt_ald_nombre": row}, usual={})
    >>> row["value_status"]
    'masked_under_11'
    """
    _hide(rows, told_together(_facts(rows), within=_within(), usual=usual))
    for code, name in ((code, name) for code in rows for name in COUNTED):
        row = rows[code]
        if aci_indicators()[str(code)].doctors and 0 < row[name] < MIN_PROFESSIONALS:
            row |= {name: _NAN, f"{name}_status": Mask.SECRET.value}


def _hide(rows: Mapping[Any, dict[Any, Any]], told: Collection[tuple[str, float]]) -> None:
    """
    Mask some quantities, in place.

    Parameters
    ----------
    rows : mapping of str to dict
        As for :func:`_mask_few`.
    told : collection of (str, float)
        Line and year of each.

    Examples
    --------
    >>> row = {"value": 0.12, "value_year": 2025.0, "value_status": "announced"}
    >>> row |= {f"{name}{end}": 0.0 for name in ("reference", "previous") for end in ("", "_year")}
    >>> _hide({"mt_17_part": row}, {("17+", 2025.0)})
    >>> row["value_status"]
    'masked'
    """
    for code, name in ((code, name) for code in rows for name in COUNTED):
        row, about = rows[code], aci_indicators()[str(code)]
        if (about.line, _year(row[f"{name}_year"])) in told and not np.isnan(row[name]):
            few = about.people and 0 < row[name] < MIN_PATIENTS
            row[f"{name}_status"] = (Mask.UNDER_11 if few else Mask.SECRET).value
            row[name] = _NAN


def told_beside(
    aci: pd.DataFrame, tables: Mapping[str, pd.DataFrame], *, usual: Mapping[str, float]
) -> tuple[frozenset[tuple[str, float]], dict[str, set[tuple[str, str]]]]:
    """
    Say what the indicators of a territory and its filled tables tell together.

    Parameters
    ----------
    aci : DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table` gives it.
    tables : mapping of str to DataFrame
        Its tables ``mt_access``, ``passages`` and ``sas``, what each hides by itself being masked.
    usual : mapping of str to float
        By line, the population of its shares where no table gives it.

    Returns
    -------
    tuple of frozenset and dict
        What leaves in no indicator: line and year, as
        :func:`cpts_geo.indicators.aci.fiche.hidden_beside` takes them; by table, area and line of
        what leaves in it no more.

    Examples
    --------
    >>> told_beside(pd.DataFrame(), {}, usual={})
    (frozenset(), {})
    """
    beside = [
        pd.DataFrame(found, columns=[*_FACT, "area_code"])
        for name, table in tables.items()
        if (found := [{**each, "part": name} for each in _given(name, _own(table))])
    ]
    rows: Any = aci.to_dict("index")
    facts = pd.concat([_facts(rows), *beside], ignore_index=True)
    told = told_together(facts, within=_within(), usual=usual)
    secret = [pair in told for pair in zip(facts["line"], facts["year"], strict=True)]
    masked = facts[pd.Series(secret, facts.index, dtype=bool) & (facts["part"] != "")]
    parts = {str(name): {*zip(of["area_code"], of["line"], strict=True)}
             for name, of in masked.groupby("part")}  # fmt: skip
    return told, parts


def _within() -> Mapping[str, str]:
    """By line, the one that counts the same people and more."""
    return {code: line.within for code, line in templates()["acces-mt"].lines.items()}


def _year(year: Any) -> float:
    """A year, or that of nothing."""
    return _NO_YEAR if pd.isna(year) else float(year)


def _facts(rows: Mapping[Any, Mapping[Any, Any]]) -> pd.DataFrame:
    """What the indicators say of patients."""
    found = []
    for code, row in rows.items():
        about = aci_indicators()[str(code)]
        for name in COUNTED if about.patients else ():
            status = row[f"{name}_status"]
            if status == Status.UNKNOWN.value:
                continue
            found.append({
                "line": about.patients, "year": _year(row[f"{name}_year"]),
                "number": _NAN if about.percent else row[name], "population": _NAN,
                "share": row[name] if about.percent else _NAN, "hidden": status in _SECRET,
                "part": "",
            })  # fmt: skip
    return pd.DataFrame(found, columns=_FACT)


def _own(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the territory itself, of which something is known."""
    known = table["status"] != Status.UNKNOWN.value
    return table[known & (table["area_level"] == TERRITORY.key)]


def _given(name: str, table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """What a filled table says of patients, each under the line that counts them."""
    for row in table.to_dict("records"):
        fact = {
            "line": row["line"], "year": _year(str(row["date"])[:4] or None),
            "number": row["number"], "share": row["share"],
            # Of visits, nobody writes the population.
            "population": row["population" if name == "mt_access" else "whole"],
            "hidden": row["status"] in _SECRET, "area_code": row["area_code"],
        }  # fmt: skip
        if name == "mt_access" or row["line"] in ("rendez_vous", "sans_hospitalisation"):
            yield fact
        elif row["line"] == "demandes":
            yield fact | {"line": "rendez_vous", "number": _NAN, "population": row["number"],
                          "hidden": False}  # fmt: skip
        elif row["line"] == "part_rendez_vous":
            yield fact | {"line": "rendez_vous"}
