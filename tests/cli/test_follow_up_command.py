"""The command that follows a registre: what it writes, and what it refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.study.follow_up.indicators import INDICATORS
from tests.registres import read_french, registre, written

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def registres(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "registre_2025.csv", tmp_path / "registre_2024.csv"
    for path, year in zip(paths, (2025, 2024), strict=True):
        written(registre(year, seed=2, mean=2.0, phi=1.2), path)
    return paths


def test_a_follow_up_is_a_page_a_table_and_what_they_come_from(
    registres: tuple[Path, Path], command: Command, tmp_path: Path
) -> None:
    now, before = registres
    code, said, _ = command(
        "follow-up", now, "--previous", before, "--scenario", "beauce_gatinais", "--output", "out"
    )
    assert code == 0 and "taux de réponse" in said.replace("\u00a0", " ")
    out = tmp_path / "out"
    made = {"suivi.html", "suivi.csv", "suivi_manifest.json"}
    assert {path.name for path in out.iterdir()} >= made
    manifest = json.loads((out / "suivi_manifest.json").read_text("utf-8"))
    told = manifest["outputs"] | manifest["inputs"]
    for path in (out / "suivi.csv", out / "suivi.html", now, before):
        assert told[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()
    table = read_french(out / "suivi.csv")
    assert set(table["Code"]) == set(INDICATORS) and len(table) == 13 * len(INDICATORS)
    # Every count of 1 to 10 is masked, of both periods.
    counts = table[table["Code"].map(lambda name: INDICATORS[name].kind == "count")]
    value, previous = (
        next(name for name in table if name.startswith(f"{first} (du ") and year in name)
        for first, year in (("Valeur", "2025"), ("Période d’avant", "2024"))
    )
    for name in (value, previous):
        assert not counts[name].between(1, 10).any()
    signs = {"● mesuré", "ƒ calculé", "■ secret statistique", "▨ donnée absente"}
    assert set(table["Signe"]) <= signs
    assert set(table["Plus que le hasard"].dropna()) <= {"oui", "non", "inconnu"}
    inside = table[table["Dans l’attendu"].notna()]
    assert set(inside["Code"]) == {"slot_requests"} and len(inside) == 12
    assert inside[value].isna().eq(inside["Dans l’attendu"] == "inconnu").all()


def test_ones_own_communes_tell_who_comes_from_elsewhere(
    registres: tuple[Path, Path], command: Command, tmp_path: Path
) -> None:
    communes = tmp_path / "communes.csv"
    communes.write_text("commune\nPithiviers\nMalesherbes\n", encoding="utf-8")
    own = ("--scenario", "beauce_gatinais", "--perimeter", communes)
    assert command("follow-up", registres[0], *own, "--output", "out")[0] == 0
    table = read_french(tmp_path / "out" / "suivi.csv").set_index(["Code", "Mois"])
    share = table.loc[("outside", "période")].iloc[2]
    log = pd.read_csv(registres[0], sep=";")
    assert share == pytest.approx(100 * (log["commune"] != "Pithiviers").mean(), abs=0.01)
    code, _, said = command("follow-up", registres[0], *own, "--territory", "beauce_gatinais")
    assert code == 1 and "l’un ou l’autre" in said


def test_wordings_that_are_not_known_are_asked(
    registres: tuple[Path, Path], command: Command
) -> None:
    text = registres[0].read_text("utf-8").replace("conseil", "sans suite")
    registres[0].write_text(text, encoding="utf-8")
    code, _, said = command("follow-up", registres[0], "--scenario", "beauce_gatinais")
    assert code == 1 and "sans suite" in said and "follow-up" in said and "--outcomes" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--scenario", "lvo", "--territory", "beauce_gatinais"), "suivi ainsi"),
        (("--scenario", "beauce_gatinais", "--previous", "registre_2025.csv"), "même période"),
        (("--scenario", "beauce_gatinais", "--previous", "absent.csv"), "absent.csv"),
        (("--scenario", "nulle_part"), "nulle_part"),
    ],
)
def test_what_cannot_be_followed_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...],
    words: str,
    registres: tuple[Path, Path],
    command: Command,
    tmp_path: Path,
) -> None:
    code, _, said = command("follow-up", registres[0], *arguments)
    assert code == 1 and words in said and "À faire" in said
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize("name", ["suivi.csv", "suivi.html", "fiche_aci.xlsx"])
def test_a_file_of_somebody_else_is_not_replaced(
    name: str, registres: tuple[Path, Path], command: Command, tmp_path: Path
) -> None:
    own = tmp_path / "out" / name
    own.parent.mkdir()
    own.write_text("le mien", encoding="utf-8")
    arguments = ("follow-up", registres[0], "--scenario", "beauce_gatinais", "--output", "out")
    code, _, said = command(*arguments)
    assert code == 1 and name in said and "À faire" in said
    assert [path.name for path in own.parent.iterdir()] == [name]
    assert own.read_text("utf-8") == "le mien"


def test_what_was_completed_since_is_not_replaced_and_the_rest_is(
    registres: tuple[Path, Path], command: Command, tmp_path: Path
) -> None:
    arguments = ("follow-up", registres[0], "--scenario", "beauce_gatinais", "--output", "out")
    assert command(*arguments)[0] == 0
    assert command(*arguments)[0] == 0
    table = tmp_path / "out" / "suivi.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    code, _, said = command(*arguments)
    assert code == 1 and "suivi.csv" in said and "suivi.html" not in said
