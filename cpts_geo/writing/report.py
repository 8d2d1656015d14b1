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
from threading import Lock
from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from cpts_geo import __version__, settings
from cpts_geo.analysis import Analysis
from cpts_geo.asked import expect, typed_path
from cpts_geo.atlas.maps.embedding import drawn
from cpts_geo.atlas.maps.layers import territory_layers
from cpts_geo.atlas.maps.still import layer_figures
from cpts_geo.atlas.pages.index import index_page
from cpts_geo.atlas.pages.sheet import sheet_page
from cpts_geo.capacity.checks.forecast.announced import announced
from cpts_geo.capacity.checks.forecast.kept import as_kept, carried
from cpts_geo.capacity.scenario.loading import save_scenario
from cpts_geo.errors import DemandTooLargeError
from cpts_geo.files import BEFORE, listed_outputs, write_atomically, write_json, write_text
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.writing._csv_tables import FORMS, SOME, brief_tables, table_files, tables
from cpts_geo.writing.output_folder import Stage, check_output, check_own, staged
from cpts_geo.writing.released import released

_SCHEMA_FILE: Final = "scenario.schema.json"
#: What lists the files of a report.
MANIFEST: Final = "manifest.json"
_INDEX: Final = "index.html"
#: Files of every report; a map stands for those of the territories, in their folder.
REPORT_FILES: Final = (
    _INDEX,
    MANIFEST,
    *table_files(["territoires"]),
    "cartes/carte.png",
    f"scenarios/{_SCHEMA_FILE}",
)
#: What the page, maps and tables of a territory weigh, at most.
MEGABYTES: Final = 6.0
#: Pixels in an inch of the maps for slides.
_DPI: Final = 150
#: Drawing has settings of the whole process: of several threads, one at a time.
_DRAWING: Final = Lock()
#: Libraries that figures, maps and pages depend on.
_PACKAGES: Final = ("folium", "geopandas", "matplotlib", "numpy", "pandas", "scipy", "shapely")


def write_report(
    analysis: Analysis,
    output: Path | str,
    *,
    home: str = "",
    day: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """
    Write index, sheets, maps, tables, scenarios and manifest.

    Parameters
    ----------
    analysis : Analysis
        Result of an analysis; what may not leave of it is masked first.
    output : Path or str
        Folder to write; other files in it are left alone, and none is replaced that a report did
        not write.
    home : str
        Address of a page of all territories that is not of this report: no index is then written.
    day : datetime.date, optional
        Date of the report; today by default.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Path
        The index page, or where it would be.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds files that no report wrote; what it held is as it
        was.
    AssetError
        A page would need a network.
    """
    expect(analysis, Analysis, remedy="écrivez write_report(analyse(Request(…)), DOSSIER).")
    output = typed_path(output)
    for study in analysis.studies.values():
        say(f"Capacité et accès : {study.name}")
        if isinstance(study.answer, DemandTooLargeError):
            say(f"{study.name} : {study.answer.summary}")
    shown = released(analysis)
    frames = tables(shown)
    keys = list(shown.studies)
    names = [*REPORT_FILES, *(study.file for study in shown.studies.values())]
    names += [*table_files(frames), *(f"scenarios/{key}.toml" for key in keys)]
    check_output(output, names=names, megabytes=MEGABYTES * len(keys))
    check_own(output, names, manifest=MANIFEST)
    # What stands before the figures is not looked at again after each.
    gc.freeze()
    try:
        # A manifest speaks of all the files beside it.
        with _DRAWING, staged(output, last=MANIFEST, own=True, say=say) as stage:
            day = day or date.today()
            before = output / MANIFEST
            _write(shown, frames, stage=stage, replaced=before, home=home, today=day, say=say)
    finally:
        gc.unfreeze()
    return output / _INDEX


def _write(
    analysis: Analysis,
    frames: dict[str, pd.DataFrame],
    *,
    stage: Stage,
    replaced: Path,
    home: str,
    today: date,
    say: Callable[[str], None],
) -> None:
    """Write pages, maps, tables, scenarios and manifest aside."""
    day = f"{today:%d/%m/%Y}"
    national, folder, studies = analysis.national, stage.folder, list(analysis.studies.values())
    for study in studies:
        say(f"Fiche et cartes : {study.name}")
        write_text(
            sheet_page(study, national=national, date=day, home=home or _INDEX), folder / study.file
        )
        # Changes of supply of another run are other changes, under the same names.
        stage.stale.append(f"cartes/{study.key}_apl_shift_*.png")
        layers = territory_layers(study.communes, scenarios=study.scenarios)
        maps = layer_figures(study.communes, layers, name=study.name, national=national)
        for layer in layers:
            _draw(folder / "cartes" / f"{study.key}_{layer.column}.png", next(maps))
    say("Page d’accueil, tableaux, manifeste")
    if not home:
        index = index_page(
            studies, analysis.territories, national=national, notes=analysis.notes, date=day
        )
        write_text(index, folder / _INDEX)
    # Those of another run would speak of other communes.
    stage.stale.extend(table_files(SOME))
    _write_frames(frames, folder)
    # An analyst edits a copy of these and compares: files of other names are left alone.
    for study in studies:
        if study.headline:
            save_scenario(study.scenario, folder / "scenarios" / f"{study.key}.toml")
    schema = (settings.CPTS_DIR / _SCHEMA_FILE).read_text(encoding="utf-8")
    write_text(schema, folder / "scenarios" / _SCHEMA_FILE)
    manifest = _manifest(analysis, output=folder, replaced=replaced, day=today)
    write_json(manifest, folder / MANIFEST)


def write_tables(analysis: Analysis, folder: Path, *, day: date | None = None) -> None:
    """
    Write indicators, need and capacity alone, and the manifest.

    Parameters
    ----------
    analysis : Analysis
        As :func:`cpts_geo.writing.released.released_figures` gives it; neither siting nor scenarios
        of supply are computed.
    folder : Path
        Folder that exists.
    day : datetime.date, optional
        Date of the manifest; today by default.
    """
    _write_frames(brief_tables(analysis), folder)
    manifest = _manifest(
        analysis,
        output=folder,
        replaced=folder / MANIFEST,
        day=day or date.today(),
        forecasts=False,
    )
    write_json(manifest, folder / MANIFEST)


def _write_frames(frames: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write tables in every form."""
    for name, table in frames.items():
        for file, write in zip(table_files([name]), FORMS.values(), strict=True):
            write(table, folder / file)


def versions() -> dict[str, str]:
    """
    Give the versions that a manifest says: of the package, Python, and what computes and draws.

    Returns
    -------
    dict of str to str
        By name.

    Examples
    --------
    >>> list(versions())[:2]
    ['cpts_geo', 'python']
    """
    own = {"cpts_geo": __version__, "python": platform.python_version()}
    return own | {name: version(name) for name in _PACKAGES}


def _draw(path: Path, figure: Figure) -> None:
    """Write a map as PNG."""
    write_atomically(path, partial(drawn(figure, dpi=_DPI).save, format="png"))
    del figure
    # What is drawn holds itself: it goes before the next map; what was frozen is not looked at.
    gc.collect()


def _manifest(
    analysis: Analysis, *, output: Path, replaced: Path, day: date, forecasts: bool = True
) -> dict[str, Any]:
    """Date, versions, parameters, SHA-256 of every input and output, forecasts: those of the
    manifest that is replaced are still to be judged."""
    scenarios = {
        key: study.scenario.model_dump(mode="json", exclude={"notes"})
        for key, study in analysis.studies.items()
        if study.headline
    }
    ahead = {
        key: as_kept(
            announced(
                study.headline, study.capacity.by_month, territory=key, day=day,
                version=__version__,
            )
        )
        for key, study in analysis.studies.items()
        if forecasts and study.headline and study.capacity
    }  # fmt: skip
    made = sorted(path for path in output.rglob("*") if path.is_file())
    outputs = {path.relative_to(output).as_posix(): sha256_of(path) for path in made}
    return {
        "date": day.isoformat(),
        "versions": versions(),
        "system": sys.platform,
        "parameters": analysis.parameters | {"scenarios": scenarios},
        **carried(replaced, forecasts=ahead),
        "notes": list(analysis.notes),
        "inputs": analysis.embedded | analysis.inputs,
        "outputs": outputs,
        BEFORE: {
            name: digest
            for name, digest in listed_outputs(replaced).items()
            if name not in outputs and (replaced.parent / name).is_file()
        },
    }
