"""Maps that stand alone: their size, their title, their scale, their sources."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

import pytest
from PIL import Image

from cpts_geo.atlas.exhibits.findings import averages, map_finding
from cpts_geo.atlas.exhibits.framed import framed_figure
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.writing.export.export import write_exports
from tests.kept import analysed
from tests.writing.export.conftest import DAY

SIZES = {"16x9": (1920, 1080), "carre": (1080, 1080)}


def written(path):
    """Return the texts of an SVG, in one."""
    root = Xml.parse(path).getroot()
    texts = ["".join(each.itertext()) for each in root.findall(".//{*}text")]
    return re.sub(r"[\n ]+", " ", " ".join(texts))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    analysis = analysed("ouest_loiret", draws=1000)
    write_exports(analysis, folder, formats=("png", "svg"), day=DAY)
    return folder


def test_each_layer_has_both_forms(folder):
    study = analysed("ouest_loiret", draws=1000).studies["ouest_loiret"]
    layers = territory_layers(study.communes, scenarios=study.scenarios)
    names = {f"ouest_loiret_{each.column}_{form}" for each in layers for form in SIZES}
    for kind in ("png", "svg"):
        assert {path.stem for path in folder.glob(f"*.{kind}")} == names
    for path in folder.glob("*.png"):
        assert Image.open(path).size == SIZES[path.stem.rpartition("_")[2]]


def test_a_map_says_its_finding_its_averages_its_scale_and_its_sources(folder):
    study = analysed("ouest_loiret", draws=1000).studies["ouest_loiret"]
    for layer in territory_layers(study.communes, scenarios=study.scenarios):
        for form in SIZES:
            text = written(folder / f"ouest_loiret_{layer.column}_{form}.svg")
            assert map_finding(study, layer) in text
            assert text.count("\u202fkm") == 1
            assert "Licence Ouverte" in text and "02/03/2026" in text
            for area, _ in averages(study, layer):
                assert area in text
    first = territory_layers(study.communes)[0]
    assert [name for name, _ in averages(study, first)] == [
        "Ouest Loiret",
        "Loiret",
        "Centre-Val de Loire",
        "France",
    ]


def test_a_name_is_a_text_in_a_drawing(tmp_path):
    analysis = analysed("ouest_loiret", draws=1000)
    study = analysis.studies["ouest_loiret"]
    outline = study.outline.copy()
    outline["name"] = "<script>$x$</script> & co"
    analysis.studies[study.key] = study.with_parts(outline=outline)
    write_exports(analysis, tmp_path, formats=("svg",), day=DAY)
    for path in tmp_path.glob("*.svg"):
        root = Xml.parse(path).getroot()
        assert not root.findall(".//{*}script")
        assert "<script>$x$</script> & co" in written(path)


@pytest.mark.parametrize("form", [*SIZES, "diapo"])
def test_words_above_a_map_leave_it_alone_however_long_its_name(form):
    analysis = analysed("ouest_loiret", draws=1000)
    study = analysis.studies["ouest_loiret"]
    for layer in territory_layers(study.communes, scenarios=study.scenarios):
        figure = framed_figure(
            study.communes,
            layer,
            name="Communauté professionnelle territoriale de santé " * 4,
            finding="" if form == "diapo" else map_finding(study, layer),
            averages=averages(study, layer),
            date="02/03/2026",
            national=analysis.national,
            form=form,
        )
        figure.canvas.draw()
        above = [text.get_window_extent() for text in figure.texts if "— " in text.get_text()]
        assert above
        (ax,) = figure.axes
        shown = [ax.get_window_extent(), *(each.get_window_extent() for each in figure.legends)]
        assert all(words.y0 >= each.y1 for words in above for each in shown), layer.title
