"""One public a page: never the number of another one beside it, in words, tables or exports."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.words import whom
from cpts_geo.capacity.answer.headline import Headline, headline
from cpts_geo.capacity.scenario.records import PUBLICS, Public
from tests.atlas.said import TERRITORIES, plain, result_of
from tests.kept import reported

#: Table that alone may name two publics, where no device says which one it admits.
_BOTH = "Créneaux selon le public"


@pytest.fixture(scope="module")
def report() -> Path:
    return reported()


@cache
def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "tableaux" / f"{name}.csv", dtype={"territory": str})


def _rows(folder: Path, name: str, key: str) -> pd.DataFrame:
    table = _table(folder, name)
    return table[table["territory"] == key]


def _blocks(page: str) -> list[str]:
    """Texts of a page, an element each, but those of the table of both publics."""
    body = page[page.index("<body>") :]
    body = re.sub(r"<(script|style).*?</\1>", "", body, flags=re.DOTALL)
    body = re.sub(rf'<div class="scroll"[^>]*aria-label="{_BOTH}".*?</table>', "", body,
                  flags=re.DOTALL)  # fmt: skip
    body = re.sub(r"</?(?:b|small|span|tspan|br|a)\b[^>]*>", " ", body)
    return [plain(unescape(text)) for text in re.findall(r">([^<>]+)<", body)]


def _other(result: Headline) -> tuple[Public, Headline]:
    """The other public, and its answer where no line counts who comes."""
    other: Public = "all" if result.scenario.public == "no_mt" else "no_mt"
    blind = result.scenario.evolve(
        calls_years=None, observed_consultations=None, observed_start=None, observed_end=None
    )
    return other, headline(blind.admitting(other), draws=2000)


@pytest.mark.parametrize("key", TERRITORIES)
def test_only_one_public_has_slots_on_a_page(five: Analysis, report: Path, key: str) -> None:
    result = result_of(five, key)
    other, elsewhere = _other(result)
    page = (report / f"{key}.html").read_text(encoding="utf-8")
    assert (_BOTH in page) is (five.studies[key].scenario.public is None)
    blocks = _blocks(page)
    sentences = [s for text in blocks for s in re.split(r"(?<=[.;:])\s", text)]
    slots = [s for s in sentences if re.search("créneaux? par jour", s)]
    assert any(whom(result.scenario) in text for text in blocks)
    assert len(slots) >= 5
    assert [s for s in slots if PUBLICS[other].lower() in s.lower()] == []
    low, high = elsewhere.slots_per_day.p10, elsewhere.slots_per_day.p90
    mine = result.slots_per_day
    assert (low, high) != (mine.p10, mine.p90)
    assert [s for s in slots if f"{low} à {high} créneaux" in s] == []
    assert [s for s in slots if f"({low} à {high})" in s] == []


@pytest.mark.parametrize("key", TERRITORIES)
def test_every_table_of_a_run_is_of_the_public_of_the_page(
    five: Analysis, report: Path, key: str
) -> None:
    result = result_of(five, key)
    answer: dict[str, Any] = _rows(report, "capacite", key).iloc[0].to_dict()
    assert answer["public"] == result.scenario.public
    needed, asked = result.slots_per_day, result.requests_per_day
    assert [answer[f"slots_{p}"] for p in ("p10", "p50", "p90")] == [*vars(needed).values()]
    months = _rows(report, "saisons", key)
    days = months["opening_days"]
    mean = float((months["requests_p50"] * days).sum() / days.sum())
    assert mean == pytest.approx(asked.p50, rel=0.02)
    assert months["slots_p50"].min() <= needed.p50 <= months["slots_p50"].max()
    causes = _rows(report, "incertitude", key)
    assert causes["result_median"].iloc[0] == pytest.approx(result.gp_hours_per_week.p50, rel=0.02)
    sites = _rows(report, "ou_ouvrir", key)
    assert sites["requests_per_day"].tolist() == pytest.approx([asked.p50] * len(sites))


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_panel_and_the_saved_scenario_are_of_that_public(
    five: Analysis, report: Path, key: str
) -> None:
    result, study = result_of(five, key), five.studies[key]
    page = (report / f"{key}.html").read_text(encoding="utf-8")
    found = re.search(r'id="essai-donnees">(.*?)</script>', page)
    assert found
    first = json.loads(found[1])["publics"][0]
    assert first["who"].endswith(whom(result.scenario))
    assert first["answer"]["slots"] == [*vars(result.slots_per_day).values()]
    saved = tomllib.loads((report / "scenarios" / f"{key}.toml").read_text(encoding="utf-8"))
    assert saved.get("public") == study.scenario.public


@pytest.mark.parametrize("key", TERRITORIES)
def test_the_first_screen_and_the_printed_need_are_of_that_public(
    five: Analysis, report: Path, key: str
) -> None:
    result = result_of(five, key)
    page = plain(unescape((report / f"{key}.html").read_text(encoding="utf-8")))
    paper, first = page.split('<a class="skip"', maxsplit=1)
    served = whom(result.scenario)
    condition = re.search(r'class="condition">(.*?)</p>', first, re.S)
    assert condition and f"Public : {served}." in condition[1]
    assert re.search(rf"Pour (les )?{re.escape(served)} ; objectif : ", paper)
