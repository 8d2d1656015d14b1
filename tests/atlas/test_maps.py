"""What the maps show: classes, hatching, values as they are written, names on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.path import Path as MplPath

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import STATUS_WORDS
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.look.vintages import minutes_column
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps import embedding, interactive, still
from cpts_geo.atlas.maps._paper import credit_line
from cpts_geo.atlas.maps.embedding import drawn as pixels_of
from cpts_geo.atlas.maps.layers import MapLayer, classify, column_layer, territory_layers
from cpts_geo.atlas.maps.live.commune_layer import CommuneLayer
from cpts_geo.errors import AskedError, TableError
from cpts_geo.french import NNBSP, typeset, value_text
from cpts_geo.schema import COLUMNS, TERRITORY, status_column
from cpts_geo.sources.catalogue.catalogue import credits_of, sources
from cpts_geo.sources.embedding import embedded
from tests.atlas.read_maps import land_of, layer_of, unpacked
from tests.atlas.said import plain
from tests.kept import analysed

KEY = "ouest_loiret"
LAYERS = territory_layers(pd.DataFrame())
APL, GPS, POPULATION = LAYERS
MINUTES = "gp_minutes_approx_2024"


@pytest.fixture(scope="module")
def communes(five: Analysis) -> gpd.GeoDataFrame:
    """Communes of a territory where everything is known and every contour is there."""
    return five.communes[five.communes["territory"] == KEY]


@pytest.fixture(scope="module")
def one_unknown(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same, without the APL of Beaugency."""
    unknown = communes["name"] == "Beaugency"
    return communes.assign(
        apl_2023=communes["apl_2023"].mask(unknown),
        apl_2023_status=communes["apl_2023_status"].mask(unknown, "unknown"),
    )


@pytest.fixture(scope="module")
def with_hole(five: Analysis) -> gpd.GeoDataFrame:
    """All communes but Cravant, inland in the territory: its land has no contour."""
    return five.national[five.national["name"] != "Cravant"]


def named(communes: gpd.GeoDataFrame, name: str) -> Any:
    return communes[communes["name"] == name].iloc[0]


def mapped(communes: gpd.GeoDataFrame, five: Analysis, scenarios: Sequence[str] = ()) -> folium.Map:
    return interactive.territory_map(
        communes, name="x", national=five.national, scenarios=scenarios
    )


def columns(new: folium.Map) -> dict[str, dict[str, Any]]:
    """Layers of a map as they are handed to the page, by title."""
    return {each["title"]: each for each in layer_of(new).data["layers"]}


def hatched(new: folium.Map, title: str) -> list[str]:
    """Communes of the territory that a layer hatches."""
    data, column = layer_of(new).data, columns(new)[title]
    return [data["names"][row] for row in range(data["own"]) if column["classes"][row] == "-"]


def bare_lands(new: folium.Map) -> list[Any]:
    """Land without contour, which is hatched."""
    data, (_, _, bare) = unpacked(layer_of(new).packed)
    return [land_of(rings, data["quantum"]) for rings in bare]


def test_classes_cover_every_value_of_a_layer() -> None:
    values = pd.Series([0.0, 1.5, 1.51, 2.5, 5.0, 5.01, np.nan])
    assert classify(values, APL).tolist() == [0, 0, 1, 1, 4, 5, -1]
    # A count has no classes: its circles lie on one ground, and unknown apart.
    assert classify(pd.Series([0.0, 1.0, 2.0, np.nan]), GPS).tolist() == [0, 0, 0, -1]
    assert [layer.counts for layer in LAYERS] == [False, True, True]
    assert GPS.colours == POPULATION.colours == (style.LAND,)


def scenarios(five: Analysis, key: str = KEY) -> list[str]:
    return [shift.title for shift in five.studies[key].access.shifts]


def test_access_adds_minutes_and_a_layer_a_scenario(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    titles = scenarios(five)
    found = territory_layers(communes, scenarios=titles)
    assert [layer.column for layer in found] == [
        "apl_2023",
        "gp_minutes_approx_2024",
        "gps_2024",
        "population",
        "apl_shift_1",
        "apl_shift_2",
    ]
    assert [layer.title for layer in found[-2:]] == titles
    assert [layer.diverging for layer in found] == [False] * 4 + [True] * 2
    # Titles choose a layer: no two are alike.
    assert len({layer.title for layer in found}) == len(found)


def test_a_scenario_whose_shift_is_nowhere_known_has_no_layer(communes: gpd.GeoDataFrame) -> None:
    table = communes.assign(apl_shift_1=np.nan)
    columns = [layer.column for layer in territory_layers(table, scenarios=["un", "deux"])]
    assert "apl_shift_1" not in columns
    assert "apl_shift_2" in columns


def test_real_times_come_before_approximations() -> None:
    assert minutes_column(()) is None
    assert minutes_column(("emergency_minutes_approx_2024", "apl_2023")) is None
    # From the approximation of the oldest GPs to the analyst's own times.
    better = [
        "gp_minutes_approx_2017", "gp_minutes_approx_2025", "gp_minutes_insee_2025",
        "gp_minutes_file_2017",
    ]  # fmt: skip
    assert minutes_column(better[:1]) == better[0]
    for pair in pairwise(better):
        assert minutes_column(pair) == pair[1]


def test_in_the_commune_is_a_class_apart_from_near_and_from_unknown(
    communes: gpd.GeoDataFrame,
) -> None:
    minutes = territory_layers(communes)[1]
    values = pd.Series([0.0, 0.1, 10.0, 10.1, 15.0, 20.0, 30.0, 30.1, np.nan])
    assert classify(values, minutes).tolist() == [0, 1, 1, 2, 2, 3, 4, 5, -1]
    assert tuple(map(plain, minutes.labels)) == (
        "dans la commune", "10 min ou moins", "10 à 15 min", "15 à 20 min", "20 à 30 min",
        "plus de 30 min",
    )  # fmt: skip


@given(st.floats(0, 5))
@example(0.005)
@example(0.05)
@example(0.15)
def test_losses_mirror_gains(value: float) -> None:
    (shift,) = territory_layers(pd.DataFrame({"apl_shift_1": [0.1]}), scenarios=["essai"])[-1:]
    gain, loss = classify(pd.Series([value, -value]), shift)
    assert gain + loss == 6
    assert gain >= 3
    assert (gain == 3) == (value <= 0.005)


def test_a_shift_has_its_size_and_its_side() -> None:
    (shift,) = territory_layers(pd.DataFrame({"apl_shift_1": [0.1]}), scenarios=["essai"])[-1:]
    values = pd.Series([-0.2, -0.1, -0.01, 0.0, 0.01, 0.1, 0.2, np.nan])
    classes = classify(values, shift)
    assert [shift.labels[k] for k in classes[:7]] == [
        "perte : plus de 0,15", "perte : 0,05 à 0,15", "perte : moins de 0,05",
        "sans effet (moins de 0,005)",
        "gain : moins de 0,05", "gain : 0,05 à 0,15", "gain : plus de 0,15",
    ]  # fmt: skip
    assert classes.tolist()[7] == -1
    assert len(set(shift.colours)) == 7


def test_layers_of_access_say_what_is_approximate_or_supposed(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    new = mapped(communes, five, scenarios=scenarios(five))
    minutes = columns(new)["Minutes jusqu’au généraliste"]
    assert minutes["heading"] == "Minutes approchées jusqu’au généraliste libéral le plus proche"
    assert plain(minutes["measure"]).startswith("Unité : min")
    assert "sans réseau routier, ni rivière, ni relief" in plain(minutes["source"])
    shift = columns(new)["Un médecin part : Chaingy"]
    assert plain(shift["heading"]) == "Écart d’APL 2023, hypothèse — Un médecin part : Chaingy"
    assert "temps approchés" in plain(shift["source"])
    assert len(shift["labels"]) == 7


def test_a_scenario_gives_its_sign_and_the_apl_after_in_the_classes_of_before(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    new = mapped(communes, five, scenarios=scenarios(five))
    data = layer_of(new).data
    row = data["names"].index("Meung-sur-Loire")
    shift = columns(new)["Un lieu de SNP ouvre : Meung-sur-Loire"]
    assert (shift["values"][row], shift["decimals"], shift["signed"]) == (5, 2, True)
    assert data["statuses"][int(shift["statuses"][row])][:2] == ["○", "hypothèse"]
    after, before = shift["after"], data["layers"][shift["after"]["before"]]
    assert (before["title"], before["values"][row], after["values"][row]) == ("APL 2023", 351, 356)
    expected = classify(communes["apl_after_2"], APL)
    assert after["classes"][: data["own"]] == "".join(map(str, expected))


def test_minutes_out_of_reach_are_hatched_and_none_is_painted_as_zero(five: Analysis) -> None:
    title = "Minutes jusqu’au généraliste"
    rows = five.communes[five.communes["territory"] == "lvo"]
    # L'Île-d'Yeu has a health centre: care is on the spot, by an estimate.
    known = named(rows, "L'Île-d'Yeu")
    assert (known[MINUTES], known[status_column(MINUTES)]) == (0, "estimated")
    assert hatched(mapped(rows, five), title) == []
    yeu = rows["name"] == "L'Île-d'Yeu"
    rows = rows.assign(**{MINUTES: rows[MINUTES].mask(yeu)})
    new = mapped(rows, five)
    assert hatched(new, title) == ["L’Île-d’Yeu"]
    assert hatched(new, "APL 2023") == []
    assert columns(new)[title]["values"][layer_of(new).data["names"].index("L’Île-d’Yeu")] is None


@pytest.mark.parametrize("key", ["ouest_loiret", "lvo", "ondaine_forez"])
def test_values_and_classes_are_those_of_the_table_and_written_alike(
    five: Analysis, key: str
) -> None:
    study = five.studies[key]
    rows = study.communes[study.communes.geometry.notna()]
    new = mapped(rows, five, scenarios=study.scenarios)
    data = layer_of(new).data
    assert data["codes"][: data["own"]] == rows["code_insee"].tolist()
    for layer in territory_layers(rows, scenarios=study.scenarios):
        column, found = COLUMNS[layer.column], columns(new)[layer.title]
        for row, (value, status) in enumerate(
            zip(rows[layer.column], rows[status_column(layer.column)], strict=True)
        ):
            step = found["values"][row]
            assert (step is None) == pd.isna(value)
            if step is not None:
                shown = Decimal(step).scaleb(-found["decimals"])
                sign = {1: "+", -1: "−"}.get((step > 0) - (step < 0), "") if found["signed"] else ""
                assert value_text(column, value).lstrip("+−") == plain_number(abs(shown))
                assert value_text(column, value).startswith(sign)
            assert data["statuses"][int(found["statuses"][row])][1] == STATUS_WORDS[status]
        if not layer.counts:
            expected = classify(rows[layer.column], layer).map(lambda k: "-" if k < 0 else str(k))
            assert found["classes"][: data["own"]] == "".join(expected)


def plain_number(value: Decimal) -> str:
    """A number as French writes it."""
    return f"{value:,f}".replace(",", NNBSP).replace(".", ",")


def test_a_missing_value_is_hatched(five: Analysis, one_unknown: gpd.GeoDataFrame) -> None:
    new = mapped(one_unknown, five)
    assert hatched(new, APL.title) == ["Beaugency"]
    assert columns(new)[POPULATION.title]["values"][layer_of(new).data["names"].index("Beaugency")]


def test_dark_is_need() -> None:
    minutes, lit = MINUTES, {name: luminance(column_layer(name).colours) for name in ("apl_2023",)}
    assert COLUMNS["apl_2023"].more_is_better and not COLUMNS[minutes].more_is_better
    # Few consultations, or many minutes, are the darkest class.
    assert lit["apl_2023"] == sorted(lit["apl_2023"])
    layers = territory_layers(pd.DataFrame({minutes: [1.0]}))
    assert luminance(layers[1].colours) == sorted(luminance(layers[1].colours), reverse=True)
    dense = [name for name in COLUMNS if "per_100k" in name]
    assert all(COLUMNS[name].more_is_better for name in dense)


@pytest.mark.parametrize("size", [n for n in style.SEQUENTIAL if n > 1])
def test_classes_are_told_apart_in_grey(size: int) -> None:
    light = luminance(style.SEQUENTIAL[size])
    assert min(a - b for a, b in pairwise(light)) >= 10


def test_a_gain_is_told_from_a_loss_in_grey_on_a_still_map(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    shift = communes["apl_2023"].rank(pct=True) * 0.8 - 0.4
    table = communes.assign(apl_shift_1=shift, apl_after_1=communes["apl_2023"] + shift)
    layer = territory_layers(table, scenarios=["essai"])[-1]
    assert layer.diverging
    (ax,) = still.layer_figure(table, layer, name="x", national=five.national).axes
    legend: Any = ax.get_legend()
    for swatch, words in zip(legend.get_patches(), legend.get_texts(), strict=True):
        side = {"perte": "--", "gain": "++"}.get(words.get_text().split()[0])
        assert swatch.get_hatch() == side
    assert {each.get_hatch() for each in ax.collections} >= {"--", "++"}
    sides = layer.colours[:4], layer.colours[:2:-1]
    assert all(min(b - a for a, b in pairwise(luminance(side))) >= 5 for side in sides)


def luminance(colours: Sequence[str]) -> list[float]:
    """Lightness L* of colours, all that is left of them in grey."""
    rgb = np.array([to_rgb(colour) for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return list(116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)


def test_land_without_contour_is_hatched(
    five: Analysis, communes: gpd.GeoDataFrame, with_hole: gpd.GeoDataFrame
) -> None:
    inside = communes[communes["name"] != "Cravant"]
    (shape,) = bare_lands(interactive.territory_map(inside, name="x", national=with_hole))
    cravant = named(communes, "Cravant").geometry
    assert shape.intersection(cravant).area > 0.95 * cravant.area
    assert bare_lands(mapped(communes, five)) == []
    # Beauce-Gâtinais has two holes of its own.
    rows = five.communes[five.communes["territory"] == "beauce_gatinais"]
    assert len(bare_lands(mapped(rows, five))) == 2


def test_neighbours_are_painted_by_their_own_figures_and_not_counted(five: Analysis) -> None:
    study = five.studies["beauce_gatinais"]
    field = study.common.surroundings.field
    new = interactive.territory_map(
        study.communes, name=study.name, national=five.national, around=field,
        comparison=study.comparison, open_today=["45252"], proposed=["45119", "45252"],
    )  # fmt: skip
    data, apl = layer_of(new).data, columns(new)["APL 2023"]
    assert data["own"] == len(study.communes) < len(data["codes"])
    assert set(data["area"][data["own"] :]) == {-1}
    beyond = data["codes"][data["own"] :]
    classes = classify(field.loc[beyond, "apl_2023"], APL)
    expected = ["-" if number < 0 else str(number) for number in classes]
    assert apl["classes"][data["own"] :] == "".join(expected)
    assert len(set(expected)) > 3
    assert [[name, text] for name, _, text in apl["averages"]] == [
        ["ici", "1,83"], ["Loiret", "2,62"], ["Centre-Val de Loire", "2,92"], ["France", "3,74"],
    ]  # fmt: skip
    # A number of doctors is not gauged against that of France.
    assert [name for name, *_ in columns(new)[GPS.title]["averages"]] == ["ici"]
    signs = {sign: [data["codes"][row] for row in rows] for sign, _, rows in data["signs"]}
    assert signs["▲"] == ["45252"]
    assert signs["△"] == ["45119"]
    departments = field.loc[signs["✚"], "emergency_departments_2024"]
    assert (departments > 0).all() and "45252" in signs["✚"]
    # Of the page, at most.
    assert len(layer_of(new).packed) < 120_000


def test_the_whole_of_france_fits_in_three_megabytes(five: Analysis) -> None:
    figures = embedded.load_figures()
    new = interactive.france_map(five.national, figures, links={"200066280": "x.html"})
    page = inline_assets(new.get_root().render())
    assert len(page.encode()) < 3_000_000
    data = layer_of(new).data
    areas = {area["name"]: area for area in data["areas"]}
    assert areas["CC du Pithiverais"]["link"] == "x.html"
    assert areas["CC du Pithiverais"]["command"] == ""
    assert areas["Orléans Métropole"]["command"] == "cpts-geo report --epci 244500468"
    # Of the same communes, the map of a territory too.
    rows = five.national.merge(figures, on="code_insee").assign(population_status="measured")
    whole = interactive.territory_map(rows, name="France", national=five.national)
    assert len(layer_of(whole).packed) < 3_000_000


def test_a_table_that_is_none_of_a_map_is_refused(communes: gpd.GeoDataFrame) -> None:
    table = communes.drop(columns=["lon", "apl_2023"]).to_crs("EPSG:2154")
    with pytest.raises(TableError) as caught:
        CommuneLayer(table, [APL], label="x")
    said = str(caught.value)
    assert all(word in said for word in ("lon", "apl_2023", "2154"))


def test_a_column_that_nobody_defined_is_refused_with_what_to_do(
    communes: gpd.GeoDataFrame,
) -> None:
    table = communes.assign(visites=3.0)
    for asked in (
        lambda: CommuneLayer(table, [MapLayer("visites", "Visites")], label="x"),
        lambda: column_layer("visites"),
    ):
        with pytest.raises((TableError, AskedError)) as caught:
            asked()
        said = str(caught.value)
        assert all(word in said for word in ("visites", "schema.COLUMNS", "extend.md"))


def test_the_overview_has_a_card_for_every_territory(five: Analysis) -> None:
    comparison = pd.concat([study.comparison for study in five.studies.values()])
    links = {key: study.file for key, study in five.studies.items()}
    new = interactive.overview_map(
        five.territories, five.national, comparison=comparison, links=links
    )
    data = layer_of(new).data
    assert data["own"] == len(data["codes"]) == 5
    # A name that is always there, without « CPTS ».
    assert {"Ouest Loiret", "Beauce-Gâtinais", "Asclépios", "Ondaine-Forez"} < set(data["short"])
    assert {area["link"] for area in data["areas"]} == set(links.values())
    apl = columns(new)["APL 2023"]
    row = data["codes"].index("beauce_gatinais")
    assert (apl["values"][row], apl["classes"][row]) == (183, "1")
    # What has no classes of its own has those of the territories.
    dense = columns(new)[column_layer("gps_per_100k_2024", breaks=()).title]
    assert sorted(dense["classes"]) == list("01234")
    # Without figures, people alone.
    alone = interactive.overview_map(five.territories, five.national)
    assert list(columns(alone)) == ["Population 2023"]


def drawn(communes: gpd.GeoDataFrame, national: gpd.GeoDataFrame, layer: MapLayer = APL) -> Axes:
    return still.draw_layer(communes, layer, ax=Figure().subplots(), national=national)


def test_losses_and_gains_differ_without_colour(communes: gpd.GeoDataFrame, five: Analysis) -> None:
    """Lines, crosses: two classes as dark as each other are not of the same side in grey."""
    values = np.resize([-0.3, -0.1, -0.02, 0.0, 0.02, 0.1, 0.3], len(communes))
    table = communes.assign(apl_shift_1=values)
    (shift,) = territory_layers(table, scenarios=["essai"])[-1:]
    ax = drawn(table, five.national, shift)
    legend = ax.get_legend()
    assert legend is not None
    bars = [patch for patch in legend.get_patches() if patch.get_hatch() != "////"]
    assert [patch.get_hatch() for patch in bars] == ["--"] * 3 + [None] + ["++"] * 3
    found = Counter(artist.get_hatch() for artist in hatched_artists(ax))
    assert (found["--"], found["++"]) == (3, 3)


def hatched_artists(ax: Axes) -> list[Collection]:
    return [artist for artist in ax.collections if artist.get_hatch()]


def covers(artist: Collection, shape: gpd.GeoSeries) -> bool:
    """Whether the artist is drawn where the shape is, in the system of the axes."""
    box = artist.get_paths()[0].get_extents().extents
    return np.allclose(box, shape.to_crs("EPSG:2154").total_bounds, atol=50)


def legend_words(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_still_map_where_all_is_known_paints_the_colours_of_the_legend_alone(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    ax = drawn(communes, five.national)
    assert hatched_artists(ax) == []
    assert legend_words(ax) == list(APL.labels)
    assert ax.get_title(loc="left").startswith(f"APL aux médecins généralistes\nUnité{NNBSP}: cons")
    assert ax.get_title(loc="left").endswith("(2023)")
    fills = {
        to_hex(colour): len(artist.get_paths())
        for artist in ax.collections
        for colour in artist.get_facecolor()[:1]
    }
    classes = classify(communes["apl_2023"], APL).value_counts()
    assert {c: fills[c] for c in APL.colours if c in fills} == {
        APL.colours[number]: count for number, count in classes.items()
    }


def test_still_map_hatches_a_missing_value(five: Analysis, one_unknown: gpd.GeoDataFrame) -> None:
    ax = drawn(one_unknown, five.national)
    (artist,) = hatched_artists(ax)
    assert covers(artist, one_unknown[one_unknown["name"] == "Beaugency"].geometry)
    assert to_hex(artist.get_facecolor()[0]) == style.PAPER
    assert legend_words(ax) == [*APL.labels, "donnée absente"]
    # Another layer of the same communes is known everywhere.
    assert hatched_artists(drawn(one_unknown, five.national, POPULATION)) == []


def test_still_map_hatches_land_without_contour(
    communes: gpd.GeoDataFrame, with_hole: gpd.GeoDataFrame
) -> None:
    ax = drawn(communes[communes["name"] != "Cravant"], with_hole)
    (artist,) = hatched_artists(ax)
    assert covers(artist, communes[communes["name"] == "Cravant"].geometry)


def painted_area(path: MplPath) -> float:
    """Area that a path turns around: a hole that turned like its outline would add to it."""
    rings = [ring.T for ring in path.to_polygons(closed_only=True)]
    return abs(sum(x[:-1] @ y[1:] - x[1:] @ y[:-1] for x, y in rings)) / 2


def test_still_map_paints_every_part_of_a_commune_and_no_hole(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    # A commune in two parts, and one around an enclave.
    assert "Charsonville" in set(
        communes["name"][shapely.get_num_geometries(communes.geometry) > 1]
    )
    baccon = communes["name"] == "Baccon"
    around = communes.geometry[baccon].iloc[0]
    # The ring of the enclave turns like the one around it, as a file may well have it.
    enclave = shapely.LinearRing(around.representative_point().buffer(0.01).exterior)
    same = enclave.is_ccw == around.exterior.is_ccw
    pierced = shapely.Polygon(around.exterior, [enclave if same else enclave.reverse()])
    shapes = communes.geometry.where(~baccon, pierced)
    ax = drawn(communes.set_geometry(shapes), five.national)
    found = [
        painted_area(path)
        for artist in ax.collections
        for colour in artist.get_facecolor()[:1]
        if to_hex(colour) in APL.colours
        for path in artist.get_paths()
    ]
    expected = shapes.to_crs("EPSG:2154").area
    np.testing.assert_allclose(sorted(found), sorted(expected), rtol=1e-6)


def test_still_maps_name_territory_and_sources(five: Analysis, communes: gpd.GeoDataFrame) -> None:
    figure = still.layer_figure(communes, APL, name="CPTS $x$", national=five.national)
    assert figure.get_suptitle() == "CPTS $x$"
    said = " ".join(figure.get_supxlabel().split())
    # Each source with its own licence, whatever it is, as below the pages.
    keys = (COLUMNS[APL.column].source, "admin_express")
    assert (
        said
        == f"Sources : {' '.join(typeset(credits_of(sources()[key] for key in keys)).split())}."
    )
    by_road = COLUMNS["gp_minutes_roads_2017"]
    assert "ODbL 1.0" in credit_line([by_road.source])
    overview = still.overview_figure(
        five.territories, national=five.national, comparison=compared(five)
    )
    # In the classes of the screen: each by its name and its value, under a legend.
    names = {text.get_text() for text in overview.axes[0].texts}
    assert {"Ouest Loiret\n2,54", "Beauce-Gâtinais\n1,83", "Ondaine-Forez\n3,28"} < names
    legend = overview.axes[0].get_legend()
    assert legend is not None
    assert tuple(text.get_text() for text in legend.get_texts()) == APL.labels


def test_an_image_keeps_the_colours_of_the_style_as_they_are(
    five: Analysis, communes: gpd.GeoDataFrame
) -> None:
    served = communes.assign(apl_2023=9.0)
    figure = still.layer_figure(served, APL, name="x", national=five.national)
    pixels = embedding.drawn(figure, dpi=50, colours=16).convert("RGB")
    counts = {colour: count for count, colour in pixels.getcolors(1 << 24) or []}
    best, land = (tuple(bytes.fromhex(each[1:])) for each in (APL.colours[-1], style.LAND))
    # Averaged, the class of who is best served was the very colour of the land around.
    assert counts[best] > 1000 and counts[land] > 1000


def compared(analysis: Analysis) -> pd.DataFrame:
    """Figures of all its territories."""
    return pd.concat([study.comparison for study in analysis.studies.values()])


def places(*rows: tuple[str, float, float, int]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["name", "lon", "lat", "population"])
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326"
    )


def test_labelled_keeps_names_apart() -> None:
    box = shapely.box(0, 0, 1, 1)
    towns = places(
        ("small, apart", 0.9, 0.9, 10),
        ("large", 0.5, 0.5, 1000),
        ("beside the large", 0.6, 0.52, 900),
        ("above the large", 0.5, 0.6, 800),
        ("outside", 1.5, 0.5, 5000),
    )
    found = basemap.labelled(towns, 7, box=box)
    assert list(found["name"]) == ["large", "above the large", "small, apart"]
    assert list(basemap.labelled(towns, 1, box=box)["name"]) == ["large"]
    free = basemap.labelled(towns, 7, box=box, avoid=towns[towns["name"] == "large"])
    assert list(free["name"]) == ["above the large", "small, apart"]
    close = basemap.labelled(towns, 7, box=box, spacing=(0.05, 0.01))
    assert "beside the large" in set(close["name"])


def test_labels_of_a_territory_never_overlap(communes: gpd.GeoDataFrame) -> None:
    box = shapely.box(*communes.total_bounds)
    found = basemap.labelled(communes, 7, box=box)
    west, south, east, north = box.bounds
    x, y = (found["lon"] - west) / (east - west), (found["lat"] - south) / (north - south)
    assert 3 <= len(found) <= 7
    assert found["population"].is_monotonic_decreasing
    for i in range(len(found)):
        for j in range(i):
            apart = abs(x.iloc[i] - x.iloc[j]) > 0.24 or abs(y.iloc[i] - y.iloc[j]) > 0.05
            assert apart, (found["name"].iloc[i], found["name"].iloc[j])


@pytest.mark.parametrize(
    ("second", "side"),
    [
        ((-0.8, 47.0), "left"),  # its name would run into the first one
        ((2.5, 47.0), "right"),  # on the other side of it: nothing there
        ((-0.8, 48.0), "right"),  # well above
        ((-9.0, 47.0), "right"),  # too far to reach it
    ],
)
def test_sides_keep_the_names_of_territories_apart(second: tuple[float, float], side: str) -> None:
    lon, lat = second
    shapes = [shapely.box(1, 47, 1.5, 47.3), shapely.box(lon, lat, lon + 0.5, lat + 0.3)]
    table = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    assert basemap.sides(table)[0] == "right"
    assert basemap.sides(table)[1] == side


def test_sides_of_the_five(five: Analysis) -> None:
    ranked = five.territories.sort_values("population", ascending=False)
    found = dict(zip(ranked.index, basemap.sides(ranked), strict=True))
    assert found["beauce_gatinais"] != found["ouest_loiret"]


def test_neighbours_are_mapped_near_and_far_territories_on_france(five: Analysis) -> None:
    assert not basemap.neighbours(five.territories)
    assert not basemap.neighbours(five.territories.head(1))
    loiret = analysed(epci=("Orléans Métropole", "200070183", "200035764"), draws=100)
    assert basemap.neighbours(loiret.territories)
    new = interactive.overview_map(loiret.territories, loiret.national)
    (south, west), (north, east) = layer_of(new).data["bounds"]
    assert (west, south, east, north) == tuple(loiret.territories.total_bounds)
    figure = still.overview_figure(
        loiret.territories, national=loiret.national, comparison=compared(loiret)
    )
    west, east = figure.axes[0].get_xlim()
    assert (east - west) / 1000 < 150  # kilometres


@pytest.mark.parametrize("name", ["N" * 200, "CPTS 🏥"])
def test_any_name_leaves_the_map_its_room_and_the_terminal_its_silence(
    five: Analysis, name: str, recwarn: pytest.WarningsRecorder
) -> None:
    named = five.territories.assign(name=name).head(1)
    figure = still.overview_figure(named, national=five.national, comparison=compared(five))
    pixels_of(figure, dpi=50)
    assert figure.axes[0].get_window_extent().width > figure.bbox.width / 2
    assert not list(recwarn)


def test_names_of_neighbours_stand_apart() -> None:
    shapes = gpd.GeoDataFrame(
        {"name": ["CC du Val", "CC de la Plaine", "CC des Bois"], "population": [3, 2, 1]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(0.1, 0, 1.1, 1), shapely.box(0, 3, 1, 4)],
        crs="EPSG:4326",
    )
    named = basemap.named_within(shapes, letter=0.05, line=0.1)
    assert [name for name, *_ in named] == ["Val", "Bois"]
    assert len(basemap.named_within(shapes, letter=0.001, line=0.001)) == 3


def test_of_a_hundred_territories_the_map_names_the_largest_without_a_clash(five: Analysis) -> None:
    places = [(west, south) for west in range(-1, 6) for south in range(43, 50)]
    shapes = [
        shapely.box(x + half, y, x + half + 0.5, y + 1) for x, y in places for half in (0, 0.5)
    ]
    keys = [f"t{n}" for n in range(len(shapes))]
    far = gpd.GeoDataFrame(
        {"name": [f"CC du Pays de {key}" for key in keys], "population": range(len(keys))},
        geometry=shapes, index=keys, crs="EPSG:4326",
    ).assign(departements="01")  # fmt: skip
    far.loc["t0", "geometry"] = shapely.box(55, -21, 56, -20)
    told = {"area_level": TERRITORY.key, "indicator": "apl_2023", "territory": keys, "value": 3.0}
    figure = still.overview_figure(far, national=five.national, comparison=pd.DataFrame(told))
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert 10 < len(boxes) <= 20
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


@pytest.mark.parametrize("key", ["ouest_loiret", "lvo", "ondaine_forez"])
def test_nothing_is_cut_or_covered_on_the_still_maps_of_a_sheet(five: Analysis, key: str) -> None:
    rows = five.communes[five.communes["territory"] == key]
    titles = scenarios(five, key)
    options = {"name": "x", "national": five.national}
    layers = territory_layers(rows, scenarios=titles)
    for figure in still.layer_figures(rows, layers, **options):
        figure.draw_without_rendering()
        page, frames = figure.bbox, [ax.get_window_extent() for ax in figure.axes]
        legends_drawn = [ax.get_legend().get_window_extent() for ax in figure.axes]
        tops = [ax._left_title.get_window_extent() for ax in figure.axes]
        name = [figure._suptitle.get_window_extent()]
        credit = figure._supxlabel.get_window_extent()
        assert min(frame.width for frame in frames) / page.width > 0.6
        boxes = [credit, *name, *tops, *legends_drawn]
        # Three pixels of a hundred an inch.
        assert min(box.x0 for box in boxes) >= -3
        assert max(box.x1 for box in boxes) <= page.width + 3
        assert credit.y0 >= 0
        assert max(box.y1 for box in boxes) <= page.height
        # Words begin where their map does, and none covers another, nor leaves a band empty.
        edges = [box.x0 for box in (credit, *name, *tops)]
        expected = [frame.x0 for frame in (frames[0], *frames[: len(name)], *frames)]
        np.testing.assert_allclose(edges, expected, atol=3)
        assert credit.y1 < min(box.y0 for box in legends_drawn)
        assert all(max(top.y1 for top in tops) < box.y0 < tops[0].y1 + 30 for box in name)
