"""What the cache keeps of a source: its file as it was fetched, and its table once parsed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from cpts_geo import settings
from cpts_geo.files import code_digest
from cpts_geo.sources.catalogue.catalogue import Source, sources
from cpts_geo.sources.catalogue.lock import Locked, read_lock


def located(key: str) -> Path | None:
    """
    Find the cached file of a source, without reading it.

    Parameters
    ----------
    key : str
        Key of the source.

    Returns
    -------
    Path or None
        The file, when it stands in the lock and has its size;
        :func:`cpts_geo.sources.status.verify` reads its bytes. None otherwise, unknown keys too.

    Raises
    ------
    DataFileError
        The lock cannot be read.
    """
    source, entry = sources().get(key), read_lock(settings.lock_path()).get(key)
    return entry.held(source, settings.cache_dir()) if entry and source else None


def erased(source: Source, entry: Locked, cache: Path) -> Path | None:
    """
    Find the table of a source whose file was erased once read, because it names people.

    Parameters
    ----------
    source : Source
        Entry of the catalogue.
    entry : Locked
        Entry of the lock.
    cache : Path
        The cache.

    Returns
    -------
    Path or None
        The parsed table that stays; None for any other source, or when the file is there.
    """
    if not source.personal or not entry.is_of(source) or (cache / entry.file).exists():
        return None
    parsed = _parsed_path(source, entry, cache)
    return parsed if parsed.is_file() else None


def _parsed_path(source: Source, entry: Locked, cache: Path) -> Path:
    """Where the table of a fetched file is kept once parsed: its name changes with what is read and
    with the code that reads it."""
    # A file that was deleted cannot be read again by newer code.
    code = "" if source.personal else code_digest()
    said = json.dumps([entry.sha256, source.reader, source.inner, code])
    name = f"{source.key}-{hashlib.sha256(said.encode()).hexdigest()[:16]}.parquet"
    return cache / "tables" / name
