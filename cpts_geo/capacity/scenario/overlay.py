"""Defaults that an analyst chooses: a TOML file laid over the parameters of the package."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cpts_geo.capacity.scenario._files._toml import read_toml
from cpts_geo.capacity.scenario._slips.meant import meant
from cpts_geo.capacity.scenario._slips.refusals import nearest, shown
from cpts_geo.capacity.scenario.calendar import profile_shape
from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import National, described, scenario_from_population
from cpts_geo.capacity.scenario.parameters import (
    _BY_FILE,
    _CHANGED,
    MEASURED,
    Parameters,
    _Default,
    default_parameters,
)
from cpts_geo.capacity.scenario.supply import lever_terms
from cpts_geo.errors import ScenarioError, one_line
from cpts_geo.french import counted, number
from cpts_geo.sources.door import Door

_DOOR: Final = Door(
    key="scenario",
    error=ScenarioError,
    suffixes=frozenset(),
    formats=".toml",
    save_as="",
    empty=lambda _: ScenarioError(
        "Le fichier est vide.", remedy="donnez au moins un paramètre et sa valeur."
    ),
)
#: A territory like another: its scenario says whether the defaults can be computed from.
_PEOPLE: Final = 50_000.0
#: Of a parameter that no field of a scenario bounds: beyond, it is another unit.
_TIMES: Final = 10


def chosen_parameters(path: Path | str | None) -> Parameters:
    """
    Read the defaults that an analyst changes, over those of the package.

    A table is that of a parameter, with its ``value``, and the ``text`` and ``grade`` of its
    source; without a text, a changed value is the analyst's, of grade D. Other parameters stay.

    Parameters
    ----------
    path : Path or str or None
        TOML file in UTF-8, of the form of ``data/cpts/parameters.toml``; None changes none.

    Returns
    -------
    Parameters
        Every parameter by name.

    Raises
    ------
    ScenarioError
        If the file cannot be read or holds defects; lists them all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     mine = Path(folder, "mine.toml")
    ...     _ = mine.write_text("[target]\\nvalue = 0.9\\n", "utf-8")
    ...     target = chosen_parameters(mine)["target"]
    >>> target.value, target.grade, target.text
    (0.9, 'D', "valeur choisie par l'analyste (paramètre changé)")
    """
    if path is None:
        return default_parameters()
    path = Path(path)
    shipped, known = default_parameters(), "data/cpts/parameters.toml donne noms et valeurs"
    tables = read_toml(path, door=_DOOR, what="paramètres", known=known)
    chosen: dict[str, _Default] = {}
    defects: list[str] = []
    for name, table in tables.items():
        found = _defects(name, table, shipped)
        if not found:
            try:
                chosen[name] = _laid(table, shipped[name])
            except ScenarioError as error:
                found = [f"{name} : {defect}" for defect in error.defects]
        defects += found
    merged = {name: chosen.get(name, default) for name, default in shipped.items()}
    # What only a line that opens on Saturday rests on is checked of one that does.
    saturday = {"calendar": {"saturday_morning": True}}
    saturday["saturday_factor"] = merged["saturday_factor"].value  # type: ignore[assignment]
    for check in (lambda: scenario_from_population(_PEOPLE, parameters=merged),
                  lambda: scenario_from_population(_PEOPLE).evolve(**saturday),
                  lambda: lever_terms(merged)):  # fmt: skip
        try:
            check()
        except ScenarioError as error:
            defects += error.defects
    if defects:
        raise ScenarioError(
            f"Le fichier de paramètres {one_line(path.name)} contient "
            f"{counted(len(defects), 'défaut', 'défauts')}.",
            defects=defects,
            remedy=f"corrigez ces lignes ; {known} ; la source d’une valeur s’écrit sous elle "
            '(text = "…", grade = "C").',
        )
    return merged


def parameter_notes(parameters: Parameters) -> list[str]:
    """
    Say which defaults are not those of the package.

    Parameters
    ----------
    parameters : Parameters
        Those of a run.

    Returns
    -------
    list of str
        A French sentence each, with the value before and after, and the source; none of a default
        that is not changed.

    Examples
    --------
    >>> parameter_notes(default_parameters())
    []
    """
    return [
        f"Paramètre changé pour ce calcul : {_called(name)}, "
        f"{_change(default.value, parameters[name].value)} "
        f"(source : {parameters[name].text.removesuffix(_BY_FILE)} ; {parameters[name].grade})."
        for name, default in default_parameters().items()
        if parameters[name] != default
    ]


def _defects(name: str, table: Any, shipped: Parameters) -> list[str]:
    """What is wrong of a table before its values are laid over those of the package."""
    if name not in shipped:
        return [f"« {one_line(name)} » est inconnu{nearest(name, list(shipped))}"]
    if not isinstance(table, dict):
        return [f"« {name} » : il faut une table : [{name}], puis value = {shown(table)}"]
    if "value" not in table:
        like = [key for key in table if key not in _Default.model_fields]
        return [f"{name} : « value » manque"] + [
            f"{name} : « {one_line(key)} » est inconnu{nearest(key, list(_Default.model_fields))}"
            for key in like
        ]
    if "grade" in table and "text" not in table:
        return [f"{name} : « grade » est donné sans « text » : dites d’où vient la valeur"]
    value = table["value"]
    found = _unlike(value, shipped[name].value)
    bounded = name in Scenario.model_fields or (
        _is_described(name) and name not in National.model_fields
    )
    if not found and not bounded and (beyond := _beyond(value, shipped[name].value)):
        found = [f"« value » = {shown(value)} : {beyond}"]
    return [f"{name} : {defect}" for defect in found]


def _laid(table: Mapping[str, Any], default: _Default) -> _Default:
    """The default as the table changes it; what is changed loses its source."""
    value = table["value"]
    if isinstance(value, dict) and isinstance(default.value, dict):
        value = default.value | value
    kept = default if value == default.value else _CHANGED
    source: dict[str, Any] = {"text": kept.text, "grade": kept.grade, "announced": kept.announced}
    own = dict(table) | {"value": value}
    if isinstance(table.get("text"), str):
        source = {"grade": _CHANGED.grade}
        own["text"] = f"{table['text']}{_BY_FILE}"
    return _Default.model_validate({"base": default.base} | source | own)


def _unlike(value: object, model: object) -> list[str]:
    """Say where a value is not of the kind of the one it replaces."""
    if isinstance(model, dict):
        if not isinstance(value, dict):
            return [f"« value » = {shown(value)} : il faut une table"]
        return [
            f"« value.{name} » : la forme de la semaine et de l’année se donne dans la table "
            "[calendar] d’un scénario"
            for name in value
            if name in profile_shape(MEASURED)
        ]
    if not isinstance(model, list):
        return _no_number("value", value, like=model)
    if not isinstance(value, list) or len(value) != len(model):
        return [f"« value » = {shown(value)} : il faut {len(model)} nombres, comme {shown(model)}"]
    return [
        defect
        for place, (each, like) in enumerate(zip(value, model, strict=True), 1)
        for defect in _no_number(f"value.{place}", each, like=like)
    ]


def _no_number(name: str, value: object, *, like: object) -> list[str]:
    """Say that a value is no finite number; empty where it is one."""
    if _is_number(value):
        return []
    hint = meant(name, "float_type", value, {}) or f", comme {shown(like)}"
    return [f"« {name} » = {shown(value)} : il faut un nombre{hint}"]


def _is_number(value: object) -> bool:
    """Whether a value is a finite number, which a truth is not."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _beyond(value: Any, model: Any) -> str:
    """Say the bounds of a parameter that is no field of a scenario, where it is beyond."""
    values, models = ([x] if _is_number(x) else list(x) for x in (value, model))
    # A share stays one; of what is none, ten times the usual value is another unit.
    most = 1 if max(models) <= 1 else _TIMES * max(models)
    if not all(0 < each <= most for each in values):
        return f"il faut plus de 0 et {number(most, 1)} au plus"
    return "" if values == sorted(values) else "il faut bas ≤ probable ≤ haut"


def _is_described(name: str) -> bool:
    """Whether a field checks the values of a parameter."""
    try:
        described(name)
    except KeyError:
        return False
    return True


def _called(name: str) -> str:
    """What readers call a parameter."""
    return described(name)[0] if _is_described(name) else f"« {name} »"


def _change(before: object, after: object) -> str:
    """Both values of a default; of a table, what differs alone."""
    if isinstance(before, dict) and isinstance(after, dict):
        return ", ".join(
            f"{key} : {_words(before.get(key))} → {_words(each)}"
            for key, each in after.items()
            if each != before.get(key)
        )
    return f"{_words(before)} → {_words(after)}"


def _words(value: object) -> str:
    """A value as French writes it."""
    if isinstance(value, list):
        return " – ".join(map(_words, value)) or "aucun"
    if _is_number(value):
        return f"{value:.12g}".replace(".", ",")
    return one_line(str(value))
