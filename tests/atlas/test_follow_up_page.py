"""The page of a follow-up: its words, its drawings, and the page in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from cpts_geo.atlas.pages.follow_up import follow_up_page
from cpts_geo.atlas.sections.follow_up import follow_up_sections
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.study.follow_up.follow_up import FollowUp, _followed
from tests.registres import INSIDE, registre

Open = Callable[..., Any]
EVIL = "<script>window.owned=1</script>\"'<img src=x onerror=window.owned=3>"


def followed(*logs: Any) -> FollowUp:
    case = load_scenario("beauce_gatinais")
    return _followed(logs, case, key="beauce_gatinais", communes=frozenset({INSIDE}))


@pytest.fixture(scope="module")
def changed() -> FollowUp:
    now = registre(2025, seed=7, shares=(0.65, 0.12, 0.10, 0.08, 0.05))
    return followed(now, registre(2024, seed=7))


@pytest.fixture(scope="module")
def page(changed: FollowUp) -> str:
    return follow_up_page(changed, date="30/11/2026")


def test_what_changed_is_said_in_words(changed: FollowUp) -> None:
    first, inside, last = follow_up_sections(changed)["sentences"]
    assert first.endswith("%.") and "taux de réponse" in first
    assert "sur 12" in inside and "8 mois sur 10" in inside
    assert last.startswith("A changé, plus que le hasard ne l’explique : rendez-vous donnés (+")
    assert "sans médecin traitant" not in last


def test_chance_alone_changes_nothing() -> None:
    found = followed(registre(2025, seed=7), registre(2024, seed=7))
    assert follow_up_sections(found)["sentences"][-1].startswith("Depuis la période d’avant, rien")


def test_a_follow_up_alone_compares_nothing(page: str) -> None:
    alone = follow_up_page(followed(registre(2025, seed=7)), date="30/11/2026")
    assert "Ce qui a changé" in page and "Ce qui a changé" not in alone


def test_what_is_missing_says_whom_to_ask() -> None:
    log = registre(2025, seed=7)
    bare = log.drop(columns=["delay", "honoured", "own_doctor"])
    bare.attrs = log.attrs
    page = follow_up_page(followed(bare), date="30/11/2026")
    assert "colonne « honore »" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "À demander à qui tient le registre" in page.replace("\u00a0", " ")


def test_a_mask_is_a_square_and_a_word() -> None:
    found = followed(registre(2025, seed=3, mean=2.0, phi=1.2))
    shown = follow_up_sections(found)
    assert any("secret" in cell.text for row in shown["months"] for cell in row)
    assert any("masqué" in svg for _, svg in shown["drawings"])


def test_text_of_others_is_no_code(changed: FollowUp, open_offline: Open) -> None:
    page = follow_up_page(replace(changed, label=EVIL, notes=(EVIL,)), date="30/11/2026")
    opened = open_offline(page)
    assert opened.page.evaluate("window.owned") is None
    assert EVIL in opened.page.locator("h1").inner_text().replace("’", "'")
    opened.close()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_page_opens_without_a_network(page: str, width: int, open_offline: Open) -> None:
    opened = open_offline(page, viewport={"width": width, "height": 900})
    assert opened.page.locator("svg.chart").count() == 2
    assert opened.page.locator("#mois tbody tr").count() == 12
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.errors == [] and opened.requests == []
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    opened.close()
