"""A follow-up with its yearly review: files that agree, a forecast scored and kept, refusals."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from cpts_geo.capacity.answer.headline import headline
from cpts_geo.capacity.checks.forecast.announced import announced
from cpts_geo.capacity.checks.forecast.kept import FORECASTS, PAST, SCORES, as_kept
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.cli.main import app
from cpts_geo.errors import CptsGeoError
from cpts_geo.sources.analyst.aci.codes import _COLUMNS
from cpts_geo.sources.analyst.aci.template import aci_template
from cpts_geo.sources.analyst.filled.templates import INVENTED
from tests.registres import read_french, registre

CASE = "beauce_gatinais"
FRENCH = {"appointment": "rendez-vous", "advice": "conseil", "no_slot": "sans créneau",
          "redirected": "réorienté", "other": "autre"}  # fmt: skip


def _log(folder: Path, year: int) -> Path:
    log = registre(year, seed=3, mean=20.0)
    answers = {True: "oui", False: "non"}
    table = pd.DataFrame({
        "date_heure": log["time"].dt.strftime("%d/%m/%Y %H:%M"),
        "issue": log["outcome"].astype(str).map(FRENCH),
        "delai_heures": log["delay"],
        "honore": log["honoured"].map(answers),
    })  # fmt: skip
    path = folder / f"registre_{year}.csv"
    table.to_csv(path, sep=";", index=False)
    return path


def _indicators(folder: Path, *, year: int = 2025, **cells: str) -> Path:
    """The filled example, without N where the registre knows it."""
    heads, rows = aci_template({CASE: 80_000}, example_year=year)
    names = list(_COLUMNS)
    for row in rows:
        row[names.index("territory")] = cells.get("territory", CASE)
        if row[1] == "taux_reponse":
            for name in ("value", "value_year", "previous", "previous_year"):
                row[names.index(name)] = ""
            for name, text in cells.items():
                row[names.index(name)] = text
    path = folder / "aci.csv"
    lines = [";".join(map(str, row)) for row in [heads, *rows]]
    path.write_text("\n".join(lines), "utf-8-sig")
    return path


def _manifest(folder: Path, key: str = CASE) -> Path:
    answer = headline(load_scenario(CASE), draws=1000)
    told = announced(answer, None, territory=CASE, day=date(2024, 11, 30), version="1")
    path = folder / "manifest.json"
    path.write_text(json.dumps({FORECASTS: {key: as_kept(told)}}), "utf-8")
    return path


def _run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, ["follow-up", *map(str, arguments), "--scenario", CASE])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("suivi")
    result = _run(
        _log(folder, 2025), "--previous", _log(folder, 2024), "--forecast", _manifest(folder),
        "--indicators", _indicators(folder), "--output", folder / "out",
    )  # fmt: skip
    assert result.exit_code == 0, result.output + repr(result.exception)
    return folder / "out", result.output


def test_the_registre_fills_n_and_the_year_before(made: tuple[Path, str]) -> None:
    table = read_french(made[0] / "indicateurs_aci.csv").set_index("Code")
    followed = read_french(made[0] / "suivi.csv")
    total = followed[followed["Mois"] == "période"].set_index("Code").loc["response_rate"]
    row = table.loc["taux_reponse"]
    assert row["N"] == pytest.approx(total["Valeur (du 02/01/2025 au 31/12/2025)"])
    assert row["N-1"] == pytest.approx(total["Période d’avant (du 02/01/2024 au 31/12/2024)"])
    assert (row["Année : N"], row["Année : N-1"]) == (2025, 2024)
    assert ";2025;● mesuré;" in (made[0] / "indicateurs_aci.csv").read_text("utf-8-sig")
    expected = (row["N"] - row["Référence"]) / (row["Cible"] - row["Référence"])
    assert row["Taux atteint (%)"] == pytest.approx(100 * expected, abs=0.02)
    # what is typed against the registre is set aside
    remark = table.at["delai_median", "Remarque"].replace("\u202f", " ").replace("\u00a0", " ")
    assert re.search(r"N : chiffre donné écarté \(.+ heures\) : le registre mesure .+ h", remark)


def test_a_lower_bound_is_one_in_the_table_and_in_the_fiche(tmp_path: Path) -> None:
    path = _log(tmp_path, 2025)
    table = pd.read_csv(path, sep=";")
    table.loc[table.index % 10 == 0, "issue"] = ""
    table.to_csv(path, sep=";", index=False)
    result = _run(path, "--indicators", _indicators(tmp_path), "--output", tmp_path / "out")
    assert result.exit_code == 0, result.output + repr(result.exception)
    followed = read_french(tmp_path / "out" / "suivi.csv")
    total = followed[followed["Mois"] == "période"].set_index("Code")
    said = "au moins : période, 10 % des demandes sans issue connue"
    for name in ("response_rate", "appointments", "fill_rate"):
        assert total.at[name, "Définition"].replace("\u202f", " ").endswith(said)
        assert "estimé" in total.at[name, "Signe"]
    assert "au moins" not in total.at["requests", "Définition"]
    row = read_french(tmp_path / "out" / "indicateurs_aci.csv").set_index("Code")
    words = "N : au moins, avec 10 % des demandes sans issue connue"
    assert words in row.at["taux_reponse", "Remarque"].replace("\u202f", " ")
    assert "au moins" not in str(row.at["delai_median", "Remarque"])


def test_the_workbook_says_the_same(made: tuple[Path, str]) -> None:
    book = openpyxl.load_workbook(made[0] / "fiche_aci.xlsx")
    assert book.sheetnames[:2] == ["Lisez-moi", "Indicateurs ACI"]
    assert len(book.sheetnames) == 2 + 17
    sheet = book["Indicateurs ACI"]
    heads = [each.value.replace("\u202f", " ").replace("\u00a0", " ") for each in sheet[1]]
    assert sheet.freeze_panes == "C2"
    rows = {row[0].value: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)}
    table = read_french(made[0] / "indicateurs_aci.csv").set_index("Code")
    shown = rows["taux_reponse"]
    assert shown["N"].value == pytest.approx(table.at["taux_reponse", "N"] / 100, abs=1e-4)
    assert shown["N"].number_format == "0.0%"
    assert shown["Signe : N"].value == "● mesuré"
    assert shown["Année : N"].value == 2025
    assert shown["Année : N"].number_format == "0"
    assert all(len(name) <= 31 and "_" not in name for name in book.sheetnames)
    fiche = {row[0].value: row[1].value for row in book["Taux de réponse"].iter_rows()}
    assert fiche["Taux atteint"] == pytest.approx(
        table.at["taux_reponse", "Taux atteint (%)"] / 100, abs=1e-4
    )


def test_without_indicators_only_what_the_registre_knows_is_said(tmp_path: Path) -> None:
    assert _run(_log(tmp_path, 2025), "--output", tmp_path / "out").exit_code == 0
    table = read_french(tmp_path / "out" / "indicateurs_aci.csv")
    known = ["taux_reponse", "delai_median", "taux_honores", "taux_remplissage"]
    assert table["Code"].tolist() == known
    page = (tmp_path / "out" / "fiche_aci.html").read_text("utf-8")
    assert "Non renseignés" not in page.replace("\u00a0", " ")


def test_the_forecast_is_scored_said_and_kept(made: tuple[Path, str]) -> None:
    out, said = made
    manifest = json.loads((out / "suivi_manifest.json").read_text("utf-8"))
    (score,) = manifest[SCORES][CASE]
    assert (score["first"], score["last"], score["months"]) == ("2025-01", "2025-12", 12)
    assert score["naive_months"] == 12
    words = f"{score['inside']} mois sur 12 dans la fourchette annoncée le 30/11/2024"
    page = (out / "suivi.html").read_text("utf-8")
    assert words in page.replace("\u00a0", " ") and words in said.replace("\u00a0", " ")
    # next year is announced too, and its own score will come after this one
    months = [each["month"] for each in manifest[FORECASTS][CASE]["months"]]
    assert months[-1][5:] == "12" and months == sorted(months)
    assert set(manifest["outputs"]) >= {"fiche_aci.xlsx", "fiche_aci.html", "indicateurs_aci.csv"}


def test_a_manifest_that_keeps_scores_goes_on_with_them(
    made: tuple[Path, str], tmp_path: Path
) -> None:
    manifest = json.loads((made[0] / "suivi_manifest.json").read_text("utf-8"))
    kept = json.loads(_manifest(tmp_path).read_text("utf-8"))
    kept[SCORES] = manifest[SCORES]
    old = dict(kept[SCORES][CASE][0], first="2024-01", last="2024-12")
    kept[SCORES][CASE] = [old]
    (tmp_path / "manifest.json").write_text(json.dumps(kept), "utf-8")
    result = _run(
        _log(tmp_path, 2025), "--forecast", tmp_path / "manifest.json", "--output", tmp_path / "out"
    )
    assert result.exit_code == 0
    again = json.loads((tmp_path / "out" / "suivi_manifest.json").read_text("utf-8"))
    assert [each["first"] for each in again[SCORES][CASE]] == ["2024-01", "2025-01"]
    assert "en 2 périodes" in result.output.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"year": 2024}, "N de 2024, registre de 2025"),
        ({"territory": "nulle_part"}, "« nulle_part » ; demandés : beauce_gatinais"),
    ],
)
def test_indicators_of_another_year_or_place_are_refused(
    options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    result = _run(
        _log(tmp_path, 2025), "--indicators", _indicators(tmp_path, **options),
        "--output", tmp_path / "out",
    )  # fmt: skip
    assert isinstance(result.exception, CptsGeoError) and words in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_forecast_of_another_territory_is_refused(tmp_path: Path) -> None:
    result = _run(
        _log(tmp_path, 2025), "--forecast", _manifest(tmp_path, "lvo"), "--output", tmp_path / "out"
    )
    assert "n’annonce rien du territoire" in str(result.exception)


def test_the_page_is_offline_and_says_what_is_invented(made: tuple[Path, str]) -> None:
    page = (made[0] / "fiche_aci.html").read_text("utf-8")
    assert "Content-Security-Policy" in page and "http" not in page.split("</style>")[-1]
    assert "Exemple inventé" in page


def test_foreign_text_is_data(tmp_path: Path) -> None:
    path = _indicators(tmp_path, producer="=HYPERLINK(1)", justification="<script>x</script>")
    result = _run(_log(tmp_path, 2025), "--indicators", path, "--output", tmp_path / "out")
    assert result.exit_code == 0
    page = (tmp_path / "out" / "fiche_aci.html").read_text("utf-8")
    assert "<script>x" not in page and "&lt;script&gt;x" in page
    sheet = openpyxl.load_workbook(tmp_path / "out" / "fiche_aci.xlsx")["Taux de réponse"]
    assert all(each.data_type != "f" for row in sheet.iter_rows() for each in row)


# ---- an invented registre is told wherever its figures go


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("exemple")
    path = _log(folder, 2025)
    pd.read_csv(path, sep=";").assign(exemple=INVENTED).to_csv(path, sep=";", index=False)
    result = _run(
        path, "--previous", _log(folder, 2024), "--forecast", _manifest(folder),
        "--output", folder / "out",
    )  # fmt: skip
    assert result.exit_code == 0, result.output + repr(result.exception)
    return folder / "out", result.output


def test_the_mark_of_an_example_is_on_every_row(invented: tuple[Path, str]) -> None:
    out, said = invented
    table = read_french(out / "suivi.csv")
    assert table["Source"].str.contains(INVENTED).all()
    assert "● mesuré" not in set(table["Signe"]) and "○ hypothèse" in set(table["Signe"])
    aci = read_french(out / "indicateurs_aci.csv").set_index("Code")
    told = aci[aci["N"].notna()]
    assert len(told) >= 3 and set(told["Producteur"]) == {INVENTED}
    assert set(told["Signe : N"]) == {"○ hypothèse"}
    # the year before is a true one
    assert set(told["Signe : N-1"]) == {"● mesuré"}
    manifest = json.loads((out / "suivi_manifest.json").read_text("utf-8"))
    assert manifest["invented"] is True and INVENTED in manifest["label"]
    assert INVENTED in said.splitlines()[0] or f"({INVENTED})" in said
    page = (out / "fiche_aci.html").read_text("utf-8")
    blocks = page.split("<article>")[1:]
    assert len(blocks) == len(told) and all(INVENTED in block for block in blocks)
    assert "(exemple inventé)" in (out / "suivi.html").read_text("utf-8")


def test_a_judgement_on_an_example_is_not_kept(invented: tuple[Path, str]) -> None:
    manifest = json.loads((invented[0] / "suivi_manifest.json").read_text("utf-8"))
    assert manifest[SCORES] == {CASE: []}
    assert "n’est pas gardé" in invented[1]


def test_a_true_registre_does_not_hide_that_a_target_is_invented(made: tuple[Path, str]) -> None:
    row = read_french(made[0] / "indicateurs_aci.csv").set_index("Code").loc["taux_reponse"]
    assert row["Signe : N"] == "● mesuré"
    assert (row["Signe : Référence"], row["Signe : Cible"]) == ("○ hypothèse", "○ hypothèse")
    assert "registre" in row["Producteur"] and INVENTED in row["Producteur"]


# ---- a manifest that is judged and replaced


def test_a_follow_up_keeps_the_forecast_that_it_judges(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    manifest = json.loads(_manifest(tmp_path).read_text("utf-8")) | {"outputs": {"suivi.csv": ""}}
    (out / "suivi_manifest.json").write_text(json.dumps(manifest), "utf-8")
    log, said, kept = _log(tmp_path, 2025), [], []
    for _ in range(3):
        result = _run(log, "--forecast", out / "suivi_manifest.json", "--output", out)
        assert result.exit_code == 0, result.output + repr(result.exception)
        said.append(result.output)
        kept.append((out / "suivi_manifest.json").read_bytes())
    assert said[0] == said[1] == said[2] and kept[0] == kept[1] == kept[2]
    manifest = json.loads(kept[-1])
    assert [each["made"] for each in manifest[PAST][CASE]] == ["2024-11-30"]
    assert len(manifest[SCORES][CASE]) == 1
    # Without --forecast, nothing of it is lost.
    assert _run(log, "--output", out).exit_code == 0
    again = json.loads((out / "suivi_manifest.json").read_text("utf-8"))
    assert (again[PAST], again[SCORES]) == (manifest[PAST], manifest[SCORES])
