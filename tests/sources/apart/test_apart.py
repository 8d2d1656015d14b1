"""A parser apart: whatever becomes of it, the process that asked lives, and can tell it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from cpts_geo.errors import PerimeterError
from cpts_geo.sources._apart import _ApartError, _run_apart, run_within
from cpts_geo.sources._bounds.limits import LIMITS


def asked(name: str, *, content: bytes = b"", seconds: float = 60, **arguments: Any) -> Any:
    target = f"tests.apart_targets:{name}"
    return _run_apart(target, arguments, content=content, memory=2 * 10**9, seconds=seconds)


def ending(name: str, *, seconds: float = 60) -> tuple[str, str]:
    with pytest.raises(_ApartError) as caught:
        asked(name, content=b"x", seconds=seconds)
    return caught.value.ending, caught.value.detail


def test_content_and_arguments_go_and_come_back() -> None:
    large = "é" * 3_000_000
    said = asked("told", content=large.encode(), one=1, two=["é", None])
    assert (said["content"], said["arguments"]) == (large, {"one": 1, "two": ["é", None]})
    # A start that brings the heavy libraries would cost more than most files.
    assert said["modules"] < 200
    assert asked("backwards", content=b"\x00\n\xff") == b"\xff\n\x00"


def test_a_refusal_keeps_its_class_and_its_words() -> None:
    with pytest.raises(PerimeterError) as caught:
        asked("refuses", content=b"Saint-\nAy")
    assert caught.value.summary == "Non."
    assert caught.value.defects == ("Saint-\nAy",)
    assert caught.value.remedy == "faites autrement."


def test_every_defect_of_a_refusal_is_counted_with_its_kind() -> None:
    with pytest.raises(PerimeterError) as caught:
        asked("refuses_much")
    assert len(caught.value.defects) == 120
    assert "et 70 autres (point : 70)" in str(caught.value)


def test_what_a_library_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert asked("noisy", content=b"dit") == "dit"
    assert tuple(capfd.readouterr()) == ("", "")


def test_every_bad_end_is_told() -> None:
    assert ending("fails") == ("crash", "ZeroDivisionError: x")
    assert ending("absent")[0] == "crash"
    assert ending("leaves") == ("crash", "ended with 3")
    assert ending("aborts")[0] == "crash"
    assert ending("sleeps", seconds=2)[0] == "time"


@pytest.mark.skipif(sys.platform != "linux", reason="this system does not limit memory")
def test_a_greedy_parser_is_stopped() -> None:
    assert ending("swells") == ("memory", "MemoryError")
    # A library may say it in its own words, at its end or in an error, or be killed by the system.
    assert ending("swells_elsewhere") == ("memory", "ended with -6")
    assert ending("lacks")[0] == "memory"
    assert ending("is_killed") == ("memory", "ended with -9")
    assert ending("sinks") == ("crash", "ended with -11")


def test_last_words_without_end_block_nothing() -> None:
    assert ending("shouts") == ("crash", "ended with 3")


def test_no_room_for_one_more_process_is_a_lack_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(MemoryError):
        asked("told")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("aborts", "l.xlsx a arrêté le programme qui l’ouvrait : il est sans doute endommagé."),
        ("lacks", "Le classeur l.xlsx ne peut pas être lu : il demande plus de 2 Go de mém"),
        ("sleeps", "Le classeur l.xlsx n’a pas pu être lu en 2 secondes."),
    ],
)
def test_each_bad_end_has_its_sentence(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "workbook_seconds", 2)
    target = f"tests.apart_targets:{name}"
    with pytest.raises(PerimeterError) as caught:
        run_within("workbook", target, {}, content=b"x", error=PerimeterError, name="l.xlsx")
    assert caught.value.summary.startswith(said)
    assert caught.value.remedy


def test_no_module_is_taken_from_the_folder_of_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "cpts_geo", "python_calamine"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert str(tmp_path) not in asked("whereabouts")


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interruption_ends_both(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    kept = subprocess.Popen.__init__

    def remembered(self: subprocess.Popen[bytes], *args: Any, **options: Any) -> None:
        kept(self, *args, **options)
        started.append(self)

    def interrupt() -> None:
        while not started:
            time.sleep(0.01)
        # Long enough for the call to wait for its answer.
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(subprocess.Popen, "__init__", remembered)
    # A run put in the background by a shell is deaf to interruptions.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            asked("sleeps")
    finally:
        signal.signal(signal.SIGINT, heard)
    assert started[0].poll() is not None
