"""Scenarios, the values that they rest on, two of them side by side, and a log of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import Any

from cpts_geo.asked import texts, typed_path
from cpts_geo.atlas.views.tables import call_log_view, comparison_view, parameters_view
from cpts_geo.atlas.views.view import View, unknown_view
from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.comparing.compare import compare_scenarios
from cpts_geo.capacity.need.learning import known_lines as read_lines
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters, parameter_notes
from cpts_geo.errors import AskedError, DemandTooLargeError, NeedUnknownError, quoted
from cpts_geo.settings import SLOT_MINUTES
from cpts_geo.sources.embedding.embedded import load_territories
from cpts_geo.study.call_log import study_call_log


def scenario(what: Any, *, parameters: Path | str | None = None, **changes: Any) -> Scenario:
    """
    Give what a capacity rests on, as it is or with other values.

    Parameters
    ----------
    what : str, path, Scenario, Territory or View
        Key of a scenario of the package, TOML file, a scenario, or what has one: a territory, a
        capacity, a log.
    parameters : path or str, optional
        TOML file of defaults, over those of the package; for keys and files.
    **changes : object
        Fields and their new values, such as ``slots_today=16``; one number for a triangle is its
        three values, and slots whose length nobody says last
        :data:`cpts_geo.settings.SLOT_MINUTES` minutes.

    Returns
    -------
    Scenario
        Checked; what was changed is sourced as a value chosen by the analyst, grade D.

    Raises
    ------
    ScenarioError
        The file holds defects, a field is unknown or a value impossible; all are listed.
    AskedError
        Nothing there is a scenario.

    Examples
    --------
    >>> scenario("beauce_gatinais", slots_today=16, minutes=20).minutes
    (20.0, 20.0, 20.0)
    """
    base = _scenario_of(what, parameters)
    return base.evolve(**_whole(base, changes)) if changes else base


def compare(
    a: Any,
    b: Any,
    *,
    draws: int = DRAWS,
    known_lines: Path | str | None = None,
    parameters: Path | str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> View:
    """
    Set two scenarios side by side, on the same draws.

    Parameters
    ----------
    a, b : str, path, Scenario, Territory or View
        The point of reference, then what is compared with it (:func:`scenario`).
    draws : int
        Monte Carlo draws.
    known_lines : path or str, optional
        An analyst's copy of ``data/cpts/known_lines.csv``.
    parameters : path or str, optional
        TOML file of defaults, over those of the package.
    say : callable
        Told in French what is being computed.

    Returns
    -------
    View
        Its value is a :class:`cpts_geo.capacity.comparing.compare.ScenarioComparison`, or the error
        that says why there is none; its table has a row a measure.

    Raises
    ------
    CptsGeoError
        A scenario cannot be used.

    Examples
    --------
    >>> compare("beauce_gatinais", "beauce_gatinais_16_creneaux", draws=1000).title
    'CPTS Beauce-Gâtinais, 16 créneaux, comparé à CPTS Beauce-Gâtinais'
    """
    first, second = (scenario(each, parameters=parameters) for each in (a, b))
    if first.label == second.label:
        # Of one territory: readers are to tell them apart.
        label = f"{second.label}, avec d’autres valeurs"
        second = second.evolve(label=label, sources=second.sources)
    defaults = chosen_parameters(_path(parameters))
    lines = read_lines(_path(known_lines), parameters=defaults)
    try:
        found = compare_scenarios(first, second, draws=draws, lines=lines, say=say)
    except (DemandTooLargeError, NeedUnknownError) as error:
        title = f"{second.label}, comparé à {first.label}"
        why = f"{error.summary.rstrip('.')} : {' ; '.join(map(str, error.defects))}."
        return unknown_view(title, why, value=error)
    return comparison_view(replace(found, caveats=(*found.caveats, *parameter_notes(defaults))))


def parameters(path: Path | str | None = None) -> View:
    """
    Show the defaults that scenarios rest on: value, unit, source, grade.

    Parameters
    ----------
    path : path or str, optional
        TOML file of an analyst's defaults, over those of the package.

    Returns
    -------
    View
        Its table has a row a parameter.

    Raises
    ------
    ScenarioError
        The file cannot be read, or holds defects; all are listed.

    Examples
    --------
    >>> table = parameters().table.set_index("parameter")
    >>> float(table.at["target", "value"])
    0.95
    """
    found = chosen_parameters(_path(path))
    return parameters_view(found, notes=parameter_notes(found))


def call_log(
    path: Path | str,
    scenario: Any,
    *,
    own_outcomes: Mapping[str, str] | None = None,
    outcomes: Path | str | None = None,
    repeats_out: bool | None = None,
    departement: Any = (),
    parameters: Path | str | None = None,
) -> View:
    """
    Read a log of calls, and what it makes of the scenario of its territory.

    Parameters
    ----------
    path : path or str
        The log: a row a call, or counts by day, week or month
        (:func:`cpts_geo.sources.analyst.calls.log.read_call_log`).
    scenario : str, path, Scenario or Territory
        What its territory rests on without it (:func:`cpts_geo.scenario`).
    own_outcomes : mapping of str to str, optional
        What the wordings of the log mean, such as ``{"Sans suite": "autre"}``.
    outcomes : path or str, optional
        The same in a CSV of columns ``valeur`` and ``sens``.
    repeats_out : bool, optional
        Whether calls that repeat another are duplicates; those that a caller's key tells if absent.
    departement : str, int or list of these, optional
        Where the line is, for a log in UTC without communes; that of the territory if absent.
    parameters : path or str, optional
        TOML file of defaults.

    Returns
    -------
    View
        Its value is a :class:`cpts_geo.study.call_log.StudiedLog`, whose ``scenario`` rests on the
        log; counts of 1 to 10 are masked.

    Raises
    ------
    TableError
        The log cannot be used; every defect is listed.
    """
    base = _scenario_of(scenario, parameters)
    known = load_territories().set_index("territory")["departements"]
    return call_log_view(
        study_call_log(
            typed_path(path),
            base,
            departments=texts(departement) or str(known.get(base.territory, "")).split(),
            own_outcomes=own_outcomes,
            outcomes_file=_path(outcomes),
            repeats_out=repeats_out,
        )
    )


def _scenario_of(what: Any, defaults: Path | str | None) -> Scenario:
    """A scenario, or that of what has one: a territory, a capacity, a log."""
    if isinstance(what, str | Path):
        return load_scenario(what, parameters=chosen_parameters(_path(defaults)))
    for held in (what, getattr(what, "study", None), getattr(what, "value", None)):
        found = getattr(held, "scenario", held)
        if isinstance(found, Scenario):
            return found
    raise AskedError(
        f"{quoted(type(what).__name__)} n’a pas de scénario.",
        remedy="donnez une clé, un fichier TOML, un territoire ou une capacité.",
    )


def _path(typed: Path | str | None) -> Path | None:
    """A path as typed, or none."""
    return None if typed is None else typed_path(typed)


def _whole(base: Scenario, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes with what they leave unsaid: one number is a triangle, slots have a length."""
    whole = {
        name: (float(value),) * len(getattr(base, name))
        if isinstance(value, Real)
        and not isinstance(value, bool)
        and _bounds(getattr(base, name, None))
        else value
        for name, value in changes.items()
    }
    if whole.get("slots_today") is not None:
        # A number of slots takes the place of a rota.
        whole.setdefault("rota", None)
        if base.minutes_per_slot_today is None:
            whole.setdefault("minutes_per_slot_today", float(SLOT_MINUTES))
    return whole


def _bounds(value: Any) -> bool:
    """Whether a value is low and high, or low, likely and high."""
    return (
        isinstance(value, tuple)
        and len(value) in (2, 3)
        and all(isinstance(x, float) for x in value)
    )
