"""The run that a manifest tells, made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from cpts_geo.analysis import Analysis, analyse
from cpts_geo.errors import CptsGeoError, ManifestError, one_line, quoted
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.study.options import Options
from cpts_geo.writing.every.again import remade
from cpts_geo.writing.report import write_report
from cpts_geo.writing.verifying._manifest import Manifest

#: Fields of a request of which one says that territories are no keys of the five CPTS.
_KINDS: Final = ("perimeter", "epci", "tvs", "cpts", "departements", "every")


def again(
    manifest: Manifest, files: Mapping[str, Any], folder: Path, say: Callable[[str], None]
) -> Analysis:
    """Make the run of a manifest again, with the analyst's files that were found, in a folder."""
    request, options = asked_again(dict(manifest.parameters or {}), files)
    analysis = analyse(request, options, say=say)
    write_report(analysis, folder, day=manifest.day, say=say)
    return analysis


def each_again(
    manifests: Mapping[str, Manifest],
    files: Mapping[str, Any],
    *,
    jobs: int,
    say: Callable[[str], None],
) -> Iterator[tuple[str, Mapping[str, bytes] | str]]:
    """Make territories of one run on all of them again: by key, their files, or why there are
    none."""
    first = next(iter(manifests.values()))
    request, options = asked_again(dict(first.parameters or {}), files)
    days = {
        key: (each.day, any(name.endswith(".html") for name in each.outputs))
        for key, each in manifests.items()
    }
    return remade(request, options, days, jobs=jobs, say=say)


def asked_again(told: dict[str, Any], files: Mapping[str, Any]) -> tuple[Request, Options]:
    """The request and options that parameters of a manifest tell."""
    told |= files
    if any(told.get(kind) for kind in _KINDS):
        told["territories"] = ()
    told.pop("scenarios", None)
    names = [{each.name for each in fields(kind)} for kind in (Request, Options)]
    if unknown := told.keys() - names[0] - names[1]:
        raise _unusable([f"option inconnue : {quoted(name)}" for name in sorted(unknown)])
    of_request, of_options = (
        {name: value for name, value in told.items() if name in known} for known in names
    )
    try:
        return Request(**of_request), Options(**of_options)
    except CptsGeoError as error:
        raise _unusable([error.summary, *error.defects]) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _unusable([one_line(str(error))]) from error


def _unusable(defects: list[str]) -> ManifestError:
    """The error of parameters that no run has."""
    return ManifestError(
        "Ce que le manifeste dit de la demande (« parameters ») ne convient pas.",
        defects=defects,
        remedy="refaites le rapport : ce manifeste a été modifié, ou abîmé.",
    )
