"""Write a report: pages, maps, tables and manifest, each file whole or not at all."""

from __future__ import annotations

import gc
import platform
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from cpts_geo import __version__, settings
from cpts_geo.analysis import Analysis
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.maps.still import layer_figure
from cpts_geo.atlas.pages.index import index_page
from cpts_geo.atlas.pages.sheet import Sheet, sheet_page
from cpts_geo.capacity.answer.headline_table import to_frame
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import save_scenario
from cpts_geo.files import write_atomically, write_csv, write_json, write_text
from cpts_geo.secrecy.disclosure import protected, releasable, releasable_areas
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.writing.csv_tables import ACCESS_FILES, CAPACITY_FILES, access_files, capacity_files
from cpts_geo.writing.output_folder import Stage, check_output, staged

_SCHEMA_FILE: Final = "scenario.schema.json"
_MANIFEST: Final = "manifest.json"
_BORDER_TABLE: Final = "communes_de_bordure.csv"
#: Files of every report; a map stands for those of the territories, in their folder.
REPORT_FILES: Final = (
    "index.html",
    _MANIFEST,
    "tableaux/territoires.csv",
    "cartes/carte.png",
    f"scenarios/{_SCHEMA_FILE}",
)
#: What the page, maps and tables of a territory weigh, at most.
MEGABYTES: Final = 6.0
_PACKAGES = ("folium", "geopandas", "matplotlib", "numpy", "pandas", "scipy", "shapely")


def _released(analysis: Analysis) -> tuple[Any, pd.DataFrame]:
    """Communes and comparison that may leave: masked once, over all the territories."""
    communes, comparison = analysis.communes, analysis.comparison
    if not protected([*communes.columns, *comparison["indicator"].unique()]):
        return communes, comparison
    # Territories that fill a département could be subtracted from it.
    rest = analysis.national[~analysis.national["code_insee"].isin(communes["code_insee"])]
    filled = ~communes["departement"].isin(rest["departement"])
    grouped = communes.assign(_filled=communes["departement"].where(filled))
    within = ("territory", "_filled")
    return (
        releasable(grouped, within=within).drop(columns="_filled"),
        releasable_areas(comparison, grouped, within=within),
    )


def sheets(analysis: Analysis) -> list[Sheet]:
    """
    Split an analysis into one sheet a territory.

    Parameters
    ----------
    analysis : Analysis
        Result of :func:`cpts_geo.analysis.analyse`.

    Returns
    -------
    list of Sheet
        In the order of the analysis; what may not be published is masked.
    """
    communes, comparison = _released(analysis)

    def rows(table: Any, key: str) -> Any:
        return table[table["territory"] == key]

    return [
        Sheet(
            key=str(key),
            name=str(row["name"]),
            document=str(row["document"]),
            perimeter=str(row["perimeter"]),
            outline=row,
            communes=rows(communes, key),
            comparison=rows(comparison, key),
            gaps=rows(analysis.gaps, key),
            facts=rows(analysis.facts, key),
            audit=rows(analysis.audit, key),
            headline=analysis.headlines[key],
            # What concerns a set of territories stands once, on the index.
            notes=analysis.notes if len(analysis.territories) == 1 else (),
            border=rows(analysis.border, key),
            access=analysis.access[str(key)],
            capacity=analysis.capacity[str(key)],
        )
        for key, row in analysis.territories.iterrows()
    ]


def tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """
    Tables of an analysis as they are written to CSV.

    Parameters
    ----------
    analysis : Analysis
        Result of an analysis.

    Returns
    -------
    dict of str to DataFrame
        Table by file name, without geometry; what may not be published is masked.
    """
    communes, comparison = _released(analysis)
    territories = analysis.territories.drop(columns="geometry").reset_index()
    border = {} if analysis.border.empty else {_BORDER_TABLE: analysis.border}
    return border | {
        "territoires.csv": territories.round({"area_km2": 3}),
        "communes.csv": communes.drop(columns="geometry"),
        "comparaison.csv": comparison,
        "ecarts.csv": analysis.gaps,
        "faits.csv": analysis.facts,
        "noms_reconnus.csv": analysis.audit,
        "capacite.csv": to_frame([h for h in analysis.headlines.values() if h]).reset_index(),
        **capacity_files(analysis.headlines, analysis.capacity),
        **access_files(analysis.access),
    }


def write_report(
    analysis: Analysis, output: Path, *, say: Callable[[str], None] = lambda _: None
) -> Path:
    """
    Write index, sheets, maps, tables, scenarios and manifest.

    Parameters
    ----------
    analysis : Analysis
        Result of an analysis.
    output : Path
        Folder to write; other files in it are left alone.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Path
        The index page.

    Raises
    ------
    OutputError
        The folder cannot be written; what it held is as it was.
    AssetError
        A page would need a network.
    """
    every = sheets(analysis)
    frames = tables(analysis)
    scenarios = {key: found.scenario for key, found in analysis.headlines.items() if found}
    names = [*REPORT_FILES, *(sheet.file for sheet in every)]
    names += [
        *(f"tableaux/{name}" for name in frames),
        *(f"scenarios/{key}.toml" for key in scenarios),
    ]
    check_output(output, names=names, megabytes=MEGABYTES * len(every))
    # A manifest speaks of all the files beside it.
    with staged(output, last=_MANIFEST, say=say) as stage:
        _write(analysis, every, frames, scenarios, stage=stage, say=say)
    return output / "index.html"


def _write(
    analysis: Analysis,
    every: list[Sheet],
    frames: dict[str, pd.DataFrame],
    scenarios: dict[str, Scenario],
    *,
    stage: Stage,
    say: Callable[[str], None],
) -> None:
    today = date.today()
    shown = f"{today:%d/%m/%Y}"
    national, folder = analysis.national, stage.folder
    for sheet in every:
        say(f"Fiche et cartes : {sheet.name}")
        write_text(sheet_page(sheet, national=national, date=shown), folder / sheet.file)
        # Scenarios of another run are other scenarios, under the same names.
        stage.stale.append(f"cartes/{sheet.key}_apl_shift_*.png")
        for layer in territory_layers(sheet.communes, scenarios=sheet.scenarios):
            path = folder / "cartes" / f"{sheet.key}_{layer.column}.png"
            named = {"name": sheet.name, "national": national}
            _draw(path, layer_figure(sheet.communes, layer, **named))
    say("Page d’accueil, tableaux, manifeste")
    index = index_page(
        every, analysis.territories, national=national, notes=analysis.notes, date=shown
    )
    write_text(index, folder / "index.html")
    # Tables that only some runs have: those of another run would speak of other communes.
    some = (_BORDER_TABLE, *CAPACITY_FILES, *ACCESS_FILES)
    stage.stale.extend(f"tableaux/{name}" for name in some)
    for name, table in frames.items():
        write_csv(table, folder / "tableaux" / name)
    # An analyst edits a copy of these and compares: files of other names are left alone.
    for key, scenario in scenarios.items():
        save_scenario(scenario, folder / "scenarios" / f"{key}.toml")
    schema = (settings.CPTS_DIR / _SCHEMA_FILE).read_text(encoding="utf-8")
    write_text(schema, folder / "scenarios" / _SCHEMA_FILE)
    made = sorted(path for path in folder.rglob("*") if path.is_file())
    write_json(manifest(analysis, made, output=folder, day=today), folder / _MANIFEST)


def _draw(path: Path, figure: Figure) -> None:
    write_atomically(path, partial(figure.savefig, format="png", dpi=150))
    # A figure holds itself, with 8 MB of pixels: the next is drawn once it is gone.
    del figure
    gc.collect()


def manifest(analysis: Analysis, made: list[Path], *, output: Path, day: date) -> dict[str, Any]:
    """
    Say what a report was made of.

    Parameters
    ----------
    analysis : Analysis
        What was written.
    made : list of Path
        Files written.
    output : Path
        Folder they are in.
    day : date
        Date of the run.

    Returns
    -------
    dict
        Date, versions, parameters, SHA-256 of every input and output.
    """
    data = settings.DATA_DIR
    read = [
        path
        for folder in (settings.COMMUNES_DIR, settings.CPTS_DIR)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".md"
    ]
    inputs = {path.relative_to(data).as_posix(): sha256_of(path) for path in read}
    scenarios = {
        key: result.scenario.model_dump(mode="json", exclude={"notes"})
        for key, result in analysis.headlines.items()
        if result is not None
    }
    return {
        "date": day.isoformat(),
        "versions": {"cpts_geo": __version__, "python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES},
        "system": sys.platform,
        "parameters": analysis.parameters | {"scenarios": scenarios},
        "notes": list(analysis.notes),
        "inputs": inputs | analysis.inputs,
        "outputs": {path.relative_to(output).as_posix(): sha256_of(path) for path in made},
    }
