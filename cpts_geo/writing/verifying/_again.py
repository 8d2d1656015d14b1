"""The run that a manifest tells, made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from cpts_geo.analysis import analyse
from cpts_geo.asked import paths, text, texts
from cpts_geo.basis import read_basis
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters
from cpts_geo.errors import CptsGeoError, ManifestError, one_line, quoted
from cpts_geo.french import joined
from cpts_geo.geography.perimeters.request import Request
from cpts_geo.processes.workers import executor
from cpts_geo.study.follow_up.follow_up import follow_up
from cpts_geo.study.follow_up.yearly import yearly
from cpts_geo.study.options import Options
from cpts_geo.writing.comparison import FollowUpAsked, write_follow_up
from cpts_geo.writing.every.again import asked_of, remade
from cpts_geo.writing.every.whole import EACH, READ, write_whole
from cpts_geo.writing.report import write_report
from cpts_geo.writing.squares.grid import write_grid
from cpts_geo.writing.verifying._manifest import Manifest

#: Fields of a request of which one says that territories are no keys of the five CPTS.
_KINDS: Final = ("perimeter", "epci", "tvs", "cpts", "departements", "every")


def again(
    manifest: Manifest,
    files: Mapping[str, Any],
    folder: Path,
    *,
    jobs: int,
    say: Callable[[str], None],
) -> None:
    """Make the run of a manifest again, with the analyst's files that were found, in a folder."""
    told = {**(manifest.parameters or {}), **files}
    if manifest.kind == "grid":
        _grid_again(told, folder, jobs=jobs, say=say)
    elif manifest.kind == "follow_up":
        _follow_up_again(told, folder, day=manifest.day, say=say)
    else:
        request, options = asked_again(told, files)
        write_report(analyse(request, options, say=say), folder, day=manifest.day, say=say)


def _grid_again(
    told: Mapping[str, Any], folder: Path, *, jobs: int, say: Callable[[str], None]
) -> None:
    """Compute squares again, on threads."""
    names = {"squares", "fetched"}
    if wrong := names ^ told.keys():
        raise _unusable([f"option inconnue, ou absente : {quoted(name)}" for name in sorted(wrong)])
    with executor(jobs=jobs) as running:
        write_grid(folder, **told, executor=running, say=say)


def _follow_up_again(
    told: Mapping[str, Any], folder: Path, *, day: date, say: Callable[[str], None]
) -> None:
    """Follow a registre again."""
    say("Registre, mois par mois")
    asked = _followed(told)
    defaults = chosen_parameters(asked.parameters)
    base = load_scenario(asked.scenario or str(asked.scenario_key), parameters=defaults)
    found = follow_up(
        asked.registre, base, previous=asked.previous, territory=asked.territory,
        perimeter=asked.perimeter, departments=asked.departements, outcomes_file=asked.outcomes,
    )  # fmt: skip
    review = yearly(found, base, indicators=asked.indicators, forecast=asked.forecast, day=day)
    write_follow_up(found, folder, scenario=base, asked=asked, review=review, day=day, say=say)


def _followed(told: Mapping[str, Any]) -> FollowUpAsked:
    """What a follow-up was asked."""
    try:
        asked = FollowUpAsked(
            **{
                **told,
                "indicators": paths(told["indicators"]),
                "departements": texts(told["departements"]),
                "territory": text(told["territory"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unusable([one_line(str(error))]) from error
    if asked.typed_outcomes:
        raise ManifestError(
            "Des sens d’issues ont été tapés (--outcome) : ce sont des mots du registre, et le "
            "manifeste ne les garde pas.",
            remedy="donnez-les dans un fichier (--outcomes) : il sera retrouvé.",
        )
    # A key is no path: a manifest leads to no file but those that are found by their content.
    if asked.scenario is None and not str(asked.scenario_key).isidentifier():
        raise _unusable([f"« scenario_key » : {quoted(str(asked.scenario_key))}"])
    return asked


def each_again(
    whole: Manifest | None,
    runs: Mapping[str, Manifest],
    files: Mapping[str, Any],
    aside: Path,
    *,
    jobs: int,
    say: Callable[[str], None],
) -> Iterator[tuple[str, Path | str]]:
    """Make territories of one run on all of them again, by key, then what speaks of `whole`, under
    an empty key: the folder of each, that lasts until the next one, or why there is none."""
    first = whole or next(iter(runs.values()))
    request, options = asked_again(first.parameters or {}, files)
    basis = read_basis(options, say=say)
    found = asked_of(request, basis)
    days = {
        key: (each.day, any(name.endswith(".html") for name in each.outputs))
        for key, each in runs.items()
    }
    absent = dict.fromkeys(map(str, found.identity.index))
    say("Territoires")
    for key, made in remade(request, found, basis, days=days, jobs=jobs):
        if isinstance(made, str):
            yield key, made
            continue
        folder = aside / EACH / key
        for name, content in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield key, folder
        absent.pop(key)
        # A thousand territories weigh a lot: what the whole is made from stays.
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            if path.relative_to(folder).as_posix() not in READ:
                path.unlink()
    if whole is None:
        return
    say("Page de tous les territoires, tableaux")
    failures = whole.failures
    if lacking := [*(absent.keys() - failures.keys()), *(failures.keys() - absent.keys())]:
        yield "", f"il y manque, ou il y a de trop, {joined(sorted(map(quoted, lacking)))}"
        return
    pages = any(pages for _, pages in days.values())
    into = aside / "ensemble"
    into.mkdir()
    write_whole(
        request, found, basis, each=aside / EACH, into=into, failures=failures, pages=pages,
        day=whole.day, say=say,
    )  # fmt: skip
    yield "", into


def asked_again(parameters: Mapping[str, Any], files: Mapping[str, Any]) -> tuple[Request, Options]:
    """The request and options that parameters of a manifest tell."""
    told = {**parameters, **files}
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
        remedy="refaites le calcul : ce manifeste a été modifié, ou abîmé.",
    )
