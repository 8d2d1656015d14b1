"""Write what leaves the room: each format of each territory, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import geopandas as gpd

from cpts_geo.analysis import Analysis
from cpts_geo.asked import expect, typed_path
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.errors import AskedError, CptsGeoError, quoted
from cpts_geo.foreign import shown_path
from cpts_geo.french import joined, typeset
from cpts_geo.sources.catalogue.catalogue import Source, credits_of
from cpts_geo.study.study import Study
from cpts_geo.writing.export._geopackage import write_geopackage
from cpts_geo.writing.export._images import write_images
from cpts_geo.writing.export._pdf import printing_browser, write_pdf
from cpts_geo.writing.export._slides import write_slides
from cpts_geo.writing.export._workbook import write_tables, write_workbook
from cpts_geo.writing.output_folder import check_output, staged
from cpts_geo.writing.released import released

#: What the files of a territory weigh, in all formats, at most.
_MEGABYTES: Final = 15.0


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """A territory to write: what every format may need of the run."""

    study: Study
    national: gpd.GeoDataFrame
    used: Sequence[Source]
    day: date
    annex: bool

    @property
    def sources(self) -> str:
        """Sources and licences in one sentence."""
        return typeset(f"Sources : {credits_of(self.used)}.")

    def named(self, folder: Path, end: str) -> Path:
        """The one file of a format."""
        return folder / f"{self.study.key}.{end}"


def _pdf(subject: _Subject, folder: Path) -> Iterator[Path]:
    """The printed pages."""
    path = subject.named(folder, "pdf")
    write_pdf(subject.study, path, national=subject.national, day=subject.day, annex=subject.annex)
    yield path


def _pptx(subject: _Subject, folder: Path) -> Iterator[Path]:
    """The slides."""
    path = subject.named(folder, "pptx")
    write_slides(
        subject.study, path, national=subject.national, sources=subject.sources, day=subject.day
    )
    yield path


def _xlsx(subject: _Subject, folder: Path) -> Iterator[Path]:
    """The workbook."""
    path = subject.named(folder, "xlsx")
    write_workbook(subject.study, path, used=subject.used, sources=subject.sources, day=subject.day)
    yield path


def _gpkg(subject: _Subject, folder: Path) -> Iterator[Path]:
    """The layers for QGIS."""
    path = subject.named(folder, "gpkg")
    write_geopackage(
        subject.study, path, national=subject.national, used=subject.used,
        sources=subject.sources, day=subject.day,
    )  # fmt: skip
    yield path


def _png(subject: _Subject, folder: Path) -> Iterator[Path]:
    """Maps as pictures."""
    return write_images(
        subject.study, folder, kind="png", national=subject.national, day=subject.day
    )


def _svg(subject: _Subject, folder: Path) -> Iterator[Path]:
    """Maps as drawings."""
    return write_images(
        subject.study, folder, kind="svg", national=subject.national, day=subject.day
    )


def _csv(subject: _Subject, folder: Path) -> Iterator[Path]:
    """Tables for a French spreadsheet."""
    return write_tables(subject.study, folder, used=subject.used, day=subject.day)


_WRITERS: Final[dict[str, Callable[[_Subject, Path], Iterator[Path]]]] = {
    "pdf": _pdf,
    "pptx": _pptx,
    "xlsx": _xlsx,
    "gpkg": _gpkg,
    "png": _png,
    "svg": _svg,
    "csv": _csv,
}


def check_export(formats: Iterable[str], folder: Path | str) -> tuple[str, ...]:
    """
    Check, before any work, that formats can be written in a folder.

    Parameters
    ----------
    formats : iterable of str
        Among pdf, pptx, xlsx, gpkg, png, svg, csv.
    folder : Path or str
        Where the files go.

    Returns
    -------
    tuple of str
        The formats, each once, in the order asked for.

    Raises
    ------
    AskedError
        None is asked for, or one that does not exist.
    BrowserError
        A PDF is asked for, and no browser prints it.
    OutputError
        The folder cannot be written.

    Examples
    --------
    >>> check_export(["csv", "xlsx", "csv"], "outputs")
    ('csv', 'xlsx')
    """
    asked = tuple(dict.fromkeys(formats))
    unknown = [name for name in asked if name not in _WRITERS]
    if unknown or not asked:
        raise AskedError(
            f"Format inconnu : {', '.join(map(quoted, unknown))}."
            if unknown
            else "Aucun format n’est demandé.",
            remedy=f"écrivez --format suivi de {', '.join(_WRITERS)} ; l’option se répète.",
        )
    if "pdf" in asked:
        printing_browser()
    check_output(typed_path(folder), megabytes=_MEGABYTES)
    return asked


def write_exports(
    analysis: Analysis,
    folder: Path | str,
    *,
    formats: Sequence[str],
    annex: bool = False,
    day: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """
    Write the territories of a run in the formats asked for.

    Parameters
    ----------
    analysis : Analysis
        Result of an analysis; what may not leave of it is masked first.
    folder : Path or str
        Folder to write; other files in it are left alone.
    formats : sequence of str
        As :func:`check_export`.
    annex : bool
        Whether the PDF holds the annex after its two pages.
    day : datetime.date, optional
        Date written in the files; today by default.
    say : callable
        Receives one French line a step.

    Returns
    -------
    list of Path
        Files written: ``<key>.<format>``, or ``<key>_<what>.<format>`` where a format has several.

    Raises
    ------
    CptsGeoError
        A format cannot be written: nothing of it is, and the error says which are.
    """
    expect(analysis, Analysis, remedy='écrivez write_exports(analyse(Request(…)), "exports").')
    folder = typed_path(folder)
    asked = check_export(formats, folder)
    shown = released(analysis)
    subjects = [
        _Subject(
            study=study,
            national=shown.national,
            used=sources_used([study]),
            day=day or date.today(),
            annex=annex,
        )
        for study in shown.studies.values()
    ]
    made: dict[str, list[Path]] = {}
    for name in asked:
        try:
            made[name] = _written(name, subjects, folder, say=say)
        except CptsGeoError as error:
            raise _told(error, name, made, folder) from error
    return [path for paths in made.values() for path in paths]


def _written(
    name: str, subjects: Sequence[_Subject], folder: Path, *, say: Callable[[str], None]
) -> list[Path]:
    """Write a format of every territory aside, then all of it in its place."""
    with staged(folder, say=say) as stage:
        paths = []
        for subject in subjects:
            say(f"{name.upper()} : {subject.study.name}")
            paths += [path.name for path in _WRITERS[name](subject, stage.folder)]
    return [folder / path for path in paths]


def _told(
    error: CptsGeoError, name: str, made: dict[str, list[Path]], folder: Path
) -> CptsGeoError:
    """The same error, which says of what format it is and which were written."""
    kept = f"déjà écrit : {joined([each.upper() for each in made])}" if made else "rien n’est écrit"
    return type(error)(
        f"{name.upper()} : {error.summary}",
        defects=[*error.defects, f"dans « {shown_path(folder)} » : {kept}"],
        remedy=error.remedy,
    )
