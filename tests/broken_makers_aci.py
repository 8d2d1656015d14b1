"""Tables of the indicators of the ACI that must be refused: one cell of the example is changed."""

from __future__ import annotations

from pathlib import Path

from cpts_geo.sources.analyst.aci.codes import _COLUMNS
from cpts_geo.sources.analyst.aci.template import aci_template
from tests.broken_makers_door import Maker


def _changed(row_of: str, *, without: str = "", twice: bool = False, **cells: str) -> Maker:
    """Make the example with other cells in the row of an indicator, or without a column."""

    def make(folder: Path) -> Path:
        names = list(_COLUMNS)
        heads, filled = aci_template(example_year=2026)
        rows = [heads, *map(list, filled)]
        place = next(n for n, row in enumerate(rows) if row[1] == row_of)
        for name, text in cells.items():
            rows[place][names.index(name)] = text
        if twice:
            rows.append(rows[place])
        kept = [n for n, name in enumerate(names) if name != without]
        path = folder / "aci.csv"
        path.write_text("\n".join(";".join(str(row[n]) for n in kept) for row in rows), "utf-8")
        return path

    return make


aci_no_target = _changed("mt_17_part", without="target")
aci_unknown_code = _changed("mt_17_part", code="mt_17_parts")
aci_twice = _changed("mt_17_part", twice=True)
aci_over_100 = _changed("mt_17_part", value="112,5")
aci_negative = _changed("mt_17_part", value="-3")
aci_words = _changed("mt_17_part", value="environ 12")
aci_no_producer = _changed("mt_17_part", producer="")
aci_no_year = _changed("mt_17_part", value_year="")
aci_odd_year = _changed("mt_17_part", value_year="en 2026")
aci_mixed_years = _changed("mt_17_part", value_year="2025")
aci_reference_after = _changed("mt_17_part", reference_year="2026", value_year="2025")
aci_to_come = _changed("mt_17_part", value_year="2099")
aci_previous_same = _changed("mt_17_part", previous_year="2026")
aci_all_ages = _changed("mt_17_part", value_field="tous âges")
aci_two_definitions = _changed("mt_ald_part", value_field="ALD, autre définition")
aci_no_definition = _changed("mt_ald_part", reference_field="")
