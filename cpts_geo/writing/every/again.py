"""Territories of a run on all of them, made again for who verifies it: nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any, Final

from cpts_geo.basis import Basis
from cpts_geo.errors import CptsGeoError
from cpts_geo.geography.perimeters.request import Perimeters, Request
from cpts_geo.processes.workers import each
from cpts_geo.writing.every._made import CONTENT, LINE, USED, Made, failed, is_sealed, make
from cpts_geo.writing.every._plan import tasks
from cpts_geo.writing.every._told import shared_communes

#: What the manifest of a territory says of it besides what any report does.
SAID: Final = (LINE, USED)


def other_run(manifest: Mapping[str, Any], content: object) -> str:
    """
    Say why the manifest of a territory is not the one that the page of all was made of.

    Parameters
    ----------
    manifest : mapping
        As read.
    content : object
        Fingerprint that the manifest of all gives to this territory.

    Returns
    -------
    str
        In French; empty where it is that one.

    Examples
    --------
    >>> other_run({"content": "a"}, "b")
    'd’un autre calcul que la page de tous'
    """
    if manifest.get(CONTENT) != content:
        return "d’un autre calcul que la page de tous"
    return "" if is_sealed(manifest) else "ce qu’il dit à la page de tous a été modifié"


def asked_of(request: Request, basis: Basis) -> Perimeters:
    """
    Find the territories of a run on all of them, with what is to be known of them together.

    Parameters
    ----------
    request : Request
        What was asked of all.
    basis : Basis
        What all rest on.

    Returns
    -------
    Perimeters
        As :meth:`cpts_geo.basis.Basis.find`; a note more where they share communes.
    """
    found = basis.find(request)
    return replace(found, notes=(*found.notes, *shared_communes(found)))


def remade(
    request: Request,
    found: Perimeters,
    basis: Basis,
    *,
    days: Mapping[str, tuple[date, bool]],
    jobs: int = 1,
) -> Iterator[tuple[str, Mapping[str, bytes] | str]]:
    """
    Make territories again, as :func:`cpts_geo.writing.every.run.write_every` does.

    Parameters
    ----------
    request : Request
        What was asked of all.
    found : Perimeters
        The territories.
    basis : Basis
        What all rest on.
    days : mapping of str to tuple of date and bool
        By territory to make, the date of what it is held against, and whether it has a page.
    jobs : int
        Processes at once.

    Yields
    ------
    tuple of str and mapping of str to bytes, or of str and str
        Key, then content of its files by name, or in French why there is none.
    """
    wanted = (
        replace(task, day=days[task.key][0], pages=days[task.key][1])
        for task in tasks(request, found, basis, pages=True)
        if task.key in days
    )
    with closing(each(make, wanted, common=basis, jobs=jobs)) as working:
        for task, result in working:
            if isinstance(result, Made):
                yield task.key, result.files
            else:
                why = failed(result) if isinstance(result, CptsGeoError) else result
                yield task.key, why.reason
    known = {str(key) for key in found.identity.index}
    yield from ((key, "la demande ne le contient plus") for key in days if key not in known)
