"""Tables to fill of several territories: made together, given to a report on some of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.errors import CptsGeoError
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.sources.analyst.filled.templates import INVENTED, templates
from tests.conftest import Command

#: Two territories of an analyst, of three communes each.
LIST = "cpts;insee\n" + "".join(
    f"{name};{code}\n"
    for name, codes in {
        "Nord": ("45252", "45119", "45095"),
        "Sud": ("45253", "45310", "45050"),
    }.items()
    for code in codes
)
PARTS = {"acces-mt": "mt_access", "passages": "passages", "sas": "sas", "zonage": "zoning"}


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    path = tmp_path / "deux.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def run(lists: Path, *files: Path, only: str = "Nord") -> Analysis:
    options = Options(draws=200, indicators=files, fetched=False)
    return analyse(Request(perimeter=lists, only=[only]), options)


def made(command: Command, lists: Path, table: str, *more: object) -> Path:
    """An example of a table, of the two territories."""
    path = lists.with_name(f"{table}.csv")
    asked = ("template", table, "--perimeter", lists, "--example", "--output", path)
    code, _, err = command(*asked, *more)
    assert code == 0, err
    return path


def test_a_table_of_two_territories_serves_a_report_on_one(command: Command, lists: Path) -> None:
    paths = [made(command, lists, table) for table in (*templates(), "aci")]
    for path in paths:
        assert {"nord", "sud"} <= {*path.read_text("utf-8-sig").lower().replace(";", " ").split()}
    found = run(lists, *paths)
    [key] = found.studies
    for part in PARTS.values():
        assert set(found.table(part)["producer"]) == {INVENTED}, part
    assert found.studies[key].aci is not None
    told = [note for note in found.notes if "lignes d’autres territoires laissées" in note]
    assert sorted(told) == sorted(
        f"{path.name} : lignes d’autres territoires laissées (sud)." for path in paths
    )


@pytest.mark.parametrize("table", ["sas", "aci", "zonage"])
def test_a_table_of_none_of_those_asked_is_refused(
    table: str, command: Command, lists: Path
) -> None:
    path = made(command, lists, table)
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ";nord;" not in f";{line}"), "utf-8")
    with pytest.raises(CptsGeoError, match="sud »") as refused:
        run(lists, path)
    assert "demandés : nord" in str(refused.value)


@pytest.mark.parametrize("table", ["acces-mt", "passages", "zonage", "sas", "aci"])
def test_an_example_of_two_territories_is_whole_for_each(
    table: str, command: Command, lists: Path
) -> None:
    path = made(command, lists, table)
    for name in ("Nord", "Sud"):
        found = run(lists, path, only=name)
        [study] = found.studies.values()
        told = study.aci if table == "aci" else getattr(study, PARTS[table])
        assert told is not None and study.invented
        status = told["value_status"] if table == "aci" else told["status"]
        assert set(status) <= {"assumed", "masked", "masked_under_11"}, name


@pytest.mark.parametrize("table", ["acces-mt", "passages", "zonage", "sas", "aci"])
def test_the_year_of_an_example_is_the_one_asked(table: str, command: Command, lists: Path) -> None:
    def years(*more: object) -> set[str]:
        path = made(command, lists, table, "--replace", *more)
        rows = pd.read_csv(path, sep=";", dtype=str).fillna("")
        return {str(year) for year in rows["Année N" if table == "aci" else "Date"]} - {""}

    assert years("--year", "2023") == {"2023"}
    assert years() == {str(date.today().year - 1)}


def test_a_year_is_of_an_example_alone(command: Command, tmp_path: Path) -> None:
    asked = ("template", "sas", "lvo", "--year", "2024", "--output", tmp_path / "sas.csv")
    code, _, err = command(*asked)
    assert code != 0 and "ajoutez --example" in err and not (tmp_path / "sas.csv").exists()
    # The former spelling of the option is still understood.
    assert command("template", "sas", "lvo", "--out", tmp_path / "sas.csv")[0] == 0
    assert (tmp_path / "sas.csv").is_file()
