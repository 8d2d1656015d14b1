"""The map of every commune of France, beside the same contours in plain folium."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Final

import folium
import pandas as pd
from playwright.sync_api import Browser, sync_playwright

from benchmarks.measures import Measure, seconds
from cpts_geo.atlas.look.offline import inline_assets
from cpts_geo.atlas.maps.interactive import france_map
from cpts_geo.atlas.maps.layers import classify, column_layer
from cpts_geo.atlas.maps.live.bare import bare_map
from cpts_geo.french import number
from cpts_geo.sources.embedding import embedded
from cpts_geo.writing.export.browser import find_browser

_COLUMN: Final = "apl_2023"
_FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
#: From the start of the page to two frames after what is waited for.
_PAINTED: Final = """async (selector) => {
  while (document.querySelectorAll(selector).length < COUNT) {
    await new Promise((done) => requestAnimationFrame(done));
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() / 1000;
}"""
_ZOOMED: Final = """async (map) => {
  const start = performance.now();
  map.setZoom(map.getZoom() + 1, {animate: false});
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return (performance.now() - start) / 1000;
}"""


def _plain_map() -> folium.Map:
    """One layer of ``folium.GeoJson``, painted in the same classes, with a tooltip."""
    figures = embedded.load_figures()[["code_insee", _COLUMN]]
    rows = embedded.load_communes()[["code_insee", "name", "geometry"]].merge(figures, how="left")
    rows = rows[rows.geometry.notna()]
    layer = column_layer(_COLUMN)
    classes = pd.Series(classify(rows[_COLUMN], layer).to_numpy(), index=rows["code_insee"])
    colours = classes.map(lambda number: layer.colours[number] if number >= 0 else "none")
    new = bare_map(location=[46.6, 2.4], zoom_start=6)
    folium.GeoJson(
        rows,
        style_function=lambda each: {
            "fillColor": colours[each["properties"]["code_insee"]],
            "weight": 0.5,
            "fillOpacity": 1,
        },
        tooltip=folium.GeoJsonTooltip(fields=["name", _COLUMN]),
    ).add_to(new)
    return new


def _timed(
    browser: Browser, path: Path, *, selector: str, count: int, name: str
) -> tuple[float, float]:
    """Seconds to the first whole paint, and of a zoom."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(path.resolve().as_uri(), timeout=120_000)
    paint = page.evaluate(_PAINTED.replace("COUNT", str(count)), selector)
    zooms = [page.evaluate(f"({_ZOOMED})({name})") for _ in range(3)]
    page.close()
    return float(paint), statistics.median(zooms)


def bench_map(folder: Path) -> list[Measure]:
    """
    Time the paint and a zoom of both maps of France in one run.

    Parameters
    ----------
    folder : Path
        Where the pages are written.

    Returns
    -------
    list of Measure
        Ratios to plain folium, bytes of the page, seconds of Python.
    """
    browser = find_browser()
    if browser is None:
        return [Measure("Carte de France", None, "s", None, "aucun navigateur trouvé")]
    national, figures = embedded.load_communes(), embedded.load_figures()
    start = time.perf_counter()
    ours = france_map(national, figures)
    made = time.perf_counter() - start
    pages = {"ours": ours, "plain": _plain_map()}
    for name, new in pages.items():
        (folder / f"{name}.html").write_text(inline_assets(new.get_root().render()), "utf-8")
    whole = int(national.geometry.notna().sum())
    waited = {"ours": (".cpts-map[data-ready]", 1), "plain": ("path.leaflet-interactive", whole)}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=_FLAGS)
        for _ in range(3):
            for name, (selector, count) in waited.items():
                found = _timed(
                    chromium, folder / f"{name}.html", selector=selector, count=count,
                    name=pages[name].get_name(),
                )  # fmt: skip
                times[name].append(found)
        chromium.close()
    paint, zoom = (
        {name: statistics.median(each[rank] for each in found) for name, found in times.items()}
        for rank in (0, 1)
    )
    size = (folder / "ours.html").stat().st_size / 1e6

    def beside(found: dict[str, float]) -> str:
        return f"{seconds(found['ours'])}, folium {seconds(found['plain'])}"

    said = f"{whole} communes"
    return [
        Measure("Carte de France : affichage", paint["ours"] / paint["plain"], "ratio", 1 / 8,
                beside(paint)),
        Measure("Carte de France : zoom", zoom["ours"] / zoom["plain"], "ratio", 1 / 4,
                beside(zoom)),
        Measure("Carte de France : page", size, "Mo", 3.0, f"{number(size, 2)} Mo, {said}"),
        Measure("Carte de France : fabrication", made, "s", None, said),
    ]  # fmt: skip
