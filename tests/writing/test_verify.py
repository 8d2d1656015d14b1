"""verify: a report against its manifest, then against the same run made again."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cpts_geo
from cpts_geo import settings
from cpts_geo.analysis import Options
from cpts_geo.asked import told as as_told
from cpts_geo.basis import Basis
from cpts_geo.errors import AskedError, ManifestError, PartlyFailedError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.comparison import FOLLOW_UP_MANIFEST
from cpts_geo.writing.every import again
from cpts_geo.writing.every import run as every
from cpts_geo.writing.every._made import Failed, Made, make
from cpts_geo.writing.every._plan import Task
from cpts_geo.writing.every.run import write_every
from cpts_geo.writing.report import MANIFEST
from cpts_geo.writing.verifying._again import asked_again
from cpts_geo.writing.verifying._differences import differences
from cpts_geo.writing.verifying._files import inputs_today
from cpts_geo.writing.verifying.verify import verify
from tests.cli.test_cli import QUICK, run
from tests.kept import reported
from tests.registres import registre, written
from tests.writing.every.test_every import here

OWN = "own"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A copy of a report, to spoil."""
    folder = tmp_path / "résultats à moi"
    shutil.copytree(reported("asclepios", draws=100, fetched=False), folder)
    return folder


def edit(folder: Path, **parts: Any) -> None:
    """Change parts of a manifest."""
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | parts), "utf-8")


def told(folder: Path) -> dict[str, Any]:
    """What a manifest says."""
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return found


def one_byte(path: Path) -> None:
    """Change the last digit of a file."""
    content = path.read_bytes()
    at = max(content.rfind(str(digit).encode()) for digit in range(10))
    other = b"2" if content[at : at + 1] == b"1" else b"1"
    path.write_bytes(content[:at] + other + content[at + 1 :])


@pytest.mark.report
def test_a_report_is_the_same_again_from_anywhere(report: Path) -> None:
    done = run("verify", report, cwd=report.parent)
    assert (done.returncode, "tout est identique" in done.stdout) == (0, True), done.stdout
    assert "à l’octet près" in done.stdout
    assert [path.name for path in report.parent.iterdir()] == [report.name]


@pytest.mark.report
def test_what_was_changed_is_named_file_by_file_and_cell_by_cell(report: Path) -> None:
    one_byte(report / "asclepios.html")
    one_byte(report / "tableaux" / "capacite.csv")
    (report / "tableaux" / "faits.csv").unlink()
    manifest = told(report)
    manifest["forecasts"]["asclepios"]["months"][0]["p50"] += 1
    edit(report, **manifest)
    done = run("verify", report)
    assert done.returncode == 1
    shown = done.stdout
    assert "Fichiers : 3 sur" in shown
    for name, state in (
        ("asclepios.html", "modifié depuis"),
        ("tableaux/capacite.csv", "modifié depuis"),
        ("tableaux/faits.csv", "absent"),
    ):
        assert f"- {name} : {state}" in shown
    assert re.search(r"asclepios.html : lignes? \d", shown)
    assert re.search(
        r"tableaux/capacite.csv : ligne 2, « .* » : « .* » ici, « .* » au recalcul", shown
    )
    assert "tableaux/faits.csv : le recalcul l’écrit, et il manque ici" in shown
    assert "manifest.json : sa partie « forecasts » diffère" in shown
    assert "Recalcul : 4 fichiers" in shown


def test_without_a_recalculation_files_alone_count(report: Path) -> None:
    done = run("verify", report, "--files-only")
    assert (done.returncode, "rien n’a été recalculé" in done.stdout) == (0, True)
    one_byte(report / "cartes" / "asclepios_population.png")
    done = run("verify", report, "--files-only")
    assert done.returncode == 1
    assert "cartes/asclepios_population.png : modifié depuis" in done.stdout


def test_a_data_file_that_changed_is_named(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(settings.DATA_DIR, data)
    one_byte(data / "communes" / "ept.csv")
    (data / "communes" / "contour_holes.csv").rename(data / "communes" / "new.csv")
    for name, place in (("DATA_DIR", ""), ("COMMUNES_DIR", "communes"), ("CPTS_DIR", "cpts")):
        monkeypatch.setattr(settings, name, data / place)
    lines = "\n".join(verify(report, recompute=False).lines)
    assert "communes/ept.csv : donnée fournie, changée" in lines
    assert "communes/contour_holes.csv : donnée fournie, ôtée" in lines
    assert "communes/new.csv : donnée fournie, ajoutée depuis" in lines
    assert lines.count("donnée fournie") == 3


def test_another_version_is_not_recomputed(report: Path) -> None:
    edit(report, versions=told(report)["versions"] | {"cpts_geo": "0.0.9", "numpy": "1.0"})
    found = verify(report)
    shown = "\n".join(found.lines)
    assert not found.same
    assert "Recalcul impossible : c’est un calcul de cpts_geo 0.0.9" in shown
    assert "numpy 1.0 (ici " in shown


@pytest.fixture(scope="module")
def own_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on files of one's own, of which two bear one name."""
    place = tmp_path_factory.mktemp("own")
    (place / "liste.csv").write_text("commune\nArtenay\nPatay\nChevilly\n", "utf-8")
    (place / "defauts.toml").write_text("[target]\nvalue = 0.9\n", "utf-8")
    asked = ("--perimeter", "liste.csv", "--departement", "45", "--name", "CPTS d’ici")
    for folder, table in (("a", "acces-mt"), ("b", "passages")):
        (place / folder).mkdir()
        typed = ("template", table, *asked, "--example", "--output", f"{folder}/tableau.csv")
        done = run(*typed, cwd=place)
        assert done.returncode == 0, done.stderr
    tables = ("--indicators", "a/tableau.csv", "--indicators", "b/tableau.csv")
    rests = ("--parameters", "defauts.toml", *tables, "--output", OWN, *QUICK)
    done = run("report", *asked, *rests, cwd=place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.report
def test_a_run_on_files_of_ones_own_is_made_again_where_they_are_found(own_run: Path) -> None:
    found = told(own_run / OWN)
    assert {"tableau.csv", "tableau.csv (2)", "liste.csv", "defauts.toml"} <= found["inputs"].keys()
    assert str(own_run) not in json.dumps(found)
    typed = ("verify", own_run / OWN, "--inputs", own_run / "a", "--inputs", own_run / "b")
    done = run(*typed)
    assert (done.returncode, "tout est identique" in done.stdout) == (0, True), done.stdout


@pytest.mark.report
def test_an_analyst_s_file_that_is_not_as_it_was_stops_the_recalculation(
    own_run: Path, tmp_path: Path
) -> None:
    place = tmp_path / "ailleurs"
    shutil.copytree(own_run, place)
    one = run("verify", OWN, cwd=place)
    assert one.returncode == 1
    assert "- tableau.csv : fichier à vous, introuvable" in one.stdout
    assert "Recalcul impossible : il faut, tels qu’ils étaient, « tableau.csv »" in one.stdout
    assert "--inputs" in one.stdout
    assert "Fichiers : les" in one.stdout
    one_byte(place / "a" / "tableau.csv")
    (place / "liste.csv").write_text("commune\nArtenay\n", "utf-8")
    shown = run("verify", OWN, "--inputs", "a", "--inputs", "b", cwd=place).stdout
    assert "- liste.csv : fichier à vous, modifié depuis (« " in shown
    assert "- tableau.csv : fichier à vous, modifié depuis (« " in shown
    assert "tableau.csv (2)" not in shown


@pytest.fixture(scope="module")
def every_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on every territory of a file, that share a commune, without pages."""
    place = tmp_path_factory.mktemp("every")
    rows = ["cpts,commune", "Nord,Artenay", "Nord,Patay", "Sud,Patay", "Sud,Cercottes"]
    (place / "listes.csv").write_text("\n".join([*rows, ""]), "utf-8")
    asked = ("--all", "listes.csv", "--departement", "45", "--no-pages", "--jobs", "1")
    done = run("report", *asked, "--output", OWN, *QUICK, cwd=place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.report
def test_a_run_on_all_territories_is_made_again_one_by_one(every_run: Path, tmp_path: Path) -> None:
    place = tmp_path / "ailleurs"
    shutil.copytree(every_run, place)
    keys = sorted(path.name for path in (place / OWN / "territoires").iterdir() if path.is_dir())
    done = run("verify", OWN, cwd=place)
    assert (done.returncode, "tout est identique" in done.stdout) == (0, True), done.stdout
    assert "dans deux territoires" in (place / OWN / "index.html").read_text("utf-8")
    for extra, content in (("copie", "{}"), ("abime", "{")):
        (place / OWN / "territoires" / extra).mkdir()
        (place / OWN / "territoires" / extra / MANIFEST).write_text(content, "utf-8")
    shown = run("verify", OWN, "--files-only", cwd=place).stdout
    assert "2 dossiers de territoire ne sont pas de ce calcul" in shown
    for extra in ("copie", "abime"):
        assert f"- territoires/{extra}" in shown
        shutil.rmtree(place / OWN / "territoires" / extra)
    alone = run("verify", f"{OWN}/territoires/{keys[0]}", "--inputs", ".", cwd=place)
    assert alone.returncode == 0, alone.stdout
    one_byte(place / OWN / "territoires" / keys[0] / "tableaux" / "capacite.csv")
    (place / OWN / "territoires" / keys[1] / MANIFEST).unlink()
    done = run("verify", OWN, cwd=place)
    assert done.returncode == 1
    assert f"territoires/{keys[0]}/tableaux/capacite.csv : modifié depuis" in done.stdout
    assert f"territoires/{keys[0]}/tableaux/capacite.csv : ligne 2" in done.stdout
    assert f"territoires/{keys[1]}/manifest.json : « " in done.stdout
    assert (
        f"manifest.json : non refait, il y manque, ou il y a de trop, « {keys[1]} »" in done.stdout
    )


def test_a_number_of_processes_that_is_none_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(AskedError, match="--jobs 0"):
        verify(tmp_path, jobs=0)


@pytest.mark.report
def test_the_page_and_tables_of_all_are_made_again(every_run: Path, tmp_path: Path) -> None:
    place = tmp_path / "ailleurs"
    shutil.copytree(every_run, place)
    one_byte(place / OWN / "tableaux" / "capacite.csv")
    page = place / OWN / "index.html"
    page.write_text(page.read_text("utf-8").replace("Nord", "Mord"), "utf-8")
    edit(place / OWN, outputs={})
    shown = run("verify", OWN, cwd=place).stdout
    # No digest tells: what is made again does.
    assert "Fichiers : les" in shown
    assert re.search(r"- index.html : lignes? \d", shown)
    assert re.search(r"- tableaux/capacite.csv : ligne \d+, « .* » ici, « .* » au recalcul", shown)
    assert "tableaux/besoin.csv" not in shown
    assert "territoires/" not in shown


@pytest.mark.report
def test_a_territory_that_failed_is_on_the_page_made_again(
    every_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every, "each", here)
    monkeypatch.setattr(again, "each", here)
    monkeypatch.setattr(every, "make", failing)
    asked = Request(perimeter=every_run / "listes.csv", departements=["45"])
    folder = tmp_path / OWN
    with pytest.raises(PartlyFailedError):
        write_every(asked, Options(draws=1000), folder, pages=False)
    found = verify(folder, inputs=[every_run])
    assert found.same, found.lines
    edit(folder, failures={})
    lines = "\n".join(verify(folder, inputs=[every_run]).lines)
    assert "non refait, il y manque, ou il y a de trop, « sud »" in lines


def failing(basis: Basis, task: Task) -> Made | Failed:
    """The work on every territory but one."""
    if task.key == "sud":
        return Failed("le disque est plein", "faites de la place.")
    return make(basis, task)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A follow-up, and the files that it was made from."""
    place = tmp_path_factory.mktemp("followed")
    for folder, year in (("a", 2025), ("b", 2024)):
        (place / folder).mkdir()
        written(registre(year, seed=2, mean=2.0, phi=1.2), place / folder / "registre.csv")
    shutil.copy(settings.CPTS_DIR / "scenarios" / "beauce_gatinais.toml", place / "mien.toml")
    typed = ("follow-up", "a/registre.csv", "--previous", "b/registre.csv")
    done = run(*typed, "--scenario", "mien.toml", "--output", OWN, cwd=place)
    assert done.returncode == 0, done.stderr
    return place


def test_a_follow_up_is_made_again_where_its_files_are_found(
    followed: Path, tmp_path: Path
) -> None:
    place = tmp_path / "ailleurs"
    shutil.copytree(followed, place)
    manifest = json.loads((place / OWN / FOLLOW_UP_MANIFEST).read_text("utf-8"))
    assert {"registre.csv", "registre.csv (2)", "mien.toml"} <= manifest["inputs"].keys()
    assert manifest["parameters"]["previous"] == "registre.csv"
    found = verify(place / OWN, inputs=[place / "a", place / "b"])
    assert found.same, found.lines
    one_byte(place / OWN / "suivi.csv")
    lines = "\n".join(verify(place / OWN, inputs=[place / "a", place / "b"]).lines)
    assert "- suivi.csv : modifié depuis" in lines
    assert "suivi.csv : ligne" in lines
    lines = "\n".join(verify(place / OWN).lines)
    assert "Recalcul impossible : il faut, tels qu’ils étaient, « registre.csv »" in lines


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"typed_outcomes": 1}, "sont des mots du registre"),
        ({"scenario": None, "scenario_key": "/etc/hostname"}, "scenario_key"),
        ({"departements": {}}, "parameters"),
        ({"other": 1}, "parameters"),
    ],
)
def test_a_follow_up_that_no_command_asks_for_is_refused_in_words(
    followed: Path, tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    folder = tmp_path / OWN
    shutil.copytree(followed / OWN, folder)
    path = folder / FOLLOW_UP_MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    manifest["parameters"] |= changed
    path.write_text(json.dumps(manifest), "utf-8")
    lines = "\n".join(verify(folder, inputs=[followed, followed / "a", followed / "b"]).lines)
    assert "Recalcul impossible" in lines
    assert words in lines


def test_a_report_and_a_follow_up_in_one_folder_are_both_looked_at(
    report: Path, followed: Path
) -> None:
    shutil.copytree(followed / OWN, report, dirs_exist_ok=True)
    found = verify(report, recompute=False)
    assert found.same
    assert f"{FOLLOW_UP_MANIFEST} :" in found.lines
    one_byte(report / "suivi.csv")
    assert not verify(report, recompute=False).same


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "il n’a pas de manifest.json"),
        ("", "est vide"),
        ("{", "n’est pas un fichier JSON"),
        ("[" * 100_000, "n’est pas un fichier JSON"),
        ("[1]", "ce n’est pas un objet JSON"),
        ("{}", "« date » n’est pas une date"),
        ('{"date": "9999-12-31"}', "« date » n’est pas une date"),
        ('{"date": "2026-02-30"}', "« outputs » ne donne pas un texte par nom"),
        ('{"outputs": {"a": 1}}', "« outputs » ne donne pas un texte par nom"),
        ('{"outputs": {"a.csv": "x"}}', "n’est pas une empreinte SHA-256"),
        ('{"territories": {}, "failures": [1]}', "« failures » ne donne pas un texte par nom"),
        ('{"parameters": []}', "« parameters » n’est pas un objet JSON"),
        ('{"territories": {"..": "x"}}', "mène hors du dossier"),
        ('{"territories": [1]}', "mène hors du dossier"),
        ('{"parameters": {"draws": 1, "territories": {}}}', "« territories » n’est pas une liste"),
        ('{"versions": {}}', "ne dit pas celle de cpts_geo"),
    ],
)
def test_a_manifest_that_is_none_is_refused_in_words(
    tmp_path: Path, text: str | None, words: str
) -> None:
    if text is not None:
        (tmp_path / MANIFEST).write_text(text, "utf-8")
    done = run("verify", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "À faire :" in done.stderr


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PARTS = (
    "date",
    "versions",
    "inputs",
    "outputs",
    "outputs_before",
    "parameters",
    "territories",
    "failures",
    "line",
)
GOOD: dict[str, Any] = {
    "date": "2026-11-30", "versions": {"cpts_geo": cpts_geo.__version__}, "inputs": {},
    "outputs": {"b.csv": "0" * 64}, "parameters": {"draws": 1, "territories": ["x"]},
}  # fmt: skip


@given(st.dictionaries(st.sampled_from(PARTS), JSON, max_size=3), st.sampled_from(PARTS), JSON)
def test_whatever_a_manifest_says_the_answer_is_in_words(
    other: dict[str, Any], part: str, value: Any
) -> None:
    told = {**GOOD, **other}
    if isinstance(told.get(part), dict):
        told[part] = {**told[part], "perimeter": value, "b.csv": value}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / MANIFEST).write_text(json.dumps(told), "utf-8")
        try:
            found = verify(folder)
        except ManifestError as error:
            assert error.remedy
        else:
            assert not found.same


OUTSIDE = ("../x", "/etc/hostname", "a/../../x", "C:/x", "a\\b", "a//b", ".", "", "x\0y", "link/x")


@pytest.mark.parametrize("part", ["outputs", "outputs_before"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_a_path_out_of_the_folder_is_never_read(tmp_path: Path, name: str, part: str) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    (tmp_path / "x").write_text("secret", "utf-8")
    (folder / "link").symlink_to(tmp_path)
    plain: dict[str, Any] = {"date": "2026-11-30", "versions": {"cpts_geo": "1"}}
    plain |= {"inputs": {}, "outputs": {}, "parameters": {}}
    (folder / MANIFEST).write_text(json.dumps(plain | {part: {name: "0" * 64}}), "utf-8")
    with pytest.raises(ManifestError, match="hors du dossier"):
        verify(folder)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"draws": "many"}, "parameters"),
        ({"draws": 10**12}, "parameters"),
        ({"future_option": 1}, "option inconnue : « future_option »"),
        ({"territories": ["atlantide"]}, "atlantide"),
        ({"epci": ["200070183"], "tvs": ["x"]}, "parameters"),
        ({"perimeter": "../../etc/passwd"}, "empreinte"),
        ({"indicators": [{"a": 1}]}, "empreinte"),
    ],
)
def test_parameters_that_no_run_has_are_told(
    report: Path, parameters: dict[str, Any], words: str
) -> None:
    edit(report, parameters=told(report)["parameters"] | parameters)
    done = run("verify", report)
    assert done.returncode == 1
    assert words in done.stdout
    assert "Recalcul impossible" in done.stdout


@pytest.mark.parametrize(
    ("request_", "options"),
    [
        (Request(), Options()),
        (Request(["lvo", "asclepios"]), Options(draws=300, seed=7, fetched=False)),
        (
            Request(epci=242900744, name="Ici"),
            Options(
                changes=["départ:Pithiviers"], share_without_mt="14 %", share_of="17+",
                share_source="CPAM, 2025", scenario="a/s.toml",
            ),
        ),
        (Request(departements=["45"], by="tvs"), Options(travel="t.csv", travel_unit="minutes")),
        (
            Request(perimeter="x/zones.gpkg", only=["A"], layer="couche"),
            Options(roads="o.osm.pbf", indicators=["i.csv", "j.xlsx"], known_lines="k.csv"),
        ),
        (Request(cpts=["Verdon"], partial=True), Options(parameters="p.toml")),
    ],
)  # fmt: skip
def test_what_was_asked_is_asked_again_word_for_word(request_: Request, options: Options) -> None:
    parameters = as_told(request_, options) | {"scenarios": {}}
    parameters["territories"] = list(request_.territories) or ["found", "since"]
    written_ = json.loads(json.dumps(parameters))
    every = {
        each.name: getattr(one, each.name) for one in (request_, options) for each in fields(one)
    }
    files = {name: value for name, value in every.items() if is_path(value)}
    found = asked_again(written_, files)
    wanted = (
        request_
        if not request_.published
        else replace(request_, territories=tuple(parameters["territories"]))
    )
    assert found == (wanted, options)


def is_path(value: Any) -> bool:
    """Whether an option is a file, or several."""
    return isinstance(value, Path) or (
        isinstance(value, tuple) and isinstance((*value, 0)[0], Path)
    )


def test_a_source_that_was_fetched_and_is_no_more_is_named() -> None:
    listed = {**embedded.digests(), "insee_bpe_2024": "0" * 64}
    found = inputs_today(listed, {}, [])
    assert found.wrong == {"insee_bpe_2024": "source téléchargée, qui ne l’est plus ici"}
    assert not found.lacking


def test_what_was_given_in_python_is_in_no_file(tmp_path: Path) -> None:
    listed = {**embedded.digests(), "votre liste": "0" * 64}
    found = inputs_today(listed, {"perimeter": "votre liste"}, [tmp_path])
    assert found.wrong == {"votre liste": "donné en Python, et gardé dans aucun fichier"}
    assert found.lacking == ["votre liste"]


def test_many_cells_are_counted_and_columns_named(tmp_path: Path) -> None:
    rows = [f"{n},{n}" for n in range(80)]
    for name, head, more in (("a", "x,y", 0), ("b", "x,z", 1)):
        (tmp_path / name).mkdir()
        text = "\n".join([head, *(f"{int(r.split(',')[0]) + more},1" for r in rows), ""])
        (tmp_path / name / "t.csv").write_text(text, "utf-8")
    [lines] = differences(tmp_path / "a", tmp_path / "b", ["t.csv"]).values()
    assert lines[:2] == ["colonne « y » en trop", "colonne « z » absente"]
    assert lines[2] == "ligne 2, « x » : « 0 » ici, « 1 » au recalcul"
    assert (len(lines), lines[-1]) == (53, "et 30 autres cellules")
    assert differences(tmp_path / "a", tmp_path / "a", ["t.csv"]) == {}
