"""A session that asks servers nobody can trust: bounded in time and bytes, from the first one."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from cpts_geo import __version__
from cpts_geo.errors import DataFileError, quoted
from cpts_geo.sources._bounds.limits import LIMITS, beyond, excess, most_seconds, quantity, said

#: First wait before another try, in seconds; it doubles each time.
BACKOFF_S = 1.0
#: A server that asks for longer than this is left for the next candidate, or the next day.
LONGEST_WAIT_S = 60.0
#: Seconds to reach a server.
_CONNECT_S: Final = 10.0
_BUSY: Final = (429, 500, 502, 503, 504)
_GIVEN: Final = (200, 206)
_STATUS: Final = {
    401: "accès refusé",
    403: "accès refusé",
    404: "introuvable",
    410: "retiré",
    429: "trop de demandes",
}
#: Packings that a server may add for the journey; others unpack to thousands of times a packet.
_PACKINGS: Final = ("", "identity", "gzip", "x-gzip", "deflate")
_RETRY_LATER: Final = "réessayez plus tard."


class TooLargeError(DataFileError):
    """A server sends more than its source may be: what came of it is thrown away."""


class Pace:
    """Patience and appetite for one source: how long a server may take, how many bytes it may send,
    told byte by byte."""

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
        """Seconds that remain to the source, more than zero; an error when none does."""
        left = self._end - self._clock()
        if left <= 0:
            raise beyond("start", DataFileError, limit=_lasting(self._seconds))
        return left

    def seen(self, count: int) -> None:
        """Note bytes that have arrived."""
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
            raise beyond("rate", DataFileError, found=found)
        self.left()

    def check_size(self, size: int, *, announced: bool = False) -> None:
        """Refuse a file that is larger than its source may be."""
        if size > self.most:
            came = f"{excess(size, self.most, unit='octets')} annoncés"
            found = came if announced else "il continue au-delà"
            raise beyond("floor", TooLargeError, found=found, limit=self.most)


def _lasting(seconds: float) -> str:
    """A duration, in seconds up to two minutes, in French."""
    if seconds <= 120:
        return quantity(round(seconds), "secondes")
    return quantity(round(seconds / 60), "minutes")


class _Patience(Retry):
    """Retries of the library, deaf to a server that would make an analyst wait for an hour."""

    pace: Pace

    def new(self, **changed: Any) -> _Patience:
        made = super().new(**changed)
        made.pace = self.pace
        return made

    def parse_retry_after(self, retry_after: str) -> float:
        """Seconds a server asks to wait, bounded; none where it is no number and no date."""
        try:
            asked = super().parse_retry_after(retry_after)
        except (ValueError, OverflowError, InvalidHeader):
            return 0.0
        return min(asked, LONGEST_WAIT_S, self.pace.left())


class _Watched(io.RawIOBase):
    """Bytes of one answer, headers included, as they come from the socket."""

    def __init__(self, connection: socket.socket, raw: io.RawIOBase, pace: Pace) -> None:
        self._socket, self._raw, self._pace = connection, raw, pace
        self._silence = connection.gettimeout() or LONGEST_WAIT_S
        self._came = 0
        #: Framing and packing make more bytes of a file, never twice as many from a fair server.
        self._most = 2 * pace.most + LIMITS["other_answer"]
        pace.begin()

    def bound(self, most: int) -> None:
        """Refuse more bytes than this from here on, those that have come included."""
        self._most = most
        if self._came > most:
            raise TooLargeError(said("other_answer"), remedy=_RETRY_LATER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(min(self._silence, self._pace.left()))
        count = self._raw.readinto(buffer) or 0
        self._came += count
        self.bound(self._most)
        if count:
            self._pace.seen(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """Answer whose every byte is counted, from the first one of its headers."""

    def __init__(self, connection: socket.socket, pace: Pace, **options: Any) -> None:
        super().__init__(connection, **options)
        self._watched = _Watched(connection, self.fp.detach(), pace)
        self.fp = io.BufferedReader(self._watched)

    def begin(self) -> None:
        super().begin()
        if self.status not in _GIVEN:
            self._watched.bound(LIMITS["other_answer"])


class _Adapter(HTTPAdapter):
    """Connections whose answers are watched, through a proxy too."""

    def __init__(self, pace: Pace, **options: Any) -> None:
        self._pace = pace
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        return self._watch(super().proxy_manager_for(*arguments, **options))

    def _watch(self, manager: PoolManager) -> PoolManager:
        pace = self._pace

        def answer(connection: socket.socket, **options: Any) -> _Answer:
            return _Answer(connection, pace, **options)

        made: dict[str, Any] = {"response_class": staticmethod(answer)}
        plain = type("WatchedConnection", (HTTPConnection,), made)
        safe = type("WatchedSafeConnection", (HTTPSConnection,), made)
        manager.pool_classes_by_scheme = {
            "http": type("WatchedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("WatchedSafePool", (HTTPSConnectionPool,), {"ConnectionCls": safe}),
        }
        return manager


class _Session(requests.Session):
    """Redirects are followed by :func:`ask`: the library reads the whole body of each first."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        return iter(())


def open_session(pace: Pace) -> requests.Session:
    """Session for one source: asks again, with growing waits, after 429, 5xx and a connection that
    failed."""
    retries = _Patience(
        total=4,
        connect=1,  # no network at all is said at once, for each of twenty sources
        backoff_factor=BACKOFF_S,
        status_forcelist=_BUSY,
        allowed_methods={"GET"},
        raise_on_status=False,
    )
    retries.pace = pace
    session = _Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(pace, max_retries=retries))
    session.headers["User-Agent"] = f"Mozilla/5.0 (compatible; cpts_geo/{__version__})"
    # A body packed on the fly could be neither measured, nor resumed, nor hashed as published.
    session.headers["Accept-Encoding"] = "identity"
    return session


def ask(
    address: str,
    *,
    session: requests.Session,
    pace: Pace,
    silence: float,
    headers: dict[str, str] | None = None,
) -> requests.Response:
    """Ask an address, follow its redirects, and stop before the body, whatever its status; the
    caller closes it."""
    for _ in range(LIMITS["redirects"] + 1):
        _check_web(address)
        pace.left()
        response = session.get(
            address,
            headers=headers,
            stream=True,
            timeout=(_CONNECT_S, silence),
            allow_redirects=False,
        )
        target = _target(response, session)
        if target is None:
            packing = response.headers.get("Content-Encoding", "").strip().lower()
            if packing in _PACKINGS:
                return response
            response.close()
            raise DataFileError(f"compression inattendue {quoted(packing)}", remedy=_RETRY_LATER)
        response.close()
        address = target
    raise beyond("redirects", DataFileError)


def _target(response: requests.Response, session: requests.Session) -> str | None:
    """Address that an answer redirects to; None for none."""
    try:
        target = session.get_redirect_target(response)
        return target and requests.utils.requote_uri(urljoin(response.url, target))
    except ValueError as error:  # neither UTF-8 nor an address
        response.close()
        raise _invalid(response.headers["Location"]) from error


def _check_web(address: str) -> None:
    """Refuse an address that is not of the web."""
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError as error:
        raise _invalid(address) from error
    if scheme not in ("http", "https"):
        if not scheme:
            raise _invalid(address)
        raise DataFileError(
            f"adresse d’un autre genre que http ou https : {quoted(address)}",
            remedy="corrigez l’adresse, ou déposez le fichier dans un miroir.",
        )


def _invalid(address: str) -> DataFileError:
    """Error of an address that is none."""
    return DataFileError(f"adresse invalide {quoted(address)}", remedy=_RETRY_LATER)


def status_refusal(status: int) -> DataFileError:
    """Error of an answer that is not the file."""
    said = _STATUS.get(status, "panne du serveur" if status >= 500 else "refus")
    return DataFileError(f"réponse {status} ({said})", remedy=_RETRY_LATER)


def network_refusal(error: requests.RequestException, address: str) -> DataFileError:
    """Say in French what the library says of the network."""
    if isinstance(error, ValueError):
        return _invalid(address)
    said: dict[type[Exception], str] = {
        requests.exceptions.SSLError: "certificat du serveur refusé",
        requests.Timeout: "pas de réponse dans le délai",
        requests.ConnectionError: "connexion impossible",
        requests.exceptions.ChunkedEncodingError: "connexion coupée",
    }
    text = next((french for kind, french in said.items() if isinstance(error, kind)), "")
    return DataFileError(text or "échec du réseau", remedy=_RETRY_LATER)
