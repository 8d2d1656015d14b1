"""What pydantic refuses of a scenario, said in French."""

from __future__ import annotations

import difflib
from typing import Final

from pydantic_core import ErrorDetails

_PHRASES: Final = {
    "missing": "il manque",
    "greater_than": "il faut plus de {gt:g}",
    "greater_than_equal": "il faut {ge:g} ou plus",
    "less_than": "il faut moins de {lt:g}",
    "less_than_equal": "il faut {le:g} ou moins",
    "finite_number": "il faut un nombre fini",
    "float_type": "il faut un nombre",
    "int_type": "il faut un nombre entier",
    "int_from_float": "il faut un nombre entier",
    "string_type": "il faut un texte entre guillemets",
    "string_too_short": "le texte est vide",
    "bool_type": "il faut true ou false",
    "date_type": "il faut une date, par exemple 2023-03-06",
    "tuple_type": "il faut une liste",
    "list_type": "il faut une liste",
    "too_long": "la liste est trop longue : il en faut {max_length}",
    "literal_error": "il faut l'une de ces valeurs : {expected}",
    "dict_type": "il faut une table",
    "model_type": "il faut une table",
}


def in_french(detail: ErrorDetails, names: list[str]) -> str:
    """
    Say one refusal of pydantic in French.

    Parameters
    ----------
    detail : pydantic_core.ErrorDetails
        The refusal.
    names : list of str
        Known field names, to propose the nearest one.

    Returns
    -------
    str
        Field, value received and what is expected.

    Examples
    --------
    >>> from pydantic import TypeAdapter, ValidationError
    >>> try:
    ...     TypeAdapter(dict[str, int]).validate_python({"draws": 1.5}, strict=True)
    ... except ValidationError as error:
    ...     in_french(error.errors()[0], ["draws"])
    '« draws » = 1.5 : il faut un nombre entier'
    """
    place = ".".join(str(x + 1) if isinstance(x, int) else x for x in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"« {place} » est inconnu{nearest(place, names)}"
    phrase = _PHRASES.get(detail["type"], "valeur refusée").format(**detail.get("ctx", {}))
    if detail["type"] == "missing":
        return f"« {place} » : {phrase}"
    return f"« {place} » = {detail['input']!r} : {phrase.replace(' or ', ' ou ')}"


def nearest(name: str, names: list[str]) -> str:
    """
    Propose the known name closest to an unknown one.

    Parameters
    ----------
    name : str
        Unknown name.
    names : list of str
        Known names.

    Returns
    -------
    str
        End of a French sentence, empty if no name is close.

    Examples
    --------
    >>> nearest("minuts", ["minutes", "target"])
    ' ; vouliez-vous dire « minutes » ?'
    """
    close = difflib.get_close_matches(name, names, n=1)
    return f" ; vouliez-vous dire « {close[0]} » ?" if close else ""
