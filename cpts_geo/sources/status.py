"""What is at hand of the catalogue: had, missing or altered, of which vintage, how old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from cpts_geo import settings
from cpts_geo.sources.catalogue.catalogue import Source, sha256_of, sources
from cpts_geo.sources.catalogue.lock import Locked, read_lock
from cpts_geo.sources.embedding.datapackage import compiled_sources
from cpts_geo.sources.embedding.embedded import LISTED
from cpts_geo.sources.fetching.cached import erased

_Had = Literal[
    "en cache",
    "effacé après lecture",
    "altéré",
    "hors verrou",
    "dans le miroir",
    "embarqué",
    "absent",
]
#: State of a file of personal data, of which only a table of counts was kept.
ERASED: Final = "effacé après lecture"
#: States of a checked file that call for something to be done.
WRONG: Final = ("absent", "altéré", "hors verrou")


def status_table(*, mirror: Path | None = None, today: date | None = None) -> pd.DataFrame:
    """
    Say of each source whether it is at hand, of which vintage and how old.

    Parameters
    ----------
    mirror : Path, optional
        As in :func:`cpts_geo.sources.fetching.fetch.fetch`.
    today : date, optional
        Day the ages are counted to; today (UTC) by default.

    Returns
    -------
    DataFrame
        One row a source, in the order of the catalogue: source, producer, product, state (``en
        cache``, ``effacé après lecture`` when personal data left their table, ``altéré`` when its
        size is not the lock's or the lock's SHA-256 not the catalogue's, ``hors verrou``, ``dans le
        miroir``, ``embarqué`` when only its compiled figures are there, ``absent``),
        expected_vintage (of the catalogue), vintage (of the content; empty: unknown), age_days
        (since fetched; NaN not in the cache), next_release (``YYYY-MM``; empty: not announced),
        overdue, licence, megabytes (real, else announced; NaN unknown), to_check.

    Raises
    ------
    DataFileError
        The lock cannot be read.

    Examples
    --------
    >>> status_table().set_index("source").loc["insee_bpe_2017", "expected_vintage"]
    '2017'
    """
    cache, mirror = settings.cache_dir(), mirror or settings.mirror_dir()
    entries = read_lock(settings.lock_path())
    day = today or datetime.now(UTC).date()
    rows = []
    for source in sources().values():
        entry = entries.get(source.key)
        state = _state(source, entry, cache, mirror)
        have = entry if state in ("en cache", ERASED) else None
        rows.append(
            {
                "source": source.key,
                "producer": source.producer,
                "product": source.product,
                "state": state,
                "expected_vintage": source.vintage,
                "vintage": have.vintage if have else "",
                "age_days": (day - date.fromisoformat(have.fetched)).days if have else float("nan"),
                "next_release": source.next_release or "",
                "overdue": bool(source.next_release) and f"{day:%Y-%m}" > str(source.next_release),
                "licence": source.licence,
                "megabytes": have.bytes / 1e6 if have else source.megabytes,
                "to_check": source.trust,
            }
        )
    return pd.DataFrame(rows).astype({"age_days": float, "megabytes": float})


def _state(source: Source, entry: Locked | None, cache: Path, mirror: Path | None) -> _Had:
    """State of a source, see :func:`status_table`."""
    if entry and entry.held(source, cache):
        return "en cache"
    if entry and erased(source, entry, cache):
        return ERASED
    if source.file and (cache / source.file).is_file():
        return "altéré" if entry and entry.file == source.file else "hors verrou"
    if mirror and source.file and (mirror / source.file).is_file():
        return "dans le miroir"
    compiled = source.file is None or source.key in (*compiled_sources(), *LISTED)
    return "embarqué" if compiled else "absent"


def verify() -> pd.DataFrame:
    """
    Read every fetched file again and compare its bytes with the lock.

    Returns
    -------
    DataFrame
        One row a line of the lock, then a cached file of the catalogue that the lock does not
        know: source, file, state (``conforme``, :data:`ERASED` or one of :data:`WRONG`) and
        detail (French).

    Raises
    ------
    DataFileError
        The lock cannot be read.

    Examples
    --------
    >>> list(verify())
    ['source', 'file', 'state', 'detail']
    """
    known, cache, entries = sources(), settings.cache_dir(), read_lock(settings.lock_path())
    rows = [(key, entry.file, *_judged(key, entry, cache, known)) for key, entry in entries.items()]
    locked = {entry.file for entry in entries.values()}
    for source in known.values():
        if source.file and source.file not in locked and (cache / source.file).is_file():
            proved = source.sha256 and sha256_of(cache / source.file) == source.sha256
            found = ("conforme", "empreinte du catalogue") if proved else _UNLOCKED
            rows.append((source.key, source.file, *found))
    return pd.DataFrame(rows, columns=["source", "file", "state", "detail"])


_UNLOCKED: Final = ("hors verrou", "rien ne dit d’où il vient")


def _judged(key: str, entry: Locked, cache: Path, known: Mapping[str, Source]) -> tuple[str, str]:
    """State of a line of the lock and a French detail, once its file is read."""
    path, source = cache / entry.file, known.get(key)
    if source and source.file != entry.file:
        return "hors verrou", f"le catalogue attend {source.file}"
    if source and erased(source, entry, cache):
        return ERASED, "données personnelles"
    if not path.is_file():
        return "absent", "dans le verrou, pas dans le cache"
    found = sha256_of(path)
    if found != entry.sha256:
        return "altéré", f"sha256 {found[:12]}…, {entry.sha256[:12]}… dans le verrou"
    expected = source.sha256 if source else None
    if expected not in (None, found):
        return "altéré", f"sha256 {found[:12]}…, {expected[:12]}… dans le catalogue"
    return "conforme", ""
