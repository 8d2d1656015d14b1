"""What an input of the capacity rests on: its source, its grade, and the default parameters.

Grades: A = official file or legal text; B = figure announced by a public document, official figure
read through an excerpt or a reproducible computation; C = weak; D = assumption of ours.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator

from cpts_geo.capacity.scenario._refusals import ContradictionError, nearest
from cpts_geo.capacity.scenario.records import Record, Text, field
from cpts_geo.errors import ScenarioError
from cpts_geo.settings import CPTS_DIR

_PARAMETERS_FILE: Final = CPTS_DIR / "parameters.toml"


class Source(Record):
    """
    Where an input comes from, and how far it can be trusted.

    Attributes
    ----------
    text : str
        Producer, document and date, in French.
    grade : {"A", "B", "C", "D"}
        Trust grade (see the head of the module).
    announced : bool
        Whether those it is about wrote it in a public document.
    """

    text: Text = field("Producteur, document et date")
    grade: Literal["A", "B", "C", "D"] = field("Confiance, de A (officiel) à D (hypothèse)")
    announced: bool = field("Écrit par le territoire dans un document public", default=False)


#: Seed where none is chosen: taken before any result was seen, and not to be shopped for.
SEED: Final = 20_260_101
UNSOURCED: Final = Source(text="valeur saisie sans source", grade="D")
ANALYST: Final = Source(text="valeur choisie par l'analyste", grade="D")


class _Default(Source):
    """A default: a source, a value as a file writes it, and of a share, the people it is of."""

    value: int | float | list[float] | dict[str, Any]
    base: str = ""

    @cached_property
    def source(self) -> Source:
        """Where the parameter comes from, checked once: every scenario takes most from here."""
        return Source(text=self.text, grade=self.grade, announced=self.announced)


@lru_cache(maxsize=1)
def default_parameters() -> Mapping[str, _Default]:
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
        tables = tomllib.loads(_PARAMETERS_FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        tables, defects = {}, [f"illisible : {error}"]
    for name, values in tables.items():
        try:
            parameters[name] = _Default.model_validate(values)
        except ScenarioError as error:
            defects += [f"{name} : {defect}" for defect in error.defects]
    if defects:
        raise ScenarioError(
            f"Le fichier {_PARAMETERS_FILE.name} du paquet est altéré.",
            defects=defects,
            remedy="réinstallez le paquet.",
        )
    return parameters


#: Inputs that must say where they come from, where they have a value.
SOURCED_FIELDS: Final = (
    "people_without_mt",
    "people_cv",
    "between_territory_sd",
    "calls_observed",
    "calls_people_years",
    "need_share",
    "snp_rate",
    "unmet_share",
    "visitors",
    "visitor_rate_ratio",
    "minutes",
    "calendar",
    "deadline_days",
    "target",
    "dispersion",
    "no_show_rate",
    "gp_hour_cost",
    "slots_today",
    "rota",
    "minutes_per_slot_today",
    "observed_consultations",
)


def _sourced(name: str) -> str:
    """The name of an input that owes a source; refused where it is none."""
    if name not in SOURCED_FIELDS:
        raise ContradictionError([f"est inconnu{nearest(name, list(SOURCED_FIELDS))}"])
    return name


SourcedName = Annotated[str, AfterValidator(_sourced)]
