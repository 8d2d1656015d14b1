"""The whole run on one page: a request becomes perimeters, and each of them a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from cpts_geo.access.nearest.minutes import neighbourhood
from cpts_geo.access.travel.given import lacking_notes
from cpts_geo.access.travel.roads import road_times
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.asked import expect, told
from cpts_geo.basis import Basis, read_basis
from cpts_geo.capacity.checks.learnt import lines_notes
from cpts_geo.capacity.scenario.area import area_of
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.overlay import parameter_notes
from cpts_geo.capacity.scenario.parameters import SEED
from cpts_geo.french import counted, joined
from cpts_geo.geography.perimeters.outlines import outlines, territory_communes
from cpts_geo.geography.perimeters.partition import parts_notes, places_of
from cpts_geo.geography.perimeters.request import Perimeters, Request
from cpts_geo.indicators.aci.agreement import disagreements
from cpts_geo.indicators.aci.given import aci_tables
from cpts_geo.indicators.filled.areas import areas_of
from cpts_geo.indicators.filled.checked import checked_rows
from cpts_geo.indicators.filled_share import filled_shares
from cpts_geo.indicators.given import given_values
from cpts_geo.indicators.given_share import (
    share_notes,
    shares_of,
)
from cpts_geo.schema import COLUMNS, FRANCE, Status, status_column
from cpts_geo.sources.analyst.filled.file import Filled
from cpts_geo.sources.catalogue.catalogue import digests_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.options import Options
from cpts_geo.study.scenarios import calendar_notes, scenario_notes, scenarios_of
from cpts_geo.study.study import TABLES, Common, Study, check_names
from cpts_geo.study.surroundings import Surroundings, parsed_changes, places

__all__ = ["Analysis", "Options", "analyse"]

#: Parts that are stacked in the order of the lists of communes.
_LISTED: Final = frozenset({"communes", "audit"})


@dataclass(frozen=True)
class Analysis:
    """
    A run: its studies, and what they have in common.

    Parameters
    ----------
    studies : dict of str to Study
        By territory, in the order asked for; their parts are computed when first asked for.
    national : GeoDataFrame
        All communes, for the surroundings of maps; arrondissements where territories have some.
    notes : tuple of str
        What was adapted while reading an analyst's file, and what to know of the perimeter.
    parameters : dict
        What was asked: the fields of the request and of the options.
    inputs : dict of str to str
        SHA-256 of each file of the analyst, by file name, and of each fetched source used, by key.
    embedded : dict of str to str
        SHA-256 of each embedded file, by path from the folder of data.
    folder : str
        Name of the set of territories, fit for a folder; empty for the five CPTS.
    listed : tuple of str
        Keys in the order of the lists of communes, which tables of communes and places keep.
    released : bool
        Whether it went through :func:`cpts_geo.writing.released.released`: what may not leave is
        masked.
    """

    studies: dict[str, Study]
    national: gpd.GeoDataFrame
    notes: tuple[str, ...]
    parameters: dict[str, Any]
    inputs: dict[str, str]
    embedded: dict[str, str]
    folder: str
    listed: tuple[str, ...]
    released: bool = False

    def __repr__(self) -> str:
        """One line: what it is of."""
        return f"<Analysis : {joined([study.name for study in self.studies.values()])}>"

    def table(self, part: str) -> Any:
        """
        Stack one part of all the studies.

        Parameters
        ----------
        part : str
            Name of a table of :class:`cpts_geo.study.study.Study`.

        Returns
        -------
        DataFrame or GeoDataFrame
            Territory by territory; a column that one of them lacks is unknown there.

        Raises
        ------
        AskedError
            No table of a study has that name.
        """
        check_names([part], TABLES, what="Tables")
        order = self.listed if part in _LISTED else self.studies
        parts = [getattr(self.studies[key], part) for key in order]
        whole = pd.concat([each for each in parts if len(each)] or parts[:1], ignore_index=True)
        statuses = [status_column(name) for name in COLUMNS if status_column(name) in whole]
        whole[statuses] = whole[statuses].astype(object).fillna(Status.UNKNOWN.value)
        return whole

    @cached_property
    def communes(self) -> gpd.GeoDataFrame:
        """One row a (territory, commune)."""
        communes: gpd.GeoDataFrame = self.table("communes")
        return communes

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """Each territory beside its départements and France."""
        comparison: pd.DataFrame = self.table("comparison")
        return comparison

    @cached_property
    def territories(self) -> gpd.GeoDataFrame:
        """Outline of each territory, by key."""
        rows = pd.DataFrame({key: study.outline for key, study in self.studies.items()}).T
        return gpd.GeoDataFrame(
            rows.infer_objects().rename_axis("territory"),
            geometry="geometry",
            crs=self.national.crs,
        )

    def with_tables(self, **tables: pd.DataFrame) -> Analysis:
        """
        Give the same run with other tables, such as communes of which some values are masked.

        Parameters
        ----------
        **tables : DataFrame
            By name, as :meth:`table` gives them: each study takes its rows.

        Returns
        -------
        Analysis
            A copy.

        Raises
        ------
        AskedError
            No table of a study has that name.
        """
        check_names(tables, TABLES, what="Tables")
        studies = {
            key: study.with_parts(**{name: _own(table, key) for name, table in tables.items()})
            for key, study in self.studies.items()
        }
        # Nobody says that other tables may leave.
        return replace(self, studies=studies, released=False)

    def only(self, key: str) -> Analysis:
        """
        Give the run of one of its territories.

        Parameters
        ----------
        key : str
            Key of the territory.

        Returns
        -------
        Analysis
            A copy with this study alone.

        Raises
        ------
        AskedError
            No territory has this key.
        """
        check_names([key], self.studies, what="Clés")
        return replace(self, studies={key: self.studies[key]}, listed=(key,))


#: The five published CPTS, with what is usual.
_FIVE: Final = Request()
_USUAL: Final = Options()


def analyse(
    request: Request = _FIVE,
    options: Options = _USUAL,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> Analysis:
    """
    Run the whole path: perimeters, then what makes the study of each.

    Parameters
    ----------
    request : Request
        Territories asked for; the five published CPTS by default.
    options : Options
        Times, scenario, changes of supply, draws.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Analysis
        A study a territory.

    Raises
    ------
    CptsGeoError
        Any input that cannot be used.

    Examples
    --------
    >>> study = analyse(Request(["ouest_loiret"]), Options(draws=1000)).studies["ouest_loiret"]
    >>> int(study.outline["population"]), study.headline.today is None
    (45828, True)
    """
    remedy = 'écrivez par exemple analyse(Request(["lvo"]), Options(draws=1000)).'
    expect(request, Request, remedy=remedy)
    expect(options, Options, remedy=remedy)
    basis = read_basis(options, say=say)
    say("Communes : reconnaissance des noms et des codes")
    found = basis.find(request)
    return studied(found, basis, asked=told(request, options), say=say)


def studied(
    found: Perimeters,
    basis: Basis,
    *,
    asked: Mapping[str, Any],
    say: Callable[[str], None] = lambda _: None,
) -> Analysis:
    """
    Make the study of each territory that was found.

    Parameters
    ----------
    found : Perimeters
        The territories.
    basis : Basis
        What their studies rest on; not modified.
    asked : mapping of str to object
        What was asked, as a manifest says it (:func:`cpts_geo.asked.told`).
    say : callable
        Receives one French line a step.

    Returns
    -------
    Analysis
        A study a territory.

    Raises
    ------
    CptsGeoError
        Any input that cannot be used for these territories.
    """
    options, whole, own = basis.options, basis.communes, basis.own
    national = places_of(whole, basis.arrondissements, found.members["code_insee"])
    given: TravelTimes | None = None
    travel_notes: tuple[str, ...] = ()
    if options.travel is not None:
        given, travel_notes = basis.times(national["code_insee"])
    say(f"Indicateurs de {counted(len(found.identity), 'territoire', 'territoires')}")
    layer = basis.layer
    communes = territory_communes(found.members, national, figures=layer.figures)
    said = ["name", "document", "perimeter", "finess", "code"]
    # Only the zone of an official division has a code.
    outline = outlines(communes).join(found.identity.reindex(columns=said, fill_value=""))
    outline = outline.loc[found.identity.index]
    given_of = {str(key): given_values(basis.exports, _own(communes, key), communes=whole)
                for key in outline.index}  # fmt: skip
    names = {str(k): str(v) for k, v in outline["name"].items()}
    aci, aci_notes = aci_tables(basis.contracts, names)
    areas_by, filled, filled_notes = _filled(basis.filled, communes, outline, whole=national)
    facts, sites = embedded.load_facts(), embedded.load_sites()
    # A key that happens to be one of the five makes nothing of theirs its own.
    foreign = outline.index.difference([*found.published, FRANCE.key])
    facts = facts[~facts["territory"].isin(foreign)]
    sites = sites[~sites["territory"].isin(foreign)]
    of_tables = filled_shares(
        filled, areas_by, facts=facts, given=given_of, aci=aci, communes=communes
    )
    shares = shares_of(given_of, typed=options.given_share, filled=of_tables)
    areas = {str(key): area_of(_own(communes, key)) for key in outline.index}
    scenarios = scenarios_of(
        outline, published=found.published, areas=areas, own=own, shares=shares,
        typed=options.given_share is not None, parameters=basis.defaults,
    )  # fmt: skip
    say("Accès : communes et temps de trajet autour")
    factors = embedded.load_travel_factors()
    field = neighbourhood(communes, national, figures=layer.figures, factors=factors)
    changes = parsed_changes(options.changes, field, national, former=basis.former)
    if options.roads is not None:
        given, travel_notes = road_times(
            options.roads, field, destinations=places(field, communes, changes), say=say
        )
    surroundings = Surroundings(
        field,
        given=given,
        changes=changes,
        regions=frozenset(communes["region"]) if options.fetched else frozenset(),
    )
    if given is not None:
        # A table that does not know this place is refused before any work.
        _ = surroundings.variants
    notes = (
        *found.notes,
        *parts_notes(communes),
        *basis.notes,
        *(note for export in basis.exports for note in export.notes),
        *filled_notes,
        *aci_notes,
        *disagreements(aci, filled, names=outline["name"]),
        *share_notes(shares, of_tables, typed=options.given_share, own=own is not None),
        *travel_notes,
        *lacking_notes(given, communes),
        *scenario_notes(own, outline.iloc[0]),
        *parameter_notes(basis.defaults),
        *calendar_notes(communes["departement"]),
        *(
            ()
            if options.known_lines is None
            else lines_notes(
                basis.lines, scenarios.values(), draws=options.draws, seed=options.seed
            )
        ),
    )
    common = Common(
        comparisons=basis.comparisons, facts=facts, basins=embedded.load_basins(),
        surroundings=surroundings, lines=basis.lines, lines_checked=basis.lines_checked,
        draws=options.draws, seed=options.seed, parameters=basis.defaults,
    )  # fmt: skip
    studies = {
        key: Study(
            key=key,
            outline=row,
            figures=_own(communes, key),
            audit=_own(found.audit, key),
            border=_own(found.border, key),
            given=given_of[key],
            share=shares.get(key),
            areas=areas_by[key],
            filled=_own(filled, key),
            aci=aci.get(str(key)),
            scenario=scenarios[key],
            centres=tuple(_own(sites, key)["code_insee"]),
            notes=notes if len(outline) == 1 else (),
            common=common,
        )
        for key, row in outline.iterrows()
    }
    return Analysis(
        studies=studies,
        national=national,
        notes=notes,
        parameters={
            **asked,
            "territories": list(studies),
            "seed": _seed(own) if options.seed is None else options.seed,
        },
        inputs=digests_of(basis.files, beside=found.inputs | basis.fetched),
        embedded=basis.embedded,
        folder=found.folder,
        listed=tuple(dict.fromkeys(found.members["territory"])),
    )


def _own(table: pd.DataFrame, key: str) -> Any:
    """Rows of one territory."""
    return table[table["territory"] == key]


def _seed(own: Scenario | None) -> int:
    """Seed of a run that says none."""
    return SEED if own is None else own.seed


def _filled(
    tables: Sequence[Filled], communes: pd.DataFrame, outline: pd.DataFrame, *, whole: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, tuple[str, ...]]:
    """Areas of each territory, rows of the tables filled for them, what was set aside."""
    areas = {str(key): areas_of(_own(communes, str(key)), name=str(name), communes=whole)
             for key, name in outline["name"].items()}  # fmt: skip
    inside = {key: _own(communes, key).set_index("code_insee")["population"] for key in areas}
    # Without a table, no code has to be known.
    known = dict(zip(whole["code_insee"], whole["name"], strict=True)) if tables else {}
    return areas, *checked_rows(tables, areas, inside=inside, communes=known)
