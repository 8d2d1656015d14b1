"""Tables that a coordinator fills: from the empty one to the page, and what may not leave."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.atlas.look.cells import filled_cell
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.atlas.sections.paper._closing import unknown
from cpts_geo.atlas.sections.paper._filled import zoned
from cpts_geo.errors import IndicatorsError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.indicators.filled._contradictions import OFFERED
from cpts_geo.indicators.filled.areas import areas_of
from cpts_geo.indicators.filled.tables import sas_table
from cpts_geo.sources.analyst.filled._cells import read_number
from cpts_geo.sources.analyst.filled.file import read_filled
from cpts_geo.sources.analyst.filled.templates import INVENTED, templates
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.scenarios import of_example
from cpts_geo.writing._csv_tables import tables
from cpts_geo.writing.released import released
from tests.atlas.test_paper import check
from tests.conftest import Command
from tests.kept import analysed

KEY = "ondaine_forez"
PARTS = {"acces-mt": "mt_access", "passages": "passages", "sas": "sas", "zonage": "zoning"}
MT = "Tableau;Territoire;Ligne;Niveau;Code de la zone;Nombre;Population;Part (%);Date;Producteur"


def run(*files: Path) -> Analysis:
    options = Options(draws=200, indicators=files, fetched=False)
    return released(analyse(Request([KEY]), options))


def given(folder: Path, *rows: str, head: str = MT, key: str = "acces-mt") -> Analysis:
    path = folder / "rempli.csv"
    text = "\n".join([head, *(f"{key};{KEY};{row}" for row in rows)]) + "\n"
    path.write_text(text, encoding="utf-8")
    return run(path)


def cell(found: Analysis, line: str, *, part: str = "mt_access", level: str = "cpts") -> Any:
    table = found.table(part)
    [row] = table[(table["line"] == line) & (table["area_level"] == level)].to_dict("records")
    return row


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    from typer.testing import CliRunner  # noqa: PLC0415

    from cpts_geo.cli.main import app  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("exemples")
    paths = [folder / f"{key}.csv" for key in templates()]
    for key, path in zip(templates(), paths, strict=True):
        asked = ["template", key, KEY, "--example", "--output", str(path)]
        assert CliRunner().invoke(app, asked).exit_code == 0
    return paths


@pytest.fixture(scope="module")
def filled(examples: list[Path]) -> Analysis:
    return run(*examples)


def test_an_example_goes_from_the_template_to_every_table(filled: Analysis) -> None:
    for part in PARTS.values():
        table = filled.table(part)
        assert set(table["producer"]) == {INVENTED}, part
        assert set(table["status"]) == {"assumed"}, part
        assert set(table["ask"]) == {""}, part
    sas = filled.table("sas").set_index("line")
    assert sas.loc["heures_dues", "number"] == 2 * sas.loc["effecteurs", "number"]
    assert sas.loc["taux_de_remplissage", "share"] == pytest.approx(
        sas.at["creneaux_pourvus", "number"]
        / sum(sas.at[f"creneaux_{kind}", "number"] for kind in ("public", "pro", "snp", "cpts"))
    )
    assert sas.loc["part_rendez_vous", "share"] == pytest.approx(
        sas.at["rendez_vous", "number"] / sas.at["demandes", "number"]
    )
    assert set(tables(filled)["acces_mt"]["area_level"]) == {
        "cpts", "departement", "region", "france",
    }  # fmt: skip


def test_what_nobody_gave_says_whom_to_ask_and_is_no_zero() -> None:
    five = released(analysed(draws=1000))
    for part in PARTS.values():
        table = five.table(part)
        empty = table[table["status"] == "unknown"]
        values = [name for name in ("number", "share", "people") if name in table]
        assert empty[values].isna().all(axis=None)
        assert empty["ask"].str.startswith("à demander ").all()
        assert set(table["territory"]) == set(five.studies)
    # What is published fills the line of its ages, and no other.
    beauce, lvo = five.only("beauce_gatinais"), five.only("lvo")
    assert cell(beauce, "tous_ages")["number"] == 24_000
    assert cell(beauce, "17+")["status"] == "unknown"
    assert cell(beauce, "17+", level="france")["share"] == 0.11
    assert "non comparable" in cell(lvo, "tous_ages")["note"]
    # The model's estimate stands beside, never in the cell.
    visits = five.table("passages").query("line == 'passages' and area_level == 'cpts'")
    assert visits["number"].isna().all()
    assert visits["estimate"].tolist() == pytest.approx([132.01] * 5)


def test_a_table_of_the_analyst_stands_before_what_is_published(tmp_path: Path) -> None:
    found = cell(given(tmp_path, "17+;CPTS;;800;8000;10,0;2024;CPAM de la Loire"), "17+")
    assert (found["number"], found["share"], found["producer"]) == (800, 0.1, "CPAM de la Loire")
    assert "2,0\u202f%" in found["set_aside"]
    assert "ARS Auvergne-Rhône-Alpes" in found["set_aside"]


SAS = "Tableau;Territoire;Ligne;Valeur;Date;Producteur"


def test_a_rate_says_which_lines_it_lacks(tmp_path: Path) -> None:
    snp, filled = "creneaux_snp;2300;2025;SAS", "creneaux_pourvus;1610;2025;SAS"
    found = cell(given(tmp_path, snp, filled, head=SAS, key="sas"), "taux_de_remplissage",
                 part="sas")  # fmt: skip
    assert "manque : Créneaux PUBLIC, Créneaux PRO et Créneaux CPTS ; écrivez 0" in found["note"]
    # What speaks of doctors nobody counted does not leave.
    zeros = [f"creneaux_{each};0;2025;SAS" for each in ("public", "pro", "cpts")]
    zeros.append("effecteurs;18;2025;SAS")
    whole = given(tmp_path, snp, filled, *zeros, head=SAS, key="sas")
    assert cell(whole, "taux_de_remplissage", part="sas")["share"] == pytest.approx(0.7)


def test_a_table_of_another_name_says_which_one_to_type(tmp_path: Path) -> None:
    path = tmp_path / "sas.csv"
    head = "Tableau;Territoire;Nom du territoire;Ligne;Valeur;Date;Producteur"
    rows = (
        f"sas;cpts_du_val;CPTS du Val;{line};18;2025;SAS" for line in ("effecteurs", "demandes")
    )
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(IndicatorsError, match='--name "CPTS du Val"') as refused:
        run(path)
    assert len(refused.value.defects) == 1


def test_a_registre_is_no_table_of_indicators(tmp_path: Path) -> None:
    path = tmp_path / "registre.csv"
    path.write_text("date_heure;issue\n05/01/2026 09:40;conseil\n", encoding="utf-8")
    with pytest.raises(IndicatorsError, match="follow-up"):
        run(path)


#: All ages stand before those of 17 and more; the share of few people does not leave.
USED = "17+;CPTS;;800;8000;10,0;2024;CPAM de la Loire"
ALL_AGES = "tous_ages;CPTS;;900;10000;9,0;2024;CPAM de la Loire"
FEW = "tous_ages;CPTS;;;90;4,4;2024;CPAM de la Loire"


def rested(found: Analysis) -> list[object]:
    """People of its scenario, and hours for them and for all."""
    study = found.studies[KEY]
    hours = [each.answer.gp_hours_per_week for each in study.publics]  # type: ignore[union-attr]
    assert len(hours) == 2
    return [study.scenario.people_without_mt, study.scenario.share_assumed, *hours]


def test_the_capacity_rests_on_a_filled_share_as_on_a_typed_one(tmp_path: Path) -> None:
    typed = Options(
        draws=200, fetched=False, share_without_mt=0.1, share_of="17+",
        share_source="CPAM de la Loire, 2024",
    )  # fmt: skip
    found = given(tmp_path, USED)
    assert rested(found) == rested(analyse(Request([KEY]), typed))
    share = found.studies[KEY].share
    assert share == replace(typed.given_share, typed=False)
    assert "CPAM" not in cell(found, "17+")["set_aside"]
    assert not of_example(found.studies[KEY].scenario)
    # What was typed stands before it, and is told once beside the table.
    both = replace(typed, share_without_mt=0.14, indicators=[tmp_path / "rempli.csv"])
    run = released(analyse(Request([KEY]), both))
    assert run.studies[KEY].share == both.given_share
    aside = cell(run, "17+")["set_aside"]
    assert aside.count("CPAM") == aside.count("part que la capacité compte") == 1
    [note] = [each for each in run.notes if "donnée à part" in each]
    assert "de CPAM de la Loire, 2024 (17 ans et plus) est montrée" in note
    assert "(14,0\u202f%, 17 ans et plus, CPAM de la Loire, 2024)" in note and "10" not in note
    assert note in run.studies[KEY].notes
    # Where both say the same, nothing is left aside; what may not leave is not told either.
    same = replace(typed, indicators=[tmp_path / "rempli.csv"])
    assert not any("n’entre pas" in each for each in analyse(Request([KEY]), same).notes)
    given(tmp_path, FEW)
    run = released(analyse(Request([KEY]), both))
    assert not any("n’entre pas" in each for each in run.notes)
    assert cell(run, "tous_ages")["set_aside"] == ""


def test_a_share_that_a_scenario_stands_before_is_told(tmp_path: Path) -> None:
    found = given(tmp_path, USED)
    assert not any("n’entre pas" in each for each in found.notes)
    own = Options(
        draws=200, fetched=False, scenario=KEY, indicators=[tmp_path / "rempli.csv"]
    )  # fmt: skip
    [note] = [each for each in analyse(Request([KEY]), own).notes if "n’entre pas" in each]
    assert "CPAM de la Loire" in note and "les personnes du scénario fourni" in note


@pytest.mark.parametrize(
    ("rows", "value", "base"),
    [([USED, ALL_AGES], 0.09, "tous âges"), ([USED, FEW], 0.1, "17 ans et plus"),
     (["70+;CPTS;;800;8000;10,0;2024;CPAM"], None, ""), ([FEW], None, ""),
     (["17+;Département;42;;;10,0;2024;CPAM"], None, "")],
)  # fmt: skip
def test_the_share_of_all_ages_first_and_none_that_is_masked(
    rows: list[str], value: float | None, base: str, tmp_path: Path
) -> None:
    study = given(tmp_path, *rows).studies[KEY]
    assert (study.share and (study.share.value, study.share.base)) == (value and (value, base))
    if value is None:
        assert study.scenario == analysed(draws=1000).studies[KEY].scenario


def test_a_filled_share_stands_before_an_export_and_a_masked_one_does_not(tmp_path: Path) -> None:
    members = embedded.load_perimeters().query(f"territory == '{KEY}'")["code_insee"]
    head = "Code;Libellé;Part des patients de 16 ans et plus sans médecin traitant 2024"
    lines = ["Observatoire des fragilités", "France par commune", head,
             *(f"{code};x;12,5" for code in members)]  # fmt: skip
    export = tmp_path / "export.csv"
    export.write_text("\n".join(lines), encoding="utf-8")
    for row, value in ((USED, 0.1), (FEW, 0.125)):
        given(tmp_path, row)
        share = run(tmp_path / "rempli.csv", export).studies[KEY].share
        assert share is not None
        assert share.value == pytest.approx(value)


def test_a_capacity_on_an_invented_share_says_so(filled: Analysis) -> None:
    study = filled.studies[KEY]
    assert study.share is not None
    assert (study.share.base, study.share.grade) == ("tous âges", "D")
    assert of_example(study.scenario)
    assert not study.scenario.share_assumed
    assert study.scenario.people_status == "assumed"


def test_what_is_filled_is_unknown_no_more(tmp_path: Path) -> None:
    path = tmp_path / "rempli.csv"
    for row, unknown_there in ((USED, False), (FEW, True)):
        path.write_text(f"{MT}\nacces-mt;asclepios;{row}\n", encoding="utf-8")
        options = Options(draws=200, indicators=[path], fetched=False)
        study = released(analyse(Request(["asclepios"]), options)).studies["asclepios"]
        said = " ".join(unknown(study)["said"])
        assert ("Combien d’habitants n’ont pas de médecin traitant" in said) == unknown_there
        assert study.scenario.share_assumed == unknown_there


def test_zero_is_a_known_absence(tmp_path: Path) -> None:
    found = cell(given(tmp_path, "70+;CPTS;;0;900;0;2024;CPAM"), "70+")
    assert (found["number"], found["share"], found["status"]) == (0, 0, "announced")


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (["70+;CPTS;;7;900;;2024;CPAM"], "masked_under_11"),
        (["70+;CPTS;;;900;0,8 %;2024;CPAM"], "masked_under_11"),
        # All but a few of them, by subtraction from the line above, or from the département.
        (["70+;CPTS;;895;900;;2024;CPAM"], "masked"),
        (["17+;CPTS;;500;;;2024;CPAM", "70+;CPTS;;495;;;2024;CPAM"], "masked"),
        (["70+;CPTS;;495;;;2024;CPAM", "70+;Département;42;500;;;2024;CPAM"], "masked"),
        (["70+;CPTS;;< 11;;;2024;CPAM"], "masked"),
    ],
)
def test_few_patients_do_not_leave(rows: list[str], status: str, tmp_path: Path) -> None:
    found = cell(given(tmp_path, *rows), "70+")
    assert found["status"] == status
    assert math.isnan(found["number"])
    assert math.isnan(found["share"])


SAS = "Tableau;Territoire;Ligne;Valeur;Date;Producteur"


def test_the_activity_of_few_doctors_does_not_leave(tmp_path: Path) -> None:
    rows = ["heures_offertes;6;2025;SAS", "creneaux_public;40;2025;SAS", "demandes;300;2025;SAS"]
    for effectors, shown in ((4, False), (5, True)):
        some = [f"effecteurs;{effectors};2025;SAS", *rows]
        found = given(tmp_path, *some, head=SAS, key="sas")
        assert (cell(found, "effecteurs", part="sas")["status"] != "masked") == shown
        assert cell(found, "demandes", part="sas")["number"] == 300
        for line in ("heures_offertes", "creneaux_public", "heures_dues"):
            masked = cell(found, line, part="sas")["status"] == "masked"
            assert masked != shown, (line, effectors)


def test_zonings_are_counted_and_never_derived(tmp_path: Path) -> None:
    head = "Tableau;Territoire;Code Insee;Zonage;Habitants concernés;Date;Producteur"
    rows = ["42095;QPV;1200;2024;ANCT", "42183;QPV;;2024;ANCT", "45001;FRR;;2024;Etat",
            "42001;FRR;;2024;Etat", "aucune;ZIP;0;2024;ARS"]  # fmt: skip
    found = given(tmp_path, *rows, head=head, key="zonage")
    table = found.table("zoning").set_index("line")
    # A QPV is a part of its commune, that only its file tells; another zoning is whole communes.
    assert math.isnan(table.loc["qpv", "people"])
    assert "1 commune sans habitants dits" in table.loc["qpv", "note"].replace("\u202f", " ")
    people = found.communes.set_index("code_insee")["population"]
    assert table.loc["frr", "people"] == people["42001"]
    assert (table.loc["zip", "communes"], table.loc["zip", "people"]) == (0, 0)
    assert table.loc["zac", "ask"].startswith("à demander à l’ARS")
    assert any("1 commune hors du territoire" in note for note in found.notes)


def test_zonings_of_one_cell_and_in_full_are_understood(tmp_path: Path) -> None:
    head = "Tableau;Territoire;Code Insee;Zonage;Habitants concernés;Date;Producteur"
    rows = ["42095;ZIP, FRR;;2024;ARS", "42183;Zone d’intervention prioritaire (ZIP);;2024;ARS",
            "42001;aucun;;;"]  # fmt: skip
    table = given(tmp_path, *rows, head=head, key="zonage").table("zoning").set_index("line")
    assert table["communes"].dropna().to_dict() == {"zip": 2, "frr": 1}
    with pytest.raises(IndicatorsError, match="une ligne par zonage"):
        given(tmp_path, "42095;ZIP + QPV;900;2024;ARS", head=head, key="zonage")


def test_a_zoning_of_two_vintages_is_refused_and_all_zonings_of_a_cell_count(
    tmp_path: Path,
) -> None:
    head = "Tableau;Territoire;Code Insee;Zonage;Habitants concernés;Date;Producteur"
    rows = ["42095;ZIP;;2024;ARS", "42183;ZIP;;2022;ARS"]
    with pytest.raises(IndicatorsError, match="deux millésimes mêlés") as refused:
        given(tmp_path, *rows, head=head, key="zonage")
    assert "lignes 2 et 3" in str(refused.value)
    # Whatever stands between them, and each but once.
    rows = ["42095;ZIP + FRR / QPV;;2024;ARS", "42183;frr et zac;;2024;ARS"]
    table = given(tmp_path, *rows, head=head, key="zonage").table("zoning").set_index("line")
    assert table["communes"].dropna().to_dict() == {"zip": 1, "zac": 1, "frr": 2, "qpv": 1}
    assert math.isnan(table.loc["qpv", "people"]) and table.loc["frr", "people"] > 0
    with pytest.raises(IndicatorsError, match="zonage « ZIP, ZUP » inconnu"):
        given(tmp_path, "42095;ZIP, ZUP;;2024;ARS", head=head, key="zonage")


def test_every_line_of_the_sas_is_of_one_vintage(tmp_path: Path) -> None:
    rows = ["effecteurs;9;2025;SAS", "demandes;300;12/2024;SAS", "rendez_vous;120;2025;SAS"]
    with pytest.raises(IndicatorsError, match="décembre 2024") as refused:
        given(tmp_path, *rows, head=SAS, key="sas")
    assert "deux millésimes mêlés" in str(refused.value)


def test_a_year_holds_its_days_and_areas_around_keep_their_own(tmp_path: Path) -> None:
    rows = ["effecteurs;9;2025;SAS", "medecins_eligibles;20;31/12/2025;SAS"]
    assert (
        cell(given(tmp_path, *rows, head=SAS, key="sas"), "effecteurs", part="sas")["number"] == 9
    )
    with pytest.raises(IndicatorsError, match="deux millésimes mêlés"):
        given(tmp_path, rows[0], "medecins_eligibles;20;2024;SAS", head=SAS, key="sas")
    around = given(tmp_path, "17+;CPTS;;800;8000;10;2025;CPAM", "17+;France;FR;;;11;2023;Cnam")
    found = cell(around, "17+", level="france")
    assert (found["share"], found["date"]) == (0.11, "2023")
    assert "année 2023, et 2025 pour le territoire : non comparable" in found["note"]


def test_a_percentage_of_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(MT.split(";"))
    book.active.append(["acces-mt", KEY, "17+", "CPTS", "", "", "", 0.118, 2025, "CPAM"])
    path = tmp_path / "acces.xlsx"
    book.save(path)
    [plain] = read_filled(path)
    assert "écrivez 11,8" in plain.defects[0]
    book.active["H2"].number_format = "0.0%"
    book.save(path)
    [shown] = read_filled(path)
    assert shown.rows["share"].tolist() == pytest.approx([0.118])
    assert shown.defects == ()


def test_every_defect_is_told_at_once(tmp_path: Path) -> None:
    rows = ["17+;CPTS;;;;120;2024;CPAM", "ald;Département;99;10;;;2024;", "c2s;CPTS;;dix;;;2024;C"]
    with pytest.raises(IndicatorsError) as caught:
        given(tmp_path, *rows)
    told = str(caught.value)
    for words in ("plus de 100", "sans producteur", "département « 99 »", "« dix »"):
        assert words in told


def test_a_workbook_is_read_as_the_text_is(examples: list[Path], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for path in examples:
        sheet = book.create_sheet(path.stem)
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            sheet.append(next(iter(pd.Series([line]).str.split(";"))))
    book.save(tmp_path / "remplis.xlsx")
    read = read_filled(tmp_path / "remplis.xlsx")
    assert [each.template.key for each in read] == list(templates())
    for path, each in zip(examples, read, strict=True):
        [text] = read_filled(path)
        assert len(text.rows) == len(each.rows) > 0
        assert each.defects == text.defects == ()


def test_a_filled_table_is_never_written_over(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "sas.csv"
    path.write_text("déjà rempli", encoding="utf-8")
    code, _, err = command("template", "sas", "--output", path)
    assert code == 1
    assert "existe déjà" in err
    assert path.read_text(encoding="utf-8") == "déjà rempli"
    assert command("template", "sas", "--output", path, "--replace")[0] == 0
    assert path.read_bytes().startswith("\ufeffTableau;Territoire;".encode())
    # A table that nobody filled says nothing, and is no defect.
    [empty] = read_filled(path)
    assert (len(empty.rows), empty.defects) == (0, ())


def test_a_producer_is_text_on_the_page_and_in_a_table(tmp_path: Path) -> None:
    hostile = "=cmd()<script>alert(1)</script>"
    found = given(tmp_path, f"17+;CPTS;;800;8000;10;2024;{hostile}")
    assert cell(found, "17+")["producer"] == hostile
    page = sheet_page(found.studies[KEY], national=found.national, date="30/11/2026")
    assert "<script>alert" not in page
    assert "=cmd()&lt;script&gt;alert(1)" in page


def test_the_page_shows_the_tables_and_says_they_are_invented(
    filled: Analysis, open_offline: Callable[..., Any]
) -> None:
    study = filled.studies[KEY]
    page = sheet_page(study, national=filled.national, date="30/11/2026")
    assert page.count("Exemple inventé") >= 5
    assert "Relevant potentiellement de la ville, estimé" in page
    # Two printed pages, the four rows and the SAS on them, nothing cut.
    paper = page.partition('class="paper"')[2].partition("<main")[0]
    assert "Sans médecin traitant" in paper
    assert paper.count(INVENTED) >= 3
    check(study, filled.national, open_offline)


def test_a_territory_named_as_its_departement_and_region_is_read_beside_both() -> None:
    communes = embedded.load_communes()
    mayotte = communes[communes["departement"] == "976"].assign(territory="ici")
    table = areas_of(mayotte, name="Mayotte", communes=communes)
    assert table["area_code"].tolist() == ["ici", "976", "06", "FR"]


def test_one_zoned_commune_is_one() -> None:
    table = pd.DataFrame(
        [
            {
                "line": "zip", "communes": 1.0, "share": 0.2, "status": "announced",
                "producer": "ARS", "date": "2025",
            }
        ]
    )  # fmt: skip
    study: Any = SimpleNamespace(zoning=table)
    assert "ZIP 1 commune (" in zoned(study).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["42095;ZIP;;2024;ARS", "42095;aucun;;2024;ARS"], "dans aucun zonage, et zonée"),
        (["42095;ZIP et ZAC;;2024;ARS"], "en ZIP et en ZAC"),
    ],
)
def test_zonings_that_exclude_one_another_are_refused(
    rows: list[str], said: str, tmp_path: Path
) -> None:
    head = "Tableau;Territoire;Code Insee;Zonage;Habitants concernés;Date;Producteur"
    with pytest.raises(IndicatorsError, match=said):
        given(tmp_path, *rows, head=head, key="zonage")


def test_a_share_of_no_slot_is_neither_zero_nor_unknown() -> None:
    rows = pd.DataFrame(
        [
            {
                "table": "sas", "line": line, "level": "cpts", "area_code": "ici", "number": 0.0,
                "population": math.nan, "share": math.nan, "date": "2025", "producer": "SAS",
                "masked": False, "detail": "", "remark": "",
            }
            for line in (*OFFERED, "creneaux_pourvus")
        ]
    )  # fmt: skip
    areas = pd.DataFrame(
        {"territory": "ici", "area_level": ["cpts"], "area_code": "ici", "area_name": "Ici"}
    )
    table = sas_table(rows, areas, effector_hours=2.0).set_index("line")
    rate = table.loc["taux_de_remplissage"]
    assert (rate["status"], rate["ask"], math.isnan(rate["share"])) == ("computed", "", True)
    assert filled_cell(rate).text == "sans objet : aucun créneau offert"


def test_a_share_keeps_the_digits_it_is_written_with() -> None:
    wrong: Any = pytest.fail
    said = read_number("79,6", most=100.0, whole=False, percent=True, wrong=wrong)
    assert said.value == 0.796
