"""The table that a coordinator fills: a row an indicator, empty or with invented figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cpts_geo.french import number
from cpts_geo.sources.analyst.aci.codes import (
    _COLUMNS,
    COUNTED,
    PERIODS,
    AciIndicator,
    aci_indicators,
)
from cpts_geo.sources.analyst.filled.templates import INVENTED

#: A definition that a file must choose, in the example.
_DEFINITION: Final = "ALD, définition de l’exemple"


def aci_template(
    territories: Sequence[str] = ("",), *, example_year: int | None = None
) -> tuple[list[str], list[list[str | float | None]]]:
    """
    Make the table of the indicators of the ACI, to be filled.

    Parameters
    ----------
    territories : sequence of str
        Their keys; an empty one where the file is of the only one of a run.
    example_year : int, optional
        Year N of a table filled with invented figures, marked so; an empty one where absent.

    Returns
    -------
    tuple of list of str, list of list of str
        Headings; a row an indicator of each territory, whose code, title, unit and fields are
        filled.

    Examples
    --------
    >>> heads, rows = aci_template(["lvo"], example_year=2026)
    >>> heads[:3], rows[1][4:8]
    (['Territoire', 'Code', 'Indicateur'], ['13,8', '2024', '17 ans ou plus', '12,9'])
    """
    rows: list[list[str | float | None]] = []
    for territory in territories:
        for indicator in aci_indicators().values():
            row = _blank(territory, indicator)
            if example_year is not None:
                row |= _invented(indicator, example_year)
            rows.append([*row.values()])
    return list(_COLUMNS.values()), rows


def _blank(territory: str, indicator: AciIndicator) -> dict[str, str]:
    """A row that nobody has filled."""
    fields = {f"{name}_field": indicator.field for name in COUNTED}
    said = {"territory": territory, "code": indicator.code}
    asked = (
        "registre de la CPTS, qui remplit N et N-1" if indicator.follow_up else indicator.producer
    )
    told = {"title": indicator.title, "unit": indicator.unit, "ask": asked}
    return dict.fromkeys(_COLUMNS, "") | said | told | fields


def _invented(indicator: AciIndicator, year: int) -> dict[str, str]:
    """Invented figures of a row."""
    row: dict[str, str] = {}
    years = (year - 2, year - 1, year, year + 1)
    for name, value, of in zip(PERIODS, indicator.example, years, strict=True):
        decimals = 1 if value != round(value) else 0
        # A spreadsheet takes narrow spaces for text.
        row |= {name: number(value, decimals).replace("\u202f", ""), f"{name}_year": str(of)}
    fields = {f"{name}_field": indicator.field or _DEFINITION for name in COUNTED}
    words = dict.fromkeys(("justification", "comment", "producer"), INVENTED)
    return row | fields | words | {"date": f"31/12/{year}"}
