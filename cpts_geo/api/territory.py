"""A territory: what is known of it, computed when it is asked for, kept after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
from matplotlib.axes import Axes

from cpts_geo.access.changes.change import Change
from cpts_geo.analysis import Analysis
from cpts_geo.api._drawn import explored, plotted
from cpts_geo.api.capacity import _new_notes, _OtherPublicError, _scenario_with
from cpts_geo.asked import typed_path
from cpts_geo.atlas.pages.sheet import sources_used
from cpts_geo.atlas.views.access import access_view, opening_view
from cpts_geo.atlas.views.capacity import capacity_view, need_view
from cpts_geo.atlas.views.figures import audit_view, indicators_view
from cpts_geo.atlas.views.tables import sources_view
from cpts_geo.atlas.views.territory import territory_view
from cpts_geo.atlas.views.tried import refused_view
from cpts_geo.atlas.views.view import OfSession, View
from cpts_geo.capacity.comparing.compare import changed_fields
from cpts_geo.errors import AskedError, quoted
from cpts_geo.geography.cog.former import former_communes
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.opening import checked_sites
from cpts_geo.study.study import Study
from cpts_geo.study.surroundings import parsed_changes
from cpts_geo.writing.export.export import check_export, write_exports
from cpts_geo.writing.released import released
from cpts_geo.writing.report import write_report


def _several(given: Sequence[Any], *, what: str, example: str) -> tuple[str, ...]:
    """Texts given one by one or as one list; the others are refused, all of them."""
    several = tuple(given)
    if len(given) == 1 and isinstance(given[0], Iterable):
        several = several if isinstance(given[0], str | bytes | Mapping) else tuple(given[0])
    if wrong := [each for each in several if not isinstance(each, str)]:
        raise AskedError(
            f"Un {what} est un texte.",
            defects=[f"{quoted(repr(each))} n’en est pas un" for each in wrong],
            remedy=f"écrivez par exemple {example}, entre guillemets ; plusieurs se suivent, "
            "séparés par des virgules.",
        )
    return several


def exported(
    analysis: Analysis,
    formats: Sequence[Any],
    *,
    folder: Path | str,
    annex: bool,
    say: Callable[[str], None],
) -> list[Path]:
    """
    Write what leaves the room of a run, once its formats and its folder are checked.

    Parameters
    ----------
    analysis : Analysis
        The run, or one of its territories.
    formats, folder, annex, say : object
        As :meth:`Territory.export`.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    CptsGeoError
        As :meth:`Territory.export`.
    """
    where = typed_path(folder)
    asked = check_export(_several(formats, what="format", example='"csv"'), where)
    return write_exports(analysis, where, formats=asked, annex=annex, say=say)


class Run:
    """
    A run, whose figures are masked once, over all its territories, when first shown.

    Parameters
    ----------
    analysis : Analysis
        The run as computed.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    @cached_property
    def shown(self) -> Analysis:
        """The run as it may leave."""
        return released(self.analysis)

    def changes(self, study: Study, texts: Sequence[str]) -> tuple[Change, ...]:
        """
        Read changes of supply around a territory.

        Parameters
        ----------
        study : Study
            The territory.
        texts : sequence of str
            As :func:`cpts_geo.access.changes.text.parse_changes` reads them.

        Returns
        -------
        tuple of Change
            In the order of `texts`.
        """
        return parsed_changes(
            texts,
            study.common.surroundings.field,
            self.analysis.national,
            former=former_communes(
                embedded.load_communes(), fetched=self.analysis.parameters["fetched"]
            ),
        )


class Territory(OfSession):
    """
    A territory, and what may be asked of it.

    Made by :func:`cpts_geo.territory`, not by hand. What it shows is what may leave: values that
    rest on too few people are masked (:mod:`cpts_geo.secrecy`).

    Parameters
    ----------
    key : str
        Its key in the run.
    run : Run
        The run that it is of.

    Examples
    --------
    >>> import cpts_geo as cg
    >>> t = cg.territory("beauce_gatinais", draws=1000)
    >>> t.name, len(t.communes), t.capacity().value.today.slots
    ('CPTS Beauce-Gâtinais', 87, 8.0)
    """

    def __init__(self, key: str, run: Run) -> None:
        self.key = key
        self._run = run
        self._asked: dict[Any, View] = {}

    def __copy__(self) -> Territory:
        """Give the same territory, nothing of which is asked yet."""
        return Territory(self.key, self._run)

    @property
    def name(self) -> str:
        """Its name."""
        return self._run.analysis.studies[self.key].name

    @property
    def study(self) -> Study:
        """Everything known of it, as it may leave (:class:`cpts_geo.study.study.Study`)."""
        return self._run.shown.studies[self.key]

    @property
    def communes(self) -> gpd.GeoDataFrame:
        """
        Its communes (EPSG:4326): figures, minutes to care, shifts, each with its ``_status``.

        NaN is unknown, 0 a known absence; :mod:`cpts_geo.schema` defines every column. It is a
        copy: what is changed in it changes no answer.
        """
        return self.study.communes.copy()

    @cached_property
    def indicators(self) -> View:
        """The territory beside its départements, its région and France."""
        return indicators_view(self.study)

    @cached_property
    def audit(self) -> View:
        """How its list of communes was read, line by line."""
        return audit_view(self.study)

    @cached_property
    def sources(self) -> View:
        """Where its figures come from."""
        return sources_view(f"{self.name} : les sources", sources_used([self.study]))

    def need(self) -> View:
        """
        Say what the territory needs a year, and what surgeries meet of it.

        Returns
        -------
        View
            Its table: need, met, gap, organised (requests a year, p10, p50, p90).
        """
        return self._kept("need", lambda: need_view(self.study))

    def capacity(self, scenario: Any = None, **changes: Any) -> View:
        """
        Say how many slots a day the territory needs, as it is or with other values.

        Parameters
        ----------
        scenario : Scenario, str, path or View, optional
            What the answer rests on (:func:`cpts_geo.scenario`); that of the territory if absent.
        **changes : object
            Fields of the scenario and their new values, such as ``slots_today=16``, ``minutes=20``
            or ``public="no_mt"`` (:class:`cpts_geo.capacity.scenario.inputs.Scenario`); one number
            for a triangle is its three values; ``label`` names the answer.

        Returns
        -------
        View
            Its value is a :class:`cpts_geo.capacity.answer.headline.Headline`, or the error that
            says why there is none.

        Raises
        ------
        ScenarioError
            A field is unknown or a value impossible; all are listed.
        AskedError
            Another territory is asked for.

        Examples
        --------
        >>> import cpts_geo as cg
        >>> t = cg.territory("ouest_loiret", draws=1000)
        >>> t.capacity(deadline_days=0).value.slots_per_day.p50
        10
        """
        if scenario is None and not changes:
            return self._kept("capacity", lambda: capacity_view(self.study))
        if "territory" in changes:
            raise AskedError(
                f"Cette capacité est celle de {self.name}.",
                remedy="demandez celle de l’autre territoire : cg.territory(…).capacity() ; "
                "« label » nomme une réponse.",
            )
        study = self.study
        base = study if scenario is None else scenario
        try:
            other = _scenario_with(base, changes, study.common.parameters)
        except _OtherPublicError as error:
            return refused_view(error)
        told = {name: getattr(other, name) for name in changed_fields(study.scenario, other)}
        return capacity_view(
            study.resting_on(other),
            changes=told,
            label=other.label if other.label != study.scenario.label else "",
            first=_new_notes(study.scenario, other),
        )

    def access(self, *changes: str) -> View:
        """
        Say who is at how many minutes of care, and what changes of supply do.

        Parameters
        ----------
        *changes : str
            Such as ``"départ:Pithiviers"`` or ``"centre:Malesherbes:20"``
            (:func:`cpts_geo.access.changes.text.parse_changes`), or a list of these; those of the
            territory if absent.

        Returns
        -------
        View
            Its value is a :class:`cpts_geo.study.access.TerritoryAccess`.

        Raises
        ------
        ScenarioError
            Changes that are not understood or not possible; every defect is listed.
        AskedError
            Changes that are no texts.
        """
        national = self._run.analysis.national
        changes = _several(changes, what="changement d’offre", example='"départ:Pithiviers"')
        if not changes:
            return self._kept("access", lambda: access_view(self.study, national=national))
        changed = self.study.with_changes(self._run.changes(self.study, changes))
        return access_view(changed, national=national)

    def where_to_open(self, p: int | None = None) -> View:
        """
        Say where to open a centre, or several.

        Parameters
        ----------
        p : int, optional
            New sites, 1 to 3; as many as the requests call for if absent.

        Returns
        -------
        View
            Its value is a :class:`cpts_geo.study.opening.Opening`; None where it cannot be said.

        Raises
        ------
        AskedError
            `p` is no whole number from 1 to 3.
        """
        if p is None:
            return self._kept("opening", lambda: opening_view(self.study))
        sites = checked_sites(p)
        return self._kept(("opening", sites), lambda: opening_view(self.study.opening_at(sites)))

    def explore(self, column: str | None = None, *, m: folium.Map | None = None) -> folium.Map:
        """
        Map the territory, to move and to click: it shows itself without a network.

        Parameters
        ----------
        column : str, optional
            Column of :attr:`communes`; the layers of its page if absent.
        m : folium.Map, optional
            Map to draw on; it is given back. A new one if absent.

        Returns
        -------
        folium.Map
            The map; :func:`cpts_geo.offline` makes a file of it.

        Raises
        ------
        AskedError
            There is no such column.
        """
        return explored(self.study, column, m=m, national=self._run.analysis.national)

    def plot(self, column: str | None = None, *, ax: Axes | None = None) -> Axes:
        """
        Draw the map of a column, for paper and slides.

        Parameters
        ----------
        column : str, optional
            Column of :attr:`communes`; that which its page opens on if absent.
        ax : Axes, optional
            Axes to draw on; those of a new figure if absent.

        Returns
        -------
        Axes
            The axes: title, classes, legend, source.

        Raises
        ------
        AskedError
            There is no such column, or it has no value here.
        """
        return plotted(self.study, column, ax=ax, national=self._run.analysis.national)

    def panel(self) -> Any:
        """
        Try other values: public, share of calls, slots, minutes, deadline.

        Returns
        -------
        cpts_geo.api.panel.Panel or View
            A panel that computes the answer again; where ipywidgets is absent, the answer.
        """
        # Imported here: only who tries values needs widgets.
        from cpts_geo.api.panel import panel  # noqa: PLC0415

        return panel(self.study)

    def report(
        self, folder: Path | str = "outputs", *, say: Callable[[str], None] = lambda _: None
    ) -> Path:
        """
        Write its page, maps, tables, scenario and manifest.

        Parameters
        ----------
        folder : Path or str
            Folder to write; other files in it are left alone.
        say : callable
            Receives one French line a step.

        Returns
        -------
        Path
            The page of the territory.

        Raises
        ------
        OutputError
            The folder cannot be written; what it held is as it was.
        """
        index = write_report(self._run.shown.only(self.key), folder, say=say)
        return index.with_name(self.study.file)

    def export(
        self,
        *formats: str,
        folder: Path | str = "outputs/exports",
        annex: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> list[Path]:
        """
        Write what leaves the room.

        Parameters
        ----------
        *formats : str
            Among ``pdf``, ``pptx``, ``xlsx``, ``gpkg``, ``png``, ``svg``, ``csv``; or a list
            of these.
        folder : Path or str
            Folder to write.
        annex : bool
            Whether the PDF has the annex after its two pages.
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
        OutputError
            The folder cannot be written; what it held is as it was.
        """
        mine = self._run.shown.only(self.key)
        return exported(mine, formats, folder=folder, annex=annex, say=say)

    @cached_property
    def _view(self) -> View:
        """What it shows first."""
        return territory_view(self.study, national=self._run.analysis.national)

    def _kept(self, what: Any, make: Any) -> View:
        """A view, made when it is first asked for."""
        if what not in self._asked:
            self._asked[what] = make()
        return self._asked[what]

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self._view.html

    def __repr__(self) -> str:
        """What a terminal shows."""
        return repr(self._view)
