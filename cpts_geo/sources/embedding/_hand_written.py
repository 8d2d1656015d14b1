"""What the tables of data/cpts must hold, and the columns of texts that all contracts share."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import pandera.pandas as pa

from cpts_geo.schema import GRADE_LABELS
from cpts_geo.sources._conventions.numbers import NUMBERS
from cpts_geo.sources._conventions.tables import CODE, FILLED, POSITIVE
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import finess_defect

_DAY: Final = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_DATE_PATTERN: Final = rf"^{_DAY}(?:/{_DAY})?$"
_DEPARTEMENTS_PATTERN: Final = r"^(?:\d{2,3}|2[AB])( (?:\d{2,3}|2[AB]))*$"
#: A list of communes is whole, or what is missing of it follows.
_COMPLETE_PATTERN: Final = r"^(oui|non( : .+)?)$"
_BASES: Final = ("liste publiée", "intercommunalité", "hypothèse")


def one_of(values: Any, **options: Any) -> pa.Column:
    """Column of texts among some values."""
    allowed = [str(value) for value in values]
    said = ", ".join(each or "(vide)" for each in allowed)
    return pa.Column(str, pa.Check.isin(allowed, error=f"attendu : {said}"), **options)


def text(*checks: pa.Check, nullable: bool = False) -> pa.Column:
    """Column of texts."""
    return pa.Column(str, list(checks), nullable=nullable)


_DATE: Final = text(pa.Check.str_matches(_DATE_PATTERN, error="date AAAA-MM-JJ attendue"))
_MAYBE_DATE: Final = text(
    pa.Check.str_matches(
        rf"^$|{_DATE_PATTERN}", error="date AAAA-MM-JJ attendue, ou deux séparées par /"
    )
)


#: Numbers of a known line, which may be empty.
LINE_NUMBERS: Final = tuple(NUMBERS["known_lines"])
_SHARES: Final = LINE_NUMBERS[3:]
#: More than any line counts.
_MAX_NUMBER: Final = 1e9
#: Where a line is: a known CPTS, EPCI or communes joined by +.
_PLACES_PATTERN: Final = r"^(cpts:\w+|epci:\d{9}(\+\d{9})*|communes:\w{5}(\+\w{5})*)?$"


def _line_number(name: str) -> pa.Column:
    """Column of a number of a known line."""
    above = pa.Check.in_range(
        0, _MAX_NUMBER, include_min=False, error="nombre au-dessus de 0, et d’un milliard au plus"
    )
    share = pa.Check.in_range(0, 1, include_min=False, error="part de 0 (exclu) à 1 attendue")
    return pa.Column(float, share if name in _SHARES else above, nullable=True, coerce=True)


def _rising(names: tuple[str, ...]) -> pa.Check:
    """Numbers given in order."""
    # A text among numbers is a defect of its own.
    return pa.Check(
        lambda table: (
            ~(table[list(names)].apply(pd.to_numeric, errors="coerce").diff(axis=1) < 0).any(axis=1)
        ),
        error=f"{' ≤ '.join(names)} : dans cet ordre",
    )


def _whole_law(law: str, names: tuple[str, ...]) -> pa.Check:
    """What a line that calibrates must say."""
    return pa.Check(
        lambda table: (
            (table["calibrates"] != "oui")
            | (table["law"] != law)
            | table[list(names)].notna().all(axis=1)
        ),
        error=f"loi « {law} » d’une ligne qui compte : il faut {', '.join(names)}",
    )


HAND_WRITTEN: Final = {
    "known_lines": pa.DataFrameSchema(
        {
            "line": pa.Column(str, FILLED.checks, unique=True),
            "name": FILLED,
            "departements": text(
                pa.Check.str_matches(
                    rf"^$|{_DEPARTEMENTS_PATTERN}",
                    error="codes de département séparés par un espace",
                )
            ),
            "places": text(
                pa.Check.str_matches(
                    _PLACES_PATTERN,
                    error="attendu : cpts:CLÉ, epci:SIREN+SIREN ou communes:CODE+CODE",
                )
            ),
            **{name: _line_number(name) for name in LINE_NUMBERS},
            "perimeter": text(),
            "public": text(),
            "kind": FILLED,
            "access": text(),
            "saturated": one_of(("oui", "non", "inconnu")),
            "opening": text(),
            "counted": text(),
            "period": text(),
            "law": one_of(("", "appels", "servies")),
            "calibrates": one_of(("oui", "non")),
            "reading": text(),
            "document": FILLED,
            "url": text(),
            "date": _MAYBE_DATE,
            "grade": one_of(GRADE_LABELS),
        },
        checks=[
            pa.Check(
                lambda table: (
                    (table["calibrates"] != "oui")
                    | ((table["law"] != "") & (table["places"] != ""))
                ),
                error="une ligne qui compte (calibrates = oui) doit dire sa loi et ses communes",
            ),
            _whole_law("appels", ("people_factor", *LINE_NUMBERS[1:6])),
            _whole_law("servies", ("people_factor", *LINE_NUMBERS[1:3], *LINE_NUMBERS[6:])),
            *map(_rising, (LINE_NUMBERS[1:3], LINE_NUMBERS[3:6], LINE_NUMBERS[6:])),
        ],
    ),
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
            "finess": text(
                pa.Check(
                    lambda numbers: numbers.map(lambda each: not each or not finess_defect(each)),
                    error="numéro FINESS attendu, ou rien s’il n’est pas connu",
                )
            ),
        },
    ),
    "aci_sizes": pa.DataFrameSchema(
        {
            "size": pa.Column(int, pa.Check.in_range(1, 9), unique=True, coerce=True),
            "low": pa.Column(float, POSITIVE, unique=True, coerce=True),
            "low_included": one_of(("oui", "non")),
            "definition": FILLED,
            "date": _DATE,
            "document": FILLED,
            "grade": one_of(GRADE_LABELS),
        },
        checks=[
            pa.Check(
                lambda table: table["low"].is_monotonic_increasing and table["low"].iloc[0] == 0,
                error="low : de 0 à la plus grande taille, dans l’ordre",
            ),
        ],
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
