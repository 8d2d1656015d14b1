"""The wheel, installed elsewhere: it holds its data, and needs nothing of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

USED = """
import cpts_geo as cg
found = cg.territory(["Artenay", "Patay"], departement=45, draws=500)
print(cg.__file__)
print(found.name, len(found.communes), found.capacity().value.slots_per_day.p90 > 0)
print(found.explore("apl")._repr_html_().startswith("<div><iframe"))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an environment where the wheel is installed, beside the libraries."""
    folder = tmp_path_factory.mktemp("ailleurs, à côté")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    install = ["-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    target = ["--python", str(python), str(wheel)]
    subprocess.run([sys.executable, *install, *target], check=True, capture_output=True)
    (site,) = (folder / "env" / "lib").glob("python*/site-packages")
    # The libraries are those of this environment: they come after what is installed here.
    libraries = sysconfig.get_path("purelib")
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return folder


def run(folder: Path, *command: str) -> str:
    """What a command says, far from the checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    place = folder / "travail"
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        [str(folder / "env" / "bin" / command[0]), *command[1:]],
        cwd=place,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="paths of an environment differ on Windows")
@pytest.mark.report
def test_the_wheel_is_used_elsewhere(elsewhere: Path) -> None:
    home, named, drawn = run(elsewhere, "python", "-P", "-c", USED).splitlines()
    assert Path(home).is_relative_to(elsewhere)
    assert (named, drawn) == ("Votre territoire 2 True", "True")
    assert run(elsewhere, "cpts-geo", "--version").startswith("cpts_geo ")
    said = run(
        elsewhere, "cpts-geo", "report", "asclepios", "--output", "sorties", "--draws", "500"
    )
    assert "asclepios.html" in said
    assert (elsewhere / "travail" / "sorties" / "index.html").is_file()
