"""``besoin.csv`` and ``lignes_connues.csv``: one public a territory, and nothing where unknown."""

from __future__ import annotations

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis, Options, analyse
from cpts_geo.capacity.need.learning import leave_one_out, shipped_lines
from cpts_geo.capacity.scenario.loading import load_scenarios
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.schema import GRADE_LABELS
from cpts_geo.writing._csv_tables import tables
from cpts_geo.writing._need_tables import lines_table, need_table

DRAWS = 2_000
OF_ALL = {"need", "met", "gap", "emergency"}
OF_PUBLIC = {"organised", "slots", "gp_hours"}


@pytest.fixture(scope="module")
def five() -> Analysis:
    """The five CPTS."""
    return analyse(Request(), Options(draws=DRAWS))


@pytest.fixture(scope="module")
def need(five: Analysis) -> pd.DataFrame:
    return pd.concat(
        [need_table(study).assign(territory=key) for key, study in five.studies.items()]
    )


def test_a_territory_has_the_rows_of_its_public_only(need: pd.DataFrame) -> None:
    for key, rows in need.groupby("territory"):
        device = load_scenarios()[str(key)].public
        of_all = rows[rows["quantity"].isin(OF_ALL)]
        assert set(of_all["quantity"]) == OF_ALL and set(of_all["public"]) == {"all"}
        assert sorted(of_all["per"]) == ["day"] * 4 + ["year"] * 4
        answered = rows[~rows.index.isin(of_all.index)]
        assert set(answered["quantity"]) == OF_PUBLIC
        assert set(answered["public"]) == ({"all", "no_mt"} if device is None else {device})
        assert not answered.duplicated(["public", "quantity", "per"]).any()


def test_figures_are_those_of_the_page(five: Analysis, need: pd.DataFrame) -> None:
    rows = need.set_index(["territory", "public", "quantity", "per"])
    for key, study in five.studies.items():
        for found in study.publics:
            slots = rows.loc[key, found.public, "slots", "day"]
            assert [slots["p10"], slots["p50"], slots["p90"]] == list(
                vars(found.answer.slots_per_day).values()
            )
            year = rows.loc[key, found.public, "organised", "year"]
            assert year["p50"] == found.answer.requests_per_year.p50
            hours = rows.loc[key, found.public, "gp_hours", "week"]
            assert hours["p90"] == found.answer.gp_hours_per_week.p90
        a_year, a_day = (rows.loc[key, "all", "gap", per]["p50"] for per in ("year", "day"))
        assert a_year == pytest.approx(a_day * study.scenario.opening_days_per_year)
    # What is left to no one is most of it; emergencies are inside it.
    day = rows.xs("day", level="per")["p50"].unstack("quantity").xs("all", level="public")
    assert (day["emergency"] < day["gap"]).all() and (day["gap"] < day["need"]).all()


def test_grades_and_statuses_are_those_of_the_house(need: pd.DataFrame) -> None:
    assert set(need["grade"]) <= set(GRADE_LABELS)
    # National rates are suppositions, and so are the shares that own counts are read with.
    assert set(need["grade"]) == {"D"}
    assumed = need[need["status"] == "assumed"]
    assert set(assumed["territory"]) == {"asclepios"} and set(assumed["public"]) == {"no_mt"}


def test_a_log_with_outcomes_earns_a_grade(five: Analysis) -> None:
    study = five.studies["beauce_gatinais"]
    source = study.scenario.sources["calls_observed"].model_copy(update={"grade": "A"})
    sources = study.scenario.sources | {"calls_observed": source, "need_counted": source}
    counted = study.scenario.evolve(need_counted=(608, 392), sources=sources)
    rows = need_table(study.with_parts(scenario=counted, publics=study.publics))
    # The answer kept here is that of the press total: its grade is the answer's, not the study's.
    assert set(rows.loc[rows["quantity"] == "slots", "grade"]) == {"D"}
    again = analyse(Request(["beauce_gatinais"]), Options(draws=DRAWS)).studies["beauce_gatinais"]
    rows = need_table(again.with_parts(scenario=counted))
    assert set(rows.loc[rows["quantity"] == "slots", "grade"]) == {"B"}
    assert set(rows.loc[rows["quantity"] == "need", "grade"]) == {"D"}


def test_where_no_apl_is_known_the_need_is_empty_and_said(five: Analysis) -> None:
    """Mayotte has no APL: its need is unknown, that of people without MT is the national share."""
    study = analyse(Request(epci=["200060465"]), Options(draws=DRAWS)).studies.popitem()[1]
    assert study.scenario.area is None
    rows = need_table(study)
    unknown = rows[rows["quantity"].isin(OF_ALL) | (rows["public"] == "all")]
    assert len(unknown) == 12
    assert set(unknown["status"]) == {"unknown"} and set(unknown["grade"]) == {""}
    assert unknown[["p10", "p50", "p90"]].isna().all(axis=None)
    known = rows[rows["public"] == "no_mt"]
    assert known[["p10", "p50", "p90"]].notna().all(axis=None)
    assert set(known["status"]) == {"assumed"}


def test_known_lines_stand_beside_what_the_others_predict() -> None:
    checked = leave_one_out(shipped_lines(), draws=DRAWS)
    before = checked.copy()
    table = lines_table(checked)
    pd.testing.assert_frame_equal(checked, before)
    bounds = [f"{name}_{bound}" for name in ("predicted", "own") for bound in ("p10", "p50", "p90")]
    assert list(table.columns) == [
        "line", "name", *bounds, "rank", "inside", "kind", "access", "saturated", "grade"
    ]  # fmt: skip
    assert len(table) == 5
    assert (table["inside"] == table["own_p50"].between(table["predicted_p10"],
                                                        table["predicted_p90"])).all()  # fmt: skip


def test_both_are_tables_of_a_run() -> None:
    found = tables(analyse(Request(["asclepios"]), Options(draws=DRAWS)))
    assert list(found["besoin"].columns)[:4] == ["territory", "public", "quantity", "per"]
    assert set(found["besoin"]["territory"]) == {"asclepios"}
    assert len(found["lignes_connues"]) == 5
