"""Access of territories, gathered: columns of communes, usual scenarios, what is not known."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.errors import ScenarioError
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.access import TerritoryAccess, study_access
from tests.atlas.said import without_figures
from tests.kept import analysed

GP = "gp_minutes_approx_2024"
#: Of DREES, where it publishes them and no times were given.
EMERGENCY = "minutes_su_smur_2019"
BY_FILE = "gp_minutes_file_2024"


def run(*territories: str, **options: object) -> Analysis:
    return analysed(territories, draws=300, fetched=False, **options)


def access_of(**options: object) -> TerritoryAccess:
    return run("ouest_loiret", **options).studies["ouest_loiret"].access


@pytest.fixture(scope="module")
def two() -> Analysis:
    return run("ouest_loiret", "lvo")


@pytest.fixture(scope="module")
def ouest_loiret() -> list[str]:
    table = embedded.load_perimeters().query("territory == 'ouest_loiret'")
    return list(table["code_insee"])


@pytest.fixture
def table_of(tmp_path: Path) -> Callable[[list[str]], Path]:
    """A file of times between communes: 5 minutes and one more a rank of difference."""

    def write(codes: list[str]) -> Path:
        rows = ["origine,destination,minutes"]
        for a, start in enumerate(codes):
            for b, end in enumerate(codes):
                rows.append(f"{start},{end},{5 + abs(a - b) if a != b else 0}")
        path = tmp_path / "temps du bureau.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return write


# --- columns of communes ----------------------------------------------------------------


def test_communes_get_minutes_and_the_two_usual_scenarios(two: Analysis) -> None:
    table = two.communes.set_index("code_insee")
    access = [name for name in table if name in COLUMNS and COLUMNS[name].kind == "derived"]
    scenarios = [f"apl_{word}_{k}" for k in (1, 2) for word in ("shift", "after")]
    assert {GP, *scenarios} <= set(access)
    # Those of DREES are a figure of the communes: nothing is approached beside them.
    assert EMERGENCY in table
    assert not [name for name in access if name.startswith("emergency_minutes")]
    assert not [name for name in access if name.endswith("_3")]
    # A GP practises in Meung in 2024, none in Baccon.
    assert table.at["45203", GP] == 0
    assert 0 < table.at["45019", GP] < 15
    assert set(table.loc[["45203", "45019"], f"{GP}_status"]) == {"estimated"}
    known = table["apl_2023"] + table["apl_shift_1"]
    pd.testing.assert_series_equal(table["apl_after_1"], known, check_names=False)
    assert set(table["apl_shift_1_status"]) == {"assumed"}


def test_the_island_is_joined_to_nothing_and_has_its_own_care(two: Analysis) -> None:
    yeu = two.communes.set_index("code_insee").loc["85113"]
    # A health centre is there, and no liberal GP: care on the spot, which is an estimate.
    assert (yeu["gps_2024"], yeu["health_centres_2024"]) == (0, 1)
    assert (yeu[GP], yeu[f"{GP}_status"]) == (0, "estimated")
    assert two.studies["lvo"].access.on_spot == ("85113",)
    assert pd.isna(yeu[EMERGENCY])
    assert yeu[f"{EMERGENCY}_status"] == "unknown"
    assert yeu[["km_to_emergency_2024", "km_to_pharmacy_2024"]].isna().all()
    # A departure on the mainland changes nothing there: that is known.
    assert (yeu["apl_shift_1"], yeu["apl_shift_1_status"]) == (0, "assumed")
    assert two.studies["lvo"].access.opening.left_out == ("85113",)
    every = two.studies["lvo"].access.coverage
    central = every[every["variant"] == "central"]
    far, near = (central[central["facility"] == name] for name in ("emergency", "gp"))
    assert set(far["beyond"]) == {yeu["population"]}
    assert set(near["beyond"]) == {0}
    assert set(central["unknown"]) == {0}
    assert far["mean_minutes"].isna().all()
    assert near["mean_minutes"].notna().all()


def test_rows_stay_as_they_were(two: Analysis) -> None:
    members = embedded.load_perimeters().query("source == 'communiques'")
    wanted = members[members["territory"].isin(["ouest_loiret", "lvo"])]
    pairs = two.communes[["territory", "code_insee"]].to_numpy().tolist()
    assert sorted(pairs) == sorted(wanted[["territory", "code_insee"]].to_numpy().tolist())
    assert two.communes.index.is_unique
    assert two.communes.crs == two.national.crs


def test_every_access_column_has_a_status_that_agrees_with_it(two: Analysis) -> None:
    for name in two.communes:
        if str(name).endswith("_status"):
            value = str(name).removesuffix("_status")
            if value in two.communes:
                unknown = two.communes[name] == "unknown"
                assert (unknown == two.communes[value].isna()).all(), name


# --- usual scenarios --------------------------------------------------------------------


def test_usual_scenarios_are_a_departure_and_a_centre_of_the_hours_needed(two: Analysis) -> None:
    for key, study in two.studies.items():
        result, found = study.headline, study.access
        departure, *centres = (shift.changes[0] for shift in found.shifts)
        assert not found.asked
        assert departure.kind == "departure"
        part = two.communes[two.communes["territory"] == key].set_index("code_insee")
        assert part.at[departure.code, "gps_2024"] == part["gps_2024"].max()
        # Where a centre open today carries the demand, none opens.
        assert len(centres) == (found.opening.sites_needed > len(found.opening.existing))
        if not centres:
            continue
        (centre,) = centres
        assert centre.kind == "centre"
        assert centre.code == found.opening.proposed[0][0]
        # Several sites share the hours and the requests: the first is shown.
        sites = len(found.opening.best)
        a_week = result.gp_hours_per_week.p50 / sites * 60 / result.scenario.minutes[1]
        asked = found.opening.requests_per_day * result.scenario.opening_days_per_year / sites
        assert centre.consultations == pytest.approx(min(50 * a_week, asked))


def test_the_centre_of_ouest_loiret_has_the_hours_of_its_answer(two: Analysis) -> None:
    (centre,) = two.studies["ouest_loiret"].access.shifts[1].changes
    assert "11,1 h de consultation par semaine" in centre.words


# --- scenarios asked for ----------------------------------------------------------------


def test_scenarios_asked_for_replace_the_usual_ones() -> None:
    found = run("ouest_loiret", changes=["arrivée:Baule", "centre:Beaugency:12"])
    access = found.studies["ouest_loiret"].access
    assert access.asked
    titles = [shift.title for shift in access.shifts]
    assert titles == ["Un médecin s’installe : Baule", "Un lieu de SNP ouvre : Beaugency"]
    assert list(found.parameters["changes"]) == ["arrivée:Baule", "centre:Beaugency:12"]
    assert found.communes.set_index("code_insee").at["45024", "apl_shift_1"] > 0


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        # One text alone is one scenario.
        ("arrivée:Baule", ["Un médecin s’installe : Baule"]),
        # Those of one name are told apart.
        (
            ["réduction:Saint-Ay:5000", "réduction:Saint-Ay:4000", "départ:Saint-Ay"],
            [*(f"Un médecin réduit son activité : Saint-Ay ({k})" for k in (1, 2)),
             "Un médecin part : Saint-Ay"],
        ),
        # Orléans is next door; Vennecy, within 45 minutes by the widest law alone, touches nobody.
        (["départ:Orléans"], ["Un médecin part : Orléans"]),
        (["arrivée:Vennecy"], []),
    ],
)  # fmt: skip
def test_scenarios_asked_for_are_shown_where_they_touch_someone(
    asked: str | list[str], titles: list[str]
) -> None:
    access = access_of(changes=asked)
    assert access.asked
    assert [shift.title for shift in access.shifts] == titles


@pytest.mark.parametrize(
    ("scenarios", "said"),
    [
        (["départ:Baccon", "réduction:Charsonville:3000"], "aucun médecin généraliste"),
        # Three were there in 2017, none in 2024.
        (["départ:Baule"], "aucun médecin généraliste"),
        (["départ:Saint-Ay"] * 4, "4 changements"),
        (["départ:Bordeaux"], "introuvable autour du territoire"),
    ],
)
def test_scenarios_that_cannot_be_are_refused(scenarios: list[str], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        run("ouest_loiret", changes=scenarios)
    assert any(said in defect for defect in refused.value.defects)


# --- times of the analyst ---------------------------------------------------------------


def test_the_analysts_times_take_the_place_of_the_approximations(
    table_of: Callable[[list[str]], Path], ouest_loiret: list[str]
) -> None:
    path = table_of(ouest_loiret)
    found = run("ouest_loiret", travel=path)
    access = found.studies["ouest_loiret"].access
    assert not access.approximate
    assert "temps du bureau.csv" in access.times.label
    assert set(access.coverage["variant"]) == {"central"}
    assert BY_FILE in found.communes
    assert GP not in found.communes
    gps = found.communes.set_index("code_insee")["gps_2024"].reindex(ouest_loiret)
    ranks = [k for k, count in enumerate(gps) if count > 0]
    minutes = found.communes.set_index("code_insee")[BY_FILE]
    for k, code in enumerate(ouest_loiret):
        nearest = min(abs(k - other) for other in ranks)
        assert minutes[code] == (5 + nearest if nearest else 0), code
    # No hospital stands in the table, and some do around: how far they are is not known.
    emergency = access.coverage[access.coverage["facility"] == "emergency"]
    assert emergency["share"].isna().all()
    assert set(emergency["unknown"]) == {45_828}
    # Where to open has an answer all the same.
    assert access.opening is not None
    assert access.opening.today == ()
    assert found.parameters["travel"] == path.name
    assert path.name in found.inputs


def test_a_table_that_lacks_a_place_leaves_the_usual_scenario_out(
    table_of: Callable[[list[str]], Path], ouest_loiret: list[str]
) -> None:
    known = [code for code in ouest_loiret if code != "45067"]  # Chaingy, where most GPs are
    found = run("ouest_loiret", travel=table_of(known))
    access = found.studies["ouest_loiret"].access
    assert access.shifts == ()
    # No centre is among the usual ones: the best place is a tie.
    assert access.opening.doubt == "tied"
    (first,) = access.set_aside
    assert "ne connaissent pas cette commune" in first
    assert access.opening.left_out == ("45067",)
    row = found.communes.set_index("code_insee").loc["45067"]
    assert pd.isna(row[BY_FILE])
    assert row[f"{BY_FILE}_status"] == "unknown"
    centre = f"centre:{access.opening.best[0]}:11"
    asked = access_of(travel=table_of(known), changes=["départ:Chaingy", centre])
    again, second = asked.set_aside
    assert again == first
    assert "partagent ce bassin" in second


# --- where little is known --------------------------------------------------------------


def test_a_territory_without_figures_has_no_minute_and_no_scenario() -> None:
    """Guéret, were no figure known: who practises there is unknown, not nobody."""
    found = analysed(epci=["Grand Guéret"], draws=300, fetched=False)
    (study,) = without_figures(found).studies.values()
    access = study.access
    assert access.coverage.empty
    assert access.cells.empty
    assert access.shifts == ()
    minutes = [name for name in study.communes if re.search(r"minutes\w*_20\d\d$", name)]
    assert study.communes[minutes].isna().all().all()
    assert access.opening is not None
    assert access.opening.stability is None
    assert access.opening.today == ()


def test_a_territory_too_large_for_one_queue_has_its_minutes_all_the_same(two: Analysis) -> None:
    study = two.studies["ouest_loiret"]
    before = study.figures.copy()
    found = study_access(study.figures, study.common.surroundings, result=None)
    assert found.opening is None
    assert [shift.changes[0].kind for shift in found.shifts] == ["departure"]
    assert found.columns[GP].equals(study.communes[GP])
    pd.testing.assert_frame_equal(pd.DataFrame(study.figures), pd.DataFrame(before))


def test_whole_departements_have_a_territory_an_intercommunalite() -> None:
    found = analysed(departements=["23"], draws=300, fetched=False)
    assert len(found.studies) == len(found.territories) > 5
    # Far from the five, who practises where is known all the same.
    assert not any(study.access.coverage.empty for study in found.studies.values())
    assert set(found.communes[f"{GP}_status"]) == {"estimated"}
