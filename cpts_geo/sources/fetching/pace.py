"""How long a server may take, and how much it may send: told byte by byte."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from cpts_geo.errors import DataFileError
from cpts_geo.sources.bounds.bound import excess, quantity
from cpts_geo.sources.bounds.fetched import LIMITS, beyond, most_seconds


class TooLargeError(DataFileError):
    """A server sends more than its source may be: what came of it is thrown away."""


class Pace:
    """
    Patience and appetite for one source.

    Parameters
    ----------
    most : int
        Bytes of the largest file, see :func:`cpts_geo.sources.bounds.fetched.most_bytes`.
    clock : callable
        Seconds that never go back.

    Examples
    --------
    >>> now = 0.0
    >>> pace = Pace(10**6, clock=lambda: now)
    >>> pace.seen(10)
    >>> now = 61.0
    >>> try:
    ...     pace.seen(600)
    ... except DataFileError as error:
    ...     print(error.summary.replace("\u202f", " ").split(",")[0])
    serveur trop lent : 10 octets par seconde
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._seconds = most_seconds(most)
        self._end = clock() + self._seconds
        #: Bytes of each second of the window, the oldest first.
        self._lately: deque[tuple[float, int]] = deque()
        self._since: float | None = None

    def begin(self) -> None:
        """Start to measure a new answer: its rate counts from its first byte."""
        self._lately.clear()
        self._since = None

    def left(self) -> float:
        """
        Seconds that remain to the source.

        Returns
        -------
        float
            More than zero.

        Raises
        ------
        DataFileError
            None remains.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise beyond("start", limit=_lasting(self._seconds))
        return left

    def seen(self, count: int) -> None:
        """
        Note bytes that have arrived.

        Parameters
        ----------
        count : int
            How many.

        Raises
        ------
        DataFileError
            The server is slower than the bound, or the time of the source is over.
        """
        now = self._clock()
        self._since = now if self._since is None else self._since
        if self._lately and now - self._lately[-1][0] < 1:
            self._lately[-1] = (self._lately[-1][0], self._lately[-1][1] + count)
        else:
            self._lately.append((now, count))
        while self._lately[0][0] < now - LIMITS["window"]:
            self._lately.popleft()
        came = sum(bytes_ for _, bytes_ in self._lately)
        if now - self._since > LIMITS["window"] and came < LIMITS["rate"] * LIMITS["window"]:
            found = quantity(round(came / LIMITS["window"]), "octets par seconde")
            raise beyond("rate", found=found)
        self.left()

    def check_size(self, size: int, *, announced: bool = False) -> None:
        """
        Refuse a file that is larger than its source may be.

        Parameters
        ----------
        size : int
            Bytes, here or announced.
        announced : bool
            Whether the server says so before it sends them.

        Raises
        ------
        TooLargeError
            It is.
        """
        if size > self.most:
            came = f"{excess(size, self.most, unit='octets')} annoncés"
            found = came if announced else "il continue au-delà"
            limit = quantity(self.most, "octets")
            raise beyond("floor", found=found, limit=limit, error=TooLargeError)


def _lasting(seconds: float) -> str:
    if seconds <= 120:
        return quantity(round(seconds), "secondes")
    return quantity(round(seconds / 60), "minutes")
