"""Pages as the meeting sees them: a real Chromium, the network cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import folium
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from matplotlib.figure import Figure

from cpts_geo.access.nearest.minutes import neighbourhood, travel_variants
from cpts_geo.analysis import Analysis
from cpts_geo.atlas.charts.dots import dots_svg
from cpts_geo.atlas.charts.spine import SpineMark, spine_svg
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.maps.interactive import territory_map
from cpts_geo.atlas.maps.layers import MapLayer, classify, territory_layers
from cpts_geo.atlas.maps.live.bare import bare_map
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.errors import AssetError, OutputError
from cpts_geo.french import slug
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing import report
from cpts_geo.writing._csv_tables import FORMS
from cpts_geo.writing.report import write_report
from tests.atlas.said import TERRITORIES, plain, unfolded, without_figures
from tests.kept import analysed, kept_folder, made_by, reported

APL = territory_layers(pd.DataFrame())[0]
EVIL = "<script>window.owned=1</script>\"'\n`${window.owned=2}`<img src=x onerror=window.owned=3>"
EVIL_PAGE = f"{slug(EVIL)}.html"
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def report_dir() -> Path:
    return reported()


@pytest.fixture(scope="session")
def evil_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A territory whose names hold markup, quotes, a newline and a template literal."""
    source = tmp_path_factory.mktemp("evil") / "liste.csv"
    far = "55039;Beaumont-en-Verdunois"
    source.write_text(f"code_insee;commune\n45203;\n45024;\n{far}\n", encoding="utf-8")
    found = analysed(perimeter=source, name=EVIL, draws=500)
    communes = found.communes.assign(name=EVIL)
    national = found.national.assign(
        name=found.national["name"].where(~found.national["departement"].eq("45"), EVIL)
    )
    audit = found.table("audit").assign(published=EVIL, name=EVIL, method="fuzzy")
    ((key, study),) = found.studies.items()
    access = study.access
    named = replace(
        access,
        names=access.names.map(lambda _: EVIL),
        shifts=tuple(replace(shift, title=EVIL) for shift in access.shifts[:1]),
    )
    assert access.opening is not None
    changed = replace(
        found,
        studies={key: study.with_parts(communes=communes, audit=audit, access=named)},
        national=national,
    )
    return kept_folder(made_by(__file__), lambda folder: write_report(changed, folder))


@pytest.fixture(scope="session")
def gueret_dir() -> Path:
    """An intercommunalité of which no file was read: who practises there is unknown, not nobody."""
    found = without_figures(analysed(epci=["Grand Guéret"], draws=300, fetched=False))
    return kept_folder(f"nobody-{made_by(__file__)}", lambda folder: write_report(found, folder))


@pytest.fixture(scope="module")
def seen(report_dir: Path, open_offline: Open) -> Open:
    """Return ``seen(name)``: a page of the report, opened once for the tests that only read it."""

    @cache
    def opened(name: str) -> Any:
        found = open_offline(report_dir / f"{name}.html")
        found.page.wait_for_selector(".cpts-map[data-ready]")
        return found

    return opened


@pytest.mark.report
@pytest.mark.parametrize("name", [*TERRITORIES, "index"])
def test_page_is_small_and_opens_without_any_network(
    name: str, seen: Open, report_dir: Path
) -> None:
    opened = seen(name)
    assert (opened.requests, opened.errors) == ([], [])
    assert opened.page.locator("html").get_attribute("lang") == "fr"
    assert (report_dir / f"{name}.html").stat().st_size < 2_000_000


@pytest.mark.report
@pytest.mark.parametrize("name", ["beauce_gatinais", "lvo", "index"])
def test_page_has_no_serious_accessibility_violation(name: str, seen: Open) -> None:
    found = Axe().run(seen(name).page).response["violations"]
    serious = [
        (violation["id"], [node["html"][:120] for node in violation["nodes"]][:3])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.report
def test_the_map_tells_its_values_and_its_legend_follows_the_layer(
    five: Analysis, report_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(report_dir / "ouest_loiret.html")
    page = opened.page
    page.wait_for_selector(".cpts-map[data-ready]")
    page.locator(".cpts-stage").scroll_into_view_if_needed()
    stage = page.locator(".leaflet-container").bounding_box()
    page.mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    tip = page.locator(".cpts-tip")
    text = tip.inner_text()
    # A name and one value with its sign; the rest is on the card.
    assert re.search(r"^.+\n\d,\d\d\sconsultations par an et par habitant standardisé\sƒ", text)
    assert tip.bounding_box()["width"] <= 330
    legend = page.locator(".cpts-legend")
    assert "APL aux médecins généralistes" in legend.inner_text()
    communes = five.communes[five.communes["territory"] == "ouest_loiret"]
    titles = [shift.title for shift in five.studies["ouest_loiret"].access.shifts]
    layers = territory_layers(communes, scenarios=titles)
    told = [label.strip() for label in page.locator(".cpts-choice label").all_inner_texts()]
    assert sorted(told) == sorted([*(layer.title for layer in layers), "sans"])
    for layer in layers[1:]:
        page.get_by_role("radio", name=layer.title).check()
        written = legend.inner_text()
        classes = classify(communes[layer.column], layer).value_counts()
        for number, label in enumerate(layer.labels):
            # Of a shift, the classes that are there alone.
            assert (label in written) == (not layer.diverging or number in classes.index)
        assert plain(layer.words) in plain(written)
    page.locator(".cpts-map").get_by_label("Population 2023").check()
    assert "Insee" in legend.inner_text()
    # Layers are chosen with the keyboard too.
    page.locator(".cpts-map").get_by_label("APL 2023").check()
    page.locator(".cpts-map").get_by_label("APL 2023").focus()
    page.keyboard.press("ArrowDown")
    assert "Minutes approchées" in legend.inner_text()
    opened.close()


@pytest.mark.report
def test_the_keyboard_reaches_the_layers_at_once(report_dir: Path, open_offline: Open) -> None:
    page = open_offline(report_dir / "beauce_gatinais.html").page
    page.wait_for_selector(".cpts-map[data-ready]")
    page.locator("nav a[href='#carte']").press("Enter")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    assert page.evaluate("document.activeElement.type") == "radio"
    page.context.close()


@pytest.mark.report
def test_missing_values_are_hatched_and_zero_is_not(evil_dir: Path, open_offline: Open) -> None:
    opened = open_offline(evil_dir / EVIL_PAGE)
    page = opened.page
    page.wait_for_selector(".cpts-map[data-ready]")
    # Beaumont-en-Verdunois has nobody, and no APL; Meung and Baule have theirs.
    assert "donnée absente" in page.locator(".cpts-legend").inner_text()
    page.get_by_role("radio", name="Minutes").check()
    assert "dans la commune" in page.locator(".cpts-legend").inner_text()
    cells = page.locator("td.unknown").all_inner_texts()
    assert cells
    assert not any("0" in cell for cell in cells)
    opened.close()


@pytest.mark.report
@pytest.mark.parametrize("name", [EVIL_PAGE.removesuffix(".html"), "index"])
def test_names_are_text_and_never_code(name: str, evil_dir: Path, open_offline: Open) -> None:
    opened = open_offline(evil_dir / f"{name}.html")
    page = opened.page
    page.wait_for_selector(".cpts-map[data-ready]")
    page.locator(".cpts-stage").scroll_into_view_if_needed()
    stage = page.locator(".leaflet-container").bounding_box()
    for right in (0.4, 0.5, 0.6):
        page.mouse.click(stage["x"] + right * stage["width"], stage["y"] + stage["height"] / 2)
    assert page.evaluate("window.owned") is None
    assert opened.requests == []
    assert opened.errors == []
    assert "<script>window.owned" in page.locator("body").inner_text()
    opened.close()


@pytest.mark.report
def test_the_outline_is_on_top_and_paper_gets_the_still_maps(
    report_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(report_dir / "lvo.html")
    page = opened.page
    page.locator(".cpts-map").get_by_label("Population 2023").check()
    stills = page.locator(".stills svg.drawing").all()
    # A layer each; the choice also offers no circles at all.
    assert len(stills) == page.locator(".cpts-choice input[type=radio]").count() - 1
    assert page.locator(".map").is_visible()
    assert not any(still.is_visible() for still in stills)
    page.get_by_label("avec l’annexe").check()
    page.emulate_media(media="print")
    assert not page.locator(".map").is_visible()
    for still in stills:
        assert still.is_visible()
        assert still.get_attribute("aria-label")
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    # The two pages, then the annex.
    assert 4 <= pages <= 20
    opened.close()


#: Parts of a sheet under its first screen, in order.
PARTS = ("carte", "chiffres", "besoin", "acces", "et-si", "communes", "sources")


def access_text(page: Any) -> str:
    """What stands in the parts on access and on changes of supply, what is folded included."""
    parts = unfolded(page).locator("#acces, #et-si").all_inner_texts()
    return plain("\n".join(parts))


@pytest.mark.report
@pytest.mark.parametrize("name", TERRITORIES)
def test_the_access_section_follows_the_capacity_with_headings_in_order(
    name: str, five: Analysis, seen: Open
) -> None:
    found = seen(name).page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3')].map(h => [Number(h.tagName[1]), h.id])"
    )
    levels = [level for level, _ in found]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    # A part has one heading, its finding; a folded one is named in what opens it.
    parts = [part for part in found if part[0] == 2]
    assert [anchor for _, anchor in parts] == [f"t-{key}" for key in ("essentiel", *PARTS)]
    links = seen(name).page.locator(".top nav a").all()
    anchors = [f"#{key}" for key in ("essentiel", *PARTS)]
    assert [link.get_attribute("href") for link in links] == anchors
    scenarios = seen(name).page.locator("#scenarios h3.apart")
    assert scenarios.count() == len(five.studies[name].access.shifts) > 0


@pytest.mark.report
def test_the_access_section_calls_its_times_approximate(seen: Open) -> None:
    page = seen("ouest_loiret").page
    text = access_text(page)
    assert "temps approchés par la distance" in text
    assert "Les temps approchés n’étant pas ceux de la Drees" in text
    assert "Il ne dépend pas de la variante des temps" in text
    # Every table of minutes says whose they are: coverage, best sites, before and after.
    shifts, tables = (page.locator(parts).all() for parts in (
        "#scenarios table", "#acces details:first-of-type table, #ouvrir table"
    ))  # fmt: skip
    assert all(
        "temps approchés" in plain(table.inner_text()) for table in (tables[0], *tables[-2:])
    )
    # Shifts of the APL are supposed, with their extremes.
    for table in shifts[:2]:
        assert re.search(r"\(de [+−]0,\d\d à [+−]0,\d\d\)", plain(table.inner_text()))
    assert page.locator("#scenarios h3 .status").first.inner_text().endswith("hypothèse")


@pytest.mark.report
def test_the_island_is_said_to_be_left_out(seen: Open) -> None:
    page = seen("lvo").page
    text = access_text(page)
    assert "L’Île-d’Yeu : aucune route vers les autres communes, hors de ce calcul" in text
    assert "Hors d’atteinte : 4 883 habitants sans route" in text
    assert "Soins sur place (estimé) pour 4 883 habitants (L’Île-d’Yeu)" in text
    row = page.locator("#communes tr", has_text="L’Île-d’Yeu").first
    # By road no emergency department; a health centre on the spot is estimated, not measured.
    emergency, gp = row.locator("td").all_inner_texts()[-2:]
    assert (plain(emergency), plain(gp)) == ("donnée absente", "0")
    assert plain(page.locator("table.communes thead th").last.inner_text()).endswith("◐ estimé")


@pytest.mark.report
@pytest.mark.parametrize("width", [400, 1280])
def test_no_page_is_wider_than_its_screen(width: int, report_dir: Path, open_offline: Open) -> None:
    for name in ("beauce_gatinais", "lvo"):
        page = open_offline(
            report_dir / f"{name}.html", viewport={"width": width, "height": 800}
        ).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if (name, width) == ("lvo", 400):
            stands_under_the_choice_of_layers(page)
        page.context.close()


def stands_under_the_choice_of_layers(page: Any) -> None:
    """On a narrow screen, the map is not hidden by the choice of layers."""
    page.wait_for_selector(".cpts-map[data-ready]")
    choice = page.locator(".cpts-bar").bounding_box()
    stage = page.locator(".cpts-stage").bounding_box()
    assert stage["y"] >= choice["y"] + choice["height"]
    assert stage["height"] > 200


@pytest.mark.report
def test_where_nothing_is_known_the_page_says_so(gueret_dir: Path, open_offline: Open) -> None:
    opened = open_offline(gueret_dir / "ca_du_grand_gueret.html")
    page = opened.page
    text = access_text(page)
    assert "Aucun lieu d’exercice connu autour du territoire" in text
    assert "Et si l’offre changeait" not in text
    assert "Les services d’urgences autour du territoire ne sont pas tous connus" in text
    assert "l’APL, qui donnerait les autres, est inconnue ici" in text
    assert not re.search(r"(?<!\d)0 %", text)
    titles = page.locator(".cpts-choice label").all_inner_texts()
    assert not any("Minutes" in title for title in titles)
    assert (opened.requests, opened.errors) == ([], [])
    tables = {path.name for path in (gueret_dir / "tableaux").iterdir()}
    assert "ou_ouvrir.csv" in tables
    assert not {"acces.csv", "scenarios_offre.csv"} & tables
    opened.close()


def sheet_file(found: Analysis, folder: Path) -> Path:
    """The page of the one territory of an analysis, without the other files of a report."""
    (sheet,) = found.studies.values()
    path = folder / sheet.file
    page = sheet_page(sheet, national=found.national, date="01/01/2026")
    path.write_text(page, encoding="utf-8")
    return path


def times_file(folder: Path, pairs: pd.DataFrame) -> Path:
    path = folder / "temps du SIG.csv"
    pairs.to_csv(path, index=False, sep=";")
    return path


def test_the_page_says_whose_times_they_are_and_leaves_variants_out(
    tmp_path: Path, five: Analysis, open_offline: Open
) -> None:
    members = five.communes[five.communes["territory"] == "ouest_loiret"]
    field = neighbourhood(members, five.national, figures=embedded.load_figures())
    source = times_file(tmp_path, travel_variants(field)["low"].pairs())
    asked = ["départ:Meung-sur-Loire", "arrivée:Tavers", "réduction:Tavers:4000"]
    found = analysed(["ouest_loiret"], travel=source, changes=asked, draws=500)
    opened = open_offline(sheet_file(found, tmp_path))
    text = access_text(opened.page)
    assert "temps de la table « temps du SIG.csv » (confiance C)" in text
    assert "temps fournis par l’analyste" in text
    assert "Les temps fournis par l’analyste n’étant pas ceux de la Drees, l’écart est" in text
    assert not re.search("approch|variante|Changements choisis par défaut", text)
    assert opened.page.locator("h3.apart").count() == 3
    assert opened.page.locator(".cpts-choice input, .cpts-choice option").count() == 8
    assert (opened.requests, opened.errors) == ([], [])
    opened.close()


def test_a_table_of_the_territory_alone_shows_no_shift_and_says_why(
    tmp_path: Path, open_offline: Open
) -> None:
    codes = embedded.load_perimeters().query("territory == 'ouest_loiret'")["code_insee"]
    rows = [(a, b, 9 + k % 7) for k, a in enumerate(codes) for b in codes if a != b]
    source = times_file(tmp_path, pd.DataFrame(rows, columns=["origine", "destination", "minutes"]))
    found = analysed(["ouest_loiret"], travel=source, draws=500)
    opened = open_offline(sheet_file(found, tmp_path))
    text = access_text(opened.page)
    # Orléans, which the table does not hold, shares the catchments of its neighbours.
    assert "Un médecin part : Chaingy : écart non montré" in text
    assert "partagent ce bassin : l’écart serait exagéré" in text
    assert "Et si l’offre changeait" not in text
    assert opened.page.locator(".cpts-choice input").count() == 5
    # No hospital is in the table: today's minutes are unknown, those of the sites are not.
    assert "le temps d’aujourd’hui, et donc le gain, ne peut pas être compté" in text
    assert "Aujourd’hui" not in text
    assert opened.page.locator("#ouvrir .scroll").first.is_visible()
    opened.close()


def test_scenarios_that_touch_nobody_are_said_to_touch_nobody(tmp_path: Path) -> None:
    found = analysed(["ouest_loiret"], changes=["arrivée:Vennecy"], draws=500, fetched=False)
    page = plain(sheet_file(found, tmp_path).read_text(encoding="utf-8"))
    assert (
        "Un médecin s’installe : Vennecy : écart non montré, il ne change l’APL d’aucune commune "
        "de ce territoire." in page
    )
    assert 'id="scenarios"' not in page


@pytest.mark.report
def test_two_reports_of_one_analysis_are_the_same_bytes(tmp_path: Path) -> None:
    one = reported(["ouest_loiret"], draws=500)
    write_report(analysed(["ouest_loiret"], draws=500), tmp_path)
    files = sorted(path for path in one.rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".html", ".png", ".csv", ".json", ".toml"}
    # On the same day; the date is all that a later one would change.
    for path in files:
        assert path.read_bytes() == (tmp_path / path.relative_to(one)).read_bytes(), path.name


@pytest.mark.report
def test_one_more_form_of_the_tables_is_one_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = analysed(["lvo"], draws=100)
    folder = tmp_path / "tableaux"
    folder.mkdir()
    (folder / "communes.xlsx").touch()
    monkeypatch.setitem(FORMS, ".parquet", lambda table, path: table.to_parquet(path))
    write_report(analysed(["beauce_gatinais"], draws=100), tmp_path)
    both = {"telephone.csv", "telephone.parquet", "communes.xlsx"}
    assert both <= {path.name for path in folder.iterdir()}
    write_report(found, tmp_path)
    written = {path.name for path in folder.iterdir()}
    # Of another run, whatever the form; what is an analyst's own stays.
    assert written & both == {"communes.xlsx"}
    once, again = ({n.removesuffix(end) for n in written if n.endswith(end)} for end in FORMS)
    assert "communes" in once
    assert once == again


@pytest.mark.report
def test_without_scripts_the_answer_and_the_tables_are_there(
    report_dir: Path, open_offline: Open
) -> None:
    opened = open_offline(report_dir / "beauce_gatinais.html", java_script_enabled=False)
    text = opened.page.locator("body").inner_text()
    assert "15 créneaux" in text
    assert "Pithiviers" in text
    opened.close()


@pytest.mark.report
def test_headline_figures_and_their_floor(seen: Open) -> None:
    for name, expected in {
        "beauce_gatinais": (
            "il faudrait 15 créneaux par jour (12 à 20, 8 situations sur 10, si les hypothèses",
            "Aujourd’hui : 8 créneaux par jour",
            "ligne saturée",
            "Périmètre proposé",
        ),
        # Hours are supposed where the slots are answered.
        "ouest_loiret": (
            "il faudrait 8 créneaux par jour (7 à 9",
            "au moins 6 créneaux par jour pour les donner le jour même ou le lendemain",
            "au moins 8 pour les donner le jour même.",
            "d’après les chiffres de la ligne, n’ont rien de surprenant",
            "5,60 par jour",
            "un lieu de SNP ouvre avec 11,1 h de consultation par semaine",
        ),
    }.items():
        text = plain(unfolded(seen(name).page).locator("body").inner_text())
        assert [words for words in expected if words not in text] == []
    row = (
        seen("beauce_gatinais")
        .page.locator("#generalistes")
        .get_by_role("row", name=re.compile("communiqué.*30.*57.*87", re.S))
    )
    assert row.count() == 1


def test_an_address_without_local_file_is_refused() -> None:
    with pytest.raises(AssetError) as caught:
        inline_assets(folium.Map().get_root().render())
    assert any("jquery" in defect for defect in caught.value.defects)
    assert len(caught.value.defects) >= 5


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://example.org/a.png">',
        "<img src=https://example.org/a.png>",
        '<img srcset="https://example.org/a.png 2x">',
        '<video poster="//example.org/a.png"></video>',
        "<script src='//example.org/a.js'></script>",
        '<script src="https://example.org/a.js">var a;</script>',
        "<script src=https://example.org/a.js></script>",
        '<script>import("https://example.org/a.js")</script>',
        "<script>L.tileLayer('https://{s}.example.org/{z}')</script>",
        '<script>fetch("//example.org")</script>',
        '<link rel="stylesheet" href="style.css">',
        "<link rel=stylesheet href=https://example.org/a.css>",
        '<iframe src="http://example.org"></iframe>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>p { background: url(https://example.org/a.png) }</style>",
        '<p style="background:url(//example.org/a.png)"></p>',
        '<svg><use href="https://example.org/a.svg#b"></use></svg>',
        '<svg><image xlink:href="a.png"></image></svg>',
        '<input type="image" src="a.png">',
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        '<iframe srcdoc="&lt;img src=https://example.org/a.png&gt;"></iframe>',
    ],
)
def test_every_kind_of_outside_address_is_refused(markup: str) -> None:
    with pytest.raises(AssetError, match="embarqués"):
        inline_assets(f"<html><head></head><body>{markup}</body></html>")


def test_what_stays_inside_is_accepted() -> None:
    markup = (
        '<a href="https://example.org">lien</a><svg xmlns="http://www.w3.org/2000/svg">'
        '<use href="#a"></use></svg><img src="data:image/png;base64,AA">'
        "<script>var ns = 'http://www.w3.org/2000/svg'; // voir https://example.org</script>"
    )
    assert "lien" in inline_assets(f"<html><head></head><body>{markup}</body></html>")


def test_online_tiles_and_icons_are_refused() -> None:
    for element in (folium.TileLayer("OpenStreetMap"), folium.Marker((47.5, 1.5))):
        new = bare_map()
        element.add_to(new)
        if isinstance(element, folium.Marker):
            # Its default icon is a file beside the page: the policy keeps it from being asked.
            assert "Content-Security-Policy" in inline_assets(new.get_root().render())
        else:
            with pytest.raises(AssetError):
                inline_assets(new.get_root().render())


def test_the_policy_stops_what_a_script_would_ask(open_offline: Open) -> None:
    page = inline_assets(
        "<html><head></head><body><script>var a = 'example.org';"
        "new Image().src = 'http' + '://' + a;</script></body></html>"
    )
    opened = open_offline(page)
    assert opened.requests == []
    assert any("Content Security Policy" in error for error in opened.errors)
    opened.close()


def test_a_map_alone_works_too(five: Analysis, open_offline: Open) -> None:
    rows = five.communes[five.communes["territory"] == "ouest_loiret"]
    alone = territory_map(rows, name="CPTS Ouest Loiret", national=five.national)
    opened = open_offline(inline_assets(alone.get_root().render()))
    opened.page.wait_for_selector(".cpts-map[data-ready]")
    assert opened.requests == []
    assert opened.errors == []
    opened.close()


def test_arguments_are_left_as_they_were(five: Analysis) -> None:
    rows = five.communes[five.communes["territory"] == "ouest_loiret"]
    before = rows.copy()
    territory_map(rows, name="x", national=five.national)
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(before))


def test_classes_are_right_closed() -> None:
    layer = MapLayer("x", "x", (30, 57, 87, 120), ("a", "b", "c", "d", "e"))
    values = pd.Series([0, 12, 25, 30, 31, 45, 57, 58, 61, 70, 87, 90, 104, 130, 210, None])
    assert classify(values, layer).value_counts().sort_index().to_dict() == {
        -1: 1, 0: 4, 1: 3, 2: 4, 3: 2, 4: 2,
    }  # fmt: skip


def test_twenty_dots_and_the_marks() -> None:
    svg = dots_svg(
        [9, 10, *[14] * 17, 21],
        interval=(10, 19), median=14, today=8, floor=None, assumed=False, title="",
    )  # fmt: skip
    assert svg.count("<circle") == 20
    assert "aujourd’hui : 8" in svg
    assert "médiane 14" in svg
    assert "url(#hd)" not in svg
    assumed = dots_svg(
        [2] * 20, interval=(2, 2), median=None, today=None, floor=6, assumed=True, title="<b>"
    )
    assert "url(#hd)" in assumed
    assert "<b>" not in assumed
    # an order of magnitude has no number of its own
    assert "médiane" not in assumed
    assert "aujourd’hui" not in assumed


def test_a_spine_draws_what_is_known_and_the_territory_above_the_rest() -> None:
    marks = [
        SpineMark(2.0, main=True),
        SpineMark(float("nan"), "m0 -6l6 6"),
        SpineMark(5, "m0 -7v14"),
    ]
    svg = spine_svg((1.0, 5.0), marks, title="A & B")
    assert "A &amp; B" in svg
    # One line of the range, one sign, and the territory's disc last.
    assert svg.count("<path") == 2
    assert svg.index("<circle") > svg.rindex("<path")
    assert float(re.search(r'cx="([\d.]+)"', svg)[1]) == pytest.approx(8 + (240 - 16) / 4, abs=0.1)
    # A territory under every département stretches the scale, and stands at its end.
    low = spine_svg((1.0, 5.0), [SpineMark(0.0, main=True)], title="t")
    assert float(re.search(r'cx="([\d.]+)"', low)[1]) == 8
    assert "<circle" not in spine_svg((float("nan"),) * 2, [SpineMark(float("nan"))], title="t")


@pytest.mark.report
def test_a_failed_write_leaves_the_old_file(
    five: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "index.html"
    old.write_text("old", encoding="utf-8")
    real = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target).name == "index.html":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(report, "sheet_page", lambda *_, **__: "")
    monkeypatch.setattr(report, "territory_layers", lambda *_, **__: ())
    monkeypatch.setattr(Figure, "draw", lambda *_: None)
    one = replace(
        five,
        studies={"ouest_loiret": five.studies["ouest_loiret"]},
        listed=("ouest_loiret",),
    )
    with pytest.raises(OutputError, match="place"):
        write_report(one, tmp_path)
    assert old.read_text(encoding="utf-8") == "old"
    assert not list(tmp_path.rglob("*.part"))
