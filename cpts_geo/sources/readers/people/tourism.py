"""Beds for visitors and dwellings: what swells a territory's population in season."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pandera.pandas as pa

from cpts_geo.errors import alike
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers.formats import sdmx
from cpts_geo.sources.readers.formats.base import Reader, unexpected
from cpts_geo.sources.readers.formats.insee import QUANTITY, UNIQUE_CODE

#: Column -> activity and measure. A hotel's PLACE is a room, a campsite's a pitch: no sum of both.
_CAPACITY: Final = {
    "hotel_rooms": ("I551", "PLACE"),
    "campsite_pitches": ("I553", "PLACE"),
    "other_beds": ("I552", "BEDPLACE"),
}
_DWELLINGS: Final = {
    "main_dwellings": "DW_MAIN",
    "secondary_dwellings": "DW_SEC_DW_OCC",
    "vacant_dwellings": "DW_VAC",
}
_ALL: Final = "_T"


def read_tourist_capacity(path: Path, source: Source) -> pd.DataFrame:
    """
    Read the capacity of tourist accommodation by commune; rented homes are not in it.

    Parameters
    ----------
    path : Path
        Melodi's ``DS_TOUR_CAP``.
    source : Source
        Its entry in the catalogue.

    Returns
    -------
    DataFrame
        code_insee, hotel_rooms, campsite_pitches (those let by the year included), other_beds
        (holiday villages, residences, hostels). The three have different units and never add up.
        0 where the file lists the commune without that kind, NaN where it gives no figure. In a
        file that lists what exists, a commune that is not there has none.

    Raises
    ------
    DataFileError
        Not that file, or several rows for one figure.
    """
    activities, measures = zip(*_CAPACITY.values(), strict=True)
    keep = {"ACTIVITY": [*activities], "TOUR_MEASURE": [*dict.fromkeys(measures)]}
    rows = sdmx.observations(path, source, keep=keep, others_at_total=True)
    rows = sdmx.newest(rows, path, source)
    pairs = {pair: column for column, pair in _CAPACITY.items()}
    texts = zip(rows["activity"].astype(str), rows["tour_measure"].astype(str), strict=True)
    rows["column"] = [pairs.get(pair) for pair in texts]
    return _wide(rows, [*_CAPACITY], path)


def read_housing(path: Path, source: Source) -> pd.DataFrame:
    """
    Read main, secondary and vacant dwellings by commune, from the census.

    Parameters
    ----------
    path : Path
        Melodi's ``DS_RP_SERIE_HISTORIQUE`` (or the larger ``DS_RP_LOGEMENT_PRINC``), several
        censuses: the newest is read.
    source : Source
        Its entry in the catalogue.

    Returns
    -------
    DataFrame
        code_insee, main_dwellings, secondary_dwellings (with occasional ones, which the census
        counts together), vacant_dwellings; weighted estimates, not rounded; NaN unknown.

    Raises
    ------
    DataFileError
        Not that file, or kinds that do not add up to the total where it is published.
    """
    keep = {"RP_MEASURE": ["DWELLINGS"], "OCS": [*_DWELLINGS.values(), _ALL]}
    rows = sdmx.observations(path, source, keep=keep, others_at_total=True)
    rows = sdmx.newest(rows, path, source)
    columns = {code: column for column, code in _DWELLINGS.items()} | {_ALL: "total"}
    rows["column"] = rows["ocs"].astype(str).map(columns)
    table = _wide(rows, [*_DWELLINGS, "total"], path)
    summed = table[[*_DWELLINGS]].sum(axis=1, skipna=False)
    off = (summed - table["total"]).abs() > 2
    if off.any():
        kind = "les catégories de logements ne font pas le total"
        lines = (f"{code} : {kind}" for code in table.loc[off, "code_insee"])
        raise unexpected(path, alike(lines, kind, total=int(off.sum())))
    return table.drop(columns="total")


def _wide(rows: pd.DataFrame, columns: list[str], path: Path) -> pd.DataFrame:
    """One column a kind; 0 where a listed commune has no row, NaN where its row has no figure."""
    rows = rows.astype({"code_insee": str})
    listed = pd.Index(sorted(set(rows["code_insee"])), name="code_insee", dtype=str)
    kept = rows[rows["column"].notna()]
    missing = [column for column in columns if column not in set(kept["column"])]
    if missing:
        raise unexpected(path, [f"aucune ligne pour {column}" for column in missing])
    values = {}
    for column in columns:
        found = kept[kept["column"] == column].set_index("code_insee")["value"]
        absent = ~listed.isin(found.index)
        values[column] = np.where(absent, 0.0, found.reindex(listed).to_numpy())
    return pd.DataFrame(values, index=listed).reset_index()


READERS: Final = {
    "tourist_capacity": Reader(
        read_tourist_capacity,
        sdmx.vintage,
        pa.DataFrameSchema(
            {"code_insee": UNIQUE_CODE, **dict.fromkeys(_CAPACITY, QUANTITY)},
        ),
        ("code_insee",),
    ),
    "housing": Reader(
        read_housing,
        sdmx.vintage,
        pa.DataFrameSchema(
            {"code_insee": UNIQUE_CODE, **dict.fromkeys(_DWELLINGS, QUANTITY)},
        ),
        ("code_insee",),
    ),
}
