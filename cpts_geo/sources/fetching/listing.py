"""The list of the files of a data set, where an address serves one in place of a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from cpts_geo.errors import DataFileError, one_line
from cpts_geo.sources.bounds.bound import quantity
from cpts_geo.sources.bounds.fetched import LIMITS, beyond

#: A title is looked at no further: a pattern on a long text may search for ever.
_LONGEST_TITLE: Final = 1_000


def listed_address(path: Path, pattern: str, *, base: str) -> str | None:
    """
    Address of the wanted file, when what an address served is the list of files of a data set.

    Parameters
    ----------
    path : Path
        What was served.
    pattern : str
        Regular expression looked for in the title and the address of each file.
    base : str
        Address of the list, for addresses relative to it.

    Returns
    -------
    str or None
        The most recently modified match, the first of the list among equals; None when this is
        no list of data.gouv.fr (``resources``) nor of Opendatasoft (``attachments``).

    Raises
    ------
    DataFileError
        The list has no such file (what it has is listed), or is longer than any.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "list"
    ...     text = '{"resources": [{"title": "reg24", "url": "/f/24.parquet"}]}'
    ...     _ = path.write_text(text)
    ...     listed_address(path, "reg24", base="https://exemple.fr/api")
    'https://exemple.fr/f/24.parquet'
    """
    if path.stat().st_size > LIMITS["list_bytes"]:
        return None
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    entries = isinstance(content, dict) and (content.get("resources") or content.get("attachments"))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    if len(entries) > LIMITS["list_files"]:
        raise beyond("list_files", found=quantity(len(entries), "fichiers"))
    files = [_listed(entry) for entry in entries]
    wanted = [file for file in files if any(re.search(pattern, text) for text in file[1:])]
    if not wanted:
        raise DataFileError(
            f"aucun fichier « {pattern} » dans la liste du jeu de données",
            defects=[one_line(f"{title} {address}") for _, title, address in files[:20]],
            remedy="adaptez « resource » dans sources/catalogue_*.toml.",
        )
    chosen = max(wanted, key=lambda file: file[0])[2]
    try:
        return urljoin(base, chosen)
    except ValueError as error:
        raise DataFileError(
            f"la liste donne une adresse invalide « {one_line(chosen)} »",
            remedy="essayez une autre adresse, ou déposez le fichier dans un miroir.",
        ) from error


def _listed(entry: dict[str, Any]) -> tuple[str, str, str]:
    """Date, title and address of a file of a list, in either form."""
    described = entry | (entry["metas"] if isinstance(entry.get("metas"), dict) else {})
    address = next(
        (
            entry[name]
            for name in ("url", "href", "latest")
            if isinstance(entry.get(name), str) and entry[name]
        ),
        "",
    )
    modified, title = (str(described.get(name) or "") for name in ("last_modified", "title"))
    return modified[:_LONGEST_TITLE], title[:_LONGEST_TITLE], address[:_LONGEST_TITLE]
