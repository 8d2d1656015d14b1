"""The data that come with the package, verified against their SHA-256 before use."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from cpts_geo import settings
from cpts_geo.errors import DataFileError
from cpts_geo.sources.catalogue import sha256_of
from cpts_geo.sources.contracts import check

_REBUILD = "reprenez le fichier du dépôt (git checkout -- data) ou refaites « python3 run.py data »"


@cache
def _expected(folder: Path) -> dict[str, str]:
    path = folder / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        return {r["path"]: r["hash"].removeprefix("sha256:") for r in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataFileError(
            f"Description des données illisible : {path.name} ({type(error).__name__}).",
            remedy=_REBUILD + ".",
        ) from error


def verified(name: str, folder: Path | None = None) -> Path:
    """
    Path of an embedded file whose content is the one that was compiled.

    Parameters
    ----------
    name : str
        File name in data/communes.
    folder : Path, optional
        Another folder that holds a data package.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataFileError
        The file is missing, is not described, or has another SHA-256.
    """
    folder = settings.COMMUNES_DIR if folder is None else folder
    path = folder / name
    if not path.is_file():
        raise DataFileError(f"Fichier de données absent : {path}.", remedy=_REBUILD + ".")
    expected = _expected(folder).get(name)
    found = sha256_of(path)
    if found != expected:
        raise DataFileError(
            f"Fichier de données altéré : {path}.",
            defects=[f"sha256 attendu {expected}", f"sha256 trouvé {found}"],
            remedy=_REBUILD + ".",
        )
    return path


def load_communes(folder: Path | None = None) -> gpd.GeoDataFrame:
    """
    Load all communes of métropole and DROM.

    Parameters
    ----------
    folder : Path, optional
        Another folder that holds a data package.

    Returns
    -------
    GeoDataFrame
        34,875 rows in code order: code_insee, name, departement, departement_name, region,
        epci, epci_name, population (2023), population_2017, area_km2, lon, lat (degrees),
        point_status (``measured``: town hall inside its contour; ``estimated``: a point of
        the contour stands for a missing or misplaced town hall), geometry (EPSG:4326, a valid
        coverage; None for 8 communes). NaN is unknown.

    Raises
    ------
    DataFileError
        The file is missing or altered.

    Examples
    --------
    >>> communes = load_communes()
    >>> communes.set_index("code_insee").at["45203", "name"]
    'Meung-sur-Loire'
    """
    return gpd.read_parquet(verified("communes.parquet", folder))


def _read(name: str, folder: Path | None = None) -> pd.DataFrame:
    path = verified(name, folder)
    texts = {"code_insee", "former_code", "area_code"}
    return pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=[""])


def load_former_communes(folder: Path | None = None) -> pd.DataFrame:
    """
    Load delegated and associated communes, arrondissements and retired codes.

    Parameters
    ----------
    folder : Path, optional
        Another folder that holds a data package.

    Returns
    -------
    DataFrame
        former_code, former_name, kind, code_insee (current commune, NaN: successor unknown),
        since_cog (year, NaN unknown).
    """
    return _read("former_communes.csv", folder)


def load_figures(folder: Path | None = None) -> pd.DataFrame:
    """
    Load the figures of the communes within 30 km of the five CPTS.

    Parameters
    ----------
    folder : Path, optional
        Another folder that holds a data package.

    Returns
    -------
    DataFrame
        code_insee, then each of :data:`cpts_geo.schema.FIGURE_COLUMNS` (NaN unknown, 0 a
        known absence) followed by its status column.
    """
    return _read("figures.csv", folder)


def load_comparisons(folder: Path | None = None) -> pd.DataFrame:
    """
    Load the indicators of every département and of France.

    Parameters
    ----------
    folder : Path, optional
        Another folder that holds a data package.

    Returns
    -------
    DataFrame
        Long table: area_level, area_code, area_name, indicator, value (NaN unknown),
        status, note (empty text when there is nothing to say).
    """
    return _read("comparisons.csv", folder).fillna({"note": ""})


def _cpts(name: str) -> pd.DataFrame:
    path = settings.CPTS_DIR / name
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except OSError as error:
        raise DataFileError(f"Fichier absent : {path}.", remedy=_REBUILD + ".") from error


def load_memberships() -> pd.DataFrame:
    """
    Load the communes of the five CPTS.

    Returns
    -------
    DataFrame
        territory, published (spelling of the document, empty when no document lists the
        commune), code_insee, name, basis, note; all text.

    Raises
    ------
    DataFileError
        The file is missing.
    TableError
        A row breaks the contract of the table; every defect is listed.
    """
    return check(_cpts("memberships.csv"), "memberships", origin="memberships.csv")


def load_territories() -> pd.DataFrame:
    """
    Load the identity of the five CPTS.

    Returns
    -------
    DataFrame
        territory (key), name, departements (codes joined by a space), published_date,
        document, perimeter (French sentence on how sure the list of communes is); all text.
    """
    return _cpts("territories.csv")


def load_facts() -> pd.DataFrame:
    """
    Load the published facts of the five CPTS.

    Returns
    -------
    DataFrame
        territory, fact (key), value (float), unit, date, definition, document, grade,
        gap_reason (why today's sum differs, empty text when unknown).

    Raises
    ------
    DataFileError
        The file is missing.
    TableError
        A row breaks the contract of the table; every defect is listed.
    """
    return check(_cpts("facts.csv"), "facts", origin="facts.csv")
