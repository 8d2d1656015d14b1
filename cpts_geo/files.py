"""Write files whole or not at all: under a temporary name, then renamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from cpts_geo.errors import OutputError


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """
    Write a file under a temporary name beside it, then rename it.

    Parameters
    ----------
    path : Path
        The file to make or replace.
    write : callable
        Receives the temporary path and writes it whole.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or the disk is full; the file that stood
        there, if any, is untouched.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(
            f"Impossible d’écrire « {path} » : {error.strerror or error}.",
            remedy="choisissez un dossier où vous pouvez écrire (--output) et vérifiez la place "
            "disponible.",
        ) from error


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """
    Write a table as UTF-8 CSV with a comma, unknown values empty.

    Parameters
    ----------
    table : DataFrame
        Written without its index.
    path : Path
        Target file.
    """
    write_atomically(path, lambda part: table.to_csv(part, index=False, lineterminator="\n"))


def write_parquet(table: gpd.GeoDataFrame, path: Path) -> None:
    """
    Write a table of geometries as GeoParquet, zstd.

    Parameters
    ----------
    table : GeoDataFrame
        Written without its index.
    path : Path
        Target file.
    """
    write_atomically(
        path,
        lambda part: table.to_parquet(part, index=False, compression="zstd", compression_level=15),
    )


def write_json(content: dict[str, Any], path: Path) -> None:
    """
    Write a JSON document, two spaces, keys in the given order.

    Parameters
    ----------
    content : dict
        Serialisable content.
    path : Path
        Target file.
    """
    write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", path)


def write_text(content: str, path: Path) -> None:
    """
    Write a text file in UTF-8.

    Parameters
    ----------
    content : str
        Whole content.
    path : Path
        Target file.
    """

    def write(part: Path) -> None:
        part.write_text(content, encoding="utf-8", newline="\n")

    write_atomically(path, write)
