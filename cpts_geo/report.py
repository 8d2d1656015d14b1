"""Write a report: pages, maps, tables and manifest, each file whole or not at all."""

from __future__ import annotations

import errno
import gc
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from cpts_geo import __version__, settings
from cpts_geo.access.disclosure import protected, releasable, releasable_areas
from cpts_geo.analysis import Analysis
from cpts_geo.atlas import static, style
from cpts_geo.atlas.access_files import ACCESS_FILES, access_files
from cpts_geo.atlas.capacity_files import CAPACITY_FILES, capacity_files
from cpts_geo.atlas.pages import Sheet, index_page, sheet_page
from cpts_geo.capacity.headline_table import to_frame
from cpts_geo.capacity.scenario import save_scenario
from cpts_geo.errors import OutputError
from cpts_geo.files import reason, write_atomically, write_csv, write_json, write_text
from cpts_geo.sources.catalogue import sha256_of

_SCHEMA_FILE = "scenario.schema.json"
_BORDER_TABLE = "communes_de_bordure.csv"
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


def check_writable(folder: Path) -> None:
    """
    Check that the output folder can be made and written, before any work.

    Parameters
    ----------
    folder : Path
        Output folder.

    Raises
    ------
    OutputError
        It cannot be made or written.
    """
    # Nothing is made yet: a run that is refused later leaves no empty folder behind.
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        if folder.exists() and not folder.is_dir():
            raise FileExistsError(errno.EEXIST, "exists")
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise OutputError(
            f"Impossible d’écrire dans « {folder} » : {reason(error)}.",
            remedy="choisissez un dossier où vous pouvez écrire avec --output.",
        ) from error


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
        The folder cannot be written.
    AssetError
        A page would need a network.
    """
    check_writable(output)
    # A manifest speaks of all the files beside it: the old one goes before they change.
    (output / "manifest.json").unlink(missing_ok=True)
    today = date.today()
    shown = f"{today:%d/%m/%Y}"
    national = analysis.national
    made: list[Path] = []

    def text(path: Path, content: str) -> None:
        write_text(content, path)
        made.append(path)

    def still(path: Path, figure: Figure) -> None:
        write_atomically(path, partial(figure.savefig, format="png", dpi=150))
        made.append(path)
        # A figure holds itself, with 8 MB of pixels: the next is drawn once it is gone.
        del figure
        gc.collect()

    every = sheets(analysis)
    for sheet in every:
        say(f"Fiche et cartes : {sheet.name}")
        text(output / sheet.file, sheet_page(sheet, national=national, date=shown))
        # Scenarios of another run are other scenarios, under the same names.
        for old in (output / "cartes").glob(f"{sheet.key}_apl_shift_*.png"):
            old.unlink()
        for layer in style.layers(sheet.communes, scenarios=sheet.scenarios):
            path = output / "cartes" / f"{sheet.key}_{layer.column}.png"
            named = {"name": sheet.name, "national": national}
            still(path, static.layer_figure(sheet.communes, layer, **named))
    say("Page d’accueil, tableaux, manifeste")
    index = output / "index.html"
    text(
        index,
        index_page(
            every, analysis.territories, national=national, notes=analysis.notes, date=shown
        ),
    )
    # Tables that only some runs have: those of another run would speak of other communes.
    for name in (_BORDER_TABLE, *CAPACITY_FILES, *ACCESS_FILES):
        (output / "tableaux" / name).unlink(missing_ok=True)
    for name, table in tables(analysis).items():
        write_csv(table, output / "tableaux" / name)
        made.append(output / "tableaux" / name)
    # An analyst edits a copy of these and compares: files of other names are left alone.
    for key, result in analysis.headlines.items():
        if result is not None:
            save_scenario(result.scenario, output / "scenarios" / f"{key}.toml")
            made.append(output / "scenarios" / f"{key}.toml")
    schema = settings.CPTS_DIR / _SCHEMA_FILE
    text(output / "scenarios" / _SCHEMA_FILE, schema.read_text(encoding="utf-8"))
    write_json(manifest(analysis, made, output=output, day=today), output / "manifest.json")
    return index


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
