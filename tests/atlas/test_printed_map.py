"""The map of a printed page: read at arm's length, light, the same classes as on the screen."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from matplotlib.colors import to_hex

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.maps.embedding import png
from cpts_geo.atlas.maps.printed import PrintedMap, printed_map


def printed(five: Analysis, key: str) -> PrintedMap:
    study = five.studies[key]
    return printed_map(
        study.communes, national=five.national, around=study.common.surroundings.field,
        open_today=["45252"], proposed=["45119"],
    )  # fmt: skip


@pytest.mark.parametrize("key", ["beauce_gatinais", "lvo"])
def test_it_is_read_and_light(five: Analysis, key: str) -> None:
    found = printed(five, key)
    (ax,) = found.figure.axes
    sizes = [text.get_fontsize() for text in ax.texts if text.get_text()]
    assert len(sizes) > 5
    assert min(sizes) >= 8.5
    image = png(found.figure, dpi=300, colours=32)
    assert len(image) < 200_000
    assert np.frombuffer(base64.b64decode(image)[16:20], ">u4")[0] == 1410


def test_it_names_its_layers_and_the_signs_that_it_draws(five: Analysis) -> None:
    found = printed(five, "beauce_gatinais")
    assert (found.rate.column, found.counted.column) == ("apl_2023", "gps_2024")
    assert [words for _, words in found.signs] == [
        "service d’urgences", "centre ouvert aujourd’hui", "lieu proposé",
    ]  # fmt: skip
    # What is around is painted too, faintly.
    (ax,) = found.figure.axes
    faint = {to_hex(a.get_facecolor()[0]) for a in ax.collections if a.get_alpha() == 0.4}
    assert len(faint) >= 4
    assert faint <= set(found.rate.colours)
