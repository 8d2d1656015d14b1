"""No socket beyond this machine: what Python imports first where this folder is on its path.

An audit hook sees what no patch of :mod:`socket` would (a library that kept the name, a method in
C); it writes what it refuses in a file, so that a test fails even where the refusal is swallowed,
or happens in a process that the test started. Libraries that call the system themselves (GDAL,
zmq, a browser) are beyond it: their own tests cut the network.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
from typing import Any

#: File where refusals are written, a line each; without it nothing is guarded.
LOG = "CPTS_GEO_SOCKETS"
#: Asked before the hook, which hears of the question.
_OWN_NAME = socket.gethostname()
_INTERNET = (socket.AF_INET, socket.AF_INET6)


def is_here(host: Any) -> bool:
    """Tell whether a host is this machine: loopback, its own name, or none."""
    text = host.decode("utf-8", "replace") if isinstance(host, bytes) else host
    if text in (None, "", "localhost", _OWN_NAME):
        return True
    try:
        address = ipaddress.ip_address(str(text).partition("%")[0])
    except ValueError:
        return str(text).endswith(".localhost")
    address = getattr(address, "ipv4_mapped", None) or address
    # Connecting to no address in particular is connecting to this machine.
    return address.is_loopback or address.is_unspecified


def _asked(event: str, arguments: tuple[Any, ...]) -> Any:
    """Return the host that an event is about; None for one of this machine alone."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        opened, address = arguments[:2]
        # A file, a pair of processes, or a peer that was connected to before.
        inside = opened.family not in _INTERNET or not isinstance(address, tuple)
        return None if inside else address[0]
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        return arguments[0]
    return None


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what goes beyond this machine, as a cut network does, and write it down."""
    if not event.startswith("socket."):
        return
    log = os.environ.get(LOG)
    host = _asked(event, arguments)
    if not log or is_here(host):
        return
    with contextlib.suppress(OSError), open(log, "a", encoding="utf-8") as lines:  # noqa: PTH123
        lines.write(f"{event} {host!r} ({' '.join(sys.argv)[:200]!r})\n")
    raise ConnectionRefusedError(f"{event}: {host!r} is beyond this machine")


def guard() -> None:
    """Watch this process, once: a hook cannot be taken away."""
    if not hasattr(sys, "cpts_geo_guarded"):
        sys.cpts_geo_guarded = True  # type: ignore[attr-defined]
        sys.addaudithook(_refuse)


guard()
