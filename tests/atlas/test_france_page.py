"""The page of France: every commune and intercommunalité, in one file that opens alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.errors import OutputError
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.france import write_france

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    told: list[str] = []
    made = write_france(
        tmp_path_factory.mktemp("france") / "neuf" / "france.html", fetched=False, say=told.append
    )
    # Half a minute without a word would be taken for a failure.
    assert len(told) >= 3
    return made


def test_it_weighs_three_megabytes_at_most(page: Path) -> None:
    assert page.stat().st_size <= 3_000_000


def test_a_name_gives_its_figures_and_the_command_of_its_sheet(
    page: Path, open_offline: Open
) -> None:
    opened = open_offline(page)
    card, field = opened.page.locator(".cpts-card"), opened.page.get_by_role("combobox").first
    field.fill("cc du pithiverais")
    field.press("Enter")
    said = card.inner_text()
    assert "cpts-geo report --epci 200066280" in said
    whole = embedded.load_communes().query("epci == '200066280'")["population"].sum()
    assert re.sub(r"\s", "", said).find(f"{whole:.0f}") >= 0
    # A commune says its own, then those of its intercommunalité.
    field.fill("Pithiviers")
    field.press("Enter")
    said = card.inner_text()
    assert "45252" in said and "cpts-geo report --epci 200066280" in said
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_a_density_is_that_of_an_area(page: Path, open_offline: Open) -> None:
    opened = open_offline(page)
    names = opened.page.locator(".cpts-select option").all_inner_texts()
    assert (
        [name for name in names if "100" in name]
        == [name for name in names if "par intercommunalité" in name]
        != []
    )
    opened.close()


@pytest.mark.parametrize("printed", [False, True])
def test_without_scripts_and_on_paper_a_still_map_stands_there(
    printed: bool, page: Path, open_offline: Open
) -> None:
    opened = open_offline(page, java_script_enabled=printed)
    if printed:
        assert not opened.page.locator("img.still").is_visible()
        opened.page.emulate_media(media="print")
    box = opened.page.locator("img.still").bounding_box()
    assert box is not None and box["height"] > 300
    assert not opened.page.locator(".map").is_visible()
    opened.close()


def test_what_stands_in_the_way_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "france.html").mkdir()
    told: list[str] = []
    with pytest.raises(OutputError):
        write_france(tmp_path / "france.html", say=told.append)
    assert told == []
