"""The indicators of the ACI of one territory: reference, N-1, N, target, and the rate reached.

The rate is that of the contract, whatever the sense that is hoped for::

    rate = (N - reference) / (target - reference)

It is kept as it comes, below 0 and above 1 included. Where it has no meaning, words say why; no
target is ever supposed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from cpts_geo.errors import IndicatorsError
from cpts_geo.french import joined, number, percent, typeset
from cpts_geo.indicators.aci.secret import _hide, _mask_few
from cpts_geo.indicators.filled.counts import usual_populations
from cpts_geo.schema import Status
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.sources.analyst.aci.codes import (
    COUNTED,
    PERIODS,
    AciIndicator,
    aci_indicators,
)
from cpts_geo.sources.analyst.filled.templates import INVENTED, is_invented

_TEXTS: Final = ("justification", "comment", "producer", "date")
_IN_WORDS: Final = {"reference": "référence", "previous": "N-1", "value": "N", "target": "cible"}
_SECRET: Final = frozenset(mask.value for mask in Mask)
#: What the log knows, as its fiche says.
_LOG_PRODUCER: Final = "registre des demandes de la CPTS"


#: Units of what a part of a year tells as well as a whole one.
_OF_ANY_SPAN: Final = ("%", "heures")
#: Months of a year.
_YEAR: Final = 12


@dataclass(frozen=True, eq=False)
class KnownOfLog:
    """
    What a follow-up of the log knows of the indicators.

    Parameters
    ----------
    totals : DataFrame
        By name of :attr:`cpts_geo.sources.analyst.aci.codes.AciIndicator.follow_up`: value and
        previous (NaN unknown or masked), status and previous_status (a status, or a mask).
    year : int
        Year of the last day of the period.
    previous_year : int or None
        The same for the period before; None where there is none.
    period, previous_period : str
        French words for the period, and for the period before; empty where there is none.
    invented : tuple of bool
        Whether its registre is an invented example, and that of the period before.
    months : tuple of int
        Whole months that each tells; 12 make a year.
    blank : mapping of str to tuple of str
        By name of ``totals`` that may be a lower bound: French words on the requests of each period
        that say no outcome; empty where they are few.
    """

    totals: pd.DataFrame
    year: int
    previous_year: int | None
    period: str
    previous_period: str = ""
    invented: tuple[bool, bool] = (False, False)
    months: tuple[int, int] = (_YEAR, _YEAR)
    blank: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def aci_table(
    given: pd.DataFrame, known: KnownOfLog | None = None, *, people: float = np.nan
) -> pd.DataFrame:
    """
    Make the fiche of the indicators of the ACI, as it may leave.

    Parameters
    ----------
    given : DataFrame
        Rows of one territory by code, as
        :attr:`cpts_geo.sources.analyst.aci.file.GivenAci.rows` has them; not modified.
    known : KnownOfLog, optional
        What the log knows: it fills N and N-1 of its own indicators.
    people : float, optional
        Inhabitants of the territory, of whom a share may tell a few; NaN unknown.

    Returns
    -------
    DataFrame
        By code, every indicator in order: reference, previous, value, target, each with ``_year``
        (NaN unknown), ``_status`` (a status, or a mask) and ``_span`` (French: the part of a year
        that it tells; empty); field, rate (NaN where it has no
        meaning), why (French: why it has none; empty), remark (French), justification, comment,
        producer and date.

    Raises
    ------
    IndicatorsError
        N or N-1 that were given are of another year than those of the log, or a reference of other
        people; every defect is listed.

    Notes
    -----
    A count of 1 to 10 patients, or of all but 1 to 10 of a population, is masked, and with it the
    share of the same patients in the same period, and the rates that would tell it; so is a count
    of 1 to 4 doctors.

    Examples
    --------
    >>> row = {"reference": 0.5, "reference_year": 2024, "target": 0.75, "target_year": 2026}
    >>> given = pd.DataFrame([row], index=["taux_reponse"])
    >>> totals = pd.DataFrame({"value": [0.7], "status": "measured", "previous": [0.6]},
    ...     index=["response_rate"])
    >>> found = aci_table(given, KnownOfLog(totals, 2026, 2025, "2026"))
    >>> round(float(found.at["taux_reponse", "rate"]), 3), found.at["mt_17_part", "why"].split()[0]
    (0.8, 'non')
    """
    defects: list[str] = []
    rows: dict[str, dict[str, Any]] = {}
    for code, indicator in aci_indicators().items():
        row: Any = given.loc[code].to_dict() if code in given.index else {}
        if known is not None and indicator.follow_up:
            defects += _other_years(row, indicator, known)
        rows[code] = (
            {f"{name}_span": "" for name in PERIODS}
            | _figures(row, indicator)
            | {name: row.get(name) or "" for name in _TEXTS}
        )
        if known is not None and indicator.follow_up in known.totals.index:
            rows[code] |= _of_log(rows[code], known, indicator)
    if defects:
        raise IndicatorsError(
            "Les indicateurs de l’ACI mêlent des années, ou des champs, qui ne se comparent pas.",
            defects=defects,
            remedy="donnez les chiffres de la même année que le registre, ou videz ces cellules : "
            "le registre les remplit.",
        )
    _mask_few(rows, usual=usual_populations(people) if not np.isnan(people) else {})
    return _rated(rows)


def hidden_beside(table: pd.DataFrame, told: Collection[tuple[str, float]]) -> pd.DataFrame:
    """
    Mask in a fiche what other tables of the territory hide, or would tell with it.

    Parameters
    ----------
    table : DataFrame
        As :func:`aci_table` gives it; not modified.
    told : collection of (str, float)
        As :func:`cpts_geo.indicators.aci.secret.told_beside` says it.

    Returns
    -------
    DataFrame
        The same, the rates that rest on it having none.

    Examples
    --------
    >>> hidden_beside(aci_table(pd.DataFrame()), {("ald", 2025.0)})["value"].notna().any()
    np.False_
    """
    rows: Any = table.to_dict("index")
    _hide(rows, told)
    return _rated(rows)


def _rated(rows: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
    """The rows as a table, each with its rate."""
    for code, row in rows.items():
        row["rate"], row["why"] = _rate(row)
        # Of a part of a year, a count is no year's; a rate holds, of a whole month at least.
        about = aci_indicators()[code]
        if about.percent and row["value"] > 1.0:
            row |= {"rate": np.nan, "why": typeset("non calculable : N dépasse 100 %")}
        short, like = row["value_span"], about.unit in _OF_ANY_SPAN
        if short and not row["why"] and (not like or short == _span(0)):
            row |= {"rate": np.nan, "why": typeset(f"non calculable : N couvre {short}")}
    return pd.DataFrame.from_dict(dict(rows), orient="index").rename_axis("code")


def _figures(row: Mapping[Any, Any], indicator: AciIndicator) -> dict[str, Any]:
    """Figures of a row that a coordinator gave, each with its year and how it is known."""
    found: dict[str, Any] = {}
    told = Status.ASSUMED if is_invented(row.get("producer") or "") else Status.ANNOUNCED
    for name in PERIODS:
        value = row.get(name, np.nan)
        hidden = bool(row.get(f"{name}_hidden", False))
        known = Status.UNKNOWN if pd.isna(value) else told
        found |= {
            name: float(value),
            f"{name}_year": float(row.get(f"{name}_year", np.nan)),
            f"{name}_status": Mask.SECRET.value if hidden else known.value,
        }
    fields = [row.get(f"{name}_field") for name in COUNTED
              if found[f"{name}_status"] != Status.UNKNOWN.value]  # fmt: skip
    field = next(filter(None, fields), indicator.field)
    return found | {"field": field, "remark": _against(found, indicator)}


def _against(found: Mapping[str, Any], indicator: AciIndicator) -> str:
    """Say of a target that it is not in the sense that is hoped for."""
    change = found["target"] - found["reference"]
    if np.isnan(change) or change == 0 or (change > 0) == (indicator.direction == "hausse"):
        return ""
    return typeset(f"cible à rebours du sens attendu ({indicator.direction})")


def _other_years(row: Mapping[Any, Any], indicator: AciIndicator, known: KnownOfLog) -> list[str]:
    """Say which figures that were given are of another year, or field, than those of the log."""
    found = []
    for name, year, period in (
        ("value", known.year, known.period),
        ("previous", known.previous_year, known.previous_period),
    ):
        own = row.get(f"{name}_year", np.nan)
        if pd.notna(row.get(name, np.nan)) and year is not None and own != year:
            found.append(
                f"{indicator.code} : {PERIODS[name]} de {own:.0f}, registre de {year}"
                + (f" ({period})" if period else "")
            )
    reference_year = row.get("reference_year", np.nan)
    if pd.notna(row.get("reference", np.nan)) and reference_year > known.year:
        found.append(
            f"{indicator.code} : référence de {reference_year:.0f}, après N ({known.year})"
        )
    field = row.get("reference_field") or indicator.field
    if pd.notna(row.get("reference", np.nan)) and not indicator.counts(field):
        found.append(f"{indicator.code} : référence sur « {field} », non comparable au registre")
    return found


def _of_log(row: dict[str, Any], known: KnownOfLog, indicator: AciIndicator) -> dict[str, Any]:
    """N and N-1 of an indicator as the log knows them: what it masks stays masked."""
    measured: dict[Any, Any] = known.totals.loc[indicator.follow_up].to_dict()
    found: dict[str, Any] = {}
    aside: list[str] = []
    for name, status, year, months in (
        ("value", "status", known.year, known.months[0]),
        ("previous", "previous_status", known.previous_year, known.months[1]),
    ):
        value = float(measured.get(name, np.nan))
        default = Status.UNKNOWN if np.isnan(value) else Status.MEASURED
        kind = str(measured.get(status) or default.value)
        given = row[name]
        if kind == Status.UNKNOWN.value or year is None:
            if pd.notna(given) and year is not None:
                aside.append(f"{PERIODS[name]} : chiffre donné, que ce registre ne mesure pas")
            continue
        if pd.notna(given) and not np.isclose(given, value, rtol=0.005):
            aside.append(_set_aside(name, indicator, given, value))
        found |= {name: value, f"{name}_year": float(year), f"{name}_status": kind,
                  f"{name}_span": _span(months)}  # fmt: skip
    if "value" in found:
        found |= {"producer": _producer(row | found, known), "date": known.period}
    # One that is whole is told beside one that is not: they are no like months.
    spans = [
        (f"{_IN_WORDS[name]} : {found[key] or 'année entière'}" + (f" ({when})" if when else ""))
        for name, when in (("value", known.period), ("previous", known.previous_period))
        if (key := f"{name}_span") in found
    ]
    partial = any(found.get(f"{name}_span") for name in ("value", "previous"))
    remarks = [row["remark"], ", ".join(spans) if partial else ""]
    remarks += [
        f"{_IN_WORDS[name]} : au moins, avec {blank}"
        for name, blank in zip(
            ("value", "previous"), known.blank.get(indicator.follow_up, ()), strict=False
        )
        if blank and pd.notna(found.get(name))
    ]
    remarks += aside
    if "previous" in found and known.invented[1]:
        remarks.append(f"N-1 : {INVENTED}")
    return found | {"remark": typeset(" ; ".join(filter(None, remarks)))}


def _set_aside(name: str, indicator: AciIndicator, given: float, measured: float) -> str:
    """Say which figure gives way to that of the registre; neither where the latter is masked."""
    who = f"{PERIODS[name]} : chiffre donné écarté"
    if np.isnan(measured):
        return f"{who} : celui du registre est secret"
    said, known = (
        percent(each, 1) if indicator.percent else f"{number(each, 1)} {indicator.unit}"
        for each in (given, measured)
    )
    return f"{who} ({said}) : le registre mesure {known}"


def _span(months: int) -> str:
    """Say which part of a year is told; empty for a whole one."""
    if months == _YEAR:
        return ""
    of_year = " sur 12" if months < _YEAR else ""
    return typeset(f"{months} mois{of_year}" if months else "moins d’un mois sur 12")


def _producer(row: Mapping[str, Any], known: KnownOfLog) -> str:
    """Who knows N, and that it, or the figures it is held against, were invented."""
    if known.invented[0]:
        return INVENTED
    # That of the log before N has its own remark.
    own = [words for name, words in _IN_WORDS.items()
           if row[f"{name}_status"] == Status.ASSUMED.value
           and not (name == "previous" and known.invented[1])]  # fmt: skip
    return typeset(f"{_LOG_PRODUCER} ; {joined(own)} : {INVENTED}" if own else _LOG_PRODUCER)


def _rate(row: Mapping[str, Any]) -> tuple[float, str]:
    """Rate reached, or why it has no meaning."""
    needed = ("reference", "value", "target")
    hidden = [_IN_WORDS[name] for name in needed if row[f"{name}_status"] in _SECRET]
    unknown = [_IN_WORDS[n] for n in needed if row[f"{n}_status"] == Status.UNKNOWN.value]
    if hidden or unknown:
        said = [_lacking(hidden, "secret", "secrète"), _lacking(unknown, "inconnu", "inconnue")]
        return np.nan, typeset(f"non calculable : {' ; '.join(filter(None, said))}")
    whole = row["target"] - row["reference"]
    if np.isclose(whole, 0.0, atol=1e-9):
        return np.nan, typeset("non calculable : la cible est égale à la référence")
    return float((row["value"] - row["reference"]) / whole), ""


def _lacking(names: list[str], masculine: str, feminine: str) -> str:
    """Say what figures are, in the gender of what they are called; empty for none."""
    if not names:
        return ""
    word = masculine if names == ["N"] else feminine
    return f"{joined(names)} {word}{'s' if len(names) > 1 else ''}"
