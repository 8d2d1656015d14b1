"""Which columns of an analyst's travel times are what: by the words of their header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from cpts_geo.errors import TravelError, one_line, quoted
from cpts_geo.sources._conventions.text import plain

Unit = Literal["minutes", "seconds"]

#: What a table of travel times looks like, for the remedy of what does not.
LAYOUTS: Final = (
    "donnez une matrice (codes Insee d’origine en première colonne, de destination en en-tête) ou "
    "une liste de colonnes origine, destination et minutes (ou secondes)"
)
_CODE: Final = re.compile(r"(?:\d{4,5}|2[AB]\d{3})(?:[.,]0+)?", re.IGNORECASE)
_AROUND: Final = "(?:id|code|codgeo|insee|commune|com|cog|geo|de|d)*"
_PLACES: Final = {
    "origin": re.compile(f"{_AROUND}(?:origine?|from|depart|source|src){_AROUND}"),
    "destination": re.compile(
        f"{_AROUND}(?:destination|dest|dst|to|arrivee|target|cible){_AROUND}"
    ),
}
_UNITS: Final[dict[Unit, frozenset[str]]] = {
    "minutes": frozenset({"minutes", "minute", "min", "mn"}),
    "seconds": frozenset({"seconds", "second", "secondes", "seconde", "sec", "s"}),
}
_TIMES: Final = frozenset(
    {"temps", "time", "traveltime", "duree", "duration", "cout", "cost"}
).union(*_UNITS.values())
_FILLERS: Final = frozenset(
    {
        "de", "en", "in", "trajet", "travel", "parcours", "route", "voiture", "drive", "driving",
        "car",
    }
)  # fmt: skip
_FRENCH: Final = {"origin": "origine", "destination": "destination", "time": "durée"}
_SHOWN: Final = 12


def roles(header: Sequence[str]) -> dict[str, int] | None:
    """Tell what a line of headers announces: places of origin, destination and time; empty for a
    matrix, most of whose headers are codes; None for neither."""
    found = _named(header)
    if all(len(places) == 1 for places in found.values()):
        return {role: places[0] for role, places in found.items()}
    codes = sum(1 for cell in header[1:] if _CODE.fullmatch(cell.strip()))
    is_matrix = codes and 2 * codes >= len(header) - 1 and not _CODE.fullmatch(header[0].strip())
    return {} if is_matrix else None


def named(header: Sequence[str]) -> int:
    """Count the roles of a list of pairs that a line of headers names."""
    return sum(1 for places in _named(header).values() if places)


def said_unit(path: Path, column: str, unit: Unit | None) -> Unit:
    """Unit of the times: what the name of their column says, else what the caller says; an error
    where neither does, they disagree, or it is another one."""
    if unit is not None and unit not in _UNITS:
        raise TravelError(
            f"L’unité des temps est inconnue : {quoted(str(unit))}.",
            remedy=f"écrivez {' ou '.join(map(quoted, _UNITS))}.",
        )
    words = set(re.findall("[a-z]+", plain(column)))
    said = {name for name, known in _UNITS.items() if not known.isdisjoint(words)}
    wanted = said | ({unit} if unit else set())
    if len(wanted) == 1:
        return wanted.pop()
    if not wanted:
        raise TravelError(
            f"Rien ne dit l’unité des temps de {one_line(path.name)}.",
            remedy="dites-la (unit en Python, --travel-unit à la ligne de commande : minutes ou "
            "secondes), ou nommez ainsi la colonne des temps.",
        )
    raise TravelError(
        f"L’unité des temps de {one_line(path.name)} est dite de deux façons.",
        defects=[f"colonne {quoted(column)}", *([f'unit="{unit}"'] if unit else [])],
        remedy="donnez l’unité des valeurs, et nommez la colonne d’après elle.",
    )


def unrecognised(path: Path, header: Sequence[str]) -> TravelError:
    """Error for a table that is neither a matrix nor a list of pairs."""
    cells = ", ".join(quoted(cell) for cell in header[:_SHOWN])
    defects = [f"en-têtes lus : {cells or 'aucun'}{', …' if len(header) > _SHOWN else ''}"]
    if header and _CODE.fullmatch(header[0].strip()):
        defects.append("cette ligne commence par un code : l’en-tête, ou son premier nom, manque")
    elif named(header):
        for role, places in _named(header).items():
            names = " et ".join(quoted(header[i]) for i in places)
            if len(places) > 1:
                defects.append(f"plusieurs colonnes possibles : {_FRENCH[role]} ({names})")
            elif not places:
                defects.append(f"colonne introuvable : {_FRENCH[role]}")
    return TravelError(
        f"{one_line(path.name)} n’est ni une matrice de temps, ni une liste de paires.",
        defects=defects,
        remedy=f"{LAYOUTS}.",
    )


def _named(header: Sequence[str]) -> dict[str, list[int]]:
    """Columns that each role of a list of pairs may be."""
    words = [re.findall("[a-z]+", plain(cell)) for cell in header]
    found = {
        role: [i for i, each in enumerate(words) if pattern.fullmatch("".join(each))]
        for role, pattern in _PLACES.items()
    }
    times = [_TIMES.intersection(each) for each in words]
    found["time"] = [
        i for i, each in enumerate(words) if times[i] and (_TIMES | _FILLERS).issuperset(each)
    ]
    return found
