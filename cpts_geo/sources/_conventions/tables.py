"""What a table must hold, checked: every defect in French, naming its rows."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any, Final, TypeVar, cast

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from cpts_geo.errors import TableError, quoted
from cpts_geo.sources.codes import CODE_PATTERN

TableT = TypeVar("TableT", bound=pd.DataFrame)
#: Checks and columns that the contracts of several tables share.
POSITIVE: Final = pa.Check.ge(0, error="nombre positif ou nul attendu")
IN_SHARE: Final = pa.Check.in_range(0, 1, error="part entre 0 et 1 attendue")
_COMMUNE: Final = pa.Check.str_matches(CODE_PATTERN, error="code Insee de 5 caractères attendu")
CODE: Final = pa.Column(str, _COMMUNE)
MAYBE_CODE: Final = pa.Column(str, _COMMUNE, nullable=True)
UNIQUE_CODE: Final = pa.Column(str, _COMMUNE, unique=True)
FILLED: Final = pa.Column(str, pa.Check.str_length(min_value=1, error="texte vide"))
_SHOWN: Final = 20
_TYPE_RULE: Final = re.compile(r"(?:coerce_)?dtype\('(\w+)'\)")
_TYPES: Final = {"int64": "nombre entier", "float64": "nombre", "str": "texte"}
_RULES: Final = {
    "not_nullable": "valeur absente",
    "field_uniqueness": "valeur en double",
    "multiple_fields_uniqueness": "ligne en double",
}


def validate(table: TableT, schema: pa.DataFrameSchema, *, keys: list[str], origin: str) -> TableT:
    """Return a table coerced to a schema, or raise one TableError that lists in French every
    missing or unknown column and every value out of its type or domain, rows named by `keys`."""
    defects = [f"colonne absente : {column}" for column in schema.columns if column not in table]
    defects += [f"colonne inconnue : {column}" for column in table if column not in schema.columns]
    if not defects:
        try:
            return cast("TableT", schema.validate(table, lazy=True))
        except SchemaErrors as errors:
            defects = _defects(errors.failure_cases, table, keys=keys)
    raise TableError(
        f"La table « {origin} » ne respecte pas son contrat.",
        defects=defects,
        remedy="corrigez ces valeurs à la source ; une valeur inconnue se laisse vide.",
    )


def _defects(failures: pd.DataFrame, table: pd.DataFrame, *, keys: list[str]) -> list[str]:
    """One French line a column and rule, naming the guilty rows by their keys."""
    of_rows = failures["schema_context"] == "DataFrameSchema"
    # A rule on whole rows is reported once for each of their columns: its text says which.
    failures = failures.assign(column=failures["column"].mask(of_rows, ""))
    lines: list[str] = []
    ill_typed: set[str] = set()
    for pair, group in failures.groupby(["column", "check"], sort=False):
        column, rule = map(str, pair)
        typed = _TYPE_RULE.fullmatch(rule)
        if column in ill_typed and (typed or group["index"].isna().all()):
            continue  # the same value again, or a domain that cannot be judged
        if typed:
            ill_typed.add(column)
        cases = group.drop_duplicates("index").to_dict("records")
        # A rule of order names the columns that it sets against one another.
        beside = [] if "≤" not in rule else [name for name in table if _is_named(str(name), rule)]
        texts = list(
            dict.fromkeys(_case_text(case, table, keys=keys, beside=beside) for case in cases)
        )
        shown = texts[:_SHOWN]
        if len(texts) > _SHOWN:
            shown.append(f"et {len(texts) - _SHOWN} autres")
        said = f"{_TYPES[typed[1]]} attendu" if typed else _RULES.get(rule, rule)
        lines.append(f"{column or 'ligne'} : {said} ({', '.join(shown)})")
    return lines


def _is_named(column: str, rule: str) -> bool:
    """Whether a rule names a column."""
    return re.search(rf"\b{re.escape(column)}\b", rule) is not None


def _case_text(
    case: dict[Hashable, Any], table: pd.DataFrame, *, keys: list[str], beside: list[Any]
) -> str:
    """Row and value of one failure, those of the columns beside, or the type of a whole column."""
    if pd.isna(case["index"]):
        return f"toute la colonne est de type {case['failure_case']}"
    row = table.loc[[case["index"]]].iloc[0]
    name = " ".join(str(row[key]) for key in keys)
    if beside:
        values = [f"{each} = {row[each]}" for each in beside if str(row[each]) not in ("", "nan")]
        absent = [f"{each} vide" for each in beside if str(row[each]) in ("", "nan")]
        return f"{name} : {', '.join([*values, *absent])}"
    if case["column"] in ("", *keys) or pd.isna(case["failure_case"]) or case["failure_case"] == "":
        return name
    return f"{name} : {quoted(str(case['failure_case']))}"
