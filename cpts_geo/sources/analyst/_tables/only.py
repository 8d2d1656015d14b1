"""Territories of a file that --only asks for: chosen by name, or refused with the option to
retype."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from typing import Final

from rapidfuzz import fuzz, process

from cpts_geo.errors import Defect, PerimeterError, one_line, quoted
from cpts_geo.foreign import shown_name
from cpts_geo.sources._conventions.text import plain

#: Nearest names shown for one that is not in the file.
_NEAR: Final = 3
#: Letters of a name that are compared with others.
_COMPARED: Final = 200
#: What a shell would read between double quotes.
_SHELL: Final = frozenset('"$`\\!')


def retyped(option: str, value: str) -> str:
    """
    Write an option as it is typed to ask for a value.

    Parameters
    ----------
    option : str
        The option, with its dashes.
    value : str
        What a file holds: name of a territory, of a layer or of a sheet.

    Returns
    -------
    str
        The option and its value, quoted for a shell where that is needed.

    Examples
    --------
    >>> print(retyped("--only", "CPTS du Nord"), retyped("--only", "Nord"))
    --only "CPTS du Nord" --only Nord
    """
    shown = shown_name(value)
    if shlex.quote(shown) == shown:
        return f"{option} {shown}"
    # Single quotes are none to the shell of Windows.
    simple = not _SHELL & {*shown}
    return f'{option} "{shown}"' if simple else f"{option} {shlex.quote(shown)}"


def chosen_names(
    names: Iterable[str], only: Collection[str], *, file: str, where: str, option: str = "--only"
) -> set[str]:
    """
    Choose the names of a file that are asked for.

    Parameters
    ----------
    names : iterable of str
        Names that the file holds, in its order; empty ones name nothing.
    only : collection of str
        Names asked for, as they were typed.
    file : str
        Name of the file.
    where : str
        French words on where its names stand, after « des noms »: « du champ « nom » ».
    option : str
        The option that asks, with its dashes.

    Returns
    -------
    set of str
        Those of `names` asked for: letter for letter, else but for case, accents, spaces and what
        no one sees.

    Raises
    ------
    PerimeterError
        Some are not there, or are written in several ways; each is told with the nearest names and
        the option to retype.

    Examples
    --------
    >>> chosen_names(["Nord", "Sud"], ["NORD"], file="zones.kml", where="du champ « nom »")
    {'Nord'}
    """
    alike: dict[str, list[str]] = {}
    for each in dict.fromkeys(filter(None, names)):
        alike.setdefault(_key(each), []).append(each)
    found: set[str] = set()
    defects = []
    for written in dict.fromkeys(" ".join(text.split()) for text in only):
        spelled = alike.get(_key(written), [])
        same = [written] if written in spelled else spelled
        if len(same) == 1:
            found.add(same[0])
            continue
        kind = "ambigu" if same else "inconnu"
        why = "plusieurs s’écrivent ainsi" if same else "inconnu ; au plus près"
        shown = same[:_NEAR] if same else [alike[key][0] for key in _nearest(written, [*alike])]
        near = ", ".join(retyped(option, each) for each in shown)
        defects.append(Defect(f"{quoted(written)} : {why} : {near}", kind))
    if defects:
        raise PerimeterError(
            f"Des noms demandés ne sont pas dans {one_line(file)}.",
            defects=defects,
            remedy=f"donnez avec {option} des noms {where}, comme ci-dessus.",
        )
    return found


def _key(name: str) -> str:
    """What two spellings of a name share."""
    return plain(shown_name(name, most=len(name) + 1))


def _nearest(written: str, keys: list[str]) -> list[str]:
    """Keys nearest to a name: those that hold its words first."""
    typed = _key(written)[:_COMPARED]
    words = set(typed.split())
    holding = sorted((key for key in keys if words and words <= set(key.split())), key=len)
    near = process.extract(typed, keys, scorer=fuzz.ratio, limit=_NEAR)
    return [*dict.fromkeys([*holding, *(key for key, _, _ in near)])][:_NEAR]
