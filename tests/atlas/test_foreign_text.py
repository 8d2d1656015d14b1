"""Hostile text, through every field that others write, into every output: it stays a text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import folium
import geopandas as gpd
import openpyxl
import pytest

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.maps.interactive import overview_map, territory_map
from cpts_geo.atlas.maps.live.bare import bare_map
from cpts_geo.capacity.scenario.loading import load_scenario, save_scenario
from cpts_geo.foreign import MAX_NAME, is_invisible
from cpts_geo.geography.perimeters.request import Request, find_perimeters
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.readers.registry import READERS
from cpts_geo.writing.report import write_report
from run import PACKAGE
from tests.conftest import PYTHONPATH, Command, OpenedPage
from tests.kept import analysed, kept_folder, made_by

Open = Callable[..., OpenedPage]
#: What would stand in the bytes if a text had been computed.
COMPUTED = "zq49qz"
#: By what each tries; `owned` is set in a page whose script it becomes.
HOSTILE = {
    "template": "zq{{7*7}}qz zq${7*7}qz",
    "raw": "zq{{7*7}}qz {%raw%} {{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "comment": "zq{{7*7}}qz {# {% for",
    "script": "zq</script><script>window.owned=1</script><img src=x onerror=window.owned=2>",
    "quotes": "zq\"'`${window.owned=3}\\\"';window.owned=4;//<!-- --> & &lt; https://exemple.fr/x.js",
    "controls": "zq\n\r\t\x1b[2J\x07\u202eqz\u2028\u200b=1+1\x00",
    "long": "zq{{7*7}}qz" + "a" * 10_000,
    "formula": "=zq{{7*7}}qz;@cmd",
}
#: Those that name a territory: a page each.
NAMED = ("template", "raw", "script", "controls", "long")
#: Control characters no line of a result holds; a line break ends lines.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
#: A small square with the town hall of a commune each, all different.
_SQUARE = 0.02


def shapes(folder: Path) -> Path:
    """Polygons around the town halls of some communes, named by hostile texts."""
    communes = embedded.load_communes().set_index("code_insee")
    features = []
    codes = communes.index[communes["departement"] == "45"]
    for code, kind in zip(codes, NAMED, strict=False):
        lon, lat = communes.at[code, "lon"], communes.at[code, "lat"]
        ring = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
        corners = [[lon + x * _SQUARE, lat + y * _SQUARE] for x, y in ring]
        geometry = {"type": "Polygon", "coordinates": [corners]}
        features.append(
            {"type": "Feature", "properties": {"nom": HOSTILE[kind]}, "geometry": geometry}
        )
    path = folder / "zq{{7*7}}qz${7*7}'{%raw%}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Territories whose names, all their communes' names and scenarios are hostile."""
    found = analysed(perimeter=shapes(tmp_path_factory.mktemp("shapes")), draws=200)
    everything = " ".join(HOSTILE.values())[:2000]
    studies = {
        key: study.with_parts(
            communes=study.communes.assign(name=everything),
            audit=study.audit.assign(published=everything, name=everything, method="fuzzy"),
            access=replace(
                study.access,
                names=study.access.names.map(lambda _: everything),
                shifts=tuple(replace(each, title=everything) for each in study.access.shifts[:1]),
            ),
        )
        for key, study in found.studies.items()
    }
    return replace(found, studies=studies, notes=(*found.notes, *HOSTILE.values()))


@pytest.fixture(scope="module")
def report(studied: Analysis) -> Path:
    return kept_folder(made_by(__file__), lambda folder: write_report(studied, folder))


def texts(folder: Path, *patterns: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        for path in sorted(folder.rglob(pattern)):
            yield path.name, path.read_text(encoding="utf-8")


def test_names_of_territories_are_clean_and_what_was_changed_is_said(studied: Analysis) -> None:
    names = list(studied.territories["name"])
    assert len(names) == len(NAMED)
    assert all(len(name) <= MAX_NAME and not any(map(is_invisible, name)) for name in names)
    said = " ".join(studied.notes)
    assert "Nom coupé à 200 caractères : « zq{{7*7}}qzaaa" in said
    assert "Caractères invisibles retirés d’un nom : « zq" in said


@pytest.mark.report
def test_nothing_is_computed_in_any_file(report: Path) -> None:
    found = list(texts(report, "*.html", "*.csv", "*.toml", "*.json"))
    assert len(found) > 15
    assert [name for name, text in found if COMPUTED in text] == []
    # They are there, as texts.
    assert sum("zq" in text for _, text in found) > 10
    pages = [text for name, text in found if name.endswith(".html")]
    assert all("{{7*7}}" in page for page in pages)
    assert not any("<script>window.owned" in page or "<img src=x" in page for page in pages)


@pytest.mark.report
def test_files_have_names_that_any_system_accepts(report: Path) -> None:
    names = [path.name for path in report.rglob("*")]
    assert all(re.fullmatch(r"[a-z0-9_]+(\.[a-z]+)*", name) for name in names)
    assert max(map(len, names)) < 120


@pytest.mark.report
def test_tables_and_scenarios_hold_no_formula_and_read_back(report: Path) -> None:
    for name, text in texts(report / "tableaux", "*.csv"):
        assert not re.search(r"(^|[;,\n\"])\s*=", text), name
    for _, text in texts(report / "scenarios", "*.toml"):
        assert tomllib.loads(text)["label"]
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert any("zq{{7*7}}qz" in note for note in manifest["notes"])


@pytest.mark.report
def test_pages_run_nothing_of_it(report: Path, open_offline: Open) -> None:
    pages = sorted(report.glob("*.html"))
    assert len(pages) == len(NAMED) + 1
    for path in pages:
        opened = open_offline(path)
        opened.page.wait_for_selector(".cpts-map[data-ready]")
        assert opened.page.evaluate("window.owned === undefined")
        assert opened.page.locator("img[src=x]").count() == 0
        assert (opened.errors, opened.requests) == ([], [])
        # The name is read on the page, and on the map, as it was written.
        assert "zq" in opened.page.locator("h1").inner_text() or path.name == "index.html"
        for radio in opened.page.locator(".cpts-choice input").all():
            radio.check()
        assert opened.page.evaluate("window.owned === undefined")
        opened.close()


@pytest.mark.parametrize("kind", HOSTILE)
def test_maps_alone_and_in_a_notebook(kind: str, studied: Analysis, open_offline: Open) -> None:
    text = HOSTILE[kind]
    key = studied.territories.index[0]
    rows = studied.communes[studied.communes["territory"] == key].assign(name=text)
    named = studied.territories.assign(name=text)
    maps = [
        territory_map(rows, name=text, national=studied.national),
        overview_map(named, studied.national),
    ]
    assert COMPUTED not in maps[0]._repr_html_() + maps[1]._repr_html_()
    for new in maps:
        html = inline_assets(new.get_root().render())
        assert COMPUTED not in html
        opened = open_offline(html)
        opened.page.wait_for_selector(".cpts-map[data-ready]")
        assert opened.page.evaluate("window.owned === undefined")
        assert opened.errors == []
        opened.close()


def test_a_template_of_folium_still_works_beside_ours() -> None:
    new = bare_map()
    folium.CircleMarker((47.5, 1.5), tooltip="une ligne", popup="zq{{7*7}}qz").add_to(new)
    html = new.get_root().render()
    assert "une ligne" in html
    assert COMPUTED not in html


@pytest.mark.parametrize("kind", ["template", "raw", "script", "quotes", "formula"])
def test_a_scenario_is_written_as_text_and_reads_back_equal(
    kind: str, command: Command, tmp_path: Path, open_offline: Open
) -> None:
    text = "".join(c for c in HOSTILE[kind] if not is_invisible(c))[:MAX_NAME]
    case = load_scenario("ouest_loiret").evolve(label=text, notes=(text,), eligibility=text)
    save_scenario(case, tmp_path / "essai.toml")
    assert load_scenario(tmp_path / "essai.toml") == case
    code, out, err = command("compare", "ouest_loiret", "essai.toml", "--draws", "200")
    assert code == 0, err
    assert not _CONTROLS.search(out + err)
    (page,) = (tmp_path / "outputs").glob("*.html")
    found = list(texts(tmp_path / "outputs", "*.html", "*.csv"))
    assert all(COMPUTED not in each for each in (out, err, *(text for _, text in found)))
    opened = open_offline(page)
    assert opened.page.evaluate("window.owned === undefined")
    assert opened.errors == []
    opened.close()


def refused(command: Command, *arguments: str | Path) -> str:
    """What a person reads of a refusal: no control, nothing computed, no end of the process."""
    code, out, err = command(*arguments)
    assert code == 1, err
    assert "À faire" in err
    assert COMPUTED not in out + err
    assert not _CONTROLS.search(out + err)
    assert not any(is_invisible(c) for c in out + err if c != "\n")
    return err


@pytest.mark.parametrize("kind", ["template", "controls", "long"])
def test_refusals_quote_it_harmlessly(kind: str, command: Command, tmp_path: Path) -> None:
    text = HOSTILE[kind].replace("\x00", "")
    cell = '"' + text.replace('"', '""') + '"'
    files = {
        # A name in a list, and a header that is none.
        "nom.csv": f"commune\n{cell}\nDry\n",
        "entete.csv": f"{cell};population\nDry;3\n",
        # Outcome and header of a log.
        "issue.csv": f"date_heure;issue\n04/03/2024 08:30;{cell}\n",
        "colonne.csv": f"{cell};suite\n04/03/2024 08:30;RDV\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    refused(command, "report", "--perimeter", "nom.csv")
    refused(command, "report", "--perimeter", "entete.csv")
    for name in ("issue.csv", "colonne.csv"):
        refused(command, "call-log", name, "--scenario", "beauce_gatinais")
    # Code and header of a table of times.
    for name, head in {"code": "origine", "titre": cell}.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(f"{head};destination;minutes\n{cell};45130;3\n", "utf-8", newline="")
        refused(command, "report", "ouest_loiret", "--travel", path)
    # Values and names of a scenario.
    written = json.dumps(text)
    (tmp_path / "x.toml").write_text(f'base = "lvo"\n{written} = 1\nlabel = 3\n', "utf-8")
    refused(command, "compare", "x.toml", "lvo")
    # What is typed.
    for option in ("--epci", "--perimeter", "--change", "--by"):
        refused(command, "report", option, text)


def test_a_name_typed_or_of_a_zone_is_clean(tmp_path: Path) -> None:
    communes = embedded.load_communes()
    known = {
        "former": embedded.load_former_communes(),
        "arrondissements": embedded.load_arrondissements(),
    }
    for text in HOSTILE.values():
        path = tmp_path / "l.csv"
        path.write_text("commune\nDry\n", encoding="utf-8")
        request = Request(perimeter=path, name=text)
        mine = communes["code_insee"] == "45130"
        zones = communes.assign(
            tvs=communes["tvs"].mask(mine, "45999"), tvs_name=communes["tvs_name"].mask(mine, text)
        )
        named = find_perimeters(request, communes, **known)
        zone = find_perimeters(Request(tvs=("45999",)), zones, **known)
        for found in (named, zone):
            (name,) = found.identity["name"]
            assert name
            assert len(name) <= MAX_NAME
            assert not any(map(is_invisible, name))


def test_names_of_fetched_cpts_are_data(tmp_path: Path) -> None:
    source = next(s for s in sources().values() if s.reader == "cpts_perimeters")
    path = shapes(tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cpts_geo_fields"] = [{"name": "nom", "type": "string"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    table = READERS["cpts_perimeters"].table(path, source)
    assert isinstance(table, gpd.GeoDataFrame)
    assert table["cpts"].str.contains("zq").all()
    assert not table["cpts"].str.contains(COMPUTED).any()


def test_layers_of_folium_added_by_an_analyst_are_texts_too(open_offline: Open) -> None:
    text = HOSTILE["template"]
    place = {"type": "Point", "coordinates": [1.5, 47.5]}
    feature = {"type": "Feature", "properties": {"nom": HOSTILE["raw"]}, "geometry": place}
    new = bare_map()
    folium.GeoJson(
        {"type": "FeatureCollection", "features": [feature]},
        marker=folium.CircleMarker(),
        tooltip=folium.GeoJsonTooltip(fields=["nom"]),
    ).add_to(new)
    folium.CircleMarker((47.5, 1.5), popup=text, tooltip=text).add_to(new)
    html = new.get_root().render()
    assert COMPUTED not in html
    assert html.count("zq{{7*7}}qz") >= 2
    # Maps that are not ours are left as folium makes them.
    theirs = folium.Map()
    folium.CircleMarker((47.5, 1.5), tooltip=text).add_to(theirs)
    assert COMPUTED in theirs.get_root().render()


def test_no_file_of_the_folder_of_work_is_a_library(tmp_path: Path) -> None:
    for name in ("numexpr", "bottleneck", "python_calamine"):
        (tmp_path / f"{name}.py").write_text("open('PWNED', 'w').write('x')", encoding="utf-8")
    openpyxl.Workbook().save(tmp_path / "liste.xlsx")
    start = [sys.executable, *PACKAGE, "report", "--perimeter", "liste.xlsx"]
    paths = os.environ | {"PYTHONPATH": PYTHONPATH}
    done = subprocess.run(start, cwd=tmp_path, env=paths, capture_output=True, check=False)
    assert "À faire" in done.stderr.decode()
    assert done.returncode == 1
    assert not (tmp_path / "PWNED").exists()
