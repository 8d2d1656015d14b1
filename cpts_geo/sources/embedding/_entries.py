"""What the registry package of codes says of each COG, and what it leaves to be written by hand."""

from __future__ import annotations

import json
import tarfile
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from cpts_geo.sources.catalogue.catalogue import verified_path

#: Type of the entries that are communes of their own.
CURRENT = "commune-actuelle"
#: Vintages of the package kept to find codes that left the COG, newest first.
PAST_COG = (2025, 2024, 2023, 2022, 2021)


def members(archive: Path, *names: str) -> list[Any]:
    """Content of JSON files of the registry package."""
    with tarfile.open(archive, "r:gz") as tar:
        streams = [tar.extractfile(f"package/data/{name}.json") for name in names]
        return [json.load(stream) for stream in streams if stream is not None]


def read_entries(folder: Path, year: int) -> list[dict[str, Any]]:
    """Entries of one COG as the package has them: communes, delegated ones, arrondissements."""
    (entries,) = members(verified_path(f"decoupage_administratif_{year}", folder), "communes")
    return list(entries)


def handwritten_events() -> pd.DataFrame:
    """Events written from the COG, a row a part of a split: former_code, former_name, code_insee
    (that replaces it), since_cog (first COG after it), event (French sentence)."""
    written = resources.files("cpts_geo.sources.embedding") / "cog_events.csv"
    with written.open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype={"former_code": str, "code_insee": str})
