"""What pydantic refuses of a scenario, said in French."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date, time
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from cpts_geo.capacity.scenario._slips.meant import meant
from cpts_geo.errors import one_line
from cpts_geo.french import number

_PHRASES: Final = {
    "greater_than": "il faut plus de {gt}",
    "greater_than_equal": "il faut {ge} ou plus",
    "less_than": "il faut moins de {lt}",
    "less_than_equal": "il faut {le} ou moins",
    "finite_number": "il faut un nombre fini",
    "float_type": "il faut un nombre",
    "int_type": "il faut un nombre entier",
    "int_from_float": "il faut un nombre entier",
    "string_type": "il faut un texte entre guillemets",
    "string_too_short": "le texte est vide",
    "string_too_long": "le texte est trop long : {max_length} caractères au plus",
    "bool_type": "il faut true ou false",
    "date_type": "il faut une date, par exemple 2023-03-06",
    "tuple_type": "il faut une liste",
    "list_type": "il faut une liste",
    "too_long": "la liste est trop longue : il en faut {max_length}",
    "literal_error": "il faut l'une de ces valeurs : {expected}",
    "dict_type": "il faut une table",
    "model_type": "il faut une table",
    "time_type": "il faut une heure, par exemple 08:00:00",
}
#: How pydantic places the name of an entry of a table.
_KEY: Final = ".[key]"


class ContradictionError(ValueError):
    """What one field of a record denies of another: French sentences, one a contradiction."""

    def __init__(self, defects: Sequence[str]) -> None:
        self.defects = list(defects)
        super().__init__(" ; ".join(defects))


def refusals(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Say all that pydantic refuses of a record, one French sentence a defect, in their order."""
    said = []
    for detail in error.errors():
        if detail["type"] == "default_factory_not_called":  # of a field that is refused already
            continue
        raised = detail.get("ctx", {}).get("error")
        if isinstance(raised, ContradictionError):
            place = _place(detail["loc"])
            key = place.removesuffix(_KEY)  # a name refused in a table, not its value
            where = f"« {key} »" if key != place else f"{place} :"
            said += [f"{where} {defect}" for defect in raised.defects]
        else:
            said.append(in_french(detail, _record_at(model, detail["loc"]), model))
    return said


def _place(names: Sequence[int | str]) -> str:
    """Where a defect is; entries of a list are counted from 1."""
    return one_line(".".join(str(x + 1) if isinstance(x, int) else x for x in names))


def _record_at(model: type[BaseModel], place: Sequence[int | str]) -> type[BaseModel]:
    """Follow the place of a defect into the records nested in a record."""
    for name in place:
        known = model.model_fields.get(str(name))
        annotation: Any = known.annotation if known else None
        nested = [
            kind
            for kind in (annotation, *get_args(annotation))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        if not nested:
            break
        model = nested[0]
    return model


def in_french(detail: ErrorDetails, record: type[BaseModel], whole: type[BaseModel]) -> str:
    """Say one refusal of pydantic in French: field, value received and what is expected."""
    place = _place(detail["loc"])
    fields, name = record.model_fields, str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        if record is not whole and name in whole.model_fields:
            return f"« {place} » : écrivez « {one_line(name)} » avant la première table [ ]"
        return f"« {place} » est inconnu{nearest(name, list(fields))}"
    if detail["type"] == "missing":
        return lacking(place, fields.get(name))
    bounds = {name: _bound(value) for name, value in detail.get("ctx", {}).items()}
    phrase = _PHRASES.get(detail["type"], "valeur refusée").format(**bounds)
    name = next((name for name in reversed(detail["loc"]) if isinstance(name, str)), "")
    hint = meant(name, detail["type"], detail["input"], detail.get("ctx", {}))
    if not hint and detail["type"] == "tuple_type" and name in fields:
        extra = fields[name].json_schema_extra
        unit = extra.get("unit", "") if isinstance(extra, dict) else ""
        hint = f" ; {fields[name].description}{unit and f', {unit}'}"
    if detail["type"] == "model_type" and isinstance(detail["input"], str) and place != name:
        hint = (
            f' ; écrivez « {name} = {{ text = {one_line(repr(detail["input"]))}, grade = "C" }} »'
        )
    return f"« {place} » = {shown(detail['input'])} : {phrase.replace(' or ', ' ou ')}{hint}"


def lacking(place: str, info: FieldInfo | None) -> str:
    """Say which field a record lacks, and what to write there.

    >>> lacking("rota.gps", None)
    '« rota.gps » manque'
    """
    if info is None or not info.description:
        return f"« {place} » manque"
    meant, _, hint = info.description.partition(" : ")
    extra = info.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    like = ' "…"' if str in (info.annotation, *get_args(info.annotation)) else " …"
    what = ", ".join(filter(None, (meant[0].lower() + meant[1:], unit, hint)))
    name = place.rpartition(".")[2]
    return f"« {place} » manque : écrivez « {name} ={like} » ({what})"


def shown(value: object) -> str:
    """Quote a refused value in one line of 80 characters at most, whatever it is.

    >>> shown([8, 601]), shown(True), shown(date(2025, 1, 1)), shown(10**5000)
    ('[8, 601]', 'true', '2025-01-01', '(valeur trop longue à écrire)')
    """
    try:
        return one_line(_as_typed(value))
    except (ValueError, RecursionError):  # integers of thousands of digits, nested lists
        return "(valeur trop longue à écrire)"


def _as_typed(value: object) -> str:
    """Write a value as a file does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_typed, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_as_typed(each)}' for key, each in value.items())} }}"
    return repr(value)


def _bound(value: Any) -> Any:
    """Write a bound as people read it: 0.1 as in TOML, large ones with spaces."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    return number(value) if value >= 10_000 else f"{value:g}"


def nearest(name: str, names: list[str]) -> str:
    """Propose the known name closest to an unknown one, as the end of a sentence; else empty."""
    close = difflib.get_close_matches(name, names, n=1)
    return f" ; vouliez-vous dire « {close[0]} » ?" if close else ""
