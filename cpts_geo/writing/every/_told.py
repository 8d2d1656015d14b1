"""What a run on all territories says: what it finds, how long is left, what became of all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from cpts_geo.errors import one_line
from cpts_geo.files import listed_outputs
from cpts_geo.french import counted, number
from cpts_geo.geography.perimeters.request import Perimeters
from cpts_geo.writing.every._kept import manifest_of
from cpts_geo.writing.every._made import CONTENT
from cpts_geo.writing.report import MANIFEST

#: Names that a sentence gives, at most.
_NAMES: Final = 5
#: Times that say how long the rest takes: the last ones, once there are enough of them.
_RECENT: Final = 60
_ENOUGH: Final = 10
#: Lines of a run where no bar moves, at least; and territories between two of them, at most.
_LINES: Final = 10
_NOTED: Final = 50


class Pace:
    """Times at which territories ended; what is kept takes none.

    The first ones say nothing, one for each worker: they waited for the workers to start, and
    ended together. A short run is told from its third on, an earlier guess being worse than none.
    """

    def __init__(
        self, total: int, *, workers: int | None, clock: Callable[[], float] = monotonic
    ) -> None:
        self._clock = clock
        self._enough = min(_ENOUGH, max(1, total // 3))
        # How many a cluster has changes as it goes.
        self._skipped = min(_RECENT if workers is None else workers - 1, total // 3)
        self._ends: deque[float] = deque(maxlen=_RECENT)
        self._step = max(1, min(_NOTED, total // _LINES))
        self._noted = 0

    def ended(self) -> None:
        """A territory was made, or failed."""
        if self._skipped:
            self._skipped -= 1
        else:
            self._ends.append(self._clock())

    def remaining(self, left: int) -> float | None:
        """Seconds that as many territories should take; None while nothing tells."""
        if not left:
            return 0.0
        spans = len(self._ends) - 1
        if spans < self._enough:
            return None
        return left * (self._ends[-1] - self._ends[0]) / spans

    def noted(self, done: int) -> bool:
        """Whether the one that has just ended is worth a line."""
        if done - self._noted < self._step:
            return False
        self._noted = done
        return True


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
    left = [
        path.name
        for path in sorted(folder.iterdir())
        if path.name not in keys and CONTENT in manifest_of(path)
    ]
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
