"""The fetched sources as checked tables, each parsed once.

A workbook takes seconds to parse: its table is kept as parquet beside the cached files, under a
name that changes with its bytes, its catalogue entry and the code of the package.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from cpts_geo import settings
from cpts_geo.errors import DataFileError
from cpts_geo.files import write_atomically
from cpts_geo.sources.catalogue.catalogue import sha256_of, sources
from cpts_geo.sources.catalogue.lock import read_lock
from cpts_geo.sources.catalogue.totals import check_totals
from cpts_geo.sources.fetching._inspection import read_on_arrival
from cpts_geo.sources.fetching.cached import _parsed_path, located


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
    entry = read_lock(settings.lock_path()).get(key)
    parsed = _parsed_path(source, entry, settings.cache_dir()) if entry else None
    if parsed and (kept := _read(parsed)) is not None:
        return kept
    path = located(key)
    if path is None or entry is None or parsed is None:
        raise DataFileError(
            f"La source « {key} » n’est pas dans le cache ({source.attribution}).",
            remedy=f"cpts-geo data fetch {key}{'' if source.addresses else ' --mirror DOSSIER'}",
        )
    # What is derived bears the hash of the lock: the bytes must be those.
    if sha256_of(path) != entry.sha256:
        raise DataFileError(
            f"Le fichier de « {key} » n’est plus celui du verrou : {path.name}.",
            remedy=f"cpts-geo data fetch {key}, qui le reprend.",
        )
    # Imported here, and all that reads files of producers: a table parsed before needs none.
    from cpts_geo.sources.readers.registry import READERS  # noqa: PLC0415

    table = READERS[source.reader].table(path, source)
    if not read_on_arrival(path):
        check_totals(table, source)
    write_atomically(parsed, lambda part: table.to_parquet(part, index=False, compression="zstd"))
    for old in parsed.parent.glob(f"{key}-*.parquet"):
        if old != parsed:
            # Another process may be reading it.
            with contextlib.suppress(OSError):
                old.unlink()
    if source.personal:
        path.unlink()
    return table


def available(key: str) -> bool:
    """
    Tell whether the table of a source can be loaded.

    Parameters
    ----------
    key : str
        Key of the source.

    Returns
    -------
    bool
        Its file is in the cache and the lock, or its table was kept when the file was deleted.
    """
    source, entry = sources().get(key), read_lock(settings.lock_path()).get(key)
    if source is None or entry is None:
        return False
    return located(key) is not None or _parsed_path(source, entry, settings.cache_dir()).is_file()


def _read(path: Path) -> pd.DataFrame | None:
    """Table of a derived file; None where there is none, or a damaged one, to make again."""
    if not path.is_file():
        return None
    try:
        # Without the mark of geometries, it is a plain table.
        geographic = b"geo" in (pq.read_schema(path).metadata or {})
        found: pd.DataFrame = gpd.read_parquet(path) if geographic else pd.read_parquet(path)
    except (OSError, ValueError):
        return None
    return found
