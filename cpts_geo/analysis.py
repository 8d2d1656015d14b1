"""The whole run on one page: a request becomes perimeters, and each of them a study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, get_args

import geopandas as gpd
import pandas as pd

from cpts_geo.access.nearest.minutes import neighbourhood, travel_variants
from cpts_geo.access.travel.given import given_times, lacking_notes
from cpts_geo.access.travel.roads import road_times
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.asked import Kinds, expect, one_of, path, paths, settled, share, text, texts, told
from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.demand.requests import draw_defects
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters, parameter_notes
from cpts_geo.capacity.scenario.parameters import SEED
from cpts_geo.errors import AskedError
from cpts_geo.french import counted
from cpts_geo.indicators.ald import with_ald
from cpts_geo.indicators.given import given_values
from cpts_geo.indicators.given_share import (
    AGES,
    GivenShare,
    lacking_parts,
    shares_of,
    typed_share,
    unused_notes,
)
from cpts_geo.indicators.located import locate
from cpts_geo.schema import COLUMNS, FRANCE, Status, status_column
from cpts_geo.sources.analyst.indicators.file import read_indicators
from cpts_geo.sources.analyst.travel.file import Unit
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.scenarios import calendar_notes, scenario_notes, scenarios_of
from cpts_geo.study.study import TABLES, Common, Study, check_names
from cpts_geo.study.surroundings import Surroundings, parsed_changes, places
from cpts_geo.territories.figures.national import load_national
from cpts_geo.territories.perimeters.outlines import outlines, territory_communes
from cpts_geo.territories.perimeters.partition import parts_notes, places_of
from cpts_geo.territories.perimeters.request import Request, find_perimeters

_KINDS: Final[Kinds] = {
    "travel": ("--travel", path),
    "travel_unit": ("--travel-unit", one_of(*get_args(Unit))),
    "roads": ("--roads", path),
    "changes": ("--change", texts),
    "indicators": ("--indicators", paths),
    "scenario": ("--scenario", path),
    "parameters": ("--parameters", path),
    "share_without_mt": ("--share-without-mt", share),
    "share_of": ("--share-of", one_of(*AGES)),
    "share_source": ("--share-source", text),
    "fetched": ("fetched (--embedded-only)", one_of(True, False)),
}
_SHARE: Final = ("share_without_mt", "share_of", "share_source")
#: Parts that are stacked in the order of the lists of communes.
_LISTED: Final = frozenset({"communes", "audit"})


@dataclass(frozen=True)
class Options:
    """
    What a run rests on, besides its territories.

    Parameters
    ----------
    travel : Path or str, optional
        An analyst's file of travel times between communes, used instead of approximations
        (:func:`cpts_geo.sources.analyst.travel.file.read_travel_file`).
    travel_unit : {"minutes", "seconds"}, optional
        Unit of these times, where the file does not say it.
    roads : Path or str, optional
        An OpenStreetMap extract (``.osm.pbf``) on which times by road are computed instead
        (:func:`cpts_geo.access.travel.roads.road_times`).
    changes : sequence of str
        Changes of supply to show, such as ``départ:Pithiviers``
        (:func:`cpts_geo.access.changes.text.parse_changes`); by default two usual ones.
    indicators : sequence of Path or str
        An analyst's exports of indicators (Géoclip), shown for each territory
        (:func:`cpts_geo.sources.analyst.indicators.file.read_indicators`).
    scenario : Path or str, optional
        An analyst's capacity scenario (TOML) for the territory, which must then be alone; by
        default that of the CPTS, or the national share without médecin traitant.
    parameters : Path or str, optional
        An analyst's defaults of scenarios (TOML), over those of the package
        (:func:`cpts_geo.capacity.scenario.overlay.chosen_parameters`).
    share_without_mt : float or str, optional
        Share of people without médecin traitant of the territory, which must then be alone: from
        0 to 1, or a text such as « 14 % ». Given with the two options below, or not at all.
    share_of : {"all", "17+", "16+"}, optional
        Ages it is of.
    share_source : str, optional
        Who says it, and when: « CPAM, 2025 ».
    fetched : bool
        Whether the sources that were fetched give their figures, for all of France; else the
        embedded figures alone, whatever the cache holds.
    draws : int
        Monte Carlo draws.
    seed : int, optional
        Seed of the draws, those of the scenarios if absent: equal inputs give equal results.

    Raises
    ------
    AskedError
        An option is of another kind or out of bounds, travel times are given and computed, or a
        unit is given without times; every defect is listed.
    """

    travel: Path | None = None
    travel_unit: Unit | None = None
    roads: Path | None = None
    changes: Sequence[str] = ()
    indicators: Sequence[Path] = ()
    scenario: Path | None = None
    parameters: Path | None = None
    share_without_mt: float | str | None = None
    share_of: str | None = None
    share_source: str | None = None
    fetched: bool = True
    draws: int = DRAWS
    seed: int | None = None

    def __post_init__(self) -> None:
        defects = settled(self, _KINDS)
        defects += draw_defects(self.draws, SEED if self.seed is None else self.seed)
        if self.travel is not None and self.roads is not None:
            defects.append(
                "--travel et --roads : les temps viennent d’une table ou de la route, pas des deux"
            )
        if self.travel_unit is not None and self.travel is None:
            defects.append("--travel-unit : une unité de temps est donnée sans table des temps")
        defects += lacking_parts({_KINDS[name][0]: getattr(self, name) for name in _SHARE})
        if defects:
            raise AskedError(
                f"Les options ne conviennent pas : {counted(len(defects), 'point', 'points')}.",
                defects=defects,
                remedy="corrigez ou retirez ces options ; la valeur par défaut de chacune convient "
                "en cas de doute.",
            )
        # A number of numpy cannot be written in a manifest.
        object.__setattr__(self, "draws", int(self.draws))

    @property
    def given_share(self) -> GivenShare | None:
        """The share without médecin traitant that is given, with its ages and source."""
        if self.share_without_mt is None or self.share_of is None or self.share_source is None:
            return None
        return typed_share(
            float(self.share_without_mt), ages=self.share_of, source=self.share_source
        )


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
    folder : str
        Name of the set of territories, fit for a folder; empty for the five CPTS.
    listed : tuple of str
        Keys in the order of the lists of communes, which tables of communes and places keep.
    """

    studies: dict[str, Study]
    national: gpd.GeoDataFrame
    notes: tuple[str, ...]
    parameters: dict[str, Any]
    inputs: dict[str, str]
    folder: str
    listed: tuple[str, ...]

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
        return replace(self, studies=studies)


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
    defaults = chosen_parameters(options.parameters)
    own = None if options.scenario is None else load_scenario(options.scenario, parameters=defaults)
    exports = [read_indicators(file) for file in options.indicators]
    say("Données communales : lecture et vérification")
    whole, former = embedded.load_communes(), embedded.load_former_communes()
    arrondissements = embedded.load_arrondissements()
    located = [locate(export, whole) for export in exports]
    say("Communes : reconnaissance des noms et des codes")
    found = find_perimeters(
        request, whole, former=former, arrondissements=arrondissements, fetched=options.fetched
    )
    national = places_of(whole, arrondissements, found.members["code_insee"])
    given: TravelTimes | None = None
    travel_notes: tuple[str, ...] = ()
    if options.travel is not None:
        unit, codes = options.travel_unit, national["code_insee"]
        given, travel_notes = given_times(options.travel, unit, codes=codes)
    say(f"Indicateurs de {counted(len(found.identity), 'territoire', 'territoires')}")
    layer = load_national(whole, fetched=options.fetched, say=say)
    communes = territory_communes(found.members, national, figures=layer.figures)
    outline = outlines(communes).join(found.identity[["name", "document", "perimeter"]])
    outline = outline.loc[found.identity.index]
    given_of = {str(key): given_values(located, _own(communes, key), communes=whole)
                for key in outline.index}  # fmt: skip
    typed = options.given_share
    shares = shares_of(given_of, typed=typed)
    scenarios = scenarios_of(
        outline, published=found.published, own=own, shares=shares, typed=typed is not None,
        parameters=defaults,
    )  # fmt: skip
    say("Accès : communes et temps de trajet autour")
    factors = embedded.load_travel_factors()
    field = neighbourhood(communes, national, figures=layer.figures, factors=factors)
    changes = parsed_changes(options.changes, field, national, former=former)
    if options.roads is not None:
        given, travel_notes = road_times(
            options.roads, field, destinations=places(field, communes, changes), say=say
        )
    surroundings = Surroundings(
        field,
        travel_variants(field, given=given),
        changes=changes,
        regions=frozenset(communes["region"]) if options.fetched else frozenset(),
    )
    facts, sites = embedded.load_facts(), embedded.load_sites()
    # A key that happens to be one of the five makes nothing of theirs its own.
    foreign = outline.index.difference([*found.published, FRANCE.key])
    facts = facts[~facts["territory"].isin(foreign)]
    sites = sites[~sites["territory"].isin(foreign)]
    notes = (
        *found.notes,
        *parts_notes(communes),
        *layer.notes,
        *(note for export in located for note in export.notes),
        *unused_notes(shares.values()),
        *travel_notes,
        *lacking_notes(given, communes),
        *scenario_notes(own, outline.iloc[0]),
        *parameter_notes(defaults),
        *calendar_notes(communes["departement"]),
    )
    comparisons, ald = with_ald(layer.comparisons) if options.fetched else (layer.comparisons, {})
    common = Common(
        comparisons=comparisons, facts=facts, basins=embedded.load_basins(),
        surroundings=surroundings, draws=options.draws, seed=options.seed, parameters=defaults,
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
            scenario=scenarios[key],
            centres=tuple(_own(sites, key)["code_insee"]),
            notes=notes if len(outline) == 1 else (),
            common=common,
        )
        for key, row in outline.iterrows()
    }
    default = SEED if own is None else own.seed
    own_files = (options.scenario, options.parameters, *options.indicators)
    asked = (options.travel, options.roads, *own_files)
    return Analysis(
        studies=studies,
        national=national,
        notes=notes,
        parameters=told(request, options)
        | {"territories": list(studies), "seed": default if options.seed is None else options.seed},
        inputs=found.inputs
        | layer.inputs
        | ald
        | {path.name: sha256_of(path) for path in asked if path and path.is_file()},
        folder=found.folder,
        listed=tuple(dict.fromkeys(found.members["territory"])),
    )


def _own(table: pd.DataFrame, key: str) -> Any:
    """Rows of one territory."""
    return table[table["territory"] == key]
