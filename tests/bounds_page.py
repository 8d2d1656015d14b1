"""The pages of bounds for people, docs/bounds*.md, written from the records of the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cpts_geo.sources._bounds import _fetched, _files
from cpts_geo.sources._bounds._bound import Bound
from cpts_geo.sources._bounds.limits import quantity

_ROWS = """| Bound | Limit | What it bounds | Refusal | Test |
|---|---|---|---|---|"""
_FILES = f"""# Bounds

What an analyst brings is read within these bounds, or refused in a French sentence with what to do.
They are generous for real use, and what is beyond is refused without filling the memory. This page
is written from `cpts_geo/sources/_bounds/_files.py`; `tests/sources/bounds/test_bounds.py` reads
each bound on both sides and checks that the page is up to date.

{_ROWS}"""
_FETCHED = f"""# Bounds of what is fetched

What a server sends is read within these bounds, or refused in a French sentence with what to do.
The largest download of a source is three times what the catalogue announces, plus a floor; its time
is a start, plus that size at the mean rate. Workbooks are held to the `workbook_…` bounds of
`docs/bounds.md` too. This page is written from `cpts_geo/sources/_bounds/_fetched.py`;
`tests/sources/bounds/test_fetch_bounds.py` checks that it is up to date.

{_ROWS}"""
#: What each bound bounds, and why so.
_WHAT_FILES = {
    "perimeter_bytes": (
        "size of a list of communes; one of all the communes of France is ten times smaller"
    ),
    "perimeter_rows": "rows of a list of communes; France has 35,000 communes",
    "call_log_bytes": "size of a call log; ten years of a busy line are a tenth of this",
    "call_log_rows": (
        "rows of a call log; a busy line of a territory takes 700,000 calls in ten years"
    ),
    "indicators_bytes": (
        "size of an export of indicators; a hundred of them for all communes take a third of it"
    ),
    "indicators_rows": "lines of an export of indicators; France has 35,000 communes",
    "known_lines_bytes": "size of a table of known lines; that of the package is 200 times smaller",
    "known_lines_rows": (
        "rows of a table of known lines; each weighs 150,000 draws, and 36 stand in the package"
    ),
    "aci_bytes": "size of a table of the indicators of the ACI; a filled one is a thousandth of it",
    "aci_rows": "rows of such a table; a hundred territories have 1,700",
    "manifest_bytes": "size of a manifest; that of a hundred territories is a tenth of it",
    "scenario_bytes": "size of a scenario file; those of the package are a hundred times smaller",
    "line_length": (
        "length of a line of text; a matrix of all the communes of France has lines of 250,000"
    ),
    "cell_length": "length of a cell of text; what a spreadsheet can hold",
    "text_columns": "columns of a list or of a log",
    "text_cells": "cells of a list or of a log, empty ones included",
    "workbook_unpacked": (
        "size of a workbook once unpacked; a million calls of six columns take half of it"
    ),
    "workbook_range": (
        "rows times columns of the used range of a sheet: one stray cell far away makes it huge"
    ),
    "workbook_cells": "rows times columns of all the visible sheets of a workbook together",
    "workbook_seconds": (
        "time to open a workbook, in a process apart; a million calls take a third of it"
    ),
    "workbook_memory": (
        "memory of the process that opens a workbook (where the system can limit it)"
    ),
    "polygons_bytes": (
        "size of a file of polygons, or of an archive once unpacked; 700 territories of 3 million "
        "vertices take half of it"
    ),
    "polygons_read": "features of a file, wanted or not; France has 35,000 communes",
    "polygons_layers": "layers of a file",
    "polygons_fields": "fields of a layer",
    "polygons_name": "length of the name of a territory; what a cell can hold",
    "polygons_territories": "territories wanted; a report has a page for each",
    "polygons_features": "features of the territories wanted",
    "polygons_vertices": "vertices of the territories wanted, once long edges are followed closely",
    "polygons_vertices_each": (
        "vertices of one territory; the coast of France at full detail takes a third of it"
    ),
    "polygons_rings": "parts and holes of the territories wanted",
    "polygons_seconds": "time to read a file of polygons, in a process apart",
    "polygons_memory": "memory of the process that reads polygons (where the system can limit it)",
    "squares_bytes": (
        "size of a file of squares; that of Insee, with all its columns, is a quarter of it"
    ),
    "squares_rows": "lines of a file of squares, its header included; Insee's has 2.3 million",
    "travel_bytes": (
        "size of a table of travel times; all the pairs of communes of France under an "
        "hour take a third of this"
    ),
    "travel_columns": "columns of a table; a matrix of all the communes of France has 35,000",
    "travel_pairs": (
        "rows of a list, or rows times columns of a matrix; 4 million is a whole region"
    ),
    "travel_unpacked": "size of a Parquet table once unpacked, as it says itself",
    "travel_seconds": "time to read a Parquet table, in a process apart",
    "travel_memory": (
        "memory of the process that reads a Parquet table (where the system can limit it)"
    ),
}
_WHAT_FETCHED = {
    "announced_times": (
        "a download, in times the size that the catalogue announces; a floor is added"
    ),
    "floor": "what is added to three times the announced size",
    "unannounced": "a download of which the catalogue announces no size",
    "other_answer": "body of an answer that is not the file: an error, a redirect",
    "redirects": "redirects from an address to its file",
    "rate": "slowest rate of an answer, measured on the sliding window",
    "window": "sliding window on which the rate is measured, from the first byte of an answer",
    "start": "time of a source before its bytes are counted: waits, tries, redirects",
    "mean_rate": "mean rate that gives the time of a source: its largest download at this rate",
    "list_files": "files of the list of a data set",
    "list_bytes": "list of the files of a data set; what is longer is judged as the file itself",
    "description": "description of a layer by a feature service",
    "pages": "pages of a layer; the largest known has a dozen",
    "unpacked_times": (
        "a file once unpacked, in times its largest download; the most repetitive "
        "official file seen (census) unpacks to 12 times its size"
    ),
    "unpacked": "a file once unpacked, whatever its source; ADMIN EXPRESS is smaller",
    "ratio": "a packed file or member of ten megabytes or more, in times its packed size",
    "members": "members of an archive; the largest known has some tens",
    "whole": "content that a reader keeps whole: delimited text, JSON, workbook in an archive",
    "header_text": "line that may be the header of a delimited file",
    "values": "lists and objects of a JSON; three million vertices make three million lists",
    "parquet_rows": "rows of a Parquet that are kept; a region has some million",
    "parquet_bytes": "a Parquet once unpacked, by its metadata",
    "practices": (
        "rows of doctors in the extraction of the RPPS; France has some hundreds of thousands"
    ),
}


def files_page() -> str:
    """Page of the bounds of an analyst's files."""
    return _page(
        _files.BOUNDS, _WHAT_FILES, head=_FILES, tests="tests/sources/bounds/test_bounds.py"
    )


def fetched_page() -> str:
    """Page of the bounds of what is fetched."""
    return _page(
        _fetched.BOUNDS,
        _WHAT_FETCHED,
        head=_FETCHED,
        tests="tests/sources/bounds/test_fetch_bounds.py",
    )


def _page(bounds: Sequence[Bound], what: Mapping[str, str], *, head: str, tests: str) -> str:
    assert list(what) == [bound.key for bound in bounds]
    lines = [
        f"| `{b.key}` | {quantity(b.limit, b.unit)} | {what[b.key]} | {_shown(b)} "
        f"| `{tests} -k {b.key}` |"
        for b in bounds
    ]
    return "\n".join([head, *lines, ""])


def _shown(bound: Bound) -> str:
    if not bound.sentence:
        return "—"
    sentence = bound.sentence.format(name="…", found="…", limit="…", where="…")
    return f"{sentence} *À faire :* {bound.remedy.format(limit=quantity(bound.limit, bound.unit))}"


if __name__ == "__main__":
    for name, page in (("bounds", files_page()), ("bounds_fetch", fetched_page())):
        Path("docs", f"{name}.md").write_text(page, encoding="utf-8")
