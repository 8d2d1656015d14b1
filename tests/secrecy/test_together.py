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
from cpts_geo.indicators.aci.gate import FILLED, released_tables
from cpts_geo.secrecy.together import told_across, told_together
from cpts_geo.sources.analyst.aci.template import aci_template
from cpts_geo.sources.analyst.filled.templates import templates
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
    assert told_together(facts.assign(hidden=False), within={}, usual={}) == {("ald", 2025.0)}


#: A territory, one of its communes, and another.
NESTED = "cpts;insee\nGrand;45095\nGrand;45348\nPetit;45095\n"


def nested(folder: Path, *rows: str, head: str = MT, aci: str = "", **options: Any) -> Analysis:
    """Rows of a filled table of two territories, of which one holds the other."""
    perimeter, table, contract = (folder / name for name in ("l.csv", "t.csv", "aci.csv"))
    perimeter.write_text(NESTED, "utf-8")
    table.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    if aci:
        heads, blank = aci_template({"grand": 1_000, "petit": 500})
        said = [dict(zip(heads, map(str, row), strict=True)) for row in blank]
        for row in said:
            if row["Territoire"] == "petit" and row["Code"] == "mt_ald_nombre":
                row |= {"N": aci, "Année N": "2025", "Champ N": "ALD", "Producteur": "CPAM"}
        lines = [heads, *([*row.values()] for row in said)]
        contract.write_text("\n".join(map(";".join, lines)), "utf-8")
    files = (table, contract) if aci else (table,)
    run_options = Options(draws=200, indicators=files, fetched=False)
    return analyse(Request(perimeter=perimeter, **options), run_options)


def of(found: Analysis, territory: str, line: str, part: str = "mt_access") -> Any:
    table = found.table(part)
    here = (table["line"] == line) & (table["area_level"] == "cpts")
    return table[here & (table["territory"] == territory)].iloc[0]


def test_a_territory_does_not_tell_few_patients_of_one_that_it_holds(tmp_path: Path) -> None:
    found = released(
        nested(
            tmp_path,
            "acces-mt;grand;ald;CPTS;;44;;;2025;CPAM",
            "acces-mt;petit;ald;CPTS;;40;;;2025;CPAM",
            "acces-mt;grand;c2s;CPTS;;90;;;2025;CPAM",
            "acces-mt;petit;c2s;CPTS;;70;;;2025;CPAM",
        )
    )
    assert of(found, "grand", "ald")["number"] == 44
    assert of(found, "petit", "ald")["status"] == "masked"
    assert [of(found, key, "c2s")["number"] for key in ("grand", "petit")] == [90, 70]


def test_an_indicator_of_the_aci_does_not_tell_it_either(tmp_path: Path) -> None:
    row = "acces-mt;grand;ald;CPTS;;44;;;2025;CPAM"
    found = released(nested(tmp_path, row, aci="40"))
    aci = found.studies["petit"].aci
    assert aci is not None
    assert aci.loc["mt_ald_nombre", "value_status"] == "masked"
    assert of(found, "grand", "ald")["number"] == 44


def test_a_capacity_rests_on_no_share_that_a_larger_territory_tells(tmp_path: Path) -> None:
    found = nested(
        tmp_path,
        "acces-mt;grand;tous_ages;CPTS;;50;500;10;2025;CPAM",
        "acces-mt;petit;tous_ages;CPTS;;45;400;11,25;2025;CPAM",
    )
    assert found.studies["grand"].share is not None
    assert found.studies["petit"].share is None


def test_doctors_of_what_is_between_two_territories_are_not_told(tmp_path: Path) -> None:
    rows = [
        f"sas;{key};{line};{value};2025;SAS"
        for key, effectors, hours in (("grand", 12, 30), ("petit", 9, 20))
        for line, value in (("effecteurs", effectors), ("heures_offertes", hours))
    ]
    found = released(nested(tmp_path, *rows, head=SAS))
    shown = {key: of(found, key, "effecteurs", "sas")["number"] for key in ("grand", "petit")}
    assert shown["grand"] == 12 and np.isnan(shown["petit"])
    assert np.isnan(of(found, "petit", "heures_offertes", "sas")["number"])


@pytest.mark.parametrize(
    ("counts", "secret"),
    [
        # Three parts: the smallest is masked already, and the others would tell it.
        ({"whole": 94, "b": 40, "c": 50}, {"b"}),
        ({"whole": 194, "b": 40, "c": 50}, set()),
        # All but a few of the people in between.
        ({"whole": 140, "b": 45}, {"b"}),
    ],
)
def test_what_is_left_of_a_territory_less_several(counts: dict[str, int], secret: set[str]) -> None:
    inside = {"whole": ["1", "2", "3"], "b": ["2"], "c": ["3"]}
    nobody = float("nan")
    people = {"whole": 150.0, "b": 50.0} if secret == {"b"} and len(counts) == 2 else {}
    rows = [
        (key, "ald", 2025.0, float(count), people.get(key, nobody), 11)
        for key, count in counts.items()
    ]
    facts = pd.DataFrame(rows, columns=["territory", "line", "year", "count", "whole", "least"])
    assert {key for key, *_ in told_across(facts, inside=inside)} == secret


@pytest.mark.parametrize(
    ("part", "cells", "line", "shown"),
    [
        ("mt_access", {"tous_ages": 0.012}, "tous_ages", False),
        ("mt_access", {"70+": 0.003}, "70+", False),
        ("mt_access", {"17+": 0.12}, "17+", True),
        ("mt_access", {"17+": 0.0}, "17+", True),
        ("passages", {"passages": 9.0}, "passages", False),
        ("passages", {"passages": 341.0}, "passages", True),
        ("passages", {"passages": 60.0, "ccmu_1_2": 0.2}, "ccmu_1_2", False),
        ("passages", {"ccmu_1_2": 0.03}, "ccmu_1_2", False),
        ("passages", {"ccmu_1_2": 0.5}, "ccmu_1_2", True),
    ],
)
def test_a_share_or_a_rate_alone_does_not_tell_few_people(
    part: str, cells: dict[str, float], line: str, *, shown: bool
) -> None:
    area = {"territory": "ici", "area_level": "cpts", "area_code": "ici"}
    lines = templates()[FILLED[part]].lines
    table = pd.DataFrame(
        {
            **area, "line": [*cells], "kind": [lines[code].kind for code in cells],
            "number": [x if x > 1 else np.nan for x in cells.values()], "population": np.nan,
            "share": [x if x <= 1 else np.nan for x in cells.values()], "date": "2025",
            "status": "announced",
        }
    )  # fmt: skip
    areas = {"ici": pd.DataFrame({**area, "people": [652.0]})}
    found, _ = released_tables({part: table}, {}, areas=areas, inside={"ici": ["45348"]})
    row = found[part].set_index("line").loc[line]
    assert (row["status"] == "announced") == shown
    assert bool(row[["number", "share"]].isna().all()) != shown


def test_a_share_of_the_aci_alone_does_not_tell_few_people() -> None:
    given = pd.DataFrame(
        [{"value": 0.012, "value_year": 2025.0, "producer": "CPAM"}], index=["mt_17_part"]
    )
    assert aci_table(given, people=80_000)["value"].notna().any()
    assert not aci_table(given, people=652)["value"].notna().any()
