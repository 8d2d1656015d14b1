"""Runs in the process apart: a table of travel times in Parquet, weighed before it is unpacked."""

from __future__ import annotations

import io
import json

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from cpts_geo.errors import TravelError, one_line, quoted
from cpts_geo.sources._bounds.limits import hold


def parquet_table(content: bytes, *, name: str) -> bytes:
    """Read a Parquet file as an Arrow stream, columns named by their place, the header in its
    metadata."""
    try:
        _check_weight(content, name)
        table = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise TravelError(
            f"{one_line(name)} n’est pas un fichier Parquet lisible.",
            remedy="écrivez-le de nouveau, ou enregistrez la table en « CSV UTF-8 ».",
        ) from error
    # The codes of a matrix, or the pairs of a list, may be the index of who wrote it.
    table = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    header = [str(column) for column in table.columns]
    read = pa.Table.from_pandas(
        table.set_axis([str(place) for place in range(len(header))], axis=1), preserve_index=False
    ).replace_schema_metadata({"header": json.dumps(header)})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, read.schema) as stream:
        stream.write_table(read)
    return sink.getvalue()


def _check_weight(content: bytes, name: str) -> None:
    """Refuse by its own description what would not be read within bounds."""
    about = parquet.ParquetFile(pa.BufferReader(content))
    schema, metadata = about.schema, about.metadata
    columns = metadata.num_columns
    hold("travel_columns", columns, TravelError, name=name)
    leaves = (schema.column(place) for place in range(columns))
    # A flat column may have a dot in its name; a list has levels, and a record several leaves.
    several = len(about.schema_arrow.names) != columns
    nested = [
        leaf.path for leaf in leaves if leaf.max_repetition_level or (several and "." in leaf.path)
    ]
    if nested or several:
        raise TravelError(
            f"{one_line(name)} a des colonnes faites de listes ou d’enregistrements.",
            defects=[f"colonne {quoted(path)}" for path in nested],
            remedy="donnez un tableau simple : un code ou un temps par cellule.",
        )
    cells = metadata.num_rows * max(1, columns - 1 if columns > 8 else 1)
    hold("travel_pairs", cells, TravelError, name=name)
    groups = (metadata.row_group(place) for place in range(metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    hold("travel_unpacked", unpacked, TravelError, name=name)
