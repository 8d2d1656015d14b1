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
from cpts_geo.files import code_digest
from cpts_geo.geography.perimeters.request import Perimeters, Request
from cpts_geo.sources.catalogue.catalogue import digests_of
from cpts_geo.study.options import Options
from cpts_geo.writing.every.alone import check_alone
from cpts_geo.writing.report import versions


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
    given = [name for name, value in vars(options).items() if value not in (None, ())]
    typed = {"changes": "--change"}
    check_alone(typed.get(name, f"--{name.replace('_', '-')}") for name in given)


def tasks(request: Request, found: Perimeters, basis: Basis, *, pages: bool) -> Iterator[Task]:
    """A task a territory, in order, each made when it is asked for."""
    asked = told(request, basis.options)
    shared = _digest(
        {
            "code": code_digest(),
            "data": basis.embedded,
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
