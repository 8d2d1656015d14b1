"""The indicators of the ACI: one table, then a fiche for each that somebody filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.look.values import aci_cells, rate_text
from cpts_geo.french import capital, joined, typeset
from cpts_geo.indicators.aci.rows import is_given, is_of_example
from cpts_geo.schema import GRADE_LABELS, Status
from cpts_geo.secrecy.disclosure import MIN_PATIENTS
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
    invented: str


def section(table: pd.DataFrame) -> dict[str, Any]:
    """
    Lay out the indicators of the ACI.

    Parameters
    ----------
    table : DataFrame
        As :func:`cpts_geo.indicators.aci.fiche.aci_table` gives it.

    Returns
    -------
    dict
        ``rows`` (label, cells of the four figures, rate) and ``fiches`` of the indicators that have
        a figure, ``years`` (French: that N is not of one year; empty), ``missing`` (whom to ask for
        the others, and which), ``invented`` (whether some figure is), ``wording`` (how well the
        wording is known) and ``secrecy``.

    Examples
    --------
    >>> from cpts_geo.indicators.aci.fiche import aci_table
    >>> found = section(aci_table(pd.DataFrame()))
    >>> len(found["missing"]), found["fiches"]
    (5, [])
    """
    every = [(aci_indicators()[str(code)], row) for code, row in table.iterrows()]
    return {
        "heads": list(PERIODS.values()),
        "rows": [
            (
                about.title,
                _MISSIONS[about.mission],
                aci_cells(about, row),
                rate_text(row),
                row["why"],
            )
            for about, row in every
            if is_given(row)
        ],
        "years": _years([row for _, row in every]),
        "fiches": [_fiche(about, row) for about, row in every if is_given(row)],
        "missing": _missing([(about, row) for about, row in every if not is_given(row)]),
        "invented": INVENTED if any(is_of_example(row) for _, row in every) else "",
        "wording": f"Libellés connus de seconde main, à vérifier sur le contrat (confiance "
        f"{ACI_GRADE} : {GRADE_LABELS[ACI_GRADE]}). Les cibles sont locales.",
        "secrecy": f"Un nombre de 1 à {MIN_PATIENTS - 1} patients n’est jamais écrit, ni ce qui le "
        "ferait retrouver.",
    }


def _fiche(about: AciIndicator, row: pd.Series) -> _Fiche:
    """The fiche of an indicator."""
    said = {
        "Formule": about.formula,
        "Champ": row["field"],
        "Unité": about.unit,
        "Sens attendu": about.direction,
        "Producteur": row["producer"] or f"non dit ; à demander {about.ask}",
        "Date des données": row["date"] or "non dite",
        "Justification": row["justification"] or _NOTHING,
        "Commentaire": row["comment"] or _NOTHING,
        "Remarque": row["remark"] or _NOTHING,
    }
    cells = zip(PERIODS.values(), aci_cells(about, row), strict=True)
    return _Fiche(
        about.title, _MISSIONS[about.mission], tuple(said.items()), tuple(cells), rate_text(row),
        row["why"], INVENTED if is_of_example(row) else "",
    )  # fmt: skip


def _years(rows: Sequence[pd.Series]) -> str:
    """Say that N, or N-1, is not of the same year on each row."""
    said = []
    for name, words in PERIODS.items():
        known = [row[f"{name}_year"] for row in rows if row[f"{name}_status"] != Status.UNKNOWN]
        years = sorted({int(year) for year in known if not pd.isna(year)})
        if name in ("previous", "value") and len(years) > 1:
            said.append(f"{words} est de {joined(list(map(str, years)))} selon les lignes")
    return f"{' ; '.join(said)} : chaque cellule dit son année." if said else ""


def _missing(rows: Sequence[tuple[AciIndicator, pd.Series]]) -> list[tuple[str, str]]:
    """Whom to ask for the indicators that nobody filled, and which these are."""
    asked: dict[str, list[str]] = {}
    for about, _ in rows:
        asked.setdefault(about.ask, []).append(about.title)
    return [(capital(typeset(who)), typeset(" ; ".join(titles))) for who, titles in asked.items()]
