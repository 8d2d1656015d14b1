"""« Sources, définitions, limites »."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.maps.layers import MapLayer
from cpts_geo.schema import COLUMNS
from cpts_geo.settings import APL_LOW_WORDS
from cpts_geo.sources.catalogue.catalogue import sources


def section(layers: Sequence[MapLayer]) -> dict[str, Any]:
    """What the template shows: the definition and source of each layer of the map."""
    columns = [(layer.title, COLUMNS[layer.column]) for layer in layers]
    return {
        "layers": [
            (title, f"{column.definition} Source : {sources()[column.source].attribution}.")
            for title, column in columns
        ],
        "apl_low": APL_LOW_WORDS,
    }
