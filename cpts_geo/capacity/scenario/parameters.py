"""What an input of the capacity rests on: its source, its grade, and the default parameters.

Grades: A = official file, legal text or press release of the territory; B = official figure
read through an excerpt or a reproducible computation; C = weak; D = assumption of ours.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from cpts_geo.capacity.scenario.records import Record
from cpts_geo.capacity.scenario.refusals import ContradictionError
from cpts_geo.errors import ScenarioError
from cpts_geo.foreign import MAX_NAME, is_invisible
from cpts_geo.settings import CPTS_DIR

Grade = Literal["A", "B", "C", "D"]


def _one_line(text: str) -> str:
    """Refuse what a page, a file name or a table cannot show: blanks, invisible characters."""
    if not text.strip():
        raise ContradictionError(["le texte est vide"])
    if odd := sorted(set(filter(is_invisible, text))):
        signs = ", ".join(map(ascii, odd))
        raise ContradictionError(
            [f"caractère invisible ({signs}) : le texte doit tenir sur une ligne"]
        )
    return text


#: Longer than any sentence on a source: what is not read by anyone.
_MAX_TEXT: Final = 2_000
#: A text of one line that says something, and one that names.
Text = Annotated[str, Field(min_length=1, max_length=_MAX_TEXT), AfterValidator(_one_line)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_one_line)]
#: TOML and JSON know lists only; a frozen record holds tuples.
AS_TUPLE: Final = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)

PARAMETERS_FILE: Final = CPTS_DIR / "parameters.toml"


def field(meaning: str, unit: str = "", **rules: Any) -> Any:
    """
    Describe one field of a scenario, in French, where everything that names it looks.

    Parameters
    ----------
    meaning : str
        What the field is.
    unit : str
        Its unit; empty where it has none.
    **rules : Any
        Bounds and default, as pydantic takes them.

    Returns
    -------
    Any
        The field.

    Examples
    --------
    >>> field("Durée", "minutes", gt=0).json_schema_extra
    {'unit': 'minutes'}
    """
    return Field(description=meaning, json_schema_extra={"unit": unit} if unit else None, **rules)


class Source(Record):
    """
    Where an input comes from, and how far it can be trusted.

    Attributes
    ----------
    text : str
        Producer, document and date, in French.
    grade : {"A", "B", "C", "D"}
        Trust grade (see the head of the module).
    """

    text: Text = field("Producteur, document et date")
    grade: Grade = field("Confiance, de A (officiel) à D (hypothèse)")


UNSOURCED: Final = Source(text="valeur saisie sans source", grade="D")
ANALYST: Final = Source(text="valeur choisie par l'analyste", grade="D")


class Default(Source):
    """
    A parameter used where a territory gives none of its own.

    Attributes
    ----------
    text : str
        Producer, document and date, in French.
    grade : {"A", "B", "C", "D"}
        Trust grade (see the head of the module).
    value : float, int, list of float or dict
        The parameter, as a scenario file writes it.
    """

    value: int | float | list[float] | dict[str, Any]

    def as_source(self) -> Source:
        """
        Keep only where the parameter comes from.

        Returns
        -------
        Source
            Text and grade.

        Examples
        --------
        >>> default_parameters()["age_share"].as_source().grade
        'C'
        """
        return _source(self.text, self.grade)


@lru_cache(maxsize=64)
def _source(text: str, grade: Grade) -> Source:
    """Checked once: every scenario takes most of its sources from here."""
    return Source(text=text, grade=grade)


@lru_cache(maxsize=1)
def default_parameters() -> Mapping[str, Default]:
    """
    Read the parameters used where a territory gives none, with source and grade.

    Returns
    -------
    Mapping of str to Default
        Parameters by name, as the package ships them.

    Raises
    ------
    ScenarioError
        If the shipped file was altered and holds defects.

    Examples
    --------
    >>> default_parameters()["share_without_mt"].grade
    'B'
    """
    parameters, defects = {}, []
    try:
        tables = tomllib.loads(PARAMETERS_FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        tables, defects = {}, [f"illisible : {error}"]
    for name, values in tables.items():
        try:
            parameters[name] = Default.model_validate(values)
        except ScenarioError as error:
            defects += [f"{name} : {defect}" for defect in error.defects]
    if defects:
        raise ScenarioError(
            f"Le fichier {PARAMETERS_FILE.name} du paquet est altéré.",
            defects=defects,
            remedy="réinstallez le paquet.",
        )
    return parameters
