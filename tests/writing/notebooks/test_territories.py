"""What is typed names territories, each with a folder and a name, or all of it is refused."""

from __future__ import annotations

import pytest

from cpts_geo.errors import NotebookError
from cpts_geo.writing.notebooks._territories import territories


def refused(typed=(), departements=()):
    with pytest.raises(NotebookError) as caught:
        territories(typed, departements)
    return str(caught.value)


def test_a_key_a_siren_and_a_list(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listed = tmp_path / "Ma liste d’été.csv"
    listed.write_text("commune\nBaule\nMeung-sur-Loire\n", encoding="utf-8")
    found = territories(["lvo", "200068278", listed.name], ["45"])
    assert [(each.key, each.parameters) for each in found] == [
        ("lvo", {"territory": "lvo"}),
        ("cc_berry_loire_puisaye", {"territory": "200068278"}),
        # The notebook is run elsewhere: the path leads there from anywhere.
        ("ma_liste_dete", {"territory": str(listed), "departement": "45"}),
    ]
    assert found[1].name == "CC Berry Loire Puisaye"
    (several,) = territories([listed.name], ["45", "41"])
    assert several.parameters["departement"] == ["45", "41"]


def test_a_departement_is_each_of_its_intercommunalites():
    found = {each.key: each for each in territories([], ["45"])}
    assert len(found) == 16
    assert found["cc_berry_loire_puisaye"].parameters == {"territory": "200068278"}


def test_the_same_twice_is_once_and_two_of_one_name_keep_apart(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "liste.csv").write_text("commune\nBaule\n", encoding="utf-8")
    paths = [str(tmp_path / folder / "liste.csv") for folder in ("a", "b", "a")]
    assert [each.key for each in territories(["lvo", "lvo", *paths], ["45"])] == [
        "lvo", "liste", "liste_2"
    ]  # fmt: skip


def test_every_defect_is_said(tmp_path):
    wrong = tmp_path / "liste.csv"
    wrong.write_text("commune\nZzyzx\n", encoding="utf-8")
    said = refused(["lvo2", "999999999", " ", str(wrong)])
    assert "« lvo2 » : ni une clé, ni un SIREN, ni un fichier" in said
    assert "« 999999999 »" in said and "Zzyzx" in said and "«   »" in said
    assert "« cpts-geo places NOM »" in said


def test_nothing_and_a_departement_that_serves_nothing_are_refused():
    assert "aucun territoire" in refused()
    assert "--departement : va seul" in refused(["lvo"], ["45"])


def test_a_file_of_several_territories_is_refused_with_their_names(tmp_path):
    listed = tmp_path / "liste.csv"
    listed.write_text("CPTS;commune\nNord;Baule\nSud;Artenay\n", encoding="utf-8")
    said = refused([str(listed)], ["45"])
    assert "plusieurs territoires" in said and "Nord" in said and "Sud" in said


@pytest.mark.parametrize("wrong", ["999", ""])
def test_a_departement_that_is_unknown_is_named(wrong):
    said = refused([], [wrong])
    assert f"--departement « {wrong} »" in said and ".." not in said and "--departement 45" in said
    assert "«  » :" not in said.replace("--departement «  »", "")
