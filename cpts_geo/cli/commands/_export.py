"""The command that writes what leaves the room: PDF, slides, workbook, layers, maps, tables."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cpts_geo.cli._options import OUTPUTS, on_territories, path_option
from cpts_geo.cli._terminal import echo
from cpts_geo.cli.commands._report import asked_analysis

if TYPE_CHECKING:
    from cpts_geo.analysis import Options
    from cpts_geo.geography.perimeters.request import Request

#: Folder of the exports in that of the results.
_FOLDER: Final = "exports"


class _Format(StrEnum):
    """Formats, as an analyst types them."""

    PDF = "pdf"
    PPTX = "pptx"
    XLSX = "xlsx"
    GPKG = "gpkg"
    PNG = "png"
    SVG = "svg"
    CSV = "csv"


@on_territories
def export(
    request: Request,
    options: Options,
    say: Callable[[str], None],
    formats: Annotated[
        list[_Format],
        typer.Option(
            "--format",
            help="pdf (deux pages ; demande Chromium, Chrome ou Edge), pptx (six diapositives), "
            "xlsx (classeur), gpkg (couches pour QGIS), png ou svg (cartes), csv (tables pour "
            "Excel en français). Répétable.",
        ),
    ],
    annexe: Annotated[
        bool, typer.Option("--annexe", help="Avec pdf, ajouter l’annexe après les deux pages.")
    ] = False,
    output: Annotated[
        Path | None,
        path_option("Dossier des fichiers ; outputs/exports, ou outputs/NOM/exports."),
    ] = None,
) -> None:
    """Écrire PDF, diapositives, classeur, couches, cartes ou tables."""
    # Imported here so that --help answers at once.
    from cpts_geo.api.territories import Territories  # noqa: PLC0415
    from cpts_geo.writing.export.export import check_export  # noqa: PLC0415

    asked = check_export([each.value for each in formats], output or OUTPUTS / _FOLDER)
    found = Territories(asked_analysis(request, options, say=say))
    folder = output or OUTPUTS / found.folder / _FOLDER
    for path in found.export(*asked, folder=folder, annex=annexe, say=say):
        echo(f"Fichier : {path.resolve()}")
