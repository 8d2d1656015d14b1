"""The share of people without médecin traitant that an analyst gives, or an export of his holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pandas as pd

from cpts_geo.errors import AskedError
from cpts_geo.french import joined, percent
from cpts_geo.schema import WITHOUT_MT, Status

#: Ages that a share may be of, as a command says them, and in words.
AGES: Final = {"all": "tous âges", "17+": "17 ans et plus", "16+": "16 ans et plus"}
#: Another wording of the same ages.
_SAME: Final = {"plus de 16 ans": AGES["17+"]}
#: How far a share that is given can be trusted: no more than who gives it.
BY_ANALYST: Final = "fourni par l’analyste"
#: Remedy of what is said of one territory where several are asked for.
ONE_ALONE: Final = "demandez ce seul territoire (sa clé, sa liste de communes, ou --epci)."
#: Rank of a share that was typed among what is known besides filled tables: the capacity counts it.
TYPED: Final = 1
_YEAR: Final = re.compile(r"\b(?:19|20)\d{2}\b")


@dataclass(frozen=True)
class GivenShare:
    """
    A share of people without médecin traitant, of one territory.

    Parameters
    ----------
    value : float
        From 0 to 1.
    base : str
        Ages it is of, in French; « âges non dits » where nothing says it.
    source : str
        Who says it, and where.
    vintage : str
        Year it describes; empty where nothing says it.
    grade : str
        How far it can be trusted.
    note : str
        How it was made; empty where it was given as it is.
    status : str
        How it is known.
    typed : bool
        Whether it was typed, and stands in no file.
    """

    value: float
    base: str
    source: str
    vintage: str
    grade: str
    note: str = ""
    status: str = Status.MEASURED.value
    typed: bool = False


def comparable(base: str, other: str) -> bool:
    """
    Tell whether two shares may be gauged against one another.

    Parameters
    ----------
    base, other : str
        French words for the ages that each is of.

    Returns
    -------
    bool
        Whether these are the same.

    Examples
    --------
    >>> comparable("plus de 16 ans", "17 ans et plus"), comparable("tous âges", "17 ans et plus")
    (True, False)
    """
    return _SAME.get(base, base) == _SAME.get(other, other)


def lacking_parts(typed: Mapping[str, object]) -> list[str]:
    """
    Say what lacks of a share: it means nothing without the people it is of, and who says it.

    Parameters
    ----------
    typed : mapping of str to object
        What was typed for each part, by the name of its option; None or blank for nothing.

    Returns
    -------
    list of str
        One French line, or none where all or nothing was typed.

    Examples
    --------
    >>> lacking_parts({"--share": 0.14, "--share-of": None})[0].partition(" (")[0]
    '--share : il manque --share-of'
    """
    there = [name for name, value in typed.items() if value is not None and str(value).strip()]
    lacking = [name for name in typed if name not in there]
    if not there or not lacking:
        return []
    return [
        f"{joined(there)} : il manque {joined(lacking)} (une part ne se lit pas sans ses âges et "
        "sa source)"
    ]


def typed_share(value: float, *, ages: str, source: str) -> GivenShare:
    """
    Describe a share that was typed.

    Parameters
    ----------
    value : float
        From 0 to 1.
    ages : str
        Key of :data:`AGES`.
    source : str
        Who says it, and when.

    Returns
    -------
    GivenShare
        Its year is the last one that the source names.

    Examples
    --------
    >>> found = typed_share(0.14, ages="17+", source="CPAM, 2025")
    >>> found.base, found.vintage
    ('17 ans et plus', '2025')
    """
    years = _YEAR.findall(source)
    return GivenShare(
        value, AGES[ages], source.strip(), years[-1] if years else "", BY_ANALYST,
        status=Status.ANNOUNCED.value, typed=True,
    )  # fmt: skip


def exported_share(given: pd.DataFrame) -> GivenShare | None:
    """
    Find the share in the indicators of a territory.

    Parameters
    ----------
    given : DataFrame
        As :func:`cpts_geo.indicators.given.given_values` gives them.

    Returns
    -------
    GivenShare or None
        The newest one whose value is known, of two the first; None without any.

    Examples
    --------
    >>> exported_share(pd.DataFrame(columns=["indicator", "value"])) is None
    True
    """
    rows = given[(given["indicator"] == WITHOUT_MT.name) & given["value"].notna()]
    if rows.empty:
        return None
    row = rows.sort_values("vintage", ascending=False, kind="stable").iloc[0]
    return GivenShare(
        value=float(row["value"]),
        base=str(row["base"]),
        source=", ".join(filter(None, (row["producer"], f"fichier {row['file']}"))),
        vintage=str(row["vintage"]),
        grade=str(row["grade"]),
        note=" ; ".join(filter(None, (row["how"], row["note"]))),
        status=str(row["status"]),
    )


def shares_of(
    given: Mapping[str, pd.DataFrame],
    *,
    typed: GivenShare | None,
    filled: Mapping[str, GivenShare | None] = MappingProxyType({}),
) -> dict[str, GivenShare]:
    """
    Give each territory its share, if it has one.

    Parameters
    ----------
    given : mapping of str to DataFrame
        Indicators of the exports, by territory.
    typed : GivenShare or None
        The one that was typed, which stands before those of files.
    filled : mapping of str to GivenShare or None
        Those of tables that a coordinator filled, by territory, which stand before those of
        exports.

    Returns
    -------
    dict of str to GivenShare
        By territory; those without any are left out.

    Raises
    ------
    AskedError
        One share is typed for several territories.

    Examples
    --------
    >>> shares_of({"ici": pd.DataFrame(columns=["indicator", "value"])}, typed=None)
    {}
    """
    if typed is None:
        found = {key: filled.get(key) or exported_share(table) for key, table in given.items()}
        return {key: share for key, share in found.items() if share is not None}
    if len(given) != 1:
        raise AskedError(
            f"Une part sans médecin traitant est celle d’un territoire, et {len(given)} sont "
            "demandés.",
            defects=list(given),
            remedy=ONE_ALONE,
        )
    return dict.fromkeys(given, typed)


def unused_notes(shares: Iterable[GivenShare]) -> list[str]:
    """
    Say which shares the capacity leaves aside: of unknown people, or of none.

    Parameters
    ----------
    shares : iterable of GivenShare
        Those of territories.

    Returns
    -------
    list of str
        French sentences.

    Examples
    --------
    >>> unused_notes([typed_share(0.14, ages="all", source="CPAM")])
    []
    """
    given = list(dict.fromkeys(shares))
    ageless = [
        f"La part sans médecin traitant de {share.source} ne dit pas ses âges : elle est montrée, "
        "et n’entre pas dans la capacité (--share-without-mt et --share-of la donnent avec eux)."
        for share in given
        if share.base not in AGES.values()
    ]
    none = [
        f"La part sans médecin traitant de {share.source} est de 0 : personne à servir, aucune "
        "file ; la capacité montrée repose sur une autre part, et ne vaut pas pour ce territoire."
        for share in given
        if share.base in AGES.values() and share.value == 0
    ]
    return ageless + none


def share_notes(
    shares: Mapping[str, GivenShare],
    of_tables: Mapping[str, GivenShare | None],
    *,
    typed: GivenShare | None,
    own: bool,
) -> list[str]:
    """
    Say which shares without médecin traitant are shown, and not counted by the capacity.

    Parameters
    ----------
    shares : mapping of str to GivenShare
        As :func:`shares_of` gives them.
    of_tables : mapping of str to GivenShare or None
        Those of filled tables, by territory.
    typed : GivenShare or None
        The one that was typed.
    own : bool
        Whether an analyst's scenario says its people.

    Returns
    -------
    list of str
        French sentences.

    Examples
    --------
    >>> share_notes({}, {}, typed=None, own=False)
    []
    """
    if typed is not None:
        return _uncounted(of_tables.values(), counted=typed)
    return _uncounted(shares.values(), counted=None) if own else unused_notes(shares.values())


def _uncounted(shares: Iterable[GivenShare | None], *, counted: GivenShare | None) -> list[str]:
    """Shares that are shown while another counts, or people of a scenario: never their value."""
    instead = "les personnes du scénario fourni"
    if counted is not None:
        said = f"{percent(counted.value)}, {counted.base}, {counted.source}"
        instead = f"celle qui a été donnée à part ({said})"
    same = None if counted is None else (counted.value, counted.base)
    others = [each for each in shares if each is not None and (each.value, each.base) != same]
    return [
        f"La part sans médecin traitant de {share.source} ({share.base}) est montrée, et n’entre "
        f"pas dans la capacité : elle compte {instead}."
        for share in dict.fromkeys(others)
    ]


def share_fact(share: GivenShare, territory: str) -> pd.DataFrame:
    """
    Write a share as a fact of its territory, that stands before the published one.

    Parameters
    ----------
    share : GivenShare
        The share.
    territory : str
        Key of the territory.

    Returns
    -------
    DataFrame
        One row: territory, fact, value, base, definition, document, grade, vintage, status.

    Examples
    --------
    >>> share = typed_share(0.14, ages="all", source="CPAM")
    >>> share_fact(share, "ici")[["fact", "value", "vintage"]].to_numpy().tolist()
    [['share_without_mt', 0.14, 'date non dite']]
    """
    fact = {
        "territory": territory,
        "fact": WITHOUT_MT.name,
        "value": share.value,
        "base": share.base,
        "definition": share.note,
        "document": share.source,
        "grade": share.grade,
        "vintage": share.vintage or "date non dite",
        "status": share.status,
    }
    return pd.DataFrame([fact])
