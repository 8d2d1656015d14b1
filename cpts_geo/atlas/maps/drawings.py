"""Still maps inside a page, as drawings: contours once, then what each map paints and writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import MASK_LABEL
from cpts_geo.atlas.maps import _basemap as basemap
from cpts_geo.atlas.maps._circles import (
    MEASURED,
    RING,
    Circle,
    Look,
    Name,
    Places,
    circles,
    key,
    places,
    written,
)
from cpts_geo.atlas.maps._paper import credit_line, padded, svg_path
from cpts_geo.atlas.maps.layers import MapLayer, classify, territory_layers
from cpts_geo.french import typeset
from cpts_geo.geography.perimeters.coverage import metric_crs
from cpts_geo.schema import COLUMNS
from cpts_geo.secrecy.disclosure import masked

#: Units across a map of the territory: a printed page shows one in a tenth of a millimetre.
_WIDE: Final = 1000
#: Tallest and widest forms of a map of several.
_TALLEST, _WIDEST = 1 / 1.6, 2.5
#: Form of the first one: its room on the printed page, in millimetres.
_FORM: Final = 120 / 104
#: Shares of the width: letters of a map of several and of one alone, radius of the largest circle.
_LETTERS, _ALONE, _LARGEST = 0.05, 0.032, 0.032
#: Losses and gains differ without their colours.
_TEXTURES: Final = ("", "gain", "loss")
#: Half the width of a sign on its paper, in sizes of the letters.
_SIGN: Final = 0.55
_FAINT: Final = 0.4
#: Communes named at most, on a map of several and on one alone, and among how many of the largest.
_FEW, _SOME, _LARGE = 3, 6, 12
#: Share of the width of a map that is left around what it shows.
_EDGE: Final = 0.03


class _Class(NamedTuple):
    """A class of a legend: its colour (none: hatched), its words, communes in it, its texture."""

    colour: str
    label: str
    communes: int
    texture: str = ""


class _Painted(NamedTuple):
    """Contours that are painted alike, by their rank."""

    colour: str
    rows: list[int]
    texture: str = ""
    opacity: float = 1.0


class _Still(NamedTuple):
    """A map: the rectangle that it shows, and in its units what is painted and written."""

    #: What is painted, then what is drawn as circles over it, if anything.
    layers: tuple[MapLayer, ...]
    #: Left, top, width and height.
    view: tuple[int, int, int, int]
    letters: float
    source: str
    #: Contours, those below first.
    painted: list[_Painted]
    #: Legend of what is painted, and of the circles: radius, look, words.
    classes: list[_Class]
    key: list[tuple[float, Look, str]]
    circles: list[Circle]
    names: list[Name]
    #: Places of the names where there are no circles.
    dots: list[tuple[float, float]]
    #: Sign, words and places.
    signs: list[tuple[str, str, list[tuple[float, float]]]]


class StillMaps(NamedTuple):
    """
    The still maps of a territory, which share their contours.

    Parameters
    ----------
    contours : list of str
        SVG path of each commune, those of the territory first.
    own : int
        Communes of the territory.
    land, bare, border : str
        SVG paths of départements where communes around would be too many, of land without contour
        and of the border of the territory.
    each : list of NamedTuple
        A map a layer.
    first : NamedTuple
        The first rate with the first count over it, faint around, and places of care.
    """

    contours: list[str]
    own: int
    land: str
    bare: str
    border: str
    each: list[_Still]
    first: _Still


def still_maps(
    communes: gpd.GeoDataFrame,
    *,
    national: gpd.GeoDataFrame,
    scenarios: Sequence[str] = (),
    around: pd.DataFrame | None = None,
    open_today: Sequence[str] = (),
    proposed: Sequence[str] = (),
) -> StillMaps | None:
    """
    Draw the layers of a territory for where no script runs, and for paper.

    Parameters
    ----------
    communes, national, scenarios, around : GeoDataFrame, GeoDataFrame, sequence of str, DataFrame
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.
    open_today, proposed : sequence of str
        As :func:`cpts_geo.atlas.maps.interactive.territory_map`.

    Returns
    -------
    StillMaps or None
        None where no commune has a contour, or no layer a value.

    Examples
    --------
    >>> one = {"code_insee": "45001", "name": "Adon", "population": 200.0, "departement": "45",
    ...        "population_status": "measured", "lon": 2.8, "lat": 47.8}
    >>> box = gpd.GeoDataFrame([one], geometry=[shapely.box(2, 47, 3, 48)], crs="EPSG:4326")
    >>> found = still_maps(box, national=box)
    >>> found.contours, [each.layers[0].title for each in found.each]
    (['M960 1390l0-1344-903-6-17 1344z'], ['Population 2023'])
    """
    layers = [x for x in territory_layers(communes, scenarios=scenarios) if x.column in communes]
    drawn = communes[communes.geometry.notna()]
    if not any(drawn[layer.column].notna().any() for layer in layers):
        return None
    ground = _ground(drawn, national=national, around=around)
    signs = basemap.signs((communes, ground.beyond), open_today=open_today, proposed=proposed)
    rates, counts = ([x for x in layers if x.counts is count] for count in (False, True))
    known = [layer for layer in rates if drawn[layer.column].notna().any()]
    above = (*(known or rates)[:1], *counts[:1])
    first = _map(ground, above, view=ground.first, alone=True)
    return StillMaps(
        contours=[svg_path(shape) for shape in ground.shapes],
        own=len(drawn),
        land="".join(map(svg_path, ground.land)),
        bare="".join(map(svg_path, ground.bare)),
        border=svg_path(ground.border),
        each=[_map(ground, (layer,), view=ground.several, alone=False) for layer in layers],
        first=first._replace(signs=_signs(ground, first, signs)),
    )


class _Ground(NamedTuple):
    """What the maps of a territory share, in units."""

    own: gpd.GeoDataFrame
    #: Communes around, with their figures where they are known.
    beyond: gpd.GeoDataFrame
    #: Contours of both, and their places.
    shapes: Any
    at: Places
    land: Any
    bare: Any
    border: Any
    #: Row and name of the communes worth naming, the largest first.
    ranked: list[tuple[int, str]]
    #: Rectangles of a map of several and of the first.
    several: tuple[int, int, int, int]
    first: tuple[int, int, int, int]


def _ground(
    own: gpd.GeoDataFrame, *, national: gpd.GeoDataFrame, around: pd.DataFrame | None
) -> _Ground:
    """Measure and project what all the maps share."""
    crs = metric_crs(own["code_insee"])
    frame = padded(own.to_crs(crs).total_bounds, _EDGE)
    shape = (frame[2] - frame[0]) / (frame[3] - frame[1])
    several = basemap.formed(frame, min(max(shape, _TALLEST), _WIDEST))
    first = basemap.formed(frame, _FORM)
    views = gpd.GeoSeries([shapely.box(*several), shapely.box(*first)], crs=crs).to_crs(own.crs)
    box = shapely.box(*views.total_bounds)
    near, seen = basemap.near(national, own, box=box, km=0)
    between = seen["departement"] if len(seen) > len(near) else ()
    land = national[national["departement"].isin(between)]
    beyond = basemap.with_figures(near[~near["code_insee"].isin(own["code_insee"])], around)
    west, north = several[0], several[3]
    unit = _WIDE / (several[2] - west)

    def placed(shapes: Any) -> Any:
        scaled = gpd.GeoSeries(shapes, crs=own.crs).to_crs(crs).to_numpy()
        return shapely.transform(scaled, lambda xy: (xy - (west, north)) * (unit, -unit))

    def view(rectangle: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        left, low, right, top = rectangle
        corner = ((left - west) * unit, (north - top) * unit)
        return tuple(map(round, (*corner, (right - left) * unit, (top - low) * unit)))  # type: ignore[return-value]

    both = pd.concat([own, beyond])
    people = own["population"].to_numpy(dtype=float)
    largest = np.argsort(-np.nan_to_num(people), kind="stable")[:_LARGE]
    return _Ground(
        own=own,
        beyond=beyond,
        shapes=placed(both.geometry),
        at=shapely.get_coordinates(placed(gpd.points_from_xy(*places(both).T))),
        land=placed(basemap.departements(land, tolerance_m=2 / unit).geometry) if len(land) else (),
        bare=placed(basemap.uncovered(near, national=national).geometry),
        border=placed(basemap.outline(own))[0],
        ranked=[(row, typeset(own["name"].iloc[row])) for row in largest.tolist()],
        several=view(several),
        first=view(first),
    )


def _map(
    ground: _Ground,
    layers: tuple[MapLayer, ...],
    *,
    view: tuple[int, int, int, int],
    alone: bool,
) -> _Still:
    """Paint one layer, and draw the circles of the last, if it is a count."""
    painted, counted = layers[0], layers[-1]
    letters = (_ALONE if alone else _LETTERS) * view[2]
    found, legend = [], []
    if counted.counts:
        largest = _LARGEST * view[2]
        at = ground.at[: len(ground.own)]
        look: Any = {"at": at, "largest": largest, "letters": letters}
        found = circles(ground.own, counted.column, **look)
        scale, others = key(ground.own, counted.column, largest=largest)
        legend = [*((radius, MEASURED, text) for radius, text in scale), *others]
    bands, classes = _painted(ground, painted)
    names = written(
        ground.ranked,
        found,
        at=ground.at,
        edges=(view[0], view[0] + view[2]),
        letters=letters,
        most=_SOME if alone else _FEW,
    )
    return _Still(
        layers=layers,
        view=view,
        letters=round(letters, 1),
        source=credit_line([COLUMNS[layer.column].source for layer in layers]),
        painted=[*(_around(ground, painted) if alone else ()), *bands],
        classes=classes,
        circles=found,
        key=legend,
        names=list(names.values()),
        dots=[] if found else [tuple(ground.at[row].round()) for row in names],
        signs=[],
    )


def _painted(ground: _Ground, layer: MapLayer) -> tuple[list[_Painted], list[_Class]]:
    """What each class is painted as, then what is masked or absent; and the legend."""
    own, uncovered = ground.own, len(ground.bare) > 0
    hidden = masked(own, layer.column).to_numpy()
    rank = np.where(hidden, -2, classify(own[layer.column], layer).to_numpy())
    middle = len(layer.colours) // 2
    looks = [
        (number, colour, label, _TEXTURES[int(np.sign(number - middle))] if layer.diverging else "")
        for number, (colour, label) in enumerate(
            zip(layer.colours, layer.labels or ("",), strict=True)
        )
    ]
    words = basemap.hatch_label(missing=bool((rank == -1).any()), uncovered=uncovered)
    others = [(-2, style.MASK_FILL, MASK_LABEL, ""), (-1, "", words, "")]
    bands, classes = [], []
    for number, colour, label, texture in [*looks, *others]:
        rows = np.flatnonzero(rank == number).tolist()
        bands.append(_Painted(colour, rows, texture))
        # The land under circles is no class, nor a loss that happens nowhere, nor what is known.
        if label and (rows or number == -1 or (number >= 0 and not layer.diverging)):
            classes.append(_Class(colour, label, len(rows), texture))
    return [band for band in bands if band.rows], classes


def _around(ground: _Ground, layer: MapLayer) -> list[_Painted]:
    """Communes around, faintly painted where their figures are known."""
    if layer.counts or layer.column not in ground.beyond:
        return []
    rank = classify(ground.beyond[layer.column], layer).to_numpy()
    first = len(ground.own)
    return [
        _Painted(colour, (first + np.flatnonzero(rank == number)).tolist(), opacity=_FAINT)
        for number, colour in enumerate(layer.colours)
        if (rank == number).any()
    ]


def _signs(
    ground: _Ground, still: _Still, signs: Sequence[tuple[str, str, list[str]]]
) -> list[tuple[str, str, list[tuple[float, float]]]]:
    """Signs of the places that a map shows, each beside the circle of its commune."""
    codes_of = pd.concat([ground.own["code_insee"], ground.beyond["code_insee"]])
    radii = {each.row: each.radius for each in still.circles}
    within, found = _within(ground), []
    for sign, words, codes in signs:
        rows = np.flatnonzero(codes_of.isin(codes).to_numpy() & within).tolist()
        places_of = [
            (ground.at[row][0] + _beside(row, radii, still), ground.at[row][1]) for row in rows
        ]
        if rows:
            found.append((sign, words, places_of))
    return found


def _beside(row: int, radii: dict[int, float], still: _Still) -> float:
    """How far a sign stands from its place: a number in a circle is not to be hidden."""
    radius = radii.get(row, 0.0)
    return radius + _SIGN * still.letters if radius > RING * still.letters else 0.0


def _within(ground: _Ground) -> Any:
    """Whether each place is well inside the first map."""
    left, top, wide, high = ground.first
    edge = _EDGE * wide
    (x, y) = ground.at.T
    across = (x > left + edge) & (x < left + wide - edge)
    return across & (y > top + edge) & (y < top + high - edge)
