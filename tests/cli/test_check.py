"""`check`: what is understood of a file, what would be asked, what was left out; no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.cli.test_cli import run


def checked(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of a check."""
    done = run("check", path, "--json", *options)
    return done.returncode, json.loads(done.stdout)


def written(folder: Path, text: str, name: str = "liste.csv") -> Path:
    """A file of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_told_line_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, "commune\nJoinville\nNogent\nCréteil\nAlfortville\nCreteil\nTotal\n")
    code, found = checked(path)
    assert code == 0
    assert set(found) == {"files", "communes", "asked", "left_out"}
    assert found["files"][0]["file"] == "liste.csv"
    assert found["files"][0]["kind"] == "liste de communes"
    assert [(c["written"], c["code"], c["name"], c["how"]) for c in found["communes"]] == [
        ("Joinville", "94042", "Joinville-le-Pont", "short"),
        ("Nogent", "94052", "Nogent-sur-Marne", "short"),
        ("Créteil + Creteil", "94028", "Créteil", "exact"),
        ("Alfortville", "94002", "Alfortville", "exact"),
    ]
    assert found["left_out"] == [{"line": "7", "written": "Total", "why": "total"}]
    assert found["asked"] == []
    shown = run("check", path).stdout
    assert "6 lignes lues, 4 communes, 1 répétition, 1 laissée de côté." in shown
    assert "2 noms abrégés" in shown


def test_what_would_be_asked_comes_with_what_is_recognised(tmp_path: Path) -> None:
    path = written(tmp_path, "commune\nPommiers (2)\nBaule\nDry\nTotal\n")
    code, found = checked(path)
    assert code == 1
    assert [each["code"] for each in found["communes"]] == ["45024", "45130"]
    assert found["left_out"] == [{"line": "5", "written": "Total", "why": "total"}]
    [asked] = found["asked"]
    assert "Pommiers (02)" in asked["details"][0]
    done = run("check", path)
    assert done.returncode == 1
    assert "Baule" in done.stdout
    assert "À faire" in done.stderr


def test_the_command_to_retype_is_given_and_answers(tmp_path: Path) -> None:
    path = written(tmp_path, "commune\nJoinville\nNogent\n")
    done = run("check", path)
    assert done.returncode == 1
    assert f"cpts-geo check {path} --departement 94" in done.stderr
    code, found = checked(path, "--departement", "94")
    assert (code, [each["code"] for each in found["communes"]]) == (0, ["94042", "94052"])


def test_the_name_of_an_intercommunalite_gives_its_command(tmp_path: Path) -> None:
    path = written(tmp_path, "commune\nCC Tille et Venelle\nDry\n")
    code, found = checked(path)
    assert code == 1
    assert "--epci 200070910" in found["asked"][0]["details"][0]


def test_a_log_is_read_and_not_taken_for_a_list(tmp_path: Path) -> None:
    text = (
        "date;heure;issue;commune\n04/03/2024;8h30;RDV;45300 Pithiviers\n05/03/2024;9h;conseil;\n"
    )
    code, found = checked(written(tmp_path, text))
    assert code == 0
    assert found["files"][0]["kind"] == "registre"
    assert found["files"][0]["notes"][0] == "2 appels, du 04/03/2024 au 05/03/2024."
    dated = "commune;date\nDry;04/03/2024\nBaule;04/03/2024\n"
    _, found = checked(written(tmp_path, dated))
    assert found["files"][0]["kind"] == "liste de communes"


@pytest.mark.parametrize(
    ("table", "suffix"),
    [("acces-mt", "csv"), ("passages", "xlsx"), ("zonage", "csv"), ("sas", "xlsx"), ("aci", "csv")],
)
def test_a_table_to_fill_is_known_and_its_cells_counted(
    tmp_path: Path, table: str, suffix: str
) -> None:
    path = tmp_path / f"tableau.{suffix}"
    empty = run("template", table, "beauce_gatinais", "--output", path)
    assert empty.returncode == 0, empty.stderr
    code, found = checked(path)
    [file] = found["files"]
    assert (code, file["kind"], found["communes"], found["asked"]) == (0, "tableau", [], [])
    [territory] = file["territories"]
    assert territory in {"beauce_gatinais", "CPTS Beauce-Gâtinais"}
    assert file["notes"][0].startswith(f"Tableau {table}, «")
    assert re.search(r" : 0 (ligne remplie|chiffre rempli) sur [1-9]\d*\.$", file["notes"][0])
    run("template", table, "beauce_gatinais", "--example", "--replace", "--output", path)
    code, found = checked(path)
    full = re.search(r"(\d+) \w+ remplie?s sur (\d+)\.$", found["files"][0]["notes"][0])
    assert code == 0
    assert full is not None
    assert full[1] == full[2]


@pytest.mark.parametrize(
    ("table", "was", "now", "said"),
    [
        ("sas", ";11;", ";beaucoup;", "nombre"),
        ("aci", ";13,1;", ";130;", "100 % au plus"),
        ("zonage", ";FRR;", ";ZUP;", "zonage « ZUP » inconnu"),
        ("passages", ";2025;", ";;", "une valeur sans date"),
    ],
)
def test_what_is_wrong_in_a_table_is_told(
    tmp_path: Path, table: str, was: str, now: str, said: str
) -> None:
    path = tmp_path / "tableau.csv"
    run("template", table, "beauce_gatinais", "--example", "--year", "2025", "--output", path)
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")
    code, found = checked(path)
    assert (code, found["files"][0]["kind"]) == (1, "tableau")
    assert any(said in each for each in found["asked"][0]["details"])
    assert "nominatives" not in run("check", path).stderr


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_registre_without_a_request_is_to_be_filled(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"registre.{suffix}"
    run("template", "registre", "--output", path)
    code, found = checked(path)
    [file] = found["files"]
    assert (code, file["kind"], found["asked"]) == (0, "registre", [])
    assert file["notes"] == ["Registre sans demande : à remplir."]


def test_an_example_of_a_registre_is_drawn_for_any_territory(tmp_path: Path) -> None:
    path = written(tmp_path, "code_insee\n75111\n75112\n")
    drawn = run(
        "template", "registre", "--perimeter", path, "--example", "--output", tmp_path / "r.csv"
    )
    assert drawn.returncode == 0, drawn.stderr
    rows = (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 100
    assert all("exemple" in row for row in rows)


def test_a_workbook_of_one_row_is_refused_in_words(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["code_insee", "classe_age"])
    book.save(tmp_path / "liste.xlsx")
    done = run("check", tmp_path / "liste.xlsx")
    assert done.returncode == 1
    assert "inattendue" not in done.stderr


def test_polygons_are_read(tmp_path: Path) -> None:
    ring = [[1.8, 47.78], [1.8, 47.92], [1.55, 47.92], [1.55, 47.78], [1.8, 47.78]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    code, found = checked(written(tmp_path, json.dumps(shape), "zone.geojson"))
    assert code == 0
    assert found["files"][0]["kind"] == "polygones"
    assert "45130" in {each["code"] for each in found["communes"]}


@pytest.mark.parametrize("name", ["absent.csv", "absent.kml"])
def test_a_missing_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    done = run("check", tmp_path / name)
    assert done.returncode == 1
    assert "n’existe pas" in done.stderr


def test_nothing_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, "commune\nDry\n")
    run("check", path, cwd=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["liste.csv"]
