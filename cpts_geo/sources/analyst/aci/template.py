"""The table that a coordinator fills: a row an indicator, empty or with invented figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cpts_geo.french import number
from cpts_geo.sources.analyst.aci.codes import (
    _COLUMNS,
    COUNTED,
    PERIODS,
    AciIndicator,
    aci_indicators,
)
from cpts_geo.sources.analyst.filled.invented import invented
from cpts_geo.sources.analyst.filled.templates import INVENTED

#: A file of a territory that it does not name, as large as many CPTS are.
_NOBODY: Final[Mapping[str, float]] = {"": 80_000.0}
#: A definition that a file must choose, in the example.
_DEFINITION: Final = "ALD, définition de l’exemple"


def aci_template(
    people: Mapping[str, float] = _NOBODY, *, example_year: int | None = None
) -> tuple[list[str], list[list[str | float | None]]]:
    """
    Make the table of the indicators of the ACI, to be filled.

    Parameters
    ----------
    people : mapping of str to float, optional
        Inhabitants of each territory, by key; an empty key where the file is of the only one of a
        run.
    example_year : int, optional
        Year N of a table filled with invented figures, marked so; an empty one where absent.

    Returns
    -------
    tuple of list of str, list of list of str
        Headings; a row an indicator of each territory, whose code, title, unit and fields are
        filled.

    Examples
    --------
    >>> heads, rows = aci_template({"lvo": 140_148}, example_year=2026)
    >>> heads[:3], rows[1][4:8]
    (['Territoire', 'Code', 'Indicateur'], ['14', '2024', '17 ans ou plus', '13,1'])
    """
    rows: list[list[str | float | None]] = []
    for territory, inhabitants in people.items():
        for indicator in aci_indicators().values():
            row = _blank(territory, indicator)
            if example_year is not None:
                row |= _invented(indicator, example_year, people=inhabitants)
            rows.append([*row.values()])
    return list(_COLUMNS.values()), rows


def _blank(territory: str, indicator: AciIndicator) -> dict[str, str]:
    """A row that nobody has filled."""
    fields = {f"{name}_field": indicator.field for name in COUNTED}
    said = {"territory": territory, "code": indicator.code}
    asked = "registre de la CPTS, qui remplit N et N-1" if indicator.follow_up else indicator.ask
    told = {"title": indicator.title, "unit": indicator.unit, "ask": asked}
    return dict.fromkeys(_COLUMNS, "") | said | told | fields


def _invented(indicator: AciIndicator, year: int, *, people: float) -> dict[str, str]:
    """Invented figures of a row."""
    now = indicator.example
    if indicator.line:
        found = invented(indicator.line, people=people)
        now = found.share if indicator.percent else found.number
    reference, previous, target = (now * times for times in indicator.course)
    row: dict[str, str] = {}
    years = (year - 2, year - 1, year, year + 1)
    for name, value, of in zip(PERIODS, (reference, previous, now, target), years, strict=True):
        shown = round(value, 1 if indicator.percent else 0)
        # A spreadsheet takes narrow spaces for text.
        written = number(shown, 0 if shown == round(shown) else 1).replace("\u202f", "")
        row |= {name: written, f"{name}_year": str(of)}
    fields = {f"{name}_field": indicator.field or _DEFINITION for name in COUNTED}
    words = dict.fromkeys(("justification", "comment", "producer"), INVENTED)
    return row | fields | words | {"date": f"31/12/{year}"}
