"""The page of a comparison: its words, its drawings, and the page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from cpts_geo.atlas.look.cells import Cell
from cpts_geo.atlas.look.values import value_words
from cpts_geo.atlas.look.words import whom
from cpts_geo.atlas.pages.comparison import compare_page
from cpts_geo.atlas.sections.comparison import _changes
from cpts_geo.atlas.sections.comparison._assumed import _common_rows
from cpts_geo.atlas.sections.comparison._drawings import _paired_svg, _ticks
from cpts_geo.atlas.sections.comparison._finding import _goal_sentences, finding
from cpts_geo.atlas.sections.comparison._measures import measure_rows
from cpts_geo.atlas.sections.comparison._sides import measure_status, side_text
from cpts_geo.atlas.sections.comparison.written import TEXTS, period_words
from cpts_geo.capacity.comparing._measures import MEASURES
from cpts_geo.capacity.comparing.compare import ScenarioComparison, compare_scenarios
from cpts_geo.capacity.need.interval import CHANCES, SAMPLING_WORDS
from cpts_geo.capacity.scenario.area import known_area
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described, load_scenario
from cpts_geo.french import MONTHS, joined, typeset
from tests.atlas.said import plain

Open = Callable[..., Any]
EVIL = "<script>window.owned=1</script>\"'<img src=x onerror=window.owned=3>"
TODAY = load_scenario("beauce_gatinais")
UNKNOWN = TODAY.evolve(slots_today=None, minutes_per_slot_today=None, label="Inconnu")


def compared(first: Scenario | str, second: Scenario | str) -> ScenarioComparison:
    pair = [load_scenario(x) if isinstance(x, str) else x for x in (first, second)]
    return compare_scenarios(*pair, draws=2000)


@pytest.fixture(scope="module")
def doubled() -> ScenarioComparison:
    return compared("beauce_gatinais", "beauce_gatinais_16_creneaux")


@pytest.fixture(scope="module")
def summer() -> ScenarioComparison:
    return compared("lvo", "lvo_ete")


# ---- words


def test_the_finding_is_the_answer(doubled: ScenarioComparison) -> None:
    said = plain(finding(doubled))
    assert re.fullmatch(
        r"Avec 16 créneaux par jour au lieu de 8, (4[2-6]) points de plus de demandes servies "
        rf"dans le délai \(entre [23]\d et 4\d, {CHANCES}\), pour 50 200 € de plus par an "
        r"\(hypothèse : 100 € l’heure de consultation\)\.",
        said,
    )


def test_the_finding_backwards_takes_away() -> None:
    said = plain(finding(compared("beauce_gatinais_16_creneaux", "beauce_gatinais")))
    assert said.startswith("Avec 8 créneaux par jour au lieu de 16, ")
    assert "points de moins" in said
    assert "pour 50 200 € de moins par an" in said
    low, high = (int(x) for x in re.findall(r"entre (\d+) et (\d+)", said)[0])
    assert low < high


def test_a_season_says_what_it_asks_and_no_cost(summer: ScenarioComparison) -> None:
    said = finding(summer)
    assert said.startswith("Sur juillet et août plutôt que sur l’année entière, il faudrait")
    assert "€" not in said
    assert said.count(CHANCES) == 1
    assert period_words(summer) == "par mois"
    assert "people_reached" not in summer.table.index


def test_totals_of_a_season_are_of_its_months() -> None:
    found = compared("lvo_ete", "lvo_ete_deux_medecins")
    assert period_words(found) == "en juillet et août"
    assert "16 800 € de plus en juillet et août" in plain(finding(found))


def test_nothing_changed_is_said() -> None:
    assert "rien ne les distingue" in finding(compared(TODAY, TODAY))


def test_another_target_changes_what_is_needed() -> None:
    found = compared(TODAY, TODAY.evolve(target=0.8))
    assert "de moins par jour" in finding(found)
    assert len(_goal_sentences(found)) == 2


def test_unknown_slots_never_look_like_a_number() -> None:
    found = compared(TODAY, UNKNOWN.evolve(label="Inconnu (bis)"))
    # Brackets of a name are no interval.
    assert "ne se compare pas : ceux de Inconnu (bis) ne sont pas connus" in finding(found)
    assert "B en offre un nombre inconnu" in " ".join(_goal_sentences(found))
    rows = {label: cells for label, _, cells in measure_rows(found)}
    one, two, gap = rows["Demandes servies dans le délai"]
    assert (two.text, two.status, two.mark) == ("donnée absente", "unknown", "▨")
    assert (gap.text, gap.status) == ("donnée absente", "unknown")
    assert one.text.endswith("%")
    assert "donnée absente" in _paired_svg(found, "served")


def test_the_public_of_each_side_is_named_wherever_it_is_shown() -> None:
    found = compared("lvo", "lvo_sans_medecin_traitant")
    publics = ("tous les habitants et les visiteurs", "personnes sans médecin traitant")
    shown = plain(compare_page(found, date="26/11/2026"))
    for scenario, public in zip((found.first, found.second), publics, strict=True):
        assert whom(scenario) == public
        # Under the drawings, and at the head of both tables.
        assert shown.count(f"{scenario.label} — {public}") == 3
    one, two = (plain(text) for text in _goal_sentences(found))
    assert "des demandes de tous les habitants et des visiteurs le jour même" in one
    assert "des demandes des personnes sans médecin traitant le jour même" in two


def test_shares_served_of_two_publics_are_not_set_side_by_side() -> None:
    said = plain(finding(compared("lvo", "lvo_sans_medecin_traitant")))
    assert "il faudrait" in said
    assert "points" not in said
    assert said.endswith("les parts servies ne se comparent pas, car les publics diffèrent.")
    # No device, or one open to all: the same public.
    alone = load_scenario("asclepios")
    open_to_all = alone.admitting("all").evolve(target=0.8)
    assert "les publics diffèrent" not in finding(compared(alone, open_to_all))


def test_slots_that_nothing_local_says_are_an_order_of_magnitude() -> None:
    (west, lvo) = (plain(text) for text in _goal_sentences(compared("ouest_loiret", "lvo")))
    assert re.search(r"par jour : 8 \([67] à 9\) ; A", west)
    assert re.search(r"par jour : \d+ à \d+, ordre de grandeur ; B", lvo)


def test_no_row_speaks_of_a_count_where_none_is() -> None:
    labels = [label for label, _, _ in measure_rows(compared("lvo", "asclepios"))]
    assert SAMPLING_WORDS not in labels
    rows = [cells for label, _, cells in measure_rows(compared("lvo", TODAY)) if
            label == SAMPLING_WORDS]  # fmt: skip
    assert len(rows) == 2
    for one, two, gap in rows:
        assert (one.text, one.mark) == (gap.text, gap.mark) == ("aucun comptage", "")
        assert two.mark == "◐"


def common_rows(found: ScenarioComparison) -> list[list[Cell]]:
    """What both suppose: plain rows, then those of analysts."""
    return [*_common_rows(found, technical=False), *_common_rows(found, technical=True)]


def test_what_known_lines_rest_on_is_among_what_both_suppose() -> None:
    national = {described(name)[0] for name in ("need_rate", "met_share", "apl_elasticity")}
    told = {row[0].text for row in common_rows(compared("lvo", "lvo_ete"))}
    assert {typeset(text) for text in national} <= told
    own = {row[0].text for row in common_rows(compared(TODAY, "beauce_gatinais_16_creneaux"))}
    assert not {typeset(text) for text in national} & own


def test_chances_are_said_with_the_first_interval_whatever_a_label_holds() -> None:
    found = compared(TODAY, UNKNOWN.evolve(label="Inconnu (essai)", target=0.8))
    assert finding(found).count(f", {CHANCES})") == 1
    assert "Inconnu (essai) ne sont pas connus" in finding(found)
    assert "Inconnu (essai) ne sont pas connus" in finding(
        compared(TODAY, UNKNOWN.evolve(label="Inconnu (essai)"))
    )


def test_needs_alike_are_said_once(doubled: ScenarioComparison) -> None:
    (said,) = _goal_sentences(doubled)
    assert plain(said).startswith(
        "Pour servir 95 % des demandes de tous les habitants le jour même ou le lendemain"
    )
    assert said.endswith("A en offre 8 et B en offre 16.")


def test_every_measure_has_its_words(doubled: ScenarioComparison) -> None:
    assert tuple(TEXTS) == MEASURES
    assert [label for label, _, _ in measure_rows(doubled)] == [t.label for t in TEXTS.values()]
    assert len({(t.label, t.unit) for t in TEXTS.values()}) == len(TEXTS)
    assert all("{" not in unit for _, unit, _ in measure_rows(doubled))


def test_small_differences_keep_a_decimal_and_none_is_minus_nothing() -> None:
    tiny = pd.Series(
        {f"difference_{p}": x for p, x in (("p10", -4e-4), ("p50", 0.0), ("p90", 0.0))}
    )
    assert side_text("same_day", tiny, "difference") == "presque identique"
    one_more = compared(TODAY, "beauce_gatinais_un_medecin_de_plus")
    said = side_text("served", one_more.table.loc["served"], "difference")
    assert re.fullmatch(r"\+\d,\d points \(\+\d,\d à \+\d,\d\)", said)


def test_a_measure_is_known_no_better_than_what_makes_it() -> None:
    assert str(measure_status(TODAY, "slots_offered")) == "assumed"
    offered = ("slots_today", "minutes_per_slot_today")
    known = dict.fromkeys(offered, TODAY.sources["people_without_mt"])
    written = TODAY.evolve(sources=TODAY.sources | known)
    assert str(measure_status(written, "slots_offered")) == "announced"
    known = {name: {"text": "Assurance maladie", "grade": "A"} for name in offered}
    official = TODAY.evolve(sources=TODAY.sources | known)
    assert str(measure_status(official, "slots_offered")) == "measured"
    assert str(measure_status(official, "served")) == "estimated"
    assert str(measure_status(official, "cost")) == "assumed"  # 100 euros is an assumption
    # Only the national share makes what is needed an assumption, and only of those it counts.
    everyone = load_scenario("asclepios")
    assert everyone.share_assumed
    assert str(measure_status(everyone, "slots_needed")) == "estimated"
    assert str(measure_status(everyone.admitting("no_mt"), "slots_needed")) == "assumed"
    published = load_scenario("lvo_sans_medecin_traitant")
    assert str(measure_status(published, "slots_needed")) == "estimated"


def test_changes_give_both_values_and_sources(doubled: ScenarioComparison) -> None:
    ((meaning, one, two),) = _changes.section(doubled)["rows"]
    assert meaning.text.startswith("Créneaux offerts aujourd’hui")
    assert (one.text, two.text) == ("8", "16")
    assert "Doublement annoncé" in two.origin
    assert two.origin.endswith("(D)")
    assert two.mark == "○"


def test_people_are_marked_as_on_the_sheet() -> None:
    west = load_scenario("asclepios").admitting("no_mt")
    more = west.evolve(
        people_without_mt=9000.0,
        sources=west.sources | {"people_without_mt": {"text": "Assurance maladie", "grade": "A"}},
    )
    ((_, one, two),) = _changes.section(compared(west, more))["rows"]
    assert west.people_status == more.people_status == "assumed"
    assert (one.mark, two.mark) == ("○", "○")


def test_people_that_no_answer_counts_are_no_input() -> None:
    everyone = load_scenario("lvo")
    found = compared(everyone, TODAY)
    section = _changes.section(found)
    told = {row[0].text for row in section["rows"]}
    assert "people_without_mt" in found.changes
    assert not any("sans médecin traitant" in text for text in told)
    assert "Personnes sans médecin traitant" in section["idle"]
    assert "peuvent appeler" not in section["idle"]
    # Of one only, the other says so instead of a figure.
    some = load_scenario("ondaine_forez").admitting("no_mt")
    rows = {row[0].text: row[1:] for row in _changes.section(compared(everyone, some))["rows"]}
    one, two = rows["Personnes sans médecin traitant"]
    assert one.text == "ne sert pas à la réponse" and not one.status
    assert plain(two.text) == "1 368"
    # Two that differ by nothing else do not "have the same data".
    alone = compare_page(
        compared(everyone, everyone.evolve(people_without_mt=9000.0)), date="1er janvier 2026"
    )
    assert "ont les mêmes données" not in alone
    assert "sans servir à aucune des deux réponses" in alone


def marks(found: ScenarioComparison) -> dict[str, str]:
    return {row[0].text: row[1].mark for row in common_rows(found)}


def test_calls_borrowed_from_elsewhere_are_not_measured(doubled: ScenarioComparison) -> None:
    calls = "Appels traités par la ligne qui donne le taux d’appel"
    # Those of the line itself are what its communiqué says.
    assert marks(doubled)[calls] == "“"
    borrowed = load_scenario("ondaine_forez").admitting("no_mt")
    lvo = marks(compared(borrowed, borrowed.evolve(target=0.9)))
    assert lvo[calls] == "◐"
    assert "●" not in {mark for text, mark in lvo.items() if text.startswith("Appels")}
    # Own for one, borrowed for the other: no better than borrowed.
    assert marks(compared(TODAY, borrowed))[calls] == "◐"


def test_slots_announced_say_who_announced_them() -> None:
    ((_, one, two),) = _changes.section(compared(TODAY, TODAY.evolve(slots_planned=12)))["rows"]
    assert one.origin == two.origin == TODAY.planned_basis


def test_sampling_stands_beside_the_whole_for_both(doubled: ScenarioComparison, page: str) -> None:
    rows = measure_rows(doubled)
    alone = SAMPLING_WORDS
    units = [unit for label, unit, _ in rows if label == alone]
    assert units == ["demandes par jour d’ouverture", "créneaux par jour d’ouverture"]
    whole = {label: cells for label, _, cells in rows}["Demandes"]
    few = next(cells for label, _, cells in rows if label == alone)
    for side in (0, 1):
        assert few[side].text == whole[side].text
        assert few[side].origin != whole[side].origin
    assert page.count(f">{alone}<small>") == 2


def test_changes_of_a_table_are_its_fields() -> None:
    rows = _changes.section(compared(TODAY, TODAY.evolve(calendar={"year": 2024})))["rows"]
    assert [[cell.text for cell in row][1:] for row in rows] == [["2025", "2024"]]


def test_common_assumptions_leave_out_what_changes(doubled: ScenarioComparison) -> None:
    meanings = [row[0].text for row in common_rows(doubled)]
    assert "Coût d’une heure de consultation" in meanings
    assert not any(text.startswith("Créneaux offerts") for text in meanings)
    assert not any("visiteur" in text for text in meanings)
    for pair in ((TODAY, "lvo"), ("lvo", TODAY)):  # what one of them uses is told
        assert any("visiteur" in row[0].text for row in common_rows(compared(*pair)))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("months", (), "l’année entière"),
        ("visitors", None, "aucun"),
        ("population", None, "donnée absente"),
        ("share_assumed", False, "non"),
        ("weekdays", (1, 2), "lundi et mardi"),
        ("public", "no_mt", "personnes sans médecin traitant"),
        ("public", "all", "tous les habitants"),
        (
            "present",
            (0.0,) * 6 + (2500.0,) * 2 + (0.0,) * 3 + (10.5,),
            "0 en janvier, février, mars, avril, mai, juin, septembre, octobre et novembre ; "
            "2 500 en juillet et août ; 10,5 en décembre",
        ),
        ("month_factors", (1.0,) * 12, f"1 en {joined(MONTHS)}"),
        ("need_share", (0.345, 0.5, 1.0), "0,345 ; 0,5 ; 1"),
        ("people_without_mt", 11731.5, "11 732"),
        ("closed", (), "aucune"),
    ],
)
def test_values_in_words(name: str, value: Any, words: str) -> None:
    assert plain(value_words(name, value)) == words


def test_the_number_of_a_place_is_no_words_for_a_reader() -> None:
    area, other = (known_area(key) for key in ("asclepios", "lvo"))
    assert area is not None and other is not None and area.place != other.place > 0
    assert "Numéro" not in value_words("area", area)
    assert str(area.place) not in plain(value_words("area", area)).replace(" ", "")
    one, two = (load_scenario(key) for key in ("asclepios", "lvo"))
    assert "Numéro" not in str(_changes.section(compare_scenarios(one, two, draws=500)))


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 0.01), (-30, -9), (0, 221), (-0.2, 0.1), (0, 1e-9), (7, 7)]
)
def test_ticks_hold_both_ends(low: float, high: float) -> None:
    ticks = _ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 7
    assert all(a < b for a, b in pairwise(ticks))


# ---- the page


@pytest.fixture(scope="module")
def page(doubled: ScenarioComparison) -> str:
    return compare_page(doubled, date="26/11/2026")


def test_page_says_the_finding_first_and_where_each_figure_comes_from(
    page: str, doubled: ScenarioComparison
) -> None:
    assert typeset(finding(doubled)) in page
    assert page.index('class="answer"') < page.index("<svg")
    for row in common_rows(doubled):
        assert row[2].text.replace("'", "’") in page.replace("&#39;", "’")
    assert "IGN" not in page
    assert "Données : ." not in page
    assert page == compare_page(doubled, date="26/11/2026")


@pytest.mark.parametrize("width", [1280, 400])
def test_page_opens_without_any_network(page: str, open_offline: Open, width: int) -> None:
    opened = open_offline(page, viewport={"width": width, "height": 900})
    assert opened.requests == []
    assert opened.errors == []
    size = opened.page.evaluate("document.documentElement.scrollWidth")
    assert size <= width
    assert Axe().run(opened.page).violations_count == 0
    assert opened.page.locator("svg").count() == 3
    opened.close()


def test_words_of_drawings_stay_inside_them(open_offline: Open, summer: ScenarioComparison) -> None:
    for found in (summer, compared(TODAY, UNKNOWN)):
        opened = open_offline(compare_page(found, date="26/11/2026"))
        outside = opened.page.evaluate(
            """() => [...document.querySelectorAll("svg")].flatMap(svg => {
                const box = svg.getBoundingClientRect();
                return [...svg.querySelectorAll("text")].filter(text => {
                    const own = text.getBoundingClientRect();
                    return own.left < box.left - 1 || own.right > box.right + 1
                        || own.bottom > box.bottom + 1;
                }).map(text => text.textContent);
            })"""
        )
        assert outside == []
        opened.close()


def test_markup_in_an_analysts_words_is_only_text(open_offline: Open) -> None:
    text = EVIL.replace('"', "”")
    evil = TODAY.evolve(
        label=EVIL,
        eligibility=text,
        population_basis=text,
        slots_today=9,
        sources=TODAY.sources | {"slots_today": {"text": EVIL, "grade": "D"}},
    )
    opened = open_offline(compare_page(compared(TODAY, evil), date="26/11/2026"))
    assert opened.page.evaluate("window.owned") is None
    assert opened.errors == []
    opened.close()
