"""The documentation: built without a warning, read without a network, with nothing left out."""

from __future__ import annotations

import html
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import cpts_geo
import run
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.cli.main import app
from cpts_geo.schema import COLUMNS, status_column
from cpts_geo.sources.analyst.calls.log import OUTCOMES_FRENCH
from cpts_geo.sources.analyst.filled._cells import read_date, read_number
from cpts_geo.sources.analyst.filled.templates import templates
from docs import build as verb
from docs._ext import dictionary, gallery, reference, typography
from docs._ext.examples import five
from docs._ext.markdown import records
from tests.conftest import PYTHONPATH, ROOT, Command

DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What the pages include from beside their folder.
BESIDE = ("CONTRIBUTING.md", "CHANGELOG.md", "README.md")
#: Words of the field that no reader should have to look for elsewhere.
WORDS = {
    *("ACI", "ALD", "APL", "ARM", "C2S", "COG", "CSNP", "EPCI", "FRR", "OSNP", "PDSA", "SAS"),
    *("SNP", "TVS", "effecteur", "heures de consultation", "lieu de SNP", "médecin traitant (MT)"),
    *("registre des demandes", "relevant potentiellement de la ville"),
}
#: What every command that is copied from a page begins with.
RUN = ["python3", "run.py"]
#: What says, to who opens the folder, where the pages that the code writes are read.
BUILT = "% Des tableaux manquent ici ? Cette page se lit construite : python3 run.py docs, puis "
#: A page of each kind: opened in a browser.
PAGES = (
    "index.html",
    "guide/cinq_minutes.html",
    "guide/methodes.html",
    "api/face.html",
    "gallery/index.html",
)


def copied(folder: Path) -> None:
    """Copy what the pages are made of: a build writes notebooks beside their index."""
    for name in ("docs", "notebooks"):
        ignored = shutil.ignore_patterns("_build", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in BESIDE:
        shutil.copy(ROOT / name, folder / name)


def built(folder: Path, *options: str) -> Path:
    """Build the pages of a folder, and return those for a browser."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "--quiet", "-b", "html"]
    done = subprocess.run(
        [*command, *options, "docs", "html"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The site, built once for all the workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "documentation"
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            copied(folder)
            built(folder, "-D", "nb_execution_mode=off")
    return folder / "html"


def text_blocks(name: str) -> list[str]:
    """Blocks of a page of the guide that are typed, or answered, in a terminal."""
    page = (DOCS / "guide" / name).read_text(encoding="utf-8")
    return re.findall(r"^ *```text\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL)


def commands_told(name: str) -> list[list[list[str]]]:
    """What is typed after ``run.py``, line by line, in each block of a page of the guide."""
    blocks = [[shlex.split(line) for line in block.splitlines()] for block in text_blocks(name)]
    return [[line[2:] for line in block] for block in blocks if block[0][:2] == RUN]


def text(page: Path) -> str:
    """Source of a page, characters as they are read."""
    return html.unescape(page.read_text(encoding="utf-8"))


def test_every_name_of_the_face_is_in_the_reference(site: Path) -> None:
    shown = set(re.findall(r'<dt class="[^"]*" id="([\w.]+)"', text(site / "api" / "face.html")))
    wanted = {f"cpts_geo.{name}" for name in cpts_geo.__all__}
    for name in cpts_geo.__all__:
        named = getattr(cpts_geo, name)
        if inspect.isclass(named):
            members = [each for each in vars(named) if not each.startswith("_")]
            wanted |= {f"cpts_geo.{name}.{each}" for each in members}
    assert sorted(wanted - shown) == []


def test_every_public_module_is_in_the_reference(site: Path) -> None:
    page = text(site / "api" / "rooms.html")
    names = [name for name, _ in reference.modules()]
    assert len(names) > 100
    assert [name for name in names if f">{name}<" not in page] == []


def test_every_column_is_in_the_dictionary(site: Path) -> None:
    page = text(site / "guide" / "dictionnaire.html")
    names = [*COLUMNS, *(status_column(n) for n, c in COLUMNS.items() if c.table == "figures")]
    assert [name for name in names if f">{name}<" not in page] == []


def test_every_default_parameter_is_in_the_methods(site: Path) -> None:
    page = text(site / "guide" / "methodes.html")
    assert [name for name in default_parameters() if f">{name}<" not in page] == []


def test_every_command_is_told(site: Path) -> None:
    page = text(site / "guide" / "commandes.html")
    told = re.findall(r"Usage: (cpts-geo[a-z -]*)", re.sub(r"<[^>]+>", "", page))
    names = [command.name for command in app.registered_commands]
    names += [group.name for group in app.registered_groups]
    assert [name for name in names if f"cpts-geo {name}" not in {t.strip() for t in told}] == []


def test_every_notebook_is_a_page_of_the_gallery(site: Path) -> None:
    index = text(site / "gallery" / "index.html")
    names = [path.with_suffix(".html").name for path in gallery.paths()]
    assert [name for name in names if not (site / "gallery" / name).is_file()] == []
    assert [name for name in names if f'href="{name}"' not in index] == []


def test_each_page_says_its_language(site: Path) -> None:
    told = {page: re.search(r'<html lang="(\w+)"', text(site / page)) for page in PAGES}
    found = {page: said and said[1] for page, said in told.items()}
    assert found == {page: typography.language_of(page) for page in PAGES}
    assert set(found.values()) == {"fr", "en"}


def test_french_pages_are_typeset_and_code_is_as_typed(site: Path) -> None:
    page = text(site / "guide" / "cinq_minutes.html")
    assert "fiche, elle" not in page
    assert "Windows\u202f:" in page
    assert "À savoir : mes_communes.csv : 12 lignes" in re.sub(r"<[^>]+>", "", page)


def test_every_column_written_by_a_report_is_told_and_nothing_else_is() -> None:
    said, used = dictionary.meanings(), set()

    class Told(dict[tuple[str, str], str]):
        def __getitem__(self, key: tuple[str, str]) -> str:
            used.add(key)
            return super().__getitem__(key)

    told = Told(said)
    for name, columns in dictionary.written().items():
        assert told[name, ""]
        for column in columns:
            assert dictionary.meaning(name, column, told), (name, column)
    assert sorted(set(said) - used) == []


def test_the_whole_scenarios_of_the_guide_are_read_with_their_sources(tmp_path: Path) -> None:
    page = (DOCS / "guide" / "scenarios.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (seven,) = (each for each in blocks if each.count("\n") == 7)
    (origins,) = (each for each in blocks if each.startswith("[sources]"))
    (whole,) = (each for each in blocks if each.startswith("label") and "[sources]" in each)
    path = tmp_path / "le_mien.toml"
    for text, sourced in ((seven + origins, {"slots_today"}), (whole, {"slots_today", "sessions"})):
        path.write_text(text, encoding="utf-8")
        scenario = load_scenario(path)
        assert {scenario.sources[name].grade for name in sourced} == {"B"}
    assert scenario.calendar.saturday_morning
    assert [lever.kind for lever in scenario.levers or ()] == ["effectors"]


def test_a_page_that_the_code_writes_says_how_it_is_read() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "guide").glob("*.md")}
    written = {name for name, page in pages.items() if "{generated}" in page or "{{ " in page}
    assert {"remplir.md", "commandes.md", "glossaire.md", "lire_une_fiche.md"} <= written
    assert {name for name, page in pages.items() if BUILT in page[:250]} == written


def test_the_guide_names_the_sheets_of_the_workbook_and_whom_to_ask(site: Path) -> None:
    page = text(site / "guide" / "lire_une_fiche.html")
    assert "Méthode et sources" in page
    assert "Indicateurs ACI" in page
    page = text(site / "guide" / "remplir.html")
    asks = [line.ask.values() for each in templates().values() for line in each.lines.values()]
    assert sorted({ask for each in asks for ask in each if ask not in page}) == []
    assert [words for words in OUTCOMES_FRENCH if f">{words}<" not in page] == []


def test_a_column_that_nothing_tells_is_refused() -> None:
    with pytest.raises(KeyError, match="says nothing of 'surprise' in capacite"):
        dictionary.meaning("capacite", "surprise", dictionary.meanings())


def test_the_glossary_has_each_word_once_in_both_languages() -> None:
    rows = records("glossary.csv")
    terms = [row["terme"] for row in rows]
    assert [term for term, count in Counter(terms).items() if count > 1] == []
    assert [row["terme"] for row in rows if not (row["sens"] and row["english"])] == []
    assert sorted(WORDS - set(terms)) == []


def test_a_notebook_keeps_the_links_to_its_neighbours_only() -> None:
    first = gallery.paths()[0].name
    source = f"[un]({first}#suite), [deux](../data/x.csv), [trois](https://exemple.fr)"
    notebook = new_notebook(cells=[new_markdown_cell(source)])
    kept = gallery.page(notebook).cells[0].source
    assert kept == f"[un]({first}#suite), deux, [trois](https://exemple.fr)"


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_without_a_network_and_are_accessible(
    name: str, site: Path, open_offline: Callable[..., Any]
) -> None:
    opened = open_offline(site / name, viewport={"width": 1300, "height": 900})
    opened.page.wait_for_load_state("networkidle")
    assert (opened.requests, opened.errors) == ([], [])
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 1300
    found = Axe().run(opened.page, options={"preload": False}).response["violations"]
    serious = [
        (violation["id"], [node["html"][:120] for node in violation["nodes"]][:3])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []
    opened.close()


def test_formulas_are_drawn_by_the_browser(site: Path, open_offline: Callable[..., Any]) -> None:
    opened = open_offline(site / "guide" / "methodes.html")
    blocks = opened.page.locator(".formula math[display=block]")
    assert blocks.count() > 10
    sizes = [blocks.nth(rank).bounding_box() for rank in range(blocks.count())]
    # What a browser does not know of MathML would be a line of text, or nothing.
    assert min(size["height"] for size in sizes) > 15
    assert max(size["height"] for size in sizes) > 60
    assert opened.page.locator("article merror, article .problematic").count() == 0
    opened.close()


def test_the_search_finds_without_a_network(site: Path, open_offline: Callable[..., Any]) -> None:
    opened = open_offline(site / "search.html")
    opened.page.goto(f"{(site / 'search.html').as_uri()}?q=saturé")
    opened.page.locator("#search-results li").first.wait_for()
    assert "Le glossaire" in opened.page.locator("#search-results").inner_text()
    assert opened.requests == []
    opened.close()


@pytest.mark.notebook
def test_an_executed_notebook_shows_its_results_without_a_network(
    tmp_path: Path, open_offline: Callable[..., Any]
) -> None:
    copied(tmp_path)
    for name in ("guide", "api", "develop", *(path.name for path in DOCS.glob("*.md"))):
        page = tmp_path / "docs" / name
        shutil.rmtree(page) if page.is_dir() else page.unlink()
    index = "# Documentation\n\n```{toctree}\ngallery/index\n```\n"
    (tmp_path / "docs" / "index.md").write_text(index, encoding="utf-8")
    for folder in ("notebooks", "docs/gallery"):
        for path in (tmp_path / folder).glob("*.ipynb"):
            path.unlink()
    lines = [
        'import cpts_geo as cg\nt = cg.territory("ouest_loiret", draws=200)',
        "t",
        't.explore("apl_2023")',
        't.plot("apl_2023");',
        "t.panel()",
    ]
    cells = [new_markdown_cell("# 00. Un carnet\n\nQue voit-on ?"), *map(new_code_cell, lines)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "notebooks" / "00_essai.ipynb")

    opened = open_offline(built(tmp_path) / "gallery" / "00_essai.html")
    page = opened.page
    page.locator("iframe").first.scroll_into_view_if_needed()
    page.frame_locator("iframe").first.locator("[data-ready]").wait_for()
    assert (opened.requests, opened.errors) == ([], [])
    assert "Ouest Loiret" in page.locator(".cell_output").first.inner_text()
    assert page.locator(".cell_output img").first.bounding_box()["height"] > 100
    # Without a server a panel is what stands beside it: words, never an empty box.
    assert page.locator(".cell_output").last.inner_text().strip() != ""
    opened.close()


@pytest.mark.report
def test_the_tables_are_filled_read_and_followed_as_they_are_told(
    command: Command, tmp_path: Path
) -> None:
    blocks = commands_told("remplir.md")
    empty, read, followed, example = blocks
    listed = text_blocks("cinq_minutes.md")
    (communes,) = (block for block in listed if block.startswith("commune\n"))
    (tmp_path / "mes_communes.csv").write_text(communes, encoding="utf-8")
    for typed in (*empty, *read, *example):
        code, said, errors = command(*typed)
        assert code == 0, said + errors
    assert {row[1] for row in empty} == {*templates(), "aci", "registre"}
    # What is announced today is of months to come: it is kept as if two years had passed since.
    kept = json.loads(next(tmp_path.glob("outputs/cpts*/manifest.json")).read_text("utf-8"))
    for forecast in kept["forecasts"].values():
        for month in forecast["months"]:
            month["month"] = f"{int(month['month'][:4]) - 2}{month['month'][4:]}"
    (tmp_path / "manifest_d_avant.json").write_text(json.dumps(kept), encoding="utf-8")
    for years, name in ((2, "registre_d_avant"), (1, "registre")):
        drawn = ("template", "registre", "beauce_gatinais", "--example", "--replace")
        over = ("--year", str(date.today().year - years), "--output", f"{name}.csv")
        assert command(*drawn, *over)[0] == 0
    ((*typed,),) = followed
    code, said, errors = command(*typed)
    assert code == 0, said + errors
    for folder in ("suivi", "exemple_suivi"):
        written = {path.name for path in (tmp_path / "outputs" / folder).iterdir()}
        assert {"suivi.html", "suivi.csv", "fiche_aci.xlsx", "fiche_aci.html"} <= written
    page = (DOCS / "guide" / "remplir.md").read_text(encoding="utf-8")
    for told, iso in (("2025", "2025"), ("12/2025", "2025-12"), ("31/12/2025", "2025-12-31")):
        assert f"`{told}`" in page
        assert read_date(told, wrong=pytest.fail) == iso
    for told in re.findall(r"\*\*Le secret.*?\. De", page, re.DOTALL)[0].split("`")[1::2]:
        given = read_number(told, most=1e9, whole=True, percent=False, wrong=pytest.fail)
        assert given.masked, told


@pytest.mark.report
def test_the_five_minutes_are_as_they_are_told(command: Command, tmp_path: Path) -> None:
    page = (DOCS / "guide" / "cinq_minutes.md").read_text(encoding="utf-8")
    blocks = text_blocks("cinq_minutes.md")
    (listed,) = (block for block in blocks if block.startswith("commune\n"))
    first, more = (block for block in blocks if block.lstrip().startswith("python3 run.py report"))
    told = next(block for block in blocks if block.startswith("·"))
    (tmp_path / "mes_communes.csv").write_text(listed, encoding="utf-8")
    typed = shlex.split(first)
    assert typed[:3] == ["python3", "run.py", "report"]
    code, said, errors = command(*typed[2:])
    assert code == 0
    read = " ".join((said + errors).split())
    for line in told.splitlines():
        assert line.rpartition("…/")[2].strip("· …") in read, line
    assert command(*shlex.split(more)[2:])[0] == 0
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    for asked in re.findall(r"`(t\.[^`]+)`", page):
        assert eval(asked, names) is not None, asked


def test_readme_is_read_in_two_minutes_and_leads_to_pages_that_exist() -> None:
    assert len(README.splitlines()) <= 110
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(targets) > 8
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_the_cases_of_the_readme_are_those_of_today() -> None:
    slots = [study.headline.slots_per_day for study in five().studies.values() if study.headline]
    assert len(slots) == 5
    shown = [f"{each.p50} ({each.p10}–{each.p90})" for each in slots]
    assert [each for each in shown if each not in README] == []


@pytest.mark.parametrize("quick", [True, False])
def test_the_verb_builds_strictly_and_says_where(
    quick: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def note(arguments: list[str]) -> int:
        asked.extend(arguments)
        return 0

    monkeypatch.setenv("IPYTHONDIR", "")
    monkeypatch.setattr(verb, "build_main", note)
    assert verb.main([verb.QUICK] if quick else []) == 0
    assert {"-W", "--keep-going", "--fresh-env"} <= set(asked)
    assert ("nb_execution_mode=off" in asked) == quick
    assert verb.QUICK not in asked
    assert capsys.readouterr().out.strip().endswith("index.html")
    assert run.VERBS["docs"][1:] == (["docs/build.py"], run.TEST)


def test_the_three_lines_of_the_readme_show_a_territory() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert "Beauce-Gâtinais" in names["t"]._repr_html_()
