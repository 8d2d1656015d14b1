"""The guard of sockets: no test, and no command but `data fetch`, leaves this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PYTHONPATH, ROOT, Command, refused_sockets
from tests.http_server import Site
from tests.sockets.sitecustomize import LOG, is_here

#: A place of no network (RFC 5737), a name that none has (RFC 2606).
FAR, NAME = "192.0.2.1", "example.invalid"
HERE = (
    *("127.0.0.1", "127.8.8.8", "::1", "::1%lo", "::ffff:127.0.0.1", "0.0.0.0"),
    *("localhost", b"localhost", "a.localhost", None, "", socket.gethostname()),
)
ELSEWHERE = (FAR, NAME, "localhost.example", "10.0.0.1", "fe80::1%eth0", "::ffff:192.0.2.1")


def by_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"x", (FAR, 9))


def by_code() -> None:
    with socket.socket() as out:
        out.connect_ex((FAR, 9))


WAYS: dict[str, Callable[[], object]] = {
    "connect": lambda: socket.create_connection((FAR, 9), timeout=0.1),
    "connect_ex": by_code,
    "datagram": by_datagram,
    "name": lambda: socket.getaddrinfo(NAME, 443),
    "former name": lambda: socket.gethostbyname(NAME),
    "address": lambda: urllib.request.urlopen(f"http://{NAME}/", timeout=0.1),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_leaves_this_machine_is_refused_and_written_down(way: str) -> None:
    with pytest.raises(OSError):
        WAYS[way]()
    [line, *_] = refused_sockets()
    assert FAR in line or NAME in line


@pytest.mark.parametrize("swallowed", [True, False])
def test_so_is_what_a_process_does_even_in_silence(swallowed: bool) -> None:
    inner = f"import socket; socket.create_connection(({FAR!r}, 9), timeout=0.1)"
    code = f"import contextlib\nwith contextlib.suppress(OSError): {inner}" if swallowed else inner
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode == 0) == swallowed
    assert len(refused_sockets()) == 1


def test_this_machine_is_left_alone(site: Site) -> None:
    with urllib.request.urlopen(site.serve("/a", b"here")) as answer:
        assert answer.read() == b"here"
    one, two = socket.socketpair()
    one.close()
    two.close()
    assert [host for host in HERE if not is_here(host)] == []
    assert [host for host in ELSEWHERE if is_here(host)] == []
    assert refused_sockets() == []


def test_every_process_that_a_test_starts_is_guarded() -> None:
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")}
    own = [name for name, text in texts.items() if 'PYTHONPATH": str(' in text]
    assert own == [Path(__file__).name]
    assert os.environ["PYTHONPATH"].startswith(PYTHONPATH)
    assert os.environ[LOG]


COMMANDS = {
    "check": ("check", "liste.csv"),
    "compare": ("compare", "lvo", "lvo_ete", "--draws", "100"),
    "data status": ("data", "status"),
    "fetch without a network": ("data", "fetch", "insee_bpe_2024", "--offline"),
    "help": ("--help",),
    "places": ("places", "Patay"),
    "template": ("template", "sas", "lvo"),
}
LONG_COMMANDS = {
    "export": ("export", "asclepios", "--format", "csv", "--draws", "100"),
    "france": ("france", "--output", "france.html"),
    "notebooks run": (
        "notebooks",
        "run",
        "--territory",
        "asclepios",
        "--notebook",
        "01",
        "--notebooks",
        ROOT / "notebooks",
    ),
    "report": ("report", "asclepios", "--draws", "100", "--output", "outputs"),
    "verify": ("verify", "outputs"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_opens_no_socket(name: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "liste.csv").write_text("commune\nPatay\n", "utf-8")
    code, _, said = command(*COMMANDS[name])
    assert (code, refused_sockets()) == (int("fetch" in name), []), said


@pytest.mark.full
def test_nor_do_those_that_take_long(command: Command) -> None:
    for name, typed in LONG_COMMANDS.items():
        code, _, said = command(*typed)
        assert (code, refused_sockets()) == (0, []), (name, said)
