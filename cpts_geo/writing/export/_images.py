"""Maps for slides and documents, as PNG or SVG: each layer wide and square."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import geopandas as gpd

from cpts_geo.atlas.exhibits.findings import averages, map_finding
from cpts_geo.atlas.exhibits.framed import framed_figure, save_figure
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.files import write_atomically
from cpts_geo.study.study import Study

#: Forms that stand alone; the other is for under the title of a slide.
_ALONE = ("16x9", "carre")


def write_images(
    study: Study, folder: Path, *, kind: str, national: gpd.GeoDataFrame, day: date
) -> Iterator[Path]:
    """Write each layer in each form, and give its path."""
    for layer in territory_layers(study.communes, scenarios=study.scenarios):
        for form in _ALONE:
            figure = framed_figure(
                study.communes,
                layer,
                name=study.name,
                finding=map_finding(study, layer),
                averages=averages(study, layer),
                date=f"{day:%d/%m/%Y}",
                national=national,
                form=form,
            )
            path = folder / f"{study.key}_{layer.column}_{form}.{kind}"
            write_atomically(path, partial(save_figure, figure, kind=kind))
            # A figure holds itself, with its pixels: the next is drawn once it is gone.
            del figure
            gc.collect()
            yield path
