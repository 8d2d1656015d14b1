"""What the tables of data/cpts must hold, and the columns of texts that all contracts share."""

from __future__ import annotations

from typing import Any, Final

import pandera.pandas as pa

from cpts_geo.schema import GRADE_LABELS
from cpts_geo.sources._conventions.tables import CODE, FILLED, POSITIVE
from cpts_geo.sources.catalogue.catalogue import sources

_DATE_PATTERN: Final = r"^\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?$"
_DEPARTEMENTS_PATTERN: Final = r"^(?:\d{2,3}|2[AB])( (?:\d{2,3}|2[AB]))*$"
#: A list of communes is whole, or what is missing of it follows.
_COMPLETE_PATTERN: Final = r"^(oui|non( : .+)?)$"
_BASES: Final = ("liste publiée", "intercommunalité", "hypothèse")


def one_of(values: Any, **options: Any) -> pa.Column:
    """Column of texts among some values."""
    allowed = [str(value) for value in values]
    return pa.Column(
        str, pa.Check.isin(allowed, error=f"attendu : {', '.join(allowed)}"), **options
    )


def text(*checks: pa.Check, nullable: bool = False) -> pa.Column:
    """Column of texts."""
    return pa.Column(str, list(checks), nullable=nullable)


_DATE: Final = text(pa.Check.str_matches(_DATE_PATTERN, error="date AAAA-MM-JJ attendue"))


HAND_WRITTEN: Final = {
    "perimeters": pa.DataFrameSchema(
        {
            "territory": FILLED,
            "cpts": FILLED,
            "liste_complete": text(
                pa.Check.str_matches(
                    _COMPLETE_PATTERN, error="attendu : oui, ou non et ce qui manque"
                )
            ),
            "source": one_of(sources()),
            "date": _DATE,
            "grade": one_of(GRADE_LABELS),
            "basis": one_of(_BASES),
            "published": text(),
            "code_insee": CODE,
            "name": FILLED,
            "note": text(),
            "remarque": text(),
        },
        unique=["territory", "code_insee"],
    ),
    "territories": pa.DataFrameSchema(
        {
            "territory": pa.Column(str, FILLED.checks, unique=True),
            "departements": text(
                pa.Check.str_matches(
                    _DEPARTEMENTS_PATTERN, error="codes de département séparés par un espace"
                )
            ),
            "document": FILLED,
            "perimeter": FILLED,
        },
    ),
    "facts": pa.DataFrameSchema(
        {
            "territory": FILLED,
            "fact": FILLED,
            "value": pa.Column(float, POSITIVE, coerce=True),
            "unit": FILLED,
            "base": text(),
            "date": _DATE,
            "definition": FILLED,
            "document": FILLED,
            "grade": one_of(GRADE_LABELS),
            "gap_reason": text(),
        },
        checks=[
            pa.Check(
                lambda table: table["unit"].str.startswith("part ") == (table["base"] != ""),
                error="base : les âges d’une part, et rien pour une autre unité",
            ),
        ],
        unique=["territory", "fact"],
    ),
    "sites": pa.DataFrameSchema(
        {
            "territory": FILLED,
            "code_insee": CODE,
            "name": FILLED,
            "hours_per_week": pa.Column(float, POSITIVE, coerce=True),
            "document": FILLED,
            "grade": one_of(GRADE_LABELS),
        },
        unique=["territory", "code_insee", "name"],
    ),
}
