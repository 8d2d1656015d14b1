"""``run.py lab``: JupyterLab in French, quiet, in a folder of any name, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Locator, Route, WebSocket, expect

from tests.conftest import PYTHONPATH, ROOT, OpenedPage

#: What ``run.py lab`` runs once the environment is ready, which is this one.
RUN_LAB = """
import sys, run
run.ensure_environment, run.PYTHON = lambda lock: None, sys.executable
sys.exit(run.main(["lab", "--no-browser", *sys.argv[1:]]))
"""
NAME = "00_essai.ipynb"
#: Key of a territory -> the name that the notebook shows.
FIRST, OTHER = ("beauce_gatinais", "CPTS Beauce-Gâtinais"), ("ouest_loiret", "CPTS Ouest Loiret")
CELLS = [
    f'territory = "{FIRST[0]}"  # clé d’un territoire',
    "import cpts_geo as cg\n\nt = cg.territory(territory)\nt",
    't.explore("apl_2023")',
    't.communes[["name", "population"]].head()',
    "t.panel()",
]
#: Menus as JupyterLab names them.
RUN_ALL = ("Exécution", "Exécuter toutes les cellules")
RESTART = ("Noyau", "Redémarrer le noyau et Exécuter toutes les cellules…")
EXPORT = ("Fichier", "Enregistrer et exporter le notebook comme", "HTML")
STOP = ("Fichier", "Arrêter")
OUTPUTS = ".jp-OutputArea-output"
#: What the panel says of the slots that are tried.
OFFERED = re.compile(r"Offerts\W+12\W+créneaux")
COMPLAINTS = "[data-mime-type$=stderr], [data-mime-type$=error]"
IN_THE_WAY = "dialog, .Toastify__toast"
#: Milliseconds, for what takes a second on a machine that does nothing else.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def write_notebook(folder: Path) -> None:
    """Write what is opened; one of ``notebooks/`` would do, copied here under this name."""
    cells = [new_markdown_cell("# 00. Essai"), *map(new_code_cell, CELLS)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / NAME)


@pytest.fixture
def copy(tmp_path):
    """Copy what the command needs, under a name that a shell or an address must quote."""
    folder = tmp_path / "Accès aux soins d’été n° 1 & 50 %"
    shutil.copytree(ROOT / "lab", folder / "lab", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "run.py", folder)
    (folder / "notebooks").mkdir()
    write_notebook(folder / "notebooks")
    return folder


@dataclass
class Lab:
    """A JupyterLab that runs: its process, what it said on the way, where it is."""

    process: subprocess.Popen[str]
    said: list[str]
    address: str
    log: Path

    def ended(self) -> tuple[int, str]:
        """Wait for the end: its code, and what it said last."""
        said, _ = self.process.communicate(timeout=PATIENCE / 1000)
        return self.process.returncode, said


@contextmanager
def running_lab(folder: Path, *arguments: str) -> Iterator[Lab]:
    """Start ``run.py lab`` in a folder, as a terminal would, and wait for its address."""
    log, home = folder.parent / "log.txt", folder.parent / "home"
    home.mkdir()
    command = [sys.executable, "-c", RUN_LAB, *arguments]
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH, "HOME": str(home)}
    # Before a terminal, Jupyter itself would answer Ctrl-C by a question.
    keyboard, terminal = os.openpty()
    with (
        os.fdopen(keyboard),
        os.fdopen(terminal) as typed,
        log.open("w") as errors,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=typed,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            start_new_session=True,
        ) as process,
    ):
        said = []
        try:
            for line in process.stdout:
                said.append(line)
                if "Pour l’arrêter" in line:
                    break
            found = re.search(r"http://localhost:\d+/lab\?token=\w{20,}$", "".join(said), re.M)
            assert found, (said, log.read_text("utf-8"))
            yield Lab(process, said, found[0], log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    left = [path.name for path in home.rglob("*") if re.search("jupyter|ipython", path.name)]
    assert left == [], "an analyst's own Jupyter is not written"


def test_a_taken_port_is_told_and_ctrl_c_ends_without_a_question(copy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running_lab(copy, f"--port={port}") as lab:
            assert lab.said[0].startswith(f"Le port {port} est déjà pris : JupyterLab prend le ")
            assert len(lab.said) == 3
            # A terminal sends Ctrl-C to run.py and to JupyterLab alike.
            os.killpg(lab.process.pid, signal.SIGINT)
            assert lab.ended() == (0, "\nJupyterLab est arrêté.\n")
            assert lab.log.read_text("utf-8") == ""


@pytest.mark.parametrize("menu", [RUN_ALL, RESTART, EXPORT, STOP], ids=" ".join)
def test_the_menus_are_named_to_analysts_as_they_are(menu):
    assert f"*{' › '.join(menu)}*" in (ROOT / "notebooks" / "README.md").read_text("utf-8")


def shows_territory(outputs: Locator, name: str) -> None:
    """Check its name, a map drawn of it, and a table."""
    expect(outputs.get_by_text(name, exact=True).first).to_be_visible()
    drawn = outputs.frame_locator("iframe")
    expect(drawn.get_by_text(name, exact=True).first).to_be_visible()
    expect(drawn.locator("canvas, path").first).to_be_visible()
    expect(outputs.locator("table td").first).to_be_visible()


class InBrowser(OpenedPage):
    """JupyterLab in a browser: what it asks of elsewhere is refused and noted, its errors too."""

    def go(self, address: str) -> None:
        """Open an address, the only machine that may be asked."""
        here = re.compile("(http|ws)" + re.escape(re.findall(r"://[^/]+/", address)[0]))

        def sort(route: Route) -> None:
            if here.match(route.request.url):
                route.continue_()
            else:
                self.requests.append(route.request.url)
                route.abort()

        def note_socket(opened: WebSocket) -> None:
            if not here.match(opened.url):
                self.requests.append(opened.url)

        self.page.context.route(re.compile("^https?:"), sort)
        self.page.on("websocket", note_socket)
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)

    def choose(self, menu: str, *items: str) -> None:
        """Choose in the menus, by the names they show."""
        self.page.locator(".lm-MenuBar-item", has_text=menu).click()
        for item in items:
            shown = self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$"))
            shown.click()

    def run_all(self, runs: int) -> None:
        """Execute every cell, and wait for the number that the last one takes."""
        self.choose(*RUN_ALL)
        numbers = self.page.locator(".jp-CodeCell .jp-InputPrompt")
        expect(numbers.last).to_have_text(f"[{runs * numbers.count()}]:")

    def shows(self, name: str) -> None:
        """Check what is shown of a territory, the control that answers, and nothing else."""
        outputs = self.page.locator(OUTPUTS)
        shows_territory(outputs, name)
        panel = outputs.locator(".cpts-panel")
        panel.get_by_label("Créneaux offerts par jour").select_option("12")
        expect(panel.get_by_text(OFFERED)).to_be_visible()
        panel.get_by_role("button", name="Revenir à la réponse").click()
        expect(panel.get_by_text(OFFERED)).to_have_count(0)
        expect(outputs.and_(self.page.locator(COMPLAINTS))).to_have_count(0)
        expect(self.page.locator(IN_THE_WAY)).to_have_count(0)


@pytest.fixture
def in_browser(copy, chromium):
    """Open JupyterLab as its terminal says to."""
    with running_lab(copy) as lab:
        context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
        opened = InBrowser(context.new_page())
        opened.page.set_default_timeout(PATIENCE)
        opened.go(lab.address)
        yield lab, opened
        opened.close()


@pytest.mark.notebook
def test_a_notebook_is_run_changed_run_again_and_exported(in_browser, open_offline, copy, tmp_path):
    lab, opened = in_browser
    page = opened.page
    page.locator(".jp-DirListing-item", has_text=NAME).dblclick()
    page.get_by_text("Python 3 (ipykernel) | Inactif").wait_for()
    opened.run_all(1)
    opened.shows(FIRST[1])
    page.locator(".lm-MenuBar-item", has_text=RESTART[0]).click()
    expect(page.locator(".lm-Menu-itemLabel", has_text=RESTART[1])).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(".jp-CodeCell .cm-content").get_by_text(FIRST[0]).dblclick()
    page.keyboard.type(OTHER[0])
    opened.run_all(2)
    opened.shows(OTHER[1])

    opened.choose(*EXPORT)
    with page.expect_download() as download:
        page.locator("dialog").get_by_role("button", name="Ok").click()
    exported = tmp_path / "exported.html"
    download.value.save_as(exported)
    alone = open_offline(exported)
    shows_territory(alone.page.locator(OUTPUTS), OTHER[1])
    expect(alone.page.get_by_text(FIRST[1])).to_have_count(0)
    # Without a kernel the panel is the answer that it starts from.
    expect(alone.page.get_by_text(f"{OTHER[1]} : la capacité")).to_be_visible()
    assert (alone.requests, alone.errors) == ([], [])
    alone.close()

    assert (opened.requests, opened.errors) == ([], [])
    opened.choose(*STOP)
    page.locator("dialog").get_by_role("button", name="Arrêter").click()
    expect(page.get_by_text("Vous avez arrêté le serveur Jupyter")).to_be_visible()
    assert lab.ended() == (0, "\nJupyterLab est arrêté.\n")
    assert lab.log.read_text("utf-8") == ""
    assert not [*(copy / ".cache").rglob("kernel-*.json")], "no kernel is left behind"
