"""What a run on all territories says besides how far it is: before, and at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from cpts_geo.errors import one_line
from cpts_geo.files import listed_outputs
from cpts_geo.french import counted, number
from cpts_geo.geography.perimeters.request import Perimeters
from cpts_geo.writing.every.whole import territories_in
from cpts_geo.writing.report import MANIFEST

#: Names that a sentence gives, at most.
_NAMES: Final = 5


def shared_communes(found: Perimeters) -> list[str]:
    """A note on the communes that several territories have; none where each has its own."""
    members = found.members[["territory", "code_insee"]].drop_duplicates()
    several = members[members["code_insee"].duplicated(keep=False)]
    if several.empty:
        return []
    named = dict(zip(found.audit["code_insee"], found.audit["name"], strict=True))
    holders = several["territory"].map(found.identity["name"]).groupby(several["code_insee"])
    lines = [f"{named.get(code, code)} ({', '.join(names)})" for code, names in holders]
    most = "deux" if holders.size().max() == 2 else "plusieurs"
    many = "commune est", "communes sont"
    return [f"{counted(len(lines), *many)} dans {most} territoires : {_few(lines)}."]


def pages_removed(folder: Path, keys: Iterable[str]) -> list[str]:
    """A sentence on the pages of an earlier run that one without pages takes away."""
    drawn = [
        key
        for key in keys
        if any(name.endswith(".html") for name in listed_outputs(folder / key / MANIFEST))
    ]
    if not drawn:
        return []
    many = "territoire seront retirées", "territoires seront retirées"
    return [f"--no-pages : les pages et les cartes de {counted(len(drawn), *many)}"]


def no_longer_asked(folder: Path, keys: Collection[str]) -> list[str]:
    """A sentence on the folders of an earlier run that this one was not asked for; they stay."""
    left = [name for name in territories_in(folder) if name not in keys]
    if not left:
        return []
    named = _few([one_line(name) for name in left])
    if len(left) == 1:
        return [
            f"1 dossier n’est plus demandé : {named} ; il est gardé, effacez-le s’il ne sert plus"
        ]
    return [
        f"{number(len(left))} dossiers ne sont plus demandés : {named} ; ils sont gardés, "
        "effacez-les s’ils ne servent plus"
    ]


def outcome(total: int, *, kept: int, failed: int) -> str:
    """What became of all the territories, on one line."""
    return (
        f"{counted(total, 'territoire', 'territoires')} : "
        f"{counted(kept, 'gardé', 'gardés')} d’un calcul précédent, "
        f"{counted(total - kept - failed, 'fait', 'faits')}, "
        f"{counted(failed, 'échec', 'échecs')}"
    )


def _few(names: Sequence[str]) -> str:
    """The first of some names, and how many others."""
    more = len(names) - _NAMES
    others = f" et {counted(more, 'autre', 'autres')}" if more > 0 else ""
    return ", ".join(names[:_NAMES]) + others
