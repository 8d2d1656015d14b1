"""What is asked of the package, in a command, in Python, in a scenario, checked at the door.

Each kind of argument, a path as people type it included, is said once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import asdict
from numbers import Real
from pathlib import Path
from typing import Any, Final, TypeAlias

from cpts_geo.errors import AskedError, PathError, one_line, quoted
from cpts_geo.foreign import decodable

#: Field of a record -> how a command calls it, and what takes a value of its kind.
Kinds: TypeAlias = Mapping[str, tuple[str, Callable[[Any], Any]]]
_TEXTS: Final = "il faut un texte, ou une liste de textes (codes entre guillemets)"


def typed_path(text: str | os.PathLike[str]) -> Path:
    """
    Give the place that a typed path means, the same whether a shell has expanded it or not.

    Parameters
    ----------
    text : str or path-like
        What was typed: shells leave the ``~`` of ``--output=~/x`` as it is.

    Returns
    -------
    Path
        With ``~`` and ``~user`` expanded; a relative path stays relative.

    Raises
    ------
    PathError
        It is no path or empty, holds a character that no name has, or names a user that this
        machine does not know.

    Examples
    --------
    >>> typed_path("~/resultats") == Path.home() / "resultats"
    True
    >>> typed_path("resultats").as_posix()
    'resultats'
    """
    if not isinstance(text, str | os.PathLike):
        raise PathError(
            f"{quoted(repr(text))} n’est pas un chemin.",
            remedy="écrivez le nom du fichier ou du dossier, entre guillemets.",
        )
    shown = os.fsdecode(text)
    if "\0" in shown:
        raise PathError(
            f"Le chemin {quoted(shown)} est impossible : aucun nom ne contient ce caractère nul.",
            remedy="écrivez un nom de fichier ou de dossier sans ce caractère.",
        )
    if not shown.strip():
        raise PathError(
            "Un chemin est vide.",
            remedy="écrivez un nom de fichier ou de dossier, ou retirez l’option (ou la variable).",
        )
    # Unlike that of pathlib, this one leaves an unknown user as it is.
    path = os.path.expanduser(shown)  # noqa: PTH111
    if path.startswith("~"):
        raise PathError(
            f"Dans {quoted(shown)}, {quoted(Path(path).parts[0])} n’est le dossier "
            "d’aucun utilisateur de cet ordinateur.",
            remedy="écrivez « ~/ » pour votre propre dossier, « ./~ » pour un nom qui commence "
            "ainsi, ou le chemin entier.",
        )
    return Path(path)


def texts(value: Any) -> tuple[str, ...]:
    """
    Take one text or several; ValueError, in French, as all kinds do, for anything else.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    tuple of str
        One text alone is a text, not its letters; whole numbers are codes.

    Examples
    --------
    >>> texts("45"), texts(["45", "41"]), texts(242900744)
    (('45',), ('45', '41'), ('242900744',))
    """
    if isinstance(value, Mapping | bytes) or getattr(value, "ndim", 1) > 1:
        raise ValueError(_TEXTS)
    alone = isinstance(value, str | Real) or not hasattr(value, "__iter__")
    several = [value] if alone or getattr(value, "ndim", 1) == 0 else value
    # A set has no order of its own: the same one gives the same territory each time.
    ordered = sorted(several, key=str) if isinstance(several, Set) else several
    found = tuple(map(_code, ordered))
    if not all(isinstance(each, str) for each in found):
        raise ValueError(_TEXTS)
    if not all(each.strip() for each in found):
        raise ValueError("un texte y est vide")
    return found


def _code(value: Any) -> Any:
    """A whole number as the code that it is, whatever its type; anything else as it is."""
    # The zero that a code lacks as a number, those who read codes give back.
    number = isinstance(value, Real) and not isinstance(value, bool)
    return f"{float(value):.0f}" if number and float(value).is_integer() else value


def text(value: Any) -> str | None:
    """
    Take a text, or None.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    str or None
        The same.
    """
    if value is not None and not isinstance(value, str):
        raise ValueError("il faut un texte")
    return value


def path(value: Any) -> Path | None:
    """
    Take a path, as text or not (:func:`typed_path`), or None.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    Path or None
        The path.
    """
    return None if value is None else typed_path(value)


def paths(value: Any) -> tuple[Path, ...]:
    """
    Take one path or several, as text or not (:func:`typed_path`).

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    tuple of Path
        In order, each once.

    Examples
    --------
    >>> [each.name for each in paths(["a.csv", "b.csv", "a.csv"])]
    ['a.csv', 'b.csv']
    """
    several = (value,) if isinstance(value, str | os.PathLike) else value
    try:
        return tuple(dict.fromkeys(typed_path(each) for each in several))
    except TypeError:
        raise ValueError("il faut un chemin, ou une liste de chemins") from None


def share(value: Any) -> float | None:
    """
    Take a share as people write it, or None.

    Parameters
    ----------
    value : object
        A number above 0, 1 at most, or a text: « 0,14 », « 14 % ».

    Returns
    -------
    float or None
        Above 0, 1 at most.

    Examples
    --------
    >>> share("14 %"), share("0,14"), share(0.14)
    (0.14, 0.14, 0.14)
    """
    if value is None:
        return None
    text = re.sub(r"[ \u00a0\u202f]", "", str(value)).replace(",", ".")
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]*)?)(%?)", text)
    number = float(found[1]) / (100 if found[2] else 1) if found else -1.0
    if isinstance(value, bool) or not 0 < number <= 1:
        raise ValueError("il faut une part de 0 (exclu) à 1 (0,14), ou un pourcentage (14 %)")
    return number


def one_of(*known: object) -> Callable[[Any], Any]:
    """
    Take one of several values, or None.

    Parameters
    ----------
    *known : object
        The values.

    Returns
    -------
    callable
        Takes them as they are.

    Examples
    --------
    >>> one_of("epci", "tvs")("tvs")
    'tvs'
    """

    def taken(value: Any) -> Any:
        # Neither 1 for True, nor a table, which is equal to nothing in a word.
        same = [each for each in known if isinstance(value, type(each)) and value == each]
        if value is not None and not same:
            raise ValueError(f"il faut {' ou '.join(map(str, known))}")
        return value

    return taken


def function(value: Any) -> Any:
    """
    Take a function.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    callable
        The same.

    Examples
    --------
    >>> function(print) is print
    True
    """
    if not callable(value):
        raise ValueError("il faut une fonction, telle que print")
    return value


def settled(asked: object, kinds: Kinds) -> list[str]:
    """
    Bring the fields of a frozen record to their kind.

    Parameters
    ----------
    asked : object
        The record, being made.
    kinds : Kinds
        Of its fields.

    Returns
    -------
    list of str
        French line on each field of another kind, which is left as it was.
    """
    defects = []
    for name, (called, taken) in kinds.items():
        value = getattr(asked, name)
        try:
            object.__setattr__(asked, name, taken(value))
        except ValueError as error:
            defects.append(f"{called} : {one_line(repr(value))} ; {error}")
        except PathError as error:
            defects.append(f"{called} : {error.summary}")
    return defects


def told(*asked: Any) -> dict[str, Any]:
    """
    Give what was asked as a manifest says it: names of files, not where they are.

    Parameters
    ----------
    *asked : dataclass
        Records of what was asked.

    Returns
    -------
    dict
        Their fields, all together.

    Examples
    --------
    >>> from dataclasses import make_dataclass
    >>> told(make_dataclass("Asked", ["files"])([Path("a/b.csv")]))
    {'files': ['b.csv']}
    """
    fields = {name: value for each in asked for name, value in asdict(each).items()}
    return {name: _told(value) for name, value in fields.items()}


def _told(value: Any) -> Any:
    """The names of the files of a value; any other value as it is."""
    if isinstance(value, tuple | list):
        return [_told(each) for each in value]
    return decodable(value.name) if isinstance(value, Path) else value


def expect(value: object, kind: type, *, remedy: str) -> None:
    """
    Refuse an argument of another kind, before any work.

    Parameters
    ----------
    value : object
        What was given.
    kind : type
        What it must be.
    remedy : str
        French words on how to make one.

    Raises
    ------
    AskedError
        It is not one.

    Examples
    --------
    >>> expect("lvo", str, remedy="")
    """
    if not isinstance(value, kind):
        raise AskedError(
            f"Il faut un objet {kind.__name__}, et non {quoted(repr(value))}.", remedy=remedy
        )
