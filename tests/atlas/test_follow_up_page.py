"""The page of a follow-up: its words, its drawings, and the page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
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
    strong, first, inside = follow_up_sections(changed)["sentences"]
    assert first.endswith("%.") and "taux de réponse" in first
    assert "sur 12" in inside and "8 mois sur 10" in inside
    assert strong.startswith("Ce qui a vraiment changé, et que le hasard seul n’explique pas : ")
    assert re.search(r"rendez-vous donnés \([\d ]+ → [\d ]+, \+", strong.replace("\u202f", " "))
    assert "sans médecin traitant" not in strong


def test_chance_alone_changes_nothing() -> None:
    found = followed(registre(2025, seed=7), registre(2024, seed=7))
    assert follow_up_sections(found)["sentences"][-1].startswith("Depuis la période d’avant, rien")


def test_a_lower_bound_says_so_wherever_it_is_read() -> None:
    log = registre(2025, seed=7)
    blank = np.random.default_rng(0).random(len(log)) < 0.2
    now = log.assign(outcome=log["outcome"].astype(str).mask(blank, "unknown"))
    now.attrs = log.attrs
    found = followed(now, registre(2024, seed=7))
    shown = follow_up_sections(found)
    words = f"{100 * blank.mean():.0f}\u202f% des demandes sans issue connue"
    assert re.search(rf"réponse : au moins \d\d,\d\u202f% \({words}\)\.$", shown["sentences"][0])
    assert "(au moins)" in shown["drawings"][1][0]
    [row] = [each for each in shown["changes"] if each[0].text == "Taux de réponse"]
    assert row[1].text.startswith("au moins ") and not row[2].text.startswith("au moins")
    assert row[4].text == "on ne peut pas le dire : c’est un minimum"
    assert {each[-1].status for each in shown["tables"][0][3]} == {"estimated"}
    page = follow_up_page(found, date="30/11/2026")
    assert "est un minimum" in page and page.count(words) == 2


def lost(log: pd.DataFrame, month: int, share: float) -> pd.DataFrame:
    """A registre of which a share of the answers of a month are not given."""
    answered = log["outcome"].isin(["appointment", "advice"]) & (log["time"].dt.month == month)
    missed = answered & (np.random.default_rng(0).random(len(log)) < share)
    found = log.assign(outcome=log["outcome"].mask(missed, "no_slot"))
    found.attrs = log.attrs
    return found


def test_a_month_that_departs_is_named_with_both_values() -> None:
    now = lost(registre(2025, seed=7, mean=20.0), 9, 0.5)
    found = followed(now, registre(2024, seed=7, mean=20.0))
    first = found.apart.iloc[0]
    assert (first["month"], first["indicator"]) == ("2025-09", "response_rate")
    last = follow_up_sections(found)["sentences"][-1].replace("\u202f", " ")
    assert re.search(r"septembre \(taux de réponse : 3\d,\d % au lieu de 6\d,\d %\)", last)
    assert 0 < first["p"] <= 0.05 and found.apart["value"].notna().all()


def test_from_nothing_no_ratio_is_told() -> None:
    before = registre(2024, seed=7)
    never = before.assign(outcome=before["outcome"].mask(before["outcome"] == "no_slot", "other"))
    never.attrs = before.attrs
    found = followed(registre(2025, seed=7), never)
    assert np.isnan(found.totals.at["no_slot", "change"])
    told = follow_up_sections(found)
    assert "sans créneau (0 → " in told["sentences"][0]
    assert any(row[3].text.startswith("0 → ") for row in told["changes"])


def test_a_follow_up_alone_compares_nothing(page: str) -> None:
    alone = follow_up_page(followed(registre(2025, seed=7)), date="30/11/2026")
    assert "Ce qui a changé" in page and "Ce qui a changé" not in alone


def test_slots_that_nobody_said_are_asked_of_the_scenario() -> None:
    case = load_scenario("beauce_gatinais").evolve(slots_today=None, minutes_per_slot_today=None)
    log = registre(2025, seed=7)
    found = _followed([log], case, key="beauce_gatinais", communes=None)
    page = follow_up_page(found, date="30/11/2026")
    assert "dites combien de créneaux vous offrez" in page.replace("\u00a0", " ")
    assert "le remplissage" not in follow_up_sections(found)["missing"]


def test_what_is_missing_says_whom_to_ask() -> None:
    log = registre(2025, seed=7)
    bare = log.drop(columns=["delay", "honoured", "own_doctor"])
    bare.attrs = log.attrs
    page = follow_up_page(followed(bare), date="30/11/2026")
    assert "colonne « honore »" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "À demander à qui tient le registre" in page.replace("\u00a0", " ")


def test_a_mask_is_a_square_and_a_word() -> None:
    found = followed(registre(2025, seed=3, mean=8.0, phi=1.2))
    shown = follow_up_sections(found)
    cells = [cell for *_, rows in shown["tables"] for row in rows for cell in row]
    assert any("secret" in cell.text for cell in cells)
    assert any("masqué" in svg for _, svg, _ in shown["drawings"])


def test_a_line_too_small_has_a_sentence_and_no_drawing_of_nothing() -> None:
    found = followed(registre(2025, seed=3, mean=2.0, phi=1.2))
    shown = follow_up_sections(found)
    said = " ".join(shown["sentences"]).replace("\u202f", " ")
    assert "Demandes de SNP : 12 mois sur 12 masqués (trop peu de demandes" in said
    assert [str(svg) for _, svg, _ in shown["drawings"]] == ["", ""]
    assert all("masqués" in nothing for *_, nothing in shown["drawings"])


def part_of_a_year() -> FollowUp:
    """Ten months beside twelve."""
    log = registre(2025, seed=7, shares=(0.65, 0.12, 0.10, 0.08, 0.05))
    now = log[log["time"].dt.month <= 10]
    now.attrs = log.attrs
    return followed(now, registre(2024, seed=7))


def test_ten_months_beside_twelve_are_headed_so() -> None:
    found = part_of_a_year()
    shown = follow_up_sections(found)
    heads = [each.replace("\u202f", " ") for each in shown["change_heads"]]
    assert heads == ["Période (10 mois)", "Avant (12 mois)", "Changement, à mois comparables"]
    # Two sums would say the contrary of what changed.
    assert re.search(r"rendez-vous donnés \(\+[\d,]+\s?% à mois", shown["sentences"][0])


@pytest.mark.parametrize(
    ("seed", "mean", "words"), [(4, 0.6, "masqué"), (3, 2.0, "trop de mois masqués")]
)
def test_what_cannot_be_said_has_a_reason(seed: int, mean: float, words: str) -> None:
    logs = [registre(year, seed=seed, mean=mean, phi=1.2) for year in (2025, 2024)]
    rows = follow_up_sections(followed(*logs))["changes"]
    reasons = {row[4].text for row in rows} - {"oui", "non, le hasard suffit"}
    assert f"on ne peut pas le dire : {words}" in reasons
    assert all(each.startswith("on ne peut pas le dire : ") for each in reasons)


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
    assert opened.page.locator("#mois tbody tr").count() == 2 * 12
    if width == 1366:
        cut = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
        assert opened.page.evaluate(f"{cut}.length") == 0
    assert bool(opened.page.locator(".scroll.wide").count()) == (width == 390)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.errors == [] and opened.requests == []
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    opened.close()
