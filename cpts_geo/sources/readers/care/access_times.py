"""Insee's car travel times from 200 m cells to the nearest facility of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cpts_geo.errors import one_line
from cpts_geo.sources._bounds.limits import LIMITS, said
from cpts_geo.sources._conventions.tables import CODE
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.codes import WHOLE_OF
from cpts_geo.sources.readers._formats.base import (
    Reader,
    find_columns,
    repaired_codes,
    unexpected,
)
from cpts_geo.sources.readers._formats.columns import FACILITY, GP_CODES, OTHER_FACILITIES, QUANTITY

_COLUMNS: Final = {
    "x": "x",
    "y": "y",
    "code_insee": "depcom",
    "population": "pop",
    "facility": "typeeq_id",
    "minutes": "duree",
    "distance": "distance",
}
#: Median over inhabitants of the farthest kind of facility: outside, times are not in minutes.
_MINUTES: Final = (1.0, 90.0)
#: Median speed in km/h of a car: outside, distances are neither in kilometres nor in metres.
_SPEED: Final = (5.0, 150.0)
_CELL: Final = ["x", "y", "code_insee", "facility"]


def _read_access_times(path: Path, source: Source) -> pd.DataFrame:
    """Minutes by car from each inhabited cell to the nearest facility of a kind: x, y (m),
    code_insee, population (once a facility), facility, minutes (NaN: no road), distance_km (NaN
    unknown); attrs gp_code."""
    # Imported here: 10 MB that only this reader needs.
    import pyarrow.dataset as ds  # noqa: PLC0415

    try:
        _check_bytes(path)
        data = ds.dataset(path, format="parquet")
        names = data.schema.names
        places = find_columns(names, _COLUMNS, path)
        columns = {name: ds.field(names[place]) for name, place in places.items()}
        for name in ("code_insee", "facility"):
            columns[name] = columns[name].cast(arrow.string())
        wanted = arrow.array([*GP_CODES, *OTHER_FACILITIES])
        kept = pc.is_in(columns["facility"], wanted)
        # Some hundred kinds of facilities are in it: what is not kept fills nothing.
        _check("parquet_rows", data.count_rows(filter=kept), path)
        rows = data.to_table(columns=columns, filter=kept)
    except (arrow.ArrowException, OSError) as error:
        raise unexpected(path, [f"Parquet illisible : {one_line(str(error))}"]) from error
    frame = rows.to_pandas()
    found = set(frame["facility"].unique())
    gp_code = next((code for code in GP_CODES if code in found), None)
    if gp_code is None:
        raise unexpected(path, [f"généralistes : ni {' ni '.join(GP_CODES)}"])
    frame["facility"] = frame["facility"].map({gp_code: "gps"} | OTHER_FACILITIES)
    frame = frame[frame["facility"].notna()].reset_index(drop=True)
    codes = pd.Series(frame["code_insee"].unique(), dtype=str)
    repaired = repaired_codes(codes, path).replace(WHOLE_OF)
    frame["code_insee"] = frame["code_insee"].map(dict(zip(codes, repaired, strict=True)))
    for column in ("x", "y", "population", "minutes", "distance"):
        frame[column] = frame[column].astype("float64")
    table = _one_row_a_cell(frame)
    _check_minutes(table, path)
    table["distance"] /= _metres(table, path)
    table = table.rename(columns={"distance": "distance_km"})
    table.attrs["gp_code"] = gp_code
    return table


def _check_bytes(path: Path) -> None:
    """Refuse by its metadata what would be long to unpack."""
    about = pq.read_metadata(path)
    groups = [about.row_group(place) for place in range(about.num_row_groups)]
    _check("parquet_bytes", sum(group.total_byte_size for group in groups), path)


def _check(key: str, found: int, path: Path) -> None:
    """Refuse what is beyond a bound."""
    if found > LIMITS[key]:
        raise unexpected(path, [said(key, found=found)])


def _one_row_a_cell(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells cut by quarters (IRIS) made whole: people added, times and distances averaged."""
    # A part without inhabitants still has its time: it weighs next to nothing, not nothing.
    weight = frame["population"].clip(lower=1e-9)
    parts = frame.assign(
        weight=weight, minutes=frame["minutes"] * weight, distance=frame["distance"] * weight
    )
    summed = parts.groupby(_CELL, sort=True, observed=True).sum(min_count=1, skipna=False)
    for column in ("minutes", "distance"):
        summed[column] /= summed["weight"]
    columns = ["x", "y", "code_insee", "population", "facility", "minutes", "distance"]
    return summed.reset_index()[columns]


def _median(values: pd.Series, weights: pd.Series) -> float:
    """Weighted median of known values; NaN without any."""
    known = values.notna() & (weights > 0)
    if not known.any():
        return float("nan")
    return float(np.quantile(values[known], 0.5, weights=weights[known], method="inverted_cdf"))


def _check_minutes(table: pd.DataFrame, path: Path) -> None:
    """Refuse times whose median is not one of minutes."""
    medians = {
        str(name): _median(group["minutes"], group["population"])
        for name, group in table.groupby("facility")
    }
    farthest = max((value for value in medians.values() if not np.isnan(value)), default=np.nan)
    low, high = _MINUTES
    if not low <= farthest <= high:
        shown = [f"{name} : médiane {value:.2f}" for name, value in medians.items()]
        raise unexpected(path, ["les durées ne sont pas des minutes", *shown])


def _metres(table: pd.DataFrame, path: Path) -> float:
    """Units of distance in a kilometre, told by the speed that they make."""
    moving = table["minutes"] > 1
    speed = table.loc[moving, "distance"] / (table.loc[moving, "minutes"] / 60)
    median = _median(speed, table.loc[moving, "population"])
    low, high = _SPEED
    for unit in (1.0, 1000.0):
        if np.isnan(median) or low <= median / unit <= high:
            return unit
    raise unexpected(path, [f"distances : {median:.0f} unités par heure, ni kilomètres ni mètres"])


READERS: Final = {
    "access_times": Reader(
        _read_access_times,
        pa.DataFrameSchema(
            {
                "x": pa.Column(float, pa.Check(lambda x: x.abs() > 10_000, error="en mètres")),
                "y": pa.Column(float, pa.Check(lambda y: y.abs() > 10_000, error="en mètres")),
                "code_insee": CODE,
                "population": pa.Column(float, pa.Check.ge(0, error="nombre positif attendu")),
                "facility": FACILITY,
                "minutes": QUANTITY,
                "distance_km": QUANTITY,
            },
            unique=_CELL,
        ),
    )
}
