"""Styles that QGIS applies by itself: the classes and colours of the page, in its own XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Final
from xml.etree import ElementTree as Xml

from cpts_geo.atlas.look import style
from cpts_geo.atlas.look.cells import MASK_LABEL
from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.french import UNKNOWN_TEXT

_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
#: Oldest version that reads a style as it is written here.
_VERSION: Final = "3.16"
#: Millimetres of the diameter of the largest circle, and of the smallest seen.
_LARGEST, _LEAST = 12.0, 1.2

#: Option that becomes a size that follows a column.
_EXPRESSION: Final = "size expression"

#: A symbol: the kind of its layer and its options, bottom first.
_Symbol = Sequence[tuple[str, dict[str, str]]]


def layer_style(layer: MapLayer, aliases: Mapping[str, str], *, top: float, mask: str) -> str:
    """
    Write the style of a layer of communes.

    Parameters
    ----------
    layer : MapLayer
        Classes or circles, as the page draws them.
    aliases : Mapping of str to str
        Column to its French name, as a table of QGIS heads it.
    top : float
        Greatest value of the column: that of the largest circle.
    mask : str
        Condition, as QGIS writes it, that a value is masked.

    Returns
    -------
    str
        A whole document; every class has a rule, what is masked and what is unknown their own.
    """
    value = f'"{layer.column}"'
    rules: list[tuple[str, str, _Symbol]] = [
        (MASK_LABEL, mask, [_fill(style.MASK_FILL)]),
        (UNKNOWN_TEXT, f"{value} IS NULL AND NOT ({mask})", [_hatched()]),
    ]
    if layer.counts:
        # As much area for each thing counted.
        size = f"max({_LEAST}, {_LARGEST} * sqrt({value} / {max(top, 1.0)!r}))"
        rules.insert(0, (layer.title, f"{value} > 0", [_fill(style.LAND), _circle(size)]))
        rules.insert(1, ("aucun", f"{value} = 0", [_fill(style.LAND)]))
    else:
        ends = pairwise((-inf, *layer.breaks, inf))
        classes = zip(layer.labels, ends, layer.colours, strict=True)
        rules[:0] = [
            (label, _between(value, *bounds), [_fill(colour)]) for label, bounds, colour in classes
        ]
    return _document(rules, aliases)


def plain_style(kind: str, aliases: Mapping[str, str]) -> str:
    """
    Write the style of the outline of a territory, of its sites or of its neighbours.

    Parameters
    ----------
    kind : {"territoire", "sites", "voisins"}
        Name of the layer.
    aliases : Mapping of str to str
        As :func:`layer_style`.

    Returns
    -------
    str
        A whole document.
    """
    symbols: dict[str, list[tuple[str, str, _Symbol]]] = {
        "territoire": [("territoire", "", [_outline(style.ACCENT, 0.7)])],
        "voisins": [("communes voisines", "", [_fill(style.LAND, edge=style.LAND_EDGE)])],
        "sites": [
            ("service d’urgences", "\"kind\" = 'emergency'", [_point("cross_fill", style.INK)]),
            ("ouvert aujourd’hui", "\"kind\" = 'open'", [_point("triangle", style.ACCENT)]),
            (
                "lieu proposé (hypothèse)", "\"kind\" = 'proposed'",
                [_point("triangle", style.PAPER, edge=style.ACCENT)],
            ),
        ],
    }  # fmt: skip
    return _document(symbols[kind], aliases)


def _between(value: str, low: float, high: float) -> str:
    """Condition of a class: over its lower bound, its upper one included."""
    parts = [f"{value} > {low!r}"] if low > -inf else []
    parts += [f"{value} <= {high!r}"] if high < inf else []
    return " AND ".join(parts)


def _document(rules: Sequence[tuple[str, str, _Symbol]], aliases: Mapping[str, str]) -> str:
    """Rules, each with its label, condition and symbol; then the French names of the columns."""
    points = any(kind == "SimpleMarker" for _, _, symbol in rules for kind, _ in symbol)
    root = Xml.Element("qgis", version=_VERSION, styleCategories="Symbology|Fields")
    drawn = Xml.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0",
                           enableorderby="0", forceraster="0")  # fmt: skip
    listed = Xml.SubElement(drawn, "rules", key="{all}")
    symbols = Xml.SubElement(drawn, "symbols")
    for rank, (label, condition, symbol) in enumerate(rules):
        rule = Xml.SubElement(listed, "rule", key=f"{{rule-{rank}}}", symbol=str(rank), label=label)
        if condition:
            rule.set("filter", condition)
        _add_symbol(symbols, str(rank), "marker" if points else "fill", symbol)
    names = Xml.SubElement(root, "aliases")
    for rank, (column, alias) in enumerate(aliases.items()):
        Xml.SubElement(names, "alias", index=str(rank), field=column, name=alias)
    Xml.SubElement(root, "layerGeometryType").text = "0" if points else "2"
    return _DOCTYPE + Xml.tostring(root, encoding="unicode")


def _add_symbol(parent: Xml.Element, name: str, kind: str, layers: _Symbol) -> None:
    """A symbol of its layers; a circle on an area is a marker on its centre."""
    found = Xml.SubElement(
        parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    for each, options in layers:
        drawn = Xml.SubElement(
            found, "layer", {"class": each, "enabled": "1", "locked": "0", "pass": "0"}
        )
        marker = dict(options)
        size = marker.pop(_EXPRESSION, "")
        if each == "CentroidFill":
            _options(drawn, {"point_on_surface": "1", "point_on_all_parts": "0"})
            inside = [("SimpleMarker", marker | {_EXPRESSION: size})]
            _add_symbol(drawn, f"@{name}@1", "marker", inside)
            continue
        _options(drawn, marker)
        if size:
            _data_defined(drawn, size)


def _options(parent: Xml.Element, options: Mapping[str, str]) -> None:
    """Options as versions of QGIS read them, before and since 3.18."""
    held = Xml.SubElement(parent, "Option", type="Map")
    for name, value in options.items():
        Xml.SubElement(held, "Option", name=name, type="QString", value=value)
    for name, value in options.items():
        Xml.SubElement(parent, "prop", k=name, v=value)


def _data_defined(parent: Xml.Element, expression: str) -> None:
    """A size that follows a column."""
    held = Xml.SubElement(parent, "data_defined_properties")
    whole = Xml.SubElement(held, "Option", type="Map")
    Xml.SubElement(whole, "Option", name="name", type="QString", value="")
    properties = Xml.SubElement(whole, "Option", name="properties", type="Map")
    size = Xml.SubElement(properties, "Option", name="size", type="Map")
    Xml.SubElement(size, "Option", name="active", type="bool", value="true")
    Xml.SubElement(size, "Option", name="expression", type="QString", value=expression)
    Xml.SubElement(size, "Option", name="type", type="int", value="3")
    Xml.SubElement(whole, "Option", name="type", type="QString", value="collection")


def _rgba(colour: str) -> str:
    """A colour as QGIS writes it."""
    return ",".join([*(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5)), "255"])


def _fill(colour: str, *, edge: str = style.PAPER) -> tuple[str, dict[str, str]]:
    """An area painted whole."""
    return "SimpleFill", {
        "color": _rgba(colour), "style": "solid", "outline_color": _rgba(edge),
        "outline_width": "0.15", "outline_width_unit": "MM", "outline_style": "solid",
    }  # fmt: skip


def _hatched() -> tuple[str, dict[str, str]]:
    """An area whose value is not known."""
    layer, options = _fill(style.HATCH_LINE)
    return layer, options | {"style": "b_diagonal"}


def _outline(colour: str, width: float) -> tuple[str, dict[str, str]]:
    """A border without its inside."""
    layer, options = _fill(colour, edge=colour)
    return layer, options | {"style": "no", "outline_width": str(width)}


def _circle(size: str) -> tuple[str, dict[str, str]]:
    """A circle on an area, whose size is an expression."""
    _, options = _point("circle", style.CIRCLE, edge=style.PAPER)
    return "CentroidFill", options | {_EXPRESSION: size}


def _point(shape: str, colour: str, *, edge: str = style.INK) -> tuple[str, dict[str, str]]:
    """A sign on a place."""
    return "SimpleMarker", {
        "name": shape, "color": _rgba(colour), "outline_color": _rgba(edge),
        "outline_width": "0.4", "size": "4", "size_unit": "MM",
    }  # fmt: skip
