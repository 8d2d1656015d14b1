"""The indicators of the ACI: one table, then a fiche for each that somebody filled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.atlas.look.cells import MASK_TEXTS, Cell
from cpts_geo.french import NNBSP, joined, number, percent, typeset
from cpts_geo.schema import GRADE_LABELS, Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS, Mask
from cpts_geo.sources.analyst.aci.codes import (
    ACI_GRADE,
    PERIODS,
    AciIndicator,
    aci_indicators,
)
from cpts_geo.sources.analyst.filled.templates import INVENTED

_MISSIONS: Final = {"1a": "1a, médecin traitant", "1b": "1b, soins non programmés"}
_NOTHING: Final = "—"


class _Fiche(NamedTuple):
    """A fiche: what the indicator is, its four figures, the rate, what is said of it."""

    title: str
    mission: str
    said: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, Cell], ...]
    rate: str
    why: str


def section(table: pd.DataFrame) -> dict[str, Any]:
    """
    Lay out the indicators of the ACI.

    Parameters
    ----------
    table : DataFrame
        As :func:`cpts_geo.indicators.aci.aci_table` gives it.

    Returns
    -------
    dict
        ``rows`` (label, cells of the four figures, rate), ``fiches`` of the indicators that have a
        figure, ``missing`` (French: whom to ask for the others; empty), ``invented`` (whether some
        figure is), ``wording`` (how well the wording is known) and ``secrecy``.

    Examples
    --------
    >>> from cpts_geo.indicators.aci import aci_table
    >>> found = section(aci_table(pd.DataFrame()))
    >>> len(found["rows"]), found["fiches"]
    (17, [])
    """
    every = [(aci_indicators()[str(code)], row) for code, row in table.iterrows()]
    return {
        "heads": list(PERIODS.values()),
        "rows": [
            (about.title, _MISSIONS[about.mission], figures(about, row), rate_text(row), row["why"])
            for about, row in every
        ],
        "fiches": [_fiche(about, row) for about, row in every if is_given(row)],
        "missing": _missing([(about, row) for about, row in every if not is_given(row)]),
        "invented": INVENTED if (table["producer"] == INVENTED).any() else "",
        "wording": f"Libellés connus de seconde main, à vérifier sur le contrat (confiance "
        f"{ACI_GRADE} : {GRADE_LABELS[ACI_GRADE]}). Les cibles sont locales.",
        "secrecy": f"Un nombre de 1 à {MIN_PATIENTS - 1} patients n’est jamais écrit, ni ce qui le "
        "ferait retrouver.",
    }


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


def figures(about: AciIndicator, row: Mapping[Any, Any] | pd.Series) -> tuple[Cell, ...]:
    """
    Write the figures of an indicator, each with its year.

    Parameters
    ----------
    about : AciIndicator
        The indicator.
    row : Mapping or Series
        Its row of the fiche.

    Returns
    -------
    tuple of Cell
        Reference, N-1, N, target; a masked figure is never like an unknown one, or like 0.

    Examples
    --------
    >>> row = {"reference": 0.0, "reference_year": 2024.0, "reference_status": "announced"}
    >>> row |= {f"{name}{end}": "unknown" if end == "_status" else float("nan")
    ...     for name in ("previous", "value", "target") for end in ("", "_year", "_status")}
    >>> [cell.text for cell in figures(aci_indicators()["sas_medecins"], row)]
    ['0', 'inconnu', 'inconnu', 'inconnu']
    """
    return tuple(_cell(about, row, name) for name in PERIODS)


def _cell(about: AciIndicator, row: Mapping[Any, Any] | pd.Series, name: str) -> Cell:
    """A figure as it is read."""
    status, year = str(row[f"{name}_status"]), row[f"{name}_year"]
    when = "" if pd.isna(year) else f"{year:.0f}"
    if status == Status.UNKNOWN.value:
        return Cell("inconnu", status=status)
    if status in set(Mask):
        return Cell(MASK_TEXTS[Mask(status)], status=status, origin=when)
    return Cell(_text(about, float(row[name])), status=status, origin=when)


def _text(about: AciIndicator, value: float) -> str:
    """A value with its unit where it is no number of things."""
    if about.percent:
        return percent(value, 1)
    text = number(value, 0 if value == round(value) else 1)
    return f"{text}{NNBSP}h" if about.unit == "heures" else text


def rate_text(row: Mapping[Any, Any] | pd.Series) -> str:
    """
    Write the rate reached.

    Parameters
    ----------
    row : Mapping or Series
        A row of the fiche.

    Returns
    -------
    str
        In percent, below 0 and above 100 included; a dash where it has no meaning.

    Examples
    --------
    >>> rate_text({"rate": 1.25}).replace("\u202f", " "), rate_text({"rate": float("nan")})
    ('125 %', '—')
    """
    rate = float(row["rate"])
    return _NOTHING if math.isnan(rate) else f"{number(100 * rate)}{NNBSP}%"


def _fiche(about: AciIndicator, row: pd.Series) -> _Fiche:
    """The fiche of an indicator."""
    said = {
        "Formule": about.formula,
        "Champ": row["field"],
        "Unité": about.unit,
        "Sens attendu": about.direction,
        "Producteur": row["producer"] or f"non dit ; à demander à : {about.producer}",
        "Date des données": row["date"] or "non dite",
        "Justification": row["justification"] or _NOTHING,
        "Commentaire": "; ".join(filter(None, (row["comment"], row["remark"]))) or _NOTHING,
    }
    cells = zip(PERIODS.values(), figures(about, row), strict=True)
    return _Fiche(
        about.title, _MISSIONS[about.mission], tuple(said.items()), tuple(cells), rate_text(row),
        row["why"],
    )  # fmt: skip


def _missing(rows: Sequence[tuple[AciIndicator, pd.Series]]) -> str:
    """Say which indicators nobody filled, and whom to ask."""
    asked: dict[str, list[str]] = {}
    for about, _ in rows:
        asked.setdefault(about.producer, []).append(f"{about.title[0].lower()}{about.title[1:]}")
    said = (f"à demander à {who} : {joined(titles)}" for who, titles in asked.items())
    return typeset(" ; ".join(said))
