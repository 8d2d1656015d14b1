"""The list of a data set's files, where an address serves one: the file to take in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

from cpts_geo.errors import DataFileError, one_line, quoted
from cpts_geo.files import parsed_json
from cpts_geo.sources._bounds.limits import LIMITS, hold
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.catalogue.totals import other_source

#: A text is looked at no further: a pattern on a long one may search for ever.
_LONGEST: Final = 1_000
#: Files of a list that a message shows.
_SHOWN: Final = 20
_YEAR: Final = r"(?<![0-9])20[0-9]{2}(?![0-9])"
#: Where lists keep their files: data.gouv.fr, attachments of Opendatasoft, Insee's Melodi.
_LISTS: Final = ("resources", "attachments", "product")


class _File(NamedTuple):
    """A file of a list: date of its last change, title, address."""

    dated: str
    title: str
    address: str

    @property
    def years(self) -> set[str]:
        """Years that its title or its address names."""
        return set(re.findall(_YEAR, f"{self.title} {self.address}"))


def listed_address(path: Path, source: Source, *, base: str) -> str | None:
    """
    Find the file of a source, where what was served is the list of the files of a data set.

    Parameters
    ----------
    path : Path
        What was served.
    source : Source
        Its pattern chooses among the files; in the catalogue of Insee, so do the form, the language
        and the vintage, and a pattern may be left out.
    base : str
        Address that served it, for those that are relative to it.

    Returns
    -------
    str or None
        Address of the newest file that fits; None where what was served is no list.

    Raises
    ------
    DataFileError
        No file fits, or several of one date do; those of the list are told.

    Examples
    --------
    >>> from cpts_geo.sources.catalogue.catalogue import sources
    >>> print(listed_address(Path(__file__), sources()["insee_bpe_2025"], base="https://a.fr"))
    None
    """
    if path.stat().st_size > LIMITS["list_bytes"]:
        return None
    try:
        content = parsed_json(path.read_bytes())
    except ValueError:
        return None
    kind = next((name for name in _LISTS if isinstance(content, dict) and name in content), "")
    melodi = kind == "product"
    if not kind or not (melodi or source.resource):
        return None
    entries = content[kind]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    hold("list_files", len(entries), DataFileError)
    chosen = (_of_melodi if melodi else _of_set)(entries, source)
    try:
        return urljoin(base, chosen.address)
    except ValueError as error:
        raise DataFileError(
            f"la liste donne une adresse invalide {quoted(chosen.address)}",
            remedy="essayez une autre adresse, ou déposez le fichier dans un miroir.",
        ) from error


def _of_set(entries: list[dict[str, Any]], source: Source) -> _File:
    """Newest file of a data set whose title or address matches the pattern of the source."""
    files = [_listed(entry) for entry in entries]
    wanted = [file for file in files if _matches(file, source.resource or "")]
    if not wanted:
        raise _refused(
            f"aucun fichier « {source.resource} » dans la liste du jeu de données",
            files,
        )
    return max(wanted, key=lambda file: file.dated)


def _of_melodi(entries: list[dict[str, Any]], source: Source) -> _File:
    """Newest French CSV of a set of Melodi, of the vintage of the source or of none said: Insee
    changes the names of its files, and withdraws a vintage when the next one comes."""
    files = [_listed(entry) for entry in entries]
    french = [
        file
        for file, entry in zip(files, entries, strict=True)
        if (_text(entry, "format").upper(), _text(entry, "language").upper()) == ("CSV", "FR")
        and file.address
        and _matches(file, source.resource or "")
    ]
    named = [file for file in french if source.holds in file.years]
    wanted = named or [file for file in french if not file.years or not source.holds]
    of = f" de {source.holds}" if source.holds else ""
    if not wanted:
        years = sorted({year for file in french for year in file.years})
        advice = f" : {other_source(source, years[-1])}" if years else ""
        raise _refused(f"le catalogue de l’Insee n’a pas de CSV en français{of}{advice}", files)
    newest = max(wanted, key=lambda file: file.dated)
    rivals = [file for file in wanted if file.dated == newest.dated]
    if len({file.address for file in rivals}) > 1:
        raise _refused(
            f"le catalogue de l’Insee a {len(rivals)} CSV en français{of}, de la même date : dites "
            "lequel par « resource » dans sources/catalogue/*.toml",
            rivals,
        )
    return newest


def _matches(file: _File, pattern: str) -> bool:
    """Whether the title or the address of a file matches a pattern."""
    return any(re.search(pattern, text) for text in (file.title, file.address))


def _refused(summary: str, files: list[_File]) -> DataFileError:
    """Error, to raise, of a list in which no file can be chosen, with those that it has."""
    shown = [one_line(" ".join(filter(None, file))) for file in files[:_SHOWN]]
    more = [f"et {len(files) - _SHOWN} autres"] if len(files) > _SHOWN else []
    return DataFileError(
        summary,
        defects=[*shown, *more] or ["la liste est vide"],
        remedy="essayez une autre adresse, ou adaptez « resource » dans sources/catalogue/*.toml.",
    )


def _listed(entry: dict[str, Any]) -> _File:
    """A file of a list, in any of the three forms."""
    described = entry | (entry["metas"] if isinstance(entry.get("metas"), dict) else {})
    dated = _text(described, "last_modified", "issued")
    title = _text(described, "id", "title") if "accessURL" in entry else _text(described, "title")
    return _File(dated, title, _text(entry, "url", "href", "latest", "accessURL"))


def _text(entry: dict[str, Any], *names: str) -> str:
    """First of these fields that is a text, cut where it is too long; empty without one."""
    texts = (entry.get(name) for name in names)
    return next((text[:_LONGEST] for text in texts if isinstance(text, str) and text), "")
