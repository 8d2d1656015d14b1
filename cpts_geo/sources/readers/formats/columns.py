"""What the readers of Insee's files share: contracts of columns, whole numbers, one level."""

from __future__ import annotations

from typing import Final

import pandera.pandas as pa

from cpts_geo.sources.conventions.codes import CODE_PATTERN

#: Kinds of facilities, the same names in every table that has them.
FACILITIES: Final = ("gps", "emergency_departments", "pharmacies")
#: Codes of general practitioners, the current one first: editions before 2024 say D201.
GP_CODES: Final = ("D265", "D201")
#: Names of the other facilities, by their code.
OTHER_FACILITIES: Final = {"D106": "emergency_departments", "D307": "pharmacies"}

CODE: Final = pa.Column(
    str, pa.Check.str_matches(CODE_PATTERN, error="code Insee de 5 caractères attendu")
)
UNIQUE_CODE: Final = pa.Column(
    str,
    pa.Check.str_matches(CODE_PATTERN, error="code Insee de 5 caractères attendu"),
    unique=True,
)
FACILITY: Final = pa.Column(
    str, pa.Check.isin(FACILITIES, error=f"attendu : {', '.join(FACILITIES)}")
)
COUNT: Final = pa.Column(int, pa.Check.ge(0, error="nombre positif ou nul attendu"))
#: An estimate, which may have decimals and may be unknown.
QUANTITY: Final = pa.Column(
    float, pa.Check.ge(0, error="nombre positif ou nul attendu"), nullable=True
)
