"""Compile the embedded data of data/communes from the producers' files.

Deterministic: same inputs, same bytes. Nothing is replaced until everything is computed,
and each file is written under a temporary name, then renamed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo import settings
from cpts_geo.errors import DataFileError
from cpts_geo.files import write_csv, write_json, write_parquet
from cpts_geo.schema import COLUMNS, EMBEDDED_FIGURES, Status, status_column
from cpts_geo.sources import embedded, official, packages
from cpts_geo.sources.catalogue import sources, verified_path
from cpts_geo.sources.cog_vintages import read_events
from cpts_geo.sources.contracts import RETIRED, SPLIT, check
from cpts_geo.sources.datapackage import columns_of, compiled_sources, descriptor
from cpts_geo.territories import coverage
from cpts_geo.territories.aggregate import area_summary, with_every_figure
from cpts_geo.territories.estimates import scaled_to_totals
from cpts_geo.territories.events import LOST
from cpts_geo.territories.moves import MoveWarning, move, successors

#: Chosen by looking at the five CPTS: 250 m keeps the shape of small communes on a CPTS page.
SIMPLIFY_TOLERANCE_M = 250.0
#: Vintages of the embedded APL file.
APL_VINTAGES = (2022, 2023)


def national_table(folder: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """
    Join names, populations and contours of all communes; list the holes of the contours.

    Parameters
    ----------
    folder : Path
        Folder of the registry packages.

    Returns
    -------
    communes : GeoDataFrame
        The table of communes.parquet.
    former : DataFrame
        The table of former_communes.csv.
    holes : DataFrame
        The table of contour_holes.csv.
    """
    communes, former, departements = packages.read_admin(folder)
    family = split_families(packages.read_splits(folder, communes))
    communes = communes.assign(split_family=communes["code_insee"].map(family))
    contours = packages.read_contours(folder)
    unmatched = set(communes["code_insee"]) ^ set(contours["code_insee"])
    if unmatched:
        raise DataFileError(
            "Les deux paquets n’ont pas les mêmes communes.",
            defects=[f"code {code}" for code in sorted(unmatched)],
            remedy="prenez deux paquets du même COG.",
        )
    # The people of a split commune are still those of before, or unknown: what is left of it is
    # the sum of its delegated communes.
    split = contours["code_insee"].isin(family.index) & contours["delegated_2017"].notna()
    contours["population_2017"] = contours["population_2017"].mask(
        split, contours["delegated_2017"]
    )
    contours = contours.drop(columns="delegated_2017")
    holes = coverage.holes(contours)
    contours["area_km2"] = coverage.area_km2(contours).round(4)
    contours = contours.assign(**coverage.checked_points(contours))
    simplified = coverage.clean_and_simplify(contours, tolerance_m=SIMPLIFY_TOLERANCE_M)
    table = simplified.merge(communes, on="code_insee", validate="1:1")
    table = table.merge(departements[["departement", "departement_name"]], on="departement")
    columns = columns_of("communes.parquet")
    table = table[columns].sort_values("code_insee", ignore_index=True)
    return gpd.GeoDataFrame(table, crs=settings.GEOGRAPHIC_CRS), former, holes


def split_families(splits: pd.DataFrame) -> pd.Series:
    """
    Communes that were one commune and have been split since, as one text a family.

    Parameters
    ----------
    splits : DataFrame
        parent, part, from :func:`cpts_geo.sources.packages.read_splits`.

    Returns
    -------
    Series of str
        By code of a parent or part: codes of the family joined by a space, the parent first.

    Examples
    --------
    >>> splits = pd.DataFrame({"parent": ["85084", "85084"], "part": ["85165", "85212"]})
    >>> split_families(splits)["85212"]
    '85084 85165 85212'
    """
    texts = {
        str(parent): " ".join([str(parent), *group["part"]])
        for parent, group in splits.groupby("parent")
    }
    return pd.Series({code: text for text in texts.values() for code in text.split()}, dtype=str)


def codes_within(communes: gpd.GeoDataFrame, centre: pd.Series, *, radius_km: float) -> pd.Series:
    """
    Codes of the communes at most `radius_km` from the communes of `centre`.

    Parameters
    ----------
    communes : GeoDataFrame
        code_insee and geometry.
    centre : Series of str
        Codes of the communes the distance is taken from, border to border.
    radius_km : float
        Distance in kilometres, Lambert-93.

    Returns
    -------
    Series of str
        Codes in order, those of `centre` included.
    """
    mainland = communes[communes.geometry.notna() & ~communes["code_insee"].str.startswith("97")]
    metric = mainland.to_crs(settings.METRIC_CRS)
    inside = metric["code_insee"].isin(centre)
    zone = shapely.coverage_union_all(np.asarray(metric.geometry[inside]))
    near: pd.Series[str] = metric["code_insee"][metric.distance(zone) <= radius_km * 1000]
    return near.sort_values(ignore_index=True)


def moved_figures(
    folder: Path, communes: pd.DataFrame, former: pd.DataFrame, events: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Every commune figure in the current COG, for all of France.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.
    communes, former : DataFrame
        Current and former communes, see :func:`national_table`.
    events : DataFrame
        Events between COG, see :func:`cpts_geo.sources.cog_vintages.read_events`.

    Returns
    -------
    figures : DataFrame
        code_insee, :data:`cpts_geo.schema.EMBEDDED_FIGURES` and a status column for each, for
        every current commune; NaN and ``unknown`` where the producer says nothing,
        ``estimated`` where it describes a wider commune that has been split since.
    lost : DataFrame
        source, code_insee: rows whose code has no known successor.
    """
    family = communes.dropna(subset=["split_family"]).set_index("code_insee")["split_family"]
    parent = family.str.split().str[0]
    part_of = parent[parent.index != parent]
    # Only what former_communes.csv and split_family tell is used: other codes are listed as lost.
    told = events["from_code"].isin(successors(communes, former).index)
    events = events.assign(
        to_code=events["to_code"].where(told), event=events["event"].where(told, RETIRED)
    )[(events["event"] != SPLIT) | events["from_code"].isin(part_of)]
    parts: dict[str, tuple[pd.DataFrame, int, list[str], dict[str, str]]] = {}
    for year in APL_VINTAGES:
        weight = f"standardised_population_{year}"
        rates = {f"apl_{year}": weight, f"apl_65_{year}": weight}
        counts = [weight, f"apl_population_{year}"]
        # The codes of a vintage are those of the next COG.
        parts[f"drees_apl_2023 {year}"] = (official.read_apl(folder, year), year + 1, counts, rates)
    parts["insee_bpe_2017"] = (official.read_bpe_gps_2017(folder), 2018, ["gps_2017"], {})
    urgent = official.read_emergency_departments(folder)
    parts["insee_bpe_2020"] = (urgent, 2021, ["emergency_departments_2020"], {})
    # The census file is already in the current COG: its rates need no weight.
    figures = communes[["code_insee"]].merge(official.read_share_75plus(folder), how="left")
    share = figures["share_75plus_2022"]
    figures[status_column("share_75plus_2022")] = np.where(
        share.isna(), Status.UNKNOWN, Status.MEASURED
    )
    losses = []
    people = communes.set_index("code_insee")["population"]
    for source, (table, vintage, counts, rates) in parts.items():
        with warnings.catch_warnings():
            # What is lost is written to unmoved_codes.csv.
            warnings.simplefilter("ignore", MoveWarning)
            moved, journey = move(
                table, from_vintage=vintage, to_vintage=settings.COG_YEAR, counts=counts,
                rates=rates, split="parent", events=events, population=people,
            )  # fmt: skip
        # A part listed with nobody in it is still counted in the commune it left.
        empty = part_of[part_of.index.isin(table["code_insee"][table[counts[0]] == 0])]
        of_wider = moved["code_insee"].isin([*empty, *empty.index])
        for name in [*counts, *rates]:
            status = moved[status_column(name)]
            known = status != Status.UNKNOWN.value
            moved[status_column(name)] = status.mask(of_wider & known, Status.ESTIMATED.value)
        figures = figures.merge(moved, on="code_insee", how="left")
        lost = journey.loc[journey["how"] == LOST, ["from_code"]]
        losses.append(lost.rename(columns={"from_code": "code_insee"}).assign(source=source))
    # The BPE 2017 lists equipped communes only: a commune of 2017 that is absent has none.
    absent = figures["gps_2017"].isna() & communes["population_2017"].notna()
    absent &= ~communes["departement"].str.startswith("97")
    # A commune made again since may hold some of the GPs of the one it left: not a known zero.
    equipped = figures["code_insee"][figures["gps_2017"].notna()]
    absent &= ~communes["code_insee"].isin(part_of.index[part_of.isin(equipped)])
    figures.loc[absent, "gps_2017"] = 0
    figures.loc[absent, status_column("gps_2017")] = Status.MEASURED.value
    totals = official.read_bpe_gps_2024(folder).set_index("departement")["gps_bpe_2024"]
    estimate = scaled_to_totals(figures["gps_2017"], communes["departement"], totals)
    figures["gps_estimated_2024"] = estimate.round(3)
    figures[status_column("gps_estimated_2024")] = np.where(
        estimate.isna(), Status.UNKNOWN, Status.ESTIMATED
    )
    for name in EMBEDDED_FIGURES:
        column = status_column(name)
        figures[column] = figures[column].fillna(Status.UNKNOWN.value).astype(str)
    return figures[columns_of("figures.csv")], pd.concat(losses, ignore_index=True)


def comparisons(folder: Path, communes: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """
    Every compared indicator for each département and for France.

    Parameters
    ----------
    folder : Path
        Folder of the producers' files.
    communes, figures : DataFrame
        National tables, see :func:`national_table` and :func:`moved_figures`.

    Returns
    -------
    DataFrame
        Long table: area_level, area_code, area_name, indicator, value, status, note.
    """
    table = with_every_figure(communes.merge(figures, on="code_insee"))
    names = table.drop_duplicates("departement").set_index("departement")["departement_name"]
    mainland = table[~table["departement"].str.startswith("97")]
    areas = [table.assign(area=table["departement"]), table.assign(area="FR")]
    long = area_summary(pd.concat(areas, ignore_index=True), by="area")
    # The BPE 2017 file covers métropole only: so does its national row, and it says so.
    bpe = long["indicator"].map(lambda name: COLUMNS[name].source == "insee_bpe_2017")
    metropole = area_summary(mainland.assign(area="FR"), by="area")
    metropole = metropole[metropole["indicator"].isin(set(long["indicator"][bpe]))]
    metropole = metropole.assign(note="France métropolitaine")
    long = pd.concat([long[~(bpe & (long["area"] == "FR"))], metropole], ignore_index=True)
    counts = official.read_bpe_gps_2024(folder).set_index("departement")
    counts.loc["FR"] = counts.sum()
    population = long[long["indicator"] == "population"].set_index("area")["value"]
    wide = counts.join(official.read_cnam_gps(folder).set_index("departement"), how="outer")
    wide["gps_per_100k_bpe_2024"] = wide["gps_bpe_2024"] / population * 1e5
    published = wide.rename_axis("area").reset_index().melt("area", var_name="indicator")
    published = published.dropna(subset=["value"])
    status = np.where(published["indicator"] == "gps_per_100k_bpe_2024", "estimated", "measured")
    long = pd.concat([long, published.assign(status=status, note="")], ignore_index=True)
    brought = long.groupby("indicator")["value"].transform("count") > 0
    long = long[brought].reset_index(drop=True)
    long["area_level"] = np.where(long["area"] == "FR", "france", "departement")
    long["area_name"] = long["area"].map(names).fillna("France")
    long = long.rename(columns={"area": "area_code"})
    long["value"] = long["value"].round(6)
    return long[columns_of("comparisons.csv")].sort_values(
        ["area_level", "area_code", "indicator"], ignore_index=True
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
    """
    for key in compiled_sources():
        if sources()[key].file and not sources()[key].package:
            verified_path(key, official_dir)
    say("Paquets du registre : vérification ou téléchargement")
    packages.fetch_packages(packages_dir)
    say("Communes, populations, contours : lecture, nettoyage, simplification")
    communes, former, holes = national_table(packages_dir)
    say("Chiffres des producteurs : lecture, passage au COG courant")
    events = read_events(packages_dir)
    figures, lost = moved_figures(official_dir, communes, former, events)
    members = embedded.load_memberships()
    near = codes_within(communes, members["code_insee"], radius_km=settings.FIGURES_RADIUS_KM)
    say(f"{len(near)} communes à moins de {settings.FIGURES_RADIUS_KM:.0f} km des cinq CPTS")
    compared = comparisons(official_dir, communes, figures)
    kept = figures[figures["code_insee"].isin(near)].reset_index(drop=True)
    check(communes, "communes")
    check(kept, "figures")
    check(compared, "comparisons")
    check(events, "cog_events")
    output.mkdir(parents=True, exist_ok=True)
    write_parquet(communes, output / "communes.parquet")
    write_csv(former, output / "former_communes.csv")
    write_csv(events, output / "cog_events.csv")
    write_csv(kept, output / "figures.csv")
    write_csv(compared, output / "comparisons.csv")
    write_csv(holes, output / "contour_holes.csv")
    write_csv(lost[columns_of("unmoved_codes.csv")], output / "unmoved_codes.csv")
    write_json(descriptor(output), output / "datapackage.json")
    say(f"Écrit dans {output} ; {len(lost)} codes sans successeur connu (unmoved_codes.csv)")
