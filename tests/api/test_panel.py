"""The panel of a territory: the answer first, then that of the values tried."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import cpts_geo as cg
from cpts_geo.api import panel as panels
from cpts_geo.api.panel import Panel
from cpts_geo.atlas.views.view import View, text_of
from cpts_geo.errors import ScenarioError

#: A line of its own; consultations alone; no device; a device without activity.
PLACES = ("beauce_gatinais", "ouest_loiret", "200070183", "lvo")


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest) -> Any:
    return cg.territory(request.param, draws=2000)


@pytest.fixture(scope="module")
def beauce() -> Any:
    return cg.territory("beauce_gatinais", draws=2000)


def test_it_starts_at_the_answer_and_comes_back_to_it(place: Any) -> None:
    made = place.panel()
    assert made.view.value == place.capacity().value
    assert made._reset.disabled
    made.inputs["minutes"].value = 30
    made.inputs["deadline"].value = 0
    assert made.view.value != place.capacity().value
    assert not made._reset.disabled
    made._reset.click()
    assert made.view.value == place.capacity().value
    assert made._reset.disabled
    assert set(text_of(made._answer.value).splitlines()) <= set(str(place.capacity()).splitlines())


@pytest.mark.parametrize(
    ("name", "tried", "changes"),
    [
        ("slots", 16, {"slots_today": 16}),
        ("minutes", 30, {"minutes": 30}),
        ("deadline", 0, {"deadline_days": 0}),
        ("share_0", 50, {"need_share": 0.5}),
    ],
)
def test_each_input_changes_what_the_capacity_changes(
    beauce: Any, name: str, tried: int, changes: dict[str, float]
) -> None:
    made = beauce.panel()
    made.inputs[name].value = tried
    assert made.view.value == beauce.capacity(**changes).value
    assert made.view.value != beauce.capacity().value


def test_inputs_add_up(beauce: Any) -> None:
    made = beauce.panel()
    made.inputs["slots"].value = 16
    made.inputs["share_0"].value = 50
    assert made.view.value == beauce.capacity(slots_today=16, need_share=0.5).value
    assert "Offerts : 16 créneaux par jour" in repr(made)
    assert "offerts : 16" in made._answer.value.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_share_that_found_a_slot_may_be_known() -> None:
    place = cg.territory("ouest_loiret", draws=2000)
    made = place.panel()
    made.inputs["share_0"].value = 90
    assert made.view.value == place.capacity(found_share=(0.9, 0.9)).value
    made.inputs["slots"].value = 6
    assert made.view.value.today.slots == 6


def test_each_public_has_its_share() -> None:
    place = cg.territory("200070183", draws=2000)
    made = place.panel()
    assert made._boxes["share_1"].layout.display == "none" != made._boxes["share_0"].layout.display
    made.inputs["share_0"].value = 10.0
    drawn = made.view.value.drawn
    assert drawn.residents == pytest.approx(0.1 * drawn.need.gap)
    made.inputs["public"].value = 1
    assert made.view.value.slots_per_day == place.capacity(public="no_mt").value.slots_per_day
    assert made._boxes["share_0"].layout.display == "none"
    made.inputs["share_1"].value = 70
    wanted = place.capacity(public="no_mt", need_share=0.7).value
    assert made.view.value.slots_per_day == wanted.slots_per_day


def test_what_cannot_be_is_said_and_may_be_undone(
    beauce: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ScenarioError("Impossible.", defects=["un <b>défaut</b>"], remedy="revenez.")

    made = beauce.panel()
    monkeypatch.setattr(panels, "scenario_of", refuse)
    made.inputs["minutes"].value = 20
    said = made._answer.value
    assert "Impossible." in said and "un &lt;b&gt;défaut" in said and "revenez." in said
    assert 'role="alert"' in said and "Traceback" not in said
    made._reset.click()
    assert made.view.value == beauce.capacity().value


def test_inputs_have_names_units_and_origins(place: Any) -> None:
    made = place.panel()
    for name, each in made.inputs.items():
        assert each.description and each.tooltip == each.description
        inside = made._boxes[name].children
        slider = [child for child in inside if "slider" in type(child).__name__.lower()]
        # One list of values for the finger and the keyboard.
        assert all(one.options == each.options for one in slider)
        if name.startswith("share") or name in ("minutes", "deadline"):
            assert 'class="small"' in inside[-1].value
    assert made.inputs["minutes"].options[0][0].endswith("\u202fmin")
    assert made.inputs["share_0"].options[-1][0].endswith("\u202f%")


def test_where_nothing_runs_the_answer_stays(beauce: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = beauce.panel()
    bundle = made._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == made.view.html and "<svg" in bundle["text/html"]
    assert bundle["text/plain"] == repr(made)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    alone = beauce.panel()
    assert isinstance(alone, View) and alone.value == beauce.capacity().value


@pytest.mark.parametrize(
    ("what", "words"),
    [("200059871", "n’est publiée pour aucune commune"), ("200054781", "Capacité non calculée")],
)
def test_without_an_answer_it_says_why(what: str, words: str) -> None:
    assert words in repr(cg.territory(what, draws=1000).panel())


def test_where_nobody_would_come_it_still_answers() -> None:
    made = cg.territory("249740101", draws=1000).panel()
    assert isinstance(made, Panel)
    made.inputs["slots"].value = 3
    assert made.view.value.today.slots == 3
