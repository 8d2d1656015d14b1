"""Paths, coordinate systems, vintages and thresholds: the one place to change them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cpts_geo.asked import typed_path

_PACKAGE_DIR: Final = Path(__file__).resolve().parent
_EMBEDDED: Final = _PACKAGE_DIR / "_data"
#: Embedded data: inside an installed wheel, beside the package in a checkout.
DATA_DIR: Final = _EMBEDDED if _EMBEDDED.is_dir() else _PACKAGE_DIR.parent / "data"
#: The notebooks that an installed wheel brings; a checkout has its own beside the package.
NOTEBOOKS_DIR: Final = _PACKAGE_DIR / "_notebooks"
COMMUNES_DIR: Final = DATA_DIR / "communes"
CPTS_DIR: Final = DATA_DIR / "cpts"
#: Producers' files that ``run.py data`` compiles; never part of the repository.
OFFICIAL_DIR: Final = typed_path(os.environ.get("CPTS_GEO_OFFICIAL") or "../shared/data/official")
_LOCK_NAME: Final = "sources.lock.toml"

GEOGRAPHIC_CRS: Final = "EPSG:4326"
#: Metric system of métropole (Lambert-93); overseas départements have their own below.
METRIC_CRS: Final = "EPSG:2154"
OVERSEAS_METRIC_CRS: Final = {
    "971": "EPSG:5490",
    "972": "EPSG:5490",
    "973": "EPSG:2972",
    "974": "EPSG:2975",
    "976": "EPSG:4471",
}

COG_YEAR: Final = 2026
#: A figure of more years than these before COG_YEAR says so beside its value.
OLD_AFTER_YEARS: Final = 5
#: A territory of more communes makes a page that no browser opens: regions stay below.
MAX_COMMUNES: Final = 5_000
#: Minutes of a slot on the lines for unscheduled care (press releases; grade D elsewhere).
SLOT_MINUTES: Final = 15
#: "Sous-dense" in DREES studies: consultations per year per standardised inhabitant.
APL_LOW: Final = 2.5
#: The same as French texts write it.
APL_LOW_WORDS: Final = f"{APL_LOW:.1f}".replace(".", ",")
#: A change of the APL of more than this in one year is volatile: one departure, one arrival.
APL_JUMP: Final = 0.5
#: Class breaks with a meaning (upper bounds; the last class is open).
APL_BREAKS: Final = tuple(sorted({1.5, APL_LOW, 3.3, 4.0, 5.0}))
#: Minutes that a sentence speaks of: of the nearest GP, emergency department, new centre.
SPOKEN_MINUTES: Final = {"gp": 10.0, "emergency": 20.0, "centre": 15.0}
#: Those of every table, site and map: the ones spoken of, and what is far.
MINUTES_BANDS: Final = tuple(sorted({*SPOKEN_MINUTES.values(), 30.0}))
#: Shifts of the APL that a scenario brings: unseen in the figure as written, then by size; the
#: same on every map, so that a colour means the same everywhere.
SHIFT_BREAKS: Final = (0.005, 0.05, 0.15)

#: Fuzzy names: accepted at or above this similarity (0-100) ...
FUZZY_MIN_SCORE: Final = 90.0
#: ... and only when the runner-up is at least this much less similar.
FUZZY_MIN_MARGIN: Final = 5.0
#: Two names side by side (in a file, in a choice) contradict each other under this similarity.
NAME_AGREEMENT_MIN_SCORE: Final = 75.0

#: An area's count is given when its figure is known for at least this share of the people ...
MIN_COVERAGE_COUNT: Final = 0.99
#: ... and a mean when at least this one is; below, the area's figure is unknown.
MIN_COVERAGE_RATE: Final = 0.90


def cache_dir() -> Path:
    """
    Folder where producers' files are kept once fetched, outside the repository.

    Returns
    -------
    Path
        ``CPTS_GEO_CACHE`` when it is set, else the system's cache folder of this user.
    """
    # Imported here so that only what fetches waits for it.
    import pooch  # noqa: PLC0415

    own = os.environ.get("CPTS_GEO_CACHE")
    return typed_path(own) if own else Path(pooch.os_cache("cpts_geo"))


def lock_path() -> Path:
    """
    File that says which bytes were fetched, from where and when.

    Returns
    -------
    Path
        ``CPTS_GEO_LOCK`` when it is set, else data/sources.lock.toml of a checkout; in the
        cache folder for an installed wheel.
    """
    own = os.environ.get("CPTS_GEO_LOCK")
    if own:
        return typed_path(own)
    return (cache_dir() if DATA_DIR == _EMBEDDED else DATA_DIR) / _LOCK_NAME


def mirror_dir() -> Path | None:
    """
    Folder of producers' files already at hand, tried before any address.

    Returns
    -------
    Path or None
        ``CPTS_GEO_MIRROR``; None when it is not set.
    """
    own = os.environ.get("CPTS_GEO_MIRROR")
    return typed_path(own) if own else None
