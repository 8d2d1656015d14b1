"""
The command line as an analyst meets it: French words, exit codes, no traceback.

Most runs are made in this process, through the same entry point; what only a process has (its exit
code, its streams, signals, a closed pipe) is tried on one.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer

import cpts_geo
from cpts_geo import analysis
from cpts_geo.access.changes.forms import FORMS
from cpts_geo.analysis import Options
from cpts_geo.cli.main import app, main
from cpts_geo.errors import ScenarioError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.embedding import embedded
from run import COMMANDS
from tests.conftest import PYTHONPATH

ROOT = Path(__file__).resolve().parents[2]
BROKEN = Path(__file__).parents[1] / "data" / "broken"

pytestmark = pytest.mark.usefixtures("plain_drawings")
#: A report as quick as one can be, the same on every machine.
QUICK = ("--draws", "100", "--embedded-only")


@dataclass(frozen=True)
class Done:
    """What a run left: its exit code, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path, cwd: Path | None = None) -> Done:
    """Run the command in this process, through its entry point."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["cpts-geo", *map(str, arguments)])
        patch.setenv("COLUMNS", "200")
        if cwd is not None:
            patch.chdir(cwd)
        try:
            main()
        except SystemExit as stop:
            assert isinstance(stop.code, int)
            code = stop.code
    return Done(code, out.getvalue(), err.getvalue())


def report(*arguments: str | Path, cwd: Path | None = None) -> str:
    """Write a report as quick as one can be; what was told on the way."""
    done = run("report", *arguments, *QUICK, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stderr


def refused(*arguments: str | Path, cwd: Path | None = None) -> str:
    """Expect a refusal; what it said."""
    done = run(*arguments, cwd=cwd)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert "Erreur :" in done.stderr
    assert "À faire :" in done.stderr
    return done.stderr


def listed(folder: Path, *lines: str, name: str = "liste.csv") -> Path:
    """A list of communes in a file."""
    source = folder / name
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return source


def process(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    """Start the command as a person does."""
    return subprocess.Popen(
        [sys.executable, "-m", "cpts_geo", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": PYTHONPATH, "PYTHONUTF8": "1", "COLUMNS": "200"},
        **options,
    )


def run_process(*arguments: str | Path) -> Done:
    """Run the command as a person does, to its end."""
    child = process(*arguments)
    out, err = child.communicate()
    assert "Traceback" not in out + err
    return Done(child.returncode, out, err)


def test_a_refusal_of_the_real_command_has_no_traceback(tmp_path: Path) -> None:
    done = run_process("report", "lvo", "--perimeter", BROKEN / "cp1252.csv", "--output", tmp_path)
    assert done.returncode == 1
    assert "À faire :" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(sys.platform == "win32", reason="tubes POSIX")
def test_a_reader_that_left_is_told_nothing() -> None:
    child = process("--help")
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == ""
    assert child.wait(timeout=60) == 1


@pytest.fixture(scope="module")
def ouest_loiret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of one of the five."""
    output = tmp_path_factory.mktemp("ouest_loiret")
    report("ouest_loiret", "--output", output)
    return output


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on three communes of Finistère, one of them an island."""
    folder = tmp_path_factory.mktemp("finistere")
    lines = ("commune", "Le Conquet", "Plougonvelin", "Île-Molène")
    source = listed(folder, *lines, name="Pays d'Iroise.csv")
    output = folder / "résultats"
    # Of another run: what this one has not does not stay.
    (output / "tableaux").mkdir(parents=True)
    outputs = {}
    for name in ("acces.csv", "communes_de_bordure.csv"):
        (output / "tableaux" / name).write_text("old", encoding="utf-8")
        outputs[f"tableaux/{name}"] = hashlib.sha256(b"old").hexdigest()
    (output / "manifest.json").write_text(json.dumps({"outputs": outputs}), encoding="utf-8")
    asked = ("--perimeter", source, "--departement", "29")
    done = run("report", *asked, *QUICK, "--output", output)
    assert done.returncode == 0, done.stderr
    assert "Fiche et cartes" in done.stderr
    (sheet,) = (page for page in output.glob("*.html") if page.name != "index.html")
    # Its sheet first: whoever asked for one territory reads that.
    ready, index = done.stdout.splitlines()[-2:]
    assert ready == f"Rapport prêt : {sheet}"
    assert index == f"Page d’accueil : {output / 'index.html'}"
    return output


@pytest.mark.report
def test_report_of_one_territory_writes_every_file(ouest_loiret: Path) -> None:
    files = {path.relative_to(ouest_loiret).as_posix() for path in ouest_loiret.rglob("*.*")}
    assert {"index.html", "ouest_loiret.html", "manifest.json"} <= files
    assert {
        f"cartes/ouest_loiret_{name}.png" for name in ("apl_2023", "gps_2024", "population")
    } <= files
    assert "cartes/ouest_loiret_gp_minutes_approx_2024.png" in files
    assert "cartes/ouest_loiret_apl_shift_2.png" in files
    access = pd.read_csv(ouest_loiret / "tableaux" / "acces.csv")
    approached = access["indicator"] == "gp_minutes_approx_2024"
    assert set(access.loc[~approached, "indicator"]) == {"minutes_su_smur_2019"}
    assert set(access.loc[approached, "status"]) == {"estimated"}
    assert set(access.loc[~approached, "status"]) == {"estimated"}
    assert (access["times"].str.contains("temps approchés") == approached).all()
    assert {"tableaux/capacite.csv", "tableaux/communes.csv", "tableaux/comparaison.csv"} <= files
    assert not [name for name in files if name.endswith(".part")]
    manifest = json.loads((ouest_loiret / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == files - {"manifest.json"}
    assert manifest["inputs"]["communes/communes.parquet"]
    assert manifest["parameters"]["seed"] == 20_260_101


@pytest.mark.report
def test_a_territory_anywhere_shows_unknown_not_zero(anywhere: Path) -> None:
    table = pd.read_csv(anywhere / "tableaux" / "communes.csv", dtype={"code_insee": str})
    table = table.set_index("code_insee")
    assert set(table.index) == {"29040", "29190", "29084"}
    known = ["population", "gps_2024", "gps_2017", "apl_2023", "share_75plus_2022"]
    assert table[known].notna().all().all()
    # No road leads to Molène: no kilometre and no minute is published, nor supposed.
    by_road = ["km_to_emergency_2024", "km_to_pharmacy_2024", "minutes_su_smur_2019"]
    assert table.loc["29084", by_road].isna().all()
    assert set(table.loc["29084", [f"{name}_status" for name in by_road]]) == {"unknown"}
    assert table.loc[["29040", "29190"], by_road].notna().all().all()
    access = pd.read_csv(anywhere / "tableaux" / "acces.csv")
    assert "old" not in set(access)
    assert not (anywhere / "tableaux" / "communes_de_bordure.csv").exists()
    capacity = pd.read_csv(anywhere / "tableaux" / "capacite.csv").iloc[0]
    # no device, nothing of its own: all residents, as known lines receive them
    assert str(capacity["evidence_label"]) == "3"
    assert capacity["public"] == "all"
    # whose answer rests on no share of them
    assert pd.isna(capacity["share_assumed"]) and pd.isna(capacity["people_without_mt"])
    page = (anywhere / "pays_d_iroise.html").read_text(encoding="utf-8")
    assert "donnée absente" in page
    assert "Pays d&#39;Iroise" in page


def test_version_and_help() -> None:
    assert run_process("--version").stdout.startswith("cpts_geo 0.")
    told = " ".join(run("report", "--help").stdout.split())
    assert "--perimeter" in told
    assert all(form in told for form in FORMS.values())


@pytest.mark.parametrize(
    "command",
    [
        "",
        "report",
        "export",
        "france",
        "places",
        "compare",
        "call-log",
        "data",
        "data fetch",
        "notebooks",
        "notebooks run",
        "template",
    ],
)
def test_help_is_in_french(command: str) -> None:
    told = run(*command.split(), "--help").stdout
    assert "\b" not in told
    assert "Afficher cette aide." in told
    assert not re.search(r"Show this|required|default|<\w|Commands|COMMAND\b", told)
    # A summary is not cut where commands are listed.
    assert "..." not in told.replace("]...", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["beauce", "lyon"], ["« beauce »", "« lyon »", "beauce_gatinais"]),
        (["lvo", "--perimeter", BROKEN / "cp1252.csv"], ["soit"]),
        (["--name", "x"], ["--perimeter"]),
        (
            ["lvo", "--epci", "200068278", "--by", "canton", "--name", "x"],
            ["clés de CPTS et --epci", "« canton » inconnu"],
        ),
        (["--epci", "200068279", "--epci", "Val de Sulli"], ["200068278", "200070100"]),
        (["--tvs", "45253", "--tvs", "Pithivier"], ["« 45253 »", "TVS Pithiviers (45252)"]),
        (
            ["--cpts", "Alpes Bleonne", "--cpts", "monts d'azur hauts pays verdon"],
            ["CPTS Alpes Bléone Durance (", "CPTS Hauts Pays du Verdon"],
        ),
        (["--cpts", "HAUTS PAYS DU VERDON, Monts d'Azur"], ["83 ou 84", "--partial"]),
        (["--partial", "lvo"], ["--partial : ne va qu’avec --cpts"]),
        (["ouest_loiret", "--change", "départ:Baccon"], ["généraliste : Baccon (45019)"]),
        (["lvo", "--scenario", "a.toml", "--scenario", "b.toml"], ["« a.toml »", "« b.toml »"]),
        (["--perimeter", "absent.csv"], ["absent.csv"]),
        (["--travel", "absent.csv"], ["absent.csv"]),
    ],
    ids=lambda value: Path(value[-1]).name if isinstance(value, list) else None,
)
def test_what_cannot_be_reported_is_said_and_leaves_no_folder(
    arguments: list[str | Path], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPTS_GEO_CACHE", str(tmp_path))
    monkeypatch.setenv("CPTS_GEO_LOCK", str(tmp_path / "lock.toml"))
    # A message cuts a long path, and those of a worker are long.
    message = refused("report", *arguments, "--output", "out", cwd=tmp_path)
    for word in words:
        assert word in message
    if "--by" in arguments:
        assert "Communes" not in message
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("x", encoding="utf-8")
    message = refused("report", "--output", occupied)
    assert "--output" in message
    assert "Communes" not in message
    assert occupied.read_text(encoding="utf-8") == "x"


def test_files_of_somebody_else_are_named_before_any_work(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("mon site", encoding="utf-8")
    message = refused("report", "lvo", "--output", tmp_path)
    assert "« index.html »" in message and "--output" in message and "Communes" not in message
    assert page.read_text(encoding="utf-8") == "mon site"
    assert not list(tmp_path.glob(".cpts*"))


@pytest.mark.skipif(sys.platform == "win32", reason="droits POSIX")
def test_an_output_without_write_permission_is_refused(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/cpts_geo")  # refuses even the superuser
    else:
        target = tmp_path / "locked" / "out"
        target.parent.mkdir(mode=0o500)
    message = refused("report", "--output", target)
    assert "choisissez un dossier" in message


@pytest.mark.report
def test_adapted_files_say_what_was_adapted_and_dollar_signs_in_a_name_are_no_formula(
    tmp_path: Path,
) -> None:
    source = tmp_path / "liste.csv"
    lines = "code_insee;commune;population\n1004;Ambérieu-en-Bugey;9000\n"
    source.write_bytes(lines.encode("cp1252"))
    asked = ("--perimeter", source, "--name", r"A $\badcmd$ B")
    said = report(*asked, "--output", tmp_path / "out").replace("\u202f", " ")
    assert "cp1252" in said or "Windows" in said
    # A column of people is compared, and not used.
    assert "9 000 habitants en tout" in said
    assert "15 934" in said
    assert r"Fiche et cartes : A $\badcmd$ B" in said
    audit = pd.read_csv(tmp_path / "out" / "tableaux" / "noms_reconnus.csv", dtype=str)
    assert audit.loc[0, "code_insee"] == "01004"
    assert audit.loc[0, "method"] == "repaired"


@pytest.mark.report
def test_a_commune_without_contour_is_named_and_kept(tmp_path: Path) -> None:
    source = listed(tmp_path, "code_insee", "15031")
    report("--perimeter", source, "--output", tmp_path / "out")
    page = (tmp_path / "out" / "liste.html").read_text(encoding="utf-8")
    assert "Sans contour connu" in page
    assert "Celles" in page


@pytest.mark.report
def test_overseas_territory(tmp_path: Path) -> None:
    source = listed(tmp_path, "code_insee", "97411", "97415")
    report("--perimeter", source, "--name", "Ouest Réunion", "--output", tmp_path)
    assert "Ouest Réunion" in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.report
def test_the_manifest_names_what_was_read_and_asked(anywhere: Path) -> None:
    manifest = json.loads((anywhere / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["inputs"]["Pays d'Iroise.csv"]) == 64
    assert manifest["parameters"]["departements"] == ["29"]
    assert manifest["parameters"]["seed"] == 20_260_101
    assert not [name for name in manifest["inputs"] if name.endswith(".md")]
    page = (anywhere / "index.html").read_text(encoding="utf-8")
    assert "proposé" not in page


@pytest.mark.report
def test_a_territory_too_large_for_a_queue_keeps_its_maps(tmp_path: Path) -> None:
    # Seven million people: beyond any queue, where a million and a half is within.
    done = run("report", "--epci", "200054781", "--embedded-only", "--output", tmp_path / "o")
    assert done.returncode == 0, done.stderr
    (sheet,) = (path for path in (tmp_path / "o").glob("*.html") if path.stem != "index")
    assert "Capacité non calculée" in sheet.read_text(encoding="utf-8")
    assert "non calculé" in (tmp_path / "o" / "index.html").read_text(encoding="utf-8")


@pytest.mark.report
def test_a_process_gives_the_tables_of_ones_own_list_whatever_its_file_is_called(
    tmp_path: Path,
) -> None:
    lines = ("commune", "Baule", "Epieds en Bauce")
    try:
        source = listed(tmp_path, *lines, name=os.fsdecode(b"liste_\xe9t\xe9.csv"))
    except OSError:  # a file system that takes UTF-8 names only
        source = listed(tmp_path, *lines, name="été.csv")
    asked = ("--perimeter", source, "--departement", "45", "--name", "ma liste")
    told = report(*asked, cwd=tmp_path)
    assert "« Epieds en Bauce » → Épieds-en-Beauce (45134)" in " ".join(told.split())
    # Beside the report of the five, which it does not overwrite.
    mine = tmp_path / "outputs" / "ma_liste"
    assert (mine / "ma_liste.html").is_file()
    output = tmp_path / "résultats"
    done = run_process("report", *asked, *QUICK, "--output", output)
    assert done.returncode == 0, done.stderr
    assert f"Rapport prêt : {output / 'ma_liste.html'}" in done.stdout
    assert "Fiche et cartes : ma liste" in done.stderr
    tables = sorted((mine / "tableaux").iterdir())
    assert tables
    for table in tables:
        assert table.read_bytes() == (output / "tableaux" / table.name).read_bytes()


@pytest.mark.report
def test_a_partial_cpts_by_name_says_so_everywhere(tmp_path: Path) -> None:
    told = report("--cpts", "hauts pays du verdon & monts d'azur", "--partial", cwd=tmp_path)
    folder = tmp_path / "outputs" / "hauts_pays_verdon_monts_azur"
    sheet = (folder / "hauts_pays_verdon_monts_azur.html").read_text(encoding="utf-8")
    index = (folder / "index.html").read_text(encoding="utf-8")
    for text in (" ".join(told.split()), sheet, index):
        assert "la liste des communes est incomplète (déborde sur 83 ou 84)" in text
    for text in (" ".join(told.split()), sheet):
        assert "liste des CPTS, janvier 2026 (périmètre" in text
    asked = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    assert asked["partial"] is True
    assert asked["cpts"] == ["hauts pays du verdon & monts d'azur"]


@pytest.mark.report
def test_an_epci_is_a_ready_perimeter(tmp_path: Path) -> None:
    told = report("--epci", "berry loire puisaye", cwd=tmp_path)
    folder = tmp_path / "outputs" / "cc_berry_loire_puisaye"
    page = (folder / "cc_berry_loire_puisaye.html").read_text(encoding="utf-8")
    assert "SIREN 200068278" in page
    said = " ".join(told.replace("\u202f", " ").split())
    assert "20 communes, 17 307 habitants" in said
    assert "« berry loire puisaye » compris comme CC Berry Loire Puisaye (200068278)" in said
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"]["epci"] == ["berry loire puisaye"]


@pytest.mark.report
def test_a_polygon_is_a_perimeter(tmp_path: Path) -> None:
    ring = [[1.6, 47.75], [1.8, 47.75], [1.8, 47.9], [1.6, 47.9], [1.6, 47.75]]
    source = tmp_path / "Bords de Loire.geojson"
    source.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    said = report("--perimeter", source, cwd=tmp_path)
    folder = tmp_path / "outputs" / "bords_de_loire"
    assert "communes de bordure" in said.replace("\n", " ")
    assert "communes de bordure" in (folder / "index.html").read_text(encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["inputs"][source.name]) == 64


@pytest.mark.report
@pytest.mark.skipif(sys.platform == "win32", reason="signaux POSIX")
def test_an_interruption_is_said_and_leaves_whole_files(tmp_path: Path) -> None:
    # A test runner may ignore the signal, and children inherit that.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from cpts_geo.cli.main import main; main()"
    )
    asked = ("ouest_loiret", *QUICK, "--output", str(tmp_path))
    command = [sys.executable, "-c", code, "report", *asked]
    child = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": PYTHONPATH, "PYTHONUTF8": "1"},
    )
    assert child.stderr is not None
    for line in child.stderr:
        if "Fiche et cartes" in line:
            break
    child.send_signal(signal.SIGINT)
    said = child.stderr.read()
    assert child.wait(timeout=30) == 130
    assert "Interrompu" in said
    assert not list(tmp_path.rglob("*.part"))
    assert not (tmp_path / "manifest.json").exists()


# --- access -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def times_of_ouest_loiret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seconds between the 21 communes of Ouest Loiret: 9 minutes, but 25 to and from Meung."""
    table = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    codes = list(table["code_insee"])
    rows = ["origine,destination,temps"]
    for a in codes:
        rows += [f"{a},{b},{1500 if '45203' in (a, b) else 540}" for b in codes if a != b]
    path = tmp_path_factory.mktemp("temps") / "temps du SIG.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.report
def test_times_and_scenarios_of_the_analyst_reach_every_table(
    tmp_path: Path, times_of_ouest_loiret: Path
) -> None:
    report(
        "ouest_loiret", "--output", tmp_path, "--travel", times_of_ouest_loiret,
        "--travel-unit", "secondes",
        "--change", "Départ:meung sur loire", "--change", "centre:45024:20",
    )  # fmt: skip
    text = {"code_insee": str, "worst": str}
    folder = tmp_path / "tableaux"
    communes = pd.read_csv(folder / "communes.csv", dtype=text).set_index("code_insee")
    minutes = communes["gp_minutes_file_2024"]
    assert set(minutes) == {0, 9}
    assert minutes["45203"] == 0
    assert set(communes["gp_minutes_file_2024_status"]) == {"estimated"}
    # No hospital is in his table: unknown, never 0.
    assert communes["emergency_minutes_file_2024"].isna().all()
    assert set(communes["emergency_minutes_file_2024_status"]) == {"unknown"}
    assert not [name for name in communes if "approx" in name]
    # Without its neighbours a catchment would be too small: no shift rather than a wrong one.
    assert not [name for name in communes if "apl_shift" in name]
    assert not (folder / "scenarios_offre.csv").exists()
    access = pd.read_csv(folder / "acces.csv", dtype=text)
    assert set(access["indicator"]) == {"gp_minutes_file_2024", "emergency_minutes_file_2024"}
    assert set(access["variant"]) == {"central"}
    sites = pd.read_csv(folder / "ou_ouvrir.csv", dtype=str)
    assert sites["allocation"].nunique() == 3
    # 25 minutes from everywhere: the last place to open.
    assert "45203" not in set(sites.query("rank == '1'")["sites"])
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["inputs"]["temps du SIG.csv"]) == 64
    assert manifest["parameters"]["travel"] == "temps du SIG.csv"
    assert manifest["parameters"]["changes"] == [
        "Départ:meung sur loire",
        "centre:45024:20",
    ]
    page = (tmp_path / "ouest_loiret.html").read_text(encoding="utf-8")
    assert "temps fournis par l’analyste" in page
    for title in ("Un médecin part : Meung-sur-Loire", "Un lieu de SNP ouvre : Baule"):
        assert f"{title} : écart non montré" in page.replace("\u202f", " ")
    assert {path.name for path in (tmp_path / "cartes").iterdir()} == {
        f"ouest_loiret_{name}.png"
        for name in ("apl_2023", "gp_minutes_file_2024", "gps_2024", "population")
    }


def test_times_without_a_unit_or_of_another_region_are_refused(
    tmp_path: Path, times_of_ouest_loiret: Path
) -> None:
    asked = ("report", "--output", tmp_path / "out", "--travel", times_of_ouest_loiret)
    message = refused(*asked, "ouest_loiret")
    assert "minutes" in message
    assert "secondes" in message
    message = refused(*asked, "lvo", "--travel-unit", "secondes")
    assert "ne parle pas de ce territoire" in message
    assert not (tmp_path / "out").exists()


def test_scenarios_that_are_not_understood_are_all_said(tmp_path: Path) -> None:
    texts = ("départ:Zzyzx", "retraite:Baule", "centre:Baule:mille", "arrivée:Baule")
    asked = [part for text in texts for part in ("--change", text)]
    message = refused("report", "ouest_loiret", "--output", tmp_path / "out", *asked)
    assert "4 changements : une page en montre 3 au plus" in message
    for text in texts[:3]:
        assert f"« {text} »" in message
    assert "arrivée:Baule »" not in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("typed", "scenario", "changes", "told"),
    [
        (["--scenario", "a.toml"], "a.toml", (), []),
        (["--scenario", "lvo", "--change", "arrivée:Baule"], "lvo", ("arrivée:Baule",), []),
        (["--capacity", "a.toml"], "a.toml", (), ["--capacity s’appelle maintenant --scenario"]),
        (
            ["--scenario", "Départ:Baule", "--scenario", "a.toml", "--change", "centre:Baule:20"],
            "a.toml",
            ("centre:Baule:20", "Départ:Baule"),
            ["« --scenario Départ:Baule » s’écrit maintenant « --change Départ:Baule »"],
        ),
    ],
)
def test_a_scenario_is_of_capacity_and_a_change_of_supply(
    typed: list[str],
    scenario: str,
    changes: tuple[str, ...],
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Options] = []

    def stopped(_: Request, options: Options, **__: object) -> None:
        asked.append(options)
        raise ScenarioError("vu", remedy="rien")

    monkeypatch.setattr(analysis, "analyse", stopped)
    done = run("report", "lvo", *typed)
    assert [(str(each.scenario), each.changes) for each in asked] == [(scenario, changes)]
    said = done.stderr.splitlines()
    assert [line.removeprefix("· ").rstrip(".") for line in said if "maintenant" in line] == told


@pytest.mark.parametrize(
    "code", ["import cpts_geo", "from cpts_geo.cli.main import app", "import cpts_geo.__main__"]
)
def test_tables_and_maps_are_loaded_when_they_are_needed(code: str) -> None:
    heavy = "{'pandas', 'geopandas', 'matplotlib', 'scipy'}"
    found = f"{code}\nimport sys; print(sorted({heavy} & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", found], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"


def test_a_report_loads_nothing_that_only_other_commands_need() -> None:
    """Half a second of a processor, and a tenth of the memory, of each report."""
    heavy = ["scipy.stats", "pandera", "matplotlib.pyplot", "openpyxl"]
    code = (
        "from cpts_geo.analysis import Options, analyse; import cpts_geo.writing.report, sys; "
        "from cpts_geo.geography.perimeters.request import Request; "
        "study, = analyse(Request(epci=['200067254']), Options(draws=1000)).studies.values(); "
        f"study.capacity, study.access; print([n for n in {heavy} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"


def test_what_is_to_be_retyped_begins_as_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has nothing but run.py has no cpts-geo to type."""
    monkeypatch.setenv("CPTS_GEO_TYPED", "python3 run.py")
    done = run("report", "--perimeter", "absente", "--departement", "45", "--name", "x")
    assert "cpts-geo " not in done.stderr
    done = run("compare", "lvo")
    assert "« python3 run.py compare lvo" in done.stderr


def test_the_commands_of_run_py_are_those_of_the_package() -> None:
    names = {command.name for command in typer.main.get_group(app).commands.values()}
    assert {*COMMANDS, "report", "data"} == names


def test_the_names_to_start_from_are_there() -> None:
    assert {name for name in cpts_geo.__all__ if getattr(cpts_geo, name)} <= {*dir(cpts_geo)}
    with pytest.raises(AttributeError, match="nothing"):
        _ = cpts_geo.nothing
