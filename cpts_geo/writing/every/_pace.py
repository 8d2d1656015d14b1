"""How fast territories end: how long the others should take, and which are worth a line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final

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
