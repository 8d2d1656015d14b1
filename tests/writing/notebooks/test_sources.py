"""Which notebooks are run, and those that would show figures of another territory, refused."""

from __future__ import annotations

import pytest

from cpts_geo.errors import NotebookError
from cpts_geo.writing.notebooks._sources import sources
from tests.conftest import ROOT
from tests.writing.notebooks.small import write

PARAMETER = 'territory = "lvo"'


def found(folder, *asked, needed=("territory",)):
    said = []
    names = [s.name for s in sources(folder, asked, needed=frozenset(needed), say=said.append)]
    return names, said


def refused(folder, *asked, needed=("territory",)):
    with pytest.raises(NotebookError) as caught:
        found(folder, *asked, needed=needed)
    assert caught.value.remedy
    return str(caught.value)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "00_guide.ipynb", "# 00. Guide", "other = 1")
    write(tmp_path / "03_offre.ipynb", "# 03. L’*offre*", PARAMETER, "print(territory)")
    write(tmp_path / "10_accès.ipynb", PARAMETER + "\ndepartement = None", "x = 1")
    (tmp_path / "notes.txt").write_text("no notebook", encoding="utf-8")
    return tmp_path


def test_those_that_take_a_territory_are_run(folder):
    assert found(folder) == (["03_offre", "10_accès"], [])


@pytest.mark.parametrize("asked", ["3", "03", "03_offre", "03_OFFRE.ipynb", " 003 "])
def test_one_is_asked_for_by_number_or_name(folder, asked):
    assert found(folder, asked)[0] == ["03_offre"]


def test_unknown_ones_are_all_said_with_those_there_are(folder):
    said = refused(folder, "4", "03", "offre")
    assert "« 4 »" in said and "« offre »" in said and "« 03 »" not in said
    assert "00_guide, 03_offre, 10_accès" in said


def test_one_that_takes_no_territory_is_refused_when_asked_for(folder):
    assert "00_guide : de ses cellules, aucune n’est étiquetée" in refused(folder, "0")


def test_where_names_are_looked_for_goes_only_where_it_is_taken(folder):
    both = ("territory", "departement")
    names, said = found(folder, needed=both)
    assert names == ["10_accès"] and "03_offre" in said[0]
    assert "n’a pas « departement »" in refused(folder, "3", needed=both)


@pytest.mark.parametrize(
    "cell",
    [
        'territory  = "lvo"',
        "%%time\nterritory: str = 'lvo'",
        "territory += 'x'",
        "for territory in []: pass",
        "if True:\n    a, (territory, b) = 1, (2, 3)",
        "import os as territory",
        "with open('f') as territory: pass",
        "print(territory := 'lvo')",
        "def territory(): pass",
        "del territory",
        "!ls\n[(territory := y) for y in 'ab']",
        "territory  = !echo zz",
        "territory  = %pwd",
        "%%capture territory\n1",
        "try: pass\nexcept Exception as territory: pass",
        "match 1:\n    case territory: pass",
        "match [1]:\n    case [*territory]: pass",
        "def f():\n    global territory\n    territory = 1",
        "class A:\n    def f(self):\n        global territory\n        import os as territory",
        "await f(territory := 1)",
    ],
)
def test_a_parameter_that_gets_another_value_is_refused(tmp_path, cell):
    write(tmp_path / "01_a.ipynb", PARAMETER, "print(territory)", cell)
    said = refused(tmp_path)
    assert "01_a" in said
    assert "cellule de code n° 3 change « territory »" in said


@pytest.mark.parametrize(
    "cell",
    [
        "found = territory",
        "[territory for territory in 'ab']",
        "f(territory='x')",
        "def f():\n    territory = 1",
        "lambda territory: 1",
        "a.territory = b['territory'] = 1",
        "this is no python",
        "%%time\nprint(territory)",
        "print(territory)?",
        "class A:\n    territory = 1",
    ],
)
def test_a_parameter_that_keeps_its_value_is_not(tmp_path, cell):
    write(tmp_path / "01_a.ipynb", PARAMETER, cell)
    assert found(tmp_path)[0] == ["01_a"]


@pytest.mark.parametrize(
    "more",
    [
        "t2 = territory",
        "t = cg.territory(territory)",
        "both = [territory, 1]",
        "import os",
        "territory",
        "territory += 'x'",
        "a, b = 1, 2",
        "if True:\n    x = 1",
        "%pwd",
    ],
)
def test_a_cell_of_parameters_only_names_values(tmp_path, more):
    write(tmp_path / "01_a.ipynb", PARAMETER + "\n" + more, "print(territory)")
    said = refused(tmp_path)
    assert "01_a : sa cellule de paramètres" in said


def test_values_of_any_kind_are_parameters(tmp_path):
    several = "\nmany: list = ['a', ('b', -1.5), None]  # any\nc = d = {1: True}"
    write(tmp_path / "01_a.ipynb", PARAMETER + several, "print(territory)")
    assert found(tmp_path)[0] == ["01_a"]


def test_a_parameter_that_an_earlier_cell_names_is_refused(tmp_path):
    write(tmp_path / "01_a.ipynb", "t = territory_ = 1; territory: str = 'x'", PARAMETER)
    assert "cellule de code n° 1 change « territory »" in refused(tmp_path)


def test_one_of_a_log_is_left_without_it_and_refused_when_asked_for(folder):
    write(folder / "11_registre.ipynb", PARAMETER + "\nlog = None", "print(log)")
    names, said = found(folder)
    assert "11_registre" not in names
    assert said == ["Carnet laissé, il lui faut votre registre (--log) : 11_registre"]
    assert "11_registre : il lui faut votre registre des demandes, --log CHEMIN" in refused(folder, "11")
    both = sources(folder, [], needed=frozenset({"territory"}), say=said.append, log=True)
    assert "11_registre" in [each.name for each in both]
    with pytest.raises(NotebookError, match="aucun de ces carnets ne reçoit « log »"):
        sources(folder, ["3"], needed=frozenset(), say=said.append, log=True)


def test_two_cells_of_parameters_are_refused(tmp_path):
    write(tmp_path / "01_a.ipynb", PARAMETER, PARAMETER)
    assert "plusieurs cellules" in refused(tmp_path, "1")


def test_what_is_no_notebook_is_said(tmp_path):
    (tmp_path / "01_a.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "02_b.ipynb").write_bytes(b"\xff\xfe")
    said = refused(tmp_path, "1", "2")
    assert "01_a : ce n’est pas un carnet" in said
    assert "02_b : ce n’est pas un carnet" in said


def test_a_folder_that_is_absent_or_empty_is_said(tmp_path):
    assert "n’existe pas" in refused(tmp_path / "absent")
    assert "n’a pas de carnet" in refused(tmp_path)


def test_no_notebook_of_the_project_changes_its_territory_on_the_way():
    assert found(ROOT / "notebooks")[0]
