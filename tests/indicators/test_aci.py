"""The fiche of the ACI: rates, what has none and why, what the log fills, what is masked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cpts_geo.atlas.pages.aci import aci_page
from cpts_geo.atlas.sections.aci import section
from cpts_geo.errors import IndicatorsError
from cpts_geo.indicators.aci.fiche import KnownOfLog, aci_table
from cpts_geo.indicators.aci.given import aci_by_territory, aci_tables
from cpts_geo.secrecy.disclosure import Mask
from cpts_geo.sources.analyst.aci.codes import _COLUMNS, aci_indicators
from cpts_geo.sources.analyst.aci.file import is_aci, read_aci
from cpts_geo.sources.analyst.aci.template import aci_template


def template(*keys: str, example_year: int | None = None) -> list[Any]:
    heads, rows = aci_template(dict.fromkeys(keys or ("",), 80_000), example_year=example_year)
    return [heads, *rows]


YEARS = {"reference_year": 2024.0, "previous_year": 2025.0, "value_year": 2026.0}


def row(**cells: Any) -> pd.Series:
    return pd.Series({**YEARS, "target_year": 2027.0, "producer": "CPAM", **cells}, dtype=object)


def fiche(code: str, *, known: KnownOfLog | None = None, **cells: Any) -> pd.Series:
    return aci_table(pd.DataFrame([row(**cells)], index=[code]), known).loc[code]


def log(value: float = 0.7, *, status: str = "measured", previous: float = 0.6) -> KnownOfLog:
    totals = pd.DataFrame(
        {"value": [value], "status": status, "previous": [previous]}, index=["response_rate"]
    )
    return KnownOfLog(totals, 2026, 2025, "1er janvier au 31 décembre 2026")


def written(folder: Path, rows: list[Any], *, name: str = "aci.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(";".join(each) for each in rows), "utf-8-sig")
    return path


@pytest.mark.parametrize(
    ("reference", "value", "target", "rate"),
    [
        (100.0, 150.0, 200.0, 0.5),
        (200.0, 150.0, 100.0, 0.5),  # a sense that goes down
        (100.0, 250.0, 200.0, 1.5),  # beyond the target
        (100.0, 80.0, 200.0, -0.2),  # away from it
        (100.0, 100.0, 200.0, 0.0),
        (0.0, 30.0, 60.0, 0.5),  # 0 is known
    ],
)
def test_the_rate_is_that_of_the_contract(
    reference: float, value: float, target: float, rate: float
) -> None:
    found = fiche("sas_medecins", reference=reference, value=value, target=target)
    assert found["rate"] == pytest.approx(rate) and found["why"] == ""


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"reference": 50.0, "value": 60.0, "target": 50.0}, "la cible est égale à la référence"),
        ({"value": 60.0, "target": 50.0}, "référence inconnue"),
        ({"reference": 50.0, "target": 70.0}, "N inconnu"),
        ({"reference": 50.0, "value": 60.0}, "cible inconnue"),
        ({}, "référence, N et cible inconnues"),
        (
            {"reference": 50.0, "value_hidden": True, "target": 60.0},
            "N secret",
        ),
        ({"reference_hidden": True, "value": 60.0}, "référence secrète ; cible inconnue"),
    ],
)
def test_what_has_no_rate_says_why(cells: dict[str, Any], why: str) -> None:
    found = fiche("sas_medecins", **cells)
    assert np.isnan(found["rate"])
    assert found["why"].replace("\u202f", " ") == f"non calculable : {why}"


def test_a_share_beyond_all_has_no_rate() -> None:
    found = fiche("taux_remplissage", reference=0.6, value=1.49, target=0.85)
    assert np.isnan(found["rate"]) and "N dépasse 100" in found["why"]


def test_every_indicator_has_its_row_and_no_target_is_supposed() -> None:
    table = aci_table(pd.DataFrame())
    assert list(table.index) == list(aci_indicators())
    assert table[["reference", "value", "target", "rate"]].isna().all(axis=None)
    assert set(table["target_status"]) == {"unknown"}


def test_a_target_against_the_sense_hoped_for_is_said() -> None:
    found = fiche("mt_17_part", reference=0.1, value=0.1, target=0.2)
    assert "à rebours" in found["remark"]
    assert fiche("mt_17_part", reference=0.2, value=0.1, target=0.1)["remark"] == ""


def test_counts_of_few_patients_mask_the_share_and_the_rate() -> None:
    given = pd.DataFrame([
        row(reference=24.0, value=7.0, target=5.0).rename("mt_ald_nombre"),
        row(reference=0.04, value=0.0117, previous=0.02, target=0.01).rename("mt_ald_part"),
    ])  # fmt: skip
    table = aci_table(given)
    count, share = table.loc["mt_ald_nombre"], table.loc["mt_ald_part"]
    assert (count["value_status"], share["value_status"]) == (Mask.UNDER_11, Mask.SECRET)
    assert np.isnan([count["value"], share["value"], count["rate"], share["rate"]]).all()
    assert "N secret" in count["why"] and share["previous"] == 0.02
    # 0 is a known absence
    assert fiche("mt_ald_nombre", reference=24.0, value=0.0, target=5.0)["value"] == 0.0


def test_few_doctors_are_not_shown_nor_the_rate_that_would_tell_them() -> None:
    assert fiche("sas_medecins", reference=5.0, value=6.0, target=7.0)["rate"] == 0.5
    found = fiche("sas_medecins", reference=4.0, value=6.0, target=8.0)
    assert (found["reference_status"], found["value"]) == (Mask.SECRET, 6.0)
    assert np.isnan(found["reference"]) and np.isnan(found["rate"])
    assert fiche("sas_medecins", reference=0.0, value=6.0, target=8.0)["reference"] == 0.0


def test_the_log_fills_what_it_knows() -> None:
    found = fiche("taux_reponse", known=log(), reference=0.5, target=0.75, value=np.nan)
    assert (found["value"], found["previous"]) == (0.7, 0.6)
    assert found["rate"] == pytest.approx(0.8)
    assert (found["value_status"], found["reference_status"]) == ("measured", "announced")
    assert "registre" in found["producer"]


def test_what_is_given_against_the_log_is_set_aside_and_said() -> None:
    found = fiche("taux_reponse", known=log(), reference=0.5, target=0.75, value=0.9)
    assert found["value"] == 0.7 and "écarté (90,0" in found["remark"] and "70,0" in found["remark"]
    hidden = log(np.nan, status=Mask.SECRET.value)
    masked = fiche("taux_reponse", known=hidden, reference=0.5, target=0.75, value=0.9)
    assert "90" not in masked["remark"] and "est secret" in masked["remark"]


def test_what_the_log_masks_stays_masked_whatever_is_typed() -> None:
    hidden = log(float("nan"), status=Mask.SECRET.value)
    found = fiche("taux_reponse", known=hidden, reference=0.5, target=0.75, value=0.64)
    assert np.isnan(found["value"]) and "N secret" in found["why"]


def test_what_the_log_does_not_know_is_taken_as_given() -> None:
    unknown = log(float("nan"), status="unknown", previous=float("nan"))
    found = fiche("taux_reponse", known=unknown, reference=0.5, target=0.75, value=0.7)
    assert (found["value"], found["value_status"]) == (0.7, "announced")


def test_years_of_the_log_and_of_the_file_are_not_mixed() -> None:
    cells = {"value": 0.64, "value_year": 2025.0, "previous": 0.6, "previous_year": 2024.0}
    given = pd.DataFrame([row(**cells, reference=0.5, reference_year=2027.0)])
    given.index = pd.Index(["taux_reponse"])
    with pytest.raises(IndicatorsError) as caught:
        aci_table(given, replace(log(), previous_period="l’an dernier"))
    # Each period stands after its own year.
    assert "N-1 de 2024, registre de 2025 (l’an dernier)" in str(caught.value)
    assert "N de 2025, registre de 2026" in str(caught.value)
    assert "référence de 2027, après N (2026)" in str(caught.value)


def test_the_example_goes_through_and_says_that_it_is_invented(tmp_path: Path) -> None:
    path = written(tmp_path, template("lvo", example_year=2026))
    assert is_aci(path)
    given = read_aci(path)
    table = aci_table(given.rows.loc["lvo"])
    assert table["rate"].notna().all() and set(table["producer"]) == {"exemple inventé"}
    assert table.at["mt_17_part", "reference"] == pytest.approx(0.14)
    assert (table["rate"].between(0, 1)).all()


def test_a_registre_runs_on_while_its_producers_are_a_year_late(tmp_path: Path) -> None:
    rows = [list(each) for each in template(example_year=2025)]
    names = list(_COLUMNS)
    for each in rows[1:]:
        if aci_indicators()[each[1]].follow_up:
            for name in ("value_year", "previous_year"):
                each[names.index(name)] = str(int(each[names.index(name)]) + 1)
    table = aci_table(read_aci(written(tmp_path, rows)).rows.loc[""])
    assert (table.at["mt_17_part", "value_year"], table.at["taux_reponse", "value_year"]) == (
        2025, 2026,
    )  # fmt: skip
    said = section(table)["years"]
    assert said.startswith("N-1 est de 2024 et 2025 selon les lignes ; N est de 2025 et 2026")
    assert section(aci_table(pd.DataFrame()))["years"] == ""


def test_whom_to_ask_is_written_once_with_its_article() -> None:
    page = aci_page(aci_table(pd.DataFrame()), name="X", period="", date="30/11/2026")
    assert "À la CPAM" in page and "À l’ORU, ou à l’ARS" in page
    assert "slots_today" in page and "à demander à CP" not in page
    assert page.count("non calculable") == 0


def test_a_scenario_without_its_territory_is_told_which_line_it_lacks(tmp_path: Path) -> None:
    mine = read_aci(written(tmp_path, template("cpts_du_val", example_year=2026)))
    with pytest.raises(IndicatorsError) as caught:
        aci_by_territory([mine], {"mon_scenario": "Le mien"}, of_scenario=True)
    assert '« territory = "cpts_du_val" »' in str(caught.value.remedy).replace("\u202f", " ")
    with pytest.raises(IndicatorsError) as plain:
        aci_by_territory([mine], {"lvo": "CPTS LVO"})
    assert "scénario" not in str(plain.value.remedy)


def test_an_empty_template_is_a_table_of_unknowns(tmp_path: Path) -> None:
    given = read_aci(written(tmp_path, template("lvo")))
    assert (aci_table(given.rows.loc["lvo"])["value_status"] == "unknown").all()


def test_a_spreadsheet_leaves_its_marks(tmp_path: Path) -> None:
    rows = [list(each) for each in template(example_year=2026)]
    names = list(_COLUMNS)
    rows[2][names.index("value")] = "12,2 %"
    rows[3][names.index("value")] = "< 11"
    rows[1][names.index("value")] = "7 800"
    path = tmp_path / "aci.csv"
    text = "\r\n".join(";".join(each) for each in [["Fiche de la CPTS"], *rows])
    path.write_bytes(text.encode("cp1252"))
    given = read_aci(path).rows.loc[""]
    assert given.at["mt_17_part", "value"] == pytest.approx(0.122)
    assert given.at["mt_17_nombre", "value"] == 7800.0
    assert bool(given.at["mt_ald_nombre", "value_hidden"])
    table = aci_table(given)
    # the share of the same patients would tell the number
    assert table.at["mt_ald_part", "value_status"] == Mask.SECRET


def test_other_tables_are_not_taken_for_one(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("CartoSanté\nFrance par commune\nCode;Libellé;Part de X 2024\n45130;Dry;1\n")
    assert not is_aci(export)


def test_every_defect_is_listed_at_once(tmp_path: Path) -> None:
    rows = [list(each) for each in template(example_year=2026)]
    names = list(_COLUMNS)
    for place, (name, text) in enumerate(
        [("value", "x"), ("value", "101"), ("producer", ""), ("code", "mt_c2s"), ("target", "-1")],
        start=1,
    ):
        rows[place][names.index(name)] = text
    rows[2][names.index("value")] = "101"
    with pytest.raises(IndicatorsError) as caught:
        read_aci(written(tmp_path, rows))
    assert len(caught.value.defects) == 5


def test_territories_of_a_run_take_their_rows(tmp_path: Path) -> None:
    both = read_aci(written(tmp_path, template("lvo", "asclepios", example_year=2026)))
    names = {"lvo": "CPTS LVO", "asclepios": "CPTS Asclépios", "ouest_loiret": "CPTS Ouest Loiret"}
    assert set(aci_tables([both], names)[0]) == {"lvo", "asclepios"}
    # Rows of another territory that is known are left out, and told.
    found, notes = aci_tables([both], {"lvo": "CPTS LVO"})
    assert set(found) == {"lvo"}
    assert notes == (
        *both.notes,
        "aci.csv : lignes d’autres territoires laissées (asclepios).",
    )
    with pytest.raises(IndicatorsError, match="donné dans deux fichiers"):
        aci_tables([both, both], names)
    by_name = read_aci(written(tmp_path, template("cpts asclepios", example_year=2026)))
    assert set(aci_tables([by_name], names)[0]) == {"asclepios"}
    elsewhere = read_aci(written(tmp_path, template("ailleurs", example_year=2026)))
    with pytest.raises(IndicatorsError, match="« ailleurs » ; demandés : lvo"):
        aci_tables([elsewhere], {"lvo": "CPTS LVO"})
    nobody = read_aci(written(tmp_path, template(example_year=2026)))
    assert set(aci_tables([nobody], {"lvo": "CPTS LVO"})[0]) == {"lvo"}
    with pytest.raises(IndicatorsError, match="territoire non dit"):
        aci_tables([nobody], names)


# ---- a part of a year


def of_log(*months: int) -> KnownOfLog:
    figures = {"value": [0.7], "status": "measured", "previous": [0.6]}
    totals = pd.DataFrame(figures, index=["response_rate"])
    return KnownOfLog(
        totals, 2025, 2024, "de 2025", previous_period="de 2024", months=(months[0], months[1])
    )


@pytest.mark.parametrize(
    ("months", "said", "is_rated"),
    [
        ((12, 12), "", True),
        ((3, 12), "N : 3 mois sur 12 (de 2025), N-1 : année entière (de 2024)", True),
        ((12, 6), "N : année entière (de 2025), N-1 : 6 mois sur 12 (de 2024)", True),
        ((3, 6), "N : 3 mois sur 12 (de 2025), N-1 : 6 mois sur 12 (de 2024)", True),
        ((18, 12), "N : 18 mois (de 2025), N-1", True),
        ((0, 12), "N : moins d’un mois sur 12", False),
    ],
)
def test_a_part_of_a_year_is_told(months: tuple[int, int], said: str, is_rated: bool) -> None:
    row = {"reference": 0.5, "reference_year": 2023, "target": 0.75, "target_year": 2026}
    given = pd.DataFrame([row], index=["taux_reponse"])
    found = aci_table(given, of_log(*months)).loc["taux_reponse"]
    plain = found["remark"].replace("\u00a0", " ").replace("\u202f", " ")
    assert said in plain and bool(said) == bool(plain)
    assert (found["rate"] > 0) == is_rated and ("non calculable" in found["why"]) != is_rated


def test_a_count_of_a_part_of_a_year_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = dict(aci_indicators())
    counts["taux_reponse"] = replace(counts["taux_reponse"], unit="demandes")
    monkeypatch.setattr("cpts_geo.indicators.aci.fiche.aci_indicators", lambda: counts)
    row = {"reference": 0.5, "reference_year": 2023, "target": 0.75, "target_year": 2026}
    given = pd.DataFrame([row], index=["taux_reponse"])
    found = aci_table(given, of_log(3, 12)).loc["taux_reponse"]
    assert "3 mois sur 12" in found["why"].replace("\u00a0", " ") and not found["rate"] > 0


@pytest.mark.parametrize(("number", "share"), [("9714", "0 %"), ("0", "12,4 %")])
def test_nobody_by_number_and_some_by_share_is_a_defect(
    number: str, share: str, tmp_path: Path
) -> None:
    heads, *rows = template("lvo")
    said = {"mt_17_nombre": number, "mt_17_part": share}
    for each in rows:
        if each[heads.index("Code")] in said:
            each[heads.index("N")] = said[each[heads.index("Code")]]
            each[heads.index("Année N")], each[heads.index("Producteur")] = "2025", "CPAM"
    with pytest.raises(IndicatorsError) as caught:
        read_aci(written(tmp_path, [heads, *rows]))
    assert [each for each in caught.value.defects if "l’un est nul et l’autre non" in each]
