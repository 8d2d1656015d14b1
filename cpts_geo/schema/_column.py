"""What a value is: how it is known, and all that the rest of the code asks of a column."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from cpts_geo.settings import COG_YEAR, OLD_AFTER_YEARS

Kind = Literal["count", "rate", "derived"]
Secrecy = Literal["public", "patients", "professionals"]
Table = Literal["communes", "figures", "past", "areas", "access", "computed"]
#: Written by a density after what it counts; all densities are per as many people.
PER_PEOPLE: Final = 100_000.0
_PER_PEOPLE_WORDS: Final = " pour 100 000 habitants"


class Status(StrEnum):
    """How a value is known, the best first; no two look alike on a page."""

    MEASURED = "measured"
    #: A modelled index, as its producer publishes it: nobody counted it.
    COMPUTED = "computed"
    #: Written in a public document by those it is about, who say no source.
    ANNOUNCED = "announced"
    ESTIMATED = "estimated"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


#: As a producer publishes it: what we do to a value can only make it less known.
FIRST_HAND: Final = (Status.MEASURED, Status.COMPUTED)
STATUS_LABELS: Final = {
    Status.MEASURED: "mesuré",
    Status.COMPUTED: "calculé",
    Status.ANNOUNCED: "annoncé",
    Status.ESTIMATED: "estimé",
    Status.ASSUMED: "hypothèse",
    Status.UNKNOWN: "donnée absente",
}
STATUS_MARKS: Final = {
    Status.MEASURED: "●",
    Status.COMPUTED: "ƒ",
    Status.ANNOUNCED: "“",
    Status.ESTIMATED: "◐",
    Status.ASSUMED: "○",
    Status.UNKNOWN: "▨",
}
GRADE_LABELS: Final = {
    "A": "fichier officiel, texte légal, ou registre des demandes lu par l’outil",
    "B": "communiqué ou document de ceux dont il parle, chiffre officiel connu par un extrait, ou "
    "calcul reproductible sur données publiques",
    "C": "faible : presse, thèse, petite étude, déduction, convention",
    "D": "hypothèse de modélisation, modifiable",
}


@dataclass(frozen=True)
class Where:
    """
    Communes that alone count in a sum: those whose `column` passes `test` against `limit`.

    Parameters
    ----------
    column : str
        Figure that is looked at; where it is unknown, so is what is summed.
    test : callable
        Of :mod:`operator`: ``eq``, ``lt``...
    limit : float
        What the figure is set against.
    """

    column: str
    test: Callable[[Any, float], Any]
    limit: float


@dataclass(frozen=True)
class Column:
    """
    One quantity, described once: no module reads any of this out of its name.

    Parameters
    ----------
    name : str
        Column name in every table; it carries the vintage.
    label : str
        French label, without unit.
    unit : str
        French unit, empty for a share shown in %.
    kind : {"count", "rate", "derived"}
        Counts add, rates weigh by `weight`, derived values are computed from other columns.
    decimals : int
        Decimals shown.
    source : str
        Key of the source in ``sources/catalogue/*.toml``.
    vintage : str
        Year (or years) the figure describes.
    definition : str
        One French sentence that says what is counted.
    secrecy : {"public", "patients", "professionals"}
        Whom a commune's value could give away (the head-count of doctors is public): never
        supposed, each column says it.
    table : {"communes", "figures", "past", "areas", "access", "computed"}
        Where its values stand: in the table of communes, always; among their figures, each with
        its status; in a file apart, that only a trend reads; in what is published for areas
        alone; in what access computes; nowhere, an area's being computed from other columns.
    weight : str or None
        Denominator: the column that a mean is weighed by, or that `numerator` is set against.
    numerator : str or None
        Column that an area sums instead of its own; of what is published, the count behind it.
    per : float
        What a sum over a sum is multiplied by.
    where : Where or None
        Communes that alone count in the numerator.
    family : str
        Name that vintages of one quantity share; empty where there is one only.
    fetched : bool
        Only fetched files bring it: the embedded data have none.
    best : Status
        The best it can be known, whatever its parts.
    whole : bool
        Counts things one can point at: never fractions.
    land : bool
        An area knows it when it knows it for its communes, not for its people.
    short : str
        What a sentence calls a source of the same notion.
    percent : bool
        Stored as a share in [0, 1], shown in %.
    signed : bool
        A difference: shown with its sign, + included.
    people : str or None
        Family of the columns that count those behind a protected value, or the column of one
        vintage; None for a count of patients.
    listed : bool
        Stands in the table of communes of a page, at its newest vintage.
    layer : str
        Short title of its layer on maps; empty where it is not drawn.
    breaks : tuple of float
        Upper bounds of the classes of this layer, right-closed; the last class is open. A count
        has none: its layer is of circles.
    more_is_better : bool
        Whether a reader wishes for more of it: its lowest class is then the darkest, as dark is
        need.
    """

    name: str
    label: str
    unit: str
    kind: Kind
    decimals: int
    source: str
    vintage: str
    definition: str
    secrecy: Secrecy = field(kw_only=True)
    table: Table = "computed"
    weight: str | None = None
    numerator: str | None = None
    per: float = 1.0
    where: Where | None = None
    family: str = ""
    fetched: bool = False
    best: Status = Status.MEASURED
    whole: bool = False
    land: bool = False
    short: str = ""
    percent: bool = False
    signed: bool = False
    people: str | None = None
    listed: bool = False
    layer: str = ""
    breaks: tuple[float, ...] = ()
    more_is_better: bool = False

    @property
    def quantity(self) -> str:
        """Name that its vintages share: the family, or the name of what has one vintage only."""
        return self.family or self.name

    @property
    def shown_unit(self) -> str:
        """Unit written beside a label: none for a share, whose values carry their %."""
        return "" if self.percent else self.unit

    @property
    def age_words(self) -> str:
        """What is said of a figure too old to be read as today's; empty for others."""
        years = [int(year) for year in re.findall(r"\d{4}", self.vintage)]
        old = bool(years) and max(years) < COG_YEAR - OLD_AFTER_YEARS
        return f"plus de {OLD_AFTER_YEARS} ans" if old else ""

    @property
    def dated_label(self) -> str:
        """Label with its vintage, said once, and its age where it is old."""
        dated = self.label if self.vintage in self.label else f"{self.label}, {self.vintage}"
        return ", ".join(filter(None, (dated, self.age_words)))

    @property
    def counted_label(self) -> str:
        """Label of what a density counts, without the people it is set against; see dated_label."""
        return self.dated_label.replace(_PER_PEOPLE_WORDS, "")


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
