"""« Sources, définitions, limites »."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cpts_geo.atlas.maps.layers import MapLayer, layer_source
from cpts_geo.settings import APL_LOW_WORDS


def section(layers: Sequence[MapLayer]) -> dict[str, Any]:
    """What the template shows: the definition and source of each layer of the map."""
    return {
        "layers": [(layer.title, layer_source(layer)) for layer in layers],
        "apl_low": APL_LOW_WORDS,
    }
