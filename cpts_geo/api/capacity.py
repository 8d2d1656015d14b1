"""Scenarios, the values that they rest on, two of them side by side, and a log of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import Any, cast

from cpts_geo.asked import texts, typed_path
from cpts_geo.atlas.views.tables import call_log_view, comparison_view, parameters_view
from cpts_geo.atlas.views.view import View, unknown_view
from cpts_geo.capacity.answer.headline import DRAWS
from cpts_geo.capacity.comparing.compare import changed_fields, compare_scenarios
from cpts_geo.capacity.need.learning import KnownLines
from cpts_geo.capacity.need.learning import known_lines as read_lines
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import described, load_scenario
from cpts_geo.capacity.scenario.overlay import chosen_parameters, parameter_notes
from cpts_geo.capacity.scenario.parameters import _TYPED, Parameters
from cpts_geo.capacity.scenario.records import PUBLICS, Public
from cpts_geo.errors import AskedError, DemandTooLargeError, NeedUnknownError, ScenarioError
from cpts_geo.french import joined
from cpts_geo.settings import SLOT_MINUTES
from cpts_geo.sources.embedding.embedded import load_territories
from cpts_geo.study.call_log import study_call_log
from cpts_geo.study.study import Common, Study


class _OtherPublicError(ScenarioError):
    """What a line counted of its public is asked to answer for the other."""


def scenario(what: Any, *, parameters: Path | str | None = None, **changes: Any) -> Scenario:
    """
    Give what a capacity rests on, as it is or with other values.

    Parameters
    ----------
    what : str, path, Scenario, Territory or View
        Key of a scenario of the package, TOML file, a scenario, or what has one: a territory, a
        capacity, a log.
    parameters : path or str, optional
        TOML file of defaults, over those of the package; for keys and files alone.
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
    return _scenario_with(what, changes, _defaults(parameters, what))


def compare(
    a: Any,
    b: Any,
    *,
    draws: int | None = None,
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
    draws : int, optional
        Monte Carlo draws; if absent, as known lines and seed, those of the run that a territory or
        its capacity is of, the first of two.
    known_lines : path or str, optional
        An analyst's copy of ``data/cpts/known_lines.csv``.
    parameters : path or str, optional
        TOML file of defaults, over those of the package; for keys and files alone.
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
    given = _defaults(parameters, a, b)
    runs = [run for run in map(_run, (a, b)) if run is not None]
    run = runs[0] if runs else None
    defaults = run.parameters if given is None and run is not None else given
    found = [_scenario_with(each, {}, defaults) for each in (a, b)]
    if run is not None and run.seed is not None:
        found = [each.evolve(seed=run.seed, sources=each.sources) for each in found]
    first, second = _told_apart((a, b), (found[0], found[1]))
    own_lines = known_lines is None and run is not None
    lines = run.lines if own_lines and run else read_lines(_path(known_lines), parameters=defaults)
    asked = draws if draws is not None else DRAWS if run is None else run.draws
    notes: dict[str, list[str]] = {}
    for each, label in ((a, first.label), (b, second.label)):
        own = _run(each)
        rests = defaults if isinstance(each, str | Path) else own and own.parameters
        for note in parameter_notes(rests) if rests else ():
            notes.setdefault(note, []).append(label)
    said = [note if len(of) == 2 else f"{of[0]} — {note}" for note, of in notes.items()]
    unlike = _unlike(runs, draws=draws, known_lines=known_lines)
    return compared(first, second, draws=asked, lines=lines, warnings=unlike, notes=said, say=say)


def compared(
    first: Scenario,
    second: Scenario,
    *,
    draws: int,
    lines: KnownLines,
    warnings: Sequence[str] = (),
    notes: Sequence[str] = (),
    say: Callable[[str], None] = lambda _: None,
) -> View:
    """
    Set two scenarios that are ready side by side, with what is to be said of them.

    Parameters
    ----------
    first, second : Scenario
        The point of reference, then what is compared with it.
    draws : int
        Monte Carlo draws.
    lines : KnownLines
        Known lines to learn from.
    warnings, notes : sequence of str
        French sentences before the others, and after them.
    say : callable
        Told in French what is being computed.

    Returns
    -------
    View
        As :func:`compare`.

    Examples
    --------
    >>> pair = scenario("lvo"), scenario("lvo_ete")
    >>> compared(*pair, draws=500, lines=read_lines()).value.changes
    ('months',)
    """
    try:
        found = compare_scenarios(first, second, draws=draws, lines=lines, say=say)
    except (DemandTooLargeError, NeedUnknownError) as error:
        title = f"{second.label}, comparé à {first.label}"
        why = f"{error.summary.rstrip('.')} : {' ; '.join(map(str, error.defects))}."
        return unknown_view(title, why, value=error)
    warned, noted = (*warnings, *found.warnings), (*found.caveats, *notes)
    return comparison_view(replace(found, warnings=warned, caveats=noted))


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
    own, places, repeats = _asked_of_log(own_outcomes, departement, repeats_out)
    base = _scenario_of(scenario, _defaults(parameters, scenario))
    study = getattr(scenario, "study", None)
    if not places and isinstance(study, Study):
        places = tuple(map(str, study.figures["departement"].unique()))
    known = load_territories().set_index("territory")["departements"]
    log = study_call_log(
        typed_path(path),
        base,
        departments=places or str(known.get(base.territory, "")).split(),
        own_outcomes=own,
        outcomes_file=_path(outcomes),
        repeats_out=repeats,
    )
    return call_log_view(log, first=_new_notes(base, log.scenario))


def _asked_of_log(
    own_outcomes: Any, departement: Any, repeats_out: Any
) -> tuple[dict[str, str] | None, tuple[str, ...], bool | None]:
    """What is asked of a log besides its file, checked; every defect is listed."""
    defects: list[str] = []
    places: tuple[str, ...] = ()
    if own_outcomes is not None and not (
        isinstance(own_outcomes, Mapping)
        and all(isinstance(x, str) for pair in own_outcomes.items() for x in pair)
    ):
        defects.append(
            '« own_outcomes » : il faut des textes et leur sens, {"Sans suite": "autre"}'
        )
    try:
        places = () if departement is None else texts(departement)
    except ValueError as error:
        defects.append(f"« departement » : {error}")
    if repeats_out is not None and not isinstance(repeats_out, bool):
        defects.append("« repeats_out » : il faut True ou False, ou rien")
    if defects:
        raise AskedError(
            "Ce registre ne peut pas être lu ainsi.",
            defects=defects,
            remedy="corrigez ces arguments, ou retirez-les.",
        )
    return None if own_outcomes is None else dict(own_outcomes), places, repeats_out


def _new_notes(base: Scenario, other: Scenario) -> list[str]:
    """What a reader is to know of a scenario, that is not of the one it takes the place of."""
    return [note for note in other.notes if note not in base.notes]


def _defaults(parameters: Path | str | None, *asked: Any) -> Parameters | None:
    """Defaults of a file; refused where nothing of what is asked is read with them."""
    if parameters is None:
        return None
    if not any(isinstance(each, str | Path) for each in asked):
        raise AskedError(
            "« parameters » ne change que ce qui est lu d’une clé ou d’un fichier, et rien ne "
            "l’est ici.",
            remedy="donnez-le là où le territoire est lu, cg.territory(…, parameters=…), ou "
            "changez les valeurs elles-mêmes, cg.scenario(…, target=0.9).",
        )
    return chosen_parameters(_path(parameters))


def _run(what: Any) -> Common | None:
    """What the studies of the run of a territory, or of its capacity, share."""
    study = getattr(what, "study", None)
    return study.common if isinstance(study, Study) else None


def _unlike(runs: Sequence[Common], *, draws: Any, known_lines: Any) -> list[str]:
    """Say which options two runs do not share, where nobody chose among them."""
    if len(runs) < 2:
        return []
    first, second = runs
    words = [
        *(["tirages"] if draws is None and first.draws != second.draws else []),
        *(["graine"] if first.seed != second.seed else []),
        *(["lignes connues"] if known_lines is None and first.lines != second.lines else []),
    ]
    return [
        f"Les deux n’ont pas été calculés avec les mêmes options ({joined(words)}) : celles du "
        "premier servent ici aux deux."
    ] if words else []  # fmt: skip


def _told_apart(asked: tuple[Any, Any], found: tuple[Scenario, Scenario]) -> tuple[Scenario, ...]:
    """Two scenarios under two labels, unless they are the same: what was changed is said so."""
    first, second = found
    if first.label != second.label or not changed_fields(first, second):
        return found
    # Least a territory or a key as it is; most what an analyst changed more of.
    ranks = [
        (isinstance(what, View | Scenario), sum(x in _TYPED for x in each.sources.values()))
        for what, each in zip(asked, found, strict=True)
    ]
    ends = (
        ["", ", avec d’autres valeurs"] if ranks[0] < ranks[1] else [", avec d’autres valeurs", ""]
    )
    same = first.territory == second.territory or first.area == second.area
    if ranks[0] == ranks[1] or not same:
        ends = [" (1)", " (2)"]
    return tuple(
        each.evolve(label=f"{each.label}{end}", sources=each.sources) if end else each
        for each, end in zip(found, ends, strict=True)
    )


def _scenario_with(what: Any, changes: Mapping[str, Any], defaults: Parameters | None) -> Scenario:
    """A scenario with other values; refused where its own count would change its public."""
    base = _scenario_of(what, defaults)
    if not changes:
        return base
    public, start = changes.get("public"), base
    if isinstance(public, str) and public in PUBLICS:
        start = base.admitting(cast("Public", public))
    try:
        other = start.evolve(**_whole(start, changes))
    except ScenarioError as error:
        raise ScenarioError(
            error.summary,
            defects=error.defects,
            remedy="corrigez ces valeurs ; cg.parameters() donne les champs et leur unité.",
        ) from None
    counts = {"calls_years": "calls_observed", "observed_consultations": "observed_consultations"}
    kept = [
        described(count)[0]
        for name, count in counts.items()
        if getattr(other, name) and count not in changes
    ]
    if start.public != base.public and (base.public or "all") != public and kept:
        raise _OtherPublicError(
            f"Ce que cette ligne a compté est de son public ({PUBLICS[base.public or 'all']}), et "
            f"ne dit rien de l’autre ({PUBLICS[other.public or 'all']}).",
            defects=kept,
            remedy="donnez ce qui est compté de cet autre public (calls_observed=…, "
            "calls_years=…), ou gardez celui de la ligne.",
        )
    return other


def _scenario_of(what: Any, defaults: Parameters | None) -> Scenario:
    """A scenario, or that of what has one: a territory, a capacity, a log."""
    if isinstance(what, str | Path) and str(what).strip():
        return load_scenario(what, parameters=defaults)
    for held in (what, getattr(what, "study", None), getattr(what, "value", None)):
        found = getattr(held, "scenario", held)
        if isinstance(found, Scenario):
            return found
    named = f"« {what.title} »" if isinstance(what, View) else "Ce qui est donné"
    raise AskedError(
        f"{named} n’a pas de scénario.",
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
