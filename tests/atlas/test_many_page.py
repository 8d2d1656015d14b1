"""The page of more territories than a map can name: France, all at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.maps.live.commune_layer import NAMED
from cpts_geo.atlas.pages.index import index_map, many_page
from cpts_geo.atlas.sections.several import line_sections
from cpts_geo.atlas.sections.several.lines import Line, line_of
from cpts_geo.atlas.sections.territory import answer
from cpts_geo.foreign import Reading
from cpts_geo.geography.perimeters.outlines import outlines, territory_communes
from cpts_geo.schema import COLUMNS
from cpts_geo.sources.embedding import embedded
from tests.atlas.read_maps import layer_of

COUNT = NAMED + 1
NOTES = ["À savoir de tous.", Reading("Colonnes séparées par : virgule."), "Prenez --only NOM."]


def test_a_line_is_the_same_once_written(five: Analysis) -> None:
    for study in five.studies.values():
        line = line_of(study)
        assert repr(Line.read(line.told())) == repr(line)


@pytest.fixture(scope="module")
def many(five: Analysis) -> str:
    """So many intercommunalités, each with the figures of one of the five, without a page."""
    communes = embedded.load_communes()
    keys = list(communes["epci"].dropna().unique()[:COUNT])
    members = communes.loc[communes["epci"].isin(keys), ["epci", "code_insee"]]
    members = members.rename(columns={"epci": "territory"}).assign(published="", basis="", note="")
    rows = territory_communes(members, communes, figures=embedded.load_figures())
    shapes = outlines(rows).assign(name=lambda table: table.index)
    known = [line_of(study) for study in five.studies.values()]
    lines = [
        replace(known[n % 5], key=str(key), name=str(key), file="" if n else "premier.html")
        for n, key in enumerate(shapes.index)
    ]
    return many_page(
        lines, shapes, national=five.national, notes=NOTES, used=[],
        date="30/11/2026", failures={"Le <Douzième>": "file trop longue"},
    )  # fmt: skip


def test_all_stand_in_the_table_and_what_failed_is_told(many: str) -> None:
    assert f"{COUNT} territoires" in many
    assert len(re.findall(r"<tr data-key=", many)) == COUNT
    assert many.count('<a href="premier.html">') == 1
    assert 'href=""' not in many
    assert "Le &lt;Douzième&gt;" in many
    assert "1 territoire n’a pas pu être calculé" in many
    assert 'class="choose"' not in many


def test_the_page_says_nothing_of_options_or_of_how_a_file_was_read(many: str) -> None:
    assert "À savoir de tous." in many
    assert "Colonnes séparées" not in many
    assert "--only" not in many


def test_the_page_of_one_territory_says_no_more_of_them(five: Analysis) -> None:
    study = replace(next(iter(five.studies.values())), notes=tuple(NOTES))
    assert answer.section(study)["notes"] == NOTES[:1]


def test_what_is_unknown_of_all_is_a_sentence_and_a_secret_is_not(five: Analysis) -> None:
    lines = [line_of(study) for study in five.studies.values()]
    columns = [column.name for column, _ in line_sections(lines)["table"]["columns"]]
    name = next(each for each in columns if each.startswith("gps_per_100k_2"))

    def told(status: str) -> dict[str, Any]:
        one = {name: (math.nan, status, "")}
        found = [replace(each, needed=None, values={**each.values, **one}) for each in lines]
        return dict(line_sections(found)["table"])

    unknown = told("unknown")
    assert COLUMNS[name].label in unknown["unknown"]
    assert "aujourd’hui" in unknown["unknown"] and not unknown["today"]
    assert name not in [column.name for column, _ in unknown["columns"]]
    assert COLUMNS[name].label not in told("secret")["unknown"]


def test_a_value_of_an_analyst_is_not_said_to_be_published(five: Analysis) -> None:
    lines = [line_of(study) for study in five.studies.values()]
    lines[0] = replace(lines[0], origins={"apl_2023": "liste.csv, 2025"})
    new = index_map(lines, five.territories, national=five.national)
    layers = {each["title"]: each for each in layer_of(new).data["layers"]}
    assert layers["APL 2023"]["origin"] == "Drees, 2023"
    assert layers["APL 2023"]["origins"] == ["liste.csv, 2025", "", "", "", ""]
    assert all(each["origin"] for each in layers.values())


def test_the_map_names_the_largest_and_stays_on_the_mainland(
    many: str, tmp_path: Path, open_offline: Callable[..., Any]
) -> None:
    path = tmp_path / "index.html"
    path.write_text(many, encoding="utf-8")
    opened = open_offline(path)
    page = opened.page
    page.wait_for_selector(".cpts-map[data-ready]")
    names = page.locator(".cpts-name").all_inner_texts()
    assert 0 < len(names) < COUNT / 2
    assert page.locator(".cpts-lead").count() == 0
    page.locator("#territoires-filtre").fill("premier qui n’existe pas")
    assert page.locator("table.territoires tbody tr:visible").count() == 0
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#territoires-filtre").fill("")
    # A thousand cards scroll in their own place.
    assert page.evaluate("document.documentElement.scrollHeight") < 8 * 844
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_on_paper_the_table_takes_all_its_room_and_each_page_says_its_columns(
    many: str, open_offline: Callable[..., Any]
) -> None:
    """What scrolls on a screen would be printed over what follows it."""
    opened = open_offline(many)
    opened.page.emulate_media(media="print")
    room, table, buttons = opened.page.evaluate(
        """() => {
            const table = document.querySelector("table.territoires");
            const shown = [...table.querySelectorAll("thead button")];
            return [table.parentElement.getBoundingClientRect().height,
                    table.getBoundingClientRect().height,
                    shown.map((each) => getComputedStyle(each).display)];
        }"""
    )
    assert room >= table
    # A heading that comes again on another page is drawn there without its buttons.
    assert set(buttons) == {"contents"}
    opened.close()


def test_no_sheet_is_promised_where_there_is_none(five: Analysis) -> None:
    lines = [line_of(study) for study in five.studies.values()]
    linked, bare = (
        str(layer_of(index_map(lines, five.territories, national=five.national, links=links)).data)
        for links in ({line.key: line.file for line in lines}, {line.key: "" for line in lines})
    )
    assert "ouvrir sa fiche" in linked
    assert "ouvrir sa fiche" not in bare
