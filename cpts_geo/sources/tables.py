"""The fetched sources as checked tables, each parsed once.

A workbook takes seconds to parse: its table is kept as parquet beside the cached files, under a
name that changes with its bytes, its catalogue entry and the code of the readers.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path

import geopandas as gpd
import pandas as pd

from cpts_geo import settings
from cpts_geo.errors import DataFileError
from cpts_geo.files import write_atomically
from cpts_geo.sources.catalogue import sources
from cpts_geo.sources.fetch import located
from cpts_geo.sources.lock import read_lock
from cpts_geo.sources.readers import READERS


def load_source(key: str) -> pd.DataFrame:
    """
    Load the table of a fetched source.

    Parameters
    ----------
    key : str
        Key of the catalogue.

    Returns
    -------
    DataFrame
        The table of its reader, in the producer's own geography and vintage; a GeoDataFrame for
        contours and perimeters.

    Raises
    ------
    DataFileError
        The source was not fetched, has no reader, or its file is not of the known form.
    TableError
        Its values break the contract of the table; every defect is listed.
    """
    source = sources().get(key)
    if source is None or source.reader is None:
        raise DataFileError(
            f"Source sans lecteur : {key}.",
            remedy="« cpts-geo data status » donne la liste des sources.",
        )
    path = located(key)
    if path is None:
        raise DataFileError(
            f"La source « {key} » n’est pas dans le cache ({source.attribution}).",
            remedy=f"cpts-geo data fetch {key}",
        )
    entry = read_lock(settings.lock_path())[key]
    said = json.dumps([entry.sha256, source.reader, source.inner, readers_digest()])
    name = f"{key}-{hashlib.sha256(said.encode()).hexdigest()[:16]}.parquet"
    parsed = settings.cache_dir() / "tables" / name
    if parsed.is_file():
        return _read(parsed)
    table = READERS[source.reader].table(path, source)
    write_atomically(parsed, lambda part: table.to_parquet(part, index=False, compression="zstd"))
    for old in parsed.parent.glob(f"{key}-*.parquet"):
        if old != parsed:
            old.unlink(missing_ok=True)
    return table


def _read(path: Path) -> pd.DataFrame:
    try:
        found: pd.DataFrame = gpd.read_parquet(path)
    except ValueError:
        found = pd.read_parquet(path)
    return found


@cache
def readers_digest() -> str:
    """
    Fingerprint of the code of the readers: what they would read otherwise is read again.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    folder = resources.files("cpts_geo.sources.readers")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".py")), key=lambda f: f.name)
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
