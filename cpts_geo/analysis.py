"""The whole run on one page: territories in, every table and headline out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from cpts_geo.access.travel.given import given_times, lacking_notes
from cpts_geo.capacity.answer.headline import DRAWS, Headline, headline
from cpts_geo.capacity.scenario.file import SHIPPED
from cpts_geo.capacity.scenario.inputs import SEED, Scenario
from cpts_geo.capacity.scenario.loading import (
    load_scenario,
    load_scenarios,
    scenario_from_population,
)
from cpts_geo.capacity.scenario.parameters import default_parameters
from cpts_geo.errors import DemandTooLargeError, ScenarioError, one_line
from cpts_geo.french import number
from cpts_geo.indicators.comparison import compare
from cpts_geo.sources.analyst.travel.columns import Unit
from cpts_geo.sources.catalogue.catalogue import sha256_of
from cpts_geo.sources.embedding import embedded
from cpts_geo.study.access import TerritoryAccess, study_access
from cpts_geo.study.capacity import TerritoryCapacity, study_capacity
from cpts_geo.territories.figures.national import load_national
from cpts_geo.territories.perimeters.outlines import outlines, published_gaps, territory_communes
from cpts_geo.territories.perimeters.request import Request, find_perimeters

#: A population given for a perimeter is another count of it up to this gap.
_SAME_PEOPLE = 0.1


@dataclass(frozen=True)
class Analysis:
    """
    Everything a report shows.

    Parameters
    ----------
    territories : GeoDataFrame
        Indexed by territory: name, communes, population, area_km2, departements, document,
        perimeter, geometry.
    communes : GeoDataFrame
        One row a (territory, commune) with its figures and their status.
    audit : DataFrame
        How each published name or code was recognised.
    gaps : DataFrame
        Published sizes beside today's sums.
    comparison : DataFrame
        Each territory beside its départements and France.
    facts : DataFrame
        Published facts of the territories.
    headlines : dict of str to Headline or None
        Slots and hours needed, by territory; None where it is too large for one queue.
    national : GeoDataFrame
        All communes, for the surroundings of maps.
    notes : tuple of str
        What was adapted while reading an analyst's file, and what to know of the perimeter.
    parameters : dict
        What was asked: territories, kind of perimeter, name, draws, seed.
    inputs : dict of str to str
        SHA-256 of the file the communes come from, by file name, and of each fetched source
        used, by key.
    border : DataFrame
        Communes that the limit of a polygon cuts, with the share of their area inside and the
        people it would hold (estimated); empty where no polygon was given.
    capacity : dict of str to TerritoryCapacity or None
        Months, groups, drivers, telephone and future, by territory; None as for headlines.
    access : dict of str to TerritoryAccess
        Minutes to care, coverage, scenarios of supply and where to open, by territory.
    folder : str
        Name of the set of territories, fit for a folder; empty for the five CPTS.
    """

    territories: gpd.GeoDataFrame
    communes: gpd.GeoDataFrame
    audit: pd.DataFrame
    gaps: pd.DataFrame
    comparison: pd.DataFrame
    facts: pd.DataFrame
    headlines: dict[str, Headline | None]
    national: gpd.GeoDataFrame
    notes: tuple[str, ...]
    parameters: dict[str, Any]
    inputs: dict[str, str]
    border: pd.DataFrame
    capacity: dict[str, TerritoryCapacity | None]
    access: dict[str, TerritoryAccess]
    folder: str


def _calendar_note(departements: pd.Series) -> list[str]:
    """Say where the calendar of opening days is not the one of the law."""
    own = sorted({d for d in departements if d in ("57", "67", "68") or d.startswith("97")})
    if not own:
        return []
    return [
        "Jours d’ouverture comptés avec les jours fériés de métropole ; le territoire "
        f"(département {', '.join(own)}) en a d’autres, non comptés."
    ]


def _national_share() -> pd.DataFrame:
    """The national share without MT, as a fact: its home is the scenarios' defaults."""
    default = default_parameters()["share_without_mt"]
    fact = {
        "territory": "france",
        "fact": "share_without_mt_france",
        "value": default.value,
        "definition": "",
        "document": default.text,
        "base": "17 ans et plus",
        "grade": default.grade,
    }
    return pd.DataFrame([fact])


def _numbers(facts: pd.DataFrame, key: str) -> dict[str, float]:
    """Published facts of one territory, by name."""
    own = facts[facts["territory"] == key]
    return dict(zip(own["fact"], own["value"].astype("float64"), strict=True))


def _default_scenario(key: str, row: pd.Series) -> Scenario:
    return scenario_from_population(
        float(row["population"]),
        territory=key,
        label=str(row["name"]),
        population_basis="population municipale 2023 (Insee) des communes du périmètre",
    )


def _not_alone(names: Sequence[str]) -> ScenarioError:
    return ScenarioError(
        f"Un scénario de capacité est celui d’un territoire, et {len(names)} sont demandés.",
        defects=names,
        remedy="demandez ce seul territoire (sa clé, sa liste de communes, ou --epci).",
    )


def _check_people(scenario: Scenario, *, population: float) -> None:
    """Refuse a scenario whose people cannot be among those of the perimeter."""
    without = scenario.people_without_mt
    if without > population:
        raise ScenarioError(
            f"Le scénario « {one_line(scenario.label)} » n’est pas celui de ce périmètre.",
            defects=[
                f"{number(without)} personnes sans médecin traitant, pour {number(population)} "
                "habitants dans les communes du périmètre"
            ],
            remedy="donnez le scénario de ce territoire, ou le périmètre de ce scénario.",
        )


def _capacity_notes(scenario: Scenario | None, *, key: str, population: float) -> list[str]:
    """Say whose scenario it is, and where its people are not those of the perimeter."""
    if scenario is None:
        return []
    said = [f"Capacité calculée avec le scénario « {scenario.label} »."]
    if scenario.territory in SHIPPED and scenario.territory != key:
        said.append(
            f"Ce scénario porte la clé d’une autre CPTS ({scenario.territory}) : vérifiez que ses "
            "valeurs sont celles de votre territoire."
        )
    people = scenario.population
    if people is not None and abs(people / population - 1) > _SAME_PEOPLE:
        said.append(
            f"Ce scénario compte {number(people)} habitants, et les communes du périmètre "
            f"{number(population)} : vérifiez qu’il s’agit du même territoire."
        )
    return said


def _several(texts: Collection[str] | None) -> tuple[str, ...]:
    """One text alone is a text, not its letters."""
    return (texts,) if isinstance(texts, str) else tuple(texts or ())


def analyse(
    territories: Sequence[str] = (),
    *,
    perimeter: Path | None = None,
    name: str | None = None,
    only: Sequence[str] = (),
    departements: Collection[str] | None = None,
    epci: Sequence[str] = (),
    tvs: Sequence[str] = (),
    by: str | None = None,
    travel: Path | None = None,
    travel_unit: Unit | None = None,
    scenarios: Sequence[str] = (),
    capacity: Path | None = None,
    fetched: bool = True,
    draws: int = DRAWS,
    seed: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Analysis:
    """
    Run the whole path: perimeters, indicators, comparison, capacity.

    Parameters
    ----------
    territories : sequence of str
        Keys among the five CPTS; empty for all of them, or for none when another kind of
        perimeter is given.
    perimeter : Path, optional
        An analyst's file, analysed instead of the five CPTS: a list of communes, or polygons.
    name : str, optional
        Name of the territory, when there is one and it is not among the five.
    only : sequence of str
        With polygons, names of the territories wanted among those that the file draws.
    departements : collection of str, optional
        With a list, départements in which its names are looked for; alone, départements whose
        every EPCI, or TVS, is a territory.
    epci, tvs : sequence of str, optional
        Codes or names of intercommunalités, or of territoires de vie-santé: a territory each.
    by : {"epci", "tvs"}, optional
        Division of `departements`; EPCI by default.
    travel : Path, optional
        An analyst's file of travel times between communes, used instead of approximations
        (:func:`cpts_geo.sources.analyst.travel.file.read_travel_file`).
    travel_unit : {"minutes", "seconds"}, optional
        Unit of these times, where the file does not say it.
    scenarios : sequence of str
        Changes of supply to show, such as ``départ:Pithiviers``
        (:func:`cpts_geo.access.changes.text.parse_changes`); by default two usual ones.
    capacity : Path, optional
        An analyst's capacity scenario (TOML) for the territory, which must then be alone; by
        default that of the CPTS, or the national share without médecin traitant.
    fetched : bool
        Whether the sources that were fetched give their figures, for all of France; else the
        embedded figures alone, whatever the cache holds.
    draws : int
        Monte Carlo draws.
    seed : int, optional
        Seed of the draws, those of the scenarios if absent: equal inputs give equal results.
    say : callable
        Receives one French line a step.

    Returns
    -------
    Analysis
        Tables and headlines.

    Raises
    ------
    CptsGeoError
        Any input that cannot be used.

    Examples
    --------
    >>> result = analyse(["ouest_loiret"], draws=1000)
    >>> result.territories.at["ouest_loiret", "population"]
    np.int64(45828)
    """
    request = Request(
        territories=_several(territories),
        perimeter=perimeter,
        epci=_several(epci),
        tvs=_several(tvs),
        departements=_several(departements),
        by=by,
        name=name,
        only=_several(only),
    )
    own = None if capacity is None else load_scenario(capacity)
    say("Données communales : lecture et vérification")
    national = embedded.load_communes()
    former = embedded.load_former_communes()
    given, travel_notes = given_times(travel, travel_unit, codes=national["code_insee"])
    say("Communes : reconnaissance des noms et des codes")
    found = find_perimeters(request, national, former=former)
    if own is not None and len(found.identity) != 1:
        raise _not_alone(list(found.identity["name"]))
    say(f"Indicateurs de {len(found.identity)} territoire(s)")
    layer = load_national(national, fetched=fetched, say=say)
    communes = territory_communes(found.members, national, figures=layer.figures)
    outline = outlines(communes)
    outline = outline.join(found.identity[["name", "document", "perimeter"]])
    outline = outline.loc[found.identity.index]
    facts = embedded.load_facts()
    if not request.published:
        # A key that happens to be one of the five makes nothing of theirs its own.
        facts = facts[~facts["territory"].isin(outline.index)]
    comparison = compare(
        communes,
        layer.comparisons,
        names=outline["name"],
        facts=pd.concat([facts, _national_share()], ignore_index=True),
    )
    say(f"Capacité : {number(draws)} tirages par territoire")
    people = float(outline["population"].iloc[0])
    of_capacity = load_scenarios() if request.published else {}
    if own is not None:
        key = str(outline.index[0])
        _check_people(own, population=people)
        of_capacity = {key: own.evolve(territory=key, sources=own.sources)}
    headlines: dict[str, Headline | None] = {}
    for key, row in outline.iterrows():
        scenario = of_capacity.get(str(key)) or _default_scenario(str(key), row)
        try:
            headlines[str(key)] = headline(scenario, draws=draws, seed=seed)
        except DemandTooLargeError as error:
            # Maps and indicators remain true: only the queue has a limit.
            say(f"{row['name']} : {error.summary}")
            headlines[str(key)] = None
    studied = {
        key: None
        if result is None
        else study_capacity(result, facts=_numbers(facts, key), draws=draws)
        for key, result in headlines.items()
    }
    say("Accès : temps de trajet, couverture, scénarios, où ouvrir")
    sites = embedded.load_sites()
    communes, access = study_access(
        communes,
        national,
        figures=layer.figures,
        headlines=headlines,
        sites=sites if request.published else sites.iloc[:0],
        former=former,
        given=given,
        asked=_several(scenarios),
        fetched=fetched,
    )
    return Analysis(
        territories=outline,
        communes=communes,
        audit=found.audit,
        gaps=published_gaps(facts, outline),
        comparison=comparison,
        facts=facts[facts["territory"].isin(outline.index)].reset_index(drop=True),
        headlines=headlines,
        national=national,
        notes=(
            *found.notes,
            *layer.notes,
            *travel_notes,
            *lacking_notes(given, communes),
            *_capacity_notes(own, key=str(outline.index[0]), population=people),
            *_calendar_note(communes["departement"]),
        ),
        parameters={
            "territories": list(outline.index),
            "name": name,
            "only": list(request.only),
            "departements": sorted(request.departements) or None,
            "epci": list(request.epci),
            "tvs": list(request.tvs),
            "by": by,
            "travel": None if travel is None else travel.name,
            "travel_unit": travel_unit,
            "offer_scenarios": list(_several(scenarios)),
            "capacity": None if capacity is None else capacity.name,
            "fetched": fetched,
            "draws": draws,
            "seed": seed if seed is not None else SEED if own is None else own.seed,
        },
        inputs=found.inputs
        | layer.inputs
        | {path.name: sha256_of(path) for path in (travel, capacity) if path and path.is_file()},
        border=found.border,
        capacity=studied,
        access=access,
        folder=found.folder,
    )
