"""The national layer: figures of every commune from the sources that were fetched.

Compiled once from the locked files, then read from the cache; embedded figures stand where no
fetched source brings one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cpts_geo import settings
from cpts_geo.files import code_digest, write_atomically
from cpts_geo.french import counted, day
from cpts_geo.geography.cog.events import current_codes
from cpts_geo.geography.figures._areas import named, sums_of_areas
from cpts_geo.geography.figures._parts import Part
from cpts_geo.geography.figures.aggregate import SUMMARISED, with_every_figure
from cpts_geo.geography.figures.by_commune import cog_of, national_figures, parts_of
from cpts_geo.schema import (
    COLUMNS,
    FIGURE_COLUMNS,
    embedded_vintage,
    vintages,
)
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.catalogue.lock import read_lock
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.parsed import available, load_source

#: Notion that several sources bring, the best first.
_ALTERNATIVES = {
    "apl": tuple(dict.fromkeys(COLUMNS[name].source for name in reversed(vintages("apl")))),
    "age": ("insee_rp_structure_2022", COLUMNS[embedded_vintage("share_75plus")].source),
}
_AGE_75 = 75
#: The file of the embedded APL: a newer one holds the same years, sometimes corrected.
_EMBEDDED_APL = COLUMNS[embedded_vintage("apl")].source
#: The oldest code seen in the RPPS is not known; no merger before that year is looked for.
_RPPS_COG = 2018


@dataclass(frozen=True)
class National:
    """
    Figures of every commune, and of the areas they are compared with.

    Parameters
    ----------
    figures : DataFrame
        One row a commune, in the form of :func:`cpts_geo.sources.embedding.embedded.load_figures`,
        with all the figures that are known.
    comparisons : DataFrame
        In the form of :func:`cpts_geo.sources.embedding.embedded.load_comparisons`.
    inputs : dict of str to str
        SHA-256 of the fetched files used, by source key; empty when none was fetched.
    notes : tuple of str
        What was left out or lacks in the fetched files, in French.
    """

    figures: pd.DataFrame
    comparisons: pd.DataFrame
    inputs: dict[str, str]
    notes: tuple[str, ...]


def load_national(
    communes: pd.DataFrame, *, fetched: bool = True, say: Callable[[str], None] = lambda _: None
) -> National:
    """
    Load the figures of every commune: fetched where they were, embedded elsewhere.

    Parameters
    ----------
    communes : DataFrame
        The national table of communes.
    fetched : bool
        Whether fetched sources are looked for; else the embedded figures alone.
    say : callable
        Receives one French line when the layer has to be compiled.

    Returns
    -------
    National
        Figures, comparisons and what they were read from.

    Raises
    ------
    CptsGeoError
        A fetched file cannot be read, or the cache cannot be written.

    Examples
    --------
    >>> national = load_national(embedded.load_communes(), fetched=False)
    >>> len(national.figures), national.inputs
    (34920, {})
    """
    figures, comparisons = embedded.load_figures(), embedded.load_comparisons()
    chosen = _chosen() if fetched else {}
    missing = _missing() if fetched else ()
    if not chosen:
        return National(figures, comparisons, {}, missing)
    lock = read_lock(settings.lock_path())
    inputs = {key: lock[key].sha256 for key in sorted(set(chosen.values()))}
    folder = settings.cache_dir() / "layers" / _digest(inputs)
    paths = folder / "figures.parquet", folder / "comparisons.parquet"
    try:
        figures, comparisons = (pd.read_parquet(path) for path in paths)
    except (OSError, ValueError):
        # Not compiled yet, or damaged.
        many = counted(len(inputs), "source", "sources")
        say(f"Couche nationale : compilation de {many}, une seule fois")
        figures, comparisons = _compiled(chosen, communes, figures, comparisons)
        for table, path in zip((figures, comparisons), paths, strict=True):
            _write(table, path)
    undated = [
        f"{sources()[key].attribution} : fichier reçu le {day(lock[key].fetched)}, sans date dans "
        "son contenu."
        for key in inputs
        # A file that the catalogue knows by its hash needs no date of its own.
        if not lock[key].vintage and sources()[key].sha256 is None
    ]
    return National(figures, comparisons, inputs, (*missing, *undated, *figures.attrs["notes"]))


def _missing() -> tuple[str, ...]:
    """Sources that the lock names and the cache has no more: their figures would lack unseen."""
    locked = read_lock(settings.lock_path())
    wanted = {key for keys in _choices().values() for key in keys}
    gone = [key for key in locked if key in wanted and not available(key)]
    if not gone:
        return ()
    return (
        f"Le verrou nomme {', '.join(gone)}, absent du cache ou altéré : ses chiffres manquent ici "
        f"(cpts-geo data fetch {' '.join(gone)}).",
    )


def _choices() -> dict[str, tuple[str, ...]]:
    """Notion -> sources that bring it, the first one that was fetched is taken."""
    several = {key for keys in _ALTERNATIVES.values() for key in keys}
    named = {COLUMNS[name].source for name in FIGURE_COLUMNS} - several
    return _ALTERNATIVES | {key: (key,) for key in sorted(named) if sources()[key].reader}


def _chosen() -> dict[str, str]:
    """Notion -> the source taken for it, among those fetched."""
    found = {
        notion: next((key for key in keys if available(key)), "")
        for notion, keys in _choices().items()
    }
    return {notion: key for notion, key in found.items() if key}


def _digest(inputs: dict[str, str]) -> str:
    """Changes with the files, the embedded data, and the code that compiles them."""
    data = (settings.COMMUNES_DIR / "datapackage.json").read_text(encoding="utf-8")
    said = json.dumps([inputs, code_digest(), data])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a compiled table in the cache, whole or not at all."""
    write_atomically(path, lambda part: table.to_parquet(part, index=False, compression="zstd"))


def _parts(tables: dict[str, pd.DataFrame]) -> list[Part]:
    """What each fetched table brings; the RPPS and the census by age apart."""
    apart = {"ans_rpps": _rpps_part, _ALTERNATIVES["age"][0]: _age_part}
    known = {key: table for key, table in tables.items() if key not in apart}
    return parts_of(known) + [apart[k](tables[k], k) for k in apart if k in tables]


def _notes(tables: dict[str, pd.DataFrame], lost: pd.DataFrame) -> list[str]:
    """What readers noted, and the codes that have no place in the current COG."""
    said = [
        f"{sources()[key].attribution} : {note}."
        for key, table in tables.items()
        for note in table.attrs.get("notes", [])
    ]
    for source, rows in lost.groupby("source"):
        codes = ", ".join(rows["code_insee"])
        said.append(f"{source} : codes sans place dans le COG, laissés de côté : {codes}.")
    return said


def _rpps_part(table: pd.DataFrame, key: str) -> Part:
    """Codes of the RPPS are of several COG: each is followed to the current one on its own."""
    now = current_codes(table["code_insee"], from_vintage=_RPPS_COG)
    codes = now.fillna(table["code_insee"])
    counts = table["gps"].groupby(codes).sum().rename("gps_rpps")
    moved = counts.rename_axis("code_insee").reset_index()
    return Part(key, moved, settings.COG_YEAR, ("gps_rpps",), equipped_only=True)


def _age_part(table: pd.DataFrame, key: str) -> Part:
    """Share of people of 75 or more, of a census by age, weighed by its own people."""
    people = table["population"]
    old = people.where(table["age_low"] >= _AGE_75, 0)
    wide = table[["code_insee"]].assign(old=old, people=people).groupby("code_insee").sum()
    share = embedded_vintage("share_75plus")
    wide[share] = wide["old"] / wide["people"].where(wide["people"] > 0)
    rated = wide.drop(columns="old").reset_index()
    return Part(key, rated, cog_of(key), ("people",), {share: "people"})


def _compiled(
    chosen: dict[str, str],
    communes: pd.DataFrame,
    known_figures: pd.DataFrame,
    known_areas: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures of all communes, and comparisons of all areas, from the sources chosen."""
    tables = {key: load_source(key) for key in chosen.values()}
    figures, lost = national_figures(_parts(tables), communes)
    # What no fetched file brings keeps its embedded value, where there is one.
    brought = set(figures)
    rest = ["code_insee", *(name for name in known_figures if name not in brought)]
    figures = figures.merge(known_figures[rest], on="code_insee", how="left")
    figures = with_every_figure(figures)
    table = communes.drop(columns="geometry").merge(figures, on="code_insee")
    # A département is compared with the file its communes come from.
    if chosen.get("apl") not in (None, _EMBEDDED_APL):
        origins = known_areas["indicator"].map(lambda name: COLUMNS[name].source)
        known_areas = known_areas[origins != _EMBEDDED_APL]
    new = [name for name in SUMMARISED if name not in set(known_areas["indicator"])]
    long = named(sums_of_areas(table, indicators=new), table)
    figures.attrs = {"notes": _notes(tables, lost)}
    return figures, pd.concat([known_areas, long[list(known_areas)]], ignore_index=True)
