"""What each table must hold: columns, types, domains, and what may be unknown.

Files compiled into data/communes are checked when they are compiled, and their SHA-256 proves
it afterwards; those of data/cpts, written by hand for the most part, are checked every time they
are read.
"""

from __future__ import annotations

from typing import Final, Literal

import pandera.pandas as pa
from pandas.api.types import is_numeric_dtype

from cpts_geo.schema import (
    AREA,
    AROUND,
    COLUMNS,
    EARLIER_POPULATION,
    EMBEDDED_FIGURES,
    Status,
    status_column,
    vintages,
)
from cpts_geo.sources._conventions.tables import (
    CODE,
    FILLED,
    IN_SHARE,
    MAYBE_CODE,
    POSITIVE,
    UNIQUE_CODE,
    TableT,
    validate,
)
from cpts_geo.sources.codes import COLLECTIVITES, FUSION, PLM, RECODED, RETIRED, SPLIT, WHOLE_OF
from cpts_geo.sources.embedding._hand_written import HAND_WRITTEN, one_of, text

#: What zones of producers a commune is in: their codes, each with its name.
_ZONES: Final = ("tvs", "tvs_name", "bassin_de_vie", "bassin_de_vie_name")
_TableName = Literal[
    "communes", "arrondissements", "figures", "apl_history", "comparisons", "cog_events",
    "former_communes", "outside_communes", "ept", "postal_codes", "day_profiles", "travel_factors",
    "perimeters", "known_lines",
    "territories", "facts", "sites", "aci_sizes",
]  # fmt: skip

_CODES_PATTERN: Final = r"^(?:\d{2}|2[AB])\d{3}( (?:\d{2}|2[AB])\d{3})+$"
_CODE_OR_CODES: Final = _CODES_PATTERN.removesuffix("+$") + "*$"
#: Columns that name a row in a message.
_KEYS: Final[dict[_TableName, list[str]]] = {
    "communes": ["code_insee"],
    "arrondissements": ["code_insee"],
    "figures": ["code_insee"],
    "apl_history": ["code_insee"],
    "comparisons": [*AREA, "indicator"],
    "cog_events": ["year", "from_code"],
    "former_communes": ["former_code", "former_name"],
    "outside_communes": ["code_insee"],
    "ept": ["code_insee"],
    "postal_codes": ["postal_code", "code_insee"],
    "day_profiles": ["series", "kind", "key"],
    "travel_factors": ["departement"],
    "perimeters": ["territory", "code_insee"],
    "known_lines": ["line"],
    "territories": ["territory"],
    "facts": ["territory", "fact"],
    "sites": ["territory", "code_insee"],
    "aci_sizes": ["size"],
}
_FACTOR: Final = pa.Column(float, pa.Check.gt(0, error="nombre au-dessus de 0 attendu"))
_WHOLE_NUMBER: Final = pa.Check(lambda values: values % 1 == 0, error="nombre entier attendu")


def _figure(name: str) -> pa.Column:
    """Column of a figure of the schema, which may be unknown."""
    checks = [IN_SHARE if COLUMNS[name].percent else POSITIVE]
    if COLUMNS[name].whole:
        checks.append(_WHOLE_NUMBER)
    return pa.Column(float, checks, nullable=True)


def _unknown_exactly(value: str, status: str) -> pa.Check:
    """Say ``unknown`` where the value is missing, and nowhere else."""
    return pa.Check(
        lambda table: table[value].isna() == (table[status] == Status.UNKNOWN.value),
        error=f"{status} doit valoir « {Status.UNKNOWN.value} » si et seulement si {value} manque",
    )


_SHARES: Final = [name for name, column in COLUMNS.items() if column.percent]
_PLACES: Final[dict[str, pa.Column]] = {
    "code_insee": UNIQUE_CODE,
    "name": FILLED,
    "departement": FILLED,
    "departement_name": FILLED,
    "region": FILLED,
    "region_name": FILLED,
    **{name: text(nullable=True) for name in _ZONES},
    "epci": text(nullable=True),
    "epci_name": text(nullable=True),
    "split_family": text(
        pa.Check.str_matches(_CODES_PATTERN, error="codes Insee séparés par un espace"),
        nullable=True,
    ),
    "population": pa.Column(int, POSITIVE),
    EARLIER_POPULATION: pa.Column(float, [POSITIVE, _WHOLE_NUMBER], nullable=True),
    "area_km2": pa.Column(
        float, pa.Check.gt(0, error="superficie positive attendue"), nullable=True
    ),
    "lon": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
    "lat": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
    "point_status": one_of((Status.MEASURED, Status.ESTIMATED)),
    "geometry": pa.Column(None, nullable=True),
}
_SCHEMAS: Final[dict[str, pa.DataFrameSchema]] = {
    "communes": pa.DataFrameSchema(_PLACES),
    "arrondissements": pa.DataFrameSchema(
        {**_PLACES, "city": pa.Column(str, pa.Check.isin(list(PLM)))},
        checks=[
            pa.Check(
                lambda table: table["code_insee"].map(WHOLE_OF) == table["city"],
                error="arrondissement d’une autre commune",
            ),
        ],
    ),
    "figures": pa.DataFrameSchema(
        {
            "code_insee": UNIQUE_CODE,
            **{name: _figure(name) for name in EMBEDDED_FIGURES},
            **{status_column(name): one_of(Status) for name in EMBEDDED_FIGURES},
        },
        checks=[_unknown_exactly(name, status_column(name)) for name in EMBEDDED_FIGURES],
    ),
    "apl_history": pa.DataFrameSchema(
        {"code_insee": UNIQUE_CODE, **{name: _figure(name) for name in vintages("apl_past")}}
    ),
    "comparisons": pa.DataFrameSchema(
        {
            "area_level": one_of(level.key for level in AROUND),
            "area_code": FILLED,
            "area_name": FILLED,
            "indicator": one_of(COLUMNS),
            "value": pa.Column(float, POSITIVE, nullable=True),
            "status": one_of(Status),
            "note": text(),
        },
        checks=[
            _unknown_exactly("value", "status"),
            pa.Check(
                lambda table: ~table["indicator"].isin(_SHARES) | ~(table["value"] > 1),
                error="une part dépasse 1",
            ),
        ],
        unique=[*AREA, "indicator"],
    ),
    "cog_events": pa.DataFrameSchema(
        {
            "year": pa.Column(int, pa.Check.ge(1943, error="année de 1943 ou après attendue")),
            "dated": pa.Column(bool),
            "event": one_of((FUSION, SPLIT, RECODED, RETIRED)),
            "from_code": CODE,
            "to_code": MAYBE_CODE,
            "former_codes": text(
                pa.Check.str_matches(_CODE_OR_CODES, error="codes Insee séparés par un espace"),
                nullable=True,
            ),
            "evidence": FILLED,
        },
        checks=[
            pa.Check(
                lambda table: (table["event"] == RETIRED) == table["to_code"].isna(),
                error="to_code doit manquer pour un retrait, et lui seul",
            ),
            pa.Check(
                lambda table: (table["event"] == SPLIT) == table["former_codes"].notna(),
                error="former_codes doit être rempli pour une scission, et elle seule",
            ),
            pa.Check(
                lambda table: (
                    (table["event"] == SPLIT) | ~table.duplicated(["year", "from_code"], keep=False)
                ),
                error="un code n’a plusieurs suites que par scission",
            ),
            pa.Check(
                lambda table: (table["event"] == SPLIT) | (table["from_code"] != table["to_code"]),
                error="un code ne devient pas lui-même",
            ),
        ],
        unique=["year", "from_code", "to_code"],
    ),
    "former_communes": pa.DataFrameSchema(
        {
            "former_code": CODE,
            "former_name": text(nullable=True),
            "kind": FILLED,
            "code_insee": CODE,
            "since_cog": pa.Column(None, nullable=True),
        },
        unique=["former_code", "former_name"],
    ),
    "outside_communes": pa.DataFrameSchema(
        {
            "code_insee": pa.Column(
                str,
                pa.Check.str_matches(
                    rf"^(?:{'|'.join(COLLECTIVITES)})", error="code de collectivité attendu"
                ),
                unique=True,
            ),
            "name": FILLED,
            "collectivite": FILLED,
            "collectivite_name": FILLED,
        }
    ),
    "postal_codes": pa.DataFrameSchema(
        {
            "postal_code": pa.Column(
                str, pa.Check.str_matches(r"^\d{5}$", error="cinq chiffres attendus")
            ),
            "code_insee": CODE,
        },
        unique=["postal_code", "code_insee"],
    ),
    "ept": pa.DataFrameSchema({"code_insee": UNIQUE_CODE, "ept": FILLED, "ept_name": FILLED}),
    "travel_factors": pa.DataFrameSchema(
        {
            "departement": pa.Column(str, FILLED.checks, unique=True),
            "communes": pa.Column(int, POSITIVE),
            "ratio": pa.Column(float, POSITIVE, nullable=True),
            **dict.fromkeys(("travel_low", "travel_central", "travel_high"), _FACTOR),
        },
    ),
    "day_profiles": pa.DataFrameSchema(
        {
            "series": one_of(("sos_medecins", "emergency_visits")),
            "kind": one_of(
                ("weekday", "month", "holiday", "bridge", "after_holiday", "day_to_day", "hole")
            ),
            "key": text(nullable=True),
            "factor": pa.Column(float, pa.Check.gt(0, error="facteur positif attendu")),
            "low": pa.Column(float, POSITIVE, nullable=True),
            "high": pa.Column(float, POSITIVE, nullable=True),
            "days": pa.Column(int, pa.Check.ge(1, error="au moins un jour attendu")),
        },
        unique=["series", "kind", "key"],
    ),
    **HAND_WRITTEN,
}


def check(table: TableT, name: _TableName, *, origin: str = "") -> TableT:
    """
    Check a table against its contract.

    Parameters
    ----------
    table : DataFrame
        The table to check; left as it is.
    name : str
        Name of the contract, a key of the schemas above.
    origin : str, optional
        File the table comes from, for the message.

    Returns
    -------
    DataFrame
        The same rows; `value` of facts turned into a number.

    Raises
    ------
    TableError
        A column is missing or unknown, or values break their type or domain; lists every one.
    """
    return validate(table, _SCHEMAS[name], keys=_KEYS[name], origin=origin or name)


def numbers_of(name: _TableName) -> dict[str, bool]:
    """
    Give the columns of a table, and whether each is a number.

    Parameters
    ----------
    name : str
        Name of the contract.

    Returns
    -------
    dict of str to bool
        By name, in the order of the table.

    Examples
    --------
    >>> numbers_of("sites")["hours_per_week"], numbers_of("sites")["grade"]
    (True, False)
    """
    columns = _SCHEMAS[name].columns
    return {column: is_numeric_dtype(each.dtype.type) for column, each in columns.items()}
