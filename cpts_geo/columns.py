"""What a value is: how it is known, and the words that describe a column.

The vocabulary of :mod:`cpts_geo.schema`, which holds the columns themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Kind = Literal["count", "rate", "derived"]
Secrecy = Literal["public", "patients", "professionals"]


class Status(StrEnum):
    """How a value is known; the four never look alike on a page."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


STATUS_LABELS: Final = {
    Status.MEASURED: "mesuré",
    Status.ESTIMATED: "estimé",
    Status.ASSUMED: "hypothèse",
    Status.UNKNOWN: "donnée absente",
}
STATUS_MARKS: Final = {
    Status.MEASURED: "●",
    Status.ESTIMATED: "◐",
    Status.ASSUMED: "○",
    Status.UNKNOWN: "▨",
}
GRADE_LABELS: Final = {
    "A": "fichier officiel, texte légal ou communiqué",
    "B": "chiffre officiel lu par extrait, ou calcul reproductible sur données publiques",
    "C": "faible : petite étude, déduction, convention",
    "D": "hypothèse de modélisation, modifiable",
}


@dataclass(frozen=True)
class Column:
    """
    One quantity, described once.

    Parameters
    ----------
    name : str
        Column name in every table.
    label : str
        French label, without unit.
    unit : str
        French unit, empty for a share shown in %.
    kind : {"count", "rate", "derived"}
        Counts add, rates weigh by `weight`, derived values are computed from other columns.
    decimals : int
        Decimals shown.
    source : str
        Key of the source in ``sources/catalogue_*.toml``.
    vintage : str
        Year (or years) the figure describes.
    definition : str
        One French sentence that says what is counted.
    weight : str or None
        Denominator of a rate: the column its mean is weighed by.
    percent : bool
        Stored as a share in [0, 1], shown in %.
    signed : bool
        A difference: shown with its sign, + included.
    secrecy : {"public", "patients", "professionals"}
        Whom a commune's value could give away (the head-count of doctors is public).
    people : str or None
        Column that counts those behind a protected value; None for a count of patients.
    """

    name: str
    label: str
    unit: str
    kind: Kind
    decimals: int
    source: str
    vintage: str
    definition: str
    weight: str | None = None
    percent: bool = False
    signed: bool = False
    secrecy: Secrecy = "public"
    people: str | None = None

    @property
    def shown_unit(self) -> str:
        """Unit written beside a label: none for a share, whose values carry their %."""
        return "" if self.percent else self.unit

    @property
    def dated_label(self) -> str:
        """Label with its vintage, said once."""
        return self.label if self.vintage in self.label else f"{self.label}, {self.vintage}"


def status_column(name: str) -> str:
    """
    Name of the column that says how the values of `name` are known.

    Parameters
    ----------
    name : str
        Name of a value column.

    Returns
    -------
    str
        Name of its status column, whose values are those of :class:`Status`.

    Examples
    --------
    >>> status_column("apl_2023")
    'apl_2023_status'
    """
    return f"{name}_status"
