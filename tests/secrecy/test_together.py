"""What no table tells alone, and several do: the ACI, acces-mt and the SAS of one territory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.indicators.aci.fiche import aci_table
from cpts_geo.secrecy.together import told_together
from cpts_geo.sources.analyst.aci.template import aci_template
from cpts_geo.writing.released import released

KEY = "ondaine_forez"
MT = "Tableau;Territoire;Ligne;Niveau;Code de la zone;Nombre;Population;Part (%);Date;Producteur"
SAS = "Tableau;Territoire;Ligne;Valeur;Date;Producteur"


def run(folder: Path, head: str, *rows: str, **values: str) -> Analysis:
    """Read rows of a filled table beside figures of N (2025) of indicators of the ACI."""
    table = folder / "rempli.csv"
    table.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    heads, blank = aci_template({KEY: 80_000})
    said = [dict(zip(heads, map(str, row), strict=True)) for row in blank]
    for row in said:
        if text := values.get(row["Code"]):
            row |= {"N": text, "Année N": "2025", "Producteur": "CPAM"}
            row["Champ N"] = row["Champ N"] or "ALD"
    aci = folder / "aci.csv"
    lines = [heads, *([*row.values()] for row in said)]
    aci.write_text("\n".join(map(";".join, lines)), "utf-8")
    options = Options(draws=200, indicators=(table, aci), fetched=False)
    return released(analyse(Request([KEY]), options))


def fiche(found: Analysis, code: str) -> Any:
    table = found.studies[KEY].aci
    assert table is not None
    return table.loc[code]


def cell(found: Analysis, line: str, part: str = "mt_access") -> Any:
    table = found.table(part)
    return table[(table["line"] == line) & (table["area_level"] == "cpts")].iloc[0]


def test_a_share_of_the_aci_does_not_tell_what_acces_mt_masks(tmp_path: Path) -> None:
    rows = f"acces-mt;{KEY};ald;CPTS;;5;300;;2025;CPAM"
    found = run(tmp_path, MT, rows, mt_ald_part="1,7", mt_17_part="12,4")
    assert cell(found, "ald")["status"] == "masked_under_11"
    ald = fiche(found, "mt_ald_part")
    assert np.isnan(ald["value"]) and ald["value_status"] == "masked"
    assert fiche(found, "mt_17_part")["value"] == pytest.approx(0.124)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        # Each side holds half of the small count.
        (";300;", {"mt_ald_part": "1,7"}),
        (";;1,7", {"mt_ald_nombre": "5"}),
        ("295;;", {"mt_ald_part": "98,3"}),
    ],
)
def test_two_halves_of_a_small_count_do_not_meet(
    cells: str, values: dict[str, str], tmp_path: Path
) -> None:
    found = run(tmp_path, MT, f"acces-mt;{KEY};ald;CPTS;;{cells};2025;CPAM", **values)
    here = cell(found, "ald")
    assert np.isnan([here["number"], here["share"]]).all()
    shown = [fiche(found, code)["value"] for code in ("mt_ald_nombre", "mt_ald_part")]
    assert np.isnan(shown).all()


def test_what_the_aci_hides_acces_mt_hides(tmp_path: Path) -> None:
    row = f"acces-mt;{KEY};c2s;CPTS;;400;4000;10;2025;CPAM"
    hidden = run(tmp_path, MT, row, mt_c2s_nombre="< 11")
    assert cell(hidden, "c2s")["status"] == "masked"
    shown = run(tmp_path, MT, row, mt_c2s_nombre="400", mt_c2s_part="10")
    assert (cell(shown, "c2s")["number"], fiche(shown, "mt_c2s_nombre")["value"]) == (400, 400)


def test_requests_of_the_sas_do_not_meet_either(tmp_path: Path) -> None:
    rows = [f"sas;{KEY};demandes;500;2025;SAS", f"sas;{KEY};effecteurs;12;2025;SAS"]
    found = run(tmp_path, SAS, *rows, sas_rendez_vous="497")
    assert np.isnan(fiche(found, "sas_rendez_vous")["value"])
    assert cell(found, "demandes", "sas")["number"] == 500


@pytest.mark.parametrize(
    ("code", "number", "share", "shown"),
    [
        ("mt_c2s", 995.0, 0.995, False),
        ("mt_c2s", 610.0, 0.152, True),
        ("mt_c2s", 995.0, 1.0, True),
    ],
)
def test_all_but_a_few_patients_are_few(
    code: str, number: float, share: float, *, shown: bool
) -> None:
    cells = {"value_year": 2025.0, "producer": "CPAM"}
    given = pd.DataFrame(
        [{**cells, "value": number}, {**cells, "value": share}],
        index=[f"{code}_nombre", f"{code}_part"],
    )
    assert aci_table(given)["value"].notna().any() == shown


def test_a_population_of_another_year_tells_nearly_as_much() -> None:
    nothing = float("nan")
    rows = [("ald", 2024.0, 30.0, nothing, 0.1), ("ald", 2025.0, nothing, nothing, 0.017)]
    facts = pd.DataFrame(rows, columns=["line", "year", "number", "population", "share"])
    assert told_together(facts.assign(hidden=False), within={}) == {("ald", 2025.0)}
