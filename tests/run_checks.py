"""The checks of the repository, in three sizes: ``python run.py test [--quick|--full]``.

Markers of pyproject.toml tell them: *quick* opens no browser, runs no notebook and writes no whole
report; no size, all but what is long; *full*, all, and ten times the tries of each property.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cpts_geo.writing.export.browser import NO_BROWSER, find_browser
from run import PYTHON, USAGE, say, seconds, timed


@dataclass(frozen=True)
class Size:
    """A choice of tests: the markers left out, and what is said of them (French) at the end."""

    without: tuple[str, ...]
    left: str


SIZES = {
    "--quick": Size(
        ("browser", "notebook", "report", "slow", "full"),
        "pages dans un navigateur, carnets, rapports entiers, tests lents ou longs "
        "(python3 run.py test, puis test --full)",
    ),
    "": Size(("full",), "tests longs (python3 run.py test --full)"),
    "--full": Size((), ""),
}
#: Workers take tests from one another: no file is the floor; what is dear is in tests/kept.py.
IN_PARALLEL = ("-n", "logical", "--maxprocesses", "4", "--dist", "worksteal")
#: Run whatever the others say.
CHECKS: list[tuple[str, list[str]]] = [
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("import-linter", ["-c", "from importlinter.cli import lint_imports_command as run; run()"]),
]


def pytest_command(size: str) -> list[str]:
    """Return the arguments of Python that run the tests of a size."""
    marked = [f"not {marker}" for marker in SIZES[size].without]
    chosen = ["-m", " and ".join(marked)] if marked else []
    return ["-m", "pytest", *IN_PARALLEL, *chosen, "--doctest-modules", "cpts_geo", "tests"]


def ensure_browser() -> Path | None:
    """Find a browser; where apt-get may be used freely (Linux, root), install one."""
    browser = find_browser()
    if sys.platform == "linux" and not browser and shutil.which("apt-get") and os.geteuid() == 0:
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        timed("Liste des paquets", [*apt, "update"])
        timed("Installation de Chromium", [*apt, "install", "-y", "chromium"])
        browser = find_browser()
    if browser is None:
        say("Aucun navigateur Chromium, Chrome ou Edge : les tests de pages seront sautés.")
        say(f"À faire : {NO_BROWSER}")
    return browser


def run_checks(size: str = "") -> int:
    """Run every check whatever the others say, and show a table; pytest ends last, as CI reads its
    line: the others run beside its first minute."""
    rows: list[tuple[str, int, float]] = []
    if "browser" not in SIZES[size].without:
        # On CI a missing browser is an error: page tests must not be skipped unseen.
        missing = not ensure_browser() and os.environ.get("CI") == "true"
        rows.append(("navigateur", int(missing), 0.0))
    os.environ["CPTS_GEO_TESTS"] = size.lstrip("-")
    # Workers and tests start Python a hundred times: a thousand libraries are compiled once.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # mypy takes a core for 40 s where it kept nothing: tests take the others meanwhile.
    beside = ThreadPoolExecutor(max_workers=1)
    try:
        others = [(name, beside.submit(timed, name, [PYTHON, *each])) for name, each in CHECKS]
        tested = timed("pytest", [PYTHON, *pytest_command(size)])
        rows += [(name, *done.result()) for name, done in others]
    finally:
        beside.shutdown(cancel_futures=True)
    rows.append(("pytest", *tested))
    say("\nBilan")
    for name, code, duration in rows:
        say(f"  {name:<14} {'ÉCHEC' if code else 'réussi':<7} {seconds(duration):>8}")
    if SIZES[size].left:
        say(f"Laissés de côté : {SIZES[size].left}.")
    return int(any(code for _, code, _ in rows))


def main(arguments: Sequence[str]) -> int:
    """Run the checks of the size asked for."""
    size = arguments[0] if arguments else ""
    if size not in SIZES or len(arguments) > 1:
        say(f"test --quick et test --full ne prennent pas d’autre argument.\n{USAGE}")
        return 2
    return run_checks(size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
