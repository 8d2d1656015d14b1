"""Compile the embedded data of data/communes from the producers' files.

Deterministic: same inputs, same bytes. Nothing is replaced until everything is computed and
written aside; then all the files change at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from cpts_geo import settings
from cpts_geo.access.travel.factors import travel_factors
from cpts_geo.capacity.calls.daily_counts import day_profiles
from cpts_geo.errors import DataFileError
from cpts_geo.files import write_csv, write_json, write_parquet
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.geography.figures.apl_past import past_apl
from cpts_geo.geography.figures.by_commune import cog_of, national_figures, parts_of
from cpts_geo.geography.figures.departments import department_comparisons, department_totals
from cpts_geo.geography.figures.zones import zones_of_today
from cpts_geo.geography.perimeters import coverage
from cpts_geo.indicators.apl_trend import past_areas
from cpts_geo.schema import (
    AREA,
    COLUMNS,
    EARLIER_POPULATION,
    EMBEDDED_FIGURES,
    PUBLISHED,
    embedded_vintage,
    status_column,
    vintages,
)
from cpts_geo.sources.catalogue.catalogue import sources, verified_path
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.embedding import packages
from cpts_geo.sources.embedding.cog_vintages import read_events
from cpts_geo.sources.embedding.contracts import check
from cpts_geo.sources.embedding.datapackage import columns_of, compiled_sources, descriptor
from cpts_geo.sources.embedding.former import read_former
from cpts_geo.sources.readers.registry import READERS
from cpts_geo.writing.output_folder import check_output, staged

#: Chosen by looking at the five CPTS: 250 m keeps the shape of small communes on a CPTS page.
_SIMPLIFY_TOLERANCE_M = 250.0
_DESCRIPTOR: Final = "datapackage.json"
#: A thousandth of a factor is under a second in ten minutes.
_FACTOR_DECIMALS: Final = 3
_FILES: Final = (
    "communes.parquet",
    "arrondissements.parquet",
    "former_communes.csv",
    "outside_communes.csv",
    "ept.csv",
    "postal_codes.parquet",
    "cog_events.csv",
    "figures.parquet",
    "comparisons.csv",
    "bassins_de_vie.csv",
    "travel_factors.csv",
    "apl_history.parquet",
    "contour_holes.csv",
    "day_profiles.csv",
    _DESCRIPTOR,
)
#: What the compiled files weigh, at most.
_MEGABYTES: Final = 20.0


def _national_tables(
    folder: Path, tables: Mapping[str, pd.DataFrame], *, events: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Communes and arrondissements with names, populations, zones and contours; former communes;
    holes of the contours."""
    communes, areas = packages.read_admin(folder)
    former = _former_communes(folder, communes, events=events)
    family = _split_families(packages.read_splits(folder, communes))
    communes = communes.assign(split_family=communes["code_insee"].map(family))
    zones = _zones(communes, tables, communes=communes, events=events)
    arrondissements = packages.read_arrondissements(folder, communes)
    of_parts = _zones(arrondissements, tables, communes=communes, events=events)
    communes = pd.concat([communes, zones], axis=1)
    arrondissements = pd.concat([arrondissements, of_parts], axis=1)
    contours, parts = packages.read_contours(folder)
    unmatched = set(communes["code_insee"]) ^ set(contours["code_insee"])
    unmatched |= set(arrondissements["code_insee"]) ^ set(parts["code_insee"])
    if unmatched:
        raise DataFileError(
            "Les deux paquets n’ont pas les mêmes communes.",
            defects=[f"code {code}" for code in sorted(unmatched)],
            remedy="prenez deux paquets du même COG.",
        )
    # The people of a split commune are still those of before, or unknown: what is left of it is
    # the sum of its delegated communes.
    split = contours["code_insee"].isin(family.index) & contours["delegated_2017"].notna()
    contours[EARLIER_POPULATION] = contours[EARLIER_POPULATION].mask(
        split, contours["delegated_2017"]
    )
    holes = coverage.holes(contours)
    contours, parts = coverage.clean_with_parts(
        _measured(contours),
        _measured(parts),
        wholes=parts["code_insee"].map(WHOLE_OF),
        tolerance_m=_SIMPLIFY_TOLERANCE_M,
    )
    made = []
    for shapes, named, file in (
        (contours, communes, "communes.parquet"),
        (parts, arrondissements, "arrondissements.parquet"),
    ):
        table = shapes.merge(named, on="code_insee", validate="1:1")
        table = table.merge(areas.drop(columns="region"), on="departement")
        table = table[columns_of(file)].sort_values("code_insee", ignore_index=True)
        made.append(gpd.GeoDataFrame(table, crs=settings.GEOGRAPHIC_CRS))
    return made[0], made[1], former, holes


def _former_communes(folder: Path, communes: pd.DataFrame, *, events: pd.DataFrame) -> pd.DataFrame:
    """Former codes and names, each with its commune of today."""
    current = communes["code_insee"]
    former = read_former(folder, current=set(current), gone=set(events["from_code"]))
    held = former["code_insee"]
    today = current_codes(held, from_vintage=int(events["year"].min()) - 1, events=events,
                          current=current)  # fmt: skip
    former["code_insee"] = held.where(held.isin(current), today)
    return former


def _measured(contours: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Contours with their area, and points that lie in them."""
    areas = coverage.area_km2(contours).round(4)
    checked = contours.assign(area_km2=areas, **coverage.checked_points(contours))
    return checked.drop(columns="delegated_2017")


def _split_families(splits: pd.DataFrame) -> pd.Series:
    """By code of a commune that was split, or of a part: the family, the parent first."""
    texts = {
        str(parent): " ".join([str(parent), *group["part"]])
        for parent, group in splits.groupby("parent")
    }
    return pd.Series({code: text for text in texts.values() for code in text.split()}, dtype=str)


def _zones(
    places: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    communes: pd.DataFrame,
    events: pd.DataFrame,
) -> pd.DataFrame:
    """Zones of producers that each place is in, on the rows of `places`."""
    tvs, basins = "drees_tvs_2019", "insee_bassins_de_vie_2022"
    health, living = (
        zones_of_today(tables[key], places, cog=cog_of(key), communes=communes, events=events)
        for key in (tvs, basins)
    )
    # The code of one is that of its main commune, which may have changed since.
    then = living["bassin_de_vie"].dropna().drop_duplicates()
    now = current_codes(
        then, from_vintage=cog_of(basins), events=events, current=communes["code_insee"]
    )
    main = living["bassin_de_vie"].map(now.set_axis(then))
    named = main.map(communes.set_index("code_insee")["name"])
    return health.assign(bassin_de_vie=main, bassin_de_vie_name=named)


def _travel_factors(communes: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Factors of approximate times by département, from the minutes and sites of the figures."""
    held = figures.set_index("code_insee")
    equipped = held.index[held[embedded_vintage("emergency_departments")] > 0].to_series()
    factors = travel_factors(
        communes.set_index("code_insee"),
        held[PUBLISHED.name],
        # The cities of several arrondissements are one place: DREES speaks of them as such.
        set(equipped.replace(WHOLE_OF)),
    )
    return factors.round(_FACTOR_DECIMALS).reset_index()


def _few_words(figures: pd.DataFrame) -> pd.DataFrame:
    """The table with its statuses as categories: the same few words are written once."""
    return figures.astype(dict.fromkeys(map(status_column, EMBEDDED_FIGURES), "category"))


def _day_profiles(daily: pd.DataFrame) -> pd.DataFrame:
    """Shapes of the week and of the year of each series of a daily table; pandemic years apart."""
    counts = daily.set_index("date")
    found = {
        name: day_profiles(counts[name], years=(2023, 2024))
        for name in ("sos_medecins", "emergency_visits")
    }
    return pd.concat(found, names=["series"]).reset_index("series").round(4)


def _read_sources(folder: Path) -> dict[str, pd.DataFrame]:
    """Checked table of each producer's file that the embedded data are compiled from."""
    known = sources()
    found = {}
    for key in compiled_sources():
        reader = known[key].reader
        if reader is not None:
            found[key] = READERS[reader].table(verified_path(key, folder), known[key])
    return found


def _write_directories(folder: Path, packages_dir: Path) -> None:
    """Write what only serves to recognise a list: EPT, postal codes, communes outside the data."""
    outside = check(packages.read_outside(packages_dir), "outside_communes")
    bodies = check(packages.read_ept(packages_dir), "ept")
    write_csv(outside, folder / "outside_communes.csv")
    write_csv(bodies, folder / "ept.csv")
    write_parquet(
        check(packages.read_postal(packages_dir), "postal_codes"), folder / "postal_codes.parquet"
    )


def build(
    *,
    official_dir: Path,
    packages_dir: Path,
    output: Path,
    say: Callable[[str], None],
) -> None:
    """
    Compile and write every file of data/communes.

    Parameters
    ----------
    official_dir : Path
        Folder of the producers' files.
    packages_dir : Path
        Folder where the registry packages are kept or downloaded to.
    output : Path
        Folder to write, normally data/communes.
    say : callable
        Receives one French line a step.

    Raises
    ------
    DataFileError
        An input is missing, altered or of an unexpected form; nothing is written.
    OutputError
        The folder cannot be written; what it held is as it was.
    """
    check_output(output, names=_FILES, megabytes=_MEGABYTES)
    for key in compiled_sources():
        if sources()[key].reader is not None:
            verified_path(key, official_dir)
    say("Paquets du registre : vérification ou téléchargement")
    packages.fetch_packages(packages_dir)
    tables = _read_sources(official_dir)
    say("Communes, populations, contours : lecture, nettoyage, simplification")
    events = read_events(packages_dir)
    communes, arrondissements, former, holes = _national_tables(packages_dir, tables, events=events)
    say("Chiffres des producteurs : passage au COG courant")
    figures, lost = national_figures(parts_of(tables), communes, events=events)
    totals = department_totals(tables[COLUMNS[embedded_vintage("gps_cnam")].source])
    basins = tables[COLUMNS[embedded_vintage("gps_per_100k_cartosante")].source]
    people = communes.set_index("code_insee")["population"]
    (earlier,) = {COLUMNS[name].source for name in vintages("apl_past")}
    past = past_apl(tables[earlier], events=events, population=people)
    compared = pd.concat(
        [
            department_comparisons(totals, communes, figures=figures, basins=basins),
            past_areas(communes.merge(figures, on="code_insee").merge(past, how="left")),
        ]
    )
    compared = compared.sort_values([*AREA, "indicator"], ignore_index=True)
    figures = figures[columns_of("figures.parquet")]
    factors = _travel_factors(communes, figures)
    check(communes, "communes")
    check(arrondissements, "arrondissements")
    check(figures, "figures")
    check(past, "apl_history")
    check(compared, "comparisons")
    check(former, "former_communes")
    check(events, "cog_events")
    check(factors, "travel_factors")
    profiles = check(_day_profiles(tables["spf_sursaud_2024"]), "day_profiles")
    with staged(output, last=_DESCRIPTOR, say=say) as stage:
        write_parquet(communes, stage.folder / "communes.parquet")
        write_parquet(arrondissements, stage.folder / "arrondissements.parquet")
        write_csv(former, stage.folder / "former_communes.csv")
        _write_directories(stage.folder, packages_dir)
        write_csv(events, stage.folder / "cog_events.csv")
        write_parquet(_few_words(figures), stage.folder / "figures.parquet")
        write_csv(compared, stage.folder / "comparisons.csv")
        write_csv(basins, stage.folder / "bassins_de_vie.csv")
        write_csv(factors, stage.folder / "travel_factors.csv")
        write_parquet(past, stage.folder / "apl_history.parquet")
        write_csv(holes, stage.folder / "contour_holes.csv")
        write_csv(profiles, stage.folder / "day_profiles.csv")
        write_json(descriptor(stage.folder), stage.folder / _DESCRIPTOR)
    # None with the files of today; a new file may hold a code that no event tells of.
    rows = lost[["source", "code_insee"]].itertuples(index=False, name=None)
    left = ", ".join(f"{code} ({source})" for source, code in rows) or "aucun"
    say(f"Écrit dans {output} ; codes sans successeur connu, laissés de côté : {left}")
