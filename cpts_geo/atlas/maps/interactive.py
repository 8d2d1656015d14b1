"""Interactive maps: folium objects that are returned, never saved here.

Each is a bare map that holds one :class:`cpts_geo.atlas.maps.live.commune_layer.CommuneLayer`: it
reads the same in a notebook, alone in a file, and inside a page.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final

import folium
import geopandas as gpd
import pandas as pd
import shapely

from cpts_geo.atlas.look.vintages import KEY_FIGURES, newest_known
from cpts_geo.atlas.look.words import short_name
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps.layers import MapLayer, column_layer, pooled_layer, territory_layers
from cpts_geo.atlas.maps.live._areas import by_area, told_of, with_areas
from cpts_geo.atlas.maps.live._columns import ORIGIN, averages_of
from cpts_geo.atlas.maps.live.bare import bare_map
from cpts_geo.atlas.maps.live.commune_layer import NAMED, QUANTUM, Area, CommuneLayer, Signs
from cpts_geo.french import number
from cpts_geo.schema import COLUMNS, COMPARED, SLOTS, TERRITORY, shown_vintage, status_column
from cpts_geo.sources.codes import overseas

#: A view is about this much wider than high.
_ASPECT: Final = 1.4
_MARGIN_KM: Final = 12.0
_HOLES_KM: Final = 40.0
#: Communes beyond which contours stand on a coarser grid: France is seen from farther.
_MANY: Final = 5000
_COARSE: Final = 1e-3
#: Bytes of a map beyond which whoever makes it is told.
_HEAVY: Final = 3_000_000
_METROPOLE: Final = (-4.9, 41.3, 9.6, 51.1)
#: Indicators that territories are coloured by, or whose circles they bear: those seen first, the
#: others of a comparison.
_COMPARED: Final = tuple(
    dict.fromkeys(["apl", *KEY_FIGURES, *(COLUMNS[name].quantity for name in COMPARED)])
)


def territory_map(
    communes: gpd.GeoDataFrame,
    *,
    name: str,
    national: gpd.GeoDataFrame,
    scenarios: Sequence[str] = (),
    around: pd.DataFrame | None = None,
    comparison: pd.DataFrame | None = None,
    open_today: Sequence[str] = (),
    proposed: Sequence[str] = (),
    still: str = "",
    layers: Sequence[MapLayer] | None = None,
    on: folium.Map | None = None,
) -> folium.Map:
    """
    Map of one territory: APL, minutes to care, GPs, people and scenarios, on its surroundings.

    Parameters
    ----------
    communes : GeoDataFrame
        Communes of the territory with their figures (EPSG:4326).
    name : str
        Name of the territory.
    national : GeoDataFrame
        All communes, for the surroundings.
    scenarios : sequence of str
        Titles of the scenarios of supply whose shifts the communes have.
    around : DataFrame, optional
        Figures of communes around, by their code: they are painted too, paler.
    comparison : DataFrame, optional
        The territory beside its départements, régions and France, whose values the legend marks.
    open_today, proposed : sequence of str
        Communes with a centre open today, and where one is proposed.
    still : str
        Base64 of a PNG, shown where no script runs.
    layers : sequence of MapLayer, optional
        What may be shown; the layers of the page if absent.
    on : folium.Map, optional
        Map to draw on; it is given back. A new one if absent.

    Returns
    -------
    folium.Map
        Layers to choose from, legend, search and card; missing values and land without contour
        hatched.
    """
    box = basemap.extent(communes, national=national)
    if layers is None:
        layers = territory_layers(communes, scenarios=scenarios) if _drawn(communes).any() else ()
    shown = basemap.view(box, _ASPECT)
    seen, _ = basemap.near(national, communes, box=shown, km=_MARGIN_KM)
    # A hole is seen as one when all the communes around it are: else it would look like water.
    around_all = basemap.surroundings(national, shown, km=_HOLES_KM)
    holes = basemap.uncovered(around_all, national=national)
    beyond = seen[~seen["code_insee"].isin(communes["code_insee"])]
    beyond = basemap.with_figures(beyond, around)
    wanted = [layer.column for layer in layers]
    layer = CommuneLayer(
        communes,
        layers,
        label=name,
        around=beyond,
        land=basemap.land(national, box).geometry,
        bare=holes[holes.intersects(shown)].geometry,
        averages=None if comparison is None else averages_of(comparison, wanted),
        signs=[
            Signs(sign=sign, words=words, codes=codes)
            for sign, words, codes in basemap.signs(
                (communes, beyond), open_today=open_today, proposed=proposed
            )
        ],
        bounds=box.bounds,
        quantum=QUANTUM if len(communes) < _MANY else _COARSE,
        still=still,
    )
    if len(layer.packed) > _HEAVY:
        weight = f"Carte de {number(len(layer.packed) / 1e6, 1)} Mo"
        warnings.warn(
            f"{weight} : un navigateur peine au-delà de {number(_HEAVY / 1e6)} Mo. Donnez moins "
            "de communes ou de colonnes, ou prenez france_map.",
            stacklevel=2,
        )
    return _alone(layer, on=on)


def overview_map(
    outlines: gpd.GeoDataFrame,
    national: gpd.GeoDataFrame,
    *,
    comparison: pd.DataFrame | None = None,
    slots: pd.DataFrame | None = None,
    links: Mapping[str, str] | None = None,
) -> folium.Map:
    """
    Map of all territories: métropole, or their region where they are neighbours.

    Parameters
    ----------
    outlines : GeoDataFrame
        One row a territory, by its key: name, population, departements, geometry (EPSG:4326).
    national : GeoDataFrame
        All communes, for the départements.
    comparison : DataFrame, optional
        Figures of the territories, by which they are coloured.
    slots : DataFrame, optional
        By their key: the slots a day that each needs (:data:`cpts_geo.schema.SLOTS`), how it is
        known, and its words, which alone stand where it is no more than an order of magnitude.
    links : mapping of str to str, optional
        Address of the page of each territory, by its key.

    Returns
    -------
    folium.Map
        Territories with their names, a card each with a link to its page.
    """
    shown = outlines[outlines.geometry.notna()]
    away = overseas(national["departement"])
    mine = national["departement"].isin(" ".join(outlines["departements"]).split())
    islands = national[mine & away]
    near = basemap.neighbours(shown)
    if near:
        grounds = [basemap.land(national, shapely.box(*shown.total_bounds))]
    else:
        pieces = [national[~away], *(rows for _, rows in islands.groupby("departement"))]
        grounds = [basemap.departements(rows, tolerance_m=basemap.COUNTRY_M) for rows in pieces]
    points = shown.representative_point()
    rows = shown.assign(
        code_insee=shown.index, area=shown.index, short=shown["name"].map(short_name),
        lon=points.x, lat=points.y, departement="",
    )  # fmt: skip
    layers: list[MapLayer] = [column_layer("population")]
    rows["population_status"] = "measured"
    if comparison is not None:
        known = newest_known(_COMPARED, comparison)
        rows = _compared(rows, comparison, known)
        layers = [pooled_layer(name, rows[name]) for name in known if rows[name].notna().any()]
    if slots is not None:
        rows = rows.join(slots)
        layers.insert(0, column_layer(SLOTS.name))
    linked = links or {}
    areas = {
        str(key): Area(name=name, link=linked.get(str(key), ""))
        for key, name in shown["name"].items()
    }
    land = gpd.GeoSeries(pd.concat([ground.geometry for ground in grounds]), crs=shown.crs)
    # Of all France, what lies overseas is found by the search.
    whole = len(shown) and len(shown) <= NAMED and (near or len(islands))
    layer = CommuneLayer(
        rows,
        layers,
        label="Territoires",
        land=land,
        areas=areas,
        bounds=shown.total_bounds if whole else _METROPOLE,
        quantum=QUANTUM if len(shown) <= NAMED else _COARSE,
        search="Chercher un territoire",
        invitation="Cliquez sur un territoire pour lire ses chiffres"
        + (" et ouvrir sa fiche." if any(linked.values()) else "."),
        things=("territoire", "territoires"),
        circled=near and slots is not None and bool(slots[SLOTS.name].notna().any()),
    )
    return _alone(layer)


def france_map(
    national: gpd.GeoDataFrame,
    figures: pd.DataFrame,
    *,
    areas: pd.DataFrame | None = None,
    links: Mapping[str, str] | None = None,
    columns: Sequence[str] = ("apl",),
) -> folium.Map:
    """
    Map of every commune of France, by intercommunalité.

    Parameters
    ----------
    national : GeoDataFrame
        All communes (EPSG:4326).
    figures : DataFrame
        Their figures, by the column ``code_insee``.
    areas : DataFrame, optional
        Figures of the intercommunalités, as
        :func:`cpts_geo.geography.figures.aggregate.area_summary` gives them by ``epci``: they
        stand on the cards, and those that communes lack paint their communes.
    links : mapping of str to str, optional
        Address of the page of each intercommunalité that has one, by its code.
    columns : sequence of str
        Families of columns shown, at their newest vintage.

    Returns
    -------
    folium.Map
        Communes painted by each column, an outline an intercommunalité; the card of one without a
        page gives the command that makes it.

    Examples
    --------
    >>> from cpts_geo.sources.embedding import embedded
    >>> communes = embedded.load_communes().query("departement == '90'")
    >>> (layer,) = [
    ...     child
    ...     for child in france_map(communes, embedded.load_figures())._children.values()
    ...     if isinstance(child, CommuneLayer)
    ... ]
    >>> layer.data["own"], layer.data["areas"][0]["command"]
    (101, 'cpts-geo report --epci 200069052')
    """
    fresh = figures.columns.difference(national.columns)
    rows = national.join(figures.set_index("code_insee")[fresh], on="code_insee")
    rows = rows.assign(area=rows["epci"], population_status="measured")
    told = told_of(areas)
    if areas is not None:
        rows = with_areas(rows, areas)
    known = [str(each) for each in rows.columns[rows.notna().any()]]
    found = filter(None, (shown_vintage(family, known) for family in columns))
    linked = links or {}
    named = {
        code: Area(
            name=name,
            link=linked.get(code, ""),
            command="" if code in linked else f"cpts-geo report --epci {code}",
            figures=told.get(code, ()),
        )
        for code, name in zip(rows["epci"], rows["epci_name"], strict=True)
        if isinstance(code, str) and code
    }
    layer = CommuneLayer(
        rows,
        [
            layer if column in figures or column in national else by_area(layer)
            for column in found
            if column in rows
            for layer in [pooled_layer(column, rows[column])]
        ],
        label="France",
        areas=named,
        bounds=_METROPOLE if len(rows) > _MANY else None,
        quantum=QUANTUM if len(rows) < _MANY else _COARSE,
        circled=False,
        search="Chercher une commune ou une intercommunalité",
    )
    return _alone(layer)


def _alone(layer: CommuneLayer, *, on: folium.Map | None = None) -> folium.Map:
    """A map that holds a layer: that which is given, or a bare one."""
    new = bare_map() if on is None else on
    layer.add_to(new)
    return new


def _drawn(communes: gpd.GeoDataFrame) -> Any:
    """Whether each commune has a contour."""
    return communes.geometry.notna()


def _compared(
    rows: gpd.GeoDataFrame, comparison: pd.DataFrame, names: Sequence[str]
) -> gpd.GeoDataFrame:
    """Territories with their values of a comparison, and how each is known."""
    mine = comparison[comparison["area_level"] == TERRITORY.key]
    found = mine.drop_duplicates(["territory", "indicator"]).set_index(["indicator", "territory"])
    for name in names:
        of_name = found.loc[name] if name in found.index else found.iloc[:0].droplevel(0)
        rows[name] = of_name["value"].reindex(rows.index).astype(float)
        rows[status_column(name)] = of_name["status"].reindex(rows.index).fillna("unknown")
        if "origin" in of_name and of_name["origin"].any():
            rows[ORIGIN.format(name)] = of_name["origin"].reindex(rows.index)
    return rows
