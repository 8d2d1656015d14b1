"""The whole run on one page: territories in, every table and headline out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from cpts_geo.access.comparison import compare
from cpts_geo.capacity.headline import Headline, headline
from cpts_geo.capacity.scenario import (
    default_parameters,
    load_scenarios,
    scenario_from_population,
)
from cpts_geo.errors import DataFileError, PerimeterError
from cpts_geo.sources import embedded
from cpts_geo.sources.perimeter_file import read_perimeter_file
from cpts_geo.territories.codes import resolve_codes, resolve_table
from cpts_geo.territories.names import resolve
from cpts_geo.territories.perimeters import outlines, published_gaps, territory_communes

DRAWS = 20_000
SEED = 20_260_101


@dataclass(frozen=True)
class Perimeters:
    """
    Communes of the territories to analyse, and how each was recognised.

    Parameters
    ----------
    identity : DataFrame
        Indexed by territory: name, document, perimeter (French sentence on the list).
    members : DataFrame
        territory, published, code_insee, basis, note.
    audit : DataFrame
        territory, published, code_insee, name, departement, method, score, alternatives.
    notes : tuple of str
        What was adapted while reading an analyst's file, in French.
    """

    identity: pd.DataFrame
    members: pd.DataFrame
    audit: pd.DataFrame
    notes: tuple[str, ...] = ()


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
    headlines : dict of str to Headline
        Slots and hours needed, by territory.
    national : GeoDataFrame
        All communes, for the surroundings of maps.
    notes : tuple of str
        What was adapted while reading an analyst's file, in French.
    """

    territories: gpd.GeoDataFrame
    communes: gpd.GeoDataFrame
    audit: pd.DataFrame
    gaps: pd.DataFrame
    comparison: pd.DataFrame
    facts: pd.DataFrame
    headlines: dict[str, Headline]
    national: gpd.GeoDataFrame
    notes: tuple[str, ...]


def published_perimeters(
    territories: Sequence[str], communes: pd.DataFrame, *, former: pd.DataFrame
) -> Perimeters:
    """
    Resolve the published lists of the five CPTS again, and check them.

    Parameters
    ----------
    territories : sequence of str
        Keys of the territories; empty for all.
    communes, former : DataFrame
        Current and former communes.

    Returns
    -------
    Perimeters
        Names that a document lists are resolved as it spells them; the other communes of a
        proposed perimeter by their code.

    Raises
    ------
    PerimeterError
        A territory is unknown.
    DataFileError
        A stored code is not the one its published name leads to.
    """
    identity = embedded.load_territories().set_index("territory")
    unknown = [key for key in territories if key not in identity.index]
    if unknown:
        raise PerimeterError(
            "Territoire inconnu.",
            defects=[f"« {key} »" for key in unknown],
            remedy=f"choisissez parmi : {', '.join(identity.index)} ; "
            "ou donnez votre liste avec --perimeter.",
        )
    identity = identity.loc[list(dict.fromkeys(territories)) or identity.index]
    members = embedded.load_memberships()
    members = members[members["territory"].isin(identity.index)]
    audits = []
    for key, group in members.groupby("territory", sort=False):
        listed = group[group["published"] != ""]
        choices = dict(zip(listed["published"], listed["code_insee"], strict=True))
        # Only a homonym inside the départements needs the stored choice.
        ambiguous = {p: c for p, c in choices.items() if "homonyme" in _note(listed, p)}
        departements = str(identity.at[str(key), "departements"]).split()
        # The stored codes are checked below: looking inside these départements is enough.
        near = communes[communes["departement"].isin(departements)]
        past = former[former["code_insee"].isin(near["code_insee"])]
        parts = []
        if len(listed):
            named = resolve(
                list(listed["published"]),
                near,
                former=past,
                departements=departements,
                choices=ambiguous,
            )
            _check_stored(named, choices)
            parts.append(named)
        rest = group[group["published"] == ""]
        if len(rest):
            parts.append(resolve_codes(list(rest["code_insee"]), near, former=past))
        audits.append(pd.concat(parts, ignore_index=True).assign(territory=key))
    audit = pd.concat(audits, ignore_index=True)
    order = members.groupby("territory", sort=False).ngroup()
    members = members.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    return Perimeters(identity=identity, members=members, audit=audit)


def _note(listed: pd.DataFrame, published: str) -> str:
    return str(listed.loc[listed["published"] == published, "note"].iloc[0])


def _check_stored(named: pd.DataFrame, choices: dict[str, str]) -> None:
    stored = named["published"].map(choices)
    wrong = named[stored != named["code_insee"]]
    if not wrong.empty:
        raise DataFileError(
            "La liste des communes d’un CPTS contredit ses noms publiés.",
            defects=[f"{row.published} : {row.code_insee} attendu" for row in wrong.itertuples()],
            remedy="corrigez data/cpts/memberships.csv.",
        )


def file_perimeter(
    path: Path,
    communes: pd.DataFrame,
    *,
    former: pd.DataFrame,
    name: str | None = None,
    departements: Collection[str] | None = None,
) -> Perimeters:
    """
    Perimeter of an analyst's own file, anywhere in France.

    Parameters
    ----------
    path : Path
        CSV or XLSX with a column of names or codes.
    communes, former : DataFrame
        Current and former communes.
    name : str, optional
        Name of the territory; the file's name by default.
    departements : collection of str, optional
        Départements in which names are looked for; all of France by default.

    Returns
    -------
    Perimeters
        One territory, whose key is ``perimetre``.

    Raises
    ------
    PerimeterError
        The file or its communes cannot be used; every defect is listed.
    """
    read = read_perimeter_file(path)
    audit = resolve_table(read.table, communes, former=former, departements=departements)
    key = "perimetre"
    identity = pd.DataFrame(
        {
            "name": [name or path.stem],
            "document": [f"liste de communes fournie : {path.name}"],
            "perimeter": ["Périmètre fourni par l’utilisateur."],
        },
        index=pd.Index([key], name="territory"),
    )
    members = audit[["published", "code_insee"]].assign(territory=key, basis="fichier", note="")
    return Perimeters(identity, members, audit.assign(territory=key), tuple(read.notes))


def _national_share() -> pd.DataFrame:
    """The national share without MT, as a fact: its home is the scenarios' defaults."""
    default = default_parameters()["share_without_mt"]
    fact = {
        "territory": "france",
        "fact": "share_without_mt_france",
        "value": default.value,
        "definition": "",
        "document": default.text,
        "grade": default.grade,
    }
    return pd.DataFrame([fact])


def analyse(
    territories: Sequence[str] = (),
    *,
    perimeter: Path | None = None,
    name: str | None = None,
    departements: Collection[str] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    say: Callable[[str], None] = lambda _: None,
) -> Analysis:
    """
    Run the whole path: perimeters, indicators, comparison, capacity.

    Parameters
    ----------
    territories : sequence of str
        Keys among the five CPTS; empty for all of them, or for none when `perimeter` is given.
    perimeter : Path, optional
        An analyst's file, analysed instead of the five CPTS.
    name : str, optional
        Name of the territory of `perimeter`.
    departements : collection of str, optional
        Départements in which the names of `perimeter` are looked for.
    draws : int
        Monte Carlo draws.
    seed : int
        Seed of the draws: equal inputs give equal results.
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
    say("Données communales : lecture et vérification")
    national = embedded.load_communes()
    former = embedded.load_former_communes()
    say("Communes : reconnaissance des noms et des codes")
    if perimeter is None:
        found = published_perimeters(territories, national, former=former)
    else:
        if territories:
            raise PerimeterError(
                "Un périmètre et des territoires ont été demandés ensemble.",
                remedy="donnez soit des noms de CPTS, soit --perimeter FICHIER.",
            )
        found = file_perimeter(
            perimeter, national, former=former, name=name, departements=departements
        )
    say(f"Indicateurs de {len(found.identity)} territoire(s)")
    communes = territory_communes(found.members, national, figures=embedded.load_figures())
    outline = outlines(communes)
    outline = outline.join(found.identity[["name", "document", "perimeter"]])
    outline = outline.loc[found.identity.index]
    facts = embedded.load_facts()
    comparison = compare(
        communes,
        embedded.load_comparisons(),
        names=outline["name"],
        facts=pd.concat([facts, _national_share()], ignore_index=True),
    )
    say(f"Capacité : {draws} tirages par territoire")
    scenarios = load_scenarios()
    headlines = {}
    for row in outline.itertuples():
        scenario = scenarios.get(row.Index)
        if scenario is None:
            scenario = scenario_from_population(
                float(row.population),
                territory=row.Index,
                label=row.name,
                population_basis="population municipale 2023 (Insee) des communes du périmètre",
            )
        headlines[row.Index] = headline(scenario, draws=draws, seed=seed)
    return Analysis(
        territories=outline,
        communes=communes,
        audit=found.audit,
        gaps=published_gaps(facts, outline),
        comparison=comparison,
        facts=facts[facts["territory"].isin(outline.index)].reset_index(drop=True),
        headlines=headlines,
        national=national,
        notes=found.notes,
    )
