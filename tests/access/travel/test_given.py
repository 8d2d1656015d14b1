"""An analyst's travel table: what it lacks, its one-way pairs and its diagonal are said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from cpts_geo.access.travel.given import given_times, lacking_notes
from cpts_geo.analysis import Options, analyse
from cpts_geo.errors import ScenarioError, TravelError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.analyst.travel.file import read_travel_file

CODES = pd.Series(["45130", "45203", "45028"])


def table(folder: Path, *rows: tuple[str, str, float]) -> Path:
    path = folder / "temps.csv"
    frame = pd.DataFrame(rows, columns=["origine", "destination", "minutes"])
    frame.to_csv(path, index=False)
    return path


def notes(path: Path) -> str:
    return " ".join(given_times(path, None, codes=CODES)[1])


def test_one_way_pairs_are_counted(tmp_path: Path) -> None:
    rows = [("45130", "45203", 9.0), ("45203", "45130", 8.0), ("45130", "45028", 12.0)]
    said = notes(table(tmp_path, *rows))
    assert "1 paire n’a de temps que dans un sens, sur 2" in said
    assert "un sens" not in notes(table(tmp_path, *rows, ("45028", "45130", 12.0)))


def test_a_city_at_the_other_level_than_the_run_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, ("75113", "75114", 9.0), ("75114", "75113", 8.0), ("99999", "75113", 1))
    whole = " ".join(given_times(path, None, codes=pd.Series(["75056"]))[1])
    assert "codes absents du COG 2026, laissés de côté : 99999" in whole
    assert "l’analyse prend à l’autre niveau, laissés de côté : 75113, 75114" in whole
    parts = " ".join(given_times(path, None, codes=pd.Series(["75113", "75114"]))[1])
    assert "autre niveau" not in parts


def test_a_diagonal_other_than_zero_is_kept_and_said(tmp_path: Path) -> None:
    rows = [("45130", "45203", 9.0), ("45203", "45130", 8.0), ("45130", "45130", 4.0)]
    path = table(tmp_path, *rows, ("45203", "45203", 0.0))
    times, said = given_times(path, None, codes=CODES)
    assert "1 commune a un temps vers elle-même autre que 0 (4,0\u202fmin)" in " ".join(said)
    assert times is not None
    kept = times.pairs().set_index(["origin", "destination"])["minutes"]
    assert kept["45130", "45130"] == 4.0


def test_communes_without_a_time_are_named_up_to_fifty(tmp_path: Path) -> None:
    path = table(tmp_path, ("45130", "45203", 9.0), ("45203", "45130", 8.0))
    times, _ = given_times(path, None, codes=CODES)
    assert lacking_notes(times, pd.DataFrame({"code_insee": ["45130"], "name": ["Dry"]})) == ()
    many = pd.DataFrame({"code_insee": [f"{code:05d}" for code in range(60)], "name": "X"})
    [said] = lacking_notes(times, many)
    assert said.startswith(
        "Temps fournis par l’analyste : 60 communes du périmètre n’ont aucun temps"
    )
    assert said.count("X (") == 50
    assert "et 10 autres" in said


@pytest.mark.parametrize(
    ("key", "passes"), [("travel_pairs", 2), ("travel_columns", 3), ("travel_bytes", 74)]
)
def test_text_tables_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, passes: int
) -> None:
    path = table(tmp_path, ("45130", "45203", 9.0), ("45203", "45130", 8.0))
    if key == "travel_bytes":
        passes = path.stat().st_size
    monkeypatch.setitem(LIMITS, key, passes)
    assert len(read_travel_file(path)) == 2
    monkeypatch.setitem(LIMITS, key, passes - 1)
    with pytest.raises(TravelError, match="trop"):
        read_travel_file(path)


@pytest.mark.parametrize(("key", "passes"), [("travel_pairs", 2), ("travel_columns", 3)])
def test_parquet_tables_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, passes: int
) -> None:
    ends = ["45130", "45203"]
    read = pa.table({"origine": ends, "destination": ends[::-1], "minutes": [9.0, 8.0]})
    path = tmp_path / "temps.parquet"
    parquet.write_table(read, path)
    monkeypatch.setitem(LIMITS, key, passes)
    assert read_travel_file(path)["minutes"].tolist() == [9.0, 8.0]
    monkeypatch.setitem(LIMITS, key, passes - 1)
    with pytest.raises(TravelError, match="trop"):
        read_travel_file(path)
    monkeypatch.setitem(LIMITS, key, passes)
    monkeypatch.setitem(LIMITS, "travel_unpacked", 10)
    with pytest.raises(TravelError, match="une fois décompressé"):
        read_travel_file(path)


def test_a_scenario_of_more_people_than_the_perimeter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    text = 'base = "ouest_loiret"\npopulation = 60000\npeople_without_mt = 45829\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="n’est pas celui de ce périmètre"):
        analyse(Request(["ouest_loiret"]), Options(scenario=path, draws=500, fetched=False))
