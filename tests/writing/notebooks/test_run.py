"""Notebooks executed for several territories: each shows its own, one that fails stops no other."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cpts_geo.errors import NotebookError, OutputError
from cpts_geo.writing.notebooks import _execution, _extra, run
from cpts_geo.writing.notebooks.run import Step, run_notebooks
from tests.conftest import PYTHONPATH
from tests.writing.notebooks.small import write

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.usefixtures("_this_checkout"),
]
PARAMETER = 'territory = "lvo"'
#: What an analysis says of a territory, without the seconds that a real one takes.
FIGURES = """
from cpts_geo.sources.embedding.embedded import load_perimeters
mine = load_perimeters().query("territory == @territory")["code_insee"]
print("communes de", territory, ":", len(mine), ", première :", min(mine))
"""


@pytest.fixture
def _this_checkout(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)


def tree(folder: Path) -> set[str]:
    """Files of a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_each_page_shows_the_figures_of_its_own_territory(tmp_path):
    source = write(tmp_path / "carnets" / "01_communes.ipynb", "# 01. Communes", PARAMETER, FIGURES)
    before = source.read_bytes()
    keys = ["ouest_loiret", "beauce_gatinais", "lvo"]
    steps: list[Step] = []
    index = run_notebooks(
        keys, tmp_path / "out", folder=source.parent, watch=steps.append
    )
    said = {}
    for key in keys:
        page = (tmp_path / "out" / key / "01_communes.html").read_text(encoding="utf-8")
        notebook = json.loads((tmp_path / "out" / key / "01_communes.ipynb").read_text("utf-8"))
        (line,) = re.findall(r"communes de \w+ : \d+ , première : \w+", page)
        assert line.split()[2] == key
        outputs = [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert line in str(outputs)
        others = [other for other in keys if other != key and other != "lvo"]
        # In the whole page, code included; "lvo" is what the notebook has by itself.
        assert not [other for other in others if other in page.replace("../index.html", "")]
        said[key] = line.partition(":")[2]
    assert len(set(said.values())) == 3
    assert [(step.done, step.total, bool(step.doing)) for step in steps] == [
        (0, 3, True), (1, 3, True), (2, 3, True), (3, 3, False)
    ]  # fmt: skip
    assert steps[0].remaining is None
    assert steps[1].remaining and steps[1].remaining > (steps[2].remaining or 0) / 2
    # The source is as it was, and nothing is left beside what was asked for.
    assert source.read_bytes() == before
    assert tree(tmp_path / "carnets") == {"01_communes.ipynb"}
    assert tree(tmp_path / "out") == {"index.html"} | {
        f"{key}/01_communes.{kind}" for key in keys for kind in ("html", "ipynb")
    }
    listed = index.read_text(encoding="utf-8")
    assert [listed.count(f'href="{key}/01_communes.html"') for key in keys] == [1, 1, 1]
    assert "CPTS Beauce-Gâtinais" in listed
    assert str(tmp_path) not in (tmp_path / "out" / "lvo" / "01_communes.ipynb").read_text("utf-8")


def test_a_list_is_handed_by_its_path_which_no_page_shows(tmp_path):
    listed = tmp_path / "chez moi" / "Ma liste \"d’été\".csv"
    listed.parent.mkdir()
    listed.write_text("commune\nBaule\nMeung-sur-Loire\n", encoding="utf-8")
    parameters = PARAMETER + "\ndepartement = None"
    code = "with open(territory, encoding='utf-8') as f: print(len(f.readlines()), departement)"
    write(tmp_path / "carnets" / "01_a.ipynb", "# 01. A", parameters, code)
    out = tmp_path / "out"
    run_notebooks([str(listed)], out, departements=["45"], folder=tmp_path / "carnets")
    written = [path.read_text(encoding="utf-8") for path in out.glob("ma_liste_dete/01_a.*")]
    assert len(written) == 2
    assert all("3 45" in text and "chez moi" not in text for text in written)
    assert all("Ma liste" in text for text in written)


def test_one_that_fails_is_told_in_words_and_the_others_are_written(tmp_path):
    folder = tmp_path / "mes carnets {été}"
    ours = "from cpts_geo.analysis import analyse\nfrom cpts_geo.geography.perimeters.request import Request\nanalyse(Request([territory + 'x']))"
    write(folder / "01_a.ipynb", "# 01. A", "first = 1", PARAMETER, "print(territory)")
    write(folder / "02_b.ipynb", "# 02. B", "first = 1", PARAMETER, "second = 2", ours, "3")
    write(folder / "03_c.ipynb", "# 03. C", "1 / 0", PARAMETER)
    write(folder / "04_d.ipynb", "# 04. D", PARAMETER, "import sys; sys.exit(0)", "print('end')")
    write(folder / "05_e.ipynb", "# 05. E", PARAMETER, "import os; os._exit(3)")
    out = tmp_path / "sortie"
    write_old = out / "ouest_loiret" / "02_b.html"
    write_old.parent.mkdir(parents=True)
    write_old.write_text(
        '<title>02. B — CPTS Ouest Loiret</title>\n<meta name="territory" '
        'content="CPTS Ouest Loiret">', encoding="utf-8",
    )  # fmt: skip
    told: list[str] = []
    with pytest.raises(NotebookError) as caught:
        run_notebooks(
            ["ouest_loiret"], out, folder=folder, watch=lambda step: told.append(step.ended)
        )
    said = str(caught.value)
    assert "4 carnets ont échoué sur 5" in said.replace("\u202f", " ")
    assert "la cellule de code n° 4 (« from cpts_geo.analysis import analyse ») s’arrête" in said
    assert "Territoire inconnu" in said and "« ouest_loiretx »" in said
    assert "choisissez parmi : ouest_loiret" in caught.value.remedy
    assert "la cellule de code n° 1 (« 1 / 0 ») s’arrête : ZeroDivisionError" in said
    assert "s’arrête de lui-même avant la cellule de code n° 3" in said
    assert "son noyau Python s’est arrêté net" in said
    assert "Traceback" not in said and "\x1b" not in said
    assert told[1] == "CPTS Ouest Loiret — 01. A : écrit"
    assert told[2].startswith("CPTS Ouest Loiret — 02. B : échec, la cellule")
    # The page of before stays, and the list says that it is old.
    assert tree(out) == {
        "index.html", "ouest_loiret/01_a.html", "ouest_loiret/01_a.ipynb", "ouest_loiret/02_b.html"
    }  # fmt: skip
    listed = (out / "index.html").read_text(encoding="utf-8")
    assert listed.count("Échec") == 4
    assert listed.count("exécution précédente") == 1
    assert "03. C" in listed and "03_c.html" not in listed


def test_what_no_reading_sees_is_seen_at_the_end(tmp_path):
    folder = tmp_path / "carnets"
    write(folder / "01_a.ipynb", "# 01. A", PARAMETER, "globals()['territory'] = 'x'", "2")
    write(folder / "02_b.ipynb", "# 02. B", PARAMETER, "exec('del territory')")
    write(folder / "03_c.ipynb", "# 03. C", PARAMETER, "print(territory)")
    write(folder / "04_d.ipynb", "# 04. D", PARAMETER, "import sys; sys.exit()")
    with pytest.raises(NotebookError) as caught:
        run_notebooks(["ouest_loiret"], tmp_path / "out", folder=folder)
    one, other, last = caught.value.defects
    assert "01_a" in one and "« territory » n’y a plus, à la fin, la valeur" in one
    assert "02_b" in other and "« territory » n’y a plus, à la fin, la valeur" in other
    assert "04_d" in last and "s’arrête de lui-même à sa dernière cellule" in last
    written = json.loads((tmp_path / "out/ouest_loiret/03_c.ipynb").read_text("utf-8"))
    assert "globals()" not in str(written) and len(written["cells"]) == 4


def test_a_notebook_finds_this_python_whatever_kernels_the_user_has(tmp_path, monkeypatch):
    kernel = tmp_path / "user" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["/absent/python", "{connection_file}"], "display_name": "x", "language": "x"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    start = tmp_path / "ipython" / "profile_default" / "startup"
    start.mkdir(parents=True)
    (start / "own.py").write_text("territory_of_mine = 1", encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "user"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    code = (
        "import sys, pathlib\nprint(sys.executable)\nprint('territory_of_mine' in globals())\n"
        "pathlib.Path('figure.txt').write_text(territory)\npathlib.Path.cwd().name"
    )
    write(tmp_path / "carnets" / "01_a.ipynb", "# 01. A", PARAMETER, code)
    out = tmp_path / "out"
    run_notebooks(["ouest_loiret"], out, folder=tmp_path / "carnets")
    text = (out / "ouest_loiret" / "01_a.ipynb").read_text(encoding="utf-8")
    assert sys.executable in text and "False" in text
    assert os.environ["JUPYTER_PATH"] == str(tmp_path / "user")
    # What a notebook writes beside itself comes with it.
    assert (out / "ouest_loiret" / "figure.txt").read_text(encoding="utf-8") == "ouest_loiret"


@pytest.mark.skipif(sys.platform == "win32", reason="signaux POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_stopped_on_the_way_it_leaves_whole_files_and_no_kernel(tmp_path, number):
    code = (
        "import os, pathlib, time\npathlib.Path('begun').write_text(str(os.getpid()))\n"
        "if territory != 'lvo': time.sleep(600)"
    )
    write(tmp_path / "carnets" / "01_a.ipynb", "# 01. A", PARAMETER, code)
    asked = ["--territory", "lvo", "--territory", "ouest_loiret", "--notebooks", "carnets"]
    child = subprocess.Popen(
        [sys.executable, "-m", "cpts_geo", "notebooks", "run", *asked, "--output", "out"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    out = tmp_path / "out"
    while not (begun := [path for path in out.glob("ouest_loiret/.*/begun") if path.stat().st_size]):
        assert child.poll() is None
        time.sleep(0.1)
    kernel = int(begun[0].read_text(encoding="utf-8"))
    child.send_signal(number)
    said = child.communicate(timeout=60)[1]
    whole = {"lvo/01_a.html", "lvo/01_a.ipynb", "lvo/begun"}
    seen = {name for name in tree(out) if "/." not in name}
    if number == signal.SIGTERM:
        assert child.returncode == 130
        assert "Interrompu : 1 carnet écrit en entier sur 2" in said
        # The list is of what is whole.
        assert tree(out) == whole | {"index.html"}
    else:
        assert seen == whole
    for _ in range(200):
        state = Path(f"/proc/{kernel}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("the kernel outlives the command")


def test_a_log_goes_to_the_notebook_that_takes_one_and_to_one_territory(tmp_path):
    folder, log = tmp_path / "carnets", tmp_path / "chez moi" / "appels.csv"
    log.parent.mkdir()
    log.write_text("mine", encoding="utf-8")
    write(folder / "11_j.ipynb", "# 11. J", PARAMETER + "\nlog = None", "print(open(log).read())")
    out = tmp_path / "out"
    run_notebooks(["lvo"], out, folder=folder, log=log)
    page = (out / "lvo" / "11_j.html").read_text(encoding="utf-8")
    assert "mine" in page and "appels.csv" in page and "chez moi" not in page
    with pytest.raises(NotebookError, match="un seul territoire") as caught:
        run_notebooks(["lvo", "ouest_loiret"], out, folder=folder, log=tmp_path / "absent.csv")
    assert len(caught.value.defects) == 2


def test_a_failure_names_the_file_not_where_it_is():
    for text, said in [
        ("[Errno 2] No such file: '/Volumes/ma rie/x y/a.csv'.", "[Errno 2] No such file: 'a.csv'"),
        (r"open C:\\Users\\marie\\a.csv", "open a.csv"),
        ("1 / 0 et https://x.fr/a/b..", "1 / 0 et https://x.fr/a/b"),
    ]:
        assert _execution.shown_failure(text) == said


def test_without_the_extra_what_to_type_is_said_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(_extra, "_NEEDED", ("nbformat", "absent_library"))
    monkeypatch.setattr(run, "territories", None)
    with pytest.raises(NotebookError, match="absent_library") as caught:
        run_notebooks(["lvo"], tmp_path / "out", folder=tmp_path)
    assert 'pip install "cpts-geo[notebooks]"' in caught.value.remedy
    assert "python3 run.py lab" in caught.value.remedy


def test_an_output_that_is_a_file_is_refused_before_any_notebook_runs(tmp_path):
    write(tmp_path / "carnets" / "01_a.ipynb", "# 01. A", PARAMETER, "1 / 0")
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError):
        run_notebooks(["lvo"], tmp_path / "out", folder=tmp_path / "carnets")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"
