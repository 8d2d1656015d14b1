"""All of France in a table, and the producers' files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from cpts_geo.api._asking import in_arguments
from cpts_geo.asked import Kinds, expect, function, one_of, path, settled, texts
from cpts_geo.atlas.look.cells import plain_cells
from cpts_geo.atlas.views.tables import table_view
from cpts_geo.atlas.views.view import View
from cpts_geo.errors import AskedError, quoted
from cpts_geo.french import counted
from cpts_geo.geography.figures.aggregate import SUMMARISED, area_summary, with_every_figure
from cpts_geo.geography.figures.national import load_national
from cpts_geo.geography.perimeters.partition import places_of
from cpts_geo.schema import COLUMNS, Status, best_status, status_column
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.embedding import embedded
from cpts_geo.sources.fetching.cached import located
from cpts_geo.sources.fetching.fetch import fetch as fetch_sources
from cpts_geo.sources.fetching.parsed import load_source
from cpts_geo.sources.status import status_table

#: Level -> columns of the table of communes: code and name of its areas.
_LEVELS: Final = {
    "commune": ("code_insee", "name"),
    "epci": ("epci", "epci_name"),
    "tvs": ("tvs", "tvs_name"),
    "departement": ("departement", "departement_name"),
    "region": ("region", "region_name"),
}


def france(level: str = "commune", *, fetched: bool = True) -> gpd.GeoDataFrame:
    """
    Give every area of France with its figures.

    Parameters
    ----------
    level : {"commune", "epci", "tvs", "departement", "region"}
        What a row is.
    fetched : bool
        Whether figures of fetched sources take the place of the embedded ones.

    Returns
    -------
    GeoDataFrame
        One row an area (EPSG:4326), under its code: name, figures (:mod:`cpts_geo.schema`) each
        with its ``_status``; NaN is unknown, 0 a known absence. Counts add, rates weigh; a figure
        that no area has is left out. ``note`` says, in French, which figures lack communes, and how
        many: a density is that of the communes whose area is known.

    Raises
    ------
    AskedError
        There is no such level, or `fetched` is no truth value.

    Examples
    --------
    >>> france("departement").at["45", "name"]
    'Loiret'
    """
    expect(fetched, bool, remedy="écrivez fetched=True ou fetched=False.")
    if not isinstance(level, str) or level not in _LEVELS:
        raise AskedError(
            f"{quoted(str(level))} n’est pas un niveau.", remedy=f"il y a : {', '.join(_LEVELS)}."
        )
    communes = embedded.load_communes()
    figures = load_national(communes, fetched=fetched).figures.set_index("code_insee")
    if level == "tvs":  # those of Paris, Lyon and Marseille are made of arrondissements
        parts = embedded.load_arrondissements()
        communes = places_of(communes, parts, parts["code_insee"])
    rows = communes.join(figures[figures.columns.difference(communes.columns)], on="code_insee")
    code, name = _LEVELS[level]
    known = with_every_figure(rows[rows[code].notna()])
    if level == "commune":
        # Those that count the communes under a threshold say nothing of one.
        said = [each for each in SUMMARISED if not COLUMNS[each].where]
        values, statuses, notes = _figures(known, code, [x for x in said if x not in rows])
        there = [each for each in said if each in rows and status_column(each) not in rows]
        told = {
            status_column(each): np.where(rows[each].isna(), Status.UNKNOWN, best_status(each))
            for each in there
        }
        whole = rows.assign(**told).set_index(code)
        return whole.join(pd.concat([values, statuses], axis=1)).assign(note=notes)
    values, statuses, notes = _figures(known, code, SUMMARISED)
    areas = gpd.GeoDataFrame(known[[code, name, "geometry"]], crs=communes.crs)
    drawn = areas[areas.geometry.notna()].dissolve(by=code, aggfunc="first", method="coverage")
    names = known.drop_duplicates(code).set_index(code)[name].rename("name")
    lacking = known["geometry"].isna().groupby(known[code]).sum()
    undrawn = "geometry : " + lacking.map(
        lambda many: counted(many, "commune sans contour", "communes sans contour")
    )
    notes = notes.str.cat(undrawn.where(lacking > 0, ""), sep="\n").str.strip()
    found = pd.concat([names, values, statuses, notes.rename("note")], axis=1).join(drawn.geometry)
    return gpd.GeoDataFrame(found.sort_index(), geometry="geometry", crs=communes.crs)


def _figures(
    communes: pd.DataFrame, code: str, indicators: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Figures of areas with their status, those that no area has left out, and notes on them."""
    behind = {each: COLUMNS[each].numerator or each for each in indicators}
    indicators = [each for each in indicators if communes[behind[each]].notna().any()]
    areas = communes.assign(area=communes[code])  # a commune is an area as well
    long = area_summary(areas, by="area", indicators=indicators)
    wide = long.set_index(["area", "indicator"])[["value", "status"]].unstack()
    wide = wide.rename_axis(code)
    order = [each for each in indicators if wide["value"][each].notna().any()]
    noted = long[(long["note"] != "") & long["indicator"].isin(order)]
    if code == "code_insee":  # that one lacks, its status says
        noted = noted[noted["value"].notna()]
    # One line a note, which several figures share.
    lines = noted.groupby(["area", "note"], sort=False)["indicator"].agg(", ".join).reset_index()
    lines["line"] = lines["indicator"] + " : " + lines["note"]
    notes = lines.groupby("area")["line"].agg("\n".join).reindex(wide.index, fill_value="")
    values, statuses = pd.DataFrame(wide["value"]), pd.DataFrame(wide["status"])
    return values[order], statuses[order].add_suffix("_status"), notes


def fetch(
    *keys: Any,
    mirror: Path | str | None = None,
    offline: bool = False,
    update: bool = False,
    progress: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> View:
    """
    Bring the producers' files into the cache, verified.

    Parameters
    ----------
    *keys : str or list of str
        Keys of the catalogue; the national sources if none is given.
    mirror : path or str, optional
        Folder of files already downloaded, tried first.
    offline : bool
        Whether no address is tried.
    update : bool
        Whether a new content is taken, and written in the lock.
    progress : bool
        Whether a bar is shown on the error output.
    say : callable
        Receives French lines that tell the progress.

    Returns
    -------
    View
        Its table has a row a source asked for: state, vintage, age, licence. Of files that name
        people only counts are kept.

    Raises
    ------
    CptsGeoError
        An argument is of another kind, a key is unknown, or a file cannot be had; every defect is
        listed.
    """
    asked = SimpleNamespace(
        keys=keys, mirror=mirror, offline=offline, update=update, progress=progress, say=say
    )
    if defects := settled(asked, _FETCHED):
        raise AskedError(
            f"La demande n’est pas claire : {counted(len(defects), 'point', 'points')}.",
            defects=defects,
            remedy='corrigez ou retirez ces arguments : cg.fetch("insee_bpe_2024").',
        )
    with in_arguments():
        had = fetched_files(
            asked.keys, mirror=asked.mirror, offline=offline, update=update, say=say,
            progress=progress,
        )  # fmt: skip
    every = status_table()
    table = every[every["source"].isin([each.key for each in had])]
    return table_view(
        f"{counted(len(had), 'source prête', 'sources prêtes')}",
        table,
        headers=["Source", "Producteur", "Produit", "État", "Millésime", "Licence"],
        rows=[
            plain_cells(*map(str, row))
            for row in table[
                ["source", "producer", "product", "state", "vintage", "licence"]
            ].to_numpy()
        ],
        value=had,
    )


def fetched_files(keys: Sequence[str], *, say: Callable[[str], None], **how: Any) -> list[Any]:
    """
    Bring files into the cache; of those that name people, counts alone stay.

    Parameters
    ----------
    keys : sequence of str
        Keys of the catalogue; the national sources if there is none.
    say : callable
        Receives French lines that tell the progress.
    **how : object
        As :func:`fetch`, already checked.

    Returns
    -------
    list
        As :func:`cpts_geo.sources.fetching.fetch.fetch`.

    Raises
    ------
    CptsGeoError
        In the words of the command line.
    """
    try:
        return fetch_sources([*keys] or None, say=say, **how)
    finally:
        _read_personal(tuple(keys), say)


def _keys(given: Sequence[Any]) -> tuple[str, ...]:
    """Keys given one by one, or in lists, none of which is empty."""
    several = [texts(each) for each in given]
    if not all(several):
        raise ValueError("la sélection est vide")
    return tuple(key for each in several for key in each)


_FETCHED: Final[Kinds] = {
    "keys": ("clés de sources", _keys),
    "mirror": ("mirror", path),
    "offline": ("offline", one_of(True, False)),
    "update": ("update", one_of(True, False)),
    "progress": ("progress", one_of(True, False)),
    "say": ("say", function),
}


def _read_personal(keys: Sequence[str], say: Callable[[str], None]) -> None:
    """Read at once the files that name people: their counts stay, the files do not."""
    for source in sources().values():
        asked = source.key in keys if keys else source.national
        file = located(source.key) if source.personal and asked else None
        if file:
            load_source(source.key)
            file.unlink(missing_ok=True)  # the same bytes fetched again are not read again
            say(f"{source.key} : lu, puis effacé (données personnelles)")
