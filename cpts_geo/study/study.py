"""One territory, whole: what is known of it, and what is computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Self, cast

import geopandas as gpd
import pandas as pd

from cpts_geo.access.changes.change import Change
from cpts_geo.capacity.answer.headline import Headline
from cpts_geo.capacity.answer.publics import PublicAnswer, answers
from cpts_geo.capacity.checks.learnt import without_groups
from cpts_geo.capacity.need.ladder import ladder
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.need.quantities import need_of
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.parameters import Parameters
from cpts_geo.errors import AskedError, DemandTooLargeError, ScenarioError, quoted
from cpts_geo.french import counted, joined
from cpts_geo.geography.perimeters.outlines import published_gaps
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.indicators.apl_trend import apl_trend
from cpts_geo.indicators.comparison import compare_areas
from cpts_geo.indicators.densities import poisson_interval
from cpts_geo.indicators.filled.published import without_mt_known
from cpts_geo.indicators.filled.tables import mt_table, passages_table, sas_table
from cpts_geo.indicators.filled.zoning import zoning_table
from cpts_geo.indicators.given_share import GivenShare, share_fact
from cpts_geo.indicators.gp_sources import trend
from cpts_geo.indicators.identity.sizes import AciSize, aci_size
from cpts_geo.indicators.identity.table import identity_table
from cpts_geo.schema import TERRITORY
from cpts_geo.sources.embedding import embedded
from cpts_geo.study._trial import Trial, trial
from cpts_geo.study.access import TerritoryAccess, study_access
from cpts_geo.study.capacity import TerritoryCapacity, study_capacity
from cpts_geo.study.opening import checked_sites
from cpts_geo.study.scenarios import age_parts, of_example
from cpts_geo.study.surroundings import Surroundings


def check_names(asked: Iterable[str], known: Collection[str], *, what: str) -> None:
    """
    Refuse names of parts of a study that are none.

    Parameters
    ----------
    asked, known : iterable of str, collection of str
        Names asked for, and those there are.
    what : str
        What they name, in French.

    Raises
    ------
    AskedError
        Some are unknown; all are listed.
    """
    if unknown := [name for name in asked if name not in known]:
        raise AskedError(
            f"{what} d’étude inconnues : {', '.join(map(quoted, unknown))}.",
            remedy=f"il existe : {', '.join(known)}.",
        )


@dataclass(frozen=True, eq=False)
class Common:
    """
    What the studies of one run share.

    Parameters
    ----------
    comparisons : DataFrame
        Figures of départements, régions and France.
    facts : DataFrame
        Published facts of all territories, départements and France.
    basins : DataFrame
        What is published by bassin de vie.
    surroundings : Surroundings
        Communes around, travel times, changes of supply.
    lines : KnownLines
        Known lines that all learn from.
    lines_checked : DataFrame
        Each of them beside what the others predict of it
        (:func:`cpts_geo.capacity.need.learning.leave_one_out`).
    draws : int
        Monte Carlo draws.
    seed : int or None
        Seed of the draws; None for those of the scenarios.
    parameters : Parameters
        Defaults of the scenarios.
    """

    comparisons: pd.DataFrame
    facts: pd.DataFrame
    basins: pd.DataFrame
    surroundings: Surroundings
    lines: KnownLines
    lines_checked: pd.DataFrame
    draws: int
    seed: int | None
    parameters: Parameters

    def __repr__(self) -> str:
        """One line: how much there is of it."""
        return f"<Common : {counted(len(self.surroundings.field), 'commune', 'communes')} autour>"


@dataclass(frozen=True, eq=False)
class Study:
    """
    Everything known of one territory.

    Parameters
    ----------
    key : str
        Its key: the name of its files.
    outline : Series
        name, document and perimeter (French sentence on its list of communes), communes,
        population, area_km2, departements, geometry.
    figures : GeoDataFrame
        One row a commune, with its figures and their status.
    audit : DataFrame
        How each published name or code was recognised.
    border : DataFrame
        Communes that the limit of its polygon cuts; empty where it is no polygon.
    given : DataFrame
        Indicators of an analyst's exports
        (:func:`cpts_geo.indicators.given.given_values`); empty without any.
    share : GivenShare or None
        Its share of people without médecin traitant, given or exported; None where only a
        document may publish it.
    areas : DataFrame
        Itself, its départements, its régions and France
        (:func:`cpts_geo.indicators.filled.areas.areas_of`).
    filled : DataFrame
        What a coordinator wrote in tables to fill
        (:func:`cpts_geo.indicators.filled.checked.checked_rows`); empty without any.
    scenario : Scenario
        What its capacity rests on.
    centres : tuple of str
        Communes with a centre open today.
    notes : tuple of str
        What was adapted to find it, and is to know of it; empty in a set of territories, whose
        notes stand once.
    common : Common
        What it shares with the other studies of the run.
    sites : int or None
        Centres to open; None for as many as the requests call for.
    aci : DataFrame or None
        Its indicators of the ACI, as they may leave
        (:func:`cpts_geo.indicators.aci.fiche.aci_table`); None where a coordinator gave none.
    """

    key: str
    outline: pd.Series
    figures: gpd.GeoDataFrame
    audit: pd.DataFrame
    border: pd.DataFrame
    given: pd.DataFrame
    share: GivenShare | None
    areas: pd.DataFrame
    filled: pd.DataFrame
    scenario: Scenario
    centres: tuple[str, ...]
    notes: tuple[str, ...]
    common: Common
    sites: int | None = None
    aci: pd.DataFrame | None = None

    def __repr__(self) -> str:
        """One line: its name and its size."""
        communes = counted(len(self.figures), "commune", "communes")
        people = counted(float(self.outline["population"]), "habitant", "habitants")
        return f"<Study {self.key} : {self.name}, {communes}, {people}>"

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.outline["name"])

    @property
    def document(self) -> str:
        """Document its list of communes comes from."""
        return str(self.outline["document"])

    @property
    def perimeter(self) -> str:
        """French sentence on its list of communes."""
        return str(self.outline["perimeter"])

    @property
    def departements(self) -> str:
        """Names of its départements, joined in French."""
        return joined(list(self.figures.drop_duplicates("departement")["departement_name"]))

    @property
    def file(self) -> str:
        """File name of its page."""
        return f"{self.key}.html"

    @property
    def too_large(self) -> bool:
        """Whether its demand is beyond what one queue can represent."""
        return isinstance(self.answer, DemandTooLargeError)

    @property
    def invented(self) -> bool:
        """Whether something of it is an invented example: a table filled, or its scenario."""
        return of_example(self.scenario, self.filled, self.aci)

    @property
    def scenarios(self) -> list[str]:
        """Titles of the changes of supply, in the order of the columns of communes."""
        return [shift.title for shift in self.access.shifts]

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Facts published of it."""
        every = self.common.facts
        return every[every["territory"] == self.key].reset_index(drop=True)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Its published sizes beside today's sums."""
        return published_gaps(self.facts, pd.DataFrame([self.outline], index=[self.key]))

    @property
    def size(self) -> AciSize:
        """Its size for the contract (ACI), on today's population."""
        return aci_size(float(self.outline["population"]), embedded.load_aci_sizes())

    @cached_property
    def identity(self) -> pd.DataFrame:
        """Its number, its size for the contract, where it lies, a fact a row."""
        codes = self.figures["code_insee"]
        places = places_of(embedded.load_communes(), embedded.load_arrondissements(), codes)
        return identity_table(
            self.figures, self.outline, key=self.key, facts=self.facts,
            sizes=embedded.load_aci_sizes(), places=places,
        )  # fmt: skip

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The territory beside its départements, régions and France."""
        shares = [] if self.share is None else [share_fact(self.share, self.key)]
        facts = pd.concat([self.common.facts, *shares], ignore_index=True)
        return compare_areas(
            self.figures, self.common.comparisons, names=pd.Series({self.key: self.name}),
            facts=facts, basins=self.common.basins,
        )  # fmt: skip

    @cached_property
    def mt_access(self) -> pd.DataFrame:
        """Who has no médecin traitant, in rows, here and around."""
        known, notes = without_mt_known(
            self.key, facts=self.common.facts, comparison=self.comparison, given=self.given,
            share=self.share,
        )  # fmt: skip
        return mt_table(self.filled, self.areas, known=known, notes=notes)

    @cached_property
    def passages(self) -> pd.DataFrame:
        """Who goes to emergency departments, and what the model supposes beside."""
        names = ("emergency_visits", "treatable_in_town")
        visits, share = (cast("float", self.common.parameters[name].value) for name in names)
        return passages_table(self.filled, self.areas, treatable=1000 * visits * share)

    @cached_property
    def sas(self) -> pd.DataFrame:
        """GPs, hours, slots and requests of the SAS."""
        return sas_table(self.filled, self.areas, effector_hours=self.scenario.effector_hours)

    @cached_property
    def zoning(self) -> pd.DataFrame:
        """Communes and people of each zoning."""
        return zoning_table(self.filled, self.figures)

    @cached_property
    def apl_trend(self) -> pd.DataFrame:
        """Its APL in every vintage known, beside its départements, régions and France."""
        return apl_trend(
            self.figures, self.comparison, past=embedded.load_apl_history(),
            areas=self.common.comparisons,
        )  # fmt: skip

    @cached_property
    def one_gp(self) -> tuple[float, float]:
        """Central 95 % interval of a count of one GP, if counts are Poisson."""
        return poisson_interval(1)

    @cached_property
    def publics(self) -> tuple[PublicAnswer, ...]:
        """Slots and hours needed for the public of its device, or for both where there is none."""
        common = self.common
        return answers(self.scenario, draws=common.draws, seed=common.seed, lines=common.lines)

    @cached_property
    def need_ladder(self) -> pd.DataFrame | None:
        """
        Its need, what surgeries meet, the gap and a device's requests, a year.

        As :func:`cpts_geo.capacity.need.ladder.ladder` gives them; None where its APL is unknown.
        """
        area, common = self.scenario.area, self.common
        if area is None:
            return None
        # Those of the answer: learnt once, and kept.
        seed = self.scenario.seed if common.seed is None else common.seed
        return ladder(need_of(area, common.lines.draws(common.draws, seed=seed)))

    @cached_property
    def line_groups(self) -> pd.DataFrame | None:
        """Slots without each group of known lines; None where the answer is not learnt from any."""
        asked = None if self.headline is None else self.headline.scenario
        if asked is None or asked.evidence != "3" or asked.public == "no_mt":
            return None
        common = self.common
        return without_groups(asked, lines=common.lines, draws=common.draws, seed=common.seed)

    @property
    def answer(self) -> Headline | ScenarioError:
        """Slots and hours needed, or why they cannot be computed."""
        return self.publics[0].answer

    @cached_property
    def headline(self) -> Headline | None:
        """Slots and hours needed; None where they cannot be computed."""
        answer = self.answer
        return answer if isinstance(answer, Headline) else None

    @cached_property
    def capacity(self) -> TerritoryCapacity | None:
        """Months, groups, drivers, telephone, future; None where the headline is."""
        if self.headline is None:
            return None
        values = self.facts["value"].astype("float64")
        numbers = dict(zip(self.facts["fact"], values, strict=True))
        areas = (area for area in trend(self.comparison) if area.area_level == TERRITORY.key)
        return study_capacity(
            self.headline, facts=numbers, counted=next(areas, None), lines=self.common.lines,
            parameters=self.common.parameters,
        )  # fmt: skip

    @cached_property
    def trial(self) -> Trial | None:
        """What may be tried of its publics; None beyond a page, or where nobody asks."""
        found = [each.answer for each in self.publics if isinstance(each.answer, Headline)]
        if self.headline is None:
            return None
        adults = cast("float", self.common.parameters["age_share"].value)
        return trial(found, lines=self.common.lines, ages=age_parts(adults))

    @cached_property
    def access(self) -> TerritoryAccess:
        """Minutes to care, changes of supply, where to open."""
        return study_access(
            self.figures, self.common.surroundings, result=self.headline, centres=self.centres,
            sites=self.sites,
        )  # fmt: skip

    @cached_property
    def communes(self) -> gpd.GeoDataFrame:
        """Communes with their figures, minutes to care and shifts, each with its status."""
        table = pd.concat([self.figures, self.access.columns], axis=1)
        return gpd.GeoDataFrame(table, geometry="geometry", crs=self.figures.crs)

    def resting_on(self, scenario: Scenario, *, gap_share: float | None = None) -> Self:
        """
        Give the same study with another scenario: what rests on it is computed again.

        Parameters
        ----------
        scenario : Scenario
            What its capacity rests on.
        gap_share : float, optional
            Share of the gap that a device would receive, if it were known; that which known lines
            say if absent.

        Returns
        -------
        Study
            A copy.
        """
        lines = self.common.lines
        if gap_share is not None:
            lines = replace(lines, share=gap_share)
        return self._without(
            _OF_SCENARIO, scenario=scenario, common=replace(self.common, lines=lines)
        )

    def with_changes(self, changes: Sequence[Change]) -> Self:
        """
        Give the same study with other changes of supply.

        Parameters
        ----------
        changes : sequence of Change
            See :func:`cpts_geo.study.surroundings.parsed_changes`.

        Returns
        -------
        Study
            A copy.
        """
        around = replace(self.common.surroundings, changes=tuple(changes))
        return self._without(_OF_ACCESS, common=replace(self.common, surroundings=around))

    def opening_at(self, sites: int) -> Self:
        """
        Give the same study with another number of centres to open.

        Parameters
        ----------
        sites : int
            New sites, see :func:`cpts_geo.study.opening.opening`.

        Returns
        -------
        Study
            A copy.

        Raises
        ------
        AskedError
            There are too few, or too many.
        """
        return self._without(_OF_ACCESS, sites=checked_sites(sites))

    def _without(self, parts: Collection[str], **fields: Any) -> Self:
        """A copy with other fields, of which some parts are computed again."""
        other = copy(self)
        vars(other).update(fields)
        for name in parts:
            vars(other).pop(name, None)
        return other

    def with_parts(self, **parts: Any) -> Self:
        """
        Give the same study with other parts, such as communes of which some values are masked.

        Parameters
        ----------
        **parts : object
            Parts by name; the others stay as they are.

        Returns
        -------
        Study
            A copy.

        Raises
        ------
        AskedError
            A study has no part of that name.
        """
        check_names(parts, _PARTS, what="Parties")
        other = copy(self)
        vars(other).update(parts)
        return other


#: Parts that rest on the changes of supply and the centres to open, and those that rest on its
#: scenario.
_OF_ACCESS: Final = ("access", "communes")
_OF_SCENARIO: Final = (
    *_OF_ACCESS, "sas", "publics", "need_ladder", "line_groups", "headline", "capacity", "trial"
)  # fmt: skip
#: What a study holds, and what is computed when first asked for: by name, what it is.
_PARTS: Final = Study.__annotations__ | {
    name: part.func.__annotations__["return"]
    for name, part in vars(Study).items()
    if isinstance(part, cached_property)
}
#: Those that are tables, a row belonging to one territory.
TABLES: Final = tuple(name for name, kind in _PARTS.items() if kind.endswith("DataFrame"))
