"""Insee's Melodi files: one observation a line, totals at several levels in the same column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from cpts_geo.errors import DataFileError, alike, quoted
from cpts_geo.sources._conventions.archives import member_name, open_content
from cpts_geo.sources._conventions.text import cells, decoded, plain
from cpts_geo.sources.catalogue.catalogue import Source
from cpts_geo.sources.readers._formats.base import find_columns, repaired_codes, unexpected

#: Columns that describe an observation and do not split it.
_ATTRIBUTES: Final = frozenset(
    {
        "geo", "geo_object", "freq", "time_period", "obs_value", "obs_measure", "obs_status",
        "obs_status_fr", "conf_status", "unit_mult", "unit_measure", "decimals",
    }
)  # fmt: skip
#: The total of a dimension, or a dimension that means nothing for this measure.
_TOTALS: Final = ("_T", "_Z")
#: "A" is a plain figure; "W" one that includes another commune's, whose own row says "K" and has
#: no figure of its own; files without statuses hold plain figures only.
_OWN_FIGURE: Final = ("A", "W", "")
_NUMBER: Final = r"^[-+]?\d+(\.\d*)?([eE][-+]?\d+)?$"
#: Bytes parsed at once: memory stays flat, and each block feeds both cores.
_BLOCK: Final = 4 * 1024 * 1024
#: Bytes that tell the years of a file without reading it whole.
_SAMPLE: Final = 2 * 1024 * 1024


@dataclass(frozen=True)
class _Header:
    """Names of the columns, and what separates them."""

    names: list[str]
    separator: str

    def place(self, wanted: str) -> int | None:
        """Place of a column by the plain text of its name; None without it."""
        return next((i for i, n in enumerate(self.names) if plain(n) == wanted), None)


def _read_header(stream: IO[bytes], path: Path, required: Collection[str]) -> _Header:
    """Read the first line; a DataFileError where a required column is not there."""
    line = decoded(stream.readline(65536)).text.rstrip("\r\n")
    separator = max(";,\t", key=line.count)
    names = cells(line, separator)
    find_columns(names, {name: re.escape(name.lower()) for name in required}, path)
    return _Header(names, separator)


def observations(
    path: Path,
    source: Source,
    *,
    keep: Mapping[str, Sequence[str] | None],
    others_at_total: bool = False,
) -> pd.DataFrame:
    """Observations of the communes, streamed: code_insee, the dimensions of `keep` (values kept;
    None for all) as categories, period (year), value (in units; NaN where the producer gives no
    figure of its own); `others_at_total` keeps other dimensions at their total only."""
    required = {"GEO", "GEO_OBJECT", "TIME_PERIOD", "OBS_VALUE", *keep}
    with open_content(path, source.inner) as stream:
        header = _read_header(stream, path, required)
        filters = {name.lower(): values for name, values in keep.items() if values is not None}
        filters["geo_object"] = ["COM"]  # Paris, Lyon and Marseille as wholes
        if others_at_total:
            named = {name.lower() for name in keep} | _ATTRIBUTES
            filters |= {plain(n): _TOTALS for n in header.names if plain(n) not in named and n}
        optional = [n for n in ("obs_status", "unit_mult") if header.place(n) is not None]
        dimensions = [name.lower() for name in keep]
        wanted = ["geo", "time_period", "obs_value", *optional, *dimensions]
        rows = _stream(stream, header, path, filters=filters, wanted=wanted)
    if rows.num_rows == 0:
        sought = ", ".join(f"{name.upper()} = {'/'.join(v)}" for name, v in filters.items())
        raise unexpected(path, [f"aucune ligne avec {sought}"])
    return _tidy(rows, path, dimensions=dimensions)


def _stream(
    stream: IO[bytes],
    header: _Header,
    path: Path,
    *,
    filters: Mapping[str, Sequence[str]],
    wanted: Sequence[str],
) -> pa.Table:
    """Rows that pass every filter, as text; the stream stands after the header line."""
    read = list(dict.fromkeys([*wanted, *filters]))
    # Names repeated or empty in the header would be ambiguous: columns are named by position.
    names = {name: f"c{header.place(name)}" for name in read}
    few = pa.dictionary(pa.int32(), pa.string())
    types = {names[name]: pa.string() if name == "obs_value" else few for name in read}
    options = arrow_csv.ConvertOptions(
        include_columns=[names[name] for name in read],
        column_types=types,
        strings_can_be_null=False,
    )
    parts = []
    try:
        with arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(
                block_size=_BLOCK,
                column_names=[f"c{i}" for i in range(len(header.names))],
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=header.separator),
            convert_options=options,
        ) as reader:
            for batch in reader:
                kept = batch
                for name, values in filters.items():
                    column = kept.column(names[name])
                    kept = kept.filter(pc.is_in(column, value_set=pa.array(values, pa.string())))
                if kept.num_rows:
                    kept = kept.select([names[name] for name in wanted])
                    parts.append(_with_numbers(kept.rename_columns(wanted), path))
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            raise unexpected(path, ["aucune ligne sous l’en-tête"]) from error
        raise unexpected(path, ["lignes illisibles"]) from error
    if not parts:
        return pa.table({name: pa.array([], pa.string()) for name in wanted})
    return pa.Table.from_batches(parts).unify_dictionaries()


def _with_numbers(rows: pa.RecordBatch, path: Path) -> pa.RecordBatch:
    """Figures as numbers, block by block: as text they would fill the memory."""
    if "obs_value" not in rows.schema.names:
        return rows
    text = pc.utf8_trim_whitespace(rows.column("obs_value"))
    given = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    known = pc.fill_null(pc.match_substring_regex(given, _NUMBER), True)
    if not pc.all(known).as_py():
        bad = sorted(set(given.filter(pc.invert(known)).to_pylist()))
        lines = (f"ce n’est pas un nombre : {quoted(value)}" for value in bad)
        raise unexpected(path, alike(lines, "pas un nombre", total=len(bad)))
    place = rows.schema.get_field_index("obs_value")
    return rows.set_column(place, "obs_value", pc.cast(given, pa.float64()))


def _tidy(rows: pa.Table, path: Path, *, dimensions: Sequence[str]) -> pd.DataFrame:
    """Table of rows that were kept: codes, dimensions, period and value in units."""
    frame = rows.to_pandas()
    for name in frame.select_dtypes("category"):
        # What was filtered out still stands in the dictionaries.
        frame[name] = frame[name].cat.remove_unused_categories()
    table = pd.DataFrame({"code_insee": _codes(frame["geo"], path)})
    for name in dimensions:
        table[name] = frame[name]
    table["period"] = _years(frame["time_period"], path)
    value = frame["obs_value"]
    if "unit_mult" in frame:
        # A figure in thousands is written with UNIT_MULT = 3.
        value = value * _powers_of_ten(frame["unit_mult"], path)
    if "obs_status" in frame:
        value = value.where(frame["obs_status"].isin(_OWN_FIGURE))
    table["value"] = value
    _refuse_repeats(table, ["code_insee", *dimensions], path)
    return table


def _refuse_repeats(table: pd.DataFrame, names: Sequence[str], path: Path) -> None:
    """Refuse two rows for one thing: their sum or either of them would be wrong."""
    key = table["period"].to_numpy()
    for name in names:
        key = key * len(table[name].cat.categories) + table[name].cat.codes.to_numpy()
    # Sorting numbers takes a tenth of the memory of pandas' own search for duplicates.
    if not (np.diff(np.sort(key)) == 0).any():
        return
    twice = table.loc[pd.Series(key).duplicated(), [*names, "period"]]
    rows = (" ".join(map(str, row)) for row in twice.itertuples(index=False))
    lines = (f"plusieurs lignes pour {quoted(row)}" for row in rows)
    said = f"{len(twice)} lignes en trop : une dimension n’est pas à son total"
    raise unexpected(path, [said, *alike(lines, "ligne en trop", total=len(twice))])


def _codes(geo: pd.Series, path: Path) -> pd.Series:
    """Codes of communes: bare in files, ``2026-COM-45234`` in answers of the API."""
    bare = pd.Series(geo.cat.categories.astype(str)).str.rsplit("-", n=1).str[-1]
    place, codes = pd.factorize(repaired_codes(bare, path), sort=True)
    return pd.Series(pd.Categorical.from_codes(place[geo.cat.codes], categories=codes))


def _years(periods: pd.Series, path: Path) -> pd.Series:
    """Years of periods; a DataFileError for what is no year."""
    texts = [str(period) for period in periods.cat.categories]
    bad = [text for text in texts if not re.fullmatch(r"\d{4}", text)]
    if bad:
        raise unexpected(path, [f"TIME_PERIOD {quoted(text)} n’est pas une année" for text in bad])
    return pd.Series(np.array([int(text) for text in texts])[periods.cat.codes])


def _powers_of_ten(powers: pd.Series, path: Path) -> np.ndarray:
    """Factor of each row by its UNIT_MULT; a DataFileError for what is no power."""
    texts = [str(power) or "0" for power in powers.cat.categories]
    bad = [text for text in texts if not re.fullmatch(r"-?\d{1,2}", text)]
    if bad:
        raise unexpected(path, [f"UNIT_MULT {quoted(text)} inconnu" for text in bad])
    return np.array([10.0 ** int(text) for text in texts])[powers.cat.codes]


def named_year(path: Path, source: Source) -> int | None:
    """Year in the name of the member, such as ``DS_BPE_2025_data.csv``; None without one."""
    name = PurePosixPath(member_name(path, source.inner)).name
    named = re.search(r"_(\d{4})_data\.csv$", name, re.IGNORECASE)
    return int(named[1]) if named else None


def newest(table: pd.DataFrame, path: Path, source: Source) -> pd.DataFrame:
    """Observations of the last period, without that column; a DataFileError where the member's name
    says another year."""
    last = int(table["period"].max())
    named = named_year(path, source)
    if named not in (None, last):
        raise contradicted(path, named=named, years=[last])
    latest: pd.DataFrame = table[table["period"] == last]
    return latest.drop(columns="period").reset_index(drop=True)


def vintage(path: Path, source: Source) -> str:
    """Year in the name of the member, which no first row may pass, else the newest of all rows."""
    named = named_year(path, source)
    years = periods(path, source, whole=named is None)
    if named is not None and max(years) > named:
        raise contradicted(path, named=named, years=years)
    return str(named or max(years))


def contradicted(path: Path, *, named: int | None, years: Collection[int]) -> DataFileError:
    """Error, to raise, of a file whose name and rows are not of the same year."""
    found = ", ".join(map(str, sorted(years)))
    said = f"{named} dans le nom du fichier" if named else "une seule année attendue"
    return unexpected(path, [f"millésimes qui se contredisent : {said}, {found} dans les lignes"])


def periods(path: Path, source: Source, *, whole: bool) -> set[int]:
    """Years of the rows, all of them where `whole`, else the first ones; a DataFileError without
    any."""
    with open_content(path, source.inner) as stream:
        header = _read_header(stream, path, ["GEO", "TIME_PERIOD", "OBS_VALUE"])
        body: IO[bytes] | pa.BufferReader = stream
        if not whole:
            sample = stream.read(_SAMPLE)
            body = pa.BufferReader(sample[: sample.rfind(b"\n") + 1] or sample)
        rows = _stream(body, header, path, filters={}, wanted=["time_period"])
    if rows.num_rows == 0:
        raise unexpected(path, ["aucune ligne sous l’en-tête"])
    return set(_years(rows.column("time_period").to_pandas(), path))
