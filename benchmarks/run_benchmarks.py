"""Measure what the project promises: ``python3 run.py bench [--json FILE]``.

Each line is a median of several runs on this machine. A promise is a ratio between two ways of
doing the same work in one run, or a duration; a missed one is marked, and never hidden, unless
others used the machine meanwhile: then it says so, and proves nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.access_benchmarks import bench_access
from benchmarks.capacity_benchmarks import bench_capacity
from benchmarks.map_benchmarks import bench_map
from benchmarks.measures import (
    ROOT,
    Measure,
    calibration_seconds,
    measured,
    median_processor_seconds,
    median_seconds,
    seconds,
    watched,
)
from benchmarks.regional_benchmarks import bench_regional
from benchmarks.source_benchmarks import bench_sources
from benchmarks.travel_benchmarks import bench_travel
from cpts_geo.analysis import analyse
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.errors import CptsGeoError
from cpts_geo.french import number
from cpts_geo.geography.perimeters.coverage import dissolve
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.processes.workers import cores
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.codes import overseas
from cpts_geo.sources.embedding import embedded, packages
from cpts_geo.writing.report import write_report

TERRITORY = "beauce_gatinais"
BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
#: Runs before any page script: notes when the map is there and was painted.
WATCH_MAP = """
(() => {
  const look = () => {
    if (document.querySelector('.cpts-map[data-ready]')) {
      requestAnimationFrame(() => requestAnimationFrame(() => {
        window.mapPainted = performance.now();
      }));
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
})();
"""
#: Null until the browser has written the entry, which may come after the paint itself.
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
#: Milliseconds from a finger on the map to the painted frame that shows the card, and those of a
#: frame that changes nothing, which the browser takes anyway.
TAP = """async () => {
  const stage = document.querySelector('.cpts-stage'), card = document.querySelector('.cpts-card');
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  }));
  const idle = performance.now(), still = await painted() - idle;
  const box = stage.getBoundingClientRect(), before = card.textContent;
  const at = {bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2};
  const target = document.elementFromPoint(at.clientX, at.clientY);
  const start = performance.now();
  ['mousedown', 'mouseup', 'click'].forEach(kind => target.dispatchEvent(new MouseEvent(kind, at)));
  const end = await painted();
  return [end - start, still, card.textContent !== before];
}"""


def packages_folder() -> Path:
    return Path(os.environ.get("CPTS_GEO_PACKAGES") or ROOT / ".cache" / "packages")


def bench_load() -> list[Measure]:
    """Load all communes, against reading the same communes in the package's CSV."""

    def load() -> None:
        embedded._resources.cache_clear()  # the description and its hashes are read each time
        embedded.load_communes()

    ours = median_seconds(load, repeats=5)
    name = "Communes de France : notre fichier / CSV du paquet"
    folder = packages_folder()
    wheel = sources()["admin_express"].file or ""
    if not (folder / wheel).is_file():
        detail = f"{seconds(ours)} ; paquet absent ({wheel}) : lancez d’abord « run.py data »"
        return [Measure(name, None, "ratio", 1 / 10, detail)]
    theirs = median_seconds(lambda: packages.read_contours(folder), repeats=3, warm_up=False)
    detail = f"{seconds(ours)} contre {seconds(theirs)}, empreintes vérifiées des deux côtés"
    return [Measure(name, ours / theirs, "ratio", 1 / 10, detail)]


def bench_figures() -> list[Measure]:
    """Load the figures of all communes and of the areas around, hashes checked."""

    def load() -> None:
        embedded._resources.cache_clear()
        embedded.load_figures()
        embedded.load_comparisons()

    ours, loop = median_processor_seconds(load), calibration_seconds()
    detail = f"processeur ; boucle d’étalonnage de 2 millions de carrés : {seconds(loop)}"
    return [Measure("Chiffres de toutes les communes et comparaisons", ours, "s", 0.3, detail)]


def bench_dissolve() -> list[Measure]:
    """Dissolve the communes of métropole into their EPCI, against geopandas' default."""
    communes = embedded.load_communes()
    used = communes["epci"].notna() & communes.geometry.notna()
    used &= ~overseas(communes["code_insee"])
    land = communes.loc[used, ["epci", "geometry"]]
    ours = median_seconds(lambda: dissolve(land, "epci"), repeats=5)
    theirs = median_seconds(lambda: land.dissolve("epci"), repeats=3, warm_up=False)
    found = dissolve(land, "epci")
    invalid = int((~found.is_valid).sum())
    reference = land.dissolve("epci").geometry
    differing = int((~found.geometry.geom_equals(reference.reindex(found.index))).sum())
    counts = f"{number(len(land))} communes en {number(len(found))} EPCI"
    detail = f"{seconds(ours)} contre {seconds(theirs)} ; {counts}"
    agreement = f"contre geopandas : {differing} contour(s) différent(s)"
    return [
        Measure(
            "Contours des EPCI : les nôtres / geopandas", ours / theirs, "ratio", 1 / 8, detail
        ),
        Measure("Contours des EPCI invalides", invalid, "contours", 0, agreement),
    ]


def bench_page(folder: Path) -> list[Measure]:
    """Build one page, then open it in a browser."""
    analysis = analyse(Request([TERRITORY]))
    (sheet,) = analysis.studies.values()

    def build() -> str:
        return sheet_page(sheet, national=analysis.national, date="1er janvier 2026")

    duration = median_processor_seconds(build)
    path = folder / "page.html"
    path.write_text(build(), encoding="utf-8")
    size = f"{sheet.name}, {number(path.stat().st_size / 1e6, 2)} Mo"
    megabytes = path.stat().st_size / 1e6
    built = Measure("Une fiche construite (processeur)", duration, "s", 0.6, size)
    light = Measure("Une fiche de 87 communes", megabytes, "Mo", 0.9, "cartes fixes comprises")
    return [built, light, bench_written(folder), *bench_paint(path)]


def bench_written(folder: Path) -> Measure:
    """Write the report of the five published territories, once they are analysed."""
    analysis = analyse(Request())
    start = time.process_time()
    write_report(analysis, folder / "report")
    taken = time.process_time() - start
    detail = f"{len(analysis.studies)} territoires ; pages, cartes, tableaux"
    return Measure("Un rapport écrit (processeur)", taken, "s", 8.0, detail)


def bench_paint(path: Path, *, repeats: int = 3) -> list[Measure]:
    """Time from opening the page to its first content, then to its map."""
    names = (
        "Fiche dans Chromium : premier contenu",
        "Fiche dans Chromium : carte peinte",
        "Fiche dans Chromium : du doigt à la carte d’une commune",
    )
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415
    except ImportError:
        return [Measure(name, None, "s", None, "playwright absent") for name in names]
    from cpts_geo.writing.export.browser import find_browser  # noqa: PLC0415

    browser = find_browser()
    if browser is None:
        return [Measure(name, None, "s", None, "aucun navigateur trouvé") for name in names]
    first, whole, tapped, still = [], [], [], []
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=BROWSER_FLAGS)
            for _ in range(repeats + 1):
                context = chromium.new_context(offline=True, bypass_csp=True, locale="fr-FR")
                page = context.new_page()
                page.add_init_script(WATCH_MAP)
                page.goto(path.resolve().as_uri())
                page.wait_for_function("window.mapPainted !== undefined", timeout=30_000)
                page.wait_for_function(f"{FIRST_PAINT} !== undefined", timeout=30_000)
                first.append(page.evaluate(FIRST_PAINT) / 1000)
                whole.append(page.evaluate("window.mapPainted") / 1000)
                page.locator(".cpts-stage").scroll_into_view_if_needed()
                taken, idle, shown_card = page.evaluate(TAP)
                # A click beside every commune would be quick, and show nothing.
                tapped.append(taken / 1000 if shown_card else math.inf)
                still.append(idle / 1000)
                context.close()
            detail = f"navigateur {chromium.version}, réseau coupé, cache vide"
            chromium.close()
    except Error as error:
        reason = str(error).splitlines()[0]
        return [Measure(name, None, "s", None, reason) for name in names]
    # The first opening also starts the browser's own processes.
    values = [statistics.median(each[1:]) for each in (first, whole, tapped)]
    alone = f"{detail} ; sans toucher : {seconds(statistics.median(still[1:]))}"
    details, targets = (detail, detail, alone), (0.4, None, 0.1)
    return [
        Measure(name, value, "s", target, said)
        for name, value, target, said in zip(names, values, targets, details, strict=True)
    ]


def bench_report(folder: Path) -> list[Measure]:
    """Peak memory and processor of a report, run as a person runs it; of what it loads alone."""
    three = folder / "three.csv"
    three.write_text("commune\nDry\nBaule\nLailly-en-Val\n", encoding="utf-8")
    command = ["-m", "cpts_geo", "report", "--embedded-only", "--output", str(folder / "out")]
    own = ["--perimeter", str(three), "--departement", "45"]
    found = []
    loaded = measured(["-c", "import cpts_geo.cli.main, cpts_geo.writing.report"])
    for words, more, target, most in (
        ("cinq CPTS", [], None, None), ("trois communes", own, 350.0, 3.5)
    ):  # fmt: skip
        run = measured([*command, *more])
        detail = run.failure or f"{words}, {seconds(run.seconds)}, un seul passage"
        name = f"Mémoire au plus haut de « report », {words}"
        found.append(Measure(name, run.megabytes, "Mo", target, detail))
        name = f"Processeur de « report », {words}"
        found.append(Measure(name, run.processor, "s", most, detail))
    detail = loaded.failure or "seul, un seul passage"
    found.append(
        Measure("Processeur de ce que charge « report »", loaded.processor, "s", 1.2, detail)
    )
    return found


def machine() -> dict[str, Any]:
    """Describe the machine, without its name."""
    libraries = ("geopandas", "shapely", "pandas", "pyarrow", "folium")
    return {
        "système": f"{platform.system()} {platform.machine()}",
        "cœurs": cores(),
        "python": platform.python_version(),
        **{library: version(library) for library in libraries},
    }


def shown(value: float | None, unit: str) -> str:
    """Write a value in French, a ratio as 1/n."""
    if value is None:
        return "—"
    if unit == "ratio":
        return f"1/{number(1 / value, 1)}"
    decimals = 2 if unit in ("s", "ms", "fois", "exposant", "milliardièmes") else 0
    return f"{number(value, decimals)} {unit}"


def print_table(measures: Sequence[Measure]) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    console.print("Machine : " + ", ".join(f"{key} {value}" for key, value in machine().items()))
    table = Table(box=box.SIMPLE, pad_edge=False)
    for header in ("mesure", "valeur", "cible", "verdict", "détail"):
        justify = "right" if header in ("valeur", "cible") else "left"
        table.add_column(header, justify=justify, overflow="fold")
    for each in measures:
        target = "—" if each.target is None else f"≤ {shown(each.target, each.unit)}"
        value = shown(each.value, each.unit)
        table.add_row(each.name, value, target, each.verdict, each.detail)
    console.print(table)
    missed = [each for each in measures if each.verdict == "MANQUÉ"]
    console.print("Cibles manquées, machine au calme :" if missed else "Aucune cible manquée.")
    for each in missed:
        target = shown(each.target, each.unit)
        console.print(
            f"  {each.name} : {shown(each.value, each.unit)} pour {target} ; {each.detail}"
        )
    busy = [each.name for each in measures if each.verdict == "machine occupée"]
    if busy:
        console.print(
            f"Machine occupée par d’autres, à mesurer de nouveau au calme : {', '.join(busy)}."
        )


def main(arguments: Sequence[str]) -> int:
    """Run every bench; a missed target is said, it is not a failure of the command."""
    parser = argparse.ArgumentParser(description="Mesure les temps et la mémoire.")
    parser.add_argument("--json", type=Path, metavar="FICHIER", help="écrit aussi les mesures ici")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            groups: list[Callable[[], Sequence[Measure]]] = [
                bench_load,
                bench_figures,
                bench_dissolve,
                lambda: bench_page(folder),
                lambda: bench_map(folder),
                lambda: bench_report(folder),
                lambda: bench_sources(folder),
                bench_access,
                bench_regional,
                bench_travel,
                bench_capacity,
            ]
            start = time.perf_counter()
            measures = [each for group in groups for each in watched(group)]
            crowded = any(each.crowded for each in measures)
            taken = time.perf_counter() - start
            whole = "Tout ce banc d’essai"
            measures.append(Measure(whole, taken, "s", 240.0, "à la montre", crowded))
    except CptsGeoError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    print_table(measures)
    if options.json:
        rows = [{**asdict(each), "verdict": each.verdict} for each in measures]
        content = json.dumps({"machine": machine(), "measures": rows}, ensure_ascii=False, indent=2)
        options.json.write_text(content + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
