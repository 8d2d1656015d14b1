"""The face: ten names, whatever way a territory is named, results that show themselves."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.config import InlineBackend

import cpts_geo as cg
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.views.view import View, text_of
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.errors import AskedError, PerimeterError, ScenarioError
from cpts_geo.sources.embedding import embedded
from tests.conftest import ROOT

FEW = 500
NAMES = ["Artenay", "Patay", "St Péravy la Colonbe"]
CODES = ["45008", "45248", "45296"]


@pytest.fixture(scope="module")
def beauce() -> cg.Territory:
    return cg.territory("beauce_gatinais", draws=FEW)


def test_ten_names_are_all_there_is_to_complete() -> None:
    assert len(cg.__all__) == 10
    assert dir(cg) == sorted(cg.__all__)
    assert all(callable(getattr(cg, name)) for name in cg.__all__)


def test_importing_a_room_hides_no_name() -> None:
    """A folder of the package that bore the name of a function would take its place."""
    rooms = {path.name for path in (ROOT / "cpts_geo").iterdir()} | {
        path.stem for path in (ROOT / "cpts_geo").glob("*.py")
    }
    assert rooms & {*cg.__all__} == set()


def test_the_face_costs_nothing_until_it_is_used() -> None:
    code = "import cpts_geo as cg, sys; print(len([m for m in sys.modules if 'cpts_geo' in m]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def of_codes() -> gpd.GeoDataFrame:
    communes = embedded.load_communes()
    return communes[communes["code_insee"].isin(CODES)]


@pytest.mark.parametrize(
    "named",
    [
        lambda _: {"what": NAMES, "departement": 45},
        lambda _: {"what": tuple(NAMES), "departement": ["45"]},
        lambda _: {"what": pd.Series(NAMES), "departement": "Loiret"},
        lambda _: {"what": CODES},
        lambda _: {"what": [int(code) for code in CODES]},
        lambda _: {"what": np.array([int(code) for code in CODES])},
        lambda _: {"what": pd.DataFrame({"commune": NAMES}), "departement": "45"},
        lambda _: {"what": pd.DataFrame({"code_insee": [int(code) for code in CODES]})},
        lambda _: {"what": of_codes()},
        lambda _: {"what": of_codes()[["geometry"]]},
        lambda folder: {"what": folder / "liste.csv"},
        lambda folder: {"what": str(folder / "liste.csv"), "name": "Le mien"},
    ],
)
def test_natural_arguments_name_the_same_communes(
    named: Callable[[Path], dict[str, Any]], tmp_path: Path
) -> None:
    pd.DataFrame({"code_insee": CODES}).to_csv(tmp_path / "liste.csv", index=False)
    found = cg.territory(**named(tmp_path), draws=FEW)
    assert sorted(found.study.figures["code_insee"]) == CODES


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "200070183"},
        {"what": 200070183},
        {"what": np.int64(200070183)},
        {"epci": 200070183},
        {"epci": ["200070183"]},
        {"epci": "Terres du Val de Loire"},
    ],
)
def test_natural_arguments_name_the_same_intercommunalite(asked: dict[str, Any]) -> None:
    assert cg.territory(**asked, draws=FEW).name == "CC des Terres du Val de Loire"


def test_a_departement_is_one_territory_or_those_that_it_holds() -> None:
    whole = cg.territory(departement=90, draws=FEW)
    assert (whole.name, len(whole.study.figures)) == ("Territoire de Belfort", 101)
    parts = cg.territories(departement="90", draws=FEW)
    assert sum(len(part.study.figures) for part in parts.values()) == 101
    assert len(cg.territory(departement=1, draws=FEW).study.figures) > 300


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"what": "Poher"}, 'epci="242900744"'),
        ({"what": "absent.csv"}, "absent.csv n’existe pas"),
        ({"what": 45}, "departement=45"),
        ({"what": []}, "La liste de communes est vide"),
        ({"what": True}, "ne désigne aucun territoire"),
        ({"what": ["beauce_gatinais", "lvo"]}, "CPTS Loire-Vendée-Océan : lvo"),
        ({}, "5 territoires sont désignés"),
        ({"what": "lvo", "scenari": "x"}, "scenario"),
        ({"what": "lvo", "departement": 45}, "un seul à la fois"),
    ],
)
def test_what_is_not_understood_says_what_to_write(asked: dict[str, Any], said: str) -> None:
    with pytest.raises((PerimeterError, AskedError)) as caught:
        cg.territory(**asked)
    assert said in str(caught.value)


def views(found: cg.Territory) -> dict[str, View]:
    whole = {
        "indicators": found.indicators,
        "audit": found.audit,
        "sources": found.sources,
        "need": found.need(),
        "capacity": found.capacity(),
        "access": found.access(),
        "opening": found.where_to_open(),
    }
    parts = {f"{name}.{key}": view[key] for name, view in whole.items() for key in view}
    return whole | parts


class Tags(HTMLParser):
    """Tags that are opened and not closed, and the levels of headings."""

    VOID = frozenset({"img", "br", "input", "meta", "link", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_shown(title: str, html: str) -> None:
    """One element, closed and named, that asks nothing, runs nothing and leads nowhere; patterns
    of drawings alone have a name, the same wherever they stand."""
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert html.startswith('<section class="cpts-geo"')
    assert inline_assets(html) == html
    assert not re.search(r'<script|href="#|<(?!pattern)[^>]* id="', html), title


PLACES = {
    "beauce_gatinais": {"what": "beauce_gatinais"},
    "epci": {"what": "200070183"},
    "reunion": {"what": "249740101"},
    "mayotte": {"what": "200059871"},
    "paris": {"what": ["Paris 13e Arrondissement"]},
    "sein": {"what": ["Île-de-Sein"], "departement": "29"},
}


@pytest.mark.parametrize("place", PLACES)
def test_every_result_shows_itself(place: str) -> None:
    found = cg.territory(**PLACES[place], draws=FEW)
    check_shown(found.name, found._repr_html_())
    assert found.name in repr(found)
    for name, view in views(found).items():
        check_shown(name, view._repr_html_())
        said = repr(view)
        assert said.splitlines()[0] == view.title
        assert len(said.splitlines()) > 1, name
        assert "nan" not in said.lower().replace("finan", "").split(), name


def test_a_result_says_its_sources_and_signs(beauce: cg.Territory) -> None:
    said = repr(beauce.indicators)
    assert "Insee" in said and "Drees 2023 (A)" in said and "ƒ calculé" in said
    assert "donnée absente" in said
    assert len(repr(beauce)) < 3_000


def test_signs_and_grades_are_counted_where_they_are_read(beauce: cg.Territory) -> None:
    signs = beauce.indicators["signs"].table.set_index("label")["values"]
    mine = beauce.indicators.table.query("area_level == 'cpts'")["status"]
    assert signs["mesuré"] == (mine == "measured").sum() > 0
    assert signs.sum() == len(mine)
    grades = beauce.indicators["grades"].table
    assert list(grades["grade"]) == list("ABCD")
    assert grades["sources"].sum() == len(beauce.sources.value)


def test_an_absent_part_says_why_and_no_source_of_elsewhere_is_named() -> None:
    found = cg.territory("200070183", draws=FEW)
    assert "Aucun document" in repr(found.audit["gaps"])
    assert "n’en coupe aucune" in repr(found.audit["border"])
    assert "communiques" not in found.sources.table.index
    assert "communiques" in cg.territory("beauce_gatinais", draws=FEW).sources.table.index


def test_what_only_a_page_can_do_is_not_said(beauce: cg.Territory) -> None:
    said = [repr(beauce), *(repr(beauce.indicators[key]) for key in ("every", "communes"))]
    assert not re.search(r"Pourquoi|plus bas, source|Trait noir", "".join(said))


def test_a_map_alone_bears_its_name_and_its_source(beauce: cg.Territory) -> None:
    figure: Any = beauce.plot().figure
    assert figure.get_suptitle() == beauce.name
    assert "Drees" in figure.get_supxlabel()
    plt.close("all")


def test_an_error_shows_itself_without_a_traceback() -> None:
    with pytest.raises(PerimeterError) as caught:
        cg.territory(["Patay", "Sougi <b>"], departement=45)
    shown: Any = caught.value
    assert "\n".join(shown._render_traceback_()) == str(shown)
    assert "&lt;b&gt;" in shown._repr_html_() and "À faire" in shown._repr_html_()


def test_what_is_asked_is_kept(beauce: cg.Territory) -> None:
    assert beauce.capacity() is beauce.capacity()
    assert beauce.indicators is beauce.indicators
    assert beauce.where_to_open(2) is beauce.where_to_open(2)
    assert beauce.capacity()["months"] is beauce.capacity()["months"]


def test_other_values_give_what_their_scenario_gives(beauce: cg.Territory) -> None:
    tried = beauce.capacity(slots_today=16, deadline_days=0, minutes=20)
    assert isinstance(tried.value, Headline)
    assert tried.value.today is not None and tried.value.today.slots == 16
    same = beauce.capacity(
        cg.scenario("beauce_gatinais", slots_today=16, deadline_days=0, minutes=20)
    )
    assert same.value.slots_per_day == tried.value.slots_per_day
    assert tried.value.slots_per_day.p50 > beauce.capacity().value.slots_per_day.p50
    # Nothing of the territory itself has changed.
    assert beauce.capacity().value.today.slots == 8
    with pytest.raises(ScenarioError, match="slot_today"):
        beauce.capacity(slot_today=16)


def test_other_changes_of_supply_and_sites(beauce: cg.Territory) -> None:
    moved = beauce.access("départ:Pithiviers", "centre:Malesherbes:20").value
    assert [shift.title for shift in moved.shifts] == [
        "Un médecin part : Pithiviers",
        "Un lieu de SNP ouvre : Le Malesherbois",
    ]
    assert len(beauce.where_to_open(2).value.best) == 2
    with pytest.raises(AskedError, match="de 1 à 3"):
        beauce.where_to_open(4)
    with pytest.raises(ScenarioError):
        beauce.access("départ:Marseille")


def test_parts_are_proposed_and_others_refused(beauce: cg.Territory) -> None:
    capacity = beauce.capacity()
    assert capacity._ipython_key_completions_() == list(capacity)
    assert all(f'["{key}"]' in repr(capacity) for key in capacity)
    with pytest.raises(AskedError, match="months"):
        capacity["mois"]


def test_maps_are_given_back(beauce: cg.Territory) -> None:
    drawn = beauce.explore("apl")
    html = drawn._repr_html_()
    assert "srcdoc=" in html and "https://cdn" not in html
    assert beauce.explore("gps_2024", m=drawn) is drawn
    _, ax = plt.subplots()
    assert beauce.plot("share_75plus_2022", ax=ax) is ax
    assert beauce.plot("population_2017") is not ax
    plt.close("all")
    for draw in (beauce.explore, beauce.plot):
        with pytest.raises(AskedError, match="les plus proches"):
            draw("mean_age")


def test_what_leaves_is_masked_in_a_notebook_too(
    beauce: cg.Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate of reports stands before views: it is asked for, once, over the whole run."""
    from cpts_geo.api import territory as home  # noqa: PLC0415

    passed: list[Any] = []
    real = home.released
    monkeypatch.setattr(home, "released", lambda run: passed.append(run) or real(run))
    found = cg.territory("ouest_loiret", draws=FEW)
    assert found.name
    assert passed == []
    _ = found.audit, found.communes, found.indicators, found.capacity()
    assert len(passed) == 1


def test_several_territories_show_themselves() -> None:
    found = cg.territories(["lvo", "asclepios"], draws=FEW)
    assert list(found) == ["lvo", "asclepios"] and len(found) == 2
    check_shown("several", found._repr_html_())
    assert "CPTS Asclépios" in repr(found)
    assert "srcdoc=" in found.explore()._repr_html_()
    with pytest.raises(PerimeterError, match="lvo, asclepios"):
        found["nowhere"]


def test_two_scenarios_and_the_values_they_rest_on(beauce: cg.Territory) -> None:
    compared = cg.compare(beauce, cg.scenario(beauce, slots_today=16), draws=FEW)
    check_shown("compared", compared.html)
    assert compared.value.second.slots_today == 16
    assert cg.compare(beauce, beauce.capacity(slots_today=16), draws=FEW).table.equals(
        compared.table
    )
    shown = cg.parameters()
    check_shown("parameters", shown.html)
    assert {"target", "minutes"} <= {*shown.table["parameter"]}


def test_a_log_is_read_and_makes_a_scenario(beauce: cg.Territory, tmp_path: Path) -> None:
    days = pd.bdate_range("2024-03-04", periods=60)
    counts = pd.DataFrame({"date": days.strftime("%d/%m/%Y"), "appels": 20, "consultations": 8})
    counts.to_csv(tmp_path / "journal.csv", sep=";", index=False)
    log = cg.call_log(tmp_path / "journal.csv", beauce)
    check_shown("log", log.html)
    assert log.value.scenario.has_own_line
    assert beauce.capacity(log).value.scenario.calls_observed == log.value.scenario.calls_observed


@pytest.mark.parametrize(
    ("level", "rows", "code", "name"),
    [
        ("epci", 1255, "200070183", "CC des Terres du Val de Loire"),
        ("departement", 101, "45", "Loiret"),
        ("region", 18, "24", "Centre-Val de Loire"),
    ],
)
def test_france_by_level(level: str, rows: int, code: str, name: str) -> None:
    table = cg.france(level)
    assert len(table) == rows and table.at[code, "name"] == name
    assert table.crs.to_epsg() == 4326
    mine = embedded.load_communes().query(f"{level} == @code")
    assert table.at[code, "population"] == mine["population"].sum()
    assert table.at[code, "apl_2023_status"] in {"computed", "estimated"}
    assert list(table)[:2] == ["name", "population"]


def test_report_and_export_are_those_of_the_command(beauce: cg.Territory, tmp_path: Path) -> None:
    (table,) = {path.suffix for path in beauce.export("csv", folder=tmp_path / "exports")}
    assert table == ".csv"
    with pytest.raises(AskedError, match="docx"):
        beauce.export("docx", folder=tmp_path)


@pytest.mark.report
def test_a_report_of_one_among_several(tmp_path: Path) -> None:
    found = cg.territories(["lvo", "asclepios"], draws=FEW)
    page = found["asclepios"].report(tmp_path)
    assert page.name == "asclepios.html" and page.is_file()
    assert not (tmp_path / "lvo.html").exists()


def test_a_view_is_text_and_html() -> None:
    assert text_of("<p>a</p><svg aria-label='un dessin'><text>b</text></svg><p>c</p>") == (
        "a\nun dessin\nc"
    )


def test_an_interactive_shell_shows_an_error_alone(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()
    done = shell.run_cell("import cpts_geo as cg\ncg.territory(['Patay', 'Sougi'], departement=45)")
    said = capsys.readouterr().out
    assert isinstance(done.error_in_exec, PerimeterError)
    assert "Sougi" in said and "À faire" in said
    assert "Traceback" not in said and ".py" not in said


def test_figures_of_a_notebook_are_sharp(beauce: cg.Territory) -> None:
    backend = InlineBackend.instance()
    try:
        beauce.plot()
        assert backend.figure_formats == {"retina"}
        backend.figure_formats = {"svg"}
        beauce.plot()
        assert backend.figure_formats == {"svg"}
    finally:
        InlineBackend.clear_instance()
        plt.close("all")
