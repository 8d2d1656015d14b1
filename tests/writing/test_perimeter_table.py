"""The table of known perimeters, compiled again: same bytes, rows written by hand as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo import settings
from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding.embedded import LISTED
from cpts_geo.sources.status import status_table
from cpts_geo.writing.perimeter_table import FILE, build_perimeters


@pytest.fixture
def cpts_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cpts"
    shutil.copytree(settings.CPTS_DIR, folder)
    monkeypatch.setattr(settings, "CPTS_DIR", folder)
    return folder


def test_compiling_again_gives_the_committed_bytes(official_dir: Path, tmp_path: Path) -> None:
    said: list[str] = []
    build_perimeters(official_dir=official_dir, output=tmp_path, say=said.append)
    assert (tmp_path / FILE).read_bytes() == (settings.CPTS_DIR / FILE).read_bytes()
    [line] = said
    assert "12 CPTS listées" in line
    assert "05024 + 05088 + 05150" in line
    assert line.endswith("laissées de côté : 04234, 05121")


def test_only_the_compiled_rows_are_written_anew(official_dir: Path, cpts_copy: Path) -> None:
    path = cpts_copy / FILE
    before = path.read_text("utf-8")
    note = '"homonyme de Chenereilles 43069 (Haute-Loire), écarté"'
    assert note in before
    mine = before.replace(note, "relu à la main")
    # A row of the list that someone changed or lost comes back.
    lines = [line for line in mine.splitlines() if not line.startswith("verdon,")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    build_perimeters(official_dir=official_dir, output=cpts_copy, say=lambda _: None)
    assert path.read_text("utf-8") == mine
    table = pd.read_csv(path, dtype=str)
    assert table["source"].value_counts().to_dict() == {"ars_paca_cpts": 325, "communiques": 198}


def test_an_altered_list_changes_nothing(tmp_path: Path, cpts_copy: Path) -> None:
    before = (cpts_copy / FILE).read_bytes()
    (tmp_path / str(sources()["ars_paca_cpts"].file)).write_text("cpts,code_commune\n")
    with pytest.raises(DataFileError, match="n’est pas le fichier attendu"):
        build_perimeters(official_dir=tmp_path, output=cpts_copy, say=lambda _: None)
    assert (cpts_copy / FILE).read_bytes() == before


def test_compiled_lists_are_said_to_be_embedded() -> None:
    states = status_table().set_index("source")["state"]
    assert {states[key] for key in LISTED} == {"embarqué"}
    assert states["ign_cpts"] == "absent"
