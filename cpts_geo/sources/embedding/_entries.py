"""What the registry package of codes says of each COG, and what it leaves to be written by hand."""

from __future__ import annotations

import json
import tarfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from cpts_geo.sources.catalogue.catalogue import verified_path

#: Type of the entries that are communes of their own.
CURRENT = "commune-actuelle"
#: Type of those of the parts of Paris, Lyon and Marseille.
ARRONDISSEMENT = "arrondissement-municipal"
#: Vintages of the package kept to find codes that left the COG, newest first.
PAST_COG = (2025, 2024, 2023, 2022, 2021)
_FIELDS = (
    "code",
    "nom",
    "type",
    "chefLieu",
    "commune",
    "anciensCodes",
    "population",
    "codesPostaux",
)


def members(archive: Path, *names: str) -> list[Any]:
    """Content of JSON files of the registry package."""
    with tarfile.open(archive, "r:gz") as tar:
        streams = [tar.extractfile(f"package/data/{name}.json") for name in names]
        return [json.load(stream) for stream in streams if stream is not None]


def read_entries(folder: Path, year: int) -> list[dict[str, Any]]:
    """Entries of one COG as the package has them: communes, delegated ones, arrondissements."""
    return _entries(verified_path(f"decoupage_administratif_{year}", folder))


# Three tables read each COG; what none of them reads of an entry is not kept.
@cache
def _entries(archive: Path) -> list[dict[str, Any]]:
    """The fields of an archive's entries that tables are made of."""
    (entries,) = members(archive, "communes")
    return [{name: entry[name] for name in _FIELDS if name in entry} for entry in entries]


def handwritten_events() -> pd.DataFrame:
    """Events written from the COG, a row a part of a split: former_code, former_name, code_insee
    (that replaces it), since_cog (first COG after it), event (French sentence)."""
    written = resources.files("cpts_geo.sources.embedding") / "cog_events.csv"
    with written.open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype={"former_code": str, "code_insee": str})
