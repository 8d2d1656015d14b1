"""An invented registre: read as any other, always the same, and never without its mark."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.capacity.checks.invented import REGISTRE, invented_requests
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.filled.templates import INVENTED
from cpts_geo.study.call_log import study_call_log
from cpts_geo.study.follow_up.follow_up import follow_up

BASE = load_scenario("beauce_gatinais")
PEOPLE = pd.Series({"45252": 9000.0, "45191": 8000.0})


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = invented_requests(BASE, year=2025, inside=PEOPLE, outside=["75056"])
    path = tmp_path_factory.mktemp("registre") / "registre.csv"
    table.assign(exemple=INVENTED).to_csv(path, sep=";", index=False)
    return path


def test_the_draw_of_a_year_is_always_the_same() -> None:
    one, two, other = (
        invented_requests(BASE, year=year, inside=PEOPLE, outside=[]) for year in (2025, 2025, 2024)
    )
    assert one.equals(two) and not one.equals(other)
    assert tuple(one.columns) == REGISTRE


def test_slots_of_a_day_are_never_exceeded(example: Path) -> None:
    table = pd.read_csv(example, sep=";")
    given = table[table["issue"] == "rendez-vous"]
    assert given["date_heure"].str[:10].value_counts().max() <= 8
    assert given["delai_heures"].notna().all()
    assert table.loc[table["issue"] != "rendez-vous", "delai_heures"].isna().all()


def test_every_column_is_read(example: Path) -> None:
    log = read_call_log(example)
    assert {"delay", "honoured", "own_doctor", "commune", "age_class"} <= set(log.columns)
    assert log.attrs["invented"] and not log["outcome"].isna().any()


def test_its_mark_goes_with_what_rests_on_it(example: Path, tmp_path: Path) -> None:
    assert follow_up(example, BASE).label == "CPTS Beauce-Gâtinais, exemple inventé"
    read = study_call_log(example, BASE)
    assert read.scenario.label.endswith(INVENTED)
    # Nobody counted what nobody asked.
    assert "measured" not in {
        str(each) for table in read.tables.values() for each in table.to_numpy().flat
    }
    bare = tmp_path / "registre.csv"
    pd.read_csv(example, sep=";", dtype=str).drop(columns="exemple").to_csv(
        bare, sep=";", index=False
    )
    assert follow_up(bare, BASE).label == "CPTS Beauce-Gâtinais"
    assert not read_call_log(bare).attrs["invented"]
    assert "measured" in set(study_call_log(bare, BASE).tables["outcome"]["calls_status"])
