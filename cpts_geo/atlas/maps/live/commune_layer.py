"""A layer of folium that holds communes once, and their figures a column a layer.

What is drawn goes packed into an inert block that a script of ours reads: folium compiles what its
own elements write a second time, as a template, so no text of a file ever passes through them.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
from markupsafe import Markup

from cpts_geo.atlas.look import style
from cpts_geo.atlas.maps._circles import LOOKS, places
from cpts_geo.atlas.maps.layers import DEFINED, MapLayer
from cpts_geo.atlas.maps.live._columns import (
    DIGITS,
    STATUS_TABLE,
    Average,
    after,
    column_data,
)
from cpts_geo.atlas.maps.live._page import Inert, css, script
from cpts_geo.atlas.maps.live.topology import topology
from cpts_geo.errors import TableError, one_line
from cpts_geo.french import typeset
from cpts_geo.schema import COLUMNS
from cpts_geo.settings import GEOGRAPHIC_CRS

#: Degrees between two lines of the grid of contours: about ten metres.
QUANTUM: Final = 1e-4
#: Areas that a map names all, and outlines thick; of more, it names the largest, as communes.
NAMED: Final = 60
#: What is read of every row, besides the columns of layers.
_NEEDED: Final = ("code_insee", "name", "population", "lon", "lat", "geometry")
_LOOK: Final = {
    "ink": style.INK,
    "paper": style.PAPER,
    "land": style.LAND,
    "border": style.BORDER,
    "hatch": style.HATCH_LINE,
    "mask": style.MASK_FILL,
    "pale": style.PALE,
}


@dataclass(frozen=True, kw_only=True)
class Signs:
    """
    Places of one kind, with their sign on the map.

    Parameters
    ----------
    sign : str
        One character.
    words : str
        What it stands for, in the legend.
    codes : sequence of str
        Communes where it stands.
    """

    sign: str
    words: str
    codes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Area:
    """
    What a row of a map belongs to: its outline is drawn, and a card says more of it.

    Parameters
    ----------
    name : str
        Its name.
    link : str
        Address of its page, empty where it has none.
    command : str
        What makes its page, empty where it has one.
    figures : sequence of tuple of str
        Label, text, sign and words of the status of each of its figures, its producer and vintage.
    """

    name: str
    link: str = ""
    command: str = ""
    figures: Sequence[tuple[str, str, str, str, str]] = ()


class CommuneLayer(folium.map.Layer):
    """
    Communes on any map of folium: painted, searched, read on a card, with a legend.

    Parameters
    ----------
    communes : GeoDataFrame
        code_insee, name, population, lon, lat, contours (EPSG:4326), and the columns of `layers`
        with their status; areas of another kind stand in the same columns. An ``area`` column says
        to which of `areas` each belongs.
    layers : sequence of MapLayer
        What may be shown, painted or as circles.
    label : str
        French name of the map.
    around : GeoDataFrame, optional
        Communes around, in the same columns: shown paler, not counted.
    land, bare : GeoSeries, optional
        Land under all; land that has no contour, hatched.
    averages : mapping of str to sequence of (str, float), optional
        By column: values that the legend marks, by name.
    signs : sequence of Signs
        Places with a sign.
    areas : mapping of str to Area, optional
        By the key in ``area``; one for all where absent.
    bounds : sequence of float, optional
        West, south, east and north of what is shown first; the communes if absent.
    quantum : float
        Degrees of the grid that contours are put on.
    search : str
        What the search box says while it is empty.
    invitation : str
        What the card says before a commune is chosen.
    things : tuple of str
        What is counted by class, singular and plural.
    still : str
        Base64 of a PNG that stands in the place of the map where there is no script.
    circled : bool
        Whether circles are drawn at first; they would hide areas smaller than themselves.
    name : str, optional
        As a layer control of folium lists it.

    Raises
    ------
    TableError
        Columns are missing or undefined, or contours are not in degrees; all that is wrong is
        listed.

    Examples
    --------
    >>> import shapely
    >>> from cpts_geo.atlas.maps.layers import MapLayer
    >>> one = {"code_insee": "45001", "name": "Adon", "population": 200.0, "lon": 2.8, "lat": 47.8}
    >>> box = gpd.GeoDataFrame([one], geometry=[shapely.box(2, 47, 3, 48)], crs="EPSG:4326")
    >>> people = MapLayer("population", "Population")
    >>> new = CommuneLayer(box, [people], label="Adon").add_to(folium.Map(tiles=None))
    >>> new.data["names"], new.data["layers"][0]["values"]
    (['Adon'], [200])
    """

    def __init__(
        self,
        communes: gpd.GeoDataFrame,
        layers: Sequence[MapLayer],
        *,
        label: str,
        around: gpd.GeoDataFrame | None = None,
        land: gpd.GeoSeries | None = None,
        bare: gpd.GeoSeries | None = None,
        averages: Mapping[str, Sequence[Average]] | None = None,
        signs: Sequence[Signs] = (),
        areas: Mapping[str, Area] | None = None,
        bounds: Sequence[float] | None = None,
        quantum: float = QUANTUM,
        search: str = "Chercher une commune",
        invitation: str = "Cliquez sur une commune pour lire ses chiffres.",
        things: tuple[str, str] = ("commune", "communes"),
        still: str = "",
        circled: bool = True,
        name: str | None = None,
    ) -> None:
        """Gather what the script draws."""
        super().__init__(name=name or label, overlay=True, control=name is not None)
        self._name = "CommuneLayer"
        _check(communes, layers)
        self.still = still
        drawn = communes[communes.geometry.notna()]
        beyond = drawn.iloc[:0] if around is None else around[around.geometry.notna()]
        beyond = beyond[~beyond["code_insee"].isin(communes["code_insee"])]
        rows = gpd.GeoDataFrame(
            pd.concat([drawn, beyond], ignore_index=True) if len(beyond) else drawn,
            crs=communes.crs,
        ).reset_index(drop=True)
        own = len(drawn)
        named = {"": Area(name=label)} if areas is None else dict(areas)
        given = averages or {}
        columns = []
        for layer in layers if own else ():
            averaged = given.get(layer.column, ())
            data = column_data(rows, layer, own=own, averages=averaged)
            columns.append(
                data | {"after": after(rows, layer, layers) if layer.diverging else None}
            )
        west, south, east, north = bounds if bounds is not None else drawn.total_bounds
        codes = rows["code_insee"].astype(str).tolist()
        where = {code: rank for rank, code in enumerate(codes)}
        found = [(each, [where[code] for code in each.codes if code in where]) for each in signs]
        places_of = (
            np.round(places(rows) / quantum).astype(int) if len(rows) else np.zeros((0, 2), int)
        )
        self.data: dict[str, Any] = {
            "label": label,
            "title": label,
            "search": search,
            "invitation": invitation,
            "things": things,
            "quantum": quantum,
            "bounds": [[south, west], [north, east]],
            "own": own,
            "codes": codes,
            "names": rows["name"].astype(str).map(typeset).tolist(),
            "short": rows["short"].fillna("").tolist() if "short" in rows else [],
            "circled": circled,
            "centred": areas is not None and "short" in rows and len(named) <= NAMED,
            "many": len(named) > NAMED,
            "people": _people(rows, [layer.column for layer in layers]),
            "at": places_of.T.tolist(),
            "area": _areas(rows, own, list(named)),
            "areas": [vars(each) for each in named.values()],
            "departement": pd.factorize(
                rows["departement"] if "departement" in rows else pd.Series("", index=rows.index)
            )[0].tolist(),
            "layers": columns,
            "signs": [[each.sign, each.words, at] for each, at in found if at],
            "statuses": STATUS_TABLE,
            "looks": [look._asdict() for look in LOOKS],
            "look": _LOOK,
            "digits": DIGITS,
        }
        empty = gpd.GeoSeries([], crs=communes.crs)
        sets = (rows.geometry, empty if land is None else land, empty if bare is None else bare)
        self.packed = _packed(
            self.data, [topology(each, quantum=quantum).packed() for each in sets]
        )

    def render(self, **kwargs: Any) -> str:
        """
        Place the data and the script in the page, as they are.

        Parameters
        ----------
        **kwargs : object
            What folium hands to every element.

        Returns
        -------
        str
            Empty: all is placed in the figure.

        Examples
        --------
        >>> import inspect
        >>> inspect.signature(CommuneLayer.render).return_annotation
        'str'
        """
        figure: Any = self.get_root()
        parent: Any = self._parent
        name, block = self.get_name(), f"{self.get_name()}_data"
        figure.header.add_child(Inert(f"<style>{css()}</style>"), name="cpts_css")
        data = f'<script type="text/plain" id="{block}">{self.packed}</script>'
        figure.html.add_child(Inert(data + self._without_script(parent.get_name())), name=block)
        figure.script.add_child(Inert(script()), name="cpts_script")
        figure.script.add_child(Inert(f'var {name} = cptsMap("{block}");'), name=name)
        if self.show:
            figure.script.add_child(
                Inert(f"{name}.addTo({parent.get_name()});"), name=f"{name}_add"
            )
        for child in self._children.values():
            child.render(**kwargs)
        return ""

    def _without_script(self, holder: str) -> str:
        """The still map, in the place of this one where nothing runs."""
        if not self.still:
            return ""
        words = Markup('<img alt="{}" style="max-width:100%" src="data:image/png;base64,{}">')
        image = words.format(self.data["label"], self.still)
        return f"<noscript><style>#{holder}{{display:none}}</style>{image}</noscript>"


def _check(communes: gpd.GeoDataFrame, layers: Sequence[MapLayer]) -> None:
    """Refuse a table that lacks what the map reads."""
    wanted = [*_NEEDED, *(layer.column for layer in layers)]
    defects = [f"colonne absente : {name}" for name in wanted if name not in communes]
    foreign = [layer.column for layer in layers if layer.column not in COLUMNS]
    defects += [f"colonne sans définition : {one_line(name)}" for name in foreign]
    if communes.crs is None or communes.crs != GEOGRAPHIC_CRS:
        defects.append(f"contours en {communes.crs}, au lieu de {GEOGRAPHIC_CRS}")
    if defects:
        raise TableError(
            "Cette table n’est pas celle d’une carte de communes.",
            defects=defects,
            remedy="donnez une table de territory_communes, ou ces colonnes"
            + (f" ; {DEFINED}" if foreign else "."),
        )


def _people(rows: gpd.GeoDataFrame, columns: list[str]) -> list[int | None] | int:
    """Inhabitants of each row, or the layer that says them already."""
    if "population" in columns:
        return columns.index("population")
    return [None if pd.isna(each) else int(each) for each in rows["population"]]


def _areas(rows: gpd.GeoDataFrame, own: int, keys: list[str]) -> list[int]:
    """Number of the area of each row, −1 outside of all."""
    if "area" not in rows:
        return [0] * own + [-1] * (len(rows) - own)
    number = {key: rank for rank, key in enumerate(keys)}
    return [number.get(key, -1) for key in rows["area"]]


def _packed(data: dict[str, Any], sets: Sequence[bytes]) -> str:
    """Data and contours as one text: each part after its size, all compressed."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    parts = [text.encode("utf-8"), *sets]
    whole = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
    # No date in it: equal maps give equal bytes.
    return base64.b64encode(gzip.compress(whole, 9, mtime=0)).decode("ascii")
