"""Columns that the contracts of several readers share, and the facilities that they count."""

from __future__ import annotations

from typing import Final

import pandera.pandas as pa

from cpts_geo.sources._conventions.tables import IN_SHARE, POSITIVE

#: Codes of general practitioners, the current one first: editions before 2024 say D201.
GP_CODES: Final = ("D265", "D201")
#: Names of the other facilities, by their code.
OTHER_FACILITIES: Final = {
    "D106": "emergency_departments",
    "D108": "health_centres",
    "D113": "health_houses",
    "D281": "nurses",
    "D307": "pharmacies",
}
_FACILITIES: Final = ("gps", *OTHER_FACILITIES.values())

#: The highest published figure is 40 consultations a year (05085, 2023): more is another unit.
CONSULTATIONS: Final = pa.Column(
    float,
    pa.Check.in_range(0, 100, error="consultations par an et habitant : de 0 à 100"),
    nullable=True,
)
DEPARTEMENT: Final = pa.Column(
    str, pa.Check.str_matches(r"^(?:\d{2,3}|2[AB])$", error="code de département attendu")
)
#: Names of facilities are the same in every table that has them.
FACILITY: Final = pa.Column(
    str, pa.Check.isin(_FACILITIES, error=f"attendu : {', '.join(_FACILITIES)}")
)
COUNT: Final = pa.Column(int, POSITIVE)
#: An estimate, which may have decimals and may be unknown.
QUANTITY: Final = pa.Column(float, POSITIVE, nullable=True)
YEAR: Final = pa.Column(int, pa.Check.in_range(2000, 2100, error="année attendue"))
#: A share that may be unknown, from 0 to 1.
SHARE: Final = pa.Column(float, IN_SHARE, nullable=True)
