"""Several territories at once, each as it is alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import folium

from cpts_geo.analysis import Analysis
from cpts_geo.api.territory import Run, Territory, exported
from cpts_geo.atlas.pages.index import index_map
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.sections.several.lines import line_of
from cpts_geo.atlas.views.tables import sources_view
from cpts_geo.atlas.views.territory import territories_view
from cpts_geo.atlas.views.view import OfSession, UnknownKeyError, View
from cpts_geo.errors import quoted
from cpts_geo.writing.report import write_report


class Territories(OfSession, Mapping[str, Territory]):
    """
    Territories of one run, by their key.

    Made by :func:`cpts_geo.territories`, not by hand.

    Parameters
    ----------
    analysis : Analysis
        The run.

    Examples
    --------
    >>> import cpts_geo as cg
    >>> five = cg.territories(draws=1000)
    >>> list(five)[:2], five["lvo"].name
    (['ouest_loiret', 'beauce_gatinais'], 'CPTS Loire-Vendée-Océan')
    """

    def __init__(self, analysis: Analysis) -> None:
        self._run = Run(analysis)
        self._all = {key: Territory(key, self._run) for key in analysis.studies}

    def __getitem__(self, key: str) -> Territory:
        """Give a territory by its key."""
        if not isinstance(key, str) or key not in self._all:
            raise UnknownKeyError(
                f"Aucun territoire n’a la clé {quoted(str(key))}.",
                remedy=f"il y a : {', '.join(self._all)}.",
            )
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        """Give the keys, in the order asked for."""
        return iter(self._all)

    def __len__(self) -> int:
        """Count the territories."""
        return len(self._all)

    @property
    def analysis(self) -> Analysis:
        """The run, for who goes deeper: as it may leave."""
        return self._run.shown

    @property
    def folder(self) -> str:
        """Name of their set, fit for a folder; empty for the five CPTS."""
        return self._run.analysis.folder

    @cached_property
    def table(self) -> View:
        """A row each: who lives there, what is needed, what there is."""
        analysis = self._run.shown
        return territories_view(list(analysis.studies.values()), notes=analysis.notes)

    @cached_property
    def sources(self) -> View:
        """Where their figures come from."""
        return sources_view("Les sources", sources_used(list(self._run.shown.studies.values())))

    def explore(self) -> folium.Map:
        """
        Map all of them, to move and to click.

        Returns
        -------
        folium.Map
            The map, which shows itself without a network.
        """
        shown = self._run.shown
        lines = [line_of(study) for study in shown.studies.values()]
        return index_map(lines, shown.territories, national=shown.national)

    def report(
        self, folder: Path | str = "outputs", *, say: Callable[[str], None] = lambda _: None
    ) -> Path:
        """
        Write the pages, maps, tables, scenarios and manifest of all.

        Parameters
        ----------
        folder : Path or str
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
        """
        # Masked where it is written, once its steps have been told.
        return write_report(self._run.analysis, folder, say=say)

    def export(
        self,
        *formats: str,
        folder: Path | str = "outputs/exports",
        annex: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> list[Path]:
        """
        Write what leaves the room, of each.

        Parameters
        ----------
        *formats : str
            Among ``pdf``, ``pptx``, ``xlsx``, ``gpkg``, ``png``, ``svg``, ``csv``; or a list
            of these.
        folder : Path or str
            Folder to write.
        annex : bool
            Whether each PDF has the annex after its two pages.
        say : callable
            Receives one French line a step.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        AskedError
            A format is unknown, or none is given.
        """
        return exported(self._run.analysis, formats, folder=folder, annex=annex, say=say)

    def _ipython_key_completions_(self) -> list[str]:
        """Keys that a notebook proposes between brackets."""
        return list(self._all)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.table.html

    def __repr__(self) -> str:
        """What a terminal shows."""
        return repr(self.table)
