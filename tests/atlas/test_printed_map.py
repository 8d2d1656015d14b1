"""The map of a printed page: read at arm's length, light, the same classes as on the screen."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from cpts_geo.analysis import Analysis
from cpts_geo.atlas.maps.embedding import png
from cpts_geo.atlas.maps.layers import classify, column_layer
from cpts_geo.atlas.maps.printed import printed_map
from tests.atlas.said import plain


def printed(five: Analysis, key: str) -> Figure:
    study = five.studies[key]
    return printed_map(
        study.communes, national=five.national, around=study.common.surroundings.field,
        comparison=study.comparison, open_today=["45252"], proposed=["45119"],
    )  # fmt: skip


@pytest.mark.parametrize("key", ["beauce_gatinais", "lvo"])
def test_it_is_read_and_light(five: Analysis, key: str) -> None:
    figure = printed(five, key)
    drawn = [text for ax in figure.axes for text in ax.texts]
    told = [text for legend in figure.legends for text in legend.get_texts()]
    sizes = [text.get_fontsize() for text in [*drawn, *told, *figure.texts] if text.get_text()]
    assert len(sizes) > 12
    assert min(sizes) >= 8.5
    image = png(figure, dpi=300, colours=32)
    assert len(image) < 200_000
    assert np.frombuffer(base64.b64decode(image)[16:20], ">u4")[0] == 2160


def test_its_words_hold_beside_the_map_and_count_the_communes(five: Analysis) -> None:
    figure = printed(five, "beauce_gatinais")
    figure.draw_without_rendering()
    page, (ax,) = figure.bbox, figure.axes
    first, second = (legend.get_window_extent() for legend in figure.legends)
    (average,) = (text for text in figure.texts if text.get_text())
    box = average.get_window_extent()
    assert plain(average.get_text()) == "ici 1,83 · Loiret 2,62 · France 3,74"
    assert min(first.x0, second.x0, box.x0) >= ax.get_window_extent().x1 - 1
    assert max(first.x1, second.x1, box.x1) <= page.width + 1
    assert first.y0 >= box.y1 - 6 and box.y0 >= second.y1 - 6 and second.y0 >= 0
    communes = five.studies["beauce_gatinais"].communes
    layer = column_layer("apl_2023")
    counts = classify(communes["apl_2023"], layer).value_counts()
    words = [plain(text.get_text()) for text in figure.legends[0].get_texts()]
    assert words[:2] == [f"moins de 1,5 : {counts[0]}", f"1,5 à 2,5 : {counts[1]}"]
    signs = [text.get_text() for text in figure.legends[1].get_texts()][-3:]
    assert signs == ["service d’urgences", "centre ouvert aujourd’hui", "lieu proposé"]
    # What is around is painted too, faintly.
    faint = {to_hex(a.get_facecolor()[0]) for a in ax.collections if a.get_alpha() == 0.4}
    assert len(faint) >= 4
    assert faint <= set(layer.colours)
