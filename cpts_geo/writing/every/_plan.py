"""What is to be made of each territory, under a name that changes with all that it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from cpts_geo.asked import told
from cpts_geo.basis import Basis
from cpts_geo.errors import AskedError
from cpts_geo.files import code_digest
from cpts_geo.french import counted
from cpts_geo.geography.perimeters.request import Perimeters, Request
from cpts_geo.sources.catalogue.catalogue import digests_of
from cpts_geo.study.options import Options
from cpts_geo.writing.report import embedded_digests, versions

#: Options that speak of one territory, or whose secrets are kept over all of them at once, which
#: are never held together: as they are typed, and why.
_ALONE: Final = {
    "scenario": ("--scenario", "un scénario est celui d’un territoire"),
    "changes": ("--change", "un changement d’offre est celui d’un territoire"),
    "share_without_mt": ("--share-without-mt", "une part est celle d’un territoire"),
    "indicators": (
        "--indicators",
        "ce qui y est secret se protège sur tous les territoires à la fois, jamais tenus ensemble",
    ),
    "roads": ("--roads", "les temps par la route se calculent autour d’un territoire"),
}


@dataclass(frozen=True)
class Task:
    """
    A territory to make.

    Parameters
    ----------
    key, name : str
        The territory.
    perimeters : Perimeters
        It alone.
    asked : mapping
        What the whole run was asked.
    content : str
        Fingerprint of inputs, parameters and code: what has the same is the same.
    pages : bool
        Whether its page and maps are drawn.
    day : datetime.date, optional
        Date of what is made; today by default.
    """

    key: str
    name: str
    perimeters: Perimeters
    asked: Mapping[str, Any]
    content: str
    pages: bool
    day: date | None = None


def check_options(options: Options) -> None:
    """Refuse what makes no sense of a thousand territories; every defect is listed."""
    given = [name for name in _ALONE if getattr(options, name) not in (None, ())]
    if given:
        raise AskedError(
            f"--all ne va pas avec {counted(len(given), 'option', 'options')} d’un territoire.",
            defects=[" : ".join(_ALONE[name]) for name in given],
            remedy="retirez-les, ou demandez ce territoire seul (--epci, --tvs, --perimeter).",
        )


def tasks(request: Request, found: Perimeters, basis: Basis, *, pages: bool) -> Iterator[Task]:
    """A task a territory, in order, each made when it is asked for."""
    asked = told(request, basis.options)
    shared = _digest(
        {
            "code": code_digest(),
            "data": embedded_digests(),
            "versions": versions(),
            "inputs": digests_of(basis.files, beside=basis.fetched),
            "asked": {name: value for name, value in asked.items() if name not in _OF_REQUEST},
            "pages": pages,
        }
    )
    for key, row in found.identity.iterrows():
        # A line of the list changed elsewhere changes nothing here: the manifest of all has its
        # digest, this one its own communes.
        mine = replace(found.only(str(key)), inputs={})
        tables = [table.to_csv() for table in (mine.members, mine.audit, mine.border)]
        yield Task(
            key=str(key),
            name=str(row["name"]),
            perimeters=mine,
            asked=asked,
            content=_digest({"shared": shared, "identity": row.to_json(), "tables": tables}),
            pages=pages,
        )


#: What a request says of territories: each is known by its own communes.
_OF_REQUEST: Final = frozenset(Request.__dataclass_fields__)


def _digest(said: Mapping[str, Any]) -> str:
    """Fingerprint of what is said."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
