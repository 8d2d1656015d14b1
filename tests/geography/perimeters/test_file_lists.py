"""Territories that a list of communes names: one each, those asked for alone, none by mistake."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.foreign import for_readers
from cpts_geo.geography.perimeters._membership import Perimeters
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.sources.embedding import embedded


def found(path: Path, **asked: object) -> Perimeters:
    return find_perimeters(
        Request(perimeter=path, **asked),
        embedded.load_communes(),
        former=embedded.load_former_communes(),
        arrondissements=embedded.load_arrondissements(),
    )


def members(perimeters: Perimeters) -> dict[str, list[str]]:
    return perimeters.members.groupby("territory")["code_insee"].agg(list).to_dict()


@pytest.mark.parametrize(
    "text",
    [
        "Dry;Meung-sur-Loire;Baule\n",
        "Dry\nMeung-sur-Loire\nBaule\n",
        "Code Officiel Commune;Nom Officiel Commune\n45130;Dry\n45203;Meung-sur-Loire\n"
        "45024;Baule\n",
        "Code INSEE;Commune;Population\n45130;Dry;1\n45203;Meung-sur-Loire;2\n45024;Baule;3\n"
        ";Total;6\n",
        "Commune;Population\nTOTAL CPTS;9\nDry;nd\nMeung-sur-Loire;1400,6\nBaule;-\n",
        "Nom;Commune\nCPTS X;Dry\nCPTS X;Meung-sur-Loire\nCPTS X;Baule\n",
    ],
)
def test_whatever_the_layout_the_communes_are_those(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cpts_x.csv"
    path.write_text(text, encoding="utf-8")
    assert members(found(path)) == {"cpts_x": ["45130", "45203", "45024"]}


def test_each_territory_of_a_list_is_one(tmp_path: Path) -> None:
    draw = random.Random(20_240_304)
    communes = embedded.load_communes()
    drawn = communes.iloc[draw.sample(range(len(communes)), 60)]
    of = pd.Series([f"CPTS n° {draw.randint(1, 9)}" for _ in range(60)], index=drawn.index)
    path = tmp_path / "toutes.csv"
    table = drawn[["name", "code_insee"]].assign(cpts=of)
    table.to_csv(path, sep=";", index=False)
    whole = found(path)
    assert whole.folder == "toutes"
    expected = {name: rows["code_insee"].to_list() for name, rows in table.groupby("cpts")}
    assert {
        str(whole.identity.at[key, "name"]): codes for key, codes in members(whole).items()
    } == expected
    some = found(path, only=["cpts N° 3", "CPTS n° 5"])
    assert set(some.identity["name"]) == {"CPTS n° 3", "CPTS n° 5"}
    one = found(path, only=["CPTS n° 3"], name="Mon titre")
    assert members(one) == {"mon_titre": expected["CPTS n° 3"]}
    assert one.folder == "mon_titre"
    with pytest.raises(PerimeterError, match="--name nomme un seul territoire"):
        found(path, name="Mon titre")


def test_what_is_wrong_in_several_territories_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "toutes.csv"
    path.write_text("CPTS;Insee\nA;45130\nA;99998\nB;45024\nB;99999\n", encoding="utf-8")
    with pytest.raises(PerimeterError) as caught:
        found(path)
    assert [defect[:8] for defect in caught.value.defects] == ["ligne 3,", "ligne 5,"]


def test_a_list_of_more_territories_than_a_report_shows_is_to_choose_from(tmp_path: Path) -> None:
    codes = embedded.load_communes()["code_insee"].iloc[:700]
    path = tmp_path / "nationale.csv"
    rows = "".join(f"CPTS {i:03};{code}\n" for i, code in enumerate(codes))
    path.write_text(f"nom_cpts;insee\n{rows}", encoding="utf-8")
    with pytest.raises(PerimeterError, match=r"nomme 700 territoires (?s:.*) --only NOM"):
        found(path)
    assert members(found(path, only=["cpts 042"])) == {"cpts_042": [codes.iloc[42]]}


def test_what_a_list_cannot_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("commune\nDry\n", encoding="utf-8")
    with pytest.raises(PerimeterError, match="rien n’y peut être choisi"):
        found(path, only=["A"])
    with pytest.raises(PerimeterError, match="sans feuilles"):
        found(path, sheet="Feuil1")
    with pytest.raises(PerimeterError, match="--sheet : choisit une feuille"):
        Request(epci=("200070183",), sheet="Feuil1")


def test_a_total_of_unknown_populations_compares_with_nothing(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("commune;population\nDry;1400\nBaule;nd\n", encoding="utf-8")
    assert for_readers(found(path).notes[:-1]) == []
    said = " ".join(found(path).notes)
    assert "Population non donnée : ligne 3." in said
    assert "%" not in said
