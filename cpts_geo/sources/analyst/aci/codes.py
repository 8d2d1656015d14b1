"""Indicators of the ACI, as ``indicators.toml`` beside defines them, and the columns of a file."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from cpts_geo.errors import DataFileError
from cpts_geo.sources._conventions.text import plain

_TABLE: Final = "indicators.toml"
#: How well the wording of the indicators is known: by extracts, second-hand.
ACI_GRADE: Final = "B"
#: Values of a row that have a year, by their name and the words of their headings.
PERIODS: Final[Mapping[str, str]] = {
    "reference": "Référence",
    "previous": "N-1",
    "value": "N",
    "target": "Cible",
}
#: Those that count somebody: a target is an aim.
COUNTED: Final = ("reference", "previous", "value")
#: Columns of a file, in order: name, heading.
_COLUMNS: Final[Mapping[str, str]] = {
    "territory": "Territoire",
    "code": "Code",
    "title": "Indicateur",
    "unit": "Unité",
    "reference": PERIODS["reference"],
    "reference_year": "Année de la référence",
    "reference_field": "Champ de la référence",
    "previous": PERIODS["previous"],
    "previous_year": "Année N-1",
    "previous_field": "Champ N-1",
    "value": PERIODS["value"],
    "value_year": "Année N",
    "value_field": "Champ N",
    "target": PERIODS["target"],
    "target_year": "Année de la cible",
    "justification": "Justification",
    "comment": "Commentaire",
    "producer": "Producteur",
    "date": "Date des données",
    "ask": "À demander",
}


@dataclass(frozen=True, kw_only=True)
class AciIndicator:
    """
    An indicator: what it counts, whom to ask. Fields are explained in ``indicators.toml``.

    Parameters
    ----------
    code, mission, title, short, formula, field, unit, direction, producer, ask : str
        French texts.
    course : tuple of float
        Reference, N-1 and target of an invented example, as multiples of N.
    example : float
        N of an invented example, as written in a file; NaN where a line gives it.
    like : str
        What its field must hold; empty for anything.
    people : bool
        Whether it counts patients.
    doctors : bool
        Whether it counts doctors.
    line : str
        Line of a filled table that counts the same; empty for none.
    follow_up : str
        Its name in a follow-up; empty where the log does not know it.
    """

    code: str
    mission: str
    title: str
    short: str
    formula: str
    field: str
    unit: str
    direction: str
    producer: str
    ask: str
    course: tuple[float, float, float]
    example: float = math.nan
    like: str = ""
    people: bool = False
    doctors: bool = False
    line: str = ""
    follow_up: str = ""

    @property
    def percent(self) -> bool:
        """Whether it is a share: written in %, kept from 0 to 1."""
        return self.unit == "%"

    @property
    def patients(self) -> str:
        """Line whose patients it counts, or is a share of; empty where it is of no patients."""
        return "" if self.doctors else self.line

    @property
    def whole(self) -> bool:
        """Whether it counts what has no half."""
        return self.unit not in ("%", "heures")

    def counts(self, field: str) -> bool:
        """
        Tell whether a field is one that this indicator counts.

        Parameters
        ----------
        field : str
            As a file says it.

        Returns
        -------
        bool
            Without regard to accents and capitals.

        Examples
        --------
        >>> aci_indicators()["mt_17_part"].counts("Tous âges")
        False
        """
        return re.search(self.like, plain(field)) is not None


@cache
def aci_indicators() -> Mapping[str, AciIndicator]:
    """
    Give the indicators of the ACI, by code.

    Returns
    -------
    Mapping of str to AciIndicator
        In the order of a fiche.

    Raises
    ------
    DataFileError
        The table of the package is altered.

    Examples
    --------
    >>> aci_indicators()["taux_reponse"].formula
    '(rendez-vous donnés + conseils) / demandes'
    """
    text = resources.files(__package__).joinpath(_TABLE).read_text("utf-8")
    try:
        found = [AciIndicator(**_tupled(each)) for each in tomllib.loads(text)["indicators"]]
        every = {each.code: each for each in found}
        wrong = len(every) < len(found) or any(
            each.direction not in ("hausse", "baisse") or len(each.course) != len(PERIODS) - 1
            for each in found
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _altered() from error
    if wrong:
        raise _altered()
    return every


def _tupled(each: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an indicator, of values that nothing changes."""
    return {name: tuple(x) if isinstance(x, list) else x for name, x in each.items()}


def _altered() -> DataFileError:
    """Refusal of a table that somebody broke."""
    return DataFileError(
        f"La table {_TABLE} des indicateurs de l’ACI est abîmée.",
        remedy="réinstallez cpts_geo, ou relisez la dernière ligne que vous y avez changée.",
    )
