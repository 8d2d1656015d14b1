"""A real HTTP server on the loopback, whose answers are scripted one by one."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    body: bytes = b""
    status: int = 200
    type: str = "application/octet-stream"
    #: Strong validator of these bytes; None: the server gives none.
    etag: str | None = '"one"'
    #: Whether a request for a part is answered with that part.
    ranges: bool = True
    #: Bytes of the answer's body sent before the connection is cut; None: all.
    cut: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds before the answer.
    slow: float = 0.0
    #: Seconds for which the connection says nothing before it is cut.
    stall: float = 0.0
    #: Sent again and again after the body, without an announced length, until nobody listens.
    endless: bytes = b""
    #: Seconds between two bytes of the body, or of `raw`.
    drip: float = 0.0
    #: Sent in place of status, headers and body.
    raw: bytes | None = None


@dataclass
class Asked:
    """A request that was received."""

    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """Answers by path, in order (the last one is repeated), and what was asked."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    #: Set when the server stops, so that nothing waits any longer.
    over: threading.Event = field(default_factory=threading.Event)
    #: Bytes of endless bodies that somebody listened to.
    sent: int = 0
    _answers: dict[str, list[Answer]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, path: str, *answers: Answer | bytes) -> str:
        """Say these answers, in order, to the requests for a path; return its address."""
        self._answers[path] = [a if isinstance(a, Answer) else Answer(a) for a in answers]
        return self.address + path

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def next_answer(self, path: str, headers: dict[str, str]) -> Answer:
        with self._lock:
            self.asked.append(Asked(path, headers))
            answers = self._answers.get(path, [Answer(b"absent", status=404, type="text/plain")])
            return answers.pop(0) if len(answers) > 1 else answers[0]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = site.next_answer(self.path, dict(self.headers))
            site.over.wait(answer.slow)
            if answer.raw is not None:
                self._send(answer.raw, answer)
                self.close_connection = True
                return
            start, body, status, part = 0, answer.body, answer.status, ""
            asked = self.headers.get("Range", "")
            validator = answer.etag or answer.headers.get("Last-Modified")
            same = self.headers.get("If-Range") in (None, validator)
            if asked and answer.ranges and status == 200 and same:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
                status, body = (206, body[start:]) if start < len(body) else (416, b"")
                last = len(answer.body) - 1
                part = f"bytes {start}-{last}/" if status == 206 else "bytes */"
            self.send_response(status)
            self.send_header("Content-Type", answer.type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            if part:
                self.send_header("Content-Range", f"{part}{len(answer.body)}")
            if answer.endless:
                self.close_connection = True
            elif "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self._send(body if answer.cut is None else body[: answer.cut], answer)
            if answer.cut is not None:
                site.over.wait(answer.stall)
                self.close_connection = True

        def _send(self, content: bytes, answer: Answer) -> None:
            size = 1 if answer.drip else max(len(content), 1)
            with contextlib.suppress(ConnectionError):
                for start in range(0, len(content), size):
                    self.wfile.write(content[start : start + size])
                    if answer.drip and site.over.wait(answer.drip):
                        return
                while answer.endless and not site.over.is_set():
                    self.wfile.write(answer.endless)
                    site.sent += len(answer.endless)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing on the terminal: tests read what was asked."""

    return Handler


@contextmanager
def running_site() -> Iterator[Site]:
    """Serve on a free port of 127.0.0.1 until the end of the block."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads = True
    # A client that is killed is what some tests are of.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
