"""Files made after public reports, each read right or asked about with what to do next."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.errors import CptsGeoError
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.sources.analyst.calls.log import read_call_log
from cpts_geo.sources.analyst.travel.file import read_travel_file
from cpts_geo.sources.embedding import embedded
from tests.conftest import unavailable

#: Communes, by territory where there are several, or words of the question.
LISTS: dict[str, str] = {
    "shortname_exact.csv": "94042 94052 94028 94002",
    "shortname_far.csv": "93073 93074 93078 93071",
    "footnote_silent.csv": "si « \\(2\\) » appelle une note",
    "cp_two.csv": "aussi code postal de Beaugency",
    "cpts_grand_sud_reunion.csv": "97412 97417 97405",
    "cpts_ccfmv.csv": "92020 92023 92032 92046 92075",
    "pringy.csv": "74217 Pringy \\(74\\) → 74010 Annecy",
    "communes2022.csv": "Saint-Laurent-du-Mont » : nom inconnu",
    "x_cpts_col.xlsx": "45130 45024 | 45252",
    "x_filter_hidden_rows.xlsx": "45130 45024",
    "saintmartin.csv": "collectivité d’outre-mer",
    "cpts_paris13.csv": "75113",
    "cpts_lyon5.csv": "69385",
    "cp_before.csv": "45252 45203",
    "cp_after.csv": "45252 45203",
    "cedex.csv": "45234 45252 45203",
    "dep_label.csv": "75056",
    "bullets.txt": "45130 45203 45024 45116",
    "decree_style.txt": "77009 77016 77061",
    "and_last.txt": "45130 45024 45203",
    "bellevigne.csv": "49060 49261",
    "row_list.csv": "45130 45203 45024",
    "noheader.txt": "45130 45203 45024",
    "x_code_officiel.xlsx": "45130",
    "x_nom_cpts.xlsx": "45130 45024",
    "dep_paren_name.csv": "92020 94034 97412",
    "x_dep_name.xlsx": "92020 92075",
    "dep_3digits.csv": "92020 94034",
    "dep_float.csv": "92020 94034",
    "x_total.xlsx": "45130 45203 45024",
    "x_col_total_first.xlsx": "45130 45024",
    "x_pop_nc.xlsx": "45130 45024",
    "x_pop_float.xlsx": "45130 45024",
    "pithi_dup.csv": "45130 45024",
    "x_laposte_dup.xlsx": "45234",
    "cotedor_epci.csv": "--epci 200070910",
    "newcommune.csv": "69149",
    "g_national.geojson": '--only "CPTS 12"',
}
#: Territories drawn, and communes in all.
DRAWN = {
    "g_nm_cpts.geojson": (2, 13),
    "g_nom_struct.geojson": (2, 13),
    "g_gc.geojson": (1, 13),
    "g_mixed.geojson": (1, 13),
    "g.kml": (1, 13),
    "shp/zone.shp": (1, 13),
}
#: Calls of each log, how the first ended, and when it was.
LOGS = {
    "l_year_aggregate.csv": (5220, "appointment", "2024-01-02 00:00"),
    "l_year_sheets.xlsx": (2088, "appointment", None),
    "l_reunion_z.csv": (1, "appointment", "2024-03-04 08:30"),
    "l_reunion.csv": (2, "appointment", "2024-03-04 08:30"),
    "l_2digit.csv": (2, "appointment", "2024-03-04 08:30"),
    "l_serial_int.csv": (2, "appointment", "2024-03-04 08:30"),
    "l_dow.csv": (2, "appointment", "2024-03-04 08:30"),
    "l_google.csv": (1, "appointment", "2024-03-04 08:30"),
    "l_dotdate.csv": (1, "appointment", "2024-03-04 08:30"),
    "l_hmm.csv": (2, "appointment", "2024-03-04 08:30"),
    "l_doctolib2.csv": (3, "appointment", "2024-03-04 08:30"),
    "l_midnight.csv": (1, "appointment", "2024-03-04 23:50"),
}


@pytest.fixture(scope="session")
def cases(official_dir: Path) -> Path:
    """Folder of the cases, beside the producers' files."""
    folder = official_dir.parents[1] / "cases"
    if not folder.is_dir():
        unavailable(f"cases absent (looked in {folder})")
    return folder


@cache
def _france() -> dict[str, Any]:
    """What perimeters are looked for in."""
    return {
        "communes": embedded.load_communes(),
        "former": embedded.load_former_communes(),
        "arrondissements": embedded.load_arrondissements(),
    }


def _found(path: Path) -> Any:
    """Perimeters of a file."""
    return find_perimeters(Request(perimeter=path), **_france())


@pytest.mark.parametrize("name", LISTS)
def test_lists(cases: Path, name: str) -> None:
    expected = LISTS[name]
    if not re.fullmatch(r"[\d |]+", expected):
        with pytest.raises(CptsGeoError, match=expected):
            _found(cases / name)
        return
    found = _found(cases / name)
    codes = found.members.groupby("territory", sort=False)["code_insee"].agg(set)
    assert codes.tolist() == [set(part.split()) for part in expected.split(" | ")]


@pytest.mark.parametrize("name", DRAWN)
def test_polygons(cases: Path, name: str) -> None:
    found = _found(cases / name)
    assert (len(found.identity), len(found.members)) == DRAWN[name]


@pytest.mark.parametrize("name", LOGS)
def test_logs(cases: Path, name: str) -> None:
    calls, outcome, when = LOGS[name]
    log = read_call_log(cases / name)
    assert len(log) == calls
    assert outcome in set(log["outcome"].dropna())
    if when:
        assert log["time"].min().strftime("%Y-%m-%d %H:%M") == when


def test_durations(cases: Path) -> None:
    assert sorted(read_travel_file(cases / "tt_hhmm.csv")["minutes"]) == [6.0, 6.5]


def test_every_case_is_here(cases: Path) -> None:
    named = set(re.findall(r"^[^,]+,([^,]+),", (cases / "cases.csv").read_text("utf-8"), re.M))
    assert named - {"file"} == {*LISTS, *DRAWN, *LOGS, "tt_hhmm.csv"}
