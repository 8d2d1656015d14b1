"""An invented example is one whatever table shows it; figures that differ are told."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.files import write_french_csv
from cpts_geo.indicators.aci.agreement import disagreements
from cpts_geo.indicators.aci.fiche import aci_table
from cpts_geo.indicators.filled.blank import blank_table
from cpts_geo.indicators.filled.checked import checked_rows
from cpts_geo.sources.analyst.aci.codes import aci_indicators
from cpts_geo.sources.analyst.aci.file import read_aci
from cpts_geo.sources.analyst.aci.template import aci_template
from cpts_geo.sources.analyst.filled.file import read_filled
from cpts_geo.sources.analyst.filled.invented import invented
from cpts_geo.sources.analyst.filled.templates import templates

KEY = "lvo"
PEOPLE = (4_321.0, 45_828.0, 140_148.0)
#: Tables that count the same patients, or doctors, as some indicators of the ACI.
BESIDE = ("acces-mt", "passages", "sas")


def areas(people: float) -> pd.DataFrame:
    """The territory alone."""
    return pd.DataFrame(
        [{"territory": KEY, "area_level": "cpts", "area_code": KEY, "area_name": "CPTS LVO",
          "people": people}]
    )  # fmt: skip


def both(folder: Path, people: float, year: int = 2025) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The example of the ACI, and those of the filled tables, read back."""
    write_french_csv(*aci_template({KEY: people}, example_year=year), folder / "aci.csv")
    aci = aci_table(read_aci(folder / "aci.csv").rows.loc[KEY])
    filled = []
    for table in BESIDE:
        made = blank_table(table, areas=[areas(people)], members=None, example_year=year)
        write_french_csv(*made, folder / f"{table}.csv")
        filled += read_filled(folder / f"{table}.csv")
    rows, notes = checked_rows(
        filled, {KEY: areas(people)}, inside={KEY: pd.Series(dtype=float)}, communes={}
    )
    assert not notes
    return aci, rows


def told_of(aci: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, ...]:
    """What is told of one territory."""
    return disagreements({KEY: aci}, rows, names=pd.Series({KEY: "CPTS LVO"}))


@pytest.mark.parametrize("people", PEOPLE)
def test_the_examples_of_two_tables_say_the_same(tmp_path: Path, people: float) -> None:
    aci, rows = both(tmp_path, people)
    lines = {each.line for each in aci_indicators().values()} - {""}
    assert lines <= {*rows["line"]}
    assert told_of(aci, rows) == ()


def test_every_figure_of_one_year_that_is_two_is_told(tmp_path: Path) -> None:
    aci, rows = both(tmp_path, PEOPLE[-1])
    other = rows.assign(number=rows["number"] + 100, share=rows["share"] * 0.9)
    told = told_of(aci, other)
    linked = [each for each in aci_indicators().values() if each.line]
    # The table of visits has no number of them.
    assert len(told) == len(linked) - 1
    assert all("2025" in each and "deux chiffres" in each for each in told)


def test_another_year_denies_nothing(tmp_path: Path) -> None:
    aci, rows = both(tmp_path, PEOPLE[-1])
    later = rows.assign(number=rows["number"] * 1.2, date="2026-12-31")
    assert told_of(aci, later) == ()


@pytest.mark.parametrize("people", [0.0, 1.0, 87.0, *PEOPLE])
def test_a_part_is_never_above_its_whole(people: float) -> None:
    for table in BESIDE:
        for code, line in templates()[table].lines.items():
            found = invented(code, people=people)
            assert not found.number > found.population
            assert not found.share > 100.0
            if line.within and line.unit:
                assert found.number <= invented(line.within, people=people).number


def test_visits_are_as_many_as_their_rate() -> None:
    """Shares of visits are of those of the rate."""
    rate = invented("passages", people=1_000).number
    admitted = invented("sans_hospitalisation", people=1_000)
    assert admitted.population == rate
    assert math.isclose(admitted.number, rate * admitted.share / 100, abs_tol=0.5)
    sites = sum(invented(f"site_{place}", people=1_000).number for place in (1, 2, 3))
    assert 0.5 * rate < sites <= rate
