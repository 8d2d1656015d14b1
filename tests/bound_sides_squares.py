"""Both sides of the bounds on files of squares."""

from __future__ import annotations

from cpts_geo.sources.analyst.squares.file import read_squares
from tests.bound_sides_door import Side, _of

TEXT = (
    b"idcar_200m,ind,lcog_geo\n"
    b"CRS3035RES200mN2764000E3676800,12.5,45130\n"
    b"CRS3035RES200mN2764200E3676800,3,4513045203\n"
)
_read = _of(read_squares, "carreaux.csv", TEXT)

SIDES: dict[str, Side] = {
    "squares_bytes": (_read, len(TEXT), len(TEXT) - 1),
    "squares_rows": (_read, 3, 2),
}
