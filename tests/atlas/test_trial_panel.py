"""« Et si… ? »: the panel of a real page, driven in a browser, beside the same inputs in Python."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.templating import template
from cpts_geo.atlas.look.words import gp_hours, whom
from cpts_geo.atlas.sections.capacity._sliders import section
from cpts_geo.capacity.answer.slots import slots_of_demands
from cpts_geo.capacity.demand.periods import month_means, per_opening_day
from cpts_geo.capacity.demand.ratios import weekly_gp_hours
from cpts_geo.capacity.demand.requests import DemandDraws, draw_requests
from cpts_geo.capacity.need.interval import LEVELS, interval, quantiles
from cpts_geo.french import number, whole_percent
from cpts_geo.study.study import Study
from tests.atlas.said import TERRITORIES, plain
from tests.kept import reported

Open = Callable[..., Any]
#: Three hundred in all.
POSITIONS = 60
#: Slots a day beyond which the panel only says that more are needed.
MOST = 250
#: The hours are drawn from two hundred levels of the demand: how far that may leave them.
HOURS = 0.006

#: Sets the inputs as a reader would, one after another, and reads what the panel says.
DRIVE = """positions => positions.map(at => {
  const box = document.getElementById("essai");
  const set = (input, value) => {
    if (input.type === "radio") input.checked = true; else input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  box.querySelector(".reset").click();
  const radio = box.querySelector(`[name=essai-public][value="${at.public}"]`);
  if (radio && at.public) set(radio);
  set(box.querySelector("#essai-creneaux"), String(at.slots));
  if (at.share !== null) set(box.querySelector("#essai-part-" + at.public), String(100 * at.share));
  if (at.minutes !== null) set(box.querySelector("#essai-minutes"), String(at.minutes));
  if (at.people !== null) set(box.querySelector("#essai-personnes"), String(at.people));
  set(box.querySelector(`[name=essai-delai][value="${at.deadline}"]`));
  const read = name => box.querySelector(name).value.split(" ").map(Number);
  return {
    slots: read(".needed"), hours: read(".hours"), served: read(".served")[0],
    months: [...box.querySelectorAll(".by-month data")].map(e => e.value.split(" ").map(Number)),
  };
})"""


@dataclass(frozen=True)
class Position:
    """Where the inputs of a panel stand; None as in the answer."""

    public: int
    slots: int
    share: float | None
    minutes: int | None
    people: int | None
    deadline: int


@pytest.fixture(scope="module")
def pages() -> Path:
    return reported()


@pytest.fixture
def page(request: pytest.FixtureRequest, pages: Path, open_offline: Open) -> Iterator[Any]:
    opened = open_offline(pages / f"{request.param}.html")
    yield opened.page
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def anywhere(study: Study, count: int, *, seed: int) -> list[Position]:
    """Positions of all inputs of a panel, each left as it is one time in three."""
    rng, tried = random.Random(seed), study.trial
    assert tried is not None
    found = []
    for _ in range(count):
        place = rng.randrange(len(tried.publics))
        public = tried.publics[place]
        scenario = public.result.scenario
        people = scenario.public == "no_mt" and not scenario.has_own_line
        low, high = (1000 * each for each in public.reach)
        step = 1 if public.factor == "gap" else 10
        share = step * rng.randint(int(-(-low // step)), int(high // step)) / 1000

        def perhaps(value: Any) -> Any:
            return value if rng.random() < 2 / 3 else None

        found.append(
            Position(
                public=place,
                slots=rng.randint(1, tried.slots[1]),
                share=perhaps(share),
                minutes=perhaps(rng.randint(5, 45)),
                people=perhaps(rng.randint(200, 8000)) if people else None,
                deadline=rng.choice([0, 1, 2]),
            )
        )
    return found


def expected(study: Study, at: Position) -> dict[str, Any]:
    """What Python makes of the same inputs: the scenario evolved, drawn and answered anew."""
    tried = study.trial
    assert tried is not None
    public = tried.publics[at.public]
    result, share = public.result, at.share
    changes: dict[str, Any] = {"deadline_days": tried.deadlines[at.deadline]}
    if at.minutes is not None:
        changes["minutes"] = (float(at.minutes),) * 3
    if at.people is not None:
        changes |= {"people_without_mt": float(at.people), "share_assumed": False}
    if share is not None and public.factor != "gap":
        name, ends = ("need_share", 3) if public.factor == "need" else ("found_share", 2)
        changes[name] = (share,) * ends
    scenario = result.scenario.evolve(**changes)
    drawn = draw_requests(scenario, draws=result.draws, seed=result.seed, lines=study.common.lines)
    if share is not None and public.factor == "gap":
        assert drawn.need is not None
        drawn = DemandDraws(
            share * drawn.need.gap,
            drawn.visitors * share / drawn.need.share,
            drawn.minutes,
            drawn.seed,
        )

    def needed(per_day: Any) -> Any:
        found = slots_of_demands(scenario.rules, per_day, at_most=MOST)
        return np.where(found > MOST, np.inf, found).tolist()

    per_day = per_opening_day(scenario, drawn.residents, drawn.visitors)
    days, week = scenario.opening_days_per_year, len(scenario.calendar.weekdays)
    slots = slots_of_demands(scenario.rules, per_day, at_most=MOST)
    hours = weekly_gp_hours(slots.astype(float), minutes=drawn.minutes, opening_days=week)
    return {
        "slots": needed(quantiles(per_day, drawn=True)),
        # Of two draws on both sides of a quantile, a page takes one.
        "hours": [
            np.quantile(hours, [*LEVELS.values()], method=method) for method in ("lower", "higher")
        ],
        "served": scenario.rules.served(interval(per_day).p50, at.slots),
        "months": [
            needed(quantiles(
                drawn.residents / days * month["residents"]
                + drawn.visitors / days * month["visitors"],
                drawn=True,
            ))
            for _, month in month_means(scenario).iterrows()
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "key"), [(key, key) for key in TERRITORIES], indirect=["page"], ids=TERRITORIES
)
def test_the_panel_says_what_python_says(five: Analysis, page: Any, key: str) -> None:
    study = five.studies[key]
    positions = anywhere(study, POSITIONS, seed=TERRITORIES.index(key))
    said = page.evaluate(DRIVE, [vars(at) for at in positions])
    for at, found in zip(positions, said, strict=True):
        wanted = expected(study, at)
        assert found["slots"] == wanted["slots"], at
        assert found["months"] == wanted["months"], at
        assert found["served"] == pytest.approx(wanted["served"], abs=1e-8), at
        # Beyond, hours of slots that are not counted would enter the bound.
        if wanted["slots"][-1] <= MOST * 15 / 20:
            low, high = wanted["hours"]
            assert (found["hours"] >= low * (1 - HOURS)).all(), at
            assert (found["hours"] <= high * (1 + HOURS)).all(), at


#: Lines that the five are not: clusters of requests, a counted share, a deadline of its own.
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "clusters": ("ouest_loiret", {"dispersion": 2.0}),
    "log": ("beauce_gatinais", {"need_counted": (700, 300)}),
    "later": ("ondaine_forez", {"deadline_days": 3}),
}


def panel_of(study: Study) -> str:
    """The panel alone, in a page of its own."""
    style = template("page.css").render()
    shown = template("sections/capacity/sliders.html.j2").render(sliders=section(study))
    return f'<!DOCTYPE html><html lang="fr"><style>{style}</style><main>{shown}</main></html>'


@pytest.mark.parametrize("name", OTHERS)
def test_the_panel_follows_other_lines(five: Analysis, open_offline: Open, name: str) -> None:
    key, changes = OTHERS[name]
    study = five.studies[key]
    study = replace(
        study,
        scenario=study.scenario.evolve(**changes),
        common=replace(study.common, draws=2000),
    )
    opened = open_offline(panel_of(study))
    positions = anywhere(study, 12, seed=7)
    for at, found in zip(
        positions, opened.page.evaluate(DRIVE, [vars(at) for at in positions]), strict=True
    ):
        if at.share is not None and study.scenario.need_counted:
            fixed = {"need_counted": None, "need_share": (at.share,) * 3}
            evolved = replace(study, scenario=study.scenario.evolve(**fixed))
            wanted = expected(evolved, replace(at, share=None))
        else:
            wanted = expected(study, at)
        assert (found["slots"], found["months"]) == (wanted["slots"], wanted["months"]), at
        assert found["served"] == pytest.approx(wanted["served"], abs=1e-8), at
    assert opened.errors == []
    opened.close()


@pytest.mark.parametrize(
    ("page", "key"), [(key, key) for key in TERRITORIES], indirect=["page"], ids=TERRITORIES
)
def test_the_panel_starts_at_the_answer_and_comes_back_to_it(
    five: Analysis, page: Any, key: str
) -> None:
    study, box = five.studies[key], page.locator("#essai")
    result, capacity = study.headline, study.capacity
    assert result is not None and capacity is not None and capacity.by_month is not None

    def said() -> str:
        return str(plain(box.locator(".head").inner_text()))

    start, needed = said(), result.slots_per_day
    for text in (needed.p10, needed.p90, *([needed.p50] if result.scenario.has_own_line else [])):
        assert re.search(rf"\b{text}\b", start)
    assert plain(whom(result.scenario)) in start
    hours = plain(gp_hours(result.gp_hours_per_week.p90)).split()[0]
    assert re.search(rf"\b{hours} ?h|à {hours}\)", start)
    if result.today is not None:
        assert plain(whole_percent(result.today.served_at_median)) in start
    assert box.locator(".reset").is_disabled()
    most = int(box.locator("#essai-creneaux").get_attribute("max"))
    planned = result.scenario.slots_planned or 0
    assert most >= max(needed.p90, planned, capacity.by_month["slots_p90"].max())
    page.evaluate(DRIVE, [vars(at) for at in anywhere(study, 3, seed=1)])
    assert said() != start
    box.locator(".reset").click()
    assert said() == start
    assert box.locator(".reset").is_disabled()


def test_every_slider_holds_what_was_found_out_of_reach(five: Analysis) -> None:
    # Neither 7 nor 130 could be chosen: the step was 4, and the most 96.
    tried = five.studies["lvo"].trial
    assert tried is not None
    assert tried.slots[1] >= 130


@pytest.mark.parametrize("page", ["asclepios"], indirect=True)
def test_a_share_that_is_typed_is_of_people_without_a_doctor(five: Analysis, page: Any) -> None:
    box, tried = page.locator("#essai"), five.studies["asclepios"].trial
    assert tried is not None
    assert "Ordre de grandeur" in box.locator(".rough").inner_text()
    # It is the first thing asked for.
    assert box.locator("input, select").first.get_attribute("id") == "essai-part"
    box.locator("#essai-part").fill("14,5")
    assert box.locator(".who").inner_text().startswith("Pour les personnes sans médecin traitant")
    people = 50_000 * 0.79 * 0.145
    assert plain(box.locator("#essai-personnes").input_value()) == plain(number(people))
    at = Position(1, 6, None, None, people, 1)  # type: ignore[arg-type]
    wanted = expected(five.studies["asclepios"], at)["slots"]
    assert box.locator(".needed").get_attribute("value") == " ".join(f"{x:.0f}" for x in wanted)
    box.locator("#essai-ages").select_option(label="tous âges")
    assert plain(box.locator("#essai-personnes").input_value()) == plain(number(50_000 * 0.145))
    before = box.locator(".needed").get_attribute("value")
    for wrong in ("0", "140", "beaucoup", ""):
        box.locator("#essai-part").fill(wrong)
        assert box.locator("#essai-part").get_attribute("aria-invalid") == "true"
        assert box.locator(".needed").get_attribute("value") == before
        # It is seen that the answer is not that of the box.
        assert box.locator(".wrong").is_visible()
        assert float(box.locator(".found").first.evaluate("x => getComputedStyle(x).opacity")) < 1
    box.locator("#essai-part").fill("10")
    assert not box.locator(".wrong").is_visible()
    assert float(box.locator(".found").first.evaluate("x => getComputedStyle(x).opacity")) == 1


@pytest.mark.parametrize("page", ["beauce_gatinais"], indirect=True)
def test_the_keyboard_moves_it_and_it_speaks_once_settled(page: Any) -> None:
    slots, status = page.locator("#essai-creneaux"), page.locator("#essai [role=status]")
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    slots.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("#essai output").first.inner_text() == "11"
    assert slots.get_attribute("aria-valuetext") == "11"
    page.clock.run_for(500)
    assert status.inner_text() == ""
    page.clock.run_for(200)
    assert "Il faudrait 15 créneaux par jour" in plain(status.inner_text())
    assert "avec 11 créneaux" in plain(status.inner_text())


def test_fingers_reach_every_input(pages: Path, open_offline: Open) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    for context, least in ((phone, 44), ({}, 24)):
        opened = open_offline(pages / "asclepios.html", **context)
        small = opened.page.evaluate(
            """least => [...document.querySelectorAll(
              "#essai :is(input:not([type=radio]), select, button, .choices label)")]
              .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < least)
              .map(e => e.outerHTML)""",
            least,
        )
        assert small == []
        wide = "document.documentElement.scrollWidth <= innerWidth"
        assert opened.page.evaluate(wide)
        opened.close()


def test_paper_and_pages_without_scripts_have_no_panel(pages: Path, open_offline: Open) -> None:
    page = open_offline(pages / "lvo.html").page
    assert page.locator("#essai").is_visible()
    assert not page.locator("#essai-sans").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("#essai").is_visible()
    page.context.close()
    still = open_offline(pages / "lvo.html", java_script_enabled=False).page
    assert not still.locator("#essai").is_visible()
    assert "un panneau recalcule" in still.locator("#essai-sans").inner_text()
    # What is folded opens without any script.
    months = still.locator(".folds > details", has_text="Mois par mois")
    months.locator("summary").click()
    assert "demande le plus" in months.inner_text()
    still.context.close()


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_panel_is_light(pages: Path, key: str) -> None:
    page = (pages / f"{key}.html").read_text(encoding="utf-8")
    data = re.search(r'id="essai-donnees">(.*?)</script>', page)
    assert data
    assert len(data[1].encode()) <= 20_000


def test_no_panel_beyond_what_a_page_solves(five: Analysis) -> None:
    study = five.studies["lvo"]
    late = study.scenario.evolve(deadline_days=10, sources=study.scenario.sources)
    assert replace(study, scenario=late).trial is None
