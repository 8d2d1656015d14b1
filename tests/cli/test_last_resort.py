"""Whatever stops a command is one French sentence with its remedy: no traceback, no noise."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cpts_geo.cli.last_resort import _MIN_ADDRESS_SPACE, _said, check_memory, guarded
from cpts_geo.errors import CptsGeoError, DataFileError
from tests.conftest import PYTHONPATH

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="système POSIX")
MEMORY = "la mémoire de cet ordinateur"


class PanicException(BaseException):
    """As libraries in Rust raise them: no Exception."""


def _from(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        (MemoryError(), MEMORY, 1),
        (ValueError("std::bad_alloc"), MEMORY, 1),
        (ImportError("x.so: failed to map segment from shared object"), MEMORY, 1),
        (RuntimeError("can't start new thread"), MEMORY, 1),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), MEMORY, 1),
        (
            _from(DataFileError("Illisible : a.csv.", remedy="x."), MemoryError()),
            "Illisible : a.csv",
            1,
        ),
        (_from(ValueError("x"), MemoryError()), MEMORY, 1),
        (DataFileError("« bad_alloc » est inconnu.", remedy="x."), "« bad_alloc » est inconnu", 1),
        (OSError(errno.EMFILE, "Too many"), "trop de fichiers ouverts", 1),
        (OSError(errno.ENOSPC, "No space"), "plus de place sur le disque", 1),
        (OSError(errno.EACCES, "No", "a\x1bb"), "accès refusé (« a\\x1bb »)", 1),
        (OSError(errno.ENOTTY, "Inappropriate"), "À faire : vérifiez la place libre", 1),
        (ImportError("No module", name="pyarrow"), "une bibliothèque manque", 1),
        (RecursionError("maximum recursion depth exceeded"), "RecursionError", 70),
        (PanicException("index\x00out\nof bounds"), r"index\x00out\nof bounds", 70),
        (KeyboardInterrupt(), "aucun résultat n’est resté à moitié écrit", 130),
        (KeyboardInterrupt("« x » est resté comme il était"), "« x » est resté", 130),
    ],
)
def test_every_end_is_a_sentence(
    error: BaseException, words: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        raise error

    with pytest.raises(SystemExit) as stop:
        guarded(command)
    shown = capsys.readouterr().err
    assert stop.value.code == code
    assert words in shown
    assert code == 130 or shown.count("À faire :") == 1
    assert "Traceback" not in shown
    assert all(letter.isprintable() or letter == "\n" for letter in shown)


def test_a_refusal_of_ours_is_said_as_it_is() -> None:
    error = CptsGeoError("Non.", defects=["un", "deux"], remedy="oui.")
    assert _said(error) == ("Erreur : Non.\n  - un\n  - deux\nÀ faire : oui.", 1)


def test_a_chain_that_turns_in_round_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert _said(first)[1] == 70


@POSIX
def test_the_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource  # noqa: PLC0415

    for enough in (_MIN_ADDRESS_SPACE, -1):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=enough: (limit, -1))
        check_memory()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (_MIN_ADDRESS_SPACE - 1, -1))
    with pytest.raises(CptsGeoError, match=r"2\u202f499 Mo .* il en faut 2\u202f500"):
        check_memory()


# ---- what only a process has


#: The real start, on a command of this test.
START = """
import os, signal, sys, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.default_int_handler)
import cpts_geo.__main__ as start, cpts_geo.cli.main as cli
{before}
def command():
    {body}

cli.main = command
start.main()
"""


def started(body: str, *, before: str = "", **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START.format(body=body, before=before)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": PYTHONPATH, "PYTHONUTF8": "1"},
        **options,  # type: ignore[call-overload]
    )


@POSIX
@pytest.mark.parametrize(
    "crash",
    [
        *("os.abort()", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)"),
        *("os._exit(127)", "os._exit(1)", "os._exit(0)"),
    ],
)
def test_a_crash_is_told(crash: str) -> None:
    out, err = (child := started(f"os.write(2, b'bad_alloc\\xff'); {crash}")).communicate()
    assert child.returncode == 70
    assert out == ""
    assert err.startswith("Erreur : la commande a été arrêtée net")
    assert "À faire :" in err


@POSIX
def test_what_is_raised_for_who_looks_into_it_is_no_success() -> None:
    child = started("raise ValueError('inside')", before="os.environ['CPTS_GEO_DEBUG'] = '1'")
    _, err = child.communicate()
    assert (child.returncode, "inside" in err) == (1, True)


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_work_be_undone(number: int, tmp_path: Path) -> None:
    undone = tmp_path / "undone"
    child = started(
        f"""try:
        print("ready", flush=True)
        time.sleep(60)
    finally:
        time.sleep(0.2)
        open({str(undone)!r}, "w").close()"""
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.send_signal(number)
    child.send_signal(number)
    _, err = child.communicate()
    said = "Interrompu : aucun résultat n’est resté à moitié écrit.\n"
    assert (child.returncode, err) == (130, said)
    assert undone.exists()


@POSIX
def test_a_stop_that_the_command_did_not_hear_is_said_again() -> None:
    child = started(
        """heard = []
    signal.signal(signal.SIGTERM, lambda *_: heard.append(1))
    print("ready", flush=True)
    while len(heard) < 3: time.sleep(0.1)
    raise KeyboardInterrupt"""
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.terminate()
    child.communicate()
    assert child.returncode == 130


#: Stops the command before it listens.
EARLY = """
plain = start._quiet_libraries
def stopped():
    os.kill(os.getpid(), signal.SIGTERM)
    plain()
start._quiet_libraries = stopped
"""


@POSIX
def test_a_stop_that_comes_before_anyone_listens_is_said_as_any_other() -> None:
    child = started("time.sleep(60)", before=EARLY)
    out, err = child.communicate(timeout=50)
    said = "Interrompu : aucun résultat n’est resté à moitié écrit.\n"
    assert (child.returncode, out, err) == (130, "", said)


#: Sends a signal to one of the two processes while its Python closes, when no handler is left.
CLOSING = """
class Closing:
    def __del__(self, os=os, watch=os.getpid()):
        if (os.getpid() == watch) is {}:
            os.kill(os.getpid(), signal.{})
sys.modules['closing'] = Closing()
"""


@POSIX
@pytest.mark.parametrize(
    ("watching", "number"), [(True, "SIGALRM"), (True, "SIGTERM"), (False, "SIGTERM")]
)
def test_a_signal_that_comes_while_python_closes_changes_nothing(
    watching: bool, number: str
) -> None:
    child = started("print('done')", before=CLOSING.format(watching, number))
    assert child.communicate() == ("done\n", "")
    assert child.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells a process that its parent died")
def test_whoever_kills_the_watch_stops_the_command() -> None:
    child = started("""print("ready", flush=True)
    time.sleep(20)
    print("late")""")
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.kill()
    assert child.communicate()[0] == ""


def shell(typed: str, *, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a shell, to its end."""
    return subprocess.run(
        ["sh", "-c", f'{before}"{sys.executable}" -m cpts_geo {typed}'],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": PYTHONPATH} | environment,
        check=False,
    )


@POSIX
@pytest.mark.parametrize(
    ("redirected", "code", "words"),
    [
        ("--version >&-", 0, ""),
        ("--version >&- 2>&- <&-", 0, ""),
        ("--version >/dev/full", 1, "plus de place sur le disque"),
        ("repot 2>&-", 2, ""),
        ("compare lvo zz", 1, "Erreur : Le fichier de sc?nario"),
    ],
)
def test_streams_that_are_closed_full_or_poor(redirected: str, code: int, words: str) -> None:
    if "/dev/full" in redirected and not Path("/dev/full").exists():
        pytest.skip("no full device")
    done = shell(redirected, PYTHONIOENCODING="ascii")
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@POSIX
def test_too_small_a_session_is_refused_before_any_work() -> None:
    done = shell("report lvo", before="ulimit -v 600000 && ", PYTHONUTF8="1")
    if "ulimit" in done.stderr and "Erreur" not in done.stderr:
        pytest.skip("this shell sets no limit")
    assert done.returncode == 1
    assert done.stderr.startswith("Erreur : Cette session ne peut réserver que 614 Mo")
    assert "À faire : relevez cette limite" in done.stderr


def test_the_command_to_retype_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = ["report", "--perimeter", "dossier/" * 20 + "deux feuilles.xlsx"]
    monkeypatch.setattr(sys, "argv", ["cpts-geo", *typed])
    error = CptsGeoError("Laquelle lire ?", remedy="choisissez.")
    error.retries = (("--sheet", "Nord Loiret"),)
    said, code = _said(error)
    assert code == 1
    assert (
        said.splitlines()[-1]
        == f"  cpts-geo report --perimeter '{typed[-1]}' --sheet 'Nord Loiret'"
    )
