"""Same inputs and seed, same bytes: on any folder, clock, locale, hash seed, disk or threads."""

from __future__ import annotations

import json
import locale
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import PYTHONPATH
from tests.same_report import OF_THE_RUN

pytestmark = pytest.mark.report

DAY = "2026-01-02"
#: Disks give the names of files in the order asked for.
TURNED = """
import os, sys
from datetime import date
from pathlib import Path

class Listed(list):
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def close(self): pass

def turned(plain):
    def listing(*where):
        found = plain(*where)
        names = [*found]
        getattr(found, "close", bool)()
        return Listed(sorted(names, key=lambda x: getattr(x, "name", x), reverse=True))
    return listing

if sys.argv[1] == "turned":
    os.scandir, os.listdir = turned(os.scandir), turned(os.listdir)
"""
REPORT = """
from cpts_geo.analysis import Options, Request, analyse
from cpts_geo.writing.report import write_report
found = analyse(Request(["asclepios"]), Options(draws=300, fetched=False))
write_report(found, Path("results"), day=date.fromisoformat(sys.argv[2]))
"""
FRANCE = """
from cpts_geo.writing.france import write_france
write_france(Path("results/france.html"), fetched=False)
"""
#: What must change nothing, all of it at once: whoever breaks it finds which by taking some away.
ONE = {"TZ": "America/Adak", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "COLUMNS": "40"}
OTHER = {
    "TZ": "Pacific/Kiritimati",
    "PYTHONHASHSEED": "4294967295",
    "COLUMNS": "200",
    "SOURCE_DATE_EPOCH": "1",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
}


def other_locale() -> dict[str, str]:
    """The locale where « i » has another capital; the poorest one where it is not installed."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "tr_TR.UTF-8")
    except locale.Error:
        return {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return {"LC_ALL": "tr_TR.UTF-8"}


def twice(work: str, folder: Path) -> list[dict[str, bytes]]:
    """Files that a work writes, by name, in two circumstances."""
    running = []
    for name, order, around in (
        ("un", "plain", ONE),
        (f"à côté, {'x' * 60}/d’un autre", "turned", OTHER | other_locale()),
    ):
        place = folder / name
        place.mkdir(parents=True)
        command = [sys.executable, "-c", TURNED + work, order, DAY]
        environment = {**os.environ, "PYTHONPATH": PYTHONPATH, **around}
        running.append((place, subprocess.Popen(command, cwd=place, env=environment)))
    assert [process.wait() for _, process in running] == [0, 0]
    return [
        {path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*.*")}
        for made in (place / "results" for place, _ in running)
    ]


def test_reports_are_the_same_to_the_byte(tmp_path: Path) -> None:
    one, other = twice(REPORT, tmp_path)
    assert one.keys() == other.keys()
    assert {Path(name).suffix for name in one} == {".html", ".csv", ".png", ".toml", ".json"}
    assert [name for name in one if one[name] != other[name]] == []
    assert json.loads(one["manifest.json"])["date"] == DAY
    assert date.fromisoformat(DAY).strftime("%d/%m/%Y") in one["asclepios.html"].decode()


@pytest.mark.full
def test_the_page_of_france_is_the_same_but_for_the_date(tmp_path: Path) -> None:
    found = twice(FRANCE, tmp_path)
    one, other = (OF_THE_RUN.sub("…", each["france.html"].decode()) for each in found)
    assert one == other
