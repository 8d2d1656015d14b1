"""What a run rests on, whatever its territories: read once, for one of them or for a thousand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from cpts_geo.access.travel.given import given_times
from cpts_geo.access.travel.times import TravelTimes
from cpts_geo.capacity.need.learning import KnownLines, known_lines, leave_one_out
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters
from cpts_geo.capacity.scenario.parameters import Parameters
from cpts_geo.french import counted
from cpts_geo.geography.cog.former import former_communes
from cpts_geo.geography.figures.national import National, load_national
from cpts_geo.geography.perimeters.request import Perimeters, Request, find_perimeters
from cpts_geo.indicators.ald import with_ald
from cpts_geo.indicators.located import Located, locate
from cpts_geo.sources.analyst.aci.file import GivenAci, is_aci, read_aci
from cpts_geo.sources.analyst.filled.file import Filled, read_filled
from cpts_geo.sources.analyst.indicators.file import Given, read_indicators
from cpts_geo.sources.analyst.travel.file import Unit
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.options import Options


@dataclass(frozen=True, eq=False)
class Basis:
    """
    What the studies of a run rest on besides their perimeters.

    Parameters
    ----------
    options : Options
        What was asked.
    defaults : Parameters
        Defaults of the scenarios.
    own : Scenario or None
        An analyst's scenario.
    lines : KnownLines
        Known lines that all learn from.
    exports : tuple of Located
        Indicators of an analyst's exports.
    filled : tuple of Filled
        Tables that a coordinator filled.
    contracts : tuple of GivenAci
        Indicators of the ACI that one gave.
    communes, arrondissements : GeoDataFrame
        The national tables.
    former : DataFrame
        Former communes.
    layer : National
        Figures of all communes and of the areas around.
    comparisons : DataFrame
        Those of the areas, with what was fetched of the ALD.
    embedded : dict of str to str
        SHA-256 of each embedded file, by path from the folder of data.
    fetched : dict of str to str
        SHA-256 of each fetched source used, by key.
    files : tuple of (str, str)
        Name and SHA-256 of each file of the analyst.
    """

    options: Options
    defaults: Parameters
    own: Scenario | None
    lines: KnownLines
    exports: tuple[Located, ...]
    filled: tuple[Filled, ...]
    contracts: tuple[GivenAci, ...]
    communes: gpd.GeoDataFrame
    arrondissements: gpd.GeoDataFrame
    former: pd.DataFrame
    layer: National
    comparisons: pd.DataFrame
    embedded: dict[str, str]
    fetched: dict[str, str]
    files: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        """One line: how much there is of it."""
        return f"<Basis : {counted(len(self.communes), 'commune', 'communes')}>"

    @cached_property
    def lines_checked(self) -> pd.DataFrame:
        """Each known line beside what the others predict of it."""
        return leave_one_out(self.lines, draws=self.options.draws)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of it: French sentences."""
        touched = embedded.touched()
        told = (
            f"Données du paquet modifiées depuis leur vérification ({embedded.CHECKED}) : "
            f"{', '.join(touched)} (ce calcul les prend telles qu’elles sont ; sans intention de "
            "votre part, réinstallez cpts_geo, ou dans un dépôt : git checkout -- data).",
        )
        return (*self.layer.notes, *(told if touched else ()))

    def times(self, codes: pd.Series) -> tuple[TravelTimes, tuple[str, ...]]:
        """
        Read the analyst's table of times, once for all the territories of the same places.

        Parameters
        ----------
        codes : Series of str
            Places it may name.

        Returns
        -------
        tuple of TravelTimes and tuple of str
            As :func:`cpts_geo.access.travel.given.given_times`.

        Raises
        ------
        TravelError
            It cannot be used; every defect is listed.
        """
        assert self.options.travel is not None
        return _times(self.options.travel, self.options.travel_unit, tuple(codes))

    def find(self, request: Request) -> Perimeters:
        """
        Find the communes of the territories asked for.

        Parameters
        ----------
        request : Request
            What is asked.

        Returns
        -------
        Perimeters
            As :func:`cpts_geo.geography.perimeters.request.find_perimeters`.

        Raises
        ------
        PerimeterError
            A territory or a file cannot be used; every defect is listed.
        """
        return find_perimeters(
            request, self.communes, former=self.former, arrondissements=self.arrondissements,
            fetched=self.options.fetched,
        )  # fmt: skip


def read_basis(options: Options, *, say: Callable[[str], None] = lambda _: None) -> Basis:
    """
    Read and check what a run rests on besides its territories.

    Parameters
    ----------
    options : Options
        Times, scenario, draws, an analyst's files.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Basis
        All of it, in memory.

    Raises
    ------
    CptsGeoError
        Any input that cannot be used.

    Examples
    --------
    >>> len(read_basis(Options(draws=1000)).communes)
    34875
    """
    defaults = chosen_parameters(options.parameters)
    own = None if options.scenario is None else load_scenario(options.scenario, parameters=defaults)
    lines = known_lines(options.known_lines, parameters=defaults)
    exports, filled, contracts = _given(options.indicators)
    say("Données communales : lecture et vérification")
    communes = embedded.load_communes()
    former = former_communes(communes, fetched=options.fetched)
    layer = load_national(communes, fetched=options.fetched, say=say)
    comparisons, ald = with_ald(layer.comparisons) if options.fetched else (layer.comparisons, {})
    return Basis(
        options=options, defaults=defaults, own=own, lines=lines,
        exports=tuple(locate(export, communes) for export in exports),
        filled=tuple(filled), contracts=tuple(contracts),
        communes=communes, arrondissements=embedded.load_arrondissements(), former=former,
        layer=layer, comparisons=comparisons, embedded=embedded.digests(),
        fetched=layer.inputs | ald, files=_digests(options),
    )  # fmt: skip


def _digests(options: Options) -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of each file of the analyst: a big one is read once for many territories."""
    own = (options.scenario, options.known_lines, options.parameters, *options.indicators)
    asked = (options.travel, options.roads, *own)
    return tuple((path.name, sha256_of(path)) for path in asked if path and path.is_file())


@lru_cache(maxsize=2)
def _times(
    path: Path, unit: Unit | None, codes: tuple[str, ...]
) -> tuple[TravelTimes, tuple[str, ...]]:
    """An analyst's table of times, read once for many territories."""
    return given_times(path, unit, codes=pd.Series(codes))


def _given(files: Sequence[Path]) -> tuple[list[Given], list[Filled], list[GivenAci]]:
    """Exports of indicators, tables that were filled, those of the ACI, told by their header."""
    contracts = {file: read_aci(file) for file in files if is_aci(file)}
    found = {file: read_filled(file) for file in files if file not in contracts}
    exports = [read_indicators(file) for file, tables in found.items() if not tables]
    filled = [table for tables in found.values() for table in tables]
    return exports, filled, list(contracts.values())
